"""Publish a month: build a version, verify it, switch over atomically.

Belongs here: the files that BI tools read under ``published/``; plain DuckDB and files.
Does not belong here: Dagster (``orchestration.assets.published`` calls this package), computing the marts (dbt).

``published/`` holds a folder per version, ``marts-<month>-<run>``: ``shouwang.duckdb`` with every mart for the office,
``shouwang_open.duckdb`` for every BI reader, copies of both as Parquet, and a JSON file that describes them. The link
``current`` points to the version that readers see; ``marts.duckdb`` and ``open.duckdb`` lead through it.
"""

"""Publish a month: build a version, verify it, switch over atomically.

Belongs here: the files that BI tools read under ``published/``; plain DuckDB and files.
Does not belong here: Dagster (``orchestration.assets.published`` calls this package), computing the marts (dbt).

``published/`` holds, per version, two databases and their copies as Parquet: ``marts-<month>-<run>.duckdb`` with every
mart for the office, and ``marts-<month>-<run>.open.duckdb`` for every BI reader; a JSON file describes both. The links
``marts.duckdb`` and ``open.duckdb`` point to the current version.
"""

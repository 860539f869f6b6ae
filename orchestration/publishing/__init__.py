"""Publish a month: build a version, verify it, switch over atomically.

Belongs here: the files that BI tools read under ``published/``; plain DuckDB and files.
Does not belong here: Dagster (``orchestration.assets.published`` calls this package), computing the marts (dbt).

``published/`` holds, per version, ``marts-<month>-<run>.duckdb``, a JSON file of the same name and
``parquet/marts-<month>-<run>/<mart>.parquet``. The link ``marts.duckdb`` points to the current version.
"""

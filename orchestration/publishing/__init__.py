"""Making a month public: build a version, verify it, switch over atomically.

Belongs here: what BI tools read under ``published/``; plain DuckDB and files.
Does not belong here: Dagster (``orchestration.assets.published`` calls this), how the marts are computed (dbt).

``published/`` holds, per version, ``marts-<month>-<run>.duckdb``, a JSON file of the same name and
``parquet/marts-<month>-<run>/<mart>.parquet``; the link ``marts.duckdb`` names the current one.
"""

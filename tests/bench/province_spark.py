"""The marts of a simulated province on a Spark cluster: ``python -m tests.bench.province_spark FOLDER …``.

Run ``tests.bench.province`` with the same arguments first. A master, two workers and the Thrift server start on this
machine; ``dbt_city`` runs all its models and tests over the union in shared storage, and one worker is killed while the
largest model runs. Every cell must be that of DuckDB.

Belongs here: the run, the kill, what it cost. Does not belong here: the cluster (``tests.spark.cluster``).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.city.placing import UNION_VARIABLE, current_union
from orchestration.publishing.content import MARTS, MARTS_OPEN, literal
from orchestration.publishing.version import EDITIONS
from orchestration.runtime.settings import DBT_CITY_DIR, DBT_PROJECT_DIR
from orchestration.runtime.telemetry import QUIET
from tests.bench.month import resident
from tests.bench.province import Province
from tests.cells import attached, differences
from tests.spark.cluster import THRIFT_PORT, Cluster, cluster, missing

VICTIM_RUNS = "model marts.city_indicators"
"""While this model runs, a worker is killed."""


def build(union: Path, folder: Path, spark: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start dbt over a union on Spark; ``spark`` are variables of the profile."""
    variables = {
        **os.environ, **QUIET, **spark, UNION_VARIABLE: str(union), "SHOUWANG_HOME": str(folder),
        "DBT_PROJECT_DIR": str(DBT_CITY_DIR), "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "dbt"),
    }  # fmt: skip
    command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build", "--target", "spark"]
    return subprocess.Popen(
        [*command, "--select", "fqn:*"],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def differing(published: Path, tables: Path) -> dict[str, int]:
    """Compare the tables that Spark wrote with the published databases: rows that one of both lacks, by table."""
    found = {}
    for schema, edition in zip((MARTS, MARTS_OPEN), EDITIONS, strict=True):
        with duckdb.connect() as c:
            attached(c, "duck", published / edition.link)
            for table in sorted((tables / f"{schema}.db").iterdir()):
                rows = f"read_parquet({literal(table / '*.parquet')})"
                found[f"{schema}.{table.name}"] = differences(c, rows, f"duck.{MARTS}.{table.name}")
    return found


def _run(on: Cluster, union: Path) -> float:
    """Run dbt and kill a worker in the middle; return its seconds. Raises SystemExit if dbt fails."""
    began, timer = time.monotonic(), threading.Timer(2, _kill, (on,))
    profile = {"SHOUWANG_SPARK_METHOD": "thrift", "SHOUWANG_SPARK_PORT": str(THRIFT_PORT)}
    with build(union, on.folder, profile) as dbt:
        assert dbt.stdout
        for line in dbt.stdout:
            print(line.rstrip(), flush=True)
            if "START" in line and VICTIM_RUNS in line:
                timer.start()
    timer.join()
    if dbt.returncode:
        raise SystemExit("dbt failed on Spark")
    return time.monotonic() - began


def _kill(on: Cluster) -> None:
    print("-- one of two workers is killed", flush=True)
    on.kill_worker(1)


def main() -> None:
    """Run dbt on the cluster, compare with DuckDB, and print what was seen. Exits with 1 if a cell differs."""
    if lacking := missing():
        raise SystemExit(lacking)
    province = Province(Path(sys.argv[1]).absolute(), *map(int, sys.argv[2:5]))
    home = province.folder / f"province-{province.counties}-{province.size}"
    union, folder = current_union(province.storage), home / "spark"
    with cluster(folder) as on:
        seconds = _run(on, union)
        memory = resident(os.getpid())
        lost = on.said("Lost executor")
    print(f"{seconds:.0f} s with one worker killed; memory of the cluster at the end {memory:,.0f} MiB")
    print("\n".join(lost) or "no executor was lost")
    found = differing(home / "published", on.tables)
    for table, rows in found.items():
        print(f"{table}: {rows} rows differ")
    sys.exit(any(found.values()) or not lost)


if __name__ == "__main__":
    main()

"""Build months of a data home on DuckDB and on Spark, and compare all marts cell by cell.

    python -m tests.spark HOME 2021-04 2021-05 [--folder FOLDER] [--thrift HOST:PORT]

The home is only read. FOLDER keeps what both built, so that a later call builds a month again after its re-delivery.
Exit code 1 if a cell differs. It takes minutes for each month, and needs Java and deploy/spark/requirements.lock.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.spark.engines import DUCKDB, SPARK, Engines


def main() -> int:
    """Build, compare, print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.spark")
    parser.add_argument("home", type=Path)
    parser.add_argument("months", nargs="+")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--thrift")
    given = parser.parse_args()
    folder = (given.folder or Path(tempfile.mkdtemp(prefix="shouwang-spark-"))).absolute()
    host, _, port = (given.thrift or "").partition(":")
    engines = Engines(given.home.absolute(), folder, (host, int(port)) if given.thrift else None)
    for month in given.months:
        for target in (DUCKDB, SPARK):
            began = time.monotonic()
            done = engines.dbt(target, month, "build", "--exclude-resource-type", "unit_test")
            print(
                f"{month} {target}: {done.stdout.strip().splitlines()[-1]} {time.monotonic() - began:.0f} s", flush=True
            )
            if done.returncode:
                print(done.stdout[-6000:], done.stderr[-2000:])
                return 1
    found = engines.differences()
    for mart, (rows, gone, new) in found.items():
        print(f"{mart}: {rows} rows, only DuckDB {gone}, only Spark {new}")
    differing = [mart for mart, (_, gone, new) in found.items() if gone or new]
    print(f"{len(found)} marts, {len(differing)} differ; built in {folder}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())

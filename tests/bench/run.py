"""Run one month at several sizes: the pipeline and the floor, each in a separate process.

Belongs here: writing samples, running both, checking that both find the same flags.
Does not belong here: computing the month (``month``, ``floor``), printing the tables (``show``).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt import manifest
from sample import write_district
from sources.months import Month
from tests.bench import show
from tests.district import DIVISIONS
from tests.paths import ROOT

MONTHS = (Month(2021, 5), Month(2021, 6))
"""Only the first month is run: the faults in the sample's last month would distort the measurement."""
SEED = 20210630
TINY = 200
"""Households of a district so small that the time of its month is the fixed cost of any month."""
SIZES = (2_000, 20_000, 100_000)
Figures = dict[str, Any]


def prepare(data: Path, households: int) -> Path:
    """Prepare the data home of a size with nothing but its sample; the sample is written once."""
    home = data / str(households)
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        print(f"writing the sample of {households:,} households", file=sys.stderr)
        write_district(home / "inbox", households, MONTHS, SEED, DIVISIONS)
        (home / "complete").touch()
    for path in home.iterdir():
        if path.is_dir() and path.name != "inbox":
            shutil.rmtree(path)
    return home


def _json_of(module: str, *arguments: str, **environment: str) -> Figures:
    """Run a module and parse the last line of its output as JSON. Raises CalledProcessError if the module fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def published_flags(home: Path, month: Month) -> dict[str, int]:
    """Count the published flags of the month by rule."""
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as marts:
        counted = "select rule_code, count(*) from marts.household_risk_flags where month = ? group by all"
        return dict(marts.execute(counted, [month.first_day]).fetchall())


def measure(data: Path, households: int) -> Figures:
    """Measure the pipeline and the floor for one size.

    Raises SystemExit if the month is not published, or if the floor finds other flags in the rows that the pipeline
    accepted: their times are then not comparable.
    """
    home, month = prepare(data, households), MONTHS[0]
    print(f"running {month} of {households:,} households", file=sys.stderr)
    ran = _json_of("tests.bench.month", str(month), SHOUWANG_HOME=str(home), SHOUWANG_SETTLE_SECONDS="0")
    if not ran["success"]:
        raise SystemExit(f"{month} of {households} households was not published: {ran['errors']}")
    floor = _json_of("tests.bench.floor", str(home / "inbox"), str(month), str(home))
    published = published_flags(home, month)
    if floor["flags_of_accepted_rows"] != published:
        raise SystemExit(
            f"{households} households: of the accepted rows the floor makes {floor['flags_of_accepted_rows']}, "
            f"published are {published}"
        )
    return {"households": households, "published": published, "floor": floor, **ran}


def main() -> None:
    """Measure all sizes and print the figures."""
    parser = argparse.ArgumentParser(prog="make bench", description="What a month costs.")
    parser.add_argument("households", type=int, nargs="*", default=SIZES)
    parser.add_argument("--data", type=Path, default=ROOT / "bench-data", help="where samples and data homes are kept")
    arguments = parser.parse_args()
    manifest.ensure()
    fixed = measure(arguments.data, TINY)
    measured = [measure(arguments.data, households) for households in arguments.households]
    show.show(str(MONTHS[0]), fixed, measured)

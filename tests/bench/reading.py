"""Compare what reading costs with another checkout: ``python -m tests.bench.reading OTHER``.

A sample month is read by both checkouts in turn, each time in a new process, so that a busy machine slows both.
Belongs here: the pairs and their ratio. Does not belong here: the cost of a month (``run``).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sample import write_district
from sources.conforming.context import Context
from sources.conforming.delivery import conform_delivery
from sources.contracts.model import Department, load_contracts
from sources.divisions import vintage_of
from sources.landing.deliveries import DeliveredFile
from sources.reading.files import read_sheets
from tests.bench.run import MONTHS, SEED
from tests.district import DIVISIONS
from tests.paths import ROOT

SUFFIXES = (".xlsx", ".xls", ".csv")
Seconds = dict[str, float]


def seconds(inbox: Path) -> Seconds:
    """Read every file of the sample's first month, conform those named after their table, and return the seconds."""
    spent = dict.fromkeys((*SUFFIXES, "conformed"), 0.0)
    month = MONTHS[0]
    context = Context(month, vintage_of(DIVISIONS, month))
    for department in load_contracts().values():
        for path in sorted(p for p in inbox.glob(f"{department.name}/{month}/*") if p.suffix in SUFFIXES):
            content = path.read_bytes()
            began = time.perf_counter()
            read_sheets(content)
            spent[path.suffix] += time.perf_counter() - began
            spent["conformed"] += _conforming(department, path.name, content, context)
    return spent


def _conforming(department: Department, name: str, content: bytes, context: Context) -> float:
    dataset = next((d for d in department.datasets if any(word in name for word in d.keywords)), None)
    began = time.perf_counter()
    if dataset:
        conform_delivery(1, "replace_all", [DeliveredFile(1, name, "", "", lambda: content)], dataset, context)
    return time.perf_counter() - began


def _in_process(checkout: Path, inbox: Path) -> Seconds:
    """Measure a checkout in a process of its own; it runs this file with the packages of the checkout."""
    done = subprocess.run(
        [sys.executable, __file__, str(inbox)],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        cwd=checkout,
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: Seconds = json.loads(done.stdout)
    return measured


def main() -> None:
    """Print the seconds of both checkouts and their ratio, each the median of the rounds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reading", description="What reading costs.")
    parser.add_argument("other", type=Path, help="checkout to compare with")
    parser.add_argument("--households", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_district(Path(folder), arguments.households, MONTHS, SEED, DIVISIONS)
        pairs = [
            (_in_process(arguments.other.absolute(), Path(folder)), _in_process(ROOT, Path(folder)))
            for _ in range(arguments.rounds)
        ]
    for what in pairs[0][0]:
        other, own = (statistics.median(pair[i][what] for pair in pairs) for i in (0, 1))
        ratio = statistics.median(pair[1][what] / pair[0][what] for pair in pairs) if other else float("nan")
        print(f"{what:10} other {other:7.3f} s  this {own:7.3f} s  ratio {ratio:.3f}")


if __name__ == "__main__":
    if len(sys.argv) == 2 and __package__ is None:
        print(json.dumps(seconds(Path(sys.argv[1]))))
    else:
        main()

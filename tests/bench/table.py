"""Print what months cost beside an earlier build, the script of an office, and the floor.

Belongs here: the rows of the table, each a median of pairs that ran one after the other. Does not belong here: running
and measuring one command (``process``), the stages of a month (``run``).

``python -m tests.bench.table [--today FOLDER] [--long]``: FOLDER is a checkout of the earlier build with its ``.venv``;
without it, the rows that need it are left out. The short form takes less than half an hour, the long one hours.
Ratios of processor seconds hold on a busy machine as well, those of seconds only on a quiet one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from orchestration.dbt import manifest
from sample import write_district
from sources.months import Month
from tests.bench.process import Cost, cost_of
from tests.bench.run import SEED
from tests.district import DIVISIONS
from tests.paths import ROOT

TINY, MIDDLE, LARGE = 200, 20_000, 100_000
FIRST = Month(2020, 1)
PAIRS = 3
CHAIN, MANY, LATE = 12, 24, 38
"""Months that run again after a correction, months from files in one go, and months in one home.

The last is a February, as the second month is: other months have other tables, a December a third more rows.
"""
OFFICE_TOLERANCE = 0.02
"""Share by which the flags of an office's script may differ from the floor's: Excel destroyed some of its ids."""


@dataclass(frozen=True)
class Build:
    """A checkout with the environment that runs it."""

    folder: Path
    python: Path

    def run(self, home: Path, *months: Month) -> Cost:
        """Run months of a data home by the command line."""
        code = "import sys; sys.argv[0] = 'shouwang'; from orchestration.{}cli import main; main()"
        package = "commands." if (self.folder / "orchestration" / "commands").is_dir() else ""
        command = [str(self.python), "-c", code.format(package), "run", *map(str, months)]
        variables = {"SHOUWANG_HOME": str(home), "SHOUWANG_SETTLE_SECONDS": "0", "PYTHONPATH": str(self.folder)}
        return cost_of(command, self.folder, variables)


@dataclass(frozen=True)
class Row:
    """A row of the table: two costs of each pair, and the ratio wanted."""

    name: str
    wanted: float
    pairs: list[tuple[Cost, Cost]]

    def ratio(self, figure: Callable[[Cost], float]) -> float:
        """Return the median of the ratios of a figure."""
        return statistics.median(figure(ours) / figure(theirs) for ours, theirs in self.pairs)


class Bench:
    """Samples, homes and pairs of a benchmark."""

    def __init__(self, data: Path, ours: Build, today: Build | None) -> None:
        """Keep where samples are written, and which builds are compared."""
        self.data, self.ours, self.today = data, ours, today

    def inbox(self, households: int, months: int) -> Path:
        """Return the inbox of a sample; it is written once."""
        inbox = self.data / f"{households}-{months}" / "inbox"
        if not inbox.with_name("complete").exists():
            shutil.rmtree(inbox.parent, ignore_errors=True)
            write_district(inbox, households, [FIRST.shift(n) for n in range(months + 1)], SEED, DIVISIONS)
            inbox.with_name("complete").touch()
        return inbox

    @contextmanager
    def home(self, households: int, months: int = 1) -> Iterator[Path]:
        """Make a new data home with a sample, and remove it."""
        with tempfile.TemporaryDirectory(dir=self.data, prefix="home-") as folder:
            shutil.copytree(self.inbox(households, months), Path(folder) / "inbox")
            yield Path(folder)

    def cold(self, build: Build, households: int = TINY, months: int = 1) -> Cost:
        """Run the first months of a new home in one process."""
        with self.home(households, months) as home:
            return build.run(home, *(FIRST.shift(n) for n in range(months)))

    def office(self, households: int) -> Cost:
        """Run the script of an office; its flags must be those of the floor."""
        cost, floor = self._script("office", households), json.loads(self.floor(households).output.splitlines()[-1])
        for rule, count in json.loads(cost.output.splitlines()[-1])["flags"].items():
            if abs(count - floor["flags"][rule]) > max(2, OFFICE_TOLERANCE * floor["flags"][rule]):
                raise SystemExit(f"{households} households: {rule} {count} instead of {floor['flags'][rule]}")
        return cost

    def floor(self, households: int) -> Cost:
        """Run the floor, as a whole process."""
        return self._script("floor", households)

    def _script(self, name: str, households: int) -> Cost:
        module = ["-W", "ignore", "-m", f"tests.bench.{name}", str(self.inbox(households, 1)), str(FIRST)]
        return cost_of([str(self.ours.python), *module], self.ours.folder)

    def further(self) -> Cost:
        """Return what a second month adds to a process that has run the first."""
        both, first = self.cold(self.ours, months=2), self.cold(self.ours)
        return Cost(both.seconds - first.seconds, both.cpu - first.cpu, both.peak_mib, "")

    def corrected(self) -> Cost:
        """Run the first month of a chain with a correction: a list of insured people without its last line.

        Raises SystemExit if no later month runs again.
        """
        with self.home(TINY, CHAIN) as home:
            self.ours.run(home, *(FIRST.shift(n) for n in range(CHAIN)))
            folder = home / "inbox" / "human_resources" / str(FIRST)
            (folder / "r2").mkdir()
            for file in folder.glob("*养老保险*.csv"):
                (folder / "r2" / file.name).write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
            cost = self.ours.run(home, FIRST)
        if str(FIRST.shift(CHAIN - 1)) not in cost.output:
            raise SystemExit(f"the correction changed no later month:\n{cost.output[-3000:]}")
        return cost

    def records(self) -> float:
        """Return the MB that a month leaves in Dagster's records when it runs again."""
        with self.home(TINY) as home:
            sizes = []
            for _ in range(4):
                self.ours.run(home, FIRST)
                sizes.append(sum(f.stat().st_size for f in (home / "dagster").rglob("*") if f.is_file()) / 1e6)
        # The newest two keep their logs.
        return sizes[-1] - sizes[-2]

    def ageing(self) -> tuple[Cost, Cost]:
        """Run a late month and the second one of the same home."""
        with self.home(TINY, LATE) as home:
            costs = [self.ours.run(home, FIRST.shift(n)) for n in range(LATE)]
        return costs[-1], costs[1]


def rows(bench: Bench, is_long: bool) -> Iterator[Row]:
    """Measure the rows that are ratios, one after the other."""
    ours, today = bench.ours, bench.today
    if today:
        yield Row(
            "cold month, 200 households / today's", 0.5, _pairs(lambda: bench.cold(ours), lambda: bench.cold(today))
        )
        yield Row(
            "a further month in the same process / today's cold", 0.3, _pairs(bench.further, lambda: bench.cold(today))
        )
    if today and is_long:
        yield Row(
            "month 1 of 12 corrected, in today's cold months", 3, _pairs(bench.corrected, lambda: bench.cold(today), 1)
        )
        many = _pairs(lambda: bench.cold(ours, months=MANY), lambda: bench.cold(today), 1)
        yield Row("24 months in one go, in today's cold months", 8, many)
    for households, wanted in ((MIDDLE, 1.0), (LARGE, 0.4)):
        times = PAIRS if is_long or households == MIDDLE else 1
        pairs = _pairs(lambda n=households: bench.cold(ours, n), lambda n=households: bench.office(n), times)
        yield Row(f"{households:,} households / the office's script", wanted, pairs)
    floors = [(large, bench.floor(LARGE)) for large, _ in pairs]
    yield Row(f"{LARGE:,} households, in floors", 3, floors)
    if is_long:
        yield Row(f"month {LATE} / month 2 of one home", 1.1, [bench.ageing()])


def _pairs(ours: Callable[[], Cost], theirs: Callable[[], Cost], times: int = PAIRS) -> list[tuple[Cost, Cost]]:
    return [(ours(), theirs()) for _ in range(times)]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="make bench", description="What months cost.")
    parser.add_argument("--today", type=Path, help="checkout of the earlier build, with its .venv")
    parser.add_argument("--long", action="store_true", help="also the rows of many months")
    parser.add_argument("--data", type=Path, default=ROOT / "bench-data", help="where samples and data homes are kept")
    arguments = parser.parse_args()
    manifest.ensure()
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    today = arguments.today and Build(arguments.today.resolve(), arguments.today.resolve() / ".venv" / "bin" / "python")
    bench = Bench(data, Build(ROOT, Path(sys.executable)), today)
    shown = Table("", "wanted", "seconds", "processor", "of pairs")
    for row in rows(bench, arguments.long):
        figures = row.ratio(lambda cost: cost.seconds), row.ratio(lambda cost: cost.cpu)
        shown.add_row(row.name, f"{row.wanted:g}", *(f"{figure:.2f}" for figure in figures), str(len(row.pairs)))
        print(row.name, *(f"{figure:.2f}" for figure in figures), file=sys.stderr)
        if "floors" in row.name:
            peak = max(ours.peak_mib for ours, _ in row.pairs) / 1024
            shown.add_row(f"peak memory at {LARGE:,}, GiB", "1.5", f"{peak:.1f}", "", str(len(row.pairs)))
    shown.add_row("run records per superseded run, MB", "3", f"{bench.records():.1f}", "", "1")
    Console(width=110, highlight=False).print(shown)


if __name__ == "__main__":
    main()

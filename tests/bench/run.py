"""One month at several sizes: the pipeline stage by stage, with the floor beside it.

Belongs here: samples written once into ``bench-data/``, running both in processes of their own, the table.
Does not belong here: how the month is computed. The fixed cost is that of a district so small that its rows do not
count; what a size costs beyond it grows with its rows.
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

from rich.console import Console
from rich.table import Table

from sources.months import Month
from sources.sample import write_district

ROOT = Path(__file__).parents[2]
DATA = ROOT / "bench-data"
DIVISIONS = ROOT / "dbt_project" / "seeds" / "division_vintages.csv"
MONTHS = (Month(2021, 5), Month(2021, 6))
"""The first one is run; the troubles that the sample puts into its last month would measure something else."""
SEED = 20210630
TINY = 200
SIZES = (2_000, 20_000, 100_000)
Figures = dict[str, Any]


def prepare(households: int) -> Path:
    """The data home of a size with its sample and nothing else; the sample is written once."""
    home = DATA / str(households)
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        print(f"writing the sample of {households} households", file=sys.stderr)
        write_district(home / "inbox", households, MONTHS, SEED, DIVISIONS)
        (home / "complete").touch()
    for path in home.iterdir():
        if path.is_dir() and path.name != "inbox":
            shutil.rmtree(path)
    return home


def _json_lines(module: str, *arguments: str, **environment: str) -> list[Figures]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measure(households: int) -> Figures:
    """What the pipeline and the floor took for one size. Raises where the month was not published."""
    home, month = prepare(households), str(MONTHS[0])
    start, ran = _json_lines("tests.pipeline.run_months", month, SHOUWANG_HOME=str(home))
    if not ran["success"]:
        raise SystemExit(f"{month} of {households} households was not published: {ran['errors']}")
    floor = _json_lines("tests.bench.floor", str(home / "inbox"), month)[0]
    return {"households": households, **start, **ran, "floor": floor}


def stages(figures: Figures) -> dict[str, float]:
    """Seconds by stage; what a run takes beside its steps is its own."""
    steps = dict(figures["stage_seconds"])
    intake = sum(seconds or 0 for seconds in figures["dataset_seconds"].values())
    known = {"intake of the tables": intake, "dbt": steps.pop("dbt", 0.0), "publish": steps.pop("published_marts", 0.0)}
    rest = figures["seconds"] - sum(known.values())
    return {"imports": figures["start_up_seconds"], **known, "everything else": rest}


def table(measured: list[Figures]) -> Table:
    """One column per size, the fixed cost first."""
    shown = Table(title=f"One month ({MONTHS[0]})", title_justify="left")
    shown.add_column("")
    for figures in measured:
        shown.add_column(f"{figures['households']:,} households", justify="right")

    def row(name: str, values: list[str]) -> None:
        shown.add_row(name, *values)

    row("rows in files", [f"{f['rows']:,}" for f in measured])
    for name in stages(measured[0]):
        row(f"{name}, s", [f"{stages(f)[name]:.1f}" for f in measured])
    totals = [f["seconds"] + f["start_up_seconds"] for f in measured]
    row("in all, s", [f"{t:.1f}" for t in totals])
    row("beyond the smallest, s", [f"{t - totals[0]:.1f}" for t in totals])
    extra = [(f["rows"] - measured[0]["rows"]) / max(t - totals[0], 0.1) for f, t in zip(measured, totals, strict=True)]
    row("rows per second beyond the smallest", [f"{e:,.0f}" if e else "–" for e in extra])
    row("peak memory, MiB", [f"{max(f['peak_mib'].values()):,.0f}" for f in measured])
    row("floor: rows of the rules' tables", [f"{f['floor']['rows']:,}" for f in measured])
    row("floor: reading, s", [f"{f['floor']['read_seconds']:.1f}" for f in measured])
    row("floor: in all, s", [f"{f['floor']['seconds']:.1f}" for f in measured])
    row("floor: peak memory, MiB", [f"{f['floor']['peak_mib']:,.0f}" for f in measured])
    ratios = [t / f["floor"]["seconds"] for f, t in zip(measured, totals, strict=True)]
    row("times the floor", [f"{r:.1f}" for r in ratios])
    return shown


def slowest(figures: Figures, count: int = 6) -> str:
    """The tables that take longest to take in."""
    seconds = {name: s for name, s in figures["dataset_seconds"].items() if s}
    ranked = sorted(seconds.items(), key=lambda item: -item[1])[:count]
    return f"{figures['households']:,}: " + ", ".join(f"{name} {s:.1f} s" for name, s in ranked)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="What a month costs.")
    parser.add_argument("households", type=int, nargs="*", default=SIZES)
    sizes = parser.parse_args().households
    measured = [measure(size) for size in (TINY, *sizes)]
    console = Console(width=max(100, 30 + 22 * len(measured)))
    console.print(table(measured))
    console.print("Tables that take longest:", *[f"  {slowest(f)}" for f in measured[1:]], sep="\n")
    flags = {f["households"]: f["floor"]["flags"] for f in measured[1:]}
    console.print("Flags of the floor:", *[f"  {n:,}: {counts}" for n, counts in flags.items()], sep="\n")

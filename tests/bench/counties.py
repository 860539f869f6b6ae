"""Write and read the sample of 30 counties of all kinds: ``python -m tests.bench.counties [NUMBER]``.

Every table is written, landed and judged by the gate, as in a month without dbt; minutes for 30 counties.
Belongs here: what became of each table in each county. Does not belong here: names of villages (``places``).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from expectations.gate import judge
from sample import write_district
from sources import national, parquet
from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import load_contracts
from sources.divisions import vintage_of
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.counties import NUMBER, drawn

MONTHS = [Month(2021, 5), Month(2021, 6)]
HOUSEHOLDS = 300


def taken(code: str, folder: Path) -> tuple[str, list[DatasetOutcome], list[str]]:
    """Return a county's name, what became of its tables, and its real towns without households on the register."""
    divisions, home, month = national.county(code), Home(folder / "home"), MONTHS[0]
    write_district(home.inbox, HOUSEHOLDS, MONTHS, 1, divisions)
    contracts, intake = load_contracts(), Intake(home, month, judge, divisions)
    for department in contracts:
        intake.land(department)
    order = sorted(contracts.datasets, key=lambda dataset: not dataset.is_core)
    outcomes = [intake.take(dataset) for dataset in order]
    rows = parquet.read(home.accepted(order[0], month) / "rows.parquet", columns=["town_code"])
    lacking = set(vintage_of(divisions, month).real_towns) - set(rows["town_code"])
    return divisions["district_name"][0], outcomes, sorted(lacking)


def main() -> None:
    """Print for each county its tables by status, and what is wrong; exit with 1 if anything is."""
    is_wrong = False
    for code in drawn(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER):
        with tempfile.TemporaryDirectory() as folder:
            name, outcomes, lacking = taken(code, Path(folder))
        rejected = [o.dataset.label for o in outcomes if o.status == "rejected"]
        accepted = sum(o.status == "accepted" for o in outcomes)
        unknown = sum(o.error_counts.get("division_unknown", 0) for o in outcomes)
        is_wrong |= bool(rejected or lacking)
        print(
            f"{code} {name}: 接收 {accepted},退回 {rejected},没有农户的镇街 {lacking},区划不识别 {unknown} 格",
            flush=True,
        )
    sys.exit(is_wrong)


if __name__ == "__main__":
    main()

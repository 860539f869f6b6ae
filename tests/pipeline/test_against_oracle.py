"""The real pipeline beside the oracle: every mart of the nasty inboxes and of the sample, cell by cell.

Belongs here: running months in a process of their own and comparing what was published.
Does not belong here: what is right (``tests.oracle``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sources.months import Month
from sources.sample import write_district
from tests.oracle.all_marts import compute_all
from tests.oracle.compare import compare
from tests.oracle.nasty import INBOXES, SECRET

DIVISIONS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "division_vintages.csv"
SAMPLE_MONTHS = ["2021-04", "2021-05", "2021-06"]


def _sample(inbox: Path) -> list[str]:
    write_district(inbox, 300, [Month.parse(m) for m in SAMPLE_MONTHS], 7, DIVISIONS)
    for file in inbox.rglob("*"):
        os.utime(file, (1_630_000_000, 1_630_000_000))
    return SAMPLE_MONTHS


def _run(home: Path, months: list[str]) -> dict[str, bool]:
    """Run the months in order; whether each was published."""
    secret = home / "secret"
    secret.write_text(f"{SECRET}\n", "utf-8")
    secret.chmod(0o600)
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipeline.run_months", *months],
        env={**os.environ, "SHOUWANG_HOME": str(home), "SHOUWANG_SECRET_FILE": str(secret)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"month"')]
    assert [r["month"] for r in reports] == months, done.stdout + done.stderr
    return {r["month"]: r["success"] for r in reports}


@pytest.mark.parametrize("name", [*INBOXES, "sample"])
def test_published_marts_are_the_oracles(name: str, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    months = _sample(inbox) if name == "sample" else INBOXES[name](inbox)
    ran = _run(tmp_path, months)
    marts = compute_all(inbox, SECRET, months)
    assert [m for m in months if ran[m]] == [str(r["month"])[:7] for r in marts["dim_month"]]
    assert len(marts["household_risk_flags"]) > 5
    differences = compare(marts, tmp_path / "published" / "marts.duckdb", months)
    assert not differences, "\n".join(map(str, differences))

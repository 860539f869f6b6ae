"""The real pipeline beside the oracle: every mart of the nasty inboxes and of the sample, cell by cell.

Belongs here: running months in a process of their own and comparing what was published.
Does not belong here: what is right (``tests.oracle``).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sample import write_district
from sources.months import Month
from tests.attack.households import told_apart, traces
from tests.attack.sums import revealed
from tests.district import DIVISIONS
from tests.oracle.all_marts import compute_all
from tests.oracle.compare import compare
from tests.oracle.open.marts import open_marts
from tests.oracle.references import strays
from tests.pipeline.lacking import lacking_by_status, lacking_in_marts
from tests.pipeline.repeated_keys import repeated_keys
from tests.pipeline.running import run_months
from tests.pipeline.test_redeliveries import EDGES
from tests.worlds.nasty.inboxes import INBOXES, SECRET

pytestmark = pytest.mark.usefixtures("parsed")

SAMPLE_MONTHS = ["2021-04", "2021-05", "2021-06"]


def _sample(inbox: Path) -> list[str]:
    write_district(inbox, 300, [Month.parse(m) for m in SAMPLE_MONTHS], 7, DIVISIONS)
    for file in inbox.rglob("*"):
        os.utime(file, (1_630_000_000, 1_630_000_000))
    return SAMPLE_MONTHS


WORLDS = [name for name in INBOXES if name != EDGES]
"""``test_redeliveries`` runs the other one, with re-deliveries that come later."""


@pytest.mark.parametrize("name", [*WORLDS, "sample"])
def test_published_marts_are_the_oracles(name: str, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    months = _sample(inbox) if name == "sample" else INBOXES[name](inbox)
    ran = run_months(tmp_path, months)
    marts = compute_all(inbox, SECRET, months)
    assert [m for m in months if ran[m]] == [str(r["month"])[:7] for r in marts["dim_month"]]
    assert len(marts["household_risk_flags"]) > 5
    differences = compare(marts, tmp_path / "published" / "marts.duckdb", months)
    differences += compare(open_marts(marts), tmp_path / "published" / "open.duckdb", months)
    assert not differences, "\n".join(map(str, differences))
    assert repeated_keys(tmp_path / "published") == []
    assert lacking_in_marts(tmp_path) == lacking_by_status(tmp_path, months)
    assert strays(tmp_path, SECRET) == []
    assert strays(tmp_path, f"{SECRET}x"), "another secret makes other references"
    if name == "sample":
        _nobody_is_found(tmp_path / "published")


def _nobody_is_found(published: Path) -> None:
    """Check what a reader of the open marts finds out: before, every household was told apart by its exact figures."""
    exact, bands = told_apart(published).values()
    assert exact[1] == exact[0] > 800
    assert (bands[0] > 800, *bands[1:]) == (True, 0, 0)
    assert traces(published) == []
    found, tried = revealed(published, SAMPLE_MONTHS[-1])
    assert tried > 1000
    assert not found, "\n".join(found)

"""What the rules of retention no longer keep goes, is known as removed, and nothing else changes."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from orchestration.commands import verify
from orchestration.commands.rebuild import sealed_months
from orchestration.runtime.settings import Settings
from sources import audit
from sources.acceptance.store import outdated
from sources.landing.archive import DeliveryLog, keep_original, original_path
from sources.landing.changes import changed
from sources.landing.places import places_of
from sources.months import Month
from sources.refusal import DamagedOriginalError
from sources.retention import Plan, Retention, counted, plan, remove
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk
from tests.unit.sources.ledger import INCOME, NAME, accepted_rows, income_file
from workbooks.prefilled import prefill_of

MAY, TODAY = Month(2021, 5), date(2021, 7, 20)
ONE_MONTH = Retention(originals=1, quarantine=1, errors=1)
REGISTER = CONTRACTS.dataset("household_register")


def _take(desk: Desk, month: Month) -> None:
    intake = desk.intake(month)
    for dataset in (REGISTER, INCOME):
        assert intake.take(dataset).status == "accepted"


@pytest.fixture
def months(desk: Desk) -> Desk:
    """A home with two months, a bad row in each, and the same file in both."""
    for month in (MAY, MONTH):
        desk.put(REGISTER, "名册.csv", income_file(1, 2, dataset=REGISTER), month)
        desk.put(INCOME, NAME, income_file(1, 2) + income_file(3, wage_income=f"x{month}").split(b"\n", 1)[1], month)
        _take(desk, month)
    for name in ("20210601-000000-a.txt", "20210501-000000-b.txt", "note.txt"):
        with desk.home.replacing(desk.home.restricted / "errors" / name) as temporary:
            temporary.write_text("an error", "utf-8")
    return desk


def _planned(desk: Desk, retention: Retention = ONE_MONTH, today: date = TODAY) -> Plan:
    return plan(desk.home, CONTRACTS, retention, today)


def _problems(desk: Desk) -> list[str]:
    areas = verify.examine(Settings(home=desk.home.root), deep=True)
    return [p for area in areas if area.subject != "数据仓库" for p in area.problems]


def test_the_default_keeps_everything_for_ever(months: Desk) -> None:
    assert _planned(months, Retention(), date(2099, 1, 1)).expired == ()


def test_only_what_is_older_is_planned_and_planning_changes_nothing(months: Desk) -> None:
    before = {p: p.read_bytes() for p in months.home.restricted.rglob("*") if p.is_file()}
    # The register of both months is one original, which June keeps.
    assert counted(_planned(months)) == {("originals", MAY): 1, ("quarantine", MAY): 1, ("errors", MAY): 1}
    assert _planned(months, Retention(originals=2)).expired == ()
    assert {p: p.read_bytes() for p in months.home.restricted.rglob("*") if p.is_file()} == before


def test_what_is_removed_is_known_as_removed_and_the_figures_stay(months: Desk) -> None:
    rows = accepted_rows(months.home, month=MAY)
    found = _planned(months)
    remove(months.home, found, TODAY)
    assert _planned(months).expired == ()
    assert not any(e.path.exists() for e in found.expired if e.kind != "quarantine")
    assert pl.read_parquet(months.home.quarantine(INCOME, MAY) / "rows.parquet").height == 0
    assert accepted_rows(months.home, month=MAY).equals(rows)
    assert [p.name for p in sorted((months.home.restricted / "errors").iterdir())] == [
        "20210601-000000-a.txt",
        "note.txt",
    ]
    assert _problems(months) == []
    (area,) = [a for a in verify.examine(Settings(home=months.home.root), deep=False) if a.subject == "原件"]
    assert area.text == "3 个,其中 1 个已按保留规则删除(只查存在)"
    lines = [e["arguments"] for e in audit.entries(months.home) if e["act"] == "remove"]
    assert [(line["kind"], line["month"]) for line in lines] == [
        ("originals", "2021-05"), ("quarantine", "2021-05"), ("errors", "2021-05"),
    ]  # fmt: skip


def test_a_month_without_originals_is_not_taken_in_again_and_says_why(months: Desk) -> None:
    remove(months.home, _planned(months), TODAY)
    assert sealed_months(months.home, CONTRACTS) == {MAY}
    # Its file is still in the inbox, which makes it neither new nor an original again.
    assert changed(months.home, places_of(months.home, CONTRACTS, {}), MAY) is None
    rows = accepted_rows(months.home, month=MAY)
    intake = months.intake(MAY)
    assert intake.outstanding() == []
    with pytest.raises(DamagedOriginalError, match="2021-05 的原件已按保留规则删除,不能重新接收"):
        intake.take(INCOME)
    assert accepted_rows(months.home, month=MAY).equals(rows)
    assert _planned(months).expired == ()
    _take(months, MONTH)
    assert _problems(months) == []


def test_a_column_that_came_later_is_unknown_where_the_originals_are_removed(months: Desk) -> None:
    remove(months.home, _planned(months), TODAY)
    for month in (MAY, MONTH):
        path = months.home.accepted(INCOME, month) / "rows.parquet"
        pl.read_parquet(path).drop("education_self_paid").write_parquet(path)
    assert outdated(months.home, CONTRACTS) == [(INCOME, MONTH)], "only what can be taken in again"
    before = prefill_of(months.home, INCOME, MONTH, pl.DataFrame())
    assert (before.month, before.columns["education_self_paid"]) == (MAY, [None, None])
    path = months.home.accepted(INCOME, MAY) / "rows.parquet"
    pl.read_parquet(path).with_columns(pl.col("wage_income").cast(pl.String)).write_parquet(path)
    assert outdated(months.home, CONTRACTS, MAY) == [(INCOME, MAY)], "another type is never read"


def test_a_removed_file_that_comes_for_another_month_is_an_original_again(months: Desk) -> None:
    remove(months.home, _planned(months), TODAY)
    (sha256,) = [
        h for h in DeliveryLog(months.home, INCOME.department, MAY).hashes if not original_path(months.home, h).exists()
    ]
    path = months.home.inbox / INCOME.department / str(MAY) / NAME
    assert keep_original(months.home, path) == sha256
    assert original_path(months.home, sha256).exists()


def test_deliveries_that_are_not_taken_in_keep_their_originals(months: Desk) -> None:
    months.put(INCOME, NAME, income_file(1, 2, 4), MAY, "r2")
    months.intake(MAY)
    found = _planned(months)
    assert found.waiting == (MAY,)
    assert {kind for kind, _ in counted(found)} == {"quarantine", "errors"}


def test_real_damage_is_still_damage(months: Desk) -> None:
    remove(months.home, _planned(months), TODAY)
    june = next(h for h in DeliveryLog(months.home, INCOME.department, MONTH).hashes)
    original_path(months.home, june).unlink()
    assert any("损坏或丢失" in problem for problem in _problems(months))
    (months.home.restricted / "removed.json").write_text("damaged", "utf-8")
    assert any("removed.json 已损坏" in problem for problem in _problems(months))

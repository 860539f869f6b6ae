"""What a new version says otherwise is written down by month and mart; an earlier version can come back."""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib import metadata
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.content import PublishError
from orchestration.publishing.publish import roll_back
from orchestration.publishing.restate import NO_DELIVERY, causes
from orchestration.publishing.version import current
from sources import audit
from sources.acceptance.provenance import COUNTY, Change
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month
from tests.unit.orchestration.conftest import GRAINS, TinyWarehouse

ROWS = (
    "select month, published_version, mart, rows_added, rows_removed, rows_changed, caused_by "
    "from marts.restatements order by all"
)
MAY, JUNE = date(2021, 5, 1), date(2021, 6, 1)
CAUSE = "农户收入监测表 2021-05 第 2 批"


def change(tiny: TinyWarehouse, sql: str) -> None:
    with duckdb.connect(str(tiny.file)) as connection:
        connection.execute(sql)


def test_the_first_version_and_a_new_month_restate_nothing(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05"])
    tiny.publish("2021-05")
    tiny.build(["2021-05", "2021-06"])
    assert tiny.publish("2021-06").restated == ()
    assert tiny.read(ROWS) == []


def test_added_removed_and_changed_rows_are_counted_by_month(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    tiny.publish("2021-06")
    change(
        tiny,
        "delete from marts.household_month where month = date '2021-05-01' and household_key in ('1', '2');"
        "insert into marts.household_month values (date '2021-05-01', 'new', 1);"
        "update marts.household_month set net_income = null where month = date '2021-05-01' and household_key > '95';",
    )
    restated = tiny.publish("2021-05", caused_by=CAUSE).restated
    assert restated == (("2021-05", "household_month", 1, 2, 4),)
    assert tiny.read(ROWS) == [(MAY, 2, "household_month", 1, 2, 4, CAUSE)]
    published_at = tiny.read("select published_at from marts.restatements")
    assert published_at == [(datetime(2021, 7, 5, 8),)]


def test_the_record_goes_on_over_versions_and_same_content_adds_nothing(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    tiny.publish("2021-06")
    for value in (1, 2):
        change(tiny, f"update marts.household_month set net_income = -{value} where household_key = '1'")
        tiny.publish("2021-06")
        assert not tiny.publish("2021-06").is_new
    both = [(MAY, n, "household_month", 0, 0, 1, NO_DELIVERY) for n in (2, 3)]
    assert tiny.read(ROWS) == sorted([*both, *[(JUNE, *row[1:]) for row in both]])


def test_a_mart_without_months_counts_for_the_month_that_ran_again(tiny: TinyWarehouse) -> None:
    grains = {**GRAINS, "risk_leads": ("lead_id",)}

    def leads(status: str) -> None:
        change(tiny, f"create or replace table marts.risk_leads as select 'L1' as lead_id, '{status}' as status")
        change(tiny, "comment on column marts.risk_leads.lead_id is '线索'")
        change(tiny, "comment on column marts.risk_leads.status is '状态'")

    tiny.build(["2021-05", "2021-06"])
    leads("open")
    tiny.publish("2021-06", grains)
    leads("closed")
    assert tiny.publish("2021-05", grains).restated == (("2021-05", "risk_leads", 0, 0, 1),)
    tiny.build(["2021-05", "2021-06", "2021-07"])
    leads("open")
    assert tiny.publish("2021-07", grains).restated == ()


def test_a_column_that_the_program_added_restates_nothing(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    tiny.publish("2021-06")
    change(
        tiny,
        "alter table marts.household_month add column housing_grade varchar;"
        "comment on column marts.household_month.housing_grade is '住房安全等级';"
        "update marts.household_month set housing_grade = 'A级';"
        "update marts.household_month set net_income = -1 where household_key = '1' and month = date '2021-06-01'",
    )
    done = tiny.publish("2021-06")
    assert (done.is_new, done.restated) == (True, (("2021-06", "household_month", 0, 0, 1),))


def test_a_version_that_was_never_switched_to_leaves_no_record(
    tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    tiny.build(["2021-06"], income=7.0)
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.publishing.publish.build", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(PublishError):
            tiny.publish("2021-06", caused_by="never published")
    tiny.build(["2021-06"])
    change(tiny, "update marts.household_month set net_income = 0 where household_key = '1'")
    tiny.publish("2021-06", caused_by=CAUSE)
    assert tiny.read(ROWS) == [(JUNE, 2, "household_month", 0, 0, 1, CAUSE)]


def test_rolling_back_shows_an_earlier_version_until_the_next_one(tiny: TinyWarehouse) -> None:
    for n in range(3):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
    top = "select max(net_income) from marts.household_month"
    assert roll_back(tiny.home).number == 2
    assert tiny.read(top) == [(99.0,)]
    assert roll_back(tiny.home).number == 1
    with pytest.raises(PublishError, match=r"保留的版本:3\(2021-06"):
        roll_back(tiny.home)
    assert roll_back(tiny.home, 3).number == 3
    roll_back(tiny.home, 1)
    assert tiny.publish("2021-06").version.number == 4
    assert tiny.read(top) == [(198.0,)]
    acts = [(e["act"], e["arguments"]["version"]) for e in audit.entries(tiny.home)]
    back = [("rollback", n) for n in (2, 1, 3, 1)]
    assert acts == [*(("publish", n) for n in (1, 2, 3)), *back, ("publish", 4)]


def test_rolling_back_where_nothing_is_published(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="没有可以退回的版本;保留的版本:无"):
        roll_back(Home(tmp_path))


def test_a_kept_version_can_be_current_after_many_others(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    now = current(tiny.home.published)
    with pytest.raises(PublishError, match="没有可以退回的版本9"):
        roll_back(tiny.home, 9)
    assert current(tiny.home.published) == now


def test_an_update_of_the_program_is_a_cause_of_the_months_that_it_changes(
    tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program(number: str) -> None:
        monkeypatch.setattr("orchestration.publishing.publish.metadata.version", lambda _: number)

    def changed(value: int, month: str) -> str:
        change(tiny, f"update marts.household_month set net_income = {value} where month = date '{month}-01'")
        tiny.publish(month, caused_by=CAUSE)
        [cause] = {row[-1] for row in tiny.read(ROWS) if row[:2] == (Month.parse(month).first_day, version(tiny))}
        return str(cause)

    program("1.0.0")
    tiny.build(["2021-05", "2021-06"])
    tiny.publish("2021-05")
    tiny.publish("2021-06")
    assert changed(1, "2021-05") == CAUSE
    program("1.1.0")
    assert changed(2, "2021-06") == f"{CAUSE}、程序更新(1.0.0 → 1.1.0)"
    assert changed(3, "2021-06") == CAUSE
    assert changed(4, "2021-05") == f"{CAUSE}、程序更新(1.0.0 → 1.1.0)"


def test_a_version_of_a_program_without_record_is_of_another_program(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    description = tiny.home.published / "current" / "version.json"
    kept = json.loads(description.read_text("utf-8"))
    assert set(kept.pop("programs")) == {"2021-06"}
    description.write_text(json.dumps(kept), "utf-8")
    change(tiny, "update marts.household_month set net_income = 0")
    tiny.publish("2021-06", caused_by="")
    [(cause,)] = tiny.read("select caused_by from marts.restatements")
    assert cause == f"程序更新(→ {metadata.version('shouwang')})"


def version(tiny: TinyWarehouse) -> int:
    found = current(tiny.home.published)
    assert found
    return found.number


def test_causes_in_words() -> None:
    may = Month(2021, 5)
    changes = [Change(may, "household_income", 2), Change(may, "deaths", 0)]
    text = "农户收入监测表 2021-05 第 2 批、死亡(火化)人员名单 2021-05 接收内容有变"
    assert causes(changes, load_contracts()) == text
    parameters = [Change(may, COUNTY, 0), Change(may.shift(1), COUNTY, 0)]
    assert causes([*changes, *parameters], load_contracts()) == f"{text}、参数 2021-05 起有变"
    assert causes([], load_contracts()) == NO_DELIVERY
    assert causes(changes, load_contracts(), "程序更新") == "农户收入监测表 2021-05 第 2 批、程序更新"
    assert causes([], load_contracts(), "程序更新") == "程序更新"

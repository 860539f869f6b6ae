"""Months that were published, then re-delivered: run again in order, compared with the oracle, restated, rolled back.

Belongs here: the command line over two months of the nasty inbox whose re-deliveries come later.
Does not belong here: re-deliveries that lie there from the start (``test_against_oracle``).
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.oracle.compare import compare
from tests.oracle.risk.marts import compute
from tests.pipeline.running import environment, run_months, shouwang
from tests.worlds.nasty.inboxes import INBOXES, SECRET

pytestmark = pytest.mark.usefixtures("parsed")

EDGES = "edges"


class County:
    """A data home that is worked on with the command line; ``months`` are the two that are re-delivered."""

    def __init__(self, root: Path) -> None:
        self.root, self.inbox, self.aside = root, root / "inbox", root.parent / "aside"
        self.inbox.mkdir(parents=True)
        self.all_months = INBOXES[EDGES](self.inbox)
        self.months = self.all_months[1:3]
        self.environment = environment(root)

    def hold_back(self) -> list[Path]:
        """Take the re-deliveries out of the inbox; their paths below it."""
        held = sorted(p.relative_to(self.inbox) for m in self.months for p in self.inbox.glob(f"*/{m}/r*"))
        for path in held:
            (self.aside / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self.inbox / path, self.aside / path)
        return held

    def deliver(self, held: list[Path]) -> None:
        for path in held:
            shutil.move(self.aside / path, self.inbox / path)

    def shouwang(self, *arguments: str) -> str:
        done = shouwang(self.environment, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.root / "published" / "marts.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


HOUSEHOLDS = "from marts.household_month order by all"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return County(tmp_path_factory.mktemp("county") / "home")


def test_a_redelivery_reaches_every_later_month_and_is_told(county: County) -> None:
    first, second, _not_published, third = county.all_months[1:]
    held = county.hold_back()
    assert {str(p).split("/")[1] for p in held} >= {first}
    ran = run_months(county.root, county.all_months)
    assert [month for month, success in ran.items() if not success] == [county.all_months[3]]
    before = county.read(HOUSEHOLDS)

    county.deliver(held)
    said = county.shouwang("run", first)
    assert f"依次重新运行其后已发布的月份:{second}、{third}" in said
    assert f"{second} 已重新计算,与其后的月份一并发布" in said
    restated = county.read("select distinct month, published_version from marts.restatements order by all")
    assert restated[:2] == [(date.fromisoformat(f"{first}-01"), 5), (date.fromisoformat(f"{second}-01"), 6)]
    assert restated[2:] in ([], [(date.fromisoformat(f"{third}-01"), 6)])
    published = (county.root / "published" / "marts.duckdb").resolve().stat().st_mtime
    reports = [p for m in (second, third) for p in county.root.glob(f"published/reports.open/{m}/*.docx")]
    assert len(reports) == 2
    assert all(report.stat().st_mtime > published for report in reports)
    causes = county.read("select distinct caused_by from marts.restatements order by all")
    assert all(f"农户基础信息名册 {first} 第 {n} 批" in causes[0][0] for n in (2, 3, 5))
    assert "第 1 批" not in causes[0][0]
    of_register = county.read(
        "select rows_added, rows_removed, rows_changed from marts.restatements"
        f" where mart = 'household_month' and month = date '{first}-01'"
    )
    after = county.read(HOUSEHOLDS)
    keys = [{(r[0], r[1]): r for r in rows if str(r[0])[:7] == first} for rows in (before, after)]
    changed = sum(keys[0][k] != keys[1][k] for k in keys[0].keys() & keys[1].keys())
    assert of_register == [(len(keys[1].keys() - keys[0].keys()), len(keys[0].keys() - keys[1].keys()), changed)]


def test_published_marts_are_the_oracles(county: County) -> None:
    marts = compute(county.inbox, SECRET, county.all_months)
    published = [month for month in county.all_months if month != county.all_months[3]]
    assert [str(r["month"])[:7] for r in marts["dim_month"]] == published
    assert len(marts["household_risk_flags"]) > 5
    differences = compare(marts, county.root / "published" / "marts.duckdb", county.all_months)
    assert not differences, "\n".join(map(str, differences))


def test_the_same_again_is_no_version_and_no_later_run(county: County) -> None:
    versions = sorted((county.root / "published").glob("marts-*/version.json"))
    said = county.shouwang("run", county.months[0])
    assert "依次重新运行" not in said
    assert sorted((county.root / "published").glob("marts-*/version.json")) == versions


def test_the_way_back_is_one_command(county: County) -> None:
    now = county.read(HOUSEHOLDS)
    for version, restated_by in ((4, []), (5, [(5,)])):
        assert f"数据集市现为版本 {version}" in county.shouwang("rollback", str(version))
        assert county.read("select distinct published_version from marts.restatements") == restated_by
        if version == 4:
            assert county.read(HOUSEHOLDS) != now
    assert "数据集市现为版本 6" in county.shouwang("rollback", "6")
    assert county.read(HOUSEHOLDS) == now


def _answered(path: Path, results: Iterator[str], day: date) -> dict[str, str]:
    """Fill in a town's list; the answers by lead."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {str(c.value).replace("\n", ""): c.column for row in sheet[4:5] for c in row if c.value}
    answers = {}
    for row in range(6, sheet.max_row + 1):
        answer = {"核实结果": next(results), "核实日期": day, "是否纳入监测": "否"}
        for name, value in answer.items():
            sheet.cell(row, columns[name]).value = value
        answers[str(sheet.cell(row, columns["线索编号"]).value)] = str(answer["核实结果"])
    book.save(path)
    return answers


def test_a_work_list_comes_back_as_verified_leads(county: County) -> None:
    listed, answered = county.months[-1], county.all_months[-1]
    county.shouwang("worklist", listed)
    folder = county.inbox / "agriculture" / answered / "r9"
    folder.mkdir()
    answers: dict[str, str] = {}
    results = cycle(("属实", "不属实", "查无此户"))
    for path in sorted((county.root / "outbox").glob(f"worklists/{listed}/*.xlsx")):
        filled = Path(shutil.copy(path, folder / path.name))
        answers |= _answered(filled, results, date.fromisoformat(f"{answered}-12"))
        os.utime(filled, (1_630_000_000, 1_630_000_000))
    assert len(answers) > 6
    county.shouwang("run", answered)
    status = {"属实": "verified_true", "不属实": "verified_false", "查无此户": "not_found"}
    found = dict(county.read("select lead_id, status from marts.risk_leads where closed_month is null"))
    still_open = answers.keys() & found.keys()
    assert len(still_open) > 3
    assert {lead: found[lead] for lead in still_open} == {lead: status[answers[lead]] for lead in still_open}
    counted = county.read(
        "select sum(leads_verified), sum(leads_true), sum(leads_false) from marts.rule_performance"
        f" where month = date '{answered}-01'"
    )
    of_kind = Counter(answers.values())
    assert counted == [(len(answers), of_kind["属实"], of_kind["不属实"])]


def test_every_department_has_its_feedback(county: County) -> None:
    outbox = county.root / "outbox"
    found = {str(p.parent.relative_to(outbox)) for p in outbox.rglob("数据反馈*.xlsx")}
    departments = ("agriculture", "civil_affairs", "health", "human_resources")
    assert found == {f"{d}/{m}" for d in departments for m in county.all_months}
    assert {oct(p.stat().st_mode & 0o777) for p in outbox.rglob("*.xlsx")} == {"0o600"}

"""Lists that a village posts: who is on them, what they show, and what no byte of them may say."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pytest

from sources import audit
from sources.conforming.ids import check_digits
from sources.contracts.model import load_contracts
from tests.unit.dbt_project.test_catalogues import seed
from tests.unit.workbooks.announced import RETURNED, accept, announced, households, set_days
from tests.unit.workbooks.district import JUNE, REGISTER, District, write_csv
from tests.unit.workbooks.worklists import FENGCHENG, LEADS, LONGTANG
from workbooks.leads import NotPublishedError
from workbooks.publicity import COLUMNS, KIND, PublicityError, PublicityLists, publicity_folder, write_publicity

MAY = JUNE.shift(-1)
PHONE = "0763-3366000"
SHEET = "xl/worksheets/sheet1.xml"
PARTS = {
    SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/theme1.xml", "docProps/core.xml",
    "docProps/app.xml", "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels",
}  # fmt: skip
"""A workbook of one sheet: neither comments nor drawings, links or properties of one's own."""
NUMBERS = {
    "an id": r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)",
    "a mobile phone": r"(?<!\d)1[3-9]\d{9}(?!\d)",
    "a bank account": r"(?<!\d)\d{16,19}(?!\d)",
    "a key": r"[0-9a-f]{16}",
    "a month of birth": r"(?<!\d)(?:19\d\d|200\d|201\d)-(?:0\d|1[012])(?!\d)",
}
"""Forms of numbers that no part may hold; the period of the tests is in 2021."""


@pytest.fixture
def marts(settled: District) -> Path:
    """Marts of a month with three households to announce for five days."""
    marts = announced(settled)
    set_days(marts)
    return marts


def _rows(path: Path) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *rows = sheet.iter_rows(min_row=3, values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def _by_village(lists: PublicityLists) -> dict[str, list[dict[str, Any]]]:
    return {str(path.relative_to(path.parents[1])): _rows(path) for path in lists.paths}


def test_a_confirmed_household_is_announced_once_with_its_masked_head(settled: District, marts: Path) -> None:
    found = _by_village(write_publicity(settled.home, marts, JUNE))
    assert set(found) == {"凤城街道/鹤堂社区居委会.xlsx", "龙塘镇/井岭社区居委会.xlsx"}
    fengcheng = found["凤城街道/鹤堂社区居委会.xlsx"]
    assert [tuple(row) for row in fengcheng] == [tuple(COLUMNS)] * 2
    assert sorted((row["户主姓名"], row["家庭人口"]) for row in fengcheng) == [("林*", 2), ("陈*", 2)]
    assert [row["序号"] for row in fengcheng] == [1, 2]
    (row,) = found["龙塘镇/井岭社区居委会.xlsx"]
    assert (row["公示类型"], row["公示起始日"].date(), row["公示截止日"].date()) == (
        "拟纳入", date(2021, 7, 5), date(2021, 7, 9),
    )  # fmt: skip


def test_rows_are_in_the_order_of_household_keys(settled: District, marts: Path) -> None:
    found = _by_village(write_publicity(settled.home, marts, JUNE))["凤城街道/鹤堂社区居委会.xlsx"]
    heads = {settled.household_key("H1"): "林*", settled.household_key("H2"): "陈*"}
    assert [row["户主姓名"] for row in found] == [heads[key] for key in sorted(heads)]


@pytest.mark.parametrize(
    "returned", [{"result": "不属实"}, {"result": "查无此户"}, {"is_enrolled": False}], ids=lambda r: str(r)
)
def test_other_answers_are_not_announced(settled: District, marts: Path, returned: dict[str, Any]) -> None:
    rows = [{"lead_id": LEADS[0]["lead_id"], **RETURNED, **returned}]
    accept(settled, "verification_returns", JUNE, rows)
    assert write_publicity(settled.home, marts, JUNE).households == 0


def test_a_household_listed_in_the_month_before_is_not_announced_again(settled: District, marts: Path) -> None:
    accept(settled, "monitored_households", MAY, [{"household_key": settled.household_key("H1")}])
    accept(settled, "monitored_households", JUNE, [{"household_key": settled.household_key("H3")}])
    found = _by_village(write_publicity(settled.home, marts, JUNE))
    assert [row["户主姓名"] for rows in found.values() for row in rows] == ["陈*", "黄*"]


def test_nobody_is_announced_without_returns_of_the_month(settled: District, marts: Path) -> None:
    (settled.home.accepted(settled.contracts.dataset("verification_returns"), JUNE) / "rows.parquet").unlink()
    assert write_publicity(settled.home, marts, JUNE) == PublicityLists([], 0, 0)


def test_who_left_the_register_or_has_nobody_living_is_counted(settled: District, marts: Path) -> None:
    with duckdb.connect(str(marts.resolve())) as connection:
        connection.execute("delete from marts.household_month where household_key = ?", [settled.household_key("H1")])
    (person,) = settled.accepted("household_register", JUNE).filter(
        pl.col("household_key") == settled.household_key("H3")
    )["person_key"]
    accept(settled, "deaths", MAY, [{"person_key": person, "died_on": date(2021, 6, 30)}])
    lists = write_publicity(settled.home, marts, JUNE)
    assert (lists.households, lists.left_out) == (1, 2)


def test_the_next_member_stands_in_for_a_head_who_died_in_the_month(settled: District, marts: Path) -> None:
    members = settled.accepted("household_register", JUNE).filter(
        pl.col("household_key") == settled.household_key("H2")
    )
    head = members.filter(relation_to_head="户主")["person_key"][0]
    accept(settled, "deaths", JUNE, [{"person_key": head, "died_on": date(2021, 6, 30)}])
    found = _by_village(write_publicity(settled.home, marts, JUNE))
    assert "'@***" in [row["户主姓名"] for row in found["凤城街道/鹤堂社区居委会.xlsx"]]
    accept(settled, "deaths", JUNE, [{"person_key": head, "died_on": date(2021, 7, 1)}])
    found = _by_village(write_publicity(settled.home, marts, JUNE))
    assert "陈*" in [row["户主姓名"] for row in found["凤城街道/鹤堂社区居委会.xlsx"]]


def _person(settled: District, name: str, born: str) -> None:
    """Let household H9 of one person be on the register, with a confirmed lead."""
    body = f"441802{born}001"
    resident = body + str(check_digits(pl.Series([body]))[0])
    place = ("H9", "凤城街道", "鹤堂社区居委会", "", name, resident, "户主", "脱贫户")
    rows = [REGISTER, (*place, "普通劳动力", "非在校生", "C级", "是")]
    write_csv(settled.inbox("agriculture", JUNE) / "r2" / "农户基础信息名册.csv", rows)
    settled.take("agriculture", JUNE)


@pytest.mark.parametrize(
    ("name", "born", "shown"),
    [
        ("欧阳小明", "19800101", "欧***"),
        ("阿依古丽·买买提", "19800101", "阿***·***"),
        ("王强", "20030630", "王*"),
        ("王强", "20030701", "***"),
        ("王强", "20130101", "***"),
    ],
)
def test_names_show_their_first_character_and_those_of_minors_nothing(
    settled: District, name: str, born: str, shown: str
) -> None:
    _person(settled, name, born)
    marts = settled.publish([LEADS[0] | {"code": "H9"}])
    households(settled, marts, ("H9", FENGCHENG, 4))
    set_days(marts)
    accept(settled, "verification_returns", JUNE, [{"lead_id": LEADS[0]["lead_id"], **RETURNED}])
    ((row,),) = _by_village(write_publicity(settled.home, marts, JUNE)).values()
    assert (row["户主姓名"], row["家庭人口"]) == (shown, 4)


def test_days_of_notice_are_those_of_the_town_and_needed(settled: District, marts: Path) -> None:
    set_days(marts, 10, "441802105")
    found = _by_village(write_publicity(settled.home, marts, JUNE))
    assert found["龙塘镇/井岭社区居委会.xlsx"][0]["公示截止日"].date() == date(2021, 7, 14)
    with duckdb.connect(str(marts.resolve())) as connection:
        connection.execute("delete from marts.policy_parameters where division_prefix = ''")
    with pytest.raises(PublicityError, match="凤城街道在 2021-06-30 没有生效的参数 publicity_days"):
        write_publicity(settled.home, marts, JUNE)


def test_no_byte_names_anybody_or_says_why(settled: District, marts: Path) -> None:
    lists = write_publicity(settled.home, marts, JUNE, "0763-3366000")
    rows = settled.accepted("household_register", JUNE)
    keys = {*rows["household_key"], *rows["person_key"], *rows["name_key"], *rows["row_ref"]}
    secret = {"林一", "林二", "陈二", "黄一", "@1+1", "一组", "三组", "C级", "脱贫户", "人均收入低于监测线"}
    secret |= {"44180219", "1950-01", *(lead["lead_id"] for lead in LEADS), *(lead["rule"] for lead in LEADS)}
    for path in lists.paths:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            text = str(path) + "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        assert [s for s in keys | secret if s in text] == []
        assert "0763-3366000" in text
        assert {path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777} == {0o600, 0o700}
    (line,) = audit.entries(settled.home)
    assert (line["act"], line["arguments"]) == ("export", {"what": "publicity", "month": "2021-06", "households": 3})


def _parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert not archive.comment
        assert not any(entry.comment or entry.extra for entry in archive.infolist())
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_every_text_and_number_of_a_list_is_one_that_it_may_show(settled: District, marts: Path) -> None:
    """What a list may show is known, so whatever else is in its bytes is too much."""
    for path in write_publicity(settled.home, marts, JUNE, PHONE).paths:
        parts, village, town = _parts(path), path.stem, path.parent.name
        assert set(parts) == PARTS
        period, phone = "公示期:2021-07-05 至 2021-07-09", f"联系电话:{PHONE}"
        heads = {f"{village}拟纳入防止返贫致贫监测对象公示", f"{period}\u3000{phone}"}
        texts = set(re.findall(r"<t[^>]*>(.*?)</t>", parts["xl/sharedStrings.xml"]))
        masked = {text for text in texts if re.fullmatch(r"\w[*·]+|\*{3}", text)}
        assert masked
        assert texts - masked == {*heads, *COLUMNS, KIND, village, town}
        cells = re.findall(r"<c r=[^>]*?(?:/>|>.*?</c>)", parts[SHEET])
        shown = {re.sub(r"<c [^>]*>|</?v>|</c>", "", cell) for cell in cells if 't="s"' not in cell}
        # 5 and 9 July 2021 as Excel counts days; rows and members are single digits.
        assert {number for number in shown if len(number) > 1} == {"44382", "44386"}
        assert not re.search(r"<f>|inlineStr|hidden|<hyperlink", "".join(parts.values()))
        footer = re.findall(r"<oddFooter>(.*?)</oddFooter>", parts[SHEET])
        assert footer == [f"&amp;L&amp;8{village}\u3000{period}\u3000{phone}&amp;R&amp;8第 &amp;P 页,共 &amp;N 页"]
        about = set(re.findall(r">([^<>]+)<", parts["docProps/core.xml"])) - {"\n"}
        assert about == {f"{village}公示", "2021-06", "守望", "2021-07-05T00:00:00Z"}


def test_no_list_has_a_number_of_a_person_or_a_word_of_what_is_confidential(settled: District, marts: Path) -> None:
    """Ids, phones, accounts and keys by their form; illness, disability, lists and reasons by every word for them."""
    columns = [c for d in load_contracts().datasets for c in d.columns if c.classification != "internal"]
    words = {word for column in columns for word in (column.label, *column.values, *column.other_words)}
    words |= {row[name] for row in seed("risk_rules") for name in ("rule_code", "name_zh")}
    words |= {"病", "残疾", "低保", "特困", "边缘", "刚性支出", "收入", "风险", "贫困户", "脱贫户"}
    words -= {"姓名", "户主姓名", "家庭人口", "是", "否", "其他", *"男女"}
    assert len(words) > 90
    for path in write_publicity(settled.home, marts, JUNE, PHONE).paths:
        text = str(path.relative_to(settled.home.outbox)) + "".join(_parts(path).values())
        assert [word for word in sorted(words) if word in text] == []
        assert [kind for kind, form in NUMBERS.items() if re.search(form, text)] == []


def test_the_same_again_is_the_same_bytes_and_lists_without_households_go(settled: District, marts: Path) -> None:
    first = {path: path.read_bytes() for path in write_publicity(settled.home, marts, JUNE).paths}
    assert {path: path.read_bytes() for path in write_publicity(settled.home, marts, JUNE).paths} == first
    accept(settled, "verification_returns", JUNE, [{"lead_id": LEADS[3]["lead_id"], **RETURNED}])
    (left,) = write_publicity(settled.home, marts, JUNE).paths
    assert list(publicity_folder(settled.home, JUNE).rglob("*")) == [left.parent, left]


def test_villages_whose_names_give_one_path_keep_a_list_each(settled: District, marts: Path) -> None:
    with duckdb.connect(str(marts.resolve())) as connection:
        connection.execute("update marts.dim_division set name = '同名村' where level = 'village'")
        connection.execute("update marts.dim_division set name = '同名镇' where level = 'town'")
    names = {path.name for path in write_publicity(settled.home, marts, JUNE).paths}
    assert names == {f"同名村_{FENGCHENG}.xlsx", f"同名村_{LONGTANG}.xlsx"}


def test_a_month_that_is_not_published_has_no_lists(settled: District, marts: Path) -> None:
    with pytest.raises(NotPublishedError, match="2021-05"):
        write_publicity(settled.home, marts, MAY)

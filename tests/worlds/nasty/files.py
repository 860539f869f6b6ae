"""How the tables of the nasty inbox are delivered: encodings, layouts, units, totals, parts, re-deliveries.

Belongs here: files, month by month. Does not belong here: what happens to people (``cases``, ``lives``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.oracle.catalogue import datasets, vintage
from tests.worlds.world import Cells, World
from tests.worlds.write import Grid, csv_bytes, grid, put, xls_bytes, xlsx_bytes, zip_bytes

FULL_WIDTH = {ord("0") + n: 0xFF10 + n for n in range(10)}
MONEY = ("wage_income", "operating_income", "property_income", "transfer_income", "operating_expense")


class Inbox:
    """Where files go: ``put`` a file of a department in the folder of the n-th month."""

    def __init__(self, root: Path, world: World) -> None:
        self.root, self.world = root, world
        self.done: set[tuple[int, str]] = set()

    def put(self, month: int, dataset: str, name: str, data: bytes, again: int = 1) -> None:
        self.done.add((month, dataset))
        folder = self.folder(month, datasets()[dataset].department, again)
        put(folder / name, data)

    def folder(self, month: int, department: str, again: int = 1) -> Path:
        folder = self.root / department / self.world.months[month]
        return folder if again == 1 else folder / f"r{again}"


def total(rows: list[Cells], column: str, factor: str = "1") -> str:
    return str(sum((Decimal(str(r[column])) for r in rows), Decimal(0)) * Decimal(factor))


def register_with_merged_cells(box: Inbox) -> None:
    """Title, note, synonyms, household cells merged over the members, footer, hidden sheet, sheet of notes."""
    rows = box.world[0, "household_register"]
    table: Grid = [
        ["清城区农户基础信息名册"],
        ["填报单位:农业农村局"],
        *grid("household_register", rows, use_synonyms=True),
    ]
    merges = ["A1:M1"]
    start = 0
    for i in range(1, len(rows) + 1):
        if i < len(rows) and rows[i]["household_code"] == rows[start]["household_code"]:
            continue
        if i - start > 1:
            for column in (0, 1, 2, 7, 11, 12):
                letter = "ABCDEFGHIJKLM"[column]
                merges.append(f"{letter}{start + 4}:{letter}{i + 3}")
        start = i
    table += [[], ["填表人:张三", "", "审核人:李四"], ["备注:每月五日前报送"]]
    hidden = grid("household_register", rows[:5])
    notes: Grid = [["填报说明"], ["一、按月填报"], ["二、身份证号按文本填写"]]
    sheets = [("名册", table, merges, False), ("旧表", hidden, [], True), ("说明", notes, [], False)]
    box.put(0, "household_register", "农户基础信息名册.xlsx", xlsx_bytes(sheets))


def income_with_two_headers(box: Inbox) -> None:
    """GB18030, a group head over the five amounts, the total above the data, thousands separators."""
    rows = box.world[0, "household_income"]
    heads = [h.removeprefix("近12个月") for h in grid("household_income", [])[0]]
    top = [heads[0], "近12个月", "", "", "", ""]
    totals = ["合 计", *[total(rows, c) for c in MONEY]]
    body = [[r["household_code"], *[_with_commas(r[c]) for c in MONEY]] for r in rows]
    table = [["农户收入监测表", "", "", "", "", ""], top, ["", *heads[1:]], totals, *body, top, ["", *heads[1:]]]
    box.put(0, "household_income", "3月收入监测.csv", csv_bytes(table, "gb18030"))


def _with_commas(cell: Any) -> str:
    return f"{Decimal(str(cell)):,}".translate(FULL_WIDTH) if cell else "0"


def settlements_as_xls(box: Inbox) -> None:
    """Real dates and numbers, subtotals and a total; one subtotal is wrong."""
    rows = box.world[0, "medical_settlements"]
    for row in rows:
        row.update(settled_on=date.fromisoformat(row["settled_on"]), total_cost=float(row["total_cost"]))
    half = len(rows) // 2
    columns = grid("medical_settlements", rows[:0])[0]
    place = columns.index("医疗总费用")

    def line(word: str, part: list[Cells], error: int = 0) -> list[Any]:
        return [word, *[""] * (place - 1), float(total(part, "total_cost")) + error]

    body = grid("medical_settlements", rows)[1:]
    table = [columns, *body[:half], line("小计", rows[:half]), *body[half:], line("小计", rows[half:], 1)]
    box.put(0, "medical_settlements", "结算明细.xls", xls_bytes([*table, line("总计", rows)]))


def ids_in_many_forms(box: Inbox) -> None:
    """A file whose name says nothing: lower-case x, full-width digits, apostrophes, 15 digits, blanks."""
    rows = box.world[0, "medical_insurance_enrolment"]
    forms: list[Callable[[str], str]] = [
        str.lower,
        lambda i: "'" + i,
        lambda i: f" {i[:6]} {i[6:14]}\u200b{i[14:]}",
        lambda i: i.translate(FULL_WIDTH),
        lambda i: i[:6] + i[8:17] if i[6:8] == "19" else i,
    ]
    for number, row in enumerate(rows):
        row["resident_id"] = forms[number % len(forms)](row["resident_id"])
    box.put(
        0, "medical_insurance_enrolment", "名单3月.csv", csv_bytes(grid("medical_insurance_enrolment", rows), "utf-16")
    )


def codes_for_names(box: Inbox) -> None:
    """Towns and villages as integer cells, short names, and the name that two divisions share."""
    rows = box.world[0, "subsistence_allowance"]
    codes = {v.name: v for v in vintage(box.world.months[0])}
    for row, form in zip(rows, ("code", "stem", "village", "code", "stem", "village"), strict=False):
        found = codes[row["village_name"]]
        if form == "code":
            row.update(town_name=int(found.town_code), village_name=int(found.code))
        else:
            row["village_name"] = found.name.removesuffix("委会") if form == "village" else found.name[:-3]
    same = {"town_name": "飞来峡镇", "village_name": "升平村"}
    rows[-1].update(same)
    rows[-2].update(same, village_name="升平居委会")
    rows[-3].update(same, village_name="升平")
    box.put(
        0, "subsistence_allowance", "低保.xlsx", xlsx_bytes([("低保", grid("subsistence_allowance", rows), [], False)])
    )


def dates_in_many_forms(box: Inbox) -> None:
    forms = ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 00:00:00")
    for month in (1, 2):
        rows = box.world[month, "deaths"]
        for number, row in enumerate(rows):
            day = date.fromisoformat(row["died_on"])
            serial = str((day - date(1899, 12, 30)).days)
            row["died_on"] = serial if number % 6 == 5 else day.strftime(forms[number % 6])
        box.put(month, "deaths", "火化名单.csv", csv_bytes(grid("deaths", rows)))


def income_in_other_units(box: Inbox) -> None:
    """万元 in a header, 元 and 万元 in cells, floats as Excel keeps them, a total in the header's unit."""
    rows = [dict(r) for r in box.world[1, "household_income"]]
    for number, row in enumerate(rows):
        amount = Decimal(str(row["wage_income"])) / 10000
        row["wage_income"] = (
            f"{amount * 10000}元" if number % 3 == 0 else float(amount) if number % 3 == 1 else f"{amount}万元"
        )
    table = grid("household_income", rows)
    table[0][1] += "(万元)"
    printed = Decimal(total(box.world[1, "household_income"], "wage_income", "0.0001"))
    table += [["总计", str(printed), total(rows, "operating_income"), "约3000"], ["审核人:王五"]]
    box.put(1, "household_income", "收入监测.xlsx", xlsx_bytes([("Sheet1", table, [], False)]))


def parts_of_a_zip(box: Inbox) -> None:
    """Names in GB18030; the second part repeats a row and gives another one with the same key."""
    rows = box.world[1, "disability_subsidies"]
    second = [dict(r) for r in [*rows[4:], rows[0]]]
    second.append({**rows[1], "nursing_subsidy": 999})
    parts = {"残疾补贴2.csv": second, "残疾补贴1.csv": rows[:4]}
    members = {n: csv_bytes(grid("disability_subsidies", r), "gb18030") for n, r in parts.items()}
    box.put(1, "disability_subsidies", "4月报送.zip", zip_bytes({**members, "说明.txt": b"x"}, is_legacy=True))
    for name, inside in (
        ("嵌套.zip", {"低保.zip": zip_bytes({"低保.csv": b"1"})}),
        ("外逃.zip", {"../低保.csv": b"1"}),
    ):
        put(box.folder(1, "civil_affairs") / name, zip_bytes(inside))
    put(box.folder(1, "civil_affairs") / "特困低保.csv", csv_bytes([["姓名", "金额"], ["甲", "1"]]))


def named_in_a_note(box: Inbox) -> None:
    """delivery.yaml names a file that its own name would call something else."""
    box.put(
        2,
        "temporary_assistance",
        "低保.csv",
        csv_bytes(grid("temporary_assistance", box.world[2, "temporary_assistance"])),
    )
    note = "files:\n  低保.csv: temporary_assistance\n"
    put(box.folder(2, "civil_affairs") / "delivery.yaml", note.encode())


ALL = (
    register_with_merged_cells,
    income_with_two_headers,
    settlements_as_xls,
    ids_in_many_forms,
    codes_for_names,
    dates_in_many_forms,
    income_in_other_units,
    parts_of_a_zip,
    named_in_a_note,
)

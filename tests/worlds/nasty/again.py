"""Re-deliveries, rejected deliveries and wrong cells of the nasty inbox.

Belongs here: what the gate and the archive have to decide. Does not belong here: layouts (``files``).
"""

from __future__ import annotations

from datetime import date

from tests.worlds.nasty.files import Inbox
from tests.worlds.world import Cells, make_id
from tests.worlds.write import csv_bytes, grid, put, xls_bytes, xlsx_bytes, zip_bytes

REGISTER = "household_register"


def redelivered_register(box: Inbox) -> None:
    """April: r1 as xls; r2 fails the gate; r3 replaces two towns; r4 is r3 again; r5 lacks a column."""
    rows = box.world[1, REGISTER]
    box.put(1, REGISTER, "户籍名册.xls", xls_bytes(grid(REGISTER, rows)))
    broken = [{**r, "resident_id": r["resident_id"][:17] + "?"} if n % 20 == 0 else r for n, r in enumerate(rows)]
    box.put(1, REGISTER, "户籍名册.csv", csv_bytes(grid(REGISTER, broken)), again=2)
    towns = sorted({r["town_name"] for r in rows})[:2]
    changed = [dict(r) for r in rows if r["town_name"] in towns]
    for row in changed[::3]:
        row.update(housing_grade="D级")
    archive = zip_bytes({"更正/农户基础信息.csv": csv_bytes(grid(REGISTER, changed[:-2]))})
    for again in (3, 4):
        box.put(1, REGISTER, f"更正{again}.zip", archive, again=again)
        put(box.folder(1, "agriculture", again) / "delivery.yaml", b"mode: replace_towns\n")
    without = grid(REGISTER, rows, skip=("household_type",))
    box.put(1, REGISTER, "户籍名册.csv", csv_bytes(without), again=5)


def register_with_wrong_cells(box: Inbox) -> None:
    """May: two parts and a third with a row twice, a key twice, and wrong cells of many kinds."""
    rows = box.world[2, REGISTER]
    wrong: list[Cells] = [
        {"housing_grade": "E级"},
        {"town_name": "飞来峡镇", "village_name": "升平"},
        {"has_safe_water": "不详", "household_type": ""},
        {"resident_id": "11111111111111111" + "1"},
        {"resident_id": "44180219990230123X", "relation_to_head": "NULL"},
    ]
    half, end = len(rows) // 2, len(rows) - len(wrong)
    last = [{**r, **w} for r, w in zip(rows[end:], wrong, strict=True)]
    last += [rows[0], {**rows[1], "health_status": "良好"}, rows[0]]
    for name, part in (("农户基础信息02", rows[half:end]), ("农户基础信息01", rows[:half]), ("农户基础信息03", last)):
        box.put(2, REGISTER, f"{name}.csv", csv_bytes(grid(REGISTER, part)))


def rejected_register(box: Inbox) -> None:
    """June: a required column is missing, so that the month does not run."""
    table = grid(REGISTER, box.world[3, REGISTER], skip=("labour_ability",))
    box.put(3, REGISTER, "户籍名册.csv", csv_bytes(table))


def register_with_group_heads(box: Inbox) -> None:
    """July: two header rows, where the lower cell alone is the name."""
    table = grid(REGISTER, box.world[4, REGISTER])
    top = ["户信息", "", "", "", "成员信息", *[""] * 6, "住房饮水", ""]
    sheet = ("表", [top, *table, table[0]], ["A1:D1", "E1:K1", "L1:M1"], False)
    box.put(4, REGISTER, "户籍名册.xlsx", xlsx_bytes([sheet]))


def enrolment_with_wrong_ids(box: Inbox) -> None:
    """April: four wrong ids of text; July: ids kept as numbers, a birthday in the future."""
    name = "medical_insurance_enrolment"
    rows = box.world[1, name]
    wrong = ("4.41802E+17", "44180219800615", "000000000000000000", rows[3]["resident_id"][:17] + "Y")
    for row, cell in zip(rows, wrong, strict=False):
        row["resident_id"] = cell
    box.put(1, name, "参保名册.csv", csv_bytes(grid(name, rows)))
    later = box.world[4, name]
    later[0]["resident_id"] = int(make_id_near(later[0]["resident_id"]))
    later[1]["resident_id"] = "44180220210801001X"
    later[2]["insured_year"] = 2021.5
    later[3]["insured_year"] = "2101"
    box.put(4, name, "参保名册.xlsx", xlsx_bytes([("名册", grid(name, later), [], False)]))


def make_id_near(resident_id: str) -> str:
    """An id without X near this one, so that it can stand in a numeric cell."""
    born = date.fromisoformat(f"{resident_id[6:10]}-{resident_id[10:12]}-{resident_id[12:14]}")
    for number in range(900, 999):
        found = make_id(born, number)
        if found.isdigit():
            return found
    raise AssertionError("every id ends in X")


def optional_cells_and_totals(box: Inbox) -> None:
    """May: wages in 千元 with wrong ones among them; July: incomes with a wrong total and wrong numbers."""
    name = "employment_monitoring"
    rows = box.world[2, name]
    for row, cell in zip(rows, ("3.5", "4500元", "很多", "101", "0.35万元", "1e3"), strict=False):
        row["monthly_wage"] = cell
    table = grid(name, rows)
    table[0] = [f"{h}（千元）" if h == "月收入" else h for h in table[0]]
    box.put(2, name, "务工.csv", csv_bytes(table))
    incomes = box.world[4, "household_income"]
    incomes[0]["wage_income"] = "1.2.3"
    incomes[1]["operating_expense"] = "-1"
    incomes[2]["transfer_income"] = ""
    table = [*grid("household_income", incomes), ["合计", "", "5", "", "", ""]]
    box.put(4, "household_income", "收入监测.csv", csv_bytes(table))


def lists_that_are_not_accepted(box: Inbox) -> None:
    """May: no income table, an allowance list without its key; July: no monitored list."""
    name = "subsistence_allowance"
    box.put(2, name, "农村低保.csv", csv_bytes(grid(name, box.world[2, name], skip=("resident_id",))))
    box.done |= {(2, "household_income"), (4, "monitored_households")}


def settlements_again(box: Inbox) -> None:
    """April: r2 replaces r1; r3 is the same file under another name. July: r2 is empty and replaces all."""
    name = "medical_settlements"
    rows = box.world[1, name]
    box.put(1, name, "结算.csv", csv_bytes(grid(name, rows[:-1])))
    for again in (2, 3):
        box.put(1, name, f"结算{again}.csv", csv_bytes(grid(name, rows)), again=again)
    box.put(
        4,
        "temporary_assistance",
        "临时救助.csv",
        csv_bytes(grid("temporary_assistance", box.world[1, "temporary_assistance"])),
    )
    box.put(4, "temporary_assistance", "临时救助.csv", csv_bytes(grid("temporary_assistance", [])), again=2)
    box.put(4, name, "结算.csv", csv_bytes(grid(name, box.world[4, name])))
    assets = [
        {"asset_no": 20210001, "asset_name": "光伏电站", "asset_class": "经营性资产", "implementation_level": "村级"}
    ]
    about = {"town_name": "源潭镇", "village_name": "不存在村", "original_value": "12,345.67元", "owner": "村集体"}
    assets[0].update(**about, is_registered="√", is_title_confirmed="有", asset_status="在用")
    box.put(0, "project_assets", "资产登记.csv", csv_bytes(grid("project_assets", assets)))


ALL = (
    redelivered_register,
    register_with_wrong_cells,
    rejected_register,
    register_with_group_heads,
    enrolment_with_wrong_ids,
    optional_cells_and_totals,
    lists_that_are_not_accepted,
    settlements_again,
)

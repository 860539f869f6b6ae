"""The feedback workbook, read back: a department's own rows with text, colour, comment and place, and the summary."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sources import audit
from sources.contracts.model import load_contracts
from sources.profiling.profile import DeliveryProfile, ExpectationResult, Verdict
from tests.unit.sources.builder import LONG_AGO, xlsx_file
from tests.unit.workbooks.district import FAMILIES, JULY, JUNE, REGISTER, District, example, valid_id, write_csv
from workbooks import intake_report, problems, remedies, rows_sheet
from workbooks.feedback import write_feedback
from workbooks.places import first_places

SHEET = "农户基础信息名册"
GOOD = ("普通劳动力", "非在校生", "A级", "是")


def register_rows() -> list[list[str]]:
    return [[*f[:5], valid_id(f[5]), *f[6:], *GOOD] for f in FAMILIES]


def reject(profile: DeliveryProfile) -> Verdict:
    return Verdict(
        (ExpectationResult("ids", "x", "critical", False, "0", "1", "《表》身份证号有效比例过低,本次报送不予接收。"),)
    )


def feedback(district: District, month=JUNE, gate=None) -> Path:
    outcomes, notices = district.take("agriculture", month, **({"gate": gate} if gate else {}))
    return written(district, month, outcomes, notices)


def written(district: District, month, outcomes, notices=(), failures=None) -> Path:
    department = district.contracts["agriculture"]
    intake_report.save(district.home, department, month, outcomes, notices, failures)
    return write_feedback(district.home, department, month)


def deliver(district: District, rows: list[list[str]], name: str = "农户基础信息名册.csv", month=JUNE) -> None:
    write_csv(district.inbox("agriculture", month) / name, [REGISTER, *rows])


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)


def table(sheet: Worksheet) -> list[dict[str, openpyxl.cell.Cell]]:
    """The rows below the header of a dataset's sheet, by header."""
    heads = [str(c.value).split("\n")[0] for c in sheet[3]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=4)]


def results(sheet: Worksheet) -> dict[str, list[object]]:
    """The lines of the first block of the summary, by dataset."""
    lines = ([c.value for c in row] for row in sheet.iter_rows(min_row=7))
    return {str(line[0]): line for line in takewhile(lambda line: line[0], lines)}


def fill(cell: openpyxl.cell.Cell) -> str:
    return str(cell.fill.start_color.rgb)[2:]


def test_a_bad_row_comes_back_with_its_text_colour_comment_and_place(district: District) -> None:
    rows = register_rows()
    rows[0][5], rows[0][10] = "44180219500101001", "E级"
    rows[1][4] = "=HYPERLINK('http://x')"
    rows[1][11] = "大概"
    deliver(district, rows)
    path = feedback(district)

    first, second = table(openpyxl.load_workbook(path)[SHEET])
    assert [first[h].value for h in ("处理结果", "文件", "工作表", "行号", "批次")] == [
        "隔离", "农户基础信息名册.csv", "第1个", 2, 1,
    ]  # fmt: skip
    assert first["身份证号"].value == "44180219500101001"
    assert fill(first["身份证号"]) == fill(first["住房安全等级"]) == "FF9F9F"
    assert fill(first["姓名"]) != "FF9F9F"
    assert "位数不对" in first["身份证号"].comment.text
    assert "A级、B级、C级、D级" in first["住房安全等级"].comment.text
    assert first["姓名"].comment is None
    assert first["问题说明"].value == "身份证号:身份证号的位数不对;住房安全等级:不在规定选项之内"
    assert second["姓名"].value == "'=HYPERLINK('http://x')"
    assert second["姓名"].data_type == "s"
    assert "单元格是公式" in second["问题说明"].value


def test_headers_stand_in_contract_order(district: District) -> None:
    rows = register_rows()
    rows[0][11] = "?"
    deliver(district, rows)
    sheet = openpyxl.load_workbook(feedback(district))[SHEET]
    labels = [c.label for c in district.contracts.dataset("household_register").columns]
    assert [str(c.value) for c in sheet[3]][6:] == labels


def test_no_formula_no_link_to_the_outside_and_nobody_else_may_read_it(district: District) -> None:
    rows = register_rows()
    rows[0][3], rows[0][11] = "=1+1", "@x"
    deliver(district, rows)
    path = feedback(district)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    assert not any("externalLink" in name for name in parts)
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/")]
    assert not any("<f>" in text for text in sheets)
    assert not any('TargetMode="External"' in text for text in parts.values())
    assert path.stat().st_mode & 0o777 == 0o600
    assert {p.stat().st_mode & 0o777 for p in (path.parent, path.parent.parent, district.home.outbox)} == {0o700}


def test_states_are_told_apart_and_the_pressing_ones_come_first(district: District) -> None:
    rows = register_rows()
    again = [*rows[0]]
    other = [*rows[1][:4], "别名", *rows[1][5:]]
    rows[4][5] = ""
    deliver(district, [*rows, again, other])
    found = [
        (r["处理结果"].value, r["问题说明"].value) for r in table(openpyxl.load_workbook(feedback(district))[SHEET])
    ]
    assert found == [
        ("隔离", "身份证号:必填项没有填写"),
        ("隔离", "主键与前面某行相同,但内容不同"),
        ("重复", "与前面某行完全相同,只计一次"),
    ]


def test_an_emptied_optional_cell_is_yellow(district: District) -> None:
    columns = district.contracts.dataset("rural_roads").columns
    row = ["不知道" if c.name == "village_name" else example(c) for c in columns]
    write_csv(district.inbox("agriculture", JUNE) / "农村公路台账.csv", [[c.label for c in columns], row])
    only = table(openpyxl.load_workbook(feedback(district))["农村公路台账"])
    assert [(r["处理结果"].value, fill(r["村(社区)"])) for r in only] == [("错格已清空", "FFE699")]


def test_the_summary_counts_every_row_and_names_what_is_missing(district: District) -> None:
    rows = register_rows()
    rows[0][11] = "?"
    deliver(district, [*rows, rows[1]])
    (district.inbox("agriculture", JUNE) / "奇怪.txt").write_text("x")
    sheet = openpyxl.load_workbook(feedback(district))["汇总"]
    lines = results(sheet)
    assert len(lines) == len(district.contracts["agriculture"].datasets)
    assert lines[SHEET][4:11] == [6, 4, 1, 1, 0, 1, "已接收"]
    assert lines["农户收入监测表"][10] == "未报送"
    assert lines["村集体经济收入表"][10] == "本月不需报送"
    assert "奇怪.txt" in texts(sheet)
    assert "不支持的文件类型" in texts(sheet)


def test_the_first_cells_of_each_fault_are_named_with_their_address_and_a_link(district: District) -> None:
    rows = [[*row] for row in register_rows() * 3]
    for number, row in enumerate(rows):
        row[11] = "?"
        row[5] = valid_id(f"441802197001{number + 1:02d}001")
    rows[1][5] = "44180219500101001"
    swapped = [[row[5], *row[:5], *row[6:]] for row in rows]
    head = [REGISTER[5], *REGISTER[:5], *REGISTER[6:]]
    path = district.inbox("agriculture", JUNE) / "农户基础信息名册.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(xlsx_file({"说明": [["说明"]], "名册": [["农户基础信息名册"], head, *swapped]}))
    os.utime(path, (LONG_AGO, LONG_AGO))
    book = openpyxl.load_workbook(feedback(district))
    places = [row for row in book["汇总"].iter_rows() if row[3].value == "第2个工作表"]
    assert [p[1].value for p in places] == ["A4", *(f"L{n}" for n in range(3, 13))]
    assert {p[2].value for p in places} == {"农户基础信息名册.xlsx"}
    assert [p[9].value for p in places[:2]] == ["身份证号的位数不对", "没有按“是/否”填写"]
    for place in places:
        target = place[1].hyperlink.location
        sheet, address = target.split("!")
        linked = book[sheet.strip("'")][address]
        assert fill(linked) == "FF9F9F"
        assert book[SHEET].cell(linked.row, 5).value == int(place[1].value[1:])
    assert "44180219500101001" not in texts(book["汇总"])


def test_a_cell_of_a_csv_and_a_repeated_key_have_an_address(district: District) -> None:
    rows = register_rows()
    deliver(district, [*rows, [*rows[1][:4], "别名", *rows[1][5:]]])
    book = openpyxl.load_workbook(feedback(district))
    places = [row for row in book["汇总"].iter_rows() if "与前面某行相同" in str(row[9].value)]
    assert [[p[n].value for n in (1, 2, 3)] for p in places] == [["A7", "农户基础信息名册.csv", "—"]]


def test_a_repeated_key_is_named_by_all_its_columns(district: District) -> None:
    rows = register_rows()
    deliver(district, [*rows, [*rows[1][:4], "别名", *rows[1][5:]]])
    said = texts(openpyxl.load_workbook(feedback(district))["汇总"]).splitlines()
    wrong = "“户编号、身份证号”与前面某行相同,但其他内容不同,无法判断以哪行为准。"
    assert said.count(wrong) == 2
    assert "请核对后只保留正确的一行。" in said
    assert remedies.remedy("duplicate_key") in said


def test_a_row_of_an_earlier_program_is_named_by_its_number() -> None:
    dataset = load_contracts().dataset("household_register")
    rows = pl.DataFrame({"file_no": [1], "sheet_no": [1], "row_number": [7], "resident_id__error": ["id_length"]})
    assert [p.cell for p in first_places(problems._complete(rows, dataset), dataset)] == ["第7行"]


@pytest.mark.parametrize(("folders", "wanted"), [(("",), "r2"), (("", "r2/"), "r3"), (("", "r2/", "r7/"), "r8")])
def test_the_next_free_folder_is_named(district: District, folders: tuple[str, ...], wanted: str) -> None:
    for folder in folders:
        deliver(district, register_rows(), f"{folder}农户基础信息名册.csv")
    assert f"新文件夹 agriculture/2021-06/{wanted}(" in texts(openpyxl.load_workbook(feedback(district))["汇总"])


def test_the_next_folder_of_a_location_elsewhere_is_named(district: District, tmp_path: Path) -> None:
    (tmp_path / "共享" / "2021-06" / "r4").mkdir(parents=True)
    department = district.contracts["agriculture"]
    path = write_feedback(district.home, department, JUNE, location=tmp_path / "共享")
    assert "新文件夹 共享/2021-06/r5(" in texts(openpyxl.load_workbook(path)["汇总"])


def test_before_its_due_day_nothing_is_missing(district: District) -> None:
    department = district.contracts["agriculture"]
    outcomes, notices = district.take("agriculture", JUNE)
    intake_report.save(district.home, department, JUNE, outcomes, notices)
    for now, wanted in ((datetime(2021, 7, 5, 23, 0), "尚未到期"), (datetime(2021, 7, 6, 0, 1), "未报送")):
        lines = results(openpyxl.load_workbook(write_feedback(district.home, department, JUNE, now))["汇总"])
        assert lines["农户收入监测表"][10] == wanted
        assert lines["村集体经济收入表"][10] == "本月不需报送"


def test_unknown_headers_are_named(district: District) -> None:
    rows = [[*r, "13800000000"] for r in register_rows()]
    write_csv(district.inbox("agriculture", JUNE) / "农户基础信息名册.csv", [(*REGISTER, "联系方式"), *rows])
    assert "联系方式" in texts(openpyxl.load_workbook(feedback(district))["汇总"])


def test_a_rejected_delivery_says_why_and_that_the_former_one_stays(district: District) -> None:
    deliver(district, register_rows())
    feedback(district)
    rows = register_rows()
    rows[0][11] = "?"
    deliver(district, rows, "r2/农户基础信息名册.csv")
    path = feedback(district, gate=lambda p: reject(p) if p.delivery_no == 2 else Verdict(()))
    book = openpyxl.load_workbook(path)
    summary = texts(book["汇总"])
    assert "退回,沿用上一批" in summary
    assert "身份证号有效比例过低" in summary
    assert [r["处理结果"].value for r in table(book[SHEET])] == ["隔离\n(整批退回)"]


def test_problems_of_a_replaced_delivery_are_past(district: District) -> None:
    rows = register_rows()
    rows[0][11] = "?"
    deliver(district, rows)
    assert SHEET in openpyxl.load_workbook(feedback(district)).sheetnames
    deliver(district, register_rows(), "r2/农户基础信息名册.csv")
    book = openpyxl.load_workbook(feedback(district))
    assert book.sheetnames == ["汇总"]
    assert "已被替换" in texts(book["汇总"])


def test_what_is_not_listed_is_said_and_still_counted(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "MAX_ROWS", 2)
    monkeypatch.setattr(rows_sheet, "MAX_COMMENTS", 1)
    rows = register_rows()
    for row in rows:
        row[11] = "?"
    deliver(district, rows)
    book = openpyxl.load_workbook(feedback(district))
    listed = table(book[SHEET])
    assert len(listed) == 2
    assert [r["是否饮水安全"].comment is not None for r in listed] == [True, False]
    assert "另有 3 行没有列出" in str(book[SHEET]["A2"].value)
    assert "只有前 1 处错误带批注" in str(book[SHEET]["A2"].value)
    counts = [[c.value for c in r] for r in book["汇总"].iter_rows() if r[2].value == "是否饮水安全"]
    assert [c[:4] for c in counts] == [[SHEET, 5, "是否饮水安全", "没有按“是/否”填写"]]


def test_feedback_can_be_written_again_from_what_is_kept(district: District) -> None:
    rows = register_rows()
    rows[0][11] = "?"
    deliver(district, rows)
    department = district.contracts["agriculture"]
    first = openpyxl.load_workbook(feedback(district))
    before = [texts(s).split("\n", 2)[2] for s in first]
    again = openpyxl.load_workbook(write_feedback(district.home, department, JUNE))
    assert [texts(s).split("\n", 2)[2] for s in again] == before
    lines = [(line["act"], line["arguments"]) for line in audit.entries(district.home)]
    assert lines == [("export", {"what": "feedback", "department": "agriculture", "month": "2021-06"})] * 2


def test_a_dataset_that_a_run_did_not_look_at_keeps_its_report(district: District) -> None:
    deliver(district, register_rows())
    feedback(district)
    path = written(district, JUNE, [], failures={"household_income": "处理农户收入监测表时出错。"})
    summary = openpyxl.load_workbook(path)["汇总"]
    assert [results(summary)[name][10] for name in (SHEET, "农户收入监测表")] == ["已接收", "处理出错"]


def test_a_month_is_only_about_itself(district: District) -> None:
    deliver(district, register_rows())
    feedback(district)
    path = feedback(district, JULY)
    summary = openpyxl.load_workbook(path)["汇总"]
    assert results(summary)[SHEET][10] == "未报送"
    assert path.parent.name == "2021-07"

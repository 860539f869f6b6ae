"""Lines of a list that are no data: totals in words, notes, signatures, headings, rows about the columns."""

from __future__ import annotations

import pytest

from sources.contracts.model import Dataset
from tests.unit.sources.builder import CONTRACTS, conform, csv_file, row, table, wide, xlsx_file

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
AMOUNTS = ["2", "4", "6", "8", "10"]
Rows = list[list[str]]


def _lists(dataset: Dataset, *lines: list[str]) -> tuple[list[int], list[str], str]:
    """The numbers of the data rows, what was skipped, and the printed totals of two rows with lines below."""
    cells = table(dataset, [row(dataset, 1), row(dataset, 2)])
    padded = [[*line, *[""] * (len(cells[0]) - len(line))] for line in lines]
    results = [conform(dataset, write([*cells, *padded])) for write in (csv_file, lambda r: xlsx_file({"表": r}))]
    assert results[0].rows.equals(results[1].rows)
    (file,) = results[0].files
    assert file.refusal is None
    return results[0].rows["row_number"].to_list(), file.skipped, file.printed_totals


def _income(*lines: list[str]) -> tuple[list[int], str]:
    amounts = [[str(i * n) for n in range(1, 6)] for i in (1, 2)]
    cells = [
        [c.label for c in INCOME.required],
        *([f"180200000{i}", *a] for i, a in enumerate(amounts, 1)),
        *lines,
    ]
    found = conform(INCOME, csv_file(cells))
    (file,) = found.files
    assert file.refusal is None
    return found.rows["row_number"].to_list(), file.printed_totals


TOTAL = ["3", "6", "9", "12", "15"]


@pytest.mark.parametrize(
    "label",
    [
        *[
            "全区合计",
            "全县总计",
            "全镇合计",
            "全街道合计",
            "全村合计",
            "本表合计",
            "以上合计",
            "累计总计",
            "共计",
            "总和",
        ],
        *["合计2户", "合计(2户)", wide("合计:2户"), "共计2户、5人", "总计:2", "合计金额", "合计人数:", "共2户5人"],
        *[
            "本页合计",
            "本页小计",
            "源潭镇合计",
            "源潭镇小计",
            "小计:源潭镇",
            "小计(源潭镇)",
            "凤城街道小计",
            "黄洞村委会小计2户",
            "源潭合计",
        ],
    ],
)
def test_totals_in_other_words_are_left_out_and_checked(label: str) -> None:
    assert _income([label, *TOTAL]) == ([2, 3], "passed")
    assert _income([label, *TOTAL[:4], "16"]) == ([2, 3], "failed")


def test_a_total_of_a_part_is_of_the_rows_since_the_last_one() -> None:
    more = ["1802000003", "1", "1", "1", "1", "1"]
    first, second = ["源潭镇小计", *TOTAL], ["石角镇小计", *["1"] * 5]
    assert _income(first, more, second, ["全区合计", "4", "7", "10", "13", "16"]) == ([2, 3, 5], "passed")


@pytest.mark.parametrize(
    "label", ["合计村一组", "小计算", "总计划办", "共青团路1号", "合计户", "全合计", "源潭的合计表"]
)
def test_a_text_with_a_word_for_totals_is_data(label: str) -> None:
    assert _income([label, *AMOUNTS])[0] == [2, 3, 4]


def test_a_row_with_another_key_is_no_total() -> None:
    full = row(SUBSISTENCE, 3, town_name="源潭镇小计")
    cells = table(SUBSISTENCE, [row(SUBSISTENCE, 1), full])
    assert conform(SUBSISTENCE, csv_file(cells)).rows["row_number"].to_list() == [2, 3]


@pytest.mark.parametrize(
    "line",
    [
        ["注:1.本表由各镇(街道)民政办填报。"],
        ["2.每月5日前报送。"],
        ["(3)数据截至月末。"],
        ["一、本表一式两份。"],
        ["单位负责人:", "", "", "", "联系电话:"],
        ["单位负责人:张三", "", "填表人:李四", "", "联系电话:0763-3360000"],
        ["填报日期:2021年6月30日"],
        ["分管领导(签字):", "", "", "日期:"],
        ["(盖章)"],
        ["说明:变动类型按文件填写"],
        ["附:名册"],
        ["源潭镇"],
        ["一、A类保障对象"],
        ["", "黄洞村委会"],
    ],
)
def test_notes_signatures_and_headings_are_left_out_and_listed(line: list[str]) -> None:
    numbers, skipped, _ = _lists(SUBSISTENCE, line)
    assert numbers == [2, 3]
    (said,) = skipped
    assert "第4行是说明、签字或分组标题" in said


def test_many_notes_are_listed_in_short() -> None:
    _, (said,), _ = _lists(SUBSISTENCE, *[["说明:略"]] * 25)
    assert "第4、5、6、" in said
    assert "、23等25行" in said


@pytest.mark.parametrize("name", ["person_name", "head_name"])
def test_a_name_alone_is_a_person_whose_row_was_not_filled_in(name: str) -> None:
    line = [""] * len(SUBSISTENCE.columns)
    line[[c.name for c in SUBSISTENCE.columns].index(name)] = "张三"
    assert _lists(SUBSISTENCE, line)[:2] == ([2, 3, 4], [])


@pytest.mark.parametrize("number", ["2.5", "12.", "(3)"])
def test_a_number_alone_is_no_heading(number: str) -> None:
    assert _lists(INCOME, ["", "", "", "", "", number])[:2] == ([2, 3, 4], [])


def test_a_row_with_more_than_a_heading_is_data() -> None:
    assert _lists(SUBSISTENCE, ["源潭镇", "黄洞村委会"])[0] == [2, 3, 4]
    assert _lists(SUBSISTENCE, ["源潭镇", "", "张三:"])[0] == [2, 3, 4]


def _below_the_header(*lines: list[str]) -> list[int]:
    cells = [cells[: len(INCOME.required)] for cells in table(INCOME, [row(INCOME, 1)])]
    return conform(INCOME, csv_file([cells[0], *lines, *cells[1:]])).rows["row_number"].to_list()


@pytest.mark.parametrize(
    "line",
    [
        ["1", "2", "3", "4", "5", "6"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        list("①②③④⑤⑥"),
        ["0", "1", "2", "3", "4", "5"],
        ["甲", "1", "2", "3", "4", "5"],
        ["栏次", "1", "2", "3", "4", "5"],
        ["household_code", "wage", "operating", "property", "transfer", "expense"],
        ["A01", "A02", "A03", "A04", "A05", "A06"],
        ["必填", "必填", "必填", "必填", "必填", "选填"],
        ["文本格式", "保留两位小数", "数字", "数字", "数字", "数值"],
    ],
)
def test_rows_about_the_columns_are_left_out(line: list[str]) -> None:
    assert _below_the_header(line) == [3]
    assert _below_the_header([*line], ["1802000009", *AMOUNTS]) == [3, 4]


def test_a_row_of_each_kind_about_the_columns_is_left_out() -> None:
    assert _below_the_header(["必填"] * 6, ["1", "2", "3", "4", "5", "6"]) == [4]


@pytest.mark.parametrize(
    "line", [["1", "2", "3", "4", "5", "7"], ["2", "3", "4", "5", "6", "7"], ["1", "2", "3", "4", "5", ""]]
)
def test_a_row_of_figures_below_the_header_is_data(line: list[str]) -> None:
    assert _below_the_header(line) == [2, 3]


def test_a_row_that_numbers_the_columns_further_down_is_data() -> None:
    cells = [
        [c.label for c in INCOME.required],
        ["1802000001", *AMOUNTS],
        ["1", "2", "3", "4", "5", "6"],
    ]
    assert conform(INCOME, csv_file(cells)).rows["row_number"].to_list() == [2, 3]


ENROLMENT = CONTRACTS.dataset("medical_insurance_enrolment")
UNEMPLOYED = CONTRACTS.dataset("unemployment_registration")
CLEANING = CONTRACTS.dataset("cleaning_fund")


def _with_a_column(head: str, cells: list[str], *lines: list[str]) -> tuple[list[int], str]:
    """The rows of an income list with one more column in front, and its printed totals."""
    labels = [head, *(c.label for c in INCOME.required)]
    rows = [[cells[0], "1802000001", *"12345"], [cells[1], "1802000002", *["2", "4", "6", "8", "10"]]]
    found = conform(INCOME, csv_file([labels, *rows, *lines]))
    (file,) = found.files
    assert file.refusal is None
    return found.rows.filter(row_state="accepted")["row_number"].to_list(), file.printed_totals


def _states(dataset: Dataset, *lines: list[str]) -> list[tuple[int, str]]:
    """The state of the lines below two rows."""
    cells = table(dataset, [row(dataset, 1), row(dataset, 2)])
    found = conform(dataset, csv_file([*cells, *[[*line, *[""] * (len(cells[0]) - len(line))] for line in lines]]))
    assert found.files[0].refusal is None
    return found.rows.filter(found.rows["row_number"] > 3).select("row_number", "row_state").rows()


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("序号", ["3", "合计"]),
        ("序号", ["3", "全区合计"]),
        ("序号", ["", "合计(2户)"]),
        ("镇(街道)", ["源潭镇", "小计"]),
        ("镇(街道)", ["源潭镇", "合计"]),
        ("镇(街道)", ["全区合计", "2户"]),
        ("镇(街道)", ["全区合计", "2"]),
        ("镇(街道)", ["源潭镇小计", "2户"]),
        ("村", ["合计", "3个村"]),
    ],
)
def test_the_label_of_a_total_may_be_in_any_cell_before_the_first_number(head: str, line: list[str]) -> None:
    towns = ["1", "2"] if head == "序号" else ["源潭镇", "源潭镇"]
    assert _with_a_column(head, towns, [*line, *TOTAL]) == ([2, 3], "passed")
    assert _with_a_column(head, towns, [*line, *TOTAL[:4], "16"]) == ([2, 3], "failed")


@pytest.mark.parametrize(
    "label",
    [
        *["合计(元)", "合计(大写)", "合计人民币", "合计数", "合计=", "(合计)", "【合计】", "*合计", "∑合计", "总合计"],
        *["总共", "总数", "本月合计", "6月合计", "2021年6月合计", "全部合计", "户数合计", "金额合计", "Total", "TOTAL"],
        *["清城区合计", "清城区小计", "2户合计", "以上2户合计", "本表共2户", "以上共2户", "共有2户", "本页共2户"],
        *["第1页合计", "第1页小计", "源潭镇(合计)", "黄溪村民委员会小计", "脱贫户小计", "监测户合计", "A类小计"],
    ],
)
def test_totals_have_many_labels(label: str) -> None:
    assert _income([label, *TOTAL]) == ([2, 3], "passed")
    assert _income([label, *TOTAL[:4], "16"]) == ([2, 3], "failed")


@pytest.mark.parametrize("label", ["平均", "全区平均", "人均", "户均", "户均收入", "其中:源潭镇", "其中", "平均数"])
def test_means_and_parts_of_totals_are_left_out_unchecked(label: str) -> None:
    assert _income([label, *TOTAL]) == ([2, 3], "none")


@pytest.mark.parametrize("label", ["累计", "本年累计", "本月累计", "累计:", "1月累计"])
def test_a_running_total_is_never_wrong(label: str) -> None:
    assert _income([label, *TOTAL]) == ([2, 3], "passed")
    assert _income([label, *TOTAL[:4], "99"]) == ([2, 3], "passed")
    assert _income([label, *["99"] * 5]) == ([2, 3], "none")


@pytest.mark.parametrize(
    "label", ["合计村一组", "全合计", "合计户", "上年收入合计表", "其中甲", "年平均线", "共计一", "H1累计"]
)
def test_a_code_with_a_word_for_totals_is_never_accepted(label: str) -> None:
    cells = [[c.label for c in INCOME.required], ["1802000001", *AMOUNTS], [label, *AMOUNTS]]
    found = conform(INCOME, csv_file(cells)).rows
    assert found.select("row_number", "row_state", "row_error").rows() == [
        (2, "accepted", None),
        (3, "quarantined", "total_as_key"),
    ]


@pytest.mark.parametrize("place", ["合计村", "小计", "小计组", "共2组", "总计划", "累计村"])
def test_a_row_with_a_code_is_a_household_whatever_its_place_is_called(place: str) -> None:
    line = [place, "1802000003", *AMOUNTS]
    assert _with_a_column("村", ["黄溪村", "黄溪村"], line) == ([2, 3, 4], "none")


@pytest.mark.parametrize("place", ["合计村", "小计组", "共2组", "总计划", "备注:新增户", "注:新增", "制表组", "填表人"])
def test_a_row_with_amounts_is_data_though_its_code_is_missing(place: str) -> None:
    cells = [
        ["村", *(c.label for c in INCOME.required)],
        ["黄溪村", "1802000001", *AMOUNTS],
        [place, "", *AMOUNTS],
    ]
    found = conform(INCOME, csv_file(cells)).rows
    assert found.select("row_number", "row_state").rows() == [(2, "accepted"), (3, "quarantined")]


@pytest.mark.parametrize("amounts", [["12.5"], ["", "3.50"], ["", "", "7"], ["5元"], ["1.2万元"], ["", "-3"]])
def test_a_row_with_only_an_amount_is_data(amounts: list[str]) -> None:
    assert _states(INCOME, ["", *amounts]) == [(4, "quarantined")]


@pytest.mark.parametrize("name", ["共计", "小计", "合计", "总计", "累计", "注国强", "备注安", "共建国", "时间", "制表"])
def test_people_may_have_any_name(name: str) -> None:
    lost = row(ENROLMENT, 3, person_name=name)
    kept = table(ENROLMENT, [lost])[1]
    without = [text if text == name or text != lost["resident_id"] else "" for text in map(str, kept)]
    assert _states(ENROLMENT, [*map(str, kept)]) == [(4, "accepted")]
    assert _states(ENROLMENT, without) == [(4, "quarantined")]


@pytest.mark.parametrize(
    "line",
    [
        ["王五"],
        ["注"],
        ["备注"],
        ["时间", "", "", "注:已核实"],
        ["乌云其木格"],
        ["李国镇"],
        ["王局"],
        ["李四(已故)"],
        ["张三:"],
        ["", "", "2021-06-01"],
    ],
)
def test_a_name_or_a_day_without_an_id_is_data(line: list[str]) -> None:
    assert _states(UNEMPLOYED, line) == [(4, "quarantined")]


@pytest.mark.parametrize(
    "line",
    [
        ["源潭镇黄溪村"],
        ["一、源潭镇"],
        ["清城区医疗保障局"],
        ["注:本表由医保局提供"],
        ["本表数据来自医保系统,截至2021年6月30日。"],
        ["经办人:王五", "", "日期:2021-06-30"],
        ["经办人:王五", "电话:0763-3360000"],
        ["单位盖章", "", "经办签字"],
        ["以下空白"],
        ["填表日期:", "2021-06-30"],
    ],
)
def test_lines_in_a_column_of_names_are_left_out(line: list[str]) -> None:
    assert _states(ENROLMENT, line) == []
    assert _states(UNEMPLOYED, line) == [] or len(UNEMPLOYED.columns) < len(line)


def _at(**texts: str) -> list[str]:
    assert texts.keys() <= {c.name for c in SUBSISTENCE.columns}
    return [texts.get(c.name, "") for c in SUBSISTENCE.columns]


@pytest.mark.parametrize(
    "line",
    [
        _at(town_name="2021年6月30日"),
        _at(approved_on="2021年6月30日"),
        _at(monthly_amount="2021-06-30"),
        _at(town_name="清城区民政局", monthly_amount="2021年6月30日"),
        _at(town_name="单位负责人:", head_resident_id="填表人:", resident_id="联系电话:0763-3360000"),
        _at(town_name="单位负责人:", village_name="张三", person_name="填表人:", resident_id="李四"),
        _at(town_name="填表日期:", village_name="2021-06-30"),
        _at(town_name="制表:张三", resident_id="电话:13800000000"),
        _at(town_name="联系人:张三", head_resident_id="联系电话", resident_id="0763-3360000"),
        _at(town_name="审核", village_name="张三", person_name="复核", resident_id="李四"),
        _at(town_name="电话", village_name="0763-3360000"),
        _at(town_name="注:", village_name="本表由各镇填报"),
        _at(town_name="说明", village_name="1.本表由各镇填报,2.按月报送"),
        _at(town_name="※带*为必填项"),
        _at(town_name="*低保金额按月填写"),
        _at(town_name="——以下空白——"),
        _at(person_name="以下空白"),
        _at(town_name="-1-"),
        _at(change_type="1/3"),
        _at(town_name="第1页 共3页"),
        _at(town_name="源潭镇", monthly_amount="12户"),
        _at(town_name="A类"),
        _at(town_name="2021年6月新增对象"),
        _at(town_name="【源潭镇】"),
        _at(town_name="★新增对象"),
        _at(town_name="审核意见:同意。", relation_to_head="审核单位(盖章):"),
        _at(town_name="备注", village_name="各镇已核对"),
    ],
)
def test_signatures_dates_and_headings_in_any_cells_are_left_out_and_listed(line: list[str]) -> None:
    numbers, skipped, _ = _lists(SUBSISTENCE, line)
    assert numbers == [2, 3]
    assert "第4行是说明、签字或分组标题" in skipped[0]


@pytest.mark.parametrize(
    "line",
    [
        _at(town_name="备注", village_name="黄溪村", allowance_class="A类", monthly_amount="436.5"),
        _at(town_name="填表人", village_name="黄溪村", allowance_class="A类"),
        _at(town_name="备注", monthly_amount="436.5"),
        _at(town_name="填表人:张三", head_resident_id="440102197001011234"),
        _at(monthly_amount="436.5", approved_on="2018-01-01"),
        _at(town_name="源潭镇", village_name="黄溪村", allowance_class="A类", person_name="小计"),
        _at(monthly_amount="12户"),
        _at(relation_to_head="配偶"),
    ],
)
def test_a_row_that_shows_a_person_is_data(line: list[str]) -> None:
    assert _lists(SUBSISTENCE, line)[0] == [2, 3, 4]


@pytest.mark.parametrize(
    "line", [["1、本表按户填写"], ["源潭镇"], ["源潭镇(1户)"], ["2021年6月30日"], ["", "", "", "", "农业农村局"]]
)
def test_headings_in_a_column_of_codes_are_left_out(line: list[str]) -> None:
    assert _states(INCOME, line) == []


@pytest.mark.parametrize("code", ["1802000099", "户001", "清资2020号", "A-17", "802"])
def test_a_code_alone_is_a_household_whose_row_was_not_filled_in(code: str) -> None:
    assert _states(INCOME, [code]) == [(4, "quarantined")]


@pytest.mark.parametrize("text", ["源潭镇", "张三", "一、A类", "新增", "2021年"])
def test_a_text_merged_over_the_table_is_a_heading(text: str) -> None:
    cells = table(ENROLMENT, [row(ENROLMENT, 1), row(ENROLMENT, 2)])
    rows = [*cells, [text, *[None] * (len(cells[0]) - 1)]]
    found = conform(ENROLMENT, xlsx_file({"表": rows}, {"表": [(3, 0, 3, len(cells[0]) - 1)]}))
    assert found.rows["row_number"].to_list() == [2, 3]


@pytest.mark.parametrize(
    ("lines", "data"),
    [
        (
            [
                ["村小计", *TOTAL],
                ["1802000003", *"11111"],
                ["本组小计", *"11111"],
                ["源潭镇合计", *["4", "7", "10", "13", "16"]],
            ],
            [2, 3, 5],
        ),
        (
            [
                ["小计", *TOTAL],
                ["1802000003", *"11111"],
                ["小计", *"11111"],
                ["全镇合计", *["4", "7", "10", "13", "16"]],
            ],
            [2, 3, 5],
        ),
        ([["本页合计", *TOTAL], ["累计", *TOTAL]], [2, 3]),
        ([["黄溪村小计", *TOTAL], ["源潭镇小计", *TOTAL], ["全区合计", *TOTAL]], [2, 3]),
        (
            [["源潭镇合计", *TOTAL], ["1802000003", *"11111"], ["黄溪村小计", *"11111"], ["石角镇合计", *"11111"]],
            [2, 3, 5],
        ),
    ],
)
def test_totals_of_totals_are_right(lines: Rows, data: list[int]) -> None:
    assert _income(*lines) == (data, "passed")
    wrong = [*lines[:-1], [*lines[-1][:5], "77"]]
    assert _income(*wrong)[1] == ("passed" if lines[-1][0] == "累计" else "failed")


def test_a_total_of_a_part_may_be_above_its_rows() -> None:
    labels = [c.label for c in INCOME.required]
    for first, found in (("3", "passed"), ("4", "failed")):
        cells = [labels, ["源潭镇小计", first, *"0000"], ["H1", "1", *"0000"], ["H2", "2", *"0000"]]
        cells += [["石角镇小计", "5", *"0000"], ["H3", "5", *"0000"]]
        assert conform(INCOME, csv_file(cells)).files[0].printed_totals == found


@pytest.mark.parametrize(
    "line",
    [["源潭镇", "小计"], ["源潭镇小计", ""], ["全区合计", "2个村"], ["", "合计"], ["全区合计", ""], ["合计", "2"]],
)
def test_totals_of_a_table_whose_keys_are_places(line: list[str]) -> None:
    rows = [row(CLEANING, 1), row(CLEANING, 2)]
    cells = [[str(c) for c in texts] for texts in table(CLEANING, rows)]
    sums = [str(sum(float(texts[i]) for texts in cells[1:])) for i in range(2, len(cells[0]))]
    found = conform(CLEANING, csv_file([*cells, [*line, *sums]]))
    assert found.rows["row_number"].to_list() == [2, 3]
    assert found.files[0].printed_totals == "passed"


HOUSE, OTHER = ["1802000001", *AMOUNTS], ["1802000002", *AMOUNTS]
NUMBERS = ["1", "2", "3", "4", "5", "6"]


def _numbers_of(labels: list[str], *lines: list[str]) -> list[int]:
    found = conform(INCOME, csv_file([labels, *lines]))
    assert found.files[0].refusal is None
    return found.rows["row_number"].to_list()


@pytest.mark.parametrize(
    ("before", "behind", "line"),
    [
        ([], ["备注"], [*NUMBERS, ""]),
        ([], ["纯收入"], [*NUMBERS, "7=2+3+4+5-6"]),
        ([], ["人均"], ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)=(2)+(3)"]),
        (["序号"], [], ["", *NUMBERS]),
        (["序号"], [], ["—", *NUMBERS]),
        (["序号"], [], ["/", *NUMBERS]),
        (["序号"], [], ["", "2", "3", "4", "5", "6", "7"]),
        ([], [], ["项目", "1", "2", "3", "4", "5"]),
        ([], [], ["列号", "1", "2", "3", "4", "5"]),
        ([], [], ["A", "B", "1", "2", "3", "4"]),
        ([], [], ["01", "02", "03", "04", "05", "06"]),
        ([], [], ["1.0", "2.0", "3.0", "4.0", "5.0", "6.0"]),
        ([], [], ["1", "2=a+b", "3", "4", "5", "6"]),
        ([], [], list("一二三四五六")),
        ([], [], [f"[{n}]" for n in NUMBERS]),
        ([], [], [f"字段{n}" for n in NUMBERS]),
        ([], ["备注"], ["AAC001", "", "AAC003", "AAC004", "AAC005", "AAC006", ""]),
        ([], [], ["必填", "必填", "", "", "", ""]),
        ([], [], ["字符型", *["数值型(12,2)"] * 5]),
        ([], [], ["varchar(10)", *["decimal(12,2)"] * 5]),
        ([], [], ["按户口本填写", *["据实填写"] * 5]),
        ([], [], ["*", "*", "*", "*", "*", ""]),
        (["序号"], [], ["示例", *HOUSE]),
        (["序号"], [], ["例:", *HOUSE]),
        ([], [], ["示例:1802000001", *AMOUNTS]),
        ([], [], ["样例", *AMOUNTS]),
    ],
)
def test_rows_about_the_columns_are_left_out_below_every_header(
    before: list[str], behind: list[str], line: list[str]
) -> None:
    labels = [*before, *(c.label for c in INCOME.required), *behind]
    one, two = ([*before, *house, *[""] * len(behind)] for house in (HOUSE, OTHER))
    assert _numbers_of(labels, line, one, two) == [3, 4]
    assert _numbers_of(labels, [""] * len(labels), line, one, two) == [4, 5]
    assert _numbers_of(labels, line, one, labels, line, two) == [3, 6]


def test_an_example_that_is_left_out_is_listed() -> None:
    labels = [c.label for c in INCOME.required]
    assert "第2行是说明" in conform(INCOME, csv_file([labels, ["示例", *AMOUNTS], HOUSE])).files[0].skipped[0]


@pytest.mark.parametrize(
    ("behind", "line"),
    [
        (["备注"], [*NUMBERS, "新增"]),
        (["备注"], [*NUMBERS, "1802"]),
        ([], ["2", "3", "4", "5", "6", "7"]),
        ([], ["1", "2", "3", "4", "5", "7"]),
        ([], ["1", "2", "3", "4", "5", ""]),
        ([], ["H1", "x", "x", "x", "x", "x"]),
        ([], ["例外村1号", *AMOUNTS]),
        ([], ["-", "-", "-", "-", "-", "-"]),
    ],
)
def test_a_household_below_the_header_is_data(behind: list[str], line: list[str]) -> None:
    labels = [*(c.label for c in INCOME.required), *behind]
    assert _numbers_of(labels, line, [*HOUSE, *[""] * len(behind)]) == [2, 3]

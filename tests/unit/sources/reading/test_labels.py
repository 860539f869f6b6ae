"""What is written around a column name: notes, units, and remarks about somebody or something else."""

from __future__ import annotations

import pytest

from sources.contracts.model import Dataset
from sources.reading.labels import label_of
from sources.text import plain
from tests.unit.sources.builder import CONTRACTS

INCOME = CONTRACTS.dataset("household_income")
SUBSISTENCE = CONTRACTS.dataset("subsistence_allowance")
WAGES = "近12个月工资性收入"


@pytest.mark.parametrize(
    "form",
    [
        "(必填){}",
        "【必填】{}",
        "必填:{}",
        "{}必填",
        "{}-必填",
        "{}(*)",
        "{}(*必填)",
        "{}:",
        "1.{}",
        "1、{}",
        "①{}",
        "(1){}",
        "“{}”",
        '"{}"',
        "√{}",
        "{}▼",
        "{}(不可修改)",
        "{}(系统自动生成)",
        "{}(需与户口本一致)",
        "{}(与户口簿一致)",
        "{}(不能为空)",
        "{}(必须填写)",
        "{}(15或18位)",
        "{}(共18位)",
        "{}(若无填无)",
        "{}(文本格式,必填)",
    ],
)
@pytest.mark.parametrize("name", ["镇(街道)", "姓名", "身份证号", "户主身份证号"])
def test_notes_before_and_behind_a_name_are_left_out(form: str, name: str) -> None:
    found = label_of(plain(form.format(name)), SUBSISTENCE)
    assert found is not None
    assert (found.column.label, found.unit, found.is_sure) == (name, None, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("变动类型(正常/新增/调整/停发)", "change_type"),
        ("保障类别(A类、B类、C类)", "allowance_class"),
        ("保障类别(A/B/C)", "allowance_class"),
        ("批准时间(年/月/日)", "approved_on"),
        ("批准时间(2021-01-01)", "approved_on"),
        ("批准时间(XXXX年XX月XX日)", "approved_on"),
        ("批准时间(如2021年5月1日)", "approved_on"),
    ],
)
def test_a_bracket_may_list_values_or_show_the_form_of_a_date(text: str, name: str) -> None:
    found = label_of(plain(text), SUBSISTENCE)
    assert found is not None
    assert found.column.name == name


@pytest.mark.parametrize(
    "text",
    [
        "姓名(请填监护人)",
        "姓名(填写代领人)",
        "姓名(如系家属代办请填家属)",
        "姓名(户主)",
        "姓名(请填写户主)",
        "监护人姓名",
        "身份证号(请填监护人身份证号)",
        "身份证号(如无填户主身份证号)",
        "身份证号(没有的填母亲)",
        "身份证号(请填写配偶的)",
        "批准时间(填报时间)",
        "批准时间(填表日期)",
        "批准时间(上次)",
        "变动类型(正常/死亡)",
    ],
)
def test_a_remark_about_somebody_or_something_else_makes_another_column(text: str) -> None:
    assert label_of(plain(text), SUBSISTENCE) is None


@pytest.mark.parametrize(
    "remark",
    ["(请填上年数)", "(2020年)", "(填写去年同期)", "(上年)", "(按年填写)", "(累计)", "(填写季度数,元)", "(元/季)"],
)
def test_an_amount_of_something_else_has_no_unit_that_converts(remark: str) -> None:
    found = label_of(plain(f"月保障金{remark}"), SUBSISTENCE)
    assert found is not None
    assert not found.is_sure
    assert found.unit not in (None, "元")


@pytest.mark.parametrize(
    "remark",
    [
        "(保留两位小数,单位:万元)",
        "(请填万元)",
        "(填写万元)",
        "(请以万元为单位填写)",
        "(以万元为单位)",
        "(按万元填写)",
        "(精确到0.01万元)",
        "(如:1.2万元)",
        "(如:1.2万)",
        "(格式:万元)",
        "(必填)(万元)",
        "*(万元)",
        "(必填,万元)",
        "(单位为万元)",
        "(计量单位:万元)",
        "(万元",
        "「万元」",
        "—万元",
        "万元/年",
        "(万元,年)",
        "(万元/户/年)",
        "(人民币:万元)",
        "(数值型,万元)",
    ],
)
def test_a_unit_in_a_note_is_never_lost(remark: str) -> None:
    found = label_of(plain(f"{WAGES}{remark}"), INCOME)
    assert found is not None
    assert (found.column.name, found.unit, found.is_sure) == ("wage_income", "万元", True)


@pytest.mark.parametrize(
    "remark",
    [
        "(请填万)",
        "(不要填万元)",
        "(填万元或元)",
        "(请填一万元)",
        "(请按月填写)",
        "(填写月均数,元)",
        "(元/人/年)",
        "(元/人)",
        "(如1.2万美元)",
    ],
)
def test_a_note_that_may_mean_another_unit_is_refused_with_its_words(remark: str) -> None:
    found = label_of(plain(f"{WAGES}{remark}"), INCOME)
    assert found is not None
    assert found.unit not in (None, "元", "万元")


@pytest.mark.parametrize(
    "remark",
    [
        "(元/人/月)",
        "(元/人·月)",
        "(元/月/人)",
        "(元/人月)",
        "(元/人、月)",
        "(元/每月)",
        "(每月元)",
        "(元/人)",
        "元/月",
        "(每人每月元)",
        "(不含元)",
    ],
)
def test_an_amount_of_a_person_per_month_is_one_in_yuan(remark: str) -> None:
    found = label_of(plain(f"月保障金{remark}"), SUBSISTENCE)
    assert found is not None
    assert (found.unit or "元", found.is_sure) == ("元", True)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("困难残疾人生活补贴(元/月)", "元"),
        ("重度残疾人护理补贴(元/人/月)", "元"),
        ("困难残疾人生活补贴(每月元)", "元"),
        ("困难残疾人生活补贴(元/年)", "元/年"),
        ("重度残疾人护理补贴(元/季)", "元/季"),
    ],
)
def test_a_contract_tells_the_period_of_which_the_label_is_silent(text: str, unit: str) -> None:
    found = label_of(plain(text), CONTRACTS.dataset("disability_subsidies"))
    assert found is not None
    assert found.unit == unit


@pytest.mark.parametrize("remark", ["(元/户)", "(元/年)", "(元/人/年)", "(元/月/户)", "(元/天)"])
def test_an_amount_of_a_household_or_a_year_is_not_that_of_a_person_per_month(remark: str) -> None:
    found = label_of(plain(f"月保障金{remark}"), SUBSISTENCE)
    assert found is not None
    assert found.unit != "元"


@pytest.mark.parametrize(
    "text", ["1." * 39, "必填:" * 26, "姓名" + "(" * 70, "月保障金(" + "年," * 30, "年/" * 40, "姓名" * 20000]
)
def test_texts_that_a_pattern_might_try_in_many_ways_name_nothing(text: str) -> None:
    found = label_of(text, SUBSISTENCE)
    assert found is None or not found.is_sure


@pytest.mark.parametrize("dataset", list(CONTRACTS.datasets), ids=lambda d: d.name)
@pytest.mark.parametrize("form", ["{}", "*{}", "【{}】", "{}(必填)", "1.{}"])
def test_every_name_of_the_contracts_is_found(dataset: Dataset, form: str) -> None:
    texts = [form.format(plain(name)) for column in dataset.columns for name in column.headers]
    assert [text for text in texts if label_of(text, dataset) is None] == []

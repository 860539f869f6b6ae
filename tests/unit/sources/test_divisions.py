"""Towns and villages: vintages by month, the forms of a name, a village within its town."""

from __future__ import annotations

import polars as pl
import pytest

from sources.conforming.places import conform_towns
from sources.contracts.model import Dataset
from sources.divisions import Vintage, vintage_of
from sources.months import Month
from tests.unit.sources.builder import CONTRACTS, DIVISIONS, PLACES, VINTAGE, conformed_row
from tests.unit.sources.cells import judged, judged_in_excel

REGISTER = CONTRACTS.dataset("household_register")
ASSETS = CONTRACTS.dataset("project_assets")
VINTAGES = DIVISIONS
LATEST = VINTAGES.filter(pl.col("vintage_cutoff") == "2020-06-30")


@pytest.mark.parametrize(
    ("month", "cutoff"),
    [
        (Month(2015, 1), "2019-10-31"),
        (Month(2019, 10), "2019-10-31"),
        (Month(2020, 5), "2019-10-31"),
        (Month(2020, 6), "2020-06-30"),
        (Month(2021, 9), "2020-06-30"),
        (Month(2021, 10), "2021-10-31"),
        (Month(2030, 1), "2023-06-30"),
    ],
)
def test_a_month_uses_the_newest_vintage_that_is_not_after_it(month: Month, cutoff: str) -> None:
    wanted = set(VINTAGES.filter(pl.col("vintage_cutoff") == cutoff)["village_code"])
    assert set(vintage_of(VINTAGES, month).villages["division_code"]) - {"?"} == wanted


def _vintage(*villages: tuple[str, str, str]) -> Vintage:
    """Villages as (town code, village code, name)."""
    return _built([(town, code, name, "community" if "居" in name else "village") for town, code, name in villages])


def _vintage_of_kinds(*villages: tuple[str, str, str]) -> Vintage:
    """Villages of town 1 as (village code, name, kind)."""
    return _built([("1", *village) for village in villages])


def _built(villages: list[tuple[str, str, str, str]]) -> Vintage:
    rows = [
        ("2000-01-01", town, f"镇{town}", code, name, kind, "900001", "某某县") for town, code, name, kind in villages
    ]
    columns = [*VINTAGES.columns[:6], "district_code", "district_name"]
    return vintage_of(pl.DataFrame(rows, schema=columns, orient="row"), Month(2021, 6))


def _find(vintage: Vintage, form: str, town: str = "") -> str | None:
    found = vintage.villages.filter(pl.col("town_code") == town, pl.col("form") == form)["division_code"]
    assert len(found) <= 1
    return found[0] if len(found) else None


@pytest.mark.parametrize("name", ["大楼村委会", "大楼居委会", "大楼社区居委会", "大楼社区", "大楼村"])
def test_one_suffix_may_be_off_or_be_another(name: str) -> None:
    vintage = _vintage(("1", "101", name))
    forms = ["大楼", "大楼村", "大楼社区", "大楼居委会", "大楼村委会", "大楼社区居委会", "101"]
    assert {_find(vintage, form, "1") for form in forms} == {"101"}
    assert {_find(vintage, form) for form in forms} == {"101"}
    assert _find(vintage, "大楼村村委会", "1") == (None if "居" in name else "101")
    assert _find(vintage, "大", "1") is None


@pytest.mark.parametrize(
    "name",
    [
        "大楼村民委员会",
        "大楼村委会",
        "大楼村委",
        "大楼嘎查村民委员会",
        "大楼嘎查",
        "大楼社区居民委员会",
        "大楼居民委员会",
    ],
)
@pytest.mark.parametrize(
    "ending", ["村民委员会", "村民委会", "社区村民委员会", "行政村", "嘎查村", "居民委员会", "村委", ""]
)
def test_committees_and_villages_have_full_and_short_names(name: str, ending: str) -> None:
    assert _find(_vintage(("1", "101", name), ("1", "102", "小楼村")), f"大楼{ending}", "1") == "101"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("豆后塘村牧委会", "豆后塘村"),
        ("叶青牧委会", "叶青村"),
        ("阿尔格村牧民委员会", "阿尔格村"),
        ("红旗渔委会", "红旗村委会"),
        ("图牧吉嘎查委会", "图牧吉嘎查"),
        ("布寨嘎查村委员会", "布寨嘎查"),
        ("布寨嘎查村委员会", "布寨村委会"),
        ("图牧吉嘎查委会", "图牧吉嘎查村"),
        ("库勒村村委员会", "库勒村"),
        ("团结街街道委员会", "团结街"),
        ("江西农大家委会", "江西农大社区"),
        ("杨寨社区居民管理委员会", "杨寨社区"),
        ("洋下东社区委员会", "洋下东社区居委会"),
        ("艾溪(西湖)社区", "艾溪社区"),
        ("八家子村委会(合隆经济开发区)(省级)", "八家子村"),
        ("八家子村委会(合隆经济开发区)(省级)", "八家子"),
        ("曲庆村(四村)委会", "曲庆村"),
    ],
)
def test_names_of_the_whole_country_are_found_as_people_say_them(name: str, form: str) -> None:
    kind = "community" if "社区" in name or "家委会" in name else "village"
    assert _find(_vintage_of_kinds(("101", name, kind), ("102", "小楼村委会", "village")), form, "1") == "101"


def test_a_name_that_ends_with_its_kind_is_not_the_one_of_another_kind() -> None:
    vintage = _vintage_of_kinds(("101", "乐天溪社区居委会", "community"), ("102", "乐天溪村村委会", "village"))
    assert _find(vintage, "乐天溪村", "1") == "102"
    assert _find(vintage, "乐天溪社区", "1") == "101"
    assert _find(vintage, "乐天溪", "1") == "101"


def test_two_divisions_that_differ_in_a_remark_only_are_ambiguous_without_it() -> None:
    vintage = _vintage_of_kinds(("101", "公和村委会(新)", "village"), ("102", "公和村委会(老)", "village"))
    assert _find(vintage, "公和村", "1") == "?"
    assert _find(vintage, "公和村委会(新)", "1") == "101"


VILLAGE_FORMS = [
    *("升平村", "升平村委会", "升平村民委员会", "升平村委", "升平行政村", "升平村村民委员会", "升平村村委会"),
    *("镇1升平村", "镇1升平村民委员会", "镇1升平村村民委员会"),
]
COMMUNITY_FORMS = [
    *("升平社区", "升平居委会", "升平居民委员会", "升平居委", "升平社区居委会", "升平社区居民委员会"),
    *("镇1升平社区", "镇1升平居委会", "镇1升平社区居民委员会"),
]


@pytest.mark.parametrize("names", [("升平社区居民委员会", "升平村民委员会"), ("升平居委会", "升平村委会")])
def test_the_kind_of_a_division_tells_a_village_from_a_community(names: tuple[str, str]) -> None:
    vintage = _vintage(("1", "101", names[0]), ("1", "102", names[1]))
    for town in ("1", ""):
        assert {_find(vintage, form, town) for form in VILLAGE_FORMS} == {"102"}
        assert {_find(vintage, form, town) for form in COMMUNITY_FORMS} == {"101"}
        assert {_find(vintage, form, town) for form in ("升平", "镇1升平", "升平社区村委会")} == {"?"}


def test_two_divisions_of_one_kind_stay_ambiguous() -> None:
    vintage = _vintage(("1", "101", "升平居委会"), ("1", "102", "升平社区居委会"), ("1", "103", "升平村委会"))
    assert _find(vintage, "升平社区", "1") == "?"
    assert _find(vintage, "升平居民委员会", "1") == "?"
    assert _find(vintage, "升平社区居委会", "1") == "102"
    assert _find(vintage, "升平村民委员会", "1") == "103"


@pytest.mark.parametrize("cutoff", sorted(set(VINTAGES["vintage_cutoff"])))
def test_the_kind_is_enough_in_every_town_of_every_vintage(cutoff: str) -> None:
    year, month, _ = map(int, cutoff.split("-"))
    of_month = vintage_of(VINTAGES, Month(year, month)).villages
    ambiguous = of_month.filter(pl.col("division_code") == "?", pl.col("town_code") != "")["form"]
    assert set(ambiguous.str.replace("^飞来峡镇", "").str.replace("社区村.*$", "")) == {"升平"}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("黄溪村委会", "黄溪村村民委员会"),
        ("黄溪村委会", "黄溪村村委会"),
        ("黄溪村委会", "黄溪行政村村民委员会"),
        ("黄溪村委会", "镇1黄溪村村民委员会"),
        ("竹园村村委会", "竹园村委会"),
        ("竹园村村委会", "竹园村民委员会"),
        ("竹园村村委会", "竹园村"),
        ("竹园村村委会", "竹园村村民委员会"),
        ("南村村委会", "南村委会"),
        ("镇1高桥社区居委会", "镇1高桥社区"),
        ("镇1高桥社区居委会", "高桥社区"),
        ("镇1高桥社区居委会", "镇1高桥居民委员会"),
    ],
)
def test_forms_by_habit(name: str, form: str) -> None:
    assert _find(_vintage(("1", "101", name), ("1", "102", "小楼村委会")), form, "1") == "101"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("黄溪居委会", "黄溪村村民委员会"),
        ("黄溪村委会", "黄溪社区社区居委会"),
        ("黄溪村委会", "黄溪村村"),
        ("竹园村村委会", "竹园"),
        ("竹园村村委会", "竹园社区"),
        ("镇1高桥社区居委会", "高桥"),
        ("镇1高桥社区居委会", "高桥村委会"),
        ("镇1社区居委会", "社区"),
        ("镇2高桥社区居委会", "高桥社区"),
    ],
)
def test_a_habit_goes_no_further(name: str, form: str) -> None:
    assert _find(_vintage(("1", "101", name)), form, "1") is None


def test_a_form_by_habit_gives_way_to_every_other_form() -> None:
    vintage = _vintage(("1", "101", "镇1高桥社区居委会"), ("1", "102", "高桥居委会"), ("1", "103", "新村村委会"))
    assert _find(vintage, "高桥社区", "1") == "102"
    assert _find(vintage, "镇1高桥社区", "1") == "?"
    with_new = _vintage(("1", "103", "新村村委会"), ("1", "104", "新村委会"))
    assert _find(with_new, "新村民委员会", "1") == "104"
    assert _find(with_new, "新村村民委员会", "1") == "103"


@pytest.mark.parametrize(
    "text",
    [
        "飞来峡镇黄洞村委会",
        "飞来峡镇黄洞村",
        "清城区飞来峡镇黄洞村民委员会",
        "清远市清城区飞来峡镇黄洞村委会",
        "广东省清远市清城区飞来峡镇黄洞行政村",
        "清城区黄洞村委会",
        "飞来峡镇黄洞村村民委员会",
        "清城区飞来峡镇黄洞村村委会",
        "飞来峡镇-黄洞村",
        "飞来峡镇/黄洞村委会",
        "清城区-飞来峡镇-黄洞村",
        "飞来峡镇·黄洞",
        "黄洞村(行政村)",
        "黄洞(村委会)",
        "飞来峡镇(黄洞村)",
        "飞来峡镇人民政府黄洞村委会",
    ],
)
def test_the_town_and_the_district_may_be_in_front_of_a_village(text: str) -> None:
    found = conformed_row(REGISTER, town_name="飞来峡镇", village_name=text)
    assert found["row_error"] is None
    assert found["village_name"] == _find(VINTAGE, "黄洞村委会", found["town_name"])


@pytest.mark.parametrize(
    "text",
    [
        "源潭镇-黄洞村",
        "黄洞村(源潭镇)",
        "源潭镇人民政府黄洞村",
        "黄洞-升平村",
        "源潭镇黄洞村委会",
        "英德市飞来峡镇黄洞村委会",
        "清城区",
        "飞来峡镇",
        "飞来峡镇飞来峡镇黄洞村",
    ],
)
def test_another_place_in_front_is_another_village(text: str) -> None:
    found = conformed_row(REGISTER, town_name="飞来峡镇", village_name=text)
    assert found["row_error"] == "division_unknown"


@pytest.mark.parametrize(
    "text",
    [
        "清城区源潭镇",
        "清远市清城区源潭镇",
        "广东省清远市清城区源潭镇",
        "源潭镇人民政府",
        "清城区源潭镇政府",
        "广东省清城区源潭镇",
        "广东清远市清城区源潭镇",
        "广东省-清远市-清城区-源潭镇",
    ],
)
def test_the_district_may_be_in_front_of_a_town_and_its_office_behind(text: str) -> None:
    assert judged(REGISTER, "town_name", text) == [("441802103", None)]


@pytest.mark.parametrize("after", ["源潭镇", "-源潭镇", "源潭镇人民政府"])
@pytest.mark.parametrize(
    "province",
    [
        "湖南省清远市",
        "湖南清远市",
        "湖南省",
        "广西壮族自治区清远市",
        "西藏自治区清远市",
        "内蒙古自治区",
        "北京市",
        "上海市清远市",
        "香港特别行政区清远市",
        "广西省清远市",
        "湖北广东省清远市",
    ],
)
def test_another_province_in_front_is_another_place(province: str, after: str) -> None:
    assert judged(REGISTER, "town_name", f"{province}清城区{after}") == [(None, "division_unknown")]
    found = conformed_row(REGISTER, town_name="源潭镇", village_name=f"{province}清城区源潭镇黄溪村委会")
    assert found["row_error"] == "division_unknown"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("632521", "青海省海南藏族自治州某某县东城镇"),
        ("632521", "海南藏族自治州某某县东城镇"),
        ("310115", "上海市某某县东城镇"),
        ("150121", "内蒙古自治区呼和浩特市某某县东城镇"),
        ("451021", "广西壮族自治区百色市某某县东城镇"),
        ("653121", "新疆喀什地区某某县东城镇"),
        ("220221", "吉林省吉林市某某县东城镇"),
        ("220221", "吉林市某某县东城镇"),
        ("900001", "某某省某某市某某县东城镇"),
    ],
)
def test_the_province_of_the_district_is_known_by_its_code(code: str, text: str) -> None:
    rows = [("2000-01-01", f"{code}001", "东城镇", f"{code}001001", "大楼村委会", "village", code, "某某县")]
    columns = [*VINTAGES.columns[:6], "district_code", "district_name"]
    vintage = vintage_of(pl.DataFrame(rows, schema=columns, orient="row"), Month(2021, 6))
    assert conform_towns(pl.DataFrame({"text": [text]}), vintage)["value"].to_list() == [f"{code}001"]


@pytest.mark.parametrize(
    "text",
    ["凤城街道", "凤城街道办事处", "凤城街道办", "凤城街办", "凤城办事处", "清城区凤城街道办", "清城区-凤城街道"],
)
def test_the_office_of_a_street_has_short_names(text: str) -> None:
    assert judged(REGISTER, "town_name", text) == [("441802006", None)]
    found = conformed_row(REGISTER, town_name=text, village_name="凤城街道办事处高基里社区")
    assert found["village_name"] == "441802006001"


@pytest.mark.parametrize("text", ["凤城", "凤城镇", "源潭街办", "源潭办事处", "街办", "办事处", "凤城街道办公室"])
def test_an_office_that_no_street_has_is_unknown(text: str) -> None:
    assert judged(REGISTER, "town_name", text) == [(None, "division_unknown")]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("秤架瑶族乡", "秤架乡"),
        ("秤架瑶族乡", "秤架瑶族乡人民政府"),
        ("拉萨回族满族乡", "拉萨乡"),
        ("新平民族乡", "新平乡"),
        ("罕乌拉街道办事处", "罕乌拉街道"),
        ("罕乌拉街道办事处", "罕乌拉街道办"),
        ("高碑店地区办事处", "高碑店地区"),
        ("巴彦苏木", "巴彦苏木人民政府"),
    ],
)
def test_towns_of_the_whole_country_are_found_as_people_say_them(name: str, form: str) -> None:
    rows = [("2000-01-01", "1", name, "101", "大楼村委会", "village", "900001", "某某县")]
    columns = [*VINTAGES.columns[:6], "district_code", "district_name"]
    vintage = vintage_of(pl.DataFrame(rows, schema=columns, orient="row"), Month(2021, 6))
    assert vintage.towns.filter(pl.col("form") == form)["town_code"].to_list() == ["1"]


def test_a_township_without_its_nationality_is_no_other_town() -> None:
    names = {"1": "秤架瑶族乡", "2": "秤架乡", "3": "三江壮族乡", "4": "三江瑶族乡"}
    rows = [
        ("2000-01-01", code, name, f"{code}01", "大楼村委会", "village", "900001", "某某县")
        for code, name in names.items()
    ]
    columns = [*VINTAGES.columns[:6], "district_code", "district_name"]
    towns = vintage_of(pl.DataFrame(rows, schema=columns, orient="row"), Month(2021, 6)).towns
    assert towns.filter(pl.col("form") == "秤架乡")["town_code"].to_list() == ["2"]
    assert towns.filter(pl.col("form") == "三江乡").is_empty()


def test_an_office_of_two_streets_is_unknown() -> None:
    rows = [
        ("2000-01-01", town, name, f"{town}01", "大楼居委会", "community", "900001", "某某县")
        for town, name in (("1", "东城街道"), ("2", "东城"), ("3", "东城街道"))
    ]
    columns = [*VINTAGES.columns[:6], "district_code", "district_name"]
    towns = vintage_of(pl.DataFrame(rows, schema=columns, orient="row"), Month(2021, 6)).towns
    assert towns.filter(pl.col("form") == "东城街办").is_empty()


def test_a_name_that_is_nothing_but_a_suffix_stays_itself() -> None:
    assert _find(_vintage(("1", "101", "社区")), "社区", "1") == "101"
    assert _find(_vintage(("1", "101", "社区")), "村委会", "1") == "101"
    assert _find(_vintage(("1", "101", "社区")), "", "1") is None


def test_a_form_fits_a_division_of_its_kind_first_and_a_form_of_no_kind_is_ambiguous() -> None:
    vintage = _vintage(("1", "101", "升平居委会"), ("1", "102", "升平村委会"))
    assert _find(vintage, "升平村", "1") == "102"
    assert _find(vintage, "升平村委会", "1") == "102"
    assert _find(vintage, "升平居委会", "1") == "101"
    assert {_find(vintage, form, "1") for form in ("升平社区", "升平社区居委会")} == {"101"}
    assert _find(vintage, "升平", "1") == "?"


def test_the_official_name_goes_before_a_form_of_another() -> None:
    vintage = _vintage(("1", "101", "新村村委会"), ("1", "102", "新居委会"), ("1", "103", "新村"))
    assert _find(vintage, "新村", "1") == "103"
    assert _find(vintage, "新村村委会", "1") == "101"
    assert _find(vintage, "新", "1") == "?"


def test_a_village_is_looked_for_in_its_town_only() -> None:
    vintage = _vintage(("1", "101", "大楼村委会"), ("2", "201", "小楼村委会"))
    assert _find(vintage, "小楼", "1") is None
    assert _find(vintage, "201", "1") is None
    assert _find(vintage, "小楼", "2") == "201"


def test_without_a_town_only_one_of_the_district_may_fit_and_the_official_name_goes_first() -> None:
    vintage = _vintage(("1", "101", "大楼村委会"), ("2", "201", "大楼居委会"), ("2", "202", "小楼村委会"))
    assert _find(vintage, "大楼") == "?"
    assert _find(vintage, "大楼村") == "101"
    assert _find(vintage, "大楼居委会") == "201"
    assert _find(vintage, "小楼") == "202"
    twins = _vintage(("1", "101", "大楼村委会"), ("2", "201", "大楼村委会"))
    assert _find(twins, "大楼村委会") == "?"
    assert _find(twins, "201") == "201"


def test_every_division_of_the_district_is_found_by_name_and_by_code() -> None:
    for town, town_name, code, name in LATEST.select("town_code", "town_name", "village_code", "village_name").rows():
        assert VINTAGE.towns.filter(pl.col("form") == town_name)["town_code"].to_list() == [town]
        assert _find(VINTAGE, name, town) == code
        assert _find(VINTAGE, code, town) == code
        assert _find(VINTAGE, code) == code


@pytest.mark.parametrize("text", ["源潭镇", "源 潭 镇", "441802103", "441802103000", "'441802103"])
def test_towns_by_name_or_code(text: str) -> None:
    assert judged(REGISTER, "town_name", text) == [("441802103", None)]


@pytest.mark.parametrize(
    "text",
    ["源潭", "源潭街道", "441802", "441802103201", "441803103", "其他", "清城区", "英德市源潭镇", "源潭镇清城区"],
)
def test_unknown_towns(text: str) -> None:
    assert judged(REGISTER, "town_name", text) == [(None, "division_unknown")]


def test_codes_in_numeric_cells() -> None:
    assert judged_in_excel(REGISTER, "town_name", 441802103, 441802103000) == [("441802103", None)] * 2
    codes = [PLACES[i][1] for i in (1, 2, 3)]
    assert judged_in_excel(REGISTER, "village_name", int(codes[0]), codes[1], float(codes[2]) + 0.5) == [
        (codes[0], None),
        (codes[1], None),
        (None, "division_unknown"),
    ]


def test_the_two_divisions_of_one_name() -> None:
    forms = ["升平村", "升平村委会", "升平居委会", "升平", "升平社区"]
    found = [conformed_row(REGISTER, town_name="飞来峡镇", village_name=form) for form in forms]
    assert [(f["village_name"], f["village_name__error"]) for f in found] == [
        ("441802107217", None),
        ("441802107217", None),
        ("441802107006", None),
        (None, "division_ambiguous"),
        ("441802107006", None),
    ]


def _village(dataset: Dataset, town: str, village: str) -> tuple[object, object, object]:
    found = conformed_row(dataset, town_name=town, village_name=village)
    return found["village_name"], found["village_name__error"], found["row_state"]


def test_a_village_of_another_town_is_unknown_here() -> None:
    assert _village(REGISTER, "飞来峡镇", "台前村委会") == (None, "division_unknown", "quarantined")
    assert _village(ASSETS, "飞来峡镇", "台前村委会") == (None, "division_unknown", "accepted")


def test_without_a_town_the_village_may_still_be_found() -> None:
    assert _village(ASSETS, "", "台前村")[1:] == (None, "accepted")
    assert _village(ASSETS, "-", "441802107217") == ("441802107217", None, "accepted")
    assert _village(ASSETS, "", "升平") == (None, "division_ambiguous", "accepted")


def test_with_a_wrong_town_the_village_is_emptied_and_recorded_too() -> None:
    assert _village(ASSETS, "某镇", "台前村") == (None, "division_unknown", "accepted")
    assert _village(REGISTER, "", "台前村") == (None, "division_unknown", "quarantined")
    assert conformed_row(REGISTER, town_name="", village_name="台前村")["row_error"] == "required_missing"


def test_a_missing_village_is_missing_whatever_the_town_is() -> None:
    assert _village(REGISTER, "源潭镇", "") == (None, "required_missing", "quarantined")
    assert _village(REGISTER, "某镇", "无") == (None, "required_missing", "quarantined")
    assert _village(ASSETS, "源潭镇", "") == (None, None, "accepted")

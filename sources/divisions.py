"""Look up the dated divisions of the district by the names and codes that offices write.

Belongs here: vintages, and the accepted forms of towns and villages (semantics §3, "town, village").
Does not belong here: conforming a column (``conforming.places``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from sources.months import Month
from sources.text import plain
from sources.text_series import plain_frame

_OF_VILLAGERS = ("村民委员会", "村民委会", "村委会", "村委")
_OF_RESIDENTS = ("居民委员会", "居民委会", "居委会", "居委")
"""Committees by their full and short names."""
_OF_OTHERS = ("村委员会", "街道委员会", "牧民委员会", "牧委会", "渔民委员会", "渔委会")
_GACHA = tuple(f"嘎查{end}" for end in ("村民委员会", "村委员会", "村委会", "委员会", "委会", "村", ""))
_OF_COMMUNITIES = tuple(f"社区{end}" for end in ("居民管理委员会", "管理委员会", "委员会", "委会", "民委员会"))
_ENDS = {
    "village": (*_GACHA, *_OF_VILLAGERS, *_OF_OTHERS, "行政村", "村"),
    "community": (
        *(f"社区{c}" for c in _OF_RESIDENTS),
        *(*_OF_COMMUNITIES, *_OF_RESIDENTS, "家属委员会", "家委会", "社区"),
    ),
}
"""Ends of names that tell the kind of a division, as the national list has them."""
SUFFIXES = (*(f"社区{c}" for c in _OF_VILLAGERS), *_ENDS["community"], *_ENDS["village"])
"""Every end of a name; none comes behind another one that it ends with."""
_TWICE = tuple(f"{kind}{end}" for kind in ("村", "行政村") for end in (*_OF_VILLAGERS, "行政村"))
"""Ends behind a name that has its own: the village 黄溪村 has a 黄溪村村民委员会."""
_OFFICES = ("人民政府", "政府", "办事处")
_STREET, _STREET_OFFICES = "街道", ("街道办", "街办", "办事处")
_NATIONALITIES = (
    "(?:(?:壮|满|回|苗|维吾尔|土家|彝|蒙古|藏|布依|侗|瑶|朝鲜|白|哈尼|哈萨克|黎|傣|畲|傈僳|仡佬|东乡|高山|拉祜|水|佤|纳西|羌|土|仫佬|锡伯|"
    "柯尔克孜|达斡尔|景颇|毛南|撒拉|布朗|塔吉克|阿昌|普米|鄂温克|怒|京|基诺|德昂|保安|俄罗斯|裕固|乌孜别克|门巴|鄂伦春|独龙|塔塔尔|赫哲|珞巴)族|"
    "各族|民族)+"
)
"""Nationalities in the names of townships (GB/T 3304)."""
_PROVINCES = dict(
    re.findall(
        r"(\d\d)(\D+)",
        "11北京12天津13河北14山西15内蒙古21辽宁22吉林23黑龙江31上海32江苏33浙江34安徽35福建36江西37山东41河南42湖北43湖南"
        "44广东45广西46海南50重庆51四川52贵州53云南54西藏61陕西62甘肃63青海64宁夏65新疆71台湾81香港82澳门",
    )
)
"""Provinces by the first two digits of the codes of their divisions (GB/T 2260)."""
_NAMED_ALIKE = ("63", "46")
"""Qinghai has a 海南藏族自治州, which is not in the province of Hainan."""
_ENDINGS = pl.DataFrame(
    [
        ("name", "", None, 3),
        ("code", "", None, 3),
        *(("stem", end, kind, 2) for kind, ends in _ENDS.items() for end in ends),
        ("told", "", None, 2),
        *(("stem", end, None, 1) for end in ("", *SUFFIXES)),
        *(("local", end, kind, 0) for kind, ends in _ENDS.items() for end in ends),
        *(("stem", end, "village", 0) for end in _TWICE),
        *(("halved", end, "village", 0) for end in (*_OF_VILLAGERS, "行政村")),
        *(("unmarked", end, kind, 0) for kind, ends in _ENDS.items() for end in ("", *ends)),
    ],
    schema=["base", "end", "of", "closeness"],
    orient="row",
)
"""Ends behind the parts of a village's name (``_bases``), the kind of division that has them, and how close the form is
to the division: by habit, with another end, with an end of its kind, official."""
AMBIGUOUS = "?"
"""The division of a form that fits more than one village of the town."""
ANYWHERE = ""
"""The town of a village that is delivered without one: the whole district then counts as one town."""


@dataclass(frozen=True)
class Vintage:
    """The divisions in force in one month, ready for look-up."""

    district_code: str
    prefix: str
    """Expression for the names of the district and of what it belongs to, as people write them before a place.

    It has one group, which stays: another province."""
    real_towns: dict[str, str]
    """Names of the towns and streets by code; those that hold virtual villages only are left out."""
    towns: pl.DataFrame
    """form, town_code: every form of a town (its name, its office, its 9-digit code, the code with three zeros)."""
    villages: pl.DataFrame
    """town_code, form, division_code: every form of a village within its town and within the district (``ANYWHERE``);
    ``AMBIGUOUS`` where a form fits several villages."""


def in_force(vintages: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Select the newest vintage up to the month's last day, or the oldest vintage if all are later.

    ``vintages`` are those of one county (``sources.county.divisions``).
    """
    cutoffs = vintages["vintage_cutoff"].unique().sort()
    past = cutoffs.filter(cutoffs <= month.last_day.isoformat())
    return vintages.filter(pl.col("vintage_cutoff") == (past[-1] if len(past) else cutoffs[0]))


def vintage_of(vintages: pl.DataFrame, month: Month) -> Vintage:
    """Build the look-up of the divisions in force in a month."""
    rows = in_force(vintages, month)
    return Vintage(
        district_code=rows["district_code"][0],
        prefix=_prefix(rows["district_name"][0], rows["district_code"][0][:2]),
        real_towns=dict(rows.filter(pl.col("kind") != "virtual").select("town_code", "town_name").rows()),
        towns=_town_forms(rows.select("town_code", "town_name").unique(maintain_order=True)),
        villages=pl.concat([_village_forms(rows), _village_forms(rows.with_columns(town_code=pl.lit(ANYWHERE)))]),
    )


def _town_forms(towns: pl.DataFrame) -> pl.DataFrame:
    """List every form of every town; a short name counts if it is that of one town only.

    Short are the office of a street, a street or area without the office in its name (罕乌拉街道办事处), and a township
    of a nationality without it (秤架乡 for 秤架瑶族乡).
    """
    name = pl.col("town_name").map_elements(plain, pl.String)
    forms = [name, pl.col("town_code"), pl.col("town_code") + "000", *(name + office for office in _OFFICES)]
    place = name.str.replace(rf"({_STREET}|地区)办事处$", "$1")
    street, township = place.str.strip_suffix(_STREET), name.str.replace(f"{_NATIONALITIES}乡$", "乡")
    short = [
        *(pl.when(street != place).then(street + office) for office in _STREET_OFFICES),
        *(pl.when(other != name).then(other) for other in (place, township)),
    ]
    full, only = (
        pl.concat([towns.select(form=form, town_code="town_code") for form in group]) for group in (forms, short)
    )
    only = only.drop_nulls("form").unique(maintain_order=True).unique("form", keep="none", maintain_order=True)
    return pl.concat([full, only]).unique("form", keep="first", maintain_order=True)


def _prefix(district: str | None, province: str) -> str:
    """Match the district's name with or without province and city; without a name, match nothing.

    The first group is the name of another province, which is no part of the district's.
    """
    if not district:
        return r"^\b\B"
    others = [name for code, name in _PROVINCES.items() if code != province and (province, code) != _NAMED_ALIKE]
    own = _PROVINCES.get(province, r"[\u{4e00}-\u{9fff}]{2,3}")
    suffix = "(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?"
    city = r"(?:[\u{4e00}-\u{9fff}]{2,8}(?:市|自治州|盟|地区))?"
    return rf"^(?:({'|'.join(others)}){suffix})?(?:{own}{suffix})?{city}{re.escape(plain(district))}"


def _village_forms(rows: pl.DataFrame) -> pl.DataFrame:
    """List every form of every village with its division, or ``AMBIGUOUS``.

    A form belongs to those divisions to which it is closest (``_ENDINGS``). Every form may have the name of its town in
    front.
    """
    bases = _bases(rows).unpivot(index=["town_code", "town", "division_code", "kind"], variable_name="base")
    ended = (
        bases.drop_nulls("value")
        .join(_ENDINGS, on="base")
        .filter(pl.col("of").is_null() | (pl.col("of") == pl.col("kind")))
    )
    ended = ended.with_columns(form=pl.col("value") + pl.col("end")).filter(pl.col("form") != "")
    with_town = ended.with_columns(form=pl.col("town") + pl.col("form"))
    forms = pl.concat([frame.select("town_code", "form", "closeness", "division_code") for frame in (ended, with_town)])
    closest = forms.filter(pl.col("closeness") == pl.col("closeness").max().over("town_code", "form"))
    code = pl.col("division_code")
    only = pl.when(code.n_unique() == 1).then(code.first()).otherwise(pl.lit(AMBIGUOUS))
    return closest.group_by("town_code", "form", maintain_order=True).agg(division_code=only)


def _bases(rows: pl.DataFrame) -> pl.DataFrame:
    """Give each village what its forms begin with: its name, code and stem, and by habit parts of the stem.

    By habit people leave out the town's name at the beginning of the village's, one of two 村 (竹园村委会 for
    竹园村村委会), or a remark in brackets. A stem that tells the kind itself (竹园村) is close to its division.
    """
    town, stem, name = pl.col("town"), pl.col("stem"), pl.col("name")
    plain_names = plain_frame(rows.select(name="village_name", town="town_name"))
    named = rows.select("town_code", "kind", code="village_code", division_code="village_code").hstack(plain_names)
    named = named.with_columns(stem=without_ending(name))
    short = town.str.replace(f"(?:镇|乡|苏木|{_STREET})$", "")
    local = pl.when(stem.str.starts_with(short)).then(stem.str.slice(short.str.len_chars())).otherwise(stem)
    of_village, unmarked = pl.col("kind") == "village", name.str.replace_all(r"\([^()]*\)", "")
    return named.with_columns(
        local=pl.when(stem != short).then(local),
        halved=pl.when(of_village & stem.str.ends_with("村")).then(stem.str.strip_suffix("村")),
        told=pl.when(of_village & stem.str.contains("(?:村|嘎查)$")).then(stem),
        unmarked=pl.when(unmarked != name).then(without_ending(unmarked)),
    )


def without_ending(name: pl.Expr) -> pl.Expr:
    """Take the end off plain names of villages."""
    return name.str.replace(f"(?:{'|'.join(SUFFIXES)})$", "")

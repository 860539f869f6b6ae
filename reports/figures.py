"""The indicators of a month as a report shows them: for the district, with changes, and by town.

Belongs here: their texts, and what counts as missing a target. Does not belong here: their values (``dbt_project``),
where they come from (``notes``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.catalogue import Catalogue
from reports.groups import GROUPS, OTHERS, group_of
from reports.marts import Marts, Row
from reports.numbers import NONE, change, month, number, rounded
from reports.words import Words, noted

MET, MISSED, NO_TARGET = "达标", "未达标", NONE
_WITHOUT = {"suppressed": "不公布", "not_computable": "未能计算", "stale": "数据过期", "not_applicable": NONE}
"""Text in place of a value, by status."""
_MOST_DECIMALS = 6

_FIGURES = """
    select figures.*, catalogue.name_zh, catalogue.unit, catalogue.decimals, catalogue.better, catalogue.domain
    from published.marts.rural_indicators as figures
    inner join published.marts.dim_indicator as catalogue using (indicator_code)
    where figures.month = $month and figures.level in ('district', 'town')
    order by figures.indicator_code, figures.division_code
"""


@dataclass(frozen=True)
class Figures:
    """The indicators of the district and of its towns, as rows of the marts."""

    district: dict[str, Row]
    towns: dict[str, dict[str, Row]]
    """Rows by indicator and town."""

    @classmethod
    def read(cls, marts: Marts, catalogue: Catalogue) -> Figures:
        """Read the indicators of the month, in the order of the catalogue."""
        order = {code: number for number, code in enumerate(catalogue.indicators)}
        rows = sorted(marts.rows(_FIGURES), key=lambda row: order.get(row["indicator_code"], len(order)))
        towns: dict[str, dict[str, Row]] = {}
        for row in rows:
            if row["level"] == "town":
                towns.setdefault(row["indicator_code"], {})[row["division_code"]] = row
        return cls({row["indicator_code"]: row for row in rows if row["level"] == "district"}, towns)

    def ratio(self, over: str, under: str, decimals: int) -> str:
        """Divide the values of two indicators; nothing if one is missing or the second is 0."""
        values = [self.district.get(code, {}).get("value") for code in (over, under)]
        return number(values[0] / values[1], decimals) if values[0] is not None and values[1] else ""

    def shown(self) -> Words:
        """Show the indicators of the district by Chinese name."""
        return Words("", **{row["name_zh"]: shown(row) for row in self.district.values()})

    def groups(self, names: dict[str, str]) -> dict[str, Words]:
        """Show the indicators by group, each with a table by town; ``names`` are those of the towns by code."""
        return {group: self._group(group, names) for group in (*GROUPS, OTHERS)}

    def _group(self, group: str, names: dict[str, str]) -> Words:
        rows = [row for code, row in self.district.items() if group_of(code) == group]
        # A column in which every town is suppressed, or has nothing, says nothing.
        by_town = [row for row in rows if self._has_value(row["indicator_code"], names)]
        return Words(group, 名称=group, 指标=[shown(row) for row in rows], 镇街=self._by_town(by_town, names))

    def _has_value(self, code: str, names: dict[str, str]) -> bool:
        return any(row["value"] is not None for town, row in self.towns.get(code, {}).items() if town in names)

    def _by_town(self, rows: list[Row], names: dict[str, str]) -> Words:
        heads = [Words(r["name_zh"], 名称=r["name_zh"], 单位=r["unit"]) for r in rows]
        lines = [
            Words(name, 镇街=name, 值=[cell(self.towns[r["indicator_code"]].get(code)) for r in rows])
            for code, name in names.items()
        ]
        return Words("", 列=heads, 行=lines if heads else [])


def shown(row: Row) -> Words:
    """Show one indicator of the district; its text is the value with its unit, and its note follows."""
    decimals, unit = row["decimals"], row["unit"]
    value = text_of(row)
    with_unit = value if row["value"] is None else f"{value}{unit}"
    return Words(
        noted(with_unit, row["indicator_code"]),
        名称=row["name_zh"],
        数值=value,
        单位=unit,
        目标=number(row["target"], decimals),
        上月=number(row["previous_value"], decimals),
        较上月=change(row["value"], row["previous_value"], decimals),
        去年同期=number(row["year_ago_value"], decimals),
        较去年同期=change(row["value"], row["year_ago_value"], decimals),
        情况=standing(row),
        未达标=standing(row) == MISSED,
        变好=_better(row),
        原因=row["reason"] or "",
        分子=number(row["numerator"], 2),
        分母=number(row["denominator"], 2),
        数据月份=month(row["source_month"]),
        原值=row["value"],
        是零=row["value"] == 0,
        能计算=row["value"] is not None,
        不适用=row["status"] == "not_applicable",
        出处=noted("", row["indicator_code"]),
    )


def cell(row: Row | None) -> Words:
    """Show an indicator of a town, without unit."""
    if row is None:
        return Words(NONE, 未达标=False)
    return Words(text_of(row), 未达标=standing(row) == MISSED)


def text_of(row: Row) -> str:
    """Show the value of an indicator, or why there is none."""
    if row["value"] is None:
        return _WITHOUT[row["status"]]
    return number(row["value"], _decimals(row))


def _decimals(row: Row) -> int:
    """Return the decimals of the catalogue, or as many more as show that a target is missed: 89.98 of 90, not 90."""
    decimals: int = row["decimals"]
    while decimals < _MOST_DECIMALS and standing(row) == MISSED and _looks_met(row, decimals):
        decimals += 1
    return decimals


def _looks_met(row: Row, decimals: int) -> bool:
    return rounded(row["value"], decimals) == rounded(row["target"], decimals)


def standing(row: Row) -> str:
    """Say whether an indicator meets its target; of one without value, target or better side nothing is said.

    The values decide, not their rounded texts, as in ``town_assessment``.
    """
    value, target = row["value"], row["target"]
    if value is None or target is None or row["better"] not in ("higher", "lower"):
        return NO_TARGET
    is_met = value >= target if row["better"] == "higher" else value <= target
    return MET if is_met else MISSED


def _better(row: Row) -> str:
    """Say whether the change against the month before is for the better: 好, 差, or nothing."""
    said = change(row["value"], row["previous_value"], row["decimals"])
    if said[0] not in "+-" or row["better"] not in ("higher", "lower"):
        return ""
    return "好" if (said[0] == "+") == (row["better"] == "higher") else "差"


def missed(rows: Iterable[Row]) -> list[Words]:
    """Show the indicators that miss their targets."""
    return [shown(row) for row in rows if standing(row) == MISSED]


def not_computed(rows: Iterable[Row]) -> list[Words]:
    """Show the indicators without value, with their reasons; those without anything to count are left out."""
    return [
        Words(row["name_zh"], 名称=row["name_zh"], 情况=text_of(row), 原因=row["reason"] or "")
        for row in rows
        if row["status"] in ("not_computable", "stale")
    ]

"""Read what each dashboard shows (``boards/*.yml``), and check it against the views.

Belongs here: dashboards, charts, measures and filters as people would name them. Does not belong here: the parameters
and files of Superset (``charts``, ``files``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.publishing.content import quoted

BOARDS = Path(__file__).parent / "boards"
MONTH = "报告月"
"""The column for the choice of a month: text that sorts as time does, such as 2021-06."""
_MONTH_SQL = 'substr(cast("月份" as varchar), 1, 7)'
CALCULATED: Mapping[str, Mapping[str, str]] = {
    "指标": {
        "达标情况": "case when \"是否达标\" then '达标' when \"目标值\" is null then '没有目标'"
        " when \"指标值\" is null then '没有数值' else '不达标' end"
    },
    "农户分段": {
        "预警情况": "coalesce(\"风险等级\", '没有预警')",
        "收入分段": "coalesce(cast(\"收入段序号\" as varchar) || ' ' || \"收入段\", '没有收入或不公布')",
    },
    "资金项目资产链": {
        "阶段": "coalesce(cast(\"项目阶段序号\" as varchar) || ' ' || \"项目阶段\", '没有项目')",
        "分红情况": "case when \"应分红\" > 0 then case when \"断点编码\" like '%REC-19%' then '没有分足'"
        " when \"已分红\" >= \"应分红\" then '已分足' else '不公布' end else '不应分红' end",
    },
}
"""SQL of columns that a view does not have, by view; read by DuckDB and PostgreSQL alike."""


@dataclass(frozen=True)
class Measure:
    """A measure of a chart: the only row's value of a column, the sum of a column, or the number of rows.

    A value of several rows is empty: small counts are suppressed, so what is left of them must not be added.
    A sum or number over several months is empty, too: a chart that no month reaches shows nothing, not a multiple.
    """

    label: str
    column: str = ""
    is_sum: bool = False

    @property
    def name(self) -> str:
        """The name of the metric in Superset, unlike any column's."""
        return f"{self.label}·{'合计' if self.is_sum else '值' if self.column else '个数'}"

    @property
    def sql(self) -> str:
        """The expression, for DuckDB and PostgreSQL."""
        if self.column and not self.is_sum:
            return f"case when count(*) = 1 then max({quoted(self.column)}) end"
        found = f"sum({quoted(self.column)})" if self.column else "count(*)"
        return f'case when count(distinct "月份") = 1 then {found} end'


@dataclass(frozen=True)
class Chart:
    """A chart: its kind (``charts``), the view it reads, its columns by purpose, its measures, the rows it shows."""

    title: str
    kind: str
    view: str
    measures: tuple[Measure, ...] = ()
    x: str = ""
    by: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    where: Mapping[str, str | bool] = field(default_factory=dict)
    condition: str = ""
    colours: tuple[Mapping[str, Any], ...] = ()
    about: str = ""
    width: int = 6
    height: int = 50

    @property
    def columns(self) -> set[str]:
        """The columns that the chart names, apart from measures."""
        named = {self.x} if self.x else set()
        return named.union(self.by, self.across, self.rows, (o.lstrip("-") for o in self.order), self.where)


@dataclass(frozen=True)
class Filter:
    """A choice for all charts of a dashboard, with the values of a view's column; ``single`` begins with the first."""

    column: str
    view: str
    single: bool = False


@dataclass(frozen=True)
class Board:
    """A dashboard: its address, what it answers, its filters, and its charts in rows of twelve columns."""

    title: str
    slug: str
    about: str
    filters: tuple[Filter, ...]
    rows: tuple[tuple[Chart, ...], ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts, row by row."""
        return tuple(chart for row in self.rows for chart in row)


def boards() -> tuple[Board, ...]:
    """Read the dashboards. Raises KeyError or TypeError if one is not written as the others are."""
    raw = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(BOARDS.glob("*.yml"))]
    return tuple(_board(one) for one in raw)


def calculated(view: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the SQL of the columns that Superset adds to a view with these columns.

    A truth value has a column in words, named without 是否: Superset shows true and false in English only.
    """
    month = {MONTH: _MONTH_SQL} if "月份" in columns else {}
    asked = [name for name, sql_type in columns.items() if sql_type == "BOOLEAN" and name.startswith("是否")]
    words = {
        name.removeprefix("是否"): f"case {quoted(name)} when true then '是' when false then '否' end" for name in asked
    }
    return month | words | dict(CALCULATED.get(view, {}))


def _board(raw: Mapping[str, Any]) -> Board:
    filters = tuple(Filter(f["column"], f["view"], f.get("single", False)) for f in raw["filters"])
    rows = tuple(tuple(_chart(chart) for chart in row) for row in raw["rows"])
    return Board(raw["title"], raw["slug"], raw["about"], filters, rows)


def _chart(raw: Mapping[str, Any]) -> Chart:
    given = dict(raw)
    measures = [Measure(name, name) for name in given.pop("values", ())]
    measures += [Measure(name, name, is_sum=True) for name in given.pop("sums", ())]
    if label := given.pop("count", ""):
        measures.append(Measure(label))
    lists: dict[str, Any] = {
        key: tuple(given.pop(key)) for key in ("by", "across", "rows", "order", "colours") if key in given
    }
    return Chart(measures=tuple(measures), **lists, **given)

"""Trace a published indicator to the delivered rows that entered its numerator and denominator.

Belongs here: the published figure, the rows that entered it, the proof that they add up to it.
Does not belong here: computing the rows of a month (dbt's ``int_indicator_rows``), the files of rows (``rows``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from sources.acceptance.provenance import COUNTY, changes, computed_from, inputs_of
from sources.contracts.model import Contracts
from sources.home import Home
from sources.months import Month
from workbooks.leads import published
from workbooks.trace.rows import COLUMNS, ORDER, ChangedRowsError, Trace, in_files, published_files, require_unchanged
from workbooks.trace.subjects import UnknownSubjectError

_FORM = re.compile(r"([a-z_]+\.[a-z0-9_]+)@([0-9]{6}|[0-9]{9}|[0-9]{12})@([0-9]{4}-[0-9]{2})")
OF_LEADS = frozenset(
    {"monitoring.verified_on_time_rate", "monitoring.enrolled_on_time_rate", "monitoring.days_to_enrol_mean"}
)
"""Indicators of leads, which are made of the flags of all months that ran, not of the rows of one."""
_FIGURE = """
select numerator, denominator, reason
from published.marts.rural_indicators
where month = $month and indicator_code = $indicator and division_code = $division
"""
_KNOWN = """
select
    count(*) filter (where month = $month) > 0 as has_month,
    count(*) filter (where month = $month and indicator_code = $indicator) > 0 as has_indicator
from published.marts.rural_indicators
"""
_ENTERED = """
create or replace temp view entered as
select
    *,
    unnest([
        (select district_code from seeds.districts),
        coalesce(town_code, left(division_code, 9)),
        division_code
    ]) as counted_in
from intermediate.int_indicator_rows
"""
"""The rows of all indicators, once for each division that counts them (as in ``int_indicator_values``)."""
_ROWS = """
select
    case
        when entered.denominator is null then 'numerator'
        when entered.numerator is null then 'denominator'
        else 'both'
    end as role,
    entered.department,
    entered.dataset,
    case
        when divisions.name is not null then concat(divisions.name, '(', divisions.division_code, ')')
        else coalesce(catalogue.label_zh, '月份')
    end as label,
    strftime(entered.month, '%Y-%m') as month,
    entered.delivery_no,
    entered.file_no,
    entered.sheet_no,
    entered.row_number,
    entered.numerator as n,
    entered.denominator as d
from entered
left join intermediate.int_divisions as divisions
    on
        entered.dataset = 'dim_division'
        and divisions.division_code = coalesce(
            entered.division_code, entered.town_code, (select district_code from seeds.districts)
        )
left join seeds.datasets as catalogue on entered.dataset = catalogue.dataset
where entered.indicator_code = $indicator and entered.counted_in = $division
"""
# Rounded by place as int_indicator_measures stores them, so that even the last digit is the published one.
_SUMS = """
select cast(coalesce(sum(n), 0) as double), cast(coalesce(sum(d), 0) as double)
from (
    select cast(sum(numerator) as decimal(28, 10)) as n, cast(sum(denominator) as decimal(28, 10)) as d
    from entered
    where indicator_code = $indicator and counted_in = $division
    group by town_code, division_code
)
"""


class ChangedFigureError(ChangedRowsError):
    """The rows do not add up to the published figure; the Chinese message names the tables and months behind it."""

    def __init__(self, subject: str, tables: Iterable[str]) -> None:
        RuntimeError.__init__(
            self,
            f"{subject} 的行加起来不是发布的分子和分母:{'、'.join(tables)} 在发布之后有变,或发布的是退回的版本。"
            "请执行 shouwang run 加该月份后再追溯。",
        )


@dataclass(frozen=True)
class Figure:
    """A published indicator of a division and month; a figure that was not computed has no numerator, but a reason."""

    indicator: str
    division: str
    month: Month
    numerator: float | None
    denominator: float | None
    reason: str | None

    @property
    def subject(self) -> str:
        """The figure as it is asked for: INDICATOR@DIVISION@MONTH."""
        return f"{self.indicator}@{self.division}@{self.month}"


def is_figure(subject: str) -> bool:
    """Return True if a subject asks for an indicator, known or not."""
    return "@" in subject


def published_figure(marts: Path, subject: str) -> Figure:
    """Read the published figure of INDICATOR@DIVISION@MONTH; the division is a district, town or village code.

    Raises UnknownSubjectError for an unknown indicator, division or month, NotPublishedError if nothing is published.
    """
    form = _FORM.fullmatch(subject)
    try:
        month = Month.parse(form[3]) if form else None
    except ValueError:
        month = None
    if form is None or month is None:
        raise UnknownSubjectError(f"“{subject}”不是 指标编码@区划代码@月份,例如 toilets.coverage@441802@2021-06。")
    if form[1] in OF_LEADS:
        raise UnknownSubjectError(f"指标 {form[1]} 由线索计出,不逐行追溯;线索见 risk_leads,请逐条追溯线索编号。")
    asked = {"indicator": form[1], "division": form[2], "month": month.first_day}
    with published(marts) as connection:
        if found := connection.execute(_FIGURE, asked).fetchone():
            return Figure(form[1], form[2], month, *found)
        known = connection.execute(_KNOWN, {k: asked[k] for k in ("indicator", "month")}).fetchone()
    raise UnknownSubjectError(_unknown(form[1], form[2], month, *(known or (False, False))))


def _unknown(indicator: str, division: str, month: Month, has_month: bool, has_indicator: bool) -> str:
    if not has_month:
        return f"{month} 还没有发布。"
    if not has_indicator:
        return f"没有指标 {indicator};指标编码见 rural_indicators。"
    return f"指标 {indicator} 在 {month} 没有区划 {division} 的数值;请核对代码,以及这项指标是否分到这一级。"


def trace_figure(
    home: Home, contracts: Contracts, marts: Path, figure: Figure, connection: duckdb.DuckDBPyConnection
) -> Trace:
    """Trace a figure to its rows, which ``connection`` reads from ``int_indicator_rows`` of the figure's month.

    Columns are ``COLUMNS``, n and d: what the row adds to numerator and denominator, null where it does not enter. A
    figure that was not computed has no rows. Raises ChangedRowsError if rows or files have changed since the figure was
    published, or do not add up to it.
    """
    rows, sums = _entered(connection, figure)
    if figure.numerator is None:
        rows = rows.clear()
    elif sums != (figure.numerator, figure.denominator or 0.0):
        raise ChangedFigureError(figure.subject, _changed_tables(home, contracts, figure, rows))
    with published(marts) as version:
        files = published_files(version)
    delivered = rows.drop_nulls("delivery_no").drop("label")
    parts = [rows.filter(pl.col("delivery_no").is_null())]
    for (name, of_month), of_table in delivered.group_by("dataset", "month", maintain_order=True):
        dataset, month = contracts.dataset(str(name)), Month.parse(str(of_month))
        require_unchanged(home, dataset, month, [figure.month.first_day])
        parts.append(in_files(home, dataset, month, of_table, files))
    found = pl.concat(parts, how="diagonal").sort(*ORDER, "label", nulls_last=True)
    missing = [pl.lit(None).alias(name) for name in COLUMNS if name not in found.columns]
    return Trace(figure.subject, found.with_columns(missing).select(*COLUMNS, "n", "d"), figure.reason)


def view_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the connection a temporary view ``entered``: ``int_indicator_rows`` by the divisions ``counted_in``."""
    connection.execute(_ENTERED)


def _entered(connection: duckdb.DuckDBPyConnection, figure: Figure) -> tuple[pl.DataFrame, tuple[float, float]]:
    view_rows(connection)
    asked = {"indicator": figure.indicator, "division": figure.division}
    rows: pl.DataFrame = connection.sql(_ROWS, params=asked).pl()
    n, d = connection.execute(_SUMS, asked).fetchone() or (0.0, 0.0)
    return rows, (n, d)


def _changed_tables(home: Home, contracts: Contracts, figure: Figure, rows: pl.DataFrame) -> list[str]:
    """Name the tables that changed since the figure was published; if none is known to, all that rows are from."""
    before = computed_from(home, figure.month)
    changed = changes(before, inputs_of(home, contracts, figure.month)) if before is not None else []
    tables = [(change.dataset, str(change.month)) for change in changed if change.dataset != COUNTY]
    tables = (
        tables or rows.drop_nulls("delivery_no").select("dataset", "month").unique().sort("month", "dataset").rows()
    )
    return [f"《{contracts.dataset(dataset).label}》{month}" for dataset, month in dict.fromkeys(tables)] or [
        "有关数据表"
    ]

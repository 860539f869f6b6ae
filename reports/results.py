"""Funds by year, scores of towns, parameters of the month, and restated months.

Belongs here: the tables of the report besides indicators, risk and deliveries. Does not belong here: their wording.
"""

from __future__ import annotations

from reports.catalogue import Catalogue
from reports.marts import Marts, Row
from reports.numbers import NONE, iso, iso_month, number
from reports.words import Words

_FUNDS = """
    select fund_year, sum(allocated) as allocated, sum(spent) as spent, sum(balance) as balance
    from published.marts.fund_ledger
    where month = $month and fund_year <= year($month::date) group by fund_year order by fund_year
"""
_TOWNS = """
    select towns.*, catalogue.name_zh as weakest
    from published.marts.town_assessment as towns
    left join published.marts.dim_indicator as catalogue on towns.weakest_indicator = catalogue.indicator_code
    where towns.month = $month order by towns.rank nulls last, towns.town_code
"""
_PARAMETERS = """
    select parameter, value, unit, is_placeholder from published.marts.policy_parameters
    where valid_from <= $last_day and coalesce(valid_to > $last_day, true) and starts_with($district, division_prefix)
    qualify row_number() over (partition by parameter order by length(division_prefix) desc, valid_from desc) = 1
    order by parameter
"""
# What changed since the leads of the month before were handed out was in no earlier report.
_RESTATED = """
    select * from published.marts.restatements
    where month = $month or (month < $month and published_at >= coalesce((
        select dispatched_on from published.marts.dim_month where month = $month::date - interval 1 month), $month))
    order by month, published_version, mart
"""
_DOCUMENTS = """
    select * from published.marts.policy_instruments
    where month = $month and is_in_force order by subject, issued_on nulls last, instrument_no
"""
_UNITS = {"working days": "个工作日", "months": "个月", "km²": "平方公里", "persons or households": "人或户"}


def funds(marts: Marts) -> Words:
    """Show the special funds by fund year in 万元, up to the year of the month."""
    rows = marts.rows(_FUNDS)
    years = [
        Words(
            str(row["fund_year"]),
            年度=row["fund_year"],
            下达=number(row["allocated"], 2),
            支出=number(row["spent"], 2),
            结余=number(row["balance"], 2),
            支出率=f"{number(row['spent'] * 100 / row['allocated'], 1)}%" if row["allocated"] else NONE,
        )
        for row in rows
    ]
    first, last = (rows[0]["fund_year"], rows[-1]["fund_year"]) if rows else (NONE, NONE)
    return Words("", 首年=first, 末年=last, 年度=years)


def fund_rows(marts: Marts) -> list[Row]:
    """Read the special funds by fund year, for a chart."""
    return marts.rows(_FUNDS)


def towns(marts: Marts) -> list[Words]:
    """Show the scores of the towns, best first."""
    return [
        Words(
            name,
            镇街=name,
            得分=number(row["score"], 1),
            名次=row["rank"] or NONE,
            指标数=row["indicators_scored"],
            最弱指标=row["weakest"] or NONE,
            分=row["score"],
        )
        for row in marts.rows(_TOWNS)
        if (name := marts.towns.get(row["town_code"]))
    ]


def parameters(marts: Marts, catalogue: Catalogue) -> dict[str, Words]:
    """Show the parameters that hold in the district at the end of the month, by label; others have no value."""
    rows = {row["parameter"]: row for row in marts.rows(_PARAMETERS, district=marts.district["code"])}
    return {label: _parameter(label, rows.get(name)) for name, label in catalogue.parameters.items()}


def _parameter(label: str, row: Row | None) -> Words:
    if row is None:
        return Words("未设定", 名称=label, 数值=NONE, 单位="", 已设定=False, 占位=False)
    value, unit, is_placeholder = number(row["value"], 4), _UNITS.get(row["unit"], row["unit"]), row["is_placeholder"]
    words = f"{value}{unit}{'(占位)' if is_placeholder else ''}"
    return Words(words, 名称=label, 数值=value, 单位=unit, 已设定=True, 占位=is_placeholder)


def documents(marts: Marts) -> list[Words]:
    """List the policy documents in force, as of the newest list that counts for the month."""
    return [
        Words(
            row["title"],
            类别=row["subject"],
            层级=row["issuing_level"],
            名称=row["title"],
            文号=row["document_no"] or NONE,
            印发日期=iso(row["issued_on"]),
        )
        for row in marts.rows(_DOCUMENTS)
    ]


def restated(marts: Marts) -> list[Words]:
    """List what changed in this month, or in earlier ones since the last report."""
    return [
        Words(
            "",
            月份=iso_month(row["month"]),
            版本=row["published_version"],
            数据表=marts.titles.get(row["mart"], row["mart"]),
            增加=row["rows_added"],
            减少=row["rows_removed"],
            改变=row["rows_changed"],
            原因=row["caused_by"] or NONE,
        )
        for row in marts.rows(_RESTATED)
    ]

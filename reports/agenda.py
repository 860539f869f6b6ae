"""Put together the agenda of the joint meeting of a month, of the full marts: what each department must answer.

Belongs here: contradictions, overdue leads, movements of monitored households; leads by lead_id and town.
Does not belong here: households and persons: nobody at the meeting needs their keys.

The agenda is for the office: it has small counts by town and rule.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from reports import results, risk
from reports.catalogue import Catalogue
from reports.figures import Figures, not_computed
from reports.marts import Marts, Row
from reports.numbers import NONE, iso, iso_month
from reports.report import Edition, about, delivered
from reports.word import Filling
from reports.words import Words
from sources.contracts.model import Contracts

TEMPLATE = Path(__file__).with_name("templates") / "联席会议议程模板.docx"
MOST_LEADS = 500
"""Most overdue leads that are listed one by one; the counts by town have all."""

_CONFLICTS = """
    select answering_department, rule_code, count(*) as conflicts, count(*) filter (where is_new) as new,
        min(first_seen_month) as since, min(due_on) as due_on, count(*) filter (where due_on < $known_on) as overdue
    from published.marts.reconciliation_conflicts where month = $month
    group by all order by answering_department, rule_code
"""
# Open and overdue as of the month, as in risk_overview (semantics, section 12).
_OPEN = """
    select leads.lead_id, leads.town_code, rules.name_zh as rule, leads.opened_month, leads.due_on,
        leads.due_on < $known_on as is_overdue
    from published.marts.risk_leads as leads
    inner join published.marts.dim_risk_rule as rules using (rule_code)
    where leads.opened_month <= $month and coalesce(leads.closed_month > $month, true)
        and coalesce(leads.verified_on > $last_day, true)
    order by leads.town_code, leads.due_on, leads.rule_code, leads.lead_id
"""
_MOVEMENTS = """
    select monitoring_category, base, sum(opening) as opening, sum(newly_identified) as newly_identified,
        sum(returned) as returned, sum(moved_in) as moved_in, sum(eliminated) as eliminated,
        sum(left_register) as left_register, sum(moved_out) as moved_out, sum(size_change) as size_change,
        sum(closing) as closing
    from published.marts.monitored_roll_forward where month = $month
    group by all order by monitoring_category, base
"""
_BASES = {"households": "户", "persons": "人"}
_COLUMNS = {
    "期初": "opening", "新识别": "newly_identified", "返贫": "returned", "转入": "moved_in", "消除": "eliminated",
    "离册": "left_register", "转出": "moved_out", "人口变化": "size_change", "期末": "closing",
}  # fmt: skip


def filling(marts: Marts, contracts: Contracts, catalogue: Catalogue, edition: Edition) -> Filling:
    """Return what the template of the agenda is filled in with."""
    found, leads = Figures.read(marts, catalogue), _leads(marts)
    overdue = [lead for lead in leads if lead["超期"]]
    values = {
        **about(marts, contracts, edition),
        **delivered(marts, contracts, edition),
        "冲突": _conflicts(marts, contracts, catalogue),
        "线索": Words("", 未反馈=len(leads), 超期=len(overdue), 镇街=_by_town(marts, leads)),
        "超期线索": overdue[:MOST_LEADS],
        "未列出线索": max(0, len(overdue) - MOST_LEADS),
        "监测对象": _movements(marts),
        "更正": results.restated(marts),
        "不能计算": not_computed(found.district.values()),
        "未筛查": risk.not_screened(marts),
    }
    return Filling(values, {}, {}, edition.published_at.replace(tzinfo=None))


def _conflicts(marts: Marts, contracts: Contracts, catalogue: Catalogue) -> list[Words]:
    """List the contradictions by the department that must answer, and by rule."""
    rows = marts.rows(_CONFLICTS, known_on=marts.dispatched_on)
    by_department = groupby(rows, lambda row: row["answering_department"])
    return [_of_department(contracts[name].label, list(found), catalogue) for name, found in by_department]


def _of_department(label: str, rows: list[Row], catalogue: Catalogue) -> Words:
    return Words(
        label,
        部门=label,
        合计=sum(row["conflicts"] for row in rows),
        新增=sum(row["new"] for row in rows),
        逾期=sum(row["overdue"] for row in rows),
        规则=[_of_rule(row, catalogue) for row in rows],
    )


def _of_rule(row: Row, catalogue: Catalogue) -> Words:
    name, definition = catalogue.conflicts.get(row["rule_code"], (row["rule_code"], ""))
    return Words(
        name,
        名称=name,
        说明=definition,
        数量=row["conflicts"],
        新增=row["new"],
        逾期=row["overdue"],
        最早月份=iso_month(row["since"]),
        最早应答日=iso(row["due_on"]),
    )


def _leads(marts: Marts) -> list[Words]:
    known_on = marts.dispatched_on
    return [
        Words(
            row["lead_id"],
            编号=row["lead_id"],
            镇街=marts.towns.get(row["town_code"], NONE),
            规则=row["rule"],
            建立月份=iso_month(row["opened_month"]),
            应办日=iso(row["due_on"]),
            超期=row["is_overdue"],
            超期天数=max(0, (known_on - row["due_on"]).days),
        )
        for row in marts.rows(_OPEN, known_on=known_on)
    ]


def _by_town(marts: Marts, leads: list[Words]) -> list[Words]:
    names = [*marts.towns.values(), NONE]
    found = {name: [lead for lead in leads if lead["镇街"] == name] for name in names}
    return [
        Words(name, 镇街=name, 未反馈=len(of_town), 超期=sum(lead["超期"] for lead in of_town))
        for name, of_town in found.items()
        if of_town
    ]


def _movements(marts: Marts) -> list[Words]:
    """Show the roll-forward of the district by category, in households and persons."""
    return [
        Words("", 类别=row["monitoring_category"], 口径=_BASES[row["base"]], **{k: row[v] for k, v in _COLUMNS.items()})
        for row in marts.rows(_MOVEMENTS)
    ]

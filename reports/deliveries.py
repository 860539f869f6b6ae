"""Who delivered what and when: late and missing tables, scores of departments.

Belongs here: the ledger of deliveries against the contracts' due days. Does not belong here: rates (dbt).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.marts import Marts, Row
from reports.numbers import NONE, iso, number, share
from reports.words import Words
from sources.contracts.model import Contracts, Dataset

_RECEIVED = """
    select dataset, cast(min(received_at) as date) as first_on, bool_or(is_current) as is_in_force
    from published.marts.reconciliation_deliveries where month = $month group by dataset
"""
_BEGUN = "select distinct dataset from published.marts.reconciliation_deliveries where month <= $month"
"""The tables that were received for the month or an earlier one."""
_SCORES = """
    select * from published.marts.data_quality_scorecard where month = $month order by rank nulls last, department
"""


@dataclass(frozen=True)
class Delivered:
    """A table that is due for the month, and what was received of it."""

    dataset: Dataset
    due_on: date
    first_on: date | None
    is_in_force: bool

    def state(self, known_on: date) -> str:
        """Say what became of the table by ``known_on``, the day of the published version."""
        if self.first_on is None:
            return "逾期未报" if known_on > self.due_on else "尚未到期"
        if not self.is_in_force:
            return "未被接收"
        late = (self.first_on - self.due_on).days
        return f"晚报{late}天" if late > 0 else "按时"


def delivered(marts: Marts, contracts: Contracts) -> list[Delivered]:
    """List the tables that are expected for the month (semantics §9), in the order of the contracts."""
    begun = {row["dataset"] for row in marts.rows(_BEGUN)}
    received = {row["dataset"]: row for row in marts.rows(_RECEIVED)}
    nothing: Row = {"first_on": None, "is_in_force": False}
    due = [
        (department, d)
        for department in contracts.values()
        for d in department.datasets
        if d.is_due(marts.month) and (d.name in begun or not d.is_expected_once_received)
    ]
    found = [(department.due_on(marts.month), d, received.get(d.name, nothing)) for department, d in due]
    return [Delivered(d, due_on, row["first_on"], row["is_in_force"]) for due_on, d, row in found]


def counts(tables: list[Delivered], known_on: date) -> Words:
    """Count the due tables by what became of them."""
    states = [table.state(known_on) for table in tables]
    return Words(
        "",
        应报=len(states),
        接收=sum(table.is_in_force for table in tables),
        按时=states.count("按时"),
        晚报=sum(state.startswith("晚报") for state in states),
        未报=states.count("逾期未报"),
        退回=states.count("未被接收"),
    )


def late(tables: list[Delivered], contracts: Contracts, known_on: date) -> list[Words]:
    """List the tables that are late, missing or not accepted."""
    return [
        Words(
            table.dataset.label,
            部门=contracts[table.dataset.department].label,
            数据表=table.dataset.label,
            应报日=iso(table.due_on),
            收到日=iso(table.first_on),
            情况=state,
        )
        for table in tables
        if (state := table.state(known_on)) not in ("按时", "尚未到期")
    ]


def scores(marts: Marts, contracts: Contracts) -> list[Words]:
    """Show the scorecard of the departments, best first."""
    return [_score(row, contracts) for row in marts.rows(_SCORES)]


def _score(row: Row, contracts: Contracts) -> Words:
    label = contracts[row["department"]].label
    return Words(
        label,
        部门=label,
        应报=row["datasets_expected"],
        接收=row["datasets_accepted"],
        退回=row["datasets_rejected"],
        按时率=share(row["on_time_rate"]),
        接收率=share(row["acceptance_rate"]),
        匹配率=share(row["match_rate"]),
        稳定率=share(row["stability_rate"]),
        得分=number(row["score"], 1),
        名次=row["rank"] or NONE,
    )

"""The mart ``indicator_breakdowns``: the members of which a figure is made up.

Belongs here: members and their numerators. Does not belong here: the figure itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import first_day
from tests.oracle.households import Month, dead_by
from tests.oracle.indicators.construction import retrofitted
from tests.oracle.indicators.offices import funds_to_date
from tests.oracle.indicators.projects import SALES, live, stage_name
from tests.oracle.indicators.scope import Scope
from tests.oracle.low_income import LAYERS, first_layer, people, place

Record = dict[str, Any]
Members = list[tuple[str, Decimal | int]]


def _layers(scope: Scope) -> Members:
    dead = dead_by(scope.of.store, scope.month)
    return [
        (first_layer(scope.of, rows) or "", 1)
        for person, rows in people(scope.of).items()
        if person not in dead and set(rows) & set(LAYERS) and scope.holds(*place(scope.of, person, rows))
    ]


BREAKDOWNS: dict[tuple[str, str], Callable[[Scope], Members]] = {
    ("consumption.total_purchases", "采购渠道"): lambda s: [(r["channel"], r["amount"]) for r in s.ledger(SALES)],
    ("funds.allocated", "资金级次"): lambda s: [(r["fund_level"], r["allocated"]) for r in funds_to_date(s)],
    ("funds.allocated", "资金用途"): lambda s: [
        (r["fund_purpose"] or "未填报", r["allocated"]) for r in funds_to_date(s)
    ],
    ("low_income.persons", "首要层级"): _layers,
    ("projects.listed", "项目阶段"): lambda s: [(stage_name(s, p), 1) for p in live(s)],
    ("toilets.retrofitted", "改造类型"): lambda s: [(r["retrofit_type"], 1) for r in retrofitted(s)],
}


def indicator_breakdowns(month: Month, figures: list[Record]) -> list[Record]:
    """Rows of the mart of that name, for the figures of the month that were computed."""
    result = []
    for figure in figures:
        for (code, dimension), members in BREAKDOWNS.items():
            if figure["indicator_code"] != code or figure["status"] != "computed":
                continue
            sums: dict[str, Decimal | int] = defaultdict(int)
            for member, amount in members(Scope(month, figure["level"], figure["division_code"])):
                sums[member] += amount
            same = {c: figure[c] for c in ("indicator_code", "division_code", "level")}
            result += [
                {"month": first_day(month.month), **same, "dimension": dimension, "member": m, "numerator": n}
                for m, n in sums.items()
            ]
    return result

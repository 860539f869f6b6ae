"""Numerator and denominator of the indicators of projects, funds, assets and sales.

Belongs here: stages and shares of the chain. Does not belong here: how its links resolve (``chain.links``).
"""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.catalogue import first_day, shift
from tests.oracle.chain import links
from tests.oracle.chain.links import ASSETS, FUNDS, PROJECTS, STAGES
from tests.oracle.indicators.figures import Figure, Pair, share, total
from tests.oracle.indicators.scope import Scope
from tests.oracle.numbers import form
from tests.oracle.reading.cells import clean
from tests.oracle.reading.delivered import Row

SALES = "consumption_support"


def live(scope: Scope) -> list[Row]:
    day = scope.as_of(PROJECTS)
    return [p for p in scope.snapshot(PROJECTS) if links.is_live(p, day)]


def stage_name(scope: Scope, project: Row) -> str:
    return STAGES[links.stage(project, scope.as_of(PROJECTS))]


def _reached(stage: str, before: str) -> Figure:
    """Of the live projects at one stage or later, how many are at another one or later."""

    def figure(scope: Scope) -> Pair:
        reached = [links.stage(p, scope.as_of(PROJECTS)) for p in live(scope)]
        return share([n for n in reached if n >= STAGES.index(before)], lambda n: n >= STAGES.index(stage))

    return figure


def _converted(scope: Scope) -> Pair:
    day, named = scope.as_of(PROJECTS, ASSETS), links.named_assets(scope.of)
    completed = [
        p for p in scope.snapshot(PROJECTS) if links.is_live(p, day) and p["forms_asset"] and links.is_completed(p, day)
    ]
    return share(completed, lambda p: form(p["project_no"]) in named)


def _published(scope: Scope) -> Pair:
    day = scope.as_of(ASSETS)
    rows = [a for a in scope.snapshot(ASSETS) if a["asset_status"] != "报废"]
    return share(rows, lambda a: a["published_on"] is not None and a["published_on"] <= day)


def _rights(scope: Scope) -> Pair:
    return share(scope.snapshot(ASSETS), lambda a: a["beneficiary"] is not None and a["fund_document_no"] is not None)


def _industry(scope: Scope) -> Pair:
    return links.industry_share(scope.snapshot(FUNDS), int(scope.month[:4]))


def _places(condition: Callable[[Scope, Row], bool]) -> Figure:
    """Distinct pairs of channel and place of the purchases that meet a condition."""

    def figure(scope: Scope) -> Pair:
        rows = [r for r in scope.ledger(SALES) if condition(scope, r)]
        return len({(r["channel"], clean(r["channel_place"] or "")) for r in rows}), None

    return figure


def _is_recent(scope: Scope, sale: Row) -> bool:
    return sale["channel"] != "其他" and sale["purchased_on"] >= first_day(shift(scope.month, -11))


def _market(scope: Scope) -> Pair:
    return total([r for r in scope.ledger(SALES) if r["channel"] == "交易市场"], "amount"), None


MONEY: dict[str, Figure] = {
    "consumption.channels_active": _places(_is_recent),
    "consumption.counters": _places(lambda _, r: r["channel"] == "消费专区专柜" and r["channel_place"] is not None),
    "consumption.market_purchases": _market,
    "funds.industry_share": _industry,
    "assets.published_rate": _published,
    "assets.rights_complete_rate": _rights,
    "projects.listed": lambda s: (len(live(s)), None),
    "projects.started_rate": _reached("开工", "立项"),
    "projects.completed_rate": _reached("完工", "开工"),
    "projects.payment_rate": lambda s: (total(live(s), "spent"), total(live(s), "arrived")),
    "projects.targets_set_rate": lambda s: share(live(s), lambda p: p["performance_target"] is not None),
    "projects.asset_conversion_rate": _converted,
}

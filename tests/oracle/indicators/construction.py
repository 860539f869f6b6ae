"""Numerator and denominator of the indicators of rural construction.

Belongs here: toilets, sewage, waste, cleaning fund, roads, networks, services, plans.
Does not belong here: status and value (``table``).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.oracle.catalogue import is_street, parameter, shift, vintage
from tests.oracle.indicators.figures import Figure, Pair, share, total
from tests.oracle.indicators.scope import Scope
from tests.oracle.reading.delivered import Row

HALF_A_CENT = Decimal("0.005")


def retrofitted(scope: Scope) -> list[Row]:
    rows = scope.snapshot("toilet_retrofits")
    return [r for r in rows if r["inspection_result"] == "合格" and r["completed_on"] <= scope.last_day]


def _is_faulty(toilet: Row) -> bool:
    return toilet["inspection_result"] == "不合格" or toilet["usage_status"] in ("闲置", "无法使用")


def _natural(condition: Callable[[Row], bool]) -> Figure:
    return lambda s: share(s.snapshot("natural_villages"), condition)


def _sum(dataset: str, column: str) -> Figure:
    return lambda s: (total(s.snapshot(dataset), column), None)


def _toilets(scope: Scope) -> Pair:
    rows = scope.snapshot("natural_villages")
    return total(rows, "households_with_sanitary_toilet"), total(rows, "households_needing_toilet")


def _running(scope: Scope) -> Pair:
    treated = [r for r in scope.snapshot("natural_villages") if r["is_sewage_treated"]]
    return share(treated, lambda r: r["sewage_running_status"] == "正常")


def _stations(scope: Scope) -> Pair:
    """Towns with a station; streets are left out."""
    real = [v for v in vintage(scope.month) if v.kind != "virtual"]
    towns = {v.town_code for v in real if not is_street(v.town_code, v.town_name)}
    rows = scope.snapshot("village_infrastructure")
    return share(sorted(towns), lambda t: sum(r["transfer_stations"] for r in rows if r["town_name"] == t) > 0)


def _villages(kind: str | None, condition: Callable[[Row], bool]) -> Figure:
    """Of the division list, how many have a row that meets the condition."""

    def figure(scope: Scope) -> Pair:
        fitting = {r["village_name"] for r in scope.snapshot("village_infrastructure") if condition(r)}
        return share(scope.villages(kind), lambda v: v.code in fitting)

    return figure


def _is_planned(row: Row) -> bool:
    return row["plan_status"] == "已完成"


def _levy(scope: Scope, row: Row) -> Decimal:
    return row["registered_population"] * (parameter("cleaning_levy_per_person_month", "441802", scope.month) or 0)


def _fund(scope: Scope) -> list[Row]:
    return [
        r for r in scope.of.store.rows("cleaning_fund", scope.month) if scope.holds(r["town_name"], r["village_name"])
    ]


def _village_fund(scope: Scope) -> list[Row]:
    real = {v.code for v in scope.villages()}
    return [r for r in _fund(scope) if r["village_name"] in real]


def _collected(scope: Scope) -> Pair:
    rows = _fund(scope)
    return total(rows, "villagers_raised"), sum((_levy(scope, r) for r in rows), Decimal(0))


def _matched(scope: Scope) -> Pair:
    def is_matched(row: Row) -> bool:
        due = min(row["villagers_raised"], _levy(scope, row))
        return all(abs(row[c] - due) <= HALF_A_CENT for c in ("town_paid", "district_paid"))

    return share(_village_fund(scope), is_matched)


def _campaigns(scope: Scope) -> Pair:
    months = [shift(scope.month, -n) for n in range(3)]
    rows: list[Any] = [r for m in months for r in scope.of.store.rows("cleaning_fund", m)]
    active = {r["village_name"] for r in rows if r["cleaning_campaigns"] > 0}
    return share(_village_fund(scope), lambda r: r["village_name"] in active)


def _rebuilt(scope: Scope) -> Pair:
    rows = [r for r in scope.snapshot("rural_roads") if r["rebuilt_on"] and r["rebuilt_on"] <= scope.last_day]
    return total(rows, "length_km"), None


def _paved(scope: Scope) -> Pair:
    rows = scope.snapshot("rural_roads")
    return total([r for r in rows if r["is_paved"]], "length_km"), total(rows, "length_km")


def _density(scope: Scope) -> Pair:
    return total(scope.snapshot("rural_roads"), "length_km") * 100, parameter(
        "division_area_km2", "441802", scope.month
    )


INFRASTRUCTURE = "village_infrastructure"
CONSTRUCTION: dict[str, Figure] = {
    "toilets.retrofitted": lambda s: (len(retrofitted(s)), None),
    "toilets.subsidy": lambda s: (total(retrofitted(s), "subsidy") / 10000, None),
    "toilets.coverage": _toilets,
    "toilets.faulty_rate": lambda s: share(s.snapshot("toilet_retrofits"), _is_faulty),
    "sewage.separation_rate": _natural(lambda r: r["has_sewage_separation"]),
    "sewage.tanks": _sum("natural_villages", "sewage_tanks"),
    "sewage.treatment_rate": _natural(lambda r: r["is_sewage_treated"]),
    "sewage.running_rate": _running,
    "waste.demonstration_points": _sum("natural_villages", "demonstration_waste_points"),
    "waste.transfer_stations": _sum(INFRASTRUCTURE, "transfer_stations"),
    "waste.towns_with_station": _stations,
    "waste.points": _sum("natural_villages", "waste_points"),
    "waste.quarterly_campaigns": _campaigns,
    "cleaning_fund.total": lambda s: (total(_fund(s), "villagers_raised", "town_paid", "district_paid"), None),
    "cleaning_fund.collection_rate": _collected,
    "cleaning_fund.match_compliance": _matched,
    "roads.rebuilt_km": _rebuilt,
    "roads.paved_rate": _paved,
    "roads.density": _density,
    "roads.bus_coverage": _villages("village", lambda r: r["has_bus"]),
    "telecom.coverage_4g": _villages("village", lambda r: r["has_4g"]),
    "telecom.base_stations_4g": _sum(INFRASTRUCTURE, "base_stations_4g"),
    "water.piped_rate": _natural(lambda r: r["has_piped_water"]),
    "services.platform_coverage": _villages(None, lambda r: r["has_service_platform"]),
    "services.social_security_coverage": _villages(None, lambda r: r["is_on_social_security_system"]),
    "planning.completed": lambda s: (_villages("village", _is_planned)(s)[0], None),
    "planning.coverage": _villages("village", _is_planned),
}

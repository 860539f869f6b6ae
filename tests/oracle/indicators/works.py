"""Numerator and denominator of the indicators of rural construction that came with the regime of 2026.

Belongs here: water, 5G, black-odorous waters, the subsidy of toilets. Does not belong here: designs (``documents``).
"""

from __future__ import annotations

from tests.oracle.indicators.construction import retrofitted
from tests.oracle.indicators.figures import Figure, Pair, share, total
from tests.oracle.indicators.scope import Scope
from tests.oracle.reading.delivered import Row

NATURAL, INFRASTRUCTURE = "natural_villages", "village_infrastructure"


def _filled(scope: Scope, *columns: str) -> list[Row]:
    return [r for r in scope.snapshot(NATURAL) if all(r[c] is not None for c in columns)]


def _people(column: str, value: object) -> Figure:
    """People of the natural villages whose cell has a value, of those where it is filled."""

    def figure(scope: Scope) -> Pair:
        rows = _filled(scope, column)
        fitting = [r for r in rows if r[column] == value]
        return total(fitting, "registered_population"), total(rows, "registered_population")

    return figure


def _treated(scope: Scope) -> Pair:
    rows = _filled(scope, "black_odorous_waters", "black_odorous_treated")
    return total(rows, "black_odorous_treated"), total(rows, "black_odorous_waters")


def _subsidy(scope: Scope) -> Pair:
    rows = [r for r in retrofitted(scope) if r["subsidy"] > 0]
    return total(rows, "subsidy") / 10000, len(rows)


def _with_5g(scope: Scope) -> Pair:
    covered = {r["village_name"] for r in scope.snapshot(INFRASTRUCTURE) if r["has_5g"]}
    return share(scope.villages("village"), lambda v: v.code in covered)


WORKS: dict[str, Figure] = {
    "toilets.subsidy_mean": _subsidy,
    "sewage.black_odorous_rate": _treated,
    "water.scaled_rate": _people("water_supply_type", "规模化供水"),
    "water.county_managed_rate": _people("is_county_managed_water", True),
    "water.quality_rate": lambda s: share(_filled(s, "water_quality_passed"), lambda r: r["water_quality_passed"]),
    "telecom.coverage_5g": _with_5g,
    "telecom.base_stations_5g": lambda s: (total(s.snapshot(INFRASTRUCTURE), "base_stations_5g"), None),
}

"""Build the agriculture department's ledgers of places.

Belongs here: natural villages, infrastructure, roads, cleaning fund, collective income. They have the size and the
figures of the district report of 2021, whatever the number of households in the sample.
Does not belong here: projects and cadres (``projects``).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample import regime
from sample.chance import divided, pick_weighted
from sample.departments.programme import SEWAGE_DESIGNS
from sample.district import District
from sample.months import days_within
from sample.places import IS_STREET

_SEPARATED, _TREATED, _PIPED = 0.888, 0.803, 0.946
_TANKS, _POINTS, _MODEL_POINTS = 1265, 2191, 74
_BASE_STATIONS = 3599
_ROAD, _PAVED_ROAD, _REBUILT_ROAD = 2306_88, 1960_85, 68_70
"""Hundredths of a kilometre: 178 km per 100 km² on 1296 km², 85 % paved, 68.7 km rebuilt."""
UNKNOWN_DESIGN = 9
"""Position of the natural village whose design nobody listed."""
BREACHED, OVERPAID = 3, 4
"""Positions of two villages in the cleaning fund: one paid a cent too little, one that raised more than the levy."""


def _mask(rng: np.random.Generator, size: int, share: float) -> pl.Series:
    """Draw booleans, true for exactly that share."""
    return pl.Series(rng.permutation(size) < round(size * share))


def natural_villages(district: District, position: int) -> pl.DataFrame:
    """List every natural village with its sanitation."""
    rng = district.chance.of("natural village ledger")
    rows = district.places.natural
    size = rows.height
    households = rng.integers(18, 160, size)
    treated = _mask(rng, size, _TREATED)
    ledger = rows.with_columns(
        town_name=pl.col("village_code").str.slice(0, 9),
        village_name="village_code",
        registered_households=households,
        registered_population=households * 4 + rng.integers(0, 30, size),
        households_needing_toilet=households - households // 9,
        households_with_sanitary_toilet=households - households // 9,
        has_sewage_separation=_mask(rng, size, _SEPARATED),
        sewage_tanks=divided(_TANKS, rng.uniform(0.2, 2, size)),
        is_sewage_treated=treated,
        sewage_running_status=pl.when(treated).then(
            pick_weighted(rng, {"正常": 0.92, "停运": 0.05, "损坏": 0.03}, size)
        ),
        waste_points=divided(_POINTS, rng.uniform(0.6, 2, size)),
        demonstration_waste_points=_mask(rng, size, _MODEL_POINTS / size).cast(pl.Int64),
        has_piped_water=_mask(rng, size, _PIPED),
    ).drop("village_code")  # fmt: skip
    return _with_works(ledger, district) if regime.has_begun(district.calendar, position) else ledger


def _with_works(ledger: pl.DataFrame, district: District) -> pl.DataFrame:
    """Add what the ledger holds since 2026: drawings, water supply, black and odorous waters."""
    rng = district.chance.of("works of natural villages")
    size = ledger.height
    number = pl.int_range(pl.len())
    design = (number % 4).replace_strict(dict(enumerate(SEWAGE_DESIGNS)), default=None, return_dtype=pl.String)
    design = pl.when(number == UNKNOWN_DESIGN).then(pl.lit("D9")).otherwise(design)
    waters = pl.Series(rng.integers(0, 3, size))
    return ledger.with_columns(
        design_no=pl.when("is_sewage_treated").then(design),
        is_built_to_design=pl.when("is_sewage_treated").then(number % 11 != 5),
        is_county_managed_water=pl.when("has_piped_water").then(number % 3 != 1).otherwise(pl.lit(False)),
        water_supply_type=pl.when(pl.col("has_piped_water").not_()).then(pl.lit("无"))
        .when(number % 3 == 0).then(pl.lit("小型集中供水")).otherwise(pl.lit("规模化供水")),
        water_quality_passed=pl.when("has_piped_water").then(number % 17 != 4),
        black_odorous_waters=waters,
        black_odorous_treated=waters - (waters == 2).cast(pl.Int64),
    )  # fmt: skip


def village_infrastructure(district: District, position: int) -> pl.DataFrame:
    """List every village and community; one transfer station in each town but streets, all plans but one completed."""
    rng = district.chance.of("infrastructure")
    rows = district.places.real
    size = rows.height
    first = district.calendar.months[0].first_day
    is_village = pl.col("kind") == "village"
    is_first_of_town = (pl.int_range(pl.len()).over("town_code") == 0) & ~IS_STREET
    is_last_village = pl.int_range(pl.len()) == pl.int_range(pl.len()).filter(is_village).max()
    approved = days_within(rng, first - timedelta(days=1100), first - timedelta(days=100), size)
    stations = pl.int_range(pl.len()) % 20
    begun = regime.has_begun(district.calendar, position)
    added = {"has_5g": stations > 0, "base_stations_5g": stations} if begun else {}
    return rows.select(
        town_name="town_code",
        village_name="village_code",
        has_bus=pl.lit(True),
        has_4g=pl.lit(True),
        base_stations_4g=pl.Series(divided(_BASE_STATIONS, rng.uniform(0.5, 2, size))),
        has_service_platform=pl.lit(True),
        is_on_social_security_system=pl.lit(True),
        transfer_stations=is_first_of_town.cast(pl.Int64),
        plan_status=pl.when(is_village.not_()).then(pl.lit("不适用"))
        .when(is_last_village).then(pl.lit("编制中"))
        .otherwise(pl.lit("已完成")),
        plan_approved_on=pl.when(is_village & is_last_village.not_()).then(pl.Series(approved)),
        **added,
    )  # fmt: skip


def rural_roads(district: District, position: int) -> pl.DataFrame:
    """List road segments: some rebuilt, most paved."""
    rng = district.chance.of("roads")
    first = district.calendar.months[0].first_day
    groups = ((40, _REBUILT_ROAD), (740, _PAVED_ROAD - _REBUILT_ROAD), (120, _ROAD - _PAVED_ROAD))
    lengths = np.concatenate([divided(total, rng.uniform(0.5, 1.5, count)) for count, total in groups])
    group = np.repeat(np.arange(len(groups)), [count for count, _ in groups])
    villages = district.places.real["village_code"].gather(rng.integers(0, district.places.real.height, len(group)))
    rebuilt = days_within(rng, first - timedelta(days=760), first - timedelta(days=100), len(group))
    return pl.DataFrame({"length_km": lengths, "_group": group, "_code": villages}).select(
        "length_km",
        segment_no="Y" + (pl.int_range(pl.len()) + 441802001).cast(pl.String),
        town_name=pl.col("_code").str.slice(0, 9),
        village_name=pl.when(pl.Series(rng.random(len(group)) < 0.85)).then("_code"),
        is_paved=pl.col("_group") < 2,
        rebuilt_on=pl.when(pl.col("_group") == 0).then(pl.Series(rebuilt)),
    )


def cleaning_fund(district: District, position: int) -> pl.DataFrame:
    """List the money raised in the month, matched one to one up to 1 元 per head, except in one village."""
    rng = district.chance.of("cleaning", district.calendar.months[position])
    rows = district.places.villages
    size = rows.height
    people = district.chance.of("village sizes").integers(300, 4000, size)
    raised = (people * rng.uniform(0.8, 1.0, size)).astype(np.int64) * 100
    raised[OVERPAID] = people[OVERPAID] * 100 + 100
    paid = np.minimum(raised, people * 100)
    short = np.where(np.arange(size) == BREACHED, paid - 1, paid)
    return rows.select(
        town_name="town_code",
        village_name="village_code",
        registered_population=pl.Series(people),
        villagers_raised=pl.Series(raised),
        town_paid=pl.Series(short),
        district_paid=pl.Series(paid),
        cleaning_campaigns=pl.Series(rng.integers(0, 3, size)),
    )


def collective_income(district: District, position: int) -> pl.DataFrame:
    """List two years of each village and community; two have exactly 30 and 100 万元, two are off by a hundredth."""
    year = district.calendar.months[position].year
    parts = []
    for income_year in (year - 2, year - 1):
        rng = district.chance.of("collective income", income_year)
        size = district.places.real.height
        inside = rng.permutation(size) < size // 2
        total = np.where(
            inside,
            rng.integers(30_00, 100_01, size),
            np.where(rng.random(size) < 0.7, rng.integers(4_00, 29_99, size), rng.integers(100_01, 420_00, size)),
        )
        total[:4] = [30_00, 100_00, 29_99, 100_01]
        rental = (total * rng.uniform(0.2, 0.6, size)).astype(np.int64)
        land = ((total - rental) * rng.uniform(0, 0.6, size)).astype(np.int64)
        parts.append(
            district.places.real.select(
                town_name="town_code",
                village_name="village_code",
                income_year=pl.lit(income_year),
                total_income=pl.Series(total),
                rental_income=pl.Series(rental),
                land_contract_income=pl.Series(land),
            )
        )
    return pl.concat(parts)

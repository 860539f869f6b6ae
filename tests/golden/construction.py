"""Build the construction ledgers of the golden month (report, section 7).

Belongs here: toilets, natural villages, infrastructure, roads, the cleaning fund.
Does not belong here: people (``people``), money and posts (``ledgers``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.golden.district import DESIGNS
from tests.golden.places import FOREST_FARM, MARKET_TOWNS, REAL, VILLAGES, Cells, dealt, name, person, place, yes

TOILETS = 2053
NATURAL_VILLAGES = 1840
SEPARATED, TREATED, PIPED, TANKS, DEMONSTRATIONS = 1634, 1478, 1741, 1265, 74
"""88.8, 80.3 and 94.6 % of 1840."""
TWO_POINTS = 351
"""Natural villages with two of the 2191 points where waste is collected; the others have one."""
STATIONS_4G = 3599


def toilets() -> list[Cells]:
    """Build 2053 toilets that passed inspection, 3000 元 each; others failed, are not inspected or end in July."""
    passed = [("合格", date(2019 + n % 2, 1 + n % 12, 9), 3000, "正常") for n in range(TOILETS - 1)]
    passed.append(("合格", date(2021, 6, 30), 3000, "正常"))
    others = [("不合格", date(2020, 5, 6), 0, "无法使用")] * 20 + [("未验收", date(2021, 6, 2), 0, "正常")] * 30
    others.append(("合格", date(2021, 7, 1), 3000, "正常"))
    return [
        {
            **place(VILLAGES[n % len(VILLAGES)]),
            "head_name": name(n),
            "head_resident_id": person(20000 + n, date(1960 + n % 40, 1 + n % 12, 1 + n % 28))["resident_id"],
            "retrofit_type": "三格化粪池式",
            "completed_on": completed_on,
            "inspection_result": result,
            "subsidy": subsidy,
            "usage_status": status,
        }
        for n, (result, completed_on, subsidy, status) in enumerate(passed + others)
    ]


def natural_villages() -> list[Cells]:
    """Build 1840 natural villages; two are in the forest farm, which counts in the district's sums."""
    homes = [FOREST_FARM] * 2 + [VILLAGES[n % len(VILLAGES)] for n in range(NATURAL_VILLAGES - 2)]
    tanks = dealt(TANKS, NATURAL_VILLAGES)
    rows = []
    for n, village in enumerate(homes):
        is_treated = n < TREATED
        rows.append(
            {
                **place(village),
                "natural_village_code": f"ZR{n:05d}",
                "natural_village_name": f"{name(n)}围",
                "registered_households": 40 + n % 9,
                "registered_population": 160 + n % 30,
                "households_needing_toilet": 36 + n % 9,
                "households_with_sanitary_toilet": 36 + n % 9,
                "has_sewage_separation": yes(n < SEPARATED),
                "sewage_tanks": tanks[n],
                "is_sewage_treated": yes(is_treated),
                "sewage_running_status": ("停运" if n % 50 == 0 else "正常") if is_treated else "",
                "waste_points": 2 if n < TWO_POINTS else 1,
                "demonstration_waste_points": int(n % 24 == 0 and n // 24 < DEMONSTRATIONS),
                "has_piped_water": yes(n < PIPED),
                "design_no": f"TJ{n % DESIGNS:02d}" if is_treated else "",
                "is_built_to_design": yes(n % 40 > 0) if is_treated else "",
                "is_county_managed_water": yes(n % 2 == 0),
                "water_supply_type": "规模化供水" if n % 3 else "小型集中供水",
                "water_quality_passed": yes(n % 10 > 0),
                "black_odorous_waters": int(n % 100 == 0),
                "black_odorous_treated": int(n % 200 == 0),
            }
        )
    return rows


def infrastructure() -> list[Cells]:
    """Build full coverage of every village; one of 71 plans is unfinished; the forest farm has base stations only."""
    homes = [*REAL, FOREST_FARM]
    stations = dealt(STATIONS_4G, len(homes))
    first_of_town = {next(v.code for v in REAL if v.town_name == town) for town in MARKET_TOWNS}
    rows = []
    for n, village in enumerate(homes):
        is_real = village is not FOREST_FARM
        is_last = village is VILLAGES[-1]
        plan = "不适用" if village.kind != "village" else "编制中" if is_last else "已完成"
        rows.append(
            {
                **place(village),
                # A community without a bus does not count among the 行政村.
                "has_bus": yes(village.kind == "village"),
                "has_4g": yes(is_real),
                "base_stations_4g": stations[n],
                "has_service_platform": yes(is_real),
                "is_on_social_security_system": yes(is_real),
                "transfer_stations": int(village.code in first_of_town),
                "plan_status": plan,
                "plan_approved_on": date(2020, 12, 1) if plan == "已完成" else "",
                "has_5g": yes(n % 3 == 0),
                "base_stations_5g": n % 4,
            }
        )
    return rows


def roads() -> list[Cells]:
    """Build 2306.88 km of roads on 1296 km², 85 % paved, 68.7 km rebuilt; lengths are written in metres."""
    lengths = [*dealt(68_700, 30), *dealt(1_960_848 - 68_700, 200), *dealt(346_032, 70)]
    return [
        {
            "segment_no": f"C{n:03d}441802",
            **place(VILLAGES[n % len(VILLAGES)]),
            "length_km": length,
            "is_paved": yes(n < 230),
            "rebuilt_on": date(2020, 6, 18) if n < 30 else "",
        }
        for n, length in enumerate(lengths)
    ]


def cleaning_fund() -> list[Cells]:
    """Build a fund with 1 元 raised per head and month, and the same amount from town and district each."""
    return [
        {
            **place(village),
            "registered_population": 1200 + n,
            **dict.fromkeys(("villagers_raised", "town_paid", "district_paid"), Decimal(1200 + n)),
            "cleaning_campaigns": 1,
        }
        for n, village in enumerate(REAL)
    ]

"""The marts of the indicators, as lists of rows.

Belongs here: status, value, target, earlier values, the town assessment, assets and funds.
Does not belong here: what an indicator counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.catalogue import DISTRICT, datasets, first_day, last_day, parameter, seed, shift, vintage
from tests.oracle.chain.mart import fund_ledger, project_chain
from tests.oracle.counting import counted_month, unfilled, was_ever_accepted
from tests.oracle.households import Month
from tests.oracle.indicators.breakdowns import indicator_breakdowns
from tests.oracle.indicators.burden import BURDEN
from tests.oracle.indicators.construction import CONSTRUCTION
from tests.oracle.indicators.documents import DESK, policy_instruments
from tests.oracle.indicators.elections import ELECTIONS, previous_list
from tests.oracle.indicators.figures import PEOPLE, Pair
from tests.oracle.indicators.followed import FOLLOWED, ROLES
from tests.oracle.indicators.low_income import LOW_INCOME
from tests.oracle.indicators.offices import OFFICES, keeps_title_rule
from tests.oracle.indicators.projects import MONEY
from tests.oracle.indicators.scope import Scope, divisions
from tests.oracle.indicators.works import WORKS
from tests.oracle.notices import month_notices
from tests.oracle.regime import benchmark, of_role

Record = dict[str, Any]
FIGURES = {
    **PEOPLE, **FOLLOWED, **LOW_INCOME, **OFFICES, **MONEY, **DESK, **BURDEN, **ELECTIONS, **CONSTRUCTION, **WORKS,
}  # fmt: skip
NEEDED_PARAMETER = {
    "employment.stability_rate": "stable_employment_months",
    "cleaning_fund.collection_rate": "cleaning_levy_per_person_month",
    "cleaning_fund.match_compliance": "cleaning_levy_per_person_month",
    "roads.density": "division_area_km2",
    "monitoring.verified_on_time_rate": "lead_verification_working_days",
    "monitoring.enrolled_on_time_rate": "recognition_days",
}
LEVELS = {"D": "district", "T": "town", "V": "village"}
MONTHLY = (
    "rural_indicators", "rural_construction", "town_assessment", "project_assets", "fund_ledger", "project_chain",
    "policy_instruments", "indicator_breakdowns", "month_notices",
)  # fmt: skip
"""The marts that every month adds rows to."""


def target_of(code: str, division: str, month: str) -> float | None:
    """The target in force on the month's last day with the longest prefix of the division."""
    day = last_day(month).isoformat()
    valid = [
        r
        for r in seed("indicator_targets")
        if r["indicator_code"] == code
        and division.startswith(r["division_prefix"])
        and r["valid_from"] <= day
        and (not r["valid_to"] or day < r["valid_to"])
    ]
    best = max(valid, key=lambda r: len(r["division_prefix"]), default=None)
    return float(best["target"]) if best else None


def _standing(indicator: Record, month: Month) -> tuple[str, str | None, Any]:
    """Status before anything is counted, its reason where the definition words it, the month of the oldest delivery."""
    role = ROLES.get(indicator["code"])
    if role and of_role(role, month.month) is None:
        return "not_applicable", "本月类别方案无此类别", None
    names = indicator["datasets"].split(",")
    used = [counted_month(month.store, d, month.month) for d in names]
    needed = NEEDED_PARAMETER.get(indicator["code"])
    if needed and parameter(needed, DISTRICT, month.month) is None:
        return "not_computable", None, None
    for name, counted in zip(names, used, strict=True):
        if counted is None and (
            datasets()[name].cadence == "monthly" or not was_ever_accepted(month.store, name, month.month)
        ):
            return "not_computable", None, None
    reason = unfilled(month, indicator.get("needs") or "")
    if reason:
        return "not_computable", reason, None
    if None in used:
        return "stale", None, None
    if indicator["code"] == "governance.previous_mean_age" and previous_list(month) is None:
        return "not_computable", "没有上届名册", None
    return "computed", None, first_day(min(m for m in used if m))


def _value(indicator: Record, pair: Pair) -> Fraction | None:
    numerator, denominator = pair
    if indicator["form"] in ("count", "sum"):
        return Fraction(numerator)
    if not denominator:
        return None
    return Fraction(numerator) / Fraction(denominator) * (100 if indicator["unit"] == "%" else 1)


def _figures(month: Month) -> list[Record]:
    rows = []
    for indicator in seed("indicators"):
        status, reason, source = _standing(indicator, month)
        benchmarks = {
            f"{name}_benchmark": benchmark(indicator["code"], scope, month.month)
            for name, scope in (("province", "全省"), ("national", "全国"))
        }
        for level, code in divisions(month.month):
            if level not in [LEVELS[letter] for letter in indicator["levels"]]:
                continue
            row = {"month": first_day(month.month), "indicator_code": indicator["code"], "division_code": code}
            row |= {"level": level, "status": status, "source_month": source, "value": None}
            row |= {"numerator": None, "denominator": None, **benchmarks}
            row |= {"reason": reason} if reason else {}
            if status == "computed":
                pair = FIGURES[indicator["code"]](Scope(month, level, code))
                value = _value(indicator, pair)
                row |= {"numerator": pair[0], "denominator": pair[1], "value": value}
                row["status"] = "not_applicable" if value is None else "computed"
            row["target"] = target_of(indicator["code"], code, month.month)
            rows.append(row)
    return rows


def _assessment(month: str, figures: list[Record]) -> list[Record]:
    better = {i["code"]: i["better"] for i in seed("indicators")}
    points: dict[str, dict[str, Fraction]] = {code: {} for level, code in divisions(month) if level == "town"}
    for row in figures:
        code, target, value = row["indicator_code"], row["target"], row["value"]
        if row["level"] != "town" or target is None or value is None or better[code] == "neutral":
            continue
        nearness = value / Fraction(target) if better[code] == "higher" else Fraction(target) / value if value else 1
        points[row["division_code"]][code] = min(Fraction(1), Fraction(nearness))
    score = {t: sum(p.values()) / len(p) * 100 if p else None for t, p in points.items()}
    return [
        {
            "month": first_day(month),
            "town_code": town,
            "indicators_scored": len(points[town]),
            "score": mine,
            "rank": None if mine is None else 1 + sum(1 for s in score.values() if s is not None and s > mine),
            "weakest_indicator": min(points[town], key=lambda c: (points[town][c], c), default=None),
        }
        for town, mine in score.items()
    ]


def _assets(month: Month) -> list[Record]:
    rows = Scope(month, "district", "").snapshot("project_assets")
    same = ("asset_no", "asset_name", "asset_class", "implementation_level", "original_value", "owner")
    same += ("is_registered", "is_title_confirmed", "asset_status")
    same += ("project_no", "fund_document_no", "published_on", "annual_dividend")
    return [
        {
            "month": first_day(month.month),
            **{c: r[c] for c in same},
            "town_code": r["town_name"],
            "division_code": r["village_name"],
            "keeps_title_rule": keeps_title_rule(r),
            "has_beneficiary": r["beneficiary"] is not None,
        }
        for r in rows
    ]


def dim_indicator() -> list[Record]:
    """The catalogue as it is published."""
    names = ("domain", "name_zh", "name_en", "form", "unit", "numerator", "denominator", "better")
    return [
        {"indicator_code": i["code"], "decimals": int(i["decimals"]), **{n: i[n] for n in names}}
        for i in seed("indicators")
    ]


def _names(month: str) -> dict[str, str]:
    named = {seed("districts")[0]["district_code"]: seed("districts")[0]["district_name"]}
    for village in vintage(month):
        named |= {village.town_code: village.town_name, village.code: village.name}
    return named


def _construction(month: str, figures: list[Record]) -> list[Record]:
    """The indicators of rural construction side by side; what was not computed is null."""
    codes = [i["code"] for i in seed("indicators") if i["domain"] == "construction"]
    values = {(r["division_code"], r["indicator_code"]): r["value"] for r in figures}
    return [
        {
            "month": first_day(month),
            "division_code": division,
            "level": level,
            "name": _names(month)[division],
            **{code.replace(".", "__"): values.get((division, code)) for code in codes},
        }
        for level, division in divisions(month)
    ]


def indicator_marts(months: Sequence[Month]) -> dict[str, list[Record]]:
    """The marts of §8 for months that ran, as they stand after the last of them. Rows without texts of reasons."""
    marts: dict[str, list[Record]] = {mart: [] for mart in MONTHLY}
    marts["dim_indicator"] = dim_indicator()
    by_month = {m.month: _figures(m) for m in months}
    values = {(m, r["indicator_code"], r["division_code"]): r["value"] for m, rows in by_month.items() for r in rows}
    for month in months:
        for row in by_month[month.month]:
            key = (row["indicator_code"], row["division_code"])
            row["previous_value"] = before = values.get((shift(month.month, -1), *key))
            row["year_ago_value"] = values.get((shift(month.month, -12), *key))
            row["change"] = None if before is None or row["value"] is None else row["value"] - before
        marts["rural_indicators"] += by_month[month.month]
        marts["rural_construction"] += _construction(month.month, by_month[month.month])
        marts["town_assessment"] += _assessment(month.month, by_month[month.month])
        marts["project_assets"] += _assets(month)
        marts["fund_ledger"] += fund_ledger(month)
        marts["project_chain"] += project_chain(month)
        marts["policy_instruments"] += policy_instruments(month)
        marts["indicator_breakdowns"] += indicator_breakdowns(month, by_month[month.month])
        marts["month_notices"] += month_notices(month, marts["month_notices"])
    return marts

"""Numerator and denominator of the indicators of money, assets, cadres and committees.

Belongs here: consumption, funds, assets, cadres, governance, party. Does not belong here: people (``figures``).
"""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.indicators.figures import Figure, Pair, count, share, total
from tests.oracle.indicators.scope import Scope
from tests.oracle.reading.delivered import Row


def funds_to_date(scope: Scope) -> list[Row]:
    return [r for r in scope.snapshot("support_funds") if r["fund_year"] <= int(scope.month[:4])]


def keeps_title_rule(asset: Row) -> bool:
    owner, is_confirmed = {"区级": ("区政府", True), "村级": ("村集体", True), "到户": ("农户", False)}[
        asset["implementation_level"]
    ]
    return asset["is_registered"] and asset["owner"] == owner and asset["is_title_confirmed"] == is_confirmed


def _posted_villages(kind: str) -> Callable[[Scope], Pair]:
    def figure(scope: Scope) -> Pair:
        posted = {r["village_name"] for r in scope.snapshot("resident_cadres") if r["posting_type"] == kind}
        return share(scope.villages(), lambda v: v.code in posted)

    return figure


def _committee(scope: Scope, *posts: str) -> set[str]:
    """Villages with a member who holds all the posts."""
    return {r["village_name"] for r in scope.snapshot("village_committees") if all(r[p] for p in posts)}


def _three_posts(scope: Scope) -> Pair:
    three = _committee(scope, "is_party_secretary", "is_committee_director", "is_collective_head")
    with_head = _committee(scope, "is_collective_head")
    return share([v for v in scope.villages() if v.code in with_head], lambda v: v.code in three)


def _two_posts(scope: Scope) -> Pair:
    both = _committee(scope, "is_party_secretary", "is_committee_director")
    return share(scope.villages(), lambda v: v.code in both)


def age(row: Row, month: str) -> int:
    born = row["resident_id"][6:12]
    return (int(month[:4]) * 12 + int(month[5:]) - int(born[:4]) * 12 - int(born[4:])) // 12


def _members(condition: Callable[[Row, str], bool]) -> Figure:
    return lambda s: share(s.snapshot("village_committees"), lambda r: condition(r, s.month))


def _mean_age(scope: Scope) -> Pair:
    rows = scope.snapshot("village_committees")
    return sum(age(r, scope.month) for r in rows), len(rows)


def _latest_income(scope: Scope) -> list[Row]:
    rows = [r for r in scope.ledger("collective_income") if r["income_year"] <= int(scope.month[:4])]
    newest = max((r["income_year"] for r in rows), default=0)
    return [r for r in rows if r["income_year"] == newest and scope.holds(r["town_name"], r["village_name"])]


def _middle_income(scope: Scope) -> Pair:
    real = {v.code for v in scope.villages()}
    rows = [r for r in _latest_income(scope) if r["village_name"] in real]
    return share(rows, lambda r: 30 <= r["total_income"] <= 100)


def _rental(scope: Scope) -> Pair:
    rows = _latest_income(scope)
    return total(rows, "rental_income", "land_contract_income"), total(rows, "total_income")


def _party(scope_of_members: str, column: str) -> Figure:
    def figure(scope: Scope) -> Pair:
        rows = [r for r in scope.snapshot("party_membership") if r["member_scope"] == scope_of_members]
        return total(rows, column), total(rows, "members")

    return figure


HIGHER = ("大专", "本科", "研究生")
OFFICES: dict[str, Figure] = {
    "consumption.fairs": count("consumption_support", "channel", "展销会", ledger=True),
    "consumption.incubator_purchases": lambda s: (
        total([r for r in s.ledger("consumption_support") if r["channel"] == "众创空间"], "amount"),
        None,
    ),
    "consumption.total_purchases": lambda s: (total(s.ledger("consumption_support"), "amount"), None),
    "funds.allocated": lambda s: (total(funds_to_date(s), "allocated"), None),
    "funds.execution_rate": lambda s: (total(funds_to_date(s), "spent"), total(funds_to_date(s), "allocated")),
    "assets.original_value": lambda s: (total(s.snapshot("project_assets"), "original_value"), None),
    "assets.registration_rate": lambda s: share(s.snapshot("project_assets"), lambda r: r["is_registered"]),
    "assets.title_compliance_rate": lambda s: share(s.snapshot("project_assets"), keeps_title_rule),
    "assets.in_use_rate": lambda s: share(
        [r for r in s.snapshot("project_assets") if r["asset_status"] != "报废"], lambda r: r["asset_status"] == "在用"
    ),
    "cadres.town_posted": count("resident_cadres", "posting_type", "科级干部驻镇"),
    "cadres.village_posted": count("resident_cadres", "posting_type", "区级干部驻村"),
    "cadres.villages_with_district_cadre": lambda s: (_posted_villages("区级干部驻村")(s)[0], None),
    "cadres.first_secretaries": count("resident_cadres", "posting_type", "驻村第一书记"),
    "cadres.first_secretary_coverage": _posted_villages("驻村第一书记"),
    "governance.one_shoulder_rate": _two_posts,
    "governance.three_posts_rate": _three_posts,
    "governance.cross_serving_rate": _members(lambda r, _: r["is_cross_serving"]),
    "governance.college_rate": _members(lambda r, _: r["education"] in HIGHER),
    "governance.high_school_rate": _members(lambda r, _: r["education"] in (*HIGHER, "高中", "中专")),
    "governance.mean_age": _mean_age,
    "governance.under_35_rate": _members(lambda r, month: age(r, month) < 35),
    "governance.collective_income_30_100_rate": _middle_income,
    "governance.rental_dependence": _rental,
    "party.new_bachelor_rate": _party("新发展党员", "bachelor_or_above"),
    "party.new_postgraduate_rate": _party("新发展党员", "postgraduate"),
    "party.bachelor_rate": _party("全体党员", "bachelor_or_above"),
    "party.aged_35_or_below_rate": _party("全体党员", "aged_35_or_below"),
}

"""Say what a case worker of a town may see of the marts about households: no evidence, money in bands only.

Belongs here: the columns by mart, the bands. Does not belong here: who may see which town (``postgres.rights``).

A column that is not named here is not shown. The bands are those of ``household_bands`` (docs/semantics.md, section
12): income per head in monitoring lines of the household's town, self-payment in yuan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.publishing.content import quoted

TOWN = "town_code"
INCOME_BAND, SELF_PAID_BAND = "income_band", "self_paid_band"


@dataclass(frozen=True)
class Band:
    """A column of bands: the amounts that it stands for, and its Chinese label as comment."""

    comment: str
    sql: str


@dataclass(frozen=True)
class CaseMart:
    """The columns of a mart for case workers, in order; those in ``bands`` are made here."""

    columns: tuple[str, ...]
    bands: Mapping[str, Band] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns that are as in the mart."""
        return tuple(c for c in self.columns if c not in self.bands)

    def sql(self, database: str, mart: str) -> str:
        """Return the query of DuckDB over the full marts of an attached database."""
        chosen = ", ".join(
            f"{self.bands[c].sql} as {quoted(c)}" if c in self.bands else f"rows_of_mart.{quoted(c)}"
            for c in self.columns
        )
        line = _LINES.format(database=database) if INCOME_BAND in self.bands else ""
        return f"select {chosen} from {database}.marts.{quoted(mart)} as rows_of_mart{line}"


_LINES = """ left join (
    select places.month, places.town_code,
        arg_max(parameters.value, (length(coalesce(parameters.division_prefix, '')), parameters.valid_from)) as value
    from (select distinct month, town_code from {database}.marts.household_month) as places
    inner join {database}.marts.policy_parameters as parameters on
        parameters.parameter = 'monitoring_line'
        and starts_with(places.town_code, coalesce(parameters.division_prefix, ''))
        and last_day(places.month) >= parameters.valid_from
        and (parameters.valid_to is null or last_day(places.month) < parameters.valid_to)
    group by all
) as line on rows_of_mart.month = line.month and rows_of_mart.town_code = line.town_code"""
"""The monitoring line of each town and month, chosen as ``int_parameter_values`` does."""

_INCOME = Band(
    "人均收入段:按监测线的倍数",
    """case
        when living_members is null or living_members = 0 then null
        when net_income < living_members * line.value then '<1'
        when net_income < living_members * line.value * 1.5 then '1-1.5'
        when net_income < living_members * line.value * 2 then '1.5-2'
        when net_income < living_members * line.value * 3 then '2-3'
        when net_income >= living_members * line.value * 3 then '>=3'
    end""",
)
_SELF_PAID = Band(
    "本年住院自付段:元",
    """case
        when inpatient_self_paid_ytd <= 0 then '0'
        when inpatient_self_paid_ytd < 1000 then '<1000'
        when inpatient_self_paid_ytd < 5000 then '1000-5000'
        when inpatient_self_paid_ytd < 20000 then '5000-20000'
        when inpatient_self_paid_ytd >= 20000 then '>=20000'
    end""",
)
_HOUSEHOLD = ("month", "household_key", "division_code", TOWN)

MARTS: Mapping[str, CaseMart] = {
    "household_month": CaseMart(
        (
            *_HOUSEHOLD, "household_type", "monitoring_category", "living_members", "labourers", INCOME_BAND,
            "housing_grade", "has_safe_water", "has_subsistence_allowance", "has_extreme_poverty_support",
            SELF_PAID_BAND, "income_delivered",
        ),
        {INCOME_BAND: _INCOME, SELF_PAID_BAND: _SELF_PAID},
    ),
    "household_risk": CaseMart(
        (
            *_HOUSEHOLD, "household_type", "monitoring_category", "candidate_category", "risk_level", "rule_count",
            "rule_codes", "has_income_flag", "has_shock_flag", "is_new",
        )
    ),
    "household_risk_flags": CaseMart(
        (*_HOUSEHOLD, "rule_code", "kind", "persons", "first_flagged_month", "months_flagged", "is_new", "lead_id")
    ),
    "risk_leads": CaseMart(
        (
            "lead_id", "household_key", "division_code", TOWN, "rule_code", "opened_month", "last_flagged_month",
            "closed_month", "status", "verification_result", "verified_on", "is_enrolled", "due_on", "is_overdue",
        )
    ),
    "reconciliation_conflicts": CaseMart(
        (
            "month", "conflict_id", "rule_code", "person_key", "household_key", "division_code", TOWN, "subject",
            "answering_department", "first_seen_month", "is_new", "due_on",
        )
    ),
}  # fmt: skip
"""The marts about households by their names in the full database."""

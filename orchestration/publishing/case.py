"""Say what a case worker of a town may see of the marts about households: no evidence, money in bands only.

Belongs here: the columns by mart. Does not belong here: the bounds of bands (``bands``), who may see which town
(``postgres.rights``). A column that is not named here is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.publishing.bands import income_band, self_paid_band
from orchestration.publishing.content import quoted
from workbooks.parameters import parameter_value

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
        line = f" left join {_lines(database)} using (month, town_code)" if INCOME_BAND in self.bands else ""
        return f"select {chosen} from {database}.marts.{quoted(mart)} as rows_of_mart{line}"


def _lines(database: str) -> str:
    """Return SQL of the monitoring line of each town and month."""
    places = f"(select distinct month, town_code from {database}.marts.household_month)"
    value = parameter_value("'monitoring_line'", f"{database}.marts", "places.town_code", "places.month")
    return f"(select places.month, places.town_code, {value} as value from {places} as places) as line"


_INCOME = Band("人均收入段:按监测线的倍数", income_band("net_income", "living_members", "line.value"))
_SELF_PAID = Band("本年住院自付段:元", self_paid_band("inpatient_self_paid_ytd"))
_HOUSEHOLD = ("month", "household_key", "division_code", TOWN)

MARTS: Mapping[str, CaseMart] = {
    "household_month": CaseMart(
        (
            *_HOUSEHOLD, "household_type", "monitoring_category", "living_members", "labourers", INCOME_BAND,
            "housing_grade", "has_safe_water", "has_subsistence_allowance", "has_extreme_poverty_support",
            SELF_PAID_BAND, "income_delivered", "policy_status",
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
            "first_verified_on", "is_verified_on_time", "recognition_due_on", "enrolled_on", "enrolled_on_basis",
            "days_to_enrol", "is_recognition_overdue",
        )
    ),
    "low_income_population": CaseMart(
        (
            "month", "person_key", "household_key", "division_code", TOWN, "is_on_register", "is_living",
            "is_extreme_poverty", "is_subsistence", "is_edge", "is_rigid_expense", "is_monitored",
            "is_unsupported_child", "first_layer", "civil_lists", "lists", "lists_without", "lists_unknown",
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

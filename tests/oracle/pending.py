"""What the definition asks for and the product does not publish yet: the one place that excuses an absence.

Delete an entry with the commit that publishes it, and this module with the last one: what is not named here is
compared, and counts as missing where it is not published.
Belongs here: names of marts and columns. Does not belong here: cells that differ.
"""

from __future__ import annotations

MARTS = frozenset(
    {
        "category_schemes",
        "indicator_benchmarks",
        "indicator_breakdowns",
        "low_income_population",
        "month_notices",
        "policy_instruments",
        "project_chain",
    }
)
COLUMNS: dict[str, frozenset[str]] = {
    "household_month": frozenset({"policy_status", "compliant_self_paid", "recognition_income_per_capita"}),
    "project_assets": frozenset(
        {"project_no", "fund_document_no", "has_beneficiary", "published_on", "annual_dividend"}
    ),
    "fund_ledger": frozenset({"industry_allocated", "purpose_known_allocated"}),
    "rural_indicators": frozenset({"province_benchmark", "national_benchmark"}),
    "policy_parameters": frozenset({"is_placeholder", "renews_months", "instrument_no"}),
    "risk_leads": frozenset(
        {
            "first_verified_on",
            "is_verified_on_time",
            "recognition_due_on",
            "enrolled_on",
            "enrolled_on_basis",
            "days_to_enrol",
            "is_recognition_overdue",
        }
    ),
}
CATALOGUES = frozenset({"conflict_rules", "indicator_targets", "indicators", "policy_parameters", "risk_rules"})
"""Catalogues that lack rows of the definition."""
TABLES = frozenset(
    {
        "archives",
        "issue_cases",
        "joint_meetings",
        "low_income_edge",
        "policy_instruments",
        "project_library",
        "rigid_expense_households",
        "standard_designs",
        "unsupported_children",
    }
)
"""New tables that no contract declares yet."""
TABLES_WITHOUT_NEW_COLUMNS = frozenset(
    {
        "consumption_support",
        "household_income",
        "household_register",
        "industry_support_payments",
        "natural_villages",
        "project_assets",
        "support_funds",
        "verification_returns",
        "village_infrastructure",
    }
)
"""Tables of before whose contracts lack the optional columns yet."""

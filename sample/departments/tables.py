"""Map every dataset of the contracts to its builder.

Belongs here: the map. Does not belong here: writing a table as a file (``clerks``).
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sample import regime
from sample.departments import (
    agriculture,
    civil_affairs,
    funds,
    governance,
    health,
    human_resources,
    programme,
    projects,
    relief,
    villages,
)
from sample.district import District
from sample.months import Calendar
from sources.contracts.model import Dataset

Builder = Callable[[District, int], pl.DataFrame]
_BUILDERS: tuple[Builder, ...] = (
    agriculture.household_register,
    agriculture.household_income,
    agriculture.monitored_households,
    agriculture.verification_returns,
    agriculture.industry_support_payments,
    projects.consumption_support,
    funds.support_funds,
    projects.project_assets,
    projects.resident_cadres,
    agriculture.toilet_retrofits,
    villages.natural_villages,
    villages.village_infrastructure,
    villages.rural_roads,
    villages.cleaning_fund,
    villages.collective_income,
    civil_affairs.subsistence_allowance,
    civil_affairs.extreme_poverty_support,
    civil_affairs.disability_subsidies,
    civil_affairs.deaths,
    civil_affairs.temporary_assistance,
    governance.village_committees,
    governance.party_membership,
    health.medical_settlements,
    health.medical_insurance_enrolment,
    health.serious_illness,
    human_resources.employment_monitoring,
    human_resources.unemployment_registration,
    human_resources.skills_training,
    human_resources.employment_incentives,
    governance.job_support_activities,
    human_resources.pension_enrolment,
    programme.policy_instruments,
    programme.joint_meetings,
    programme.standard_designs,
    programme.project_library,
    relief.issue_cases,
    relief.archives,
    relief.low_income_edge,
    relief.rigid_expense_households,
    relief.unsupported_children,
)
BUILDERS = {builder.__name__: builder for builder in _BUILDERS}
"""Builders by dataset name; a builder has the name of its dataset."""


def is_handed_over(dataset: Dataset, calendar: Calendar, position: int) -> bool:
    """Check whether a table is delivered in a month: if it is due, and always in the first month, also of 2026.

    The tables of 2026 are not delivered before.
    """
    if dataset.is_expected_once_received and not regime.has_begun(calendar, position):
        return False
    is_first = position == 0 or regime.is_first(calendar, position)
    return is_first or dataset.is_due(calendar.months[position])

"""Map every dataset of the contracts to its builder.

Belongs here: the map. Does not belong here: writing a table as a file (``clerks``).
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sample.departments import (
    agriculture,
    civil_affairs,
    governance,
    health,
    human_resources,
    projects,
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
    projects.support_funds,
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
)
BUILDERS = {builder.__name__: builder for builder in _BUILDERS}
"""Builders by dataset name; a builder has the name of its dataset."""


def is_handed_over(dataset: Dataset, calendar: Calendar, position: int) -> bool:
    """Check whether a table is delivered in a month: if it is due, and always in the first month."""
    return position == 0 or dataset.is_due(calendar.months[position])

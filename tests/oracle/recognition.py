"""The recognition income of a household: what is left of its income after expenses that the rules recognise.

Belongs here: medical, education and other compliant expenses. Does not belong here: the line it is held against.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tests.oracle.catalogue import parameter
from tests.oracle.households import Household, Month

PARAMETERS = ("recognition_medical_share_pct", "recognition_education_cap", "recognition_other_cap")


def compliant_self_paid(month: Month, household: Household) -> Fraction | None:
    """Medical, education and other expenses that count, in yuan.

    None where incomes or settlements were not accepted for the month, or a parameter is not valid. A household without
    an income row has medical expenses only.
    """
    values = [parameter(name, household.town, month.month) for name in PARAMETERS]
    is_known = month.has("household_income") and month.has("medical_settlements") and None not in values
    if not is_known:
        return None
    share, education_cap, other_cap = (Decimal(v or 0) for v in values)
    medical = Fraction(max(month.medical_year.get(household.code, Decimal(0)), Decimal(0))) * Fraction(share) / 100
    said = household.income.values if household.income else {}
    education = min(said.get("education_self_paid") or Decimal(0), education_cap)
    other = min(said.get("other_rigid_expense") or Decimal(0), other_cap)
    return medical + Fraction(education) + Fraction(other)


def recognition_income(month: Month, household: Household) -> Fraction | None:
    """Income of a living member after these expenses; None where they are not known."""
    paid = compliant_self_paid(month, household)
    if paid is None or household.net_income is None or not household.living:
        return None
    return (Fraction(household.net_income) - paid) / len(household.living)

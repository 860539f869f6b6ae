"""A June with households to announce: confirmed leads and marts with their places.

Belongs here: rows put into marts and accepted rows. Does not belong here: what must be on a list.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sources.months import Month
from tests.unit.workbooks.district import JUNE, VINTAGE, District
from tests.unit.workbooks.worklists import FENGCHENG, LEADS, LONGTANG

RETURNED = {"result": "属实", "is_enrolled": True}


def accept(district: District, dataset: str, month: Month, rows: list[dict[str, Any]]) -> None:
    """Put rows where the accepted ones of a month are."""
    path = district.home.accepted(district.contracts.dataset(dataset), month) / "rows.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows).write_parquet(path)


def households(district: District, marts: Path, *places: tuple[str, str, int]) -> None:
    """Put households on the month's mart: code, village and living members."""
    with duckdb.connect(str(marts.resolve())) as connection:
        connection.execute("alter table marts.household_month add column town_code text")
        connection.execute("alter table marts.household_month add column division_code text")
        for code, village, members in places:
            values = [JUNE.first_day, district.household_key(code), members, village[:9], village]
            connection.execute("insert into marts.household_month values (?, ?, ?, null, ?, ?)", values)


def set_days(marts: Path, days: int = 5, prefix: str = "") -> None:
    """Add a row of the parameter ``publicity_days``."""
    with duckdb.connect(str(marts.resolve())) as connection:
        values = ["publicity_days", prefix, VINTAGE, None, days]
        connection.execute("insert into marts.policy_parameters values (?, ?, ?, ?, ?)", values)


def announced(district: District) -> Path:
    """Publish three households, whose leads a return of June confirms; return the marts."""
    marts = district.publish(LEADS)
    households(district, marts, ("H1", FENGCHENG, 2), ("H2", FENGCHENG, 2), ("H3", LONGTANG, 1))
    confirmed = [{"lead_id": lead["lead_id"], **RETURNED} for lead in LEADS[:4]]
    accept(district, "verification_returns", JUNE, confirmed)
    return marts

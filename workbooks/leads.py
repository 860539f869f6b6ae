"""Read leads from the published marts.

Belongs here: queries on ``published/marts.duckdb``, read-only, and the kept copy of its lead ids.
Does not belong here: identities, workbooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sources import parquet
from sources.home import Home
from sources.months import Month
from workbooks.parameters import parameter_value

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}

# The divisions in force on the last day of the month, else the oldest ones.
_PLACES = """vintage as (
    select max(valid_from) as valid_from
    from published.marts.dim_division
    where valid_from <= $month_end
),
places as (
    select divisions.*
    from published.marts.dim_division as divisions
    where
        divisions.valid_from = coalesce(
            (select valid_from from vintage),
            (select min(valid_from) from published.marts.dim_division)
        )
)"""

# A lead has its newest flag up to the month of the list, and the household's level in the month of that flag.
_OPEN_LEADS = f"""
with flags as (
    select *
    from published.marts.household_risk_flags
    where month <= $month
    qualify row_number() over (partition by lead_id order by month desc) = 1
),
{_PLACES}
select
    leads.lead_id,
    leads.household_key,
    leads.town_code,
    coalesce(towns.name, leads.town_code) as town,
    leads.division_code,
    coalesce(villages.name, leads.division_code) as village,
    leads.rule_code,
    rules.name_zh as rule,
    rules.unit,
    leads.opened_month,
    leads.due_on,
    leads.is_overdue,
    flags.month as flagged_month,
    flags.measure,
    flags.threshold,
    flags.persons,
    flags.months_flagged,
    flags.evidence,
    risk.risk_level,
    risk.candidate_category,
    risk.monitoring_category,
    risk.household_type,
    households.living_members,
    households.housing_grade
from published.marts.risk_leads as leads
inner join flags on leads.lead_id = flags.lead_id
inner join published.marts.dim_risk_rule as rules on leads.rule_code = rules.rule_code
left join published.marts.household_risk as risk
    on flags.month = risk.month and flags.household_key = risk.household_key
left join published.marts.household_month as households
    on flags.month = households.month and flags.household_key = households.household_key
left join places as towns on leads.town_code = towns.division_code
left join places as villages on leads.division_code = villages.division_code
where leads.status = 'open' and leads.opened_month <= $month
"""

# The place and size are the household's own in the month of the list, not those of the lead.
_HOUSEHOLDS_OF_LEADS = f"""
with {_PLACES},
found as (
    select distinct leads.household_key
    from published.marts.risk_leads as leads
    where list_contains($leads, leads.lead_id)
)
select
    found.household_key,
    households.town_code,
    households.division_code,
    coalesce(towns.name, households.town_code) as town,
    coalesce(villages.name, households.division_code) as village,
    households.living_members,
    months.dispatched_on,
    {parameter_value("$parameter", "published.marts", "households.town_code", "months.month")} as days
from found
inner join published.marts.dim_month as months on months.month = $month
left join published.marts.household_month as households
    on found.household_key = households.household_key and households.month = $month
left join places as towns on households.town_code = towns.division_code
left join places as villages on households.division_code = villages.division_code
order by found.household_key
"""


class NotPublishedError(RuntimeError):
    """The month, or any month, is not published yet; the message is in Chinese."""


def marts_file(home: Home) -> Path:
    """Return the path of the link to the version that BI tools read now."""
    return home.published / "marts.duckdb"


@contextmanager
def published(marts: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the published version attached read-only as ``published``.

    Raises NotPublishedError if nothing is published.
    """
    # Attach the link's target: the name of the link would give the database the name of its schema, ``marts``.
    file = marts.resolve()
    if not file.exists():
        raise NotPublishedError("还没有发布过任何月份;请先运行一个月份(shouwang run)。")
    with duckdb.connect(config=_CONFIG) as connection:
        quoted = str(file).replace("'", "''")
        connection.execute(f"attach '{quoted}' as published (read_only)")
        yield connection


def keep_published_leads(home: Home) -> int:
    """Keep the lead ids that are published now, so that feedback can check returns; return their number.

    If nothing is published, no file is written. Raises OSError if the file cannot be written.
    """
    try:
        with published(marts_file(home)) as connection:
            leads: pl.DataFrame = connection.sql("select lead_id from published.marts.risk_leads order by lead_id").pl()
    except NotPublishedError:
        return 0
    with home.replacing(_published_leads(home)) as temporary:
        leads.write_parquet(temporary)
    return leads.height


def published_lead_ids(home: Home) -> pl.Series | None:
    """Read the lead ids that the last run kept (``keep_published_leads``); None if nothing was published."""
    file = _published_leads(home)
    return parquet.read(file)["lead_id"] if file.exists() else None


def _published_leads(home: Home) -> Path:
    return home.warehouse / "reference" / "published_leads.parquet"


def open_leads(marts: Path, month: Month) -> pl.DataFrame:
    """Read the leads opened up to ``month`` that are still open in the newest published month, one row each.

    Columns: lead, place and rule; ``flagged_month``, ``measure``, ``threshold``, ``persons``, ``months_flagged`` and
    ``evidence`` (JSON) of its newest flag; level, category and size of the household in that month.
    Raises NotPublishedError if the month is not published.
    """
    return _of_month(marts, month, _OPEN_LEADS)


def households_of_leads(marts: Path, month: Month, leads: list[str], parameter: str) -> pl.DataFrame:
    """Read the households of leads, one row each, by household key.

    Columns: household_key, ``dispatched_on`` of the month; town_code, division_code, town, village and living_members
    as of ``month``, null if its register lacks the household; ``days``, the value of a parameter for the town on the
    month's last day, null if no row is valid.
    Raises NotPublishedError if the month is not published.
    """
    return _of_month(marts, month, _HOUSEHOLDS_OF_LEADS, leads=leads, parameter=parameter)


def _of_month(marts: Path, month: Month, query: str, **parameters: Any) -> pl.DataFrame:
    with published(marts) as connection:
        months = connection.sql("select month from published.marts.dim_month").fetchall()
        if (month.first_day,) not in months:
            raise NotPublishedError(f"{month} 还没有发布;请先运行这个月份(shouwang run {month})。")
        of_month = {"month": month.first_day, "month_end": month.last_day}
        found: pl.DataFrame = connection.sql(query, params=of_month | parameters).pl()
        return found

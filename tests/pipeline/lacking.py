"""What published months do without for lack of a table: by ``status.lacking``, before dbt, and by the marts.

Belongs here: reading both in one form. Does not belong here: missing parameters, columns that nobody fills and towns
without households, which only the marts know.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.status.lacking import accepted_in, lacks
from sources.acceptance.provenance import inputs_of
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.months import Month

Lacking = Mapping[tuple[str, str], frozenset[str]]
"""The reasons by month and rule or indicator."""
_NO_TABLES = r"参数|^该镇街没有登记农户$|^没有上届名册$"
"""Reasons that no table of the month would mend."""
_UNFILLED = r";?未填报:[^;]*(;(?!缺少)[^;]*)*"
"""Columns that nobody fills, several joined as reasons are."""
_SAID = """
    select strftime(month, '%Y-%m') as month, rule_code as code, reason
    from marts.risk_screening
    where status <> 'screened'
    union
    select strftime(month, '%Y-%m') as month, indicator_code as code, reason
    from marts.rural_indicators
    where level = 'district' and status in ('not_computable', 'stale')
"""


def lacking_in_marts(home: Path) -> Lacking:
    """Read which tables the published marts do without."""
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        said = connection.execute(_SAID).fetchall()
    found = defaultdict(set)
    for month, code, reasons in said:
        of_tables = filter(None, re.sub(_UNFILLED, "", reasons).split(";"))
        found[month, code].update(r for r in of_tables if not re.search(_NO_TABLES, r))
    return {key: frozenset(reasons) for key, reasons in found.items() if reasons}


def lacking_by_status(home: Path, months: Sequence[str]) -> Lacking:
    """Compute the same of the published months from the deliveries in force."""
    contracts, found = load_contracts(), {}
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        computed = connection.execute("select strftime(month, '%Y-%m') from marts.dim_month").fetchall()
    for (month,) in computed:
        accepted = accepted_in(inputs_of(Home(home), contracts, Month.parse(month)))
        for lack in lacks(contracts.datasets, accepted, Month.parse(month)):
            if lack.kind != "conflict":
                found[month, lack.code] = frozenset(lack.reason.split(";"))
    assert {month for (month,) in computed} <= set(months)
    return found

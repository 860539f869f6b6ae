"""Find the references of what is traced in the published marts.

Belongs here: one query per kind of subject, chosen by the form of its id.
Does not belong here: the rows behind the references (``rows``).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
import polars as pl

from workbooks.references import unnested

EVIDENCE = "evidence"
"""Role of the rows that are the evidence of a flag or a conflict."""

_LEAD = """
select month as computed_month, evidence
from published.marts.household_risk_flags
where lead_id = $subject
"""
_CONFLICT = """
select month as computed_month, cast(json_extract(detail, '$.evidence') as varchar) as evidence
from published.marts.reconciliation_conflicts
where conflict_id = $subject
"""


class UnknownSubjectError(LookupError):
    """No lead or conflict of that id is published; the message is Chinese."""


def references_of(connection: duckdb.DuckDBPyConnection, subject: str) -> pl.DataFrame:
    """Read the references of a lead (all flags of its episode) or of a conflict (all months in which it was seen).

    Columns: role, computed_month, department, dataset, month (YYYY-MM), ref. ``connection`` has the marts attached as
    ``published``. Raises UnknownSubjectError.
    """
    for form, read in _KINDS.items():
        if re.fullmatch(form, subject):
            return read(connection, subject)
    raise UnknownSubjectError(f"“{subject}”不是线索编号(L 加16位)或冲突编号(C 加16位)。")


def _evidence(query: str) -> Callable[[duckdb.DuckDBPyConnection, str], pl.DataFrame]:
    def read(connection: duckdb.DuckDBPyConnection, subject: str) -> pl.DataFrame:
        found: pl.DataFrame = connection.sql(query, params={"subject": subject}).pl()
        if found.is_empty():
            raise UnknownSubjectError(f"已发布的数据里没有编号 {subject}。")
        return unnested(found).with_columns(role=pl.lit(EVIDENCE))

    return read


_KINDS = {"L[0-9a-f]{16}": _evidence(_LEAD), "C[0-9a-f]{16}": _evidence(_CONFLICT)}
"""How a subject is read, by the form of its id."""

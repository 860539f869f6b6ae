"""Tell whether a department owes a table for a month (semantics §9, scorecard); equal to ``int_delivery_calendar``.

Belongs here: the cadence, and the first delivery of a table that nobody owes before it.
Does not belong here: due days and lateness (``orchestration.punctuality``).
"""

from __future__ import annotations

from sources import parquet
from sources.contracts.model import Dataset
from sources.contracts.row_schema import LEDGER_FILE
from sources.home import Home
from sources.months import Month


def is_expected(home: Home, dataset: Dataset, month: Month) -> bool:
    """Check whether the department owes the table for the month. Raises as ``awaits_first_delivery``."""
    return dataset.is_due(month) and not awaits_first_delivery(home, dataset, month)


def awaits_first_delivery(home: Home, dataset: Dataset, month: Month) -> bool:
    """Check whether nobody owes the table yet: its contract says so, and no file for the month or earlier came.

    A delivery counts even if the gate rejected it. Raises OSError or polars' errors if a ledger is damaged.
    """
    if not dataset.is_expected_once_received:
        return False
    folders = home.deliveries(dataset, None).parent.glob(f"month=*/{LEDGER_FILE}")
    ledgers = sorted((f for f in folders if f.parent.name <= f"month={month}"), reverse=True)
    return not any(parquet.read(file, columns=["received_at"]).height for file in ledgers)

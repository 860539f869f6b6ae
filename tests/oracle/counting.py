"""Which delivery of a dataset counts for a month, the day as of which it is read, and columns that nobody fills.

Belongs here: windows by cadence, the as-of day, needs. Does not belong here: what is counted.
"""

from __future__ import annotations

from datetime import date

from tests.oracle.catalogue import datasets, last_day, shift
from tests.oracle.households import Month
from tests.oracle.reading.inbox import Store

MONTHS_THAT_COUNT = {"monthly": 1, "quarterly": 3, "annual": 12}


def counted_month(store: Store, dataset: str, month: str) -> str | None:
    """Month of the newest delivery that still counts; None where there is none."""
    window = MONTHS_THAT_COUNT[datasets()[dataset].cadence]
    return next((m for m in (shift(month, -n) for n in range(window)) if store.is_accepted(dataset, m)), None)


def was_ever_accepted(store: Store, dataset: str, month: str) -> bool:
    return any(name == dataset and m <= month for name, m in store.accepted)


def as_of(month: Month, *names: str) -> date:
    """The last day of the oldest delivery that counts among the datasets; of the month where none counts."""
    counted = [counted_month(month.store, name, month.month) for name in names]
    return last_day(min([m for m in counted if m], default=month.month))


def _lacks(month: Month, need: str) -> bool:
    """Whether there are rows of the deliveries used, and none has the cell filled."""
    name, column = need.split(".")
    if datasets()[name].is_snapshot:
        used = month.store.rows(name, counted_month(month.store, name, month.month) or "")
    else:
        used = month.store.cumulative(name, month.month)
    return bool(used) and all(row[column] is None for row in used)


def unfilled(month: Month, needs: str) -> str | None:
    """The reason why a figure or rule cannot be computed for want of columns; None where they are filled.

    ``;`` joins columns that are all needed, ``|`` those of which one is enough.
    """
    said = []
    for group in needs.split(";") if needs else ():
        choices = group.split("|")
        if all(_lacks(month, need) for need in choices):
            said.append("或".join(datasets()[n].column(c).headers[0] for n, c in (x.split(".") for x in choices)))
    return "未填报:" + ";".join(said) if said else None

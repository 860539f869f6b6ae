"""Files of the tables that are not about people, with the cells of random districts.

Belongs here: funds, projects, assets, payments, documents, designs, meetings, issues, archives, natural villages as
departments write them. Does not belong here: what a cell may hold (``random``), people (``storm``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.catalogue import datasets
from tests.worlds.nasty.files import Inbox
from tests.worlds.random.indicators import Places, rows_of
from tests.worlds.random.luck import Luck
from tests.worlds.write import csv_bytes, grid

LEDGERS = (
    "policy_instruments",
    "joint_meetings",
    "standard_designs",
    "project_library",
    "support_funds",
    "project_assets",
    "industry_support_payments",
    "consumption_support",
    "issue_cases",
    "archives",
    "natural_villages",
)


def _written(cell: Any) -> Any:
    """A typed cell as text."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell) if isinstance(cell, Decimal) else cell


def deliver_ledgers(box: Inbox, seed: int) -> None:
    """Every ledger in some of the months."""
    months = box.world.months
    places = Places(Random(seed), max(months), with_unknown=False)
    for name in LEDGERS:
        for month, text in enumerate(months):
            luck = Luck(seed, name, text)
            if luck["delivery"].random() < 0.6:
                rows = rows_of(luck, datasets()[name], text, places)
                table = grid(name, [{c: _written(v) for c, v in row.items()} for row in rows])
                box.put(month, name, f"{datasets()[name].keywords[0]}.csv", csv_bytes(table))

"""Adversarial inboxes: small, hand-made, and at the edges where a friendly sample never goes.

``python -m tests.worlds.nasty.inboxes FOLDER`` writes them. Belongs here: which inboxes there are.
Does not belong here: their cases (``cases``, ``lives``), their files (``files``, ``again``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.oracle.catalogue import datasets
from tests.worlds.nasty import again, cases, files, lives
from tests.worlds.nasty.files import Inbox
from tests.worlds.nasty.ledgers import deliver_ledgers
from tests.worlds.nasty.storm import Storm
from tests.worlds.world import World
from tests.worlds.write import csv_bytes, grid

SECRET = "nasty secret"  # only for made-up people
MONTHS = ["2021-03", "2021-04", "2021-05", "2021-06", "2021-07"]
DELIVERED = (
    "household_register",
    "household_income",
    "monitored_households",
    "verification_returns",
    "subsistence_allowance",
    "extreme_poverty_support",
    "disability_subsidies",
    "deaths",
    "temporary_assistance",
    "medical_settlements",
    "medical_insurance_enrolment",
    "serious_illness",
    "employment_monitoring",
    "unemployment_registration",
)
LISTS = ("low_income_edge", "rigid_expense_households", "unsupported_children")


def edges(root: Path) -> list[str]:
    """Every case and every layout, over five months of which the fourth does not run."""
    world = World(MONTHS, SECRET)
    for case in (*cases.ALL, *lives.ALL):
        case(world)
    box = Inbox(root, world)
    for layout in (*files.ALL, *again.ALL):
        layout(box)
    _deliver_the_rest(box)
    return MONTHS


def _deliver_the_rest(box: Inbox, *more: str) -> None:
    """A plain CSV, with its header only where there is no row, for everything that no layout has delivered."""
    for month in range(len(box.world.months)):
        for name in (*DELIVERED, *more):
            if (month, name) not in box.done:
                table = grid(name, box.world[month, name])
                box.put(month, name, f"{datasets()[name].keywords[0]}.csv", csv_bytes(table))


def few_rows(root: Path) -> list[str]:
    """Below 50 rows the gate allows one bad row, not two; two months, the first before any parameter is valid."""
    world = World(["2020-12", "2021-01"], SECRET)
    homes = [world.home(registered=n % 2 == 0, income=1000 * n, grade="ABCD"[n % 4] + "级") for n in range(8)]
    for month, bad in ((0, 1), (1, 2)):
        for row in world[month, "household_income"][:bad]:
            row["wage_income"] = "不详"
        for row in world[month, "medical_insurance_enrolment"][:1]:
            row["resident_id"] = "12345"
    world.settle(0, homes[0].people[0], "住院", "2020-12-30", 99999)
    world.settle(1, homes[0].people[0], "住院", "2021-01-30", 30000)
    box = Inbox(root, world)
    for month in range(2):
        for name in ("household_register", "household_income", "medical_insurance_enrolment", "medical_settlements"):
            box.put(month, name, f"{datasets()[name].keywords[0]}.csv", csv_bytes(grid(name, world[month, name])))
    return world.months


def storm(root: Path, seed: int = 1) -> list[str]:
    """Random lives and ledgers over five months on both sides of 2026; some tables of some months are missing.

    One month has no register.
    """
    world = World(["2025-10", "2025-11", "2025-12", "2026-01", "2026-02"], SECRET)
    storm = Storm(world, seed, homes=60)
    storm.fill()
    box = Inbox(root, world)
    for month in range(1, len(world.months)):
        box.done |= {(month, name) for name in (*DELIVERED[1:], *LISTS) if storm.chance(0.07)}
    box.done.add((seed % 2, "household_register"))
    _deliver_the_rest(box, *LISTS)
    deliver_ledgers(box, seed)
    return world.months


INBOXES = {"edges": edges, "few_rows": few_rows, "storm": storm}


if __name__ == "__main__":
    for inbox_name, write in INBOXES.items():
        print(inbox_name, *write(Path(sys.argv[1]) / inbox_name))

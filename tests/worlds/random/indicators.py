"""Random small districts: rows of every table that indicators read, with values at the edges of the definitions.

Belongs here: typed rows by dataset and month, for the oracle and, as accepted rows, for dbt.
Does not belong here: files, the gate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from sources.contracts.model import load_contracts
from sources.contracts.row_schema import AcceptedColumn, accepted_columns
from tests.oracle.catalogue import datasets, seed, shift, vintage
from tests.oracle.columns import Column, Dataset
from tests.oracle.households import Month, build
from tests.oracle.reading.delivered import File, Row
from tests.oracle.reading.inbox import Store
from tests.oracle.risk.marts import follow_leads
from tests.worlds.random import regime, returned
from tests.worlds.random.luck import Luck

RETURNS = "verification_returns"
PEOPLE, HOUSEHOLDS, KEYS = 80, 22, 12
"""Few of each, so that the same ones meet in several tables and months."""
ROWS = {"household_register": 120, "employment_monitoring": 70, "deaths": 6}
MOST_ROWS = 40

Cells = dict[str, Any]
EDGES: dict[str, list[Any]] = {
    "total_income": ["29.99", "30", "55.5", "100", "100.01", "0"],
    "rental_income": ["10", "0", None, "29.99"],
    "registered_population": [0, 100, 250],
    "villagers_raised": ["100", "99.99", "250", "251", "0"],
    "town_paid": ["100", "100.005", "99.99", "99.984", "250", "0"],
    "district_paid": ["100", "99.995", "99.99", "250", "0"],
    "cleaning_campaigns": [0, 0, 1],
    "transfer_stations": [0, 0, 0, 1],
    "households_needing_toilet": [0, 20, 31],
    "households_with_sanitary_toilet": [0, 20],
}


def _ids() -> list[str]:
    """Resident ids whose holders are around 35 in June 2021, or young or old."""
    births = ["198605", "198606", "198607", "198506", "199001", "195012", "200406", "201901"]
    return [f"441802{births[n % len(births)]}15{n:03d}X" for n in range(PEOPLE)]


class Places:
    """A few villages of each kind, one that no list knows, and towns."""

    def __init__(self, luck: Random, month: str, *, with_unknown: bool = True) -> None:
        listed = vintage(month)
        by_kind = {k: [v for v in listed if v.kind == k] for k in ("village", "community", "virtual")}
        chosen = luck.sample(by_kind["village"], 5) + luck.sample(by_kind["community"], 4) + by_kind["virtual"]
        unknown = [("441802103", "441802103999")] if with_unknown else []
        self.villages = [(v.town_code, v.code) for v in chosen] + unknown

    def of(self, luck: Random, row: Cells, columns: Sequence[Column]) -> None:
        """Fill town and village, the optional ones not always."""
        town, village = luck.choice(self.villages)
        for column in columns:
            if column.kind in ("town", "village"):
                value = town if column.kind == "town" else village
                row[column.name] = value if column.required or luck.random() < 0.7 else None
        if "village_name" in row and row["town_name"] is None:
            row["village_name"] = None


def read() -> list[str]:
    """The datasets that indicators read."""
    return sorted({d for i in seed("indicators") for d in i["datasets"].split(",")} | {"deaths"})


def _cell(luck: Random, dataset: str, column: Column, month: str) -> Any:
    if not column.required and luck.random() < 0.25:
        return None
    if regime.knows(dataset, column.name):
        return regime.cell(luck, dataset, column.name, month)
    if column.name in EDGES:
        value = luck.choice(EDGES[column.name])
        return Decimal(value) if isinstance(value, str) else value
    match column.kind:
        case "resident_id":
            return luck.choice(_ids())
        case "date":
            return luck.choice(regime.days(month))
        case "month":
            return luck.choice([shift(month, -7), month])
        case "yes_or_no":
            return luck.random() < 0.6
        case "list":
            return luck.choice([*column.values, column.values[0], column.values[0]])
        case "number":
            return Decimal(luck.randrange(0, 500000)) / 100
        case "integer" if column.name.endswith("_year"):
            return int(month[:4]) - luck.choice([-1, 0, 0, 1, 1, 2])
        case "integer":
            return luck.randrange(0, 40)
        case _:
            return _text(luck, column)


def _text(luck: Random, column: Column) -> str:
    if column.semantic == "household_code":
        return f"H{luck.randrange(HOUSEHOLDS):03d}"
    return f"{column.name[:2]}{luck.randrange(KEYS):03d}"


def rows_of(luck: Luck, dataset: Dataset, month: str, places: Places) -> list[Cells]:
    """Rows with distinct primary keys."""
    rows: dict[tuple[Any, ...], Cells] = {}
    unfilled = luck.unfilled(dataset)
    for _ in range(ROWS.get(dataset.name, MOST_ROWS)):
        row = {c.name: _cell(luck[c.name], dataset.name, c, month) for c in dataset.columns}
        places.of(luck["row"], row, dataset.columns)
        regime.settle(luck["row"], dataset.name, row, month)
        row |= dict.fromkeys(unfilled)
        rows[tuple(row[k] for k in dataset.key)] = row
    return list(rows.values())


def _is_delivered(luck: Random, dataset: Dataset, month: str, run: Sequence[str]) -> bool:
    if dataset.is_core:
        return month in run
    chance = {"monthly": 0.85, "quarterly": 0.4, "annual": 0.3}[dataset.cadence]
    return luck.random() < chance


def random_world(seed_number: int, run: Sequence[str], delivered: Sequence[str]) -> dict[tuple[str, str], list[Cells]]:
    """Rows by (dataset, month); a key is there where the dataset was accepted, maybe without rows.

    ``run``: months that run; ``delivered``: months in which anything may be delivered.
    """
    places = Places(Random(seed_number), max(run))
    world: dict[tuple[str, str], list[Cells]] = {}
    for name in read():
        dataset = datasets()[name]
        for month in sorted(delivered):
            luck = Luck(seed_number, name, month)
            if _is_delivered(luck["delivery"], dataset, month, run):
                is_empty = dataset.may_be_empty and luck["delivery"].random() < 0.15
                world[name, month] = [] if is_empty else rows_of(luck, dataset, month, places)
    _return_leads(Random(seed_number), world, run)
    return world


def _return_leads(luck: Random, world: dict[tuple[str, str], list[Cells]], run: Sequence[str]) -> None:
    """Let the returns be about leads that are there."""
    delivered = [month for name, month in world if name == RETURNS]
    for month in delivered:
        world[RETURNS, month] = []
    months = built(world, run)
    for month in sorted(delivered):
        world[RETURNS, month] = returned.returns(luck, months, month)


def built(world: dict[tuple[str, str], list[Cells]], run: Sequence[str]) -> list[Month]:
    """The months that run, with their leads; keys are the codes and ids themselves."""
    store = store_of(world)
    months = [m for m in (build(store, month, None) for month in run) if m is not None]
    follow_leads(months)
    return months


def store_of(world: dict[tuple[str, str], list[Cells]]) -> Store:
    """The world as the oracle keeps it."""
    accepted = {k: [Row(datasets()[k[0]], k[1], 1, cells, []) for cells in rows] for k, rows in world.items()}
    day = datetime(2021, 1, 1)
    files = {k: [File("", "", day, b"", "", rows=rows, is_in_force=True)] for k, rows in accepted.items()}
    return Store(accepted, defaultdict(list, files))


def _accepted_cell(column: AcceptedColumn, cells: Cells) -> Any:
    value = cells.get(column.source or "")
    if column.name == "id_birth_month":
        return f"{value[6:10]}-{value[10:12]}"
    if column.name == "id_sex":
        return "男"
    return value is not None if column.name == f"has_{column.source}" else value


def accepted_rows(dataset: str, rows: list[Cells]) -> list[Cells]:
    """The same rows as dbt reads them; here keys are not pseudonyms but what they stand for."""
    columns = [c for c in accepted_columns(load_contracts().dataset(dataset)) if c.source]
    return [{c.name: _accepted_cell(c, cells) for c in columns} for cells in rows]

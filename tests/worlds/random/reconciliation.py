"""Random small districts whose departments contradict each other, file by file and delivery by delivery.

Belongs here: typed rows and files by dataset and month, for the oracle and, as accepted rows and balances, for dbt.
Does not belong here: reading files, the gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sources.contracts.model import load_contracts
from sources.contracts.row_schema import AcceptedColumn, accepted_columns
from tests.dbt_fixture import DbtFixture
from tests.oracle.catalogue import datasets, first_day, last_day, shift, vintage
from tests.oracle.columns import Column, Dataset
from tests.oracle.reading.delivered import File, Row
from tests.oracle.reading.inbox import Store
from tests.worlds.random import regime
from tests.worlds.random.luck import Luck

Cells = dict[str, Any]
HOUSEHOLDS = [f"H{n:02d}" for n in range(20)]
IDS = [f"44180219{40 + n % 50:02d}0615{n:03d}X" for n in range(48)]
"""Few of each, so that the same ones meet in several tables and months."""
ROWS = {"household_register": 110, "deaths": 5, "cleaning_fund": 8, "project_assets": 12}
EDGES: dict[str, list[Any]] = {
    "registered_population": [0, 100, 250],
    "villagers_raised": ["100", "99.99", "250", "0"],
    "town_paid": ["100", "100.005", "100.0051", "99.99", "0"],
    "district_paid": ["100", "99.995", "99.99", "0"],
    "relation_to_head": ["户主", "配偶", "子女"],
    "employment_status": ["在业", "在业", "失业"],
    "benefit_status": ["领取中", "未领取"],
    "labour_ability": ["普通劳动力", "无劳动力", "丧失劳动力"],
}


class District:
    """What lasts from month to month, mostly: where a household lives, who is monitored."""

    def __init__(self, luck: Random, month: str) -> None:
        self.luck = luck
        here = vintage(month)
        real = luck.sample([v for v in here if v.kind != "virtual"], 6)
        self.villages = [(v.town_code, v.code) for v in (*real, *[v for v in here if v.kind == "virtual"][:1])]
        self.homes = {code: luck.choice(self.villages) for code in HOUSEHOLDS}
        self.members = {person: luck.choice(HOUSEHOLDS) for person in IDS}
        self.listed: dict[str, Cells] = {}

    def move(self, month: str) -> None:
        """What a month changes: a few households move, the monitoring list changes."""
        for code in HOUSEHOLDS:
            if self.luck.random() < 0.15:
                self.homes[code] = self.luck.choice(self.villages)
            if self.luck.random() < 0.12:
                self.listed.pop(code, None)
            elif self.luck.random() < 0.5 or code in self.listed:
                self.listed[code] = self._monitored(code, month)

    def _monitored(self, code: str, month: str) -> Cells:
        is_over = self.luck.random() < 0.25
        former = self.listed.get(code, {})
        started = former.get("identified_month") or shift(month, -self.luck.randrange(0, 5))
        category = former.get("monitoring_category") if self.luck.random() < 0.8 else None
        ended = shift(started, self.luck.randrange(-1, 5))
        return {
            "household_code": code,
            "identified_month": started,
            "is_risk_eliminated": is_over,
            "eliminated_month": ended if is_over or self.luck.random() < 0.1 else None,
            "monitoring_category": category or self.luck.choice(regime.words(month)),
        }


def name_of(luck: Random, person: str) -> str:
    """A person's name, now and then another one."""
    return f"名{person[-4:]}" if luck.random() < 0.97 else "误名"


def _cell(luck: Random, dataset: str, column: Column, month: str) -> Any:
    end = last_day(month)
    if not column.required and luck.random() < 0.3:
        return None
    if dataset != "monitored_households" and regime.knows(dataset, column.name):
        return regime.cell(luck, dataset, column.name, month)
    if column.name in EDGES:
        value = luck.choice(EDGES[column.name])
        return Decimal(value) if isinstance(value, str) and column.kind == "number" else value
    match column.kind:
        case "resident_id":
            return luck.choice(IDS)
        case "certificate":
            return (luck.randrange(1, 8), luck.randrange(1, 5))
        case "date":
            start = first_day(month)
            days = [start, start - timedelta(days=1), end, end + timedelta(days=5), start + timedelta(days=9)]
            return luck.choice([*days, start - timedelta(days=40), first_day(shift(month, -2)) - timedelta(days=1)])
        case "month":
            return month
        case "yes_or_no":
            return luck.random() < 0.7
        case "list":
            return luck.choice(column.values)
        case "number":
            return Decimal(luck.randrange(0, 500000)) / 100
        case "integer":
            return int(month[:4]) if column.name.endswith("_year") else luck.randrange(0, 40)
        case _:
            return (
                luck.choice(HOUSEHOLDS) if column.semantic == "household_code" else f"{column.name}{luck.randrange(99)}"
            )


def _row(district: District, sources: Luck, dataset: Dataset, month: str) -> Cells:
    row = {c.name: _cell(sources[c.name], dataset.name, c, month) for c in dataset.columns}
    luck = sources["row"]
    if dataset.name == "household_register":
        if luck.random() < 0.92:
            row["household_code"] = district.members[row["resident_id"]]
        place: tuple[str | None, str | None] = district.homes[row["household_code"]]
    else:
        place = luck.choice(district.villages)
    for column in dataset.columns:
        if column.kind in ("town", "village"):
            is_known = column.required or luck.random() < 0.7
            row[column.name] = (place[0] if column.kind == "town" else place[1]) if is_known else None
    regime.settle(luck, dataset.name, row, month)
    for name, person in (("person_name", "resident_id"), ("head_name", "head_resident_id")):
        if name in row and person in row:
            row[name] = name_of(luck, row[person])
    return row


def _table(district: District, sources: Luck, dataset: Dataset, month: str) -> list[Cells]:
    """Rows with distinct primary keys."""
    if dataset.name == "monitored_households":
        rest = {c.name: _cell(sources[c.name], dataset.name, c, month) for c in dataset.columns}
        return [{**rest, **cells} for cells in district.listed.values()]
    size = ROWS.get(dataset.name, 26) + sources["row"].randrange(-4, 5)
    rows = [_row(district, sources, dataset, month) for _ in range(size)]
    return list({tuple(r[k] for k in dataset.key): r for r in rows}.values())


def _received(luck: Random, month: str) -> datetime:
    """Around the due day, on few different moments, so that some arrive at the same time."""
    moments = [(1, 9, 0), (5, 23, 59), (6, 0, 0), (9, 8, 0)]
    day, hour, minute = luck.choice(moments)
    return datetime.combine(first_day(shift(month, 1)), datetime.min.time()).replace(day=day, hour=hour, minute=minute)


def _file(luck: Random, dataset: Dataset, month: str, delivery_no: int, number: int, tables: list[Cells]) -> File:
    name = f"{number}.xlsx"
    file = File(name, f"{number:064d}", _received(luck, month), b"", name, delivery_no)
    file.rows = [Row(dataset, month, delivery_no, cells, []) for cells in tables]
    for state in ("quarantined", "duplicate"):
        file.rows += [Row(dataset, month, delivery_no, {}, [], state) for _ in range(luck.choice([0, 0, 1, 3]))]
    return file


def _deliver(luck: Random, store: Store, dataset: Dataset, month: str, tables: list[Cells]) -> None:
    """Two files in force, maybe after a rejected delivery; or a rejected delivery alone."""
    place = (dataset.name, month)
    files, number = [], 1
    is_rejected = not dataset.is_core and luck.random() < 0.1
    if is_rejected or luck.random() < 0.15:
        refused = _file(luck, dataset, month, 1, number, tables[:3])
        for row in refused.rows:
            row.state = "quarantined"
        files, number = [refused], 2
    if not is_rejected:
        half = luck.randrange(0, len(tables) + 1)
        for part in (tables[:half], tables[half:]):
            files.append(_file(luck, dataset, month, number, number, part))
            files[-1].is_in_force = True
            number += 1
        store.accepted[place] = [r for f in files for r in f.rows if r.state == "accepted"]
    store.files[place] = files


def random_store(seed_number: int, run: Sequence[str], delivered: Sequence[str]) -> Store:
    """Everything delivered in the months ``delivered``; the register only in those that ``run``."""
    district, store = District(Random(seed_number), max(run)), Store()
    chance = {"monthly": 0.93, "quarterly": 0.5, "annual": 0.3}
    for month in sorted(delivered):
        district.move(month)
        for dataset in datasets().values():
            sources = Luck(seed_number, dataset.name, month)
            luck = sources["delivery"]
            if month in run if dataset.is_core else luck.random() < chance[dataset.cadence]:
                is_empty = dataset.may_be_empty and luck.random() < 0.06
                _deliver(luck, store, dataset, month, [] if is_empty else _table(district, sources, dataset, month))
    return store


def _accepted_cell(column: AcceptedColumn, cells: Cells) -> Any:
    value = cells.get(column.source or "")
    match column.name:
        case "id_birth_month":
            return f"{value[6:10]}-{value[10:12]}"
        case "id_sex":
            return "男"
        case "certificate_category":
            return value[0]
        case "certificate_grade":
            return value[1]
        case name if name == f"has_{column.source}":
            return value is not None
        case _:
            return value


def lay_out(store: Store, fixture: DbtFixture) -> None:
    """The store as ``sources`` leaves it for dbt; here keys are not pseudonyms but what they stand for."""
    contracts = load_contracts()
    for (name, month), files in store.files.items():
        columns = [c for c in accepted_columns(contracts.dataset(name)) if c.source]
        rows, balances = [], []
        for number, file in enumerate(files, start=1):
            kept = [r for r in file.rows if r.state == "accepted"]
            where = {"delivery_no": file.delivery_no, "file_no": number}
            rows += [{**{c.name: _accepted_cell(c, r.values) for c in columns}, **where} for r in kept]
            counts = {f"rows_{s}": file.count(s) for s in ("accepted", "quarantined", "duplicate", "superseded")}
            current = file.is_in_force and (bool(kept) or not file.rows)
            about = {"file_name": file.name, "file_sha256": file.sha256, "received_at": file.received_at}
            state = {"is_in_force": file.is_in_force, "is_current": current, "rows_in_file": len(file.rows)}
            balances.append({**where, **about, **state, **counts})
        fixture.deliver(name, month, rows, balances)

"""Random sequences of deliveries and re-deliveries of one table: what is in force at the end, beside the oracle.

Belongs here: replacing, refusing and rejecting over two months. Does not belong here: marts.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from expectations.gate import judge
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.district import DIVISIONS
from tests.oracle.households import keyed
from tests.oracle.reading.inbox import Store, take_month
from tests.unit.sources.builder import landed
from tests.worlds.world import Cells, World, where, who
from tests.worlds.write import csv_bytes, grid, put, xlsx_bytes, zip_bytes

NAME, SECRET = "extreme_poverty_support", "s"
MONTHS = ["2021-04", "2021-05"]
BALANCE = ("rows_accepted", "rows_quarantined", "rows_duplicate", "rows_superseded")


def _people(world: World, count: int) -> list[Cells]:
    homes = [world.home(income=None, months=range(0), place=n) for n in range(count)]
    about = {"support_mode": "分散", "self_care_ability": "半失能"}
    return [{**where(h), **who(h.people[0]), **about, "monthly_amount": 900} for h in homes]


class Office:
    """Writes one delivery after the other, most of them wrong in some way."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random = root, Random(seed)
        self.rows = _people(World(MONTHS, SECRET), self.random.choice((12, 30, 60, 70)))
        self.written: list[tuple[str, bytes]] = []

    def table(self) -> bytes:
        towns = sorted({r["town_name"] for r in self.rows})
        chosen = self.random.sample(towns, self.random.randint(1, len(towns)))
        rows = [{**r, "monthly_amount": self.random.randint(800, 999)} for r in self.rows if r["town_name"] in chosen]
        for row in self.random.sample(rows, min(len(rows), self.random.choice((0, 0, 1, 1, 2, 5)))):
            row.update(self.random.choice(({"resident_id": "1"}, {"support_mode": "?"}, {"town_name": "外镇"})))
        if rows and self.random.random() < 0.2:
            rows[-1].update({k: self.rows[0][k] for k in ("town_name", "village_name")})
        if rows and self.random.random() < 0.3:
            rows.append(rows[0])
            rows.append({**rows[-1], "monthly_amount": 1})
        kind = self.random.random()
        skip = ("monthly_amount",) if kind < 0.1 else ()
        table = grid(NAME, rows if kind < 0.93 else [], skip=skip)
        return csv_bytes(table) if self.random.random() < 0.6 else xlsx_bytes([("表", table, [], False)])

    def deliver(self, folder: Path) -> None:
        mode = self.random.choice(("replace_all", "replace_towns", "replace_towns"))
        put(folder / "delivery.yaml", f"mode: {mode}\n".encode())
        for part in range(self.random.choice((1, 1, 2))):
            if self.written and self.random.random() < 0.3:
                name, data = self.random.choice(self.written)
            else:
                data = self.table()
                suffix = "xlsx" if data.startswith(b"PK") else "csv"
                name = f"特困{part}.{suffix}"
                if self.random.random() < 0.2:
                    name, data = (
                        f"特困{part}.zip",
                        zip_bytes({f"一.{suffix}": data, "二.csv": csv_bytes(grid(NAME, []))}),
                    )
            self.written.append((name, data))
            put(folder / name, data)

    def work(self) -> None:
        for month in MONTHS:
            folder = self.root / "civil_affairs" / month
            self.deliver(folder)
            for again in range(2, self.random.randint(2, 5)):
                self.deliver(folder / f"r{again}")


def _balance(rows: list[dict[str, Any]]) -> list[Any]:
    columns = ("delivery_no", "file_name", "is_current", "printed_total_rows", "rows_in_file", *BALANCE)
    return sorted(tuple(r[c] for c in columns) for r in rows)


def _computed(store: Store, month: str) -> tuple[list[Any], list[Any]]:
    balance = []
    for f in store.files[NAME, month]:
        counts = {f"rows_{s}": f.count(s) for s in ("accepted", "quarantined", "duplicate", "superseded")}
        is_current = counts["rows_accepted"] > 0 or (f.is_in_force and not f.rows)
        about = {"delivery_no": f.delivery_no, "file_name": f.display, "is_current": is_current}
        balance.append({**about, **counts, "printed_total_rows": "none", "rows_in_file": len(f.rows)})
    accepted = store.rows(NAME, month)
    return _balance(balance), [(keyed(SECRET, r["resident_id"]), float(r["monthly_amount"])) for r in accepted]


def _taken(root: Path, month: str) -> tuple[list[Any], list[Any]]:
    home = Home(root)
    (root / "secret").write_text(SECRET)
    (root / "secret").chmod(0o600)
    intake = landed(Intake(home, Month.parse(month), judge, DIVISIONS, secret_file=root / "secret"))
    outcome = intake.take(intake.contracts.dataset(NAME))
    path = home.accepted(outcome.dataset, Month.parse(month)) / "rows.parquet"
    rows = pl.read_parquet(path).sort("row_order") if path.exists() else pl.DataFrame()
    accepted = [(r["person_key"], float(r["monthly_amount"])) for r in rows.to_dicts()]
    return _balance(outcome.ledger.to_dicts()), accepted


def _beside(rows: int, is_readable: bool) -> dict[str, bytes]:
    """A refused file, with a row that can be counted where it can be read, beside one with so many good rows."""
    people = _people(World(MONTHS, SECRET), 3)
    lacking = csv_bytes(grid(NAME, people[:1], skip=("monthly_amount",))) if is_readable else b""
    return {"特困一.csv": lacking, "特困二.csv": csv_bytes(grid(NAME, people[1 : 1 + rows]))}


@pytest.mark.parametrize(("rows", "accepted"), [(0, 0), (1, 1)])
@pytest.mark.parametrize("is_readable", [True, False])
def test_an_empty_table_beside_a_refused_file_is_not_known_to_be_empty(
    rows: int, accepted: int, is_readable: bool, tmp_path: Path
) -> None:
    for name, content in _beside(rows, is_readable).items():
        put(tmp_path / "inbox" / "civil_affairs" / MONTHS[0] / name, content)
    store = Store()
    take_month(store, tmp_path / "inbox", MONTHS[0])
    assert store.is_accepted(NAME, MONTHS[0]) == (accepted > 0)
    balance, taken = _taken(tmp_path, MONTHS[0])
    wanted, computed = _computed(store, MONTHS[0])
    assert balance == wanted
    assert (taken, len(taken)) == (computed, accepted)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_in_force_is_the_oracles(seed: int, tmp_path: Path) -> None:
    Office(tmp_path / "inbox", seed).work()
    store = Store()
    for month in MONTHS:
        take_month(store, tmp_path / "inbox", month)
        balance, accepted = _taken(tmp_path, month)
        wanted, rows = _computed(store, month)
        assert balance == wanted
        assert accepted == rows

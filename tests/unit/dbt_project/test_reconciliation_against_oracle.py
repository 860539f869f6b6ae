"""The reconciliation marts beside the oracle, cell by cell, over random districts that contradict themselves.

The months lie on both sides of 2026-01-01, where categories are renamed and rules begin.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from tests.dbt_fixture import DbtFixture
from tests.oracle.catalogue import rules
from tests.oracle.chain.mart import project_chain
from tests.oracle.compare import Record
from tests.oracle.differences import differences
from tests.oracle.households import build
from tests.oracle.low_income import low_income_population
from tests.oracle.numbers import form
from tests.oracle.open.marts import open_project_chain
from tests.oracle.reconciliation.marts import Keys, reconciliation_marts
from tests.worlds.random.reconciliation import lay_out, random_store

RUN = ["2025-12", "2026-01", "2026-02"]
ORDER = ["2025-12", "2026-02", "2026-01", "2026-02"]
"""February runs before and after January: every order must end in the same tables."""
DELIVERED = ["2025-08", "2025-10", "2025-11", *RUN]
MARTS = ("reconciliation_conflicts", "monitored_roll_forward", "data_quality_scorecard", "low_income_population",
       "project_chain")  # fmt: skip
ENTRIES = ("newly_identified", "returned", "moved_in", "eliminated", "left_register", "moved_out", "size_change")
RICH = 155
"""A world in which every rule and every entry of the roll-forward occurs."""
WORLDS = [int(s) for s in os.environ.get("SHOUWANG_TEST_WORLDS", str(RICH)).split(",")]


@dataclass
class World:
    number: int
    fixture: DbtFixture
    wanted: dict[str, list[Record]]
    found: dict[str, list[Record]]


@pytest.fixture(scope="module", params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    store = random_store(request.param, RUN, DELIVERED)
    months = [m for m in (build(store, month, None) for month in RUN) if m is not None]
    assert [m.month for m in months] == RUN
    fixture = DbtFixture(tmp_path_factory.mktemp("home"))
    lay_out(store, fixture)
    selected = [f"+{mart}" for mart in (*MARTS, "open_project_chain")]
    for number, month in enumerate(ORDER):
        again = ["path:models/staging", "resource_type:seed"] if number else []
        options = [f for node in again for f in ("--exclude", node)]
        fixture.build(month, "--exclude-resource-type", "test", "--select", *selected, *options)
    found = {mart: fixture.records(mart) for mart in MARTS}
    wanted = reconciliation_marts(months, Keys(str, str))
    wanted["low_income_population"] = [row for month in months for row in low_income_population(month, str)]
    wanted["project_chain"] = [row for month in months for row in project_chain(month)]
    return World(request.param, fixture, wanted, found)


def test_every_reader_sees_the_chain_of_the_oracle(world: World) -> None:
    wanted = open_project_chain(world.wanted["project_chain"])
    shown = world.fixture.records("project_chain", "marts_open")
    lines = differences("project_chain", wanted, shown)
    assert not lines, "\n".join([f"{len(lines)} cells differ", *lines[:30]])


@pytest.mark.parametrize("mart", MARTS)
def test_every_cell_equals_the_oracle(world: World, mart: str) -> None:
    lines = differences(mart, world.wanted[mart], world.found[mart])
    assert not lines, "\n".join([f"{len(lines)} cells differ", *lines[:30]])
    assert {c for r in world.found[mart] for c in r} - {c for r in world.wanted[mart] for c in r} <= {"detail"}


def test_the_world_has_every_rule_and_entry(world: World) -> None:
    if world.number != RICH:
        pytest.skip("another world may lack one")
    conflicts, rolled = world.found["reconciliation_conflicts"], world.found["monitored_roll_forward"]
    assert {r["rule_code"] for r in conflicts} == set(rules("conflict_rules"))
    assert {r["is_new"] for r in conflicts} == {True, False}
    assert all(any(r[entry] for r in rolled) for entry in ENTRIES)


def test_evidence_leads_back_to_accepted_rows_of_the_subject(world: World) -> None:
    named: dict[tuple[Any, ...], str] = {}
    lineage = "strftime(extract_month, '%Y-%m'), row_ref"
    for dataset in world.fixture.contracts.datasets:
        files = world.fixture.home.accepted(dataset, None).parent / "*" / "rows.parquet"
        if list(files.parent.parent.glob("*/rows.parquet")):
            for row in duckdb.execute(f"select {lineage}, r from read_parquet('{files}') as r").fetchall():
                named[(dataset.department, dataset.name, *row[:2])] = str(row[2])
    for conflict in world.found["reconciliation_conflicts"]:
        detail = json.loads(conflict["detail"])
        subject = conflict["person_key"] or conflict["household_key"] or conflict["subject"]
        assert set(detail) == {"facts", "evidence"}
        assert detail["evidence"]
        rows = [form(named[tuple(reference.values())]) for reference in detail["evidence"]]
        assert all(part in row for row in rows for part in form(subject).split("|")), conflict


def test_lost_rows_are_shown(world: World) -> None:
    """A household whose movement is lost breaks the balance; one lost since the month before breaks the continuity.

    It breaks the warehouse and stays last.
    """
    rolled = "town_code in (select town_code from marts.monitored_roll_forward)"
    movements, mart = "intermediate.int_monitored_movements", "marts.monitored_roll_forward"
    moved = f"select rowid from {movements} where {rolled} and movement <> 'stayed' and persons > 0"
    held = f"select rowid from {mart} where month = '2026-01-01' and base = 'persons' and closing > 0"
    with duckdb.connect(str(world.fixture.home.warehouse / "warehouse.duckdb")) as connection:
        connection.execute(f"delete from {movements} where rowid in ({moved} limit 1)")
        connection.execute(f"update {mart} set closing = closing - 1 where rowid in ({held} limit 1)")

    options = ["--exclude-resource-type", "unit_test", "--select", "monitored_roll_forward"]
    done = world.fixture.dbt("build", RUN[-1], *options)
    assert done.returncode != 0
    assert "Failure in test monitored_roll_forward_balances" in done.stdout
    assert "Failure in test monitored_roll_forward_continues" in done.stdout
    newest = [r for r in world.fixture.records("monitored_roll_forward") if f"{r['month']:%Y-%m}" == RUN[-1]]
    assert sum(not r["is_balanced"] for r in newest) == 2

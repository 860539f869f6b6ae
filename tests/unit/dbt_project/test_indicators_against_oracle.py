"""The dbt models beside the oracle, cell by cell, over random districts that hold the edges of the definitions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.dbt_fixture import DbtFixture
from tests.oracle.differences import differences
from tests.oracle.households import build
from tests.oracle.indicators.table import MONTHLY, indicator_marts
from tests.worlds.random.indicators import accepted_rows, random_world, store_of

RUN = ["2020-06", "2021-05", "2021-06"]
ORDER = ["2021-06", "2020-06", "2021-05"]
"""Earlier months run later: every order must end in the same tables."""
DELIVERED = ["2019-12", "2020-03", "2020-12", "2021-02", "2021-03", "2021-04", *RUN]
SELECTED = [f"+{mart}" for mart in MONTHLY]
SEEDS = [int(s) for s in os.environ.get("SHOUWANG_TEST_WORLDS", "2").split(",")]


@pytest.mark.parametrize("number", SEEDS)
def test_every_cell_equals_the_oracle(number: int, tmp_path: Path) -> None:
    world = random_world(number, RUN, DELIVERED)
    store = store_of(world)
    months = [m for m in (build(store, month, "secret") for month in RUN) if m is not None]
    wanted = indicator_marts(months)
    statuses = {r["status"] for r in wanted["rural_indicators"]}
    assert statuses == {"computed", "not_computable", "not_applicable", "stale"}, "this world shows too little"

    fixture = DbtFixture(tmp_path)
    for (dataset, month), rows in world.items():
        fixture.deliver(dataset, month, accepted_rows(dataset, rows))
    for month in ORDER:
        fixture.build(month, "--exclude-resource-type", "test", "--select", *SELECTED)

    for mart in MONTHLY:
        assert wanted[mart], f"this world has no {mart}"
        lines = differences(mart, wanted[mart], fixture.records(mart))
        assert not lines, "\n".join([f"{len(lines)} cells differ", *lines[:30]])

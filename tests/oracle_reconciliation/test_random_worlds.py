"""The reconciliation marts beside the oracle, cell by cell, over random districts that contradict themselves."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_fixture import DbtFixture
from tests.oracle.households import Month, build
from tests.oracle.inbox import Store
from tests.oracle_reconciliation.marts import Keys, reconciliation_marts
from tests.oracle_reconciliation.worlds import lay_out, random_store

RUN = ["2021-04", "2021-05", "2021-06"]
ORDER = ["2021-04", "2021-06", "2021-05", "2021-06"]
"""June runs before and after May: every order must end in the same tables."""
DELIVERED = ["2020-12", "2021-02", "2021-03", *RUN]
KEYS = {
    "reconciliation_conflicts": ("month", "conflict_id"),
    "monitored_roll_forward": ("month", "town_code", "monitoring_category", "base"),
    "data_quality_scorecard": ("month", "department"),
}
SEEDS = [int(s) for s in os.environ.get("SHOUWANG_TEST_WORLDS", "4").split(",")]


def _months(store: Store) -> list[Month]:
    months = [m for m in (build(store, month, "secret") for month in RUN) if m is not None]
    assert [m.month for m in months] == RUN
    return months


def _records(fixture: DbtFixture, mart: str) -> list[dict[str, Any]]:
    columns = fixture.query(f"select column_name from duckdb_columns() where table_name = '{mart}' order by column_index")
    return [dict(zip([c for (c,) in columns], row, strict=True)) for row in fixture.query(f"select * from marts.{mart}")]


def _is_equal(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, float) and isinstance(found, float):
        return abs(wanted - found) <= 1e-9 * max(1.0, abs(wanted))
    return bool(wanted == found)


def _differences(mart: str, wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    ours, theirs = ({tuple(r[k] for k in KEYS[mart]): r for r in rows} for rows in (wanted, found))
    assert len(ours) == len(wanted), f"{mart}: a key stands twice with the oracle"
    assert len(theirs) == len(found), f"{mart}: a key stands twice"
    lines = [f"{mart} {k}: only with the oracle: {ours[k]}" for k in ours.keys() - theirs.keys()]
    lines += [f"{mart} {k}: only with dbt: {theirs[k]}" for k in theirs.keys() - ours.keys()]
    for key in ours.keys() & theirs.keys():
        lines += [
            f"{mart} {key} {column}: oracle {value}, dbt {theirs[key][column]}"
            for column, value in ours[key].items()
            if not _is_equal(value, theirs[key][column])
        ]
    return sorted(lines)


def _assert_evidence_leads_back(fixture: DbtFixture, conflicts: list[dict[str, Any]]) -> None:
    """Every reference of every conflict is an accepted row that names its subject."""
    named: dict[tuple[Any, ...], str] = {}
    for dataset in fixture.contracts.datasets:
        table = f"staging.stg_{dataset.department}__{dataset.name}"
        for row in fixture.query(f"select strftime(extract_month, '%Y-%m'), delivery_no, file_no, sheet_no, row_number, t from {table} as t"):
            named[(dataset.department, dataset.name, *row[:5])] = str(row[5])
    for conflict in conflicts:
        detail = json.loads(conflict["detail"])
        assert set(detail) == {"facts", "evidence"}
        subject = conflict["person_key"] or conflict["household_key"] or conflict["subject"]
        assert detail["evidence"], conflict
        for reference in detail["evidence"]:
            assert subject in named[tuple(reference.values())], conflict


@pytest.mark.parametrize("number", SEEDS)
def test_every_cell_equals_the_oracle(number: int, tmp_path: Path) -> None:
    store = random_store(number, RUN, DELIVERED)
    wanted = reconciliation_marts(_months(store), Keys(str, str))

    fixture = DbtFixture(tmp_path)
    lay_out(store, fixture)
    for month in ORDER:
        fixture.build(month, "--exclude-resource-type", "test", "--select", *[f"+{mart}" for mart in KEYS])

    found = {mart: _records(fixture, mart) for mart in KEYS}
    for mart in KEYS:
        lines = _differences(mart, wanted[mart], found[mart])
        assert not lines, "\n".join([f"{len(lines)} cells differ", *lines[:30]])
    assert {r["rule_code"] for r in found["reconciliation_conflicts"]} == {f"REC-{n:02d}" for n in range(1, 16)}
    assert any(not r["is_new"] for r in found["reconciliation_conflicts"])
    for entry in ("newly_identified", "returned", "moved_in", "eliminated", "left_register", "moved_out"):
        assert any(r[entry] for r in found["monitored_roll_forward"]), entry
    assert all(r["is_balanced"] for r in found["monitored_roll_forward"])
    _assert_evidence_leads_back(fixture, found["reconciliation_conflicts"])

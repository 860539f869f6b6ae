"""What a column is made from, found in the SQL of a model; kept, and forgotten once the SQL changes."""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.dbt import lineage, manifest

COLUMNS = {"model.p.flags": ["household_key", "kind"], "model.p.households": ["household_key", "town_code", "income"]}
TABLES = {'"warehouse"."marts"."flags"': "model.p.flags", '"warehouse"."marts"."households"': "model.p.households"}
SQL = """
with flagged as (
    select household_key, count(*) filter (where kind = 'income') > 0 as has_income
    from "warehouse"."marts"."flags" group by household_key
)
select date '2021-06-01' as month, flagged.*, households.town_code,
    case when flagged.has_income then households.income end as income
from flagged inner join "warehouse"."marts"."households" as households using (household_key)
"""


def _node(sql: str, *columns: str, schema: str = "marts") -> dict[str, object]:
    return {
        "unique_id": "model.p.risk",
        "schema": schema,
        "depends_on": {"nodes": [*COLUMNS, "source.p.health.illness"]},
        "compiled_code": sql,
        "columns": {name: {} for name in columns},
    }


def test_columns_lead_to_the_columns_of_their_parents() -> None:
    wanted = ["month", "household_key", "has_income", "town_code", "income"]
    found = lineage.parents_of(_node(SQL, *wanted), {**COLUMNS, "model.p.risk": wanted}, TABLES)
    assert found == {
        "month": [],
        "household_key": [("model.p.flags", "household_key")],
        "has_income": [("model.p.flags", "kind")],
        "town_code": [("model.p.households", "town_code")],
        "income": [("model.p.flags", "kind"), ("model.p.households", "income")],
    }


def test_staging_takes_the_columns_of_its_source() -> None:
    node = _node("select 1", "ill_on", schema="staging")
    found = lineage.parents_of(node, {**COLUMNS, "model.p.risk": ["ill_on"]}, TABLES)
    assert found == {"ill_on": [("source.p.health.illness", "ill_on")]}


def test_a_model_that_changed_shows_no_former_lineage(tmp_path: Path) -> None:
    assert lineage.load(tmp_path / "never-built.json") == {}
    checksum = manifest.load()["nodes"]["model.shouwang.household_risk"]["checksum"]["checksum"]
    file, columns = tmp_path / "lineage.json", {"month": [["model.shouwang.dim_month", "month"]]}
    kept = {"model.shouwang.household_risk": {"checksum": checksum, "columns": columns}}
    file.write_text(json.dumps({**kept, "model.shouwang.gone": kept["model.shouwang.household_risk"]}))
    assert lineage.load(file) == {"model.shouwang.household_risk": {"month": [("model.shouwang.dim_month", "month")]}}
    kept["model.shouwang.household_risk"]["checksum"] = "another"
    file.write_text(json.dumps(kept))
    assert lineage.load(file) == {}

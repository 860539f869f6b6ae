"""What a column is made from, found in the SQL of a model; kept, and forgotten once the SQL changes."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

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


def test_a_project_that_changed_shows_no_former_lineage(tmp_path: Path) -> None:
    assert lineage.load(tmp_path / "never-built.json") == {}
    file, project = tmp_path / "lineage.json", lineage.fingerprint(manifest.load())
    models = {"model.shouwang.household_risk": {"month": [["model.shouwang.dim_month", "month"]]}}
    file.write_text(json.dumps({"project": project, "models": models}))
    assert lineage.load(file) == {"model.shouwang.household_risk": {"month": [("model.shouwang.dim_month", "month")]}}
    assert lineage.ensure(file) == 1, "it is not built again"
    file.write_text(json.dumps({"project": "another", "models": models}))
    assert lineage.load(file) == {}
    file.write_text(json.dumps({"model.shouwang.household_risk": {"checksum": "of an earlier program"}}))
    assert lineage.load(file) == {}


def _project() -> dict[str, Any]:
    return copy.deepcopy({key: manifest.load()[key] for key in ("metadata", "nodes", "macros")})


def test_whatever_decides_the_lineage_is_in_the_fingerprint() -> None:
    known = lineage.fingerprint(_project())
    macro, upstream, sentence, foreign = (_project() for _ in range(4))
    macro["macros"]["macro.shouwang.month_end"]["macro_sql"] += " "
    upstream["nodes"]["model.shouwang.int_households"]["columns"]["another"] = {"name": "another"}
    sentence["nodes"]["model.shouwang.int_households"]["description"] = "别的说明"
    foreign["macros"]["macro.dbt.ref"] = {"unique_id": "macro.dbt.ref", "package_name": "dbt", "macro_sql": "another"}
    assert known not in (lineage.fingerprint(macro), lineage.fingerprint(upstream))
    assert [lineage.fingerprint(project) for project in (sentence, foreign)] == [known, known]


def test_a_seed_has_all_its_columns_also_if_one_is_described() -> None:
    node = {"columns": {"kind": {}}, "config": {"column_types": {"code": "varchar", "kind": "varchar"}}}
    assert lineage._columns(node) == ["code", "kind"]
    assert lineage._columns({"columns": {"kind": {}}, "config": {}}) == ["kind"]

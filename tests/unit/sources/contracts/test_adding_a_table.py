"""A new table touches two places, its contract and its suite; everything else follows.

Belongs here: a copy of the platform with one table more, from the contract to an accepted delivery and the asset graph.
Does not belong here: what the table's figures mean.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sources.conforming.ids import check_digits
from tests.paths import ROOT

PARTS = ("sources", "expectations", "orchestration", "workbooks", "sample", "dbt_project")
LONG_AGO = 1_600_000_000

CONTRACT = """\
- name: health_checkups
  businessName: 老年人健康体检登记表
  logicalType: object
  physicalType: file
  dataGranularityDescription: one check-up
  customProperties:
  - property: fileKeywords
    value:
    - 健康体检
  - property: cadence
    value: monthly
  - property: core
    value: false
  - property: extractMode
    value: increment
  - property: mayBeEmpty
    value: true
  - property: matchedToRegister
    value: true
  properties:
  - name: person_name
    businessName: 姓名
    logicalType: string
    required: true
    classification: restricted
    customProperties:
    - property: semantic
      value: person_name
  - name: resident_id
    businessName: 身份证号
    logicalType: string
    required: true
    primaryKey: true
    primaryKeyPosition: 1
    classification: restricted
    customProperties:
    - property: semantic
      value: resident_id
  - name: checked_on
    businessName: 体检日期
    logicalType: date
    required: true
    primaryKey: true
    primaryKeyPosition: 2
    classification: internal
  - name: result
    businessName: 体检结果
    logicalType: string
    required: true
    classification: confidential
    enum:
    - value: 正常
    - value: 异常
  - name: cost
    businessName: 体检费用
    logicalType: number
    required: false
    classification: internal
    logicalTypeOptions:
      minimum: 0
    customProperties:
    - property: unit
      value: 元
"""

SUITE = """
SUITES["health_checkups"] = (
    row_rule("checkup_paid", "体检费用大于零", pl.col("cost") > 0, "体检均有费用"),
)
"""

OBSERVE = """
import json, sys
from pathlib import Path

import sources
from sources import national
from expectations.gate import groups, judge
from orchestration.dbt import manifest
from orchestration.definitions import defs
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from sources.contracts.row_schema import ROWS_FILE

import polars as pl

dataset = load_contracts()["health"]["health_checkups"]
graph = defs.resolve_asset_graph()
asset = graph.get(next(k for k in graph.get_all_asset_keys() if k.path == ["health", "health_checkups"]))
project = manifest.load()
model = "model.shouwang.stg_health__health_checkups"
home, month = Home(Path(sys.argv[1])), Month(2021, 6)
intake = Intake(home, month, judge, national.county("441802"))
intake.land("health")
outcome = intake.take(dataset)
accepted = pl.read_parquet(home.accepted(dataset, month) / ROWS_FILE)
print(json.dumps({
    "sources": sources.__file__,
    "columns": list(project["nodes"][model]["columns"]),
    "reads": project["nodes"][model]["depends_on"]["nodes"],
    "readers": sorted(project["nodes"][n]["name"] for n in project["child_map"][model]),
    "checks": sorted(c.name for c in graph.asset_check_keys if c.asset_key == asset.key),
    "downstream": sorted("/".join(k.path) for k in asset.child_keys),
    "groups": [g.name for g in groups(dataset)],
    "domain": [s for g in groups(dataset) if g.name == "domain" for s in g.expectations],
    "status": outcome.status,
    "judged": sorted(r.name for r in outcome.deliveries[0].verdict.results if r.group == "domain"),
    "failed": [r.message for r in outcome.deliveries[0].verdict.results if not r.passed],
    "rows": outcome.rows_read,
    "accepted": accepted.columns,
    "results": accepted["result"].to_list(),
}))
"""


def resident_id(number: int) -> str:
    body = f"44180219500615{number:03d}"
    return body + str(check_digits(pl.Series([body]))[0])


def run(copy: Path, *arguments: str) -> str:
    """What a Python command prints that sees the copy and nothing else of the platform."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def texts(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform with a table more."""
    folder = tmp_path_factory.mktemp("platform")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("target", "logs", "__pycache__"))
    append(folder / "sources" / "contracts" / "health.odcs.yaml", CONTRACT)
    append(folder / "expectations" / "suites" / "health.py", SUITE)
    return folder


@pytest.fixture(scope="module")
def exported(copy: Path) -> set[str]:
    """The files of the dbt project that the exporter added or changed."""
    before = texts(copy / "dbt_project")
    run(copy, "-m", "sources.contracts.export")
    after = texts(copy / "dbt_project")
    assert before.keys() <= after.keys()
    return {path for path, text in after.items() if before.get(path) != text}


@pytest.fixture(scope="module")
def observed(copy: Path, exported: set[str]) -> dict[str, Any]:
    """What dbt, Dagster, the gate and the intake make of the table, after a delivery of it."""
    rows = [f"老人{n},{resident_id(n)},2021-06-{n:02d},{'异常' if n % 2 else '正常'},{n}元" for n in range(1, 21)]
    home = copy / "home"
    file = home / "inbox" / "health" / "2021-06" / "6月健康体检.csv"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(["姓名,身份证号,体检日期,体检结果,体检费用", *rows]), encoding="utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))
    script = copy / "observe.py"
    script.write_text(OBSERVE, encoding="utf-8")
    found: dict[str, Any] = json.loads(run(copy, str(script), str(home)).splitlines()[-1])
    assert found["sources"] == str(copy / "sources" / "__init__.py")
    return found


def test_export_writes_what_dbt_needs(exported: set[str]) -> None:
    health = "models/staging/health"
    assert exported == {
        "macros/matched_datasets.sql",
        "macros/named_persons.sql",
        "macros/offered_tables.sql",
        "seeds/datasets.csv",
        f"{health}/_health__models.yml",
        f"{health}/_health__sources.yml",
        f"{health}/stg_health__health_checkups.sql",
    }


def test_dbt_reads_the_table(observed: dict[str, Any]) -> None:
    assert observed["columns"][:7] == [
        "name_key",
        "person_key",
        "id_birth_month",
        "id_sex",
        "checked_on",
        "result",
        "cost",
    ]
    assert observed["reads"] == ["source.shouwang.health.health_checkups"]
    assert observed["readers"] == ["int_conflicts_names", "int_flags_local", "int_matched_rows", "int_measures_local"]


def test_dagster_has_the_table_and_its_checks(observed: dict[str, Any]) -> None:
    assert observed["checks"] == sorted(["delivered", *observed["groups"]])
    assert "staging/stg_health__health_checkups" in observed["downstream"]


def test_the_gate_has_the_suite(observed: dict[str, Any]) -> None:
    assert {"structure", "completeness", "ids", "keys", "domain"} <= set(observed["groups"])
    assert any("体检费用大于零" in sentence for sentence in observed["domain"])


def test_a_delivery_is_accepted(observed: dict[str, Any]) -> None:
    assert (observed["status"], observed["failed"], observed["rows"]) == ("accepted", [], 20)
    assert observed["judged"] == ["checkup_paid"]
    assert observed["results"] == ["异常", "正常"] * 10
    assert not {"person_name", "resident_id"} & set(observed["accepted"])

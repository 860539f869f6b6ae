"""A failed build names the nodes of dbt that failed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, MetadataValue

from orchestration.assets.marts import SHOWN_FAILURES, _by_a_person, _shown, what_failed
from sources.county.folder import DEFAULT, read_county
from sources.months import Month
from tests.unit.orchestration.runtime.test_dead_runs import create_run, opened, settings

__all__ = ["opened", "settings"]


def test_what_dbt_says_of_failed_nodes(tmp_path: Path) -> None:
    results = [{"unique_id": "model.shouwang.fine", "status": "success", "message": "OK"}]
    failed = [("fail", f"test.shouwang.rule_{n}.abc", f"Got {n} results") for n in range(SHOWN_FAILURES + 1)]
    results += [{"unique_id": node, "status": status, "message": message} for status, node, message in failed]
    (tmp_path / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    lines = what_failed(tmp_path).splitlines()
    assert lines[0] == "dbt 计算或检验未通过,未发布:"
    assert lines[1] == "rule_0:Got 0 results"
    assert lines[-1] == f"…共 {SHOWN_FAILURES + 1} 项"
    assert "fine" not in "".join(lines)


def test_the_county_is_told_which_file_of_its_own_failed(tmp_path: Path) -> None:
    texts = {"local.a": "select x\nfrom members", "local.b": "select y\nfrom households"}
    rows = tuple({"code": code} for code in texts)
    county = replace(read_county(DEFAULT), folder=tmp_path, selects=texts | {"local.c": "select y"}, indicators=rows)
    county = replace(county, rules=({"code": "local.c"},))
    for quoted, files in (
        ("", "dbt/local.a.sql、dbt/local.b.sql"),
        ("\n  LINE 9: select y\n", "dbt/local.b.sql"),
        (" when casting from source column x\n  LINE 9:   select\n", "dbt/local.a.sql"),
    ):
        failed = {"unique_id": "model.shouwang.int_measures_local", "status": "error", "message": f"Error{quoted}"}
        (tmp_path / "run_results.json").write_text(json.dumps({"results": [failed]}), encoding="utf-8")
        assert f"是本区县自有指标的 SELECT:{tmp_path} 的 {files}。" in what_failed(tmp_path, county)
    failed["unique_id"] = "model.shouwang.int_flags_local"
    (tmp_path / "run_results.json").write_text(json.dumps({"results": [failed]}), encoding="utf-8")
    assert f"是本区县自有规则的 SELECT:{tmp_path} 的 dbt/local.c.sql。" in what_failed(tmp_path, county)


def test_dbt_that_did_not_get_so_far(tmp_path: Path) -> None:
    assert what_failed(tmp_path) == f"dbt 没有完成,日志在 {tmp_path / 'dbt.log'}。"


def test_of_dbts_own_metadata_a_table_shows_its_node_and_seconds() -> None:
    metadata = {
        "unique_id": MetadataValue.text("model.shouwang.dim_month"),
        "invocation_id": MetadataValue.text("7"),
        "status": MetadataValue.text("success"),
        "Execution Duration": MetadataValue.float(0.167169),
    }
    shown = {"dbt 节点": "model.shouwang.dim_month", "dbt 用时(秒)": 0.167}
    assert _shown(metadata) == shown


def test_a_month_that_a_person_ended_is_named_until_it_runs_again(opened: DagsterInstance) -> None:
    months = [Month(2021, 5), Month(2021, 6)]
    create_run(opened, DagsterRunStatus.FAILURE, "2021-05")
    create_run(opened, DagsterRunStatus.CANCELED, "2021-06")
    assert _by_a_person(opened, months) == "(2021-06 的运行已被人终止,不会自动重新运行)"
    create_run(opened, DagsterRunStatus.FAILURE, "2021-06")
    assert _by_a_person(opened, months) == ""

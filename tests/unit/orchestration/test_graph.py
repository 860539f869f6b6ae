"""The asset graph as a text: a change of it is seen in review, never by surprise."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.paths import ROOT

GRAPH = Path(__file__).with_name("graph.txt")


def _graph() -> str:
    """One line per asset: group, key, number of checks, and what it reads."""
    from orchestration.definitions import defs

    graph = defs.resolve_asset_graph()
    checks = Counter(c.asset_key for c in graph.asset_check_keys)
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda k: k.path):
        node = graph.get(key)
        parents = ", ".join(sorted("/".join(p.path) for p in node.parent_keys))
        lines.append(f"{node.group_name}: {'/'.join(key.path)} [{checks[key]} checks] <- {parents}".rstrip(" <-"))
    return "\n".join(lines) + "\n"


def test_the_asset_graph() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        GRAPH.write_text(_graph(), encoding="utf-8")
    assert _graph() == GRAPH.read_text(encoding="utf-8"), "UPDATE_SNAPSHOTS=1 pytest writes graph.txt anew"


def test_definitions_load_with_an_empty_environment(tmp_path: Path) -> None:
    script = (
        "from orchestration.definitions import defs\n"
        "from orchestration.partitions import MONTHS\n"
        "job = defs.resolve_job_def('monthly_run')\n"
        "print(job.partitions_def == MONTHS, len(job.asset_layer.executable_asset_keys) > 60)\n"
        "defs.resolve_schedule_def('monthly_run_schedule')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env={}, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout == "True True\n", done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize("department", ["agriculture", "civil_affairs", "health", "human_resources"])
def test_every_dataset_is_an_asset_that_dbt_reads(department: str) -> None:
    from orchestration.dbt import manifest
    from orchestration.definitions import defs
    from sources.contracts.model import load_contracts

    sources = {s["name"] for s in manifest.load()["sources"].values() if s["source_name"] == department}
    ours = {k.path[1] for k in defs.resolve_asset_graph().get_all_asset_keys() if k.path[0] == department}
    assert ours == sources == {d.name for d in load_contracts()[department].datasets}


def test_nothing_stands_outside_the_graph() -> None:
    from orchestration.definitions import defs

    graph = defs.resolve_asset_graph()
    assert [k for k in graph.get_all_asset_keys() if not graph.get(k).is_materializable] == []


def test_no_check_is_partitioned_and_every_result_names_its_month() -> None:
    """The list of a partitioned check shows no month; an unpartitioned result without a month stays planned."""
    from orchestration.definitions import defs

    graph = defs.resolve_asset_graph()
    assert [key for key in graph.asset_check_keys if graph.get(key).partitions_def] == []
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "orchestration").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AssetCheckResult"
    ]
    assert calls == [], "use orchestration.assets.month_result.MonthResult"

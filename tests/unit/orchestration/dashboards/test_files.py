"""The dashboards for Superset: files as written, everything they name exists, ids fixed, the connection locked down."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.dashboards.__main__ import EXPOSURES, FOLDER
from orchestration.dashboards.board import MONTH, Measure, boards
from orchestration.dashboards.charts import GREEN, LABEL_COLOURS, RED
from orchestration.dashboards.exposures import exposures
from orchestration.dashboards.files import NotOpenDataError, archive, database, files
from orchestration.dashboards.layout import metadata
from orchestration.dashboards.shapes import make, models_of, shapes
from orchestration.dbt import manifest
from orchestration.publishing.content import quoted
from orchestration.publishing.version import FULL, OPEN

PARTS = ("databases", "datasets", "charts", "dashboards")
DISTRICT = ("全区指标达标情况", "全区指标与目标", "全区与全省、全国", "全区没有数值的指标")


@pytest.fixture(scope="module")
def pack() -> dict[str, Any]:
    return {path: yaml.safe_load(text) for path, text in files().items()}


def _part(pack: dict[str, Any], part: str) -> dict[str, Any]:
    return {document["uuid"]: document for path, document in pack.items() if path.startswith(f"{part}/")}


def _placed(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for p in dashboard["position"].values() if isinstance(p, dict) and p["type"] == "CHART"]


def _named(params: dict[str, Any]) -> Iterator[str]:
    """Yield the columns that a chart names."""
    for key in ("groupby", "groupbyRows", "groupbyColumns", "all_columns"):
        named = params.get(key, [])
        yield from [named] if isinstance(named, str) else named
    yield from (f["subject"] for f in params["adhoc_filters"] if "subject" in f)
    yield from (yaml.safe_load(order)[0] for order in params.get("order_by_cols", []))
    if "x_axis" in params:
        yield params["x_axis"]


def test_the_repository_has_what_the_generator_writes() -> None:
    kept = {str(f.relative_to(FOLDER)): f.read_text(encoding="utf-8") for f in FOLDER.rglob("*.yaml")}
    assert kept == files(), "python -m orchestration.dashboards writes bi/superset"
    assert EXPOSURES.read_text(encoding="utf-8") == exposures()


def test_the_archive_is_the_same_each_time_and_is_what_superset_opens() -> None:
    made = archive(files())
    assert made == archive(dict(reversed(files().items())))
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert set(opened.namelist()) == {f"shouwang/{path}" for path in files()}


def test_datasets_have_the_columns_of_the_views_and_expressions_that_run(pack: dict[str, Any]) -> None:
    datasets = {d["table_name"]: d for d in _part(pack, "datasets").values()}
    assert set(datasets) == set(shapes(OPEN))
    with duckdb.connect() as connection:
        make(connection, OPEN)
        for name, dataset in datasets.items():
            stored = {c["column_name"]: c["type"] for c in dataset["columns"] if "expression" not in c}
            assert stored == dict(shapes(OPEN)[name].types)
            written = [c["expression"] for c in dataset["columns"] if "expression" in c]
            for expression in [*written, *(m["expression"] for m in dataset["metrics"])]:
                connection.execute(f"select {expression} from bi.{quoted(name)}")


def test_charts_name_columns_and_measures_of_their_dataset(pack: dict[str, Any]) -> None:
    datasets = _part(pack, "datasets")
    used = set()
    for chart in _part(pack, "charts").values():
        dataset, params = datasets[chart["dataset_uuid"]], chart["params"]
        metrics = params.get("metrics", []) + ([params["metric"]] if "metric" in params else [])
        columns = {c["column_name"] for c in dataset["columns"]}
        assert set(_named(params)) <= columns, chart["slice_name"]
        assert set(metrics) <= {m["metric_name"] for m in dataset["metrics"]}, chart["slice_name"]
        coloured = {rule["column"] for rule in params.get("conditional_formatting", [])}
        assert coloured <= columns.union(metrics), chart["slice_name"]
        used.update((dataset["uuid"], metric) for metric in metrics)
    assert used == {(d["uuid"], m["metric_name"]) for d in datasets.values() for m in d["metrics"]}


def test_no_chart_shows_truth_in_english(pack: dict[str, Any]) -> None:
    datasets = _part(pack, "datasets")
    for chart in _part(pack, "charts").values():
        truths = {c["column_name"] for c in datasets[chart["dataset_uuid"]]["columns"] if c["type"] == "BOOLEAN"}
        shown = {name for key in ("groupby", "all_columns") for name in chart["params"].get(key, [])}
        assert not truths & shown, chart["slice_name"]


def test_a_table_shows_days_and_months_as_text(pack: dict[str, Any]) -> None:
    """Superset has one format for all dates of a table: a month is the column of text."""
    tables = [c for c in _part(pack, "charts").values() if c["viz_type"] == "table"]
    assert {c["params"]["table_timestamp_format"] for c in tables} == {"%Y-%m-%d"}
    shown = [
        c["slice_name"] for c in tables if "月份" in c["params"].get("all_columns", []) + c["params"].get("groupby", [])
    ]
    assert shown == []


def test_every_id_is_unique_and_everything_is_reached(pack: dict[str, Any]) -> None:
    parts = {part: _part(pack, part) for part in PARTS}
    ids = Counter(d["uuid"] for path, d in pack.items() if "uuid" in d)
    assert max(ids.values()) == 1
    assert len(ids) == len(pack) - 1, "all but metadata.yaml"
    placed = [place["meta"] for dashboard in parts["dashboards"].values() for place in _placed(dashboard)]
    assert Counter(meta["uuid"] for meta in placed) == dict.fromkeys(parts["charts"], 1)
    assert {d["database_uuid"] for d in parts["datasets"].values()} == set(parts["databases"])
    for dashboard in parts["dashboards"].values():
        for choice in dashboard["metadata"]["native_filter_configuration"]:
            [target] = choice["targets"]
            columns = {c["column_name"] for c in parts["datasets"][target["datasetUuid"]]["columns"]}
            assert target["column"]["name"] in columns
            numbers = {place["meta"]["chartId"] for place in _placed(dashboard)}
            assert set(choice["scope"]["excluded"]) <= numbers


def test_a_choice_empties_no_chart_of_a_level_above() -> None:
    [board] = [board for board in boards() if board.slug == "shouwang-construction"]
    numbers = {chart.title: number for number, chart in enumerate(board.charts, 1)}
    made = metadata(board)
    district = {numbers[title] for title in DISTRICT}
    towns = {numbers[title] for title in ("各镇街达标情况", "镇街和指标的目标地图", "镇街未达标的指标")}
    [by_town] = [choice for choice in made["native_filter_configuration"] if choice["name"] == "镇街"]
    assert set(by_town["scope"]["excluded"]) == district
    clicks = {title: made["chart_configuration"].get(str(number)) for title, number in numbers.items()}
    of = {title: set(click["crossFilters"]["scope"]["excluded"]) for title, click in clicks.items() if click}
    assert of["各镇街得分"] == {numbers["各镇街得分"], *district}
    assert of["未达标的村居"] == {numbers["未达标的村居"], *district, *towns}
    assert numbers["村居未达标的指标"] not in of["未达标的村居"]
    assert "全区指标达标情况" not in of


def test_rows_of_a_dashboard_fill_the_width() -> None:
    for board in boards():
        assert all(sum(chart.width for chart in row) == 12 for row in board.rows), board.title
        assert len({chart.title for chart in board.charts}) == len(board.charts)


def test_a_value_of_several_rows_is_empty_so_that_suppressed_counts_are_not_added(pack: dict[str, Any]) -> None:
    suppressed = {"风险概况", "风险等级户数", "规则筛查", "监测对象增减", "指标", "镇街评估"}
    for dataset in _part(pack, "datasets").values():
        if dataset["table_name"] in suppressed:
            assert not [m for m in dataset["metrics"] if "sum(" in m["expression"]], dataset["table_name"]
    [flagged] = [m for d in _part(pack, "datasets").values() for m in d["metrics"] if m["metric_name"] == "标记户数·值"]
    with duckdb.connect() as connection:
        asked = f"select {flagged['expression']} from (values (7), (null)) as t (标记户数)"
        assert connection.execute(asked).fetchone() == (None,)
        assert connection.execute(f"{asked} where 标记户数 is not null").fetchone() == (7,)


def test_a_sum_over_several_months_is_empty() -> None:
    with duckdb.connect() as connection:
        for measure in (Measure("行", "行", is_sum=True), Measure("行")):
            asked = f"select {measure.sql} from (values (1, 4), (1, 5), (2, 6)) as t (行, 月份)"
            assert connection.execute(asked).fetchone() == (None,)
            assert connection.execute(f"{asked} where 月份 < 5").fetchone() == (1,)


def test_the_choice_of_a_month_applies_at_once(pack: dict[str, Any]) -> None:
    choices = [c for d in _part(pack, "dashboards").values() for c in d["metadata"]["native_filter_configuration"]]
    months = [choice for choice in choices if choice["name"] == MONTH]
    assert len(months) == 5
    assert all(c["requiredFirst"] and c["controlValues"]["defaultToFirstItem"] for c in months)


def test_colours_say_what_they_mean(pack: dict[str, Any]) -> None:
    assert LABEL_COLOURS["红色"] == LABEL_COLOURS["不达标"] == RED
    assert LABEL_COLOURS["达标"] == GREEN
    for dashboard in _part(pack, "dashboards").values():
        assert dashboard["metadata"]["label_colors"] == LABEL_COLOURS


def test_the_connection_is_locked_down(pack: dict[str, Any]) -> None:
    [kept] = _part(pack, "databases").values()
    assert kept["extra"]["engine_params"]["connect_args"] == {
        "read_only": True,
        "config": {"enable_external_access": "false", "lock_configuration": "true"},
    }
    postgres = database("postgresql+psycopg2://kanban@db.example.gov.cn:5432/shouwang")
    assert postgres["uuid"] == kept["uuid"]
    assert "read_only=on" in postgres["extra"]["engine_params"]["connect_args"]["options"]


@pytest.mark.parametrize(
    "uri",
    [
        "duckdb:////srv/published/current/shouwang.duckdb",
        "postgresql://kanban:secret@db/shouwang",
        "sqlite:////srv/superset.db",
    ],
)
def test_other_databases_and_passwords_are_refused(uri: str) -> None:
    with pytest.raises(NotOpenDataError) as refused:
        database(uri)
    assert "secret" not in str(refused.value)


def test_every_mart_is_in_an_exposure() -> None:
    shown = {n for exposure in manifest.load()["exposures"].values() for n in exposure["depends_on"]["nodes"]}
    models = set(models_of(OPEN).values()) | set(models_of(FULL).values())
    assert models <= {node.rpartition(".")[2] for node in shown}

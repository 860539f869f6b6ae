"""Lay out a dashboard: where its charts are, which choices reach them, which colours words have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from orchestration.dashboards.board import MONTH, Board, Chart, Filter
from orchestration.dashboards.charts import LABEL_COLOURS, is_over_time

LEVEL, LEVELS = "层级", ("区", "镇街", "村居")
"""The column for the level of a division, and its values from above; the last two are columns as well."""
_NAMESPACE = uuid5(NAMESPACE_URL, "shouwang:superset")


def fixed_id(kind: str, *names: str) -> UUID:
    """Return the id of a thing, which depends on its names only, so that importing again replaces it."""
    return uuid5(_NAMESPACE, "/".join((kind, *names)))


def chart_id(board: Board, chart: Chart) -> UUID:
    """Return the id of a chart of a dashboard."""
    return fixed_id("chart", board.slug, chart.title)


def position(board: Board) -> dict[str, Any]:
    """Return the places of a dashboard's charts, below a line that says what it answers."""
    rows = {f"ROW-{number}": row for number, row in enumerate(board.rows, 1)}
    placed: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": _place("GRID_ID", "GRID", ["ROW-0", *rows], ["ROOT_ID"]),
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": board.title}},
        "ROW-0": _row("ROW-0", ["MARKDOWN-0"]),
        "MARKDOWN-0": _place("MARKDOWN-0", "MARKDOWN", [], ["ROOT_ID", "GRID_ID", "ROW-0"])
        | {"meta": {"code": board.about, "width": 12, "height": 11}},
    }
    numbers = {chart.title: number for number, chart in enumerate(board.charts, 1)}
    for row_id, row in rows.items():
        placed[row_id] = _row(row_id, [f"CHART-{numbers[chart.title]}" for chart in row])
        for chart in row:
            number = numbers[chart.title]
            meta = {
                "chartId": number,
                "uuid": str(chart_id(board, chart)),
                "sliceName": chart.title,
                "width": chart.width,
                "height": chart.height,
            }
            place = _place(f"CHART-{number}", "CHART", [], ["ROOT_ID", "GRID_ID", row_id])
            placed[f"CHART-{number}"] = place | {"meta": meta}
    return placed


def metadata(board: Board) -> dict[str, Any]:
    """Return the choices and colours of a dashboard."""
    return {
        "color_scheme": "supersetColors",
        "label_colors": dict(LABEL_COLOURS),
        "shared_label_colors": [],
        "map_label_colors": dict(LABEL_COLOURS),
        "cross_filters_enabled": True,
        "chart_configuration": {str(number): config for number, config in _clicks(board)},
        "expanded_slices": {},
        "timed_refresh_immune_slices": [],
        "refresh_frequency": 0,
        "native_filter_configuration": [_choice(board, choice) for choice in board.filters],
    }


def _choice(board: Board, choice: Filter) -> dict[str, Any]:
    over_time = [number for number, chart in enumerate(board.charts, 1) if is_over_time(chart)]
    excluded = over_time if choice.column == MONTH else _above(board, choice.column)
    return {
        "id": f"NATIVE_FILTER-{fixed_id('filter', board.slug, choice.column)}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": choice.column,
        "description": "",
        "requiredFirst": choice.single,
        "targets": [{"datasetUuid": str(fixed_id("dataset", choice.view)), "column": {"name": choice.column}}],
        "controlValues": {
            "multiSelect": not choice.single,
            "defaultToFirstItem": choice.single,
            "enableEmptyFilter": choice.single,
            "sortAscending": choice.column != MONTH,
            "inverseSelection": False,
            "searchAllOptions": False,
        },
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": excluded},
    }


def _clicks(board: Board) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield which charts a click does not reach, by the number of the chart that is clicked, if towns or villages are.

    Superset finds the charts in scope itself.
    """
    for number, chart in enumerate(board.charts, 1):
        if named := [level for level in LEVELS if level in (chart.x, *chart.by, *chart.across)]:
            scope = {"rootPath": ["ROOT_ID"], "excluded": sorted({number, *_above(board, named[-1])})}
            yield number, {"id": number, "crossFilters": {"scope": scope, "chartsInScope": []}}


def _above(board: Board, column: str) -> list[int]:
    """List the charts about a level above a column's by number: a choice of a town leaves nothing of the district."""
    above = LEVELS[: LEVELS.index(column)] if column in LEVELS else ()
    return [number for number, chart in enumerate(board.charts, 1) if chart.where.get(LEVEL) in above]


def _row(row_id: str, children: list[str]) -> dict[str, Any]:
    return _place(row_id, "ROW", children, ["ROOT_ID", "GRID_ID"]) | {"meta": {"background": "BACKGROUND_TRANSPARENT"}}


def _place(place_id: str, kind: str, children: list[str], parents: list[str]) -> dict[str, Any]:
    return {"id": place_id, "type": kind, "children": children, "parents": parents}

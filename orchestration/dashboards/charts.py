"""Write the parameters of a chart in the form of Superset 6.

Belongs here: one function per kind of chart. Does not belong here: which charts there are (``boards/*.yml``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from orchestration.dashboards.board import Chart

RED, ORANGE, YELLOW, GREEN, GREY, BLUE = "#CF1322", "#FA8C16", "#D4B106", "#389E0D", "#BFBFBF", "#1677FF"
LABEL_COLOURS = {
    "红色": RED,
    "橙色": ORANGE,
    "黄色": YELLOW,
    "没有预警": GREY,
    "不达标": RED,
    "达标": GREEN,
    "没有目标": "#D9D9D9",
    "没有数值": GREY,
    "已筛查": GREEN,
    "未筛查": RED,
    "数目太小不公布": GREY,
    "没有分足": RED,
    "已分足": GREEN,
    "不公布": GREY,
}
"""Colour by the word that has it on every dashboard. Superset gives no such colour to the series of a measure."""
COLOURS = {"red": RED, "orange": ORANGE, "yellow": YELLOW, "green": GREEN, "blue": BLUE}
SCALES = {"red": "schemeReds", "red_to_green": "schemeRdYlGn"}
"""Scales of Superset from the lower bound to the upper one."""
NUMBER = ",.2~f"
MONTH_FORMAT, DAY_FORMAT = "%Y-%m", "%Y-%m-%d"
ROW_LIMIT = 10000
Params = dict[str, Any]


def params(chart: Chart) -> Params:
    """Return the parameters of a chart. Raises KeyError if its kind is unknown."""
    viz_type, made = _KINDS[chart.kind]
    common = {"viz_type": viz_type, "adhoc_filters": _filters(chart), "row_limit": ROW_LIMIT, "extra_form_data": {}}
    return common | made(chart)


def viz_type(chart: Chart) -> str:
    """Return the name that Superset has for a kind of chart."""
    return _KINDS[chart.kind][0]


def is_over_time(chart: Chart) -> bool:
    """Say whether a chart shows all months, so that the choice of a month must not reach it."""
    return chart.x == "月份"


def _filters(chart: Chart) -> list[Params]:
    simple = [_simple(column, value) for column, value in chart.where.items()]
    free = [{"clause": "WHERE", "expressionType": "SQL", "sqlExpression": chart.condition}] if chart.condition else []
    return [*simple, *free]


def _simple(column: str, value: str | bool) -> Params:
    made: Params = {"clause": "WHERE", "expressionType": "SIMPLE", "subject": column}
    if isinstance(value, bool):
        return made | {"operator": "IS TRUE" if value else "IS FALSE", "operatorId": f"IS_{value}".upper()}
    return made | {"operator": "==", "operatorId": "EQUALS", "comparator": value}


def _number(chart: Chart) -> Params:
    colours = [
        {"operator": "None", "colorScheme": COLOURS[rule["colour"]], "column": chart.measures[0].name}
        for rule in chart.colours
    ]
    return {
        "metric": chart.measures[0].name,
        "header_font_size": 0.4,
        "subheader_font_size": 0.15,
        "y_axis_format": NUMBER,
        "conditional_formatting": colours,
    }


def _series(chart: Chart) -> Params:
    return {
        "x_axis": chart.x,
        "metrics": [measure.name for measure in chart.measures],
        "groupby": list(chart.by),
        "time_grain_sqla": "P1M" if is_over_time(chart) else None,
        "x_axis_time_format": MONTH_FORMAT,
        "tooltipTimeFormat": MONTH_FORMAT,
        "xAxisForceCategorical": not is_over_time(chart),
        # Every town and department has its name, also in a narrow chart.
        "xAxisLabelInterval": "auto" if is_over_time(chart) else "0",
        "xAxisLabelRotation": 0 if is_over_time(chart) else 45,
        "x_axis_sort_asc": True,
        "order_desc": True,
        "color_scheme": "supersetColors",
        "show_legend": len(chart.measures) + len(chart.by) > 1,
        "legendOrientation": "top",
        "legendType": "scroll",
        "rich_tooltip": True,
        # The numbers above three bars side by side cover each other.
        "show_value": not is_over_time(chart) and len(chart.measures) < 3,
        "y_axis_format": NUMBER,
        "y_axis_bounds": [None, None],
        "truncate_metric": True,
        "show_empty_columns": True,
        "comparison_type": "values",
        "annotation_layers": [],
    }


def _bars(chart: Chart) -> Params:
    return _series(chart) | {"orientation": "vertical", "stack": None}


def _stack(chart: Chart) -> Params:
    return _series(chart) | {"orientation": "vertical", "stack": "Stack", "show_value": False}


def _line(chart: Chart) -> Params:
    return _series(chart) | {"seriesType": "line", "markerEnabled": True, "markerSize": 6, "opacity": 0.2}


def _pie(chart: Chart) -> Params:
    return {
        "groupby": list(chart.by),
        "metric": chart.measures[0].name,
        "label_type": "value",
        "number_format": NUMBER,
        "show_legend": True,
        "legendOrientation": "top",
        "legendType": "scroll",
        "show_labels": True,
        "labels_outside": True,
        "donut": True,
        "innerRadius": 40,
        "outerRadius": 65,
        "sort_by_metric": False,
        "color_scheme": "supersetColors",
    }


def _table(chart: Chart) -> Params:
    """Show groups with measures: a click on a group filters the other charts."""
    return _any_table(chart) | {
        "query_mode": "aggregate",
        "groupby": list(chart.by),
        "metrics": [measure.name for measure in chart.measures],
        "order_desc": True,
    }


def _rows(chart: Chart) -> Params:
    order = [json.dumps([name.lstrip("-"), not name.startswith("-")], ensure_ascii=False) for name in chart.order]
    return _any_table(chart) | {"query_mode": "raw", "all_columns": list(chart.rows), "order_by_cols": order}


def _any_table(chart: Chart) -> Params:
    names = {measure.label: measure.name for measure in chart.measures}
    return {
        "table_timestamp_format": DAY_FORMAT,
        "include_search": True,
        "show_cell_bars": False,
        "color_pn": False,
        "allow_rearrange_columns": True,
        "conditional_formatting": [
            {
                "column": names.get(rule["column"], rule["column"]),
                "operator": rule["operator"],
                "targetValue": rule["value"],
                "colorScheme": COLOURS[rule["colour"]],
            }
            for rule in chart.colours
        ],
    }


def _pivot(chart: Chart) -> Params:
    """Show a matrix without totals: suppressed counts must not be added."""
    return {
        "groupbyRows": list(chart.by),
        "groupbyColumns": list(chart.across),
        "metrics": [measure.name for measure in chart.measures],
        "metricsLayout": "COLUMNS",
        "aggregateFunction": "Maximum",
        "rowTotals": False,
        "colTotals": False,
        "rowOrder": "key_a_to_z",
        "colOrder": "key_a_to_z",
        "valueFormat": NUMBER,
        "date_format": MONTH_FORMAT,
    }


def _heat(chart: Chart) -> Params:
    """Show a measure by two columns as a grid, which needs no outlines and no map service; an empty cell has none."""
    (scale,), (rows,) = chart.colours, chart.by
    return {
        "x_axis": chart.x,
        "groupby": rows,
        "metric": chart.measures[0].name,
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_desc",
        "normalize_across": "heatmap",
        "normalized": False,
        "show_percentage": False,
        "show_values": True,
        "show_legend": True,
        "legend_type": "continuous",
        "linear_color_scheme": SCALES[scale["colour"]],
        "value_bounds": list(scale["bounds"]),
        "border_color": {"r": 255, "g": 255, "b": 255, "a": 1},
        "border_width": 1,
        "xscale_interval": 1,
        "yscale_interval": 1,
        "left_margin": 200,
        "bottom_margin": "auto",
        "y_axis_format": ",.1~f",
    }


_KINDS: dict[str, tuple[str, Callable[[Chart], Params]]] = {
    "number": ("big_number_total", _number),
    "bars": ("echarts_timeseries_bar", _bars),
    "stack": ("echarts_timeseries_bar", _stack),
    "line": ("echarts_timeseries_line", _line),
    "pie": ("pie", _pie),
    "table": ("table", _table),
    "rows": ("table", _rows),
    "pivot": ("pivot_table_v2", _pivot),
    "heat": ("heatmap_v2", _heat),
}

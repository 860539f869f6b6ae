"""Colour towns and villages by an indicator: on the county's own map, or on a grid.

Belongs here: which indicators, colours and their meaning, SVG. Does not belong here: outlines (``geometry``).

Red is for what misses a target, green for what meets it, grey for what is not known or not published.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from reports.figures import MET, NO_TARGET, standing, text_of
from reports.geometry import WIDTH, Sheet, read_sheet
from reports.marts import Marts, Row
from reports.numbers import number
from reports.typeset import typeset

MOST = 6
"""Most maps of a report."""
GREEN, GREY = "#8cc08a", "#d9d9d9"
REDS = ((0.05, "#f6b8b0"), (0.15, "#e2685f"), (float("inf"), "#b00000"))
"""Colour by how far a value misses its target, as a share of the target."""
_LEGEND = (
    (GREEN, "达标"), (REDS[0][1], "差目标5%以内"), (REDS[1][1], "差5%至15%"), (REDS[2][1], "差15%以上"),
    (GREY, "不公布或没有数据"),
)  # fmt: skip
_COLUMNS, _TILE, _GAP = 4, 230, 13

_VALUES = """
    select figures.*, catalogue.name_zh, catalogue.unit, catalogue.decimals, catalogue.better
    from published.marts.rural_indicators as figures
    inner join published.marts.dim_indicator as catalogue using (indicator_code)
    where figures.month = $month and figures.level in ('town', 'village') and figures.target is not null
        and catalogue.better in ('higher', 'lower')
    order by figures.indicator_code, figures.division_code
"""
_NAMES = """
    select division_code, name from published.marts.dim_division
    where valid_from <= $last_day qualify row_number() over (partition by division_code order by valid_from desc) = 1
"""


def maps(marts: Marts, geometry: Path | None) -> str:
    """Return the section of the page with the maps; nothing if no indicator with a target has a value in a town.

    Raises GeometryError if the file of the map cannot be used.
    """
    sheet = read_sheet(geometry) if geometry else None
    names = {row["division_code"]: row["name"] for row in marts.rows(_NAMES)}
    by_code: dict[str, dict[str, Row]] = {}
    for row in marts.rows(_VALUES):
        by_code.setdefault(row["indicator_code"], {})[row["division_code"]] = row
    figures = "".join(_figure(rows, marts.towns, names, sheet) for rows in _worst(list(by_code.values()), marts.towns))
    if not figures:
        return ""
    legend = "".join(f'<i style="background:{color}"></i>{text}' for color, text in _LEGEND)
    return (
        '<section id="maps"><h2>镇街分布图</h2>'
        f'<p class="legend">{legend}</p><div class="maps">{figures}</div></section>'
    )


def _worst(indicators: list[dict[str, Row]], towns: dict[str, str]) -> list[dict[str, Row]]:
    """Choose the indicators that most towns miss, then those in the order of their codes."""

    def missing(rows: dict[str, Row]) -> int:
        return sum(standing(rows[town]) not in (MET, NO_TARGET) for town in towns if town in rows)

    known = [rows for rows in indicators if any(rows[t]["value"] is not None for t in towns if t in rows)]
    return sorted(known, key=missing, reverse=True)[:MOST]


def _figure(rows: dict[str, Row], towns: dict[str, str], names: dict[str, str], sheet: Sheet | None) -> str:
    row = next(iter(rows.values()))
    caption = f"{row['name_zh']}({row['unit']},目标{number(row['target'], row['decimals'])})"
    drawn = _map(rows, names, sheet) if sheet else _grid(rows, towns)
    return f"<figure>{drawn}<figcaption>{escape(typeset(caption))}</figcaption></figure>"


def _map(rows: dict[str, Row], names: dict[str, str], sheet: Sheet) -> str:
    """Draw the divisions of the map; villages have a name on the pointer only, towns in the picture."""
    labels = []
    shapes = []
    for code, outline in sheet.outlines.items():
        row = rows.get(code)
        title = f"{names.get(code, code)}:{text_of(row) if row else '没有数据'}"
        shapes.append(
            f'<path d="{outline.path}" fill="{color(row)}" stroke="#fff" stroke-width="2" fill-rule="evenodd">'
            f"<title>{escape(title)}</title></path>"
        )
        if code in names and len(code) == len("441802006"):
            x, y = outline.middle
            labels.append(_text(x, y, 30, names[code], color(row)))
    return f'<svg viewBox="0 0 {WIDTH} {sheet.height}" role="img">{"".join(shapes + labels)}</svg>'


def _grid(rows: dict[str, Row], towns: dict[str, str]) -> str:
    """Draw a tile per town, with its name and value."""

    def step(n: int) -> int:
        return n * (_TILE + _GAP) + _GAP

    tiles = []
    for number_of, (code, name) in enumerate(towns.items()):
        x, y, row = step(number_of % _COLUMNS), step(number_of // _COLUMNS), rows.get(code)
        value, middle, ground = text_of(row) if row else "没有数据", x + _TILE // 2, color(row)
        tiles.append(
            f'<g><rect x="{x}" y="{y}" width="{_TILE}" height="{_TILE}" rx="10" fill="{ground}"/>'
            f"{_text(middle, y + 100, 34, name, ground)}{_text(middle, y + 155, 38, value, ground)}</g>"
        )
    height = step(-(-len(towns) // _COLUMNS))
    return f'<svg viewBox="0 0 {step(_COLUMNS)} {height}" role="img">{"".join(tiles)}</svg>'


def _text(x: int, y: int, size: int, text: str, ground: str) -> str:
    ink = "#fff" if ground == REDS[-1][1] else "#000"
    return f'<text x="{x}" y="{y}" fill="{ink}" style="font-size:{size}px">{escape(text)}</text>'


def color(row: Row | None) -> str:
    """Return the colour of a figure: green if it meets its target, else redder the further it is from it."""
    if row is None or row["value"] is None:
        return GREY
    if standing(row) == MET:
        return GREEN
    distance = abs(row["value"] - row["target"]) / abs(row["target"]) if row["target"] else float("inf")
    return next(shade for limit, shade in REDS if distance <= limit)

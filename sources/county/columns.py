"""The files of a county's folder that hold rows: their columns, and reading them as checked text.

Belongs here: one file by itself. Does not belong here: what rows mean together (``folder``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from sources.refusal import RefusedError
from sources.text import decode

Kind = Literal["text", "date", "number", "integer", "boolean"]
Row = Mapping[str, str]
_MOST_BYTES = 4 * 2**20
_NUMBER = re.compile(r"-?\d{1,14}(\.\d{1,4})?")


@dataclass(frozen=True, eq=False)
class Table:
    """A file of rows; a column of ``required`` must be in the file and filled."""

    file: str
    columns: Mapping[str, Kind]
    required: tuple[str, ...]
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Values of cells that are empty or in no column of the file."""


PARAMETERS = Table(
    "parameters.csv",
    {
        "parameter": "text", "division_prefix": "text", "valid_from": "date", "valid_to": "date", "value": "number",
        "unit": "text", "source": "text", "last_verified": "date", "is_placeholder": "boolean",
        "renews_months": "integer", "instrument_no": "text",
    },
    ("parameter", "valid_from", "value", "unit", "source"),
    {"is_placeholder": "false"},
)  # fmt: skip
TARGETS = Table(
    "targets.csv",
    {
        "indicator_code": "text", "division_prefix": "text", "valid_from": "date", "valid_to": "date",
        "target": "number", "source": "text",
    },
    ("indicator_code", "valid_from", "target", "source"),
)  # fmt: skip
DIVISIONS = Table(
    "divisions.csv",
    {
        "vintage_cutoff": "date", "town_code": "text", "town_name": "text", "village_code": "text",
        "village_name": "text", "kind": "text",
    },
    ("vintage_cutoff", "village_code"),
)  # fmt: skip
WORKING_DAYS = Table(
    "working_days.csv",
    {"day": "date", "is_working_day": "boolean", "source": "text"},
    ("day", "is_working_day", "source"),
)
INDICATORS = Table(
    "dbt/indicators.csv",
    {
        "code": "text", "name_zh": "text", "name_en": "text", "form": "text", "unit": "text", "decimals": "integer",
        "numerator": "text", "denominator": "text", "levels": "text", "better": "text", "about": "text",
    },
    ("code", "name_zh", "form", "unit", "decimals", "numerator", "levels", "better", "about"),
)  # fmt: skip
"""Indicators of the county's own; what they count is in a file of SQL each."""
RULES = Table(
    "dbt/rules.csv",
    {
        "code": "text", "name_zh": "text", "name_en": "text", "kind": "text", "department": "text",
        "households": "text", "about": "text", "form": "text", "measure": "text", "unit": "text", "threshold": "text",
        "valid_from": "date", "valid_to": "date", "sentence": "text",
    },
    (
        "code", "name_zh", "kind", "department", "households", "about", "form", "measure", "unit", "threshold",
        "valid_from", "sentence",
    ),
)  # fmt: skip
"""Risk rules of the county's own; what they measure is in a file of SQL each."""
_SHAPES: Mapping[Kind, tuple[str, Callable[[str], object]]] = {
    "date": ("应为日期,写作 2021-01-01", lambda text: len(text) == 10 and date.fromisoformat(text)),
    "number": ("应为数字,最多四位小数,不写单位", _NUMBER.fullmatch),
    "integer": ("应为整数", lambda text: text.isdecimal()),
    "boolean": ("应为 true 或 false", lambda text: text in ("true", "false")),
}


def read_rows(folder: Path, table: Table, problems: list[str]) -> tuple[Row, ...]:
    """Read the rows of a file as text by column, with ``line``; none without the file.

    What is wrong is added to ``problems``; a row with a problem is left out.
    """
    path = folder / table.file
    if not path.exists():
        return ()
    try:
        text = _text(path)
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        header = [name.strip() for name in reader.fieldnames or ()]
        raw = [(reader.line_num, row) for row in reader]
    except (csv.Error, RefusedError, OSError):
        problems.append(f"{table.file}:无法读取,应为 UTF-8 或 GBK 编码的 CSV 文件,第一行为列名")
        return ()
    if wrong := _header_problems(table, header):
        problems += wrong
        return ()
    rows = []
    for line, cells in raw:
        row = {name: (value or "").strip() for name, value in zip(header, cells.values(), strict=False)}
        if not any(row.values()):
            continue
        if wrong := [f"{table.file} 第 {line} 行 {problem}" for problem in _row_problems(table, row, cells)]:
            problems += wrong
        else:
            rows.append({name: row.get(name) or table.defaults.get(name, "") for name in table.columns} | _line(line))
    return tuple(rows)


def _line(number: int) -> dict[str, str]:
    return {"line": str(number)}


def _text(path: Path) -> str:
    content = path.read_bytes()
    if len(content) > _MOST_BYTES:
        raise RefusedError
    return decode(content).removeprefix("\ufeff")


def _header_problems(table: Table, header: list[str]) -> Iterable[str]:
    if unknown := [name for name in header if name not in table.columns]:
        return [f"{table.file}:没有名为“{'、'.join(unknown)}”的列;可用:{'、'.join(table.columns)}"]
    if missing := [name for name in table.required if name not in header]:
        return [f"{table.file}:缺少列 {'、'.join(missing)}"]
    return [f"{table.file}:有重复的列名"] if len(set(header)) < len(header) else []


def _row_problems(table: Table, row: Row, cells: Mapping[str | None, object]) -> Iterable[str]:
    if None in cells:
        yield "的格比列名多;文字中有逗号时要加双引号"
        return
    for name, kind in table.columns.items():
        text = row.get(name, "")
        if not text:
            if name in table.required:
                yield f"{name} 没有填写"
        elif kind != "text" and not _fits(kind, text):
            yield f"{name}:“{text[:40]}”{_SHAPES[kind][0]}"


def _fits(kind: Kind, text: str) -> bool:
    try:
        return bool(_SHAPES[kind][1](text))
    except ValueError:
        return False

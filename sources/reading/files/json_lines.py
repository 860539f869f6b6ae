"""Read JSON lines, the rows of an interface, as one sheet: one object a line, with the names as the source has them.

Belongs here: lines, names and kinds of values; numbers keep the digits that the line has.
Does not belong here: other JSON (``foreign``), laying out the sheet (``typed_sheet``).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from sources.reading.files.pause import collector_paused
from sources.reading.files.sheet import FIGURE, OTHER, TEXT, Sheet
from sources.reading.files.typed_sheet import (
    NESTED,
    NO_NUMBER,
    SourceColumn,
    check_size,
    number_types,
    plain_numbers,
    typed_sheet,
)
from sources.refusal import RefusedError

_BOM = b"\xef\xbb\xbf"
_BLOCK = 20_000
"""Rows that are converted at a time."""
_MAX_LINE = 4 * 1024**2
"""Longest line, in bytes: as Python objects, a line of nested lists takes thirty times its size."""
_NAME = re.compile(rb'\{\s*"')
_BLANK_OR_OBJECT = (b"{", b" ", b"\t", b"\r", b"\n")
_AGAIN = "请重新获取数据,每行应是一个完整的JSON对象(UTF-8)。"


class _Number(str):
    """A number as the line has it."""

    __slots__ = ()


class _RepeatedNameError(ValueError):
    """An object has a name twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedNameError
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_Number,
    parse_float=_Number,
    parse_constant=lambda _: _Number(NO_NUMBER),
    # Some programs write the tab of a text as it is.
    strict=False,
)
Row = dict[str, Any]
Cells = dict[str, tuple[pl.Series, np.ndarray | None]]


def is_json_lines(content: bytes) -> bool:
    """Check whether the first line is an object of its own, and not the whole answer of an interface."""
    content = content[len(_BOM) :] if content.startswith(_BOM) else content
    first, _, others = content.lstrip().partition(b"\n") if content[:1] in _BLANK_OR_OBJECT else (b"", b"", b"")
    first = first.strip()
    if not (first.startswith(b"{") and first.endswith(b"}")):
        return False
    try:
        row = _row(first, 1)
    except RefusedError:
        # The reader says what is wrong with the line.
        return bool(_NAME.match(first))
    return bool(others.strip()) or not any(isinstance(value, (dict, list)) for value in row.values())


def read_json_lines(content: bytes) -> Sheet:
    """Read one object a line; a name that a line lacks is an empty cell.

    Raises RefusedError if a line is no object, is cut off, nests too deep or has a name twice, and if the file is too
    large; columns and cells are counted before room is made for them.
    """
    names: dict[str, None] = {}
    most = content.count(b"\n") + 1
    with collector_paused():
        blocks = [
            (len(rows), {name: _cells([row.get(name) for row in rows]) for name in names})
            for rows in _blocks(content, names, most)
        ]
    if not names:
        raise RefusedError(f"数据没有任何字段,无法读取。{_AGAIN}")
    return typed_sheet([_joined(name, blocks) for name in names])


def _blocks(content: bytes, names: dict[str, None], most: int) -> Iterator[list[Row]]:
    """Parse the lines, block by block, and collect their names."""
    rows: list[Row] = []
    for number, line in enumerate(io.BytesIO(content.removeprefix(_BOM)), start=1):
        if not line.strip():
            continue
        row = _row(line, number)
        if not row.keys() <= names.keys():
            names.update(dict.fromkeys(row))
            check_size(most, len(names))
        rows.append(row)
        if len(rows) == _BLOCK:
            yield rows
            rows = []
    yield rows


def _row(line: bytes, number: int) -> Row:
    if len(line) > _MAX_LINE:
        raise RefusedError(f"第{number}行超过{_MAX_LINE // 1024**2}MiB,太长无法读取。{_AGAIN}")
    problem = "不是完整的JSON对象"
    try:
        row = _DECODER.decode(line.decode())
    except UnicodeDecodeError:
        problem = "的文字编码不是UTF-8"
    except _RepeatedNameError:
        problem = "有重复的字段名,不知道该用哪一个值"
    except RecursionError:
        problem = "嵌套太深"
    except ValueError:
        pass
    else:
        if isinstance(row, dict):
            return row
    raise RefusedError(f"第{number}行{problem},无法读取。{_AGAIN}")


_TYPE_OF: dict[type, int] = {str: TEXT, type(None): TEXT, _Number: FIGURE}
_NESTED = (dict, list)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _NESTED):
        return NESTED
    return str(value) if value else None


def _cells(values: Sequence[Any]) -> tuple[pl.Series, np.ndarray | None]:
    """Turn the values of a column into texts and their types; None if all are texts."""
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return _series([value or None for value in values]), None
    types = np.fromiter((_TYPE_OF.get(type(value), OTHER) for value in values), np.uint8, len(values))
    texts = _series([_text(value) for value in values])
    places = np.flatnonzero(types == FIGURE)
    if len(places):
        numbers = plain_numbers(texts.gather(places))
        texts = texts.scatter(places, numbers)
        types[places] = number_types(numbers)
    return texts, types


def _series(texts: Sequence[str | None]) -> pl.Series:
    try:
        return pl.Series(texts, dtype=pl.String)
    except UnicodeEncodeError:
        # Half of a character, which JSON can escape, becomes the sign of a damaged one.
        return pl.Series([text and _sound(text) for text in texts], dtype=pl.String)


def _sound(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _joined(name: str, blocks: Sequence[tuple[int, Cells]]) -> SourceColumn:
    """Join the blocks of a column; it is empty in those before the first line with its name."""
    parts = [(rows, cells.get(name)) for rows, cells in blocks]
    texts = [found[0] if found else pl.repeat(None, rows, dtype=pl.String, eager=True) for rows, found in parts]
    types = [found[1] if found and found[1] is not None else np.zeros(rows, np.uint8) for rows, found in parts]
    is_text = all(found is None or found[1] is None for _, found in parts)
    return SourceColumn(_sound(name), pl.concat(texts, rechunk=True), None if is_text else np.concatenate(types))

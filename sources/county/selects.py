"""Read the SQL of a county's own indicators and rules: one file per row of their tables, named by its code.

Belongs here: which files there are and should be. Does not belong here: what they may say (``statements``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sources.county.columns import Row, Table
from sources.refusal import RefusedError
from sources.text import decode

_MOST_BYTES = 64 * 1024
_COLUMN = re.compile(r"source column (\w+)")
_LINE = re.compile(r"^ *LINE \d+: (.*)$", re.MULTILINE)


def file_of(code: str) -> str:
    """Name the file with the SQL of an own indicator or rule, within the county's folder."""
    return f"dbt/{code}.sql"


def read_selects(folder: Path, rows: Mapping[Table, Sequence[Row]], problems: list[str]) -> dict[str, str]:
    """Return the text of each file by the code of its row; what is wrong is added to ``problems``."""
    found, codes = {}, {row["code"] for of_table in rows.values() for row in of_table}
    for path in sorted((folder / "dbt").glob("*.sql")):
        if path.stem not in codes:
            problems.append(f"{file_of(path.stem)}:{_named(rows)} 中没有编码为 {path.stem} 的行")
        elif (text := _text(path)) is None:
            problems.append(f"{file_of(path.stem)}:无法读取,应为 UTF-8 或 GBK 编码、不超过 64 KB 的文本")
        else:
            found[path.stem] = text
    problems += [
        f"{table.file} 第 {row['line']} 行 code:缺少文件 {file_of(row['code'])},其中用一条 SELECT 写明计入什么"
        for table, of_table in rows.items()
        for row in of_table
        if row["code"] not in found and not (folder / file_of(row["code"])).exists()
    ]
    return found


def files_behind(message: str, selects: Mapping[str, str]) -> list[str]:
    """Name the files that hold the column, else the line of SQL, which a message of DuckDB quotes; else all of them."""
    quoted = _COLUMN.findall(message) or [line.strip() for line in _LINE.findall(message)]
    found = [code for code, text in selects.items() if any(part in text for part in quoted)]
    return [file_of(code) for code in found or selects]


def _named(tables: Iterable[Table]) -> str:
    return " 和 ".join(table.file for table in tables)


def _text(path: Path) -> str | None:
    try:
        return decode(path.read_bytes()) if path.stat().st_size <= _MOST_BYTES else None
    except (OSError, RefusedError):
        return None

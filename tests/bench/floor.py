"""Compute the floor: read the same files with the fastest readers and compute the same flags in plain DuckDB SQL.

The floor has no contracts, gate, archive, pseudonyms, lineage or framework: it is the shortest possible time of a
month. It reads every file of the month, but loads only the tables of the rules.
Belongs here: reading. Does not belong here: file names and headers (``layout``), the rules (``floor.sql``).

``python -m tests.bench.floor INBOX MONTH [HOME]`` prints one line of JSON. Given the data home of a pipeline that ran
the month, it also computes the flags of the rows that the pipeline accepted, which must equal the published flags.
"""

from __future__ import annotations

import gc
import io
import json
import resource
import sys
import time
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from tests.bench.layout import MONEY, TABLES, UNITS, Table

NOT_PLAIN = r"[^!-~\u4e00-\u9fff]"
BLANKS = r"[\s\u{200b}-\u{200f}\u{feff}]"
HEAD_ROWS = 6
RULES = (Path(__file__).parent / "floor.sql").read_text("utf-8")


@dataclass(frozen=True)
class Cells:
    """Cells, by column, of a visible sheet in a file or in a member of a zip."""

    file: str
    sheet: int
    columns: list[Sequence[Any]]


def sheets(name: str, data: bytes) -> Iterator[Cells]:
    """Yield the visible sheets of a file; for a zip, those of its members."""
    if name.endswith(".zip"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        for member in archive.infolist():
            is_utf8 = member.flag_bits & 0x800
            own = member.filename if is_utf8 else member.filename.encode("cp437").decode("gb18030")
            for part in sheets(own, archive.read(member)):
                yield Cells(f"{name}/{part.file}", part.sheet, part.columns)
    elif name.endswith(".csv"):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        frame = pl.read_csv(text.encode(), has_header=False, infer_schema=False, truncate_ragged_lines=True)
        yield Cells(name, 1, [c.fill_null("").to_list() for c in frame])
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, about in enumerate(book.sheets_metadata, 1):
            if about.visible == SheetVisibleEnum.Visible:
                rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
                if rows:
                    yield Cells(name, number, list(zip(*rows, strict=True)))


def _plain(cell: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())


def _header(columns: list[Sequence[Any]], table: Table) -> tuple[int, dict[str, tuple[int, str]]]:
    """Find the last header row that names a column, and for each name its sheet column and unit."""
    labels = {label: name for name, texts in table.columns.items() for label in texts}
    last, found = -1, {}
    for index, column in enumerate(columns):
        for row, cell in enumerate(column[:HEAD_ROWS]):
            text = _plain(cell)
            bare, _, unit = text.removesuffix(")").rpartition("(")
            for form, of in ((text, ""), (bare, unit)):
                if form in labels:
                    found[labels[form]] = (index, of)
                    last = max(last, row)
    return (last, found) if len(found) >= 2 else (-1, {})


def _texts(cells: Sequence[Any]) -> pl.Series:
    """Normalise texts: NFKC, no blanks, no leading apostrophe, null if empty."""
    if set(map(type, cells)) - {str}:
        cells = [c if type(c) is str else str(c).removesuffix(".0") for c in cells]
    texts = pl.Series(cells, dtype=pl.String)
    if texts.str.contains(NOT_PLAIN).any():
        texts = texts.str.normalize("NFKC").str.replace_all(BLANKS, "")
    return texts.str.strip_prefix("'").replace("", None)


def _frame(part: Cells, table: Table) -> pl.DataFrame | None:
    last, found = _header(part.columns, table)
    if last < 0:
        return None
    height = len(part.columns[0]) - last - 1
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    frame = pl.DataFrame(
        {n: _texts(part.columns[found[n][0]][last + 1 :]) if n in found else nothing for n in table.columns}
    )
    if table.filled:
        frame = frame.with_columns(pl.col(table.filled).fill_null(strategy="forward"))
    factors = {
        f"{n}_unit": pl.lit(UNITS.get(found[n][1] if n in found else "", 1)) for n in table.columns if n in MONEY
    }
    row_number = pl.int_range(last + 2, last + 2 + height, dtype=pl.Int32)
    return frame.with_columns(
        file_name=pl.lit(part.file), sheet_no=pl.lit(part.sheet), row_number=row_number, **factors
    )


def read(inbox: Path, month: str) -> tuple[dict[str, pl.DataFrame], int]:
    """Read the tables of the rules as texts in delivery order, and count the rows of all files of the month.

    Raises SystemExit if a table has no file.
    """
    frames: dict[str, list[pl.DataFrame]] = {}
    rows = 0
    for path in sorted(inbox.glob(f"*/{month}/*.*")):
        folder = path.relative_to(inbox).parts[0]
        named = (n for n, t in TABLES.items() if t.folder == folder and path.name.startswith(t.words))
        name = next(named, None)
        for part in sheets(path.name, path.read_bytes()):
            rows += len(part.columns[0])
            frame = _frame(part, TABLES[name]) if name else None
            if name and frame is not None:
                frames.setdefault(name, []).append(frame)
    if missing := sorted(set(TABLES) - set(frames)):
        raise SystemExit(f"the floor finds no file of {', '.join(missing)} in {inbox} for {month}")
    return {name: pl.concat(parts).with_row_index("row_order") for name, parts in frames.items()}, rows


def _flags(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    connection.execute(RULES)
    return dict(connection.execute("select rule, count(*) from flags group by rule order by rule").fetchall())


def _keep_accepted(connection: duckdb.DuckDBPyConnection, home: Path, month: str) -> None:
    """Delete all rows except those that the pipeline accepted, by file, sheet and row."""
    for name, table in TABLES.items():
        deliveries, accepted = (
            home / "warehouse" / kind / table.folder / table.dataset for kind in ("deliveries", "accepted")
        )
        files, rows = deliveries / f"month={month}" / "files.parquet", accepted / f"month={month}" / "rows.parquet"
        if not rows.exists():
            # No row of the table was accepted.
            rows = accepted / "month=0000-00" / "schema.parquet"
        connection.execute(
            f"delete from {name} where (file_name, sheet_no, row_number) not in ("
            "select (file_name, sheet_no, row_number) from read_parquet(?) inner join read_parquet(?) using (file_no))",
            [str(rows), str(files)],
        )


def run(inbox: Path, month: str, home: Path | None) -> dict[str, object]:
    """Read one month, compute the flags, and return rows, seconds, peak memory (MiB) and flags."""
    started = time.perf_counter()
    # Cells are strings and numbers, so there are no cycles to collect.
    gc.disable()
    connection = duckdb.connect()
    tables, rows = read(inbox, month)
    for name, frame in tables.items():
        connection.register("frame", frame)
        connection.execute(f"create table {name} as select * from frame")
    reading = time.perf_counter() - started
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    connection.execute("create table months as select ?::date as first_day, ?::date as last_day", [first, last])
    flags = _flags(connection)
    figures = {
        "rows": rows,
        "read_seconds": reading,
        "seconds": time.perf_counter() - started,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "flags": flags,
    }
    if home:
        _keep_accepted(connection, home, month)
        figures["flags_of_accepted_rows"] = _flags(connection)
    return figures


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)))

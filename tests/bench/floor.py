"""The floor: the same files read with the fastest readers and the same flags in plain DuckDB SQL, and nothing else.

Without contracts, gate, archive, pseudonyms, lineage or framework: how fast a month could be at the very best.
Belongs here: the layout of the sample's files, hard-coded. Does not belong here: the rules (``floor.sql``).
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
from python_calamine import CalamineWorkbook, SheetVisibleEnum

ID = ("身份证号", "身份证号码", "证件号码", "公民身份号码", "身份证")
CODE = ("户编号", "户编码", "家庭编号")
MONEY = {
    "wage": "工资性收入",
    "operating": "生产经营性收入",
    "property": "财产性收入",
    "transfer": "转移性收入",
    "expense": "生产经营性支出",
}
UNITS = {"万元": 10000, "千元": 1000}
BLANKS = r"[\s\u{200b}-\u{200f}\u{feff}]"
HEAD_ROWS = 6


@dataclass(frozen=True)
class Table:
    """Where a table lies in the sample, and the header texts of the columns that the rules need."""

    folder: str
    files: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    filled: tuple[str, ...] = ()
    """Columns whose cells are merged over the rows below."""


HOUSEHOLD = {
    "household": CODE,
    "household_type": ("户类型",),
    "grade": ("住房安全等级",),
    "water": ("是否饮水安全",),
}
TABLES = {
    "register": Table(
        "agriculture",
        ("农户基础信息名册*", "户籍名册*"),
        {**HOUSEHOLD, "id": ID, "labour": ("劳动技能",), "schooling": ("在校生状况",)},
        filled=tuple(HOUSEHOLD),
    ),
    "income": Table("agriculture", ("农户收入监测表*",), {"household": CODE, **{k: (v,) for k, v in MONEY.items()}}),
    "monitored": Table("agriculture", ("防返贫监测对象*",), {"household": CODE, "eliminated": ("风险是否已消除",)}),
    "deaths": Table("civil_affairs", ("死亡*",), {"id": ID, "died_on": ("死亡日期",)}),
    "assistance": Table(
        "civil_affairs", ("临时救助*",), {"id": ID, "reason": ("救助原因",), "assisted_on": ("救助日期",)}
    ),
    "settlements": Table(
        "health",
        ("医疗费用结算*",),
        {
            "settlement_no": ("结算单号",),
            "id": ID,
            "care_type": ("就医类型",),
            "settled_on": ("结算日期",),
            "self_paid": ("个人自付",),
        },
    ),
    "enrolment": Table("health", ("参保名册*",), {"id": ID, "insured_year": ("参保年度",), "status": ("参保状态",)}),
    "illness": Table("health", ("大病*",), {"id": ID, "diagnosed_on": ("确诊日期",)}),
    "employment": Table("human_resources", ("农村劳动力就业监测*",), {"id": ID, "status": ("就业状态",)}),
    "unemployment": Table("human_resources", ("失业登记*",), {"id": ID, "unemployed_on": ("失业日期",)}),
}


def sheets(name: str, data: bytes) -> Iterator[list[list[str]]]:
    """Columns of texts of every visible sheet; a zip gives those of its members."""
    if name.endswith(".zip"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        for member in archive.namelist():
            yield from sheets(member, archive.read(member))
    elif name.endswith(".csv"):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        frame = pl.read_csv(text.encode(), has_header=False, infer_schema=False, truncate_ragged_lines=True)
        yield [c.fill_null("").to_list() for c in frame]
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for about in book.sheets_metadata:
            if about.visible == SheetVisibleEnum.Visible:
                rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
                yield [list(column) for column in zip(*rows, strict=True)]


def _plain(cell: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())


def _header(columns: list[list[str]], table: Table) -> tuple[int, dict[str, tuple[int, str]]]:
    """The last head row that names a column, and for each name its sheet column and unit."""
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


def _frame(columns: list[list[str]], table: Table) -> pl.DataFrame | None:
    last, found = _header(columns, table)
    if last < 0:
        return None
    data = {}
    for name in table.columns:
        cells = columns[found[name][0]][last + 1 :] if name in found else [""] * (len(columns[0]) - last - 1)
        texts = [c if type(c) is str else str(c).removesuffix(".0") for c in cells]
        plain = pl.Series(texts, dtype=pl.String).str.normalize("NFKC").str.replace_all(BLANKS, "")
        data[name] = plain.str.strip_prefix("'").replace("", None)
    frame = pl.DataFrame(data)
    if table.filled:
        frame = frame.with_columns(pl.col(table.filled).fill_null(strategy="forward"))
    factors = {f"{n}_unit": pl.lit(UNITS.get(u, 1)) for n, (_, u) in found.items() if n in MONEY}
    return frame.with_columns(**factors)


def read(inbox: Path, month: str, table: Table) -> pl.DataFrame:
    """The rows of a table as texts, in delivery order."""
    folder = inbox / table.folder / month
    paths = sorted({p for pattern in table.files for p in folder.glob(pattern)})
    frames = [_frame(columns, table) for p in paths for columns in sheets(p.name, p.read_bytes()) if columns]
    return pl.concat([f for f in frames if f is not None]).with_row_index("row_order")


def run(inbox: Path, month: str) -> dict[str, object]:
    """Read one month, compute the flags, and say what it took."""
    started = time.perf_counter()
    connection = duckdb.connect()
    rows = 0
    for name, table in TABLES.items():
        frame = read(inbox, month, table)
        rows += frame.height
        connection.register("frame", frame)
        connection.execute(f"create table {name} as select * from frame")
    reading = time.perf_counter() - started
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    connection.execute("create table months as select ?::date as first_day, ?::date as last_day", [first, last])
    connection.execute((Path(__file__).parent / "floor.sql").read_text("utf-8"))
    flags = dict(connection.execute("select rule, count(*) from flags group by rule order by rule").fetchall())
    return {
        "rows": rows,
        "read_seconds": reading,
        "seconds": time.perf_counter() - started,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "flags": flags,
    }


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), sys.argv[2])))

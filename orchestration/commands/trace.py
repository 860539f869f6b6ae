"""Traces as the command line asks for them.

Belongs here: the lock while rows are read, the form of the output, exit codes, the line of the audit log.
Does not belong here: tracing (``workbooks.trace``), arguments (``cli``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from rich.console import Console, JustifyMethod

from orchestration.commands.app import literal
from orchestration.commands.console import titled_table
from orchestration.commands.workbooks import LOCK_WAIT_SECONDS
from orchestration.runtime import locks
from orchestration.runtime.county import contracts_here
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources import audit
from sources.landing.locations import LOCAL_TIME

if TYPE_CHECKING:
    from workbooks.trace.rows import Trace

_ON_TERMINAL = {
    "files": ("month", "label", "delivery_no", "file_no", "file_name", "file_sha256", "received_at", "rows"),
    "rows": ("month", "label", "delivery_no", "file_no", "sheet_no", "row_number", "role"),
}
_HASH = 12
"""Digits of a file's hash on the terminal; JSON and CSV have all."""


class UnknownIdError(ShouwangError):
    """Nothing of that id is published."""

    exit_code = 2


class PlaceError(ShouwangError):
    """A trace cannot be written to that file."""

    exit_code = 2


class ChangedSinceError(ShouwangError):
    """The accepted rows or files are not those of the published marts."""

    exit_code = 3


def show_trace(console: Console, settings: Settings, subject: str, with_identities: bool, out: Path | None) -> None:
    """Trace a lead, a conflict or an indicator: on the terminal, to a file, or to a workbook with identities.

    Raises UnknownIdError, ChangedSinceError and PlaceError with their exit codes, ShouwangError if nothing is published
    or another process works on the home.
    """
    from workbooks.leads import NotPublishedError
    from workbooks.trace.rows import ChangedRowsError
    from workbooks.trace.subjects import UnknownSubjectError

    form = _form(settings, with_identities, out)
    if not settings.home.exists():
        raise ShouwangError(f"没有数据目录 {settings.home}。")
    home = settings.paths
    try:
        with locks.holding(settings.home, "追溯依据", LOCK_WAIT_SECONDS, console.print):
            found = _trace(settings, subject)
            audit.record(home, "trace", subject=subject, rows=found.rows.height, form=form)
            written = _write(settings, found, form, out)
    except NotPublishedError as error:
        raise ShouwangError(str(error)) from error
    except UnknownSubjectError as error:
        raise UnknownIdError(str(error)) from error
    except ChangedRowsError as error:
        raise ChangedSinceError(str(error)) from error
    _show(console, found, written)


def _trace(settings: Settings, subject: str) -> Trace:
    from workbooks.leads import marts_file
    from workbooks.trace.indicators import is_figure, published_figure, trace_figure
    from workbooks.trace.rows import trace

    home, marts = settings.paths, marts_file(settings.paths)
    if not is_figure(subject):
        return trace(home, contracts_here(settings.home), marts, subject)
    from orchestration.dbt import apart

    figure = published_figure(marts, subject)
    with apart.built(settings, figure.month, "int_indicator_rows") as connection:
        return trace_figure(home, contracts_here(settings.home), marts, figure, connection)


def _form(settings: Settings, with_identities: bool, out: Path | None) -> str:
    """Name the form of the output: terminal, json, csv, or with_identities. Raises PlaceError."""
    from workbooks.trace.write import traces_folder

    if with_identities:
        folder = traces_folder(settings.paths)
        if out and (out.suffix.lower() != ".xlsx" or (folder / out).parent.resolve() != folder.resolve()):
            raise PlaceError(f"含身份信息的追溯只能写成 {folder} 下的 .xlsx 文件;请只写文件名,例如 --out 核对.xlsx。")
        return "with_identities"
    if out and out.suffix.lower() not in (".json", ".csv"):
        raise PlaceError(f"不认识的文件类型“{out.name}”;请写成 .json 或 .csv。")
    return out.suffix.lower().removeprefix(".") if out else "terminal"


def _write(settings: Settings, found: Trace, form: str, out: Path | None) -> Path | None:
    from workbooks.trace.originals import with_originals
    from workbooks.trace.write import as_csv, as_json, write_workbook

    home = settings.paths
    if form == "with_identities":
        now = datetime.now(LOCAL_TIME).replace(tzinfo=None, microsecond=0)
        rows = with_originals(home, contracts_here(settings.home), found)
        return write_workbook(home, found, rows, out.name if out else f"{found.subject}.xlsx", now)
    if out:
        with home.replacing(out.absolute()) as temporary:
            temporary.write_text((as_csv if form == "csv" else as_json)(found), "utf-8", newline="")
    return out


def _show(console: Console, found: Trace, written: Path | None) -> None:
    """Print a table of the files, then the rows or the file that they were written to, and the count."""
    _print(console, f"{found.subject} 的文件", found.files, _ON_TERMINAL["files"])
    shown, total = found.shown.height, found.rows.height
    if written is None:
        amounts = [name for name in ("n", "d") if name in found.rows.columns]
        _print(console, f"{found.subject} 的行", found.shown, (*_ON_TERMINAL["rows"], *amounts))
    if found.reason:
        console.print(literal(f"没有数值:{found.reason}"), soft_wrap=True)
    only = f",只列出前 {shown:,} 行" if total > shown else ""
    where = f",已写到 {written}" if written else ""
    console.print(literal(f"共 {total:,} 行{only}{where}"), soft_wrap=True)


def _print(console: Console, title: str, frame: pl.DataFrame, names: tuple[str, ...]) -> None:
    from workbooks.trace.write import LABELS, ROLES

    shown = frame.select(names).with_columns(
        pl.col("^role$").replace(ROLES),
        pl.col("^file_sha256$").str.head(_HASH),
        pl.selectors.datetime().dt.to_string("%Y-%m-%d %H:%M"),
        pl.selectors.decimal().cast(pl.Float64),
    )
    printed = titled_table(title)
    for name in names:
        justify: JustifyMethod = "right" if shown[name].dtype.is_numeric() else "left"
        printed.add_column(LABELS[name], justify=justify, overflow="fold")
    for row in shown.iter_rows():
        printed.add_row(*[literal("" if cell is None else str(cell)) for cell in row])
    console.print(printed)

"""Check a department's files before they are sent: the verdict on the terminal, as JSON, and as a workbook.

Belongs here: the command, for ``shouwang`` and for ``desk``; which files and which month are meant.
Does not belong here: checking (``sources.checking``), the result in words and JSON (``check_result``).

Of a data home only the county is read, and no secret: this also runs at the desk of a department.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from orchestration.commands.app import literal, load_settings, month_of, terminal
from orchestration.commands.departments import department_named
from orchestration.runtime.errors import ShouwangError, cause
from sources.months import Month

if TYPE_CHECKING:
    from sources.checking import CheckedFiles
    from sources.contracts.model import Department

HELP = (
    "报送前自查:按接收时的规则检查一个部门的文件,不需要数据目录,什么也不保存。"
    "退出码 0 表示会被接收,1 表示会被退回或有文件读不到,2 表示命令写得不对,3 表示检查没有完成。"
)


class NotDoneError(ShouwangError):
    """Work at a desk that stopped before there was a result."""

    exit_code = 3


@dataclass(frozen=True)
class Wanted:
    """The wishes of a command line: files, month, the files to compare with, the workbook to write."""

    department: str
    files: Sequence[Path]
    month: Month | None = None
    previous: Sequence[Path] = ()
    report: Path | None = None


def check(
    department: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="部门,例如 agriculture 或 民政局")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="要报送的文件,或放着这些文件的文件夹")],
    month: Annotated[Month | None, typer.Option(help="数据月份,例如 2021-06;默认上个月", parser=month_of)] = None,
    report: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="REPORT.xlsx", help="把逐格标色的清单写成工作簿,含个人信息")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON:每个文件的行数、错误、合计和结论")] = False,
    previous: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="上期报送的文件,用来比较行数和合计;可写多次")
    ] = None,
) -> None:
    """Check a department's files before they are sent."""
    wanted = Wanted(department, files, month, previous or (), report)
    raise typer.Exit(0 if check_files(terminal(), wanted, as_json) else 1)


def check_files(console: Console, wanted: Wanted, as_json: bool) -> bool:
    """Check files and say what a run would do with them; return True if it would accept everything.

    Raises BadParameter for an unknown department, or if a path cannot be meant, NotDoneError if the check cannot be
    done or the workbook cannot be written.
    """
    with in_words("检查"):
        month = wanted.month or last_full_month()
        checked = _checked(wanted, month)
        if wanted.report:
            from workbooks.check_report import write_check

            write_check(wanted.report, checked)
        if as_json:
            from orchestration.commands.check_result import as_json_text

            # Bytes: a redirected terminal of Windows has another encoding.
            typer.echo(as_json_text(checked).encode())
        else:
            _show(console, checked, wanted)
        return checked.would_be_accepted


def _show(console: Console, checked: CheckedFiles, wanted: Wanted) -> None:
    from orchestration.commands.check_result import show_check

    why = "" if wanted.month else "(没有写 --month,按上个月检查)"
    text = f"{checked.department.label} {checked.month}{why}:报送前自查,文件没有报送,也没有保存。"
    console.print(literal(text), soft_wrap=True)
    show_check(console, checked, wanted.report)


def last_full_month() -> Month:
    """Return the month before today's, for which departments report now."""
    from sources.landing.locations import LOCAL_TIME

    today = datetime.now(LOCAL_TIME)
    return Month(today.year, today.month).shift(-1)


def _checked(wanted: Wanted, month: Month) -> CheckedFiles:
    from expectations import gate
    from orchestration.runtime.county import contracts, county, divisions
    from orchestration.runtime.parameters import row_count_band
    from orchestration.runtime.telemetry import quiet_environment
    from sources.checking import Desk
    from sources.reading.files import ReaderProcess

    department = _department(wanted.department)
    files, previous = _files(wanted.files, "FILE"), _files(wanted.previous, "--previous")
    named = [*wanted.files, *wanted.previous]
    _require_place(wanted.report, named if _is_own(wanted.report) else [*files, *previous, *named])
    files, previous = ([file for file in found if not _is_same(file, wanted.report)] for found in (files, previous))
    quiet_environment()
    home = load_settings().home
    gate.prepare()
    band = row_count_band(county(home), month)
    # Standard output is for the result alone; what libraries print may quote a cell.
    with redirect_stdout(StringIO()), ReaderProcess() as read:
        agreed = contracts(home)
        desk = Desk(agreed[department.name], gate.judge, divisions(home), band, read, agreed)
        return desk.check(month, files, previous)


def _department(text: str) -> Department:
    try:
        return department_named(text)
    except ShouwangError as error:
        raise _wrong(str(error), "DEPARTMENT") from None


def _files(given: Sequence[Path], name: str) -> list[Path]:
    """List the files that are meant: a folder means all files in it.

    Raises BadParameter if there are none, or if a folder holds several deliveries.
    """
    from sources.landing.locations import files_below, is_noise, redeliveries_in
    from sources.landing.settings import SETTINGS_FILE

    found: list[Path] = []
    for path in given:
        if path.is_dir():
            if again := redeliveries_in(path):
                raise _wrong(f"{path} 里有补报文件夹 {again[0]},不是一次报送;请写明其中的文件,或分别检查", name)
            found += [file for _, file in files_below(path, is_first=False)]
            found += [path / SETTINGS_FILE] if (path / SETTINGS_FILE).exists() else []
        elif not path.exists():
            raise _wrong(f"没有文件 {path}", name)
        elif not is_noise(path):
            found.append(path)
    if given and not found:
        raise _wrong("文件夹里没有可以检查的文件", name)
    return found


def _is_same(file: Path, report: Path | None) -> bool:
    return report is not None and file.resolve() == report.resolve()


def _is_own(report: Path | None) -> bool:
    """Check whether there is a workbook of an earlier check in that place: a folder does not mean it."""
    if report is None or not report.is_file():
        return False
    from workbooks.check_report import is_report

    return is_report(report)


def _require_place(report: Path | None, files: Sequence[Path]) -> None:
    """Raise BadParameter if the workbook cannot be meant to be written there; it must replace none of ``files``."""
    if report is None:
        return
    if report.suffix.lower() != ".xlsx":
        raise _wrong(f"应写成 .xlsx 文件,例如 -o 自查结果.xlsx,而不是 {report.name}", "-o")
    if not report.absolute().parent.is_dir() or report.is_dir():
        raise _wrong(f"没有文件夹 {report.absolute().parent},或 {report.name} 是文件夹", "-o")
    if any(_is_same(path, report) for path in files):
        raise _wrong(f"{report.name} 是要检查的文件,不能覆盖;请换一个文件名", "-o")


def _wrong(message: str, name: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=name)


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """Say why ``what`` stopped, without the text of an unexpected error: it may quote a cell, and nothing keeps it.

    Raises NotDoneError instead of any error except those of the command line.
    """
    from typer.exceptions import TyperException

    try:
        yield
    except TyperException:
        raise
    except ShouwangError as error:
        raise NotDoneError(str(error)) from None
    except Exception as error:
        why = cause(error) or f"程序出错({type(error).__name__})"
        place = getattr(error, "filename", None)
        where = f"{place}:" if isinstance(error, OSError) and place else ""
        raise NotDoneError(f"{what}没有完成:{where}{why}。报送的文件没有改动。") from None

"""Erase a person from the data home, as the command line asks for it.

Belongs here: asking for the person, the order of the steps, what is said. Does not belong here: the steps
(``sources.erasure``), the rebuild (``rebuild``).

The id is asked for or read from standard input, so that no shell history and no list of processes has it.
Each step may be repeated: after a kill, the same command finishes the erasure.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.commands.publish import follow, left_behind, must_leave
from orchestration.commands.rebuild import rebuild
from orchestration.commands.run import RunReport
from orchestration.publishing.publish import prune
from orchestration.runtime import instance, locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources import audit
from sources.acceptance.provenance import accepted_months
from sources.contracts.model import Contracts, load_contracts
from sources.erasure.archive import Replaced, replace_originals
from sources.erasure.mentions import file_mentions
from sources.erasure.person import NoSuchPersonError, Person, find_person
from sources.erasure.rows import Removed, remove_rows, settle_sealed
from sources.home import Home
from sources.landing.places import folders, places_of
from sources.privacy.erased import ErasedList
from sources.reading.files import Read, ReaderProcess
from sources.text import masked

LOCK_WAIT_SECONDS = 3600.0
_WORDS = "请输入要删除的人的身份证号(屏幕不显示):"
Rebuild = Callable[[Settings, bool], list[RunReport]]


def ask_person(key: str | None) -> str:
    """Return the person key of the command line, or ask for an id. Raises ShouwangError for an id as an argument."""
    if key is not None:
        if masked(key) != key:
            raise ShouwangError("身份证号不要写在命令行上(会留在历史记录和进程列表里);不带参数执行,按提示输入。")
        return key
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    from getpass import getpass

    return getpass(_WORDS)


def erase_person(
    console: Console, settings: Settings, text: str, dry_run: bool, is_sure: Callable[[], bool], run: Rebuild = rebuild
) -> bool:
    """Erase the person of an id or a person key and say what was removed; return True if nothing is left.

    With ``dry_run``, or if the office is not sure, nothing changes. Raises ShouwangError for an unknown person,
    HomeBusyError if a run does not end.
    """
    home, contracts, today = settings.paths, load_contracts(), datetime.now(ZONE).date()
    if not home.root.exists():
        raise ShouwangError(f"没有数据目录 {home.root}。")
    instance.prepare(settings)
    with (
        locks.holding(settings.home, "shouwang erase", LOCK_WAIT_SECONDS, console.print),
        ReaderProcess() as reader,
    ):
        try:
            person = find_person(home, contracts, text)
        except NoSuchPersonError as error:
            raise ShouwangError(str(error)) from None
        found = _search(home, contracts, person, reader, today)
        _show(console, *found)
        if dry_run or not is_sure():
            console.print("没有删除任何内容。")
            return True
        must_leave(settings, "被删除的人的行")
        _erase(home, contracts, person, reader, today)
        core = next(d for d in contracts.datasets if d.is_core)
        reports = run(settings, True) if accepted_months(home, core) else []
        if reports and not reports[-1].success:
            failed = "".join(reports[-1].errors)
            raise ShouwangError(f"已从限制区删除,但集市重算没有完成:{failed}请排除后再次执行 shouwang erase。")
        prune(home.published, kept=0)
        is_followed = follow(console, settings) if reports else True
        copies = left_behind(settings)
        left = _left(home, person)
        inbox = [f for f in folders(places_of(home, contracts, settings.locations)).values() if _mentioned(f, person)]
    return _tell(console, settings, left, found[0].not_rewritten, inbox, copies) and is_followed


def _search(
    home: Home, contracts: Contracts, person: Person, read: Read, today: date
) -> tuple[Replaced, list[Removed], list[Path]]:
    originals = replace_originals(home, contracts, person, read, today, dry_run=True)
    return originals, remove_rows(home, contracts, person, dry_run=True), _texts(home, person)


def _show(console: Console, originals: Replaced, rows: list[Removed], texts: list[Path]) -> None:
    months = "、".join(map(str, sorted({r.month for r in rows} | originals.months))) or "无"
    accepted, quarantined = sum(r.accepted for r in rows), sum(r.quarantined for r in rows)
    tables = len({r.dataset for r in rows})
    text = (
        f"涉及月份:{months}。将删除 {tables} 张表中已接收的 {accepted} 行、隔离的 {quarantined} 行;"
        f"改写原件 {len(originals.hashes)} 个;删除提到此人的反馈、清单、报告和错误详情 {len(texts)} 个;"
        "然后重算各月并发布。"
    )
    console.print(literal(text), soft_wrap=True)


def _erase(home: Home, contracts: Contracts, person: Person, read: Read, today: date) -> None:
    audit.record(home, "erase", erasure=secrets.token_hex(8))
    ErasedList(home).add(person.keys, today)
    # The rows last: they name the person, and a repeated erasure looks the names up in them.
    replace_originals(home, contracts, person, read, today)
    for path in _texts(home, person):
        path.unlink(missing_ok=True)
    remove_rows(home, contracts, person)
    settle_sealed(home, contracts)


def _texts(home: Home, person: Person) -> list[Path]:
    """List workbooks, reports and texts of errors that mention the person."""
    folders = (home.outbox, home.restricted / "reports", home.restricted / "errors")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    # A workbook that names somebody of the same name is only written again.
    return [path for path in files if file_mentions(path, (*person.needles, *person.names))]


def _left(home: Home, person: Person) -> list[Path]:
    """Search everything but the inbox once more."""
    folders = (home.restricted, home.outbox, home.warehouse, home.published, home.dagster, home.dbt)
    found = []
    for path in (p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()):
        with suppress(FileNotFoundError):
            if file_mentions(path, person.needles):
                found.append(path)
    return found


def _mentioned(folder: Path, person: Person) -> bool:
    return any(file_mentions(path, person.needles) for path in folder.rglob("*") if path.is_file())


def _tell(
    console: Console, settings: Settings, left: list[Path], not_rewritten: list[str], inbox: list[Path], copies: str
) -> bool:
    home = settings.paths
    for path in left:
        console.print("[red]仍有[/]", literal(str(path.relative_to(home.root))), soft_wrap=True)
    for sha256 in not_rewritten:
        text = f"原件(指纹 {sha256[:12]})无法自动改写或查找,请人工检查 {home.archive}"
        console.print("[red]问题[/]", literal(text), soft_wrap=True)
    if copies:
        console.print("[red]问题[/]", literal(copies), soft_wrap=True)
    if inbox:
        text = f"收件目录里还有提到此人的文件,请自行删除:{'、'.join(map(str, inbox))}"
        console.print("[yellow]注意[/]", literal(text), soft_wrap=True)
    if settings.dagster_database:
        text = f"Dagster 的运行记录在 {settings.dagster_database.shown},没有查找;按设计其中没有身份信息。"
        console.print("[yellow]注意[/]", literal(text), soft_wrap=True)
    console.print(
        "已删除并重新发布,旧版本已清除。以下不在删除范围,请人工处理:备份(重新备份并 --keep 1)、已发出的工作簿、"
        "收件目录和各部门自己的文件、BI 工具里的副本。以后报送的文件再有此人的,其行不再接收。",
        soft_wrap=True,
    )
    return not left and not not_rewritten

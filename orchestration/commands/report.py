"""The documents of a month, as the command line asks for them.

Belongs here: the lock, what is said about what was written. Does not belong here: the documents (``reports``).
"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.commands.workbooks import LOCK_WAIT_SECONDS
from orchestration.runtime import locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.months import Month


def write_report(console: Console, settings: Settings, month: Month) -> None:
    """Write the report and the agenda of a published month, and say where they are.

    Raises ShouwangError if the month is not published, a template or the map cannot be used, or another process
    works on the home.
    """
    from orchestration.reporting import FAULTS, write_month

    if not settings.home.exists():
        raise ShouwangError(f"没有数据目录 {settings.home}。")
    try:
        with locks.holding(settings.home, f"写 {month} 月报", LOCK_WAIT_SECONDS, console.print):
            written = write_month(settings, month)
    except FAULTS as error:
        raise ShouwangError(str(error)) from error
    if written.without_charts:
        console.print(literal(f"注意:{written.without_charts}"), soft_wrap=True)
    for path in written.paths.values():
        who = "只供本办公室" if path.is_relative_to(settings.paths.outbox) else "可公开"
        console.print(literal(f"{path}({who})"), soft_wrap=True)


def write_templates(console: Console, folder: Path) -> None:
    """Write the templates of the program, for a county to edit. Raises ShouwangError if one is there already."""
    from reports import agenda, report
    from sources.home import replacing

    templates = {folder / file.name: file for file in (report.TEMPLATE, agenda.TEMPLATE)}
    if there := [path for path in templates if path.exists()]:
        raise ShouwangError(f"已有 {there[0]},没有改动;请换一个目录。")
    folder.mkdir(parents=True, exist_ok=True)
    for path, file in templates.items():
        with replacing(path) as temporary:
            temporary.write_bytes(file.read_bytes())
        console.print(literal(f"{path.absolute()}"), soft_wrap=True)

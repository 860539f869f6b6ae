"""The sample district: written on request, or run through the whole pipeline as the demo.

Belongs here: which months and how many households, and that a real data home is never touched.
Does not belong here: the sample itself (``sample``).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.commands.console import spinner
from orchestration.runtime import instance
from orchestration.runtime.county import divisions
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import SETTINGS_FILE, Settings
from sources.home import INBOX_DIR, replacing
from sources.landing.locations import months_in
from sources.months import Month

DEMO_MONTHS = (Month(2021, 4), Month(2021, 5), Month(2021, 6))
DEMO_SEED = 20210630
SETTINGS = f"""\
# 演示的样例只有三个月:界面和运行只到最后一个月,不把其后的月份列为缺少。
last_month = "{DEMO_MONTHS[-1]}"
"""
MARKER = ".demo"
"""In a home that only ever held the sample; says which one."""


def write_sample(
    console: Console, out: Path, households: int, months: Sequence[Month], seed: int, home: Path,
    moves_to: Path | None = None,
) -> None:  # fmt: skip
    """Write ``out/<department>/<YYYY-MM>/`` of invented people in the county of a home, and say what it holds.

    ``moves_to`` is where the caller puts it then, and what people are told.
    Raises ShouwangError where ``out`` is in use already, months are missing between the first and the last, or the
    households are too few.
    """
    from sample.write import write_district

    try:
        with spinner(console, "写样例文件") as progress:
            written = write_district(out, households, months, seed, divisions(home), progress)
    except (ValueError, FileExistsError) as error:
        raise ShouwangError(f"样例没有写成:{error}") from error
    files = sum(1 for path in out.rglob("*") if path.is_file())
    people = f"{written.households} 户 {written.persons} 人"
    text = f"样例区:{len(months)} 个月,{people},{files} 个文件,在 {moves_to or out}(虚构,不含真实个人信息)"
    console.print(literal(text), soft_wrap=True)


def prepare_demo(console: Console, settings: Settings, households: int) -> None:
    """Put the sample into the inbox of a home that is empty; one that holds this sample already is left as it is.

    Raises ShouwangError when the home holds anything else.
    """
    inbox, marker = settings.paths.inbox, settings.home / MARKER
    sample = f"households={households} seed={DEMO_SEED}\n"
    fresh = _fresh_folders(inbox)
    if any(inbox.glob("*")) and not fresh:
        if not marker.exists() or marker.read_text(encoding="utf-8") != sample:
            raise ShouwangError(f"{inbox} 已有别的数据,演示不会覆盖它。请另选数据目录,例如 SHOUWANG_HOME=/tmp/demo")
        console.print(literal(f"样例区已在 {inbox}"), soft_wrap=True)
        return
    half = settings.home / ".inbox-being-written"
    shutil.rmtree(half, ignore_errors=True)
    instance.prepare(settings)
    half.mkdir()
    half.chmod(INBOX_DIR)
    write_sample(console, half, households, DEMO_MONTHS, DEMO_SEED, settings.home, inbox)
    marker.write_text(sample, encoding="utf-8")
    if not (file := settings.home / SETTINGS_FILE).exists():
        with replacing(file) as temporary:
            temporary.write_text(SETTINGS, encoding="utf-8")
    for folder in fresh:
        folder.rmdir()
    half.replace(inbox)


def _fresh_folders(inbox: Path) -> list[Path]:
    """List the folders of an inbox that has only empty folders for months, as the doctor makes them; the lowest first.

    Empty if there is anything else.
    """
    months = [department / str(month) for department in inbox.glob("*") for month in months_in(department)]
    fresh = {*months, *(folder.parent for folder in months)}
    return sorted(fresh, reverse=True) if fresh.issuperset(inbox.rglob("*")) else []

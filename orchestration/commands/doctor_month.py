"""Can this month run, where do its files belong, and what is still owed?

Belongs here: the month's range, the register, the departments' folders. A missing folder of the inbox is made: that is
harmless, and doing it again changes nothing. Nothing else is changed.
Does not belong here: the installation (``doctor``). Dagster, dbt and Great Expectations are not imported: the answer
comes at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

from orchestration.commands.answers import Answer, Level, where
from orchestration.month_range import why_never
from orchestration.punctuality import named, standings
from orchestration.runtime.county import own_days
from orchestration.runtime.errors import cause
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE, due_day
from sources.contracts.model import Contracts, Dataset, Department
from sources.contracts.row_schema import ROWS_FILE
from sources.landing.archive import DeliveryLog
from sources.landing.changes import changed
from sources.landing.deliveries import Content, recognise_month
from sources.landing.not_landed import tables_in
from sources.landing.places import Places, file_count, not_readable, own, places_of
from sources.landing.pulled import Pulled
from sources.months import Month
from sources.reading.files import ReaderProcess
from sources.reading.header import fitting_datasets
from sources.text import masked


def examine(settings: Settings, contracts: Contracts, month: Month) -> Iterator[Answer]:
    """Answer for a month: whether it is over, the folders of the departments, the register.

    Raises UnknownLocationError if the settings name a department or table that there is not.
    """
    today = datetime.now(ZONE).date()
    if refusal := why_never(settings, month, today):
        yield Answer("月份", "problem", refusal)
        return
    yield Answer("运行日", "info", f"{month} 的运行日为 {due_day(month, own_days(settings.home))}(5 日起第一个工作日)")
    places = places_of(settings.paths, contracts, settings.locations)
    for department in contracts.values():
        yield from folders(settings, department, month)
        yield owed(settings, places, department, month, today)
        yield from _not_readable(places, department, month)
    for core in (dataset for dataset in contracts.datasets if dataset.is_core):
        yield register(settings, contracts, places, core, month)


def folders(settings: Settings, department: Department, month: Month) -> Iterator[Answer]:
    """Say where the department's files of the month belong, and make the folder if it is in the inbox."""
    for key, location in sorted(settings.locations.items()):
        name, _, table = key.partition("/")
        if name != department.name:
            continue
        about = f"《{department[table].label}》" if table else "文件"
        if isinstance(location, Path):
            yield _elsewhere(department, location / str(month), about)
        else:
            text = f"{about}由平台从 {where(location)} 取回,不放收件目录(试连:shouwang doctor --sources)"
            yield Answer(department.label, "info", text)
    if department.name not in settings.locations:
        yield _in_inbox(settings, department, month)


def _elsewhere(department: Department, folder: Path, about: str) -> Answer:
    # Never made: below a share that is not mounted, it would hide the share's own folders.
    if folder.is_dir():
        return Answer(department.label, "ok", f"{about}放在 {folder}")
    todo = "请先挂载" if not folder.parent.is_dir() else "请在那里新建"
    return Answer(department.label, "look", f"{about}放在 {folder}(设置 locations),现在没有这个文件夹:{todo}")


def _in_inbox(settings: Settings, department: Department, month: Month) -> Answer:
    folder = settings.paths.inbox / department.name / str(month)
    try:
        made = "(已新建)" if settings.paths.make_inbox(department.name, month) else ""
    except OSError as error:
        text = f"文件应放入 {folder},但没有这个文件夹,也不能新建:{cause(error)}。请检查属主和权限。"
        return Answer(department.label, "problem", text)
    return Answer(department.label, "ok", f"文件放入 {folder}/{made}")


def owed(settings: Settings, places: Places, department: Department, month: Month, today: date) -> Answer:
    """Say what a department owes for the month and what it delivered."""
    files = sum(file_count(place, month) for place in own(places, department.name).values())
    due = standings(settings.paths, department, month)
    open_ = [s.dataset for s in due if s.received_on is None]
    text = f"应报 {len(due)} 张表,截止 {department.due_on(month)};现有 {files} 个文件"
    if open_:
        text += f";尚未收取 {len(open_)} 张:{named(open_[:4])}{'等' if len(open_) > 4 else ''}"
    late = any(s.is_missing(today) for s in due) and not files
    level: Level = "look" if late else "info" if open_ else "ok"
    return Answer(department.label, level, text + (",已逾期" if late else ""))


def _not_readable(places: Places, department: Department, month: Month) -> Iterator[Answer]:
    names = [masked(name) for place in own(places, department.name).values() for name in not_readable(place, month)]
    if names:
        more = f"等 {len(names)} 个" if len(names) > 3 else ""
        text = f"本账号读不到 {'、'.join(names[:3])}{more},运行会漏掉它们:请改属主或权限"
        yield Answer(department.label, "look", text)


def register(settings: Settings, contracts: Contracts, places: Places, core: Dataset, month: Month) -> Answer:
    """Say whether the month has the register, without which nothing runs."""
    home, subject = settings.paths, core.label
    if (home.accepted(core, month) / ROWS_FILE).exists():
        return Answer(subject, "ok", f"{month} 已接收")
    ours = {key: place for key, place in places.items() if key in (core.department, f"{core.department}/{core.name}")}
    place = ours.get(f"{core.department}/{core.name}", ours[core.department])
    is_new = changed(home, ours, month) is not None
    location = settings.locations.get(f"{core.department}/{core.name}", settings.locations.get(core.department))
    if isinstance(place, Pulled) and location:
        return Answer(subject, "info", f"{month} 还没有接收;运行时从 {where(location)} 取回")
    if any(s.dataset == core and s.received_on for s in standings(home, contracts[core.department], month)):
        if is_new:
            return Answer(subject, "look", f"{month} 此前报送的已被退回;有新文件,运行时会重新检查")
        return Answer(
            subject, "problem", f"{month} 报送的已被退回,没有接收,本月不能运行。请按反馈工作簿更正后重新报送。"
        )
    if files := _not_taken_in(settings, contracts, place, core, month):
        return Answer(subject, "ok", f"{month} 有 {files} 个文件,运行时接收")
    folder = place / str(month) if isinstance(place, Path) else place.folder
    text = f"{month} 还没有报送,本月不能运行:它是核心数据。请把文件放入 {folder}/,文件名写明“{core.label}”。"
    return Answer(subject, "problem", text)


def _not_taken_in(settings: Settings, contracts: Contracts, place: Path | Pulled, core: Dataset, month: Month) -> int:
    """Count the files of a table that have landed or are in its folder, and that no run has taken in."""
    department = contracts[core.department]
    with ReaderProcess() as read:
        by_header = partial(_fitting, read, contracts)
        log = DeliveryLog(settings.paths, department.name, month)
        landed = recognise_month(settings.paths, department, contracts, log, by_header).deliveries.get(core.name, [])
        if files := sum(len(delivery.files) for delivery in landed):
            return files
        return tables_in(place, department, contracts, month, by_header)[core.name] if isinstance(place, Path) else 0


def _fitting(read: ReaderProcess, contracts: Contracts, content: Content) -> list[Dataset]:
    return fitting_datasets(read(content), contracts.datasets)

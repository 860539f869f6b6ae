"""Is this installation able to run a month?

Belongs here: looking, one function per question, and what to do about it. Nothing is changed.
Does not belong here: the month and its folders (``doctor_month``), how it is shown (``console``). Dagster, dbt and
Great Expectations are not imported, and polars and DuckDB only for the questions that read data: the first answers come
at once.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from orchestration.commands.answers import Answer, Level
from orchestration.runtime import locks, run_records
from orchestration.runtime.errors import cause
from orchestration.runtime.health import DAEMON_SILENT_SECONDS, GIB, LITTLE_DISK, NO_DISK, free_bytes
from orchestration.runtime.settings import PROJECT_DIR, Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.places import UnknownLocationError, folders, places_of
from sources.months import Month

_PIN = re.compile(r"^\w[^\\\n]*", re.MULTILINE)


def last_month() -> Month:
    """Return the month that is reported now."""
    today = datetime.now(ZONE).date()
    return Month(today.year, today.month).shift(-1)


def examine(settings: Settings, month: Month) -> Iterator[Answer]:
    """Everything that a run of ``month`` needs, one answer after the other."""
    yield from _readable("数据目录", lambda: home(settings))
    yield from _readable("目录权限", lambda: privacy(settings))
    yield from _readable("区县", lambda: county(settings))
    yield from _readable("密钥", lambda: [secret(settings)])
    yield from _readable("运行锁", lambda: holders(settings))
    yield versions(PROJECT_DIR / "requirements.lock")
    yield from _readable("保存的数据", lambda: content(settings))
    yield from _readable("时钟", lambda: [clock(settings)])
    yield from _readable("守护进程", lambda: [daemon(settings)])
    yield from _readable("排队的运行", lambda: queue(settings))
    yield from _readable("图表字体", lambda: [font()])
    yield from _readable("PostgreSQL", lambda: copies(settings))
    yield from _readable("交付", lambda: deliveries(settings, month))


def _readable(subject: str, look: Callable[[], Iterable[Answer]]) -> Iterator[Answer]:
    """Give the answers of one question; if a file cannot be read, say so, and the other questions go on."""
    try:
        yield from look()
    except OSError as error:
        yield Answer(subject, "problem", f"{error.filename or '数据目录'} 无法查看:{cause(error)}。请检查属主和权限。")
    except UnknownLocationError as error:
        yield Answer(subject, "problem", str(error))


def home(settings: Settings) -> Iterator[Answer]:
    """Can the data home be written, and is there room on its disk?"""
    place = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    try:
        with tempfile.TemporaryFile(dir=place):
            yield Answer(
                "数据目录", "ok", f"{settings.home} 可写" + ("" if place == settings.home else "(首次运行时创建)")
            )
    except OSError as error:
        yield Answer("数据目录", "problem", f"{settings.home} 不可写:{cause(error)}。请检查属主和权限。")
    free = free_bytes(settings.home)
    level: Level = "ok" if free > LITTLE_DISK else "look" if free > NO_DISK else "problem"
    todo = "" if level == "ok" else f",不足 {(LITTLE_DISK if level == 'look' else NO_DISK) // GIB} GiB,请清理磁盘。"
    yield Answer("磁盘空间", level, f"剩余 {free / GIB:.1f} GiB{todo}")


def privacy(settings: Settings) -> Iterator[Answer]:
    """Are the zones of the home closed to others, and the folders where departments deliver?"""
    paths = settings.paths
    for zone in paths.closed:
        yield _zone("限制区权限" if paths.is_private(zone) else "目录权限", paths, zone, "仅属主可读", "700")
    readers, office = settings.readers_group or _group(paths.root), settings.office_group
    yield _zone("目录权限", paths, paths.root, f"仅属主和组 {readers} 可读", "750")
    full = f"属主和组 {office}" if office else "属主"
    yield _zone("目录权限", paths, paths.published, f"公开数据仅属主和组 {readers} 可读,全部数据仅{full}可读", "750")
    for name, folder in folders(places_of(settings.paths, load_contracts(), settings.locations)).items():
        if folder.exists() and all(stat.S_IMODE(p.stat().st_mode) & 0o005 for p in (folder, folder.parent)):
            todo = f"请执行 chmod o-rwx {shlex.quote(str(folder))},或用共享的权限限制访问"
            yield Answer("收件目录权限", "problem", f"{name} 的收件目录本机任何人可读,里面有身份信息;{todo}")


def _zone(subject: str, paths: Home, zone: Path, closed: str, mode: str) -> Answer:
    """Check the rights of one zone, and say who can correct them."""
    if not zone.exists():
        return Answer(subject, "info", f"{zone.name} 尚未创建,首次运行时以 0{mode} 创建")
    owner = _owner(zone)
    by = "下次运行时自动收紧" if zone.stat().st_uid == os.geteuid() else f"须由属主 {owner} 或 root 执行"
    if paths.is_open(zone):
        is_itself = stat.S_IMODE(zone.stat().st_mode) & ~int(mode, 8)
        todo = f" 对他人开放,请执行 chmod {mode} {shlex.quote(str(zone))}" if is_itself else " 中有文件对他人开放"
        return Answer(subject, "problem", f"{zone}{todo}({by})")
    if group := paths.lacks_readers(zone):
        todo = f"下次运行时自动调整;若仍不行,请把运行用户 {owner} 加入该组"
        return Answer(subject, "problem", f"组 {group} 读不到 {zone} 中应给它的文件:{todo}")
    return Answer(subject, "ok", f"{zone.name} {closed}")


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)


def _group(path: Path) -> str:
    try:
        return path.group() if path.exists() else ""
    except KeyError:
        return str(path.stat().st_gid)


def secret(settings: Settings) -> Answer:
    """Is the secret behind the pseudonyms there, private, and that of the keys in the home?"""
    from sources.privacy.secret import SecretError, check_secret, has_keys, secret_path

    file = secret_path(settings.paths, settings.secret_file)
    if not file.exists() and not has_keys(settings.paths):
        return Answer("密钥", "info", f"{file} 尚未生成,首次运行时生成;请另行备份,丢失后代码无法衔接。")
    try:
        check_secret(settings.paths, load_contracts(), settings.secret_file)
    except SecretError as error:
        return Answer("密钥", "problem", str(error))
    except OSError:
        return Answer("密钥", "problem", f"{file} 不可读,请检查属主和权限。")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Answer("密钥", "problem", f"{file} 对他人开放,请执行 chmod 600 {shlex.quote(str(file))}")
    return Answer("密钥", "ok", "存在,仅属主可读,与现有代码一致")


def county(settings: Settings) -> Iterator[Answer]:
    """Answer for the county that the home serves."""
    from orchestration.commands.county import answer

    yield answer(settings.home)


def holders(settings: Settings) -> Iterator[Answer]:
    """Check whether another process uses the home or holds the warehouse."""
    who = locks.home_holder(settings.home) if settings.home.exists() else None
    yield Answer("运行锁", "info" if who else "ok", f"正在被{who}使用" if who else "空闲")
    from orchestration.publishing.condition import problem

    trouble = problem(settings.warehouse_file, read_only=True)
    yield Answer("数据仓库", ("info" if who else "problem") if trouble else "ok", trouble or "数据仓库空闲")


def content(settings: Settings) -> Iterator[Answer]:
    """Report the areas of a quick verification that have problems; one line if there is none."""
    if not settings.home.exists():
        return
    from orchestration.commands import verify
    from orchestration.commands.verify_intake import KEYS

    # The secret has a line of its own.
    wrong = [area for area in verify.examine(settings, deep=False) if area.problems and area.subject != KEYS]
    for area in wrong:
        more = f"等 {len(area.problems)} 处" if len(area.problems) > 1 else ""
        yield Answer(area.subject, "problem", f"{area.problems[0]}{more}(全部:shouwang verify)")
    if not wrong:
        yield Answer("保存的数据", "ok", "快速核对没有问题;逐字节核对用 shouwang verify --deep")


def font() -> Answer:
    """Is there a font with Chinese characters for the charts of the month's report? A month runs without it."""
    from reports.fonts import FontError, chinese_font

    try:
        return Answer("图表字体", "ok", f"月报的图表用 {chinese_font()}")
    except FontError as error:
        return Answer("图表字体", "look", str(error))


def copies(settings: Settings) -> Iterable[Answer]:
    """Answer for the copies of the published version on a server."""
    from orchestration.commands import verify_copies

    return verify_copies.answers(settings)


def deliveries(settings: Settings, month: Month) -> Iterator[Answer]:
    """Answer for the month: the folders of the departments, what is owed, the register."""
    from orchestration.commands import doctor_month
    from orchestration.runtime.county import contracts_here

    yield from doctor_month.examine(settings, contracts_here(settings.home), month)


def versions(lock_file: Path) -> Answer:
    """Are the installed packages those of the lock file, or of the wheel's own requirements if there is none?"""
    if lock_file.exists():
        asked = _PIN.findall(lock_file.read_text(encoding="utf-8"))
        of, todo = " requirements.lock ", "请执行 make setup。"
    else:
        asked, of, todo = requires("shouwang") or [], "安装包的要求", "请重新安装 shouwang。"
    if different := dict(_not_as_asked(asked)):
        more = f" 等 {len(different)} 个" if len(different) > 5 else ""
        level: Level = "problem" if any(text.startswith("未安装") for text in different.values()) else "look"
        shown = "、".join(f"{name} {text}" for name, text in [*different.items()][:5])
        return Answer("版本", level, f"与{of}不一致:{shown}{more}。{todo}")
    return Answer("版本", "ok", f"Python {sys.version.split()[0]},依赖与{of}一致")


def _not_as_asked(asked: Iterable[str]) -> Iterator[tuple[str, str]]:
    from packaging.requirements import Requirement

    for requirement in map(Requirement, asked):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            installed = None
        if installed is None or not requirement.specifier.contains(installed, prereleases=True):
            wanted = str(requirement.specifier).removeprefix("==")
            yield requirement.name, f"{installed or '未安装'}(应为 {wanted})"


def clock(settings: Settings) -> Answer:
    """Is the clock plausible? It must not be behind what it has already stamped."""
    from orchestration.publishing.version import current

    now = datetime.now(ZONE)
    published = current(settings.paths.published)
    if published and datetime.fromisoformat(published.created_at) > now:
        return Answer(
            "时钟", "problem", f"系统时间 {now:%Y-%m-%d %H:%M} 早于最近一次发布 {published.created_at},请校时。"
        )
    return Answer("时钟", "ok", f"北京时间 {now:%Y-%m-%d %H:%M},系统时区 {time.strftime('%Z %z')}")


def daemon(settings: Settings) -> Answer:
    """Check whether Dagster's daemon is alive; only schedules and sensors need it."""
    age = run_records.heartbeat_age(settings)
    if age is None or age > DAEMON_SILENT_SECONDS:
        return Answer("守护进程", "info", "没有运行;命令行运行不需要,按月自动运行需要(make ui 或 shouwang ui)")
    return Answer("守护进程", "ok", f"{age:.0f} 秒前有心跳")


def queue(settings: Settings) -> Iterator[Answer]:
    """List the queued runs and their reason to wait: the runs in progress, or no daemon that would launch them."""
    runs = run_records.unfinished_runs(settings)
    queued = [named for named, status in runs if status == "QUEUED"]
    if not queued:
        return
    working = "、".join(named for named, status in runs if status != "QUEUED")
    if daemon(settings).level == "info":
        yield Answer("排队的运行", "look", f"{'、'.join(queued)} 在排队,但守护进程没有运行;请执行 shouwang ui")
    else:
        reason = f"在等 {working} 结束" if working else "即将开始"
        yield Answer("排队的运行", "info", f"{'、'.join(queued)} {reason}")

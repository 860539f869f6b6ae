"""What lies in the departments' locations for a month.

Belongs here: folders, delivery numbers, ``delivery.yaml``, files that are still being written, names that do not parse.
Does not belong here: what is in a file (``readers``, ``recognise``).

A location is a folder of months: ``<location>/<YYYY-MM>/[rN/]*``; by default it is the department's folder of the inbox.
"""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from sources.months import Month
from sources.notice import Notice
from sources.text import masked

LOCAL_TIME = ZoneInfo("Asia/Shanghai")
SETTINGS_FILE = "delivery.yaml"
MODES = ("replace_all", "replace_towns")
SETTLING_SECONDS = 3.0
_REDELIVERY = re.compile(r"r([2-9]|[1-9][0-9]+)")
_NOISE = ("~$", ".")
_NOISE_NAMES = ("thumbs.db", "desktop.ini")
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".download")


@dataclass(frozen=True)
class InboxFile:
    """One file of a delivery; ``name`` is its path below the delivery folder."""

    name: str
    path: Path
    modified: datetime


@dataclass(frozen=True)
class InboxDelivery:
    """One delivery folder of a department and month."""

    delivery_no: int
    mode: str
    assigned: dict[str, str]
    files: tuple[InboxFile, ...]
    notices: tuple[Notice, ...] = field(default=())


def stray_folders(inbox: Path, departments: Mapping[str, Path]) -> list[Notice]:
    """Report folders that no run would ever look at: unknown departments, months that do not parse."""
    notices = []
    known = ", ".join(sorted(departments))
    for folder in sorted(inbox.iterdir()) if inbox.is_dir() else []:
        if folder.name not in departments and not folder.name.startswith("."):
            message = f"收件箱里的“{masked(folder.name)}”不是部门文件夹(应为 {known}),其中的文件没有读取。"
            notices.append(Notice("-", None, masked(folder.name), "error", message))
    for department, location in departments.items():
        for entry in sorted(location.iterdir()) if location.is_dir() else []:
            if not _is_month(entry.name) and not entry.name.startswith("."):
                message = f"“{masked(entry.name)}”不是月份文件夹(应为 YYYY-MM,例如 2021-06),其中的文件没有读取。"
                notices.append(Notice(department, None, masked(entry.name), "error", message))
    return notices


def _is_month(name: str) -> bool:
    try:
        Month.parse(name)
    except ValueError:
        return False
    return True


def read_deliveries(department: str, location: Path, month: Month) -> list[InboxDelivery]:
    """List the delivery folders of one department and month, in order of their numbers, waiting for files being written."""
    folder = location / str(month)
    if not folder.is_dir():
        return []
    folders = {1: folder}
    for entry in folder.iterdir():
        match = _REDELIVERY.fullmatch(entry.name)
        if match and entry.is_dir():
            folders[int(match[1])] = entry
    return [_delivery(department, number, folders[number]) for number in sorted(folders)]


def _delivery(department: str, number: int, folder: Path) -> InboxDelivery:
    mode, assigned, notices = _settings(department, folder)
    files = []
    paths = list(_files(folder, skip_redeliveries=number == 1))
    unstable = _unstable(paths)
    for path in paths:
        name = path.relative_to(folder).as_posix()
        problem = _problem(path, path in unstable)
        if problem:
            notices.append(Notice(department, None, masked(name), "error", problem))
        else:
            modified = datetime.fromtimestamp(path.stat().st_mtime, LOCAL_TIME).replace(tzinfo=None)
            files.append(InboxFile(name, path, modified))
    return InboxDelivery(number, mode, assigned, tuple(files), tuple(notices))


def _files(folder: Path, skip_redeliveries: bool) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(_NOISE) or path.name.lower() in _NOISE_NAMES or path.name == SETTINGS_FILE:
            continue
        if path.is_dir() and not path.is_symlink():
            if not (skip_redeliveries and _REDELIVERY.fullmatch(path.name)):
                yield from _files(path, skip_redeliveries=False)
        else:
            yield path


def _problem(path: Path, is_unstable: bool) -> str | None:
    if not stat.S_ISREG(path.lstat().st_mode):
        return "不是普通文件(链接或特殊文件),没有读取;请放入文件本身。"
    if is_unstable or path.suffix.lower() in _UNFINISHED:
        return "文件还在写入或传输中,这次没有读取;传完后请再运行一次。"
    return None


def _unstable(paths: list[Path]) -> set[Path]:
    """Files whose size or time still changes; only files touched in the last seconds are waited for."""
    fresh = {p for p in paths if p.exists() and time.time() - p.stat().st_mtime < SETTLING_SECONDS}
    for _ in range(3):
        if not fresh:
            break
        before = {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in fresh}
        time.sleep(SETTLING_SECONDS / 6)
        fresh = {
            p for p, state in before.items() if not p.exists() or (p.stat().st_size, p.stat().st_mtime_ns) != state
        }
    return fresh


def _settings(department: str, folder: Path) -> tuple[str, dict[str, str], list[Notice]]:
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return MODES[0], {}, []
    try:
        raw = yaml.safe_load(path.read_text("utf-8")) or {}
        mode, assigned = raw.get("mode", MODES[0]), raw.get("files") or {}
        if mode not in MODES or not isinstance(assigned, dict):
            raise ValueError
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, ValueError):
        message = (
            f"无法理解 {SETTINGS_FILE}(应有 mode: {' 或 '.join(MODES)} 与 files: 文件名: 数据表),已按没有该文件处理。"
        )
        return MODES[0], {}, [Notice(department, None, SETTINGS_FILE, "error", message)]
    return mode, {str(k): str(v) for k, v in assigned.items()}, []

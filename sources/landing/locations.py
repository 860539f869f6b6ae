"""List the delivery folders and files in the departments' locations.

Belongs here: folders, delivery numbers, files that are still being written, names that do not parse.
Does not belong here: the content of ``delivery.yaml`` (``settings``) and of files (``sources.reading``).

A location is a folder of months, ``<location>/<YYYY-MM>/[rN/]*``; by default it is the department's folder in the
inbox. Folders below a delivery's folder belong to that delivery.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sources.landing.archive import MAX_SIZE, TOO_LARGE
from sources.landing.settings import SETTINGS_FILE, read_settings
from sources.landing.settling import Waiting, being_written
from sources.months import Month
from sources.notice import Notice
from sources.refusal import RefusedError
from sources.text import file_name_text, masked

LOCAL_TIME = ZoneInfo("Asia/Shanghai")
_REDELIVERY = re.compile(r"r([2-9]|[1-9][0-9]{1,3})")
_LIKE_REDELIVERY = re.compile(r"[rR][0-9]+")
_NOISE = ("~$", ".")
_NOISE_NAMES = ("thumbs.db", "desktop.ini")
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".download")
UNREADABLE = "读不到(可能没有权限,或刚被移走),这次没有读取;请检查后再运行一次。"
_BEING_WRITTEN = "文件还在写入或传输中,这次没有读取;传完后请再运行一次。"
_SAME_NAME = "文件夹里有两个文件的名字看起来相同(文字编码不同),只读取了其中一个;请改名后再运行一次。"
MAX_DEPTH = 20
"""Folders below a delivery's folder; nobody files deeper, and a path has room for two thousand."""


@dataclass(frozen=True)
class InboxFile:
    """One file of a delivery; ``name`` is its path below the delivery folder."""

    name: str
    path: Path
    modified: datetime
    sha256: str = ""
    """Hash of a file that was pulled and is in the archive; empty for a file that still has to be copied there."""


@dataclass(frozen=True)
class InboxDelivery:
    """One delivery folder of a department and month."""

    delivery_no: int
    mode: str
    assigned: dict[str, str]
    files: tuple[InboxFile, ...]
    unreadable: frozenset[str] = frozenset()
    """Names of files that exist but cannot be read now; their last logged state still counts."""
    notices: tuple[Notice, ...] = field(default=())


def stray_folders(inbox: Path, departments: Collection[str], locations: Mapping[str, Path]) -> list[Notice]:
    """Report entries that no run reads: unknown departments, and months that do not parse.

    ``locations`` maps departments to their folders.
    """
    notices = []
    known = "、".join(sorted(departments))
    for entry in _entries(inbox):
        if entry.name not in departments:
            name = _shown(entry.name)
            message = f"收件箱里的“{name}”不是部门文件夹(应为 {known}),其中的文件没有读取。"
            notices.append(Notice("-", None, name, "error", message))
    for department, location in locations.items():
        for entry in _entries(location):
            if not (_is_month(entry.name) and _is_folder(entry)):
                name = _shown(entry.name)
                message = f"“{name}”不是月份文件夹(应为 YYYY-MM,例如 2021-06),其中的文件没有读取。"
                notices.append(Notice(department, None, name, "error", message))
    return notices


def _shown(name: str) -> str:
    return masked(file_name_text(name))


def _entries(folder: Path) -> list[Path]:
    """List a folder's entries without noise; empty if it is missing or cannot be read."""
    try:
        return [p for p in sorted(folder.iterdir()) if not is_noise(p)]
    except OSError:
        return []


def is_noise(path: Path) -> bool:
    """Check whether a program or a system left the entry, such as the lock of an open workbook."""
    return path.name.startswith(_NOISE) or path.name.lower() in _NOISE_NAMES


def redeliveries_in(folder: Path) -> list[str]:
    """Name the folders of re-deliveries in a delivery's folder."""
    return [_shown(entry.name) for entry in _entries(folder) if _LIKE_REDELIVERY.fullmatch(entry.name)]


def _is_month(name: str) -> bool:
    try:
        Month.parse(name)
    except ValueError:
        return False
    return True


def months_in(location: Path) -> list[Month]:
    """List the months that have a folder in a department's location."""
    return [Month.parse(entry.name) for entry in _entries(location) if _is_month(entry.name) and _is_folder(entry)]


def read_deliveries(
    department: str, location: Path, month: Month, settle_seconds: float = 0.0, waiting: Waiting | None = None
) -> tuple[list[InboxDelivery], list[Notice]]:
    """List the delivery folders of one department and month by number, and notices about folders left out.

    Waits until the files have been unchanged for ``settle_seconds``, and leaves out those that change meanwhile.
    """
    folder = location / str(month)
    if not _is_folder(folder):
        return [], []
    notices, folders = [], {1: folder}
    try:
        entries = list(folder.iterdir())
    except OSError:
        return [], [Notice(department, None, str(month), "error", f"文件夹{UNREADABLE}")]
    for entry in entries:
        match = _REDELIVERY.fullmatch(entry.name)
        if match and _is_folder(entry):
            folders[int(match[1])] = entry
        elif _LIKE_REDELIVERY.fullmatch(entry.name) and _is_folder(entry):
            message = "不是补报文件夹(应为 r2、r3……,小写,不带零,不超过四位数),其中的文件没有读取;请改名。"
            notices.append(Notice(department, None, _shown(entry.name), "error", message))
    found = []
    for number, path in sorted(folders.items()):
        if not _can_be_listed(path):
            notices.append(Notice(department, None, _shown(path.name), "error", f"文件夹{UNREADABLE}"))
            continue
        paths = list(files_below(path, is_first=number == 1))
        unfinished = being_written([*(p for _, p in paths), path / SETTINGS_FILE], settle_seconds, waiting)
        found.append(_delivery(department, number, path, paths, unfinished))
    return found, notices


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not path.is_symlink()
    except OSError:
        return False


def _can_be_listed(folder: Path) -> bool:
    try:
        with os.scandir(folder):
            return True
    except OSError:
        return False


def _delivery(
    department: str, number: int, folder: Path, found: Sequence[tuple[str, Path]], unfinished: Set[Path]
) -> InboxDelivery:
    settings, problem = read_settings(folder)
    if folder / SETTINGS_FILE in unfinished:
        problem = _BEING_WRITTEN
    notices = [Notice(department, None, SETTINGS_FILE, "error", problem)] if problem else []
    if problem and (number > 1 or problem is _BEING_WRITTEN):
        # The mode is not guessed: if it were wrong, a few towns would replace the whole table.
        return InboxDelivery(number, settings.mode, {}, (), notices=tuple(notices))
    paths: dict[str, Path] = {}
    for name, path in found:
        paths.setdefault(name, path)
    notices += [Notice(department, None, masked(n), "error", _SAME_NAME) for n, p in found if paths[n] != p]
    files, unreadable = [], []
    for name, path in paths.items():
        try:
            refusal = unusual(path, path in unfinished)
            modified = modified_at(path)
        except OSError:
            refusal = f"文件{UNREADABLE}"
        if refusal:
            unreadable.append(name)
            notices.append(Notice(department, None, masked(name), "error", refusal))
        else:
            files.append(InboxFile(name, path, modified))
    notices += absent_files(department, settings.assigned, paths)
    return InboxDelivery(number, settings.mode, settings.assigned, tuple(files), frozenset(unreadable), tuple(notices))


def modified_at(path: Path) -> datetime:
    """Return the modification time of a file; the current time if it is later than that, or no date at all."""
    now = datetime.now(LOCAL_TIME)
    try:
        modified = min(now, datetime.fromtimestamp(path.lstat().st_mtime, LOCAL_TIME))
    except (ValueError, OverflowError):
        modified = now
    return modified.replace(tzinfo=None)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file. Raises RefusedError if it is too large, or cannot be read any more."""
    try:
        if path.stat().st_size > MAX_SIZE:
            raise RefusedError(TOO_LARGE)
        return path.read_bytes()
    except OSError:
        raise RefusedError(f"文件{UNREADABLE}") from None


def absent_files(department: str, assigned: Iterable[str], there: Collection[str]) -> list[Notice]:
    """Name the files of ``delivery.yaml`` that its delivery does not have; a zip may contain any."""
    if any(name.lower().endswith(".zip") for name in there):
        return []
    names = {*there, *(name.rpartition("/")[2] for name in there)}
    message = "delivery.yaml 里写的这个文件不在该批次文件夹中;请核对文件名。"
    return [Notice(department, None, masked(n), "warning", message) for n in sorted(assigned) if n not in names]


def files_below(folder: Path, is_first: bool, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Path]]:
    """Yield a delivery's files with their names below its folder; delivery 1 skips the folders of re-deliveries.

    A folder that is too deep, or cannot be read, is yielded itself.
    """
    for path in _entries(folder):
        name = prefix + file_name_text(path.name)
        if not prefix and path.name == SETTINGS_FILE:
            continue
        if depth == MAX_DEPTH or not _is_folder(path):
            yield name, path
        elif is_first and not prefix and _LIKE_REDELIVERY.fullmatch(path.name):
            continue
        elif not _can_be_listed(path):
            yield name, path
        else:
            yield from files_below(path, is_first, f"{name}/", depth + 1)


def unusual(path: Path, is_unfinished: bool = False) -> str | None:
    """Say why an entry is not read: a link, a special file, a file that is not complete; None for a usual file.

    Raises OSError if there is no such entry.
    """
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        if not _can_be_listed(path):
            return f"文件夹{UNREADABLE}"
        return f"文件夹超过{MAX_DEPTH}层,其中的文件没有读取;请移到上层文件夹。"
    if not stat.S_ISREG(mode):
        return "不是普通文件(链接或特殊文件),没有读取;请放入文件本身。"
    if is_unfinished or path.suffix.lower() in _UNFINISHED:
        return _BEING_WRITTEN
    return None

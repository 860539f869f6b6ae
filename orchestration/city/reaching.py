"""Reach into the folder of a county from a process that can be left behind: storage that hangs holds up nobody.

Belongs here: the process, its time limit, looking and copying. Does not belong here: what a version must be
(``taking``), which counties there are (``counties``).

A thread that waits for storage keeps its process, and with it the lock of the home, even when that is killed. A child
shares neither. It is this file, run without the packages of this program, so that it starts in some hundredths of a
second. A copy may take as long as it goes on: the limit counts the seconds in which not a byte arrives.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 30.0
"""Seconds without an answer or a byte, after which storage counts as hanging."""
DESCRIPTION_BYTES = 10_000_000
"""A description has some 100 bytes for each column: less than 1 MB."""
_PAUSE_SECONDS = 0.02
_AT_ONCE = 32
"""Folders that are looked at at the same time; each is a process of some megabytes."""
_LINK, _DESCRIPTION, _DATABASES = "current", "version.json", ("shouwang.duckdb", "shouwang_open.duckdb")
"""What ``sources.home`` calls CURRENT, DESCRIPTION, DATABASE and OPEN_DATABASE; the child cannot import it."""
NAMES = (*_DATABASES, _DESCRIPTION)
"""The files of a version that a city copies."""


class HangingError(OSError):
    """Storage has not answered for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        """Keep how long it was waited for."""
        super().__init__(f"no answer for {seconds:.0f} s")
        self.seconds = seconds


class TooLargeError(OSError):
    """A file of ``size`` bytes, of which there may be ``most``, would fill the disk or the memory."""

    def __init__(self, file: str, size: int, most: int) -> None:
        """Keep the file, as version and name, and the sizes."""
        super().__init__(errno.EFBIG, os.strerror(errno.EFBIG))
        self.file, self.size, self.most = file, size, most


@dataclass(frozen=True)
class Offered:
    """What readers of a county see: a version, empty if nothing is published, and whether all its files are there."""

    stem: str
    description: str = ""
    is_whole: bool = False


def look(published: Path) -> Offered | None:
    """Read the description of the version that readers of ``published`` see; None if there is no such folder.

    Raises OSError if it cannot be read or is no UTF-8, TooLargeError if it is larger than a description can be,
    HangingError if storage does not answer.
    """
    found = _ask([_look.__name__, str(published)], lambda: 0)
    return Offered(**found) if found else None


Look = Offered | None | OSError
"""What a look at a folder came to."""


def look_all(folders: Sequence[Path]) -> dict[Path, Look]:
    """Look at many folders, some at the same time; what went wrong is in the place of the answer."""

    def looked(folder: Path) -> Look:
        try:
            return look(folder)
        except OSError as error:
            return error

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(folders, pool.map(looked, folders), strict=True))


def copy(source: Path, target: Path, most: int) -> str:
    """Copy the files of a version into a folder of this machine; return the name of one that is no file, else nothing.

    Raises OSError if one cannot be read or written, TooLargeError if one has more bytes than ``most``, HangingError if
    no byte arrives for a while.
    """
    missing = _ask([_copy.__name__, str(source), str(target), str(most)], lambda: _size(target))
    return str(missing)


def _ask(arguments: list[str], progress: Callable[[], int]) -> Any:
    """Let a child do something, and return its answer; one without progress is killed, and not waited for."""
    command = [sys.executable, "-I", "-S", __file__, *arguments]
    with tempfile.TemporaryFile() as answer:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=answer, stderr=subprocess.DEVNULL)  # noqa: S603 - this file
        done, since = progress(), time.monotonic()
        while child.poll() is None:
            time.sleep(_PAUSE_SECONDS)
            if (now := progress()) != done:
                done, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE_SECONDS:
                child.kill()
                raise HangingError(PATIENCE_SECONDS)
        answer.seek(0)
        told = answer.read()
    if not told:
        # Something ended the child.
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    found = json.loads(told)
    if found["too_large"]:
        raise TooLargeError(*found["too_large"])
    if found["errno"]:
        raise OSError(found["errno"], os.strerror(found["errno"]))
    return found["answer"]


def _size(folder: Path) -> int:
    """Sum the bytes of the files in a folder of this machine."""
    return sum(file.stat().st_size for file in folder.iterdir())


def _look(published: Path) -> dict[str, object] | None:
    if not published.is_dir():
        return None
    link = published / _LINK
    if not link.is_symlink():
        return {"stem": ""}
    folder = published / link.readlink().name
    _require_size(folder / _DESCRIPTION, DESCRIPTION_BYTES)
    description = (folder / _DESCRIPTION).read_text("utf-8")
    return {"stem": folder.name, "description": description, "is_whole": not _missing(folder)}


def _copy(source: Path, target: Path, most: int) -> str:
    if missing := _missing(source):
        return missing
    for name in NAMES:
        _require_size(source / name, most)
        shutil.copyfile(source / name, target / name)
        with (target / name).open("rb") as file:
            os.fsync(file.fileno())
    return ""


def _require_size(file: Path, most: int) -> None:
    if (size := file.stat().st_size) > most:
        raise TooLargeError(f"{file.parent.name}/{file.name}", size, most)


def _missing(folder: Path) -> str:
    """Name a file of the version that is not there, or is a link: it may lead anywhere."""
    return next((n for n in NAMES if (folder / n).is_symlink() or not (folder / n).is_file()), "")


def main(name: str, *arguments: str) -> None:
    """Do what the parent asks, and answer on standard output."""
    number, too_large = 0, None
    answer: object = None
    try:
        if name == _look.__name__:
            answer = _look(Path(arguments[0]))
        else:
            answer = _copy(Path(arguments[0]), Path(arguments[1]), int(arguments[2]))
    except TooLargeError as error:
        too_large = [error.file, error.size, error.most]
    except OSError as error:
        number = error.errno or errno.EIO
    except UnicodeDecodeError:
        number = errno.EILSEQ
    sys.stdout.write(json.dumps({"errno": number, "answer": answer, "too_large": too_large}))


if __name__ == "__main__":
    main(*sys.argv[1:])

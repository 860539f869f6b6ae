"""Give workbooks back: put them where the department keeps its extracts, in a folder of their own, each content once.

Belongs here: what was given back already, encrypting, writing into the location.
Does not belong here: how a kind of location writes (``sources.landing.transport``), the workbooks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import msoffcrypto.format.ooxml

from sources import audit
from sources.home import PRIVATE_FILE, Home
from sources.landing.transport.files import FileLocation
from sources.landing.transport.location import Location
from sources.landing.transport.trouble import TransportError, explained
from sources.months import Month

_WRITTEN_AT = re.compile("生成时间:[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}".encode())
_PROPERTIES = "docProps/core.xml"


@dataclass(frozen=True)
class GivenBack:
    """The result for one location: how many workbooks went there now, and the problem if one did not go."""

    given: int = 0
    problem: str = ""
    is_passing: bool = False
    text: str = ""
    """What was done, in Chinese."""


def give_back(
    home: Home, department: str, month: Month, location: Location | Path | None, workbooks: Sequence[Path]
) -> GivenBack:
    """Put the workbooks into ``<location>/<folder>/<month>/``, except those whose content went there before.

    A line of the audit log is written before each. Raises OSError if our own disk fails; a failure of the other side is
    a result.
    """
    if not isinstance(location, FileLocation) or location.give_back is None:
        return GivenBack(text="设置没有要求放回,工作簿只在发件目录。")
    record = _Record(home, department, month)
    place = f"{location.shown} {location.give_back.folder}"
    digests = {path: hashlib.sha256(f"{content_digest(path)} {place}".encode()).hexdigest() for path in workbooks}
    news = {path: digest for path, digest in digests.items() if record.digests.get(path.name) != digest}
    if not news:
        return GivenBack(text="对方的位置已有同样的工作簿。")
    given = 0
    try:
        password = location.give_back.password()
        with explained(location.explain), location.connect() as store:
            for path, digest in news.items():
                audit.record(home, "export", what="give_back", department=department, month=str(month))
                with record.outgoing() as temporary:
                    _write(path, temporary, password)
                    store.write(f"{location.give_back.folder}/{month}/{path.name}", temporary)
                record.add(path.name, digest)
                given += 1
    except TransportError as error:
        return GivenBack(given, f"没有把工作簿放回对方的文件夹:{error.cause};{error.todo}。", error.is_passing)
    return GivenBack(given, text=f"已把 {given} 个工作簿放到 {location.shown}/{location.give_back.folder}/{month}。")


def content_digest(workbook: Path) -> str:
    """Digest what a workbook shows: its parts without its properties and the time at which it was written."""
    digest = hashlib.sha256()
    with ZipFile(workbook) as parts:
        for name in sorted(set(parts.namelist()) - {_PROPERTIES}):
            part = hashlib.sha256(_WRITTEN_AT.sub(b"", parts.read(name))).hexdigest()
            digest.update(f"{name} {part}\n".encode())
    return digest.hexdigest()


def _write(workbook: Path, target: Path, password: str | None) -> None:
    """Copy a workbook, encrypted as Office does it if there is a password."""
    with workbook.open("rb") as source, target.open("wb") as sink:
        if password is None:
            sink.write(source.read())
        else:
            msoffcrypto.format.ooxml.OOXMLFile(source).encrypt(password, sink)


class _Record:
    """The digests of a month's workbooks that were given back to a department, and of their place, by file name."""

    def __init__(self, home: Home, department: str, month: Month) -> None:
        self._home = home
        self.folder = home.restricted / "given_back" / department
        self._path = self.folder / f"{month}.json"
        self.digests: dict[str, str] = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}

    @contextmanager
    def outgoing(self) -> Iterator[Path]:
        """Yield a file for a workbook on its way out, which is gone afterwards."""
        path = self._home.make_dir(self.folder) / ".outgoing"
        path.unlink(missing_ok=True)
        path.touch(PRIVATE_FILE, exist_ok=False)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def add(self, name: str, digest: str) -> None:
        """Record a workbook that was given back. Raises OSError."""
        self.digests[name] = digest
        with self._home.replacing(self._path) as temporary:
            temporary.write_text(json.dumps(self.digests, ensure_ascii=False), "utf-8")

"""Offer the files of a folder, whatever carries them: a mounted disk, SFTP, an object store, a share.

Belongs here: walking a pattern within limits, entries that are no usual files, checksum files.
Does not belong here: one folder's entries (``store``), copying and comparing (``copying``), connecting (the module of a
kind), which files are new (``landing.pull``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from sources.landing.patterns import EVERY_MONTH, check_pattern, has_month, matches, parts_of
from sources.landing.transport.copying import Digest, announced_in, check_digest, copy
from sources.landing.transport.location import Location, below_home, secret_of
from sources.landing.transport.source import Fetched, Listing, Offer, Source
from sources.landing.transport.store import Entry, Store
from sources.landing.transport.trouble import Explain, OneFileError, TransportError, explained, of_one_file
from sources.months import Month
from sources.text import file_name_text

MAX_ENTRIES = 100_000
"""Entries that a listing may have; a department's folder of ten years has a hundredth."""
MAX_DEPTH = 20
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_REDELIVERY = re.compile(r"r([2-9]|[1-9][0-9]{1,3})")
_LIKE_REDELIVERY = re.compile(r"[rR][0-9]+")
_NOISE = re.compile(r"(?i)~\$.*|\..*|thumbs\.db|desktop\.ini")
_UNFINISHED = re.compile(r"(?i).*\.(?:part|tmp|crdownload|filepart|download|partial|!ut)")
_CHECKSUM = re.compile(r"(?i)(.+)\.(md5|sha1|sha256|sha512)")
_MAX_CHECKSUM = 1 << 16
LINK = "是链接,没有读取;请放入文件本身"
BEING_SENT = "还在传输中,这次没有读取;传完后会再读取"
ODD_NAME = "名字含有控制字符,没有读取;请改名"
ODD_REDELIVERY = "不是补报文件夹(应为 r2、r3……,小写,不带零,不超过四位数),其中的文件没有读取;请改名"
NO_FOLDER = "是文件夹,而设置里的 pattern 写的是文件,没有读取;要读其中的文件,pattern 请以“/”结尾"
NO_FILE = "是校验文件,但旁边没有它说的文件;请对方核对文件是否已传完、名字是否一致"
NO_DIGITS = "是校验文件,但里面没有、或不止一个该文件的校验值,没有按它核对;请对方重新生成"
SAME_NAME = "和另一个文件的名字看起来相同(文字编码不同),没有读取;请改名"
_VANISHED = "对方刚才还有的文件,取的时候已经不在了(可能被移走或改名)"
_TOO_MANY = f"文件夹里的条目超过{MAX_ENTRIES}个"


class GiveBack(BaseModel):
    """Where workbooks go back to: a folder of their own below the location."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: str = "反馈"
    password_file: Path | None = None
    password_env: str | None = None
    """A password encrypts the workbooks; without one they are put there as they are."""
    work_lists: bool = False
    """Whether the towns' work lists go there too."""

    _below_home = field_validator("password_file")(below_home)

    @field_validator("folder")
    @classmethod
    def _plain_folder(cls, folder: str) -> str:
        if not all(_is_plain(part) for part in folder.split("/")):
            raise ValueError("folder 应是该位置之下的相对路径,不能有“..”或控制字符")
        return folder

    def password(self) -> str | None:
        """Return the password; None if the settings name none. Raises TransportError if it cannot be had."""
        return secret_of(self.password_file, self.password_env)


class FileLocation(Location):
    """A location of files; a kind adds how to connect."""

    pattern: str = EVERY_MONTH
    """The month's path below ``url``: a folder (it ends in ``/``) or files, with ``{month:…}``, ``*`` and ``?``."""
    snapshot: bool = False
    """Whether the place keeps its newest state only, so that the pattern needs no month."""
    give_back: GiveBack | None = None
    """Where workbooks for the department go; None: they stay in the outbox."""
    is_whole: ClassVar[bool] = False
    """Whether a file appears only once it is complete."""

    _checked = field_validator("pattern")(check_pattern)

    @model_validator(mode="after")
    def _month_or_snapshot(self) -> FileLocation:
        if has_month(self.pattern) == self.snapshot:
            raise ValueError("pattern 里要有月份,例如 {month:%Y%m};只保留最新状态的位置则写 snapshot = true,且不写月份")
        return self

    @property
    def keeps_months(self) -> bool:
        """Whether the place tells one month from another."""
        return not self.snapshot

    def connect(self) -> AbstractContextManager[Store]:
        """Connect and log in."""
        raise NotImplementedError

    def explain(self, error: BaseException) -> TransportError | None:
        """Explain an error of the kind's library."""
        return None

    @contextmanager
    def open(self, tables: Sequence[str]) -> Iterator[Source]:
        """Connect; files are recognised, except where the location is that of one table."""
        with ExitStack() as stack:
            with explained(self.explain):
                store = stack.enter_context(self.connect())
            yield FilesSource(store, self, tables[0] if len(tables) == 1 else None)


class FilesSource:
    """The files of an open location."""

    def __init__(self, store: Store, location: FileLocation, table: str | None = None) -> None:
        self._store, self._location, self._table = store, location, table
        self._ours = location.give_back.folder if location.give_back else ""
        self._seen: dict[str, list[Entry]] = {}
        self._count = 0

    @property
    def _explain(self) -> Explain:
        return self._location.explain

    def listing(self, month: Month) -> Listing:
        """List the files of a month: those below its folder, or those whose path fits the pattern."""
        with explained(self._explain):
            self._seen, self._count = {}, 0
            *folders, last = parts_of(self._location.pattern, month)
            found: list[tuple[str, int | None, Entry]] = []
            left_out: list[tuple[str, str]] = []
            for folder in self._folders(folders):
                if last:
                    found += [(folder, None, e) for e in self._fitting(folder, last, left_out)]
                else:
                    found += self._delivered(folder, left_out)
            announced = self._announced({_join(f, e.name) for f, _, e in found}, left_out)
            listed = [self._offer(f, n, e, announced) for f, n, e in found if not _CHECKSUM.fullmatch(e.name)]
            offers = {(offer.delivery_no, offer.name): offer for offer in reversed(listed)}
            left_out += [(o.name, SAME_NAME) for o in listed if offers[o.delivery_no, o.name] is not o]
            return Listing(tuple(reversed(offers.values())), tuple(dict.fromkeys(left_out)))

    def fetch(self, offer: Offer, month: Month, target: Path) -> Fetched:
        """Copy a file, and compare it with its announced size and hash."""
        with of_one_file():
            with target.open("wb") as sink, explained(self._explain):
                try:
                    with self._store.read(offer.path) as source:
                        copy(source, sink, offer.size)
                except FileNotFoundError:
                    raise OneFileError(_VANISHED, "请对方不要在取数时移动文件,稍后会自动再试", True) from None
            check_digest(target, offer.digest)
        return Fetched()

    def try_out(self) -> list[tuple[str, str]]:
        """List the top and read the beginning of the first file there, for the doctor."""
        with explained(self._explain):
            entries = list(self._entries(""))
            steps = [("列目录", f"{len(entries)} 项")]
            for entry in entries:
                if not (entry.is_folder or entry.is_link):
                    with self._store.read(entry.name) as source:
                        source.read(1)
                    return [*steps, ("读文件", "可以读取")]
            return steps

    def _entries(self, folder: str) -> list[Entry]:
        """List a folder without noise, once; links and odd names stay in it.

        Raises TransportError if there are too many.
        """
        if folder not in self._seen:
            found = []
            for entry in self._store.entries(folder):
                self._count += 1
                if self._count > MAX_ENTRIES:
                    raise TransportError(_TOO_MANY, "请在 url 或 pattern 里写得更具体,或请对方清理")
                if not _NOISE.fullmatch(entry.name) and _join(folder, entry.name) != self._ours:
                    found.append(entry)
            self._seen[folder] = sorted(found, key=lambda e: e.name)
        return self._seen[folder]

    def _folders(self, parts: Sequence[str], top: str = "") -> Iterator[str]:
        """Yield the folders whose path fits the parts of a pattern; none if there is none."""
        if not parts:
            yield top
            return
        try:
            entries = self._entries(top)
        except FileNotFoundError:
            if not top:
                raise
            return
        for entry in entries:
            if entry.is_folder and not entry.is_link and _is_plain(entry.name) and matches(parts[0], entry.name):
                yield from self._folders(parts[1:], _join(top, entry.name))

    def _files(self, folder: str, left_out: list[tuple[str, str]]) -> Iterator[Entry]:
        for entry in self._entries(folder):
            if entry.is_folder and not entry.is_link:
                continue
            if reason := _unusual(entry):
                left_out.append((entry.name, reason))
            else:
                yield entry

    def _fitting(self, folder: str, part: str, left_out: list[tuple[str, str]]) -> Iterator[Entry]:
        """Yield the files whose name fits the end of a pattern; a folder that fits is named."""
        yield from (entry for entry in self._files(folder, left_out) if matches(part, entry.name))
        folders = (e for e in self._entries(folder) if e.is_folder and not e.is_link)
        left_out += [(e.name, NO_FOLDER) for e in folders if matches(part, e.name)]

    def _delivered(self, folder: str, left_out: list[tuple[str, str]]) -> Iterator[tuple[str, int, Entry]]:
        """Yield the files of a month's folder with the number of their delivery: r2 is 2, the folder itself 1."""
        for entry in self._entries(folder):
            if (number := _REDELIVERY.fullmatch(entry.name)) and entry.is_folder and not entry.is_link:
                below = _join(folder, entry.name)
                yield from ((f, int(number[1]), e) for f, e in self._below(below, left_out))
            elif _LIKE_REDELIVERY.fullmatch(entry.name) and entry.is_folder and not entry.is_link:
                left_out.append((entry.name, ODD_REDELIVERY))
        below_first = self._below(folder, left_out, is_first=True)
        yield from ((f, 1, e) for f, e in below_first)

    def _below(
        self, folder: str, left_out: list[tuple[str, str]], is_first: bool = False, depth: int = 0
    ) -> Iterator[tuple[str, Entry]]:
        yield from ((folder, entry) for entry in self._files(folder, left_out))
        for entry in self._entries(folder):
            if not entry.is_folder or entry.is_link or (is_first and _LIKE_REDELIVERY.fullmatch(entry.name)):
                continue
            if depth == MAX_DEPTH or not _is_plain(entry.name):
                left_out.append((entry.name, ODD_NAME if depth < MAX_DEPTH else f"文件夹超过{MAX_DEPTH}层,没有读取"))
            else:
                yield from self._below(_join(folder, entry.name), left_out, depth=depth + 1)

    def _offer(self, folder: str, number: int | None, entry: Entry, announced: Mapping[str, Digest]) -> Offer:
        """Offer a file; another checksum file is another version, so that the file is compared with it."""
        path = _join(folder, entry.name)
        told = announced.get(path)
        return Offer(
            name=self._name(path),
            path=path,
            version=" ".join((entry.version, *(told or ()))),
            size=entry.size,
            modified=entry.modified,
            digest=told or entry.digest,
            delivery_no=number,
            table=self._table,
            is_whole=self._location.is_whole,
        )

    def _name(self, path: str) -> str:
        """Name a file below its delivery's folder: the month's folder and that of a re-delivery fall off.

        Folders that a wildcard finds stay, because each may have a file of the same name.
        """
        *folders, last = self._location.pattern.split("/")
        parts, depth = path.split("/"), len(folders)
        above, rest = parts[:depth], parts[depth:]
        if not last and len(rest) > 1 and _REDELIVERY.fullmatch(rest[0]):
            rest = rest[1:]
        kept = above if any(re.search("[*?]", folder) for folder in folders) else []
        return unicodedata.normalize("NFC", "/".join(map(file_name_text, [*kept, *rest])))

    def _announced(self, paths: Collection[str], left_out: list[tuple[str, str]]) -> dict[str, Digest]:
        """Read the hashes that the checksum files announce, by the path of the file that each is beside."""
        found: dict[str, Digest] = {}
        for path in sorted(paths):
            if (match := _CHECKSUM.fullmatch(path)) is None:
                continue
            of, algorithm = match[1], match[2].lower()
            with self._store.read(path) as source:
                digits = announced_in(source.read(_MAX_CHECKSUM), algorithm, of.rpartition("/")[2])
            if of not in paths or digits is None:
                left_out.append((path.rpartition("/")[2], NO_FILE if of not in paths else NO_DIGITS))
            else:
                found[of] = algorithm, digits
        return found


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _is_plain(name: str) -> bool:
    """Check that a name is one: no part of a path, no control characters."""
    name = file_name_text(name)
    return name not in ("", ".", "..") and not re.search(r"[/\\]", name) and not _CONTROL.search(name)


def _unusual(entry: Entry) -> str | None:
    if not _is_plain(entry.name):
        return ODD_NAME
    if entry.is_link:
        return LINK
    return BEING_SENT if _UNFINISHED.fullmatch(entry.name) else None

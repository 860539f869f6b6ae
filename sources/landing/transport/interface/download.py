"""Offer and fetch a file that an interface hands out; a download that breaks goes on where it was.

Belongs here: version, length and digest by headers, ranges. Does not belong here: sending (``client``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from sources.landing.transport.copying import MAX_BYTES, MAX_SECONDS, check_digest
from sources.landing.transport.interface.asked import Asked
from sources.landing.transport.interface.client import Client
from sources.landing.transport.interface.failures import GONE, StatusError
from sources.landing.transport.source import Offer
from sources.landing.transport.store import local_time
from sources.landing.transport.trouble import TransportError, own_disk

NOT_THERE = "对方还没有这个月的文件;若应当已有,请核对设置里的地址和月份写法"
BREAKS = 10
"""How often one download may begin or go on."""
_PLAIN = {"Accept-Encoding": "identity"}
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_DIGEST = re.compile(r"(?i)\b(sha-256|sha-512|md5)=:?([A-Za-z0-9+/]+={0,2})")
_SIZES = {"md5": 16, "sha256": 32, "sha512": 64}
_NO_FILE = {"text/html": (".htm", ".html"), "application/json": (".json", ".jsonl")}
"""Kinds of content that are a login page or an error, unless the file's name has one of the endings."""


@dataclass(frozen=True)
class Head:
    """What the headers say of a file."""

    etag: str
    modified: str
    size: int | None
    digest: tuple[str, str] | None
    is_framed: bool
    """Whether the end of the content can be told from a broken connection."""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Head:
        """Read the headers of an answer to HEAD or of a whole file."""
        length = headers.get("Content-Length", "")
        size = int(length) if re.fullmatch(r"\d{1,15}", length) else None
        is_framed = size is not None or "chunked" in headers.get("Transfer-Encoding", "").lower()
        return cls(headers.get("ETag", ""), headers.get("Last-Modified", ""), size, digest_of(headers), is_framed)

    @property
    def validator(self) -> str:
        """The ETag that names these bytes, for If-Range; empty if there is none (RFC 9110, 8.8.3)."""
        return "" if self.etag.startswith("W/") else self.etag

    def version(self, asked: Asked) -> str:
        """Return what changes with the content or the request; empty if the headers do not tell."""
        if not (self.validator or (self.modified and self.size is not None)):
            return ""
        request = hashlib.sha256(repr((asked.method, asked.url, asked.params, asked.body)).encode()).hexdigest()
        return " ".join([self.etag, "" if self.validator else self.modified, str(self.size), request[:16]])


def digest_of(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Read an announced hash: Repr-Digest (RFC 9530), Digest (RFC 3230) or Content-MD5."""
    said = [(f"md5={headers['Content-MD5']}")] if "Content-MD5" in headers else []
    for found in _DIGEST.finditer(", ".join([headers.get("Repr-Digest", ""), headers.get("Digest", ""), *said])):
        algorithm = found[1].lower().replace("-", "")
        try:
            digits = base64.b64decode(found[2], validate=True)
        except binascii.Error:
            continue
        if len(digits) == _SIZES[algorithm]:
            return algorithm, digits.hex()
    return None


def offer(client: Client, asked: Asked, name: str, table: str) -> Offer | None:
    """Offer the file without fetching it; None if it is not there. Raises TransportError and errors of httpx."""
    try:
        head = _head(client, asked)
    except StatusError as error:
        if error.status in GONE:
            return None
        raise
    modified = local_time(_time(head.modified))
    return Offer(name, table, head.version(asked), head.size, modified, head.digest, table=table or None)


def _head(client: Client, asked: Asked) -> Head:
    """Ask for the headers only; many interfaces answer them, or their length, to the usual method only."""

    def ask(method: str) -> Head:
        with client.answer(replace(asked, method=method), _PLAIN) as response:
            return Head.of(response.headers)

    if asked.method == "GET":
        try:
            head = client.trying_again(lambda: ask("HEAD"))
            if head.size:
                return head
        except StatusError as error:
            if error.status == 401:
                raise
    return client.trying_again(lambda: ask(asked.method))


def _time(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def download(client: Client, asked: Asked, offered: Offer, target: Path) -> int:
    """Fetch a file; return its bytes. Raises TransportError if it is not what was announced."""
    running = _Download(client, asked, offered, target)
    client.trying_again(running.go_on, BREAKS, MAX_SECONDS)
    if running.written == 0:
        raise TransportError("对方的文件是空的(0 字节)", "请对方重新生成文件")
    check_digest(target, running.digest)
    return running.written


class _Download:
    """A download, which may break in the middle."""

    def __init__(self, client: Client, asked: Asked, offered: Offer, target: Path) -> None:
        self._client, self._asked, self._offered, self._target = client, asked, offered, target
        self._head: Head | None = None
        self.written = 0
        self.digest = offered.digest

    def go_on(self) -> None:
        """Fetch what is missing; from the beginning, if the server cannot say that it is of the same content."""
        headers = dict(_PLAIN)
        if self._head and self._head.validator and self.written:
            headers |= {"Range": f"bytes={self.written}-", "If-Range": self._head.validator}
        with self._client.answer(self._asked, headers) as response:
            self._begin(response)
            with own_disk(), self._target.open("r+b") as sink:
                sink.truncate(self.written)
            self._copy(response)

    def _begin(self, response: httpx.Response) -> None:
        """Check what the headers announce, and where the content goes on."""
        if response.headers.get("Content-Encoding", "").lower() not in ("", "identity"):
            raise TransportError("对方用了没有要求的压缩方式", "请对方不压缩文件")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind in _NO_FILE and not self._offered.name.lower().endswith(_NO_FILE[kind]):
            raise TransportError("对方回的是网页或说明,不是文件(多半是登录页或错误页)", "请核对设置里的地址和登录方式")
        if response.status_code == 206:
            found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
            etag = response.headers.get("ETag", "")
            known = self._head
            if not (found and known and int(found[1]) == self.written) or etag not in ("", known.etag):
                raise _changed()
            if known.size is not None and int(found[3]) != known.size:
                raise _changed()
            return
        head = Head.of(response.headers)
        if self._offered.size is not None and head.size not in (None, self._offered.size):
            raise _changed()
        self._head, self.written, self.digest = head, 0, head.digest or self._offered.digest
        if not head.is_framed and self.digest is None and self._offered.size is None:
            raise TransportError(
                "对方没有说明文件的长度,无法确认是否完整", "请对方在回应头里给出 Content-Length 或校验值"
            )

    def _copy(self, response: httpx.Response) -> None:
        size = self._head.size if self._head and self._head.size is not None else self._offered.size
        # Errors of the network are httpx's own, so that one of the system is that of our disk.
        with own_disk(), self._target.open("ab") as sink:
            for chunk in response.iter_raw():
                if self.written + len(chunk) > MAX_BYTES:
                    raise TransportError(f"文件超过 {MAX_BYTES // 1024**3} GiB", "请对方拆分后再提供")
                sink.write(chunk)
                self.written += len(chunk)
                self._client.check_time()
        if size is not None and self.written != size:
            longer = "长" if self.written > size else "短"
            raise TransportError(f"收到的内容比对方说的{longer}", "请对方核对文件,稍后会自动再试", True)


def _changed() -> TransportError:
    return TransportError("下载期间对方的文件变了", "稍后会自动再试", True)

"""Read the answer of a WebDAV server to PROPFIND, entry by entry as it arrives.

Belongs here: the answer's XML, within limits. Does not belong here: requests (``webdav``).

The answer is hostile until shown otherwise: a document type, and with it every entity, is refused, and so is an entry
without end. The usual client of Python reads the whole answer into memory, with entities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.parsers.expat import ExpatError, ParserCreate

from sources.landing.transport.store import Entry, local_time
from sources.landing.transport.trouble import TransportError

WANTED = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>'
    b"<resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>"
)
_TEXTS = {f"DAV: {name}": name for name in ("href", "getcontentlength", "getlastmodified", "getetag")}
_MAX_ENTRY = 1 << 20
"""Bytes that may pass without a complete entry."""
_ODD = TransportError("对方列目录的回应无法理解", "请核对设置里的地址,或请对方检查 WebDAV 服务")
_ELSEWHERE = TransportError("对方列目录的回应里有别处的地址", "请把设置里的地址写成对方服务器自己用的地址")


def entries_of(answer: Iterable[bytes], folder: str) -> Iterator[Entry]:
    """Yield the entries of a folder, given by its path on the server.

    Raises TransportError if the answer is no such XML, has entities or is about another folder.
    """
    reading, passed = _Reading(), 0
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reading.text, reading.refuse
    try:
        for chunk in answer:
            parser.Parse(chunk)
            passed = 0 if reading.found else passed + len(chunk)
            if passed > _MAX_ENTRY:
                raise _ODD
            for properties in reading.found:
                if entry := _entry(properties, folder):
                    yield entry
            reading.found.clear()
        parser.Parse(b"", True)
    except ExpatError:
        raise _ODD from None
    if not reading.is_multistatus:
        raise _ODD


class _Reading:
    """What the parser has seen of the entries that are not complete yet, and those that are."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []
        self.is_multistatus = False
        self._properties: dict[str, str] = {}
        self._name: str | None = None

    def start(self, name: str, _: Any) -> None:
        self.is_multistatus |= name == "DAV: multistatus"
        if name == "DAV: response":
            self._properties = {}
        elif name == "DAV: collection":
            self._properties["collection"] = "yes"
        self._name = _TEXTS.get(name)

    def text(self, text: str) -> None:
        if self._name:
            self._properties[self._name] = self._properties.get(self._name, "") + text

    def end(self, name: str) -> None:
        self._name = None
        if name == "DAV: response":
            self.found.append(self._properties)

    def refuse(self, *_: Any) -> None:
        raise _ODD


def _entry(properties: dict[str, str], folder: str) -> Entry | None:
    """Return an entry, or None for the folder itself, which is in its own list."""
    href = properties.get("href", "").strip()
    path = unquote(urlsplit(href).path if "://" in href else href, errors="surrogateescape")
    if path.rstrip("/") == folder.rstrip("/"):
        return None
    if not path.startswith(folder.rstrip("/") + "/"):
        raise _ELSEWHERE
    is_folder, size = "collection" in properties, properties.get("getcontentlength", "")
    return Entry(
        path[len(folder.rstrip("/")) + 1 :].rstrip("/"),
        is_folder,
        int(size) if size.isascii() and size.isdigit() and len(size) < 19 and not is_folder else None,
        _time(properties.get("getlastmodified", "")),
        properties.get("getetag", ""),
    )


def _time(text: str) -> Any:
    try:
        return local_time(parsedate_to_datetime(text))
    except (ValueError, TypeError):
        return None

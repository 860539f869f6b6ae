"""Receive the rows of all pages, and prove that they are all.

Belongs here: announced totals, repeated pages, changes in between.
Does not belong here: one answer (``found``), the next request (``paging``), writing rows (``tally``).
"""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO

from sources.landing.transport.interface.answers import canonical
from sources.landing.transport.interface.asked import Asked
from sources.landing.transport.interface.client import Client
from sources.landing.transport.interface.found import Found, absent, find
from sources.landing.transport.interface.location import InterfaceLocation
from sources.landing.transport.interface.paging import Progress, first_page, later_page, next_page
from sources.landing.transport.interface.tally import Tally
from sources.landing.transport.trouble import TransportError

MAX_PAGES = 200_000
_AGAIN = "可能取数时对方的数据正在变化,稍后会自动再试;若一再如此,请核对设置里的 page 和 total"


class Rows:
    """The rows of one request, while they are received."""

    def __init__(self, client: Client, location: InterfaceLocation, asked: Asked) -> None:
        self._client, self._location, self._asked = client, location, asked
        self.tally, self.pages = Tally(), 0
        self.total: int | None = None
        self._hint, self._version, self._first = 0, None, b""
        self._seen: set[bytes] = set()
        self._asked_for: set[Asked] = set()

    def facts(self) -> dict[str, object]:
        """Tell what was received: pages, announced rows, names and JSON types of the fields."""
        return {"rows": self.tally.count, "pages": self.pages, "total": self.total, "fields": self.tally.fields}

    def receive(self, sink: BinaryIO) -> None:
        """Write all rows. Raises TransportError unless they are as many as announced, each page once."""
        self.tally = Tally(sink)
        asked: Asked | None = first_page(self._location.page, self._asked)
        while asked is not None:
            self._require_new(asked)
            asked = self._receive_page(asked)
        self._require_all()
        self._require_end()
        self._require_still()
        if self.tally.count == 0:
            raise TransportError(
                "对方的答复里一行数据也没有", "请向对方核实该月数据是否已备好;没有数据不会当作空表接收"
            )

    def version(self) -> str:
        """Return what changes whenever the rows may have changed, by the first page."""
        found = self._peek()
        if found.version in (None, ""):
            raise absent(str(self._location.changed), "changed")
        # Another request, or another place of the rows, has other rows under the same version.
        request = (self._asked.method, self._asked.url, self._asked.params, self._asked.body, self._location.rows)
        return hashlib.sha256(canonical([found.version, found.total, *map(str, request)])).hexdigest()

    def try_out(self) -> str:
        """Read the first page, with one row if the interface takes such a number; say what was found."""
        total = self._peek().total
        announced = "" if total is None else f",共 {total} 行"
        return f"读到 {self.tally.count} 行{announced}"

    def _peek(self) -> Found:
        found = self._find(first_page(self._location.page, self._asked, 1))
        self._note_total(found)
        return found

    def _find(self, asked: Asked) -> Found:
        return find(self._client, self._location, asked, self.tally.take)

    def _receive_page(self, asked: Asked) -> Asked | None:
        """Receive a page; return the request for the next one."""
        self.pages += 1
        before, found = self.tally.count, self._find(asked)
        newest, digest = self.tally.count - before, self.tally.end_page()
        self._note_total(found)
        self._note_version(found.version)
        if self.pages == 1:
            self._hint, self._first = found.hint, digest
        if self.total is not None and self.tally.count > self.total:
            raise TransportError(f"收到 {self.tally.count} 行,比对方说的 {self.total} 行多", _AGAIN, True)
        if newest:
            self._note_page(digest)
        if self.pages > MAX_PAGES:
            raise TransportError(f"超过 {MAX_PAGES} 页", "请增大设置里的 per_page,或请对方检查接口")
        progress = Progress(self.pages, self.tally.count, newest, self.total)
        return next_page(self._location.page, asked, found.values, found.link, progress)

    def _note_total(self, found: Found) -> None:
        if found.total is None:
            if self._location.total and self.total is None:
                raise absent(self._location.total, "total")
            return
        if self.total not in (None, found.total):
            raise TransportError("取数时对方公布的总行数变了", _AGAIN, True)
        self.total = found.total

    def _note_version(self, version: Any) -> None:
        if self._version is not None and version not in (self._version, None):
            raise TransportError("取数时对方的数据变了", _AGAIN, True)
        self._version = version if self._version is None else self._version

    def _note_page(self, digest: bytes) -> None:
        if digest in self._seen:
            raise TransportError(
                f"第 {self.pages} 页与前面的一页完全相同(对方重复给出同一页)",
                "请核对设置里 page 的参数名;若对方在最后一页之后重复它,请写明 total",
                True,
            )
        self._seen.add(digest)

    def _require_new(self, asked: Asked) -> None:
        if asked in self._asked_for:
            raise TransportError("对方给出的下一页是已经取过的一页", "请核对设置里的 page,或请对方检查接口", True)
        self._asked_for.add(asked)

    def _require_all(self) -> None:
        count = self.tally.count
        if self.total is not None and count < self.total:
            raise TransportError(f"只收到 {count} 行,对方说有 {self.total} 行", _AGAIN, True)
        if count < self._hint:
            raise TransportError(
                f"只收到 {count} 行,对方的答复里却写着共 {self._hint} 行",
                '请在设置里写明 total 和 page;若那不是行数,请写 total = ""',
            )

    def _require_end(self) -> None:
        """Ask for the page after the empty one: an interface that hides rows of a page may have empty ones between."""
        page = self._location.page
        if self.total is not None or page is None or not page.is_counted or self.tally.count == 0:
            return
        beyond = Tally()
        find(self._client, self._location, later_page(page, self._asked, self.pages, self.tally.count), beyond.take)
        if beyond.count:
            raise TransportError(
                f"第 {self.pages} 页是空的,后面的页却还有数据,不知道哪一页是最后一页",
                "请对方在答复里给出总行数,并在设置里写明 total",
            )

    def _require_still(self) -> None:
        """Ask for the first page again if only the counting of pages holds them together."""
        page = self._location.page
        if self.total is not None or self.pages == 1 or page is None or not page.is_counted:
            return
        again = Tally()
        find(self._client, self._location, first_page(page, self._asked), again.take)
        if again.end_page() != self._first:
            raise TransportError("取数时对方的数据在变化(第一页已与开始时不同)", _AGAIN, True)

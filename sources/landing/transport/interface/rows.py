"""Receive the rows of all pages, one object a line as the source has it, and prove that they are all.

Belongs here: announced totals, repeated pages, digest and facts of the rows.
Does not belong here: one answer (``answers``), the next request (``paging``), sending (``client``).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, BinaryIO

from sources.landing.transport.files import MAX_BYTES
from sources.landing.transport.interface.answers import MAX_PAGE, Number, canonical, kind_of, read_answer, text_of
from sources.landing.transport.interface.asked import Asked
from sources.landing.transport.interface.client import Client
from sources.landing.transport.interface.location import InterfaceLocation
from sources.landing.transport.interface.paging import Progress, first_page, next_page
from sources.landing.transport.trouble import TransportError, own_disk

MAX_PAGES = 200_000
MAX_FIELDS = 1000
"""Different names in the rows; no table is this wide."""
_LONGEST_NAME = 200
_BITS = 512
_COUNT = re.compile(r"[0-9]{1,12}")
_TOTALS = ("total", "totalCount", "totalRows", "totalNum", "totalSize", "totalElements", "recordsTotal", "total_count")
_CODE = re.compile(r"-?\d{1,6}")
_AGAIN = "可能取数时对方的数据正在变化,稍后会自动再试;若一再如此,请核对设置里的 page 和 total"


class Rows:
    """The rows of one request, while they are received."""

    def __init__(self, client: Client, location: InterfaceLocation, asked: Asked) -> None:
        self._client, self._location, self._asked = client, location, asked
        self.count = self.pages = self.bytes = 0
        self.total: int | None = None
        self._sum = 0
        self._kinds: dict[str, set[str]] = {}
        self._hinted, self._version, self._first = 0, None, b""
        self._seen: set[bytes] = set()
        self._asked_for: set[Asked] = set()
        self._sink: BinaryIO | None = None

    @property
    def content(self) -> str:
        """Digest of the rows whatever their order: the sum of their digests, which counts equal rows as well."""
        return f"rows:{self.count}:{self._sum:0{_BITS // 4}x}"

    def facts(self) -> dict[str, object]:
        """Tell what was received: pages, announced rows, names and JSON types of the fields."""
        fields = {name: sorted(kinds) for name, kinds in self._kinds.items()}
        return {"rows": self.count, "pages": self.pages, "total": self.total, "fields": fields}

    def receive(self, sink: BinaryIO) -> None:
        """Write all rows. Raises TransportError unless they are as many as announced, each page once."""
        self._sink = sink
        asked = self._new(first_page(self._location.page, self._asked))
        while asked is not None:
            asked = self._receive_page(asked)
        self._require_all()
        if self.count == 0:
            raise TransportError(
                "对方的答复里一行数据也没有", "请向对方核实该月数据是否已备好;没有数据不会当作空表接收"
            )

    def _require_all(self) -> None:
        """Raise TransportError if rows are missing, or may be."""
        if self.total is not None and self.count < self.total:
            raise TransportError(f"只收到 {self.count} 行,对方说有 {self.total} 行", _AGAIN, True)
        if self.count < self._hinted:
            raise TransportError(
                f"只收到 {self.count} 行,对方的答复里却写着共 {self._hinted} 行",
                '请在设置里写明 total 和 page;若那不是行数,请写 total = ""',
            )
        page = self._location.page
        if self.total is None and self.pages > 1 and page and page.is_counted:
            again = hashlib.sha256()
            Rows(self._client, self._location, self._asked)._answer(first_page(page, self._asked), again)
            if again.digest() != self._first:
                raise TransportError("取数时对方的数据在变化(第一页已与开始时不同)", _AGAIN, True)

    def version(self) -> str:
        """Return what changes whenever the rows may have changed, by the first page."""
        found, _ = self._answer(first_page(self._location.page, self._asked, 1))
        value = found.get(str(self._location.changed))
        if value in (None, ""):
            raise _absent(str(self._location.changed), "changed")
        self._note_total(found)
        # Another request, or another place of the rows, has other rows under the same version.
        request = (self._asked.method, self._asked.url, self._asked.params, self._asked.body, self._location.rows)
        digest = hashlib.sha256(canonical([value, self.total, *map(str, request)]))
        return digest.hexdigest()

    def try_out(self) -> str:
        """Read the first page, with one row if the interface takes such a number; say what was found."""
        found, _ = self._answer(first_page(self._location.page, self._asked, 1))
        self._note_total(found)
        announced = "" if self.total is None else f",共 {self.total} 行"
        return f"读到 {self.count} 行{announced}"

    def _receive_page(self, asked: Asked) -> Asked | None:
        self.pages += 1
        before, page = self.count, hashlib.sha256()
        found, link = self._answer(asked, page)
        self._note_total(found)
        self._note_version(found)
        newest = self.count - before
        if self.total is not None and self.count > self.total:
            raise TransportError(f"收到 {self.count} 行,比对方说的 {self.total} 行多", _AGAIN, True)
        if newest:
            self._note_page(page.digest())
        if self.pages > MAX_PAGES:
            raise TransportError(f"超过 {MAX_PAGES} 页", "请增大设置里的 per_page,或请对方检查接口")
        progress = Progress(self.pages, self.count, newest, self.total)
        return self._new(next_page(self._location.page, asked, found, link, progress))

    def _note_version(self, found: dict[str, Any]) -> None:
        """Keep what the first page says; raises TransportError if a later one says otherwise."""
        if self.pages == 1 and self._location.total is None:
            hints = [str(found.get(path)) for path in self._hints]
            self._hinted = max((int(hint) for hint in hints if _COUNT.fullmatch(hint)), default=0)
        version = found.get(str(self._location.changed), self._version)
        if version not in (self._version, None) and self.pages > 1:
            raise TransportError("取数时对方的数据变了", _AGAIN, True)
        self._version = version

    @property
    def _hints(self) -> list[str]:
        """Where interfaces usually announce the number of rows, unless the settings say where this one does."""
        above, _, _ = self._location.rows.rpartition(".")
        return [f"{above}.{name}".lstrip(".") for name in _TOTALS] if self._location.rows else []

    def _note_page(self, digest: bytes) -> None:
        if self.pages == 1:
            self._first = digest
        if digest in self._seen:
            raise TransportError(
                f"第 {self.pages} 页与前面的一页完全相同(对方重复给出同一页)",
                "请核对设置里 page 的参数名;若对方在最后一页之后重复它,请写明 total",
                True,
            )
        self._seen.add(digest)

    def _new(self, asked: Asked | None) -> Asked | None:
        """Return the next request. Raises TransportError if it was made before."""
        if asked is None:
            return None
        if asked in self._asked_for:
            raise TransportError("对方给出的下一页是已经取过的一页", "请核对设置里的 page,或请对方检查接口", True)
        self._asked_for.add(asked)
        return asked

    def _answer(self, asked: Asked, page: Any = None) -> tuple[dict[str, Any], str | None]:
        """Receive one answer and its rows; return what was found beside them, and the next address by the header."""
        received, settings = self._client.page(asked, MAX_PAGE), self._location
        text = text_of(received.content, received.content_type, settings.content_type)
        wanted = (settings.total, settings.changed, settings.ok.path if settings.ok else None)
        told = settings.page.told if settings.page else None

        def take(row: dict[str, Any], line: str) -> None:
            self._take(row, line, page)

        found = read_answer(text, settings.rows, (*wanted, told, *self._hints), take)
        self._require_ok(found)
        if settings.rows not in found:
            raise _absent(settings.rows, "rows")
        return {path: _plain(value) for path, value in found.items()}, received.link

    def _take(self, row: dict[str, Any], line: str, page: Any) -> None:
        content = line.encode("utf-8", "surrogatepass") + b"\n"
        self.count, self.bytes = self.count + 1, self.bytes + len(content)
        if self.bytes > MAX_BYTES:
            raise TransportError(f"数据超过 {MAX_BYTES // 1024**3} GiB", "请分批取,例如按镇街写成多个位置")
        digest = hashlib.blake2b(canonical(row)).digest()
        self._sum = (self._sum + int.from_bytes(digest, "big")) % (1 << _BITS)
        for name, value in row.items():
            kinds = self._kinds.get(name)
            (self._new_field(name) if kinds is None else kinds).add(kind_of(value))
        if page is not None:
            page.update(digest)
        if self._sink is not None:
            with own_disk():
                self._sink.write(content)

    def _new_field(self, name: str) -> set[str]:
        if len(self._kinds) == MAX_FIELDS or len(name) > _LONGEST_NAME:
            problem = f"各行的字段名超过 {MAX_FIELDS} 个,或有的长于 {_LONGEST_NAME} 字"
            raise TransportError(problem, "请核对设置里的 rows,或请对方检查接口")
        return self._kinds.setdefault(name, set())

    def _require_ok(self, found: dict[str, Any]) -> None:
        if (ok := self._location.ok) is None:
            return
        if ok.path not in found:
            raise _absent(ok.path, "ok")
        value = _plain(found[ok.path])
        written = str(value).lower() if isinstance(value, bool) else str(value)
        if written != ok.written:
            code = f"(错误码 {written})" if _CODE.fullmatch(written) else ""
            raise TransportError(f"对方在答复里报告出错{code}", "请向对方询问原因,或核对设置里的参数和 ok")

    def _note_total(self, found: dict[str, Any]) -> None:
        path = self._location.total
        if not path or (path not in found and self.total is not None):
            return
        if path not in found:
            raise _absent(path, "total")
        text = str(found[path])
        if not _COUNT.fullmatch(text):
            raise TransportError(f"对方的答复里 {path} 不是行数", "请核对设置里的 total")
        if self.total not in (None, int(text)):
            raise TransportError("取数时对方公布的总行数变了", _AGAIN, True)
        self.total = int(text)


def _plain(value: Any) -> Any:
    return value.digits if isinstance(value, Number) else value


def _absent(path: str, setting: str) -> TransportError:
    where = f" {path} 这一项" if path else "列表"
    return TransportError(f"对方的答复里没有{where}", f"请核对设置里的 {setting},或请对方检查接口")

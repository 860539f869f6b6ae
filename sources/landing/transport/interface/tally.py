"""Write rows, one object a line, and keep what tells them from others: number, digest, fields.

Belongs here: what follows from the rows alone. Does not belong here: pages and totals (``rows``).
"""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO

from sources.landing.transport.copying import MAX_BYTES
from sources.landing.transport.interface.answers import canonical, kind_of
from sources.landing.transport.trouble import TransportError

MAX_FIELDS = 1000
"""Different names in the rows; no table is this wide."""
_LONGEST_NAME = 200
_BITS = 512


class Tally:
    """The rows so far; without ``sink``, they are counted only."""

    def __init__(self, sink: BinaryIO | None = None) -> None:
        self.count = self.bytes = 0
        self._sink, self._sum, self._page = sink, 0, hashlib.sha256()
        self._kinds: dict[str, set[str]] = {}

    @property
    def content(self) -> str:
        """Digest of the rows whatever their order: the sum of their digests, which counts equal rows as well."""
        return f"rows:{self.count}:{self._sum:0{_BITS // 4}x}"

    @property
    def fields(self) -> dict[str, list[str]]:
        """Names of the fields, each with its JSON types."""
        return {name: sorted(kinds) for name, kinds in self._kinds.items()}

    def take(self, row: dict[str, Any], line: str) -> None:
        """Write a row. Raises TransportError if the rows become too large, or have too many names; or OSError."""
        content = line.encode() + b"\n"
        self.count, self.bytes = self.count + 1, self.bytes + len(content)
        if self.bytes > MAX_BYTES:
            raise TransportError(f"数据超过 {MAX_BYTES // 1024**3} GiB", "请分批取,例如按镇街写成多个位置")
        digest = hashlib.blake2b(canonical(row)).digest()
        self._page.update(digest)
        self._sum = (self._sum + int.from_bytes(digest, "big")) % (1 << _BITS)
        for name, value in row.items():
            kinds = self._kinds.get(name)
            (self._new_field(name) if kinds is None else kinds).add(kind_of(value))
        if self._sink is not None:
            self._sink.write(content)

    def end_page(self) -> bytes:
        """Return the digest of the rows since the page before, in their order."""
        digest, self._page = self._page.digest(), hashlib.sha256()
        return digest

    def _new_field(self, name: str) -> set[str]:
        if len(self._kinds) == MAX_FIELDS or len(name) > _LONGEST_NAME:
            problem = f"各行的字段名超过 {MAX_FIELDS} 个,或有的长于 {_LONGEST_NAME} 字"
            raise TransportError(problem, "请核对设置里的 rows,或请对方检查接口")
        return self._kinds.setdefault(name, set())

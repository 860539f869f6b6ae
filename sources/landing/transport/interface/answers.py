"""Read one JSON answer: its rows, each as the answer has it, and what the settings look for beside them.

Belongs here: encoding, limits of size and nesting, finding values by path; numbers keep their digits.
Does not belong here: what rows and totals of several pages mean together (``rows``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

import numpy as np

from sources.landing.transport.trouble import TransportError

MAX_PAGE = 64 * 1024**2
"""Bytes of one answer, unpacked."""
MAX_DEPTH = 64
MAX_VALUES = 4_000_000
"""Values of one answer; each takes some sixty bytes of memory."""
OnRow = Callable[[Any, str], None]
"""Function that takes a row, and its text in one line."""
_SMALLER = "请减小设置里的 per_page,或请对方检查接口"
_CHECK = "请核对设置里的地址,或请对方检查接口"
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?(?:"|\Z)', re.DOTALL)
_NO_STRUCTURE = re.compile(r"[^\[\]{},]+")
_SPACE = re.compile(r"[ \t\r\n]*")
_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8"} | dict.fromkeys(
    ("gbk", "gb2312", "gb18030"), "gb18030"
)


class Number:
    """A number with the digits that the answer has."""

    __slots__ = ("digits",)

    def __init__(self, digits: str) -> None:
        self.digits = digits


_DECODER = json.JSONDecoder(
    parse_int=Number,
    parse_float=Number,
    parse_constant=Number,
    # Some programs write the tab of a text as it is.
    strict=False,
)
_KINDS = {str: "string", Number: "number", bool: "boolean", type(None): "null", list: "array", dict: "object"}


def kind_of(value: Any) -> str:
    """Name the JSON type of a value."""
    return _KINDS[type(value)]


def canonical(value: Any) -> bytes:
    """Write a value so that the order of its names makes no difference."""
    return json.dumps(value, sort_keys=True, check_circular=False, default=lambda n: {"#": n.digits}).encode()


def text_of(content: bytes, content_type: str, allowed: str | None) -> str:
    """Decode an answer. Raises TransportError if it is no JSON by its kind, or is in another encoding than it says."""
    kind, _, parameters = content_type.lower().partition(";")
    kind = kind.strip()
    allowed = allowed and allowed.lower()
    if kind == "text/html" and allowed != kind:
        raise TransportError(
            "对方回的是网页,不是数据(多半是登录页或错误页)",
            '请核对地址和登录方式;若接口确实把 JSON 标成网页,请写 content_type = "text/html"',
        )
    if not (kind in ("", "application/json", "text/json", "text/plain", allowed) or kind.endswith("+json")):
        raise TransportError("对方回的内容类型不是 JSON", f"{_CHECK};若确实是 JSON,请在设置里写 content_type")
    said = re.search(r'charset\s*=\s*"?([\w.:-]+)', parameters)
    charset = _CHARSETS.get(said[1] if said else "")
    if charset is None:
        raise TransportError("对方的文字编码不是 UTF-8 或 GB18030", "请对方改用 UTF-8")
    try:
        return content.decode(charset).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise TransportError("对方的文字编码与它说的不符,有的字无法识别", "请对方改用 UTF-8") from None


def read_answer(text: str, rows: str, wanted: Iterable[str | None], on_row: OnRow) -> dict[str, Any]:
    """Hand every row to ``on_row``; return the other values by path, and the number of rows under that of the list.

    Without a value at the list's path there is no entry; null is a list without rows. Raises TransportError if the
    answer is no complete JSON, too deep, too large, has a name twice, or its rows are no objects.
    """
    _check_structure(text)
    walk = _Walk(text, _parts(rows), {_parts(path) for path in wanted if path}, on_row)
    try:
        end = _after_space(text, walk.value(0, ()))
    except (ValueError, IndexError):
        # The text of the error is not kept: it has the whole answer.
        end = -1
    if end != len(text):
        raise TransportError("对方回的不是完整的 JSON", f"{_CHECK};若是传输中断,稍后会自动再试", True)
    return {".".join(path): value for path, value in walk.found.items()}


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _check_structure(text: str) -> None:
    """Count values and depth before any object is made."""
    structure = _NO_STRUCTURE.sub("", _STRING.sub("", text))
    signs = np.frombuffer(structure.encode("ascii"), np.uint8)
    if len(signs) > MAX_VALUES:
        raise TransportError(f"对方的一页里超过 {MAX_VALUES} 个值", _SMALLER)
    opened = np.isin(signs, np.frombuffer(b"[{", np.uint8)).astype(np.int32)
    closed = np.isin(signs, np.frombuffer(b"]}", np.uint8)).astype(np.int32)
    if len(signs) and np.cumsum(opened - closed).max() > MAX_DEPTH:
        raise TransportError(f"对方的 JSON 嵌套超过 {MAX_DEPTH} 层", _CHECK)


class _Walk:
    """Goes through an answer once, down to the list of rows."""

    def __init__(self, text: str, rows: tuple[str, ...], wanted: set[tuple[str, ...]], on_row: OnRow) -> None:
        self.found: dict[tuple[str, ...], Any] = {}
        self._text, self._rows, self._wanted, self._on_row = text, rows, wanted, on_row
        self._above = {path[:depth] for path in (rows, *wanted) for depth in range(len(path))}

    def value(self, at: int, path: tuple[str, ...]) -> int:
        """Read the value that begins here; return where it ends."""
        at = _after_space(self._text, at)
        if path == self._rows and self._text[at] == "[":
            return self._list(at)
        if path in self._above and self._text[at] == "{":
            return self._object(at, path)
        value, end = _DECODER.raw_decode(self._text, at)
        if path == self._rows and value is not None:
            raise TransportError(f"对方的答复里 {'.'.join(path) or '整个内容'} 不是列表", "请核对设置里的 rows")
        if path in self._wanted or path == self._rows:
            self.found[path] = value if path in self._wanted else 0
        return end

    def _object(self, at: int, path: tuple[str, ...]) -> int:
        text, names = self._text, set()
        at = _after_space(text, at + 1)
        if text[at] == "}":
            return at + 1
        while True:
            _expect(text[at] == '"')
            name, at = scanstring(text, at + 1, False)
            at = _after_space(text, at)
            _expect(text[at] == ":")
            if name in names:
                raise TransportError("对方的答复里同一个名字出现两次,不知道该用哪一个", "请对方检查接口")
            names.add(name)
            at = _after_space(text, self.value(at + 1, (*path, name)))
            if text[at] == "}":
                return at + 1
            _expect(text[at] == ",")
            at = _after_space(text, at + 1)

    def _list(self, at: int) -> int:
        text, count = self._text, 0
        at = _after_space(text, at + 1)
        while text[at] != "]":
            if count:
                _expect(text[at] == ",")
                at = _after_space(text, at + 1)
            row, end = _DECODER.raw_decode(text, at)
            if type(row) is not dict:
                raise TransportError("对方的列表里有的行不是对象", "请核对设置里的 rows,或请对方检查接口")
            self._on_row(row, _in_one_line(text[at:end]))
            at, count = _after_space(text, end), count + 1
        self.found[self._rows] = count
        return at + 1


def _expect(is_so: bool) -> None:
    if not is_so:
        raise ValueError


def _in_one_line(text: str) -> str:
    """Put the text of a row into one line; a line's end within a string, which JSON forbids, is escaped."""
    if "\n" not in text and "\r" not in text:
        return text
    text = _STRING.sub(lambda match: match[0].replace("\n", "\\n").replace("\r", "\\r"), text)
    return text.replace("\n", " ").replace("\r", " ")

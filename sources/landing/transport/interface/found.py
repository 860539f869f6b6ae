"""Ask for one page, and find in its answer what the settings look for.

Belongs here: the places of rows, totals and error codes in one answer.
Does not belong here: what several pages say together (``rows``), JSON itself (``answers``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sources.landing.transport.interface.answers import MAX_PAGE, Number, OnRow, read_answer, text_of
from sources.landing.transport.interface.asked import Asked
from sources.landing.transport.interface.client import Client
from sources.landing.transport.interface.location import InterfaceLocation
from sources.landing.transport.trouble import TransportError

_COUNT = re.compile(r"[0-9]{1,12}")
_TOTALS = (
    "total", "totalCount", "totalRows", "totalNum", "totalSize", "totalElements", "totalRecords", "total_count",
    "recordsTotal", "recordCount", "rowCount", "count", "records",
)  # fmt: skip
"""Names under which interfaces announce the number of all rows; layui says ``count``, jqGrid ``records``."""
_CODE = re.compile(r"-?\d{1,6}")


@dataclass(frozen=True)
class Found:
    """What one answer has besides its rows."""

    values: dict[str, Any]
    """Values by path; numbers as their digits."""
    link: str | None
    """Address of the next page by the header Link."""
    total: int | None
    """The announced number of all rows."""
    hint: int
    """What looks like such a number, if the settings do not say where it is; 0 if nothing does."""
    version: Any
    """What changes with the rows."""


def find(client: Client, location: InterfaceLocation, asked: Asked, on_row: OnRow) -> Found:
    """Ask for one page and hand over its rows.

    Raises TransportError if the answer reports an error, or lacks what the settings name; the total may be missing.
    """
    received = client.page(asked, MAX_PAGE)
    text = text_of(received.content, received.content_type, location.content_type)
    told, hints = location.page.told if location.page else None, _hints(location)
    wanted = (location.total, location.changed, location.ok.path if location.ok else None, told, *hints)
    values = {path: _plain(value) for path, value in read_answer(text, location.rows, wanted, on_row).items()}
    _require_ok(location, values)
    if location.rows not in values:
        raise absent(location.rows, "rows")
    counts = [str(values.get(path)) for path in hints]
    hint = max((int(count) for count in counts if _COUNT.fullmatch(count)), default=0)
    return Found(values, received.link, _total(location.total, values), hint, values.get(str(location.changed)))


def absent(path: str, setting: str) -> TransportError:
    """Say that an answer lacks what a setting names."""
    where = f" {path} 这一项" if path else "列表"
    return TransportError(f"对方的答复里没有{where}", f"请核对设置里的 {setting},或请对方检查接口")


def _hints(location: InterfaceLocation) -> list[str]:
    """List where interfaces usually announce the number of rows, unless the settings say where this one does."""
    if location.total is not None or not location.rows:
        return []
    parts = location.rows.split(".")
    above = [".".join(parts[:depth]) for depth in range(len(parts))]
    paths = [f"{where}.{name}".lstrip(".") for where in above for name in _TOTALS]
    return [path for path in paths if path != location.rows]


def _require_ok(location: InterfaceLocation, values: dict[str, Any]) -> None:
    if (ok := location.ok) is None:
        return
    if ok.path not in values:
        raise absent(ok.path, "ok")
    value = values[ok.path]
    written = str(value).lower() if isinstance(value, bool) else str(value)
    if written != ok.written:
        code = f"(错误码 {written})" if _CODE.fullmatch(written) else ""
        raise TransportError(f"对方在答复里报告出错{code}", "请向对方询问原因,或核对设置里的参数和 ok")


def _total(path: str | None, values: dict[str, Any]) -> int | None:
    if not path or path not in values:
        return None
    text = str(values[path])
    if not _COUNT.fullmatch(text):
        raise TransportError(f"对方的答复里 {path} 不是行数", "请核对设置里的 total")
    return int(text)


def _plain(value: Any) -> Any:
    return value.digits if isinstance(value, Number) else value

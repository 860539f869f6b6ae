"""Number the layout of a data home, so that a program never works on a home that it does not understand.

Belongs here: the number, the file that keeps it, refusing a home of another layout.
Does not belong here: the columns of stored tables, which are compared with what the program expects
(``acceptance.store``, ``dbt.stored``).

Raise ``LAYOUT`` if folders or records change in a way that the program cannot read any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from orchestration.runtime.errors import ShouwangError
from sources.home import Home

LAYOUT = 1
_FIRST = 1
"""Layout of the homes that keep no number: they are older than the first one that did."""


_being_rebuilt: set[Path] = set()
"""Homes that this process rebuilds now."""


class LayoutError(ShouwangError):
    """The home has the layout of another program; nothing was changed."""


def layout_path(home: Home) -> Path:
    """Return the path of the file that keeps the layout."""
    return home.restricted / "layout.json"


def kept_layout(home: Home) -> int:
    """Return the layout of a home; that of this program if the home is new. Raises LayoutError if it is damaged."""
    path = layout_path(home)
    try:
        return int(json.loads(path.read_text("utf-8"))["layout"])
    except FileNotFoundError:
        return _FIRST if _has_data(home) else LAYOUT
    except (ValueError, KeyError, TypeError):
        raise LayoutError(f"数据格式的记录 {path} 已损坏;请从备份恢复它。没有备份时,删除它再重试。") from None


def keep_layout(home: Home) -> None:
    """Record that the home has the layout of this program. Raises OSError if the record cannot be written."""
    path = layout_path(home)
    if not path.exists() or kept_layout(home) != LAYOUT:
        with home.replacing(path) as temporary:
            temporary.write_text(json.dumps({"layout": LAYOUT, "program": version("shouwang")}), "utf-8")


def require_not_newer(home: Home) -> None:
    """Raise LayoutError if a newer program has written the home, or if the record of the layout is damaged."""
    if (kept := kept_layout(home)) > LAYOUT:
        raise LayoutError(
            f"数据目录 {home.root} 由更新的程序写成(数据格式 {kept},本程序只认识到 {LAYOUT}),没有做任何改动。"
            "请升级程序后重试,或恢复升级前的备份。"
        )


def require_same(home: Home) -> None:
    """Raise LayoutError if the home has another layout than this program, unless it is being rebuilt."""
    require_not_newer(home)
    if (kept := kept_layout(home)) < LAYOUT and home.root not in _being_rebuilt:
        raise LayoutError(
            f"数据目录 {home.root} 是旧格式(数据格式 {kept},本程序为 {LAYOUT}),没有做任何改动。"
            "请执行 shouwang rebuild --from-archive,用归档的原件重建;已发布的版本不受影响。"
        )


@contextmanager
def rebuilding(home: Home) -> Iterator[None]:
    """Let the runs of this process work on a home of an older layout during the block."""
    _being_rebuilt.add(home.root)
    try:
        yield
    finally:
        _being_rebuilt.discard(home.root)


def _has_data(home: Home) -> bool:
    return any(home.restricted.glob("deliveries/*/*.json"))

"""Read ``delivery.yaml``, which may set the replacement mode of a delivery and assign its files to datasets.

The file comes from a department. It is read as keys and texts, exactly as written: YAML would turn ``010.5`` or
``12:30`` into numbers, and nobody needs its aliases, merges and tags here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sources.landing.archive import open_regular
from sources.refusal import RefusedError
from sources.text import decode

SETTINGS_FILE = "delivery.yaml"
REPLACE_ALL, REPLACE_TOWNS, REPLACE_ALL_CONFIRMED = MODES = ("replace_all", "replace_towns", "replace_all_confirmed")
"""How a delivery replaces the one before; the third says that towns which no longer occur have no rows left."""
MAX_KIB = 64
"""Size limit: a hundred bytes for each of several hundred files."""
_MERGE = "<<"
_Plain = str | dict[str, "_Plain"]


@dataclass(frozen=True)
class DeliverySettings:
    """The replacement mode of a delivery, and the datasets of files whose names do not identify them."""

    mode: str = REPLACE_ALL
    assigned: dict[str, str] = field(default_factory=dict)


def read_settings(folder: Path, name: str = SETTINGS_FILE) -> tuple[DeliverySettings, str | None]:
    """Read the settings of a delivery folder: defaults if it has none, defaults and a message if they are invalid."""
    try:
        with open_regular(folder / name) as file:
            return _settings(file.read(MAX_KIB * 1024 + 1)), None
    except FileNotFoundError:
        return DeliverySettings(), None
    except (yaml.YAMLError, RefusedError, ValueError, OSError):
        return DeliverySettings(), (
            f"无法理解 {SETTINGS_FILE}:应是不超过 {MAX_KIB} KiB 的普通文件,只有 mode: {' 或 '.join(MODES)} 与 "
            "files: {文件名: 数据表},键和值都是普通文字,不用 & * << ! 等 YAML 记号,同一文件名只写一次。"
            "首次报送的批次已按没有该文件处理,补报批次这次没有读取;更正或删除后请再运行一次。"
        )


def _settings(content: bytes) -> DeliverySettings:
    """Parse the settings. Raises ValueError unless they have only the two known keys, with values of the right type."""
    if len(content) > MAX_KIB * 1024:
        raise ValueError
    raw = _document(decode(content))
    mode, files = raw.get("mode", ""), raw.get("files", "") or {}
    if not set(raw) <= {"mode", "files"} or mode not in ("", *MODES) or not isinstance(files, dict):
        raise ValueError
    assigned = {name: str(dataset) for name, dataset in files.items()}
    return DeliverySettings(str(mode or REPLACE_ALL), assigned)


def _document(text: str) -> dict[str, _Plain]:
    """Read the only document of a YAML text; empty if it has none.

    Raises YAMLError, or ValueError if it is anything but a mapping to texts and to mappings of texts.
    """
    # Events are parsed as they are asked for: of deep nesting, only the first level too deep.
    events = yaml.parse(text, Loader=yaml.BaseLoader)
    next(events)
    if isinstance(next(events), yaml.StreamEndEvent):
        return {}
    top = _value(events, next(events), levels=2)
    next(events)
    if not isinstance(top, dict) or not isinstance(next(events), yaml.StreamEndEvent):
        raise ValueError
    return top


def _value(events: Iterator[yaml.Event], event: yaml.Event, levels: int) -> _Plain:
    """Read a text, or a mapping of at most this many levels, without giving it a meaning.

    Raises ValueError if it is anything else, has an anchor or a tag, or repeats a key.
    """
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise ValueError
    if isinstance(event, yaml.ScalarEvent):
        event.value.encode()  # an escape can write a lone surrogate, which no log can hold: a ValueError
        return str(event.value)
    if not isinstance(event, yaml.MappingStartEvent) or not levels:
        raise ValueError
    found: dict[str, _Plain] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _value(events, event, levels=0)
        if key in found or key == _MERGE:
            raise ValueError
        found[str(key)] = _value(events, next(events), levels - 1)
    return found

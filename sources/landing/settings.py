"""Read ``delivery.yaml``, which may set the replacement mode of a delivery and assign its files to datasets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sources.refusal import RefusedError
from sources.text import decode

SETTINGS_FILE = "delivery.yaml"
REPLACE_ALL, REPLACE_TOWNS, REPLACE_ALL_CONFIRMED = MODES = ("replace_all", "replace_towns", "replace_all_confirmed")
"""How a delivery replaces the one before; the third says that towns which no longer occur have no rows left."""
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class DeliverySettings:
    """The replacement mode of a delivery, and the datasets of files whose names do not identify them."""

    mode: str = REPLACE_ALL
    assigned: dict[str, str] = field(default_factory=dict)


def read_settings(folder: Path) -> tuple[DeliverySettings, str | None]:
    """Read the settings of a delivery folder: defaults if it has none, defaults and a message if they are invalid."""
    path = folder / SETTINGS_FILE
    try:
        with path.open("rb") as file:
            return _settings(yaml.safe_load(decode(file.read(_MAX_BYTES)))), None
    except FileNotFoundError:
        return DeliverySettings(), None
    except (yaml.YAMLError, RefusedError, RecursionError, ValueError, OSError):
        return DeliverySettings(), (
            f"无法理解 {SETTINGS_FILE}:应只有 mode: {' 或 '.join(MODES)} 与 files: {{文件名: 数据表}}。"
            "首次报送的批次已按没有该文件处理,补报批次这次没有读取;更正或删除后请再运行一次。"
        )


def _settings(raw: Any) -> DeliverySettings:
    """Parse the settings. Raises ValueError unless they have only the two known keys, with values of the right type."""
    if raw is None:
        return DeliverySettings()
    if not isinstance(raw, dict) or not set(raw) <= {"mode", "files"}:
        raise ValueError
    mode, files = raw.get("mode") or REPLACE_ALL, raw.get("files") or {}
    if mode not in MODES or not isinstance(files, dict) or not all(isinstance(v, str) for v in files.values()):
        raise ValueError
    return DeliverySettings(mode, {str(name): dataset for name, dataset in files.items()})

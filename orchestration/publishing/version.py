"""The manifest of a published version: which month and run made it, and what it holds.

Belongs here: the JSON beside each version, and finding versions by it.
Does not belong here: writing databases.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.publishing.content import Mart

LINK = "marts.duckdb"
PARQUET = "parquet"


@dataclass(frozen=True)
class Manifest:
    """One published version. ``created_at`` is ISO 8601 with offset, ``engine`` the DuckDB that hashed the content."""

    stem: str
    """Name of the version's files without suffix."""
    version: int
    month: str
    run_id: str
    created_at: str
    engine: str
    months: tuple[str, ...]
    marts: dict[str, Mart]

    def to_json(self) -> str:
        """The manifest as it lies beside its database."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what ``to_json`` wrote. Raises ValueError or KeyError for anything else."""
        raw = json.loads(text)
        marts = {name: Mart(**(mart | {"months": tuple(mart["months"])})) for name, mart in raw["marts"].items()}
        return cls(**(raw | {"marts": marts, "months": tuple(raw["months"])}))


def read(path: Path) -> Manifest | None:
    """The manifest at ``path``; None where there is none or it was cut short."""
    try:
        return Manifest.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def versions(published: Path) -> list[Manifest]:
    """Every complete version under ``published``, the newest first."""
    found = [m for m in map(read, published.glob("marts-*.json")) if m and (published / f"{m.stem}.duckdb").exists()]
    return sorted(found, key=lambda m: m.version, reverse=True)


def current(published: Path) -> Manifest | None:
    """The version that BI tools read now; None where nothing is published."""
    link = published / LINK
    return read(link.resolve().with_suffix(".json")) if link.exists() else None

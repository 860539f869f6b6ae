"""Describe a published version: the month and run that made it, and its content.

Belongs here: the JSON file of each version, and finding versions by it.
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
class Version:
    """A published version; ``created_at`` is ISO 8601 with offset, ``engine`` the DuckDB that hashed its marts."""

    stem: str
    """Name of the version's files, without suffix."""
    number: int
    month: str
    run_id: str
    created_at: str
    engine: str
    months: tuple[str, ...]
    marts: dict[str, Mart]

    def to_json(self) -> str:
        """Return the JSON that is kept next to the database; its key ``version`` is ``number``."""
        raw = {"version" if name == "number" else name: value for name, value in asdict(self).items()}
        return json.dumps(raw, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Version:
        """Parse the output of ``to_json``. Raises ValueError, KeyError or TypeError for any other text."""
        raw = json.loads(text)
        marts = {name: Mart(**(mart | {"months": tuple(mart["months"])})) for name, mart in raw["marts"].items()}
        return cls(number=raw.pop("version"), **(raw | {"marts": marts, "months": tuple(raw["months"])}))


def read(path: Path) -> Version | None:
    """Read the version at ``path``; None if the file is missing or incomplete."""
    try:
        return Version.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def versions(published: Path) -> list[Version]:
    """List the complete versions under ``published``, newest first."""
    found = [v for v in map(read, published.glob("marts-*.json")) if v and (published / f"{v.stem}.duckdb").exists()]
    return sorted(found, key=lambda v: v.number, reverse=True)


def current(published: Path) -> Version | None:
    """Return the version that BI tools read now; None if nothing is published."""
    link = published / LINK
    return read(link.resolve().with_suffix(".json")) if link.exists() else None

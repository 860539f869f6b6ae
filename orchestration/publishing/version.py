"""Describe a published version: the month and run that made it, and its content.

Belongs here: the JSON file of each version, and finding versions by it.
Does not belong here: writing databases.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration.publishing.content import Mart
from sources.home import OPEN_ENDING

PARQUET = "parquet"


@dataclass(frozen=True)
class Edition:
    """One of the two databases of a version: the link that readers open, and the ending of its files' stem."""

    link: str
    ending: str

    def file(self, stem: str) -> str:
        """Return the name of the database of a version."""
        return f"{stem}{self.ending}.duckdb"

    def folder(self, stem: str) -> str:
        """Return the name of the folder with the Parquet copies of a version, below ``parquet``."""
        return f"{stem}{self.ending}"


LINK = "marts.duckdb"
FULL = Edition(LINK, "")
"""Every mart, exact, for the office."""
OPEN = Edition("open.duckdb", OPEN_ENDING)
"""What every BI reader may open: no household, no small counts."""
EDITIONS = (FULL, OPEN)


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
    open: dict[str, Mart] = field(default_factory=dict)
    """The marts of the open database; empty for a version from before there was one."""
    bi: str = ""
    """Fingerprint of the views for analysts; empty for a version from before there were any."""

    def content(self, edition: Edition) -> dict[str, Mart]:
        """Return the marts of one of the two databases."""
        return self.open if edition == OPEN else self.marts

    def to_json(self) -> str:
        """Return the JSON that is kept next to the database; its key ``version`` is ``number``."""
        raw = {"version" if name == "number" else name: value for name, value in asdict(self).items()}
        return json.dumps(raw, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Version:
        """Parse the output of ``to_json``, also of an earlier or later program that writes fewer or more fields.

        Raises ValueError, KeyError, TypeError or AttributeError for any other text.
        """
        raw = json.loads(text)
        kept = {name: raw.get(name, "") for name in ("stem", "month", "run_id", "created_at", "engine", "bi")}
        marts, opened = _marts(raw["marts"]), _marts(raw.get("open", {}))
        return cls(number=int(raw["version"]), months=tuple(raw["months"]), marts=marts, open=opened, **kept)


def _marts(raw: dict[str, dict[str, Any]]) -> dict[str, Mart]:
    return {name: Mart(m["rows"], m["content"], m["shape"], tuple(m["months"])) for name, m in raw.items()}


def read(path: Path) -> Version | None:
    """Read the version at ``path``; None if the file is missing or incomplete."""
    try:
        return Version.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def versions(published: Path) -> list[Version]:
    """List the complete versions under ``published``, newest first."""
    found = [v for v in map(read, published.glob("marts-*.json")) if v and (published / FULL.file(v.stem)).exists()]
    return sorted(found, key=lambda v: v.number, reverse=True)


def current(published: Path) -> Version | None:
    """Return the version that the office reads now; None if nothing is published."""
    link = published / LINK
    return read(link.resolve().with_suffix(".json")) if link.exists() else None


def stem_of(published: Path, edition: Edition) -> str | None:
    """Return the stem of the version that a link points to; None if there is no link."""
    link = published / edition.link
    return link.readlink().name.split(".")[0] if link.is_symlink() else None

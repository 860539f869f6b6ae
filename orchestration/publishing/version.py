"""Describe a published version: the month and run that made it, and its content.

Belongs here: the names in a version's folder, its JSON file, and finding versions by it.
Does not belong here: writing databases.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration.publishing.content import Mart
from sources.home import CURRENT, DATABASE, DESCRIPTION, OPEN_DATABASE, OPEN_PARQUET, PARQUET

STEMS = "marts-*"
"""Pattern of the folders of versions."""
MAJOR = 1
"""Major of the published marts: raised if a mart or a column is removed, renamed or means something else.

A city unites versions of one major only; a mart or a column that is new needs none.
"""


@dataclass(frozen=True)
class Edition:
    """One of the two databases of a version: a link to the current one, its name and that of its Parquet folder."""

    link: str
    database: str
    parquet: str

    @property
    def target(self) -> str:
        """The target of the link: the database of the version that readers see."""
        return f"{CURRENT}/{self.database}"

    def file(self, stem: str) -> str:
        """Return the path of the database of a version below ``published``."""
        return f"{stem}/{self.database}"

    def folder(self, stem: str) -> str:
        """Return the path of the Parquet copies of a version below ``published``."""
        return f"{stem}/{self.parquet}"


LINK = "marts.duckdb"
FULL = Edition(LINK, DATABASE, PARQUET)
"""Every mart, exact, for the office."""
OPEN = Edition("open.duckdb", OPEN_DATABASE, OPEN_PARQUET)
"""What every BI reader may open: no household, no small counts."""
EDITIONS = (FULL, OPEN)


@dataclass(frozen=True)
class County:
    """A county's version in that of a city; ``checksum`` is the SHA-256 of its full database."""

    district_code: str
    name: str
    stem: str
    version: int
    created_at: str
    checksum: str


@dataclass(frozen=True)
class Version:
    """A published version; ``created_at`` is ISO 8601 with offset, ``engine`` the DuckDB that hashed its marts."""

    stem: str
    """Name of the version's folder."""
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
    programs: dict[str, str] = field(default_factory=dict)
    """By month, the program whose figures the version has; a month of a program that kept no record is missing."""
    major: int = MAJOR
    """Major of its marts; 1 for a version from before it was written down."""
    counties: tuple[County, ...] = ()
    """The versions that a city's version unites; none for a county's own."""

    def content(self, edition: Edition) -> dict[str, Mart]:
        """Return the marts of one of the two databases."""
        return self.open if edition == OPEN else self.marts

    def to_json(self) -> str:
        """Return the JSON that is kept beside the databases; its key ``version`` is ``number``."""
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
        programs = {str(month): str(program) for month, program in raw.get("programs", {}).items()}
        counties = tuple(County(**county) for county in raw.get("counties", ()))
        return cls(
            number=int(raw["version"]),
            months=tuple(raw["months"]),
            marts=marts,
            open=opened,
            programs=programs,
            major=int(raw.get("major", 1)),
            counties=counties,
            **kept,
        )


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
    found = [
        v for v in map(read, published.glob(f"{STEMS}/{DESCRIPTION}")) if v and (published / FULL.file(v.stem)).exists()
    ]
    return sorted(found, key=lambda v: v.number, reverse=True)


def current(published: Path) -> Version | None:
    """Return the version that the office reads now; None if nothing is published."""
    folder = published / CURRENT
    return read(folder / DESCRIPTION) if (folder / FULL.database).exists() else None


def current_stem(published: Path) -> str | None:
    """Return the stem of the version that readers see, even if its files are lost; None if nothing is published."""
    link = published / CURRENT
    return link.readlink().name if link.is_symlink() else None


def lost_links(published: Path) -> list[str]:
    """List the names of the databases that do not lead to the version that readers see."""
    links = {edition.link: (published / edition.link, edition.target) for edition in EDITIONS}
    return [name for name, (link, target) in links.items() if not link.is_symlink() or str(link.readlink()) != target]

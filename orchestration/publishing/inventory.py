"""List every version in ``published``, also those that cannot be used, and say what is wrong with them.

Belongs here: examining versions. Does not belong here: switching to one (``publish``), the way back (``commands``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from orchestration.publishing.content import CONFIG, Mart, PublishError
from orchestration.publishing.parquet_manifest import MANIFEST
from orchestration.publishing.verify import verify_file
from orchestration.publishing.version import EDITIONS, FULL, OPEN, STEMS, Edition, Version, current_stem, read
from sources import parquet
from sources.home import DESCRIPTION


@dataclass(frozen=True)
class Found:
    """Files of a version; ``problem`` is Chinese, and empty if readers can use it."""

    stem: str
    version: Version | None
    problem: str
    is_current: bool

    @property
    def described(self) -> str:
        """Describe the version in Chinese: number, month and time, or the name of its files, and its problem."""
        v = self.version
        about = f"{v.number}({v.month},{v.created_at[:16]})" if v else self.stem
        return about + ("[现行]" if self.is_current else "") + (f"[不能用:{self.problem}]" if self.problem else "")


def inventory(published: Path, deep: bool = False) -> list[Found]:
    """List all versions with a description or a database, newest first; those without a readable number last.

    With ``deep`` all content is compared with the description.
    """
    now = current_stem(published)
    stems = {folder.name for folder in published.glob(STEMS)} | ({now} if now else set())
    found = [_examined(published, stem, stem == now, deep) for stem in stems]
    return sorted(found, key=lambda f: (f.version.number if f.version else 0, f.stem), reverse=True)


def _examined(published: Path, stem: str, is_current: bool, deep: bool) -> Found:
    version = read(published / stem / DESCRIPTION)
    return Found(stem, version, _problem(published, stem, version, deep), is_current)


def _problem(published: Path, stem: str, version: Version | None, deep: bool) -> str:
    """Say what is wrong with a version; empty if nothing is."""
    if not (published / stem / DESCRIPTION).exists():
        return "版本说明(json)丢失" if (published / FULL.file(stem)).exists() else "版本文件丢失"
    if version is None:
        return "版本说明(json)已损坏,或由别的程序版本写成"
    editions = [edition for edition in EDITIONS if version.content(edition)]
    return next((p for edition in editions if (p := _problem_of_edition(published, version, edition, deep))), "")


def _problem_of_edition(published: Path, version: Version, edition: Edition, deep: bool) -> str:
    """Say what is wrong with one of the two databases of a version."""
    file, which = published / edition.file(version.stem), "公开" if edition == OPEN else ""
    if not file.exists():
        return f"{which}数据库文件丢失"
    try:
        if deep and version.engine == duckdb.__version__:
            verify_file(file, version.content(edition))
        else:
            duckdb.connect(str(file), read_only=True, config=CONFIG).close()
    except PublishError:
        return f"{which}数据库的内容与版本说明不符"
    except (duckdb.Error, OSError):
        return f"{which}数据库文件已损坏"
    folder = published / edition.folder(version.stem)
    return _problem_of_parquet(folder, version.content(edition), which, deep)


def _problem_of_parquet(folder: Path, marts: Mapping[str, Mart], which: str, deep: bool) -> str:
    for name, mart in marts.items():
        try:
            file = folder / f"{name}.parquet"
            rows = parquet.read(file).height if deep else parquet.scan(file).select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError):
            return f"{which}Parquet 副本 {name} 丢失或已损坏"
        if rows != mart.rows:
            return f"{which}Parquet 副本 {name} 的行数与版本说明不符"
    return _problem_of_views(folder, which)


def _problem_of_views(folder: Path, which: str) -> str:
    """Compare the files of the views for analysts with their manifest; a version of an earlier program has none."""
    try:
        described = json.loads((folder / MANIFEST).read_text("utf-8")) if (folder / MANIFEST).exists() else {}
        for name, view in described.get("views", {}).items():
            if parquet.scan(folder / view["file"]).select(pl.len()).collect().item() != view["rows"]:
                return f"{which}Parquet 副本 {name} 的行数与清单不符"
    except (ValueError, KeyError):
        return f"{which}Parquet 副本的清单 {MANIFEST} 已损坏"
    except (pl.exceptions.PolarsError, OSError):
        return f"{which}Parquet 副本 {name} 丢失或已损坏"
    return ""

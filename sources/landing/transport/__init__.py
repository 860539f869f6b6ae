"""Reach the places where departments keep their extracts: one module per kind of location.

Belongs here: settings of a kind, connecting, listing, copying, what a failure means.
Does not belong here: which files are new, archiving, numbering deliveries (``landing.pull``).

A kind is a subclass of ``Location`` in a module of its own, and one line of ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sources.landing.transport.database import DatabaseLocation
from sources.landing.transport.folder import FolderLocation
from sources.landing.transport.interface import InterfaceLocation
from sources.landing.transport.location import Location
from sources.landing.transport.s3 import S3Location
from sources.landing.transport.sftp import SftpLocation
from sources.landing.transport.smb import SmbLocation
from sources.landing.transport.webdav import WebdavLocation

KINDS: tuple[type[Location], ...] = (
    FolderLocation,
    SftpLocation,
    S3Location,
    SmbLocation,
    WebdavLocation,
    DatabaseLocation,
    InterfaceLocation,
)
"""Every kind of location; the scheme of a URL tells the kind."""

__all__ = ["KINDS", "Location", "fields_of", "location_of"]


def location_of(entry: object, home: Path) -> Location | Path:
    """Read one entry of the setting ``locations``: a folder of months, an address, or a table with ``url``.

    Relative paths start at the data home. Raises ValueError in Chinese, or ValidationError (pydantic) with the name of
    each wrong field.
    """
    if isinstance(entry, Location | Path):
        return entry
    if isinstance(entry, str):
        if "://" not in entry:
            return home / Path(entry).expanduser()
        entry = {"url": entry}
    if not isinstance(entry, Mapping) or not isinstance(entry.get("url"), str):
        raise ValueError("应为加引号的文件夹或地址,或一组设置,其中有 url")
    if "://" not in entry["url"]:
        entry = {**entry, "url": str(home / Path(entry["url"]).expanduser())}
    if (kind := _kind(entry["url"])) is None:
        known = "、".join(f"{scheme}://" for kind in KINDS for scheme in kind.schemes if scheme)
        raise ValueError(f"不认识以 {urlsplit(entry['url']).scheme}:// 开头的地址;可用:{known},或一个文件夹")
    return kind.model_validate(dict(entry), context={"home": home})


def fields_of(entry: object) -> list[str]:
    """Name the settings that an entry may have, by the kind that its address tells."""
    url = entry.get("url", "") if isinstance(entry, Mapping) else entry
    kind = _kind(str(url))
    return list(kind.model_fields) if kind else []


def _kind(url: str) -> type[Location] | None:
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise ValueError("地址写得不对(方括号里应为 IPv6 地址)") from None
    return next((kind for kind in KINDS if scheme in kind.schemes), None)

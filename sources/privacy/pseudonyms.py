"""Keyed pseudonyms: what replaces an identity outside the restricted zone (semantics §5).

Belongs here: the secret, HMAC keys of persons, households and names.
Does not belong here: whether an id is valid (``conform.ids``), identities in free text (``redaction``).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from sources.home import Home

MIDDLE_DOTS = "[\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387\u2024\u25cf\u1427\u2e31\u16eb]"
"""Every form of the dot between the parts of a name."""
_BLOCK = 64
"""Bytes of a block of SHA-256."""


def secret_path(home: Home, configured: Path | None = None) -> Path:
    """Where the secret lies: the configured file, or one in the restricted zone."""
    return configured or home.restricted / "secret"


def read_secret(home: Home, configured: Path | None = None) -> bytes:
    """Read the secret, making one on first use (0600).

    Raises ValueError when the file is empty, OSError when it cannot be read or written.
    """
    path = secret_path(home, configured)
    if not path.exists():
        if configured:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
            path.write_text(secrets.token_hex(32), "utf-8")
        else:
            with home.replacing(path) as temporary:
                temporary.write_text(secrets.token_hex(32), "utf-8")
    secret = path.read_text("utf-8").strip()
    if not secret:
        raise ValueError(f"密钥文件是空的:{path};请恢复原来的密钥,换密钥会使所有代码改变。")
    return secret.encode("utf-8")


class _Hmac:
    """HMAC-SHA-256 (RFC 2104) of many short texts: both padded keys are hashed once, which halves the time."""

    def __init__(self, secret: bytes) -> None:
        key = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

    def hexes(self, texts: Iterable[str], prefix: str = "") -> list[str]:
        """The keyed hashes, in lower-case hex, of texts with the same prefix before each."""
        start = self._inner.copy()
        start.update(prefix.encode("utf-8"))
        begun, ended, keys = start.copy, self._outer.copy, []
        for text in texts:
            inner, outer = begun(), ended()
            inner.update(text.encode("utf-8"))
            outer.update(inner.digest())
            keys.append(outer.hexdigest())
        return keys


class Keyring:
    """Makes pseudonyms with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._hmac = _Hmac(secret)

    def _keys(self, texts: pl.Series, prefix: str = "") -> pl.Series:
        # Nothing is remembered from table to table: looking a person up costs what hashing does, and memory besides.
        distinct = texts.drop_nulls().unique()
        keys = pl.Series(self._hmac.hexes(distinct.to_list(), prefix), dtype=pl.String)
        table = pl.DataFrame({"text": distinct, "key": keys})
        return texts.to_frame("text").join(table, on="text", how="left", maintain_order="left")["key"]

    def person(self, ids: pl.Series) -> pl.Series:
        """Keys of valid 18-character ids."""
        return self._keys(ids)

    def household(self, codes: pl.Series) -> pl.Series:
        """Keys of household codes."""
        return self._keys(codes, "household:")

    def name(self, names: pl.Series) -> pl.Series:
        """Keys of names; every form of middle dot counts as ``·``."""
        return self._keys(names.str.replace_all(MIDDLE_DOTS, "·"), "name:")

    def text(self, texts: pl.Series) -> pl.Series:
        """Stand-ins for document numbers and the like: the same text has the same one, in every month and table."""
        return self._keys(texts, "text:")

    def token(self, text: str) -> str:
        """A short stand-in for an identity inside a longer text: the same identity gives the same token."""
        return self._hmac.hexes([text.upper()], "text:")[0][:12]

"""Keyed pseudonyms: what replaces an identity outside the restricted zone (semantics §5).

Belongs here: the secret, HMAC keys of persons, households and names, and hiding identities in free text.
Does not belong here: whether an id is valid (``conform.ids``).
"""

from __future__ import annotations

import hmac
import re
import secrets
from pathlib import Path

import polars as pl

from sources.home import Home

_MIDDLE_DOTS = (
    r"[\x{00b7}\x{2022}\x{2027}\x{2219}\x{22c5}\x{30fb}\x{ff65}\x{0387}\x{2024}\x{25cf}\x{1427}\x{2e31}\x{16eb}]"
)
_ID = r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
_LONG_NUMBER = rf"{_ID}|[0-9]{{11,}}"
HIDDEN = "***"


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


class Keyring:
    """Makes pseudonyms with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # The same people come back in table after table of a month.
        self._known: dict[str, str] = {}

    def _keys(self, texts: pl.Series, prefix: str = "") -> pl.Series:
        distinct = texts.drop_nulls().unique()
        known = self._known
        for text in (prefix + distinct).to_list():
            if text not in known:
                known[text] = hmac.digest(self._secret, text.encode("utf-8"), "sha256").hex()
        keys = pl.Series([known[text] for text in (prefix + distinct).to_list()], dtype=pl.String)
        return texts.replace_strict(distinct, keys, default=None, return_dtype=pl.String)

    def person(self, ids: pl.Series) -> pl.Series:
        """Keys of valid 18-character ids."""
        return self._keys(ids)

    def household(self, codes: pl.Series) -> pl.Series:
        """Keys of household codes."""
        return self._keys(codes, "household:")

    def name(self, names: pl.Series) -> pl.Series:
        """Keys of names; every form of middle dot counts as ``·``."""
        return self._keys(names.str.replace_all(_MIDDLE_DOTS, "·"), "name:")

    def hide_ids(self, texts: pl.Series) -> pl.Series:
        """Key texts (document numbers) in which an id is written: the id becomes a token, so that keys stay distinct."""
        suspect = texts.filter(texts.str.contains(_ID)).unique()
        if suspect.is_empty():
            return texts
        tokens = [re.sub(_ID, lambda m: HIDDEN + self._token(str(m[0])), t) for t in suspect]
        return texts.replace(suspect, pl.Series(tokens))

    def _token(self, text: str) -> str:
        return hmac.digest(self._secret, b"text:" + text.upper().encode("utf-8"), "sha256").hex()[:12]


def without_identities(text: str, identities: list[str]) -> pl.Expr:
    """Free text column ``text`` with long numbers and the row's own ``identities`` (columns) hidden."""
    hidden = pl.col(text).str.replace_all(_LONG_NUMBER, HIDDEN)
    for identity in identities:
        own = pl.col(identity)
        stands_in_it = (own.str.len_chars() >= 2) & hidden.str.contains(own, literal=True)
        hidden = pl.when(stands_in_it).then(hidden.str.split(own).list.join(HIDDEN)).otherwise(hidden)
    return hidden.alias(text)

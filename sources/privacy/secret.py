"""Read the secret behind the pseudonyms, and refuse another one than that of the keys in the home (semantics §5).

Belongs here: the secret's file, its fingerprint, comparing kept identities with their keys.
Does not belong here: making keys (``pseudonyms``).

The fingerprint is a salted scrypt digest in the restricted zone: a guess costs the time and memory of scrypt, and equal
secrets of two homes have different fingerprints.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources import parquet
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import ROWS_FILE, accepted_columns
from sources.home import PRIVATE_DIR, PRIVATE_FILE, Home
from sources.privacy.people import IDENTITY
from sources.privacy.pseudonyms import Keyring

_COST = {"n": 1 << 12, "r": 8, "p": 1}
"""Cost of scrypt (RFC 7914): 4 MiB and about 10 ms for each guess; a change would disown every kept fingerprint.

More would not protect the secret: where the fingerprint is, kept identities and their keys are, and trying a secret on
such a pair costs a microsecond.
"""
_PAIRS = 100
"""Pairs of an identity and its key that are compared, per column."""
_MADE = {"person_key": Keyring.person, "household_key": Keyring.household, "name_key": Keyring.name}
"""How a key is made, by the end of its column's name."""
_SHORTEST = 32
"""Fewest characters of a secret that an office writes itself: 128 bits where they are random hexadecimal digits."""
_LOST_FOR_GOOD = (
    "原密钥确实找不回时,只能另建数据目录、从归档的原件重算,所有代码和线索编号都会改变(见 README 的 Privacy)。"
)


class SecretError(ValueError):
    """The secret is missing, unreadable or not that of the keys in the home; the Chinese message never quotes it."""


@dataclass(frozen=True)
class _Fingerprint:
    salt: bytes
    digest: bytes

    def is_of(self, secret: bytes) -> bool:
        return hmac.compare_digest(_digest(secret, self.salt), self.digest)


def secret_path(home: Home, configured: Path | None = None) -> Path:
    """Return the path of the secret: the configured file, or a file in the restricted zone."""
    return configured or home.restricted / "secret"


def fingerprint_path(home: Home) -> Path:
    """Return the path of the secret's fingerprint."""
    return home.restricted / "secret.fingerprint"


def read_secret(home: Home, contracts: Contracts, configured: Path | None = None) -> bytes:
    """Read and check the secret; create it if the home has no keys yet, and keep its fingerprint.

    Raises SecretError as ``check_secret`` does, OSError if a file cannot be read or written.
    """
    path = secret_path(home, configured)
    if not path.exists() and not has_keys(home):
        path.parent.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
        _write(home, path, new_secret())
    secret = check_secret(home, contracts, configured)
    kept = _fingerprint(home)
    if kept is None or not (has_keys(home) or kept.is_of(secret)):
        _keep_fingerprint(home, secret)
    return secret


def check_secret(home: Home, contracts: Contracts, configured: Path | None = None) -> bytes:
    """Read the secret without white space around it, and check it against the home; change nothing.

    A home without a fingerprint is of an earlier version: its newest kept identity and key decide. Raises SecretError
    if the file is missing, empty or no text, or if the keys in the home were made with another secret.
    """
    path = secret_path(home, configured)
    if not path.exists():
        raise SecretError(
            f"密钥文件不存在:{path}。数据目录里已有用原密钥生成的代码,换了密钥,前后月份的户和人就对不上。"
            f"请从备份恢复这个文件(或改正设置 secret_file)后重试。{_LOST_FOR_GOOD}"
        )
    secret = _content(path)
    if not has_keys(home):
        return secret
    kept = _fingerprint(home)
    is_same = kept.is_of(secret) if kept else _makes_newest_key(home, contracts, secret)
    if is_same is None:
        raise SecretError(
            f"无法核对密钥:{fingerprint_path(home)} 没有或已损坏,也没有可以对照的身份记录。"
            f"请从备份恢复这个文件,或恢复 {home.restricted / 'identities'}。"
        )
    if not is_same:
        raise SecretError(
            f"密钥文件 {path} 不是生成现有代码的那个密钥(指纹不符,可能被替换、抄错,或已用 shouwang rotate-key 换过)。"
            f"请从备份恢复原来的密钥(或改正设置 secret_file)后重试。{_LOST_FOR_GOOD}"
        )
    return secret


def new_secret(file: Path | None = None) -> bytes:
    """Make a secret, or read one that somebody made from a file, without white space around it.

    Raises SecretError if the file is missing, no text, or too short to be a secret.
    """
    if file is None:
        return secrets.token_hex(32).encode()
    if not file.exists():
        raise SecretError(f"新密钥文件不存在:{file}。请先写好它(至少 {_SHORTEST} 个随机字符,权限 600)。")
    if len(secret := _content(file)) < _SHORTEST:
        raise SecretError(f"新密钥文件 {file} 太短:至少要 {_SHORTEST} 个随机字符。")
    return secret


def begin_with_secret(home: Home, secret: bytes) -> None:
    """Write the secret and its fingerprint into a home that has no keys of its own yet. Raises OSError."""
    _write(home, secret_path(home), secret)
    _keep_fingerprint(home, secret)


def has_keys(home: Home) -> bool:
    """Check whether keys were ever made: accepted rows, kept identities, or a published version."""
    files = [*home.warehouse.glob(f"accepted/*/*/month=*/{ROWS_FILE}"), *_identity_files(home)]
    return any(_has_rows(file) for file in files) or any(home.published.glob("marts-*"))


def compare_keys(file: Path, dataset: Dataset, secret: bytes, pairs: int | None = None) -> tuple[int, int]:
    """Compare kept identities of a Parquet file with their keys; return the pairs compared and those that differ.

    At most ``pairs`` of each column are compared. Raises polars.exceptions.PolarsError if the file cannot be read.
    """
    compared = differing = 0
    keys, there = Keyring(secret), parquet.schema(file)
    for key, identity, make in identity_columns(dataset):
        if not {key, identity} <= set(there):
            continue
        rows = parquet.scan(file).select(text=identity, key=key).drop_nulls()
        found = (rows.unique() if pairs is None else rows.head(pairs)).collect()
        compared += found.height
        differing += int((make(keys, found["text"]) != found["key"]).sum())
    return compared, differing


def identity_columns(dataset: Dataset) -> Iterator[tuple[str, str, Callable[[Keyring, pl.Series], pl.Series]]]:
    """Yield each key in the kept identities of a dataset: its column, the identity's column, how it is made."""
    for column in accepted_columns(dataset):
        make = next((m for suffix, m in _MADE.items() if column.name.endswith(suffix)), None)
        if make is not None:
            yield column.name, f"{IDENTITY}{column.source}", make


def _write(home: Home, path: Path, secret: bytes) -> None:
    with home.replacing(path) as temporary:
        temporary.chmod(PRIVATE_FILE)
        temporary.write_bytes(secret)


def _content(path: Path) -> bytes:
    try:
        secret = path.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise SecretError(f"密钥文件 {path} 不是文本文件;请从备份恢复原来的密钥。") from None
    if not secret:
        raise SecretError(f"密钥文件是空的:{path};请恢复原来的密钥,换密钥会使所有代码改变。")
    return secret.encode("utf-8")


def _identity_files(home: Home) -> list[Path]:
    return list(home.restricted.glob(f"identities/*/*/month=*/{ROWS_FILE}"))


def _has_rows(file: Path) -> bool:
    """Return True if a Parquet file has rows; a damaged file may have had some."""
    try:
        return bool(parquet.scan(file).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError):
        return True


def _makes_newest_key(home: Home, contracts: Contracts, secret: bytes) -> bool | None:
    """Return whether the secret makes the keys of the newest month with kept identities; None if there is no pair."""
    for file in _newest_first(home):
        department, name = file.parts[-4:-2]
        if department not in contracts or name not in {d.name for d in contracts[department].datasets}:
            continue
        try:
            compared, differing = compare_keys(file, contracts[department][name], secret, pairs=_PAIRS)
        except (pl.exceptions.PolarsError, OSError):
            continue
        if compared:
            # Another secret changes every key; an upgrade may have changed the usual form of a few names.
            return differing < compared
    return None


def _newest_first(home: Home) -> Iterator[Path]:
    return iter(sorted(_identity_files(home), key=lambda file: (file.parent.name, file), reverse=True))


def _digest(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, dklen=32, **_COST)


def _fingerprint(home: Home) -> _Fingerprint | None:
    """Read the kept fingerprint; None if there is none, or if it is damaged."""
    try:
        kept = json.loads(fingerprint_path(home).read_text("utf-8"))
        return _Fingerprint(bytes.fromhex(kept["salt"]), bytes.fromhex(kept["digest"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _keep_fingerprint(home: Home, secret: bytes) -> None:
    salt = secrets.token_bytes(16)
    content = {"salt": salt.hex(), "digest": _digest(secret, salt).hex()}
    with home.replacing(fingerprint_path(home)) as temporary:
        temporary.write_text(json.dumps(content), "utf-8")

"""Pseudonyms are the HMAC of the rule, and the secret is made once."""

from __future__ import annotations

import hmac
import stat
from pathlib import Path

import polars as pl
import pytest

from sources.home import Home
from sources.privacy.pseudonyms import Keyring, read_secret
from tests.unit.sources.builder import resident_id


def _key(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode("utf-8"), "sha256").hexdigest()


@pytest.mark.parametrize("secret", [b"s", b"a" * 64, b"a" * 65, "密".encode() * 40])
def test_keys_are_the_hmac_of_the_rule(secret: bytes) -> None:
    keys, person = Keyring(secret), resident_id(1)
    texts = pl.Series([person, None, person, "x"])
    assert keys.person(texts).to_list() == [_key(secret, person), None, _key(secret, person), _key(secret, "x")]
    assert keys.household(pl.Series(["H1"])).to_list() == [_key(secret, "household:H1")]
    assert keys.name(pl.Series(["张三"])).to_list() == [_key(secret, "name:张三")]
    assert keys.person(pl.Series([], dtype=pl.String)).to_list() == []


@pytest.mark.parametrize("dot", "\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387")
def test_every_middle_dot_is_the_same(dot: str) -> None:
    assert Keyring(b"s").name(pl.Series([f"阿{dot}明"]))[0] == _key(b"s", "name:阿·明")


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    secret = read_secret(home)
    assert len(secret) == 64
    assert read_secret(home) == secret
    assert stat.S_IMODE((home.restricted / "secret").stat().st_mode) == 0o600
    configured = tmp_path / "keys" / "secret"
    assert read_secret(home, configured) == read_secret(home, configured)
    assert stat.S_IMODE(configured.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["geheim", " geheim\n", "\tgeheim\r\n"])
def test_white_space_around_the_secret_does_not_count(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret").write_bytes(text.encode())
    assert read_secret(Home(tmp_path), tmp_path / "secret") == b"geheim"


def test_an_empty_secret_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" \n")
    with pytest.raises(ValueError, match="密钥文件是空的"):
        read_secret(Home(tmp_path), tmp_path / "secret")

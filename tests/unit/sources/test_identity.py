"""Pseudonyms are the HMAC of the rule, the secret is made once, identities do not stay in texts."""

from __future__ import annotations

import hmac
import stat
from pathlib import Path

import polars as pl
import pytest

from sources.contracts.model import Column
from sources.home import Home
from sources.privacy.pseudonyms import Keyring, read_secret
from sources.privacy.redaction import redacted_numbers, redacted_text
from tests.unit.sources.builder import resident_id

NAME = Column("person_name", "姓名", "text", True, semantic="person_name", classification="restricted")
CODE = Column("household_code", "户编号", "text", True, semantic="household_code", classification="restricted")


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


def _rows(*texts: str | None, names: list[str] | None = None) -> pl.DataFrame:
    names = names or [f"陈{i}" for i in range(len(texts))]
    return pl.DataFrame(
        {"text": texts, "person_name": names, "household_code": [f"H{i:04d}" for i in range(len(texts))]}
    )


def test_long_numbers_and_known_identities_are_hidden_in_free_text() -> None:
    rows = _rows(
        f"证号{resident_id(1)}", "电话13800138000", "由李四照顾", "见H0003", "王小明家", "12队", None,
        names=["张三", "赵六", "李四", "钱七", "孙八", "王小明", "周九"],
    )  # fmt: skip
    assert redacted_text(rows, "text", [NAME, CODE]).to_list() == [
        "证号***", "电话***", "由***照顾", "见***", "***家", "12队", None,
    ]  # fmt: skip


def test_short_names_of_others_and_short_codes_are_words() -> None:
    rows = _rows("文化广场", "H1", names=["张三", "文化"]).with_columns(household_code=pl.Series(["H9", "H1"]))
    assert redacted_text(rows, "text", [NAME, CODE]).to_list() == ["文化广场", "H1"]


def test_document_numbers_stay_distinct() -> None:
    keys = Keyring(b"s")
    rows = _rows(
        f"DB{resident_id(1)}",
        f"DB{resident_id(3)}",
        "DB-2021-1",
        "441802202106010001",
        names=["张三", "李四", "王五", "DB"],
    )
    found = redacted_numbers(rows, "text", [NAME, CODE], keys).to_list()
    assert len(set(found)) == 4
    assert found[2:] == ["DB-2021-1", "441802202106010001"]
    assert not any(resident_id(n) in "".join(found) for n in (1, 3))
    assert found == redacted_numbers(rows, "text", [NAME, CODE], Keyring(b"s")).to_list()


def test_a_name_in_a_document_number_is_hidden_too() -> None:
    found = redacted_numbers(_rows("肺癌(张三)", names=["张三"]), "text", [NAME], Keyring(b"s"))[0]
    assert "张三" not in found
    assert found.startswith("肺癌(***")

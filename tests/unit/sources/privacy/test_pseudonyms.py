"""Pseudonyms are the HMAC of the rule."""

from __future__ import annotations

import hmac

import polars as pl
import pytest

from sources.privacy.pseudonyms import Keyring
from tests.unit.sources.builder import MONTH, resident_id


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


def test_a_row_reference_is_the_hmac_of_its_place() -> None:
    rows = pl.DataFrame({"row_number": [12, 3], "sheet_no": [1, 2], "file_no": [1, 1], "delivery_no": [1, 12]})
    texts = ["row:deaths|2021-06|1|1|1|12", "row:deaths|2021-06|12|1|2|3"]
    assert Keyring(b"s").rows("deaths", MONTH, rows).to_list() == [_key(b"s", text)[:16] for text in texts]
    assert Keyring(b"s").rows("deaths", MONTH, rows.clear()).to_list() == []


@pytest.mark.parametrize("dot", "\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff65\u0387")
def test_every_middle_dot_is_the_same(dot: str) -> None:
    assert Keyring(b"s").name(pl.Series([f"阿{dot}明"]))[0] == _key(b"s", "name:阿·明")

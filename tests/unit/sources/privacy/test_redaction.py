"""Identities do not stay in texts and document numbers."""

from __future__ import annotations

import polars as pl

from sources.contracts.model import Column
from sources.privacy.pseudonyms import Keyring
from sources.privacy.redaction import redacted_numbers, redacted_text
from tests.unit.sources.builder import resident_id

NAME = Column("person_name", "姓名", "text", True, semantic="person_name", classification="restricted")
CODE = Column("household_code", "户编号", "text", True, semantic="household_code", classification="restricted")


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


def test_a_name_that_is_masked_already_does_not_stop_the_search() -> None:
    rows = _rows("***家", "欧阳修家", names=["欧阳修", "***"])
    assert redacted_text(rows, "text", [NAME, CODE]).to_list() == ["***家", "***家"]


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

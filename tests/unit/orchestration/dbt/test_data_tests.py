"""Every data test of dbt says in words what it looks for."""

from __future__ import annotations

import pytest

from orchestration.dbt import manifest
from orchestration.dbt.data_tests import sentence


def test_every_data_test_has_words() -> None:
    tests = [n for n in manifest.load()["nodes"].values() if n["resource_type"] == "test"]
    assert len(tests) > 40
    words = {n["name"]: sentence(n) for n in tests}
    assert [name for name, text in words.items() if not text or "{" in text] == []


@pytest.mark.parametrize(
    ("name", "kwargs", "text"),
    [
        ("unique_key", {"columns": ["month", "mart"], "model": "x"}, "按 month、mart 没有重复的行"),
        ("composite_relationships", {"columns": ["a"], "to": "ref('dim_month')"}, "a 都能在 dim_month 中找到"),
        ("somebody_else's", {}, None),
    ],
)
def test_sentences(name: str, kwargs: dict[str, object], text: str | None) -> None:
    assert sentence({"test_metadata": {"name": name, "kwargs": kwargs}}) == text


def test_a_description_goes_first() -> None:
    assert sentence({"description": "期初等于期末", "test_metadata": None}) == "期初等于期末"

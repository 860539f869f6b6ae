"""Markdown shows file names and messages as they are."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from orchestration.assets.tables import JOINER, file_table, literal, markdown, notice_table
from sources.contracts.model import load_contracts
from sources.contracts.row_schema import FILE_LEDGER, schema_of
from sources.notice import Notice

CONTRACTS = load_contracts()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("户籍名册_2021-06(1).xlsx", "户籍名册_2021-06(1).xlsx"),
        ("household_register", "household_register"),
        ("12.5% ≥ 3", "12.5% ≥ 3"),
        ("_草稿_", r"\_草稿\_"),
        ("*a* ~b~ `c`", r"\*a\* \~b\~ \`c\`"),
        ("![x](y)", r"!\[x\](y)"),
        ("<img src=x>&lt;", r"\<img src=x\>\&lt;"),
        ("a|b\\|c", r"a\|b\\\|c"),
        ("a\nb\x1b[31m\u202e", r"a b \[31m"),
        ("http://x.cn www.x.cn a@x.cn", "http:\u2060//x.cn www\u2060.x.cn a\u2060@x.cn"),
    ],
)
def test_a_text_of_others_is_escaped(text: str, shown: str) -> None:
    assert literal(text) == shown


def test_a_table_has_as_many_cells_as_its_header() -> None:
    shown = markdown(("文件", "行数"), [("a|b\nc", 3)])
    assert shown.replace(JOINER, "") == "| 文件 | 行数 |\n| --- | --- |\n| a\\|b c | 3 |"
    assert f"文{JOINER}件" in shown, "no head is broken into single signs"


def test_departments_and_tables_have_their_names_not_codes() -> None:
    file = {"department": "health", "dataset": "serious_illness", "file_name": "大病.csv", "rows_in_file": 3}
    ledger = pl.DataFrame([file], schema=schema_of(FILE_LEDGER))
    shown = file_table(ledger, CONTRACTS)
    assert "| 卫生健康局(医疗保障局) | 大病专项救治名单 | 大病.csv |" in shown
    notice = Notice("health", "serious_illness", "大病.csv", "info", "隐藏的工作表未读取")
    assert "| 说明 | 卫生健康局(医疗保障局) | 大病.csv |" in notice_table([notice], CONTRACTS)
    named = {"health": replace(CONTRACTS["health"], label="卫生健康局")}
    assert "| 说明 | 卫生健康局 | 大病.csv |" in notice_table([notice], named)
    assert "部门" not in file_table(ledger), "of one dataset"

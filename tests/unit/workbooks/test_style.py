"""Text of a workbook does nothing, keeps within what a cell and a name may hold, and can be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from sources.text_series import plain_series
from tests.paths import ROOT
from workbooks.style import CLIPPED, MAX_TEXT, file_name, neutral, neutral_text, row_height, sheet_name


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+8613800000000",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\uff1d1",
        "\uff20x",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_that_the_intake_takes_off(text: str) -> None:
    shown = neutral_text(text)
    assert shown == "'" + text
    assert plain_series(pl.Series([shown])).to_list() == plain_series(pl.Series([text])).to_list()


@pytest.mark.parametrize("text", ["-5", "-12,000.50", "-", "-3%", "441802195001010015", "张三", "1=1", "a@b", "—"])
def test_harmless_texts_stay(text: str) -> None:
    assert neutral_text(text) == text


def test_nulls_stay_null_and_long_texts_say_that_they_are_cut() -> None:
    shown = neutral(pl.Series(["x" * (MAX_TEXT + 1), None, "x" * MAX_TEXT]))
    assert shown.to_list() == ["x" * MAX_TEXT + CLIPPED, None, "x" * MAX_TEXT]


def test_names_of_sheets_and_files_keep_what_systems_allow() -> None:
    assert sheet_name("死亡(火化)人员名单") == "死亡(火化)人员名单"
    assert sheet_name("a/b:c" + "长" * 40) == "a_b_c" + "长" * 26
    assert file_name("a/b c:农业农村局(乡村振兴局)") == "a_b_c_农业农村局(乡村振兴局)"


def test_a_row_is_as_high_as_its_longest_text() -> None:
    assert row_height([("短", 10.0)]) < row_height([("很长的说明" * 10, 10.0)])
    assert row_height([("一\n二\n三", 10.0)]) == row_height([("x", 1.0)], least=3)


def test_the_first_workbook_of_a_process_is_as_every_later_one(tmp_path: Path) -> None:
    script = (
        "import sys; from datetime import datetime; from pathlib import Path; from workbooks.style import Book\n"
        "for name in ('first.xlsx', 'second.xlsx'):\n"
        "    with Book(Path(sys.argv[1]) / name, '', '', datetime(2021, 1, 1)) as book:\n"
        "        book.sheet('a').write_string(0, 0, 'a', book['title'])\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, cwd=ROOT)
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()

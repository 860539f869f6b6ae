"""Parquet files and JSON lines become sheets with typed columns, or are refused by name, whatever their bytes."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.reading.files import ReaderProcess, Sheet, json_lines, limits, parquet_footer, read_sheets
from sources.reading.files.sheet import DATE, FIGURE, MAX_COLUMNS, NUMBER, OTHER, TEXT
from sources.reading.files.typed_sheet import NESTED, plain_numbers
from sources.refusal import RefusedError
from tests.unit.sources.builder import json_lines_file, only_sheet, parquet_file

ROWS: Mapping[str, Any] = {
    "户编号": ["甲", None, ""],
    "金额": pl.Series([Decimal("1.50"), None, Decimal("-0.05")], dtype=pl.Decimal(10, 2)),
    "户数": [7, None, 2**62],
    "日期": [dt.date(2021, 6, 1), None, dt.date(1, 1, 1)],
    "时间": [dt.datetime(2021, 6, 1, 8, 30), None, dt.datetime(2021, 6, 1)],
    "比例": [0.1, None, 1e17],
    "是否": [True, None, False],
    "空": pl.Series([None, None, None]),
}


def test_values_stay_beside_the_texts_that_are_shown() -> None:
    sheet = only_sheet(parquet_file(ROWS))
    assert (sheet.is_typed, sheet.name, sheet.number, sheet.above) == (True, "", 1, 0)
    assert sheet.cells.rows() == [
        tuple(ROWS),
        ("甲", "1.5", "7", "2021-06-01", "2021-06-01 08:30:00", "0.1", "true", None),
        (None,) * 8,
        (None, "-0.05", str(2**62), "0001-01-01", "2021-06-01", "100000000000000000", "false", None),
    ]
    kinds = {1: FIGURE, 2: FIGURE, 3: DATE, 4: DATE, 6: OTHER}
    assert {i: sheet.types[i].tolist() for i in kinds} == {i: [TEXT, k, TEXT, k] for i, k in kinds.items()}
    assert sheet.types[5].tolist() == [TEXT, FIGURE, TEXT, NUMBER]
    assert {i: values.to_list() for i, values in sheet.typed.items()} == {
        1: [None, Decimal("1.50"), None, Decimal("-0.05")],
        2: [None, 7, None, 2**62],
        3: [None, dt.date(2021, 6, 1), None, dt.date(1, 1, 1)],
        4: [None, dt.date(2021, 6, 1), None, dt.date(2021, 6, 1)],
    }


def test_rows_of_a_typed_sheet_and_emptied_columns_keep_and_lose_their_values() -> None:
    sheet = only_sheet(parquet_file(ROWS))
    part = sheet.rows(1, 3)
    assert (part.above, part.typed[2].to_list()) == (1, [7, None])
    assert set(sheet.without([1, 3]).typed) == {2, 4}


def test_typed_sheets_pass_the_process_whole() -> None:
    content = parquet_file(ROWS)
    with ReaderProcess() as reader:
        (found,) = reader(lambda: content)
    (expected,) = read_sheets(content)
    _same(found, expected)


def _same(found: Sheet, expected: Sheet) -> None:
    assert found.is_typed == expected.is_typed
    assert found.cells.equals(expected.cells)
    assert {i: t.tolist() for i, t in found.types.items()} == {i: t.tolist() for i, t in expected.types.items()}
    assert found.typed.keys() == expected.typed.keys()
    assert all(found.typed[i].equals(expected.typed[i], null_equal=True) for i in found.typed)
    assert [v.dtype for v in found.typed.values()] == [v.dtype for v in expected.typed.values()]


@pytest.mark.parametrize("compression", ["zstd", "snappy", "gzip", "lz4", "brotli", "uncompressed"])
def test_every_usual_compression_is_read(compression: str) -> None:
    _same(only_sheet(parquet_file(ROWS, compression=compression)), only_sheet(parquet_file(ROWS)))


def test_several_row_groups_are_one_table() -> None:
    numbers = list(range(5000))
    sheet = only_sheet(parquet_file({"a": numbers}, row_group_size=700))
    assert sheet.typed[0].to_list() == [None, *numbers]


def test_lines_are_rows_and_names_that_a_line_lacks_are_empty() -> None:
    text = '{"户编号":"甲","金额":1.50,"是":true,"x":null,"层":{"a":1}}\r\n\n{"金额":1e3,"新":["b"],"户编号":""}\n{}'
    sheet = only_sheet(b"\xef\xbb\xbf" + text.encode())
    assert sheet.is_typed
    assert sheet.typed == {}
    assert sheet.cells.rows() == [
        ("户编号", "金额", "是", "x", "层", "新"),
        ("甲", "1.5", "true", None, NESTED, None),
        (None, "1000", None, None, None, NESTED),
        (None,) * 6,
    ]
    assert sheet.types[1].tolist() == [TEXT, FIGURE, FIGURE, TEXT]
    assert sheet.types[4].tolist() == [TEXT, OTHER, TEXT, TEXT]


def test_blocks_of_lines_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"a": str(n), **({"b": n} if n > 5 else {}), **({"c": n} if n < 3 else {})} for n in range(10)]
    content = b"".join(json_lines_file({k: [v] for k, v in row.items()}) for row in rows)
    whole = only_sheet(content)
    monkeypatch.setattr(json_lines, "_BLOCK", 2)
    _same(only_sheet(content), whole)
    assert whole.cells.width == 3


def test_half_a_character_is_damaged_and_a_tab_is_kept() -> None:
    sheet = only_sheet(b'{"\\ud800a":"\\udc00b\\ud83d\\ude00"}\n{"\\ud800a":"c\td"}\n')
    assert sheet.cells["c0"].to_list() == ["\ufffda", "\ufffdb\U0001f600", "c\td"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a":1}\n{"a":1,"a":2}\n', "第2行有重复的字段名"),
        (b'{"a":{"b":1,"b":2}}\n{"a":1}\n', "第1行有重复的字段名"),
        (b'{"a":1}\n{"a":\n', "第2行不是完整的JSON对象"),
        (b'{"a":1}\n[1]\n', "第2行不是完整的JSON对象"),
        (b'{"a":1}\n"a"\n', "第2行不是完整的JSON对象"),
        (b'{"a":1}\n{"a":"\xff"}\n', "第2行的文字编码不是UTF-8"),
        (b'{"a":1}\n{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "第2行嵌套太深"),
        (b'{"a":1}\n{"a":"' + b"x" * (5 * 1024**2) + b'"}', "第2行超过4MiB"),
        (b"{}\n{}\n", "没有任何字段"),
        (b'{"a":1}\n{' + b",".join(b'"k%d":1' % n for n in range(600)) + b"}", f"超过{MAX_COLUMNS}列"),
        (b"".join(b'{"k%d":1}\n' % n for n in range(600)), f"超过{MAX_COLUMNS}列"),
        (b'{"rows": [1]}', "JSON数据"),
        (b'{"data": {"a": 1}}\n', "JSON数据"),
        (b'{\n "a": 1\n}\n', "JSON数据"),
        (b'[{"a": 1}]', "JSON数据"),
    ],
)
def test_lines_that_cannot_be_read_are_named(content: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said) as refused:
        read_sheets(content)
    assert "请" in str(refused.value)


def test_rows_and_cells_are_counted_before_room_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.reading.files.typed_sheet.MAX_LINES", 40)
    for content in (parquet_file({"a": range(41)}), json_lines_file({"a": list(range(41))})):
        with pytest.raises(RefusedError, match=r"数据有4[12]行"):
            read_sheets(content)
    monkeypatch.setattr(limits, "MAX_CELLS", 60)
    for content in (parquet_file(dict.fromkeys("ab", range(30))), json_lines_file(dict.fromkeys("ab", range(30)))):
        with pytest.raises(RefusedError, match="个单元格"):
            read_sheets(content)


def test_a_text_in_many_cells_is_weighed_before_it_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TEXT_MIB", 1)
    texts = pl.Series(["x" * 1000] * 2000)
    for values in (texts, texts.cast(pl.Categorical)):
        with pytest.raises(RefusedError, match="文字超过1MiB"):
            read_sheets(parquet_file({"a": values}))


def _footer(content: bytes) -> bytes:
    return content[-8 - int.from_bytes(content[-8:-4], "little") : -8]


def _with_footer(content: bytes, footer: bytes) -> bytes:
    body = content[: -8 - len(_footer(content))]
    return body + footer + len(footer).to_bytes(4, "little") + b"PAR1"


GOOD = parquet_file({"a": [1, 2, 3]})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PAR1", "已损坏或不完整"),
        (GOOD[:-1], "已损坏或不完整"),
        (GOOD[: len(GOOD) // 2], "已损坏或不完整"),
        (GOOD[:-8] + (2**31).to_bytes(4, "little") + b"PAR1", "已损坏或不完整"),
        (GOOD[:-4] + b"PARE", "已加密"),
        (_with_footer(GOOD, b""), "已损坏或不完整"),
        (_with_footer(GOOD, b"\x29\xfc\xff\xff\xff\xff\x0f" + b"\x00" * 9), "已损坏或不完整"),
        (_with_footer(GOOD, b"\x1c" * 200_000), "已损坏或不完整"),
        (_with_footer(GOOD, b"\x15\x80" + b"\xff" * 30), "已损坏或不完整"),
        (_with_footer(GOOD, bytes(17 * 1024**2)), "目录超过16MiB"),
        (parquet_file({f"c{n}": [1] for n in range(600)}), f"600列,超过{MAX_COLUMNS}列"),
        (parquet_file({f"c{n}": [1] for n in range(2000)}), f"超过{MAX_COLUMNS}列"),
        (parquet_file(pl.DataFrame()), "没有列"),
    ],
)
def test_a_parquet_file_that_cannot_be_read_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said) as refused:
        read_sheets(content)
    assert "请" in str(refused.value)


def test_announced_rows_and_bytes_are_those_of_the_footer(monkeypatch: pytest.MonkeyPatch) -> None:
    footer = parquet_footer.footer_of(parquet_file({"a": range(5000), "b": ["x"] * 5000}, row_group_size=900))
    assert footer.rows == 5000
    assert footer.size > 0
    monkeypatch.setattr(parquet_footer, "MAX_UNPACKED", footer.size - 1)
    with pytest.raises(RefusedError, match="解压后超过"):
        parquet_footer.footer_of(parquet_file({"a": range(5000), "b": ["x"] * 5000}, row_group_size=900))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """Each of forty row groups is 64 MiB of zeros; the file has a few kilobytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out, zeros = io.BytesIO(), pa.table({"a": pa.array([bytes(64 * 1024**2)], pa.large_binary())})
    with pq.ParquetWriter(
        out, zeros.schema, compression="zstd", use_dictionary=False, write_statistics=False
    ) as writer:
        for _ in range(40):
            writer.write_table(zeros)
    assert len(out.getvalue()) < 1024**2
    with pytest.raises(RefusedError, match="解压后超过2GiB"):
        read_sheets(out.getvalue())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_of_the_footer_is_read_or_refused(at: int, byte: int) -> None:
    content = bytearray(GOOD)
    content[at] = byte
    with suppress(RefusedError):
        assert parquet_footer.footer_of(bytes(content)).rows >= 0


@settings(max_examples=50, deadline=None)
@given(st.integers(-(10**30), 10**30), st.integers(-38, 8))
def test_a_number_without_exponent_is_the_same_number(digits: int, exponent: int) -> None:
    (text,) = plain_numbers(pl.Series([f"{digits}e{exponent}"]))
    expected = f"{Decimal(f'{digits}e{exponent}'):f}"
    assert text == (expected.rstrip("0").rstrip(".") if "." in expected else expected)


def test_far_exponents_and_other_texts_stay() -> None:
    texts = ["1e41", "5e-324", "1e9999", "x", None, "-0.00", "0e5"]
    assert plain_numbers(pl.Series(texts)).to_list() == ["1e41", "5e-324", "1e9999", "x", None, "0", "0"]

"""The sectors of an xls: chains that end are followed, circles are refused before anybody follows them."""

from __future__ import annotations

import io

import pytest
import xlwt

from sources.reading.files.compound import workbook_stream
from sources.refusal import RefusedError

END, FREE, SIZE = 0xFFFFFFFE, 0xFFFFFFFF, 512


def _packed(numbers: list[int], size: int = SIZE) -> bytes:
    return b"".join(n.to_bytes(4, "little") for n in [*numbers, *[FREE] * (size // 4 - len(numbers))])


def _file(table: list[int], short_start: int = END, short: list[int] | None = None, lists: int = END) -> bytes:
    """A header, the table in sector 0, the table of short sectors in sector 1, an empty sector 2.

    It has no signature: for other software it is no compound file.
    """
    header = bytes(30) + (9).to_bytes(2, "little")
    header = header.ljust(60, b"\0") + _packed([short_start, 0, lists, 0], 16) + _packed([0], 436)
    return header + _packed(table) + _packed(short or []) + bytes(SIZE)


@pytest.mark.parametrize("rows", [1, 3000])
def test_the_stream_of_a_workbook_is_found_in_long_and_in_short_sectors(rows: int) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for i in range(rows):
        sheet.write(i, 0, f"甲{i}")
    stream, out = book.get_biff_data(), io.BytesIO()
    book.save(out)
    assert workbook_stream(out.getvalue())[: len(stream)] == stream


def test_the_stream_of_a_scattered_file_is_joined() -> None:
    """Stream sectors 5, 3, 4 and six more of one file; the directory is sector 2."""
    entry = "Workbook".encode("utf-16-le").ljust(116, b"\0") + _packed([5, 4608], 12)
    parts = [bytes([n]) * SIZE for n in range(3, 12)]
    file = _file([END, END, END, 4, 6, 3, *range(7, 12), END])
    file = file[:48] + (2).to_bytes(4, "little") + file[52 : SIZE * 3] + (bytes(128) + entry).ljust(SIZE, b"\0")
    stream = workbook_stream(file + b"".join(parts))
    assert [stream[i] for i in range(0, 4608, SIZE)] == [5, 3, 4, 6, 7, 8, 9, 10, 11]


def test_a_short_stream_is_joined_from_its_short_sectors() -> None:
    entries = bytes(116) + _packed([3, SIZE], 12) + "Book".encode("utf-16-le").ljust(116, b"\0") + _packed([2, 100], 12)
    file = _file([END, END, END, END], short_start=1, short=[END, END, 1])
    file = file[:48] + (2).to_bytes(4, "little") + file[52 : SIZE * 3] + entries.ljust(SIZE, b"\0")
    assert workbook_stream(file + bytes([1] * 64 + [2] * 64 + [3] * 64).ljust(SIZE, b"\0")) == bytes(
        [3] * 64 + [2] * 36
    )


def test_chains_that_end_are_followed_to_where_they_end() -> None:
    workbook_stream(_file([END, END, 3, 4, 5, END], short_start=1, short=[1, 2, END]))
    workbook_stream(_file([FREE, 10**6, END]))


@pytest.mark.parametrize(
    "table", [[0], [END, 2, 1], [END, 2, 3, 4, 2], [*range(1, 100), 50]], ids=["itself", "two", "a tail", "far"]
)
def test_a_circle_is_refused(table: list[int]) -> None:
    with pytest.raises(RefusedError, match="已损坏"):
        workbook_stream(_file(table))


def test_a_circle_of_short_sectors_is_refused() -> None:
    with pytest.raises(RefusedError, match="已损坏"):
        workbook_stream(_file([END, END], short_start=1, short=[1, 2, 0]))


def test_lists_of_the_table_that_lead_back_are_refused() -> None:
    """The last number of a list names the next list: here sector 2 holds zeros, and sector 0 ends in itself."""
    table = [*[END] * (SIZE // 4 - 1), 0]
    with pytest.raises(RefusedError, match="已损坏"):
        workbook_stream(_file(table, lists=0))


@pytest.mark.parametrize("content", [bytes(80), bytes(2000)])
def test_a_file_without_a_header_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="已损坏"):
        workbook_stream(content)

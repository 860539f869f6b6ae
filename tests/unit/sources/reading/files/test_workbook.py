"""Content decides on the reader; what is empty, encrypted, damaged or too large is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlwt
import xlwt.CompoundDoc
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.reading.files import Sheet, read_sheets, workbook
from sources.refusal import RefusedError, breakage_refused
from tests.unit.sources.builder import csv_file, xls_file, xlsx_file, zip_file

ROWS = [["姓名", "身份证号"], ["张三", "1"]]


def test_content_decides_and_not_the_extension() -> None:
    for content in (csv_file(ROWS), xlsx_file({"表": ROWS}), xls_file({"表": ROWS})):
        (sheet,) = read_sheets(content)
        assert sheet.cells.rows() == [tuple(row) for row in ROWS]


@pytest.mark.parametrize("content", [b"", b" \r\n\t "])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="空的"):
        read_sheets(content)


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>a</td></tr></table></html>",
        b"\xef\xbb\xbf\r\n <!DOCTYPE html><html>",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        b"<meta charset=gb2312><table>",
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n",
        b"\r\nmime-version: 1.0\ncontent-type: text/html\n\n<table>",
        b'Content-Type: multipart/related; boundary="x"\n\n--x',
        b"From: <Saved by Microsoft Excel>\nSubject: \nMIME-Version: 1.0\n\n",
    ],
)
def test_a_web_page_or_archive_named_like_a_table_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match=r"网页或XML.+从原系统重新导出.+不要双击用Excel打开后另存"):
        read_sheets(content)


@pytest.mark.parametrize("page", [936, 950, 1252, 10008, 54936, 65001, 1200])
def test_the_texts_of_an_xls_are_unicode_whatever_code_page_it_names(page: int) -> None:
    rows = [["姓名", "村"], ["张三", "石𬒔村"], ["Zoë", "12"]]
    content = xls_file({"花名册": rows})
    record = b"\x42\x00\x02\x00"
    assert content.count(record) == 1
    at = content.index(record) + len(record)
    (sheet,) = read_sheets(content[:at] + page.to_bytes(2, "little") + content[at + 2 :])
    assert sheet.name == "花名册"
    assert [list(row) for row in sheet.cells.rows()] == rows


def test_a_title_in_angle_brackets_is_no_web_page() -> None:
    (sheet,) = read_sheets("<低保>花名册\n姓名,身份证号\n".encode())
    assert sheet.cells.rows()[0][0] == "<低保>花名册"


def _encrypted_xlsx() -> bytes:
    """As Office writes it: the package is one stream of an OLE file."""
    out = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(out, bytes(8192))
    return out.getvalue().replace(
        "Workbook".encode("utf-16-le").ljust(40, b"\0"), "EncryptedPackage".encode("utf-16-le").ljust(40, b"\0")
    )


def test_an_encrypted_xlsx_says_so() -> None:
    content = _encrypted_xlsx()
    assert content.startswith(b"\xd0\xcf\x11\xe0")
    with pytest.raises(RefusedError, match="已加密"):
        read_sheets(content)


@pytest.mark.parametrize("cut", [10, 60, 200, 600, 1000, 5000, -700, -30])
@pytest.mark.parametrize("write", [xlsx_file, xls_file])
def test_a_truncated_workbook_is_refused(write, cut: int) -> None:
    content = write({"表": [*ROWS, *([f"甲{i}", f"{i}"] for i in range(500))]})
    with pytest.raises(RefusedError, match="报送"):
        read_sheets(content[:cut])


def _read(content: bytes) -> tuple[list[Sheet] | None, str]:
    """The sheets, or None and why not."""
    try:
        return read_sheets(content), ""
    except RefusedError as refusal:
        return None, str(refusal)


@pytest.mark.parametrize("spot", range(0, 100, 7))
def test_a_damaged_workbook_is_refused_or_read_but_never_raises_anything_else(spot: int) -> None:
    content = bytearray(xlsx_file({"表": ROWS * 50}))
    start = len(content) * spot // 100
    content[start : start + 40] = bytes(40)
    sheets, refusal = _read(bytes(content))
    assert (sheets is None) == ("报送" in refusal)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    for content in (
        zip_file({"a.csv": b"x"}),
        zip_file({}),
        zip_file({"[Content_Types].xml": b"", "xl/workbook.bin": b""}),
    ):
        with pytest.raises(RefusedError):
            read_sheets(content)


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    with pytest.raises(RefusedError, match="100倍"):
        read_sheets(out.getvalue())


def test_a_member_longer_than_declared_is_refused() -> None:
    content = bytearray(xlsx_file({"表": [[f"{i}", "x" * 50] for i in range(500)]}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    size = member.file_size.to_bytes(4, "little")
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    assert content[entry + 24 : entry + 28] == size
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    with pytest.raises(RefusedError):
        read_sheets(bytes(content))


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_SIZE", 1024**2)
    with pytest.raises(RefusedError, match="超过512MiB"):
        read_sheets(b"a" * (1024**2 + 1))


class PanicException(BaseException):
    """What calamine and polars raise where their own code gives up."""


def test_a_panic_of_a_reader_refuses_the_file() -> None:
    with pytest.raises(RefusedError, match="PanicException"), breakage_refused():
        raise PanicException


def test_an_interruption_is_no_fault_of_the_file() -> None:
    with pytest.raises(KeyboardInterrupt), breakage_refused():
        raise KeyboardInterrupt


def test_the_message_of_a_breakage_quotes_no_cell() -> None:
    with pytest.raises(RefusedError) as refused, breakage_refused():
        raise ValueError("441802198006150011")
    assert "4418" not in str(refused.value)
    assert refused.value.__cause__ is None


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
        st.binary(max_size=600).map(lambda tail: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + tail),
        st.text('",\n\r\t\x00a1', max_size=60).map(str.encode),
    )
)
def test_whatever_the_bytes_are_only_a_refusal_is_raised(content: bytes) -> None:
    sheets, refusal = _read(content)
    assert refusal.endswith("。") if sheets is None else all(s.cells.width <= 512 for s in sheets)

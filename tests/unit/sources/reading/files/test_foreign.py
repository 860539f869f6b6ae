"""Files of other programs are named; texts that only begin like them are read."""

from __future__ import annotations

import io
import struct

import pytest
import xlwt
import xlwt.CompoundDoc

from sources.reading.files import read_sheets
from sources.refusal import RefusedError
from tests.unit.sources.builder import xls_file, zip_file

TABLE = "<table><tr><td>村</td></tr></table>"
MAIL = "MIME-Version: 1.0\r\n"


@pytest.mark.parametrize(
    "text",
    [
        *(f"<{tag}>名册</{tag}>{TABLE}" for tag in ("title", "center", "p", "span", "h1", "b", "form", "font size=2")),
        *(f"<{tag}><td>镇</td>" for tag in ("tr", "thead", "tbody", "colgroup", "table border=1", "TABLE", "frameset")),
        f"<link rel=stylesheet href=x>{TABLE}",
        f"<br>{TABLE}",
        "<%@ page %>" + TABLE,
        "\n\n\n<!--[if gte mso 9]><xml>",
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "<ss:Workbook></ss:Workbook>",
        "<svg/>",
        "<RECORDS><RECORD><镇>源潭镇</镇></RECORD></RECORDS>",
        f"农村低保对象花名册\n{TABLE}",
        *(
            f"{field}\r\n{MAIL}"
            for field in ("Date: x", "Message-ID: <x@y>", "X-MimeOLE: Produced", "Return-Path: <x>")
        ),
        f"Content-Location: file:///C:/x.xls\n{MAIL}",
        f"From:\r\n <Saved by WPS>\r\nSubject: x\r\n{MAIL}",
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x\r\n",
        f"This document is a Single File Web Page.\r\n{MAIL}",
        "------=_NextPart_01\nContent-Location: x\nContent-Type: text/html\n",
        "MIME-Version: 1.0\rContent-Type: x\r",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_pages_and_web_archives_are_named_however_they_begin(text: str, encoding: str) -> None:
    with pytest.raises(RefusedError, match=r"网页或XML.+从原系统重新导出"):
        read_sheets(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_page_in_utf16_is_named_with_and_without_a_mark(encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    with pytest.raises(RefusedError, match="网页或XML"):
        read_sheets(mark + f"<html>{TABLE}".encode(encoding))


@pytest.mark.parametrize(
    "first",
    [
        "Subject:低保名册",
        "Subject: 低保名册",
        "From: 民政局",
        "Date: 2021-06-30",
        "来源From: <民政局>",
        "<2021年6月>低保名册",
        "<低保>花名册",
        "<id>,<name>",
        "<b2>名册",
        "<表>名册",
        "Content-Type,村",
        "MIME-Version,村",
        "{甲},乙",
        "[低保],乙",
        '["甲"],乙',
        "ID;Person",
        "ID;P",
        "TABLE",
        "PDF,村",
        "BM,村",
        "0102,1",
    ],
)
def test_a_title_that_only_begins_like_another_format_is_read(first: str) -> None:
    (sheet,) = read_sheets(f"{first}\n姓名,身份证号\n张三,1\n".encode())
    assert sheet.cells.height == 3


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\n1 0 obj", "PDF文档"),
        (b"{\\rtf1\\ansi ", "RTF文档"),
        (b"\x89PNG\r\n\x1a\n", "PNG图片"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG图片"),
        (b"GIF89a", "GIF图片"),
        (b"II*\x00\x08", "TIFF图片"),
        (b"Rar!\x1a\x07\x01\x00", "rar压缩包.+解压"),
        (b"7z\xbc\xaf\x27\x1c\x00", "7z压缩包.+解压"),
        (b"\x1f\x8b\x08\x00", "gzip压缩包.+解压"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\x00\x01\x00\x00Standard ACE DB\x00", "Access"),
        (b"\x03\x79\x06\x1e" + bytes(60), "dBASE"),
        (b"\x30\x15\x0a\x0d\x02\x00\x00\x00\x61\x01" + bytes(60), "dBASE"),
        (b'[{"a":"b"}]', "JSON"),
        (b'{"rows": [1]}', "JSON"),
        (b'\xef\xbb\xbf\n[\n {\n "a" : 1}]', "JSON"),
        ('{"村":"黄溪"}'.encode("utf-16"), "JSON"),
        (b'["a", "b"]', "JSON"),
        (b'ID;PWXL;N;E\r\nC;Y1;X1;K"x"\r\n', "SYLK"),
        (b"ID;P\nP;PGeneral\n", "SYLK"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n', "DIF"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(20), "Excel 95或更早"),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(20), "Excel 95或更早"),
        (b"\x09\x08\x08\x00\x00\x05\x05\x00" + bytes(20), "Excel 95或更早"),
        (zip_file({"[Content_Types].xml": b"", "word/document.xml": b"<a/>"}), "Word文档"),
        (zip_file({"[Content_Types].xml": b"", "ppt/presentation.xml": b"<a/>"}), "PowerPoint"),
        (zip_file({"Index/Document.iwa": b"x"}), "Numbers"),
    ],
)
def test_other_formats_are_named_by_their_first_bytes(content: bytes, name: str) -> None:
    with pytest.raises(RefusedError, match=f"{name}.*报送"):
        read_sheets(content)


def test_a_document_of_word_named_xls_is_named() -> None:
    book = xls_file({"表": [["姓名"]]})
    stream, document = ("Workbook".encode("utf-16-le"), "WordDocument".encode("utf-16-le"))
    assert book.count(stream) == 1
    at = book.index(stream)
    with pytest.raises(RefusedError, match=r"Word文档.+报送"):
        read_sheets(book[:at] + document + book[at + len(document) :])


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


@pytest.mark.parametrize("page", [936, 1252, None])
def test_a_workbook_of_excel_95_is_named(page: int | None) -> None:
    code_page = b"" if page is None else _record(0x42, struct.pack("<H", page))
    stream = _record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0x0DBB, 0x07CC)) + code_page + _record(0x0A)
    out = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(out, stream.ljust(4096, b"\0"))
    book = out.getvalue().replace("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le").ljust(16, b"\0"))
    with pytest.raises(RefusedError, match=r"Excel 95.+另存为xlsx"):
        read_sheets(book)


def _with_late_code_page(page: int, behind: int, first: int) -> bytes:
    """A workbook whose code page is the record after so many others; its first record has so many bytes."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("花名册")
    for i, text in enumerate(("姓名", "石𬒔村")):
        sheet.write(0, i, text)
    stream, records = book.get_biff_data(), []
    while stream:
        kind, length = struct.unpack_from("<HH", stream)
        records.append((kind, stream[4 : 4 + length]))
        stream = stream[4 + length :]
    records = [(0x0809, records[0][1][:first]), *(record for record in records[1:] if record[0] != 0x42)]
    records.insert(behind, (0x42, struct.pack("<H", page)))
    about_book = [kind for kind, _ in records].index(0x0A) + 1
    begin = sum(4 + len(body) for _, body in records[:about_book])
    out = io.BytesIO()
    whole = [(kind, struct.pack("<I", begin) + body[4:] if kind == 0x85 else body) for kind, body in records]
    xlwt.CompoundDoc.XlsDoc().save(out, b"".join(_record(*record) for record in whole))
    return out.getvalue()


@pytest.mark.parametrize("page", [936, 1252, 65001])
@pytest.mark.parametrize(("behind", "first"), [(1, 16), (20, 16), (40, 16), (1, 8), (40, 8)])
def test_the_code_page_is_found_wherever_it_is_among_the_first_records(page: int, behind: int, first: int) -> None:
    (sheet,) = read_sheets(_with_late_code_page(page, behind, first))
    assert (sheet.name, sheet.cells.rows()) == ("花名册", [("姓名", "石𬒔村")])

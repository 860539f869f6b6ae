"""Name files that are no tables by their first bytes, whatever their names say.

Belongs here: formats that the readers do not know, and what their senders should do.
Does not belong here: damaged or encrypted workbooks (their readers).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable

from sources.reading.files.compound import DAMAGED
from sources.refusal import EXPORT_ANEW, RefusedError

_HEAD = 4096
_MARKS = (
    (b"%PDF-", "PDF文档"),
    (b"{\\rtf", "RTF文档"),
    (b"\x89PNG\r\n", "PNG图片"),
    (b"\xff\xd8\xff", "JPEG图片"),
    (b"GIF8", "GIF图片"),
    (b"II*\x00", "TIFF图片"),
    (b"MM\x00*", "TIFF图片"),
    (b"SQLite format 3\x00", "SQLite数据库"),
    (b"\x00\x01\x00\x00Standard ", "Access数据库"),
)
_ARCHIVES = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_STREAMS = (
    ("WordDocument".encode("utf-16-le"), "Word文档"),
    ("PowerPoint Document".encode("utf-16-le"), "PowerPoint演示文稿"),
)
_FOLDERS = {"word": "Word文档", "ppt": "PowerPoint演示文稿", "Index": "苹果Numbers文档"}
_RAW_WORKBOOK = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00")
"""First record of a workbook without a container: Excel 2 to 5."""
_EXCEL_95 = b"\x00\x05"
"""Version in the first record. Its texts are bytes in a code page, which calamine garbles."""
_OLD = "文件是Excel 95或更早版本的工作簿,文字无法可靠读取;请用Excel或WPS打开,另存为xlsx后报送。"
_DBASE = re.compile(rb"[\x03-\x05\x30-\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb].[\x01-\x0c][\x01-\x1f]", re.DOTALL)
"""Version, and the day of the last change."""
_JSON = re.compile(rb'\s*[\[{][\s\[{]*"(?:[^"\\\n]|\\.)*"\s*(?::|,\s*["{\[0-9])')
_SYMBOLIC_LINK = re.compile(rb"ID;P[A-Z]*(?:;[A-Z][^;\n]*)*\n+(?:[BCFOP]|N[NU]);|TABLE\n0,1\n")
_MARKUP = re.compile(
    rb"\s*<(?:\?xml|!doctype|!--|%@|(?:html|head|meta|body|style|script|title|link|base|table|caption|colgroup|col|thead"
    rb"|tbody|tr|td|th|div|span|font|center|form|frameset|p|br|b|h[1-6])[\s/>])"
    rb"|[^<]*\n\s*<(?:html|table)[\s>]",
    re.IGNORECASE,
)
_ELEMENT = re.compile(rb"\s*<[A-Za-z][^<>]*>")
_ENDS_OF_ELEMENTS = (b"</", b"/>", b"xmlns")
_MAIL = re.compile(
    rb"^(?:MIME-Version:\s*[0-9]|Content-Type:\s*(?:multipart|text)/|Snapshot-Content-Location:|From: *<saved by )",
    re.IGNORECASE | re.MULTILINE,
)
"""Fields of a web archive, which Excel also saves as .xls."""


def refuse_foreign(content: bytes) -> None:
    """Raise RefusedError with the format of a file that is neither a workbook nor a table in a text file."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            raise RefusedError(_no_table(name))
    for mark, name in _ARCHIVES:
        if content.startswith(mark):
            raise RefusedError(f"文件其实是{name}压缩包,无法读取;请解压后报送其中的表格,或改用zip压缩。")
    if _RAW_WORKBOOK.match(content):
        raise RefusedError(_OLD)
    if _DBASE.match(content) and b"\x00" in content[4:32]:
        raise RefusedError(_no_table("dBASE(dbf)数据库", EXPORT_ANEW))
    head = _head(content)
    if _JSON.match(head):
        raise RefusedError(_no_table("JSON数据", EXPORT_ANEW))
    if _SYMBOLIC_LINK.match(head):
        raise RefusedError(_no_table("SYLK或DIF交换文件", EXPORT_ANEW))
    if _is_page(head):
        raise RefusedError(_no_table("网页或XML", EXPORT_ANEW))


def refuse_foreign_package(members: Iterable[zipfile.ZipInfo]) -> None:
    """Raise RefusedError with the format of a zip that is a document of another program."""
    for folder in {member.filename.partition("/")[0] for member in members}:
        if folder in _FOLDERS:
            raise RefusedError(_no_table(_FOLDERS[folder]))


def refuse_foreign_stream(content: bytes, stream: bytes) -> None:
    """Raise RefusedError for an OLE file whose workbook, given by its ``stream``, is missing or older than Excel 97."""
    if not stream:
        name = next((name for mark, name in _STREAMS if mark in content), None)
        raise RefusedError(_no_table(name) if name else DAMAGED)
    if stream[4:6] == _EXCEL_95:
        raise RefusedError(_OLD)


def _no_table(name: str, advice: str = "请报送原来的表格(xlsx、xls或CSV)。") -> str:
    return f"文件其实是{name},不是工作簿。{advice}"


def _head(content: bytes) -> bytes:
    """Return the beginning of a text in UTF-8 or an encoding like it, with Unix line ends."""
    head = content[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    elif head[1:2] == b"\x00":
        head = head.decode("utf-16-le", "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _is_page(head: bytes) -> bool:
    is_element = _ELEMENT.match(head) and any(end in head for end in _ENDS_OF_ELEMENTS)
    return bool(_MARKUP.match(head) or is_element or _MAIL.search(head))

"""Choose the reader of a file by its first bytes, not by its name.

Belongs here: the choice of the reader.
Does not belong here: the readers, the limits (``limits``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.landing.archive import MAX_SIZE, TOO_LARGE
from sources.landing.zips import check_expansion
from sources.reading.files.biff_visibility import with_biff_visibility
from sources.reading.files.compound import with_workbook_stream, workbook_stream
from sources.reading.files.default_password import decrypted_package, decrypted_stream, is_encrypted
from sources.reading.files.delimited import read_delimited
from sources.reading.files.excel import read_excel
from sources.reading.files.extent import check_extent
from sources.reading.files.limits import check_text
from sources.reading.files.records import check_records
from sources.reading.files.second_look import SecondLook
from sources.reading.files.sheet import Sheet
from sources.reading.files.signs import Signs
from sources.reading.files.visibility import with_visibility
from sources.reading.files.xls_look import look_at_xls
from sources.refusal import EXPORT_ANEW, RefusedError, breakage_refused

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_BIFF8_GLOBALS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_SECTOR = 512
_CODE_PAGE = 0x42
_UTF_16 = (1200).to_bytes(2, "little")
"""The number of UTF-16 as a code page."""
_MARKUP = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(\?xml|!doctype|!--|html|head|meta|body|style|script|table|div)\b"
    rb"|(\xef\xbb\xbf)?\s*(MIME-Version|Content-Type|X-Document-Type|From|Subject):[^\n]*\n",
    re.IGNORECASE,
)
"""Beginning of a web page, of XML, or of a web archive, which Excel also saves as .xls."""


@breakage_refused()
def read_sheets(content: bytes) -> list[Sheet]:
    """Read the sheets of a file regardless of its extension; a CSV file has one.

    Raises RefusedError, with a message in Chinese, if the file is empty, too large, encrypted, damaged or of unknown
    format. Raises no other exception, whatever the bytes.
    """
    if not content.strip():
        raise RefusedError("文件是空的;请重新导出后报送。")
    if len(content) > MAX_SIZE:
        raise RefusedError(TOO_LARGE)
    if content.startswith(_OLE) and _ENCRYPTED_PACKAGE in content:
        content = decrypted_package(content)
    if content.startswith(_ZIP):
        check_expansion(content)
        look, signs = SecondLook(content), Signs()
        check_extent(content, look.watch, signs.watch)
        sheets = with_visibility(content, look.corrected(read_excel(content)), signs)
    elif content.startswith(_OLE):
        stream = workbook_stream(content)
        if is_encrypted(stream):
            stream = decrypted_stream(stream)
            content = with_workbook_stream(content, stream)
        is_odd = check_records(stream)
        sheets = with_biff_visibility(stream, look_at_xls(stream, read_excel(_with_unicode(content)), is_odd))
    elif _MARKUP.match(content):
        raise RefusedError(f"文件其实是网页或XML,不是工作簿。{EXPORT_ANEW}")
    else:
        sheets = read_delimited(content)
    check_text([cells for sheet in sheets for cells in (sheet.cells, sheet.concealed)])
    return sheets


def _with_unicode(content: bytes) -> bytes:
    """Say in an xls since Excel 97 that its texts are UTF-16, which they always are ([MS-XLS] 2.5.240).

    Some programs write the code page of their system, which Excel ignores there, and calamine obeys.
    """
    found = next((at for kind, at in _first_records(content) if kind == _CODE_PAGE), None)
    return content if found is None else content[:found] + _UTF_16 + content[found + 2 :]


def _first_records(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield kind and position of the records in the first sector of an xls since Excel 97."""
    begin = position = content.find(_BIFF8_GLOBALS)
    while begin >= 0 and position <= begin + _SECTOR - 4:
        kind, length = (int.from_bytes(content[position + i : position + i + 2], "little") for i in (0, 2))
        yield kind, position + 4
        position += 4 + length

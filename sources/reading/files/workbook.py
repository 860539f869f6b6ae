"""Choose the reader of a file by its first bytes, not by its name.

Belongs here: the choice of the reader.
Does not belong here: the readers, the limits (``limits``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.landing.archive import MAX_SIZE, TOO_LARGE
from sources.landing.zips import check_expansion
from sources.reading.files.compound import with_workbook_stream, workbook_stream
from sources.reading.files.default_password import decrypted_package, decrypted_stream, is_encrypted
from sources.reading.files.delimited import read_delimited
from sources.reading.files.excel import read_excel
from sources.reading.files.extent import check_extent
from sources.reading.files.foreign import refuse_foreign, refuse_foreign_package, refuse_foreign_stream
from sources.reading.files.json_lines import is_json_lines, read_json_lines
from sources.reading.files.limits import check_text
from sources.reading.files.parquet_file import read_parquet
from sources.reading.files.parquet_footer import MAGIC
from sources.reading.files.records import check_records
from sources.reading.files.second_look.signs import Signs
from sources.reading.files.second_look.xls_cells import look_at_xls
from sources.reading.files.second_look.xls_visibility import with_biff_visibility
from sources.reading.files.second_look.xlsx_cells import SecondLook
from sources.reading.files.second_look.xlsx_visibility import with_visibility
from sources.reading.files.sheet import Sheet
from sources.refusal import RefusedError, breakage_refused

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_EXCEL_97 = b"\x00\x06"
"""Version in the first record of a workbook's stream since Excel 97."""
_END = 0x0A
_CODE_PAGE = 0x42
_UTF_16 = (1200).to_bytes(2, "little")
"""The number of UTF-16 as a code page."""


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
        refuse_foreign_package(check_expansion(content))
        look, signs = SecondLook(content), Signs()
        check_extent(content, look.watch, signs.watch)
        sheets = with_visibility(content, look.corrected(read_excel(content)), signs)
    elif content.startswith(_OLE):
        stream = workbook_stream(content)
        refuse_foreign_stream(content, stream)
        if is_encrypted(stream):
            stream = decrypted_stream(stream)
            content = with_workbook_stream(content, stream)
        is_odd = check_records(stream)
        sheets = read_excel(_with_unicode(content, stream))
        sheets = with_biff_visibility(stream, look_at_xls(stream, sheets, is_odd))
    elif content.startswith(MAGIC):
        sheets = [read_parquet(content)]
    elif is_json_lines(content):
        sheets = [read_json_lines(content)]
    else:
        refuse_foreign(content)
        sheets = read_delimited(content)
    check_text([cells for sheet in sheets for cells in (sheet.cells, sheet.concealed)])
    return sheets


def _with_unicode(content: bytes, stream: bytes) -> bytes:
    """Say in an xls since Excel 97 that its texts are UTF-16, which they always are ([MS-XLS] 2.5.240).

    Some programs write the code page of their system, which Excel ignores there, and calamine obeys.
    """
    at = next((at for kind, at in _first_records(stream) if kind == _CODE_PAGE), None)
    if at is None or stream[at : at + 2] == _UTF_16:
        return content
    return with_workbook_stream(content, stream[:at] + _UTF_16 + stream[at + 2 :])


def _first_records(stream: bytes) -> Iterator[tuple[int, int]]:
    """Yield kind and position of the records about the whole workbook in the stream of an xls since Excel 97."""
    position = 0 if stream[4:6] == _EXCEL_97 else len(stream)
    while position <= len(stream) - 4:
        kind, length = (int.from_bytes(stream[position + i : position + i + 2], "little") for i in (0, 2))
        yield kind, position + 4
        if kind == _END:
            return
        position += 4 + length

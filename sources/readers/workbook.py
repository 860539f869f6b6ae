"""Which reader a file needs, told by its first bytes and not by its name.

Belongs here: the choice of the reader and the limit of a file's size. Does not belong here: the readers.
"""

from __future__ import annotations

from sources.readers.delimited import read_delimited
from sources.readers.excel import read_excel
from sources.readers.refusal import RefusedError
from sources.readers.sheet import Sheet
from sources.readers.zips import check_expansion

MAX_SIZE = 512 * 1024**2
EXTENSIONS = (".xlsx", ".xls", ".csv")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def read_sheets(content: bytes) -> list[Sheet]:
    """Read a file's sheets, whatever its extension says; CSV gives one.

    Raises RefusedError with a message in Chinese when it is empty, too large, encrypted, damaged or of no known format.
    """
    if not content.strip():
        raise RefusedError("文件是空的;请重新导出后报送。")
    if len(content) > MAX_SIZE:
        raise RefusedError(f"文件超过{MAX_SIZE // 1024**2}MiB;请拆分后重新报送。")
    if content.startswith(_ZIP):
        check_expansion(content)
        return read_excel(content)
    if content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            raise RefusedError("工作簿已加密,无法读取;请取消密码后重新报送。")
        return read_excel(content)
    if content.lstrip()[:1] == b"<":
        raise RefusedError("文件其实是网页或XML,不是表格;请用Excel打开后另存为xlsx重新报送。")
    return read_delimited(content)

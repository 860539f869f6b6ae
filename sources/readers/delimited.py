"""CSV files: encodings and splitting.

Belongs here: bytes to text to cells. Does not belong here: Excel; what a cell means.
"""

from __future__ import annotations

import codecs
from operator import methodcaller

import polars as pl

from sources.readers.refusal import RefusedError
from sources.readers.sheet import Sheet

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
MAX_COLUMNS = 512


def decode(content: bytes) -> str:
    """Decode by BOM, else strict UTF-8, else GB18030 (semantics §2).

    Raises RefusedError when none fits.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strict(content.removeprefix(bom), (encoding,))
    return _strict(content, ("utf-8", "gb18030"))


def _strict(content: bytes, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError("文字编码无法识别(应为UTF-8或GB18030);请用Excel另存为“CSV UTF-8”后重新报送。")


def read_delimited(content: bytes) -> list[Sheet]:
    """Read a CSV file (comma, or tab where the head has only tabs) as one sheet; short lines are padded, blank lines kept.

    Raises RefusedError when it cannot be decoded or split.
    """
    text = decode(content)
    if "\x00" in text:
        raise RefusedError("文件不是文本文件;请另存为CSV或xlsx后重新报送。")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = text[:4096]
    separator = "\t" if "\t" in head and "," not in head else ","
    width = 1 + max(map(methodcaller("count", separator), text.split("\n")))
    if not text.strip() or width > MAX_COLUMNS:
        if width > MAX_COLUMNS:
            raise RefusedError(f"有的行超过{MAX_COLUMNS}列;请检查分隔符后重新报送。")
        return [Sheet("", 1, pl.DataFrame())]
    try:
        cells = pl.read_csv(
            text.encode(),
            has_header=False,
            separator=separator,
            schema={f"c{i}": pl.String for i in range(width)},
            truncate_ragged_lines=True,
            missing_columns="insert",
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        raise RefusedError("CSV无法分列(可能有不成对的引号);请用Excel另存为xlsx后重新报送。") from None
    return [Sheet("", 1, cells)]

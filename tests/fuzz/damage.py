"""Damage a file: its bytes, the parts of an xlsx, the records of an xls, the text of a CSV file.

Belongs here: what may be wrong with a file. Does not belong here: what becomes of it (``run``).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from random import Random

_BOF = b"\x09\x08\x10\x00\x00\x06"
_LARGEST_PART = 1 << 20
Damage = Callable[[bytes, Random], bytes]

WORDS = (
    "", " ", "-", "'", '"', '""', ",", "\t", "\n", "\r\n", "\x00", "\x1f", "\u200b", "\u202e", "\ufeff",
    "\ufffd", "\ufdfa" * 9, "１２３４", "壹佰", "〇", "𬒔", "é", "合计", "小计", "总计", "填表人:", "备注",
    "无", "NULL", "是", "√", "1/0", "TRUE", "0", "-0", "1", "-1", "1e400", "1E5", "-1e-400", "nan", "inf",
    "0x10", "1_000", "9" * 40, "0." + "1" * 60, "1,0,0", "１．５万元", "44348", "99999", "2958466",
    "1900-02-29", "2021-13-45", "0000-00-00", "9999-12-31", "2021年6月", "20210631", "10000-01-01",
    "2021-06-15 24:00:00", "4.41802E+17", "441802198006150011", "44180219800615001X", "44180219800615001Ｘ",
    "1" * 15, "x" * 18, "(万元)", "万元", "元)", "((", "[", "%s", "{0}", "\\", "=1+1", "#REF!", "<", "&",
    "&#0;", "&#x110000;", "]]>", "甲" * 40_000,
)  # fmt: skip
"""Texts that a cell, a header or an attribute may hold and that something may stumble over."""
NUMBERS = (
    "",
    "0",
    "-1",
    "1",
    "2",
    "255",
    "256",
    "65535",
    "65536",
    "1048576",
    "2147483648",
    "-2147483649",
    "9" * 25,
    "1e9",
    "x",
)
SEPARATORS = (",", "\t", ";", "|", ",", " ")
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "gb18030",
    "big5",
    "shift_jis",
    "latin-1",
)
ENDS = ("\n", "\r\n", "\r", "\n\n", "\v", "\x85", "\u2028", "\n\r")


def damaged(content: bytes, other: bytes, random: Random) -> bytes:
    """Damage a file in up to four ways; ``other`` is another file, of which pieces may get into it."""
    kinds = list(_kinds(content))
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        content = random.choice(kinds)(content, random)
    return _spliced(content, other, random) if random.random() < 0.03 else content


def _kinds(content: bytes) -> Sequence[Damage]:
    if content.startswith(b"PK"):
        return (_bytes, *[_package] * 6)
    if content.startswith(b"\xd0\xcf"):
        return (_bytes, *[_records] * 5)
    if content.startswith(b"PAR1"):
        return (_bytes, _footer)
    return (_bytes, *[_text] * 8)


def _spot(random: Random, length: int) -> tuple[int, int]:
    start = random.randrange(length + 1)
    return start, min(length, start + random.choice((1, 1, 2, 4, 8, 64, 512, length)))


def _bytes(content: bytes, random: Random) -> bytes:
    """Flip, remove, repeat, overwrite, insert or cut off bytes."""
    start, end = _spot(random, len(content))
    piece = content[start:end]
    return random.choice(
        (
            lambda: content[:start] + bytes(b ^ (1 << random.randrange(8)) for b in piece[:4]) + content[start + 4 :],
            lambda: content[:start] + content[end:],
            lambda: content[:end] + piece * random.choice((1, 2, 20)) + content[end:],
            lambda: content[:start] + bytes([random.choice((0, 1, 127, 128, 255))]) * len(piece) + content[end:],
            lambda: content[:start] + random.randbytes(random.choice((1, 4, 40))) + content[start:],
            lambda: content[:start],
        )
    )()


def _spliced(content: bytes, other: bytes, random: Random) -> bytes:
    """Put a piece of another file into this one."""
    start, end = _spot(random, len(other))
    at = random.randrange(len(content) + 1)
    return content[:at] + other[start:end] + content[at:]


def _package(content: bytes, random: Random) -> bytes:
    """Damage one part of a zip, or its name, or leave it out; the package itself stays well formed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {m.filename: archive.read(m) for m in archive.infolist() if m.file_size <= _LARGEST_PART}
    except Exception:
        return _bytes(content, random)
    if not parts:
        return _bytes(content, random)
    name = random.choice(sorted(parts))
    part = parts.pop(name)
    how = random.random()
    if how < 0.04:
        part = b""
    elif how < 0.08:
        name = random.choice((name.upper(), f"/{name}", name.replace("/", "\\"), f"../{name}", "xl/workbook.xml"))
    elif how > 0.12:
        part = _xml(part, random)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", random.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for each, data in (parts if 0.08 <= how <= 0.12 else parts | {name: part}).items():
            archive.writestr(each, data)
    return out.getvalue()


def _xml(part: bytes, random: Random) -> bytes:
    """Damage XML: an attribute, a text, an element or the declaration; sometimes its bytes."""
    text = part.decode("utf-8", "replace")
    pattern = random.choice(
        (r'="([^"]*)"', r">([^<>]+)<", r"(<[^<>]+>)", r'r="([A-Z]+[0-9]+)"', r'\bt="(\w+)"', r'ref="([^"]*)"')
    )
    spots = list(re.finditer(pattern, text))
    if not spots or random.random() < 0.1:
        return _bytes(part, random)
    for spot in sorted(random.sample(spots, min(len(spots), random.choice((1, 1, 3, 30)))), key=lambda s: -s.start()):
        old = spot[1]
        new = random.choice(
            (*WORDS, *NUMBERS, *NUMBERS, old * 2, old[:-1], old[::-1], random.choice(spots)[1], _reference(random))
        )
        text = text[: spot.start(1)] + new + text[spot.end(1) :]
    return text.encode(
        random.choice(("utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "utf-8", "utf-16", "gb18030")), "replace"
    )


def _reference(random: Random) -> str:
    """Make a cell reference or a range, near or far."""
    cell = random.choice(("A", "C", "Z", "AB", "SR", "XFD", "ZZZZ", "")) + random.choice(NUMBERS)
    return random.choice((cell, f"A1:{cell}", f"{cell}:A1", cell.lower(), f"${cell}"))


def _records(content: bytes, random: Random) -> bytes:
    """Damage the records of an xls: type, length, content, order, number."""
    start = content.find(_BOF)
    spots, at = [], start
    while 0 <= at <= len(content) - 4 and len(spots) < 50_000:
        length = int.from_bytes(content[at + 2 : at + 4], "little")
        spots.append((at, at + 4 + length))
        at += 4 + length
    if start < 0 or not spots or random.random() < 0.1:
        return _bytes(content, random)
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8))):
        begin, end = random.choice(spots)
        other, other_end = random.choice(spots)
        how = random.randrange(7)
        if how == 0:
            data[begin : begin + 2] = data[other : other + 2]
        elif how == 1:
            length = random.choice((0, 1, 8224, 65535, (end - begin - 4) ^ 1))
            data[begin + 2 : begin + 4] = length.to_bytes(2, "little")
        elif how == 2 and end - begin > 4:
            at = random.randrange(begin + 4, end)
            data[at : at + 1] = bytes([random.choice((0, 1, 127, 128, 255, random.randrange(256)))])
        elif how == 3:
            data[begin + 4 : end] = random.choice((b"\x00", b"\xff")) * (end - begin - 4)
        elif how == 4:
            size = min(end - begin, other_end - other)
            data[begin : begin + size] = data[other : other + size]
        elif how == 5 and end - begin >= 10:
            data[begin + 4 : begin + 8] = random.choice(
                (b"\xff\xff\x00\x00", b"\x00\x00\xff\x00", b"\xff\xff\xff\xff", random.randbytes(4))
            )
        else:
            data[begin + 4 : end] = random.randbytes(end - begin - 4)
    return bytes(data)


def _footer(content: bytes, random: Random) -> bytes:
    """Damage the footer of a Parquet file, and its length or not."""
    length = int.from_bytes(content[-8:-4], "little")
    body, footer, tail = content[: -8 - length], content[-8 - length : -8], content[-8:]
    footer = _bytes(footer, random)
    return body + footer + (tail if random.random() < 0.3 else len(footer).to_bytes(4, "little") + b"PAR1")


def _text(content: bytes, random: Random) -> bytes:
    """Damage a CSV file: cells, separators, quotes, line ends, lines, the encoding."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text, encoding = content.decode("gb18030", "replace"), "gb18030"
    text = random.choice((_cells, _cells, _cells, _lines, _separators, _quotes, _ends))(text, random)
    if random.random() < 0.2:
        encoding = random.choice(ENCODINGS)
    return text.encode(encoding, random.choice(("replace", "ignore", "xmlcharrefreplace")))


def _cells(text: str, random: Random) -> str:
    """Replace cells, or a whole column below the header."""
    lines = text.split("\n")
    separator = "\t" if text.count("\t") > text.count(",") else ","
    column = random.randrange(max(1, lines[len(lines) // 2].count(separator) + 1))
    word = random.choice(WORDS)
    is_column = random.random() < 0.4
    for number in range(len(lines)) if is_column else random.choices(range(len(lines)), k=random.choice((1, 3, 20))):
        cells = lines[number].split(separator)
        if is_column and (column >= len(cells) or number < 2):
            continue
        cells[column if is_column else random.randrange(len(cells))] = word if is_column else random.choice(WORDS)
        lines[number] = separator.join(cells)
    return "\n".join(lines)


def _lines(text: str, random: Random) -> str:
    """Repeat, remove, swap, empty, lengthen or shorten lines."""
    lines = text.split("\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    how = random.randrange(6)
    if how == 0:
        lines[at:at] = [lines[other]] * random.choice((1, 2, 500))
    elif how == 1:
        del lines[at : at + random.choice((1, 2, 20))]
    elif how == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif how == 3:
        lines[at] += "," * random.choice((1, 5, 511, 512, 20_000)) + random.choice(("", "x"))
    elif how == 4:
        lines[at] = lines[at][: len(lines[at]) // 2]
    else:
        lines[at] = random.choice(WORDS)
    return "\n".join(lines)


def _separators(text: str, random: Random) -> str:
    old = random.choice(",\t")
    return text.replace(old, random.choice(SEPARATORS), random.choice((-1, 1, 30)))


def _quotes(text: str, random: Random) -> str:
    """Put quotes where they belong or not, one or many."""
    at = sorted(random.choices(range(len(text) + 1), k=random.choice((1, 1, 2, 3, 50))), reverse=True)
    for position in at:
        text = text[:position] + random.choice(('"', '"', '""', "'", "“", '",', ',"', '"\n')) + text[position:]
    return text


def _ends(text: str, random: Random) -> str:
    return text.replace("\r\n", "\n").replace("\n", random.choice(ENDS), random.choice((-1, -1, 1, 9)))

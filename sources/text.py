"""Normalise, mask and decode text that people typed.

Belongs here: functions on strings, used by headers, cells and file names alike.
Does not belong here: series of strings (``text_series``, which imports polars), interpreting cells (``conforming``).
"""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from contextlib import suppress

from sources.characters import SAME, UNSEEN
from sources.personal_numbers import hide_numbers
from sources.refusal import EXPORT_ANEW, RefusedError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DAMAGED_CHARACTER = "\ufffd"
"""Unicode's sign for bytes that are no character: a program cut one in half when it exported the text."""
_BLANKS = re.compile(rf"[\s{UNSEEN}\x1c-\x1f\x85]+")
_SAME = str.maketrans(SAME)
_UNSEEN = re.compile(f"[{UNSEEN}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SOUND = re.compile(f"[^\x00-\x7f{DAMAGED_CHARACTER}]")
_DAMAGED = re.compile(f"{DAMAGED_CHARACTER}+")
_HEAD = 1 << 16


def plain(text: str) -> str:
    """Normalise to NFKC and to one form of what looks the same, and remove all white space and unseen characters."""
    seen = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    return seen if seen.isascii() else unicodedata.normalize("NFKC", seen.translate(_SAME))


def one_line(text: str) -> str:
    """Put a text on one line, without signs that would style or reorder the line, or that no encoding can write."""
    text = _UNSEEN.sub("", _CONTROL.sub(" ", text))
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str) -> str:
    """Keep the lines of a text, each as ``one_line``."""
    return "\n".join(map(one_line, text.splitlines()))


def masked(text: str) -> str:
    """Mask ids, certificates, phones and accounts and put the text on one line, so that logs and marts may show it.

    Times, dates and amounts stay. Names are masked elsewhere (``privacy.people``).
    """
    return hide_numbers(one_line(unicodedata.normalize("NFKC", text)))


def file_name_text(name: str) -> str:
    """Turn a file name into valid text: bytes that are not UTF-8 (a share with GB18030 names) are read as GB18030."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def decode(content: bytes, allow_damage: bool = False) -> str:
    """Decode by BOM, otherwise as strict UTF-8, otherwise as GB18030 (semantics §2).

    With ``allow_damage``, a few characters may be cut; each becomes ``DAMAGED_CHARACTER``. Raises RefusedError if no
    encoding fits.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decoded(content.removeprefix(bom), (encoding,), allow_damage)
    return _decoded(content, ("utf-8", "gb18030"), allow_damage)


def _decoded(content: bytes, encodings: tuple[str, ...], allow_damage: bool) -> str:
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
        # Damaged UTF-8 may also be GB18030 without an error, but other characters. The head tells at little cost.
        if allow_damage and _is_mostly_sound(content[:_HEAD].decode(encoding, "replace")):
            text = content.decode(encoding, "replace")
            if _is_mostly_sound(text):
                return text
    raise RefusedError(f"文字编码无法识别(应为UTF-8或GB18030)。{EXPORT_ANEW}")


def _is_mostly_sound(text: str) -> bool:
    """Check whether few characters are damaged: in the wrong encoding most of those outside ASCII are."""
    damaged, sound = _DAMAGED.findall(text), _SOUND.findall(text)
    most = max(3, text.count("\n") // 20)
    return 20 * sum(map(len, damaged)) <= len(sound) and len(damaged) <= most

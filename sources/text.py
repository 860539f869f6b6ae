"""Text as people type it: normal form, blanks, and what must be masked before it is shown.

Belongs here: functions on strings and on polars string series, used by headers, cells and file names alike.
Does not belong here: what a cell means (``conform``).
"""

from __future__ import annotations

import codecs
import os
import re
import unicodedata

import polars as pl

from sources.refusal import RefusedError

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
ZERO_WIDTH = "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u180e"
_BLANKS = re.compile(rf"[\s\x1c-\x1f\x85{ZERO_WIDTH}]+")
_BLANKS_PL = rf"[\s\x{{85}}\x{{1c}}-\x{{1f}}{ZERO_WIDTH}]+"
_NOT_PLAIN_YET = "[^!-~\u4e00-\u9fff]"
"""ASCII and Chinese characters are their own normal form."""
_GROUPED = (
    r"1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}"
    r"|[0-9]{6}[ -](?:18|19|20)[0-9]{6}[ -][0-9]{3}[0-9Xx]"
    r"|[0-9]{4}(?: [0-9]{4}){3}(?: [0-9]{1,4})?"
)
"""Phones, ids and cards as people write them in groups."""
_TIME_STAMP = (
    r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?(?![0-9Xx])"
)
"""Date and time down to minutes or seconds, as programs put them into file names: 12 or 14 digits, neither an id nor a
phone."""
ID_LIKE = rf"(?<![0-9])(?:{_GROUPED})(?![0-9Xx])|(?<![0-9])(?!{_TIME_STAMP})[0-9]{{11,}}[Xx]?"
"""What may be an id, a certificate, a phone or an account."""
_ID_LIKE = re.compile(ID_LIKE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SAMPLE = 1000
HIDDEN = "***"
"""What stands for an identity that was taken out of a text."""


def plain(text: str) -> str:
    """NFKC (full-width forms and brackets become half-width), without any white space or zero-width character."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def repeats_itself(texts: pl.Series) -> bool:
    """True where working on the distinct texts pays: a sample of the series holds at least every text twice."""
    sample = texts.gather_every(max(1, len(texts) // _SAMPLE))
    return 2 * sample.n_unique() <= len(sample)


def plain_series(texts: pl.Series) -> pl.Series:
    """``plain`` for a string series; a leading apostrophe falls off; empty text becomes null."""
    if repeats_itself(texts):
        distinct = texts.unique()
        forms = pl.DataFrame({"text": distinct, "plain": _plain_forms(distinct)})
        joined = texts.to_frame("text").join(forms, on="text", how="left", nulls_equal=True, maintain_order="left")
        return joined["plain"].rename(texts.name)
    return _plain_forms(texts)


def _plain_forms(texts: pl.Series) -> pl.Series:
    is_plain_yet = ~texts.str.contains(_NOT_PLAIN_YET).fill_null(False)
    if not is_plain_yet.all():
        others = texts.filter(~is_plain_yet).str.normalize("NFKC").str.replace_all(_BLANKS_PL, "")
        texts = texts.clone().scatter((~is_plain_yet).arg_true(), others)
    return texts.str.strip_prefix("'").replace("", None)


def masked(text: str) -> str:
    """``text`` with ids, certificates, phones and accounts replaced, on one line: fit for logs and marts.

    Time stamps stay. What names people is not known here (``known``).
    """
    return _ID_LIKE.sub(HIDDEN, _CONTROL.sub(" ", unicodedata.normalize("NFKC", text)))


def file_name_text(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 (a share that speaks GB18030) are decoded as GB18030."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


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

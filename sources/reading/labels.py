"""Match one header text to a column of the contract: synonyms, marks, notes about filling in, units (semantics §2).

Belongs here: what one text says. Does not belong here: the rows and columns of a header (``header``), the words of
notes (``remarks``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sources.contracts.model import Column, Dataset
from sources.reading.remarks import BRACKETS, is_obligation, note_or_unit
from sources.text import plain

MAX_LENGTH = 80
"""Longest header text with remarks, in characters."""
_MARKS = "*★☆※△▲▼●○■□◆◇#√☑✓↓:;!。.\"'"
"""Signs that people put before or behind a name."""
_SEPARATORS = _MARKS + "/,、_|·—–-"
_FRONT = rf"(?:[{_MARKS}、)_-]|\([^()]*\)|[必选][填选]项?|(?<![0-9])[0-9]{{1,2}}(?![0-9]))*"
"""Signs, brackets and numbers; each text splits into them in one way only, so that matching takes linear time."""
_PIECES = re.compile(r"\(([^()]*)\)?|([^()]+)")
_UNIT_IN_HEAD = re.compile(
    r"(.*?)(?:\(([^()]*)\)?|[/:,、_|—–-]*((?:计量)?单位[:为]?[十百千万亿]*(?:元|万人|公里|米).*|[十百千万亿]*元(?:/.*)?))"
)

_MAY_HAVE_UNIT = re.compile("[([【〔{<《“「『元里米人]")
"""Signs of which a head with a unit has one; few cells of data have any."""


@dataclass(frozen=True)
class Label:
    """The contract column that a header text names, and the unit in its brackets."""

    column: Column
    unit: str | None = None
    is_sure: bool = True
    """False if a remark is neither a note nor a unit: the column may hold something else, such as last year's sums."""


@lru_cache(maxsize=64)
def names_of(dataset: Dataset) -> dict[str, Column]:
    """Map plain header texts to columns; a label takes precedence over another column's synonym."""
    synonyms = {plain(s): c for c in dataset.columns for s in c.headers[1:]}
    return {**synonyms, **{plain(c.label): c for c in dataset.columns}}


@lru_cache(maxsize=64)
def _forms(dataset: Dataset) -> tuple[dict[str, Column], re.Pattern[str]]:
    """Give the names, and the form of a text that holds the longest one with remarks in front and behind."""
    names = names_of(dataset)
    longest_first = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return names, re.compile(rf"({_FRONT})({longest_first})(.*)")


@lru_cache(maxsize=64)
def _ends(dataset: Dataset) -> re.Pattern[str]:
    """Match a text with the last letter of a name: all that hold a name, and few cells of data."""
    letters = {next((sign for sign in reversed(name) if sign.isalnum()), "") for name in names_of(dataset)}
    return re.compile("" if "" in letters else f"[{''.join(sorted(letters))}]")


def may_name(text: str, dataset: Dataset) -> bool:
    """Check whether a text, or one with fewer letters, may name a column (``label_of``), at little cost."""
    return _ends(dataset).search(text) is not None


def label_of(text: str, dataset: Dataset) -> Label | None:
    """Match a plain header text to a column: the whole text first, then a name with remarks in front of or behind it.

    Returns None if nothing matches, and if a remark is neither a mark nor a note about filling in. In a column with a
    unit any other remark in brackets counts as the unit, which then converts into no other one.
    """
    if not text or not may_name(text, dataset):
        return None
    names, form = _forms(dataset)
    if text in names:
        return Label(names[text])
    if len(text) > MAX_LENGTH:
        return None
    text = text.translate(BRACKETS)
    if text.startswith("(") and text.endswith(")") and text[1:-1] in names:
        return Label(names[text[1:-1]])
    found = form.fullmatch(text)
    if found is None:
        return None
    column = names[found[2]]
    remarks = _remarks(found[1], found[3])
    return None if remarks is None else _with_remarks(column, remarks, dataset)


def _remarks(front: str, behind: str) -> list[tuple[str, bool]] | None:
    """List the remarks around a name, and whether each is in brackets; None if an opening bracket is empty."""
    remarks = []
    for part in (re.sub(r"\([0-9]{1,2}\)|[0-9]", "", front), behind):
        for m in _PIECES.finditer(part):
            if m[1] is not None and not m[1].strip(_SEPARATORS):
                if not m[1]:
                    return None
                continue
            if text := m[1] or m[2].strip(_SEPARATORS):
                remarks.append((text, m[1] is not None))
    return remarks


def _with_remarks(column: Column, remarks: list[tuple[str, bool]], dataset: Dataset) -> Label | None:
    units, unknown = [], []
    for text, is_bracket in remarks:
        if not is_bracket and is_obligation(text):
            continue
        found = note_or_unit(text, column, dataset.counted)
        if found is None or (not is_bracket and not re.search("元|公里|米|人", text)):
            unknown.append(text)
            if not is_bracket:
                return None
        elif found:
            units.append(found)
    if unknown and not column.unit:
        return None
    unit = "、".join(dict.fromkeys([*units, *unknown])) or None
    return Label(column, unit, not unknown)


def unit_below(text: str, column: Column, dataset: Dataset) -> str | None:
    """Return the unit that a text below or above a header names for a column; None if it names none."""
    if len(text) > MAX_LENGTH:
        return None
    text = text.translate(BRACKETS).strip(f"(){_SEPARATORS}")
    found = note_or_unit(text, column, dataset.counted) if text and column.unit else ""
    if found is None:
        return text if re.search("元|[上去前]年|月均|人均", text) else None
    return found or None


def split_head(text: str) -> tuple[str, str]:
    """Split the text of a group head into its name and the remark behind it, which may name a unit: 收入(万元)."""
    if len(text) > MAX_LENGTH or not _MAY_HAVE_UNIT.search(text):
        return text, ""
    found = _UNIT_IN_HEAD.fullmatch(text.translate(BRACKETS))
    return (found[1], found[2] or found[3] or "") if found else (text, "")


@lru_cache(maxsize=64)
def usual_texts(dataset: Dataset) -> list[str]:
    """List the plain header texts of a dataset as most people write them: bare, with a mark, a note or a unit."""
    texts = set(names_of(dataset))
    for name, column in names_of(dataset).items():
        units = ("元", "万元", "千元", column.unit) if column.unit else ()
        texts |= {f"*{name}", f"{name}*", f"{name}(必填)", f"{name}(选填)"}
        texts |= {form for unit in units for form in (f"{name}({unit})", f"{name}(单位:{unit})", f"{name}/{unit}")}
    return sorted(texts)

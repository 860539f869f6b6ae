"""Read the definition's list of new tables and columns (``tables.md``).

Belongs here: its notation. Does not belong here: the contracts that follow from it.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from tests.oracle.columns import Column, Dataset, RowRule

TEXT = Path(__file__).with_name("tables.md")
LATEST = date(2100, 12, 31)
KINDS = {"text": "text", "int": "integer", "num": "number", "date": "date", "month": "month", "yn": "yes_or_no",
         "list": "list", "town": "town", "village": "village", "name": "text", "id": "resident_id"}  # fmt: skip
SEMANTICS = {"town": "town_name", "village": "village_name", "name": "person_name", "id": "resident_id"}
COLUMN = re.compile(r"`(\w+)` (?:([^\s‹`]+)‹([^›]+)› )?(text|int|num|date|month|yn|list|town|village|name|id)([!?])")
SHARED = {"PLACE!": ("town_name town!", "village_name village!"),
          "HEAD!": ("head_name name!", "head_resident_id id!"),
          "PERSON!": ("person_name name!", "resident_id id!")}  # fmt: skip


def _flat() -> str:
    text = re.sub(r"\n  ", " ", TEXT.read_text("utf-8"))
    for word, columns in SHARED.items():
        text = text.replace(word, "; ".join("`{}` {}".format(*c.split(" ")) for c in columns))
    return text


def _rules(rest: str) -> tuple[RowRule, ...]:
    found = [RowRule("not_before", name) for name in re.findall(r"≥(\w+)", rest)]
    found += [RowRule("not_above", name) for name in re.findall(r"≤([a-z]\w+)", rest)]
    return (*found, *(RowRule("when", name, value) for name, value in re.findall(r"when\((\w+)=([^)]+)\)", rest)))


def _column(match: re.Match[str], rest: str) -> Column:
    name, label, synonyms, kind, mark = match.groups()
    values = re.search(r"\{([^}]+)\}", rest) if kind == "list" else None
    unit, bounds = re.search(r"\[([^\]]+)\]", rest), re.search(r"(\d+)\.\.(\d+)", rest)
    most = re.search(r"≤ (\d+)", rest)
    low, high = (Decimal(bounds[1]), Decimal(bounds[2])) if bounds else (None, Decimal(most[1]) if most else None)
    return Column(
        name=name,
        kind=KINDS[kind],
        semantic=SEMANTICS.get(kind),
        required=mark == "!",
        headers=(label, *synonyms.split("|")) if label else (),
        values=tuple(values[1].split("|")) if values else (),
        unit=unit[1] if unit else None,
        minimum=low if bounds else Decimal(0) if kind in ("int", "num") else None,
        maximum=high,
        latest=LATEST if re.search(r"\bfut\b", rest) else None,
        rules=_rules(rest),
    )


def _columns(body: str) -> tuple[Column, ...]:
    matches = list(COLUMN.finditer(body))
    ends = [m.start() for m in matches[1:]] + [len(body)]
    return tuple(_column(m, body[m.end() : end]) for m, end in zip(matches, ends, strict=True))


def _as_above(name: str, columns: tuple[Column, ...], edge: Dataset | None) -> tuple[Column, ...]:
    """The columns that the text names by reference to another table."""
    if name == "low_income_edge":
        place = next(n for n, c in enumerate(columns) if c.name == "recognised_on")
        relation = Column("relation_to_head", "text", None, False, (), (), None, None, None)
        return (*columns[:place], relation, *columns[place:])
    if name == "rigid_expense_households" and edge:
        return (*edge.columns[:-1], *columns, edge.columns[-1])
    return (*columns, edge.columns[-1]) if name == "unsupported_children" and edge else columns


@cache
def new_tables() -> dict[str, Dataset]:
    """The nine new tables by name; columns that other tables have too are without headers here."""
    found: dict[str, Dataset] = {}
    heads = re.compile(r"- \*\*(\w+)\*\* (\S+), (\w+), keywords? ([^;]+); (.*)")
    for name, label, department, keywords, body in heads.findall(_flat()):
        cadence, mode = re.match(r"(\w+) (\w+)", body).groups() if body[:4] != "else" else ("monthly", "snapshot")
        columns = _as_above(name, _columns(body), found.get("low_income_edge"))
        keyed = re.findall(r"`(\w+)`[^`]*? K\b", body) or ["resident_id"]
        found[name] = Dataset(
            department=department,
            name=name,
            keywords=(*keywords.split(", "), label),
            cadence=cadence,
            is_core=False,
            is_snapshot=mode == "snapshot",
            may_be_empty="may be empty" in body or body.startswith("else"),
            columns=columns,
            key=tuple(keyed),
            is_expected_from_first=True,
            is_late_only_taken="lateRowsOnly" in body,
        )
    return found


@cache
def new_columns() -> dict[str, tuple[Column, ...]]:
    """The optional columns that tables of before gain, by table."""
    lines = re.findall(r"- \*\*(\w+)\*\*: (.*)", _flat())
    return {name: _columns(body) for name, body in lines}

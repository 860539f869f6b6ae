"""Choose and spoil rows, as clerks do by mistake.

Belongs here: wrong cells, duplicate rows, duplicate keys, and their count, so that a test can expect them. A regular
delivery passes the gate: about one row in a hundred is wrong, at most one below a hundred rows, none below twenty.
Planted rows are never spoiled.
Does not belong here: unusual but correct cells (``cells``).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample.clerks.cells import NUMBER, TEXT, Cells
from sample.clerks.style import Style
from sources.contracts.model import Column, Dataset

_CHANGEABLE = ("list", "date", "number")
_ONE_IN, _TWICE_ONE_IN, _KEY_ONE_IN, _FEWEST = 100, 200, 300, 20
_WRONG_CHECK = {"X": "0", **{str(d): "X" if d == 9 else str(d + 1) for d in range(10)}}


@dataclass(frozen=True)
class Mistake:
    """A mistake in a column: the error code that must be found, and the text and form of the wrong cell."""

    column: str
    code: str
    is_required: bool
    text: Callable[[pl.Expr], pl.Expr]
    form: int = TEXT


def _constant(text: str | None) -> Callable[[pl.Expr], pl.Expr]:
    return lambda _: pl.lit(text, dtype=pl.String)


def _id_mistakes(column: Column) -> list[tuple[str, Callable[[pl.Expr], pl.Expr], int]]:
    return [
        ("id_check_digit", lambda t: t.str.slice(0, 17) + t.str.slice(17, 1).replace(_WRONG_CHECK), TEXT),
        ("id_stored_as_number", lambda t: t.str.replace("X$", "0"), NUMBER),
        ("id_length", lambda t: t.str.slice(0, 17), TEXT),
        ("id_placeholder", _constant("1" * 18), TEXT),
        ("id_birth_date", lambda t: t.str.slice(0, 10) + "1332" + t.str.slice(14), TEXT),
    ]


def _mistakes(column: Column) -> list[tuple[str, Callable[[pl.Expr], pl.Expr], int]]:
    if column.kind == "resident_id":
        return _id_mistakes(column)
    wrong: dict[str, list[tuple[str, Callable[[pl.Expr], pl.Expr], int]]] = {
        "certificate": [("certificate_invalid", lambda t: t.str.slice(0, 19), TEXT)],
        "date": [
            ("date_invalid", _constant("2021-02-30"), TEXT),
            ("date_incomplete", _constant("2021年3月"), TEXT),
            ("date_out_of_range", _constant("1899-05-20"), TEXT),
        ],
        "month": [("month_invalid", _constant("去年"), TEXT)],
        "number": [("number_invalid", _constant("见附件"), TEXT)],
        "integer": [("number_invalid", _constant("若干"), TEXT)],
        "yes_or_no": [("not_yes_or_no", _constant("待定"), TEXT)],
        "list": [("not_in_list", _constant("待核实"), TEXT)],
        "village": [("division_unknown", _constant("不详村"), TEXT)],
    }
    found = wrong.get(column.kind, [])
    if column.minimum == 0 and column.kind == "number":
        found = [*found, ("out_of_range", lambda t: "-9" + t.str.replace_all(r"[^0-9]", ""), TEXT)]
    return (
        [*found, ("required_missing", _constant(None), TEXT)]
        if column.required and column.kind in ("text", "list")
        else found
    )


def mistakes_of(dataset: Dataset, columns: Sequence[str], styles: Sequence[Style]) -> list[Mistake]:
    """List the mistakes that are possible in a table, in an order that depends on the dataset.

    Cells merged over a household and figures under a printed total stay correct.
    """
    merged = {name for style in styles for name in style.merged}
    is_summed = any(style.total or style.subtotal_by for style in styles)
    found = [
        Mistake(c.name, code, c.required, text, form)
        for c in dataset.columns
        if c.name in columns and c.name not in merged and not (is_summed and c.kind in ("number", "integer"))
        for code, text, form in _mistakes(c)
    ]
    order = np.random.default_rng(zlib.crc32(dataset.name.encode())).permutation(len(found))
    return [found[i] for i in order]


def marked(frame: pl.DataFrame, dataset: Dataset, mistakes: Sequence[Mistake], styles: Sequence[Style]) -> pl.DataFrame:
    """Mark the rows to spoil by ``_luck``, so that the same people are spoiled in every month.

    ``_mistake`` is the position in ``mistakes`` or null. A duplicate row follows the original, with ``_twin`` "same",
    or "other" if a value outside the key differs.
    """
    frame = frame.with_columns(_twin=pl.lit(None, pl.String), _mistake=pl.lit(None, pl.Int64))
    size = frame.height
    if size < _FEWEST or not mistakes:
        return frame
    turn = zlib.crc32(dataset.name.encode()) % 997 + 3
    luck = pl.when(pl.col("_kept")).then(None).otherwise(pl.col("_luck") * turn % 1)
    order = frame.select(luck.rank("ordinal")).to_series() - 1
    wrong, same, other = max(1, size // _ONE_IN), size // _TWICE_ONE_IN, size // _KEY_ONE_IN
    frame = frame.with_columns(
        _mistake=pl.when(order < wrong).then(order % len(mistakes)).cast(pl.Int64),
        _twice=pl.when(order.is_between(wrong, wrong + same - 1)).then(pl.lit("same"))
        .when(order.is_between(wrong + same, wrong + same + other - 1)).then(pl.lit("other")),
    )  # fmt: skip
    times = 1 + frame["_twice"].is_not_null().to_numpy().astype(np.int64)
    rows = np.repeat(np.arange(size), times)
    is_second = pl.Series(np.diff(rows, prepend=-1) == 0)
    both = frame[rows].with_columns(_twin=pl.when(is_second).then("_twice")).drop("_twice")
    # Keep the columns that decide the file: the second row must be in the same file as the first.
    touched = {mistake.column for mistake in mistakes} - {
        n for s in styles if s.rows is not None for n in s.rows.meta.root_names()
    }
    return _with_other_values(
        both, [c for c in dataset.columns if c.required and c.key_position is None and c.name in touched]
    )


def _with_other_values(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Change one value outside the key in the rows with ``_twin`` "other", preferably in a list column."""
    changeable = (c for c in columns if c.kind in _CHANGEABLE and (not c.scheme or len(_words(c, frame)) > 1))
    free = sorted(changeable, key=lambda c: _CHANGEABLE.index(c.kind))
    if not free:
        return frame.filter(pl.col("_twin").ne_missing("other"))
    column = free[0]
    value, words = pl.col(column.name), _words(column, frame)
    changed = {
        "list": lambda: value.replace(dict(zip(words, (*words[1:], *words[:1]), strict=True))),
        "date": lambda: value - pl.duration(days=1),
        "number": lambda: pl.when(value >= 100).then(value - 100).otherwise(value + 100),
    }[column.kind]()
    return frame.with_columns(pl.when(pl.col("_twin") == "other").then(changed).otherwise(value).alias(column.name))


def _words(column: Column, frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the words of a list; of one whose words depend on the month, those in use."""
    return tuple(w for w in column.values if not column.scheme or w in frame[column.name])


def apply_mistakes(cells: Cells, frame: pl.DataFrame, mistakes: Sequence[Mistake]) -> Cells:
    """Apply the mistakes marked in the frame to its cells."""
    texts, forms = cells.texts, cells.forms
    for number, mistake in enumerate(mistakes):
        chosen = frame["_mistake"] == number
        if not chosen.any():
            continue
        # Start from the true value: the cell may already have an unusual form.
        own = frame[mistake.column] if frame.schema[mistake.column] == pl.String else texts[mistake.column]
        wrong = pl.DataFrame({"t": own}).select(mistake.text(pl.col("t"))).to_series()
        wrong = wrong.extend_constant(wrong[0], frame.height - 1) if len(wrong) == 1 and frame.height > 1 else wrong
        name = mistake.column
        texts = texts.with_columns(pl.when(chosen).then(wrong).otherwise(pl.col(name)).alias(name))
        forms = forms.with_columns(
            pl.when(chosen).then(pl.lit(mistake.form)).otherwise(pl.col(name)).cast(pl.UInt8).alias(name)
        )
    return Cells(texts, forms)

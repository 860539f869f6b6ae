"""Type values into cells, in the forms that clerks use.

Belongs here: the forms of a correct cell, one function per kind of column. Does not belong here: wrong cells
(``spoil``), rows and sheets (``sheets``).

A cell has a text and a form: ``TEXT``, ``NUMBER`` (an Excel number) or ``DATE`` (an Excel date; the text is its serial
number).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample.clerks.figures import decimal_text, full_width, power_between, with_separators
from sample.clerks.style import Style
from sources.contracts.model import Column, Dataset

TEXT, NUMBER, DATE = 0, 1, 2
_EXCEPTIONS = 0.04
"""Share of the cells that are not written in the usual form."""
_FILLERS = ("-", "—", "/", "无")
_EPOCH = pl.date(1899, 12, 30)


@dataclass(frozen=True)
class Cells:
    """Texts (String) and forms (UInt8) of cells, under contract column names."""

    texts: pl.DataFrame
    forms: pl.DataFrame


@dataclass(frozen=True)
class Hand:
    """The hand of a clerk: the style, the random generator, and the names of places in the month."""

    style: Style
    rng: np.random.Generator
    places: pl.DataFrame

    def choice(self, options: int, size: int, exceptions: float | None = None) -> pl.Series:
        """Draw an option per cell: evenly, or the first one except for a share of ``exceptions``."""
        if exceptions is None or options == 1:
            return pl.Series(self.rng.integers(0, options, size))
        rest = exceptions / (options - 1)
        return pl.Series(self.rng.choice(options, size, p=[1 - exceptions, *[rest] * (options - 1)]))


TypedCell = tuple[pl.Expr, pl.Expr]


def _choose(options: Sequence[TypedCell], choice: pl.Series) -> TypedCell:
    """Choose one of several forms, cell by cell."""
    text, form = options[0]
    for number, (other, other_form) in enumerate(options[1:], start=1):
        picked = pl.lit(choice) == number
        text, form = pl.when(picked).then(other).otherwise(text), pl.when(picked).then(other_form).otherwise(form)
    return text, form


def _dates(column: Column, hand: Hand, size: int) -> TypedCell:
    day = pl.col(column.name)
    serial = (day - _EPOCH).dt.total_days().cast(pl.String)
    forms: dict[str, TypedCell] = {
        "iso": (day.dt.strftime("%Y-%m-%d"), pl.lit(TEXT)),
        "slash": (day.dt.strftime("%Y/%-m/%-d"), pl.lit(TEXT)),
        "dot": (day.dt.strftime("%Y.%-m.%-d"), pl.lit(TEXT)),
        "chinese": (day.dt.strftime("%Y年%-m月%-d日"), pl.lit(TEXT)),
        "compact": (day.dt.strftime("%Y%m%d"), pl.lit(TEXT)),
        "midnight": (day.dt.strftime("%Y-%m-%d 00:00:00"), pl.lit(TEXT)),
        "cell": (serial, pl.lit(DATE)),
        "serial": (serial, pl.lit(NUMBER)),
        "serial_text": (serial, pl.lit(TEXT)),
    }
    options = [forms[name] for name in hand.style.dates]
    return _choose(options, hand.choice(len(options), size))


def _months(column: Column, hand: Hand, size: int) -> TypedCell:
    year, month = pl.col(column.name).str.slice(0, 4), pl.col(column.name).str.slice(5, 2)
    short = month.str.strip_chars_start("0")
    forms = {
        "dash": year + "-" + month,
        "dot": year + "." + short,
        "compact": year + month,
        "chinese": year + "年" + short + "月",
        "day": year + "-" + month + "-01",
    }
    options = [(forms[name], pl.lit(TEXT)) for name in hand.style.months]
    return _choose(options, hand.choice(len(options), size))


def _numbers(column: Column, hand: Hand, size: int) -> TypedCell:
    written = hand.style.units.get(column.name, column.unit)
    power = power_between(column.unit, written)
    decimals = (2 if column.kind == "number" else 0) - power
    text = decimal_text(pl.col(column.name), decimals)
    forms: dict[str, TypedCell] = {
        "cell": (text, pl.lit(NUMBER)),
        "plain": (text, pl.lit(TEXT)),
        "thousands": (with_separators(text), pl.lit(TEXT)),
        "wide": (full_width(text), pl.lit(TEXT)),
        "unit": (text + (written or ""), pl.lit(TEXT)),
    }
    options = [forms[name] for name in hand.style.numbers]
    return _choose(options, hand.choice(len(options), size, _EXCEPTIONS))


def _yes_or_no(column: Column, hand: Hand, size: int) -> TypedCell:
    options = [
        (pl.when(pl.col(column.name)).then(pl.lit(yes)).when(pl.col(column.name).not_()).then(pl.lit(no)),
         pl.lit(NUMBER if yes == "1" else TEXT))
        for yes, no in hand.style.yes_no
    ]  # fmt: skip
    return _choose(options, hand.choice(len(options), size, 0.1))


def _places(column: Column, hand: Hand, size: int) -> TypedCell:
    code, name = ("town_code", "town_name") if column.kind == "town" else ("village_code", "village_name")
    known = hand.places.unique(code, keep="first", maintain_order=True)
    own = pl.col(column.name)
    full = own.replace_strict(known[code], known[name], default=None)
    short = full if column.kind == "town" else own.replace_strict(known[code], known["short_name"], default=None)
    forms: dict[str, TypedCell] = {
        "name": (full, pl.lit(TEXT)),
        "short": (pl.coalesce(short, full), pl.lit(TEXT)),
        "code": (own, pl.lit(NUMBER)),
    }
    options = [forms[name] for name in hand.style.places]
    return _choose(options, hand.choice(len(options), size, 0.3))


def _ids(column: Column, hand: Hand, size: int) -> TypedCell:
    own = pl.col(column.name)
    options = [
        own,
        own.str.to_lowercase(),
        "'" + own,
        own + "\u00a0",
        "\u200b" + own,
        full_width(own),
        pl.when(own.str.slice(6, 2) == "19").then(own.str.slice(0, 6) + own.str.slice(8, 9)).otherwise(own),
    ]
    return _choose([(o, pl.lit(TEXT)) for o in options], hand.choice(len(options), size, _EXCEPTIONS))


def _names(column: Column, hand: Hand, size: int) -> TypedCell:
    own = pl.col(column.name)
    spaced = pl.when(own.str.len_chars() == 2).then(own.str.slice(0, 1) + "\u3000" + own.str.slice(1)).otherwise(own)
    options = [own, spaced, own.str.replace("·", "・"), own + " ", own + "\u00a0"]
    return _choose([(o, pl.lit(TEXT)) for o in options], hand.choice(len(options), size, 2 * _EXCEPTIONS))


def _texts(column: Column, hand: Hand, size: int) -> TypedCell:
    return pl.col(column.name), pl.lit(NUMBER if column.name in hand.style.numeric else TEXT)


_TYPING: dict[str, Callable[[Column, Hand, int], TypedCell]] = {
    "date": _dates,
    "month": _months,
    "number": _numbers,
    "integer": _numbers,
    "yes_or_no": _yes_or_no,
    "town": _places,
    "village": _places,
    "resident_id": _ids,
    "certificate": _texts,
    "list": _texts,
    "text": _texts,
}


def _with_fillers(typed: TypedCell, column: Column, hand: Hand, size: int) -> TypedCell:
    """Fill some empty cells of optional columns with a dash or 无."""
    if column.required or column.kind in ("text", "yes_or_no"):
        return typed
    choice = hand.choice(len(_FILLERS) + 1, size, 0.3)
    filler = pl.lit(choice).replace_strict(
        {i + 1: f for i, f in enumerate(_FILLERS)}, default=None, return_dtype=pl.String
    )
    is_empty = pl.col(column.name).is_null()
    text, form = typed
    return pl.when(is_empty).then(filler).otherwise(text), pl.when(is_empty).then(pl.lit(TEXT)).otherwise(form)


def type_cells(frame: pl.DataFrame, dataset: Dataset, hand: Hand) -> Cells:
    """Type the contract columns of a tidy frame, in the style of the hand."""
    texts, forms = [], []
    for column in dataset.columns:
        if column.name not in frame.columns:
            continue
        write = _names if column.semantic == "person_name" else _TYPING[column.kind]
        text, form = _with_fillers(write(column, hand, frame.height), column, hand, frame.height)
        texts.append(text.cast(pl.String).alias(column.name))
        forms.append((pl.lit(0) + form).cast(pl.UInt8).alias(column.name))
    names = [c.name for c in dataset.columns if c.name in frame.columns]
    # Use with_columns, because a form may be a single literal for the whole column.
    return Cells(frame.with_columns(texts).select(names), frame.with_columns(forms).select(names))

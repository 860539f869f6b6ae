"""Conform resident ids and disability certificates (GB 11643; semantics §3).

Belongs here: validity, the upgrade of 15-digit ids, the birth month and sex encoded in an id.
Does not belong here: pseudonyms (``privacy.pseudonyms``).

The ``conform_*`` functions take a frame of cells (``text``: plain text, null where the cell is missing; ``type``: cell
type) and return ``value`` (String, null where wrong) and ``error`` (a code or null), row by row. Callers ignore the
result for missing cells.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from sources.reading.files.sheet import DATE, FIGURE, NUMBER, SCALED

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_DIGITS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ONE_DIGIT = "^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"
_SCIENTIFIC = r"^[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+$"


def _bytes(bodies: pl.Series, width: int) -> np.ndarray:
    """Lay out ASCII texts of equal width as a matrix of bytes, one row per text."""
    return np.frombuffer("".join(bodies.to_list()).encode("ascii"), dtype=np.uint8).reshape(-1, width)


def check_digits(bodies: pl.Series) -> pl.Series:
    """Compute the check digit of each 17-digit body."""
    if bodies.is_empty():
        return pl.Series([], dtype=pl.String)
    sums = (_bytes(bodies, 17) - ord("0")).astype(np.int64) @ _WEIGHTS
    return pl.Series(_CHECK_DIGITS[sums % 11].view("S1").astype("U1"), dtype=pl.String)


def _upgraded(text: pl.Series) -> pl.Series:
    """Upgrade 15-digit ids to 18 digits by adding the century 19 and a check digit; turn a lower-case x into X."""
    text = text.str.replace_all("x", "X", literal=True)
    is_old = text.str.contains("^[0-9]{15}$").fill_null(False)
    if not is_old.any():
        return text
    old = text.filter(is_old)
    body = old.str.slice(0, 6) + "19" + old.str.slice(6)
    return text.scatter(is_old.arg_true(), body + check_digits(body))


def _has_valid_check_digit(ids: pl.Series) -> pl.Series:
    is_well_formed = ids.str.contains("^[0-9]{17}[0-9X]$").fill_null(False)
    is_valid = np.zeros(len(ids), dtype=bool)
    whole = ids.filter(is_well_formed)
    is_valid[is_well_formed.to_numpy()] = (whole.str.slice(17, 1) == check_digits(whole.str.slice(0, 17))).to_numpy()
    return pl.Series(is_valid)


def conform_ids(cells: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Check ids in the order of semantics §3: number, length, placeholder, birth date, check digit."""
    text = cells["text"]
    ids = _upgraded(text)
    birth = ids.str.extract("^.{6}([0-9]{8})").str.to_date("%Y%m%d", strict=False)
    frame = pl.DataFrame(
        {
            "value": ids,
            "number": cells["type"].is_in([NUMBER, DATE, SCALED, FIGURE]) | text.str.contains(_SCIENTIFIC),
            "length": ids.str.len_chars() != 18,
            "placeholder": text.str.contains(_ONE_DIGIT),
            "birth": birth.is_null() | (birth > month_end),
            "check": ~_has_valid_check_digit(ids),
        }
    )
    error = (
        pl.when("number").then(pl.lit("id_stored_as_number"))
        .when("length").then(pl.lit("id_length"))
        .when("placeholder").then(pl.lit("id_placeholder"))
        .when("birth").then(pl.lit("id_birth_date"))
        .when("check").then(pl.lit("id_check_digit"))
    )  # fmt: skip
    return frame.select("value", error=error).with_columns(value=pl.when(pl.col("error").is_null()).then("value"))


def conform_certificates(cells: pl.DataFrame, month_end: date) -> pl.DataFrame:
    """Check disability certificates: a valid id, a category 1-7 and a grade 1-4, 20 characters in all."""
    text = cells["text"].str.replace_all("x", "X", literal=True)
    ids = conform_ids(pl.DataFrame({"text": text.str.slice(0, 18), "type": cells["type"]}), month_end)
    is_valid = text.str.contains("^[0-9]{17}[0-9X][1-7][1-4]$") & ids["error"].is_null()
    return cells.select(
        value=pl.when(is_valid).then(text),
        error=pl.when(~is_valid).then(pl.lit("certificate_invalid")),
    )


def is_resident_id(text: str) -> bool:
    """Check whether a text has 18 characters and a valid check digit; the birth date is not checked."""
    body = pl.Series([text[:17]])
    return len(text) == 18 and body.str.contains("^[0-9]{17}$").all() and check_digits(body)[0] == text[17].upper()


def birth_month_of(ids: pl.Expr) -> pl.Expr:
    """Extract the birth month YYYY-MM from valid ids."""
    return ids.str.slice(6, 4) + "-" + ids.str.slice(10, 2)


def sex_of(ids: pl.Expr) -> pl.Expr:
    """Derive the sex from valid ids: an odd 17th digit is 男, an even one 女."""
    odd = ids.str.slice(16, 1).is_in([*"13579"])
    return pl.when(odd).then(pl.lit("男")).when(ids.is_not_null()).then(pl.lit("女"))

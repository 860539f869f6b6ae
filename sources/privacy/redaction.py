"""Mask identities that people type into free text and document numbers.

Belongs here: masking the texts that marts show.
Does not belong here: pseudonyms (``pseudonyms``), the people of a month (``people``), marking columns as identities or
as published (the contract).

Identities are the texts in the identity columns of the same delivery or the month's register, and all numbers that
look like an id, a phone or an account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import polars as pl

from sources.conforming.ids import is_resident_id
from sources.contracts.model import Column
from sources.personal_numbers import CARD, HIDDEN, MOBILE, RESIDENT_ID, hide_numbers
from sources.privacy.people import SHORTEST_NAME, PersonIndex
from sources.privacy.pseudonyms import Keyring

_REACHES_PEOPLE = re.compile(rf"(?<![0-9A-Za-z])(?:{MOBILE}|{CARD})(?![0-9A-Za-z])")
"""A mobile phone or a bank card inside a document number; a text of digits alone is a serial number."""
_OWN_NAME, _OWN_CODE = 2, 4
"""Shortest name, and shortest household code or address, of the row itself that is searched for."""
_CODE_IN_NUMBER = 8
"""Shortest code of the row itself that is searched for inside a number: 1024 in ZC-2023-1024 is no household."""

NOBODY = PersonIndex()


def redacted_text(
    rows: pl.DataFrame, column: str, identities: Sequence[Column], people: PersonIndex = NOBODY
) -> pl.Series:
    """Mask long numbers, the row's own identities and ``people`` in free text, and the names of all rows."""
    texts = rows[column]
    distinct = texts.drop_nulls().unique().to_list()
    hidden = {text: changed for text in distinct if (changed := hide_numbers(text)) != text}
    texts = texts.replace(hidden) if hidden else texts
    if not distinct:
        return texts
    texts = _without_own(rows, texts, identities, lambda _: HIDDEN)
    for index in (_names(rows, identities), people):
        texts = _without_people(texts, index, lambda _: HIDDEN)
    return texts


def _names(rows: pl.DataFrame, identities: Sequence[Column]) -> PersonIndex:
    """Index the names of all rows, without the vocabulary that exempts names from the index of a month."""
    names = [rows[i.name] for i in identities if i.semantic == "person_name"]
    return PersonIndex.of(names=(n.filter(n.str.len_chars() >= SHORTEST_NAME) for n in names))


def redacted_numbers(
    rows: pl.DataFrame, column: str, identities: Sequence[Column], keys: Keyring, people: PersonIndex = NOBODY
) -> pl.Series:
    """Replace identities in document numbers and other key texts by tokens, so that keys stay distinct."""
    texts = rows[column]
    suspect = texts.filter(texts.str.contains(f"{RESIDENT_ID}|{MOBILE}|{CARD}")).unique().to_list()
    if suspect:
        texts = texts.replace({text: _without_numbers(text, keys) for text in suspect})
    texts = _without_own(rows, texts, identities, lambda own: HIDDEN + keys.token(own), _CODE_IN_NUMBER)
    return _without_people(texts, people, lambda own: HIDDEN + keys.token(own))


def _without_people(texts: pl.Series, people: PersonIndex, replacement: Callable[[str], str]) -> pl.Series:
    hidden = people.hidden(texts.drop_nulls().unique().to_list(), replacement)
    return texts.replace(hidden) if hidden else texts


def _without_numbers(text: str, keys: Keyring) -> str:
    text = re.sub(RESIDENT_ID, lambda m: _token_if_id(str(m[0]), keys), text)
    if text.isdigit():
        return text
    return _REACHES_PEOPLE.sub(lambda m: HIDDEN + keys.token(str(m[0])), text)


def _token_if_id(number: str, keys: Keyring) -> str:
    """Replace a resident id by a token; keep a number that only looks like one (district, day, serial)."""
    return HIDDEN + keys.token(number) if is_resident_id(number) else number


def _without_own(
    rows: pl.DataFrame,
    texts: pl.Series,
    identities: Sequence[Column],
    replacement: Callable[[str], str],
    inside: int = _OWN_CODE,
) -> pl.Series:
    """Replace the identities of each row in the text of the same row.

    Codes and addresses of fewer than ``inside`` characters count only if they are the whole text.
    """
    for identity in identities:
        is_name = identity.semantic == "person_name"
        length, own = pl.col("own").str.len_chars(), pl.col("own")
        found = (
            pl.DataFrame({"text": texts, "own": rows[identity.name]})
            .with_row_index("_i")
            .filter(
                length >= (_OWN_NAME if is_name else _OWN_CODE),
                pl.col("text").str.contains(own, literal=True),
                pl.lit(is_name) | (length >= inside) | (pl.col("text") == own),
            )
        )
        if found.height:
            # A loop is enough: few rows name their own people in another column.
            hidden = [text.replace(own, replacement(own)) for text, own in found.select("text", "own").iter_rows()]
            texts = texts.clone().scatter(found["_i"], hidden)
    return texts

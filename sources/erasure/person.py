"""Describe the person to erase: the texts that name the person, and where they are in a table of cells.

Belongs here: looking the person up in the kept identities, matching and masking cells.
Does not belong here: the files that have the cells (``originals``, ``rows``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from sources import parquet
from sources.conforming.ids import is_resident_id
from sources.contracts.model import Column, Contracts, Dataset
from sources.contracts.row_schema import ROWS_FILE, accepted_columns
from sources.home import Home
from sources.privacy.erased import plain_text
from sources.privacy.names import name_forms
from sources.privacy.people import IDENTITY, SHORTEST_NAME, PersonIndex

_ANY_ID = "[1-9][0-9]{16}[0-9X]"
_SHORTEST_CODE = 8
"""Shortest household code that is searched for in any cell: shorter ones are also amounts and numbers."""


class NoSuchPersonError(ValueError):
    """The text is no valid id and no key of a person in this home; the Chinese message does not quote it."""


@dataclass(frozen=True)
class Person:
    """A person by id, with the names under which the home knows the person.

    ``shared_names`` are those of them that other people in the home have too. ``codes`` are the codes of households in
    which no register ever had another member: they are the person's too.
    """

    resident_id: str
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    shared_names: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The texts that make a row the person's, as ``plain_text`` writes them."""
        return (self.resident_id, *self.codes)

    @property
    def ids(self) -> tuple[str, str, str]:
        """The id as people write it: whole, in the form of 15 digits, rounded by Excel to 15 digits."""
        own = self.resident_id
        return own, own[:6] + own[8:17], f"{own[:15]}000"

    @property
    def needles(self) -> tuple[str, ...]:
        """The texts that only this person has: the id, also as work lists mask it, and long names of nobody else."""
        own = self.resident_id
        names = [n for n in self.names if len(n) >= SHORTEST_NAME and n not in self.shared_names]
        return own, own.lower(), f"{own[:6]}********{own[-4:]}", *names

    def is_of_row(self, cells: pl.DataFrame) -> pl.Series:
        """Mark the rows (String columns) that hold the person's id or own household code in any cell."""
        if not cells.width:
            return pl.Series([False] * cells.height, dtype=pl.Boolean)
        whole, old, rounded = self.ids
        texts = [plain_text(pl.col(name)) for name in cells.columns]
        codes = [c for c in self.codes if len(c) >= _SHORTEST_CODE]
        found = [t.str.contains(whole, literal=True) | t.is_in([old, rounded, *codes]) for t in texts]
        return cells.select(found=pl.any_horizontal(found).fill_null(value=False))["found"]

    def masked(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Mask the person's names in the rows without anybody's id."""
        if not self.names or not cells.width:
            return cells
        has_id = cells.select(
            found=pl.any_horizontal(
                plain_text(pl.col(name)).str.contains(_ANY_ID) for name in cells.columns
            ).fill_null(value=False)
        )["found"]  # fmt: skip
        return cells.with_columns(
            pl.when(~has_id).then(pl.col(name).replace(self._hidden(cells[name]))).otherwise(pl.col(name)).alias(name)
            for name in cells.columns
        )

    def hide(self, text: str) -> str:
        """Mask the person's id and names in a text such as a file name."""
        for own in self.ids:
            text = re.sub(own, "***", text, flags=re.IGNORECASE)
        return self._index.hide(text)

    @property
    def _index(self) -> PersonIndex:
        return PersonIndex.of(names=(pl.Series(self.names, dtype=pl.String),))

    def _hidden(self, texts: pl.Series) -> dict[str, str]:
        forms = [form for series in self._index.names for form in series.to_list() if form]
        suspect = texts.filter(name_forms(texts).str.contains_any(forms).fill_null(value=False))
        return self._index.hidden(suspect.unique().to_list())


def find_person(home: Home, contracts: Contracts, text: str) -> Person:
    """Look up the person of an id or of a person key.

    Raises NoSuchPersonError if the text is neither a valid id nor a key that is in the home.
    """
    text = text.strip()
    resident_id = text.upper() if is_resident_id(text.upper()) else _id_of_key(home, contracts, text)
    if resident_id is None:
        raise NoSuchPersonError("不是有效的18位身份证号,也不是本数据目录里的人员代码(person_key);请核对后重试。")
    people = _people(home, contracts)
    names = people.filter(id=resident_id)["name"]
    shared = people.filter(pl.col("name").is_in(names.implode()), pl.col("id") != resident_id)["name"]
    return Person(
        resident_id,
        names=tuple(sorted(names)),
        codes=tuple(sorted(_own_codes(home, contracts, resident_id))),
        shared_names=tuple(sorted(set(shared))),
    )


def _people(home: Home, contracts: Contracts) -> pl.DataFrame:
    """Read every id with each name that it has in the home."""
    frames = [pl.LazyFrame(schema={"id": pl.String, "name": pl.String})]
    for dataset, frame in _identities(home, contracts):
        there = set(frame.collect_schema())
        pairs = [(IDENTITY + c.name, IDENTITY + _name_column(c)) for c in dataset.id_columns]
        frames += [frame.select(id=i, name=n) for i, n in pairs if {i, n} <= there]
    return pl.concat(frames).drop_nulls().unique().collect()


def _name_column(column: Column) -> str:
    """Return the column of the name of the person whose id is in ``column``."""
    prefix = column.name.removesuffix("resident_id")
    return f"{prefix}name" if prefix else "person_name"


def _identities(home: Home, contracts: Contracts) -> Iterator[tuple[Dataset, pl.LazyFrame]]:
    for dataset in contracts.datasets:
        for file in sorted((home.restricted / "identities" / dataset.department / dataset.name).glob(f"*/{ROWS_FILE}")):
            yield dataset, parquet.scan(file)


def _id_of_key(home: Home, contracts: Contracts, key: str) -> str | None:
    for dataset, frame in _identities(home, contracts):
        columns = frame.collect_schema().names()
        for column in accepted_columns(dataset):
            if column.name.endswith("person_key") and {column.name, f"{IDENTITY}{column.source}"} <= set(columns):
                found = frame.filter(pl.col(column.name) == key).select(f"{IDENTITY}{column.source}").head(1).collect()
                if found.height:
                    return str(found.item())
    return None


def _own_codes(home: Home, contracts: Contracts, resident_id: str) -> set[str]:
    """Return the codes of households that, in every register, have no other member."""
    code, person = f"{IDENTITY}household_code", f"{IDENTITY}resident_id"
    frames = [f.select(code, person) for d, f in _identities(home, contracts) if d.is_core]
    if not frames:
        return set()
    members = pl.concat(frames).unique().collect()
    own = members.filter(pl.col(person) == resident_id)[code]
    shared = members.filter(pl.col(code).is_in(own.implode()), pl.col(person) != resident_id)[code]
    return set(own.drop_nulls().to_list()) - set(shared.to_list())

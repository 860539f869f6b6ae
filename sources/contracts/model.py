"""The departments' contracts as plain, frozen Python objects.

Belongs here: what a table is made of, and what follows from it.
Does not belong here: reading the files (``reader``), cells (``conforming``), accepted rows (``row_schema``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from sources.contracts.schemes import Scheme
from sources.months import Month

CONTRACTS_DIR = Path(__file__).parent

Kind = Literal[
    "resident_id",
    "certificate",
    "date",
    "month",
    "number",
    "integer",
    "yes_or_no",
    "list",
    "town",
    "village",
    "text",
]

_DUE_MONTHS = {"monthly": range(1, 13), "quarterly": (3, 6, 9, 12), "annual": (12,)}


@dataclass(frozen=True)
class RowRule:
    """What a cell must be beside the cell of another column of its row (semantics §3)."""

    rule: Literal["notBefore", "notAbove", "filledWhen"]
    column: str
    label: str
    """Header of the other column."""
    value: str | None = None
    """The value of the other cell that asks for a filled one; of ``filledWhen`` only."""


@dataclass(frozen=True)
class Column:
    """One column of a table as a department hands it over."""

    name: str
    label: str
    kind: Kind
    required: bool
    classification: Literal["internal", "confidential", "restricted"]
    semantic: str | None = None
    synonyms: tuple[str, ...] = ()
    kind_headers: tuple[str, ...] = ()
    """Headers that every column of its kind has, besides its own (``synonyms.yaml``)."""
    key_position: int | None = None
    values: tuple[str, ...] = ()
    """The words of a list, of any month."""
    scheme: Scheme | None = None
    """The dated catalogue of its words, if a month decides which of them it may hold."""
    value_synonyms: tuple[tuple[str, str], ...] = ()
    """Other words for values, each with its value: a county writes 县级 for 区级."""
    unit: str | None = None
    period: str = ""
    """What its amounts are for: 月, 年 or nothing."""
    minimum: float | None = None
    maximum: float | None = None
    published: Literal["text", "number", "key", "presence"] | None = None
    """How a text leaves the restricted zone; without one it stays there, because people write anything into texts.

    ``text``: as it is, but people are masked. ``number``: likewise, but masks keep numbers apart. ``key``: as a
    keyed stand-in. ``presence``: only whether the cell is filled.
    """
    is_prefilled: bool = False
    """The office prints this cell on the form before it is filled in; a row that holds nothing else is not answered."""
    may_be_future: bool = False
    """Its dates may be far after the month, such as the day on which something ends."""
    row_rules: tuple[RowRule, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header text of this column, the label first."""
        return (self.label, *self.synonyms, *self.kind_headers)

    @property
    def other_words(self) -> tuple[str, ...]:
        """Words that say one of the values of a list without being it."""
        return tuple(word for word, _ in self.value_synonyms)

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that a cell of a list may hold: the values and their synonyms."""
        return (*self.values, *self.other_words)

    def shown_values(self, month: Month | None) -> str:
        """Name the values to offer to people (``options_in``), each with its synonyms in brackets."""
        values = self.options_in(month)
        others = {value: "、".join(word for word, of in self.value_synonyms if of == value) for value in values}
        return "、".join(f"{value}(或{words})" if words else value for value, words in others.items())

    def values_in(self, month: Month) -> tuple[str, ...]:
        """Return the words that a list may hold in the month."""
        return self.scheme.accepted(month) if self.scheme else self.values

    def options_in(self, month: Month | None) -> tuple[str, ...]:
        """Return the words of a list to offer to people: those of the month itself, or of any month."""
        return self.scheme.names(month) if self.scheme else self.values

    @property
    def is_year(self) -> bool:
        """Whether its numbers are years, which people also write as days or with 年 behind."""
        return self.kind == "integer" and self.unit is None and self.label.endswith(("年度", "年份", "年"))

    @property
    def is_published(self) -> bool:
        """Whether marts show its texts, with people masked."""
        return self.published in ("text", "number")

    @property
    def is_identity(self) -> bool:
        """True where the cell names or locates a person and must not leave the restricted zone."""
        return self.classification == "restricted"

    @property
    def stays_restricted(self) -> bool:
        """True where the cell does not leave the restricted zone as it is: an identity, or text that no mart shows."""
        return self.is_identity or (self.kind == "text" and not self.is_published)


@dataclass(frozen=True)
class IgnoredHeader:
    """A header of columns that clerks add, such as 序号, which nothing reads."""

    text: str
    pattern: str
    """Regular expression of a whole cell: a column whose cells look otherwise holds something else."""


@dataclass(frozen=True)
class Dataset:
    """One table of one department, with how often it is due and how it is read."""

    department: str
    name: str
    label: str
    keywords: tuple[str, ...]
    cadence: Literal["monthly", "quarterly", "annual"]
    is_core: bool
    extract_mode: Literal["snapshot", "increment"]
    may_be_empty: bool
    is_matched_to_register: bool
    """Its people should be farmers, so that its rows are matched to the month's household register."""
    columns: tuple[Column, ...]
    ignored_headers: tuple[IgnoredHeader, ...] = ()
    """Those of its department."""
    is_expected_once_received: bool = False
    """Nobody owes it before the first month for which it was ever received."""
    may_have_late_rows_only: bool = False
    """A month without an event of its own may still report on earlier ones."""

    @property
    def counted(self) -> str:
        """Return what a row is about, if it is one household or one person: 户, 人 or nothing."""
        return {"household_code": "户", "resident_id": "人"}.get(self.key[0], "") if len(self.key) == 1 else ""

    def __hash__(self) -> int:
        # Equal datasets have equal names. Hashing every column, for each header text, took half of finding a header.
        return hash((self.department, self.name))

    def __getitem__(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def key(self) -> tuple[str, ...]:
        """Primary-key column names in contract order."""
        keyed = [c for c in self.columns if c.key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    def is_due(self, month: Month) -> bool:
        """Whether the cadence makes the table due for the month; ``punctuality`` knows whether anybody owes it yet."""
        return month.number in _DUE_MONTHS[self.cadence]

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns that a row cannot do without."""
        return tuple(c for c in self.columns if c.required)

    @property
    def event_date(self) -> str | None:
        """The date that places a row of an increment in time: its first required date column."""
        if self.extract_mode != "increment":
            return None
        return next((c.name for c in self.columns if c.kind == "date" and c.required), None)

    @property
    def id_columns(self) -> tuple[Column, ...]:
        """Columns that hold a resident id."""
        return tuple(c for c in self.columns if c.kind == "resident_id")

    @property
    def numeric_columns(self) -> tuple[Column, ...]:
        """Columns that can be summed."""
        return tuple(c for c in self.columns if c.kind in ("number", "integer"))


LAST_DUE_DAY = 28
"""Every month has it."""


@dataclass(frozen=True)
class Department:
    """One department and the tables it hands over."""

    name: str
    label: str
    description: str
    """Its name in an English sentence."""
    due_day: int
    datasets: tuple[Dataset, ...]

    def __getitem__(self, name: str) -> Dataset:
        return next(d for d in self.datasets if d.name == name)

    def due_on(self, month: Month) -> date:
        """Return the last day on which a delivery for the month is on time."""
        return month.shift(1).first_day.replace(day=self.due_day)

    def awaited_until(self, month: Month, today: date) -> date | None:
        """Return the due day of the month, or None if it is over."""
        return due_on if today <= (due_on := self.due_on(month)) else None


class Contracts(dict[str, Department]):
    """All departments by name, in a fixed order."""

    @property
    def datasets(self) -> Iterator[Dataset]:
        """Every dataset of every department."""
        for department in self.values():
            yield from department.datasets

    def dataset(self, name: str) -> Dataset:
        """Find the dataset of that name; names are unique over all departments.

        Raises KeyError for an unknown name.
        """
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise KeyError(name)


@cache
def load_contracts(directory: Path = CONTRACTS_DIR) -> Contracts:
    """Every department's contract under ``directory``, by department name.

    Raises FileNotFoundError if there is none, ContractError if one of them is wrong.
    """
    # Many modules name the types above; those that read no contract do not pay for reading them.
    from sources.contracts.reader import read_contracts

    return read_contracts(directory)

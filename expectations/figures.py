"""Name the figures that expectations record, as people read them.

Belongs here: a Chinese name and a rounding per figure. Does not belong here: computing figures (``standalone``,
``drift``, ``suites``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from expectations.expectation import SHARE, Expectation, FigureExpectation, as_shown
from expectations.gate import expectations_of
from sources.contracts.model import Dataset


@dataclass(frozen=True)
class Figure:
    """A recorded figure: its name with the unit, the same in every month."""

    title: str
    unit: str

    @property
    def label(self) -> str:
        """Return the Chinese name with the unit."""
        return f"{self.title}({'%' if self.unit == SHARE else self.unit})"

    def rounded(self, value: float) -> float:
        """Round a value as messages show it; a share becomes a percentage."""
        return as_shown(value, self.unit)


_COUNTS = {
    "rows": Figure("报送行数", "行"),
    "rows_accepted": Figure("接收行数", "行"),
    "printed_totals_checked": Figure("核对的合计数", "处"),
}
"""Figures that an expectation records besides its own."""


@cache
def figures(dataset: Dataset) -> Mapping[str, Figure]:
    """Return the figures that the expectations of a dataset may record, by the name under which they record them."""
    return {**_COUNTS, **{name: figure for e in expectations_of(dataset) for name, figure in _of(e)}}


def _of(expectation: Expectation) -> Iterator[tuple[str, Figure]]:
    if isinstance(expectation, FigureExpectation):
        yield expectation.name, Figure(expectation.title, expectation.unit)
    else:
        yield f"{expectation.name}_rows", Figure(f"{expectation.title}:适用", "行")
        yield f"{expectation.name}_share", Figure(f"{expectation.title}:符合率", SHARE)

"""Problems of a contract, in words for the engineer who edits it.

Belongs here: the error and the wording of its lines. Does not belong here: finding problems (``odcs``, ``rules``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_LEVELS = {"schema": "table", "properties": "column"}
_MAX_SHOWN = 80


class ContractError(ValueError):
    """A contract that cannot be used: one line per problem, which names file, table, column and field."""


@dataclass(frozen=True)
class Problem:
    """One field that holds something else than a contract may hold."""

    field: str
    found: str
    """The value as it is in the file, or ``nothing``."""
    expected: str
    """A sentence that names the values allowed."""
    table: str | None = None
    column: str | None = None

    def line(self, file: str) -> str:
        """Say where the problem is, what is there and what is allowed."""
        levels = {"table": self.table, "column": self.column, "field": self.field}
        place = ", ".join(f"{level} {name}" for level, name in levels.items() if name)
        return f"{file}: {place or 'the whole file'}: found {self.found}. {self.expected}"


def problem_at(contract: Any, way: Iterable[int | str], found: str, expected: str) -> Problem:
    """Describe what is wrong at the end of a way through a contract, naming the table and the column on it."""
    steps = list(way)
    names: dict[str, str] = {}
    while len(steps) > 1 and steps[0] in _LEVELS:
        level, number = str(steps.pop(0)), int(steps.pop(0))
        contract = contract[level][number]
        names[_LEVELS[level]] = str(contract.get("name", number)) if isinstance(contract, dict) else str(number)
    return Problem(".".join(map(str, steps)), found, expected, **names)


def error_of(file: str, problems: Iterable[Problem]) -> ContractError:
    """Make one error of the problems of a file."""
    return ContractError("\n".join(problem.line(file) for problem in problems))


def shown(value: Any) -> str:
    """Quote a value, cut off if it is long."""
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"

"""Ranges of unknown counts under linear equations, as a linear programme finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog


@dataclass
class System:
    """Unknown counts, each at least 0, and what is known about their sums."""

    names: dict[object, int] = field(default_factory=dict)
    equations: list[tuple[dict[object, float], float]] = field(default_factory=list)
    limits: list[dict[object, float]] = field(default_factory=list)
    """Sums that are at most 0."""

    def add(self, terms: Mapping[object, float | None], total: float) -> None:
        """Add an equation: the unknown names, those with None, and known counts add up to ``total``."""
        known = sum(value for value in terms.values() if value is not None)
        unknown = {name: 1.0 for name, value in terms.items() if value is None}
        if unknown:
            self.equations.append((self._named(unknown), total - known))

    def limit(self, smaller: object, larger: object) -> None:
        """Add that one unknown is at most another."""
        self.limits.append(self._named({smaller: 1.0, larger: -1.0}))

    def _named(self, terms: dict[object, float]) -> dict[object, float]:
        for name in terms:
            self.names.setdefault(name, len(self.names))
        return terms

    def _matrix(self, rows: Iterable[Mapping[object, float]]) -> np.ndarray | None:
        rows = list(rows)
        matrix = np.zeros((len(rows), len(self.names)))
        for at, row in enumerate(rows):
            for name, factor in row.items():
                matrix[at, self.names[name]] = factor
        return matrix if rows else None

    def range_of(self, terms: Mapping[object, float]) -> tuple[float, float]:
        """The smallest and the largest value that a sum of unknowns can have."""
        (objective,) = self._matrix([self._named(dict(terms))])  # type: ignore[misc]
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * objective,
                A_ub=self._matrix(self.limits),
                b_ub=np.zeros(len(self.limits)) if self.limits else None,
                A_eq=self._matrix(terms for terms, _ in self.equations),
                b_eq=np.array([total for _, total in self.equations]) if self.equations else None,
            )
            ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
        return ends[0], ends[1]

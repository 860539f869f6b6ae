"""Draw reproducible random numbers: each part of the sample has its own named and seeded generator."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Chance:
    """Random generators by name, so that a change in one part leaves the draws of the others unchanged."""

    seed: int

    def of(self, *names: object) -> np.random.Generator:
        """Create the generator of a part; the same seed and names give the same draws."""
        return np.random.default_rng([self.seed, *(zlib.crc32(str(name).encode()) for name in names)])


def pick(
    rng: np.random.Generator, values: Sequence[str], size: int, weights: Sequence[float] | None = None
) -> pl.Series:
    """Draw ``size`` texts, evenly or by weight."""
    shares = None if weights is None else np.array(weights) / np.sum(weights)
    return pl.Series(values, dtype=pl.String).gather(rng.choice(len(values), size, p=shares))


def pick_weighted(rng: np.random.Generator, weights: Mapping[str, float], size: int) -> pl.Series:
    """Draw ``size`` texts by their weights."""
    return pick(rng, list(weights), size, list(weights.values()))


def random_subset(rng: np.random.Generator, candidates: np.ndarray, share: float, at_least: int = 0) -> np.ndarray:
    """Draw a sorted subset of about ``share`` of the candidates, at least ``at_least`` if there are as many."""
    size = min(len(candidates), max(at_least, round(share * len(candidates))))
    return np.sort(rng.choice(candidates, size, replace=False))


def divided(total: int, weights: np.ndarray) -> np.ndarray:
    """Divide a whole number over parts by weight: whole parts that add up exactly (largest remainders)."""
    exact = total * weights / weights.sum()
    parts: np.ndarray = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return parts

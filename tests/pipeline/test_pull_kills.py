"""A pull that is killed loses and doubles nothing: two kills of the kinds that no unit test kills.

Belongs here: the share of ``pull_kills`` that every run of the suite does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.pull_kills import Experiment, Pulls, extract_of, pulls

KINDS = ("mariadb", "https_file")
"""The others are killed at each step in ``tests/unit/sources/landing/transport``."""
KILLS = [("in a fetch", 1), ("in the record", 2)]
"""Where, and in the pull of which state."""


@pytest.fixture(scope="module")
def opened() -> Iterator[Pulls]:
    """The process that pulls, for all kinds."""
    with pulls() as opened:
        yield opened


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_pull_loses_and_doubles_nothing(
    kind: str, opened: Pulls, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    experiment = Experiment(tmp_path, extract_of(kind, request, tmp_path), opened)
    experiment.prepare()
    chance = random.Random(kind)
    for number, (way, state) in enumerate(KILLS):
        assert experiment.kill(way, number, state, chance) == f"{way}, killed"

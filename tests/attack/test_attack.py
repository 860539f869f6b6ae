"""The attacker finds what is not hidden well enough: each suppressed cell of these figures is needed."""

from __future__ import annotations

import pytest

from tests.attack.sums import found_out

T1, T2, T3, T4 = (f"44180200{n}" for n in range(1, 5))
V1, V2, V3 = (f"{T1}00{n}" for n in range(1, 4))


def _found(counts: dict[str, int], hidden: set[str]) -> list[str]:
    return list(found_out({(code, "n"): (n, code not in hidden) for code, n in counts.items()}, is_ratio=False, k=5))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({T1: 20, T2: 3, T3: 1, T4: 13}, {T2, T3, T4}),
        ({T1: 12, V1: 4, V2: 8, V3: 0, T2: 18}, {V1, V2}),
        ({T1: 3, T2: 0, T3: 0}, {T1, T2, T3}),
        ({T1: 9, V1: 2, T2: 30, V3: 9}, {T1, T2, V1}),
    ],
)
def test_every_suppressed_cell_is_needed(counts: dict[str, int], hidden: set[str]) -> None:
    assert _found(counts, hidden) == []
    needed = [code for code in hidden if counts[code]]
    assert all(_found(counts, hidden - {code}) for code in needed)


def test_a_town_follows_from_its_villages() -> None:
    counts = {T1: 7, V1: 7, V2: 0, T2: 3, T3: 20}
    assert _found(counts, {T1, T2}) == [f"n of {T2}: 3 is between 3 and 3"]
    assert _found(counts, {T1, T2, V2}) == [f"n of {T2}: 3 is between 0 and 3"]
    assert _found(counts, {T1, T2, V1}) == []


def test_the_rest_of_a_ratio_is_found() -> None:
    cells = {(T1, "n"): (50.0, False), (T1, "d"): (53.0, False), (T2, "n"): (40.0, True), (T2, "d"): (60.0, True)}
    assert [text.split(":")[0] for text in found_out(cells, is_ratio=True, k=5)] == [f"d-n of {T1}"]


def test_levels_follow_from_flagged_households() -> None:
    levels = {"red": 0.0, "orange": 0.0, "yellow": 3.0, "households_flagged": 3.0}
    others = {"red": 0.0, "orange": 9.0, "yellow": 20.0, "households_flagged": 29.0}
    cells = {(T1, name): (value, False) for name, value in levels.items()}
    shown = {(T2, name): (value, name == "households_flagged") for name, value in others.items()}
    assert f"households_flagged of {T1}: 3 is between 3 and 3" in list(found_out(cells | shown, is_ratio=False, k=5))

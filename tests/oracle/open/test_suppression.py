"""The loops of the oracle on the worked example: 37, 30 and 3 over their towns."""

from __future__ import annotations

import pytest

from tests.oracle.open.suppression import cell, suppressed

T1, T2, T3, T4 = (f"44180200{n}" for n in range(1, 5))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({T1: 20, T2: 3, T3: 1, T4: 13}, {T2, T3, T4}),
        ({T1: 12, f"{T1}001": 4, f"{T1}002": 8, f"{T1}003": 0, T2: 18, f"{T2}004": 9, f"{T2}005": 9},
         {f"{T1}001", f"{T1}002"}),
        ({T1: 3, T2: 0, T3: 0}, {T1, T2, T3}),
    ],
)  # fmt: skip
def test_the_worked_example(counts: dict[str, int], hidden: set[str]) -> None:
    assert suppressed({code: cell(n) for code, n in counts.items()}, 5) == hidden

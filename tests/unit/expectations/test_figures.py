"""Every figure that an expectation records has a Chinese name of its own and a rounding."""

from __future__ import annotations

import pytest

from expectations.expectation import SHARE
from expectations.figures import Figure, figures
from expectations.gate import judge
from sources.contracts.model import Dataset, load_contracts
from tests.unit.expectations.builder import delivery


@pytest.mark.parametrize("dataset", list(load_contracts().datasets), ids=lambda d: d.name)
def test_every_recorded_figure_has_a_name(dataset: Dataset) -> None:
    recorded = {name for result in judge(delivery(dataset.name)).results for name in result.metrics}
    assert recorded
    assert recorded <= set(figures(dataset))
    labels = [figure.label for figure in figures(dataset).values()]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [(SHARE, 59 / 60, 98.33), (SHARE, 0.94997, 94.99), ("%", 2 / 3, 0.67), ("行", 7.0, 7), ("倍", 1.23456, 1.23)],
)
def test_figures_are_rounded_as_messages_show_them(unit: str, value: float, shown: float) -> None:
    assert Figure("x", unit).rounded(value) == shown


def test_a_share_is_a_percentage() -> None:
    assert (Figure("合格率", SHARE).label, Figure("行数", "行").label) == ("合格率(%)", "行数(行)")

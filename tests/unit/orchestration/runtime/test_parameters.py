"""The dated parameters that the intake needs: the month before the first row, its first month, a longer prefix."""

import pytest

from orchestration.runtime.parameters import parameter
from sources.months import Month

ROWS = (
    {"parameter": "pct", "division_prefix": "", "valid_from": "2021-01-01", "valid_to": "2022-01-01", "value": "15"},
    {"parameter": "pct", "division_prefix": "4418", "valid_from": "2021-03-01", "valid_to": "", "value": "20"},
)


@pytest.mark.parametrize(
    ("month", "district", "value"),
    [
        ("2020-12", "441802", None),
        ("2021-01", "441802", 15.0),
        ("2021-03", "441802", 20.0),
        ("2021-12", "520102", 15.0),
        ("2021-11", "520102", 15.0),
        ("2022-01", "520102", None),
    ],
)
def test_the_row_valid_on_the_last_day_counts(month: str, district: str, value: float | None) -> None:
    assert parameter(ROWS, "pct", Month.parse(month), district) == value

"""The dated parameters that the intake needs: the month before the first row, its first month, a longer prefix."""

from pathlib import Path

import pytest

from orchestration.runtime.parameters import parameter
from sources.months import Month

HEADER = "parameter,division_prefix,valid_from,valid_to,value,unit,source,last_verified\n"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    rows = "pct,,2021-01-01,2022-01-01,15,%,x,2026-01-01\npct,4418,2021-03-01,,20,%,x,2026-01-01\n"
    (tmp_path / "policy_parameters.csv").write_text(HEADER + rows, "utf-8")
    return tmp_path


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
def test_the_row_valid_on_the_last_day_counts(seeds: Path, month: str, district: str, value: float | None) -> None:
    assert parameter(seeds, "pct", Month.parse(month), district) == value

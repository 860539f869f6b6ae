"""The gate's minimum about a delivery by itself, at its edges (semantics §4)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from expectations.gate import judge
from sources.profiling.profile import DeliveryProfile, ExpectationResult, MonthProfile
from tests.unit.expectations.builder import delivery


def finding(profile: DeliveryProfile, name: str) -> ExpectationResult:
    return next(f for f in judge(profile).results if f.name == name)


def accepted(rows: int, bad: int) -> DeliveryProfile:
    return delivery("deaths", rows, states=["quarantined"] * bad + ["accepted"] * (rows - bad))


def valid_ids(rows: int, bad: int) -> DeliveryProfile:
    columns: dict[str, Any] = {
        "resident_id__error": ["id_check_digit"] * bad + [None] * (rows - bad),
        "resident_id__ends_with_x": [None] * bad + [False] * (rows - bad),
    }
    return delivery("deaths", rows, columns=columns)


def unique_keys(rows: int, bad: int) -> DeliveryProfile:
    return delivery("deaths", rows, columns={"row_error": ["duplicate_key"] * bad + [None] * (rows - bad)})


MAKERS = {"accepted_share": accepted, "valid_ids_share": valid_ids, "unique_keys_share": unique_keys}


@pytest.mark.parametrize(
    ("name", "rows", "bad", "passed"),
    [
        ("accepted_share", 100, 5, True),
        ("accepted_share", 100, 6, False),
        ("accepted_share", 10_000, 501, False),
        ("accepted_share", 50, 2, True),
        ("accepted_share", 50, 3, False),
        ("accepted_share", 49, 2, True),  # 95.9 %: the share alone is enough
        ("accepted_share", 49, 3, False),
        ("accepted_share", 10, 1, True),
        ("accepted_share", 10, 2, False),
        ("accepted_share", 1, 1, True),
        ("valid_ids_share", 100, 2, True),
        ("valid_ids_share", 100, 3, False),
        ("valid_ids_share", 50, 1, True),
        ("valid_ids_share", 50, 2, False),
        ("valid_ids_share", 49, 1, True),
        ("valid_ids_share", 49, 2, False),
        ("unique_keys_share", 100, 2, True),
        ("unique_keys_share", 100, 3, False),
        ("unique_keys_share", 50, 1, True),
        ("unique_keys_share", 50, 2, False),
        ("unique_keys_share", 49, 1, True),
        ("unique_keys_share", 49, 2, False),
    ],
)
def test_critical_shares(name: str, rows: int, bad: int, passed: bool) -> None:
    result = finding(MAKERS[name](rows, bad), name)
    assert (result.passed, result.severity) == (passed, "critical")
    assert result.metrics[name] == pytest.approx((rows - bad) / rows)


@pytest.mark.parametrize("share", [Fraction(95, 100), Fraction(98, 100)])
def test_shares_as_doubles_decide_like_exact_ones(share: Fraction) -> None:
    # Division of integers is correctly rounded, so k/n meets the threshold as a double exactly where it does.
    edges = [(k, n) for n in range(1, 20_000) for k in (int(share * n), int(share * n) + 1)]
    assert all((k / n >= float(share)) == (Fraction(k, n) >= share) for k, n in edges)


def test_duplicates_count_as_admissible() -> None:
    profile = delivery("deaths", 100, states=["duplicate"] * 50 + ["quarantined"] * 5 + ["accepted"] * 45)
    assert finding(profile, "accepted_share").passed
    assert finding(profile, "accepted_share").metrics == {"rows": 100, "rows_accepted": 45, "accepted_share": 0.95}


def test_rows_of_refused_files_have_no_valid_id() -> None:
    columns = {
        "resident_id__ends_with_x": [None] * 3 + [False] * 97,
        "row_error": ["file_refused"] * 3 + [None] * 97,
    }
    profile = delivery("deaths", 100, columns=columns, states=["quarantined"] * 3 + ["accepted"] * 97)
    assert not finding(profile, "valid_ids_share").passed


def test_each_id_column_is_judged_by_itself() -> None:
    columns = {"head_resident_id__error": "id_length", "head_resident_id__ends_with_x": None}
    profile = delivery("subsistence_allowance", columns=columns)
    assert finding(profile, "valid_ids_share").passed
    assert not finding(profile, "head_valid_ids_share").passed


@pytest.mark.parametrize(
    ("rows", "ending_in_x", "passed", "judged"),
    [
        (499, 0, True, False),
        (500, 0, False, True),
        (500, 24, False, True),
        (500, 25, True, True),
        (500, 70, True, True),
        (500, 71, False, True),
        (10_000, 1_400, True, True),
        (10_000, 1_401, False, True),
        (10_000, 499, False, True),
    ],
)
def test_share_of_ids_ending_in_x(rows: int, ending_in_x: int, passed: bool, judged: bool) -> None:
    profile = delivery(
        "deaths", rows, columns={"resident_id__ends_with_x": [True] * ending_in_x + [False] * (rows - ending_in_x)}
    )
    result = finding(profile, "x_share")
    assert (result.passed, "x_share" in result.metrics, result.severity) == (passed, judged, "warning")


def test_invalid_ids_do_not_count_towards_the_five_hundred() -> None:
    columns = {"resident_id__error": ["id_length"] + [None] * 499, "resident_id__ends_with_x": [None] + [False] * 499}
    assert finding(delivery("deaths", 500, columns=columns), "x_share").passed


def test_an_empty_table_is_admissible_only_where_the_contract_says_so() -> None:
    assert judge(delivery("monitored_households", 0)).is_admissible
    rejected = [f.name for f in judge(delivery("household_register", 0)).results if not f.passed]
    assert rejected == ["rows_present"]


def test_a_snapshot_of_which_no_row_is_accepted_has_no_rows() -> None:
    assert not judge(delivery("household_register", 1, states=["quarantined"])).is_admissible


def test_an_empty_replacement_of_some_towns_has_no_rows() -> None:
    profile = delivery("household_register", 0, candidate=MonthProfile(900))
    assert not finding(profile, "rows_present").passed


def test_a_refused_file_beside_good_ones_is_a_warning() -> None:
    verdict = judge(delivery("deaths", refusals=("乙.csv:无法解码",)))
    assert verdict.is_admissible
    failed = next(f for f in verdict.results if not f.passed)
    assert (failed.name, failed.severity) == ("refused_files", "warning")
    assert "乙.csv:无法解码" in failed.message


def test_a_delivery_of_refused_files_only_is_no_empty_table() -> None:
    assert not judge(delivery("monitored_households", 0, refusals=("乙.csv:无法解码",))).is_admissible

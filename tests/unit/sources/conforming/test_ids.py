"""Resident ids and certificates: the standard, the order of the errors, what contradicts an id."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.conforming.ids import birth_month_of, check_digits, conform_ids, is_resident_id, sex_of
from sources.reading.files.sheet import DATE, NUMBER, TEXT
from tests.unit.sources.builder import CONTRACTS, MONTH, conformed_row, resident_id, wide
from tests.unit.sources.cells import judged, judged_in_excel

REGISTER = CONTRACTS.dataset("household_register")
DISABILITY = CONTRACTS.dataset("disability_subsidies")
GOOD = "11010519491231002X"
"""The example of GB 11643."""


def _ids(*texts: str, kind: int = TEXT) -> list[tuple[str | None, str | None]]:
    return conform_ids(pl.DataFrame({"text": texts, "type": [kind] * len(texts)}), MONTH.last_day).rows()


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digits(pl.Series(["11010519491231002", "44052418800101001"])).to_list() == ["X", "4"]
    assert check_digits(pl.Series([], dtype=pl.String)).to_list() == []


@pytest.mark.parametrize("text", [GOOD, "11010519491231002x"])
def test_valid_ids_are_read(text: str) -> None:
    assert _ids(text) == [(GOOD, None)]


def test_fifteen_digits_are_upgraded() -> None:
    assert _ids("110105491231002") == [(GOOD, None)]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("4.41802E+17", "id_stored_as_number"),
        ("4.41802e17", "id_stored_as_number"),
        ("441802E12", "id_stored_as_number"),
        ("4E17", "id_stored_as_number"),
        ("1" * 17, "id_length"),
        ("1" * 14, "id_length"),
        ("0", "id_length"),
        (GOOD + "1", "id_length"),
        ("11010549123100X", "id_length"),
        ("张三", "id_length"),
        ("1" * 18, "id_placeholder"),
        ("0" * 15, "id_placeholder"),
        ("9" * 18, "id_placeholder"),
        ("110105194913310021", "id_birth_date"),
        ("110105194902300029", "id_birth_date"),
        ("110105190002290029", "id_birth_date"),
        ("1101051949123X002X", "id_birth_date"),
        ("110105491331002", "id_birth_date"),
        ("身" * 18, "id_birth_date"),
        ("110105194912310021", "id_check_digit"),
        ("11010519491231X02X", "id_check_digit"),
        ("A1010519491231002X", "id_check_digit"),
        ("11010519491231002Y", "id_check_digit"),
        ("٤1010519491231002X", "id_check_digit"),
    ],
)
def test_errors_come_in_the_order_of_the_rule(text: str, error: str) -> None:
    assert _ids(text) == [(None, error)]


@pytest.mark.parametrize(("born", "error"), [("20210630", None), ("20210701", "id_birth_date"), ("18500101", None)])
def test_nobody_is_born_after_the_month(born: str, error: str | None) -> None:
    assert _ids(resident_id(1, born))[0][1] == error


@pytest.mark.parametrize("kind", [NUMBER, DATE])
@pytest.mark.parametrize("text", [GOOD, "110105491231002", "1" * 18, "1", "441802198006150016"])
def test_a_numeric_cell_is_wrong_whatever_it_shows(kind: int, text: str) -> None:
    assert _ids(text, kind=kind) == [(None, "id_stored_as_number")]


def test_numeric_cells_of_excel_are_seen() -> None:
    found = judged_in_excel(
        REGISTER, "resident_id", float(resident_id(1)[:17] + "0"), 441802800615001.0, resident_id(3)
    )
    assert found == [(None, "id_stored_as_number"), (None, "id_stored_as_number"), (resident_id(3), None)]


def test_blanks_apostrophes_and_full_width_digits_fall_off() -> None:
    plain = resident_id(1)
    forms = [f"'{plain}", f" {plain[:6]} {plain[6:]}\u200b", wide(plain), f"\t{plain}"]
    assert [value for value, _ in judged(REGISTER, "resident_id", *forms)] == [plain] * 4


@pytest.mark.parametrize("text", ["", "-", "—", "/", "无", "NULL"])
def test_a_missing_id_is_missing(text: str) -> None:
    assert judged(REGISTER, "resident_id", text) == [(None, "required_missing")]


@settings(max_examples=80, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2021, 6, 30)),
    st.integers(0, 999),
    st.integers(100000, 999999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_valid_ids_pass_and_one_wrong_digit_never_does(
    day: date, serial: int, place: int, spot: int, step: int
) -> None:
    body = f"{place}{day:%Y%m%d}{serial:03d}"
    good = body + str(check_digits(pl.Series([body]))[0])
    digit = str((int(good[spot]) + step) % 10)
    wrong = good[:spot] + digit + good[spot + 1 :]
    found = _ids(good, wrong)
    assert found[0] == ((good, None) if len(set(good)) > 1 else (None, "id_placeholder"))
    assert found[1][0] is None
    assert found[1][1] in ("id_birth_date", "id_check_digit", "id_placeholder")
    assert is_resident_id(good)
    assert not is_resident_id(wrong)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=8))
def test_any_text_gets_a_value_or_an_error_and_never_both(texts: list[str]) -> None:
    for value, error in _ids(*texts):
        assert (value is None) != (error is None)


def test_what_an_id_says_of_its_holder() -> None:
    ids = pl.DataFrame({"id": [resident_id(1, "19800615"), resident_id(2, "20011231"), None]})
    found = ids.select(birth_month_of(pl.col("id")), sex=sex_of(pl.col("id")))
    assert found.rows() == [("1980-06", "男"), ("2001-12", "女"), (None, None)]


@pytest.mark.parametrize("tail", ["11", "74", "43"])
def test_certificates_are_an_id_a_category_and_a_grade(tail: str) -> None:
    assert judged(DISABILITY, "disability_certificate_no", GOOD + tail) == [(GOOD + tail, None)]
    assert judged(DISABILITY, "disability_certificate_no", GOOD.lower() + tail) == [(GOOD + tail, None)]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD + "4",
        GOOD + "431",
        GOOD + "03",
        GOOD + "83",
        GOOD + "40",
        GOOD + "45",
        GOOD + "4x",
        "110105194912310021" + "43",
    ],
)
def test_other_certificates_are_invalid(text: str) -> None:
    assert judged(DISABILITY, "disability_certificate_no", text) == [(None, "certificate_invalid")]


def test_a_certificate_in_a_numeric_cell_is_invalid() -> None:
    assert judged_in_excel(DISABILITY, "disability_certificate_no", 44180219800615001243.0) == [
        (None, "certificate_invalid")
    ]


def test_contradictions_are_recorded_and_change_nothing() -> None:
    committees = CONTRACTS.dataset("village_committees")
    found = conformed_row(committees, resident_id=resident_id(1, "19800615"), sex="女", birth_month="1980-07")
    assert (found["sex"], found["sex__note"], found["sex__error"]) == ("女", "sex_contradicts_id", None)
    assert (found["birth_month"], found["birth_month__note"]) == ("1980-07", "birth_contradicts_id")
    assert found["row_state"] == "accepted"
    found = conformed_row(DISABILITY, disability_certificate_no=resident_id(7) + "43")
    assert found["disability_certificate_no__note"] == "certificate_contradicts_id"
    assert found["row_state"] == "accepted"


def test_what_agrees_or_cannot_be_compared_is_no_contradiction() -> None:
    committees = CONTRACTS.dataset("village_committees")
    found = conformed_row(committees, resident_id=resident_id(1, "19800615"), sex="男", birth_month="1980.6")
    assert (found["sex__note"], found["birth_month__note"]) == (None, None)
    found = conformed_row(committees, resident_id="1" * 18, sex="女", birth_month="x")
    assert (found["sex__note"], found["birth_month__note"]) == (None, None)

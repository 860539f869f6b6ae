"""A formula is computed as Excel does, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sources.reading.files.second_look.formula_functions import NotComputableError, Value
from sources.reading.files.second_look.formulas import Cell, compute

CELLS: dict[Cell, Value] = {
    (None, 1, 1): Decimal("12.5"),
    (None, 1, 2): Decimal("0.1"),
    (None, 2, 1): Decimal(3),
    (None, 2, 2): "甲",
    (None, 3, 0): "441802198001011234",
    ("表 2", 0, 0): Decimal(9),
}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("11013.5+1000", "12013.5"),
        ("B2+C2+0.2", "12.8"),
        ("-(B2+B3)*2", "-31"),
        ("B2-B3-1", "8.5"),
        ("B2*5%", "0.625"),
        ("1/3", "0.333333333333333"),
        ("SUM(B2:C3)", "15.6"),
        ("sum($B$2:$B$3, 1)", "16.5"),
        ("PRODUCT(B2,4)", "50"),
        ("AVERAGE(B2:B3)", "7.75"),
        ("MAX(B2:C3)-MIN(B2:C3)", "12.4"),
        ("ROUND(2.675,2)", "2.68"),
        ("ROUND(-2.5,0)", "-3"),
        ("ROUNDUP(2.1,0)+ROUNDDOWN(2.9,0)+ABS(-1)", "6"),
        ("'表 2'!A1", "9"),
        ("D9", "0"),
    ],
)
def test_numbers_are_exact_to_the_digits_that_excel_keeps(formula: str, value: str) -> None:
    assert compute(formula, CELLS.get) == Decimal(value)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ('B3&"-"&C3', "3-甲"),
        ('"a""b"&D9', 'a"b'),
        ('IF(B2>10,"是","否")', "是"),
        ('IF(C3="甲",CONCATENATE(C3,B2),VLOOKUP(1,2))', "甲12.5"),
        ('MID(A4,7,4)&"-"&MID(A4,11,2)', "1980-01"),
        ("LEFT(A4,6)&RIGHT(A4,1)", "4418024"),
        ('IF(D9="","空",1)', "空"),
    ],
)
def test_texts_are_joined_and_cut(formula: str, value: str) -> None:
    assert compute(formula, CELLS.get) == value


@pytest.mark.parametrize(
    "formula",
    [
        "", "1+", "SUM(B2", "1/0", "B2:B3", "C3+1", "SUM(B2,C3)", "A4*1", "VLOOKUP(A1,Z1:Z2,2,0)", "TODAY()",
        "SUM(A:A)",        "SUM(A1:XFD1048576)", "[1]Sheet1!A1", "A1B", "LOG10(5)", "2^3",
        "MID(A4,1)", "LEFT(A4)", "ROUND(1)", "IF(1)",
        "AVERAGE(D9:D9)", "(" * 400 + "1" + ")" * 400, "+".join(["1"] * 600), "A1 B1", "#REF!+1", "TRUE+1",
    ],
)  # fmt: skip
def test_anything_else_is_not_computed(formula: str) -> None:
    with pytest.raises(NotComputableError):
        compute(formula, CELLS.get)


def test_only_the_branch_that_is_taken_is_computed() -> None:
    def cell(at: Cell) -> Value:
        if at[1] == 1:
            raise NotComputableError
        return Decimal(0)

    assert compute("IF(A1=0,5,A2)", cell) == Decimal(5)
    with pytest.raises(NotComputableError):
        compute("IF(A1=1,5,A2)", cell)

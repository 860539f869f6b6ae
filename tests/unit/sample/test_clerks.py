"""Figures, headers and mistakes, one at a time."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample.chance import divided
from sample.clerks.figures import decimal_text, power_between, with_separators
from sample.clerks.heading import heading_of
from sample.clerks.plan import PLAN
from sample.clerks.spoil import marked, mistakes_of
from sample.months import Calendar, When
from sources.contracts.model import Column, load_contracts
from sources.months import Month


def _text(units: int, digits: int) -> str:
    return str(pl.DataFrame({"u": [units]}).select(decimal_text(pl.col("u"), digits)).item())


@given(st.integers(-(10**12), 10**12), st.integers(-4, 6))
def test_decimal_text_is_exact(units: int, digits: int) -> None:
    assert Decimal(_text(units, digits)) == Decimal(units).scaleb(-digits)


@pytest.mark.parametrize(
    ("plain", "separated"),
    [("999", "999"), ("1000", "1,000"), ("-1234567.5", "-1,234,567.5"), ("123456789", "123,456,789")],
)
def test_separators(plain: str, separated: str) -> None:
    assert pl.select(with_separators(pl.lit(plain))).item() == separated


def test_units_convert_or_are_refused() -> None:
    assert power_between("元", "万元") == -4
    assert power_between("万元", "千元") == 1
    assert power_between("公里", "米") == 3
    with pytest.raises(ValueError, match="does not convert"):
        power_between("元", "公里")


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 10), min_size=1, max_size=40))
def test_divided_parts_add_up(total: int, weights: list[float]) -> None:
    parts = divided(total, np.array(weights))
    assert parts.sum() == total
    assert (parts >= 0).all()


def test_days_are_told_from_the_last_month() -> None:
    calendar = Calendar.of([Month(2021, 6), Month(2021, 5)])
    assert str(calendar.day(When(-1, 31))) == "2021-05-31"
    assert str(calendar.day(When(-4, 31))) == "2021-02-28"
    assert (calendar.position(0), calendar.position(-1), calendar.position(-9)) == (1, 0, 0)


def _means(word: str, group: str, column: Column) -> bool:
    """True where a header text, alone or under its group head, is one of the column's."""
    bare = word.replace("\u3000", "")
    bare = (
        bare[: max(bare.rfind("("), bare.rfind("（"))]
        if bare.endswith((")", "）")) and bare not in column.headers
        else bare
    )
    return bare in column.headers or group + bare in column.headers


@pytest.mark.parametrize("dataset", sorted(PLAN))
def test_every_header_is_a_word_of_the_contract(dataset: str) -> None:
    table = load_contracts().dataset(dataset)
    names = [c.name for c in table.columns]
    for style in PLAN[dataset]:
        for seed in range(10):
            heading = heading_of(table, names, style, np.random.default_rng(seed))
            assert sorted(heading.order) == sorted((*names, *style.extras))
            upper = heading.upper or ("",) * len(heading.lower)
            for name, group, word in zip(heading.order, upper, heading.lower, strict=True):
                assert name in style.extras or _means(word, group, table[name]), (word, name)


def test_the_plan_covers_every_table() -> None:
    assert PLAN.keys() == {d.name for d in load_contracts().datasets}


def _payments(size: int) -> pl.DataFrame:
    number = pl.int_range(size, eager=True)
    return pl.DataFrame(
        {
            "payment_no": number.cast(pl.String),
            "person_name": ["张三"] * size,
            "resident_id": ["441802197506279055"] * size,
            "incentive_type": ["其他"] * size,
            "amount": [100_00] * size,
            "paid_on": pl.Series([Month(2021, 6).first_day] * size),
            "_luck": np.random.default_rng(1).random(size),
            "_kept": [i % 4 == 0 for i in range(size)],
        }
    )


@pytest.mark.parametrize(
    ("size", "wrong", "same", "other"), [(19, 0, 0, 0), (20, 1, 0, 0), (99, 1, 0, 0), (1000, 10, 5, 3)]
)
def test_mistakes_are_rare_and_spare_kept_rows(size: int, wrong: int, same: int, other: int) -> None:
    table, styles = load_contracts().dataset("employment_incentives"), PLAN["employment_incentives"]
    frame = _payments(size)
    rows = marked(frame, table, mistakes_of(table, frame.columns, styles), styles)
    assert rows["_mistake"].is_not_null().sum() == wrong
    assert (rows["_twin"] == "same").sum() == same
    assert (rows["_twin"] == "other").sum() == other
    assert not rows.filter("_kept").select(pl.col("_mistake", "_twin").is_not_null().any()).to_series().any()
    assert rows.height == size + same + other


def test_a_row_listed_twice_differs_only_where_it_should() -> None:
    table, styles = load_contracts().dataset("employment_incentives"), PLAN["employment_incentives"]
    frame = _payments(1000)
    rows = marked(frame, table, mistakes_of(table, frame.columns, styles), styles).with_row_index()
    columns = [c.name for c in table.columns]
    for index, twin in rows.filter(pl.col("_twin").is_not_null()).select("index", "_twin").rows():
        first, second = rows[index - 1].select(columns), rows[index].select(columns)
        assert first["payment_no"].item() == second["payment_no"].item()
        assert first.equals(second) == (twin == "same")


def test_who_is_spoiled_stays_spoiled() -> None:
    table, styles = load_contracts().dataset("employment_incentives"), PLAN["employment_incentives"]
    frame = _payments(1000)
    mistakes = mistakes_of(table, frame.columns, styles)
    before, after = (
        marked(f, table, mistakes, styles).filter(pl.col("_mistake").is_not_null()) for f in (frame, frame[30:])
    )
    assert set(after["payment_no"]) >= {n for n in before["payment_no"] if int(n) >= 30}

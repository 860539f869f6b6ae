"""The invented people: valid ids, a plausible population, lives that run through the months."""

from __future__ import annotations

from datetime import date

import polars as pl

from sample.departments.agriculture import household_income, household_register
from sample.departments.civil_affairs import deaths
from sample.district import District

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LAST = 2


def _is_valid(resident_id: str, born: date, sex: str) -> bool:
    check = "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, resident_id, strict=False)) % 11]
    return (
        len(resident_id) == 18
        and resident_id[17] == check
        and resident_id[6:14] == f"{born:%Y%m%d}"
        and (int(resident_id[16]) % 2 == 1) == (sex == "男")
    )


def test_every_id_is_valid_and_belongs_to_one_person(large_district: District) -> None:
    people = large_district.lives.people
    rows = people.select("resident_id", "birth_date", "sex").rows()
    assert all(_is_valid(*row) for row in rows)
    assert people["resident_id"].n_unique() == people.height


def test_ids_end_in_x_as_often_as_chance_has_it(large_district: District) -> None:
    assert 0.07 < large_district.lives.people["resident_id"].str.ends_with("X").mean() < 0.11


def test_the_population_is_plausible(large_district: District) -> None:
    people = large_district.lives.people.filter(pl.col("appears_in") < 0)
    age = people.select((pl.lit(date(2021, 4, 1)) - pl.col("birth_date")).dt.total_days() / 365.25).to_series()
    assert 3.2 < people.height / large_district.lives.households.height < 3.8
    assert 0.12 < (age < 16).mean() < 0.28
    assert 0.15 < (age >= 60).mean() < 0.32
    assert age.min() > 0
    heads = people.filter(pl.col("relation_to_head") == "户主").group_by("hid").len()
    assert (heads["len"] == 1).mean() > 0.99


def test_some_names_have_a_middle_dot(large_district: District) -> None:
    names = large_district.lives.people["person_name"]
    assert 0 < names.str.contains("·").sum() < 0.01 * len(names)
    assert names.str.contains(r"^[\p{Han}·]{2,10}$").all()


def test_households_stay_while_people_come_and_go(large_district: District) -> None:
    first, last = household_register(large_district, 0), household_register(large_district, LAST)
    assert set(last["household_code"]) >= set(first["household_code"]) - set(_emptied(large_district))
    gone = set(first["resident_id"]) - set(last["resident_id"])
    come = set(last["resident_id"]) - set(first["resident_id"])
    assert 0 < len(gone) < 0.02 * first.height
    assert 0 < len(come) < 0.02 * first.height


def _emptied(district: District) -> list[str]:
    present = district.present_in(LAST)["hid"]
    return district.lives.households.filter(~pl.col("hid").is_in(present.implode()))["household_code"].to_list()


def test_some_households_move_and_keep_their_code(large_district: District) -> None:
    first = large_district.households_in(0).select("household_code", before="village_code")
    last = large_district.households_in(LAST).select("household_code", after="village_code")
    moved = first.join(last, on="household_code").filter(pl.col("before") != pl.col("after"))
    assert 0 < moved.height < 30


def test_deaths_are_reported_in_their_month_or_late_but_never_early(large_district: District) -> None:
    late = 0
    for position, month in enumerate(large_district.calendar.months):
        reported = deaths(large_district, position)["died_on"]
        assert (reported <= month.last_day).all()
        assert (reported >= month.first_day).any()
        late += (reported < month.first_day).sum()
    assert late > 0


def test_incomes_drift_and_some_fall_by_a_third(large_district: District) -> None:
    columns = ("wage_income", "operating_income", "property_income", "transfer_income")
    net = pl.sum_horizontal(columns) - pl.col("operating_expense")
    first, last = (household_income(large_district, p).select("household_code", net=net) for p in (0, LAST))
    ratio = first.join(last, on="household_code").select(pl.col("net_right") / pl.col("net")).to_series()
    assert 0.98 < ratio.median() < 1.03
    assert 0 < (ratio < 0.7).sum() < 0.02 * len(ratio)


def test_income_parts_add_up_to_the_net_income(district: District) -> None:
    rows = household_income(district, LAST)
    net = rows.select(
        "household_code",
        net=pl.sum_horizontal("wage_income", "operating_income", "property_income", "transfer_income")
        - pl.col("operating_expense"),
    )
    drawn = district.lives.incomes.filter(pl.col("position") == LAST).join(
        district.lives.households.select("hid", "household_code"), on="hid"
    )
    assert net.join(drawn, on="household_code").filter(pl.col("net") != pl.col("net_right")).is_empty()
    assert (rows["operating_expense"] >= 0).all()

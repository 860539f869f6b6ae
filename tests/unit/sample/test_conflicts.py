"""Planted conflicts: each rule worked out again on the tidy tables of the last month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from sample.answers import planted_conflicts
from sample.departments import agriculture, civil_affairs, health, human_resources
from sample.district import District
from tests.unit.sample.conftest import MONTHS

LAST = 2
FIRST_DAY, MONTH = date(2021, 6, 1), "2021-06"
WORKERS = ["技能劳动力", "普通劳动力", "弱劳动力或半劳动力"]
Subjects = Callable[[District], set[str]]


def _dead(district: District) -> pl.DataFrame:
    return pl.concat([civil_affairs.deaths(district, p) for p in range(len(MONTHS))]).select("resident_id", "died_on")


def _protected(district: District) -> pl.DataFrame:
    allowance = civil_affairs.subsistence_allowance(district, LAST).filter(pl.col("change_type") != "停发")
    return pl.concat([allowance.select("resident_id"), _supported(district)])


def _supported(district: District) -> pl.DataFrame:
    return civil_affairs.extreme_poverty_support(district, LAST).select("resident_id")


def _register(district: District) -> pl.DataFrame:
    return agriculture.household_register(district, LAST)


def _ids(frame: pl.DataFrame) -> set[str]:
    return set(frame["resident_id"])


def _dead_before(district: District) -> set[str]:
    return _ids(_dead(district).filter(pl.col("died_on") < FIRST_DAY))


def _drawing(district: District) -> set[str]:
    return _ids(human_resources.pension_enrolment(district, LAST).filter(pl.col("benefit_status") == "领取中"))


def _on_two_households(district: District) -> set[str]:
    counts = _register(district).group_by("resident_id").agg(pl.col("household_code").n_unique())
    return _ids(counts.filter(pl.col("household_code") > 1))


def _under_two_names(district: District) -> set[str]:
    tables = (agriculture.household_register, health.medical_insurance_enrolment)
    plain = pl.col("person_name").str.replace_all("・", "·")
    names = pl.concat([t(district, LAST).select("resident_id", person_name=plain) for t in tables])
    counts = names.group_by("resident_id").agg(pl.col("person_name").n_unique())
    return _ids(counts.filter(pl.col("person_name") > 1))


def _twice_protected(district: District) -> set[str]:
    allowance = civil_affairs.subsistence_allowance(district, LAST).filter(pl.col("change_type") != "停发")
    return _ids(allowance) & _ids(_supported(district))


def _employed(district: District) -> set[str]:
    return _ids(human_resources.employment_monitoring(district, LAST).filter(pl.col("employment_status") == "在业"))


def _treated_after_death(district: District) -> set[str]:
    rows = health.medical_settlements(district, LAST).join(_dead(district), on="resident_id")
    return _ids(rows.filter(pl.coalesce("admitted_on", "settled_on") > pl.col("died_on")))


def _without_one_head(district: District) -> set[str]:
    heads = _register(district).group_by("household_code").agg((pl.col("relation_to_head") == "户主").sum())
    return set(heads.filter(pl.col("relation_to_head") != 1)["household_code"])


def _listed(district: District) -> pl.DataFrame:
    return agriculture.monitored_households(district, LAST)


def _months(name: str) -> pl.Expr:
    return pl.col(name).str.slice(0, 4).cast(pl.Int32) * 12 + pl.col(name).str.slice(5, 2).cast(pl.Int32)


def _soon_eliminated(district: District) -> set[str]:
    return set(
        _listed(district).filter(_months("eliminated_month") - _months("identified_month") <= 2)["household_code"]
    )


def _eliminated_without_workers(district: District) -> set[str]:
    able = _register(district).filter(
        pl.col("labour_ability").is_in(WORKERS), ~pl.col("resident_id").is_in(_dead(district)["resident_id"].to_list())
    )
    present = set(_register(district)["household_code"])
    eliminated = set(_listed(district).filter("is_risk_eliminated")["household_code"])
    return (eliminated & present) - set(able["household_code"])


def _off_the_register(district: District) -> set[str]:
    return set(_listed(district)["household_code"]) - set(_register(district)["household_code"])


RULES: dict[str, Subjects] = {
    "REC-01": lambda d: _ids(_protected(d)) & _dead_before(d),
    "REC-02": lambda d: _drawing(d) & _dead_before(d),
    "REC-03": _on_two_households,
    "REC-04": _under_two_names,
    "REC-05": _twice_protected,
    "REC-06": lambda d: _ids(_protected(d)) - _ids(_register(d)),
    "REC-07": lambda d: _employed(d) & _ids(human_resources.unemployment_registration(d, LAST)),
    "REC-08": lambda d: _ids(_supported(d)) & _employed(d),
    "REC-09": _treated_after_death,
    "REC-10": _without_one_head,
    "REC-11": _soon_eliminated,
    "REC-12": _eliminated_without_workers,
    "REC-13": _off_the_register,
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_planted_conflicts_come_out(rule: str, district: District) -> None:
    planted = [c for c in planted_conflicts(district) if c.rule_code == rule]
    found = RULES[rule](district)
    assert any(c.conflicts for c in planted)
    assert {c.subject: c.conflicts for c in planted} == {c.subject: c.subject in found for c in planted}


def test_every_rule_has_a_case_and_nearly_every_one_a_miss(district: District) -> None:
    planted = planted_conflicts(district)
    assert {c.rule_code for c in planted if c.conflicts} == {f"REC-{n:02}" for n in range(1, 16)}
    # Nobody misses these narrowly: being on one household, on the register or having one head is the plain case.
    plain = {"REC-03", "REC-06", "REC-10"}
    assert {c.rule_code for c in planted if not c.conflicts} == {f"REC-{n:02}" for n in range(1, 16)} - plain

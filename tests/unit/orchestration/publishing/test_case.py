"""What case workers see of households: bands at their edges, and every column that is named."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.dbt import manifest
from orchestration.publishing import case

WITHHELD = {
    "household_month": {
        *("net_income", "income_per_capita", "inpatient_self_paid_ytd", "compliant_self_paid"),
        "recognition_income_per_capita",
    },
    "household_risk": set(),
    "household_risk_flags": {"measure", "threshold", "evidence"},
    "risk_leads": set(),
    "low_income_population": set(),
    "reconciliation_conflicts": {"detail"},
}


def test_exact_money_and_evidence_are_all_that_is_withheld() -> None:
    nodes, relations = manifest.load()["nodes"], manifest.relations(manifest.load(), "marts")
    columns = {table: set(nodes[unique_id]["columns"]) for unique_id, (_, table) in relations.items()}
    assert {name: columns[name] - set(mart.kept) for name, mart in case.MARTS.items()} == WITHHELD
    assert all(set(mart.kept) <= columns[name] for name, mart in case.MARTS.items())


def _bands(column: str, income: float | None, members: int, paid: float | None) -> object:
    names = case.MARTS["household_month"].kept
    with duckdb.connect() as c:
        c.execute("attach ':memory:' as full_marts; create schema full_marts.marts")
        types = {"month": "date", "living_members": "integer"}
        c.execute(
            "create table full_marts.marts.household_month ("
            + ", ".join(f"{n} {types.get(n, 'varchar')}" for n in names)
            + ", net_income double, inpatient_self_paid_ytd double)"
        )
        c.execute(
            "insert into full_marts.marts.household_month"
            " (month, town_code, living_members, net_income, inpatient_self_paid_ytd) values"
            " (date '2021-06-01', '520101001', ?, ?, ?)",
            [members, income, paid],
        )
        c.execute(
            "create table full_marts.marts.policy_parameters as select * from (values"
            " ('monitoring_line', '', date '2021-01-01', null::date, 6000.0),"
            " ('monitoring_line', '52', date '2021-01-01', date '2021-06-30', 1.0),"
            " ('monitoring_line', '5201', date '2021-06-30', null, 1000.0),"
            " ('monitoring_line', '53', date '2021-01-01', null, 2.0),"
            " ('income_drop_pct', '520101001', date '2021-01-01', null, 3.0)"
            ") as t (parameter, division_prefix, valid_from, valid_to, value)"
        )
        sql = case.MARTS["household_month"].sql("full_marts", "household_month")
        ((value,),) = c.execute(f"select {column} from ({sql})").fetchall()
    return value


@pytest.mark.parametrize(
    ("income", "band"),
    [
        (1999.99, "<1"), (2000.0, "1-1.5"), (2999.99, "1-1.5"), (3000.0, "1.5-2"), (4000.0, "2-3"), (5999.99, "2-3"),
        (6000.0, ">=3"), (-5.0, "<1"), (None, None),
    ],
)  # fmt: skip
def test_income_is_in_lines_of_the_town_and_month(income: float | None, band: str | None) -> None:
    assert _bands("income_band", income, 2, 0) == band


def test_a_household_without_a_living_member_has_no_income_band() -> None:
    assert _bands("income_band", 100.0, 0, 0) is None


@pytest.mark.parametrize(
    ("paid", "band"),
    [
        (-1, "0"), (0, "0"), (0.01, "<1000"), (1000, "1000-5000"), (5000, "5000-20000"), (19999.99, "5000-20000"),
        (20000, ">=20000"), (None, None),
    ],
)  # fmt: skip
def test_self_payment_is_in_bands(paid: float | None, band: str | None) -> None:
    assert _bands("self_paid_band", 1.0, 1, paid) == band

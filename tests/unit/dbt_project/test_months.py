"""Months one after the other, again, and out of order: what the warehouse holds after each run.

Belongs here: whole runs of dbt over a tiny district. Does not belong here: a rule at its edges (unit tests beside the
models).
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt import manifest
from tests.dbt_fixture import DbtFixture, row_ref
from tests.unit.dbt_project.conftest import APRIL, JUNE, TOWN, income, member, register


def content(district: DbtFixture) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of every table of the warehouse, sorted."""
    tables = district.query(
        "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE'"
    )
    return {table: sorted(district.query(f"select * from {table}"), key=repr) for (table,) in tables}


def test_unscreened_month_bridges_an_episode(built: DbtFixture) -> None:
    rows = built.query(
        "select month, first_flagged_month, months_flagged, is_new, lead_id from marts.household_risk_flags "
        "where household_key = 'poor' and rule_code = 'INC-01' order by month"
    )
    # printf 'poor|INC-01|2021-04' | sha256sum
    lead = "Lf0fe51b420350c28"
    assert rows == [
        (date(2021, 4, 1), date(2021, 4, 1), 1, True, lead),
        (date(2021, 6, 1), date(2021, 4, 1), 2, False, lead),
    ]


def test_leads_close_and_fall_due(built: DbtFixture) -> None:
    leads = built.query(
        "select household_key, rule_code, opened_month, closed_month, status, due_on, is_overdue from marts.risk_leads"
    )
    may_day, june = date(2021, 5, 11), date(2021, 7, 9)
    assert sorted(leads) == [
        ("bereaved", "CIV-03", date(2021, 6, 1), None, "open", june, False),
        ("estate", "WAT-01", date(2021, 4, 1), None, "open", may_day, True),
        ("housed", "HOU-01", date(2021, 4, 1), date(2021, 5, 1), "closed", may_day, False),
        ("poor", "INC-01", date(2021, 4, 1), None, "open", may_day, True),
    ]


def test_evidence_names_the_delivered_rows(built: DbtFixture) -> None:
    ((evidence,),) = built.query(
        "select evidence from marts.household_risk_flags where month = '2021-06-01' and rule_code = 'INC-01'"
    )
    row = {"delivery_no": 1, "file_no": 1, "sheet_no": 1, "row_number": 2}
    reference = {"department": "agriculture", "dataset": "household_income", "month": JUNE}
    assert json.loads(evidence) == [{**reference, "ref": row_ref("household_income", JUNE, row)}]


def test_screening_tells_none_found_from_not_looked(built: DbtFixture) -> None:
    rows = built.query(
        "select month, rule_code, status, reason, screened_households, flagged_households from marts.risk_screening "
        f"where town_code = '{TOWN}' and rule_code in ('INC-01', 'INC-02') order by month, rule_code"
    )
    april, may, june = (date(2021, m, 1) for m in (4, 5, 6))
    no_income, no_earlier = "缺少农户收入监测表(2021-05)", "缺少农户收入监测表({})"
    assert rows == [
        (april, "INC-01", "screened", None, 4, 1),
        (april, "INC-02", "not_screened", no_earlier.format("2020-04至2021-03"), 0, None),
        (may, "INC-01", "not_screened", no_income, 0, None),
        (may, "INC-02", "not_screened", no_income, 0, None),
        (june, "INC-01", "screened", None, 4, 1),
        (june, "INC-02", "screened", None, 4, 0),
    ]


def test_running_a_month_again_changes_nothing(district: DbtFixture) -> None:
    before = content(district)
    district.build(JUNE)
    assert content(district) == before


def test_running_an_earlier_month_again_changes_no_mart(district: DbtFixture) -> None:
    def marts() -> dict[str, list[tuple[Any, ...]]]:
        return {table: rows for table, rows in content(district).items() if table.startswith("marts.")}

    before = marts()
    district.build(APRIL)
    assert marts() == before


def test_a_month_that_loses_its_last_flag_keeps_none(district: DbtFixture) -> None:
    district.deliver("household_register", APRIL, [row for row in register() if row["household_key"] == "sound"])
    district.build(APRIL)
    tables = ("marts.household_risk_flags", "marts.household_risk", "intermediate.int_flagged_months")
    for table in tables:
        assert district.query(f"select month from {table} where month = '2021-04-01'") == []
    households = district.query("select household_key from marts.household_month where month = '2021-04-01'")
    assert households == [("sound",)]
    opened = district.query("select opened_month from marts.risk_leads where household_key = 'poor'")
    assert opened == [(date(2021, 6, 1),)]


def test_a_month_without_a_register_does_not_run(district: DbtFixture) -> None:
    before = content(district)
    done = district.dbt("build", "2021-07")
    assert done.returncode != 0
    assert "2021-07 没有已接收的农户基础信息名册(household_register),本月不能运行" in done.stdout
    assert content(district) == before


def test_a_broken_hand_over_fails_the_run(district: DbtFixture) -> None:
    district.deliver("household_register", JUNE, [*register(), member("new", "new-1")], balance={"rows_accepted": 8})
    done = district.dbt("build", JUNE, "--select", "stg_intake__deliveries", "accepted_rows_equal_ledger")
    assert done.returncode != 0
    assert "FAIL 1 accepted_rows_equal_ledger" in done.stdout


def test_who_asks_staging_for_a_month_scans_no_file_of_another_one(built: DbtFixture) -> None:
    rows = "staging.stg_agriculture__household_register where extract_month = date '2021-06-01'"
    ((_, plan),) = built.query(f"explain analyze from {rows}")
    scanned = re.search(r"Scanning Files: (\d+)/(\d+)", plan)
    assert scanned, plan
    assert int(scanned[1]) == 1 < int(scanned[2])
    assert built.query(f"from {rows}")


def test_every_column_of_a_mart_carries_its_label(built: DbtFixture) -> None:
    comments = built.query("select table_name, comment from duckdb_columns() where schema_name = 'marts'")
    assert [name for name, comment in comments if not (comment or "").strip()] == []


def test_incomes_of_a_month_without_a_register_screen_but_do_not_compare(tmp_path: Path) -> None:
    """A look-back asks what was accepted; who lived in the household then, nobody knows."""
    district = DbtFixture(tmp_path)
    district.deliver("household_income", APRIL, [income("poor", 90000)])
    district.deliver("household_register", JUNE, register())
    district.deliver("household_income", JUNE, [income("poor", 11999)])
    district.build(JUNE)
    rows = district.query(
        "select status, screened_households, flagged_households from marts.risk_screening "
        f"where town_code = '{TOWN}' and rule_code = 'INC-02'"
    )
    assert rows == [("screened", 4, 0)]


def test_evidence_without_references_and_file_numbers_given_twice_are_found(district: DbtFixture) -> None:
    conflict = "'C1', 'REC-01', '{\"facts\":{},\"evidence\":[]}', 'agriculture', date '2021-06-01', true"
    with duckdb.connect(str(district.home.warehouse / "warehouse.duckdb")) as warehouse:
        warehouse.execute(
            'update marts.household_risk_flags set evidence = replace(evidence, \'"ref":"\', \'"ref":"x\')'
        )
        warehouse.execute(
            "insert into marts.reconciliation_deliveries select * replace ('other.xlsx' as file_name) "
            "from marts.reconciliation_deliveries where month = '2021-06-01' limit 1"
        )
        warehouse.execute(
            "insert into marts.reconciliation_conflicts (month, conflict_id, rule_code, detail, answering_department, "
            f"first_seen_month, is_new) select date '2021-06-01', {conflict}"
        )
    marts = ("household_risk_flags", "reconciliation_deliveries", "reconciliation_conflicts")
    district.dbt("test", JUNE, "--exclude-resource-type", "unit_test", "--select", *marts)
    found = {name.split(".")[0] for name in district.failures()}
    assert len(found) == 3, found
    assert {"flags_are_in_scope", "conflicts_lead_back_to_delivered_rows"} < found
    assert any(name.startswith("unique_key_") and "file_no" in name for name in found), found


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ("add column extra integer", "extra"),
        ("drop column housing_grade", "housing_grade"),
        ("alter labourers type varchar", "labourers"),
    ],
)
def test_a_table_with_other_columns_keeps_its_rows(district: DbtFixture, change: str, column: str) -> None:
    with duckdb.connect(str(district.home.warehouse / "warehouse.duckdb")) as warehouse:
        warehouse.execute(f"alter table marts.household_month {change}")
    before = district.query("from marts.household_month order by all")
    assert district.dbt("run", JUNE, "--select", "household_month").returncode == 1
    assert f"out of sync: {column}" in district.failures()["household_month"]
    assert district.query("from marts.household_month order by all") == before


def test_marts_carry_their_descriptions(district: DbtFixture) -> None:
    nodes = {
        (node["schema"], node["alias"]): node
        for node in manifest.load()["nodes"].values()
        if node["config"].get("persist_docs") and node["resource_type"] == "model"
    }
    of_table = "select schema_name, table_name, comment from duckdb_tables() where schema_name like 'marts%'"
    commented = {(schema, table): comment for schema, table, comment in district.query(of_table)}
    assert commented == {key: node["description"] for key, node in nodes.items()}
    of_column = of_table.replace("table_name,", "table_name, column_name,").replace("tables()", "columns()")
    described = {(*key, c["name"]): c["description"] for key, node in nodes.items() for c in node["columns"].values()}
    found = {tuple(names): comment for *names, comment in district.query(of_column)}
    # The wide mart has a column per indicator: no YAML lists them, so they have no description.
    assert {key: found[key] for key in described} == described

"""Test that files give the figures of the district's report of 2021, through intake, gate and dbt.

Belongs here: the report's figures, in the indicator catalogue and beyond. Does not belong here: the files (``files``).
"""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from expectations.gate import judge
from sources.contracts.model import load_contracts
from sources.intake import Intake
from sources.months import Month
from tests import dbt_fixture
from tests.dbt_fixture import DbtFixture
from tests.district import DIVISIONS
from tests.golden.files import YEAR_END, due, write_inbox
from tests.golden.month_report import FIGURES, shows, write_report
from tests.golden.places import MONTH
from tests.oracle.differences import differences
from tests.oracle.households import build
from tests.oracle.indicators.table import MONTHLY, indicator_marts
from tests.oracle.reading.inbox import Store, take_month
from tests.paths import DBT_PROJECT, ROOT, SEEDS
from tests.unit.dbt_project.test_catalogues import seed
from tests.unit.sources.builder import landed

with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as _file:
    REPORTED = {row["code"]: row["seed_value"] for row in csv.DictReader(_file) if row["seed_value"]}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    """Take in and build the golden files; every delivery must be admissible and every row accepted."""
    fixture = DbtFixture(tmp_path_factory.mktemp("golden"))
    write_inbox(fixture.home.inbox)
    for month in (YEAR_END, MONTH):
        intake = landed(Intake(fixture.home, Month.parse(month), judge, DIVISIONS))
        assert not intake.notices()
        for dataset in load_contracts().datasets:
            taken = intake.take(dataset)
            assert taken.status == ("accepted" if dataset.name in due(month) else "not_delivered"), dataset.name
            assert taken.ledger["rows_quarantined"].sum() == 0, (dataset.name, taken.error_counts)
    fixture.build(MONTH)
    return fixture


@pytest.fixture(scope="module")
def written(district: DbtFixture) -> dict[str, str]:
    """Write the documents of the month; return their texts by suffix."""
    return write_report(district, MONTH)


@pytest.mark.parametrize(("code", "reported"), REPORTED.items())
def test_every_reported_figure_comes_out(district: DbtFixture, code: str, reported: str) -> None:
    [(shown,)] = district.query(
        "select shown_value from intermediate.int_indicators_for_display "
        f"where level = 'district' and indicator_code = '{code}'"
    )
    if reported.startswith(">="):
        assert Decimal(str(shown)) >= Decimal(reported.removeprefix(">="))
    else:
        assert Decimal(str(shown)) == Decimal(reported)


def test_every_indicator_has_a_figure(district: DbtFixture) -> None:
    """No figure lacks a table or a column."""
    lacking = "select distinct indicator_code, reason from marts.rural_indicators"
    assert district.query(f"{lacking} where status not in ('computed', 'not_applicable')") == []


@pytest.mark.parametrize(
    ("code", "numerator", "denominator"),
    [
        ("monitoring.unstable_households", 0, 400),
        ("monitoring.marginal_households", 0, 200),
        ("governance.college_rate", 811, 933),
        ("governance.high_school_rate", 906, 933),
        ("governance.under_35_rate", 375, 933),
        ("governance.one_shoulder_rate", 161, 161),
        ("governance.three_posts_rate", 161, 161),
        ("cadres.first_secretary_coverage", 161, 161),
        ("planning.coverage", 70, 71),
        ("roads.bus_coverage", 71, 71),
        ("waste.towns_with_station", 4, 4),
        ("sewage.separation_rate", 1634, 1840),
        ("sewage.treatment_rate", 1478, 1840),
        ("water.piped_rate", 1741, 1840),
        ("services.platform_coverage", 161, 161),
        ("governance.collective_income_30_100_rate", 80, 160),
        ("toilets.subsidy", 615.9, None),
    ],
)
def test_figures_carry_what_they_are_made_of(
    district: DbtFixture, code: str, numerator: float, denominator: float | None
) -> None:
    found = district.query(
        "select numerator, denominator from marts.rural_indicators "
        f"where level = 'district' and indicator_code = '{code}'"
    )
    assert found == [(pytest.approx(numerator), denominator)]


def test_annual_tables_count_within_their_age(district: DbtFixture) -> None:
    found = district.query(
        "select distinct strftime(source_month, '%Y-%m') from marts.rural_indicators "
        "where indicator_code like 'party.%'"
    )
    assert found == [(YEAR_END,)]


def test_a_street_without_villages_has_no_plans_to_cover(district: DbtFixture) -> None:
    found = district.query(
        "select n.name, i.status, i.value, i.reason from marts.rural_indicators as i "
        "join marts.rural_construction as n using (month, division_code) "
        "where indicator_code = 'planning.coverage' and status <> 'computed' order by division_code"
    )
    reason = "没有可计算的对象(分母为0)"
    assert found == [(name, "not_applicable", None, reason) for name in ("凤城街道", "洲心街道")]


def test_the_wide_table_reads_in_chinese(district: DbtFixture) -> None:
    labels = dict(
        district.query("select column_name, comment from duckdb_columns() where table_name = 'rural_construction'")
    )
    assert labels["toilets__retrofitted"].split(":")[0] == "无害化户厕改造"
    # A label ends at a colon, see the publisher.
    assert labels["cleaning_fund__match_compliance"].split(":")[0] == "1∶1∶1配套合规率"
    assert all(labels.values())
    found = district.query(
        "select name, toilets__retrofitted, sewage__tanks, planning__completed from marts.rural_construction "
        "where level = 'district'"
    )
    assert found == [("清城区", 2053, 1265, 70)]


def test_every_figure_of_the_districts_report_has_a_home() -> None:
    """The indicator or the mart of each sentence exists, and the table for readers says the same."""
    homes = {row["code"] for row in seed("indicators")} | {path.stem for path in DBT_PROJECT.rglob("marts/**/*.sql")}
    homes |= {path.stem for path in (*SEEDS.glob("*.csv"), *DBT_PROJECT.rglob("county/*.sql"))}
    told = (ROOT / "docs" / "zh" / "report-figures.md").read_text("utf-8").splitlines()
    for figure in FIGURES:
        of_sentence = figure["home"].split("、")
        assert set(of_sentence) <= homes, figure
        codes = "、".join(f"`{home}`" for home in of_sentence)
        assert f"| {figure['sentence']} | {figure['figure']} | {codes} |" in told


@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_the_months_report_says_every_figure_of_the_districts(written: dict[str, str], suffix: str) -> None:
    missing = [f"{f['sentence']} ({f['figure']})" for f in FIGURES if f["shown"] and not shows(written[suffix], f)]
    assert not missing, "\n".join(["not in the report:", *missing])
    assert all(bool(figure["shown"]) != bool(figure["without"]) for figure in FIGURES)


def test_a_new_indicator_touches_two_places(
    district: DbtFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Path(shutil.copytree(DBT_PROJECT, tmp_path / "project"))
    shutil.copytree(district.home.warehouse, tmp_path / "home" / "warehouse")
    monkeypatch.setattr(dbt_fixture, "DBT_PROJECT", project)
    extended = DbtFixture(tmp_path / "home")

    with (project / "seeds" / "indicators.csv").open("a", encoding="utf-8") as catalogue:
        named = "water.waiting,construction,未通集中供水自然村数,Without piped water"
        catalogue.write(f"{named},count,个,0,natural villages without,,DTV,natural_villages,,,,lower,things\n")
    model = next(project.rglob("int_measures_environment.sql"))
    line = "'sewage.tanks': ['sewage_tanks'],"
    new = f"{line} 'water.waiting': [counted('not has_piped_water')],"
    model.write_text(model.read_text("utf-8").replace(line, new), "utf-8")

    # The views of staging read the files of the home that was copied.
    extended.build(MONTH, "--select", "path:models/staging", "indicators+", "int_measures_environment+")
    assert extended.query("select water__waiting from marts.rural_construction where level = 'district'") == [(99,)]


def test_every_cell_equals_the_oracle(district: DbtFixture) -> None:
    store = Store()
    for month in (YEAR_END, MONTH):
        take_month(store, district.home.inbox, month)
    built = build(store, MONTH, (district.home.restricted / "secret").read_text().strip())
    assert built is not None
    wanted = indicator_marts([built])
    for mart in MONTHLY:
        lines = differences(mart, wanted[mart], district.records(mart))
        assert not lines, "\n".join([f"{len(lines)} cells differ", *lines[:30]])

"""What dbt makes of a county's own indicators and rules, and that it can read no identities whatever their SQL says.

Belongs here: SQL that got past the check of the folder. Does not belong here: that check
(``tests/unit/sources/county``), a whole month (``tests/pipeline/test_two_counties.py``).
"""

from __future__ import annotations

import polars as pl
import pytest

from sources import parquet
from tests.dbt_fixture import DbtFixture
from tests.unit.dbt_project.conftest import JUNE

MONTH = "2021-06"
PLACE = (
    "null as town_code, null as division_code, 'agriculture' as department, 'household_register' as dataset,"
    " date '2021-06-01' as extract_month, 1 as delivery_no, 1 as file_no, 1 as sheet_no, 1 as row_number"
)
IDENTITY = "441802199001011234"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> DbtFixture:
    """A home whose path has signs that SQL and patterns know, with a file of identities and one beside the home."""
    root = tmp_path_factory.mktemp("it's [a] home") / "data"
    home = DbtFixture(root)
    home.deliver("household_register", MONTH, [{"household_key": "a", "person_key": "p"}])
    for folder in ("restricted", "outbox", "../beside"):
        (root / folder).mkdir(exist_ok=True)
        pl.DataFrame({"resident_id": [IDENTITY]}).write_parquet(root / folder / "rows.parquet")
    return home


def own(home: DbtFixture, statement: str) -> None:
    """Let dbt find this SQL as that of an indicator, unchecked."""
    file = home.home.warehouse / "reference" / "own_indicators.parquet"
    row = dict.fromkeys(parquet.read(file).columns, "x") | {"code": "local.x", "decimals": 0, "denominator": None}
    row |= {"tables": "", "statement": statement}
    pl.DataFrame([row], schema=parquet.read(file).schema).write_parquet(file)


@pytest.mark.parametrize("folder", ["restricted", "outbox", "../beside", "warehouse/../restricted"])
def test_dbt_reads_nothing_but_its_warehouse(home: DbtFixture, folder: str) -> None:
    path = str(home.root / folder / "rows.parquet").replace("'", "''").replace("[", "[[]")
    own(home, f"select {PLACE}, cast(resident_id as bigint) as numerator from read_parquet('{path}')")
    done = home.dbt("build", MONTH, "--select", "own_indicators", "int_measures_local")
    assert done.returncode != 0
    assert "file system operations are disabled" in home.failures()["int_measures_local"]
    assert IDENTITY not in done.stdout + done.stderr


def test_no_statement_opens_files_again(home: DbtFixture) -> None:
    own(home, "select 1); set enable_external_access = true; select * from (select 1")
    assert home.dbt("build", MONTH, "--select", "own_indicators", "int_measures_local").returncode != 0
    assert "enable_external_access" in home.failures()["int_measures_local"]


def test_what_its_sql_returns_is_what_is_measured(home: DbtFixture) -> None:
    own(home, f"select {PLACE}, 2.5 as numerator from range(3)")
    done = home.dbt("build", MONTH, "--select", "own_indicators", "int_measures_local")
    assert done.returncode == 0, done.stdout
    measured = (
        "select indicator_code, sum(numerator), count(denominator) from intermediate.int_measures_local group by 1"
    )
    assert home.query(measured) == [("local.x", 7.5, 0)]


CASES = """
    select
        household_key, person_key, measure, 'health' as department, 'serious_illness' as dataset,
        date '2021-06-01' as extract_month, row_ref
    from (values
        ('poor', 'p1', 2, 'r1'), ('poor', 'p1', 3, 'r2'), ('poor', 'p2', null, 'r3'), ('nobody', 'n', 100, 'r4'),
        ('housed', 'h1', 5, 'r5'), ('housed', 'h2', 5.5, 'r6'), ('housed', null, 50, 'r7')
    ) as v (household_key, person_key, measure, row_ref)
"""
RULES = {
    "local.count": ("persons", "count", "all", ">= 2"),
    "local.edge": ("household", "sum", "registered or monitored", ">= 5"),
    "local.max": ("household", "max", "all", "<= 3"),
    "local.min": ("persons", "min", "all", "< 5.5"),
    "local.sum": ("household", "sum", "all", "> 5"),
}
FLAGS = [
    ("local.count", "housed", 2, 2, 2, "r5,r6"),
    ("local.count", "poor", 2, 2, 2, "r1,r2,r3"),
    ("local.edge", "poor", 5, 5, 2, "r1,r2"),
    ("local.max", "poor", 3, 3, 2, "r1,r2"),
    ("local.min", "housed", 5, 5.5, 2, "r5,r6"),
    ("local.min", "poor", 2, 5.5, 1, "r1,r2"),
    ("local.sum", "housed", 60.5, 5, 1, "r5,r6,r7"),
]
"""Code, household, measure, threshold, persons, rows: of poor, registered, with two people; of housed, with one."""


def test_rows_of_a_household_make_its_measure_persons_and_evidence(district: DbtFixture) -> None:
    file = district.home.warehouse / "reference" / "own_rules.parquet"
    schema = parquet.read(file).schema
    rows = [
        dict.fromkeys(schema) | {"rule_code": code, "tables": "", "statement": CASES}
        | dict(zip(("about", "form", "households", "threshold"), rule, strict=True))
        for code, rule in RULES.items()
    ]  # fmt: skip
    pl.DataFrame(rows, schema=schema).write_parquet(file)
    done = district.dbt("run", JUNE, "--select", "own_rules", "int_flags_local")
    assert done.returncode == 0, done.stdout
    references = "list_aggregate(evidence::json ->> '$[*].ref', 'string_agg', ',')"
    query = (
        f"select rule_code, household_key, measure, threshold, persons, {references} from intermediate.int_flags_local"
    )
    assert district.query(f"{query} order by all") == FLAGS

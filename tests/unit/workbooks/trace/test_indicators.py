"""An indicator leads to the rows that entered it, if these add up to the published figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.unit.workbooks.district import FAMILIES, JUNE, REGISTER, District, valid_id, write_csv
from workbooks.leads import NotPublishedError
from workbooks.trace.indicators import published_figure, trace_figure
from workbooks.trace.rows import ChangedRowsError, Trace
from workbooks.trace.subjects import UnknownSubjectError
from workbooks.trace.write import as_csv, as_json

TABLE, AREA = "household_register", "441802"
TOWN, OTHER_TOWN = "441802006", "441802105"
VILLAGE, OTHER_VILLAGE = "441802006002", "441802105002"
RATE, MISSING = "a.rate", "a.missing"
COLUMNS = "indicator_code, town_code, division_code, dataset, row_number, numerator, denominator"
# A village has two cases of one thing; a division of the list is the denominator; a row without a place.
ROWS = [
    (RATE, TOWN, VILLAGE, TABLE, 2, "0.1", None),
    (RATE, TOWN, VILLAGE, TABLE, 3, "0.2", "1"),
    (RATE, OTHER_TOWN, OTHER_VILLAGE, TABLE, 6, None, "1"),
    (RATE, None, None, TABLE, 5, "4", None),
    (RATE, TOWN, VILLAGE, "dim_division", None, None, "1"),
    (RATE, TOWN, None, "dim_division", None, None, "1"),
    (RATE, None, None, "dim_division", None, None, "7"),
    (RATE, None, None, "dim_month", None, None, "1"),
    ("a.other", TOWN, VILLAGE, TABLE, 2, "9", "9"),
]
FIGURES = [
    (RATE, AREA, 4.3, 12.0, None),
    (RATE, TOWN, 0.3, 3.0, None),
    (RATE, VILLAGE, 0.3, 2.0, None),
    (RATE, OTHER_TOWN, 0.0, 1.0, None),
    (MISSING, AREA, None, None, "缺少表"),
]


@pytest.fixture
def district(settled: District) -> District:
    """A published June with these figures."""
    settled.publish([])
    _alter(settled, "insert into marts.rural_indicators values (date '2021-06-01', ?, ?, ?, ?, ?)", FIGURES)
    return settled


@pytest.fixture
def computed() -> Iterator[duckdb.DuckDBPyConnection]:
    """What dbt computes of June: the rows by hand."""
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate; create schema seeds")
        connection.execute(f"create table seeds.districts as select '{AREA}' as district_code")
        connection.execute("create table seeds.datasets (dataset text, label_zh text)")
        connection.execute("create table intermediate.int_divisions (division_code text, name text)")
        names = [(AREA, "清城区"), (TOWN, "凤城街道"), (VILLAGE, "鹤堂社区居委会")]
        connection.executemany("insert into intermediate.int_divisions values (?, ?)", names)
        connection.execute(
            "create table intermediate.int_indicator_rows (indicator_code text, town_code text, division_code text, "
            "department text, dataset text, month date, delivery_no int, file_no int, sheet_no int, row_number int, "
            "numerator decimal(38, 14), denominator decimal(38, 14))"
        )
        connection.executemany(
            f"insert into intermediate.int_indicator_rows ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",
            ROWS,
        )
        connection.execute("update intermediate.int_indicator_rows set month = date '2021-06-01'")
        connection.execute(
            "update intermediate.int_indicator_rows set department = 'agriculture', delivery_no = 1, file_no = 1, "
            "sheet_no = 1 where row_number is not null"
        )
        yield connection


def _alter(district: District, sql: str, rows: list[tuple[Any, ...]]) -> None:
    with duckdb.connect(str((district.home.published / "marts.duckdb").resolve())) as connection:
        connection.executemany(sql, rows)


def _traced(district: District, computed: duckdb.DuckDBPyConnection, indicator: str, division: str) -> Trace:
    marts = district.home.published / "marts.duckdb"
    figure = published_figure(marts, f"{indicator}@{division}@2021-06")
    return trace_figure(district.home, district.contracts, marts, figure, computed)


def _shown(trace: Trace) -> list[tuple[Any, ...]]:
    amounts = pl.col("n", "d").cast(pl.Float64)
    return trace.rows.select("row_number", "role", amounts).rows()


@pytest.mark.parametrize(
    ("division", "rows"),
    [
        (VILLAGE, [(2, "numerator", 0.1, None), (3, "both", 0.2, 1.0), (None, "denominator", None, 1.0)]),
        (OTHER_TOWN, [(6, "denominator", None, 1.0)]),
        (
            TOWN,
            [(2, "numerator", 0.1, None), (3, "both", 0.2, 1.0), *[(None, "denominator", None, 1.0)] * 2],
        ),
    ],
)
def test_a_division_has_the_rows_that_it_counts(
    district: District, computed: duckdb.DuckDBPyConnection, division: str, rows: list[tuple[Any, ...]]
) -> None:
    assert _shown(_traced(district, computed, RATE, division)) == rows


def test_the_district_has_all_rows_also_those_without_a_place(
    district: District, computed: duckdb.DuckDBPyConnection
) -> None:
    found = _traced(district, computed, RATE, AREA)
    assert found.rows["row_number"].to_list() == [2, 3, 5, 6, None, None, None, None]
    listed = ["凤城街道(441802006)", "月份", "清城区(441802)", "鹤堂社区居委会(441802006002)"]
    assert sorted(found.rows["label"].to_list()[4:]) == listed
    assert set(found.rows["label"].to_list()[:4]) == {"农户基础信息名册"}
    (file,) = found.files.to_dicts()
    assert (file["file_name"], file["rows"]) == ("农户基础信息名册.csv", 4), "divisions and months have no file"
    assert '"n": 0.1' in as_json(found)
    assert as_csv(found).splitlines()[1].endswith(",1,2,0.1,")


def test_a_figure_that_was_not_computed_has_a_reason_and_no_rows(
    district: District, computed: duckdb.DuckDBPyConnection
) -> None:
    found = _traced(district, computed, MISSING, AREA)
    assert (found.rows.height, found.files.height, found.reason) == (0, 0, "缺少表")


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("a.none@441802@2021-06", "没有指标 a.none"),
        (f"{RATE}@441803@2021-06", "没有区划 441803"),
        (f"{MISSING}@{TOWN}@2021-06", f"没有区划 {TOWN}"),
        (f"{RATE}@441802@2021-05", "2021-05 还没有发布"),
        (f"{RATE}@441802@2021-13", "不是 指标编码@区划代码@月份"),
        (f"{RATE}@清城区@2021-06", "不是 指标编码@区划代码@月份"),
        ("1-1@441802", "不是 指标编码@区划代码@月份"),
        (f"monitoring.verified_on_time_rate@{TOWN}@2021-06", "请逐条追溯线索编号"),
    ],
)
def test_what_is_not_published_is_unknown(district: District, subject: str, said: str) -> None:
    with pytest.raises(UnknownSubjectError, match=said):
        published_figure(district.home.published / "marts.duckdb", subject)


def test_nothing_is_published(settled: District) -> None:
    with pytest.raises(NotPublishedError):
        published_figure(settled.home.published / "marts.duckdb", f"{RATE}@{AREA}@2021-06")


@pytest.mark.parametrize("column", ["numerator", "denominator"])
def test_rows_that_do_not_add_up_are_refused(
    district: District, computed: duckdb.DuckDBPyConnection, column: str
) -> None:
    computed.execute(f"update intermediate.int_indicator_rows set {column} = {column} + 0.0000000001")
    with pytest.raises(ChangedRowsError, match=r"《农户基础信息名册》2021-06 在发布之后有变,或发布的是退回的版本"):
        _traced(district, computed, RATE, VILLAGE)


def test_tables_that_changed_are_named_if_the_sums_differ(
    district: District, computed: duckdb.DuckDBPyConnection
) -> None:
    _redeliver(district)
    computed.execute("delete from intermediate.int_indicator_rows where row_number is not null")
    with pytest.raises(ChangedRowsError, match=r":《农户基础信息名册》2021-06 在发布之后有变"):
        _traced(district, computed, RATE, VILLAGE)


def test_rows_accepted_after_publishing_are_refused_even_if_they_add_up(
    district: District, computed: duckdb.DuckDBPyConnection
) -> None:
    _redeliver(district)
    with pytest.raises(ChangedRowsError, match=r"《农户基础信息名册》2021-06 已接收的行不是发布时的那些"):
        _traced(district, computed, RATE, VILLAGE)


def _redeliver(district: District) -> None:
    others = [(*f[:5], valid_id(f[5]), *f[6:], "无劳动力", "非在校生", "A级", "是") for f in FAMILIES]
    write_csv(district.inbox("agriculture", JUNE) / "r2" / "农户基础信息名册.csv", [REGISTER, *others])
    district.take("agriculture", JUNE)

"""A month of a city from the counties' versions to its own: figures are sums, and what cannot be united says why."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.city.placing import current_union
from orchestration.dbt.seeds import rows_of
from orchestration.runtime.settings import DBT_CITY_DIR
from tests.cells import attached, differences, united
from tests.servers.system import free_port
from tests.unit.orchestration.city.conftest import COUNT, OWN, OWN_OTHERWISE, RATE, SHARED, TinyCity, TinyCounty

MAY, JUNE = date(2021, 5, 1), date(2021, 6, 1)


def _shouwang(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from orchestration.commands.cli import main; main()", *arguments],
        env={**os.environ, "SHOUWANG_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[TinyCity, subprocess.CompletedProcess[str]]:
    """Three counties of two cities: one cannot compute an indicator, one has not published June."""
    root = tmp_path_factory.mktemp("city")
    own = {OWN: (1, 4), OWN_OTHERWISE: (1, 4)}
    for code, months, figures in (
        ("441802", ("2021-05", "2021-06"), {RATE: (50, 100), COUNT: (7, None), SHARED: (3, None), **own}),
        ("441823", ("2021-05", "2021-06"), {RATE: (90, 300), COUNT: (None, None), SHARED: (3, None), **own}),
        ("450102", ("2021-05",), {RATE: (1, 4), COUNT: (5, None), SHARED: (3, None)}),
    ):
        TinyCounty(root / "counties", code).publish(months, figures)
    city = TinyCity(root)
    return city, _shouwang(city.home.root, "city", "run", "2021-06")


def _read(city: TinyCity, sql: str, name: str = "marts.duckdb") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(city.home.published / name), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_month_is_published_and_the_county_without_it_is_named(
    ran: tuple[TinyCity, subprocess.CompletedProcess[str]],
) -> None:
    city, done = ran
    assert done.returncode == 1, "a county lacks the month"
    assert "县450102(450102)2021-06:已发布的版本 1 没有这个月(有 2021-05)" in done.stdout
    assert "2021-06 已发布" in done.stdout
    assert _read(city, "select month, district_code from marts.county_versions where not has_month") == [
        (JUNE, "450102")
    ]


@pytest.mark.parametrize("name", ["marts.duckdb", "open.duckdb"])
def test_figures_of_city_and_province(ran: tuple[TinyCity, subprocess.CompletedProcess[str]], name: str) -> None:
    sql = "select division_code, counties, numerator, denominator, value, status, reason from marts.city_indicators"
    city, _ = ran

    def found(indicator: str, month: date) -> list[tuple[Any, ...]]:
        where = f"where indicator_code = '{indicator}' and month = date '{month}' order by division_code"
        return _read(city, f"{sql} {where}", name)

    assert found(RATE, MAY) == [
        ("44", 2, 140, 400, 35, "computed", None),
        ("4418", 2, 140, 400, 35, "computed", None),
        ("45", 1, 1, 4, 25, "computed", None),
        ("4501", 1, 1, 4, 25, "computed", None),
    ]
    missing = (None, None, None, "not_computable", "县450102:没有这个月的数据")
    assert found(RATE, JUNE)[2:] == [("45", 1, *missing), ("4501", 1, *missing)]
    lacking = (None, None, None, "not_computable", "县441823:缺少台账")
    assert found(COUNT, MAY) == [
        ("44", 2, *lacking),
        ("4418", 2, *lacking),
        ("45", 1, 5, None, 5, "computed", None),
        ("4501", 1, 5, None, 5, "computed", None),
    ]
    assert found(OWN, MAY) == [
        ("44", 2, 2, 8, 25, "computed", None),
        ("4418", 2, 2, 8, 25, "computed", None),
        *((code, 1, None, None, None, "not_computable", "县450102:没有这项指标") for code in ("45", "4501")),
    ]
    assert {row[5:] for row in found(OWN_OTHERWISE, MAY)} == {("not_computable", "各区县这项指标的口径不同")}
    assert {row[5:] for row in found(SHARED, MAY)} == {("not_computable", "图集可能由几个区县共用;相加会重复")}


def test_a_province_reads_the_counties_from_shared_storage_with_equal_cells(
    ran: tuple[TinyCity, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    city, _ = ran
    home = tmp_path / "province"
    home.mkdir()
    written = (city.home.root / "city.toml").read_text("utf-8")
    moved = written.replace('"../counties', f'"{city.home.root.parent / "counties"}')
    # Nobody listens on this port: the copy is missing, and nothing else is.
    away = f'url = "s3://away/unions"\nendpoint_url = "http://127.0.0.1:{free_port()}"\n'
    (home / "away.secret").write_text("nothing")
    (home / "away.secret").chmod(0o600)
    store = f'[object_store]\n{away}access_key = "nobody"\nsecret_file = "away.secret"\n'
    top, counties = moved.split("[[counties]]", 1)
    (home / "city.toml").write_text(f'storage = "../storage"\n{top}{store}[[counties]]{counties}', "utf-8")
    done = _shouwang(home, "city", "run", "2021-06")
    assert "2021-06 已发布" in done.stdout
    assert "汇总没有复制到对象存储 s3://away/unions,那里仍是此前的汇总:" in done.stdout
    union = current_union(tmp_path / "storage")
    for schema, name in (("marts", "marts.duckdb"), ("marts_open", "open.duckdb")):
        with duckdb.connect() as c:
            ours = attached(c, "province", home / "published" / name)
            marts = attached(c, "city", city.home.published / name)
            assert sorted({*marts} - {*ours}) == sorted(
                f.name for f in (union / schema).iterdir() if f.name != "dim_month"
            )
            for mart in marts:
                there = f"province.marts.{mart}" if mart in ours else united(union / schema / mart)
                assert differences(c, there, f"city.marts.{mart}") == 0, mart


def test_ranking_of_counties_and_towns(ran: tuple[TinyCity, subprocess.CompletedProcess[str]]) -> None:
    city, _ = ran
    of_counties = (
        "select district_code, value, rank, places_ranked from marts.county_ranking where month = '2021-05-01'"
    )
    assert _read(city, f"{of_counties} order by rank") == [
        ("441802", 50, 1, 3),
        ("441823", 30, 2, 3),
        ("450102", 25, 3, 3),
    ], "the rate only: counts depend on the size of a county"
    of_towns = "select town_code, rank from marts.town_ranking where month = '2021-05-01' order by rank"
    assert _read(city, of_towns) == [("441802001", 1), ("441823001", 2), ("450102001", 3)]


def test_what_was_delivered(ran: tuple[TinyCity, subprocess.CompletedProcess[str]]) -> None:
    city, _ = ran
    sql = (
        "select district_code, status, rows_accepted from marts.delivered_tables where month = '2021-06-01' order by 1"
    )
    assert _read(city, sql) == [("441802", "in_force", 10), ("441823", "in_force", 10), ("450102", "no_month", 0)]


def test_the_home_of_a_city_takes_no_deliveries(ran: tuple[TinyCity, subprocess.CompletedProcess[str]]) -> None:
    done = _shouwang(ran[0].home.root, "run", "2021-06")
    assert done.returncode == 1
    assert "请用 shouwang city run 汇总" in done.stderr


def test_the_catalogue_says_of_every_count_and_sum_whether_it_adds_up() -> None:
    with (DBT_CITY_DIR / "seeds" / "indicator_unions.csv").open(encoding="utf-8") as file:
        named = [line.split(",")[0] for line in file.read().splitlines()[1:]]
    asked = {row["code"] for row in rows_of("indicators") if row["form"] in ("count", "sum")}
    assert sorted(asked) == named

"""The models and tests of ``dbt_city`` on Spark and on DuckDB over one union: every cell is the same.

Spark runs within the process of dbt (method ``session``). Where it is not installed, the test is skipped and says so:
CI does not have it. ``python -m tests.bench.province_spark`` runs the same on a cluster.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.city.placing import current_union
from tests.bench.province import shouwang
from tests.bench.province_spark import build, differing
from tests.spark.cluster import missing
from tests.spark.engines import SESSION
from tests.unit.orchestration.city.conftest import COUNT, RATE, TinyCity, TinyCounty

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"NOT TESTED ON SPARK: {missing()}")
MARTS = ("city_indicators", "county_ranking", "county_versions", "delivered_tables", "town_ranking")


def test_every_cell_of_a_province_is_the_same_on_both_engines(tmp_path: Path) -> None:
    # A tenth has no exact double: sums that are not taken in the same order differ.
    for code, rate, count in (("441802", 0.1, 0.2), ("441823", 0.7, None), ("450102", 0.3, 0.3)):
        TinyCounty(tmp_path / "counties", code).publish(figures={RATE: (rate, 1.3), COUNT: (count, None)})
    city = TinyCity(tmp_path)
    file = city.home.root / "city.toml"
    file.write_text('storage = "../storage"\n' + file.read_text("utf-8"), "utf-8")
    shouwang(city.home.root, "city", "run", "2021-06")
    spark = tmp_path / "spark"
    spark.mkdir()
    settings = {**SESSION, "spark.sql.warehouse.dir": str(spark / "tables")}
    profile = {"SHOUWANG_SPARK_METHOD": "session", "SHOUWANG_SPARK_SETTINGS": repr(settings)}
    with build(current_union(tmp_path / "storage"), spark, profile) as dbt:
        assert dbt.stdout
        output = dbt.stdout.read()
    assert dbt.returncode == 0, output[-3000:]
    assert "PASS=30 WARN=0 ERROR=0 SKIP=0" in output
    found = differing(city.home.published, spark / "tables")
    assert found == {f"{schema}.{mart}": 0 for schema in ("marts", "marts_open") for mart in MARTS}

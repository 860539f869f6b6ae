"""A published month is a version: verified, switched to in one step, and the old one stays when anything goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.publishing import publish as publishing
from orchestration.publishing.content import Mart, PublishError, literal
from orchestration.publishing.version import current, versions
from tests.unit.orchestration.conftest import GRAINS, OPENED, TinyWarehouse

LATER = "select max(net_income) from marts.household_month"


def test_a_published_month_is_read_through_the_link(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-05", "2021-06"])
    publication = tiny.publish("2021-06")
    links = {name: (tiny.home.published / name).readlink() for name in ("current", "marts.duckdb", "open.duckdb")}
    assert {name: str(target) for name, target in links.items()} == {
        "current": "marts-2021-06-00000001",
        "marts.duckdb": "current/shouwang.duckdb",
        "open.duckdb": "current/shouwang_open.duckdb",
    }
    assert tiny.read("select count(*), sum(net_income) from marts.household_month") == [(200, 14850.0)]
    assert publication.is_new
    version = json.loads((tiny.home.published / "current" / "version.json").read_text(encoding="utf-8"))
    assert (version["version"], version["month"], version["months"]) == (1, "2021-06", ["2021-05", "2021-06"])
    assert version["marts"]["household_month"]["rows"] == 200


def test_names_are_the_same_in_every_version(tiny: TinyWarehouse) -> None:
    """What a dataset of a BI tool remembers (database, schema, table) outlives a publication."""
    for n in (1, 2):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
        for path, name in (("current/shouwang.duckdb", "shouwang"), ("current/shouwang_open.duckdb", "shouwang_open")):
            assert tiny.read("select current_database()", path) == [(name,)]
            assert tiny.read(f"select count(*) from {name}.marts.dim_month", path) == [(1,)]
        schemas = tiny.read("select distinct schema_name from duckdb_tables()", "current/shouwang.duckdb")
        assert schemas == [("marts",)]
        manifest = json.loads((tiny.home.published / "current" / "parquet" / "manifest.json").read_text("utf-8"))
        assert (manifest["version"], manifest["tables"]["household_month"]["rows"]) == (n, 100)
        assert manifest["tables"]["household_month"]["columns"][-1] == {
            "name": "net_income",
            "type": "DOUBLE",
            "label": "家庭纯收入(元)",
        }


def test_who_reads_keeps_the_old_version(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"], income=1.0)
    tiny.publish("2021-06")
    with duckdb.connect(str(tiny.home.published / "current" / "shouwang.duckdb"), read_only=True) as before:
        for n in range(2, 7):
            tiny.build(["2021-06"], income=float(n))
            tiny.publish("2021-06")
        assert before.execute(LATER).fetchall() == [(99.0,)]
    assert tiny.read(LATER, "current/shouwang.duckdb") == [(6 * 99.0,)]


def test_chinese_views_and_comments(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    assert tiny.read('select "户代码", "家庭纯收入(元)" from marts_zh.household_month where "户代码" = \'4\'') == [
        ("4", 6.0)
    ]
    comments = "select comment from duckdb_columns() where schema_name = '{}' and column_name = '{}'"
    assert tiny.read(comments.format("marts", "household_key")) == [("户代码",)]
    assert tiny.read(comments.format("marts_zh", "户代码")) == [("户代码:假名",)]
    table = "select comment from duckdb_tables() where table_name = 'household_month'"
    assert tiny.read(table) == [("农户月表:每户每月一行",)]


def test_storage_of_older_clients_and_parquet(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(tiny.home.published / 'marts.duckdb')} as m (read_only)")
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'm'").fetchone()
        parquet = tiny.home.published / "current" / "parquet" / "household_month.parquet"
        assert connection.execute(f"select count(*) from {literal(parquet)}").fetchone() == (100,)
    assert tags is not None
    assert "v1.4.0" in str(tags[0]["storage_version"])


def test_same_content_makes_no_new_version(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    before = tiny.names()
    tiny.build(["2021-06"])
    publication = tiny.publish("2021-06")
    assert not publication.is_new
    assert publication.version.number == 1
    assert tiny.names() == before


@pytest.mark.parametrize(
    "change",
    [
        "update marts.household_month set net_income = net_income + 1 where household_key = '7'",
        "comment on column marts.household_month.household_key is '户编码'",
        "delete from marts.household_month where household_key = '7'",
        "alter table marts.household_month alter net_income type float",
    ],
)
def test_other_content_makes_a_new_version(tiny: TinyWarehouse, change: str) -> None:
    tiny.build(["2021-06"])
    tiny.publish("2021-06")
    with duckdb.connect(str(tiny.file)) as connection:
        connection.execute(change)
    publication = tiny.publish("2021-06")
    assert (publication.is_new, publication.version.number) == (True, 2)


def test_three_versions_are_kept(tiny: TinyWarehouse) -> None:
    for n in range(5):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
    assert [v.number for v in versions(tiny.home.published)] == [5, 4, 3]
    stems = [f"marts-2021-06-{n:08x}" for n in (3, 4, 5)]
    files = [
        "shouwang.duckdb",
        "shouwang_open.duckdb",
        "version.json",
        "parquet/manifest.json",
        "parquet_open/manifest.json",
    ]
    files += [f"parquet/{mart}.parquet" for mart in GRAINS] + [f"parquet_open/{mart}.parquet" for mart in OPENED]
    versioned = [f"{stem}/{file}" for stem in stems for file in files]
    assert tiny.names() == sorted([*versioned, "current", "marts.duckdb", "open.duckdb"])
    assert tiny.read(LATER) == [(4.0 * 99,)]


def test_a_version_that_is_current_is_never_pruned(tiny: TinyWarehouse) -> None:
    for n in range(3):
        tiny.build(["2021-06"], income=float(n))
        tiny.publish("2021-06")
    oldest = versions(tiny.home.published)[-1]
    publishing.switch(tiny.home.published, oldest)
    publishing.prune(tiny.home.published)
    tiny.build(["2021-06"], income=9.0)
    publishing.VERSIONS_KEPT, kept = 1, publishing.VERSIONS_KEPT
    try:
        publishing.prune(tiny.home.published)
    finally:
        publishing.VERSIONS_KEPT = kept
    assert current(tiny.home.published) == oldest
    assert tiny.read(LATER) == [(0.0,)]


def test_one_run_that_publishes_twice_never_overwrites_an_open_file(tiny: TinyWarehouse) -> None:
    tiny.build(["2021-06"])
    first = tiny.publish("2021-06").version
    tiny.runs -= 1
    tiny.build(["2021-06"], income=2.0)
    second = tiny.publish("2021-06").version
    assert first.run_id == second.run_id
    assert first.stem != second.stem


class TestRefusals:
    """What is not verified is not published, and the current version stays."""

    @pytest.fixture(autouse=True)
    def _published(self, tiny: TinyWarehouse) -> None:
        tiny.build(["2021-05", "2021-06"])
        tiny.publish("2021-06")
        self.before = tiny.names()

    def _refused(self, tiny: TinyWarehouse, match: str, month: str = "2021-06", **kwargs: object) -> None:
        with pytest.raises(PublishError, match=match):
            tiny.publish(month, **kwargs)  # type: ignore[arg-type]
        assert tiny.names() == self.before
        assert tiny.read("select count(*) from marts.household_month") == [(200,)]

    def test_a_mart_is_missing(self, tiny: TinyWarehouse) -> None:
        self._refused(tiny, "缺少 risk_leads", grains={**GRAINS, "risk_leads": ("lead_id",)})

    def test_a_mart_nobody_expects(self, tiny: TinyWarehouse) -> None:
        self._refused(tiny, "多出 household_month", grains={k: v for k, v in GRAINS.items() if k != "household_month"})

    def test_the_month_was_not_built(self, tiny: TinyWarehouse) -> None:
        self._refused(tiny, "2021-07 不在构建结果中", month="2021-07")

    def test_a_published_month_would_be_lost(self, tiny: TinyWarehouse) -> None:
        tiny.build(["2021-06"], income=2.0)
        self._refused(tiny, "缺少已发布的月份 2021-05")

    def test_a_mart_knows_a_month_that_did_not_run(self, tiny: TinyWarehouse) -> None:
        with duckdb.connect(str(tiny.file)) as connection:
            connection.execute("insert into marts.household_month values (date '2021-07-01', 'x', 1)")
        self._refused(tiny, "household_month 含有未运行的月份 2021-07")

    def test_a_column_without_a_label(self, tiny: TinyWarehouse) -> None:
        with duckdb.connect(str(tiny.file)) as connection:
            connection.execute("alter table marts.household_month add column extra int")
        self._refused(tiny, "缺少中文标签或标签重复:extra")

    def test_two_columns_with_one_label(self, tiny: TinyWarehouse) -> None:
        with duckdb.connect(str(tiny.file)) as connection:
            connection.execute("comment on column marts.household_month.net_income is '户代码'")
        self._refused(tiny, "household_key、net_income")

    def test_the_copy_differs(self, tiny: TinyWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
        tiny.build(["2021-05", "2021-06"], income=3.0)
        whole = publishing.build

        def lossy(connection: duckdb.DuckDBPyConnection, target: Path, *others: Any) -> dict[str, Mart]:
            built = whole(connection, target, *others)
            with duckdb.connect(str(target)) as other:
                other.execute("delete from marts.household_month where household_key = '7'")
            return built

        monkeypatch.setattr(publishing, "build", lossy)
        self._refused(tiny, "household_month 写入后与仓库不一致")

    def test_the_warehouse_is_gone(self, tiny: TinyWarehouse) -> None:
        tiny.file.unlink()
        self._refused(tiny, "数据仓库 warehouse.duckdb 不存在")

"""A tiny warehouse of marts, as dbt leaves it; no dbt, no Dagster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.bi.view import View
from orchestration.publishing.publish import Opened, Publication, publish
from orchestration.publishing.restate import NO_DELIVERY, Grains
from sources.home import Home
from sources.months import Month
from tests.paths import ODD_FOLDER

GRAINS = {
    "dim_month": ("month",),
    "household_month": ("month", "household_key"),
    "restatements": ("month", "published_version", "mart"),
}
OPENED = {"dim_month": "marts", "household_bands": "marts_open", "restatements": "marts"}


class TinyWarehouse:
    """A warehouse of three marts and an open one in a home of its own; ``build`` replaces it, ``publish`` publishes."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.home.prepare()
        self.file = self.home.warehouse / "warehouse.duckdb"
        self.runs = 0

    def build(self, months: Sequence[str], income: float = 1.5) -> None:
        self.file.unlink(missing_ok=True)
        with duckdb.connect(str(self.file)) as c:
            c.execute("create schema marts; create table marts.dim_month (month date, label_zh varchar)")
            c.execute("create table marts.household_month (month date, household_key varchar, net_income double)")
            c.execute(
                "create table marts.restatements (month date, published_version int, mart varchar, rows_added int,"
                " rows_removed int, rows_changed int, caused_by varchar, published_at timestamp)"
            )
            for (column,) in c.execute(
                "select column_name from duckdb_columns() where table_name = 'restatements'"
            ).fetchall():
                c.execute(f"comment on column marts.restatements.{column} is '更正 {column}'")
            for month in months:
                first = Month.parse(month).first_day
                c.execute("insert into marts.dim_month values (?, ?)", [first, month])
                c.execute(
                    "insert into marts.household_month select ?, i::varchar, i * ? from range(100) r(i)",
                    [first, income],
                )
            c.execute("create schema marts_open; create table marts_open.household_bands (month date, row_no int)")
            c.execute("insert into marts_open.household_bands select month, 1 from marts.dim_month")
            c.execute("comment on column marts_open.household_bands.month is '月份:报告月第一天'")
            c.execute("comment on column marts_open.household_bands.row_no is '序号'")
            c.execute("comment on table marts.household_month is '农户月表:每户每月一行'")
            for table in ("dim_month", "household_month"):
                c.execute(f"comment on column marts.{table}.month is '月份:报告月第一天'")
            c.execute("comment on column marts.dim_month.label_zh is '月份名称'")
            c.execute("comment on column marts.household_month.household_key is '户代码:假名'")
            c.execute("comment on column marts.household_month.net_income is '家庭纯收入(元)'")

    def publish(
        self, month: str, grains: Grains = GRAINS, opened: Opened = OPENED, caused_by: str = NO_DELIVERY,
        views: Sequence[View] = (),
    ) -> Publication:  # fmt: skip
        self.runs += 1
        run_id, now = f"{self.runs:08x}-0000-4000-8000-000000000000", datetime(2021, 7, 5, tzinfo=UTC)
        given = self.home, self.file, Month.parse(month), run_id, grains, opened, now
        return publish(*given, lambda _, update: "、".join(filter(None, (caused_by, update))), views)

    def read(self, sql: str, link: str = "marts.duckdb") -> list[tuple[object, ...]]:
        """Ask a published database as a BI tool does: through the link."""
        with duckdb.connect(str(self.home.published / link), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def names(self) -> list[str]:
        """Everything below ``published``, for what must not be left behind."""
        published = self.home.published
        return sorted(str(p.relative_to(published)) for p in published.rglob("*") if p.is_symlink() or p.is_file())


@pytest.fixture
def tiny(tmp_path: Path) -> TinyWarehouse:
    return TinyWarehouse(tmp_path / ODD_FOLDER / "home")

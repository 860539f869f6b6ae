"""Verify what the home of a city keeps: copies of the counties' versions, the warehouse, its own versions, the records.

Belongs here: what a city has and a county has not. Does not belong here: versions and records (``verify_results``).

Everything but the published versions is taken and united again by the next run, so that is the way back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.city.counties import load_city
from orchestration.city.taking import FOLDER, kept
from orchestration.commands import verify_results
from orchestration.commands.areas import Area
from orchestration.publishing.content import CONFIG, quoted
from orchestration.publishing.version import current, current_stem
from orchestration.runtime import layout
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.home import Home

_RUN = "shouwang city run"
_AGAIN = f"请执行 {_RUN} 月份,重新汇总;已发布的版本不受影响。"
_TABLES = "select schema_name, table_name from duckdb_tables() where not internal order by all"


def examine(settings: Settings, deep: bool) -> Iterator[Area]:
    """Verify every area: existence and forms, with ``deep`` also every cell."""
    yield _stored_format(settings.paths)
    yield _counties(settings.paths, deep)
    yield _warehouse(settings.warehouse_file, deep)
    yield verify_results.versions(settings.paths.published, deep, _RUN)
    yield verify_results.records(settings, deep)


def _stored_format(home: Home) -> Area:
    try:
        layout.require_same(home)
    except layout.LayoutError as error:
        return Area("数据格式", "与本程序不同", (str(error),))
    return Area("数据格式", f"第 {layout.LAYOUT} 版")


def _counties(home: Home, deep: bool) -> Area:
    """Verify the copies of the counties in ``city.toml``; one that was never taken is no problem."""
    subject = "各区县的副本"
    try:
        city = load_city(home.root)
    except ShouwangError as error:
        return Area(subject, "无法核对", (str(error),))
    names = {county.code: county.name for county in city.counties}
    copies = {code: home.warehouse / FOLDER / code for code in city.codes}
    taken = [code for code in city.codes if current_stem(copies[code])]
    problems = tuple(
        f"{names[code]}({code})的副本不完整或已损坏。{_AGAIN}"
        for code in taken
        if (kept(copies[code], code) if deep else current(copies[code])) is None
    )
    lacking = "、".join(names[code] for code in city.codes if code not in taken)
    return Area(subject, f"{len(taken)} 个" + (f",尚未取得:{lacking}" if lacking else ""), problems)


def _warehouse(file: Path, deep: bool) -> Area:
    """Verify that the warehouse opens; with ``deep`` every row of every table."""
    subject = "数据仓库"
    if not file.exists():
        return Area(subject, "尚未建立,每次汇总都重新建立")
    try:
        with duckdb.connect(str(file), read_only=True, config=CONFIG) as connection:
            found = connection.execute(_TABLES).fetchall()
            for schema, table in found if deep else ():
                connection.execute(f"select bit_xor(hash(t)) from {quoted(schema)}.{quoted(table)} as t")  # noqa: S608
    except (duckdb.Error, OSError):
        return Area(subject, file.name, (f"{file} 已损坏。{_AGAIN}",))
    return Area(subject, f"{len(found)} 张表")

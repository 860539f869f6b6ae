"""Verify the warehouse, the published versions and Dagster's records.

Belongs here: everything that is computed from accepted rows. Does not belong here: accepted rows (``verify_intake``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.commands.areas import Area
from orchestration.dbt import stored
from orchestration.publishing import unfinished
from orchestration.publishing.content import CONFIG, quoted
from orchestration.publishing.inventory import Found, inventory
from orchestration.publishing.version import Version, lost_links
from orchestration.runtime import layout
from orchestration.runtime import records as dagster_records
from orchestration.runtime.dagster_database import DagsterDatabase, DagsterDatabaseError
from orchestration.runtime.settings import Settings
from sources.acceptance.provenance import computed_months
from sources.contracts.model import Contracts
from sources.home import DESCRIPTION
from sources.months import Month

_TABLES = "select schema_name, table_name from duckdb_tables() where not internal order by all"


def stored_format(settings: Settings, contracts: Contracts) -> Area:
    """Verify that this program reads the home: its layout, and the columns of accepted rows and monthly tables."""
    subject, home = "数据格式", settings.paths
    try:
        layout.require_same(home)
        problem = stored.problem(home, settings.warehouse_file, contracts)
    except layout.LayoutError as error:
        problem = str(error)
    except (duckdb.Error, OSError):
        problem = stored.rows_problem(home, contracts)  # The warehouse is an area of its own.
    return Area(subject, "与本程序不同" if problem else f"第 {layout.LAYOUT} 版", (problem,) if problem else ())


def warehouse(settings: Settings, deep: bool) -> Area:
    """Verify that the warehouse opens and holds every published month; with ``deep`` every row of every table."""
    subject, home, file = "数据仓库", settings.paths, settings.warehouse_file
    published = computed_months(home)
    if not file.exists() and not published:
        return Area(subject, "尚未建立")
    try:
        months = _months(file, deep)
    except (duckdb.Error, OSError):
        return Area(subject, file.name, (f"{file} 丢失或已损坏。{_REBUILD}",))
    missing = sorted(set(published) - months - set(unfinished.list_months(home)))
    problem = f"缺少已发布的月份 {'、'.join(map(str, missing))}。{_REBUILD}"
    return Area(subject, f"{len(months)} 个月", (problem,) if missing else ())


_REBUILD = "请执行 shouwang rebuild,用已接收的行重建;已发布的版本不受影响。"


def _months(file: Path, deep: bool) -> set[Month]:
    """Return the months in the warehouse; with ``deep`` read every row. Raises duckdb.Error if it cannot be read."""
    if not file.exists():
        raise FileNotFoundError(file)
    with duckdb.connect(str(file), read_only=True, config=CONFIG) as connection:
        for schema, table in connection.execute(_TABLES).fetchall() if deep else ():
            connection.execute(f"select bit_xor(hash(t)) from {quoted(schema)}.{quoted(table)} as t")  # noqa: S608
        found = connection.execute("select strftime(month, '%Y-%m') from marts.dim_month").fetchall()
    return {Month.parse(month) for (month,) in found}


def versions(published: Path, deep: bool, run: str = "shouwang run") -> Area:
    """Verify every published version: manifest, database and Parquet; with ``deep`` all content.

    ``run`` is the command that publishes a month again.
    """
    found = inventory(published, deep)
    newest = next((f.version for f in found if f.version and not f.problem), None)
    problems = [f"{f.stem}:{f.problem}。{_way_back(f, newest, published, run)}" for f in found if f.problem]
    problems += _problem_of_links(published, next((f.version for f in found if f.is_current and not f.problem), None))
    return Area("已发布的版本", f"{len(found)} 个", tuple(problems))


def _problem_of_links(published: Path, now: Version | None) -> list[str]:
    """Say which databases do not lead to the current version, because somebody moved their links."""
    lost = lost_links(published) if now else []
    if now is None or not lost:
        return []
    todo = f"请重新运行 {now.month},或执行 shouwang rollback {now.number},链接即恢复"
    return [f"{'、'.join(lost)} 没有指向现行版本 {now.stem}。{todo}。"]


def _way_back(found: Found, newest: Version | None, published: Path, run: str) -> str:
    if not found.is_current:
        return "不是现行版本,读者不受影响;请不要退回到它,以后发布时会清除。"
    if newest:
        return f"这是现行版本:请执行 shouwang rollback {newest.number},再重新运行最近的月份,按数据仓库发布新版本。"
    month = found.stem.removeprefix("marts-")[:7]
    file = published / found.stem / DESCRIPTION
    return f"这是现行版本,也没有别的完好版本:请删除 {file},再执行 {run} {month} 重新发布。"


def records(settings: Settings, deep: bool) -> Area:
    """Verify Dagster's own databases; with ``deep`` also those of single runs, and their indexes.

    A database of PostgreSQL verifies itself (checksums of its own): it only has to answer.
    """
    if settings.dagster_database:
        return _records_of_postgres(settings.dagster_database)
    needed = dagster_records.databases(settings)
    runs = dagster_records.run_databases(settings) if deep else []
    problems = [
        f"{file.relative_to(settings.home)} 已损坏。下一次 shouwang run 会把它移到一旁并重新开始记录;数据不受影响。"
        for file in needed
        if dagster_records.is_damaged(file, deep)
    ]
    problems += [
        f"{file.relative_to(settings.home)} 已损坏,只影响查看这一次运行的日志;可以删除它。"
        for file in runs
        if dagster_records.is_damaged(file, deep)
    ]
    return Area("Dagster 记录", f"{len(needed) + len(runs)} 个数据库", tuple(problems))


def _records_of_postgres(database: DagsterDatabase) -> Area:
    try:
        database.require()
    except DagsterDatabaseError as error:
        return Area("Dagster 记录", database.shown, (str(error),))
    return Area("Dagster 记录", f"{database.shown}(可连接;内容由数据库自己核对)")

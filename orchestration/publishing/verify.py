"""Verify a new version before readers can see it: its marts, its months, and the file itself, reopened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb

from orchestration.publishing.bi.view import BI
from orchestration.publishing.content import CONFIG, LABELLED, Mart, PublishError, measure, quoted, shapes


def verify_marts(measured: Mapping[str, Mart], expected: Collection[str]) -> None:
    """Verify that exactly the expected marts were built. Raises PublishError naming missing and unexpected marts."""
    missing, unknown = sorted(set(expected) - set(measured)), sorted(set(measured) - set(expected))
    if missing or unknown:
        raise PublishError(f"数据表不齐:缺少 {'、'.join(missing) or '无'};多出 {'、'.join(unknown) or '无'}。")


def verify_months(measured: Mapping[str, Mart], month: str, published: Collection[str]) -> None:
    """Verify that ``month`` was built, that no published month is lost, and that no mart has a month that did not run.

    Raises PublishError naming the months.
    """
    built = set(measured["dim_month"].months)
    if month not in built:
        raise PublishError(f"{month} 不在构建结果中(dim_month 含 {'、'.join(sorted(built)) or '无'})。")
    if lost := sorted(set(published) - built):
        raise PublishError(f"新版本缺少已发布的月份 {'、'.join(lost)}:请先重新运行这些月份。")
    for name, mart in measured.items():
        if strange := sorted(set(mart.months) - built):
            raise PublishError(f"数据表 {name} 含有未运行的月份 {'、'.join(strange)}。")


def verify_file(path: Path, measured: Mapping[str, Mart]) -> None:
    """Verify that the file, reopened, has the measured rows, labels and months, and that its views can be read.

    Raises PublishError naming the mart that differs, duckdb.Error if the file cannot be read at all.
    """
    with duckdb.connect(str(path), read_only=True, config=CONFIG) as connection:
        database = str(connection.execute("select current_database()").fetchall()[0][0])
        written, shape = measure(connection, database), shapes(connection, database)
        for name in sorted(set(written) | set(measured)):
            if written.get(name) != measured.get(name):
                raise PublishError(f"数据表 {name} 写入后与仓库不一致,未发布。")
            labels = [c.label for c in shape[name]]
            view = connection.execute(f"select * from {LABELLED}.{quoted(name)} limit 1")
            if [str(d[0]) for d in view.description or ()] != labels:
                raise PublishError(f"中文视图 {LABELLED}.{name} 的列与标签不一致,未发布。")
        for (name,) in connection.execute(
            "select view_name from duckdb_views() where schema_name = ?", [BI]
        ).fetchall():
            connection.execute(f"select * from {BI}.{quoted(name)} limit 0")

"""Documents lead to files that are there, and their queries fit the published marts."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from orchestration.dbt import manifest
from orchestration.dictionary import marts
from orchestration.publishing.bi.view import BI
from orchestration.publishing.content import LABELLED, MARTS, quoted
from tests.paths import ROOT
from tests.unit.orchestration.publishing.analysts import ALL

IGNORED = {".venv", "build", "dist", "data", "node_modules", "target"}
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not (IGNORED | {".git"}) & set(path.relative_to(ROOT).parts))
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.S | re.M)
SQL_TYPES = {
    "文本": "varchar",
    "日期": "date",
    "时间": "timestamp",
    "是/否": "boolean",
    "整数": "integer",
    "数值": "double",
}


def anchors(path: Path) -> set[str]:
    """The anchors of headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCED.sub("", path.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_there_are_documents() -> None:
    assert {"README.md", "README.zh-CN.md", "CHANGELOG.md"} <= {path.name for path in DOCUMENTS}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.fixture(scope="module")
def empty_marts() -> duckdb.DuckDBPyConnection:
    """The open database without rows: its tables and columns by both names, as the dictionary lists them."""
    connection = duckdb.connect()
    for schema in (MARTS, LABELLED):
        connection.execute(f"create schema {schema}")
    for entry in marts.chapter(manifest.load()).entries:
        if entry.facts[0].startswith(marts.OPEN):
            table = quoted(entry.name.partition(".")[2])
            for schema, place in ((LABELLED, 0), (MARTS, 1)):
                columns = ", ".join(f"{quoted(row[place])} {SQL_TYPES[row[2]]}" for row in entry.rows)
                connection.execute(f"create table {schema}.{table} ({columns})")
    connection.execute(f"create schema {BI}")
    there = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    for view in ALL:
        if view.marts.issubset(there):
            connection.execute(f"create view {BI}.{quoted(view.name)} as {view.sql}")
    return connection


QUERIES = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "zh" / "bi.md").read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_queries_for_readers_fit_the_open_marts(empty_marts: duckdb.DuckDBPyConnection, query: str) -> None:
    assert empty_marts.sql(query).fetchall() == []


def test_a_query_for_another_column_would_fail(empty_marts: duckdb.DuckDBPyConnection) -> None:
    assert len(QUERIES) >= 5
    with pytest.raises(duckdb.BinderException):
        empty_marts.sql("select household_key from marts.risk_overview")

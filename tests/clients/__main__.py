"""Let many versions of DuckDB, in several languages, read a published folder, and print who can.

    python -m tests.clients PUBLISHED [FOLDER]

The packages come from the configured registries into FOLDER, a temporary one without it; so this is no part of
``make test``, which needs no network. Exit code 1 if a client cannot read, or reads other rows than the first one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

DATABASES = ("current/shouwang.duckdb", "current/shouwang_open.duckdb")
QUERIES = (
    "select count(*) from marts.rural_indicators",
    'select max("月份") from marts_zh.dim_month',
    "select max(预警户数) from bi.风险概况 where 层级 = '区'",
    "select count(指标值) from bi.指标 where 层级 = '镇街' and not 是否达标",
    "select string_agg(distinct schema_name, ',' order by schema_name) from duckdb_tables()",
)
PYTHON = """
import datetime, duckdb, json, sys
file, queries = json.loads(sys.argv[1])
with duckdb.connect(file, read_only=True) as connection:
    print(json.dumps([str(connection.execute(query).fetchall()[0][0]) for query in queries]))
"""
ALCHEMY = """
import json, sqlalchemy, sys
file, queries = json.loads(sys.argv[1])
engine = sqlalchemy.create_engine(f"duckdb:///{file}", connect_args={"read_only": True})
with engine.connect() as connection:
    print(json.dumps([str(connection.execute(sqlalchemy.text(query)).fetchall()[0][0]) for query in queries]))
    # What Superset asks: the columns of a table that it knows by schema and name.
    known = sqlalchemy.inspect(engine)
    assert known.get_columns("risk_overview", schema="marts") and "风险概况" in known.get_view_names(schema="bi")
"""
NODE = """
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const [file, queries] = JSON.parse(process.argv[1]);
  const connection = await (await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })).connect();
  const found = [];
  for (const query of queries) {
    const rows = (await connection.runAndReadAll(query)).getRows();
    found.push(String(rows[0][0]));
  }
  console.log(JSON.stringify(found));
})().catch((error) => { console.error(String(error)); process.exit(1); });
"""
Ask = Callable[[Path, Path], list[str]]
"""Ask the queries with what is installed in a folder, of a database."""


def _output(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout


def _pip(*packages: str) -> Callable[[Path], None]:
    def install(folder: Path) -> None:
        _output([sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), *packages])

    return install


def _npm(package: str) -> Callable[[Path], None]:
    def install(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        _output(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), package])

    return install


def _python(script: str) -> Ask:
    def ask(folder: Path, file: Path) -> list[str]:
        given = json.dumps([str(file), QUERIES])
        return list(json.loads(_output([sys.executable, "-c", script, given], PYTHONPATH=str(folder))))

    return ask


def _node(folder: Path, file: Path) -> list[str]:
    given = json.dumps([str(file), QUERIES])
    return list(json.loads(_output(["node", "-e", NODE, "--", given], NODE_PATH=str(folder / "node_modules"))))


def _command_line(folder: Path, file: Path) -> list[str]:
    program = next(path for path in folder.rglob("duckdb") if path.is_file() and os.access(path, os.X_OK))
    asked = [_output([str(program), "-readonly", "-noheader", "-list", str(file), "-c", query]) for query in QUERIES]
    return [answer.strip() for answer in asked]


CLIENTS: dict[str, tuple[Callable[[Path], None], Ask]] = {
    "Python, DuckDB 2.0.1": (_pip("duckdb==2.0.1"), _python(PYTHON)),
    "Python, DuckDB 1.5.6": (_pip("duckdb==1.5.6"), _python(PYTHON)),
    "Python, DuckDB 1.4.5": (_pip("duckdb==1.4.5"), _python(PYTHON)),
    "Command line, DuckDB 1.5.6": (_pip("duckdb-cli==1.5.6"), _command_line),
    "Command line, DuckDB 1.4.4": (_pip("duckdb-cli==1.4.4.post2"), _command_line),
    "Node, @duckdb/node-api 1.5.6-r.1": (_npm("@duckdb/node-api@1.5.6-r.1"), _node),
    "Node, @duckdb/node-api 1.4.4-r.1": (_npm("@duckdb/node-api@1.4.4-r.1"), _node),
    "SQLAlchemy 1.4.54, duckdb-engine 0.17.0, DuckDB 1.4.5 (as Superset 6)": (
        _pip("sqlalchemy==1.4.54", "duckdb-engine==0.17.0", "duckdb==1.4.5"),
        _python(ALCHEMY),
    ),
    "SQLAlchemy 1.4.54, duckdb-engine 0.17.0, DuckDB 1.5.6": (
        _pip("sqlalchemy==1.4.54", "duckdb-engine==0.17.0", "duckdb==1.5.6"),
        _python(ALCHEMY),
    ),
}


def table(published: Path, folder: Path) -> tuple[list[str], bool]:
    """Ask every client, and return the lines of the table and whether all of them read the same."""
    lines, wanted, is_fine = [], {}, True
    for number, (client, (install, ask)) in enumerate(CLIENTS.items()):
        place = folder / str(number)
        try:
            if not place.exists():
                install(place)
            for database in DATABASES:
                found = ask(place, published / database)
                if wanted.setdefault(database, found) != found:
                    raise RuntimeError(f"{database}: {found}, not {wanted[database]}")
            said = "reads both"
        except (RuntimeError, StopIteration, subprocess.SubprocessError) as error:
            said, is_fine = f"fails: {error}", False
        lines.append(f"| {client} | {said} |")
        print(lines[-1], flush=True)
    return lines, is_fine


def main() -> None:
    """Print the table; exit code 1 if a client cannot read."""
    published = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        _, is_fine = table(published, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary))
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()

"""DuckDB and Spark over the accepted rows of one data home, each with a warehouse of its own.

Belongs here: building a month by both, the differences of their marts. The home is only read.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.dbt.process import APART_VARIABLE, PARSED_VARIABLE
from orchestration.runtime.settings import DBT_PARSED
from orchestration.runtime.telemetry import QUIET
from tests.paths import DBT_PROJECT

DUCKDB, SPARK = "duckdb", "spark"
SCHEMAS = ("marts", "marts_open")
SESSION = {
    "spark.master": "local[2]",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    # Hundreds of small statements: compiling each to Java costs more than it saves.
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m",
}
"""Spark within the process of dbt, for little data."""


@dataclass
class Engines:
    """Both engines over ``home``; what they build is in ``folder``.

    With a ``thrift`` address (host, port) dbt asks the cluster there, whose own folder of tables is ``tables``.
    """

    home: Path
    folder: Path
    thrift: tuple[str, int] | None = None
    tables: Path | None = None

    def __post_init__(self) -> None:
        (self.folder / "warehouse").mkdir(parents=True, exist_ok=True)
        self.warehouse = self.folder / "warehouse" / "warehouse.duckdb"
        self.tables = self.tables or self.folder / "spark" / "tables"

    def dbt(self, target: str, month: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt for a month on an engine; what it says is in ``stdout``."""
        written = self.folder / f"dbt-{target}"
        variables = {
            "SHOUWANG_HOME": str(self.home),
            "SHOUWANG_MONTH": month,
            "SHOUWANG_TARGET": target,
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
            APART_VARIABLE: str(self.folder),
            PARSED_VARIABLE: str(written / "parsed"),
            **self._spark(),
        }
        command, *options = arguments
        paths = ["--project-dir", str(DBT_PROJECT), "--target-path", str(written), "--log-path", str(written)]
        return subprocess.run(
            [DBT_PARSED, "--no-use-colors", command, *paths, *options],
            env={**os.environ, **QUIET, **variables},
            cwd=DBT_PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, month: str, *options: str) -> None:
        """Build a month on both engines, data tests included. Raises AssertionError with dbt's words."""
        for target in (DUCKDB, SPARK):
            done = self.dbt(target, month, "build", "--exclude-resource-type", "unit_test", *options)
            assert done.returncode == 0, f"{target} {month}\n{done.stdout[-6000:]}{done.stderr[-2000:]}"

    def differences(self) -> dict[str, tuple[int, int, int]]:
        """Map each mart to its rows on DuckDB, those that only DuckDB has, and those that only Spark has.

        Raises AssertionError where the columns differ.
        """
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            names = connection.execute(
                "select schema_name, table_name from duckdb_tables() where list_contains(?, schema_name) order by all",
                [list(SCHEMAS)],
            ).fetchall()
            return {f"{schema}.{mart}": self._differences(connection, schema, mart) for schema, mart in names}

    def _differences(self, connection: duckdb.DuckDBPyConnection, schema: str, mart: str) -> tuple[int, int, int]:
        types = dict(
            connection.execute(
                "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?",
                [schema, mart],
            ).fetchall()
        )
        ours = f'select {", ".join(types)} from {schema}.{mart}'
        theirs = f"select {', '.join(f'cast({name} as {kind}) as {name}' for name, kind in types.items())} from theirs"
        files = f"{self.tables}/{schema}.db/{mart}/**/*.parquet"
        # A month without rows has no file.
        if not connection.execute("select count(*) from glob(?)", [files]).fetchone()[0]:  # type: ignore[index]
            files, theirs = "", f"{ours} where false"
        if files:
            options = "hive_partitioning = true, hive_types = {'month': date}" if _is_monthly(files) else "hive_partitioning = false"
            connection.execute(f"create or replace temp view theirs as from read_parquet('{files}', {options})")
            found = {name for name, *_ in connection.execute("describe theirs").fetchall()}
            assert found == set(types), f"{schema}.{mart}: {found ^ set(types)}"
        count = "select count(*) from ({} except all {})"
        rows, gone, new = (
            connection.execute(sql).fetchone()[0]  # type: ignore[index]
            for sql in (f"select count(*) from ({ours})", count.format(ours, theirs), count.format(theirs, ours))
        )
        return rows, gone, new

    def _spark(self) -> dict[str, str]:
        if self.thrift:
            host, port = self.thrift
            return {"SHOUWANG_SPARK_HOST": host, "SHOUWANG_SPARK_PORT": str(port)}
        folder = self.folder / "spark"
        metastore = f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
        own = {"spark.sql.warehouse.dir": str(self.tables), "spark.hadoop.javax.jdo.option.ConnectionURL": metastore}
        return {"SHOUWANG_SPARK_METHOD": "session", "SHOUWANG_SPARK_SETTINGS": str(SESSION | own)}


def _is_monthly(pattern: str) -> bool:
    folder = Path(pattern.removesuffix("/**/*.parquet"))
    return any(folder.glob("month=*"))

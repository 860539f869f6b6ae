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
from orchestration.publishing.content import literal, pattern
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
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.streaming.fileStreamSink.ignoreMetadata": "true",
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

    With the address of a Thrift server (host, port) dbt asks that cluster, which keeps its tables in the home.
    """

    home: Path
    folder: Path
    thrift: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        (self.folder / "warehouse").mkdir(parents=True, exist_ok=True)
        self.warehouse = self.folder / "warehouse" / "warehouse.duckdb"
        # A cluster keeps its tables in the home (deploy/spark/run).
        spark = self.home / "warehouse" if self.thrift else self.folder
        self.tables = spark / "spark" / "tables"

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
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?",
            [schema, mart],
        ).fetchall()
        names = ", ".join(name for name, _ in columns)
        folder = self.tables / f"{schema}.db" / mart
        ours = f"select {names} from {schema}.{mart}"
        if any(folder.rglob("*.parquet")):
            found = {name for name, *_ in connection.execute(f"describe from {_files(folder)}").fetchall()}
            assert found == {name for name, _ in columns}, f"{schema}.{mart}: {found}"
            cast = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in columns)
            theirs = f"select {cast} from {_files(folder)}"
        else:
            # A table of months without any row has no file.
            theirs = f"{ours} where false"
        only = "select count(*) from ({} except all {})"
        rows, gone, new = (
            connection.execute(sql).fetchall()[0][0]
            for sql in (f"select count(*) from ({ours})", only.format(ours, theirs), only.format(theirs, ours))
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


def _files(folder: Path) -> str:
    """The Parquet files of a table of Spark in SQL; the month is in the names of their folders."""
    months = "true, hive_types = {'month': date}" if any(folder.glob("month=*")) else "false"
    return f"read_parquet({literal(pattern(folder) + '/**/*.parquet')}, hive_partitioning = {months})"

"""A tiny data home for dbt: accepted rows written from dicts, and dbt run over them.

Belongs here: what ``sources`` and ``orchestration`` leave behind for dbt (accepted rows, per-file balances, working
days), in the schemas of ``sources.contracts.row_schema``, and a call of dbt.
Does not belong here: the readers, the gate, identities; the rows themselves (the tests write them).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import duckdb
import polars as pl

from orchestration.dbt import manifest, worker
from orchestration.dbt.process import PARSED_VARIABLE
from orchestration.publishing.restate import prepare_restatements
from orchestration.runtime.settings import DBT_PARSED
from sources.contracts.model import Contracts, Dataset, load_contracts
from sources.contracts.row_schema import FILE_LEDGER, accepted_columns, schema_of
from sources.county.catalogues import write_catalogues
from sources.county.folder import county_of
from sources.home import Home
from sources.months import Month
from tests.paths import DBT_PROJECT

Row = Mapping[str, Any]


@contextmanager
def parsed_project(folder: Path) -> Iterator[None]:
    """Keep one process that has imported dbt and parsed the project, for every home, as a command does for its months.

    ``folder`` is a new one. Not for a city, whose dbt project is another.
    """
    manifest.ensure()
    with worker.ready(folder, DBT_PROJECT):
        yield


@dataclass
class DbtFixture:
    """A data home below ``root`` that holds only what dbt reads and writes."""

    root: Path
    contracts: Contracts = field(default_factory=load_contracts)

    def __post_init__(self) -> None:
        self.home = Home(self.root)
        for dataset in self.contracts.datasets:
            self._write(self.home.accepted(dataset, None) / "schema.parquet", self._rows(dataset, []))
            self._write(self.home.deliveries(dataset, None) / "schema.parquet", self._balance([]))
        self._write(self.home.warehouse / "reference" / "working_days.parquet", working_days(2019, 2026))
        write_catalogues(self.home, county_of(self.root))
        prepare_restatements(self.home)

    def deliver(
        self, dataset: str, month: str, rows: Sequence[Row], balance: Row | Sequence[Row] | None = None
    ) -> None:
        """Accept ``rows`` for dataset and month, as one file unless the rows say otherwise.

        A column that a row leaves out is null, lineage is counted. ``balance`` overrides cells of the file's balance; a
        list does so for several files.
        What was accepted before for that dataset and month is replaced.
        """
        about = self.contracts.dataset(dataset)
        first_day = Month.parse(month).first_day
        lineage = {"extract_month": first_day, "delivery_no": 1, "file_no": 1, "sheet_no": 1}
        numbered = [{**lineage, "row_number": n + 1, "row_order": n, **row} for n, row in enumerate(rows, start=1)]
        numbered = [{"row_ref": row_ref(dataset, month, row), **row} for row in numbered]
        file = {
            **{"extract_month": first_day, "department": about.department, "dataset": dataset},
            **{"delivery_no": 1, "file_no": 1, "file_name": f"{about.label}.xlsx", "is_in_force": True},
            **{"file_sha256": hashlib.sha256(f"{dataset}{month}".encode()).hexdigest(), "is_current": bool(rows)},
            **{"received_at": datetime(2021, 1, 1), "rows_in_file": len(rows), "rows_accepted": len(rows)},
            **{"rows_quarantined": 0, "rows_duplicate": 0, "rows_superseded": 0, "printed_total_rows": "none"},
        }
        files = [{**file, **own} for own in (balance if isinstance(balance, Sequence) else [balance or {}])]
        of_month = Month.parse(month)
        self._write(self.home.accepted(about, of_month) / "rows.parquet", self._rows(about, numbered))
        self._write(self.home.deliveries(about, of_month) / "files.parquet", self._balance(files))

    def dbt(self, command: str, month: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a dbt command (``build``, ``test`` …) for the month; its output is in ``stdout``."""
        manifest.ensure()
        target = self.root / "dbt-target"
        environment = {
            **os.environ,
            **{
                "SHOUWANG_HOME": str(self.root),
                "SHOUWANG_MONTH": month,
                PARSED_VARIABLE: str(self.root / "dbt-parsed"),
            },
            **{"DBT_PROFILES_DIR": str(DBT_PROJECT), "DO_NOT_TRACK": "1"},
        }
        arguments = ["--project-dir", str(DBT_PROJECT), "--target-path", str(target), "--log-path", str(target)]
        return subprocess.run(
            [DBT_PARSED, "--no-use-colors", command, *arguments, *options],
            env=environment,
            cwd=DBT_PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, month: str, *options: str) -> None:
        """Run the month as production does. Raises AssertionError with dbt's output where it fails."""
        done = self.dbt("build", month, "--exclude-resource-type", "unit_test", *options)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    def failures(self) -> dict[str, str]:
        """What dbt says of every node that failed in its newest command, by the node's name."""
        results = json.loads((self.root / "dbt-target" / "run_results.json").read_text(encoding="utf-8"))["results"]
        failed = [r for r in results if r["status"] in ("error", "fail", "skipped")]
        return {r["unique_id"].split(".", 2)[2]: r["message"] or r["status"] for r in failed}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the dbt warehouse."""
        with duckdb.connect(str(self.home.warehouse / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def records(self, mart: str, schema: str = "marts") -> list[dict[str, Any]]:
        """All rows of a mart, by column."""
        about = f"select column_name from duckdb_columns() where schema_name = '{schema}' and table_name = '{mart}'"
        columns = [name for (name,) in self.query(f"{about} order by column_index")]
        return [dict(zip(columns, row, strict=True)) for row in self.query(f"select * from {schema}.{mart}")]

    @staticmethod
    def _rows(dataset: Dataset, rows: Sequence[Row]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=schema_of(accepted_columns(dataset)))

    @staticmethod
    def _balance(rows: Sequence[Row]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=schema_of(FILE_LEDGER))

    @staticmethod
    def _write(path: Path, frame: pl.DataFrame) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path)


def row_ref(dataset: str, month: str, row: Row) -> str:
    """What stands here for the keyed reference of an accepted row."""
    place = [str(row[c]) for c in ("delivery_no", "file_no", "sheet_no", "row_number")]
    return hashlib.sha256("|".join([dataset, month, *place]).encode()).hexdigest()[:16]


def working_days(first_year: int, last_year: int) -> pl.DataFrame:
    """One row per day of the years: day, is_working_day (holidays and make-up days of China), source."""
    first, last = date(first_year, 1, 1), date(last_year, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [{"day": d, "is_working_day": chinese_calendar.is_workday(d), "source": "chinesecalendar"} for d in days]
    return pl.DataFrame(rows, schema={"day": pl.Date, "is_working_day": pl.Boolean, "source": pl.String})

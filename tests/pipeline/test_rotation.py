"""Real months keep their leads through a rotation of the secret, and answers with former lead ids still count."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.console import Console

from orchestration.commands.publish import publish_to_postgres
from orchestration.commands.running import rotate_secret
from orchestration.runtime.settings import Settings
from sources.privacy.rekeying import leads_path
from tests.pipeline.test_partial_runs import CONTRACTS, JUNE, MAY, REGISTER, Office
from tests.servers.marts_database import marts_database
from tests.servers.postgres import PostgresServer
from tests.unit.sources.builder import csv_file, row, table

pytestmark = pytest.mark.usefixtures("parsed")

RETURNS = CONTRACTS.dataset("verification_returns")


class County(Office):
    """Two households of unsafe housing, whose leads towns verify."""

    def deliver(self) -> None:
        for month in (MAY, JUNE):
            rows = [row(REGISTER, n, housing_grade="D级" if n < 2 else "A级") for n in range(30)]
            self.desk.put(REGISTER, f"{REGISTER.label}.csv", csv_file(table(REGISTER, rows)), month)

    def answer(self, folder: str, **results: str) -> None:
        answers = [row(RETURNS, n, lead_id=lead, result=r) for n, (lead, r) in enumerate(results.items())]
        self.desk.put(RETURNS, f"{RETURNS.label}.csv", csv_file(table(RETURNS, answers)), JUNE, folder)

    def leads(self) -> dict[str, tuple[str, str]]:
        """Month of opening and status by lead, as published."""
        with duckdb.connect(str(self.home.published / "marts.duckdb"), read_only=True) as connection:
            query = "select lead_id, strftime(opened_month, '%Y-%m'), status from marts.risk_leads order by lead_id"
            return {lead: (opened, status) for lead, opened, status in connection.execute(query).fetchall()}

    def restated(self) -> list[tuple[str, str, int, int, int]]:
        with duckdb.connect(str(self.home.published / "marts.duckdb"), read_only=True) as connection:
            query = (
                "select strftime(month, '%Y-%m'), mart, rows_added, rows_removed, rows_changed"
                " from marts.restatements order by all"
            )
            return connection.execute(query).fetchall()


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> County:
    return County(tmp_path / "home", monkeypatch)


def _rotate_with_a_copy(
    county: County, server: PostgresServer, monkeypatch: pytest.MonkeyPatch, former: set[str]
) -> None:
    """Rotate as the command does, with a copy in PostgreSQL, which has the new leads at once."""
    query, said = "select lead_id from marts_full.risk_leads", io.StringIO()
    with marts_database(server) as database, monkeypatch.context() as patch:
        patch.setenv("SHOUWANG_POSTGRES", database.setting.model_dump_json(exclude_none=True))
        settings, console = Settings(), Console(file=said, width=300)
        publish_to_postgres(console, settings)
        assert {lead for (lead,) in database.read(query)} == former
        assert rotate_secret(console, settings), said.getvalue()
        assert {lead for (lead,) in database.read(query)} == set(county.leads())
        assert not any(map(database.files_with, former))


def test_an_answer_counts_before_and_after_a_rotation(
    county: County, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.deliver()
    assert county.materialise(month=MAY).success
    first, second = county.leads()
    county.answer("", **{first: "属实"})
    assert county.materialise(month=JUNE).success
    assert county.leads() == {first: ("2021-05", "verified_true"), second: ("2021-05", "open")}
    restated = county.restated()

    _rotate_with_a_copy(county, postgres, monkeypatch, {first, second})
    current = dict(pl.read_parquet(leads_path(county.home)).iter_rows())
    assert county.leads() == {current[first]: ("2021-05", "verified_true"), current[second]: ("2021-05", "open")}
    assert not {first, second} & set(county.leads())
    assert county.restated() == restated, "new keys restate nothing"

    county.answer("r2", **{first: "属实", second: "不属实"})
    assert county.materialise(month=JUNE).success
    after = {current[first]: ("2021-05", "verified_true"), current[second]: ("2021-05", "verified_false")}
    assert county.leads() == after
    changed = [line for line in county.restated() if line not in restated]
    assert ("2021-06", "risk_leads", 0, 0, 1) in changed
    assert {added + removed for _, mart, added, removed, _ in changed if mart == "risk_leads"} == {0}, "no other lead"

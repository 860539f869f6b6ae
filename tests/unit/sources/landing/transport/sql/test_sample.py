"""A department's tables in PostgreSQL: pulled, they give the rows that its offices' files give."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sample import write_district
from sources.contracts.model import Dataset
from sources.home import Home
from sources.intake import Intake
from sources.landing.deliveries import DatasetDelivery
from tests.district import DIVISIONS
from tests.servers.postgres import PostgresServer
from tests.unit.sources.builder import CONTEXT, MONTH, conform, lenient
from tests.unit.sources.landing.transport.sql.desk import HEALTH, Desk, connect, run
from tests.worlds.typed import as_typed

_TYPES = {pl.Date: "date", pl.Int64: "bigint", pl.Decimal(28, 10): "numeric(28, 10)", pl.Boolean: "boolean"}


def test_a_departments_tables_give_the_rows_of_its_files(tmp_path: Path, postgres: PostgresServer) -> None:
    home = Home(tmp_path / "offices")
    write_district(home.inbox, 170, [MONTH.shift(-1), MONTH], 7, DIVISIONS)
    offices = _recognised(Intake(home, MONTH, lenient, DIVISIONS))
    tables = [dataset for dataset in HEALTH.datasets if dataset.name in offices]
    assert tables
    run(postgres, "drop schema if exists extracts_ cascade", "create schema extracts_")
    for dataset in tables:
        _store(postgres, dataset, as_typed(offices[dataset.name].files, dataset, CONTEXT))
    queries = {d.name: f"select * from extracts_.{d.name} where :month = '{MONTH}'" for d in tables}
    desk = Desk(tmp_path, postgres, queries=queries)
    assert desk.pulled(MONTH).fetched == len(tables)
    run(postgres, "drop schema extracts_ cascade")

    pulled = _recognised(Intake(desk.home, MONTH, lenient, DIVISIONS, locations=desk.locations))
    assert set(pulled) == set(queries)
    for dataset in tables:
        assert _good(dataset, pulled[dataset.name]).equals(_good(dataset, offices[dataset.name])), dataset.name


def _recognised(intake: Intake) -> dict[str, DatasetDelivery]:
    intake.land("health")
    return {name: of[0] for name, of in intake.recognised("health").deliveries.items()}


def _store(server: PostgresServer, dataset: Dataset, rows: pl.DataFrame) -> None:
    columns = ", ".join(f'"{name}" {_TYPES.get(dtype, "text")}' for name, dtype in rows.schema.items())
    places = ", ".join(["%s"] * rows.width)
    run(server, f"create table extracts_.{dataset.name} ({columns})")
    with connect(server) as connection, connection.cursor() as cursor:
        cursor.executemany(f"insert into extracts_.{dataset.name} values ({places})", rows.rows())


def _good(dataset: Dataset, delivery: DatasetDelivery) -> pl.DataFrame:
    """The values of the accepted rows without an error."""
    rows = conform(dataset, *[file.content() for file in delivery.files]).rows
    good = rows.filter(pl.col("row_state") == "accepted", pl.col("row_error").is_null())
    assert not good.is_empty()
    return good.select(c.name for c in dataset.columns).sort(pl.all())

"""A person is erased from two months, one of them without originals, and is nowhere in the home any more."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.console import Console

from orchestration.commands import verify
from orchestration.commands.erase import erase_person
from orchestration.commands.publish import publish_to_postgres
from orchestration.commands.running import rebuild_home
from orchestration.runtime.settings import Settings
from sources import audit
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.retention import Retention, plan, remove
from tests.pipeline.search import Needles, contents
from tests.pipeline.test_partial_runs import ASSETS, CONTRACTS, GREENHOUSE, ILLNESS, JUNE, MAY, PERSON, REGISTER, Office
from tests.servers.marts_database import MartsDatabase, marts_database
from tests.servers.postgres import PostgresServer
from tests.unit.sources.builder import csv_file, resident_id, row, table, xlsx_file, zip_file

pytestmark = pytest.mark.usefixtures("parsed")

OWN, OTHER = resident_id(0, "19500615"), resident_id(1, "19500615")
PHONE = "13800138000"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A home with two published months; the person is in a CSV, a workbook in a zip, free text and a file name."""
    office = Office(tmp_path / "home", monkeypatch)
    for month in (MAY, JUNE):
        office.deliver_register(PERSON, month=month)
        rows = [row(ILLNESS, n, **({"person_name": PERSON} if n == 0 else {})) for n in range(4)]
        # A bad row of the person's: quarantined, with its text.
        rows.append(row(ILLNESS, 0, person_name=PERSON, diagnosed_on=f"x{PHONE}"))
        book = xlsx_file({"名单": table(ILLNESS, rows)})
        office.desk.put(ILLNESS, f"{ILLNESS.label}.zip", zip_file({f"{ILLNESS.label}_{PERSON}.xlsx": book}), month)
    assets = [row(ASSETS, n, asset_name=GREENHOUSE if n == 1 else f"水渠{n}") for n in range(1, 4)]
    office.desk.put(ASSETS, f"{ASSETS.label}.csv", csv_file(table(ASSETS, assets)), JUNE)
    for month in (MAY, JUNE):
        assert office.materialise(month=month).success
    return office


def _parts(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from (member.encode(), *_parts(archive.read(member)))


def _found(home: Home) -> set[tuple[str, str]]:
    """Zone and text of every place that names the person: every byte, unpacked, and every name of a file."""
    needles = Needles([OWN, PERSON, PHONE])
    found = set()
    for path in (p for p in home.root.rglob("*") if p.is_file() and not p.is_symlink()):
        place = path.relative_to(home.root)
        for content in (str(place).encode(), *contents(path)):
            found |= {(place.parts[0], hit) for part in _parts(content) for hit in needles.found_in(part)}
    return found


def _households(office: Office) -> dict[str, int]:
    with duckdb.connect(str(office.home.published / "marts.duckdb"), read_only=True) as connection:
        query = "select strftime(month, '%Y-%m'), count(*) from marts.household_month group by all"
        return dict(connection.execute(query).fetchall())


def _ids(office: Office) -> list[str]:
    rows = pl.read_parquet(office.home.identities(REGISTER, JUNE) / "rows.parquet")
    return rows["identity__resident_id"].to_list()


@pytest.fixture
def database(postgres: PostgresServer, office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[MartsDatabase]:
    """A copy in PostgreSQL, which the settings name."""
    with marts_database(postgres) as database:
        monkeypatch.setenv("SHOUWANG_POSTGRES", database.setting.model_dump_json(exclude_none=True))
        office.settings = Settings()
        publish_to_postgres(Console(file=io.StringIO()), office.settings)
        yield database


def test_nothing_of_an_erased_person_is_left_and_everybody_else_is(office: Office, database: MartsDatabase) -> None:
    home = office.home
    people = pl.read_parquet(home.accepted(REGISTER, JUNE) / "rows.parquet")
    household = people["household_key"][_ids(office).index(OWN)]
    copied = f"select count(*) from marts_full.household_month where household_key = '{household}'"
    assert database.read(copied) == [(2,)]
    remove(home, plan(home, CONTRACTS, Retention(originals=1), date(2021, 7, 20)), date(2021, 7, 20))
    assert {zone for zone, _ in _found(home)} == {"inbox", "restricted", "outbox"}
    others = sorted(set(_ids(office)) - {OWN})
    said = io.StringIO()
    console = Console(file=said, width=300)
    assert erase_person(console, office.settings, OWN, dry_run=True, is_sure=lambda: True)
    assert "2021-05、2021-06" in said.getvalue()
    assert OWN in _ids(office), "a look changes nothing"

    assert erase_person(console, office.settings, f"{OWN}\n", dry_run=False, is_sure=lambda: True), said.getvalue()
    assert OWN not in said.getvalue()
    assert PERSON not in said.getvalue()
    assert {zone for zone, _ in _found(home)} == {"inbox"}
    assert sorted(_ids(office)) == others
    assert _households(office) == {"2021-05": 29, "2021-06": 29}
    assert database.read("select count(*) from marts_full.household_month") == [(58,)]
    assert database.read(copied) == [(0,)]
    assert database.files_with(household) == []
    assert [e["act"] for e in audit.entries(home)][-4:] == ["erase", "rebuild", "publish", "copy"]
    assert not [p for area in verify.examine(office.settings, deep=True) for p in area.problems]
    with database.connect() as owner:
        owner.execute("update shouwang.published set stem = 'of an earlier version'")
    assert rebuild_home(console, office.settings, from_archive=True), said.getvalue()
    assert "逐格相同,没有新版本" in said.getvalue(), "the new originals say the same"
    assert "PostgreSQL 现为版本" in said.getvalue().rpartition("没有新版本")[2]

    # The file that is still in the inbox is not landed again, and a new one of the person is not taken in.
    states = len(DeliveryLog(home, "agriculture", JUNE).states)
    assert office.materialise("landing/agriculture").success
    assert len(DeliveryLog(home, "agriculture", JUNE).states) == states
    office.deliver_register(PERSON, folder="r2", households=31)
    assert office.materialise("landing/agriculture", "agriculture/household_register").success
    assert OWN not in _ids(office)
    assert len(_ids(office)) == 30

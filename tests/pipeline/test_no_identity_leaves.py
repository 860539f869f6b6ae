"""No identity outside the restricted zones after whole months, wherever people wrote one.

Belongs here: searching everything that two months with rejected, broken and crashing deliveries leave behind.
Does not belong here: each way of hiding (``tests/unit/sources``).
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.pipeline import seeded
from tests.pipeline.search import Needles, files, search
from tests.pipeline.seeded_months import BROKEN_READING, BROKEN_WORK


@dataclass(frozen=True)
class Ran:
    home: Path
    needles: Needles
    said: bytes
    reports: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    home = tmp_path_factory.mktemp("seeded")
    needles = Needles(seeded.write_inbox(home / "inbox"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.pipeline.seeded_months"],
        env={**os.environ, "SHOUWANG_HOME": str(home)},
        capture_output=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:].decode()
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b'{"month"')]
    return Ran(home, needles, said, {line["month"]: line for line in lines})


def test_both_months_ran_and_lost_only_what_was_broken(ran: Ran) -> None:
    assert [r["success"] for r in ran.reports.values()] == [True, True], ran.reports
    statuses = ran.reports[seeded.MONTHS[1]]["statuses"]
    assert {name for name, status in statuses.items() if status == "failed"} == {BROKEN_WORK}
    assert {name for name, status in statuses.items() if status == "rejected"} >= {BROKEN_READING}
    taken = {name for name, status in ran.reports[seeded.MONTHS[0]]["statuses"].items() if status == "accepted"}
    assert {"household_register", "project_assets", "deaths", "medical_settlements", "serious_illness"} <= taken


def test_nothing_outside_the_restricted_zones_names_anybody(ran: Ran) -> None:
    searched = {p.suffix for p in files(ran.home)}
    assert {".duckdb", ".parquet", ".db", ".json", ".log"} <= searched
    assert search(ran.home, ran.needles) == set()


def test_nothing_that_is_printed_or_logged_names_anybody(ran: Ran) -> None:
    assert b"DEBUG" in ran.said
    assert ran.needles.found_in(ran.said) == set()


def test_the_people_are_kept_where_they_may_be(ran: Ran) -> None:
    errors = [p.read_text("utf-8") for p in (ran.home / "restricted" / "errors").iterdir()]
    assert any(seeded.FREE in text for text in errors)
    kept = pl.concat(
        pl.read_parquet(p, columns=["identity__person_name"])
        for p in (ran.home / "restricted" / "identities").rglob("household_register/*/rows.parquet")
    )
    assert set(seeded.NAMES) <= set(kept["identity__person_name"])
    assert list((ran.home / "outbox").rglob("*.xlsx"))


def test_restricted_zones_are_for_their_owner_only(ran: Ran) -> None:
    zones = [ran.home / "restricted", ran.home / "outbox"]
    paths = [p for zone in zones for p in (zone, *zone.rglob("*"))]
    wrong = {
        str(p): oct(mode)
        for p in paths
        if (mode := stat.S_IMODE(p.lstat().st_mode)) != (0o700 if p.is_dir() else 0o600)
    }
    assert wrong == {}
    assert sum(p.is_file() for p in paths) > 100


def test_file_names_stay_useful_and_apart(ran: Ran) -> None:
    with duckdb.connect(str(ran.home / "published" / "marts.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select month, dataset, delivery_no, file_name from marts.reconciliation_deliveries"
        ).fetchall()
    assert len(set(rows)) == len(rows)
    keywords = {d.name: d.keywords[0] for d in seeded.CONTRACTS.datasets}
    hidden = [(dataset, name) for _, dataset, _, name in rows if "***" in name]
    assert len(hidden) > 50
    assert all(keywords[dataset] in name for dataset, name in hidden)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030", "unicode_escape"])
def test_the_search_finds_a_name_in_a_log(tmp_path: Path, encoding: str) -> None:
    log = tmp_path / "dbt" / "target" / "dbt.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"\x01" + f"a {seeded.NAMES[0]} b".encode(encoding))
    assert search(tmp_path, Needles(seeded.SEEDED)) == {("dbt/target/dbt.log", seeded.NAMES[0])}


def test_the_search_finds_what_is_compressed(tmp_path: Path) -> None:
    for zone in ("warehouse", "published", "dagster"):
        (tmp_path / zone).mkdir()
    rows = pl.DataFrame({"detail": [f'{{"who": "{seeded.IDS[0]}"}}'] * 5000})
    rows.write_parquet(tmp_path / "warehouse" / "rows.parquet", compression="zstd")
    with duckdb.connect(str(tmp_path / "published" / "marts.duckdb")) as connection:
        connection.execute("create table m as select ? as c from range(5000)", [seeded.NAMES[1]])
    (tmp_path / "dagster" / f"{seeded.PHONE}.txt").write_text("")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "own.csv").write_text(seeded.FREE)
    assert search(tmp_path, Needles(seeded.SEEDED)) == {
        ("warehouse/rows.parquet", seeded.IDS[0]),
        ("published/marts.duckdb", seeded.NAMES[1]),
        (f"dagster/{seeded.PHONE}.txt", seeded.PHONE),
    }

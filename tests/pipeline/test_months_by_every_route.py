"""The same month by every route: from files of offices, typed originals, shares, databases and an interface.

Belongs here: whole months. Does not belong here: every table's cells (``tests/unit/sources/test_typed_sample``).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sample import write_district
from sources.conforming.context import Context
from sources.contracts.model import load_contracts
from sources.contracts.row_schema import LINEAGE
from sources.divisions import vintage_of
from sources.home import Home
from sources.intake import Intake
from sources.months import Month
from tests.district import DIVISIONS
from tests.pipeline.process_list import command_lines
from tests.pipeline.routes import Routes, is_of, objects_of, rows_of
from tests.pipeline.running import run_months
from tests.unit.sources.builder import LONG_AGO, json_lines_file, lenient, parquet_file
from tests.worlds.typed import as_typed

MONTH = Month(2021, 5)
SHARES = {"civil_affairs": "sftp", "human_resources": "smb", "health": "webdav", "agriculture": "s3"}
CONTRACTS = load_contracts()
WRITERS = {
    "household_register": parquet_file,
    "subsistence_allowance": json_lines_file,
    "household_income": parquet_file,
    "serious_illness": json_lines_file,
    "industry_support_payments": parquet_file,
}
ABOUT_FILES = ("reconciliation_deliveries", "open_reconciliation_deliveries", "data_quality_scorecard")
"""Marts that count files, and rows with errors, which a converted table no longer has."""
_REF = "[0-9a-f]{16}"
PLACES = {column.name for column in LINEAGE} - {"extract_month", "delivery_no", "row_order"}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The home with the offices' files, and the one with typed originals in their place."""
    root = tmp_path_factory.mktemp("typed")
    by_offices, typed = root / "offices" / "home", root / "typed" / "home"
    write_district(by_offices / "inbox", 200, [MONTH, MONTH.shift(1)], 7, DIVISIONS)
    shutil.copytree(by_offices / "inbox", typed / "inbox")
    _convert(typed / "inbox", root / "scratch")
    for home in (by_offices, typed):
        assert run_months(home, [str(MONTH)]) == {str(MONTH): True}
    return by_offices, typed


def _convert(inbox: Path, scratch: Path) -> None:
    """Put the good rows of tables into one typed original each, in the place of the files that hold them."""
    home = Home(scratch)
    shutil.copytree(inbox, home.inbox)
    intake = Intake(home, MONTH, lenient, DIVISIONS)
    context = Context(MONTH, vintage_of(DIVISIONS, MONTH))
    for name, write in WRITERS.items():
        dataset = CONTRACTS.dataset(name)
        intake.land(dataset.department)
        (delivery,) = intake.recognised(dataset.department).deliveries[name]
        folder = inbox / dataset.department / str(MONTH)
        for file in delivery.files:
            (folder / file.name).unlink()
        suffix = "parquet" if write is parquet_file else "jsonl"
        path = folder / f"{dataset.label}.{suffix}"
        path.write_bytes(write(as_typed(delivery.files, dataset, context)))
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.mark.parametrize("name", WRITERS)
def test_accepted_rows_are_equal_cell_by_cell(name: str, homes: tuple[Path, Path]) -> None:
    dataset = CONTRACTS.dataset(name)
    rows = [pl.read_parquet(Home(home).accepted(dataset, MONTH) / "rows.parquet") for home in homes]
    offices, typed = (r.drop(PLACES & set(r.columns), "row_order").sort(pl.all()) for r in rows)
    # A row with an error in an optional column is accepted without that cell; no database row has one.
    assert typed.height > 0
    assert offices.join(typed, on=typed.columns, how="anti", nulls_equal=True).height == offices.height - typed.height
    assert typed.join(offices, on=typed.columns, how="anti", nulls_equal=True).is_empty()


def test_rows_balance(homes: tuple[Path, Path]) -> None:
    for name in WRITERS:
        dataset = CONTRACTS.dataset(name)
        (file,) = pl.read_parquet(Home(homes[1]).deliveries(dataset, MONTH) / "files.parquet").to_dicts()
        assert file["file_name"].startswith(dataset.label)
        assert file["rows_in_file"] == file["rows_accepted"] > 0


def _marts(home: Path) -> dict[str, pl.DataFrame]:
    """Every mart but those about files, without what depends on files.

    Evidence refers to rows of files; and of two departments with different names, the one answers that delivered last.
    """
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        names = connection.sql("select table_name from information_schema.tables where table_schema = 'marts'")
        marts = {n: connection.sql(f"from marts.{n}").pl() for (n,) in names.fetchall() if n not in ABOUT_FILES}
    for name, evidence in (("household_risk_flags", "evidence"), ("reconciliation_conflicts", "detail")):
        marts[name] = marts[name].with_columns(pl.col(evidence).cast(pl.String).str.replace_all(_REF, ""))
    marts["reconciliation_conflicts"] = marts["reconciliation_conflicts"].drop("answering_department")
    return marts


def _differing(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> list[str]:
    """Name the marts whose rows are not the same, in any order."""
    assert one.keys() == other.keys()
    assert one["household_risk_flags"].height > 0
    return [
        name
        for name, rows in one.items()
        if rows.height != other[name].height
        or not rows.join(other[name], on=rows.columns, how="anti", nulls_equal=True).is_empty()
        or not other[name].join(rows, on=rows.columns, how="anti", nulls_equal=True).is_empty()
    ]


def test_marts_are_equal(homes: tuple[Path, Path]) -> None:
    assert _differing(*map(_marts, homes)) == []


@dataclass(frozen=True)
class Pulled:
    """A home whose month was pulled, and the command lines that the machine had meanwhile."""

    home: Path
    command_lines: set[bytes]


@pytest.fixture(scope="module")
def pulled(
    homes: tuple[Path, Path], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Pulled:
    """The home whose departments keep on servers what the other home with typed originals has in its inbox."""
    root = tmp_path_factory.mktemp("pulled")
    home, files = root / "home", root / "files"
    home.mkdir()
    shutil.copytree(homes[1] / "inbox", files)
    routes = Routes(request, home)
    originals = [p for p in sorted(files.rglob("*")) if p.suffix in (".parquet", ".jsonl")]
    servers = [request.getfixturevalue(name) for name in ("postgres", "mariadb")]
    for original in originals:
        dataset = is_of(original, CONTRACTS)
        if original.suffix == ".jsonl":
            routes.pages(dataset, objects_of(original), request.getfixturevalue("https"))
        else:
            routes.query(dataset, MONTH, rows_of(original), servers[0])
            servers.reverse()
        original.unlink()
    for department, kind in SHARES.items():
        routes.share(department, kind, files / department)
    routes.write_settings()
    with command_lines() as seen:
        assert run_months(home, [str(MONTH)]) == {str(MONTH): True}
    return Pulled(home, seen)


def test_a_month_that_was_pulled_has_the_same_marts_cell_by_cell(homes: tuple[Path, Path], pulled: Pulled) -> None:
    assert _differing(_marts(homes[1]), _marts(pulled.home)) == []
    assert list((pulled.home / "inbox").rglob("*.*")) == []


def test_no_secret_is_in_what_a_pulled_month_leaves_nor_in_the_list_of_processes(pulled: Pulled) -> None:
    secrets = {path: path.read_bytes().strip() for path in pulled.home.glob("secret*")}
    assert len(secrets) > 3
    files = [p for p in pulled.home.rglob("*") if p.is_file() and not p.is_symlink() and p not in secrets]
    assert [(p, s.name) for p in files for s, secret in secrets.items() if secret in p.read_bytes()] == []
    assert any(b"tests.pipeline.run_months" in line for line in pulled.command_lines)
    assert [line for line in pulled.command_lines if any(secret in line for secret in secrets.values())] == []

"""A tiny published version: databases with the marts' columns, and the rows of a test.

Belongs here: tables from the models' contracts, rows that most tests need. Does not belong here: documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.dbt.seeds import rows_of
from orchestration.reporting import catalogue
from reports.report import Edition
from reports.write import Sources
from sources.contracts.model import load_contracts
from sources.months import Month
from tests.paths import DBT_PROJECT

Row = Mapping[str, Any]
MONTH = Month(2021, 6)
TOWNS = {"441802103": "源潭镇", "441802106": "石角镇"}
_MODELS = DBT_PROJECT / "models" / "marts"


class Published:
    """Two databases below ``folder``, the open and the full one, with the marts' columns and without rows."""

    def __init__(self, folder: Path) -> None:
        self.open, self.full = folder / "version.open.duckdb", folder / "version.duckdb"
        for file, is_open in ((self.open, True), (self.full, False)):
            with duckdb.connect(str(file)) as connection:
                connection.execute("create schema marts")
                for name, columns in _tables(is_open).items():
                    described = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
                    connection.execute(f'create table marts."{name}" ({described})')

    def add(self, mart: str, *rows: Row) -> Published:
        """Add rows to a mart of both databases; columns that a row leaves out are null."""
        for file in (self.open, self.full):
            with duckdb.connect(str(file)) as connection:
                known = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
                for row in rows if mart in known else ():
                    values = ", ".join(f"${name}" for name in row)
                    connection.execute(f'insert into marts."{mart}" ({", ".join(row)}) values ({values})', dict(row))
        return self

    def replace(self, mart: str, place: Row, row: Row) -> None:
        """Add a row in place of those with the values of ``place``."""
        where = " and ".join(f"{name} = ${name}" for name in place)
        for file in (self.open, self.full):
            with duckdb.connect(str(file)) as connection:
                connection.execute(f'delete from marts."{mart}" where {where}', dict(place))
        self.add(mart, row)

    def sources(self, **others: Any) -> Sources:
        """Return what documents are made of."""
        edition = Edition(3, datetime(2021, 7, 12, 9, 0))
        return Sources(edition, self.open, self.full, load_contracts(), catalogue(), **others)


def district(folder: Path) -> Published:
    """Publish June 2021 of a district with two towns, where no indicator of the catalogue is computed."""
    published, first = Published(folder), MONTH.first_day
    published.add("dim_month", {"month": first, "dispatched_on": date(2021, 7, 5), "label_zh": "2021年6月"})
    about = {"level": "town", "kind": "town", "valid_from": date(2020, 1, 1)}
    published.add(
        "dim_division",
        {**about, "division_code": "441802", "name": "清城区", "level": "district"},
        *({**about, "division_code": code, "name": name} for code, name in TOWNS.items()),
    )
    catalogued = rows_of("indicators")
    entry = "unit", "better", "domain", "form", "name_zh"
    published.add(
        "dim_indicator",
        *(
            {"indicator_code": r["code"], "decimals": int(r["decimals"]), **{c: r[c] for c in entry}}
            for r in catalogued
        ),
    )
    nothing = {"month": first, "status": "not_computable", "reason": "缺少数据", "level": "district"}
    published.add(
        "rural_indicators", *({"indicator_code": r["code"], "division_code": "441802", **nothing} for r in catalogued)
    )
    return published


def new_indicator(published: Published, code: str, name: str, unit: str, **row: Any) -> None:
    """Publish an indicator that the catalogue of the program does not have."""
    entry = {"unit": unit, "decimals": 1, "better": "higher", "domain": "construction", "form": "ratio"}
    published.add("dim_indicator", {"indicator_code": code, "name_zh": name, **entry})
    figure(published, code, **row)


def figure(published: Published, code: str, division: str = "441802", **row: Any) -> None:
    """Publish an indicator of the district, or of a town, in place of the row before."""
    level = "district" if division == "441802" else "town"
    place = {"indicator_code": code, "division_code": division}
    given = {"month": MONTH.first_day, "status": "computed", "source_month": MONTH.first_day, "level": level}
    published.replace("rural_indicators", place, {**given, **place, **row})


def _tables(is_open: bool) -> dict[str, dict[str, str]]:
    """Return columns and types of the marts of one of the two databases."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(_MODELS.rglob("*.yml"), key=lambda f: (f.parent.name == "open", f)):
        if file.parent.name == "open" and not is_open:
            continue
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", ()):
            name = model.get("config", {}).get("alias", model["name"]).removeprefix("open_").removeprefix("marts_")
            found[name] = {column["name"]: column["data_type"] for column in model["columns"]}
    return found

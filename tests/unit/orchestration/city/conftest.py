"""Tiny counties that the publishing package publishes, and a city of three of them; no pipeline, no dbt."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.city.counties import load_city
from orchestration.city.taking import Taken, take_all
from orchestration.dbt import manifest
from orchestration.publishing.content import MARTS, literal
from orchestration.publishing.publish import Publication, publish
from orchestration.publishing.version import versions
from orchestration.runtime.city import FILE
from sources.home import Home
from sources.months import Month

JUNE = Month(2021, 6)
MART_NAMES = (
    "dim_month", "dim_division", "dim_dataset", "dim_indicator", "rural_indicators", "reconciliation_deliveries",
)  # fmt: skip
TYPES = manifest.types(manifest.load(), MARTS)
RATE, COUNT, SHARED = "employment.employment_rate", "toilets.retrofitted", "sewage.standard_designs"
OWN, OWN_OTHERWISE = "local.wells", "local.roads"
"""Indicators of counties' own: one that all mean alike, one that each calls otherwise."""
Figures = dict[str, tuple[float | None, float | None]]
"""Numerator and denominator of an indicator of a county; without a numerator it is not computable."""
FIGURES: Figures = {RATE: (50, 100), COUNT: (7, None), SHARED: (3, None)}


class TinyCounty:
    """A county of one town that publishes the marts that a city reads."""

    def __init__(self, root: Path, code: str) -> None:
        self.home, self.code = Home(root / code), code
        self.home.prepare()
        # A version that was copied with the home has the first day.
        self.runs = len(versions(self.home.published))
        self.file = self.home.warehouse / "warehouse.duckdb"

    def publish(self, months: Sequence[str] = ("2021-05", "2021-06"), figures: Figures = FIGURES) -> Publication:
        self.runs += 1
        self.file.unlink(missing_ok=True)
        with duckdb.connect(str(self.file)) as c:
            c.execute("create schema marts; create schema marts_open")
            for name in MART_NAMES:
                columns = ", ".join(f"{column} {dtype}" for column, dtype in TYPES[name].items())
                c.execute(f"create table marts.{name} ({columns})")
                for column in TYPES[name]:
                    c.execute(f"comment on column marts.{name}.{column} is {literal(f'标签 {column}')}")
            self._fill(c, months, figures)
        grains = manifest.grains(manifest.load(), MARTS)
        return publish(
            self.home, self.file, Month.parse(months[-1]), f"{self.runs:08x}", {n: grains[n] for n in MART_NAMES},
            dict.fromkeys(MART_NAMES, MARTS), datetime(2021, 7, self.runs, tzinfo=UTC), lambda *_: "",
        )  # fmt: skip

    def _fill(self, c: duckdb.DuckDBPyConnection, months: Sequence[str], figures: Figures) -> None:
        town = f"{self.code}001"
        c.execute(
            "insert into marts.dim_division (division_code, level, name) values (?, 'district', ''), (?, 'town', '')",
            [self.code, town],
        )
        c.execute(
            "insert into marts.dim_dataset (dataset, department, label_zh, cadence)"
            " values ('household_register', 'agriculture', '农户基础信息名册', 'monthly')"
        )
        c.execute(
            "insert into marts.dim_indicator (indicator_code, form, unit, better) values"
            " (?, 'ratio', '%', 'higher'), (?, 'count', '户', 'higher'), (?, 'count', '套', 'neutral')",
            [RATE, COUNT, SHARED],
        )
        c.execute(
            "insert into marts.dim_indicator (indicator_code, domain, name_zh, form, unit, numerator, better) values"
            " (?, 'local', '同一指标', 'ratio', '%', '井', 'neutral'), (?, 'local', ?, 'ratio', '%', '井', 'neutral')",
            [OWN, OWN_OTHERWISE, f"{self.code}的指标"],
        )
        for month in months:
            day = Month.parse(month).first_day
            c.execute("insert into marts.dim_month (month, label_zh) values (?, ?)", [day, month])
            c.execute(
                "insert into marts.reconciliation_deliveries (month, department, dataset, is_current, rows_accepted)"
                " values (?, 'agriculture', 'household_register', true, 10)",
                [day],
            )
            for indicator, (numerator, denominator) in figures.items():
                for code, level in ((self.code, "district"), (town, "town")):
                    c.execute(
                        "insert into marts.rural_indicators"
                        " (month, indicator_code, division_code, level, numerator, denominator, value, status, reason)"
                        " values (?, ?, ?, ?, ?, ?, ? * 100 / coalesce(?, 100), ?, ?)",
                        [day, indicator, code, level, numerator, denominator, numerator, denominator,
                         "not_computable" if numerator is None else "computed",
                         "缺少台账" if numerator is None else None],
                    )  # fmt: skip


class TinyCity:
    """A city with counties of the given codes, all of which have published two months."""

    CODES = ("441802", "441823", "450102")

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "city")
        self.home.prepare()
        self.counties = {code: TinyCounty(root / "counties", code) for code in self.CODES}
        self.write([(code, code) for code in self.CODES])

    def write(self, counties: Sequence[tuple[str, str]]) -> None:
        """Write the file of the city: codes, and the county in whose folder each is looked for."""
        entries = "".join(
            f'[[counties]]\ncode = "{code}"\nname = "县{where}"\npublished = "../counties/{where}/published"\n'
            for code, where in counties
        )
        (self.home.root / FILE).write_text(f'name = "某市"\n{entries}', "utf-8")

    def take(self) -> dict[str, Taken]:
        return {t.code: t for t in take_all(self.home, load_city(self.home.root), TYPES)}


@pytest.fixture(scope="session")
def published_counties(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes of counties, published once: every city begins with a copy."""
    root = tmp_path_factory.mktemp("counties")
    for code in TinyCity.CODES:
        TinyCounty(root, code).publish()
    return root


@pytest.fixture
def city(tmp_path: Path, published_counties: Path) -> TinyCity:
    shutil.copytree(published_counties, tmp_path / "counties", symlinks=True)
    return TinyCity(tmp_path)

"""Two counties on one checkout: each home has its own folder, is published, and is not seen by the other.

Belongs here: the command line from ``init`` to a published month, and a parameter that changes later.
Does not belong here: what a folder may hold (``tests/unit/sources/county``).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.paths import ROOT

MONTH = "2021-06"
YANGSHAN, ARUKORQIN = "441823", "150421"
"""A county without streets, and a banner with sumu."""
LEVY = "cleaning_levy_per_person_month,,2021-01-01,,{value},元/人·月,县文件\n"


@dataclass(frozen=True)
class Home:
    code: str
    root: Path

    def shouwang(self, *arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("shouwang")), *arguments]
        variables = {**os.environ, "SHOUWANG_HOME": str(self.root), "SHOUWANG_SETTLE_SECONDS": "0"}
        done = subprocess.run(
            command, env=variables, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def say(self, levy: str) -> None:
        """Write the county's own levy."""
        file = self.root / "county" / "parameters.csv"
        head = file.read_text("utf-8").splitlines()[0]
        row = LEVY.format(value=levy).strip() + "," * (head.count(",") - LEVY.count(","))
        file.write_text(f"{head}\n{row}\n", "utf-8")

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.root / "published" / "marts.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def checkout() -> str:
    """Say what differs from the last commit; empty outside of a repository."""
    command = ["git", "status", "--porcelain", "--untracked-files=all"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    before = checkout()
    homes = tuple(Home(code, tmp_path_factory.mktemp(code) / "home") for code in (YANGSHAN, ARUKORQIN))
    for home in homes:
        home.shouwang("init", home.code)
    homes[0].say("2")
    with (homes[0].root / "county" / "county.toml").open("a", encoding="utf-8") as file:
        file.write('[due_days]\nhealth = 20\n[departments]\nhealth = "卫生健康局"\n')
    for home in homes:
        home.shouwang("sample", "--out", str(home.root / "inbox"), "--months", MONTH, "--households", "160")
        home.shouwang("run", MONTH)
    yield homes[0], homes[1]
    assert checkout() == before


def test_each_home_has_the_towns_of_its_county_only(homes: tuple[Home, Home]) -> None:
    for home in homes:
        assert home.read("select distinct left(division_code, 6) from marts.dim_division") == [(home.code,)]
        assert home.read("select distinct left(town_code, 6) from marts.household_month") == [(home.code,)]
        (households,) = home.read("select count(*) from marts.household_month")[0]
        assert households > 0


def test_each_home_is_measured_by_its_own_parameters_and_by_nobody_elses_targets(homes: tuple[Home, Home]) -> None:
    levies = "select value from marts.policy_parameters where parameter = 'cleaning_levy_per_person_month'"
    assert [home.read(levies) for home in homes] == [[(2,)], []]
    rate = "select distinct status from marts.rural_indicators where indicator_code = 'cleaning_fund.collection_rate'"
    assert [home.read(f"{rate} and level = 'district'") for home in homes] == [[("computed",)], [("not_computable",)]]
    for home in homes:
        assert home.read("select count(target) from marts.rural_indicators") == [(0,)]


def test_each_home_has_its_own_due_days_and_names(homes: tuple[Home, Home]) -> None:
    days = "select distinct department, due_day from marts.dim_dataset where due_day <> 5"
    assert [home.read(days) for home in homes] == [[("health", 20)], []]
    assert [home.read("select count(*) from marts.dim_dataset") for home in homes] == [[(40,)], [(40,)]]
    line = next(text for text in homes[0].shouwang("doctor", MONTH).splitlines() if "卫生健康局 应报" in text)
    assert "截止 2021-07-20" in line


def test_another_parameter_restates_the_month_and_is_the_cause(homes: tuple[Home, Home]) -> None:
    home, other = homes
    home.say("4")
    home.shouwang("run", MONTH)
    restated = home.read("select distinct caused_by from marts.restatements")
    assert restated == [(f"参数 {MONTH} 起有变",)]
    marts = home.read("select distinct mart from marts.restatements")
    assert ("rural_indicators",) in marts
    assert other.read("select count(*) from marts.restatements") == [(0,)]

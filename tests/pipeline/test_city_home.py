"""The home of a city is kept as a county's is: verified, backed up, rolled back, and whole after a kill."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from pydantic import TypeAdapter

from orchestration.automation.alerts.record import load
from orchestration.automation.alerts.tell import tell
from orchestration.publishing.version import current
from orchestration.runtime import instance
from orchestration.runtime.alert_channels import AlertChannel
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from tests.pipeline.running import shouwang
from tests.pipeline.web import SHOUWANG
from tests.unit.orchestration.city.conftest import RATE, TinyCity

RUN = ("city", "run", "2021-06")
BROKEN = "441823"


def _shouwang(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return shouwang({"SHOUWANG_HOME": str(home)}, *arguments)


def _run(home: Path) -> subprocess.CompletedProcess[str]:
    """Run the month in a process of its own: the definitions of a city are those of the home that loads them first."""
    environment = {**os.environ, "SHOUWANG_HOME": str(home)}
    return subprocess.run([*SHOUWANG, *RUN], env=environment, capture_output=True, text=True, check=False)


def _rate(home: Path) -> float:
    """Read the employment rate of one county in June, as readers of the city see it."""
    sql = (
        "select value from marts.rural_indicators where month = '2021-06-01' and indicator_code = ?"
        " and division_code = '441802'"
    )
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
        return float(connection.execute(sql, [RATE]).fetchall()[0][0])


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> TinyCity:
    """A city of three counties that has published two versions; a county was broken in between."""
    city = TinyCity(tmp_path_factory.mktemp("city"))
    for county in city.counties.values():
        county.publish()
    assert _run(city.home.root).returncode == 0
    city.counties["441802"].publish(figures={RATE: (60, 100)})
    shutil.rmtree(city.counties[BROKEN].home.published)
    assert _run(city.home.root).returncode == 1
    return city


def test_what_is_kept_is_verified_and_damage_says_the_way_back(ran: TinyCity, tmp_path: Path) -> None:
    sound = _shouwang(ran.home.root, "verify", "--deep")
    assert sound.returncode == 0, sound.stdout
    assert "各区县的副本 3 个" in " ".join(sound.stdout.split())
    home = tmp_path / "damaged"
    shutil.copytree(ran.home.root, home, symlinks=True)
    (home / "warehouse" / "counties" / BROKEN / "current" / "shouwang.duckdb").write_bytes(b"none")
    (home / "warehouse" / "warehouse.duckdb").write_bytes(b"none")
    damaged = _shouwang(home, "verify", "--deep")
    assert damaged.returncode == 1
    assert f"县{BROKEN}({BROKEN})的副本不完整或已损坏" in damaged.stdout
    assert damaged.stdout.count("请执行 shouwang city run 月份") == 2
    assert "shouwang rebuild" not in damaged.stdout


def test_a_backup_restores_a_city_that_runs(ran: TinyCity, tmp_path: Path) -> None:
    saved = _shouwang(ran.home.root, "backup", str(tmp_path / "backup"))
    assert saved.returncode == 0, saved.stdout + saved.stderr
    home = tmp_path / "city"
    shutil.copytree(ran.home.root.parent / "counties", tmp_path / "counties", symlinks=True)
    restored = _shouwang(home, "restore", str(tmp_path / "backup"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert _shouwang(home, "verify", "--deep").returncode == 0
    assert _rate(home) == 60
    again = _run(home)
    assert "沿用此前取得的版本 1" in again.stdout, "the copy of the county that is away came with the backup"
    before, after = current(ran.home.published), current(home / "published")
    assert before
    assert after
    assert after.number == before.number, "equal content makes no version"


def test_readers_go_back_to_an_earlier_version(ran: TinyCity, tmp_path: Path) -> None:
    home = tmp_path / "city"
    shutil.copytree(ran.home.root, home, symlinks=True)
    assert _rate(home) == 60
    assert "版本 2" in _shouwang(home, "rollback", "--list").stdout
    assert _shouwang(home, "rollback").returncode == 0
    assert _rate(home) == 50


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "2021-06"), "请用 shouwang city run 汇总"),
        (("rebuild",), "请用 shouwang city run 汇总"),
        (("doctor",), "请用 shouwang city counties"),
        (("erase", "--yes"), "请在该区县的数据目录执行"),
        (("rotate-key",), "这里没有密钥"),
        (("report", "2021-06"), "请在该区县的数据目录执行"),
        (("publish", "--to", "postgres"), "不复制到 PostgreSQL"),
        (("tidy",), "没有原件"),
        (("init", "441823"), "各区县写在这个文件里"),
    ],
)
def test_what_makes_no_sense_for_a_city_says_why(ran: TinyCity, arguments: tuple[str, ...], told: str) -> None:
    done = _shouwang(ran.home.root, *arguments)
    assert done.returncode == 1
    assert told in done.stderr
    assert not (ran.home.root / "county").exists()


def test_alerts_name_the_broken_county_and_no_department(ran: TinyCity) -> None:
    channel = TypeAdapter(AlertChannel).validate_python({"address_env": "NOT_SET"})
    settings = Settings(home=ran.home.root, alerts={"office": channel})
    morning = datetime(2021, 7, 30, 10, tzinfo=ZONE)
    with instance.open_instance(settings) as opened:
        told = tell(settings, opened, morning, is_daemon=True)
    assert len(told.failed) == 1
    found = load(settings.paths, morning).problems
    assert list(found) == [f"county/2021-06/counties/{BROKEN}"]
    words = found[f"county/2021-06/counties/{BROKEN}"].words("https://city.example")
    assert words.startswith(f"【区县没有汇总】县{BROKEN}({BROKEN})2021-06:找不到发布文件夹")
    assert f"https://city.example/assets/counties/{BROKEN}?view=checks" in words


@pytest.mark.parametrize("share", [0.4, 0.7, 0.85, 0.95])
def test_a_killed_run_leaves_the_last_state_and_the_next_one_goes_on(
    ran: TinyCity, tmp_path: Path, share: float
) -> None:
    shutil.copytree(ran.home.root.parent / "counties", tmp_path / "counties", symlinks=True)
    home = tmp_path / "city"
    shutil.copytree(ran.home.root, home, symlinks=True)
    city = TinyCity(tmp_path)
    began = time.monotonic()
    _run(home)
    whole = time.monotonic() - began
    city.counties["441802"].publish(figures={RATE: (70, 100)})
    city.counties[BROKEN].publish()
    run = subprocess.Popen(
        [*SHOUWANG, *RUN], env={**os.environ, "SHOUWANG_HOME": str(home)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with suppress(subprocess.TimeoutExpired):
        run.wait(whole * share)
    run.kill()
    run.wait()
    assert _rate(home) in (60, 70), "readers see the former version or the new one"
    verified = _shouwang(home, "verify", "--deep")
    assert verified.returncode == 0, verified.stdout
    again = _run(home)
    assert again.returncode == 0, again.stdout + again.stderr
    assert _rate(home) == 70
    left = [*(home / "warehouse").glob("counties/*/building"), *(home / "warehouse").glob(".*.tmp*")]
    assert not left

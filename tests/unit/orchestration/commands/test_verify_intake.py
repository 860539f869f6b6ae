"""Everything that the intake keeps is damaged on purpose: it is found, its way back is named, and the way works."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.commands import verify
from orchestration.commands.areas import Area
from orchestration.runtime.settings import Settings
from sources.home import Home
from sources.landing.archive import DeliveryLog, original_path
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk
from tests.unit.sources.ledger import BAD, INCOME, NAME, income_file

REGISTER = CONTRACTS.dataset("household_register")
PERSON = "张三丰"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A home with two tables of a month."""
    desk = Desk(Home(tmp_path / "home"))
    desk.put(REGISTER, f"户籍名册{PERSON}.csv", income_file(1, 2, 3, dataset=REGISTER, person_name=PERSON))
    desk.put(INCOME, NAME, income_file(1, 2))
    _run_again(desk)
    return desk


def _run_again(desk: Desk) -> None:
    """What ``shouwang run`` does before dbt."""
    intake = desk.intake()
    for dataset in (REGISTER, INCOME):
        assert intake.take(dataset).status == "accepted"


def _problems(desk: Desk, deep: bool = True) -> dict[str, tuple[str, ...]]:
    areas = list(verify.examine(Settings(home=desk.home.root), deep))
    assert len({area.subject for area in areas}) == len(areas) == 11
    return {area.subject: area.problems for area in areas if area.problems}


def _overwrite(path: Path) -> None:
    path.write_bytes(b"damaged")


def _change_a_row(path: Path) -> None:
    rows = pl.read_parquet(path)
    rows.with_columns(wage_income=(pl.col("wage_income") + 1).cast(rows.schema["wage_income"])).write_parquet(path)


def _lose_a_row(path: Path) -> None:
    pl.read_parquet(path).head(1).write_parquet(path)


def _unbalance(path: Path) -> None:
    pl.read_parquet(path).with_columns(pl.col("rows_in_file") + 1).write_parquet(path)


def _other_keys(path: Path) -> None:
    pl.read_parquet(path).with_columns(household_key=pl.lit("x")).write_parquet(path)


def test_a_sound_home_has_no_problem(desk: Desk) -> None:
    assert _problems(desk) == _problems(desk, deep=False) == {}


def test_an_empty_home_has_no_problem(tmp_path: Path) -> None:
    areas = list(verify.examine(Settings(home=tmp_path / "none"), deep=True))
    assert all(isinstance(area, Area) and not area.problems for area in areas)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("area", "folder", "file", "damage", "is_quick", "said"),
    [
        ("已接收的行", "accepted", "rows.parquet", _overwrite, True, "已接收的行丢失或已损坏"),
        ("已接收的行", "accepted", "rows.parquet", Path.unlink, True, "已接收的行丢失或已损坏"),
        ("已接收的行", "accepted", "rows.parquet", _change_a_row, False, "与登记的指纹不符"),
        ("已接收的行", "accepted", "rows.parquet", _lose_a_row, True, "已接收的行数与台账不符"),
        ("已接收的行", "deliveries", "files.parquet", _overwrite, True, "台账丢失或已损坏"),
        ("已接收的行", "deliveries", "files.parquet", _unbalance, True, "台账不平"),
        ("已接收的行", "deliveries", "input.json", _overwrite, True, "来源记录"),
        ("已接收的行", "quarantine", "rows.parquet", _overwrite, True, "隔离行"),
        ("身份对照", "identities", "rows.parquet", _overwrite, True, "身份对照丢失或已损坏"),
        ("身份对照", "identities", "rows.parquet", Path.unlink, True, "身份对照丢失或已损坏"),
        ("身份对照", "identities", "rows.parquet", _lose_a_row, True, "与已接收的行数不符"),
        ("身份对照", "identities", "rows.parquet", _other_keys, True, "不是用现在的密钥生成的"),
    ],
)
def test_running_the_month_again_restores_what_the_intake_wrote(
    desk: Desk, area: str, folder: str, file: str, damage: Callable[[Path], object], is_quick: bool, said: str
) -> None:
    path = getattr(desk.home, folder)(INCOME, MONTH) / file
    before = path.read_bytes()
    damage(path)
    assert bool(_problems(desk, deep=False)) == is_quick
    found = _problems(desk)
    assert area in found
    (problem,) = found[area]
    assert said in problem
    assert problem.startswith(f"《{INCOME.label}》{MONTH} ")
    assert problem.endswith(f"请执行 shouwang run {MONTH},从归档的原件重新接收。")
    _run_again(desk)
    assert path.read_bytes() == before
    assert _problems(desk) == {}


@pytest.mark.parametrize(("deep", "damage"), [(True, _overwrite), (False, Path.unlink)])
def test_a_damaged_original(desk: Desk, deep: bool, damage: Callable[[Path], object]) -> None:
    originals = {h: original_path(desk.home, h) for h in DeliveryLog(desk.home, "agriculture", MONTH).hashes}
    backup = {path: path.read_bytes() for path in originals.values()}
    for path in backup:
        damage(path)
    (problem,) = _problems(desk, deep)["原件"]
    assert problem.startswith(f"农业农村局 {MONTH} 有 2 个原件损坏或丢失(")
    assert PERSON not in problem
    assert NAME in problem
    assert f"收件目录 agriculture/{MONTH}" in problem
    for path in backup:
        assert str(path) in problem
    _run_again(desk)
    assert {path: path.read_bytes() for path in backup} == backup
    assert _problems(desk) == {}


@pytest.mark.parametrize(
    "damage", [_overwrite, lambda p: p.write_text("[]"), lambda p: p.write_text("{}"), Path.unlink]
)
def test_a_damaged_delivery_log(desk: Desk, damage: Callable[[Path], object]) -> None:
    path = DeliveryLog.path(desk.home, "agriculture", MONTH)
    before = path.read_bytes()
    damage(path)
    (problem,) = _problems(desk, deep=False)["收件登记"]
    assert f"农业农村局 {MONTH} 的收件登记丢失或已损坏:请从备份恢复 {path}" in problem
    path.unlink(missing_ok=True)
    _run_again(desk)
    assert path.read_bytes() == before
    assert _problems(desk) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"landed"'])
def test_a_damaged_record_of_the_intake(desk: Desk, text: str) -> None:
    path = desk.home.restricted / "taken_in" / "agriculture" / f"{MONTH}.json"
    before = path.read_bytes()
    path.write_text(text)
    (problem,) = _problems(desk, deep=False)["接收记录"]
    assert f"农业农村局 {MONTH} 的接收记录" in problem
    _run_again(desk)
    assert path.read_bytes() == before
    assert _problems(desk) == {}


def test_a_lost_secret(desk: Desk) -> None:
    secret = desk.home.restricted / "secret"
    aside = secret.rename(desk.home.root / "backup")
    (problem,) = _problems(desk, deep=False)["密钥"]
    assert "请从备份恢复这个文件" in problem
    aside.rename(secret)
    assert _problems(desk) == {}


def test_a_damaged_schema_file_is_written_again(desk: Desk) -> None:
    path = desk.home.accepted(INCOME, None) / "schema.parquet"
    before = path.read_bytes()
    _overwrite(path)
    _run_again(desk)
    assert path.read_bytes() == before


def test_a_rejected_month_is_no_problem(desk: Desk) -> None:
    month = MONTH.shift(1)
    desk.put(INCOME, NAME, BAD, month)
    assert desk.intake(month).take(INCOME).status == "rejected"
    assert _problems(desk) == {}


def test_accepted_rows_that_are_all_lost(desk: Desk) -> None:
    before = {p: p.read_bytes() for p in desk.home.warehouse.rglob("*.*")}
    shutil.rmtree(desk.home.warehouse)
    assert len(_problems(desk, deep=False)["已接收的行"]) == 2
    _run_again(desk)
    assert {p: p.read_bytes() for p in desk.home.warehouse.rglob("*.*")} == before
    assert _problems(desk) == {}

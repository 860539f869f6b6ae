"""A rotation gives every key a new value and changes nothing else, whenever it is killed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from orchestration.commands import verify
from orchestration.commands.cli import app
from orchestration.commands.rotate import rotate, what_next
from orchestration.commands.run import RunReport
from orchestration.dbt import manifest
from orchestration.publishing import rotation
from orchestration.publishing.publish import publish, roll_back
from orchestration.publishing.restate import prepare_restatements
from orchestration.publishing.version import current, versions
from orchestration.resources import Platform
from orchestration.runtime import instance
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources import audit
from sources.acceptance.provenance import building, inputs_of, publish_built
from sources.home import Home
from sources.months import Month
from sources.privacy.rekeying import keys_path, leads_path
from sources.privacy.secret import check_secret, read_secret, secret_path
from tests.servers.marts_database import PASSWORD_ENV, marts_database
from tests.servers.postgres import PostgresServer
from tests.unit.sources.builder import CONTRACTS, Desk
from tests.unit.sources.ledger import income_file

REGISTER, INCOME = (CONTRACTS.dataset(name) for name in ("household_register", "household_income"))
MAY, JUNE = Month(2021, 5), Month(2021, 6)
GRAINS = {"dim_month": ("month",), "risk_leads": ("lead_id",)}


class Killed(BaseException):
    """Stands for a kill: nothing that handles errors sees it."""


def _build(home: Home, months: list[Month], income: int = 1) -> None:
    """Stands for dbt: a lead for every household of the newest month."""
    (home.warehouse / "warehouse.duckdb").unlink(missing_ok=True)
    rows = str(home.accepted(REGISTER, months[-1]) / "rows.parquet")
    with duckdb.connect(str(home.warehouse / "warehouse.duckdb")) as connection:
        connection.execute("create schema marts; create table marts.dim_month (month date)")
        connection.executemany("insert into marts.dim_month values (?)", [[m.first_day] for m in months])
        connection.execute(
            "create table marts.risk_leads as select 'L' || left(sha256(household_key || '|HOU-01|2021-05'), 16)"
            " as lead_id, household_key, 'HOU-01' as rule_code, date '2021-05-01' as opened_month, ? as income"
            " from read_parquet(?)",
            [income, rows],
        )
        for table, column in (("dim_month", "month"), *(("risk_leads", c) for c in _COLUMNS)):
            connection.execute(f"comment on column marts.{table}.{column} is '列 {column}'")


_COLUMNS = ("lead_id", "household_key", "rule_code", "opened_month", "income")


def _publish(home: Home, month: Month) -> int:
    run_id = f"{len(list(home.published.glob('*/version.json'))):08x}"
    file, now = home.warehouse / "warehouse.duckdb", datetime(2021, 7, 5, tzinfo=UTC)
    done = publish(home, file, month, run_id, GRAINS, {"dim_month": "marts"}, now, lambda *_: "")
    publish_built(home)
    return done.version.number


class Office:
    """A home with two months, published twice, and months that run without Dagster and dbt."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.home = settings, settings.paths
        self.income = 1
        self.fails = False
        instance.prepare(settings)
        desk = Desk(self.home)
        for month in (MAY, JUNE):
            desk.put(REGISTER, "户籍名册.csv", income_file(1, 2, 3, dataset=REGISTER), month)
            desk.put(INCOME, "收入.csv", income_file(1, 2), month)
            intake = desk.intake(month, secret_file=settings.secret_file)
            for dataset in (REGISTER, INCOME):
                intake.take(dataset)
            self._finish(self.home, month)
            _publish(self.home, month)

    def _finish(self, home: Home, month: Month) -> None:
        prepare_restatements(home)
        months = [m for m in (MAY, JUNE) if m <= month]
        with building(home, month, inputs_of(home, CONTRACTS, month)):
            _build(home, months, self.income)

    def run(self, settings: Settings, month: Month, selection: list[str]) -> RunReport:
        """Stands for the run of a month in the staged home."""
        if self.fails:
            return RunReport(month, "run", success=False, seconds=0.0, errors=("磁盘空间不足。",))
        intake = Desk(settings.paths).intake(month, secret_file=settings.secret_file)
        for dataset in (REGISTER, INCOME):
            intake.take(dataset)
        self._finish(settings.paths, month)
        if "published_marts" in selection:
            _publish(settings.paths, month)
        return RunReport(month, "run", success=True, seconds=0.0)

    def rotate(self) -> None:
        rotate(self.settings, self.run)

    def keys(self) -> set[str]:
        files = self.home.warehouse.glob("accepted/*/*/month=2*/rows.parquet")
        return {key for file in files for key in pl.read_parquet(file)["household_key"]}

    def leads(self) -> set[str]:
        with duckdb.connect(str((self.home.published / "marts.duckdb").resolve()), read_only=True) as connection:
            return {lead for (lead,) in connection.execute("select lead_id from marts.risk_leads").fetchall()}

    def is_sound(self) -> bool:
        return not any(a.problems for a in verify.examine(self.settings, deep=True) if a.subject not in _NOT_BUILT)


_NOT_BUILT = ("已发布的版本", "数据格式")
"""These months have fewer marts than dbt's, and no Parquet copies are compared here."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    return Office(Settings())


def test_every_key_is_another_and_nothing_else(office: Office) -> None:
    keys, leads, secret = office.keys(), office.leads(), check_secret(office.home, CONTRACTS)
    restated = sorted(office.home.warehouse.glob("restatements/*/*"))
    office.rotate()
    assert not keys & office.keys()
    assert check_secret(office.home, CONTRACTS) != secret
    assert dict(pl.read_parquet(leads_path(office.home)).iter_rows()).keys() == leads
    assert set(pl.read_parquet(leads_path(office.home))["current"]) == office.leads()
    assert keys < set(pl.read_parquet(keys_path(office.home))["former"])
    assert sorted(office.home.warehouse.glob("restatements/*/*")) == restated, "no restatement"
    assert [v.number for v in versions(office.home.published)] == [3], "versions with former keys are gone"
    assert not rotation.is_interrupted(office.home)
    assert office.is_sound()
    line = next(e for e in audit.entries(office.home) if e["act"] == "rotate_key")
    assert line["arguments"] == {
        "version": 3,
        "keys": pl.read_parquet(keys_path(office.home)).height,
        "leads": 3,
        "of": 2,
    }
    modes = {
        p.stat().st_mode & 0o777 for p in (leads_path(office.home), keys_path(office.home), secret_path(office.home))
    }
    assert modes == {0o600}
    with pytest.raises(ShouwangError, match="以前的版本用的是旧代码"):
        roll_back(office.home, 2)


def test_a_home_can_be_rotated_twice(office: Office) -> None:
    first = office.leads()
    office.rotate()
    office.rotate()
    mapping = dict(pl.read_parquet(leads_path(office.home)).iter_rows())
    assert {mapping[lead] for lead in first} == office.leads()


def _kill(monkeypatch: pytest.MonkeyPatch, step: int) -> list[int]:
    """Kill the process before its ``step``-th change of a name in the switch; count the changes."""
    done, switch = [0], rotation.switch_in

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def changed(path: Path, *arguments: object, **options: object) -> object:
            done[0] += 1
            if done[0] == step:
                raise Killed
            return change(path, *arguments, **options)

        return changed

    def switched(home: Home) -> object:
        with monkeypatch.context() as patch:
            for name in ("rename", "replace", "unlink", "symlink_to"):
                patch.setattr(Path, name, counted(getattr(Path, name)))
            return switch(home)

    monkeypatch.setattr(rotation, "switch_in", switched)
    return done


STEPS = 28
"""Changes of names in the switch of such a home."""


@pytest.mark.parametrize("step", [1, 2, 9, 18, *range(19, STEPS + 1, 2), STEPS])
def test_a_kill_during_the_switch_is_carried_on_by_the_next_command(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    keys = office.keys()
    with monkeypatch.context() as patch:
        _kill(patch, step)
        with pytest.raises(Killed):
            office.rotate()
    assert rotation.is_half_switched(office.home)
    (area,) = verify.examine(office.settings, deep=False)
    assert "密钥轮换" in area.problems[0]
    done = CliRunner().invoke(app, ["rotate-key"])
    assert (done.exit_code, rotation.FINISHED in done.output.replace("\n", "")) == (0, True)
    assert not keys & office.keys()
    assert set(pl.read_parquet(leads_path(office.home))["current"]) == office.leads()
    assert [v.number for v in versions(office.home.published)] == [3]
    assert office.is_sound()


def test_the_copy_in_postgresql_has_no_former_key_or_the_command_says_so(
    office: Office, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "load", dict)
    monkeypatch.setattr(manifest, "keys", lambda _: {})
    former = sorted(office.leads())
    held = "select lead_id from marts_full.risk_leads order by 1"
    with marts_database(postgres) as database:
        monkeypatch.setenv("SHOUWANG_POSTGRES", database.setting.model_dump_json(exclude_none=True))
        assert CliRunner().invoke(app, ["publish", "--to", "postgres"]).exit_code == 0
        assert database.files_with(former[0])
        office.settings = Settings()
        with monkeypatch.context() as patch:
            _kill(patch, 9)
            with pytest.raises(Killed):
                office.rotate()
        password = os.environ[PASSWORD_ENV]
        monkeypatch.setenv(PASSWORD_ENV, "another")
        done = CliRunner().invoke(app, ["rotate-key"])
        assert done.exit_code == 1
        for part in (rotation.FINISHED, "仍有旧密钥的代码和线索编号", "shouwang publish --to postgres"):
            assert part in done.output.replace("\n", "")
        assert [lead for (lead,) in database.read(held)] == former
        monkeypatch.setenv(PASSWORD_ENV, password)
        assert CliRunner().invoke(app, ["publish", "--to", "postgres"]).exit_code == 0
        assert [lead for (lead,) in database.read(held)] == sorted(office.leads())
        assert database.files_with(former[0]) == []


def test_a_run_of_the_web_interface_carries_on_as_well(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _kill(patch, 9)
        with pytest.raises(Killed):
            office.rotate()
    told: list[str] = []
    monkeypatch.setattr("orchestration.runtime.dead_runs.working", lambda *_: nullcontext())
    run = SimpleNamespace(asset_selection={"a part"})
    Platform().setup_for_execution(SimpleNamespace(run=run, instance=1, log=SimpleNamespace(info=told.append)))  # type: ignore[arg-type]
    assert told == [rotation.FINISHED]
    assert office.is_sound()


def test_the_kills_above_reach_the_last_step(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    done = _kill(monkeypatch, 0)
    office.rotate()
    assert done[0] == STEPS


def test_a_kill_before_the_switch_leaves_the_home_as_it_was(office: Office) -> None:
    keys, leads, secret = office.keys(), office.leads(), check_secret(office.home, CONTRACTS)
    rotation.begin(office.home)
    assert rotation.resume(office.home) == rotation.DISCARDED
    assert rotation.resume(office.home) is None
    assert (office.keys(), office.leads(), check_secret(office.home, CONTRACTS)) == (keys, leads, secret)
    assert office.is_sound()


def _other_cell(office: Office) -> None:
    office.income = 2


def _failing_month(office: Office) -> None:
    office.fails = True


def _other_secret(office: Office) -> None:
    secret_path(office.home).write_text("another secret of an office", "utf-8")


def _lost_identities(office: Office) -> None:
    (office.home.identities(REGISTER, MAY) / "rows.parquet").unlink()


def _damaged_version(office: Office) -> None:
    now = current(office.home.published)
    assert now is not None
    (office.home.published / f"{now.stem}/version.json").write_text("{", "utf-8")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (_other_cell, "不只是代码"),
        (_failing_month, "磁盘空间不足。没有切换,密钥和数据都没有改动"),
        (_other_secret, "指纹不符"),
        (_lost_identities, "身份对照丢失"),
        (_damaged_version, "没有完好的现行版本"),
    ],
)
def test_what_cannot_be_rotated_is_refused_in_words_and_nothing_changes(
    office: Office, reason: Callable[[Office], None], said: str
) -> None:
    reason(office)
    keys, leads = office.keys(), office.leads()
    with pytest.raises(ShouwangError, match=said):
        office.rotate()
    assert (office.keys(), office.leads()) == (keys, leads)
    assert not rotation.is_interrupted(office.home)
    assert "rotate_key" not in {e["act"] for e in audit.entries(office.home)}


class TestASecretOfTheSettings:
    """The secret is in a file that the office keeps."""

    @pytest.fixture
    def own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
        (tmp_path / "secret").write_text("s" * 40, "utf-8")
        monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("SHOUWANG_SECRET_FILE", str(tmp_path / "secret"))
        return Office(Settings())

    def test_the_next_one_is_asked_for(self, own: Office) -> None:
        with pytest.raises(ShouwangError, match="在设置中写明 next_secret_file"):
            own.rotate()

    @pytest.mark.parametrize(("text", "said"), [("", "空的"), ("short", "太短"), ("s" * 40, "相同")])
    def test_the_next_one_must_be_another_secret(
        self, own: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
    ) -> None:
        (tmp_path / "next").write_text(text, "utf-8")
        monkeypatch.setenv("SHOUWANG_NEXT_SECRET_FILE", str(tmp_path / "next"))
        own.settings = Settings()
        with pytest.raises(ShouwangError, match=said):
            own.rotate()

    def test_it_stays_where_the_office_put_it(
        self, own: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys, file = own.keys(), tmp_path / "next"
        file.write_text("n" * 40, "utf-8")
        monkeypatch.setenv("SHOUWANG_NEXT_SECRET_FILE", str(file))
        own.settings = Settings()
        own.rotate()
        assert not keys & own.keys()
        assert not secret_path(own.home).exists()
        assert f"把设置 secret_file 改为 {file}" in what_next(own.settings)
        assert read_secret(own.home, CONTRACTS, file) == b"n" * 40

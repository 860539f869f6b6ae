"""The doctor of a month: whether it can run, where files belong, and folders made with the rights of the inbox."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from orchestration.commands import doctor_month
from orchestration.commands.answers import Answer
from orchestration.month_range import why_never
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.contracts.row_schema import ROWS_FILE
from sources.home import Home
from sources.landing.land import land
from sources.landing.places import places_of
from sources.months import Month

JUNE = Month(2021, 6)
TODAY = date(2021, 7, 20)
CONTRACTS = load_contracts()
REGISTER = next(d for d in CONTRACTS.datasets if d.is_core)
HEADERS = ",".join(c.label for c in REGISTER.columns)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.paths.prepare()
    return settings


def _answers(settings: Settings, month: Month = JUNE) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in doctor_month.examine(settings, CONTRACTS, month):
        found.setdefault(answer.subject, []).append(answer)
    return found


def _register(settings: Settings, month: Month = JUNE) -> Answer:
    (answer,) = _answers(settings, month)[REGISTER.label]
    return answer


def _deliver(settings: Settings, name: str, text: str = "x", department: str = "agriculture") -> None:
    folder = settings.paths.inbox / department / str(JUNE)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_the_folder_of_each_department_is_named_and_made_once(settings: Settings) -> None:
    for said in ("(已新建)", ""):
        answers = _answers(settings)
        for name, department in CONTRACTS.items():
            folder = settings.paths.inbox / name / str(JUNE)
            assert answers[department.label][0] == Answer(department.label, "ok", f"文件放入 {folder}/{said}")
            assert folder.is_dir()


def test_a_new_home_gets_its_inbox_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    assert home.make_inbox("health", JUNE)
    made = [home.root, home.inbox, home.inbox / "health", home.inbox / "health" / "2021-06"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o750] * 4
    assert not home.make_inbox("health", JUNE)


def test_a_new_folder_takes_the_rights_that_the_office_gave(settings: Settings) -> None:
    department = settings.paths.inbox / "health"
    department.mkdir()
    department.chmod(0o2775)
    settings.paths.make_inbox("health", JUNE)
    assert stat.S_IMODE((department / "2021-06").stat().st_mode) == 0o2770


def test_a_folder_that_cannot_be_made_is_a_problem(settings: Settings) -> None:
    (settings.paths.inbox / "health").write_text("a file", encoding="utf-8")
    (answer, *_) = _answers(settings)[CONTRACTS["health"].label]
    assert (answer.level, "也不能新建" in answer.text) == ("problem", True)


def test_locations_are_named_instead_of_the_inbox_and_never_made(settings: Settings, tmp_path: Path) -> None:
    share = tmp_path / "share"
    pulled = {"url": "sftp://127.0.0.1/out", "user": "x", "password_env": "X", "known_hosts_file": "h"}
    settings = Settings(home=settings.home, locations={"health": str(share), "civil_affairs": pulled})
    answers = _answers(settings)
    (folder, *_), (other, *_) = answers[CONTRACTS["health"].label], answers[CONTRACTS["civil_affairs"].label]
    assert (folder.level, f"{share}/2021-06(设置 locations)" in folder.text, "请先挂载" in folder.text) == (
        "look",
        True,
        True,
    )
    assert (other.level, "从 SFTP" in other.text, "不放收件目录" in other.text) == ("info", True, True)
    assert not share.exists()
    assert [p.name for p in sorted(settings.paths.inbox.iterdir())] == ["agriculture", "human_resources"]


def test_without_the_register_the_month_cannot_run(settings: Settings) -> None:
    _deliver(settings, "别的.csv", "甲,乙\n1,2\n")
    answer = _register(settings)
    assert (answer.level, "本月不能运行" in answer.text) == ("problem", True)
    assert f"{settings.paths.inbox}/agriculture/2021-06/" in answer.text


@pytest.mark.parametrize(
    ("name", "text"), [(f"{REGISTER.label}(5月).csv", "x"), ("报表一.csv", f"{HEADERS}\n" + "," * HEADERS.count(","))]
)
def test_the_register_is_known_by_its_name_or_headers(settings: Settings, name: str, text: str) -> None:
    _deliver(settings, name, text)
    assert _register(settings) == Answer(REGISTER.label, "ok", "2021-06 有 1 个文件,运行时接收")


def test_a_register_that_landed_counts_without_its_folder(settings: Settings) -> None:
    _deliver(settings, f"{REGISTER.label}.csv")
    places = places_of(settings.paths, CONTRACTS, {})
    land(settings.paths, "agriculture", places, JUNE, 0.0)
    (settings.paths.inbox / "agriculture" / "2021-06" / f"{REGISTER.label}.csv").unlink()
    assert _register(settings).level == "ok"


def test_a_register_that_was_accepted(settings: Settings) -> None:
    rows = settings.paths.accepted(REGISTER, JUNE) / ROWS_FILE
    rows.parent.mkdir(parents=True)
    rows.touch()
    assert _register(settings) == Answer(REGISTER.label, "ok", "2021-06 已接收")


def test_a_register_that_is_pulled(settings: Settings) -> None:
    pulled = {"url": "sftp://127.0.0.1/out", "user": "x", "password_env": "X", "known_hosts_file": "h"}
    settings = Settings(home=settings.home, locations={f"agriculture/{REGISTER.name}": pulled})
    answer = _register(settings)
    assert (answer.level, "运行时从 SFTP" in answer.text) == ("info", True)


@pytest.mark.parametrize(
    ("month", "words"),
    [("2021-07", "还没有结束"), ("2999-01", "还没有结束"), ("2019-12", "最早的月份是 2020-01"), ("2021-06", "")],
)
def test_months_that_can_never_run(settings: Settings, month: str, words: str) -> None:
    refusal = why_never(settings, Month.parse(month), TODAY)
    assert words in refusal
    assert bool(words) == bool(refusal)


def test_months_that_the_settings_leave_out(settings: Settings) -> None:
    settings = Settings(home=settings.home, first_month="2021-05", last_month="2021-06")
    assert "first_month" in why_never(settings, Month(2021, 4), TODAY)
    assert "last_month" in why_never(settings, Month(2021, 7), date(2021, 9, 1))


def test_no_folder_is_made_for_a_month_that_cannot_run(settings: Settings) -> None:
    answers = _answers(settings, Month(2999, 1))
    assert [a.level for of in answers.values() for a in of] == ["problem"]
    assert not list(settings.paths.inbox.iterdir())


def test_due_deliveries(settings: Settings) -> None:
    _deliver(settings, "医疗费用结算明细.csv", department="health")
    texts = {subject: answers[-1] for subject, answers in _answers(settings).items()}
    health, agriculture = texts[CONTRACTS["health"].label], texts[CONTRACTS["agriculture"].label]
    assert "现有 1 个文件" in health.text
    assert "已逾期" not in health.text
    assert "截止 2021-07-05" in agriculture.text
    assert (agriculture.level, agriculture.text.endswith("已逾期")) == ("look", True)


def test_files_that_the_account_cannot_read(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _deliver(settings, "医疗费用结算明细.csv", department="health")
    # Root, who may run the tests, reads everything.
    monkeypatch.setattr("os.access", lambda path, _: not str(path).endswith(".csv"))
    answer = _answers(settings)[CONTRACTS["health"].label][-1]
    assert answer.level == "look"
    assert "读不到 医疗费用结算明细.csv,运行会漏掉" in answer.text

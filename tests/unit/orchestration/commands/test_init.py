"""``shouwang init`` writes settings that load as they are, and with every example in force."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.commands import init
from orchestration.commands.cli import app
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.landing.transport import KINDS, Location

DEFAULTS = Settings.model_construct().model_dump()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "new" / "home"
    monkeypatch.setenv("SHOUWANG_HOME", str(home))
    monkeypatch.setattr("grp.getgrnam", lambda name: name)
    monkeypatch.delenv("SHOUWANG_SETTLE_SECONDS", raising=False)
    monkeypatch.delenv("SHOUWANG_FIRST_MONTH", raising=False)
    return home


def write(answers: dict[str, str] | None = None) -> str:
    """Write the settings, answering each question by the department that it names."""
    labels = {d.label: name for name, d in load_contracts().items()}

    def ask(question: str) -> str:
        (name,) = [name for label, name in labels.items() if question.startswith(label)]
        return (answers or {}).get(name, "")

    file = init.write_settings(Console(), Settings(), ask if answers is not None else None)
    return file.read_text("utf-8")


def uncommented(text: str) -> str:
    return re.sub(r"(?m)^#(?! )", "", text)


def test_the_file_changes_nothing_and_names_every_setting(home: Path) -> None:
    text = write()
    assert (home / "settings.toml").stat().st_mode & 0o777 == 0o600
    assert Settings().model_dump() == DEFAULTS | {"home": home}
    named = set(re.findall(r"(?m)^#(\w+) = ", text))
    sections = {"home", "locations", "alerts", "dagster_database", "postgres"}
    assert set(Settings.model_fields) - sections <= named
    assert all(re.search("[\u4e00-\u9fff]", line) for line in text.splitlines() if line.startswith("# "))


def test_every_example_loads_uncommented(home: Path) -> None:
    (home.parent).mkdir(parents=True)
    text = uncommented(write())
    (home / "settings.toml").write_text(text, "utf-8")
    settings = Settings()
    pulled = [type(location) for location in settings.locations.values() if isinstance(location, Location)]
    assert pulled == list(KINDS), "an example of each kind"
    assert settings.locations["agriculture"] == Path("/mnt/exchange/nongye")
    assert settings.alerts["office"].address_file == Path("/etc/shouwang/office-robot")
    assert settings.dagster_database
    assert settings.dagster_database.shown == "PostgreSQL 本机/shouwang_dagster"
    assert settings.postgres
    assert settings.postgres.password_file == Path("/etc/shouwang/postgres.password")
    assert settings.pull_again_seconds == DEFAULTS["pull_again_seconds"]


def test_every_kind_has_an_example_with_a_comment() -> None:
    for kind in KINDS:
        assert kind.example.startswith("# "), kind
        assert 'url = "' in kind.example


def test_a_file_that_is_there_is_left_alone(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "settings.toml").write_text("settle_seconds = 1\n", "utf-8")
    with pytest.raises(ShouwangError, match="没有改动"):
        write()
    assert (home / "settings.toml").read_text("utf-8") == "settle_seconds = 1\n"


def test_answers_are_in_force(home: Path) -> None:
    text = write({"agriculture": '/mnt/"a\\b', "health": "file:///mnt/health"})
    settings = Settings()
    assert settings.locations["agriculture"] == Path('/mnt/"a\\b')
    health = settings.locations["health"]
    assert isinstance(health, Location)
    assert health.url == "file:///mnt/health"
    assert "[locations.health]\n" in text
    (home / "settings.toml").write_text(uncommented(text), "utf-8")
    assert Settings().locations["agriculture"] == Path('/mnt/"a\\b')


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("gopher://x", "不认识以 gopher:// 开头的地址"),
        ("file://user:geheim@host/x", "地址里不能写密码"),
        ("file:///a/../b", "不能有"),
        ("/mnt/a\x07b", "不能含有控制字符"),
    ],
)
def test_an_answer_that_cannot_be_is_asked_again(capsys: pytest.CaptureFixture[str], answer: str, words: str) -> None:
    answers = iter([answer, "", "", "", ""])
    file = init.write_settings(Console(), Settings(), lambda _: next(answers))
    assert words in capsys.readouterr().out
    assert answer not in file.read_text("utf-8")
    assert Settings().locations == {}


def test_an_address_that_needs_more_waits_commented(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Needing(Location):
        schemes = ("needing",)
        example = '# 需要账号\nurl = "needing://host/x"\nuser = "shouwang"\n'
        user: str

    monkeypatch.setattr(init, "KINDS", (*KINDS, Needing))
    monkeypatch.setattr("sources.landing.transport.KINDS", (*KINDS, Needing))
    text = write({"health": "needing://files.example.gov.cn/a"})
    assert "还要在设置文件里补写:user 要写明。" in capsys.readouterr().out
    assert '#[locations.health]\n#url = "needing://files.example.gov.cn/a"\n# 需要账号\n#user = "shouwang"\n' in text
    assert Settings().locations == {}
    (home / "settings.toml").write_text(uncommented(text), "utf-8")
    assert isinstance(Settings().locations["health"], Needing)


def test_the_command_asks_nothing_without_a_terminal(home: Path) -> None:
    result = CliRunner().invoke(app, ["init"])
    assert result.exit_code == 0, result.output
    assert str(home / "settings.toml") in result.output.replace("\n", "")

"""Settings come from arguments, then the environment, then the file in the home; nothing is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.runtime.settings import PROJECT_DIR, Settings, SettingsError


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("HOME", "SECRET_FILE", "TARGET", "LOCATIONS", "UI_HOST", "UI_NAMES", "UI_TOKEN_FILE", "SETTLE_SECONDS")
    for name in names:
        monkeypatch.delenv(f"SHOUWANG_{name}", raising=False)


def test_defaults_need_nothing() -> None:
    settings = Settings()
    assert settings.home == PROJECT_DIR / "data"
    assert (settings.secret_file, settings.target, settings.locations) == (None, "duckdb", {})
    assert settings.settle_seconds == 60
    assert settings.warehouse_file == PROJECT_DIR / "data" / "warehouse" / "warehouse.duckdb"


def test_loading_creates_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "nowhere"))
    assert Settings().home == tmp_path / "nowhere"
    assert not (tmp_path / "nowhere").exists()


def test_a_relative_home_starts_where_the_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOUWANG_HOME", "office")
    assert Settings().home == tmp_path / "office"


def test_the_file_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    text = 'secret_file = "keys/secret"\n[locations]\nhealth = "/mnt/health"\nagriculture = "from-agriculture"\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    settings = Settings()
    assert settings.secret_file == tmp_path / "keys" / "secret"
    assert settings.locations == {"health": Path("/mnt/health"), "agriculture": tmp_path / "from-agriculture"}


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text('secret_file = "/from/file"\n', encoding="utf-8")
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    monkeypatch.setenv("SHOUWANG_SECRET_FILE", "/from/environment")
    monkeypatch.setenv("SHOUWANG_LOCATIONS", '{"health": "/from/environment"}')
    assert Settings().secret_file == Path("/from/environment")
    assert Settings().locations == {"health": Path("/from/environment")}
    assert Settings(home=tmp_path, secret_file=Path("/given")).secret_file == Path("/given")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('sekret_file = "x"\n', "没有名为 sekret_file 的设置项;可用:home、secret_file"),
        ('target = "oracle"\n', "target 的值不合要求,可用:'duckdb'"),
        ('home = "/elsewhere"\nlocations = 3\n', "locations 的值应为一组“部门 = 文件夹”"),
        ("secret_file = 3\n", "secret_file 的值应为加引号的路径"),
        ("settle_seconds = -1\n", "settle_seconds 的值应为不小于 0 的数字"),
        ('settle_seconds = "一分钟"\n', "settle_seconds 的值应为不小于 0 的数字"),
        ("keep_originals_months = 0\n", "keep_originals_months 的值应为不小于 1 的数字"),
        ('keep_errors_months = "一年"\n', "keep_errors_months 的值应为整数"),
        ("backup_key_file = 3\n", "backup_key_file 的值应为加引号的路径"),
        ("[locations]\nhealth = 3\n", "health:应为加引号的文件夹或地址"),
        ('readers_group = "no such group"\n', "本机没有名为 no such group 的用户组"),
        ("\nsecret_file = /etc/secret\n", "settings.toml 第 2 行的写法有误"),
        ('ui_host = "nowhere"\n', "设置有误:ui_host 的值应为加引号的 IP 地址"),
        ('[alerts.office]\naddress = "https://robot"\n', "[alerts.office] 中 没有名为 address 的设置项"),
        ("[alerts.office]\n", "[alerts.office] 中 地址含有口令,不写在这里:用 address_file 指明文件"),
        ('[alerts.office]\naddress_env = "A"\nkinds = ["all"]\n', "[alerts.office] 中 kinds 的值不合要求,可用:'failed"),
        ('[alerts.office]\naddress_env = "A"\ndepartments = ["tax"]\n', "没有部门 tax;可用:agriculture"),
        ('ui_address = "shouwang.example.gov.cn"\n', "ui_address:应为浏览器打开界面的地址"),
        ("secret_file\n", "settings.toml 第 1 行的写法有误"),
    ],
)
def test_a_wrong_file_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    with pytest.raises(SettingsError) as error:
        Settings()
    assert words in str(error.value)


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_bytes('readers_group = "组"'.encode("gb18030"))
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match="无法解析"):
        Settings()
    (tmp_path / "settings.toml").unlink()
    monkeypatch.setenv("SHOUWANG_LOCATIONS", "health=/mnt")
    with pytest.raises(SettingsError, match="无法解析"):
        Settings()


@pytest.mark.parametrize("name", ["a?b", "a\\b", "a%41", "a\nb"])
def test_a_home_that_no_database_opens_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="数据目录的路径不能含有"):
        Settings(home=tmp_path / name)


def test_the_web_interface_stays_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path)
    assert (str(settings.ui_host), settings.ui_names, settings.ui_token_file) == ("127.0.0.1", (), None)
    for host in ("0.0.0.0", "10.0.0.5", "::", "::ffff:10.0.0.5"):
        monkeypatch.setenv("SHOUWANG_UI_HOST", host)
        with pytest.raises(SettingsError, match="ui_token_file"):
            Settings(home=tmp_path)
    monkeypatch.setenv("SHOUWANG_UI_HOST", "::1")
    assert Settings(home=tmp_path).ui_host.is_loopback


def test_the_web_interface_for_others_has_a_token(tmp_path: Path) -> None:
    text = 'ui_host = "10.0.0.5"\nui_names = ["bi.example"]\nui_token_file = "keys/ui"\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    settings = Settings(home=tmp_path)
    assert (str(settings.ui_host), settings.ui_names) == ("10.0.0.5", ("bi.example",))
    assert settings.ui_token_file == tmp_path / "keys" / "ui"

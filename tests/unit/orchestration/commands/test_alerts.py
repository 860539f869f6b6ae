"""``shouwang alerts`` sends from outside the daemon, and ``--test`` says which channels can be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.commands.cli import app
from orchestration.runtime.errors import ShouwangError
from tests.servers.https import HttpsServer
from tests.servers.robots import FeishuRobot, WecomRobot

KEY = "0f3c9a71-5d2b-4e86-9c1a-7b64d2e8a5f0"
WECOM, FEISHU = "/cgi-bin/webhook/send", "/open-apis/bot/v2/hook/there"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")


@pytest.fixture
def wecom(https: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> WecomRobot:
    """A robot that takes what it gets, beside one whose address has a wrong secret."""
    robot = WecomRobot("key")
    https.add(WECOM, robot)
    https.add(FEISHU, FeishuRobot("right"))
    monkeypatch.setenv("CHAT", f"{https.url}{WECOM}?key=key")
    monkeypatch.setenv("WRONG", f"{https.url}{FEISHU}?secret={KEY}")
    channels = {name: {"address_env": name, "ca_file": str(https.ca_file)} for name in ("CHAT", "WRONG")}
    monkeypatch.setenv("SHOUWANG_ALERTS", json.dumps(channels))
    return robot


def test_every_channel_is_tried_and_named(wecom: WecomRobot) -> None:
    result = CliRunner().invoke(app, ["alerts", "--test"])
    assert result.exit_code == 1
    assert "已发出 CHAT(企业微信机器人)" in result.output
    assert "不能用 WRONG:飞书机器人没有收下(错误码 19021):签名不符" in result.output
    assert KEY not in result.output
    (text,) = wecom.texts
    assert "通道 CHAT 可以使用" in text


def test_what_is_wrong_is_told_once(wecom: WecomRobot, https: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.automation.alerts.home.free_bytes", lambda _: 1 << 30)
    monkeypatch.setattr("orchestration.automation.alerts.home.late", lambda *_: None)
    result = CliRunner().invoke(app, ["alerts"])
    assert (result.exit_code, "已发出:CHAT 1 条" in result.output) == (1, True)
    assert "没有发出 告警通道 WRONG:飞书机器人没有收下" in result.output
    https.add(FEISHU, FeishuRobot(KEY))
    result = CliRunner().invoke(app, ["alerts"])
    assert (result.exit_code, len(wecom.texts)) == (0, 1), "the other channel rests"
    assert "【磁盘空间不足】" in wecom.texts[0]
    assert KEY not in result.output


def test_settings_without_a_channel_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_ALERTS", "{}")
    for arguments in (["alerts"], ["alerts", "--test"]):
        result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, ShouwangError)
        assert "没有告警通道" in str(result.exception)

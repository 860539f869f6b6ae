"""Each channel takes what is sent, and says in words why it does not, without its address."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.automation.alerts.channels import Opened, opened
from orchestration.automation.alerts.messages import messages, size
from orchestration.automation.alerts.robots import robot_at
from orchestration.runtime.alert_channels import AlertChannel
from sources.landing.transport.trouble import TransportError
from tests.servers.https import HttpsServer
from tests.servers.mail import MailServer, mail_server
from tests.servers.replies import Reply, Request, stall
from tests.servers.robots import DingtalkRobot, FeishuRobot, WecomRobot

KEY = "0f3c9a71-5d2b-4e86-9c1a-7b64d2e8a5f0"
TEXT = "守望告警\n【磁盘空间不足】剩余 1.0 GiB"


@dataclass
class Office:
    """Settings with one channel, whose address is in a file of its own."""

    folder: Path
    ca_file: Path

    def channel(self, address: str, plain: bool = False) -> AlertChannel:
        file = self.folder / "address"
        file.unlink(missing_ok=True)
        file.touch(0o600)
        file.write_text(f"{address}\n", encoding="utf-8")
        return AlertChannel(address_file=file, ca_file=self.ca_file, plain=plain)

    def opened(self, address: str, plain: bool = False) -> Opened:
        return opened(self.channel(address, plain))

    def refusal(self, address: str, text: str = TEXT) -> str:
        """Send, and return why it failed."""
        with pytest.raises(TransportError) as error:
            self.opened(address).send(text)
        assert KEY not in str(error.value)
        # What led to it may quote the address, and Dagster would store that.
        assert error.value.__cause__ is None
        assert error.value.__context__ is None or error.value.__suppress_context__
        return str(error.value)


@pytest.fixture
def office(tmp_path: Path, https: HttpsServer) -> Office:
    return Office(tmp_path, https.ca_file)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


class TestWecom:
    PATH = "/cgi-bin/webhook/send"

    def test_takes_text_up_to_its_limit(self, office: Office, https: HttpsServer) -> None:
        robot = WecomRobot(KEY)
        https.add(self.PATH, robot)
        channel = office.opened(f"{https.url}{self.PATH}?key={KEY}")
        alerts = {str(no): f"【报送有问题】《表 {no}》2021-06:" + "原因" * 150 for no in range(7)}
        sent = messages(alerts, channel.limit, "守望告警")
        for message in sent:
            channel.send(message.text)
        assert len(sent) > 1
        assert all(size(text) <= 2048 for text in robot.texts)
        assert all(any(alert in text for text in robot.texts) for alert in alerts.values())

    def test_a_refusal_with_status_200_is_one(self, office: Office, https: HttpsServer) -> None:
        https.add(self.PATH, WecomRobot("another"))
        said = office.refusal(f"{https.url}{self.PATH}?key={KEY}")
        assert "企业微信机器人没有收下(错误码 93000):地址里的 key 不对" in said
        https.add(self.PATH, WecomRobot(KEY))
        assert "40058" in office.refusal(f"{https.url}{self.PATH}?key={KEY}", "守望" * 1024)


class TestDingtalk:
    PATH = "/robot/send"

    def test_signs(self, office: Office, https: HttpsServer) -> None:
        robot = DingtalkRobot("f00d", "SECbeef")
        https.add(self.PATH, robot)
        channel = office.opened(f"{https.url}{self.PATH}?access_token=f00d&secret=SECbeef")
        long = "\n".join(["守望", *(f"第 {no} 行\t“引号”" for no in range(900))])
        sent = messages({"long": long}, channel.limit, "守望告警")
        for message in sent:
            channel.send(message.text)
        assert robot.texts == [message.text for message in sent]
        assert not any("secret" in request.query for request in https.requests)

    def test_says_what_is_wrong(self, office: Office, https: HttpsServer) -> None:
        https.add(self.PATH, DingtalkRobot("f00d", "SECbeef"))
        address = f"{https.url}{self.PATH}?access_token="
        assert "access_token 不对" in office.refusal(f"{address}{KEY}&secret=SECbeef")
        assert "加签密钥" in office.refusal(f"{address}f00d&secret=other")
        assert "关键词须为“守望”" in office.refusal(f"{address}f00d&secret=SECbeef", "no keyword")


class TestFeishu:
    PATH = f"/open-apis/bot/v2/hook/{KEY}"

    def test_signs(self, office: Office, https: HttpsServer) -> None:
        robot = FeishuRobot("beef")
        https.add(self.PATH, robot)
        office.opened(f"{https.url}{self.PATH}?secret=beef").send(TEXT)
        assert robot.texts == [TEXT]

    def test_says_what_is_wrong(self, office: Office, https: HttpsServer) -> None:
        https.add(self.PATH, FeishuRobot("beef"))
        assert "签名不符" in office.refusal(f"{https.url}{self.PATH}")


@pytest.mark.parametrize(
    ("address", "native"),
    [
        (f"wecombot://{KEY}", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"),
        ("dingtalk://SECbeef@f00d", "https://oapi.dingtalk.com/robot/send?access_token=f00d"),
        (f"feishu://{KEY}", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}"),
        (f"lark://{KEY}", f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}"),
    ],
)
def test_addresses_of_apprise_are_those_of_the_robots(tmp_path: Path, address: str, native: str) -> None:
    file = tmp_path / "address"
    file.write_text(address)
    file.chmod(0o600)
    robot = opened(AlertChannel(address_file=file))
    expected = robot_at(native)
    assert expected is not None
    assert getattr(robot, "form", None) is expected.form
    assert getattr(robot, "address", None) == native
    assert getattr(robot, "secret", None) == ("SECbeef" if "SEC" in address else "")
    assert KEY not in repr(robot)


class TestOthers:
    def test_mail(self, office: Office, mail: MailServer) -> None:
        address = f"mailto://127.0.0.1:{mail.port}?from=shouwang@example.org&to=office@example.org"
        channel = office.opened(address)
        channel.send(TEXT)
        assert [text.strip() for text in mail.texts] == [TEXT]
        assert channel.label == "邮件"

    def test_a_webhook_that_takes_json(
        self, office: Office, https: HttpsServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(https.ca_file))
        received: list[dict[str, object]] = []

        def answer(request: Request) -> Reply:
            received.append(json.loads(request.body))
            return Reply.json({})

        https.add("/hook", answer)
        office.opened(https.url.replace("https", "jsons") + "/hook").send(TEXT)
        assert [content["message"] for content in received] == [TEXT]

    def test_a_webhook_that_refuses(self, office: Office, https: HttpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(https.ca_file))
        https.add(f"/{KEY}", lambda _: Reply(403))
        assert "JSON 接口没有发出:对方回应 403" in office.refusal(https.url.replace("https", "jsons") + f"/{KEY}")


class TestSafety:
    @pytest.mark.parametrize("path", [f"/cgi-bin/webhook/send?key={KEY}", f"/hook?key={KEY}"])
    def test_no_redirect_is_followed(
        self, office: Office, https: HttpsServer, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(https.ca_file))
        https.add(path.partition("?")[0], lambda _: Reply(307, {"Location": f"{https.url}/elsewhere"}))
        said = office.refusal(https.url.replace("https", "jsons" if "hook?" in path else "https") + path)
        assert "307" in said
        assert "/elsewhere" not in [request.path for request in https.requests]

    def test_a_server_that_does_not_answer(
        self, office: Office, https: HttpsServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("orchestration.automation.alerts.robots.ANSWER_SECONDS", 0.3)
        https.add("/robot/send", lambda _: Reply.json({"errcode": 0}))
        https.misbehave("/robot/send", stall(), times=1)
        assert "没有按时回应" in office.refusal(f"{https.url}/robot/send?access_token={KEY}")

    def test_an_answer_of_something_else(self, office: Office, https: HttpsServer) -> None:
        https.add("/robot/send", lambda _: Reply(200, {}, b"<html>"))
        assert "回应无法理解" in office.refusal(f"{https.url}/robot/send?access_token={KEY}")

    @pytest.mark.parametrize(
        ("address", "words"),
        [
            ("", "地址是空的"),
            ("nothing://there", "地址不是认识的写法"),
            ("syslog://", "不通向别处"),
            (f"http://robots.example.org/robot/send?access_token={KEY}", "不加密"),
            (f"json://hooks.example.org/{KEY}", "不加密"),
            ("mailto://mail.example.org?from=a@example.org&to=b@example.org&mode=insecure", "不加密"),
        ],
    )
    def test_addresses_that_are_not_used(self, office: Office, address: str, words: str) -> None:
        assert words in office.refusal(address)

    def test_the_address_is_the_owners(self, office: Office) -> None:
        channel = office.channel(f"wecombot://{KEY}")
        assert channel.address_file is not None
        channel.address_file.chmod(0o644)
        with pytest.raises(TransportError, match="别人也能读"):
            opened(channel)

    def test_an_address_in_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(os.environ, "OFFICE_ROBOT", f"wecombot://{KEY}")
        assert opened(AlertChannel(address_env="OFFICE_ROBOT")).label == "企业微信机器人"

    def test_no_log_has_an_address(
        self, office: Office, https: HttpsServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        caplog.set_level(logging.DEBUG)
        https.add("/robot/send", lambda _: Reply.json({"errcode": 300001, "errmsg": KEY}))
        office.refusal(f"{https.url}/robot/send?access_token={KEY}")
        office.refusal(f"jsons://127.0.0.1:1/{KEY}")
        assert KEY not in "".join(record.getMessage() for record in caplog.records if record.name != "urllib3")
        assert KEY not in "".join(capfd.readouterr())

"""Settings of an interface: what is refused, by name, before anything is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sources.landing.transport import location_of
from sources.landing.transport.interface import InterfaceLocation
from sources.landing.transport.trouble import TransportError

URL = "https://exchange.example.test/api/{month:%Y%m}"
FILE = {"url": "https://exchange.example.test/{month:%Y%m}/a.xlsx", "gives": "file"}


def make(**settings: Any) -> InterfaceLocation:
    location = location_of({"url": URL, **settings}, Path("/home"))
    assert isinstance(location, InterfaceLocation)
    return location


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "http://exchange.example.test/{month}"}, "不加密"),
        ({"url": "https:///x/{month}"}, "应为 https://服务器/路径"),
        ({"url": "https://user@exchange.example.test/{month}"}, "账号写在 user"),
        ({"url": "https://user:pw@exchange.example.test/{month}"}, "不能写密码"),
        ({"url": "https://exchange.example.test:no/{month}"}, "端口应为"),
        ({"url": "https://exchange.example.test/../{month}"}, "不能有“..”"),
        ({"url": "https://exchange.example.test/api"}, "请求里要有月份"),
        ({"snapshot": True}, "请求里要有月份"),
        ({"url": "https://exchange.example.test/{month:%d}"}, "只能用"),
        ({"url": "https://exchange.example.test/{token}"}, "只能写月份"),
        ({"params": {"m": "{month:%m}"}, "url": "https://exchange.example.test/"}, "同时有年和月"),
        ({"params": {"access_token": "x"}}, "不能写密码或令牌"),
        ({"method": "POST", "body": {"Password": "x"}}, "不能写密码或令牌"),
        ({"url": f"{URL}?sign=x"}, "不能写密码或令牌"),
        ({"tables": {"a": "/b"}}, "相对路径"),
        ({"tables": {"a": "https://elsewhere.test/b"}}, "相对路径"),
        ({"tables": {"a": "../b"}}, "相对路径"),
        ({"body": {"a": "b"}}, "POST"),
        ({"name": "a.xlsx"}, "只用于"),
        ({"page": {"number": "p", "cursor": "c", "from": "d"}}, "之一"),
        ({"page": {}}, "之一"),
        ({"page": {"cursor": "c"}}, "一起写"),
        ({"token_env": "A", "token_file": "b"}, "只写一处"),
        ({"user": "a"}, "一起写"),
        ({"password_env": "A"}, "一起写"),
        ({"token_env": "A", "user": "a", "password_env": "B"}, "不能都放在 Authorization"),
        ({"token_param": "a"}, "还要写 token_file"),
        ({"header": "A: b"}, "请求头的名字"),
        ({"key_file": "a"}, "还要写 cert_file"),
        ({"sign": {"key": "a"}}, "secret_file 或 secret_env"),
        ({**FILE, "rows": "data"}, "不能写 rows"),
        ({**FILE, "name": "../a.xlsx"}, "不含路径"),
        ({**FILE, "name": "a"}, "带扩展名"),
        ({"gives": "file"}, "请用 name 写明"),
    ],
)
def test_contradictions_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make(**settings)
    assert words in str(refused.value)


@pytest.mark.parametrize("setting", ["tokens", "verify", "headers"])
def test_unknown_settings_are_refused(setting: str) -> None:
    with pytest.raises(ValidationError):
        make(**{setting: "x"})


def test_plain_http_is_for_this_machine_or_on_demand() -> None:
    assert make(url="http://127.0.0.1:8000/{month}").keeps_months
    assert make(url="http://[::1]:8000/{month}").keeps_months
    assert make(url="http://localhost/{month}").keeps_months
    assert make(url="http://exchange.example.test/{month}", plain=True).keeps_months


def test_the_month_may_be_anywhere() -> None:
    base = "https://exchange.example.test/api"
    assert make(url=base, params={"year": "{month:%Y}", "month": "{month:%-m}"}).keeps_months
    assert make(url=base, method="POST", body={"month": "{month:%Y%m}"}).keeps_months
    assert make(url=base, tables={"a": "b?month={month}"}).keeps_months
    assert not make(url=base, snapshot=True).keeps_months


def test_the_place_is_shown_without_parameters() -> None:
    location = make(url="https://exchange.example.test/api/{month:%Y%m}?area=441802")
    assert location.shown == "https://exchange.example.test/api/{month:%Y%m}"


def test_tables_are_those_of_the_department() -> None:
    with pytest.raises(TransportError, match="没有的表 b"), make(tables={"b": "c"}).open(["a", "d"]):
        pass
    with pytest.raises(TransportError, match="每张表的地址"), make().open(["a", "d"]):
        pass

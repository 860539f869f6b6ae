"""What the settings of a database may say, and how each server is asked for encryption."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sources.landing.transport import location_of
from sources.landing.transport.database import DatabaseLocation
from sources.landing.transport.sql.mysql import Mysql
from sources.landing.transport.sql.oracle import Oracle
from sources.landing.transport.sql.postgres import Kingbase, Postgres
from sources.landing.transport.sql.query import checked
from sources.landing.transport.sql.server import Server
from sources.landing.transport.sql.sqlserver import SqlServer
from sources.landing.transport.trouble import TransportError
from tests.servers.certificates import Certificates

BY_MONTH = "select 1 as a from t where m = :month"
URL = "postgresql://db.example.gov.cn/health"


def _location(**entry: Any) -> DatabaseLocation:
    found = location_of({"url": URL, **entry}, Path("/home/of/data"))
    assert isinstance(found, DatabaseLocation)
    return found


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({}, "queries"),
        ({"query": BY_MONTH, "view": "v", "month_column": "m"}, "只写一个"),
        ({"query": "select 1"}, "snapshot = true"),
        ({"query": BY_MONTH, "snapshot": True}, "snapshot = true"),
        ({"view": "v"}, "month_column"),
        ({"view": "v", "month_column": "m", "snapshot": True}, "month_column"),
        ({"view": "s..v", "month_column": "m"}, "模式名"),
        ({"query": BY_MONTH, "month_column": "m"}, "只与 view"),
        ({"queries": {"a": BY_MONTH, "b": "select 1"}}, "queries.b"),
        ({"queries": {"a": "delete from t"}}, "queries.a"),
        ({"query": BY_MONTH, "changed_query": "select 1 for update"}, "changed_query"),
        ({"query": BY_MONTH, "ca_file": "ca.pem", "plain": True}, "不能同时"),
        ({"query": BY_MONTH, "ca_file": "ca.pem", "url": "mssql://h/d"}, "不能校验证书"),
        ({"query": BY_MONTH, "url": f"{URL}?password=x"}, "不带"),
        ({"query": BY_MONTH, "url": "postgresql:///health"}, "主机"),
        ({"query": BY_MONTH, "url": "postgresql://h:port/health"}, "端口"),
        ({"query": BY_MONTH, "url": "postgresql://u:secret@h/d"}, "password_file"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_in_words(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        _location(**entry)
    assert words in "".join(str(e["ctx"]["error"]) for e in refused.value.errors())


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="sslmode"):
        _location(query=BY_MONTH, sslmode="disable")


def test_a_query_for_no_table_is_named_before_connecting() -> None:
    location = _location(queries={"other": BY_MONTH})
    with pytest.raises(TransportError, match="other 不是这里的数据表"), location.open(["mine"]):
        pass
    with pytest.raises(TransportError, match="一张表"), _location(query=BY_MONTH).open(["a", "b"]):
        pass


def _server(kind: type[Server], **entry: Any) -> Server:
    return kind(_location(query=BY_MONTH, **entry).access())


def test_encryption_is_asked_for_unless_plain_will_do(tmp_path: Path) -> None:
    ca_file = str(Certificates.in_folder(tmp_path).ca_file)
    local = "postgresql://127.0.0.1/health"
    for kind in (Postgres, Kingbase):
        assert _server(kind).options()["sslmode"] == "require"
        assert _server(kind, plain=True).options()["sslmode"] == "prefer"
        assert _server(kind, url=local).options()["sslmode"] == "prefer"
        verified = _server(kind, ca_file=ca_file).options()
        assert (verified["sslmode"], verified["sslrootcert"]) == ("verify-full", ca_file)
    assert _server(Mysql).options()["ssl"].verify_mode == ssl.CERT_NONE
    assert "ssl" not in _server(Mysql, plain=True).options()
    trusting = _server(Mysql, ca_file=ca_file).options()["ssl"]
    assert (trusting.verify_mode, trusting.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert _server(SqlServer).options()["encryption"] == "require"
    assert _server(SqlServer, plain=True).options()["encryption"] == "request"
    assert _server(Oracle).options()["protocol"] == "tcps"
    assert _server(Oracle, plain=True).options()["protocol"] == "tcp"


def test_a_server_without_encryption_is_refused_where_it_is_asked_for(postgres: Any, mariadb: Any) -> None:
    for kind, server, words in ((Postgres, postgres, "没有启用加密"), (Mysql, mariadb, "加密")):
        asking = _server(kind, url=f"postgresql://{server.host}:{server.port}/{server.database}")
        asking.access = type(asking.access)(**{**vars(asking.access), "is_plain": False, "user": server.user})
        with pytest.raises(Exception) as refused:  # noqa: PT011 - the driver's own
            asking.connect()
        trouble = asking.explain(refused.value)
        assert trouble is not None
        assert words in trouble.cause


@pytest.mark.parametrize(
    ("text", "counting"),
    [
        (
            "select x from t where m = :month order by x",
            "SELECT COUNT_BIG(*) FROM (SELECT x FROM t WHERE m = :month) AS q",
        ),
        (
            "with a as (select 1 as x) select x from a",
            "WITH a AS (SELECT 1 AS x) SELECT COUNT_BIG(*) FROM (SELECT x FROM a) AS q",
        ),
        ("select top 3 x from t order by x", "SELECT COUNT_BIG(*) FROM (SELECT TOP 3 x FROM t ORDER BY x) AS q"),
    ],
)
def test_sql_server_counts_without_what_no_part_of_a_query_may_have(text: str, counting: str) -> None:
    assert SqlServer(_location(query=BY_MONTH).access()).counting(checked(text, "tsql")).text == counting


def test_names_are_quoted_where_they_need_it() -> None:
    assert Postgres(_location(query=BY_MONTH).access()).quoted("public.低保 表") == 'public."低保 表"'
    assert Mysql(_location(query=BY_MONTH).access()).quoted("t`; drop") == "`t``; drop`"

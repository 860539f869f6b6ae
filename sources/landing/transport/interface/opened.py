"""Open an interface: read its secrets, and offer what its tables have.

Belongs here: secrets, certificates, one request per table and month.
Does not belong here: receiving rows (``rows``) and files (``download``).
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sources.landing.locations import LOCAL_TIME
from sources.landing.patterns import for_month
from sources.landing.transport.interface import download
from sources.landing.transport.interface.asked import Asked, Value, origin
from sources.landing.transport.interface.client import Client, Login, connected
from sources.landing.transport.interface.failures import explain, is_of_one_table
from sources.landing.transport.interface.location import InterfaceLocation
from sources.landing.transport.interface.rows import Rows
from sources.landing.transport.interface.signing import secret_for
from sources.landing.transport.location import secret_of
from sources.landing.transport.source import Fetched, Listing, Offer, Source
from sources.landing.transport.trouble import LOGIN, TransportError, explained, of_one_table, own_disk
from sources.months import Month

_ROWS_ENDING = ".jsonl"
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_CERTIFICATE_FILES = "请核对 cert_file、key_file 及其密码,应为 PEM 格式"


@contextmanager
def opened(location: InterfaceLocation, tables: Sequence[str]) -> Iterator[Source]:
    """Yield the source of some tables. Raises TransportError if a secret or a certificate cannot be read."""
    if unknown := [table for table in location.tables if table not in tables]:
        raise TransportError(f"设置的 tables 里有这个部门没有的表 {unknown[0]}", f"可用:{'、'.join(tables)}")
    if not location.tables and len(tables) != 1 and location.gives == "rows":
        raise TransportError("设置里没有写明每张表的地址", "请在 tables 中写“表 = 相对路径”,或为每张表单独写一个位置")
    with explained(explain):
        verify, login = _verification(location), login_of(location)
    with connected(verify, login) as client:
        named = [table for table in tables if table in location.tables]
        yield InterfaceSource(location, client, named or [tables[0] if len(tables) == 1 else ""])


def login_of(location: InterfaceLocation) -> Login:
    """Read the secrets of a location. Raises TransportError if one cannot be had or sent."""
    headers: dict[str, str] = {}
    params: tuple[tuple[str, str], ...] = ()
    if (token := secret_of(location.token_file, location.token_env)) is not None:
        if not _SENDABLE.fullmatch(token):
            raise TransportError("令牌是空的,或含有不能发送的字符", LOGIN)
        if location.token_param:
            params = ((location.token_param, token),)
        else:
            headers[location.header] = location.prefix + token
    if location.user is not None:
        pair = f"{location.user}:{location.password() or ''}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    secret = secret_for(location.sign) if location.sign else b""
    return Login(headers, params, location.sign, secret)


def _verification(location: InterfaceLocation) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=location.ca_file)
    except OSError:
        raise TransportError("ca_file 读不到,或不是 PEM 格式的证书", "请核对设置里的 ca_file") from None
    if location.cert_file:
        # The mode of the key's file is checked as that of a password; a missing password must not be asked for.
        secret_of(location.key_file, None)
        password = secret_of(location.key_password_file, location.key_password_env) or ""
        try:
            context.load_cert_chain(location.cert_file, location.key_file, lambda: password)
        except OSError:
            raise TransportError("客户端证书或其私钥无法使用", _CERTIFICATE_FILES) from None
    return context


class InterfaceSource:
    """The tables of an interface; the empty table is a file that is recognised like any other."""

    def __init__(self, location: InterfaceLocation, client: Client, tables: Sequence[str]) -> None:
        self._location, self._client, self._tables = location, client, tables

    def listing(self, month: Month) -> Listing:
        """Offer each table's rows or file; a file that is not there for the month is left out by name."""
        offers: list[Offer] = []
        left_out: list[tuple[str, str]] = []
        with explained(explain):
            for table in self._tables:
                if self._location.gives == "rows":
                    offers.append(self._rows_offer(table, month))
                elif (offer := self._file_offer(table, month)) is not None:
                    offers.append(offer)
                else:
                    left_out.append((self._file_name(table, month), download.NOT_THERE))
        return Listing(tuple(offers), tuple(left_out))

    def fetch(self, offer: Offer, month: Month, target: Path) -> Fetched:
        """Write the rows, one object a line, or the file."""
        asked, began = self._asked(offer.path, month), datetime.now(LOCAL_TIME)
        self._client.begin()
        with explained(explain), of_one_table(is_of_one_table):
            if self._location.gives == "file":
                size = download.download(self._client, asked, offer, target)
                return Fetched(facts={**self._facts(asked, began), "bytes": size})
            rows = self._rows(asked)
            # Errors of the network are httpx's own, so that one of the system is that of our disk.
            with own_disk(), target.open("wb") as sink:
                rows.receive(sink)
        return Fetched(rows.tally.count, rows.tally.content, self._facts(asked, began) | rows.facts())

    def try_out(self) -> list[tuple[str, str]]:
        """Resolve the server's name, connect, and read the beginning of each table of the last complete month."""
        _, host, port = origin(self._location.url)
        with explained(explain):
            addresses = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
            steps = [("解析域名", f"{len(addresses)} 个地址")]
            now = datetime.now(LOCAL_TIME)
            month = Month(now.year, now.month).shift(-1)
            steps += [(f"连接并读取 {table}".rstrip(), self._tried(table, month)) for table in self._tables]
        return steps

    def _tried(self, table: str, month: Month) -> str:
        if self._location.gives == "rows":
            return self._rows(self._asked(table, month)).try_out()
        offer = self._file_offer(table, month)
        return f"{month} 的文件可以读取" if offer else f"可以连接;{download.NOT_THERE}({month})"

    def _rows(self, asked: Asked) -> Rows:
        return Rows(self._client, self._location, asked)

    def _rows_offer(self, table: str, month: Month) -> Offer:
        asked = self._asked(table, month)
        version = self._rows(asked).version() if self._location.changed else ""
        return Offer(f"{table}{_ROWS_ENDING}", table, version, table=table, is_whole=True)

    def _file_offer(self, table: str, month: Month) -> Offer | None:
        return download.offer(self._client, self._asked(table, month), self._file_name(table, month), table)

    def _file_name(self, table: str, month: Month) -> str:
        if self._location.name:
            return filled(self._location.name, month)
        return unquote(urlsplit(filled(self._location.texts(table)[0], month)).path).rpartition("/")[2]

    def _asked(self, table: str, month: Month) -> Asked:
        """Fill in the month."""
        location = self._location
        params = _filled(location.params, month)
        body = None if location.body is None else _filled(location.body, month)
        url = filled(location.texts(table)[0], month)
        return Asked.of(location.method, url, params, body, location.body_as)

    def _facts(self, asked: Asked, began: datetime) -> dict[str, object]:
        """Tell the request: without login, for settings refuse parameters that are secrets."""
        return {
            "method": asked.method,
            "url": asked.url,
            "params": dict(asked.params),
            "body": None if asked.body is None else dict(asked.body),
            "at": began.isoformat(timespec="seconds"),
        }


def filled(text: str, month: Month) -> str:
    """Fill a month into a text."""
    return "/".join(for_month(text, month))


def _filled(values: dict[str, Value], month: Month) -> dict[str, Value]:
    return {name: filled(value, month) if isinstance(value, str) else value for name, value in values.items()}

"""Define the settings of an interface.

Belongs here: the fields, what contradicts each other. Does not belong here: requests (``asked``), sending (``client``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sources.landing.patterns import check_pattern, has_month
from sources.landing.transport.interface.paging import Page
from sources.landing.transport.interface.signing import Signing
from sources.landing.transport.location import WithPassword, below_home, is_loopback
from sources.landing.transport.source import Source

Value = str | int | bool
_SECRET = re.compile(r"(?i).*(token|secret|passw(or)?d|pwd).*|sign(ature)?|api[-_]?key")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_CALLED = "url、tables、params、body "


class Ok(BaseModel):
    """Where an answer says that all went well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    value: str | int | bool

    @property
    def written(self) -> str:
        """The value as JSON writes it, without quotation marks."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


class InterfaceLocation(WithPassword):
    """An HTTPS interface that hands out rows page by page, or a file."""

    schemes = ("https", "http")
    label = "数据接口"
    example = """\
# 数据接口,分页返回 JSON。令牌放在文件里,不写在地址里。
url = "https://api.example.gov.cn/v1/dibao"
params = { month = "{month:%Y%m}" }
rows = "data.list"
total = "data.total"
token_file = "/etc/shouwang/api.token"
"""

    tables: dict[str, str] = Field(default_factory=dict)
    """Path below ``url``, with its query, by table; empty if the location is that of one table."""
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Value] = Field(default_factory=dict)
    body: dict[str, Value] | None = None
    body_as: Literal["json", "form"] = "json"
    gives: Literal["rows", "file"] = "rows"
    snapshot: bool = False
    """Whether the interface keeps its newest state only, so that no request names a month."""
    plain: bool = False
    """Whether requests may go without encryption to another machine."""

    name: str | None = None
    """Name of the file; by default the last part of the address."""
    rows: str = ""
    """Names, separated by dots, that lead to the list of rows; empty if the answer is the list."""
    total: str | None = None
    """Where the answer announces the number of all rows; empty if nowhere, whatever a name there looks like."""
    changed: str | None = None
    """Where the first answer has what changes whenever rows do; without it, every pull fetches the rows."""
    ok: Ok | None = None
    page: Page | None = None
    content_type: str | None = None
    """Kind of content that the interface says its JSON is, if not JSON."""

    token_file: Path | None = None
    token_env: str | None = None
    header: str = "Authorization"
    prefix: str = "Bearer "
    token_param: str | None = None
    """Parameter that has the token, instead of a header."""
    sign: Signing | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    key_password_file: Path | None = None
    key_password_env: str | None = None
    ca_file: Path | None = None

    _paths = field_validator("token_file", "cert_file", "key_file", "key_password_file", "ca_file")(below_home)

    @field_validator("url")
    @classmethod
    def _server(cls, url: str) -> str:
        parts = urlsplit(url)
        if not parts.hostname or "@" in parts.netloc or "#" in url or not _is_port(parts.netloc):
            raise ValueError("应为 https://服务器/路径;账号写在 user,不写在地址里")
        return url

    @field_validator("tables")
    @classmethod
    def _below(cls, tables: dict[str, str]) -> dict[str, str]:
        for path in tables.values():
            parts = urlsplit(path)
            if parts.scheme or parts.netloc or path.startswith("/") or "#" in path or ".." in unquote(path).split("/"):
                raise ValueError("每张表应为 url 之下的相对路径,可以带“?参数=值”")
        return tables

    @field_validator("header")
    @classmethod
    def _header_name(cls, header: str) -> str:
        if not _HEADER.fullmatch(header):
            raise ValueError("应为请求头的名字,例如 Authorization")
        return header

    @field_validator("name")
    @classmethod
    def _file_name(cls, name: str | None) -> str | None:
        if name is not None and (re.search(r"[/\\\x00-\x1f\x7f]", name) or not _ENDING.search(name)):
            raise ValueError("应为带扩展名的文件名,例如 住院{month:%Y%m}.xlsx,不含路径")
        return name

    @model_validator(mode="after")
    def _consistent(self) -> InterfaceLocation:
        for problem in (*self._transport_problems(), *self._request_problems(), *self._login_problems()):
            raise ValueError(problem)
        return self

    def _transport_problems(self) -> Iterator[str]:
        parts = urlsplit(self.url)
        if parts.scheme == "http" and not (self.plain or is_loopback(parts.hostname or "")):
            yield "http:// 不加密,内容和密码会被看到;请用 https://,确无加密时写 plain = true"
        if self.key_file and not self.cert_file:
            yield "有 key_file 时还要写 cert_file(客户端证书)"

    def _request_problems(self) -> Iterator[str]:
        if self.body is not None and self.method == "GET":
            yield '有 body 时请写 method = "POST"'
        for table in self.tables or [""]:
            texts = self.texts(table)
            check_pattern("/".join(texts), called=_CALLED)
            if any(map(has_month, texts)) == self.snapshot:
                yield "请求里要有月份,例如 {month:%Y%m};只保留最新状态的接口则写 snapshot = true,且不写月份"
            query = urlsplit(texts[0]).query
            if any(map(_SECRET.fullmatch, [*self.params, *(self.body or {}), *(n for n, _ in parse_qsl(query))])):
                yield "参数里不能写密码或令牌;请用 token_file 和 token_param,或 sign"
            if self.gives == "file" and not self.name and not _ENDING.search(urlsplit(texts[0]).path):
                yield '地址的末尾不是带扩展名的文件名;请用 name 写明,例如 name = "住院{month:%Y%m}.xlsx"'
        of_rows = (self.rows, self.total, self.changed, self.ok, self.page, self.content_type)
        if self.gives == "file" and (any(of_rows) or (self.name and self.tables)):
            yield 'gives = "file" 时不能写 rows、total、changed、ok、page、content_type;有 tables 时不能写 name'
        if self.gives == "rows" and self.name:
            yield 'name 只用于 gives = "file"'

    def _login_problems(self) -> Iterator[str]:
        has_token = bool(self.token_file or self.token_env)
        has_password = bool(self.password_file or self.password_env)
        if (self.token_file and self.token_env) or (self.password_file and self.password_env):
            yield "密码或令牌请只写一处:…_file 或 …_env"
        if bool(self.user) != has_password:
            yield "user 要与 password_file 或 password_env 一起写"
        if has_token and self.user and not self.token_param and self.header.lower() == "authorization":
            yield "令牌与账号密码不能都放在 Authorization 里;请改 header 或去掉其中一种"
        if self.token_param and not has_token:
            yield "有 token_param 时还要写 token_file 或 token_env"

    def texts(self, table: str) -> list[str]:
        """Return what a request for a table is made of, the address first: all that may have the month."""
        path = self.tables.get(table)
        url = self.url if path is None else f"{self.url.rstrip('/')}/{path}"
        return [url, *_texts(self.params), *_texts(self.body or {})]

    @property
    def keeps_months(self) -> bool:
        """Whether the place tells one month from another."""
        return not self.snapshot

    @contextmanager
    def open(self, tables: Sequence[str]) -> Iterator[Source]:
        """Get ready to ask; nothing is sent before something is listed or fetched."""
        # The settings are read by commands that answer at once; httpx takes a third of a second.
        from sources.landing.transport.interface.opened import opened

        with opened(self, tables) as source:
            yield source


def _texts(values: Mapping[str, Value]) -> list[str]:
    return [value for value in values.values() if isinstance(value, str)]


def _is_port(netloc: str) -> bool:
    return re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(:\d{1,5})?", netloc) is not None

"""Reach an object store that speaks S3, with botocore: its pages are listed as they arrive, its time-outs are its own.

Belongs here: keys as paths, logging in, what a failure means. Does not belong here: which objects are new.

A folder is a prefix of keys. An object appears once it is complete, so that nothing has to settle.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from urllib.parse import unquote, urlsplit

from pydantic import field_validator, model_validator

from sources.landing.transport.files import FileLocation
from sources.landing.transport.location import CONNECT_SECONDS, SILENT_SECONDS, below_home, require_tls, secret_of
from sources.landing.transport.store import Entry, local_time
from sources.landing.transport.trouble import (
    CERTIFICATE,
    LOGIN,
    MAKE_ROOM,
    NETWORK,
    NOT_WRITTEN,
    TransportError,
)

_MD5 = re.compile(r'"?([0-9a-f]{32})"?')
_PAGE = 1000
_LOGIN = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "401")
_FULL = ("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "EntityTooLarge", "InsufficientCapacity")
_BUSY = ("SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "500", "502", "503", "504")


class S3Location(FileLocation):
    """Objects below a prefix of a bucket: ``s3://bucket/prefix``."""

    schemes = ("s3",)
    label = "对象存储(S3)"
    example = """\
# 兼容 S3 的对象存储:桶和文件夹写在 url,服务器写在 endpoint_url。
url = "s3://extracts/health"
endpoint_url = "https://s3.example.gov.cn"
access_key = "shouwang"
secret_file = "/etc/shouwang/s3.secret"
pattern = "{month:%Y%m}/"
"""
    is_whole: ClassVar[bool] = True

    endpoint_url: str
    """Address of the server, ``https://…``."""
    access_key: str
    secret_file: Path | None = None
    secret_env: str | None = None
    region: str = "us-east-1"
    path_style: bool = True
    """Whether the bucket is in the path of addresses; some public clouds want it before the host's name."""
    ca_file: Path | None = None
    plain: bool = False
    """Whether an ``http://`` address may be used beyond this machine."""

    _files_below_home = field_validator("secret_file", "ca_file")(below_home)

    @model_validator(mode="after")
    def _complete(self) -> S3Location:
        if not urlsplit(self.url).hostname:
            raise ValueError("url 应为 s3://桶/文件夹")
        if not (self.secret_file or self.secret_env):
            raise ValueError("要写 secret_file 或 secret_env")
        require_tls(self.endpoint_url, self.plain)
        return self

    @contextmanager
    def connect(self) -> Iterator[S3Store]:
        """Prepare signed requests; the first one tells whether they are accepted."""
        from botocore.config import Config
        from botocore.session import Session

        parts = urlsplit(self.url)
        # Neither files of the user's home nor a profile that the environment names.
        nothing = {"profile": None, "config_file": os.devnull, "credentials_file": os.devnull}
        session = Session({name: (None, None, value, None) for name, value in nothing.items()})
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=SILENT_SECONDS,
            proxies={},
            retries={"total_max_attempts": 2, "mode": "standard"},
            s3={"addressing_style": "path" if self.path_style else "virtual"},
            # Checksums that only the first of all such stores knows.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        client = session.create_client(
            "s3",
            self.region,
            endpoint_url=self.endpoint_url,
            verify=str(self.ca_file) if self.ca_file else True,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=secret_of(self.secret_file, self.secret_env),
            config=config,
        )
        with closing(client):
            yield S3Store(client, parts.netloc, unquote(parts.path).strip("/"))

    def explain(self, error: BaseException) -> TransportError | None:
        """Explain the errors of botocore."""
        from botocore import exceptions as boto

        match error:
            case boto.ClientError():
                return _of_answer(error.response)
            case boto.SSLError():
                return TransportError("对方的证书不受信任、已过期或与域名不符", CERTIFICATE)
            case boto.ConnectTimeoutError() | boto.ReadTimeoutError():
                return TransportError("对方服务器没有按时回应", NETWORK, True)
            case boto.EndpointConnectionError():
                return TransportError("找不到对方的服务器,或对方拒绝连接(服务可能没有启动)", NETWORK, True)
            case boto.HTTPClientError() | boto.IncompleteReadError():
                return TransportError("连接中途断开", NETWORK, True)
        return None


def _of_answer(answer: Mapping[str, Any]) -> TransportError:
    """Explain an answer of the server by its code; its text may name a key."""
    code = str(answer.get("Error", {}).get("Code", ""))
    if code in _LOGIN:
        return TransportError("对方拒绝登录(access_key 或密钥不对)", LOGIN)
    if code in ("AccessDenied", "403"):
        return TransportError("对方拒绝访问(账号不对或没有权限)", f"{LOGIN};或请对方授予该账号读取权限")
    if code in ("NoSuchBucket", "NoSuchKey", "404"):
        return TransportError("对方没有设置里写的文件夹或文件", "请核对设置里的路径")
    if code == "RequestTimeTooSkewed":
        return TransportError("本机与对方的时钟相差太多", "请校准本机时间")
    if code in _FULL:
        return TransportError(NOT_WRITTEN, MAKE_ROOM)
    if code in _BUSY:
        return TransportError("对方服务器忙或出错", NETWORK, True)
    return TransportError("对方的回应无法理解", "请联系技术人员")


class S3Store:
    """The objects below a prefix."""

    def __init__(self, client: Any, bucket: str, root: str) -> None:
        self._client, self._bucket, self._root = client, bucket, root

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield the objects and prefixes right below a prefix, page by page."""
        prefix = self._at(folder) + "/" if self._at(folder) else ""
        pages = self._client.get_paginator("list_objects_v2")
        is_empty = True
        for page in pages.paginate(
            Bucket=self._bucket, Prefix=prefix, Delimiter="/", PaginationConfig={"PageSize": _PAGE}
        ):
            for found in page.get("CommonPrefixes", []):
                is_empty = False
                yield Entry(found["Prefix"][len(prefix) : -1], is_folder=True)
            for found in page.get("Contents", []):
                is_empty = False
                # Consoles make an object of the prefix itself to show an empty folder.
                if found["Key"] != prefix:
                    name, tag = found["Key"][len(prefix) :], str(found.get("ETag", ""))
                    yield Entry(name, False, found["Size"], local_time(found["LastModified"]), tag)
        if is_empty and prefix:
            raise FileNotFoundError

    def read(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open an object."""
        answer = self._client.get_object(Bucket=self._bucket, Key=self._at(path))
        return io.BufferedReader(_Body(answer["Body"], _announced(answer)), 1 << 16)

    def write(self, path: str, content: Path) -> None:
        """Put an object there, which appears once it is complete."""
        with content.open("rb") as source:
            self._client.put_object(Bucket=self._bucket, Key=self._at(path), Body=source)

    def copy(self, path: str, target: str) -> bool:
        """Let the server copy an object; return False if it is not there."""
        from botocore.exceptions import ClientError

        source = {"Bucket": self._bucket, "Key": self._at(path)}
        try:
            self._client.copy_object(Bucket=self._bucket, Key=self._at(target), CopySource=source)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in ("NoSuchKey", "404"):
                raise
            return False
        return True

    def remove(self, folder: str) -> None:
        """Remove every object below a prefix, one by one: not every store knows how to remove several."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._at(folder) + "/", PaginationConfig={"PageSize": _PAGE}
        )
        for key in [found["Key"] for page in pages for found in page.get("Contents", [])]:
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def _at(self, path: str) -> str:
        return "/".join(part for part in (self._root, path) if part)


def _announced(answer: Mapping[str, Any]) -> str | None:
    """Return the MD5 of an object: its ETag, unless it came in parts (it has a dash) or is encrypted at the server."""
    if answer.get("ServerSideEncryption") or answer.get("SSECustomerAlgorithm"):
        return None
    match = _MD5.fullmatch(str(answer.get("ETag", "")))
    return match[1] if match else None


class _Body(io.RawIOBase):
    """An object being read; at its end its hash is compared."""

    def __init__(self, body: Any, md5: str | None) -> None:
        self._body, self._md5 = body, md5
        self._found = hashlib.md5(usedforsecurity=False)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer. Raises TransportError at the end if the content is another one."""
        data = self._body.read(len(buffer))
        self._found.update(data)
        if not data and self._md5 not in (None, self._found.hexdigest()):
            raise TransportError("收到的内容与对方给出的校验值不符", "稍后会自动再试", True)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the connection."""
        self._body.close()
        super().close()

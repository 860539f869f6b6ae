"""Reach an SFTP server with paramiko.

Belongs here: the server's key, logging in, what a failure means. Does not belong here: files (``sftp_store``).

The server's key has to be in the settings: who trusts any key at the first time trusts anybody. Neither an agent nor
keys of the user's home are tried: the login is what the settings name.
"""

from __future__ import annotations

import base64
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pydantic import field_validator, model_validator

from sources.landing.transport.files import FileLocation
from sources.landing.transport.location import CONNECT_SECONDS, SILENT_SECONDS, WithPassword, below_home, secret_of
from sources.landing.transport.sftp_store import SftpStore
from sources.landing.transport.store import Store
from sources.landing.transport.trouble import LOGIN, NETWORK, TransportError

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, SSHClient

_HOST_KEY = re.compile(r"(?P<type>(?:ssh|ecdsa|sk)-[\w@.-]+) +(?P<key>[A-Za-z0-9+/]{40,}=*)(?: .*)?")
_VERIFY = "请向对方核实;属实后更正设置里的 host_key 或 known_hosts_file,核实前不要连接"


class SftpLocation(WithPassword, FileLocation):
    """A folder on an SFTP server; below ``/~/`` the path starts at the account's own folder."""

    schemes = ("sftp",)
    label = "SFTP"
    example = """\
# SFTP 服务器。host_key 是对方的主机公钥(向对方要,或用 ssh-keyscan 取得后打电话核对)。
url = "sftp://files.example.gov.cn/extracts"
user = "shouwang"
host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
# 私钥文件(chmod 600);用密码登录的改写 password_file。
key_file = "/etc/shouwang/extracts.key"
pattern = "{month:%Y%m}/"
# 把反馈工作簿放回对方的“反馈”文件夹;写了密码文件就加密。
give_back = { folder = "反馈", password_file = "/etc/shouwang/feedback.password" }
"""

    host_key: str | None = None
    """The server's public key, ``ssh-ed25519 AAAA…``."""
    known_hosts_file: Path | None = None
    """A file in OpenSSH's format that has the server's public key."""
    key_file: Path | None = None
    """Private key to log in with."""
    passphrase_file: Path | None = None
    passphrase_env: str | None = None

    _files_below_home = field_validator("known_hosts_file", "key_file", "passphrase_file")(below_home)

    @field_validator("host_key")
    @classmethod
    def _type_and_key(cls, key: str | None) -> str | None:
        if key and not _HOST_KEY.fullmatch(key):
            raise ValueError("应为对方的主机公钥,例如 ssh-ed25519 AAAA…")
        return key

    @model_validator(mode="after")
    def _complete(self) -> SftpLocation:
        if bool(self.host_key) == bool(self.known_hosts_file):
            raise ValueError("host_key(对方的主机公钥)与 known_hosts_file 要写其中一个,用来确认对方是谁")
        if not self._account:
            raise ValueError("要写 user(账号)")
        if not (self.key_file or self.password_file or self.password_env):
            raise ValueError("要写 key_file(私钥文件)、password_file 或 password_env 之一")
        return self

    @property
    def _account(self) -> str:
        return self.user or unquote(urlsplit(self.url).username or "")

    @contextmanager
    def connect(self) -> Iterator[Store]:
        """Check the server's key, then log in."""
        from paramiko import SSHClient

        # Its log has names of files, and goes to standard error if nobody handles it.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
        client = SSHClient()
        try:
            yield SftpStore(self._session(client), unquote(urlsplit(self.url).path))
        finally:
            client.close()

    def _session(self, client: SSHClient) -> SFTPClient:
        """Open an SFTP session, all within ``CONNECT_SECONDS``: starting the subsystem has no time-out of its own."""
        from paramiko import SFTPClient

        password, pkey, began = self.password(), self._private_key(), time.monotonic()
        host, port = urlsplit(self.url).hostname or "", urlsplit(self.url).port or 22
        self._trust(client, host if port == 22 else f"[{host}]:{port}")
        alarm = Timer(CONNECT_SECONDS, client.close)
        alarm.daemon = True
        alarm.start()
        try:
            client.connect(
                host,
                port,
                self._account,
                password,
                pkey,
                timeout=CONNECT_SECONDS,
                allow_agent=False,
                look_for_keys=False,
            )
            channel: Any = client.get_transport()
            channel = channel.open_session(timeout=CONNECT_SECONDS)
            channel.settimeout(SILENT_SECONDS)
            channel.invoke_subsystem("sftp")
            return SFTPClient(channel)
        except Exception:
            if time.monotonic() - began >= CONNECT_SECONDS:
                raise TimeoutError from None
            raise
        finally:
            alarm.cancel()

    def _trust(self, client: SSHClient, host: str) -> None:
        """Let the client trust the key of the settings, and refuse a server that they do not know."""
        from paramiko import PKey

        client.set_missing_host_key_policy(_refuse)
        try:
            if self.known_hosts_file:
                client.load_host_keys(str(self.known_hosts_file))
            elif match := _HOST_KEY.fullmatch(self.host_key or ""):
                key = PKey.from_type_string(match["type"], base64.b64decode(match["key"]))
                client.get_host_keys().add(host, match["type"], key)
        except Exception:
            raise TransportError("设置里的主机公钥读不到或无法理解", "请核对 host_key 或 known_hosts_file") from None

    def _private_key(self) -> PKey | None:
        from paramiko import PKey

        if self.key_file is None:
            return None
        passphrase = secret_of(self.passphrase_file, self.passphrase_env)
        try:
            # The annotation says str, but only bytes are taken (paramiko 5.1).
            return PKey.from_path(self.key_file, passphrase and passphrase.encode())  # type: ignore[arg-type]
        except Exception:
            todo = f"{LOGIN};私钥有口令的,用 passphrase_file 或 passphrase_env 指明"
            raise TransportError(f"私钥文件 {self.key_file.name} 读不到、格式不对或口令不对", todo) from None

    def explain(self, error: BaseException) -> TransportError | None:
        """Explain the errors of paramiko."""
        from paramiko import ssh_exception as ssh

        match error:
            case ssh.BadHostKeyException():
                cause = f"对方的主机密钥变了(现在的指纹是 {error.key.fingerprint}),可能有人冒充对方"
                return TransportError(cause, _VERIFY)
            case ssh.AuthenticationException():
                return TransportError("对方拒绝登录(账号、密码或密钥不对)", LOGIN)
            case ssh.NoValidConnectionsError():
                return TransportError("对方服务器拒绝连接(服务可能没有启动)", NETWORK, True)
            case ssh.IncompatiblePeer():
                return TransportError("双方没有共同的加密方式", "请对方升级 SFTP 服务")
            case ssh.ChannelException():
                return TransportError("登录成功,但对方没有开通 SFTP", "请对方为该账号开通 SFTP")
            case ssh.SSHException() | OSError(args=("Socket is closed",)):
                return TransportError("连接中途断开,或对方不是 SFTP 服务", NETWORK, True)
        return None


class _Refusal:
    """What is done with a server whose key nobody has given."""

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:
        """Refuse it."""
        raise TransportError(f"known_hosts_file 里没有对方的主机密钥(现在的指纹是 {key.fingerprint})", _VERIFY)


_refuse: Any = _Refusal()

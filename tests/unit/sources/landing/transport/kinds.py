"""A folder of each kind of location on a real server, which tests fill and misuse in the same way."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sources.home import Home
from sources.landing.transport import location_of
from sources.landing.transport.files import FileLocation

OLD = 1_600_000_000


@dataclass
class Place:
    """A folder at a server, by the settings that reach it."""

    kind: str
    home: Home
    entry: dict[str, Any]
    root: Path | None = None
    """The folder of this machine that the server serves, if it serves one."""
    server: Any = None
    wrong: dict[str, Any] = field(default_factory=dict)
    """Settings with which logging in fails."""

    def location(self, pattern: str = "{month:%Y-%m}/", **settings: Any) -> FileLocation:
        location = location_of({**self.entry, "pattern": pattern, **settings}, self.home.root)
        assert isinstance(location, FileLocation)
        return location

    def put(self, path: str, content: bytes = "姓名\n甲".encode()) -> None:
        assert self.root is not None
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def get(self, path: str) -> bytes:
        assert self.root is not None
        return (self.root / path).read_bytes()

    def remove(self, path: str) -> None:
        assert self.root is not None
        (self.root / path).unlink()

    def names(self) -> list[str]:
        """The paths of all files, also of hidden ones."""
        assert self.root is not None
        return sorted(str(p.relative_to(self.root)) for p in self.root.rglob("*") if not p.is_dir())


def secret(home: Home, text: str) -> str:
    """A file of the owner with a secret."""
    path = home.root / f"secret-{secrets.token_hex(4)}"
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def _folder(request: pytest.FixtureRequest, home: Home, name: str) -> Place:
    root = home.root.parent / name
    return Place("folder", home, {"url": str(root)}, root)


def _sftp(request: pytest.FixtureRequest, home: Home, name: str) -> Place:
    server = request.getfixturevalue("sftp")
    entry = {
        "url": f"sftp://{server.host}:{server.port}{server.root}/{name}",
        "user": server.user,
        "host_key": server.host_key,
        "key_file": str(server.key_file),
    }
    wrong = {"key_file": None, "password_file": secret(home, "wrong-secret")}
    return Place("sftp", home, entry, server.root / name, server, wrong)


class Bucket(Place):
    """A prefix of a bucket."""

    @property
    def _top(self) -> str:
        return self.entry["url"].removeprefix("s3://").partition("/")[2] + "/"

    def put(self, path: str, content: bytes = b"x") -> None:
        self.server.client().put_object(Bucket=self.server.bucket, Key=self._top + path, Body=content)

    def get(self, path: str) -> bytes:
        return self.server.client().get_object(Bucket=self.server.bucket, Key=self._top + path)["Body"].read()

    def remove(self, path: str) -> None:
        self.server.client().delete_object(Bucket=self.server.bucket, Key=self._top + path)

    def names(self) -> list[str]:
        found = self.server.client().list_objects_v2(Bucket=self.server.bucket, Prefix=self._top)
        return sorted(each["Key"].removeprefix(self._top) for each in found.get("Contents", []))


def _s3(request: pytest.FixtureRequest, home: Home, name: str) -> Place:
    server = request.getfixturevalue("s3")
    entry = {
        "url": f"s3://{server.bucket}/{name}",
        "endpoint_url": server.url,
        "access_key": server.key,
        "secret_file": secret(home, server.secret),
    }
    return Bucket("s3", home, entry, None, server, {"secret_file": secret(home, "wrong-secret")})


def _smb(request: pytest.FixtureRequest, home: Home, name: str) -> Place:
    server = request.getfixturevalue("smb")
    entry = {
        "url": f"smb://{server.host}:{server.port}/{server.share}/{name}",
        "user": server.user,
        "password_file": secret(home, server.password),
    }
    return Place("smb", home, entry, server.root / name, server, {"password_file": secret(home, "wrong-secret")})


def _webdav(request: pytest.FixtureRequest, home: Home, name: str) -> Place:
    server = request.getfixturevalue("webdav")
    entry = {
        "url": f"davs://{server.host}:{server.port}/{name}",
        "user": server.user,
        "password_file": secret(home, server.password),
        "ca_file": str(server.ca_file),
    }
    return Place("webdav", home, entry, server.root / name, server, {"password_file": secret(home, "wrong-secret")})


KINDS: dict[str, Callable[[pytest.FixtureRequest, Home, str], Place]] = {
    "folder": _folder,
    "sftp": _sftp,
    "s3": _s3,
    "smb": _smb,
    "webdav": _webdav,
}
REMOTE = [kind for kind in KINDS if kind != "folder"]


def place_of(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty folder at a server of a kind."""
    home = Home(tmp_path / "home")
    home.prepare()
    place = KINDS[kind](request, home, f"extracts-{secrets.token_hex(4)}")
    if place.root:
        place.root.mkdir()
        request.addfinalizer(lambda: shutil.rmtree(place.root or "", ignore_errors=True))
    return place

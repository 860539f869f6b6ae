"""With a key nothing in the backup can be read without it, and a wrong key is refused in words."""

from __future__ import annotations

import errno
import io
import stat
from pathlib import Path

import pyrage
import pytest
from pydantic import BaseModel

from orchestration.backup.cipher import cipher_of, make_key
from orchestration.backup.errors import BackupError
from orchestration.backup.store import Store, _Hashing
from orchestration.commands.backup import warnings
from orchestration.runtime.settings import Settings
from sources.landing.transport.location import WithPassword
from tests.unit.orchestration.backup.builder import SECRET, SmallHome, files, size_of


@pytest.fixture
def small(tmp_path: Path) -> SmallHome:
    make_key(tmp_path / "key" / "backup.key")
    return SmallHome(tmp_path, tmp_path / "key" / "backup.key")


def _with_key(small: SmallHome, key_file: Path | None) -> SmallHome:
    small.settings = Settings(home=small.home.root, backup_key_file=key_file)
    return small


def test_nothing_can_be_read_without_the_key_and_everything_with_it(small: SmallHome) -> None:
    done = small.back_up()
    again = small.back_up()
    assert again.bytes_written < done.bytes_written / 10
    kept = [p for p in (small.folder / "backup").rglob("*") if p.is_file()]
    originals = {p.name for p in small.home.archive.rglob("*") if p.is_file()}
    assert not any(SECRET.encode() in p.read_bytes() for p in kept)
    assert not any(name in p.name for p in kept for name in originals), "no name tells the hash of a delivered file"
    assert files(small.restore().root)["restricted/secret"] == SECRET.encode()
    # The format is that of age: whoever has the key needs no Shouwang.
    key = (small.folder / "key" / "backup.key").read_text("utf-8").split("\n")[1]
    identity = pyrage.x25519.Identity.from_str(key)
    objects = [p.read_bytes() for p in kept if p.parent.parent.name == "objects"]
    assert SECRET.encode() in {pyrage.decrypt(content, [identity]) for content in objects}


def test_a_wrong_a_missing_and_a_broken_key_are_refused_in_words(small: SmallHome) -> None:
    small.back_up()
    make_key(small.folder / "other.key")
    with pytest.raises(BackupError, match=r"用另一把密钥加密的.*与设置 backup_key_file 的密钥"):
        _with_key(small, small.folder / "other.key").restore()
    with pytest.raises(BackupError, match=r"用另一把密钥加密的.*设置里没有 backup_key_file"):
        _with_key(small, None).restore()
    with pytest.raises(BackupError, match="备份密钥文件不存在"):
        _with_key(small, small.folder / "none.key").restore()
    (small.folder / "broken.key").write_text("AGE-SECRET-KEY-1ABC\n", "utf-8")
    with pytest.raises(BackupError, match="不完整或抄错"):
        _with_key(small, small.folder / "broken.key").restore()
    assert not (small.folder / "restored").exists()


def test_a_plain_and_an_encrypted_backup_do_not_mix(small: SmallHome) -> None:
    small.back_up()
    with pytest.raises(BackupError, match="设置里没有 backup_key_file"):
        _with_key(small, None).back_up()
    size = size_of(small.folder / "backup")
    _with_key(small, None).back_up("plain")
    with pytest.raises(BackupError, match="是没有加密的备份"):
        _with_key(small, small.folder / "key" / "backup.key").back_up("plain")
    assert size_of(small.folder / "backup") == size


def test_damage_to_an_encrypted_backup_is_named(small: SmallHome) -> None:
    small.back_up()
    largest = max((small.folder / "backup").rglob("objects/*/*"), key=lambda p: p.stat().st_size)
    content = bytearray(largest.read_bytes())
    content[len(content) // 2] ^= 1
    largest.write_bytes(content)
    with pytest.raises(BackupError, match=str(largest)):
        small.restore()


def test_a_full_disk_is_an_error_of_the_disk(small: SmallHome) -> None:
    # The library says it in an error of its own, of which no office could make anything.
    store = Store(small.folder, cipher_of(small.settings.backup_key_file))
    content = _Hashing(io.BytesIO(b"x" * 100_000))
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space left") as failed:
        store._seal(content, _Hashing(full))
    assert failed.value.errno == errno.ENOSPC


def test_a_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    make_key(tmp_path / "backup.key")
    before = (tmp_path / "backup.key").read_bytes()
    assert stat.S_IMODE((tmp_path / "backup.key").stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="已经存在"):
        make_key(tmp_path / "backup.key")
    assert (tmp_path / "backup.key").read_bytes() == before
    with pytest.raises(BackupError, match="没有设置 backup_key_file"):
        make_key(None)


def test_a_key_in_the_home_is_in_no_backup(tmp_path: Path) -> None:
    key_file = tmp_path / "home" / "restricted" / "backup.key"
    make_key(key_file)
    small = SmallHome(tmp_path, key_file)
    small.back_up()
    assert "restricted/backup.key" not in files(small.restore().root)


class Signed(BaseModel):
    """Settings within those of a location."""

    secret_file: Path


class Guarded(WithPassword):
    """A location with every kind of secret."""

    schemes = ("guarded",)
    key_file: Path | None = None
    sign: Signed | None = None


def test_the_office_is_warned_of_secrets_that_locations_need(tmp_path: Path) -> None:
    home, key = tmp_path / "home", Path("restricted/backup.key")
    inside = Guarded(url="guarded://a/x", password_file=home / "restricted" / "inside")
    locations = {"human_resources": inside}
    assert len(warnings(Settings(home=home, backup_key_file=key, locations=locations))) == 1
    outside = {
        "agriculture": Guarded(url="guarded://b/x", key_file=tmp_path / "id", password_env="OFFICE_PASSWORD"),
        "civil_affairs": Guarded(url="guarded://b/x", password_file=tmp_path / "password"),
        "health": Guarded(url="guarded://b/x", sign=Signed(secret_file=tmp_path / "sign")),
    }
    _, files, variables = warnings(Settings(home=home, backup_key_file=key, locations=locations | outside))
    assert "、".join(str(tmp_path / name) for name in ("id", "password", "sign")) in files
    assert "inside" not in files
    assert "OFFICE_PASSWORD" in variables


def test_the_office_is_warned_of_the_addresses_of_channels(tmp_path: Path) -> None:
    home, key = tmp_path / "home", Path("restricted/backup.key")
    alerts = {"office": {"address_file": tmp_path / "robot"}, "health": {"address_env": "HEALTH_ROBOT"}}
    _, files, variables = warnings(Settings(home=home, backup_key_file=key, alerts=alerts))
    assert str(tmp_path / "robot") in files
    assert "HEALTH_ROBOT" in variables
    inside = {"office": {"address_file": "restricted/robot"}}
    assert len(warnings(Settings(home=home, backup_key_file=key, alerts=inside))) == 1


def test_the_office_is_warned(tmp_path: Path) -> None:
    plain = Settings(home=tmp_path / "home", secret_file=tmp_path / "secret", locations={"health": tmp_path / "share"})
    first, second, third = warnings(plain)
    assert "备份没有加密" in first
    assert f"密钥 {tmp_path / 'secret'} 不在数据目录里" in second
    assert str(tmp_path / "share") in third
    (only,) = warnings(Settings(home=tmp_path / "home", backup_key_file=Path("restricted/backup.key")))
    assert "数据目录丢失时备份也打不开" in only
    assert "1234" not in "".join(warnings(plain, ("inbox/441802198006150012.csv",)))

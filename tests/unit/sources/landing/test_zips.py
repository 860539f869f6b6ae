"""Zip archives: names, nesting, paths that climb out, limits."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

import pytest

from sources.landing.zips import list_zip, read_member
from sources.refusal import RefusedError
from tests.unit.sources.builder import zip_file


def _unpacked(content: bytes) -> dict[str, bytes]:
    return {name: read_member(content, member) for name, member in list_zip(content).items()}


def test_members_come_by_name_in_code_point_order() -> None:
    content = zip_file({"乙.csv": b"2", "folder/甲.csv": b"3", "B.csv": b"1"})
    assert list(_unpacked(content).items()) == [("B.csv", b"1"), ("folder/甲.csv", b"3"), ("乙.csv", b"2")]


def test_names_without_the_flag_are_gb18030() -> None:
    assert list(list_zip(zip_file({"参保名册.csv": b"", "𬒔.csv": b""}, "gb18030"))) == ["参保名册.csv", "𬒔.csv"]


NAMES = ["保.csv", "特困人员名单.xlsx", "低保花名册.xlsx", "农村低保对象花名册6月/石角镇.csv", "名册(二)é.csv"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_without_the_flag_are_utf8_as_on_a_mac_or_else_gb18030(name: str, encoding: str) -> None:
    assert list(list_zip(zip_file({name: b"x"}, encoding))) == [name]


def _with_unicode_path(name: str, stored: bytes, of: bytes, version: int = 1) -> bytes:
    """A zip whose member is stored under other bytes, with the name in UTF-8 in its field 0x7075."""
    field = bytes([version]) + zlib.crc32(of).to_bytes(4, "little") + name.encode()
    info = zipfile.ZipInfo(stored.decode("ascii"))
    info.extra = struct.pack("<HH", 0x0001, 0) + struct.pack("<HH", 0x7075, len(field)) + field
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, b"x")
    return out.getvalue()


def test_the_unicode_path_field_names_its_own_member_only() -> None:
    assert list(list_zip(_with_unicode_path("低保名册.csv", b"a.csv", b"a.csv"))) == ["低保名册.csv"]
    assert list(list_zip(_with_unicode_path("低保名册.csv", b"a.csv", b"b.csv"))) == ["a.csv"]
    assert list(list_zip(_with_unicode_path("低保名册.csv", b"a.csv", b"a.csv", version=2))) == ["a.csv"]
    with pytest.raises(RefusedError, match="指向包外"):
        list_zip(_with_unicode_path("../低保名册.csv", b"a.csv", b"a.csv"))


def test_what_systems_add_to_a_zip_is_not_seen() -> None:
    noise = {"__MACOSX/._a.csv": b"", ".DS_Store": b"", "x/Thumbs.db": b"", "~$a.xlsx": b"", "x/": b"", "a.csv": b"1"}
    assert list(list_zip(zip_file(noise))) == ["a.csv"]


@pytest.mark.parametrize(
    "name",
    [
        *("Icon\r", "x/Icon\r", ".fseventsd/x.csv", ".Spotlight-V100/y.csv", ".Trashes/501/a.csv"),
        *("x/.TemporaryItems/y.csv", "__MACOSX/x/._a.zip", ".hidden/b.zip", "._a.csv", ".AppleDouble/a.csv"),
    ],
)
def test_what_a_mac_hides_is_not_seen(name: str) -> None:
    assert list(list_zip(zip_file({"a.csv": b"1", name: b"2"}))) == ["a.csv"]


@pytest.mark.parametrize("name", ["Icon.csv", "x.y/b.csv", "a.b.csv", "MACOSX/b.csv", "./b.csv"])
def test_names_that_only_look_hidden_are_seen(name: str) -> None:
    assert len(list_zip(zip_file({"a.csv": b"1", name: b"2"}))) == 2


@pytest.mark.parametrize(
    "name", ["../a.csv", "x/../../a.csv", "/etc/a.csv", "C:\\a.csv", "c:a.csv", "\\\\server\\a.csv", "..\\a.csv"]
)
def test_a_zip_that_climbs_out_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="指向包外"):
        list_zip(zip_file({"good.csv": b"1", name: b"2"}))


def test_a_link_in_a_zip_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(RefusedError, match="指向包外"):
        list_zip(out.getvalue())


@pytest.mark.parametrize("name", ["b.zip", "b.ZIP", "x/b.rar", "b.7z"])
def test_a_zip_that_nests_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="还有压缩包"):
        list_zip(zip_file({"a.csv": b"1", name: b"2"}))


def test_two_members_of_one_name_are_refused_rather_than_one_lost() -> None:
    with pytest.raises(RefusedError, match="同名"):
        list_zip(zip_file({"x\\a.csv": b"1", "x/a.csv": b"2"}))


@pytest.mark.parametrize("members", [{}, {"x/": b""}, {".DS_Store": b""}])
def test_an_empty_zip_is_refused(members: dict[str, bytes]) -> None:
    with pytest.raises(RefusedError, match="没有文件"):
        list_zip(zip_file(members))


def test_a_bomb_is_refused() -> None:
    with pytest.raises(RefusedError, match="100倍"):
        list_zip(zip_file({"a.csv": bytes(10_000_000)}))
    assert list_zip(zip_file({"a.csv": b"ab" * 500}))


def test_a_declared_size_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.landing.zips.MAX_UNPACKED", 1000)
    with pytest.raises(RefusedError, match="2GiB"):
        list_zip(zip_file({"a.csv": bytes(range(256)) * 4}))


def test_members_are_counted_before_their_names_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.landing.zips.MAX_MEMBERS", 2)
    assert len(list_zip(zip_file({"a.csv": b"1", "b.csv": b"2"}))) == 2
    with pytest.raises(RefusedError, match="内的文件超过"):
        list_zip(zip_file({"a.csv": b"1", "b.csv": b"2", "c.csv": b"3"}))


def test_a_member_that_is_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sources.landing.zips.MAX_SIZE", 3)
    assert _unpacked(zip_file({"a.csv": b"123"})) == {"a.csv": b"123"}
    with pytest.raises(RefusedError, match="拆分"):
        _unpacked(zip_file({"a.csv": b"1234"}))


def test_a_zip_with_a_password_is_refused() -> None:
    content = bytearray(zip_file({"a.csv": b"123"}))
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(RefusedError, match="已加密"):
        list_zip(bytes(content))


def test_a_truncated_zip_is_refused() -> None:
    content = zip_file({"a.csv": b"123" * 100})
    for cut in (4, 30, len(content) - 5):
        with pytest.raises(RefusedError, match="损坏"):
            list_zip(content[:cut])


def test_a_damaged_member_is_refused_alone() -> None:
    content = bytearray(zip_file({"a.csv": b"a" * 10, "b.csv": bytes(range(256))}))
    start = content.find(b"b.csv") + 5
    content[start + 20 : start + 40] = bytes(20)
    members = list_zip(bytes(content))
    assert read_member(bytes(content), members["a.csv"]) == b"a" * 10
    with pytest.raises(RefusedError, match="已损坏"):
        read_member(bytes(content), members["b.csv"])

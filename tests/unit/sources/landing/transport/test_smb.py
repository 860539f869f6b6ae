"""What only shares have: encryption, reparse points, a share that is absent, an exclusive lock."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.landing.transport import location_of, smb
from sources.landing.transport.trouble import TransportError
from sources.months import Month
from tests.servers.smb import smb_server
from tests.unit.sources.landing.transport.kinds import Place, place_of

JUNE = Month(2021, 6)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of("smb", request, tmp_path)


@pytest.mark.parametrize("encrypt", [True, False])
def test_messages_are_encrypted_unless_the_settings_say_otherwise(place: Place, encrypt: bool) -> None:
    place.put("2021-06/a.csv")
    with place.location(encrypt=encrypt).connect() as store:
        assert [entry.name for entry in store.entries("2021-06")] == ["a.csv"]
        (connection,) = store._options["connection_cache"].values()
        (session,) = connection.session_table.values()
        assert session.encrypt_data is encrypt


def test_a_share_that_is_absent_is_said(place: Place) -> None:
    location = place.location(url=place.entry["url"].replace("/extracts/", "/absent/"))
    with pytest.raises(TransportError, match="没有设置里写的"), location.open(["x", "y"]) as source:
        source.listing(JUNE)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"url": "smb://server"}, "共享名"), ({"user": None}, "user"), ({"password_file": None}, "password_file")],
)
def test_settings_that_lack_something_are_refused(place: Place, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        place.location(**settings)


@pytest.mark.parametrize(
    ("tag", "is_link"),
    [(0xA000000C, True), (0xA0000003, True), (0x80000013, False)],
    ids=["symbolic link", "junction", "deduplicated"],
)
def test_only_reparse_points_that_stand_for_another_path_are_links(tag: int, is_link: bool) -> None:
    from smbclient._os import SMBDirEntryInformation

    now = datetime.now(UTC)
    assert smb._entry(SMBDirEntryInformation(now, now, now, now, 1, 1, 0x400, tag, 1, "a")).is_link is is_link
    assert not smb._entry(SMBDirEntryInformation(now, now, now, now, 1, 1, 0x20, tag, 1, "a")).is_link


def test_two_locations_of_one_server_do_not_share_a_login(place: Place) -> None:
    with (
        place.location().connect(),
        pytest.raises(TransportError, match="登录"),
        place.location(**place.wrong).open(["x", "y"]) as source,
    ):
        source.listing(JUNE)


@pytest.mark.parametrize("end", ["stop", "pause"])
def test_a_server_that_dies_or_stands_still_within_a_file_is_said(
    tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smb, "SILENT_SECONDS", 2.0)
    (tmp_path / "server").mkdir()
    with smb_server(tmp_path / "server") as server:
        (server.root / "2021-06").mkdir()
        (server.root / "2021-06" / "a.csv").write_bytes(b"x" * 20_000_000)
        (tmp_path / "password").write_text(server.password)
        (tmp_path / "password").chmod(0o600)
        entry = {
            "url": f"smb://{server.host}:{server.port}/{server.share}",
            "user": server.user,
            "password_file": "password",
            "pattern": "{month:%Y-%m}/",
        }
        with location_of(entry, tmp_path).open(["x", "y"]) as source:
            (offer,) = source.listing(JUNE).offers
            open_file = source._store.read

            def ending(path):
                opened = open_file(path)
                opened.read(1)
                getattr(server.process, end)()
                return opened

            monkeypatch.setattr(source._store, "read", ending)
            began = time.monotonic()
            with pytest.raises(TransportError) as refused:
                source.fetch(offer, JUNE, tmp_path / "target")
        assert time.monotonic() - began < 30
    assert refused.value.is_passing

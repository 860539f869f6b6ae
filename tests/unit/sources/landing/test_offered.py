"""What a location offers is compared with what was pulled, by listing only."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sources.landing import offered as offered_module
from sources.landing.archive import keep_original
from sources.landing.offered import offered_changes
from sources.landing.pull import last_complete
from sources.landing.pulled import Pulled
from sources.landing.removed import record_removed
from sources.landing.transport.files import FilesSource
from sources.landing.transport.source import Listing, Offer
from sources.landing.transport.trouble import TransportError
from sources.months import Month
from tests.unit.sources.landing.test_pull import HEALTH, JUNE, Desk

JULY = JUNE.shift(1)
NOW = datetime(2021, 8, 6, 2, 0)


def new(desk: Desk, now: datetime = NOW, *months: Month) -> dict[Month, str]:
    location = desk.locations["health"]
    assert not isinstance(location, Path)
    return offered_changes(Pulled(desk.home, "health"), location, HEALTH, months or [JUNE, JULY], now)


def offering(monkeypatch: pytest.MonkeyPatch, *offers: Offer) -> None:
    monkeypatch.setattr(FilesSource, "listing", lambda *_: Listing(offers))


def test_only_what_was_not_pulled_is_new_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    assert new(desk) == {}
    desk.put("2021-06/a.csv")
    first = new(desk)
    assert list(first) == [JUNE]
    assert new(desk) == first, "the same offers have the same digest"
    desk.pull()
    monkeypatch.setattr(FilesSource, "fetch", lambda *_: pytest.fail("fetched"))
    assert new(desk) == {}
    desk.put("2021-06/a.csv", "another")
    second = new(desk)
    assert list(second) == [JUNE]
    assert second != first
    desk.put("2021-07/a.csv")
    assert list(new(desk)) == [JUNE, JULY]


def test_a_new_delivery_folder_and_new_settings_in_one_are_new(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    desk.pull()
    desk.put("2021-06/r2/a.csv")
    desk.put("2021-06/r2/delivery.yaml", "mode: replace_towns\n")
    assert new(desk)
    desk.pull()
    assert new(desk) == {}
    desk.put("2021-06/r2/delivery.yaml", "mode: replace_all\n\n")
    assert new(desk)
    desk.pull()
    assert new(desk) == {}


def test_a_file_that_vanished_or_went_back_is_judged_by_the_newest_delivery(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "{month:%Y%m}_*.csv")
    path = desk.put("202106_a.csv", "a")
    desk.pull()
    desk.put("202106_a.csv", "b")
    desk.pull()
    assert new(desk) == {}
    desk.put("202106_a.csv", "a")
    assert new(desk)
    path.unlink()
    assert new(desk) == {}


def test_what_only_fetching_can_tell_is_new_until_it_was_pulled_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    desk.pull()
    offering(monkeypatch, Offer("t.parquet", "select", version=""))
    assert list(new(desk)) == [JULY]


def test_a_snapshot_is_asked_for_the_last_complete_month_only(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "a.csv", snapshot=True)
    desk.put("a.csv")
    assert last_complete(NOW) == JULY
    assert list(new(desk)) == [JULY]


def test_a_pull_that_may_succeed_later_is_asked_for_again_once_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    first = new(desk)

    def fail(*_: object) -> None:
        raise TransportError("连接中途断开", "稍后会自动再试", True)

    monkeypatch.setattr(FilesSource, "fetch", fail)
    assert desk.pull().is_passing
    attempt = Pulled(desk.home, "health").attempt(JUNE)
    assert attempt
    failed_at = datetime.fromisoformat(attempt.at)
    assert new(desk, failed_at + timedelta(minutes=59)) == first
    later = new(desk, failed_at + offered_module.AGAIN_AFTER + timedelta(seconds=1))
    assert later != first
    assert new(desk, failed_at + timedelta(hours=5)) == later


def test_a_file_that_an_erasure_renamed_is_known_by_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/张三丰.csv")
    desk.pull()
    pulled = Pulled(desk.home, "health")
    (file,) = pulled.deliveries(JUNE)[0].files
    (tmp_path / "without").write_text("without", "utf-8")
    sha256 = keep_original(desk.home, tmp_path / "without")
    record_removed(desk.home, "erase", NOW.date(), {file.sha256: sha256})
    pulled.rewrite(JUNE, lambda text: text.replace("张三丰", "***"), {file.sha256: sha256})
    assert "张三丰" not in (pulled.folder / "2021-06.json").read_text("utf-8")
    assert new(desk) == {}
    monkeypatch.setattr(FilesSource, "fetch", lambda *_: pytest.fail("fetched again"))
    assert desk.pull().new_deliveries == 0
    assert desk.deliveries() == [(1, ["***.csv"])]
    assert pulled.deliveries(JUNE)[0].files[0].sha256 == sha256

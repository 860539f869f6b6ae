"""What lies in a location: delivery numbers, noise, unfinished and strange files, delivery.yaml."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sources.landing import locations
from sources.landing.locations import LOCAL_TIME, MAX_DEPTH, InboxDelivery, read_deliveries, stray_folders
from tests.unit.sources.builder import LONG_AGO, MONTH, wide


def _put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def _read(location: Path) -> list[InboxDelivery]:
    return read_deliveries("health", location, MONTH)[0]


def _names(delivery: InboxDelivery) -> list[str]:
    return [f.name for f in delivery.files]


def test_the_month_folder_is_delivery_one_and_r_folders_are_the_next_ones(tmp_path: Path) -> None:
    month = tmp_path / "2021-06"
    for name in ("a.csv", "sub/b.csv", "r2/c.csv", "r10/d.csv", "r3/sub/e.csv", "sub/r2/f.csv"):
        _put(month / name)
    found = _read(tmp_path)
    assert [d.delivery_no for d in found] == [1, 2, 3, 10]
    assert [_names(d) for d in found] == [["a.csv", "sub/b.csv", "sub/r2/f.csv"], ["c.csv"], ["sub/e.csv"], ["d.csv"]]


@pytest.mark.parametrize("name", ["r1", "r0", "r02", "R2", "R03"])
def test_a_redelivery_folder_that_does_not_parse_is_reported_and_never_merged(tmp_path: Path, name: str) -> None:
    _put(tmp_path / "2021-06" / "a.csv")
    _put(tmp_path / "2021-06" / name / "b.csv")
    deliveries, notices = read_deliveries("health", tmp_path, MONTH)
    assert [_names(d) for d in deliveries] == [["a.csv"]]
    assert [(n.file_name, n.severity) for n in notices] == [(name, "error")]


def test_a_month_nobody_delivered_has_no_deliveries(tmp_path: Path) -> None:
    assert read_deliveries("health", tmp_path / "nothing", MONTH) == ([], [])


def test_noise_is_not_seen(tmp_path: Path) -> None:
    for name in ("~$a.xlsx", ".hidden", "Thumbs.db", "desktop.ini", ".tmp/a.csv", "a.csv"):
        _put(tmp_path / "2021-06" / name)
    (found,) = _read(tmp_path)
    assert _names(found) == ["a.csv"]
    assert found.notices == ()


def test_the_time_is_that_of_the_file_in_the_districts_time(tmp_path: Path) -> None:
    _put(tmp_path / "2021-06" / "a.csv")
    assert _read(tmp_path)[0].files[0].modified == datetime(2021, 7, 3, 9, 30)


def test_a_file_from_the_future_or_from_no_date_came_now(tmp_path: Path) -> None:
    path = _put(tmp_path / "2021-06" / "a.csv")
    os.utime(path, (LONG_AGO, 1e12))
    (file,) = _read(tmp_path)[0].files
    assert abs(datetime.now(LOCAL_TIME).replace(tzinfo=None) - file.modified) < timedelta(minutes=1)


def test_names_with_blanks_full_width_forms_and_brackets_stay_as_they_are(tmp_path: Path) -> None:
    names = ["低保 名册(6月).CSV", wide("死亡(火化)人员") + ".xlsx", "a'b.csv"]
    for name in names:
        _put(tmp_path / "2021-06" / name)
    assert sorted(_names(_read(tmp_path)[0])) == sorted(names)


def test_a_name_in_gb18030_is_read_as_such(tmp_path: Path) -> None:
    folder = tmp_path / "2021-06"
    folder.mkdir()
    path = os.fsencode(folder) + b"/" + "低保.csv".encode("gb18030")
    Path(os.fsdecode(path)).write_bytes(b"x")
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert _names(_read(tmp_path)[0]) == ["低保.csv"]


def test_links_and_special_files_are_reported_and_not_followed(tmp_path: Path) -> None:
    secret = _put(tmp_path / "elsewhere" / "secret.csv")
    folder = tmp_path / "2021-06"
    _put(folder / "a.csv")
    (folder / "link.csv").symlink_to(secret)
    (folder / "broken.csv").symlink_to(tmp_path / "nowhere")
    (folder / "folder").symlink_to(secret.parent)
    (folder / "r2").symlink_to(secret.parent)
    os.mkfifo(folder / "pipe.csv")
    (found,) = _read(tmp_path)
    assert _names(found) == ["a.csv"]
    reported = {n.file_name for n in found.notices if "不是普通文件" in n.message}
    assert reported >= {"link.csv", "broken.csv", "folder", "pipe.csv"}


@pytest.mark.parametrize("closed", ["r2", "below"])
def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str) -> None:
    """Somebody copied the correction as another account."""
    _put(tmp_path / "2021-06" / "a.csv")
    _put(tmp_path / "2021-06" / closed / "b.csv")
    # Root, who may run the tests, reads everything.
    monkeypatch.setattr(locations, "_can_be_listed", lambda folder: folder.name != closed)
    (found,), notices = read_deliveries("health", tmp_path, MONTH)
    assert _names(found) == ["a.csv"]
    (notice,) = [*notices, *found.notices]
    assert (notice.file_name, notice.severity) == (closed, "error")
    assert "文件夹读不到" in notice.message


@pytest.mark.parametrize("name", ["a.csv.part", "a.xlsx.crdownload", "a.csv.filepart", "a.TMP"])
def test_a_file_that_is_named_as_unfinished_waits(tmp_path: Path, name: str) -> None:
    _put(tmp_path / "2021-06" / name)
    (found,) = _read(tmp_path)
    assert (found.files, found.unreadable) == ((), frozenset({name}))
    assert "还在写入" in found.notices[0].message


def test_a_file_that_grows_waits_and_the_rest_goes_on(tmp_path: Path) -> None:
    growing = _put(tmp_path / "2021-06" / "growing.csv")
    _put(growing.with_name("done.csv"))
    with _appending(growing):
        ((found,), _) = read_deliveries("health", tmp_path, MONTH, settle_seconds=0.2)
    assert _names(found) == ["done.csv"]
    assert [(n.file_name, n.severity) for n in found.notices] == [("growing.csv", "error")]
    assert "还在写入" in found.notices[0].message
    assert found.unreadable == {"growing.csv"}


def test_a_delivery_whose_settings_are_being_written_waits_as_a_whole(tmp_path: Path) -> None:
    _put(tmp_path / "2021-06" / "a.csv")
    with _appending(_put(tmp_path / "2021-06" / "delivery.yaml", b"#")):
        ((found,), _) = read_deliveries("health", tmp_path, MONTH, settle_seconds=0.2)
    assert found.files == ()
    assert [n.file_name for n in found.notices] == ["delivery.yaml"]


@contextmanager
def _appending(path: Path) -> Iterator[None]:
    """A copy that goes on while the block runs."""
    stop = threading.Event()

    def copy() -> None:
        while not stop.wait(0.005):
            with path.open("ab") as file:
                file.write(b"y")

    writer = threading.Thread(target=copy)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def test_two_names_that_look_the_same_are_told_and_one_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "2021-06"
    _put(folder / "低保.csv")
    _put(Path(os.fsdecode(os.fsencode(folder) + b"/" + "低保.csv".encode("gb18030"))))
    (found,) = _read(tmp_path)
    assert _names(found) == ["低保.csv"]
    assert [n.severity for n in found.notices] == ["error"]
    assert "看起来相同" in found.notices[0].message


def test_folders_below_a_delivery_are_read_to_a_depth_that_nobody_needs(tmp_path: Path) -> None:
    deepest = Path("2021-06", *["d"] * MAX_DEPTH)
    _put(tmp_path / deepest / "a.csv")
    _put(tmp_path / deepest / "e" / "b.csv")
    (found,) = _read(tmp_path)
    assert [f.path.name for f in found.files] == ["a.csv"]
    assert [n.message for n in found.notices] == ["文件夹超过20层,其中的文件没有读取;请移到上层文件夹。"]


def test_stray_folders_are_named(tmp_path: Path) -> None:
    for name in (
        "health/2021-06/a.csv",
        "health/六月/a.csv",
        "health/2021-6/a.csv",
        "health/a.csv",
        "police/2021-06/a.csv",
    ):
        _put(tmp_path / name)
    _put(tmp_path / "health" / "2021-07")
    notices = stray_folders(tmp_path, ["health"], {"health": tmp_path / "health"})
    assert {(n.department, n.file_name) for n in notices} == {
        ("-", "police"),
        ("health", "六月"),
        ("health", "2021-6"),
        ("health", "a.csv"),
        ("health", "2021-07"),
    }
    assert all(n.severity == "error" and n.file_name in n.message for n in notices)


def test_no_id_is_shown_in_a_notice(tmp_path: Path) -> None:
    _put(tmp_path / "health" / "441802198006150011" / "a.csv")
    (notice,) = stray_folders(tmp_path, ["health"], {"health": tmp_path / "health"})
    assert "4418021980" not in notice.file_name + notice.message


def test_a_delivery_yaml_that_makes_no_sense_keeps_a_redelivery_waiting(tmp_path: Path) -> None:
    for folder in ("", "r2"):
        _put(tmp_path / "2021-06" / folder / "a.csv")
        _put(tmp_path / "2021-06" / folder / "delivery.yaml", b"mode: replace_some")
    first, second = _read(tmp_path)
    assert _names(first) == ["a.csv"]
    assert _names(second) == []
    for delivery in (first, second):
        assert [(n.file_name, n.severity) for n in delivery.notices] == [("delivery.yaml", "error")]


def test_a_file_that_delivery_yaml_names_but_is_not_there_is_reported(tmp_path: Path) -> None:
    _put(tmp_path / "2021-06" / "a.csv")
    _put(tmp_path / "2021-06" / "delivery.yaml", b"files: {a.csv: deaths, b.csv: deaths}")
    assert [(n.file_name, n.severity) for n in _read(tmp_path)[0].notices] == [("b.csv", "warning")]

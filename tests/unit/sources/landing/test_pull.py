"""Pull from a folder of this machine: what is new, numbered, left alone, recorded; and what a failure leaves."""

import hashlib
import io
import json
import os
import time
from datetime import date
from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing import pull as pull_module
from sources.landing.archive import DeliveryLog, original_path
from sources.landing.changes import changed
from sources.landing.land import land
from sources.landing.places import places_of
from sources.landing.pull import PullResult, pull_department
from sources.landing.pulled import Pulled
from sources.landing.removed import record_removed
from sources.landing.transport import Location, location_of
from sources.landing.transport.files import (
    BEING_SENT,
    LINK,
    NO_DIGITS,
    NO_FILE,
    NO_FOLDER,
    ODD_NAME,
    ODD_REDELIVERY,
    SAME_NAME,
    FilesSource,
)
from sources.landing.transport.folder import FolderStore
from sources.landing.transport.store import Entry
from sources.months import Month

CONTRACTS = load_contracts()
HEALTH = CONTRACTS["health"]
JUNE = Month(2021, 6)


class Desk:
    """A home, a department's folder, and its location."""

    def __init__(self, tmp_path: Path, pattern: str = "{month:%Y-%m}/", **settings: object) -> None:
        self.home = Home(tmp_path / "home")
        self.home.prepare()
        self.there = tmp_path / "there"
        self.there.mkdir(parents=True)
        entry = {"url": f"file://{self.there}", "pattern": pattern, **settings}
        self.locations: dict[str, Location | Path] = {"health": location_of(entry, self.home.root)}

    def put(self, name: str, content: str = "姓名\n甲", age: float = 3600) -> Path:
        path = self.there / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        at = path.stat().st_mtime - age
        os.utime(path, (at, at))
        return path

    def pull(self, settle_seconds: float = 0.0) -> PullResult:
        (result,) = pull_department(self.home, HEALTH, self.locations, JUNE, settle_seconds)
        return result

    @property
    def places(self):
        return places_of(self.home, CONTRACTS, self.locations)

    def land(self) -> DeliveryLog:
        return land(self.home, "health", self.places, JUNE).log

    def deliveries(self) -> list[tuple[int, list[str]]]:
        found = Pulled(self.home, "health").deliveries(JUNE)
        return [(d.delivery_no, [f.name for f in d.files]) for d in found]


def test_the_layout_of_the_inbox_numbers_deliveries_by_folder(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/住院.csv")
    desk.put("2021-06/镇/慢病.csv", "b")
    desk.put("2021-06/r2/住院.csv", "c")
    desk.put("2021-07/住院.csv", "d")
    result = desk.pull()
    assert (result.fetched, result.new_deliveries, result.problem) == (3, 2, "")
    assert desk.deliveries() == [(1, ["住院.csv", "镇/慢病.csv"]), (2, ["住院.csv"])]
    log = desk.land()
    assert [(s.delivery_no, len(s.files)) for s in log.states] == [(1, 2), (2, 1)]
    assert all(original_path(desk.home, sha256).exists() for sha256 in log.hashes)
    assert oct(Pulled(desk.home, "health").folder.stat().st_mode & 0o777) == "0o700"


def test_what_is_there_already_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/住院.csv")
    desk.pull()
    monkeypatch.setattr(FilesSource, "fetch", lambda *_: pytest.fail("fetched again"))
    result = desk.pull()
    assert (result.offered, result.fetched, result.new_deliveries) == (1, 0, 0)


def test_an_original_that_was_lost_is_fetched_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/住院.csv")
    desk.pull()
    (sha256,) = desk.land().hashes
    original_path(desk.home, sha256).write_text("damaged")
    assert desk.pull().fetched == 1
    assert original_path(desk.home, sha256).read_text("utf-8") == "姓名\n甲"
    original_path(desk.home, sha256).unlink()
    assert desk.pull().fetched == 1
    assert original_path(desk.home, sha256).exists()
    assert desk.deliveries() == [(1, ["住院.csv"])]


def test_an_original_that_a_rule_removed_stays_removed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/住院.csv")
    desk.pull()
    (sha256,) = desk.land().hashes
    record_removed(desk.home, "retention", date(2026, 7, 1), {sha256: ""})
    original_path(desk.home, sha256).unlink()
    assert desk.pull().fetched == 0
    desk.put("2021-06/住院.csv", age=60)
    result = desk.pull()
    assert (result.fetched, result.new_deliveries) == (1, 0), "its time is another one, its content is not"
    assert not original_path(desk.home, sha256).exists()
    assert len(desk.land().states) == 1


def test_a_pattern_numbers_every_change_as_the_next_delivery(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "{month:%Y年%-m月}_*.csv")
    desk.put("2021年6月_住院.csv", "a")
    desk.pull()
    desk.put("2021年6月_住院.csv", "a", age=60)
    assert desk.pull().new_deliveries == 0, "the same content with another time is no delivery"
    assert desk.pull().fetched == 0, "and its new time is known"
    desk.put("2021年6月_住院.csv", "b")
    assert desk.pull().new_deliveries == 1
    assert [number for number, _ in desk.deliveries()] == [1, 2]
    desk.put("2021年6月_住院.csv", "a")
    desk.pull()
    assert [number for number, _ in desk.deliveries()] == [1, 2, 3], "back to the first content is a change as well"
    assert [s.delivery_no for s in desk.land().states] == [1, 2, 3]


def test_a_pull_follows_what_came_through_the_inbox(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "{month}*.csv")
    inbox = desk.home.inbox / "health" / "2021-06"
    for folder in (inbox, inbox / "r2"):
        folder.mkdir(parents=True)
        (folder / "a.csv").write_text(folder.name)
    land(desk.home, "health", places_of(desk.home, CONTRACTS, {}), JUNE)
    desk.put("2021-06.csv")
    desk.pull()
    assert [number for number, _ in desk.deliveries()] == [3]
    assert [s.delivery_no for s in desk.land().in_order()] == [1, 2, 3]


def test_folders_that_replace_nothing_are_said_if_a_pattern_became_one_of_folders(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "{month}*.csv")
    for content in "ab":
        desk.put("2021-06.csv", content)
        desk.pull()
    desk.locations["health"] = location_of({"url": str(desk.there)}, desk.home.root)
    desk.put("2021-06/a.csv", "c")
    one = ("-", pull_module.EARLIER.format(known=2, there=1, next=3))
    assert one in desk.pull().left_out
    assert desk.pull().left_out == (one,), "as long as it is so"
    assert one[1] in [n.message for n in land(desk.home, "health", desk.places, JUNE).notices]
    desk.put("2021-06/r3/a.csv", "c")
    assert desk.pull().left_out == ()


def test_folders_that_replace_nothing_are_said_if_later_ones_came_through_the_inbox(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    inbox = desk.home.inbox / "health" / "2021-06" / "r2"
    inbox.mkdir(parents=True)
    (inbox / "a.csv").write_text("b")
    land(desk.home, "health", places_of(desk.home, CONTRACTS, {}), JUNE)
    desk.put("2021-06/a.csv", "c")
    assert desk.pull().left_out == (("-", pull_module.EARLIER.format(known=2, there=1, next=3)),)


def test_files_of_the_same_name_in_the_folders_of_towns_are_two(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "*/{month}.csv")
    desk.put("甲镇/2021-06.csv", "a")
    desk.put("乙镇/2021-06.csv", "b")
    desk.pull()
    assert desk.deliveries() == [(1, ["乙镇/2021-06.csv", "甲镇/2021-06.csv"])]
    desk.put("甲镇/2021-06.csv", "c")
    assert desk.pull().fetched == 1
    assert [number for number, _ in desk.deliveries()] == [1, 2]


def test_two_spellings_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/caf\u00e9.csv", "a")
    desk.put("2021-06/cafe\u0301.csv", "b")
    assert [reason for _, reason in desk.pull().left_out] == [SAME_NAME]
    assert desk.deliveries() == [(1, ["caf\u00e9.csv"])]


def test_a_relative_folder_starts_at_the_home(tmp_path: Path) -> None:
    found = location_of({"url": "exchange", "pattern": "{month}.csv"}, tmp_path)
    assert isinstance(found, Location)
    assert found.url == str(tmp_path / "exchange")


def test_a_landed_pull_is_new_until_it_is_taken_in(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert changed(desk.home, desk.places, JUNE) is None
    desk.put("2021-06/住院.csv")
    desk.pull()
    assert changed(desk.home, desk.places, JUNE)


def test_settings_beside_the_files_count(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/r2/a.csv")
    desk.put("2021-06/r2/delivery.yaml", "mode: replace_towns\nfiles: {a.csv: inpatient_settlements}\n")
    result = desk.pull()
    assert (result.offered, result.fetched) == (1, 1)
    (delivery,) = Pulled(desk.home, "health").deliveries(JUNE)
    assert (delivery.mode, delivery.assigned) == ("replace_towns", {"a.csv": "inpatient_settlements"})
    assert [f.name for f in delivery.files] == ["a.csv"]
    desk.pull()
    assert Pulled(desk.home, "health").deliveries(JUNE) == [delivery]


def test_settings_that_cannot_be_understood_stop_the_pull(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/r2/a.csv")
    desk.put("2021-06/r2/delivery.yaml", "mode: perhaps\n")
    result = desk.pull()
    assert "第 2 批的 delivery.yaml" in result.problem
    assert desk.deliveries() == []


def test_odd_entries_are_left_alone_and_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    kept = desk.put("2021-06/a.csv")
    desk.put("2021-06/b.csv.part")
    desk.put("2021-06/~$a.xlsx")
    desk.put("2021-06/c\n.csv")
    (desk.there / "2021-06" / "d.csv").symlink_to(kept)
    (desk.there / "2021-06" / "e").symlink_to(desk.there)
    result = desk.pull()
    assert desk.deliveries() == [(1, ["a.csv"])]
    assert {reason for _, reason in result.left_out} == {BEING_SENT, ODD_NAME, LINK}
    notices = land(desk.home, "health", desk.places, JUNE).notices
    assert {n.severity for n in notices} == {"warning"}
    assert len(notices) == 4


def test_a_folder_where_the_pattern_has_a_file_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "{month:%Y%m}*")
    desk.put("202106/住院.csv")
    desk.put("202107/住院.csv")
    desk.put("202106低保.csv.part")
    assert dict(desk.pull().left_out) == {"202106": NO_FOLDER, "202106低保.csv.part": BEING_SENT}


@pytest.mark.parametrize("folder", ["R2", "r02", "r1", "r12345"])
def test_a_folder_that_is_nearly_one_of_a_redelivery_is_not_mixed_into_the_first(tmp_path: Path, folder: str) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/住院.csv")
    desk.put(f"2021-06/{folder}/住院.csv", "corrected")
    desk.put("2021-06/镇/R2/慢病.csv", "a folder of a town may have any name")
    assert desk.pull().left_out == ((folder, ODD_REDELIVERY),)
    assert desk.deliveries() == [(1, ["住院.csv", "镇/R2/慢病.csv"])]


def test_a_file_that_changes_while_it_is_fetched_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    path = desk.put("2021-06/a.csv", "one")
    desk.put("2021-06/b.csv")
    fetch = FilesSource.fetch

    def slowly(self, offer, month, target):
        result = fetch(self, offer, month, target)
        if offer.name == "a.csv":
            path.write_text("one and more")
        return result

    monkeypatch.setattr(FilesSource, "fetch", slowly)
    assert desk.pull().left_out == (("a.csv", BEING_SENT),)
    assert desk.deliveries() == [(1, ["b.csv"])]
    monkeypatch.setattr(FilesSource, "fetch", fetch)
    desk.pull()
    assert desk.deliveries() == [(1, ["a.csv", "b.csv"])]


@pytest.mark.parametrize("is_known", [False, True])
def test_settings_that_are_being_written_keep_their_delivery_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    desk.put("2021-06/r2/b.csv")
    settings = desk.put("2021-06/r2/delivery.yaml", "mode: replace_towns\n")
    if is_known:
        desk.pull()
    before = Pulled(desk.home, "health").deliveries(JUNE)
    settings.write_text("")
    fetch = FilesSource.fetch

    def slowly(self, offer, month, target):
        result = fetch(self, offer, month, target)
        if offer.name == "delivery.yaml":
            settings.write_text("mode: replace_towns\nfiles: {}\n")
        return result

    monkeypatch.setattr(FilesSource, "fetch", slowly)
    assert ("delivery.yaml", BEING_SENT) in desk.pull().left_out
    assert [n for n, _ in desk.deliveries()] == ([1, 2] if is_known else [1])
    assert Pulled(desk.home, "health").deliveries(JUNE)[1:] == before[1:], "half a file says nothing about the mode"
    monkeypatch.setattr(FilesSource, "fetch", fetch)
    desk.pull()
    assert Pulled(desk.home, "health").deliveries(JUNE)[1].mode == "replace_towns"


def test_a_fresh_file_is_given_time_to_settle(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv", age=0)
    waited: list[float] = []
    pull_department(desk.home, HEALTH, desk.locations, JUNE, 0.3, waited.append)
    assert len(waited) == 1
    assert 0 < waited[0] <= 0.3
    pull_department(desk.home, HEALTH, desk.locations, JUNE, 0.3, waited.append)
    assert len(waited) == 1, "a known file is not waited for"


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_checksum_file_is_believed(tmp_path: Path, algorithm: str) -> None:
    desk = Desk(tmp_path)
    path = desk.put("2021-06/a.csv", "whole")
    digest = hashlib.new(algorithm, path.read_bytes()).hexdigest()
    desk.put(f"2021-06/a.csv.{algorithm}", f"{digest}  a.csv\n")
    assert desk.pull().problem == ""
    assert desk.deliveries() == [(1, ["a.csv"])]
    desk.put(f"2021-06/a.csv.{algorithm}", f"{'0' * len(digest)}  a.csv\n")
    desk.put("2021-06/a.csv", "other")
    assert "校验值不符" in desk.pull().problem
    (file,) = Pulled(desk.home, "health").deliveries(JUNE)[0].files
    assert original_path(desk.home, file.sha256).read_text() == "whole"


@pytest.mark.parametrize("later", ["0" * 64, ""])
def test_a_checksum_that_changes_is_compared_again(tmp_path: Path, later: str) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv", "whole")
    if not later:
        desk.put("2021-06/a.csv.sha256", hashlib.sha256(b"whole").hexdigest())
    assert (desk.pull().problem, desk.pull().fetched) == ("", 0)
    desk.put("2021-06/a.csv.sha256", later or "1" * 64)
    result = desk.pull()
    assert "校验值不符" in result.problem
    assert desk.deliveries() == [(1, ["a.csv"])], "what was received stays in force"
    desk.put("2021-06/a.csv.sha256", hashlib.sha256(b"whole").hexdigest())
    result = desk.pull()
    assert (result.problem, result.new_deliveries, desk.pull().fetched) == ("", 0, 0)


def test_settings_of_a_delivery_that_name_an_absent_file_are_noticed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/r2/a.csv", "whole")
    desk.put("2021-06/r2/delivery.yaml", f"mode: replace_towns\nfiles:\n  b.csv: {HEALTH.datasets[0].name}\n")
    assert desk.pull().problem == ""
    landed = land(desk.home, HEALTH.name, desk.places, JUNE)
    assert [(n.file_name, n.severity) for n in landed.notices] == [("b.csv", "warning")]


@pytest.mark.parametrize(
    ("form", "is_right"),
    [
        ("{digits}", True),
        ("{upper}  C:\\\\out\\\\2021-06\\\\a.csv", True),
        ("SHA256 (a.csv) = {digits}", True),
        ("{other}  b.csv\n{digits} *a.csv\n", True),
        ("{other}  b.csv\n{other} *a.csv\n", False),
        ("Algorithm Hash Path\r\nSHA256 {upper} a.csv", True),
        ("SHA256 的 a.csv 哈希:\r\n{other}\r\nCertUtil: 命令成功完成。", False),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "gb18030"])
def test_a_checksum_is_found_as_programs_write_it(tmp_path: Path, form: str, is_right: bool, encoding: str) -> None:
    digits = hashlib.sha256(b"whole").hexdigest()
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv", "whole")
    text = form.format(digits=digits, upper=digits.upper(), other="0" * 64)
    desk.put("2021-06/a.csv.sha256").write_bytes(text.encode(encoding))
    result = desk.pull()
    assert result.left_out == ()
    assert ("校验值不符" in result.problem) is not is_right


def test_checksum_files_that_announce_nothing_are_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv", "whole")
    desk.put("2021-06/a.csv.md5", "later")
    desk.put("2021-06/b.csv.md5", "0" * 32)
    desk.put("2021-06/c.csv")
    desk.put("2021-06/c.csv.sha256", f"{'0' * 64}\n{'1' * 64}")
    assert dict(desk.pull().left_out) == {
        "a.csv.md5": NO_DIGITS, "b.csv.md5": NO_FILE, "c.csv.sha256": NO_DIGITS
    }  # fmt: skip
    assert desk.deliveries() == [(1, ["a.csv", "c.csv"])]


def test_many_checksum_files_do_not_take_forever(tmp_path: Path) -> None:
    entries = [Entry(f"{i}.csv{end}", size=32) for i in range(20_000) for end in ("", ".md5")]

    class Many:
        def entries(self, folder: str) -> list[Entry]:
            return entries if folder else [Entry("2021-06", is_folder=True)]

        def read(self, path: str) -> io.BytesIO:
            return io.BytesIO(b"0" * 32)

    location = Desk(tmp_path).locations["health"]
    began = time.process_time()
    listing = FilesSource(Many(), location).listing(JUNE)  # type: ignore[arg-type]
    assert len(listing.offers) == 20_000
    assert all(offer.digest for offer in listing.offers)
    assert time.process_time() - began < 20, "comparing each with each takes minutes"


def test_a_failure_names_department_month_cause_and_remedy_and_keeps_what_there_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    desk.pull()
    before = desk.deliveries()
    desk.there.rename(tmp_path / "gone")
    result = desk.pull()
    for part in (HEALTH.label, "2021-06", "没有", "仍然有效", "请"):
        assert part in result.problem
    assert desk.deliveries() == before
    log = desk.land()
    assert len(log.states) == 1
    (notice,) = land(desk.home, "health", desk.places, JUNE).notices
    assert (notice.severity, notice.message) == ("error", result.problem)


def test_one_file_that_cannot_be_had_does_not_keep_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    for name in "abc":
        desk.put(f"2021-06/{name}.csv", name)
    desk.put("2021-06/c.csv.md5", "0" * 32)
    read = FolderStore.read

    def guarded(self, path):
        if path.endswith("b.csv"):
            raise PermissionError
        return read(self, path)

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "read", guarded)
        result = desk.pull()
    assert "2021-06 的 2 份数据(共 3 份):没有读取的权限" in result.problem
    assert result.is_passing, "the file with a wrong hash may be put there again"
    assert [name for name, _ in result.left_out] == ["b.csv", "c.csv"]
    assert desk.deliveries() == [(1, ["a.csv"])]
    notices = land(desk.home, "health", desk.places, JUNE).notices
    assert sorted(n.severity for n in notices) == ["error", "warning", "warning"]
    (desk.there / "2021-06" / "c.csv.md5").unlink()
    assert desk.pull().problem == ""
    assert desk.deliveries() == [(1, ["a.csv", "b.csv", "c.csv"])]
    desk.put("2021-06/b.csv", "newer")
    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "read", guarded)
        assert "1 份数据" in desk.pull().problem
    assert desk.deliveries() == [(1, ["a.csv", "b.csv", "c.csv"])], "what there was of it stays"


def test_a_file_that_vanishes_before_it_is_fetched_is_said_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    path = desk.put("2021-06/a.csv")
    desk.put("2021-06/b.csv")
    fetch = FilesSource.fetch

    def late(self, offer, month, target):
        if offer.name == "a.csv":
            path.rename(path.with_name("a.xlsx"))
        return fetch(self, offer, month, target)

    monkeypatch.setattr(FilesSource, "fetch", late)
    result = desk.pull()
    assert "2021-06 的 1 份数据(共 2 份):对方刚才还有的文件,取的时候已经不在了" in result.problem
    assert result.is_passing
    assert [name for name, _ in result.left_out] == ["a.csv"]
    assert desk.deliveries() == [(1, ["b.csv"])]


def test_files_that_are_gone_are_not_an_empty_delivery(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    path = desk.put("2021-06/a.csv")
    desk.pull()
    path.unlink()
    result = desk.pull()
    assert (result.problem, result.new_deliveries) == ("", 0)
    assert result.left_out == (("-", pull_module.GONE),)
    assert desk.deliveries() == [(1, ["a.csv"])]


def test_a_file_that_is_gone_beside_others_leaves_its_delivery_and_is_named(tmp_path: Path) -> None:
    for pattern in ("{month:%Y-%m}/", "{month:%Y-%m}/*.csv"):
        desk = Desk(tmp_path / str(len(pattern)), pattern)
        desk.put("2021-06/a.csv")
        path = desk.put("2021-06/b.csv")
        desk.pull()
        assert desk.pull().left_out == ()
        path.unlink()
        assert desk.pull().left_out == (("b.csv", pull_module.VANISHED),)
        assert desk.deliveries()[-1][1] == ["a.csv"]


def test_a_killed_pull_is_as_if_it_had_not_been(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Pulled, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.pull()
    assert desk.deliveries() == []
    desk.pull()
    assert desk.deliveries() == [(1, ["a.csv"])]
    assert len(list(desk.home.archive.rglob("*"))) == 2, "one folder, one original"


@pytest.mark.parametrize("name", [".fetching-1", ".2021-06.json.01234567.tmp"])
def test_what_a_killed_pull_was_writing_is_cleared(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path)
    pulled = Pulled(desk.home, "health")
    desk.home.make_dir(pulled.folder)
    (pulled.folder / name).write_text("half")
    desk.put("2021-06/a.csv")
    desk.pull()
    assert [p.name for p in pulled.folder.iterdir()] == ["2021-06.json"]


def test_nothing_unfinished_is_ever_in_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pull could clear the archive of what a killed one left: others write there at the same time."""
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    synced: list[list[Path]] = []
    monkeypatch.setattr("sources.home.sync", lambda _: synced.append(list(desk.home.archive.rglob(".*"))))
    desk.pull()
    assert synced
    assert not any(synced)


def test_a_snapshot_is_of_the_last_complete_month_only_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, "住院.csv", snapshot=True)
    desk.put("住院.csv")
    assert "只能取" in desk.pull().problem
    now = pull_module.datetime.now(pull_module.LOCAL_TIME)
    last = Month(now.year, now.month).shift(-1)
    (result,) = pull_department(desk.home, HEALTH, desk.locations, last)
    assert (result.problem, result.fetched) == ("", 1)
    taken_at = result.snapshot_at
    assert taken_at[:10] == str(now.date())
    (notice,) = land(desk.home, "health", desk.places, last).notices
    assert notice.severity == "info"
    assert "快照" in notice.message
    monkeypatch.setattr(pull_module, "last_complete", lambda _: last.shift(1))
    desk.put("住院.csv", "of a later month")
    (result,) = pull_department(desk.home, HEALTH, desk.locations, last)
    assert (result.problem, result.fetched, result.snapshot_at) == ("", 0, taken_at), "a month keeps its snapshot"
    assert land(desk.home, "health", desk.places, last).notices == (notice,)


def test_a_table_with_its_own_location_comes_from_nowhere_else(tmp_path: Path) -> None:
    from sources.landing.deliveries import recognise_month

    desk = Desk(tmp_path)
    table = HEALTH.datasets[0]
    desk.locations = {f"health/{table.name}": location_of({"url": str(desk.there)}, desk.home.root)}
    desk.put("2021-06/any.csv")
    inbox = desk.home.inbox / "health" / "2021-06"
    inbox.mkdir(parents=True)
    (inbox / f"{table.label}.csv").write_text("a")
    (inbox / f"{HEALTH.datasets[1].label}.csv").write_text("b")
    assert desk.pull().fetched == 1
    log = desk.land()
    found = recognise_month(desk.home, HEALTH, CONTRACTS, log, lambda _: [])
    assert [f.name for d in found.deliveries[table.name] for f in d.files] == ["any.csv"]
    assert HEALTH.datasets[1].name in found.deliveries
    (notice,) = found.notices
    assert notice.dataset == table.name
    assert "自己的位置" in notice.message
    assert changed(desk.home, desk.places, JUNE)
    assert len(desk.land().states) == 2, "landing again changes nothing"


def test_the_record_is_plain_json(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("2021-06/a.csv")
    desk.pull()
    raw = json.loads((Pulled(desk.home, "health").folder / "2021-06.json").read_text())
    assert raw["deliveries"][0]["files"][0]["name"] == "a.csv"
    assert raw["attempt"]["problem"] == ""

"""Give workbooks back to a folder of this machine: once each, encrypted if asked, and what a failure leaves."""

import os
from datetime import datetime
from pathlib import Path

import msoffcrypto
import pytest
import xlsxwriter

from sources import audit
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.pull import pull_department
from sources.landing.pulled import Pulled
from sources.landing.transport import location_of
from sources.landing.transport.files import FileLocation
from sources.landing.transport.folder import FolderStore
from sources.months import Month
from workbooks.give_back import content_digest, give_back

JUNE = Month(2021, 6)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def _location(tmp_path: Path, **settings: object) -> FileLocation:
    (tmp_path / "there").mkdir(exist_ok=True)
    found = location_of({"url": str(tmp_path / "there"), "give_back": settings}, tmp_path / "home")
    assert isinstance(found, FileLocation)
    return found


def _workbook(home: Home, text: str = "户", minute: int = 0) -> Path:
    path = home.make_dir(home.outbox / "health" / "2021-06") / "数据反馈.xlsx"
    at = datetime(2021, 7, 1, 10, minute)
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": at})
        sheet = book.add_worksheet("汇总")
        sheet.write(0, 0, f"生成时间:{at:%Y-%m-%d %H:%M}。")
        sheet.write(1, 0, text)
    return path


def test_a_workbook_goes_back_once_per_content(tmp_path: Path, home: Home) -> None:
    location = _location(tmp_path)
    there = tmp_path / "there" / "反馈" / "2021-06" / "数据反馈.xlsx"
    assert give_back(home, "health", JUNE, location, [_workbook(home)]).given == 1
    assert there.read_bytes() == _workbook(home).read_bytes()
    there.unlink()
    assert give_back(home, "health", JUNE, location, [_workbook(home, minute=5)]).given == 0
    assert not there.exists(), "the department may take it away"
    assert give_back(home, "health", JUNE, location, [_workbook(home, "其他")]).given == 1
    acts = [(e["act"], e["arguments"]["what"]) for e in audit.entries(home)]
    assert acts == [("export", "give_back")] * 2


def test_a_new_place_gets_what_the_old_one_had(tmp_path: Path, home: Home) -> None:
    path = _workbook(home)
    assert give_back(home, "health", JUNE, _location(tmp_path), [path]).given == 1
    assert give_back(home, "health", JUNE, _location(tmp_path, folder="给卫健"), [path]).given == 1
    assert (tmp_path / "there" / "给卫健" / "2021-06" / path.name).exists()


def test_only_what_a_workbook_shows_counts(home: Home) -> None:
    first = content_digest(_workbook(home))
    assert content_digest(_workbook(home, minute=1)) == first
    assert content_digest(_workbook(home, "另一户")) != first


def test_a_password_encrypts(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIVE_BACK_PASSWORD", "harmless-Pass9")
    location = _location(tmp_path, folder="给卫健", password_env="GIVE_BACK_PASSWORD")
    path = _workbook(home)
    assert give_back(home, "health", JUNE, location, [path]).given == 1
    written = tmp_path / "there" / "给卫健" / "2021-06" / "数据反馈.xlsx"
    assert "户".encode() not in written.read_bytes()
    with written.open("rb") as file, (tmp_path / "plain.xlsx").open("wb") as plain:
        office = msoffcrypto.OfficeFile(file)
        assert office.is_encrypted()
        office.load_key(password="harmless-Pass9")
        office.decrypt(plain)
    assert content_digest(tmp_path / "plain.xlsx") == content_digest(path)
    left = [p.name for p in (home.restricted / "given_back" / "health").iterdir()]
    assert left == ["2021-06.json"]


def test_without_its_password_nothing_goes_out(tmp_path: Path, home: Home) -> None:
    location = _location(tmp_path, password_env="NOT_SET_ANYWHERE")
    result = give_back(home, "health", JUNE, location, [_workbook(home)])
    assert "NOT_SET_ANYWHERE" in result.problem
    assert list((tmp_path / "there").iterdir()) == []


def test_a_failure_is_told_and_the_next_run_tries_again(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    location, path = _location(tmp_path), _workbook(home)

    def down(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "write", down)
        result = give_back(home, "health", JUNE, location, [path])
    assert (result.given, result.is_passing) == (0, True)
    assert "拒绝连接" in result.problem
    assert give_back(home, "health", JUNE, location, [path]).given == 1


@pytest.mark.parametrize("folder", ["../x", "/etc", "", "a//b", "a\n", "a/../b"])
def test_the_folder_stays_below_the_location(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ValueError, match="folder"):
        _location(tmp_path, folder=folder)


def test_what_was_given_back_is_no_delivery(tmp_path: Path, home: Home) -> None:
    entry = {"url": str(tmp_path / "there"), "pattern": "*/{month}/", "give_back": {}}
    (tmp_path / "there").mkdir()
    location = location_of(entry, home.root)
    assert isinstance(location, FileLocation)
    give_back(home, "health", JUNE, location, [_workbook(home)])
    (tmp_path / "there" / "报送" / "2021-06").mkdir(parents=True)
    path = tmp_path / "there" / "报送" / "2021-06" / "a.csv"
    path.write_text("a")
    os.utime(path, (0, 0))
    pull_department(home, load_contracts()["health"], {"health": location}, JUNE)
    (delivery,) = Pulled(home, "health").deliveries(JUNE)
    assert [f.name for f in delivery.files] == ["报送/2021-06/a.csv"]

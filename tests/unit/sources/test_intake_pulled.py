"""What is pulled is taken in like the inbox; what cannot be had leaves the last good delivery in force."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from orchestration.commands import verify
from orchestration.runtime.settings import Settings
from sources.erasure.archive import replace_originals
from sources.erasure.mentions import file_mentions
from sources.erasure.person import find_person
from sources.erasure.rows import remove_rows
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.changes import changed
from sources.landing.offered import offered_changes
from sources.landing.places import places_of
from sources.landing.pull import PullResult, pull_department
from sources.landing.pulled import Pulled
from sources.landing.transport import Location, location_of
from sources.landing.transport.files import FilesSource
from sources.landing.transport.trouble import NETWORK, TransportError
from sources.reading.files import read_here
from tests.unit.sources.builder import CONTRACTS, LONG_AGO, MONTH, Desk, csv_file, resident_id, row, table, xlsx_file
from tests.unit.sources.ledger import INCOME, accepted_rows, income_file

AGRICULTURE = CONTRACTS["agriculture"]
REGISTER = CONTRACTS.dataset("household_register")
NAME = "上官云锦"


class Puller(Desk):
    """A home whose agriculture department delivers to a folder of its own."""

    @property
    def there(self) -> Path:
        return self.home.root.with_name("there")

    @property
    def locations(self) -> dict[str, Location | Path]:
        entry = {"url": f"file://{self.there}", "pattern": "{month:%Y年%-m月}/"}
        return {"agriculture": location_of(entry, self.home.root)}

    def bring(self, inbox: Path) -> None:
        """Bring what an inbox has for the month to the department's folder."""
        shutil.copytree(inbox / "agriculture" / str(MONTH), self.there / "2021年6月", dirs_exist_ok=True)

    def pull(self) -> PullResult:
        self.home.prepare()
        (result,) = pull_department(self.home, AGRICULTURE, self.locations, MONTH)
        return result

    def take(self) -> list[str]:
        intake = self.intake(locations=self.locations)
        return [intake.take(dataset).status for dataset in (REGISTER, INCOME)]


@pytest.fixture
def puller(tmp_path: Path, desk: Desk) -> Puller:
    """An inbox and a folder elsewhere with the same files: two deliveries of a register with a person, and incomes."""
    people = [
        row(REGISTER, n, resident_id=resident_id(n), person_name=NAME if n == 1 else "张三丰") for n in range(1, 5)
    ]
    desk.put(REGISTER, f"名册_{NAME}.csv", csv_file(table(REGISTER, people)))
    desk.put(INCOME, "镇/收入监测.csv", income_file(1, 2))
    desk.put(
        INCOME, "收入监测.xlsx", xlsx_file({"表": table(INCOME, [row(INCOME, n) for n in (1, 2, 3)])}), folder="r2"
    )
    puller = Puller(Home(tmp_path / "pulled" / "home"))
    puller.bring(desk.home.inbox)
    return puller


def test_a_month_that_was_pulled_is_the_month_of_the_inbox(desk: Desk, puller: Puller) -> None:
    intake = desk.intake()
    assert [intake.take(dataset).status for dataset in (REGISTER, INCOME)] == ["accepted"] * 2
    shutil.copy(desk.home.restricted / "secret", _made(puller.home.restricted) / "secret")
    assert puller.pull().new_deliveries == 2
    assert puller.take() == ["accepted"] * 2
    for dataset in (REGISTER, INCOME):
        assert_frame_equal(accepted_rows(puller.home, dataset), accepted_rows(desk.home, dataset))
    logs = [DeliveryLog(home, "agriculture", MONTH) for home in (desk.home, puller.home)]
    assert logs[0].states == logs[1].states
    assert changed(puller.home, places_of(puller.home, CONTRACTS, puller.locations), MONTH) is None


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_location_that_fails_leaves_the_last_good_delivery_in_force(
    puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    puller.pull()
    puller.take()
    before = accepted_rows(puller.home, INCOME)
    file = puller.there / "2021年6月" / "r2" / "收入监测.xlsx"
    file.write_bytes(xlsx_file({"表": table(INCOME, [row(INCOME, n) for n in range(1, 9)])}))
    os.utime(file, (LONG_AGO, LONG_AGO))

    def half(*_: object) -> None:
        raise TransportError("连接中途断开", NETWORK, True)

    with monkeypatch.context() as patch:
        patch.setattr(FilesSource, "fetch", half)
        assert puller.pull().is_passing
        assert puller.take() == ["accepted"] * 2
    assert_frame_equal(accepted_rows(puller.home, INCOME), before)
    assert puller.pull().new_deliveries == 1
    assert puller.take() == ["accepted"] * 2
    assert accepted_rows(puller.home, INCOME).height == 8


def test_a_person_is_erased_from_what_was_pulled_too(puller: Puller) -> None:
    puller.pull()
    puller.take()
    restricted = puller.home.restricted
    person = find_person(puller.home, CONTRACTS, resident_id(1))
    assert _mentions(restricted / "pulled", NAME)
    replace_originals(puller.home, CONTRACTS, person, read_here, date(2021, 7, 20))
    remove_rows(puller.home, CONTRACTS, person)
    assert not _mentions(restricted, resident_id(1), NAME)
    assert _problems(puller) == []
    # The department's own file still names the person; it counts as the original that replaced it.
    location = puller.locations["agriculture"]
    assert isinstance(location, Location)
    assert offered_changes(Pulled(puller.home, "agriculture"), location, AGRICULTURE, [MONTH]) == {}
    result = puller.pull()
    assert (result.fetched, result.new_deliveries) == (0, 0)
    assert puller.take() == ["accepted"] * 2
    assert not _mentions(restricted, resident_id(1), NAME)
    assert accepted_rows(puller.home, REGISTER).height == 3


def test_a_damaged_record_of_pulls_is_found_and_says_the_way_back(puller: Puller) -> None:
    puller.pull()
    puller.take()
    assert _problems(puller) == []
    record = Pulled(puller.home, "agriculture").folder / f"{MONTH}.json"
    record.write_text('{"deliveries": [{"delivery_no"', "utf-8")
    (problem,) = _problems(puller)
    assert "取数登记" in problem
    assert str(record) in problem
    record.unlink()
    assert puller.pull().problem == ""
    assert _problems(puller) == []
    assert puller.take() == ["accepted"] * 2


def _mentions(folder: Path, *texts: str) -> bool:
    return any(file_mentions(path, texts) for path in folder.rglob("*") if path.is_file())


def _problems(desk: Desk) -> list[str]:
    areas = verify.examine(Settings(home=desk.home.root), deep=True)
    return [p for area in areas if area.subject != "数据仓库" for p in area.problems]

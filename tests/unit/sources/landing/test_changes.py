"""New and corrected files are seen by what is in them, until the intake has seen them."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState, keep_original
from sources.landing.changes import pending, pending_months
from sources.landing.locations import locations_of, read_deliveries
from sources.months import Month

JUNE = Month(2021, 6)
LONG_AGO = datetime(2021, 7, 3, 12).timestamp()


class Office:
    """A home whose inbox holds files of one department, and an intake that has seen them or not."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.home.prepare()
        self.locations = locations_of(self.home, load_contracts(), {})

    def put(self, name: str, text: str, month: str = "2021-06") -> Path:
        path = self.home.inbox / "health" / month / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO + len(text)))
        return path

    def take_in(self) -> None:
        log = DeliveryLog(self.home, "health", JUNE)
        for d in read_deliveries("health", self.locations["health"], JUNE)[0]:
            files = tuple(
                ArchivedFile(f.name, keep_original(self.home, f.path), "2021-07-03T12:00:00") for f in d.files
            )
            log.add(FolderState(d.delivery_no, d.mode, files, d.assigned))

    def pending(self) -> str | None:
        return pending(self.home, self.locations, JUNE)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_file_is_new_until_it_was_taken_in(office: Office) -> None:
    assert office.pending() is None
    office.put("结算.csv", "1")
    assert office.pending() is not None
    office.take_in()
    assert office.pending() is None


@pytest.mark.parametrize("name", ["结算.csv", "更多.csv", "r2/结算.csv", "delivery.yaml"])
def test_a_corrected_or_further_file_is_new(office: Office, name: str) -> None:
    office.put("结算.csv", "1")
    office.take_in()
    office.put(name, "mode: replace_towns\n")
    first = office.pending()
    assert first is not None
    office.take_in()
    assert office.pending() is None


def test_the_same_content_is_nothing_new(office: Office) -> None:
    path = office.put("结算.csv", "1")
    office.take_in()
    path.touch()
    assert office.pending() is None
    path.unlink()
    assert office.pending() is None, "an emptied folder is nothing new"


def test_the_digest_is_about_the_content(office: Office) -> None:
    office.put("结算.csv", "1")
    digest = office.pending()
    shutil.rmtree(office.home.inbox / "health")
    office.put("结算.csv", "1")
    assert office.pending() == digest
    office.put("结算.csv", "2")
    assert office.pending() not in (digest, None)


def test_only_the_months_that_are_asked_for(office: Office) -> None:
    office.put("结算.csv", "1")
    office.put("结算.csv", "1", month="2021-05")
    office.put("结算.csv", "1", month="2021-13")
    asked = [Month(2021, 4), JUNE]
    assert list(pending_months(office.home, office.locations, asked)) == [JUNE]

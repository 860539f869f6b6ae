"""New and corrected files are seen by what is in them, until the intake has seen them."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.archive import DeliveryLog
from sources.landing.changes import changed, changed_months
from sources.landing.land import land
from sources.landing.places import places_of
from sources.landing.taken_in import TakenIn
from sources.months import Month

JUNE = Month(2021, 6)
LONG_AGO = datetime(2021, 7, 3, 12).timestamp()


class Office:
    """A home whose inbox holds files of one department, and an intake that has seen them or not."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.home.prepare()
        self.locations = places_of(self.home, load_contracts(), {})

    def put(self, name: str, text: str, month: str = "2021-06") -> Path:
        path = self.home.inbox / "health" / month / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO + len(text)))
        return path

    def land(self) -> DeliveryLog:
        return land(self.home, "health", self.locations, JUNE).log

    def take_in(self) -> None:
        taken_in = TakenIn(self.home, "health", JUNE)
        taken_in.landed = self.land().digest
        taken_in.save()

    def changed(self) -> str | None:
        return changed(self.home, self.locations, JUNE)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_file_is_new_until_it_was_taken_in(office: Office) -> None:
    assert office.changed() is None
    office.put("结算.csv", "1")
    assert office.changed() is not None
    office.take_in()
    assert office.changed() is None


def test_what_has_landed_is_new_until_it_was_taken_in(office: Office) -> None:
    office.put("结算.csv", "1")
    office.take_in()
    office.put("r2/结算.csv", "2")
    before = office.changed()
    office.land()
    landed = office.changed()
    assert None not in (before, landed)
    assert office.changed() == landed
    assert list(changed_months(office.home, office.locations, [JUNE])) == [JUNE]
    office.take_in()
    assert office.changed() is None


@pytest.mark.parametrize("name", ["结算.csv", "更多.csv", "r2/结算.csv", "delivery.yaml"])
def test_a_corrected_or_further_file_is_new(office: Office, name: str) -> None:
    office.put("结算.csv", "1")
    office.take_in()
    office.put(name, "mode: replace_towns\n")
    first = office.changed()
    assert first is not None
    office.take_in()
    assert office.changed() is None


def test_the_same_content_is_nothing_new(office: Office) -> None:
    path = office.put("结算.csv", "1")
    office.take_in()
    path.touch()
    assert office.changed() is None
    path.unlink()
    assert office.changed() is None, "an emptied folder is nothing new"


def test_the_digest_is_about_the_content(office: Office) -> None:
    office.put("结算.csv", "1")
    digest = office.changed()
    shutil.rmtree(office.home.inbox / "health")
    office.put("结算.csv", "1")
    assert office.changed() == digest
    office.put("结算.csv", "2")
    assert office.changed() not in (digest, None)


def test_only_the_months_that_are_asked_for(office: Office) -> None:
    office.put("结算.csv", "1")
    office.put("结算.csv", "1", month="2021-05")
    office.put("结算.csv", "1", month="2021-13")
    asked = [Month(2021, 4), JUNE]
    assert list(changed_months(office.home, office.locations, asked)) == [JUNE]

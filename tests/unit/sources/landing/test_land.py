"""A department's fault stays that department's; a full disk is everybody's."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from sources.home import Home
from sources.intake import Intake
from sources.landing import land as land_module
from sources.landing.archive import DeliveryLog
from sources.landing.land import FAULTY
from sources.landing.locations import InboxDelivery
from tests.district import DIVISIONS
from tests.unit.sources.builder import CONTRACTS, MONTH, Desk, csv_file, lenient, row, table

DEATHS, INCOME = CONTRACTS.dataset("deaths"), CONTRACTS.dataset("household_income")
REGISTER = CONTRACTS.dataset("household_register")


@pytest.fixture
def inbox(desk: Desk) -> Desk:
    """Files of two departments, one of them with settings that mean nothing."""
    for dataset in (REGISTER, INCOME, DEATHS):
        desk.put(dataset, f"{dataset.label}.csv", csv_file(table(dataset, [row(dataset, 1)])))
    return desk


def _break_civil_affairs(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    real = land_module.keep_original

    def keep(home: Home, path: Path, *rest: Any) -> str:
        if "civil_affairs" in path.parts:
            raise error
        return real(home, path, *rest)

    monkeypatch.setattr(land_module, "keep_original", keep)


def test_an_unexpected_fault_of_one_department_lets_the_others_land(
    inbox: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = RuntimeError("张三")
    _break_civil_affairs(monkeypatch, fault)
    intake = Intake(inbox.home, MONTH, lenient, DIVISIONS)
    landed = {department: intake.land(department) for department in CONTRACTS}
    assert {name for name, landing in landed.items() if landing.fault} == {"civil_affairs"}
    assert landed["civil_affairs"].fault is fault
    assert [intake.take(d).status for d in (REGISTER, INCOME, DEATHS)] == ["accepted", "accepted", "not_delivered"]
    assert [(n.department, n.message) for n in intake.notices()] == [("civil_affairs", FAULTY)]


def test_what_had_landed_before_a_fault_still_counts(inbox: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.intake()
    _break_civil_affairs(monkeypatch, RuntimeError())
    intake = inbox.intake()
    intake.take(REGISTER)
    assert intake.take(DEATHS).status == "accepted"


def test_a_full_disk_stops_the_run(inbox: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _break_civil_affairs(monkeypatch, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    with pytest.raises(OSError, match="No space left"):
        inbox.intake()


def test_settings_that_mean_nothing_hold_their_own_redelivery_only(inbox: Desk) -> None:
    inbox.put(DEATHS, "delivery.yaml", b"&a [*a", folder="r2")
    inbox.put(DEATHS, "死亡.csv", csv_file(table(DEATHS, [row(DEATHS, 2)])), folder="r2")
    inbox.put(INCOME, "收入监测.csv", csv_file(table(INCOME, [row(INCOME, 2)])), folder="r2")
    intake = inbox.intake()
    numbers = {
        d.name: [s.delivery_no for s in DeliveryLog(inbox.home, d.department, MONTH).states] for d in (DEATHS, INCOME)
    }
    assert numbers == {"deaths": [1], "household_income": [1, 2]}
    intake.take(REGISTER)
    assert [len(intake.take(d).deliveries) for d in (INCOME, DEATHS)] == [2, 1]
    assert [n.department for n in intake.notices()] == ["civil_affairs"]


def test_nothing_lands_of_a_delivery_that_could_not_be_logged(inbox: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run must not work with a state that no later run would see."""
    bad = InboxDelivery(2, "replace_all", {"\ud800": "deaths"}, ())
    real = land_module.deliveries_in

    def read(place: Path, department: str, *rest):  # type: ignore[no-untyped-def]
        deliveries, notices = real(place, department, *rest)
        extra = [InboxDelivery(2, bad.mode, bad.assigned, deliveries[0].files)] if department == "civil_affairs" else []
        return [*deliveries, *extra], notices

    monkeypatch.setattr(land_module, "deliveries_in", read)
    intake = Intake(inbox.home, MONTH, lenient, DIVISIONS)
    landing = intake.land("civil_affairs")
    assert isinstance(landing.fault, UnicodeEncodeError)
    assert landing.log.states == DeliveryLog(inbox.home, "civil_affairs", MONTH).states
    assert [s.delivery_no for s in landing.log.states] == [1]

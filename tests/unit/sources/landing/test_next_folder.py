"""The folder for the next files: never one that was used, also if the inbox was cleared."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState
from sources.landing.next_folder import next_folder
from tests.unit.sources.builder import MONTH


def _state(number: int) -> FolderState:
    return FolderState(number, "replace_all", (ArchivedFile("a.csv", "0" * 64, "2021-07-01T00:00:00"),))


@pytest.mark.parametrize(
    ("entries", "logged", "wanted"),
    [
        ((), (), "2021-06"),
        (("a.csv",), (), "2021-06/r2"),
        ((".keep",), (), "2021-06"),
        (("Thumbs.db", "~$a.xlsx"), (), "2021-06"),
        (("r0",), (), "2021-06/r2"),
        (("sub",), (), "2021-06/r2"),
        ((), (1,), "2021-06/r2"),
        ((), (1, 2, 3), "2021-06/r4"),
        (("a.csv", "r2"), (1,), "2021-06/r3"),
        (("a.csv", "R2"), (), "2021-06/r3"),
        (("a.csv", "r09"), (), "2021-06/r10"),
        (("a.csv", "r2", "r9"), (1, 4), "2021-06/r10"),
    ],
)
def test_the_next_number_is_above_every_one_that_was_used(
    tmp_path: Path, entries: tuple[str, ...], logged: tuple[int, ...], wanted: str
) -> None:
    home = Home(tmp_path)
    folder = home.inbox / "health" / "2021-06"
    folder.mkdir(parents=True)
    for entry in entries:
        (folder / entry).touch() if "." in entry else (folder / entry).mkdir()
    for number in logged:
        DeliveryLog(home, "health", MONTH).add(_state(number))
    assert next_folder(home, "health", MONTH) == wanted


def test_a_location_elsewhere_is_looked_at(tmp_path: Path) -> None:
    home, share = Home(tmp_path / "home"), tmp_path / "share"
    (share / "2021-06" / "r5").mkdir(parents=True)
    assert next_folder(home, "health", MONTH, share) == "2021-06/r6"

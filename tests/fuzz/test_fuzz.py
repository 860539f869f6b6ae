"""``make fuzz`` finds what breaks reading or conforming; a hundred damaged files break neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sources.reading.files import reader_process
from tests.fuzz import run
from tests.fuzz.run import CONFORM_SECONDS, EXCEPTION, READ, REFUSED, TIME_OUT, fuzz


@pytest.fixture(autouse=True)
def limit_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fuzzer shortens the time limit of the reader; give it back afterwards."""
    monkeypatch.setattr(reader_process, "SECONDS", reader_process.SECONDS)


def test_damaged_files_are_read_or_refused() -> None:
    tally = fuzz(range(100), CONFORM_SECONDS, seed=1, keep=None)
    assert tally.is_clean, str(tally)
    assert tally.outcomes[READ] > 10
    assert tally.outcomes[REFUSED] > 10


@pytest.mark.parametrize(("error", "outcome"), [(ValueError("a cell"), EXCEPTION), (run.OvertimeError(), TIME_OUT)])
def test_an_error_after_reading_is_found_and_its_file_kept(
    error: BaseException, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(run, "conform_delivery", fail)
    tally = fuzz(range(8), CONFORM_SECONDS, seed=1, keep=tmp_path / "kept")
    assert tally.outcomes[outcome] > 0
    assert tally.outcomes[READ] == 0
    assert not tally.is_clean
    kept = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "kept").glob("*.json")]
    assert [about["outcome"] for about in kept] == [outcome] * tally.outcomes[outcome]

"""Feedback that is written beside dbt is handed over where it is asked for, with what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.resources import Platform
from sources.contracts.model import Department, load_contracts
from sources.months import Month

JUNE = Month(2021, 6)
HEALTH, AGRICULTURE, CIVIL_AFFAIRS = (load_contracts()[name] for name in ("health", "agriculture", "civil_affairs"))


def test_a_workbook_is_written_once_and_its_error_is_raised_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def write(_home: object, department: Department, month: Month, *, location: object) -> Path:
        assert location is None
        written.append(department.name)
        if department is AGRICULTURE:
            raise OSError("disk full")
        return tmp_path / f"{department.name}-{month}.xlsx"

    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path))
    monkeypatch.setattr("workbooks.feedback.write_feedback", write)
    platform = Platform()
    with platform.writing_beside(JUNE, [HEALTH, AGRICULTURE]):
        pass
    assert written == [HEALTH.name, AGRICULTURE.name]
    assert platform.written_feedback(HEALTH, JUNE) == tmp_path / f"{HEALTH.name}-2021-06.xlsx"
    with pytest.raises(OSError, match="disk full"):
        platform.written_feedback(AGRICULTURE, JUNE)
    assert len(written) == 2
    assert platform.written_feedback(CIVIL_AFFAIRS, JUNE).name == f"{CIVIL_AFFAIRS.name}-2021-06.xlsx"
    assert platform.written_feedback(HEALTH, JUNE)
    assert written[2:] == [CIVIL_AFFAIRS.name, HEALTH.name], "what was handed over is written anew"

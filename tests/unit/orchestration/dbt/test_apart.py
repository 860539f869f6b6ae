"""A build apart from the warehouse is closed to others and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.dbt import apart
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources.months import Month


def test_a_failed_build_names_its_output_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_HOME", str(tmp_path / "home"))
    failing = tmp_path / "dbt"
    failing.write_text(
        '#!/bin/sh\ncd "$SHOUWANG_DBT_APART" && stat -c %a . warehouse && touch a && stat -c %a a; exit 1'
    )
    failing.chmod(0o700)
    monkeypatch.setattr(apart, "DBT_PARSED", str(failing))
    settings = Settings()
    (settings.paths.apart / "killed" / "warehouse").mkdir(parents=True)
    with (
        pytest.raises(ShouwangError, match=r"没有算出 2021-06 的 model.+apart\.txt"),
        apart.built(settings, Month(2021, 6), "model"),
    ):
        pass
    assert (settings.dbt_dir / "apart.txt").read_text("utf-8").split() == ["700", "700", "600"]
    assert list(settings.paths.warehouse.iterdir()) == []

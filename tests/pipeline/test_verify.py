"""A damaged home on the command line: verified, rebuilt from accepted rows, and as it was.

Belongs here: ``shouwang verify``, ``rebuild`` and ``run`` over two months. Does not belong here: each kind of damage
(``tests/unit/orchestration/commands``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.home import Home
from tests.pipeline.running import environment, run_months, shouwang
from tests.worlds.nasty.inboxes import INBOXES

pytestmark = pytest.mark.usefixtures("parsed")


def _shouwang(home: Path, *arguments: str) -> tuple[int, str]:
    done = shouwang(environment(home), *arguments)
    return done.returncode, done.stdout + done.stderr


def test_what_is_damaged_is_found_and_brought_back_without_a_new_version(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.inbox.mkdir(parents=True)
    months = INBOXES["edges"](home.inbox)[:2]
    assert all(run_months(home.root, months).values())
    code, said = _shouwang(home.root, "verify", "--deep")
    assert code == 0, said
    versions = sorted(home.published.glob("marts-*/version.json"))

    # Accepted rows, the warehouse and Dagster's records at once.
    (home.warehouse / "warehouse.duckdb").write_bytes(b"damaged")
    (home.root / "dagster" / "history" / "runs.db").write_bytes(b"damaged" * 1000)
    rows = home.warehouse / "accepted" / "agriculture" / "household_register" / f"month={months[0]}" / "rows.parquet"
    accepted = rows.read_bytes()
    rows.write_bytes(b"damaged")
    code, said = _shouwang(home.root, "verify")
    assert code == 1
    for way in (f"shouwang run {months[0]}", "shouwang rebuild", "下一次 shouwang run 会把它移到一旁"):
        assert way in said

    code, said = _shouwang(home.root, "run", months[0])
    assert "Dagster 的记录(history)已损坏,已移到" in said
    assert rows.read_bytes() == accepted
    code, said = _shouwang(home.root, "rebuild")
    assert code == 0, said
    assert [f"{month} 完成" in said for month in months] == [True, True]
    assert "逐格相同,没有新版本" in said
    code, said = _shouwang(home.root, "verify", "--deep")
    assert code == 0, said
    assert sorted(home.published.glob("marts-*/version.json")) == versions

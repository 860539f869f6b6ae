"""A month in a home whose path has every sign that means something to a shell, a pattern, SQL or a URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pipeline.test_partial_runs import ASSETS, Office

ODD = 'a [b]\'c "d" #1 100% {e}*;$x & 数据'
Marts = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def marts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Marts]:
    """The rows of every mart, in a plain home and in an odd one, with the same secret."""
    (secret := tmp_path / "secret").write_text("s", encoding="utf-8")
    secret.chmod(0o600)
    monkeypatch.setenv("SHOUWANG_SECRET_FILE", str(secret))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rows = {}
    for name in ("plain", ODD):
        office = Office(tmp_path / name / "home", monkeypatch)
        office.deliver_register("上官云锦")
        office.deliver_assets()
        assert office.materialise().success
        with duckdb.connect(str(office.home.published / "marts.duckdb"), read_only=True) as connection:
            query = "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
            tables = [table for (table,) in connection.execute(query).fetchall()]
            rows[name] = {t: connection.execute(f"from marts.{t} order by all").fetchall() for t in tables}
    return rows


def test_the_marts_are_those_of_a_plain_home(marts: dict[str, Marts], tmp_path: Path) -> None:
    assert len(marts[ODD][ASSETS.name]) == 3
    assert len(marts[ODD]["household_month"]) == 30
    assert marts[ODD] == marts["plain"]
    assert {p.name for p in tmp_path.iterdir()} == {"plain", ODD, "secret", "cache"}
    (link,) = (tmp_path / "cache" / "shouwang").iterdir()
    assert link.readlink() == tmp_path / ODD / "home" / "dagster"

"""Two versions with keys of two secrets are equal apart from the keys, or the marts that differ are named."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.publishing.rekeyed import differences

EVIDENCE = '[{"dataset":"a","row_ref":"%s"},{"dataset":"b","row_ref":"%s"}]'
DETAIL = '{"facts":{"names":%d},"evidence":[{"dataset":"a","ref":"%s"},{"dataset":"a","ref":"%s"}]}'
FORMER_DETAIL, DETAIL_NOW = DETAIL % (2, "1" * 16, "2" * 16), DETAIL % (2, "d" * 16, "e" * 16)
ROWS = [("k1", "L1", "C" + "a" * 16, EVIDENCE % ("1" * 16, "2" * 16), "ZC***" + "b" * 12, 5.5, FORMER_DETAIL)]
REKEYED = [("n1", "M1", "C" + "c" * 16, EVIDENCE % ("e" * 16, "d" * 16), "ZC***" + "f" * 12, 5.5, DETAIL_NOW)]


def version(path: Path, rows: list[tuple[object, ...]]) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema marts; create table marts.flags (household_key varchar, lead_id varchar,"
            " conflict_id varchar, evidence varchar, asset_no varchar, income double, detail varchar)"
        )
        connection.executemany("insert into marts.flags values (?, ?, ?, ?, ?, ?, ?)", rows)
    return path


@pytest.fixture
def found(tmp_path: Path) -> object:
    keys, leads = tmp_path / "keys.parquet", tmp_path / "leads.parquet"
    pl.DataFrame({"former": ["k1", "k2"], "current": ["n1", "n2"]}).write_parquet(keys)
    pl.DataFrame({"former": ["L1"], "current": ["M1"]}).write_parquet(leads)
    former = version(tmp_path / "former.duckdb", ROWS)

    def compared(rows: list[tuple[object, ...]]) -> list[str]:
        return differences(former, version(tmp_path / "now.duckdb", rows), keys, leads)

    return compared


def test_keys_and_tokens_may_differ(found: object) -> None:
    assert found(REKEYED) == []  # type: ignore[operator]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, "n2"),  # the key of another household
        (0, "k1"),  # a key that was not made again
        (1, "L1"),
        (2, "D" + "c" * 16),
        (3, EVIDENCE % ("e" * 16, "d" * 16) + "x"),
        (4, "ZC9***" + "f" * 12),
        (5, 5.6),
        (6, DETAIL % (3, "d" * 16, "e" * 16)),
    ],
)
def test_any_other_cell_is_a_difference(found: object, column: int, value: object) -> None:
    changed = list(REKEYED[0])
    changed[column] = value
    assert found([tuple(changed)]) == ["flags(1 行变为 1 行)"]  # type: ignore[operator]


def test_a_row_more_is_a_difference(found: object) -> None:
    assert found(REKEYED * 2) == ["flags(0 行变为 1 行)"]  # type: ignore[operator]

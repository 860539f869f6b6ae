"""Rows balance whatever is delivered in whatever order."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.home import Home
from tests.unit.sources.builder import CONTRACTS, MONTH, PLACES, Desk, csv_file, row, table

ENROLLED = CONTRACTS.dataset("toilet_retrofits")
NUMBERS = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 2), st.sampled_from(["", "x", "100", "200"])), max_size=5
)
"""Rows as (key, town, subsidy); an empty subsidy is missing and x no number."""
FILES = st.dictionaries(st.sampled_from(["户厕1.csv", "户厕2.csv"]), NUMBERS, min_size=1)
STEPS = st.lists(
    st.tuples(st.sampled_from(["", "r2", "r3"]), FILES, st.booleans(), st.booleans()), min_size=1, max_size=4
)


def _content(rows: list[tuple[int, int, str]]) -> bytes:
    lines = []
    for number, town, subsidy in rows:
        town_code, village_code = PLACES[town]
        lines.append(row(ENROLLED, number, town_name=town_code, village_name=village_code, subsidy=subsidy))
    return csv_file(table(ENROLLED, lines))


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_is_delivered_in_whatever_order_every_row_is_counted_once(steps: list) -> None:
    with TemporaryDirectory() as folder:
        desk = Desk(Home(Path(folder)))
        for place, files, by_town, runs in steps:
            for name, rows in files.items():
                desk.put(ENROLLED, name, _content(rows), folder=place)
            if by_town:
                desk.put(ENROLLED, "delivery.yaml", b"mode: replace_towns", folder=place)
            if runs:
                desk.intake().take(ENROLLED)
        outcome = desk.intake().take(ENROLLED)
        found = outcome.ledger
        parts = ["rows_accepted", "rows_quarantined", "rows_duplicate", "rows_superseded"]
        assert (found["rows_in_file"] == found.select(pl.sum_horizontal(parts)).to_series()).all()
        assert all((found[p] >= 0).all() for p in parts)
        assert found.select("delivery_no", "file_name").is_unique().all()
        assert found["file_no"].is_unique().all()
        assert not found.filter(pl.col("is_current") & ~pl.col("is_in_force")).height
        path = desk.home.accepted(ENROLLED, MONTH) / "rows.parquet"
        if not path.exists():
            assert not outcome.is_in_force
            assert found["rows_accepted"].sum() == 0
            return
        rows = pl.read_parquet(path)
        assert outcome.is_in_force
        assert rows.height == found["rows_accepted"].sum()
        assert rows["head_person_key"].is_unique().all()
        counted = dict(rows["file_no"].value_counts().iter_rows())
        assert counted == {n: a for n, a in found.select("file_no", "rows_accepted").iter_rows() if a}
        assert rows["row_order"].to_list() == list(range(rows.height))
        assert rows.select("delivery_no", "file_no", "row_number").rows() == sorted(
            rows.select("delivery_no", "file_no", "row_number").rows()
        )

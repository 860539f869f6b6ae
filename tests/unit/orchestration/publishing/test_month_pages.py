"""Pages of a month have words for codes, and numbers stay numbers."""

from __future__ import annotations

import duckdb

from orchestration.publishing.month_pages import _in_words


def test_cells_are_words_not_codes() -> None:
    rows = (
        "values ('health', 'persons', true, 1, 0.5::double, null), ('INC-01', 'stale', false, 0, 98.3::double, '突发')"
    )
    assert _in_words(duckdb.connect().execute(rows), {"INC-01": "INC-01 收入"}) == [
        ("卫生健康局(医疗保障局)", "人", "是", 1, 0.5, "-"),
        ("INC-01 收入", "数据过旧", "否", 0, 98.3, "突发"),
    ]
    numbers = _in_words(duckdb.connect().execute("select 1, 0"), {})
    assert [type(cell) for cell in numbers[0]] == [int, int]

"""Pages of a month have words for codes, and numbers stay numbers."""

from __future__ import annotations

from datetime import date

import duckdb

from orchestration.publishing.month_pages import _RECONCILIATION, _in_words


def test_cells_are_words_not_codes() -> None:
    rows = (
        "values ('health', 'persons', true, 1, 0.5::double, null), ('INC-01', 'stale', false, 0, 98.3::double, '突发')"
    )
    assert _in_words(duckdb.connect().execute(rows), {"INC-01": "INC-01 收入", "health": "卫生健康局"}) == [
        ("卫生健康局", "人", "是", 1, 0.5, "-"),
        ("INC-01 收入", "数据过旧", "否", 0, 98.3, "突发"),
    ]
    numbers = _in_words(duckdb.connect().execute("select 1, 0"), {})
    assert [type(cell) for cell in numbers[0]] == [int, int]


def test_new_notices_are_marked_and_come_first() -> None:
    connection = duckdb.connect()
    connection.execute(
        "create schema marts; create table marts.month_notices as"
        " select date '2026-02-01' as month, code as notice_code, code as subject, code as message,"
        " null::date as since, null::int as days, code = 'PAR-03' as is_new"
        " from (values ('CAT-01'), ('PAR-03')) as v(code)"
        " union all select date '2026-01-01', 'PAR-03', 'x', 'x', null, null, true"
    )
    head, sql = _RECONCILIATION["本月提示"]
    rows = _in_words(connection.execute(sql, {"month": date(2026, 2, 1)}), {})
    assert [dict(zip(head, row, strict=True)) for row in rows] == [
        {"代码": code, "说明": code, "起始日期": "-", "超出天数": "-", "新增": new}
        for code, new in (("PAR-03", "是"), ("CAT-01", "否"))
    ]

"""Cells as people type them, good ones and bad ones, by kind of column.

Belongs here: the cells, and an ordinary row to put one of them in. Does not belong here: what becomes of them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.oracle.catalogue import Dataset
from tests.worlds.world import Cells, make_id

MONTH = "2021-05"
GOOD_ID = make_id(date(1980, 6, 15), 123)
ANYWHERE: list[Any] = [
    *("", " ", "-", "—", "/", "无", "NULL", "null", "NA", "nan", "None", "－", "——", "N/A", "\u200b", "\u3000", "'"),
    *(0, 1, 1.5, True, False, date(2021, 5, 3), datetime(2021, 5, 3, 8, 30), 44317, 44317.5),
]
BY_KIND: dict[str, list[Any]] = {
    "resident_id": [
        *(GOOD_ID, GOOD_ID.lower(), f"'{GOOD_ID}", f" {GOOD_ID[:6]} {GOOD_ID[6:]}", GOOD_ID[:6] + GOOD_ID[8:17]),
        *(GOOD_ID[:17], GOOD_ID + "1", "1" * 18, "1" * 15, "0" * 15, "4.41802E+17", "4.41802e17", "A" * 18, "x" * 18),
        *("44180219800231123X", "441802000229123", "441802010229123", "44180218000615123X", int("441802800615123")),
        *(make_id(date(2021, 5, 31), 1), make_id(date(2021, 6, 1), 1), make_id(date(1850, 1, 1), 3)),
        *(GOOD_ID[:16] + "X" + GOOD_ID[17], "\uff14\uff14" + GOOD_ID[2:], "٤٤" + GOOD_ID[2:], 441802198006151200),
    ],
    "certificate": [
        *(GOOD_ID + tail for tail in ("41", "81", "01", "45", "4", "411", " 4 1")),
        *(GOOD_ID.lower() + "44", GOOD_ID[:17] + "?41"),
    ],
    "date": [
        *("2021-05-01", "2021-5-1", "2021/5/1", "2021.5.1", "20210501", "2021年5月1日", "2021年05月01日", "2021年5月1"),
        *("2021-05", "2021.5", "202105", "2021年5月", "2021/05", "2021", "44317", "44317.0", "443170", "2021-13-01"),
        *("2021-05-01 00:00:00", "2021-05-01 08:00:00", "2021/5/1 0:00:00", "2021-02-30", "21-05-01", "2021-5/1"),
        *("2021年5月1日00:00:00", "2021-05-01 00:00:00\u200b", "2021-5-1 0:00", "2021-5-10:00", "2021-5-10 0:00:00"),
        *("1900-01-01", "1899-12-31", "2021-07-01", "2021-07-02", "2021--05-01", "2021-05-011", "99999", "36526"),
        *(
            "\uff12\uff10\uff12\uff11-05-01",
            "5月1日",
            "2021年5月1号",
            "2020.2.29",
            "2021.2.29",
            1,
            59,
            60,
            61,
            20210501,
        ),
    ],
    "month": [
        *("2021-05", "2021-5", "2021.5", "2021.05", "202105", "2021年5月", "2021年05月", "2021/5/1", "2021-05-01"),
        *("20210501", "44317", "2021-13", "2021-00", "202113", "2021", "2021年5", "5月", "20215", "2021年5月1日"),
        *("2021/5", "2021/05", "2021年5月1日00:00:00"),
        *(202105, 2021.5, 44317, "2035-01", "2021-05-01 00:00:00"),
    ],
    "number": [
        *("1", "1,234", "1,234.56", "12,34", "1234,567", "\uff11\uff12", "1.50", "-5", "+5", "--5", "(5)", "1e3", "5%"),
        *("¥5", "5元", "5万元", "5千元", "5万", "5 元", "1,5", "1.2.3", "5亿元", "5公里", "5米", "5人", "5万人", "5户"),
        *("5人次", "99999999999", "约5", "5-6", "1 234", "一百", "5/6", "-0", "00012", "1,000万元", 2, -3, 123456.75),
    ],
    "integer": [
        "1,234",
        "1.0",
        "1.5",
        "-1",
        "5户",
        "5万人",
        "1.2万人",
        "0.00001万人",
        "2009",
        "2101",
        "2021年",
        2021.0,
    ],
    "yes_or_no": [
        "是",
        "否",
        "有",
        "无",
        "√",
        "×",
        "Y",
        "N",
        "1",
        "0",
        "true",
        "false",
        "TRUE",
        "对",
        "✓",
        "1.0",
        "2",
        2,
    ],
    "list": ["甲", "是", "A级。"],
    "text": ["abc", "A 1", "\uff11\uff12", "张·三", "a,b", 'a"b', 123, 12345678901, 1.25],
    "town": ["凤城街道", "凤城", "源潭镇 ", "441802105", "44180210", "清远市国营银盏林场", 441802107, 441802107.5],
    "village": [
        *("升平", "升平村", "升平居委会", "升平村委会", "升平社区", "升平社区居委会", "441802107217", "441802105010"),
        *(441802107217, "升平 村", "白庙社区居委会", "升", "升平委会", "村", "社区"),
    ],
}
_ORDINARY = {"date": "2021-05-02", "month": "2021-04", "number": "10", "integer": "2020", "yes_or_no": "是"}


def ordinary(dataset: Dataset, number: int) -> Cells:
    """A row without a fault; texts and ids differ from row to row."""
    resident_id = make_id(date(1970 + number % 30, 1 + number % 12, 1 + number % 28), number % 1000)
    own = {"resident_id": resident_id, "certificate": f"{resident_id}41", "text": f"T{number}"}
    place = {"town": "飞来峡镇", "village": "升平村委会"}
    known = {**_ORDINARY, **own, **place}
    return {c.name: c.values[0] if c.kind == "list" else known[c.kind] for c in dataset.columns}


def rows(dataset: Dataset, text_only: bool) -> list[Cells]:
    """Ordinary rows with one weird cell each; only texts where the file has no other cells."""
    found: list[Cells] = []
    for column in dataset.columns:
        for cell in [*BY_KIND[column.kind], *ANYWHERE]:
            if isinstance(cell, str) or not text_only:
                found.append({**ordinary(dataset, len(found)), column.name: cell})
    return found

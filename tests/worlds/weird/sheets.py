"""Sheets as offices lay them out: headers, units, totals, footers, merged cells, encodings.

Belongs here: whole files of one table each, by a name that says what is odd about them.
Does not belong here: what becomes of them.
"""

from __future__ import annotations

from tests.worlds.write import Grid, csv_bytes, xls_bytes, xlsx_bytes

INCOME = "household_income"
HEAD = [
    "户编号",
    "近12个月工资性收入",
    "近12个月生产经营性收入",
    "近12个月财产性收入",
    "近12个月转移性收入",
    "近12个月生产经营性支出",
]
ROWS: Grid = [[f"QC{n}", str(1000 + n), "20.5", "0", "3", "10"] for n in range(1, 7)]
CLEANING = "cleaning_fund"
CLEANING_HEAD = ["镇(街道)", "村(社区)", "户籍人口", "村民筹集", "镇(街道)补助", "区级补助", "清洁行动次数"]
VILLAGES = ("升平村委会", "升平居委会", "黄洞村委会", "文洞村委会")
CLEANING_ROWS: Grid = [["飞来峡镇", village, "100", "100", "100", "100", "1"] for village in VILLAGES]


def _units(**units: str) -> list[str]:
    places = {"wage": 1, "expense": 5, "code": 0}
    head = list(HEAD)
    for name, unit in units.items():
        head[places[name]] += unit
    return head


def _total(word: str, *cells: str) -> list[str]:
    return [word, *cells, *[""] * (5 - len(cells))]


SUM = "6021"
UNREADABLE = ["QC9", "很多", "0", "0", "0", "0"]
WRONG = ["QC9", "1", "0", "0", "0", "-1"]
SUBTOTALS: Grid = [*ROWS[:2], _total("小计", "2003"), *ROWS[2:], _total("小计", "4018")]
TABLES: dict[str, tuple[str, Grid]] = {
    "plain": (INCOME, [HEAD, *ROWS]),
    "header in row 20": (INCOME, [*[["说明"]] * 19, HEAD, *ROWS]),
    "header in row 21": (INCOME, [*[["说明"]] * 20, HEAD, *ROWS]),
    "no header": (INCOME, ROWS),
    "blanks and wide letters in headers": (INCOME, [[f" {h[0]} {h[1:]}\u3000" for h in HEAD], *ROWS]),
    "own unit": (INCOME, [_units(wage="(元)", expense="\uff08 元 \uff09"), *ROWS]),
    "units that convert": (INCOME, [_units(wage="(万元)", expense="(千元)"), *ROWS]),
    "a unit that does not convert": (INCOME, [_units(wage="(公里)"), *ROWS]),
    "an unknown unit": (INCOME, [_units(expense="(美元)"), *ROWS]),
    "a bracket on a text column": (INCOME, [_units(code="(元)"), *ROWS]),
    "a column twice": (INCOME, [[*HEAD, HEAD[1]], *[[*r, "9"] for r in ROWS]]),
    "an unknown column first": (INCOME, [["序号", *HEAD], *[[str(n), *r] for n, r in enumerate(ROWS)]]),
    "required column missing": (INCOME, [HEAD[:-1], *[r[:-1] for r in ROWS]]),
    "title with a column's name": (INCOME, [["户编号"], ["单位:万元"], HEAD, *ROWS]),
    "two rows, group head": (INCOME, [["户编号", "近12个月"], ["", *[h[5:] for h in HEAD[1:]]], *ROWS]),
    "two rows, foreign group head": (INCOME, [["基本", "收支"], HEAD, *ROWS]),
    "units in a row of their own": (INCOME, [HEAD, ["", "(千元)", "(元)", "(单位:万元)", "", "（元）"], *ROWS]),
    "header with units further down": (INCOME, [HEAD, *ROWS[:2], _units(wage="(元)", expense="(元)"), *ROWS[2:]]),
    "header twice": (INCOME, [HEAD, *ROWS[:2], HEAD, *ROWS[2:]]),
    "two rows twice": (
        INCOME,
        [["户编号", "近12个月"], ["", *[h[5:] for h in HEAD[1:]]], *ROWS[:2]] * 2,
    ),
    "blank rows": (INCOME, [HEAD, [], *ROWS[:3], [" ", "\u3000"], *ROWS[3:], [], []]),
    "footers": (INCOME, [HEAD, *ROWS, ["填表人:甲"], ["", "审核人:乙"], ["制表日期"], ["备注", "", "无"]]),
    "footer with a key": (CLEANING, [CLEANING_HEAD, *CLEANING_ROWS, ["备注", "文洞村委会"], ["备注"]]),
    "right total": (INCOME, [HEAD, *ROWS, _total("合计", SUM, "123", "0", "18", "60")]),
    "wrong total": (INCOME, [HEAD, *ROWS, _total("合计", SUM, "123.01")]),
    "total above": (INCOME, [HEAD, _total("总 计", SUM), *ROWS]),
    "total in the unit of the header": (INCOME, [_units(wage="(万元)"), *ROWS, _total("合计", SUM)]),
    "total with its own unit": (INCOME, [HEAD, *ROWS, _total("合计", "0.6021万元")]),
    "total that is no number": (INCOME, [HEAD, *ROWS, _total("合计", "约6千")]),
    "total of nothing": (INCOME, [HEAD, *ROWS, _total("合计", "-", "/")]),
    "total over an unreadable cell": (
        INCOME,
        [HEAD, *ROWS, UNREADABLE, _total("合计", SUM, "123")],
    ),
    "total over a wrong row": (INCOME, [HEAD, *ROWS, WRONG, _total("合计", "6022", "123")]),
    "total over a double": (INCOME, [HEAD, *ROWS, ROWS[0], _total("合计", "7022")]),
    "subtotals": (
        INCOME,
        [HEAD, *SUBTOTALS, _total("合计", SUM)],
    ),
    "wrong subtotal": (INCOME, [HEAD, *ROWS[:2], _total("小计", "2003"), *ROWS[2:], _total("小计", SUM)]),
    "total not in the first cell": (CLEANING, [CLEANING_HEAD, *CLEANING_ROWS, ["", "合计", "400", "400", "", "", "4"]]),
    "short and long rows": (INCOME, [HEAD, ROWS[0][:3], [*ROWS[1], "more", "and more"], *ROWS[2:]]),
    "a key twice and a row twice": (INCOME, [HEAD, *ROWS, ROWS[0], [*ROWS[1][:5], "11"], [*ROWS[1][:5], "11"]]),
    "only a header": (INCOME, [HEAD]),
    "only a header and a total": (INCOME, [HEAD, _total("合计", "0")]),
}


def _merged() -> dict[str, tuple[str, bytes]]:
    """Workbooks with merged cells and several sheets."""
    head = [["镇(街道)", "村(社区)", "户籍人口", "经费", "", "", "清洁行动次数"]]
    head.append(["", "", "", "村民筹集", "镇(街道)补助", "区级补助", ""])
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:G2"]
    rows = [[r[0] if n == 0 else "", *r[1:]] for n, r in enumerate(CLEANING_ROWS)]
    total = ["合计", "", "400", "400", "400", "400", "4"]
    good = [CLEANING_HEAD, *CLEANING_ROWS]
    notes: Grid = [["填报说明"], ["按月填报"]]
    grouped = xlsx_bytes([("表", [*head, *rows, total], [*merges, "A3:A6"], False)])
    short = xlsx_bytes([("表", [*head, *rows], [*merges, "A3:A5"], False)])
    hidden = xlsx_bytes([("旧", good, [], True), ("新", good[:3], [], False), ("说明", notes, [], False)])
    two = xlsx_bytes([("一", good[:3], [], False), ("二", [CLEANING_HEAD, *CLEANING_ROWS[2:]], [], False)])
    broken = xlsx_bytes([("一", good, [], False), ("二", [r[:-1] for r in good], [], False)])
    return {
        "group heads and a merged town": (CLEANING, grouped),
        "a merged cell that ends too early": (CLEANING, short),
        "hidden sheet and notes": (CLEANING, hidden),
        "two sheets": (CLEANING, two),
        "second sheet lacks a column": (CLEANING, broken),
        "only notes": (CLEANING, xlsx_bytes([("说明", notes, [], False)])),
    }


def files() -> dict[str, tuple[str, str, bytes]]:
    """Name of the oddity -> dataset, file name, content."""
    found: dict[str, tuple[str, str, bytes]] = {}
    for name, (dataset, table) in TABLES.items():
        found[f"{name} (csv)"] = (dataset, "file.csv", csv_bytes(table))
        found[f"{name} (xlsx)"] = (dataset, "file.xlsx", xlsx_bytes([("表", table, [], False)]))
    found["old Excel"] = (INCOME, "file.xls", xls_bytes([HEAD, *ROWS]))
    for encoding in ("gb18030", "utf-8-sig", "utf-16", "utf-16-be"):
        found[encoding] = (INCOME, "file.csv", csv_bytes([HEAD, *ROWS], encoding))
    found["not a text"] = (INCOME, "file.csv", b"\x00\xff\xfe\x81" * 50)
    found["not a workbook"] = (INCOME, "file.xlsx", b"PK\x03\x04" + b"\x00" * 50)
    quoted = csv_bytes([HEAD, *ROWS[:2]]).replace(b"QC1", b'"QC\n1"').replace(b"\r\n", b"\n")
    found["quoted line break"] = (INCOME, "file.csv", quoted)
    found["carriage returns"] = (INCOME, "file.csv", csv_bytes([HEAD, *ROWS]).replace(b"\r\n", b"\r"))
    for name, (dataset, data) in _merged().items():
        found[name] = (dataset, "file.xlsx", data)
    return found

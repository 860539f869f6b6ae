"""Build the ledgers of money and posts of the golden month (report, sections 3 to 6 and 8).

Belongs here: purchases, funds, assets, cadres, committees, party. Does not belong here: households (``people``),
construction (``construction``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.golden.places import MARKET_TOWNS, REAL, TOWNS, VILLAGES, Cells, dealt, person, place, yes

MEMBERS, COLLEGE, HIGH_SCHOOL, UNDER_35 = 933, 811, 906, 375
SUM_OF_AGES = 36480
"""An average of 39.1 years."""


def purchases() -> list[Cells]:
    """Build 7944 万元 of purchases through 众创空间, written in 元; five fairs; other channels."""
    through = [("众创空间", a * 10000 + b) for a, b in zip(dealt(7943, 12), dealt(10000, 12), strict=True)]
    through += [("展销会", 86500)] * 5 + [
        ("机关饭堂", 431200),
        ("企业饭堂", 99000),
        ("消费专区专柜", 52000),
        ("交易市场", 83000),
    ]
    return [
        {
            "purchase_no": f"XF{n:03d}",
            "channel": channel,
            "buyer": "区直单位",
            "channel_place": "清城消费帮扶专柜" if channel == "消费专区专柜" else "",
            "amount": amount,
            "purchased_on": date(2021, 6, 20) if n == 0 else date(2020, 1 + n % 12, 15),
        }
        for n, (channel, amount) in enumerate(through)
    ]


def funds() -> list[Cells]:
    """Build funds of 6104.3 万元 from 2016 to 2020, and next year's, which must not count yet."""
    levels = ("中央", "省级", "市级", "区级")
    tenths = dealt(61043, 20)
    rows = [
        {
            "document_no": f"清财农〔{2016 + n // 4}〕{n + 1}号",
            "fund_year": 2016 + n // 4,
            "fund_level": levels[n % 4],
            "allocated": Decimal(tenths[n]) / 10,
            "spent": Decimal(tenths[n]) / 10 - 1,
            "fund_purpose": "产业发展" if n % 3 else "基础设施",
        }
        for n in range(20)
    ]
    ahead = {"document_no": "清财农〔2021〕99号", "fund_year": 2022, "fund_level": "省级", "allocated": 500, "spent": 0}
    return [*rows, ahead]


def assets() -> list[Cells]:
    """Build assets of the district, of villages and of households; each complies with the title rule."""
    kinds = [
        ("区级", "区政府", "经营性资产", True),
        ("村级", "村集体", "公益性资产", True),
        ("到户", "农户", "到户类资产", False),
    ]
    rows = []
    for n in range(60):
        level, owner, asset_class, is_confirmed = kinds[n % 3]
        where: Cells = {} if level == "区级" else place(VILLAGES[n])
        rows.append(
            {
                "asset_no": f"ZC{n:03d}",
                "asset_name": f"{level}帮扶项目{n}",
                "asset_class": asset_class,
                "implementation_level": level,
                **where,
                "original_value": Decimal(n * 37 + 5) / 10,
                "owner": owner,
                "is_registered": "是",
                "is_title_confirmed": yes(is_confirmed),
                "asset_status": "闲置" if n == 7 else "在用",
                "beneficiary": "村集体成员",
                "fund_document_no": "清财农〔2020〕17号",
                "project_no": f"XM{n:03d}" if n < 30 else "",
                "published_on": date(2021, 3, 31),
            }
        )
    return rows


def cadres() -> list[Cells]:
    """Build cadres: eight section-level in towns, eight district-level in four villages, a first secretary each."""
    postings = [("科级干部驻镇", {"town_name": MARKET_TOWNS[n % 4]}) for n in range(8)]
    postings += [("区级干部驻村", place(VILLAGES[n // 2])) for n in range(8)]
    postings += [("驻村第一书记", place(v)) for v in REAL]
    return [
        {**person(5000 + n), "posting_type": kind, **where, "posted_on": date(2020, 5, 6)}
        for n, (kind, where) in enumerate(postings)
    ]


def _born(age: int, number: int) -> date:
    """Return a birth date of that age at the end of June 2021; the youngest of the age were born in June."""
    month = 6 - number % 12
    year = 2021 - age if month > 0 else 2020 - age
    return date(year, month if month > 0 else month + 12, 1 + number % 28)


def _ages() -> list[int]:
    """Build 375 ages below 35, one of them 34; one of the others is exactly 35."""
    young, older = [30] * UNDER_35, dealt(SUM_OF_AGES - UNDER_35 * 30, MEMBERS - UNDER_35)
    young[:2] = [26, 34]
    older[:2] = [35, older[0] + older[1] - 35]
    return young + older


def committees() -> list[Cells]:
    """Build 933 members of 161 committees; the first of each has all three posts."""
    sizes = dealt(MEMBERS, len(REAL))
    heads = {sum(sizes[:n]) for n in range(len(REAL))}
    homes = [v for v, size in zip(REAL, sizes, strict=True) for _ in range(size)]
    rows = []
    for n, (village, age) in enumerate(zip(homes, _ages(), strict=True)):
        born = _born(age, n)
        level = "本科" if n < 300 else "大专" if n < COLLEGE else "高中" if n < HIGH_SCHOOL else "初中"
        is_head = yes(n in heads)
        rows.append(
            {
                **place(village),
                **person(7000 + n, born),
                "sex": "男" if n % 2 else "女",
                "birth_month": f"{born:%Y-%m}",
                "education": level,
                "political_status": "中共党员",
                "is_party_secretary": is_head,
                "is_committee_director": is_head,
                "is_collective_head": is_head,
                "is_cross_serving": "是",
                "term": "第八届",
            }
        )
    return rows


def previous_committees() -> list[Cells]:
    """Build ten members of the previous term, whose mean age is 42.2 at the end of 2020."""
    rows = committees()[:10]
    for n, (row, age) in enumerate(zip(rows, [40, 41, 42, 43, 45] * 2, strict=True)):
        born = date(2020 - age, 12, 1 + n)
        row |= {**person(9000 + n, born), "birth_month": f"{born:%Y-%m}", "term": "第七届"}
    return rows


def collective_income() -> list[Cells]:
    """Build incomes of 160 villages and communities: half of 30 to 100 万元 (inclusive) in 2020; and those of 2019."""
    rows = []
    for n, village in enumerate(REAL[:160]):
        middle = Decimal(30) if n == 0 else Decimal(100) if n == 2 else Decimal(30 + n // 3)
        outside = Decimal("29.99") if n == 1 else Decimal("100.01") if n == 3 else Decimal(12 + n)
        total = middle if n % 2 == 0 else outside if not 30 <= outside <= 100 else outside + 80
        rows += [
            {**place(village), "income_year": 2020, "total_income": total, "rental_income": total / 2},
            {**place(village), "income_year": 2019, "total_income": 55, "rental_income": 11},
        ]
    return rows


def party() -> list[Cells]:
    """Count party members: 666 and 8 of 1632 new ones, 6276 and 5950 of 24000 in all."""
    scopes = [("新发展党员", (1632, 666, 8, 900)), ("全体党员", (24000, 6276, 71, 5950))]
    columns = ("members", "bachelor_or_above", "postgraduate", "aged_35_or_below")
    rows = []
    for scope, totals in scopes:
        parts = [dealt(total, len(TOWNS)) for total in totals]
        rows += [
            {"town_name": town, "member_scope": scope, **{c: p[n] for c, p in zip(columns, parts, strict=True)}}
            for n, town in enumerate(TOWNS)
        ]
    return rows

"""Build what the district's report says of documents, meetings, projects, the review, archives, and people on lists.

Belongs here: the tables of 2026 and the two lists of civil affairs that they are read with. Does not belong here: the
ledgers of before (``ledgers``, ``construction``, ``people``).
"""

from __future__ import annotations

from datetime import date

from tests.golden.places import REAL, TOWNS, VILLAGES, Cells, person, place

DESIGNS = 10
_DOCUMENTS = (
    ("监测帮扶", "方案", "关于建立清城区防止返贫监测和帮扶机制的实施方案", ""),
    ("消费帮扶", "方案", "清城区消费扶贫实施方案", ""),
    ("资金管理", "细则", "清远市清城区精准扶贫开发资金筹集和使用监管细则(试行)", "城财农〔2018〕10号"),
    ("资金管理", "办法", "清城区精准扶贫开发项目监督管理办法", ""),
    ("资金管理", "办法", "关于下达扶贫资金管理办法的通知", "城区贫办〔2017〕19号"),
    ("资金管理", "制度", "清城区委农办(扶贫办)扶贫项目公告、公示制度", ""),
    ("资产管理", "制度", "清城区扶贫资产确权登记制度(试行)", ""),
    ("资产管理", "制度", "清城区扶贫资产管理公开制度(试行)", ""),
    ("资产管理", "机构设立", "清城区扶贫资产管理领导小组", ""),
    ("人居环境", "方案", "清城区2019年全域推进农村人居环境整治建设美丽乡村实施方案", ""),
    ("人居环境", "意见", "清城区2021年农村环境卫生保洁工作指导意见", ""),
)
"""Subject, form, title and number of each document of the district in force, as its report names them."""
RECOGNISED = date(2021, 3, 1)


def documents() -> list[Cells]:
    """Build eleven documents of the district in force, one that one of them replaces, and one of the city."""
    told = {"issuer": "清城区人民政府", "issuing_level": "区级", "issued_on": date(2019, 5, 6)}
    rows: list[Cells] = [
        {"instrument_no": f"ZD{n:02d}", "subject": subject, "form": form, "title": title, "document_no": number, **told}
        for n, (subject, form, title, number) in enumerate(_DOCUMENTS)
    ]
    rows[2]["replaces"] = "ZD90"
    former = {"instrument_no": "ZD90", "title": "原资金管理办法", "subject": "资金管理", "form": "办法", **told}
    city = {"instrument_no": "ZD91", "title": "市资金管理办法", "subject": "资金管理", "form": "办法", **told}
    return [*rows, former, {**city, "issuing_level": "市级"}]


def meetings() -> list[Cells]:
    """Build six joint meetings, one a month, each of which compared data."""
    return [
        {
            "meeting_no": f"LX{month:02d}",
            "meeting_type": "联席会议",
            "held_on": date(2021, month, 15),
            "departments_attended": 9,
            "compared_data": "是",
            "decisions": 3,
            "decisions_closed": 3 if month < 6 else 1,
        }
        for month in range(1, 7)
    ]


def designs() -> list[Cells]:
    """Build ten sets of drawings for sewage."""
    return [
        {
            "design_no": f"TJ{n:02d}",
            "design_name": f"污水处理标准图{n}",
            "facility_kind": "污水处理",
            "process": "人工湿地",
        }
        for n in range(DESIGNS)
    ]


def projects() -> list[Cells]:
    """Build projects of every stage; those of the first assets are completed."""
    return [
        {
            "project_no": f"XM{n:03d}",
            "project_name": f"帮扶项目{n}",
            **place(VILLAGES[n]),
            "forms_asset": "是",
            "project_class": "产业发展",
            "listed_on": date(2020, 1, 10),
            "approved_on": date(2020, 2, 10) if n else "",
            "started_on": date(2020, 3, 10) if n > 1 else "",
            "completed_on": date(2020, 9, 10) if n > 9 else "",
            "planned": 20,
            "arrived": 20,
            "spent": 19,
            "fund_document_no": "清财农〔2020〕17号",
            "performance_target": "带动农户增收",
        }
        for n in range(30)
    ]


def cases() -> list[Cells]:
    """Build a closed review of every village and community, and a letter each of which half is closed."""
    closed = {"status": "办结", "closed_on": date(2021, 6, 20)}
    reviews = [{"case_no": f"JC{n:03d}", **place(v), "case_type": "检查", **closed} for n, v in enumerate(REAL)]
    letters: list[Cells] = [
        {"case_no": f"XJ{n:03d}", **place(v), "case_type": "信件", **(closed if n % 2 else {"status": "在办"})}
        for n, v in enumerate(REAL[:20])
    ]
    return [{**row, "received_on": date(2021, 5, 20)} for row in [*reviews, *letters]]


def archives() -> list[Cells]:
    """Build complete archives of the district, its towns, its villages and communities."""
    holders: list[Cells] = [{"archive_no": "QJ", "archive_level": "区级"}]
    holders += [{"archive_no": f"ZJ{n}", "archive_level": "镇级", "town_name": t} for n, t in enumerate(TOWNS)]
    holders += [{"archive_no": f"CJ{n}", "archive_level": "村级", **place(v)} for n, v in enumerate(REAL)]
    filed = {"volumes_due": 12, "volumes_filed": 12, "handed_over_on": date(2021, 6, 25)}
    return [{**row, **filed} for row in holders]


def allowances() -> list[Cells]:
    """Build the allowance of twenty persons on the register."""
    return [
        {
            **place(VILLAGES[p // 2 % len(VILLAGES)]),
            **person(p),
            "head_name": person(p)["person_name"],
            "head_resident_id": person(p)["resident_id"],
            "relation_to_head": "户主",
            "allowance_class": "A类",
            "monthly_amount": 600,
            "change_type": "正常",
        }
        for p in range(0, 40, 2)
    ]


def edge() -> list[Cells]:
    """Build ten members of households at the edge of the allowance, one of whom receives it."""
    return [
        {
            **place(VILLAGES[p // 2 % len(VILLAGES)]),
            **person(p),
            "head_name": person(p)["person_name"],
            "head_resident_id": person(p)["resident_id"],
            "recognised_on": RECOGNISED,
            "change_type": "正常",
        }
        for p in range(38, 58, 2)
    ]


def children() -> list[Cells]:
    """Build three children without support, who are on no register."""
    return [
        {
            **place(VILLAGES[n]),
            **person(40000 + n, date(2012, 5, 1 + n)),
            "child_category": "事实无人抚养儿童",
            "recognised_on": RECOGNISED,
            "change_type": "正常",
        }
        for n in range(3)
    ]

"""Build the agriculture department's tables of 2026: policy documents, joint meetings, designs, projects.

Belongs here: bodies and projects, and the planted breaks between money, projects and assets.
Does not belong here: funds, assets and payments (``projects``, ``agriculture``), which name what is here.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from sample import regime
from sample.departments.funds import documents, unused_document
from sample.district import District

_Instrument = tuple[str, str, str, str | None, str, date | None, date | None, date | None, str | None]
_FARM, _MONEY, _HALL = "区农业农村局", "区财政局", "区政府办"
_INSTRUMENTS: tuple[_Instrument, ...] = (
    ("监测帮扶", "方案", "监测帮扶工作方案", "清农〔2021〕3号", _FARM, date(2021, 5, 20), None, None, None),
    ("监测帮扶", "方案", "常态化帮扶方案", "清农〔2026〕2号", _FARM, date(2026, 1, 6), date(2026, 1, 10), None, "W001"),
    ("消费帮扶", "方案", "消费帮扶工作方案", "清农〔2021〕9号", _FARM, date(2021, 8, 3), None, None, None),
    ("资金管理", "办法", "补助资金管理办法", "清财〔2022〕5号", _MONEY, date(2022, 3, 1), None, None, None),
    ("资金管理", "细则", "资金绩效评价细则", "清财〔2022〕8号", _MONEY, date(2022, 6, 9), None, None, None),
    ("资金管理", "办法", "扶贫资金管理办法", "清财〔2017〕4号", _MONEY, date(2017, 5, 1), None, date(2022, 3, 1), None),
    ("资产管理", "办法", "资产后续管理办法", "清府办〔2021〕17号", _HALL, date(2021, 9, 12), None, None, None),
    ("资产管理", "机构设立", "资产管理领导小组", None, _HALL, None, None, None, None),
    ("资产管理", "细则", "收益分配细则", "清农〔2026〕3号", _FARM, date(2026, 1, 20), date(2027, 1, 1), None, None),
    ("人居环境", "方案", "厕所革命实施方案", "清农〔2023〕6号", _FARM, date(2023, 4, 11), None, None, None),
    ("人居环境", "制度", "污水治理管护制度", "清环〔2024〕2号", _FARM, date(2024, 2, 5), None, None, None),
)
_DESIGNS = (
    ("TJ-W01", "人工湿地标准图", "污水处理", "人工湿地", "20吨/日", None),
    ("TJ-W02", "厌氧加人工湿地标准图", "污水处理", "厌氧加人工湿地", "50吨/日", None),
    ("TJ-W03", "一体化设备标准图", "污水处理", "一体化设备", "80吨/日", None),
    ("TJ-W00", "生态塘标准图(旧)", "污水处理", "生态塘", "30吨/日", date(2023, 7, 1)),
    ("TJ-T01", "三格化粪池户厕标准图", "户厕", None, None, None),
    ("TJ-G01", "垃圾收集点标准图", "垃圾收集", None, None, None),
)
SEWAGE_DESIGNS = ("TJ-W01", "tj-w02", "TJ-W03")
"""Designs that natural villages name, one of them in small letters."""
_CLASSES = ("产业发展", "就业项目", "乡村建设行动", "易地搬迁后扶", "巩固三保障成果", "乡村治理和精神文明建设")
_NAMES = ("光伏电站", "农产品冷库", "标准厂房", "灌溉水渠", "村道硬化", "牛棚改造")
UNREGISTERED, REGISTERED_LATER, OVERSPENT, SPENT_OUT, REMOVED = 3, 4, 5, 6, 7
"""Positions of projects: completed without an asset, and just in time; spent a cent too much, and all; removed."""
UNKNOWN_PROJECT = "XM441802999"
_FORMS_NONE = 5
"""Of so many projects the third forms no asset."""


def policy_instruments(district: District, position: int) -> pl.DataFrame:
    """List documents: one replaced, one expired, one not in force yet, one body without dates."""
    names = ("subject", "form", "title", "document_no", "issuer", "issued_on", "effective_on", "expires_on", "replaces")
    rows = pl.DataFrame(_INSTRUMENTS, schema=names, orient="row", infer_schema_length=None)
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(3)
    known = pl.col("issued_on").is_null() | (pl.col("issued_on") <= district.calendar.months[position].last_day)
    return rows.with_columns(instrument_no="W" + number, issuing_level=pl.lit("区级")).filter(known)


def joint_meetings(district: District, position: int) -> pl.DataFrame:
    """List the month's meeting, and that of the month before with what was closed since."""
    months = [m for m in district.calendar.months[max(0, position - 1) : position + 1] if m >= regime.BEGINS]
    is_now = [month == district.calendar.months[position] for month in months]
    return pl.DataFrame(
        {
            "meeting_no": [f"LX{month}-1" for month in months],
            "meeting_type": ["研判会" if month.number % 3 == 0 else "联席会议" for month in months],
            "held_on": [month.first_day.replace(day=26) for month in months],
            "departments_attended": [9] * len(months),
            "agenda_items": [4] * len(months),
            "compared_data": [True] * len(months),
            "decisions": [5] * len(months),
            "decisions_closed": [1 if now else 4 for now in is_now],
        }
    )


def standard_designs(district: District, position: int) -> pl.DataFrame:
    """List designs, one of them withdrawn."""
    names = ("design_no", "design_name", "facility_kind", "process", "design_capacity", "withdrawn_on")
    return pl.DataFrame(_DESIGNS, schema=names, orient="row", infer_schema_length=None).with_columns(
        designer=pl.lit("市规划设计院"), published_on=pl.lit(date(2020, 11, 2))
    )


def project_numbers(district: District) -> list[str]:
    """Give the numbers of the projects: one for each document of money, except the one that no project uses."""
    return [f"XM441802{n:03d}" for n in range(len(documents(district)) - 1)]


def projects_with_asset(district: District) -> list[str]:
    """List the projects that assets may name: those that form one and have it registered."""
    return [
        number
        for n, number in enumerate(project_numbers(district))
        if n % _FORMS_NONE != 2 and n not in (UNREGISTERED, REGISTERED_LATER)
    ]


def project_library(district: District, position: int) -> pl.DataFrame:
    """List a project per document of money, most of them complete; some break a rule or nearly do."""
    rng = district.chance.of("projects")
    calendar = district.calendar
    month_end = calendar.months[position].last_day
    used = [d for d in documents(district) if d != unused_document(district)]
    used[0] = used[0].replace("〔", "[").replace("〕", "]")
    used[1] = f"{used[1]}、{used[-1]}"
    numbers = project_numbers(district)
    size = len(numbers)
    listed = np.datetime64(date(2022, 1, 10), "D") + (np.arange(size) * 41)
    villages = district.places.real["village_code"].gather(rng.integers(0, district.places.real.height, size))
    arrived = rng.integers(40_00, 300_00, size)
    in_time = regime.completed_in_time(calendar)
    late, just = in_time - timedelta(days=1), in_time
    number = pl.int_range(pl.len())
    frame = pl.DataFrame(
        {
            "project_no": numbers,
            "project_name": [f"{_NAMES[n % len(_NAMES)]}项目{n + 1}" for n in range(size)],
            "_code": villages,
            "project_class": [_CLASSES[n % len(_CLASSES)] for n in range(size)],
            "listed_on": listed,
            "arrived": arrived,
            "fund_document_no": used,
        }
    )
    completed = (
        pl.when(number == UNREGISTERED).then(pl.lit(late))
        .when(number == REGISTERED_LATER).then(pl.lit(just))
        .when(number < size - 4).then(pl.col("listed_on") + pl.duration(days=300))
    )  # fmt: skip
    spent = (
        pl.when(number == OVERSPENT).then(pl.col("arrived") + 1)
        .when(number == SPENT_OUT).then(pl.col("arrived"))
        .otherwise(pl.col("arrived") * 9 // 10)
    )  # fmt: skip
    return (
        frame.with_columns(
            town_name=pl.when(number % 8 != 0).then(pl.col("_code").str.slice(0, 9)),
            village_name=pl.when(number % 8 != 0).then("_code"),
            forms_asset=number % _FORMS_NONE != 2,
            approved_on=pl.col("listed_on") + pl.duration(days=25),
            started_on=pl.col("listed_on") + pl.duration(days=60),
            completed_on=completed,
            planned=pl.col("arrived") + 5_00,
            spent=spent,
            removed_on=pl.when(number == REMOVED).then(pl.lit(regime.BEGINS.first_day)),
            beneficiary_households=number * 3 + 4,
            performance_target=pl.when(number % 3 != 0).then(pl.lit("按期完工并投入使用,受益户满意度不低于九成")),
        )
        .with_columns(
            completed_on=pl.when(pl.col("completed_on") <= month_end).then("completed_on"),
        )
        .with_columns(
            accepted_on=pl.when(number % 4 != 1).then(pl.col("completed_on") + pl.duration(days=12)),
        )
        .with_columns(accepted_on=pl.when(pl.col("accepted_on") <= month_end).then("accepted_on"))
        .drop("_code")
    )

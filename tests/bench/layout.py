"""Describe the sample's files and headers of the tables that the rules need.

Belongs here: file names and header texts, hard-coded. Does not belong here: reading (``floor``), the rules
(``floor.sql``), the contracts.
"""

from __future__ import annotations

from dataclasses import dataclass

ID = ("身份证号", "身份证号码", "证件号码", "公民身份号码", "身份证")
CODE = ("户编号", "户编码", "家庭编号")
MONEY = {
    "wage": "工资性收入",
    "operating": "生产经营性收入",
    "property": "财产性收入",
    "transfer": "转移性收入",
    "expense": "生产经营性支出",
}
UNITS = {"万元": 10000, "千元": 1000}


@dataclass(frozen=True)
class Table:
    """The folder and files of a table in the sample, and the header texts of the columns that the rules need."""

    folder: str
    dataset: str
    words: tuple[str, ...]
    """Prefixes of its file names."""
    columns: dict[str, tuple[str, ...]]
    filled: tuple[str, ...] = ()
    """Columns with cells that are merged over the rows below."""


HOUSEHOLD = {
    "household": CODE,
    "household_type": ("户类型",),
    "grade": ("住房安全等级",),
    "water": ("是否饮水安全",),
}
TABLES = {
    "register": Table(
        "agriculture",
        "household_register",
        ("农户基础信息名册", "户籍名册"),
        {**HOUSEHOLD, "id": ID, "labour": ("劳动技能",), "schooling": ("在校生状况",)},
        filled=tuple(HOUSEHOLD),
    ),
    "income": Table(
        "agriculture",
        "household_income",
        ("农户收入监测表",),
        {"household": CODE, **{k: (v,) for k, v in MONEY.items()}},
    ),
    "monitored": Table(
        "agriculture",
        "monitored_households",
        ("防返贫监测对象",),
        {"household": CODE, "eliminated": ("风险是否已消除",)},
    ),
    "deaths": Table("civil_affairs", "deaths", ("死亡",), {"id": ID, "died_on": ("死亡日期",)}),
    "assistance": Table(
        "civil_affairs",
        "temporary_assistance",
        ("临时救助",),
        {"id": ID, "reason": ("救助原因",), "assisted_on": ("救助日期",)},
    ),
    "settlements": Table(
        "health",
        "medical_settlements",
        ("医疗费用结算",),
        {
            "settlement_no": ("结算单号",),
            "id": ID,
            "care_type": ("就医类型",),
            "settled_on": ("结算日期",),
            "self_paid": ("个人自付",),
        },
    ),
    "enrolment": Table(
        "health",
        "medical_insurance_enrolment",
        ("参保名册",),
        {"id": ID, "insured_year": ("参保年度",), "status": ("参保状态",)},
    ),
    "illness": Table("health", "serious_illness", ("大病",), {"id": ID, "diagnosed_on": ("确诊日期",)}),
    "employment": Table(
        "human_resources", "employment_monitoring", ("农村劳动力就业监测",), {"id": ID, "status": ("就业状态",)}
    ),
    "unemployment": Table(
        "human_resources", "unemployment_registration", ("失业登记",), {"id": ID, "unemployed_on": ("失业日期",)}
    ),
}

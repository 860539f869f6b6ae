"""Build the agriculture department's ledgers of assets, purchases and posted cadres.

Belongs here: assets, purchases, cadres, with the figures of the district report of 2021.
Does not belong here: places (``villages``), money (``funds``).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from sample import regime
from sample.chance import divided, pick, pick_weighted
from sample.departments.funds import documents
from sample.departments.programme import UNKNOWN_PROJECT, projects_with_asset
from sample.district import District
from sample.ids import resident_ids
from sample.months import days_of_year, days_within, position_of
from sample.names import full_names
from sample.population import DISTRICT

_INCUBATOR, _FAIRS = 7944_00, 5
_CHANNELS = {"机关饭堂": 0.4, "企业饭堂": 0.25, "消费专区专柜": 0.2, "交易市场": 0.1, "其他": 0.05}
_BUYERS = ("区机关事务局", "区总工会", "源潭镇政府", "石角镇政府", "区教育局", "高新区企业联合会")
_ASSETS = (("区级", "区政府", 12), ("村级", "村集体", 40), ("到户", "农户", 8))
_KINDS = {
    "区级": ("光伏电站", "农产品冷库"),
    "村级": ("标准厂房", "商铺", "灌溉水渠", "村道照明"),
    "到户": ("牛棚", "鸡舍"),
}
ASSET_IN_BREACH = 20
"""Position of a 村级 asset whose title was never confirmed, so that it breaks the title rule."""
PAYING = (12, 20)
"""Positions of the first and the last asset that pay dividends."""
UNDERPAID, PAID, WITHOUT_YEAR = 15, 16, 18
"""Positions of an asset that paid a cent too little, one that paid all, one of which nobody knows since when."""
LOST, IN_SMALL_LETTERS, IDLE, IDLE_AT_HOME = 30, 31, 5, 58
"""Positions of assets: of an unknown project, of one in small letters, idle, idle in a household."""
DIVIDEND = 2_00
"""Hundredths of 万元 a year."""
_WITH_PROJECT = 48
_PLACES = {"消费专区专柜": "专柜", "交易市场": "农产品交易市场"}
_CODES, _ROOM = 485, 15
"""First order code of cadres' ids, and the number of codes."""


def project_assets(district: District, position: int) -> pl.DataFrame:
    """List assets; all but one comply with the title rule."""
    rng = district.chance.of("assets")
    level = [level for level, _, count in _ASSETS for _ in range(count)]
    owner = [owner for _, owner, count in _ASSETS for _ in range(count)]
    size = len(level)
    villages = district.places.real["village_code"].gather(rng.integers(0, district.places.real.height, size))
    frame = pl.DataFrame({"implementation_level": level, "owner": owner, "_code": villages})
    number = pl.int_range(pl.len())
    is_household, is_district = pl.col("implementation_level") == "到户", pl.col("implementation_level") == "区级"
    names = [_KINDS[one][n % len(_KINDS[one])] for n, one in enumerate(level)]
    rows = frame.select(
        "implementation_level",
        "owner",
        asset_no="ZC441802" + (number + 1).cast(pl.String).str.zfill(4),
        asset_name=pl.Series(names),
        asset_class=pl.when(is_household).then(pl.lit("到户类资产")).otherwise(
            pick_weighted(rng, {"经营性资产": 0.7, "公益性资产": 0.3}, size)
        ),
        town_name=pl.when(is_district.not_()).then(pl.col("_code").str.slice(0, 9)),
        village_name=pl.when(is_district.not_()).then("_code"),
        original_value=pl.Series(rng.integers(1_50, 260_00, size)),
        beneficiary=pl.when(is_household).then(pl.lit("农户")).otherwise(pl.lit("村集体及脱贫户")),
        is_registered=pl.lit(True),
        is_title_confirmed=is_household.not_() & (number != ASSET_IN_BREACH),
        asset_status=pick_weighted(rng, {"在用": 0.96, "闲置": 0.03, "报废": 0.01}, size),
    )  # fmt: skip
    return _with_origin(rows, district) if regime.has_begun(district.calendar, position) else rows


def _with_origin(rows: pl.DataFrame, district: District) -> pl.DataFrame:
    """Add what the register holds since 2026: the project or the money of each asset, and its dividend."""
    number = pl.int_range(pl.len())
    known = projects_with_asset(district)
    origin = [known[n % len(known)] if n < _WITH_PROJECT else None for n in range(rows.height)]
    origin[LOST], origin[IN_SMALL_LETTERS], origin[WITHOUT_YEAR] = UNKNOWN_PROJECT, known[0].lower(), None
    pays = number.is_between(*PAYING)
    year = regime.DIVIDEND_YEARS[0]
    return rows.with_columns(
        project_no=pl.Series(origin),
        fund_document_no=pl.when(pl.Series(origin).is_null()).then(pl.lit(documents(district)[2])),
        published_on=pl.when(number % 6 != 5).then(pl.lit(regime.BEGINS.shift(-2).first_day)),
        annual_dividend=pl.when(pays).then(pl.lit(DIVIDEND, dtype=pl.Int64)),
        dividend_from_year=pl.when(pays & (number != WITHOUT_YEAR)).then(pl.lit(year, dtype=pl.Int64)),
        asset_status=pl.when(pays).then(pl.lit("在用"))
        .when(number.is_in([IDLE, IDLE_AT_HOME])).then(pl.lit("闲置"))
        .otherwise("asset_status"),
    )  # fmt: skip


def dividend_payments(district: District) -> pl.DataFrame:
    """Pay the dividends of two years to two households an asset; one asset pays a cent too little."""
    assets = project_assets(district, len(district.calendar) - 1)["asset_no"]
    homes = district.lives.households.filter("is_planted").head(2)["household_code"].to_list()
    first = next(month for month in district.calendar.months if month >= regime.BEGINS).first_day
    due = DIVIDEND * 10_000
    rows = [
        (assets[n], year, home, due // 2 - int(n == UNDERPAID and half == 1))
        for n in range(PAYING[0], PAYING[1] + 1)
        for year in regime.DIVIDEND_YEARS
        for half, home in enumerate(homes)
    ]
    frame = pl.DataFrame(rows, schema=["asset_no", "dividend_year", "household_code", "amount"], orient="row")
    return frame.with_columns(
        payment_no="FH" + pl.lit(str(first.year)) + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6),
        payment_type=pl.lit("资产收益分红"),
        paid_on=pl.lit(first.replace(day=20)),
        _luck=pl.lit(0.5),
        _kept=pl.lit(True),
    )


def consumption_support(district: District, position: int) -> pl.DataFrame:
    """List the month's purchases, out of five fairs, 7944 万元 through 众创空间, canteens and counters in the year."""
    rng = district.chance.of("purchases")
    calendar = district.calendar
    months = len(calendar)
    incubator, others = 4 + 2 * months, 6 + 4 * months
    channels = ["众创空间"] * incubator + ["展销会"] * _FAIRS + pick_weighted(rng, _CHANNELS, others).to_list()
    size = len(channels)
    amounts = np.concatenate(
        [divided(_INCUBATOR, rng.uniform(0.8, 1.2, incubator)), rng.integers(2_00, 30_00, size - incubator)]
    )
    days = days_of_year(rng, calendar, size)
    days[:months] = [m.first_day.replace(day=16) for m in calendar.months]
    rows = pl.DataFrame(
        {"channel": channels, "amount": amounts, "purchased_on": days, "buyer": pick(rng, _BUYERS, size)}
    )
    rows = rows.sort("purchased_on", maintain_order=True).with_columns(
        purchase_no="XF" + pl.lit(str(calendar.last.year)) + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(4)
    )
    if regime.has_begun(calendar, position):
        kind = pl.col("channel").replace_strict(_PLACES, default=None, return_dtype=pl.String)
        rows = rows.with_columns(channel_place=kind + (pl.int_range(pl.len()) % 3 + 1).cast(pl.String) + "号")
    return rows.filter(position_of("purchased_on", calendar) == position)


def resident_cadres(district: District, position: int) -> pl.DataFrame:
    """List cadres: eight section-level in towns, eight district-level in four villages, a first secretary each."""
    rng = district.chance.of("cadres")
    villages = district.places.real["village_code"]
    towns = district.places.real_towns.gather(np.arange(8) % len(district.places.real_towns))
    weak = villages.gather(np.repeat(np.arange(0, 160, 40), 2) % len(villages))
    rows = pl.concat(
        [
            pl.DataFrame({"posting_type": "科级干部驻镇", "town_name": towns}).with_columns(
                village_name=pl.lit(None, pl.String)
            ),
            pl.DataFrame({"posting_type": "区级干部驻村", "town_name": weak.str.slice(0, 9), "village_name": weak}),
            pl.DataFrame(
                {"posting_type": "驻村第一书记", "town_name": villages.str.slice(0, 9), "village_name": villages}
            ),
        ]
    )
    size = rows.height
    men = rng.random(size) < 0.7
    first = district.calendar.months[0].first_day
    births = pl.Series(days_within(rng, date(1966, 1, 1), date(1993, 12, 31), size))
    return rows.with_columns(
        person_name=full_names(rng, men),
        resident_id=resident_ids(pl.repeat(DISTRICT, size, eager=True), births, men, _CODES, _ROOM),
        posted_on=pl.Series(days_within(rng, first - timedelta(days=330), first - timedelta(days=12), size)),
    )

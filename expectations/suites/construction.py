"""Domain rules of 农业农村局's rural-construction tables.

Belongs here: toilets, natural villages, infrastructure, roads, cleaning, collective income: relations between the
cells of one row and plausible magnitudes of one table.
Does not belong here: households and funds (``agriculture``).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule
from expectations.metrics import MONTH_END, YEAR

_IS_VILLAGE = pl.col("division_code").str.slice(9, 1).is_in(["2", "3"])
"""行政村: the statistics bureau numbers 村民委员会 201 to 399 and 居民委员会 001 to 199 within a town."""

_toilet_retrofits: tuple[Expectation, ...] = (
    row_rule(
        "completed_by_month_end",
        "竣工日期不晚于报送月末",
        pl.col("completed_on") <= MONTH_END,
        "台账只列已竣工的户厕",
    ),
    row_rule(
        "subsidy_after_inspection",
        "验收不合格或未验收的户厕没有补助金额",
        pl.col("subsidy") == 0,
        "补助在验收合格后发放",
        where=pl.col("inspection_result") != "合格",
        mostly=0.9,
    ),
    row_rule(
        "qualified_is_usable",
        "验收合格的户厕不是无法使用",
        pl.col("usage_status") != "无法使用",
        "验收合格而大量无法使用,说明验收或状态填报有误",
        where=pl.col("inspection_result") == "合格",
        mostly=0.95,
    ),
)

_natural_villages: tuple[Expectation, ...] = (
    row_rule(
        "toilets_within_need",
        "无害化户厕户数不超过应有户厕户数",
        pl.col("households_with_sanitary_toilet") <= pl.col("households_needing_toilet"),
        "普及率不能超过 100%",
    ),
    row_rule(
        "need_within_households",
        "应有户厕户数不超过户籍户数",
        pl.col("households_needing_toilet") <= pl.col("registered_households"),
        "应有户厕户数从户籍户数中扣除外出和进城户",
        mostly=0.95,
    ),
    row_rule(
        "household_size",
        "户均人口在 1 至 10 人之间",
        pl.col("registered_population").is_between(
            pl.col("registered_households"), pl.col("registered_households") * 10
        ),
        "户数与人口填反或错行时户均人口失常",
        where=pl.col("registered_households") > 0,
        mostly=0.95,
    ),
    row_rule(
        "treated_has_status",
        "已治理生活污水的自然村填有设施运行状态",
        pl.col("sewage_running_status").is_not_null(),
        "没有运行状态的按不正常计,会压低运行率",
        where=pl.col("is_sewage_treated"),
        mostly=0.95,
    ),
    row_rule(
        "untreated_has_no_status",
        "未治理生活污水的自然村没有设施运行状态",
        pl.col("sewage_running_status").is_null(),
        "有设施在运行而标注未治理,治理率会少算",
        where=~pl.col("is_sewage_treated"),
        mostly=0.95,
    ),
    row_rule(
        "demonstration_within_points",
        "垃圾收集示范点不超过垃圾收集点",
        pl.col("demonstration_waste_points") <= pl.col("waste_points"),
        "示范点是收集点的一部分",
        mostly=0.95,
    ),
)

_village_infrastructure: tuple[Expectation, ...] = (
    row_rule(
        "plan_applies_to_villages",
        "行政村的村庄规划状态不是不适用",
        pl.col("plan_status") != "不适用",
        "只有社区不编制村庄规划;误填会使规划覆盖率失真",
        where=_IS_VILLAGE,
        mostly=0.98,
    ),
    row_rule(
        "completed_plan_has_date",
        "规划已完成的村填有规划批复日期",
        pl.col("plan_approved_on").is_not_null(),
        "已完成以批复为准",
        where=pl.col("plan_status") == "已完成",
        mostly=0.9,
    ),
    row_rule(
        "open_plan_has_no_date",
        "规划未完成的村没有规划批复日期",
        pl.col("plan_approved_on").is_null(),
        "已批复而标注未完成,完成数会少算",
        where=pl.col("plan_status") != "已完成",
        mostly=0.95,
    ),
    row_rule(
        "approved_by_month_end",
        "规划批复日期不晚于报送月末",
        pl.col("plan_approved_on") <= MONTH_END,
        "台账是报送月份月末的状态",
    ),
    row_rule(
        "stations_imply_coverage",
        "有 4G 基站的村已 4G 覆盖",
        pl.col("has_4g"),
        "有基站而未覆盖,说明“是”“否”填反",
        where=pl.col("base_stations_4g") > 0,
        mostly=0.98,
    ),
)

_rural_roads: tuple[Expectation, ...] = (
    row_rule("length_positive", "里程大于零", pl.col("length_km") > 0, "零里程说明漏填"),
    row_rule(
        "length_magnitude",
        "单个路段里程不超过 100 公里",
        pl.col("length_km") <= 100,
        "单位是公里;过大说明按米填报",
    ),
    row_rule(
        "rebuilt_is_paved",
        "已完成四好农村路改造的路段已铺装",
        pl.col("is_paved"),
        "改造以路面硬化为前提",
        where=pl.col("rebuilt_on").is_not_null(),
        mostly=0.95,
    ),
    row_rule(
        "rebuilt_by_month_end",
        "改造完成日期不晚于报送月末",
        pl.col("rebuilt_on") <= MONTH_END,
        "计划完成的路段不计入改造里程",
    ),
)

_cleaning_fund: tuple[Expectation, ...] = (
    row_rule(
        "population_magnitude",
        "户籍人口在 1 至 10 万人之间",
        pl.col("registered_population").is_between(1, 100_000),
        "应筹保洁费按户籍人口计算",
    ),
    row_rule(
        "raised_per_person",
        "村民筹集人均不超过 5 元",
        pl.col("villagers_raised") <= pl.col("registered_population") * 5,
        "保洁费按人按月收取,一般不过数元;过大说明把全年或全镇的数填成一村一月",
        mostly=0.95,
    ),
    row_rule(
        "paid_per_person",
        "镇(街道)与区(县)级补助合计人均不超过 10 元",
        pl.col("town_paid") + pl.col("district_paid") <= pl.col("registered_population") * 10,
        "补助按筹集数 1:1:1 配套;过大说明单位或月份有误",
        mostly=0.95,
    ),
    row_rule(
        "campaigns_magnitude",
        "清洁行动不超过 31 次",
        pl.col("cleaning_campaigns") <= 31,
        "按月填报次数;过大说明填成了人次或累计数",
    ),
)

_collective_income: tuple[Expectation, ...] = (
    row_rule(
        "parts_within_total",
        "物业出租与土地承包收入之和不超过集体经济总收入(相差不超过 100 元)",
        (pl.sum_horizontal("rental_income", "land_contract_income") - pl.col("total_income")).round(6) <= 0.01,
        "两项是总收入的一部分",
    ),
    row_rule(
        "total_magnitude",
        "集体经济总收入不超过 1 亿元",
        pl.col("total_income") <= 10_000,
        "单位是万元;过大说明按元填报",
    ),
    row_rule(
        "year_not_in_future",
        "年度不晚于报送年度",
        pl.col("income_year") <= YEAR,
        "未来年度的收入不是实际数",
        mostly=1.0,
    ),
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "toilet_retrofits": _toilet_retrofits,
    "natural_villages": _natural_villages,
    "village_infrastructure": _village_infrastructure,
    "rural_roads": _rural_roads,
    "cleaning_fund": _cleaning_fund,
    "collective_income": _collective_income,
}

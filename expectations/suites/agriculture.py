"""Domain rules of 农业农村局: households, monitoring, support payments, funds, assets, posted cadres.

Belongs here: relations between the cells of one row and plausible shares of one table.
Does not belong here: the rural-construction tables (``construction``).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule, table_rule
from expectations.metrics import DELIVERY_MONTH, MONTH_END, YEAR

_INCOMES = ("wage_income", "operating_income", "property_income", "transfer_income")
_income = pl.sum_horizontal(*_INCOMES)

_household_register: tuple[Expectation, ...] = (
    table_rule(
        "head_share",
        "户主占家庭成员的比例",
        (pl.col("relation_to_head") == "户主").mean(),
        "每户一名户主,户均 1.7 至 10 人;超出范围说明成员漏报或关系列错位",
        minimum=0.1,
        maximum=0.6,
    ),
    table_rule(
        "unsafe_housing_share",
        "住房等级为 C级、D级的成员比例",
        pl.col("housing_grade").is_in(["C级", "D级"]).mean(),
        "危房已基本动态清零,比例过高说明等级填反或整列错位",
        maximum=0.2,
    ),
    table_rule(
        "safe_water_share",
        "饮水安全的成员比例",
        pl.col("has_safe_water").mean(),
        "饮水安全已基本实现,比例过低说明“是”“否”填反",
        minimum=0.8,
    ),
    row_rule(
        "pupils_without_labour",
        "学龄前儿童和义务教育在校生的劳动技能为无劳动力",
        pl.col("labour_ability") == "无劳动力",
        "未满 16 周岁不计劳动力;填错会把无劳动力户算作有劳动力户",
        where=pl.col("schooling_status").is_in(["学龄前儿童", "义务教育在校"]),
        mostly=0.95,
    ),
    row_rule(
        "heads_not_infants",
        "户主不是学龄前儿童",
        pl.col("schooling_status") != "学龄前儿童",
        "户主为学龄前儿童说明关系列与成员错位",
        where=pl.col("relation_to_head") == "户主",
    ),
)

_household_income: tuple[Expectation, ...] = (
    row_rule(
        "some_income",
        "四项收入合计大于零",
        _income > 0,
        "全年没有任何收入的户极少,大量为零说明漏填,会误报收入低于监测线",
        mostly=0.98,
    ),
    row_rule(
        "incomes_not_negative", "四项收入均不为负数", pl.min_horizontal(*_INCOMES) >= 0, "支出单列一项,收入按毛收入填报"
    ),
    row_rule(
        "income_magnitude",
        "四项收入合计在 1000 元至 100 万元之间",
        _income.is_between(1_000, 1_000_000),
        "农户全年收入多在数万元;大量超出范围说明单位误为万元或填成了月收入",
        where=_income > 0,
        mostly=0.95,
    ),
    row_rule(
        "expense_within_income",
        "生产经营性支出不超过生产经营性收入",
        pl.col("operating_expense") <= pl.col("operating_income"),
        "多数农户不会亏本经营,大量倒挂说明两列填反",
        mostly=0.8,
    ),
)

_monitored_households: tuple[Expectation, ...] = (
    row_rule(
        "eliminated_has_month",
        "风险已消除的户填有消除监测时间",
        pl.col("eliminated_month").is_not_null(),
        "没有消除时间就无法核对消除是否过快",
        where=pl.col("is_risk_eliminated"),
    ),
    row_rule(
        "eliminated_has_mode",
        "风险已消除的户填有风险消除方式",
        pl.col("elimination_mode").is_not_null(),
        "帮扶消除与自然消除须分别统计",
        where=pl.col("is_risk_eliminated"),
        mostly=0.95,
    ),
    row_rule(
        "active_has_no_month",
        "风险未消除的户没有消除监测时间",
        pl.col("eliminated_month").is_null(),
        "已有消除时间而标注未消除,在册户数会多算",
        where=~pl.col("is_risk_eliminated"),
    ),
    row_rule(
        "eliminated_after_identified",
        "消除监测时间不早于识别监测时间",
        pl.col("eliminated_month") >= pl.col("identified_month"),
        "先识别后消除",
    ),
    row_rule(
        "months_not_in_future",
        "识别和消除监测时间不晚于报送月份",
        pl.max_horizontal("identified_month", "eliminated_month") <= DELIVERY_MONTH,
        "名册是报送月份月末的状态",
    ),
)

_verification_returns: tuple[Expectation, ...] = (
    row_rule(
        "false_not_enrolled",
        "核实不属实或查无此户的线索未纳入监测",
        ~pl.col("is_enrolled"),
        "不属实的线索不应作为纳入依据",
        where=pl.col("result") != "属实",
    ),
    table_rule(
        "not_found_share",
        "查无此户的线索比例",
        (pl.col("result") == "查无此户").mean(),
        "线索来自当月名册,大量查无此户说明线索编号抄错或未入户",
        maximum=0.2,
        at_least_rows=20,
    ),
)

_industry_support_payments: tuple[Expectation, ...] = (
    row_rule("amount_positive", "发放金额大于零", pl.col("amount") > 0, "零金额不是一笔发放"),
    row_rule(
        "amount_magnitude",
        "单笔发放金额不超过 5 万元",
        pl.col("amount") <= 50_000,
        "到户补助一般为数百至数千元;过大说明把全村合计填成一户",
    ),
)

_consumption_support: tuple[Expectation, ...] = (
    row_rule("amount_positive", "采购金额大于零", pl.col("amount") > 0, "零金额不是一笔采购"),
    row_rule(
        "amount_magnitude", "单笔采购金额不超过 1000 万元", pl.col("amount") <= 1_000, "单位是万元;过大说明按元填报"
    ),
)

_support_funds: tuple[Expectation, ...] = (
    row_rule("allocated_positive", "下达金额大于零", pl.col("allocated") > 0, "没有下达金额的文号不是一笔资金"),
    row_rule(
        "spent_within_allocated",
        "支出金额不超过下达金额",
        (pl.col("spent") - pl.col("allocated")).round(6) <= 0,
        "支出以下达为限,超支说明两列填反或单位不一",
        mostly=1.0,
    ),
    row_rule(
        "fund_year_not_in_future",
        "资金年度不晚于报送年度",
        pl.col("fund_year") <= YEAR,
        "未来年度的资金不计入本期台账",
        mostly=0.95,
    ),
    row_rule(
        "allocated_magnitude", "单笔下达金额不超过 5 亿元", pl.col("allocated") <= 50_000, "单位是万元;过大说明按元填报"
    ),
)

_project_assets: tuple[Expectation, ...] = (
    row_rule("value_positive", "资产原值大于零", pl.col("original_value") > 0, "没有原值的资产无法核算"),
    row_rule(
        "value_magnitude",
        "单项资产原值不超过 5 亿元",
        pl.col("original_value") <= 50_000,
        "单位是万元;过大说明按元填报",
    ),
    row_rule(
        "household_assets_agree",
        "资产类别为到户类资产的,实施层级为到户;反之亦然",
        (pl.col("asset_class") == "到户类资产") == (pl.col("implementation_level") == "到户"),
        "类别与层级不一致,权属规则无从适用",
        mostly=0.95,
    ),
    row_rule(
        "village_assets_placed",
        "村级资产填有所在村(社区)",
        pl.col("division_code").is_not_null(),
        "没有所在村的资产只能计入本县区合计",
        where=pl.col("implementation_level") == "村级",
        mostly=0.95,
    ),
    row_rule(
        "confirmed_is_registered",
        "已确权的资产已登记",
        pl.col("is_registered"),
        "先登记后确权",
        where=pl.col("is_title_confirmed"),
    ),
)

_first_secretaries = (pl.col("posting_type") == "驻村第一书记") & pl.col("division_code").is_not_null()

_resident_cadres: tuple[Expectation, ...] = (
    row_rule(
        "village_postings_placed",
        "驻村干部和第一书记填有所驻村(社区)",
        pl.col("division_code").is_not_null(),
        "没有所驻村就无法统计覆盖率",
        where=pl.col("posting_type") != "科级干部驻镇",
        mostly=0.98,
    ),
    row_rule("posted_by_month_end", "到任日期不晚于报送月末", pl.col("posted_on") <= MONTH_END, "名册只列已到任的干部"),
    table_rule(
        "secretaries_per_village",
        "每个有第一书记的村平均的第一书记人数",
        _first_secretaries.sum() / pl.col("division_code").filter(_first_secretaries).n_unique(),
        "一村一名第一书记;离任未销号会重复计算",
        maximum=1.05,
        unit="人",
        at_least_rows=1,
    ),
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "household_register": _household_register,
    "household_income": _household_income,
    "monitored_households": _monitored_households,
    "verification_returns": _verification_returns,
    "industry_support_payments": _industry_support_payments,
    "consumption_support": _consumption_support,
    "support_funds": _support_funds,
    "project_assets": _project_assets,
    "resident_cadres": _resident_cadres,
}

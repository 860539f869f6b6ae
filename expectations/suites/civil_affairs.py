"""Domain rules of 民政局: allowances, disability, deaths, assistance, committees, party members.

Belongs here: relations between the cells of one row and plausible shares of one table.
Does not belong here: comparison between tables (REC-01, REC-05, REC-06: dbt).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule, table_rule
from expectations.metrics import DELIVERY_MONTH, MONTH_END

_approved = row_rule(
    "approved_by_month_end",
    "批准时间不晚于报送月末",
    pl.col("approved_on") <= MONTH_END,
    "名册只列已批准的对象",
)

_subsistence_allowance: tuple[Expectation, ...] = (
    row_rule(
        "amount_positive",
        "未停发的对象月保障金大于零",
        pl.col("monthly_amount") > 0,
        "没有保障金的对象不在保障中,会漏报退出",
        where=pl.col("change_type") != "停发",
    ),
    table_rule(
        "stopped_share",
        "变动类型为停发的比例",
        (pl.col("change_type") == "停发").mean(),
        "停发对象视为退出低保;大面积停发会产生大量线索,须先确认",
        maximum=0.2,
    ),
    _approved,
)

_extreme_poverty_support: tuple[Expectation, ...] = (
    row_rule("amount_positive", "月基本生活费大于零", pl.col("monthly_amount") > 0, "供养人员均有基本生活费"),
    row_rule(
        "amount_magnitude",
        "月基本生活费不低于 300 元",
        pl.col("monthly_amount") >= 300,
        "基本生活标准高于低保标准;过低说明填成了分次发放数",
        where=pl.col("monthly_amount") > 0,
        mostly=0.95,
    ),
    _approved,
)

_disability_subsidies: tuple[Expectation, ...] = (
    row_rule(
        "nursing_for_severe",
        "领取护理补贴的为一级、二级,或智力、精神、多重残疾",
        pl.col("disability_grade").is_in(["一级", "二级"])
        | pl.col("disability_category").is_in(["智力", "精神", "多重"]),
        "护理补贴面向重度残疾人,可扩大到非重度智力、精神残疾人(国发〔2015〕52号);大量不符说明等级列错位",
        where=pl.col("nursing_subsidy") > 0,
        mostly=0.95,
    ),
    table_rule(
        "severe_share",
        "一级、二级残疾的比例",
        pl.col("disability_grade").is_in(["一级", "二级"]).mean(),
        "重度残疾约占持证人数的三至六成;接近全部或没有,说明等级列错位,会误报新增重度残疾",
        minimum=0.02,
        maximum=0.98,
    ),
    row_rule(
        "certified_by_month_end",
        "发证日期不晚于报送月末",
        pl.col("certified_on") <= MONTH_END,
        "名册只列已发证的对象",
    ),
)

_deaths: tuple[Expectation, ...] = (
    row_rule(
        "died_by_month_end",
        "死亡日期不晚于报送月末",
        pl.col("died_on") <= MONTH_END,
        "死亡日期填成登记日期会影响在册人数",
    ),
    row_rule(
        "cremated_after_death",
        "火化日期不早于死亡日期",
        pl.col("cremated_on") >= pl.col("died_on"),
        "两列日期填反会改变死亡月份",
    ),
    row_rule(
        "cremated_soon",
        "火化日期在死亡后 60 日以内",
        (pl.col("cremated_on") - pl.col("died_on")).dt.total_days() <= 60,
        "间隔过长说明其中一列年份有误",
        mostly=0.95,
    ),
)

_temporary_assistance: tuple[Expectation, ...] = (
    row_rule("amount_positive", "救助金额大于零", pl.col("amount") > 0, "零金额不是一笔救助"),
    table_rule(
        "other_reason_share",
        "救助原因为其他的比例",
        (pl.col("reason") == "其他").mean(),
        "原因为其他的救助不产生突发事件线索;笼统填报会漏掉突发困难户",
        maximum=0.8,
        at_least_rows=20,
    ),
)


def _holders_per_village(flag: str) -> pl.Expr:
    """Average the holders of a post over the villages that have one; null if no village has one."""
    holds = pl.col(flag) & pl.col("division_code").is_not_null()
    return holds.sum() / pl.col("division_code").filter(holds).n_unique()


_POSTS = {
    "is_party_secretary": ("secretaries_per_village", "党组织书记"),
    "is_committee_director": ("directors_per_village", "村(居)委会主任"),
    "is_collective_head": ("collective_heads_per_village", "集体经济组织负责人"),
}
_birth_year = pl.col("birth_month").str.slice(0, 4).cast(pl.Int32, strict=False)
_delivery_year = DELIVERY_MONTH.str.slice(0, 4).cast(pl.Int32)

_village_committees: tuple[Expectation, ...] = (
    *(
        table_rule(
            name,
            f"有{post}的村(社区)平均的{post}人数",
            _holders_per_village(flag),
            "一村一职一人;换届后未更新会重复计算",
            maximum=1.02,
            unit="人",
            at_least_rows=1,
        )
        for flag, (name, post) in _POSTS.items()
    ),
    table_rule(
        "villages_with_secretary_share",
        "有党组织书记的村(社区)比例",
        pl.col("division_code").filter(pl.col("is_party_secretary")).n_unique() / pl.col("division_code").n_unique(),
        "多数村没有书记,说明任职列漏填",
        minimum=0.9,
    ),
    table_rule(
        "members_per_village",
        "每个村(社区)的两委成员人数",
        pl.len() / pl.col("division_code").n_unique(),
        "两委成员一般为 5 至 9 人;过多说明混入村民小组长,过少说明漏报",
        minimum=3,
        maximum=15,
        unit="人",
    ),
    row_rule(
        "working_age",
        "出生年份对应的年龄在 18 至 75 岁之间",
        (_delivery_year - _birth_year).is_between(18, 75),
        "年龄失常说明出生年月列有误,会影响平均年龄",
    ),
    row_rule(
        "both_posts_cross_serving",
        "书记、主任一肩挑的成员标注为两委交叉任职",
        pl.col("is_cross_serving"),
        "同时任书记和主任即为交叉任职",
        where=pl.col("is_party_secretary") & pl.col("is_committee_director"),
        mostly=0.95,
    ),
)

_party_membership: tuple[Expectation, ...] = (
    row_rule(
        "bachelors_within_members",
        "本科及以上人数不超过党员总数",
        pl.col("bachelor_or_above") <= pl.col("members"),
        "各项是党员总数的一部分",
        mostly=1.0,
    ),
    row_rule(
        "postgraduates_within_bachelors",
        "研究生人数不超过本科及以上人数",
        pl.col("postgraduate") <= pl.col("bachelor_or_above"),
        "研究生计入本科及以上",
        mostly=1.0,
    ),
    row_rule(
        "young_within_members",
        "35岁及以下人数不超过党员总数",
        pl.col("aged_35_or_below") <= pl.col("members"),
        "各项是党员总数的一部分",
        mostly=1.0,
    ),
    table_rule(
        "scopes_per_town",
        "每个镇街的统计口径数",
        pl.len() / pl.col("town_code").n_unique(),
        "全体党员和新发展党员两个口径都要报",
        minimum=2,
        unit="个",
        at_least_rows=1,
    ),
    row_rule(
        "new_within_members",
        "新发展党员人数不超过本镇街党员总数",
        pl.col("members") <= pl.col("members").filter(pl.col("member_scope") == "全体党员").sum().over("town_code"),
        "新发展党员计入全体党员",
        where=(pl.col("member_scope") == "新发展党员") & (pl.col("member_scope") == "全体党员").any().over("town_code"),
        mostly=1.0,
    ),
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "subsistence_allowance": _subsistence_allowance,
    "extreme_poverty_support": _extreme_poverty_support,
    "disability_subsidies": _disability_subsidies,
    "deaths": _deaths,
    "temporary_assistance": _temporary_assistance,
    "village_committees": _village_committees,
    "party_membership": _party_membership,
}

"""Domain rules of 卫生健康局(医疗保障局): settlements, enrolment, serious illness.

Belongs here: relations between the cells of one row and plausible shares of one table.
Does not belong here: sums per household (MED-01, MED-02: dbt).
"""

from __future__ import annotations

import polars as pl

from expectations.expectation import Expectation, row_rule, table_rule
from expectations.metrics import MONTH_END, MONTH_START, YEAR

_PARTS = ("basic_insurance_paid", "serious_illness_paid", "medical_aid_paid", "self_paid")
_AMOUNTS = ("total_cost", *_PARTS)
_is_reversal = pl.col("is_reversal").fill_null(False)
_is_inpatient = pl.col("care_type") == "住院"

_medical_settlements: tuple[Expectation, ...] = (
    row_rule(
        "parts_make_total",
        "医疗总费用等于各项支付与个人自付之和(相差不超过 1 分)",
        (pl.col("total_cost") - pl.sum_horizontal(*_PARTS)).round(2).abs() <= 0.01,
        "个人自付列错位会误报住院自付过高",
    ),
    row_rule(
        "reversals_negative",
        "冲销记录的各项金额均不为正数,总费用为负数",
        (pl.max_horizontal(*_AMOUNTS) <= 0) & (pl.col("total_cost") < 0),
        "冲销以负数抵减原结算;报成正数会重复计算",
        where=_is_reversal,
    ),
    row_rule(
        "settlements_not_negative",
        "非冲销记录的各项金额均不为负数",
        pl.min_horizontal(*_AMOUNTS) >= 0,
        "负数结算应标注冲销",
        where=~_is_reversal,
    ),
    table_rule(
        "reversal_share",
        "冲销记录的比例",
        _is_reversal.mean(),
        "冲销只是少数;比例过高说明冲销标志填反",
        maximum=0.1,
    ),
    row_rule(
        "inpatients_admitted",
        "住院结算填有入院日期",
        pl.col("admitted_on").is_not_null(),
        "核对死亡后就医要用入院日期",
        where=_is_inpatient,
        mostly=0.95,
    ),
    row_rule(
        "admitted_before_settled",
        "入院日期不晚于结算日期",
        pl.col("admitted_on") <= pl.col("settled_on"),
        "先入院后结算",
    ),
    row_rule(
        "inpatient_magnitude",
        "住院总费用在 100 元至 100 万元之间",
        pl.col("total_cost").is_between(100, 1_000_000),
        "单位是元;大量过小说明按万元填报",
        where=_is_inpatient & ~_is_reversal,
        mostly=0.95,
    ),
)

_medical_insurance_enrolment: tuple[Expectation, ...] = (
    table_rule(
        "current_year_share",
        "参保年度为报送年度的比例",
        (pl.col("insured_year") == YEAR).mean(),
        "缺少本年度参保记录会把全部农户误报为未参保",
        minimum=0.5,
        at_least_rows=1,
    ),
    table_rule(
        "insured_share",
        "本年度记录中正常参保的比例",
        (pl.col("enrolment_status") == "正常参保").filter(pl.col("insured_year") == YEAR).mean(),
        "参保率一般在 95% 以上;过低说明状态列有误,会大量误报未参保",
        minimum=0.8,
    ),
)

_serious_illness: tuple[Expectation, ...] = (
    row_rule(
        "diagnosed_by_month_end",
        "确诊日期不晚于报送月末",
        pl.col("diagnosed_on") <= MONTH_END,
        "名单只列已确诊的患者",
    ),
    table_rule(
        "diagnosed_in_month_share",
        "本月确诊的比例",
        pl.col("diagnosed_on").is_between(MONTH_START, MONTH_END).mean(),
        "名单是历年累计在册患者;本月确诊过多说明确诊日期填成了录入日期,会大量误报新确诊大病",
        maximum=0.3,
    ),
)

SUITES: dict[str, tuple[Expectation, ...]] = {
    "medical_settlements": _medical_settlements,
    "medical_insurance_enrolment": _medical_insurance_enrolment,
    "serious_illness": _serious_illness,
}

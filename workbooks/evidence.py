"""Word the reasons why a household is on a work list.

Belongs here: one sentence per risk rule, with its figures and the deliveries that are its evidence.
Does not belong here: the rules (dbt), identities (``identities``).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from sources.contracts.model import Contracts
from workbooks.references import unnested

SENTENCES = {
    "INC-01": "近12个月人均纯收入 {measure} 元,低于监测线 {threshold} 元",
    "INC-02": "人均纯收入比前12个月的最高值下降 {measure}%,达到预警线 {threshold}%",
    "INC-03": "近12个月人均纯收入扣除合规自付支出后为 {measure} 元,低于监测线 {threshold} 元",
    "MED-01": "今年以来全家住院自付累计 {measure} 元,达到预警线 {threshold} 元",
    "MED-02": "当月门诊、门特自付最高的一人为 {measure} 元,达到预警线 {threshold} 元",
    "MED-03": "当月新确诊大病 {measure} 人",
    "MED-04": "{measure} 人没有正常参加本年度城乡居民基本医保",
    "EMP-01": "有劳动能力的成员失业或返乡 {measure} 人,家中无人在业",
    "CIV-01": "{measure} 人上月享受低保或特困供养,当月不再享受",
    "CIV-02": "{measure} 人新评为一级或二级重度残疾",
    "CIV-03": "有劳动能力的成员当月死亡 {measure} 人",
    "CIV-04": "当月因突发事件领取临时救助 {measure} 次",
    "HOU-01": "住房安全等级为 {housing_grade}",
    "WAT-01": "饮水不安全",
    "EDU-01": "6至15周岁成员不在校 {measure} 人",
}
"""Sentence template by rule code; placeholders: ``{measure}``, ``{threshold}``, ``{housing_grade}``."""

WHOLE_HOUSEHOLD = ("INC-01", "INC-02", "INC-03", "HOU-01", "WAT-01")
"""The product's rules about the whole household, although their delivered row names a single member."""

_OTHER = "实测 {measure},标准 {threshold}"


def _figure(number: pl.Expr) -> pl.Expr:
    """Format a number with at most two decimals and no trailing zeros; null gives an empty text."""
    text = number.cast(pl.Decimal(28, 2)).cast(pl.String)
    return text.str.strip_chars_end("0").str.strip_chars_end(".").fill_null("")


def _sentence(code: pl.Expr, sentences: Mapping[str, str]) -> pl.Expr:
    template = code.replace_strict(sentences, default=_OTHER, return_dtype=pl.String)
    figures = {
        "{measure}": _figure(pl.col("measure")),
        "{threshold}": _figure(pl.col("threshold")),
        "{housing_grade}": pl.col("housing_grade").fill_null("C级或D级"),
    }
    for mark, figure in figures.items():
        template = template.str.replace(mark, figure, literal=True)
    return template


def _month(month: pl.Expr) -> pl.Expr:
    return month.dt.to_string("%Y年") + month.dt.month().cast(pl.String) + "月"


def sources_of_evidence(leads: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Word the tables and months that are a lead's evidence; columns ``lead_id``, ``tables``."""
    labels = {d.name: d.label for d in contracts.datasets}
    return (
        unnested(leads.select("lead_id", "evidence"))
        .select("lead_id", "dataset", "month")
        .unique()
        .sort("lead_id", "dataset", "month")
        .group_by("lead_id", "dataset", maintain_order=True)
        .agg(pl.col("month").str.join("、"))
        .select(
            "lead_id",
            tables="《" + pl.col("dataset").replace(labels) + "》(" + pl.col("month") + ")",
        )
        .group_by("lead_id", maintain_order=True)
        .agg(pl.col("tables").str.join("、"))
    )


def with_reasons(leads: pl.DataFrame, contracts: Contracts, own: Mapping[str, str]) -> pl.DataFrame:
    """Add ``reason`` to open leads: month, finding, first month, source tables.

    ``own`` are the sentences of the county's own rules, templates as ``SENTENCES``.
    """
    tables = leads.join(sources_of_evidence(leads, contracts), on="lead_id", how="left", maintain_order="left")
    since = (
        pl.when(pl.col("months_flagged") > 1)
        .then("(" + _month(pl.col("opened_month")) + "起,已出现" + pl.col("months_flagged").cast(pl.String) + "个月)")
        .otherwise(pl.lit(""))
    )
    source = pl.when(pl.col("tables").is_not_null()).then("\n依据:" + pl.col("tables")).otherwise(pl.lit(""))
    finding = _sentence(pl.col("rule_code"), {**SENTENCES, **own})
    reason = _month(pl.col("flagged_month")) + ":" + finding + since + source
    return tables.with_columns(reason=reason).drop("tables")

"""Summarise a published month on one page, in tables and numbers.

Belongs here: reading the published marts. Does not belong here: computing figures (dbt), Dagster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publishing.content import CONFIG
from orchestration.publishing.version import LINK
from sources.months import Month

Table = tuple[tuple[str, ...], list[tuple[object, ...]]]
"""Header and rows."""

_RECONCILIATION = {
    "各部门交付": (
        ("部门", "数据表", "文件", "行数", "接收", "隔离", "重复", "被替换", "不在名册"),
        """select department, count(distinct dataset), count(*), sum(rows_in_file), sum(rows_accepted),
           sum(rows_quarantined), sum(rows_duplicate), sum(rows_superseded), coalesce(sum(rows_unmatched), 0)
           from marts.reconciliation_deliveries where month = $month group by all order by all""",
    ),
    "数据质量评分": (
        ("部门", "应交", "已交", "退回", "按时率(%)", "接收率(%)", "匹配率(%)", "稳定率(%)", "得分", "名次"),
        """select department, datasets_expected, datasets_delivered, datasets_rejected, round(100 * on_time_rate, 1),
           round(100 * acceptance_rate, 1), round(100 * match_rate, 1), round(100 * stability_rate, 1),
           round(score, 1), rank
           from marts.data_quality_scorecard where month = $month order by rank, department""",
    ),
    "冲突": (
        ("规则", "答复部门", "冲突", "其中新增"),
        """select rule_code, answering_department, count(*), count(*) filter (where is_new)
           from marts.reconciliation_conflicts where month = $month group by all order by all""",
    ),
    "监测对象期初期末": (
        ("类别", "口径", "期初", "新识别", "返贫", "转入", "消除", "离册", "转出", "人口变化", "期末", "平衡"),
        """select monitoring_category, base, sum(opening), sum(newly_identified), sum(returned), sum(moved_in),
           sum(eliminated), sum(left_register), sum(moved_out), sum(size_change), sum(closing), bool_and(is_balanced)
           from marts.monitored_roll_forward where month = $month group by all order by all""",
    ),
    "未筛查的规则": (
        ("规则", "原因"),
        """select distinct rule_code || ' ' || name_zh, reason
           from marts.risk_screening join marts.dim_risk_rule using (rule_code)
           where month = $month and status = 'not_screened' order by all""",
    ),
    "本月提示": (
        ("代码", "说明", "起始日期", "超出天数", "新增"),
        """select notice_code, message, since, days, is_new from marts.month_notices where month = $month
           order by is_new desc, notice_code, subject""",
    ),
    "历次更正": (
        ("版本", "数据集市", "增加", "减少", "改变", "原因"),
        """select published_version, coalesce(split_part(comment, ':', 1), mart), rows_added, rows_removed,
           rows_changed, caused_by
           from marts.restatements left join duckdb_tables() on schema_name = 'marts' and table_name = mart
           where month = $month order by all""",
    ),
}
_RECONCILIATION_NUMBERS = """
    unpivot (select
        (select sum(rows_in_file) from marts.reconciliation_deliveries where month = $month) as "文件行数",
        (select sum(rows_accepted) from marts.reconciliation_deliveries where month = $month) as "接收行数",
        (select sum(rows_unmatched) from marts.reconciliation_deliveries where month = $month) as "不在名册行数",
        (select count(*) from marts.reconciliation_deliveries where month = $month and not is_balanced)
            as "不平衡文件数",
        (select count(*) from marts.reconciliation_conflicts where month = $month) as "冲突数",
        (select count(*) from marts.reconciliation_conflicts where month = $month and is_new) as "新增冲突数",
        (select count(*) from marts.monitored_roll_forward where month = $month and not is_balanced)
            as "期初期末不平衡数",
        (select count(*) from marts.month_notices where month = $month) as "提示数",
        (select count(*) from marts.month_notices where month = $month and is_new) as "新增提示数",
        (select count(*) from marts.restatements where month = $month) as "更正数"
    ) on columns(*)
"""


_INDICATORS = {
    "全区指标": (
        ("指标", "数值", "单位", "目标", "较上月", "情况", "说明", "编码"),
        """select name_zh, format('{:,.' || decimals || 'f}', value), unit, format('{:,.' || decimals || 'f}', target),
           format('{:,.' || decimals || 'f}', change), status, reason, indicator_code
           from marts.rural_indicators join marts.dim_indicator using (indicator_code)
           where month = $month and level = 'district' order by indicator_code""",
    ),
    "各层级指标情况": (
        ("层级", "情况", "数量"),
        """select level, status, count(*) from marts.rural_indicators where month = $month group by all order by all""",
    ),
    "镇街考核": (
        ("镇街", "得分", "名次", "最弱指标"),
        """select coalesce(
               (select max_by(name, valid_from) from marts.dim_division
                where division_code = town_code and valid_from <= last_day(month)), town_code),
           round(score, 1), rank, coalesce(name_zh, weakest_indicator)
           from marts.town_assessment
           left join marts.dim_indicator on indicator_code = weakest_indicator
           where month = $month order by rank, town_code""",
    ),
}
_INDICATOR_NUMBERS = """
    select name_zh || '(' || unit || ')', round(value, decimals)
    from marts.rural_indicators join marts.dim_indicator using (indicator_code)
    where month = $month and level = 'district' and status = 'computed' order by indicator_code
"""

_WORDS: dict[object, str] = {
    True: "是",
    False: "否",
    None: "-",
    "households": "户",
    "persons": "人",
    "district": "区",
    "town": "镇街",
    "village": "村居",
    "computed": "已计算",
    "not_computable": "缺少交付",
    "stale": "数据过旧",
    "not_applicable": "没有分母",
}
"""Word by the value or code of a cell."""

Queries = dict[str, tuple[tuple[str, ...], str]]
Names = Mapping[str, str]
"""Name by code, of what the marts have no catalogue for, and of departments."""


@dataclass(frozen=True)
class MonthReport:
    """Tables and numbers by Chinese name; the names of the numbers are the same in every month."""

    tables: dict[str, Table]
    numbers: dict[str, float]


def reconciliation(published: Path, month: Month, names: Names) -> MonthReport:
    """Summarise the published reconciliation of a month; ``names`` has conflict rules and departments by code.

    Raises duckdb.Error if the marts cannot be read.
    """
    return _report(published, month, names, _RECONCILIATION, _RECONCILIATION_NUMBERS)


def indicators(published: Path, month: Month, names: Names) -> MonthReport:
    """Summarise the published indicators of a month; the numbers are the computed indicators of the district.

    Raises duckdb.Error if the marts cannot be read.
    """
    return _report(published, month, names, _INDICATORS, _INDICATOR_NUMBERS)


def _report(published: Path, month: Month, names: Names, queries: Queries, numbers: str) -> MonthReport:
    given = {"month": month.first_day}
    with duckdb.connect(str(published / LINK), read_only=True, config=CONFIG) as connection:
        tables = {
            name: (head, _in_words(connection.execute(sql, given), names)) for name, (head, sql) in queries.items()
        }
        found = connection.execute(numbers, given).fetchall()
    return MonthReport(tables, {str(name): value or 0 for name, value in found})


def _in_words(found: duckdb.DuckDBPyConnection, names: Names) -> list[tuple[object, ...]]:
    """Fetch rows with departments, states, truth values and whatever has a name as people read them."""

    def word(cell: object) -> object:
        # 1 equals True, and is a number.
        is_code = cell is None or isinstance(cell, bool | str)
        return names.get(str(cell)) or _WORDS.get(cell, cell) if is_code else cell

    return [tuple(map(word, row)) for row in found.fetchall()]

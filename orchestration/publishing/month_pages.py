"""Summarise a published month on one page, in tables and numbers.

Belongs here: reading the published marts. Does not belong here: computing figures (dbt), Dagster.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publishing.content import CONFIG
from orchestration.publishing.version import LINK
from sources.contracts.model import load_contracts
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
        ("部门", "应交", "已交", "退回", "按时率", "接收率", "匹配率", "稳定率", "得分", "名次"),
        """select department, datasets_expected, datasets_delivered, datasets_rejected, round(on_time_rate, 4),
           round(acceptance_rate, 4), round(match_rate, 4), round(stability_rate, 4), round(score, 1), rank
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
        """select distinct rule_code, reason from marts.risk_screening
           where month = $month and status = 'not_screened' order by all""",
    ),
    "历次更正": (
        ("版本", "数据表", "增加", "减少", "改变", "原因"),
        """select published_version, mart, rows_added, rows_removed, rows_changed, caused_by
           from marts.restatements where month = $month order by all""",
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
        (select count(*) from marts.restatements where month = $month) as "更正数"
    ) on columns(*)
"""


_INDICATORS = {
    "全区指标": (
        ("编码", "指标", "数值", "单位", "目标", "较上月", "情况", "说明"),
        """select indicator_code, name_zh, round(value, decimals), unit, target, round(change, decimals), status, reason
           from marts.rural_indicators join marts.dim_indicator using (indicator_code)
           where month = $month and level = 'district' order by indicator_code""",
    ),
    "各层级指标情况": (
        ("层级", "情况", "数量"),
        """select level, status, count(*) from marts.rural_indicators where month = $month group by all order by all""",
    ),
    "镇街考核": (
        ("镇街", "得分", "名次", "最弱指标"),
        """select town_code, round(score, 1), rank, weakest_indicator from marts.town_assessment
           where month = $month order by rank, town_code""",
    ),
}
_INDICATOR_NUMBERS = """
    select name_zh || '(' || indicator_code || ')', round(value, decimals)
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


@dataclass(frozen=True)
class MonthReport:
    """Tables and numbers by Chinese name; the names of the numbers are the same in every month."""

    tables: dict[str, Table]
    numbers: dict[str, float]


def reconciliation(published: Path, month: Month) -> MonthReport:
    """Summarise the published reconciliation of a month. Raises duckdb.Error if the marts cannot be read."""
    return _report(published, month, _RECONCILIATION, _RECONCILIATION_NUMBERS)


def indicators(published: Path, month: Month) -> MonthReport:
    """Summarise the published indicators of a month; the numbers are the computed indicators of the district.

    Raises duckdb.Error if the marts cannot be read.
    """
    return _report(published, month, _INDICATORS, _INDICATOR_NUMBERS)


def _report(published: Path, month: Month, queries: Queries, numbers: str) -> MonthReport:
    given = {"month": month.first_day}
    with duckdb.connect(str(published / LINK), read_only=True, config=CONFIG) as connection:
        tables = {name: (head, _in_words(connection.execute(sql, given))) for name, (head, sql) in queries.items()}
        found = connection.execute(numbers, given).fetchall()
    return MonthReport(tables, {str(name): value or 0 for name, value in found})


def _in_words(found: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """Fetch rows with departments, states and truth values as people read them."""
    departments = {name: department.label for name, department in load_contracts().items()}

    def word(cell: object) -> object:
        # 1 equals True, and is a number.
        is_code = cell is None or isinstance(cell, bool | str)
        return departments.get(str(cell)) or _WORDS.get(cell, cell) if is_code else cell

    return [tuple(map(word, row)) for row in found.fetchall()]

"""Write what a town may see of its own households, as a workbook for offices without a server.

Belongs here: the tables of a town, money in bands. Does not belong here: work lists with identities (``workbooks``).

The rows are those of the case marts for the town, by household key: without evidence and details, and without amounts.
They are rows of households, so they go to the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.publishing.bands import income_band, self_paid_band
from orchestration.publishing.bi.month_book import published_version
from orchestration.publishing.bi.view import Codes, in_words
from orchestration.publishing.content import CONFIG, PublishError
from orchestration.publishing.version import FULL, Version
from sources import audit
from sources.home import Home
from sources.months import Month
from workbooks.parameters import parameter_value
from workbooks.style import file_name
from workbooks.tables_book import Table, write_tables


def _tables(codes: Codes) -> dict[str, tuple[str, str]]:
    """Return what each sheet is about and its query over the views for analysts."""

    def income(amount: str) -> str:
        return in_words(
            income_band(amount, "1", parameter_value("'monitoring_line'", "marts", "$town", "月份")),
            codes["income_band"],
        )

    def self_paid(amount: str) -> str:
        return in_words(self_paid_band(amount), codes["self_paid_band"])

    measure = f"""case
        when 计量单位 = '元' and 规则编码 like 'INC-%' then {income("度量值")}
        when 计量单位 = '元' then {self_paid("度量值")}
        else concat(format('{{:g}}', 度量值), 计量单位)
    end"""
    return {
        "农户": (
            "本镇街每户的人口、保障和风险等级",
            f"""select 农户代码, 村居, 户类型, 监测类别, 建议监测类别, 健在人口, 劳动力,
                {income("人均纯收入")} as 人均纯收入段, {self_paid("本年住院自付")} as 本年住院自付段,
                住房等级, 饮水安全, 享受低保, 特困供养, 风险等级, 触发规则, 是否本月新增
            from bi.农户 where 月份 = $month and 镇街代码 = $town
            order by 风险等级序号 nulls last, 村居代码, 农户代码""",
        ),
        "风险标记": (
            "本镇街每户触发的每条规则",
            f"""select 农户代码, 村居, 规则编码, 规则名称, 规则类别, {measure} as 度量, 涉及人数,
                首次标记月份, 连续标记月数, 是否本月新增, 风险等级, 线索编号
            from bi.风险标记 where 月份 = $month and 镇街代码 = $town
            order by 风险等级序号, 村居代码, 农户代码, 规则编码""",
        ),
        "风险线索": (
            "本镇街的线索和核实结果",
            """select 线索编号, 农户代码, 村居, 规则编码, 规则名称, 开启月份, 最近标记月份, 关闭月份, 状态,
                核实结果, 核实日期, 是否纳入监测, 应核实日期, 是否超期
            from bi.风险线索 where 开启月份 <= $month and 镇街代码 = $town
            order by 状态序号, 应核实日期, 线索编号""",
        ),
        "数据冲突": (
            "本镇街的人、户、资产和村的数据冲突",
            """select 冲突编号, 规则编码, 规则名称, 对象, 应答部门, 村居, 首次发现月份, 是否新增, 应答复日期
            from bi.数据冲突 where 月份 = $month and 镇街代码 = $town
            order by 规则编码, 冲突编号""",
        ),
    }


def write_town_extracts(home: Home, month: Month, towns: Collection[str], codes: Codes) -> list[Path]:
    """Write an extract for each of the towns, named by code or name; for every town of the month without any.

    Each writing is a line of the audit log. Raises PublishError if the month is not published or a town is not known,
    duckdb.Error if the database cannot be read, OSError if the outbox cannot be written.
    """
    version = published_version(home, month)
    file = home.published / FULL.file(version.stem)
    with duckdb.connect(str(file), read_only=True, config=CONFIG) as connection:
        named = _towns(connection, month, towns)
        audit.record(home, "export", what="extract", month=str(month), towns=",".join(named))
        tables = _tables(codes)
        return [_write_town(home, connection, version, month, code, name, tables) for code, name in named.items()]


def _towns(connection: duckdb.DuckDBPyConnection, month: Month, asked: Collection[str]) -> dict[str, str]:
    """Map the codes of the asked towns to their names. Raises PublishError naming those that there are."""
    query = "select 镇街代码, 镇街 from bi.风险概况 where 月份 = ? and 镇街代码 is not null order by 镇街代码"
    known = {str(code): str(name) for code, name in connection.execute(query, [month.first_day]).fetchall()}
    if unknown := [town for town in asked if town not in known and town not in known.values()]:
        raise PublishError(f"{month} 没有镇街 {'、'.join(unknown)};有:{'、'.join(known.values())}。")
    return {code: name for code, name in known.items() if not asked or code in asked or name in asked}


def _write_town(
    home: Home,
    connection: duckdb.DuckDBPyConnection,
    version: Version,
    month: Month,
    town: str,
    name: str,
    queries: Mapping[str, tuple[str, str]],
) -> Path:
    given = {"month": month.first_day, "town": town}
    tables = []
    for sheet, (about, query) in queries.items():
        wanted = {key: value for key, value in given.items() if f"${key}" in query}
        found = connection.execute(query, wanted)
        heads = tuple(str(column[0]) for column in found.description or ())
        tables.append(Table(sheet, about, "办公室数据库", heads, tuple(found.fetchall())))
    path = home.outbox / "extracts" / str(month) / f"{file_name(name)}_数据摘录_{month}.xlsx"
    about = f"发布版本 {version.number};逐户数据,只有代码,金额分段,只供本镇街"
    with home.replacing(path) as temporary:
        created = datetime.fromisoformat(version.created_at).replace(tzinfo=None)
        write_tables(temporary, f"{name}数据摘录({month})", about, tables, created)
    return path

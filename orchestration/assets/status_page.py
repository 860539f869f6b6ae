"""Show how a month is, in Markdown for the web interface: what needs somebody first, then all tables, with links.

Belongs here: words, tables and links, the texts of the checks.
Does not belong here: the facts (``orchestration.status``), Dagster's events (``month_status``, ``reports``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dagster import MetadataValue

from orchestration.assets import OUTBOX
from orchestration.assets.tables import Markdown, link, literal, markdown, whole
from orchestration.dictionary import ADDRESS
from orchestration.publishing.restate import causes
from orchestration.status.lacking import KINDS, Lack
from orchestration.status.month import MonthStatus
from orchestration.status.tables import State, TableStatus
from sources.acceptance.outdated import Outdated
from sources.contracts.model import Contracts
from sources.months import Month

OF_DUE: dict[State, str] = {
    "accepted": "已接收",
    "rejected": "已退回",
    "failed": "处理出错",
    "overdue": "逾期未报",
    "awaited": "尚未到期",
}
"""States of the tables that a month asks for; their counts add up to 应报."""
STATES: dict[State, str] = {**OF_DUE, "not_due": "本月不报"}
DUE, EXTRA = "应报", "另收"
"""The tables that a month asks for, and those that were delivered without being asked for."""
MOST_NAMED = 3
"""Tables that a tag of a run names."""
EMPTY: Mapping[str, str] = MappingProxyType({})
_STEPS = {
    "dbt": "计算(dbt)",
    "published_marts": "发布",
    "intake__deliveries": "交付台账",
    "intake__calendar": "报送日历",
    "month_reconciliation": "本月对账",
    "month_indicators": "本月指标",
    "month_report": "月报和议程",
}
"""Words for the steps of a run; a step without a word is shown by its name."""
_TABLE_HEAD = "部门", "数据表", "情况", "最新批次", "收到", "生效批次", "文件", "文件行", "接收行", "隔离行"


def summary(
    status: MonthStatus, contracts: Contracts, run_id: str, failed: Mapping[str, str] = EMPTY
) -> dict[str, Any]:
    """Show what an engineer must know of the month, in short tables.

    ``run_id`` is the run that looks, ``failed`` maps its failed steps to their messages.
    """
    return {
        "本月概况": MetadataValue.md(_overview(status, run_id, failed)),
        "需要处理": MetadataValue.md(_to_do(status, contracts)),
        "各部门": MetadataValue.md(_departments(status, contracts)),
        "缺表的后果": MetadataValue.md(_lacks(status.lacks)),
        "过时的月份": MetadataValue.md(_outdated(status.outdated, contracts)),
    }


def details(status: MonthStatus, contracts: Contracts) -> dict[str, Any]:
    """Show every table, and figures under the same names in every month, so that Dagster plots them."""
    tables = status.of_all
    return {
        "各表": MetadataValue.md(_tables(status, contracts)),
        **{f"{word}的表": n for word, n in _counts(tables).items()},
        "晚报的表": sum(t.days_late > 0 and t.state != "overdue" for t in tables),
        "没有识别的文件": sum(status.not_recognised.values()),
        "文件行数": sum(t.rows_in_file for t in tables),
        "接收行数": sum(t.rows_accepted for t in tables),
        "隔离行数": sum(t.rows_quarantined for t in tables),
        **{word: sum(lack.kind == kind for lack in status.lacks) for kind, word in KINDS.items()},
        "过时的月份数": len(status.outdated),
    }


def completeness(status: MonthStatus) -> str:
    """Say whether every due table is accepted; if not, which are not, why, and what to do."""
    due = [t for t in status.of_all if t.is_due]
    text = f"{status.month} 应报 {len(due)} 张表,接收 {sum(t.state == 'accepted' for t in due)} 张"
    if awaited := [t for t in due if t.state == "awaited"]:
        text += f";尚未到期 {len(awaited)} 张"
    text += _extra(status.of_all)
    if not (open_ := _open(status)):
        return text + "。"
    lines = "\n".join(f"- {literal(t.dataset.label)}:{_reason(t)}" for t in open_)
    return f"{text};需要处理 {len(open_)} 张:\n\n{lines}\n\n更正或补报后重新运行本月;反馈在各部门的 {OUTBOX} 资产。"


def publication(status: MonthStatus, failed: Mapping[str, str]) -> str:
    """Say whether readers see the month as it is accepted now; if not, at which step its run failed and what they see.

    ``failed`` maps the failed steps of the run to their messages.
    """
    lines = [f"{status.month} {_verdict(status, failed)}", f"读者现在看到的:{_version(status).replace('**', '')}"]
    lines += [f"{_step(step)}失败:{literal(message)}" for step, message in failed.items()]
    if status.gaps:
        lines.append(_gaps(status.gaps))
    return "。\n\n".join(line.rstrip("。") for line in lines) + "。"


def up_to_date(found: Sequence[Outdated], month: Month, contracts: Contracts) -> str:
    """Say which published months are outdated, of those that concern ``month``, and what to do."""
    if not found:
        return f"没有因 {month} 而过时的已发布月份,{month} 自己也没有过时。"
    which = ";".join(f"{o.month}(变化:{causes(o.changes, contracts)})" for o in found)
    return f"已发布的结果已过时:{which}。请执行 shouwang run {found[0].month}(随后自动依次运行其后的月份),{_SENSOR}。"


_SENSOR = "或在 Automation 中打开传感器 later_months"


def _overview(status: MonthStatus, run_id: str, failed: Mapping[str, str]) -> str:
    counts = _counts(status.of_all)
    of_due = ",".join(f"{word} {counts[word]}" for word in OF_DUE.values() if counts[word])
    not_due = f";{STATES['not_due']} {counts[STATES['not_due']]} 张" if counts[STATES["not_due"]] else ""
    lines = [
        f"**{status.month} {_verdict(status, failed)}**",
        f"数据表:{DUE} {counts[DUE]} 张:{of_due}{_extra(status.of_all)}{not_due}",
        *([f"需要处理:{_names(status)}"] if _open(status) else []),
        f"读者现在看到的版本:{_version(status)}",
        *([f"早前月份:{_gaps(status.gaps)}"] if status.gaps else []),
        f"运行:{link('查看这次运行', f'/runs/{run_id}')};每张表和每项指标的含义:{link('数据字典', ADDRESS)}",
    ]
    return "\n".join(f"- {line}" for line in lines)


def signs(status: MonthStatus, contracts: Contracts) -> dict[str, str]:
    """Return tags for the run that looks: Dagster's lists of runs are green also if tables were rejected or are late.

    A tag is a state with its tables by department, ``MOST_NAMED`` of them.
    """
    return {
        STATES[state]: _named([t for t in _open(status) if t.state == state], contracts)
        for state in dict.fromkeys(t.state for t in _open(status))
    }


def _named(tables: Sequence[TableStatus], contracts: Contracts) -> str:
    names = [f"{contracts[t.dataset.department].label}/{t.dataset.label}" for t in tables]
    # The list cuts a long tag off: the number comes first.
    return f"{len(names)} 张:{'、'.join(names[:MOST_NAMED])}{'……' if len(names) > MOST_NAMED else ''}"


def _counts(tables: Sequence[TableStatus]) -> dict[str, int]:
    """Count tables in words: those that are due, by state, those that came without being due, and the rest."""
    of_due = {word: sum(t.is_due and t.state == state for t in tables) for state, word in OF_DUE.items()}
    rest = {EXTRA: sum(t.is_extra for t in tables), STATES["not_due"]: sum(t.state == "not_due" for t in tables)}
    return {DUE: sum(of_due.values())} | of_due | rest


def _extra(tables: Sequence[TableStatus]) -> str:
    """Say how many tables came that the month does not ask for, and which of these somebody must look at."""
    extra = [t for t in tables if t.is_extra]
    rejected = sum(t.is_rejected for t in extra)
    text = f";{EXTRA}本月不要求报送的 {len(extra)} 张" if extra else ""
    return text + (f"(其中已退回或处理出错 {rejected})" if rejected else "")


def _gaps(gaps: Sequence[Month]) -> str:
    """Say which earlier months are missing where this month looks back, and what happens when they arrive."""
    months = "、".join(map(str, gaps))
    return f"{months} 没有已接收的农户名册,没有计算,本月回看不到;补报并运行后,本月会过时,须重新运行"


def _step(step: str) -> str:
    return _STEPS.get(step, step)


def _names(status: MonthStatus) -> str:
    """Name the tables that need somebody, by their state; this stays on the page, however many they are."""
    states = {t.state: [o for o in _open(status) if o.state == t.state] for t in _open(status)}
    return ";".join(
        f"{STATES[state]} {'、'.join(literal(t.dataset.label) for t in tables)}" for state, tables in states.items()
    )


def _verdict(status: MonthStatus, failed: Mapping[str, str]) -> str:
    if any(t.stops_month for t in status.of_all):
        return "不能计算:没有已接收的农户名册"
    if failed:
        return f"没有算完:{'、'.join(map(_step, failed))}失败"
    if not status.is_current:
        return "还没有按现在的数据算出并发布"
    words = {"act": "有表需要处理", "look": "有表逾期未报", "ok": "应报的表没有问题"}
    return words[status.level]


def _version(status: MonthStatus) -> str:
    version = status.version
    if version is None:
        return "还没有发布过"
    text = f"第 {version.number} 版({version.created_at[:16].replace('T', ' ')} 发布),"
    if not status.is_published:
        return text + "**不含本月**"
    is_current = all(o.month != status.month for o in status.outdated)
    return text + ("含本月,与现在已接收的数据一致" if is_current else "含本月,**但已过时**,见“过时的月份”")


def _open(status: MonthStatus) -> list[TableStatus]:
    return [t for t in status.of_all if t.is_rejected or t.state == "overdue" or (t.stops_month and t.is_due)]


def _to_do(status: MonthStatus, contracts: Contracts) -> str:
    rows: list[tuple[str, ...]] = [
        (contracts[t.dataset.department].label, _checks(t), _words(t), _brief(t)) for t in _open(status)
    ]
    rows += [
        (contracts[name].label, Markdown("–"), whole("没有识别"), Markdown(f"{n} 个文件,见{link('交付台账', _LEDGER)}"))
        for name, n in status.not_recognised.items()
        if n
    ]
    return markdown(("部门", "数据表", "情况", "原因"), rows) if rows else "无。"


_LEDGER = "/assets/intake/deliveries"


def _brief(table: TableStatus) -> Markdown:
    """Say why a table needs somebody in its first sentence: Dagster shows long tables on request only."""
    first, _, _ = _REPEATED.sub("", _why(table)).partition("。")
    return Markdown(literal(f"{first}。{_kept(table)}"))


def _reason(table: TableStatus) -> Markdown:
    """Say why a table needs somebody, and what to do."""
    return Markdown(literal(_why(table) + _kept(table)))


_REPEATED = re.compile(r"^《[^》]*》\d{4}-\d\d:")
"""Table and month before a reason, which the row of a page names already."""


def _why(table: TableStatus) -> str:
    """Return the first reason of the gate, the message, or the days since the due day."""
    if table.state == "overdue":
        return f"逾期 {table.days_late} 天,没有收到文件。"
    if table.state == "awaited":
        return "核心数据,没有它本月不能计算。"
    return table.reason or "没有记录原因,请看检查结果。"


def _kept(table: TableStatus) -> str:
    return f"第 {_numbers(table.in_force)} 批继续有效。" if table.is_rejected and table.in_force else ""


def _departments(status: MonthStatus, contracts: Contracts) -> str:
    head = ("部门", *_counts(()), "晚报", "未识别", "反馈")
    rows = [
        (
            contracts[name].label,
            *_counts(tables).values(),
            sum(t.days_late > 0 and t.state != "overdue" for t in tables),
            status.not_recognised[name],
            link("查看", f"/assets/{OUTBOX}/{name}?partition={status.month}"),
        )
        for name, tables in status.tables.items()
    ]
    return markdown(head, rows)


def _tables(status: MonthStatus, contracts: Contracts) -> str:
    return markdown(_TABLE_HEAD, [(contracts[t.dataset.department].label, *_row(t)) for t in status.of_all])


def _row(table: TableStatus) -> Iterable[object]:
    received = f"{table.received_at:%Y-%m-%d %H:%M}" if table.received_at else "–"
    counts = (table.files, table.rows_in_file, table.rows_accepted, table.rows_quarantined)
    shown = [f"{n:,}" if table.newest else "–" for n in counts]
    return _checks(table), _words(table), table.newest or "–", received, _numbers(table.in_force) or "–", *shown


def _checks(table: TableStatus) -> Markdown:
    return link(table.dataset.label, f"/assets/{table.dataset.department}/{table.dataset.name}?view=checks")


def _words(table: TableStatus) -> Markdown:
    text = STATES[table.state]
    if table.days_late:
        text += f"({'' if table.state == 'overdue' else '晚 '}{table.days_late} 天)"
    text = whole(text)
    return Markdown(f"**{text}**" if table.is_rejected or table.state == "overdue" else text)


def _numbers(deliveries: Sequence[int]) -> str:
    return "、".join(map(str, deliveries))


def _lacks(lacks: Sequence[Lack]) -> str:
    rows = [(KINDS[lack.kind], lack.shown, lack.reason) for lack in lacks]
    return markdown(("后果", "名称", "原因"), rows) if rows else "没有:需要的表都已接收。"


def _outdated(found: Sequence[Outdated], contracts: Contracts) -> str:
    rows = [(o.month, causes(o.changes, contracts), f"shouwang run {o.month}") for o in found]
    return markdown(("月份", "变化", "怎么办"), rows) if rows else "没有。"

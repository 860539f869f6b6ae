"""Apply the office's rules of retention, as the command line asks for it.

Belongs here: the settings, the lock, what is said before and after. Does not belong here: the rules
(``sources.retention``).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from rich.console import Console

from orchestration.commands.app import literal
from orchestration.runtime import instance, locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.old_runs import OldLog, old_logs, remove_logs
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.retention import Plan, Retention, counted, plan, remove

LOCK_WAIT_SECONDS = 60.0
_KINDS = {"originals": "原件", "quarantine": "隔离行原文", "errors": "错误详情"}


def tidy_home(console: Console, settings: Settings, dry_run: bool) -> None:
    """Remove what the rules no longer keep, or with ``dry_run`` only say it.

    Raises ShouwangError if no rule is set or a rebuild was interrupted, HomeBusyError if a run does not end.
    """
    retention = Retention(
        settings.keep_originals_months, settings.keep_quarantine_months, settings.keep_errors_months
    )  # fmt: skip
    if retention == Retention() and settings.keep_runs_months is None:
        raise ShouwangError(
            "没有设置保留期限,全部永久保留。期限写在 settings.toml:"
            "keep_originals_months、keep_quarantine_months、keep_errors_months、keep_runs_months(月数)。"
        )
    home, today = settings.paths, datetime.now(ZONE).date()
    with locks.holding(settings.home, "shouwang tidy", LOCK_WAIT_SECONDS, console.print):
        if settings.warehouse_file.with_name(f"{settings.warehouse_file.name}.before-rebuild").exists():
            raise ShouwangError("上次 shouwang rebuild 没有完成,还可能需要原件;请先重新执行 shouwang rebuild。")
        found = plan(home, load_contracts(), retention, today)
        logs = _logs_of_old_runs(settings, today)
        _show(console, found)
        _show_logs(console, logs)
        if not dry_run:
            remove(home, found, today)
            remove_logs(settings, logs)
    if not found.expired and not logs:
        console.print("没有超过保留期限的文件。")
    elif dry_run:
        console.print("只是预览,没有删除;去掉 --dry-run 即执行。")
    else:
        if found.expired:
            console.print(f"已删除 {len(found.expired)} 个,逐个记入审计日志。")
        if logs:
            console.print(f"已删除运行日志 {len(logs)} 个;检查结果和各表的历史不变。")
        console.print("备份中的副本须另行清理(shouwang backup --keep)。")


def _logs_of_old_runs(settings: Settings, today: date) -> list[OldLog]:
    if settings.keep_runs_months is None or not settings.dagster_home.exists():
        return []
    instance.prepare(settings)
    with instance.open_instance(settings) as opened:
        return old_logs(settings, opened, settings.keep_runs_months, today)


def _show_logs(console: Console, logs: list[OldLog]) -> None:
    for month, files in sorted(Counter(log.month for log in logs).items()):
        size = sum(log.size for log in logs if log.month == month)
        console.print(f"运行日志 {month}:{files} 个,{size / 1e6:,.1f} MB")


def _show(console: Console, found: Plan) -> None:
    for (kind, month), files in counted(found).items():
        size = sum(e.size for e in found.expired if (e.kind, e.month) == (kind, month))
        console.print(literal(f"{_KINDS[kind]} {month}:{files} 个,{size / 1e6:,.1f} MB"))
    if any(e.kind == "originals" for e in found.expired):
        text = "这些月份不能再从原件重新接收(run、rebuild --from-archive);已接收的行和已发布的结果不变。"
        console.print("[yellow]注意[/]", literal(text), soft_wrap=True)
    if found.waiting:
        text = f"有文件还没有接收,原件暂不删除,请先运行:{'、'.join(map(str, found.waiting))}"
        console.print("[yellow]注意[/]", literal(text), soft_wrap=True)

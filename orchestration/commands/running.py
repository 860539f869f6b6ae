"""Run months, rebuild the warehouse and change the secret, and show how they went.

Belongs here: what is said on the terminal, months that run with others, dbt's output out of the way.
Does not belong here: arguments and exit codes (``cli``), the work (``run``, ``rebuild``, ``rotate``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress

from rich.console import Console

from orchestration.automation.reruns import earlier_than, later_than
from orchestration.commands import month_figures, run
from orchestration.commands.app import literal
from orchestration.commands.console import progress_of, show_report, show_where
from orchestration.commands.publish import follow, follow_rotation
from orchestration.commands.rebuild import rebuild, sealed_months
from orchestration.commands.rotate import rotate, what_next
from orchestration.commands.run import RunReport
from orchestration.dbt import worker
from orchestration.runtime import instance, layout, locks, records
from orchestration.runtime.county import contracts_here
from orchestration.runtime.settings import DBT_PROJECT_DIR, Settings
from sources.contracts.model import load_contracts
from sources.months import Month


@contextmanager
def quiet_output(settings: Settings) -> Iterator[None]:
    """Redirect dbt's output to ``dbt/output.txt``: on the terminal it would bury the progress."""
    settings.dbt_dir.mkdir(parents=True, exist_ok=True)
    with (settings.dbt_dir / "output.txt").open("w", encoding="utf-8") as output, redirect_stdout(output):
        yield


def set_damaged_records_aside(console: Console, settings: Settings) -> None:
    """Let Dagster begin new records if its own are damaged, and tell it; a home in use by another process has none."""
    if not settings.dagster_home.exists():
        return
    with suppress(locks.HomeBusyError), locks.holding(settings.home, "shouwang"):
        for told in records.set_aside_damaged(settings):
            console.print("[yellow]提示[/]", literal(told), soft_wrap=True)


def run_months(console: Console, settings: Settings, months: Sequence[Month], verbose: bool) -> bool:
    """Run months in the given order until one fails: the outdated ones before each first, those that look back last.

    Returns True if all are clean. Raises ShouwangError if the home is of another program or another process uses it.
    """
    layout.require_same(settings.paths)
    if closed := instance.prepare(settings):
        console.print(literal(f"已收紧权限,不再对其他用户开放:{'、'.join(map(str, closed))}"), soft_wrap=True)
    with (
        locks.holding(settings.home, f"shouwang run {'、'.join(map(str, months))}"),
        worker.ready(settings.dbt_dir, DBT_PROJECT_DIR),
    ):
        set_damaged_records_aside(console, settings)
        reports: list[RunReport] = []
        for month in months:
            if earlier := earlier_than(settings.paths, load_contracts(), month):
                console.print(f"{month} 要回看的月份数据有变,先依次重新运行:{'、'.join(map(str, earlier))}")
            reports += _until_one_fails(console, settings, [*earlier, month], verbose)
            if not reports[-1].success:
                break
        if reports[-1].success and (later := later_than(settings.paths, load_contracts(), months[-1])):
            console.print(f"{months[-1]} 的数据有变,依次重新运行其后已发布的月份:{'、'.join(map(str, later))}")
            reports += _publish_together(console, settings, later, verbose)
    show_where(console, settings)
    return all(report.is_clean for report in reports)


def _publish_together(
    console: Console, settings: Settings, months: Sequence[Month], verbose: bool
) -> Iterator[RunReport]:
    """Run months in order until one fails, publish all of them with the last, then write what is made of the version.

    If one fails, none of them is published: they stay outdated, and run again.
    """
    *others, last = months
    computed = run.assets_in(lambda group: group not in OF_THE_VERSION)
    for month, selection in [*((month, computed) for month in others), (last, None)]:
        yield (report := _run_one(console, settings, month, verbose, selection))
        if not report.success:
            return
    made_of_it = [key for key in run.assets_in(lambda group: group == "published") if key != "published_marts"]
    for month in others:
        yield _run_one(console, settings, month, verbose, made_of_it)


OF_THE_VERSION = ("published", "served")
"""Groups of the version, its copies, and what is made of it."""


def _until_one_fails(
    console: Console, settings: Settings, months: Sequence[Month], verbose: bool
) -> Iterator[RunReport]:
    for month in months:
        yield (report := _run_one(console, settings, month, verbose))
        if not report.success:
            return


def _run_one(
    console: Console, settings: Settings, month: Month, verbose: bool, selection: Sequence[str] | None = None
) -> RunReport:
    if verbose:
        report = run.run_month(settings, month, "INFO", selection)
    else:
        with progress_of(console, month), quiet_output(settings):
            report = run.run_month(settings, month, "CRITICAL", selection)
    risk = month_figures.risk_summary(settings.paths.published, month) if report.is_published else None
    show_report(console, report, risk, contracts_here(settings.home))
    return report


def rebuild_home(console: Console, settings: Settings, from_archive: bool) -> bool:
    """Build the warehouse again, month by month; return True if it was built and published, also on a server.

    Raises ShouwangError if something that the rebuild needs is missing.
    """
    set_damaged_records_aside(console, settings)
    if from_archive and (sealed := sealed_months(settings.paths, load_contracts())):
        months = "、".join(map(str, sorted(sealed)))
        console.print(f"{months} 的原件已按保留规则删除,这些月份用已接收的行。", soft_wrap=True)
    with quiet_output(settings), worker.ready(settings.dbt_dir, DBT_PROJECT_DIR):
        reports = rebuild(settings, from_archive)
    for report in reports:
        state = "完成" if report.success else "未完成,此前发布的版本保持不变"
        console.print(f"{report.month} {state}({report.seconds:.0f} 秒)", *map(literal, report.errors), soft_wrap=True)
    if reports[-1].success:
        is_new = reports[-1].published["is_new"]
        console.print("已发布新版本" if is_new else "与重建前发布的版本逐格相同,没有新版本")
        return follow(console, settings)
    return False


def rotate_secret(console: Console, settings: Settings) -> bool:
    """Change the secret, and say what is left to do; return False if a server could not follow.

    Raises ShouwangError, with the home as it was.
    """
    with quiet_output(settings):
        done = rotate(settings)
    console.print(
        f"密钥已换:{done.keys} 个代码和 {done.leads} 个线索编号是新的,发布为版本 {done.version.number};"
        "带有旧代码的版本已清除。已发出的核查清单仍可按旧编号收回;下一次写清单用新编号。请重新备份数据目录。",
        soft_wrap=True,
    )
    is_followed = follow_rotation(console, settings)
    if todo := what_next(settings):
        console.print("[yellow]还要做[/]", literal(todo), soft_wrap=True)
    return is_followed

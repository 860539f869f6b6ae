"""How a run looks on the terminal: progress while it works, a short table when it is done.

Belongs here: rich. Does not belong here: what happened (``run``, ``summary``, ``doctor``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from orchestration.commands.app import literal
from orchestration.commands.month_figures import LEVELS, RiskSummary
from orchestration.runtime.progress import Step, listening
from orchestration.runtime.settings import Settings
from sources.contracts.model import Contracts
from sources.months import Month

if TYPE_CHECKING:
    from orchestration.commands.answers import Answer
    from orchestration.commands.areas import Area
    from orchestration.commands.run import RunReport

STAGES = {"intake": "收取与检查", "dbt": "计算", "publish": "发布"}
STARTING = "载入 Dagster、Great Expectations 和 dbt……"
STATUSES = {"accepted": "接收", "rejected": "退回", "not_delivered": "未报送", "not_due": "未到期", "failed": "出错"}


@contextmanager
def spinner(console: Console, title: str) -> Iterator[Callable[[str], None]]:
    """Show a moving line while the block works, with the steps it is told; without a terminal, nothing."""
    doing = TextColumn("{task.fields[doing]}", style="dim", markup=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), doing)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(title, total=None, doing="")
        yield lambda doing: progress.update(task, doing=doing)


@contextmanager
def progress_of(console: Console, month: Month) -> Iterator[None]:
    """Show every step that finishes within the block; a line per stage where there is no terminal."""
    seen: set[str] = set()
    with spinner(console, f"{month}") as progress:
        # Importing Dagster, Great Expectations and dbt takes longer than anybody waits without a word.
        progress(STARTING)
        if not console.is_terminal:
            console.print(f"{month} {STARTING}")

        def show(step: Step) -> None:
            progress(f"{STAGES[step.stage]}:{step.name} {step.text}")
            if not console.is_terminal and step.stage not in seen:
                seen.add(step.stage)
                console.print(f"{month} {STAGES[step.stage]}…")

        with listening(show):
            yield


def show_report(console: Console, report: RunReport, risk: RiskSummary | None, contracts: Contracts) -> None:
    """Print the short tables at the end of a month: deliveries and flags; ``contracts`` are those of the home."""
    if report.datasets:
        console.print(_deliveries(report, contracts), "")
    if risk:
        console.print(_risk(risk), "")
    for dataset in report.datasets:
        if dataset.status in ("rejected", "failed"):
            text = f"{dataset.label}({dataset.department}/{dataset.name}):{dataset.figures.get('message', '')}"
            console.print(f"[yellow]{STATUSES[dataset.status]}[/]", literal(text), soft_wrap=True)
    if report.files_not_recognised:
        where = "详见界面中 intake/deliveries 的“提示”"
        console.print(f"[yellow]未识别[/] {report.files_not_recognised} 个文件或文件夹没有读取,{where}", soft_wrap=True)
    for error in report.errors:
        console.print("[red]错误[/]", literal(error), soft_wrap=True)
    console.print(f"{_ending(report)}({report.seconds:.0f} 秒)")


def _ending(report: RunReport) -> str:
    """Say what has become of the month."""
    if not report.success:
        return f"[red]{report.month} 未完成,此前发布的版本保持不变[/]"
    if report.is_published:
        return f"[green]{report.month} 已发布[/]"
    done = "已重新计算,与其后的月份一并发布" if report.datasets else "的月报等已按新版本重写"
    return f"[green]{report.month} {done}[/]"


def show_where(console: Console, settings: Settings) -> None:
    """Print where to look after a run."""
    from orchestration.publishing.version import FULL, OPEN

    restricted, outbox, published = settings.paths.restricted, settings.paths.outbox, settings.paths.published
    if (marts := published / FULL.target).exists():
        console.print(literal(f"数据集市  {marts}(只限本办公室,只读打开;schema bi、marts、marts_zh)"), soft_wrap=True)
        console.print(
            literal(f"公开数据  {published / OPEN.target}(供所有看板;不含户,少于下限的数不公布)"), soft_wrap=True
        )
    console.print("本月情况  界面中 Catalog → month_status:退回、晚报、缺表的后果、过时的月份", soft_wrap=True)
    console.print("检查结果  make ui(或 shouwang ui),然后打开它打印的地址(Catalog → 资产 → Checks)", soft_wrap=True)
    console.print(literal(f"部门反馈  {outbox}/<部门>/<月份>/(含身份信息,只交本部门)"), soft_wrap=True)
    console.print(literal(f"隔离的行  {restricted / 'quarantine'}(含身份信息,仅限授权人员)"), soft_wrap=True)


def show_answers(console: Console, answers: Iterable[Answer]) -> bool:
    """Print the doctor's answers as they arrive; return True if there is no problem."""
    marks = {"ok": "[green]正常[/]", "info": "[cyan]提示[/]", "look": "[yellow]注意[/]", "problem": "[red]问题[/]"}
    healthy = True
    for answer in answers:
        console.print(marks[answer.level], f"[bold]{answer.subject}[/]", literal(answer.text), soft_wrap=True)
        healthy = healthy and answer.level != "problem"
    return healthy


def show_verdict(console: Console, month: Month, can_run: bool) -> None:
    """Print whether the month can run, after the answers."""
    console.print(f"{month} 可以运行。" if can_run else f"{month} 现在不能运行:请先处理上面标为“问题”的各项。")


def show_areas(console: Console, areas: Iterable[Area]) -> bool:
    """Print a line per verified area, and one per problem; return True if there is no problem."""
    healthy = True
    for area in areas:
        mark = f"[red]问题 {len(area.problems)}[/]" if area.problems else "[green]正常[/]"
        console.print(mark, f"[bold]{area.subject}[/]", literal(area.text), soft_wrap=True)
        for problem in area.problems:
            console.print("  -", literal(problem), soft_wrap=True)
        healthy = healthy and not area.problems
    return healthy


def titled_table(title: str) -> Table:
    """Make a table whose widest figures fit into eighty characters, and which is as wide as its title."""
    width = cell_len(title)
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0, show_edge=False, min_width=width)


def _deliveries(report: RunReport, contracts: Contracts) -> Table:
    table = titled_table(f"{report.month} 各部门交付")
    table.add_column("部门", no_wrap=True)
    for name in (*STATUSES.values(), "文件行", "接收行", "隔离行"):
        table.add_column(name, justify="right")
    for department in dict.fromkeys(d.department for d in report.datasets):
        ours = [d for d in report.datasets if d.department == department]
        counts = [sum(d.status == status for d in ours) for status in STATUSES]
        sums = [sum(d.figure(f) for d in ours) for f in ("rows_in_file", "rows_accepted", "rows_quarantined")]
        table.add_row(contracts[department].label.split("(")[0], *[f"{n:,}" if n else "-" for n in (*counts, *sums)])
    return table


def _risk(risk: RiskSummary) -> Table:
    flagged = ",".join(f"{LEVELS[level]} {risk.levels.get(level, 0):,} 户" for level in LEVELS)
    title = f"风险线索(名册 {risk.households:,} 户;{flagged})"
    table = titled_table(title)
    table.add_column("规则")
    table.add_column("名称")
    table.add_column("筛查户数", justify="right")
    table.add_column("标记户数", justify="right")
    for rule in risk.rules:
        screened = "未筛查" if rule.screened is None else f"{rule.screened:,}"
        table.add_row(rule.code, rule.name, screened, "-" if rule.screened is None else f"{rule.flagged:,}")
    return table

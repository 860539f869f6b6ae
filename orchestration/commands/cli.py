"""The command line ``shouwang``.

Belongs here: arguments, exit codes, which work is called. Does not belong here: the work.

Commands import slow packages themselves, so that ``--help`` and ``doctor`` answer at once.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands import check, serve
from orchestration.commands.app import MonthArgument, Verbose, app, literal, load_settings, month_of, terminal
from orchestration.commands.mistakes import run_command
from orchestration.runtime.errors import ShouwangError
from sources.months import Month


class Server(StrEnum):
    """Servers that published versions are copied to."""

    POSTGRES = "postgres"


@app.command(
    help="运行一个月:收取、检查、接收、计算、发布;数据有变时依次重算其后已发布的月份。退出码 0 表示已发布且没有出错。"
)
def run(month: MonthArgument, verbose: Verbose = False) -> None:
    """Run one month."""
    from orchestration.commands.running import run_months

    raise typer.Exit(0 if run_months(terminal(), load_settings(), [month], verbose) else 1)


@app.command(help="写一个带说明的设置文件 settings.toml 供修改;在终端上会询问各部门的文件放在哪里。不覆盖已有的文件。")
def init() -> None:
    """Write a settings file to start from."""
    from orchestration.commands.init import write_settings

    ask = (lambda question: str(typer.prompt(question, default="", show_default=False))) if sys.stdin.isatty() else None
    write_settings(terminal(), load_settings(), ask)


@app.command(
    help="从设置的位置取回一个月的新数据并收取,不运行该月。退出码 0 表示每个位置都已取到,1 表示有位置没有取到。"
)
def pull(
    month: MonthArgument,
    department: Annotated[
        str | None, typer.Option(metavar="DEPARTMENT", help="只取一个部门,例如 health 或 民政局")
    ] = None,
) -> None:
    """Fetch a month from the departments' locations and land it."""
    from orchestration.commands.departments import department_named
    from orchestration.commands.pull import pull_month

    chosen = department_named(department) if department else None
    raise typer.Exit(0 if pull_month(terminal(), load_settings(), month, chosen) else 1)


@app.command(help="用已接收的数据按月重建数据仓库,最后发布一次;结果没有变化时不产生新版本。退出码 0 表示完成。")
def rebuild(
    from_archive: Annotated[bool, typer.Option("--from-archive", help="先用归档的原文件重新接收各表")] = False,
) -> None:
    """Build the warehouse again, month by month."""
    from orchestration.commands.running import rebuild_home

    raise typer.Exit(0 if rebuild_home(terminal(), load_settings(), from_archive) else 1)


@app.command(
    name="rotate-key",
    help="换密钥:用新密钥从归档的原件重建一切,核对除代码外逐格相同后一次切换;旧线索编号的反馈仍能对上。",
)
def rotate_key() -> None:
    """Change the secret behind the pseudonyms."""
    from orchestration.commands.running import rotate_secret

    rotate_secret(terminal(), load_settings())


@app.command(help="让数据集市退回到以前的版本(默认上一个);下一次运行会重新发布最新结果。")
def rollback(
    version: Annotated[int | None, typer.Argument(metavar="[VERSION]", min=1, help="版本号,默认上一个版本")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="只列出保留的版本,不切换")] = False,
) -> None:
    """Let BI tools read an earlier published version again."""
    from orchestration.commands.workbooks import list_versions, roll_back_marts

    if only_list:
        list_versions(terminal(), load_settings())
    else:
        raise typer.Exit(0 if roll_back_marts(terminal(), load_settings(), version) else 1)


@app.command(
    help="把现在发布的版本复制到设置 [postgres] 的数据库;平时每次运行后自动复制。已是该版本时什么也不做。"
    "退出码 0 表示数据库里已是现在的版本。"
)
def publish(
    to: Annotated[Server, typer.Option("--to", help="复制到哪里,目前只有 postgres")],
    again: Annotated[bool, typer.Option("--again", help="重新复制全部的行,不论数据库里有什么")] = False,
) -> None:
    """Copy the published version to a server."""
    from orchestration.commands.publish import publish_to_postgres

    publish_to_postgres(terminal(), load_settings(), again)


@app.command(help="按镇(街道)写一个月的待核查线索清单,填好后放入次月收件目录即可收回。清单含个人信息。")
def worklist(month: MonthArgument) -> None:
    """Write the towns' work lists of a published month."""
    from orchestration.commands.workbooks import write_lists

    write_lists(terminal(), load_settings(), month)


@app.command(help="按每月二十问写一个月的 Excel 工作簿:一个可以公开,一个含精确的小数目、只供办公室;都不含身份。")
def workbook(month: MonthArgument) -> None:
    """Write the workbooks of a published month."""
    from orchestration.commands.workbooks import write_books

    write_books(terminal(), load_settings(), month)


@app.command(help="按镇(街道)写一个月的数据摘录,给没有服务器的镇街:只有代码,金额分段。只发本镇街。")
def extract(
    month: MonthArgument,
    towns: Annotated[
        list[str] | None, typer.Argument(metavar="[TOWN]...", help="镇街名称或代码;不写为全部镇街")
    ] = None,
) -> None:
    """Write the extracts of towns from a published month."""
    from orchestration.commands.workbooks import write_extracts

    write_extracts(terminal(), load_settings(), month, towns or [])


@app.command(
    help="写一个已发布月份的月报(Word 和网页,只用公开的数据)和联席会议议程(Word,只供本办公室)。运行一个月时会自动写。"
)
def report(
    month: Annotated[Month | None, typer.Argument(metavar="[MONTH]", help="月份", parser=month_of)] = None,
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="不写月报,只把程序自带的 Word 模板写到这个目录供修改")
    ] = None,
) -> None:
    """Write the report and the agenda of a published month, or the templates to start from."""
    from orchestration.commands.report import write_report, write_templates

    if templates:
        write_templates(terminal(), templates)
    elif month:
        write_report(terminal(), load_settings(), month)
    else:
        raise typer.BadParameter("请写明月份,例如 2021-06", param_hint="MONTH")


@app.command(
    help="追溯一条线索、一个数据冲突或一项指标:来自哪些文件的哪些行。每次追溯都有审计记录。"
    "退出码 0 表示完成,2 表示没有这个编号、指标、区划或月份,3 表示接收的行在发布之后变了。"
)
def trace(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="LEAD_ID|CONFLICT_ID|INDICATOR@DIVISION@MONTH",
            help="线索编号、冲突编号,或 指标编码@区划代码@月份,例如 toilets.coverage@441802@2021-06",
        ),
    ],
    with_identities: Annotated[
        bool, typer.Option("--with-identities", help="写成含姓名、证件号和原文的工作簿,只放在 outbox/traces/")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="写到 .json 或 .csv 文件;含身份信息时为 outbox/traces/ 下的文件名"),
    ] = None,
) -> None:
    """Trace a lead, a conflict or an indicator to its delivered rows."""
    from orchestration.commands.trace import show_trace

    show_trace(terminal(), load_settings(), subject, with_identities, out)


@app.command(
    help="写一个部门的报送模板(表头、下拉选项、填表说明);写明 --month 时填入上期接收的行,含个人信息,只写到 outbox/。"
)
def template(
    department: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="部门,例如 agriculture 或 民政局")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="空白模板写到哪个目录,默认 templates;同名模板会被替换")
    ] = None,
    month: Annotated[
        Month | None, typer.Option(help="要报送的月份:填入此前最近一个月接收的行", parser=month_of)
    ] = None,
) -> None:
    """Write a department's workbooks to fill in."""
    from orchestration.commands.workbooks import write_department_templates, write_prefilled_templates

    if month:
        write_prefilled_templates(terminal(), load_settings(), department, month, out)
    else:
        write_department_templates(terminal(), department, out or Path("templates"))


@app.command(help="写数据字典(网页和 Excel)和 dbt 文档;不含任何数据,可以放到网页服务器上供大家查阅。")
def docs(
    out: Annotated[Path, typer.Option("-o", "--out", help="写到哪个目录;同名文件会被替换")] = Path("dist/docs"),
) -> None:
    """Write the data dictionary and dbt's documentation."""
    from orchestration.commands.docs import write_docs

    for path in write_docs(out):
        terminal().print(literal(f"{path.absolute()}"), soft_wrap=True)


app.command(name="check", help=check.HELP)(check.check)


@app.command(help="写一个虚构的样例区:各部门各种格式的文件;身份证号有效但不属于任何人。")
def sample(
    out: Annotated[Path, typer.Option(help="写到哪个目录;其下为 部门/月份,可直接作为收件目录 inbox")],
    months: Annotated[list[str], typer.Option(help="月份,可写多个", metavar="MONTH...")],
    more_months: Annotated[list[str] | None, typer.Argument(hidden=True, metavar="[MONTH]...")] = None,
    households: Annotated[int, typer.Option(min=1, help="户数")] = 300,
    seed: Annotated[int, typer.Option(help="随机种子;相同种子写出相同文件")] = 1,
) -> None:
    """Write the files of an invented district."""
    from orchestration.commands.demo import write_sample

    wanted = {month_of(text, "--months") for text in (*months, *(more_months or ()))}
    write_sample(terminal(), out, households, sorted(wanted), seed)


@app.command(help="样例区三个月,从文件到发布。")
def demo(
    households: Annotated[int, typer.Option(min=1, help="户数")] = 300,
    verbose: Verbose = False,
) -> None:
    """Three months of the sample, from files to published marts."""
    from orchestration.commands.demo import DEMO_MONTHS, prepare_demo

    # The demo has just written these files itself: there is nobody to wait for.
    os.environ.setdefault("SHOUWANG_SETTLE_SECONDS", "0")
    prepare_demo(terminal(), load_settings(), households)
    # The months that can run are those of the home when the definitions load.
    from orchestration.commands.running import run_months

    raise typer.Exit(0 if run_months(terminal(), load_settings(), DEMO_MONTHS, verbose) else 1)


@app.command(help="显示一张表的检查项:分组、Great Expectations 类和参数、严重程度、中文说明。不需要数据。")
def expectations(
    table: Annotated[
        str,
        typer.Argument(metavar="TABLE", help="表名、中文表名或 部门/表名,例如 household_register 或 农户基础信息名册"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="写成 Great Expectations 的 suite JSON")] = False,
) -> None:
    """Show the expectation suite of a table."""
    from orchestration.commands.expectations import dataset_named, show_suite, suite_json

    dataset = dataset_named(table)
    if as_json:
        typer.echo(suite_json(dataset), nl=False)
    else:
        show_suite(terminal(), dataset)


@app.command(
    help="检查一个月能否在这里运行:数据目录、权限、密钥、锁、版本、应报数据和农户名册;写出各部门的文件放在哪里,"
    "没有的收件文件夹会新建。退出码 0 表示可以运行,1 表示不能运行或身份信息对他人开放。"
)
def doctor(
    month: Annotated[Month | None, typer.Argument(metavar="[MONTH]", help="默认上个月", parser=month_of)] = None,
    sources: Annotated[
        bool, typer.Option("--sources", help="只试各部门的取数位置:连接、登录、列目录、试读;不取回任何文件")
    ] = False,
) -> None:
    """Look whether a month can run here, or whether its data can be fetched."""
    from orchestration.commands import doctor, try_sources
    from orchestration.commands.console import show_answers, show_verdict

    month, console = month or doctor.last_month(), terminal()
    examine = try_sources.examine if sources else doctor.examine
    is_healthy = show_answers(console, examine(load_settings(), month))
    if not sources:
        show_verdict(console, month, is_healthy)
    raise typer.Exit(0 if is_healthy else 1)


@app.command(
    help="核对数据目录里保存的一切:原件、登记、接收的行、身份对照、数据仓库、版本、运行记录;逐项写出修复办法。"
)
def verify(
    deep: Annotated[bool, typer.Option("--deep", help="核对每个字节和每个代码,不只是存在、大小和格式")] = False,
) -> None:
    """Verify what the data home keeps; exit code 1 if there is a problem."""
    from orchestration.commands.console import show_areas
    from orchestration.commands.verify import examine_all
    from orchestration.runtime import locks

    settings = load_settings()
    if not settings.home.exists():
        raise ShouwangError(f"没有数据目录 {settings.home}。")
    with locks.holding(settings.home, "shouwang verify"):
        raise typer.Exit(0 if show_areas(terminal(), examine_all(settings, deep)) else 1)


@app.command(help="备份数据目录:只写入新的内容,写后逐个核对;可以在运行的同时备份。备份含个人信息,请加密、妥善保管。")
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="备份目录,可反复使用;每次备份都是完整的")],
    keep: Annotated[int | None, typer.Option(min=1, help="只保留最近几次备份,其余删除")] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="先在设置 backup_key_file 的文件中生成密钥")] = False,
) -> None:
    """Back up the data home."""
    from orchestration.commands.backup import back_up_home

    back_up_home(terminal(), load_settings(), folder.absolute(), keep, new_key)


@app.command(help="从备份恢复到空的数据目录:逐个文件核对无误后才换入,否则什么也不改。")
def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="备份目录")],
    snapshot: Annotated[str | None, typer.Option(help="备份的时间,见 --list;默认最近一次")] = None,
    list_only: Annotated[bool, typer.Option("--list", help="只列出有哪些备份")] = False,
) -> None:
    """Restore the data home from a backup."""
    from orchestration.commands.backup import list_backups, restore_home

    if list_only:
        list_backups(terminal(), load_settings(), folder.absolute())
    else:
        restore_home(terminal(), load_settings(), folder.absolute(), snapshot)


@app.command(help="按设置的保留期限删除过期的原件、隔离行原文和错误详情;默认永久保留。逐个记入审计日志。")
def tidy(dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示会删除什么")] = False) -> None:
    """Remove what the rules of retention no longer keep."""
    from orchestration.commands.tidy import tidy_home

    tidy_home(terminal(), load_settings(), dry_run)


@app.command(help="依法删除一个人:原件、接收和隔离的行、身份对照、反馈和集市;按提示输入身份证号,或从标准输入读取。")
def erase(
    person: Annotated[
        str | None, typer.Argument(metavar="[PERSON_KEY]", help="人员代码(person_key);不写则询问身份证号")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示会删除什么")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问;从标准输入读取时必须写明")] = False,
) -> None:
    """Erase a person."""
    from orchestration.commands.erase import ask_person, erase_person
    from orchestration.commands.running import quiet_output

    settings, text, console = load_settings(), ask_person(person), terminal()
    if not (yes or dry_run or sys.stdin.isatty()):
        raise ShouwangError("从标准输入读取时须写明 --yes;先用 --dry-run 查看会删除什么。")
    with quiet_output(settings):
        # Standard output is redirected.
        is_done = erase_person(
            console, settings, text, dry_run, lambda: yes or typer.confirm("删除后不能恢复,继续吗?", err=True)
        )
    raise typer.Exit(0 if is_done else 1)


@app.command(help="打开 Dagster 界面(含守护进程):只在本机,用启动时打印的地址登录。Ctrl-C 结束。")
def ui(
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 3000,
    read_only: Annotated[bool, typer.Option("--read-only", help="只供查看:不能启动运行,不含守护进程")] = False,
) -> None:
    """Open Dagster's web server behind a guard, and its daemon."""
    from orchestration.commands.ui.services import open_ui

    open_ui(terminal(), load_settings(), port, read_only=read_only)


@app.command(
    help="把有问题的事告知设置 [alerts] 中的通道,每件事一次;供定时任务执行,守护进程停了也能告知。"
    "退出码 0 表示每个通道都能用。"
)
def alerts(test: Annotated[bool, typer.Option("--test", help="给每个通道发一条测试消息")] = False) -> None:
    """Tell the channels of the settings what is wrong."""
    from orchestration.commands.alerts import send_alerts, try_channels

    is_fine = (try_channels if test else send_alerts)(terminal(), load_settings())
    raise typer.Exit(0 if is_fine else 1)


app.command(name="serve", help=serve.HELP)(serve.serve)


def main() -> None:
    """Run a command; what went wrong is one Chinese sentence, not a traceback."""
    # An account that root became is still in root's folder; dbt looks into the current folder.
    if not os.access(".", os.R_OK | os.X_OK):
        os.chdir("/")
    run_command(app, "shouwang")

"""Commands for who works with published months, and for departments: lists, workbooks, reports, evidence, templates.

Belongs here: arguments and exit codes. Does not belong here: the work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.app import MonthArgument, literal, load_settings, month_of, terminal
from sources.months import Month

commands = typer.Typer()


@commands.command(help="按镇(街道)写一个月的待核查线索清单,填好后放入次月收件目录即可收回。清单含个人信息。")
def worklist(month: MonthArgument) -> None:
    """Write the towns' work lists of a published month."""
    from orchestration.commands.workbooks import write_lists

    write_lists(terminal(), load_settings(), month)


@commands.command(
    help="按村(社区)写一个月的拟纳入监测对象公示名单,由工作人员张贴:只有隐去名字的户主、家庭人口和公示期。"
)
def publicity(month: MonthArgument) -> None:
    """Write the lists of a published month that villages post."""
    from orchestration.commands.workbooks import write_notices

    write_notices(terminal(), load_settings(), month)


@commands.command(help="按每月问答写一个月的 Excel 工作簿:一个可以公开,一个含精确的小数目、只供办公室;都不含身份。")
def workbook(month: MonthArgument) -> None:
    """Write the workbooks of a published month."""
    from orchestration.commands.workbooks import write_books

    write_books(terminal(), load_settings(), month)


@commands.command(help="按镇(街道)写一个月的数据摘录,给没有服务器的镇街:只有代码,金额分段。只发本镇街。")
def extract(
    month: MonthArgument,
    towns: Annotated[
        list[str] | None, typer.Argument(metavar="[TOWN]...", help="镇街名称或代码;不写为全部镇街")
    ] = None,
) -> None:
    """Write the extracts of towns from a published month."""
    from orchestration.commands.workbooks import write_extracts

    write_extracts(terminal(), load_settings(), month, towns or [])


@commands.command(
    help="写一个已发布月份的月报(只用公开的数据)和联席会议议程(只供本办公室),各有 Word 和网页。运行一个月时会自动写。"
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


@commands.command(
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


@commands.command(
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
        write_department_templates(terminal(), load_settings(), department, out or Path("templates"))


@commands.command(help="写数据字典(网页和 Excel)和 dbt 文档;不含任何数据,可以放到网页服务器上供大家查阅。")
def docs(
    out: Annotated[Path, typer.Option("-o", "--out", help="写到哪个目录;同名文件会被替换")] = Path("dist/docs"),
) -> None:
    """Write the data dictionary and dbt's documentation."""
    from orchestration.commands.docs import write_docs
    from orchestration.runtime.county import contracts_here

    for path in write_docs(out, contracts_here(load_settings().home)):
        terminal().print(literal(f"{path.absolute()}"), soft_wrap=True)

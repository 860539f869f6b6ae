"""The command line for a department's desk: ``check`` and empty templates, without data home, Dagster and dbt.

Belongs here: the few commands of the program that ``desk/desk.spec`` builds for computers without Python.
Does not belong here: the commands of the data office (``cli``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands import check
from orchestration.commands.app import literal, terminal
from orchestration.commands.departments import department_named
from orchestration.commands.mistakes import run_command
from sources.reading.files.reader_process import READER_ARGUMENT

NAME = "shouwang-desk"

desk = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="守望:报送前自查和空白模板,供各部门在自己的电脑上使用。",
    rich_markup_mode=None,
)
desk.command(name="check", help=check.HELP)(check.check)


@desk.command(help="写一个部门的空白报送模板(表头、下拉选项、填表说明)。")
def template(
    department: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="部门,例如 agriculture 或 民政局")],
    out: Annotated[Path, typer.Option("-o", "--out", help="写到哪个目录;同名模板会被替换")] = Path("templates"),
) -> None:
    """Write a department's empty workbooks."""
    from workbooks.template import write_templates

    about = department_named(department)
    with check.in_words("写模板"):
        paths = write_templates(about, out)
    terminal().print(literal(f"{about.label}:{len(paths)} 个模板,在 {out.absolute()}"), soft_wrap=True)


def main() -> None:
    """Run a command, or the process that reads files: a built program has no Python to start it with."""
    if sys.argv[1:2] == [READER_ARGUMENT]:
        from sources.reading.files.__main__ import main as read_files

        read_files()
    else:
        run_command(desk, NAME)


if __name__ == "__main__":
    main()

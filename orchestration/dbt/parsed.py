"""Parse the dbt project without month and data home, and run dbt over what was parsed.

Belongs here: dbt's programmatic interface. Does not belong here: processes (``process``, ``worker``).

dbt discards its parsed project if a variable or the connection of the profile differs, and parses again for 4 to 6 s.
The month is a variable, the path of the warehouse part of the connection. So this parses without a month and with one
home for all, finds nothing changed, and hands the result to dbt. The first run of a data home starts from the project
that set-up parsed. The month from the environment would not save that: every new home would still be parsed in full.
A model must not configure itself by month or home: parsing sees neither.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import parsedatetime
from dbt.cli.main import dbtRunner
from dbt.compilation import Compiler
from dbt.task import runnable
from dbt.task.run import ModelRunner
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_environment
from dbt_common.dataclass_schema import dbtClassMixin
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

from orchestration.dbt.manifest import ANY_HOME, PARSED
from orchestration.dbt.process import (
    APART_VARIABLE,
    PARSED_VARIABLE,
    PATH_VARIABLE,
    ROWS_VARIABLE,
)
from orchestration.dbt.row_counts import sentence
from orchestration.publishing.content import literal, pattern
from orchestration.runtime.settings import parsed_dir
from sources.months import Month


class WantedEvents(EventManager):
    """Drop events for debugging that no logger writes.

    dbt converts each of the 4 500 of a month, and then asks its loggers, which ignore it: a quarter of the build.
    """

    def fire_event(self, e: Any, level: EventLevel | None = None, *args: Any, **kwargs: Any) -> None:
        """Fire an event that may be wanted."""
        if (level or e.level_tag()) != EventLevel.DEBUG or any(
            logger.level == EventLevel.DEBUG for logger in self.loggers
        ):
            super().fire_event(e, level, *args, **kwargs)


def build_events_late() -> None:
    """Build the message of an event once it is asked for: dbt builds each, and most are for debugging."""
    build = BaseEvent.__init__

    def keep(self: BaseEvent, *args: Any, **kwargs: Any) -> None:
        object.__setattr__(self, "given", (args, kwargs))

    def ask(self: BaseEvent, name: str) -> Any:
        if name != "pb_msg":
            return getattr(self.pb_msg, name)
        args, kwargs = object.__getattribute__(self, "given")
        build(self, *args, **kwargs)
        return object.__getattribute__(self, "pb_msg")

    BaseEvent.__init__, BaseEvent.__getattr__ = keep, ask  # type: ignore[method-assign]


def write_results_only() -> None:
    """Write what became of the nodes, and neither the project nor its graph again: nobody reads those of a month."""
    runnable.write_manifest = lambda *_: None
    Compiler.write_graph_file = lambda *_: None


def know_dates_once() -> None:
    """Keep the words that dates are written with: dbt collects them for every answer of the database."""
    parsedatetime.Constants = cache(parsedatetime.Constants)


def count_rows() -> None:
    """Let the message about each table that is built be its rows (``row_counts``); dbt-duckdb's is OK."""
    build = ModelRunner._build_run_model_result

    def counted(self: ModelRunner, model: Any, *about: Any, **others: Any) -> Any:
        result = build(self, model, *about, **others)
        if model.config.materialized != "view" and self.adapter.type() == "duckdb":
            cursor = self.adapter.connections.get_thread_connection().handle.cursor()
            result.message = _rows(cursor, model.relation_name, self.config.cli_vars.get("month"))
        return result

    ModelRunner._build_run_model_result = counted


def _rows(cursor: Any, relation: str, month: str | None) -> str:
    # Statements: DuckDB's relations in Python cost more than the counting.
    described = cursor.execute(f"from {relation} limit 0").description
    if month is None or ("month", "DATE") not in [(name, str(dtype)) for name, dtype, *_ in described]:
        return sentence(*cursor.execute(f"from {relation} select count(*)").fetchall()[0])
    counts = f"from {relation} select count(*), count(*) filter (month = date '{month}-01')"
    rows, rows_of_month = cursor.execute(counts).fetchall()[0]
    return sentence(rows, Month.parse(month), rows_of_month)


def compile_templates_once(project: Any) -> None:
    """Compile the templates of nodes and of macros they use, and never again: dbt compiles nodes twice a month."""
    compiled: dict[tuple[Any, ...], Any] = {}
    compile_template = MacroFuzzEnvironment.compile

    def compile_once(self: MacroFuzzEnvironment, source: Any, *arguments: Any, **options: Any) -> Any:
        key = (source, arguments, tuple(options.items()))
        if not isinstance(source, str):
            return compile_template(self, source, *arguments, **options)
        if key not in compiled:
            compiled[key] = compile_template(self, source, *arguments, **options)
        return compiled[key]

    MacroFuzzEnvironment.compile = compile_once  # type: ignore[assignment, method-assign]
    for template in _templates(project):
        get_environment().from_string(template)


def _templates(project: Any) -> Iterator[str]:
    """Yield the templates of nodes, of our macros and materializations, and of all that these use in turn."""
    nodes = [node for node in project.nodes.values() if node.resource_type != "seed"]
    yield from (node.raw_code for node in nodes)
    used = {name for node in nodes for name in node.depends_on.macros}
    used |= {name for name in project.macros if name.startswith(("macro.shouwang.", *_MATERIALIZATIONS))}
    found: set[str] = set()
    while used:
        found |= used
        used = {name for one in used for name in project.macros[one].depends_on.macros} - found
    yield from (project.macros[name].macro_sql for name in sorted(found))


_MATERIALIZATIONS = ("macro.dbt.materialization_seed_", "macro.dbt.materialization_test_")
"""What builds nodes that this project does not build in a way of its own."""


def begin_with_setup(folder: Path, project: Path) -> None:
    """Copy the project that set-up parsed to the folder, unless it holds a parsed project already."""
    at_setup = parsed_dir(project) / PARSED
    if at_setup.exists() and not (folder / PARSED).exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(at_setup, folder / PARSED)


def find_seeds(project: Any) -> None:
    """Let seeds be read from where the project is now: the parsed project of a home may be of a program elsewhere."""
    seen = project.flat_graph["nodes"]
    for unique_id, node in project.nodes.items():
        if node.resource_type == "seed":
            node.root_path = seen[unique_id]["root_path"] = str(Path.cwd())


def load() -> Any:
    """Parse the project of the environment, as far as it has changed; return None if dbt cannot."""
    home, folder = os.environ["SHOUWANG_HOME"], os.environ[PARSED_VARIABLE]
    begin_with_setup(Path(folder), Path(os.environ.get("DBT_PROJECT_DIR") or Path.cwd()))
    # The files of the project are those that set-up parsed: building the schemas to validate them takes a second.
    dbtClassMixin.validate = staticmethod(lambda _: None)  # type: ignore[assignment, method-assign]
    os.environ["SHOUWANG_HOME"] = ANY_HOME
    # dbt needs only its own record of the parsed project: writing JSON as well takes a second.
    done = dbtRunner().invoke(["parse", "--no-write-json", "--target-path", folder, "--log-path", folder])
    os.environ["SHOUWANG_HOME"] = home
    if done.success:
        find_seeds(done.result)
        compile_templates_once(done.result)
    # The parsed project stays until the end: collections that look through it again and again take a tenth of the time.
    gc.freeze()
    return done.result if done.success else None


def run(project: Any, arguments: list[str]) -> int:
    """Run dbt over the parsed project in the environment of this process, and return its exit code."""
    home = os.environ["SHOUWANG_HOME"]
    # A path with a # is a URL with a fragment to dbt-duckdb, so it gets the path of the warehouse from here.
    os.environ["DBT_PROJECT_DIR"] = os.environ.get("DBT_PROJECT_DIR") or str(Path.cwd())
    os.chdir(os.environ.get(APART_VARIABLE) or home)
    os.environ["SHOUWANG_HOME"] = "."
    os.environ[PATH_VARIABLE] = home
    os.environ[ROWS_VARIABLE] = literal(pattern(Path(home)))[1:-1]
    ctx_set_event_manager(WantedEvents())
    build_events_late()
    know_dates_once()
    write_results_only()
    count_rows()
    done = dbtRunner(project).invoke(arguments)
    return 0 if done.success else 2 if done.exception else 1

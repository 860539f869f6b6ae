"""Provide the resources of a run: the data home with its lock, the intake of a month, the dbt command line.

No resource takes anything from run config: whoever launches a run could otherwise name the program that dbt is.

Belongs here: Dagster resources. Does not belong here: the assets that use them (``assets``), settings (``settings``).
"""

import atexit
import gc
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from dagster import (
    ConfigurableResource,
    Failure,
    InitResourceContext,
    InputContext,
    IOManager,
    IOManagerDefinition,
    OutputContext,
    ResourceDefinition,
)
from dagster import _check as check
from packaging.version import Version
from pydantic import PrivateAttr

from expectations import gate
from orchestration.dbt import worker
from orchestration.dbt.dagster_dbt import DbtCliResource
from orchestration.dbt.process import PARENT_VARIABLE, PARSED_VARIABLE
from orchestration.publishing import rotation
from orchestration.runtime import dead_runs, instance, layout, program
from orchestration.runtime.county import CountyFolderError, contracts, county, divisions
from orchestration.runtime.errors import ShouwangError, cause
from orchestration.runtime.garbage import collect_rarely
from orchestration.runtime.old_runs import remove_superseded
from orchestration.runtime.parameters import row_count_band
from orchestration.runtime.pulls import Pulls
from orchestration.runtime.settings import DBT_PARSED, DBT_PROJECT_DIR, Settings
from sources.contracts.model import Department
from sources.intake import Intake
from sources.landing.places import UnknownLocationError
from sources.months import Month
from sources.privacy.erased import ErasedListError
from sources.privacy.secret import SecretError
from sources.reading.files import Readers


class Platform(ConfigurableResource[None]):
    """The data home of a run, locked against other processes until the run ends."""

    keeps_worker: ClassVar[bool] = True
    """Whether whole runs keep a worker that has parsed the dbt project; it parses while the files are taken in."""
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _intakes: dict[Month, Intake] = PrivateAttr(default_factory=dict)
    _readers: list[Readers] = PrivateAttr(default_factory=list)
    _feedback: dict[tuple[str, Month], Future[Path]] = PrivateAttr(default_factory=dict)
    _pulls: dict[tuple[str, Month], Pulls] = PrivateAttr(default_factory=dict)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Create the home if it is missing, and wait for its lock.

        Raises Failure if the home cannot be written or has another layout, another process keeps the lock too long, or
        the run was closed while it waited.
        """
        _collect_what_comes()
        try:
            layout.require_same(self.settings.paths)
            instance.prepare(self.settings)
        except ShouwangError as error:
            raise Failure(description=str(error), allow_retries=False) from None
        except OSError as error:
            raise Failure(description=f"数据目录无法使用:{error.filename}:{cause(error)}。") from None
        run, opened, log = check.not_none(context.run), check.not_none(context.instance), check.not_none(context.log)
        try:
            self._stack.enter_context(dead_runs.working(self.settings, opened, run, log.info))
            if told := rotation.resume(self.settings.paths):
                log.info(told)
        except ShouwangError as error:
            raise Failure(description=str(error), allow_retries=False) from None
        if not run.asset_selection:
            remove_superseded(self.settings, opened, run.tags.get("dagster/partition", ""))
            if self.keeps_worker:
                self._stack.enter_context(worker.ready(self.settings.dbt_dir, DBT_PROJECT_DIR))

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Stop the readers and release the lock."""
        self._stack.close()

    @property
    def settings(self) -> Settings:
        """Read the current settings; they are never stored with the definitions."""
        return Settings()

    def intake(self, month: Month) -> Intake:
        """Return the intake of a month, one per run, so that its steps share the landed and recognised files."""
        if month not in self._intakes:
            readers = self._stack.enter_context(Readers())
            self._readers.append(readers)
            self._intakes[month] = make_intake(self.settings, month, readers)
        return self._intakes[month]

    def make_room(self) -> None:
        """End the readers until a file has to be read again, and drop what nobody uses: dbt needs the memory."""
        for readers in self._readers:
            readers.pause()
        # Collections are rare (``_collect_what_comes``), and the validations of large tables hold them in circles.
        gc.collect()

    @contextmanager
    def writing_beside(self, month: Month, departments: Iterable[Department]) -> Iterator[None]:
        """Write the departments' feedback, and load what the month's documents need, while the block waits for dbt.

        dbt is a process of its own, so this one has nothing else to do. What goes wrong is raised where the workbook is
        asked for.
        """
        from reports.write import load_libraries

        with ThreadPoolExecutor(1, "beside dbt") as executor:
            for department in departments:
                self._feedback[department.name, month] = executor.submit(self._write_feedback, department, month)
            executor.submit(load_libraries)
            yield

    def written_feedback(self, department: Department, month: Month) -> Path:
        """Return the path of a department's feedback workbook, which is written now unless dbt's step has done it.

        Raises OSError if the outbox cannot be written; the previous workbook is then kept.
        """
        written = self._feedback.pop((department.name, month), None)
        return written.result() if written else self._write_feedback(department, month)

    def _write_feedback(self, department: Department, month: Month) -> Path:
        from workbooks.feedback import write_feedback

        settings = self.settings
        return write_feedback(settings.paths, department, month, location=settings.locations.get(department.name))

    def pulls(self, department: Department, month: Month) -> Pulls:
        """Return the pulls of a department and month, one per run, so that another try repeats only what failed."""
        return self._pulls.setdefault((department.name, month), Pulls(self.settings, department, month))


@cache
def _collect_what_comes() -> None:
    """Let collections be rare, and look only for what comes from now on; once, before there are any tables.

    Dagster holds a million objects all the time: looking through them again and again takes seconds of a month.
    """
    gc.freeze()
    # At its end Python frees what it can look through; libraries report what is left on the terminal.
    atexit.register(gc.unfreeze)
    collect_rarely()


def make_intake(settings: Settings, month: Month, readers: Readers) -> Intake:
    """Build the intake of a month, with the gate, the divisions and the parameters.

    Raises Failure if the folder of the county or the list of erased persons is wrong, if the settings name a department
    without a contract, or if the secret is refused.
    """
    try:
        return Intake(
            home=settings.paths,
            month=month,
            gate=gate.judge,
            divisions=divisions(settings.home),
            row_count_change_warn_pct=row_count_band(county(settings.home), month),
            locations=settings.locations,
            secret_file=settings.secret_file,
            contracts=contracts(settings.home),
            readers=readers,
            settle_seconds=settings.settle_seconds,
            program=program.digest(),
            prepare_gate=gate.prepare,
        )
    except (CountyFolderError, SecretError, ErasedListError, UnknownLocationError) as error:
        raise Failure(description=str(error), allow_retries=False) from None


class Dbt(DbtCliResource):
    """The dbt command line of this environment, without calls that cost seconds or use the network."""

    @cached_property
    def _cli_version(self) -> Version:
        # ``dbt --version`` asks the package index for updates.
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> None:
        # Only fetching row counts and columns through dbt needs the adapter, which keeps a connection open here.
        return None

    def clear_target(self, folder: Path) -> None:
        """Remove the artefacts of earlier runs and let dbt write to ``folder``; the parsed project in it is kept."""
        target = folder / "target"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        os.environ["DBT_TARGET_PATH"] = str(target)
        # By default dbt writes five thousand events of a month to its log, which costs time; compiled SQL is in files.
        os.environ["DBT_LOG_LEVEL_FILE"] = "info"
        os.environ[PARENT_VARIABLE] = str(os.getpid())
        os.environ[PARSED_VARIABLE] = str(folder / "parsed")


class NoValues(IOManager):
    """Refuse to store values: assets exchange files of the data home, and return nothing."""

    def handle_output(self, context: OutputContext, obj: Any) -> NoReturn:
        """Raise NotImplementedError."""
        raise NotImplementedError("assets write files and return no value")

    def load_input(self, context: InputContext) -> NoReturn:
        """Raise NotImplementedError."""
        raise NotImplementedError("assets read files and take no value")


def make_resources(target: str, platform: type[Platform] = Platform, project: Path = DBT_PROJECT_DIR) -> dict[str, Any]:
    """Build the resources of every job, for the given dbt target; every dbt project has the profile of the county's."""
    dbt = Dbt(
        project_dir=str(project),
        profiles_dir=str(DBT_PROJECT_DIR),
        target=target,
        dbt_executable=DBT_PARSED,
    )
    return {
        # Without fields, nothing of it can be configured.
        "platform": platform(),
        "dbt": ResourceDefinition(lambda _: dbt, config_schema={}),
        # Dagster would add one whose folder comes from run config.
        "io_manager": IOManagerDefinition(lambda _: NoValues(), config_schema={}),
    }

"""What steps work with: the data home with its lock, the intake of a month, the dbt command line.

Belongs here: Dagster resources. Does not belong here: what they are used for (``assets``), settings (``settings``).
"""

import os
import shutil
from contextlib import ExitStack
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dagster import ConfigurableResource, Failure, InitResourceContext
from dagster_dbt import DbtCliResource
from packaging.version import Version
from pydantic import PrivateAttr

from expectations import gate
from orchestration.dbt.process import PARSED_VARIABLE
from orchestration.runtime import instance, locks
from orchestration.runtime.parameters import district_code, parameter
from orchestration.runtime.settings import DBT_PARSED, DBT_PROJECT_DIR, DIVISIONS_CSV, Settings
from sources.contracts.model import load_contracts
from sources.intake import Intake
from sources.months import Month
from sources.reading.files import ReaderProcess

LOCK_WAIT_SECONDS = 3600.0
"""How long a run waits for another process on the same home: a month is done within it many times over."""


class Platform(ConfigurableResource[None]):
    """The data home of a run; nobody else works on it while the run does."""

    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _intakes: dict[Month, Intake] = PrivateAttr(default_factory=dict)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Create the home where it is missing, and wait for the lock."""
        instance.prepare(self.settings)
        what = f"运行 {context.run.run_id[:8]}" if context.run else "运行"
        try:
            self._stack.enter_context(locks.holding(self.settings.home, what, LOCK_WAIT_SECONDS))
        except locks.HomeBusyError as error:
            raise Failure(description=str(error)) from None

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Give the lock back."""
        self._stack.close()

    @property
    def settings(self) -> Settings:
        """The settings as they are now; never kept with the definitions."""
        return Settings()

    def intake(self, month: Month) -> Intake:
        """The intake of a month, one per run: looking through the inboxes is done once."""
        if month not in self._intakes:
            reader = self._stack.enter_context(ReaderProcess())
            self._intakes[month] = make_intake(self.settings, month, reader)
        return self._intakes[month]


NO_BAND = 1e9
"""Percent that no change reaches: without a valid parameter row counts raise no warning, and the month still runs."""


def make_intake(settings: Settings, month: Month, reader: ReaderProcess) -> Intake:
    """An intake with the gate, the divisions and the parameters of the month.

    Raises Failure when the settings name a department that has no contract, when the secret is empty.
    """
    gate.prepare()
    contracts = load_contracts()
    if unknown := sorted(set(settings.locations) - set(contracts)):
        raise Failure(description=f"设置中的 locations 含有未知部门:{'、'.join(unknown)};可用:{'、'.join(contracts)}。")
    seeds = DBT_PROJECT_DIR / "seeds"
    warn_pct = parameter(seeds, "row_count_change_warn_pct", month, district_code(seeds))
    try:
        return Intake(
            home=settings.paths,
            month=month,
            gate=gate.judge,
            divisions_csv=DIVISIONS_CSV,
            row_count_change_warn_pct=NO_BAND if warn_pct is None else warn_pct,
            locations=settings.locations,
            secret_file=settings.secret_file,
            contracts=contracts,
            reader=reader,
        )
    except ValueError as error:
        # The secret file is empty: said in words for people.
        raise Failure(description=str(error), allow_retries=False) from None


class Dbt(DbtCliResource):
    """The dbt command line of this environment, without the calls that cost seconds or leave the machine."""

    @cached_property
    def _cli_version(self) -> Version:
        # ``dbt --version`` asks the package index for updates.
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> None:
        # Only needed to fetch row counts and columns through dbt; that leaves a connection open in this process.
        return None

    def clear_target(self, folder: Path) -> None:
        """Remove what earlier runs compiled, and let this run write there; the parsed project stays beside it."""
        target = folder / "target"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        os.environ["DBT_TARGET_PATH"] = str(target)
        os.environ[PARSED_VARIABLE] = str(folder / "parsed")


def make_dbt(target: str) -> Dbt:
    """The dbt of this environment on this project, for the given target."""
    return Dbt(
        project_dir=str(DBT_PROJECT_DIR),
        profiles_dir=str(DBT_PROJECT_DIR),
        target=target,
        dbt_executable=DBT_PARSED,
    )

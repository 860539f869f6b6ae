"""``python -m tests.pipeline.seeded_months MONTH …``: the seeded months in a process of their own, as loudly as can be.

Belongs here: running months with every log on, breaking two tables of the second, work lists and a return, a kind of
location with a password.
Does not belong here: what is in the inbox (``seeded``), judging what came out (``test_hostile_months``).
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
from rich.console import Console

from orchestration.assets.labels import label
from orchestration.commands.run import run_month
from orchestration.commands.workbooks import write_lists
from orchestration.runtime.instance import open_instance
from orchestration.runtime.settings import Settings
from sources.acceptance import judge
from sources.conforming import file
from sources.landing import transport
from sources.landing.transport.files import FileLocation
from sources.landing.transport.folder import FolderStore
from sources.landing.transport.location import WithPassword
from sources.landing.transport.store import Store
from sources.months import Month
from tests.pipeline.seeded import CONTRACTS, FREE, MONTHS, NAMES, PASSWORDS, PHONE, put
from tests.unit.sources.builder import csv_file, table

BROKEN_READING, BROKEN_WORK = "disability_subsidies", "pension_enrolment"
"""Tables whose reader and whose processing fail, with people in the text of the exception."""


def _break(module: Any, name: str, dataset: str, position: int) -> None:
    whole = getattr(module, name)

    def broken(*arguments: Any) -> Any:
        if arguments[position].name == dataset:
            raise ValueError(f"cannot take {FREE}")
        return whole(*arguments)

    setattr(module, name, broken)


class LockedFolder(WithPassword, FileLocation):
    """A folder behind a password, whose library quotes in its errors what it was given and what it found."""

    schemes = ("locked",)
    label = "上锁的文件夹"

    @contextmanager
    def connect(self) -> Iterator[Store]:
        """Refuse a password that is not the right one."""
        folder = Path(urlsplit(self.url).path)
        if self.password() != PASSWORDS[0]:
            names = [path.name for path in folder.rglob("*")]
            raise PermissionError(13, f"login {self.user}:{self.password()} refused, {names}", f"{folder}/{FREE}")
        yield FolderStore(folder)


def _return_leads(settings: Settings) -> None:
    """A return of the first month's leads, with people in its remarks, headers and names."""
    returns = CONTRACTS.dataset("verification_returns")
    with duckdb.connect(str(settings.paths.published / "marts.duckdb"), read_only=True) as connection:
        leads = [lead for (lead,) in connection.execute("select lead_id from marts.risk_leads order by 1").fetchall()]
    about = {"result": "不属实", "is_enrolled": "否", "reason_not_enrolled": FREE, "verified_on": "2021-06-20"}
    empty = dict.fromkeys((c.name for c in returns.columns), "")
    rows = [empty | {"lead_id": lead, **about} for lead in (*leads[:5], f"L{NAMES[0]}{PHONE}")]
    head, *body = table(returns, rows)
    titled = [[f"核查人:{NAMES[2]}{PHONE}"], [*head, f"户主{NAMES[1]}"], *([*r, FREE] for r in body)]
    folder = settings.paths.inbox / returns.department / MONTHS[1]
    put(folder / f"{returns.keywords[0]}_{NAMES[1]}{PHONE}.csv", csv_file(titled))


def _said_of_deliveries(settings: Settings) -> str:
    """What the newest run says of files that belong to no table."""
    # Assets read the settings when they are imported, which name the kind of location that ``main`` adds.
    from orchestration.assets.reference import DELIVERIES

    with open_instance(settings) as instance:
        event = instance.get_latest_materialization_event(DELIVERIES)
    assert event
    assert event.asset_materialization
    return str(event.asset_materialization.metadata[label("notices")].value)


def main(months: list[str]) -> None:
    """Print a line of JSON per month: success, errors, what became of every dataset and what is said of the files."""
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
    transport.KINDS = (*transport.KINDS, LockedFolder)
    settings = Settings()
    for month in months:
        if month == MONTHS[1]:
            _return_leads(settings)
            _break(file, "extract_table", BROKEN_READING, 2)
            _break(judge, "replace_rows", BROKEN_WORK, 3)
        report = run_month(settings, Month.parse(month), log_level="DEBUG")
        about = {"month": month, "success": report.success, "errors": report.errors}
        about["statuses"] = {d.name: d.status for d in report.datasets}
        about["notices"] = [_said_of_deliveries(settings), *(d.figures.get("notices", "") for d in report.datasets)]
        print(json.dumps(about, ensure_ascii=False))
        if report.success:
            write_lists(Console(), settings, Month.parse(month))


if __name__ == "__main__":
    main(sys.argv[1:])

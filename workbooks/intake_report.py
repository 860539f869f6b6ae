"""Save and load the intake's report on a department's month, so that feedback can be written at any time.

Belongs here: ``restricted/reports/<department>/<month>/*.json``: one file per dataset (status, the gate's failed
results, notices about files) and one for files that belong to no dataset.
Does not belong here: rows and cells (the quarantine has them), counts per file (the file ledger has them).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from sources.acceptance.outcome import DatasetOutcome
from sources.contracts.model import Department
from sources.home import Home
from sources.months import Month
from sources.notice import Notice
from sources.profiling.profile import ExpectationResult

Status = Literal["accepted", "rejected", "not_delivered", "failed"]
_NOTICES = "notices.json"


@dataclass(frozen=True)
class DeliveryReport:
    """The verdict on one delivery of a dataset, with its failed results only."""

    delivery_no: int
    is_admissible: bool
    files: tuple[str, ...]
    failed: tuple[ExpectationResult, ...]


@dataclass(frozen=True)
class DatasetReport:
    """The outcome of one dataset; status ``failed`` means that it could not be processed at all."""

    dataset: str
    status: Status
    is_in_force: bool = False
    deliveries: tuple[DeliveryReport, ...] = ()
    notices: tuple[Notice, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class DepartmentReport:
    """The outcome of a department's month; datasets that no run has processed are left out."""

    datasets: dict[str, DatasetReport] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def folder(home: Home, department: str, month: Month) -> Path:
    """Return the folder of a department's reports for a month."""
    return home.restricted / "reports" / department / str(month)


def report_of(outcome: DatasetOutcome) -> DatasetReport:
    """Build the report of an outcome: its statuses, failed results and notices."""
    deliveries = tuple(
        DeliveryReport(
            delivery_no=d.delivery_no,
            is_admissible=d.is_admissible,
            files=d.files,
            failed=tuple(f for f in d.verdict.results if not f.passed),
        )
        for d in outcome.deliveries
    )
    return DatasetReport(outcome.dataset.name, outcome.status, outcome.is_in_force, deliveries, outcome.notices)


def save(
    home: Home,
    department: Department,
    month: Month,
    outcomes: Iterable[DatasetOutcome],
    notices: Iterable[Notice] | None,
    failures: Mapping[str, str] | None = None,
) -> None:
    """Save the reports of a run; datasets that it did not process keep the report of an earlier run.

    ``outcomes`` and ``notices`` (of ``Intake.notices``; None for a run that landed nothing) may hold those of other
    departments too; ``failures`` are messages about datasets that could not be processed. Raises OSError if the
    restricted zone cannot be written.
    """
    names = {d.name for d in department.datasets}
    reports = [report_of(o) for o in outcomes if o.dataset.name in names]
    reports += [DatasetReport(n, "failed", message=message) for n, message in (failures or {}).items() if n in names]
    directory = folder(home, department.name, month)
    for report in reports:
        _write(home, directory / f"{report.dataset}.json", asdict(report))
    if notices is not None:
        _write(home, directory / _NOTICES, [asdict(n) for n in notices if n.department == department.name])


def load(home: Home, department: Department, month: Month) -> DepartmentReport:
    """Load the reports of a department's month; empty if no run has processed it."""
    directory = folder(home, department.name, month)
    files = {d.name: directory / f"{d.name}.json" for d in department.datasets}
    datasets = {name: _report(json.loads(path.read_text("utf-8"))) for name, path in files.items() if path.exists()}
    notices = directory / _NOTICES
    kept = json.loads(notices.read_text("utf-8")) if notices.exists() else []
    return DepartmentReport(datasets, tuple(Notice(**n) for n in kept))


def _write(home: Home, path: Path, content: Any) -> None:
    with home.replacing(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def _report(raw: dict[str, Any]) -> DatasetReport:
    deliveries = tuple(
        DeliveryReport(
            delivery_no=d["delivery_no"],
            is_admissible=d["is_admissible"],
            files=tuple(d["files"]),
            failed=tuple(ExpectationResult(**f) for f in d["failed"]),
        )
        for d in raw["deliveries"]
    )
    notices = tuple(Notice(**n) for n in raw["notices"])
    return DatasetReport(**(raw | {"deliveries": deliveries, "notices": notices}))

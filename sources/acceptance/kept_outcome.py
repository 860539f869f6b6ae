"""Keep the outcome of a table with what it was made from, and hand it back while nothing of that has changed.

Belongs here: the record of one table and month, and when it holds. Does not belong here: what an outcome depends on
(``intake``).

A month runs again mostly because something else changed: an earlier month, another table. Reading, conforming and
judging an unchanged table again gives the same files and the same verdict, and takes most of the intake's time.
The record names every file that was written with its hash, so a table whose files were erased, cut by a rule, damaged
or lost is taken in again.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sources import parquet
from sources.acceptance.outcome import DatasetOutcome, DeliveryOutcome
from sources.contracts.model import Dataset
from sources.contracts.row_schema import LEDGER_FILE
from sources.home import Home
from sources.months import Month
from sources.notice import Notice
from sources.profiling.profile import ExpectationResult, Verdict


def keep(home: Home, outcome: DatasetOutcome, made_from: str) -> None:
    """Record an outcome with the digest of what it was made from. Raises OSError if it cannot be written."""
    content = {
        "made_from": made_from,
        "files": _files(home, outcome.dataset, outcome.month),
        "status": outcome.status,
        "is_in_force": outcome.is_in_force,
        "deliveries": [asdict(delivery) for delivery in outcome.deliveries],
        "notices": [asdict(notice) for notice in outcome.notices],
        "error_counts": outcome.error_counts,
        "rows_read": outcome.rows_read,
        "fingerprint": outcome.fingerprint,
    }
    with home.replacing(_record(home, outcome.dataset, outcome.month)) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def kept(home: Home, dataset: Dataset, month: Month, made_from: str) -> DatasetOutcome | None:
    """Return the outcome that was made from just this, if its files are as they were written; None otherwise.

    A damaged record is none. ``seconds`` and ``awaits_first_delivery`` are left to the caller.
    """
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        content = json.loads(_record(home, dataset, month).read_text("utf-8"))
        if content["made_from"] == made_from and content["files"] == _files(home, dataset, month):
            return _outcome(home, dataset, month, content)
    return None


def _outcome(home: Home, dataset: Dataset, month: Month, content: dict[str, Any]) -> DatasetOutcome:
    return DatasetOutcome(
        dataset=dataset,
        month=month,
        status=content["status"],
        is_in_force=content["is_in_force"],
        deliveries=tuple(
            DeliveryOutcome(
                delivery_no=delivery["delivery_no"],
                verdict=Verdict(tuple(ExpectationResult(**result) for result in delivery["verdict"]["results"])),
                files=tuple(delivery["files"]),
            )
            for delivery in content["deliveries"]
        ),
        ledger=parquet.read(home.deliveries(dataset, month) / LEDGER_FILE),
        notices=tuple(Notice(**notice) for notice in content["notices"]),
        error_counts=content["error_counts"],
        rows_read=content["rows_read"],
        fingerprint=content["fingerprint"],
    )


def _files(home: Home, dataset: Dataset, month: Month) -> dict[str, str]:
    """Hash the files that taking in the table writes, by their paths in the home."""
    kinds = (home.accepted, home.deliveries, home.quarantine, home.identities)
    found = sorted(path for kind in kinds for path in kind(dataset, month).glob("*") if path.is_file())
    return {str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def _record(home: Home, dataset: Dataset, month: Month) -> Path:
    return home.restricted / "taken_in" / dataset.department / str(month) / f"{dataset.name}.json"

"""What the figures of a month rest on: the deliveries and accepted rows of the month and of every month before.

Belongs here: keeping that beside the accepted rows, what a month was last computed from, what has changed since.
Does not belong here: running a month again (``orchestration``), which figures look back how far (dbt).

No identities: numbers of deliveries and hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources.contracts.model import Contracts, Dataset
from sources.home import Home
from sources.months import Month

_FILE = "input.json"
_COMPUTED = "computed"
_BUILT = "built"


@dataclass(frozen=True)
class Input:
    """One dataset in one month: the hash of its accepted rows and its files as (delivery number, hash, in force)."""

    rows: str
    files: tuple[tuple[int, str, bool], ...]


Inputs = dict[tuple[Month, str], Input]
"""By month and dataset."""


@dataclass(frozen=True, order=True)
class Change:
    """A dataset and month whose deliveries or accepted rows are others than before.

    ``delivery_no`` is that of a new delivery; 0 where no delivery is new but the accepted rows differ.
    """

    month: Month
    dataset: str
    delivery_no: int


def keep_input(home: Home, dataset: Dataset, month: Month, fingerprint: str, ledger: pl.DataFrame) -> str:
    """Write down what the intake left for dataset and month; return the fingerprint of the accepted rows.

    Without a fingerprint nothing was written, and the former rows are still there. Raises OSError if it cannot be
    written.
    """
    path = home.deliveries(dataset, month) / _FILE
    if not fingerprint and path.exists():
        fingerprint = json.loads(path.read_text("utf-8"))["rows"]
    files = sorted(ledger.select("delivery_no", "file_sha256", "is_in_force").iter_rows())
    _write(home, path, {"rows": fingerprint, "files": files})
    return fingerprint


def inputs_of(home: Home, contracts: Contracts, month: Month) -> Inputs:
    """What a computation of ``month`` would rest on now."""
    found = {}
    for dataset in contracts.datasets:
        for path in home.deliveries(dataset, month).parent.glob(f"month=*/{_FILE}"):
            of_month = Month.parse(path.parent.name.removeprefix("month="))
            if of_month <= month:
                found[of_month, dataset.name] = _input(json.loads(path.read_text("utf-8")))
    return found


def computed_from(home: Home, month: Month) -> Inputs | None:
    """Return what the published figures of ``month`` were computed from; None if that was never written down."""
    return _load(_record(home, _COMPUTED, month))


def built_from(home: Home, month: Month) -> Inputs | None:
    """Return what the warehouse's figures of ``month`` were built from; None if they are not complete."""
    return _load(_record(home, _BUILT, month))


@contextmanager
def building(home: Home, month: Month, inputs: Inputs) -> Iterator[None]:
    """Write down what ``month`` is built from once the block ends well; until then nothing is written down.

    Raises OSError if that cannot be written.
    """
    record = _record(home, _BUILT, month)
    record.unlink(missing_ok=True)
    yield
    _keep(home, record, inputs)


def publish_built(home: Home) -> None:
    """Write down that the months in the warehouse are published as built. Raises OSError if that cannot be written."""
    for record in sorted((home.warehouse / _BUILT).glob("????-??.json")):
        built, published = record.read_bytes(), home.warehouse / _COMPUTED / record.name
        if not published.exists() or published.read_bytes() != built:
            with home.replacing(published) as temporary:
                temporary.write_bytes(built)


def computed_months(home: Home) -> list[Month]:
    """The months that were ever computed and published, in order; also where an earlier version is shown now."""
    return sorted(Month.parse(path.stem) for path in (home.warehouse / _COMPUTED).glob("????-??.json"))


def _keep(home: Home, path: Path, inputs: Inputs) -> None:
    content: dict[str, dict[str, object]] = {}
    for (of_month, dataset), one in sorted(inputs.items()):
        content.setdefault(str(of_month), {})[dataset] = {"rows": one.rows, "files": one.files}
    _write(home, path, content)


def _load(path: Path) -> Inputs | None:
    if not path.exists():
        return None
    return {
        (Month.parse(of_month), dataset): _input(raw)
        for of_month, datasets in json.loads(path.read_text("utf-8")).items()
        for dataset, raw in datasets.items()
    }


def changes(before: Inputs, now: Inputs) -> list[Change]:
    """What is new in ``now``, in order; one entry per new delivery."""
    found = []
    for key, one in sorted(now.items()):
        former = before.get(key)
        if former == one:
            continue
        known = {(number, sha256) for number, sha256, _ in former.files} if former else set()
        new = sorted({number for number, sha256, _ in one.files if (number, sha256) not in known})
        found += [Change(*key, number) for number in new or [0]]
    return found


def _record(home: Home, kind: str, month: Month) -> Path:
    return home.warehouse / kind / f"{month}.json"


def _input(raw: dict[str, object]) -> Input:
    files = tuple((int(n), str(sha256), bool(in_force)) for n, sha256, in_force in raw["files"])  # type: ignore[attr-defined]
    return Input(str(raw["rows"]), files)


def _write(home: Home, path: Path, content: object) -> None:
    with home.replacing(path) as temporary:
        temporary.write_text(json.dumps(content), "utf-8")

"""Record the inputs of a month's figures: deliveries, accepted rows, the county; of the month and of every one before.

Belongs here: current inputs, the inputs that a month was last built and published from, the changes between the two.
Does not belong here: running a month again (``orchestration``), how far a figure looks back (dbt).

The records hold delivery numbers and hashes, no identities.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import ROWS_FILE
from sources.county.catalogues import fingerprint, own_fingerprint
from sources.county.folder import CountyError, county_of
from sources.home import Home
from sources.months import Month

COUNTY = "county"
"""Takes the place of a dataset: parameters, targets, divisions and working days that are valid in a month."""
OWN = "county/dbt"
"""Takes the place of a dataset: the county's own indicators and rules; without any, its hash is empty."""
OF_COUNTY = {COUNTY: "参数", OWN: "自有指标和规则"}
"""What takes the place of a dataset, in words."""
_FILE = "input.json"
_COMPUTED = "computed"
_BUILT = "built"


@dataclass(frozen=True)
class Input:
    """One dataset in one month: the hash of its accepted rows, and its files as (delivery number, hash, in force)."""

    rows: str
    files: tuple[tuple[int, str, bool], ...]


Inputs = dict[tuple[Month, str], Input]
"""Inputs by month and dataset."""


@dataclass(frozen=True, order=True)
class Change:
    """A dataset and month whose deliveries or accepted rows have changed.

    ``delivery_no`` is the number of a new delivery; 0 if no delivery is new.
    """

    month: Month
    dataset: str
    delivery_no: int


def keep_input(home: Home, dataset: Dataset, month: Month, fingerprint: str, ledger: pl.DataFrame) -> str:
    """Record a dataset's input for the month; return the fingerprint of its accepted rows.

    An empty ``fingerprint`` means that no rows were written, so the former one is kept. Raises OSError if the record
    cannot be written.
    """
    path, former = home.deliveries(dataset, month) / _FILE, kept_input(home, dataset, month)
    if not fingerprint and former:
        fingerprint = former.rows
    files = sorted(ledger.select("delivery_no", "file_sha256", "is_in_force").iter_rows())
    _write(home, path, {"rows": fingerprint, "files": files})
    return fingerprint


def kept_input(home: Home, dataset: Dataset, month: Month) -> Input | None:
    """Return the recorded input of a dataset and month; None without a record, or if it is damaged."""
    try:
        return _input(json.loads((home.deliveries(dataset, month) / _FILE).read_text("utf-8")))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def inputs_of(home: Home, contracts: Contracts, month: Month) -> Inputs:
    """Collect the current inputs of ``month``: those of the month itself and of every month before."""
    found = {}
    for dataset in contracts.datasets:
        for path in home.deliveries(dataset, month).parent.glob(f"month=*/{_FILE}"):
            of_month = Month.parse(path.parent.name.removeprefix("month="))
            if of_month <= month:
                found[of_month, dataset.name] = _input(json.loads(path.read_text("utf-8")))
    # A folder that cannot be used changes nothing: runs are refused, and say why.
    with suppress(CountyError):
        county = county_of(home.root)
        months = {of_month for of_month, _ in found}
        found |= {(m, COUNTY): Input(fingerprint(county, m), ()) for m in months}
        found |= {(m, OWN): Input(own_fingerprint(county), ()) for m in months}
    return found


def is_made_from(record: Inputs | None, now: Inputs) -> bool:
    """Return True if a record holds the current inputs; that of an earlier program knows no county."""
    return record is not None and record == {k: one for k, one in now.items() if k in record or not _is_new(k, one)}


def computed_from(home: Home, month: Month) -> Inputs | None:
    """Return the inputs of the published figures of ``month``; None if they were never recorded."""
    return _load(_record(home, _COMPUTED, month))


def built_from(home: Home, month: Month) -> Inputs | None:
    """Return the inputs of the warehouse's figures of ``month``; None unless its last build finished."""
    return _load(_record(home, _BUILT, month))


@contextmanager
def building(home: Home, month: Month, inputs: Inputs) -> Iterator[None]:
    """Record the inputs of ``month`` if the block, its build, succeeds; remove the former record first.

    Raises OSError if the record cannot be written.
    """
    record = _record(home, _BUILT, month)
    record.unlink(missing_ok=True)
    yield
    _keep(home, record, inputs)


def publish_built(home: Home) -> None:
    """Record that the months in the warehouse are published as built.

    Raises OSError if the record cannot be written.
    """
    for record in sorted((home.warehouse / _BUILT).glob("????-??.json")):
        built, published = record.read_bytes(), home.warehouse / _COMPUTED / record.name
        if not published.exists() or published.read_bytes() != built:
            with home.replacing(published) as temporary:
                temporary.write_bytes(built)


def accepted_months(home: Home, dataset: Dataset) -> list[Month]:
    """List the months that have accepted rows of a dataset, in order."""
    folders = home.accepted(dataset, None).parent.glob(f"month=*/{ROWS_FILE}")
    return sorted(Month.parse(rows.parent.name.removeprefix("month=")) for rows in folders)


def computed_months(home: Home) -> list[Month]:
    """List the months that were ever published, in order, even if an earlier version is in use now."""
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
    """List the changes from ``before`` to ``now`` in order; each new delivery is one change.

    The county of a month that ``before`` does not know is none: the month is new, or an earlier program recorded it.
    """
    found = []
    for key, one in sorted(now.items()):
        former = before.get(key)
        if former == one or (former is None and _is_new(key, one)):
            continue
        known = {(number, sha256) for number, sha256, _ in former.files} if former else set()
        new = sorted({number for number, sha256, _ in one.files if (number, sha256) not in known})
        found += [Change(*key, number) for number in new or [0]]
    return found


def _is_new(key: tuple[Month, str], one: Input) -> bool:
    """Return True if a record without this input says nothing else: there was no word for it, or nothing to say."""
    return key[1] == COUNTY or (key[1] == OWN and not one.rows)


def _record(home: Home, kind: str, month: Month) -> Path:
    return home.warehouse / kind / f"{month}.json"


def _input(raw: dict[str, object]) -> Input:
    files = tuple((int(n), str(sha256), bool(in_force)) for n, sha256, in_force in raw["files"])  # type: ignore[attr-defined]
    return Input(str(raw["rows"]), files)


def _write(home: Home, path: Path, content: object) -> None:
    with home.replacing(path) as temporary:
        temporary.write_text(json.dumps(content), "utf-8")

"""From an inbox to what is accepted: which file is what, and what a later delivery replaces.

Belongs here: §1 of the semantics. Does not belong here: cells, what the figures mean.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from tests.oracle.catalogue import Dataset, datasets
from tests.oracle.reading.cells import clean
from tests.oracle.reading.delivered import File, Row, is_admissible, mark_duplicates, read_file
from tests.oracle.reading.header import find_header
from tests.oracle.reading.sheets import SUFFIXES, RefusedError, members, read


@dataclass
class Delivery:
    """What one folder (r1, r2 …) holds of one dataset."""

    delivery_no: int
    mode: str
    files: list[File]


@dataclass
class Store:
    """Everything that was ever delivered, by (dataset, month)."""

    accepted: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    """Rows in force in delivery order; a key is present where some delivery was accepted."""
    files: dict[tuple[str, str], list[File]] = field(default_factory=lambda: defaultdict(list))

    def is_accepted(self, dataset: str, month: str) -> bool:
        return (dataset, month) in self.accepted

    def rows(self, dataset: str, month: str) -> list[Row]:
        """Accepted rows of the month in delivery order; none where nothing was accepted."""
        return self.accepted.get((dataset, month), [])

    def cumulative(self, dataset: str, month: str) -> list[Row]:
        """One row per primary key over all accepted deliveries of months up to this one, the newest winning."""
        newest: dict[tuple, Row] = {}
        key = datasets()[dataset].key
        for name, delivered in sorted(self.accepted):
            if name == dataset and delivered <= month:
                for row in self.accepted[name, delivered]:
                    newest[tuple(row[k] for k in key)] = row
        return list(newest.values())

    def rows_before(self, dataset: str, month: str) -> int | None:
        """Rows of the newest accepted month before."""
        earlier = [m for name, m in self.accepted if name == dataset and m < month]
        return len(self.accepted[dataset, max(earlier)]) if earlier else None


def _by_name(name: str, candidates: list[Dataset]) -> Dataset | None:
    """The dataset with the longest keyword or title in the name; None where two are equally long."""
    length = {d.name: max([len(k) for k in d.keywords if clean(k) in clean(name)], default=0) for d in candidates}
    longest = max(length.values())
    best = [d for d in candidates if length[d.name] == longest]
    return best[0] if longest and len(best) == 1 else None


def _by_headers(file: File, candidates: list[Dataset]) -> Dataset | None:
    """The only table whose required headers are all in a sheet of the file."""
    try:
        sheets = [s for s in read(file.name, file.data) if not s.is_hidden]
    except RefusedError:
        return None
    fitting = []
    for dataset in candidates:
        headers = [find_header(s, dataset) for s in sheets]
        if any(h is not None and not h.missing(dataset) for h in headers):
            fitting.append(dataset)
    return fitting[0] if len(fitting) == 1 else None


def recognise(file: File, department: str, named: dict[str, str]) -> Dataset | None:
    """Which table of the department a file holds; None where that is not clear."""
    candidates = [d for d in datasets().values() if d.department == department]
    zip_name, _, member = file.display.partition("/")
    for name in (file.display, file.name, zip_name):
        if name in named:
            return datasets()[named[name]]
    found = _by_name(file.name, candidates)
    if found is None and member:
        found = _by_name(zip_name, candidates)
    return found or _by_headers(file, candidates)


def _files(path: Path) -> list[File]:
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    seen = datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    if path.suffix.lower() in SUFFIXES:
        return [File(path.name, sha256, seen, data, path.name)]
    if path.suffix.lower() != ".zip":
        return []
    try:
        inside = members(data)
    except RefusedError:
        return []
    return [
        File(name.split("/")[-1], sha256, seen, content, f"{path.name}/{name}")
        for name, content in inside
        if name.lower().endswith(SUFFIXES)
    ]


def _folders(month_folder: Path) -> list[tuple[int, Path, list[Path]]]:
    """Delivery number, folder and files of each delivery of a month, in order."""
    again = {
        p: int(p.name[1:]) for p in month_folder.glob("r*") if p.is_dir() and re.fullmatch(r"r[2-9]|r[1-9]\d+", p.name)
    }
    first = [p for p in month_folder.rglob("*") if p.is_file() and not any(a in p.parents for a in again)]
    later = [(no, p, [f for f in p.rglob("*") if f.is_file()]) for p, no in again.items()]
    return [(1, month_folder, first), *sorted(later)]


def deliveries(month_folder: Path, department: str) -> dict[str, list[Delivery]]:
    """The deliveries of a department and month by dataset, in order."""
    found: dict[str, list[Delivery]] = defaultdict(list)
    for number, folder, paths in _folders(month_folder):
        note = folder / "delivery.yaml"
        about = yaml.safe_load(note.read_text("utf-8")) if note.exists() else None
        about = about or {}
        groups: dict[str, list[File]] = defaultdict(list)
        for path in paths:
            for file in _files(path):
                dataset = recognise(file, department, about.get("files") or {})
                if dataset is not None:
                    file.delivery_no = number
                    groups[dataset.name].append(file)
        for name, files in groups.items():
            files.sort(key=lambda f: f.display)
            found[name].append(Delivery(number, about.get("mode") or "replace_all", files))
    return found


def _superseded(former: list[Row], rows: list[Row], mode: str) -> list[Row]:
    """Rows in force that lose their place to a later delivery."""
    if mode != "replace_towns" or not any(r.dataset.has("town_name") for r in former):
        return former
    towns = {r["town_name"] for r in rows}
    keys = {tuple(r[k] for k in r.dataset.key) for r in rows}
    return [r for r in former if r["town_name"] in towns or tuple(r[k] for k in r.dataset.key) in keys]


def take(store: Store, dataset: Dataset, month: str, found: list[Delivery]) -> None:
    """Judge the deliveries of one dataset and month in order and keep what is accepted."""
    current_hashes: set[str] = set()
    former_towns: set[str] | None = None
    place = (dataset.name, month)
    for delivery in found:
        if {f.sha256 for f in delivery.files} <= current_hashes:
            continue
        for file in delivery.files:
            read_file(file, dataset, month)
        store.files[place] += delivery.files
        whole = [f for f in delivery.files if not f.is_refused]
        mark_duplicates([r for f in whole for r in f.rows], dataset)
        rows = [r for f in whole for r in f.rows if r.state == "accepted"]
        former = store.rows(dataset.name, month)
        lost = _superseded(former, rows, delivery.mode)
        gone = {id(r) for r in lost}
        kept = [r for r in former if id(r) not in gone]
        towns = {r["town_name"] for r in [*kept, *(r for f in whole for r in f.rows)]} - {None}
        lacks_towns = (
            dataset.is_snapshot
            and former_towns is not None
            and delivery.mode != "replace_all_confirmed"
            and not former_towns <= towns
        )
        has_base = dataset.has("town_name") and place in store.accepted
        lacks_base = delivery.mode == "replace_towns" and not has_base
        admissible = (
            not lacks_towns
            and not lacks_base
            and is_admissible(
                delivery.files, dataset, month, len(kept) + len(rows), store.rows_before(dataset.name, month)
            )
        )
        since = set() if admissible else former_towns or set()
        former_towns = since | {r["town_name"] for f in whole for r in f.rows} - {None}
        former_towns |= {r["town_name"] for r in (kept + rows if admissible else former)} - {None}
        for file in delivery.files if not admissible else [f for f in delivery.files if f.is_refused]:
            for row in file.rows:
                row.state = "quarantined"
        if not admissible:
            continue
        for row in lost:
            row.state = "superseded"
        if delivery.mode != "replace_towns":
            for file in store.files[place]:
                file.is_in_force = False
        for file in whole:
            file.is_in_force = True
        store.accepted[place] = kept + rows
        current_hashes = {f.sha256 for f in whole}


def take_month(store: Store, inbox: Path, month: str) -> None:
    """Take in everything that all departments delivered for a month."""
    for department in sorted({d.department for d in datasets().values()}):
        for name, found in deliveries(inbox / department / month, department).items():
            take(store, datasets()[name], month, found)

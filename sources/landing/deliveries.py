"""Group the archived files of a month into deliveries per dataset.

Belongs here: unpacking zips, calling ``recognise``, numbering the files of a dataset.
Does not belong here: reading a location (``locations``), reading rows (``conforming.delivery``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from zipfile import ZipInfo

from sources.contracts.model import Contracts, Dataset, Department
from sources.home import Home
from sources.landing.archive import ArchivedFile, DeliveryLog, FolderState, fetch
from sources.landing.recognise import recognise
from sources.landing.zips import list_zip, read_member
from sources.notice import Notice
from sources.refusal import DamagedOriginalError, RefusedError, breakage_refused
from sources.text import masked

Content = Callable[[], bytes]
"""Function that fetches the bytes of a file from the archive; raises RefusedError if the file is refused."""
Originals = Callable[[str], bytes]
"""Function that returns the bytes of an original by its SHA-256; raises RefusedError, or DamagedOriginalError."""
HeaderMatch = Callable[[Content], list[Dataset]]
"""Function that lists the datasets whose required headers a file has; raises RefusedError if the file is refused."""
_OF_OFFICES = (".xlsx", ".xls", ".csv")
EXTENSIONS = (*_OF_OFFICES, ".parquet", ".jsonl")
"""Files of offices, and typed originals: the rows of a database or of an interface."""


@dataclass(frozen=True)
class DeliveredFile:
    """One file of a delivery: an archived original, or one member of an archived zip."""

    file_no: int
    name: str
    sha256: str
    received_at: str
    content: Content


@dataclass(frozen=True)
class DatasetDelivery:
    """The files of one dataset in one state of a delivery folder, in delivery order."""

    delivery_no: int
    mode: str
    files: tuple[DeliveredFile, ...]


@dataclass(frozen=True)
class RecognisedMonth:
    """A department's deliveries of a month by dataset, oldest first, and notices about files that match no dataset."""

    deliveries: dict[str, list[DatasetDelivery]]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class _Unit:
    """A file, or one member of a zip, with the names that may identify its dataset."""

    name: str
    names: tuple[str, ...]
    file: ArchivedFile
    content: Content
    refusal: str | None = None


def recognise_month(
    home: Home, department: Department, contracts: Contracts, log: DeliveryLog, by_header: HeaderMatch
) -> RecognisedMonth:
    """Recognise every logged file of a department's month, and number the files of each dataset."""
    deliveries: dict[str, list[DatasetDelivery]] = defaultdict(list)
    notices: dict[Notice, None] = {}
    numbers: dict[str, int] = defaultdict(int)
    for state in log.in_order():
        by_dataset, unrecognised = _by_dataset(partial(fetch, home), state, department, contracts, by_header)
        if state is log.last(state.delivery_no, state.table):
            notices |= dict.fromkeys(unrecognised)
        for dataset, units in by_dataset.items():
            if dataset in log.tables - {state.table}:
                notices |= dict.fromkeys(_from_elsewhere(units, department[dataset]))
                continue
            files = []
            for unit in sorted(units, key=lambda u: u.name):
                numbers[dataset] += 1
                files.append(_delivered(unit, numbers[dataset]))
            former = [d for d in deliveries[dataset] if d.delivery_no == state.delivery_no]
            if not former or not _same(former[-1], files, state):
                deliveries[dataset].append(DatasetDelivery(state.delivery_no, state.mode, tuple(files)))
    return RecognisedMonth(dict(deliveries), tuple(notices))


def _from_elsewhere(units: list[_Unit], dataset: Dataset) -> list[Notice]:
    """Report files of a table that has a location of its own: two sources of one table would replace each other."""
    message = (
        f"《{dataset.label}》这个月从自己的位置收取(设置 locations),这里的文件没有读取;请放到那个位置。"
        "设置里去掉该位置,从下一个月起有效。"
    )
    return [Notice(dataset.department, dataset.name, masked(unit.name), "error", message) for unit in units]


def recognise_folder(
    originals: Originals, state: FolderState, department: Department, contracts: Contracts, by_header: HeaderMatch
) -> RecognisedMonth:
    """Recognise the files of one folder that no log knows, and number the files of each dataset."""
    by_dataset, unrecognised = _by_dataset(originals, state, department, contracts, by_header)
    deliveries = {}
    for dataset, units in by_dataset.items():
        files = tuple(_delivered(u, n) for n, u in enumerate(sorted(units, key=lambda u: u.name), start=1))
        deliveries[dataset] = [DatasetDelivery(state.delivery_no, state.mode, files)]
    return RecognisedMonth(deliveries, tuple(unrecognised))


def _same(former: DatasetDelivery, files: list[DeliveredFile], state: FolderState) -> bool:
    return former.mode == state.mode and {(p.name, p.sha256) for p in former.files} == {
        (p.name, p.sha256) for p in files
    }


def _delivered(unit: _Unit, number: int) -> DeliveredFile:
    return DeliveredFile(number, unit.name, unit.file.sha256, unit.file.received_at, unit.content)


def _refuse(message: str) -> Content:
    def content() -> bytes:
        raise RefusedError(message)

    return content


def _member(originals: Originals, sha256: str, member: ZipInfo) -> Content:
    return lambda: read_member(originals(sha256), member)


def _units(originals: Originals, file: ArchivedFile) -> Iterator[_Unit]:
    """Yield the file itself, or the members of a zip; a refused zip is one unit that raises RefusedError when read."""
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix != ".zip":
        yield _Unit(file.name, (PurePosixPath(file.name).name,), file, lambda: originals(file.sha256))
        return
    own = PurePosixPath(file.name).name
    try:
        with breakage_refused():
            members = list_zip(originals(file.sha256))
    except (RefusedError, DamagedOriginalError) as refusal:
        yield _Unit(file.name, (own,), file, _refuse(str(refusal)), str(refusal))
        return
    for name, member in members.items():
        names = (PurePosixPath(name).name, own)
        yield _Unit(f"{file.name}/{name}", names, file, _member(originals, file.sha256, member))


def _by_dataset(
    originals: Originals, state: FolderState, department: Department, contracts: Contracts, by_header: HeaderMatch
) -> tuple[dict[str, list[_Unit]], list[Notice]]:
    found: dict[str, list[_Unit]] = defaultdict(list)
    notices = []
    for file in state.files:
        for unit in _units(originals, file):
            dataset, problem = _dataset(unit, state, department, contracts, by_header)
            if dataset:
                found[dataset.name].append(unit)
            else:
                notices.append(Notice(department.name, None, masked(unit.name), "error", problem))
    return found, notices


def _dataset(
    unit: _Unit, state: FolderState, department: Department, contracts: Contracts, by_header: HeaderMatch
) -> tuple[Dataset | None, str]:
    assigned = next((state.assigned[n] for n in (unit.name, unit.file.name, *unit.names) if n in state.assigned), None)
    suffix = PurePosixPath(unit.names[0]).suffix.lower()
    if suffix not in EXTENSIONS and not unit.refusal:
        kind = masked(suffix) or "无扩展名"
        return None, f"不支持的文件类型“{kind}”,没有读取;请另存为 {'、'.join(_OF_OFFICES)} 后重新报送。"
    try:
        found = recognise(unit.names, assigned, lambda: by_header(unit.content), department, contracts)
    except DamagedOriginalError as damage:
        return None, str(damage)
    return found.dataset, found.reason

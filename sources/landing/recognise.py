"""Recognise the dataset of a file (semantics §1, "File to dataset").

Belongs here: matching names, keywords and headers, and explaining a failed match in Chinese.
Does not belong here: reading rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from sources.contracts.model import Contracts, Dataset, Department
from sources.refusal import OwnOutputError, RefusedError, breakage_refused
from sources.text import masked, plain

_OUTPUT = re.compile("反馈|自查|检查结果")
"""Words in the names of workbooks that this system wrote."""


@dataclass(frozen=True)
class Recognition:
    """The dataset of a file, or None with the reason."""

    dataset: Dataset | None
    reason: str = ""


def _longest(name: str, datasets: Iterable[Dataset]) -> list[Dataset]:
    """Return the datasets with the longest keyword or title found in a name; several if they tie."""
    text = plain(PurePosixPath(name).stem)
    lengths = {d: max((len(plain(w)) for w in (*d.keywords, d.label) if plain(w) in text), default=0) for d in datasets}
    longest = max(lengths.values())
    return [d for d, length in lengths.items() if length == longest > 0]


def recognise(
    names: tuple[str, ...],
    assigned: str | None,
    by_header: Callable[[], list[Dataset]],
    department: Department,
    contracts: Contracts,
) -> Recognition:
    """Recognise a file by ``delivery.yaml``, by its names (its own, then its zip's), or by its headers.

    ``by_header`` lists the datasets whose required headers are all present, or raises RefusedError. It is called only
    if the names identify no single dataset, or may be those of a workbook that this system wrote.
    """
    if assigned is not None:
        if assigned in {d.name for d in department.datasets}:
            return Recognition(department[assigned])
        return Recognition(None, f"delivery.yaml 写的数据表“{masked(assigned)}”不属于本部门。")
    if any(_OUTPUT.search(plain(name)) for name in names[:1]):
        # Any other refusal is said when the file is read as the table that its name tells.
        with suppress(RefusedError), breakage_refused():
            try:
                by_header()
            except OwnOutputError as refusal:
                return Recognition(None, str(refusal))
    candidates: list[Dataset] = []
    for name in names:
        longest = _longest(name, department.datasets)
        if len(longest) == 1:
            return Recognition(longest[0])
        candidates = candidates or longest
    try:
        with breakage_refused():
            fitting = by_header()
    except OwnOutputError as refusal:
        return Recognition(None, str(refusal))
    except RefusedError as refusal:
        return Recognition(None, f"无法判断是哪张表,而且{refusal}")
    ours = [d for d in fitting if d.department == department.name]
    if len(ours) == 1:
        return Recognition(ours[0])
    foreign = [d for d in fitting if d.department != department.name]
    return Recognition(None, _unrecognised(names, foreign, ours or candidates, department, contracts))


def _unrecognised(
    names: tuple[str, ...],
    foreign: list[Dataset],
    candidates: list[Dataset],
    department: Department,
    contracts: Contracts,
) -> str:
    if candidates:
        labels = "、".join(f"“{d.label}”" for d in candidates)
        return f"无法判断是哪张表,可能是{labels};请在文件名中写明表名后重新报送。"
    others = [d for other in contracts.values() if other is not department for d in other.datasets]
    foreign = foreign or [d for name in names for d in _longest(name, others)]
    if foreign:
        owner = contracts[foreign[0].department].label
        return f"看起来是{owner}的“{foreign[0].label}”,不是本部门的表,没有读取;请移到该部门的文件夹。"
    labels = "、".join(d.label for d in department.datasets)
    return f"文件名和表头都对不上本部门的任何一张表,没有读取;本部门的表有:{labels}。"

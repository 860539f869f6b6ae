"""Verify the secret, the originals, the delivery log, the record of the intake, accepted rows and identities.

Belongs here: everything that the intake reads and writes. Does not belong here: what is computed from accepted rows
(``verify_results``).

A month is taken in again from the archive by running it, so that is the way back for all that the intake writes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from orchestration.commands.areas import Area
from orchestration.runtime.settings import Settings
from sources import parquet
from sources.acceptance import ledger
from sources.acceptance.provenance import Input, kept_input
from sources.contracts.model import Contracts, Dataset
from sources.contracts.row_schema import LEDGER_FILE, ROWS_FILE
from sources.home import Home
from sources.landing.archive import DeliveryLog, is_intact, original_path, restore_original
from sources.landing.pulled import records_of
from sources.landing.removed import removed, removed_by_rule
from sources.landing.taken_in import TakenIn, record_path, records
from sources.months import Month
from sources.privacy.erased import ErasedList, ErasedListError
from sources.privacy.people import IDENTITY
from sources.privacy.secret import SecretError, check_secret, compare_keys, has_keys, secret_path

KEYS = "密钥"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError)
"""What reading a damaged JSON or Parquet file raises."""


def secret(settings: Settings, contracts: Contracts) -> Area:
    """Verify that the secret is that of the keys in the home."""
    home, subject = settings.paths, KEYS
    if not secret_path(home, settings.secret_file).exists() and not has_keys(home):
        return Area(subject, "尚未生成,也没有代码")
    try:
        check_secret(home, contracts, settings.secret_file)
    except SecretError as error:
        return Area(subject, "与现有代码不符", (str(error),))
    except OSError as error:
        return Area(subject, "无法读取", (f"密钥文件读不出来:{error.strerror}。请检查属主和权限。",))
    return Area(subject, "与现有代码一致")


def delivery_log(home: Home, contracts: Contracts) -> Area:
    """Verify that every delivery log can be read, and that each month with a ledger has one."""
    logs, problems = 0, []
    months = {(d, m) for d in contracts for m in DeliveryLog.months(home, d)}
    months |= {(dataset.department, month) for dataset, month in _taken_months(home, contracts)}
    for department, month in sorted(months):
        logs += 1
        log = _log(home, department, month)
        if log is None or not log.states or not all(_SHA256.fullmatch(sha256) for sha256 in log.hashes):
            path = DeliveryLog.path(home, department, month)
            problems.append(
                f"{_label(contracts, department)} {month} 的收件登记丢失或已损坏:请从备份恢复 {path};没有备份时,删除它,"
                f"把该月全部文件(含补报批次)按原样放回收件目录 {department}/{month},再执行 shouwang run {month}。"
            )
    return Area("收件登记", f"{logs} 份", tuple(problems))


def pulled(home: Home, contracts: Contracts) -> Area:
    """Verify that every record of what was pulled can be read."""
    problems, count = [], 0
    for department in contracts:
        for record in records_of(home, department):
            for month in record.months():
                count += 1
                try:
                    record.landed(month)
                except _UNREADABLE:
                    label = _label(contracts, department)
                    problems.append(
                        f"{label} {month} 的取数登记已损坏:请从备份恢复 {record.path(month)};没有备份时,删除它,"
                        f"再执行 shouwang pull {month}(已收取的原件和登记不变)。"
                    )
    return Area("取数登记", f"{count} 份", tuple(problems))


def originals(home: Home, contracts: Contracts, deep: bool) -> Area:
    """Verify that every original in a delivery log is in the archive, unless a rule removed it; ``deep``: its bytes."""
    seen: set[str] = set()
    problems = []
    try:
        by_rule = {h for h in removed(home) if removed_by_rule(home, h) and not original_path(home, h).exists()}
    except _UNREADABLE:
        by_rule = set()
        problems.append("按规则删除的原件的登记 restricted/removed.json 已损坏;请从备份恢复这个文件。")
    try:
        ErasedList(home)
    except ErasedListError as error:
        problems.append(str(error))
    for department in contracts:
        for month in DeliveryLog.months(home, department):
            log = _log(home, department, month)
            hashes = {h for h in log.hashes if _SHA256.fullmatch(h)} if log else set()
            seen |= hashes
            hashes -= by_rule
            damaged = sorted(
                h for h in hashes if not (is_intact(home, h) if deep else original_path(home, h).is_file())
            )
            if damaged:
                names = "、".join(_names(home, contracts, department, month, damaged))
                todo = restore_original(home, department, month, damaged)
                label = _label(contracts, department)
                problems.append(f"{label} {month} 有 {len(damaged)} 个原件损坏或丢失({names})。{todo}")
    gone = f",其中 {len(seen & by_rule)} 个已按保留规则删除" if seen & by_rule else ""
    return Area("原件", f"{len(seen)} 个{gone}" + ("" if deep else "(只查存在)"), tuple(problems))


def taken_in(home: Home, contracts: Contracts) -> Area:
    """Verify that every record of the intake can be read."""
    problems, count = [], 0
    for department in contracts:
        for month in records(home, department):
            count += 1
            if not _is_json_object(path := record_path(home, department, month)):
                label = _label(contracts, department)
                problems.append(f"{label} {month} 的接收记录 {path.name} 已损坏。{_again(month)}")
    return Area("接收记录", f"{count} 份", tuple(problems))


def accepted_rows(home: Home, contracts: Contracts, deep: bool) -> Area:
    """Verify accepted rows, ledgers and quarantine: readable, balanced, and the rows those that were recorded."""
    count, problems = 0, []
    for dataset, month in _taken_months(home, contracts):
        count += 1
        if problem := _problem_of_rows(home, dataset, month, deep):
            problems.append(f"《{dataset.label}》{month} {problem}。{_again(month)}")
    return Area("已接收的行", f"{count} 张表·月", tuple(problems))


def identities(settings: Settings, contracts: Contracts, deep: bool) -> Area:
    """Verify kept identities: one per accepted row, and keys that the secret makes of them."""
    home, count, problems = settings.paths, 0, []
    try:
        key = check_secret(home, contracts, settings.secret_file)
    except (SecretError, OSError):
        key = None
    for dataset, month in _taken_months(home, contracts):
        accepted = home.accepted(dataset, month) / ROWS_FILE
        if not accepted.exists() or not any(c.stays_restricted for c in dataset.columns):
            continue
        count += 1
        if problem := _problem_of_identities(home, dataset, month, key, deep):
            problems.append(f"《{dataset.label}》{month} {problem}。{_again(month)}")
    return Area("身份对照", f"{count} 张表·月", tuple(problems))


def _again(month: Month) -> str:
    return f"请执行 shouwang run {month},从归档的原件重新接收。"


def _label(contracts: Contracts, department: str) -> str:
    return contracts[department].label.split("(")[0]


def _taken_months(home: Home, contracts: Contracts) -> Iterator[tuple[Dataset, Month]]:
    """Yield each dataset and month with a ledger, accepted rows, or deliveries in the record of the intake."""
    recorded = {
        (name, month)
        for department in contracts
        for month in records(home, department)
        for name in TakenIn(home, department, month).delivered
    }
    for dataset in contracts.datasets:
        bases = [place(dataset, None).parent for place in (home.deliveries, home.accepted)]
        names = {path.name for base in bases for path in base.glob("month=[1-9]*") if any(path.iterdir())}
        months = {Month.parse(name.removeprefix("month=")) for name in names}
        for month in sorted(months | {m for name, m in recorded if name == dataset.name}):
            yield dataset, month


def _log(home: Home, department: str, month: Month) -> DeliveryLog | None:
    try:
        return DeliveryLog(home, department, month)
    except _UNREADABLE:
        return None


def _names(home: Home, contracts: Contracts, department: str, month: Month, hashes: list[str]) -> list[str]:
    """Name files as the department's ledgers do, with people and numbers masked."""
    known: dict[str, str] = {}
    for dataset in contracts[department].datasets:
        known |= ledger.kept_names(home, dataset, month)
    return [known.get(sha256, f"指纹 {sha256[:12]} 的文件") for sha256 in hashes]


def _is_json_object(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text("utf-8")), dict)
    except _UNREADABLE:
        return False


def _problem_of_rows(home: Home, dataset: Dataset, month: Month, deep: bool) -> str:
    """Say what is wrong with the accepted rows of a dataset and month; empty if nothing is."""
    kept, path = kept_input(home, dataset, month), home.accepted(dataset, month) / ROWS_FILE
    try:
        files = parquet.read(home.deliveries(dataset, month) / LEDGER_FILE)
        parts = ("rows_accepted", "rows_quarantined", "rows_duplicate", "rows_superseded")
        is_balanced = bool((files["rows_in_file"] == files.select(pl.sum_horizontal(parts)).to_series()).all())
        accepted = int(files["rows_accepted"].sum())
    except _UNREADABLE:
        return "的逐文件台账丢失或已损坏"
    if not is_balanced:
        return "的逐文件台账不平:文件行数不等于接收、隔离、重复、被替换之和"
    if kept is None:
        return "的来源记录(input.json)丢失或已损坏"
    if not _is_readable(home.quarantine(dataset, month) / ROWS_FILE, deep):
        return "的隔离行丢失或已损坏"
    return _problem_of_accepted(path, kept, accepted, deep)


def _problem_of_accepted(path: Path, kept: Input, accepted: int, deep: bool) -> str:
    if not kept.rows and not path.exists():
        return ""
    if not _is_readable(path, deep):
        return "已接收的行丢失或已损坏"
    if _rows(path) != accepted:
        return "已接收的行数与台账不符"
    if deep and hashlib.sha256(path.read_bytes()).hexdigest() != kept.rows:
        return "已接收的行与登记的指纹不符"
    return ""


def _problem_of_identities(home: Home, dataset: Dataset, month: Month, key: bytes | None, deep: bool) -> str:
    """Say what is wrong with the identities of a dataset and month; empty if nothing is."""
    path, accepted = home.identities(dataset, month) / ROWS_FILE, home.accepted(dataset, month) / ROWS_FILE
    if not _is_readable(path, deep):
        return "的身份对照丢失或已损坏"
    if _is_readable(accepted, deep=False) and _rows(path) != _rows(accepted):
        return "的身份对照与已接收的行数不符"
    if not any(name.startswith(IDENTITY) for name in parquet.schema(path)):
        return "的身份对照没有身份列"
    if key and compare_keys(path, dataset, key, pairs=None if deep else 1)[1]:
        return "的代码不是用现在的密钥生成的"
    return ""


def _is_readable(path: Path, deep: bool) -> bool:
    try:
        _rows(path)
        if deep:
            parquet.read(path)
    except _UNREADABLE:
        return False
    return True


def _rows(path: Path) -> int:
    return int(parquet.scan(path).select(pl.len()).collect().item())

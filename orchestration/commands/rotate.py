"""Change the secret: build everything again with another one beside the home, compare, and switch over.

Belongs here: what must hold before, the order of the steps, running months in the staged home.
Does not belong here: building months (``rebuild``), comparing (``publishing.rekeyed``), switching
(``publishing.rotation``).

A kill before the switch leaves the home as it was; during the switch, the next command carries on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from orchestration.commands import rebuild, verify_intake
from orchestration.commands.publish import must_leave
from orchestration.commands.run import RunReport, run_month
from orchestration.publishing import rotation
from orchestration.publishing.content import CONFIG
from orchestration.publishing.rekeyed import differences
from orchestration.publishing.version import FULL, Version, current
from orchestration.runtime import layout, locks
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from sources import audit
from sources.acceptance.provenance import inputs_of
from sources.contracts.model import Contracts, load_contracts
from sources.home import Home
from sources.privacy.rekeying import keep_mapping, keys_path, leads_path, map_keys, map_leads
from sources.privacy.secret import SecretError, begin_with_secret, check_secret, new_secret

_REBUILD_FIRST = (
    "没有切换,密钥和数据都没有改动。请先执行 shouwang rebuild --from-archive,发布按现在的程序得出的结果,"
    "再执行 shouwang rotate-key。"
)


@dataclass(frozen=True)
class Rotated:
    """A finished rotation: the version with the new keys, and the sizes of the mapping."""

    version: Version
    keys: int
    leads: int


def rotate(settings: Settings, run: Callable[..., RunReport] = run_month) -> Rotated:
    """Give every key and lead id of the home a new value, made with another secret.

    Raises ShouwangError, in words and with the home as it was, if something is missing or if a cell would change that
    is not a key; HomeBusyError if another process uses the home.
    """
    home, contracts = settings.paths, load_contracts()
    layout.require_same(home)
    with locks.holding(settings.home, "shouwang rotate-key"):
        secret, before = _checked(settings, contracts)
        try:
            staged = rotation.begin(home)
            begin_with_secret(staged, secret)
            rotated = _built(settings, contracts, secret, before, run)
            arguments = {"version": rotated.version.number, "keys": rotated.keys, "leads": rotated.leads}
            audit.record(home, "rotate_key", **arguments, of=before.number)
            must_leave(settings, "旧密钥的代码和线索编号")
            rotation.set_ready(home, rotated.version.stem, keeps_secret=settings.secret_file is None)
            rotation.switch_in(home)
        finally:
            if not rotation.is_half_switched(home):
                rotation.discard(home)
    return rotated


def what_next(settings: Settings) -> str:
    """Say in Chinese what is left to do for the office; empty if nothing is."""
    if settings.secret_file is not None:
        return (
            f"请现在把设置 secret_file 改为 {settings.next_secret_file},并删去 next_secret_file;"
            "改好之前,其他命令会因密钥指纹不符而拒绝运行。"
        )
    if settings.next_secret_file is not None:
        return f"新密钥已存入 {settings.home / rotation.SECRET};请从设置中删去 next_secret_file。"
    return ""


def _checked(settings: Settings, contracts: Contracts) -> tuple[bytes, Version]:
    """Return the new secret and the published version, if nothing is in the way. Raises ShouwangError."""
    home = settings.paths
    try:
        former, secret = check_secret(home, contracts, settings.secret_file), _new_secret(settings)
    except SecretError as error:
        raise ShouwangError(f"没有轮换密钥:{error}") from None
    if secret == former:
        raise ShouwangError("没有轮换密钥:新密钥与现在的密钥相同。")
    months = rebuild.accepted_register(home, contracts)
    rebuild.require_complete(settings, contracts, months, from_archive=True)
    if sealed := rebuild.sealed_months(home, contracts):
        named = "、".join(map(str, sorted(sealed)))
        raise ShouwangError(f"没有轮换密钥:{named} 的原件已按保留规则删除,不能用新密钥重新接收。密钥和数据都没有改动。")
    if problems := verify_intake.identities(settings, contracts, deep=False).problems:
        raise ShouwangError(f"没有轮换密钥:{problems[0]}")
    version = current(home.published)
    if version is None:
        raise ShouwangError("没有轮换密钥:没有完好的现行版本可以对照;请先运行一个月份,或执行 shouwang verify。")
    return secret, version


def _new_secret(settings: Settings) -> bytes:
    if settings.secret_file is not None and settings.next_secret_file is None:
        raise ShouwangError(
            f"没有轮换密钥:密钥在数据目录之外({settings.secret_file}),程序不改动它。请在同一处另写一个新密钥文件"
            "(至少 32 个随机字符,权限 600),在设置中写明 next_secret_file,再执行 shouwang rotate-key。"
        )
    return new_secret(settings.next_secret_file)


def _built(
    settings: Settings, contracts: Contracts, secret: bytes, before: Version, run: Callable[..., RunReport]
) -> Rotated:
    """Build the staged home and compare it with the published version. Raises ShouwangError if it differs."""
    home = settings.paths
    staged = rotation.staged_home(home)
    former = home.published / FULL.file(before.stem)
    keys = map_keys(home, contracts, secret)
    leads = map_leads(_leads(former), keys)
    keep_mapping(staged, keys_path(staged), keys_path(home), keys)
    keep_mapping(staged, leads_path(staged), leads_path(home), leads)
    months = rebuild.accepted_register(home, contracts)
    with _working_in(staged):
        report = rebuild.build_months(Settings(), months, from_archive=True, run=run)[-1]
    if not report.success:
        raise ShouwangError(f"用新密钥重建 {report.month} 没有成功:{''.join(report.errors)}{_REBUILD_FIRST}")
    version = current(staged.published)
    if version is None:
        raise ShouwangError(f"用新密钥重建后没有可发布的版本。{_REBUILD_FIRST}")
    now = staged.published / FULL.file(version.stem)
    different = _deliveries_differ(home, staged, contracts) or differences(
        former, now, keys_path(staged), leads_path(staged)
    )
    if different:
        raise ShouwangError(f"用新密钥重建的结果与现行版本不同(不只是代码):{'、'.join(different)}。{_REBUILD_FIRST}")
    return Rotated(version, keys.height, leads.height)


def _leads(version: Path) -> pl.DataFrame:
    with duckdb.connect(str(version), read_only=True, config=CONFIG) as connection:
        query = "select lead_id, household_key, rule_code, opened_month from marts.risk_leads"
        leads: pl.DataFrame = connection.sql(query).pl()
    return leads


def _deliveries_differ(home: Home, staged: Home, contracts: Contracts) -> list[str]:
    """Name the tables and months with other files in force."""
    last = rebuild.landed_months(home, contracts)[-1]
    before, now = ({key: one.files for key, one in inputs_of(h, contracts, last).items()} for h in (home, staged))
    found = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    return [f"《{contracts.dataset(name).label}》{month} 的交付" for month, name in found]


@contextmanager
def _working_in(staged: Home) -> Iterator[None]:
    """Let settings and runs of this process mean the staged home during the block."""
    before = dict(os.environ)
    os.environ.pop("SHOUWANG_NEXT_SECRET_FILE", None)
    os.environ |= {"SHOUWANG_HOME": str(staged.root), "SHOUWANG_SECRET_FILE": str(staged.restricted / "secret")}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)

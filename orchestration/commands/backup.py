"""Backups as the command line asks for them.

Belongs here: what is said about a backup, its warnings. Does not belong here: making one (``orchestration.backup``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console

from orchestration.backup import snapshots
from orchestration.backup.back_up import back_up
from orchestration.backup.cipher import cipher_of, make_key
from orchestration.backup.errors import BackupError
from orchestration.backup.restore import restore
from orchestration.backup.store import Store
from orchestration.commands.app import literal
from orchestration.runtime.settings import Settings
from sources.landing.transport import Location
from sources.privacy.secret import secret_path
from sources.text import masked

_SHOWN = 5
"""Files left out that are named."""


def back_up_home(console: Console, settings: Settings, folder: Path, keep: int | None, new_key: bool) -> None:
    """Back up the home and say what was written. Raises BackupError as ``back_up`` does."""
    if new_key:
        make_key(settings.backup_key_file)
        console.print(literal(f"已生成备份密钥 {settings.backup_key_file}。"), soft_wrap=True)
    cipher = cipher_of(settings.backup_key_file)
    done = back_up(settings, folder, cipher, lambda text: console.print(literal(text), soft_wrap=True), keep)
    size = f"{done.files} 个文件 {_mb(done.size)},新写入 {_mb(done.bytes_written)}"
    console.print(literal(f"备份 {done.name} 已写入 {folder} 并核对:{size}"), soft_wrap=True)
    if keep:
        console.print(literal(f"只保留最近 {keep} 次备份,释放 {_mb(done.bytes_freed)}"), soft_wrap=True)
    for warning in warnings(settings, done.left_out):
        console.print("[yellow]注意[/]", literal(warning), soft_wrap=True)


def warnings(settings: Settings, left_out: tuple[str, ...] = ()) -> list[str]:
    """List what the office must know about its backups."""
    home, key = settings.home, settings.backup_key_file
    secret = secret_path(settings.paths, settings.secret_file)
    found = []
    if key is None:
        found.append(
            "备份没有加密:谁拿到它,就能读到全部身份信息和密钥。请在设置中写明 backup_key_file 并换一个目录备份,"
            "或把备份放在加密的磁盘上。"
        )
    elif key.is_relative_to(home):
        found.append(f"备份密钥 {key} 在数据目录里,数据目录丢失时备份也打不开;请把它另外保存一份。")
    else:
        found.append(f"打开备份需要密钥文件 {key};请另外保存一份,丢失后备份无法恢复。")
    if not secret.is_relative_to(home):
        found.append(f"生成代码的密钥 {secret} 不在数据目录里,备份不含它;请另行备份,没有它,恢复后不能继续运行。")
    outside = [str(f) for f in settings.locations.values() if isinstance(f, Path) and not f.is_relative_to(home)]
    if outside:
        found.append(f"数据目录以外的收件目录不在备份里(已收取的原件在):{'、'.join(outside)}。")
    if settings.dagster_database:
        found.append(
            f"Dagster 的运行记录在 {settings.dagster_database.shown},备份不含它们:"
            "请用 pg_dump 另行备份(docs/deploy.md)。"
            "没有它们,恢复后数据和已发布的版本齐全,只是界面里没有以前的运行和检查。"
        )
    found += _secrets_elsewhere(settings)
    if left_out:
        more = f"等 {len(left_out)} 个" if len(left_out) > _SHOWN else ""
        named = "、".join(map(masked, left_out[:_SHOWN]))
        found.append(f"收件目录中正在写入的文件没有备份:{named}{more};下次备份会包括它们。")
    return found


def _secrets_elsewhere(settings: Settings) -> list[str]:
    """Name what locations, channels of alerts and Dagster's database need and the backup does not hold.

    That are files elsewhere, and variables of the environment.
    """
    pulled = [location for location in settings.locations.values() if isinstance(location, Location)]
    models = [*pulled, *settings.alerts.values()] + ([settings.dagster_database] if settings.dagster_database else [])
    values = [value for model in models for value in _values(model)]
    files = {str(v) for name, v in values if name.endswith("_file") and v and not v.is_relative_to(settings.home)}
    variables = {str(value) for name, value in values if name.endswith("_env") and value}
    found = []
    if files:
        found.append(
            f"取数、告警和数据库用的密码、密钥、地址和证书文件不在数据目录里,备份不含它们:{'、'.join(sorted(files))};请另行备份。"
        )
    if variables:
        found.append(
            f"取数、告警和数据库用的密码、地址在环境变量 {'、'.join(sorted(variables))} 里,备份不含它们;请另行保存。"
        )
    return found


def _values(model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield names and values of the settings of a location or a channel, also of those within one."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        yield from _values(value) if isinstance(value, BaseModel) else [(name, value)]


def restore_home(console: Console, settings: Settings, folder: Path, name: str | None) -> None:
    """Restore the home and say what to do next. Raises BackupError as ``restore`` does."""
    snapshot = restore(settings, folder, cipher_of(settings.backup_key_file), name)
    text = f"已把 {snapshot.at[:16]} 的备份恢复到 {settings.home}:{len(snapshot.files)} 个文件 {_mb(snapshot.size)}"
    console.print(literal(f"{text},已逐个核对。"), soft_wrap=True)
    console.print("请执行 shouwang verify --deep 核对,再照常运行。", soft_wrap=True)


def list_backups(console: Console, settings: Settings, folder: Path) -> None:
    """Print the backups in a folder, oldest first. Raises BackupError if there is none or one is damaged."""
    store = Store(folder, cipher_of(settings.backup_key_file))
    store.check_header()
    for name in snapshots.names(store):
        try:
            found = snapshots.read(store, name)
        except BackupError as error:
            console.print(literal(f"{name}  {error}"), soft_wrap=True)
            continue
        about = f"{len(found.files)} 个文件 {_mb(found.size)}  {found.host}:{found.home}"
        console.print(literal(f"{name}  {about}"), soft_wrap=True)


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"

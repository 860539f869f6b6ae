"""Switch a data home to what was built with another secret beside it: ``restricted/rotation``.

Belongs here: the folder of a rotation, the note that everything in it is ready, moving it in, carrying on after a kill.
Does not belong here: building and comparing it (``commands.rotate``).

Without the note the home is as it was, and what was built is discarded. With it every step can be repeated, so whoever
works on the home next carries on (``resume``); until then the home is refused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from orchestration.publishing.publish import clean, switch
from orchestration.publishing.version import FULL, STEMS, Version, read, versions
from orchestration.runtime import locks
from orchestration.runtime.errors import ShouwangError
from sources.county.folder import FOLDER
from sources.home import DESCRIPTION, Home, sync
from workbooks.leads import keep_published_leads

SECRET = "restricted/secret"  # noqa: S105 - a path
_MOVED = (
    "restricted/secret.fingerprint",
    "restricted/rotated",
    "restricted/identities",
    "restricted/taken_in",
    "warehouse/accepted",
    "warehouse/deliveries",
    "warehouse/built",
    "warehouse/computed",
    "warehouse/warehouse.duckdb",
)
"""Everything with keys in it, or with hashes of files with keys; the rest of the home stays as it is."""
_LISTS = ("restricted/removed.json", "restricted/erased.json")
FINISHED = "上一次密钥轮换在切换时中断,现已继续完成:所有代码和线索编号都是新密钥的,对照表在限制区。"
DISCARDED = "上一次密钥轮换没有做完,已放弃:密钥、代码和已发布的版本都没有改变。需要时请重新执行 shouwang rotate-key。"


def staged_home(home: Home) -> Home:
    """Return the home that is built with the other secret; nobody else may enter its parent."""
    return Home(home.rotation / "home", home.readers_group)


def begin(home: Home) -> Home:
    """Make the staged home: the same originals and delivery logs, and the numbers of the published versions.

    Raises OSError if it cannot be written.
    """
    shutil.rmtree(home.rotation, ignore_errors=True)
    staged = staged_home(home)
    home.make_dir(staged.restricted)
    for name in ("archive", "deliveries"):
        (staged.restricted / name).symlink_to(home.restricted / name)
    staged.prepare()
    for name in ("settings.toml", FOLDER, "warehouse/restatements", *_LISTS):
        _copy(home.root / name, staged.root / name)
    # The next version continues the numbers; without a link none of these is the one before it, so it restates nothing.
    for version in versions(home.published):
        for name in (f"{version.stem}/{DESCRIPTION}", FULL.file(version.stem)):
            _copy(home.published / name, staged.published / name)
    return staged


def set_ready(home: Home, stem: str, keeps_secret: bool) -> None:
    """Note that the staged home is complete, with the version ``stem``; from here on it replaces the former state.

    ``keeps_secret`` is False if the secret is kept outside the home. Raises OSError if the note cannot be written.
    """
    moved = [*_MOVED, *([SECRET] if keeps_secret else [])]
    missing = [name for name in moved if not (staged_home(home).root / name).exists()]
    if missing:
        raise ShouwangError(f"密钥轮换没有切换:新建的数据缺少 {'、'.join(missing)}。数据没有改动。")
    with home.replacing(_note(home)) as temporary:
        temporary.write_text(json.dumps({"stem": stem, "moved": moved}), "utf-8")


def is_interrupted(home: Home) -> bool:
    """Return True if a rotation was begun and did not end: it may also be working now."""
    return home.rotation.exists()


def is_half_switched(home: Home) -> bool:
    """Return True if a rotation stopped while it switched: the home is not whole before it has carried on."""
    return _note(home).exists()


def resume(home: Home) -> str | None:
    """Finish a rotation that stopped while it switched, or discard one that stopped before; say in Chinese which.

    None if there is none. Waits a minute for another process. Raises HomeBusyError if that keeps the home, OSError if
    files cannot be moved; it can then be repeated.
    """
    if not is_interrupted(home):
        return None
    with locks.holding(home.root, "继续密钥轮换", wait_seconds=60.0):
        if not is_interrupted(home):
            return None
        told = FINISHED if is_half_switched(home) else DISCARDED
        if is_half_switched(home):
            switch_in(home)
        discard(home)
    return told


def switch_in(home: Home) -> Version:
    """Move the staged state into the home, publish its version, and remove the versions with former keys.

    Each step does nothing if it was done. Raises OSError if a file cannot be moved.
    """
    note = json.loads(_note(home).read_text("utf-8"))
    for name in note["moved"]:
        _move_in(home, name)
    version = _publish(home, note["stem"])
    keep_published_leads(home)
    _note(home).unlink()
    sync(home.rotation)
    return version


def discard(home: Home) -> None:
    """Remove the folder of a rotation, with what the new state has replaced."""
    shutil.rmtree(home.rotation)


def _note(home: Home) -> Path:
    return home.rotation / "ready.json"


def _move_in(home: Home, name: str) -> None:
    new, now, former = staged_home(home).root / name, home.root / name, home.rotation / "former" / name
    if not new.exists():
        return
    if now.exists():
        home.make_dir(former.parent)
        now.rename(former)
    new.rename(home.make_dir(now.parent) / now.name)
    sync(now.parent)


def _publish(home: Home, stem: str) -> Version:
    new, now = staged_home(home).published / stem, home.published / stem
    if new.exists():
        new.rename(now)
        sync(home.published)
    version = read(now / DESCRIPTION)
    assert version is not None  # noqa: S101 - it was read before the note was written
    switch(home.published, version)
    _remove_others(home.published, keep={stem})
    return version


def _remove_others(published: Path, keep: Collection[str]) -> None:
    """Remove the versions with former keys: nothing fits them any more, and a lost secret may open them."""
    for description in published.glob(f"{STEMS}/{DESCRIPTION}"):
        if description.parent.name not in keep:
            description.unlink()
    clean(published)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)

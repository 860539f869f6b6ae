"""A small data home with a file of every kind that a backup meets, and short ways to back it up and restore it."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from orchestration.backup.back_up import BackUp, back_up
from orchestration.backup.cipher import cipher_of
from orchestration.backup.restore import restore
from orchestration.runtime.settings import Settings
from sources.home import Home
from sources.landing.archive import keep_original

SECRET = "a secret that a backup must keep"


class SmallHome:
    """A home with originals, a warehouse, a published version behind a link, records in SQLite and an inbox."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.folder = folder
        self.settings = Settings(home=folder / "home", backup_key_file=key_file)
        self.home = Home(self.settings.home)
        self.home.prepare()
        self.write("restricted/secret", SECRET.encode())
        self.deliver("health/2021-06/名单.csv", os.urandom(200_000))
        self.write("warehouse/warehouse.duckdb", os.urandom(50_000))
        self.write("published/marts-1/shouwang.duckdb", b"marts 1")
        (self.home.published / "current").symlink_to("marts-1")
        (self.home.published / "marts.duckdb").symlink_to("current/shouwang.duckdb")
        self.home.set_modes(self.home.published)
        self.database = self.home.dagster / "history" / "runs.db"
        self.database.parent.mkdir()
        self.records = sqlite3.connect(self.database, check_same_thread=False)
        self.records.execute("pragma journal_mode = wal")
        self.records.execute("create table runs (id integer)")
        self.record(1)

    def write(self, name: str, content: bytes) -> None:
        with self.home.replacing(self.home.root / name) as temporary:
            temporary.write_bytes(content)

    def deliver(self, name: str, content: bytes) -> str:
        """Put a file into the inbox and archive it."""
        path = self.home.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return keep_original(self.home, path)

    def record(self, number: int) -> None:
        """Write to the records of runs; the newest rows are in the log of the database only."""
        self.records.execute("insert into runs values (?)", (number,))
        self.records.commit()

    def back_up(self, name: str = "backup", keep: int | None = None, said: list[str] | None = None) -> BackUp:
        cipher = cipher_of(self.settings.backup_key_file)
        return back_up(self.settings, self.folder / name, cipher, (said if said is not None else []).append, keep)

    def restore(self, to: str = "restored", name: str = "backup", snapshot: str | None = None) -> Home:
        settings = Settings(home=self.folder / to, backup_key_file=self.settings.backup_key_file)
        restore(settings, self.folder / name, cipher_of(settings.backup_key_file), snapshot)
        return settings.paths


def files(root: Path) -> dict[str, bytes]:
    """Map every file to its bytes, every link to its target; leave out the files that a backup does."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = str(path.readlink()).encode()
        elif path.is_file() and name != ".lock" and not name.startswith(("dbt/", "dagster/")):
            found[name] = path.read_bytes()
    return found


def modes(root: Path) -> dict[str, int]:
    """Map every file and folder to its rights of owner and group."""
    left_out = (".lock", "-wal", "-shm")
    there = [path for path in root.rglob("*") if not path.is_symlink() and not path.name.endswith(left_out)]
    return {str(p.relative_to(root)): stat.S_IMODE(p.stat().st_mode) & 0o770 for p in there}


def run_ids(database: Path) -> list[int]:
    """Read the records of runs."""
    with sqlite3.connect(database) as connection:
        return [number for (number,) in connection.execute("select id from runs order by id")]


def size_of(folder: Path) -> int:
    """Sum the bytes of the objects in a backup."""
    return sum(path.stat().st_size for path in folder.rglob("objects/*/*"))

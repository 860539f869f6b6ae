"""A backup is complete, incremental, consistent while others write, and names what is wrong with it."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.backup import back_up as steps
from orchestration.backup.contents import Contents
from orchestration.backup.errors import BackupError
from orchestration.runtime import locks
from sources import audit
from sources.landing.pulled import Pulled
from tests.unit.orchestration.backup.builder import SmallHome, files, modes, run_ids, size_of


@pytest.fixture
def small(tmp_path: Path) -> SmallHome:
    return SmallHome(tmp_path)


def _without_audit(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if name != "restricted/audit.jsonl"}


def test_what_is_restored_is_the_home_byte_by_byte(small: SmallHome) -> None:
    small.record(2)
    done = small.back_up()
    restored = small.restore()
    assert _without_audit(files(restored.root)) == _without_audit(files(small.home.root))
    assert run_ids(restored.dagster / "history" / "runs.db") == [1, 2]
    assert modes(restored.root) == modes(small.home.root)
    assert done.files == len(files(small.home.root)) - 2 + 1, "all but the links, and the database"
    assert [e["act"] for e in audit.entries(restored)][-2:] == ["backup", "restore"]
    assert stat.S_IMODE((small.folder / "backup").stat().st_mode) == 0o700
    kept = [p for p in (small.folder / "backup").rglob("*") if p.is_file()]
    assert {stat.S_IMODE(p.stat().st_mode) for p in kept} == {0o600}


def test_what_another_command_builds_for_a_while_is_left_out(small: SmallHome) -> None:
    for folder in (small.home.rotation, small.home.apart):
        small.home.make_dir(folder)
        (folder / "half built").write_bytes(b"x")
    small.back_up()
    assert not [name for name in files(small.restore().root) if "half built" in name]


def test_the_next_backup_adds_only_what_is_new(small: SmallHome) -> None:
    first = small.back_up()
    before = size_of(small.folder / "backup")
    assert first.bytes_written == before
    small.deliver("health/2021-06/r2/补报.csv", new := b"x" * 30_000)
    second = small.back_up()
    audit_log = (small.home.restricted / "audit.jsonl").stat().st_size
    # The inbox and the archive share the new file, and of the old files none is written again.
    assert second.bytes_written == size_of(small.folder / "backup") - before == len(new) + audit_log
    assert not [n for n in files(small.restore("a", snapshot=first.name).root) if "补报" in n]
    assert [n for n in files(small.restore("b", snapshot=second.name).root) if "补报" in n]


def test_old_backups_are_removed_with_what_only_they_hold(small: SmallHome) -> None:
    small.back_up()
    small.write("warehouse/warehouse.duckdb", b"short")
    done = small.back_up(keep=1)
    assert done.bytes_freed > 50_000
    assert len(list((small.folder / "backup" / "snapshots").iterdir())) == 1
    assert files(small.restore().root)["warehouse/warehouse.duckdb"] == b"short"


_RUN = """
import sys, time
from pathlib import Path
from orchestration.runtime import locks
home = Path(sys.argv[1])
with locks.holding(home, "shouwang run 2021-06"):
    (home / "warehouse" / "warehouse.duckdb").write_bytes(b"half")
    print("holding", flush=True)
    sys.stdin.readline()
    (home / "warehouse" / "warehouse.duckdb").write_bytes(b"whole")
    (home / "warehouse" / "new.json").write_text("new")
"""


def test_a_backup_waits_for_a_run_says_so_and_copies_what_the_run_left(small: SmallHome) -> None:
    command = [sys.executable, "-c", _RUN, str(small.home.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        assert run.stdout.readline() == "holding\n"
        said: list[str] = []
        backup = threading.Thread(target=small.back_up, kwargs={"said": said})
        backup.start()
        while not said:
            time.sleep(0.05)
        assert "shouwang run 2021-06" in said[0]
        assert size_of(small.folder / "backup") > 200_000, "the originals are copied while the run goes on"
        small.record(7)
        run.stdin.write("\n")
        run.stdin.flush()
        backup.join()
    restored = small.restore()
    found = files(restored.root)
    assert (found["warehouse/warehouse.duckdb"], found["warehouse/new.json"]) == (b"whole", b"new")
    assert run_ids(restored.dagster / "history" / "runs.db") == [1, 7]
    assert not any(p.read_bytes() == b"half" for p in (small.folder / "backup").rglob("objects/*/*"))


def test_the_lock_is_held_for_changed_files_only(small: SmallHome, monkeypatch: pytest.MonkeyPatch) -> None:
    small.back_up()
    # The files of the home are now older than a tick of the clock.
    time.sleep(2 * steps._CLOCK_TICK_NS / 1e9)
    opened: list[str] = []
    original = steps.Contents.opener

    def counted(self: steps.Contents, path: Path) -> object:
        if small.home.root / locks.LOCK_FILE in locks._held:
            opened.append(path.name)
        return original(self, path)

    monkeypatch.setattr(steps.Contents, "opener", counted)
    small.back_up()
    assert set(opened) <= {"audit.jsonl"}, "only the log of this backup itself is new"
    # A file so new that a change might not show in its times is copied again.
    monkeypatch.setattr(steps, "_CLOCK_TICK_NS", 3600 * 10**9)
    small.back_up()
    assert {"warehouse.duckdb", "runs.db"} <= set(opened)


def test_a_file_that_is_still_copied_into_the_inbox_is_left_out_and_named(
    small: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = small.home.inbox / "health" / "2021-06" / "大.csv"
    growing.write_bytes(b"a")
    original = steps.Contents.opener

    def grow(self: steps.Contents, path: Path) -> object:
        opened = original(self, path)
        if path != growing:
            return opened
        return lambda: (growing.write_bytes(growing.read_bytes() + b"a"), opened())[1]

    monkeypatch.setattr(steps.Contents, "opener", grow)
    assert small.back_up().left_out == ("inbox/health/2021-06/大.csv",)
    assert "inbox/health/2021-06/大.csv" not in files(small.restore().root)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_killed_backup_is_none_and_the_next_one_is_whole(small: SmallHome, monkeypatch: pytest.MonkeyPatch) -> None:
    first = small.back_up()
    small.write("warehouse/new.json", b"new")
    with monkeypatch.context() as killing:
        killing.setattr(steps.snapshots, "write", _killed)
        with pytest.raises(KeyboardInterrupt):
            small.back_up()
    (small.folder / "backup" / "objects" / "ab").mkdir(exist_ok=True)
    (small.folder / "backup" / "objects" / "ab" / ".abc.1.tmp").write_bytes(b"half")
    assert [p.stem for p in (small.folder / "backup" / "snapshots").iterdir()] == [first.name]
    small.back_up()
    assert not list((small.folder / "backup").rglob("*.tmp"))
    assert files(small.restore().root)["warehouse/new.json"] == b"new"


def _object_of(small: SmallHome, content: bytes) -> Path:
    return next(p for p in (small.folder / "backup").rglob("objects/*/*") if p.read_bytes() == content)


DAMAGES: list[Callable[[Path], object]] = [lambda p: p.write_bytes(b"damaged"), Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_by_name_and_repaired_by_the_next_one(
    small: SmallHome, damage: Callable[[Path], object]
) -> None:
    small.back_up()
    marts = _object_of(small, b"marts 1")
    damage(marts)
    with pytest.raises(BackupError, match=r"published/marts-1/shouwang\.duckdb") as refused:
        small.restore()
    assert str(marts) in str(refused.value)
    assert not (small.folder / "restored").exists()
    small.back_up()
    assert files(small.restore().root)["published/marts-1/shouwang.duckdb"] == b"marts 1"


def test_a_damaged_list_is_refused_by_name(small: SmallHome) -> None:
    small.back_up()
    (snapshot,) = (small.folder / "backup" / "snapshots").iterdir()
    snapshot.write_bytes(snapshot.read_bytes().replace(b'"mode": 384', b'"mode": 511', 1))
    with pytest.raises(BackupError, match=f"备份的清单已损坏:{snapshot}"):
        small.restore()


def test_only_an_empty_home_is_restored_and_a_killed_restore_is_repeated(
    small: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.back_up()
    with pytest.raises(BackupError, match="不是空的"):
        small.restore("home")
    with monkeypatch.context() as killing:
        killing.setattr("orchestration.backup.restore._set_folders", _killed)
        with pytest.raises(KeyboardInterrupt):
            small.restore()
    assert not (small.folder / "restored").exists()
    (small.folder / "restored").mkdir()
    assert files(small.restore().root)["published/marts-1/shouwang.duckdb"] == b"marts 1"
    assert not (small.folder / ".restored.restoring").exists()


def test_a_backup_goes_into_a_folder_of_its_own(small: SmallHome) -> None:
    other = small.folder / "other"
    other.mkdir()
    other.chmod(0o755)
    (other / "letter.txt").touch()
    with pytest.raises(BackupError, match="有别的文件"):
        small.back_up("other")
    assert ([p.name for p in other.iterdir()], stat.S_IMODE(other.stat().st_mode)) == (["letter.txt"], 0o755)
    with pytest.raises(BackupError, match="不能在数据目录里面"):
        small.back_up("home/backup")
    with pytest.raises(BackupError, match="不是守望的备份"):
        small.restore(name="other")
    shutil.rmtree(other)


@pytest.mark.parametrize(
    ("part", "place"), [("path", "../outside"), ("target", "current/../../outside"), ("target", "/etc")]
)
def test_a_path_that_leaves_the_home_is_refused(small: SmallHome, part: str, place: str) -> None:
    small.back_up()
    (snapshot,) = (small.folder / "backup" / "snapshots").iterdir()
    import hashlib
    import json

    found = json.loads(snapshot.read_bytes())
    found["snapshot"]["entries"][-1][part] = place
    found["sha256"] = hashlib.sha256(json.dumps(found["snapshot"], sort_keys=True).encode()).hexdigest()
    snapshot.write_text(json.dumps(found), "utf-8")
    with pytest.raises(BackupError, match="备份的清单已损坏"):
        small.restore()


def test_what_is_being_fetched_is_no_part_of_a_backup(small: SmallHome) -> None:
    pulled = Pulled(small.home, "health")
    with pulled.temporary() as half:
        half.write_bytes(b"half")
        found = set(Contents(small.home, None).paths())
    assert pulled.folder in found
    assert half not in found

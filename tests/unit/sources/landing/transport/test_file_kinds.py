"""Every kind of location of files behaves as a folder of this machine does: the same cases on real servers."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sources.contracts.model import load_contracts
from sources.landing.pull import PullResult, pull_department
from sources.landing.pulled import Pulled
from sources.landing.transport import files as files_module
from sources.landing.transport.files import BEING_SENT, LINK, ODD_NAME, FilesSource
from sources.landing.transport.trouble import NOT_WRITTEN, TransportError, explained
from sources.months import Month
from tests.unit.sources.landing.transport.kinds import KINDS, REMOTE, Place, place_of

HEALTH = load_contracts()["health"]
JUNE = Month(2021, 6)
MONTH = {
    "2021-06/住院.csv": "姓名\n甲".encode(),
    "2021-06/镇/慢病.csv": b"b",
    "2021-06/镇/空 格 %20 #1&;.csv": b"c",
    "2021-06/大.bin": os.urandom(3_000_000),
    "2021-06/空.csv": b"",
    "2021-06/r2/住院.csv": "姓名\n乙".encode(),
    "2021-07/住院.csv": b"next month",
}

HIDING_LINKS = ("smb", "webdav")
"""Where the server keeps links to itself."""
NO_GB18030 = ("s3", "smb", "webdav")
"""Where keys are UTF-8; Samba leaves such names out, and WsgiDAV fails at them."""


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, request, tmp_path)


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, request, tmp_path)


def _pull(place: Place, **settings: object) -> PullResult:
    (result,) = pull_department(place.home, HEALTH, {"health": place.location(**settings)}, JUNE)
    return result


def _deliveries(place: Place) -> dict[tuple[int, str], str]:
    found = Pulled(place.home, "health").deliveries(JUNE)
    return {(d.delivery_no, f.name): f.sha256 for d in found for f in d.files}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_month_arrives_byte_by_byte_as_from_a_folder(place: Place) -> None:
    for path, content in MONTH.items():
        place.put(path, content)
    result = _pull(place)
    assert (result.problem, result.left_out, result.new_deliveries) == ("", (), 2)
    assert _deliveries(place) == {
        (2 if "r2/" in path else 1, path.removeprefix("2021-06/").removeprefix("r2/")): _sha256(content)
        for path, content in MONTH.items()
        if path.startswith("2021-06")
    }
    assert result.bytes == sum(len(content) for path, content in MONTH.items() if path.startswith("2021-06"))


def test_what_is_known_is_not_read_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.put("2021-06/a.csv", b"a")
    place.put("2021-06/b.csv", b"b")
    _pull(place)
    read = _reads(place, monkeypatch)
    assert (_pull(place).fetched, read) == (0, [])
    place.put("2021-06/b.csv", b"changed")
    assert _pull(place).fetched == 1
    assert read == ["2021-06/b.csv"]
    assert _deliveries(place)[1, "b.csv"] == _sha256(b"changed")


def _reads(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are opened from now on."""
    found: list[str] = []
    with place.location().connect() as store:
        kind = type(store)
    read = kind.read

    def counting(self, path):
        found.append(path)
        return read(self, path)

    monkeypatch.setattr(kind, "read", counting)
    return found


def test_a_pattern_below_folders_finds_its_files(place: Place) -> None:
    place.put("卫健/2021年6月/住院_1.csv", b"1")
    place.put("卫健/2021年6月/其他.csv", b"2")
    place.put("卫健/2021年7月/住院_1.csv", b"3")
    assert _pull(place, pattern="卫*/{month:%Y年%-m月}/住院_*.csv").problem == ""
    assert _deliveries(place) == {(1, "卫健/2021年6月/住院_1.csv"): _sha256(b"1")}


def test_a_month_without_folder_is_no_failure_and_no_delivery(place: Place) -> None:
    place.put("2021-07/a.csv")
    result = _pull(place)
    assert (result.problem, result.offered, _deliveries(place)) == ("", 0, {})


def test_a_location_without_its_folder_is_a_failure(remote: Place) -> None:
    remote.put("2021-06/a.csv")
    result = _pull(remote, url=f"{remote.entry['url']}/absent")
    assert "没有设置里写的文件夹" in result.problem


def test_half_sent_files_are_left_alone(place: Place) -> None:
    place.put("2021-06/a.csv")
    place.put("2021-06/b.csv.part")
    place.put("2021-06/c.csv.filepart")
    place.put("2021-06/~$a.xlsx")
    result = _pull(place)
    assert set(_deliveries(place)) == {(1, "a.csv")}
    assert {reason for _, reason in result.left_out} == {BEING_SENT}
    assert len(result.left_out) == 2


def test_links_are_left_alone_and_not_followed(place: Place, tmp_path: Path) -> None:
    if place.kind == "s3":
        pytest.skip("an object store has no links")
    place.put("2021-06/a.csv")
    assert place.root
    (tmp_path / "outside.csv").write_text("secret")
    (place.root / "2021-06" / "b.csv").symlink_to(tmp_path / "outside.csv")
    (place.root / "2021-06" / "c").symlink_to(tmp_path)
    (place.root / "2021-06" / "d.csv").symlink_to("a.csv")
    result = _pull(place)
    assert set(_deliveries(place)) == {(1, "a.csv")}
    assert {reason for _, reason in result.left_out} <= {LINK}
    assert place.kind in HIDING_LINKS or len(result.left_out) == 3


ODD = ["a\n.csv", "b\x7f.csv", "c\\d.csv", "e\x1b[31m.csv"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_left_alone_and_named(place: Place, name: str) -> None:
    if (place.kind, name) == ("s3", "a\n.csv"):
        pytest.skip("moto finds no key with a line break")
    if place.kind == "smb" and name != "b\x7f.csv":
        pytest.skip("Samba gives short names to files that Windows could not have")
    place.put("2021-06/a.csv")
    place.put(f"2021-06/{name}")
    result = _pull(place)
    assert set(_deliveries(place)) == {(1, "a.csv")}
    assert [reason for _, reason in result.left_out] == [ODD_NAME]
    assert result.problem == ""


@pytest.mark.parametrize("pattern", ["{month:%Y-%m}/", "{month:%Y-%m}/低*.csv", "{month:%Y-%m}/*/低*.csv"])
def test_names_in_gb18030_are_read_as_in_the_inbox(place: Place, pattern: str) -> None:
    if place.kind in NO_GB18030:
        pytest.skip("the server shows no such file")
    folder = os.fsdecode("镇".encode("gb18030")) + "/" if "*/" in pattern else ""
    place.put(f"2021-06/{folder}{os.fsdecode('低保.csv'.encode('gb18030'))}", b"x")
    result = _pull(place, pattern=pattern)
    assert (result.problem, result.left_out) == ("", ())
    ((_, name),) = _deliveries(place)
    assert name.endswith("镇/低保.csv" if folder else "低保.csv")
    assert _pull(place, pattern=pattern).fetched == 0


def test_a_question_mark_in_a_name_is_no_parameter(place: Place) -> None:
    if place.kind == "smb":
        pytest.skip("Windows has no such names")
    place.put("2021-06/a?b=%3F.csv", b"x")
    assert _pull(place).problem == ""
    assert _deliveries(place) == {(1, "a?b=%3F.csv"): _sha256(b"x")}


def test_a_decomposed_name_is_read_and_recorded_composed(place: Place) -> None:
    place.put("2021-06/cafe\u0301.csv", b"x")
    assert _pull(place).problem == ""
    assert set(_deliveries(place)) == {(1, "caf\u00e9.csv")}


def test_a_checksum_file_beside_a_file_is_believed(place: Place) -> None:
    place.put("2021-06/a.csv", b"whole")
    place.put("2021-06/a.csv.md5", hashlib.md5(b"whole").hexdigest().encode() + b"  a.csv\n")
    assert _pull(place).problem == ""
    assert set(_deliveries(place)) == {(1, "a.csv")}
    place.put("2021-06/a.csv", b"another")
    assert "校验值不符" in _pull(place).problem
    assert _deliveries(place) == {(1, "a.csv"): _sha256(b"whole")}


def test_a_file_that_vanishes_between_listing_and_reading_fails_the_pull(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("2021-06/a.csv")
    with _before_fetch(monkeypatch, lambda: place.remove("2021-06/a.csv")):
        assert "文件" in _pull(place).problem
    assert _deliveries(place) == {}


def test_a_file_that_is_cut_before_it_is_read_is_not_taken(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.put("2021-06/a.csv", b"x" * 2_000_000)
    with _before_fetch(monkeypatch, lambda: place.put("2021-06/a.csv", b"x" * 1_100_000)):
        assert "短" in _pull(place).problem
    assert _deliveries(place) == {}


def test_a_file_that_grows_before_it_is_read_is_not_taken(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.put("2021-06/a.csv", b"x" * 100_000)
    with _before_fetch(monkeypatch, lambda: place.put("2021-06/a.csv", b"x" * 300_000)):
        assert "长" in _pull(place).problem
    assert _deliveries(place) == {}
    _pull(place)
    assert _deliveries(place) == {(1, "a.csv"): _sha256(b"x" * 300_000)}


def test_a_file_that_grows_after_it_was_read_is_left_alone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    if place.location().is_whole:
        pytest.skip("a file appears whole there")
    place.put("2021-06/a.csv", b"x")
    place.put("2021-06/b.csv", b"y")
    fetch = FilesSource.fetch

    def growing(self, offer, month, target):
        fetched = fetch(self, offer, month, target)
        if offer.name == "b.csv":
            place.put("2021-06/b.csv", b"y and more")
        return fetched

    with monkeypatch.context() as patch:
        patch.setattr(FilesSource, "fetch", growing)
        assert _pull(place).left_out == (("b.csv", BEING_SENT),)
    assert set(_deliveries(place)) == {(1, "a.csv")}


@contextmanager
def _before_fetch(monkeypatch: pytest.MonkeyPatch, change) -> Iterator[None]:
    fetch = FilesSource.fetch

    def changed(self, offer, month, target):
        change()
        return fetch(self, offer, month, target)

    with monkeypatch.context() as patch:
        patch.setattr(FilesSource, "fetch", changed)
        yield


def test_a_listing_without_end_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module, "MAX_ENTRIES", 30)
    for number in range(32):
        place.put(f"2021-06/{number}.csv", b"x")
    assert "条目超过" in _pull(place).problem
    assert _deliveries(place) == {}


def test_a_wrong_login_is_said_without_the_secret(remote: Place) -> None:
    remote.put("2021-06/a.csv")
    result = _pull(remote, **remote.wrong)
    assert "登录" in result.problem
    assert "账号" in result.problem
    assert "wrong-secret" not in result.problem
    assert not result.is_passing


def test_a_server_that_is_down_is_worth_another_try(remote: Place) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    result = _pull(remote, **_at_port(remote, port))
    assert "拒绝连接" in result.problem
    assert result.is_passing


def test_a_server_that_says_nothing_is_given_up(remote: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    _short_times(remote, monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        result = _pull(remote, **_at_port(remote, silent.getsockname()[1]))
    assert "没有按时回应" in result.problem
    assert result.is_passing
    assert time.monotonic() - began < 10


def _at_port(place: Place, port: int) -> dict[str, object]:
    key = "endpoint_url" if place.kind == "s3" else "url"
    return {key: place.entry[key].replace(f":{place.server.port}", f":{port}")}


def _short_times(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    module = __import__(f"sources.landing.transport.{place.kind}", fromlist=["x"])
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.5)


def test_what_is_given_back_arrives_whole_and_replaces(place: Place, tmp_path: Path) -> None:
    content = tmp_path / "反馈.xlsx"
    for content_bytes in (os.urandom(1_500_000), b"second"):
        content.write_bytes(content_bytes)
        with place.location().connect() as store:
            store.write("反馈/2021-06/反馈 1.xlsx", content)
        assert place.get("反馈/2021-06/反馈 1.xlsx") == content_bytes
    assert place.names() == ["反馈/2021-06/反馈 1.xlsx"]


def test_a_folder_that_may_not_be_written_is_said(remote: Place, tmp_path: Path) -> None:
    content = tmp_path / "x"
    content.write_bytes(b"x")
    remote.put("taken", b"a file where a folder would be")
    location = remote.location()
    if remote.kind == "s3":
        pytest.skip("a key is no folder")
    with pytest.raises(TransportError) as refused, explained(location.explain), location.connect() as store:
        store.write("taken/x", content)
    assert refused.value.cause == NOT_WRITTEN


def test_secrets_are_in_no_text_of_the_location(remote: Place) -> None:
    location = remote.location(**remote.wrong)
    assert "wrong-secret" not in f"{location!r} {location.shown} {location.model_dump()}"


def test_the_doctor_lists_and_reads(place: Place) -> None:
    place.put("a.csv")
    with place.location().open(["x", "y"]) as source:
        assert [step for step, _ in source.try_out()] == ["列目录", "读文件"]


def test_unknown_settings_are_refused(place: Place) -> None:
    with pytest.raises(ValueError, match="pasword"):
        place.location(pasword="x")


def test_loading_settings_imports_no_library() -> None:
    code = (
        "import sys, sources.landing.transport\n"
        "print([m for m in ('paramiko', 'botocore', 'smbclient', 'httpx', 'pyarrow', 'sqlglot') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_kill_at_any_step_loses_and_doubles_nothing(place: Place) -> None:
    content = {"2021-06/a.csv": os.urandom(1_500_000), "2021-06/r2/b.csv": b"b"}
    for path, each in content.items():
        place.put(path, each)
    settings = json.dumps({**place.entry, "pattern": "{month:%Y-%m}/"})
    code = [sys.executable, "-m", f"{__package__}.pull_killed", str(place.home.root), settings]
    killed = subprocess.run(code, capture_output=True, text=True, check=True, timeout=300)
    assert int(killed.stdout) >= 10
    assert _pull(place).fetched == 0
    first, second = (_sha256(each) for each in content.values())
    assert _deliveries(place) == {(1, "a.csv"): first, (2, "b.csv"): second}
    assert len([path for path in place.home.archive.rglob("*") if path.is_file()]) == 2
    assert not list(Pulled(place.home, "health").folder.glob(".fetching-*"))


_WRITING = """
import sys
from pathlib import Path
from sources.landing.transport import location_of
entry, home, content = eval(sys.argv[1])
with location_of(entry, Path(home)).connect() as store:
    print("connected", flush=True)
    store.write("反馈/a.xlsx", Path(content))
"""


def test_a_kill_while_giving_back_leaves_no_half_file_under_its_name(place: Place, tmp_path: Path) -> None:
    content = tmp_path / "a.xlsx"
    content.write_bytes(b"x")
    os.truncate(content, 2_000_000_000)
    settings = ({**place.entry, "pattern": "{month:%Y-%m}/"}, str(place.home.root), str(content))
    code = [sys.executable, "-c", _WRITING, repr(settings)]
    with subprocess.Popen(code, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == b"connected\n"
        until = time.monotonic() + 20
        while not place.names() and time.monotonic() < until and place.kind != "s3":
            time.sleep(0.01)
        time.sleep(0.1)
        assert writer.poll() is None, "it is still writing"
        writer.kill()
    left = place.names()
    assert "反馈/a.xlsx" not in left
    assert all(Path(name).name.startswith(".") for name in left), "what a listing takes for noise"

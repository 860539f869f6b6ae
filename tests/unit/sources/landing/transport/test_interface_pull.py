"""Whole pulls from an interface: what becomes a delivery, what a kill leaves, and the sample's rows by this way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from sample import write_district
from sources.contracts.model import Dataset
from sources.home import Home
from sources.intake import Intake
from sources.landing.archive import original_path
from sources.landing.deliveries import DeliveredFile
from sources.landing.pull import PullResult, pull_department
from sources.landing.pulled import Pulled
from sources.landing.transport import location_of
from tests.district import DIVISIONS
from tests.servers import replies
from tests.servers.https import HttpsServer
from tests.servers.replies import Answer, Reply, Request
from tests.unit.sources.builder import CONTEXT, CONTRACTS, MONTH, conform, json_lines_file, lenient
from tests.unit.sources.landing.transport.interfaces import PAGED, ROWS, TABLE
from tests.worlds.typed import as_typed

HEALTH = CONTRACTS["health"]
_NUMBERS = count()
_KENNEL = """
import json, os, sys
from pathlib import Path
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.pull import pull_department
from sources.landing.transport import location_of
from sources.landing.transport.interface import opened
from sources.months import Month
home = Home(Path(sys.argv[1]))
locations = {"health/medical_settlements": location_of(json.loads(sys.argv[2]), home.root)}
for line in sys.stdin:
    if not (pid := os.fork()):
        pull_department(home, load_contracts()["health"], locations, Month(2021, 6))
        os._exit(0)
    print(pid, flush=True)
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@pytest.fixture
def path(https: HttpsServer) -> Iterator[str]:
    path = f"/pull/{next(_NUMBERS)}"
    https.requests.clear()
    https.add_pages(path, ROWS)
    yield path
    https.behave(path)


class Desk:
    """A home, and the settings of one table's interface."""

    def __init__(self, server: HttpsServer, path: str, tmp_path: Path, **settings: object) -> None:
        self.home = Home(tmp_path / "home")
        self.home.prepare()
        url = f"{server.url}{path}?month={{month:%Y%m}}"
        self.entry = {"url": url, "ca_file": str(server.ca_file), **PAGED, **settings}
        key = "health" if "tables" in settings else f"health/{TABLE}"
        self.locations = {key: location_of(self.entry, self.home.root)}

    def pull(self) -> PullResult:
        (result,) = pull_department(self.home, HEALTH, self.locations, MONTH)
        return result

    def originals(self) -> list[list[object]]:
        """The rows of each delivery."""
        found = Pulled(self.home, "health", TABLE).deliveries(MONTH)
        files = [file for delivery in found for file in delivery.files]
        return [
            [json.loads(line) for line in original_path(self.home, file.sha256).read_text("utf-8").splitlines()]
            for file in files
        ]


def test_every_change_is_the_next_delivery_and_the_same_rows_are_none(
    https: HttpsServer, path: str, tmp_path: Path
) -> None:
    desk = Desk(https, path, tmp_path)
    result = desk.pull()
    assert (result.problem, result.rows, result.new_deliveries) == ("", 250, 1)
    https.add_pages(path, list(reversed(ROWS)))
    assert desk.pull().new_deliveries == 0, "another order is no other content"
    https.add_pages(path, ROWS[:-1])
    assert desk.pull().new_deliveries == 1
    assert desk.originals() == [ROWS, ROWS[:-1]]
    (file,) = Pulled(desk.home, "health", TABLE).deliveries(MONTH)[0].files
    assert file.name == f"{TABLE}.jsonl"
    assert file.facts["params"] == {"month": "202106"}
    assert (file.facts["rows"], file.facts["pages"], file.facts["total"]) == (250, 3, 250)


def test_a_failure_keeps_what_there_is_and_says_so(https: HttpsServer, path: str, tmp_path: Path) -> None:
    desk = Desk(https, path, tmp_path)
    desk.pull()
    https.misbehave(path, replies.total(999))
    result = desk.pull()
    for part in (HEALTH.label, HEALTH[TABLE].label, "2021-06", "只收到 250 行,对方说有 999 行", "仍然有效"):
        assert part in result.problem
    assert result.is_passing
    assert desk.originals() == [ROWS]


class TwoTables:
    """The address of a department whose tables are below it."""

    def __init__(self, server: HttpsServer, path: str, tmp_path: Path) -> None:
        self.other = next(d.name for d in HEALTH.datasets if d.name != TABLE)
        self.paths = {self.other: f"{path}/other", TABLE: f"{path}/rows"}
        for number, below in enumerate(self.paths.values()):
            server.add_pages(below, ROWS[number:])
        tables = {table: below.rpartition("/")[2] + "?month={month:%Y%m}" for table, below in self.paths.items()}
        self.pull = Desk(server, path, tmp_path, url=f"{server.url}{path}", tables=tables).pull


@pytest.mark.parametrize("status", [404, 500])
def test_a_table_that_cannot_be_had_leaves_the_others(
    https: HttpsServer, path: str, tmp_path: Path, status: int
) -> None:
    desk = TwoTables(https, path, tmp_path)
    https.misbehave(desk.paths[desk.other], replies.status(status))
    result = desk.pull()
    assert "1 份数据(共 2 份):" in result.problem
    assert (result.rows, result.new_deliveries, result.is_passing) == (249, 1, status == 500)
    assert desk.other in result.left_out[0][0]
    https.behave(desk.paths[desk.other])
    https.add_pages(desk.paths[desk.other], ROWS)
    result = desk.pull()
    assert (result.problem, result.rows, result.new_deliveries) == ("", 499, 1)


def test_a_refused_login_asks_for_no_other_table(https: HttpsServer, path: str, tmp_path: Path) -> None:
    desk = TwoTables(https, path, tmp_path)
    for below in desk.paths.values():
        https.misbehave(below, replies.status(401))
    assert "拒绝登录(401)" in desk.pull().problem
    assert len(https.requests) == 1


def test_a_secret_is_nowhere_in_the_home(https: HttpsServer, path: str, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("sesame-7f3a")
    secret.chmod(0o600)
    https.allow(path, lambda request: request.query.get("token") == "sesame-7f3a")
    desk = Desk(https, path, tmp_path, token_file=str(secret), token_param="token")
    assert desk.pull().problem == ""
    https.misbehave(path, replies.redirect("https://elsewhere.test/"))
    assert "另一台服务器" in desk.pull().problem
    files = [p for p in desk.home.root.rglob("*") if p.is_file()]
    assert len(files) == 2
    assert not any(b"sesame" in file.read_bytes() for file in files)


def test_what_is_known_by_its_version_is_not_fetched(https: HttpsServer, path: str, tmp_path: Path) -> None:
    https.misbehave(path, lambda answer, request: answer(request).with_json(version="a"))
    desk = Desk(https, path, tmp_path, changed="version")
    assert desk.pull().fetched == 1
    https.requests.clear()
    assert desk.pull().fetched == 0
    assert len(https.requests) == 1


def test_a_kill_in_the_middle_loses_and_doubles_nothing(https: HttpsServer, path: str, tmp_path: Path) -> None:
    pages = 10
    desk = Desk(https, path, tmp_path, page={"number": "page", "size": "size", "per_page": 25})
    # One program starts the pulls that are killed, so that the libraries load once.
    command = [sys.executable, "-c", _KENNEL, str(desk.home.root), json.dumps(desk.entry)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as kennel:
        for killed_at in range(1, pages + 1):

            def stall(answer: Answer, request: Request, at: str = str(killed_at)) -> Reply:
                return replies.stall(after=40)(answer, request) if request.query["page"] == at else answer(request)

            https.requests.clear()
            https.misbehave(path, stall)
            assert _killed_at_page(kennel, https, killed_at) == -signal.SIGKILL
            assert desk.originals() == []
    https.behave(path)
    result = desk.pull()
    assert (result.problem, result.new_deliveries) == ("", 1)
    assert desk.originals() == [ROWS]
    assert desk.pull().new_deliveries == 0
    assert [p.name for p in Pulled(desk.home, "health", TABLE).folder.iterdir()] == ["2021-06.json"]
    assert len([p for p in desk.home.archive.rglob("*") if p.is_file()]) == 1


def _killed_at_page(kennel: subprocess.Popen[str], server: HttpsServer, page: int) -> int:
    """Pull in another process, kill it while it waits for the rest of a page, and return its exit code."""
    assert kennel.stdin is not None
    assert kennel.stdout is not None
    print(file=kennel.stdin, flush=True)
    pid, until = int(kennel.stdout.readline()), time.monotonic() + 60
    while len(server.requests) < page:
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    return int(kennel.stdout.readline())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """The sample district as its offices write it."""
    home = Home(tmp_path_factory.mktemp("sample") / "home")
    write_district(home.inbox, 170, [MONTH.shift(-1), MONTH], 7, DIVISIONS)
    intake = Intake(home, MONTH, lenient, DIVISIONS)
    intake.land("health")
    return intake


@pytest.mark.parametrize("name", [d.name for d in HEALTH.datasets if d.is_due(MONTH)])
def test_the_samples_rows_are_the_same_by_this_way(
    https: HttpsServer, path: str, tmp_path: Path, sample: Intake, name: str
) -> None:
    dataset = HEALTH[name]
    files = sample.recognised("health").deliveries[name][0].files
    expected = _good(dataset, files)
    assert not expected.is_empty()
    lines = json_lines_file(as_typed(files, dataset, CONTEXT)).decode().splitlines()
    https.add(path, _exchange(lines))
    settings = {"rows": "data.list", "total": "data.total", "ok": {"path": "code", "value": 0}}
    page = {"number": "pageNum", "size": "pageSize", "per_page": 50}
    entry = Desk(https, path, tmp_path, **settings, page=page).entry
    locations = {f"health/{name}": location_of(entry, tmp_path)}
    home = Home(tmp_path / "home")
    (result,) = pull_department(home, HEALTH, locations, MONTH)
    assert (result.problem, result.rows) == ("", len(lines))
    intake = Intake(home, MONTH, lenient, DIVISIONS, locations=locations)
    intake.land("health")
    (delivery,) = intake.recognised("health").deliveries[name]
    found = _good(dataset, delivery.files)
    assert found.schema == expected.schema
    assert found.equals(expected)


def _exchange(lines: list[str]) -> Answer:
    """Answer with these lines as they are, in the usual form of a Chinese exchange."""

    def answer(request: Request) -> Reply:
        size, number = int(request.query["pageSize"]), int(request.query["pageNum"])
        page = ",".join(lines[(number - 1) * size : number * size])
        body = f'{{"code": 0, "msg": "成功", "data": {{"list": [{page}], "total": {len(lines)}}}}}'
        return Reply(headers={"Content-Type": "application/json;charset=UTF-8"}, body=body.encode())

    return answer


def _good(dataset: Dataset, files: tuple[DeliveredFile, ...] | list[DeliveredFile]) -> pl.DataFrame:
    """The values of the accepted rows without an error, in their order."""
    rows = conform(dataset, *[file.content() for file in files]).rows
    good = rows.filter(pl.col("row_state") == "accepted", pl.col("row_error").is_null())
    return good.select(c.name for c in dataset.columns)

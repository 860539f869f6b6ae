"""A union in an object store: every cell, one name per union, what is left out, what goes wrong half-way."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import s3fs
from dagster import materialize

from orchestration.city.assets import copied_asset
from orchestration.city.counties import load_city
from orchestration.city.object_store import Copy, copy_union
from orchestration.city.placing import UNIONS_KEPT, place
from orchestration.publishing.content import PublishError
from orchestration.resources import Platform
from orchestration.runtime import instance
from orchestration.runtime.city import FILE
from orchestration.runtime.settings import Settings
from sources.landing.transport.s3 import S3Location, S3Store
from tests.cells import differences, united
from tests.servers.s3 import S3Server
from tests.unit.orchestration.city.conftest import MART_NAMES, RATE, TYPES, TinyCity

KNOWN = {"marts": list(TYPES), "marts_open": list(TYPES)}
NEW = "441823"


class Store:
    """A prefix of a bucket, and the union of a city that is copied there."""

    def __init__(self, server: S3Server, city: TinyCity, folder: Path) -> None:
        self.server, self.city = server, city
        secret = folder / "s3.secret"
        secret.write_text(server.secret)
        secret.chmod(0o600)
        self.prefix = f"{server.bucket}/{folder.name}"
        self.location = S3Location(
            url=f"s3://{self.prefix}", endpoint_url=server.url, access_key=server.key, secret_file=secret
        )

    def union(self) -> Path:
        taken = list(self.city.take().values())
        return place(self.city.home, self.city.home.root.parent / "storage", taken, KNOWN)

    def copy(self) -> Copy:
        return copy_union(self.union(), self.location)

    def files(self) -> s3fs.S3FileSystem:
        login = {"key": self.server.key, "secret": self.server.secret, "endpoint_url": self.server.url}
        return s3fs.S3FileSystem(**login, use_listings_cache=False)

    def names(self) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.files().ls(self.prefix))

    def current(self) -> str:
        return str(self.files().cat(f"{self.prefix}/current").decode())


@pytest.fixture
def store(s3: S3Server, city: TinyCity, tmp_path: Path) -> Store:
    return Store(s3, city, tmp_path)


def test_another_machine_reads_every_cell(store: Store) -> None:
    copied, union = store.copy(), store.union()
    assert store.current() == f"{copied.name}\n"
    with duckdb.connect() as connection:
        connection.register_filesystem(store.files())
        for schema in ("marts", "marts_open"):
            for mart in MART_NAMES:
                there = united(f"s3://{store.prefix}/{copied.name}/{schema}/{mart}")
                assert differences(connection, there, united(union / schema / mart)) == 0
        there = united(f"s3://{store.prefix}/{copied.name}/city/counties")
        assert connection.execute(f"select count(*) from {there}").fetchall() == [(3,)]


def test_nothing_is_sent_twice(store: Store) -> None:
    first = store.copy()
    files = sum(1 for file in store.union().rglob("*") if file.is_file())
    assert (first.sent, first.copied) == (files, 0)
    assert store.copy() == Copy(first.name, 0, 0)
    store.city.counties[NEW].publish(figures={RATE: (60, 100)})
    second = store.copy()
    # The store copies the marts of the two counties that have published nothing new, of both schemas.
    assert second.copied == 2 * 2 * len(MART_NAMES)
    assert second.sent + second.copied == files
    assert store.names() == sorted(["current", first.name, second.name])
    assert store.current() == f"{second.name}\n"


def test_only_the_newest_unions_are_kept(store: Store) -> None:
    made = [store.copy().name]
    for rate in range(UNIONS_KEPT + 1):
        store.city.counties[NEW].publish(figures={RATE: (rate, 100)})
        made.append(store.copy().name)
    assert store.names() == sorted(["current", *made[-UNIONS_KEPT:]])


def test_what_was_interrupted_goes_on_under_its_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.copy()
    store.city.counties[NEW].publish(figures={RATE: (60, 100)})
    write = S3Store.write

    def breaks(self: S3Store, path: str, content: Path) -> None:
        if "rural_indicators" in path:
            raise ConnectionResetError
        write(self, path, content)

    with monkeypatch.context() as patched:
        patched.setattr(S3Store, "write", breaks)
        with pytest.raises(PublishError, match=r"没有复制到对象存储 s3://.*仍是此前的汇总:连接中途断开"):
            store.copy()
    assert store.current() == f"{first.name}\n"
    (begun,) = set(store.names()) - {"current", first.name}
    assert store.copy().name == begun
    assert store.current() == f"{begun}\n"
    rates = united(f"s3://{store.prefix}/{begun}/marts/rural_indicators")
    with duckdb.connect() as connection:
        connection.register_filesystem(store.files())
        counted = f"select count(distinct district_code) from {rates}"
        assert connection.execute(counted).fetchall() == [(3,)]


def test_a_union_that_somebody_removed_there_is_sent_again(store: Store) -> None:
    first = store.copy()
    for path in store.files().find(f"{store.prefix}/{first.name}/marts"):
        store.files().rm_file(path)
    store.city.counties[NEW].publish(figures={RATE: (60, 100)})
    second = store.copy()
    assert second.copied == 2 * len(MART_NAMES), "marts_open is there"
    assert len(store.files().find(f"{store.prefix}/{second.name}/marts")) == 3 * len(MART_NAMES)


def test_what_others_have_put_in_the_place_of_current_is_no_union(store: Store) -> None:
    store.files().pipe_file(f"{store.prefix}/current", b"\xff../other\n")
    copied = store.copy()
    assert (store.current(), copied.copied) == (f"{copied.name}\n", 0)


def test_a_wrong_key_is_named_without_the_secret(store: Store) -> None:
    wrong = store.location.model_copy(update={"access_key": "AKIAIOSFODNN7EXAMPLE"})
    with pytest.raises(PublishError, match=r"对方拒绝(登录|访问)") as refused:
        copy_union(store.union(), wrong)
    assert store.server.secret not in str(refused.value)


def test_the_step_of_a_run_shows_what_was_copied(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    home = store.city.home.root
    written = (home / FILE).read_text("utf-8")
    location = store.location
    entry = f'url = "{location.url}"\nendpoint_url = "{location.endpoint_url}"\naccess_key = "{location.access_key}"\n'
    table = f'[object_store]\n{entry}secret_file = "{location.secret_file}"\n'
    top, counties = written.split("[[counties]]", 1)
    (home / FILE).write_text(f'storage = "../storage"\n{top}{table}[[counties]]{counties}', "utf-8")
    store.union()
    monkeypatch.setenv("SHOUWANG_HOME", str(home))
    with instance.open_instance(Settings()) as opened:
        done = materialize(
            [copied_asset(load_city(home))],
            instance=opened,
            partition_key="2021-06",
            resources={"platform": Platform()},
        )
    (event,) = done.asset_materializations_for_node("union_copy")
    assert event.metadata["对象存储中的汇总"].value == store.current().strip()
    assert event.metadata["由对象存储自行复制的文件数"].value == 0

"""Pulls as processes of their own: killed in the middle, and of five million rows within bounds of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

from sources.landing.archive import original_path
from tests.servers.postgres import PostgresServer
from tests.unit.sources.landing.transport.sql.desk import Desk, run

MANY = 5_000_000
WIDE = """
select i as id, md5(i::text) as 姓名, (i % 100000)::numeric(12, 2) / 100 as 金额, (i % 977 / 8.0)::numeric(10, 3) as 份,
    date '2021-06-01' + i % 30 as 日期, timestamp '2021-06-01' + i * interval '1 second' as 时间, i % 3 = 0 as 是否
from generate_series(1, {}) i where :month = '2021-06'
"""


def _process(desk: Desk, **settings: object) -> subprocess.Popen[str]:
    (location,) = desk.locations.values()
    entry = location.model_dump(mode="json", include={"url", "user", "password_file"}) | settings  # type: ignore[union-attr]
    command = [sys.executable, "-m", f"{__package__}.pull_once", str(desk.home.root), json.dumps(entry)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})


def test_a_kill_in_the_middle_leaves_the_last_good_delivery(tmp_path: Path, postgres: PostgresServer) -> None:
    run(postgres, "drop table if exists killed", "create table killed as select 1 as id, '甲' as name")
    query = "select id, name from killed where :month = '2021-06'"
    desk = Desk(tmp_path, postgres, query=query)
    desk.pulled()
    before = desk.deliveries()
    run(postgres, "insert into killed select i, md5(i::text) from generate_series(2, 3000000) i")
    for size in (0, 1_000_000, 10_000_000):
        process = _process(desk, query=query)
        # A killed process leaves what it was fetching; the next pull removes it.
        former = set(desk.record.folder.glob(".fetching-*"))
        while not any(f.stat().st_size > size for f in set(desk.record.folder.glob(".fetching-*")) - former):
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
        process.wait()
        assert desk.deliveries() == before
    run(postgres, "delete from killed where id > 1000")
    assert desk.pulled().rows == 1000
    assert [d.delivery_no for d in desk.deliveries()] == [1, 2]
    assert not list(desk.record.folder.glob(".fetching-*"))
    run(postgres, "drop table killed")


def test_five_million_rows_need_less_than_a_gibibyte(tmp_path: Path, postgres: PostgresServer) -> None:
    desk = Desk(tmp_path, postgres, query=WIDE.format(1))
    process = _process(desk, query=WIDE.format(MANY))
    found = json.loads(process.communicate(timeout=1800)[0])
    print(f"{found['rows']} rows, {found['seconds']:.0f} s, peak {found['mib']:.0f} MiB")
    assert (found["problem"], found["rows"]) == ("", MANY)
    assert found["mib"] < 1024
    (file,) = desk.deliveries()[0].files
    assert pq.read_metadata(original_path(desk.home, file.sha256)).num_rows == MANY

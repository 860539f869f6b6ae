"""A part of the asset graph gives what a whole run gives, or refuses and says what to select."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
from dagster import AssetCheckEvaluation, AssetCheckKey, AssetCheckSeverity, AssetKey, ExecuteInProcessResult
from dagster._core.event_api import PartitionKeyFilter

from orchestration.assets.month_status import MONTH_STATUS, PUBLISHED
from orchestration.commands import verify
from orchestration.commands.rebuild import rebuild
from orchestration.definitions import defs
from orchestration.dictionary import catalogues
from orchestration.runtime import instance as instances
from orchestration.runtime.settings import Settings
from sources.contracts.model import load_contracts
from sources.home import Home
from sources.landing.changes import changed_months
from sources.landing.places import places_of
from sources.months import Month
from tests.unit.sources.builder import Desk, csv_file, row, table

pytestmark = pytest.mark.usefixtures("parsed")

MAY, JUNE = Month(2021, 5), Month(2021, 6)
HOUSEHOLDS = {MAY: 30, JUNE: 40}
CONTRACTS = load_contracts()
REGISTER, ASSETS, ILLNESS = (CONTRACTS.dataset(n) for n in ("household_register", "project_assets", "serious_illness"))
PERSON = "上官云锦"
GREENHOUSE = f"{PERSON}家大棚"
LANDING = ("landing/agriculture", "landing/civil_affairs", "landing/health", "landing/human_resources")
GRAPH = defs.resolve_asset_graph()


class Office:
    """A home whose inbox is filled by hand, and Dagster's instance of it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SHOUWANG_HOME", str(root))
        self.settings = Settings()
        instances.prepare(self.settings)
        self.home = Home(root)
        self.desk = Desk(self.home)

    def deliver_register(self, *people: str, folder: str = "", month: Month = JUNE, households: int = 30) -> None:
        rows = [row(REGISTER, n, **({"person_name": people[n]} if n < len(people) else {})) for n in range(households)]
        self.desk.put(REGISTER, f"{REGISTER.label}.csv", csv_file(table(REGISTER, rows)), month, folder)

    def deliver_assets(self) -> None:
        rows = [row(ASSETS, n, asset_name=GREENHOUSE if n == 1 else f"水渠{n}") for n in range(1, 4)]
        self.desk.put(ASSETS, f"{ASSETS.label}.csv", csv_file(table(ASSETS, rows)), JUNE)

    def materialise(self, *selected: str, month: Month = JUNE) -> ExecuteInProcessResult:
        """Materialise assets by their keys for a month, all of them without any."""
        keys = [AssetKey(key.split("/")) for key in selected] or None
        with instances.open_instance(self.settings) as instance:
            return defs.resolve_job_def("monthly_run").execute_in_process(
                instance=instance,
                partition_key=str(month),
                asset_selection=keys,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )

    def refusal(self, *selected: str, month: Month = JUNE) -> str:
        """Why Dagster would not materialise these assets."""
        result = self.materialise(*selected, month=month)
        assert not result.success
        failed = [e.step_failure_data for e in result.all_events if e.is_step_failure]
        return "".join(f.user_failure_data.description or "" for f in failed if f.user_failure_data)

    def publication(self, month: Month = JUNE) -> AssetCheckEvaluation:
        """What ``month_status`` says of the month's publication."""
        of_month = PartitionKeyFilter(key=str(month))
        with instances.open_instance(self.settings) as instance:
            (record,) = instance.event_log_storage.get_asset_check_execution_history(
                AssetCheckKey(MONTH_STATUS, PUBLISHED), 1, partition_filter=of_month
            )
        assert record.evaluation
        return record.evaluation

    def new_months(self) -> list[Month]:
        return list(changed_months(self.home, places_of(self.home, CONTRACTS, {}), [JUNE]))

    def accepted_names(self) -> list[str]:
        return pl.read_parquet(self.home.accepted(ASSETS, JUNE) / "rows.parquet")["asset_name"].sort().to_list()

    def households(self) -> dict[str, int]:
        """Households by month, in the warehouse and so in the next version."""
        with duckdb.connect(str(self.settings.warehouse_file), read_only=True) as connection:
            query = "select strftime(month, '%Y-%m'), count(*) from marts.household_month group by all"
            return dict(connection.execute(query).fetchall())

    def published_names(self) -> list[str]:
        with duckdb.connect(str(self.home.published / "marts.duckdb"), read_only=True) as connection:
            found = connection.execute("select asset_name from marts.project_assets order by 1").fetchall()
        return [name for (name,) in found]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(tmp_path / "home", monkeypatch)


@pytest.fixture(scope="module")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with May, of 30 households, and June, of 40, both published; tests work on copies of it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        office = Office(tmp_path_factory.mktemp("published") / "home", monkeypatch)
        for month, households in HOUSEHOLDS.items():
            office.deliver_register(month=month, households=households)
            assert office.materialise(month=month).success
    return office.home.root


@pytest.fixture
def published(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    shutil.copytree(published_home, tmp_path / "home", symlinks=True)
    return Office(tmp_path / "home", monkeypatch)


def downstream(*keys: str) -> Sequence[str]:
    """The assets and everything that depends on them, in any number of steps."""
    found, waiting = set(), {AssetKey(key.split("/")) for key in keys}
    while waiting:
        found |= waiting
        waiting = {child for key in waiting for child in GRAPH.get(key).child_keys} - found
    return sorted("/".join(key.path) for key in found)


def test_a_table_alone_waits_for_the_register_that_masks_it(office: Office) -> None:
    office.deliver_register(PERSON)
    office.deliver_assets()
    assert "2021-06 还没有发布" in office.refusal("month_indicators")
    named = "一并选择 reference/county、reference/working_days 和 publishing/restatements"
    assert named in office.refusal("marts/household_month")
    text = office.refusal("landing/agriculture", "agriculture/project_assets")
    assert "请在同一次运行中一并选择 agriculture/household_register" in text
    assert not (office.home.accepted(ASSETS, JUNE) / "rows.parquet").exists()
    assert office.materialise("agriculture/household_register", "agriculture/project_assets").success
    assert office.accepted_names() == ["***家大棚", "水渠2", "水渠3"]


def test_a_new_register_takes_along_what_it_masks(office: Office) -> None:
    office.deliver_register()
    office.deliver_assets()
    assert office.materialise().success
    assert office.published_names() == [GREENHOUSE, "水渠2", "水渠3"], "nobody of that name is on the register yet"

    office.deliver_register(PERSON, folder="r2")
    assert office.materialise("landing/agriculture", "agriculture/household_register").success
    assert "1 张表" not in (text := office.refusal("intake/deliveries"))
    assert f"《{ASSETS.label}》" in text or f"{ASSETS.label}(agriculture/project_assets)" in text
    assert "agriculture/project_assets" in office.refusal("marts/project_assets")
    assert "不是按现在已接收的数据算出来的" in office.refusal("published_marts")
    assert office.published_names() == [GREENHOUSE, "水渠2", "水渠3"]

    assert office.materialise(*downstream("agriculture/household_register")).success
    assert office.published_names() == office.accepted_names() == ["***家大棚", "水渠2", "水渠3"]


def test_what_landed_unasked_is_still_new(office: Office) -> None:
    office.deliver_register()
    illness = csv_file(table(ILLNESS, [row(ILLNESS, n) for n in range(1, 4)]))
    office.desk.put(ILLNESS, f"{ILLNESS.label}.csv", illness, JUNE)
    assert office.new_months() == [JUNE]
    assert office.materialise(*LANDING, *(k for k in _all() if k.startswith("agriculture/"))).success
    assert office.new_months() == [JUNE], "health has landed and was not taken in"
    assert office.materialise(*(k for k in _all() if k.startswith(("health/", "civil_", "human_")))).success
    assert office.new_months() == []


def test_the_catalogue_shows_the_rows_of_a_table_and_of_the_month(published: Office) -> None:
    with instances.open_instance(published.settings) as instance:
        shown = {
            path: instance.get_latest_materialization_event(AssetKey(path.split("/")))
            for path in ("marts/household_month", "seeds/indicators", "staging/stg_agriculture__household_register")
        }
    rows = {
        path: [
            int(entry.value) for name, entry in sorted(event.asset_materialization.metadata.items()) if "row" in name
        ]
        for path, event in shown.items()
        if event and event.asset_materialization
    }
    of_month, indicators = [HOUSEHOLDS[JUNE], sum(HOUSEHOLDS.values())], catalogues.seed("indicators")
    assert rows == {
        "marts/household_month": of_month,
        "seeds/indicators": [len(indicators)],
        "staging/stg_agriculture__household_register": [],
    }


def test_a_mart_alone_is_computed_from_its_own_month(published: Office) -> None:
    result = published.materialise("marts/household_month", month=MAY)
    assert result.success
    materialised = {"/".join(e.asset_key.path) for e in result.get_asset_materialization_events() if e.asset_key}
    assert materialised == {"marts/household_month"}
    assert published.households() == {"2021-05": 30, "2021-06": 40}

    rows = published.home.accepted(REGISTER, MAY) / "rows.parquet"
    pl.read_parquet(rows).head(-1).write_parquet(rows)
    assert "dbt 计算或检验未通过" in published.refusal("marts/household_month", "month_status", month=MAY)
    found = published.publication(MAY)
    assert (found.passed, found.severity) == (False, AssetCheckSeverity.ERROR)
    for part in ("2021-05 没有算完:计算(dbt)失败", "读者现在看到的:第 2 版", "含本月", "accepted_rows_equal_ledger"):
        assert part in (found.description or "")


def test_a_lost_warehouse_is_rebuilt_and_a_month_alone_is_not_published(published: Office) -> None:
    published.settings.warehouse_file.unlink()
    text = published.refusal()
    assert "2021-05 已接收但没有算完" in text
    assert "2021-05 已接收但没有算完" in (published.publication().description or ""), "a month that failed has a status"
    assert "shouwang rebuild" in text
    reports = rebuild(published.settings, from_archive=True)
    assert [(str(r.month), r.success) for r in reports] == [("2021-05", True), ("2021-06", True)]
    assert not reports[-1].published["is_new"], "the same cells make no version and no restatement"
    assert published.households() == {"2021-05": 30, "2021-06": 40}

    published.deliver_register(month=MAY, households=31, folder="r2")
    tables = [k for k in _all() if k.startswith(("landing/", *(f"{name}/" for name in CONTRACTS)))]
    assert published.materialise(*tables, month=MAY).success
    assert "2021-05 已接收但没有算完" in published.refusal("marts/household_month", month=JUNE)


def test_a_month_of_an_earlier_program_is_not_published_with_empty_cells(published: Office) -> None:
    marts = published.home.published / "marts.duckdb"
    version, before = marts.resolve(), published.households()

    with duckdb.connect(str(published.settings.warehouse_file)) as connection:
        connection.execute("alter table marts.household_month drop column housing_grade")
    assert "household_month 是旧版程序建的" in published.refusal(month=JUNE)
    rows = published.home.accepted(REGISTER, MAY) / "rows.parquet"
    pl.read_parquet(rows).drop("household_type").write_parquet(rows)
    text = published.refusal(month=JUNE)
    assert f"2021-05 《{REGISTER.label}》已接收的行是旧版程序写的" in text
    assert "请执行 shouwang rebuild" in text
    (area,) = [a for a in verify.examine(published.settings, deep=False) if a.subject == "数据格式"]
    assert area.problems == (text,)
    assert marts.resolve() == version

    reports = rebuild(published.settings, from_archive=False)
    assert [r.success for r in reports] == [True, True]
    assert not reports[-1].published["is_new"], "every cell is there again"
    assert "household_type" in pl.read_parquet_schema(rows)
    assert published.households() == before


def _all() -> list[str]:
    return ["/".join(key.path) for key in GRAPH.get_all_asset_keys()]

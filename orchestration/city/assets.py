"""Define the assets of a city: the counties' versions, what is united of them, the city's own marts, the version.

Belongs here: thin decorators around ``taking``, ``uniting``, dbt and ``publishing``. Does not belong here: the work.

Taking and uniting are one step: its result per county is an asset and a check, so one broken county is red, and
nothing else is.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from dagster import (
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    DataVersion,
    Failure,
    MaterializeResult,
    MetadataValue,
    asset,
    multi_asset,
)

from orchestration.assets import COUNTY, labels, specs
from orchestration.assets.dbt_specs import Translator
from orchestration.assets.marts import events_of, what_failed
from orchestration.assets.month_result import MonthResult
from orchestration.assets.published import WAREHOUSE_POOL
from orchestration.assets.tables import literal, markdown
from orchestration.city.counties import City, load_city
from orchestration.city.object_store import copy_union
from orchestration.city.partitions import MONTHS
from orchestration.city.placing import UNION_VARIABLE, current_union, place
from orchestration.city.taking import Taken, take_all
from orchestration.city.uniting import CITY, COUNTIES, DISTRICT, unite
from orchestration.dbt import manifest
from orchestration.dbt.dagster_dbt import dbt_assets
from orchestration.partitions import ONE_BY_ONE, month_of
from orchestration.publishing.content import CONFIG, MARTS, MARTS_OPEN, PublishError, tables
from orchestration.publishing.publish import Publication, publish
from orchestration.publishing.version import FULL, County
from orchestration.resources import Dbt, Platform
from orchestration.runtime import failures, progress
from orchestration.runtime.city import FILE
from orchestration.runtime.settings import DBT_CITY_DIR, Settings
from orchestration.working_days import ZONE
from sources.contracts.model import load_contracts
from sources.months import Month

CHECK = "united"
CITY_MARTS = AssetKey(["city_marts"])
UNION_COPY = AssetKey(["union_copy"])
MONTHS_OF_COUNTIES = "dim_month"
"""The only mart of counties in the warehouse of a province with storage: publishing reads the months from it."""
_TAKEN = (
    f"select district_code, county_name, stem, version, created_at, checksum from {CITY}.{COUNTIES}"
    " where stem is not null order by district_code"
)

_TABLE = "dagster/table_name"
_SHOWN_CHECKSUM = 12
"""Characters of a checksum in a table: the whole one is on the page of the county and in ``manifest.json``."""


def county_key(code: str) -> AssetKey:
    """Return the key of the asset of a county's version."""
    return AssetKey([COUNTY, code])


def united_assets(city: City) -> AssetsDefinition:
    """Build the step that takes the counties' versions and unites them: an asset per county, and dbt's sources."""
    counties = [county_key(code) for code in city.codes]
    sources = [
        AssetSpec(
            AssetKey([source["source_name"], source["name"]]),
            deps=counties,
            description=source["description"],
            metadata={_TABLE: f"{source['schema']}.{source['name']}"},
            kinds={"duckdb"},
            **specs.about("united", "open" if source["source_name"].endswith("open") else "office"),
        )
        for source in manifest.load(DBT_CITY_DIR)["sources"].values()
    ]

    @multi_asset(
        name="unite",
        specs=[*_county_specs(city), *sources],
        check_specs=[
            AssetCheckSpec(CHECK, asset=key, description="最新发布的版本已取得并核对,其中有这个月") for key in counties
        ],
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        pool=WAREHOUSE_POOL,
    )
    def counties_united(context: AssetExecutionContext, platform: Platform) -> Iterator[Any]:
        settings, month = platform.settings, month_of(context)
        with failures.redacted(settings.paths, "汇总各区县"):
            city = load_city(settings.home)
            taken = take_all(settings.paths, city, _types())
            for one in taken:
                result = _result(one, month)
                yield MaterializeResult(
                    county_key(one.code), metadata=_about_county(one, result), check_results=[result]
                )
            try:
                _require_month(taken, month)
                known = {MARTS: list(_types()), MARTS_OPEN: list(manifest.open_marts(manifest.load()))}
                if city.storage:
                    place(settings.paths, Path(city.storage), taken, known)
                    known = {schema: [MONTHS_OF_COUNTIES] for schema in known}
                unite(settings.paths, settings.warehouse_file, taken, known)
            except PublishError as error:
                raise Failure(description=str(error), allow_retries=False) from None
            rows = _row_counts(settings.warehouse_file, [spec.metadata[_TABLE] for spec in sources])
            for spec in sources:
                yield MaterializeResult(spec.key, metadata=rows.get(spec.metadata[_TABLE], {}))

    return counties_united


def copied_asset(city: City) -> AssetsDefinition:
    """Build the step that copies the union to an object store: if the store is away, nothing else stops."""

    @asset(
        key=UNION_COPY,
        deps=[county_key(code) for code in city.codes],
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        kinds={"s3", "parquet"},
        description="汇总(Parquet)在对象存储中的副本,供别的机器上的引擎读取;名字不变的对象 current 指明最新的一份。",
        **specs.about("united", "office"),
    )
    def union_copy(platform: Platform) -> MaterializeResult[Any]:
        settings = platform.settings
        now = load_city(settings.home)
        with failures.redacted(settings.paths, "复制汇总"):
            if not (now.storage and now.object_store):
                raise Failure(description=f"{FILE} 里已没有 [object_store];请重新加载代码位置,这一步就不再出现。")
            try:
                done = copy_union(current_union(Path(now.storage)), now.object_store)
            except PublishError as error:
                raise Failure(description=str(error)) from None
        about = {"union_copy": done.name, "union_files_sent": done.sent, "union_files_copied": done.copied}
        return MaterializeResult(metadata=labels.shown(about))

    return union_copy


def _county_specs(city: City) -> list[AssetSpec]:
    names = {code: "、".join(c.name for c in city.counties if c.code == code) for code in city.codes}
    return [
        AssetSpec(
            county_key(code),
            description=f"{name}:该区县最新发布的版本,核对后存为市里的副本;取不到时沿用此前的副本。",
            kinds={"duckdb"},
            **specs.about("counties", "office"),
        )
        for code, name in names.items()
    ]


def _types() -> dict[str, dict[str, str]]:
    return manifest.types(manifest.load(), MARTS)


def _result(taken: Taken, month: Month) -> MonthResult:
    told = taken.told(month)
    return MonthResult(
        passed=not told,
        asset_key=county_key(taken.code),
        check_name=CHECK,
        severity=AssetCheckSeverity.ERROR if taken.problem else AssetCheckSeverity.WARN,
        description=literal(told) or f"{month}:已汇总{taken.name}的版本 {taken.version and taken.version.number}。",
    )


def _about_county(taken: Taken, result: MonthResult) -> dict[str, Any]:
    """Describe what the city has of a county: a materialization is green, so it says itself if nothing is there."""
    about: dict[str, Any] = {"message": MetadataValue.md(result.description or "")}
    if (version := taken.version) is not None:
        about |= {
            "version": version.number,
            "published_at": _minute(version.created_at),
            "months": "、".join(version.months),
            "checksum": taken.checksum,
        }
    return labels.shown(about)


def _row_counts(warehouse: Path, relations: Sequence[str]) -> dict[str, dict[str, int]]:
    """Count the rows of those relations (schema and table) that are in the warehouse."""
    with duckdb.connect(str(warehouse), read_only=True, config=CONFIG) as connection:
        there = {
            f"{schema}.{name}"
            for schema in (CITY, MARTS, MARTS_OPEN)
            for name in tables(connection, warehouse.stem, schema)
        }
        return {name: {"dagster/row_count": len(connection.table(name))} for name in relations if name in there}


def _minute(time: str) -> str:
    """Shorten an ISO time to the minute, as people read it."""
    return time[:16].replace("T", " ")


def _require_month(taken: Sequence[Taken], month: Month) -> None:
    """Raise PublishError if no county has the month."""
    if not any(t.version and str(month) in t.version.months for t in taken):
        raise PublishError(f"没有一个区县有 {month} 的数据,没有汇总:" + " ".join(t.told(month) for t in taken))


def model_assets() -> AssetsDefinition:
    """Build the assets of the city's own marts, with their data tests as checks."""

    @dbt_assets(
        manifest=manifest.load(DBT_CITY_DIR),
        name="city_models",
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        dagster_dbt_translator=Translator(load_contracts(), DBT_CITY_DIR),
        pool=WAREHOUSE_POOL,
    )
    def city_models(context: AssetExecutionContext, platform: Platform, dbt: Dbt) -> Iterator[Any]:
        settings, month = platform.settings, month_of(context)
        dbt.clear_target(settings.dbt_dir)
        storage = load_city(settings.home).storage
        os.environ[UNION_VARIABLE] = str(current_union(Path(storage))) if storage else ""
        with failures.redacted(settings.paths, "运行 dbt"):
            build = ["build", "--select", "fqn:*", "--vars", json.dumps({"month": str(month)})]
            invocation = dbt.cli(build, context=context, raise_on_error=False)
            yield from events_of(invocation, month)
            if not invocation.is_successful():
                raise Failure(description=what_failed(invocation.target_path), allow_retries=False)

    return city_models


def published_asset() -> AssetsDefinition:
    """Build the asset of the city's version, downstream of its own marts."""
    own = manifest.load(DBT_CITY_DIR)
    models = [AssetKey(list(place)) for schema in (MARTS, MARTS_OPEN) for place in
              manifest.relations(own, schema).values()]  # fmt: skip

    @asset(
        key=CITY_MARTS,
        deps=models,
        partitions_def=MONTHS,
        backfill_policy=ONE_BY_ONE,
        config_schema={},
        pool=WAREHOUSE_POOL,
        kinds={"duckdb", "parquet"},
        description="市级集市:各区县的集市逐行前面加区县代码,加上市级指标、排名、报送情况;校验后一次切换,保留三个版本。",
        **specs.about("published", "office"),
    )
    def city_marts(context: AssetExecutionContext, platform: Platform) -> MaterializeResult[Any]:
        settings, month = platform.settings, month_of(context)
        with failures.redacted(settings.paths, "发布"):
            try:
                done = publish_city(settings, month, context.run.run_id)
            except PublishError as error:
                raise Failure(description=str(error), allow_retries=False) from None
        progress.report(progress.Step("publish", done.version.stem, "新版本" if done.is_new else "内容未变"))
        return MaterializeResult(
            metadata=labels.shown(_about_version(done)), data_version=DataVersion(done.version.stem)
        )

    return city_marts


def publish_city(settings: Settings, month: Month, run_id: str) -> Publication:
    """Publish the warehouse of a city, as a county's is published. Raises PublishError; the current version stays."""
    with duckdb.connect(str(settings.warehouse_file), read_only=True, config=CONFIG) as connection:
        database = settings.warehouse_file.stem
        full, opened = (tables(connection, database, schema) for schema in (MARTS, MARTS_OPEN))
        counties = [County(*row) for row in connection.execute(_TAKEN).fetchall()]
    of_counties, own = manifest.load(), manifest.load(DBT_CITY_DIR)
    united = {name: (DISTRICT.name, *grain) for name, grain in manifest.grains(of_counties, MARTS).items()}
    grains = {name: grain for name, grain in {**united, **manifest.grains(own, MARTS)}.items() if name in full}
    shown = dict.fromkeys(opened, MARTS_OPEN)
    now = datetime.now(ZONE)
    return publish(
        settings.paths, settings.warehouse_file, month, run_id, grains, shown, now, lambda *_: "", counties=counties
    )


def _about_version(done: Publication) -> dict[str, Any]:
    version = done.version
    rows = [
        (c.name, c.district_code, c.version, _minute(c.created_at), c.checksum[:_SHOWN_CHECKSUM])
        for c in version.counties
    ]
    return {
        "is_new": done.is_new,
        "version": version.number,
        "file": FULL.file(version.stem),
        "months": "、".join(version.months),
        "counties": len(version.counties),
        "versions": MetadataValue.md(markdown(("区县", "代码", "版本号", "版本时间", "校验值(开头)"), rows)),
        "rows": sum(mart.rows for mart in version.marts.values()),
        "open_marts": len(version.open),
    }

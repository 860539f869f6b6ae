"""Begin the home of a city, look at its counties, unite months, and say how it went.

Belongs here: what is said on the terminal. Does not belong here: arguments (``cli.cities``), the work (``city``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from orchestration.city.counties import load_city
from orchestration.commands.app import literal
from orchestration.runtime import instance, layout, locks
from orchestration.runtime.city import FILE
from orchestration.runtime.settings import Settings
from sources.home import replacing
from sources.months import Month

TEMPLATE = """\
# 市级数据目录的区县。每个区县一节 [[counties]],代码不能重复。
# published 是该区县数据目录下的 published 文件夹:本机的,或挂载到本机的;相对路径从这里算起。
name = "某市"
# max_database_mb = 4000       # 从区县复制的每个数据库的上限(百万字节)
# storage = "/mnt/province"    # 省级用:各区县的集市以 Parquet 放在这个共用文件夹,不汇总在一个数据库中
# [object_store]               # 省级用:每份汇总再复制到对象存储(S3),供别的机器读取(docs/city.md)

[[counties]]
code = "441802"
name = "清城区"
published = "/mnt/counties/441802/published"
"""


def write_city(console: Console, settings: Settings) -> None:
    """Write the file of counties to fill in, unless there is one."""
    file = settings.home / FILE
    if file.exists():
        console.print(literal(f"{file} 已经有了,没有改动。"), soft_wrap=True)
        return
    settings.paths.prepare()
    with replacing(file) as temporary:
        temporary.write_text(TEMPLATE, "utf-8")
    todo = "请填写各区县,再执行 shouwang city counties 查看能否取到。"
    console.print(literal(f"已写入 {file}(只有本账号可读)。{todo}"), soft_wrap=True)


def look_at_counties(console: Console, settings: Settings) -> bool:
    """Take every county's newest version, and say what each has published; return True if all were taken.

    Raises CityError if the home is no city's, HomeBusyError if another process works on it.
    """
    from orchestration.city.taking import take_all
    from orchestration.dbt import manifest
    from orchestration.publishing.content import MARTS

    city = load_city(settings.home)
    layout.require_same(settings.paths)
    instance.prepare(settings)
    with locks.holding(settings.home, "shouwang city counties"):
        taken = take_all(settings.paths, city, manifest.types(manifest.load(), MARTS))
    for one in taken:
        has = (
            f"版本 {one.version.number},{one.version.months[0]} 至 {one.version.months[-1]}"
            if one.version
            else "没有版本"
        )
        wrong = f";{one.problem};位置 {one.where}" if one.problem else ""
        mark = "[red]问题[/]" if one.problem else "[green]正常[/]"
        console.print(mark, literal(f"{one.name}({one.code}):{has}{wrong}"), soft_wrap=True)
    return not any(one.problem for one in taken)


def run_city(console: Console, settings: Settings, months: Sequence[Month], verbose: bool) -> bool:
    """Unite months in order until one fails; return True if all are published and no county lacks one of them.

    Raises CityError if the home is no city's, HomeBusyError if another process works on it, MonthError if Dagster
    cannot keep its records.
    """
    from orchestration.commands.running import quiet_output, set_damaged_records_aside
    from orchestration.month_range import name_months

    load_city(settings.home)
    layout.require_same(settings.paths)
    instance.prepare(settings)
    name_months(months)
    is_whole = True
    with locks.holding(settings.home, f"shouwang city run {'、'.join(map(str, months))}"):
        set_damaged_records_aside(console, settings)
        for month in months:
            if verbose:
                told, is_published = _run(settings, month, "INFO")
            else:
                with quiet_output(settings):
                    told, is_published = _run(settings, month)
            for sentence in told:
                console.print("[yellow]提示[/]" if is_published else "[red]错误[/]", literal(sentence), soft_wrap=True)
            state = "已发布" if is_published else "未完成,此前发布的版本保持不变"
            console.print(literal(f"{month} {state}"))
            is_whole = is_whole and is_published and not told
            if not is_published:
                break
    console.print(literal(f"市级集市 {settings.paths.published / 'current'}"), soft_wrap=True)
    return is_whole


def _run(settings: Settings, month: Month, log_level: str = "CRITICAL") -> tuple[list[str], bool]:
    """Run one month; return what people must know, and whether it was published."""
    from orchestration.assets.tables import unescaped
    from orchestration.city.assets import CHECK, CITY_MARTS
    from orchestration.city.automation import CITY_RUN
    from orchestration.city.definitions import defs
    from orchestration.commands.run import errors_of, execute

    result = execute(settings, defs.resolve_job_def(CITY_RUN), month, log_level)
    counties = [
        unescaped(check.description or "")
        for check in result.get_asset_check_evaluations()
        if check.check_name == CHECK and not check.passed
    ]
    # A copy in an object store may be missing all the same.
    published = any(event.asset_key == CITY_MARTS for event in result.get_asset_materialization_events())
    return [*counties, *errors_of(result)], published

"""Write the folder of a county to start from, and say what the county has and what it lacks.

Belongs here: the commented settings, which towns and parameters there are. Does not belong here: what a folder may hold
(``sources.county``).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
from rich.console import Console

from orchestration.commands.answers import Answer
from orchestration.commands.app import literal
from orchestration.dbt.seeds import rows_of as seed
from orchestration.runtime.city import refuse_city
from orchestration.runtime.county import CountyFolderError, contracts, county, divisions
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.parameters import parameter
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.county.columns import DIVISIONS, PARAMETERS, TARGETS, WORKING_DAYS
from sources.county.divisions import divisions_of
from sources.county.folder import DEFAULT, FOLDER, SETTINGS, County, CountyError, read_county, rows_of
from sources.county.indicators import own_indicators
from sources.county.rules import own_rules
from sources.divisions import in_force
from sources.home import PRIVATE_DIR, replacing
from sources.months import Month

_HEAD = """\
# 本数据目录服务的区县。同一文件夹中的 CSV 是本区县自己的行,只补充程序自带的各行;列的说明见 docs/deploy.md。
# 本区县自有的指标放在 dbt 文件夹中(indicators.csv 加每项一个 SQL 文件)。
# 改动后重新运行有关月份即生效;写得不对的,shouwang doctor 会逐处指出。
code = "{code}"
# 名称。不写:用全国区划表中的名称({name})。
#name = "{name}"
# 本区县对选项的说法,在所有表中有效;只用于一列的写在 synonyms.yaml。
#[words]
#"县本级" = "区级"
# 部门次月几日前报送(1 至 28);不写的按程序自带的约定。
#[due_days]
#health = 8
# 部门在本区县的名称。
#[departments]
#health = "卫生健康局"
"""
_TOWNS = (("街道", "街道(办事处)?$|地区办事处$"), ("镇", "镇$"), ("民族乡", "族乡$"), ("苏木", "苏木$"), ("乡", "乡$"))
"""Kinds of towns as people count them, by the ends of names."""
_OTHERS = "其他(农场、园区等)"


def write_county(console: Console, settings: Settings, code: str) -> Path:
    """Write the folder of a county into a home that has none, say what was found, and return its path.

    Raises ShouwangError if there is a folder already, the home has data of another county, or nobody knows the code.
    """
    refuse_city(settings.home, f"各区县写在这个文件里,见 shouwang city init;{FOLDER} 文件夹属于区县自己的数据目录")
    folder = settings.home / FOLDER
    if folder.exists() or folder.is_symlink():
        raise ShouwangError(f"已有区县配置 {folder},没有改动。")
    if settings.warehouse_file.exists() and (former := county(settings.home).code) != code:
        raise ShouwangError(f"{settings.home} 已有 {former} 的数据,不能改为 {code};请另选数据目录(SHOUWANG_HOME)。")
    try:
        named = divisions_of(County(folder, code))["district_name"][-1]
    except CountyError as error:
        raise ShouwangError(str(error)) from None
    settings.paths.prepare()
    half = settings.home / f".{FOLDER}.tmp"
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=PRIVATE_DIR)
    is_default = read_county(DEFAULT).code == code
    for table in (PARAMETERS, TARGETS, DIVISIONS, WORKING_DAYS):
        shipped = DEFAULT / table.file
        text = shipped.read_text("utf-8") if is_default and shipped.exists() else ",".join(table.columns) + "\n"
        with replacing(half / table.file) as temporary:
            temporary.write_text(text, "utf-8")
    with replacing(half / SETTINGS) as temporary:
        temporary.write_text(_HEAD.format(code=code, name=named), "utf-8")
    half.rename(folder)
    for line in found(settings.home):
        console.print(literal(line), soft_wrap=True)
    return folder


def found(home: Path) -> Iterator[str]:
    """Say what the county of a home has: towns by kind, villages, vintages; what it lacks; what to do next."""
    served, vintages = county(home), divisions(home)
    newest = in_force(vintages, this_month())
    cutoffs = vintages["vintage_cutoff"].unique().sort()
    yield f"区县 {served.code} {newest['district_name'][0]}:{towns(newest)};村居 {newest.height} 个。"
    yield f"区划名单 {len(cutoffs)} 次:{'、'.join(cutoffs)}。"
    if lacking := lacking_parameters(served):
        yield f"没有有效值的参数 {len(lacking)} 个,用到它们的规则和指标不计算:{'、'.join(lacking)}。"
        yield f"有文件依据的,请写入 {served.folder / PARAMETERS.file},每行注明来源。"
    if not served.targets:
        yield f"没有本区县自己的指标目标({TARGETS.file});没有目标的指标不参加镇街评比。"
    yield "下一步:按需修改后执行 shouwang doctor,看“区县”一行。"


def towns(divisions_in_force: pl.DataFrame) -> str:
    """Count the towns that have villages, by kind: ``镇 12、民族乡 1``."""
    real = divisions_in_force.filter(pl.col("kind") != "virtual")
    name = pl.col("town_name")
    kind = pl.coalesce(*(pl.when(name.str.contains(end)).then(pl.lit(of)) for of, end in _TOWNS), pl.lit(_OTHERS))
    counts = Counter(real.unique("town_code").select(kind.alias("kind"))["kind"])
    return "、".join(f"{of} {counts[of]}" for of in (*(of for of, _ in _TOWNS), _OTHERS) if counts[of])


def lacking_parameters(served: County) -> list[str]:
    """List the Chinese names of the parameters that have no valid value this month."""
    rows = rows_of(served, PARAMETERS)
    names = {row["parameter"]: row["name_zh"] for row in seed("parameters")}
    return [zh for name, zh in names.items() if parameter(rows, name, this_month(), served.code) is None]


def this_month() -> Month:
    """Return the month of today in China."""
    today = datetime.now(ZONE).date()
    return Month(today.year, today.month)


def answer(home: Path) -> Answer:
    """Answer for the county: can its folder be used, and what does it lack?"""
    try:
        served, newest = county(home), in_force(divisions(home), this_month())
        contracts(home)
        own_indicators(served)
        own_rules(served)
    except (CountyFolderError, CountyError) as error:
        return Answer("区县", "problem", str(error))
    named = f"{served.code} {newest['district_name'][0]}({towns(newest)})"
    if served.is_default:
        return Answer("区县", "info", f"没有 {FOLDER} 文件夹,按 {named} 计算;别的区县请执行 shouwang init 代码")
    own = f"自己的参数 {len(served.parameters)} 行、指标目标 {len(served.targets)} 行"
    own += f"、自有指标 {len(served.indicators)} 项" if served.indicators else ""
    own += f"、自有规则 {len(served.rules)} 条" if served.rules else ""
    if lacking := lacking_parameters(served):
        return Answer("区县", "look", f"{named},{own};没有有效值的参数:{'、'.join(lacking)}(用到它们的指标不计算)")
    return Answer("区县", "ok", f"{named},{own}")

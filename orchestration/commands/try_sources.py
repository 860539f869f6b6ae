"""Try the locations of the settings, step by step: can each be reached, entered, listed and read?

Belongs here: the steps, and what the doctor says about them. Does not belong here: what a failure means
(``sources.landing.transport.trouble``). Nothing is fetched into the home, and nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from orchestration.commands.answers import Answer, where
from orchestration.runtime.errors import ShouwangError, cause
from orchestration.runtime.settings import Settings
from orchestration.runtime.together import asked
from sources.contracts.model import Contracts, Department, load_contracts
from sources.landing.locations import months_in
from sources.landing.places import UnknownLocationError, places_of
from sources.landing.transport import Location
from sources.landing.transport.trouble import TransportError
from sources.months import Month

PATIENCE_SECONDS = 90.0
"""How long all locations together may take: they are tried at once, and each has its own limits for connecting."""
NONE = "设置中没有 locations:各部门的文件都直接放在收件目录 inbox 中。写法见 docs/locations.md,或执行 shouwang init。"


def examine(settings: Settings, month: Month, patience: float = PATIENCE_SECONDS) -> Iterator[Answer]:
    """Try every location for a month, all at once, and yield an answer each in the order of the settings.

    Raises ShouwangError if the settings name a department or table that there is not.
    """
    contracts = load_contracts()
    try:
        places_of(settings.paths, contracts, settings.locations)
    except UnknownLocationError as error:
        raise ShouwangError(str(error)) from None
    if not settings.locations:
        yield Answer("取数位置", "info", NONE)
    questions = {key: partial(_tried, location, key, contracts, month) for key, location in settings.locations.items()}
    answers = asked(questions, patience)
    for key, location in settings.locations.items():
        late = f"{where(location)}:{patience:.0f} 秒内没有得到回答。请检查网络和对方服务器。"
        yield answers.get(key) or Answer(subject(contracts, key), "problem", late)


def subject(contracts: Contracts, key: str) -> str:
    """Name a location as people call what it is for: the department, and the table if it is for one."""
    name, _, table = key.partition("/")
    department = contracts[name]
    return department.label.split("(")[0] + (f"《{department[table].label}》" if table else "")


def _tried(location: Location | Path, key: str, contracts: Contracts, month: Month) -> Answer:
    who = subject(contracts, key)
    try:
        if isinstance(location, Path):
            return _folder(location, who, month)
        name, _, table = key.partition("/")
        return _pulled(location, who, contracts[name], table, month)
    except Exception as error:
        # The text of the error may quote a secret or a name.
        why = cause(error) or f"程序出错({type(error).__name__}),请联系技术人员"
        return Answer(who, "problem", f"{where(location)}:{why}。")


def _folder(folder: Path, who: str, month: Month) -> Answer:
    months = months_in(folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        there = "是空的" if folder.is_dir() else "不存在"
        return Answer(who, "problem", f"{folder}:文件夹{there}(网络盘可能没有挂载)。请核对路径。")
    has = f"有 {month} 的文件夹" if month in months else f"没有 {month} 的文件夹"
    return Answer(who, "ok" if month in months else "info", f"{folder}:可以读取;{len(months)} 个月,{has}")


def _pulled(location: Location, who: str, department: Department, table: str, month: Month) -> Answer:
    """Take the steps that a pull takes, and say how far they went."""
    done, doing = [f"{location.label} {location.shown}"], "连接和登录"
    try:
        with location.open([table] if table else [d.name for d in department.datasets]) as source:
            done.append("连接和登录正常")
            doing = "试读"
            done += [f"{step}:{found}" for step, found in source.try_out()]
            doing = f"查找 {month} 的数据"
            listing = source.listing(month)
    except TransportError as error:
        return Answer(who, "problem", f"{';'.join(done)};{doing}时:{error.cause}。{error.todo}。")
    # Names of files may be names of people.
    left_out = Counter(reason.rstrip("。") for _, reason in listing.left_out)
    done += [f"{count} 项{reason}" for reason, count in left_out.items()]
    if not (offers := listing.offers):
        return Answer(who, "info", f"{';'.join(done)};没有 {month} 的数据(若应当有,请核对 url 和 pattern)")
    return Answer(who, "ok", f"{';'.join(done)};{month} 有 {len(offers)} 份")

"""Start months between two due days, those with new files and those that look back on a changed month; send alerts.

Belongs here: thin sensors. Does not belong here: finding new files (``changes``, ``polling``) and outdated months
(``reruns``), problems and channels (``alerts``).

The sensors that start runs are stopped until someone starts them, because an unattended run is the office's own
decision. That of the alerts starts none, and does nothing unless the settings name a channel.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from dagster import (
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from orchestration.automation import reruns
from orchestration.automation.alerts.home import UNFINISHED
from orchestration.automation.jobs import MONTHLY_RUN, RETRIED
from orchestration.automation.polling import poll
from orchestration.month_range import months_received
from orchestration.partitions import MONTHS, outside
from orchestration.runtime import locks
from orchestration.runtime.county import own_days
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE, due_day
from sources.contracts.model import load_contracts
from sources.landing.changes import changed_months
from sources.landing.places import places_of
from sources.months import Month

INTERVAL_SECONDS = 60


def open_months(settings: Settings, now: datetime) -> set[Month]:
    """Return the months that run when a file arrives: those that are due, and those that ran before.

    Files that arrive earlier wait for the run on the due day, which takes in all of them.
    """
    months = {Month.parse(key) for key in MONTHS.get_partition_keys(current_time=now)}
    own = own_days(settings.home)
    due = {month for month in months if due_day(month, own) <= now.astimezone(ZONE).date()}
    return due | (months & months_received(settings.paths))


def stable(found: Mapping[Month, str], before: Mapping[str, str]) -> Iterable[tuple[Month, str]]:
    """Keep the months whose digest has not changed since the previous tick: no file is being copied into them."""
    return [(month, digest) for month, digest in found.items() if before.get(str(month)) == digest]


def both(landed: Mapping[Month, str], offered: Mapping[Month, str]) -> dict[Month, str]:
    """Join the digests of what is in folders and records with those of what locations offer; months in order."""
    digests = {month: (landed.get(month), offered.get(month)) for month in sorted({*landed, *offered})}
    return {month: "-".join(filter(None, pair)) for month, pair in digests.items()}


@sensor(
    name="new_deliveries",
    job_name=MONTHLY_RUN,
    minimum_interval_seconds=Settings().look_every_seconds,
    default_status=DefaultSensorStatus.STOPPED,
    description="有部门放入新文件或更正文件时运行该月:收件目录和设置中的每个位置都看(只列目录,不取回);"
    "内容稳定(连续两次查看不变)后运行一次;同样内容不再运行。一个位置查看失败,不影响其他位置。",
)
def new_deliveries(context: SensorEvaluationContext) -> SensorResult:
    """Request one run per changed month and content."""
    settings, contracts = Settings(), load_contracts()
    places, months = places_of(settings.paths, contracts, settings.locations), open_months(settings, datetime.now(ZONE))
    offered, failed = poll(settings, contracts, months)
    found = both(changed_months(settings.paths, places, months), offered)
    if failed:
        context.log.warning(f"有位置没有查看到:{';'.join(failed)}")
    ready = stable(found, json.loads(context.cursor or "{}"))
    requests = [
        RunRequest(run_key=f"{month}-{digest}", partition_key=str(month), tags=RETRIED) for month, digest in ready
    ]
    waiting = len(found) - len(requests)
    skipped = f"{waiting} 个月有新文件,正在等内容稳定。" if waiting else "没有新文件。"
    skipped += f"没有查看到:{';'.join(failed)}。" if failed else ""
    if strange := outside(settings):
        named = "、".join(map(str, strange))
        told = f"收件目录中 {named} 的文件不会处理:不在可运行的月份之内。请检查设置,再重新启动界面。"
        context.log.warning(told)
        skipped += told
    return SensorResult(
        run_requests=requests,
        skip_reason=None if requests else SkipReason(skipped),
        cursor=json.dumps({str(month): digest for month, digest in found.items()}),
    )


@sensor(
    name="later_months",
    job_name=MONTHLY_RUN,
    minimum_interval_seconds=INTERVAL_SECONDS,
    default_status=DefaultSensorStatus.STOPPED,
    description="某月更正后,依次重新运行其后每个已发布的月份:它们的计算要回看该月。",
)
def later_months(context: SensorEvaluationContext) -> RunRequest | SkipReason:
    """Request the first published month that must run again because of an earlier one; one month at a time."""
    settings = Settings()
    if context.instance.get_runs_count(RunsFilter(job_name=MONTHLY_RUN, statuses=UNFINISHED)):
        return SkipReason("有月份正在运行。")
    if settings.home.exists() and (holder := locks.home_holder(settings.home)):
        return SkipReason(f"数据目录正在被{holder}使用。")
    found = reruns.next_outdated(settings.paths, load_contracts())
    if found is None:
        return SkipReason("没有需要重新运行的月份。")
    return RunRequest(run_key=f"later-{found.month}-{found.digest}", partition_key=str(found.month), tags=RETRIED)


@sensor(
    name="alerts",
    minimum_interval_seconds=INTERVAL_SECONDS,
    default_status=DefaultSensorStatus.RUNNING,
    description="把运行失败、报送有问题、区县没有汇总、逾期未报、结果已过时、磁盘不足告知设置 [alerts] 中的通道,"
    "每件事一次;没有设置通道时什么也不做。守护进程自己停了,只有定时执行 shouwang alerts 才能发现。",
)
def alerts(context: SensorEvaluationContext) -> SkipReason:
    """Send what the channels of the settings do not know yet; the tick fails if a channel does."""
    # What sends alerts imports an HTTP client, which every run of a month would load with the definitions.
    from orchestration.automation.alerts.tell import tell

    settings = Settings()
    if not settings.alerts:
        return SkipReason("设置中没有告警通道([alerts.名称])。")
    told = tell(settings, context.instance, datetime.now(ZONE), is_daemon=True)
    if told.failed:
        raise ShouwangError("告警没有全部发出:" + ";".join(told.failed))
    return SkipReason(told.text + "。")

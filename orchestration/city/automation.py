"""Run the months of a city when a county has published, or can no longer be reached.

Belongs here: what differs from the copies of the city, the sensor. Does not belong here: taking versions (``taking``),
alerts, which are those of a county's home (``orchestration.automation``).

Nothing is copied to compare: a description says everything about its version. What a run cannot take stays different,
and is tried again once a day, so that the check, and with it the alert, says it again if it changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from dagster import DefaultSensorStatus, RunRequest, SensorEvaluationContext, SensorResult, SkipReason, sensor

from orchestration.automation.jobs import RETRIED
from orchestration.automation.sensors import stable
from orchestration.city import reaching
from orchestration.city.counties import City, County, load_city
from orchestration.city.partitions import MONTHS, months_taken
from orchestration.city.taking import FOLDER
from orchestration.month_range import months_named
from orchestration.publishing.version import Version
from orchestration.runtime.errors import ShouwangError
from orchestration.runtime.settings import Settings
from orchestration.runtime.together import asked, is_asked
from orchestration.working_days import ZONE
from sources.home import CURRENT, DESCRIPTION, Home
from sources.months import Month

CITY_RUN = "city_run"
PATIENCE_SECONDS = 40.0
"""How long all counties together may take to be looked at: Dagster ends a tick after a minute."""

State = tuple[str, str]
"""What a county offers: its description or what is wrong, and the month that was published; empty if unknown."""


def differing(home: Home, city: City, months: Collection[Month]) -> dict[Month, str]:
    """Return a digest by month of what counties offer and the city has not.

    A county that offers nothing whole concerns the last of the ``months``, as does one whose month is none of them: a
    run unites the months of all versions, whichever is its own.
    """
    questions: dict[str, Callable[[], State]] = {
        f"look {number} {county.published}": partial(_offered, county) for number, county in enumerate(city.counties)
    }
    answers = asked({name: ask for name, ask in questions.items() if not is_asked(name)}, PATIENCE_SECONDS)
    found: dict[Month, list[str]] = {}
    for county, name in zip(city.counties, questions, strict=True):
        description, month = answers.get(name, ("hangs", ""))
        if description != _copied(home, county):
            concerned = next((m for m in months_named([month]) if m in months), max(months))
            found.setdefault(concerned, []).append(f"{county.code} {description}")
    return {month: _digest(states) for month, states in sorted(found.items())}


def _offered(county: County) -> State:
    try:
        offered = reaching.look(county.published)
        if offered is None or not offered.is_whole:
            return "nothing", ""
        return offered.description, str(Version.from_json(offered.description).month)
    except OSError as error:
        return type(error).__name__, ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return "damaged", ""


def _copied(home: Home, county: County) -> str:
    copy = home.warehouse / FOLDER / county.code / CURRENT / DESCRIPTION
    try:
        return copy.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _digest(states: list[str]) -> str:
    return hashlib.sha256(json.dumps(sorted(states)).encode()).hexdigest()


@sensor(
    name="new_versions",
    job_name=CITY_RUN,
    minimum_interval_seconds=Settings().look_every_seconds,
    default_status=DefaultSensorStatus.STOPPED,
    description="有区县发布了新版本时汇总该月:只看各区县的版本说明,连续两次查看不变后运行一次。"
    "取不到的(存储不在、没有回应、不完整)每天再试一次,检查结果和告警会写明。",
)
def new_versions(context: SensorEvaluationContext) -> SensorResult | SkipReason:
    """Request one run per month, content and day."""
    settings, now = Settings(), datetime.now(ZONE)
    runnable = set(months_named(MONTHS.get_partition_keys(current_time=now)))
    try:
        city = load_city(settings.home)
    except ShouwangError as error:
        return SkipReason(str(error))
    if not (months := runnable & set(months_taken(settings.paths))):
        return SkipReason("还没有取得任何区县的版本:请先执行 shouwang city run 月份,再重新启动界面。")
    found = differing(settings.paths, city, months)
    requests = [
        RunRequest(run_key=f"{month}-{digest}-{now.date()}", partition_key=str(month), tags=RETRIED)
        for month, digest in stable(found, json.loads(context.cursor or "{}"))
    ]
    waiting = "有区县的版本与这里的不同,正在等内容稳定。" if found else "没有新版本。"
    return SensorResult(
        run_requests=requests,
        skip_reason=None if requests else SkipReason(waiting),
        cursor=json.dumps({str(month): digest for month, digest in found.items()}),
    )

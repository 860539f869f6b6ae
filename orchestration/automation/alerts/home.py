"""Find what is wrong with the home now: late departments, outdated months, a copy that lags, the disk, the daemon.

Belongs here: asking those who decide it, in words for people. Does not belong here: runs and checks (``runs``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from orchestration.assets import POSTGRES
from orchestration.automation import reruns
from orchestration.automation.alerts.problems import Problem
from orchestration.month_range import why_never
from orchestration.publishing.postgres import state
from orchestration.punctuality import sentence, standings
from orchestration.runtime import locks
from orchestration.runtime.health import DAEMON_SILENT_SECONDS, GIB, LITTLE_DISK, free_bytes
from orchestration.runtime.settings import Settings
from orchestration.working_days import ZONE
from sources.acceptance.provenance import OF_COUNTY
from sources.contracts.model import Contracts
from sources.landing.changes import changed
from sources.landing.places import own, places_of
from sources.months import Month

MORNING = 9
"""Hour from which departments are called late, in Beijing, as by the daily schedule."""
UNFINISHED = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def late(settings: Settings, contracts: Contracts, now: datetime) -> list[Problem] | None:
    """List the departments whose due day for the previous month is over; None before nine in the morning.

    Nobody is late for a month that the settings leave out.
    """
    local = now.astimezone(ZONE)
    if local.hour < MORNING:
        return None
    month, today = Month(local.year, local.month).shift(-1), local.date()
    if why_never(settings, month, today):
        return []
    places, found = places_of(settings.paths, contracts, settings.locations), list[Problem]()
    for name, department in contracts.items():
        due = standings(settings.paths, department, month)
        if absent := frozenset(s.dataset.name for s in due if s.is_missing(today)):
            has_new_files = bool(changed(settings.paths, own(places, name), month))
            text = sentence(department, month, due, has_new_files, today)
            found.append(Problem(f"late/{month}/{name}", "late", absent, text, name, "/assets/intake/calendar"))
    return found


def outdated(settings: Settings, contracts: Contracts, instance: DagsterInstance) -> list[Problem] | None:
    """List the published months that earlier ones have outdated; None while a run may still change that."""
    return None if _is_busy(settings, instance) else list(_outdated(settings, contracts))


def _is_busy(settings: Settings, instance: DagsterInstance) -> bool:
    """Return whether a run or another process may still change what is wrong."""
    return bool(instance.get_runs_count(RunsFilter(statuses=UNFINISHED)) or locks.home_holder(settings.home))


def _outdated(settings: Settings, contracts: Contracts) -> Iterator[Problem]:
    for found in reruns.outdated(settings.paths, contracts):
        if found.runs_by_itself:
            earlier = [c for c in found.changes if c.month < found.month and c.dataset not in OF_COUNTY]
            named = [f"{change.month}《{contracts.dataset(change.dataset).label}》" for change in earlier[:5]]
            tables = "、".join(named) + ("等" if len(earlier) > 5 else "")
            county = dict.fromkeys(f"区县的{OF_COUNTY[c.dataset]}" for c in found.changes if c.dataset in OF_COUNTY)
            what = "、".join(filter(None, (tables, *county)))
            text = (
                f"{found.month} 的结果已过时:它发布后,{what}又有变化。"
                f"请重新运行该月(shouwang run {found.month}),或开启自动运行 later_months。"
            )
            path = f"/assets/month_reconciliation?partition={found.month}"
            yield Problem(f"outdated/{found.month}", "outdated", frozenset({found.digest}), text, path=path)


def not_copied(settings: Settings, instance: DagsterInstance) -> list[Problem] | None:
    """Say that PostgreSQL lags behind the published version, as the last copy noted; None while one may be made.

    What an erasure or another secret should have removed there makes it a new matter.
    """
    if settings.postgres is None:
        return []
    if _is_busy(settings, instance):
        return None
    text, owes = state.lacking(settings.paths, settings.postgres), state.load(settings.paths).owes
    parts = frozenset({"lags", f"owes {owes}"} if owes else {"lags"})
    return [Problem("not_copied", "not_copied", parts, text, path=f"/assets/{POSTGRES}?view=checks")] if text else []


def full_disk(settings: Settings) -> list[Problem]:
    """Say that there is little room on the disk of the home."""
    if (free := free_bytes(settings.home)) > LITTLE_DISK:
        return []
    text = f"数据目录所在磁盘剩余 {free / GIB:.1f} GiB,不足 {LITTLE_DISK // GIB} GiB,请清理磁盘,否则运行会失败。"
    return [Problem("full_disk", "full_disk", frozenset({"full"}), text)]


def silent_daemon(instance: DagsterInstance, now: datetime) -> list[Problem]:
    """Say that the daemon was there and is silent; schedules and sensors do nothing then."""
    beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
    if not beats or (silent := now.timestamp() - max(beats)) <= DAEMON_SILENT_SECONDS:
        return []
    text = f"Dagster 守护进程已 {_duration(silent)}没有心跳,定时运行和自动运行都停了。请重新启动界面服务。"
    return [Problem("silent_daemon", "silent_daemon", frozenset({"silent"}), text)]


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} 分钟" if seconds < 7200 else f"{seconds / 3600:.0f} 小时"

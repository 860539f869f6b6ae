"""Schedule the monthly run and the daily check for late departments.

The monthly schedule ticks every night from the 5th and skips until the first working day on or after it, then requests
the previous month once. Both schedules are stopped until someone starts them, in the web server or with
``dagster schedule start monthly_run_schedule``. A daemon that was off catches up (``runtime.instance``).
"""

import hashlib

from dagster import DefaultScheduleStatus, RunRequest, ScheduleEvaluationContext, SkipReason, schedule

from orchestration.automation.jobs import LATE_DEPARTMENTS, MONTHLY_RUN, RETRIED
from orchestration.punctuality import missing, named
from orchestration.runtime.county import contracts_here, own_days
from orchestration.runtime.settings import Settings
from orchestration.working_days import DUE_DAY, TIMEZONE, ZONE, due_day
from sources.months import Month


@schedule(
    name="monthly_run_schedule",
    job_name=MONTHLY_RUN,
    cron_schedule=f"0 2 {DUE_DAY}-31 * *",
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.STOPPED,
    description="每月 5 日起第一个工作日 02:00(北京时间)运行上个月;法定节假日顺延,调休上班日算工作日。",
)
def monthly_run_schedule(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
    """Request a run of the previous month, on its due day only."""
    today = context.scheduled_execution_time.astimezone(ZONE).date()
    month = Month(today.year, today.month).shift(-1)
    due = due_day(month, own_days(Settings().home))
    if today < due:
        return SkipReason(f"{month} 于 {due}(5 日起第一个工作日)运行。")
    if today > due:
        return SkipReason(f"{month} 已于 {due} 运行。")
    return RunRequest(run_key=str(month), partition_key=str(month), tags=RETRIED)


@schedule(
    name="late_departments_schedule",
    job_name=LATE_DEPARTMENTS,
    cron_schedule="0 9 * * *",
    execution_timezone=TIMEZONE,
    default_status=DefaultScheduleStatus.STOPPED,
    description="每天 09:00(北京时间)查看上个月是否有部门逾期未报;有则更新报送日历,逾期的表没有变化时不重复。"
    "告警由 alerts 发出。",
)
def late_departments_schedule(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
    """Request the calendar of the previous month, once for every set of late datasets."""
    today = context.scheduled_execution_time.astimezone(ZONE).date()
    month = Month(today.year, today.month).shift(-1)
    settings = Settings()
    late = missing(settings.paths, contracts_here(settings.home), month, today)
    if not late:
        return SkipReason(f"{month} 没有逾期未报的数据表。")
    names = "|".join(f"{name}:{named(datasets)}" for name, datasets in sorted(late.items()))
    digest = hashlib.sha256(names.encode()).hexdigest()
    tags = {**RETRIED, "shouwang/late": ",".join(late)}
    return RunRequest(run_key=f"{month}-{digest}", partition_key=str(month), tags=tags)

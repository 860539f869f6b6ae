"""When a month runs by itself.

Belongs here: the schedule. Does not belong here: the calendar (``calendar``), what runs (``jobs``).

The schedule ticks every night from the 5th and skips until the first working day on or after it; then it asks for the
month before, once. It is stopped until someone starts it, in the web server or with
``dagster schedule start monthly_run_schedule``; a daemon that was off catches up (``instance``).
"""

from dagster import DefaultScheduleStatus, RunRequest, ScheduleEvaluationContext, SkipReason, schedule

from orchestration.calendar import DUE_DAY, TIMEZONE, ZONE, due_day
from orchestration.jobs import MONTHLY_RUN
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
    """The month before, on its due day only."""
    today = context.scheduled_execution_time.astimezone(ZONE).date()
    month = Month(today.year, today.month).shift(-1)
    due = due_day(month)
    if today < due:
        return SkipReason(f"{month} 于 {due}(5 日起第一个工作日)运行。")
    if today > due:
        return SkipReason(f"{month} 已于 {due} 运行。")
    return RunRequest(run_key=str(month), partition_key=str(month))

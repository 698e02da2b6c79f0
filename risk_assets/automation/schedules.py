"""Runs on the reporting calendar: the month before is read and published from its due date on."""

from collections.abc import Sequence
from datetime import date, timedelta

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from risk_assets.automation.jobs import county_job, month_job
from risk_assets.language.areas import reporting_areas
from risk_assets.monitoring.calendar import due_date, is_workday
from risk_assets.partitions import key_of

TIME_ZONE = "Asia/Shanghai"
_DAYS_AFTER = 15


def month_tags(period: str, areas: Sequence[str] = ()) -> dict[str, str]:
    """Run tags that select a stretch of areas in one month; all of them where none are given."""
    chosen = areas or reporting_areas()
    return {
        ASSET_PARTITION_RANGE_START_TAG: str(key_of(chosen[0], period)),
        ASSET_PARTITION_RANGE_END_TAG: str(key_of(chosen[-1], period)),
    }


def reported_month(today: date) -> str:
    """The month that is being reported on a day: the one before."""
    return (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def is_reporting_day(today: date) -> bool:
    """Whether a day is a working day from the due date to two weeks after it, when late counties still come in."""
    due = due_date(reported_month(today))
    return is_workday(today) and due <= today <= due + timedelta(days=_DAYS_AFTER)


@dg.schedule(job=county_job, cron_schedule="0 19 * * *", execution_timezone=TIME_ZONE)
def read_on_reporting_days(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Read the month at 19:00 of every reporting day."""
    today = context.scheduled_execution_time.date()
    if not is_reporting_day(today):
        return dg.SkipReason(f"{today} is no reporting day of {reported_month(today)}")
    return dg.RunRequest(run_key=f"read-{today}", tags=month_tags(reported_month(today)))


@dg.schedule(job=month_job, cron_schedule="30 19 * * *", execution_timezone=TIME_ZONE)
def publish_on_reporting_days(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Publish the month at 19:30 of every reporting day."""
    today = context.scheduled_execution_time.date()
    if not is_reporting_day(today):
        return dg.SkipReason(f"{today} is no reporting day of {reported_month(today)}")
    return dg.RunRequest(run_key=f"publish-{today}", partition_key=reported_month(today))


SCHEDULES = [read_on_reporting_days, publish_on_reporting_days]

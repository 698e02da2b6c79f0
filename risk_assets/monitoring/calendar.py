"""When a month is due, in working days of the official calendar."""

from datetime import date, datetime, timedelta, timezone
from functools import cache

import chinese_calendar

from risk_assets import reference

BEIJING = timezone(timedelta(hours=8))


def is_workday(day: date) -> bool:
    """Whether offices work on a day; beyond the published calendar, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def due_day() -> int:
    """On which working day of the month after a month is due (settings)."""
    return int(reference.setting("due_working_day"))


@cache
def working_day(period: str, number: int) -> date:
    """The n-th working day of the month after a month."""
    year, month = map(int, period.split("-"))
    day = date(year + month // 12, month % 12 + 1, 1)
    left = number - is_workday(day)
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day)
    return day


def due_date(period: str) -> date:
    """The last day on which a month's report is on time."""
    return working_day(period, due_day())


def working_days_late(received_at: str, period: str) -> int:
    """Working days from the due date to the receipt; 0 is on time.

    Args:
        received_at: ISO time; without a zone it is Beijing time.
        period: Reporting month.
    """
    moment = datetime.fromisoformat(received_at)
    local = moment.astimezone(BEIJING) if moment.tzinfo else moment
    due, late = due_date(period), 0
    day = due + timedelta(days=1)
    while day <= local.date():
        late += is_workday(day)
        day += timedelta(days=1)
    return late

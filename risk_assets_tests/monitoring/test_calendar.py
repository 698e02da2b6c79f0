from datetime import date

import pytest

from risk_assets.monitoring.calendar import due_date, is_workday, working_days_late


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2023-01", date(2023, 2, 7)),
        ("2023-04", date(2023, 5, 9)),
        ("2023-09", date(2023, 10, 11)),
        ("2023-12", date(2024, 1, 8)),
        ("2024-01", date(2024, 2, 6)),
        ("2040-01", date(2040, 2, 7)),
    ],
    ids=[
        "an ordinary month",
        "Labour Day to 3 May, and Saturday 6 May at work",
        "National Day to 6 October, and 7 and 8 October at work",
        "New Year's Day and the turn of the year",
        "Sunday 4 February at work before the Spring Festival",
        "beyond the published calendar, Monday to Friday",
    ],
)
def test_the_fifth_working_day_is_counted_over_holidays(period, due):
    assert due_date(period) == due


def test_a_holiday_and_a_working_weekend_are_known():
    assert not is_workday(date(2023, 5, 1))
    assert is_workday(date(2023, 5, 6))
    assert not is_workday(date(2023, 5, 7))


@pytest.mark.parametrize(
    ("received_at", "late"),
    [
        ("2023-05-04T09:00:00+08:00", 0),
        ("2023-05-09T23:59:59+08:00", 0),
        ("2023-05-10T00:00:00+08:00", 1),
        ("2023-05-09T15:59:59+00:00", 0),
        ("2023-05-09T16:00:00+00:00", 1),
        ("2023-05-10T08:30:00", 1),
        ("2023-05-12T17:00:00+08:00", 3),
        ("2023-05-13T10:00:00+08:00", 3),
        ("2023-05-15T10:00:00+08:00", 4),
        ("2023-04-28T10:00:00+08:00", 0),
    ],
)
def test_lateness_is_in_working_days_of_beijing(received_at, late):
    assert working_days_late(received_at, "2023-04") == late

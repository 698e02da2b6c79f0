"""Periods as they are written and as months."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_assets.language.figures.periods import NONE, PATTERN, Period, earlier, parse, written
from risk_assets.language.text import folded

some = settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def span(first, last, year=None, shift=None):
    return Period("span", year, shift, first, last)


def stock(month, year=None, shift=None):
    return Period("stock", year, shift, month, month)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("1-4月", span(1, 4)),
        ("1月至4月", span(1, 4)),
        ("1~4月", span(1, 4)),
        ("1月-4月", span(1, 4)),
        ("2022年1-4月", span(1, 4, 2022)),
        ("今年1-4月", span(1, 4, shift=0)),
        ("4月", span(4, 4)),
        ("4月份", span(4, 4)),
        ("4月上旬", span(4, 4)),
        ("4月25日", span(4, 4)),
        ("4月3日至5日", span(4, 4)),
        ("4月当月", span(4, 4)),
        ("去年4月", span(4, 4, shift=-1)),
        ("2022年12月", span(12, 12, 2022)),
        ("2023-04", span(4, 4, 2023)),
        ("2023.4", span(4, 4, 2023)),
        ("2023/4/25", span(4, 4, 2023)),
        ("一季度", span(1, 3)),
        ("第二季度", span(4, 6)),
        ("4季度", span(10, 12)),
        ("今年一季度", span(1, 3, shift=0)),
        ("前三季度", span(1, 9)),
        ("前2个季度", span(1, 6)),
        ("上半年", span(1, 6)),
        ("2022年下半年", span(7, 12, 2022)),
        ("4月底", stock(4)),
        ("4月末", stock(4)),
        ("截至4月底", stock(4)),
        ("截止4月25日", stock(4)),
        ("到6月底", stock(6)),
        ("截止2022年4月30日", stock(4, 2022)),
        ("三季度末", Period("stock", None, None, 7, 9)),
        ("年底", stock(12)),
        ("2022年年末", stock(12, 2022)),
        ("全年", Period("year")),
        ("2022年", Period("year", 2022)),
        ("2022年度", Period("year", 2022)),
        ("今年", Period("year", None, 0)),
        ("去年", Period("year", None, -1)),
        ("上年", Period("year", None, -1)),
        ("明年", Period("year", None, 1)),
        ("今年以来", Period("since_january", None, 0)),
        ("年初以来", Period("since_january")),
        ("截至目前", Period("as_of")),
        ("截止目前", Period("as_of")),
        ("到目前为止", Period("as_of")),
        ("目前", Period("as_of")),
        ("同期", Period("earlier")),
        ("去年同期", Period("earlier")),
        ("本月", Period("month_of")),
        ("当月", Period("month_of")),
        ("2020-2022年", Period("years", 2020, None, 2020, 2022)),
        ("2020年至2022年", Period("years", 2020, None, 2020, 2022)),
        ("“十四五”期间", NONE),
        ("近三年", NONE),
        ("上月", Period("month_before")),
    ],
)
def test_a_period_is_read_as_written(text, period):
    assert parse(text) == period


@pytest.mark.parametrize(
    "text", ["13月", "0月", "0-4月", "1-13月", "14-15月", "2023.13", "2023-00", "99月底", "截至13月底"]
)
def test_a_month_that_no_year_has_is_no_period(text):
    assert parse(text) is None


@pytest.mark.parametrize("text", ["", "25日", "3日-5日", "3年", "年初", "2月龄", "季度", "上级", "一月"])
def test_what_states_no_period_of_months_changes_nothing(text):
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "actual", "target"),
    [
        ("1-4月", "2023-01..2023-04", "2023-01..2023-04"),
        ("2022年1-4月", "2022-01..2022-04", "2022-01..2022-04"),
        ("去年1-4月", "2022-01..2022-04", "2022-01..2022-04"),
        ("3月", "2023-03..2023-03", "2023-03..2023-03"),
        ("截至3月底", "..2023-03", "..2023-03"),
        ("2022年年末", "..2022-12", "..2022-12"),
        ("三季度末", "..2023-09", "..2023-09"),
        ("一季度", "2023-01..2023-03", "2023-01..2023-03"),
        ("下半年", "2023-07..2023-12", "2023-07..2023-12"),
        ("今年", "2023-01..2023-04", "2023-01..2023-12"),
        ("今年以来", "2023-01..2023-04", "2023-01..2023-12"),
        ("全年", "2023-01..2023-12", "2023-01..2023-12"),
        ("去年", "2022-01..2022-12", "2022-01..2022-12"),
        ("明年", "2024-01..2024-12", "2024-01..2024-12"),
        ("2021年", "2021-01..2021-12", "2021-01..2021-12"),
        ("2020-2022年", "2020-01..2022-12", "2020-01..2022-12"),
        ("截至目前", "..2023-04", "..2023-04"),
        ("当月", "2023-04..2023-04", "2023-04..2023-04"),
        ("“十四五”期间", None, None),
        ("上月", "2023-03..2023-03", "2023-03..2023-03"),
    ],
)
def test_a_period_is_written_in_months_of_the_report(text, actual, target):
    period = parse(text)
    assert written(period, 2023, "2023-04", False) == actual
    assert written(period, 2023, "2023-04", True) == target


def test_without_a_year_months_are_not_known_but_written_years_are():
    assert written(parse("1-4月"), None, None, False) is None
    assert written(parse("去年"), None, None, False) is None
    assert written(parse("截至目前"), 2023, None, False) is None
    assert written(parse("2022年4月"), None, None, False) == "2022-04..2022-04"
    assert written(None, 2023, "2023-04", False) is None


def test_words_for_years_count_from_the_report_and_not_from_the_year_before_them():
    assert written(parse("去年"), 2020, "2023-04", False) == "2022-01..2022-12"
    assert written(parse("1-4月"), 2020, "2023-04", False) == "2020-01..2020-04"


def test_a_year_runs_to_the_month_of_the_report_and_a_year_before_it_is_whole():
    assert written(parse("今年以来"), 2023, "2023-11", False) == "2023-01..2023-11"
    assert written(parse("今年"), 2023, "2023-12", False) == "2023-01..2023-12"
    assert written(parse("去年"), 2023, "2023-11", False) == "2022-01..2022-12"


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2023-01..2023-04", "2022-01..2022-04"),
        ("..2023-04", "..2022-04"),
        ("2000-01..2000-12", "1999-01..1999-12"),
        (None, None),
    ],
)
def test_the_same_period_lies_a_year_before(period, before):
    assert earlier(period, None) == before


@some
@given(
    st.sampled_from(["", "今年", "去年", "2022年", "截至", "截至2022年", "到"]),
    st.integers(0, 14),
    st.sampled_from(["", "-", "月至", "月到"]),
    st.integers(0, 14),
    st.sampled_from(["月", "月底", "月末", "月份"]),
)
def test_months_from_1_to_12_are_read_and_no_others(before, first, joint, last, behind):
    months = [first, last] if joint else [last]
    text = f"{before}{first if joint else ''}{joint}{last}{behind}"
    assert re.fullmatch(PATTERN, text)
    period = parse(text)
    if any(not 1 <= month <= 12 for month in months):
        assert period is None
    elif months[0] > months[-1]:
        assert period is NONE  # 11-2月 does not say of which years
    else:
        assert (period.first, period.last) == (months[0], months[-1])
        is_stock = before.startswith(("截", "到")) or (not joint and behind in ("月底", "月末"))
        assert (period.kind == "stock") == is_stock


@some
@given(st.text(alphabet="0123456789年月日底末初截至到今去上半一二三四季度前同期以来目本当-~./ “十五”全", max_size=14))
def test_any_text_is_a_period_in_whole_months_or_none(text):
    period = parse(folded(text))
    if period is None:
        return
    if period.kind in ("span", "stock"):
        assert 1 <= period.first <= 12
        assert 1 <= period.last <= 12
    for is_target in (False, True):
        months = written(period, 2023, "2023-04", is_target)
        assert months is None or re.fullmatch(r"(?:\d{4}-\d\d)?\.\.\d{4}-\d\d", months)

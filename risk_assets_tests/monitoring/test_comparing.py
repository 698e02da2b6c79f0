"""Questions that one file cannot raise: against earlier months, other counties, and targets assigned from above."""

import json

import pandas as pd
import pytest

from risk_assets.contracts import Assessments, MonthFindings, ReportRows, Targets, typed, validate
from risk_assets.monitoring.comparing import ASSESSED, ROWS, TARGETED, Months, month_findings

PERIOD, BEFORE = "2023-05", "2023-04"
INVESTMENT = "growth.key_project_investment"


def one(period=PERIOD, area="430102", done=30.0, target=90.0, **more):
    """An assessment of an amount in 亿元."""
    share = 100 * done / target if done is not None else None
    return {
        "period": period, "area": area, "indicator": INVESTMENT, "component": "", "row": 1,
        "submission": f"{area}-{period}", "target_value": target * 1e8, "done_value": done and done * 1e8, "unit": "元",
        "figure_period": f"2023-01..{period}", "schedule": 100 * int(period[5:]) / 12, "attainment_reported": share,
        "attainment_computed": share, "ratio_check": "equal", "status_computed": "on_track", "is_sample": False,
        **more,
    }  # fmt: skip


def row(area="430102", progress="推进中。", period=PERIOD, done_text=None):
    cells = json.dumps({"progress": "D5", "attainment": "E5", "indicator": "B5"})
    return {"submission": f"{area}-{period}", "row": 1, "indicator": INVESTMENT, "area": area, "progress": progress,
            "done_text": done_text, "sheet": "附件1", "line": 5, "cells": cells}  # fmt: skip


def goal(value, source, area="430102", component=""):
    return {"area": area, "indicator": INVESTMENT, "component": component, "source": source, "base_value": value,
            "base_unit": "元", "measure": "level", "quote": f"{value / 1e8:g}亿元", "where": f"{source}!B5",
            "row": 1, "submission": f"{area}-{PERIOD}"}  # fmt: skip


def asked(now, earlier=(), rows=None, rows_before=(), targets=()):
    """Findings of a month, held to their contract."""
    frames = [
        typed(Assessments, list(now))[ASSESSED],
        typed(Assessments, list(earlier))[ASSESSED],
        typed(ReportRows, list(rows if rows is not None else [row(one["area"]) for one in now]))[ROWS],
        typed(ReportRows, list(rows_before))[ROWS],
        typed(Targets, list(targets))[TARGETED].assign(is_sample=False),
    ]
    names = {f"{area}-{PERIOD}": f"{area}.xlsx" for area in {one["area"] for one in now}}
    found = validate(MonthFindings, month_findings(Months(PERIOD, BEFORE, *frames, names), "p"))
    return found.to_dict("records")


def rules(*arguments, **named):
    return [one["rule"] for one in asked(*arguments, **named)]


def test_a_cumulative_figure_that_falls_is_asked_about_with_file_and_cell():
    (found,) = asked([one(done=20.0)], [one(BEFORE, done=30.0)])
    assert (found["rule"], found["found"], found["expected"]) == (
        "cumulative_falls",
        "20亿元",
        "不小于 2023-04 的 30亿元",
    )
    assert found["where"] == "430102.xlsx 附件1!D5"


@pytest.mark.parametrize("done", [30.0, 31.0, None])
def test_a_cumulative_figure_that_stands_rises_or_is_missing_does_not_fall(done):
    assert rules([one(done=done)], [one(BEFORE, done=30.0)]) == []


def test_growth_may_fall():
    growth = {"unit": "%", "schedule": None, "target_value": 7.0}
    now, before = one(**growth) | {"done_value": 3.0}, one(BEFORE, **growth) | {"done_value": 5.0}
    assert rules([now], [before]) == []


@pytest.mark.parametrize(("now", "asks"), [(3.2e5, True), (4.5e5, True), (3e-3, True), (3000.0, False), (31.0, False)])
def test_a_jump_of_ten_thousand_is_a_slip_of_the_unit(now, asks):
    found = rules([one(done=now, target=1e6)], [one(BEFORE, done=30.0, target=1e6)])
    assert ("size_jumps" in found) == asks
    assert "cumulative_falls" not in found


def test_a_slip_holds_back_approval():
    (found,) = (f for f in asked([one(done=3e5, target=1e6)], [one(BEFORE, done=30.0, target=1e6)]))
    assert (found["severity"], found["blocking"]) == ("error", True)


def test_another_target_than_the_month_before_is_asked_about():
    found = asked([one(target=80.0)], [one(BEFORE, target=90.0)])
    assert [(f["rule"], f["found"], f["expected"]) for f in found] == [("target_changed", "80亿元", "2023-04 90亿元")]


@pytest.mark.parametrize(("own", "asks"), [(90e8, False), (80e8, True)])
def test_the_countys_target_is_held_against_the_assigned_one(own, asks):
    found = asked([one()], targets=[goal(own, "own", component="level"), goal(90e8, "assigned")])
    assert [f["rule"] for f in found] == (["target_differs"] if asks else [])
    if asks:
        assert (found[0]["found"], found[0]["expected"]) == ("80亿元", "90亿元（assigned!B5）")


def test_an_assigned_target_of_another_county_is_no_question():
    assert rules([one()], targets=[goal(80e8, "own"), goal(90e8, "assigned", area="430103")]) == []


def test_words_that_stand_still_while_the_ratio_moves_are_asked_about():
    now, before = one(done=40.0), one(BEFORE, done=30.0)
    same = [row(progress="主体工程已完工。")], [row(progress="主体工程已完工。", period=BEFORE)]
    assert rules([now], [before], *same) == ["text_unchanged"]
    moved = same[0], [row(progress="主体工程正在建设。", period=BEFORE)]
    assert rules([now], [before], *moved) == []


def test_a_figure_that_stands_still_while_the_words_move_is_a_note():
    rows = [row(progress="1-3月完成30亿元，已开工。")], [row(progress="1-3月完成30亿元，正在招标。", period=BEFORE)]
    assert rules([one()], [one(BEFORE)], *rows) == ["figure_unchanged"]
    only_the_month = [row(progress="1-5月完成30亿元。")], [row(progress="1-4月完成30亿元。", period=BEFORE)]
    assert rules([one()], [one(BEFORE)], *only_the_month) == []


def test_a_county_far_from_all_others_is_asked_about_and_they_are_not():
    areas = [f"4301{n:02d}" for n in range(2, 12)]
    now = [one(area=area, done=30.0 + n % 3) for n, area in enumerate(areas)]
    now[4] = one(area=areas[4], done=280.0)
    assert [(f["rule"], f["area"]) for f in asked(now)] == [("far_from_peers", areas[4])]
    assert rules(now[:6]) == []  # six are too few to say what is usual


def test_counties_that_all_stand_alike_are_not_asked_about_for_a_few_points():
    assert rules([one(area=f"4301{n:02d}", done=30.0 if n < 20 else 45.0) for n in range(2, 21)]) == []


def test_a_month_that_adds_far_more_than_those_before_is_asked_about():
    earlier = [one(f"2023-{n:02d}", done=2.0 * n) for n in range(1, 5)]
    assert rules([one(done=10.0)], earlier) == []
    month = 6  # four additions must be known, the first month has none
    earlier.append(one("2023-05", done=10.0))
    now = [one("2023-06", done=60.0)]
    frames = [typed(Assessments, rows)[ASSESSED] for rows in (now, earlier)]
    empty = typed(ReportRows, [])[ROWS]
    months = Months(f"2023-{month:02d}", "2023-05", *frames, empty, empty, typed(Targets, [])[TARGETED], {})
    assert month_findings(months, "p")["rule"].tolist() == ["far_from_past"]


def test_what_is_made_up_asks_nothing_of_what_is_real():
    assert rules([one(done=20.0)], [one(BEFORE, done=30.0, is_sample=True)]) == []


def test_an_empty_month_has_no_questions():
    assert asked([]) == []


def test_a_question_has_the_same_id_whatever_the_file_is_called():
    ids = set()
    for name in ("a.xlsx", "b.xlsx"):
        frames = [typed(Assessments, [one(p, done=d)])[ASSESSED] for p, d in ((PERIOD, 20.0), (BEFORE, 30.0))]
        rows = typed(ReportRows, [row()])[ROWS]
        months = Months(
            PERIOD, BEFORE, *frames, rows, rows[:0], typed(Targets, [])[TARGETED], {f"430102-{PERIOD}": name}
        )
        ids |= set(month_findings(months, "p")["question"])
    assert len(ids) == 1
    assert pd.Series(list(ids)).str.fullmatch("[0-9a-f]{12}").all()

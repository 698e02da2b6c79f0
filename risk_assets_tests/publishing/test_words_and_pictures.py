"""What is printed and drawn: the words of the trade, and text that stays text."""

import re

import pandas as pd
import pytest
from defusedxml.ElementTree import fromstring
from rich.console import Console

from risk_assets.assets.describing import picture, preview
from risk_assets.contracts import STATUSES
from risk_assets.publishing import terminal, words
from risk_assets.publishing.pictures import map_picture, ranking_picture, tasks_picture

PUBLICATION = {"publication": "2023-04-001-x", "period": "2023-04", "state": "draft", "is_sample": True,
               "expected": 122, "received": 3, "read": 3, "on_time": 2}  # fmt: skip
ROWS = [{"rank": 1, "tied": True, "name": "凤凰县", "value": 88.123, "change": 2, "is_sample": True}]


def printed(show, *arguments) -> str:
    console = Console(width=118, highlight=False, record=True, file=None)
    with console.capture() as capture:
        show(console, *arguments)
    return capture.get()


def drawn(count: int, names: dict[str, str] | None = None) -> str:
    areas = [f"4331{n:02d}" for n in range(count)]
    frame = pd.DataFrame(
        {
            "area": areas,
            "rank": range(1, count + 1),
            "value": [90.0 - n for n in range(count)],
            "change": [None] * count,
        }
    )
    return ranking_picture(frame, PUBLICATION, names or {})


def texts(svg: str) -> list[str]:
    return [node.text for node in fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(("places", "text"), [(3, "↑3"), (-2, "↓2"), (0, "持平"), (None, "—")])
def test_places_won_and_lost_are_written_with_arrows(places, text):
    assert words.change(places) == text


def test_a_month_is_written_as_people_do():
    assert words.month("2023-04") == "2023年4月"


def test_every_status_has_a_word():
    assert set(words.STATUSES) == set(STATUSES)


def test_a_ranking_prints_place_tie_points_and_mark():
    text = printed(terminal.ranking, "总排名", ROWS)
    assert "1（并列）" in text
    assert "88.12" in text
    assert "↑2" in text
    assert "样例数据" in text


def test_coverage_says_expected_received_read_late_and_made_up():
    frame = pd.DataFrame({"used": [True, False], "rows_read": [10, 5], "rows_accepted": [7, 5],
                          "rows_unchanged": [2, 0], "rows_set_aside": [1, 0]})  # fmt: skip
    text = printed(terminal.coverage, PUBLICATION, frame)
    assert "2023年4月 初步" in text
    assert "应报 122 个县市区，已报 3，已读 3(按时 2，迟报 1)" in text
    assert "读取 10 = 采用 7 + 未变 2 + 搁置 1" in text
    assert "样例数据" in text


def test_real_data_bears_no_mark():
    assert "样例" not in printed(terminal.ranking, "总排名", [{**ROWS[0], "is_sample": False}])


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/]", "[bold", "\\[x]"])
def test_text_of_a_county_is_printed_and_never_obeyed(text):
    row = {"severity": "warning", "where": text, "message": text, "found": text, "expected": None}
    for out in (
        printed(terminal.ranking, text, [{**ROWS[0], "name": text}]),
        printed(terminal.refused, [(text, text, text, text)]),
        printed(terminal.not_ranked, [{"name": text, "reason": text}]),
        printed(terminal.moved, [(text, 1, None)]),
        printed(terminal.findings, [row]),
    ):
        assert text in out


def test_an_escape_sequence_does_not_reach_the_terminal():
    out = printed(terminal.refused, [("凤凰县", "月报\x1b]0;evil\x07\x1b[2J\x9b31m.xlsx", "原因", "\x1b[31m")])
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out)


def test_nobody_moving_is_said_too():
    assert "名次没有变化" in printed(terminal.moved, [])


def test_a_name_in_a_picture_is_text_and_no_markup():
    names = {"433100": '<script>alert("x")</script>&amp;', "433101": "]]><x>"}
    svg = drawn(2, names)
    assert "<script" not in svg
    shown = texts(svg)
    assert f"1 {names['433100']}" in shown
    assert f"2 {names['433101']}" in shown


def test_a_picture_bears_month_state_and_mark():
    assert texts(drawn(3))[0] == "2023年4月总排名(初步) · 样例数据"


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 21, 122])
def test_a_picture_shows_nobody_twice(count):
    shown = [text for text in texts(drawn(count)) if re.match(r"\d+ 4331", text)]
    assert len(shown) == len(set(shown)) == min(count, 20)


def test_a_picture_fetches_nothing():
    svg = drawn(3)
    assert re.findall(r"https?://[^\"' ]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "href" not in svg


def test_a_picture_is_carried_in_the_page_itself():
    assert picture("<svg/>").value == "![picture](data:image/svg+xml;base64,PHN2Zy8+)"


def test_a_preview_keeps_text_inside_its_cell():
    frame = pd.DataFrame({"found": ["a|b\n| c <img src=x> [x](http://evil)", None], "is_sample": [True, False]})
    lines = preview(frame, ["found"]).value.splitlines()
    assert len(lines) == 4
    assert len(re.findall(r"(?<!\\)\|", lines[2])) == len(re.findall(r"(?<!\\)\|", lines[3]))
    assert not re.search(r"(?<!\\)[<\[]", lines[2])


def square(code: str, west: float) -> dict:
    ring = [[west, 27.0], [west + 1, 27.0], [west + 1, 28.0], [west, 28.0], [west, 27.0]]
    return {"properties": {"name": code}, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}


def test_a_map_shades_who_has_points_and_leaves_the_rest_grey():
    total = pd.DataFrame({"area": ["433101", "433122"], "value": [60.0, 90.0]})
    names = {"433101": "<b>吉首</b>", "433122": "泸溪县", "433123": "凤凰县"}
    shapes = [square(code, 109.0 + number) for number, code in enumerate([*names, "999999"])]
    svg = map_picture(total, PUBLICATION, shapes, names)
    paths = list(fromstring(svg).iter("{http://www.w3.org/2000/svg}path"))
    told = {one[0].text: one.get("fill") for one in paths}
    assert list(told) == ["<b>吉首</b> 60.00", "泸溪县 90.00", "凤凰县 未排名"]
    assert len(set(told.values())) == 3
    assert texts(svg)[0] == "2023年4月总分分布(初步) · 样例数据"
    assert "href" not in svg


def test_a_map_of_nobody_ranked_is_grey():
    svg = map_picture(pd.DataFrame({"area": [], "value": []}), PUBLICATION, [square("433101", 109)], {"433101": "吉首"})
    assert texts(svg)[1:] == ["未排名"]


def test_tasks_of_a_campaign_are_a_bar_without_those_that_nobody_has():
    counts = {"done": 1, "on_track": 6, "expected_done": 0, "behind": 3, "preparing": 0, "not_assigned": 0,
              "unknown": 0, "not_applicable": 50}  # fmt: skip
    row = {"level": "province", "indicator": "*", "campaign": "growth"}
    rollups = pd.DataFrame([{**row, **{f"tasks_{status}": count for status, count in counts.items()}}])
    svg = tasks_picture(rollups, PUBLICATION, {"growth": "经济增长主动仗", "risk": "防范化解风险阻击仗"})
    bars = [node for node in fromstring(svg).iter("{http://www.w3.org/2000/svg}rect") if len(node)]
    widths = {bar[0].text: float(bar.get("width")) for bar in bars}
    assert widths["滞后 3"] == pytest.approx(widths["进展有序 6"] / 2, abs=0.1)
    assert "滞后 3 / 10" in texts(svg)
    assert "防范化解风险阻击仗" in texts(svg)

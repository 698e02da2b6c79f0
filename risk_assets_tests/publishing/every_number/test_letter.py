"""Every number of letters of the province, cities, counties and a zone, held against the warehouse."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.supervision_report import supervision_report
from risk_assets_tests.conftest import PERIOD, XIANGXI, ZHUZHOU
from risk_assets_tests.publishing.every_number.house import (
    CHALING,
    DIGIT,
    FENGHUANG,
    JISHOU,
    MOST,
    NUMBER,
    PROVINCE,
    ZONE,
    House,
    consumed,
    one_digit_off,
    same,
)
from risk_assets_tests.publishing.every_number.letters import Cut
from risk_assets_tests.publishing.every_number.pages import embedded


def letter_of(view: MonthView, area: str) -> Any:
    return Document(io.BytesIO(supervision_report(view, area, force=True).content))


def walk_letter(document: Any, cut: Cut) -> int:
    """Hold every paragraph, header and table of a letter against the warehouse; gives how many numbers there were."""
    parts, tables, place = {"": ""}, [], ""
    for element in document.element.body:
        if element.tag.endswith("}tbl"):
            tables.append([[cell.text.strip() for cell in row.cells] for row in Table(element, document).rows])
        elif element.tag.endswith("}p"):
            one = Paragraph(element, document)
            if one.style.name == "Heading 1" or one.text.startswith("附件："):
                place = one.text[0]
            elif one.style.name == "Heading 2" and place[0] == "二":
                place = f"二{one.text[1]}"
            parts[place] = parts.get(place, "") + one.text + "\n"
    headers = {one.paragraphs[0].text for s in document.sections for one in (s.header, s.even_page_header)}
    assert headers == {cut.running}
    assert set(parts) == set(cut.parts)
    assert sum("不列名" in text for text in parts.values()) == sum(
        "不列名" in "".join(one) for one in cut.parts.values()
    )
    count = sum(consumed(parts[one], cut.parts[one], cut.house) for one in parts)
    sources = next(one for one in tables if one[0] == ["位置", "内容", "来源"])
    tables.remove(sources)
    return count + same(tables, cut.tables, cut.area) + walk_sources(sources[1:], parts, cut)


def walk_sources(rows: list[list[str]], parts: dict[str, str], cut: Cut) -> int:
    """A row repeats a paragraph that was walked, or a figure with the cell that it comes from."""
    lines, named = "".join(parts.values()).split("\n"), [row for row in rows if DIGIT.search(row[2])]
    for place, told, _ in (row for row in rows if row not in named):
        assert any(line.startswith(told.removesuffix("…")) for line in lines), told
        assert re.fullmatch("一页通|[一二三]、(（[一二三四五六]）)?", place)
    wanted = cut.sources
    assert sorted(row[1] for row in named) == sorted(told for told, _ in wanted)
    for _, told, where in named:
        assert where in [one for text, places in wanted if text == told for one in places], (told, where)
    return sum(len(NUMBER.findall("".join(row))) for row in named)


@pytest.mark.parametrize(
    ("area", "least"),
    [(PROVINCE, 400), (XIANGXI, 700), (ZHUZHOU, 700), (CHALING, 700), (JISHOU, 50), (ZONE, 45),
     (FENGHUANG, 500)],
)  # fmt: skip
def test_every_number_of_a_letter_is_that_of_the_warehouse(
    view: MonthView, house: House, area: str, least: int
) -> None:
    assert walk_letter(letter_of(view, area), Cut(house, area)) > least


@pytest.mark.parametrize("area", [PROVINCE, XIANGXI, CHALING])
def test_a_letter_with_one_wrong_digit_is_found_out(view: MonthView, house: House, area: str) -> None:
    document, cut = letter_of(view, area), Cut(house, area)
    texts = [one for one in document.element.body.iter(qn("w:t")) if DIGIT.search(one.text or "")]
    for one in texts[:: len(texts) // 8]:
        right, one.text = one.text, one_digit_off(one.text)
        with pytest.raises(AssertionError):
            walk_letter(document, cut)
        one.text = right


def text_of(view: MonthView, area: str) -> str:
    return "\n".join(one.text for one in letter_of(view, area).paragraphs)


@pytest.mark.parametrize("area", [PROVINCE, XIANGXI, ZHUZHOU])
def test_offices_beside_areas_newly_behind_are_those_of_these_areas(view: MonthView, house: House, area: str) -> None:
    text = text_of(view, area)
    assert not [one for one in Cut(house, area).answering() if f"{one}；" not in text and f"{one}。" not in text]


def test_what_the_annex_leaves_out_is_where_the_letter_says(view: MonthView, house: House) -> None:
    assert "其余见当月监测网页" in text_of(view, XIANGXI)
    _, details = embedded((house.lake / "published" / PERIOD / "index.html").read_text(encoding="utf-8"))
    shown = {(house.name(area), row[1]) for area, rows in details["items"].items() for row in rows}
    left_out = Cut(house, XIANGXI).listed[MOST["rows"] :]
    assert left_out
    assert not {tuple(one[:2]) for one in left_out} - shown


def test_points_of_the_letter_are_rounded_as_the_page_does(view: MonthView) -> None:
    text = text_of(replace(view, rankings=view.rankings.assign(value=70.625)), FENGHUANG)
    assert "得分70.63分" in text


@pytest.mark.parametrize(("area", "told"), [(XIANGXI, "整仗没有内容"), (FENGHUANG, "没有报告。")])
def test_a_campaign_kept_back_is_not_told_as_unreported(view: MonthView, area: str, told: str) -> None:
    of_all = view.assessments
    is_held = (of_all["area"] == FENGHUANG) & (of_all["campaign"] == "innovation")
    pairs = of_all.loc[is_held, ["area", "indicator"]].itertuples(index=False, name=None)
    assert told not in text_of(view, area)
    assert told not in text_of(replace(view, assessments=of_all[~is_held], withheld=view.withheld | {*pairs}), area)

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from risk_assets import reference
from risk_assets.monitoring.inspecting import inspect
from risk_assets.publishing import gongwen
from risk_assets.publishing import supervision_report as module
from risk_assets.publishing.answers import NoAnswer
from risk_assets.publishing.month_view import MonthView, month_view
from risk_assets.publishing.supervision_report import NotReady, supervision_report
from risk_assets.publishing.words import beijing
from risk_assets.storage import Warehouse
from risk_assets_tests.conftest import PERIOD, XIANGXI, ZHUZHOU

PROVINCE, FENGHUANG, JISHOU = "430000", "433123", "433101"
AREAS = (PROVINCE, XIANGXI, ZHUZHOU, FENGHUANG, JISHOU)
LEADERS_ONLY = "growth.tourism"
BLOCKING = {
    "finding": 900, "question": "0123456789ab", "rule": "figure_impossible", "severity": "error", "blocking": True,
    "message": "数值超出一个县可能的范围：请核对", "disposition": "open", "area": FENGHUANG, "period": PERIOD,
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(published_province: Path) -> dict[str, MonthView]:
    """The published month as each class sees it; nothing is changed there."""
    house = Warehouse(f"sqlite:///{published_province / 'warehouse.sqlite'}")
    views = {one: month_view(house, PERIOD, one) for one in ("public", "internal", "leaders")}
    house.engine.dispose()
    return views


@pytest.fixture
def view(seen: dict[str, MonthView]) -> MonthView:
    return seen["internal"]


def letter(view: MonthView, area: str) -> Docx:
    return Document(io.BytesIO(supervision_report(view, area, force=True).content))


def text_of(document: Docx) -> str:
    return "\n".join(one.text for one in document.paragraphs)


def everything(content: bytes) -> str:
    """All text of all parts, markup and all."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(parts.read(one).decode("utf-8", "replace") for one in parts.namelist())


def with_finding(view: MonthView, **more: object) -> MonthView:
    row = pd.DataFrame([{**BLOCKING, **more}])
    return replace(view, findings=pd.concat([view.findings, row], ignore_index=True).astype(view.findings.dtypes))


def table_headed(document: Docx, *heads: str) -> list[list[str]]:
    """Rows of the first table with these heads."""
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if all(one in rows[0] for one in heads):
            return rows[1:]
    raise AssertionError(f"no table headed {heads}")


def test_the_page_is_that_of_an_official_letter(view: MonthView) -> None:
    section = letter(view, XIANGXI).sections[0]
    sizes = [
        section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
        section.right_margin,
    ]  # fmt: skip
    for found, wanted in zip(sizes, (210, 297, 37, 35, 28, 26), strict=True):
        assert found == pytest.approx(Mm(wanted), abs=Mm(0.05))


@pytest.mark.parametrize(
    ("style", "font", "size", "line"),
    [
        ("Normal", "仿宋_GB2312", 16, 28),
        ("Title", "方正小标宋简体", 22, 34),
        ("Heading 1", "黑体", 16, 28),
        ("Heading 2", "楷体_GB2312", 16, 28),
    ],
)
def test_fonts_and_lines_are_those_of_the_standard(
    view: MonthView, style: str, font: str, size: int, line: int
) -> None:
    one = letter(view, XIANGXI).styles[style]
    fonts = one.element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == font
    assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert one.font.size == Pt(size)
    form = one.paragraph_format
    assert (form.line_spacing_rule, form.line_spacing) == (WD_LINE_SPACING.EXACTLY, Pt(line))


def test_a_machine_without_the_offices_fonts_is_told_others(view: MonthView) -> None:
    with zipfile.ZipFile(io.BytesIO(supervision_report(view, XIANGXI, force=True).content)) as parts:
        fonts = parts.read("word/fontTable.xml").decode()
    for name in ("仿宋_GB2312", "楷体_GB2312", "方正小标宋简体", "黑体"):
        assert re.search(f'w:name="{name}"><w:altName w:val="[^"]+"', fonts)


def test_pages_are_numbered_between_dashes_on_the_outer_side(view: MonthView) -> None:
    section = letter(view, XIANGXI).sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert re.sub(r"\s", "", "".join(one.text or "" for one in paragraph._p.iter(qn("w:t")))) == "—1—"
        assert paragraph._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side


def test_headings_are_numbered_in_order(view: MonthView) -> None:
    document = letter(view, FENGHUANG)
    first = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert first == ["一、总体情况", "二、工作进展", "三、存在问题", "四、下步建议"]
    second = [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert [one.partition("）")[2] for one in second[:6]] == list(view.campaigns.values())


@pytest.mark.parametrize("area", AREAS)
def test_every_page_says_state_publication_class_coverage_and_that_data_are_made_up(view: MonthView, area: str) -> None:
    document = letter(view, area)
    section = document.sections[0]
    inside = view.coverage[[area in (r.area, r.parent, PROVINCE) for r in view.coverage.itertuples()]]
    told = f"已报{inside['received'].sum()}／应报{inside['expected'].sum()}"
    for header in (section.header, section.even_page_header):
        line = header.paragraphs[0].text
        for wanted in ("公开等级：内部", "初步", str(view.publication["publication"]), told, "【样例数据】"):
            assert wanted in line
    assert "【样例数据：含虚构数据，不得引用】" in text_of(document)


def test_a_final_month_without_made_up_figures_says_so(view: MonthView) -> None:
    real = replace(view, publication={**view.publication, "state": "final", "is_sample": False})
    document = letter(real, XIANGXI)
    assert "样例数据：" not in text_of(document)
    assert "正式" in document.sections[0].header.paragraphs[0].text


def test_a_city_and_the_province_begin_with_one_page_and_a_county_does_not(view: MonthView) -> None:
    assert "一页通" in text_of(letter(view, PROVINCE))
    assert "一页通" in text_of(letter(view, XIANGXI))
    assert "一页通" not in text_of(letter(view, FENGHUANG))


def test_counts_of_a_city_are_those_of_its_rollups(view: MonthView) -> None:
    whole = view.rollups[(view.rollups["area"] == XIANGXI) & (view.rollups["indicator"] == "*")]
    rows = {row[0]: row[1:] for row in table_headed(letter(view, XIANGXI), "任务", "状态不明")}
    for row in whole.itertuples():
        assert rows[view.campaigns[row.campaign]][:4] == [
            str(one) for one in (row.tasks, row.tasks_done, row.tasks_on_track, row.tasks_behind)
        ]


def test_counts_of_a_county_are_the_sums_of_its_items(view: MonthView) -> None:
    items = view.assessments[(view.assessments["area"] == FENGHUANG) & (view.assessments["component"] == "")]
    sums = items.groupby("campaign")[["tasks", "tasks_done", "tasks_on_track", "tasks_behind"]].sum()
    rows = {row[0]: row[1:] for row in table_headed(letter(view, FENGHUANG), "任务", "状态不明")}
    for campaign, counts in sums.iterrows():
        assert rows[view.campaigns[str(campaign)]][:4] == [str(one) for one in counts]


def test_a_county_names_every_item_that_is_behind(view: MonthView) -> None:
    items = view.assessments[(view.assessments["area"] == FENGHUANG) & (view.assessments["component"] == "")]
    behind = items.loc[items["tasks_behind"] > 0, "indicator"].dropna()
    assert len(behind)
    rows = {row[0] for row in table_headed(letter(view, FENGHUANG), "依据", "出处")}
    assert {view.label(one) for one in behind} <= rows


def test_an_annex_leads_from_a_named_figure_to_file_sheet_and_cell(view: MonthView) -> None:
    rows = table_headed(letter(view, FENGHUANG), "位置", "内容", "来源")
    submission = view.submissions.loc[view.submissions["area"] == FENGHUANG].iloc[0]
    figures = view.figures[view.figures["submission"] == submission["submission"]]
    cells = {f"{submission['original_name']} {row.sheet}!{row.cell}" for row in figures.itertuples()}
    named = [row[2].partition("：")[0] for row in rows if row[2].startswith(submission["original_name"])]
    assert named
    assert len(cells & set(named)) > len(named) / 2


def test_who_has_not_reported_is_named_and_not_counted_as_nothing(view: MonthView) -> None:
    assert "未报送的县市区1个：吉首市" in text_of(letter(view, XIANGXI))
    own = text_of(letter(view, JISHOU))
    assert "没有可用的报送" in own
    assert "0项" not in own
    assert "没有上报为滞后的任务" not in own
    assert "请你市尽快补报" in own
    assert "你市没有可用的2023年4月监测表" in own
    assert "（未报送）" in own


def test_a_city_with_too_few_counties_gets_no_sums(view: MonthView) -> None:
    text = text_of(letter(view, ZHUZHOU))
    whole = view.rollups[(view.rollups["area"] == ZHUZHOU) & (view.rollups["indicator"] == "*")]
    assert whole["withheld"].all()
    assert text.count("汇总暂不发布：") == len(view.campaigns)
    assert "共有任务" not in text


NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("release", ["public", "internal"])
def test_every_number_of_the_sentences_is_in_the_view_or_counted_from_it(
    seen: dict[str, MonthView], area: str, release: str
) -> None:
    view = seen[release]
    paragraphs = [one for one in letter(view, area).paragraphs if one.style.name in ("Normal", "Brief")]
    known = set(numbers_of(view, area))
    told = [(number, one.text) for one in paragraphs for number in NUMBER.findall(one.text)]
    assert told
    assert [one for one in told if one[0] not in known] == []


def numbers_of(view: MonthView, area: str) -> Iterator[str]:
    """Numbers that a letter may tell: of the view's cells, and counts, sums and shares of what is the area's."""
    yield from ("1", "2", "3", "4", "5", "0.1", *view.period.replace("-0", "-").split("-"))
    yield from (str(int(one)) for one in beijing(str(view.publication["made_at"]))[:10].split("-"))
    for frame in (getattr(view, one.name) for one in fields(view)):
        if isinstance(frame, pd.DataFrame):
            yield from _cells(frame[frame["area"].isin(_inside(view, area))] if "area" in frame else frame)
    for name in (*view.indicators.values(), *({"name": one} for one in view.components.values())):
        yield from NUMBER.findall(name["name"])
    inside = _inside(view, area)
    items, findings = (frame[frame["area"].isin(inside)] for frame in (view.assessments, view.findings))
    items = items[items["component"] == ""]
    coverage = view.coverage[view.coverage["area"].isin(inside)]
    behind = items[items["tasks_behind"] > 0].assign(city=items["area"].str[:4])
    for frame, columns in ((items, ("campaign", "verdict", "status_reported", "area")),
                           (behind, ("campaign", "indicator", "area", "city")),
                           (items[items["verdict"] == "reported_higher"], ("indicator", "area", "campaign")),
                           (findings, ("severity", "rule", "area")), (coverage, ("received", "late_by"))):  # fmt: skip
        yield from (str(len(frame)), str(len(items) - int((items["verdict"] == "undecidable").sum())))
        yield from (str(one) for name in columns for one in (frame[name].nunique(), *frame[name].value_counts()))
        if "tasks" in frame:
            yield from (str(int(one)) for name in columns for one in frame.groupby(name)["tasks_behind"].sum())
        for one, other in combinations(columns, 2):
            yield from (str(count) for count in frame.groupby(one)[other].nunique())
    yield from (str(int(coverage[one].sum())) for one in ("expected", "received", "read", "on_time", "late_by"))
    yield from (str(int((coverage["received"] == 0).sum())), str(int((coverage["late_by"] > 0).sum())))
    yield str(int((findings["blocking"] & (findings["disposition"] == "open")).sum()))
    yield str(len(set(view.indicators) - set(items["indicator"].dropna())))
    whole = view.rollups[(view.rollups["area"] == area) & (view.rollups["indicator"] == "*")]
    for counts in (whole, items):
        sums = counts.groupby("campaign").sum(numeric_only=True).filter(like="tasks")
        for row in (*[sums.loc[one] for one in sums.index], sums.sum()):
            base = row["tasks"] - row["tasks_not_applicable"]
            yield from (str(int(one)) for one in row)
            yield from (f"{100 * one / base:.1f}" for one in row if base)


def _inside(view: MonthView, area: str) -> set[str]:
    return {area} | {
        code for code, one in view.areas.items()
        if area in (one.parent, getattr(view.areas.get(one.parent), "parent", ""))
    }  # fmt: skip


def _cells(frame: pd.DataFrame) -> Iterator[str]:
    for name in frame:
        for value in frame[name].dropna().unique():
            if isinstance(value, str):
                yield from NUMBER.findall(value)
            else:
                short = f"{float(value):.2f}"
                yield from (short, short.rstrip("0").rstrip("."), f"{float(value):.1f}", short.lstrip("-"))
                yield from (f"{abs(float(value)):.0f}", short.lstrip("-").rstrip("0").rstrip("."))


def test_a_change_against_the_month_before_is_told_of_areas_in_both(view: MonthView) -> None:
    items = view.assessments[(view.assessments["area"] == FENGHUANG) & (view.assessments["component"] == "")]
    before = items.assign(period="2023-03")
    chosen = before["indicator"] == before.loc[before["tasks_behind"] == 0, "indicator"].dropna().iloc[0]
    before.loc[chosen, "tasks_behind"] = 7
    text = text_of(letter(replace(view, earlier=before), XIANGXI))
    now = int(items["tasks_behind"].sum())
    assert (
        f"两月均报送的1个县市区中，滞后任务由上月{now + 7}项变为{now}项（减少7项），新转为滞后0项，脱离滞后7项" in text
    )


def test_without_a_month_before_nothing_is_compared(view: MonthView) -> None:
    assert "没有可比的上月数据" in text_of(letter(replace(view, earlier=view.earlier[:0]), PROVINCE))


def test_a_fall_of_a_cumulative_figure_is_named_with_both_figures(view: MonthView) -> None:
    told = with_finding(view, rule="cumulative_falls", blocking=False, severity="warning", found="0.9亿元",
                        expected="不小于 2023-03 的 3.2亿元", indicator="growth.key_project_investment")  # fmt: skip
    assert "凤凰县重点项目投资（本月0.9亿元，应不小于 2023年3月的 3.2亿元）" in text_of(letter(told, FENGHUANG))


def test_blocking_questions_of_the_area_hold_the_report_back(view: MonthView) -> None:
    clean = replace(view, findings=view.findings[:0])
    supervision_report(clean, FENGHUANG)
    blocked = with_finding(clean)
    for area in (FENGHUANG, XIANGXI, PROVINCE):
        with pytest.raises(NotReady, match="1个阻止定稿"):
            supervision_report(blocked, area)
    supervision_report(blocked, ZHUZHOU)
    supervision_report(with_finding(clean, disposition="waived"), FENGHUANG)


def test_a_forced_report_says_on_its_first_page_how_many_questions_are_open(view: MonthView) -> None:
    blocked = with_finding(replace(view, findings=view.findings[:0]))
    marks = [one.text for one in letter(blocked, FENGHUANG).paragraphs if one.style.name == "Mark"]
    assert "【强制生成：本地区尚有1个阻止定稿的问题未处理】" in marks
    paragraphs = [one.style.name for one in letter(blocked, FENGHUANG).paragraphs]
    assert paragraphs.index("Mark") < paragraphs.index("Addressee")


def test_the_public_gets_no_report_of_a_draft_whose_questions_it_cannot_see(seen: dict[str, MonthView]) -> None:
    public = seen["public"]
    with pytest.raises(NotReady, match="尚未定稿"):
        supervision_report(public, XIANGXI)
    supervision_report(replace(public, publication={**public.publication, "state": "final"}), XIANGXI)


def test_nothing_above_the_class_is_told(seen: dict[str, MonthView]) -> None:
    label = seen["leaders"].label(LEADERS_ONLY)
    raised = seen["leaders"]
    hit = (raised.assessments["indicator"] == LEADERS_ONLY) & (raised.assessments["component"] == "")
    raised.assessments.loc[hit, ["tasks_behind", "verdict"]] = [1, "reported_higher"]
    assert label in everything(supervision_report(raised, FENGHUANG, force=True).content)
    for release in ("public", "internal"):
        assert label not in everything(supervision_report(seen[release], FENGHUANG, force=True).content)
    assert "本月问题" not in text_of(letter(seen["public"], FENGHUANG))


def test_text_of_others_arrives_as_text(view: MonthView) -> None:
    hostile = "=cmd|'/c calc'!A1 <w:p/>&amp;\x0b\x1b[31m\ufffe {area} 填报人：张三 13812345678 某县.xlsx"
    sent = view.submissions.loc[view.submissions["area"] == FENGHUANG, "submission"].iloc[0]
    changed = replace(
        with_finding(view, found=hostile, where=f"{hostile} 表1!A1", message=hostile, submission=sent),
        submissions=view.submissions.assign(original_name=hostile),
        figures=view.figures.assign(sentence=hostile, sheet=hostile),
    )
    content = supervision_report(changed, FENGHUANG, force=True).content
    document = Document(io.BytesIO(content))
    named = supervision_report(
        replace(view, submissions=view.submissions.assign(original_name="凤凰13812345678.xlsx")), FENGHUANG, force=True
    ).content
    assert "13812345678" not in everything(named)
    cells = " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "=cmd|'/c calc'!A1 <w:p/>&amp;" in cells
    assert "{area}" in cells
    assert "13812345678" not in everything(content)
    assert "张三" not in everything(content)


def test_no_person_and_nothing_outside_is_named_in_the_file(view: MonthView) -> None:
    content = supervision_report(view, XIANGXI, force=True).content
    core = Document(io.BytesIO(content)).core_properties
    assert {core.author, core.last_modified_by} == {"risk-assets"}
    assert "TargetMode" not in everything(content)


@pytest.mark.parametrize("area", AREAS)
def test_the_same_view_gives_the_same_bytes(view: MonthView, area: str) -> None:
    assert supervision_report(view, area, force=True).content == supervision_report(view, area, force=True).content


def test_an_area_that_is_none_is_refused(view: MonthView) -> None:
    with pytest.raises(NoAnswer, match="999999"):
        supervision_report(view, "999999")


@pytest.mark.parametrize("area", [PROVINCE, XIANGXI, FENGHUANG])
def test_our_own_reader_reads_the_letter_and_finds_the_ranking(view: MonthView, area: str) -> None:
    read = inspect(supervision_report(view, area, force=True).content, "专报.docx")
    assert read["file"]["format"] == "docx"
    assert read["is_sample"]
    assert not [one for one in read["findings"] if one["rule"] == "reader_failed"]
    within = area if area != FENGHUANG else XIANGXI
    places = view.rankings[(view.rankings["by"] == "total") & (view.rankings["universe"] == within)]
    places = places[(places["level"] == "county") & places["rank"].notna() & ~places["zones"]]
    values = {round(one["value"], 2) for one in read["observations"] if one["value"] is not None}
    assert len(places)
    assert {round(float(one), 2) for one in places["value"]} <= values


def test_every_phrase_is_used_and_every_used_phrase_is_written() -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    known = {row["phrase"] for row in reference.table("report_phrases")}
    named = set(re.findall(r'"(\w+)"', source)) | {f"most_{one}" for one in re.findall(r'_most\("(\w+)"\)', source)}
    made = re.compile(
        "(addressee|opening|urge)_(province|city|county|zone)|caption_(city|county)|advise_[a-z]+(_text)?|table_[a-z]+"
    )
    assert {one for one in known - named if not made.fullmatch(one)} == set()
    assert set(re.findall(r'_say\(\s*"(\w+)"', source)) <= known


def test_characters_that_xml_forbids_are_replaced() -> None:
    assert gongwen.clean("a\x00b\ud800c\ufffed") == "a�b�c�d"


@pytest.mark.parametrize("area", AREAS)
def test_a_letter_ends_in_a_paragraph_and_no_tables_touch(view: MonthView, area: str) -> None:
    tags = [one.tag for one in letter(view, area).element.body]
    table = qn("w:tbl")
    assert tags[-2] == qn("w:p")
    assert all(pair != (table, table) for pair in pairwise(tags))


def items_of(view: MonthView, *areas: str) -> pd.DataFrame:
    items = view.assessments[view.assessments["component"] == ""]
    return items[items["area"].isin(areas)] if areas else items


def behind_by_area(view: MonthView, city: str) -> list[str]:
    counts = items_of(view, *_inside(view, city)).groupby("area")["tasks_behind"].sum().sort_index()
    return [view.name(str(one)) for one in counts.sort_values(ascending=False, kind="stable").index]


@pytest.mark.parametrize("area", [PROVINCE, XIANGXI])
def test_advice_names_what_is_most_behind_by_share_two_of_a_campaign_and_none_without_a_name(
    view: MonthView, area: str
) -> None:
    named = re.search("重点是(.+)。", text_of(letter(view, area)))
    assert named
    items = items_of(view, *_inside(view, area))
    shares = items["tasks_behind"] / (items["tasks"] - items["tasks_not_applicable"])
    weights = shares.groupby(items["indicator"]).sum().round(6)
    known = {view.label(str(one)): (weight, view.indicators[str(one)]["campaign"]) for one, weight in weights.items()}
    told = [known[one] for one in named[1].split("、")]
    assert [weight for weight, _ in told] == sorted((weight for weight, _ in told), reverse=True)
    assert told[0][0] == max(weight for name, (weight, _) in known.items() if "无法辨认" not in name)
    assert max(Counter(campaign for _, campaign in told).values()) <= 2
    assert "无法辨认" not in named[1]


def test_one_of_forty_tasks_weighs_a_fortieth(view: MonthView) -> None:
    items = view.assessments.assign(tasks_behind=0, tasks_not_applicable=0)
    many, one = items["indicator"] == "environment.service_efficiency", items["indicator"] == "growth.gdp"
    one &= items["area"].isin([FENGHUANG, "433122"])
    items.loc[many & (items["component"] == ""), ["tasks", "tasks_behind"]] = [40, 1]
    items.loc[one & (items["component"] == ""), ["tasks", "tasks_behind"]] = [1, 1]
    changed = replace(view, assessments=items)
    assert "重点是地区生产总值、办事效率提升行动。" in text_of(letter(changed, PROVINCE))
    rows = table_headed(letter(changed, PROVINCE), "滞后县市区", "时序(%)")
    assert [row[0] for row in rows[:2]] == ["地区生产总值", "办事效率提升行动"]


def test_a_list_that_is_cut_holds_the_gravest_items_of_every_county_the_worst_county_first(view: MonthView) -> None:
    rows = table_headed(letter(view, XIANGXI), "依据", "出处")
    assert len(rows) == 80
    areas = [row[0] for row in rows]
    assert list(dict.fromkeys(areas)) == behind_by_area(view, XIANGXI)
    counts = Counter(areas)
    whole = Counter(view.name(one) for one in items_of(view)["area"][items_of(view)["tasks_behind"] > 0])
    assert all(counts[one] >= min(whole[one], 80 // len(counts)) for one in counts)


def test_lists_of_counties_behind_are_in_one_order(view: MonthView) -> None:
    text, worst = text_of(letter(view, XIANGXI)), behind_by_area(view, XIANGXI)[:5]
    shown = re.search("滞后任务较多的县市区：(.+?)等", text)
    assert shown
    assert re.findall(r"(\D+)\d+项、?", shown[1]) == worst
    assert f"请你州督促{'、'.join(worst)}等7个县市区对滞后任务" in text


def test_coverage_is_told_as_of_the_day_of_publication(view: MonthView) -> None:
    late = replace(view, publication={**view.publication, "made_at": "2023-05-15T17:30:00+00:00"})
    text = text_of(letter(late, XIANGXI))
    assert "2023年4月监测表应由8个县市区报送，截至2023年5月16日发布时已报7个、采用7个；按时" in text
    assert "月底" not in text


@pytest.mark.parametrize(
    ("area", "wanted"),
    [
        (PROVINCE, ("各县市区报送的2023年4月监测表，现将有关情况报告如下。", "建议督促")),
        (XIANGXI, ("各县市区报送的2023年4月监测表，现将你州有关情况通报如下。", "请你州督促", "你州总得分")),
        (FENGHUANG, ("根据你县报送的2023年4月监测表，现将有关情况通报如下。", "请你县对滞后任务", "你县总得分")),
    ],
)
def test_a_letter_speaks_to_those_to_whom_it_goes(view: MonthView, area: str, wanted: tuple[str, ...]) -> None:
    text = text_of(letter(view, area))
    for one in wanted:
        assert one in text
    assert f"请{view.name(area)}" not in text


@pytest.mark.parametrize("area", AREAS)
def test_no_jargon_of_tools_and_nothing_that_is_zero_stands_in_a_letter(view: MonthView, area: str) -> None:
    document = letter(view, area)
    text = text_of(document)
    for never in ("risk-assets", "读取", "阻止定稿", "不涉及0项", "占0.0%", "错误0个", "↑", "↓", "不按完成计"):
        assert never not in text
    for table in document.tables:
        assert len(table.rows) > 1
        assert not [cell.text for row in table.rows for cell in row.cells if re.search(r"!(\d+):\1", cell.text)]


def test_a_share_that_rounds_to_nothing_is_told_as_less_than_a_tenth_of_a_percent(view: MonthView) -> None:
    items = view.assessments.copy()
    first = items.index[(items["area"] == FENGHUANG) & (items["component"] == "")][0]
    items.loc[first, ["tasks", "tasks_on_track", "tasks_done", "tasks_unknown"]] = [9000, 8999, 0, 1]
    items.loc[items.index != first, "tasks_unknown"] = 0
    assert "状态不明1项、不足0.1%" in text_of(letter(replace(view, assessments=items), FENGHUANG))


def test_places_that_tie_are_not_cut_and_are_told_in_words(view: MonthView) -> None:
    rankings = view.rankings.copy()
    counties = (rankings["by"] == "total") & (rankings["universe"] == XIANGXI) & rankings["rank"].notna()
    rankings.loc[counties, "change"] = [4, -1, -1, -1, -1, 0, 0]
    own = rankings["area"] == FENGHUANG
    rankings.loc[own & (rankings["universe"] == XIANGXI), "change"] = -2
    changed = replace(view, rankings=rankings)
    down = re.search("名次下降最多的是(.+?)。", text_of(letter(changed, XIANGXI)))
    assert down
    assert down[1].startswith("凤凰县（2位）")
    assert down[1].count("（1位）") == int((rankings.loc[counties & ~own & ~rankings["zones"], "change"] == -1).sum())
    assert "较上月下降2位" in text_of(letter(changed, FENGHUANG))


def test_components_stand_in_brackets_behind_their_item(view: MonthView) -> None:
    lines = items_of(view, FENGHUANG)
    whole = lines[lines["indicator"] == "growth.deposits_and_loans"].iloc[:1]
    whole = whole.assign(tasks_behind=1, unit=None, attainment_computed=None, attainment_reported=None)
    parts = [
        whole.assign(
            component=one, tasks_behind=0, status_computed="behind", unit="%", done_value=7.5, target_value=11.0
        )
        for one in ("deposits", "loans")
    ]
    rest = view.assessments.drop(whole.index)
    changed = replace(view, assessments=pd.concat([rest, whole, *parts]).astype(view.assessments.dtypes))
    assert "金融机构存贷款余额（存款余额实际7.5%、目标11%；贷款余额实际7.5%、目标11%）" in text_of(
        letter(changed, FENGHUANG)
    )


def test_the_first_page_names_offices_and_the_schedule(view: MonthView) -> None:
    now = items_of(view)
    before = now.assign(period="2023-03", tasks_behind=0)
    attained = view.rollups["indicator"] == "growth.fixed_asset_investment"
    rollups = view.rollups.assign(attainment=view.rollups["attainment"].mask(attained, 30.5))
    behind = now[(now["tasks_behind"] > 0) & now["area"].isin(_inside(view, XIANGXI))]
    rows = behind[["submission", "table_no", "row"]].drop_duplicates()
    rows = rows.assign(responsible="县发改局、市财政局 张三13812345678")
    changed = replace(view, earlier=before, rollups=rollups, responsible=rows)
    brief = "\n".join(one.text for one in letter(changed, XIANGXI).paragraphs if one.style.name == "Brief")
    for lead in ("主要变化：", "滞后集中领域：", "责任地区和单位："):
        assert lead in brief
    assert "（括号内为责任单位）" in brief
    assert "发改局、财政局" in brief
    assert not re.search("张三|13812345678", brief)
    assert re.findall(r"累计完成年度目标的[\d.]+%(?!（时序)", brief) == []
    without = replace(changed, responsible=rows[:0])
    assert "责任单位" not in text_of(letter(without, XIANGXI)).partition("责任地区和单位：")[2].partition("\n")[0]
    assert "可比县滞后（上月→本月）" in [cell.text for cell in letter(changed, XIANGXI).tables[0].rows[0].cells]


@pytest.mark.parametrize(("area", "column"), [(XIANGXI, 2), (FENGHUANG, 1)])
def test_offices_stand_beside_the_items(view: MonthView, area: str, column: int) -> None:
    rows = table_headed(letter(view, area), "责任单位", "依据")
    told = {row[column] for row in rows} - {""}
    assert told
    assert told <= set(view.responsible["responsible"])
    nobody = replace(view, responsible=view.responsible[:0])
    with pytest.raises(AssertionError):
        table_headed(letter(nobody, area), "责任单位")


@pytest.mark.parametrize(
    ("area", "told"),
    [
        (PROVINCE, "汇总项数含本等级不列名的指标"),
        (FENGHUANG, "得分按全部任务计算，本等级不列名的指标不在上列项数内"),
    ],
)
def test_what_the_class_may_not_see_is_said_where_something_is_hidden(
    seen: dict[str, MonthView], area: str, told: str
) -> None:
    assert told in text_of(letter(seen["public"], area))
    assert told not in text_of(letter(seen["leaders"], area))


def test_tables_of_places_say_what_they_rank_and_how_places_change(view: MonthView) -> None:
    notes = [one.text for one in letter(view, PROVINCE).paragraphs if one.style.name == "Note"]
    assert {"湖南省各市州得分和名次", "湖南省各县市区得分和名次"} <= set(notes)
    assert any("名次变化只在两月均有名次的地区之间比较" in one for one in notes)


def test_lines_that_belong_together_stay_on_one_page(view: MonthView) -> None:
    document = letter(view, FENGHUANG)
    lines = [one for one in document.paragraphs if re.match(r"(附件：|　　　)\d\. ", one.text)]
    assert [bool(one.paragraph_format.keep_with_next) for one in lines] == [True, True, True, True, False]
    for table in document.tables:
        before = table._tbl.getprevious()
        assert before.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None or before.pPr.pStyle.val == "AnnexTitle"


def test_a_place_in_a_file_is_told_in_words(view: MonthView) -> None:
    told = with_finding(view, where="某县.xlsx 附件6!48:48", expected="2023-03 35%", submission=None)
    told.submissions.loc[told.submissions["area"] == FENGHUANG, "original_name"] = "某县.xlsx"
    rows = table_headed(letter(told, FENGHUANG), "实际", "位置")
    assert ["2023年3月35%", "附件6第48行"] in [row[-2:] for row in rows]

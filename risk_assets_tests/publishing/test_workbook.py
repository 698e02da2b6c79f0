"""`ranking.xlsx` as written, opened with another library than the one that wrote it."""

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl import Workbook

from risk_assets import reference
from risk_assets.contracts import MONTH_TABLES, RELEASE_CLASSES, Assessments, MonthFindings, columns, typed
from risk_assets.language.areas import areas_of, name_of
from risk_assets.publishing.month_view import MonthView, month_view, released_tables
from risk_assets.publishing.words import STATUSES
from risk_assets.publishing.workbook import write_ranking_workbook
from risk_assets.storage import Warehouse
from risk_assets_tests.conftest import AREAS, PERIOD, XIANGXI

NASTY = [
    "=1+1",
    '=HYPERLINK("http://evil","x")',
    "@SUM(A1)",
    "+1+1",
    "-2+3",
    "http://evil.example/",
    "{=1}",
    "\tx",
    "1e5",
]
HEAD = 4
PROVINCE = "430000"
CAMPAIGNS = {
    "growth": "经济增长主动仗", "innovation": "科技创新攻坚仗", "environment": "优化发展环境持久仗",
    "risk": "防范化解风险阻击仗", "safety": "安全生产翻身仗", "livelihood": "重点民生保障仗",
}  # fmt: skip
COUNTS = {"任务数": "tasks", "已完成": "tasks_done", "进展有序": "tasks_on_track", "预计完成": "tasks_expected_done",
          "滞后": "tasks_behind"}  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")


@pytest.fixture(scope="module")
def stored(published_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The warehouse of the small province, of which nothing is changed here."""
    path = tmp_path_factory.mktemp("workbook") / "warehouse.sqlite"
    shutil.copy(published_province / "warehouse.sqlite", path)
    made = Warehouse(f"sqlite:///{path}")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def view(stored: Warehouse) -> MonthView:
    return month_view(stored, PERIOD, "internal")


@pytest.fixture(scope="module")
def book(view: MonthView, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return written(tmp_path_factory.mktemp("province") / "a.xlsx", view)


@pytest.fixture(scope="module")
def city_book(view: MonthView, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return written(tmp_path_factory.mktemp("city") / "a.xlsx", view, XIANGXI)


def written(path: Path, view: MonthView, within: str | None = None) -> Workbook:
    write_ranking_workbook(path, view, within)
    return openpyxl.load_workbook(path)


def rows_of(book: Workbook, sheet: str) -> list[dict]:
    heads = [cell.value for cell in book[sheet][HEAD]]
    return [dict(zip(heads, row, strict=True)) for row in book[sheet].iter_rows(min_row=HEAD + 1, values_only=True)]


def texts_of(book: Workbook) -> list[str]:
    return [
        cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
    ]


def places_of(stored: Warehouse, **of: object) -> dict[str, object]:
    frame = stored.read("rankings", publication=stored.current(PERIOD)["publication"], scheme="status_share", **of)
    return {r.area: r for r in frame.itertuples() if not r.zones}


def points_of(stored: Warehouse) -> dict[tuple[str, str], float]:
    frame = stored.read("scores", publication=stored.current(PERIOD)["publication"], scheme="status_share")
    return {(r.area, r.campaign): r.points for r in frame.itertuples()}


def scored_of(stored: Warehouse) -> dict[tuple[str, str], tuple[float, float]]:
    frame = stored.read("scores", publication=stored.current(PERIOD)["publication"], scheme="status_share")
    return {(r.area, r.campaign): (r.credited, r.assessed) for r in frame.itertuples()}


def counts_of(stored: Warehouse, highest: str) -> dict[tuple[str, str], dict[str, int]]:
    """Tasks by area and campaign, counted row by row from what the warehouse holds up to a class."""
    framework = reference.table(f"frameworks/{reference.framework_of(PERIOD)}/indicators")
    of_class = {row["indicator"]: RELEASE_CLASSES.index(row["release_class"]) for row in framework}
    found: dict[tuple[str, str], dict[str, int]] = {}
    names = [c.name for c in columns(Assessments)]
    for row in stored.columns_of("assessments", names, stored.current(PERIOD)["publication"]).to_dict("records"):
        own = RELEASE_CLASSES.index(row["release_class"])
        known = of_class[row["indicator"]] if isinstance(row["indicator"], str) else RELEASE_CLASSES.index("internal")
        if row["component"] or max(own, known) > RELEASE_CLASSES.index(highest):
            continue
        counts = found.setdefault((row["area"], row["campaign"]), dict.fromkeys([*COUNTS, "上报高于按数"], 0))
        for head, name in COUNTS.items():
            counts[head] += row[name]
        counts["上报高于按数"] += row["verdict"] == "reported_higher"
    return found


def shown_counts(row: dict) -> dict[str, int]:
    return {head: row[head] for head in (*COUNTS, "上报高于按数")}


def test_the_workbook_has_a_sheet_for_every_question(book):
    cities = [area.name for area in areas_of(PERIOD).values() if area.level == "city"]
    wanted = {"总排名", "市州排名", *CAMPAIGNS.values(), *cities, "指标", "未排名", "言数不符", "报送情况", "核对问题"}
    assert set(book.sheetnames) == {"封面", *wanted}
    assert book.sheetnames[0] == "封面"


def test_every_number_of_the_total_ranking_is_in_the_warehouse(book, stored):
    places = places_of(stored, by="total", level="county", universe=PROVINCE)
    points = points_of(stored)
    ranked = sorted((r for r in places.values() if not pd.isna(r.rank)), key=lambda r: (r.rank, r.area))
    rows = rows_of(book, "总排名")
    assert len(rows) == len(ranked) >= len(AREAS) - 1
    for row, place in zip(rows, ranked, strict=True):
        assert (row["地区"], row["名次"], row["得分"]) == (name_of(place.area), place.rank, place.value)
        assert row["名次变化"] == ("—" if pd.isna(place.change) else place.change)
        assert (row["并列"] == "并列") == place.tied
        assert {name: row[name] for name in CAMPAIGNS.values()} == {
            name: points[place.area, campaign] for campaign, name in CAMPAIGNS.items()
        }


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_every_number_of_a_campaigns_sheet_is_in_the_warehouse(book, stored, campaign):
    places = places_of(stored, by=campaign, level="county", universe=PROVINCE)
    counts, scored = counts_of(stored, "internal"), scored_of(stored)
    rows = rows_of(book, CAMPAIGNS[campaign])
    assert len(rows) == sum(not pd.isna(r.rank) for r in places.values()) > 0
    codes = {name_of(area): area for area in places}
    for row in rows:
        place = places[codes[row["地区"]]]
        assert (row["名次"], row["得分"]) == (place.rank, place.value)
        assert shown_counts(row) == counts[place.area, campaign]
        assert row["任务数"] == row["已完成"] + row["进展有序"] + row["预计完成"] + row["滞后"] + row["其余"]
        assert row["得分"] == pytest.approx(100 * row["计分所得"] / row["计分项数"], abs=1e-6)
        assert (row["计分所得"], row["计分项数"]) == scored[place.area, campaign]


def test_every_number_of_a_citys_sheet_is_in_the_warehouse(book, stored):
    inside = places_of(stored, by="total", level="county", universe=XIANGXI)
    outside = places_of(stored, by="total", level="county", universe=PROVINCE)
    points, counts = points_of(stored), counts_of(stored, "internal")
    filled = stored.coverage(PERIOD).set_index("area")["share_filled"]
    findings = stored.findings(str(stored.current(PERIOD)["publication"]))
    asked = findings[(findings["severity"] != "info") & (findings["disposition"] == "open")]
    codes = {name_of(area): area for area in inside}
    rows = rows_of(book, name_of(XIANGXI))
    assert {row["地区"] for row in rows} == set(codes)
    for row in rows:
        area = codes[row["地区"]]
        if row["报送"] == "未报送":
            assert {row[one] for one in ("市内名次", "总分", "任务数", "填报率", "未结问题")} == {"—"}
            continue
        assert (row["市内名次"], row["全省名次"]) == (inside[area].rank, outside[area].rank)
        assert row["总分"] == outside[area].value == points[area, "total"]
        assert [row[name] for name in CAMPAIGNS.values()] == [points[area, campaign] for campaign in CAMPAIGNS]
        own = [counts[area, campaign] for campaign in CAMPAIGNS]
        assert shown_counts(row) == {head: sum(one[head] for one in own) for head in own[0]}
        assert row["填报率"] == filled[area]
        assert row["未结问题"] == int((asked["area"] == area).sum())


def test_the_cities_ranking_shows_published_cities_and_the_rest_has_reasons(book):
    assert [row["地区"] for row in rows_of(book, "市州排名")] == [name_of(XIANGXI)]
    total = [row for row in rows_of(book, "未排名") if row["排名"] == "总排名"]
    reasons = {row["地区"]: row["原因"] for row in total}
    assert reasons["吉首市"] == "未报送"
    assert "报送不足" in reasons["株洲市"]
    assert len(reasons) + len(rows_of(book, "总排名")) + 1 == 122 + 14


def test_every_indicator_has_its_sum_or_the_reason_why_there_is_none(book, stored):
    of_province = stored.read("rollups", publication=stored.current(PERIOD)["publication"], area=PROVINCE)
    of_province = of_province[of_province["indicator"] != "*"]
    rows = rows_of(book, "指标")
    hidden = {row["indicator"] for row in _framework() if row["release_class"] == "leaders"}
    assert len(rows) == (~of_province["indicator"].isin(hidden)).sum()
    shares = sorted(of_province.loc[~of_province["indicator"].isin(hidden), "attainment"].dropna())
    assert sorted(row["完成比例"] for row in rows if row["完成比例"] != "—") == shares
    assert all(row["没有数字或暂不发布的原因"] for row in rows if row["完成"] == "—")
    assert all(row["未报"] == "—" for row in rows if row["分项"])


def test_amounts_are_shown_in_the_unit_that_the_framework_prints(view, tmp_path):
    one = {"area": PROVINCE, "level": "province", "indicator": "growth.key_project_investment", "component": ""}
    rollups = view.rollups.copy()
    here = (rollups[list(one)] == pd.Series(one)).all(axis=1)
    rollups.loc[here, ["target_value", "done_value", "unit"]] = [2.5e9, 123456789.0, "元"]
    row = next(
        r
        for r in rows_of(written(tmp_path / "a.xlsx", replace(view, rollups=rollups)), "指标")
        if r["指标"] == "重点项目投资"
    )
    assert (row["目标"], row["完成"], row["单位"]) == (25, 1.23456789, "亿元")


def test_rows_whose_words_and_figures_differ_are_all_listed(book, view):
    asked = view.assessments[view.assessments["verdict"].isin(["reported_higher", "reported_lower"])]
    rows = rows_of(book, "言数不符")
    told = [(row["地区"], row["上报状态"], row["按数状态"]) for row in rows]
    assert sorted(told) == sorted(
        (name_of(r.area), STATUSES[r.status_reported], STATUSES[r.status_computed]) for r in asked.itertuples()
    )
    assert {row["结论"][0] for row in rows} <= {"▲", "▼"}


def test_coverage_lists_every_county_with_the_rows_that_were_read(book, stored):
    rows = {row["地区"]: row for row in rows_of(book, "报送情况")}
    assert len(rows) == 122
    for one in stored.read("submissions").itertuples():
        row = rows[name_of(one.area)]
        assert (row["读取行"], row["搁置行"], row["已填"]) == (one.rows_read, one.rows_set_aside, one.cells_filled)
        assert row["文件"] == one.original_name
    assert rows["吉首市"]["报送"] == "未报送"


def test_questions_stand_with_what_was_decided_of_them(view, tmp_path):
    findings = view.findings.assign(severity="warning")
    decided = ["explained", "湘西州统计局", "已核对", "2023-06-30"]
    findings.loc[findings.index[0], ["disposition", "decided_by", "why", "until"]] = decided
    rows = rows_of(written(tmp_path / "a.xlsx", replace(view, findings=findings)), "核对问题")
    assert len(rows) == len(findings)
    assert (rows[0]["处理"], rows[0]["处理说明"]) == ("已说明", "湘西州统计局；已核对；至 2023-06-30")
    assert {row["处理"] for row in rows[1:]} == {"待处理"}


def test_every_sheet_bears_state_class_publication_coverage_and_the_mark_of_made_up_data(book, city_book, view):
    for one in (book, city_book):
        for sheet in one:
            head = " ".join(str(cell) for row in islice(sheet.iter_rows(values_only=True), 12) for cell in row)
            wanted = ("样例数据", "初步", "公开等级：内部", view.publication["publication"], "应报", "已报")
            assert not [text for text in wanted if text not in head], sheet.title


def test_an_approved_month_says_by_whom(view, tmp_path):
    approved = {"state": "final", "approved_by": "湖南省督查室", "approved_at": "2023-05-20T02:00:00+00:00"}
    book = written(tmp_path / "a.xlsx", replace(view, publication={**view.publication, **approved}))
    assert any("正式：湖南省督查室 于 2023-05-20 10:00 审定" in text for text in texts_of(book))
    assert not [text for text in texts_of(book) if "初步" in text]


def test_every_row_with_made_up_figures_bears_the_mark(book, view):
    for name in ("总排名", "市州排名", *CAMPAIGNS.values(), "言数不符", "核对问题"):
        assert {row["数据"] for row in rows_of(book, name)} == {"样例数据"}, name
    for row in rows_of(book, "报送情况"):
        assert (row["数据"] == "样例数据") == (row["报送"] != "未报送")
    rollups = view.rollups[(view.rollups["area"] == PROVINCE) & (view.rollups["indicator"] != "*")]
    marks = [row["数据"] == "样例数据" for row in rows_of(book, "指标")]
    assert sum(marks) == rollups["is_sample"].sum() > 0


def test_a_workbook_without_made_up_data_bears_no_mark(view, tmp_path):
    book = written(tmp_path / "a.xlsx", _with_text(view, "text", is_sample=False))
    assert not [text for text in texts_of(book) if "样例" in text]


def _framework() -> tuple[dict[str, str], ...]:
    return reference.table(f"frameworks/{reference.framework_of(PERIOD)}/indicators")


@pytest.mark.parametrize("release", RELEASE_CLASSES)
def test_a_class_holds_nothing_above_it(stored, tmp_path, release):
    view = month_view(stored, PERIOD, release)
    book = written(tmp_path / "a.xlsx", view)
    rank = RELEASE_CLASSES.index
    hidden = {row["name"] for row in _framework() if rank(row["release_class"]) > rank(release)}
    shown = {row["name"] for row in _framework() if rank(row["release_class"]) <= rank(release)}
    cells = set(texts_of(book))
    assert not (hidden - shown) & cells
    assert shown & cells
    assert ("核对问题" in book.sheetnames) == (release != "public")
    counts = counts_of(stored, release)
    for campaign, name in CAMPAIGNS.items():
        for row in rows_of(book, name):
            area = next(area for area in AREAS if name_of(area) == row["地区"])
            nothing = dict.fromkeys([*COUNTS, "上报高于按数"], "—")
            assert shown_counts(row) == counts.get((area, campaign), nothing), (campaign, area)


def test_a_citys_workbook_holds_its_own_counties_only(city_book):
    known = areas_of(PERIOD)
    own = {code for code, area in known.items() if (area.level, area.parent) == ("county", XIANGXI)}
    others = [
        area.name
        for code, area in known.items()
        if area.level in ("city", "county") and code not in own and code != XIANGXI
    ]
    for text in texts_of(city_book):
        assert not [name for name in others if name in text], text
    assert {row["地区"] for row in rows_of(city_book, "报送情况")} == {known[code].name for code in own}
    assert "市州排名" not in city_book.sheetnames


def test_a_citys_workbook_ranks_within_the_city_and_gives_the_place_in_the_province(city_book, stored):
    inside = places_of(stored, by="total", level="county", universe=XIANGXI)
    outside = places_of(stored, by="total", level="county", universe=PROVINCE)
    codes = {name_of(area): area for area in inside}
    rows = rows_of(city_book, "总排名")
    assert len(rows) == 7
    for row in rows:
        area = codes[row["地区"]]
        assert (row["名次"], row["全省名次"]) == (inside[area].rank, outside[area].rank)


@pytest.mark.parametrize("code", ["999999", "433123", PROVINCE])
def test_only_a_city_has_a_workbook_of_its_own(view, tmp_path, code):
    with pytest.raises(ValueError, match=code):
        write_ranking_workbook(tmp_path / "a.xlsx", view, code)


def _with_text(view: MonthView, text: str, is_sample: bool = True) -> MonthView:
    """The month with this text in every place that people write."""
    told = dict.fromkeys(("message", "found", "expected", "where", "decided_by"), text)
    differing = view.assessments[view.assessments["verdict"] == "reported_higher"]
    marked = {"is_sample": pd.array([is_sample], dtype="boolean")[0]}
    rankings = view.rankings[view.rankings["scheme"] == view.scheme["scheme"]].assign(**marked)
    rankings["reason"] = rankings["reason"].where(rankings["reason"].isna(), text)
    rollups = view.rollups[view.rollups["area"].isin([PROVINCE, XIANGXI])].assign(**marked)
    rollups["reason"] = text
    return replace(
        view,
        publication={**view.publication, "is_sample": is_sample, "approved_by": text},
        findings=view.findings[view.findings["area"] == "433122"].assign(**told, **marked, severity="warning"),
        assessments=differing.assign(why=text, **marked),
        submissions=view.submissions.assign(original_name=text, **marked),
        rankings=rankings,
        rollups=rollups,
    )


@pytest.mark.parametrize("text", NASTY)
def test_text_that_could_be_a_formula_or_link_arrives_as_text(view, tmp_path, text):
    book = written(tmp_path / "a.xlsx", _with_text(view, text), XIANGXI)
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert {cell.parent.title for cell in found} >= {"未排名", "报送情况", "核对问题", "指标"}
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in found)


@pytest.mark.parametrize("text", ["\x00\x1b[31m", "<x>&\"'", "长" * 40000])
def test_text_that_no_workbook_can_hold_does_not_stop_the_publication(view, tmp_path, text):
    assert written(tmp_path / "a.xlsx", _with_text(view, text), XIANGXI).sheetnames[0] == "封面"


def test_no_cell_of_the_workbook_is_a_formula_and_nothing_leads_outside(view, tmp_path):
    for name, one in (("plain.xlsx", view), ("nasty.xlsx", _with_text(view, NASTY[1]))):
        write_ranking_workbook(tmp_path / name, one)
        with zipfile.ZipFile(tmp_path / name) as archive:
            parts = {part: archive.read(part).decode("utf-8", "replace") for part in archive.namelist()}
        assert not [part for part in parts if "externalLink" in part or "vbaProject" in part]
        assert not [part for part, text in parts.items() if 'TargetMode="External"' in text]
        assert not [part for part, text in parts.items() if part.startswith("xl/worksheets/") and "<f>" in text]


def test_the_cover_leads_to_every_sheet(book, city_book):
    for one in (book, city_book):
        links = [cell.hyperlink.location for row in one["封面"].iter_rows() for cell in row if cell.hyperlink]
        assert sorted(links) == sorted(f"'{name}'!A1" for name in one.sheetnames[1:])


def test_every_table_can_be_read_filtered_and_printed(book):
    for sheet in book.worksheets[1:]:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert sheet.freeze_panes[1:] == str(HEAD + 1)
        assert not sheet.merged_cells.ranges
        assert "&P" in sheet.oddFooter.right.text
        assert "&N" in sheet.oddFooter.right.text
        if rows_of(book, sheet.title):
            assert sheet.auto_filter.ref.startswith(f"A{HEAD}:")


def test_numbers_are_numbers_with_their_format(book):
    formats = {"名次": "#,##0", "得分": "0.00", "名次变化": '"↑"0;"↓"0;"持平"', "经济增长主动仗": "0.00"}
    sheet = book["总排名"]
    for head, first in zip(sheet[HEAD], sheet[HEAD + 1], strict=True):
        if head.value in formats and first.value != "—":
            assert (first.data_type, first.number_format) == ("n", formats[head.value]), head.value


def test_a_missing_value_is_a_dash_and_never_a_zero(book):
    row = next(row for row in rows_of(book, "报送情况") if row["报送"] == "未报送")
    assert {row[name] for name in ("时间", "版本", "读取行", "已填", "填报率", "文件")} == {"—"}


def test_the_same_tables_give_the_same_bytes(view, tmp_path):
    write_ranking_workbook(tmp_path / "a.xlsx", view)
    write_ranking_workbook(tmp_path / "b.xlsx", view)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_published_workbook_is_that_of_the_class_in_the_settings(published, warehouse, tmp_path):
    write_ranking_workbook(tmp_path / "a.xlsx", month_view(warehouse, PERIOD, reference.setting("release")))
    assert (published.published(PERIOD) / "ranking.xlsx").read_bytes() == (tmp_path / "a.xlsx").read_bytes()


def test_the_parquet_beside_the_workbook_is_what_the_class_may_see_of_the_warehouse(published, warehouse):
    publication = str(warehouse.current(PERIOD)["publication"])
    secret = {row["indicator"] for row in _framework() if row["release_class"] == "leaders"}
    for name, by in (("rollups", "indicator"), ("scores", "campaign"), ("rankings", "by")):
        frame = pd.read_parquet(published.published(PERIOD) / f"{name}.parquet")
        stored = warehouse.read(name, publication=publication)
        assert list(frame.columns) == list(stored.columns)
        assert set(frame["publication"]) == {publication}
        assert len(frame) == (~stored[by].str.partition("/")[0].isin(secret)).sum()
        assert not secret & set(frame[by].str.partition("/")[0])


@pytest.mark.parametrize("release", RELEASE_CLASSES)
def test_tables_of_a_class_hold_no_place_and_no_question_above_it(stored, view, release):
    tables = {name: stored.read(name, publication=view.publication["publication"]) for name in MONTH_TABLES}
    asked = {**view.findings.iloc[0], "publication": view.publication["publication"], "indicator": "growth.tourism"}
    tables["month_findings"] = typed(MonthFindings, [asked])
    cut = released_tables(stored, view.publication, tables, release)
    is_above = release != "leaders"
    assert ("growth.tourism" in set(cut["rollups"]["indicator"])) != is_above
    assert ("growth.tourism" in set(cut["rankings"]["by"])) != is_above
    assert cut["month_findings"].empty == is_above

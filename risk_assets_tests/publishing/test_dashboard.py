"""The dashboard in a real browser: what it shows, what it asks for, what it does with hostile text."""

import csv
import dataclasses
import io
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from risk_assets import reference
from risk_assets.contracts import WHOLE_ITEM
from risk_assets.publishing.dashboard import write_dashboard
from risk_assets.publishing.dashboard.content import borders, details, summary
from risk_assets.publishing.month_view import MonthView, month_view
from risk_assets.publishing.words import STATUSES, VERDICTS
from risk_assets.storage import Warehouse
from risk_assets_tests.conftest import PERIOD

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "axe" / "axe.min.js"
COUNTY = "433123"
VIEWS = ("overview", "ranking", "heat", "coverage", f"county/{COUNTY}", "county", "findings", "method")
MARK = "【样例数据：含虚构数据，不得引用】"
HOSTILE = (
    "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>{{7*7}}\u202etxt.exe<!--put app-->"
)
FORMULA = '=HYPERLINK("http://example.com","x")'

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def stored(published_province: Path) -> Iterator[Warehouse]:
    made = Warehouse(f"sqlite:///{published_province / 'warehouse.sqlite'}")
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def view(stored: Warehouse) -> MonthView:
    return month_view(stored, PERIOD, "internal")


@pytest.fixture(scope="module")
def page_file(view: MonthView, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dashboard") / PERIOD / "index.html"
    write_dashboard(path, view)
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Open]:
    """Open a page at a view; at the end it has complained of nothing and asked for nothing but itself."""
    opened: list[Page] = []
    wrong: list[str] = []

    def one(path: Path, where: str = "overview", width: int = 1440, height: int = 900) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.split("#")[0] == path.as_uri() or request.url.startswith(("data:", "blob:"))
                else wrong.append(request.url)
            ),
        )
        page.goto(f"{path.as_uri()}#/{where}")
        page.wait_for_selector("main h1")
        opened.append(page)
        return page

    yield one
    for page in opened:
        page.close()
    assert wrong == []


def rows_of(page: Page, table: str) -> list[list[str]]:
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    return list(page.eval_on_selector_all(f"{table} tbody tr", script))


def open_all(page: Page, most: int = 1000) -> int:
    """Open the sentences of a county's items; gives their number."""
    script = "(list, most) => list.slice(0, most).map(button => button.click()).length"
    return int(page.eval_on_selector_all(".items button[aria-expanded]", script, most))


def saved(page: Page, table: int = 0) -> list[list[str]]:
    """Lines of a table's csv; its head is followed by the name of the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name="下载本表 CSV").nth(table).click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    return [[*lines[0], download.value.suggested_filename], *lines[1:]]


def column(lines: list[list[str]], name: str) -> list[str]:
    """What a csv says in a column."""
    return [line[lines[1].index(name)] for line in lines[2:]]


def sheets(page: Page) -> list[str]:
    """Text of every printed sheet, without blanks."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4"))
    return ["".join(sheet.get_textpage().get_text_range().split()) for sheet in document]


def with_month_before(view: MonthView) -> MonthView:
    """The month with one before it that is the same but for two items: one was behind, the other was not."""
    items = view.assessments[view.assessments["component"] == WHOLE_ITEM]
    before = view.assessments.assign(period=str(pd.Period(view.period, "M") - 1))
    is_behind = items["tasks_behind"] > 0
    before.loc[items.index[is_behind][0], "tasks_behind"] -= 1
    before.loc[items.index[~is_behind & items["indicator"].str.startswith("growth.")][0], "tasks_behind"] = 3
    return dataclasses.replace(view, earlier=before)


def hostile(view: MonthView) -> MonthView:
    """The month with hostile text wherever a county's own text comes in."""
    first = view.findings.index[0]
    findings, figures, rankings = view.findings.copy(), view.figures.copy(), view.rankings.copy()
    findings.loc[first, ["message", "found", "expected"]] = [HOSTILE, FORMULA, "＠SUM(1)"]
    findings["severity"] = findings["severity"].where(findings.index != first, "error")
    findings["area"] = findings["area"].where(findings.index != first, "430102")
    own = figures["submission"].str.startswith(COUNTY)
    figures.loc[own, "quote"] = "8%"
    figures.loc[own, "sentence"] = "😀" + HOSTILE + "8%"
    figures.loc[own, "sentence_at"] = len("😀" + HOSTILE)
    rankings["reason"] = rankings["reason"].where(rankings["area"] != "430102", HOSTILE)
    areas = dict(view.areas)
    areas[COUNTY] = dataclasses.replace(areas[COUNTY], name=HOSTILE)
    return dataclasses.replace(view, areas=areas, findings=findings, figures=figures, rankings=rankings)


def test_the_page_is_below_three_megabytes_and_names_no_address_to_load(page_file: Path) -> None:
    text = page_file.read_text(encoding="utf-8")
    assert len(text.encode()) < 3_000_000
    assert "default-src 'none'" in unescape(text)
    assert "<!--put" not in text
    assert re.findall(r"(?:src|href)=.?(?:https?:)?//|@import|url\((?!#)", text) == []


def test_the_same_month_gives_the_same_page(page_file: Path, view: MonthView, tmp_path: Path) -> None:
    write_dashboard(tmp_path / "again.html", view)
    assert (tmp_path / "again.html").read_bytes() == page_file.read_bytes()


def test_renamed_counties_find_the_borders_of_their_old_names_and_what_finds_none_is_listed(view: MonthView) -> None:
    shapes, unmatched = borders(view.areas)
    drawn = {feature["properties"]["name"] for feature in shapes["features"]}
    assert {"430212", "431181", "430582", "430182"} <= drawn
    assert unmatched == []
    without = {code: area for code, area in view.areas.items() if code not in {COUNTY, "430212"}}
    assert [one[:3] for one in borders(without)[1]] == ["株洲县", "凤凰县"]


def test_a_class_is_shown_nothing_above_it(stored: Warehouse) -> None:
    public, leaders = (month_view(stored, PERIOD, release) for release in ("public", "leaders"))
    above = leaders.assessments.loc[leaders.assessments["release_class"] == "leaders", "indicator"].dropna().unique()
    names = {leaders.label(one) for one in above} - {public.label(one) for one in public.indicators}
    assert names
    told = json.dumps([summary(public, []), details(public)], ensure_ascii=False)
    assert not [name for name in names if name in told]
    assert details(public)["findings"] == []


@needs_chromium
def test_every_number_of_the_ranking_table_is_in_the_warehouse(show: Open, page_file: Path, stored: Warehouse) -> None:
    page = show(page_file, "ranking")
    rankings = stored.read("rankings", period=PERIOD)
    names = stored.read("areas").drop_duplicates("area", keep="last").set_index("area")["name"].to_dict()
    whole = rankings[~rankings["zones"] & (rankings["by"] == "total") & (rankings["scheme"] == "status_share")]
    whole = whole[whole["level"] == "county"].assign(name=whole["area"].map(names))
    province = whole[whole["universe"] == "430000"]
    in_city = whole[whole["universe"] != "430000"].set_index("area")["rank"]
    expected = {
        (
            r.name, "—" if pd.isna(r.rank) else f"{r.rank}{' 并列' if r.tied else ''}",
            "—" if pd.isna(r.value) else f"{r.value:.2f}",
            "—" if pd.isna(r.change) else f"↑{r.change}" if r.change > 0 else f"↓{-r.change}" if r.change else "持平",
            "—" if pd.isna(in_city.get(r.area)) else str(in_city[r.area]),
        )
        for r in province.drop(columns="name").assign(name=province["name"]).itertuples(index=False)
    }  # fmt: skip
    shown = {(row[1], row[0], row[3], row[4], row[5]) for row in rows_of(page, ".ranking")}
    assert shown == expected
    assert len(shown) == 122


@needs_chromium
def test_the_ranking_is_sorted_searched_filtered_and_saved(show: Open, page_file: Path) -> None:
    page = show(page_file, "ranking")
    page.get_by_role("button", name="得分").click()
    points = [row[3] for row in rows_of(page, ".ranking") if row[3] != "—"]
    assert points == sorted(points, key=float)
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("得分")
    page.get_by_label("所属市州").select_option("433100")
    assert len(rows_of(page, ".ranking")) == 8
    page.get_by_label("查找地区").fill("凤凰")
    assert [row[1] for row in rows_of(page, ".ranking")] == ["凤凰县"]
    lines = saved(page)
    assert lines[0][0].endswith(MARK)
    assert all("湘西土家族苗族自治州，含“凤凰”" in told for told in lines[0])
    assert "初步 发布编号" in lines[0][0]
    assert [line[1] for line in lines[2:]] == ["凤凰县"]
    assert page.get_by_role("link", name="ranking.xlsx").get_attribute("href") == "ranking.xlsx"
    page.get_by_role("link", name="凤凰县").click()
    page.wait_for_selector(".items")
    assert page.locator("h1").inner_text() == "凤凰县"


@needs_chromium
def test_a_county_card_has_every_item_and_marks_the_figure_in_its_sentence(
    show: Open, page_file: Path, view: MonthView
) -> None:
    page = show(page_file, f"county/{COUNTY}")
    while page.locator(".items .pager button").first.is_visible():
        page.locator(".items .pager button").first.click()
    own = view.assessments[view.assessments["area"] == COUNTY]
    figure = view.figures[view.figures["submission"].isin(own["submission"])]
    assert open_all(page) == len(own)
    shown = page.eval_on_selector_all(
        ".sentence", "list => list.map(one => [one.textContent, one.querySelector('mark').textContent])"
    )
    expected = sorted([r.sentence, r.quote] for r in figure.itertuples())
    assert sorted(shown) == expected
    assert page.locator(".line svg").count() > 0


@needs_chromium
@pytest.mark.parametrize("where", VIEWS)
def test_every_control_works_without_a_complaint_and_without_a_request(show: Open, page_file: Path, where: str) -> None:
    page = show(page_file, where)
    page.evaluate("window.print = () => { window.printed = true }")
    for at in range(page.locator("main select").count()):
        box = page.locator("main select").nth(at)
        values = box.evaluate("box => [...box.options].map(option => option.value)")
        for value in [values[-1], values[0]]:
            box.select_option(value)
    for at in range(page.locator("main input").count()):
        page.locator("main input").nth(at).fill("县")
        page.locator("main input").nth(at).fill("")
    for at in range(min(page.locator("main button:visible").count(), 40)):
        if page.locator("main button:visible").count() > at:
            page.locator("main button:visible").nth(at).click()
    page.get_by_role("button", name="打印").click()
    assert page.evaluate("window.printed")
    for link in page.locator("nav a").all():
        link.click()
        page.locator("nav a[aria-current=page]", has_text=link.inner_text()).wait_for()
    page.get_by_label("转到县市区").select_option(COUNTY)
    page.wait_for_selector(".items")
    page.keyboard.press("Escape")


@needs_chromium
def test_a_click_on_the_map_leads_to_the_county(show: Open, page_file: Path) -> None:
    page = show(page_file)
    box = page.locator(".map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".items, main .note")
    assert "#/county/43" in page.url


@needs_chromium
@pytest.mark.parametrize("where", VIEWS)
def test_axe_finds_nothing_serious(show: Open, page_file: Path, where: str) -> None:
    page = show(page_file, where)
    open_all(page, 3)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
    assert serious == []


@needs_chromium
@pytest.mark.parametrize("where", VIEWS)
def test_state_class_publication_coverage_and_made_up_mark_stand_on_every_view_of_a_phone(
    show: Open, page_file: Path, view: MonthView, where: str
) -> None:
    page = show(page_file, where, 390, 844)
    state = page.locator(".state").inner_text()
    p = view.publication
    assert all(one in state for one in (MARK, "初步", "内部", p["publication"], f"应报 {p['expected']} 个"))
    assert MARK in page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@needs_chromium
def test_a_month_without_made_up_figures_carries_no_mark(show: Open, view: MonthView, tmp_path: Path) -> None:
    real = {
        **view.publication,
        "is_sample": False,
        "state": "final",
        "approved_by": "王某",
        "approved_at": "2023-05-10T01:30:00+00:00",
    }
    write_dashboard(tmp_path / "index.html", dataclasses.replace(view, publication=real))
    page = show(tmp_path / "index.html")
    state = page.locator(".state").inner_text()
    assert "正式" in state
    assert "样例" not in state
    page.get_by_role("link", name="口径说明").click()
    assert "王某 2023-05-10 09:30（北京时间）" in page.locator(".method").inner_text()


@needs_chromium
def test_hostile_text_arrives_as_text(show: Open, view: MonthView, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_dashboard(path, hostile(view))
    page = show(path, f"county/{COUNTY}")
    assert page.locator("h1").text_content() == HOSTILE
    open_all(page)
    sentence = page.locator(".sentence").first
    assert sentence.text_content() == f"😀{HOSTILE}8%"
    assert sentence.locator("mark").text_content() == "8%"
    for where in VIEWS:
        page.goto(f"{path.as_uri()}#/{where}")
        page.wait_for_selector("main h1")
        assert page.evaluate("window.broken") is None
        assert page.locator("main img").count() == 0
    page.goto(f"{path.as_uri()}#/findings")
    assert page.locator(".found tbody tr").first.locator("td").nth(4).text_content() == FORMULA
    line = saved(page)[2]
    assert {f"'{FORMULA}", "'＠SUM(1)"} <= set(line)


def test_codes_of_findings_and_verdicts_are_told_in_words(view: MonthView) -> None:
    findings = view.findings.copy()
    findings.loc[findings.index[0], ["found", "expected"]] = ["behind", "growth.gdp"]
    told = details(dataclasses.replace(view, findings=findings))
    pairs = {(told["words"][row[4]], told["words"][row[5]]) for row in told["findings"]}
    assert ("滞后", "地区生产总值") in pairs
    codes = {*STATUSES, *view.indicators}
    assert not [pair for pair in pairs if codes & set(pair)]
    verdicts = {told["words"][row[13]] for rows in told["items"].values() for row in rows}
    assert verdicts <= {*VERDICTS.values(), ""}


def test_what_changed_is_counted_in_areas_of_both_months(view: MonthView) -> None:
    assert summary(view, [])["changes"] == {}
    told = summary(with_month_before(view), [])["changes"]
    items = view.assessments[view.assessments["component"] == WHOLE_ITEM]
    now = int(items["tasks_behind"].sum())
    assert told["all"] == [now + 2, now, 1, 3]
    assert told["areas"] == items["area"].nunique()
    assert len(told["campaigns"]) == len(view.campaigns)
    one = dataclasses.replace(view, earlier=with_month_before(view).earlier.query(f"area == '{COUNTY}'"))
    assert summary(one, [])["changes"]["areas"] == 1


@needs_chromium
def test_the_overview_counts_shares_as_the_letter_and_tells_what_changed(
    show: Open, view: MonthView, tmp_path: Path
) -> None:
    told = dataclasses.replace(with_month_before(view), rollups=view.rollups.assign(withheld=False))
    write_dashboard(tmp_path / "index.html", told, has_letter=True)
    page = show(tmp_path / "index.html", "overview?by=growth")
    whole = view.rollups[(view.rollups["level"] == "province") & (view.rollups["indicator"] == "*")]
    base = whole["tasks"].sum() - whole["tasks_not_applicable"].sum()
    cards = page.locator(".cards").inner_text()
    assert f"{100 * (whole['tasks_done'].sum() + whole['tasks_on_track'].sum()) / base:.1f}%" in cards
    assert f"占 {base:,} 项，不含不涉及" in cards
    panel = page.locator("section", has_text="本月变化")
    assert "新转为滞后 1 项，脱离滞后 3 项" in panel.inner_text()
    missing = view.coverage.loc[(view.coverage["expected"] > 0) & (view.coverage["received"] == 0), "name"]
    assert panel.locator("p a").all_inner_texts() == list(missing)
    assert page.get_by_role("link", name="report.docx").get_attribute("href") == "report.docx"
    titles = page.locator("h2").all_inner_texts()
    assert len([one for one in titles if one.endswith("：经济增长主动仗（县市区）")]) == 3


@needs_chromium
def test_what_there_is_not_is_said_or_left_out(show: Open, page_file: Path, view: MonthView) -> None:
    assert view.rollups.loc[view.rollups["level"] == "province", "withheld"].all()
    page = show(page_file)
    assert page.locator("section", has_text="全省任务进展").locator(".empty").inner_text().endswith("汇总暂不发布")
    assert "没有可比的上月数据" in page.locator("section", has_text="本月变化").inner_text()
    assert page.get_by_role("link", name="report.docx").count() == 0


@needs_chromium
def test_a_rate_tells_its_gap_to_the_target_in_points(show: Open, page_file: Path, view: MonthView) -> None:
    own = view.assessments[(view.assessments["area"] == COUNTY) & (view.assessments["indicator"] == "growth.gdp")]
    gap = round(float(own["done_value"].iloc[0] - own["target_value"].iloc[0]), 2)
    page = show(page_file, f"county/{COUNTY}")
    open_all(page, 1)
    assert f"与目标差距：−{abs(gap):g}个百分点" in page.locator(".reasons").inner_text()
    assert column(saved(page, 1), "与目标差距（百分点）")[0] == f"{gap:g}"
    page.get_by_role("link", name="口径说明").first.click()
    assert "增速的完成比例=(1+实际)÷(1+目标)" in page.locator(".method").inner_text()


@needs_chromium
@pytest.mark.parametrize("where", ["overview", "ranking", f"county/{COUNTY}"])
def test_every_printed_sheet_carries_the_marks(show: Open, page_file: Path, view: MonthView, where: str) -> None:
    printed = sheets(show(page_file, where))
    assert len(printed) > 1
    marks = (MARK, "初步", "内部", f"发布编号{view.publication['publication']}")
    assert [[mark for mark in marks if mark not in sheet] for sheet in printed] == [[]] * len(printed)


@needs_chromium
def test_all_rows_are_printed_or_it_is_said_how_many_are_not(show: Open, view: MonthView, tmp_path: Path) -> None:
    many = pd.concat([view.findings] * (600 // len(view.findings) + 1))
    write_dashboard(tmp_path / "index.html", dataclasses.replace(view, findings=many))
    page = show(tmp_path / "index.html", "findings")
    said, rows = page.locator(".count").inner_text(), len(rows_of(page, ".found"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(rows_of(page, ".found")) == 500
    assert f"其余 {len(many) - 500} 行未打印" in page.locator(".count").inner_text()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert (page.locator(".count").inner_text(), len(rows_of(page, ".found"))) == (said, rows)
    page = show(tmp_path / "index.html", f"county/{COUNTY}")
    rows = len(rows_of(page, ".items"))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".items td:last-child").count() == (view.assessments["area"] == COUNTY).sum() > rows - 6


@needs_chromium
def test_made_up_rows_are_marked_in_tables_and_files(show: Open, page_file: Path, view: MonthView) -> None:
    word = reference.setting("sample_mark")
    made_up = set(view.submissions.loc[view.submissions["is_sample"], "area"])
    lines = saved(show(page_file, "coverage"), 1)
    assert column(lines, "数据") == [word if code in made_up else "" for code in view.coverage["area"]]
    filled = view.coverage["cells_filled"].dropna().astype(int).astype(str)
    assert [one for one in column(lines, "已填单元格") if one] == list(filled)
    findings = saved(show(page_file, "findings"))
    assert column(findings, "数据").count(word) == view.findings["is_sample"].sum()
    page = show(page_file, f"county/{sorted(made_up)[0]}", 390, 844)
    assert set(column(saved(page, 1), "数据")) == {word}
    assert page.locator("tr", has_text="总分").locator(".sample").is_visible()
    assert page.locator(".found .sample").first.is_visible()
    own = saved(page, 2)[0]
    assert all(f"{view.name(sorted(made_up)[0])}核对问题" in told for told in own)


@needs_chromium
def test_rankings_are_grouped_and_told_apart_and_a_change_is_told_in_words(
    show: Open, view: MonthView, tmp_path: Path
) -> None:
    write_dashboard(tmp_path / "index.html", dataclasses.replace(view, rankings=view.rankings.assign(change=-2)))
    page = show(tmp_path / "index.html", "ranking")
    box = page.get_by_label("排名依据")
    groups = box.evaluate("box => [...box.children].map(one => [one.label, [...one.children].map(own => own.text)])")
    labels = [label for _, own in groups for label in own]
    assert groups[0] == ["总分与各仗", ["总分", *view.campaigns.values()]]
    assert [title for title, _ in groups[1:]] == [*view.campaigns.values(), "参加排名不足5个的"]
    assert len(set(labels)) == len(labels)
    assert page.get_by_role("img", name="下降2位").first.inner_text() == "↓2"

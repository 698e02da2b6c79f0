"""Everything that the page holds and shows, held against the warehouse."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from risk_assets_tests.conftest import PERIOD
from risk_assets_tests.publishing.every_number.house import (
    CHALING,
    DIGIT,
    FENGHUANG,
    JISHOU,
    PROVINCE,
    SAMPLE,
    TIANYUAN,
    House,
    Row,
    in_order,
    one_digit_off,
    points,
    same,
)
from risk_assets_tests.publishing.every_number.pages import details_of, embedded, ranking_of, summary_of
from risk_assets_tests.publishing.every_number.views import Views

CHROMIUM = Path("/usr/bin/chromium")
Show = Callable[[str], Page]


def numbers_in(told: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers stand."""
    if isinstance(told, dict | list):
        for key, one in told.items() if isinstance(told, dict) else enumerate(told):
            yield from numbers_in(one, (*at, key))
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield at


def test_every_number_in_the_page_is_that_of_the_warehouse(house: House) -> None:
    content, told = embedded((house.lake / "published" / PERIOD / "index.html").read_text(encoding="utf-8"))
    expected, of_details = summary_of(house), details_of(house, told)
    assert same(content, expected) > 4000
    assert same(told["rankings"], of_details["rankings"]) > 70000
    assert same(told["findings"], of_details["findings"]) > 2000
    assert same(told["items"], of_details["items"]) > 30000
    assert set(told) == set(of_details)
    assert sum(len(row[20]) for rows in told["items"].values() for row in rows) > 1500
    for part, right in ((content, expected), (told, of_details)):
        every = list(numbers_in(part))
        for path in every[:: len(every) // 6]:
            inner: Any = part
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] += 1
            with pytest.raises(AssertionError):
                same(part[path[0]], right[path[0]])
            inner[path[-1]] -= 1


SHOWN = """() => {
  const texts = (all) => [...document.querySelectorAll(all)].map((one) => one.textContent);
  const rest = [...document.querySelectorAll("[title]")].map((one) => one.title);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    if (!parentElement.closest("script, style, svg, option, table, .unseen, .tip")) rest.push(textContent);
  }
  const rows = (table) => [...table.rows].filter((row) => !row.matches(".group, .detail"));
  return {
    rest, reasons: texts(".reasons p"), counts: texts(".reasons .count"), options: texts("main option"),
    tables: [...document.querySelectorAll("main table")].map(
      (one) => rows(one).map((row) => [...row.cells].map((cell) => cell.textContent))),
  };
}"""
HOVERED = """() => [...document.querySelectorAll(".map svg path")].flatMap((path) => {
  const fill = path.getAttribute("fill") || "none";
  if (!fill.startsWith("#") || path.getAttribute("stroke") === "#4a5a6a") return [];
  const box = path.getBBox(), matrix = path.getScreenCTM(), inside = [];
  for (let n = 0; n < 400; n += 1) {
    const [right, down] = [(n % 20 + 0.5) / 20, (Math.floor(n / 20) + 0.5) / 20];
    const point = new DOMPoint(box.x + box.width * right, box.y + box.height * down);
    if (path.isPointInFill(point)) inside.push(point);
  }
  const mean = (key) => inside.reduce((sum, point) => sum + point[key], 0) / inside.length;
  const [x, y] = [mean("x"), mean("y")];
  const far = (point) => (point.x - x) ** 2 + (point.y - y) ** 2;
  const { x: clientX, y: clientY } = inside.sort((a, b) => far(a) - far(b))[0].matrixTransform(matrix);
  document.querySelector(".map svg").dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, bubbles: true }));
  return [document.querySelector(".tip").textContent];
})"""
EACH = """(by) => [...document.querySelectorAll("main select")[0].options].map((option) => {
  const choose = (at, value) => {
    const box = document.querySelectorAll("main select")[at];
    box.value = value; box.dispatchEvent(new Event("change"));
  };
  choose(0, option.value);
  return [option.textContent, ["county", "city"].map((level) => {
    choose(1, level);
    return [document.querySelector("main .note").textContent,
      [...document.querySelectorAll(".ranking tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent))];
  })];
})"""


@pytest.fixture(scope="module")
def page(house: House) -> Iterator[Show]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        one = opened.new_page(viewport={"width": 1440, "height": 900})

        def show(where: str) -> Page:
            one.goto("about:blank")
            one.goto(f"{(house.lake / 'published' / PERIOD / 'index.html').as_uri()}#/{where}")
            one.wait_for_selector("main h1")
            return one

        yield show
        opened.close()


def walk_view(found: Row, views: Views, told: tuple[Any, ...]) -> int:
    """Hold what a view shows against what it has to show; gives how many numbers there were."""
    texts, tables, *reasons = told
    arrows = [cell for rows in tables for row in rows for cell in row if re.fullmatch(r"[↑↓]\d+", cell)]
    titles = [f"{'上升' if one[0] == '↑' else '下降'}{one[1:]}位" for one in arrows]
    wanted = [one for one in (*views.always, *texts, *titles) if DIGIT.search(one)]
    *rest, sheet = sorted(
        (one for one in found["rest"] if DIGIT.search(one)), key=lambda one: one.endswith(views.printed)
    )
    assert re.fullmatch(rf" {views.always[0]}　\D+{views.printed}", sheet)
    count = same(sorted(rest), sorted(wanted), "texts")
    of_tables = [in_order(rows[1:]) for rows in found["tables"]]
    count += same(in_order(of_tables), in_order([in_order(rows) for rows in tables]), "tables")
    assert not [one for one in found["options"] if DIGIT.search(one)]
    assert found["counts"] == [f"共 {len(rows) - 1} 行" for rows in found["tables"] if rows[0][0] == "月份"]
    return count + same(sorted(found["reasons"]), sorted(reasons[0] if reasons else []), "reasons")


OPEN_ALL = """() => {
  document.querySelectorAll(".pager button:last-child").forEach((one) => one.click());
  document.querySelectorAll(".items button[aria-expanded]").forEach((one) => one.click());
}"""
WHERE: dict[str, tuple[Callable[[Views], tuple[Any, ...]], int]] = {
    "overview": (lambda views: views.overview("total", "county", "value"), 100),
    "overview?by=growth&as=rank": (lambda views: views.overview("growth", "county", "rank"), 100),
    "overview?by=safety&level=city": (lambda views: views.overview("safety", "city", "value"), 60),
    "heat": (lambda views: views.heat(), 250),
    "coverage": (lambda views: views.coverage(), 150),
    "county": (lambda views: ([], []), 10),
    "findings": (lambda views: views.findings(), 1000),
    "method": (lambda views: (views.method, []), 40),
    **{f"county/{one}": (lambda views, one=one: views.county(one), 1700) for one in (FENGHUANG, CHALING, TIANYUAN)},
    f"county/{JISHOU}": (lambda views: views.county(JISHOU), 15),
}


@pytest.mark.parametrize("where", WHERE)
def test_every_number_that_a_view_shows_is_that_of_the_warehouse(page: Show, house: House, where: str) -> None:
    opened, views = page(where), Views(house)
    opened.evaluate(OPEN_ALL)
    told, least = WHERE[where]
    found, wanted = opened.evaluate(SHOWN), told(views)
    assert walk_view(found, views, wanted) > least
    cells = [
        (row, at) for table in found["tables"] for row in table[1:] for at, cell in enumerate(row) if DIGIT.search(cell)
    ]
    for row, at in cells[:: max(1, len(cells) - 1)]:
        right, row[at] = row[at], one_digit_off(row[at])
        with pytest.raises(AssertionError):
            walk_view(found, views, wanted)
        row[at] = right


def test_every_number_of_every_ranking_that_can_be_chosen_is_that_of_the_warehouse(page: Show, house: House) -> None:
    views, count = Views(house), 0
    pairs = house.rows("""SELECT DISTINCT "by", scheme FROM place""")
    names = {ranking_of(house, r["by"], r["scheme"])[1]: (r["by"], r["scheme"]) for r in pairs}
    found = dict(page("ranking").evaluate(EACH))
    assert set(found) == set(names)
    for name, levels in found.items():
        for level, word, (note, rows) in zip(("county", "city"), ("县市区", "市州"), levels, strict=True):
            of = next((r["of"] for r in views.places(*names[name], level)), 0)
            start = f"{of} 个{word}有名次。"
            assert note.startswith(start)
            assert not DIGIT.search(note.removeprefix(start))
            told = views.ranking(*names[name], level) or [["没有符合条件的内容"]]
            count += same(in_order(rows), in_order(told), name)
    assert count > 5500


@pytest.mark.parametrize(("by", "level"), [("total", "county"), ("growth", "county"), ("total", "city")])
def test_the_map_tells_of_every_area_the_place_and_points_of_the_warehouse(
    page: Show, house: House, by: str, level: str
) -> None:
    rows = house.places(by, "status_share", PROVINCE, level)
    told = [
        house.name(r["area"]) + (f"{points(r['value'])}分，第 {r['rank']} 名 / {r['of']}" if r["rank"] else
                                 f"未排名：{r['reason']}") + (f"（{SAMPLE}）" if r["is_sample"] else "")
        for r in rows
    ]  # fmt: skip
    assert same(sorted(page(f"overview?by={by}&level={level}").evaluate(HOVERED)), sorted(told)) >= 6

"""`python -m risk_assets_tests.bench_readers LAKE`: what readers get of a month, made again and timed.

The page is opened from disk in the system's Chromium, where there is one: it is usable when a county's items stand.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from risk_assets import reference

ROUNDS = 5
CHROMIUM = Path("/usr/bin/chromium")
OF_QUERIES = {
    "全省总排名": "SELECT * FROM ranking WHERE period = :period AND by = 'total' AND universe = '430000' AND NOT zones",
    "一个县的全部指标": "SELECT * FROM county_card WHERE period = :period AND area = :area",
    "全省汇总": "SELECT * FROM province WHERE period = :period AND level = 'province'",
    "核对问题": "SELECT * FROM questions WHERE period = :period",
}


def table(root: Path, period: str) -> Table:
    """A row for each file and each view for readers, the best of some rounds.

    Args:
        root: A lake with a published month.
        period: The month.
    """
    import sqlalchemy as sa  # noqa: PLC0415 - after the environment is set

    from risk_assets.publishing.dashboard import write_dashboard  # noqa: PLC0415
    from risk_assets.publishing.month_view import month_view  # noqa: PLC0415
    from risk_assets.publishing.office_template import example  # noqa: PLC0415
    from risk_assets.publishing.supervision_report import supervision_report  # noqa: PLC0415
    from risk_assets.publishing.workbook import write_ranking_workbook  # noqa: PLC0415
    from risk_assets.storage import Warehouse  # noqa: PLC0415

    house, release = Warehouse(f"sqlite:///{root / 'warehouse.sqlite'}"), reference.setting("release")
    view, template = month_view(house, period, release), example()
    county = next(iter(view.coverage.loc[view.coverage["read"] == 1, "area"]))
    shown = Table(title="给读者的文件和视图", title_justify="left", box=None)
    for head, side in (("步骤", "left"), ("秒", "right"), ("说明", "left")):
        shown.add_column(head, justify=side)
    with tempfile.TemporaryDirectory() as folder:
        page, book = Path(folder) / "index.html", Path(folder) / "ranking.xlsx"
        letters: list[bytes] = []
        steps: dict[str, tuple[Callable[[], object], Callable[[], str]]] = {
            "从库中取一个月": (lambda: month_view(house, period, release), lambda: f"{len(view.assessments)} 行"),
            "网页": (lambda: write_dashboard(page, view), lambda: f"{page.stat().st_size / 2**20:.2f} MB"),
            "工作簿": (lambda: write_ranking_workbook(book, view), lambda: f"{book.stat().st_size / 2**10:.0f} KB"),
            "全省专报": (
                lambda: letters.append(supervision_report(view, view.province, force=True).content),
                lambda: f"{len(letters[-1]) / 2**10:.0f} KB",
            ),
            "全省专报，用单位模板": (
                lambda: letters.append(supervision_report(view, view.province, force=True, template=template).content),
                lambda: f"{len(letters[-1]) / 2**10:.0f} KB，含沙箱进程",
            ),
        }
        for what, (work, told) in steps.items():
            shown.add_row(what, f"{_best(work):.2f}", told())
        if CHROMIUM.exists():
            shown.add_row(
                "打开网页到可用", f"{min(_opened(page, county) for _ in range(ROUNDS)):.2f}", "从磁盘，Chromium"
            )
    for what, query in OF_QUERIES.items():
        rows: list[int] = []

        def ask(query: str = query, rows: list[int] = rows) -> None:
            with house.engine.connect() as connection:
                asked = {"period": period, "area": county} if ":area" in query else {"period": period}
                rows.append(len(connection.execute(sa.text(query), asked).all()))

        shown.add_row(f"视图：{what}", f"{_best(ask):.2f}", f"{rows[-1]} 行，SQLite")
    house.engine.dispose()
    return shown


def _best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _opened(page: Path, county: str) -> float:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where a browser is

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(f"{page.as_uri()}#/county/{county}")
        tab.wait_for_selector(".items")
        taken = float(tab.evaluate("performance.now()")) / 1000
        browser.close()
    return taken


def main() -> None:
    """Measure a lake that is there."""
    root = Path(sys.argv[1])
    newest = max(one.name for one in (root / "published").iterdir())
    Console(width=118, highlight=False).print(table(root, newest))


if __name__ == "__main__":
    main()

"""What our own reader finds in our own workbook and letters."""

import re
from string import ascii_uppercase

import pytest

from risk_assets.monitoring.inspecting import inspect
from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.supervision_report import supervision_report
from risk_assets_tests.conftest import PERIOD, XIANGXI
from risk_assets_tests.publishing.every_number.house import PROVINCE, House, points, same
from risk_assets_tests.publishing.every_number.sheets import Sheets


def read_back(content: bytes, name: str) -> dict[tuple[int, str, str], list[float]]:
    """Table, area and column → what `read` finds there."""
    found: dict[tuple[int, str, str], list[float]] = {}
    for one in inspect(content, name)["observations"]:
        if one["field"] == "cell":
            column = re.search(r"^[A-Z]+|第\d+列$", one["cell"])
            assert column
            found.setdefault((one["table"], one["area"], column[0]), []).append(one["value"])
    return found


@pytest.mark.parametrize(
    ("sheet", "least"),
    [("总排名", 110), ("市州排名", 20), ("报送情况", 80),
     ("言数不符", 500)],
)  # fmt: skip
def test_our_own_reader_reads_the_figures_of_the_workbooks_tables(house: House, sheet: str, least: int) -> None:
    path = house.lake / "published" / PERIOD / "ranking.xlsx"
    found, expected = read_back(path.read_bytes(), path.name), Sheets(house, PROVINCE).all[sheet][1]
    tables = dict(
        zip(("总排名", "市州排名", "言数不符", "报送情况"), sorted({one for one, _, _ in found}), strict=True)
    )
    codes = {area["name"]: code for code, area in house.areas.items()}
    told: dict[tuple[str, str], list[float]] = {}
    for row in expected:
        for column, cell in zip(ascii_uppercase, row, strict=False):
            if isinstance(cell, int | float):
                told.setdefault((codes[row["排名" in sheet]], column), []).append(round(cell, 6))
    own = {(area, column): sorted(round(one, 6) for one in values)
           for (table, area, column), values in found.items() if table == tables[sheet]}  # fmt: skip
    assert same(own, {key: sorted(values) for key, values in told.items()}, sheet) > least


@pytest.mark.parametrize(("area", "levels"), [(PROVINCE, ("city", "county")), (XIANGXI, ("county",))])
def test_our_own_reader_reads_the_figures_of_the_letters_rankings(
    view: MonthView, house: House, area: str, levels: tuple[str, ...]
) -> None:
    """Each level has a table of its own."""
    found = read_back(supervision_report(view, area, force=True).content, "专报.docx")
    for table, level in enumerate(levels, min(table for table, _, _ in found)):
        rows = [r for r in house.places("total", "status_share", area, level) if r["rank"] is not None]
        told = {("第1列", r["area"]): [r["rank"]] for r in rows}
        told |= {("第3列", r["area"]): [float(points(r["value"]))] for r in rows}
        own = {(column, one): values for (number, one, column), values in found.items() if number == table}
        assert same(own, told, level) == 2 * len(rows)

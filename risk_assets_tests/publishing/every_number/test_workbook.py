"""Every cell of the workbooks, held against the warehouse."""

from pathlib import Path

import openpyxl
import pytest

from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.workbook import write_ranking_workbook
from risk_assets_tests.conftest import PERIOD, XIANGXI, ZHUZHOU
from risk_assets_tests.publishing.every_number.house import PROVINCE, House, consumed, in_order, same
from risk_assets_tests.publishing.every_number.letters import COVERED
from risk_assets_tests.publishing.every_number.sheets import HEAD, Sheets


def walk_workbook(book: openpyxl.Workbook, sheets: Sheets) -> int:
    """Hold every cell of every sheet against the warehouse; gives how many numbers there were."""
    expected, count = sheets.all, 0
    assert set(book.sheetnames) == {"封面", *expected}
    state, codes = sheets.state(), {sheets.house.name(one): one for one in sheets.house.cities}
    for name, (heads, rows) in expected.items():
        found = [list(row) for row in book[name].iter_rows(values_only=True)]
        top = "\n".join(str(cell) for row in found[: HEAD - 1] for cell in row if cell is not None)
        infos = len(sheets.cut.asked) - len(sheets.questions)
        notes = {
            "市州排名": ["报送不足 50% 的", "（1、1、3）"],
            "总排名": ["（1、1、3）"],
            "核对问题": [f"另有提示 {infos} 条"],
        }
        own = [sheets.own(codes[name])] if name in codes else []
        count += consumed(top, ["2023年4月", f"发布编号：{sheets.house.publication['publication']}  报送：{state}",
                                *notes.get(name, []), *own], sheets.house)  # fmt: skip
        assert found[HEAD - 1][-len(heads) - 1 :] == [*heads, "数据"]
        told = [["—" if cell is None else cell for cell in row] for row in rows]
        count += same(in_order(found[HEAD:]), in_order(told), name)
    cells = [cell for row in book["封面"].iter_rows(values_only=True) for cell in row if cell is not None]
    filled, wanted = sheets.cut.total("cells_filled", "cells_expected")
    ranked = sum(r["rank"] is not None for r in sheets.places("total"))
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    count += same(numbers, [*sheets.cut.total(*COVERED), 100 * filled / wanted, ranked], "封面")
    texts = "\n".join(cell for cell in cells if isinstance(cell, str))
    return count + consumed(texts, filter(None, sheets.cover(expected)), sheets.house)


@pytest.mark.parametrize(("within", "least"), [(PROVINCE, 4500), (XIANGXI, 3000), (ZHUZHOU, 2500)])
@pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")
def test_every_number_of_a_workbook_is_that_of_the_warehouse(
    view: MonthView, house: House, tmp_path: Path, within: str, least: int
) -> None:
    path = house.lake / "published" / PERIOD / "ranking.xlsx"
    if within != PROVINCE:
        path = tmp_path / "city.xlsx"
        write_ranking_workbook(path, view, within)
    book, sheets = openpyxl.load_workbook(path), Sheets(house, within)
    assert walk_workbook(book, sheets) > least
    for name in ("封面", "经济增长主动仗", "指标", "报送情况") if within == XIANGXI else ():
        cells = [one for row in book[name].iter_rows() for one in row if one.data_type == "n" and one.value is not None]
        cells[len(cells) // 2].value += 1
        with pytest.raises(AssertionError):
            walk_workbook(book, sheets)
        cells[len(cells) // 2].value -= 1

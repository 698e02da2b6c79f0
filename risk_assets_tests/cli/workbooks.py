"""Workbooks that people spoil or correct: made from a made-up one with openpyxl."""

import io
import json
from collections.abc import Callable

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from risk_assets_tests.builders import read

BEHIND = ("进展缓慢", "进展滞后", "滞后", "低于预期", "未完成时序进度", "未达时序进度", "未达到时序进度")


def changed(content: bytes, change: Callable[[str], str]) -> bytes:
    """The workbook with every text put through a function; all else stays as it was."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and isinstance(cell.value, str):
                    cell.value = change(cell.value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def corrected(content: bytes) -> bytes:
    """The county has caught up: nothing is behind any more."""
    return changed(content, lambda text: "进展有序" if text in BEHIND else text)


def renamed(content: bytes, old: str, new: str) -> bytes:
    """The same report with another area, month or anything in its texts."""
    return changed(content, lambda text: text.replace(old, new))


def with_unknown_headers(content: bytes) -> bytes:
    """Every header word that carries figures or status is one that nobody knows."""
    words = {"当前进展情况", "完成年度任务之比", "备注", "截至本月完成情况", "完成比例", "进展状态", "进展", "状态"}
    return changed(content, lambda text: f"栏目{sum(map(ord, text))}" if text.split("(")[0] in words else text)


def telling_one_item_of_each_campaign(content: bytes, area: str) -> bytes:
    """Of every item but one of each campaign, the county says nothing: a stroke for its progress and status."""
    book, told = openpyxl.load_workbook(io.BytesIO(content)), set()
    for row in read(content, area).reading.rows:
        if row["indicator"] and row["campaign"] not in told and row["status"] != "unknown":
            told.add(row["campaign"])
            continue
        cells = json.loads(row["cells"])
        for address in (cells[name] for name in ("progress", "status") if name in cells):
            if isinstance(book[row["sheet"]][address], Cell):
                book[row["sheet"]][address].value = "/"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def shown(sheet: Worksheet, address: str) -> str:
    """What a person sees in a cell; in a merged one, what its first cell says."""
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        merged = next(one for one in sheet.merged_cells.ranges if address in one)
        cell = sheet.cell(merged.min_row, merged.min_col)
    if isinstance(cell.value, float | int):
        percent = cell.number_format.endswith("%")
        return f"{cell.value * 100:.2f}%" if percent else f"{cell.value:g}"
    return cell.value or ""

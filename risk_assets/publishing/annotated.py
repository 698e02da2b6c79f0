"""A workbook that shows a clerk what to correct: the own one with marked cells, or a list where that cannot be done.

The lines of the list begin with words that the reader passes over (`reference/form_words.csv`), so that the marked
workbook can be corrected and sent as it is. Text of others is written as text, never as a formula.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from risk_assets import reference
from risk_assets.documents import Refused, open_document
from risk_assets.publishing.advice import LEVELS, Advice, plain
from risk_assets.publishing.words import SAMPLE

LIST, READ = "核对清单", "读到的内容"
MARK = reference.setting("check_mark")
_FONT = "Microsoft YaHei"
_MACROS = "xl/vbaProject.bin"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_COLOURS = dict(zip(LEVELS, ("FF9999", "FFC7CE", "FFEB9C", "DDEBF7"), strict=True))
_HEADS = (("级别", 10), ("位置", 22), ("问题", 46), ("实际", 34), ("应为", 34), ("怎么办", 40))
_FIELDS = {
    "area_name": "地区",
    "item": "序号",
    "group": "分组",
    "indicator_text": "指标",
    "target_text": "目标",
    "unit": "单位",
    "responsible": "责任单位",
    "progress": "进展情况",
    "done_text": "完成数",
    "attainment_text": "完成比例",
    "status_text": "状态",
    "remark": "备注",
}
_CELL_OF = {"area_name": "area", "indicator_text": "indicator", "target_text": "target", "done_text": "done",
            "item": "number", "attainment_text": "attainment", "status_text": "status"}  # fmt: skip
_PLACE = re.compile(r"(?P<sheet>.+)!(?P<first>[A-Z]{1,3}\d{0,7}|\d{1,7})(?::[A-Z]{0,3}\d{0,7})?")
_LINE = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Annotated:
    """A workbook's bytes, and what the clerk is to know of how it was made."""

    content: bytes
    note: str


def annotate(
    content: bytes,
    name: str,
    title: str,
    findings: Sequence[Advice],
    rows: Iterable[Mapping[str, Any]],
    is_sample: bool,
    macros: bool,
) -> Annotated:
    """Mark what is to be corrected.

    Args:
        content: The file as it came.
        name: Its name.
        title: Whose file of which month it is.
        findings: What is wrong, the gravest first.
        rows: Report rows; shown with their addresses where the file itself is no workbook of the new format.
        is_sample: Made-up data.
        macros: Keep macros, unrun; Excel opens the result under a name in .xlsm only.
    """
    head = f"{title}{f'（{SAMPLE}）' if is_sample else ''}"
    why = _why_not(content, name)
    if not why:
        try:
            return _marked(content, head, findings, macros)
        except Exception as error:  # openpyxl raises whatever its parsers meet in a style, a drawing, a name
            why = f"原工作簿无法标注（{type(error).__name__}）"
    book = Workbook()
    book.active.title = LIST
    spots = _write_rows(book.create_sheet(READ), rows)
    found = [(one, spots.get(one.where)) for one in findings]
    _mark(book, [(one, spot) for one, spot in found if spot])
    _write_list(book.active, head, why, found)
    return Annotated(_saved(book), f"{why}，只列出清单和读到的内容")


def _why_not(content: bytes, name: str) -> str:
    """Why the file itself cannot be marked, or blank; openpyxl is given only what our own reader has let in."""
    try:
        document = open_document(content, name)
    except Refused:
        return "文件无法打开"
    return "" if document.format in ("xlsx", "xlsm") else "不是 .xlsx 或 .xlsm 工作簿，不能直接标注"


def _marked(content: bytes, head: str, findings: Sequence[Advice], macros: bool) -> Annotated:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        has_macros = _MACROS in archive.namelist()
    book = openpyxl.load_workbook(io.BytesIO(content), keep_vba=has_macros and macros)
    _unmark(book)
    found = [(one, _spot(book, one.where)) for one in findings]
    _mark(book, [(one, spot) for one, spot in found if spot and not spot.endswith("!")])
    note = "在原表上标出，改正后可直接报送；公式须在 Excel 或 WPS 中打开、保存后才有计算结果"
    if has_macros and not macros:
        note += "；未带宏，如需保留请把输出文件名写成 .xlsm"
    _write_list(book.create_sheet(LIST, 0), head, note, found)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    return Annotated(_saved(book), note)


def _unmark(book: Workbook) -> None:
    """Take away list and marks of an earlier check of the same workbook."""
    if LIST in book.sheetnames and str(book[LIST]["A1"].value).startswith(f"【{LIST}】"):
        del book[LIST]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and MARK in cell.comment.text:
                    own = cell.comment.text.partition(MARK)[0].rstrip("\n")
                    cell.comment = _comment(own, cell.comment.author) if own else None
                    cell.fill = PatternFill()


def _spot(book: Workbook, where: str) -> str:
    """`sheet!cell` of the cell that stands for a place, `sheet!` for a whole sheet, blank where there is none."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    place = _PLACE.fullmatch(where)
    if place is None or place["sheet"] not in sheets:
        return f"{where}!" if where in sheets else ""
    sheet, first = sheets[place["sheet"]], place["first"]
    if first.isalpha():
        first += "1"
    cell = _first_filled(sheet, int(first)) if first.isdigit() else first
    for merged in sheet.merged_cells.ranges:
        if cell in merged:
            cell = f"{get_column_letter(merged.min_col)}{merged.min_row}"
    return f"{sheet.title}!{cell}"


def _first_filled(sheet: Worksheet, row: int) -> str:
    for cell in sheet[row]:
        if cell.value is not None and not isinstance(cell, MergedCell):
            return str(cell.coordinate)
    return f"A{row}"


def _mark(book: Workbook, found: Iterable[tuple[Advice, str]]) -> None:
    """Fill each cell in the colour of its gravest finding, and put all of its findings into one comment."""
    of_cell: dict[str, list[Advice]] = {}
    for one, spot in found:
        of_cell.setdefault(spot, []).append(one)
    for spot, several in of_cell.items():
        sheet, _, address = spot.rpartition("!")
        cell = book[sheet][address]
        cell.fill = PatternFill("solid", fgColor=_COLOURS[several[0].level])
        texts = [cell.comment.text] if cell.comment is not None else []
        author = cell.comment.author if cell.comment is not None else LIST
        cell.comment = _comment("\n".join([*texts, *(f"{MARK}{_told(one)}" for one in several)]), author)


def _told(one: Advice) -> str:
    parts = [f"{one.level}：{one.what}"]
    parts += [f"实际：{one.found}"] if one.found else []
    parts += [f"应为：{one.expected}"] if one.expected else []
    return "\n".join([*parts, f"怎么办：{one.todo}"])


def _comment(text: str, author: str) -> Comment:
    lines = sum(1 + len(line) // 22 for line in text.split("\n"))
    return Comment(text, author, height=24 + 18 * lines, width=300)


def _write_list(sheet: Worksheet, head: str, note: str, found: Sequence[tuple[Advice, str | None]]) -> None:
    """The list: each line begins with a word in 【】 by which the reader knows that it is none of the county's."""
    counts = "，".join(f"{level} {sum(one.level == level for one, _ in found)}" for level in LEVELS)
    _put(sheet, 1, 1, f"【{LIST}】{plain(head)}", bold=True, size=14)
    _put(sheet, 2, 1, f"【{LIST}】{counts}。{note}。")
    meanings = "；".join(f"{level}：{meaning}" for level, meaning in LEVELS.items())
    _put(sheet, 3, 1, f"【{LIST}】{meanings}。")
    for column, (words, width) in enumerate(_HEADS, 1):
        cell = _put(sheet, 5, column, f"【{words}】" if column == 1 else words, bold=True)
        cell.fill, cell.border = PatternFill("solid", fgColor="DDEBF7"), _BOX
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, (one, spot) in enumerate(found, 6):
        values = (f"【{one.level}】", one.where or "整份文件", one.what, one.found, one.expected, one.todo)
        for column, value in enumerate(values, 1):
            cell = _put(sheet, row, column, value)
            cell.alignment, cell.border = _WRAPPED, _BOX
        _heighten(sheet, row, zip(values, (width for _, width in _HEADS), strict=True))
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[one.level])
        if spot:
            _link(sheet.cell(row, 2), spot)
    if not found:
        _put(sheet, 6, 1, f"【{LIST}】没有发现问题。")
    sheet.freeze_panes = "A6"
    _print_wide(sheet, "5:5")


def _print_wide(sheet: Worksheet, heads: str) -> None:
    """Print on A4 across, all columns on one page, the heads on each."""
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.page_setup.paperSize = "landscape", 0, 9
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = heads


def _link(cell: Cell, spot: str) -> None:
    sheet, _, address = spot.rpartition("!")
    quoted = sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{address or 'A1'}")
    cell.font = Font(name=_FONT, size=10, color="0563C1", underline="single")


def _heighten(sheet: Worksheet, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Make a row high enough for its texts in columns of the given widths; a Chinese character is two wide."""
    lines = max(-(-sum(2 - c.isascii() for c in text) // int(width - 1)) for text, width in texts)
    sheet.row_dimensions[row].height = 15 * max(1, lines) + 2


def _put(sheet: Worksheet, row: int, column: int, text: str, bold: bool = False, size: float = 10) -> Cell:
    """Write a text as a text: openpyxl takes one that begins with = for a formula."""
    cell = sheet.cell(row, column, text or None)
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_FORMULA_SIGNS)
    cell.font = Font(name=_FONT, bold=bold, size=size)
    return cell


def _write_rows(sheet: Worksheet, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Write what was read, a row each with its address; returns where in the sheet each address stands."""
    heads = ["位置", "表", *_FIELDS.values(), "处理"]
    for column, words in enumerate(heads, 1):
        cell = _put(sheet, 1, column, words, bold=True)
        cell.fill, cell.border = PatternFill("solid", fgColor="DDEBF7"), _BOX
        sheet.column_dimensions[get_column_letter(column)].width = _width(words)
    spots: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        cells = json.loads(row["cells"])
        prefix, where = f"{row['sheet']}!" if row["sheet"] else "", row["where"]
        spots[where] = f"{READ}!A{number}"
        handled = "采用" if row["state"] == "accepted" else "搁置"
        values = [where, row.get("title"), *(row.get(field) for field in _FIELDS), handled]
        for column, value in enumerate(values, 1):
            cell = _put(sheet, number, column, plain(str(value or "")))
            cell.alignment, cell.border = _WRAPPED, _BOX
        _heighten(sheet, number, ((str(v or ""), _width(words)) for v, words in zip(values, heads, strict=True)))
        for column, field in enumerate(_FIELDS, 3):
            address = cells.get(_CELL_OF.get(field, field))
            if address:
                spots.setdefault(f"{prefix}{address}", f"{READ}!{get_column_letter(column)}{number}")
    sheet.freeze_panes = "B2"
    _print_wide(sheet, "1:1")
    return spots


def _width(words: str) -> float:
    return 44 if words in ("指标", "进展情况") else 18 if words in ("位置", "表", "责任单位") else 11


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

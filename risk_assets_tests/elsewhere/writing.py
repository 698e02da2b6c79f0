"""A public table of another place, from `tables/<place>.json`, written as a file that a person would send."""

import csv
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import docx
import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries

TABLES = Path(__file__).parent / "tables"
PLACES = sorted(path.stem for path in TABLES.glob("*.json"))
ITEM_FIELDS = (
    *("item", "group", "indicator", "target", "unit", "responsible", "done", "attainment"),
    *("status_text", "status", "remark"),
)


@cache
def place(name: str) -> dict[str, Any]:
    """What is known of a place's table: source, rows as printed, and what is to be read in them."""
    return json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))


def written(name: str, kind: str) -> bytes:
    """A place's tables as .xlsx or .docx with merged cells, as .csv, or as .txt with tabs."""
    return {"xlsx": _workbook, "docx": _document, "csv": _csv, "txt": _text}[kind](place(name)["tables"])


def _workbook(tables: list[dict]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table["sheet"])
        for i, row in enumerate(table["rows"], 1):
            for j, value in enumerate(row, 1):
                cell = sheet.cell(i, j, value)
                if isinstance(value, int | float):
                    cell.number_format = _format(table, i, j)
        for span in table["merges"]:
            sheet.merge_cells(span)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _document(tables: list[dict]) -> bytes:
    document = docx.Document()
    for table in tables:
        rows = _shown(table)
        inside = [i for i, row in enumerate(rows) if sum(map(bool, row)) > 1]
        first, last = inside[0], inside[-1]
        for row in rows[:first]:
            document.add_paragraph(row[0])
        grid = document.add_table(last - first + 1, max(map(len, rows)))
        for i, row in enumerate(rows[first : last + 1]):
            for j, text in enumerate(row):
                grid.cell(i, j).text = text
        for span in table["merges"]:
            left, top, right, bottom = range_boundaries(span)
            if first < top <= last + 1:
                text = grid.cell(top - first - 1, left - 1).text
                merged = grid.cell(top - first - 1, left - 1).merge(grid.cell(bottom - first - 1, right - 1))
                merged.text = text
        for row in rows[last + 1 :]:
            document.add_paragraph(row[0])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _csv(tables: list[dict]) -> bytes:
    buffer = io.StringIO(newline="")
    for table in tables:
        csv.writer(buffer).writerows(_shown(table))
    return buffer.getvalue().encode("gb18030")


def _text(tables: list[dict]) -> bytes:
    rows = (row for table in tables for row in _shown(table))
    return "\n".join("\t".join(re.sub(r"\s*\n\s*", "", cell) for cell in row) for row in rows).encode()


def _format(table: dict, row: int, column: int) -> str:
    """Number format of a cell, else of its column."""
    letter = get_column_letter(column)
    return table["formats"].get(f"{letter}{row}", table["formats"].get(letter, "General"))


def _shown(table: dict) -> list[list[str]]:
    """Rows as they are seen: every cell a text; a row of more than one cell is as wide as the table."""
    width = max(map(len, table["rows"]))
    rows = []
    for i, row in enumerate(table["rows"], 1):
        cells = ["" if value is None else _seen(value, _format(table, i, j)) for j, value in enumerate(row, 1)]
        rows.append(cells + [""] * (width - len(cells) if len(cells) > 1 else 0))
    return rows


def _seen(value: str | float, form: str) -> str:
    if isinstance(value, str):
        return value
    digits = len(form.partition(".")[2].rstrip("%"))
    if form.endswith("%"):
        return f"{100 * value:.{digits}f}%"
    return f"{value:.{digits}f}" if form.startswith("0") else str(value)

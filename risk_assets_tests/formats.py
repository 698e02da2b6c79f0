"""The same tables in every format that a county may send them in, for tests."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt

from risk_assets.documents import Grid, open_document

HAS_OFFICE = shutil.which("soffice") is not None
needs_office = (pytest.mark.office, pytest.mark.skipif(not HAS_OFFICE, reason="LibreOffice is not installed"))


def grids_of(workbook: bytes) -> list[Grid]:
    """Sheets of a workbook, cells as shown."""
    return open_document(workbook, "表.xlsx").grids


def as_word(grids: Iterable[Grid], above: int, size: float = 11, height: float = 21, header: int = 1) -> bytes:
    """Sheets as a Word document: a table each with its merged cells, on wide pages, its header on each of them.

    Args:
        grids: The sheets; one that has one column is prose.
        above: Rows above the header, which become paragraphs.
        size: Size of the type.
        height: Height of the pages in centimetres.
        header: Rows of the header.
    """
    word = docx.Document()
    section = word.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(height)
    word.styles["Normal"].font.size = Pt(size)
    for grid in grids:
        is_prose = max(map(len, grid.rows)) == 1
        for row in grid.rows[: None if is_prose else above]:
            word.add_paragraph("    ".join(filter(None, row)))
        if not is_prose:
            _add_table(word, grid, above, header)
    return _saved(word)


def _add_table(word, grid: Grid, above: int, header: int) -> None:
    rows = grid.rows[above:]
    table = word.add_table(len(rows), max(map(len, rows)), style="Table Grid")
    for top, left, bottom, right in grid.merges:
        if top >= above:
            table.cell(top - above, left).merge(table.cell(bottom - above, right))
    cells, width = table._cells, len(table.columns)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            if text:
                cells[i * width + j].text = text
    for row in table.rows[:header]:
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def as_lines(grids: Iterable[Grid], separator: str) -> bytes:
    """Sheets as a text, a row a line, line breaks of a cell lost."""
    return "\n".join(separator.join(" ".join(c.split()) for c in row) for grid in grids for row in grid.rows).encode()


def as_files(workbook: bytes) -> bytes:
    """Sheets as a delivery of a workbook each."""
    buffer = io.BytesIO()
    names = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True).sheetnames
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            book = openpyxl.load_workbook(io.BytesIO(workbook))
            for other in names:
                if other != name:
                    del book[other]
            archive.writestr(f"{name}.xlsx", _saved(book))
    return buffer.getvalue()


def converted(files: dict[str, bytes], kind: str, folder: Path) -> dict[str, bytes]:
    """Files as LibreOffice saves them in another format, by their names without an ending."""
    paths = [folder / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", folder, *paths], check=True, capture_output=True, timeout=300)
    return {path.stem: path.with_suffix(f".{kind}").read_bytes() for path in paths}


def _saved(file) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()

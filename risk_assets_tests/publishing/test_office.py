"""Workbook and letter in the office program of those who have no Excel and no Word."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from risk_assets.publishing.gongwen import typeset
from risk_assets.publishing.month_view import month_view
from risk_assets.publishing.office_template import example, filled
from risk_assets.publishing.supervision_report import supervision_letter
from risk_assets.publishing.workbook import write_ranking_workbook
from risk_assets_tests.conftest import PERIOD, XIANGXI

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]


def sheets(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {name: [_seen(cell) for row in of for cell in row if cell != ""] for name, of in rows.items()}


def _seen(cell):
    """LibreOffice writes 15 digits of a number."""
    return float(f"{cell:.12g}") if isinstance(cell, float) else cell


def saved_again(path: Path, kind: str) -> bytes:
    """A file as LibreOffice opens and saves it."""
    folder = path.parent / "again"
    command = ["soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--convert-to", kind]
    done = subprocess.run([*command, "--outdir", folder, path], check=True, capture_output=True, timeout=120)
    assert b"rror" not in done.stderr
    return (folder / path.with_suffix(f".{kind}").name).read_bytes()


@pytest.mark.parametrize("within", [None, XIANGXI])
def test_libreoffice_opens_the_workbook_and_shows_the_same_cells(published, warehouse, tmp_path, within):
    ours = tmp_path / "ranking.xlsx"
    write_ranking_workbook(ours, month_view(warehouse, PERIOD, "leaders"), within)
    theirs = sheets(saved_again(ours, "ods"))
    for name, cells in sheets(ours.read_bytes()).items():
        assert cells == theirs[name], name


def lines_of(content: bytes) -> list[str]:
    body = Document(io.BytesIO(content)).element.body
    return ["".join(text.text or "" for text in one.iter(qn("w:t"))) for one in body.iter(qn("w:p"))]


def test_a_template_that_an_office_program_has_saved_is_filled_with_every_word(published, warehouse, tmp_path):
    letter = supervision_letter(month_view(warehouse, PERIOD, "internal"), XIANGXI, force=True)
    (tmp_path / "template.docx").write_bytes(example())
    made = filled(letter, saved_again(tmp_path / "template.docx", "docx"))
    assert made.left_out == []
    assert [line for line in lines_of(made.content) if line] == [line for line in lines_of(typeset(letter)) if line]

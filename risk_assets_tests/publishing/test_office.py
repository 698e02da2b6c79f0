"""The workbook in the office program of those who have no Excel."""

import io
import shutil
import subprocess

import pytest
from python_calamine import CalamineWorkbook

from risk_assets.publishing.month_view import month_view
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


@pytest.mark.parametrize("within", [None, XIANGXI])
def test_libreoffice_opens_the_workbook_and_shows_the_same_cells(published, warehouse, tmp_path, within):
    ours = tmp_path / "ranking.xlsx"
    write_ranking_workbook(ours, month_view(warehouse, PERIOD, "leaders"), within)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"]
    done = subprocess.run([*command, "--outdir", tmp_path, ours], check=True, capture_output=True, timeout=120)
    assert b"rror" not in done.stderr
    theirs = sheets((tmp_path / "ranking.ods").read_bytes())
    for name, cells in sheets(ours.read_bytes()).items():
        assert cells == theirs[name], name

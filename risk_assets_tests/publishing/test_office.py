"""The workbook in the office program of those who have no Excel."""

import io
import shutil
import subprocess

import pytest
from python_calamine import CalamineWorkbook

from risk_assets.assets.publishing import WORKBOOK
from risk_assets_tests.conftest import PERIOD

pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]


def sheets(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_libreoffice_opens_the_workbook_and_shows_the_same_cells(published, tmp_path):
    ours = published.published(PERIOD) / WORKBOOK
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"]
    subprocess.run([*command, "--outdir", tmp_path, ours], check=True, capture_output=True, timeout=120)
    theirs = sheets((tmp_path / "ranking.ods").read_bytes())
    for name, rows in sheets(ours.read_bytes()).items():
        cells = [cell for row in rows for cell in row if cell != ""]
        assert cells == [cell for row in theirs[name] for cell in row if cell != ""], name

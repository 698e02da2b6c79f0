"""A county's file whose cells would do harm, from landing to everything that readers get."""

import base64
import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from risk_assets.assets.publishing import publish_month
from risk_assets.assets.reading import read_month
from risk_assets.language.areas import name_of
from risk_assets.publishing.month_view import month_view
from risk_assets.publishing.office_template import example
from risk_assets.publishing.supervision_report import supervision_report
from risk_assets.storage import Lake, Warehouse
from risk_assets_tests.conftest import AREAS, PERIOD, call, land_sample, month_of_samples, point_at

FENGHUANG = "433123"
TURNED = "\u202e倒写的字"
HOSTILE = (
    '=HYPERLINK("http://evil.example/","点此")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1",
    "<script>window.broken=1</script><img src=x onerror=alert(1)>",
    "{{7*7}}{% for x in [] %}",
    TURNED,
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spoiled(content: bytes) -> bytes:
    """A county's workbook with harm in the cells of progress and status (备注) of its first items."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    left = list(HOSTILE) * 2
    items = (row for sheet in book for row in sheet.iter_rows() if isinstance(row[0].value, int) and len(row) > 5)
    for harm, row in zip(HOSTILE * 2, items, strict=False):
        for cell, text in ((row[5], harm), (row[3], f"{harm}{row[3].value}")):
            cell.value = text
            cell.data_type = "s"
        left.remove(harm)
    assert not left
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, Warehouse]]:
    """A published month with the spoiled file in it."""
    root = tmp_path_factory.mktemp("hostile") / "lake"
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, root)
        lake, samples = Lake(root), month_of_samples(PERIOD)
        for area in set(AREAS) - {FENGHUANG}:
            land_sample(lake, samples[area])
        lake.land(spoiled(samples[FENGHUANG].content), "=cmd|' 凤凰县.xlsx", FENGHUANG, PERIOD)
        read_month(lake, PERIOD, AREAS)
        warehouse = Warehouse(f"sqlite:///{root / 'warehouse.sqlite'}")
        publish_month(lake, warehouse, PERIOD)
        yield lake, warehouse
        warehouse.engine.dispose()


@pytest.fixture
def folder(house: tuple[Lake, Warehouse]) -> Path:
    return house[0].published(PERIOD)


def test_the_harm_is_in_the_warehouse_or_this_proves_nothing(house: tuple[Lake, Warehouse]) -> None:
    rows = house[1].read("report_rows", area=FENGHUANG)
    texts = " ".join(rows["status_text"].dropna()) + " ".join(rows["progress"].dropna())
    assert all(harm.removeprefix("\u202e") in texts for harm in HOSTILE)


def test_in_the_workbook_it_is_text(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "ranking.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if cell.hyperlink and cell.hyperlink.target]
    texts = [str(cell.value) for cell in cells]
    for harm in HOSTILE[:5]:
        assert any(harm in text for text in texts)
    assert not any("\u202e" in text for text in texts)


@pytest.mark.parametrize("template", [None, example()], ids=["our form", "a template"])
def test_in_the_letter_it_is_text(house: tuple[Lake, Warehouse], template: bytes | None) -> None:
    view = month_view(house[1], PERIOD, "internal")
    content = supervision_report(view, FENGHUANG, force=True, template=template).content
    document = Document(io.BytesIO(content))
    text = "\n".join(
        [one.text for one in document.paragraphs]
        + [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    )
    assert name_of(FENGHUANG) in text
    assert "<script>window.broken=1</script>" in text
    assert "{{7*7}}" in text
    assert "=HYPERLINK(" in text
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        everything = b"".join(
            parts.read(name) for name in parts.namelist() if name.endswith((".xml", ".rels"))
        ).decode()
    assert "<script" not in everything
    assert "\u202e" not in everything
    assert 'TargetMode="External"' not in everything
    assert {code.strip() for code in re.findall(r'w:instr="([^"]*)"', everything)} == {"PAGE"}


def test_in_the_page_it_is_text(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "window.broken" not in page
    packed = re.search(r'id="details">(.*?)</script>', page, re.DOTALL)
    assert packed
    told = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    assert any("<script>window.broken=1</script>" in word for word in told["words"])
    assert not any("\u202e" in word for word in told["words"])


@pytest.mark.parametrize("table", ["report_rows", "targets", "assessments", "submissions"])
def test_in_csv_nothing_begins_a_formula(
    house: tuple[Lake, Warehouse], monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    point_at(monkeypatch, house[0].root)
    result = call("show", table, "--period", PERIOD, "--area", FENGHUANG, "--csv")
    assert result.exit_code == 0, result.output
    cells = [cell for row in csv.reader(io.StringIO(result.output)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULA) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)]
    assert table in ("assessments", "targets") or any(cell.startswith("'=") for cell in cells)
    assert "\u202e" not in result.output

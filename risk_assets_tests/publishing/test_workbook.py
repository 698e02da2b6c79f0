"""`ranking.xlsx` as published, opened with another library than the one that wrote it."""

import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl import Workbook

from risk_assets.assets.publishing import reference_frames
from risk_assets.contracts import Findings, MonthFindings, Rankings, Rollups, Scores, Submissions, typed
from risk_assets.language.areas import name_of
from risk_assets.publishing.workbook import write_ranking_workbook
from risk_assets_tests.conftest import AREAS, PERIOD, XIANGXI

NASTY = [
    "=1+1",
    '=HYPERLINK("http://evil","x")',
    "@SUM(A1)",
    "+1+1",
    "-2+3",
    "http://evil.example/",
    "{=1}",
    "\tx",
    "1e5",
]
CAMPAIGNS = {"growth": "经济增长主动仗"}

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")


@pytest.fixture
def book(published) -> Workbook:
    return openpyxl.load_workbook(published.published(PERIOD) / "ranking.xlsx")


def rows_of(book: Workbook, sheet: str) -> list[dict]:
    heads = [cell.value for cell in book[sheet][3]]
    return [dict(zip(heads, row, strict=True)) for row in book[sheet].iter_rows(min_row=4, values_only=True)]


def written(path: Path, text: str, sample: bool = True) -> Workbook:
    """A workbook in which one county sent a file, and a cell in it, with this text."""
    publication = {
        "publication": "2023-04-001-abcdef12", "period": PERIOD, "state": "draft", "expected": 122, "received": 1,
        "made_at": "2023-05-09T08:00:00.000000+00:00", "read": 1, "on_time": 1, "is_sample": sample,
    }  # fmt: skip
    shared = {"publication": "2023-04-001-abcdef12", "period": PERIOD, "is_sample": sample}
    place = {
        **shared,
        "by": "total",
        "level": "county",
        "universe": "430000",
        "scheme": "status_share",
        "zones": False,
        "of": 1,
    }
    submission = {
        "submission": "s", "rules": "r", "area": "433123", "period": PERIOD, "version": 1, "size": 1,
        "sha256": "0" * 64,
        "original_name": text, "received_at": "2023-05-06", "working_days_late": 0, "state": "read", "rows_read": 1,
        "rows_accepted": 1, "rows_unchanged": 0, "rows_set_aside": 0, "is_sample": sample,
    }  # fmt: skip
    finding = {
        "submission": "s", "rules": "r", "finding": 1, "area": "433123", "period": PERIOD, "rule": "ratio_differs",
        "severity": "warning", "message": text, "found": text, "expected": text, "where": text, "is_sample": sample,
    }  # fmt: skip
    tables = {
        "rollups": typed(Rollups, []),
        "scores": typed(Scores, []),
        "rankings": typed(Rankings, [
            {**place, "area": "433123", "rank": 1, "tied": False, "value": 88.125},
            {**place, "area": "433124", "rank": None, "tied": False, "value": None, "reason": text},
        ]),
        "month_findings": typed(MonthFindings, [finding | {"publication": "2023-04-001-abcdef12"}]),
    }  # fmt: skip
    submissions = typed(Submissions, [submission]).assign(used=True)
    areas = reference_frames()["areas"]
    write_ranking_workbook(path, publication, tables, submissions, typed(Findings, [finding]), areas, CAMPAIGNS)
    return openpyxl.load_workbook(path)


def test_the_workbook_has_a_sheet_for_every_question(book):
    wanted = {"封面", "总排名", "市州排名", "未排名", "报送情况", "核对问题", "经济增长主动仗", "重点民生保障仗"}
    assert wanted <= set(book.sheetnames)
    assert book.sheetnames[0] == "封面"


def test_every_number_of_the_total_ranking_is_in_the_warehouse(book, warehouse):
    publication = str(warehouse.current(PERIOD)["publication"])
    of = {"publication": publication, "scheme": "status_share"}
    places = warehouse.read("rankings", **of, by="total", level="county", universe="430000", zones=False)
    places = places[places["rank"].notna()].set_index("area")
    scores = warehouse.read("scores", **of)
    points = {(r.area, r.campaign): r.points for r in scores.itertuples()}
    campaigns = {name: campaign for campaign, name in _campaigns().items()}
    rows = rows_of(book, "总排名")
    assert len(rows) == len(places) >= len(AREAS) - 1
    for row, (area, place) in zip(rows, places.sort_values(["rank", "area"]).iterrows(), strict=True):
        assert (row["地区"], row["名次"], row["得分"]) == (name_of(area), place["rank"], place["value"])
        for name, campaign in campaigns.items():
            assert row[name] == points[area, campaign], (area, campaign)


def _campaigns() -> dict[str, str]:
    return {
        "growth": "经济增长主动仗", "innovation": "科技创新攻坚仗", "environment": "优化发展环境持久仗",
        "risk": "防范化解风险阻击仗", "safety": "安全生产翻身仗", "livelihood": "重点民生保障仗",
    }  # fmt: skip


def test_the_cities_ranking_shows_published_cities_and_the_rest_has_reasons(book):
    assert [row["地区"] for row in rows_of(book, "市州排名")] == [name_of(XIANGXI)]
    reasons = {row["地区"]: row["原因"] for row in rows_of(book, "未排名")}
    assert reasons["吉首市"] == "未报送"
    assert "报送不足" in reasons["株洲市"]
    assert len(reasons) + len(rows_of(book, "总排名")) + 1 == 122 + 14


def test_coverage_lists_every_county_with_the_rows_that_were_read(book, warehouse):
    rows = {row["地区"]: row for row in rows_of(book, "报送情况")}
    assert len(rows) == 122
    for one in warehouse.read("submissions").itertuples():
        row = rows[name_of(one.area)]
        assert (row["读取行"], row["采用行"], row["搁置行"]) == (one.rows_read, one.rows_accepted, one.rows_set_aside)
        assert row["文件"] == one.original_name
    assert rows["吉首市"]["报送"] == "未报送"


def test_every_sheet_bears_the_mark_of_made_up_data_and_the_state(book):
    for sheet in book:
        head = " ".join(str(sheet.cell(row, 1).value) for row in (1, 2))
        assert "样例数据" in head, sheet.title
        assert "初步" in head, sheet.title


def test_every_row_with_made_up_figures_bears_the_mark(book):
    for sheet in book.worksheets[1:]:
        for row in rows_of(book, sheet.title):
            sent = sheet.title != "报送情况" or row["报送"] != "未报送"
            if sent and sheet.title != "未排名":
                assert row["数据"] == "样例数据", (sheet.title, row)


def test_a_workbook_without_made_up_data_bears_no_mark(tmp_path):
    book = written(tmp_path / "a.xlsx", "text", sample=False)
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [text for text in cells if "样例" in text]


@pytest.mark.parametrize("text", NASTY)
def test_text_that_could_be_a_formula_or_link_arrives_as_text(tmp_path, text):
    book = written(tmp_path / "a.xlsx", text)
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(found) >= 6
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in found)


@pytest.mark.parametrize("text", ["\x00\x1b[31m", "<x>&\"'", "长" * 40000])
def test_text_that_no_workbook_can_hold_does_not_stop_the_publication(tmp_path, text):
    assert written(tmp_path / "a.xlsx", text).sheetnames[0] == "封面"


def test_no_cell_of_the_workbook_is_a_formula_and_nothing_leads_outside(published, tmp_path):
    for path in (published.published(PERIOD) / "ranking.xlsx", tmp_path / "nasty.xlsx"):
        if not path.exists():
            written(path, NASTY[1])
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
        assert not [name for name in parts if "externalLink" in name or "vbaProject" in name]
        assert not [name for name, text in parts.items() if 'TargetMode="External"' in text]
        assert not [name for name, text in parts.items() if name.startswith("xl/worksheets/") and "<f>" in text]


def test_a_missing_value_is_a_dash_and_never_a_zero(book):
    row = next(row for row in rows_of(book, "报送情况") if row["报送"] == "未报送")
    assert {row[name] for name in ("时间", "版本", "读取行", "采用行", "文件")} == {"—"}


def test_the_same_tables_give_the_same_bytes(tmp_path):
    written(tmp_path / "a.xlsx", "text")
    written(tmp_path / "b.xlsx", "text")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_the_parquet_beside_the_workbook_is_what_the_warehouse_holds(published, warehouse):
    publication = str(warehouse.current(PERIOD)["publication"])
    for name in ("rollups", "scores", "rankings"):
        frame = pd.read_parquet(published.published(PERIOD) / f"{name}.parquet")
        stored = warehouse.read(name, publication=publication)
        assert len(frame) == len(stored)
        assert list(frame.columns) == list(stored.columns)
        assert set(frame["publication"]) == {publication}

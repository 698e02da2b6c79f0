"""The workbook to fill in: what a person writes into it reads without a single finding."""

import io
from itertools import cycle

import openpyxl
import pandas as pd
import pytest

from risk_assets import reference
from risk_assets.contracts import ReportRows, typed
from risk_assets.language.areas import areas_in, name_of, reporting_areas
from risk_assets.language.status import read_status
from risk_assets.layouts.indicators import tables
from risk_assets.publishing.template import CHOICES, GUIDE, Before, before_of, template
from risk_assets.publishing.words import month
from risk_assets_tests.builders import COUNTY, PERIOD, read, sample_report

NEXT = "2023-05"
HEADS = ["序号", "分组", "指标名称", "年度目标", "单位", "责任单位", "上月完成情况", "截至本月完成情况", "完成比例",
         "进展状态", "备注"]  # fmt: skip


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def before(is_sample: bool = False) -> Before:
    """What the sample said in April."""
    shared = {"submission": "s", "rules": "r", "reporting_area": COUNTY, "period": PERIOD, "is_sample": is_sample}
    return before_of(typed(ReportRows, [{**row, **shared} for row in sample_report().reading.rows]))


def filled(content: bytes) -> bytes:
    """The template as a person fills it in: nothing but what is not locked."""
    book, statuses = opened(content), cycle(CHOICES.values())
    for sheet in book.worksheets[1:]:
        heads = [cell.value for cell in sheet[3]]
        for row in sheet.iter_rows(min_row=4):
            own = dict(zip(heads, row, strict=True))
            words = {"截至本月完成情况": "1-5月已开展。", "完成比例": 0.35, "进展状态": next(statuses), "备注": "已核"}
            for head, value in words.items():
                assert not own[head].protection.locked
                own[head].value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


OF_STATUS = ("status_above_figures", "status_below_figures")  # every status is filled in beside one ratio


def rules(report) -> list[str]:
    return [finding["rule"] for finding in report.findings if finding["rule"] not in OF_STATUS]


@pytest.mark.parametrize("earlier", [Before(), before()], ids=["nothing before", "a month before"])
def test_what_a_person_fills_in_reads_without_a_finding(earlier):
    report = read(filled(template(COUNTY, NEXT, earlier)), COUNTY, NEXT)
    assert rules(report) == []
    rows = report.reading.rows
    assert len(rows) == len(reference.table("frameworks/2023/indicators"))
    known = {row["indicator"] for row in reference.table("frameworks/2023/indicators")}
    assert {row["indicator"] for row in rows} == known
    assert {row["attainment"] for row in rows} == {35.0}
    assert {row["status"] for row in rows} == set(CHOICES)
    assert not report.reading.is_sample


@pytest.mark.parametrize("area", ["433123", "433100", "433100-Z01", "430203"])
def test_it_names_every_kind_of_area_so_that_its_own_file_is_taken(area):
    report = read(filled(template(area, NEXT, Before())), area, NEXT)
    assert rules(report) == []
    assert report.reading.areas_named == {area}
    assert report.reading.months_named == {NEXT}


def test_the_longest_title_of_every_reporting_area_is_still_one_and_names_that_area():
    for area in reporting_areas():
        for row in reference.table("frameworks/2023/tables"):
            title = f"{name_of(area)}{month('2023-12')}{row['name']}监测表"
            assert len(title) <= 45
            assert areas_in(title) == ([] if name_of(area) == "州直" else [area])


def test_an_empty_one_says_of_every_item_that_its_status_is_blank_and_nothing_else():
    report = read(template(COUNTY, NEXT, Before()), COUNTY, NEXT)
    assert set(rules(report)) == {"status_blank"}
    assert len(rules(report)) == len(report.reading.rows) == 186


def test_it_has_a_guide_and_a_sheet_for_each_table_of_the_framework():
    book = opened(template(COUNTY, NEXT, Before()))
    names = [row["name"] for row in reference.table("frameworks/2023/tables")]
    assert book.sheetnames == [GUIDE, *names]
    assert list(tables("2023")) == [row["table"] for row in reference.table("frameworks/2023/tables")]
    for sheet, name in zip(book.worksheets[1:], names, strict=True):
        assert sheet["A1"].value == f"凤凰县2023年5月{name}监测表"
        assert [cell.value for cell in sheet[3]] == [h for h in HEADS if h != "分组" or name_has_groups(name)]
        assert sheet.freeze_panes is not None


def name_has_groups(name: str) -> bool:
    (table,) = [row["table"] for row in reference.table("frameworks/2023/tables") if row["name"] == name]
    return any(row["group"] for row in reference.table("frameworks/2023/indicators") if row["table"] == table)


def test_headers_and_fixed_cells_are_locked_and_what_is_to_be_filled_in_is_not():
    sheet = opened(template(COUNTY, NEXT, before())).worksheets[2]
    heads = [cell.value for cell in sheet[3]]
    open_to_write = {"年度目标", "责任单位", "截至本月完成情况", "完成比例", "进展状态", "备注"}
    assert sheet.protection.sheet
    assert all(cell.protection.locked for cell in sheet[3])
    for row in sheet.iter_rows(min_row=4):
        assert {head for head, cell in zip(heads, row, strict=True) if not cell.protection.locked} == open_to_write


def test_a_ratio_is_a_percentage_between_0_and_10_and_a_status_one_of_the_list():
    sheet = opened(template(COUNTY, NEXT, Before())).worksheets[1]
    rules_of_cells = {one.type: one for one in sheet.data_validations.dataValidation}
    assert (rules_of_cells["decimal"].formula1, rules_of_cells["decimal"].formula2) == ("0", "10")
    assert rules_of_cells["list"].formula1 == f'"{",".join(CHOICES.values())}"'
    assert sheet["H4"].number_format == "0.00%"


def test_every_status_of_the_list_is_read_as_what_it_says_and_explained():
    guide = "".join(str(cell.value) for cell in opened(template(COUNTY, NEXT, Before()))[GUIDE]["A"])
    for status, word in CHOICES.items():
        assert read_status(word).status == status
        assert f"“{word}”" in guide
    assert "不等于零" in guide


def test_target_unit_and_last_months_progress_come_from_the_report_before():
    sheet = opened(template(COUNTY, NEXT, before())).worksheets[1]
    row = dict(zip([cell.value for cell in sheet[3]], [cell.value for cell in sheet[5]], strict=True))
    (said,) = [one for one in sample_report().reading.rows if one["indicator"] == "growth.fixed_asset_investment"]
    assert row["指标名称"] == "固定资产投资"
    assert row["年度目标"] == said["indicator_text"]
    assert row["责任单位"] == said["responsible"]
    assert row["上月完成情况"] == said["progress"]
    assert row["单位"] == "亿元"
    assert "2023年4月" in sheet["A2"].value


def test_a_name_alone_is_no_target():
    rows = [{"indicator": "growth.gdp", "indicator_text": "地区生产总值", "state": "accepted", "period": PERIOD}]
    sheet = opened(template(COUNTY, NEXT, before_of(typed(ReportRows, rows).assign(is_sample=False)))).worksheets[1]
    assert sheet["C4"].value is None


def test_where_nothing_was_sent_before_nothing_is_made_up():
    assert before_of(typed(ReportRows, [])) == Before()
    sheet = opened(template(COUNTY, NEXT, Before())).worksheets[1]
    heads = [cell.value for cell in sheet[3]]
    for row in sheet.iter_rows(min_row=4, values_only=True):
        own = dict(zip(heads, row, strict=True))
        assert own["年度目标"] is own["责任单位"] is own["上月完成情况"] is None


def test_made_up_figures_of_the_month_before_make_the_template_made_up():
    content = template(COUNTY, NEXT, before(is_sample=True))
    for sheet in opened(content):
        assert "样例数据" in f"{sheet['A1'].value}{sheet['A2'].value}"
    report = read(filled(content), COUNTY, NEXT)
    assert report.reading.is_sample
    assert rules(report) == []


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "http://evil.example/"])
def test_text_of_the_month_before_is_written_as_text(text):
    row = {"indicator": "growth.gdp", "indicator_text": text, "progress": text, "responsible": text,
           "state": "accepted", "period": PERIOD}  # fmt: skip
    earlier = before_of(typed(ReportRows, pd.DataFrame([row])).assign(is_sample=False))
    sheet = opened(template(COUNTY, NEXT, earlier)).worksheets[1]
    cells = [cell for cell in sheet[4] if cell.value == text]
    assert len(cells) == 3
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)


def test_the_same_area_and_month_give_the_same_bytes():
    assert template(COUNTY, NEXT, before()) == template(COUNTY, NEXT, before())

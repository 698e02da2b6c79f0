import io
from datetime import date

import pytest
import xlsxwriter

from risk_assets.documents import Document, open_document
from risk_assets_tests.builders import (
    HEADER,
    TITLE,
    Percent,
    changed,
    item,
    part_of,
    repacked,
    sample,
    table_workbook,
    with_cell,
)

FIRST = "附件1"


def opened(content: bytes) -> Document:
    return open_document(content, "上报.xlsx")


def shown(value, number_format="General"):
    def write(book):
        book[FIRST]["A1"] = value
        book[FIRST]["A1"].number_format = number_format

    return opened(changed(table_workbook(TITLE, HEADER, []), write)).grids[0].rows[0][0]


def noticed(content: bytes) -> set[tuple[str, str]]:
    return {(notice.rule, notice.where) for notice in opened(content).notices}


def small() -> bytes:
    return table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%"), item(2, "固定资产投资79.4亿元")])


def test_a_workbook_is_opened_by_its_content_and_not_by_its_name():
    document = open_document(small(), "上报.txt")
    assert document.format == "xlsx"
    assert [grid.sheet for grid in document.grids] == [FIRST]


def test_the_sample_has_its_seven_sheets_in_order():
    assert [grid.sheet for grid in opened(sample()).grids] == ["督查专报", *(f"附件{n}" for n in range(1, 7))]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.29, "0.00%", "29.00%"),
        (0.29, "0%", "29%"),
        (0.0705, "0.00%", "7.05%"),
        (0.1667, "0%", "16.67%"),
        (1, "0.00%", "100.00%"),
        (1.0017, "0.00%", "100.17%"),
        (0, "0.00%", "0.00%"),
        (-0.0086, "0.00%", "-0.86%"),
        (0.29, "0.0%_ ", "29.0%"),
    ],
)
def test_a_percent_format_is_written_out_and_no_digit_is_lost(value, number_format, text):
    assert shown(value, number_format) == text


@pytest.mark.parametrize("number_format", ['0.00%;-0.00%;"/"', "0.00%;-0.00%;-", '0.00%;[Red]-0.00%;"—"'])
def test_a_percent_format_with_a_section_for_zero_is_a_percent_format(number_format):
    assert shown(1, number_format) == "100.00%"


def test_a_sign_that_only_stands_beside_the_number_multiplies_nothing():
    assert shown(29, '0.00"%"') == "29.00%"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2270, "2270"),
        (27.3152, "27.3152"),
        (1e-7, "0.0000001"),
        (260591.0, "260591"),
        (0, "0"),
        ("2,270", "2,270"),
        ("0.29", "0.29"),
        (True, "TRUE"),
    ],
)
def test_a_value_is_text_as_a_person_would_copy_it(value, text):
    assert shown(value) == text


def test_a_date_is_shown_as_a_date():
    assert shown(date(2023, 4, 30), "yyyy-mm-dd").startswith("2023-04-30")


def test_an_absurd_figure_under_a_percent_format_is_shown_and_does_not_stop_the_reading():
    assert shown(1e25, "0.00%").endswith("%")


def test_an_address_is_the_one_that_the_program_shows():
    grid = opened(
        table_workbook(TITLE, [*HEADER, *"甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌"], [item(1, "任务")])
    ).grids[0]
    assert grid.address(2, 0) == "附件1!A3"
    assert grid.address(1, 26) == "附件1!AA2"
    assert grid.rows[1][26] == "戌"


def test_rows_and_columns_before_the_table_are_counted():
    content = changed(table_workbook(TITLE, HEADER, []), lambda book: book[FIRST].move_range("A1:F2", rows=4, cols=2))
    rows = opened(content).grids[0].rows
    assert rows[4][2] == TITLE
    assert rows[5][2] == "序号"


def test_merged_ranges_are_given_with_their_first_and_last_cell():
    content = table_workbook(TITLE, HEADER, [item(1, "甲"), item(2, "乙")], merges=["A1:F1", "C3:C4"])
    assert sorted(opened(content).grids[0].merges) == [(0, 0, 0, 5), (2, 2, 3, 2)]


def test_a_formula_without_a_stored_value_is_blank_and_noticed():
    content = with_cell(small(), FIRST, "E3", "=1/4")
    assert opened(content).grids[0].rows[2][4] == ""
    assert ("formula_without_value", "附件1!E3") in noticed(content)


def test_a_formula_with_a_stored_value_is_its_value():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    percent = book.add_format({"num_format": "0.00%"})
    book.add_worksheet(FIRST).write_formula("A1", "=1/4", percent, 0.25)
    book.close()
    document = opened(buffer.getvalue())
    assert (document.grids[0].rows[0][0], document.notices) == ("25.00%", [])


def test_an_error_cell_is_blank_and_noticed():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet(FIRST)
    sheet.write_string("A1", "甲")
    sheet.write_formula("B1", "=1/0", None, "#DIV/0!")
    book.close()
    document = opened(buffer.getvalue())
    assert document.grids[0].rows[0] in (["甲", ""], ["甲"])
    assert [(n.rule, n.where) for n in document.notices] == [("error_cell", "附件1!B1")]


def test_hidden_rows_columns_and_sheets_are_read_and_noticed():
    def hide(book):
        book[FIRST].row_dimensions[3].hidden = True
        book[FIRST].column_dimensions["E"].hidden = True
        book.create_sheet("底稿")["A1"] = "草稿"
        book["底稿"].sheet_state = "hidden"

    content = changed(small(), hide)
    document = opened(content)
    assert document.grids[0].rows[2][1] == "地区生产总值增长7%"
    assert document.grids[1].rows[0][0] == "草稿"
    assert noticed(content) == {
        ("hidden_row", "附件1!3:3"),
        ("hidden_column", "附件1!E:E"),
        ("hidden_sheet", "底稿"),
    }


def test_an_ordinary_workbook_gives_no_notice():
    assert noticed(small()) == set()
    assert noticed(sample()) == set()


def test_a_broken_colour_does_not_keep_a_workbook_with_a_hidden_row_from_being_read():
    def hide(book):
        book[FIRST].row_dimensions[3].hidden = True

    styles = {"xl/styles.xml": lambda xml: xml.replace(b'<color theme="1"', b'<color rgb="xyz"')}
    content = repacked(changed(small(), hide), styles)
    assert opened(content).grids[0].rows[2][1] == "地区生产总值增长7%"


def test_a_cell_style_that_does_not_exist_does_not_keep_a_workbook_with_an_error_from_being_read():
    content = with_cell(small(), FIRST, "E3", "=1/4")
    part = part_of(FIRST, content)
    broken = repacked(content, {part: lambda xml: xml.replace(b'<c r="B3"', b'<c s="9999" r="B3"', 1)})
    assert opened(broken).grids[0].rows[2][1] == "地区生产总值增长7%"


def test_percent_cells_and_numbers_in_one_column_are_told_apart():
    content = table_workbook(TITLE, HEADER, [item(1, "甲", Percent(0.29)), item(2, "乙", 0.29), item(3, "丙", "29%")])
    assert [row[4] for row in opened(content).grids[0].rows[2:]] == ["29.00%", "0.29", "29%"]

"""The workbook that goes back to the clerk: own sheets kept, bad cells marked, a list in front; text stays text."""

import io
import shutil
import subprocess
import zipfile

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from python_calamine import CalamineWorkbook

from risk_assets.monitoring.receiving import receive
from risk_assets.publishing.advice import Advice, advice
from risk_assets.publishing.annotated import LIST, MARK, READ, annotate
from risk_assets_tests.builders import (
    COUNTY,
    HEADER,
    PERIOD,
    TITLE,
    as_text,
    changed,
    item,
    read,
    repacked,
    rules_of,
    sample,
    table_workbook,
    text_file,
    with_cell,
)

ROWS = [item(1, "地区生产总值增长7%", "29.00%", "大概可以"), item(2, "固定资产投资79.4亿元", "5%")]
SHEET = "附件1"


def small(**more) -> bytes:
    return table_workbook(TITLE, HEADER, ROWS, **more)


def marked(lake, content: bytes, name: str = "月报.xlsx", macros: bool = False, area: str = COUNTY):
    landed, _ = lake.candidate(content, name, area, PERIOD)
    one = receive(lake, landed, content)
    found = advice(one.judged.findings, landed.original_name)
    is_sample = bool(one.judged.submission["is_sample"])
    return annotate(content, name, "凤凰县 2023-04", found, one.judged.report_rows, is_sample, macros), found


def opened(made) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(made.content), keep_vba=True)


def lines_of(book, first: int = 6) -> list[tuple]:
    return list(book[LIST].iter_rows(min_row=first, max_col=6, values_only=True))


def cell_with_comment(book) -> dict:
    return {c.coordinate: c for row in book[SHEET].iter_rows() for c in row if c.comment}


def test_the_list_comes_first_with_every_finding_and_a_link_to_its_cell(lake):
    made, found = marked(lake, small())
    book = opened(made)
    assert book.sheetnames == [LIST, SHEET]
    assert book.active.title == LIST
    assert [(row[0], row[2]) for row in lines_of(book)] == [(f"【{one.level}】", one.what) for one in found]
    links = {row[1].value: row[1].hyperlink for row in book[LIST].iter_rows(min_row=6)}
    (where,) = [one.where for one in found if "状态文字不认识" in one.what]
    assert links[where].location.startswith(f"'{SHEET}'!")
    assert links[where].target is None


def test_a_bad_row_is_filled_and_its_comment_says_what_to_do(lake):
    made, _ = marked(lake, small())
    ((_, cell),) = cell_with_comment(opened(made)).items()
    assert cell.row == 3
    assert cell.fill.fill_type == "solid"
    assert "状态文字不认识" in cell.comment.text
    assert "怎么办：请改用规定的状态词" in cell.comment.text


def test_several_findings_of_one_cell_are_in_one_comment_and_the_gravest_gives_the_colour():
    found = [Advice(level, f"{SHEET}!F3", f"问题{level}", "", "", "请核对") for level in ("错误", "疑问", "提示")]
    book = opened(annotate(small(), "月报.xlsx", "凤凰县 2023-04", found, [], False, False))
    (cell,) = cell_with_comment(book).values()
    assert cell.comment.text.count(MARK) == 3
    assert cell.fill.fgColor.rgb == book[LIST]["A6"].fill.fgColor.rgb


@pytest.mark.parametrize(
    ("where", "cell"),
    [("附件1!F3", "F3"), ("附件1!3:3", "A3"), ("附件1!C:D", "C1"), ("附件1", None), ("附件9!A1", None), ("", None)],
)
def test_a_place_is_marked_at_the_cell_that_stands_for_it(where, cell):
    found = [Advice("疑问", where, "问题", "", "", "请核对")]
    book = opened(annotate(small(), "月报.xlsx", "凤凰县 2023-04", found, [], False, False))
    assert list(cell_with_comment(book)) == ([cell] if cell else [])
    assert (book[LIST]["B6"].hyperlink is not None) is where.startswith(SHEET)


def test_a_comment_that_was_there_is_kept_and_added_to(lake):
    def note(book):
        for cell in book[SHEET][3]:
            cell.comment = Comment("科室意见", "办公室")

    made, _ = marked(lake, changed(small(), note))
    texts = [cell.comment.text for cell in cell_with_comment(opened(made)).values()]
    assert all(text.startswith("科室意见") for text in texts)
    assert sum(MARK in text for text in texts) == 1


def test_formulas_formats_and_merges_stay_as_they_were(lake):
    def dress(book):
        book[SHEET]["H3"] = "=1+1"
        book[SHEET]["E4"].number_format = "0.0%"
        book[SHEET].merge_cells("A1:F1")
        book[SHEET].column_dimensions["B"].width = 44

    content = changed(small(), dress)
    made, _ = marked(lake, content)
    sheet, before = opened(made)[SHEET], openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [[c.value for c in r] for r in before.iter_rows()]
    assert sheet["H3"].data_type == "f"
    assert sheet["E4"].number_format == "0.0%"
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:F1"]
    assert sheet.column_dimensions["B"].width == 44


def test_a_place_inside_a_merged_range_is_marked_at_its_first_cell(lake):
    rows = [item(1, "地区生产总值增长7%", "/", "大概可以"), (None, *item(2, "固定资产投资79.4亿元", "/", "不好说")[1:])]
    made, _ = marked(lake, table_workbook(TITLE, HEADER, rows, merges=["A3:A4"]))
    book = opened(made)
    assert cell_with_comment(book)
    assert all(type(cell).__name__ == "Cell" for cell in cell_with_comment(book).values())


def test_the_marked_workbook_reads_as_the_one_that_was_sent(lake):
    made, _ = marked(lake, sample())
    before, after = read(sample()), read(made.content)
    assert rules_of(after) == rules_of(before)
    assert [row.get("progress") for row in after.reading.rows] == [row.get("progress") for row in before.reading.rows]


def test_marking_the_marked_workbook_again_leaves_no_old_marks(lake):
    def note(book):
        book[SHEET]["B4"].comment = Comment("科室意见", "办公室")

    first, _ = marked(lake, changed(small(), note))
    better = with_cell(first.content, SHEET, "F3", "进展有序")
    second, found = marked(lake, better)
    book = opened(second)
    assert book.sheetnames == [LIST, SHEET]
    assert len(lines_of(book)) == len(found)
    assert {c.comment.text for c in cell_with_comment(book).values()} == {"科室意见"}
    assert not [c for row in book[SHEET].iter_rows() for c in row if c.fill.fill_type]


def test_a_file_without_a_question_gets_a_list_that_says_so(lake):
    made = annotate(small(), "月报.xlsx", "凤凰县 2023-04", [], [], False, False)
    assert "没有发现问题" in lines_of(opened(made))[0][0]


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://evil","x")'])
def test_text_that_could_be_a_formula_is_written_as_text(lake, text):
    def write(book):
        book[SHEET]["F3"].value = text
        book[SHEET]["F3"].data_type = "s"

    made, _ = marked(lake, changed(small(), write))
    hits = [cell for row in opened(made)[LIST].iter_rows() for cell in row if cell.value == text]
    assert hits
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in hits)
    listed, _ = marked(lake, as_text(changed(small(), write)), "月报.txt")
    cells = [cell for sheet in opened(listed) for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


def test_a_name_and_a_number_of_a_person_do_not_come_into_the_list(lake):
    made, _ = marked(lake, with_cell(small(), SHEET, "F3", "大概可以，填报人：张三，13812345678"))
    text = " ".join(str(value) for row in lines_of(opened(made), 1) for value in row)
    assert "大概可以" in text
    assert "张三" not in text
    assert "13812345678" not in text


PLAIN_BOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO_BOOK = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MACRO_PART = b'<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'


def with_macros(content: bytes) -> bytes:
    """The workbook with a macro project, as Excel would save it."""
    parts = {"[Content_Types].xml": lambda xml: xml.replace(PLAIN_BOOK, MACRO_BOOK).replace(b"</Types>", MACRO_PART)}
    target = io.BytesIO(repacked(content, parts))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros as they were")
    return target.getvalue()


@pytest.mark.parametrize("macros", [True, False])
def test_macros_are_kept_where_the_name_allows_them_and_left_out_where_not(lake, macros):
    made, _ = marked(lake, with_macros(small()), "月报.xlsm", macros)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        assert ("xl/vbaProject.bin" in archive.namelist()) is macros
        assert (b"macroEnabled" in archive.read("[Content_Types].xml")) is macros
    assert ("未带宏" in made.note) is not macros


def test_a_text_gets_the_list_and_what_was_read_with_addresses_and_marks(lake):
    made, found = marked(lake, as_text(small()), "月报.txt")
    book = opened(made)
    assert book.sheetnames == [LIST, READ]
    assert "不能直接标注" in made.note
    assert [row[0].value for row in book[READ].iter_rows(min_row=2)] == ["第3行", "第4行"]
    (where,) = [one.where for one in found if "状态文字不认识" in one.what]
    links = {row[1].value: row[1].hyperlink for row in book[LIST].iter_rows(min_row=6)}
    assert links[where].location.startswith(f"'{READ}'!")
    assert any(cell.comment and "状态文字不认识" in cell.comment.text for row in book[READ].iter_rows() for cell in row)


def test_a_table_of_areas_is_listed_with_the_area_of_each_row(lake):
    content = text_file(
        "湘西州2023年4月主要经济指标", "县市,地区生产总值(亿元),投资增速(%)", "吉首市,30.1,5.2", "泸溪县,20.2,abc"
    )
    made, _ = marked(lake, content, "快报.csv", area="433100")
    heads, *rows = opened(made)[READ].iter_rows(values_only=True)
    assert [row[heads.index("地区")] for row in rows] == ["吉首市", "泸溪县"]
    assert "读不出" in lines_of(opened(made))[0][2]


def test_a_file_that_our_reader_refuses_is_never_given_to_openpyxl(lake, monkeypatch):
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("opened"))
    made, (only,) = marked(lake, small()[:2000])
    monkeypatch.undo()
    assert only.level == "拒收"
    assert "文件无法打开" in made.note
    assert lines_of(opened(made))[0][0] == "【拒收】"


def test_a_workbook_that_openpyxl_cannot_open_gets_the_list_and_the_reason(lake):
    broken = repacked(small(), {"docProps/core.xml": lambda _: b"<not closed"})
    made, found = marked(lake, broken)
    assert "原工作簿无法标注" in made.note
    assert opened(made).sheetnames == [LIST, READ]
    assert len(lines_of(opened(made))) == len(found)


def test_made_up_data_is_marked_in_the_list(lake):
    rows = [[TITLE], ["样例数据"], HEADER, *ROWS]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet(SHEET)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    made, _ = marked(lake, buffer.getvalue())
    assert "样例数据" in opened(made)[LIST]["A1"].value


def test_a_fill_of_ones_own_stays_where_nothing_is_wrong(lake):
    def paint(book):
        book[SHEET]["B4"].fill = PatternFill("solid", fgColor="00FF00")

    made, _ = marked(lake, changed(small(), paint))
    assert opened(made)[SHEET]["B4"].fill.fgColor.rgb == "0000FF00"


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_marked_workbook(lake, tmp_path):
    made, _ = marked(lake, sample())
    (tmp_path / "marked.xlsx").write_bytes(made.content)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "marked.xlsx"], check=True, capture_output=True, timeout=120
    )
    theirs = CalamineWorkbook.from_path(str(tmp_path / "marked.ods"))
    ours = CalamineWorkbook.from_filelike(io.BytesIO(made.content))
    assert theirs.sheet_names == ours.sheet_names
    assert theirs.get_sheet_by_name(LIST).to_python()[5] == ours.get_sheet_by_name(LIST).to_python()[5]

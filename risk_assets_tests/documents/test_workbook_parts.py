"""What lies in a workbook beside its cells: comments, dates, macros, links."""

import io
from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from risk_assets.documents import Document, Grid, open_document
from risk_assets_tests.builders import HEADER, TITLE, changed, item, part_of, repacked, table_workbook, with_members

FIRST = "附件1"
COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
THREADED = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"


def small() -> bytes:
    return table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%"), item(2, "固定资产投资79.4亿元")])


def opened(content: bytes) -> Document:
    return open_document(content, "上报.xlsx")


def first(content: bytes) -> Grid:
    return opened(content).grids[0]


def noticed(content: bytes) -> list[tuple[str, str]]:
    return [(notice.rule, notice.found) for notice in opened(content).notices]


def commented(text: str, author: str) -> bytes:
    def write(book):
        book[FIRST]["E3"].comment = Comment(text, author)

    return changed(small(), write)


def with_comments(*parts: tuple[str, str]) -> bytes:
    """The small workbook with parts of comments, each with the kind of its relation."""
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="../comments{number}.xml"/>'
        for number, (kind, _) in enumerate(parts)
    )
    xmlns = "http://schemas.openxmlformats.org/package/2006/relationships"
    return with_members(
        small(),
        {f"xl/comments{number}.xml": xml for number, (_, xml) in enumerate(parts)}
        | {"xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{xmlns}">{links}</Relationships>'},
    )


def legacy(*runs: str, author: str = "张三", ref: str = "E3") -> tuple[str, str]:
    bold, *rest = (f"<t xml:space='preserve'>{run}</t></r>" for run in runs)
    text = f"<r><rPr><b/></rPr>{bold}" + "".join(f"<r>{run}" for run in rest)
    return COMMENTS, (
        f"<comments><authors><author>{author}</author></authors><commentList>"
        f'<comment ref="{ref}" authorId="0"><text>{text}</text></comment></commentList></comments>'
    )


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("张三:\n此数为1-3月", "张三"),
        ("张三：\n此数为1-3月", "张三"),
        ("张三\n此数为1-3月", "张三"),
        ("张三:此数为1-3月", "张三"),
        ("此数为1-3月", "张三"),
        ("李四:\n此数为1-3月", "Administrator"),
        ("Windows 10 用户:\n此数为1-3月", "Windows 10 用户"),
    ],
)
def test_a_comment_is_kept_without_the_name_of_who_wrote_it(text, author):
    assert first(commented(text, author)).comments == {(2, 4): "此数为1-3月"}


@pytest.mark.parametrize("runs", [("张三:", "\n此数为1-3月"), ("王五：", "\n", "此数为1-3月"), ("此数为", "1-3月")])
def test_a_name_in_bold_is_no_part_of_a_comment(runs):
    assert first(with_comments(legacy(*runs))).comments == {(2, 4): "此数为1-3月"}


@pytest.mark.parametrize("text", ["1-3月：完成10亿元", "完成10亿元，其中：工业8亿元", "按1-3月数。\n后补"])
def test_a_comment_without_a_name_is_kept_whole(text):
    assert first(commented(text, "张三")).comments == {(2, 4): text}


def test_a_comment_that_is_a_name_and_nothing_else_is_none():
    assert first(commented("张三:\n", "张三")).comments == {}


def test_a_threaded_comment_stands_for_its_old_twin_and_names_nobody():
    thread = (
        "<ThreadedComments>"
        '<threadedComment ref="E3" dT="2023-05-04T09:00:00" personId="{1}" id="{2}"><text>@张三 此数为1-3月</text>'
        '<mentions><mention mentionpersonId="{1}" mentionId="{4}" startIndex="0" length="3"/></mentions>'
        '</threadedComment><threadedComment ref="E3" personId="{5}" id="{6}" parentId="{2}"><text>已改</text>'
        "</threadedComment></ThreadedComments>"
    )
    content = with_comments(legacy("[Threaded comment]", "\nComment:\n    x", author="tc={2}"), (THREADED, thread))
    assert first(content).comments == {(2, 4): "此数为1-3月\n已改"}


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (date(2023, 3, 5), 'm"月"d"日"', "2023-03-05"),
        (date(2023, 3, 5), "yyyy/m/d;@", "2023-03-05"),
        (date(2023, 3, 5), "d-mmm", "2023-03-05"),
        (date(2023, 3, 1), 'yyyy"年"m"月"', "2023-03-01"),
        (date(2023, 3, 5), "[$-F800]dddd, mmmm dd, yyyy", "2023-03-05"),
        (datetime(2023, 3, 5, 8, 30), "yyyy/m/d h:mm", "2023-03-05 08:30:00"),
        (time(3, 5), "h:mm", "03:05:00"),
        (1.5, "[h]:mm:ss", "36:00:00"),
    ],
)
def test_a_date_is_shown_as_a_date_and_its_cell_is_told(value, number_format, text):
    def write(book):
        book[FIRST]["D3"] = value
        book[FIRST]["D3"].number_format = number_format

    grid = first(changed(small(), write))
    assert (grid.rows[2][3], grid.dates) == (text, {(2, 3)})


@pytest.mark.parametrize(("number", "text"), [(31, "2023-03-05"), (57, "2023-03-05"), (58, "2023-03-05")])
def test_a_date_format_that_a_chinese_excel_knows_without_its_code_is_one(number, text):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet(FIRST).write_number("A1", 44990, book.add_format({"num_format": number}))
    book.close()
    grid = first(buffer.getvalue())
    assert (grid.rows, grid.dates) == ([[text]], {(0, 0)})


def test_days_that_are_counted_from_1904_are_the_same_days():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"date_1904": True})
    book.add_worksheet(FIRST).write_datetime("A1", datetime(2023, 3, 5), book.add_format({"num_format": 14}))
    book.close()
    assert first(buffer.getvalue()).rows == [["2023-03-05"]]


@pytest.mark.parametrize(
    "number_format", ["General", "0.00", "#,##0", '0"月"', "[Red]0.00", "0_);(0)", "0.00E+00", "@"]
)
def test_a_number_that_could_be_a_day_is_a_number_under_every_other_format(number_format):
    def write(book):
        book[FIRST]["D3"] = 44990
        book[FIRST]["D3"].number_format = number_format

    grid = first(changed(small(), write))
    assert (grid.rows[2][3], grid.dates) == ("44990", set())


@pytest.mark.parametrize("value", [-5, 3e6, 1e300])
def test_a_number_that_is_no_day_stays_a_number(value):
    def write(book):
        book[FIRST]["D3"] = value
        book[FIRST]["D3"].number_format = "yyyy/m/d"

    assert first(changed(small(), write)).dates == set()


def test_a_workbook_with_macros_is_read_and_says_so():
    types = {"[Content_Types].xml": lambda xml: xml.replace(b"sheet.main+xml", b"sheet.main+xml+macroEnabled")}
    content = with_members(repacked(small(), types), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    assert opened(content).format == "xlsm"
    assert opened(small()).format == "xlsx"
    assert noticed(content) == [("macros", "xl/vbaProject.bin")]


def test_a_link_to_another_workbook_is_noticed_without_the_folders_of_whoever_made_it():
    content = with_members(
        small(),
        {
            "xl/externalLinks/externalLink1.xml": '<externalLink><externalBook r:id="rId1"/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": (
                '<Relationships><Relationship Id="rId1" Type="x/externalLinkPath" TargetMode="External" '
                'Target="file:///C:\\Users\\zhangsan\\%E6%B1%87%E6%80%BB.xlsx"/></Relationships>'
            ),
        },
    )
    assert noticed(content) == [("external_link", "外部文件：汇总.xlsx")]


def test_a_call_of_another_program_is_noticed_and_not_made():
    part = '<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    content = with_members(small(), {"xl/externalLinks/externalLink1.xml": part})
    assert noticed(content) == [("external_link", "DDE：cmd|/c calc")]


def test_a_connection_to_a_database_is_noticed():
    content = with_members(small(), {"xl/connections.xml": '<connections><connection name="台账"/></connections>'})
    assert noticed(content) == [("external_link", "数据连接：台账")]


def test_a_formula_is_the_value_that_was_stored_with_it():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet(FIRST)
    sheet.write_formula("A1", "=SUM(B1:B9)", None, 12.5)
    sheet.write_formula("A2", '=B1&"亿元"', None, "7亿元")
    book.close()
    assert first(buffer.getvalue()).rows == [["12.5"], ["7亿元"]]


def test_a_row_that_is_hidden_and_holds_nothing_is_no_matter():
    def hide(book):
        book[FIRST].row_dimensions[90].hidden = True
        book[FIRST].column_dimensions["Z"].hidden = True

    assert noticed(changed(small(), hide)) == []


@pytest.mark.parametrize(
    "spelling",
    [
        lambda xml: xml.replace(b"<sheetData>", b"<sheetData><!-- -->"),
        lambda xml: xml.replace(b'"', b"'").replace(b"version='1.0'", b'version="1.0"'),
        lambda xml: (
            xml.replace(b"<", b"<x:")
            .replace(b"<x:/", b"</x:")
            .replace(b"<x:?", b"<?")
            .replace(b" xmlns=", b" xmlns:x=")
        ),
        lambda xml: xml.replace(b"<c r=", b"<c  r=").replace(b"</c>", b"</c >"),
    ],
    ids=["a comment", "single quotes", "prefixes", "spaces"],
)
def test_a_sheet_that_is_spelt_otherwise_reads_the_same(spelling):
    def write(book):
        sheet = book[FIRST]
        sheet["D3"], sheet["E3"], sheet["F3"] = date(2023, 3, 5), 0.29, 0.1667
        sheet["E3"].number_format, sheet["F3"].number_format = "0.00%", "0%"
        sheet["C9"] = True
        sheet.merge_cells("A1:F1")

    content = changed(small(), write)
    again = first(repacked(content, {part_of(FIRST, content): spelling}))
    assert again == first(content)
    assert again.rows[2][3:] == ["2023-03-05", "29.00%", "16.67%"]
    assert again.merges == [(0, 0, 0, 5)]


def test_every_sheet_is_read_from_its_own_part_whatever_the_order_and_the_spelling_of_its_path():
    book = openpyxl.Workbook()
    book.active.title, book.active["A1"] = "甲", "一"
    book.create_sheet("乙")["A1"] = "二"
    book.create_sheet("丙", 0)["A1"] = "三"
    buffer = io.BytesIO()
    book.save(buffer)
    relations = {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b'Target="/xl/', b'Target="./')}
    for content in (buffer.getvalue(), repacked(buffer.getvalue(), relations)):
        assert [(grid.sheet, grid.rows) for grid in opened(content).grids] == [
            ("丙", [["三"]]),
            ("甲", [["一"]]),
            ("乙", [["二"]]),
        ]

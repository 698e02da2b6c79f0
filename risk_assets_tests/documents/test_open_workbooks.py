"""OpenDocument workbooks; and one workbook in three formats, as LibreOffice saves it."""

import io
import shutil
import subprocess
import time
import zipfile
from datetime import date

import pytest
from openpyxl.comments import Comment

from risk_assets.documents import Document, Refused, open_document
from risk_assets.documents.workbooks_ods import read_ods
from risk_assets.documents.workbooks_xls import read_xls
from risk_assets_tests.builders import HEADER, TITLE, Percent, changed, item, table_workbook

FIRST = "附件1"
SLOWEST = 10.0
SPACES = " ".join(
    f'xmlns:{prefix}="urn:{prefix}"'
    for prefix in ("office", "table", "text", "style", "dc", "calcext", "draw", "xlink")
)
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


def cell(text: str = "", kind: str = "string", inner: str = "", **attributes: object) -> str:
    """A cell; `office_value` is written `office:value`, `table_number__rows` would be `table:number-rows`."""
    written = {name.replace("__", "-").replace("_", ":", 1): value for name, value in attributes.items()}
    typed = {"office:value-type": kind} if text or kind != "string" else {}
    listed = "".join(f' {name}="{value}"' for name, value in (typed | written).items())
    shown = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell{listed}>{inner}{shown}</table:table-cell>"


def row(*cells: str, **attributes: object) -> str:
    listed = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-row{listed}>{''.join(cells)}</table:table-row>"


def sheet(*rows: str, name: str = FIRST, style: str = "ta1") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def workbook(*sheets: str, styles: str = "", begin: str = "", **members: str) -> bytes:
    content = (
        f"{begin}<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": content,
        }
        | {name.replace("__", "/") + ".xml": inner for name, inner in members.items()}
    )


def packed(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, inner in members.items():
            archive.writestr(name, inner)
    return buffer.getvalue()


def opened(content: bytes) -> Document:
    return read_ods("上报.ods", zipfile.ZipFile(io.BytesIO(content)))


def shown(*cells: str) -> list[str]:
    return opened(workbook(sheet(row(*cells)))).grids[0].rows[0]


def noticed(content: bytes) -> list[tuple[str, str]]:
    return [(notice.rule, notice.where) for notice in opened(content).notices]


def outcome(content: bytes) -> str:
    start = time.monotonic()
    try:
        opened(content)
    except Refused as refused:
        return refused.rule
    finally:
        assert time.monotonic() - start < SLOWEST
    return "read"


def test_a_sheet_is_read_cell_by_cell():
    document = opened(workbook(sheet(row(cell("甲"), cell(), cell("乙")), row(), row(cell("丙")))))
    assert document.format == "ods"
    assert document.grids[0].rows == [["甲", "", "乙"], ["", "", ""], ["丙", "", ""]]
    assert document.grids[0].address(2, 0) == "附件1!A3"


@pytest.mark.parametrize(
    ("text", "kind", "value", "expected"),
    [
        ("29.00%", "percentage", 0.29, "29.00%"),
        ("17%", "percentage", 0.1667, "16.67%"),
        ("-0.86%", "percentage", -0.0086, "-0.86%"),
        ("27.3", "float", 27.3152, "27.3152"),
        ("2,270", "float", 2270, "2270"),
        ("￥12.50", "currency", 12.5, "12.5"),
        ("TRUE", "float", 1, "TRUE"),
    ],
)
def test_a_number_is_shown_with_its_sign_and_all_its_digits(text, kind, value, expected):
    assert shown(cell(text, kind, office_value=value)) == [expected]


def test_a_truth_value_is_shown_as_every_program_shows_it():
    assert shown(cell("真", "boolean", office_boolean__value="true")) == ["TRUE"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"kind": "date", "office_date__value": "2023-03-05"}, "2023-03-05"),
        ({"kind": "date", "office_date__value": "2023-03-05T08:30:00"}, "2023-03-05 08:30:00"),
        ({"kind": "time", "office_time__value": "PT03H05M00S"}, "03:05:00"),
        ({"kind": "date", "office_date__value": "-0001-03-05"}, "3月5日"),
    ],
)
def test_a_date_is_shown_as_a_date_and_its_cell_is_told(attributes, expected):
    grid = opened(workbook(sheet(row(cell("甲"), cell("3月5日", **attributes))))).grids[0]
    assert (grid.rows, grid.dates) == ([["甲", expected]], {(0, 1)})


def test_paragraphs_breaks_and_spaces_of_a_text_are_kept():
    text = '甲<text:s text:c="2"/>乙<text:line-break/>丙</text:p><text:p><text:span>丁</text:span><text:tab/>戊'
    assert shown(cell(text)) == ["甲  乙\n丙\n丁\t戊"]


def test_a_repeated_cell_and_a_repeated_row_stand_as_often_as_they_say():
    rows = row(cell("/", table_number__columns__repeated=3), number_rows_repeated=2)
    assert opened(workbook(sheet(rows, row(cell("完"))))).grids[0].rows == [["/"] * 3, ["/"] * 3, ["完", "", ""]]


def test_a_million_empty_rows_and_columns_are_none():
    nothing = cell(table_number__columns__repeated=16383)
    rows = (row(cell("甲"), nothing), row(nothing, number_rows_repeated=1_048_000))
    assert opened(workbook(sheet(*rows))).grids[0].rows == [["甲"]]


def test_merged_ranges_are_given_with_their_first_and_last_cell():
    title = cell("标题", table_number__columns__spanned=3, table_number__rows__spanned=2)
    covered = '<table:covered-table-cell table:number-columns-repeated="2"/>'
    assert opened(workbook(sheet(row(title, covered), row()))).grids[0].merges == [(0, 0, 1, 2)]


def test_hidden_rows_columns_and_sheets_are_read_and_noticed():
    columns = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-column table:number-columns-repeated="900" table:visibility="collapse"/>'
    )
    rows = (row(cell("甲"), cell("乙")), row(cell("丙"), visibility="filter"), row(visibility="collapse"))
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    content = workbook(sheet(columns, *rows), sheet(row(cell("草稿")), name="底稿", style="ta2"), styles=style)
    assert [grid.rows[0][0] for grid in opened(content).grids] == ["甲", "草稿"]
    assert sorted(noticed(content)) == [
        ("hidden_column", "附件1!B:B"),
        ("hidden_row", "附件1!2:2"),
        ("hidden_sheet", "底稿"),
    ]


def test_an_error_and_a_formula_without_a_value_are_blank_and_noticed():
    content = workbook(
        sheet(
            row(
                cell("#DIV/0!", table_formula="of:=1/0", calcext_value__type="error"),
                cell("Err:502", table_formula="of:=X()"),
                cell("", table_formula="of:=1/4"),
                cell("0.25", "float", office_value=0.25, table_formula="of:=1/4"),
            )
        )
    )
    assert opened(content).grids[0].rows == [["", "", "", "0.25"]]
    assert noticed(content) == [
        ("error_cell", "附件1!A1"),
        ("error_cell", "附件1!B1"),
        ("formula_without_value", "附件1!C1"),
    ]


def test_a_comment_is_kept_without_who_wrote_it_and_when():
    note = (
        "<office:annotation><dc:creator>张三</dc:creator><dc:date>2023-05-04</dc:date>"
        "<text:p>张三:</text:p><text:p>此数为1-3月</text:p></office:annotation>"
    )
    grid = opened(workbook(sheet(row(cell("甲"), cell("7%", inner=note))))).grids[0]
    assert (grid.rows, grid.comments) == ([["甲", "7%"]], {(0, 1): "此数为1-3月"})


def test_text_in_a_picture_and_a_deleted_cell_are_no_cells():
    drawing = "<draw:frame><draw:text-box><text:p>图注</text:p></draw:text-box></draw:frame>"
    deleted = f"<table:tracked-changes>{cell('删去')}</table:tracked-changes>"
    assert opened(workbook(deleted, sheet(row(cell("甲", inner=drawing))))).grids[0].rows == [["甲"]]


def test_what_another_file_brought_along_is_no_sheet_and_is_noticed():
    source = '<table:table-source xlink:href="file:///home/zhangsan/%E6%B1%87%E6%80%BB.ods"/>'
    copied = sheet(source, row(cell("别的")), name="'file:///home/zhangsan/x.ods'#$Sheet1")
    call = '<table:dde-link><office:dde-source office:dde-application="soffice"/>' + sheet(row(cell("别的")))
    calls = f"<table:dde-links>{call}</table:dde-link></table:dde-links>"
    content = workbook(sheet(row(cell("甲"))), copied, calls)
    document = opened(content)
    assert [grid.rows for grid in document.grids] == [[["甲"]]]
    assert [notice.found for notice in document.notices] == ["外部文件：汇总.ods", "DDE：soffice|"]


def test_macros_are_noticed():
    content = workbook(sheet(row(cell("甲"))), Basic__Standard__Module1="<m/>")
    assert noticed(content) == [("macros", "工作簿")]


def test_a_workbook_with_a_password_is_refused_as_such():
    content = packed({"META-INF/manifest.xml": "<manifest:encryption-data/>", "content.xml": "\x00\x01"})
    assert outcome(content) == "encrypted_file"


@pytest.mark.parametrize(
    "content",
    [
        packed({"META-INF/manifest.xml": "<m/>"}),
        packed({"META-INF/manifest.xml": "<m/>", "content.xml": "<office:document-content>"}),
        workbook(sheet(row(cell("&b;"))), begin=DOCTYPE),
        workbook(sheet(row(cell("x", "float", office_value="x")))),
        workbook(sheet(row(cell("x", table_number__columns__repeated="x")))),
    ],
    ids=["no content", "cut off", "entities", "no number", "no count"],
)
def test_what_no_program_writes_is_refused(content):
    assert outcome(content) == "damaged_file"


@pytest.mark.parametrize(
    "content",
    [
        workbook(sheet(row(cell("x", table_number__columns__repeated=16384), number_rows_repeated=1_048_576))),
        workbook(*(sheet(row(cell("x", table_number__columns__repeated=100), number_rows_repeated=19_000)),) * 9),
        workbook(sheet(row(cell("", table_number__columns__spanned=3), number_rows_repeated=1_000_000))),
        workbook(sheet(row(cell("x<text:s text:c='999999999'/>" * 100_000)))),
        workbook(sheet(row(*[cell()] * 300_000))),
        workbook(sheet(*[row()] * 1_100_000)),
        workbook(*[sheet()] * 5_000),
        workbook("<table:shapes>" * 200_000 + "</table:shapes>" * 200_000),
    ],
    ids=["a full sheet", "full sheets", "merges", "spaces", "cells", "rows", "sheets", "depth"],
)
def test_a_small_file_that_says_it_is_huge_is_refused_or_read_in_time(content):
    assert outcome(content) in ("read", "too_many_cells", "damaged_file")


@pytest.fixture(scope="module")
def saved_by_libreoffice(tmp_path_factory) -> dict[str, bytes]:
    """One workbook in three formats."""
    folder = tmp_path_factory.mktemp("office")

    def write(book):
        first = book[FIRST]
        for number in range(200):
            first.append([number, f"任务{'甲乙丙' * number}", number / 8, None, f"=A{number + 1}/8"])
        first["D5"], first["D6"], first["D7"] = date(2023, 3, 5), 260591, True
        first["D5"].number_format = 'm"月"d"日"'
        first["E4"].comment = Comment("张三:\n此数为1-3月", "张三")
        first["F9"] = "=1/0"
        first.row_dimensions[8].hidden = True
        first.merge_cells("A1:F1")
        book.create_sheet("底稿")["C3"] = "草稿"
        book["底稿"].sheet_state = "hidden"

    (folder / "a.xlsx").write_bytes(
        changed(table_workbook(TITLE, HEADER, [item(1, "甲", Percent(0.29)), item(2, "乙", Percent(0.1667))]), write)
    )
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to"]
    for kind in ("xls:MS Excel 97", "ods", "xlsx"):
        subprocess.run(
            [*command, kind, "--outdir", folder / "made", folder / "a.xlsx"],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return {path.suffix: path.read_bytes() for path in (folder / "made").iterdir()}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", [".xls", ".ods"])
def test_a_workbook_that_libreoffice_saves_in_another_format_reads_the_same(kind, saved_by_libreoffice):
    content = saved_by_libreoffice[kind]
    other = read_xls(content, "a.xls") if kind == ".xls" else opened(content)
    own = open_document(saved_by_libreoffice[".xlsx"], "a.xlsx")
    assert own.grids[0].rows[2][4] == "29.00%"
    assert own.grids[0].comments == {(3, 4): "此数为1-3月"}
    assert {notice.rule for notice in own.notices} == {"error_cell", "hidden_row", "hidden_sheet"}
    assert other.grids == own.grids
    assert other.notices == own.notices

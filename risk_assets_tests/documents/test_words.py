"""Word files as python-docx makes them, and as Word leaves them after people worked on them."""

import io
import re
import time
import zipfile

import docx
import pytest
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Inches

from risk_assets.documents import Document, Grid, Refused, open_document
from risk_assets_tests.builders import repacked

HEADER = ("序号", "指标", "进展", "备注")
MAIN = "word/document.xml"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fea7"
    "35c9d20000000049454e44ae426082"
)


def saved(word: Word) -> bytes:
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


def with_table(word: Word, *rows: tuple[str, ...]):
    table = word.add_table(len(rows), len(rows[0]), style="Table Grid")
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    return table


def small() -> bytes:
    word = docx.Document()
    word.add_paragraph("凤凰县2023年4月监测表")
    with_table(word, HEADER, ("1", "进出口", "3.6亿元", "进展有序"))
    word.add_paragraph("注：完")
    return saved(word)


def opened(content: bytes) -> Document:
    return open_document(content, "上报.docx")


def grid_of(word: Word) -> Grid:
    return opened(saved(word)).grids[0]


def noticed(content: bytes) -> list[tuple[str, str, str]]:
    return [(notice.rule, notice.where, notice.found) for notice in opened(content).notices]


def with_body(xml: str, content: bytes | None = None) -> bytes:
    """A document with something put before everything else."""
    insert = {MAIN: lambda old: old.replace(b"<w:body>", f"<w:body>{xml}".encode(), 1)}
    return repacked(content or small(), insert)


def first_row(xml: str) -> list[str]:
    return opened(with_body(xml)).grids[0].rows[0]


def test_paragraphs_and_tables_stand_in_the_order_of_the_document():
    document = opened(small())
    (grid,) = document.grids
    assert (document.format, grid.sheet, grid.plain, document.notices) == ("docx", None, False, [])
    assert grid.rows == [["凤凰县2023年4月监测表"], list(HEADER), ["1", "进出口", "3.6亿元", "进展有序"], ["注：完"]]
    assert grid.blocks == [0, 1, 1, 0]
    assert grid.address(2, 1) == "表1第2行第2列"
    assert grid.address(3, 0) == "第4行第1列"


def test_a_blank_paragraph_is_a_row_and_parts_two_tables():
    word = docx.Document()
    with_table(word, HEADER)
    word.add_paragraph()
    with_table(word, HEADER)
    grid = grid_of(word)
    assert grid.rows == [list(HEADER), [""], list(HEADER)]
    assert grid.blocks == [1, 0, 2]


def test_merged_cells_are_given_with_their_first_and_last_cell():
    word = docx.Document()
    table = with_table(word, HEADER, ("1", "甲", "乙", ""), ("", "丙", "丁", ""), ("2", "戊", "己", "庚"))
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 2).merge(table.cell(0, 3))
    table.cell(1, 2).merge(table.cell(2, 3))
    grid = grid_of(word)
    assert sorted(grid.merges) == [(0, 2, 0, 3), (1, 0, 2, 0), (1, 2, 2, 3)]
    assert grid.rows[2] == ["", "丙", "", ""]
    assert grid.rows[3] == ["2", "戊", "己", "庚"]


def test_merges_are_counted_from_the_first_row_of_the_document():
    word = docx.Document()
    word.add_paragraph("标题")
    table = with_table(word, HEADER, HEADER)
    table.cell(0, 1).merge(table.cell(1, 1))
    assert grid_of(word).merges == [(1, 1, 2, 1)]


def test_a_merge_that_begins_anew_below_another_is_one_of_its_own():
    word = docx.Document()
    table = with_table(word, *[("组", f"任务{n}") for n in range(4)])
    for top in (0, 2):
        table.cell(top, 0).merge(table.cell(top + 1, 0)).text = f"第{top}组"
    grid = grid_of(word)
    assert sorted(grid.merges) == [(0, 0, 1, 0), (2, 0, 3, 0)]
    assert [row[0] for row in grid.rows] == ["第0组", "", "第2组", ""]


def test_cells_merged_in_the_way_of_word_97_are_merged():
    table = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:hMerge w:val='restart'/></w:tcPr><w:p><w:r><w:t>标题</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:tcPr><w:hMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>"
    )
    grid = opened(with_body(table)).grids[0]
    assert (grid.rows[0], grid.merges) == (["标题", ""], [(0, 0, 0, 1)])


def test_a_row_that_begins_further_right_keeps_its_columns():
    row = "<w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr><w:tc><w:p><w:r><w:t>丙</w:t></w:r></w:p></w:tc></w:tr>"
    assert first_row(f"<w:tbl>{row}</w:tbl>") == ["", "", "丙"]


def test_line_breaks_inside_a_cell_are_kept():
    word = docx.Document()
    table = with_table(word, HEADER)
    table.cell(0, 0).text = "完成3.6亿元\n同比增长7%"
    table.cell(0, 1).text = "第一段"
    table.cell(0, 1).add_paragraph("第二段")
    assert grid_of(word).rows[0][:2] == ["完成3.6亿元\n同比增长7%", "第一段\n第二段"]


def test_a_table_within_a_cell_stands_below_the_table_it_is_in():
    word = docx.Document()
    outer = with_table(word, ("外框", ""), ("尾", ""))
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "序号", "指标"
    grid = grid_of(word)
    assert grid.rows == [["外框", ""], ["尾", ""], ["序号", "指标"]]
    assert grid.blocks == [1, 1, 2]


def test_a_text_box_is_read_once_and_below_its_paragraph():
    box = "<w:txbxContent><w:p><w:r><w:t>单位：万元</w:t></w:r></w:p></w:txbxContent>"
    twins = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    rows = opened(with_body(f"<w:p><w:r><w:t>监测表</w:t></w:r><w:r>{twins}</w:r></w:p>")).grids[0].rows
    assert rows[:3] == [["监测表"], ["单位：万元"], ["凤凰县2023年4月监测表"]]


def test_what_was_deleted_is_not_read_and_what_was_inserted_is():
    content = with_body(
        "<w:p><w:r><w:t>完成</w:t></w:r><w:del><w:r><w:delText>12</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>15亿元</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧句</w:t></w:r></w:moveFrom></w:p>"
    )
    assert opened(content).grids[0].rows[0] == ["完成15亿元"]
    assert noticed(content) == [("tracked_changes", "第1行第1列", "自此处起共 3 处")]


def test_a_row_that_was_deleted_is_not_read():
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    content = with_body(
        f"<w:tbl><w:tr>{cell.format('甲')}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{cell.format('乙')}</w:tr></w:tbl>"
    )
    grid = opened(content).grids[0]
    assert grid.rows[:2] == [["甲"], ["凤凰县2023年4月监测表"]]
    assert noticed(content) == [("tracked_changes", "表1第1行第1列", "自此处起共 1 处")]


def test_a_format_that_was_changed_back_merges_nothing():
    table = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:tcPrChange><w:tcPr><w:gridSpan w:val='3'/></w:tcPr></w:tcPrChange></w:tcPr>"
        "<w:p><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>甲</w:t></w:r></w:p>"
        "</w:tc></w:tr></w:tbl>"
    )
    assert first_row(table) == ["甲"]


def test_hidden_text_is_not_read_and_noticed():
    word = docx.Document()
    paragraph = with_table(word, HEADER).cell(0, 1).paragraphs[0]
    paragraph.add_run("（草稿）").font.hidden = True
    paragraph.add_run("目标").font.hidden = False
    content = saved(word)
    assert opened(content).grids[0].rows[0][1] == "指标目标"
    assert noticed(content) == [("hidden_text", "表1第1行第2列", "（草稿）")]


def test_a_hidden_paragraph_mark_hides_no_text():
    assert first_row("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>") == ["甲"]


def test_text_that_lies_under_a_merged_cell_is_noticed():
    cell = "<w:tr><w:tc><w:tcPr><w:vMerge{}/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    content = with_body(f"<w:tbl>{cell.format(' w:val=' + repr('restart'), '甲')}{cell.format('', '乙')}</w:tbl>")
    assert opened(content).grids[0].rows[:2] == [["甲"], [""]]
    assert noticed(content) == [("hidden_text", "表1第2行第1列", "乙")]


def test_a_hidden_row_is_read_and_noticed():
    word = docx.Document()
    row = with_table(word, HEADER, HEADER).rows[1]
    row._tr.get_or_add_trPr().append(row._tr.makeelement(qn("w:hidden"), {}))
    content = saved(word)
    assert opened(content).grids[0].rows[1] == list(HEADER)
    assert noticed(content) == [("hidden_row", "表1第2行第1列", "隐藏的行")]


def test_the_prompt_of_a_form_field_that_nobody_filled_is_no_text():
    field = (
        "<w:p><w:r><w:t>投资：</w:t></w:r><w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent><w:r><w:t>{}</w:t></w:r>"
        "</w:sdtContent></w:sdt><w:r><w:t>元</w:t></w:r></w:p>"
    )
    assert first_row(field.format("<w:showingPlcHdr/>", "单击此处输入文字")) == ["投资：元"]
    assert first_row(field.format("", "3.6亿")) == ["投资：3.6亿元"]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<w:t>甲</w:t><w:tab/><w:t>乙</w:t>", "甲\t乙"),
        ("<w:t>甲</w:t><w:br/><w:t>乙</w:t>", "甲\n乙"),
        ("<w:t>甲</w:t><w:br w:type='page'/><w:t>乙</w:t>", "甲乙"),
        ("<w:t>3</w:t><w:noBreakHyphen/><w:t>5</w:t>", "3-5"),
        ("<w:sym w:font='Wingdings' w:char='F0FC'/>", "√"),
        ("<w:instrText>PAGE</w:instrText><w:t>3</w:t>", "3"),
        (
            "<w:ruby><w:rt><w:r><w:t>fèng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>凤</w:t></w:r></w:rubyBase></w:ruby>",
            "凤",
        ),
        ("<w:t>甲\u202e\u200b乙</w:t>", "甲乙"),
    ],
)
def test_a_run_is_text_as_a_person_sees_it(xml, text):
    tabs = "<w:pPr><w:tabs><w:tab w:val='left' w:pos='4200'/></w:tabs></w:pPr>"
    assert first_row(f"<w:p>{tabs}<w:r>{xml}</w:r></w:p>") == [text]


def test_a_comment_is_kept_with_its_cell_and_without_who_wrote_it():
    word = docx.Document()
    cell = with_table(word, HEADER).cell(0, 2)
    word.add_comment(cell.paragraphs[0].runs, text="此数不得对外公布", author="张三", initials="张")
    word.add_comment(cell.paragraphs[0].runs, text="待核", author="李四")
    grid = grid_of(word)
    assert grid.comments == {(0, 2): "此数不得对外公布\n待核"}


def test_headers_and_footers_are_not_read():
    word = docx.Document()
    word.add_paragraph("正文")
    word.sections[0].header.paragraphs[0].text = "内部资料"
    word.sections[0].footer.paragraphs[0].text = "第1页"
    assert grid_of(word).rows == [["正文"]]


def test_pictures_beside_the_text_are_noticed():
    word = docx.Document()
    word.add_paragraph("正文")
    word.add_picture(io.BytesIO(PIXEL), width=Inches(1))
    assert noticed(saved(word)) == [("picture_not_read", "文档", "1 幅图片")]


def test_a_document_of_pictures_only_is_a_scan():
    word = docx.Document()
    word.add_picture(io.BytesIO(PIXEL), width=Inches(1))
    assert refusal(saved(word)) == "scan"


def test_a_document_without_text_is_empty():
    assert refusal(saved(docx.Document())) == "empty_file"


def test_an_embedded_workbook_is_noticed():
    content = with_body(
        "<w:p><w:r><w:object><o:OLEObject xmlns:o='urn:schemas-microsoft-com:office:office' ProgID='Excel.Sheet.12'/>"
        "</w:object></w:r></w:p><w:altChunk/>"
    )
    assert noticed(content) == [
        ("embedded_object", "第1行第1列", "Excel.Sheet.12"),
        ("embedded_object", "第2行第1列", "插入的文件"),
    ]


def test_a_template_from_elsewhere_is_noticed_and_a_link_in_the_text_is_not():
    link = '<Relationship Id="x{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" {}/>'
    outside = 'Target="http://127.0.0.1:9/t.dotm" TargetMode="External"'
    links = (link.format(1, "attachedTemplate", outside) + link.format(2, "hyperlink", outside)).encode()
    insert = {"word/_rels/document.xml.rels": lambda xml: xml.replace(b"</Relationships>", links + b"</Relationships>")}
    assert noticed(repacked(small(), insert)) == [("external_link", "文档", "http://127.0.0.1:9/t.dotm")]


def test_macros_are_noticed():
    buffer = io.BytesIO(small())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    assert [rule for rule, _, _ in noticed(buffer.getvalue())] == ["macros"]


def test_a_strict_document_and_another_name_of_the_main_part_are_read():
    def strict(xml: bytes) -> bytes:
        return xml.replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )

    moved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small())) as archive, zipfile.ZipFile(moved, "w") as copy:
        for member in archive.namelist():
            xml = archive.read(member).replace(b"word/document.xml", b"word/document2.xml")
            copy.writestr(member.replace("document.xml", "document2.xml"), xml)
    assert opened(repacked(small(), {MAIN: strict})).grids == opened(small()).grids
    assert opened(moved.getvalue()).grids == opened(small()).grids


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        opened(content)
    assert refused.value.found
    assert refused.value.expected
    return refused.value.rule


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_a_document_cut_off_on_its_way_is_refused(share):
    assert refusal(small()[: int(len(small()) * share)]) == "damaged_file"


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [BOMB, FILE_ENTITY], ids=["expanding", "from a file"])
@pytest.mark.parametrize("part", [MAIN, "_rels/.rels", "word/_rels/document.xml.rels", "word/comments.xml"])
def test_an_xml_entity_in_a_document_is_refused(part, doctype):
    word = docx.Document()
    word.add_comment(word.add_paragraph("正文").runs, text="批注")
    insert = {part: lambda xml: doctype + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", xml)}
    assert refusal(repacked(saved(word), insert)) == "damaged_file"


@pytest.mark.parametrize("part", [MAIN, "_rels/.rels"])
def test_a_document_with_a_part_that_is_no_xml_is_refused(part):
    assert refusal(repacked(small(), {part: lambda xml: xml[: len(xml) // 2]})) == "damaged_file"


@pytest.mark.parametrize("span", ["x", "999999999", "-5"])
def test_a_cell_over_absurdly_many_columns_is_refused_or_one_cell(span):
    content = with_body(f"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='{span}'/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>")
    if span == "-5":
        assert opened(content).grids[0].rows[0] == [""]
    else:
        assert refusal(content) in ("damaged_file", "too_many_cells")


HUGE = {
    "a million paragraphs": "<w:p/>" * 10**6,
    "four million runs": "<w:p>" + "<w:r/>" * (4 * 10**6) + "</w:p>",
    "a million tables in each other": "<w:tbl>" * 10**6,
    "a table of six hundred thousand wide rows": "<w:tbl>"
    + "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='60'/></w:tcPr></w:tc></w:tr>" * (6 * 10**5),
}


@pytest.mark.parametrize("body", HUGE.values(), ids=HUGE)
def test_a_document_that_would_take_long_is_refused_in_time(body):
    content = with_body(body)
    start = time.monotonic()
    assert refusal(content) == "too_many_cells"
    assert time.monotonic() - start < 10

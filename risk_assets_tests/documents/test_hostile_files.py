import io
import re
import struct
import time
import tracemalloc
import zipfile

import pytest

from risk_assets.documents import Refused, open_document
from risk_assets.documents.archives import MAX_BYTES, MAX_MEMBERS
from risk_assets_tests.builders import HEADER, TITLE, changed, item, part_of, read, repacked, sample, table_workbook
from risk_assets_tests.conftest import month_of_samples

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FILE_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARTS = ("xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels")


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        open_document(content, "上报.xlsx")
    assert refused.value.found
    assert refused.value.expected
    return refused.value.rule


def small() -> bytes:
    return table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%")])


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_doctype(doctype: bytes):
    def insert(xml: bytes) -> bytes:
        body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", xml)
        return doctype + re.sub(rb'(Id|name|formatCode)="', rb'\1="&a;', body, count=1)

    return insert


def with_hidden_row(content: bytes) -> bytes:
    def hide(book):
        book["附件1"].row_dimensions[3].hidden = True

    return changed(content, hide)


@pytest.mark.parametrize("content", [b"", b" \r\n\t "])
def test_an_empty_file_is_refused(content):
    assert refusal(content) == "empty_file"


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_a_file_cut_off_on_its_way_is_refused(share):
    assert refusal(sample()[: int(len(sample()) * share)]) == "damaged_file"


def test_something_that_only_begins_like_a_zip_is_refused():
    assert refusal(b"PK\x03\x04 and then something else") == "damaged_file"


def test_a_file_beyond_the_limit_is_refused_unread():
    assert refusal(b"x" * (MAX_BYTES + 1)) == "too_large"


def test_a_zip_bomb_is_refused_unpacked():
    content = packed({"xl/workbook.xml": b"<workbook/>", "xl/media/image1.bmp": bytes(20 * 2**20)})
    assert len(content) < 2**16
    assert refusal(content) == "zip_bomb"


def test_a_zip_with_thousands_of_members_is_refused():
    members = {f"xl/media/{n}": b"" for n in range(MAX_MEMBERS)} | {"xl/workbook.xml": b"<workbook/>"}
    assert refusal(packed(members, zipfile.ZIP_STORED)) == "zip_bomb"


@pytest.mark.parametrize("doctype", [BOMB, FILE_ENTITY], ids=["expanding", "from a file"])
@pytest.mark.parametrize("part", PARTS)
def test_an_xml_entity_is_refused(part, doctype):
    assert refusal(repacked(small(), {part: with_doctype(doctype)})) == "damaged_file"


@pytest.mark.parametrize("doctype", [BOMB, FILE_ENTITY], ids=["expanding", "from a file"])
def test_an_xml_entity_in_a_sheet_that_is_looked_at_twice_is_refused(doctype):
    content = with_hidden_row(small())
    assert refusal(repacked(content, {part_of("附件1", content): lambda xml: doctype + xml})) == "damaged_file"


def test_a_sheet_that_claims_the_whole_sheet_is_refused():
    def stretch(xml: bytes) -> bytes:
        return xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
        )

    assert refusal(repacked(small(), {part_of("附件1", small()): stretch})) == "too_many_cells"


def test_a_dimension_that_claims_the_whole_sheet_is_believed_by_nobody():
    def stretch(xml: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)

    grid = open_document(repacked(small(), {part_of("附件1", small()): stretch}), "上报.xlsx").grids[0]
    assert len(grid.rows) == 3


def test_a_merge_over_the_whole_sheet_takes_no_memory():
    content = table_workbook(TITLE, HEADER, [item(n, f"任务{n}") for n in range(1, 9)])
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A3:XFD1048576"/></mergeCells>'
    wide = repacked(content, {part_of("附件1", content): lambda xml: xml.replace(b"</sheetData>", merge)})
    tracemalloc.start()
    try:
        read(wide)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 2**20, f"{peak} bytes for eight rows"


@pytest.mark.parametrize(
    ("field", "value"),
    [(6, 113), (8, 1), (8, 0x20), (8, 0x40), (10, 97)],
    ids=["a later zip", "a password", "patched data", "strong encryption", "another packing"],
)
def test_a_zip_whose_directory_says_what_cannot_be_done_is_refused(field, value):
    content = bytearray(small())
    for place in re.finditer(rb"PK\x01\x02", bytes(content)):
        struct.pack_into("<H", content, place.start() + field, value)
    assert refusal(bytes(content)) == "damaged_file"


def test_a_zip_whose_directory_lies_elsewhere_than_it_says_is_refused():
    content = bytearray(small())
    struct.pack_into("<I", content, content.rindex(b"PK\x05\x06") + 16, 10**6)
    assert refusal(bytes(content)) == "damaged_file"


def test_an_encoding_that_does_not_exist_is_refused():
    part = "xl/_rels/workbook.xml.rels"
    assert (
        refusal(repacked(small(), {part: lambda xml: b'<?xml version="1.0" encoding="UTP-8"?>' + xml}))
        == "damaged_file"
    )


def test_a_member_name_that_is_no_text_is_refused():
    content = small().replace(b"docProps/app.xml", b"docProps/\xff\xfe.xml")
    flagged = bytearray(content)
    for place in re.finditer(rb"PK\x01\x02", content):
        flagged[place.start() + 9] |= 8
    assert refusal(bytes(flagged)) == "damaged_file"


@pytest.mark.parametrize("missing", ["xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"])
def test_a_workbook_without_one_of_its_parts_is_refused(missing):
    with zipfile.ZipFile(io.BytesIO(small())) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != missing}
    assert refusal(packed(members)) == "damaged_file"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_no_xml_is_refused(part):
    assert refusal(repacked(small(), {part: lambda xml: xml[: len(xml) // 2]})) == "damaged_file"


def test_a_style_number_that_is_no_number_is_refused():
    broken = repacked(
        small(), {"xl/styles.xml": lambda xml: re.sub(rb'(<cellXfs.*?numFmtId=")\d+', rb"\1x", xml, flags=re.S)}
    )
    assert refusal(broken) == "damaged_file"


def test_a_formula_that_calls_a_program_is_text_and_nothing_else():
    content = table_workbook(TITLE, HEADER, [item(1, "=cmd|'/c calc'!A1"), item(2, '=HYPERLINK("http://127.0.0.1/")')])
    document = open_document(content, "上报.xlsx")
    assert {notice.rule for notice in document.notices} == {"formula_without_value"}


SHEET = part_of("附件1", small())
END = b"</sheetData>"
X = b"<is><t>x</t></is></c></row>" + END
HUGE_SHEETS = {
    "a single-quoted last cell": b"<row r='1048576'><c r='XFD1048576' t='inlineStr'>" + X,
    "a million rows without a number": b"<row/>" * 1048575 + b"<row><c t='inlineStr'>" + X,
    "a million cells without an address": b"<row>" + b"<c/>" * 10**6 + b"</row>" + END,
    "a million cells that never begin": b"<row>" + b"<c " * 10**6 + b"</row>" + END,
}
SLOWEST = 10.0


def with_sheet_end(end: bytes) -> bytes:
    return repacked(small(), {SHEET: lambda xml: xml.replace(END, end)})


@pytest.mark.parametrize("end", HUGE_SHEETS.values(), ids=HUGE_SHEETS)
def test_a_sheet_that_would_take_long_to_walk_is_refused_in_time(end):
    content = with_sheet_end(end)
    start = time.monotonic()
    assert refusal(content) in ("too_many_cells", "damaged_file")
    assert time.monotonic() - start < SLOWEST


def test_thousands_of_merges_over_whole_rows_are_read_in_time():
    merges = b"<mergeCells>" + b'<mergeCell ref="A1:XFD1"/>' * 8800 + b"</mergeCells>"
    content = with_sheet_end(END + merges)
    start = time.monotonic()
    assert len(read(content).reading.rows) == 1
    assert time.monotonic() - start < SLOWEST


def test_a_text_of_millions_of_lines_is_refused_in_time():
    start = time.monotonic()
    assert refusal(b"a\n" * (5 * 2**20)) == "too_many_cells"
    assert time.monotonic() - start < SLOWEST


@pytest.mark.parametrize("mark", ["\u200b", "\u202e", "\ufeff", "_x001B_", "_x001b_", "_x0007_"])
def test_a_character_that_is_obeyed_and_not_seen_never_reaches_a_cell_of_a_workbook(mark):
    inline, spoilt_inline = (table_workbook(TITLE, HEADER, [item(1, f"生{one}产总值")]) for one in ("", mark))
    shared = month_of_samples("2023-04")["433122"].content
    words = {"xl/sharedStrings.xml": lambda xml: xml.replace("生产总值".encode(), f"生{mark}产总值".encode())}
    for content, spoilt in ((inline, spoilt_inline), (shared, repacked(shared, words))):
        assert spoilt != repacked(content, {})
        assert cells_of(spoilt) == cells_of(content)


def cells_of(content: bytes) -> list[list[list[str]]]:
    return [grid.rows for grid in open_document(content, "上报.xlsx").grids]


@pytest.mark.parametrize("mark", ["\u200b", "\u202e", "\x1b", "\x07", "\x9b"])
def test_a_character_that_is_obeyed_and_not_seen_never_reaches_a_cell_of_a_text(mark):
    (grid,) = open_document(f"地区{mark}[2J生产总值\t{mark}甲".encode(), "上报.txt").grids
    assert grid.rows == [["地区[2J生产总值", "甲"]]

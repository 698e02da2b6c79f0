"""Workbooks made to take a reader's memory or time, or to lead its second reader elsewhere than the first."""

import io
import re
import time
import tracemalloc
import zipfile

import pytest

from risk_assets.documents import Refused, open_document
from risk_assets.documents.workbooks import read_workbook
from risk_assets_tests.builders import HEADER, TITLE, changed, item, part_of, repacked, table_workbook, with_members
from risk_assets_tests.conftest import month_of_samples

SLOWEST = 10.0
FIRST = "附件1"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


def small() -> bytes:
    return table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%")])


SHEET = part_of(FIRST, small())


def with_strings() -> bytes:
    return month_of_samples("2023-04")["433122"].content


def outcome(content: bytes) -> str:
    """How reading ended, in time."""
    start = time.monotonic()
    try:
        open_document(content, "上报.xlsx")
    except Refused as refused:
        return refused.rule
    finally:
        assert time.monotonic() - start < SLOWEST
    return "read"


def with_cells(cells: bytes) -> bytes:
    return repacked(
        small(), {SHEET: lambda xml: re.sub(rb"<sheetData>.*</sheetData>", lambda _: cells, xml, flags=re.S)}
    )


def rows(count: int, cells: bytes = b"") -> bytes:
    lines = b"".join(b'<row r="%d">%b</row>' % (n, cells.replace(b"#", b"%d" % n)) for n in range(1, count + 1))
    return b"<sheetData>" + lines + b"</sheetData>"


def test_shared_strings_that_claim_to_be_billions_take_no_memory():
    claim = {STRINGS: lambda xml: re.sub(rb'uniqueCount="\d+"', b'uniqueCount="99999999999999"', xml)}
    assert outcome(repacked(with_strings(), claim)) == "damaged_file"


def test_a_long_string_that_every_cell_shows_is_not_copied_for_each():
    cells = b"".join(b'<c r="%c#" t="s"><v>0</v></c>' % letter for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    strings = b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>"
    content = repacked(
        with_strings(), {STRINGS: lambda _: strings, SHEET: lambda _: b"<worksheet>%b</worksheet>" % rows(900, cells)}
    )
    assert outcome(content) == "too_many_cells"


@pytest.mark.parametrize("part", [STRINGS, SHEET, "xl/styles.xml", "xl/workbook.xml", RELATIONS])
def test_a_part_that_defines_entities_is_refused_by_whoever_reads_it(part):
    content = with_strings()
    defined = repacked(content, {part: lambda xml: DOCTYPE + re.sub(rb"^<\?xml[^>]*\?>", b"", xml)})
    assert outcome(defined) == "damaged_file"


def test_a_comment_part_that_defines_entities_is_refused():
    links = '<Relationships><Relationship Id="r" Type="x/comments" Target="../comments1.xml"/></Relationships>'
    members = {"xl/worksheets/_rels/sheet1.xml.rels": links, "xl/comments1.xml": DOCTYPE + b"<comments/>"}
    assert outcome(with_members(small(), members)) == "damaged_file"


@pytest.mark.parametrize("encoding", [b"cp037", b"utf-16", b"gb18030", b"utf-7"])
def test_a_part_in_another_encoding_is_refused_as_two_readers_would_read_two_documents(encoding):
    declared = {SHEET: lambda xml: b'<?xml version="1.0" encoding="%b"?>' % encoding + xml}
    assert outcome(repacked(small(), declared)) == "damaged_file"


def test_a_million_rows_that_hold_nothing_do_no_harm():
    assert outcome(with_cells(rows(1_000_000))) == "read"


def test_thousands_of_rows_that_have_a_look_and_no_value_are_no_rows():
    content = with_cells(rows(30_000, b'<c r="A#" s="0"/><c r="XFD#" s="0"/>'))
    assert open_document(content, "上报.xlsx").grids[0].rows == []


@pytest.mark.parametrize(
    "sheet",
    [
        b"<sheetData>" + b"<row>" * 600_000 + b"</sheetData>",
        b"<sheetData>" + b"<row>" * 600_000 + b"</row>" * 600_000 + b"</sheetData>",
        b'<sheetData><row r="1"><c r="A1" t="str"><v>' + b"&#65;" * 10**6 + b"</v></c></row></sheetData>",
        b'<sheetData><row r="1"><c r="A1" t="str"><v>' + b"x\n" * 10**6 + b"</v></c></row></sheetData>",
        b'<sheetData><row r="1"><c r="A1"><v>' + b"1" * 10**6 + b"</v></c></row></sheetData>",
        b"<sheetData><row " + b" ".join(b'a%d="1"' % n for n in range(300_000)) + b"/></sheetData>",
        b"<sheetData><row " + b"r" * 10**7,
        b'<sheetData><row r="1"><c r="XFD1048576" t="inlineStr"><is/></c></row></sheetData>',
        b'<sheetData><row r="1"><c r="ZZZ1"><v>1</v></c></row></sheetData>',
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c><x:c r="A1048576"><v>1</v></x:c></row></sheetData>',
    ],
    ids=[
        "deep",
        "deep and closed",
        "references",
        "lines",
        "digits",
        "attributes",
        "a tag",
        "far",
        "beyond",
        "prefixed",
    ],
)
def test_a_sheet_that_no_program_writes_is_refused_or_read_in_time(sheet):
    assert outcome(with_cells(sheet)) in ("read", "damaged_file", "too_many_cells")


def test_a_sheet_whose_last_cell_is_empty_text_far_away_takes_no_memory():
    far = b'<sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is></is></c></row></sheetData>'
    assert outcome(with_cells(far)) == "too_many_cells"


def test_a_directory_that_names_a_sheet_twice_leads_nobody_to_the_other_one():
    far = b'<worksheet><sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = with_members(small(), {SHEET: far})
    assert outcome(twice) == "too_many_cells"
    assert outcome(with_members(small(), {SHEET.upper(): far})) == "read"


def test_a_member_that_is_larger_than_the_directory_says_is_unpacked_no_further():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with zipfile.ZipFile(io.BytesIO(small())) as source:
            for name in source.namelist():
                archive.writestr(name, bytes(200 * 2**20) if name == SHEET else source.read(name))
        archive.getinfo(SHEET).file_size = 1000
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            read_workbook("上报.xlsx", zipfile.ZipFile(buffer))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.rule == "damaged_file"
    assert peak < 8 * 2**20


def test_relations_that_lead_elsewhere_lead_nobody_to_a_sheet_that_was_not_measured():
    far = b'<worksheet><sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    root = b'<Relationships><Relationship Type="x/relationships/officeDocument" Target="evil/x.xml"/></Relationships>'
    hidden = {"evil/x.xml": b"<workbook/>", "evil/worksheets/sheet1.xml": far}
    assert outcome(with_members(repacked(small(), {"_rels/.rels": lambda _: root}), hidden)) == "read"


def test_one_part_that_is_a_thousand_sheets_is_refused():
    names = b"".join(b'<sheet name="s%d" sheetId="1" r:id="rId1"/>' % n for n in range(1000))
    book = {"xl/workbook.xml": lambda xml: re.sub(rb"<sheet .*?/>", lambda _: names, xml)}
    assert outcome(repacked(small(), book)) == "damaged_file"


def test_cells_of_all_sheets_together_are_bounded():
    cells = b"".join(b'<c r="%c#"><v>1</v></c>' % letter for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    sheet = b"<worksheet>%b</worksheet>" % rows(9000, cells)

    def nine(book):
        for _ in range(8):
            book.create_sheet()

    parts = {f"xl/worksheets/sheet{number}.xml": lambda _: sheet for number in range(1, 10)}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(repacked(changed(small(), nine), parts))) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert outcome(packed.getvalue()) == "too_many_cells"


def test_a_thousand_errors_are_told_one_by_one_and_the_rest_are_counted():
    content = with_cells(rows(1500, b'<c r="A#" t="e"><v>#REF!</v></c>'.replace(b"#REF!", b"!REF")))
    content = repacked(content, {SHEET: lambda xml: xml.replace(b"!REF", b"#REF!")})
    notices = open_document(content, "上报.xlsx").notices
    assert len(notices) == 1001
    assert notices[-1].found == "公式错误值，另有 500 处"


def test_many_percent_styles_are_found_as_well_as_a_few():
    def write(book):
        for number in range(40):
            cell = book[FIRST].cell(3, 7 + number, 0.5)
            cell.number_format = "0.00%" + "_ " * number

    assert open_document(changed(small(), write), "上报.xlsx").grids[0].rows[2][6:] == ["50.00%"] * 40

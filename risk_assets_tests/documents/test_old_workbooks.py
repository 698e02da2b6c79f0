"""Workbooks of Excel 97 to 2003."""

import io
import struct
import time
from datetime import date, datetime

import olefile
import pytest
import xlwt
from xlwt.CompoundDoc import XlsDoc

from risk_assets.documents import Document, Refused
from risk_assets.documents.workbooks_xls import read_xls
from risk_assets_tests.builders import HEADER, TITLE, item

FIRST = "附件1"
SLOWEST = 10.0
BOF, EOF, CONTINUE, FILEPASS, SST = 0x809, 0x0A, 0x3C, 0x2F, 0xFC
NUMBER, MULRK, LABELSST, BLANK, FORMULA, STRING = 0x203, 0xBD, 0xFD, 0x201, 0x06, 0x207
COLINFO, MERGEDCELLS, HLINK, NOTE, OBJ, TXO = 0x7D, 0xE5, 0x1B8, 0x1C, 0x5D, 0x1B6


def workbook(*rows, edit=lambda _: None) -> bytes:
    """A workbook with one sheet: cells are values, or values with a number format."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(FIRST)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            value, number_format = cell if isinstance(cell, tuple) else (cell, "General")
            sheet.write(i, j, value, xlwt.easyxf(num_format_str=number_format))
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def small() -> bytes:
    return workbook([TITLE], HEADER, item(1, "地区生产总值增长7%"))


def opened(content: bytes) -> Document:
    return read_xls(content, "上报.xls")


def shown(value, number_format="General") -> str:
    return opened(workbook([(value, number_format)])).grids[0].rows[0][0]


def noticed(content: bytes) -> set[tuple[str, str]]:
    return {(notice.rule, notice.where) for notice in opened(content).notices}


def outcome(content: bytes) -> str:
    start = time.monotonic()
    try:
        opened(content)
    except Refused as refused:
        return refused.rule
    finally:
        assert time.monotonic() - start < SLOWEST
    return "read"


def stream_of(content: bytes) -> bytes:
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        return container.openstream("Workbook").read()


def saved(stream: bytes) -> bytes:
    buffer = io.BytesIO()
    XlsDoc().save(buffer, stream)
    return buffer.getvalue()


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def with_records(content: bytes, *more: bytes) -> bytes:
    """A workbook of one sheet with more records at the end of it."""
    stream = stream_of(content)
    end = stream.rindex(record(EOF, b""))
    return saved(stream[:end] + b"".join(more) + stream[end:])


def comment(row: int, column: int, author: str, *runs: str) -> bytes:
    """The records of a comment as Excel writes them: an object, its text, where each look begins, and the note."""
    text = "".join(runs)
    looks = b"".join(struct.pack("<HHI", len("".join(runs[:n])), n, 0) for n in range(len(runs) + 1))
    name = author.encode("utf-16-le")
    return b"".join(
        (
            record(OBJ, struct.pack("<HHHH14x", 0x15, 0x12, 0x19, 7)),
            record(TXO, struct.pack("<10xHHI", len(text), len(looks), 0)),
            record(CONTINUE, b"\x01" + text.encode("utf-16-le")),
            record(CONTINUE, looks),
            record(NOTE, struct.pack("<4HHB", row, column, 0, 7, len(author), 1) + name + b"\0"),
        )
    )


def test_a_sheet_is_read_cell_by_cell():
    (grid,) = opened(small()).grids
    assert opened(small()).format == "xls"
    assert grid.sheet == FIRST
    assert grid.rows == [
        [TITLE, "", "", "", "", ""],
        list(HEADER),
        ["1", "地区生产总值增长7%", "县发改局", "正在推进。", "/", "进展有序"],
    ]
    assert grid.address(2, 1) == "附件1!B3"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.29, "0.00%", "29.00%"),
        (0.1667, "0%", "16.67%"),
        (-0.0086, "0.00%", "-0.86%"),
        (1, "0%", "100%"),
        (29, '0.00"%"', "29.00%"),
        (2270, "General", "2270"),
        (27.3152, "0.00", "27.3152"),
        (12345678901234, "General", "12345678901234"),
        (1e-7, "General", "0.0000001"),
        (-5, "General", "-5"),
        (100.25, "General", "100.25"),
        (True, "General", "TRUE"),
        ("0.29", "0.00%", "0.29"),
        ("Q1", "General", "Q1"),
        (date(2023, 3, 5), 'm"月"d"日"', "2023-03-05"),
        (datetime(2023, 3, 5, 8, 30), "yyyy/m/d h:mm", "2023-03-05 08:30:00"),
    ],
)
def test_a_value_is_the_text_that_a_person_sees(value, number_format, text):
    assert shown(value, number_format) == text


def test_a_cell_that_holds_a_date_is_told():
    grid = opened(workbook(["甲", (date(2023, 3, 5), "d-mmm")])).grids[0]
    assert grid.dates == {(0, 1)}


def test_many_long_texts_are_read_across_the_records_that_they_take():
    texts = [f"{n}{'任务' * (n * 7 % 400)}" if n % 3 else f"{n}{'plain' * (n * 11 % 900)}" for n in range(400)]
    assert [row[0] for row in opened(workbook(*([text] for text in texts))).grids[0].rows] == texts


def test_merged_ranges_are_given_with_their_first_and_last_cell():
    grid = opened(workbook([TITLE], edit=lambda book: book.get_sheet(0).merge(1, 3, 0, 2))).grids[0]
    assert grid.merges == [(1, 0, 3, 2)]


def test_hidden_rows_columns_and_sheets_are_read_and_noticed():
    def hide(book):
        sheet = book.get_sheet(0)
        sheet.row(2).hidden = sheet.col(4).hidden = sheet.row(90).hidden = sheet.col(90).hidden = True
        book.add_sheet("底稿").write(0, 0, "草稿")
        book.get_sheet(1).visibility = 1

    content = workbook([TITLE], HEADER, item(1, "甲"), edit=hide)
    assert [grid.rows[0][0] for grid in opened(content).grids] == [TITLE, "草稿"]
    assert noticed(content) == {
        ("hidden_row", "附件1!3:3"),
        ("hidden_column", "附件1!E:E"),
        ("hidden_sheet", "底稿"),
    }


def test_a_formula_is_the_value_that_was_stored_with_it():
    place = struct.pack("<HHH", 4, 0, 15)
    text = "7亿元".encode("utf-16-le")
    content = with_records(
        small(),
        record(FORMULA, place + struct.pack("<d", 12.5) + bytes(8)),
        record(FORMULA, struct.pack("<HHH", 4, 1, 15) + b"\0\0\0\0\0\0\xff\xff" + bytes(8)),
        record(STRING, struct.pack("<HB", 3, 1) + text),
        record(FORMULA, struct.pack("<HHH", 4, 2, 15) + b"\1\0\1\0\0\0\xff\xff" + bytes(8)),
        record(FORMULA, struct.pack("<HHH", 4, 3, 15) + b"\2\0\x07\0\0\0\xff\xff" + bytes(8)),
        record(FORMULA, struct.pack("<HHH", 4, 4, 15) + b"\3\0\0\0\0\0\xff\xff" + bytes(8)),
    )
    assert opened(content).grids[0].rows[4] == ["12.5", "7亿元", "TRUE", "", "", ""]
    assert noticed(content) == {("error_cell", "附件1!D5")}


@pytest.mark.parametrize(
    ("bits", "text"), [(0x3FF00000, "1"), (0x3FF00001, "0.01"), (500 << 2 | 2, "500"), (12345 << 2 | 3, "123.45")]
)
def test_a_packed_number_is_the_number(bits, text):
    numbers = record(MULRK, struct.pack("<HHHIHIH", 4, 0, 15, bits, 15, bits, 1))
    assert opened(with_records(small(), numbers)).grids[0].rows[4][:2] == [text, text]


@pytest.mark.parametrize(
    ("author", "runs"),
    [("张三", ("张三:\n", "此数为1-3月")), ("", ("李四:", "\n此数为1-3月")), ("张三", ("此数为1-3月",))],
)
def test_a_comment_is_kept_without_the_name_of_who_wrote_it(author, runs):
    content = with_records(small(), comment(2, 4, author, *runs))
    assert opened(content).grids[0].comments == {(2, 4): "此数为1-3月"}


def test_a_character_that_is_obeyed_and_not_seen_never_reaches_a_cell():
    assert shown("地区\u202e生产\u200b总值") == "地区生产总值"


def test_cells_of_a_chart_within_the_sheet_are_none_of_its_cells():
    chart = (
        record(BOF, struct.pack("<HH", 0x600, 0x20))
        + record(NUMBER, struct.pack("<HHHd", 0, 0, 0, 9))
        + record(EOF, b"")
    )
    assert opened(with_records(small(), chart)).grids[0].rows[0][0] == TITLE


def test_a_workbook_with_a_password_is_refused_as_such():
    stream = stream_of(small())
    begin = 4 + struct.unpack_from("<H", stream, 2)[0]
    assert outcome(saved(stream[:begin] + record(FILEPASS, bytes(54)) + stream[begin:])) == "encrypted_file"


def test_a_workbook_of_excel_95_is_refused_with_what_to_do():
    stream = bytearray(stream_of(small()))
    struct.pack_into("<H", stream, 4, 0x500)
    assert outcome(saved(bytes(stream))) == "unsupported_format"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
def test_a_file_cut_off_on_its_way_is_refused(share):
    assert outcome(small()[: int(len(small()) * share)]) == "damaged_file"


def test_a_chain_of_sectors_that_is_a_ring_ends():
    content = bytearray(small())
    table = 512 + 512 * struct.unpack_from("<I", content, 76)[0]
    struct.pack_into("<128I", content, table, *([0] * 128))
    assert outcome(bytes(content)) in ("read", "damaged_file")


@pytest.mark.parametrize("place", [44, 60, 68, 72])
def test_a_header_that_claims_billions_of_sectors_takes_no_memory(place):
    content = bytearray(small())
    struct.pack_into("<I", content, place, 0x7FFFFFFF)
    assert outcome(bytes(content)) in ("read", "damaged_file")


@pytest.mark.parametrize(
    "more",
    [
        record(NUMBER, struct.pack("<HHHd", 65535, 0, 0, 9)),
        record(NUMBER, struct.pack("<HHHd", 0, 65535, 0, 9)),
        record(MERGEDCELLS, struct.pack("<H", 1000) + bytes(8000)) * 30,
        record(LABELSST, struct.pack("<HHHI", 0, 0, 0, 2**31)),
        record(NUMBER, b"\0\0"),
        record(BOF, bytes(16)),
    ],
    ids=["a far row", "a far column", "merges", "no such string", "cut off", "never ending"],
)
def test_a_sheet_that_no_program_writes_is_refused(more):
    assert outcome(with_records(small(), more)) in ("damaged_file", "too_many_cells")


@pytest.mark.parametrize(
    "more",
    [
        record(HLINK, struct.pack("<4H", 0, 65535, 0, 255) + bytes(80)) * 100,
        record(COLINFO, struct.pack("<6H", 0, 255, 0, 0, 1, 0)) * 100_000,
        record(BLANK, struct.pack("<HHH", 65535, 255, 15)) * 100_000,
        record(0, b"") * 500_000,
    ],
    ids=["links over everything", "columns", "blanks far away", "nothing"],
)
def test_records_that_claim_much_and_hold_nothing_cost_nothing(more):
    content = with_records(small(), more)
    assert outcome(content) == "read"
    assert len(opened(content).grids[0].rows) == 3


def test_strings_that_claim_to_be_billions_take_no_memory():
    stream = bytearray(stream_of(small()))
    place = 0
    while struct.unpack_from("<H", stream, place)[0] != SST:
        place += 4 + struct.unpack_from("<H", stream, place + 2)[0]
    struct.pack_into("<I", stream, place + 8, 0x7FFFFFFF)
    assert outcome(saved(bytes(stream))) == "too_many_cells"

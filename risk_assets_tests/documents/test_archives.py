"""Deliveries of several files in one .zip, as people and their programs make them."""

import io
import struct
import zipfile
import zlib

import docx
import pytest

from risk_assets.documents import Document, Refused, open_document
from risk_assets.documents.archives import MAX_FILES, MAX_MEMBERS
from risk_assets_tests.builders import HEADER, TITLE, item, table_workbook, with_cell
from risk_assets_tests.documents.pdf_files import pdf_of, table, text

TEXT = "甲\t乙\n丙\t丁\n".encode()


def workbook() -> bytes:
    return table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%")])


def word() -> bytes:
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("专报")
    document.save(buffer)
    return buffer.getvalue()


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def packed_raw(name: bytes, content: bytes) -> bytes:
    """An archive whose only member has a name in bytes that are not flagged as UTF-8."""
    made = packed({"x" * len(name): content})
    return made.replace(b"x" * len(name), name)


def opened(content: bytes) -> Document:
    return open_document(content, "上报.zip")


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        opened(content)
    assert refused.value.found
    assert refused.value.expected
    return refused.value.rule


def noticed(content: bytes) -> list[tuple[str, str]]:
    return [(notice.rule, notice.where) for notice in opened(content).notices]


def test_every_file_of_a_delivery_is_read_by_its_content():
    pdf = pdf_of(text(60, 760, "附件") + table([["序号", "指标"]]))
    members = {"附件1.xlsx": workbook(), "专报.doc": word(), "附件/附件2.pdf": pdf, "说明.txt": TEXT}
    document = opened(packed(members))
    assert (document.format, document.notices) == ("zip", [])
    assert [grid.file for grid in document.grids] == list(members)
    assert document.grids[0].address(2, 1) == "附件1.xlsx:附件1!B3"
    assert document.grids[2].address(1, 0) == "附件/附件2.pdf:第1页表1第1行第1列"
    assert document.grids[3].row_address(1) == "说明.txt:第2行"


def test_what_is_noticed_in_a_file_names_the_file():
    content = packed({"附件1.xlsx": with_cell(workbook(), "附件1", "E3", "=1/4"), "说明.txt": TEXT})
    assert ("formula_without_value", "附件1.xlsx:附件1!E3") in noticed(content)


def test_a_file_that_cannot_be_read_is_named_with_the_reason_and_stops_no_other():
    members = {
        "照片.jpg": b"\xff\xd8\xff\xe0" + bytes(99),
        "坏.xlsx": workbook()[:500],
        "内层.zip": packed({"说明.txt": TEXT}),
        "空.txt": b"",
        "说明.txt": TEXT,
    }
    document = opened(packed(members))
    assert [grid.file for grid in document.grids] == ["说明.txt"]
    assert noticed(packed(members)) == [("archive_member", name) for name in members if name != "说明.txt"]
    assert all("应为" in notice.found for notice in document.notices)


def test_what_systems_leave_in_an_archive_is_passed_over():
    rest = (
        "__MACOSX/._附件1.xlsx",
        ".DS_Store",
        "附件/Thumbs.db",
        "附件/~$附件1.xlsx",
        "附件/desktop.ini",
        "._说明.txt",
    )
    document = opened(packed({"附件/": b"", "说明.txt": TEXT} | dict.fromkeys(rest, b"rest")))
    assert [grid.file for grid in document.grids] == ["说明.txt"]
    assert document.notices == []


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"], ids=["Windows", "macOS"])
@pytest.mark.parametrize("name", ["凤凰县附件1.txt", "联通.txt", "plain.txt"])
def test_a_name_without_a_flag_is_read_as_windows_and_macos_write_it(name, encoding):
    assert [grid.file for grid in opened(packed_raw(name.encode(encoding), TEXT)).grids] == [name]


@pytest.mark.parametrize(
    ("odd", "base"),
    [
        ("../../etc/cron.d/表.txt", "表.txt"),
        ("/etc/表.txt", "表.txt"),
        ("C:\\报表\\表.txt", "表.txt"),
        ("C:表.txt", "表.txt"),
        ("..\\..\\表.txt", "表.txt"),
        ("表\u202etxt.exe", "表txt.exe"),
        ("附件/..", "文件1"),
    ],
)
def test_a_name_that_leads_elsewhere_is_cut_to_its_end_and_noticed(odd, base):
    content = packed({odd: TEXT})
    assert [grid.file for grid in opened(content).grids] == [base]
    assert noticed(content) == [("odd_member_name", base)]


def test_a_name_with_a_null_byte_is_noticed():
    content = packed_raw(b"a.txt\x00.exe", TEXT)
    assert noticed(content) == [("odd_member_name", "a.txt.exe")]


def test_folders_written_with_backslashes_are_folders():
    assert [grid.file for grid in opened(packed_raw("附件\\表.txt".encode("gbk"), TEXT)).grids] == ["附件/表.txt"]


def test_two_files_of_one_name_are_told_apart():
    content = packed({"../表.txt": TEXT, "表.txt": TEXT})
    assert [grid.file for grid in opened(content).grids] == ["表.txt", "表.txt(2)"]


def test_an_archive_with_nothing_to_read_is_refused_with_its_reason():
    assert refusal(packed({})) == "unsupported_format"
    assert refusal(packed({"a.jpg": b"\xff\xd8\xff\xe0", "b.png": b"\x89PNG\r\n"})) == "scan"
    assert refusal(packed({"a.jpg": b"\xff\xd8\xff\xe0", "内.zip": packed({"说明.txt": TEXT})})) == "unsupported_format"


def test_an_archive_with_a_password_is_refused_as_such():
    content = bytearray(packed({"说明.txt": TEXT}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    assert refusal(bytes(content)) == "encrypted_file"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_rare_packing_is_not_unpacked(method):
    assert refusal(packed({"说明.txt": TEXT}, method)) == "unsupported_format"


def test_a_file_whose_sum_is_wrong_is_damaged():
    content = packed({"说明.txt": TEXT}, zipfile.ZIP_STORED).replace(TEXT, TEXT[::-1])
    assert refusal(content) == "damaged_file"


@pytest.mark.parametrize("count", [MAX_FILES + 1, MAX_MEMBERS + 1])
def test_an_archive_of_too_many_files_is_refused(count):
    assert refusal(packed({f"{n}.txt": b"x" for n in range(count)})) == "zip_bomb"


def test_a_bomb_is_refused_unpacked():
    assert refusal(packed({"a.txt": bytes(20 * 2**20)})) == "zip_bomb"


def test_a_directory_that_says_less_than_there_is_is_found_out():
    """Its sum is that of the part it admits to: only unpacking shows what lies behind."""
    content = bytearray(packed({"a.txt": b"x" * 10**7}))
    for header, place in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        struct.pack_into("<I", content, content.index(header) + place, zlib.crc32(b"x" * 99))
        struct.pack_into("<I", content, content.index(header) + place + 8, 99)
    assert refusal(bytes(content)) == "damaged_file"


def test_a_size_that_would_take_years_to_walk_is_not_walked():
    content = bytearray(packed({"a.txt": TEXT}))
    place = content.index(b"PK\x01\x02")
    content[place + 46 + 5 : place + 46 + 5] = struct.pack("<HHQ", 1, 8, 2**60)
    struct.pack_into("<I", content, place + 20, 2**32 - 1)
    struct.pack_into("<H", content, place + 30, 12)
    end = content.index(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, struct.unpack_from("<I", content, end + 12)[0] + 12)
    assert zipfile.ZipFile(io.BytesIO(content)).infolist()[0].compress_size == 2**60
    assert refusal(bytes(content)) == "damaged_file"


def test_bombs_in_several_files_are_counted_together():
    noise = zlib.compress(bytes(range(256)) * 4096, 0)
    bomb = packed({"xl/workbook.xml": b"<workbook/>", "a": bytes(25 * 2**20), "b": noise})
    document = opened(packed({f"{n}.xlsx": bomb for n in range(15)} | {"说明.txt": TEXT}, zipfile.ZIP_STORED))
    assert [grid.file for grid in document.grids] == ["说明.txt"]
    assert any("解压后" in notice.found for notice in document.notices)


def test_cells_of_all_files_are_counted_together():
    wide = ("\t" * 9999 + "\n").encode() * 180
    document = opened(packed({"甲.txt": b"x" + wide, "乙.txt": b"x" + wide, "丙.txt": TEXT}, zipfile.ZIP_STORED))
    assert [grid.file for grid in document.grids] == ["甲.txt", "丙.txt"]
    assert [(n.rule, n.where) for n in document.notices] == [("archive_member", "乙.txt")]

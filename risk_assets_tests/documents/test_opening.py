"""What a file is, told by its content; what cannot be read is refused with what to do instead."""

import io
import zipfile

import pytest
import xlwt

from risk_assets.documents import Refused, open_document
from risk_assets_tests.builders import HEADER, TITLE, item, table_workbook
from risk_assets_tests.documents.ole_files import ole_of


def refused(content: bytes) -> Refused:
    with pytest.raises(Refused) as raised:
        open_document(content, "上报.xlsx")
    return raised.value


def packed(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def test_the_name_of_a_file_says_nothing():
    content = table_workbook(TITLE, HEADER, [item(1, "任务")])
    assert {open_document(content, name).format for name in ("表.xlsx", "表.xls", "表.doc", "表.pdf", "表")} == {"xlsx"}


def test_an_old_workbook_and_one_of_opendocument_are_opened_whatever_they_are_called():
    book = xlwt.Workbook()
    book.add_sheet("附件1").write(0, 0, TITLE)
    old = io.BytesIO()
    book.save(old)
    content = (
        "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
        "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
        "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><office:body><office:spreadsheet>"
        f"<table:table table:name='附件1'><table:table-row><table:table-cell><text:p>{TITLE}</text:p>"
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    free = io.BytesIO()
    with zipfile.ZipFile(free, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    documents = [open_document(one.getvalue(), "表.xlsx") for one in (old, free)]
    assert [(document.format, document.grids[0].rows) for document in documents] == [
        ("xls", [[TITLE]]),
        ("ods", [[TITLE]]),
    ]


FOREIGN = {
    "old Word": (ole_of("WordDocument", "1Table"), ".docx"),
    "slides of before 2007": (ole_of("PowerPoint Document"), ".xlsx"),
    "slides": (packed("[Content_Types].xml", "ppt/presentation.xml"), ".xlsx"),
    "binary workbook": (packed("[Content_Types].xml", "xl/workbook.bin"), ".xlsx"),
    "OpenDocument text": (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), ".docx"),
    "OFD": (packed("OFD.xml"), "PDF"),
    "RTF": (rb"{\rtf1\ansi ...}", ".docx"),
    "HTML": (b"\xef\xbb\xbf\r\n<HTML xmlns:x='urn:schemas-microsoft-com:office:excel'><table>", ".xlsx"),
    "a bare table of HTML": (b"<table border=1><tr><td>1</td></tr></table>", ".xlsx"),
    "web archive": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", ".xlsx"),
    "XML workbook": (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>", ".xlsx"),
    "XML": (b"<?xml version='1.0'?><report/>", ".xlsx"),
    "RAR": (b"Rar!\x1a\x07\x01\x00" + bytes(50), ".zip"),
    "7z": (b"7z\xbc\xaf'\x1c" + bytes(50), ".zip"),
    "gzip": (b"\x1f\x8b\x08" + bytes(50), ".zip"),
    "program": (b"MZ\x90\x00" + bytes(50), ".xlsx"),
}


@pytest.mark.parametrize(("content", "wanted"), FOREIGN.values(), ids=FOREIGN)
def test_a_format_that_is_not_read_is_refused_and_says_what_to_send_instead(content, wanted):
    refusal = refused(content)
    assert refusal.rule == "unsupported_format"
    assert wanted in refusal.expected


PICTURES = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff\xe0",
    "TIFF": b"II*\x00",
    "big-endian TIFF": b"MM\x00*",
    "BMP": b"BM\x36\x00\x00\x00\x00\x00\x00\x00",
    "WebP": b"RIFF\x00\x01\x00\x00WEBP",
    "HEIC": b"\x00\x00\x00\x18ftypheic",
}


@pytest.mark.parametrize("begin", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_a_scan(begin):
    assert refused(begin + bytes(99)).rule == "scan"


def test_an_office_file_with_a_password_is_refused_as_such():
    refusal = refused(ole_of("EncryptionInfo", "EncryptedPackage"))
    assert refusal.rule == "encrypted_file"
    assert "密码" in refusal.expected


@pytest.mark.parametrize("keep", [8, 100, 600, 1100])
def test_an_office_file_of_before_2007_cut_off_on_its_way_is_refused(keep):
    assert refused(ole_of("WordDocument")[:keep]).rule in ("damaged_file", "unsupported_format")

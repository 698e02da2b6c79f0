"""Which reader a file needs, told by its content and never by its name; what cannot be read, and what to do then."""

import re
import zipfile
from io import BytesIO

import olefile

from risk_assets.documents.archives import MAX_BYTES, Allowance, open_archive, read_files
from risk_assets.documents.model import Document, Refused
from risk_assets.documents.pdfs import read_pdf
from risk_assets.documents.texts import READABLE, read_text
from risk_assets.documents.words import read_word
from risk_assets.documents.workbooks import read_workbook
from risk_assets.documents.workbooks_ods import read_ods
from risk_assets.documents.workbooks_xls import read_xls

_RESAVE_WORKBOOK = "用 Excel 或 WPS 打开后另存成的 .xlsx"
_RESAVE_WORD = "用 Word 或 WPS 打开后另存成的 .docx"
_WORKBOOK_XML = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet|Excel\.Sheet")
_OTHERS = [
    (re.compile(begin, re.S | re.I), rule, found, expected)
    for begin, rule, found, expected in (
        (
            rb"\x89PNG|\xff\xd8\xff|II\*\0|MM\0\*|GIF8|BM.{4}\0{4}|RIFF.{4}WEBP|.{4}ftyp(?:hei|mif)",
            "scan",
            "图片",
            "原表（.xlsx、.docx），或由原表直接导出的 PDF",
        ),
        (
            rb"Rar!\x1a|7z\xbc\xaf'\x1c|\x1f\x8b\x08|BZh\d1AY|\xfd7zXZ|.{257}ustar",
            "unsupported_format",
            "RAR、7z 等压缩包",
            ".zip 压缩包，或直接报送其中的文件",
        ),
        (rb"\s*\{\\rtf", "unsupported_format", "RTF 文档（有的 .doc 其实是它）", _RESAVE_WORD),
        (
            rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|!--|html|head|meta|style|body|div|table)|MIME-Version:",
            "unsupported_format",
            "网页（有的系统导出的 .xls 其实是它）",
            _RESAVE_WORKBOOK,
        ),
    )
]


def open_document(content: bytes, name: str) -> Document:
    """Open a file.

    Args:
        content: The bytes as they came.
        name: Name as sent, only for messages.

    Returns:
        The document; nothing in it was executed and no link was followed.

    Raises:
        Refused: Empty, too large, a zip bomb, encrypted, damaged, a picture, or of a format that is not read.
    """
    return _opened(content, name, Allowance(), inside=False)


def _opened(content: bytes, name: str, allowance: Allowance, *, inside: bool) -> Document:
    """Open a file, or with `inside` one out of an archive, which may be no archive of files itself."""
    if not content.strip():
        raise Refused("empty_file", "空文件", READABLE)
    if len(content) > MAX_BYTES:
        raise Refused("too_large", f"{len(content)} 字节", f"不超过 {MAX_BYTES} 字节")
    if content.startswith(olefile.MAGIC):
        return _opened_ole(content, name)
    if b"%PDF-" in content[:1024]:
        return read_pdf(content, name, allowance)
    if content.startswith(b"PK"):
        return _opened_zip(content, name, allowance, inside=inside)
    for begin, rule, found, expected in _OTHERS:
        if begin.match(content):
            raise Refused(rule, found, expected)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml", content):
        is_workbook = _WORKBOOK_XML.search(content[:4096])
        raise Refused("unsupported_format", "XML 文件", _RESAVE_WORKBOOK if is_workbook else READABLE)
    return read_text(content, name)


def _opened_ole(content: bytes, name: str) -> Document:
    """Office's format of before 2007, which is also the cover of an encrypted file of today."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as container:
            streams = {path[0].lower() for path in container.listdir() if len(path) == 1}
    except (OSError, ValueError, LookupError, RecursionError, TypeError):
        raise Refused("damaged_file", "不完整的 Office 文件", "能用 Excel 或 WPS 打开的文件，请另存为 .xlsx") from None
    if "encryptedpackage" in streams:
        raise Refused("encrypted_file", "设有打开密码的 Office 文件", "不设打开密码的文件")
    if streams & {"workbook", "book"}:
        return read_xls(content, name)
    if "worddocument" in streams:
        raise Refused("unsupported_format", "旧版 Word 或 WPS 文字文档（.doc、.wps）", _RESAVE_WORD)
    raise Refused("unsupported_format", "旧版 Office 文件", READABLE)


def _opened_zip(content: bytes, name: str, allowance: Allowance, *, inside: bool) -> Document:
    archive = open_archive(content, allowance)
    members = set(archive.namelist())
    if "xl/workbook.xml" in members:
        return read_workbook(name, archive)
    kind = _open_document_kind(archive)
    if "opendocument.spreadsheet" in kind:
        return read_ods(name, archive)
    if kind.startswith("application/"):
        raise Refused("unsupported_format", f"{kind.partition('opendocument.')[2] or kind} 文件", READABLE)
    if "xl/workbook.bin" in members:
        raise Refused("unsupported_format", "二进制工作簿（.xlsb）", _RESAVE_WORKBOOK)
    if "[Content_Types].xml" in members:
        if any(member.startswith("word/") for member in members):
            return read_word(name, archive)
        raise Refused("unsupported_format", "演示文稿或别的 Office 文件", READABLE)
    if "OFD.xml" in members:
        raise Refused("unsupported_format", "OFD 版式文件", "原表（.xlsx、.docx），或另存成的文字版 PDF")
    if inside:
        raise Refused("unsupported_format", "压缩包中的压缩包", "直接放在一个 .zip 里的文件，不要逐层压缩")
    return read_files(archive, name, allowance, lambda file, member: _opened(file, member, allowance, inside=True))


def _open_document_kind(archive: zipfile.ZipFile) -> str:
    """What an OpenDocument file (and an EPUB) says of itself in its first member, `""` for all others."""
    try:
        with archive.open("mimetype") as member:
            return member.read(200).decode("ascii", "replace").strip()
    except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return ""

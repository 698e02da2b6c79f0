"""Which reader a file needs, told by its content and never by its name; limits for hostile files."""

import io
import zipfile

from risk_assets.documents.model import Document, Refused
from risk_assets.documents.texts import read_text
from risk_assets.documents.workbooks import read_workbook

MAX_BYTES = 50 * 2**20
MAX_UNPACKED = 300 * 2**20
MAX_RATIO = 200
MAX_MEMBERS = 2000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READABLE = "一个 .xlsx 工作簿或纯文本文件(.txt)"


def open_document(content: bytes, name: str) -> Document:
    """Open a file.

    Args:
        content: The bytes as they came.
        name: Name as sent, only for messages.

    Returns:
        The document; nothing in it was executed and no link was followed.

    Raises:
        Refused: Empty, too large, a zip bomb, encrypted, damaged, or of a format that is not read yet.
    """
    if not content.strip():
        raise Refused("empty_file", "空文件", _READABLE)
    if len(content) > MAX_BYTES:
        raise Refused("too_large", f"{len(content)} 字节", f"不超过 {MAX_BYTES} 字节")
    if content.startswith(_OLE):
        raise Refused("unsupported_format", "旧版或加密的 Office 文件", f"{_READABLE}，请另存为 .xlsx 且不设密码")
    if content.startswith(b"%PDF"):
        raise Refused("unsupported_format", "PDF 文件", _READABLE)
    if content.startswith(b"PK"):
        return read_workbook(content, name, _members(content))
    return read_text(content, name)


def _members(content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Refused("damaged_file", "不完整的压缩包", "能用 Excel 或 WPS 打开的 .xlsx，请重新导出后再报") from None
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    if len(infos) > MAX_MEMBERS or unpacked > MAX_UNPACKED or (unpacked > 2**20 and unpacked / packed > MAX_RATIO):
        raise Refused("zip_bomb", f"解压后 {unpacked} 字节，{len(infos)} 个成员", "正常大小的工作簿")
    if "xl/workbook.xml" not in archive.namelist():
        raise Refused("unsupported_format", "不是 .xlsx 的压缩包", _READABLE)
    return archive

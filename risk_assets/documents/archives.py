"""ZIP containers: opened only when harmless in size; a delivery of several files in one, each read by its content."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from risk_assets.documents.model import MAX_CELLS, Document, Notice, Refused, visible

MAX_BYTES = 50 * 2**20
MAX_UNPACKED = 300 * 2**20
MAX_RATIO = 200
MAX_MEMBERS = 2000
MAX_FILES = 200
_CHUNK = 2**16
_LOCAL_HEADER = 30
_PASSWORD = 0x1
_UTF8 = 0x800
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_DRIVE = re.compile(r"[A-Za-z]:")
_LEFT_BY_SYSTEMS = re.compile(
    r"(?:.*/)?(?:__MACOSX(?:/.*)?|\.DS_Store|Thumbs\.db|desktop\.ini|~\$[^/]*|\._[^/]*)", re.I
)


@dataclass
class Allowance:
    """What all files of one delivery may take together.

    Attributes:
        unpacked: Bytes after unpacking.
        cells: Cells of all grids.
        seconds: Time for PDF files, whose cost cannot be told from their size.
    """

    unpacked: int = MAX_UNPACKED
    cells: int = MAX_CELLS
    seconds: float = 60.0


def open_archive(content: bytes, allowance: Allowance) -> zipfile.ZipFile:
    """Open a ZIP whose members, unpacked once to be sure, are as large as its directory says.

    Raises:
        Refused: It is damaged, or unpacks to more than the allowance.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise Refused("damaged_file", "不完整的压缩包", "能用原软件打开的文件，请重新导出后再报") from None
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    if (
        len(infos) > MAX_MEMBERS
        or unpacked > allowance.unpacked
        or (unpacked > 2**20 and unpacked / packed > MAX_RATIO)
    ):
        raise Refused("zip_bomb", f"解压后 {unpacked} 字节，{len(infos)} 个成员", "正常大小的文件")
    # Members that lie over each other, sizes that would take years to walk, more behind a size than it says.
    if packed > len(content) or any(_exceeds(content, info) for info in infos):
        raise Refused("damaged_file", "目录与内容不符的压缩包", "能用原软件打开的文件，请重新导出后再报")
    allowance.unpacked -= unpacked
    return archive


def _exceeds(content: bytes, info: zipfile.ZipInfo) -> bool:
    """Whether a member unpacks to more than the directory says, which zipfile and calamine would only find out late."""
    header = content[info.header_offset : info.header_offset + _LOCAL_HEADER]
    if info.compress_type != zipfile.ZIP_DEFLATED or info.flag_bits & _PASSWORD or len(header) < _LOCAL_HEADER:
        return False
    start = info.header_offset + _LOCAL_HEADER + sum(struct.unpack_from("<HH", header, 26))
    left, inflate = info.file_size, zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for place in range(start, start + info.compress_size, _CHUNK):
            packed = content[place : min(place + _CHUNK, start + info.compress_size)]
            while packed and left >= 0 and not inflate.eof:
                left -= len(inflate.decompress(packed, _CHUNK))
                packed = inflate.unconsumed_tail
            if left < 0 or inflate.eof:
                break
    except zlib.error:
        return False  # the reader of the member says that it is damaged
    return left < 0


def read_files(
    archive: zipfile.ZipFile, name: str, allowance: Allowance, read: Callable[[bytes, str], Document]
) -> Document:
    """Read every file of a delivery; those that cannot be read are noticed and do not stop the others.

    Args:
        archive: Opened by `open_archive`.
        name: Name as sent.
        allowance: What is left for all files.
        read: Reads one file by its content.

    Raises:
        Refused: It holds too many files, or none that can be read.
    """
    document = Document(name, "zip", [])
    refusals: list[Refused] = []
    names: set[str] = set()
    infos = [info for info in archive.infolist() if not info.is_dir()]
    files = [(info, *_member_name(info, number)) for number, info in enumerate(infos, 1)]
    files = [file for file in files if not _LEFT_BY_SYSTEMS.fullmatch(file[1])]
    if len(files) > MAX_FILES:
        raise Refused("zip_bomb", f"{len(files)} 个文件", f"不超过 {MAX_FILES} 个文件")
    for info, wanted, is_odd in files:
        member = _unused(wanted, names)
        if is_odd:
            document.notices.append(Notice("odd_member_name", member, visible(repr(info.orig_filename))))
        try:
            inner = read(_unpacked(archive, info), member)
            _take_cells(inner, allowance)
        except Refused as refused:
            refusals.append(refused)
            document.notices.append(Notice("archive_member", member, f"{refused.found}；应为：{refused.expected}"))
            continue
        for grid in inner.grids:
            grid.file = member
        document.grids += inner.grids
        document.notices += [Notice(n.rule, f"{member}:{n.where}", n.found) for n in inner.notices]
    if not document.grids:
        rules = {refused.rule for refused in refusals}
        rule = rules.pop() if len(rules) == 1 else "unsupported_format"
        found = "；".join(f"{n.where}：{n.found}" for n in document.notices[:5] if n.rule == "archive_member")
        raise Refused(rule, f"压缩包中没有能读取的文件（{found}）" if found else "空的压缩包", "至少一个能读取的文件")
    return document


def _take_cells(document: Document, allowance: Allowance) -> None:
    cells = sum(len(row) for grid in document.grids for row in grid.rows)
    if cells > allowance.cells:
        raise Refused("too_many_cells", "压缩包中各文件的单元格总数过多", f"合计不超过 {MAX_CELLS} 个单元格")
    allowance.cells -= cells


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _PASSWORD:
        raise Refused("encrypted_file", "设有密码的文件", "不设密码的压缩包")
    if info.file_size > MAX_BYTES:
        raise Refused("too_large", f"{info.file_size} 字节", f"不超过 {MAX_BYTES} 字节")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("unsupported_format", "不常用的压缩方法", "用系统自带的“压缩”功能做成的 .zip")
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Refused("damaged_file", "解压出错的文件", "完好的文件，请重新压缩后再报") from None


def _member_name(info: zipfile.ZipInfo, number: int) -> tuple[str, bool]:
    """The member's name, and whether it was odd: a path out of the archive, or characters that are not seen."""
    raw = info.orig_filename
    if not info.flag_bits & _UTF8:
        raw = _decoded(raw.encode("cp437"))
    path = raw.replace("\\", "/")
    parts = path.split("/")
    if visible(path) == path and ".." not in parts and not path.startswith("/") and not _DRIVE.match(path):
        return path, False
    base = _DRIVE.sub("", visible(parts[-1])).strip(" .")
    return base or f"文件{number}", True


def _decoded(name: bytes) -> str:
    """A name without the UTF-8 flag: macOS writes UTF-8 all the same, Windows in China GBK."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = name.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.isascii() or encoding == "gb18030" or _CHINESE.search(text):  # some GBK words are UTF-8 by chance
            return text
    return name.decode("cp437")


def _unused(name: str, names: set[str]) -> str:
    number, unused = 1, name
    while unused in names:
        number += 1
        unused = f"{name}({number})"
    names.add(unused)
    return unused

"""The XML in workbooks, read by expat: no part may define entities, and none may claim another encoding than UTF-8.

Every reader of a part must see the same document. A part in EBCDIC, say, may be harmless to one parser and a bomb to
another that takes its bytes as they are; the programs in use write nothing but UTF-8.
"""

import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from risk_assets.documents.model import MAX_CELLS, Refused

MAX_TAGS = 4 * MAX_CELLS  # <c>, <v> and their ends
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_MAX_ELEMENTS = 100_000
_LONGEST_STRETCH = 2**18  # 32,767 characters, the most that a cell takes, at 8 bytes each: &#20013;
_STRETCH = re.compile(rb"<[^<]{%d}" % _LONGEST_STRETCH)
_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")

Attributes = dict[str, str]


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member of an archive, unpacked no further than its directory says: `read` alone unpacks all of what lies.

    Raises:
        KeyError: There is none.
        zipfile.BadZipFile: It is larger than it says, or damaged.
    """
    with archive.open(name) as member:
        return member.read(archive.getinfo(name).file_size)


def check_part(xml: bytes) -> None:
    """Refuse what no program in use writes, before any parser sees it.

    Raises:
        ValueError: It declares a document type or another encoding.
        Refused: It has more tags than a sheet of the allowed size can have.
    """
    check_encoding(xml)
    if b"<!" in xml and _DECLARATION.search(xml):
        raise ValueError("declarations of a document type")
    if len(xml) > _LONGEST_STRETCH:
        _check_large_part(xml)


def check_encoding(xml: bytes) -> None:
    """Refuse a part that says it is in another encoding.

    Raises:
        ValueError: It does.
    """
    encoding = _ENCODING.match(xml)
    if encoding and encoding.group(1).lower() != b"utf-8":
        raise ValueError("not UTF-8")


def _check_large_part(xml: bytes) -> None:
    """Bound what a parser takes for each tag, for tags that are open at a time, and for text or attributes of one."""
    tags, ends = xml.count(b"<"), xml.count(b"</") + xml.count(b"/>")
    if tags > MAX_TAGS:
        raise Refused("too_many_cells", f"{tags} 个 XML 标签", f"不超过 {MAX_CELLS} 个单元格")
    if tags > 3 * ends or _STRETCH.search(xml):
        raise ValueError("no part of a workbook")


def walk(
    xml: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk a part once, calling back with the names of elements as they are written, prefixes too.

    Raises:
        ValueError, expat.ExpatError: It is no XML, or no part that a program in use writes.
        Refused: It has too many tags.
    """
    check_part(xml)
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_entities
    parser.Parse(xml, True)


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def elements(xml: bytes) -> list[tuple[str, Attributes]]:
    """All elements of a small part in order: local name and attributes, these by local name too."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        if len(found) == _MAX_ELEMENTS:
            raise ValueError("more elements than a small part has")
        found.append((local(name), {local(key): value for key, value in attributes.items()}))

    walk(xml, start)
    return found


def _no_entities(*_: object) -> None:
    raise ValueError("declarations of a document type")

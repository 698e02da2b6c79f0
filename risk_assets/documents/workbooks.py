"""Workbooks (.xlsx, .xlsm): every cell as the string a person sees.

Macros never run and links are never followed; that there are some is noticed.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers.expat import ExpatError

from python_calamine import CalamineError

from risk_assets.documents.comments import legacy_comments, threaded_comments
from risk_assets.documents.grids import check_grid, file_name
from risk_assets.documents.model import MAX_CELLS, Document, Grid, Notice, Refused, visible
from risk_assets.documents.number_formats import (
    BUILT_IN,
    NumberFormat,
    number_format,
    shown,
    shown_moment,
    shown_number,
)
from risk_assets.documents.sheet_scan import TRUE, place_of, scan_sheet
from risk_assets.documents.sheet_values import sheet_values
from risk_assets.documents.xml_parts import Attributes, elements, local, read_member, walk

MAX_XML = 48 * 2**20
_BOOK = "工作簿"
_MACROS = re.compile(r"vbaProject\.bin$|^xl/macrosheets/")
_EXTERNAL = re.compile(r"xl/externalLinks/[^/]*\.xml|xl/connections\.xml")
_DAMAGE = (
    CalamineError,
    EOFError,
    ExpatError,
    LookupError,  # a part that is missing
    NotImplementedError,  # a packing method that nobody uses
    RuntimeError,  # a member with a password
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass
class _Sheet:
    name: str
    part: str
    hidden: bool


class _Parts:
    """Members of the archive, unpacked up to a total."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive, self._left = archive, MAX_XML
        self.names = frozenset(archive.namelist())

    def read(self, name: str) -> bytes:
        """Content of a member.

        Raises:
            KeyError: There is none.
            Refused: All that was read is more than any workbook of tables takes.
        """
        self._left -= self._archive.getinfo(name).file_size
        if self._left < 0:
            raise Refused("too_many_cells", f"表格内容超过 {MAX_XML} 字节", "正常大小的工作表")
        return read_member(self._archive, name)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to: kind and part by id; empty where it refers to nothing."""
        folder, name = posixpath.split(part)
        links = f"{folder}/_rels/{name}.rels"
        related = {}
        for tag, link in elements(self.read(links)) if links in self.names else ():
            if tag == "Relationship":
                target = link.get("Target", "").replace("\\", "/")
                place = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
                kind = link.get("Type", "").rpartition("/")[2]
                related[link.get("Id", "")] = kind, place if place in self.names else target
        return related


def read_workbook(name: str, archive: zipfile.ZipFile) -> Document:
    """Read all sheets of a workbook, hidden ones too.

    Args:
        name: Name as sent.
        archive: The file, opened and found harmless in size.

    Raises:
        Refused: The workbook is damaged, or larger than any county's.
    """
    try:
        return _read(name, _Parts(archive))
    except _DAMAGE as broken:
        if isinstance(broken, Refused):
            raise
        raise Refused("damaged_file", f"{type(broken).__name__}", "能用 Excel 或 WPS 打开的 .xlsx") from None


def _read(name: str, parts: _Parts) -> Document:
    links = parts.related("xl/workbook.xml")
    sheets, from_1904 = _sheets(elements(parts.read("xl/workbook.xml")), links)
    styles = _styles(parts.read(part)) if (part := _part("styles", links, parts)) else {}
    scans = [scan_sheet(parts.read(sheet.part), sheet.name, styles) for sheet in sheets]
    strings = parts.read(part) if (part := _part("sharedStrings", links, parts)) else b""
    grids: list[Grid] = []
    notices = _notices_of_book(parts)
    cells = 0
    for sheet, scan, values in zip(sheets, scans, sheet_values(scans, strings), strict=True):
        grid = Grid(sheet.name, values, scan.merges)
        _show(grid, scan.formats, from_1904)
        cells += check_grid(grid, MAX_CELLS - cells)
        _add_comments(grid, parts, sheet.part)
        grids.append(grid)
        notices += scan.notices
        if sheet.hidden:
            notices.append(Notice("hidden_sheet", sheet.name, "隐藏的工作表"))
    return Document(name, _format(parts), grids, notices)


def _sheets(book: list[tuple[str, Attributes]], links: Mapping[str, tuple[str, str]]) -> tuple[list[_Sheet], bool]:
    """Worksheets in order, and whether days are counted from 1904; charts and macro sheets are no tables."""
    from_1904 = any(tag == "workbookPr" and attributes.get("date1904") in TRUE for tag, attributes in book)
    sheets = []
    for attributes in (attributes for tag, attributes in book if tag == "sheet"):
        kind, part = links[attributes["id"]]
        if kind == "worksheet":
            sheets.append(_Sheet(attributes.get("name", ""), part, attributes.get("state", "visible") != "visible"))
    if len({sheet.part for sheet in sheets}) < len(sheets):
        raise ValueError("two sheets of one part")
    return sheets, from_1904


def _part(kind: str, links: Mapping[str, tuple[str, str]], parts: _Parts) -> str | None:
    return next((part for known, part in links.values() if known == kind and part in parts.names), None)


def _styles(xml: bytes) -> dict[int, NumberFormat]:
    """Style numbers whose number format matters."""
    codes: dict[int, NumberFormat | None] = dict(BUILT_IN)
    styles: list[int] = []
    section = ""

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal section
        kind = local(tag)
        if kind in ("numFmts", "cellStyleXfs", "cellXfs", "dxfs"):
            section = kind
        elif kind == "numFmt" and section == "numFmts":
            codes[int(attributes["numFmtId"])] = number_format(attributes.get("formatCode", ""))
        elif kind == "xf" and section == "cellXfs":
            styles.append(int(attributes.get("numFmtId", 0)))

    walk(xml, start)
    return {style: known for style, code in enumerate(styles) if (known := codes.get(code))}


def _show(grid: Grid, formats: Mapping[tuple[int, int], NumberFormat], from_1904: bool) -> None:
    """Put the text that a person sees in place of each value."""
    for i, row in enumerate(grid.rows):
        for j, value in enumerate(row):
            if type(value) is str:
                continue
            known = formats.get((i, j))
            if type(value) is float and known is None:
                row[j] = shown_number(value)
            else:
                row[j], is_date = _shown(value, known, from_1904)
                if is_date:
                    grid.dates.add((i, j))
        if not "".join(row).isprintable():
            row[:] = map(visible, row)


def _shown(value: Any, known: NumberFormat | None, from_1904: bool) -> tuple[str, bool]:
    """Text of a value that is none yet, and whether it is a date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE", False
    if isinstance(value, float):
        return shown(value, known, from_1904)
    if isinstance(value, datetime):
        return shown_moment(value), True
    return str(value), isinstance(value, date | time | timedelta)


def _add_comments(grid: Grid, parts: _Parts, part: str) -> None:
    """Comments of a sheet; a threaded one has an old twin, which only says that it is one."""
    links = parts.related(part).values()
    for kind, read in (("comments", legacy_comments), ("threadedComment", threaded_comments)):
        for _, comments in (link for link in links if link[0] == kind and link[1] in parts.names):
            for reference, text in read(parts.read(comments)).items():
                place = place_of(reference)
                if place and text:
                    grid.comments[place] = text


def _notices_of_book(parts: _Parts) -> list[Notice]:
    """Macros and links to other files; only the last part of a path is told, as folders bear persons' names."""
    notices = [Notice("macros", _BOOK, name) for name in sorted(parts.names) if _MACROS.search(name)]
    for name in sorted(filter(_EXTERNAL.fullmatch, parts.names)):
        for tag, attributes in elements(parts.read(name)):
            if tag == "ddeLink":
                found = f"DDE：{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}"
            elif tag in ("externalBook", "oleLink"):
                target = parts.related(name).get(attributes.get("id", ""), ("", ""))[1]
                found = f"外部文件：{file_name(target)}"
            elif tag == "connection":
                found = f"数据连接：{attributes.get('name', '')}"
            else:
                continue
            notices.append(Notice("external_link", _BOOK, visible(found)))
    return notices


def _format(parts: _Parts) -> str:
    types = "[Content_Types].xml"
    return "xlsm" if types in parts.names and b"macroEnabled" in parts.read(types) else "xlsx"

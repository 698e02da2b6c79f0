"""What python-calamine does not tell of a sheet's XML: formats, merges, error cells, what is hidden, how large it is.

Most sheets are spelt as every program spells them: address, style and kind of a cell in this order. One regular
expression proves it at a tenth of calamine's own cost, and a few searches find the rest. A sheet that is spelt in any
other way, or has something peculiar, is walked element by element.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from risk_assets.documents.grids import SAYS, check_size, noticed
from risk_assets.documents.model import Notice, Span, column_letters
from risk_assets.documents.number_formats import NumberFormat
from risk_assets.documents.xml_parts import Attributes, check_encoding, local, walk

_MAX_COLUMNS = 16384
_FEW_STYLES = 16
_LONGEST_INDEX = 10
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
# Merges are read here; calamine, which looks for them from the top, finds none at once and walks the cells only once.
_BEFORE, _AFTER = b"<worksheet><mergeCells></mergeCells><sheetData>", b"</sheetData></worksheet>"
_PLAIN = re.compile(
    rb"""(?:
      <c\ r="[A-Z]{1,2}\d{1,4}+"(?:\ s="\d++")?+(?:
        /> | (?:\ t="(?:s|n|b|str)")?+>(?:<f(?:\ [^<>]*+)?+>[^<]*+</f>)?+<v>[^<\s][^<]*+</v></c>
        | \ t="inlineStr"><is><t(?:\ xml:space="preserve")?+>[^<]*+</t></is></c>
      ) | <row\ [^<>]*+> | </row>
    )*+""",
    re.VERBOSE,
)
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_STYLED = re.compile(rb'<c r="([A-Z]+)(\d+)" s="(\d+)"')
_STRING = re.compile(rb' t="s">(?:<f[^<]*</f>)?<v>(\d+)<')
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"\s?/>')
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
TRUE = ("1", "true")
_SAYS = {
    "error_cell": "公式错误值",
    "formula_without_value": "公式",
    "hidden_row": "隐藏的行",
    "hidden_column": "隐藏的列",
}

Places = dict[tuple[int, int], NumberFormat]


@dataclass
class Scan:
    """What was found in a sheet.

    Attributes:
        xml: What calamine may read: of a plain sheet the cells alone, else all of it.
        formats: Number formats that matter, by row and column.
        merges: Merged ranges.
        notices: What is peculiar.
        strings: Number of cells that show a shared string.
        string_indexes: Which string each of them shows; None for a plain sheet, where they can be searched for.
    """

    xml: bytes
    formats: Places
    merges: list[Span]
    notices: list[Notice]
    strings: int
    string_indexes: list[int] | None = None

    def shared(self) -> list[int]:
        """Index of the shared string of each cell that shows one."""
        found = _STRING.findall(self.xml) if self.string_indexes is None else self.string_indexes
        return [int(index) for index in found]


def scan_sheet(xml: bytes, sheet: str, styles: Mapping[int, NumberFormat]) -> Scan:
    """Scan a sheet before its reader takes memory for it.

    Args:
        xml: The part.
        sheet: Name of the sheet, for addresses.
        styles: Styles whose number format matters.

    Raises:
        ValueError, expat.ExpatError: It is no XML, or no sheet that a program in use writes.
        Refused: It is larger than any county's table.
    """
    check_encoding(xml)
    return _plain(xml, styles) or _walked(xml, sheet, styles)


def _plain(xml: bytes, styles: Mapping[int, NumberFormat]) -> Scan | None:
    """The scan of a sheet that is spelt as usual, with addresses up to ZZ9999, and hides nothing; None of any other."""
    start, end = xml.find(_OPEN) + len(_OPEN), xml.rfind(_CLOSE)
    if start < len(_OPEN) or end < start or 0 in styles or b"<!" in xml:
        return None
    cells, tail = xml[start:end], xml[end:]
    plain, merges = _PLAIN.match(cells), _MERGE.findall(tail)
    usual = plain is not None and plain.end() == len(cells) and tail.count(b"mergeCell ") == len(merges)
    if not usual or (b"hidden=" in xml and _hides(xml)):
        return None
    check_size(0, 0, len(merges))
    return Scan(
        b"".join((_BEFORE, cells, _AFTER)),
        _formats(cells, styles),
        [_span(*merge) for merge in merges],
        [],
        cells.count(b' t="s"'),
    )


def _hides(xml: bytes) -> bool:
    """Whether anything is hidden; LibreOffice says of every row that it is not."""
    return xml.count(b"hidden=") != xml.count(b'hidden="0"') + xml.count(b'hidden="false"')


def _formats(cells: bytes, styles: Mapping[int, NumberFormat]) -> Places:
    """Formats of plain cells. A style is searched for, as few have one that matters."""
    if len(styles) > _FEW_STYLES:
        styled = ((letters, row, styles.get(int(style))) for letters, row, style in _STYLED.findall(cells))
        return {_place(letters, row): known for letters, row, known in styled if known}
    formats = {}
    for style, known in styles.items():
        mark = b' s="%d"' % style
        for before in cells.split(mark)[:-1] if mark in cells else ():
            cell = _CELL.fullmatch(before, before.rfind(b"<"))
            if cell:
                formats[_place(*cell.groups())] = known
    return formats


def _walked(xml: bytes, sheet: str, styles: Mapping[int, NumberFormat]) -> Scan:
    cells = _Walk(styles)
    walk(xml, cells.start, cells.end, cells.text)
    return Scan(xml, cells.formats, cells.merges, cells.notices(sheet), len(cells.strings), cells.strings)


class _Walk:
    """Counts rows and columns as calamine does: a cell without an address stands right of the one before."""

    def __init__(self, styles: Mapping[int, NumberFormat]):
        self.formats: Places = {}
        self.merges: list[Span] = []
        self.strings: list[int] = []
        self._styles = styles
        self._next_row = self._next_column = self._last_row = self._last_column = 0
        self._row = self._column = 0
        self._kind, self._style, self._value = "", "", ""
        self._row_hidden = self._row_filled = self._formula = self._in_value = False
        self._hidden_columns: list[tuple[int, int]] = []
        self._found: dict[str, list[str]] = {rule: [] for rule in SAYS}

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        kind = local(tag)
        if kind == "c":
            self._start_cell(attributes)
        elif kind in ("v", "is"):
            self._in_value = True
            self._fill()
        elif kind == "row":
            self._next_row = int(attributes["r"]) - 1 if "r" in attributes else self._next_row
            self._row_hidden, self._row_filled = attributes.get("hidden") in TRUE, False
        elif kind == "f":
            self._formula = True
        elif kind == "mergeCell":
            span = _RANGE.fullmatch(attributes.get("ref", ""))
            if span:
                self.merges.append(_span(*span.groups()))
            check_size(0, 0, len(self.merges))
        elif kind == "col" and attributes.get("hidden") in TRUE:
            self._hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _start_cell(self, attributes: Attributes) -> None:
        if "r" in attributes:
            place = place_of(attributes["r"])
            if place is None:
                raise ValueError("an address that is none")
            self._row, self._column = place
        else:
            self._row, self._column = self._next_row, self._next_column
        if self._column >= _MAX_COLUMNS:
            raise ValueError("more columns than a sheet has")
        self._next_column = self._column + 1
        self._kind, self._style, self._value, self._formula = (
            attributes.get("t", ""),
            attributes.get("s", "0"),
            "",
            False,
        )

    def _fill(self) -> None:
        """The cell has a value, and calamine will take memory up to here."""
        self._row_filled = True
        self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
        check_size(self._last_row + 1, self._last_column + 1, 0)
        known = self._styles.get(int(self._style))
        if known:
            self.formats[self._row, self._column] = known

    def text(self, data: str) -> None:
        """Text inside an element; of a cell, its stored value."""
        if self._in_value and len(self._value) < _LONGEST_INDEX:
            self._value += data.strip()

    def end(self, tag: str) -> None:
        """An element ends."""
        kind = local(tag)
        if kind == "c":
            self._end_cell()
        elif kind in ("v", "is"):
            self._in_value = False
        elif kind == "row":
            if self._row_hidden and self._row_filled:
                self._found["hidden_row"].append(f"{self._next_row + 1}:{self._next_row + 1}")
            self._next_row, self._next_column = self._next_row + 1, 0

    def _end_cell(self) -> None:
        if self._kind == "s" and self._value:
            self.strings.append(int(self._value))
        if self._kind == "e":
            self._found["error_cell"].append(f"{column_letters(self._column)}{self._row + 1}")
        elif self._formula and not self._value:
            self._found["formula_without_value"].append(f"{column_letters(self._column)}{self._row + 1}")

    def notices(self, sheet: str) -> list[Notice]:
        """What is peculiar; of rows and columns that hold nothing it does not matter whether they are hidden."""
        self._found["hidden_column"] = [
            f"{column_letters(first)}:{column_letters(last)}"
            for first, last in self._hidden_columns
            if 0 <= first <= self._last_column and first <= last < _MAX_COLUMNS
        ]
        return noticed(sheet, self._found)


def place_of(reference: str) -> tuple[int, int] | None:
    """Row and column of an address, from 0."""
    found = _ADDRESS.fullmatch(reference)
    return _place(*found.groups()) if found else None


def _span(first: str | bytes, top: str | bytes, last: str | bytes, bottom: str | bytes) -> Span:
    return (*_place(first, top), *_place(last, bottom))


def _place(letters: str | bytes, row: str | bytes) -> tuple[int, int]:
    return int(row) - 1, _column(letters)


@cache
def _column(letters: str | bytes) -> int:
    number = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode():
        number = number * 26 + letter - 64
    return number - 1

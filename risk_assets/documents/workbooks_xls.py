"""Workbooks of Excel 97 to 2003 (.xls, BIFF8), as Excel, WPS and LibreOffice still write them.

Read here record by record, as xlrd takes gigabytes where one record claims a link over a whole sheet, and calamine
tells no formats. Nothing is believed that would cost more than it takes in the file. Source: [MS-XLS], [MS-CFB].
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise

import olefile

from risk_assets.documents.comments import without_author
from risk_assets.documents.grids import MAX_NOTICES, MAX_SHEETS, check_grid, check_size, file_name, noticed
from risk_assets.documents.model import (
    MAX_CELLS,
    Document,
    Grid,
    Notice,
    Refused,
    Span,
    column_letters,
    visible,
)
from risk_assets.documents.number_formats import BUILT_IN, NumberFormat, number_format, shown

MAX_RECORDS = 2 * MAX_CELLS
_BOF, _EOF, _CONTINUE, _FILEPASS = 0x809, 0x0A, 0x3C, 0x2F
_BOUNDSHEET, _SST, _FORMAT, _XF, _DATEMODE, _SUPBOOK = 0x85, 0xFC, 0x41E, 0xE0, 0x22, 0x1AE
_NUMBER, _RK, _MULRK, _LABELSST, _LABEL, _RSTRING = 0x203, 0x27E, 0xBD, 0xFD, 0x204, 0xD6
_BOOLERR, _FORMULA, _STRING = 0x205, 0x06, 0x207
_ROW, _COLINFO, _MERGEDCELLS, _NOTE, _OBJ, _TXO = 0x208, 0x7D, 0xE5, 0x1C, 0x5D, 0x1B6
_BIFF5 = 0x500
_TOO_OLD = ("Excel 95 或更早的工作簿", "另存成的 .xlsx")
_MAX_COLUMNS = 256
_WORKSHEET, _MACRO_SHEET = 0, 1
_SELF, _ADD_IN = 0x401, 0x3A01
_CELLS = frozenset((_NUMBER, _RK, _LABELSST, _LABEL, _RSTRING, _BOOLERR, _FORMULA))
_BOOK = "工作簿"
_READABLE = "能用 Excel 或 WPS 打开的 .xls；最好另存为 .xlsx"
_DAMAGE = (OSError, ValueError, LookupError, RecursionError, TypeError, OverflowError, struct.error)

Record = tuple[int, bytes]


def read_xls(content: bytes, name: str) -> Document:
    """Read all sheets of a workbook, hidden ones too.

    Args:
        content: The bytes of the file.
        name: Name as sent.

    Raises:
        Refused: It wants a password, is damaged, older than Excel 97, or larger than any county's.
    """
    try:
        stream, has_macros = _container(content)
        return _read(name, stream, has_macros)
    except _DAMAGE as broken:
        if isinstance(broken, Refused):
            raise
        raise Refused("damaged_file", type(broken).__name__, _READABLE) from None


def _container(content: bytes) -> tuple[bytes, bool]:
    """The stream of the workbook, and whether macros lie beside it."""
    sector, table_sectors = struct.unpack_from("<H12xI", content, 30)
    if sector not in (9, 12) or table_sectors << sector > len(content):
        raise ValueError("a table of sectors that is larger than the file")
    with olefile.OleFileIO(BytesIO(content)) as container:
        if container.exists("EncryptedPackage"):
            raise Refused("encrypted_file", "设有打开密码的 Office 文件", "不设打开密码的文件")
        if not container.exists("Workbook") and container.exists("Book"):
            raise Refused("unsupported_format", *_TOO_OLD)
        if container.get_size("Workbook") > len(content):
            raise ValueError("a stream that is larger than the file")
        return container.openstream("Workbook").read(), container.exists("_VBA_PROJECT_CUR")


@dataclass
class _Book:
    """What the first part of the stream says of the workbook."""

    sheets: list[tuple[int, int, int, str]] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    codes: dict[int, NumberFormat | None] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    from_1904: bool = False

    def shown(self, value: float, style: int) -> tuple[str, bool]:
        """Text of a number in a style, and whether it is a date."""
        code = self.styles[style] if style < len(self.styles) else 0
        return shown(value, self.codes.get(code), self.from_1904)


class _Records:
    """Records of the stream, each read once and counted."""

    def __init__(self, stream: bytes):
        self._stream, self._left = stream, MAX_RECORDS

    def part(self, position: int) -> Iterator[Record]:
        """Records from a BOF to its EOF, those of charts within left out; `CONTINUE` is a record like others."""
        depth = 0
        while True:
            kind, size = struct.unpack_from("<HH", self._stream, position)
            data = self._stream[position + 4 : position + 4 + size]
            if len(data) < size:
                raise ValueError("a record that is cut off")
            position += 4 + size
            self._left -= 1
            if self._left < 0:
                raise Refused("too_many_cells", f"超过 {MAX_RECORDS} 条记录", f"不超过 {MAX_CELLS} 个单元格")
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0:
                if kind != _EOF:
                    raise ValueError("a part without a beginning")
                return
            if depth == 1:
                yield kind, data


def _read(name: str, stream: bytes, has_macros: bool) -> Document:
    records = _Records(stream)
    book = _globals(records)
    if len({position for position, *_ in book.sheets}) < len(book.sheets):
        raise ValueError("two sheets in one place")
    if len(book.sheets) > MAX_SHEETS:
        raise ValueError("more sheets than a workbook has")
    macros = has_macros or any(kind == _MACRO_SHEET for _, _, kind, _ in book.sheets)
    notices = [Notice("macros", _BOOK, "宏")] if macros else []
    notices += [Notice("external_link", _BOOK, f"外部文件：{file_name(link)}") for link in book.links[:MAX_NOTICES]]
    document = Document(name, "xls", [], notices)
    cells = 0
    for position, hidden, kind, sheet_name in book.sheets:
        if kind != _WORKSHEET:
            continue
        sheet = _Sheet(book)
        sheet.read(records.part(position))
        grid = sheet.grid(sheet_name)
        cells += check_grid(grid, MAX_CELLS - cells)
        document.grids.append(grid)
        document.notices += sheet.notices(sheet_name)
        if hidden:
            document.notices.append(Notice("hidden_sheet", sheet_name, "隐藏的工作表"))
    return document


def _globals(records: _Records) -> _Book:
    book = _Book()
    strings: list[bytes] = []
    last = 0
    for kind, data in records.part(0):
        if kind == _BOF and struct.unpack_from("<H", data)[0] == _BIFF5:
            raise Refused("unsupported_format", *_TOO_OLD)
        if kind == _FILEPASS:
            raise Refused("encrypted_file", "设有打开密码的 .xls 工作簿", "不设打开密码的工作簿")
        if kind == _BOUNDSHEET:
            position, state, sheet_kind = struct.unpack_from("<IBB", data)
            book.sheets.append((position, state & 3, sheet_kind, visible(_short_text(data, 6))))
        elif kind == _SST or (kind == _CONTINUE and last == _SST):
            strings.append(data)
        elif kind == _FORMAT:
            book.codes[struct.unpack_from("<H", data)[0]] = number_format(_long_text(data, 2))
        elif kind == _XF:
            book.styles.append(struct.unpack_from("<H", data, 2)[0])
        elif kind == _DATEMODE:
            book.from_1904 = data[:2] == b"\x01\x00"
        elif kind == _SUPBOOK and struct.unpack_from("<H", data, 2)[0] not in (_SELF, _ADD_IN):
            book.links.append(_long_text(data, 2))
        last = last if kind == _CONTINUE else kind
    book.strings = list(map(visible, _shared_strings(strings))) if strings else []
    return book


class _Sheet:
    """A worksheet, read record by record."""

    def __init__(self, book: _Book):
        self._book = book
        self._cells: dict[tuple[int, int], str] = {}
        self._rows = self._columns = 0
        self._merges: list[Span] = []
        self._dates: set[tuple[int, int]] = set()
        self._errors: list[tuple[int, int]] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._notes: list[tuple[int, int, int, str]] = []
        self._texts: dict[int, list[str]] = {}

    def read(self, records: Iterator[Record]) -> None:
        """Take all records. The text of a formula follows it, that of a comment its object."""
        formula = (0, 0)
        drawn = 0
        text: _Text | None = None
        for kind, data in records:
            if kind in _CELLS:
                row, column, style = struct.unpack_from("<HHH", data)
                formula = row, column
                self._read_cell(kind, data, row, column, style)
            elif kind == _MULRK:
                self._read_many(data)
            elif kind == _STRING:
                self._put(*formula, visible(_long_text(data, 0)))
            elif kind == _OBJ:
                drawn = struct.unpack_from("<H", data, 6)[0]
            elif kind == _TXO:
                text = _Text(*struct.unpack_from("<HH", data, 10))
            elif kind == _CONTINUE and text is not None and text.take(data):
                self._texts[drawn] = text.runs()
                text = None
            else:
                self._read_other(kind, data)

    def _read_other(self, kind: int, data: bytes) -> None:
        if kind == _ROW:
            if struct.unpack_from("<H", data, 12)[0] & 0x20:
                self._hidden_rows.append(struct.unpack_from("<H", data)[0])
        elif kind == _COLINFO:
            first, last, _, _, flags = struct.unpack_from("<5H", data)
            if flags & 1:
                self._hidden_columns.append((first, last))
        elif kind == _MERGEDCELLS:
            self._read_merges(data)
        elif kind == _NOTE:
            row, column, _, drawing = struct.unpack_from("<4H", data)
            self._notes.append((row, column, drawing, _long_text(data, 8)))

    def _read_cell(self, kind: int, data: bytes, row: int, column: int, style: int) -> None:
        if kind == _LABELSST:
            self._put(row, column, self._book.strings[struct.unpack_from("<I", data, 6)[0]])
        elif kind in (_LABEL, _RSTRING):
            self._put(row, column, visible(_long_text(data, 6)))
        elif kind == _NUMBER:
            self._put_number(row, column, struct.unpack_from("<d", data, 6)[0], style)
        elif kind == _RK:
            self._put_number(row, column, _packed_number(data[6:10]), style)
        elif kind == _BOOLERR:
            self._put_flag(row, column, data[6], is_error=data[7] != 0)
        elif data[12:14] != b"\xff\xff":
            self._put_number(row, column, struct.unpack_from("<d", data, 6)[0], style)
        elif data[6] in (1, 2):
            self._put_flag(row, column, data[8], is_error=data[6] == 2)

    def _read_many(self, data: bytes) -> None:
        row, first = struct.unpack_from("<HH", data)
        for number, place in enumerate(range(4, len(data) - 2, 6)):
            style = struct.unpack_from("<H", data, place)[0]
            self._put_number(row, first + number, _packed_number(data[place + 2 : place + 6]), style)

    def _read_merges(self, data: bytes) -> None:
        for number in range(struct.unpack_from("<H", data)[0]):
            top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * number)
            self._merges.append((top, left, bottom, right))
        check_size(0, 0, len(self._merges))

    def _put(self, row: int, column: int, text: str) -> None:
        self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
        if column >= _MAX_COLUMNS:
            raise ValueError("more columns than a sheet has")
        check_size(self._rows, self._columns, 0)
        self._cells[row, column] = text

    def _put_number(self, row: int, column: int, value: float, style: int) -> None:
        text, is_date = self._book.shown(value, style)
        self._put(row, column, text)
        if is_date:
            self._dates.add((row, column))

    def _put_flag(self, row: int, column: int, value: int, *, is_error: bool) -> None:
        if is_error:
            self._errors.append((row, column))
        self._put(row, column, "" if is_error else "TRUE" if value else "FALSE")

    def grid(self, name: str) -> Grid:
        """The sheet as rows of text."""
        rows = [[""] * self._columns for _ in range(self._rows)]
        for (row, column), text in self._cells.items():
            rows[row][column] = text
        comments = {
            (row, column): text
            for row, column, drawing, author in self._notes
            if (text := without_author(self._texts.get(drawing, []), {author.strip()}))
        }
        return Grid(name, rows, self._merges, comments=comments, dates=self._dates)

    def notices(self, name: str) -> list[Notice]:
        """What is peculiar; of rows and columns that hold nothing it does not matter whether they are hidden."""
        filled = {row for row, _ in self._cells}
        found: dict[str, list[str]] = {}
        found["error_cell"] = [f"{column_letters(column)}{row + 1}" for row, column in self._errors]
        found["hidden_row"] = [f"{row + 1}:{row + 1}" for row in self._hidden_rows if row in filled]
        found["hidden_column"] = [
            f"{column_letters(first)}:{column_letters(last)}"
            for first, last in self._hidden_columns
            if first < self._columns
        ]
        return noticed(name, found)


class _Text:
    """Text of a drawn object, in records of its own: first the letters, then where each look begins."""

    def __init__(self, letters: int, look_bytes: int):
        self._letters, self._look_bytes = letters, look_bytes
        self._text, self._looks = "", b""

    def take(self, data: bytes) -> bool:
        """Take a record; whether it was the last."""
        if len(self._text) < self._letters:
            self._text += _letters(data[1:], wide=data[0] & 1)
        else:
            self._looks += data
        return len(self._text) >= self._letters and len(self._looks) >= self._look_bytes

    def runs(self) -> list[str]:
        """The text in pieces of one look each."""
        starts = sorted(
            {0, *(struct.unpack_from("<H", self._looks, at)[0] for at in range(0, len(self._looks) - 1, 8))}
        )
        return [self._text[a:b] for a, b in pairwise([*starts, len(self._text)]) if a < b]


def _letters(data: bytes, *, wide: int) -> str:
    return data[: len(data) // 2 * 2].decode("utf-16-le", "replace") if wide else data.decode("latin-1")


def _short_text(data: bytes, at: int) -> str:
    """Text with a length of one byte."""
    size, flags = struct.unpack_from("<BB", data, at)
    return _letters(data[at + 2 : at + 2 + (size << (flags & 1))], wide=flags & 1)


def _long_text(data: bytes, at: int) -> str:
    """Text with a length of two bytes; looks and readings that may follow are passed over."""
    size, flags = struct.unpack_from("<HB", data, at)
    start = at + 3 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
    return _letters(data[start : start + (size << (flags & 1))], wide=flags & 1)


def _packed_number(data: bytes) -> float:
    """A number in four bytes: thirty bits of a float or a whole number, perhaps a hundredth of it."""
    bits = struct.unpack("<i", data)[0]
    value = float(bits >> 2) if bits & 2 else struct.unpack("<d", bytes(4) + struct.pack("<i", bits & ~3))[0]
    return value / 100 if bits & 1 else value


def _shared_strings(segments: list[bytes]) -> list[str]:
    """The table of strings. One that goes on in the next segment says there anew how wide its letters are."""
    reader = _Segments(segments)
    count = struct.unpack_from("<I", segments[0], 4)[0]
    if count > MAX_CELLS:
        raise Refused("too_many_cells", f"{count} 条文字", f"不超过 {MAX_CELLS} 个单元格")
    return [reader.text() for _ in range(count)]


class _Segments:
    """A place in a record and those that continue it."""

    def __init__(self, segments: list[bytes]):
        self._segments = iter(segments)
        self._data, self._at = next(self._segments), 8

    def _next(self) -> None:
        following = next(self._segments, None)
        if following is None:
            raise ValueError("fewer strings than it says")
        self._data, self._at = following, 0

    def text(self) -> str:
        """The next string."""
        if self._at >= len(self._data):
            self._next()
        size, flags = struct.unpack_from("<HB", self._data, self._at)
        self._at += 3
        passed = 0
        if flags & 8:
            passed += 4 * struct.unpack_from("<H", self._data, self._at)[0]
            self._at += 2
        if flags & 4:
            passed += struct.unpack_from("<I", self._data, self._at)[0]
            self._at += 4
        pieces = []
        while True:
            wide = flags & 1
            there = min(size, (len(self._data) - self._at) >> wide)
            pieces.append(_letters(self._data[self._at : self._at + (there << wide)], wide=wide))
            self._at += there << wide
            size -= there
            if not size:
                break
            self._next()
            flags, self._at = self._data[0], 1
        self._pass(passed)
        return "".join(pieces)

    def _pass(self, size: int) -> None:
        while size > len(self._data) - self._at:
            size -= len(self._data) - self._at
            self._next()
        self._at += size

"""OpenDocument workbooks (.ods), as LibreOffice, WPS and Excel write them: one walk through `content.xml`.

A row or cell that is repeated a million times is a number until a value stands behind it. Macros never run, links to
other files are never followed, and what they brought along is no sheet of this one.
"""

import re
import zipfile
import zlib
from contextlib import suppress
from datetime import datetime
from xml.parsers.expat import ExpatError

from risk_assets.documents.comments import without_author
from risk_assets.documents.grids import MAX_NOTICES, MAX_SHEETS, SAYS, check_grid, check_size, file_name, noticed
from risk_assets.documents.model import MAX_CELLS, Document, Grid, Notice, Refused, Span, column_letters, visible
from risk_assets.documents.number_formats import Percent, shown_moment, shown_number, shown_percent
from risk_assets.documents.xml_parts import Attributes, read_member, walk

MAX_XML = 48 * 2**20
_LAST_ROW, _LAST_COLUMN = 2**20, 2**14
_MOST_SPACES, _LONGEST_NAME = 64, 200
_READABLE = "能用 LibreOffice、WPS 或 Excel 打开的 .ods"
_BOOK = "工作簿"
_MACROS = re.compile(r"Basic/[^/]+/(?!script-l[bc]\.xml)[^/]+\.xml|Scripts/.*[^/]")
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|(?:Err|错误)[:：]\d{3}", re.IGNORECASE)
_TIME = re.compile(r"(-?)PT(\d{1,9})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S")
_OF_ANOTHER_FILE = re.compile(r"'[^']*'#")
_CELLS = ("table:table-cell", "table:covered-table-cell")
_SHOWN = {"text:tab": "\t", "text:line-break": "\n"}
# What lies in cells and is no text of theirs, and what lies beside the sheets and has cells of its own
_PASSED = frozenset(
    {"table:tracked-changes", "table:dde-links", "table:shapes", "table:content-validations", "office:forms"}
    | {"draw:frame", "draw:custom-shape", "draw:rect", "draw:line", "draw:g", "draw:control", "text:ruby-text"}
)
_LINKS = ("table:table-source", "table:cell-range-source", "office:dde-source", "table:database-source-sql")
_DAMAGE = (
    EOFError,
    ExpatError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_ods(name: str, archive: zipfile.ZipFile) -> Document:
    """Read all sheets of a workbook, hidden ones too.

    Args:
        name: Name as sent.
        archive: The file, opened and found harmless in size.

    Raises:
        Refused: It wants a password, is damaged, or larger than any county's.
    """
    try:
        if b"encryption-data" in _member(archive, "META-INF/manifest.xml"):
            raise Refused("encrypted_file", "设有打开密码的 .ods 工作簿", "不设打开密码的工作簿")
        book = _Walk()
        walk(_member(archive, "content.xml"), book.start, book.end, book.text)
        macros = [Notice("macros", _BOOK, member) for member in archive.namelist() if _MACROS.fullmatch(member)]
        return Document(name, "ods", book.grids, macros + book.links + book.notices)
    except _DAMAGE as broken:
        if isinstance(broken, Refused):
            raise
        raise Refused("damaged_file", type(broken).__name__, _READABLE) from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_XML:
        raise Refused("too_many_cells", f"表格内容超过 {MAX_XML} 字节", "正常大小的工作表")
    return read_member(archive, name)


class _Cell:
    """A cell while it is read."""

    def __init__(self, attributes: Attributes):
        self.attributes = attributes
        self.repeated = _count(attributes, "table:number-columns-repeated", _LAST_COLUMN)
        self.paragraphs: list[str] = []
        self.comment: list[str] = []
        self.author = ""

    def error(self) -> str:
        """Rule of what is wrong with its formula, `""` where nothing is."""
        if "table:formula" not in self.attributes:
            return ""
        if self.attributes.get("calcext:value-type") == "error" or _ERROR.fullmatch("".join(self.paragraphs)):
            return "error_cell"
        return "" if "office:value-type" in self.attributes else "formula_without_value"

    def shown(self) -> tuple[str, bool]:
        """Text as a person sees it, and whether it is a date. Digits that the sheet does not show are kept."""
        kind, text = self.attributes.get("office:value-type"), visible("\n".join(self.paragraphs))
        if kind in ("float", "currency", "percentage"):
            return self._shown_number(text), False
        if kind == "date":
            with suppress(ValueError):  # a year before 1
                return shown_moment(datetime.fromisoformat(self.attributes["office:date-value"])), True
            return text, True
        if kind == "time":
            passed = _TIME.fullmatch(self.attributes.get("office:time-value", ""))
            return f"{passed[1]}{passed[2]}:{passed[3]:0>2}:{passed[4]:0>2}" if passed else text, True
        if kind == "boolean":
            return self.attributes.get("office:boolean-value", "").upper(), False
        return text or visible(self.attributes.get("office:string-value", "")), False

    def _shown_number(self, text: str) -> str:
        if text.upper() in ("TRUE", "FALSE"):  # LibreOffice stores them as 1 and 0
            return text.upper()
        value = float(self.attributes["office:value"])
        if self.attributes["office:value-type"] != "percentage":
            return shown_number(value)
        digits = re.search(r"[.,](\d+)\s*%", text)
        return shown_percent(value, Percent(len(digits.group(1)) if digits else 0))


class _Sheet:
    """A sheet while it is read."""

    def __init__(self, attributes: Attributes):
        self.name = visible(attributes.get("table:name", ""))
        self.style = attributes.get("table:style-name", "")
        self.cells: dict[tuple[int, int], str] = {}
        self.merges: list[Span] = []
        self.comments: dict[tuple[int, int], str] = {}
        self.dates: set[tuple[int, int]] = set()
        self.found: dict[str, list[str]] = {rule: [] for rule in SAYS}
        self.height = self.width = self.row = self.column = self.columns = 0
        self._hidden_columns: list[tuple[int, int]] = []
        self._row: list[tuple[int, _Cell]] = []
        self._repeated, self._hidden = 1, False

    def add_columns(self, attributes: Attributes) -> None:
        """Columns of one look; most sheets end in thousands of them."""
        count = _count(attributes, "table:number-columns-repeated", _LAST_COLUMN)
        if attributes.get("table:visibility", "visible") != "visible":
            self._hidden_columns.append((self.columns, self.columns + count - 1))
        self.columns += count

    def start_row(self, attributes: Attributes) -> None:
        """A row begins."""
        self._repeated = _count(attributes, "table:number-rows-repeated", _LAST_ROW)
        self._hidden = attributes.get("table:visibility", "visible") != "visible"
        self._row, self.column = [], 0

    def add_cell(self, cell: _Cell) -> None:
        """A cell is complete; one that holds nothing only takes its place."""
        spans = "table:number-columns-spanned" in cell.attributes or "table:number-rows-spanned" in cell.attributes
        if cell.paragraphs or cell.comment or spans or "office:value-type" in cell.attributes or cell.error():
            self._row.append((self.column, cell))
        self.column += cell.repeated
        if self.column > _LAST_COLUMN:
            raise ValueError("more columns than a sheet has")

    def end_row(self) -> None:
        """A row is complete, and is put down as often as it is repeated."""
        for column, cell in self._row:
            text, is_date = cell.shown()
            rule = cell.error()
            text = "" if rule == "error_cell" else text
            self._merge(column, cell)
            if text or rule:
                self.height = max(self.height, self.row + self._repeated)
                self.width = max(self.width, column + cell.repeated)
                check_size(self.height, self.width, 0)
                for i in range(self.row, self.row + self._repeated):
                    for j in range(column, column + cell.repeated):
                        self.cells[i, j] = text
                        if is_date:
                            self.dates.add((i, j))
                        if rule:
                            self.found[rule].append(f"{column_letters(j)}{i + 1}")
            comment = without_author(["\n".join(cell.comment)], {cell.author.strip()})
            if comment:
                self.comments[self.row, column] = comment
        if self._hidden and any(text for text in (cell.shown()[0] for _, cell in self._row)):
            self.found["hidden_row"].append(f"{self.row + 1}:{self.row + self._repeated}")
        self.row += self._repeated
        if self.row > _LAST_ROW:
            raise ValueError("more rows than a sheet has")

    def _merge(self, column: int, cell: _Cell) -> None:
        rows = _count(cell.attributes, "table:number-rows-spanned", _LAST_ROW)
        columns = _count(cell.attributes, "table:number-columns-spanned", _LAST_COLUMN)
        if rows > 1 or columns > 1:
            check_size(0, 0, len(self.merges) + self._repeated)
            self.merges += [
                (row, column, row + rows - 1, column + columns - 1)
                for row in range(self.row, self.row + self._repeated)
            ]

    def grid(self) -> Grid:
        """The sheet as rows of text."""
        rows = [[""] * self.width for _ in range(self.height)]
        for (row, column), text in self.cells.items():
            rows[row][column] = text
        return Grid(self.name, rows, self.merges, comments=self.comments, dates=self.dates)

    def notices(self) -> list[Notice]:
        """What is peculiar; of columns that hold nothing it does not matter whether they are hidden."""
        self.found["hidden_column"] = [
            f"{column_letters(first)}:{column_letters(last)}"
            for first, last in self._hidden_columns
            if first < self.width
        ]
        return noticed(self.name, self.found)


class _Walk:
    """All sheets of a `content.xml`."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.notices: list[Notice] = []
        self.links: list[Notice] = []
        self._sheet: _Sheet | None = None
        self._cell: _Cell | None = None
        self._pieces: list[str] | None = None
        self._in_comment = self._in_creator = False
        self._passing, self._passed = "", 0
        self._style, self._hidden_styles = "", set[str]()
        self._cells = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if tag in _LINKS:
            self._link(attributes)
        elif self._passing:
            self._passed += tag == self._passing
        elif tag in _PASSED:
            self._passing, self._passed = tag, 1
        elif tag == "table:table" and self._sheet is None:
            self._sheet = _Sheet(attributes)
        elif tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif self._sheet is not None:
            self._start_in_sheet(self._sheet, tag, attributes)

    def _start_in_sheet(self, sheet: _Sheet, tag: str, attributes: Attributes) -> None:
        if tag == "table:table-row":
            sheet.start_row(attributes)
        elif tag == "table:table-column":
            sheet.add_columns(attributes)
        elif tag in _CELLS:
            self._cell = _Cell(attributes)
        elif self._cell is not None:
            self._start_in_cell(self._cell, tag, attributes)

    def _start_in_cell(self, cell: _Cell, tag: str, attributes: Attributes) -> None:
        if tag == "office:annotation":
            self._in_comment = True
        elif tag == "dc:creator":
            self._in_creator = True
        elif tag == "text:p":
            self._pieces = []
        elif self._pieces is not None and tag in _SHOWN:
            self._pieces.append(_SHOWN[tag])
        elif self._pieces is not None and tag == "text:s":
            self._pieces.append(" " * _count(attributes, "text:c", _MOST_SPACES))

    def text(self, data: str) -> None:
        """Text inside an element."""
        if self._passing or self._cell is None:
            return
        if self._in_creator:
            self._cell.author = (self._cell.author + data)[:_LONGEST_NAME]
        elif self._pieces is not None:
            self._pieces.append(data)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._passing:
            self._passed -= tag == self._passing
            if not self._passed:
                self._passing = ""
        elif self._sheet is None:
            return
        elif tag == "text:p" and self._cell is not None and self._pieces is not None:
            into = self._cell.comment if self._in_comment else self._cell.paragraphs
            into.append("".join(self._pieces))
            self._pieces = None
        elif tag == "dc:creator":
            self._in_creator = False
        elif tag == "office:annotation":
            self._in_comment = False
        elif tag in _CELLS and self._cell is not None:
            self._sheet.add_cell(self._cell)
            self._cell = None
        elif tag == "table:table-row":
            self._sheet.end_row()
        elif tag == "table:table":
            self._end_sheet(self._sheet)
            self._sheet = None

    def _end_sheet(self, sheet: _Sheet) -> None:
        if _OF_ANOTHER_FILE.match(sheet.name):
            return
        if len(self.grids) == MAX_SHEETS:
            raise ValueError("more sheets than a workbook has")
        grid = sheet.grid()
        self._cells += check_grid(grid, MAX_CELLS - self._cells)
        self.grids.append(grid)
        self.notices += sheet.notices()
        if sheet.style in self._hidden_styles:
            self.notices.append(Notice("hidden_sheet", sheet.name, "隐藏的工作表"))

    def _link(self, attributes: Attributes) -> None:
        if len(self.links) == MAX_NOTICES:
            return
        if "office:dde-application" in attributes:
            found = f"DDE：{attributes['office:dde-application']}|{attributes.get('office:dde-topic', '')}"
        else:
            found = f"外部文件：{file_name(attributes.get('xlink:href', ''))}"
        self.links.append(Notice("external_link", _BOOK, visible(found)))


def _count(attributes: Attributes, name: str, most: int) -> int:
    """A count of columns, rows or spaces, at least one and at most as many as a sheet has."""
    return min(max(int(attributes.get(name, 1)), 1), most)

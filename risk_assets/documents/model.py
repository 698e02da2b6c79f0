"""What every reader of a format returns."""

import unicodedata
from dataclasses import dataclass, field

_INVISIBLE = {"Cc", "Cf", "Co", "Cs"}
_KEPT = frozenset("\n\t\r")

MAX_ROWS = 20_000
MAX_CELLS = 2_000_000
MAX_MERGES = 20_000
Span = tuple[int, int, int, int]


class Refused(ValueError):
    """A file that cannot be read at all.

    Attributes:
        rule: Id of the finding, a line of `reference/rules.csv`.
        found: What was found.
        expected: What was expected.
    """

    def __init__(self, rule: str, found: str, expected: str):
        super().__init__(f"{rule}: found {found}, expected {expected}")
        self.rule, self.found, self.expected = rule, found, expected


@dataclass(frozen=True)
class Notice:
    """Something about a cell or sheet that the reader of the format alone can see (a formula without a value)."""

    rule: str
    where: str
    found: str


@dataclass
class Grid:
    """A sheet, or all that one text, Word or PDF file holds: rows of cells as shown, every cell a string.

    Outside a workbook a paragraph (a line of a text) is a row of one cell, and the rows of a table stand between
    the paragraphs where the table stands.

    Attributes:
        sheet: Sheet name; None outside a workbook.
        rows: `rows[i][j]` is the cell in the i-th row (line) and j-th column, both from 0.
        merges: Merged ranges: first row, first column, last row, last column, all inclusive.
        plain: A plain text, whose format knows no merged cells and no borders of tables.
        file: Name of the file in the archive that it came in; `""` where there is no archive.
        lines: First line of the source, from 1, that each row takes, where rows take more than one line (a quoted
            line break in a CSV; a row that a page's end cut); `[]` where row i is line i + 1.
        line_count: Lines of the source; 0 where they are the rows.
        blocks: For each row the number of its table from 1, 0 for a paragraph; `[]` where the format has no tables.
        pages: Page of each row, from 1; `[]` where the format has no pages.
        tops: For each row the line with which its table begins on its page; `[]` where the format has no pages.
        comments: Comments of cells, without the name of who wrote them.
        dates: Cells that hold a date by their format, which may be what Excel made of `3-5`.
        source: Lines of a plain text as they came; `[]` elsewhere.
    """

    sheet: str | None
    rows: list[list[str]]
    merges: list[Span] = field(default_factory=list)
    plain: bool = False
    file: str = ""
    lines: list[int] = field(default_factory=list)
    line_count: int = 0
    blocks: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    tops: list[int] = field(default_factory=list)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    dates: set[tuple[int, int]] = field(default_factory=set)
    source: list[str] = field(default_factory=list)

    def line(self, row: int) -> int:
        """Row of the sheet, or line of the source, from 1."""
        return self.lines[row] if self.lines else row + 1

    def address(self, row: int, column: int) -> str:
        """Where a cell stands, as a person would look for it."""
        return self._of_file(
            f"{self.sheet}!{column_letters(column)}{row + 1}"
            if self.sheet is not None
            else f"{self._place(row)}第{column + 1}列"
        )

    def row_address(self, row: int) -> str:
        """Where a row stands, as a person would look for it."""
        return self._of_file(f"{self.sheet}!{row + 1}:{row + 1}" if self.sheet is not None else self._place(row))

    def _place(self, row: int) -> str:
        page = f"第{self.pages[row]}页" if self.pages else ""
        block = self.blocks[row] if self.blocks else 0
        if block:
            top = self.tops[row] if self.tops else self.blocks.index(block) + 1
            return f"{page}表{block}第{self.line(row) - top + 1}行"
        return f"{page}第{self.line(row)}行"

    def _of_file(self, place: str) -> str:
        return f"{self.file}:{place}" if self.file else place


@dataclass
class Document:
    """A file that was opened: its grids in order, and what the format's reader noticed.

    Attributes:
        name: Name as sent.
        format: xlsx, xlsm, xls, ods, csv, tsv, txt, docx, pdf or zip.
        grids: Its sheets, or what else it holds, in order.
        notices: What the format's reader alone can see.
    """

    name: str
    format: str
    grids: list[Grid]
    notices: list[Notice] = field(default_factory=list)


def visible(text: str) -> str:
    """Text without characters that are not seen but obeyed: controls, marks that turn or hide what follows."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _INVISIBLE)


def column_letters(column: int) -> str:
    """Spreadsheet letters of a column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

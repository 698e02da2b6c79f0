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
    """A sheet, or a whole text: rows of cells as shown, every cell a string.

    Attributes:
        sheet: Sheet name; None for a text.
        rows: `rows[i][j]` is the cell in the i-th row (line) and j-th column, both from 0.
        merges: Merged ranges: first row, first column, last row, last column, all inclusive.
    """

    sheet: str | None
    rows: list[list[str]]
    merges: list[Span] = field(default_factory=list)

    def address(self, row: int, column: int) -> str:
        """Where a cell stands, as a person would look for it."""
        if self.sheet is None:
            return f"第{row + 1}行第{column + 1}列"
        return f"{self.sheet}!{column_letters(column)}{row + 1}"


@dataclass
class Document:
    """A file that was opened: its grids in order, and what the format's reader noticed."""

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

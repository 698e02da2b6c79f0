"""Header rows: which layout they belong to and which column holds which field."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from risk_assets import reference
from risk_assets.documents import Grid
from risk_assets.language.text import header_word

_LONGEST_HEADER = 40
_REMNANT = 2
_FIGURES = {"progress", "attainment", "done", "status"}


def is_header_remnant(cells: list[str]) -> bool:
    """Whether a row holds words of headers only, though too broken to be one."""
    filled = [cell for cell in cells if cell]
    known = sum(header_word(cell) in _vocabulary() for cell in filled if len(cell) <= _LONGEST_HEADER)
    return known >= _REMNANT and 2 * known >= len(filled)


@dataclass(frozen=True)
class Header:
    """A recognised header.

    Attributes:
        layout: Id of the layout.
        fields: Field of each column; `indicator+` and `group+` are unlabelled neighbours that belong to it.
        unknown: Columns whose header the layout does not know, with its words.
        height: Rows that the header takes.
        percent: The ratio column's header carries the % sign.
    """

    layout: str
    fields: tuple[str | None, ...]
    unknown: tuple[tuple[int, str], ...]
    height: int
    percent: bool


@cache
def _vocabulary() -> dict[str, dict[str, str]]:
    """Header word → layout → field."""
    words: dict[str, dict[str, str]] = defaultdict(dict)
    for row in reference.table("layouts/columns"):
        for word in reference.listed(row["headers"]):
            words[header_word(word)].setdefault(row["layout"], row["field"])
    return dict(words)


def find_header(grid: Grid, row: int) -> Header | None:
    """The header that begins in a row, or None; up to two rows, the lower word winning where there is one."""
    upper = grid.rows[row]
    if sum(header_word(c) in _vocabulary() for c in upper if c and len(c) <= _LONGEST_HEADER) < 1:
        return None
    single = _match(upper, grid, row, 1)
    lower = grid.rows[row + 1] if row + 1 < len(grid.rows) else []
    filled = [cell for cell in lower if cell]
    if filled and all(len(cell) <= _LONGEST_HEADER for cell in filled):
        known = sum(header_word(cell) in _vocabulary() for cell in filled)
        if known >= 2 and known >= 0.6 * len(filled):
            width = max(len(upper), len(lower))
            both = [
                _lower_word(upper[i] if i < len(upper) else "", lower[i] if i < len(lower) else "")
                for i in range(width)
            ]
            double = _match(both, grid, row, 2)
            if double and (single is None or _known(double) > _known(single)):
                return double
    return single


def _lower_word(upper: str, lower: str) -> str:
    """The lower word where it is known, else the upper; an unknown one under nothing stays, to be found unknown."""
    return lower if header_word(lower) in _vocabulary() else upper or lower


def _known(header: Header) -> int:
    return sum(name is not None and not name.endswith("+") for name in header.fields)


def _match(cells: list[str], grid: Grid, row: int, height: int) -> Header | None:
    words = [header_word(cell) if cell and len(cell) <= _LONGEST_HEADER else "" for cell in cells]
    filled = sum(bool(cell) for cell in cells)
    best: tuple[int, int, Header] | None = None
    layouts = sorted({layout for word in words for layout in _vocabulary().get(word, {})})
    for layout in layouts:
        fields: list[str | None] = []
        for word in words:
            name = _vocabulary().get(word, {}).get(layout)
            fields.append(name if name not in fields else None)
        taken = {name for name in fields if name}
        if "indicator" not in taken or not taken & _FIGURES or len(taken) < max(3, 0.6 * filled):
            continue
        unknown = tuple((i, cell) for i, cell in enumerate(cells) if cell and fields[i] is None)
        percent = any(name == "attainment" and "%" in cells[i] for i, name in enumerate(fields))
        header = Header(layout, tuple(_with_neighbours(fields, cells, grid, row)), unknown, height, percent)
        rank = (len(taken), -_size(layout))
        if best is None or rank > best[:2]:
            best = (*rank, header)
    return best[2] if best else None


@cache
def _size(layout: str) -> int:
    return sum(row["layout"] == layout for row in reference.table("layouts/columns"))


def _with_neighbours(fields: list[str | None], cells: list[str], grid: Grid, row: int) -> list[str | None]:
    """Give unlabelled columns beside the indicator's to it: a label split over columns, or a merged header."""
    at = fields.index("indicator")
    span = next((m for m in grid.merges if m[0] == row and m[1] == at and m[3] > at), None)
    if span:
        for column in range(at + 1, span[3] + 1):
            if column < len(fields):
                fields[column] = "indicator+"
        if "group" not in fields:
            fields[at] = "group"
            fields[at + 1] = "indicator"
    elif grid.plain:
        if at > 0 and not cells[at - 1] and fields[at - 1] is None and "group" not in fields:
            fields[at - 1] = "group"
        if at + 1 < len(fields) and not cells[at + 1] and fields[at + 1] is None:
            fields[at + 1] = "indicator+"
    return fields

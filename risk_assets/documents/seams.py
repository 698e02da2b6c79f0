"""Tables of a PDF that go on on the next page, put together again: geometry and equal words, no meaning.

A program that prints a table repeats its header and its running lines on every page, cuts a row where the page ends,
shows a merged cell's text on the first of its pages only, and draws no border through a cell that is merged there: one
page may have fewer columns than the next. What cannot be told from the page alone is noticed and stays as printed.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from risk_assets.documents.model import Span
from risk_assets.documents.ruling import DIGIT, Block, is_figure_broken

_SAME = 3.0
_PAGE_NUMBER = re.compile(r"[-—–·~\s]*第?\s*\d{1,4}\s*页?[-—–·~/\s]*(?:共?\s*\d{1,4}\s*页?)?[-—–·~\s]*")
_Line = tuple[str, int]
_HIGHEST_HEADER = 4
_MOST_COLUMNS = 100
_ROOM_AT_END = 2.5  # lines that a program keeps together on the next page, though one of them had room
_FIGURE = re.compile(r"[-+]?\d[\d,\s]*(?:\.\d[\d\s]*)?%?")
_SENTENCE_END = "。；;！!？?"
_NONE: Span = (-1, -1, -1, -1)
_WORD = 4  # characters that fill a narrow column as a whole word as well as as a part of one


@dataclass
class Piece:
    """A table or a line of text as one page has it.

    Attributes:
        block: As it was found on the page.
        page: Page, from 1.
        table: Number of the table, 0 for a line of text; parts of one table have one number.
        is_running: A line of text that stands on other pages at the same height, or the number of the page.
        is_repeated: It stood on a page before, or is such a number.
        is_left_out: It is so, and stands between two parts of a table.
        header: Rows at its top that repeat the table's header.
        is_cut: Its first row below these is the rest of the row in which the part before ends; None if it may be.
        rest: What its cells add to those of the part before: row and column there, last row here, text.
        unsure: First row of the part before and last row here that may be concerned, if that is not known.
        goes_on: Merged cells that go on here: first row in the part before, first column, last row here, last column.
    """

    block: Block
    page: int
    table: int = 0
    is_running: bool = False
    is_repeated: bool = False
    is_left_out: bool = False
    header: int = 0
    is_cut: bool | None = False
    rest: list[tuple[int, int, int, str]] = field(default_factory=list)
    unsure: tuple[int, int] = (0, 0)
    goes_on: list[Span] = field(default_factory=list)


def pieces_of(pages: list[list[Block]]) -> list[Piece]:
    """Tables and lines of all pages in order, columns of the parts of one table made the same.

    Only running lines may stand between the parts of a table, of which the first occurrence follows it; any other line
    begins something else. A part that begins with a row of which nobody can say whether it is a row of its own has a
    table's number of its own.
    """
    often = Counter(_line(block) for blocks in pages for block in blocks if not block.is_table)
    seen: set[_Line] = set()
    pieces: list[Piece] = []
    chains: list[list[Piece]] = []
    after = 0  # where the last table ends
    for page, blocks in enumerate(pages, 1):
        for block in blocks:
            piece = Piece(block, page)
            if not block.is_table:
                line = _line(block)
                piece.is_running = not line[0] or often[line] > 1
                piece.is_repeated = not line[0] or line in seen
                seen.add(line)
                pieces.append(piece)
                continue
            lines = pieces[after:]
            is_next = bool(chains) and chains[-1][-1].page == page - 1 and all(line.is_running for line in lines)
            if is_next and _is_as_wide(chains[-1][-1].block, block):
                chains[-1].append(piece)
                for running in lines:
                    running.is_left_out = running.is_repeated
                pieces.insert(after, piece)
                after += 1
            else:
                chains.append([piece])
                pieces.append(piece)
                after = len(pieces)
    tables = 0
    for chain in chains:
        _align([piece.block for piece in chain])
        tables += 1
        chain[0].table = tables
        for before, piece in pairwise(chain):
            piece.header = _header(chain[0].block, piece.block)
            _look_at_seam(before, piece)
            tables += piece.is_cut is None
            piece.table = tables
    return pieces


def _line(block: Block) -> _Line:
    """A line's text and height on the page; of a page's number no text."""
    text = block.rows[0][0]
    return ("" if _PAGE_NUMBER.fullmatch(text) else text), round(block.top)


def _is_as_wide(before: Block, block: Block) -> bool:
    return abs((before.xs[-1] - before.xs[0]) - (block.xs[-1] - block.xs[0])) <= _SAME


def _align(blocks: list[Block]) -> None:
    """Give all parts of a table the columns of all of them."""
    if len(blocks) < 2:
        return
    xs: list[float] = []
    for x in sorted(x - block.xs[0] for block in blocks for x in block.xs):
        if not xs or x - xs[-1] > _SAME:
            xs.append(x)
    if len(xs) > _MOST_COLUMNS or all(len(block.xs) == len(xs) for block in blocks):
        return
    for block in blocks:
        places = [bisect_left(xs, x - block.xs[0] - _SAME) for x in block.xs]
        if places != sorted(set(places)):
            return  # columns too narrow to tell which is which
    for block in blocks:
        block.widen([bisect_left(xs, x - block.xs[0] - _SAME) for x in block.xs], [x + block.xs[0] for x in xs])


def _header(first: Block, block: Block) -> int:
    """Rows at the top that are those of the table's first part."""
    height = 0
    for mine, others in zip(block.rows[:_HIGHEST_HEADER], first.rows, strict=False):
        if _flat(mine) != _flat(others) or not any(mine):
            break
        height += 1
    return height if height < len(block.rows) else 0


def _flat(row: list[str]) -> list[str]:
    return ["".join(cell.split()) for cell in row]


def _look_at_seam(before: Piece, piece: Piece) -> None:
    """Find out how a part goes on with the one before."""
    cells = list(_cells_at_seam(before.block, piece))
    piece.is_cut = _is_cut(cells)
    unsure = [cell for cell in cells if cell.state == "open"]
    if piece.is_cut is None and unsure:
        piece.unsure = min(cell.upper[0] for cell in unsure), max(cell.lower[2] for cell in unsure)
    first_new = min(
        (cell.lower[1] for cell in cells if cell.is_tall and cell.state == "new"), default=len(piece.block.xs)
    )
    for cell in cells:
        top, left, bottom, right = cell.lower
        is_rest = piece.is_cut or (cell.is_tall and cell.state == "rest" and left < first_new)
        if cell.text and is_rest:
            piece.rest.append((cell.upper[0], left, bottom, cell.text))
            piece.block.rows[top][left] = ""
        if cell.upper[3] != right or (cell.text and not is_rest):
            continue
        is_likely = cell.is_tall or left == 0 or piece.is_cut is None
        if bottom > top or (not piece.is_cut and is_likely):
            piece.goes_on.append((cell.upper[0], left, bottom, right))


@dataclass
class _Cell:
    """A cell at the top of a page with the one above it on the page before: where they stand, and what it may be.

    Attributes:
        upper: Cell of the part before; all -1 where its columns are others.
        lower: Cell of this part.
        text: Its text.
        state: `blank`; `rest` of a text that had no more room above, `open` if that may be; else `new`.
    """

    upper: Span
    lower: Span
    text: str
    state: str

    @property
    def is_tall(self) -> bool:
        """Merged over rows on one of the pages, so that its text is cut wherever the page ends."""
        return self.upper[0] < self.upper[2] or self.lower[0] < self.lower[2]


def _cells_at_seam(before: Block, piece: Piece) -> Iterator[_Cell]:
    block, top = piece.block, piece.header
    above = {span[1]: span for span in before.spans_to(len(before.rows) - 1)}
    below = [span for span in block.spans_to(top) if span[0] == top]
    for lower in below + [span for span in block.merges if span[0] == top < span[2]]:
        upper = above.get(lower[1], _NONE)
        if upper[3] != lower[3]:
            upper = _NONE
        text = block.rows[top][lower[1]]
        yield _Cell(upper, lower, text, _state(before, block, upper, lower, text))


def _state(before: Block, block: Block, upper: Span, lower: Span, text: str) -> str:
    if not text or upper == _NONE:
        return "new" if text else "blank"
    end, said = before.ends.get(upper[1]), before.rows[upper[0]][upper[1]]
    if end is None:
        return "open"
    is_full = end.slack < block.begins[lower[0], lower[1]] + end.height
    is_figure, is_word = bool(_FIGURE.fullmatch(said)), len(said) <= _WORD
    if is_figure and _FIGURE.fullmatch(text):
        is_full = end.slack < end.height * DIGIT and lower[1] > 0
    if end.room > end.height * (_ROOM_AT_END if is_full and not is_word else 1):
        return "new"
    if is_figure or is_word:
        return "open" if is_full else "new"
    return "rest" if is_full and said[-1] not in _SENTENCE_END else "open"


def _is_cut(cells: list[_Cell]) -> bool | None:
    """Whether a page's first row is the rest of a row: its texts go on where those above had no more room.

    None where that may be, but nothing shows it.
    """
    filled = [cell for cell in cells if cell.text]
    if any(cell.state == "new" for cell in filled):
        return False
    own = [cell for cell in filled if not cell.is_tall]
    return any(cell.state == "rest" for cell in own or filled) or (None if filled else False)


def rows_of(pieces: list[Piece]) -> dict[str, Any]:
    """All pieces as the rows of one grid; repeated headers and the rests of cut rows are lines, but no rows.

    Returns:
        `rows`; of each row `blocks` (its table), `pages`, `lines`, `tops` (the line with which its table begins on the
        page); `merges`, `line_count`; `joined` (row, what it lacked) for each row of a cell that a page's end has cut;
        `perhaps` (first and last row that may be concerned, text of the last) where nobody can tell.
    """
    rows: list[list[str]] = []
    found: dict[str, list[Any]] = {name: [] for name in ("blocks", "pages", "lines", "tops", "joined", "perhaps")}
    spans: list[Span] = []
    places: list[int] = []  # rows of the table before as rows of the grid
    line = 1
    for piece in pieces:
        if piece.is_left_out:
            line += 1
            continue
        block, first = piece.block, piece.header + bool(piece.is_cut)
        here = [places[-1] if places else -1] * first + [len(rows) + i for i in range(len(block.rows) - first)]
        if piece.is_cut is None:
            start, end = piece.unsure
            found["perhaps"].append((places[start], here[end], " ".join(filter(None, block.rows[first]))))
        for above, column, bottom, text in piece.rest:
            cells = rows[places[above]]
            between = "" if not cells[column] or is_figure_broken(cells[column], text) else "\n"
            cells[column] += between + text
            found["joined"] += [(row, text) for row in range(places[above], max(places[above], here[bottom]) + 1)]
        spans += [(here[a], b, here[c], d) for a, b, c, d in block.merges if a >= piece.header]
        spans += [(places[a], b, here[c], d) for a, b, c, d in piece.goes_on]
        rows += block.rows[first:]
        count = len(block.rows) - first
        found["blocks"] += [piece.table] * count
        found["pages"] += [piece.page] * count
        found["lines"] += range(line + first, line + len(block.rows))
        found["tops"] += [line] * count
        line += len(block.rows)
        if block.is_table:
            places = here
    return {"rows": rows, "merges": _united(spans), "line_count": line - 1, **found}


def _united(spans: list[Span]) -> list[Span]:
    """Spans over the same columns that share a row, as one."""
    united: list[Span] = []
    for top, left, bottom, right in sorted(spans, key=lambda span: (span[1], span[3], span[0])):
        if united and united[-1][1::2] == (left, right) and united[-1][2] >= top:
            united[-1] = (united[-1][0], left, max(bottom, united[-1][2]), right)
        else:
            united.append((top, left, bottom, right))
    return sorted(span for span in united if span[:2] != span[2:])

"""Lines and characters of a page → its tables and its lines of text: geometry alone, no file format.

Lengths are points, x to the right and y downwards.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from risk_assets.documents.model import Span

_TOUCH = 3.0  # a line that ends this near another meets it: double borders, dashes, rounded corners
_ROW = 4.0  # rows and columns that no character fits into are thick or crooked lines
_COLUMN = 6.0
_SHORTEST = 5.0
_MOST_CELLS = 100_000
_CLOSING, _OPENING = frozenset("，。、；：？！”’）》」』】％,.;:?!)%"), frozenset("“‘（《「『【(")
_IN_FIGURE, _IN_FIGURE_OR_AFTER = frozenset("0123456789.,-－+"), frozenset("0123456789.,%％")
DIGIT = 0.75  # width of a digit by its height
_FIRST_ROWS = 5  # of a page: the header that is repeated there, and the row below it


class Edge(NamedTuple):
    """A horizontal line at height `at`, or a vertical one at `at` from the left."""

    at: float
    start: float
    end: float


class Char(NamedTuple):
    """A character in its box."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


class End(NamedTuple):
    """How a cell's text ends: the room below its last line and at that line's right, and how high the line is."""

    room: float
    slack: float
    height: float


@dataclass
class Block:
    """A table with its merged cells, or with `is_table` false a line of text as one cell.

    Attributes:
        top: Its upper border.
        left: Its left border.
        rows: Its cells.
        merges: Its merged cells.
        is_table: Whether it is a table.
        xs: Borders of a table's columns.
        ends: How the texts of the cells end that reach a table's last row, by column.
        begins: How long the first word is of each cell in a table's first rows, by row and column.
    """

    top: float
    left: float
    rows: list[list[str]]
    merges: list[Span] = field(default_factory=list)
    is_table: bool = False
    xs: list[float] = field(default_factory=list)
    ends: dict[int, End] = field(default_factory=dict)
    begins: dict[tuple[int, int], float] = field(default_factory=dict)

    def spans_to(self, row: int) -> list[Span]:
        """Cells that end in a row, from left to right, merged or not."""
        width = len(self.rows[row])
        reaching = sorted(span[1:2] + span for span in self.merges if span[0] <= row <= span[2])
        spans, at = [], 0
        for _, *span in reaching:
            spans += [(row, j, row, j) for j in range(at, span[1])]
            spans += [(span[0], span[1], span[2], span[3])] if span[2] == row else []
            at = span[3] + 1
        return spans + [(row, j, row, j) for j in range(at, width)]

    def widen(self, places: list[int], xs: list[float]) -> None:
        """Give a table more columns: `places` are the numbers of its own borders among the new ones."""
        merged = {span[:2] for span in self.merges}
        covered = {(i, j) for a, b, c, d in self.merges for i in range(a, c + 1) for j in range(b, d + 1)}
        spans = [(a, places[b], c, places[d + 1] - 1) for a, b, c, d in self.merges]
        spans += [
            (i, places[j], i, places[j + 1] - 1)
            for i, row in enumerate(self.rows)
            for j in range(len(row))
            if places[j + 1] - places[j] > 1 and (i, j) not in covered and (i, j) not in merged
        ]
        rows = [[""] * (len(xs) - 1) for _ in self.rows]
        for i, row in enumerate(self.rows):
            for j, text in enumerate(row):
                rows[i][places[j]] = text
        self.rows, self.merges, self.xs = rows, sorted(spans), xs
        self.ends = {places[j]: end for j, end in self.ends.items()}
        self.begins = {(i, places[j]): width for (i, j), width in self.begins.items()}


@dataclass
class _Frame:
    """A ruled table: its columns' and rows' borders, and for each elementary cell the span that it belongs to."""

    xs: list[float]
    ys: list[float]
    spans: dict[tuple[int, int], Span]

    @property
    def area(self) -> float:
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def span_at(self, x: float, y: float) -> Span | None:
        return self.spans.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))


def blocks(horizontal: list[Edge], vertical: list[Edge], chars: Iterable[Char]) -> list[Block]:
    """Tables and lines of text from top to bottom."""
    frames = sorted(_frames(_joined(horizontal), _joined(vertical)), key=lambda frame: frame.area)
    inside: list[dict[Span, list[Char]]] = [defaultdict(list) for _ in frames]
    outside = []
    for char in chars:
        x, y = (char.left + char.right) / 2, (char.top + char.bottom) / 2
        for frame, cells in zip(frames, inside, strict=True):
            if span := frame.span_at(x, y):
                cells[span].append(char)
                break
        else:
            outside.append(char)
    found = [_table(frame, cells) for frame, cells in zip(frames, inside, strict=True) if cells]
    found += [
        Block(sum(c.top + c.bottom for c in line) / len(line) / 2, line[0].left, [[text]])
        for line in _lines(outside)
        if (text := _text(line))
    ]
    return sorted(found, key=lambda block: (block.top, block.left))


def _table(frame: _Frame, cells: dict[Span, list[Char]]) -> Block:
    rows = [[""] * (len(frame.xs) - 1) for _ in frame.ys[1:]]
    merges = sorted({span for span in frame.spans.values() if span[:2] != span[2:]})
    block = Block(frame.ys[0], frame.xs[0], rows, merges, is_table=True, xs=frame.xs)
    for (top, left, bottom, right), chars in cells.items():
        lines = [line for line in _lines(chars) if _text(line)]
        rows[top][left] = _cell_text(lines, frame.xs[left], frame.xs[right + 1])
        if lines and bottom == len(rows) - 1:
            block.ends[left] = _end(lines, frame.ys[-1], frame.xs[left], frame.xs[right + 1])
        if lines and top < _FIRST_ROWS:
            block.begins[top, left] = _first_word(lines[0])
    return block


def _cell_text(lines: list[list[Char]], left: float, right: float) -> str:
    """Lines of a cell; a figure that a narrow column breaks (`29.0`, `0%`) is whole, two under each other stay two."""
    margin = max(min(line[0].left for line in lines) - left, 0)
    text = _text(lines[0])
    for line, following in pairwise(lines):
        slack = right - max(char.right for char in line if not char.text.isspace()) - margin
        words = _text(following)
        is_broken = is_figure_broken(text, words) and slack < DIGIT * (line[0].bottom - line[0].top)
        text += words if is_broken else f"\n{words}"
    return text


def is_figure_broken(text: str, following: str) -> bool:
    """Whether a text may end within a figure that goes on with what follows."""
    return text[-1:] in _IN_FIGURE and following[:1] in _IN_FIGURE_OR_AFTER


def _end(lines: list[list[Char]], floor: float, left: float, right: float) -> End:
    """How a cell's text ends; its margin at the right is taken to be that at its left."""
    last = [char for char in lines[-1] if not char.text.isspace()]
    margin = min(line[0].left for line in lines) - left
    bottom, top = max(char.bottom for char in last), min(char.top for char in last)
    return End(floor - bottom, right - max(char.right for char in last) - max(margin, 0), bottom - top)


def _first_word(line: list[Char]) -> float:
    """Length of what no line break parts: a word or figure, or one character, with the marks that cling to it."""
    chars = [char for char in line if not char.text.isspace()]
    end = 0
    while end + 1 < len(chars) and (
        chars[end + 1].text in _CLOSING
        or chars[end].text in _OPENING
        or (chars[end].text.isascii() and chars[end + 1].text.isascii())
    ):
        end += 1
    return chars[end].right - chars[0].left


def _lines(chars: list[Char]) -> list[list[Char]]:
    """Characters by line, from left to right: those that stand at one height for at least half of the lower one."""
    lines: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: c.top + c.bottom):
        if lines:
            first = lines[-1][0]
            common = min(first.bottom, char.bottom) - max(first.top, char.top)
            if common * 2 >= min(first.bottom - first.top, char.bottom - char.top):
                lines[-1].append(char)
                continue
        lines.append([char])
    return [sorted(line, key=lambda c: c.left) for line in lines]


def _text(line: list[Char]) -> str:
    """A line's text; a gap between Latin words, or one wider than a character is high, is a space."""
    text = ""
    last: Char | None = None
    for char in line:
        if last is not None:
            gap, height = char.left - last.right, char.bottom - char.top
            if char.text == last.text and char.left - last.left < (char.right - char.left) * 0.3:
                continue  # bold type as some printers make it: the character once more, a hair's breadth aside
            is_word = last.text.isascii() and last.text.isalnum() and char.text.isascii() and char.text.isalnum()
            if gap > height or (is_word and gap > height * 0.2):
                text += " "
        text += char.text
        last = char
    return " ".join(text.split())


def _joined(edges: list[Edge]) -> list[Edge]:
    """Pieces of one line put together: dashes, the borders of neighbouring cells, double lines."""
    joined: list[Edge] = []
    group: list[Edge] = []
    for edge in [*sorted(edges), Edge(float("inf"), 0, 0)]:
        if group and edge.at - group[-1].at > _TOUCH / 2:
            at = sum(e.at for e in group) / len(group)
            pieces = sorted((e.start, e.end) for e in group)
            start, end = pieces[0]
            for piece in pieces[1:]:
                if piece[0] <= end + _TOUCH:
                    end = max(end, piece[1])
                else:
                    joined.append(Edge(at, start, end))
                    start, end = piece
            joined.append(Edge(at, start, end))
            group = []
        group.append(edge)
    return [edge for edge in joined if edge.end - edge.start >= _SHORTEST]


def _frames(horizontal: list[Edge], vertical: list[Edge]) -> list[_Frame]:
    """Lines that touch each other are one table, if they part at least two cells."""
    group = list(range(len(horizontal) + len(vertical)))

    def root(number: int) -> int:
        while group[number] != number:
            group[number] = number = group[group[number]]
        return number

    places = [edge.at for edge in vertical]
    for h, edge in enumerate(horizontal):
        for v in range(bisect_right(places, edge.start - _TOUCH), bisect_right(places, edge.end + _TOUCH)):
            if vertical[v].start - _TOUCH <= edge.at <= vertical[v].end + _TOUCH:
                group[root(len(horizontal) + v)] = root(h)
    tables: dict[int, tuple[list[Edge], list[Edge]]] = defaultdict(lambda: ([], []))
    for number, edge in enumerate(horizontal + vertical):
        tables[root(number)][number >= len(horizontal)].append(edge)
    return [frame for across, down in tables.values() if across and down and (frame := _frame(across, down))]


def _frame(across: list[Edge], down: list[Edge]) -> _Frame | None:
    """A table may be open at its sides: then its lines' ends are its border."""
    xs = _places([e.at for e in down] + [min(e.start for e in across), max(e.end for e in across)], _COLUMN)
    ys = _places([e.at for e in across] + [min(e.start for e in down), max(e.end for e in down)], _ROW)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) > _MOST_CELLS:
        return None
    above, before = _walls(across, ys, xs), _walls(down, xs, ys)
    spans: dict[tuple[int, int], Span] = {}
    for i in range(len(ys) - 1):
        for j in range(len(xs) - 1):
            if (i, j) not in spans:
                spans.update(_span((i, j), (len(ys) - 1, len(xs) - 1), above, before))
    return _Frame(xs, ys, spans) if len(set(spans.values())) > 1 else None


def _places(values: list[float], nearest: float) -> list[float]:
    places: list[list[float]] = []
    for value in sorted(values):
        if places and value - places[-1][0] < nearest:
            places[-1].append(value)
        else:
            places.append([value])
    return [sum(group) / len(group) for group in places]


def _walls(edges: list[Edge], places: list[float], crossing: list[float]) -> set[tuple[int, int]]:
    """Which stretches between two crossing borders are drawn: number of the line's place, number of the stretch."""
    middles = [(a + b) / 2 for a, b in pairwise(crossing)]
    walls = set()
    for edge in edges:
        place = min(range(len(places)), key=lambda k: abs(places[k] - edge.at))
        walls |= {(place, k) for k in range(bisect_right(middles, edge.start), bisect_right(middles, edge.end))}
    return walls


def _span(
    start: tuple[int, int], size: tuple[int, int], above: set[tuple[int, int]], before: set[tuple[int, int]]
) -> dict[tuple[int, int], Span]:
    """Elementary cells with no wall between them; where they make no rectangle a border is missing, and each stays."""
    seen, waiting = {start}, [start]
    while waiting:
        i, j = waiting.pop()
        for cell, wall in (
            ((i - 1, j), (i, j) in above),
            ((i + 1, j), (i + 1, j) in above),
            ((i, j - 1), (j, i) in before),
            ((i, j + 1), (j + 1, i) in before),
        ):
            if not wall and cell not in seen and 0 <= cell[0] < size[0] and 0 <= cell[1] < size[1]:
                seen.add(cell)
                waiting.append(cell)
    top, bottom = min(i for i, _ in seen), max(i for i, _ in seen)
    left, right = min(j for _, j in seen), max(j for _, j in seen)
    if len(seen) < (bottom - top + 1) * (right - left + 1):
        return {(i, j): (i, j, i, j) for i, j in seen}
    return dict.fromkeys(seen, (top, left, bottom, right))

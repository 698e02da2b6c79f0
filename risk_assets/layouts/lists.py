"""Tables of a text in which every cell has a line of its own, put back into rows."""

from risk_assets.documents import Grid
from risk_assets.language.areas import is_area, is_total
from risk_assets.language.numbers import figure, is_nothing, number
from risk_assets.language.status import read_status
from risk_assets.language.text import squeezed
from risk_assets.layouts.headers import Covered, Header, find_header
from risk_assets.layouts.vocabulary import field_of

_FEWEST = 3
_LONGEST = 30


def regrouped(grid: Grid) -> Grid:
    """A text with its lists of cells put into rows; any other grid as it is.

    Three or more lines in a row that are header words, and together a header, open such a list. A row begins with the
    next number, or with an area where there is no number; as many lines as the header has are a row. Fewer are told
    by their content; where that does not decide, the row keeps the cells it has and is set aside as too short.
    """
    if not grid.plain or grid.lines or sum(len(row) == 1 for row in grid.rows) < _FEWEST * _FEWEST:
        return grid
    rows: list[list[str]] = []
    lines: list[int] = []
    i = 0
    while i < len(grid.rows):
        areas = _areas(grid, i)
        if areas:
            for first, cells in areas:
                rows.append(cells)
                lines.append(first + 1)
            i = areas[-1][0] + len(areas[-1][1])
            continue
        header = _header(grid, i)
        if header is None:
            rows.append(grid.rows[i])
            lines.append(i + 1)
            i += 1
            continue
        width = len(header.fields)
        rows.append([grid.rows[j][0] for j in range(i, i + width)])
        lines.append(i + 1)
        i += width
        while i < len(grid.rows):
            end = _end(grid, i, header, rows[-1])
            if end == i:
                break
            cells = [grid.rows[j][0] for j in range(i, end)]
            rows.append(_row(cells, header))
            lines.append(i + 1)
            i = end
    if len(rows) == len(grid.rows):
        return grid
    return Grid(
        grid.sheet, rows, plain=True, file=grid.file, lines=lines, line_count=len(grid.rows), source=grid.source
    )


def _one(grid: Grid, i: int) -> str:
    """The text of a line of one cell, `""` where there is none."""
    return grid.rows[i][0] if i < len(grid.rows) and len(grid.rows[i]) == 1 else ""


def _areas(grid: Grid, i: int) -> list[tuple[int, list[str]]]:
    """A list of areas each with as many figures below it, with its header: first line and cells of each row."""
    if field_of(_one(grid, i)) != "area":
        return []
    first = i + 1
    while (
        first < i + _LONGEST and _one(grid, first) and not (is_area(_one(grid, first)) or is_total(_one(grid, first)))
    ):
        first += 1
    width = 1
    while _is_value(_one(grid, first + width)):
        width += 1
    leaves = first - width + 1
    if width < 2 or leaves <= i or leaves - i > 2:
        return []
    rows: list[tuple[int, list[str]]] = []
    at = first
    while (is_area(_one(grid, at)) or is_total(_one(grid, at)) or rows) and all(
        _is_value(_one(grid, at + k)) for k in range(1, width)
    ):
        if not _one(grid, at) or _is_value(_one(grid, at)):
            break
        rows.append((at, [_one(grid, at + k) for k in range(width)]))
        at += width
    if len(rows) < _FEWEST:
        return []
    words = [_one(grid, j) for j in range(leaves, first)]
    if leaves - i == 1:
        return [(i, [_one(grid, i), *words]), *rows]
    upper = [_one(grid, i), *[_one(grid, i + 1)] * (width - 1)]
    return [(i, upper), (leaves, ["", *words]), *rows]


def _is_value(text: str) -> bool:
    return bool(text) and (figure(text) is not None or is_nothing(text))


def _header(grid: Grid, i: int) -> Header | None:
    words: list[str] = []
    for row in grid.rows[i:]:
        if len(row) != 1 or not row[0] or len(row[0]) > _LONGEST or not field_of(row[0]):
            break
        words.append(row[0])
    for width in range(len(words), _FEWEST - 1, -1):
        below = [[row[0]] for row in grid.rows[i + width : i + 40 * width] if len(row) == 1 and row[0]]
        sample = [[cell[0] for cell in below[k : k + width]] for k in range(0, len(below), width)]
        none: Covered = {}
        header = find_header(Grid(None, [words[:width], *sample], plain=True), 0, none)
        if header and header.height == 1:
            return header
    return None


def _begins(text: str, header: Header, expected: int | None) -> bool:
    """Whether a line can be the first cell of a row."""
    first = header.fields[0]
    if first == "number":
        value = number(text.rstrip("、."))
        return value is not None and value == expected
    if first == "area":
        return is_area(text) or is_total(text)
    return bool(text)


def _end(grid: Grid, i: int, header: Header, before: list[str]) -> int:
    """Where the row that begins in a line ends; the line itself where none begins there."""
    width = len(header.fields)
    counted = header.fields[0] == "number"
    last = number(before[0].rstrip("、.")) if counted and before else None
    expected = int(last) + 1 if last is not None else 1
    start = i
    while start < len(grid.rows) and len(grid.rows[start]) == 1 and not grid.rows[start][0]:
        start += 1
    if start >= len(grid.rows) or len(grid.rows[start]) != 1 or start > i + 2:
        return i
    if not _begins(grid.rows[start][0], header, expected if counted else None):
        return i
    if header.fields[0] not in ("number", "area"):
        end = start + width
        whole = end <= len(grid.rows) and all(len(row) == 1 for row in grid.rows[start:end])
        return end if whole else i
    end = start + 1
    while end < len(grid.rows) and len(grid.rows[end]) == 1:
        text = grid.rows[end][0]
        if _begins(text, header, expected + 1 if counted else None) and end - start >= min(width, _FEWEST):
            break
        if squeezed(text).startswith("附件") or (not text and end - start >= width):
            break
        if end - start >= 2 * width:
            break
        end += 1
    while end > start + 1 and not grid.rows[end - 1][0] and end - start > width:
        end -= 1
    return end


def _row(cells: list[str], header: Header) -> list[str]:
    """Cells in the order of the header's columns."""
    width = len(header.fields)
    while cells and not cells[0]:
        cells = cells[1:]
    if len(cells) == width:
        return cells
    filled = [cell for cell in cells if cell]
    if len(filled) == width:
        return filled
    if len(filled) > width:
        return filled
    placed = _by_content(filled, header)
    return placed or filled


def _by_content(filled: list[str], header: Header) -> list[str] | None:
    """Fewer cells than columns: each placed in the next column that can hold it, if there is one way only."""
    ways: list[list[str]] = []

    def place(k: int, j: int, row: list[str]) -> None:
        if len(ways) > 1:
            return
        if k == len(filled):
            ways.append(row + [""] * (len(header.fields) - len(row)))
            return
        for column in range(j, len(header.fields) - (len(filled) - k) + 1):
            if _can_hold(header, column, filled[k]):
                place(k + 1, column + 1, [*row, *[""] * (column - len(row)), filled[k]])

    place(0, 0, [])
    return ways[0] if len(ways) == 1 else None


def _can_hold(header: Header, column: int, cell: str) -> bool:
    name = header.fields[column]
    is_status = read_status(cell).how == "word"
    if name == "status":
        return is_status
    if name == "number":
        return number(cell.rstrip("、.")) is not None
    if name == "attainment":
        return "%" in squeezed(cell) or squeezed(cell) in ("/", "-", "暂无")
    if name == "area":
        return is_area(cell) or is_total(cell)
    if header.kind != "items" and name is None:
        return figure(cell) is not None
    return not is_status and "%" not in squeezed(cell)[-1:]

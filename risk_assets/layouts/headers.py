"""Header rows: which kind of table they open, and which column holds what.

A header has one to four rows, merged or not. Three kinds of tables are told apart: items × fields (`items`),
areas × measures (`areas`) and measures × areas (`measures`). A word that nobody knows is kept, to be found unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.documents import Grid
from risk_assets.documents.model import Span
from risk_assets.language.areas import is_area, is_total
from risk_assets.language.numbers import figure, is_nothing
from risk_assets.language.status import read_status
from risk_assets.language.text import header_word, squeezed, tidy
from risk_assets.layouts.vocabulary import field_of, measure_of, special_words, unit_in, units, without_period

AREAS, MEASURES, ITEMS = "areas", "measures", "items"
_LONGEST_HEADER = 40
_MOST_ROWS = 4
_MOST_WIDE_ROWS = 7
_REMNANT = 2
_SAMPLE = 12
_FIGURES = {"progress", "attainment", "done", "status"}
_TASKS = {"indicator", "goal", "content", "target"}
# A table of areas may carry these beside its figures; every other column of it holds figures.
_BESIDE_FIGURES = {
    "number",
    "area",
    "group",
    "remark",
    "problems",
    "person",
    "responsible",
    "partner",
    "deadline",
    "unit",
}
_COUNTED = re.compile(r"[甲乙丙丁戊]|\(?\d{1,2}\)?(?:=.{1,20})?|[一二三四五六七八九十]{1,2}|[A-Z]|栏次")
_AREA_LIKE = re.compile(
    r"(?!全|各|本|市区|城区|辖区|地区|改造|整治|新建|新增|建设|建成|完成|创建|打造|推进|实施|提升|培育)"
    r"[一-鿿]{1,10}(?:县|(?<![小社校街片库厂户置])区|(?<!超)市|州|旗|盟)"
)
_BRACKETED = re.compile(r"[+-]?\d[\d,.]*%?\([+-]?\d[\d,.]*%?\)")
_ONE_MONTH = re.compile(r"(?:20\d\d年)?\d{1,2}月(?!底|末|止|\d)|当月|本月")
_YEARS = re.compile(r"20\d\d(?=年)")
_INTERIM = re.compile(r"\d{1,2}月|季度|上半年|序时|时序|当前|阶段")
_SINCE_JANUARY = re.compile(r"累计|1[-至~]\d{1,2}月|\d{1,2}月(?:底|末)|截至")
_OFFICE = re.compile(r"(?:局|委|办|办公室|中心|公司|政府|管委会|集团|学校|医院|部|厅|院|所|队|联|会|行|社)$")
Covered = dict[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Header:
    """A recognised header.

    Attributes:
        kind: `items`, `areas` or `measures`.
        layout: Id of the layout.
        fields: Field of each column of an items table and of those beside the figures elsewhere; `indicator+` and
            `group+` are unlabelled neighbours that belong to it.
        words: Header words of each column from top to bottom, as printed.
        unknown: Columns whose header nobody knows, with its words.
        height: Rows that the header takes.
        percent: The ratio column's header carries the % sign.
        fused: Columns whose header holds the words of several fields, with these fields.
    """

    kind: str
    layout: str
    fields: tuple[str | None, ...]
    words: tuple[tuple[str, ...], ...]
    unknown: tuple[tuple[int, str], ...]
    height: int
    percent: bool
    fused: tuple[tuple[int, tuple[str, ...]], ...] = ()


def is_header_remnant(cells: list[str]) -> bool:
    """Whether a row holds words of headers only, though too broken to be one."""
    filled = [cell for cell in cells if cell]
    known = sum(map(_is_special, filled))
    return known >= _REMNANT and 2 * known >= len(filled)


@lru_cache(maxsize=65536)
def _is_special(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEADER and header_word(cell) in special_words()


def find_header(grid: Grid, row: int, covered: Covered, is_free: bool = True) -> Header | None:
    """The header that begins in a row, or None.

    Args:
        grid: Sheet or text.
        row: Row from 0.
        covered: Cells that merged ranges cover, each with the range's first cell.
        is_free: The row does not follow rows of an open table, so that its words need not be known.
    """
    filled = [cell for cell in grid.rows[row] if cell]
    if len(filled) < 2 or not all(map(_may_be_word, filled)):
        return None
    if not is_free and 2 * sum(map(_may_open, filled)) < len(filled):
        return None
    highest = _height(grid, row, covered)
    known = _known(grid, row, highest)
    if known is not None:
        return known
    best: Header | None = None
    for height in range(1, highest + 1):
        header = _header(grid, row, height, covered)
        if header and (best is None or _rank(header) >= _rank(best)):
            best = header
    if best is None or _holds_areas(grid, row, best):
        return _wide(grid, row, covered) or best
    return best


def _known(grid: Grid, row: int, highest: int) -> Header | None:
    """The header of a layout known in person that leaves no word unknown; counties send the same one every month."""
    rows = tuple(tuple(cells) for cells in grid.rows[row : row + highest])
    merges = tuple(
        (top - row, left, bottom - row, right) for top, left, bottom, right in grid.merges if row <= top < row + highest
    )
    return _known_rows(rows, merges, grid.plain)


@lru_cache(maxsize=1024)
def _known_rows(rows: tuple[tuple[str, ...], ...], merges: tuple[Span, ...], plain: bool) -> Header | None:
    grid = Grid(None, [list(cells) for cells in rows], list(merges), plain=plain)
    covered = covered_cells(grid)
    found = [_special(_paths(grid, 0, height, covered), grid, 0, height) for height in range(1, len(rows) + 1)]
    fitting = [header for header in found if header and not header.unknown]
    return max(fitting, key=_rank, default=None)


def covered_cells(grid: Grid) -> Covered:
    """Cells that a merged range covers, each with the range's first cell."""
    return {
        (i, j): (top, left)
        for top, left, bottom, right in grid.merges
        for i in range(top, min(bottom, len(grid.rows) - 1) + 1)
        for j in range(left, min(right, len(grid.rows[i]) - 1) + 1)
        if (i, j) != (top, left)
    }


def _holds_areas(grid: Grid, row: int, header: Header) -> bool:
    """Whether what an items table takes for its tasks are areas, or it has neither target nor status nor share."""
    if "indicator" not in header.fields:
        return False
    at = header.fields.index("indicator")
    if _content(grid, row + header.height, at) in ("areas", "numbers"):
        return True
    taken = set(header.fields)
    return "area" not in taken and not taken & {"target", "attainment", "status", "progress"} and not header.fused


@lru_cache(maxsize=65536)
def _may_be_word(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEADER and not is_data(cell)


@lru_cache(maxsize=65536)
def _may_open(cell: str) -> bool:
    return bool(field_of(cell)) or is_area(cell) or header_word(cell) in special_words() or bool(_split(cell))


def _rank(header: Header) -> tuple[int, int]:
    return len({name for name in header.fields if name}) - len(header.unknown), -len(header.unknown)


def _height(grid: Grid, row: int, covered: Covered) -> int:
    """Rows that the header may take: what its merged cells reach, and rows below that hold header words only."""
    reach = row
    for span in grid.merges:
        if span[0] == row and span[2] < row + _MOST_ROWS:
            reach = max(reach, span[2])
    height = 1
    while height < _MOST_ROWS and row + height < len(grid.rows):
        below = row + height
        if grid.blocks and grid.blocks[below] != grid.blocks[row]:
            break
        own = [cell for cell in grid.rows[below] if cell and not cell.isspace()]
        if (
            (below <= reach and all(len(cell) <= _LONGEST_HEADER for cell in own))
            or _is_lower(grid, below, row, covered)
            or _is_counted(own)
        ):
            height += 1
        else:
            break
    return height


def _is_counted(own: Sequence[str]) -> bool:
    """A row that numbers the columns (`甲 1 2 3`), part of the header where it is."""
    return len(own) >= 3 and own[0] in ("甲", "栏次") and all(_COUNTED.fullmatch(squeezed(cell)) for cell in own)


def _is_lower(grid: Grid, row: int, first: int, covered: Covered) -> bool:
    """Whether a row goes on with the header above it: words of fields or measures, no figure, no row of its own."""
    cells = grid.rows[row]
    own = [cell for cell in cells if cell and not cell.isspace()]
    if len(own) < 2 or any(len(cell) > _LONGEST_HEADER or is_data(cell) for cell in own):
        return False
    if any((row, j) in covered and covered[row, j][0] < first for j in range(len(cells))):
        return False
    known = sum(bool(field_of(cell) or measure_of(cell)) for cell in own)
    again = {squeezed(cell) for cell in own} <= {squeezed(cell) for cell in grid.rows[first]}
    return known >= 2 and 2 * known >= len(own) and not again and not any(map(is_area, own[:2]))


def _paths(grid: Grid, row: int, height: int, covered: Covered) -> list[tuple[str, ...]]:
    """Words over each column from top to bottom; a word over several columns belongs to each of them."""
    width = max(len(grid.rows[i]) for i in range(row, row + height))
    paths: list[list[str]] = [[] for _ in range(width)]
    for i in range(row, row + height):
        cells = [*grid.rows[i], *[""] * (width - len(grid.rows[i]))]
        cells = _spread(cells) if grid.plain else cells
        if _is_counted([cell for cell in cells if cell]):
            continue
        below = grid.rows[i + 1] if i + 1 < row + height else []
        left = ""
        for j in range(width):
            text = tidy(cells[j])
            if not text and (i, j) in covered:
                top, origin = covered[i, j]
                text = tidy(grid.rows[top][origin]) if top == i else ""
            elif not text and left and j < len(below) and below[j] and j and below[j - 1]:
                text = left  # an upper word over several columns, not merged
            left = text or (left if j < len(below) and below[j] else "")
            if text and (not paths[j] or paths[j][-1] != text):
                paths[j].append(text)
    return [tuple(path) for path in paths]


def _spread(cells: list[str]) -> list[str]:
    """Header cells with fused ones taken apart, where unlabelled columns at the end leave room for it."""
    for j in range(len(cells) - 1, -1, -1):
        pieces = _split(cells[j]) if cells[j] else ()
        if pieces and not any(cells[len(cells) - len(pieces) + 1 :]):
            cells = [*cells[:j], *pieces, *cells[j + 1 : len(cells) - len(pieces) + 1]]
    return cells


def _header(grid: Grid, row: int, height: int, covered: Covered) -> Header | None:
    paths = _paths(grid, row, height, covered)
    if grid.plain:
        paths = _joined(paths)
    if not any(len(path) for path in paths):
        return None
    fields, fused = _general(paths, grid, row + height)
    special = _special(paths, grid, row, height)
    general = _items(paths, fields, fused, height, grid, row)
    if special and (general is None or _covers(special, general)):
        return special
    return general


def _covers(special: Header, general: Header) -> bool:
    return len(special.unknown) <= len(general.unknown) and not (general.fused and not special.fused)


def _joined(paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Put a word together that a narrow column or a broken text has split over two columns."""
    paths = list(paths)
    for j in range(len(paths) - 1):
        left, right = paths[j], paths[j + 1]
        if len(left) == len(right) == 1 and not field_of(left[0]) and not field_of(right[0]):
            whole = left[0] + right[0]
            if field_of(whole) and header_word(whole) not in special_words():
                continue
            if header_word(whole) in special_words() or _split(whole):
                paths[j], paths[j + 1] = (whole,), ()
    return paths


@cache
def _exact() -> frozenset[str]:
    words = {header_word(w) for row in reference.table("layouts/columns") for w in reference.listed(row["headers"])}
    return frozenset(word for word in words if len(word) > 1)


@cache
def _split(text: str) -> tuple[str, ...]:
    """The known header words that a fused one is made of (`占年度任务之比投入资金备注`), or `()`."""
    flat = squeezed(text)
    if header_word(flat) in _exact() or field_of(flat) or len(flat) < 4:
        return ()
    found = _pieces(flat)
    return found if len(found) > 1 else ()


def _pieces(flat: str) -> tuple[str, ...]:
    if not flat:
        return ()
    for end in range(len(flat), 1, -1):
        if flat[:end] in _exact():
            if end == len(flat):
                return (flat,)
            rest = _pieces(flat[end:])
            if rest:
                return (flat[:end], *rest)
    return ()


def _field(path: tuple[str, ...]) -> str:
    """Field of a column by its words: the whole, then the lowest, then the one above it with it, then the upper."""
    if not path:
        return ""
    lowest = field_of(path[-1])
    if lowest or len(path) == 1:
        return lowest
    return field_of("".join(path)) or next((f for f in map(field_of, reversed(path[:-1])) if f), "")


def _general(
    paths: list[tuple[str, ...]], grid: Grid, below: int
) -> tuple[list[str | None], list[tuple[int, tuple[str, ...]]]]:
    """Fields of the columns by words that any layout may use."""
    fields: list[str | None] = [_field(path) or None for path in paths]
    fused: list[tuple[int, tuple[str, ...]]] = []
    for j, path in enumerate(paths):
        if fields[j] is None and path and grid.plain:
            pieces = _split("".join(path))
            if pieces:
                fused.append((j, tuple(filter(None, map(field_of, pieces)))))
    for j, path in enumerate(paths[:5]):
        word = header_word(path[-1]) if path else ""
        if (
            word in ("单位", "指标", "名称", "项目", "单位名称", "报送单位", "填报单位")
            or (path and fields[j] is None)
            or (not path and j == 0)
        ):
            content = _content(grid, below, j)
            if content == "areas" or (content == "numbers" and word == "指标"):
                fields[j] = "area" if content == "areas" else "number"
            elif word == "单位" and content == "offices":
                fields[j] = "responsible"
    if not {"indicator", "goal", "content"} & set(fields) and fields.count("target") == 1:
        at = fields.index("target")  # 项目及年度目标 names the task as well
        if _content(grid, below, at) == "texts":
            fields[at] = "goal"
    _settle_tasks(fields)
    _prefer_this_year(fields, paths)
    return fields, fused


def _content(grid: Grid, below: int, column: int) -> str:
    """What a column mostly holds: areas, offices, numbers or texts, or `""` where it is empty."""
    rows = grid.rows[below : below + 3 * _SAMPLE]
    if grid.blocks:
        rows = [row for row, block in zip(rows, grid.blocks[below:], strict=False) if block == grid.blocks[below - 1]]
    cells = [row[column] for row in rows if column < len(row) and row[column] and len(set(filter(None, row))) > 1]
    cells = [cell for cell in cells if not is_nothing(cell)][:_SAMPLE]
    if not cells:
        return ""
    areas = [looks_like_area(cell) or is_total(cell) for cell in cells]
    if sum(areas) >= 0.5 * len(cells) and any(map(looks_like_area, cells)):
        return "areas"
    figures = (figure(cell.lstrip("≥≤><＞＜")) or _BRACKETED.fullmatch(squeezed(cell)) for cell in cells)
    if sum(map(bool, figures)) >= 0.5 * len(cells):
        return "numbers"
    if sum(bool(_OFFICE.search(squeezed(cell))) for cell in cells) > 0.5 * len(cells):
        return "offices"
    return "texts"


def _settle_tasks(fields: list[str | None]) -> None:
    """Which of the columns that speak of the task names it, which is its target, which its group."""
    indicators = [j for j, name in enumerate(fields) if name == "indicator"]
    goals = [j for j, name in enumerate(fields) if name == "goal"]
    if not indicators and goals:
        fields[goals[0]] = "indicator"
        indicators, goals = goals[:1], goals[1:]
    contents = [j for j, name in enumerate(fields) if name == "content"]
    if not indicators and contents:
        fields[contents[0]] = "indicator"
        indicators, contents = contents[:1], contents[1:]
    for j in indicators[:-1]:
        if "group" not in fields:
            fields[j] = "group"
        elif fields.index("group") < j:
            fields[j] = "group+"
    if "target" not in fields:
        for j in goals[:1] or contents[:1]:
            fields[j] = "target"
    if "remark" not in fields and "problems" in fields:
        fields[fields.index("problems")] = "remark"
    if "group" not in fields and not indicators:
        return
    seen: set[str] = set()
    for j, name in enumerate(fields):
        if name in (None, "group+"):
            continue
        if name in seen and name not in ("previous", "growth", "rank", "funds", "person", "problems", "deadline"):
            fields[j] = f"{name}?"
        seen.add(str(name))


def _prefer_this_year(fields: list[str | None], paths: list[tuple[str, ...]]) -> None:
    """Of several columns of one kind that of this year since January holds, never one of a month or an older year."""
    for name in ("target", "done", "progress", "attainment"):
        columns = [j for j, field in enumerate(fields) if field in (name, f"{name}?")]
        if len(columns) < 2:
            continue
        texts = {j: squeezed("".join(paths[j])) for j in columns}
        years = {j: max(_YEARS.findall(text), default="") for j, text in texts.items()}
        latest = max(years.values())
        best = max(columns, key=lambda j: (years[j] in ("", latest), _span(texts[j], name), -j))
        for j in columns:
            fields[j] = name if j == best else "previous" if _span(texts[j], name) == 0 else f"{name}?"


def _span(text: str, name: str) -> int:
    """How near the span of a column is to this year since January: 0 for a month or quarter, 3 for the year."""
    if re.search(r"年度|全年|本年|今年|年内|占年", text):
        return 3
    if name == "target" and _INTERIM.search(text):
        return 0
    if _SINCE_JANUARY.search(text):
        return 2
    return 0 if _ONE_MONTH.match(text) else 1


def _items(
    paths: list[tuple[str, ...]],
    fields: list[str | None],
    fused: list[tuple[int, tuple[str, ...]]],
    height: int,
    grid: Grid,
    row: int,
) -> Header | None:
    taken = {name for name in fields if name} | {name for _, names in fused for name in names}
    if "indicator" not in taken or not taken & (_FIGURES | {"target"}) or len(taken) < 3:
        return None
    told = bool(taken & _FIGURES)
    inside = {j for j, _ in fused}
    named = sum(bool(path) for path in paths)
    unknown = tuple(
        (j, "/".join(path))
        for j, path in enumerate(paths)
        if path
        and j not in inside
        and (fields[j] is None or str(fields[j]).endswith("?"))
        and not (j and path == paths[j - 1])
    )
    if len(unknown) > 0.5 * named or (unknown and not told):
        return None
    kept = [None if name is None or name.endswith("?") else name for name in fields]
    percent = any(name == "attainment" and unit_in(paths[j][-1]) == "%" for j, name in enumerate(kept) if paths[j])
    kept = _with_neighbours(kept, paths, grid, row)
    return Header(ITEMS, "items", tuple(kept), tuple(paths), unknown, height, percent, tuple(fused))


def _special(paths: list[tuple[str, ...]], grid: Grid, row: int, height: int) -> Header | None:
    """The layout known in person that fits best, or None."""
    words = [[header_word(word) for word in path if len(word) <= _LONGEST_HEADER] for path in paths]
    filled = sum(bool(path) for path in paths)
    best: tuple[int, int, Header] | None = None
    known = special_words()
    for layout in sorted({layout for path in words for word in path for layout in known.get(word, {})}):
        fields: list[str | None] = []
        for path in words:
            name = next((known[word][layout] for word in reversed(path) if layout in known.get(word, {})), None)
            fields.append(name if name not in fields else None)
        taken = {name for name in fields if name}
        if "indicator" not in taken or not taken & _FIGURES or len(taken) < max(3, 0.6 * filled):
            continue
        unknown = tuple(
            (j, "/".join(path))
            for j, path in enumerate(paths)
            if path and fields[j] is None and not (j and path == paths[j - 1])
        )
        percent = any(name == "attainment" and "%" in paths[j][-1] for j, name in enumerate(fields))
        kept = _with_neighbours(fields, paths, grid, row)
        header = Header(ITEMS, layout, tuple(kept), tuple(paths), unknown, height, percent)
        rank = (len(taken), -_size(layout))
        if best is None or rank > best[:2]:
            best = (*rank, header)
    return best[2] if best else None


@cache
def _size(layout: str) -> int:
    return sum(row["layout"] == layout for row in reference.table("layouts/columns"))


def _with_neighbours(fields: list[str | None], paths: list[tuple[str, ...]], grid: Grid, row: int) -> list[str | None]:
    """Give unlabelled columns beside the indicator's to it: a label split over columns, or a merged header."""
    if "indicator" not in fields:
        return fields
    at = fields.index("indicator")
    span = next((m for m in grid.merges if m[0] == row and m[1] == at and m[3] > at), None)
    if span and all(paths[j] == paths[at] for j in range(at, min(span[3], len(paths) - 1) + 1)):
        for column in range(at + 1, span[3] + 1):
            if column < len(fields):
                fields[column] = "indicator+"
        if "group" not in fields:
            fields[at] = "group"
            fields[at + 1] = "indicator"
    elif grid.plain or not grid.merges:
        if at > 0 and not paths[at - 1] and fields[at - 1] is None and "group" not in fields:
            fields[at - 1] = "group"
        if at + 1 < len(fields) and not paths[at + 1] and fields[at + 1] is None:
            fields[at + 1] = "indicator+"
    return fields


def _wide(grid: Grid, row: int, covered: Covered) -> Header | None:
    """A table whose columns hold figures: the header ends where the first of them stands."""
    end = row + 1
    while end < len(grid.rows) and end < row + _MOST_WIDE_ROWS and not any(map(is_data, grid.rows[end])):
        own = [cell for cell in grid.rows[end] if cell]
        if grid.blocks and grid.blocks[end] != grid.blocks[row]:
            return None
        if not own or max(map(len, own)) > _LONGEST_HEADER:
            return None
        if len(own) == 1 and end > row and not _is_merged(grid, end - 1):
            break  # the label of the first block
        if grid.rows[end].index(own[0]) <= 1 and looks_like_area(own[0]) and len(own) > 1:
            break  # an area of whose figures none is known
        end += 1
    if end >= len(grid.rows) or (grid.blocks and grid.blocks[end] != grid.blocks[row]):
        return None
    if _is_counted([cell for cell in grid.rows[end] if cell]):
        end += 1
    paths = _paths(grid, row, end - row, covered)
    if not any(paths):
        return None
    contents = [_content(grid, end, j) for j in range(len(paths))]
    named = [j for j, path in enumerate(paths) if any(looks_like_area(word) or is_total(word) for word in path)]
    if len(named) >= 2 and any(is_area(w) or looks_like_area(w) for j in named for w in paths[j]):
        return _of_measures(paths, contents, end - row, named)
    return _of_areas(paths, contents, end - row)


def _is_merged(grid: Grid, row: int) -> bool:
    return any(top <= row <= bottom and left < right for top, left, bottom, right in grid.merges)


@lru_cache(maxsize=16384)
def is_data(cell: str) -> bool:
    """Whether a cell holds a figure, hidden or not, a stroke for one, or a status: it heads no column."""
    if not cell:
        return False
    read = figure(cell.lstrip("≥≤><＞＜"))
    if read is not None:
        return read.masked or not read.unit or (read.unit in units() and read.unit not in ("月", "年", "季度"))
    if _BRACKETED.fullmatch(squeezed(cell)):
        return True
    return is_nothing(cell) or (read_status(cell).how == "word" and not field_of(cell))


def looks_like_area(text: str) -> bool:
    """Whether a cell is an area by its name, or by its ending where nobody knows it (北屏区, 经开区)."""
    return is_area(text) or (bool(_AREA_LIKE.fullmatch(squeezed(text))) and not field_of(text))


def _of_areas(paths: list[tuple[str, ...]], contents: list[str], height: int) -> Header | None:
    """A table with a row for each area, office or measure; two of areas may stand side by side."""
    kept: list[str | None] = []
    for j, path in enumerate(paths):
        name = _field(path).rstrip("?") or None
        beside = name in _BESIDE_FIGURES and (contents[j] != "numbers" or name == "number")
        kept.append(name if beside and name != "area" else None)
        if contents[j] == "areas" and name != "indicator":
            kept[j] = "area"
    places = [j for j, name in enumerate(kept) if name == "area"]
    figures = [j for j, content in enumerate(contents) if content == "numbers" and kept[j] is None and paths[j]]
    words = list(paths)
    if places:
        for j in places:
            _side_by_side(words, contents, kept, j)
        figures = [j for j in figures if kept[j] is None]
        return Header(AREAS, AREAS, tuple(kept), tuple(words), (), height, False) if figures else None
    labels = [j for j, content in enumerate(contents) if content not in ("", "numbers") and j < min(figures, default=0)]
    if not labels or not figures:
        return None
    head = labels[-1]
    if _field(paths[head]) in ("unit", "partner") and len(labels) > 1:
        kept[head] = "unit"
        head = labels[-2]
    names_tasks = any(_field(paths[j]) in _TASKS for j in labels)
    if contents[head] == "offices" and len(figures) > 1 and not names_tasks:
        kept[head] = "area"
        return Header(AREAS, AREAS, tuple(kept), tuple(words), (), height, False)
    known = [j for j in figures if measure_of(paths[j][-1]) or not without_period(squeezed(paths[j][-1]) + "止")[:-1]]
    if not known or not ({_field(paths[head])} <= {"indicator", ""}):
        return None
    kept[head] = "indicator"
    unit = next((j for j in labels if _field(paths[j]) == "unit"), None)
    if unit is not None:
        kept[unit] = "unit"
    return Header(MEASURES, MEASURES, tuple(kept), tuple(words), (), height, False)


def _side_by_side(words: list[tuple[str, ...]], contents: list[str], kept: list[str | None], at: int) -> None:
    """One title over place, area and figure of a ranking (`优良天数比例（%）排名`): each of the three gets words."""
    title = words[at]
    group = [j for j in range(max(0, at - 1), min(len(words), at + 2)) if words[j] == title]
    if not title or len(group) < 2 or squeezed(title[-1]) in ("",):
        return
    plain = re.sub(r"(?:排名|排序|名次)$", "", tidy(title[-1]))
    for j in group:
        if j < at and contents[j] == "numbers":
            words[j], kept[j] = (*title[:-1], plain, "排名"), None
        elif j > at:
            words[j] = (*title[:-1], plain)


def _of_measures(paths: list[tuple[str, ...]], contents: list[str], height: int, named: list[int]) -> Header | None:
    """A table of measures × areas: every column of figures from the first area on belongs to an area."""
    figures = {j for j, path in enumerate(paths) if path and j >= named[0]} - {
        j for j, path in enumerate(paths) if _field(path) in ("remark", "rank") and j not in named
    }
    fields: list[str | None] = [None if j in figures else (_field(path) or None) for j, path in enumerate(paths)]
    fields = [name if name in ("number", "unit", "group", "remark") else None for name in fields]
    labels = [j for j in range(named[0]) if fields[j] is None and contents[j] != "numbers"]
    if not labels:
        return None
    fields[labels[-1]] = "indicator"
    if len(labels) > 1 and "group" not in fields:
        fields[labels[0]] = "group"
    return Header(MEASURES, MEASURES, tuple(fields), tuple(paths), (), height, False)

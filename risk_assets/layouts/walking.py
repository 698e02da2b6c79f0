"""The walk through a document: what each line is, which table is open, which rows belong to it.

Titles and sections say which table follows, a header says which column is what, everything under it is a row. Each
line is counted as what it is. What a row says is read in `rows`, what the rows of a table mean in `items` and `wide`.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from risk_assets import reference
from risk_assets.documents import Grid
from risk_assets.language.areas import areas_in, is_area, name_of
from risk_assets.language.numbers import figure, number
from risk_assets.language.persons import is_form_line, is_sign_off, is_vendor_line, without_persons
from risk_assets.language.text import paragraphs, similarity, squeezed, tidy
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import (
    AREAS,
    ITEMS,
    Header,
    covered_cells,
    find_header,
    is_data,
    is_header_remnant,
    looks_like_area,
)
from risk_assets.layouts.indicators import campaign_in, table_in, tables
from risk_assets.layouts.items import RawRow
from risk_assets.layouts.mending import mend
from risk_assets.layouts.rows import RowReader, joined
from risk_assets.layouts.titles import Titles
from risk_assets.layouts.vocabulary import field_of, units
from risk_assets.layouts.wide import WideTable

LINE_KINDS = ("header", "title", "blank", "ghost", "continuation", "prose", "dropped", "rows")
_TITLE_LENGTH = 45
_UNIT_LINE = re.compile(r"(?:^|[(（,，;；])(?:计量)?单位[:：](?P<units>[^)）]{1,40})")
_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]+[类部])"
)
# A line that is the title of a table, whether its words are known or not.
_OWN_TITLE = re.compile(
    r"20\d\d年\d{1,2}[-至~月]|^附?表[\d一二三四五六七八九十]|(?:表|情况|排名|名次|统计|一览|通报)(?:\(.{1,12}\))?$"
)
_GOES_ON = re.compile(r"[（(]?(?:续表?|接上表|接上页)\d?[)）]?$")
_PAGE_NUMBER = re.compile(r"-*第?\d{1,4}页?(?:[/共,]*\d{1,4}页?)?-*")
_FEW_CELLS = 3
_LIKE_TITLE = 0.4
_CLEARLY = 0.1


@dataclass(frozen=True)
class Spoken:
    """A line outside tables, persons' names left out."""

    grid: Grid
    row: int
    text: str


@dataclass
class TableRead:
    """One table of a document, as recognised.

    Attributes:
        number: From 1 within the document.
        table: Table of the framework, or `""`.
        campaign: Campaign, or `""`.
        title: As printed.
        layout: Id of the layout.
        sheet: Sheet, or None.
        kind: `items`, `areas` or `measures`.
        page: Page on which it begins, or None.
        unit: Units of the unit line above it, as printed.
        names_goals: The column that names its tasks is headed 目标, so that a task's text is its target too.
        headings: Header words of each field.
        rows: Its report rows.
    """

    number: int
    table: str
    campaign: str
    title: str
    layout: str
    sheet: str | None
    kind: str
    page: int | None = None
    unit: str = ""
    names_goals: bool = False
    headings: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)


class Walk:
    """State of the walk, and what it has found.

    Attributes:
        tables: Tables in order.
        raw: Rows of each table of items.
        wide: Each table of areas or measures.
        lines: Count of lines by kind.
        loose: Rows that stand under no header.
        findings: What is wrong.
        prose: Paragraphs.
        spoken: Lines outside tables, in order.
        titles: Lines that say what and whose the tables are.
        is_sample: The mark of made-up data stands in it.
    """

    def __init__(self, framework: str):
        self.framework = framework
        self.tables: list[TableRead] = []
        self.raw: dict[int, list[RawRow]] = {}
        self.wide: dict[int, WideTable] = {}
        self.lines: Counter[str] = Counter()
        self.loose: list[tuple[Grid, int]] = []
        self.findings: list[dict[str, str]] = []
        self.prose: list[str] = []
        self.spoken: list[Spoken] = []
        self.titles = Titles()
        self.is_sample = False

    def through(self, grid: Grid) -> None:
        """Walk one sheet or text."""
        self._grid = grid
        self._covered = covered_cells(grid)
        self._merged_rows = {i for i, _ in self._covered}
        self._spoken_lines: list[tuple[int, str]] = []
        self._header: Header | None = None
        self._open: TableRead | None = None
        self._held: list[RawRow] = []
        self._title = self._table = self._campaign = self._label = self._units = ""
        self._new_title = True
        self._after_break = self._after_title = False
        self._between = ""
        self._number = -1
        if grid.sheet:
            self._name_table(grid.sheet)
        kinds: list[str] = []
        while len(kinds) < len(grid.rows):
            kinds += self._numbered(len(kinds)) or self._line(len(kinds))
        self.prose += [text for _, text in paragraphs(self._spoken_lines)]
        self._count(kinds)

    def _count(self, kinds: list[str]) -> None:
        """Count the lines that each row takes; further lines of a row go on with it."""
        grid = self._grid
        if not grid.lines:
            self.lines.update(kinds)
            self.lines["blank"] += max(0, grid.line_count - len(kinds))
            return
        ends = [*grid.lines[1:], grid.line_count + 1]
        self.lines["blank"] += grid.lines[0] - 1 if grid.lines else 0
        for kind, first, end in zip(kinds, grid.lines, ends, strict=True):
            self.lines[kind] += 1
            self.lines["continuation" if kind == "rows" else kind] += end - first - 1

    def _numbered(self, first: int) -> list[str]:
        """Take the numbered rows of a sheet's open table, as most rows are; what they are."""
        grid, at = self._grid, self._number
        kinds: list[str] = []
        if at < 0 or grid.plain or grid.blocks:
            return kinds
        for i in range(first, len(grid.rows)):
            cells = grid.rows[i]
            if len(cells) <= at or not cells[at][:1].isdecimal():
                break
            kinds.append(self._keep(i, self._rows.read(i, cells, self._label, self.findings)))
        return kinds

    def _line(self, i: int) -> list[str]:
        """Take a row; what it is, and what the rows are that belong to it."""
        grid = self._grid
        cells = grid.rows[i]
        block = grid.blocks[i] if grid.blocks else -1
        if block > 0 and (i == 0 or grid.blocks[i - 1] != block):
            self._next_block(i)
        at = self._number
        if 0 <= at < len(cells) and cells[at][:1].isdecimal() and not grid.plain and block:
            return [self._take(i, cells)]  # a numbered row of the open table, as most rows are
        filled = [cell for cell in cells if cell and not cell.isspace()]
        if not filled:
            return ["blank"]
        if is_vendor_line(filled[0]) or is_sign_off(filled):
            return ["dropped"]
        if is_form_line(filled[0]) and len(filled) <= max(4, len(cells) // 2):
            self._note_form(i, filled)
            return ["title"]
        if block == 0:
            return [self._say(i, filled[0])]
        return self._header_at(i, filled) or self._row_at(i, cells, filled, block)

    def _header_at(self, i: int, filled: list[str]) -> list[str]:
        is_free = self._header is None or self._new_title or self._after_title or field_of(filled[0]) == "area"
        self._after_title = False
        header = find_header(self._grid, i, self._covered, is_free) if len(filled) > 1 else None
        if header is None:
            return []
        self._start(header, i)
        return ["header"] * header.height

    def _row_at(self, i: int, cells: list[str], filled: list[str], block: int) -> list[str]:
        whole = self._whole(i)
        if whole > 1:
            return ["rows", *["continuation"] * (whole - 1)]
        if len(filled) == 1 and self._speaks(i, filled[0]):
            return [self._say(i, filled[0])]
        if self._header is not None:
            if self._grid.plain and self._broken_title(filled):
                return ["title"]
            return [self._take(i, cells)]
        few = len(filled) <= _FEW_CELLS and not self._campaign and block < 0
        if len(filled) == 1 or (few and not any(is_data(cell) or is_area(cell) for cell in filled)):
            return [max((self._say(i, cell) for cell in filled), key=("title", "prose").index)]
        self.loose.append((self._grid, i))
        return ["rows"]

    def _next_block(self, i: int) -> None:
        """A table begins: without a header of its own it goes on with the one before, if it is as wide."""
        if self._header is None:
            return
        self._after_break = True
        if self._between:
            self._close()
            return
        width = max((j + 1 for j, cell in enumerate(self._grid.rows[i]) if cell), default=0)
        if width > len(self._header.fields):
            self._close()

    def _broken_title(self, filled: list[str]) -> bool:
        """Whether pieces of a text's row are the section title of a table, broken over cells (seed 003, line 302)."""
        flat = squeezed("".join(filled))
        if len(flat) > _TITLE_LENGTH or not self._campaign or any(map(number, filled)):
            return False
        likeness = {
            table: max(similarity(flat, name) for name in names)
            for table, (campaign, names) in tables(self.framework).items()
            if campaign == self._campaign
        }
        best, *others = sorted(likeness.values(), reverse=True)
        if best < _LIKE_TITLE or any(best - other < _CLEARLY for other in others):
            return False
        return self._name_table(next(tables(self.framework)[t][1][0] for t, like in likeness.items() if like == best))

    def _speaks(self, i: int, text: str) -> bool:
        """Whether a row's only cell is a line of its own and not a row of the open table."""
        header = self._header
        flat = squeezed(text)
        if header is None or (self._grid.plain and len(self._grid.rows[i]) == 1):
            return True
        if flat.startswith("附件"):
            return True
        column = next(j for j, cell in enumerate(self._grid.rows[i]) if cell)
        merged_down = any(self._covered.get((i, j), (i, 0))[0] < i for j in range(len(self._grid.rows[i])))
        names = table_in(flat, self.framework) or campaign_in(flat, self.framework)
        if names and len(flat) <= _TITLE_LENGTH and not merged_down:
            return "campaign" not in header.fields or column == 0
        if merged_down or self._grid.plain:
            return False
        span = sum(self._covered.get((i, j)) == (i, column) for j in range(len(header.fields))) + 1
        is_area_alone = header.kind == AREAS and span == 1 and looks_like_area(text)
        if span > len(header.fields) // 2 or (header.kind != ITEMS and column <= 1 and not number(text)):
            return not is_area_alone
        return bool(_LABEL.match(flat)) and column <= 1 and len(flat) <= _TITLE_LENGTH

    def _say(self, i: int, text: str) -> str:
        """Take a line outside tables, a title, a label, a unit line or prose; which of title and prose it is."""
        text = without_persons(text)
        flat = squeezed(text)
        self._after_title = True
        self._spoken_lines.append((i, text))
        self.spoken.append(Spoken(self._grid, i, text))
        self.is_sample |= reference.setting("sample_mark") in flat
        if len(flat) > _TITLE_LENGTH or flat.endswith(("。", ";")):
            return "prose"
        self.titles.lines.append((flat, self._grid.address(i, 0)))
        if flat.startswith("附件"):
            self._close()
            self._new_title = True
        title = _GOES_ON.sub("", tidy(text))
        if title == self._title and self._header is not None:
            return "title"
        if self._header is not None and _OWN_TITLE.search(flat) and not _LABEL.match(flat):
            self._between, self._units = title, ""
        self._note_units(text)
        if not self._name_table(title):
            if self._header is None:
                self._entitle(title, flat)
            elif not _PAGE_NUMBER.fullmatch(flat):
                self._label = title
        return "title"

    def _close(self) -> None:
        self._header = self._open = None
        self._number = -1

    def _entitle(self, text: str, flat: str) -> None:
        """A line above a table whose words name no table of the framework is its title all the same."""
        in_brackets = flat.startswith("(") and flat.endswith(")")
        is_title = len(flat) > _FEW_CELLS and number(flat) is None and not in_brackets
        if not is_title or flat.startswith("附件") or _UNIT_LINE.search(flat) or self._table or self._campaign:
            return
        self._title, self._units = text, ""
        self._new_title = True
        self._open = None

    def _note_units(self, text: str) -> None:
        found = _UNIT_LINE.search(squeezed(text))
        if found:
            self._units = found.group("units")

    def _note_form(self, i: int, filled: list[str]) -> None:
        """A line that says who reports: only the areas it names are used, to tell whose file it is."""
        flat = squeezed(" ".join(filled))
        self.is_sample |= reference.setting("sample_mark") in flat
        self.titles.senders += [(name_of(code), self._grid.address(i, 0)) for code in areas_in(flat)]
        for cell in filled:
            self._note_units(cell)
        if flat.startswith(("注", "说明", "备注")):
            self.spoken.append(Spoken(self._grid, i, without_persons(filled[0])))
            self.findings.append(finding("note_read", self._grid.row_address(i), without_persons(filled[0])))

    def _name_table(self, text: str) -> bool:
        """Take the table or campaign that a text names, if it does."""
        table, campaign = table_in(text, self.framework), campaign_in(text, self.framework)
        if not table and not campaign:
            return False
        if not table and campaign == self._campaign and self._table:
            return True  # the campaign's name beside each row says less than the section above
        self._table = table
        self._campaign = tables(self.framework)[table][0] if table else campaign
        self._title = text
        self._label = ""
        self._new_title = True
        self._open = None
        return True

    def _start(self, header: Header, i: int) -> None:
        """A header: a new table, or the same one going on after a page break."""
        same = self._header is not None and _alike(header, self._header)
        goes_on = self._open is not None and not self._new_title and not self._between and same
        if self._between and not self._new_title:
            self._title = self._between
        self._between = ""
        self._header = header
        self._rows = RowReader(self._grid, header, self._covered, self._merged_rows)
        self._number = header.fields.index("number") if header.kind == ITEMS and "number" in header.fields else -1
        self._new_title = False
        self._after_break = goes_on
        if not goes_on:
            self._open = None
            self._label = ""
            for column, words in header.unknown:
                self.findings.append(finding("unknown_column", self._grid.address(i, column), tidy(words)))
        if "person" in header.fields:
            column = header.fields.index("person")
            self.findings.append(finding("person_column", self._grid.address(i, column), header.words[column][-1]))

    def _table_of(self, i: int) -> TableRead:
        return self._open or self._open_table(i)

    def _open_table(self, i: int) -> TableRead:
        header = self._header
        assert header is not None  # noqa: S101 - rows are only taken under a header
        self._open = TableRead(
            len(self.tables) + 1,
            self._table,
            self._campaign,
            self._title,
            header.layout,
            sheet_of(self._grid),
            header.kind,
            self._grid.pages[i] if self._grid.pages else None,
            self._units,
            _names_goals(header),
            {name: " ".join(words) for name, words in zip(header.fields, header.words, strict=True) if name},
        )
        self.tables.append(self._open)
        self.raw[self._open.number] = self._held = []
        self._new_title = False
        return self._open

    def _whole(self, i: int) -> int:
        """Put a row of a text together that line breaks inside a cell have cut; how many lines it took, 0 if none."""
        header, grid = self._header, self._grid
        if header is None or not grid.plain or grid.lines or len(grid.rows[i]) < 2:
            return 0
        width = len(header.fields)
        cells = list(grid.rows[i])
        last = i
        while len(cells) < width and last + 1 < len(grid.rows):
            following = grid.rows[last + 1]
            if not any(following) or len(cells) + len(following) - 1 > width or number(following[0]) is not None:
                return 0
            if len(following) == 1 and (_LABEL.match(squeezed(following[0])) or is_form_line(following[0])):
                return 0
            cells = [*cells[:-1], cells[-1] + following[0], *following[1:]]
            last += 1
        if last == i or len(cells) != width or "number" not in header.fields:
            return 0
        if number(cells[header.fields.index("number")]) is None:
            return 0
        self._take(i, cells)
        return last - i + 1

    def _take(self, i: int, cells: list[str]) -> str:
        """Read a row under the open header; what its line is."""
        header = self._header
        assert header is not None  # noqa: S101 - checked by the caller
        if header.kind != ITEMS:
            return self._take_wide(i, header)
        if not cells[max(self._number, 0)][:1].isdecimal() and is_header_remnant(cells):
            self._note_remnant(i, cells)
            return "header"
        if self._grid.plain:
            cells, mended = mend(cells, header.fields)
            self.findings += [finding(rule, self._grid.row_address(i), found) for rule, found in mended]
        return self._keep(i, self._rows.read(i, cells, self._label, self.findings))

    def _keep(self, i: int, row: RawRow) -> str:
        """Put a row to its table, or to the row above that it is the rest of; what its line is."""
        section = row.values.get("campaign")
        if section and section != self._title and "campaign" not in row.carried:
            self._name_table(section)
        if self._open is None:
            self._open_table(i)
        held = self._held
        after_break, self._after_break = self._after_break, False
        if held and self._header and joined(held[-1], row, self._header, after_break):
            self.findings.append(finding("row_joined", row.where, row.get("progress") or row.get("indicator")))
            return "continuation"
        held.append(row)
        return "rows"

    @staticmethod
    def _repeats(cells: list[str], header: Header) -> bool:
        """Whether a row is a row of the header once more, as on the next page."""
        known = [{squeezed(word) for word in words} for words in header.words]
        row = [squeezed(cell) for cell in [*cells, *[""] * len(known)]]
        if sum(map(bool, row)) < 2 or any(row[len(known) :]):
            return False
        return all(
            text in words if text else len(words) > 1 or field or not words
            for text, words, field in zip(row, known, header.fields, strict=False)
        )

    def _note_remnant(self, i: int, cells: list[str]) -> None:
        self.findings.append(finding("broken_header", self._grid.row_address(i), " ".join(filter(None, cells))))

    def _take_wide(self, i: int, header: Header) -> str:
        key = header.fields.index("area" if header.kind == AREAS else "indicator")
        cells = self._grid.rows[i]
        if self._repeats(cells, header):
            return "header"
        names_key = squeezed(cells[key] if key < len(cells) else "") in map(squeezed, header.words[key])
        if names_key or (is_header_remnant(cells) and not any(map(figure, cells))):
            self._note_remnant(i, cells)
            self._close()  # what the columns below it hold is no longer known
            return "header"
        others = [cell for j, cell in enumerate(cells) if cell and header.fields[j : j + 1] == (None,)]
        key_text = cells[key] if key < len(cells) else ""
        if not key_text and (i, key) not in self._covered and not others:
            return "ghost"
        if key_text and not others and (header.kind != AREAS or not looks_like_area(key_text)):
            self._label = tidy(key_text)
            self._after_title = True  # the block below may have a header of its own
            return "title"
        table = self._table_of(i)
        if table.number not in self.wide:
            named, listed = tuple(sorted(self.titles.areas())), listed_units(self._units)
            self.wide[table.number] = WideTable(header, self._grid, self._covered, self._title, listed, named)
        self.wide[table.number].rows.append(i)
        self.wide[table.number].labels.append(self._label)
        if self._is_broken(i, cells, header):
            self.wide[table.number].broken.add(i)
        return "rows"

    def _is_broken(self, i: int, cells: list[str], header: Header) -> bool:
        """Whether it cannot be told under which header a row's figures stand."""
        width = len(header.fields)
        if self._grid.plain and len(cells) != width and (len(cells) < width or any(cells[width:])):
            return True
        outside = [j for j, cell in enumerate(cells) if is_data(cell) and (j >= width or not header.words[j])]
        outside = [j for j in outside if j >= width or header.fields[j] is None]
        self.findings += [finding("cell_outside_header", self._grid.address(i, j), cells[j]) for j in outside]
        figures = [j for j in range(min(width, len(cells))) if header.fields[j] is None and header.words[j]]
        return bool(outside) and any(not cells[j] for j in figures)


def _names_goals(header: Header) -> bool:
    at = header.fields.index("indicator") if "indicator" in header.fields else -1
    return at >= 0 and "target" not in header.fields and any("目标" in squeezed(word) for word in header.words[at])


def _alike(header: Header, other: Header) -> bool:
    """Whether two headers are the same one, repeated and perhaps broken."""
    if header.kind != other.kind:
        return False
    if header.kind != ITEMS:
        return header.words == other.words
    mine, others = ({squeezed(word) for path in h.words for word in path} for h in (header, other))
    return header.layout == other.layout or 2 * len(mine & others) >= min(len(mine), len(others))


def listed_units(line: str) -> tuple[str, ...]:
    """Units that a unit line names (`亿元、%`)."""
    return tuple(unit for unit in re.split(r"[、,，/;；和及]", squeezed(line)) if unit in units())


def sheet_of(grid: Grid) -> str | None:
    """Sheet as report rows name it, with the file of an archive before it."""
    return f"{grid.file}:{grid.sheet}" if grid.file and grid.sheet is not None else grid.sheet

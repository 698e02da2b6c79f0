"""From a document to the report rows of one area and month.

Walks each grid once: titles and sections say which table follows, a header says which column is what, everything
under it is a row. Each line is counted as what it is; each row is accepted or set aside with a reason. `items` and
`wide` then put the rows of a table in order.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from risk_assets import reference
from risk_assets.contracts.tables import LEVELS
from risk_assets.documents import Document, Grid, Refused
from risk_assets.documents.model import column_letters
from risk_assets.language.areas import above, areas, areas_in, is_total, name_of, unknown_area_in
from risk_assets.language.numbers import figure, number
from risk_assets.language.persons import is_form_line, is_vendor_line, without_persons
from risk_assets.language.status import read_status
from risk_assets.language.text import paragraphs, similarity, squeezed, tidy
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import ITEMS, Covered, Header, find_header, is_header_remnant
from risk_assets.layouts.indicators import campaign_in, table_in, tables
from risk_assets.layouts.items import RawRow, settle
from risk_assets.layouts.lists import regrouped
from risk_assets.layouts.mending import mend
from risk_assets.layouts.vocabulary import units
from risk_assets.layouts.wide import WideTable, settle_wide

LINE_KINDS = ("header", "title", "blank", "ghost", "continuation", "prose", "dropped", "rows")
_TITLE_LENGTH = 45
_TITLE_MONTH = re.compile(r"(20\d\d)年(0?[1-9]|1[0-2])月(?:份)?(?!\d{0,2}日)")
_UNIT_LINE = re.compile(r"(?:^|[(（,，;；])(?:计量)?单位[:：](?P<units>[^)）]{1,40})")
_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]+[类部])"
)
_SIGNATURE = re.compile(r"(?:(?<=[。;；!！?？])|[\s—-]+)[一-鿿]{2,4}$")
_SENTENCE_END = ("。", ";", "!", "?", ".", ":")
_FEW_CELLS = 3
_LIKE_TITLE = 0.4
_CLEARLY = 0.1


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
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Reading:
    """All that was read in a document.

    Attributes:
        rows: Report rows without the columns that name the submission.
        tables: The tables, in order.
        observations: Figures of wide tables, each with its area.
        findings: Rule, found, expected and where of each.
        accounting: Lines by what they are (`LINE_KINDS`), `lines` their sum; `accepted` and `set_aside` that of `rows`.
        paragraphs: Prose, a paragraph each, form lines and persons' names left out.
        layouts: Layouts that were recognised.
        area: Area that sends it: as told, else as the titles name it.
        period: Month it is for: as told, else as the titles name it.
        framework: Year of the framework by which it was read.
        areas_named: Areas that its titles name.
        months_named: Months that its titles name.
        is_sample: It bears the mark of made-up data, whoever sent it.
    """

    rows: list[dict[str, Any]]
    tables: list[TableRead]
    observations: list[dict[str, Any]]
    findings: list[dict[str, str]]
    accounting: dict[str, int]
    paragraphs: list[str]
    layouts: list[str]
    area: str | None
    period: str | None
    framework: str
    areas_named: frozenset[str]
    months_named: frozenset[str]
    is_sample: bool


def read_report(document: Document, area: str | None, period: str | None) -> Reading:
    """Read an area's report.

    Args:
        document: The opened file.
        area: Code of the area that sent it; None where nobody has told.
        period: Reporting month `YYYY-MM`; None where nobody has told.

    Returns:
        Rows, observations, prose, findings and the account of all lines; no table where none was recognised.

    Raises:
        Refused: The titles name another area or month.
    """
    framework = _framework(period)
    reader = _Reader(framework)
    for grid in document.grids:
        reader.read(regrouped(grid))
    area, period = reader.check_titles(area, period)
    findings = [finding(n.rule, n.where, n.found) for n in document.notices] + reader.findings
    rows: list[dict[str, Any]] = []
    observations: list[dict[str, Any]] = []
    for table in reader.tables:
        if table.kind == ITEMS:
            table.rows, more = settle(
                reader.raw[table.number], table.table, table.campaign, framework, _only_unit(table.unit)
            )
            table.table = _table_of_rows(table)
        else:
            wide = reader.wide[table.number]
            table.rows, seen, more = settle_wide(wide, framework, reader.covers[id(wide.grid)])
            for one in seen:
                observations.append({**one, "table": table.number, "row": len(rows) + one["row"] + 1})
        findings += more
        rows += [_row(table, row) for row in table.rows]
    rows += [_loose_row(grid, i) for grid, i in reader.loose]
    for number_, row in enumerate(rows, 1):
        row["row"] = number_
        row.setdefault("area", area)
        if row["state"] == "set_aside":
            findings.append(finding(row["reason"], row["where"], row["indicator_text"] or row.get("area_name") or ""))
    return Reading(
        rows,
        reader.tables,
        observations,
        findings,
        _accounting(reader, rows),
        reader.prose,
        sorted({table.layout for table in reader.tables}),
        area,
        period,
        framework,
        reader.areas_named,
        reader.months_named,
        reader.is_sample,
    )


def _listed_units(line: str) -> tuple[str, ...]:
    """Units that a unit line names (`亿元、%`)."""
    return tuple(unit for unit in re.split(r"[、,，/;；和及]", squeezed(line)) if unit in units())


def _only_unit(line: str) -> str:
    amounts = [unit for unit in _listed_units(line) if unit != "%"]
    return amounts[0] if len(amounts) == 1 else ""


def _accounting(reader: "_Reader", rows: list[dict[str, Any]]) -> dict[str, int]:
    """What became of the lines; a line with two rankings gives two rows and is counted once, accepted if one is."""
    kinds = {kind: reader.lines[kind] for kind in LINE_KINDS}
    accepted = {row["where"] for row in rows if row["state"] == "accepted"}
    return {
        "lines": sum(kinds.values()),
        **kinds,
        "accepted": len(accepted),
        "set_aside": len({row["where"] for row in rows} - accepted),
    }


def _table_of_rows(table: TableRead) -> str:
    """The table of the framework: as its title says, else the one that most of its tied rows belong to."""
    tied = Counter(row["table"] for row in table.rows if row["indicator"])
    if table.table or not tied:
        return table.table
    name, count = tied.most_common(1)[0]
    return str(name) if count >= _FEW_CELLS and 2 * count > tied.total() else ""


def _framework(period: str | None) -> str:
    """The framework of a month, the latest where the month is not known."""
    try:
        return reference.framework_of(period) if period else reference.frameworks()[-1]
    except ValueError as none:
        raise Refused("too_early", str(period), str(none)) from None


def known_layouts() -> str:
    """Names of the layouts that are known, for those whose table was not recognised."""
    return "、".join(row["name"] for row in reference.table("layouts/layouts"))


def _row(table: TableRead, row: dict[str, Any]) -> dict[str, Any]:
    row["table_no"] = table.number
    row["title"] = table.title
    row["layout"] = table.layout
    row["sheet"] = table.sheet
    return row


def _loose_row(grid: Grid, i: int) -> dict[str, Any]:
    text = " ".join(tidy(cell) for cell in grid.rows[i] if cell)
    return {
        "table_no": 1,
        "indicator_text": without_persons(text),
        "part": False,
        "status": "unknown",
        "sheet": _sheet(grid),
        "line": grid.line(i),
        "where": grid.row_address(i),
        "cells": "{}",
        "state": "set_aside",
        "reason": "no_header",
        "indicator": None,
        "attainment": None,
    }


def _sheet(grid: Grid) -> str | None:
    return f"{grid.file}:{grid.sheet}" if grid.file and grid.sheet is not None else grid.sheet


class _Reader:
    """State of the walk: which table is open, what titles were seen since."""

    def __init__(self, framework: str):
        self.framework = framework
        self.tables: list[TableRead] = []
        self.raw: dict[int, list[RawRow]] = {}
        self.wide: dict[int, WideTable] = {}
        self.covers: dict[int, Covered] = {}
        self.lines: Counter[str] = Counter()
        self.loose: list[tuple[Grid, int]] = []
        self.findings: list[dict[str, str]] = []
        self.prose: list[str] = []
        self.titles: list[tuple[str, str]] = []
        self.senders: list[tuple[str, str]] = []
        self.is_sample = False
        self.areas_named: frozenset[str] = frozenset()
        self.months_named: frozenset[str] = frozenset()
        self._grid: Grid
        self._covered: Covered = {}
        self._header: Header | None = None
        self._open: TableRead | None = None
        self._title = self._table = self._campaign = self._label = self._units = ""
        self._new_title = True
        self._after_break = self._after_title = False

    def read(self, grid: Grid) -> None:
        """Walk one sheet or text."""
        self._grid = grid
        self._header = self._open = None
        self._new_title = True
        self._title = self._table = self._campaign = self._label = self._units = ""
        if grid.sheet:
            self._name_table(grid.sheet)
        self._covered = self.covers[id(grid)] = _covered(grid)
        kinds: list[str] = []
        lines: list[tuple[int, str]] = []
        while len(kinds) < len(grid.rows):
            kinds += self._line(len(kinds), lines)
        self.prose += [text for _, text in paragraphs(lines)]
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

    def _line(self, i: int, lines: list[tuple[int, str]]) -> list[str]:
        """Take a row; what it is, and what the rows are that belong to it."""
        grid = self._grid
        cells = grid.rows[i]
        filled = [cell for cell in cells if cell and not cell.isspace()]
        block = grid.blocks[i] if grid.blocks else -1
        if block > 0 and (i == 0 or grid.blocks[i - 1] != block):
            self._next_block(i)
        if not filled:
            return ["blank"]
        if is_vendor_line(filled[0]):
            return ["dropped"]
        if is_form_line(filled[0]) and len(filled) <= max(4, len(cells) // 2):
            self._note_form(i, filled)
            return ["title"]
        if block == 0:
            return [self._spoken(i, filled[0], lines)]
        is_free = self._header is None or self._new_title or self._after_title
        self._after_title = False
        header = find_header(grid, i, self._covered, is_free) if len(filled) > 1 else None
        if header:
            self._start(header, i)
            return ["header"] * header.height
        whole = self._whole(i)
        if whole > 1:
            return ["rows", *["continuation"] * (whole - 1)]
        if len(filled) == 1 and self._speaks(i, filled[0]):
            return [self._spoken(i, filled[0], lines)]
        if self._header is not None:
            if grid.plain and self._broken_title(filled):
                return ["title"]
            return [self._take(i, cells)]
        if len(filled) == 1 or (
            len(filled) <= _FEW_CELLS and not self._campaign and block < 0 and grid.sheet is not None
        ):
            return [max((self._spoken(i, cell, lines) for cell in filled), key=("title", "prose").index)]
        if len(filled) <= _FEW_CELLS and not self._campaign and block < 0:
            return [max((self._spoken(i, cell, lines) for cell in filled), key=("title", "prose").index)]
        self.loose.append((grid, i))
        return ["rows"]

    def _next_block(self, i: int) -> None:
        """A table begins: without a header of its own it goes on with the one before, if it is as wide."""
        if self._header is None:
            return
        self._after_break = True
        width = max((j + 1 for j, cell in enumerate(self._grid.rows[i]) if cell), default=0)
        if width > len(self._header.fields):
            self._header = self._open = None

    def _broken_title(self, filled: list[str]) -> bool:
        """Whether pieces of a text's row are the section title of a table, broken over its cells (seed 003, line 302)."""
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

    def _spoken(self, i: int, text: str, lines: list[tuple[int, str]]) -> str:
        """Take a line outside tables: a title, a label, a unit line or prose."""
        said = self._say(i, text)
        self._after_title = True
        lines += said
        flat = squeezed(text)
        return "title" if len(flat) <= _TITLE_LENGTH and not flat.endswith(("。", ";")) else "prose"

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
        if span > len(header.fields) // 2 or (header.kind != ITEMS and column <= 1 and not number(text)):
            return True
        return bool(_LABEL.match(flat)) and column <= 1 and len(flat) <= _TITLE_LENGTH

    def _say(self, i: int, text: str) -> list[tuple[int, str]]:
        text = without_persons(text)
        flat = squeezed(text)
        self.is_sample |= reference.setting("sample_mark") in flat
        if len(flat) <= _TITLE_LENGTH and not flat.endswith(("。", ";")):
            self.titles.append((flat, self._grid.address(i, 0)))
            if flat.startswith("附件"):
                self._header = self._open = None
                self._new_title = True
            self._note_units(text)
            if not self._name_table(tidy(text)):
                if self._header is None:
                    self._entitle(tidy(text))
                else:
                    self._label = tidy(text)
        return [(i, text)]

    def _entitle(self, text: str) -> None:
        """A line above a table whose words name no table of the framework is its title all the same."""
        flat = squeezed(text)
        in_brackets = flat.startswith("(") and flat.endswith(")")
        is_title = len(flat) > _FEW_CELLS and number(flat) is None and not in_brackets
        if is_title and not flat.startswith("附件") and not _UNIT_LINE.search(flat):
            if self._table or self._campaign:
                return
            self._title = text
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
        self.senders += [(name_of(code), self._grid.address(i, 0)) for code in areas_in(flat)]
        for cell in filled:
            self._note_units(cell)

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
        goes_on = (
            self._open is not None and not self._new_title and self._header is not None and _alike(header, self._header)
        )
        self._header = header
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
        if self._open is None:
            header = self._header
            assert header is not None  # noqa: S101 - rows are only taken under a header
            self._open = TableRead(
                len(self.tables) + 1,
                self._table,
                self._campaign,
                self._title,
                header.layout,
                _sheet(self._grid),
                header.kind,
                self._grid.pages[i] if self._grid.pages else None,
                self._units,
                _names_goals(header),
            )
            self.tables.append(self._open)
            self.raw[self._open.number] = []
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
        """Read a row under the open header."""
        header = self._header
        assert header is not None  # noqa: S101 - checked by the caller
        if header.kind != ITEMS:
            return self._take_wide(i)
        if is_header_remnant(cells):
            self.findings.append(finding("broken_header", self._grid.row_address(i), " ".join(filter(None, cells))))
            return "header"
        if self._grid.plain:
            cells, mended = mend(cells, header.fields)
            self.findings += [finding(rule, self._grid.row_address(i), found) for rule, found in mended]
        row = self._raw(i, cells, header)
        own = "campaign" in header.fields and "campaign" not in row.carried
        section = row.get("campaign")
        if own and section and section != self._title:
            self._name_table(section)
        table = self._table_of(i)
        above_it = self.raw[table.number][-1] if self.raw[table.number] else None
        after_break, self._after_break = self._after_break, False
        if above_it and not row.reason and _goes_on(above_it, row, header, after_break):
            for name, text in row.values.items():
                if text and name not in row.carried:
                    above_it.values[name] = above_it.values.get(name, "") + text
            self.findings.append(finding("row_joined", row.where, row.get("progress") or row.get("indicator")))
            return "continuation"
        self.raw[table.number].append(row)
        return "rows"

    def _raw(self, i: int, cells: list[str], header: Header) -> RawRow:
        grid, covered = self._grid, self._covered
        plain = grid.plain
        width = len(header.fields)
        reason = ""
        if plain and (len(cells) < width or any(cells[width:])):
            reason = "column_count"
        values: dict[str, str] = {}
        carried: set[str] = set()
        addresses: list[str] = []
        for j, name in enumerate(header.fields):
            if name is None or name == "person":
                continue
            text = without_persons(tidy(cells[j])) if j < len(cells) and cells[j] else ""
            base = name.removesuffix("+")
            if not text and covered and (i, j) in covered:
                top, left = covered[i, j]
                if top < i and left == j:
                    text = without_persons(tidy(grid.rows[top][left]))
                    if base == name:
                        carried.add(base)
            if base != name:
                values[base] = f"{values.get(base, '')} {text}".strip()
            else:
                values[base] = text
                address = f"{column_letters(j)}{i + 1}" if grid.sheet is not None else grid.address(i, j)
                addresses.append(f'"{base}":"{address}"')
        self._widened(i, header, values)
        if header.fused:
            _unfuse(header, cells, values)
        if reason:
            values["indicator"] = without_persons(" ".join(tidy(cell) for cell in cells if cell))
        elif any(is_total(values.get(name, "")) for name in ("number", "group", "indicator")):
            reason = "printed_total"
            if not values.get("indicator"):
                values["indicator"] = values.get("number") or values.get("group", "")
        if self._label and not values.get("group"):
            values["group"] = self._label
        if grid.comments:
            said = [_unsigned(_own_words(grid.comments[i, j])) for j in range(width) if (i, j) in grid.comments]
            if said:
                values["remark"] = " ".join(filter(None, [values.get("remark", ""), *said]))
        if grid.dates:
            for j, name in enumerate(header.fields):
                if (i, j) in grid.dates and name in ("number", "target", "done", "attainment", "progress"):
                    self.findings.append(finding("date_in_cell", grid.address(i, j), values.get(name, "")))
        return RawRow(
            grid.line(i),
            values,
            carried,
            "{" + ",".join(addresses) + "}",
            reason,
            plain,
            header.percent,
            grid.row_address(i),
        )

    def _widened(self, i: int, header: Header, values: dict[str, str]) -> None:
        """A task that takes the columns of group and task, under one header over both, is a task without a group."""
        if values.get("indicator") or not values.get("group") or "indicator" not in header.fields:
            return
        group, task = header.fields.index("group"), header.fields.index("indicator")
        if header.words[group] == header.words[task] and self._covered.get((i, task), (-1, -1))[1] == group:
            values["indicator"], values["group"] = values["group"], ""

    def _take_wide(self, i: int) -> str:
        header = self._header
        assert header is not None  # noqa: S101 - checked by the caller
        key = header.fields.index("area" if header.kind == "areas" else "indicator")
        cells = self._grid.rows[i]
        if is_header_remnant(cells) and not any(map(figure, cells)):
            self.findings.append(finding("broken_header", self._grid.row_address(i), " ".join(filter(None, cells))))
            self._header = self._open = None  # what the columns below it hold is no longer known
            return "header"
        others = [cell for j, cell in enumerate(cells) if cell and header.fields[j : j + 1] == (None,)]
        key_text = cells[key] if key < len(cells) else ""
        if not key_text and (i, key) not in self._covered and not others:
            return "ghost"
        if key_text and not others:
            self._label = tidy(key_text)
            return "title"
        table = self._table_of(i)
        if table.number not in self.wide:
            named = {code for flat, _ in self.titles for code in areas_in(flat)}
            listed = _listed_units(self._units)
            self.wide[table.number] = WideTable(header, self._grid, self._title, listed, tuple(sorted(named)))
        self.wide[table.number].rows.append(i)
        self.wide[table.number].labels.append(self._label)
        return "rows"

    def check_titles(self, area: str | None, period: str | None) -> tuple[str | None, str | None]:
        """Hold the titles against the area and month under which the file was sent, or take both from them.

        Raises:
            Refused: Another area or month, or an area nobody knows.
        """
        self._check_area(area)
        stated = {
            (f"{year}-{int(month):02d}", flat, where)
            for flat, where in self.titles
            for year, month in _TITLE_MONTH.findall(flat)
        }
        months = {month for month, _, _ in stated}
        self.months_named = frozenset(months)
        if period and months and period not in months:
            _, flat, where = min(stated)
            raise Refused("other_period", f"{where}:{flat}", period)
        named = [code for flat, _ in self.titles + self.senders for code in areas_in(flat)]
        self.areas_named = frozenset(named)
        lowest = max(named, key=lambda code: LEVELS.index(areas()[code].level)) if named else None
        return area or lowest, period or (months.pop() if len(months) == 1 else None)

    def _check_area(self, area: str | None) -> None:
        if area is None:
            return
        known = areas()
        titles = self.titles + self.senders
        for flat, where in titles:
            stranger = unknown_area_in(flat)
            if stranger and area not in areas_in(flat):
                raise Refused("unknown_area", f"{where}:{stranger}", name_of(area))
        ancestors = set(above(area, known))
        named = [(code, flat, where) for flat, where in titles for code in areas_in(flat) if code not in ancestors]
        if named and area not in {code for code, _, _ in named}:
            code, flat, where = named[0]
            raise Refused("other_area", f"{where}:{flat}({name_of(code)})", name_of(area))


def _unsigned(comment: str) -> str:
    """A comment without the name that its writer put at its end."""
    return _SIGNATURE.sub("", tidy(comment))


def _goes_on(above_it: RawRow, row: RawRow, header: Header, after_break: bool) -> bool:
    """Whether a row is the rest of the one above: it fills what that lacks, or a page break cut its text."""
    if "number" not in header.fields or row.get("number") or not above_it.get("number") or above_it.reason:
        return False
    own = [name for name, text in row.values.items() if text and name not in row.carried and name != "group"]
    if not own or any(row.get(name) for name in ("done", "unit") if name in own and above_it.get(name)):
        return False
    told = {"progress", "attainment", "status", "done"}
    if not any(above_it.get(name) for name in own):
        return bool(told & set(own)) and not any(above_it.get(name) for name in told)
    if not after_break or row.get("status") or row.get("attainment"):
        return False
    texts = [name for name in own if name in ("indicator", "target", "progress", "responsible", "remark")]
    cut = [name for name in texts if above_it.get(name) and not squeezed(above_it.get(name)).endswith(_SENTENCE_END)]
    return len(texts) == len(own) and bool(cut)


def _unfuse(header: Header, cells: list[str], values: dict[str, str]) -> None:
    """Give the cells under a fused header to its fields: as many in order, else by what only one field can hold."""
    for first, names in header.fused:
        end = next((j for j in range(first + 1, len(header.fields)) if header.words[j]), len(header.fields))
        under = [tidy(cell) for cell in cells[first:end] if cell]
        if len(under) == 1 and len(names) > 1 and len(under[0].split()) == len(names):
            under = under[0].split()
        if len(under) == len(names):
            values.update(zip(names, map(without_persons, under), strict=True))
            continue
        for cell in under:
            name = _told_by_content(cell, names)
            if name and not values.get(name):
                values[name] = without_persons(cell)


def _told_by_content(cell: str, names: tuple[str, ...]) -> str:
    """Which of the fields of a fused header a cell can only belong to, or `""`."""
    kinds = {"attainment"} if "%" in squeezed(cell) else set()
    if not kinds and read_status(cell).how == "word":
        kinds = {"status", "remark"}
    elif not kinds and number(cell) is not None:
        kinds = {"funds", "done", "target"}
    fitting = [name for name in names if name in kinds]
    return fitting[0] if len(fitting) == 1 else ""


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


def _covered(grid: Grid) -> Covered:
    """Cells that a merged range covers, each with the range's first cell."""
    return {
        (i, j): (top, left)
        for top, left, bottom, right in grid.merges
        for i in range(top, min(bottom, len(grid.rows) - 1) + 1)
        for j in range(left, min(right, len(grid.rows[i]) - 1) + 1)
        if (i, j) != (top, left)
    }


def _own_words(comment: str) -> str:
    """A comment without names of persons, and without what a check of ours has put into it."""
    return without_persons(comment.partition(reference.setting("check_mark"))[0])

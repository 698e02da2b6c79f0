"""From a document to the report rows of one area and month.

Walks each grid once: titles and sections say which table follows, a header says which column is what, everything
under it is a row. Each row is accepted or set aside with a reason; none is dropped. `items` then puts rows in order.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from risk_assets import reference
from risk_assets.contracts.tables import LEVELS
from risk_assets.documents import Document, Grid, Refused
from risk_assets.documents.model import column_letters
from risk_assets.language.areas import above, areas, areas_in, name_of, unknown_area_in
from risk_assets.language.persons import is_form_line, is_vendor_line, without_persons
from risk_assets.language.text import paragraphs, squeezed, tidy
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import Header, find_header, is_header_remnant
from risk_assets.layouts.indicators import campaign_in, table_in, tables
from risk_assets.layouts.items import RawRow, settle

_TITLE_LENGTH = 45
_TITLE_MONTH = re.compile(r"(20\d\d)年(0?[1-9]|1[0-2])月(?:份)?(?!\d{0,2}日)")
_FEW_CELLS = 3


@dataclass
class TableRead:
    """One table of a document, as recognised."""

    number: int
    table: str
    campaign: str
    title: str
    layout: str
    sheet: str | None
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Reading:
    """All that was read in a document.

    Attributes:
        rows: Report rows without the columns that name the submission.
        tables: The tables, in order.
        findings: Rule, found, expected and where of each.
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
    findings: list[dict[str, str]]
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
        Rows, tables, prose and findings.

    Raises:
        Refused: The titles name another area or month, or no table was recognised.
    """
    framework = _framework(period)
    reader = _Reader(document, framework)
    for grid in document.grids:
        reader.read(grid)
    area, period = reader.check_titles(area, period)
    _framework(period)
    if not reader.tables:
        raise Refused("no_table", f"{len(reader.loose)} 行没有表头的内容", "、".join(_known_layouts()))
    findings = [finding(n.rule, n.where, n.found) for n in document.notices] + reader.findings
    rows: list[dict[str, Any]] = []
    for table in reader.tables:
        table.rows, more = settle(reader.raw[table.number], table.table, table.campaign, reader.framework)
        findings += more
        rows += [_row(table, row) for row in table.rows]
    rows += [_loose_row(grid, i) for grid, i in reader.loose]
    for number, row in enumerate(rows, 1):
        row["row"] = number
        row["area"] = area
    blank = [row for row in rows if row["state"] == "set_aside"]
    findings += [finding(row["reason"], _line_address(row), row["indicator_text"] or "") for row in blank]
    layouts = sorted({table.layout for table in reader.tables})
    return Reading(
        rows,
        reader.tables,
        findings,
        reader.prose,
        layouts,
        area,
        period,
        framework,
        reader.areas_named,
        reader.months_named,
        reader.is_sample,
    )


def _framework(period: str | None) -> str:
    """The framework of a month, the latest where the month is not known."""
    try:
        return reference.framework_of(period) if period else reference.frameworks()[-1]
    except ValueError as none:
        raise Refused("too_early", str(period), str(none)) from None


def _known_layouts() -> list[str]:
    return [row["name"] for row in reference.table("layouts/layouts")]


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
        "sheet": grid.sheet,
        "line": i + 1,
        "cells": "{}",
        "state": "set_aside",
        "reason": "no_header",
    }


def _line_address(row: dict[str, Any]) -> str:
    return f"{row['sheet']}!{row['line']}:{row['line']}" if row["sheet"] else f"第{row['line']}行"


class _Reader:
    """State of the walk: which table is open, what titles were seen since."""

    def __init__(self, document: Document, framework: str):
        self.framework = framework
        self.tables: list[TableRead] = []
        self.raw: dict[int, list[RawRow]] = {}
        self.loose: list[tuple[Grid, int]] = []
        self.findings: list[dict[str, str]] = []
        self.prose: list[str] = []
        self.titles: list[tuple[str, str]] = []
        self.senders: list[tuple[str, str]] = []
        self.is_sample = False
        self.areas_named: frozenset[str] = frozenset()
        self.months_named: frozenset[str] = frozenset()
        self.is_text = all(grid.plain for grid in document.grids)
        self._header: Header | None = None
        self._open: TableRead | None = None
        self._title = self._table = self._campaign = ""
        self._new_title = True

    def read(self, grid: Grid) -> None:
        """Walk one sheet or text."""
        self._header = self._open = None
        self._new_title = True
        self._title = self._table = self._campaign = ""
        if grid.sheet:
            self._name_table(grid.sheet)
        covered = _covered(grid)
        lines: list[tuple[int, str]] = []
        skip = -1
        for i, cells in enumerate(grid.rows):
            filled = [cell for cell in cells if cell and not cell.isspace()]
            if i <= skip or not filled or is_vendor_line(filled[0]):
                continue
            if is_form_line(filled[0]):
                self._note_form(grid, i, filled)
                continue
            header = find_header(grid, i) if len(filled) >= _FEW_CELLS else None
            if header:
                self._start(grid, header, i)
                skip = i + header.height - 1
            elif len(filled) == 1 and self._speaks(grid, i, filled[0], covered):
                lines += self._say(grid, i, filled[0])
            elif self._header is not None:
                self._take(grid, i, covered)
            elif len(filled) == 1 or (len(filled) <= _FEW_CELLS and not self._campaign):
                for cell in filled:
                    lines += self._say(grid, i, cell)
            else:
                self.loose.append((grid, i))
        self.prose += [text for _, text in paragraphs(lines)]

    def _speaks(self, grid: Grid, i: int, text: str, covered: dict[tuple[int, int], tuple[int, int]]) -> bool:
        """Whether a row's only cell is a line of its own and not a row of the open table."""
        if self._header is None or self.is_text:
            return True
        flat = squeezed(text)
        if flat.startswith("附件"):
            return True
        names = table_in(flat, self.framework) or campaign_in(flat, self.framework)
        column = next(j for j, cell in enumerate(grid.rows[i]) if cell)
        if (
            names
            and len(flat) <= _TITLE_LENGTH
            and not any(covered.get((i, j), (i, 0))[0] < i for j in range(len(grid.rows[i])))
        ):
            return "campaign" not in self._header.fields or column == 0
        return False

    def _say(self, grid: Grid, i: int, text: str) -> list[tuple[int, str]]:
        """Take a line outside tables: a title, a section, a form line or prose."""
        text = without_persons(text)
        flat = squeezed(text)
        self.is_sample |= reference.setting("sample_mark") in flat
        if len(flat) <= _TITLE_LENGTH and not flat.endswith(("。", ";")):
            self.titles.append((flat, grid.address(i, 0)))
            if flat.startswith("附件"):
                self._header = self._open = None
                self._new_title = True
            self._name_table(tidy(text))
        return [(i, text)]

    def _note_form(self, grid: Grid, i: int, filled: list[str]) -> None:
        """A line that says who reports: only the areas it names are used, to tell whose file it is."""
        flat = squeezed(" ".join(filled))
        self.is_sample |= reference.setting("sample_mark") in flat
        self.senders += [(name_of(code), grid.address(i, 0)) for code in areas_in(flat)]

    def _name_table(self, text: str) -> None:
        table, campaign = table_in(text, self.framework), campaign_in(text, self.framework)
        if not table and not campaign:
            return
        if not table and campaign == self._campaign and self._table:
            return  # the campaign's name beside each row says less than the section above
        self._table = table
        self._campaign = tables(self.framework)[table][0] if table else campaign
        self._title = text
        self._new_title = True
        self._open = None

    def _start(self, grid: Grid, header: Header, i: int) -> None:
        """A header: a new table, or the same one going on after a page break."""
        goes_on = (
            self._open is not None
            and not self._new_title
            and self._header is not None
            and header.layout == self._header.layout
        )
        self._header = header
        self._new_title = False
        if not goes_on:
            self._open = None
            for column, words in header.unknown:
                self.findings.append(finding("unknown_column", grid.address(i, column), tidy(words)))

    def _table_of(self, grid: Grid) -> TableRead:
        if self._open is None:
            assert self._header is not None  # noqa: S101 - rows are only taken under a header
            self._open = TableRead(
                len(self.tables) + 1, self._table, self._campaign, self._title, self._header.layout, grid.sheet
            )
            self.tables.append(self._open)
            self.raw[self._open.number] = []
            self._new_title = False
        return self._open

    def _take(self, grid: Grid, i: int, covered: dict[tuple[int, int], tuple[int, int]]) -> None:
        """Read a row under the open header."""
        header = self._header
        assert header is not None  # noqa: S101 - checked by the caller
        cells = grid.rows[i]
        reason = ""
        width = len(header.fields)
        if self.is_text and (len(cells) < width or any(cells[width:])):
            reason = "column_count"
        if is_header_remnant(cells):
            reason = "broken_header"
        values: dict[str, str] = {}
        carried: set[str] = set()
        addresses: list[str] = []
        for j, name in enumerate(header.fields):
            if name is None:
                continue
            text = without_persons(tidy(cells[j])) if j < len(cells) and cells[j] else ""
            base = name.removesuffix("+")
            if not text and (i, j) in covered:
                top, left = covered[i, j]
                if top < i and left == j:
                    text = without_persons(tidy(grid.rows[top][left]))
                    if not name.endswith("+"):
                        carried.add(base)
            if name.endswith("+"):
                values[base] = f"{values.get(base, '')} {text}".strip()
            else:
                values[base] = text
                address = f"{column_letters(j)}{i + 1}" if grid.sheet else grid.address(i, j)
                addresses.append(f'"{base}":"{address}"')
        if reason:
            values["indicator"] = without_persons(" ".join(tidy(cell) for cell in cells if cell))
        own = "campaign" in header.fields and "campaign" not in carried
        section = values.get("campaign", "")
        if own and section and section != self._title:
            self._name_table(section)
        table = self._table_of(grid)
        self.raw[table.number].append(
            RawRow(
                i + 1,
                values,
                carried,
                "{" + ",".join(addresses) + "}",
                reason,
                self.is_text,
                header.percent,
                grid.sheet,
            )
        )

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
        known = areas()
        titles = self.titles + self.senders
        for flat, where in titles:
            stranger = unknown_area_in(flat)
            if stranger and area not in areas_in(flat):
                raise Refused("unknown_area", f"{where}:{stranger}", name_of(area) if area else "区划表中的名称")
        if area is None:
            return
        ancestors = set(above(area, known))
        named = [(code, flat, where) for flat, where in titles for code in areas_in(flat) if code not in ancestors]
        if named and area not in {code for code, _, _ in named}:
            code, flat, where = named[0]
            raise Refused("other_area", f"{where}:{flat}({name_of(code)})", name_of(area))


def _covered(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that a merged range covers, each with the range's first cell."""
    return {
        (i, j): (top, left)
        for top, left, bottom, right in grid.merges
        for i in range(top, min(bottom, len(grid.rows) - 1) + 1)
        for j in range(left, min(right, len(grid.rows[i]) - 1) + 1)
        if (i, j) != (top, left)
    }

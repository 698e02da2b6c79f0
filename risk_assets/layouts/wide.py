"""Tables of areas × measures and of measures × areas: every figure becomes an observation with its area.

What a column's figures are is said by its header words (`reference/layouts/measures.csv`); a figure that cannot be
read, or whose area nobody knows, is a finding.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from risk_assets.documents import Grid
from risk_assets.documents.model import column_letters
from risk_assets.language.areas import NamedArea, divisions_in, is_area, is_total, named_areas
from risk_assets.language.figures import Quantity, figures_in
from risk_assets.language.numbers import Figure, are_fractions, figure, is_nothing, number
from risk_assets.language.text import folded, header_word, squeezed
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import AREAS, Covered, Header, looks_like_area
from risk_assets.layouts.indicators import tie
from risk_assets.layouts.rows import clean
from risk_assets.layouts.vocabulary import UNDECIDED, Measure, measure_of, unit_in, units

_MONTHS = re.compile(r"(20\d\d)年(\d{1,2})[-至~](\d{1,2})月")
_STOCK = re.compile(r"(20\d\d)年(\d{1,2})月(?:底|末)")
_MONTH = re.compile(r"(20\d\d)年(\d{1,2})月")
_OWN_MONTH = re.compile(r"\d{1,2}(?:[-至~]\d{1,2})?月")
_YEAR = re.compile(r"(20\d\d)年")
_BRACKETED = re.compile(r"(?P<figure>[+-]?\d[\d,.]*%?)\([^()]{1,12}\)")
_PLACES = re.compile(r"[↑↓▲▼]\d{1,3}位?")
# What may stand beside a figure in a cell that holds nothing else.
_BEFORE = re.compile(
    r"\s*(?:同比|环比)?(?:增长|下降|回落|提高|上升|减少|增加|降低|增|降)?(?:约|近|[≤≥<>]|不[超高]过|不[低少高]于|超过|低于)?\s*"
)
_BEHIND = re.compile(r"\s*(?:及?以[上下内]|左右)?\s*")
_NO_LABEL = ("其中", "其中:", "各县市区", "分县市区")
_OF_RATES = ("%", "‰", "百分点", "个百分点")
# What a unit line such as 单位：万元 cannot be meant for.
_NO_MONEY = re.compile(
    r"(?:户|人|家|个|企|企业|项目|单位|套|宗|次|天|件|起)数(?:量)?$|人均|面积|里程|人口|户$|指数|天数|比$|率$|浓度|产量|增速"
)
_EARLIER = ("去年", "上年", "上月", "上期")
_SUMS = ("合计", "总计", "共计")
_SHORT_NAME = 3
_LEVEL = Measure("level", "actual", "")
_FIELDS = {("level", "target"): "target_text", ("level", "actual"): "done_text", ("attainment", "actual"): "attainment"}


@dataclass
class WideTable:
    """A table whose figures stand in a grid of areas and measures: its header, its rows, what its title says.

    Attributes:
        header: The header; side by side rankings are columns of one header.
        grid: Where the cells are.
        covered: Cells that merged ranges cover, each with the range's first cell.
        title: Title as printed.
        units: Units of the unit line above the table.
        above: Codes of areas that the titles name.
        rows: Rows of the grid that hold areas or measures.
        labels: Label of the block that each row stands in.
        broken: Rows with fewer or more cells than the header, of which no figure can be told.
    """

    header: Header
    grid: Grid
    covered: Covered
    title: str
    units: tuple[str, ...]
    above: tuple[str, ...]
    rows: list[int] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Column:
    """A column of figures: where, under which label, what it measures, in which unit, for which period."""

    at: int
    label: str
    measure: Measure
    unit: str
    period: str | None
    is_known: bool


def settle_wide(
    table: WideTable, framework: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, str]]]:
    """Read the figures of a table.

    Args:
        table: Its header and rows.
        framework: Year of the framework whose indicators its measures may be.

    Returns:
        Report rows, observations (each with the index of its row among them), findings.
    """
    reader = _Areas(table, framework) if table.header.kind == AREAS else _Measures(table, framework)
    return reader.read()


class _Wide:
    """What both directions share."""

    def __init__(self, table: WideTable, framework: str):
        self.table, self.framework, self.covered = table, framework, table.covered
        self.above = {*table.above, *divisions_in(table.title)}
        self.rows: list[dict[str, Any]] = []
        self.observations: list[dict[str, Any]] = []
        self.findings: list[dict[str, str]] = []
        self.inherited = ""

    def cell(self, row: int, column: int) -> str:
        """A cell's text; of a merged range, the range's."""
        cells = self.table.grid.rows[row]
        text = cells[column] if column < len(cells) else ""
        if not text and (row, column) in self.covered:
            top, left = self.covered[row, column]
            if left == column and top in self.table.rows:
                text = self.table.grid.rows[top][left]
        return clean(text) if text else ""

    def _is_shared(self, row: int, column: int) -> bool:
        """Whether a figure's cell is merged over several rows, so that it belongs to none of them alone."""
        own = self.covered.get((row, column))
        return (own is not None and own[0] < row) or self.covered.get((row + 1, column)) == (row, column)

    def _text(self, i: int, at: dict[str, int], name: str) -> str:
        return self.cell(i, at[name]) if name in at else ""

    def row(self, i: int, label: str, **values: Any) -> dict[str, Any]:
        """A report row of the table with nothing in it yet but its place."""
        row = {
            "table": None,
            "campaign": None,
            "item": None,
            "part": False,
            "group": label or None,
            "indicator": None,
            "tied_by": None,
            "status": "unknown",
            "line": self.table.grid.line(i),
            "where": self.table.grid.row_address(i),
            "cells": "{}",
            "state": "accepted",
            "reason": None,
            "attainment": None,
            **values,
        }
        self.rows.append(row)
        return row

    def observe(
        self, i: int, column: _Column, area: NamedArea, unit: str = "", label: str = ""
    ) -> dict[str, Any] | None:
        """The observation of a cell, or None where it holds none; what cannot be read is said."""
        text = self.cell(i, column.at)
        if is_nothing(text):
            return None
        where = self.table.grid.address(i, column.at)
        if column.measure.measure != "rank" and self._is_shared(i, column.at):  # a merged place is a tie
            self.findings.append(finding("figure_shared", where, text))
            return None
        if column.measure.measure == UNDECIDED:
            self.findings.append(finding("sign_unknown", where, text, column.label))
            return None
        read = figure(text)
        bracket = _BRACKETED.fullmatch(squeezed(text)) if read is None else None
        if bracket:
            read = figure(bracket.group("figure"))
            self.findings.append(finding("figure_bracket", where, text))
        told = _told(text) if read is None else None
        if told:
            read = Figure(told.value, told.unit, told.masked)
        if read is None or (read.unit and read.unit not in units() and not told):
            self.findings.append(finding("figure_unreadable", where, text))
            return None
        if (i, column.at) in self.table.grid.dates:
            self.findings.append(finding("date_in_cell", where, text))
            return None
        measure = column.measure
        if told and told.measure not in ("level", measure.measure):  # 下降2.1个百分点
            measure = Measure(told.measure, measure.role, told.unit)
        of_column = unit or column.unit
        if measure.measure in ("mom", "yoy") and _PLACES.fullmatch(squeezed(text)):
            measure, of_column = Measure("change", measure.role, ""), ""  # ↑1 is a place and no %
        if read.unit and of_column and read.unit != of_column:
            self.findings.append(finding("unit_differs", where, text, of_column))
        name = label or column.label
        known = tie(name, self.framework, "", "")
        observation = {
            "row": len(self.rows) - 1,
            "area": area.code or None,
            "area_name": area.name or None,
            "indicator": name,
            "indicator_id": known.id if known else None,
            "value": read.value,
            "unit": read.unit or of_column,
            "measure": measure.measure,
            "role": measure.role,
            "bound": told.bound if told else "eq",
            "period": column.period,
            "masked": read.masked,
            "quote": text,
            "line": self.table.grid.line(i),
            "where": where,
        }
        self.observations.append(observation)
        return observation

    def column(self, at: int, path: Sequence[str], with_title: bool) -> _Column:
        """What a column's header says of its figures."""
        own = [word for word in path if not (looks_like_area(word) or squeezed(word) in _NO_LABEL)]
        if not with_title:
            own = [word for word in own if not is_total(word)]
        told = next((k for k in range(len(own) - 1, -1, -1) if measure_of(own[k])), None)
        measure = measure_of(own[told]) if told is not None else None
        upper = next((m for m in map(measure_of, own[:told]) if m and m.unit == "%"), None) if told else None
        if measure and measure.measure == "level" and not measure.unit and upper and unit_in(own[-1]) in ("", "%"):
            measure = upper  # 累计 below 增速(%)
        unit = next((u for u in map(unit_in, reversed(own)) if u), "")
        if measure is None and unit == "%" and own:
            measure = Measure("level", "actual", "%")
        if measure and measure.unit:
            unit = next((u for u in map(unit_in, reversed(own)) if u in _OF_RATES), measure.unit)
        elif measure and measure.measure == "change" and unit in _OF_RATES:
            unit = "百分点"
        known = measure or _LEVEL
        label = "/".join(own)
        if with_title and own and measure and all(measure_of(word) and len(squeezed(word)) <= 6 for word in own):
            label = f"{self.table.title}/{label}" if self.table.title else label
        if known.measure == "rank":
            unit = ""
        return _Column(at, label, known, unit or self.unit(known, own), self.period(own, known), measure is not None)

    def unit(self, measure: Measure, words: Sequence[str]) -> str:
        """The unit of figures without one of their own: that of the unit line above the table, if they can bear it."""
        if measure.measure == "rank" or any(_NO_MONEY.search(header_word(word)) for word in words):
            return ""
        plain = [unit for unit in self.table.units if unit not in ("%", "百分点", "位")]
        return plain[0] if len(plain) == 1 else ""

    def period(self, words: Sequence[str], measure: Measure) -> str | None:
        """The period that header words or the title state, or None."""
        text = squeezed("".join(words))
        if any(word in text for word in _EARLIER):
            return None
        title = squeezed(self.table.title)
        since_january = "累计" in text
        year_of_title, own_month = _YEAR.search(title), _OWN_MONTH.search(text)
        if year_of_title and own_month and not _YEAR.search(text):
            text = f"{year_of_title.group(1)}年{text[own_month.start() :]}"
        for source in (text, title):
            year = _YEAR.search(source)
            if measure.role == "target":
                if year:
                    return f"{year.group(1)}-01..{year.group(1)}-12"
                continue
            months = _MONTHS.search(source)
            if months:
                return f"{months.group(1)}-{int(months.group(2)):02d}..{months.group(1)}-{int(months.group(3)):02d}"
            stock = _STOCK.search(source)
            if stock:
                return f"..{stock.group(1)}-{int(stock.group(2)):02d}"
            month = _MONTH.search(source)
            if month:
                first = 1 if since_january else int(month.group(2))
                return f"{month.group(1)}-{first:02d}..{month.group(1)}-{int(month.group(2)):02d}"
        return None


class _Areas(_Wide):
    """Areas × measures, one table or several side by side."""

    def read(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, str]]]:
        """Rows, observations and findings of all parts of the table."""
        for first, last in _parts(self.table.header):
            self._part(first, last)
        return self.rows, self.observations, self.findings

    def _part(self, first: int, last: int) -> None:
        header = self.table.header
        at = {name: j for j, name in reversed(list(enumerate(header.fields))) if name and first <= j < last}
        figures = [j for j in range(first, last) if header.fields[j] is None and header.words[j]]
        words = _told_apart(header.words, figures)
        figures = [j for j in figures if self._holds_figures(j)]
        columns = [self.column(j, words[j], with_title=True) for j in figures]
        names = [self.cell(i, at["area"]) for i in self.table.rows]
        is_first = first == 0
        held = [(i, n, g) for i, n, g in zip(self.table.rows, names, self.table.labels, strict=True) if n or is_first]
        areas = named_areas([name for _, name, _ in held], self.above)
        fractions = {c.at for c in columns if c.unit == "%" and self._are_fractions(c, held)}
        for column in columns:
            if not column.unit and column.measure.measure == "level" and self._has_bare(column, held):
                where = self.table.grid.address(held[0][0], column.at) if held else ""
                self.findings.append(finding("unit_unknown", where, column.label))
        for (i, _, label), area in zip(held, areas, strict=True):
            row = self.row(i, label or self._text(i, at, "group"), area=area.code or None, area_name=area.name)
            row["item"] = self._text(i, at, "number") or None
            row["responsible"] = self._text(i, at, "responsible") or None
            row["remark"] = self._text(i, at, "remark") or None
            cells = {"area": at["area"]}
            seen: list[dict[str, Any]] = []
            for column in () if i in self.table.broken else columns:
                if column.at in fractions and number(self.cell(i, column.at)) is not None:
                    where = self.table.grid.address(i, column.at)
                    self.findings.append(finding("ratio_ambiguous", where, self.cell(i, column.at)))
                    continue
                one = self.observe(i, column, area)
                cells[f"figure_{column.at}"] = column.at
                if one:
                    seen.append(one)
                    self._fill(row, column, columns, one)
            row["indicator_text"] = columns[0].label if len(columns) == 1 else (self.table.title or None)
            row["cells"] = _cells(self.table.grid, i, cells)
            if i in self.table.broken:
                row["state"], row["reason"] = "set_aside", "column_count"
            elif not seen:
                row["state"], row["reason"] = "set_aside", "no_content"
            elif not area.code and not area.is_total:
                row["state"], row["reason"] = "set_aside", "unknown_area_row"
        self._twice([(i, area) for (i, _, _), area in zip(held, areas, strict=True)])
        self._totals([(i, area) for (i, _, _), area in zip(held, areas, strict=True)], columns)

    def _holds_figures(self, column: int) -> bool:
        """Whether a column has a figure at all; one of words (who is responsible) is said once and not read."""
        cells = [self.cell(i, column) for i in self.table.rows]
        if any(figure(cell) or _BRACKETED.fullmatch(squeezed(cell)) for cell in cells) or all(map(is_nothing, cells)):
            return True
        where = self.table.grid.address(self.table.rows[0] - self.table.header.height, column)
        self.findings.append(finding("unknown_column", where, "/".join(self.table.header.words[column])))
        return False

    def _has_bare(self, column: _Column, held: list[tuple[int, str, str]]) -> bool:
        """Whether a cell of a column holds a figure without a unit of its own."""
        return any(read is not None and not read.unit for read in (figure(self.cell(i, column.at)) for i, _, _ in held))

    def _are_fractions(self, column: _Column, held: list[tuple[int, str, str]]) -> bool:
        return are_fractions(self.cell(i, column.at).lstrip("-") for i, _, _ in held)

    def _fill(self, row: dict[str, Any], column: _Column, columns: list[_Column], one: dict[str, Any]) -> None:
        """Target, done and share of a row that speaks of one indicator."""
        kind = (column.measure.measure, column.measure.role)
        name = _FIELDS.get(kind)
        if not name or sum((c.measure.measure, c.measure.role) == kind for c in columns) > 1:
            return
        if name == "attainment":
            row["attainment"], row["attainment_text"] = one["value"], one["quote"]
        else:
            row[name] = one["quote"]
            row["unit"] = one["unit"] or row.get("unit")

    def _twice(self, held: list[tuple[int, NamedArea]]) -> None:
        """An area with two rows in one part of a table."""
        times = Counter((area.code, self.table.labels[self.table.rows.index(i)]) for i, area in held if area.code)
        for i, area in held:
            if times[area.code, self.table.labels[self.table.rows.index(i)]] > 1:
                self.findings.append(finding("area_twice", self.table.grid.row_address(i), area.name))

    def _totals(self, held: list[tuple[int, NamedArea]], columns: list[_Column]) -> None:
        """Hold the one printed total of a table against its lines."""
        totals = [i for i, area in held if area.is_total]
        lines = [i for i, area in held if not area.is_total]
        if len(totals) != 1 or len(lines) < 2 or squeezed(self.cell(totals[0], self._area_column(held))) not in _SUMS:
            return
        for column in columns:
            if column.measure.measure != "level" or column.unit == "%":
                continue
            printed = number(self.cell(totals[0], column.at))
            values = [number(self.cell(i, column.at)) for i in lines]
            known = [value for value in values if value is not None]
            if printed is None or len(known) < len(values):
                continue
            digits = max(len(self.cell(i, column.at).partition(".")[2]) for i in (*lines, totals[0]))
            if abs(sum(known) - printed) > 0.5 * 10.0**-digits * 1.001:
                where = self.table.grid.address(totals[0], column.at)
                self.findings.append(finding("total_differs", where, f"{printed:g}", f"{sum(known):.{digits}f}"))

    def _area_column(self, held: list[tuple[int, NamedArea]]) -> int:
        name = held[0][1].name
        return next(
            j for j, f in enumerate(self.table.header.fields) if f == "area" and self.cell(held[0][0], j) == name
        )


class _Measures(_Wide):
    """Measures × areas, or measures of one area whose columns are months and growth."""

    def read(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, str]]]:
        """Rows, observations and findings."""
        header = self.table.header
        at = {name: j for j, name in reversed(list(enumerate(header.fields))) if name}
        figures = [
            j for j, path in enumerate(header.words) if path and header.fields[j] is None and j > at["indicator"]
        ]
        words = {j: next((w for w in header.words[j] if looks_like_area(w) or is_total(w)), "") for j in figures}
        areas = dict(zip(figures, named_areas([words[j] for j in figures], self.above), strict=True))
        for j in figures:
            if not areas[j].code and not areas[j].is_total and any(words.values()):
                if not words[j]:
                    areas[j] = NamedArea(header.words[j][0], "", is_total=False)
                where = self.table.grid.address(self.table.rows[0], j)
                self.findings.append(finding("unknown_area_column", where, areas[j].name))
        self.paths = _told_apart(header.words, figures)
        group = before = ""
        self.measured, self.after_area = "", False
        for i, label in zip(self.table.rows, self.table.labels, strict=True):
            group = self._text(i, at, "group") or label or group
            if group != before:
                self.measured, self.after_area = "", False
            before = group
            self._row(i, group, at, figures, areas)
        return self.rows, self.observations, self.findings

    def _whose(self, name: str) -> NamedArea | None:
        """The area that a row of a measure's breakdown is for (分县生产总值, 其中:定海区); None for a measure."""
        if is_area(name):
            return named_areas([name], self.above)[0]
        flat = squeezed(name).removeprefix("其中").strip(":")
        is_place = looks_like_area(flat) or (self.after_area and len(flat) <= _SHORT_NAME and not measure_of(flat))
        return NamedArea(name, "", is_total=False) if is_place else None

    def _row(self, i: int, group: str, at: dict[str, int], figures: list[int], areas: dict[int, NamedArea]) -> None:
        name, unit = self.cell(i, at["indicator"]), self._text(i, at, "unit")
        whose = self._whose(name)
        above_it = (self.measured or group) if "group" not in at else group
        path = [word for word in (above_it if "group" in at or whose else "", "" if whose else name) if word]
        self.measured, self.after_area = (self.measured, True) if whose else (name, False)
        row = self.row(i, group, area=None, area_name=None, indicator_text=name or None, unit=unit or None)
        if whose:
            row |= {"area": whose.code or None, "area_name": whose.name, "indicator_text": above_it or None}
            if not whose.code:
                row["state"], row["reason"] = "set_aside", "unknown_area_row"
        row["item"] = self._text(i, at, "number") or None
        if "unit" not in at and not unit_in(name):
            unit = self.inherited if _is_below(self.table.grid.rows[i][at["indicator"]]) else ""
        elif "unit" not in at:
            self.inherited = unit_in(name)
        listed = [flat for flat in re.split(r"[、,/;和]", squeezed(unit)) if flat in units()]
        if squeezed(unit) in units():
            listed = [squeezed(unit)]
        cells = {"indicator": at["indicator"]}
        is_bare = False
        for j in figures:
            sub = [w for w in self.paths[j] if w != areas[j].name]
            column = self.column(j, (*path, *sub), with_title=False)
            one = self.observe(i, column, whose or areas[j], self._unit_of(column, listed, sub))
            is_bare |= bool(one and not one["unit"] and one["measure"] == "level")
            cells[f"figure_{j}"] = j
        row["cells"] = _cells(self.table.grid, i, cells)
        if is_bare:
            self.findings.append(finding("unit_unknown", self.table.grid.row_address(i), name))
        known = tie(name, self.framework, "", "")
        row["indicator"], row["tied_by"] = (known.id, "name") if known else (None, None)
        if not any(one["row"] == len(self.rows) - 1 for one in self.observations):
            row["state"], row["reason"] = "set_aside", "no_content"

    @staticmethod
    def _unit_of(column: _Column, listed: list[str], sub: Sequence[str]) -> str:
        """The unit column's, of several the one that fits; what a column measures in % or places keeps its own."""
        if column.measure.unit or column.measure.measure == "rank":
            return ""
        amounts = [unit for unit in listed if unit != "%"]
        if len(listed) == 1 and (listed != ["%"] or not any(map(unit_in, sub))):
            return listed[0]
        return amounts[0] if len(amounts) == 1 else ""


def _told(text: str) -> Quantity | None:
    """The one figure of a cell that says it in words: 7%以上, 约2800, 下降2.1个百分点."""
    found = figures_in(text)
    if len(found.quantities) != 1 or found.unread:
        return None
    one, flat = found.quantities[0], folded(text)
    said = _BEFORE.fullmatch(flat, 0, one.start) and _BEHIND.fullmatch(flat, one.end)
    return one if said else None  # 上年为1.43 is another year's


def _told_apart(words: Sequence[tuple[str, ...]], figures: list[int]) -> dict[int, tuple[str, ...]]:
    """Words of each column; columns with the same ones get those of the nearest column on the left with its own.

    In 采矿, 同比增长, 建筑, 同比增长 the second is the growth of the first and the fourth that of the third.
    """
    told = {j: words[j] for j in figures}
    own = ""
    for j in figures:
        if sum(words[k] == words[j] for k in figures) == 1:
            own = words[j][-1]
        elif own and measure_of(words[j][-1]):
            told[j] = (*words[j][:-1], own, words[j][-1])
    return told


def _is_below(label: str) -> bool:
    """Whether a label is printed as a part of the one above it: indented, or with a mark that says so."""
    return label[:1].isspace() or squeezed(label).startswith(("#", "其中"))


def _parts(header: Header) -> list[tuple[int, int]]:
    """Column ranges of the tables that stand side by side: each has a column of areas."""
    places = [j for j, name in enumerate(header.fields) if name == "area"]
    starts = [0]
    for before, j in pairwise(places):
        if all(header.fields[k] is not None for k in range(before + 1, j)):
            continue  # 市州 beside 县市: one area in two columns
        start = j
        if j > 0 and before > 0 and header.words[j - 1][-1:] == header.words[before - 1][-1:]:
            start = j - 1
        starts.append(start)
    return [(a, b) for a, b in zip(starts, [*starts[1:], len(header.fields)], strict=True) if b > a]


def _cells(grid: Grid, i: int, columns: dict[str, int]) -> str:
    place = (lambda j: f"{column_letters(j)}{i + 1}") if grid.sheet is not None else (lambda j: grid.address(i, j))
    return "{" + ",".join(f'"{name}":"{place(j)}"' for name, j in columns.items()) + "}"

"""Every figure of a report: those of cells and prose beside those of wide tables, each with its proof.

What a number states is read in `language.figures`; here its place says the rest: the column's role, the heading's
period, the reporting month. Which indicator it belongs to is told in `tying`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from risk_assets.language.areas import areas
from risk_assets.language.figures import Context, Found, Quantity, figures_in, in_base, scaled
from risk_assets.language.figures.periods import PATTERN, Period, parse
from risk_assets.language.text import folded, pieces, squeezed
from risk_assets.layouts import Reading
from risk_assets.layouts.headers import ITEMS
from risk_assets.layouts.vocabulary import Measure, field_of, measure_of, unit_in
from risk_assets.layouts.walking import Spoken, TableRead, sheet_of
from risk_assets.monitoring.owning import Owner, owners
from risk_assets.monitoring.tying import Prose, Row, Tie

FIELDS = ("indicator", "target", "progress", "done", "attainment", "status", "remark", "responsible")
_TEXTS = {"indicator": "indicator_text", "target": "target_text", "done": "done_text", "attainment": "attainment_text",
          "status": "status_text"}  # fmt: skip
_KEPT = ("area", "entity", "row", "field", "sheet", "line", "cell", "start", "end", "quote", "value", "base_value",
         "measure", "role", "bound", "masked", "component", "sentence", "sentence_at")  # fmt: skip
_GOALS = ("indicator", "target")
_LONE = re.compile(r"[≤≥<>+-]?\s?\d[\d,.、/\s]*%?(?:以[上内下])?|\*{2,}(?:\.\*+)?|[xX]{1,4}(?:\.[xX]{1,3})?")
# A unit's name is shorter; what is longer has another cell's text in it.
_FUSED = 40
_HEADING_LENGTH = 40
_NUMBERED = (
    re.compile(r"^[一二三四五六七八九十]{1,3}、"),
    re.compile(r"^-?\([一二三四五六七八九十]{1,3}\)"),
    re.compile(r"^-?\(?\d{1,2}[.、)](?!\d)"),
)
_AHEAD = re.compile(
    r"下一?步|下一?阶段|打算|工作安排|工作计划|工作思路|工作要求|下步要求|下半年(?:工作|重点|打算|安排)|目标任务|预期目标|主要目标|年度目标"
)
# What stands under them is how things are, whatever the month.
_PROBLEMS = re.compile(r"问题|困难|短板|不足|难点")
_PERIOD = re.compile(PATTERN)
_NOT_YET = re.compile(r"(?:预计|计划|力争|拟|确保|预期|将于?|争取|到)[^,，。;；]{0,6}$")
_YEAR_BEFORE = re.compile(r"(?:上年|去年)同期(?:累计|当月|数|值|$)")
_OWN_MONTH = re.compile(r"[本当]月(?!末|底|止)")
_MOVED = re.compile(r"[↑↓▲▼]\s?\d{1,3}\s?位?")
_HOLDS = re.compile(r"[\d一二三四五六七八九十两百千万亿*xX×首]")
_LONGEST_PHRASE = 200
_OPENING = 12
_BEGINNING = 20
_SENTENCE = re.compile(r"[。;；!！?？\n]")


@dataclass
class Observed:
    """Figures of a report.

    Attributes:
        observations: Rows of `observations` without the columns that name the submission.
        unread: Number and what stands around it, of each that no rule understands.
        month: Reporting month by which periods were told.
    """

    observations: list[dict[str, Any]] = field(default_factory=list)
    unread: list[dict[str, str]] = field(default_factory=list)
    month: str | None = None

    @property
    def tied(self) -> int:
        """How many figures are tied to an indicator."""
        return sum(one["indicator_id"] is not None for one in self.observations)

    def rows(self) -> list[dict[str, Any]]:
        """The figures under the names of the contract `observations`."""
        return [
            {
                **{name: one.get(name) for name in _KEPT},
                "of_period": one["period"],
                "table_no": one["table"],
                "unit": one["unit"] or None,
                "base_unit": one["base_unit"] or None,
                "indicator": one["indicator_id"],
                "label": one["clause"] or None,
                "told_by": one["rule"],
            }
            for one in self.observations
        ]


def observe(reading: Reading) -> Observed:
    """Read the figures of a report.

    Args:
        reading: What was read in it.
    """
    observer = _Observer(reading)
    observer.prose()
    observer.tables()
    return observer.observed


@dataclass
class _Heading:
    """What a heading says of all below it: its level, role and period."""

    level: int
    role: str
    period: Period | None


class _Observer:
    def __init__(self, reading: Reading):
        self.reading = reading
        self.observed = Observed(month=reading.period or reporting_month(reading))
        self.year = _year(reading, self.observed.month)
        self.seen: dict[tuple[int, str, int], int] = {}
        self.ends: dict[int, int] = {}
        self.pointers: dict[int, int] = {}
        self.periods: dict[tuple[int, str], Period] = {}
        self.months: dict[int, tuple[str | None, int | None]] = {}
        self.prose_ties = Prose(reading.framework)

    def prose(self) -> None:
        """Figures of the lines outside tables."""
        headings: list[_Heading] = []
        self.in_title = True
        for _, lines in groupby(self.reading.spoken, key=lambda spoken: id(spoken.grid)):
            own = list(lines)
            by_row = {spoken.row: spoken for spoken in own}
            for parts in pieces(((spoken.row, spoken.text) for spoken in own), lambda text: _heading(text) is not None):
                self._paragraph([(by_row[row], text) for row, text in parts], headings)

    def _paragraph(self, parts: list[tuple[Spoken, str]], headings: list[_Heading]) -> None:
        text = "".join(piece for _, piece in parts)
        heading = _heading(text) or _begun_heading(text)
        self.in_title &= heading is not None and heading.level == len(_NUMBERED) + 1 and _heading(text) is not None
        if heading and self.in_title:
            if not any(one.period for one in headings):  # a dateline says less than the title
                headings.append(_Heading(0, "", _as_title(heading.period)))
        elif heading:
            while headings and headings[-1].level >= heading.level:
                headings.pop()
            headings.append(heading)
        role = next((one.role for one in reversed(headings) if one.role), "actual")
        if _AHEAD.match(squeezed(text)[:_OPENING].lstrip("一二三四五六七八九十、.()0123456789")):
            role = "target"
        period = next((one.period for one in reversed(headings) if one.period), None)
        context = Context(role, "level", period, None, self.observed.month, self.year)
        found = figures_in(text, context)
        flat = folded(text)
        ties = self.prose_ties.tie(flat, found.quantities)
        own = owners(flat, found.quantities, self.reading.area)
        starts = [0]
        for _, piece in parts:
            starts.append(starts[-1] + len(piece))
        for quantity, tie, owner in zip(found.quantities, ties, own, strict=True):
            k = max(i for i in range(len(parts)) if starts[i] <= quantity.start)
            spoken = parts[k][0]
            place = {
                "row": None,
                "table": None,
                "field": "prose",
                "line": spoken.grid.line(spoken.row),
                "sheet": sheet_of(spoken.grid),
                "where": spoken.grid.row_address(spoken.row),
                "cell": None,
                "area": self.reading.area,
            }
            self._add(text, quantity, tie, owner, place, starts[k])
        self._note(text, found, parts[0][0].grid.row_address(parts[0][0].row))

    def tables(self) -> None:
        """Figures of the cells of items, and those of wide tables as they were read."""
        of_tables = {table.number: table for table in self.reading.tables}
        for row in self.reading.rows:
            table = of_tables.get(row["table_no"])
            if table is None or table.kind == ITEMS:
                self._row(row, table)
        for one in self.reading.observations:
            self.observed.observations.append(_of_wide(one, of_tables[one["table"]]))

    def _row(self, row: dict[str, Any], table: TableRead | None) -> None:
        if not any(_may_hold(row.get(_TEXTS.get(name, name)) or "") for name in FIELDS) and not row.get("beside"):
            return
        cells = json.loads(row["cells"])
        columns = [(name, cells.get(name), row.get(_TEXTS.get(name, name))) for name in FIELDS]
        columns += [(words, address, text) for words, address, text in row.get("beside", ())]
        row_ties = Row(
            row["indicator"] or "", self.reading.framework, f"{row['indicator_text']} {row.get('target_text')}"
        )
        read: set[str] = set()
        for name, cell, text in columns:
            is_copy = text in read and (cell is None or cell in read)
            if not text or is_copy or name in row.get("carried", ()) or not _may_hold(text):
                continue
            if name == "responsible" and len(text) < _FUSED:
                continue
            read |= {text, str(cell)}
            found = figures_in(text, self._context(name, text, row, table))
            if name == "attainment" and row["attainment"] is None:
                found.quantities = [one for one in found.quantities if one.unit]
            place = {
                "row": row["row"],
                "table": row["table_no"] if table else None,
                "field": name,
                "line": row["line"],
                "sheet": row.get("sheet"),
                "where": row["where"],
                "cell": cell,
                "area": row.get("area"),
            }
            flat = folded(text)
            ties = row_ties.tie(flat, found.quantities)
            own = owners(flat, found.quantities, place["area"])
            for quantity, tie, owner in zip(found.quantities, ties, own, strict=True):
                self._add(text, quantity, tie, owner, place, 0)
            if name != "responsible":
                self._note(text, found, row["where"])

    def _context(self, name: str, text: str, row: dict[str, Any], table: TableRead | None) -> Context:
        """What a cell's column says of its figures."""
        month, of_year = self._of_table(table)
        year = f"{of_year}-01..{of_year}-12" if of_year else None
        period = self._period_of(name, table)
        role = "target" if name in _GOALS and table else "actual"
        measure, unit = "level", ""
        is_lone = bool(_LONE.fullmatch(folded(text)))
        if name == "attainment":
            measure, unit = "attainment", "%" if row["attainment"] is not None else ""
        elif name in FIELDS:
            unit = squeezed(row.get("unit") or "")
            known = measure_of(row["indicator_text"] or "") if unit == "%" else None
            measure = known.measure if known else "level"
            unit = unit if is_lone else ""
        else:
            role, measure, unit = self._beside(name, text, row, is_lone)
            if field_of(name) == "previous" and period.kind == "as_of":
                period = Period("none")
        return Context(role, measure, period, year, month, of_year, unit)

    @staticmethod
    def _beside(header: str, text: str, row: dict[str, Any], is_lone: bool) -> tuple[str, str, str]:
        """Role, measure and unit of a figure in a column that is no field of report_rows, as its header says."""
        last = header.rsplit(" ", maxsplit=1)[-1]
        column, kind = measure_of(last) or measure_of(header), field_of(last) or field_of(header)
        own = unit_in(header)
        if own == "分":
            return "actual", "level", own
        if kind == "rank" or _MOVED.fullmatch(folded(text)):
            return "actual", "change" if _MOVED.fullmatch(folded(text)) else "rank", ""
        if kind == "growth" and (column is None or column.measure in ("level", "attainment")):
            column = Measure("yoy", "actual", "%")
        aims = kind in ("content", "goal") or any(field_of(word) == "target" for word in header.split(" ")[:-1])
        role = "target" if aims else column.role if column else "actual"
        measure, unit = (column.measure, column.unit) if column else ("level", "")
        of_row = measure == "level" and kind != "funds"  # what was spent on 13 万方 is no volume
        unit = own or unit or (squeezed(row.get("unit") or "") if of_row else "")
        return role, measure, unit if is_lone or own else ""

    def _period_of(self, name: str, table: TableRead | None) -> Period:
        """The period that a column's header states, else the report's month."""
        key = (table.number if table else 0, name)
        if key not in self.periods:
            heading = (table.headings.get(name, "") if table else "") if name in FIELDS else name
            self.periods[key] = _period_in(heading) or self._said_of(squeezed(heading), table) or Period("as_of")
        return self.periods[key]

    def _said_of(self, heading: str, table: TableRead | None) -> Period | None:
        """The period of a column headed 本月 or 上年同期."""
        month = self._of_table(table)[0]
        if month and _YEAR_BEFORE.search(heading):
            last = int(month[5:])
            return Period("span", int(month[:4]) - 1, None, 1 if "累计" in heading else last, last)
        return Period("month_of") if _OWN_MONTH.search(heading) else None

    def _of_table(self, table: TableRead | None) -> tuple[str | None, int | None]:
        """Month and year of a table that names its own, else the report's."""
        if table is None:
            return self.observed.month, self.year
        if table.number not in self.months:
            own = _period_in(table.title)
            headings = " ".join(table.headings.values())
            year = (own and own.year) or next((int(y) for y in _A_YEAR.findall(folded(headings))), None) or self.year
            told = own is not None and year is not None
            month = f"{year}-{own.last:02d}" if told and own else self.observed.month
            self.months[table.number] = (month, year)
        return self.months[table.number]

    def _add(
        self, text: str, quantity: Quantity, tie: Tie, owner: Owner | None, place: dict[str, Any], offset: int
    ) -> None:
        """Write a figure down with where it stands: in the source's line where that is at hand, else in its cell."""
        base, factor = in_base(quantity.unit)
        if owner:
            is_ours = owner.is_one and (owner.area is None or _is_zone_of(owner.area, place["area"]))
            tie = tie if is_ours else Tie()
            place = {**place, "area": owner.area or (place["area"] if owner.is_one else None)}
        start, end, quote = quantity.start - offset, quantity.end - offset, quantity.quote
        located = self._in_source(place["line"], text, quantity, offset) if place["sheet"] is None else None
        if located:
            start, end, quote = located
        first = max(quantity.phrase, quantity.start - _LONGEST_PHRASE)
        stop = _SENTENCE.search(text, quantity.end)
        last = min(stop.end() if stop else len(text), quantity.end + _LONGEST_PHRASE)
        self.observed.observations.append(
            {
                **place,
                "start": start,
                "end": end,
                "quote": quote,
                "value": quantity.value,
                "unit": quantity.unit,
                "base_value": None if quantity.value is None else scaled(quantity.value, factor),
                "base_unit": base,
                "measure": quantity.measure,
                "role": quantity.role,
                "bound": quantity.bound,
                "period": quantity.period,
                "masked": quantity.masked,
                "rule": quantity.rule,
                "indicator_id": tie.indicator or None,
                "component": tie.component or None,
                "entity": owner.name if owner else None,
                "sentence": text[first:last],
                "sentence_at": quantity.start - first,
                "clause": text[max(first, quantity.clause) : quantity.start],
            }
        )

    def _in_source(self, line: int, text: str, quantity: Quantity, offset: int) -> tuple[int, int, str] | None:
        """Where a figure stands in the line of a plain text, blanks that were taken out put back in.

        Args:
            line: Line of the source.
            text: The cell or paragraph.
            quantity: The figure in it.
            offset: Where the line's piece of the paragraph begins.
        """
        source = self.reading.source
        if not source or line > len(source):
            return None
        printed, first = source[line - 1], self.seen.get((line, text, offset))
        if first is None:
            end = self.ends.get(line, 0)
            piece = text[offset : offset + len(printed)]
            at = printed.find(piece, end)
            first = at if at >= 0 else printed.find(piece)
            self.seen[line, text, offset] = first
            if first >= 0:
                self.ends[line] = first + len(piece)
        start = first + quantity.start - offset
        if first >= 0 and printed[start : start + len(quantity.quote)] == quantity.quote:
            return start, start + len(quantity.quote), quantity.quote
        pointer = self.pointers.get(line, 0)
        found = _whole(printed, quantity.quote, pointer) or _whole(printed, quantity.quote, 0)
        if not found:
            return None
        self.pointers[line] = found[1]
        return found[0], found[1], printed[found[0] : found[1]]

    def _note(self, text: str, found: Found, where: str) -> None:
        for start, end in found.unread:
            self.observed.unread.append(
                {"figure": text[start:end], "phrase": text[max(0, start - 6) : end + 6].strip(), "where": where}
            )


def _whole(text: str, quote: str, first: int) -> tuple[int, int] | None:
    at = text.find(quote, first)
    while at >= 0:
        if not (at and text[at - 1].isdecimal() and quote[0].isdecimal()):
            return at, at + len(quote)
        at = text.find(quote, at + 1)
    spaced = re.compile(
        (r"(?<!\d)" if quote[0].isdecimal() else "") + r"\s*".join(map(re.escape, quote.replace(" ", "")))
    )
    found = spaced.search(text, first)
    return found.span() if found else None


def _is_zone_of(area: str | None, county: str | None) -> bool:
    return county is not None and area is not None and areas()[area].parent == county


def _may_hold(text: str) -> bool:
    return _HOLDS.search(text) is not None


def _heading(text: str) -> _Heading | None:
    """A heading's level and what it says; None for a sentence."""
    flat = squeezed(text)
    is_list_of_goals = flat.endswith(":") and bool(_AHEAD.search(flat))
    if (
        len(flat) > _HEADING_LENGTH
        or (flat.endswith(("。", ";", ":")) and not is_list_of_goals)
        or re.search(r"[,，].*[,，]", flat)
    ):
        return None
    level = next((i + 1 for i, pattern in enumerate(_NUMBERED) if pattern.match(flat)), 4)
    if level > 3 and re.search(r"[,，。;%]", flat):
        return None
    period = Period("none") if _PROBLEMS.search(flat) else _period_in(text)
    role = "target" if _AHEAD.search(flat) else "actual" if level == 1 or _PROBLEMS.search(flat) else ""
    return _Heading(level, role, period)


def _begun_heading(text: str) -> _Heading | None:
    """The heading with which a numbered paragraph begins (六、存在问题。一是…)."""
    first, stop, _ = text.partition("。")
    is_heading = stop and any(pattern.match(squeezed(first)) for pattern in _NUMBERED[:2])
    return _heading(first) if is_heading and len(squeezed(first)) <= _BEGINNING else None


def _as_title(period: Period | None) -> Period | None:
    """A title's period, if it can hold for what stands below: one month only says when it was written."""
    return None if period and period.kind == "span" and period.first == period.last else period


def _period_in(text: str) -> Period | None:
    """The period of months that a heading states, or None."""
    for match in _PERIOD.finditer(folded(text)):
        read = parse(match.group().strip()) or (Period("span", None, None, 1, 6) if match.group() == "半年" else None)
        if read and read.kind in ("span", "stock"):
            return read
    return None


def _texts(reading: Reading) -> Iterator[str]:
    for table in reading.tables:
        yield from table.headings.values()
    for spoken in reading.spoken:
        yield spoken.text
    for row in reading.rows:
        for name in ("progress", "done_text", "remark"):
            if row.get(name):
                yield row[name]


def reporting_month(reading: Reading) -> str | None:
    """The month up to which a report speaks, where nobody has told: of its title, else the last that it sums up to."""
    year = _year(reading, None)
    for spoken in reading.spoken[:4]:
        read = _period_in(spoken.text)
        if read and len(squeezed(spoken.text)) <= _HEADING_LENGTH and (read.year or year):
            return f"{read.year or year}-{read.last:02d}"
    if year is None:
        return None
    months: Counter[int] = Counter()
    quarters: list[int] = [0]
    for text in _texts(reading):
        flat = folded(text)
        for match in _PERIOD.finditer(flat):
            read = parse(match.group().strip())
            if read is None or read.kind not in ("span", "stock") or (read.year or year) != year or read.shift == -1:
                continue
            if match.group() in ("年底", "年末") or flat[match.end() : match.end() + 1] in ("前", "计", "拟", "力"):
                continue
            if _NOT_YET.search(flat, max(0, match.start() - 8), match.start()):
                continue
            if "月" not in match.group():
                quarters.append(read.last)
            elif read.kind == "stock" or (read.first == 1 and read.last > 1):
                months[read.last] += 1
    often = [month for month, times in months.items() if times > 1] or list(months) or quarters
    return f"{year}-{max(often):02d}" if max(often) else None


_OF_DOCUMENT = re.compile(r"[〔\[【(](20\d\d)[〕\]】)]\s?第?\d{1,4}号")
_A_YEAR = re.compile(r"(20\d\d)\s?年(?!以来|来|同期)")


def _year(reading: Reading, month: str | None) -> int | None:
    """The report's year: of its month, its first lines, else the one that it names most."""
    if month:
        return int(month[:4])
    for spoken in reading.spoken[:4]:
        found = _A_YEAR.search(folded(spoken.text))
        if found and len(spoken.text) <= _HEADING_LENGTH:
            return int(found.group(1))
        numbered = _OF_DOCUMENT.search(folded(spoken.text))
        if numbered:
            return int(numbered.group(1))
    headings = " ".join(word for table in reading.tables for word in table.headings.values())
    years = Counter(
        _A_YEAR.findall(folded(headings)) or [y for t in _texts(reading) for y in _A_YEAR.findall(folded(t))]
    )
    return int(max(years, key=lambda y: (years[y], y))) if years else None


def _of_wide(one: dict[str, Any], table: TableRead) -> dict[str, Any]:
    """An observation of a wide table with the columns that those of sentences have."""
    base, factor = in_base(one["unit"])
    value = one["value"]
    return {
        **one,
        "field": "cell",
        "sheet": table.sheet,
        "cell": one["where"].rsplit("!", 1)[-1],
        "start": 0,
        "end": len(one["quote"]),
        "base_value": None if value is None else scaled(value, factor),
        "base_unit": base,
        "rule": "column",
        "sentence": one["quote"],
        "sentence_at": 0,
        "clause": one["indicator"],
    }

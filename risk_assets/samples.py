"""A made-up province: one workbook a county and month, to try the house on before real files come.

Here belong how a made-up county does and how it writes that down. Wordings, headers, magnitudes and the ease of each
table are data in `reference/samples/`. Nothing here reads a report, and no real figure is known here. A plan decides
every status first; the workbook and `truth` are both made from that plan.
"""

import calendar
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from io import BytesIO
from itertools import accumulate, groupby
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from chinese_calendar import is_workday

from risk_assets import reference

FORMS = {"six_sheets": 0.40, "flat_items": 0.25, "long_report": 0.20, "two_row_items": 0.15}
THIN_MONTH = "2023-02"  # one city's roll-up is withheld in this month: most of its counties send nothing
SILENT, LATE, PARTIAL, MISCOUNTED, MISSHARED = 4 / 122, 8 / 122, 0.03, 0.08, 0.03
ON_SCHEDULE = 0.85  # pace, as a share of the schedule, from which a county calls an item on track
NUMERALS = "〇一二三四五六七八九十"
NARROW = str.maketrans("，：；（）", ",:;()")
MEASURED = ("amount", "count", "both")
Row = dict[str, str]


@dataclass(frozen=True)
class Sample:
    """One file as it would arrive.

    Attributes:
        area: County that sends it.
        period: Month it reports on, `2023-04`.
        name: File name.
        content: Bytes of the workbook.
        received_at: ISO time of receipt with `+08:00`.
        is_sample: Whether the figures are made up.
    """

    area: str
    period: str
    name: str
    content: bytes
    received_at: str
    is_sample: bool


@dataclass(frozen=True)
class _Fate:
    """What happens to one county's report of one month on its way."""

    sent: bool
    days_late: int
    left_out: str
    miscounted: bool
    misshared: bool


@dataclass(frozen=True)
class _Habits:
    """What a county keeps over the months: how good it is at what, and how it writes."""

    form: str
    strength: dict[str, float]
    size: float
    words: dict[str, list[str]]
    ratio: str
    gap: str
    digits: int
    careless: bool
    narrow: bool
    campaign_each_row: bool
    by_table: bool


@dataclass
class _Line:
    """One indicator in one county's table; `share` is the printed ratio in %, None where none is printed."""

    indicator: Row
    name: str
    status: str
    word: str
    share: float | None
    counts: Counter[str]
    cells: dict[str, Any]


@dataclass(frozen=True)
class _Plan:
    """All that is decided before a cell is written."""

    area: Row
    period: str
    seed: int
    fate: _Fate
    habits: _Habits
    lines: dict[str, list[_Line]] = field(default_factory=dict)

    @cached_property
    def words(self) -> dict[str, Any]:
        """Values that any phrase may name."""
        year, month = (int(part) for part in self.period.split("-"))
        return {"area": self.area["name"], "kind": self.area["name"][-1], "sign": self.area["short_name"][0],
                "year": year, "month": month, "months": f"1-{month}月" if month > 1 else "1月"}  # fmt: skip


def samples(periods: Sequence[str], folder: Path, seed: int = 2023) -> Iterator[Sample]:
    """Every file of the given months: the real ones as they are, all others made up.

    Args:
        periods: Months such as `2023-04`.
        folder: Holds the real files, `<area>_<period>_<anything>.xlsx`; may be missing.
        seed: The same seed makes the same bytes, whatever months are asked for and in whatever order.

    Yields:
        Files by month, then by area.
    """
    for period in periods:
        real = _real_files(period, folder)
        for area in sorted({county["area"] for county in _counties()} | set(real)):
            if area in real:
                received = f"{_working_day(period, _due_day() - 1)}T10:00:00+08:00"
                yield Sample(area, period, real[area].name, real[area].read_bytes(), received, is_sample=False)
            elif (plan := _plan(area, period, seed)).fate.sent:
                yield Sample(area, period, _say("sheet", "file", **plan.words), _workbook(plan), _received_at(plan),
                             is_sample=True)  # fmt: skip


def expected_count(periods: Sequence[str], folder: Path, seed: int = 2023) -> int:
    """How many files `samples` will yield, without making one."""
    count = 0
    for period in periods:
        real = set(_real_files(period, folder))
        made = {county["area"] for county in _counties()} - real
        count += len(real) + sum(_fate(area, period, seed).sent for area in made)
    return count


def truth(area: str, period: str, seed: int = 2023) -> dict[str, str]:
    """The status that a made-up file gives each indicator; a blank or `/` in the file is `unknown`.

    Lines that stand for many tasks have the status of the line as a whole; see `task_counts`. Nothing is said of
    attachments left out, and a county that sends nothing has none. Real files in a folder are not known here.

    Raises:
        KeyError: The area is not a current county.
    """
    return {line.indicator["indicator"]: line.status for line in _sent_lines(area, period, seed)}


def task_counts(area: str, period: str, seed: int = 2023) -> dict[str, dict[str, int]]:
    """Like `truth`, but tasks by status: one for an ordinary line, many for a line of totals."""
    return {line.indicator["indicator"]: dict(+line.counts) for line in _sent_lines(area, period, seed)}


def _sent_lines(area: str, period: str, seed: int) -> Iterator[_Line]:
    plan = _plan(area, period, seed)
    if plan.fate.sent:
        for lines in plan.lines.values():
            yield from lines


def _rng(*parts: object) -> Random:
    """A stream of draws of its own for each purpose, so that none depends on the order of the others."""
    return Random("-".join(map(str, parts)))  # noqa: S311 - made-up figures, nothing secret


@cache
def _counties() -> tuple[Row, ...]:
    return tuple(row for row in reference.table("areas") if row["level"] == "county" and not row["valid_to"])


def _real_files(period: str, folder: Path) -> dict[str, Path]:
    paths = sorted(folder.glob(f"*_{period}_*.xlsx"))
    return {path.name.split("_", 1)[0]: path for path in paths}


@cache
def _thinned(seed: int) -> frozenset[str]:
    """Counties that are missing in the thin month: more than half of one city's."""
    rng = _rng(seed, "thin")
    city = rng.choice(sorted({county["parent"] for county in _counties()}))
    members = [county["area"] for county in _counties() if county["parent"] == city]
    return frozenset(rng.sample(members, len(members) // 2 + 1))


@cache
def _fate(area: str, period: str, seed: int) -> _Fate:
    rng = _rng(seed, area, period, "fate")
    silent, late, partial, miscounted, misshared = (rng.random() for _ in range(5))
    campaigns = [row["campaign"] for row in _framework(period, "campaigns")]
    return _Fate(
        sent=silent >= SILENT and not (period == THIN_MONTH and area in _thinned(seed)),
        days_late=rng.randint(1, 6) if late < LATE else 0,
        left_out=rng.choice(campaigns) if partial < PARTIAL else "",
        miscounted=miscounted < MISCOUNTED,
        misshared=misshared < MISSHARED,
    )


def _due_day() -> int:
    return int(reference.setting("due_working_day"))


@cache
def _working_day(period: str, number: int) -> date:
    """The n-th working day of the month after a period."""
    year, month = (int(part) for part in period.split("-"))
    day = date(year, month, calendar.monthrange(year, month)[1])
    while number:
        day += timedelta(days=1)
        number -= is_workday(day)
    return day


def _received_at(plan: _Plan) -> str:
    rng = _rng(plan.seed, plan.area["area"], plan.period, "arrival")
    number = _due_day() + (plan.fate.days_late or -rng.randrange(4))
    return f"{_working_day(plan.period, max(number, 1))}T{rng.randint(9, 17):02d}:{rng.randrange(60):02d}:00+08:00"


def _framework(period: str, name: str) -> tuple[Row, ...]:
    return reference.table(f"frameworks/{reference.framework_of(period)}/{name}")


@cache
def _by_key(name: str, key: str) -> dict[str, Row]:
    return {row[key]: row for row in reference.table(f"samples/{name}")}


@cache
def _phrases() -> dict[tuple[str, str], list[str]]:
    phrases = defaultdict(list)
    for row in reference.table("samples/phrases"):
        phrases[row["part"], row["key"]].append(row["text"])
    return phrases


def _say(part: str, key: str, rng: Random | None = None, **words: Any) -> str:
    texts = _phrases()[part, key]
    return (rng.choice(texts) if rng else texts[0]).format(**words)


@cache
def _columns(form: str) -> tuple[Row, ...]:
    return tuple(row for row in reference.table("samples/columns") if row["form"] == form)


def _traits(table: str) -> Row:
    rows = _by_key("tables", "table")
    return rows.get(table, rows["*"])


@cache
def _wordings(period: str) -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Wordings of each indicator that a county may use, with the areas named in them; none for an unreadable one."""
    places = {row["short_name"]: row["area"] for row in reference.table("areas") if row["level"] in ("city", "county")}
    wordings = {}
    for row in _framework(period, "indicators"):
        aliases = reference.listed(row["aliases"])
        candidates = [row["name"], *aliases[-1:], *aliases] if "无法辨认" not in row["name"] else []
        doubled = "长速" if row["kind"] == "growth" else ""  # 增速增长5%
        clear = [text for text in candidates if "(" not in text and text[-1] not in doubled]
        wordings[row["indicator"]] = [
            (text, frozenset(area for place, area in places.items() if place in text)) for text in clear or candidates
        ]
    return wordings


def _wording(indicator: Row, area: Row, period: str, rng: Random) -> str:
    """The name of an indicator as this county writes it: mostly the framework's, without other areas' names."""
    wordings = _wordings(period)[indicator["indicator"]]
    if not wordings:
        return _say("sheet", "unreadable", item=indicator["item"])
    own = {area["area"], area["parent"]}
    fitting = [text for text, places in wordings if places <= own] or [wordings[0][0]]
    return fitting[min(1, len(fitting) - 1)] if rng.random() < 0.25 else fitting[0]


def _title(plan: _Plan, table: Row) -> str:
    """Title of a table, with the city's kind (州, 市) where the framework has one in front."""
    title, kind = reference.listed(table["aliases"])[0], _parent(plan.area)["name"][-1]
    return kind + title[1:] if title[0] in "州市" else title


def _parent(area: Row) -> Row:
    return next(row for row in reference.table("areas") if row["area"] == area["parent"])


@cache
def _forms(seed: int) -> dict[str, str]:
    """The form each county keeps, in the shares of `FORMS`."""
    areas = [county["area"] for county in _counties()]
    _rng(seed, "forms").shuffle(areas)
    ends = list(accumulate(FORMS.values()))
    return {
        area: next(form for form, end in zip(FORMS, ends, strict=True) if place < end * len(areas) + 1e-9)
        for place, area in enumerate(areas)
    }


def _habits(area: str, period: str, seed: int) -> _Habits:
    rng, form = _rng(seed, area), _forms(seed)[area]
    general = rng.gauss(0, 0.4)
    words = defaultdict(list)
    for row in reference.table("status_words"):
        if row["status"] != "unknown":
            words[row["status"]].append(row["word"])
    ratios = ("percent", "{:.2f}%", "{:.0f}%") if form == "six_sheets" else ("{:.2f}%", "{:.0f}%", "{:.1f}%")
    return _Habits(
        form=form,
        strength={row["campaign"]: general + rng.gauss(0, 0.35) for row in _framework(period, "campaigns")},
        size=math.exp(rng.gauss(0, 0.3)),
        words={status: rng.sample(known, min(2, len(known))) for status, known in words.items()},
        ratio="number" if form == "long_report" else rng.choice(ratios),
        gap=rng.choice(("/", "/", "")),
        digits=rng.choice((1, 1, 2)),
        careless=rng.random() < 0.3,
        narrow=rng.random() < 0.2,
        campaign_each_row=rng.random() < 0.5,
        by_table=rng.random() < 0.5,
    )


def _plan(area: str, period: str, seed: int) -> _Plan:
    county = {row["area"]: row for row in _counties()}[area]
    plan = _Plan(county, period, seed, _fate(area, period, seed), _habits(area, period, seed))
    if not plan.fate.sent:
        return plan
    indicators, month = _framework(period, "indicators"), int(period[5:])
    yearly, monthly = _rng(seed, area, period[:4]), _rng(seed, area, period)
    luck = [yearly.gauss(0, 1) for _ in indicators]
    paces, walk = [0.0] * len(indicators), dict.fromkeys(plan.habits.strength, 0.0)
    for past in range(1, month + 1):  # what was done in the months before stays done
        drift = _rng(seed, area, f"{period[:4]}-{past:02d}", "drift")
        walk = {campaign: value + drift.gauss(0, 0.06) for campaign, value in walk.items()}
        for number, row in enumerate(indicators):
            ease = float(_traits(row["table"])["ease"]) + plan.habits.strength[row["campaign"]] + walk[row["campaign"]]
            paces[number] += ON_SCHEDULE * math.exp(0.4 * (ease + luck[number] + drift.gauss(0, 0.12))) / month
    for row, pace in zip(indicators, paces, strict=True):
        line = _line(plan, row, pace, yearly, monthly)  # drawn also when left out: the others stay as they are
        if row["campaign"] != plan.fate.left_out:
            plan.lines.setdefault(row["table"], []).append(line)
    return plan


def _judge(row: Row, pace: float, month: int, yearly: Random) -> tuple[str, float]:
    """Status and share of the year's task done (0 to 1) from the pace held against the schedule."""
    traits = _traits(row["table"])
    quick, preparing, unassigned, absent = (yearly.random() for _ in range(4))
    assigned_in, finished_in = yearly.randint(2, 8), yearly.randint(1, 9)
    attained, status = min(pace * month / 12, 0.97), "on_track" if pace >= ON_SCHEDULE else "behind"
    if absent < float(traits["absent"]):
        status, attained = "not_applicable", 0.0
    elif unassigned < float(traits["unassigned"]) and month < assigned_in:
        status, attained = "not_assigned", 0.0
    elif quick < float(traits["quick"]) and row["kind"] != "growth":
        status = {0: "done", 1: "expected_done"}.get(max(finished_in - month, 0), "on_track")
        attained = 1.0 if status == "done" else 0.97 * month / finished_in
    elif status == "behind" and preparing < float(traits["preparing"]):
        status, attained = "preparing", 0.0
    return status, attained


def _line(plan: _Plan, row: Row, pace: float, yearly: Random, monthly: Random) -> _Line:
    habits, kind = plan.habits, row["kind"]
    status, attained = _judge(row, pace, plan.words["month"], yearly)
    name = _wording(row, plan.area, plan.period, yearly)
    words = plan.words | {"name": name, "unit": row["unit"], "item": row["item"], "m": monthly.randint(2, 9),
                          "n": monthly.randint(12, 180)}  # fmt: skip
    share = _figures(row, words, yearly, status=status, pace=pace, attained=attained, size=habits.size)
    task = _say("task", kind, yearly, **words)
    if not _wordings(plan.period)[row["indicator"]]:
        task = name
    goal = _say("goal", kind, yearly, **words)
    responsible = words["kind"] + yearly.choice(reference.listed(_traits(row["table"])["responsible"]))
    counts = Counter({status: 1})
    if kind == "tasks":
        done, rest, late = words["done"], words["rest"], words["late"]
        counts = Counter({"done": done, "on_track": rest, "behind": late})
        status = "behind" if late else "on_track" if rest else "done"
    progress = _progress(kind, status, words, monthly)
    word = habits.words[status][0 if monthly.random() < 0.75 else -1]
    slip, off, remark = monthly.random(), monthly.choice((-11.0, 6.0, 9.0)), monthly.random()
    if habits.careless and kind != "tasks" and slip < 0.02:
        status, word, counts = "unknown", monthly.choice(("/", "")), Counter({"unknown": 1})
    elif habits.careless and slip < 0.04:
        share = None
    elif habits.careless and share and slip < 0.05:
        share = max(1.0, share + off)
    measured = kind in (*MEASURED, "growth", "rate", "tasks")
    assigned = status not in ("not_assigned", "not_applicable")
    block = row["item"].split(".")[0]
    cells = {
        "number": int(row["item"]) if row["item"].isdigit() else row["item"],
        "block": int(block), "group": row["group"], "name": name, "task": task, "responsible": responsible,
        "numbered_task": f"{row['item']}、{task}", "numeral_task": f"（{_numeral(int(block))}）{task}",
        "goal": goal if assigned else word, "unit": row["unit"], "progress": progress, "status": word, "funds": "",
        "target": word if not assigned else words["target"] if measured else goal,
        "done": words["done"] if kind in MEASURED and words.get("done") else progress,
        "remark": monthly.choice(_phrases()["remark", "any"]) if remark < 0.05 else "",
    }  # fmt: skip
    return _Line(row, name, status, word, share, counts, cells)


def _figures(
    row: Row, words: dict[str, Any], yearly: Random, *, status: str, pace: float, attained: float, size: float
) -> float | None:
    """Puts target, done and the rest into `words`; returns the share done in %, None where there is none."""
    magnitudes = _by_key("magnitudes", "unit")
    scale = magnitudes.get(row["unit"], magnitudes["*"])
    low, high, digits = float(scale["low"]), float(scale["high"]), int(scale["digits"]) or None
    drawn, growth, hundredth = yearly.uniform(low, high), round(yearly.uniform(4, 12), 1), yearly.randint(80, 97)
    ahead = pace - ON_SCHEDULE
    if status in ("done", "on_track", "expected_done"):
        ahead = max(ahead, 0.0)
    kind = row["kind"]
    words |= {"growth": growth, "actual": _above(growth, ahead * 8), "target": growth}
    if kind == "growth":
        return None
    if kind == "rate":
        words |= {"target": hundredth, "actual": min(100.0, _above(hundredth, ahead * 15))}
        return None
    if kind in ("words", "milestone"):
        guessed = round(attained * 20) * 5.0 if status == "on_track" and hundredth > 86 else None
        return 100.0 if status == "done" else guessed
    if kind == "standard":
        raised = round(drawn / 10) * 10
        words |= {"target": raised, "old": round(raised * 0.9 / 10) * 10}
        return {"done": 100.0, "on_track": 50.0}.get(status)
    scaled = drawn * (1 if kind == "tasks" or row["aggregation"] == "status" else size)
    target, step = max(round(scaled, digits), 10.0 ** -int(scale["digits"])), 10 ** int(scale["digits"])
    done = target if status == "done" else math.floor(target * attained * step * (0.6 if kind == "tasks" else 1)) / step
    words |= {"target": target if digits else int(target), "done": done if digits else int(done)}
    if kind == "tasks":
        left = words["target"] - words["done"]
        late = min(left, round(target * max(0.0, 1.15 - pace) * 0.3))
        words |= {"late": late, "rest": left - late}
    share = words["done"] / target * 100
    words["share"] = f"{share:.2f}".rstrip("0").rstrip(".")
    return share if done or status == "behind" else None


def _above(target: float, by: float) -> float:
    """A figure above the target (or below, where `by` is negative) by at least the last digit."""
    return round(target + (by if by >= 0 else min(by, -0.1)), 1)


def _progress(kind: str, status: str, words: dict[str, Any], rng: Random) -> str:
    if kind == "tasks":
        return _say("progress", "tasks_behind" if words["late"] else "tasks", rng, **words)
    if status in ("not_assigned", "not_applicable", "preparing"):
        return _say("progress", status, rng, **words)
    if kind in MEASURED and not words["done"]:
        return _say("progress", "zero", rng, **words)
    if kind in ("words", "milestone", "standard") and status in ("done", "behind"):
        return _say("progress", status, rng, **words)
    return _say("progress", kind, rng, **words)


def _numeral(number: int) -> str:
    """Chinese numeral of a number below 100."""
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (NUMERALS[ones] if ones or not tens else "")


class _Page:
    """A sheet written from top to bottom."""

    def __init__(self, book: xlsxwriter.Workbook, formats: dict[str, Any], name: str, plan: _Plan) -> None:
        self.sheet, self.formats, self.plan, self.row = book.add_worksheet(name), formats, plan, 0
        self.widths: list[float] = []
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.line(_say("letter", "sample"))

    def put(self, row: int, column: int, value: Any, style: str = "cell") -> None:
        """Writes one cell; an empty text keeps its border."""
        if not isinstance(value, str):
            self.sheet.write_number(row, column, value, self.formats[style])
        elif value:
            self.sheet.write_string(row, column, self.text(value), self.formats[style])
        else:
            self.sheet.write_blank(row, column, None, self.formats[style])

    def text(self, value: str) -> str:
        """The text with the county's punctuation."""
        return value.translate(NARROW) if self.plan.habits.narrow else value

    def line(self, value: str, style: str = "plain", across: int = 1) -> None:
        """Writes a line of text, merged over `across` columns."""
        if across > 1:
            self.merge(self.row, 0, self.row, across - 1, value=value, style=style)
        else:
            self.put(self.row, 0, value, style)
        self.row += 1

    def merge(self, top: int, left: int, bottom: int, right: int, *, value: Any, style: str = "cell") -> None:
        """Writes a value over a block; a block of one cell is an ordinary cell."""
        if (top, left) == (bottom, right):
            self.put(top, left, value, style)
        else:
            value = self.text(value) if isinstance(value, str) else value
            self.sheet.merge_range(top, left, bottom, right, value, self.formats[style])

    def header(self, form: str) -> None:
        """Writes the header of a form: equal words side by side are merged, and so are words over an empty row."""
        columns, top = _columns(form), self.row
        self.row += 1 + any(column["upper"] for column in columns)
        if not self.widths:
            self.widths = [float(column["width"]) for column in columns]
            for number, width in enumerate(self.widths):
                self.sheet.set_column(number, number, width)
        positions = list(enumerate(columns))
        for upper, above in groupby(positions, key=lambda place: place[1]["upper"]):
            group = list(above)
            if upper:
                self.merge(top, group[0][0], top, group[-1][0], value=upper, style="head")
            for text, same in groupby(group, key=lambda place: place[1]["header"]):
                spots = [number for number, _ in same]
                head = text.format(year=self.plan.words["year"])
                self.merge(self.row - 1 if upper else top, spots[0], self.row - 1, spots[-1], value=head, style="head")

    def rows(self, form: str, lines: list[_Line]) -> None:
        """Writes the lines of a table; in columns marked so, equal values one below the other are merged."""
        wide = [(column["value"], width) for column, width in zip(_columns(form), self.widths, strict=False)
                if width > 16 and not column["merge"]]  # fmt: skip
        for offset, line in enumerate(lines):
            self.height(self.row + offset, *((line.cells[value], width) for value, width in wide))
        for number, column in enumerate(_columns(form)):
            value = column["value"]
            if column["merge"]:
                start = self.row
                for label, same in groupby(lines, key=lambda line, value=value: line.cells[value]):  # type: ignore[misc]
                    length = len(list(same))
                    self.merge(start, number, start + length - 1, number, value=label)
                    start += length
            elif value == "ratio":
                for offset, line in enumerate(lines):
                    self.ratio(self.row + offset, number, line.share)
            else:
                for offset, line in enumerate(lines):
                    self.put(self.row + offset, number, line.cells[value])
        self.row += len(lines)

    def height(self, row: int, *texts: tuple[Any, float]) -> None:
        """Makes a row high enough for its texts in columns of the given widths."""
        lines = max((math.ceil(len(str(text)) * 2.1 / width) for text, width in texts), default=1)
        if lines > 1:
            self.sheet.set_row(row, 14 * lines)

    def ratio(self, row: int, column: int, share: float | None) -> None:
        """Writes a printed ratio the county's way: text, percent cell or plain number."""
        habits = self.plan.habits
        if share is None:
            self.put(row, column, habits.gap)
        elif habits.ratio == "percent":
            self.put(row, column, round(share / 100, 4), "percent")
        else:
            self.put(row, column, round(share, 1) if habits.ratio == "number" else habits.ratio.format(share))


def _workbook(plan: _Plan) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": _say("letter", "sample"), "created": datetime.fromisoformat(f"{plan.period}-01")})
    boxed = {"border": 1, "text_wrap": True, "valign": "vcenter", "align": "left", "font_size": 10}
    formats = {
        "plain": book.add_format(), "cell": book.add_format(boxed),
        "percent": book.add_format(boxed | {"num_format": "0.00%"}),
        "head": book.add_format(boxed | {"bold": True, "align": "center"}),
        "title": book.add_format({"bold": True, "align": "center", "font_size": 14}),
        "section": book.add_format(boxed | {"bold": True, "align": "center"}),
        "letter": book.add_format({"text_wrap": True, "valign": "top"}),
    }  # fmt: skip
    _summarise(plan)
    page = _Page(book, formats, _say("sheet", "letter"), plan)
    page.sheet.set_column(0, 0, 110)
    for paragraph in _letter(plan):
        page.height(page.row, (paragraph, 110))
        page.line(paragraph, "letter")
    if plan.habits.form == "long_report":
        _long_report(_Page(book, formats, _say("sheet", "report"), plan))
    else:
        for order, campaign in enumerate(_framework(plan.period, "campaigns"), 1):
            if campaign["campaign"] != plan.fate.left_out:
                _attachment(book, formats, plan, order, campaign)
    book.close()
    return buffer.getvalue()


def _tables(plan: _Plan, campaign: Row) -> list[Row]:
    return [row for row in _framework(plan.period, "tables") if row["campaign"] == campaign["campaign"]]


def _summarise(plan: _Plan) -> None:
    """Gives every line of totals the remark that sums its table up, and every line its table's and campaign's name."""
    for campaign in _framework(plan.period, "campaigns"):
        fresh = True
        for table in _tables(plan, campaign):
            lines = plan.lines.get(table["table"], [])
            sums: Counter[str] = sum((line.counts for line in lines), Counter())
            summary = _say("summary", "behind" if sums["behind"] else "any", total=sums.total(), done=sums["done"],
                           rest=sums["on_track"], late=sums["behind"])  # fmt: skip
            for line in lines:
                shown = campaign["name"] if fresh or plan.habits.campaign_each_row else ""
                line.cells |= {"summary": summary, "campaign": shown, "table": _title(plan, table)}
                fresh = False


def _attachment(book: xlsxwriter.Workbook, formats: dict[str, Any], plan: _Plan, order: int, campaign: Row) -> None:
    """One campaign's sheet, in the forms that have a sheet each."""
    habits, tables = plan.habits, _tables(plan, campaign)
    flat, six = habits.form == "flat_items", habits.form == "six_sheets"
    forms = [_traits(table["table"])["form"] if six else habits.form for table in tables]
    label = _say("sheet", "attachment" if six else "appendix", n=order)
    page = _Page(book, formats, reference.listed(campaign["aliases"])[-1] if flat else label, plan)
    width = 1 if flat else len(_columns(forms[0]))
    page.line(label)
    page.line(_say("sheet", "title", **plan.words, campaign=campaign["name"]), "plain" if flat else "title", width)
    page.line(_say("sheet", "sender", responsible=plan.lines[tables[0]["table"]][0].cells["responsible"]))
    if habits.form == "two_row_items":
        page.line(_say("sheet", "measure"))
    written = ""
    for table, form in zip(tables, forms, strict=True):
        under_header = six and written in ("", form)
        if len(tables) > 1 and not under_header:
            page.line(_title(plan, table), "plain" if flat else "section", width)
        if form != written or not six:
            page.header(form)
        if len(tables) > 1 and under_header:
            page.line(_title(plan, table), "plain" if flat else "section", width)
        page.rows(form, plan.lines[table["table"]])
        written = form


def _long_report(page: _Page) -> None:
    """All campaigns in one table, the parts of a campaign told apart by section rows or by a column."""
    plan = page.plan
    form = "long_report_by_table" if plan.habits.by_table else "long_report"
    page.line(_say("sheet", "report_title", **plan.words), "title", len(_columns(form)))
    page.header(form)
    for campaign in _framework(plan.period, "campaigns"):
        tables = [table for table in _tables(plan, campaign) if table["table"] in plan.lines]
        for table in tables:
            if len(tables) > 1 and not plan.habits.by_table:
                page.line(_title(plan, table), "section", len(_columns(form)))
            page.rows(form, plan.lines[table["table"]])


PLAIN = {"expected_done": "done", "unknown": "on_track"}  # how a letter counts what has no class of its own


def _letter(plan: _Plan) -> Iterator[str]:
    """The paragraphs of the letter; its headline counts follow from the tables, apart from the odd slip."""
    rng = _rng(plan.seed, plan.area["area"], plan.period, "letter")
    number = rng.randint(3, 12) * 2 + plan.words["month"]
    campaigns = _framework(plan.period, "campaigns")
    slipped = rng.choice([table for table, lines in plan.lines.items() if _plain_counts(lines)])
    for text in _phrases()["letter", "head"]:
        yield text.format(**plan.words, number=number)
    yield _say("letter", "opening", rng, **plan.words)
    yield _say("letter", "progress")
    for order, campaign in enumerate(campaigns, 1):
        opening = _say("letter", "campaign", numeral=_numeral(order), campaign=campaign["name"])
        see, tables = _say("letter", "see", n=order), _tables(plan, campaign)
        if campaign["campaign"] == plan.fate.left_out:
            yield opening + _say("letter", "left_out")
            continue
        if len(tables) == 1:
            yield opening + _headline(plan, tables[0], rng, slipped, "total") + see
            continue
        yield opening
        for part, table in enumerate(tables, 1):
            yield f"{part}.{_title(plan, table)}"
            yield _headline(plan, table, rng, slipped, "part")
        yield see
    for section in ("problem", "advice"):
        yield _say("letter", section)
        texts = _phrases()["letter", f"{section}_text"]
        yield from (rng.choice(texts[:2]), rng.choice(texts[2:]))


def _plain_counts(lines: list[_Line]) -> Counter[str]:
    """Items by class as a letter counts them: what a county does not have is left out, a blank is on track."""
    counts: Counter[str] = Counter()
    for line in lines:
        for status, number in line.counts.items():
            counts[PLAIN.get(status, status)] += number
    del counts["not_applicable"]
    return +counts


def _headline(plan: _Plan, table: Row, rng: Random, slipped: str, opening: str) -> str:
    lines, digits = plan.lines[table["table"]], plan.habits.digits
    counts = _plain_counts(lines)
    total = counts.total()
    blocks = len({line.cells["block"] for line in lines if line.status != "not_applicable"})
    text = _say("letter", opening, **plan.words, total=total, blocks=blocks, title=_title(plan, table))
    wrong = rng.choice(sorted(counts)) if table["table"] == slipped else ""
    if set(counts) == {"on_track"} and not (wrong and (plan.fate.miscounted or plan.fate.misshared)):
        return text + _say("letter", "all")
    clauses = []
    for status in (key for key in ("done", "on_track", "behind", "preparing", "not_assigned") if counts[key]):
        slip = (1 if counts[status] == 1 else rng.choice((-1, 1))) * (status == wrong)
        shown = counts[status] + slip * plan.fate.miscounted
        share = f"{shown / total * 100 - abs(slip) * plan.fate.misshared / 10**digits:.{digits}f}"
        word = rng.choice(reference.listed(_phrases()["count", status][0]))
        clause = f"{word}{shown}项，占比{share.removesuffix('.0')}%"
        names = [line.name for line in lines if line.status == status and line.indicator["kind"] != "tasks"]
        if names and ("named", status) in _phrases():
            clause += "，" + _say("named", status, names="、".join(names))
        clauses.append(clause)
    return text + _say("letter", "so_far") + "；".join(clauses) + "。"

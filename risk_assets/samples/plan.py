"""What becomes of a made-up county: who sends, how it does, in which words. Decided before a file is written."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from risk_assets import reference
from risk_assets.monitoring.calendar import due_day, working_day

FORMS = {"six_sheets": 0.40, "flat_items": 0.25, "long_report": 0.20, "two_row_items": 0.15}
THIN_MONTH = "2023-02"  # one city's roll-up is withheld in this month: most of its counties send nothing
SILENT, LATE, PARTIAL, MISCOUNTED, MISSHARED = 4 / 122, 8 / 122, 0.03, 0.08, 0.03
ON_SCHEDULE = 0.85  # pace, as a share of the schedule, from which a county calls an item on track
NUMERALS = "〇一二三四五六七八九十"
NARROW = str.maketrans("，：；（）", ",:;()")
MEASURED = ("amount", "count", "both")
Row = dict[str, str]


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
class Line:
    """One indicator in one county's table; `share` is the printed ratio in %, None where none is printed."""

    indicator: Row
    name: str
    status: str
    word: str
    share: float | None
    counts: Counter[str]
    cells: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """All that is decided before a cell is written."""

    area: Row
    period: str
    seed: int
    fate: _Fate
    habits: _Habits
    lines: dict[str, list[Line]] = field(default_factory=dict)

    @cached_property
    def words(self) -> dict[str, Any]:
        """Values that any phrase may name."""
        year, month = (int(part) for part in self.period.split("-"))
        return {"area": self.area["name"], "kind": self.area["name"][-1], "sign": self.area["short_name"][0],
                "year": year, "month": month, "months": f"1-{month}月" if month > 1 else "1月"}  # fmt: skip


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


def _sent_lines(area: str, period: str, seed: int) -> Iterator[Line]:
    plan = plan_of(area, period, seed)
    if plan.fate.sent:
        for lines in plan.lines.values():
            yield from lines


def random_of(*parts: object) -> Random:
    """A stream of draws of its own for each purpose, so that none depends on the order of the others."""
    return Random("-".join(map(str, parts)))  # noqa: S311 - made-up figures, nothing secret


@cache
def made_up_counties() -> tuple[Row, ...]:
    """Rows of `areas` of every county in force."""
    return tuple(row for row in reference.table("areas") if row["level"] == "county" and not row["valid_to"])


def real_files(period: str, folder: Path) -> dict[str, Path]:
    """The real file of each area for a month."""
    paths = sorted(folder.glob(f"*_{period}_*.xlsx"))
    return {path.name.split("_", 1)[0]: path for path in paths}


@cache
def _thinned(seed: int) -> frozenset[str]:
    """Counties that are missing in the thin month: more than half of one city's."""
    rng = random_of(seed, "thin")
    city = rng.choice(sorted({county["parent"] for county in made_up_counties()}))
    members = [county["area"] for county in made_up_counties() if county["parent"] == city]
    return frozenset(rng.sample(members, len(members) // 2 + 1))


@cache
def fate_of(area: str, period: str, seed: int) -> _Fate:
    """What happens to a county's report of a month; the seed decides."""
    rng = random_of(seed, area, period, "fate")
    silent, late, partial, miscounted, misshared = (rng.random() for _ in range(5))
    campaigns = [row["campaign"] for row in framework_rows(period, "campaigns")]
    return _Fate(
        sent=silent >= SILENT and not (period == THIN_MONTH and area in _thinned(seed)),
        days_late=rng.randint(1, 6) if late < LATE else 0,
        left_out=rng.choice(campaigns) if partial < PARTIAL else "",
        miscounted=miscounted < MISCOUNTED,
        misshared=misshared < MISSHARED,
    )


def received_at(plan: Plan) -> str:
    """When a report arrives: some days before the due date, or as many working days late as its fate says."""
    rng = random_of(plan.seed, plan.area["area"], plan.period, "arrival")
    number = due_day() + (plan.fate.days_late or -rng.randrange(4))
    return f"{working_day(plan.period, max(number, 1))}T{rng.randint(9, 17):02d}:{rng.randrange(60):02d}:00+08:00"


def framework_rows(period: str, name: str) -> tuple[Row, ...]:
    """Rows of a table of the framework in force."""
    return reference.table(f"frameworks/{reference.framework_of(period)}/{name}")


@cache
def _by_key(name: str, key: str) -> dict[str, Row]:
    return {row[key]: row for row in reference.table(f"samples/{name}")}


@cache
def phrases() -> dict[tuple[str, str], list[str]]:
    """Wordings by part and key."""
    phrases = defaultdict(list)
    for row in reference.table("samples/phrases"):
        phrases[row["part"], row["key"]].append(row["text"])
    return phrases


def say(part: str, key: str, rng: Random | None = None, **words: Any) -> str:
    """One wording of a part, filled in; the first where no random source is given."""
    texts = phrases()[part, key]
    return (rng.choice(texts) if rng else texts[0]).format(**words)


@cache
def columns_of(form: str) -> tuple[Row, ...]:
    """Header cells of a form."""
    return tuple(row for row in reference.table("samples/columns") if row["form"] == form)


def traits_of(table: str) -> Row:
    """Form, ease and units of a table."""
    rows = _by_key("tables", "table")
    return rows.get(table, rows["*"])


@cache
def _wordings(period: str) -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Wordings of each indicator that a county may use, with the areas named in them; none for an unreadable one."""
    places = {row["short_name"]: row["area"] for row in reference.table("areas") if row["level"] in ("city", "county")}
    wordings = {}
    for row in framework_rows(period, "indicators"):
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
        return say("sheet", "unreadable", item=indicator["item"])
    own = {area["area"], area["parent"]}
    fitting = [text for text, places in wordings if places <= own] or [wordings[0][0]]
    return fitting[min(1, len(fitting) - 1)] if rng.random() < 0.25 else fitting[0]


def title_of(plan: Plan, table: Row) -> str:
    """Title of a table, with the city's kind (州, 市) where the framework has one in front."""
    title, kind = reference.listed(table["aliases"])[0], _parent(plan.area)["name"][-1]
    return kind + title[1:] if title[0] in "州市" else title


def _parent(area: Row) -> Row:
    return next(row for row in reference.table("areas") if row["area"] == area["parent"])


@cache
def _forms(seed: int) -> dict[str, str]:
    """The form each county keeps, in the shares of `FORMS`."""
    areas = [county["area"] for county in made_up_counties()]
    random_of(seed, "forms").shuffle(areas)
    ends = list(accumulate(FORMS.values()))
    return {
        area: next(form for form, end in zip(FORMS, ends, strict=True) if place < end * len(areas) + 1e-9)
        for place, area in enumerate(areas)
    }


def _habits(area: str, period: str, seed: int) -> _Habits:
    rng, form = random_of(seed, area), _forms(seed)[area]
    general = rng.gauss(0, 0.4)
    words = defaultdict(list)
    for row in reference.table("status_words"):
        if row["status"] != "unknown":
            words[row["status"]].append(row["word"])
    ratios = ("percent", "{:.2f}%", "{:.0f}%") if form == "six_sheets" else ("{:.2f}%", "{:.0f}%", "{:.1f}%")
    return _Habits(
        form=form,
        strength={row["campaign"]: general + rng.gauss(0, 0.35) for row in framework_rows(period, "campaigns")},
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


def plan_of(area: str, period: str, seed: int) -> Plan:
    """All that a county reports for a month."""
    county = {row["area"]: row for row in made_up_counties()}[area]
    plan = Plan(county, period, seed, fate_of(area, period, seed), _habits(area, period, seed))
    if not plan.fate.sent:
        return plan
    indicators, month = framework_rows(period, "indicators"), int(period[5:])
    yearly, monthly = random_of(seed, area, period[:4]), random_of(seed, area, period)
    luck = [yearly.gauss(0, 1) for _ in indicators]
    paces, walk = [0.0] * len(indicators), dict.fromkeys(plan.habits.strength, 0.0)
    for past in range(1, month + 1):  # what was done in the months before stays done
        drift = random_of(seed, area, f"{period[:4]}-{past:02d}", "drift")
        walk = {campaign: value + drift.gauss(0, 0.06) for campaign, value in walk.items()}
        for number, row in enumerate(indicators):
            ease = (
                float(traits_of(row["table"])["ease"]) + plan.habits.strength[row["campaign"]] + walk[row["campaign"]]
            )
            paces[number] += ON_SCHEDULE * math.exp(0.4 * (ease + luck[number] + drift.gauss(0, 0.12))) / month
    for row, pace in zip(indicators, paces, strict=True):
        line = _line(plan, row, pace, yearly, monthly)  # drawn also when left out: the others stay as they are
        if row["campaign"] != plan.fate.left_out:
            plan.lines.setdefault(row["table"], []).append(line)
    return plan


def _judge(row: Row, pace: float, month: int, yearly: Random) -> tuple[str, float]:
    """Status and share of the year's task done (0 to 1) from the pace held against the schedule."""
    traits = traits_of(row["table"])
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


def _line(plan: Plan, row: Row, pace: float, yearly: Random, monthly: Random) -> Line:
    habits, kind = plan.habits, row["kind"]
    status, attained = _judge(row, pace, plan.words["month"], yearly)
    name = _wording(row, plan.area, plan.period, yearly)
    words = plan.words | {"name": name, "unit": row["unit"], "item": row["item"], "m": monthly.randint(2, 9),
                          "n": monthly.randint(12, 180)}  # fmt: skip
    share = _figures(row, words, yearly, status=status, pace=pace, attained=attained, size=habits.size)
    task = say("task", kind, yearly, **words)
    if not _wordings(plan.period)[row["indicator"]]:
        task = name
    goal = say("goal", kind, yearly, **words)
    responsible = words["kind"] + yearly.choice(reference.listed(traits_of(row["table"])["responsible"]))
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
        "numbered_task": f"{row['item']}、{task}", "numeral_task": f"（{numeral(int(block))}）{task}",
        "goal": goal if assigned else word, "unit": row["unit"], "progress": progress, "status": word, "funds": "",
        "target": word if not assigned else words["target"] if measured else goal,
        "done": words["done"] if kind in MEASURED and words.get("done") else progress,
        "remark": monthly.choice(phrases()["remark", "any"]) if remark < 0.05 else "",
    }  # fmt: skip
    return Line(row, name, status, word, share, counts, cells)


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
        return say("progress", "tasks_behind" if words["late"] else "tasks", rng, **words)
    if status in ("not_assigned", "not_applicable", "preparing"):
        return say("progress", status, rng, **words)
    if kind in MEASURED and not words["done"]:
        return say("progress", "zero", rng, **words)
    if kind in ("words", "milestone", "standard") and status in ("done", "behind"):
        return say("progress", status, rng, **words)
    return say("progress", kind, rng, **words)


def numeral(number: int) -> str:
    """Chinese numeral of a number below 100."""
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (NUMERALS[ones] if ones or not tens else "")

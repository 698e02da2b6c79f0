"""Made-up months of small provinces: ties, gaps, contested ratios, other units and months, zones, merges and splits.

Figures are drawn from few values, so that areas tie; nothing of the package takes part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

PERIOD, NEXT = "2023-04", "2023-05"
STATUSES = ("done", "on_track", "behind", "preparing", "not_assigned", "expected_done", "not_applicable", "unknown")
ODDS = (5, 8, 4, 1, 1, 1, 2, 3)
CAMPAIGNS = ("growth", "innovation", "livelihood", "risk", "safety")
IN_EVERY_TOTAL = CAMPAIGNS[:3]
METHODS = ("sum", "growth", "rate", "stock", "status")
FIGURES = ("target_value", "done_value", "value", "growth", "numerator", "denominator", "attainment_computed",
           "attainment_reported", "status_computed")  # fmt: skip
SHARES = (None, 0.0, 12.5, 33.3, 50.0, 50.0, 83.3, 99.08, 100.0, 104.2, 260.0)


@dataclass(frozen=True)
class MadeUpArea:
    """An area: its level and the code above it."""

    level: str
    parent: str


@dataclass(frozen=True)
class MadeUpMonth:
    """A month of a province.

    Attributes:
        period: Month.
        areas: Areas in force by code.
        campaigns: Campaigns of the framework.
        indicators: Indicator → its `campaign`, `direction` and `weight`.
        methods: Indicator and component → how it adds up.
        rows: Columns of `assessments`.
    """

    period: str
    areas: Mapping[str, MadeUpArea]
    campaigns: tuple[str, ...]
    indicators: Mapping[str, Mapping[str, object]]
    methods: Mapping[tuple[str, str], str]
    rows: Sequence[dict[str, object]]


@dataclass(frozen=True)
class Divisions:
    """Divisions of a later day: areas in force then, and what stands for each county of the month."""

    areas: Mapping[str, MadeUpArea]
    successors: Mapping[str, tuple[str, ...]]


def made_up_month(seed: int, *, plain: bool = False) -> MadeUpMonth:
    """A month from a seed; a plain one has figures of one unit and month only."""
    random = Random(seed)  # noqa: S311
    areas = made_up_areas(random)
    campaigns = (random.choice(IN_EVERY_TOTAL), *random.sample(CAMPAIGNS, random.choice((1, 2))))
    campaigns = tuple(dict.fromkeys(campaigns))
    indicators: dict[str, Mapping[str, object]] = {}
    methods: dict[tuple[str, str], str] = {}
    for number in range(random.randint(6, 12)):
        campaign = campaigns[number % len(campaigns)]
        method = METHODS[number % len(METHODS)] if random.random() < 0.7 else random.choice(METHODS)
        name = f"{campaign}.{number}_{method}"
        indicators[name] = {
            "campaign": campaign,
            "direction": random.choice(("ge", "ge", "le", None)),
            "weight": random.choice((1.0, 1.0, 0.5, 3.0)),
        }
        has_components = method in ("sum", "stock", "growth") and random.random() < 0.35
        methods[name, ""] = "status" if has_components else method
        if has_components:
            methods[name, "level"] = "sum" if method == "growth" else method
            methods[name, "speed"] = random.choice(("growth", "growth", "rate"))
    month = MadeUpMonth(PERIOD, areas, campaigns, indicators, methods, [])
    return replace(month, rows=all_rows(random, month, plain))


def made_up_areas(random: Random) -> dict[str, MadeUpArea]:
    """A province of 2–4 cities, 6–14 counties and up to 3 zones, of a city or of a county."""
    areas = {"99": MadeUpArea("province", "")}
    cities = [f"99{number:02d}" for number in range(1, random.randint(2, 4) + 1)]
    areas |= {city: MadeUpArea("city", "99") for city in cities}
    counties = []
    for number in range(random.randint(6, 14)):
        city = random.choice(cities)
        counties.append(f"{city}{number:02d}")
        areas[counties[-1]] = MadeUpArea("county", city)
    for number in range(random.randint(0, 3)):
        parent = random.choice(cities + counties[:1])
        areas[f"{parent}-Z{number}"] = MadeUpArea("zone", parent)
    return areas


def all_rows(random: Random, month: MadeUpMonth, plain: bool) -> list[dict[str, object]]:
    """Rows of all areas that send something."""
    targets = {line: random.choice((None, 8.0, 40.0, 100.0)) for line in month.methods}  # None: each has its own
    samples = random.choice((0.0, 0.2, 1.0))
    rows = []
    for area, told in month.areas.items():
        odds = {"province": 0.0, "city": 0.2, "county": 0.85, "zone": 0.6}[told.level]
        if random.random() < odds:
            is_sample = told.level != "city" and random.random() < samples
            rows += rows_of(random, month, area, targets, is_sample, plain)
    return rows


def rows_of(
    random: Random,
    month: MadeUpMonth,
    area: str,
    targets: Mapping[tuple[str, str], float | None],
    is_sample: bool,
    plain: bool,
) -> list[dict[str, object]]:
    """What one area sends: items may be missing, and so may all of a campaign."""
    missing = random.choice((0.02, 0.1, 0.5))
    left_out = random.choice(month.campaigns) if random.random() < 0.1 else None
    own = {"area": area, "period": month.period, "is_sample": is_sample}
    rows = []
    for indicator, about in month.indicators.items():
        if about["campaign"] == left_out or random.random() < missing:
            continue
        status = random.choices(STATUSES, ODDS)[0]
        direction = about["direction"] or "ge"
        for line in (line for line in month.methods if line[0] == indicator):
            is_part = line[1] != ""
            if is_part and random.random() < 0.1:
                continue
            figures = figures_of(random, month.methods[line], targets[line], plain)
            if not is_part and status == "not_applicable" and random.random() < 0.5:
                figures |= dict.fromkeys(FIGURES)
            rows.append({
                **own, "campaign": about["campaign"], "indicator": indicator, "component": line[1],
                **tasks_of(random, status, is_part), **figures,
                "direction": direction if random.random() < 0.95 else random.choice(("ge", "le", None)),
            })  # fmt: skip
    if random.random() < 0.3:  # a line outside the framework
        campaign = random.choice((None, *month.campaigns))
        other = {"campaign": campaign, "indicator": None, "component": "", "direction": None}
        rows.append({**own, **other, **tasks_of(random, "done", False), **figures_of(random, "sum", 8.0, plain)})
    return rows


def tasks_of(random: Random, status: str, is_part: bool) -> dict[str, object]:
    """Status counts of a line; one line of ten stands for many tasks, a component for none."""
    counts = dict.fromkeys((f"tasks_{one}" for one in STATUSES), 0)
    if not is_part and random.random() < 0.1:
        for one in random.choices(STATUSES, ODDS, k=random.randint(2, 9)):
            counts[f"tasks_{one}"] += 1
    elif not is_part:
        counts[f"tasks_{status}"] = 1
    return {"status_reported": status, "tasks": sum(counts.values()), **counts}


def figures_of(random: Random, method: str, target: float | None, plain: bool) -> dict[str, object]:
    """Figures of a line: some missing, zero, below zero, of another unit or another month."""

    def drawn(*values: float | None) -> float | None:
        return None if random.random() < 0.08 else random.choice(values)

    is_percent = method in ("growth", "rate")
    unit = "%" if is_percent else "元"
    period = f"2023-01..{PERIOD}"
    if not plain and random.random() < 0.1:
        unit = random.choice(("万人", "平方米", None))
    value_unit = "元" if plain or random.random() < 0.9 else random.choice(("吨", None))
    if not plain and random.random() < 0.12:
        period = random.choice(("2023-01..2023-03", "..2023-03", "..2023-04", None))
    own = random.choice((8.0, 40.0, 100.0, 0.0, -5.0)) if random.random() < 0.3 else random.choice((40.0, 80.0))
    level = drawn(110.0, 55.0, 26.5, 1000.1, 0.0, -3.0) if random.random() < 0.8 else None
    speed = drawn(10.0, 9.1, -2.5, 0.0, 8.0, -100.0, 37.25)
    figures = {
        "target_value": drawn(target if target is not None else own),
        "done_value": drawn(0.0, 10.0, 25.0, 25.0, 33.33, 40.0, 61.7, 100.0, -10.0),
        "value": level, "growth": speed if method in ("growth", "sum") else None,
        "numerator": drawn(0.0, 3.0, 40.0, 71.5) if method == "rate" else None,
        "denominator": drawn(0.0, 50.0, 80.0, 123.0) if method == "rate" else None,
    }  # fmt: skip
    if random.random() < 0.1:
        figures = dict.fromkeys(figures)
    return {
        **figures, "unit": unit, "value_unit": value_unit, "figure_period": period,
        "attainment_computed": random.choice(SHARES), "attainment_reported": random.choice(SHARES),
        "ratio_check": random.choices(("equal", "rounding", "differs", "undecidable"), (5, 2, 1, 2))[0],
        "status_computed": random.choice(("done", "on_track", "behind", None)),
    }  # fmt: skip


def month_after(month: MadeUpMonth, seed: int) -> MadeUpMonth:
    """The month after: some lines say something else, an area falls silent, another speaks."""
    random = Random(seed)  # noqa: S311
    silent = random.choice([*month.areas])
    rows = []
    for row in month.rows:
        if row["area"] == silent or random.random() < 0.03:
            continue
        changed = figures_of(random, month.methods.get((row["indicator"], row["component"]), "sum"), 40.0, False)
        is_changed = random.random() < 0.15
        status = random.choices(STATUSES, ODDS)[0] if is_changed else row["status_reported"]
        counts = tasks_of(random, status, row["component"] != "") if is_changed else {}
        rows.append({**row, "period": NEXT, **(changed if is_changed else {}), **counts})
    speaking = {row["area"] for row in month.rows}
    quiet = [code for code, area in month.areas.items() if area.level == "county" and code not in speaking]
    after = replace(month, period=NEXT)
    if quiet:
        rows += rows_of(random, after, random.choice(quiet), dict.fromkeys(month.methods, 40.0), False, False)
    return replace(after, rows=rows)


def divisions_of_today(month: MadeUpMonth, seed: int) -> Divisions:
    """Two counties merged, one split in its city or across two, one under a new code."""
    random = Random(seed)  # noqa: S311
    cities = [code for code, area in month.areas.items() if area.level == "city"]
    counties = [code for code, area in month.areas.items() if area.level == "county"]
    first, second, split, renamed = random.sample(counties, 4)
    city, other = month.areas[split].parent, random.choice(cities)
    new = {
        "9999m": MadeUpArea("county", month.areas[first].parent),
        "9999s": MadeUpArea("county", city),
        "9999t": MadeUpArea("county", other),
        "9999r": MadeUpArea("county", random.choice((month.areas[renamed].parent, *cities))),
    }
    now = {first: ("9999m",), second: ("9999m",), split: ("9999s", "9999t"), renamed: ("9999r",)}
    gone = set(now) | {code for code, area in month.areas.items() if area.parent in now}
    areas = {code: area for code, area in month.areas.items() if code not in gone} | new
    return Divisions(areas, {code: now.get(code, (code,)) for code in counties})

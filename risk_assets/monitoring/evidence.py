"""Which figure of an item is held against its target, and which level and growth it reports.

A figure is taken only where it is clear that it states what was done: it stands alone in its cell, the words before it
claim it for the indicator (`claims`), or the county's own ratio proves it. Of two that would fit, none is taken.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from risk_assets import reference
from risk_assets.language.figures import GROWTH
from risk_assets.language.numbers import decimals, number
from risk_assets.language.text import squeezed
from risk_assets.layouts.indicators import indicators
from risk_assets.monitoring.claims import is_before_done, states_amount, states_growth, subject_of
from risk_assets.monitoring.tying import components

FIELDS = ("done", "progress")
_RANGE = re.compile(r"\d\s?[-~—–至]\s?\d")
_LAST_FIGURE = re.compile(r"\d[\d.,]*\s?[%‰]?(?:左右|以内|以下)?$")
_PREFIX = re.compile(r"^(?:已|共|累计)*(?:完成|新增|净增|累计|实现|达到)?")


@dataclass(frozen=True)
class Evidence:
    """One figure of a row that may state what was done.

    Attributes:
        value: In the base unit.
        unit: Base unit; `""` where none is stated.
        measure: As of observations: growth over the year before (`yoy`) and over its end (`growth`) are not one.
        component: Component that it is tied to.
        period: Its period.
        quote: As it stands.
        strength: 2 alone in its cell, 1 claimed by the words before it, 0 neither.
        is_forecast: Stated as expected.
    """

    value: float
    unit: str
    measure: str
    component: str
    period: str
    quote: str
    strength: int
    is_forecast: bool


@dataclass(frozen=True)
class Choice:
    """The figure that was taken, or the reason of `reference/verdicts.csv` why none was, with what it names."""

    figure: Evidence | None
    reason: str = ""
    values: str = ""


@lru_cache(maxsize=16384)
def is_to_stay_below(task: str) -> bool:
    """Whether a task ends in words by which its target is not to be exceeded (城镇登记失业率低于)."""
    words = "|".join(map(re.escape, reference.form_words("less")))
    flat = _LAST_FIGURE.sub("", squeezed(task))
    ends = re.search(rf"(?<![不得])(?:{words})(?:(?:控制)?指标|数)?(?:\([^()]{{1,6}}\))?$", flat)
    return ends is not None and not re.search(r"[,，、;；]", flat)


@lru_cache(maxsize=16384)
def stands_alone(text: str, quote: str) -> bool:
    """Whether a cell holds one figure and nothing else (`19万人`, `2100户`, `已完成4007人。`)."""
    flat, own = squeezed(text).rstrip("。;."), squeezed(quote)
    return own in (flat, _PREFIX.sub("", flat, count=1))


def evidence_of(
    row: dict[str, Any], task: str, area: str, observations: Iterable[dict[str, Any]], framework: str
) -> list[Evidence]:
    """The figures of a row's cells of progress and of what was done, the hidden ones left out.

    Args:
        row: A report row.
        task: What it is about and is to reach, as printed.
        area: Code of the area whose figures they are, or `""`.
        observations: Its observations.
        framework: Year of the framework.
    """
    known = indicators(framework).get(row["indicator"] or "")
    parts = {part.id: part.words for part in components(framework).get(row["indicator"] or "", ())}
    names = known.names if known else ()
    found = []
    for one in observations:
        tied = (one["indicator_id"] or "") == (row["indicator"] or "")
        is_range = _RANGE.search(one["quote"]) is not None
        if one["field"] not in FIELDS or one["masked"] or is_range or one["role"] == "target" or not tied:
            continue
        text = row["done_text"] if one["field"] == "done" else row["progress"]
        component, measure = one["component"] or "", one["measure"]
        is_alone = stands_alone(text, one["quote"])
        if is_alone and measure == "level" and one["unit"] == "%" and known and known.kind == "growth" and not parts:
            component, measure = "growth", "yoy"  # 地区生产总值增速 | % | 7.5 | 7.8
        claims = states_growth if measure in GROWTH else states_amount
        subject = subject_of(task, (*names, *parts.get(component, ())), area)
        sentence, at = one["sentence"], one["sentence_at"]
        is_prepared = measure not in GROWTH and is_before_done(sentence[at + len(one["quote"]) :])
        claimed = is_alone or (not is_prepared and claims(sentence[:at], subject))
        unit = one["base_unit"] if one["unit"] else ""
        found.append(
            Evidence(one["base_value"], unit, measure, component, one["period"] or "", one["quote"],
                     claimed + is_alone, one["role"] == "forecast")
        )  # fmt: skip
    return found


def last_month(period: str) -> str:
    """The month in which a period ends: 2023-04 of `2023-01..2023-04` and of `..2023-04`."""
    return period.rpartition("..")[2]


def ends_in(period: str, month: str) -> str:
    """The last month of a figure that sums up the reporting year, or is a state in it; `""` for any other period.

    Args:
        period: `2023-01..2023-03`, or `..2023-04`.
        month: Reporting month.
    """
    begin, _, end = period.partition("..")
    own_year = end[:4] == month[:4] and end <= month
    return end if own_year and begin in ("", f"{month[:4]}-01") else ""


@dataclass(frozen=True)
class Printed:
    """A ratio as a county prints it: `value` in %, and how many digits of the percentage stand behind its point."""

    value: float
    digits: int

    def against(self, computed: float) -> str:
        """The printed against a computed percentage: equal, rounding (within one unit of the last digit) or differs."""
        last, apart = 10.0**-self.digits, abs(self.value - computed)
        if apart <= last / 2 + 1e-9:
            return "equal"
        return "rounding" if apart <= last + 1e-9 else "differs"


def printed_ratio(value: float | None, text: str) -> Printed | None:
    """A ratio column's cell: its value in % as it was understood, and its text (`29.00%`, or `0.29`)."""
    if value is None:
        return None
    stated = number(text)
    is_fraction = stated is not None and stated != value
    return Printed(value, decimals(text) - 2 * is_fraction)


def choose(
    figures: Sequence[Evidence], month: str, unit: str, measure: str, target: float | None, printed: Sequence[Printed]
) -> Choice:
    """The figure that states what was done of a target.

    Args:
        figures: Figures of the component.
        month: Reporting month; `""` where nobody knows it, which leaves no period out.
        unit: Base unit of the target; `""` fits any.
        measure: What the target measures.
        target: The target, where done ÷ target is what a printed ratio states, else None.
        printed: The county's own ratios.
    """
    same = [one for one in figures if one.measure == measure]
    fitting = [one for one in same if one.unit == unit or not (one.unit and unit)]
    if not fitting:
        is_other = measure in GROWTH and any(one.measure in GROWTH for one in figures)
        return Choice(None, "other_unit" if same else "other_basis" if is_other else "no_figure")
    timely = [one for one in fitting if not month or ends_in(one.period, month)]
    if not timely:
        return Choice(None, "other_period")
    shares = [(one, 100 * one.value / target) for one in timely] if target else []
    parts = [one for one in fitting if _is_later(one.period, timely, month)]
    proven = [one for one, share in shares if any(ratio.against(share) != "differs" for ratio in printed)]
    if len({one.value for one in proven}) == 1:
        return Choice(max(proven, key=lambda one: (one.strength, last_month(one.period))))
    if parts:  # 一季度完成25亿元，4-6月完成30亿元: neither is the sum
        return Choice(None, "many_figures", "、".join(one.quote for one in (*timely, *parts)))
    return _stated([one for one in timely if not one.is_forecast])


def _is_later(period: str, timely: Sequence[Evidence], month: str) -> bool:
    """Whether a period of the year begins behind January and ends behind all those that begin there."""
    first, _, last = period.partition("..")
    of_year = first[:4] == month[:4] and first[5:] > "01" and last <= month
    return bool(month) and of_year and last > max(last_month(one.period) for one in timely)


def _stated(figures: Sequence[Evidence]) -> Choice:
    """The one figure that is stated most clearly, of the latest period."""
    if not figures:
        return Choice(None, "no_figure")
    strongest = max(one.strength for one in figures)
    if not strongest:
        return Choice(None, "unsaid", "、".join(one.quote for one in figures))
    best = [one for one in figures if one.strength >= strongest]
    latest = max(last_month(one.period) for one in best)
    best = [one for one in best if last_month(one.period) == latest]
    if len({one.value for one in best}) > 1:
        return Choice(None, "many_figures", "、".join(one.quote for one in best))
    return Choice(best[0])

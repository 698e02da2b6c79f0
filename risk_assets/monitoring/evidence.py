"""Which figure of an item is held against its target, and which level and growth it reports.

A figure is taken only where it is clear that it states what was done: it stands alone in its cell, right behind words
that say so or behind the indicator's name, or the county's own ratio proves it. Of two that would fit, none is taken.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from risk_assets import reference
from risk_assets.language.figures import GROWTH
from risk_assets.language.numbers import as_figure, decimals, number
from risk_assets.language.text import bare, folded
from risk_assets.layouts.indicators import indicators
from risk_assets.monitoring.tying import components

FIELDS = ("done", "progress")
_QUANTITY = re.compile(
    r"^(?:已?完成|新增|累计)?(?P<value>[0-9][0-9,]{0,17}(?:\.[0-9]{1,10})?)(?P<unit>[万亿]?[^\d。;,]{0,6})[。;]?$"
)
_LINKS = re.compile(r"[达到为共计约有:是了\s]{0,4}$")
_BEHIND_WORD = 8


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
        strength: 2 alone in its cell, 1 behind words that say that it is done, 0 neither.
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


@cache
def _done_words() -> re.Pattern[str]:
    words: dict[str, list[str]] = {"done": [], "amount": []}
    for row in reference.table("form_words"):
        if row["kind"] in words:
            words[row["kind"]].append(re.escape(row["word"]))
    done, amounts = ("|".join(sorted(own, key=len, reverse=True)) for own in words.values())
    return re.compile(f"(?:{done})[^\\d,，。;；、:：()（）]{{0,{_BEHIND_WORD}}}$|(?:{amounts}){_LINKS.pattern}")


@lru_cache(maxsize=16384)
def is_to_stay_below(task: str) -> bool:
    """Whether a task says that its target is not to be exceeded (城镇登记失业率低于)."""
    words = (row["word"] for row in reference.table("form_words") if row["kind"] == "less")
    return any(word in task for word in words)


@lru_cache(maxsize=16384)
def is_one_amount(text: str) -> bool:
    """Whether a cell holds one amount and nothing else (`19万人`, `2100户`, `已完成4007人。`)."""
    return _QUANTITY.match(as_figure(text)) is not None


def evidence_of(row: dict[str, Any], observations: Iterable[dict[str, Any]], framework: str) -> list[Evidence]:
    """The figures of a row's cells of progress and of what was done, the hidden ones left out.

    Args:
        row: A report row.
        observations: Its observations.
        framework: Year of the framework.
    """
    known = indicators(framework).get(row["indicator"] or "")
    words = [word for part in components(framework).get(row["indicator"] or "", ()) for word in part.words]
    names = (*(known.names if known else ()), *words)
    found = []
    for one in observations:
        tied = (one["indicator_id"] or "") == (row["indicator"] or "")
        if one["field"] not in FIELDS or one["masked"] or one["role"] == "target" or not tied:
            continue
        text = row["done_text"] if one["field"] == "done" else row["progress"]
        before = folded(one["sentence"][: one["sentence_at"]])
        strength = 2 if is_one_amount(text) else int(_says_done(before, names))
        found.append(
            Evidence(
                one["base_value"],
                one["base_unit"] if one["unit"] else "",
                one["measure"],
                one["component"] or "",
                one["period"] or "",
                one["quote"],
                strength,
                one["role"] == "forecast",
            )
        )
    return found


def behind_done_word(before: str) -> bool:
    """Whether a sentence up to a figure ends in words that say what was done (完成, 实现…收入)."""
    return _done_words().search(before) is not None


def _says_done(before: str, names: Sequence[str]) -> bool:
    if behind_done_word(before):
        return True
    flat = bare(_LINKS.sub("", before))
    return any(flat.endswith(name) for name in names)


def ends_in(period: str, month: str, first: str = "01") -> str:
    """The last month of a figure that sums up the reporting year, or is a state in it; `""` for any other period.

    Args:
        period: `2023-01..2023-03`, or `..2023-04`.
        month: Reporting month.
        first: Month in which the year's task begins.
    """
    begin, _, end = period.partition("..")
    own_year = end[:4] == month[:4] and end <= month
    return end if own_year and begin in ("", f"{month[:4]}-{first}") else ""


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
    return Printed(value, max(0, decimals(text) - 2 * is_fraction))


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
    proven = [one for one, share in shares if any(ratio.against(share) != "differs" for ratio in printed)]
    if len({one.value for one in proven}) == 1:
        return Choice(max(proven, key=lambda one: (one.strength, one.period[-7:])))
    return _stated([one for one in timely if not one.is_forecast], measure)


def _stated(figures: Sequence[Evidence], measure: str) -> Choice:
    """The one figure that is stated most clearly, of the latest period; growth needs no words that say it is done."""
    if not figures:
        return Choice(None, "no_figure")
    strongest = max(one.strength for one in figures) if measure == "level" else 0
    if measure == "level" and not strongest:
        return Choice(None, "unsaid", "、".join(one.quote for one in figures))
    best = [one for one in figures if one.strength >= strongest]
    latest = max(one.period[-7:] for one in best)
    best = [one for one in best if one.period[-7:] == latest]
    if len({one.value for one in best}) > 1:
        return Choice(None, "many_figures", "、".join(one.quote for one in best))
    return Choice(best[0])

"""What header words mean: rows of `reference/layouts`, by exact word, else by pattern.

Which columns make a table is decided in `headers`.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.text import header_word, squeezed

GENERAL = "items"
_PERIOD = re.compile(
    r"^(?:截至|截止|至)?(?:20\d\d年)?(?:第?[一二三四1-4]季度|[上下]半年|\d{1,2}(?:[-~至]\d{1,2})?月(?:\d{1,2}日)?(?:份|底|末)?止?)"
    r"|^(?:20\d\d年度?)|^(?:截至|截止|至)?(?:本月底?|目前|当前)止?(?=.)"
)
_IN_BRACKETS = re.compile(r"\(([^()]{1,12})\)")
_FOOT_MARK = re.compile(r"(?:[*※]|\(注\d?\)|注\d)$")


@dataclass(frozen=True)
class Measure:
    """What the figures of a column are: level, yoy, mom, growth, change, attainment or rank; whose role; which unit."""

    measure: str
    role: str
    unit: str


@cache
def special_words() -> dict[str, dict[str, str]]:
    """Header word → layout → field, of the layouts that are known in person."""
    words: dict[str, dict[str, str]] = defaultdict(dict)
    for row in reference.table("layouts/columns"):
        if row["layout"] != GENERAL:
            for word in reference.listed(row["headers"]):
                words[header_word(word)].setdefault(row["layout"], row["field"])
    return dict(words)


@cache
def _general_words() -> dict[str, str]:
    words: dict[str, str] = {}
    for row in reference.table("layouts/columns"):
        for word in reference.listed(row["headers"]):
            if row["layout"] == GENERAL:
                words[header_word(word)] = row["field"]
                words[squeezed(word)] = row["field"]
    for word, by_layout in special_words().items():
        fields = set(by_layout.values())
        if len(fields) == 1:
            words.setdefault(word, fields.pop())
    return words


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["field"], re.compile(row["pattern"])) for row in reference.table("layouts/header_patterns"))


def without_period(word: str) -> str:
    """A squeezed header without the month or year that it begins with (`1-4月累计完成`, `截至4月底进展情况`)."""
    while True:
        match = _PERIOD.match(word)
        if not match or match.end() == len(word):
            return word
        word = word[match.end() :].lstrip("的")


@lru_cache(maxsize=4096)
def field_of(text: str) -> str:
    """The field that a header names whatever the layout, or `""`."""
    flat = _FOOT_MARK.sub("", squeezed(text))
    if not flat:
        return ""
    word = header_word(flat)
    general = _general_words()
    for form in (flat, word, without_period(word)):
        if form in general:
            return general[form]
    word = without_period(word)
    if unit_in(flat) == "%" and word.startswith(("完成", "占", "为")):
        word += "比例"
    return next((field for field, pattern in _patterns() if pattern.search(word)), "") if len(word) > 1 else ""


_SHARE = Measure("attainment", "actual", "%")


@cache
def _endings() -> tuple[tuple[str, Measure], ...]:
    rows = sorted(reference.table("layouts/measures"), key=lambda row: -len(row["ending"]))
    return tuple((row["ending"], Measure(row["measure"], row["role"], row["unit"])) for row in rows)


@lru_cache(maxsize=4096)
def measure_of(text: str) -> Measure | None:
    """What the words of a column of figures say that they are, by the longest known ending; None where they do not."""
    word = header_word(text)
    if unit_in(text) == "%" and without_period(word).startswith(("完成", "占", "为")):
        word += "比例"  # 占目标任务% is a share of the target and not the target
        return _SHARE if field_of(word) == "attainment" else next(m for e, m in _endings() if word.endswith(e))
    return next((measure for ending, measure in _endings() if word.endswith(ending)), None)


@cache
def units() -> frozenset[str]:
    """Units as they are printed, squeezed."""
    return frozenset(squeezed(row["unit"]) for row in reference.table("units"))


@lru_cache(maxsize=4096)
def unit_in(text: str) -> str:
    """The unit that a header carries in brackets (`完成投资(万元)`), or its % sign, or `""`."""
    flat = squeezed(text)
    for found in reversed(_IN_BRACKETS.findall(flat)):
        unit = found.removeprefix("单位").lstrip(":")
        if unit in units():
            return unit
    return "%" if flat.endswith("%") else ""

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
_RAISED = re.compile(r"(?<=[一-鿿)）])[\u2460-\u2473\u00b9\u00b2\u00b3\u2070-\u209c]+")
# Columns that are near to a field and are another thing: what is left, what is expected, another month or span.
_VETO = re.compile(
    r"未完成|未开工|未整改|未交付|尚需|还需|尚未|剩余|待(?:完成|整改|化解|交付)|差额|差距|缺口|距.{0,4}目标|"
    r"预计|力争|预期完成|自?开工以来|开工至今|开工累计|项目累计|十[三四五]五|五年|总任务|总目标|拨付|支付率|^(?:序时|时序)(?:完成|目标|进度)"
)
_EARLIER = re.compile(r"^(?:上月|上年|去年|上期|上季|同期|去年同期|上年同期)")
_BASES = (
    ("yoy", re.compile(r"同比|[比较](?:上年|去年)(?!末|底)|(?:上年|去年)同期")),
    ("mom", re.compile(r"环比|[比较](?:上月|上期|上季)")),
    ("growth", re.compile(r"[比较](?:年初|上年末|去年末|上年底|去年底)")),
)
_MOVES = re.compile(r"增|减|升|降|提高|回落|变化|变动|±|幅|差")
_DOWN = re.compile(r"降幅|降低率|下降率?$|减幅|降低$|回落$|减少$")


@dataclass(frozen=True)
class Measure:
    """What the figures of a column are: level, yoy, mom, growth, change, attainment or rank; whose role; which unit."""

    measure: str
    role: str
    unit: str


UNDECIDED = "undecided"
_SCORED = re.compile(r"\(\d{1,3}分\)$")


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
    flat = _FOOT_MARK.sub("", squeezed(_RAISED.sub("", text)))
    if not flat:
        return ""
    word = header_word(flat)
    if _EARLIER.match(without_period(word)):
        return "previous"
    general = _general_words()
    if not (unit_in(flat) == "%" and word.endswith("进度")):
        for form in (flat, word, without_period(word)):
            if form in general:
                return general[form]
    if _VETO.search(word):
        return ""
    word = without_period(word)
    if unit_in(flat) == "%" and word.startswith(("完成", "占", "为")):
        word += "比例"
    elif unit_in(flat) == "%" and word.endswith("进度"):
        return "attainment"
    return next((field for field, pattern in _patterns() if pattern.search(word)), "") if len(word) > 1 else ""


_SHARE = Measure("attainment", "actual", "%")


@cache
def _endings() -> tuple[tuple[str, Measure], ...]:
    rows = sorted(reference.table("layouts/measures"), key=lambda row: -len(row["ending"]))
    return tuple((row["ending"], Measure(row["measure"], row["role"], row["unit"])) for row in rows)


@lru_cache(maxsize=4096)
def measure_of(text: str) -> Measure | None:
    """What the words of a column of figures say that they are; None where they do not.

    A change against an earlier time is told by its words, whatever their order; everything else by the longest known
    ending. A column headed 降幅 may print its figures with or without a sign, so that its measure is `undecided`.
    """
    text = _RAISED.sub("", text)
    if _SCORED.search(squeezed(text)):
        return Measure("level", "actual", "分")  # 经济增长(40分)
    word, unit = header_word(text), unit_in(text)
    if unit == "%" and without_period(word).startswith(("完成", "占", "为")):
        word += "比例"  # 占目标任务% is a share of the target and not the target
        if field_of(word) == "attainment":
            return _SHARE
    return _change(word, unit) or next((_expected(m, word) for e, m in _endings() if word.endswith(e)), None)


def _change(word: str, unit: str) -> Measure | None:
    if _DOWN.search(word) and unit not in units() - {"%", "百分点"}:
        return Measure(UNDECIDED, "actual", "%")
    base = next((name for name, pattern in _BASES if pattern.search(word)), "")
    if "百分点" in word or unit == "百分点":
        return Measure("change", "actual", "百分点") if base or _MOVES.search(word) else None
    if not base or not (_MOVES.search(word) or word.endswith(("同比", "环比", "同期", "同月"))):
        return None
    if unit in units() - {"%"} or word.endswith(("额", "量", "数")) or "多增" in word:
        return Measure("change", "actual", "")
    return _expected(Measure(base, "actual", "%"), word)


def _expected(measure: Measure, word: str) -> Measure:
    """The measure as a forecast, where its words say so; what is left to do is neither share nor target."""
    if re.search(r"预计|力争", word):
        return Measure(measure.measure, "forecast", measure.unit)
    if _VETO.search(word):
        return Measure("level" if measure == _SHARE else measure.measure, "actual", measure.unit)
    return measure


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

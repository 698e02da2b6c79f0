"""Which indicator and component a figure belongs to; whose figure it is, is told in `owning`.

In a table the row says the indicator, and unit, measure and the words before the figure say the component. In prose
the nearest name before the figure in its clause does. What is unclear stays untied.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from risk_assets import reference
from risk_assets.language.figures import GROWTH, Quantity, in_base
from risk_assets.language.figures.units import words_pattern
from risk_assets.language.text import bare, folded
from risk_assets.layouts.indicators import indicators

_BLANK = re.compile(r"\s")
_PART = re.compile(r"\s?其中")
_BEGUN = re.compile(r"拟|申报|谋划|摸底|培育|洽谈|意向")
_NEAR = 10
_LONGEST_LIST = 20
_BACK = 40
_FAR = 120
# What may stand between two figures of one indicator: 增长, 同比, 完成年度任务的.
ONLY_CUES = re.compile(
    r"(?:[\s,，、和()]|同比|环比|[比较][上去]年(?:同期)?|[比较](?:上月|年初|去年底)|分别|均|实现|增长|增加|增幅|增速|增|下降|减少|降幅|回落|提高|占|完成|达到?"
    r"|为|约|了|年度|全年|任务|目标|计划|预算|年初|的|率|比|数|名义|实际|累计|按可比价格?计算|按不变价格?计算)*"
)
_FEW = 2
_SUBJECT = 20
_CUT = re.compile(r"[\d,，。;；:、()]")


@dataclass(frozen=True)
class Component:
    """A part of an indicator that has figures of its own.

    Attributes:
        id: Its name within the indicator.
        name: Its Chinese name.
        unit: Base unit of its figures.
        measure: level or growth.
        words: Words that name it, the most telling first.
        part_of: Indicator or component of which it is a part, or `""`.
    """

    id: str
    name: str
    unit: str
    measure: str
    words: tuple[str, ...]
    part_of: str


@dataclass(frozen=True)
class Tie:
    """What a figure belongs to; empty where that is not clear."""

    indicator: str = ""
    component: str = ""


@cache
def components(framework: str) -> dict[str, tuple[Component, ...]]:
    """The components of the indicators that have several."""
    found: dict[str, list[Component]] = {}
    for row in reference.table(f"frameworks/{framework}/components"):
        base = in_base(row["unit"])[0]
        words = reference.listed(row["words"])
        own = Component(row["component"], row["name"], base, row["measure"], words, row["part_of"])
        found.setdefault(row["indicator"], []).append(own)
    return {indicator: tuple(parts) for indicator, parts in found.items()}


@cache
def _named(framework: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Names of indicators as they stand in prose; one that several bear names none of them."""
    owners: dict[str, set[str]] = {}
    for row in (*reference.table(f"frameworks/{framework}/indicators"), *narrative(framework)):
        for name in (row["name"], *reference.listed(row["aliases"])):
            owners.setdefault(folded(_BLANK.sub("", name)), set()).add(row["indicator"])
    names = {name: next(iter(own)) for name, own in owners.items() if len(own) == 1}
    return re.compile(words_pattern(names)), names


@cache
def narrative(framework: str) -> tuple[dict[str, str], ...]:
    """Indicators that stand in narrative reports and in no table."""
    return reference.table(f"frameworks/{framework}/narrative")


@cache
def _units(framework: str) -> dict[str, str]:
    rows = (*reference.table(f"frameworks/{framework}/indicators"), *narrative(framework))
    return {row["indicator"]: in_base(row["unit"])[0] for row in rows}


class Row:
    """Ties the figures of one row's cells; a cell's figures come in their order.

    Attributes:
        indicator: Indicator of the row, or `""`.
        task: What the row is about and is to reach, as printed.
    """

    def __init__(self, indicator: str, framework: str, task: str = ""):
        self.indicator, self.framework = indicator, framework
        self.task = folded(task)
        self.parts = components(framework).get(indicator, ())
        known = indicators(framework).get(indicator)
        self.unit = in_base(known.unit)[0] if known else ""
        self.kind = known.kind if known else ""
        self.names = known.names if known else ()

    def tie(self, flat: str, quantities: Sequence[Quantity]) -> list[Tie]:
        """The tie of each figure of a cell."""
        if not self.indicator:
            return [Tie() for _ in quantities]
        told = [self.component(flat, quantities, k) for k in range(len(quantities))]
        return [Tie(self.indicator, component) for component in told]

    def component(self, flat: str, quantities: Sequence[Quantity], k: int) -> str:
        """The component that the k-th figure of a folded cell states something of, or `""`."""
        one = quantities[k]
        if self._is_other(flat, quantities, k) or (self.parts and one.measure in ("rank", "change", "mom")):
            return ""
        if not self.parts:
            return self._only(flat, quantities, k)
        fitting = self._fitting(quantities, k)
        group = listed(flat, quantities, k) if fitting else []
        if len(group) > 1 and len(group) == len(self.parts):
            return self.parts[group.index(k)].id
        named = fitting[0] if len(fitting) == 1 else _nearest(flat, quantities, k, fitting)
        return named.id if named else ""

    def _fitting(self, quantities: Sequence[Quantity], k: int) -> Sequence[Component]:
        """The components whose figures are of a figure's measure and unit."""
        one, parts = quantities[k], self.parts
        if one.measure == "attainment":
            return [p for p in parts if p.measure == "level" and p.unit != "%"] or parts
        kind, base = "growth" if one.measure in GROWTH else "level", in_base(one.unit)[0]
        fitting = [p for p in parts if p.measure == kind and p.unit == base]
        if not fitting and kind == "growth" and _after_several(quantities, k):
            return []  # 面积17.6万平方米共1533套，同比增长9.6%: of which of them is not said
        if not fitting and base == "%" and kind == "level":
            return []  # 存贷比 is the level of none of them
        return fitting or [p for p in parts if p.words and "growth" in (p.measure, kind)]

    def _is_other(self, flat: str, quantities: Sequence[Quantity], k: int) -> bool:
        """Whether a figure is of a part, or of what has only begun: 其中新建2万平方米; 申报1家 is no 新增1家."""
        one = quantities[k]
        if self.task and _PART.match(flat, one.clause) and not _nearest(flat, quantities, k, self.parts, one.clause):
            return True
        begun = _BEGUN.search(flat, max(one.clause, one.start - _BACK), one.start)
        return begun is not None and one.role == "actual" and begun.group() not in self.task

    def _only(self, flat: str, quantities: Sequence[Quantity], k: int) -> str:
        """Of an indicator without listed components: its level, its growth, or neither."""
        one = quantities[k]
        if one.measure in ("yoy", "growth"):
            return "growth" if self.kind in ("growth", "both", "amount", "count") else ""
        if one.measure == "attainment":
            return "level"
        base = in_base(one.unit)[0]
        if not self.unit or not (one.measure == "level" or (one.measure == "change" and base == self.unit == "位")):
            return ""
        if base == self.unit or (not one.unit and self.kind == "count"):
            return "level"
        if self.kind != "growth" or self.unit != "%" or base == "%":
            return ""
        first = next((i for i, q in enumerate(quantities) if q.measure == "level"), None)
        clause = bare(flat[max(one.clause, one.start - _BACK) : one.start])
        of_it = k == first or (one.role == "target" and base == in_base(quantities[first or 0].unit)[0])
        return "level" if of_it or any(name in clause for name in self.names) else ""


def _after_several(quantities: Sequence[Quantity], k: int) -> bool:
    """Whether the clause before a figure's holds two levels of different units."""
    if k < 2 or quantities[k - 1].clause != quantities[k - 2].clause:
        return False
    first, second = quantities[k - 2 : k]
    return (
        first.measure == second.measure == "level"
        and first.unit != second.unit
        and first.phrase == quantities[k].phrase
    )


def listed(flat: str, quantities: Sequence[Quantity], k: int) -> list[int]:
    """The figures that stand in one list with a figure (分别增长11%、13%), the nearest ones of a long list."""
    same = (quantities[k].measure, quantities[k].unit)

    def goes_on(before: int) -> bool:
        one, other = quantities[before], quantities[before + 1]
        return (one.measure, one.unit) == (other.measure, other.unit) == same and _apart(flat, quantities, before)

    first = last = k
    while first > max(0, k - _LONGEST_LIST) and goes_on(first - 1):
        first -= 1
    while last + 1 < min(len(quantities), k + _LONGEST_LIST) and goes_on(last):
        last += 1
    return list(range(first, last + 1))


def _apart(flat: str, quantities: Sequence[Quantity], k: int) -> bool:
    between = flat[quantities[k].end : quantities[k + 1].start]
    return bool(re.fullmatch(r"[、,，和及与/\s]{1,3}", between))


def _nearest(
    flat: str, quantities: Sequence[Quantity], k: int, parts: Sequence[Component], first: int | None = None
) -> Component | None:
    """The component whose word stands nearest before a figure in its sentence, or right behind it."""
    one = quantities[k]
    before = flat[max(one.phrase if first is None else first, one.start - _FAR) : one.start]
    best: tuple[int, int, Component] | None = None
    for part in parts:
        for word in part.words:
            at = before.rfind(word)
            if at >= 0 and before.endswith(reference.form_words("several"), 0, at + len(word)):
                continue
            if at >= 0 and (best is None or (at + len(word), len(word)) > best[:2]):
                best = (at + len(word), len(word), part)
    if best:
        return best[2]
    end = quantities[k + 1].start if k + 1 < len(quantities) else len(flat)
    behind = flat[one.end : min(end, one.end + 8)]
    fitting = [part for part in parts if any(behind.startswith(word) for word in part.words)]
    return fitting[0] if len(fitting) == 1 else None


class Prose:
    """Ties the figures of a paragraph to the nearest name before them."""

    def __init__(self, framework: str):
        self.framework = framework
        self.pattern, self.names = _named(framework)
        self.rows: dict[str, Row] = {}

    def _row(self, indicator: str) -> Row:
        return self.rows.setdefault(indicator, Row(indicator, self.framework))

    def tie(self, flat: str, quantities: Sequence[Quantity]) -> list[Tie]:
        """The tie of each figure of a folded paragraph."""
        said = self.pattern.search(flat[: max(flat.find(":"), 0)][:_SUBJECT])
        self.subject = self.names[said.group()] if said else ""
        found = [(m.start(), m.end(), self.names[m.group()]) for m in self.pattern.finditer(flat)]
        starts = [hit[0] for hit in found]
        ties: list[Tie] = []
        for k, one in enumerate(quantities):
            begin = max(one.clause, quantities[k - 1].end if k else 0)
            near = found[bisect_left(starts, begin) : bisect_left(starts, one.start)]
            behind = found[bisect_left(starts, one.end) : bisect_left(starts, one.end + _NEAR + 1)]
            behind = [hit for hit in behind if not _CUT.search(flat, one.end, hit[0])]
            if near:
                indicator = near[-1][2]
            elif behind:
                indicator = behind[0][2]
            else:
                indicator = self._carried(flat, quantities, ties, k)
            ties.append(self._fit(indicator, flat, quantities, k))
        return ties

    def _carried(self, flat: str, quantities: Sequence[Quantity], ties: list[Tie], k: int) -> str:
        """A figure without a name in its clause goes on with the one before, if the clause names nothing else."""
        one = quantities[k]
        if not k or quantities[k - 1].phrase != one.phrase or not ties[k - 1].indicator:
            return self.subject
        indicator = ties[k - 1].indicator
        begin = max(one.clause, quantities[k - 1].end, one.start - _BACK)
        parts = components(self.framework).get(indicator, ())
        if one.measure in (*GROWTH, "attainment", "change"):
            return indicator if ONLY_CUES.fullmatch(flat, begin, one.start) else ""
        is_told = len(bare(flat[begin : one.start])) <= _FEW or _nearest(flat, quantities, k, parts, begin) is not None
        return indicator if parts and is_told else ""

    def _fit(self, indicator: str, flat: str, quantities: Sequence[Quantity], k: int) -> Tie:
        if not indicator:
            return Tie()
        one = quantities[k]
        if indicator in components(self.framework):
            component = self._row(indicator).component(flat, quantities, k)
            if indicator == self.subject and not _nearest(
                flat, quantities, k, components(self.framework)[indicator], one.clause
            ):
                return Tie()
            return Tie(indicator, component) if component else Tie()
        if one.measure in (*GROWTH, "attainment", "rank", "change"):
            return Tie(indicator, "growth" if one.measure in GROWTH else "level" if one.measure == "attainment" else "")
        fits = in_base(one.unit)[0] == _units(self.framework).get(indicator)
        known = indicators(self.framework).get(indicator)
        is_growth = known is not None and known.kind == "growth" and in_base(one.unit)[0] == "元"
        return Tie(indicator, "level") if fits or is_growth else Tie()

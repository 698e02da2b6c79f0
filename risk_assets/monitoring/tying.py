"""Which indicator and component a figure belongs to, and whose figure it is.

In a table the row says the indicator, and unit, measure and the words before the figure say the component. In prose
the nearest name before the figure in its clause does. What is unclear stays untied.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.areas import areas, areas_in
from risk_assets.language.figures import Quantity, in_base
from risk_assets.language.figures.units import words_pattern
from risk_assets.language.text import bare, folded
from risk_assets.layouts.indicators import indicators

_GROWTH = ("yoy", "mom", "growth")
_PARK = re.compile(r"[一-鿿]{2,14}?(?:开发区|高新区|经开区|产业园区?|工业园区?|工业集中区|管理区)")
_LEADING = re.compile(
    r"^.*(?:其中|截至|目前|预计|实现|完成|力争|支持|推进|推动|县内|[至由对在为是和与及、])|^全[省市州县区]|^我[县区市]"
)
_FEWEST_LETTERS = 3
_IN_LIST = re.compile(r"[、和及]$")
_BLANK = re.compile(r"\s")
_PART = re.compile(r"\s?其中")
_BEGUN = re.compile(r"拟|申报|谋划|摸底|培育|洽谈|意向")
_ENDS = re.compile(r"[县市区州旗园]")
_NEAR = 10
_FEW = 2
_SUBJECT = 20
_CUT = re.compile(r"[\d,，。;；:、()]")


@dataclass(frozen=True)
class Component:
    """A part of an indicator that has figures of its own.

    Attributes:
        id: Its name within the indicator.
        unit: Base unit of its figures.
        measure: level or growth.
        words: Words that name it, the most telling first.
        part_of: Indicator or component of which it is a part, or `""`.
    """

    id: str
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
        own = Component(row["component"], base, row["measure"], reference.listed(row["words"]), row["part_of"])
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


def may_name(flat: str) -> bool:
    """Whether a text holds a letter with which areas and parks end, so that looking for one is worth while."""
    return _ENDS.search(flat) is not None


def entity_of(flat: str, quantity: Quantity, own_area: str | None) -> tuple[str | None, str | None]:
    """Another entity that the words before a figure name in its sentence, and its area's code if it has one.

    Args:
        flat: The cell or paragraph, folded.
        quantity: The figure.
        own_area: Area whose report it is.
    """
    before, clause = flat[quantity.phrase : quantity.start], flat[quantity.clause : quantity.start]
    codes = [code for code in areas_in(clause) if code != own_area and not _is_above(code, own_area)]
    if len(codes) == 1 and quantity.rule != "gap" and quantity.measure != "rank":
        name = next((name for name in _names_of(codes[0]) if name in clause), "")
        if name and not _IN_LIST.search(clause[: clause.find(name)]):
            return name, codes[0]
    name = ""
    for match in _PARK.finditer(before):
        candidate = _LEADING.sub("", match.group())
        if _IN_LIST.search(before[: match.end() - len(candidate)]):
            continue
        if len(candidate) > _FEWEST_LETTERS + 1 and not candidate.startswith(
            ("各", "省级", "州级", "市级", "县级", "国家级")
        ):
            name = candidate
    codes = areas_in(name) if name else []
    return (name or None), codes[0] if len(codes) == 1 else None


@lru_cache(maxsize=1024)
def _names_of(code: str) -> tuple[str, ...]:
    area = areas()[code]
    return (area.name, area.short_name)


def _is_above(code: str, own_area: str | None) -> bool:
    return own_area is None or own_area.startswith(code.rstrip("0"))


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

    def tie(self, text: str, quantities: Sequence[Quantity]) -> list[Tie]:
        """The tie of each figure of a cell."""
        if not self.indicator:
            return [Tie() for _ in quantities]
        told = [self._component(text, quantities, k) for k in range(len(quantities))]
        return [Tie(self.indicator, component) for component in told]

    def _component(self, text: str, quantities: Sequence[Quantity], k: int) -> str:
        one = quantities[k]
        if self._is_other(text, quantities, k) or (self.parts and one.measure in ("rank", "change", "mom")):
            return ""
        if not self.parts:
            return self._only(text, quantities, k)
        fitting = self._fitting(quantities, k)
        listed = _listed(text, quantities, k) if fitting else []
        if len(listed) > 1 and len(listed) == len(self.parts):
            return self.parts[listed.index(k)].id
        named = fitting[0] if len(fitting) == 1 else _nearest(text, quantities, k, fitting)
        return named.id if named else ""

    def _fitting(self, quantities: Sequence[Quantity], k: int) -> Sequence[Component]:
        """The components whose figures are of a figure's measure and unit."""
        one, parts = quantities[k], self.parts
        if one.measure == "attainment":
            return [p for p in parts if p.measure == "level" and p.unit != "%"] or parts
        kind, base = "growth" if one.measure in _GROWTH else "level", in_base(one.unit)[0]
        fitting = [p for p in parts if p.measure == kind and p.unit == base]
        if not fitting and kind == "growth" and _after_several(quantities, k):
            return []  # 面积17.6万平方米共1533套，同比增长9.6%: of which of them is not said
        return fitting or [p for p in parts if p.words and "growth" in (p.measure, kind)]

    def _is_other(self, text: str, quantities: Sequence[Quantity], k: int) -> bool:
        """Whether a figure is of a part, or of what has only begun: 其中新建2万平方米; 申报1家 is no 新增1家."""
        one, flat = quantities[k], folded(text)
        if self.task and _PART.match(flat, one.clause) and not _nearest(text, quantities, k, self.parts, one.clause):
            return True
        begun = _BEGUN.search(flat, one.clause, one.start)
        return begun is not None and one.role == "actual" and begun.group() not in self.task

    def _only(self, text: str, quantities: Sequence[Quantity], k: int) -> str:
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
        clause = bare(text[one.clause : one.start])
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


def _listed(text: str, quantities: Sequence[Quantity], k: int) -> list[int]:
    """The figures that stand in one list with a figure, its words shared (分别增长11%、13%)."""
    same = (quantities[k].measure, quantities[k].unit)
    first = last = k
    while (
        first > 0
        and _apart(text, quantities, first - 1)
        and (quantities[first - 1].measure, quantities[first - 1].unit) == same
    ):
        first -= 1
    while (
        last + 1 < len(quantities)
        and _apart(text, quantities, last)
        and (quantities[last + 1].measure, quantities[last + 1].unit) == same
    ):
        last += 1
    return list(range(first, last + 1))


def _apart(text: str, quantities: Sequence[Quantity], k: int) -> bool:
    between = text[quantities[k].end : quantities[k + 1].start]
    return bool(re.fullmatch(r"[、,，和及与/\s]{1,3}", between))


def _nearest(
    text: str, quantities: Sequence[Quantity], k: int, parts: Sequence[Component], first: int | None = None
) -> Component | None:
    """The component whose word stands nearest before a figure in its sentence, or right behind it."""
    one = quantities[k]
    before = folded(text[one.phrase if first is None else first : one.start])
    best: tuple[int, int, Component] | None = None
    for part in parts:
        for word in part.words:
            at = before.rfind(word)
            if at >= 0 and (best is None or (at + len(word), len(word)) > best[:2]):
                best = (at + len(word), len(word), part)
    if best:
        return best[2]
    end = quantities[k + 1].start if k + 1 < len(quantities) else len(text)
    behind = folded(text[one.end : min(end, one.end + 8)])
    fitting = [part for part in parts if any(behind.startswith(word) for word in part.words)]
    return fitting[0] if len(fitting) == 1 else None


class Prose:
    """Ties the figures of a paragraph to the nearest name before them."""

    def __init__(self, framework: str):
        self.framework = framework
        self.pattern, self.names = _named(framework)

    def tie(self, text: str, quantities: Sequence[Quantity]) -> list[Tie]:
        """The tie of each figure."""
        flat = folded(text)
        subject = flat[: max(flat.find(":"), 0)][:_SUBJECT]
        said = self.pattern.search(subject)
        self.subject = self.names[said.group()] if said else ""
        found = [(m.start(), m.end(), self.names[m.group()]) for m in self.pattern.finditer(flat)]
        ties: list[Tie] = []
        for k, one in enumerate(quantities):
            near = [hit for hit in found if one.clause <= hit[0] and hit[1] <= one.start]
            behind = [
                hit for hit in found if one.end <= hit[0] <= one.end + _NEAR and not _CUT.search(flat, one.end, hit[0])
            ]
            if near:
                indicator = near[-1][2]
            elif behind:
                indicator = behind[0][2]
            else:
                indicator = self._carried(text, quantities, ties, k)
            ties.append(self._fit(indicator, text, quantities, k))
        return ties

    def _carried(self, text: str, quantities: Sequence[Quantity], ties: list[Tie], k: int) -> str:
        """A figure without a name in its clause goes on with the one before, if the clause names nothing else."""
        one = quantities[k]
        if not k or quantities[k - 1].phrase != one.phrase or not ties[k - 1].indicator:
            return self.subject
        indicator = ties[k - 1].indicator
        said = bare(text[one.clause : one.start])
        parts = components(self.framework).get(indicator, ())
        is_told = len(said) <= _FEW or _nearest(text, quantities, k, parts, one.clause) is not None
        return indicator if one.measure in (*_GROWTH, "attainment", "change") or (parts and is_told) else ""

    def _fit(self, indicator: str, text: str, quantities: Sequence[Quantity], k: int) -> Tie:
        if not indicator:
            return Tie()
        one = quantities[k]
        if indicator in components(self.framework):
            component = Row(indicator, self.framework).tie(text, quantities)[k].component
            if indicator == self.subject and not _nearest(
                text, quantities, k, components(self.framework)[indicator], one.clause
            ):
                return Tie()
            return Tie(indicator, component) if component else Tie()
        if one.measure in (*_GROWTH, "attainment", "rank", "change"):
            return Tie(
                indicator, "growth" if one.measure in _GROWTH else "level" if one.measure == "attainment" else ""
            )
        fits = in_base(one.unit)[0] == _units(self.framework).get(indicator)
        known = indicators(self.framework).get(indicator)
        is_growth = known is not None and known.kind == "growth" and in_base(one.unit)[0] == "元"
        return Tie(indicator, "level") if fits or is_growth else Tie()

"""What a target cell asks for: which kind of target it is, and each value with its bound and direction.

Whether it is reached is not judged here.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from risk_assets.contracts import WHOLE_ITEM
from risk_assets.language.figures import GROWTH, Context, Quantity, figures_in, in_base, scaled
from risk_assets.language.numbers import is_nothing
from risk_assets.language.text import folded, squeezed
from risk_assets.layouts.findings import cell_address
from risk_assets.layouts.headers import AREAS, MEASURES
from risk_assets.monitoring.evidence import last_month
from risk_assets.monitoring.tying import Row

_OWN = ("component", "value", "measure", "bound", "direction", "from_value", "stretch_value", "quote")
_TARGET = Context(role="target")
_LONE = re.compile(
    r"\s*(?:[≤≥<>]=?|不[低少]于|不高于|不超过|超过|达到|达|突破|约)?\s*[+-]?\d[\d,.]*\s*(?:\(?含\)?)?(?:以[上内下]|左右)?[。;]?\s*"
)
_FROM = re.compile(r"(?:从|由|自)[^,，。;；\d]{0,12}$")
_TO = re.compile(r"(?:到|至|为)(?:不[低少高]于|不小于|不超过)?\s?$")
_STRETCH = re.compile(r"(?:力争|争取|奋斗目标)[^,，。;；\d]{0,8}$")
_REACHED = re.compile(
    r"建成|创成|创建|完成(?![^,，。;；]{0,10}任务)|举办|启动|开工|竣工|投产|通过|获批|实现|出台|印发|申报|打造|引进|培育|落实"
)


@dataclass(frozen=True)
class Target:
    """One value that is to be reached.

    Attributes:
        component: Component of the indicator, or `""`.
        value: What is to be reached; of a floor and stretch the floor; None where it is hidden.
        unit: As stated.
        measure: level, yoy, growth, change, attainment or rank.
        bound: As stated.
        direction: `ge` more is better, `le` less.
        from_value: Where it starts from (从950元/月提高到1100元/月), or None.
        stretch_value: What is hoped for beyond it (力争达到15%), or None.
        quote: The figure as it stands.
    """

    component: str
    value: float | None
    unit: str
    measure: str
    bound: str
    direction: str
    from_value: float | None
    stretch_value: float | None
    quote: str


@lru_cache(maxsize=65536)
def read_target(text: str, indicator: str, framework: str, unit: str = "") -> tuple[str, tuple[Target, ...]]:
    """Read a target cell.

    Args:
        text: As printed.
        indicator: Indicator of its row, or `""`.
        framework: Year of the framework.
        unit: What its unit column says, which holds where the cell is one number without a unit (≥92).

    Returns:
        Its kind, one of `TARGET_KINDS`, and its values; none of a milestone and of words only.
    """
    context = replace(_TARGET, unit=unit) if _LONE.fullmatch(folded(text)) else _TARGET
    quantities = figures_in(text, context).quantities
    flat = folded(text)
    ties = Row(indicator, framework, text).tie(flat, quantities)
    targets: list[Target] = []
    start: float | None = None
    for quantity, tie in zip(quantities, ties, strict=True):
        before = flat[max(0, quantity.start - 20) : quantity.start]
        last = targets[-1] if targets else None
        if _FROM.search(before) and _goes_on(quantities, quantity, flat):
            start = quantity.value
        elif last and _STRETCH.search(before) and (last.measure, last.unit) == (quantity.measure, quantity.unit):
            targets[-1] = replace(last, stretch_value=quantity.value)
        else:
            targets.append(_target(quantity, tie.component, start))
            start = None
    return _kind(targets, flat), tuple(targets)


def _goes_on(quantities: Sequence[Quantity], quantity: Quantity, flat: str) -> bool:
    """Whether a figure behind 从 is followed by the one that it rises or falls to."""
    following = next((one for one in quantities if one.start >= quantity.end), None)
    return following is not None and bool(_TO.search(flat[max(0, following.start - 6) : following.start]))


def _target(quantity: Quantity, component: str, start: float | None) -> Target:
    falls = quantity.measure in (*GROWTH, "change") and (quantity.value or 0) < 0
    is_lower = start is not None and quantity.value is not None and quantity.value < start
    direction = "le" if quantity.bound in ("le", "lt") or falls or is_lower else "ge"
    return Target(component, quantity.value, quantity.unit, quantity.measure, quantity.bound, direction, start, None,
                  quantity.quote)  # fmt: skip


def _kind(targets: list[Target], flat: str) -> str:
    if not targets:
        return "milestone" if _REACHED.search(squeezed(flat)) else "words"
    grows = [one.measure in GROWTH for one in targets]
    parts = {(one.component, in_base(one.unit)[0]) for one in targets}
    fitting = {
        "from_to": any(one.from_value is not None for one in targets),
        "stretch": any(one.stretch_value is not None for one in targets),
        "cap": all(one.bound in ("le", "lt") for one in targets),
        "reduction": all(one.direction == "le" for one in targets),
        "both": any(grows) and not all(grows),
        "paired": len(parts) > 1,
        "growth": all(grows),
        "level": True,
    }
    return next(kind for kind, fits in fitting.items() if fits)


def row_unit(row: dict[str, Any]) -> str:
    """The unit column of a row; a stroke is none."""
    unit = squeezed(row.get("unit") or "")
    return "" if is_nothing(unit) else unit


def tables_with_goals(rows: Iterable[dict[str, Any]]) -> set[int]:
    """Tables that have a column of targets: what a task beside an empty cell of it names is nobody's target here."""
    return {row["table_no"] for row in rows if row.get("target_text")}


def target_text(row: dict[str, Any], with_goals: Collection[int]) -> str:
    """The target of a row as printed: of its own column, else of the task that names it (重点项目投资90.5亿元)."""
    own = row.get("target_text") or ""
    return own or ("" if row["table_no"] in with_goals else row.get("indicator_text") or "")


def target_rows(
    rows: Iterable[dict[str, Any]],
    observations: Iterable[dict[str, Any]],
    framework: str,
    sender: str | None,
    month: str | None,
) -> list[dict[str, Any]]:
    """What a report says is to be reached: the targets of its items, and those of its tables by areas.

    Args:
        rows: Its report rows.
        observations: Its figures.
        framework: Year of the framework.
        sender: Area that reports; a target of another area is assigned from above.
        month: Reporting month, in whose year a target is to be reached where it names none.

    Returns:
        Rows of `targets` without the columns that name the submission.
    """
    found: list[dict[str, Any]] = []
    year = (month or framework)[:4]
    rows = list(rows)
    with_goals = tables_with_goals(rows)
    for row in rows:
        text = target_text(row, with_goals)
        if row["state"] != "accepted" or row["part"] or row["layout"] in (AREAS, MEASURES) or not text:
            continue
        kind, targets = read_target(text, row["indicator"] or "", framework, row_unit(row))
        told = {
            "area": row["area"] or sender, "year": year, "table_no": row["table_no"], "row": row["row"],
            "item": row["item"], "indicator": row["indicator"], "kind": kind, "text": text,
            "where": cell_address(row, "target" if row.get("target_text") else "indicator"),
        }  # fmt: skip
        found += [told | _value(one) for one in targets] or [told | {"component": WHOLE_ITEM}]
    found += [_of_area(one, year) for one in observations if one["field"] == "cell" and one["role"] == "target"]
    for one in found:
        one["source"] = "assigned" if sender and one["area"] != sender else "own"
    return found


def _value(target: Target) -> dict[str, Any]:
    base, factor = in_base(target.unit)
    value = None if target.value is None else scaled(target.value, factor)
    own = {name: getattr(target, name) for name in _OWN}
    return own | {"unit": target.unit or None, "base_value": value, "base_unit": base or None}


def _of_area(one: dict[str, Any], year: str) -> dict[str, Any]:
    """A target that stands in a table by areas."""
    kind = "growth" if one["measure"] in GROWTH else "level"
    falls = one["bound"] in ("le", "lt")
    return {
        "area": one["area"], "year": last_month(one["period"] or "")[:4] or year, "table_no": one["table"],
        "indicator": one["indicator_id"], "component": one.get("component") or WHOLE_ITEM, "kind": kind,
        "value": one["value"], "unit": one["unit"] or None, "base_value": one["base_value"],
        "base_unit": one["base_unit"] or None, "measure": one["measure"], "bound": one["bound"],
        "direction": "le" if falls else "ge", "quote": one["quote"], "text": one["quote"], "where": one["where"],
    }  # fmt: skip

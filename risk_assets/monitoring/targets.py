"""What a target cell asks for: which kind of target it is, and each value with its bound and direction.

Whether it is reached is not judged here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from risk_assets.language.figures import GROWTH, Context, Quantity, figures_in, in_base
from risk_assets.language.text import folded, squeezed
from risk_assets.monitoring.tying import Row

KINDS = ("level", "growth", "both", "paired", "from_to", "stretch", "cap", "reduction", "milestone", "words")
_TARGET = Context(role="target")
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


def read_target(text: str, indicator: str, framework: str) -> tuple[str, list[Target]]:
    """Read a target cell.

    Args:
        text: As printed.
        indicator: Indicator of its row, or `""`.
        framework: Year of the framework.

    Returns:
        Its kind, one of `KINDS`, and its values; none of a milestone and of words only.
    """
    quantities = figures_in(text, _TARGET).quantities
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
    return _kind(targets, flat), targets


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

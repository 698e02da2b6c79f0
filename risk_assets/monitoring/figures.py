"""What the figures of one report say against each other: parts against their whole, 去化周期 against stock and sales.

Only figures that are tied to a component are compared, and only those that a report states once for a period.
"""

from collections import Counter, defaultdict
from typing import Any

from risk_assets import reference
from risk_assets.language.numbers import decimals
from risk_assets.layouts.findings import finding
from risk_assets.monitoring.observing import Observed
from risk_assets.monitoring.tying import components

_STOCK, _SALES = "risk.housing_stock", "risk.housing_sales"
_MOST_PHRASES = 12


def figure_findings(observed: Observed, framework: str) -> list[dict[str, str]]:
    """Findings about the figures of a report.

    Args:
        observed: Its figures.
        framework: Year of the framework whose components add up.
    """
    stated = _stated(observed)
    return [*_parts(stated, framework), *_clearance(stated), *_unread(observed)]


Stated = dict[tuple[str, str], dict[str, Any]]


def _stated(observed: Observed) -> Stated:
    """Levels that are reported once for an indicator and component, by both."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in observed.observations:
        if one.get("component") and one["measure"] == "level" and one["role"] == "actual" and not one["masked"]:
            found[one["indicator_id"], one["component"]].append(one)
    return {key: several[0] for key, several in found.items() if len({one["base_value"] for one in several}) == 1}


def _parts(stated: Stated, framework: str) -> list[dict[str, str]]:
    """Parts that do not add up to their whole; they are compared where all of them are stated for one period."""
    wholes: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for indicator, parts in components(framework).items():
        for part in parts:
            if part.part_of:
                own = part.part_of.startswith(indicator.split(".")[0] + ".")
                whole = (part.part_of, part.id) if own else (indicator, part.part_of)
                wholes[whole].append((indicator, part.id))
    found = []
    for whole, parts_of_it in wholes.items():
        if whole not in stated or any(part not in stated for part in parts_of_it):
            continue
        total, several = stated[whole], [stated[part] for part in parts_of_it]
        same = {(one["base_unit"], one["period"]) for one in (total, *several)}
        if len(same) > 1:
            continue
        digits = max(decimals(one["quote"]) for one in (total, *several))
        printed, added = (
            total["value"],
            sum(one["base_value"] for one in several) * total["value"] / total["base_value"],
        )
        if abs(added - printed) > 0.5 * 10.0**-digits * 1.001:
            terms = "＋".join(one["quote"] for one in several)
            found.append(finding("parts_differ", total["where"], total["quote"], f"{terms}＝{added:.{digits}f}"))
    return found


def _clearance(stated: Stated) -> list[dict[str, str]]:
    """Hold 去化周期 against stock ÷ average monthly sales, as far as the report tells them."""
    stock, months = stated.get((_STOCK, "area")), stated.get((_STOCK, "months"))
    sales = stated.get((_SALES, "area"))
    if not stock or not months or not months["value"]:
        return []
    implied = stock["base_value"] / months["value"]
    parts = [stated.get((f"{_STOCK}_{kind}", part)) for kind in ("residential", "other") for part in ("area", "months")]
    found = []
    if all(part and part["value"] for part in parts):
        own = sum(parts[i]["base_value"] / parts[i + 1]["value"] for i in (0, 2))  # type: ignore[index]
        if abs(own - implied) > _tolerance() * implied:
            found.append(finding("clearance_differs", months["where"], months["quote"], _as_sales(own)))
    span = _months_of(sales["period"]) if sales else 0
    if sales and span:
        average = sales["base_value"] / span
        if abs(average - implied) > _tolerance() * implied:
            found.append(finding("clearance_differs", months["where"], months["quote"], _as_sales(average)))
    return found


def _tolerance() -> float:
    return float(reference.setting("clearance_tolerance"))


def _as_sales(square_metres: float) -> str:
    return f"月均销售 {square_metres / 10_000:.3f} 万平方米"


def _months_of(period: str | None) -> int:
    """Months of a span within one year; 0 for a state or what is not known."""
    first, _, last = (period or "").partition("..")
    if not first or not last or first[:4] != last[:4]:
        return 0
    return int(last[5:]) - int(first[5:]) + 1


def _unread(observed: Observed) -> list[dict[str, str]]:
    """One finding for all numbers that no rule understands: that list is how the words of `reference` grow."""
    if not observed.unread:
        return []
    phrases = common_phrases([one["phrase"] for one in observed.unread], _MOST_PHRASES)
    shown = "；".join(f"…{phrase}…" + (f"（{times} 处）" if times > 1 else "") for phrase, times in phrases)
    return [finding("figures_unread", observed.unread[0]["where"], f"{len(observed.unread)} 处：{shown}")]


def common_phrases(phrases: list[str], most: int) -> list[tuple[str, int]]:
    """The commonest phrases with how often each stands, the digits of the figure left out so that like meets like."""
    return Counter("".join("#" if c.isdecimal() else c for c in phrase) for phrase in phrases).most_common(most)

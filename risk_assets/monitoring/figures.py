"""What the figures of one report say against each other: parts against their whole, 去化周期 against stock and sales.

Only figures that are tied to a component are compared, and only those that a report states once for a period.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from risk_assets import reference
from risk_assets.language.areas import areas
from risk_assets.language.figures import GROWTH
from risk_assets.language.numbers import decimals, shortened
from risk_assets.language.text import folded
from risk_assets.layouts.findings import finding
from risk_assets.layouts.indicators import indicators
from risk_assets.monitoring.claims import speaks_of_above, states_amount, states_growth, subject_of
from risk_assets.monitoring.observing import Observed
from risk_assets.monitoring.tying import components

_STOCK, _SALES = "risk.housing_stock", "risk.housing_sales"
_MOST_PHRASES = 12
_TOLD = ("prose", "done", "progress")


def figure_findings(observed: Observed, framework: str, mended: Collection[str] = ()) -> list[dict[str, str]]:
    """Findings about the figures of a report.

    Args:
        observed: Its figures.
        framework: Year of the framework whose components add up.
        mended: Cells whose slip of unit is told already.
    """
    stated = _stated(observed)
    return [
        *_parts(stated, framework),
        *_clearance(stated),
        *_two_figures(observed, framework),
        *_impossible(observed, framework, mended),
        *_unread(observed),
    ]


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


_SAME = ("area", "indicator_id", "component", "measure", "base_unit")
_COMPARED = ("level", "yoy", "growth")


def _two_figures(observed: Observed, framework: str) -> list[dict[str, str]]:
    """The same thing stated at two places of a report with two figures, beyond what rounding explains."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in observed.observations:
        is_stated = one["value"] is not None and one["bound"] == "eq" and one["role"] == "actual"
        is_told = one["field"] in _TOLD and one["measure"] in _COMPARED and one["unit"]
        if is_stated and is_told and one.get("component") and _is_named(one, framework):
            groups[(*(one[name] for name in _SAME), _of_year(one["period"]))].append(one)
    found = []
    for group in groups.values():
        first = group[0]
        other = next((one for one in group if _place(one) != _place(first) and _are_apart(first, one)), None)
        if other:
            found.append(finding("two_figures", _place(other), other["quote"], f"{first['quote']}（{_place(first)}）"))
    return found


def _place(one: dict[str, Any]) -> str:
    """Sheet and cell of a figure, or its line."""
    if not one["cell"]:
        return str(one["where"])
    return f"{one['sheet']}!{one['cell']}" if one["sheet"] else str(one["cell"])


def _of_year(period: str | None) -> str | None:
    """The last month of a sum since January or of a state; any other period as it is."""
    first, _, last = (period or "").partition("..")
    return last if not first or first == f"{last[:4]}-01" else period


def _is_named(one: dict[str, Any], framework: str) -> bool:
    """Whether a figure stands alone in its cell, or the words before it claim it for its indicator."""
    before = one["sentence"][: one["sentence_at"]]
    known = indicators(framework).get(one["indicator_id"])
    parts = [part.words for part in components(framework).get(one["indicator_id"], ()) if part.id == one["component"]]
    names = (*(known.names if known else ()), *(word for words in parts for word in words))
    claims = states_growth if one["measure"] in GROWTH else states_amount
    return not before.strip() or claims(before, subject_of("", names, one["area"] or ""))


def _are_apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    last = max(_last_digit(one), _last_digit(other))
    return abs(one["base_value"] - other["base_value"]) > last * 1.001


def _last_digit(one: dict[str, Any]) -> float:
    """What one unit of a figure's last printed digit is in the base unit."""
    factor = one["base_value"] / one["value"] if one["value"] else 1.0
    return abs(factor) * 10.0 ** -decimals(one["quote"])


def _impossible(observed: Observed, framework: str, mended: Collection[str]) -> list[dict[str, str]]:
    """Figures that no county can have, by `reference/limits.csv`: mostly a unit that the caption states wrongly."""
    kinds = {row["indicator"]: row["kind"] for row in reference.table(f"frameworks/{framework}/indicators")}
    seen = set(mended)
    found = []
    for one in observed.observations:
        where = _place(one)
        is_own = one["field"] in (*_TOLD, "target", "cell")  # what a task says may be the province's
        if one["base_value"] is None or not is_own or where in seen or not _is_county(one["area"]):
            continue
        if speaks_of_above(folded(one["sentence"][: one["sentence_at"]]), one["area"]):
            continue
        for limit in _limits().get((one["base_unit"], one["measure"]), ()):
            fits = not limit["kind"] or limit["kind"] == kinds.get(one["indicator_id"] or "")
            lowest, highest = float(limit["lowest"]), float(limit["highest"])
            if fits and not lowest <= one["base_value"] <= highest:
                seen.add(where)
                expected = f"{shortened(lowest)} 至 {shortened(highest)}{limit['base_unit']}"
                found.append(finding("figure_impossible", where, one["quote"], expected))
                break
    return found


def _is_county(code: str | None) -> bool:
    return code is not None and code in areas() and areas()[code].level in ("county", "zone")


@cache
def _limits() -> dict[tuple[str, str], list[dict[str, str]]]:
    limits: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in reference.table("limits"):
        limits[row["base_unit"], row["measure"]].append(row)
    return limits


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

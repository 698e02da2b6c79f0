"""Units of figures in sentences, and what they are in base units (元, 平方米, 人, %)."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.text import folded

_MULTIPLIERS = {"十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}


@cache
def known() -> dict[str, tuple[str, str, float]]:
    """Each unit as printed: how it is recorded, its base unit, and the factor to it."""
    found = {}
    for row in reference.table("units"):
        as_stated = row["as"] or row["unit"]
        found[folded(row["unit"])] = (as_stated, row["base_unit"] or as_stated, float(row["factor"] or 1))
    return found


def words_pattern(words: Iterable[str]) -> str:
    """A regular expression of words that tries the longest first and reads each letter once."""
    tree: dict[str, dict] = {}
    for word in words:
        branch = tree
        for letter in word:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return _branch(tree)


def _branch(tree: dict) -> str:
    ends = "" in tree
    parts = [re.escape(letter) + _branch(below) for letter, below in sorted(tree.items()) if letter]
    if not parts:
        return ""
    whole = parts[0] if len(parts) == 1 and not ends else f"(?:{'|'.join(parts)})"
    return f"{whole}?" if ends else whole


@lru_cache(maxsize=4096)
def recorded(unit: str) -> str:
    """A printed unit as it is recorded: 个月 is 月; multipliers stay (百万元)."""
    own = known().get(unit)
    if own:
        return own[0]
    return unit[0] + recorded(unit[1:]) if len(unit) > 1 and unit[0] in _MULTIPLIERS else unit


@lru_cache(maxsize=4096)
def in_base(unit: str) -> tuple[str, float]:
    """The base unit of a unit and the factor by which a value in it is to be multiplied.

    A unit that nobody knows is its own base.
    """
    own = known().get(unit)
    if own:
        return own[1], own[2]
    if unit[:1] in _MULTIPLIERS and unit:
        base, factor = in_base(unit[1:])
        return base, factor * _MULTIPLIERS[unit[0]]
    return unit, 1.0


def scaled(value: float, factor: float) -> float:
    """A value times the factor to its base unit, without the noise of binary fractions."""
    return float(f"{value * factor:.12g}")

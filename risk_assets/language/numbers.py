"""A cell that holds one number or one percentage. Numbers inside sentences are not read here."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from risk_assets.language.text import squeezed

_NUMBER = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^[+-]?\d+(?:\.\d+)?$")
_PERCENT_INSIDE = re.compile(r"(?<![\d.,])[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?=%)")
_NOTHING = {"暂无", "无"}
_STROKES = re.compile(r"[/\\_\-]*")


@dataclass(frozen=True)
class Ratio:
    """A ratio cell: `value` in %, or None; `kind` figure, nothing, lone_one, unsigned or words."""

    value: float | None
    kind: str


def is_nothing(text: str) -> bool:
    """Whether a cell is blank or one of the strokes and words that stand for nothing."""
    flat = squeezed(text)
    return flat in _NOTHING or bool(_STROKES.fullmatch(flat))


@lru_cache(maxsize=8192)
def number(text: str) -> float | None:
    """The number of a cell that holds nothing else (`2,270`, `27.3152`), or None."""
    flat = squeezed(text)
    return float(flat.replace(",", "")) if _NUMBER.match(flat) else None


@lru_cache(maxsize=8192)
def ratio(text: str, header_says_percent: bool = False) -> Ratio:
    """Read a share of the year's task.

    Args:
        text: The cell as shown (a percent format is already written out as `29.00%`).
        header_says_percent: The column's header carries the sign, so that its cells need none.

    Returns:
        The share in %. A lone `1` stands where `/` was misread and is no figure (`lone_one`); a bare number without
        any sign is read as a share of one up to 1 and as % above (`unsigned`).
    """
    if is_nothing(text):
        return Ratio(None, "nothing")
    flat = squeezed(text)
    inside = _PERCENT_INSIDE.findall(flat)
    if len(inside) == 1:
        return Ratio(float(inside[0].replace(",", "")), "figure")
    bare_number = number(flat)
    if bare_number is None:
        return Ratio(None, "words")
    if header_says_percent or bare_number == 0:
        return Ratio(bare_number, "figure")
    if bare_number == 1:
        return Ratio(None, "lone_one")
    return Ratio(float(Decimal(str(bare_number)) * 100) if 0 < bare_number < 1 else bare_number, "unsigned")


def decimals(text: str) -> int:
    """Digits printed behind the point of the first number in a text."""
    found = re.search(r"\d+(?:\.(\d+))?", squeezed(text))
    return len(found.group(1) or "") if found else 0

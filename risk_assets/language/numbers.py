"""A cell that holds one number or one percentage. Numbers inside sentences are not read here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from risk_assets import reference
from risk_assets.language.text import squeezed

_FIGURE = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,10})?"
_NUMBER = re.compile(_FIGURE)
_PERCENT = re.compile(
    rf"(?:约|已|共|累计)*(?:[^0-9%]{{0,40}}?(?:完成|达到?|占比?)(?:率|比例|(?:年度|全年)?任务的?)?约?)?:?(?P<figure>{_FIGURE})%(?:左右)?"
)
_HIGHEST_FRACTION = 3
_NOTHING = {"暂无", "无"}
_QUANTITY = re.compile(rf"(?:第|并列第?)?(?P<figure>{_FIGURE})(?P<unit>[^\d\s,.;。()+-]{{0,8}})")
_MASKED = re.compile(r"(?:[*＊]{2,}|[x×]{1,6}(?:\.[x×]{1,4})?)(?P<unit>[^\d\s,.;。()*x×]{0,6})", re.IGNORECASE)
_ARROWS = str.maketrans({"↑": "", "↓": "-", "▲": "", "▼": "-"})
_STROKES = re.compile(r"[/\\_\-]*")
_SCALES = ((1e8, "亿"), (1e4, "万"))


@dataclass(frozen=True)
class Ratio:
    """A ratio cell: `value` in %, or None; `kind` says how it was understood (see `ratio`)."""

    value: float | None
    kind: str


@dataclass(frozen=True)
class Figure:
    """A cell that holds one figure: its value (None where it is hidden) and the unit printed with it."""

    value: float | None
    unit: str
    masked: bool


_FOOT_MARKS = re.compile(r"(?<=[\d%一-鿿)）])[\u2460-\u2487\u2776-\u277f\u00b9\u00b2\u00b3\u2070-\u209c*※]+$")
_APART = re.compile(r"\d[\s\u3000]+\d")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[\s\u3000]\d{3})+(?:\.\d+)?%?")


@lru_cache(maxsize=65536)
def as_figure(text: str) -> str:
    """A cell squeezed for reading one figure: without a foot mark (`120①`), unreadable where two figures share it."""
    plain = _FOOT_MARKS.sub("", text.strip())
    if _APART.search(plain) and not _GROUPED.fullmatch(plain):
        return plain  # the blank stays, so that `12 34` is no 1234
    return squeezed(plain)


def is_nothing(text: str) -> bool:
    """Whether a cell is blank or one of the strokes and words that stand for nothing."""
    flat = squeezed(text)
    return flat in _NOTHING or bool(_STROKES.fullmatch(flat))


@lru_cache(maxsize=65536)
def number(text: str) -> float | None:
    """The number of a cell that holds nothing else (`2,270`, `27.3152`), or None; no more digits than a figure has."""
    flat = as_figure(text)
    return float(flat.replace(",", "")) if _NUMBER.fullmatch(flat) else None


@lru_cache(maxsize=16384)
def figure(text: str) -> Figure | None:
    """The figure of a cell that holds one and its unit at most (`1,234.5`, `-0.86%`, `第3位`, `****`), or None."""
    flat = as_figure(text).translate(_ARROWS)
    found = _QUANTITY.fullmatch(flat)
    if found:
        return Figure(float(found.group("figure").replace(",", "")), found.group("unit"), masked=False)
    hidden = _MASKED.fullmatch(flat)
    return Figure(None, hidden.group("unit"), masked=True) if hidden else None


def are_fractions(texts: Iterable[str]) -> bool:
    """Whether the bare numbers of a ratio column look like shares of one: most at most 1, one below, none large."""
    values = sorted(value for value in map(number, texts) if value is not None)
    if not values or not any(0 < value < 1 for value in values) or values[0] < 0:
        return False
    return values[-1] <= 1 or (values[-1] <= _HIGHEST_FRACTION and values[len(values) // 2] <= 1)


@lru_cache(maxsize=8192)
def ratio(text: str, header_says_percent: bool = False, fractions: bool = False) -> Ratio:
    """Read a share of the year's task.

    Args:
        text: The cell as shown (a percent format is already written out as `29.00%`).
        header_says_percent: The column's header carries the sign, so that its cells need none.
        fractions: The column's bare numbers look like shares of one (`are_fractions`), whatever its header says.

    Returns:
        The share in %: of a cell that is a percentage, or words that end in what is 完成 or 达到 (`完成14.50%`). Other
        words are none, whatever percentage stands in them (`同比增长5%`). A lone `1` stands where `/` was misread and
        is no figure (`lone_one`); a bare number without any sign is `unsigned`; fractions under a % sign are
        `ambiguous`; what is below 0 or above the setting is `implausible`.
    """
    if is_nothing(text):
        return Ratio(None, "nothing")
    flat = squeezed(text)
    percent = _PERCENT.fullmatch(flat)
    value = float(percent.group("figure").replace(",", "")) if percent else number(flat)
    if value is None:
        return Ratio(None, "words")
    if not percent and header_says_percent and fractions and value != 0:
        return Ratio(None, "ambiguous")
    if not percent and not header_says_percent and value == 1:
        return Ratio(None, "lone_one")
    if not 0 <= value <= float(reference.setting("highest_ratio")):
        return Ratio(None, "implausible")
    unsigned = not percent and not header_says_percent and value != 0
    if unsigned and (value < 1 or fractions):
        value = float(Decimal(str(value)) * 100)
    return Ratio(value, "unsigned" if unsigned else "figure")


def decimals(text: str) -> int:
    """Digits printed behind the point of the first number in a text."""
    found = re.search(r"[0-9]+(?:\.([0-9]+))?", squeezed(text))
    return len(found.group(1) or "") if found else 0


def shortened(value: float) -> str:
    """A value as people write it: 1.86亿, 2.5万, 310."""
    scale, word = next(((one, word) for one, word in _SCALES if abs(value) >= one), (1.0, ""))
    return f"{value / scale:.10g}{word}"


def fixed(value: float, digits: int) -> str:
    """A number with so many digits behind the point; halves go up, as in pages and workbooks, and not to the even."""
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))

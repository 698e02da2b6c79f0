"""Whose figure it is, where a text names another than the area that reports: a county, a zone, a park.

What is said of several at once without telling which is nobody's. An area above the reporting one (全州) is no owner:
it is what is compared with.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from risk_assets.language.areas import areas, areas_in, name_of
from risk_assets.language.figures import Quantity
from risk_assets.monitoring.tying import ONLY_CUES, listed

_PARK = re.compile(r"[一-鿿]{2,14}?(?:开发区|高新区|经开区|产业园区?|工业园区?|工业集中区|管理区)")
_LEADING = re.compile(
    r"^.*(?:其中|截至|目前|预计|实现|完成|力争|支持|推进|推动|县内|[至由对在为是和与及、])|^全[省市州县区]|^我[县区市]"
)
_KINDS = ("各", "省级", "州级", "市级", "县级", "国家级")
_FEWEST_LETTERS = 4
_IN_LIST = re.compile(r"[、和及]$")
_WITH = re.compile(r"(?:与|同|跟|联合|对接|赴)[一-鿿]{2,8}(?:县|市|区|州)")  # a partner, no owner
_ENDS = re.compile(r"[县市区州旗园]")
_BACK = 80


@dataclass(frozen=True)
class Owner:
    """Another than the reporting area.

    Attributes:
        name: As printed; of several, all of them.
        area: Code, or None where it has none or is not told.
        is_one: It is not several of whom nobody says which.
    """

    name: str
    area: str | None
    is_one: bool = True


def owners(flat: str, quantities: Sequence[Quantity], own_area: str | None) -> list[Owner | None]:
    """Whose each figure is; None for the reporting area's own.

    Args:
        flat: The cell or paragraph, folded.
        quantities: Its figures.
        own_area: Area whose report it is.
    """
    if not _ENDS.search(flat):
        return [None] * len(quantities)
    found: list[Owner | None] = []
    for k in range(len(quantities)):
        found.append(_owner(flat, quantities, k, own_area, found))
    return found


def _owner(
    flat: str, quantities: Sequence[Quantity], k: int, own_area: str | None, before: list[Owner | None]
) -> Owner | None:
    one = quantities[k]
    group = listed(flat, quantities, k)
    head = quantities[group[0]]
    begin = max(head.clause, quantities[group[0] - 1].end if group[0] else 0, head.start - _BACK)
    said = flat[begin : head.start]
    codes = [] if _WITH.search(said) else _codes(said, own_area)
    is_compared = one.rule in ("gap", "points") or one.measure == "rank"
    if len(codes) > 1 and not is_compared:
        if len(codes) == len(group):
            return _of_code(codes[group.index(k)], own_area)
        return Owner("、".join(map(name_of, codes)), None, is_one=False)
    if codes and not is_compared:
        return _one(said, codes[0], own_area)
    size = len(group)
    if size > 1 and group[0] >= size and all(before[group[0] - size : group[0]]):
        return before[k - size]  # 吉首市9.2亿元、高新区3.1亿元，分别增长33%、11%
    if k and quantities[k - 1].phrase == one.phrase and before[k - 1] and ONLY_CUES.fullmatch(flat, begin, head.start):
        return before[k - 1]
    return _park(flat[max(one.phrase, one.start - _BACK) : one.start])


def _codes(text: str, own_area: str | None) -> list[str]:
    """Codes of the areas that a text names, in their order, without those above the reporting one."""
    return list(dict.fromkeys(code for code in areas_in(text) if not _is_above(code, own_area)))


def _one(text: str, code: str, own_area: str | None) -> Owner | None:
    name = next((name for name in _names_of(code) if name in text), "")
    return None if not name or _IN_LIST.search(text[: text.find(name)]) else _of_code(code, own_area)


def _of_code(code: str, own_area: str | None) -> Owner | None:
    return None if code == own_area else Owner(name_of(code), code)


def _park(text: str) -> Owner | None:
    """The park that a text names last."""
    name = ""
    for match in _PARK.finditer(text):
        candidate = _LEADING.sub("", match.group())
        is_listed = _IN_LIST.search(text[: match.end() - len(candidate)])
        if not is_listed and len(candidate) > _FEWEST_LETTERS and not candidate.startswith(_KINDS):
            name = candidate
    codes = areas_in(name) if name else []
    return Owner(name, codes[0] if len(codes) == 1 else None) if name else None


@lru_cache(maxsize=1024)
def _names_of(code: str) -> tuple[str, ...]:
    area = areas()[code]
    return (area.name, area.short_name)


def _is_above(code: str, own_area: str | None) -> bool:
    return own_area is None or (code != own_area and own_area.startswith(code.rstrip("0")))

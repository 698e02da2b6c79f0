"""Names of areas: official, short, old and autonomous, each with its code."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from risk_assets import reference
from risk_assets.language.text import squeezed

_SHORT = 2


@dataclass(frozen=True)
class Area:
    """An area in force: code, official name, level and the code above it."""

    code: str
    name: str
    short_name: str
    level: str
    parent: str


@cache
def areas() -> dict[str, Area]:
    """All areas that are valid today, by code."""
    return {
        row["area"]: Area(row["area"], row["name"], row["short_name"], row["level"], row["parent"])
        for row in reference.table("areas")
        if not row["valid_to"]
    }


def above(code: str, known: Mapping[str, Area]) -> list[str]:
    """Codes above an area, the nearest first.

    Args:
        code: Area.
        known: Areas by code.
    """
    codes = []
    parent = known[code].parent
    while parent:
        codes.append(parent)
        parent = known[parent].parent
    return codes


@cache
def _names() -> dict[str, set[str]]:
    """Every name that carries its kind (县, 市, 区 …) with the codes of today it may mean."""
    names: dict[str, set[str]] = defaultdict(set)
    for row in reference.table("areas"):
        code = row["successor"] or row["area"]
        for name in (row["name"], *reference.listed(row["aliases"])):
            if row["level"] != "zone" or len(name) > _SHORT:
                names[name].add(code)
    return dict(names)


@cache
def _pattern() -> re.Pattern[str]:
    """All names, the longest first; one of two letters (道县) only where a name can begin: `湖南县域` is not 南县."""
    ordered = sorted(_names(), key=len, reverse=True)
    return re.compile(
        "|".join(re.escape(name) if len(name) > _SHORT else f"(?:(?<=[市州省])|(?<![一-鿿])){name}" for name in ordered)
    )


_UNKNOWN = re.compile(
    r"^(?:关于)?(?P<name>[^\W\d_我全本各该现将]{2,10}?(?:自治县|县|市|区))(?=20\d\d年|打好|人民政府|发展六仗)"
)


def areas_in(text: str) -> list[str]:
    """Codes of the areas named in a text, in order; an old name gives the area of today.

    A name that several areas share (none in one province so far) gives all of them.
    """
    return [code for match in _pattern().finditer(squeezed(text)) for code in sorted(_names()[match.group()])]


def unknown_area_in(title: str) -> str:
    """The name of an area that a title begins with and nobody knows, or `""`."""
    match = _UNKNOWN.match(squeezed(title))
    return match.group("name") if match and not areas_in(match.group("name")) else ""


def name_of(code: str) -> str:
    """Official name of an area, or the code itself where it is not known."""
    return areas()[code].name if code in areas() else code


@cache
def counties() -> tuple[str, ...]:
    """Codes of the counties that are expected to report."""
    return tuple(code for code, area in areas().items() if area.level == "county")


@cache
def cities() -> tuple[str, ...]:
    """Codes of the cities."""
    return tuple(code for code, area in areas().items() if area.level == "city")


@cache
def province() -> str:
    """Code of the province whose areas these are."""
    return next(code for code, area in areas().items() if area.level == "province")


@cache
def reporting_areas() -> tuple[str, ...]:
    """Codes of every area that may send a report: counties, zones and cities."""
    return tuple(code for code, area in areas().items() if area.level != "province")

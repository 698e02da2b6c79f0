"""How much of a year's task is due at the end of a month: a curve of `reference/curves.csv`.

Whether an indicator is held against it is not decided here.
"""

from fractions import Fraction
from functools import cache

from risk_assets import reference


@cache
def _curves() -> dict[str, dict[int, Fraction]]:
    curves: dict[str, dict[int, Fraction]] = {}
    for row in reference.table("curves"):
        curves.setdefault(row["curve"], {})[int(row["month"])] = Fraction(row["share"])
    return curves


@cache
def due(curve: str, month: str) -> float:
    """The share of the year's task that is due, in %.

    Args:
        curve: Name of the curve.
        month: Last month of the figure's own period, `YYYY-MM`.

    Raises:
        KeyError: No such curve.
    """
    return float(100 * _curves()[curve][int(month[5:])])

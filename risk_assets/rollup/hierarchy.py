"""Which groups an area belongs to: as it was in a month, or as it is now.

An area that was merged goes to the one that took it over. Of an area that was split no figure can be given to one of
its parts: it counts for what stands above all of them, and for nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from risk_assets.language.areas import Area, above


def membership(period: str, members: Iterable[str], areas: Mapping[str, Area]) -> pd.DataFrame:
    """Groups of areas as they were in a month.

    Args:
        period: Month.
        members: Codes of the areas that are added up.
        areas: Areas in force in the month.

    Returns:
        `period`, `area`, `group`; a row for each area above a member.
    """
    return _frame((period, code, group) for code in members for group in above(code, areas))


def membership_now(
    period: str, members: Iterable[str], successors: Mapping[str, Sequence[str]], areas: Mapping[str, Area]
) -> pd.DataFrame:
    """Groups of areas of an earlier month as they are now.

    Args:
        period: Month.
        members: Codes of the areas that are added up, in force in that month.
        successors: Code → the codes that stand for it now, itself where nothing has changed.
        areas: Areas in force now.

    Returns:
        `period`, `area`, `group`: of an area that was merged also the area that it is part of now.
    """
    rows = []
    for code in members:
        now = successors[code]
        shared = set.intersection(*(set(above(one, areas)) for one in now))
        if len(now) == 1 and now[0] != code:
            shared.add(now[0])
        rows += [(period, code, group) for group in sorted(shared)]
    return _frame(rows)


def _frame(rows: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["period", "area", "group"]).astype("str")

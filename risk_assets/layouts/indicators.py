"""Tying a line of a county's table to an indicator of the framework."""

from dataclasses import dataclass
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.text import bare, squeezed

_NAMELESS = "无法辨认"


@dataclass(frozen=True)
class Indicator:
    """An indicator as the reader needs it.

    `names` are bare of figures and punctuation; `nameless` where no source so far had a readable name.
    """

    id: str
    table: str
    campaign: str
    item: str
    group: str
    unit: str
    names: tuple[str, ...]
    nameless: bool
    kind: str
    release_class: str


@cache
def indicators(framework: str) -> dict[str, Indicator]:
    """All indicators of a framework by id."""
    return {
        row["indicator"]: Indicator(
            row["indicator"],
            row["table"],
            row["campaign"],
            row["item"],
            row["group"],
            row["unit"],
            tuple(n for n in (bare(w) for w in (row["name"], *reference.listed(row["aliases"]))) if n),
            _NAMELESS in row["name"],
            row["kind"],
            row["release_class"],
        )
        for row in reference.table(f"frameworks/{framework}/indicators")
    }


@cache
def tables(framework: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Tables of a framework: id → campaign and the wordings that name it."""
    return {
        row["table"]: (
            row["campaign"],
            tuple(squeezed(w) for w in (row["name"], *reference.listed(row["aliases"]))),
        )
        for row in reference.table(f"frameworks/{framework}/tables")
    }


@cache
def campaigns(framework: str) -> dict[str, tuple[str, ...]]:
    """Campaigns of a framework: id → the wordings that name it."""
    return {
        row["campaign"]: tuple(squeezed(w) for w in (row["name"], *reference.listed(row["aliases"])))
        for row in reference.table(f"frameworks/{framework}/campaigns")
    }


@lru_cache(maxsize=8192)
def table_in(text: str, framework: str) -> str:
    """The table that a title or section names, or `""`; the longest wording decides."""
    flat = squeezed(text)
    hits = [(len(w), table) for table, (_, names) in tables(framework).items() for w in names if w in flat]
    return max(hits)[1] if hits else ""


@lru_cache(maxsize=8192)
def campaign_in(text: str, framework: str) -> str:
    """The campaign that a text names, or `""`."""
    flat = squeezed(text)
    hits = [(len(w), campaign) for campaign, names in campaigns(framework).items() for w in names if w in flat]
    return max(hits)[1] if hits else ""


@cache
def candidates(framework: str, table: str, campaign: str) -> tuple[Indicator, ...]:
    """Indicators that a line of a table may speak of: those of the table, else of the campaign, else all."""
    every = indicators(framework).values()
    return tuple(i for i in every if (i.table == table if table else i.campaign == campaign if campaign else True))


@lru_cache(maxsize=65536)
def tie(text: str, framework: str, table: str, campaign: str) -> Indicator | None:
    """The indicator whose name or alias a line's text holds.

    Args:
        text: What the line is about, as printed.
        framework: Year.
        table: Table of the framework, or `""`.
        campaign: Campaign, or `""`.

    Returns:
        The one indicator whose wording is found; where several are, the one with the longest wording, provided that
        the others' wordings lie within it. Else None: nothing is guessed.
    """
    return _tie(bare(text), framework, table, campaign)


@lru_cache(maxsize=65536)
def _tie(letters: str, framework: str, table: str, campaign: str) -> Indicator | None:
    hits: dict[str, tuple[str, Indicator]] = {}
    for indicator in candidates(framework, table, campaign):
        found = [name for name in indicator.names if name in letters]
        if found:
            hits[indicator.id] = (max(found, key=len), indicator)
    if not hits:
        return None
    longest, indicator = max(hits.values(), key=lambda hit: len(hit[0]))
    others = [name for name, other in hits.values() if other is not indicator]
    return indicator if all(name in longest and name != longest for name in others) else None

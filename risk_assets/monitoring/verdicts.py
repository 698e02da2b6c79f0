"""What the figures of an item say of it, and whether that is what the county says.

Amounts and counts are held against the schedule at the end of their own period, growth and rates against their target
as they stand. A difference is a question to the county; what cannot be decided is said with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from risk_assets import reference
from risk_assets.language.numbers import fixed
from risk_assets.monitoring.schedule import due

DONE, ON_TRACK, BEHIND = "done", "on_track", "behind"


@dataclass(frozen=True)
class Computed:
    """What figures say: a status or None, how far up it may be read (`status` to `most`), and why.

    Attributes:
        status: done, on_track, behind or None.
        most: The best status that figures like these allow: growth that meets its target may be called done, too.
        why: The reason in words.
        schedule: What was due, in %, where the figure is held against it.
    """

    status: str | None
    most: str | None
    why: str
    schedule: float | None = None


@cache
def _phrases() -> dict[str, str]:
    return {row["reason"]: row["text"] for row in reference.table("verdicts")}


def say(reason: str, **named: str) -> str:
    """A reason of `reference/verdicts.csv` in words."""
    return _phrases()[reason].format(**named)


@cache
def _spans() -> dict[str, tuple[int, int] | None]:
    return {
        row["status"]: (int(row["lowest"]), int(row["highest"])) if row["lowest"] else None
        for row in reference.table("statuses")
    }


@cache
def label(status: str) -> str:
    """A status in Chinese."""
    return {row["status"]: row["label"] for row in reference.table("statuses")}[status]


def undecided(reason: str, **named: str) -> Computed:
    """What figures say where they say nothing."""
    return Computed(None, None, say(reason, **named))


def by_schedule(share: float, curve: str, month: str, basis: str) -> Computed:
    """An amount or count: its share of the year's task against what is due.

    Args:
        share: In %.
        curve: Curve of the indicator.
        month: Last month of the figure's own period.
        basis: Words that say whose share it is, or `""`.
    """
    wanted, tolerance = due(curve, month), float(reference.setting("schedule_tolerance"))
    status = DONE if share >= 100 else ON_TRACK if share >= wanted - tolerance else BEHIND
    words = say("by_schedule", basis=basis, share=percent(share), month=f"{int(month[5:])}月", due=percent(wanted),
                tolerance=f"{tolerance:g}", status=label(status))  # fmt: skip
    return Computed(status, status, words, wanted)


def as_it_stands(done: float, target: float, direction: str, unit: str) -> Computed:
    """Growth, a rate or a ceiling against its target; it can be lost again before the year is over."""
    is_met = done <= target if direction == "le" else done >= target
    status = ON_TRACK if is_met else BEHIND
    said = {"done": f"{done:.10g}{unit}", "target": f"{target:.10g}{unit}"}
    words = say("as_it_stands", **said, status=label(status))
    return Computed(status, DONE if is_met else BEHIND, words)


def once_reached(share: float, reason: str, basis: str) -> Computed:
    """A standard or a stock: done once it is reached, and nothing can be said before."""
    if share < 100:
        return undecided(reason)
    return Computed(DONE, DONE, say("reached", basis=basis, share=percent(share), status=label(DONE)))


def together(parts: Sequence[tuple[str, Computed]]) -> Computed:
    """What the components of an item say together: behind as soon as one is; else decided where all are.

    Args:
        parts: Name of each component, and what its figures say.
    """
    words = "；".join(f"{name}：{one.why}" for name, one in parts)
    statuses = [one.status for _, one in parts]
    if BEHIND in statuses:
        return Computed(BEHIND, BEHIND, say("of_parts", parts=words))
    if None in statuses:
        return undecided("parts", parts=words)
    status = DONE if set(statuses) == {DONE} else ON_TRACK
    most = DONE if all(one.most == DONE for _, one in parts) else ON_TRACK
    return Computed(status, most, say("of_parts", parts=words))


def verdict(reported: str, computed: Computed) -> tuple[str, str]:
    """Hold what a county says of itself against what its figures say.

    Args:
        reported: Status as reported.
        computed: What its figures say.

    Returns:
        consistent, reported_higher, reported_lower or undecidable, and the reason in words.
    """
    said = _spans()[reported]
    if said is None:
        return "undecidable", say(reported, figures=computed.why)
    if computed.status is None or computed.most is None:
        return "undecidable", computed.why
    least, most = _spans()[computed.status], _spans()[computed.most]
    assert least is not None  # noqa: S101 - figures say nothing but done, on_track and behind
    assert most is not None  # noqa: S101
    words = f"{computed.why}，上报{label(reported)}"
    if said[0] > most[1]:
        return "reported_higher", words
    return ("reported_lower" if said[1] < least[0] else "consistent"), words


def percent(value: float) -> str:
    """A share with one digit behind the point."""
    return f"{fixed(value, 1)}%"

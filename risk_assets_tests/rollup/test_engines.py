"""Every function gives the same on every engine: what is checked here is equality, what is right is checked beside."""

from random import Random

import pytest

from risk_assets.rollup import add_up, by_area, rank, status_share, with_change
from risk_assets.rollup.aggregate import STATUS_COUNTS
from risk_assets_tests.rollup.engines import ENGINES, in_order, plain

STATUSES = [name.removeprefix("tasks_") for name in STATUS_COUNTS if name != "tasks"]
ITEMS = {
    "area": "text", "campaign": "text", "indicator": "text", **dict.fromkeys(STATUS_COUNTS, "whole"),
    "summable_target": "number", "summable_done": "number", "is_sample": "flag",
}  # fmt: skip
MEMBERSHIP = {"area": "text", "group": "text"}
VALUES = {"by": "text", "level": "text", "universe": "text", "area": "text", "value": "number"}
PLACES = {"by": "text", "level": "text", "universe": "text", "area": "text", "rank": "whole"}
CREDITS = {"done": 1.0, "on_track": 1.0, "expected_done": 1.0, "behind": 0.0, "preparing": 0.5}
COUNTED = {"done", "on_track", "expected_done", "behind", "preparing"}
OTHERS = [name for name in ENGINES if name != "pandas"]


def items(seed: int = 7) -> list[dict]:
    """Nine areas with a few items each; some without a tie, an amount or anything to be assessed."""
    rng = Random(seed)  # noqa: S311 - made-up figures
    rows = []
    for number in range(9):
        for campaign in ("growth", "risk", "safety")[: 3 if number else 2]:
            for item in range(3):
                counts = {f"tasks_{status}": rng.choice((0, 0, 1, 5)) for status in STATUSES}
                if number == 1 and campaign == "risk":
                    counts = dict.fromkeys(counts, 0) | {"tasks_unknown": 2}
                target = rng.choice((None, 0.0, 12.5, 100.0))
                rows.append({
                    "area": f"a{number}", "campaign": campaign,
                    "indicator": None if rng.random() < 0.15 else f"{campaign}.{item}",
                    "tasks": sum(counts.values()), **counts, "summable_target": target,
                    "summable_done": None if rng.random() < 0.3 else 7.25, "is_sample": number % 4 == 0,
                })  # fmt: skip
    return rows


def members() -> list[dict]:
    return [{"area": f"a{n}", "group": group} for n in range(9) for group in (f"city{n // 3}", "province")]


def values() -> list[dict]:
    return [
        {"by": by, "level": "county", "universe": universe, "area": f"a{number}", "value": value}
        for by in ("total", "growth")
        for universe in ("city", "province")
        for number, value in enumerate([88.5, None, 91.0, 88.5, 70.0, None, 91.0 if by == "total" else 3.25])
    ] + [{"by": "risk", "level": "county", "universe": "city", "area": "a1", "value": None}]


def before() -> list[dict]:
    return [
        {**{name: row[name] for name in ("by", "level", "universe", "area")}, "rank": number % 4 + 1}
        for number, row in enumerate(values())
        if number % 3
    ]


@pytest.mark.parametrize("engine", OTHERS)
def test_counts_of_an_area_are_the_same_on_every_engine(engine):
    wanted = in_order(plain(by_area(ENGINES["pandas"](items(), ITEMS))), "area", "campaign")
    assert in_order(plain(by_area(ENGINES[engine](items(), ITEMS))), "area", "campaign") == wanted


@pytest.mark.parametrize("engine", OTHERS)
def test_sums_are_the_same_on_every_engine(engine):
    def added(name: str) -> list[dict]:
        make = ENGINES[name]
        keys = ("group", "campaign", "indicator")
        return in_order(plain(add_up(make(items(), ITEMS), make(members(), MEMBERSHIP))), *keys)

    assert added(engine) == added("pandas")


@pytest.mark.parametrize("engine", OTHERS)
def test_points_are_the_same_on_every_engine(engine):
    def scored(name: str) -> list[dict]:
        counts = by_area(ENGINES[name](items(), ITEMS))
        return in_order(plain(status_share(counts, CREDITS, COUNTED, 100.0, 3)), "area", "campaign")

    assert scored(engine) == scored("pandas")


@pytest.mark.parametrize("engine", OTHERS)
def test_places_and_changes_are_the_same_on_every_engine(engine):
    def ranked(name: str) -> list[dict]:
        make = ENGINES[name]
        placed = with_change(rank(make(values(), VALUES)), make(before(), PLACES))
        return in_order(plain(placed), "by", "universe", "area")

    assert ranked(engine) == ranked("pandas")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_kind_of_frame_comes_back(engine):
    frame = ENGINES[engine](values(), VALUES)
    assert type(rank(frame)) is type(frame)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_the_rows_does_not_matter_on_any_engine(engine):
    make, shuffled = ENGINES[engine], items()
    Random(3).shuffle(shuffled)  # noqa: S311 - no secret
    keys = ("group", "campaign", "indicator")
    one = in_order(plain(add_up(make(items(), ITEMS), make(members(), MEMBERSHIP))), *keys)
    other = in_order(plain(add_up(make(shuffled, ITEMS), make(members()[::-1], MEMBERSHIP))), *keys)
    assert one == other


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_to_rank_gives_nothing(engine):
    assert plain(rank(ENGINES[engine]([], VALUES))) == []

"""Every function gives the same on every engine: what is checked here is equality, what is right is checked beside."""

from random import Random

import pytest

from risk_assets.rollup import (
    add_up,
    attained,
    by_area,
    comparable,
    met,
    placed,
    rank,
    status_share,
    total,
    weighted,
    with_change,
)
from risk_assets.rollup.aggregate import STATUS_COUNTS, VALUES
from risk_assets.rollup.ranking import GROUP
from risk_assets_tests.rollup.engines import ENGINES, in_order, plain

STATUSES = [name.removeprefix("tasks_") for name in STATUS_COUNTS if name != "tasks"]
KEYS = dict.fromkeys(("period", "area", "campaign", "indicator"), "text")
ITEMS = {
    **KEYS, "component": "text", "method": "text", "unit": "text", "figure_end": "text", "direction": "text",
    **dict.fromkeys(STATUS_COUNTS, "whole"), **dict.fromkeys(VALUES, "number"), "is_sample": "flag",
}  # fmt: skip
MEMBERSHIP = {"period": "text", "area": "text", "group": "text"}
PLACED = {**dict.fromkeys(GROUP, "text"), "zones": "flag", "area": "text"}
RANKED = PLACED | {"value": "number", "direction": "text"}
BEFORE = {name: kind for name, kind in PLACED.items() if name != "period"} | {"rank": "whole"}
INDICATORS = KEYS | {"attainment": "number", "status_computed": "text", "rank": "whole", "is_sample": "flag"}
SHARES = KEYS | {"weight": "number", "share": "number", "is_sample": "flag"}
CREDITS = {"done": 1.0, "on_track": 1.0, "expected_done": 1.0, "behind": 0.0, "preparing": 0.5}
COUNTED = {"done", "on_track", "expected_done", "behind", "preparing"}
WEIGHTS = {"growth": 3.0, "risk": 2.0, "safety": 1.0}
METHODS = ("sum", "growth", "rate", "stock", "status")
PERIODS = ("2023-03", "2023-04")
NO_MORE_THAN_0 = (0.0, -1e-9, -3e-7)
SUM_KEYS = ("period", "group", "campaign", "indicator", "component")
OTHERS = [name for name in ENGINES if name != "pandas"]


def items(seed: int = 7) -> list[dict]:
    """Nine areas with a few items each in two months; some without a tie, a figure or anything to be assessed."""
    rng = Random(seed)  # noqa: S311 - made-up figures
    rows = []
    for number in range(9):
        for period, campaign in ((p, c) for p in PERIODS for c in ("growth", "risk", "safety")[: 3 if number else 2]):
            for item in range(5):
                counts = {f"tasks_{status}": rng.choice((0, 0, 1, 5)) for status in STATUSES}
                if number == 1 and campaign == "risk":
                    counts = dict.fromkeys(counts, 0) | {"tasks_unknown": 2}
                whole = {
                    "period": period, "area": f"a{number}", "campaign": campaign,
                    "indicator": None if rng.random() < 0.15 else f"{campaign}.{item}", "component": "",
                    "method": METHODS[item], "tasks": sum(counts.values()), **counts, **figures(rng, campaign),
                    "is_sample": number % 4 == 0,
                }  # fmt: skip
                none = dict.fromkeys(STATUS_COUNTS, 0)
                part = {**whole, **none, **figures(rng, campaign), "component": "by 2025", "method": "sum"}
                rows += [whole, part] if item == 2 else [whole]
    return rows


def figures(rng: Random, campaign: str) -> dict:
    """Values of one row: all kinds of them, as those of other methods than its own must do nothing."""

    def one(*values: float) -> float | None:
        return None if rng.random() < 0.2 else rng.choice(values)

    return {
        "unit": rng.choice((None, "元", "元", "元", "%")), "figure_end": rng.choice((None, "2023-02", *PERIODS)),
        "direction": {"growth": "ge", "risk": "le"}.get(campaign, rng.choice((None, "ge", "le"))),
        "target_value": one(0.0, 8.0, 8.0, 8.0), "done_value": one(0.0, 7.25, 31.0),
        "value": one(-1.0, 0.0, 12.5, 80.0), "growth": one(-100.0, -3.5, 0.0, 9.1),
        "numerator": one(0.0, 3.0, 5.5), "denominator": one(0.0, 4.0, 9.0),
    }  # fmt: skip


def members() -> list[dict]:
    return [
        {"period": period, "area": f"a{n}", "group": group}
        for period in PERIODS
        for n in range(9)
        for group in (f"city{(n + (period > '2023-03')) // 3}", "province")
    ]


def values() -> list[dict]:
    shared = {"level": "county", "scheme": "status_share"}
    return [
        {
            **shared, "period": period, "by": by, "universe": universe, "zones": zones, "area": f"a{number}",
            "value": value, "direction": {"growth": "le", "total": "ge"}.get(by),
        }
        for period in PERIODS
        for by in ("total", "growth", "safety")
        for universe, zones in (("city", False), ("province", False), ("province", True))
        for number, value in enumerate((88.5, None, 91.0, 88.5, -70.0, None, 91.0 if zones else 3.25, *NO_MORE_THAN_0))
    ] + [
        {**shared, "period": "2023-04", "by": "risk", "universe": "city", "zones": False, "area": "a1", "value": None,
         "direction": None}
    ]  # fmt: skip


def before() -> list[dict]:
    return [
        {name: row[name] for name in BEFORE if name != "rank"} | {"rank": number % 4 + 1}
        for number, row in enumerate(row for row in values() if row["period"] == "2023-04")
        if number % 3
    ]


def indicators() -> list[dict]:
    rng = Random(5)  # noqa: S311 - made-up figures
    return [
        {
            "period": period, "area": f"a{number}", "campaign": campaign, "indicator": f"{campaign}.{item}",
            "attainment": rng.choice((None, -3.0, 0.0, 55.5, 100.0, 260.0)), "rank": rng.choice((None, 1, 2, 7, 40)),
            "status_computed": rng.choice((None, "done", "on_track", "behind")), "is_sample": number == 2,
        }
        for period in PERIODS
        for number in range(5)
        for campaign in WEIGHTS
        for item in range(3)
    ]  # fmt: skip


def shares() -> list[dict]:
    rng = Random(6)  # noqa: S311 - made-up figures
    rows = [{name: row[name] for name in (*KEYS, "is_sample")} for row in indicators()]
    return [
        row | {"weight": rng.choice((1.0, 2.5)), "share": None if row["campaign"] == "risk" and row["area"] == "a3"
               else rng.choice((None, 0.0, 0.4, 1.0, 1.2))}
        for row in rows
    ]  # fmt: skip


@pytest.mark.parametrize("engine", OTHERS)
def test_counts_of_an_area_are_the_same_on_every_engine(engine):
    keys = ("period", "area", "campaign")
    wanted = in_order(plain(by_area(ENGINES["pandas"](items(), ITEMS))), *keys)
    assert in_order(plain(by_area(ENGINES[engine](items(), ITEMS))), *keys) == wanted


@pytest.mark.parametrize("engine", OTHERS)
def test_what_cannot_be_compared_is_the_same_on_every_engine(engine):
    def held(name: str) -> list[dict]:
        rows = plain(comparable(ENGINES[name](items(), ITEMS)))
        return in_order(rows, *KEYS, "component", "tasks", "unit", "figure_end", *VALUES)

    assert held(engine) == held("pandas")
    assert {row["is_apart"] for row in held(engine)} == {0.0, 1.0}


@pytest.mark.parametrize("engine", OTHERS)
def test_sums_are_the_same_on_every_engine(engine):
    def added(name: str) -> list[dict]:
        make = ENGINES[name]
        return in_order(plain(add_up(comparable(make(items(), ITEMS)), make(members(), MEMBERSHIP))), *SUM_KEYS)

    assert added(engine) == added("pandas")
    methods = {row["method"] for row in added(engine) if row["areas_with_value"]}
    assert methods == {"sum", "growth", "rate", "stock"}


@pytest.mark.parametrize("engine", OTHERS)
def test_points_are_the_same_on_every_engine(engine):
    def scored(name: str) -> list[dict]:
        counts = by_area(ENGINES[name](items(), ITEMS))
        points = total(status_share(counts, CREDITS, COUNTED, 100.0), WEIGHTS)
        return in_order(plain(points), "period", "area", "campaign")

    assert scored(engine) == scored("pandas")


@pytest.mark.parametrize("engine", OTHERS)
def test_weighted_points_are_the_same_on_every_engine(engine):
    def scored(name: str) -> list[dict]:
        points = total(weighted(ENGINES[name](shares(), SHARES), 100.0), WEIGHTS)
        return in_order(plain(points), "period", "area", "campaign")

    assert scored(engine) == scored("pandas")
    assert {row["points"] is None for row in scored(engine)} == {True, False}


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize(
    "share_of",
    [lambda f: attained(f, 120.0), met, lambda f: placed(f, 100.0, 5.0, 20.0)],
    ids=["attained", "met", "placed"],
)
def test_shares_are_the_same_on_every_engine(engine, share_of):
    def shared(name: str) -> list[dict]:
        return in_order(plain(share_of(ENGINES[name](indicators(), INDICATORS))), *KEYS)

    assert shared(engine) == shared("pandas")
    assert len({row["share"] for row in shared(engine)}) > 2


@pytest.mark.parametrize("engine", OTHERS)
def test_places_and_changes_are_the_same_on_every_engine(engine):
    def ranked(name: str) -> list[dict]:
        make = ENGINES[name]
        placed = with_change(rank(make(values(), RANKED)), make(before(), BEFORE))
        return in_order(plain(placed), *GROUP, "area")

    assert ranked(engine) == ranked("pandas")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_kind_of_frame_comes_back(engine):
    make = ENGINES[engine]
    ranking, report = make(values(), RANKED), make(items(), ITEMS)
    assert type(rank(ranking)) is type(ranking)
    assert type(add_up(comparable(report), make(members(), MEMBERSHIP))) is type(report)
    assert type(total(status_share(by_area(report), CREDITS, COUNTED, 100.0), WEIGHTS)) is type(report)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_the_rows_does_not_matter_on_any_engine(engine):
    make, shuffled = ENGINES[engine], items()
    Random(3).shuffle(shuffled)  # noqa: S311 - no secret
    one = in_order(plain(add_up(comparable(make(items(), ITEMS)), make(members(), MEMBERSHIP))), *SUM_KEYS)
    other = in_order(plain(add_up(comparable(make(shuffled, ITEMS)), make(members()[::-1], MEMBERSHIP))), *SUM_KEYS)
    assert one == other


@pytest.mark.parametrize("engine", ENGINES)
def test_many_months_in_one_call_are_what_each_is_alone(engine):
    make = ENGINES[engine]

    def of(period: str, rows: list[dict]) -> list[dict]:
        return [row for row in rows if row["period"] == period]

    def added(rows: list[dict]) -> list[dict]:
        return in_order(plain(add_up(comparable(make(rows, ITEMS)), make(members(), MEMBERSHIP))), *SUM_KEYS)

    def ranked(rows: list[dict]) -> list[dict]:
        return in_order(plain(rank(make(rows, RANKED))), *GROUP, "area")

    for period in PERIODS:
        assert of(period, added(items())) == added(of(period, items()))
        assert of(period, ranked(values())) == ranked(of(period, values()))


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_to_rank_or_add_up_gives_nothing(engine):
    make = ENGINES[engine]
    assert plain(rank(make([], RANKED))) == []
    assert plain(add_up(comparable(make([], ITEMS)), make(members(), MEMBERSHIP))) == []
    assert plain(total(weighted(make([], SHARES), 100.0), WEIGHTS)) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_columns_and_their_kinds_are_those_of_the_contract_on_every_engine(engine):
    make = ENGINES[engine]
    out = plain(add_up(comparable(make(items(), ITEMS)), make(members(), MEMBERSHIP)))
    assert all(isinstance(row[name], int) for row in out for name in ("areas_in", *STATUS_COUNTS, "areas_with_value"))
    assert all(row["unit"] in {None, "元", "%"} for row in out)
    assert {type(row["attainment"]) for row in out} == {float, type(None)}

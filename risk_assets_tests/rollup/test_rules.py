"""What adding up, scoring and ranking mean, on small frames that can be checked by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_assets.rollup import add_up, by_area, rank, status_share, with_change
from risk_assets.rollup.aggregate import STATUS_COUNTS
from risk_assets_tests.rollup.engines import in_order, pandas_frame, plain
from risk_assets_tests.rollup.test_engines import CREDITS, ITEMS, MEMBERSHIP, PLACES, STATUSES, VALUES

POINTS = st.one_of(st.none(), st.integers(0, 8).map(float), st.floats(0, 100, allow_subnormal=False))
COUNTS = st.fixed_dictionaries({f"tasks_{status}": st.integers(0, 5) for status in STATUSES})


def item(area: str, campaign: str = "growth", indicator: str | None = "growth.gdp", **more: object) -> dict:
    counts = dict.fromkeys(STATUS_COUNTS, 0) | {k: v for k, v in more.items() if k in STATUS_COUNTS}
    counts["tasks"] = sum(counts.values())
    return {
        "area": area, "campaign": campaign, "indicator": indicator, **counts,
        "summable_target": more.get("target"), "summable_done": more.get("done"),
        "is_sample": more.get("sample", False),
    }  # fmt: skip


def added(rows: list[dict], groups: dict[str, list[str]]) -> dict[tuple[str, str], dict]:
    pairs = [{"area": area, "group": group} for group, areas in groups.items() for area in areas]
    out = plain(add_up(pandas_frame(rows, ITEMS), pandas_frame(pairs, MEMBERSHIP)))
    return {(row["group"], row["indicator"]): row for row in out}


def ranked(points: dict[str, float | None], before: dict[str, int | None] | None = None) -> dict[str, dict]:
    shared = {"by": "total", "level": "county", "universe": "430000"}
    frame = rank(pandas_frame([{**shared, "area": a, "value": v} for a, v in points.items()], VALUES))
    if before is not None:
        frame = with_change(frame, pandas_frame([{**shared, "area": a, "rank": r} for a, r in before.items()], PLACES))
    return {row["area"]: row for row in plain(frame)}


def scored(rows: list[dict], campaigns: int = 1) -> dict[tuple[str, str], dict]:
    counted = {"done", "on_track", "expected_done", "behind", "preparing"}
    out = status_share(by_area(pandas_frame(rows, ITEMS)), CREDITS, counted, 100.0, campaigns)
    return {(row["area"], row["campaign"]): row for row in plain(out)}


def test_equal_points_share_a_place_and_the_next_place_is_left_out():
    places = ranked({"a": 90.0, "b": 95.0, "c": 95.0, "d": 80.0})
    assert {area: row["rank"] for area, row in places.items()} == {"a": 3, "b": 1, "c": 1, "d": 4}
    assert {area: row["tied"] for area, row in places.items()} == {"a": False, "b": True, "c": True, "d": False}


def test_an_area_without_a_value_has_no_place_and_takes_none():
    places = ranked({"a": 90.0, "b": None, "c": 0.0})
    assert places["b"]["rank"] is None
    assert not places["b"]["tied"]
    assert {row["of"] for row in places.values()} == {2}
    assert places["c"]["rank"] == 2


def test_two_areas_without_a_value_are_not_tied():
    places = ranked({"a": None, "b": None})
    assert [(row["rank"], row["tied"], row["of"]) for row in places.values()] == [(None, False, 0)] * 2


def test_a_zero_is_a_value_and_a_missing_one_is_not():
    assert ranked({"a": 0.0, "b": None})["a"]["rank"] == 1


def test_places_won_are_counted_up_and_places_lost_down():
    places = ranked({"a": 3.0, "b": 2.0, "c": 1.0, "d": None, "e": 0.5}, {"a": 2, "b": 1, "c": 3, "d": 4, "e": None})
    assert {a: row["change"] for a, row in places.items()} == {"a": 1, "b": -1, "c": 0, "d": None, "e": None}


def test_a_city_has_the_sum_of_its_counties():
    rows = [item("a", tasks_done=2, tasks_behind=1), item("b", tasks_done=3), item("c", tasks_done=50)]
    out = added(rows, {"city": ["a", "b"], "other": ["c"]})["city", "growth.gdp"]
    assert (out["tasks"], out["tasks_done"], out["tasks_behind"], out["areas_in"]) == (6, 5, 1, 2)


def test_amounts_add_up_only_where_target_and_done_are_both_there():
    rows = [item("a", target=100.0, done=40.0), item("b", target=50.0), item("c", done=7.0)]
    out = added(rows, {"city": ["a", "b", "c"]})["city", "growth.gdp"]
    assert (out["target_value"], out["done_value"], out["areas_with_value"], out["areas_in"]) == (100.0, 40.0, 1, 3)


def test_a_sum_of_nothing_is_missing_and_not_zero():
    out = added([item("a", tasks_done=1), item("b", target=5.0)], {"city": ["a", "b"]})
    assert out["city", "growth.gdp"]["target_value"] is None
    assert out["city", "growth.gdp"]["done_value"] is None
    assert out["city", "*"]["target_value"] is None


def test_an_amount_of_zero_is_a_value():
    out = added([item("a", target=5.0, done=0.0)], {"city": ["a"]})["city", "growth.gdp"]
    assert (out["done_value"], out["areas_with_value"]) == (0.0, 1)


def test_a_line_outside_the_framework_counts_for_nobody():
    rows = [item("a", tasks_done=1), item("a", indicator=None, tasks_done=9)]
    assert added(rows, {"city": ["a"]})["city", "*"]["tasks_done"] == 1
    assert scored(rows)["a", "growth"]["assessed"] == 1


def test_what_touches_made_up_figures_is_made_up():
    out = added([item("a"), item("b", sample=True), item("c")], {"city": ["a", "b"], "other": ["c"]})
    assert out["city", "*"]["is_sample"] == 1
    assert out["other", "*"]["is_sample"] == 0


def test_tasks_that_are_not_assigned_not_applicable_or_unknown_are_in_no_denominator():
    rows = [item("a", tasks_done=1, tasks_behind=1, tasks_not_assigned=7, tasks_not_applicable=8, tasks_unknown=9)]
    assert scored(rows)["a", "growth"]["points"] == 50.0
    assert scored(rows)["a", "growth"]["assessed"] == 2


def test_an_area_with_nothing_to_be_assessed_has_no_points():
    out = scored([item("a", tasks_unknown=3)])
    assert out["a", "growth"]["points"] is None
    assert out["a", "total"]["points"] is None


def test_an_area_that_did_nothing_has_zero_points():
    assert scored([item("a", tasks_behind=3)])["a", "total"]["points"] == 0.0


def test_the_total_is_the_mean_of_the_campaigns_whatever_their_size():
    rows = [item("a", "growth", "g", tasks_done=1), item("a", "risk", "r", tasks_behind=9, tasks_done=1)]
    assert scored(rows, 2)["a", "total"]["points"] == pytest.approx(55.0)


def test_a_missing_campaign_leaves_no_total():
    rows = [item("a", "growth", "g", tasks_done=1), item("b", "growth", "g", tasks_done=1), item("b", "risk", "r",
            tasks_behind=1)]  # fmt: skip
    out = scored(rows, 2)
    assert out["a", "total"]["points"] is None
    assert out["b", "total"]["points"] == 50.0


def test_equal_shares_of_different_sizes_tie():
    rows = [item(area, tasks_done=n, tasks_behind=2 * n) for area, n in (("a", 1), ("b", 7), ("c", 49))]
    points = {area: scored(rows)[area, "total"]["points"] for area in "abc"}
    assert len(set(points.values())) == 1


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=25))
def test_a_worse_value_never_has_the_better_place(points):
    places = ranked({f"a{n:02d}": value for n, value in enumerate(points)})
    have = sorted((value for value in points if value is not None), reverse=True)
    for number, value in enumerate(points):
        place = places[f"a{number:02d}"]
        assert place["rank"] == (None if value is None else have.index(value) + 1)
        assert place["tied"] == (value is not None and have.count(value) > 1)
        assert place["of"] == len(have)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=15), st.integers(0, 15))
def test_an_area_without_figures_moves_nobody(points, where):
    areas = {f"a{n:02d}": value for n, value in enumerate(points)}
    without = ranked(areas)
    joined = list(areas.items())
    joined.insert(where, ("silent", None))
    with_it = ranked(dict(joined))
    assert with_it.pop("silent")["rank"] is None
    assert in_order(list(with_it.values()), "area") == in_order(list(without.values()), "area")


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.permutations([("a", 3.0), ("b", 3.0), ("c", None), ("d", 1.5), ("e", 7.0)]))
def test_the_order_of_the_areas_does_not_matter(pairs):
    places = ranked(dict(pairs))
    assert [places[area]["rank"] for area in "abcde"] == [2, 2, None, 4, 1]


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), COUNTS, st.one_of(st.none(), st.integers(0, 99))), max_size=20))
def test_cities_add_up_to_the_province(drawn):
    rows = [
        {**item(f"a{area}", target=target, done=target), **counts, "tasks": sum(counts.values())}
        for area, counts, target in drawn
    ]
    cities = {"c1": ["a0", "a1"], "c2": ["a2", "a3", "a4"], "c3": ["a5"]}
    out = added(rows, {**cities, "p": [f"a{n}" for n in range(6)]})
    for name in (*STATUS_COUNTS, "areas_in", "areas_with_value", "target_value", "done_value"):
        parts = [out[city, "growth.gdp"][name] or 0 for city in cities if (city, "growth.gdp") in out]
        assert sum(parts) == (out["p", "growth.gdp"][name] or 0 if rows else 0), name


@settings(derandomize=True, max_examples=40, deadline=None)
@given(COUNTS, st.sampled_from(["done", "on_track", "expected_done"]))
def test_one_more_task_done_never_costs_points(counts, status):
    more = counts | {f"tasks_{status}": counts[f"tasks_{status}"] + 1}
    before, after = (scored([item("a", **one)])["a", "total"]["points"] for one in (counts, more))
    assert after >= (before or 0)
    assert 0 <= after <= 100

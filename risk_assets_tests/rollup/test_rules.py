"""What adding up, scoring and ranking mean, on small frames that can be checked by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from risk_assets_tests.rollup.engines import in_order, pandas_frame, plain
from risk_assets_tests.rollup.test_engines import (
    BEFORE,
    COUNTED,
    CREDITS,
    INDICATORS,
    ITEMS,
    MEMBERSHIP,
    RANKED,
    SHARES,
    STATUSES,
)

PERIOD = "2023-04"
POINTS = st.one_of(st.none(), st.integers(0, 8).map(float), st.floats(0, 100, allow_subnormal=False))
COUNTS = st.fixed_dictionaries({f"tasks_{status}": st.integers(0, 5) for status in STATUSES})
DIRECTIONS = st.sampled_from(["ge", "le"])


def item(area: str, campaign: str = "growth", indicator: str | None = "growth.gdp", **more: object) -> dict:
    counts = dict.fromkeys(STATUS_COUNTS, 0) | {k: v for k, v in more.items() if k in STATUS_COUNTS}
    counts["tasks"] = sum(counts.values())
    figures = dict.fromkeys(VALUES) | {k: v for k, v in more.items() if k in VALUES}
    return {
        "period": PERIOD, "area": area, "campaign": campaign, "indicator": indicator,
        "component": more.get("component", ""), "method": more.get("method", "sum"), "unit": more.get("unit", "元"),
        "figure_end": more.get("figure_end", PERIOD), "direction": more.get("direction", "ge"), **counts,
        **figures, "target_value": more.get("target"), "done_value": more.get("done"),
        "is_sample": more.get("sample", False),
    }  # fmt: skip


def added(rows: list[dict], groups: dict[str, list[str]]) -> dict[tuple[str, str], dict]:
    pairs = [{"period": PERIOD, "area": area, "group": group} for group, areas in groups.items() for area in areas]
    out = plain(add_up(comparable(pandas_frame(rows, ITEMS)), pandas_frame(pairs, MEMBERSHIP)))
    return {(row["group"], row["indicator"]): row for row in out if not row["component"]}


def city(*rows: dict) -> dict:
    """The only indicator of `rows`, added up over all their areas."""
    return added(list(rows), {"city": sorted({row["area"] for row in rows})})["city", "growth.gdp"]


def held(*rows: dict) -> dict[str, dict]:
    """Rows of one indicator by area, those that cannot be compared with the others without their values."""
    return {row["area"]: row for row in plain(comparable(pandas_frame(rows, ITEMS)))}


def ranked(
    points: dict[str, float | None], before: dict[str, int | None] | None = None, direction: str | None = "ge"
) -> dict[str, dict]:
    group = {"by": "total", "level": "county", "universe": "430000", "zones": False, "scheme": "status_share"}
    more = {"period": PERIOD, "direction": direction}
    frame = rank(pandas_frame([{**group, **more, "area": a, "value": v} for a, v in points.items()], RANKED))
    if before is not None:
        frame = with_change(frame, pandas_frame([{**group, "area": a, "rank": r} for a, r in before.items()], BEFORE))
    return {row["area"]: row for row in plain(frame)}


def scored(rows: list[dict], *campaigns: str) -> dict[tuple[str, str], dict]:
    """Points of areas by campaign, and in total of `campaigns`, which weigh the same."""
    points = status_share(by_area(pandas_frame(rows, ITEMS)), CREDITS, COUNTED, 100.0)
    out = total(points, dict.fromkeys(campaigns or ("growth",), 1.0))
    return {(row["area"], row["campaign"]): row for row in plain(out)}


def share(function, **value: object) -> float | None:
    """What one row of a kind of share earns."""
    row = dict.fromkeys(INDICATORS) | {"is_sample": False} | value
    return plain(function(pandas_frame([row], INDICATORS)))[0]["share"]


def weighed(*rows: tuple[str, str, float, float | None]) -> dict[tuple[str, str], dict]:
    """Points by area and campaign from area, campaign, weight and share."""
    lines = [
        {"period": PERIOD, "area": area, "campaign": campaign, "indicator": f"{campaign}.{n}", "weight": weight,
         "share": share, "is_sample": False}
        for n, (area, campaign, weight, share) in enumerate(rows)
    ]  # fmt: skip
    return {(row["area"], row["campaign"]): row for row in plain(weighted(pandas_frame(lines, SHARES), 100.0))}


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


def test_where_less_is_better_the_lowest_value_comes_first():
    places = ranked({"a": 3.0, "b": None, "c": 0.0, "d": -2.0}, direction="le")
    assert {area: row["rank"] for area, row in places.items()} == {"a": 3, "b": None, "c": 2, "d": 1}
    assert {area: row["value"] for area, row in places.items()} == {"a": 3.0, "b": None, "c": 0.0, "d": -2.0}


def test_the_highest_value_comes_first_where_no_direction_is_known():
    assert ranked({"a": 1.0, "b": 2.0}, direction=None)["b"]["rank"] == 1


@pytest.mark.parametrize("direction", ["ge", "le"])
def test_values_that_differ_by_the_noise_of_adding_tie(direction):
    noisy = {"a": 0.1 + 0.2, "b": 0.3, "c": 1.0, "d": 0.0, "e": -0.0, "f": 1e-12, "g": -1e-12}
    places = ranked(noisy, direction=direction)
    assert places["a"]["rank"] == places["b"]["rank"]
    assert places["a"]["tied"]
    assert len({places[area]["rank"] for area in "defg"}) == 1
    assert not places["c"]["tied"]


def test_areas_of_the_group_are_counted_ranked_or_not():
    assert {(row["of"], row["areas"]) for row in ranked({"a": 1.0, "b": None, "c": 2.0}).values()} == {(2, 3)}


def test_a_ranking_with_zones_is_one_of_its_own():
    group = {"period": PERIOD, "by": "total", "level": "county", "universe": "430000", "scheme": "s"}
    rows = [
        {**group, "zones": zones, "area": area, "value": value, "direction": "ge"}
        for zones, areas in ((False, "ab"), (True, "abz"))
        for area, value in zip(areas, (1.0, 2.0, 3.0), strict=False)
    ]
    out = {(row["zones"], row["area"]): row for row in plain(rank(pandas_frame(rows, RANKED)))}
    assert (out[False, "b"]["rank"], out[False, "b"]["of"]) == (1, 2)
    assert (out[True, "b"]["rank"], out[True, "b"]["of"]) == (2, 3)


def test_places_are_compared_with_those_of_the_same_ranking_only():
    group = {"by": "total", "level": "county", "universe": "430000", "scheme": "s"}
    now = [
        {**group, "period": PERIOD, "zones": zones, "area": area, "value": value, "direction": "ge"}
        for zones in (False, True)
        for area, value in (("a", 2.0), ("b", 1.0))
    ]
    before = [{**group, "zones": False, "area": area, "rank": place} for area, place in (("a", 3), ("b", 1))]
    out = plain(with_change(rank(pandas_frame(now, RANKED)), pandas_frame(before, BEFORE)))
    assert {(row["zones"], row["area"]): row["change"] for row in out} == {
        (False, "a"): 1, (False, "b"): -1, (True, "a"): None, (True, "b"): None,
    }  # fmt: skip


def test_who_drops_out_or_comes_in_moves_nobody():
    now = {"a": 5.0, "b": 4.0, "new": 4.5, "c": 3.0, "d": 3.0}
    places = ranked(now, {"gone": 1, "a": 2, "also gone": 3, "b": 4, "d": 5, "c": 6})
    assert {a: row["change"] for a, row in places.items()} == {"a": 0, "b": 0, "new": None, "c": 1, "d": 0}


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


@pytest.mark.parametrize("method", ["sum", "stock"])
def test_attainment_of_amounts_is_the_sum_done_over_the_sum_of_targets(method):
    out = city(item("a", method=method, target=100.0, done=40.0), item("b", method=method, target=300.0, done=160.0))
    assert (out["target_value"], out["done_value"], out["attainment"], out["method"]) == (400.0, 200.0, 50.0, method)


def test_where_less_is_better_attainment_is_the_target_over_what_is_done():
    out = city(item("a", target=3.0, done=2.0, direction="le"), item("b", target=1.0, done=6.0, direction="le"))
    assert out["attainment"] == 50.0


@pytest.mark.parametrize(("direction", "target", "done"), [("ge", 0.0, 5.0), ("le", 5.0, 0.0)])
def test_nothing_is_divided_by_zero(direction, target, done):
    out = city(item("a", target=target, done=done, direction=direction))
    assert (out["target_value"], out["done_value"], out["attainment"]) == (target, done, None)


def test_areas_that_do_not_agree_on_what_is_better_have_no_common_attainment():
    out = city(item("a", target=3.0, done=2.0, direction="le"), item("b", target=1.0, done=6.0, direction="ge"))
    assert (out["done_value"], out["attainment"]) == (8.0, None)


def test_an_area_without_figures_has_no_say_in_what_is_better():
    out = city(item("a", target=4.0, done=2.0, direction="ge"), item("b", direction="le"))
    assert out["attainment"] == 50.0


def test_growth_of_a_city_is_that_of_its_sum_and_not_the_mean_of_the_rates():
    big = item("a", method="growth", unit="%", value=1100.0, growth=10.0, target=8.0)
    small = item("b", method="growth", unit="%", value=50.0, growth=-50.0, target=8.0)
    out = city(big, small)
    assert out["done_value"] == pytest.approx(100 * (1150 / 1100 - 1))
    assert (out["target_value"], out["areas_with_value"], out["unit"]) == (8.0, 2, "%")
    assert out["attainment"] == pytest.approx(100 * (1150 / 1100) / 1.08)


def test_growth_of_one_county_is_its_own():
    out = city(item("a", method="growth", value=80.0, growth=9.1, target=9.1))
    assert (out["done_value"], out["attainment"]) == (pytest.approx(9.1), pytest.approx(100.0))


def test_growth_that_is_to_stay_below_is_held_the_other_way_round():
    out = city(item("a", method="growth", value=80.0, growth=5.0, target=10.0, direction="le"))
    assert out["attainment"] == pytest.approx(100 * 1.10 / 1.05)


@pytest.mark.parametrize(
    "figures",
    [{"value": 5.0}, {"growth": 5.0}, {"value": 0.0, "growth": 5.0}, {"value": -1.0, "growth": 5.0},
     {"value": 5.0, "growth": -100.0}, {"value": 5.0, "growth": -120.0}, {"done": 5.0, "target": 9.0}],
)  # fmt: skip
def test_growth_without_the_level_behind_it_is_not_added_up(figures):
    out = city(item("a", method="growth", **figures))
    assert (out["areas_with_value"], out["done_value"], out["target_value"], out["attainment"]) == (0, None, None, None)
    with_it = city(item("a", method="growth", **figures), item("b", method="growth", value=110.0, growth=10.0))
    assert (with_it["areas_with_value"], with_it["done_value"]) == (1, pytest.approx(10.0))


@pytest.mark.parametrize("target", [None, 9.0])
def test_growth_of_a_city_has_a_target_only_if_all_counties_share_it(target):
    rows = [item("a", method="growth", value=110.0, growth=10.0, target=8.0),
            item("b", method="growth", value=110.0, growth=10.0, target=target)]  # fmt: skip
    out = city(*rows)
    assert (out["done_value"], out["target_value"], out["attainment"]) == (pytest.approx(10.0), None, None)


def test_a_rate_of_a_city_is_that_of_its_sums():
    out = city(item("a", method="rate", numerator=90.0, denominator=100.0, target=60.0),
               item("b", method="rate", numerator=0.0, denominator=200.0, target=60.0))  # fmt: skip
    assert (out["done_value"], out["target_value"], out["areas_with_value"]) == (pytest.approx(30.0), 60.0, 2)
    assert out["attainment"] == pytest.approx(50.0)


def test_a_rate_that_is_to_stay_below_is_held_the_other_way_round():
    out = city(item("a", method="rate", numerator=40.0, denominator=1000.0, target=5.0, direction="le"))
    assert out["attainment"] == pytest.approx(125.0)


@pytest.mark.parametrize(
    "figures", [{"numerator": 5.0}, {"denominator": 5.0}, {"numerator": 5.0, "denominator": 0.0}, {"done": 60.0}]
)
def test_a_rate_without_both_its_parts_is_not_added_up(figures):
    out = city(item("a", method="rate", target=60.0, **figures))
    assert (out["areas_with_value"], out["done_value"], out["target_value"]) == (0, None, None)


def test_an_indicator_that_counts_by_status_alone_has_no_figures():
    out = city(item("a", method="status", target=5.0, done=5.0, tasks_done=1))
    assert (out["areas_with_value"], out["done_value"], out["unit"], out["tasks_done"]) == (0, None, None, 1)


def test_a_component_is_added_up_beside_the_item_it_belongs_to():
    rows = [item("a", target=9.0, done=3.0, tasks_done=1), item("a", component="by 2025", target=50.0, done=5.0)]
    members = pandas_frame([{"period": PERIOD, "area": "a", "group": "city"}], MEMBERSHIP)
    out = {(row["indicator"], row["component"]): row for row in plain(add_up(pandas_frame(rows, ITEMS), members))}
    assert (out["growth.gdp", ""]["done_value"], out["growth.gdp", ""]["tasks"]) == (3.0, 1)
    assert (out["growth.gdp", "by 2025"]["done_value"], out["growth.gdp", "by 2025"]["tasks"]) == (5.0, 0)
    assert (out["*", ""]["method"], out["*", ""]["tasks"], out["*", ""]["areas_in"]) == ("status", 1, 1)


def test_two_lines_of_an_area_on_one_indicator_are_one_area():
    out = city(item("a", target=1.0, done=1.0), item("a", target=1.0, done=1.0))
    assert (out["areas_in"], out["done_value"]) == (1, 2.0)


def test_an_area_counts_for_the_city_that_it_was_in_that_month():
    rows = [item("a", tasks_done=1), {**item("a", tasks_done=2), "period": "2023-05"}]
    pairs = [{"period": PERIOD, "area": "a", "group": "old"}, {"period": "2023-05", "area": "a", "group": "new"}]
    out = plain(add_up(pandas_frame(rows, ITEMS), pandas_frame(pairs, MEMBERSHIP)))
    assert {(row["period"], row["group"]): row["tasks"] for row in out} == {(PERIOD, "old"): 1, ("2023-05", "new"): 2}


def test_figures_of_another_unit_are_set_apart():
    out = held(item("a", done=1.0), item("b", done=2.0), item("c", done=3.0, target=9.0, unit="万元"))
    assert {area: row["is_apart"] for area, row in out.items()} == {"a": False, "b": False, "c": True}
    assert [out["c"][name] for name in VALUES] == [None] * len(VALUES)
    assert (out["c"]["unit"], out["a"]["done_value"]) == ("万元", 1.0)


def test_figures_of_another_time_are_set_apart():
    early = item("c", method="rate", numerator=3.0, denominator=4.0, figure_end="2023-03")
    out = held(item("a", method="growth", growth=1.0), item("b", value=2.0), early)
    assert [out[area]["is_apart"] for area in "abc"] == [False, False, True]
    assert (out["c"]["numerator"], out["c"]["denominator"], out["c"]["figure_end"]) == (None, None, "2023-03")


def test_of_equally_many_the_later_figures_decide_and_then_the_smaller_unit():
    out = held(item("a", done=1.0, figure_end="2023-03"), item("b", done=1.0))
    assert [out[area]["is_apart"] for area in "ab"] == [True, False]
    out = held(item("a", done=1.0, unit="b"), item("b", done=1.0, unit="a"))
    assert [out[area]["is_apart"] for area in "ab"] == [True, False]


def test_unit_and_time_decide_together():
    rows = [item("a", done=1.0, unit="x", figure_end="2023-03"), item("b", done=1.0, unit="x", figure_end="2023-03"),
            item("c", done=1.0, unit="x"), item("d", done=1.0, unit="y"), item("e", done=1.0, unit="z")]  # fmt: skip
    assert [row["is_apart"] for row in held(*rows).values()] == [False, False, True, True, True]


def test_a_missing_unit_or_time_is_one_like_any_other():
    rows = [item("a", done=1.0, unit=None, figure_end=None), item("b", done=1.0, unit=None, figure_end=None),
            item("c", done=1.0)]  # fmt: skip
    out = held(*rows)
    assert [row["is_apart"] for row in out.values()] == [False, False, True]
    assert (out["a"]["unit"], out["a"]["figure_end"], out["a"]["done_value"]) == (None, None, 1.0)


def test_rows_without_a_figure_decide_nothing_and_are_not_set_apart():
    rows = [item("a", target=1.0, unit="万元"), item("b", target=1.0, unit="万元"), item("c", target=1.0, done=1.0)]
    out = held(*rows)
    assert [row["is_apart"] for row in out.values()] == [False, False, False]
    assert [row["target_value"] for row in out.values()] == [None, None, 1.0]


def test_each_component_has_its_own_unit():
    rows = [item("a", done=1.0), item("b", done=1.0), {**item("c", done=1.0, unit="%"), "component": "growth"}]
    assert not any(row["is_apart"] for row in held(*rows).values())


def test_a_line_outside_the_framework_passes_untouched():
    rows = [item("a", indicator=None, done=1.0, unit="x"), item("b", indicator=None, done=2.0), item("c", done=2.0)]
    out = held(*rows)
    assert [(row["done_value"], row["is_apart"]) for row in out.values()] == [(1.0, False), (2.0, False), (2.0, False)]


def test_what_is_set_apart_is_in_no_sum():
    out = city(item("a", target=2.0, done=1.0), item("b", target=2.0, done=1.0),
               item("c", target=9.0, done=9.0, unit="万元"))  # fmt: skip
    assert (out["done_value"], out["areas_with_value"], out["areas_in"], out["unit"]) == (2.0, 2, 3, "元")


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
    assert scored(rows, "growth", "risk")["a", "total"]["points"] == pytest.approx(55.0)


def test_a_missing_campaign_leaves_no_total():
    rows = [item("a", "growth", "g", tasks_done=1), item("b", "growth", "g", tasks_done=1), item("b", "risk", "r",
            tasks_behind=1)]  # fmt: skip
    out = scored(rows, "growth", "risk")
    assert out["a", "total"]["points"] is None
    assert out["b", "total"]["points"] == 50.0


def test_campaigns_weigh_in_the_total_as_they_are_told_to():
    rows = [item("a", "growth", "g", tasks_done=1), item("a", "risk", "r", tasks_behind=1)]
    points = status_share(by_area(pandas_frame(rows, ITEMS)), CREDITS, COUNTED, 100.0)
    out = {row["campaign"]: row for row in plain(total(points, {"growth": 3.0, "risk": 1.0}))}
    assert (out["total"]["points"], out["total"]["assessed"], out["total"]["credited"]) == (75.0, 2.0, 1.0)


def test_a_campaign_without_weight_has_no_part_in_the_total():
    rows = [item("a", "growth", "g", tasks_done=1), item("a", "extra", "e", tasks_behind=5)]
    out = scored(rows, "growth")
    assert (out["a", "total"]["points"], out["a", "total"]["assessed"]) == (100.0, 1.0)
    assert out["a", "extra"]["points"] == 0.0


def test_a_total_is_made_up_if_one_of_its_campaigns_is():
    rows = [item("a", "growth", "g", tasks_done=1), item("a", "risk", "r", tasks_done=1, sample=True)]
    assert scored(rows, "growth", "risk")["a", "total"]["is_sample"] == 1


def test_indicators_weigh_as_they_are_told_to():
    out = weighed(("a", "growth", 3.0, 1.0), ("a", "growth", 1.0, 0.5), ("a", "growth", 7.0, None))["a", "growth"]
    assert (out["assessed"], out["credited"], out["points"]) == (4.0, 3.5, 87.5)


def test_an_indicator_without_a_share_is_not_counted_as_zero():
    out = weighed(("a", "growth", 1.0, None), ("b", "growth", 1.0, 0.0))
    assert (out["a", "growth"]["points"], out["a", "growth"]["assessed"]) == (None, 0.0)
    assert (out["b", "growth"]["points"], out["b", "growth"]["assessed"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("attainment", "earned"), [(None, None), (-5.0, 0.0), (0.0, 0.0), (80.0, 0.8), (120.0, 1.2), (500.0, 1.2)]
)
def test_attainment_is_credited_up_to_its_cap(attainment, earned):
    assert share(lambda frame: attained(frame, 120.0), attainment=attainment) == earned


@pytest.mark.parametrize(("status", "earned"), [(None, None), ("done", 1.0), ("on_track", 1.0), ("behind", 0.0)])
def test_what_is_met_earns_all_and_what_is_behind_nothing(status, earned):
    assert share(met, status_computed=status) == earned


@pytest.mark.parametrize(("place", "earned"), [(None, None), (1, 1.0), (2, 0.95), (3, 0.9), (17, 0.2), (122, 0.2)])
def test_each_place_costs_a_step_until_the_floor(place, earned):
    assert share(lambda frame: placed(frame, 100.0, 5.0, 20.0), rank=place) == earned


def test_equal_shares_of_different_sizes_tie():
    rows = [item(area, tasks_done=n, tasks_behind=2 * n) for area, n in (("a", 1), ("b", 7), ("c", 49))]
    points = {area: scored(rows)[area, "total"]["points"] for area in "abc"}
    assert len(set(points.values())) == 1


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=25), DIRECTIONS)
def test_a_worse_value_never_has_the_better_place(points, direction):
    points = [value if value is None else round(value, 6) for value in points]
    places = ranked({f"a{n:02d}": value for n, value in enumerate(points)}, direction=direction)
    have = sorted((value for value in points if value is not None), reverse=direction == "ge")
    for number, value in enumerate(points):
        place = places[f"a{number:02d}"]
        assert place["rank"] == (None if value is None else have.index(value) + 1)
        assert place["tied"] == (value is not None and have.count(value) > 1)
        assert (place["of"], place["areas"]) == (len(have), len(points))


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(POINTS, min_size=1, max_size=15), st.integers(0, 15), DIRECTIONS)
def test_an_area_without_figures_moves_nobody(points, where, direction):
    areas = {f"a{n:02d}": value for n, value in enumerate(points)}
    without = ranked(areas, direction=direction)
    joined = list(areas.items())
    joined.insert(where, ("silent", None))
    with_it = ranked(dict(joined), direction=direction)
    assert with_it.pop("silent")["rank"] is None
    assert {row.pop("areas") for row in with_it.values()} == {len(points) + 1}
    assert {row.pop("areas") for row in without.values()} == {len(points)}
    assert in_order(list(with_it.values()), "area") == in_order(list(without.values()), "area")


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.permutations([("a", 3.0), ("b", 3.0), ("c", None), ("d", 1.5), ("e", 7.0)]))
def test_the_order_of_the_areas_does_not_matter(pairs):
    places = ranked(dict(pairs))
    assert [places[area]["rank"] for area in "abcde"] == [2, 2, None, 4, 1]


AMOUNTS = st.lists(st.one_of(st.none(), st.integers(-2, 99).map(float)), min_size=len(VALUES), max_size=len(VALUES))


@st.composite
def items_of_six_areas(draw) -> dict:
    method = draw(st.sampled_from(["sum", "stock", "growth", "rate"]))
    unit, end = draw(st.sampled_from(["元", "元", None, "%"])), draw(st.sampled_from([PERIOD, "2023-03", None]))
    line = item(f"a{draw(st.integers(0, 5))}", indicator=f"growth.{method}", method=method, unit=unit, figure_end=end)
    counts = draw(COUNTS)
    figures = dict(zip(VALUES, draw(AMOUNTS), strict=True))
    return {**line, **figures, **counts, "tasks": sum(counts.values())}


ROWS = st.lists(items_of_six_areas(), max_size=25)
CITIES = {"c1": ["a0", "a1"], "c2": ["a2", "a3", "a4"], "c3": ["a5"]}
PROVINCE = {"p": [f"a{n}" for n in range(6)]}


@settings(derandomize=True, max_examples=40, deadline=None)
@given(ROWS)
def test_cities_add_up_to_the_province(rows):
    out = added(rows, CITIES | PROVINCE)
    summed = (*STATUS_COUNTS, "areas_in", "areas_with_value")
    for indicator in {row["indicator"] for row in rows}:
        amounts = ("target_value", "done_value") if indicator in {"growth.sum", "growth.stock"} else ()
        for name in (*summed, *amounts):
            parts = [out[one, indicator][name] or 0 for one in CITIES if (one, indicator) in out]
            assert sum(parts) == (out["p", indicator][name] or 0), name


@settings(derandomize=True, max_examples=40, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    one, other = ([*added(some, CITIES | PROVINCE).values()] for some in (rows, shuffled))
    assert in_order(one, "group", "indicator") == in_order(other, "group", "indicator")


@settings(derandomize=True, max_examples=40, deadline=None)
@given(ROWS)
def test_growth_of_a_group_lies_between_those_of_its_members(rows):
    out = added(rows, CITIES | PROVINCE)
    for indicator in {"growth.growth", "growth.rate"} & {row["indicator"] for row in rows}:
        of_cities = [out[one, indicator]["done_value"] for one in CITIES if (one, indicator) in out]
        told = [value for value in of_cities if value is not None]
        whole = out["p", indicator]["done_value"]
        assert (whole is None) == (not told)
        assert whole is None or min(told) - 1e-9 <= whole <= max(told) + 1e-9


@settings(derandomize=True, max_examples=40, deadline=None)
@given(COUNTS, st.sampled_from(["done", "on_track", "expected_done"]))
def test_one_more_task_done_never_costs_points(counts, status):
    more = counts | {f"tasks_{status}": counts[f"tasks_{status}"] + 1}
    before, after = (scored([item("a", **one)])["a", "total"]["points"] for one in (counts, more))
    assert after >= (before or 0)
    assert 0 <= after <= 100

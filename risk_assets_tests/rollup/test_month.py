"""Single rules of a month that the recomputation of whole provinces would not point at: each on two cities by hand."""

from dataclasses import replace

import pytest

from risk_assets.rollup.hierarchy import membership_now
from risk_assets.rollup.month import add_month_up, month_tables
from risk_assets_tests.rollup.made_up_months import FIGURES, PERIOD, STATUSES, MadeUpArea, MadeUpMonth
from risk_assets_tests.rollup.test_month_recomputed import known, packed

AREAS = {
    "99": MadeUpArea("province", ""),
    **{city: MadeUpArea("city", "99") for city in ("9901", "9902")},
    **{county: MadeUpArea("county", "9901") for county in ("a1", "a2", "a3", "a4")},
    **{county: MadeUpArea("county", "9902") for county in ("b1", "b2")},
}
AMOUNT = {("growth.x", ""): "sum"}
PARTS = {("growth.x", ""): "status", ("growth.x", "level"): "sum", ("growth.x", "speed"): "growth"}


def row(area, indicator="growth.x", component="", status="done", **more):
    counts = {f"tasks_{one}": int(one == status and not component) for one in STATUSES}
    return {
        "area": area, "period": PERIOD, "campaign": indicator.split(".")[0], "indicator": indicator,
        "component": component, "status_reported": status, "tasks": sum(counts.values()), **counts,
        "is_sample": False, "ratio_check": "equal", "unit": "元", "value_unit": "元",
        "figure_period": "2023-01..2023-04", "direction": "ge", **dict.fromkeys(FIGURES), **more,
    }  # fmt: skip


def month(rows, methods=AMOUNT, campaigns=("growth",)):
    lines = {name: {"campaign": name.split(".")[0], "direction": "ge", "weight": 1.0} for name, _ in methods}
    return packed(MadeUpMonth(PERIOD, AREAS, campaigns, lines, methods, rows))


def places(tables, by="growth.x", scheme="attainment", level="county", universe="99"):
    """Rank, value and reason of each area in one ranking."""
    found = tables["rankings"]
    of = (found["by"] == by) & (found["scheme"] == scheme) & (found["level"] == level) & (found["universe"] == universe)
    return {one.area: (one.rank, one.value, one.reason) for one in found[of].itertuples()}


def test_an_item_of_which_a_component_is_set_apart_has_no_mean():
    rows = [
        one
        for area in ("a1", "a2", "a3")
        for one in (
            row(area),
            row(area, component="level", target_value=100.0, done_value=20.0, attainment_computed=20.0,
                figure_period="2023-01..2023-03" if area == "a3" else "2023-01..2023-04"),
            row(area, component="speed", target_value=10.0, done_value=10.0, growth=10.0, attainment_computed=100.0),
        )
    ]  # fmt: skip
    found = places(month_tables(month(rows, PARTS)))
    assert {area: found[area][1] for area in ("a1", "a2")} == {"a1": 60.0, "a2": 60.0}
    assert found["a3"][2]


def test_a_city_of_which_too_few_counties_report_is_not_scored_by_those_few():
    rows = [row(a, status_computed=s) for a, s in (("a1", "done"), ("b1", "done"), ("b2", "behind"))]
    found = places(month_tables(month(rows)), "growth", "all_or_nothing", "city")
    assert found["9902"][:2] == (1, 50.0)
    assert found["9901"][2]


def test_figures_of_an_item_that_a_county_does_not_have_are_in_no_sum_and_no_ranking():
    figures = {"target_value": 10.0, "done_value": 5.0, "attainment_computed": 50.0}
    rows = [row("b1", **figures), row("b2", status="not_applicable", **figures)]
    tables = month_tables(month(rows))
    city = tables["rollups"].query("area == '9902' and indicator == 'growth.x'").iloc[0]
    assert (city["areas_expected"], city["areas_in"], city["areas_with_value"]) == (1, 1, 1)
    assert (city["target_value"], city["done_value"]) == (10.0, 5.0)
    assert places(tables)["b2"][2] == "不涉及此项"


def test_a_county_that_took_others_over_has_their_sum():
    rows = [row(area, target_value=10.0, done_value=done) for area, done in (("a1", 2.0), ("a2", 3.0))]
    gone = ("a1", "a2")
    today = {code: area for code, area in AREAS.items() if code not in gone} | {"m": MadeUpArea("county", "9901")}
    now = {code: ("m",) if code in gone else (code,) for code, area in AREAS.items() if area.level == "county"}
    added = add_month_up(replace(month(rows), areas=known(today)), membership_now(PERIOD, now, now, known(today)))
    merged = added.query("area == 'm' and indicator == 'growth.x'").iloc[0]
    assert (merged["level"], merged["areas_expected"], merged["done_value"]) == ("county", 2, 5.0)


def test_a_split_county_counts_for_what_stands_above_all_of_its_parts():
    today = AREAS | {"s": MadeUpArea("county", "9901"), "t": MadeUpArea("county", "9902")}
    groups = membership_now(PERIOD, ["a1", "b1"], {"a1": ("s", "t"), "b1": ("b1",)}, known(today))
    assert sorted(zip(groups["area"], groups["group"], strict=True)) == [("a1", "99"), ("b1", "99"), ("b1", "9902")]


def test_growth_without_a_level_does_not_outvote_growth_with_one():
    rows = [row(area, value=110.0, growth=10.0) for area in ("b1", "b2")]
    rows += [row(area, growth=5.0, value_unit=None) for area in ("a1", "a2", "a3")]
    added = month_tables(month(rows, {("growth.x", ""): "growth"}))["rollups"]
    city = added.query("area == '9902' and indicator == 'growth.x'").iloc[0]
    assert city["done_value"] == pytest.approx(10.0)


def test_an_area_that_reports_but_not_this_campaign_is_not_said_to_be_silent():
    rows = [row(a) for a in ("a1", "a2", "b1")] + [row(a, "risk.x") for a in ("a1", "b1")]
    tables = month_tables(month(rows, AMOUNT | {("risk.x", ""): "sum"}, ("growth", "risk")))
    found = places(tables, "risk", "status_share")
    assert "risk" in found["a2"][2]
    assert found["b2"][2] == "未报送"


def test_a_framework_without_the_campaigns_of_a_scheme_is_not_scored_by_it():
    tables = month_tables(month([row("a1", "risk.x"), row("a2", "risk.x")], {("risk.x", ""): "sum"}, ("risk",)))
    assert set(tables["scores"]["scheme"]) == {"status_share"}


def test_a_made_up_report_of_a_city_marks_no_ranking_of_counties():
    tables = month_tables(month([row("a1"), row("a2"), row("9901", is_sample=True)]))
    assert not tables["rankings"]["is_sample"].any()


def test_a_figure_of_an_earlier_end_is_not_ranked_among_later_ones_and_says_so():
    rows = [row(a, done_value=5.0, attainment_computed=50.0) for a in ("a1", "a2", "b1")]
    rows.append(row("b2", done_value=9.0, attainment_computed=90.0, figure_period="2023-01..2023-03"))
    found = places(month_tables(month(rows)))
    assert "截止月份" in found["b2"][2]
    assert [found[area][0] for area in ("a1", "a2", "b1")] == [1, 1, 1]


def test_a_county_whose_printed_and_computed_ratio_differ_is_not_ranked_until_it_is_settled():
    rows = [row("a1", attainment_computed=50.0), row("a2", attainment_computed=60.0, ratio_check="differs")]
    assert "不符" in places(month_tables(month(rows)))["a2"][2]


def test_a_zone_does_not_move_the_counties_in_points_by_place():
    areas = AREAS | {"z1": MadeUpArea("zone", "9901")}
    rows = [row(a, attainment_computed=v) for a, v in (("a1", 50.0), ("a2", 40.0), ("z1", 90.0))]
    with_zone = packed(MadeUpMonth(PERIOD, areas, ("growth",), {"growth.x": {"campaign": "growth", "direction": "ge",
                       "weight": 1.0}}, AMOUNT, rows))  # fmt: skip
    found = month_tables(with_zone)["scores"].query("scheme == 'by_place' and campaign == 'growth'").set_index("area")
    assert found["points"].dropna().to_dict() == {"a1": 100.0, "a2": 95.0, "z1": 100.0}

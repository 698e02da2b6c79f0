"""A month's tables against a second computation, on made-up provinces that have all that counties' reports have."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random

import pandas as pd
import pytest

from risk_assets.contracts import (
    Assessments,
    Indicators,
    Rankings,
    Rollups,
    Scores,
    columns,
    empty,
    typed,
    validate,
)
from risk_assets.language.areas import Area
from risk_assets.rollup.hierarchy import membership_now
from risk_assets.rollup.month import Month, add_month_up, month_tables
from risk_assets_tests.rollup.made_up_months import (
    PERIOD,
    MadeUpArea,
    MadeUpMonth,
    divisions_of_today,
    made_up_month,
    month_after,
)
from risk_assets_tests.rollup.plain_month import COUNTS, PlainMonth

KEYS = {
    "rollups": ("area", "campaign", "indicator", "component"),
    "scores": ("area", "campaign", "scheme"),
    "rankings": ("by", "level", "universe", "zones", "scheme", "area"),
}
CONTRACTS = {"rollups": Rollups, "scores": Scores, "rankings": Rankings}
CHUNK = 10
CHUNKS = [range(first, first + CHUNK) for first in range(0, 200, CHUNK)]
SOME = range(3, 200, 50)


def known(areas: Mapping[str, MadeUpArea]) -> dict[str, Area]:
    return {code: Area(code, code, code, area.level, area.parent) for code, area in areas.items()}


def packed(month: MadeUpMonth, before: pd.DataFrame | None = None) -> Month:
    """The month as the package takes it."""
    same = {"submission": "s", "rules": "r", "table_no": 1, "row": 1, "verdict": "undecidable", "why": "-",
            "release_class": "public"}  # fmt: skip
    rows = [{**same, "item": str(number), **row} for number, row in enumerate(month.rows)]
    lines = [{"framework": "2023", "indicator": name, **about} for name, about in month.indicators.items()]
    methods = [(*line, method) for line, method in month.methods.items()]
    return Month(
        month.period,
        f"{month.period}-001",
        known(month.areas),
        {campaign: campaign for campaign in month.campaigns},
        typed(Indicators, lines),
        pd.DataFrame(methods, columns=["indicator", "component", "method"]).astype("str"),
        typed(Assessments, rows),
        {},
        empty(Rankings) if before is None else before,
    )


def told(frame: pd.DataFrame, name: str) -> dict[tuple, dict[str, object]]:
    """Rows of a table by key, a missing value as None and a reason as whether there is one."""
    rows = {}
    for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
        row["reason"] = row["reason"] is not None
        rows[tuple(row.pop(column) for column in KEYS[name])] = row
    return rows


def is_same(one: object, other: object) -> bool:
    """Equal, figures to nine digits."""
    if isinstance(one, float | Fraction) and isinstance(other, float | Fraction | int):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def differences(made: Mapping[tuple, dict], expected: Mapping[tuple, dict]) -> list[object]:
    found: list[object] = [("not expected", key) for key in made.keys() - expected.keys()]
    found += [("missing", key) for key in expected.keys() - made.keys()]
    for key in made.keys() & expected.keys():
        found += [
            (key, name, "made", made[key][name], "expected", value)
            for name, value in expected[key].items()
            if not is_same(made[key][name], value)
        ]
    return found


def before_of(plain: PlainMonth) -> pd.DataFrame:
    """Rankings of a month as the one after it is compared with them."""
    rows = [
        dict(zip(KEYS["rankings"], key, strict=True)) | {"rank": row["rank"]} for key, row in plain.rankings.items()
    ]
    return typed(Rankings, rows)


@cache
def plain_of(seed: int) -> tuple[PlainMonth, pd.DataFrame | None]:
    """A second computation and the rankings of the month before; odd seeds make the month after, held against both."""
    month = made_up_month(seed)
    if seed % 2 == 0:
        return PlainMonth(month), None
    earlier = PlainMonth(month)
    return PlainMonth(month_after(month, seed), earlier.rankings), before_of(earlier)


@cache
def made_of(seed: int) -> dict[str, pd.DataFrame]:
    """The month's tables as the package makes them."""
    plain, before = plain_of(seed)
    return month_tables(packed(plain.month, before))


@cache
def tables(seed: int) -> dict[str, dict[tuple, dict[str, object]]]:
    return {name: told(frame, name) for name, frame in made_of(seed).items()}


@pytest.mark.parametrize("seeds", CHUNKS, ids=str)
def test_a_month_is_what_plain_python_makes_of_it(seeds):
    for seed in seeds:
        plain = plain_of(seed)[0]
        for name, made in made_of(seed).items():
            expected = getattr(plain, name)
            assert not differences(tables(seed)[name], expected), (seed, name)
            compared = {*KEYS[name], "publication", "period", *next(iter(expected.values()))}
            assert compared == {column.name for column in columns(CONTRACTS[name])}
            assert set(made["period"]) == {plain.month.period}
            assert set(made["publication"]) == {f"{plain.month.period}-001"}


@pytest.mark.parametrize("seeds", CHUNKS[::10], ids=str)
def test_a_month_by_the_divisions_of_today_is_what_plain_python_makes_of_it(seeds):
    for seed in seeds:
        month = made_up_month(seed)
        today = divisions_of_today(month, seed)
        groups = membership_now(PERIOD, [*today.successors], today.successors, known(today.areas))
        made = add_month_up(replace(packed(month), areas=known(today.areas)), groups)
        plain = PlainMonth(month)
        expected = plain.add_up(plain.groups(today.areas, today.successors))
        assert not differences(told(made, "rollups"), expected), seed


def test_what_was_split_across_two_cities_counts_for_the_province_alone():
    for seed in range(60):
        month = made_up_month(seed)
        today = divisions_of_today(month, seed)
        groups = membership_now(PERIOD, [*today.successors], today.successors, known(today.areas))
        for code, now in today.successors.items():
            cities = {today.areas[one].parent for one in now}
            wanted = ({*now} - {code} if len(now) == 1 else set()) | {"99"} | (cities if len(cities) == 1 else set())
            assert set(groups.loc[groups["area"] == code, "group"]) == wanted


def test_the_made_up_months_satisfy_the_contract_and_have_all_that_is_asked_of_them():
    seen: Counter = Counter()
    for seed in range(100):
        plain = plain_of(seed)[0]
        if seed in SOME:
            validate(Assessments, packed(plain.month).assessments)
        lines = [row for (*_, indicator, _), row in plain.rollups.items() if indicator != "*"]
        seen.update(row["method"] for row in lines if row["done_value"] is not None)
        seen["withheld"] += sum(row["withheld"] for row in lines)
        seen["attained"] += sum(row["attainment"] is not None for row in lines)
        seen["left out"] += sum(row["reason"] and row["done_value"] is not None for row in lines)
        seen["outside"] += sum(row["areas_expected"] == 0 for row in lines)
        seen.update(
            scheme for (_, campaign, scheme), row in plain.scores.items() if campaign == "total" and row["points"]
        )
        for (by, level, _, zones, scheme, _), row in plain.rankings.items():
            seen[f"{level} {by == 'total'} {scheme}"] += row["rank"] is not None
            seen["zones"] += zones
            seen["component"] += "/" in by
            seen["tied"] += row["tied"]
            seen["moved"] += bool(row["change"])
    assert min(seen.values()) > 10, seen
    assert len(seen) == 4 + 4 + 4 + 2 * (2 * 4 + 2) + 4


@pytest.mark.parametrize("seed", SOME)
def test_the_order_of_the_assessments_does_not_matter(seed):
    plain, before = plain_of(seed)
    rows = Random(seed).sample(list(plain.month.rows), len(plain.month.rows))  # noqa: S311
    shuffled = month_tables(packed(replace(plain.month, rows=rows), before))
    for name, rows_of_table in tables(seed).items():
        assert not differences(told(shuffled[name], name), rows_of_table)


@pytest.mark.parametrize("seeds", CHUNKS[::5], ids=str)
def test_the_cities_add_up_to_the_province(seeds):
    for seed in seeds:
        rollups = tables(seed)["rollups"]
        for (area, *line), whole in rollups.items():
            if area != "99":
                continue
            parts = [row for (city, *other), row in rollups.items() if city != "99" and other == line]
            for name in (*COUNTS, "areas_in", "areas_with_value"):
                assert sum(row[name] for row in parts) == whole[name], (seed, line, name)
            if whole["method"] in ("sum", "stock") and not any(row["withheld"] for row in [whole, *parts]):
                for name in ("target_value", "done_value"):
                    assert is_same(float(sum(row[name] or 0 for row in parts)), float(whole[name] or 0)), (seed, line)


@pytest.mark.parametrize("seeds", CHUNKS[::5], ids=str)
def test_a_place_is_never_better_for_a_worse_value(seeds):
    for seed in seeds:
        rankings = defaultdict(list)
        for (by, *group, scheme, _), row in tables(seed)["rankings"].items():
            if row["rank"] is not None:
                rankings[by, *group, scheme].append((row["rank"], row["value"]))
        for (by, *_, scheme), places in rankings.items():
            is_less = scheme == "growth" and plain_of(seed)[0].month.indicators[by.split("/")[0]]["direction"] == "le"
            values = [value for _, value in sorted(places, key=lambda one: one[0])]
            for better, worse in pairwise(values):
                assert (worse >= better if is_less else better >= worse) or is_same(better, worse), (seed, by)


def rankings_of_counties(made: Mapping[str, pd.DataFrame]) -> dict[tuple, dict[str, object]]:
    return {key: row for key, row in told(made["rankings"], "rankings").items() if key[1] == "county"}


@pytest.mark.parametrize("seed", SOME)
def test_without_the_figures_of_an_area_only_those_behind_it_move(seed):
    month = made_up_month(seed, plain=True)
    gone = next(row["area"] for row in reversed(month.rows) if month.areas[row["area"]].level == "county")
    others = replace(month, rows=[row for row in month.rows if row["area"] != gone])
    all_of_them, rest = (rankings_of_counties(month_tables(packed(one))) for one in (month, others))
    moved = 0
    for key in all_of_them.keys() & rest.keys():
        *group, scheme, area = key
        if area == gone or scheme not in ("status_share", "attainment", "growth"):
            continue  # the other schemes' points hang on how many indicators anybody has, and on places
        was, now = all_of_them[key], rest[key]
        place = all_of_them.get((*group, scheme, gone), {"rank": None})["rank"]
        is_behind = None not in (place, was["rank"]) and was["rank"] > place
        assert is_same(was["value"], now["value"]), key
        assert now["rank"] == (was["rank"] - 1 if is_behind else was["rank"]), key
        moved += is_behind
    assert moved


@pytest.mark.parametrize("seed", SOME)
def test_an_area_that_sends_nothing_moves_nobody(seed):
    plain, before = plain_of(seed)
    areas = plain.month.areas
    city = next(code for code, area in areas.items() if area.level == "city")
    joined = replace(plain.month, areas={**areas, "silent": MadeUpArea("county", city)})
    with_it = rankings_of_counties(month_tables(packed(joined, before)))
    own = {key: with_it.pop(key) for key in [*with_it] if key[-1] == "silent"}
    assert own
    assert {(row["rank"], row["value"], row["reason"]) for row in own.values()} == {(None, None, True)}
    expected = {
        key: {**row, "areas": row["areas"] + (key[2] in (city, "99"))}
        for key, row in rankings_of_counties(made_of(seed)).items()
    }
    assert not differences(with_it, expected)

"""Figures of two counties' texts against keys that others made by hand: how many are found, and with what meaning.

A right figure has the line, value and unit of one of the key's; its meaning adds measure and role, all of it bound,
period and mask. What the key marks optional is neither asked for nor held against the reader, and the period counts
only where the key scores it.
"""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from risk_assets.monitoring.inspecting import inspect
from risk_assets_tests.builders import PROJECT

SHARED = PROJECT.parent / "shared"
TEXTS = ("000_fe5bf4b36c1e1b1a", "003_1518ac055eb62881")
KEYS = [SHARED / "gold" / f"{name}.observations.jsonl" for name in TEXTS]
SOURCES = [SHARED / "seeds" / f"{name}.txt" for name in TEXTS]

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not all(path.exists() for path in (*KEYS, *SOURCES)), reason="../shared is not there"),
]

View = Callable[[dict], tuple]


def as_number(one: dict) -> tuple:
    value = one["value"]
    return one["line"], None if value is None else round(float(value), 6), one["unit"] or ""


def as_meaning(one: dict) -> tuple:
    return *as_number(one), one["measure"], one["role"]


@pytest.fixture(scope="module", params=range(len(TEXTS)), ids=["narrative", "tables"])
def text(request) -> tuple[list[str], list[dict], list[dict]]:
    """A text's lines, its key, and what is read in the lines that the key covers."""
    content = SOURCES[request.param].read_bytes()
    head, *key = map(json.loads, KEYS[request.param].read_text(encoding="utf-8").splitlines())
    covered = {line for first, last in head["scope"] for line in range(first, last + 1)}
    read = inspect(content, SOURCES[request.param].name)["observations"]
    return content.decode().split("\n"), key, [one for one in read if one["line"] in covered]


def scored(key: list[dict], read: list[dict], view: View) -> tuple[float, float, float]:
    """Precision, recall and F1; each figure of the key is found once."""
    wanted, got = Counter(view(one) for one in key if not one.get("optional")), Counter(map(view, read))
    right = (wanted & got).total()
    spare = Counter(as_number(one) for one in key if one.get("optional"))
    over = Counter(one[:3] for one in (got - wanted).elements())
    wrong = (over - spare).total()
    precision, recall = right / (right + wrong), right / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def test_the_numbers_are_those_of_the_key(text):
    _, key, read = text
    precision, recall, _ = scored(key, read, as_number)
    assert precision >= 0.995
    assert recall >= 0.98


def test_measure_and_role_of_what_the_key_holds_are_found(text):
    _, key, read = text
    assert scored(key, read, as_meaning)[1] >= 0.96


def test_measure_and_role_of_what_is_found_are_those_of_the_key(text):
    _, key, read = text
    assert scored(key, read, as_meaning)[0] >= 0.98


def test_bound_period_and_mask_are_those_of_the_key(text):
    _, key, read = text
    timeless = {(one["line"], one["quote"]) for one in key if one.get("period_scored") is False}

    def whole(one: dict) -> tuple:
        period = None if (one["line"], one["quote"]) in timeless else one["period"]
        return *as_meaning(one), one["bound"], one["masked"], period

    assert scored(key, read, whole)[2] >= 0.93


def test_every_quote_stands_at_its_characters_in_its_line(text):
    lines, _, read = text
    assert [one["quote"] for one in read] == [lines[one["line"] - 1][one["start"] : one["end"]] for one in read]


def test_no_two_figures_of_a_line_share_their_characters(text):
    _, _, read = text
    ends: dict[int, int] = {}
    for one in sorted(read, key=lambda one: (one["line"], one["start"], one["end"])):
        assert one["start"] >= ends.get(one["line"], 0), one
        ends[one["line"]] = one["end"]

"""Rows as counties of other places and years write them (made up): what is judged of them is right, or nothing is.

Each line of `odd_rows.jsonl` has a row and what is right; a value that is missing where one would be right is a miss
and no fault, a value that is another is one.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from risk_assets_tests.builders import Percent, read, table_workbook

NAMES = {
    "target": "target_value", "done": "done_value", "attainment": "attainment_computed", "status": "status_computed",
    "verdict": "verdict", "ratio": "ratio_check", "value": "value", "growth": "growth",
}  # fmt: skip
RAISED = {"ratio_differs", "status_above_figures", "status_below_figures", "two_figures", "figure_impossible",
          "unit_contradicts", "line_counts_differ", "share_rounded"}  # fmt: skip
KNOWN = {
    "b33": "建成0个 behind 已开工建设3个 is taken as none done",
    "d12": "deaths below their ceiling are on track as they stand, whatever is to come",
    "d13": "the same",
    "v03": "套 are tied to the homes that are due whatever the words say; its value enters no sum",
    "v04": "the same",
    "v25": "出口总额 stands within 进出口总额",
}
CHUNK = 49
HEADERS, *ROWS = [
    json.loads(line) for line in Path(__file__).with_name("odd_rows.jsonl").read_text(encoding="utf-8").splitlines()
]


def differ(name, found, right):
    """Whether a value was told that is not the right one."""
    if found is None or (name in ("verdict", "ratio") and found == "undecidable"):
        return False
    if isinstance(found, float) and isinstance(right, int | float):
        return abs(found - right) > (2e-3 if name == "attainment" else 2e-4) * max(1e-9, abs(right)) + 1e-9
    return found != right


@cache
def judged(number):
    """The whole item and its components, and the rules raised."""
    one = ROWS[number]
    row = [Percent(cell) if i in one.get("percent", ()) else cell for i, cell in enumerate(one["row"])]
    report = read(table_workbook(one["title"], HEADERS["headers"][one["header"]], [row]), period=one["month"])
    items = {item["component"]: item for item in report.assessments}
    return items, {finding["rule"] for finding in report.findings} & RAISED


def faults(number):
    one, (items, rules) = ROWS[number], judged(number)
    found = [
        (part, name, items[part][NAMES[name]], right)
        for part, values in one["right"].items()
        if part in items
        for name, right in values.items()
        if differ(name, items[part][NAMES[name]], right)
    ]
    return found + [("finding", rule) for rule in rules - set(one.get("findings", rules))]


@pytest.mark.parametrize("first", range(0, len(ROWS), CHUNK))
def test_what_is_judged_of_an_odd_row_is_right_or_nothing_is(first):
    numbers = range(first, min(first + CHUNK, len(ROWS)))
    wrong = {ROWS[n]["id"]: faults(n) for n in numbers if ROWS[n]["id"] not in KNOWN and faults(n)}
    assert wrong == {}


def test_most_of_what_a_clerk_would_not_doubt_is_judged():
    wanted = [n for n, one in enumerate(ROWS) if one["right"].get("", {}).get("verdict")]
    told = [n for n in wanted if judged(n)[0][""]["verdict"] != "undecidable"]
    assert len(told) >= 0.7 * len(wanted)

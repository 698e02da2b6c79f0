"""Public tables of other places are read right in whatever file they come, and what is not is said."""

import re
from collections import Counter
from functools import cache

import pytest

from risk_assets.monitoring.inspecting import inspect
from risk_assets_tests.elsewhere.writing import ITEM_FIELDS, PLACES, place, written

FILES = [(name, kind) for name in PLACES for kind in place(name)["formats"]]
NOT_MEANT = {
    "unknown_indicator",
    "items_missing",
    "note_read",
    "unit_unknown",
    "figures_unread",
}  # the framework is not theirs
KINDS = ("header", "title", "blank", "ghost", "continuation", "prose", "dropped", "rows")
each_file = pytest.mark.parametrize(("name", "kind"), FILES, ids=[f"{name}.{kind}" for name, kind in FILES])


@cache
def found(name, kind):
    return inspect(written(name, kind), f"{name}.{kind}")


def bare(text):
    """A text without blanks and punctuation; a decimal point stays."""
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w%.]|_", "", str(text or ""))


def figures(name):
    """Every figure of the key: area, what, value, unit, measure, role."""
    for one in place(name)["figures"]:
        for area, values in one["values"].items():
            for value in values if isinstance(values, list) else [values]:
                what, *rest = one["what"]
                yield bare(area), bare(what), value, *rest


def observed(name, kind):
    """Every figure that was read, its measure named as in the key, with the title before it or without."""
    report, expected = found(name, kind), {what for _, what, *_ in figures(name)}
    titles = [bare(table["title"]) for table in report["tables"]]
    for one in report["observations"]:
        if one["field"] != "cell":  # figures of sentences are tested by themselves
            continue
        what = bare(one["indicator"]).removeprefix("其中")
        names = [what, *(what.removeprefix(title) for title in titles)]
        what = next((name for name in names if name in expected), what)
        area = bare(one["area_name"]).removeprefix("其中")
        yield (area, what, one["value"], one["unit"], one["measure"], one["role"]), one


def is_said(one, name, kind):
    """Whether a finding tells that the unit of a figure is not known."""
    asked = [finding for finding in found(name, kind)["findings"] if finding["rule"] == "unit_unknown"]
    row = re.sub(r"![A-Z]+(\d+)$", r"!\1:\1", one["where"])
    return any(row == finding["where"] or bare(one["indicator"]) == bare(finding["found"]) for finding in asked)


@each_file
def test_every_figure_has_its_area_its_unit_and_what_it_measures_or_it_is_said(name, kind):
    expected = Counter(figures(name))
    wrong = []
    for read, one in observed(name, kind):
        key = read
        if not one["unit"] and not expected[read] and is_said(one, name, kind):
            key = next((key for key in expected if (*key[:3], "", *key[4:]) == read), read)
        if expected[key]:
            expected[key] -= 1
        else:
            wrong.append(read)
    assert wrong == []
    assert list(expected.elements()) == []


@each_file
def test_every_row_of_tasks_has_its_target_and_what_is_done(name, kind):
    items = [dict(zip(ITEM_FIELDS, item, strict=True)) for item in place(name)["items"]]
    rows = [row for row in found(name, kind)["rows"] if row["state"] == "accepted" and items]
    assert len(rows) == len(items)
    differing = []
    for item, row in zip(items, rows, strict=True):
        for field, value in item.items():
            read = row[field]
            same = read == value if field == "attainment" else bare(read) == bare(value)
            if not same:
                differing.append((item["item"], field, value, read))
    assert differing == []


@each_file
def test_every_line_is_accounted_for(name, kind):
    account = found(name, kind)["accounting"]
    assert account["lines"] == sum(account[what] for what in KINDS)
    assert account["rows"] == account["accepted"] + account["set_aside"]


@each_file
def test_what_cannot_be_told_is_said(name, kind):
    said = Counter(finding["rule"] for finding in found(name, kind)["findings"])
    meant = {rule: count for rule, count in said.items() if rule not in NOT_MEANT}
    assert meant == place(name)["findings"]


def test_no_person_is_kept():
    kept = [str(found(name, kind)) for name, kind in FILES]
    assert not any("某某某" in report for report in kept)
    assert any("某某某" in str(place(name)) for name in PLACES)

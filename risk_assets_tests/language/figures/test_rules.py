"""Each rule reads its example as `rules.csv` writes it; each name with digits yields no figure."""

import ast
import inspect

import pytest

from risk_assets import reference
from risk_assets.language.figures import Context, figures_in, grammar, measuring, rules
from risk_assets.language.figures.periods import Period

MONTH = Context(month="2023-04", year=2023, role="actual", measure="level", period=Period("as_of"))
PARTS = {"measure", "number", "bound", "role", "period", "nothing"}
MEASURES = {"level", "yoy", "mom", "growth", "change", "attainment", "rank"}


def item(quantity):
    """One figure as rules.csv writes it: value, unit, measure, role, bound, period."""
    value = "?" if quantity.value is None else f"{quantity.value:.12g}"
    return " ".join(
        (value, quantity.unit or "-", quantity.measure, quantity.role, quantity.bound, quantity.period or "-")
    )


def emitted():
    """Names that the grammar gives its rules: words of its source that rules.csv lists as telling a measure."""
    trees = [ast.parse(inspect.getsource(module)) for module in (grammar, measuring)]
    words = {n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    return words & {row["rule"] for row in rules() if row["part"] == "measure"}


@pytest.mark.parametrize("row", rules(), ids=lambda row: row["rule"])
def test_the_example_of_a_rule_is_read_as_written(row):
    found = figures_in(row["example"], MONTH)
    assert " ; ".join(map(item, found.quantities)) == row["reads"]


def test_only_the_figure_that_is_torn_apart_stays_unread():
    unread = {row["rule"] for row in rules() if figures_in(row["example"], MONTH).unread}
    assert unread == {"torn_apart_unread"}


def test_every_rule_of_the_grammar_has_an_example_that_it_reads():
    read_by = {
        row["rule"]: {one.rule for one in figures_in(row["example"], MONTH).quantities}
        for row in rules()
        if row["part"] == "measure"
    }
    names = emitted()
    assert {"amount", "growth", "range", "rank_within", "share_of_target"} <= names
    assert {name for name in names if name not in read_by[name]} == set()


def test_a_figure_names_no_rule_that_the_grammar_does_not_have():
    used = {one.rule for row in rules() for one in figures_in(row["example"], MONTH).quantities}
    assert used == emitted()


def test_names_of_rules_are_unique_and_their_parts_known():
    names = [row["rule"] for row in rules()]
    assert len(set(names)) == len(names)
    assert {row["part"] for row in rules()} == PARTS


def test_what_is_no_figure_is_said_by_an_empty_cell():
    empty = {row["rule"] for row in rules() if not row["reads"]}
    assert {row["rule"] for row in rules() if row["part"] == "nothing"} | {"torn_apart_unread"} == empty


def test_every_measure_role_and_bound_has_an_example():
    read = [one for row in rules() for one in figures_in(row["example"], MONTH).quantities]
    assert {one.measure for one in read} == MEASURES
    assert {one.role for one in read} == {"actual", "forecast", "target"}
    assert {one.bound for one in read} == {"eq", "ge", "gt", "le", "lt", "approx"}
    assert any(one.masked for one in read)
    assert any(one.is_written for one in read)


@pytest.mark.parametrize("row", reference.table("figures/names"), ids=lambda row: row["name"])
def test_a_name_with_digits_is_no_figure(row):
    found = figures_in(row["example"], MONTH)
    assert found.quantities == []
    assert found.unread == []


def test_names_of_names_are_unique():
    names = [row["name"] for row in reference.table("figures/names")]
    assert len(set(names)) == len(names)

import ast
from pathlib import Path

import pytest

from risk_assets import reference
from risk_assets.contracts.tables import MEASURES
from risk_assets.language.figures.units import known
from risk_assets_tests.builders import PROJECT

PACKAGE = PROJECT / "risk_assets"
SOURCES = sorted(path for floor in ("documents", "layouts", "monitoring") for path in (PACKAGE / floor).glob("*.py"))
CALLS = {"Refused", "Notice", "finding", "_finding", "_found"}
RULES = {row["rule"]: row for row in reference.table("rules")}
LIMITS = reference.table("limits")
BY_RULE = pytest.mark.parametrize("row", RULES.values(), ids=RULES.keys())


def strings(path: Path) -> set[str]:
    """Every string of a module; an f-string gives what stands before its first brace, with a star."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            found.add(f"{node.values[0].value}*")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def raised(path: Path) -> set[str]:
    """Rules that a module names where it makes a finding, or sets a row aside."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS and node.args:
            found |= constants(node.args[0])
        elif isinstance(node, ast.Assign) and any(name_of(target) == "reason" for target in node.targets):
            found |= constants(node.value)
    return found - {""}


def constants(node: ast.expr) -> set[str]:
    """The string that an expression is, or the strings that it chooses from."""
    chosen = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return {one.value for one in chosen if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def name_of(target: ast.expr) -> str:
    return getattr(target, "id", getattr(target, "attr", ""))


def test_every_rule_that_the_code_uses_is_listed():
    used = {rule: path.name for path in SOURCES for rule in raised(path)}
    assert used.keys() <= RULES.keys(), {rule: used[rule] for rule in used.keys() - RULES.keys()}


@pytest.mark.parametrize("rule", RULES)
def test_every_listed_rule_is_used(rule):
    words = set().union(*map(strings, SOURCES))
    assert rule in words or any(word.endswith("_*") and rule.startswith(word[:-1]) for word in words)


@BY_RULE
def test_every_rule_tells_the_clerk_what_is_wrong(row):
    assert row["severity"] in ("error", "warning", "info")
    assert any("一" <= letter <= "鿿" for letter in row["message"])


@BY_RULE
def test_every_rule_is_raised_on_a_file_or_on_a_month_and_says_yes_or_no_to_what_it_does(row):
    assert row["scope"] in ("file", "month")
    assert {row[name] for name in ("refuses", "blocking", "enabled")} <= {"yes", "no"}


@BY_RULE
def test_every_rule_says_what_it_compares_and_gives_an_example(row):
    assert row["compares"][0].isascii()
    assert row["example"]
    assert not row["compares"].endswith(".")


@BY_RULE
def test_a_rule_holds_back_approval_if_it_is_an_error_and_only_then(row):
    assert (row["blocking"] == "yes") == (row["severity"] == "error")


def test_only_errors_refuse_a_file():
    assert {row["severity"] for row in RULES.values() if row["refuses"] == "yes"} == {"error"}


def test_a_rule_that_refuses_a_file_cannot_be_switched_off():
    assert {row["enabled"] for row in RULES.values() if row["refuses"] == "yes"} == {"yes"}


def test_what_follows_from_several_files_refuses_none_of_them():
    assert {row["refuses"] for row in RULES.values() if row["scope"] == "month"} == {"no"}


def test_no_rule_stands_twice_and_no_two_share_an_example():
    rows = reference.table("rules")
    assert len(RULES) == len(rows) == len({row["example"] for row in rows})


def test_what_a_figure_can_be_has_a_known_unit_measure_and_kind_and_a_reason():
    bases = {base for _, base, _ in known().values()}
    kinds = {row["kind"] for year in reference.frameworks() for row in reference.table(f"frameworks/{year}/indicators")}
    for row in LIMITS:
        assert row["base_unit"] in bases
        assert row["measure"] in MEASURES
        assert row["kind"] in kinds | {""}
        assert float(row["lowest"]) < float(row["highest"])
        assert row["note"]


def test_what_a_figure_can_be_is_said_once_and_for_one_kind_no_wider_than_for_all():
    said = {(row["base_unit"], row["measure"], row["kind"]): row for row in LIMITS}
    assert len(said) == len(LIMITS)
    for (unit, measure, _), row in said.items():
        whole = said.get((unit, measure, ""), row)
        assert float(whole["lowest"]) <= float(row["lowest"])
        assert float(row["highest"]) <= float(whole["highest"])

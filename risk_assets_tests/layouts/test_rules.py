import ast
from pathlib import Path

import pytest

from risk_assets import reference
from risk_assets_tests.builders import PROJECT

PACKAGE = PROJECT / "risk_assets"
SOURCES = sorted(path for floor in ("documents", "layouts", "monitoring") for path in (PACKAGE / floor).glob("*.py"))
CALLS = {"Refused", "Notice", "finding", "_finding", "_found"}
RULES = {row["rule"]: row for row in reference.table("rules")}


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


@pytest.mark.parametrize("row", RULES.values(), ids=RULES.keys())
def test_every_rule_tells_the_clerk_what_to_do(row):
    assert row["severity"] in ("error", "warning", "info")
    assert row["blocking"] in ("yes", "no")
    assert any("一" <= letter <= "鿿" for letter in row["message"])


def test_only_errors_block():
    assert all(row["severity"] == "error" for row in RULES.values() if row["blocking"] == "yes")

"""What the documentation names exists, and what is generated is not stale."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from risk_assets import reference
from risk_assets.cli import main

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / name for name in ("README.md", "README.zh-CN.md", "CHANGELOG.md", "samples/README.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
TWINS = ("README.md", "README.zh-CN.md")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """Fenced blocks of any language."""
    return re.findall(r"^```\w*\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def code(text: str) -> str:
    """Fenced blocks and code in lines, one below the other."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(blocks(text) + re.findall(r"`([^`\n]+)`", prose))


def commands(text: str) -> list[list[str]]:
    """Words of every line of code that calls `risk-assets`, without the name."""
    return [line.split("risk-assets ", 1)[1].split() for line in code(text).splitlines() if "risk-assets " in line]


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, as Git hosts make them."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_generated_pages_are_not_stale() -> None:
    check = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize(("scope", "title"), [("file", "one file"), ("month", "a month against other files")])
def test_every_rule_stands_once_where_it_is_raised_with_what_it_does_compares_and_says(scope: str, title: str) -> None:
    part = text_of(ROOT / "docs/rules.md").split(f"## Raised on {title}\n")[1].split("\n## ")[0]
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in part.splitlines() if line.startswith("| `")]
    cells = [[re.sub(r"\\([|*_])", r"\1", cell.strip()) for cell in line] for line in lines]
    shown = ("severity", "refuses", "blocking", "compares", "example", "message")
    rules = [row for row in reference.table("rules") if row["scope"] == scope]
    assert cells == [[f"`{row['rule']}`", *(row[name] for name in shown)] for row in rules]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    for name, *words in commands(text_of(page)):
        if name.startswith("-"):
            continue
        assert name in main.commands, f"{page.name}: risk-assets {name}"
        known = {option for parameter in main.commands[name].params for option in parameter.opts}
        unknown = {word.split("=")[0] for word in words if word.startswith("--")} - known
        assert not unknown, f"{page.name}: risk-assets {name} has no {sorted(unknown)}"


def test_every_command_is_described() -> None:
    named = {name for page in PAGES for name, *_ in commands(text_of(page))}
    assert set(main.commands) <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|\s)make ([a-z]+)", code(text_of(page)), flags=re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_and_picture_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(text_of(path)), f"{page.name}: {target}"


def test_both_readmes_have_the_same_headings_and_the_same_commands() -> None:
    english, chinese = (text_of(ROOT / name) for name in TWINS)
    levels = [re.findall(r"^(#+) ", text, flags=re.MULTILINE) for text in (english, chinese)]
    assert levels[0] == levels[1]
    assert blocks(english) == blocks(chinese)


def test_every_folder_that_is_named_exists() -> None:
    for name in TWINS:
        rows = re.findall(r"^\| `([a-z_/]+)`", text_of(ROOT / name), flags=re.MULTILINE)
        assert rows
        for folder in rows:
            assert (ROOT / folder).is_dir(), f"{name}: {folder}"


def test_every_dependency_has_a_word() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    page = text_of(ROOT / "docs/dependencies.md")
    for requirement in project["dependencies"] + project["optional-dependencies"]["dev"]:
        name = re.match(r"[\w-]+", requirement).group()
        assert re.search(rf"^\| (?:[\w-]+, )*{name}[ ,]", page, flags=re.MULTILINE), name

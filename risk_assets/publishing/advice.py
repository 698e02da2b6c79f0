"""Findings as a clerk reads them: how grave, where, what is wrong and what to do. Text of others is made harmless."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from risk_assets import reference
from risk_assets.language.persons import without_persons
from risk_assets.publishing.terminal import safe
from risk_assets.publishing.words import SEVERITIES, STATUSES

REFUSED = "拒收"
LEVELS = {
    REFUSED: "不改正，整份文件不采用",
    SEVERITIES["error"]: "请改正后再报，否则所涉各项不参与排名",
    SEVERITIES["warning"]: "不妨碍报送，请核对",
    SEVERITIES["info"]: "已按所述理解，可不改",
}
FIT = (SEVERITIES["warning"], SEVERITIES["info"])


@dataclass(frozen=True)
class Advice:
    """One finding.

    Attributes:
        level: One of `LEVELS`.
        where: Sheet and cell, line, or title of the table, without the name of the file; may be blank.
        what: What is wrong.
        found: What was found, or blank.
        expected: What was expected, or blank.
        todo: What to do about it.
    """

    level: str
    where: str
    what: str
    found: str
    expected: str
    todo: str


def advice(findings: Iterable[Mapping[str, Any]], file: str) -> list[Advice]:
    """The findings of one file, the gravest first.

    Args:
        findings: Rows of `findings`.
        file: Name of the file, with which each finding's place begins.
    """
    order = list(LEVELS)
    return sorted((_advice(one, file) for one in findings), key=lambda one: order.index(one.level))


def is_fit(findings: Iterable[Advice]) -> bool:
    """Whether a file may be submitted: there are questions at most."""
    return all(one.level in FIT for one in findings)


def plain(text: str) -> str:
    """Text of others without names of persons and without what a terminal or a file would obey."""
    return without_persons(safe(text))


@cache
def _refusing() -> frozenset[str]:
    return frozenset(row["rule"] for row in reference.table("rules") if row["refuses"] == "yes")


@cache
def _names() -> dict[str, str]:
    """Chinese names of the codes that a finding may hold: statuses and indicators."""
    rows = [row for year in reference.frameworks() for row in reference.table(f"frameworks/{year}/indicators")]
    return STATUSES | {row["indicator"]: row["name"] for row in rows}


def _advice(finding: Mapping[str, Any], file: str) -> Advice:
    what, _, todo = str(finding["message"]).partition("：")
    level = REFUSED if finding["rule"] in _refusing() else SEVERITIES[str(finding["severity"])]
    found, expected = (str(finding[name] or "") for name in ("found", "expected"))
    return Advice(
        level,
        plain(str(finding["where"] or "").removeprefix(file).strip()),
        what,
        plain(_names().get(found, found)),
        plain(_names().get(expected, expected)),
        todo or ("可不改" if level == SEVERITIES["info"] else "请核对"),
    )

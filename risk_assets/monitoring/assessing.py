"""Items of a county's report: what it says of each, and what done over target gives."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from risk_assets.contracts import STATUSES
from risk_assets.language.counts import statements
from risk_assets.language.numbers import as_figure, decimals
from risk_assets.language.text import squeezed
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import AREAS, MEASURES
from risk_assets.layouts.indicators import indicators, tables

_QUANTITY = re.compile(
    r"^(?:已?完成|新增|累计)?(?P<value>[0-9][0-9,]{0,17}(?:\.[0-9]{1,10})?)(?P<scale>[万亿]?)(?P<unit>[^\d。;,]{0,6})[。;]?$"
)
_SCALES = {"": 1.0, "万": 1e4, "亿": 1e8}
MANY_TASKS = "tasks"
_FACTORS = (1e4, 1e-4, 1e8, 1e-8)


@dataclass(frozen=True)
class Quantity:
    """A cell that holds one amount: its value in the unit without 万 and 亿."""

    value: float
    unit: str


@lru_cache(maxsize=16384)
def quantity(text: str) -> Quantity | None:
    """The amount of a cell that holds nothing else (`19万人`, `2100户`, `已完成4007人。`), or None."""
    match = _QUANTITY.match(as_figure(text))
    if not match:
        return None
    value = float(match.group("value").replace(",", "")) * _SCALES[match.group("scale")]
    return Quantity(value, match.group("unit"))


def compare(printed: float, computed: float, printed_text: str) -> str:
    """A printed against a computed percentage: equal, rounding (within one unit of the last digit) or differs."""
    last = 10.0 ** -decimals(printed_text)
    apart = abs(printed - computed)
    if apart <= last / 2 + 1e-9:
        return "equal"
    return "rounding" if apart <= last + 1e-9 else "differs"


def assess(rows: list[dict[str, Any]], framework: str) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Judge the items of one submission.

    Args:
        rows: Its report rows.
        framework: Year of the framework by which they were read.

    Returns:
        Rows of `assessments` without the columns that name the submission, and findings.
    """
    assessed: list[dict[str, Any]] = []
    findings: list[dict[str, str]] = []
    for row in rows:
        if row["state"] != "accepted" or row["part"] or row["layout"] in (AREAS, MEASURES):
            continue
        target, done, unit = _values(row)
        computed = 100 * done / target if target and done is not None else None
        verdict = "undecidable"
        if computed is not None and row["attainment"] is not None:
            verdict, target, done, computed = _held(row, target, done, computed, findings)
        assessed.append(
            {
                "area": row["area"],
                "table_no": row["table_no"],
                "item": row["item"],
                "campaign": row["campaign"],
                "indicator": row["indicator"],
                "row": row["row"],
                "status_reported": row["status"],
                **_tasks(row, framework),
                "target_value": target,
                "done_value": done,
                "unit": unit or None,
                "attainment_reported": row["attainment"],
                "attainment_computed": computed,
                "verdict": verdict,
            }
        )
    _untie_repeated(rows, assessed, findings)
    return assessed, findings


def _untie_repeated(rows: list[dict[str, Any]], assessed: list[dict[str, Any]], findings: list[dict[str, str]]) -> None:
    """An indicator that two tables of one file report is counted for neither: which one holds is not guessed."""
    times = Counter(item["indicator"] for item in assessed if item["indicator"])
    for item in assessed:
        if times[item["indicator"]] > 1:
            row = rows[item["row"] - 1]
            findings.append(finding("indicator_twice", cell_address(row, "indicator"), item["indicator"], ""))
            item["indicator"] = None


def _tasks(row: dict[str, Any], framework: str) -> dict[str, int]:
    """How many tasks the line stands for, by status: one, or what a line of totals counts."""
    counts = dict.fromkeys(STATUSES, 0)
    stated = task_counts(row, framework)
    if stated:
        counts |= stated
    else:
        counts[row["status"]] = 1
    return {"tasks": sum(counts.values()), **{f"tasks_{status}": n for status, n in counts.items()}}


def task_counts(row: dict[str, Any], framework: str) -> dict[str, int]:
    """Counts of a line that stands for many tasks (`共有37项任务清单,其中已完成…6项`), or `{}`.

    Which lines do is said by the framework: a sentence that counts must not make an ordinary line weigh more.
    """
    progress = row.get("progress")
    known = indicators(framework).get(row["indicator"] or "")
    if not progress or known is None or known.kind != MANY_TASKS:
        return {}
    found = statements(progress)[1]
    if len(found) != 1 or not found[0].counts:
        return {}
    rest = found[0].total - sum(found[0].counts.values())
    if row.get("status_text") and rest:  # the status word stands unless the counts cover the whole line
        return {}
    return {**found[0].counts, **({"unknown": rest} if rest > 0 else {})}


def _values(row: dict[str, Any]) -> tuple[float | None, float | None, str]:
    """Target and done so far, in one unit; None where a cell holds more than one amount or the units part."""
    column = squeezed(row.get("unit") or "")
    target = quantity(row.get("target_text") or row.get("indicator_text") or "")
    done = quantity(row.get("done_text") or ("" if row.get("target_text") else row.get("progress") or ""))
    if target is None:
        return None, None, ""
    scale = _SCALES.get(column[:1], 1.0) if len(column) > 1 else 1.0
    bare_unit = column[1:] if scale != 1 else column
    wanted = target.value * (1 if target.unit else scale)
    unit = target.unit or bare_unit
    if done is None:
        return wanted, None, unit
    if done.unit and unit and done.unit != unit:
        return wanted, None, unit
    return wanted, done.value * (1 if done.unit else scale), unit


def _held(
    row: dict[str, Any], target: float | None, done: float | None, computed: float, findings: list[dict[str, str]]
) -> tuple[str, float | None, float | None, float]:
    """Hold the printed ratio against done over target; a unit slip is mended only where the ratio proves it."""
    assert done is not None  # noqa: S101 - computed is None without it
    printed, text = row["attainment"], row["attainment_text"] or ""
    verdict = compare(printed, computed, text)
    where = cell_address(row, "attainment")
    if verdict == "differs":
        for factor in _FACTORS:
            proof = computed * factor >= 10 * 10.0 ** -decimals(text)  # a share of few digits meets anything small
            if proof and compare(printed, computed * factor, text) != "differs":
                findings.append(
                    finding(
                        "unit_contradicts", cell_address(row, "done"), row.get("done_text") or "", row.get("unit") or ""
                    )
                )
                return "equal", target, done * factor, computed * factor
        findings.append(finding("ratio_differs", where, text, f"{computed:.2f}%"))
    return verdict, target, done, computed


def missing_items(assessed: list[dict[str, Any]], framework: str) -> list[dict[str, str]]:
    """Items of the framework that a table leaves out: a finding a table of which at least one item is reported.

    Args:
        assessed: Result of `assess`.
        framework: Year.
    """
    known = indicators(framework)
    told = {item["indicator"] for item in assessed if item["indicator"]}
    reported = {known[indicator].table for indicator in told}
    lacking: dict[str, list[str]] = {}
    for indicator in known.values():
        if indicator.table in reported and indicator.id not in told:
            lacking.setdefault(indicator.table, []).append(f"{indicator.item} {indicator.names[0]}")
    titles = {table: wordings[0] for table, (_, wordings) in tables(framework).items()}
    return [finding("items_missing", titles[table], "", "、".join(names)) for table, names in lacking.items()]


def cell_address(row: dict[str, Any], field: str) -> str:
    """Sheet and cell of a field of a report row, or its line."""
    cell = json.loads(row["cells"]).get(field) or (
        f"{row['line']}:{row['line']}" if row["sheet"] else f"第{row['line']}行"
    )
    return f"{row['sheet']}!{cell}" if row["sheet"] else cell

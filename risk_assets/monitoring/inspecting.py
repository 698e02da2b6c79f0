"""What was read in one file, as `risk-assets read --json` prints it; nothing is stored."""

import hashlib
from dataclasses import asdict
from typing import Any

from risk_assets.documents import Refused, open_document
from risk_assets.language.areas import name_of
from risk_assets.layouts import Reading, known_layouts
from risk_assets.layouts.findings import finding
from risk_assets.layouts.reading import LINE_KINDS
from risk_assets.monitoring.judging import examine, is_narrative, rule_of
from risk_assets.monitoring.targets import read_target

_ROW = ("campaign", "group", "item", "area", "area_name", "unit", "responsible", "progress", "attainment",
        "attainment_text", "status", "status_text", "remark", "part", "state", "reason", "where")  # fmt: skip
_RENAMED = {"indicator": "indicator_text", "indicator_id": "indicator", "done": "done_text"}


def inspect(content: bytes, name: str) -> dict[str, Any]:
    """Read one file.

    Args:
        content: Its bytes.
        name: Its name.

    Returns:
        `file`, `tables`, `rows`, `observations`, `findings`, `accounting`; of a file that cannot be read, the reason
        as a finding and nothing else. `is_read` says which.
    """
    found: dict[str, Any] = {
        "file": {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "format": None},
        "is_read": False,
        "is_sample": False,
        "tables": [],
        "rows": [],
        "observations": [],
        "not_understood": [],
        "findings": [],
        "accounting": dict.fromkeys(("lines", *LINE_KINDS, "accepted", "set_aside"), 0),
    }
    try:
        document = open_document(content, name)
        found["file"]["format"] = document.format
        report = examine(document, None, None)
    except Refused as refused:
        found["findings"] = [_told(finding(refused.rule, "", refused.found, refused.expected))]
        return found
    reading, findings = report.reading, report.findings
    if not reading.tables and not is_narrative(report):
        findings = [*findings, finding("no_table", "", f"{reading.accounting['lines']} 行", known_layouts())]
    if is_narrative(report):
        findings = [*findings, finding("narrative_only", "", str(report.observed.tied), "")]
    goals = {table.number for table in reading.tables if table.names_goals}
    return found | {
        "is_read": True,
        "is_sample": reading.is_sample,
        "tables": [_table(reading, number) for number in range(len(reading.tables))],
        "rows": [_row(row, goals, reading.framework) for row in reading.rows],
        "observations": [_observation(one, reading) for one in report.observed.observations],
        "not_understood": report.observed.unread,
        "findings": [_told(one) for one in findings],
        "accounting": reading.accounting,
    }


def _table(reading: Reading, number: int) -> dict[str, Any]:
    table = reading.tables[number]
    return {
        "table": table.number,
        "title": table.title or None,
        "layout": table.layout,
        "kind": table.kind,
        "framework_table": table.table or None,
        "sheet": table.sheet,
        "page": table.page,
        "unit": table.unit or None,
        "rows": len(table.rows),
    }


def _row(row: dict[str, Any], goals: set[int], framework: str) -> dict[str, Any]:
    """A report row under the names that `read` prints; of a column that holds task and target, both are its text."""
    target = row.get("target_text") or (row.get("indicator_text") if row["table_no"] in goals else None)
    return {
        "table": row["table_no"] if row["reason"] != "no_header" else None,
        "row": row["row"],
        **{name: row.get(source) for name, source in _RENAMED.items()},
        "target": target,
        **_asked(target, row, framework),
        **{name: row.get(name) for name in _ROW},
        "campaign": row.get("campaign") or None,
        "item": row.get("number") or row.get("item"),
    }


def _asked(target: str | None, row: dict[str, Any], framework: str) -> dict[str, Any]:
    """What a row's target asks for."""
    if not target:
        return {"target_kind": None, "targets": []}
    kind, targets = read_target(target, row.get("indicator") or "", framework, row.get("unit") or "")
    return {"target_kind": kind, "targets": [asdict(one) for one in targets]}


_ORDER = ("line", "sheet", "cell", "start", "end", "quote", "value", "unit", "base_value", "base_unit", "measure",
          "role", "bound", "period", "masked", "indicator_id", "component", "area", "area_name", "entity", "table",
          "row", "field", "where", "indicator", "rule", "sentence", "sentence_at")  # fmt: skip


def _observation(one: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """An observation with its keys in the order in which they are printed."""
    names = {"indicator": one.get("indicator") or one["clause"] or None, "area_name": one.get("area_name")}
    if one["area"] and not names["area_name"]:
        names["area_name"] = name_of(one["area"])
    return {name: names.get(name, one.get(name)) for name in _ORDER}


def _told(one: dict[str, str]) -> dict[str, Any]:
    """A finding with its severity and what to do."""
    rule = rule_of(one["rule"])
    return {
        "rule": one["rule"],
        "severity": rule["severity"],
        "message": rule["message"],
        "found": one["found"] or None,
        "expected": one["expected"] or None,
        "where": one["where"] or None,
    }

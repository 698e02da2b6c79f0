"""From a document to the report rows of one area and month.

`walking` finds the tables and what each line is; `items` and `wide` put the rows of a table in order; here it is put
together: each row accepted or set aside with a reason, each line accounted for.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from risk_assets import reference
from risk_assets.documents import Document, Grid, Refused
from risk_assets.language.areas import is_area, named_areas
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import ITEMS
from risk_assets.layouts.items import settle
from risk_assets.layouts.lists import regrouped
from risk_assets.layouts.rows import clean
from risk_assets.layouts.walking import LINE_KINDS, Spoken, TableRead, Walk, listed_units, sheet_of
from risk_assets.layouts.wide import settle_wide

_FEWEST_TIED = 3


@dataclass
class Reading:
    """All that was read in a document.

    Attributes:
        rows: Report rows without the columns that name the submission.
        tables: The tables, in order.
        observations: Figures of wide tables, each with its area.
        findings: Rule, found, expected and where of each.
        accounting: Lines by what they are (`LINE_KINDS`), `lines` their sum; `accepted` and `set_aside` that of `rows`.
        paragraphs: Prose, a paragraph each, form lines and persons' names left out.
        spoken: The same as lines with their places, titles among them.
        source: Lines of a plain text as they came; `[]` elsewhere.
        layouts: Layouts that were recognised.
        area: Area that sends it: as told, else as the titles name it.
        period: Month it is for: as told, else as the titles name it.
        framework: Year of the framework by which it was read.
        areas_named: Areas that its titles name.
        months_named: Months that its titles name.
        is_sample: It bears the mark of made-up data, whoever sent it.
    """

    rows: list[dict[str, Any]]
    tables: list[TableRead]
    observations: list[dict[str, Any]]
    findings: list[dict[str, str]]
    accounting: dict[str, int]
    paragraphs: list[str]
    spoken: list[Spoken]
    source: list[str]
    layouts: list[str]
    area: str | None
    period: str | None
    framework: str
    areas_named: frozenset[str]
    months_named: frozenset[str]
    is_sample: bool


def read_report(document: Document, area: str | None, period: str | None) -> Reading:
    """Read an area's report.

    Args:
        document: The opened file.
        area: Code of the area that sent it; None where nobody has told.
        period: Reporting month `YYYY-MM`; None where nobody has told.

    Returns:
        Rows, observations, prose, findings and the account of all lines; no table where none was recognised.

    Raises:
        Refused: The titles name another area or month.
    """
    framework = _framework(period)
    walk = Walk(framework)
    for grid in document.grids:
        walk.through(regrouped(grid))
    area, period = walk.titles.check(area, period)
    findings = [finding(n.rule, n.where, n.found) for n in document.notices] + walk.findings
    rows: list[dict[str, Any]] = []
    observations: list[dict[str, Any]] = []
    above_them = tuple(sorted(walk.titles.areas()))
    for table in walk.tables:
        if table.kind == ITEMS:
            table.rows, more = settle(
                walk.raw[table.number], table.table, table.campaign, framework, _only_unit(table.unit)
            )
            table.table = _table_of_rows(table)
            _areas_of_rows(table.rows, above_them)
        else:
            table.rows, seen, more = settle_wide(walk.wide[table.number], framework)
            for one in seen:
                observations.append({**one, "table": table.number, "row": len(rows) + one["row"] + 1})
        findings += more
        for row in table.rows:
            row["table_no"], row["title"], row["layout"] = table.number, table.title, table.layout
            row["sheet"] = table.sheet
        rows += table.rows
    rows += [_loose_row(grid, i) for grid, i in walk.loose]
    for number_, row in enumerate(rows, 1):
        row["row"] = number_
        row.setdefault("area", area)
        if row["state"] == "set_aside":
            findings.append(finding(row["reason"], row["where"], row.get("area_name") or row["indicator_text"] or ""))
    return Reading(
        rows,
        walk.tables,
        observations,
        findings,
        _accounting(walk, rows),
        walk.prose,
        walk.spoken,
        document.grids[0].source if len(document.grids) == 1 else [],
        sorted({table.layout for table in walk.tables}),
        area,
        period,
        framework,
        walk.titles.areas(),
        frozenset(walk.titles.months()),
        walk.is_sample,
    )


def _only_unit(line: str) -> str:
    amounts = [unit for unit in listed_units(line) if unit != "%"]
    return amounts[0] if len(amounts) == 1 else ""


def _areas_of_rows(rows: list[dict[str, Any]], above_them: tuple[str, ...]) -> None:
    """Items that say whose they are, in a column of areas or under the label of one: theirs, and not the sender's."""
    names = [row["area_text"] or (row["group"] if is_area(row["group"] or "") else "") or "" for row in rows]
    if not any(names):
        return
    for row, name, area in zip(rows, names, named_areas(names, above_them), strict=True):
        if not name or area.is_total:
            continue
        row["area"], row["area_name"] = area.code or None, area.name
        if not area.code and row["state"] == "accepted":
            row["state"], row["reason"] = "set_aside", "unknown_area_row"


def _accounting(walk: Walk, rows: list[dict[str, Any]]) -> dict[str, int]:
    """What became of the lines; a line with two rankings gives two rows and is counted once, accepted if one is."""
    kinds = {kind: walk.lines[kind] for kind in LINE_KINDS}
    accepted = {row["where"] for row in rows if row["state"] == "accepted"}
    return {
        "lines": sum(kinds.values()),
        **kinds,
        "accepted": len(accepted),
        "set_aside": len({row["where"] for row in rows} - accepted),
    }


def _table_of_rows(table: TableRead) -> str:
    """The table of the framework: as its title says, else the one that most of its tied rows belong to."""
    tied = Counter(row["table"] for row in table.rows if row["indicator"])
    if table.table or not tied:
        return table.table
    name, count = tied.most_common(1)[0]
    return str(name) if count >= _FEWEST_TIED and 2 * count > tied.total() else ""


def _framework(period: str | None) -> str:
    """The framework of a month, the latest where the month is not known."""
    try:
        return reference.framework_of(period) if period else reference.frameworks()[-1]
    except ValueError as none:
        raise Refused("too_early", str(period), str(none)) from None


def known_layouts() -> str:
    """Names of the layouts that are known, for those whose table was not recognised."""
    return "、".join(row["name"] for row in reference.table("layouts/layouts"))


def _loose_row(grid: Grid, i: int) -> dict[str, Any]:
    text = " ".join(clean(cell) for cell in grid.rows[i] if cell)
    return {
        "table_no": 1,
        "indicator_text": text,
        "part": False,
        "status": "unknown",
        "sheet": sheet_of(grid),
        "line": grid.line(i),
        "where": grid.row_address(i),
        "cells": "{}",
        "state": "set_aside",
        "reason": "no_header",
        "indicator": None,
        "attainment": None,
    }

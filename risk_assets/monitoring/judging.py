"""One submission from its bytes to its rows in every month × area table."""

import gc
import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import AREA_MONTH_TABLES, ContractError, typed, validate
from risk_assets.documents import Document, Refused, open_document
from risk_assets.language.numbers import is_nothing
from risk_assets.layouts import Reading, known_layouts, read_report
from risk_assets.layouts.findings import finding
from risk_assets.layouts.indicators import indicators
from risk_assets.monitoring.assessing import assess, missing_items
from risk_assets.monitoring.calendar import working_days_late
from risk_assets.monitoring.figures import figure_findings
from risk_assets.monitoring.observing import Observed, observe
from risk_assets.monitoring.reconciling import headline_findings, line_findings, reconcile
from risk_assets.monitoring.targets import target_rows
from risk_assets.storage import Landed
from risk_assets.storage.versions import code_fingerprint

_LOG = logging.getLogger(__name__)
_COMPARED = ("table", "item", "part", "indicator_text", "target_text", "unit", "responsible", "progress", "done_text",
             "attainment_text", "status_text", "remark", "state", "reason")  # fmt: skip
_ALWAYS, _MEASURED = frozenset({"progress", "status_text"}), frozenset({"attainment_text"})
_FLOORS = ("documents", "language", "layouts", "monitoring", "contracts")


@cache
def rules() -> str:
    """Fingerprint of the reference data and the code that read and judge: a file is read again when it changes."""
    return hashlib.sha256((reference.fingerprint() + code_fingerprint(*_FLOORS)).encode()).hexdigest()[:8]


@dataclass
class Judged:
    """What became of one submission: rows of each month × area table, and phrases whose number was not understood."""

    submission: dict[str, Any]
    report_rows: list[dict[str, Any]] = field(default_factory=list)
    observations: list[dict[str, Any]] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    assessments: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def used(self) -> bool:
        """Whether its figures can stand for the area."""
        return bool(self.submission["state"] == "read")


@dataclass(frozen=True)
class Report:
    """A file read and reconciled, nothing stored."""

    reading: Reading
    observed: Observed
    targets: list[dict[str, Any]]
    assessments: list[dict[str, Any]]
    reconciliation: dict[str, Any]
    findings: list[dict[str, str]]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let Python's collector of reference cycles rest while one file is read.

    A file becomes some ten thousand lists and dicts none of which is in a cycle, and looking through them again and
    again takes a sixth of the time. Whoever has paused it before goes on doing so.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_file(content: bytes, name: str, area: str | None, period: str | None) -> Report:
    """Read one file for an area and month; where they are not told, for those that its titles name.

    Raises:
        Refused: It cannot be read, or is not this area's report of this month.
    """
    with collector_paused():
        report = examine(open_document(content, name), area, period)
    if not report.reading.accounting["accepted"] and not is_narrative(report):
        raise Refused("no_table", f"{report.reading.accounting['lines']} 行中没有可以采用的监测表", known_layouts())
    return report


def examine(document: Document, area: str | None, period: str | None) -> Report:
    """Read and reconcile an opened file, be there a table in it or not.

    Raises:
        Refused: It is not this area's report of this month.
    """
    reading = read_report(document, area, period)
    observed = observe(reading)
    assessments, findings = assess(reading.rows, observed.observations, reading.framework, observed.month, reading.area)
    result = reconcile(reading, assessments)
    missing = missing_items(assessments, reading.framework)
    findings += missing + headline_findings(result) + line_findings(reading.rows)
    mended = {one["where"] for one in findings if one["rule"] == "unit_contradicts"}
    findings += figure_findings(observed, reading.framework, mended)
    targets = target_rows(reading.rows, observed.observations, reading.framework, reading.area, observed.month)
    return Report(reading, observed, targets, assessments, result, reading.findings + findings)


def is_narrative(report: Report) -> bool:
    """Whether a report without any line of a table tells enough in sentences to be used."""
    lines = report.reading.accounting["rows"]
    return not lines and report.observed.tied >= int(reference.setting("narrative_figures"))


def judge(
    landed: Landed, content: bytes, sent_before: Iterable[tuple[str, str]], earlier: Iterable[dict[str, Any]]
) -> Judged:
    """Read and judge one submission; a file that cannot be read becomes a finding, never an error.

    Args:
        landed: The version.
        content: Its bytes.
        sent_before: Other (period, area) for which the same bytes were sent earlier.
        earlier: Report rows of the version that it supersedes, to tell what is unchanged.
    """
    if landed.withdrawn is not None:
        return Judged(withdrawal(landed))
    try:
        report = read_file(content, landed.original_name, landed.area, landed.period)
        _own(landed, report.reading, sent_before)
        judged = _judged(landed, report, earlier)
    except Refused as refused:
        return refusal(landed, refused)
    except Exception as error:  # one file must not stop the others, whatever is wrong with it or with us
        _LOG.exception("%s could not be read", landed.submission)
        return refusal(landed, Refused("reader_failed", f"{type(error).__name__}: {error}", "能读取的文件"))
    return judged


def refusal(landed: Landed, refused: Refused) -> Judged:
    """A submission that is not used, with the reason as its finding."""
    judged = Judged(_submission(landed, "refused", refused.rule, [], [], 0, landed.is_sample))
    why = {"rule": refused.rule, "where": "", "found": refused.found, "expected": refused.expected}
    judged.findings = _findings(landed, [why], landed.is_sample, {})
    return judged


def _own(landed: Landed, reading: Reading, sent_before: Iterable[tuple[str, str]]) -> None:
    """Refuse bytes that were sent for another area or month before, unless the titles say that they are this one's."""
    for period, area in sent_before:
        if (area != landed.area and landed.area not in reading.areas_named) or (
            period != landed.period and landed.period not in reading.months_named
        ):
            raise Refused("same_file_elsewhere", f"{area} {period}", f"{landed.area} {landed.period}")


def _judged(landed: Landed, report: Report, earlier: Iterable[dict[str, Any]]) -> Judged:
    unchanged = len(unchanged_rows(report.reading.rows, earlier))
    made_up = landed.is_sample or report.reading.is_sample
    judged = Judged(_submission(landed, "read", None, report.reading.layouts, report.reading.rows, unchanged, made_up))
    shared = {"submission": landed.submission, "rules": rules(), "period": landed.period, "is_sample": made_up}
    judged.report_rows = [
        {**row, **shared, "reporting_area": landed.area, "area": row["area"] or landed.area}
        for row in report.reading.rows
    ]
    judged.assessments = [{**row, **shared} for row in report.assessments]
    judged.observations = [
        {**one, **shared, "observation": number, "reporting_area": landed.area}
        for number, one in enumerate(report.observed.rows(), 1)
    ]
    judged.targets = [
        {**one, **shared, "target": number, "reporting_area": landed.area}
        for number, one in enumerate(report.targets, 1)
        if one["area"]
    ]
    judged.unread = [one["phrase"] for one in report.observed.unread]
    is_told = not report.reading.accounting["accepted"]
    judged.submission |= {
        "kind": "narrative" if is_told else "tables",
        "figures_read": len(judged.observations),
        "figures_tied": report.observed.tied,
        "figures_unread": len(judged.unread),
        **_cells(report),
    }
    more = [finding("narrative_only", "", str(report.observed.tied), "")] if is_told else []
    judged.findings = _findings(landed, report.findings + more, made_up, _lines(report.reading.rows))
    return judged


def _cells(report: Report) -> dict[str, int]:
    """How many cells the framework asks to be filled, and how many are.

    Of each item these are its progress (or what was done) and its status; of an amount or count the share of the
    year's task, too. A stroke fills nothing. An item that stands twice is filled once.
    """
    told: dict[str, set[str]] = {}
    for row in report.reading.rows:
        if row["state"] == "accepted" and row["indicator"] and not row["part"]:
            filled = {"progress" for name in ("progress", "done_text") if not is_nothing(row[name] or "")}
            filled |= {name for name in ("status_text", "attainment_text") if not is_nothing(row[name] or "")}
            told.setdefault(row["indicator"], set()).update(filled)
    cells = {"cells_expected": 0, "cells_filled": 0}
    if told:
        for known in indicators(report.reading.framework).values():
            wanted = _ALWAYS | (_MEASURED if known.kind in ("amount", "count", "both") else frozenset())
            cells["cells_expected"] += len(wanted)
            cells["cells_filled"] += len(wanted & told.get(known.id, set()))
    return cells


def unchanged_rows(rows: Iterable[dict[str, Any]], earlier: Iterable[dict[str, Any]]) -> set[int]:
    """Numbers of the accepted rows that stood the same in the version before.

    Args:
        rows: Report rows.
        earlier: Report rows of the version before.
    """
    before = {_content(row) for row in earlier}
    return {row["row"] for row in rows if before and row["state"] == "accepted" and _content(row) in before}


def withdrawal(landed: Landed) -> dict[str, Any]:
    """The row of `submissions` of a withdrawal."""
    return _submission(landed, "withdrawn", landed.withdrawn, [], [], 0, landed.is_sample)


def waiting(landed: Landed) -> dict[str, Any]:
    """The row of `submissions` of a version that nobody has read yet; a withdrawal holds before it is read."""
    if landed.withdrawn is not None:
        return withdrawal(landed)
    return {**_submission(landed, "waiting", None, [], [], 0, landed.is_sample), "rules": "unread"}


def _content(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(None if pd.isna(value) else value for value in (row.get(name) for name in _COMPARED))


def _submission(
    landed: Landed,
    state: str,
    reason: str | None,
    layouts: list[str],
    rows: list[dict[str, Any]],
    unchanged: int,
    made_up: bool,
) -> dict[str, Any]:
    accepted = sum(row["state"] == "accepted" for row in rows)
    return {
        "submission": landed.submission,
        "rules": rules(),
        "area": landed.area,
        "period": landed.period,
        "version": landed.version,
        "supersedes": landed.supersedes,
        "sha256": landed.sha256,
        "original_name": landed.original_name,
        "size": landed.size,
        "received_at": landed.received_at,
        "working_days_late": working_days_late(landed.received_at, landed.period),
        "state": state,
        "reason": reason,
        "layouts": "|".join(layouts) or None,
        "rows_read": len(rows),
        "rows_accepted": accepted - unchanged,
        "rows_unchanged": unchanged,
        "rows_set_aside": len(rows) - accepted,
        "figures_read": 0,
        "figures_tied": 0,
        "figures_unread": 0,
        "cells_expected": 0,
        "cells_filled": 0,
        "is_sample": made_up,
    }


@cache
def _rules_table() -> dict[str, dict[str, str]]:
    return {row["rule"]: row for row in reference.table("rules")}


_PLACE = re.compile(r"(?:(?P<sheet>.+)!)?(?:[A-Z]*(?P<line>\d+)(?::[A-Z]*\d+)?$|第(?P<text>\d+)行)")


def _lines(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Sheet (`""` in a text) and line of each row that is tied → its indicator."""
    return {(row["sheet"] or "", row["line"]): row["indicator"] for row in rows if row["indicator"]}


def _indicator_at(where: str, lines: Mapping[tuple[str, int], str]) -> str | None:
    """The indicator of the line that a finding points at."""
    place = _PLACE.match(where)
    return lines.get((place["sheet"] or "", int(place["line"] or place["text"]))) if place else None


def _findings(
    landed: Landed, found: list[dict[str, str]], made_up: bool, lines: Mapping[tuple[str, int], str]
) -> list[dict[str, Any]]:
    asked = [one for one in found if is_enabled(one["rule"])]
    return [
        {
            "submission": landed.submission,
            "rules": rules(),
            "finding": number,
            "area": landed.area,
            "period": landed.period,
            "indicator": _indicator_at(one["where"], lines),
            **worded(one["rule"], landed.area, landed.period, one["where"], one["found"]),
            "found": one["found"] or None,
            "expected": one["expected"] or None,
            "where": f"{landed.original_name} {one['where']}".strip(),
            "is_sample": made_up,
        }
        for number, one in enumerate(asked, 1)
    ]


def worded(rule: str, area: str, period: str, where: str, found: str) -> dict[str, Any]:
    """What a rule adds to a finding: severity, words, and the id by which the same question is known again.

    The id does not depend on the file's name or version, so that what was settled stays so when a county sends a
    corrected file in which the same question arises.
    """
    told = _rules_table()[rule]
    asked = "\n".join((rule, area, period, where, found))
    return {
        "question": hashlib.sha256(asked.encode()).hexdigest()[:12],
        "rule": rule,
        "severity": told["severity"],
        "blocking": told["blocking"] == "yes",
        "message": told["message"],
    }


def is_enabled(rule: str) -> bool:
    """Whether a rule is switched on."""
    return _rules_table()[rule]["enabled"] == "yes"


def rule_of(rule: str) -> dict[str, str]:
    """The line of `reference/rules.csv` of a rule."""
    return _rules_table()[rule]


def message_of(rule: str) -> str:
    """What a rule says to the clerk."""
    return _rules_table()[rule]["message"]


def checked(batch: list[tuple[Landed, Judged]]) -> tuple[list[Judged], dict[str, pd.DataFrame]]:
    """A batch held to the contracts; what breaks one is refused by itself and does not take the others with it.

    Args:
        batch: Versions and what was read in them.

    Returns:
        What stands of each, and the checked frames of all.
    """
    try:
        judged = [one for _, one in batch]
        return judged, frames(judged)
    except ContractError:
        judged = [_alone(landed, one) for landed, one in batch]
        return judged, frames(judged)


def _alone(landed: Landed, judged: Judged) -> Judged:
    try:
        frames([judged])
    except ContractError as broken:
        _LOG.exception("%s breaks a contract", landed.submission)
        return refusal(landed, Refused("reader_failed", str(broken), "符合数据约定的行"))
    return judged


def frames(batch: list[Judged]) -> dict[str, pd.DataFrame]:
    """A batch as checked frames, one call of each contract for all of it.

    Raises:
        ContractError: A row breaks its contract; names the rows.
    """
    rows: dict[str, Callable[[Judged], list[dict[str, Any]]]] = {
        "submissions": lambda one: [one.submission],
        "report_rows": lambda one: one.report_rows,
        "observations": lambda one: one.observations,
        "targets": lambda one: one.targets,
        "assessments": lambda one: one.assessments,
        "findings": lambda one: one.findings,
    }
    return {
        name: validate(contract, typed(contract, [row for one in batch for row in rows[name](one)]))
        for name, contract in AREA_MONTH_TABLES.items()
    }

"""A version judged as it comes in: what the clerk is told about it at once. Nothing is stored here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk_assets.monitoring.calendar import due_date
from risk_assets.monitoring.judging import Judged, judge, unchanged_rows
from risk_assets.storage import Lake, Landed


@dataclass(frozen=True)
class Received:
    """A version as it comes in.

    Attributes:
        landed: The version.
        judged: What was read in it and what is wrong.
        tables: Of each table `title`, `table` and `sheet` (each may be None), and how many rows are `accepted` (new or
            changed), `unchanged` against the version before, and `set_aside`.
        due: Last day on which its month is on time.
        is_beside: It stands beside the version before, which is of the other kind (tables, narrative).
    """

    landed: Landed
    judged: Judged
    tables: list[dict[str, Any]]
    due: date
    is_beside: bool = False


def receive(lake: Lake, landed: Landed, content: bytes) -> Received:
    """Judge a version against what lies in the lake.

    Args:
        lake: The lake.
        landed: The version; it need not be kept.
        content: Its bytes.
    """
    hashes = lake.hashes()
    earlier: list[dict[str, Any]] = []
    kind: str | None = None
    for before in lake.versions(landed.period, landed.area):
        if before.submission == landed.supersedes:
            known = judge(before, lake.content(before), lake.sent_before(before, hashes), [])
            earlier, kind = known.report_rows, known.submission.get("kind")
    judged = judge(landed, content, lake.sent_before(landed, hashes), earlier)
    beside = None not in (kind, judged.submission.get("kind")) and kind != judged.submission["kind"]
    return Received(landed, judged, _counted(judged, earlier), due_date(landed.period), beside)


def _counted(judged: Judged, earlier: list[dict[str, Any]]) -> list[dict[str, Any]]:
    same = unchanged_rows(judged.report_rows, earlier)
    tables: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in judged.report_rows:
        tables.setdefault((row["table_no"], row.get("title"), row["sheet"]), []).append(row)
    counted = []
    for (_, title, sheet), rows in tables.items():
        accepted, unchanged = (sum(row["state"] == "accepted" for row in rows), sum(row["row"] in same for row in rows))
        table = next((row["table"] for row in rows if row.get("table")), None)
        counts = {"accepted": accepted - unchanged, "unchanged": unchanged, "set_aside": len(rows) - accepted}
        counted.append({"title": title, "table": table, "sheet": sheet, **counts})
    return counted

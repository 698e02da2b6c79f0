"""Landing → the month × area tables: submissions, report_rows, observations, targets, assessments, findings."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import pandas as pd

from risk_assets.assets.describing import OWNERS, column_schema, listing, preview
from risk_assets.contracts import AREA_MONTH_TABLES, ReportRows, Submissions, empty, typed
from risk_assets.language.areas import name_of
from risk_assets.monitoring.figures import common_phrases
from risk_assets.monitoring.judging import Judged, checked, judge, rules, waiting
from risk_assets.partitions import area_and_month, key_of, months_and_areas
from risk_assets.resources import LakeResource
from risk_assets.resources.event_log import log_materializations
from risk_assets.settings import watched
from risk_assets.storage import Lake, Landed
from risk_assets.storage.lake import in_force

_AREA_COLUMN = dict.fromkeys(("report_rows", "observations", "targets"), "reporting_area")
_PREVIEWED = 3
_PHRASES = 20


@dataclass
class Batch:
    """What a reading run did.

    Attributes:
        judged: Submissions that were read now.
        unchanged: Areas whose files had been read before.
        silent: Areas asked for that have sent nothing.
        tables: Frames of what was read now, by table.
    """

    judged: list[Judged] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def is_read(lake: Lake, landed: Landed) -> bool:
    """Whether a version was read by the rules in force."""
    key = (landed.period, landed.area, landed.submission, rules())
    files = {name: lake.staged_file(name, *key) for name in AREA_MONTH_TABLES}
    return files["submissions"].exists() and all(path.stat().st_size for path in files.values() if path.exists())


def read_month(lake: Lake, period: str, areas: Iterable[str]) -> Batch:
    """Read what is new of some areas' files for a month, and stage it.

    Args:
        lake: The lake.
        period: Month.
        areas: Codes of the areas.

    Returns:
        What was read. A file that fails is among `judged` as refused and stops nobody else.
    """
    wanted = list(areas)
    landed = lake.landed(period, wanted)
    batch = Batch(silent=[area for area in wanted if area not in landed])
    fresh = [one for versions in landed.values() for one in versions if not is_read(lake, one)]
    batch.unchanged = [area for area in landed if all(one.area != area for one in fresh)]
    hashes = lake.hashes() if fresh else {}
    rows_of: dict[str, list[dict[str, object]]] = {}
    pairs = []
    for one in watched(fresh, "读取报表", len(fresh)):
        before = lake.sent_before(one, hashes)
        judged = judge(one, lake.content(one), before, _earlier(lake, one, rows_of))
        rows_of[one.submission] = judged.report_rows
        pairs.append((one, judged))
    batch.judged, batch.tables = checked(pairs)
    for name in reversed(AREA_MONTH_TABLES):  # submissions last: its file says that the version was read whole
        lake.stage(name, AREA_MONTH_TABLES[name], batch.tables[name], _AREA_COLUMN.get(name, "area"))
    return batch


def _earlier(lake: Lake, one: Landed, rows_of: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    """Rows of the newest version before that has any: a narrative between two workbooks has none."""
    if one.supersedes is None:
        return []
    for before in reversed(in_force(lake.versions(one.period, one.area))):
        if before.version >= one.version:
            continue
        rows = rows_of.get(before.submission)
        if rows is None:
            staged = lake.read_staged("report_rows", ReportRows, [(one.period, one.area, before.submission, rules())])
            rows = [{str(k): v for k, v in row.items()} for row in staged.to_dict("records")]
        if rows:
            return rows
    return []


def standing(lake: Lake, period: str, areas: Iterable[str] | None = None) -> pd.DataFrame:
    """The submissions that stand for a month.

    Of each area the newest version of each kind (tables, narrative) that could be read, and any newer one that was
    refused or still waits. A version
    that the rules in force have not read yet stands as the latest rules before have read it: a late county must not
    drop the others. What was withdrawn does not stand, nor what lies before it; the withdrawal itself says so.

    Args:
        lake: The lake.
        period: Month.
        areas: Codes of the areas; all of them where none are given.

    Returns:
        Rows of `submissions` with a column `used`.
    """
    wanted, unread = [], []
    for area, versions in lake.landed(period, areas).items():
        for one in in_force(versions):
            by = rules() if is_read(lake, one) else next(reversed(lake.readings(one)), None)
            if by:
                wanted.append((period, area, one.submission, by))
            else:
                unread.append(waiting(one))
    read = lake.read_staged("submissions", Submissions, wanted)
    frame = pd.concat([read, typed(Submissions, unread)], ignore_index=True)
    readable = frame[frame["state"] == "read"].groupby(["area", "kind"])["version"].transform("max")
    frame["used"] = (frame["version"] == readable.reindex(frame.index)).fillna(False).astype(bool)
    newest = frame.groupby("area")["version"].transform("max")
    tables = frame[frame["used"] & (frame["kind"] == "tables")].set_index("area")["version"]
    unanswered = (frame["state"] == "refused") & (frame["version"] > frame["area"].map(tables).fillna(0))
    return frame[frame["used"] | (frame["version"] == newest) | unanswered].reset_index(drop=True)


def rows_before(lake: Lake, area: str, period: str) -> pd.DataFrame:
    """Report rows of what stands for an area in the latest month before, in the same year; empty where nothing does."""
    for month in reversed([one for one in lake.periods() if period[:4] <= one < period]):
        stands = standing(lake, month, [area])
        used = stands[stands["used"] & (stands["kind"] == "tables")]
        if len(used):
            row = used.iloc[0]
            return lake.read_staged("report_rows", ReportRows, [(month, area, row["submission"], row["rules"])])
    return empty(ReportRows)


landed_files = dg.AssetSpec(
    "landed_files",
    group_name="landing",
    partitions_def=months_and_areas,
    description="Files as the areas sent them, kept byte for byte under their hash in `data_lake/landing`. "
    "`risk-assets submit` puts them there.",
    owners=OWNERS,
    kinds={"file"},
)

_SPECS = {
    "submissions": ("landing", ["landed_files"], "One row a file version: who sent it, when, and what became of it."),
    "report_rows": ("reading", ["submissions"], "Rows of the counties' tables, as printed and as understood."),
    "observations": (
        "reading",
        ["report_rows"],
        "Every figure of a cell or sentence, pointing at its characters, tied to an indicator where that is clear.",
    ),
    "targets": ("assessing", ["report_rows"], "What each item is to reach, and what was assigned from above."),
    "assessments": (
        "assessing",
        ["observations", "targets"],
        "Items judged: what the county says, and what its figures say.",
    ),
    "findings": ("assessing", ["report_rows"], "Questions to the county, each with file, sheet and cell."),
}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            name,
            group_name=group,
            deps=deps,
            description=description,
            skippable=True,
            owners=OWNERS,
            kinds={"python", "parquet"},
            metadata={"dagster/column_schema": column_schema(name)},
        )
        for name, (group, deps, description) in _SPECS.items()
    ],
    partitions_def=months_and_areas,
    backfill_policy=dg.BackfillPolicy.single_run(),
    check_specs=[
        dg.AssetCheckSpec(
            "every_row_is_accounted_for",
            asset="submissions",
            description="Of each file: rows read = accepted + unchanged + set aside, and as many lie in the lake.",
        )
    ],
    can_subset=False,
)
def county_tables(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[dg.AssetCheckResult]:
    """Read and judge what the selected areas sent; only partitions with a submission are marked."""
    wanted: dict[str, list[str]] = {}
    for key in context.partition_keys:
        area, month = area_and_month(key)
        wanted.setdefault(month, []).append(area)
    for month, areas in wanted.items():
        batch = read_month(lake.get(), month, areas)
        refused = sum(not one.used for one in batch.judged)
        context.log.info(
            f"{month}: {len(batch.judged)} files read ({refused} refused), {len(batch.unchanged)} areas unchanged, "
            f"{len(batch.silent)} areas without a file"
        )
        log_materializations(context, _materializations(month, batch))
        yield dg.AssetCheckResult(
            passed=not (wrong := unaccounted(lake.get(), batch)),
            check_name="every_row_is_accounted_for",
            asset_key="submissions",
            metadata={"files": len(batch.judged), "not accounted for": str(wrong)},
        )


def unaccounted(lake: Lake, batch: Batch) -> list[str]:
    """Submissions of a batch whose counts are not those of the rows that lie in the lake.

    Args:
        lake: The lake.
        batch: What was read.
    """
    sent = [one.submission for one in batch.judged]
    wanted = [(s["period"], s["area"], s["submission"], s["rules"]) for s in sent]
    rows = lake.read_staged("report_rows", ReportRows, wanted)
    kept = Counter(zip(rows["submission"], rows["state"], strict=True))
    return [
        s["submission"]
        for s in sent
        if kept[s["submission"], "accepted"] != s["rows_accepted"] + s["rows_unchanged"]
        or kept[s["submission"], "set_aside"] != s["rows_set_aside"]
        or s["rows_read"] != s["rows_accepted"] + s["rows_unchanged"] + s["rows_set_aside"]
    ]


def _materializations(month: str, batch: Batch) -> list[dg.AssetMaterialization]:
    rows = {name: batch.tables[name].groupby("submission").size() for name in AREA_MONTH_TABLES}
    newest = {one.submission["area"]: one.submission for one in batch.judged}
    made = []
    for area, submission in newest.items():
        for name in AREA_MONTH_TABLES:
            metadata: dict[str, Any] = {"dagster/row_count": int(rows[name].get(submission["submission"], 0))}
            if name == "submissions":
                metadata |= {
                    "area": name_of(area),
                    "file": submission["original_name"],
                    "state": submission["state"],
                    "rows read": submission["rows_read"],
                    "accepted": submission["rows_accepted"],
                    "unchanged": submission["rows_unchanged"],
                    "set aside": submission["rows_set_aside"],
                    "made-up data": submission["is_sample"],
                }
            elif name == "observations":
                judged = next(one for one in batch.judged if one.submission is submission)
                metadata |= _figures_told(judged)
            if name != "submissions" and len(newest) <= _PREVIEWED:
                frame = batch.tables[name]
                own = frame[frame["submission"] == submission["submission"]]
                metadata["preview"] = preview(own, _PREVIEW[name])
            made.append(dg.AssetMaterialization(name, partition=key_of(area, month), metadata=metadata))
    return made


def _figures_told(judged: Judged) -> dict[str, Any]:
    """How many figures a county's text holds, how many are tied, and the commonest phrases not understood."""
    told = judged.submission
    metadata: dict[str, Any] = {
        "figures": told["figures_read"],
        "tied to an indicator": told["figures_tied"],
        "not understood": told["figures_unread"],
    }
    phrases = common_phrases(judged.unread, _PHRASES)
    if phrases:
        metadata["commonest phrases not understood"] = listing(phrases, ["phrase", "times"])
    return metadata


_PREVIEW = {
    "report_rows": ["table", "item", "indicator_text", "attainment_text", "status_text", "status"],
    "targets": ["indicator", "component", "kind", "value", "unit", "bound", "source", "text"],
    "assessments": ["indicator", "component", "status_reported", "status_computed", "verdict", "why"],
    "findings": ["rule", "severity", "found", "expected", "where"],
    "observations": ["quote", "value", "unit", "measure", "role", "of_period", "indicator", "component"],
}

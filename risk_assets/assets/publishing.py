"""Month × area tables → the month's roll-up, scores, rankings, publication and files."""

import hashlib
import json
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from risk_assets import reference
from risk_assets.assets.describing import OWNERS, column_schema, picture, preview
from risk_assets.assets.reading import standing
from risk_assets.contracts import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    Areas,
    Indicators,
    Publications,
    PublicationSubmissions,
    Rankings,
    empty,
    typed,
    validate,
)
from risk_assets.language.areas import areas, counties, province
from risk_assets.monitoring.judging import message_of, rules
from risk_assets.partitions import months
from risk_assets.publishing.pictures import ranking_picture
from risk_assets.publishing.words import WITHDRAWN
from risk_assets.publishing.workbook import write_ranking_workbook
from risk_assets.resources import LakeResource, WarehouseResource
from risk_assets.rollup.month import Month, month_tables
from risk_assets.storage import Lake, Warehouse
from risk_assets.storage.lake import replace_folder, write_parquet
from risk_assets.storage.versions import code_fingerprint
from risk_assets.storage.warehouse import stamp

WORKBOOK = "ranking.xlsx"
_MANIFEST = "manifest.json"
_WAITING = "已报送，尚未读取"
_NO_TABLES = "只报送了文字报告，没有监测表"


@dataclass(frozen=True)
class Published:
    """What a publishing run did: the publication, its tables, and whether it is a new one."""

    publication: dict[str, object]
    tables: dict[str, pd.DataFrame]
    is_new: bool


class NothingToPublish(ValueError):
    """No area has sent anything for the month."""


def reference_frames() -> dict[str, pd.DataFrame]:
    """`areas`, and the `indicators` of every framework, as checked frames."""
    rows = [
        {**row, "framework": year}
        for year in reference.frameworks()
        for row in reference.table(f"frameworks/{year}/indicators")
    ]
    blank = {"": None}
    return {
        "areas": validate(Areas, typed(Areas, pd.DataFrame(reference.table("areas")).replace(blank))),
        "indicators": validate(Indicators, typed(Indicators, pd.DataFrame(rows).replace(blank))),
    }


def publish_month(lake: Lake, warehouse: Warehouse, period: str) -> Published:
    """Add up, rank and publish a month from what is staged.

    Args:
        lake: The lake.
        warehouse: The warehouse.
        period: Month.

    Returns:
        The current publication; the same one as before where files, rules and the month before are the same.

    Raises:
        NothingToPublish: No submission of the month was read.
    """
    stands = standing(lake, period)
    if stands.empty:
        raise NothingToPublish(f"{period}:没有任何报送，请先用 risk-assets submit 报送文件")
    known = reference_frames()
    current = warehouse.current(period)
    if current is None:
        warehouse.prepare(known)
    previous = warehouse.current(_month_before(period))
    before = str(previous["publication"]) if previous else None
    digest = _digest(stands, before)
    if current and str(current["publication"]).endswith(digest):
        tables = {name: warehouse.read(name, publication=current["publication"]) for name in MONTH_TABLES}
        published = Published(dict(current), tables, False)
        if not _files_are(lake, period, str(current["publication"])):
            _write_files(lake, published, stands, known)
        return published
    if current is not None:
        warehouse.prepare(known)
    name = f"{period}-{warehouse.next_number(period):03d}-{digest}"
    used = stands[stands["used"]]
    wanted = [(period, row.area, row.submission, row.rules) for row in stands.itertuples()]
    area_month = {table: lake.read_staged(table, contract, wanted) for table, contract in AREA_MONTH_TABLES.items()}
    area_month["submissions"] = stands.drop(columns="used")
    assessments = area_month["assessments"]
    framework = known["indicators"][known["indicators"]["framework"] == reference.framework_of(period)]
    tables = month_tables(
        Month(
            period,
            name,
            areas(),
            _campaigns(period),
            framework,
            assessments[assessments["submission"].isin(used["submission"])],
            _absent(stands),
            warehouse.read("rankings", publication=before) if before else empty(Rankings),
        )
    )
    row = _publication(period, name, stands, before)
    links = stands[["submission", "rules", "area", "used"]].assign(publication=name)
    warehouse.publish(
        validate(Publications, typed(Publications, [row])),
        validate(PublicationSubmissions, typed(PublicationSubmissions, links)),
        area_month,
        tables,
    )
    published = Published(row, tables, True)
    _write_files(lake, published, stands, known)
    return published


def _month_before(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year - (month == 1)}-{(month - 2) % 12 + 1:02d}"


def _digest(stands: pd.DataFrame, before: str | None) -> str:
    made_from = sorted(stands[["submission", "rules", "used"]].astype(str).agg("|".join, axis=1))
    code = code_fingerprint("rollup", "publishing")
    return hashlib.sha256("\n".join([*made_from, str(before), code]).encode()).hexdigest()[:8]


def _campaigns(period: str) -> dict[str, str]:
    rows = reference.table(f"frameworks/{reference.framework_of(period)}/campaigns")
    return {row["campaign"]: row["name"] for row in sorted(rows, key=lambda row: int(row["order"]))}


def _absent(stands: pd.DataFrame) -> dict[str, str]:
    """Why nothing of an area is in the month; an area that has sent nothing is not in it."""
    told = stands[stands["used"]]
    used = set(told.loc[told["kind"] == "tables", "area"])
    only_told = dict.fromkeys(set(told["area"]) - used, _NO_TABLES)
    refused = stands[(stands["state"] == "refused") & ~stands["area"].isin(used)]
    waiting = dict.fromkeys(stands.loc[(stands["state"] == "waiting") & ~stands["area"].isin(used), "area"], _WAITING)
    withdrawn = dict.fromkeys(stands.loc[stands["state"] == "withdrawn", "area"], WITHDRAWN)
    reasons = {row.area: f"文件未采用:{message_of(row.reason)}" for row in refused.itertuples()}
    return withdrawn | waiting | reasons | only_told


def _publication(period: str, name: str, stands: pd.DataFrame, before: str | None) -> dict[str, object]:
    of_counties = stands[stands["area"].isin(set(counties()))]
    used = of_counties[of_counties["used"]]
    return {
        "publication": name,
        "period": period,
        "state": "draft",
        "made_at": stamp(datetime.now(UTC)),
        "rules": rules(),
        "expected": len(counties()),
        "received": of_counties.loc[of_counties["state"] != "withdrawn", "area"].nunique(),
        "read": used["area"].nunique(),
        "on_time": used.loc[used["working_days_late"] == 0, "area"].nunique(),
        "previous": before,
        "is_sample": bool(stands.loc[stands["used"], "is_sample"].any()),
    }


def _files_are(lake: Lake, period: str, publication: str) -> bool:
    manifest = lake.published(period) / _MANIFEST
    if not manifest.exists():
        return False
    stated = json.loads(manifest.read_text(encoding="utf-8"))
    return bool(stated["publication"] == publication) and all(
        (lake.published(period) / name).exists() for name in stated["files"]
    )


def _write_files(lake: Lake, published: Published, stands: pd.DataFrame, known: dict[str, pd.DataFrame]) -> None:
    """Write the month's files beside their place and put them there together, with a manifest of hashes."""
    period = str(published.publication["period"])
    place = lake.published(period)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".published-", dir=place.parent))
    beside.chmod(0o755)
    for name, contract in MONTH_TABLES.items():
        write_parquet(published.tables[name], contract, beside / f"{name}.parquet")
    wanted = [(period, row.area, row.submission, row.rules) for row in stands.itertuples()]
    findings = lake.read_staged("findings", AREA_MONTH_TABLES["findings"], wanted)
    write_ranking_workbook(
        beside / WORKBOOK, published.publication, published.tables, stands, findings, known["areas"], _campaigns(period)
    )
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(beside.iterdir())}
    manifest = {"publication": published.publication["publication"], "files": files}
    (beside / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    replace_folder(beside, place)


_SPECS = {
    "rollups": ("rolling_up", ["assessments"], "Status counts and sums of each city and of the province."),
    "scores": ("rolling_up", ["rollups"], "Points of each county and city, by campaign and in total."),
    "rankings": ("rolling_up", ["scores"], "Places by total, campaign and indicator; who is not ranked, and why."),
    "publications": (
        "publishing",
        ["rankings", "findings"],
        "The month in the warehouse, in one transaction.",
    ),
    "ranking_workbook": ("publishing", ["publications"], "`data_lake/published/<month>/ranking.xlsx` for readers."),
}


def _upstream(name: str) -> dg.AssetDep | str:
    if name in AREA_MONTH_TABLES:
        with warnings.catch_warnings():  # Dagster calls this mapping beta since 1.3; it is pinned and tested here
            warnings.simplefilter("ignore")
            return dg.AssetDep(name, partition_mapping=dg.MultiToSingleDimensionPartitionMapping("month"))
    return name


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            name,
            group_name=group,
            deps=[_upstream(dep) for dep in deps],
            description=description,
            skippable=True,
            owners=OWNERS,
            kinds={"excel"} if name == "ranking_workbook" else {"python", "sql"},
            metadata={"dagster/column_schema": column_schema(name)} if name != "ranking_workbook" else {},
            automation_condition=dg.AutomationCondition.any_deps_updated().since(
                dg.AutomationCondition.newly_requested() | dg.AutomationCondition.newly_updated()
            )
            & ~dg.AutomationCondition.in_progress()
            if name == "rollups"
            else None,
        )
        for name, (group, deps, description) in _SPECS.items()
    ],
    partitions_def=months,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=1),
    check_specs=[
        dg.AssetCheckSpec(
            "cities_add_up_to_the_province", asset="rollups", description="Tasks of all cities = tasks of the province."
        ),
        dg.AssetCheckSpec(
            "every_county_has_a_place_or_a_reason", asset="rankings", description="Nobody is left out without a word."
        ),
    ],
    can_subset=False,
)
def month_publication(
    context: dg.AssetExecutionContext, lake: LakeResource, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Publish the month; where nothing has changed, nothing is marked."""
    published = publish_month(lake.get(), warehouse.get(), context.partition_key)
    row, tables = published.publication, published.tables
    if published.is_new:
        totals = _province_total(tables["rankings"])
        shown = {
            "rollups": preview(tables["rollups"], ["area", "campaign", "indicator", "areas_in", "tasks", "tasks_done"]),
            "scores": preview(tables["scores"], ["area", "level", "campaign", "points", "reason"]),
            "rankings": preview(totals, ["rank", "tied", "area", "value", "change"]),
        }
        for name, table in shown.items():
            metadata: dict[str, Any] = {
                "dagster/row_count": len(tables[name]),
                "made-up data": bool(row["is_sample"]),
                "preview": table,
            }
            if name == "rankings":
                metadata["picture"] = picture(ranking_picture(totals, row, {c: a.name for c, a in areas().items()}))
            yield dg.MaterializeResult(asset_key=name, metadata=metadata)
        yield dg.MaterializeResult(asset_key="publications", metadata={k: str(v) for k, v in row.items()})
        path = lake.get().published(context.partition_key) / WORKBOOK
        yield dg.MaterializeResult(asset_key="ranking_workbook", metadata={"file": dg.MetadataValue.path(str(path))})
    else:
        context.log.info(f"{context.partition_key}: nothing has changed, {row['publication']} stays current")
    yield from _checks(tables)


def _province_total(rankings: pd.DataFrame) -> pd.DataFrame:
    wanted = (rankings["by"] == "total") & (rankings["level"] == "county") & (rankings["universe"] == province())
    return rankings[wanted & rankings["rank"].notna()].sort_values(["rank", "area"])


def _checks(tables: dict[str, pd.DataFrame]) -> Iterator[dg.AssetCheckResult]:
    rollups, rankings = tables["rollups"], tables["rankings"]
    whole = rollups[rollups["indicator"] == "*"]
    sums = {level: whole[whole["level"] == level].groupby("campaign")["tasks"].sum() for level in ("city", "province")}
    yield dg.AssetCheckResult(
        passed=sums["city"].equals(sums["province"]),
        check_name="cities_add_up_to_the_province",
        asset_key="rollups",
        metadata={"tasks of the province": int(sums["province"].sum())},
    )
    placed = rankings[rankings["rank"].notna() | rankings["reason"].notna()]
    of_total = placed[(placed["by"] == "total") & (placed["level"] == "county")]
    yield dg.AssetCheckResult(
        passed=len(placed) == len(rankings) and set(counties()) <= set(of_total["area"]),
        check_name="every_county_has_a_place_or_a_reason",
        asset_key="rankings",
        metadata={"not ranked": int(of_total["rank"].isna().sum())},
    )

"""Month × area tables → the month's roll-up, scores, rankings, publication and files."""

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
    REFERENCE_TABLES,
    MonthFindings,
    Publications,
    PublicationSubmissions,
    Rankings,
    empty,
    typed,
    validate,
)
from risk_assets.language.areas import areas, areas_of, counties, province, successors
from risk_assets.monitoring.comparing import ASSESSED, ROWS, TARGETED, Months, month_findings
from risk_assets.monitoring.judging import message_of, rules
from risk_assets.partitions import months
from risk_assets.publishing.dashboard import write_dashboard
from risk_assets.publishing.dashboard.content import borders
from risk_assets.publishing.month_view import month_view, released_tables
from risk_assets.publishing.office_template import BadTemplate, check_template
from risk_assets.publishing.pictures import map_picture, ranking_picture, tasks_picture
from risk_assets.publishing.supervision_report import NotReady, supervision_report
from risk_assets.publishing.words import WITHDRAWN
from risk_assets.publishing.workbook import write_ranking_workbook
from risk_assets.resources import LakeResource, WarehouseResource
from risk_assets.rollup.hierarchy import membership_now
from risk_assets.rollup.month import Month, add_month_up, methods_of, month_tables
from risk_assets.storage import Lake, Warehouse
from risk_assets.storage.lake import replace_folder, write_parquet
from risk_assets.storage.versions import code_fingerprint
from risk_assets.storage.warehouse import stamp

WORKBOOK, DASHBOARD, LETTER = "ranking.xlsx", "index.html", "report.docx"
READER_FILES = {"网页": DASHBOARD, "工作簿": WORKBOOK, "专报": LETTER}
_MANIFEST = "manifest.json"
_STATED = ("publication", "state")
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
    """`areas`, and the `campaigns`, `indicators` and `components` of every framework, as checked frames."""
    rows = {
        name: [
            {**row, "framework": year}
            for year in reference.frameworks()
            for row in reference.table(f"frameworks/{year}/{name}")
        ]
        for name in ("campaigns", "indicators", "components")
    }
    rows["areas"] = list(reference.table("areas"))
    frames = {name: pd.DataFrame(rows[name]).replace({"": None}) for name in REFERENCE_TABLES}
    frames["indicators"] = frames["indicators"].astype({"weight": "float64"})
    frames["campaigns"] = frames["campaigns"].astype({"order": "int64"})
    return {name: validate(contract, typed(contract, frames[name])) for name, contract in REFERENCE_TABLES.items()}


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
    earlier = _earlier(warehouse, period)
    digest = _digest(stands, earlier)
    if current and str(current["publication"]).endswith(digest):
        tables = {name: warehouse.read(name, publication=current["publication"]) for name in MONTH_TABLES}
        published = Published(dict(current), tables, False)
        if not _files_are(lake, current):
            _write_files(lake, warehouse, published)
        return published
    if current is not None:
        warehouse.prepare(known)
    name = f"{period}-{warehouse.next_number(period):03d}-{digest}"
    month = _month(period, name, stands, _used(lake, stands, "assessments"), known, warehouse, earlier)
    tables = month_tables(month)
    found = month_findings(_months(lake, warehouse, stands, month), name)
    tables["month_findings"] = validate(MonthFindings, found)
    stored = warehouse.stored()
    fresh = stands[[pair not in stored for pair in zip(stands["submission"], stands["rules"], strict=True)]]
    area_month = {name: lake.read_staged(name, table, _wanted(fresh)) for name, table in AREA_MONTH_TABLES.items()}
    area_month["submissions"] = fresh.drop(columns="used")
    links = stands[["submission", "rules", "area", "used"]].assign(publication=name)
    links = validate(PublicationSubmissions, typed(PublicationSubmissions, links))
    row = _publication(period, name, stands, earlier.get(_month_before(period)))
    warehouse.publish(validate(Publications, typed(Publications, [row])), links, area_month, tables)
    published = Published(row, tables, True)
    _write_files(lake, warehouse, published)
    return published


def month_of(lake: Lake, warehouse: Warehouse, period: str) -> Month:
    """What a month would be made from now.

    Args:
        lake: The lake.
        warehouse: The warehouse.
        period: Month.
    """
    stands, earlier = standing(lake, period), _earlier(warehouse, period)
    assessments = _used(lake, stands, "assessments")
    return _month(period, "", stands, assessments, reference_frames(), warehouse, earlier)


def _wanted(stands: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    return [(row.period, row.area, row.submission, row.rules) for row in stands.itertuples()]


def _used(lake: Lake, stands: pd.DataFrame, table: str) -> pd.DataFrame:
    """Rows of a table of the submissions that are used."""
    return lake.read_staged(table, AREA_MONTH_TABLES[table], _wanted(stands[stands["used"]]))


def _months(lake: Lake, warehouse: Warehouse, stands: pd.DataFrame, month: Month) -> Months:
    """A month with those that it is compared with."""
    before = _month_before(month.period)
    return Months(
        month.period,
        before,
        month.assessments[ASSESSED],
        warehouse.earlier("assessments", month.period, f"{month.period[:4]}-01", ASSESSED),
        _used(lake, stands, "report_rows")[ROWS],
        warehouse.earlier("report_rows", month.period, before, ROWS),
        _used(lake, stands, "targets")[TARGETED],
        dict(zip(stands["submission"], stands["original_name"], strict=True)),
    )


def _earlier(warehouse: Warehouse, period: str) -> dict[str, str]:
    """The current publications that a month is compared with: the month before, and the earlier ones of its year."""
    year, month = map(int, period.split("-"))
    wanted = {_month_before(period), *(f"{year}-{number:02d}" for number in range(1, month))}
    found = {one: warehouse.current(one) for one in sorted(wanted)}
    return {one: str(publication["publication"]) for one, publication in found.items() if publication}


def _month(
    period: str,
    name: str,
    stands: pd.DataFrame,
    assessments: pd.DataFrame,
    known: dict[str, pd.DataFrame],
    warehouse: Warehouse,
    earlier: dict[str, str],
) -> Month:
    framework, before = reference.framework_of(period), earlier.get(_month_before(period))
    return Month(
        period,
        name,
        areas_of(period),
        _campaigns(period),
        known["indicators"][known["indicators"]["framework"] == framework],
        methods_of(framework),
        assessments,
        _absent(stands),
        warehouse.read("rankings", publication=before) if before else empty(Rankings),
    )


def rollups_now(warehouse: Warehouse, period: str, as_of: str | None = None) -> pd.DataFrame:
    """A published month added up by the divisions of today: an area that was merged stands in what took it over.

    Args:
        warehouse: The warehouse.
        period: Month.
        as_of: ISO time; the publication that was current then.

    Raises:
        NothingToPublish: The month is not published.
    """
    publication = warehouse.current(period, as_of)
    if publication is None:
        raise NothingToPublish(f"{period}:没有发布，请先运行 risk-assets run --period {period}")
    name = str(publication["publication"])
    stands = _stands_of(warehouse, name)
    month = _month(period, name, stands, warehouse.read_of("assessments", name), reference_frames(), warehouse, {})
    members = month.of_level("county")
    groups = membership_now(period, members, {code: successors(code) for code in members}, areas())
    return add_month_up(replace(month, areas=areas()), groups)


def _month_before(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year - (month == 1)}-{(month - 2) % 12 + 1:02d}"


def _digest(stands: pd.DataFrame, earlier: dict[str, str]) -> str:
    made_from = sorted(stands[["submission", "rules", "used"]].astype(str).agg("|".join, axis=1))
    code = code_fingerprint("rollup", "monitoring", "publishing")
    return hashlib.sha256("\n".join([*made_from, *earlier.values(), code]).encode()).hexdigest()[:8]


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
    of_counties = stands[stands["area"].isin(set(counties(period)))]
    used = of_counties[of_counties["used"]]
    return {
        "publication": name,
        "period": period,
        "state": "draft",
        "approved_by": None,
        "approved_at": None,
        "made_at": stamp(datetime.now(UTC)),
        "rules": rules(),
        "expected": len(counties(period)),
        "received": of_counties.loc[of_counties["state"] != "withdrawn", "area"].nunique(),
        "read": used["area"].nunique(),
        "on_time": used.loc[used["working_days_late"] == 0, "area"].nunique(),
        "previous": before,
        "is_sample": bool(stands.loc[stands["used"], "is_sample"].any()),
    }


def _files_are(lake: Lake, publication: Mapping[str, Any]) -> bool:
    """Whether the month's files are those of a publication in its present state."""
    place = lake.published(str(publication["period"]))
    manifest = place / _MANIFEST
    if not manifest.exists():
        return False
    stated = json.loads(manifest.read_text(encoding="utf-8"))
    same = all(stated.get(name) == publication[name] for name in _STATED)
    same = same and stated.get("template") == _hash(lake.read_report_template())
    return same and all((place / name).exists() for name in stated["files"])


def _hash(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def approve_month(lake: Lake, warehouse: Warehouse, period: str, by: str) -> dict[str, Any]:
    """Make the current draft of a month final, and write its files anew: they say which.

    Args:
        lake: The lake.
        warehouse: The warehouse.
        period: Month.
        by: Who approves.

    Returns:
        The row of `publications`.

    Raises:
        NotApproved: There is no draft, or blocking questions are open.
        BadTemplate: The office's template of the letter cannot be used; nothing is approved.
    """
    if template := lake.read_report_template():
        check_template(template)
    row = warehouse.approve(period, by)
    tables = {name: warehouse.read(name, publication=row["publication"]) for name in MONTH_TABLES}
    _write_files(lake, warehouse, Published(row, tables, False))
    return row


def _stands_of(warehouse: Warehouse, publication: str) -> pd.DataFrame:
    """The submissions that a publication was made from, with `used`, whatever has come since."""
    links = warehouse.read("publication_submissions", publication=publication)[["submission", "rules", "used"]]
    return warehouse.read_of("submissions", publication).merge(links, on=["submission", "rules"])


def _write_files(lake: Lake, warehouse: Warehouse, published: Published) -> None:
    """Write the month's files beside their place and put them there together, with a manifest of hashes.

    All are made for the class of readers that the setting `release` names; the province's letter is left out while
    blocking questions are open, and takes the form of the office's template where there is one.
    """
    place = lake.published(str(published.publication["period"]))
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".published-", dir=place.parent))
    try:
        beside.chmod(0o755)
        _write_into(beside, lake, warehouse, published)
        replace_folder(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write_into(folder: Path, lake: Lake, warehouse: Warehouse, published: Published) -> None:
    release, template = reference.setting("release"), lake.read_report_template()
    tables = released_tables(warehouse, published.publication, published.tables, release)
    for name, contract in MONTH_TABLES.items():
        write_parquet(tables[name], contract, folder / f"{name}.parquet")
    view = month_view(warehouse, str(published.publication["period"]), release)
    write_ranking_workbook(folder / WORKBOOK, view)
    left_out: list[str] = []
    try:
        made = supervision_report(view, view.province, template=template)
        (folder / LETTER).write_bytes(made.content)
        left_out = made.left_out
    except NotReady:
        pass
    except BadTemplate as bad:
        advice = (
            "改好后用 risk-assets report-template --use 重新启用，或用 --remove 停用，再用 risk-assets run 重新生成"
        )
        raise BadTemplate(f"{lake.report_template}：{bad}。{advice}") from None
    write_dashboard(folder / DASHBOARD, view, has_letter=(folder / LETTER).exists())
    files = {path.name: _hash(path.read_bytes()) for path in sorted(folder.iterdir())}
    stated = {name: published.publication[name] for name in _STATED}
    manifest = {**stated, "template": _hash(template), "left_out": left_out, "files": files}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


_SPECS = {
    "rollups": ("rolling_up", ["assessments"], "Status counts and sums of each city and of the province."),
    "scores": ("rolling_up", ["rollups"], "Points of each county and city, by campaign and in total."),
    "rankings": ("rolling_up", ["scores"], "Places by total, campaign and indicator; who is not ranked, and why."),
    "month_findings": (
        "assessing",
        ["assessments", "targets"],
        "Questions that one file cannot raise: against earlier months, other counties, assigned targets.",
    ),
    "publications": (
        "publishing",
        ["rankings", "findings", "month_findings"],
        "The month in the warehouse, in one transaction.",
    ),
    "ranking_workbook": ("publishing", ["publications"], "`data_lake/published/<month>/ranking.xlsx` for readers."),
    "dashboard": ("publishing", ["publications"], "`data_lake/published/<month>/index.html`, a page for readers."),
    "supervision_report": (
        "publishing",
        ["publications"],
        "`data_lake/published/<month>/report.docx`, the province's letter; not made while blocking questions are open.",
    ),
}
_FILES = {"ranking_workbook": WORKBOOK, "dashboard": DASHBOARD, "supervision_report": LETTER}
_KINDS = {"ranking_workbook": {"excel"}, "dashboard": {"html"}, "supervision_report": {"word"}}


MONTH_ASSETS = tuple(_SPECS)


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
            kinds=_KINDS.get(name, {"python", "sql"}),
            metadata={"dagster/column_schema": column_schema(name)} if name not in _FILES else {},
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
            "month_findings": preview(tables["month_findings"], ["area", "rule", "found", "expected", "where"]),
        }
        drawn = _pictures(row, tables, totals)
        for name, table in shown.items():
            metadata: dict[str, Any] = {
                "dagster/row_count": len(tables[name]),
                "made-up data": bool(row["is_sample"]),
                "preview": table,
            }
            if name == "rankings":
                metadata["picture"] = picture(drawn["ranking_workbook"])
            yield dg.MaterializeResult(asset_key=name, metadata=metadata)
        yield dg.MaterializeResult(asset_key="publications", metadata={k: str(v) for k, v in row.items()})
        for name, file in _FILES.items():
            path = lake.get().published(context.partition_key) / file
            if path.exists():
                yield dg.MaterializeResult(
                    asset_key=name,
                    metadata={"file": dg.MetadataValue.path(str(path)), "picture": picture(drawn[name])},
                )
            else:
                context.log.info(f"{file}: not made while blocking questions are open (risk-assets findings --open)")
    else:
        context.log.info(f"{context.partition_key}: nothing has changed, {row['publication']} stays current")
    yield from _checks(tables, context.partition_key)


def _pictures(row: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], total: pd.DataFrame) -> dict[str, str]:
    """What the UI shows of each file for readers: the ranking, the map, how the tasks stand."""
    period = str(row["period"])
    there = areas_of(period)
    names = {code: area.name for code, area in there.items() if area.level == "county"}
    return {
        "ranking_workbook": ranking_picture(total, row, names),
        "dashboard": map_picture(total, row, borders(there)[0]["features"], names),
        "supervision_report": tasks_picture(tables["rollups"], row, _campaigns(period)),
    }


def _province_total(rankings: pd.DataFrame) -> pd.DataFrame:
    of_all = (rankings["level"] == "county") & (rankings["universe"] == province()) & ~rankings["zones"]
    wanted = of_all & (rankings["by"] == "total") & (rankings["scheme"] == reference.setting("scheme"))
    return rankings[wanted & rankings["rank"].notna()].sort_values(["rank", "area"])


def _checks(tables: dict[str, pd.DataFrame], period: str) -> Iterator[dg.AssetCheckResult]:
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
        passed=len(placed) == len(rankings) and set(counties(period)) <= set(of_total["area"]),
        check_name="every_county_has_a_place_or_a_reason",
        asset_key="rankings",
        metadata={"not ranked": int(of_total["rank"].isna().sum())},
    )

"""Questions to the warehouse that commands and pages ask: a ranking, and where a figure comes from."""

import json
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.language.areas import name_of
from risk_assets.layouts.indicators import campaigns
from risk_assets.storage import Warehouse

_SHOWN = {"row", "field", "sheet", "line", "cell", "start", "end", "quote", "value", "unit", "measure", "role", "bound",
          "of_period", "masked", "indicator", "component", "entity", "sentence", "sentence_at"}  # fmt: skip


class NoAnswer(LookupError):
    """Nothing is published that answers; the message says what to do."""


def ranking_data(
    warehouse: Warehouse, period: str, by: str, level: str, within: str, as_of: str | None = None
) -> dict[str, Any]:
    """A ranking as `rank --json` prints it.

    Args:
        warehouse: The warehouse.
        period: Month.
        by: `total`, a campaign or an indicator.
        level: `county` or `city`.
        within: Code of the area within which is ranked.
        as_of: ISO time; the publication that was current then.

    Raises:
        NoAnswer: No publication, or nothing ranked by that.
    """
    publication = current(warehouse, period, as_of)
    frame = warehouse.read(
        "rankings", publication=publication["publication"], by=by, level=level, universe=within
    ).sort_values(["rank", "area"])
    if frame.empty:
        known = "、".join(["total", *campaigns(reference.framework_of(period))])
        raise NoAnswer(
            f"没有按 {by} 在 {name_of(within)} 范围内的排名(--level {level})。"
            f"--by 可用 {known}，或有完成比例的指标代码（如 growth.key_project_investment，只在全省范围）"
        )
    ranked = frame[frame["rank"].notna()]
    return {
        "period": period,
        "by": by,
        "scheme": str(frame["scheme"].iloc[0]),
        "universe": within,
        "of": len(ranked),
        "publication": publication["publication"],
        "is_sample": bool(frame["is_sample"].any()),
        "rankings": [
            {
                "rank": int(r.rank),
                "tied": bool(r.tied),
                "area": r.area,
                "name": name_of(r.area),
                "value": float(r.value),
                "change": None if pd.isna(r.change) else int(r.change),
                "is_sample": bool(r.is_sample),
            }
            for r in ranked.itertuples()
        ],
        "not_ranked": [
            {"area": r.area, "name": name_of(r.area), "reason": r.reason}
            for r in frame[frame["rank"].isna()].itertuples()
        ],
    }


def current(warehouse: Warehouse, period: str, as_of: str | None = None) -> dict[str, Any]:
    """The publication of a month that is current, or was at a time.

    Raises:
        NoAnswer: There is none.
    """
    try:
        publication = warehouse.current(period, as_of)
    except ValueError:
        raise NoAnswer(f"--as-of {as_of}：应写作 ISO 时间，例如 2023-05-10 或 2023-05-10T18:00:00+08:00") from None
    if publication is None:
        when = f"(截至 {as_of})" if as_of else ""
        raise NoAnswer(f"{period} 还没有发布{when}。请先运行 risk-assets run --period {period}")
    return publication


def trace_data(warehouse: Warehouse, period: str, area: str, indicator: str | None = None) -> dict[str, Any]:
    """The way from an area's published places down to cells.

    Args:
        warehouse: The warehouse.
        period: Month.
        area: Area.
        indicator: Indicator; None for every item of the area.

    Returns:
        `publication`, `places` (total, campaign, indicator), `scores`, `file`, `items`, each with its rows: sheet,
        line, cells, what they say and the figures in it, and the tied `figures` of prose.

    Raises:
        NoAnswer: No publication, nothing of this area in it, or not this indicator.
    """
    publication = current(warehouse, period)
    name = str(publication["publication"])
    links = warehouse.read("publication_submissions", publication=name, area=area)
    used = links[links["used"]]
    places = warehouse.read("rankings", publication=name, area=area)
    if used.empty:
        reason = next((r.reason for r in places.itertuples() if r.by == "total"), "不在参排地区之列")
        raise NoAnswer(f"{name_of(area)} 在 {period} 没有采用的文件：{reason}")
    submissions = warehouse.read("submissions", submission=used["submission"].tolist())
    force = set(zip(used["submission"], used["rules"], strict=True))
    submissions = submissions[
        [pair in force for pair in zip(submissions["submission"], submissions["rules"], strict=True)]
    ]
    submission = submissions.sort_values("kind", ascending=False).iloc[0]  # tables before a narrative
    one = {"submission": submission["submission"], "rules": submission["rules"]}
    items, rows = warehouse.read("assessments", **one), warehouse.read("report_rows", **one)
    figures = _figures(warehouse, submissions, indicator)
    if indicator:
        items = items[items["indicator"] == indicator]
        if items.empty and not figures:
            raise NoAnswer(
                f"{name_of(area)} 的 {submission['original_name']} 里没有指标 {indicator}；不带 --indicator 可列出全部"
            )
    wanted = {"total", *items["campaign"].dropna()} | ({indicator} if indicator else set())
    scores = warehouse.read("scores", publication=name, area=area)
    return {
        "publication": {key: publication[key] for key in ("publication", "period", "state", "made_at", "is_sample")},
        "area": area,
        "name": name_of(area),
        "places": [
            {
                "by": r.by,
                "universe": r.universe,
                "rank": None if pd.isna(r.rank) else int(r.rank),
                "of": int(r.of),
                "value": None if pd.isna(r.value) else float(r.value),
                "reason": r.reason if isinstance(r.reason, str) else None,
            }
            for r in places[places["by"].isin(wanted)].itertuples()
        ],
        "scores": [
            {
                "campaign": r.campaign,
                "points": None if pd.isna(r.points) else float(r.points),
                "assessed": int(r.assessed),
                "credited": None if pd.isna(r.credited) else float(r.credited),
            }
            for r in scores[scores["campaign"].isin(wanted)].itertuples()
        ],
        "file": {
            key: _plain(submission[key])
            for key in ("submission", "original_name", "sha256", "version", "received_at", "is_sample")
        },
        "items": [_item(item, rows, figures) for item in items.sort_values(["table_no", "row"]).to_dict("records")],
        "figures": [one for one in figures if one["row"] is None and one["indicator"]],
    }


def _figures(warehouse: Warehouse, submissions: pd.DataFrame, indicator: str | None) -> list[dict[str, Any]]:
    """Figures of several submissions, of one indicator or of all, each with its file."""
    found = []
    for sent in submissions.to_dict("records"):
        frame = warehouse.read("observations", submission=sent["submission"], rules=sent["rules"])
        frame = frame[frame["indicator"] == indicator] if indicator else frame
        for one in frame.to_dict("records"):
            found.append({str(k): _plain(v) for k, v in one.items() if k in _SHOWN} | {"file": sent["original_name"]})
    return found


def _item(item: dict[Any, Any], rows: pd.DataFrame, figures: list[dict[str, Any]]) -> dict[str, Any]:
    own = rows[(rows["table_no"] == item["table_no"]) & (rows["item"] == item["item"])]
    return {
        "indicator": _plain(item["indicator"]),
        "item": item["item"],
        "status": item["status_reported"],
        "tasks": {k.removeprefix("tasks_"): int(v) for k, v in item.items() if str(k).startswith("tasks_") and v},
        "attainment_reported": _plain(item["attainment_reported"]),
        "attainment_computed": _plain(item["attainment_computed"]),
        "rows": [
            {
                "sheet": _plain(row["sheet"]),
                "line": int(row["line"]),
                "cells": json.loads(row["cells"]),
                "text": {
                    key: row[key]
                    for key in (
                        "indicator_text",
                        "target_text",
                        "progress",
                        "done_text",
                        "attainment_text",
                        "status_text",
                    )
                    if isinstance(row[key], str)
                },
                "figures": [one for one in figures if one["row"] == row["row"]],
            }
            for row in own.to_dict("records")
        ],
    }


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.item() if hasattr(value, "item") else value

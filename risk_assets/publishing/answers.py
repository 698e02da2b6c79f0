"""Questions to the warehouse that commands and pages ask: a ranking, its questions, and where a figure comes from.

Each answer is data that goes into JSON as it is; how it is printed is known in `terminal`.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import TABLES, columns
from risk_assets.language.areas import above, areas, name_of
from risk_assets.layouts.indicators import campaigns, indicators
from risk_assets.publishing.words import RELEASE_CLASSES
from risk_assets.storage import Warehouse

_SHOWN = {"row", "field", "sheet", "line", "cell", "start", "end", "quote", "value", "unit", "measure", "role", "bound",
          "of_period", "masked", "indicator", "component", "entity", "sentence", "sentence_at"}  # fmt: skip
_OF_INDICATORS = ("attainment", "growth")
SHOWN_TABLES = ("targets", "assessments", "rollups", "scores", "rankings", "observations", "report_rows",
                "submissions", "publications")  # fmt: skip
_COMPARED = ("target_value", "done_value", "growth", "attainment_reported", "attainment_computed", "status_reported",
             "status_computed")  # fmt: skip
_AREA_COLUMNS = ("area", "reporting_area")
_INDICATOR_COLUMNS = ("indicator", "by")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SUMMED = ("expected", "received", "read", "withdrawn", "on_time", "rows_read", "rows_set_aside")


class NoAnswer(LookupError):
    """Nothing is published that answers; the message says what to do."""


def ranking_data(
    warehouse: Warehouse,
    period: str,
    by: str,
    level: str,
    within: str,
    as_of: str | None = None,
    scheme: str | None = None,
    zones: bool = False,
    top: int | None = None,
    bottom: int | None = None,
) -> dict[str, Any]:
    """A ranking as `rank --json` prints it.

    Args:
        warehouse: The warehouse.
        period: Month.
        by: `total`, a campaign or an indicator.
        level: `county` or `city`.
        within: Code of the area within which is ranked.
        as_of: ISO time; the publication that was current then.
        scheme: Scheme of reference/schemes.csv, `attainment` or `growth`; None for the setting's, of an indicator
            for its attainment, or its growth where it has no attainment.
        zones: Zones are ranked together with the counties.
        top: How many from the top; None for all.
        bottom: How many from below, the last first, in a list `bottom`; None for no such list.

    Raises:
        NoAnswer: No publication, or nothing ranked by that.
    """
    publication = current(warehouse, period, as_of)
    every = warehouse.read("rankings", publication=publication["publication"], by=by, level=level, universe=within)
    frame = every[every["zones"] == zones]
    wanted = [scheme] if scheme else [reference.setting("scheme"), *_OF_INDICATORS]
    chosen = next((one for one in wanted if (frame["scheme"] == one).any()), None)
    if chosen is None:
        raise NoAnswer(_no_ranking(every, period, by, level, within))
    frame = frame[frame["scheme"] == chosen].sort_values(["rank", "area"])
    rows = [
        {
            "rank": int(r.rank),
            "tied": bool(r.tied),
            "area": r.area,
            "name": name_of(r.area),
            "value": float(r.value),
            "change": None if pd.isna(r.change) else int(r.change),
            "is_sample": bool(r.is_sample),
        }
        for r in frame[frame["rank"].notna()].itertuples()
    ]
    return {
        "period": period,
        "by": by,
        "scheme": chosen,
        "universe": within,
        "zones": zones,
        "of": len(rows),
        "areas": len(frame),
        "publication": publication["publication"],
        "state": publication["state"],
        "is_sample": bool(frame["is_sample"].any()),
        "rankings": rows[:top],
        **({} if bottom is None else {"bottom": rows[::-1][:bottom]}),
        "not_ranked": [
            {"area": r.area, "name": name_of(r.area), "reason": r.reason}
            for r in frame[frame["rank"].isna()].itertuples()
        ],
    }


def _no_ranking(every: pd.DataFrame, period: str, by: str, level: str, within: str) -> str:
    """What to ask instead: another scheme, with or without zones, or by something else."""
    there = sorted({(str(s), bool(z)) for s, z in zip(every["scheme"], every["zones"], strict=True)})
    if there:
        ways = "、".join(f"--scheme {s}{' --zones' if z else ''}" for s, z in there)
        return f"按 {by} 在 {name_of(within)} 范围内的排名(--level {level})只有：{ways}"
    known = "、".join(["total", *campaigns(reference.framework_of(period))])
    return (
        f"没有按 {by} 在 {name_of(within)} 范围内的排名(--level {level})。"
        f"--by 可用 {known}，或有完成比例的指标代码（如 growth.key_project_investment，只在全省范围）"
    )


def findings_data(
    warehouse: Warehouse,
    period: str,
    area: str | None = None,
    rule: str | None = None,
    severity: str | None = None,
    only_open: bool = False,
    as_of: str | None = None,
) -> dict[str, Any]:
    """The questions of a month with what was decided of them, as `findings --json` prints them.

    Args:
        warehouse: The warehouse.
        period: Month.
        area: Area that is asked; None for all.
        rule: Rule of docs/rules.md; None for all.
        severity: `error`, `warning` or `info`; None for all.
        only_open: Leave out what is explained or waived.
        as_of: ISO time; the publication that was current then, and the decisions of that time.

    Raises:
        NoAnswer: No publication.
    """
    publication = current(warehouse, period, as_of)
    frame = warehouse.findings(str(publication["publication"]), as_of)
    open_only = "open" if only_open else None
    for name, value in (("area", area), ("rule", rule), ("severity", severity), ("disposition", open_only)):
        frame = frame if value is None else frame[frame[name] == value]
    return {
        **_of(publication),
        "findings": [
            {"question": row.pop("question"), "area": row["area"], "name": name_of(row.pop("area")), **row}
            for row in _rows(frame.drop(columns=["publication", "period"]))
        ],
    }


def coverage_data(warehouse: Warehouse, period: str, within: str) -> dict[str, Any]:
    """Who has reported, as `coverage --json` prints it: a row a county, and the sums.

    Args:
        warehouse: The warehouse.
        period: Month.
        within: Code of the province, a city or a county.

    Raises:
        NoAnswer: No publication.
    """
    publication = current(warehouse, period)
    frame = warehouse.coverage(period)
    known = areas()
    frame = frame[[within in (code, *above(code, known)) for code in frame["area"]]]
    cells = int(frame["cells_expected"].sum())
    filled = int(frame[["cells_filled", "cells_expected"]].min(axis=1).sum())
    return {
        **_of(publication),
        "within": within,
        "counties": _rows(frame.drop(columns="period")),
        "sums": {
            **{name: int(frame[name].sum()) for name in _SUMMED},
            "cells_expected": cells,
            "cells_filled": filled,
            "share_filled": 100 * filled / cells if cells else None,
        },
    }


def table_data(
    warehouse: Warehouse,
    table: str,
    period: str,
    area: str | None = None,
    indicator: str | None = None,
    as_of: str | None = None,
    instead: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Rows of a table that belong to a month's publication, as `show --json` prints them.

    Args:
        warehouse: The warehouse.
        table: One of `SHOWN_TABLES`.
        period: Month.
        area: Area that the rows are about, or that reported them; None for all.
        indicator: Indicator; None for all.
        as_of: ISO time; the publication that was current then.
        instead: Rows to be shown in place of those that are stored.

    Returns:
        `table`, the publication, `release_class` (the highest of the indicators in it) and `rows`.

    Raises:
        NoAnswer: No publication, or the table knows no areas or no indicators.
    """
    publication = current(warehouse, period, as_of)
    name = str(publication["publication"])
    if instead is not None:
        frame = instead
    else:
        frame = pd.DataFrame([publication]) if table == "publications" else warehouse.read_of(table, name)
    for wanted, known, what in ((area, _AREA_COLUMNS, "地区"), (indicator, _INDICATOR_COLUMNS, "指标")):
        if wanted is not None:
            told = [one for one in known if one in frame]
            if not told:
                raise NoAnswer(f"{table} 里没有{what}一栏，不能按{what}筛选")
            frame = frame[(frame[told] == wanted).any(axis=1)]
    frame = frame[[c.name for c in columns(TABLES[table])]]
    of_indicators = next((frame[one] for one in _INDICATOR_COLUMNS if one in frame), pd.Series(dtype=str))
    return {
        "table": table,
        **_of(publication),
        "release_class": release_class(period, of_indicators.dropna().unique()),
        "rows": _rows(frame),
    }


def csv_of(table: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of a table as CSV under its columns' names; a text that a spreadsheet would compute is quoted with `'`.

    Args:
        table: One of `SHOWN_TABLES`.
        rows: Its rows, as of `table_data`.
    """
    names = [c.name for c in columns(TABLES[table])]
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(names)
    lines.writerows([_cell(row[name]) for name in names] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def release_class(period: str, ids: Iterable[str]) -> str:
    """The highest release class among indicators; what is no indicator is public.

    Args:
        period: Month, which tells the framework.
        ids: Ids of indicators, or of their components behind a stroke.
    """
    order, known = list(RELEASE_CLASSES), indicators(reference.framework_of(period))
    named = {one.partition("/")[0] for one in ids}
    return max((known[one].release_class for one in named if one in known), key=order.index, default=order[0])


def changes_data(warehouse: Warehouse, period: str, since: str) -> dict[str, Any]:
    """What has come since a time: files, and the values and ranks that moved, as `changes --json` prints it.

    Args:
        warehouse: The warehouse.
        period: Month.
        since: ISO time; the publication that was current then is held against the one that is current now.

    Raises:
        NoAnswer: Nothing was published then.
    """
    before, after = current(warehouse, period, since, "--since"), current(warehouse, period)
    old, new = str(before["publication"]), str(after["publication"])
    return {
        "period": period,
        "since": since,
        "before": old,
        "after": new,
        "files": _files_changed(warehouse, old, new),
        "values": _values_changed(warehouse, old, new),
        "ranks": _ranks_changed(warehouse, old, new),
    }


def _files_changed(warehouse: Warehouse, old: str, new: str) -> list[dict[str, Any]]:
    """Files that stand for an area in one of two publications only: of the same kind side by side."""
    sent = [
        {(r["area"], r["submission"]): r for r in warehouse.read_of("submissions", one).to_dict("records")}
        for one in (old, new)
    ]
    gone, come = ([r for k, r in sent[i].items() if k not in sent[1 - i]] for i in (0, 1))
    rows = []
    for area in sorted({r["area"] for r in (*gone, *come)}):
        left, right = ([r for r in side if r["area"] == area] for side in (gone, come))
        pairs: list[tuple[Any, Any]] = []
        for one in list(right):
            same = next((r for r in left if isinstance(r["kind"], str) and r["kind"] == one["kind"]), None)
            if same:
                pairs.append((same, one))
                left.remove(same)
                right.remove(one)
        for was, now in (*pairs, *zip_longest(left, right)):
            rows.append(
                {
                    "area": area,
                    "name": name_of(area),
                    "before": was and was["submission"],
                    "after": now and now["submission"],
                    "file": (now or was)["original_name"],
                }
            )
    return rows


def _values_changed(warehouse: Warehouse, old: str, new: str) -> list[dict[str, Any]]:
    """Values of items and components that differ; an item that came or went moved from or to nothing."""
    sides = [_values(warehouse.read_of("assessments", one)) for one in (old, new)]
    rows = []
    for item in sorted({*sides[0], *sides[1]}):
        was, now = (side.get(item, {}) for side in sides)
        for field in _COMPARED:
            if was.get(field) != now.get(field):
                one = now or was
                rows.append(
                    {
                        "area": one["area"],
                        "name": name_of(one["area"]),
                        "indicator": one["indicator"],
                        "component": one["component"],
                        "field": field,
                        "before": was.get(field),
                        "after": now.get(field),
                        "submission": one["submission"],
                    }
                )
    return rows


def _values(frame: pd.DataFrame) -> dict[tuple[str, str, str, int], dict[str, Any]]:
    """Rows of `assessments` by area, indicator (an unknown line: table and number), component and count."""
    found: dict[tuple[str, str, str, int], dict[str, Any]] = {}
    for row in _rows(frame):
        item = row["indicator"] or f"{row['table_no']}/{row['item']}"
        count = 0
        while (row["area"], item, row["component"], count) in found:
            count += 1
        found[row["area"], item, row["component"], count] = row
    return found


def _ranks_changed(warehouse: Warehouse, old: str, new: str) -> list[dict[str, Any]]:
    keys = ["by", "universe", "zones", "scheme", "area"]
    sides = [
        {tuple(row[key] for key in keys): row["rank"] for row in _rows(warehouse.read("rankings", publication=one))}
        for one in (old, new)
    ]
    return [
        {**dict(zip(keys, place, strict=True)), "name": name_of(place[-1]), "before": was, "after": now}
        for place in sorted({*sides[0], *sides[1]})
        if (was := sides[0].get(place)) != (now := sides[1].get(place))
    ]


def _of(publication: Mapping[str, Any]) -> dict[str, Any]:
    return {key: publication[key] for key in ("period", "publication", "state", "is_sample")}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def current(warehouse: Warehouse, period: str, as_of: str | None = None, option: str = "--as-of") -> dict[str, Any]:
    """The publication of a month that is current, or was at a time.

    Args:
        warehouse: The warehouse.
        period: Month.
        as_of: ISO time.
        option: What the time was asked by.

    Raises:
        NoAnswer: There is none.
    """
    try:
        publication = warehouse.current(period, as_of)
    except ValueError:
        raise NoAnswer(f"{option} {as_of}：应写作 ISO 时间，例如 2023-05-10 或 2023-05-10T18:00:00+08:00") from None
    if publication is None:
        if as_of and warehouse.current(period):
            raise NoAnswer(f"{period} 截至 {as_of} 还没有发布，请给出较晚的时间（{option}）")
        raise NoAnswer(f"{period} 还没有发布。请先运行 risk-assets run --period {period}")
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
    scheme = reference.setting("scheme")
    places = warehouse.read("rankings", publication=name, area=area, scheme=[scheme, *_OF_INDICATORS])
    if areas()[area].level != "zone":  # which has a place among others only where zones count
        places = places[~places["zones"]]
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
    scores = warehouse.read("scores", publication=name, area=area, scheme=scheme)
    return {
        "publication": {key: publication[key] for key in ("publication", "period", "state", "made_at", "is_sample")},
        "area": area,
        "name": name_of(area),
        "places": [
            {
                "by": r.by,
                "universe": r.universe,
                "scheme": r.scheme,
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
                "assessed": float(r.assessed),
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
        "component": item["component"],
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

"""What the dashboard's page is given of a month: arrays in the order in which `app.js` reads them.

Texts that stand in many rows are told once, in `words`, and named by their place there; 0 is no text.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import WHOLE_ITEM
from risk_assets.language.areas import Area
from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.terminal import DISPOSITIONS
from risk_assets.publishing.words import (
    NOT_SENT,
    RELEASE_CLASSES,
    SAMPLE,
    SEVERITIES,
    STATES,
    STATUSES,
    VERDICTS,
    WITHDRAWN,
    beijing,
    month,
)

_KINDS = {"words": "文字目标", "milestone": "节点任务"}
_BOUNDS = {"ge": "≥", "le": "≤", "eq": "＝"}
_TASKS = ("done", "on_track", "behind", "preparing", "not_assigned", "expected_done", "not_applicable", "unknown")
_COVERAGE = ("expected", "received", "read", "withdrawn", "on_time", "working_days_late", "rows_read",
             "rows_set_aside", "cells_expected", "cells_filled", "share_filled")  # fmt: skip
_MEASURES = {"attainment": "完成比例", "growth": "增速"}
_BORDERS = Path(__file__).parent / "hunan_2018.json"


class _Words:
    """Texts by the place at which they are told."""

    def __init__(self) -> None:
        self.told: dict[str, int] = {"": 0}

    def __call__(self, text: Any) -> int:
        return self.told.setdefault("" if pd.isna(text) else str(text), len(self.told))


def summary(view: MonthView, unmatched: list[str]) -> dict[str, Any]:
    """All that the page shows at once: state, areas, places and points of total and campaigns, coverage.

    Args:
        view: The month.
        unmatched: Areas that have no borders on the map.
    """
    p = view.publication
    province = view.areas[view.province]
    shown = {*view.coverage["area"], *view.assessments["area"], *view.findings["area"]}
    below = [area for area in view.areas.values() if area.level in {"county", "zone"} and area.code in shown]
    return {
        "title": f"{province.name}{month(view.period)}重点任务监测",
        "period": view.period,
        "state": str(p["state"]),
        "state_word": STATES[str(p["state"])],
        "approved": f"{p['approved_by']} {_moment(p['approved_at'])}" if p["state"] == "final" else "",
        "publication": str(p["publication"]),
        "made_at": _moment(p["made_at"]),
        "release": RELEASE_CLASSES[view.release],
        "is_public": view.release == "public",
        "mark": f"【{SAMPLE}：含虚构数据，不得引用】" if view.is_sample else "",
        "sample": SAMPLE,
        "coverage_counts": [int(p[name]) for name in ("expected", "received", "read", "on_time")],
        "scheme": _scheme(view),
        "minimum_coverage": f"{float(reference.setting('minimum_coverage')):.0%}",
        "minimum_known": f"{float(reference.setting('minimum_known')):.0%}",
        "tolerance": reference.setting("schedule_tolerance"),
        "campaigns": list(view.campaigns.items()),
        "cities": [[area.code, area.name] for area in view.areas.values() if area.level == "city"],
        "counties": [[area.code, area.name, area.parent] for area in below],
        "province": province.code,
        "statuses": [STATUSES[name] for name in _TASKS],
        "not_applicable": STATUSES["not_applicable"],
        "consistent": VERDICTS["consistent"],
        "undecidable": VERDICTS["undecidable"],
        "not_sent": NOT_SENT,
        "withdrawn": WITHDRAWN,
        "rankings": _rankings(view, lambda by: by == "total" or by in view.campaigns),
        "scores": _scores(view),
        "tasks": _tasks(view),
        "changes": _changes(view),
        "coverage": _coverage(view),
        "unmatched": unmatched,
    }


def _moment(at: Any) -> str:
    return f"{beijing(str(at))}（北京时间）"


def _scheme(view: MonthView) -> str:
    """How campaigns are scored; a formula other than that by status is told by its name."""
    if view.scheme["formula"] != "status_share":
        return view.scheme["name"]
    return (
        f"{view.scheme['name']}：每一仗得分 =（已完成 + 进展有序 + 预计完成）÷ 计分任务数 × {view.scheme['points']}；"
        "未下指标、不涉及、状态不明的不进分母；总分为各仗得分的平均，缺任何一仗不排总名次"
    )


def details(view: MonthView) -> dict[str, Any]:
    """What is read on demand: items of the counties with their sentences, findings, places by indicator."""
    words = _Words()
    told = {
        "items": _items(view, words),
        "findings": _findings(view, words),
        "rankings": _rankings(view, lambda by: by != "total" and by not in view.campaigns),
    }
    return {**told, "words": list(words.told)}


def borders(areas: Mapping[str, Area]) -> tuple[dict[str, Any], list[str]]:
    """Borders of 2018 under the codes of the month, and the areas on either side that found none.

    A county that was renamed since (株洲县 → 渌口区) is followed by the successors of `reference/areas.csv`.
    """
    follows = {row["area"]: row["successor"] for row in reference.table("areas") if row["successor"]}
    content = json.loads(_BORDERS.read_text(encoding="utf-8"))
    unmatched = []
    for feature in content["features"]:
        told = feature["properties"]
        code = told["name"]
        while code not in areas and code in follows:
            code = follows[code]
        if code not in areas:
            unmatched.append(f"{told.get('title', code)}（{code}，边界数据有、区划没有）")
        feature["properties"] = {"name": code}
    drawn = {feature["properties"]["name"] for feature in content["features"]}
    missing = [a for a in areas.values() if a.level in {"city", "county"} and a.code not in drawn]
    return content, unmatched + [f"{area.name}（{area.code}，没有边界数据）" for area in missing]


def _rankings(view: MonthView, wanted: Callable[[str], bool]) -> list[list[Any]]:
    """By what, its name, unit, counted areas, and rows of counties and cities.

    A row is area, place, value, change, tied, why not ranked, place in its city, made-up.
    """
    rankings = view.rankings[~view.rankings["zones"]]
    rankings = rankings[rankings["by"].map({by: wanted(by) for by in rankings["by"].unique()})]
    in_city = rankings[(rankings["universe"] != view.province) & (rankings["level"] == "county")]
    placed = in_city[["by", "scheme", "area", "rank"]].itertuples(index=False, name=None)
    places = {(by, scheme, area): _number(place) for by, scheme, area, place in placed}
    told = []
    groups = rankings[rankings["universe"] == view.province].groupby(["by", "scheme"], sort=False)
    for (by, scheme), group in groups:
        rows: dict[str, list[list[Any]]] = {"county": [], "city": []}
        of: dict[str, Any] = dict.fromkeys(rows, 0)
        for r in group.itertuples():
            of[r.level] = _number(r.of)
            rows[r.level].append([
                r.area, _number(r.rank), _number(r.value), _number(r.change), int(bool(r.tied)),
                "" if pd.isna(r.reason) else r.reason, places.get((by, scheme, r.area)), int(bool(r.is_sample)),
            ])  # fmt: skip
        unit = "分" if scheme == view.scheme["scheme"] else "%"
        told.append([by, _of_ranking(view, by, scheme), unit, of["county"], of["city"], rows["county"], rows["city"]])
    order = ["total", *view.campaigns]
    return sorted(told, key=lambda one: order.index(one[0]) if one[0] in order else len(order))


def _of_ranking(view: MonthView, by: str, scheme: str) -> str:
    if by == "total":
        return "总分"
    if by in view.campaigns:
        return view.campaigns[by]
    indicator, _, component = by.partition("/")
    return f"{_named(view, indicator, component)}（{_MEASURES.get(scheme, scheme)}）"


def _named(view: MonthView, indicator: str, component: str) -> str:
    """Name of an indicator, or of a component of it; a component that has its item's name is the item's figure."""
    name, part = view.label(indicator), view.label(indicator, component)
    if component == WHOLE_ITEM:
        return name
    return f"{name}·数值" if part == name else part if name in part else f"{name}·{part}"


def _scores(view: MonthView) -> dict[str, list[list[Any]]]:
    """Area → for each campaign points, credited and assessed tasks, why none."""
    order = {campaign: at for at, campaign in enumerate(view.campaigns)}
    told: dict[str, list[list[Any]]] = {}
    for r in view.scores[view.scores["campaign"].isin(order)].itertuples():
        row = told.setdefault(r.area, [[None, None, None, ""] for _ in order])
        reason = "" if pd.isna(r.reason) else r.reason
        row[order[r.campaign]] = [_number(r.points), _number(r.credited), _number(r.assessed), reason]
    return told


def _tasks(view: MonthView) -> list[list[Any]]:
    """For the province: campaign, number of tasks, and of these by status."""
    whole = (view.rollups["level"] == "province") & (view.rollups["indicator"] == "*") & ~view.rollups["withheld"]
    of = view.rollups[whole].set_index("campaign")
    return [
        [title, *(_number(of.at[campaign, name]) for name in ("tasks", *(f"tasks_{one}" for one in _TASKS)))]
        for campaign, title in view.campaigns.items()
        if campaign in of.index
    ]


def _changes(view: MonthView) -> dict[str, Any]:
    """Tasks behind of areas that reported in both months, counted as the letter counts them; `{}` where none did.

    Each count is of the month before, of this month, newly behind, no longer behind; of all and of each campaign.
    """
    if view.moved.empty:
        return {}
    step = view.moved["now"] - view.moved["before"]
    counts = view.moved[["before", "now"]].assign(newly=step.clip(lower=0), freed=-step.clip(upper=0))
    by_campaign = counts.groupby(view.moved["indicator"].str.partition(".")[0]).sum()
    return {
        "areas": view.moved["area"].nunique(),
        "all": counts.sum().tolist(),
        "campaigns": [[title, *by_campaign.loc[one].tolist()] for one, title in view.campaigns.items()
                      if one in by_campaign.index],
    }  # fmt: skip


def _coverage(view: MonthView) -> list[list[Any]]:
    """Area, counts of its report, made-up."""
    made_up = set(view.submissions.loc[view.submissions["is_sample"], "area"])
    return [
        [row.area, *(_number(getattr(row, name)) for name in _COVERAGE), int(row.area in made_up)]
        for row in view.coverage.itertuples()
    ]


def _items(view: MonthView, words: _Words) -> dict[str, list[list[Any]]]:
    """Area → its items in the order of campaigns and rows, as `app.js` names the columns."""
    keys = ["submission", "table_no", "row", "component"]
    sentences = dict(_keyed(view.figures, keys, ["sentence", "sentence_at", "quote", "sheet", "cell", "line"]))
    months = _months(view)
    order = {campaign: at for at, campaign in enumerate(view.campaigns)}
    rows = view.assessments.assign(order=view.assessments["campaign"].map(order).fillna(len(order)))
    told: dict[str, list[list[Any]]] = {}
    for r in rows.sort_values(["area", "order", "table_no", "row", "component"], kind="stable").itertuples():
        figure = sentences.get((r.submission, r.table_no, r.row, r.component))
        known = not pd.isna(r.indicator)
        told.setdefault(r.area, []).append([
            words(r.item), words(_label(view, r)), order.get(r.campaign, -1),
            words(_BOUNDS.get(r.direction, "")), _number(r.target_value), words(_KINDS.get(r.target_kind, "")),
            _number(r.done_value), words(r.unit), _number(r.attainment_reported), _number(r.attainment_computed),
            _number(r.schedule), words(STATUSES.get(r.status_reported)), words(STATUSES.get(r.status_computed)),
            words(VERDICTS.get(r.verdict, r.verdict)), words(r.why), words(_counts(r)),
            *([words(figure[0]), _number(figure[1]), len(figure[2]), words(_place(*figure[3:]))] if figure
              else [0, 0, 0, 0]),
            months.get((r.area, r.indicator, r.component), []) if known else [],
            words(RELEASE_CLASSES.get(r.release_class)), int(bool(r.is_sample)),
        ])  # fmt: skip
    return told


def _keyed(frame: pd.DataFrame, keys: list[str], rest: list[str]) -> Iterable[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    return zip(
        frame[keys].itertuples(index=False, name=None), frame[rest].itertuples(index=False, name=None), strict=True
    )


def _label(view: MonthView, row: Any) -> str:
    if pd.isna(row.indicator):
        return f"第{row.item}项（不在指标体系内）"
    return _named(view, row.indicator, row.component)


def _counts(row: Any) -> str:
    """How the tasks stand of a line that stands for many."""
    if pd.isna(row.tasks) or row.tasks <= 1:
        return ""
    of = [(STATUSES[name], getattr(row, f"tasks_{name}")) for name in _TASKS]
    return f"{row.tasks}项：" + "、".join(f"{word}{count}" for word, count in of if not pd.isna(count) and count)


def _place(sheet: Any, cell: Any, line: Any) -> str:
    if not pd.isna(cell):
        return f"{'' if pd.isna(sheet) else f'{sheet} '}{cell}"
    return "" if pd.isna(line) else f"第{line}行"


def _months(view: MonthView) -> dict[tuple[Any, ...], list[list[Any]]]:
    """(area, indicator, component) → month, ratio as reported, as computed, schedule, status, made-up; earlier months.

    Ratios as exact as they are drawn: eleven months of a province must fit into the page.
    An item that stands twice in a month has no line: which of the two goes on is not known.
    """
    keys = ["area", "indicator", "component"]
    once = view.earlier.dropna(subset=["indicator"]).drop_duplicates(["period", *keys], keep=False)
    told: dict[tuple[Any, ...], list[list[Any]]] = {}
    shown = once[["period", *keys, "attainment_reported", "attainment_computed", "schedule", "status_reported",
                  "is_sample"]]  # fmt: skip
    for r in shown.sort_values("period", kind="stable").itertuples():
        told.setdefault((r.area, r.indicator, r.component), []).append([
            int(r.period[5:]), _number(r.attainment_reported, 1), _number(r.attainment_computed, 1),
            _number(r.schedule, 1), STATUSES.get(r.status_reported, ""), int(bool(r.is_sample)),
        ])  # fmt: skip
    return told


def _findings(view: MonthView, words: _Words) -> list[list[Any]]:
    """Area, severity, item, message, found, expected, where, disposition, why, until, made-up."""
    ordered = view.findings.assign(at=view.findings["severity"].map({name: n for n, name in enumerate(SEVERITIES)}))
    return [
        [
            r.area, words(SEVERITIES[r.severity]), words("" if pd.isna(r.indicator) else view.label(r.indicator)),
            words(r.message), words(_coded(view, r.found)), words(_coded(view, r.expected)), words(r.where),
            words(DISPOSITIONS.get(r.disposition, r.disposition)), words(r.why), words(r.until),
            int(bool(r.is_sample)),
        ]
        for r in ordered.sort_values(["at", "area"], kind="stable").itertuples()
    ]  # fmt: skip


def _coded(view: MonthView, value: Any) -> str:
    """What a finding found or expected; a code in words."""
    return STATUSES.get(value, view.label(value)) if isinstance(value, str) else ""


def _number(value: Any, digits: int = 6) -> int | float | None:
    """A number of JSON: what is missing is null, so many digits behind the point are kept."""
    if pd.isna(value):
        return None
    number = round(float(value), digits)
    return int(number) if number.is_integer() else number

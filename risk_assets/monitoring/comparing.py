"""Questions that one file cannot raise: against earlier months, other counties, and what was assigned from above.

All frames hold what stands for a month; what a file says against itself is asked when it is read.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import WHOLE_ITEM, MonthFindings, typed
from risk_assets.language.numbers import shortened
from risk_assets.layouts.findings import cell_address
from risk_assets.monitoring.judging import is_enabled, worded

KEYS = ["area", "indicator", "component"]
ASSESSED = ["period", *KEYS, "row", "submission", "target_value", "done_value", "unit", "figure_period", "schedule",
            "attainment_reported", "attainment_computed", "ratio_check", "status_computed", "is_sample"]  # fmt: skip
ROWS = ["submission", "row", "indicator", "area", "progress", "done_text", "sheet", "line", "cells"]
TARGETED = ["area", "indicator", "component", "source", "base_value", "base_unit", "measure", "quote", "where", "row",
            "submission"]  # fmt: skip
_HOLDS = {"done": "progress", "target": "indicator", "attainment": "progress"}
_SLIPS = (4, 8)
_NEAR = math.log10(2)
_SCALE = 1.4826  # a normal spread is so many MADs


@dataclass(frozen=True)
class Months:
    """What a month is compared with.

    Attributes:
        period: Month.
        month_before: The month before it.
        assessments: Frame with the columns `ASSESSED` of this month.
        earlier: The same of the earlier months of the year.
        rows: Frame with the columns `ROWS` of this month.
        rows_before: The same of the month before.
        targets: Frame with the columns `TARGETED` of this month.
        names: Submission → file name.
    """

    period: str
    month_before: str
    assessments: pd.DataFrame
    earlier: pd.DataFrame
    rows: pd.DataFrame
    rows_before: pd.DataFrame
    targets: pd.DataFrame
    names: dict[str, str]


def month_findings(months: Months, publication: str) -> pd.DataFrame:
    """All questions of a month as rows of `month_findings`.

    Args:
        months: What stands for the month, and what it is compared with.
        publication: Id of the publication.
    """
    now, earlier = (_tied(frame) for frame in (months.assessments, months.earlier))
    latest = earlier.sort_values("period").drop_duplicates(KEYS, keep="last")
    pairs = now.merge(latest, on=KEYS, suffixes=("", "_before"))
    pairs = pairs[pairs["is_sample"] == pairs["is_sample_before"]]  # what is made up asks nothing of what is real
    found = [
        *_slips(pairs),
        *_falls(pairs),
        *_changed_targets(pairs),
        *_against_assigned(months.targets),
        *_texts(months, pairs),
        *_past(now, earlier),
        *_peers(now),
    ]
    asked = [one for one in found if is_enabled(one["rule"])]
    cells = {(row.submission, row.row): row for row in months.rows.itertuples()}
    out = []
    for number, one in enumerate(asked, 1):
        place = one.get("where") or _place(cells.get((one["submission"], one["row"])), one["field"])
        file = months.names.get(one["submission"], "")
        out.append(
            {
                "publication": publication,
                "finding": number,
                "area": one["area"],
                "indicator": one["indicator"],
                "period": months.period,
                **worded(one["rule"], one["area"], months.period, f"{one['subject']} {place}", one["found"]),
                "found": one["found"],
                "expected": one["expected"],
                "where": f"{file} {place}".strip(),
                "is_sample": one["is_sample"],
            }
        )
    return typed(MonthFindings, out)


def _tied(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of an indicator; what is missing in numbers is NaN, which no comparison holds for."""
    numbers = frame.select_dtypes("Float64").columns
    return frame[frame["indicator"].notna()].astype(dict.fromkeys(numbers, "float64"))


def _place(row: Any, field: str) -> str:
    """The cell of a field, or of the progress that holds it where it has no column of its own."""
    if row is None:
        return ""
    told = field if field in json.loads(row.cells) else _HOLDS.get(field, field)
    return cell_address({"sheet": row.sheet, "line": row.line, "cells": row.cells}, told)


def _asked(row: Any, rule: str, found: str, expected: str, field: str = "done") -> dict[str, Any]:
    return {"rule": rule, "area": row.area, "submission": row.submission, "row": row.row, "field": field,
            "indicator": row.indicator,
            "subject": f"{row.indicator}{row.component and '/'}{row.component}", "found": found,
            "expected": expected, "is_sample": bool(row.is_sample)}  # fmt: skip


def _amount(value: float, unit: Any) -> str:
    """A value as people write it: 1.86亿元."""
    return f"{value:.10g}%" if unit == "%" else f"{shortened(value)}{'' if pd.isna(unit) else unit}"


def _is_slip(now: float, before: float) -> bool:
    """Whether a value is about 10⁴ or 10⁸ times another, or that fraction of it."""
    if now <= 0 or before <= 0:
        return False
    apart = abs(math.log10(now / before))
    return any(abs(apart - slip) < _NEAR for slip in _SLIPS)


def _slips(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    same = pairs[pairs["unit"] == pairs["unit_before"]]
    found = []
    for name, field in (("done_value", "done"), ("target_value", "target")):
        told = same[same[name].notna() & same[f"{name}_before"].notna()]
        for row in told.itertuples():
            now, before = getattr(row, name), getattr(row, f"{name}_before")
            if _is_slip(now, before):
                expected = f"{row.period_before} {_amount(before, row.unit)}"
                found.append(_asked(row, "size_jumps", _amount(now, row.unit), expected, field))
    return found


def _falls(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    """Amounts and counts of the year that are smaller than before."""
    held = pairs["schedule"].notna() & pairs["schedule_before"].notna() & (pairs["unit"] == pairs["unit_before"])
    less = pairs["done_value"] < pairs["done_value_before"] * (1 - 1e-9)
    return [
        _asked(row, "cumulative_falls", _amount(row.done_value, row.unit),
               f"不小于 {row.period_before} 的 {_amount(row.done_value_before, row.unit)}")
        for row in pairs[held & less].itertuples()
        if not _is_slip(row.done_value, row.done_value_before)
    ]  # fmt: skip


def _changed_targets(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    both = pairs["target_value"].notna() & pairs["target_value_before"].notna()
    same = both & (pairs["unit"] == pairs["unit_before"])
    apart = (pairs["target_value"] - pairs["target_value_before"]).abs() > 1e-9 * pairs["target_value_before"].abs()
    return [
        _asked(row, "target_changed", _amount(row.target_value, row.unit),
               f"{row.period_before} {_amount(row.target_value_before, row.unit)}", "target")
        for row in pairs[same & apart].itertuples()
        if not _is_slip(row.target_value, row.target_value_before)
    ]  # fmt: skip


def _against_assigned(targets: pd.DataFrame) -> list[dict[str, Any]]:
    """Targets that a county wrote against those that its city or province assigned."""
    told = targets[targets["indicator"].notna() & targets["base_value"].notna()]
    told = told.assign(component=told["component"].replace({"level": "", "growth": ""}))
    keys = [*KEYS, "base_unit", "measure"]
    pairs = told[told["source"] == "own"].merge(
        told[told["source"] == "assigned"].drop_duplicates([*keys, "base_value"]), on=keys, suffixes=("", "_assigned")
    )
    fits = (pairs["base_value"] - pairs["base_value_assigned"]).abs() <= 1e-9 * pairs["base_value_assigned"].abs()
    pairs = pairs[~fits.groupby([pairs[key] for key in keys], dropna=False).transform("any")]
    found = []
    for row in pairs.drop_duplicates(keys).itertuples():
        asked = _asked(row, "target_differs", row.quote, f"{row.quote_assigned}（{row.where_assigned}）")
        found.append({**asked, "where": row.where})
    return found


def _texts(months: Months, pairs: pd.DataFrame) -> list[dict[str, Any]]:
    """Words that stand still while the figure moves, and figures that stand still while the words move."""
    names = ["area", "indicator", "progress", "done_text"]
    keys = ["area", "indicator"]
    now = months.rows.loc[months.rows["progress"].notna(), [*names, "submission", "row"]]
    before = months.rows_before.loc[months.rows_before["progress"].notna(), names].drop_duplicates(keys)
    whole = pairs[(pairs["component"] == WHOLE_ITEM) & (pairs["period_before"] == months.month_before)]
    texts = now.merge(before, on=keys, suffixes=("", "_before")).merge(whole, on=[*keys, "submission", "row"])
    found = []
    for row in texts.itertuples():
        ratios = row.attainment_reported, row.attainment_reported_before
        moved = all(pd.notna(one) for one in ratios) and ratios[0] != ratios[1]
        if row.progress == row.progress_before:
            done = row.done_text, row.done_text_before
            if moved:
                found.append(_asked(row, "text_unchanged", f"{ratios[0]:g}%", f"{row.period_before} {ratios[1]:g}%",
                                    "progress"))  # fmt: skip
            elif all(pd.notna(one) for one in done) and done[0] != done[1]:
                found.append(_asked(row, "text_unchanged", done[0], f"{row.period_before} {done[1]}", "progress"))
        elif _still(row) and _words(row.progress) != _words(row.progress_before):
            value = _amount(row.done_value, row.unit)
            found.append(_asked(row, "figure_unchanged", value, f"{row.period_before} {value}", "progress"))
    return found


def _still(row: Any) -> bool:
    """Whether an amount of the year that is not done yet stands as it stood, for a later end of its period."""
    told = pd.notna(row.schedule) and pd.notna(row.done_value) and row.done_value == row.done_value_before
    return bool(told and row.done_value > 0 and row.status_computed != "done")


def _words(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha())


def _far(values: pd.Series, groups: list[pd.Series], others: pd.Series, floor: float) -> tuple[pd.Series, pd.Series]:
    """Whether each value lies far from others of its group, and their median.

    A few values never reach three standard deviations, so the spread is taken from the median: 1.4826 × MAD.

    Args:
        values: What is held.
        groups: Its groups.
        others: What it is held against, missing where a row has no part in that.
        floor: Least spread.
    """
    median = others.groupby(groups).transform("median")
    mad = (others - median).abs().groupby(groups).transform("median")
    spread = (_SCALE * mad).clip(lower=floor)
    return (values - median).abs() > float(reference.setting("outlier_spread")) * spread, median


def _past(now: pd.DataFrame, earlier: pd.DataFrame) -> list[dict[str, Any]]:
    """What this month added against what the months before did, in percentage points of the target."""
    least, floor = int(reference.setting("outlier_months")), float(reference.setting("outlier_months_floor"))
    every = pd.concat([earlier, now], ignore_index=True)
    is_mixed = every.groupby("area")["is_sample"].transform("nunique") > 1
    every = every[every["schedule"].notna() & every["attainment_computed"].notna() & ~is_mixed].sort_values("period")
    month = every["figure_period"].str[-2:].astype("float64")
    keys = [every[key] for key in KEYS]
    gap = month - month.groupby(keys).shift()
    added = (every["attainment_computed"].groupby(keys).diff() / gap).where(gap > 0)
    is_now = every["period"] == (now["period"].iloc[0] if len(now) else "")
    before = added.mask(is_now)
    is_far, median = _far(added, keys, before, floor)
    known = before.groupby(keys).transform("count") >= least
    told = every.assign(added=added, median=median)[is_now & is_far & known]
    return [
        _asked(row, "far_from_past", f"本月新增 {row.added:.1f} 个百分点",
               f"以往各月新增的中位数 {row.median:.1f} 个百分点")
        for row in told.itertuples()
    ]  # fmt: skip


def _peers(now: pd.DataFrame) -> list[dict[str, Any]]:
    """Attainments against those of the other counties."""
    least, floor = int(reference.setting("outlier_peers")), float(reference.setting("outlier_peers_floor"))
    share = now["attainment_computed"].fillna(now["attainment_reported"]).mask(now["ratio_check"] == "differs")
    keys = [now[key] for key in ("indicator", "component", "is_sample")]
    is_far, median = _far(share, keys, share, floor)
    known = share.groupby(keys).transform("count") >= least
    told = now.assign(share=share, median=median)[is_far & known]
    return [
        _asked(row, "far_from_peers", f"{row.share:.2f}%", f"各县中位数 {row.median:.2f}%", "attainment")
        for row in told.itertuples()
    ]

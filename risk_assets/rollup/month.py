"""A month's rollups, scores and rankings from the assessments of all its areas."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import Rankings, Rollups, Scores, typed, validate
from risk_assets.language.areas import Area, above
from risk_assets.rollup.aggregate import WHOLE_CAMPAIGN, add_up, by_area
from risk_assets.rollup.ranking import rank, with_change
from risk_assets.rollup.score import TOTAL, status_share

_SUMMABLE = ("sum", "stock")
_REPORTING = ("county", "zone")  # a city's own report is kept, its place follows from its counties
ATTAINMENT = "attainment"
_SCARCE = "报告的项数不足"
_TOO_FEW = "所辖县市区报送不足，汇总暂不发布"


@dataclass(frozen=True)
class Month:
    """What a month is made from.

    Attributes:
        period: Month.
        publication: Id of the publication that it will be.
        areas: All areas in force, by code.
        campaigns: Campaign → Chinese name, in order.
        indicators: Frame of `indicators` of the framework in force.
        assessments: Frame of `assessments` of every area's current submission.
        absent: Area → why nothing of it is in the month.
        before: Frame of `rankings` of the month before; empty where there is none.
    """

    period: str
    publication: str
    areas: Mapping[str, Area]
    campaigns: Mapping[str, str]
    indicators: pd.DataFrame
    assessments: pd.DataFrame
    absent: Mapping[str, str]
    before: pd.DataFrame


def month_tables(month: Month) -> dict[str, pd.DataFrame]:
    """Add up, score and rank.

    Args:
        month: What it is made from.

    Returns:
        Checked frames of `rollups`, `scores` and `rankings`.
    """
    scheme = _scheme()
    rollups = _rollups(month)
    reporting = {code for code, area in month.areas.items() if area.level in _REPORTING}
    county_counts = by_area(month.assessments[month.assessments["area"].isin(reporting)])
    city_counts = rollups[
        (rollups["level"] == "city") & (rollups["indicator"] == WHOLE_CAMPAIGN) & ~rollups["withheld"]
    ]
    scores = pd.concat([_scores(month, county_counts, scheme), _scores(month, city_counts, scheme)], ignore_index=True)
    scarce = _scarce(month)
    scores.loc[[pair in scarce for pair in zip(scores["area"], scores["campaign"], strict=True)], "points"] = None
    without_total = {area for area, _ in scarce}
    scores.loc[(scores["campaign"] == TOTAL) & scores["area"].isin(without_total), "points"] = None
    reasons = _reasons(month, scores, scarce)
    scores["reason"] = [reasons.get((a, c)) for a, c in zip(scores["area"], scores["campaign"], strict=True)]
    scores.loc[scores["points"].notna(), "reason"] = None
    rankings = _rankings(month, scores, reasons, scheme["scheme"])
    return {
        "rollups": validate(Rollups, typed(Rollups, rollups)),
        "scores": validate(Scores, typed(Scores, scores.sort_values(["level", "area", "campaign"]))),
        "rankings": validate(Rankings, typed(Rankings, rankings)),
    }


def _scheme() -> dict[str, str]:
    wanted = reference.setting("scheme")
    return next(row for row in reference.table("schemes") if row["scheme"] == wanted)


def _of_level(month: Month, level: str) -> list[str]:
    return [code for code, area in month.areas.items() if area.level == level]


def _rollups(month: Month) -> pd.DataFrame:
    assessments = month.assessments.merge(
        month.indicators[["indicator", "aggregation"]], on="indicator", how="left", validate="many_to_one"
    )
    counties = set(_of_level(month, "county"))
    assessments = assessments[assessments["area"].isin(counties)]
    units = assessments.dropna(subset=["unit"]).groupby("indicator")["unit"].agg(lambda u: u.value_counts().index[0])
    unit = assessments["indicator"].map(units)
    summable = assessments["aggregation"].isin(_SUMMABLE) & (assessments["unit"] == unit).fillna(False)
    assessments = assessments.assign(
        summable_target=assessments["target_value"].where(summable),
        summable_done=assessments["done_value"].where(summable),
    )
    pairs = [(code, group) for code in sorted(counties) for group in above(code, month.areas)]
    membership = pd.DataFrame(pairs, columns=["area", "group"])
    expected = membership.groupby("group").size()
    added = add_up(assessments, membership)
    minimum = float(reference.setting("minimum_coverage"))
    added = added.rename(columns={"group": "area"})
    added["publication"] = month.publication
    added["period"] = month.period
    added["level"] = [month.areas[code].level for code in added["area"]]
    added["areas_expected"] = added["area"].map(expected).astype("Int64")
    added["unit"] = added["indicator"].map(units).where(added["areas_with_value"] > 0)
    target = added["target_value"]
    added["attainment"] = (100 * added["done_value"] / target).where(target > 0)
    added["withheld"] = added["areas_in"] / added["areas_expected"] < minimum
    added["is_sample"] = added["is_sample"].astype(bool)
    return added.sort_values(["level", "area", "campaign", "indicator"], ignore_index=True)


def _scores(month: Month, counts: pd.DataFrame, scheme: dict[str, str]) -> pd.DataFrame:
    rows = [row for row in reference.table("scheme_credits") if row["scheme"] == scheme["scheme"]]
    scored = status_share(
        counts,
        {row["status"]: float(row["credit"]) for row in rows},
        {row["status"] for row in rows if row["counted"] == "yes"},
        float(scheme["points"]),
        len(month.campaigns),
    )
    scored["publication"] = month.publication
    scored["period"] = month.period
    scored["level"] = [month.areas[code].level for code in scored["area"]]
    scored["scheme"] = scheme["scheme"]
    scored["possible"] = float(scheme["points"])
    scored["is_sample"] = scored["is_sample"].astype(bool)
    return scored


def _scarce(month: Month) -> set[tuple[str, str]]:
    """Areas and campaigns of whose items too few are told: a share over one item of forty is no place."""
    told = month.assessments[
        month.assessments["indicator"].notna() & (month.assessments["tasks_unknown"] < month.assessments["tasks"])
    ]
    counts = told.groupby(["area", "campaign"]).size()
    wanted = month.indicators.groupby("campaign").size() * float(reference.setting("minimum_known"))
    areas = [code for code in month.assessments["area"].unique() if month.areas[code].level in _REPORTING]
    return {(area, c) for area in areas for c in month.campaigns if counts.get((area, c), 0) < wanted.get(c, 0)}


def _reasons(month: Month, scores: pd.DataFrame, scarce: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Why an area has no points in a campaign or in total, for every county and city that has none."""
    have = {
        (area, campaign)
        for area, campaign, points in zip(scores["area"], scores["campaign"], scores["points"], strict=True)
        if pd.notna(points)
    }
    known = set(scores["area"])
    reasons: dict[tuple[str, str], str] = {}
    for level in ("county", "city"):
        for area in _of_level(month, level):
            lacking = [name for campaign, name in month.campaigns.items() if (area, campaign) not in have]
            whole = month.absent.get(area, "未报送") if level == "county" else _TOO_FEW
            for campaign, name in month.campaigns.items():
                if (area, campaign) not in have:
                    lack = _SCARCE if (area, campaign) in scarce else "没有可计分的任务"
                    reasons[area, campaign] = f"{name}{lack}" if area in known else whole
            if lacking:
                reasons[area, TOTAL] = f"缺少{'、'.join(lacking)}的得分" if area in known else whole
    return reasons


def _rankings(month: Month, scores: pd.DataFrame, reasons: dict[tuple[str, str], str], scheme: str) -> pd.DataFrame:
    province = next(code for code, area in month.areas.items() if area.level == "province")
    points = {(a, c): p for a, c, p in zip(scores["area"], scores["campaign"], scores["points"], strict=True)}
    entries: list[tuple[str, str, str, str, str, float | None, str | None]] = []
    for by in (TOTAL, *month.campaigns):
        for level in ("county", "city"):
            for area in _of_level(month, level):
                value = points.get((area, by))
                value = None if pd.isna(value) else value
                reason = None if value is not None else reasons[area, by]
                universes = [province] if level == "city" else above(area, month.areas)
                entries += [(by, level, universe, scheme, area, value, reason) for universe in universes]
    entries += _indicator_entries(month, province)
    names = ["by", "level", "universe", "scheme", "area", "value", "reason"]
    values = pd.DataFrame(entries, columns=names).astype({"value": "Float64"})
    ranked = with_change(rank(values), month.before)
    touched = month.assessments.groupby("area")["is_sample"].max()
    sample_of = {code: bool(flag) for code, flag in touched.items()}
    members = {
        universe: any(
            sample_of.get(code, False) for code in _of_level(month, "county") if universe in above(code, month.areas)
        )
        for universe in ranked["universe"].unique()
    }
    ranked["is_sample"] = ranked["universe"].map(members)
    ranked["publication"] = month.publication
    ranked["period"] = month.period
    return ranked.sort_values(["by", "level", "universe", "rank", "area"], ignore_index=True, na_position="last")


def _indicator_entries(month: Month, province: str) -> list[tuple[str, str, str, str, str, float | None, str | None]]:
    """Counties by the share they print, for every indicator for which at least one prints a share."""
    frame = month.assessments
    printed = frame[frame["attainment_reported"].notna() & frame["indicator"].notna()]
    shares = {
        (indicator, area): float(value)
        for indicator, area, value in zip(
            printed["indicator"], printed["area"], printed["attainment_reported"], strict=True
        )
    }
    entries: list[tuple[str, str, str, str, str, float | None, str | None]] = []
    for indicator in sorted(printed["indicator"].unique()):
        for area in _of_level(month, "county"):
            value = shares.get((indicator, area))
            reason = None if value is not None else month.absent.get(area, "没有填报完成比例")
            entries.append((indicator, "county", province, ATTAINMENT, area, value, reason))
    return entries

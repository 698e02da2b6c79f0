"""A month's rollups, scores and rankings from the assessments of all its areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import WHOLE_ITEM, Rankings, Rollups, Scores, typed, validate
from risk_assets.language.areas import Area, above
from risk_assets.rollup.aggregate import STATUS_COUNTS, VALUES, WHOLE_CAMPAIGN, add_up, by_area, comparable
from risk_assets.rollup.hierarchy import membership
from risk_assets.rollup.ranking import GROUP, rank, with_change
from risk_assets.rollup.score import TOTAL, attained, met, placed, status_share, total, weighted

_REPORTING = ("county", "zone")  # a city's own report is kept, its place follows from its counties
ATTAINMENT, GROWTH = "attainment", "growth"
_SERIES = ["indicator", "component"]
_NO_FIGURE = {"sum": "no_amounts", "stock": "no_amounts", "growth": "no_growths", "rate": "no_parts"}
_FIGURES = ["target_value", "done_value", "attainment"]


@dataclass(frozen=True)
class Month:
    """What a month is made from.

    Attributes:
        period: Month.
        publication: Id of the publication that it will be.
        areas: All areas in force in the month, by code.
        campaigns: Campaign → Chinese name, in order.
        indicators: Frame of `indicators` of the framework in force.
        methods: Frame of `indicator`, `component`, `method`: how each adds up.
        assessments: Frame of `assessments` of every area's current submission.
        absent: Area → why nothing of it is in the month.
        before: Frame of `rankings` of the month before; empty where there is none.
    """

    period: str
    publication: str
    areas: Mapping[str, Area]
    campaigns: Mapping[str, str]
    indicators: pd.DataFrame
    methods: pd.DataFrame
    assessments: pd.DataFrame
    absent: Mapping[str, str]
    before: pd.DataFrame

    def of_level(self, *levels: str) -> list[str]:
        """Codes of the areas of some levels."""
        return [code for code, area in self.areas.items() if area.level in levels]

    @property
    def province(self) -> str:
        """Code of the province."""
        return self.of_level("province")[0]


@cache
def _words() -> dict[str, str]:
    return {row["reason"]: row["text"] for row in reference.table("rollup_words")}


def say(reason: str, **named: object) -> str:
    """A reason of `reference/rollup_words.csv` in words."""
    return _words()[reason].format(**named)


def methods_of(framework: str) -> pd.DataFrame:
    """How the counties of each indicator and component of a framework add up: `indicator`, `component`, `method`.

    Growth of people's income and the like is that of an average, which needs the people as weights: it is held as a
    rate, and not rolled up without numerator and denominator.
    """
    parts: dict[str, list[dict[str, str]]] = {}
    for row in reference.table(f"frameworks/{framework}/components"):
        parts.setdefault(row["indicator"], []).append(row)
    rows = []
    for row in reference.table(f"frameworks/{framework}/indicators"):
        name, method = row["indicator"], row["aggregation"]
        whole = method if not parts.get(name) or method == "rate" else "status"
        rows.append((name, WHOLE_ITEM, whole))
        for part in parts.get(name, ()):
            if part["measure"] == "growth":
                own = "rate" if method == "rate" else "growth"
            elif part["unit"] == "%":
                own = "rate"
            else:
                own = method if method in ("sum", "stock") else "sum"
            rows.append((name, part["component"], own))
    return pd.DataFrame(rows, columns=[*_SERIES, "method"]).astype("str")


def month_tables(month: Month) -> dict[str, pd.DataFrame]:
    """Add up, score and rank.

    Args:
        month: What it is made from.

    Returns:
        Checked frames of `rollups`, `scores` and `rankings`.
    """
    counties = month.of_level("county")
    groups = membership(month.period, counties, month.areas)
    rollups = add_month_up(month, groups)
    values = pd.concat([_county_values(month), _city_values(month, rollups)], ignore_index=True)
    scores, why = _scores(month, rollups, values)
    rankings = _rankings(month, scores, why, values)
    return {
        "rollups": rollups,
        "scores": validate(Scores, typed(Scores, scores.sort_values(["scheme", "level", "area", "campaign"]))),
        "rankings": validate(Rankings, typed(Rankings, rankings)),
    }


def add_month_up(month: Month, groups: pd.DataFrame) -> pd.DataFrame:
    """A month's roll-up over any groups of its counties.

    Args:
        month: What it is made from.
        groups: `period`, `area`, `group`.

    Returns:
        A checked frame of `rollups`. What too few counties report is withheld: it has no figures, and says why.
    """
    frame = month.assessments[month.assessments["area"].isin(set(groups["area"]))]
    frame = frame.merge(month.methods, on=_SERIES, how="left", validate="many_to_one")
    is_whole = frame["component"] == WHOLE_ITEM
    outside = frame.loc[
        is_whole & (frame["tasks"] > 0) & (frame["tasks_not_applicable"] == frame["tasks"]), ["area", "indicator"]
    ].dropna()
    told = pd.MultiIndex.from_frame(frame[["area", "indicator"]]).isin(pd.MultiIndex.from_frame(outside))
    frame = frame[is_whole | ~told].assign(figure_end=frame["figure_period"].str[-7:])
    is_growth = frame["method"] == "growth"
    frame["unit"] = frame["unit"].where(~is_growth, frame["value_unit"])
    no_part = told[is_whole | ~told] | (is_growth & frame["value"].isna())  # they must not outvote those that have one
    frame.loc[no_part, list(VALUES)] = None
    frame = comparable(frame)
    added = add_up(frame, groups).rename(columns={"group": "area"})
    added["publication"] = month.publication
    added["level"] = [month.areas[code].level for code in added["area"]]
    added["is_sample"] = added["is_sample"].astype(bool)
    expected = groups.groupby("group").size()
    not_theirs = _per_group(outside, groups, ["group", "indicator"])
    keys = pd.MultiIndex.from_frame(added[["area", "indicator"]])
    lacking = pd.Series(not_theirs.reindex(keys).fillna(0).to_numpy(), added.index).astype("int64")
    added["areas_expected"] = added["area"].map(expected).astype("int64") - lacking
    added["areas_in"] = added["areas_in"] - lacking.where(added["component"] == WHOLE_ITEM, 0)
    added["areas_missing"] = added["areas_expected"] - added["areas_in"]
    apart = _per_group(frame.loc[frame["is_apart"], ["area", *_SERIES]], groups, ["group", *_SERIES])
    keys = pd.MultiIndex.from_frame(added[["area", *_SERIES]])
    return _withheld(added, pd.Series(apart.reindex(keys).fillna(0).to_numpy(), added.index).astype("int64"))


def _per_group(rows: pd.DataFrame, groups: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Number of rows by group and further columns."""
    return rows.merge(groups, on="area").groupby(keys).size()


def _withheld(added: pd.DataFrame, apart: pd.Series) -> pd.DataFrame:
    """Take out the figures of too few counties, and say why a row has none."""
    minimum = float(reference.setting("minimum_coverage"))
    has = added["areas_with_value"] > 0
    none_asked = added["areas_expected"] == 0
    few = ~none_asked & (added["areas_in"] < minimum * added["areas_expected"])
    few_values = has & ~few & (added["areas_with_value"] < minimum * added["areas_expected"])
    added["withheld"] = few | few_values
    reasons: list[str | None] = []
    for row, is_few, is_thin, other in zip(added.itertuples(), few, few_values, apart, strict=True):
        if is_few:
            reason = say("few_areas", expected=row.areas_expected, areas=row.areas_in)
        elif is_thin:
            reason = say("few_values", expected=row.areas_expected, values=row.areas_with_value)
        elif row.areas_expected == 0:
            reason = say("all_outside")
        elif row.areas_with_value == 0 and row.method in _NO_FIGURE:
            reason = say(_NO_FIGURE[row.method])
        else:
            reason = ""
        parts = [reason, say("apart", apart=other) if other else ""]
        reasons.append("；".join(part for part in parts if part) or None)
    added["reason"] = reasons
    shown = has & ~added["withheld"]
    percent = added["method"].isin(["growth", "rate"])
    added["unit"] = added["unit"].mask(percent, "%").where(shown)
    added["figure_end"] = added["figure_end"].where(shown)
    for name in _FIGURES:
        added[name] = added[name].where(shown)
    ordered = added.sort_values(["level", "area", "campaign", *_SERIES], ignore_index=True)
    return validate(Rollups, typed(Rollups, ordered))


def _county_values(month: Month) -> pd.DataFrame:
    """What each reporting area is ranked and scored by, an indicator or component a row.

    A figure that ends in another month than most others' is not held against them.

    Columns: `area`, `level`, `campaign`, `indicator`, `component`, `attainment`, `growth`, `status_computed`, `why`
    (why there is no attainment) and `is_sample`.
    """
    frame = month.assessments[month.assessments["area"].isin(set(month.of_level(*_REPORTING)))]
    frame = frame[frame["indicator"].notna()]
    frame = frame.assign(figure_end=frame["figure_period"].str[-7:], has_target=frame["target_value"].notna())
    frame.loc[frame["status_reported"] == "not_applicable", list(VALUES)] = None
    frame = comparable(frame)
    outside = frame["status_reported"] == "not_applicable"
    computed, reported = frame["attainment_computed"], frame["attainment_reported"]
    contested, apart = frame["ratio_check"] == "differs", frame["is_apart"]
    values = frame[["area", "campaign", *_SERIES, "growth", "is_sample", "has_target"]].assign(
        attainment=computed.fillna(reported).mask(contested | apart | outside),
        status_computed=frame["status_computed"].mask(outside),
        why=pd.Series(say("no_share"), frame.index, dtype="str")
        .mask(contested, say("contested"))
        .mask(apart, say("other_figure"))
        .mask(outside, say("not_applicable")),
    )
    return _with_means(values.assign(level="county"))


def _city_values(month: Month, rollups: pd.DataFrame) -> pd.DataFrame:
    """The same of each city, from its roll-up."""
    frame = rollups[(rollups["level"] == "city") & (rollups["indicator"] != WHOLE_CAMPAIGN)]
    values = frame[["area", "campaign", *_SERIES, "attainment", "is_sample"]].assign(
        growth=frame["done_value"].where(frame["method"] == "growth"),
        status_computed=pd.Series(pd.NA, frame.index, dtype="str"),
        why=frame["reason"].fillna(say("no_share")),
        has_target=frame["target_value"].notna(),
        is_few=frame["areas_in"] < float(reference.setting("minimum_coverage")) * frame["areas_expected"],
    )
    return _with_means(values.assign(level="city"))


def _with_means(values: pd.DataFrame) -> pd.DataFrame:
    """Give an item the mean attainment of its components, where all that have a target have one."""
    parts = values[(values["component"] != WHOLE_ITEM) & values["has_target"]]
    means = parts.groupby(["area", "indicator"])["attainment"].agg(["mean", "size", "count"])
    means = means.loc[means["size"] == means["count"], "mean"]
    whole = values["component"] == WHOLE_ITEM
    keys = pd.MultiIndex.from_frame(values[["area", "indicator"]])
    mean = pd.Series(means.reindex(keys).to_numpy(), values.index, dtype="Float64")
    return values.assign(attainment=mean.where(whole).fillna(values["attainment"]))


Why = dict[tuple[str, str, str], str]


def _scores(month: Month, rollups: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, Why]:
    """Points of every area under every scheme, and why an area has none, by scheme, area and campaign."""
    scored: list[pd.DataFrame] = []
    why: Why = {}
    for scheme in reference.table("schemes"):
        points = float(scheme["points"])
        weights = _weights(month, scheme)
        if not weights:
            continue  # a scheme for campaigns that this framework does not have
        if scheme["formula"] == "status_share":
            frame, scarce = _status_shares(month, rollups, scheme, points), _scarce(month)
        else:
            frame, scarce = _indicator_shares(month, values, scheme, points)
        frame.loc[[pair in scarce for pair in zip(frame["area"], frame["campaign"], strict=True)], "points"] = None
        frame = total(frame.assign(period=month.period)[list(_SCORED)], weights)
        reasons = _reasons(month, frame, scarce, weights)
        why |= {(scheme["scheme"], *key): reason for key, reason in reasons.items()}
        frame = frame.assign(
            reason=[reasons.get((a, c)) for a, c in zip(frame["area"], frame["campaign"], strict=True)],
            scheme=scheme["scheme"],
            possible=points,
        )
        frame.loc[frame["points"].notna(), "reason"] = None
        scored.append(frame)
    scores = pd.concat(scored, ignore_index=True)
    scores["publication"] = month.publication
    scores["level"] = [month.areas[code].level for code in scores["area"]]
    scores["is_sample"] = scores["is_sample"].astype(bool)
    return scores, why


_SCORED = ("period", "area", "campaign", "assessed", "credited", "points", "is_sample")


def _weights(month: Month, scheme: Mapping[str, str]) -> dict[str, float]:
    """Weight of each campaign in the total; `equal` for all campaigns of the framework."""
    if scheme["campaign_weights"] == "equal":
        return dict.fromkeys(month.campaigns, 1.0)
    pairs = [pair.partition("=") for pair in reference.listed(scheme["campaign_weights"])]
    return {name: float(weight) for name, _, weight in pairs if name in month.campaigns}


def _status_shares(month: Month, rollups: pd.DataFrame, scheme: Mapping[str, str], points: float) -> pd.DataFrame:
    reporting = set(month.of_level(*_REPORTING))
    of_counties = by_area(month.assessments[month.assessments["area"].isin(reporting)])
    whole = rollups["indicator"] == WHOLE_CAMPAIGN
    of_cities = rollups[(rollups["level"] == "city") & whole & ~rollups["withheld"]]
    names = ["period", "area", "campaign", *STATUS_COUNTS, "is_sample"]
    of_cities = of_cities[names].assign(is_sample=of_cities["is_sample"].astype("int64"))
    rows = [row for row in reference.table("scheme_credits") if row["scheme"] == scheme["scheme"]]
    return status_share(
        pd.concat([of_counties[names], of_cities], ignore_index=True),
        {row["status"]: float(row["credit"]) for row in rows},
        {row["status"] for row in rows if row["counted"] == "yes"},
        points,
    )


def _scarce(month: Month) -> set[tuple[str, str]]:
    """Areas and campaigns of whose items too few are told: a share over one item of forty is no place."""
    frame = month.assessments[month.assessments["component"] == WHOLE_ITEM]
    told = frame[frame["indicator"].notna() & (frame["tasks_unknown"] < frame["tasks"])]
    counts = told.groupby(["area", "campaign"]).size().to_dict()
    wanted = (month.indicators.groupby("campaign").size() * float(reference.setting("minimum_known"))).to_dict()
    areas = [code for code in frame["area"].unique() if month.areas[code].level in _REPORTING]
    return {(area, c) for area in areas for c in month.campaigns if counts.get((area, c), 0) < wanted.get(c, 0)}


def _indicator_shares(
    month: Month, values: pd.DataFrame, scheme: Mapping[str, str], points: float
) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """Points from the shares of indicators, and the areas and campaigns with too few of them.

    Held to be measured in a campaign are the indicators of which at least one area of the level has a share.
    """
    frame = values[values["component"] == WHOLE_ITEM].assign(period=month.period)
    if scheme["formula"] == "attainment":
        frame = attained(frame, float(scheme["cap"]))
    elif scheme["formula"] == "by_place":
        frame = placed(_places(month, frame), points, float(scheme["step"]), float(scheme["floor"]))
    else:
        frame = _met_by_counties(month, met(frame))
    frame = frame.merge(month.indicators[["indicator", "weight"]], on="indicator")
    have = frame[frame["share"].notna()]
    counts = have.groupby(["area", "campaign"]).size()
    measured = have.groupby(["level", "campaign"])["indicator"].nunique()
    minimum = float(reference.setting("minimum_known"))
    levels = frame[["area", "level"]].drop_duplicates()
    scarce = {
        (row.area, campaign)
        for row in levels.itertuples()
        for campaign in month.campaigns
        if counts.get((row.area, campaign), 0) < minimum * measured.get((row.level, campaign), 0)
    }
    return weighted(frame, points), scarce


def _places(month: Month, frame: pd.DataFrame) -> pd.DataFrame:
    """Places by attainment: of cities and of counties among themselves, of zones among counties and zones."""
    zones = frame["area"].isin(set(month.of_level("zone")))
    entries = frame.assign(by=frame["indicator"], universe=month.province, zones=False, scheme=ATTAINMENT,
                           direction="ge", value=frame["attainment"])  # fmt: skip
    mixed = rank(entries[entries["level"] == "county"].assign(zones=True))
    return pd.concat([rank(entries[~zones]), mixed[mixed["area"].isin(set(month.of_level("zone")))]], ignore_index=True)


def _met_by_counties(month: Month, frame: pd.DataFrame) -> pd.DataFrame:
    """All or nothing of a city: the share of its counties that have met the target, of those that can be told."""
    city_of = {code: month.areas[code].parent for code in month.of_level("county")}
    of_counties = frame[frame["area"].isin(city_of)]
    shares = of_counties.groupby([of_counties["area"].map(city_of), "indicator"])["share"].mean()
    keys = pd.MultiIndex.from_frame(frame[["area", "indicator"]])
    of_city = pd.Series(shares.reindex(keys).to_numpy(), frame.index, dtype="Float64")
    few = frame["is_few"].fillna(False).astype(bool)
    return frame.assign(share=frame["share"].where(frame["level"] != "city", of_city.mask(few)))


def _reasons(
    month: Month, scores: pd.DataFrame, scarce: set[tuple[str, str]], weights: Mapping[str, float]
) -> dict[tuple[str, str], str]:
    """Why an area has no points in a campaign or in total, for every reporting area and city that has none."""
    have = {(row.area, row.campaign) for row in scores.itertuples() if pd.notna(row.points)}
    known = set(scores["area"])
    reasons: dict[tuple[str, str], str] = {}
    for area in month.of_level(*_REPORTING, "city"):
        is_city = month.areas[area].level == "city"
        whole = say("city_too_few") if is_city else month.absent.get(area, say("not_received"))
        for campaign, name in month.campaigns.items():
            if (area, campaign) not in have:
                reason = say("scarce" if (area, campaign) in scarce else "nothing_scored", campaign=name)
                reasons[area, campaign] = reason if area in known else whole
        lacking = [month.campaigns[campaign] for campaign in weights if (area, campaign) not in have]
        if lacking:
            reasons[area, TOTAL] = say("lacking", campaigns="、".join(lacking)) if area in known else whole
    return reasons


def _rankings(month: Month, scores: pd.DataFrame, why: Why, values: pd.DataFrame) -> pd.DataFrame:
    points = scores[["area", "campaign", "scheme", "points"]].rename(columns={"campaign": "by", "points": "value"})
    entries = pd.concat([_of_points(month, points, why), *_of_indicators(month, values)], ignore_index=True)
    entries = _in_universes(month, entries)
    ranked = with_change(rank(entries.assign(period=month.period)), month.before)
    members = _made_up_universes(month)
    ranked["is_sample"] = ranked["universe"].map(members).astype(bool)
    ranked["publication"] = month.publication
    ranked.loc[ranked["rank"].notna(), "reason"] = None
    return ranked.sort_values([*GROUP[1:], "rank", "area"], ignore_index=True, na_position="last")


def _of_points(month: Month, points: pd.DataFrame, why: Why) -> pd.DataFrame:
    """Total and campaigns: every area has a line under the published scheme, and under others that have points."""
    areas = pd.DataFrame({"area": month.of_level(*_REPORTING, "city")}).astype("str")
    schemes = [row["scheme"] for row in reference.table("schemes")]
    by = pd.DataFrame([(scheme, c) for scheme in schemes for c in (TOTAL, *month.campaigns)], columns=["scheme", "by"])
    points = points.astype({"area": "str", "by": "str", "scheme": "str"})
    every = areas.merge(by, how="cross").merge(points, on=["area", "scheme", "by"], how="left")
    have = points[points["value"].notna()]
    scored = set(zip(have["scheme"], have["by"], strict=True))
    published = reference.setting("scheme")
    every = every[[s == published or (s, by) in scored for s, by in zip(every["scheme"], every["by"], strict=True)]]
    keys = zip(every["scheme"], every["area"], every["by"], strict=True)
    reasons = pd.Series([why.get(key) for key in keys], every.index, dtype="str")
    return every.assign(reason=reasons, direction="ge")


def _of_indicators(month: Month, values: pd.DataFrame) -> list[pd.DataFrame]:
    """Attainment and growth of every indicator and component that at least one area has."""
    directions = month.indicators.set_index("indicator")["direction"]
    areas = pd.DataFrame({"area": month.of_level(*_REPORTING, "city")}).astype("str")
    found = []
    for scheme, why in ((ATTAINMENT, "why"), (GROWTH, None)):
        have = values.loc[values[scheme].notna(), _SERIES].drop_duplicates()
        every = areas.merge(have, how="cross").merge(
            values[["area", *_SERIES, scheme, "why"]], on=["area", *_SERIES], how="left"
        )
        none = say("no_share" if why else "no_growth")
        reason = every["why"] if why else pd.Series(none, every.index, dtype="str").where(every["why"].notna())
        absent = pd.Series([month.absent.get(area, none) for area in every["area"]], every.index, dtype="str")
        falls = every["indicator"].map(directions) == "le"
        parts = every["component"].where(every["component"] == WHOLE_ITEM, "/" + every["component"])
        found.append(
            pd.DataFrame(
                {
                    "area": every["area"],
                    "scheme": scheme,
                    "by": every["indicator"] + parts,
                    "value": every[scheme],
                    "reason": reason.fillna(absent),
                    "direction": pd.Series("ge", every.index, dtype="str").mask(falls & (scheme == GROWTH), "le"),
                }
            )
        )
    return found


def _in_universes(month: Month, entries: pd.DataFrame) -> pd.DataFrame:
    """Each entry once for every universe in which its area is ranked: with zones only where a zone has reported."""
    reporting = set(month.assessments["area"])
    with_zones = {group for zone in month.of_level("zone") if zone in reporting for group in _groups(month, zone)}
    pairs = []
    for code in month.of_level(*_REPORTING, "city"):
        level = month.areas[code].level
        if level == "city":
            pairs.append((code, "city", month.province, False))
            continue
        for universe in _groups(month, code):
            if level == "county":
                pairs.append((code, "county", universe, False))
            if universe in with_zones:
                pairs.append((code, "county", universe, True))
    universes = pd.DataFrame(pairs, columns=["area", "level", "universe", "zones"])
    universes = universes.astype({"area": "str", "level": "str", "universe": "str", "zones": "boolean"})
    joined = entries.merge(universes, on="area")
    alive = joined.groupby(["by", "scheme", "level"])["value"].transform("count") > 0
    return joined[alive | ~joined["scheme"].isin((ATTAINMENT, GROWTH))]


def _groups(month: Month, code: str) -> list[str]:
    """Cities and the province above an area; a zone of a county belongs to the county's city."""
    return [group for group in above(code, month.areas) if month.areas[group].level in ("city", "province")]


def _made_up_universes(month: Month) -> dict[str, bool]:
    """Areas within which is ranked, and whether a made-up figure of a county or zone touches them."""
    touched = month.assessments.groupby("area")["is_sample"].max()
    found = dict.fromkeys(month.of_level("city", "province"), False)
    for code, is_sample in touched.items():
        if is_sample and month.areas[str(code)].level in _REPORTING:
            for group in _groups(month, str(code)):
                found[group] = True
    return found

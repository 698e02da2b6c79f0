"""All that readers are shown of a month, taken from the warehouse once and cut to what one class of readers may see.

Workbook, report and dashboard are made from it, so that they show the same figures. How each looks is not known here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from risk_assets import reference
from risk_assets.contracts import RELEASE_CLASSES, WHOLE_ITEM, Assessments, columns
from risk_assets.language.areas import Area, above, areas_of
from risk_assets.publishing.answers import current
from risk_assets.storage import Warehouse

_ASSESSED = [c.name for c in columns(Assessments)]
WITHHELD = "按公开等级不予列出"
_OF_FIGURES = ["submission", "table_no", "row", "base_value", "sentence", "sentence_at", "quote", "sheet",
               "cell", "line"]  # fmt: skip


@dataclass(frozen=True)
class MonthView:
    """A month as one class of readers may see it.

    Attributes:
        period: Month.
        release: Class of the readers; nothing above it is in any frame.
        publication: Row of `publications`, as it was at the time asked for.
        areas: Areas in force in the month, by code.
        campaigns: Campaign → Chinese name, in order.
        indicators: Indicator → row of `indicators` of the framework in force, those above the class left out.
        components: (indicator, component) → Chinese name.
        tables: Table of the framework → Chinese name.
        scheme: Row of `reference/schemes.csv` by which is published.
        rollups: Frame of `rollups`.
        scores: Frame of `scores` of the published scheme.
        rankings: Frame of `rankings`: total and campaigns by the published scheme, indicators by attainment and growth.
        assessments: Frame of `assessments` of what is used.
        findings: Frame of the view `current_findings` for this publication: with disposition, by whom, why, until.
        coverage: Frame of the view `coverage` of the month (of the publication that is current now).
        submissions: Frame of `submissions`, with `used`.
        earlier: Frame of `assessments` of the earlier months of the year, for lines over the months.
        figures: Sentence and place of the figure that was held against each target: `submission`, `table_no`, `row`,
            `component`, `quote`, `sentence`, `sentence_at`, `sheet`, `cell`, `line`.
        withheld: (area, indicator) of lines that were reported and that the class may not see.
        responsible: Office that answers for a row, where the table names one: `submission`, `table_no`, `row`,
            `responsible`.
    """

    period: str
    release: str
    publication: Mapping[str, Any]
    areas: Mapping[str, Area]
    campaigns: Mapping[str, str]
    indicators: Mapping[str, Mapping[str, str]]
    components: Mapping[tuple[str, str], str]
    tables: Mapping[str, str]
    scheme: Mapping[str, str]
    rollups: pd.DataFrame
    scores: pd.DataFrame
    rankings: pd.DataFrame
    assessments: pd.DataFrame
    findings: pd.DataFrame
    coverage: pd.DataFrame
    submissions: pd.DataFrame
    earlier: pd.DataFrame
    figures: pd.DataFrame
    withheld: frozenset[tuple[str, str]]
    responsible: pd.DataFrame

    @property
    def is_sample(self) -> bool:
        """Whether made-up figures are in the month."""
        return bool(self.publication["is_sample"])

    @property
    def province(self) -> str:
        """Code of the province."""
        return next(code for code, area in self.areas.items() if area.level == "province")

    def name(self, code: str) -> str:
        """Official name of an area of the month."""
        return self.areas[code].name if code in self.areas else code

    def label(self, indicator: str, component: str = WHOLE_ITEM) -> str:
        """Chinese name of an indicator, or of a component of it; of one that shares its name with its table's."""
        own = self.components.get((indicator, component))
        return own or self._names.get(indicator, indicator)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Tasks behind by `area` and `indicator`, `before` and `now`, of areas that reported in both months."""
        month = str(pd.Period(self.period, "M") - 1)
        sides = {"before": self.earlier[self.earlier["period"] == month], "now": self.assessments}
        reporting = {code for code, area in self.areas.items() if area.level in {"county", "zone"}}
        items = {name: frame[frame["component"] == WHOLE_ITEM] for name, frame in sides.items()}
        both = reporting.intersection(*(frame["area"] for frame in items.values()))
        behind = {}
        for name, frame in items.items():
            kept = frame[frame["area"].isin(both)]
            behind[name] = kept.groupby(["area", kept["indicator"].fillna("")])["tasks_behind"].sum()
        return pd.DataFrame(behind).fillna(0).astype(int).reset_index()

    @cached_property
    def _names(self) -> dict[str, str]:
        shared = Counter(row["name"] for row in self.indicators.values())
        return {
            one: f"{row['name']}（{self.tables[row['table']]}）" if shared[row["name"]] > 1 else row["name"]
            for one, row in self.indicators.items()
        }


def month_view(warehouse: Warehouse, period: str, release: str, as_of: str | None = None) -> MonthView:
    """Take a month from the warehouse.

    Args:
        warehouse: The warehouse.
        period: Month.
        release: One of `RELEASE_CLASSES`.
        as_of: ISO time; the publication that was current then.

    Raises:
        NoAnswer: The month is not published.
    """
    publication = current(warehouse, period, as_of)
    name, framework = str(publication["publication"]), reference.framework_of(period)
    scheme = next(row for row in reference.table("schemes") if row["scheme"] == reference.setting("scheme"))
    assessments = warehouse.columns_of("assessments", _ASSESSED, name)
    areas = areas_of(period)
    cut = _cut(framework, release, assessments, areas)
    submissions = warehouse.read_of("submissions", name).merge(
        warehouse.read("publication_submissions", publication=name)[["submission", "rules", "used"]]
    )
    findings = warehouse.findings(name, as_of)
    earlier = warehouse.earlier("assessments", period, f"{period[:4]}-01", _ASSESSED)
    campaigns = sorted(reference.table(f"frameworks/{framework}/campaigns"), key=lambda row: int(row["order"]))
    parts = reference.table(f"frameworks/{framework}/components")
    scores = warehouse.read("scores", publication=name)
    shown = assessments[cut.sees(assessments)]
    rankings = cut.rankings(warehouse.read("rankings", publication=name))
    is_published = rankings["scheme"].eq(scheme["scheme"]) | ~cut.is_whole(rankings)
    return MonthView(
        period=period,
        release=release,
        publication=publication,
        areas=areas,
        campaigns={row["campaign"]: row["name"] for row in campaigns},
        indicators=cut.indicators,
        components={
            (row["indicator"], row["component"]): row["name"] for row in parts if row["indicator"] in cut.indicators
        },
        tables={row["table"]: row["name"] for row in reference.table(f"frameworks/{framework}/tables")},
        scheme=scheme,
        rollups=cut.rollups(warehouse.read("rollups", publication=name)),
        scores=scores[scores["scheme"] == scheme["scheme"]],
        rankings=rankings[is_published],
        assessments=shown,
        findings=cut.findings(findings),
        coverage=warehouse.coverage(period),
        submissions=submissions,
        earlier=earlier[cut.sees(earlier)],
        figures=_figures(warehouse, name, shown),
        withheld=frozenset(cut.hidden),
        responsible=_responsible(warehouse, name, shown),
    )


def released_tables(
    warehouse: Warehouse, publication: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], release: str
) -> dict[str, pd.DataFrame]:
    """The month's tables cut to what one class of readers may see, all schemes of them.

    Args:
        warehouse: The warehouse.
        publication: Row of `publications`.
        tables: Frames of `MONTH_TABLES`.
        release: One of `RELEASE_CLASSES`.
    """
    assessments = warehouse.columns_of("assessments", _ASSESSED, str(publication["publication"]))
    period = str(publication["period"])
    cut = _cut(reference.framework_of(period), release, assessments, areas_of(period))
    return {
        "rollups": cut.rollups(tables["rollups"]),
        "scores": tables["scores"],
        "rankings": cut.rankings(tables["rankings"]),
        "month_findings": cut.findings(tables["month_findings"]),
    }


@dataclass(frozen=True)
class _Cut:
    """What a class of readers may see.

    Attributes:
        release: The class.
        campaigns: Campaigns of the framework.
        indicators: Indicator → row of `indicators`, those above the class left out.
        hidden: `area` and `indicator` of the lines that an area keeps above the class.
        above: The same of the cities and provinces over them: a sum less what is shown would tell what is hidden.
    """

    release: str
    campaigns: frozenset[str]
    indicators: Mapping[str, Mapping[str, str]]
    hidden: pd.MultiIndex
    above: pd.MultiIndex

    def sees(self, assessments: pd.DataFrame) -> pd.Series:
        """Rows of assessments that the class sees; a line outside the framework is no more than internal."""
        order, own = {one: _rank(one) for one in RELEASE_CLASSES}, _rank(self.release)
        is_open = assessments["release_class"].map(order).fillna(order["internal"]) <= own
        is_foreign = assessments["indicator"].isna() & (own >= order["internal"])
        return is_open & (assessments["indicator"].isin(set(self.indicators)) | is_foreign)

    def is_whole(self, rankings: pd.DataFrame) -> pd.Series:
        """Rankings by the total or a campaign."""
        return rankings["by"].isin({"total", *self.campaigns})

    def rollups(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Sums of campaigns and of what the class sees, without the figures of those with a hidden part."""
        kept = frame[frame["indicator"].isin({"*", *self.indicators})].copy()
        told = pd.MultiIndex.from_frame(kept[["area", "indicator"]]).isin(self.above)
        kept.loc[told, ["target_value", "done_value", "attainment"]] = None
        kept.loc[told, "reason"] = WITHHELD
        return kept

    def rankings(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Places; an area that keeps its own figure back has neither place nor value there, and leaves no gap."""
        indicator = frame["by"].str.partition("/")[0]
        kept = frame[self.is_whole(frame) | indicator.isin(set(self.indicators))].copy()
        pairs = pd.MultiIndex.from_arrays([kept["area"], kept["by"].str.partition("/")[0]])
        back = pairs.isin(self.hidden) | pairs.isin(self.above)
        had_place = back & kept["rank"].notna().to_numpy()
        kept.loc[back, ["rank", "value", "change"]] = None
        kept.loc[back, "reason"] = WITHHELD
        return _closed(kept, had_place)

    def findings(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Questions; those of a line that the class does not see are left out, and of a public one all."""
        if self.release == RELEASE_CLASSES[0]:
            return frame[:0]
        back = pd.MultiIndex.from_arrays([frame["area"], frame["indicator"].fillna("")]).isin(self.hidden)
        return frame[(frame["indicator"].isna() | frame["indicator"].isin(set(self.indicators))) & ~back]


def _closed(rankings: pd.DataFrame, back: np.ndarray) -> pd.DataFrame:
    """Places counted anew in rankings from which an area was taken out: a gap would tell its place."""
    group = ["by", "level", "universe", "zones", "scheme"]
    of_groups = pd.MultiIndex.from_frame(rankings[group])
    with_gap = of_groups.isin(of_groups[back])
    places = rankings[with_gap].groupby(group)["rank"]
    rankings.loc[with_gap, "of"] = places.transform("count").astype("Int64")
    rankings.loc[with_gap, "rank"] = places.rank(method="min").astype("Int64")
    left = rankings[with_gap]
    rankings.loc[with_gap, "tied"] = left.duplicated([*group, "rank"], keep=False) & left["rank"].notna()
    rankings.loc[with_gap, "change"] = None
    return rankings


def _cut(framework: str, release: str, assessments: pd.DataFrame, areas: Mapping[str, Area]) -> _Cut:
    campaigns = frozenset(row["campaign"] for row in reference.table(f"frameworks/{framework}/campaigns"))
    known = {
        row["indicator"]: row
        for row in reference.table(f"frameworks/{framework}/indicators")
        if _rank(row["release_class"]) <= _rank(release)
    }
    nothing = pd.MultiIndex.from_arrays([[], []])
    held = assessments[~_Cut(release, campaigns, known, nothing, nothing).sees(assessments)]
    pairs = held[["area", "indicator"]].drop_duplicates().dropna()
    above_them = [(one, row.indicator) for row in pairs.itertuples() for one in above(str(row.area), areas)]
    over = pd.MultiIndex.from_tuples(above_them) if above_them else nothing
    return _Cut(release, campaigns, known, pd.MultiIndex.from_frame(pairs), over)


def _rank(release: str) -> int:
    return RELEASE_CLASSES.index(release)


def _responsible(warehouse: Warehouse, publication: str, assessments: pd.DataFrame) -> pd.DataFrame:
    """Offices of the rows that are shown; the names of persons among them are the readers' to take out (`plain`)."""
    keys = ["submission", "table_no", "row"]
    told = warehouse.columns_of("report_rows", [*keys, "responsible"], publication).dropna(subset=["responsible"])
    return told.merge(assessments[keys].drop_duplicates(), on=keys)


def _figures(warehouse: Warehouse, publication: str, assessments: pd.DataFrame) -> pd.DataFrame:
    """The sentence behind each figure that was held against a target: the same row, component and value."""
    told = warehouse.columns_of("observations", _OF_FIGURES, publication, role="actual")
    keys = ["submission", "table_no", "row"]
    held = assessments.loc[assessments["done_value"].notna(), [*keys, "component", "done_value"]]
    pairs = held.merge(told, on=keys)
    same = (pairs["base_value"] - pairs["done_value"]).abs() <= 1e-9 * pairs["done_value"].abs()
    return pairs[same].drop_duplicates([*keys, "component"]).drop(columns=["base_value", "done_value"])

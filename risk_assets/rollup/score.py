"""Points under a scheme, from counts of tasks or shares of indicators. What is missing is never zero.

Schemes are data. A share is what an area earns of an indicator: 1 for all of it, more where a scheme credits more.
"""

from collections.abc import Collection, Mapping

import narwhals as nw

from risk_assets.rollup.frames import Frame, rounded

TOTAL = "total"
_MET = ("done", "on_track")
_SCORE = ("period", "area", "campaign", "assessed", "credited", "points", "is_sample")


def status_share(counts: Frame, credits: Mapping[str, float], counted: Collection[str], points: float) -> Frame:
    """Share of the assessed tasks that earn credit, per campaign.

    Args:
        counts: `period`, `area`, `campaign`, `tasks_<status>` columns and `is_sample`; a row a period, area and
            campaign.
        credits: Status → credit for one task.
        counted: Statuses that belong to the denominator.
        points: Points for a full share.

    Returns:
        A row a period, area and campaign: `assessed` (tasks), `credited`, `points` (missing where nothing was
        assessed) and `is_sample`. Points are rounded to 6 digits, so that equal shares tie.
    """
    assessed = nw.sum_horizontal(*(nw.col(f"tasks_{status}") for status in sorted(counted)))
    credited = nw.sum_horizontal(
        *(nw.col(f"tasks_{status}") * float(credit) for status, credit in sorted(credits.items()) if credit)
    )
    sums = nw.from_native(counts).with_columns(
        assessed.alias("assessed"), credited.alias("credited"), nw.col("is_sample").cast(nw.Int64)
    )
    return _scored(sums, points).to_native()


def weighted(shares: Frame, points: float) -> Frame:
    """Weighted mean of the shares of an area's indicators, per campaign.

    Args:
        shares: `period`, `area`, `campaign`, `indicator`, `weight`, `share` (missing: not counted) and `is_sample`.
        points: Points for a full share.

    Returns:
        As of `status_share`, with the sum of the weights of indicators that have a share as `assessed`.
    """
    weight = nw.when(~nw.col("share").is_null()).then(nw.col("weight")).otherwise(nw.lit(0.0))
    earned = nw.when(~nw.col("share").is_null()).then(nw.col("weight") * nw.col("share")).otherwise(nw.lit(0.0))
    sums = (
        nw.from_native(shares)
        .with_columns(weight.alias("assessed"), earned.alias("credited"), nw.col("is_sample").cast(nw.Int64))
        .group_by("period", "area", "campaign")
        .agg(nw.col("assessed").sum(), nw.col("credited").sum(), nw.col("is_sample").max())
    )
    return _scored(sums, points).to_native()


def attained(values: Frame, cap: float) -> Frame:
    """Share by attainment.

    Args:
        values: `attainment` in %; missing stays missing.
        cap: Highest attainment that is credited, in %.

    Returns:
        `values` with `share`, between 0 and `cap` ÷ 100.
    """
    attainment = nw.col("attainment")
    share = nw.when(~attainment.is_null()).then((attainment / 100).clip(0.0, cap / 100))  # SQL's greatest skips nulls
    return nw.from_native(values).with_columns(share.alias("share")).to_native()


def met(values: Frame) -> Frame:
    """Share by the computed status: all or nothing.

    Args:
        values: `status_computed`: done, on_track, behind or missing.

    Returns:
        `values` with `share`: 1 where it is done or on track, 0 where it is behind, missing elsewhere.
    """
    status = nw.col("status_computed")
    share = nw.when(status.is_in(_MET)).then(nw.lit(1.0)).when(status == "behind").then(nw.lit(0.0))
    return nw.from_native(values).with_columns(share.cast(nw.Float64).alias("share")).to_native()


def placed(values: Frame, points: float, step: float, floor: float) -> Frame:
    """Share by place: full points for the first, so many fewer for each place behind it.

    Args:
        values: `rank`; missing stays missing.
        points: Points of the first place.
        step: Points lost with each place.
        floor: Points that the last ones keep.

    Returns:
        `values` with `share`.
    """
    place = nw.col("rank").cast(nw.Float64)
    earned = (points - step * (place - 1)).clip(lower_bound=floor)
    share = nw.when(~place.is_null()).then(earned / points)  # SQL's greatest skips nulls
    return nw.from_native(values).with_columns(share.alias("share")).to_native()


def total(scored: Frame, weights: Mapping[str, float]) -> Frame:
    """Add the weighted mean of the campaigns' points.

    Args:
        scored: Output of `status_share` or `weighted`.
        weights: Campaign → its weight; what is not in it has no part in the total.

    Returns:
        `scored` and a row `total` for each period and area that has one of the campaigns: `assessed` and `credited`
        are sums, `points` is missing unless every campaign of `weights` has points.
    """
    frame = nw.from_native(scored)
    weight = nw.sum_horizontal(
        *(
            nw.when(nw.col("campaign") == campaign).then(nw.lit(float(weight))).otherwise(nw.lit(0.0))
            for campaign, weight in weights.items()
        )
    )
    mean = rounded(nw.col("mean") / sum(weights.values()))
    totals = (
        frame.filter(nw.col("campaign").is_in(list(weights)))
        .with_columns((weight * nw.col("points")).alias("mean"))
        .group_by("period", "area")
        .agg(
            nw.col("assessed").sum(),
            nw.col("credited").sum(),
            nw.col("mean").sum(),
            nw.col("points").count().alias("present"),
            nw.col("is_sample").max(),
        )
        .with_columns(
            nw.lit(TOTAL).alias("campaign"),
            nw.when(nw.col("present") == len(weights)).then(mean).alias("points"),
        )
    )
    return nw.concat([frame.select(*_SCORE), totals.select(*_SCORE)], how="vertical").to_native()


def _scored(sums: nw.LazyFrame, points: float) -> nw.LazyFrame:
    earned = rounded(nw.col("credited") / nw.col("assessed") * points)
    return (
        sums.with_columns(nw.col("assessed").cast(nw.Float64), nw.col("credited").cast(nw.Float64))
        .with_columns(nw.when(nw.col("assessed") > 0).then(earned).alias("points"))
        .select(*_SCORE)
    )

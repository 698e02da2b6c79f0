"""Points under a scheme. Schemes are data; what is missing is never zero."""

import narwhals as nw

from risk_assets.rollup.frames import Frame

TOTAL = "total"


def status_share(counts: Frame, credits: dict[str, float], counted: set[str], points: float, campaigns: int) -> Frame:
    """Share of the assessed tasks that earn credit, per campaign and in total.

    Args:
        counts: `area`, `campaign`, `tasks_<status>` columns and `is_sample`; a row an area and campaign.
        credits: Status → credit for one task.
        counted: Statuses that belong to the denominator.
        points: Points for a full share.
        campaigns: How many campaigns an area must have for a total; each weighs the same.

    Returns:
        A row an area and campaign, and one for `total`: `assessed`, `credited`, `points` (missing where nothing was
        assessed, or a campaign is missing) and `is_sample`. Points are rounded to 6 digits, so that equal shares tie.
    """
    frame = nw.from_native(counts)
    assessed = nw.sum_horizontal(*(nw.col(f"tasks_{status}") for status in sorted(counted)))
    credited = nw.sum_horizontal(
        *(nw.col(f"tasks_{status}") * float(credit) for status, credit in sorted(credits.items()) if credit)
    )
    per_campaign = frame.select(
        "area", "campaign", assessed.alias("assessed"), credited.cast(nw.Float64).alias("credited"), "is_sample"
    ).with_columns(
        nw.when(nw.col("assessed") > 0)
        .then((nw.col("credited") / nw.col("assessed") * points).round(6))
        .alias("points")
    )
    total = (
        per_campaign.group_by("area")
        .agg(
            nw.col("assessed").sum(),
            nw.col("credited").sum(),
            nw.col("points").mean().alias("mean"),
            nw.col("points").count().alias("present"),
            nw.col("is_sample").max(),
        )
        .with_columns(
            nw.lit(TOTAL).alias("campaign"),
            nw.when(nw.col("present") == campaigns).then(nw.col("mean").round(6)).alias("points"),
        )
        .select("area", "campaign", "assessed", "credited", "is_sample", "points")
    )
    return nw.concat([per_campaign, total], how="vertical").to_native()

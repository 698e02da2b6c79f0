"""Counts of statuses and sums of amounts over groups of areas. Growth rates and rates are never averaged here."""

import narwhals as nw

from risk_assets.rollup.frames import Frame

STATUS_COUNTS = (
    "tasks",
    "tasks_done",
    "tasks_on_track",
    "tasks_behind",
    "tasks_preparing",
    "tasks_not_assigned",
    "tasks_expected_done",
    "tasks_not_applicable",
    "tasks_unknown",
)
WHOLE_CAMPAIGN = "*"


def by_area(assessments: Frame) -> Frame:
    """Counts of each area and campaign.

    Args:
        assessments: `area`, `campaign`, `indicator` and the status counts; a row an item. Items that are not tied to
            an indicator are left out, as others could not be held to them.

    Returns:
        A row an area and campaign with the status counts.
    """
    frame = nw.from_native(assessments)
    return (
        frame.filter(~nw.col("indicator").is_null())
        .with_columns(nw.col("is_sample").cast(nw.Int64))
        .group_by("area", "campaign")
        .agg(*(nw.col(name).sum() for name in STATUS_COUNTS), nw.col("is_sample").max())
        .to_native()
    )


def add_up(assessments: Frame, membership: Frame) -> Frame:
    """Add items up over groups of areas, for each indicator and for each whole campaign.

    Args:
        assessments: `area`, `campaign`, `indicator`, the status counts, `summable_target`, `summable_done` (missing
            where amounts do not add up) and `is_sample`; a row an item.
        membership: `area` and `group`, the groups (cities, the province) that an area belongs to.

    Returns:
        A row a group, campaign and indicator (`*` for the campaign): `areas_in`, the status counts,
        `areas_with_value`, `target_value`, `done_value` (missing where no area has both) and `is_sample`.
    """
    frame = nw.from_native(assessments).filter(~nw.col("indicator").is_null())
    joined = frame.join(nw.from_native(membership), on="area", how="inner")
    valued = ~(nw.col("summable_target").is_null() | nw.col("summable_done").is_null())
    joined = joined.with_columns(
        nw.when(valued).then(nw.lit(1)).otherwise(nw.lit(0)).alias("has_value"),
        nw.when(valued).then(nw.col("summable_target")).alias("target_in"),
        nw.when(valued).then(nw.col("summable_done")).alias("done_in"),
        nw.col("is_sample").cast(nw.Int64).alias("is_sample"),
    )
    counts = [nw.col(name).sum() for name in STATUS_COUNTS]
    per_indicator = (
        joined.group_by("group", "campaign", "indicator")
        .agg(
            nw.col("area").n_unique().alias("areas_in"),
            *counts,
            nw.col("has_value").sum().alias("areas_with_value"),
            nw.col("target_in").sum().alias("target_value"),
            nw.col("done_in").sum().alias("done_value"),
            nw.col("is_sample").max(),
        )
        .with_columns(
            nw.when(nw.col("areas_with_value") > 0).then(nw.col("target_value")).alias("target_value"),
            nw.when(nw.col("areas_with_value") > 0).then(nw.col("done_value")).alias("done_value"),
        )
    )
    per_campaign = (
        joined.group_by("group", "campaign")
        .agg(nw.col("area").n_unique().alias("areas_in"), *counts, nw.col("is_sample").max())
        .with_columns(
            nw.lit(WHOLE_CAMPAIGN).alias("indicator"),
            nw.lit(0).alias("areas_with_value"),
            *(
                nw.when(nw.col("areas_in") < 0).then(nw.col("areas_in").cast(nw.Float64)).alias(name)
                for name in ("target_value", "done_value")  # never: a campaign as a whole has no amount
            ),
        )
    )
    whole = [nw.col(name).cast(nw.Int64) for name in ("areas_in", *STATUS_COUNTS, "areas_with_value", "is_sample")]
    amounts = [nw.col(name).cast(nw.Float64) for name in ("target_value", "done_value")]
    both = [part.select("group", "campaign", "indicator", *whole, *amounts) for part in (per_indicator, per_campaign)]
    return nw.concat(both, how="vertical").to_native()

"""Places: standard competition ranking with 并列 (1, 1, 3); who has no value is listed and has no place."""

import narwhals as nw

from risk_assets.rollup.frames import Frame

GROUP = ("by", "level", "universe")


def rank(values: Frame) -> Frame:
    """Rank the areas of each group, the highest value first.

    Args:
        values: `by`, `level`, `universe`, `area` and `value` (missing: not ranked); a row an area and group.

    Returns:
        The same rows with `rank` (missing where there is no value), `of` (areas ranked) and `tied`.
    """
    frame = nw.from_native(values)
    valued = frame.filter(~nw.col("value").is_null())
    places = valued.select(
        *GROUP,
        "area",
        nw.col("value").rank(method="min", descending=True).over(*GROUP).cast(nw.Int64).alias("rank"),
        (nw.col("area").count().over(*GROUP, "value") > 1).alias("tied"),
    )
    sizes = valued.group_by(*GROUP).agg(nw.len().alias("of")).with_columns(nw.col("of").cast(nw.Int64))
    return (
        frame.join(places, on=[*GROUP, "area"], how="left")
        .join(sizes, on=list(GROUP), how="left")
        .with_columns(
            nw.when(nw.col("of").is_null()).then(nw.lit(0)).otherwise(nw.col("of")).alias("of"),
            nw.when(nw.col("tied").is_null()).then(nw.lit(False)).otherwise(nw.col("tied")).alias("tied"),
        )
        .to_native()
    )


def with_change(ranked: Frame, before: Frame) -> Frame:
    """Add places won (+) or lost (-) against an earlier ranking.

    Args:
        ranked: Output of `rank`.
        before: `by`, `level`, `universe`, `area` and `rank` of the month before.

    Returns:
        `ranked` with `change`, missing where one of the two has no place.
    """
    keys = [*GROUP, "area"]
    earlier = nw.from_native(before).select(*keys, nw.col("rank").alias("rank_before"))
    return (
        nw.from_native(ranked)
        .join(earlier, on=keys, how="left")
        .with_columns((nw.col("rank_before") - nw.col("rank")).alias("change"))
        .drop("rank_before")
        .to_native()
    )

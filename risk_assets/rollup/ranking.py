"""Places: standard competition ranking with 并列 (1, 1, 3); who has no value is listed and has no place."""

import narwhals as nw

from risk_assets.rollup.frames import Frame, rounded

GROUP = ("period", "by", "level", "universe", "zones", "scheme")


def rank(values: Frame) -> Frame:
    """Rank the areas of each group.

    Args:
        values: `GROUP`, `area`, `value` (missing: not ranked) and `direction` (`ge` or missing: the highest value
            first, `le`: the lowest); a row an area and group.

    Returns:
        The same rows with `rank` (missing where there is no value), `of` (areas ranked), `areas` (areas of the group,
        ranked or not) and `tied`.
    """
    value = rounded(nw.col("value"))
    merit = nw.when(nw.col("direction") == "le").then(0 - value).otherwise(value)
    place = nw.col("_merit").rank(method="min", descending=True).over(*GROUP)
    peers = nw.col("_merit").count().over(*GROUP, "_merit")
    return (
        nw.from_native(values)
        .with_columns(merit.alias("_merit"))
        .with_columns(
            place.cast(nw.Int64).alias("rank"),
            nw.col("_merit").count().over(*GROUP).cast(nw.Int64).alias("of"),
            nw.col("area").count().over(*GROUP).cast(nw.Int64).alias("areas"),
            (peers > 1).alias("tied"),
        )
        .drop("_merit")
        .to_native()
    )


def with_change(ranked: Frame, before: Frame) -> Frame:
    """Add places won (+) or lost (-) against an earlier ranking, among the areas that have a place in both.

    Who drops out of a ranking or comes into it moves nobody: without that, the last would rise when others are missing.

    Args:
        ranked: Output of `rank` of one month.
        before: Ranking of the month before: `GROUP` without `period`, `area` and `rank`.

    Returns:
        `ranked` with `change`, missing where one of the two has no place.
    """
    keys = [*GROUP[1:], "area"]
    earlier = nw.from_native(before).select(*keys, nw.col("rank").alias("_before"))
    in_both = ~nw.col("rank").is_null() & ~nw.col("_before").is_null()

    def place(column: str) -> nw.Expr:
        return nw.col(column).rank(method="min").over(*GROUP).cast(nw.Int64)

    return (
        nw.from_native(ranked)
        .join(earlier, on=keys, how="left")
        .with_columns(
            nw.when(in_both).then(nw.col("rank")).alias("_now"), nw.when(in_both).then(nw.col("_before")).alias("_was")
        )
        .with_columns((place("_was") - place("_now")).alias("change"))
        .drop("_before", "_now", "_was")
        .to_native()
    )

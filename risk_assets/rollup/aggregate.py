"""Counts of statuses, and figures of groups of areas by the method of their indicator.

Growth rates and rates are never averaged here, and figures of different units or times never added up.
"""

import narwhals as nw

from risk_assets.contracts import WHOLE_ITEM
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
FIGURES = ("done_value", "value", "growth", "numerator")
VALUES = ("target_value", *FIGURES, "denominator")
_AMOUNTS = ("sum", "stock")
_SERIES = ("period", "indicator", "component")
_MISSING = ""  # sorts before every unit and month
_TEXTS = ("period", "group", "campaign", "indicator", "component", "method")
_WHOLE = ("areas_in", *STATUS_COUNTS, "areas_with_value", "is_sample")


def by_area(assessments: Frame) -> Frame:
    """Counts of each area and campaign.

    Args:
        assessments: `period`, `area`, `campaign`, `indicator`, the status counts and `is_sample`; a row an item or
            component. Items that are not tied to an indicator are left out, as others could not be held to them.

    Returns:
        A row a period, area and campaign with the status counts and `is_sample` (0 or 1).
    """
    return (
        nw.from_native(assessments)
        .filter(~nw.col("indicator").is_null())
        .with_columns(nw.col("is_sample").cast(nw.Int64))
        .group_by("period", "area", "campaign")
        .agg(*(nw.col(name).sum() for name in STATUS_COUNTS), nw.col("is_sample").max())
        .to_native()
    )


def comparable(assessments: Frame) -> Frame:
    """Set figures apart that cannot be added to the others: another unit, or another end of their period.

    The unit and end that most rows with a figure bear decide, for each period, indicator and component; of equally
    many the later end, then the smaller unit. A missing unit or end is one like any other.

    Args:
        assessments: `period`, `area`, `indicator`, `component`, `unit`, `figure_end` (month `YYYY-MM`) and `VALUES`.

    Returns:
        The same rows with `is_apart`: a figure stood there and was taken out. Rows of another unit or end have no
        values; rows without an indicator are as they were.
    """
    has_figure = nw.any_horizontal(*(~nw.col(name).is_null() for name in FIGURES), ignore_nulls=False)
    frame = nw.from_native(assessments).with_columns(
        has_figure.alias("_figure"),
        nw.col("unit").fill_null(_MISSING).alias("_unit"),
        nw.col("figure_end").fill_null(_MISSING).alias("_end"),
    )
    deciding = (
        frame.filter(nw.col("_figure"), ~nw.col("indicator").is_null())
        .group_by(*_SERIES, "_unit", "_end")
        .agg(nw.len().alias("_rows"))
        .filter(nw.col("_rows") == nw.col("_rows").max().over(*_SERIES))
        .filter(nw.col("_end") == nw.col("_end").max().over(*_SERIES))
        .filter(nw.col("_unit") == nw.col("_unit").min().over(*_SERIES))
        .select(*_SERIES, nw.col("_unit").alias("_unit_meant"), nw.col("_end").alias("_end_meant"))
    )
    other = ~nw.col("_unit_meant").is_null() & (
        (nw.col("_unit") != nw.col("_unit_meant")) | (nw.col("_end") != nw.col("_end_meant"))
    )
    return (
        frame.join(deciding, on=list(_SERIES), how="left")
        .with_columns(other.alias("_other"))
        .with_columns(
            *(nw.when(~nw.col("_other")).then(nw.col(name)).alias(name) for name in VALUES),
            (nw.col("_other") & nw.col("_figure")).alias("is_apart"),
        )
        .drop("_figure", "_unit", "_end", "_unit_meant", "_end_meant", "_other")
        .to_native()
    )


def add_up(assessments: Frame, membership: Frame) -> Frame:
    """Add items up over groups of areas, for each indicator and component and for each whole campaign.

    Sums and stocks add target and done of the areas that have both. Growth of a group is Σ value ÷ Σ (value a year
    before) − 1, a rate Σ numerator ÷ Σ denominator; their target is the one that all areas in them share. Attainment
    is done ÷ target, of growth (1 + done) ÷ (1 + target), the other way round where less is better; it is missing
    where the areas do not agree on that.

    Args:
        assessments: Output of `comparable` with `campaign`, `method` (one of `METHODS`), `direction` (`ge`, `le` or
            missing), the status counts and `is_sample`; a row an item or component.
        membership: `period`, `area` and `group`, the groups (cities, the province) that an area belongs to.

    Returns:
        A row a period, group, campaign, indicator (`*` for the campaign) and component: `method`, `areas_in`, the
        status counts, `areas_with_value` (rows in the figures), `target_value`, `done_value` and `attainment` (growth,
        rates and attainment in %; missing where no row has figures), `unit`, `figure_end` and `is_sample` (0 or 1).
    """
    frame = nw.from_native(assessments).filter(~nw.col("indicator").is_null())
    members = nw.from_native(membership)
    both = (_per_indicator(frame, members), _per_campaign(frame, members))
    return nw.concat(both, how="vertical").to_native()


def _per_indicator(frame: nw.LazyFrame, members: nw.LazyFrame) -> nw.LazyFrame:
    parts = _parts(frame).join(members, on=["period", "area"], how="inner")
    sums = parts.group_by("period", "group", "campaign", "indicator", "component").agg(
        nw.col("method").max(),
        nw.col("area").n_unique().alias("areas_in"),
        *(nw.col(name).sum() for name in STATUS_COUNTS),
        nw.col("upper").count().alias("areas_with_value"),
        nw.col("upper").sum(),
        nw.col("lower").sum(),
        nw.col("target").count().alias("targets"),
        nw.col("target").min().alias("least_target"),
        nw.col("target").max().alias("most_target"),
        nw.col("is_less").min().alias("least_is_less"),
        nw.col("is_less").max().alias("most_is_less"),
        nw.col("unit").max(),
        nw.col("figure_end").max(),
        nw.col("is_sample").max(),
    )
    return _figures(sums).select(*_columns())


def _parts(frame: nw.LazyFrame) -> nw.LazyFrame:
    """What each row brings to the two sums of its method: nothing where one of them would lack its share."""
    method, value, growth = nw.col("method"), nw.col("value"), nw.col("growth")
    had = {name: ~nw.col(name).is_null() for name in VALUES}
    taken = (
        (method.is_in(_AMOUNTS) & had["done_value"] & had["target_value"])
        | ((method == "growth") & had["value"] & had["growth"] & (value > 0) & (growth > -100))
        | ((method == "rate") & had["numerator"] & had["denominator"] & (nw.col("denominator") > 0))
    )
    upper = nw.when(method == "growth").then(value).when(method == "rate").then(nw.col("numerator"))
    year_before = value / (1 + growth / 100)
    lower = nw.when(method == "growth").then(year_before).when(method == "rate").then(nw.col("denominator"))
    direction = nw.col("direction")
    is_less = nw.when(direction == "le").then(nw.lit(1)).when(direction == "ge").then(nw.lit(0))
    brought = {
        "upper": upper.otherwise(nw.col("done_value")),
        "lower": lower.otherwise(nw.col("target_value")),
        "target": nw.col("target_value"),
        "is_less": is_less,
        "unit": nw.col("unit"),
        "figure_end": nw.col("figure_end"),
    }
    return frame.with_columns(taken.alias("taken")).select(
        "period", "area", "campaign", "indicator", "component", "method",
        *STATUS_COUNTS,
        *(nw.when(nw.col("taken")).then(expression).alias(name) for name, expression in brought.items()),
        nw.col("is_sample").cast(nw.Int64),
    )  # fmt: skip


def _figures(sums: nw.LazyFrame) -> nw.LazyFrame:
    """`target_value`, `done_value` and `attainment` from the sums of each group."""
    some, method = nw.col("areas_with_value") > 0, nw.col("method")
    ratio = nw.col("upper") / nw.col("lower")
    shared = (nw.col("targets") == nw.col("areas_with_value")) & (nw.col("least_target") == nw.col("most_target"))
    done = nw.when(method == "growth").then(100 * (ratio - 1)).when(method == "rate").then(100 * ratio)
    goal = nw.when(method.is_in(_AMOUNTS)).then(nw.col("lower")).when(shared).then(nw.col("most_target"))
    held = {name: nw.when(method == "growth").then(1 + nw.col(name) / 100).otherwise(nw.col(name))
            for name in ("done_value", "target_value")}  # fmt: skip
    is_less = nw.col("most_is_less").fill_null(0) == 1
    agreed = nw.col("most_is_less").is_null() | (nw.col("least_is_less") == nw.col("most_is_less"))
    return (
        sums.with_columns(
            nw.when(some).then(done.otherwise(nw.col("upper"))).alias("done_value"),
            nw.when(some).then(goal).alias("target_value"),
        )
        .with_columns(*(expression.alias(f"held_{name}") for name, expression in held.items()))
        .with_columns(
            nw.when(agreed & is_less & (nw.col("held_done_value") > 0))
            .then(100 * nw.col("held_target_value") / nw.col("held_done_value"))
            .when(~is_less & (nw.col("held_target_value") > 0))
            .then(100 * nw.col("held_done_value") / nw.col("held_target_value"))
            .alias("attainment")
        )
    )


def _per_campaign(frame: nw.LazyFrame, members: nw.LazyFrame) -> nw.LazyFrame:
    """Counts of whole campaigns, by way of each area's: there are far fewer of these than of items."""
    areas = nw.from_native(by_area(frame.to_native())).join(members, on=["period", "area"], how="inner")
    counts = areas.group_by("period", "group", "campaign").agg(
        nw.len().alias("areas_in"),
        *(nw.col(name).sum() for name in STATUS_COUNTS),
        nw.col("is_sample").max(),
    )
    return counts.with_columns(
        nw.lit(WHOLE_CAMPAIGN).alias("indicator"),
        nw.lit(WHOLE_ITEM).alias("component"),
        nw.lit("status").alias("method"),
        nw.lit(0).alias("areas_with_value"),
        *(nw.lit(None, nw.Float64).alias(name) for name in ("target_value", "done_value", "attainment")),
        *(nw.lit(None, nw.String).alias(name) for name in ("unit", "figure_end")),
    ).select(*_columns())


def _columns() -> list[nw.Expr]:
    """Columns of a sum in the same order and types whatever engine and part it comes from."""
    texts = [nw.col(name).cast(nw.String) for name in (*_TEXTS, "unit", "figure_end")]
    numbers = [nw.col(name).cast(nw.Float64) for name in ("target_value", "done_value", "attainment")]
    return [*texts, *(nw.col(name).cast(nw.Int64) for name in _WHOLE), *numbers]

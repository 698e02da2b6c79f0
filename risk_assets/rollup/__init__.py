"""Adding up, scoring, ranking: pure functions over narwhals frames (pandas, polars, DuckDB and Spark alike).

What a county's file looks like, and where results are stored, is not known here. Every frame carries its month as
`period`, so that many months go in one call.
"""

from risk_assets.rollup.aggregate import add_up, by_area, comparable
from risk_assets.rollup.ranking import rank, with_change
from risk_assets.rollup.score import attained, met, placed, status_share, total, weighted

__all__ = [
    "add_up",
    "attained",
    "by_area",
    "comparable",
    "met",
    "placed",
    "rank",
    "status_share",
    "total",
    "weighted",
    "with_change",
]

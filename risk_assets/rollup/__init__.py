"""Adding up, scoring, ranking: pure functions over narwhals frames (pandas, polars, DuckDB and Spark alike).

What a county's file looks like, and where results are stored, is not known here.
"""

from risk_assets.rollup.aggregate import add_up, by_area
from risk_assets.rollup.ranking import rank, with_change
from risk_assets.rollup.score import status_share

__all__ = ["add_up", "by_area", "rank", "status_share", "with_change"]

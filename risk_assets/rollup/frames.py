"""What the functions of this floor take and give, and when two of their values are equal."""

from typing import Any, TypeAlias

import narwhals as nw

Frame: TypeAlias = Any
"""A native frame that narwhals knows: pandas, polars, DuckDB or Spark; the same kind comes back."""

_DIGITS = 6
_BEYOND = 1e-9


def rounded(value: nw.Expr) -> nw.Expr:
    """Value to 6 digits, so that values equal but for the order in which they were added tie.

    Halves go up: the engines differ there, and the mean of six campaigns' points often ends on a half.
    """
    return (value + _BEYOND).round(_DIGITS)

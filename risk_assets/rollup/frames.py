"""What the functions of this floor take and give."""

from typing import Any, TypeAlias

Frame: TypeAlias = Any
"""A native frame that narwhals knows: pandas, polars, DuckDB or Spark; the same kind comes back."""

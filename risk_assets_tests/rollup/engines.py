"""The engines that a frame may come from: how to make one, and how to read it as plain rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

TYPES = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "flag": pa.bool_()}
PANDAS = {"text": "str", "whole": "Int64", "number": "Float64", "flag": "boolean"}
Columns = Mapping[str, str]
Rows = Sequence[Mapping[str, Any]]


def pandas_frame(rows: Rows, columns: Columns) -> pd.DataFrame:
    """A frame with the types that contracts use."""
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=PANDAS[kind])
                         for name, kind in columns.items()})  # fmt: skip


def arrow_table(rows: Rows, columns: Columns) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], TYPES[kind]) for name, kind in columns.items()})


def polars_frame(rows: Rows, columns: Columns) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(arrow_table(rows, columns)))


def polars_lazy_frame(rows: Rows, columns: Columns) -> pl.LazyFrame:
    return polars_frame(rows, columns).lazy()


def duckdb_relation(rows: Rows, columns: Columns) -> duckdb.DuckDBPyRelation:
    return duckdb.from_arrow(arrow_table(rows, columns))


ENGINES: dict[str, Callable[[Rows, Columns], Any]] = {
    "pandas": pandas_frame,
    "polars": polars_frame,
    "polars lazy": polars_lazy_frame,
    "duckdb": duckdb_relation,
}


def plain(frame: Any) -> list[dict[str, Any]]:
    """Rows of a frame of any engine, missing values as None."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame.to_dicts()
    if isinstance(frame, duckdb.DuckDBPyRelation):
        frame = frame.df()
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


def in_order(rows: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    """Rows sorted by some columns, numbers rounded far behind what is published."""
    return sorted(
        ({name: round(float(v), 9) if isinstance(v, int | float) else v for name, v in row.items()} for row in rows),
        key=lambda row: tuple(str(row[key]) for key in keys),
    )

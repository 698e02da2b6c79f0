"""What every contract shares: how a column is written down, and how a frame is held to it."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import pandas as pd
import pandera.errors
import pandera.pandas as pa

TEXT: TypeAlias = str
WHOLE: TypeAlias = pd.Int64Dtype
NUMBER: TypeAlias = pd.Float64Dtype
FLAG: TypeAlias = pd.BooleanDtype


_DTYPES = {str(kind()): kind().name for kind in (WHOLE, NUMBER, FLAG)}


class ContractError(ValueError):
    """Rows break a contract; the message names table, column, found value and the rows' keys."""


@dataclass(frozen=True)
class Column:
    """One column as every consumer sees it.

    Attributes:
        name: Column name.
        dtype: One of `str`, `Int64`, `Float64`, `boolean`.
        nullable: Whether a value may be missing.
        description: English description, with the unit where there is one.
        label: Chinese label for readers.
    """

    name: str
    dtype: str
    nullable: bool
    description: str
    label: str


class Contract(pa.DataFrameModel):
    """Base of all contracts: strict columns, no coercion."""

    class Config:
        strict = True
        ordered = True
        coerce = False


def column(description: str, label: str, **rules: Any) -> Any:
    """A pandera field with its description and Chinese label; `rules` are pandera's own checks."""
    return pa.Field(description=description, metadata={"label": label}, **rules)


def same(contract: type[Contract], name: str) -> Any:
    """The field of a column as another contract defines it: a view shows it and says no more of it."""
    return copy(contract.__fields__[name][1])


@cache
def columns(contract: type[Contract]) -> tuple[Column, ...]:
    """The contract's columns in order."""
    schema = contract.to_schema()
    return tuple(
        Column(
            name,
            _DTYPES.get(str(spec.dtype), "str"),
            bool(spec.nullable),
            spec.description or "",
            (spec.metadata or {}).get("label", name),
        )
        for name, spec in schema.columns.items()
    )


def key(contract: type[Contract]) -> tuple[str, ...]:
    """The columns whose values together name one row."""
    return tuple(contract.to_schema().unique or ())


def empty(contract: type[Contract]) -> pd.DataFrame:
    """A frame without rows that satisfies the contract."""
    return pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in columns(contract)})


def typed(contract: type[Contract], rows: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Rows as a frame with the contract's columns, order and types; what a row lacks is missing, never zero."""
    if isinstance(rows, pd.DataFrame):
        taken: dict[str, Any] = {c.name: rows[c.name] for c in columns(contract) if c.name in rows}
        index = rows.index
    else:  # column by column: a frame made of dicts takes four times as long
        listed = list(rows)
        taken = {c.name: [row.get(c.name) for row in listed] for c in columns(contract)}
        index = pd.RangeIndex(len(listed))
    if not len(index):
        return empty(contract)
    return pd.DataFrame(
        {
            c.name: pd.Series(taken[c.name], index, dtype=c.dtype)
            if c.name in taken
            else pd.Series(pd.NA, index, dtype=c.dtype)
            for c in columns(contract)
        }
    ).reset_index(drop=True)


def validate(contract: type[Contract], frame: pd.DataFrame) -> pd.DataFrame:
    """Hold a whole batch to its contract in one call (a call costs 10 ms whatever the size).

    Args:
        contract: The table's model.
        frame: All rows of the batch.

    Returns:
        The frame, unchanged.

    Raises:
        ContractError: Names table, column, check, what was found and the keys of up to five rows.
    """
    try:
        return contract.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as broken:
        raise ContractError(_explain(contract, frame, broken.failure_cases)) from None


def _explain(contract: type[Contract], frame: pd.DataFrame, cases: pd.DataFrame) -> str:
    names = [name for name in key(contract) if name in frame]
    lines = []
    for (where, check), group in cases.groupby(["column", "check"], dropna=False, sort=False):
        rows = [int(i) for i in group["index"].dropna().head(5)]
        keys = "; ".join(str(tuple(frame.loc[i, names])) for i in rows)
        found = ", ".join(repr(value) for value in group["failure_case"].head(5))
        lines.append(f"{contract.__name__}.{where}: expected {check}, found {found} in {len(group)} places: {keys}")
    return "\n".join(lines)

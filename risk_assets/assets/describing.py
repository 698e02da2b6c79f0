"""What the UI shows of a table: column schema, preview, pictures. Nothing is computed here."""

import base64
from collections.abc import Iterable, Sequence

import dagster as dg
import pandas as pd

from risk_assets.contracts import TABLES, columns
from risk_assets.language.areas import name_of
from risk_assets.publishing.words import SAMPLE

OWNERS = ["team:data-engineers"]
_PREVIEW_ROWS = 8


def column_schema(table: str) -> dg.TableSchema:
    """A contract's columns as Dagster shows them."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                c.name,
                c.dtype,
                f"{c.label}: {c.description}",
                constraints=dg.TableColumnConstraints(nullable=c.nullable),
            )
            for c in columns(TABLES[table])
        ]
    )


def preview(frame: pd.DataFrame, names: Sequence[str]) -> dg.MetadataValue:
    """The first rows of some columns as a Markdown table; cell text cannot leave its cell.

    Areas carry their names, made-up rows their mark.
    """
    names = [*names, "is_sample"]
    head = frame[names].head(_PREVIEW_ROWS)
    if "area" in names:
        head = head.assign(area=[f"{code} {name_of(code)}" for code in head["area"]])
    head["is_sample"] = [SAMPLE if flag else "" for flag in head["is_sample"]]
    return listing(head.itertuples(index=False), names)


def listing(rows: Iterable[Sequence[object]], names: Sequence[str]) -> dg.MetadataValue:
    """Rows as a Markdown table; cell text cannot leave its cell."""
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return ""
    text = f"{value:.2f}" if isinstance(value, float) else str(value)
    flat = " ".join(text.split())[:60]
    return "".join("\\" + c if c in r"\`*_{}[]<>()#+!|" else c for c in flat)


def picture(svg: str) -> dg.MetadataValue:
    """An SVG picture inside Markdown, carried in the page itself."""
    encoded = base64.b64encode(svg.encode()).decode()
    return dg.MetadataValue.md(f"![picture](data:image/svg+xml;base64,{encoded})")

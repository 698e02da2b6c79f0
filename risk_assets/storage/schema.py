"""The warehouse's tables as SQLAlchemy sees them: columns, keys and comments from the contracts, indexes from here.

Queries belong to `warehouse` and `views`.
"""

import sqlalchemy as sa

from risk_assets.contracts import TABLES, columns, key

# Keys serve reading by publication and by submission; these serve readers who ask for a county, a month or a question.
_INDEXES: dict[str, list[tuple[str, ...]]] = {
    "assessments": [("period", "area", "indicator")],
    "dispositions": [("question", "decided_at")],
    "findings": [("question",), ("period", "area")],
    "month_findings": [("question",)],
    "publication_submissions": [("submission", "rules", "publication")],
    "publications": [("period", "made_at")],
    "rankings": [("publication", "area", "by")],
    "report_rows": [("period", "area")],
    "rollups": [("publication", "indicator", "area")],
    "submissions": [("period", "area")],
}
_TYPES = {"str": sa.Text, "Int64": sa.BigInteger, "Float64": sa.Double, "boolean": sa.Boolean}


def _metadata() -> sa.MetaData:
    metadata = sa.MetaData()
    for name, contract in TABLES.items():
        keys = key(contract)
        sa.Table(
            name,
            metadata,
            *(
                sa.Column(
                    c.name,
                    sa.String(160) if c.name in keys and c.dtype == "str" else _TYPES[c.dtype](),
                    primary_key=c.name in keys,
                    nullable=c.nullable,
                    autoincrement=False,
                    comment=f"{c.label}: {c.description}",
                )
                for c in columns(contract)
            ),
            comment=" ".join((contract.__doc__ or "").split()),
        )
        for of in _INDEXES.get(name, []):
            sa.Index(f"ix_{name}_{'_'.join(of)}", *(metadata.tables[name].c[column] for column in of))
    return metadata


METADATA = _metadata()


def table_of(name: str) -> sa.Table:
    """A table by its name."""
    return METADATA.tables[name]

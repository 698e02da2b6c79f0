"""The only place where a column is defined.

Each table is one pandera model. SQL tables, Parquet schemas, Dagster column schemas and the data dictionary are
derived from it (`columns`, `validate`). No reading, no storage and no business rule belongs here.
"""

from risk_assets.contracts.base import Column, Contract, ContractError, columns, empty, key, typed, validate
from risk_assets.contracts.tables import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    REFERENCE_TABLES,
    STATUSES,
    TABLES,
    Areas,
    Assessments,
    Findings,
    Indicators,
    Observations,
    Publications,
    PublicationSubmissions,
    Rankings,
    ReportRows,
    Rollups,
    Scores,
    Submissions,
)

__all__ = [
    "AREA_MONTH_TABLES",
    "MONTH_TABLES",
    "REFERENCE_TABLES",
    "STATUSES",
    "TABLES",
    "Areas",
    "Assessments",
    "Column",
    "Contract",
    "ContractError",
    "Findings",
    "Indicators",
    "Observations",
    "PublicationSubmissions",
    "Publications",
    "Rankings",
    "ReportRows",
    "Rollups",
    "Scores",
    "Submissions",
    "columns",
    "empty",
    "key",
    "typed",
    "validate",
]

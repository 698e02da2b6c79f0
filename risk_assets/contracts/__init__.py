"""The only place where a column is defined.

Each table is one pandera model. SQL tables, Parquet schemas, Dagster column schemas and the data dictionary are
derived from it (`columns`, `validate`). No reading, no storage and no business rule belongs here.
"""

from risk_assets.contracts.base import Column, Contract, ContractError, columns, empty, key, typed, validate
from risk_assets.contracts.tables import (
    AREA_MONTH_TABLES,
    METHODS,
    MONTH_TABLES,
    REFERENCE_TABLES,
    STATUSES,
    TABLES,
    WHOLE_ITEM,
    Areas,
    Assessments,
    Dispositions,
    Findings,
    Indicators,
    MonthFindings,
    Observations,
    Publications,
    PublicationSubmissions,
    Rankings,
    ReportRows,
    Rollups,
    Scores,
    Submissions,
    Targets,
)

__all__ = [
    "AREA_MONTH_TABLES",
    "METHODS",
    "MONTH_TABLES",
    "REFERENCE_TABLES",
    "STATUSES",
    "TABLES",
    "WHOLE_ITEM",
    "Areas",
    "Assessments",
    "Column",
    "Contract",
    "ContractError",
    "Dispositions",
    "Findings",
    "Indicators",
    "MonthFindings",
    "Observations",
    "PublicationSubmissions",
    "Publications",
    "Rankings",
    "ReportRows",
    "Rollups",
    "Scores",
    "Submissions",
    "Targets",
    "columns",
    "empty",
    "key",
    "typed",
    "validate",
]

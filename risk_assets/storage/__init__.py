"""Where things are kept: the lake (files as they came, Parquet) and the warehouse (publications, SQL)."""

from risk_assets.storage.lake import Lake, Landed, LandingError
from risk_assets.storage.warehouse import Warehouse

__all__ = ["Lake", "Landed", "LandingError", "Warehouse"]

"""Thin doors between floors: each asset reads, calls pure functions, holds the contract, writes.

`reading` holds the tables of a month and area, `publishing` those of a month. Both offer the plain function that does
the work, so that a command and an asset do the same.
"""

import dagster as dg

from risk_assets.assets.publishing import month_publication
from risk_assets.assets.reading import county_tables, landed_files

ASSETS: list[dg.AssetsDefinition | dg.AssetSpec] = [landed_files, county_tables, month_publication]

__all__ = ["ASSETS"]

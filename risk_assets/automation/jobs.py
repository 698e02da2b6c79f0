"""The two halves of a month: assets of month × area and of month partitions do not mix in one run."""

import dagster as dg

from risk_assets.assets.publishing import MONTH_ASSETS
from risk_assets.contracts import AREA_MONTH_TABLES

county_job = dg.define_asset_job(
    "read_counties",
    selection=dg.AssetSelection.assets(*AREA_MONTH_TABLES),
    description="Read what areas sent for a month and judge it.",
    executor_def=dg.in_process_executor,
)
month_job = dg.define_asset_job(
    "publish_month",
    selection=dg.AssetSelection.assets(*MONTH_ASSETS),
    description="Add up, rank and publish a month as a draft.",
    executor_def=dg.in_process_executor,
)
JOBS = [county_job, month_job]

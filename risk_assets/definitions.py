"""What Dagster loads, by floor."""

import dagster as dg

from risk_assets.assets import ASSETS
from risk_assets.automation import JOBS, SCHEDULES, SENSORS
from risk_assets.resources import resources

defs = dg.Definitions(
    assets=ASSETS,
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=SENSORS,
    resources=resources(),
    executor=dg.in_process_executor,
)

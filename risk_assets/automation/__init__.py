"""Jobs, schedules and sensors: when runs start. What a run does is the assets'."""

from risk_assets.automation.jobs import JOBS, county_job, month_job
from risk_assets.automation.schedules import SCHEDULES
from risk_assets.automation.sensors import SENSORS

__all__ = ["JOBS", "SCHEDULES", "SENSORS", "county_job", "month_job"]

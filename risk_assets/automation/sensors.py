"""Runs that follow from what happens: a file lands, or a county's tables are new."""

import json

import dagster as dg

from risk_assets.assets.publishing import MONTH_ASSETS
from risk_assets.assets.reading import is_read
from risk_assets.automation.jobs import county_job
from risk_assets.language.areas import reporting_areas
from risk_assets.partitions import key_of, months
from risk_assets.resources import LakeResource

_AT_ONCE = 50


@dg.sensor(job=county_job, minimum_interval_seconds=60)
def landing_sensor(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SensorResult:
    """Read each submission that landed and has not been read."""
    requests: list[dg.RunRequest] = []
    waiting = 0
    known = set(reporting_areas())
    store = lake.get()
    asked = set(json.loads(context.cursor)) if context.cursor else set()
    months_that_are_over = set(months.get_partition_keys())
    for period in sorted(set(store.periods()) & months_that_are_over):
        for area, versions in store.landed(period).items():
            newest = versions[-1]
            if area not in known or is_read(store, newest):
                continue
            waiting += 1
            if newest.submission not in asked and len(requests) < _AT_ONCE:
                requests.append(dg.RunRequest(run_key=newest.submission, partition_key=key_of(area, period)))
    asked |= {str(request.run_key) for request in requests}
    reason = f"{waiting} submissions wait, all asked for" if waiting else "everything that landed has been read"
    return dg.SensorResult(
        run_requests=requests, cursor=json.dumps(sorted(asked)), skip_reason=None if requests else reason
    )


month_follows = dg.AutomationConditionSensorDefinition(
    "month_follows",
    target=dg.AssetSelection.assets(*MONTH_ASSETS),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="When a county's tables are new, its month is published again.",
)
SENSORS = [landing_sensor, month_follows]

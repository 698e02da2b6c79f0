"""Running a month through Dagster from the command line, recorded in the instance that the UI shows."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from risk_assets import settings
from risk_assets.assets import ASSETS
from risk_assets.automation.jobs import JOBS, county_job, month_job
from risk_assets.automation.schedules import month_tags
from risk_assets.partitions import key_of
from risk_assets.resources import TEMPLATE, resources
from risk_assets.resources.event_log import BATCH_SIZE_VARIABLE

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_BATCH_SIZE = "2000"


def prepare_instance() -> Path:
    """Make sure that there is a Dagster home, and that events are written in batches.

    Returns:
        `DAGSTER_HOME`, or `dagster/` in the lake where it is not set.
    """
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(settings.lake_root() / "dagster")))
    os.environ.setdefault(BATCH_SIZE_VARIABLE, _BATCH_SIZE)
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copy(TEMPLATE, home / "dagster.yaml")
    return home


def run_month(period: str, fresh: Sequence[str], one_by_one: bool = False) -> None:
    """Read what is new, then publish the month.

    Args:
        period: Month.
        fresh: Areas with files that have not been read.
        one_by_one: Read these areas only, a run each; else one run over the stretch of areas that holds them.

    Raises:
        RuntimeError: A run failed; the message has the cause, the UI the whole log.
    """
    prepare_instance()
    defs = dg.Definitions(assets=ASSETS, jobs=JOBS, resources=resources())
    how: dict[str, Any] = {"run_config": _QUIET, "raise_on_error": False}
    with dg.DagsterInstance.get() as instance:
        counties = defs.resolve_job_def(county_job.name)
        if one_by_one or len(fresh) == 1:
            for area in fresh:
                _done(counties.execute_in_process(instance=instance, partition_key=key_of(area, period), **how))
        elif fresh:
            _done(counties.execute_in_process(instance=instance, tags=month_tags(period, fresh), **how))
        month = defs.resolve_job_def(month_job.name)
        _done(month.execute_in_process(instance=instance, partition_key=period, **how))


def _done(run: dg.ExecuteInProcessResult) -> None:
    if run.success:
        return
    errors = [event.step_failure_data.error for event in run.all_events if event.is_step_failure]
    error = errors[0] if errors else None
    while error is not None and error.cause is not None:
        error = error.cause
    cause = error.message.strip() if error else "unknown cause"
    raise RuntimeError(f"run {run.run_id} failed: {cause} (make ui shows the whole log)")

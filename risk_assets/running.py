"""Running a month through Dagster from the command line, recorded in the instance that the UI shows."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from risk_assets import settings

if TYPE_CHECKING:
    import dagster as dg

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def prepare_instance() -> Path:
    """Make sure that there is a Dagster home, and that events are written in batches.

    Returns:
        `DAGSTER_HOME`, or `dagster/` in the lake where it is not set.
    """
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(settings.lake_root() / "dagster")))
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "2000")
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copy(Path(__file__).parent / "resources" / "dagster.yaml", home / "dagster.yaml")
    return home


def run_month(period: str, fresh: Sequence[str]) -> None:
    """Read what is new, then publish the month.

    Args:
        period: Month.
        fresh: Areas with files that have not been read; one run reads them all.

    Raises:
        RuntimeError: A run failed; the UI shows why.
    """
    prepare_instance()
    import dagster as dg

    from risk_assets.automation.schedules import month_tags
    from risk_assets.definitions import defs
    from risk_assets.partitions import key_of

    with dg.DagsterInstance.get() as instance:
        counties = defs.resolve_job_def("read_counties")
        runs: list[tuple[dg.JobDefinition, dict[str, object]]] = []
        if len(fresh) == 1:
            runs.append((counties, {"partition_key": key_of(fresh[0], period)}))
        elif fresh:
            runs.append((counties, {"tags": month_tags(period, list(fresh))}))
        runs.append((defs.resolve_job_def("publish_month"), {"partition_key": period}))
        for job, wanted in runs:
            done = job.execute_in_process(instance=instance, run_config=_QUIET, raise_on_error=False, **wanted)
            if not done.success:
                raise RuntimeError(_why(done))


def _why(done: "dg.ExecuteInProcessResult") -> str:
    """The root cause of a failed run, in one line, and where to read more."""
    failures = [e.step_failure_data.error for e in done.all_events if e.is_step_failure]
    error = failures[0] if failures else None
    while error is not None and error.cause is not None:
        error = error.cause
    cause = error.message.strip() if error else "unknown"
    return f"run {done.run_id} failed: {cause} (make ui shows the whole log)"

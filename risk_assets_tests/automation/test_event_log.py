"""The event log that writes in batches holds what Dagster's own would hold."""

import shutil
import threading
from collections.abc import Callable

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from risk_assets.assets import ASSETS
from risk_assets.automation import JOBS
from risk_assets.automation.jobs import county_job
from risk_assets.automation.running import prepare_instance
from risk_assets.automation.schedules import month_tags
from risk_assets.resources import resources
from risk_assets.resources.event_log import BATCH_SIZE_VARIABLE, BatchingEventLog
from risk_assets_tests.conftest import PERIOD

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def read_counties(instance) -> dg.ExecuteInProcessResult:
    defs = dg.Definitions(assets=ASSETS, jobs=JOBS, resources=resources())
    return defs.resolve_job_def(county_job.name).execute_in_process(
        instance=instance, tags=month_tags(PERIOD, ["433122", "433125"]), run_config=QUIET
    )


def told(instance, run_id: str) -> list[tuple[str, str | None, str]]:
    """Type, partition and step of every event of a run."""
    events = [one.dagster_event for one in instance.all_logs(run_id) if one.dagster_event]
    return [(one.event_type_value, str(one.partition), str(one.step_key)) for one in events]


def entries(instance) -> list:
    """Events of a run, as the log stores them."""
    result = read_counties(instance)
    return [one for one in instance.all_logs(result.run_id) if one.dagster_event]


@pytest.fixture
def instance(landed):
    prepare_instance()
    with dg.DagsterInstance.get() as made:
        yield made


def test_the_instance_of_this_house_writes_in_batches(instance):
    assert isinstance(instance.event_log_storage, BatchingEventLog)


def test_the_same_events_are_stored_as_by_dagsters_own_log(landed, instance, tmp_path, monkeypatch):
    batched = told(instance, read_counties(instance).run_id)
    shutil.rmtree(landed.staged)
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(own))
    monkeypatch.setenv(BATCH_SIZE_VARIABLE, "0")
    with dg.DagsterInstance.get() as plain:
        assert type(plain.event_log_storage) is SqliteEventLogStorage
        stored = told(plain, read_counties(plain).run_id)
        marked = plain.get_materialized_partitions(dg.AssetKey("findings"))
    assert sum(kind == "ASSET_MATERIALIZATION" for kind, _, _ in stored) == 24
    assert batched == stored
    assert instance.get_materialized_partitions(dg.AssetKey("findings")) == marked


def test_dagsters_own_log_can_go_on_where_this_one_stopped(instance, lake):
    run_id = read_counties(instance).run_id
    before = told(instance, run_id)
    (lake.root / "dagster" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with dg.DagsterInstance.get() as plain:
        assert type(plain.event_log_storage) is SqliteEventLogStorage
        assert told(plain, run_id) == before


def test_an_error_in_a_batch_leaves_nothing_of_it_and_the_log_goes_on(instance):
    events = entries(instance)[:6]
    storage = instance.event_log_storage
    fresh = [one._replace(run_id="another-run") for one in events]
    broken = [*fresh[:3], "no event", *fresh[3:]]
    with pytest.raises(Exception, match="no event"):
        storage.store_event_batch(broken)
    assert instance.all_logs("another-run") == []
    storage.store_event_batch(fresh)
    assert len(instance.all_logs("another-run")) == 6
    storage.store_event(fresh[0])
    assert len(instance.all_logs("another-run")) == 7


def bounded(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Start work in a thread that cannot keep the tests from ending; the list gets its result or its error."""
    got: list[object] = []

    def do() -> None:
        try:
            got.append(work())
        except Exception as error:
            got.append(repr(error))

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    return thread, got


@pytest.mark.parametrize("read", ["old", "new"])
def test_another_thread_reads_whole_batches_only_and_the_log_goes_on(instance, monkeypatch, read):
    old = entries(instance)[:3]
    storage = instance.event_log_storage
    new = [one._replace(run_id="new") for one in old]
    whole = len(storage.get_logs_for_run(old[0].run_id))
    store, inside, go_on = storage.store_event, threading.Event(), threading.Event()

    def slowly(event):
        store(event)
        inside.set()
        go_on.wait(5)

    monkeypatch.setattr(storage, "store_event", slowly)
    writer, _ = bounded(lambda: storage.store_event_batch(new))
    assert inside.wait(5)
    run_id = old[0].run_id if read == "old" else "new"
    reader, seen = bounded(lambda: len(storage.get_logs_for_run(run_id)))
    reader.join(0.3)
    go_on.set()
    writer.join(10)
    reader.join(10)
    assert seen in ([[whole]] if read == "old" else [[0], [3]])  # never a batch half written
    later, after = bounded(lambda: len(storage.get_logs_for_run("new")))
    later.join(10)
    assert after == [3]

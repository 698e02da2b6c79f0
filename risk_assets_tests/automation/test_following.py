"""When runs start: on reporting days, when a file lands, when a county's tables are new."""

from datetime import date, datetime

import dagster as dg
import pytest

from risk_assets.assets import ASSETS
from risk_assets.assets.reading import read_month
from risk_assets.automation import JOBS, SCHEDULES, SENSORS
from risk_assets.automation.jobs import county_job
from risk_assets.automation.running import prepare_instance
from risk_assets.automation.schedules import (
    is_reporting_day,
    publish_on_reporting_days,
    read_on_reporting_days,
    reported_month,
)
from risk_assets.automation.sensors import landing_sensor
from risk_assets.partitions import key_of
from risk_assets.resources import LakeResource, resources
from risk_assets_tests.conftest import AREAS, PERIOD, land_sample, month_of_samples

MONTH = {"rollups", "scores", "rankings", "month_findings", "publications", "ranking_workbook", "dashboard",
         "supervision_report"}  # fmt: skip


def definitions() -> dg.Definitions:
    return dg.Definitions(assets=ASSETS, jobs=JOBS, schedules=SCHEDULES, sensors=SENSORS, resources=resources())


def at(day: str) -> dg.ScheduleEvaluationContext:
    moment = datetime.fromisoformat(f"{day}T19:00:00+08:00")
    return dg.build_schedule_context(scheduled_execution_time=moment)


def look(lake, cursor: str | None = None) -> dg.SensorResult:
    with dg.build_sensor_context(cursor=cursor, resources={"lake": LakeResource(root=str(lake.root))}) as context:
        return landing_sensor(context)


def test_schedules_and_the_landing_sensor_are_off_until_someone_turns_them_on():
    assert {one.default_status for one in SCHEDULES} == {dg.DefaultScheduleStatus.STOPPED}
    assert landing_sensor.default_status == dg.DefaultSensorStatus.STOPPED


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        ("2023-05-08", False),  # the fourth working day: 1 to 3 May were off, Saturday the 6th was worked
        ("2023-05-09", True),
        ("2023-05-13", False),  # Saturday
        ("2023-05-24", True),
        ("2023-05-25", False),
        ("2023-10-06", False),  # still National Day
        ("2023-10-11", True),
        ("2024-01-08", True),
    ],
)
def test_a_reporting_day_is_a_working_day_in_the_two_weeks_from_the_due_date_on(day, is_one):
    assert is_reporting_day(date.fromisoformat(day)) == is_one


@pytest.mark.parametrize(("day", "month"), [("2023-05-09", "2023-04"), ("2024-01-08", "2023-12")])
def test_the_month_before_is_being_reported(day, month):
    assert reported_month(date.fromisoformat(day)) == month


def test_on_a_reporting_day_the_month_is_read_and_published():
    with at("2023-05-09") as context:
        read = read_on_reporting_days(context)
        publish = publish_on_reporting_days(context)
    assert publish.partition_key == "2023-04"
    assert {value.split("|")[-1] for name, value in read.tags.items() if "partition" in name} == {"2023-04"}
    assert read.run_key != publish.run_key


def test_each_reporting_day_asks_anew():
    keys = set()
    for day in ("2023-05-09", "2023-05-10"):
        with at(day) as context:
            keys.add(read_on_reporting_days(context).run_key)
    assert len(keys) == 2


@pytest.mark.parametrize("day", ["2023-05-08", "2023-05-13", "2023-05-31", "2023-10-04"])
def test_on_other_days_nothing_runs_and_the_reason_is_given(day):
    with at(day) as context:
        for schedule in SCHEDULES:
            skipped = schedule(context)
            assert isinstance(skipped, dg.SkipReason)
            assert day in skipped.skip_message


def test_schedules_run_on_beijing_time():
    assert {one.execution_timezone for one in SCHEDULES} == {"Asia/Shanghai"}


def test_every_unread_submission_is_asked_for_once(landed):
    first = look(landed)
    assert {str(one.partition_key) for one in first.run_requests} == {str(key_of(area, PERIOD)) for area in AREAS}
    again = look(landed, first.cursor)
    assert again.run_requests == []
    assert "asked for" in str(again.skip_reason)


def test_what_has_been_read_is_not_asked_for(published):
    nothing = look(published)
    assert nothing.run_requests == []
    land_sample(published, month_of_samples(PERIOD)["430225"])
    (request,) = look(published, nothing.cursor).run_requests
    assert str(request.partition_key) == str(key_of("430225", PERIOD))


def test_a_correction_is_asked_for_though_the_first_file_was(landed):
    first = look(landed)
    read_month(landed, PERIOD, AREAS)
    landed.land(b"second", "x.xlsx", AREAS[0], PERIOD)
    (request,) = look(landed, first.cursor).run_requests
    assert request.run_key == landed.versions(PERIOD, AREAS[0])[1].submission


def test_a_file_that_was_refused_is_not_asked_for_again(lake):
    lake.land(b"PK broken", "bad.xlsx", "433122", PERIOD)
    read_month(lake, PERIOD, ["433122"])
    assert look(lake).run_requests == []


def test_a_folder_that_is_no_area_is_passed_over(landed):
    landed.land(b"x", "x.xlsx", "999999", PERIOD)
    assert all("999999" not in str(one.partition_key) for one in look(landed).run_requests)


def test_a_crowd_of_files_is_asked_for_in_turns(lake):
    for area in sorted(month_of_samples(PERIOD))[:60]:
        lake.land(area.encode(), "x.xlsx", area, PERIOD)
    first = look(lake)
    second = look(lake, first.cursor)
    assert len(first.run_requests) < 60
    keys = [one.run_key for one in (*first.run_requests, *second.run_requests)]
    assert len(keys) == len(set(keys)) == 60


def test_an_empty_lake_asks_for_nothing(lake):
    assert look(lake).run_requests == []


def test_when_a_countys_tables_are_new_its_month_is_requested(landed):
    prepare_instance()
    defs = definitions()
    with dg.DagsterInstance.get() as instance:
        quiet = dg.evaluate_automation_conditions(defs, instance)
        assert quiet.total_requested == 0
        defs.resolve_job_def(county_job.name).execute_in_process(
            instance=instance,
            partition_key=key_of(AREAS[0], PERIOD),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        after = dg.evaluate_automation_conditions(defs, instance, cursor=quiet.cursor)
        assert after.get_requested_partitions(dg.AssetKey("rollups")) == {PERIOD}
        later = dg.evaluate_automation_conditions(defs, instance, cursor=after.cursor)
        assert later.total_requested == 0


def test_the_sensor_that_follows_watches_the_whole_month():
    (follows,) = [one for one in SENSORS if one is not landing_sensor]
    graph = definitions().resolve_asset_graph()
    assert {key.to_user_string() for key in follows.asset_selection.resolve(graph)} == MONTH


def test_a_withdrawal_is_asked_for_so_that_its_month_is_published_without_it(published):
    withdrawal = published.withdraw(PERIOD, AREAS[0], "数据有误")
    (request,) = look(published).run_requests
    assert request.run_key == withdrawal.submission

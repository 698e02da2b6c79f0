"""The assets as Dagster runs them: what is marked, what is written, what the checks say."""

import shutil

import dagster as dg
import pyarrow.parquet as pq
import pytest

from risk_assets import contracts
from risk_assets.assets import ASSETS
from risk_assets.assets.reading import read_month, unaccounted
from risk_assets.automation import JOBS
from risk_assets.automation.jobs import county_job, month_job
from risk_assets.automation.running import prepare_instance, run_month
from risk_assets.automation.schedules import month_tags
from risk_assets.partitions import key_of
from risk_assets.resources import resources
from risk_assets.storage import Lake
from risk_assets_tests.conftest import AREAS, PERIOD, land_sample, month_of_samples, point_at

COUNTY_TABLES = ("submissions", "report_rows", "observations", "targets", "assessments", "findings")
MONTH_TABLES = ("rollups", "scores", "rankings", "month_findings", "publications", "ranking_workbook", "dashboard",
                "supervision_report")  # fmt: skip


@pytest.fixture
def instance(lake):
    prepare_instance()
    with dg.DagsterInstance.get() as made:
        yield made


def definitions() -> dg.Definitions:
    return dg.Definitions(assets=ASSETS, jobs=JOBS, resources=resources())


def run(job, instance, **more) -> dg.ExecuteInProcessResult:
    config = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return definitions().resolve_job_def(job.name).execute_in_process(instance=instance, run_config=config, **more)


def marked(instance, table: str) -> set[str]:
    return set(instance.get_materialized_partitions(dg.AssetKey(table)))


def parquet(lake: Lake) -> dict[str, bytes]:
    return {str(path.relative_to(lake.root)): path.read_bytes() for path in lake.root.rglob("*.parquet")}


def latest(instance, table: str, partition: str) -> dg.AssetMaterialization:
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey(table), asset_partitions=[partition]), limit=1
    ).records
    return records[0].asset_materialization


def test_a_run_over_a_month_marks_only_the_areas_that_reported(landed, instance):
    result = run(county_job, instance, tags=month_tags(PERIOD))
    assert result.success
    wanted = {str(key_of(area, PERIOD)) for area in AREAS}
    for table in COUNTY_TABLES:
        assert marked(instance, table) == wanted, table


def test_one_late_county_is_one_partition(published, instance):
    before = marked(instance, "submissions")
    land_sample(published, month_of_samples(PERIOD)["430225"])
    run(county_job, instance, partition_key=key_of("430225", PERIOD))
    for table in COUNTY_TABLES:
        assert marked(instance, table) - before == {str(key_of("430225", PERIOD))}, table


def test_a_county_that_sent_nothing_is_not_marked(landed, instance):
    assert run(county_job, instance, partition_key=key_of("430225", PERIOD)).success
    assert marked(instance, "submissions") == set()


def test_a_file_that_was_refused_is_marked_as_refused(landed, instance):
    landed.land(b"PK broken", "bad.xlsx", "430225", PERIOD)
    run(county_job, instance, partition_key=key_of("430225", PERIOD))
    metadata = latest(instance, "submissions", str(key_of("430225", PERIOD))).metadata
    assert metadata["state"].value == "refused"
    assert metadata["rows read"].value == 0


def test_a_withdrawal_is_marked_as_withdrawn(published, instance):
    published.withdraw(PERIOD, "433122", "数据有误")
    assert run(county_job, instance, partition_key=key_of("433122", PERIOD)).success
    metadata = latest(instance, "submissions", str(key_of("433122", PERIOD))).metadata
    assert metadata["state"].value == "withdrawn"
    assert metadata["rows read"].value == 0


def test_a_mark_says_file_rows_and_made_up_data(published, instance):
    metadata = latest(instance, "submissions", str(key_of("433122", PERIOD))).metadata
    assert metadata["file"].value == month_of_samples(PERIOD)["433122"].name
    assert metadata["rows read"].value == 186
    assert metadata["made-up data"].value is True


def test_a_run_repeated_marks_nothing_and_writes_nothing(landed, instance):
    run(county_job, instance, tags=month_tags(PERIOD))
    run(month_job, instance, partition_key=PERIOD)
    before = parquet(landed)
    for job, more in ((county_job, {"tags": month_tags(PERIOD)}), (month_job, {"partition_key": PERIOD})):
        again = run(job, instance, **more)
        assert again.success
        assert again.get_asset_materialization_events() == []
    assert parquet(landed) == before


def test_the_same_files_give_the_same_bytes_in_a_second_lake(published, tmp_path, monkeypatch):
    second = tmp_path / "second"
    shutil.copytree(published.landing, second / "landing")
    point_at(monkeypatch, second)
    run_month(PERIOD, AREAS)
    first = {name: content for name, content in parquet(published).items() if name.startswith("staged")}
    assert len(first) >= 4 * len(AREAS) - 1
    assert {name: content for name, content in parquet(Lake(second)).items() if name.startswith("staged")} == first


def test_the_month_is_marked_once_with_its_tables_and_files(published, instance):
    for table in MONTH_TABLES:
        assert marked(instance, table) == {PERIOD}, table
    metadata = latest(instance, "rankings", PERIOD).metadata
    assert metadata["picture"].value.startswith("![picture](data:image/svg+xml;base64,")
    assert metadata["dagster/row_count"].value > 122


def test_a_month_without_reports_fails_with_a_message_and_publishes_nothing(lake, instance):
    result = run(month_job, instance, partition_key=PERIOD, raise_on_error=False)
    assert not result.success
    assert marked(instance, "rankings") == set()
    with pytest.raises(RuntimeError, match="没有任何报送"):
        run_month(PERIOD, [])


def test_every_table_has_its_columns_and_the_checks_are_there():
    graph = definitions().resolve_asset_graph()
    assert {key.to_user_string() for key in graph.get_all_asset_keys()} == {
        "landed_files", *COUNTY_TABLES, *MONTH_TABLES
    }  # fmt: skip
    for name in (*contracts.AREA_MONTH_TABLES, *contracts.MONTH_TABLES, "publications"):
        schema = graph.get(dg.AssetKey(name)).metadata["dagster/column_schema"]
        assert [column.name for column in schema.columns] == [c.name for c in contracts.columns(contracts.TABLES[name])]
    assert {(check.asset_key.to_user_string(), check.name) for check in graph.asset_check_keys} == {
        ("submissions", "every_row_is_accounted_for"),
        ("rollups", "cities_add_up_to_the_province"),
        ("rankings", "every_county_has_a_place_or_a_reason"),
    }


def test_every_asset_says_what_it_is_and_whose_it_is():
    graph = definitions().resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description
        assert node.owners
        assert node.group_name != "default"


def test_the_checks_pass_on_a_sound_month(landed, instance):
    landed.land(b"PK broken", "bad.xlsx", "430225", PERIOD)
    first = run(county_job, instance, tags=month_tags(PERIOD))
    second = run(month_job, instance, partition_key=PERIOD)
    results = [*first.get_asset_check_evaluations(), *second.get_asset_check_evaluations()]
    assert {one.check_name for one in results} == {
        "every_row_is_accounted_for", "cities_add_up_to_the_province", "every_county_has_a_place_or_a_reason",
    }  # fmt: skip
    assert all(one.passed for one in results)


def test_a_row_that_did_not_reach_the_lake_is_missed(landed):
    batch = read_month(landed, PERIOD, AREAS)
    assert unaccounted(landed, batch) == []
    lost = batch.judged[0].submission
    path = landed.staged_file("report_rows", PERIOD, lost["area"], lost["submission"], lost["rules"])
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.slice(1), path)
    assert unaccounted(landed, batch) == [lost["submission"]]


def test_the_checks_pass_when_all_counties_of_the_month_were_refused(lake, instance):
    lake.land(b"PK broken", "bad.xlsx", "433122", PERIOD)
    run(county_job, instance, tags=month_tags(PERIOD))
    result = run(month_job, instance, partition_key=PERIOD)
    assert result.success
    assert all(one.passed for one in result.get_asset_check_evaluations())


def test_months_and_areas_are_the_partitions():
    defs = definitions()
    graph = defs.resolve_asset_graph()
    keys = graph.get(dg.AssetKey("submissions")).partitions_def.get_partition_keys()
    assert str(key_of("433123", PERIOD)) in keys
    assert "2023-04" in graph.get(dg.AssetKey("rankings")).partitions_def.get_partition_keys()

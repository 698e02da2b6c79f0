import sqlite3

import pandas as pd
import pytest
import sqlalchemy as sa

from risk_assets.assets.publishing import publish_month, reference_frames
from risk_assets.assets.reading import read_month
from risk_assets.contracts import AREA_MONTH_TABLES, MONTH_TABLES, Publications, typed
from risk_assets.language.areas import counties
from risk_assets.publishing.answers import ranking_data
from risk_assets.storage import Warehouse
from risk_assets.storage.schema import METADATA
from risk_assets_tests.conftest import AREAS, PERIOD, XIANGXI, land_sample, month_of_samples, rows_of

LATE = "430225"


def rows_in(warehouse: Warehouse) -> dict[str, int]:
    with warehouse.engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }


def view(warehouse: Warehouse, name: str) -> pd.DataFrame:
    with warehouse.engine.connect() as connection:
        return pd.read_sql(f"SELECT * FROM {name}", connection)  # noqa: S608 - names of the test


def publish_again_with_a_late_county(lake, warehouse) -> tuple[str, str]:
    first = warehouse.current(PERIOD)
    land_sample(lake, month_of_samples(PERIOD)[LATE])
    read_month(lake, PERIOD, [LATE])
    second = publish_month(lake, warehouse, PERIOD)
    assert second.is_new
    return str(first["publication"]), str(second.publication["publication"])


def test_a_publication_holds_every_table_of_its_month(published, warehouse):
    counts = rows_in(warehouse)
    assert counts["publications"] == 1
    assert counts["submissions"] == counts["publication_submissions"] == len(AREAS)
    may_be_empty = {"dispositions", "month_findings"}  # nobody has decided yet; files may raise no question together
    assert all(counts[name] > 0 for name in METADATA.tables if name not in may_be_empty)


@pytest.mark.parametrize("breaking", ["findings", "rankings", "publication_submissions", "publications"])
def test_a_publication_that_fails_halfway_leaves_nothing(landed, warehouse, monkeypatch, breaking):
    read_month(landed, PERIOD, AREAS)
    warehouse.prepare(reference_frames())
    before = rows_in(warehouse)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER breaks BEFORE INSERT ON {breaking} "  # noqa: S608 - names of the test
            "WHEN (SELECT count(*) FROM report_rows) > 0 BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(sa.exc.IntegrityError, match="disk full"):
        publish_month(landed, warehouse, PERIOD)
    assert rows_in(warehouse) == before
    assert warehouse.current(PERIOD) is None
    assert not landed.published(PERIOD).exists()
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER breaks")
    assert publish_month(landed, warehouse, PERIOD).is_new


def test_a_publication_that_fails_leaves_the_one_before_in_force(published, warehouse):
    before, counts = warehouse.current(PERIOD), rows_in(warehouse)
    land_sample(published, month_of_samples(PERIOD)[LATE])
    read_month(published, PERIOD, [LATE])
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER breaks BEFORE INSERT ON rankings BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(sa.exc.IntegrityError, match="disk full"):
        publish_month(published, warehouse, PERIOD)
    assert warehouse.current(PERIOD) == before
    assert rows_in(warehouse) == counts


def test_publishing_what_has_not_changed_gives_the_same_publication(published, warehouse):
    counts = rows_in(warehouse)
    again = publish_month(published, warehouse, PERIOD)
    assert not again.is_new
    assert rows_in(warehouse) == counts


def test_the_current_views_show_the_newest_publication_only(published, warehouse):
    _, second = publish_again_with_a_late_county(published, warehouse)
    for name in (*MONTH_TABLES, "publications"):
        assert set(view(warehouse, f"current_{name}")["publication"]) == {second}, name
    for name in AREA_MONTH_TABLES:
        shown = view(warehouse, f"current_{name}")
        if name == "findings":
            shown = shown[shown["submission"].notna()]  # the view shows those of the month, too
        wanted = rows_of(warehouse, name, second)
        assert len(shown) == len(wanted), name
        assert set(shown["submission"]) == set(wanted["submission"]), name
    assert len(view(warehouse, "current_submissions")) == len(AREAS) + 1


def test_the_current_views_show_a_corrected_county_once(published, warehouse):
    other = month_of_samples(PERIOD)["433122"]
    published.land(other.content + b"\0", other.name, other.area, PERIOD, other.received_at, is_sample=True)
    read_month(published, PERIOD, [other.area])
    publish_month(published, warehouse, PERIOD)
    shown = view(warehouse, "current_submissions")
    assert list(shown.loc[shown["area"] == other.area, "version"]) == [2]
    assert rows_in(warehouse)["submissions"] == len(AREAS) + 1


def test_what_was_current_at_a_time_is_read_back_as_it_was(published, warehouse):
    before = ranking_data(warehouse, PERIOD, "total", "county", XIANGXI)
    moment = str(warehouse.current(PERIOD)["made_at"])
    first, second = publish_again_with_a_late_county(published, warehouse)
    now = ranking_data(warehouse, PERIOD, "total", "county", XIANGXI)
    then = ranking_data(warehouse, PERIOD, "total", "county", XIANGXI, as_of=moment)
    assert (then["publication"], now["publication"]) == (first, second)
    assert then == before


def test_a_day_means_its_end_and_a_zone_is_minded(lake, warehouse):
    warehouse.prepare(reference_frames())
    rows = [
        {"publication": name, "period": PERIOD, "state": "draft", "made_at": made_at, "rules": "r", "expected": 122,
         "received": 0, "read": 0, "on_time": 0, "is_sample": False}
        for name, made_at in (("one", "2023-05-06T12:00:00.000000+00:00"), ("two", "2023-05-07T12:00:00.000000+00:00"))
    ]  # fmt: skip
    with warehouse.engine.begin() as connection:
        connection.execute(sa.insert(METADATA.tables["publications"]), rows)
    when = {
        "2023-05-05": None,
        "2023-05-06": "one",
        "2023-05-06T11:59:59": None,
        "2023-05-06T19:59:59+08:00": None,
        "2023-05-06T20:00:00+08:00": "one",
        "2023-05-07T12:00:00Z": "two",
    }
    found = {moment: warehouse.current(PERIOD, moment) for moment in when}
    assert {moment: row and row["publication"] for moment, row in found.items()} == when


def test_an_empty_database_has_no_publication(warehouse):
    assert warehouse.current(PERIOD) is None


def test_coverage_has_every_county_once_and_never_more_than_all(published, warehouse):
    publish_again_with_a_late_county(published, warehouse)
    land_sample(published, month_of_samples(PERIOD)["430212"])
    published.land(b"not a workbook", "bad.xlsx", "433122", PERIOD)
    read_month(published, PERIOD, ["430212", "433122"])
    publish_month(published, warehouse, PERIOD)
    coverage = view(warehouse, "coverage")
    assert len(coverage) == len(set(coverage["area"])) == 122
    assert set(coverage["area"]) == set(counties(PERIOD))
    sent = {*AREAS, LATE, "430212"}
    assert set(coverage.loc[coverage["received"] == 1, "area"]) == sent
    assert set(coverage.loc[coverage["read"] == 1, "area"]) == sent
    assert coverage["received"].isin([0, 1]).all()
    assert coverage["read"].isin([0, 1]).all()
    assert (coverage["read"] <= coverage["received"]).all()


def test_coverage_counts_a_county_that_sent_and_was_not_read_yet(published, warehouse):
    land_sample(published, month_of_samples(PERIOD)[LATE])
    land_sample(published, month_of_samples(PERIOD)["430212"])
    read_month(published, PERIOD, [LATE])
    row = publish_month(published, warehouse, PERIOD).publication
    coverage = view(warehouse, "coverage")
    assert row["received"] == coverage["received"].sum() == len(AREAS) + 2
    assert row["read"] == coverage["read"].sum() == len(AREAS) + 1


def test_coverage_tells_how_late_a_county_was_and_what_was_read(published, warehouse):
    coverage = view(warehouse, "coverage").set_index("area")
    submissions = warehouse.read("submissions").set_index("area")
    for area in AREAS:
        assert coverage.loc[area, "working_days_late"] == submissions.loc[area, "working_days_late"]
        assert coverage.loc[area, "rows_read"] == submissions.loc[area, "rows_read"]
    assert pd.isna(coverage.loc["430102", "rows_read"])


def test_a_zone_is_not_counted_among_the_counties(published, warehouse):
    zone = "433100-Z01"
    sample = month_of_samples(PERIOD)["433122"]
    published.land(sample.content, "zone.xlsx", zone, PERIOD)
    read_month(published, PERIOD, [zone])
    row = publish_month(published, warehouse, PERIOD).publication
    assert (row["expected"], row["received"], row["read"]) == (122, len(AREAS), len(AREAS))
    assert zone not in set(view(warehouse, "coverage")["area"])


def test_values_come_back_as_they_went_in(warehouse):
    warehouse.prepare(reference_frames())
    areas = warehouse.read("areas", area=["433123", "430302"])
    assert list(areas["area"]) == ["430302", "433123"]
    assert areas["valid_to"].isna().all()
    assert (typed(Publications, []).dtypes == warehouse.read("publications").dtypes).all()


def test_the_reference_tables_are_replaced_whole(published, warehouse):
    before = rows_in(warehouse)
    warehouse.prepare(reference_frames())
    assert rows_in(warehouse) == before


def test_the_warehouse_is_plain_sqlite_that_any_tool_can_open(published):
    with sqlite3.connect(published.root / "warehouse.sqlite") as connection:
        (names,) = zip(
            *connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"), strict=True
        )
    assert {*METADATA.tables, "coverage", "current_rankings"} <= set(names)


def test_tables_of_an_earlier_release_get_the_columns_that_have_come_since(published, warehouse, tmp_path):
    path = tmp_path / "older.sqlite"
    with sqlite3.connect(warehouse.engine.url.database) as new, sqlite3.connect(path) as old:
        new.backup(old)
        for view_name in [row[0] for row in old.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]:
            old.execute(f"DROP VIEW {view_name}")
        for column in ("kind", "figures_read", "figures_tied", "figures_unread"):
            old.execute(f"ALTER TABLE submissions DROP COLUMN {column}")
        old.execute("DROP TABLE observations")
    older = Warehouse(f"sqlite:///{path}")
    before, after = warehouse.read("submissions"), older.read("submissions")
    assert list(after.columns) == list(before.columns)
    assert after["figures_read"].isna().all()
    assert after["submission"].tolist() == before["submission"].tolist()
    assert older.current(PERIOD) == warehouse.current(PERIOD)

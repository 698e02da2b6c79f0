from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa

from risk_assets import reference
from risk_assets.assets.publishing import publish_month
from risk_assets.assets.reading import read_month
from risk_assets.contracts import TABLES, VIEWS, columns, typed, validate
from risk_assets.storage import Lake, Warehouse
from risk_assets.storage.schema import METADATA
from risk_assets_tests.conftest import PERIOD, XIANGXI

FENGHUANG = "433123"
SCHEMES = (reference.setting("scheme"), "attainment", "growth")


@pytest.fixture
def house(published: Lake, database: str) -> Iterator[Warehouse]:
    """A month that was read, published in either database."""
    one = Warehouse(database)
    publish_month(published, one, PERIOD)
    yield one
    one.engine.dispose()


def rows(house: Warehouse, query: str) -> list[dict]:
    with house.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(query)).mappings()]


def test_every_view_for_readers_keeps_its_contract_and_none_of_its_rows_is_lost(house: Warehouse) -> None:
    for name, contract in VIEWS.items():
        found = rows(house, f"SELECT * FROM {name}")  # noqa: S608 - names of the house
        assert list(found[0]) == [c.name for c in columns(contract)]
        validate(contract, typed(contract, found))
    of = {
        "ranking": len(house.read("rankings", scheme=list(SCHEMES))),
        "province": len(house.read("rollups")),
        "county_card": len(house.read("assessments")),
        "questions": len(house.read("findings")) + len(house.read("month_findings")),
    }
    assert {name: len(rows(house, f"SELECT 1 FROM {name}")) for name in of} == of  # noqa: S608


def test_a_reader_finds_places_under_names(house: Warehouse) -> None:
    [own] = rows(house, "SELECT * FROM ranking WHERE by_name = '总分' AND name = '凤凰县' AND universe_name = '湖南省' "
                        "AND NOT zones")  # fmt: skip
    [stored] = house.read("rankings", area=FENGHUANG, by="total", universe="430000", zones=False,
                          scheme=SCHEMES[0]).to_dict("records")  # fmt: skip
    for name in ("rank", "of", "value", "tied", "is_sample"):
        assert own[name] == stored[name]
    assert own["city"] == "湘西土家族苗族自治州"
    by_part = rows(house, "SELECT DISTINCT by_name FROM ranking WHERE ranking.by LIKE '%/%'")
    assert by_part
    assert all("·" in row["by_name"] for row in by_part)


def test_a_county_card_has_figures_places_and_the_countys_own_words(house: Warehouse) -> None:
    own = pd.DataFrame(rows(house, f"SELECT * FROM county_card WHERE area = '{FENGHUANG}'"))  # noqa: S608
    ranked = own[own["province_rank"].notna()]
    assert len(ranked)
    for row in ranked.itertuples():
        by = f"{row.indicator}/{row.component}" if row.component else row.indicator
        places = house.read("rankings", by=by, area=FENGHUANG, scheme="attainment", zones=False).set_index("universe")
        assert row.province_rank == places.at["430000", "rank"]
        assert row.city_rank == places.at[XIANGXI, "rank"]
    texts = house.read("report_rows", area=FENGHUANG).set_index(["table_no", "row"])["progress"]
    assert all(
        row.progress == texts[row.table_no, row.row] for row in own.itertuples() if isinstance(row.progress, str)
    )
    assert set(own["status_reported_name"]) <= {row["label"] for row in reference.table("statuses")}


def test_a_line_outside_the_framework_is_not_public(house: Warehouse) -> None:
    foreign = rows(house, "SELECT DISTINCT release_class FROM county_card WHERE indicator IS NULL")
    assert {row["release_class"] for row in foreign} <= {"internal", "leaders"}


def test_readers_find_a_county_and_a_month_by_an_index(house: Warehouse) -> None:
    with house.engine.connect() as connection:
        there = sa.inspect(connection)
        for table in METADATA.tables.values():
            assert {one["name"] for one in there.get_indexes(table.name)} == {one.name for one in table.indexes}


def test_an_index_that_an_earlier_release_lacked_comes_with_the_next_publication(
    house: Warehouse, published: Lake
) -> None:
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_rankings_publication_area_by")
    published.withdraw(PERIOD, FENGHUANG, "重报")
    read_month(published, PERIOD, [FENGHUANG])
    publish_month(published, house, PERIOD)
    with house.engine.connect() as connection:
        assert "ix_rankings_publication_area_by" in {
            one["name"] for one in sa.inspect(connection).get_indexes("rankings")
        }


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_keeps_a_comment_on_every_table_and_column(house: Warehouse) -> None:
    told = {
        (row["name"], row["column"]): row["text"]
        for row in rows(
            house,
            "SELECT c.relname AS name, a.attname AS column, col_description(c.oid, a.attnum) AS text "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
            "WHERE c.relkind IN ('r', 'v') AND c.relnamespace = 'public'::regnamespace",
        )
    }
    contracts = {**TABLES, **VIEWS, **{f"current_{name}": contract for name, contract in TABLES.items()}}
    of_views = {name for name, _ in told}
    for name in of_views & set(contracts):
        for column in columns(contracts[name]):
            if (name, column.name) in told:
                assert told[name, column.name] == f"{column.label}: {column.description}"
    assert of_views > {*TABLES, *VIEWS, "current_rankings"}


def test_a_line_that_a_county_keeps_for_leaders_raises_the_class_of_its_places_and_sums(house: Warehouse) -> None:
    [one, *_] = rows(house, "SELECT indicator FROM province WHERE level = 'province' AND release_class = 'public' "
                            "AND component = '' AND indicator <> '*' ORDER BY indicator")  # fmt: skip
    with house.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE assessments SET release_class = 'leaders' WHERE area = :area AND indicator = :indicator"),
            {"area": FENGHUANG, "indicator": one["indicator"]},
        )
    asked = f"WHERE indicator = '{one['indicator']}' AND component = ''"
    classes = {row["area"]: row["release_class"] for row in rows(house, f"SELECT * FROM province {asked}")}  # noqa: S608
    assert classes["430000"] == classes[XIANGXI] == "leaders"
    assert {value for area, value in classes.items() if area not in ("430000", XIANGXI)} == {"public"}
    places = rows(house, f"SELECT * FROM ranking r WHERE r.by = '{one['indicator']}'")  # noqa: S608
    assert {row["release_class"] for row in places if row["area"] in (FENGHUANG, XIANGXI)} <= {"leaders"}
    assert "leaders" not in {row["release_class"] for row in places if row["area"] == "433122"}

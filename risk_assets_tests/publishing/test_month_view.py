from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from risk_assets.contracts import MONTH_TABLES
from risk_assets.publishing.month_view import WITHHELD, released_tables
from risk_assets.storage import Warehouse
from risk_assets_tests.conftest import PERIOD, XIANGXI

PROVINCE = "430000"


@pytest.fixture(scope="module")
def month(published_province: Path) -> SimpleNamespace:
    house = Warehouse(f"sqlite:///{published_province / 'warehouse.sqlite'}")
    publication = house.current(PERIOD)
    assert publication
    tables = {name: house.read(name, publication=publication["publication"]) for name in MONTH_TABLES}
    names = ["area", "indicator", "component", "release_class"]
    assessments = house.columns_of("assessments", names, str(publication["publication"]))
    house.engine.dispose()
    return SimpleNamespace(publication=publication, tables=tables, assessments=assessments)


def ranking(tables: dict[str, pd.DataFrame], by: str) -> pd.DataFrame:
    frame = tables["rankings"]
    wanted = (frame["by"] == by) & (frame["universe"] == PROVINCE) & (frame["level"] == "county") & ~frame["zones"]
    return frame[wanted & (frame["scheme"] == "attainment")].set_index("area")


def test_an_area_that_keeps_its_figure_back_leaves_no_gap_that_tells_its_place(month: SimpleNamespace) -> None:
    whole = month.tables["rankings"]
    busiest = whole[(whole["scheme"] == "attainment") & (whole["universe"] == PROVINCE) & ~whole["zones"]]
    by = busiest.groupby("by")["rank"].nunique().idxmax()
    before = ranking(month.tables, by).dropna(subset=["rank"]).sort_values("rank")
    secret = before.index[len(before) // 2]
    assessments = month.assessments.copy()
    own = (assessments["area"] == secret) & (assessments["indicator"] == by.partition("/")[0])
    assessments.loc[own, "release_class"] = "leaders"
    house = SimpleNamespace(columns_of=lambda *_: assessments)
    after = ranking(released_tables(house, month.publication, month.tables, "internal"), by)
    assert after.at[secret, "reason"] == WITHHELD
    assert after.loc[secret, ["rank", "value", "change"]].isna().all()
    left = after.dropna(subset=["rank"])
    assert list(left.sort_values("rank").index) == [area for area in before.index if area != secret]
    places = left["value"].rank(method="min", ascending=False)
    assert left["rank"].astype(float).tolist() == places.tolist()
    assert set(after["of"]) == {len(before) - 1}
    assert left["tied"].tolist() == left["rank"].duplicated(keep=False).tolist()
    assert left["change"].isna().all()
    others = {one for one in set(whole["by"]) if one.partition("/")[0] != by.partition("/")[0]}
    untouched = released_tables(house, month.publication, month.tables, "leaders")["rankings"]
    assert untouched[untouched["by"].isin(others)]["rank"].equals(whole[whole["by"].isin(others)]["rank"])


def test_a_sum_from_which_a_kept_back_figure_could_be_told_is_kept_back_too(month: SimpleNamespace) -> None:
    rollups = month.tables["rollups"]
    shown = rollups[rollups["done_value"].notna() & (rollups["level"] == "city") & (rollups["area"] == XIANGXI)]
    indicator = shown["indicator"].iloc[0]
    assessments = month.assessments.copy()
    own = (assessments["area"] == "433122") & (assessments["indicator"] == indicator)
    assert own.any()
    assessments.loc[own, "release_class"] = "leaders"
    house = SimpleNamespace(columns_of=lambda *_: assessments)
    cut = released_tables(house, month.publication, month.tables, "internal")
    sums = cut["rollups"][cut["rollups"]["indicator"] == indicator].set_index("area")
    for area in (XIANGXI, PROVINCE):
        assert sums.loc[[area], ["target_value", "done_value", "attainment"]].isna().all(axis=None)
        assert set(sums.loc[[area], "reason"]) == {WITHHELD}
    others = sums.drop([XIANGXI, PROVINCE])
    before = rollups[rollups["indicator"] == indicator].set_index("area").loc[others.index]
    assert others["done_value"].equals(before["done_value"])
    cities = cut["rankings"][(cut["rankings"]["area"] == XIANGXI) & (cut["rankings"]["by"].str.startswith(indicator))]
    assert cities["value"].isna().all()

"""Two months of a small province, published once for all workers, and the view that its letters are written from."""

import io
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from risk_assets.publishing.month_view import MonthView, month_view
from risk_assets.storage import Lake, Warehouse
from risk_assets_tests.conftest import AREAS, PERIOD, call, land_sample, month_of_samples, point_at
from risk_assets_tests.publishing.every_number.house import BEFORE, CHALING, FENGHUANG, ZONE, House

LATE = (CHALING, "430225")


@pytest.fixture(scope="session")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two months and a second publication of the later: files that are late, corrected or refused, and a decision."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "two_months"
    is_done = shared / "done"
    try:
        shared.mkdir()
    except FileExistsError:  # another worker makes it
        deadline = time.monotonic() + 300
        while not is_done.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    else:
        try:
            publish_twice(shared / "lake", request.getfixturevalue("published_province"))
        finally:
            is_done.touch()
    root = tmp_path_factory.mktemp("numbers") / "lake"
    shutil.copytree(shared / "lake", root)
    made = House(root)
    assert made.publication["publication"].startswith(f"{PERIOD}-002")
    yield made
    made.link.close()
    made.engine.dispose()


def publish_twice(root: Path, published: Path) -> None:
    shutil.copytree(published, root)
    lake, march, april = Lake(root), month_of_samples(BEFORE), month_of_samples(PERIOD)
    for area in set(AREAS) & set(march):
        land_sample(lake, march[area])
    for area in LATE:
        land_sample(lake, april[area])
    land_sample(lake, replace(april[CHALING], area=ZONE, name="云龙示范区2023年4月.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(april[FENGHUANG].content))
    book["附件1"]["D8"] = "截至4月底，累计完成3.17亿元。"  # less than a month before
    book["附件1"]["D10"].value += "（仅供领导参考）"
    changed = io.BytesIO()
    book.save(changed)
    land_sample(lake, replace(april[FENGHUANG], content=changed.getvalue(), received_at="2023-05-09T20:30:00+00:00"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, root)
        asked = json.loads(call("findings", "--period", PERIOD, "--severity", "warning", "--json").stdout)["findings"]
        settle = ("settle", "--period", PERIOD, "--question", asked[0]["question"], "--as", "explained", "--by",
                  "湘西州统计局", "--why", "已核对3遍", "--until", "2099-12-31")  # fmt: skip
        for command in (settle, ("run", "--period", BEFORE, "--period", PERIOD)):
            done = call(*command)
            assert done.exit_code == 0, done.output


@pytest.fixture(scope="session")
def view(house: House) -> Iterator[MonthView]:
    """What letters and workbooks of cities are written from; nothing is expected from it."""
    warehouse = Warehouse(f"sqlite:///{house.lake / 'warehouse.sqlite'}")
    yield month_view(warehouse, PERIOD, "internal")
    warehouse.engine.dispose()

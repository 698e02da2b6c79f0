"""What every test of the upper floors stands on: a lake of its own, and a small made-up province."""

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from risk_assets.cli import main
from risk_assets.resources.event_log import BATCH_SIZE_VARIABLE
from risk_assets.samples import Sample, samples
from risk_assets.storage import Lake, Warehouse

PERIOD = "2023-04"
XIANGXI = "433100"  # seven of its eight counties report: published
ZHUZHOU = "430200"  # four of its nine counties report: withheld
AREAS = ("430203", "430204", "430211", "430223", "433122", "433123", "433124", "433125", "433126", "433127", "433130")

Command = Callable[..., Result]


@cache
def month_of_samples(period: str) -> dict[str, Sample]:
    """The whole made-up province of a month, by area; the real county is made up, too."""
    return {one.area: one for one in samples([period], Path("/no/real/files"))}


def land_sample(lake: Lake, sample: Sample) -> None:
    """Put a sample into landing as it would arrive."""
    lake.land(sample.content, sample.name, sample.area, sample.period, sample.received_at, is_sample=True)


def rows_of(warehouse: Warehouse, name: str, publication: str) -> pd.DataFrame:
    """Rows of a month × area table that a publication was made from."""
    links = warehouse.read("publication_submissions", publication=publication)
    used = links.loc[links["used"], ["submission", "rules"]]
    return warehouse.read(name).merge(used, on=["submission", "rules"])


def point_at(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """Let lake, warehouse and Dagster lie below a folder."""
    monkeypatch.setenv("RISK_ASSETS_LAKE", str(root))
    monkeypatch.setenv("DAGSTER_HOME", str(root / "dagster"))
    monkeypatch.setenv(BATCH_SIZE_VARIABLE, "2000")
    monkeypatch.delenv("RISK_ASSETS_DATABASE_URL", raising=False)


def call(*arguments: object) -> Result:
    """Run `risk-assets` with arguments."""
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """An empty lake that the environment points at."""
    point_at(monkeypatch, tmp_path / "lake")
    (tmp_path / "lake" / "dagster").mkdir(parents=True)
    return Lake(tmp_path / "lake")


@pytest.fixture
def warehouse(lake: Lake) -> Iterator[Warehouse]:
    """The warehouse in the lake."""
    made = Warehouse(f"sqlite:///{lake.root / 'warehouse.sqlite'}")
    yield made
    made.engine.dispose()


@pytest.fixture
def command(lake: Lake) -> Command:
    """`risk-assets` on the lake; gives click's result."""
    return call


@pytest.fixture(scope="session")
def landed_province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the small province in landing, to be copied."""
    root = tmp_path_factory.mktemp("landed") / "lake"
    made = month_of_samples(PERIOD)
    for area in AREAS:
        land_sample(Lake(root), made[area])
    return root


@pytest.fixture(scope="session")
def published_province(landed_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake in which the small province has been run once, to be copied."""
    root = tmp_path_factory.mktemp("published") / "lake"
    shutil.copytree(landed_province, root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, root)
        result = call("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def landed(lake: Lake, landed_province: Path) -> Lake:
    """A lake of one's own with the small province in landing, nothing read."""
    shutil.copytree(landed_province, lake.root, dirs_exist_ok=True)
    return lake


@pytest.fixture
def published(lake: Lake, published_province: Path) -> Lake:
    """A lake of one's own in which the small province has been run once."""
    shutil.copytree(published_province, lake.root, dirs_exist_ok=True)
    return lake


LISTED = Path(__file__).parent.parent / ".ci" / "skips.csv"
unlisted: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In CI a skip must be listed with its reason: a test that never runs there must not look green."""
    if not report.skipped or not os.environ.get("CI") or not isinstance(report.longrepr, tuple):
        return
    with LISTED.open(encoding="utf-8", newline="") as lines:
        listed = {row["reason"] for row in csv.DictReader(lines)}
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if reason not in listed:
        unlisted.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run in CI where a skip was not listed."""
    if unlisted:
        print("\nskipped and not listed in .ci/skips.csv:", *unlisted, sep="\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

"""The total ranking recomputed in plain Python from what the made-up files are known to say.

Nothing of the package takes part but the samples' own truth: neither reading, nor adding up, nor ranking.
"""

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import risk_assets
from risk_assets.samples import samples, task_counts
from risk_assets_tests.conftest import call

REFERENCE = Path(risk_assets.__file__).parent / "reference"
CREDITED = ("done", "on_track", "expected_done")
OUTSIDE = ("not_assigned", "not_applicable", "unknown")


def rows_of(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


AREAS = [row for row in rows_of("areas") if not row["valid_to"]]
CAMPAIGN = {row["indicator"]: row["campaign"] for row in rows_of("frameworks/2023/indicators")}
CAMPAIGNS = set(CAMPAIGN.values())


def points_of(counts: dict[str, Counter]) -> float | None:
    """Mean of the campaigns' shares × 100; None where one is missing."""
    shares = []
    for campaign in CAMPAIGNS:
        tasks = counts.get(campaign, Counter())
        assessed = sum(n for status, n in tasks.items() if status not in OUTSIDE)
        if not assessed:
            return None
        shares.append(100 * sum(tasks[status] for status in CREDITED) / assessed)
    return sum(shares) / len(shares)


def by_campaign(area: str, period: str, seed: int) -> dict[str, Counter]:
    counts: dict[str, Counter] = defaultdict(Counter)
    for indicator, tasks in task_counts(area, period, seed).items():
        counts[CAMPAIGN[indicator]].update(tasks)
    return dict(counts)


def places(points: dict[str, float]) -> dict[str, int]:
    rounded = {area: round(value, 5) for area, value in points.items()}
    return {area: 1 + sum(other > value for other in rounded.values()) for area, value in rounded.items()}


def expected(period: str, seed: int, present: set[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Points of counties and cities that can be ranked."""
    counties, cities = {}, {}
    of_city: dict[str, dict[str, dict[str, Counter]]] = defaultdict(dict)
    members: Counter = Counter()
    for row in AREAS:
        if row["level"] != "county":
            continue
        members[row["parent"]] += 1
        if row["area"] in present and (counts := by_campaign(row["area"], period, seed)):
            of_city[row["parent"]][row["area"]] = counts
            if (points := points_of(counts)) is not None:
                counties[row["area"]] = points
    for city, parts in of_city.items():
        summed: dict[str, Counter] = {}
        for campaign in CAMPAIGNS:
            having = [counts[campaign] for counts in parts.values() if campaign in counts]
            if len(having) / members[city] >= 0.5:  # withheld below half of the city's counties
                summed[campaign] = sum(having, Counter())
        if (points := points_of(summed)) is not None:
            cities[city] = points
    return counties, cities


FEW_CITIES = ("4301", "4303", "4305", "4308", "430102", "430202")


@pytest.mark.parametrize(
    ("period", "seed", "sending"), [("2023-02", 2023, ("43",)), ("2023-04", 5, FEW_CITIES), ("2023-09", 77, FEW_CITIES)]
)
def test_the_ranking_is_what_plain_python_makes_of_the_same_tasks(lake, period, seed, sending):
    present = set()
    for one in samples([period], Path("/no/real/files"), seed):
        if one.area.startswith(sending):
            lake.land(one.content, one.name, one.area, period, one.received_at, is_sample=True)
            present.add(one.area)
    assert len(present) > 25
    run = call("run", "--period", period)
    assert run.exit_code == 0, run.output
    for level, points in zip(("county", "city"), expected(period, seed, present), strict=True):
        data = json.loads(call("rank", "--period", period, "--level", level, "--json").output)
        assert {row["area"]: row["rank"] for row in data["rankings"]} == places(points)
        assert {row["area"]: row["value"] for row in data["rankings"]} == pytest.approx(points, abs=2e-5)
        assert data["of"] == len(points)
        everyone = {row["area"] for row in AREAS if row["level"] == level}
        assert {row["area"] for row in data["not_ranked"]} == everyone - set(points)

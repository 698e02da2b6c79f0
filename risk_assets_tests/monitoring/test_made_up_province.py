"""What the made-up workbooks say is what is read in them."""

import os
import subprocess
import sys
from functools import cache
from hashlib import sha256
from itertools import islice

import pytest

from risk_assets import reference
from risk_assets.samples import expected_count, samples, task_counts, truth
from risk_assets_tests.builders import PROJECT, SAMPLE, read

MONTHS = ("2023-01", "2023-04")
HASHES = """
from hashlib import sha256
from itertools import islice
from pathlib import Path
from risk_assets.samples import samples
print([sha256(one.content).hexdigest() for one in islice(samples(["2023-03"], Path("none")), 3)])
"""


@cache
def handful(period):
    """The first made-up files of a month; all four forms are among them."""
    return tuple(islice(samples([period], PROJECT / "none"), 14))


@cache
def read_back(period, number):
    one = handful(period)[number]
    return read(one.content, one.area, one.period, one.name)


def read_counts(report):
    return {
        row["indicator"]: {name.removeprefix("tasks_"): n for name, n in row.items() if name.startswith("tasks_") and n}
        for row in report.assessments
        if row["indicator"] and not row["component"]
    }


@pytest.mark.parametrize("period", MONTHS)
@pytest.mark.parametrize("number", range(14))
def test_the_tasks_read_in_a_made_up_file_are_those_it_was_made_from(period, number):
    one = handful(period)[number]
    assert read_counts(read_back(period, number)) == task_counts(one.area, period)


@pytest.mark.parametrize("period", MONTHS)
@pytest.mark.parametrize("number", range(14))
def test_the_status_read_of_an_ordinary_line_is_the_true_one(period, number):
    one, report = handful(period)[number], read_back(period, number)
    true = truth(one.area, period)
    found = {row["indicator"]: row["status_reported"] for row in report.assessments if row["tasks"] == 1}
    assert {name: status for name, status in found.items() if true[name] != status} == {}


@pytest.mark.parametrize("period", MONTHS)
def test_every_layout_is_among_the_handful(period):
    read_layouts = {layout for number in range(14) for layout in read_back(period, number).reading.layouts}
    assert read_layouts == {row["layout"] for row in reference.table("layouts/columns")} - {"items"}


@pytest.mark.parametrize("number", range(14))
def test_every_row_of_a_made_up_file_is_accepted(number):
    assert {row["state"] for row in read_back(MONTHS[0], number).reading.rows} == {"accepted"}


def test_the_same_seed_makes_the_same_bytes_in_every_process():
    def hashes(hash_seed):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run(
            [sys.executable, "-c", HASHES], env=environment, cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout

    here = [sha256(one.content).hexdigest() for one in islice(samples(["2023-03"], PROJECT / "none"), 3)]
    assert hashes("1").strip() == hashes("2").strip() == str(here)


def test_another_seed_makes_another_province():
    one, other = (next(samples(["2023-03"], PROJECT / "none", seed=seed)) for seed in (1, 2))
    assert one.content != other.content


def test_the_real_file_of_a_folder_takes_the_place_of_a_made_up_one():
    real = next(one for one in samples(["2023-04"], SAMPLE.parent) if one.area == "433123")
    assert (real.is_sample, real.name, real.content) == (False, SAMPLE.name, SAMPLE.read_bytes())


def test_the_number_of_files_is_known_before_they_are_made():
    made = list(samples(["2023-02"], PROJECT / "none"))
    assert len(made) == expected_count(["2023-02"], PROJECT / "none")
    assert len({one.area for one in made}) == len(made)
    assert all(one.is_sample for one in made)


def test_an_area_that_is_no_county_has_no_truth():
    with pytest.raises(KeyError):
        truth("433100", "2023-04")

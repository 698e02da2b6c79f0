"""Whatever happens to a file of any format, `inspect` accounts for it or refuses it, in time: nothing else."""

import random
import subprocess
import sys
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_assets_tests.mutating import broken_promise, check_originals, mutated, originals, pdf

SLOWEST = 10.0
some = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
KINDS = ("xlsx", "small xlsx", "xls", "ods", "docx", "txt", "bars", "csv", "zip")


def kept(content: bytes, kind: str, seed: int) -> None:
    damaged = mutated(content, random.Random(seed))  # noqa: S311
    start = time.monotonic()
    assert broken_promise(damaged, kind) == ""
    assert time.monotonic() - start < SLOWEST


def test_the_files_that_are_damaged_are_sound_before():
    check_originals()
    assert set(KINDS) == set(originals())


@some
@given(st.sampled_from(KINDS), st.integers(0, 2**32))
def test_a_damaged_file_is_accounted_for_or_refused(kind, seed):
    kept(originals()[kind], kind, seed)


@settings(some, max_examples=12)
@given(st.integers(0, 2**32))
def test_a_damaged_pdf_is_accounted_for_or_refused(seed):
    kept(pdf(), "pdf", seed)


def test_the_command_that_damages_thousands_ends_well_and_says_how_much_memory_it_took():
    command = [sys.executable, "-m", "risk_assets_tests.mutate", "40", "7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert '"failures": []' in done.stdout

"""A made-up province: one workbook a county and month, to try the house on before real files come.

Here belong how a made-up county does and how it writes that down. Wordings, headers, magnitudes and the ease of each
table are data in `reference/samples/`. Nothing here reads a report, and no real figure is known here. A plan decides
every status first; the workbook and `truth` are both made from that plan.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from risk_assets.monitoring.calendar import due_day, working_day
from risk_assets.samples.plan import (
    fate_of,
    made_up_counties,
    plan_of,
    real_files,
    received_at,
    say,
    task_counts,
    truth,
)
from risk_assets.samples.writing import write_workbook

__all__ = ["Sample", "expected_count", "samples", "task_counts", "truth"]


@dataclass(frozen=True)
class Sample:
    """One file as it would arrive.

    Attributes:
        area: County that sends it.
        period: Month it reports on, `2023-04`.
        name: File name.
        content: Bytes of the workbook.
        received_at: ISO time of receipt with `+08:00`.
        is_sample: Whether the figures are made up.
    """

    area: str
    period: str
    name: str
    content: bytes
    received_at: str
    is_sample: bool


def samples(periods: Sequence[str], folder: Path, seed: int = 2023) -> Iterator[Sample]:
    """Every file of the given months: the real ones as they are, all others made up.

    Args:
        periods: Months such as `2023-04`.
        folder: Holds the real files, `<area>_<period>_<anything>.xlsx`; may be missing.
        seed: The same seed makes the same bytes, whatever months are asked for and in whatever order.

    Yields:
        Files by month, then by area.
    """
    for period in periods:
        real = real_files(period, folder)
        for area in sorted({county["area"] for county in made_up_counties()} | set(real)):
            if area in real:
                received = f"{working_day(period, due_day() - 1)}T10:00:00+08:00"
                yield Sample(area, period, real[area].name, real[area].read_bytes(), received, is_sample=False)
            elif (plan := plan_of(area, period, seed)).fate.sent:
                yield Sample(area, period, say("sheet", "file", **plan.words), write_workbook(plan), received_at(plan),
                             is_sample=True)  # fmt: skip


def expected_count(periods: Sequence[str], folder: Path, seed: int = 2023) -> int:
    """How many files `samples` will yield, without making one."""
    count = 0
    for period in periods:
        real = set(real_files(period, folder))
        made = {county["area"] for county in made_up_counties()} - real
        count += len(real) + sum(fate_of(area, period, seed).sent for area in made)
    return count

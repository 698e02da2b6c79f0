"""Data, not code: areas, frameworks, layouts, words, rules, schemes and settings, each a CSV edited by hand.

This loader only finds, parses and fingerprints the files; what they mean is known on the floors above.
"""

import csv
import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one reference file.

    Args:
        name: Path below this folder without `.csv`, e.g. `areas` or `frameworks/2023/indicators`.

    Returns:
        One dict a row; blanks around values are dropped, an empty cell is `""`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A row has more or fewer cells than the header line.
    """
    path = FOLDER / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
        for row in rows:
            if len(row) != len(header):
                raise ValueError(f"{path.name}: expected {len(header)} cells, found {len(row)} in {row}")
        return tuple(dict(zip(header, (cell.strip() for cell in row), strict=True)) for row in rows)


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that holds several values split by `|`."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


@cache
def setting(name: str) -> str:
    """The value of one line of `settings.csv`.

    Raises:
        KeyError: No such setting.
    """
    return {row["setting"]: row["value"] for row in table("settings")}[name]


@cache
def form_words(kind: str) -> tuple[str, ...]:
    """The words of one kind of `form_words.csv`, the longest first."""
    words = [row["word"] for row in table("form_words") if row["kind"] == kind]
    return tuple(sorted(words, key=len, reverse=True))


@cache
def frameworks() -> tuple[str, ...]:
    """Years for which there is a framework, ascending."""
    return tuple(sorted(p.name for p in (FOLDER / "frameworks").iterdir() if p.is_dir()))


def framework_of(period: str) -> str:
    """The framework in force in a month: that of its year, else the latest one before.

    Raises:
        ValueError: The month lies before the first framework.
    """
    fitting = [year for year in frameworks() if year <= period[:4]]
    if not fitting:
        raise ValueError(f"{period}: expected a month from {frameworks()[0]} on, as no framework is older")
    return fitting[-1]


@cache
def fingerprint() -> str:
    """Hash over all reference files: a reading is repeated when it changes."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.csv")):
        digest.update(path.relative_to(FOLDER).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()

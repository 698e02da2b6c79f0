"""Writes `rules.md`, `figure_rules.md` and `data_dictionary.md` from reference data and contracts, so that they agree.

`python docs/generate.py` writes all; with `--check` nothing is written, and it exits 1 when one is stale.
"""

import re
import sys
from pathlib import Path

from risk_assets import reference
from risk_assets.contracts import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    REFERENCE_TABLES,
    TABLES,
    VIEWS,
    Contract,
    columns,
    key,
)

FOLDER = Path(__file__).parent
NOTE = "<!-- made by docs/generate.py (`make docs`): do not edit -->"
TYPES = {"str": "text", "Int64": "whole number", "Float64": "number", "boolean": "yes or no"}
PARTITIONS = {
    "none, replaced whole": REFERENCE_TABLES,
    "month × area": AREA_MONTH_TABLES,
    "month": MONTH_TABLES,
    "publication": {name: TABLES[name] for name in ("publications", "publication_submissions", "dispositions")},
}
SCOPES = {
    "file": (
        "Raised on one file",
        "What stands in the file itself, or in the conditions under which it came. Rows of `findings`.",
    ),
    "month": (
        "Raised on a month against other files",
        "What a file says against those of other months, of other areas, and from above. Rows of `month_findings`.",
    ),
}
PARTS = {
    "measure": ("What a figure measures", "The rule is the one named in the column `told_by` of `observations`."),
    "number": ("Which numbers are figures", "Units, numerals, blanks inside, hidden figures, lists and parts."),
    "bound": ("Exactly, at least, at most, about", "The words right before or behind a figure."),
    "role": ("Done, expected or to be reached", "Words that say so, and where their reach ends."),
    "period": ("Which period a figure is of", "Without any, it is that of its place, here the end of April 2023."),
    "nothing": ("What is no figure", "Numbers that state no statistic."),
}


def rules_page() -> str:
    """Every rule with what it does to file and month, what it compares, an example and what the sender reads."""
    rows = reference.table("rules")
    if set(SCOPES) != (scopes := {row["scope"] for row in rows}):
        raise SystemExit(f"docs/generate.py: SCOPES and rules.csv differ in {sorted(set(SCOPES) ^ scopes)}")
    lines = [
        "# Finding rules",
        NOTE,
        "",
        "A finding is a question to the county: each names file, sheet and cell, what was found and what was expected.",
        "",
        "- **Refuses the file**: all its figures are kept out; an earlier version of the area stays in force. All",
        "  other rules leave the file in use.",
        "- **Holds back approval**: while such a finding is open, its month cannot be approved.",
        "- **Settled**: `risk-assets settle` records that a finding was explained by the county or waived by who",
        "  publishes, by whom, why and until when. The same question, asked again, stays settled for as long.",
        "- **Switched off**: set `enabled` to `no` in the rule's row of `risk_assets/reference/rules.csv`. It is not",
        "  raised any more once the files are read again, which the next run does. A rule that refuses the file cannot",
        "  be switched off.",
        "",
        "The rows below are those of `risk_assets/reference/rules.csv`. What a figure of one county can be at all",
        "stands in `risk_assets/reference/limits.csv`, thresholds in `risk_assets/reference/settings.csv`.",
    ]
    for scope, (title, about) in SCOPES.items():
        lines += ["", f"## {title}", "", about, ""]
        lines += ["| Rule | Severity | Refuses the file | Holds back approval | What it compares | Example | Message |"]
        lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
        for row in (row for row in rows if row["scope"] == scope):
            cells = (
                f"`{row['rule']}`", row["severity"], row["refuses"], row["blocking"],
                *(_escaped(row[name]) for name in ("compares", "example", "message")),
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Text as it stands in a cell of a table, without what Markdown would take for a border or for emphasis."""
    return re.sub(r"([|*_])", r"\\\1", text)


def figure_rules_page() -> str:
    """Every rule of the figures of sentences with its example and what is read in it."""
    rows = reference.table("figures/rules")
    if set(PARTS) != (parts := {row["part"] for row in rows}):
        raise SystemExit(f"docs/generate.py: PARTS and figures/rules.csv differ in {sorted(set(PARTS) ^ parts)}")
    lines = [
        "# Rules of figures",
        NOTE,
        "",
        "The rows are those of `risk_assets/reference/figures/rules.csv`; each example is a test. It is read as a cell",
        "of the column of progress in a report for April 2023. What is read is value, unit, measure, role, bound and",
        "period; `-` is none, `?` a value that is hidden. [figures.md](figures.md) says what these words mean.",
    ]
    for part, (title, about) in PARTS.items():
        lines += ["", f"## {title}", "", f"Part `{part}`. {about}", ""]
        lines += ["| Rule | Example | What is read |", "| --- | --- | --- |"]
        for row in (row for row in rows if row["part"] == part):
            missed = "no figure" if part == "nothing" else "nothing: counted as not understood"
            read = "<br>".join(f"`{one}`" for one in row["reads"].split(" ; ")) if row["reads"] else missed
            lines.append(f"| `{row['rule']}` | {_escaped(row['example'])} | {read} |")
    return "\n".join(lines) + "\n"


def dictionary_page() -> str:
    """Every table with its key and its columns."""
    lines = [
        "# Data dictionary",
        NOTE,
        "",
        "Every table is one model in `risk_assets/contracts/tables.py`; SQL tables, Parquet files and the column lists",
        "in the Dagster UI come from the same models. A missing value is NULL and never zero.",
        "",
        "In the warehouse, a view `current_<table>` shows what the current publication of each month holds, and",
        "`current_findings` has the questions of files and month with what was decided of them. The views at the end",
        "are for readers: codes with names beside them, a view a question. They hold every class: `release_class` says",
        "who may see a row, and whoever gives others access to the warehouse filters by it.",
        "",
    ]
    for partition, group in PARTITIONS.items():
        for name, contract in group.items():
            lines += _table(name, contract, f"Partition: {partition}.")
    for name, contract in VIEWS.items():
        lines += _table(name, contract, "A view for readers.")
    return "\n".join(lines[:-1]) + "\n"


def _table(name: str, contract: type[Contract], kind: str) -> list[str]:
    checks, keys = contract.to_schema().columns, ", ".join(f"`{column}`" for column in key(contract))
    lines = [
        f"## {name}",
        "",
        (contract.__doc__ or "").strip(),
        "",
        f"{f'Key: {keys}. ' if keys else ''}{kind}",
        "",
        "| Column | Type | May be missing | 中文 | Meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for column in columns(contract):
        allowed = next((c.statistics["allowed_values"] for c in checks[column.name].checks if c.name == "isin"), ())
        values = f" ({', '.join(f'`{value}`' for value in allowed)})" if allowed else ""
        missing = "yes" if column.nullable else "no"
        meaning = f"{column.description}{values}".replace("|", "\\|")
        lines.append(f"| `{column.name}` | {TYPES[column.dtype]} | {missing} | {column.label} | {meaning} |")
    return [*lines, ""]


PAGES = {"rules.md": rules_page, "figure_rules.md": figure_rules_page, "data_dictionary.md": dictionary_page}


def main(arguments: list[str]) -> int:
    """Write the pages, or with `--check` name the stale ones; returns the exit code."""
    stale = []
    for name, page in PAGES.items():
        path, text = FOLDER / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name}: {'stale, run make docs' if '--check' in arguments else 'written'}")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

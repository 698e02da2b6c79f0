"""Writes `rules.md`, `figure_rules.md` and `data_dictionary.md` from reference data and contracts, so that they agree.

`python docs/generate.py` writes all; with `--check` nothing is written, and it exits 1 when one is stale.
"""

import re
import sys
from pathlib import Path

from risk_assets import reference
from risk_assets.contracts import AREA_MONTH_TABLES, MONTH_TABLES, REFERENCE_TABLES, TABLES, Contract, columns, key

FOLDER = Path(__file__).parent
NOTE = "<!-- made by docs/generate.py (`make docs`): do not edit -->"
TYPES = {"str": "text", "Int64": "whole number", "Float64": "number", "boolean": "yes or no"}
PARTITIONS = {
    "none, replaced whole": REFERENCE_TABLES,
    "month × area": AREA_MONTH_TABLES,
    "month": MONTH_TABLES,
    "publication": {name: TABLES[name] for name in ("publications", "publication_submissions")},
}
WHEN = {
    "empty_file": "the file has no bytes, or blanks only",
    "too_large": "the file is larger than 50 MiB, or a PDF has over 200 pages or takes over 10 seconds or 1 GiB",
    "unsupported_format": "an old Word or WPS text, .xlsb, RTF, HTML, XML, OFD, RAR, 7z, or bytes that are no text",
    "encrypted_file": "a workbook, a document, a PDF or all files of an archive want a password to be opened",
    "scan": "a picture; a PDF without text, with text that no font can name or that lies unseen over a scan; a "
    "document of pictures only",
    "damaged_file": "the file or a part of it is broken, cut off or defines entities",
    "zip_bomb": "unpacked it exceeds 300 MiB, or 1 MiB and 200 times its packed size; or it has over 2000 "
    "members, or is an archive of over 200 files",
    "too_many_cells": "a sheet spans over 2 million cells, or has over 20,000 rows or merged ranges; a text, document "
    "or archive likewise",
    "no_table": "no header of a table was recognised",
    "other_area": "the titles name areas other than the sender and those above it, and not the sender",
    "unknown_area": "a title begins with a county's name that areas.csv does not have, and does not name the sender",
    "other_period": "the titles name months, and the reporting month is not among them",
    "too_early": "the month lies before the first year that has a framework",
    "same_file_elsewhere": "the same bytes came earlier for another month or area, and no title names this one",
    "unknown_column": "one word of a recognised header is known neither to its layout nor to the general vocabulary",
    "no_header": "a row of four or more cells, or of two under a campaign's title, stands under no known header",
    "broken_header": "a row under a header has header words in two and in half of its cells, and is no header itself",
    "column_count": "in a text, a row has fewer or more cells than its header, and its contents do not tell which",
    "no_content": "a row has neither indicator, target, responsible unit, progress, done value nor status",
    "unknown_indicator": "no name or alias of the framework is found in the row's text, and its place does not tell",
    "indicator_twice": "two items of one table name the same indicator, and neither wording nor place tells them apart",
    "tied_by_position": "the name is lost, and the item's number and its neighbours tell which indicator it is",
    "number_by_order": "an item has no number, and exactly that many numbers are missing before the next",
    "number_out_of_order": "a number is not larger than the one before",
    "status_cut": "at least three characters that begin one known status word only",
    "status_unreadable": "a status word that status_words.csv does not have",
    "status_blank": "the status cell is blank or holds a stroke",
    "lone_one": "a ratio cell holds nothing but 1, and its header has no %",
    "ratio_unsigned": "a ratio has no % sign, neither in the cell nor in the header",
    "ratio_differs": "printed ratio and done ÷ target are further apart than the last printed digit",
    "headline_differs": "no reading of readings.csv makes the rows meet the counts of the letter",
    "total_differs": "a printed total is not the sum of its lines, or a printed share not that of the letter's counts",
    "formula_without_value": "a formula was saved without its result",
    "error_cell": "a cell shows an error value such as #REF!",
    "hidden_sheet": "a sheet is hidden",
    "hidden_row": "a row is hidden",
    "hidden_column": "a column is hidden",
    "hidden_text": "text of a document is formatted as hidden, or lies in a cell that is merged into the one above",
    "tracked_changes": "a document has insertions, deletions or moves that nobody accepted",
    "embedded_object": "a document holds an object of another program, such as a piece of a workbook",
    "external_link": "a document or workbook refers to a template, object or data outside of itself; links in text do "
    "not count",
    "macros": "a document or workbook holds macros",
    "picture_not_read": "a document holds pictures beside its text",
    "scan_page": "a page of a PDF holds a picture and no text, and other pages hold text",
    "archive_member": "a file of an archive is refused, is an archive itself, or takes what all may take together",
    "odd_member_name": "a file's name in an archive leads out of it, has a drive, or characters that are not seen",
    "reader_failed": "reading the file raises an error that nobody foresaw, or its rows break a contract",
    "ratio_words": "a ratio cell is no percentage, no number, and no words that end in 完成 or 达到 and a percentage",
    "ratio_implausible": "a ratio is negative, or above highest_ratio of settings.csv",
    "ratio_ambiguous": "the header of a ratio column says %, no bare number in it is above 1, and one is a fraction",
    "status_shared": "one merged status cell covers items with numbers of their own",
    "joined_to_item_above": "a row without number, ratio and status is taken as part of the item above",
    "items_missing": "the table has at least one item of the framework's, and others that no row is tied to",
    "row_joined": "a row without number fills only what the one above lacks, or goes on with it after a page break",
    "row_perhaps_cut": "the last row of a PDF's page and the first of the next may be one, and nothing tells",
    "printed_total": "the number, group or task of a row is 合计, 小计 or the like",
    "block_heading": "a row is numbered 一, 二 … among rows numbered 1, 2 …, and has no status",
    "unknown_area_row": "the area of a row is in no list of divisions, or one of several that bear its name",
    "unknown_area_column": "the area over a column is in no list of divisions",
    "figure_unreadable": "a cell of a column of figures holds words, or a unit that units.csv does not have",
    "figure_bracket": "a cell holds a figure and another one in brackets",
    "figure_shared": "one merged cell with a figure covers several rows",
    "date_in_cell": "a cell of a column of figures, shares or numbers is formatted as a date",
    "unit_differs": "a figure has a unit of its own, and it is not that of its header or unit column",
    "unit_unknown": "an amount has no unit in its cell, its header, its unit column or the line above the table",
    "sign_unknown": "a column is headed 降幅, 下降率 or the like, so that its figures may lack their sign",
    "person_column": "a header names a column of persons or telephone numbers",
    "cells_mended": "in a text, cells of a row have slipped or run together, and one order only fits their contents",
    "cells_fused": "in a text, a cell of responsible units is long and holds figures, and cannot be taken apart",
    "cell_outside_header": "a figure stands in a column over which the header has no word",
    "area_twice": "two rows of one table are for the same area",
    "note_read": "a line below a table begins with 注, 说明 or 备注",
    "number_unreadable": "the cell of the item's number holds something that is no number",
    "unit_contradicts": "the printed ratio is met when the done value is taken as 万 or 亿 times more or less",
    "parts_differ": "stated parts of a whole (`part_of` of components.csv) do not add up to it",
    "clearance_differs": "stock ÷ 去化周期 is another monthly sale than the text's own sales or parts tell",
    "figures_unread": "numbers in cells or sentences that no rule of the grammar understands; the commonest are shown",
    "narrative_only": "a text without any table, of which figures were tied to indicators",
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
    """Every rule with its severity, what it does to the file, when it is raised and what the sender reads."""
    lines = [
        "# Finding rules",
        NOTE,
        "",
        "A finding is a question to the county: each names file, sheet and cell, what was found and what was expected.",
        "A rule that refuses the file keeps all its figures out; an earlier version of the area stays in force.",
        "All others leave the file in use. The rows are those of `risk_assets/reference/rules.csv`.",
        "",
        "| Rule | Severity | Refuses the file | Raised when | Message |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = reference.table("rules")
    names = {row["rule"] for row in rows}
    if names != set(WHEN):
        raise SystemExit(f"docs/generate.py: WHEN and rules.csv differ in {sorted(names ^ set(WHEN))}; adapt WHEN")
    for row in rows:
        refuses = "yes" if row["blocking"] == "yes" else "no"
        lines.append(f"| `{row['rule']}` | {row['severity']} | {refuses} | {WHEN[row['rule']]} | {row['message']} |")
    return "\n".join(lines) + "\n"


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
            example = re.sub(r"([|*_])", r"\\\1", row["example"])
            lines.append(f"| `{row['rule']}` | {example} | {read} |")
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
        "In the warehouse, a view `current_<table>` shows what the current publication of each month holds, and the",
        "view `coverage` says of each county and month whether its report came in, was read, and how late it was; a",
        "report that came in and waits to be read counts as received, one that was withdrawn does not.",
        "",
    ]
    for partition, group in PARTITIONS.items():
        for name, contract in group.items():
            lines += _table(name, contract, partition)
    return "\n".join(lines[:-1]) + "\n"


def _table(name: str, contract: type[Contract], partition: str) -> list[str]:
    checks = contract.to_schema().columns
    lines = [
        f"## {name}",
        "",
        (contract.__doc__ or "").strip(),
        "",
        f"Key: {', '.join(f'`{column}`' for column in key(contract))}. Partition: {partition}.",
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

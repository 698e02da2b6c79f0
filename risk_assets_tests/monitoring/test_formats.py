"""A county's six tables say the same whatever format they come in: cell by cell against the workbook they come from."""

import csv
import io
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from risk_assets.monitoring.inspecting import inspect
from risk_assets_tests.builders import read, sample, table_workbook, tables_of
from risk_assets_tests.formats import (
    HAS_OFFICE,
    as_files,
    as_lines,
    as_word,
    converted,
    grids_of,
    needs_office,
)

FIELDS = ("item", "group", "indicator", "target", "unit", "responsible", "progress", "done", "attainment", "status")
FIGURES = {"target", "done", "attainment"}
ABOVE = 3
MOST_SECONDS = 3.0
# Cells right of 1970. A text has no merged cells, so that the group over several tasks is part of the task and what is
# merged down is blank. The PDF of 46 pages has 1968: of one row nobody can tell whether a page's end cuts it.
RIGHT = {"docx": 1970, "xls": 1970, "ods": 1970, "zip": 1970, "tabs": 1793, "bars": 1793}
PDF_TYPE = (10, 14)  # smaller and larger type: other pages end in other rows; which ones, the fonts decide as well
PDF_LEAST = 1950


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """The folder that LibreOffice works in; it takes seconds to make itself at home in one."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def files(office) -> dict[str, bytes]:
    """The tables in every format."""
    grids = grids_of(sample())
    made = {
        "docx": as_word(grids, ABOVE),
        "zip": as_files(sample()),
        "tabs": as_lines(grids, "\t"),
        "bars": as_lines(grids, " | "),
    }
    if HAS_OFFICE:
        words = {f"{size}.docx": as_word(grids, ABOVE, size) for size in (11, *PDF_TYPE)}
        pages = converted(words, "pdf", office)
        made |= {"pdf": pages["11"]} | {f"pdf {size}": pages[str(size)] for size in PDF_TYPE}
        for kind in ("xls", "ods"):
            made[kind] = converted({"表.xlsx": sample()}, kind, office)["表"]
    return made


def flat(value: Any) -> Any:
    return "".join(value.split()) if isinstance(value, str) else value


def aligned(expected: list[dict], rows: list[dict]) -> Iterator[tuple[dict | None, dict | None]]:
    """Rows in order; where one has more than the other, those that say the same beside each other."""
    said = [[flat(f"{row['indicator']}{row['progress']}") for row in each] for each in (expected, rows)]
    alike = SequenceMatcher(None, *said, autojunk=False).get_opcodes()
    is_even = len(rows) == len(expected) and all(i == j for _, i, _, j, _ in alike)
    for _, i, i_end, j, j_end in [("", 0, len(expected), 0, len(rows))] if is_even else alike:
        yield from zip_longest(expected[i:i_end], rows[j:j_end])


def held_against(
    expected: list[dict], found: dict[str, Any], merged: frozenset[str] | None = None
) -> tuple[int, list[tuple]]:
    """Cells that are right, and figures that are wrong without a finding on their row.

    A text has no merged cells: a figure that its source has over several rows (`merged`) is nobody's mistake there.
    """
    flagged = {finding["where"] for finding in found["findings"]}
    right, wrong = 0, []
    for wanted, row in aligned(expected, found["rows"]):
        for name in FIELDS:
            values = [flat(each and each[name]) for each in (wanted, row)]
            if wanted and row and values[0] == values[1]:
                right += 1
            elif merged is not None and (values[1] is None or wanted is None or wanted["where"] in merged):
                continue
            elif name in FIGURES and values[0] != values[1] and (row is None or row["where"] not in flagged):
                wrong.append((row and row["where"], name, *values))
    return right, wrong


def inspected(content: bytes) -> dict[str, Any]:
    start = time.monotonic()
    found = inspect(content, "上报")
    assert time.monotonic() - start < MOST_SECONDS
    counts = found["accounting"]
    assert counts["rows"] == counts["accepted"] + counts["set_aside"]
    return found


@pytest.mark.parametrize(
    "kind", [*("docx", "zip", "tabs", "bars"), *(pytest.param(k, marks=needs_office) for k in ("pdf", "xls", "ods"))]
)
def test_the_tables_are_read_the_same_from_every_format(files, kind):
    source = inspect(sample(), "表.xlsx")
    merged = frozenset(one["where"] for one in source["findings"] if one["rule"] == "figure_shared")
    right, wrong = held_against(source["rows"], inspected(files[kind]), merged if kind in ("tabs", "bars") else None)
    assert wrong == []
    assert right >= PDF_LEAST if kind == "pdf" else right == RIGHT[kind]


@pytest.mark.parametrize("size", [pytest.param(size, marks=needs_office) for size in PDF_TYPE])
def test_wherever_the_pages_of_a_pdf_end_no_figure_is_wrong_unnoticed(files, size):
    right, wrong = held_against(inspect(sample(), "表.xlsx")["rows"], inspected(files[f"pdf {size}"]))
    assert wrong == []
    assert right >= PDF_LEAST


def test_one_attachment_is_read_the_same_from_a_csv_file():
    grid = grids_of(sample())[4]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(grid.rows)
    expected = [row for row in inspect(sample(), "表.xlsx")["rows"] if row["where"].startswith(f"{grid.sheet}!")]
    found = inspected(buffer.getvalue().encode("utf-8-sig"))
    assert held_against(expected, found) == (390, [])


@pytest.mark.parametrize(
    "kind", [*("docx", "zip"), *(pytest.param(k, marks=needs_office) for k in ("pdf", "xls", "ods"))]
)
def test_the_letter_s_counts_are_those_of_the_tables_in_every_format_that_keeps_merged_cells(files, kind):
    expected, found = tables_of(read(sample())), tables_of(read(files[kind]))
    assert {name: table["counted"] for name, table in found.items()} == {
        name: table["counted"] for name, table in expected.items()
    }


WIDE = {
    "areas": (
        ["A1:G1", "A2:A3", "B2:D2", "E2:G2"],
        [["2019年十大民生工程项目完成情况表"],
         ["地区", "城镇新增就业(人)", None, None, "城镇登记失业率低于(%)", None, None],
         [None, *["目标任务", "进度", "完成比例(%)"] * 2], ["东坡区", 8000, 22921, 286.5, 4.3, 3.48, None],
         ["彭山区", 3800, 6138, 161.5, 4.3, 3.54, None], ["仁寿县", 8600, 12244, 142.4, 4.3, 3.67, None],
         ["洪雅县", 3600, 3889, 108, 4.3, 3.8, None], ["丹棱县", 1900, 3029, 159.4, 4.3, 3.7, None],
         ["青神县", 1900, 4021, 211.6, 4.3, 3.5, None]],
    ),
    "measures": (
        ["A1:E1"],
        [["各市国民经济主要指标（2015年）"], ["指标", "杭州市", "宁波市", "嘉兴市", "湖州市"],
         ["年末总人口（万人）", 723.55, 586.57, 349.48, 263.71],
         ["生产总值（亿元）", "10,050.21", "8,003.61", "3,517.81", "2,084.26"],
         ["第一产业", 287.95, 284.68, 139.09, 122.6], ["人均生产总值（元）", 139653, 136773, 100852, 79024],
         ["出口总额（亿美元）", 500.67, 713.73, 229.27, 88.55]],
    ),
}  # fmt: skip


HEADERS = {"areas": 2, "measures": 1}


def wide_workbook(name: str) -> bytes:
    merges, rows = WIDE[name]
    return table_workbook(rows[0][0], rows[1], rows[2:], merges=merges)


@pytest.fixture(scope="module")
def wide_files(office) -> dict[str, bytes]:
    """Each wide table in every format, that of a PDF on pages that hold a few of its rows."""
    made = {}
    for name in WIDE:
        grids = grids_of(wide_workbook(name))
        made |= {
            f"{name} docx": as_word(grids, 1),
            f"{name} tabs": as_lines(grids, "\t"),
            f"{name} bars": as_lines(grids, "|"),
        }
        if HAS_OFFICE:
            books = {f"{name}.xlsx": wide_workbook(name)}
            made |= {f"{name} {kind}": converted(books, kind, office)[name] for kind in ("xls", "ods")}
            pages = converted({f"{name}.docx": as_word(grids, 1, 12, 9, HEADERS[name])}, "pdf", office)
            made[f"{name} pdf"] = pages[name]
    return made


def figures(found: dict[str, Any]) -> list[tuple]:
    return [(one["area"], one["indicator"], one["value"], one["role"]) for one in found["observations"]]


@pytest.mark.parametrize(
    "kind",
    [*("docx", "tabs", "bars"), *(pytest.param(k, marks=needs_office) for k in ("pdf", "xls", "ods"))],
)
@pytest.mark.parametrize(("name", "count"), [("areas", 30), ("measures", 20)])
def test_a_wide_table_has_the_same_figures_in_every_format(wide_files, name, count, kind):
    expected = figures(inspect(wide_workbook(name), "表.xlsx"))
    assert len(expected) == count
    assert figures(inspected(wide_files[f"{name} {kind}"])) == expected

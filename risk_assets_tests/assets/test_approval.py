"""A month from its draft to its approval, and what comes after, through reading and publishing."""

import json

import openpyxl
import pytest

from risk_assets.assets.publishing import approve_month, publish_month
from risk_assets.assets.reading import read_month
from risk_assets.storage.warehouse import NotApproved
from risk_assets_tests.builders import changed
from risk_assets_tests.conftest import AREAS, PERIOD, call, month_of_samples

COUNTY = AREAS[0]


def as_printed(*arguments: str) -> str:
    result = call("rank", "--period", PERIOD, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def send(lake, warehouse, content: bytes) -> None:
    """A correction of one county, read and published."""
    lake.land(content, "更正.xlsx", COUNTY, PERIOD, is_sample=True)
    read_month(lake, PERIOD, [COUNTY])
    publish_month(lake, warehouse, PERIOD)


def broken(book) -> None:
    """The last item of a table stands twice: an error, which holds back approval."""
    sheet = book.worksheets[-1]
    row = max(number for number in range(1, sheet.max_row + 1) if sum(c.value is not None for c in sheet[number]) > 3)
    for column, cell in enumerate(sheet[row], 1):
        value = 999 if column == 1 else cell.value
        sheet.cell(row + 1, column, value)


def test_an_approved_month_says_so_in_answers_and_files(published, warehouse):
    row = approve_month(published, warehouse, PERIOD, "省政府督查室")
    assert (row["state"], row["approved_by"]) == ("final", "省政府督查室")
    assert json.loads(as_printed())["state"] == "final"
    cover = openpyxl.load_workbook(published.published(PERIOD) / "ranking.xlsx").worksheets[0]
    assert "正式" in cover["A2"].value
    assert publish_month(published, warehouse, PERIOD).is_new is False


def test_a_correction_after_approval_is_a_draft_and_the_approved_one_stays_readable_to_the_byte(published, warehouse):
    before = as_printed()
    approved_at = str(approve_month(published, warehouse, PERIOD, "省政府督查室")["approved_at"])
    final = as_printed()
    sample = month_of_samples(PERIOD)[COUNTY]
    send(published, warehouse, changed(sample.content, lambda book: book.worksheets[0].cell(1, 30, "更正")))
    made_at = str(warehouse.current(PERIOD)["made_at"])
    assert json.loads(as_printed())["state"] == "draft"
    assert as_printed("--as-of", approved_at) == final
    first = call("show", "publications", "--period", PERIOD, "--as-of", approved_at, "--json")
    drafted_at = json.loads(first.output)["rows"][0]["made_at"]
    assert as_printed("--as-of", drafted_at) == before
    changes = call("changes", "--period", PERIOD, "--since", approved_at, "--json")
    told = json.loads(changes.output)
    assert [(one["area"], one["file"]) for one in told["files"]] == [(COUNTY, "更正.xlsx")]
    assert made_at > approved_at


def test_an_open_error_holds_back_approval_until_it_is_settled(published, warehouse):
    sample = month_of_samples(PERIOD)[COUNTY]
    send(published, warehouse, changed(sample.content, broken))
    asked = warehouse.findings(warehouse.current(PERIOD)["publication"])
    questions = asked.loc[asked["rule"] == "indicator_twice", "question"].unique()
    assert len(questions) == 2  # one for each of the two lines
    for question in questions:
        with pytest.raises(NotApproved, match=question):
            approve_month(published, warehouse, PERIOD, "省政府督查室")
        settled = call("settle", "--period", PERIOD, "--question", question, "--as", "waived", "--by", "省政府督查室",
                       "--why", "已电话核实")  # fmt: skip
        assert settled.exit_code == 0, settled.output
    assert approve_month(published, warehouse, PERIOD, "省政府督查室")["state"] == "final"


def test_one_countys_correction_reads_and_stores_that_county_alone(published, warehouse):
    staged = {path: path.stat().st_mtime_ns for path in published.staged.rglob("*.parquet")}
    stored = warehouse.stored()
    sample = month_of_samples(PERIOD)[COUNTY]
    send(published, warehouse, changed(sample.content, lambda book: book.worksheets[0].cell(1, 30, "更正")))
    assert all(path.stat().st_mtime_ns == written for path, written in staged.items())
    fresh = {path.parent.name for path in published.staged.rglob("*.parquet") if path not in staged}
    assert fresh == {COUNTY}
    assert {submission.split("-")[0] for submission, _ in warehouse.stored() - stored} == {COUNTY}

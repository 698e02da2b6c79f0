"""Whatever happens to a file on its way, it is read with every row accounted for, or refused: nothing else."""

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_assets import reference
from risk_assets.documents import Refused
from risk_assets_tests.builders import as_text, changed, part_of, read, repacked, sample

RULES = {row["rule"] for row in reference.table("rules")}
PLACES = st.floats(0, 1, exclude_max=True)
EDITS = st.lists(st.tuples(PLACES, st.integers(0, 255)), min_size=1, max_size=8)
SHEETS = [f"附件{n}" for n in range(1, 7)]
few = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@cache
def noticed_sample():
    """The sample with a hidden row, an error and a formula without a value, so that it is looked at twice."""

    def edit(book):
        for name in SHEETS:
            book[name].row_dimensions[6].hidden = True
        book["附件1"]["E9"] = "=1.86/15"

    return changed(sample(), edit)


@cache
def sample_text():
    return as_text(sample())


def flipped(content, edits):
    damaged = bytearray(content)
    for place, value in edits:
        damaged[int(place * len(damaged))] = value
    return bytes(damaged)


def outcome(content):
    try:
        return read(content)
    except Refused as refused:
        return refused


def accounted(content):
    report = outcome(content)
    if isinstance(report, Refused):
        assert report.rule in RULES
        return
    rows = report.reading.rows
    accepted = [row for row in rows if row["state"] == "accepted"]
    aside = [row for row in rows if row["state"] == "set_aside"]
    assert len(rows) == len(accepted) + len(aside)
    assert [row["row"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["reason"] is None for row in accepted)
    assert all(row["reason"] in RULES for row in aside)
    assert {finding["rule"] for finding in report.findings} <= RULES
    assert sum(not row["component"] for row in report.assessments) == sum(not row["part"] for row in accepted)


@few
@given(EDITS)
def test_a_workbook_with_wrong_bytes_is_read_or_refused(edits):
    accounted(flipped(sample(), edits))


@few
@given(st.integers(1, 4000), EDITS)
def test_a_workbook_with_a_wrong_directory_is_read_or_refused(tail, edits):
    accounted(sample()[:-tail] + flipped(sample()[-tail:], edits))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"]
)
@settings(few, max_examples=20)
@given(edits=EDITS)
def test_a_workbook_with_wrong_bytes_inside_is_read_or_refused(part, edits):
    accounted(repacked(sample(), {part: lambda xml: flipped(xml, edits)}))


@few
@given(st.sampled_from(SHEETS), EDITS)
def test_a_workbook_with_wrong_bytes_in_a_sheet_is_read_or_refused(sheet, edits):
    content = noticed_sample()
    accounted(repacked(content, {part_of(sheet, content): lambda xml: flipped(xml, edits)}))


@few
@given(st.sampled_from(SHEETS), st.sets(st.integers(0, 400), min_size=1, max_size=60))
def test_a_workbook_with_cells_missing_is_read_with_every_row_accounted_for(sheet, dropped):
    def drop(xml):
        cells = iter(range(10**6))
        pattern = rb"<c [^>]*?/>|<c [^>]*?>.*?</c>"
        return re.sub(pattern, lambda match: b"" if next(cells) in dropped else match.group(), xml, flags=re.S)

    accounted(repacked(sample(), {part_of(sheet, sample()): drop}))


@few
@given(EDITS)
def test_a_text_with_wrong_bytes_is_read_or_refused(edits):
    accounted(flipped(sample_text(), edits))


@few
@given(PLACES, PLACES)
def test_a_text_cut_out_of_a_longer_one_is_read_or_refused(start, end):
    text = sample_text()
    first, last = sorted((int(start * len(text)), int(end * len(text))))
    accounted(text[first:last])


@few
@given(
    st.lists(
        st.tuples(PLACES, st.sampled_from(["\t", "\n", "", "1", "%", "、", "共有9项", "附件9", "##", "（"])),
        min_size=1,
        max_size=30,
    )
)
def test_a_text_with_letters_lost_or_put_in_is_read_or_refused(edits):
    text = sample_text().decode()
    for place, letters in edits:
        at = int(place * len(text))
        text = text[:at] + letters + text[at + (not letters) :]
    accounted(text.encode())

"""The same report as a text with broken lines and lost names gives what the workbook gives."""

import pytest

from risk_assets_tests.builders import PROJECT, read, sample_report, tables_of

TEXT = PROJECT.parent / "shared" / "seeds" / "003_1518ac055eb62881.txt"
TABLES = {"growth": 40, "innovation": 18, "risk": 39}
COMPARED = ("item", "group", "indicator", "status", "attainment")

pytestmark = [pytest.mark.shared, pytest.mark.skipif(not TEXT.exists(), reason="../shared is not there")]


def items(report, table):
    return [{c: row[c] for c in COMPARED} for row in report.reading.rows if row["table"] == table and not row["part"]]


@pytest.fixture(scope="module")
def text():
    return read(TEXT.read_bytes(), name=TEXT.name)


@pytest.mark.parametrize("table", TABLES)
def test_every_item_of_the_text_is_the_item_of_the_workbook(text, table):
    expected, found = items(sample_report(), table), items(text, table)
    assert len(expected) == len(found) == TABLES[table]
    differing = [(one, other) for one, other in zip(expected, found, strict=True) if one != other]
    print(f"{table}: {len(found) - len(differing)} of {len(found)} equal", *differing, sep="\n")
    assert differing == []


@pytest.mark.parametrize("table", [*TABLES, "environment", "safety", "livelihood_watch"])
def test_the_headline_counts_of_the_text_are_those_of_the_workbook(text, table):
    expected, found = tables_of(sample_report())[table], tables_of(text)[table]
    for key in ("stated", "counted", "result", "named_missing", "named_extra"):
        assert found[key] == expected[key]
    assert len(found["readings"]) == len(expected["readings"])


def test_a_broken_headline_is_never_said_to_fit_what_it_does_not(text):
    for table in tables_of(text).values():
        assert table["result"] in ("differs", "not_stated") or table["counted"] == table["stated"]


def test_who_filled_in_the_text_is_not_kept(text):
    kept = f"{text.reading.rows}{text.findings}{text.reading.paragraphs}"
    names = {
        line.split(":")[1].strip()
        for line in TEXT.read_text(encoding="utf-8").splitlines()
        if line.startswith("填报人:") and line.split(":")[1].strip()
    }
    assert names
    assert {name for name in names if name in kept} == set()

import pandas as pd
import pytest

from risk_assets.contracts import TABLES, ContractError, columns, empty, key, typed, validate
from risk_assets_tests.builders import read, sample, sample_report

GOOD = {"period": "2023-04", "sha256": "0" * 64, "of_period": "2023-01..2023-04", "year": "2023"}
DEFAULTS = {"str": "甲", "Int64": 1, "Float64": 1.0, "boolean": False}
EVERY_TABLE = pytest.mark.parametrize("contract", TABLES.values(), ids=TABLES)


def checks(contract, name):
    return contract.to_schema().columns[name].checks


def good(contract):
    """A row that keeps every rule."""
    row = {}
    for column in columns(contract):
        allowed = [c.statistics["allowed_values"] for c in checks(contract, column.name) if c.name == "isin"]
        row[column.name] = next(iter(allowed[0])) if allowed else GOOD.get(column.name, DEFAULTS[column.dtype])
    return row


def bad(contract):
    """Column and value of everything that a check of the table forbids."""
    for column in columns(contract):
        for check in checks(contract, column.name):
            if check.name == "isin":
                yield column.name, "没有这个值"
            elif check.name == "str_matches":
                yield from ((column.name, value) for value in ("2023-13", "2023-4", "2023-04 ", "202304"))
            elif check.name == "str_length":
                yield column.name, "abc"
            elif check.name == "greater_than":
                yield column.name, check.statistics["min_value"]
            elif check.name == "greater_than_or_equal_to":
                yield column.name, check.statistics["min_value"] - 1
            else:
                raise AssertionError(f"no test for {check.name}: write one")


def rejected(contract, *rows):
    with pytest.raises(ContractError) as broken:
        validate(contract, typed(contract, rows))
    return str(broken.value)


CASES = [(TABLES[table], name, value) for table in TABLES for name, value in bad(TABLES[table])]
REQUIRED = [(TABLES[t], c.name) for t in TABLES for c in columns(TABLES[t]) if not c.nullable]


@EVERY_TABLE
def test_a_good_row_is_accepted_unchanged(contract):
    frame = typed(contract, [good(contract)])
    pd.testing.assert_frame_equal(validate(contract, frame), frame)


@EVERY_TABLE
def test_a_table_without_rows_is_accepted(contract):
    assert validate(contract, empty(contract)).empty
    assert validate(contract, typed(contract, [])).empty


@pytest.mark.parametrize(("contract", "name", "value"), CASES, ids=str)
def test_a_forbidden_value_is_rejected_with_table_column_value_and_row(contract, name, value):
    row = good(contract)
    message = rejected(contract, {**row, name: value})
    assert f"{contract.__name__}.{name}" in message
    assert str(value) in message
    named = next((part for part in key(contract) if part != name and isinstance(row[part], str)), None)
    assert named is None or repr(row[named]) in message


@pytest.mark.parametrize(("contract", "name"), REQUIRED, ids=str)
def test_a_missing_value_is_rejected_with_table_and_column(contract, name):
    message = rejected(contract, {**good(contract), name: None})
    assert f"{contract.__name__}.{name}" in message
    assert "not_nullable" in message


@EVERY_TABLE
def test_a_row_that_stands_twice_is_rejected_with_its_key(contract):
    assert key(contract)
    message = rejected(contract, good(contract), good(contract))
    assert contract.__name__ in message
    assert any(name in message for name in key(contract))


@EVERY_TABLE
def test_a_column_nobody_defined_is_rejected(contract):
    frame = typed(contract, [good(contract)]).assign(多出的列="x")
    with pytest.raises(ContractError, match="多出的列"):
        validate(contract, frame)


@EVERY_TABLE
def test_a_column_that_is_not_there_is_rejected(contract):
    name = columns(contract)[-1].name
    with pytest.raises(ContractError, match=name):
        validate(contract, typed(contract, [good(contract)]).drop(columns=name))


@EVERY_TABLE
def test_a_column_of_another_type_is_rejected(contract):
    column = columns(contract)[-1]
    frame = typed(contract, [good(contract)]).assign(**{column.name: 1 if column.dtype == "str" else "甲"})
    with pytest.raises(ContractError, match=column.name):
        validate(contract, frame)


def test_every_broken_row_is_told_and_not_only_the_first():
    contract = TABLES["findings"]
    row = good(contract)
    message = rejected(contract, {**row, "finding": 1, "severity": "bad"}, {**row, "finding": 0})
    assert "Findings.severity" in message
    assert "Findings.finding" in message


def test_what_a_row_lacks_is_missing_and_never_zero():
    frame = typed(TABLES["assessments"], [{"area": "433123"}])
    assert frame.loc[0, ["tasks", "target_value", "unit"]].isna().all()


@EVERY_TABLE
def test_every_column_is_described_in_english_and_labelled_in_chinese(contract):
    assert contract.__doc__
    for column in columns(contract):
        assert column.description.strip(), column.name
        assert any("一" <= letter <= "鿿" for letter in column.label), column.name
        assert column.dtype in DEFAULTS


@EVERY_TABLE
def test_no_label_stands_for_two_columns_of_a_table(contract):
    labels = [column.label for column in columns(contract)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("table", ["report_rows", "assessments", "targets"])
def test_what_is_read_from_the_sample_keeps_its_contract(table):
    shared = {"submission": "s", "rules": "r", "reporting_area": "433123", "period": "2023-04", "is_sample": False}
    report = sample_report()
    rows = {"report_rows": report.reading.rows, "assessments": report.assessments, "targets": report.targets}[table]
    numbered = [{"target": number, **row, **shared} for number, row in enumerate(rows, 1)]
    frame = validate(TABLES[table], typed(TABLES[table], numbered))
    assert len(frame) == len(rows)


def test_reading_the_same_bytes_twice_gives_the_same_rows():
    assert read(sample()).reading.rows == sample_report().reading.rows

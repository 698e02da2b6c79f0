"""The letter of the sample is reconciled with readings that are found, not told."""

import re

import pytest

from risk_assets_tests.builders import (
    PROJECT,
    changed,
    counts,
    read,
    rules_of,
    sample,
    sample_report,
    tables_of,
    with_cell,
    with_words,
)

HEADLINES = {
    "growth": counts(40, done=1, on_track=26, behind=13),
    "innovation": counts(18, done=4, on_track=12, behind=2),
    "environment": counts(225, done=55, on_track=170),
    "risk": counts(39, on_track=37, behind=2),
    "safety": counts(23, on_track=23),
    "livelihood_province": counts(30, done=9, on_track=15, preparing=5, not_assigned=1),
    "livelihood_watch": counts(6, on_track=6),
    "livelihood_prefecture": counts(20, done=1, on_track=12, preparing=7),
}
READINGS = {
    "growth": 1,
    "innovation": 2,
    "environment": 1,
    "risk": 1,
    "safety": 1,
    "livelihood_province": 1,
    "livelihood_watch": 1,
    "livelihood_prefecture": 1,
}


def without(report, names):
    """A reconciliation as text, with names replaced, to be compared with another county's."""
    text = str(report.reconciliation)
    for old, new in names.items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("table", HEADLINES)
def test_the_headline_meets_the_rows(table):
    found = tables_of(sample_report())[table]
    assert found["stated"] == HEADLINES[table]
    assert found["counted"] == HEADLINES[table]
    assert len(found["readings"]) == READINGS[table]
    assert found["result"] == ("ambiguous" if READINGS[table] > 1 else "fits")


@pytest.mark.parametrize("table", HEADLINES)
def test_every_named_item_is_a_row_and_every_such_row_is_named(table):
    found = tables_of(sample_report())[table]
    assert (found["named_missing"], found["named_extra"]) == ([], [])


def test_the_tables_stand_in_the_order_of_the_attachments():
    assert list(tables_of(sample_report())) == list(HEADLINES)


def test_two_readings_of_the_innovation_table_are_both_told():
    words = {reading["words"] for reading in tables_of(sample_report())["innovation"]["readings"]}
    assert len(words) == 2
    assert all("预计完成" in one for one in words)


def test_every_row_is_accepted_and_every_ratio_is_accounted_for():
    report = sample_report()
    assert {row["state"] for row in report.reading.rows} == {"accepted"}
    differing = [(r["table"], r["row"]) for r in report.reconciliation["ratios"] if r["result"] == "differs"]
    assert differing == [
        ("innovation", "5"),  # 565万元 of 2亿元 is 2.825%, printed 2.80%
        ("livelihood_province", "10.5"),  # 980 of 4990 is 19.64%, printed 20.00%
        ("livelihood_province", "10.10"),  # 12 of 39 is 30.77%, printed 30.70%
        ("livelihood_prefecture", "3"),  # 530户 of 2100户 is 25.24%, printed 25.00%
        ("livelihood_prefecture", "8"),  # 5公里 of 30公里 is 16.67%, printed 16.00%
    ]


def test_printed_totals_and_shares_are_equal_or_rounded():
    results = {total["result"] for total in sample_report().reconciliation["totals"]}
    assert results == {"equal", "rounding"}
    assert "headline_differs" not in rules_of(sample_report())


def test_a_changed_status_is_told():
    report = read(with_cell(sample(), "附件1", "F7", "低于预期"))
    found = tables_of(report)["growth"]
    assert found["result"] == "differs"
    assert found["counted"] == counts(40, done=1, on_track=25, behind=14)
    assert found["named_missing"] == ["3 重点项目投资 90.5 亿元。"]
    assert "headline_differs" in rules_of(report)
    others = {name: table["result"] for name, table in tables_of(report).items() if name != "growth"}
    assert others == {name: table["result"] for name, table in tables_of(sample_report()).items() if name != "growth"}


@pytest.mark.parametrize(
    ("sheet", "cell", "table"),
    [
        ("附件2", "F5", "innovation"),
        ("附件4", "F5", "risk"),
        ("附件5", "E5", "safety"),
        ("附件6", "K8", "livelihood_province"),
        ("附件6", "K43", "livelihood_watch"),
        ("附件6", "J54", "livelihood_prefecture"),
    ],
)
def test_a_changed_status_in_any_other_table_is_told(sheet, cell, table):
    report = read(with_cell(sample(), sheet, cell, "未完成时序进度"))
    assert [name for name, found in tables_of(report).items() if found["result"] == "differs"] == [table]


def test_a_changed_total_is_told():
    report = read(with_words(sample(), {"225项任务推进清单": "226项任务推进清单"}))
    differing = [total for total in report.reconciliation["totals"] if total["result"] == "differs"]
    assert [(t["title"], t["printed"], t["computed"]) for t in differing] == [
        ("凤凰县打好优化发展环境持久仗重要指标监测表", 226, 225)
    ]
    assert tables_of(report)["environment"]["result"] == "fits"
    assert rules_of(report).count("total_differs") == 1


def test_a_changed_line_below_a_total_is_told():
    report = read(with_words(sample(), {"稳步推进66项": "稳步推进65项"}))
    assert "total_differs" in rules_of(report) or "headline_differs" in rules_of(report)
    assert tables_of(report)["environment"]["result"] == "differs"


@pytest.mark.parametrize(
    ("old", "new", "table"),
    [
        ("进展有序26项", "进展有序27项", "growth"),
        ("重点监测指标共有40项", "重点监测指标共有41项", "growth"),
        ("进展滞后2项", "进展滞后3项", "risk"),
        ("处于前期准备阶段7项", "处于前期准备阶段6项", "livelihood_prefecture"),
    ],
)
def test_a_changed_figure_of_the_letter_is_told(old, new, table):
    report = read(with_words(sample(), {old: new}))
    assert [name for name, found in tables_of(report).items() if found["result"] == "differs"] == [table]


def test_a_changed_share_of_the_letter_is_told():
    report = read(with_words(sample(), {"占比65%": "占比67%"}))
    differing = [total for total in report.reconciliation["totals"] if total["result"] == "differs"]
    assert [(t["printed"], t["computed"]) for t in differing] == [(67.0, 65.0)]


def test_a_name_that_the_letter_leaves_out_or_adds_is_told():
    found = tables_of(read(with_words(sample(), {"地区生产总值、固定资产投资、": "固定资产投资、蓝天保卫、"})))[
        "growth"
    ]
    assert found["named_missing"] == ["1 地区生产总值增长 7%"]
    assert found["named_extra"] == ["蓝天保卫"]


def test_another_county_with_the_same_words_is_reconciled_just_the_same():
    park = {"凤凰产业开发区": "产业开发区"}  # a zone of the county, whose figures are no other county's
    own = read(with_words(sample(), park))
    report = read(with_words(sample(), park | {"凤凰县": "花垣县"}), area="433124")
    assert without(report, {"花垣县": "凤凰县"}) == without(own, {})
    assert {row["area"] for row in report.reading.rows} == {"433124"}
    assert sorted(rules_of(report)) == sorted(rules_of(own))


def test_a_hidden_sheet_or_a_changed_order_of_sheets_changes_no_count():
    def turn(book):
        book.move_sheet("附件6", offset=-5)
        book["附件2"].sheet_state = "hidden"

    report = read(changed(sample(), turn))
    assert {name: table["counted"] for name, table in tables_of(report).items()} == HEADLINES


def test_no_code_knows_the_county_of_the_sample():
    place = re.compile("凤凰|433123|湘西")
    package = PROJECT / "risk_assets"
    sources = [path for path in package.rglob("*.py") if package / "samples" not in path.parents]
    assert len(sources) > 40
    assert [path.name for path in sources if place.search(path.read_text(encoding="utf-8"))] == []

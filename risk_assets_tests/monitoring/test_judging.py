from dataclasses import replace
from hashlib import sha256

import pytest

from risk_assets import reference
from risk_assets.contracts import AREA_MONTH_TABLES
from risk_assets.monitoring.judging import frames, judge, message_of
from risk_assets.storage import Landed
from risk_assets_tests.builders import (
    COUNTY,
    HEADER,
    PERIOD,
    SAMPLE,
    TITLE,
    item,
    letter_and_table,
    read,
    sample,
    table_workbook,
    tables_of,
    text_file,
    with_cell,
)

ROWS = [item(1, "地区生产总值增长7%"), item(2, "固定资产投资79.4亿元")]


def landed(content, version=1, name="上报.xlsx", received_at="2023-05-08T10:00:00+08:00"):
    digest = sha256(content).hexdigest()
    before = f"{COUNTY}-{PERIOD}-v{version - 1}" if version > 1 else None
    return Landed(
        f"{COUNTY}-{PERIOD}-v{version}", COUNTY, PERIOD, version, before, digest, name, len(content), received_at, False
    )


def judged(content, version=1, elsewhere=(), earlier=(), **how):
    return judge(landed(content, version, **how), content, elsewhere, earlier)


def accounts(one):
    return {name.removeprefix("rows_"): n for name, n in one.submission.items() if name.startswith("rows_")}


def test_the_sample_keeps_all_four_contracts():
    tables = frames([judged(sample(), name=SAMPLE.name)])
    assert list(tables) == list(AREA_MONTH_TABLES)
    assert tables["submissions"].loc[0, ["state", "working_days_late"]].tolist() == ["read", 0]
    assert len(tables["report_rows"]) == tables["submissions"].loc[0, "rows_read"]


def test_every_row_read_is_accepted_unchanged_or_set_aside():
    content = text_file(TITLE, HEADER, ROWS[0], ROWS[1][:3], item(3, "重点项目投资90.5亿元"))
    assert accounts(judged(content)) == {"read": 3, "accepted": 2, "unchanged": 0, "set_aside": 1}


def test_a_correction_says_how_many_rows_stayed_the_same():
    first = judged(sample())
    second = judged(with_cell(sample(), "附件1", "F7", "低于预期"), version=2, earlier=first.report_rows)
    assert second.submission["supersedes"] == first.submission["submission"]
    assert accounts(second)["accepted"] == 1
    assert accounts(second)["unchanged"] == accounts(first)["read"] - 1


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7", "damaged_file"),
        (sample()[:20000], "damaged_file"),
        (text_file("一切正常。"), "no_table"),
        (table_workbook("花垣县打好经济增长主动仗重要指标监测表", HEADER, ROWS), "other_area"),
        (table_workbook("云梦县打好经济增长主动仗重要指标监测表", HEADER, ROWS), "unknown_area"),
        (table_workbook("凤凰县2023年3月经济增长主动仗重要指标监测表", HEADER, ROWS), "other_period"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_used_becomes_a_finding_and_no_error(content, rule):
    one = judged(content)
    assert not one.used
    assert (one.submission["state"], one.submission["reason"]) == ("refused", rule)
    assert [(f["rule"], f["severity"]) for f in one.findings] == [(rule, "error")]
    assert one.report_rows == one.assessments == []
    assert accounts(one) == {"read": 0, "accepted": 0, "unchanged": 0, "set_aside": 0}
    assert frames([one])["findings"].loc[0, "message"] == message_of(rule)


def test_the_same_bytes_sent_for_another_month_are_refused_with_both():
    one = judged(sample(), elsewhere=[("2023-03", COUNTY)])
    assert one.submission["reason"] == "same_file_elsewhere"
    assert (one.findings[0]["found"], one.findings[0]["expected"]) == (f"{COUNTY} 2023-03", f"{COUNTY} {PERIOD}")


def test_a_finding_names_file_sheet_and_cell_and_what_to_do():
    one = judged(table_workbook(TITLE, [*HEADER, "领导批示"], ROWS), name="四月.xlsx")
    finding = next(f for f in one.findings if f["rule"] == "unknown_column")
    assert finding["where"] == "四月.xlsx 附件1!G2"
    assert (finding["found"], finding["message"]) == ("领导批示", message_of("unknown_column"))


def test_findings_are_numbered_and_their_severity_comes_from_the_list():
    severity = {row["rule"]: row["severity"] for row in reference.table("rules")}
    findings = judged(sample()).findings
    assert [f["finding"] for f in findings] == list(range(1, len(findings) + 1))
    assert all(f["severity"] == severity[f["rule"]] for f in findings)


def test_a_late_file_is_late_by_working_days():
    assert judged(sample(), received_at="2023-05-15T10:00:00+08:00").submission["working_days_late"] == 4


def test_whatever_goes_wrong_with_one_file_is_its_own_refusal_and_no_error():
    one = judge(replace(landed(sample()), area="999999"), sample(), (), ())
    assert (one.submission["state"], one.submission["reason"]) == ("refused", "reader_failed")
    assert [(f["rule"], f["severity"], f["found"]) for f in one.findings] == [
        ("reader_failed", "error", "KeyError: '999999'")
    ]
    assert one.report_rows == one.assessments == []
    assert frames([one])["findings"].loc[0, "message"] == message_of("reader_failed")


def test_a_number_of_five_thousand_digits_is_read_without_an_error():
    monster = f"共有重点监测指标{'9' * 5000}项"
    rows = [(1, "地区生产总值增长7%", "9" * 5000, monster, "9" * 5000 + "%", "进展有序"), ROWS[1]]
    content = letter_and_table([f"(一)打好经济增长主动仗。{monster},已完成{'9' * 5000}项。"], TITLE, HEADER, rows)
    one = judged(content)
    assert one.submission["state"] == "read"
    items = [(row["tasks"], row["attainment_reported"]) for row in one.assessments if not row["component"]]
    assert items == [(1, None), (1, None)]
    assert tables_of(read(content))["growth"]["result"] == "not_stated"


@pytest.mark.parametrize(
    ("title", "reason"),
    [(TITLE, None), ("打好经济增长主动仗重要指标监测表", "same_file_elsewhere")],
    ids=["titles name this area", "titles name no area"],
)
def test_bytes_sent_for_another_area_before_are_refused_only_where_the_titles_do_not_name_this_one(title, reason):
    one = judged(table_workbook(title, HEADER, ROWS), elsewhere=[(PERIOD, "433122")])
    assert one.submission["reason"] == reason
    assert one.used is (reason is None)


@pytest.mark.parametrize(
    ("progress", "release"),
    [
        ("1-4月完成投资30亿元。", "public"),
        ("1-4月完成投资30亿元(县自行测算数据不允许对外发布)。", "leaders"),
        ("1-4月完成投资30亿元，内部参考。", "internal"),
    ],
)
def test_a_note_in_a_line_raises_who_may_see_its_figures(progress, release):
    row = (1, "重点项目投资90.5亿元", "县发改局", progress, "/", "进展有序")
    (item,) = read(table_workbook(TITLE, HEADER, [row])).assessments
    assert item["release_class"] == release


def test_a_finding_names_the_indicator_of_its_line():
    rows = [
        (1, "地区生产总值增长7%", "局", "推进中。", "/", "进展有序"),
        (2, "重点项目投资90.5亿元", "局", "1-4月完成投资30亿元。", "50%", "进展有序"),
    ]
    one = judged(table_workbook(TITLE, HEADER, rows))
    assert {f["indicator"] for f in one.findings if f["rule"] == "ratio_differs"} == {"growth.key_project_investment"}
    assert {f["indicator"] for f in one.findings if f["rule"] == "items_missing"} == {None}

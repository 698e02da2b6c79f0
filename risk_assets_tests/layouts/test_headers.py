import pytest

from risk_assets import reference
from risk_assets.documents import Refused
from risk_assets_tests.builders import (
    HEADER,
    TITLE,
    Percent,
    changed,
    item,
    read,
    rules_of,
    table_workbook,
    text_file,
)

FIRST = item(1, "地区生产总值增长7%", Percent(0.29))
SECOND = item(2, "固定资产投资79.4亿元,增长10%。", "/", "低于预期")


def understood(report):
    return [(row["item"], row["indicator"], row["attainment"], row["status"]) for row in report.reading.rows]


EXPECTED = [("1", "growth.gdp", 29.0, "on_track"), ("2", "growth.fixed_asset_investment", None, "behind")]


def test_a_table_is_read_under_its_header():
    report = read(table_workbook(TITLE, HEADER, [FIRST, SECOND]))
    assert understood(report) == EXPECTED
    assert report.reading.layouts == ["items_ratio"]
    assert report.reading.tables[0].title == TITLE


def test_a_header_further_down_and_to_the_right_is_found():
    content = table_workbook(TITLE, HEADER, [FIRST, SECOND])
    moved = changed(content, lambda book: book["附件1"].move_range("A2:F4", rows=5, cols=2))
    report = read(moved)
    assert understood(report) == EXPECTED
    assert '"number":"C8"' in report.reading.rows[0]["cells"]


def test_columns_in_another_order_are_told_by_their_headers():
    order = [5, 3, 1, 4, 0, 2]
    rows = [[row[i] for i in order] for row in (HEADER, FIRST, SECOND)]
    assert understood(read(table_workbook(TITLE, rows[0], rows[1:]))) == EXPECTED


@pytest.mark.parametrize(
    "layout",
    sorted({row["layout"] for row in reference.table("layouts/columns")} - {"items"}),
)
def test_every_listed_layout_is_recognised_by_its_headers(layout):
    columns = [row for row in reference.table("layouts/columns") if row["layout"] == layout]
    header = [reference.listed(row["headers"])[0] for row in columns]
    row = [
        {"number": 1, "indicator": "地区生产总值增长7%", "status": "进展有序"}.get(c["field"], "甲") for c in columns
    ]
    report = read(table_workbook(TITLE, header, [row]))
    assert report.reading.layouts == [layout]
    assert "unknown_column" not in rules_of(report)


@pytest.mark.parametrize(
    "words",
    [
        ("序 号", "2023年度\n具体目标任务", "责任 单位", "当前进展\n情况", "完成年度任务之比(%)", "备  注"),
        ("序號", "具體目標任務", "責任單位", "當前進展情況", "完成年度任務之比", "備註"),
        ("编号", "目标任务", "牵头单位", "进展情况", "占年度任务之比", "备注"),
    ],
)
def test_header_words_are_known_with_blanks_in_traditional_script_and_by_their_other_names(words):
    rows = [item(1, "地区生产总值增长7%", "29.00%"), SECOND]
    assert understood(read(table_workbook(TITLE, words, rows))) == EXPECTED


def test_a_two_row_header_is_one_header():
    upper = ("序号", "名称", "目标", None, "责任单位", "完成情况", None, None, "备注")
    lower = (None, None, "目标值", "计量单位", None, "进度", "占比", "评价", None)
    row = (1, "地区生产总值", "7", "%", "县发改局", "同比增长5.2%", "29.00%", "进展有序", "已核")
    merges = ["A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:H2", "I2:I3"]
    report = read(table_workbook(TITLE, upper, [lower, row], merges=merges))
    assert report.reading.layouts == ["two_row_items"]
    (read_row,) = report.reading.rows
    assert (read_row["target_text"], read_row["unit"], read_row["attainment"]) == ("7", "%", 29.0)
    assert (read_row["status"], read_row["remark"], read_row["line"]) == ("on_track", "已核", 4)


def test_a_column_nobody_knows_is_a_finding_and_is_not_read():
    report = read(table_workbook(TITLE, [*HEADER, "领导批示"], [[*FIRST, "请抓紧"]]))
    (finding,) = (f for f in report.findings if f["rule"] == "unknown_column")
    assert (finding["where"], finding["found"]) == ("附件1!G2", "领导批示")
    assert understood(report) == EXPECTED[:1]
    assert "请抓紧" not in str(report.reading.rows)


def test_a_header_without_the_indicator_is_no_header():
    with pytest.raises(Refused) as refused:
        read(
            table_workbook(
                TITLE, ["序号", "责任单位", "当前进展情况", "完成年度任务之比", "备注"], [[1, "甲", "乙", "/", "丙"]]
            )
        )
    assert refused.value.rule == "no_table"


def test_a_file_without_any_table_is_refused():
    with pytest.raises(Refused) as refused:
        read(text_file("凤凰县打好“发展六仗”工作情况专报", "一切正常。"))
    assert refused.value.rule == "no_table"


def test_a_header_repeated_on_every_page_of_a_text_begins_no_new_table():
    report = read(text_file(TITLE, HEADER, FIRST, "", HEADER, SECOND, "", HEADER, item(3, "重点项目投资90.5亿元")))
    assert [row["item"] for row in report.reading.rows] == ["1", "2", "3"]
    assert len(report.reading.tables) == 1


def test_a_header_under_another_title_begins_a_new_table():
    report = read(
        text_file(
            TITLE,
            HEADER,
            FIRST,
            "附件2",
            "凤凰县打好科技创新攻坚仗重要指标监测表",
            HEADER,
            item(1, "技术合同成交额2亿元"),
        )
    )
    assert [(t.table, len(t.rows)) for t in report.reading.tables] == [("growth", 1), ("innovation", 1)]


def test_rows_under_no_header_are_set_aside_with_their_line():
    report = read(text_file(FIRST, TITLE, HEADER, SECOND))
    aside = [row for row in report.reading.rows if row["state"] == "set_aside"]
    assert [(row["reason"], row["line"]) for row in aside] == [("no_header", 1)]
    assert ("no_header", "第1行") in {(f["rule"], f["where"]) for f in report.findings}


def test_a_text_row_with_too_few_or_too_many_cells_is_set_aside():
    report = read(text_file(TITLE, HEADER, FIRST[:3], [*SECOND, "多出的"], item(3, "重点项目投资90.5亿元")))
    assert [(row["state"], row["reason"]) for row in report.reading.rows] == [
        ("set_aside", "column_count"),
        ("set_aside", "column_count"),
        ("accepted", None),
    ]


def test_a_repeated_header_with_words_lost_is_a_header_and_no_item():
    broken = ("序号", "2023年度具体目标", None, "当前进", "完成年度任务之比", "备注")
    report = read(table_workbook(TITLE, HEADER, [FIRST, broken, SECOND]))
    assert [row["state"] for row in report.reading.rows] == ["accepted", "accepted"]
    assert [f["where"] for f in report.findings if f["rule"] == "broken_header"] == ["附件1!4:4"]
    assert report.reading.accounting["header"] == 2


def test_a_file_that_bears_the_mark_of_made_up_data_is_made_up():
    mark = reference.setting("sample_mark")
    assert read(table_workbook(f"{mark}:数字均为虚构", (TITLE,), [HEADER, FIRST])).reading.is_sample
    assert not read(table_workbook(TITLE, HEADER, [FIRST])).reading.is_sample


def test_a_row_with_a_number_and_nothing_else_is_set_aside():
    report = read(table_workbook(TITLE, HEADER, [FIRST, (2, None, None, None, None, None)]))
    assert [row["reason"] for row in report.reading.rows] == [None, "no_content"]
    assert "no_content" in rules_of(report)


def test_a_percent_sign_in_the_header_holds_for_the_whole_column():
    header = [*HEADER[:4], "完成年度任务之比(%)", "备注"]
    report = read(table_workbook(TITLE, header, [item(1, "地区生产总值增长7%", 1), item(2, "固定资产投资", 29)]))
    assert [row["attainment"] for row in report.reading.rows] == [1, 29]
    assert not {"lone_one", "ratio_unsigned"} & set(rules_of(report))


def test_two_tables_on_one_sheet_are_told_apart_by_their_section_rows():
    content = table_workbook(
        "凤凰县打好重点民生保障仗重要指标监测表",
        HEADER,
        [("省重点民生实事项目",), item(1, "城镇新增就业"), ("省重点监测民生项目",), item(1, "改善中职学校办学条件")],
        merges=["A3:F3", "A5:F5"],
        sheet="附件6",
    )
    tables = read(content).reading.tables
    assert [(t.table, len(t.rows)) for t in tables] == [("livelihood_province", 1), ("livelihood_watch", 1)]


@pytest.mark.parametrize("build", [text_file, None], ids=["text", "workbook"])
def test_few_cells_under_a_broken_header_of_a_titled_table_are_set_aside_and_not_lost(build):
    title = "凤凰县打好科技创新攻坚仗重要指标监测表"
    broken = [("序号", "目", "情"), (1, "技术合同成交额2亿元", "进展有序"), (2, "研发经费投入增长12%")]
    if build:
        content = build(TITLE, HEADER, FIRST, "附件2", title, *broken)
    else:
        content = changed(table_workbook(TITLE, HEADER, [FIRST]), lambda book: second_sheet(book, [(title,), *broken]))
    rows = [row for row in read(content).reading.rows if row["state"] == "set_aside"]
    assert [(row["reason"], row["indicator_text"]) for row in rows] == [
        ("no_header", "序号 目 情"),
        ("no_header", "1 技术合同成交额2亿元 进展有序"),
        ("no_header", "2 研发经费投入增长12%"),
    ]


def second_sheet(book, rows):
    sheet = book.create_sheet("附件2")
    for row in rows:
        sheet.append(row)


def test_an_unknown_lower_word_of_a_two_row_header_is_a_column_nobody_knows():
    upper = ("序号", "名称", "目标", None, "责任单位", "完成情况", None, None, None, "备注")
    lower = (None, None, "目标值", "计量单位", None, "进度", "占比", "评价", "领导批示", None)
    row = (1, "地区生产总值", "7", "%", "县发改局", "同比增长5.2%", "29.00%", "进展有序", "请抓紧", "已核")
    merges = ["A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:I2", "J2:J3"]
    report = read(table_workbook(TITLE, upper, [lower, row], merges=merges))
    assert [f["found"] for f in report.findings if f["rule"] == "unknown_column"] == ["完成情况/领导批示"]
    assert understood(report) == EXPECTED[:1]
    assert "请抓紧" not in str(report.reading.rows)


def test_fractions_under_a_percent_sign_are_said_to_be_ambiguous_and_give_no_figure():
    header = [*HEADER[:4], "完成年度任务之比(%)", "备注"]
    rows = [item(1, "地区生产总值增长7%", 0.29), item(2, "固定资产投资", 0.5), item(3, "重点项目投资", 0)]
    report = read(table_workbook(TITLE, header, rows))
    assert [row["attainment"] for row in report.reading.rows] == [None, None, 0]
    assert [f["found"] for f in report.findings if f["rule"] == "ratio_ambiguous"] == ["0.29", "0.5"]

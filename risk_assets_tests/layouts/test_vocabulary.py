"""Headers of any county: which words are which fields, however the header is laid out."""

import pytest

from risk_assets import reference
from risk_assets.layouts.vocabulary import field_of
from risk_assets_tests.builders import inspected, table_workbook, text_file, told

TITLE = "清溪县2024年重点工作进展表"
HEADER = ("序号", "指标名称", "年度目标", "单位", "累计完成", "完成比例", "状态")
ROW = (1, "新建农村公路", 120, "公里", 30, "25%", "进展有序")
READ = ("新建农村公路", "120", "公里", "30", 25.0, "on_track")


def understood(found):
    fields = ("indicator", "target", "unit", "done", "attainment", "status")
    return [tuple(row[name] for name in fields) for row in found["rows"] if row["state"] == "accepted"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("责任单位", "responsible"),
        ("市直牵头单位", "responsible"),
        ("配合单位", "partner"),
        ("2024年度目标任务", "goal"),
        ("截至4月底进展情况", "progress"),
        ("1-4月累计完成", "done"),
        ("本年度完成任务数", "done"),
        ("本年计划完成投资", "target"),
        ("完成年度计划（%）", "attainment"),
        ("占年度任务的比重", "attainment"),
        ("是否达到序时进度", "status"),
        ("责 任 人", "person"),
        ("联系电话", "person"),
        ("计划完工时间", "deadline"),
        ("存在的困难和问题", "problems"),
        ("上年同期完成数", "previous"),
        ("领导批示", ""),
        ("甲", ""),
    ],
)
def test_a_header_word_is_known_with_its_month_its_unit_and_its_blanks(header, field):
    assert field_of(header) == field


@pytest.mark.parametrize("row", reference.table("layouts/header_patterns"), ids=lambda row: row["example"])
def test_every_pattern_of_header_words_reads_its_example(row):
    assert field_of(row["example"]) == row["field"]


@pytest.mark.parametrize(
    "header",
    [
        ("序号", "重点工作", "目标值", "计量单位", "实际完成数", "完成率", "评价"),
        ("编号", "考核指标", "全年任务", "单位", "1-4月累计完成", "占全年任务的比重", "进展状态"),
        ("项次", "项 目\n名 称", "年度\n计划", "单 位", "累计\n完成", "完成年度计划\n（%）", "是否达到序时进度"),
        ("序號", "指標名稱", "年度目標", "單位", "累計完成", "完成比例", "狀態"),
    ],
)
def test_the_same_row_is_read_under_the_words_of_other_counties(header):
    assert understood(inspected(table_workbook(TITLE, header, [ROW]))) == [READ]


@pytest.mark.parametrize("order", [(6, 5, 4, 3, 2, 1, 0), (1, 0, 4, 2, 3, 6, 5)])
def test_columns_may_stand_in_any_order(order):
    header, row = ([cells[i] for i in order] for cells in (HEADER, ROW))
    assert understood(inspected(table_workbook(TITLE, header, [row]))) == [READ]


@pytest.mark.parametrize("left_out", [{0}, {0, 3}, {0, 3, 5}, {2, 3, 4, 5}])
def test_columns_may_be_fewer(left_out):
    header, row = ([cell for i, cell in enumerate(cells) if i not in left_out] for cells in (HEADER, ROW))
    expected = tuple(None if i + 1 in left_out else value for i, value in enumerate(READ))
    assert understood(inspected(table_workbook(TITLE, header, [row]))) == [expected]


def test_columns_may_be_more_and_one_nobody_knows_is_said_and_not_read():
    found = inspected(table_workbook(TITLE, [*HEADER, "备注", "领导批示"], [[*ROW, "已核", "请抓紧"]]))
    assert understood(found) == [READ]
    assert found["rows"][0]["remark"] == "已核"
    assert told(found, "unknown_column") == [("附件1!I2", "领导批示")]
    assert "请抓紧" not in str(found["rows"])


UPPER = ("序号", "指标名称", "目标", None, "完成情况", None, "状态")
LOWER = (None, None, "年度目标", "单位", "累计完成", "完成比例", None)
MERGES = ["A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:G3"]


@pytest.mark.parametrize("merges", [MERGES, []], ids=["merged", "not merged"])
def test_a_header_of_two_rows(merges):
    assert understood(inspected(table_workbook(TITLE, UPPER, [LOWER, ROW], merges=merges))) == [READ]


def test_a_header_of_two_rows_in_a_text():
    assert understood(inspected(text_file(TITLE, UPPER, LOWER, ROW), "上报.txt")) == [READ]


def test_a_header_of_three_rows():
    top = ("序号", "指标名称", "任务完成情况", None, None, None, "状态")
    middle = (None, None, "目标", None, "完成", None, None)
    merges = ["A2:A4", "B2:B4", "C2:F2", "G2:G4", "C3:D3", "E3:F3"]
    assert understood(inspected(table_workbook(TITLE, top, [middle, LOWER, ROW], merges=merges))) == [READ]


def test_a_header_of_four_rows_with_the_numbers_of_its_columns():
    top = ("序号", "指标名称", "任务完成情况", None, None, None, "状态")
    middle = (None, None, "目标", None, "完成", None, None)
    counted = ("甲", "乙", 1, "丙", 2, 3, "丁")
    merges = ["A2:A4", "B2:B4", "C2:F2", "G2:G4", "C3:D3", "E3:F3"]
    found = inspected(table_workbook(TITLE, top, [middle, LOWER, counted, ROW], merges=merges))
    assert understood(found) == [READ]
    assert found["accounting"]["header"] == 4


def test_a_header_that_a_line_break_of_a_text_has_split_over_two_columns():
    header = ("序号", "指标名称", "当前进", "展情况", "完成比例", "状态")
    found = inspected(text_file(TITLE, header, (1, "新建农村公路", "建成30公里", "", "25%", "进展有序")), "上报.txt")
    assert found["rows"][0]["progress"] == "建成30公里"
    assert found["rows"][0]["attainment"] == 25


FUSED = ("序号", "考核指标", "单位", "工作目标", "已完成数", "占年度任务之比 投入资金 备注")


@pytest.mark.parametrize("under", ["27.84% 12 进展有序", "27.84%"])
def test_the_cells_under_a_fused_header_of_a_text_go_where_they_can_only_belong(under):
    found = inspected(text_file(TITLE, FUSED, (1, "城镇新增就业", "人", 2270, 632, under)), "上报.txt")
    assert found["rows"][0]["attainment"] == 27.84
    assert found["rows"][0]["done"] == "632"


def test_of_several_columns_of_what_is_done_the_cumulative_one_holds():
    header = ("序号", "项目名称", "年度计划投资", "4月完成投资", "1-4月累计完成投资", "完成率")
    found = inspected(table_workbook(TITLE, header, [(1, "北环路", 2000, 150, 600, "30%")]))
    assert (found["rows"][0]["done"], found["rows"][0]["attainment"]) == ("600", 30)


def test_of_a_column_for_the_month_and_one_for_the_year_below_one_header_the_cumulative_one_holds():
    upper = ("序号", "项目名称", "年度任务", "完成情况", None, "状态")
    lower = (None, None, None, "当月", "累计", None)
    merges = ["A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3"]
    found = inspected(table_workbook(TITLE, upper, [lower, (1, "改造老旧小区", 20, 3, 11, "进展有序")], merges=merges))
    assert found["rows"][0]["done"] == "11"


PERSON, TELEPHONE = "张某某", "13900000000"


@pytest.mark.parametrize("words", [("责任人", "联系电话"), ("牵头领导", "联系方式"), ("项目负责人", "手机")])
def test_columns_of_persons_and_their_telephones_are_never_read(words):
    found = inspected(table_workbook(TITLE, [*HEADER, *words], [[*ROW, PERSON, TELEPHONE]]))
    assert understood(found) == [READ]
    assert PERSON not in str(found)
    assert TELEPHONE not in str(found)
    assert len(told(found, "person_column")) == 1


RELATIVES = [
    (("年度目标", "进度", "完成比例"), ("120", "30", 25.0)),
    (("工作目标", "已完成数", "占年任务之比"), ("120", "30", 25.0)),
    (("任务数", "完成数", "完成率"), ("120", "30", 25.0)),
    (("计划投资", "完成投资", "投资完成率"), ("120", "30", 25.0)),
    (("应交付套数", "已交付套数", "交付完成率"), ("120", "30", 25.0)),
]


@pytest.mark.parametrize(("words", "expected"), RELATIVES)
def test_target_done_and_share_are_told_under_all_their_names(words, expected):
    found = inspected(table_workbook(TITLE, ("序号", "项目名称", *words), [(1, "北环路", 120, 30, "25%")]))
    row = found["rows"][0]
    assert (row["target"], row["done"], row["attainment"]) == expected


def test_a_column_of_remarks_that_holds_status_words_is_the_status():
    header = ("序号", "指标名称", "进展情况", "备注")
    rows = [(1, "甲工程", "开工", "进展有序"), (2, "乙工程", "停工", "进展滞后"), (3, "丙工程", "在建", "")]
    found = inspected(table_workbook(TITLE, header, rows))
    assert [row["status"] for row in found["rows"]] == ["on_track", "behind", "unknown"]


def test_a_column_of_remarks_that_holds_sentences_is_no_status():
    header = ("序号", "指标名称", "进展情况", "完成比例", "备注")
    rows = [
        (1, "甲工程", "开工", "20%", "用地已报批"),
        (2, "乙工程", "在建", "30%", "进展有序"),
        (3, "丙工程", "在建", "40%", "待验收"),
    ]
    found = inspected(table_workbook(TITLE, header, rows))
    assert [row["status"] for row in found["rows"]] == ["unknown"] * 3
    assert found["rows"][2]["remark"] == "待验收"


def test_a_column_of_progress_that_begins_with_percentages_states_the_share():
    header = ("序号", "项目内容", "当前进度", "牵头单位")
    rows = [(1, "建设公路55公里。", "95%", "县交通局"), (2, "建成幼儿园5所。", "80%（新区进度滞后）", "县教育局")]
    found = inspected(table_workbook(TITLE, header, rows))
    assert [row["attainment"] for row in found["rows"]] == [95, 80]


def test_the_growth_that_progress_speaks_of_is_no_share():
    header = ("序号", "项目内容", "当前进度", "牵头单位")
    rows = [(1, "工业增加值", "增长7.5%", "县工信局"), (2, "投资", "同比增长10%，快于全市", "县发改局")]
    found = inspected(table_workbook(TITLE, header, rows))
    assert [row["attainment"] for row in found["rows"]] == [None, None]


@pytest.mark.parametrize("task", ["改造老旧小区", "建设城市社区", "整治棚户区", "新建超市", "打造示范县"])
def test_a_task_that_ends_like_the_name_of_an_area_is_a_task(task):
    found = inspected(table_workbook(TITLE, HEADER, [(1, task, *ROW[2:])]))
    assert understood(found) == [(task, *READ[1:])]

"""Rows under a header of any county: what is an item, what is a label or a total, what goes on with the row above."""

import datetime

import pytest
from openpyxl.comments import Comment

from risk_assets_tests.builders import Percent, changed, inspected, table_workbook, text_file, told

TITLE = "清溪县2024年重点工作进展表"
HEADER = ("序号", "类别", "指标名称", "年度目标", "单位", "累计完成", "完成比例", "状态", "备注")


def row(number, task, group=None, target=10, done=2, share="20%", status="进展有序", unit="个"):
    return number, group, task, target, unit, done, share, status, None


def accepted(found, *names):
    rows = [one for one in found["rows"] if one["state"] == "accepted"]
    return [tuple(one[name] for name in names) if len(names) > 1 else one[names[0]] for one in rows]


def set_aside(found):
    return [(one["indicator"], one["reason"]) for one in found["rows"] if one["state"] == "set_aside"]


def read(*rows, header=HEADER, merges=(), lines=()):
    above = [[line] for line in (*lines, header)]
    above[-1] = header
    return inspected(table_workbook(TITLE, above[0], [*above[1:], *rows], merges=merges))


def test_a_group_that_is_merged_over_its_rows_is_the_group_of_each():
    found = read(row(1, "甲工程", "就业"), row(2, "乙工程"), row(3, "丙工程", "住房"), merges=["B3:B4"])
    assert accepted(found, "item", "group") == [("1", "就业"), ("2", "就业"), ("3", "住房")]


def test_a_section_row_over_the_whole_width_is_the_group_of_the_rows_below():
    found = read(("一、就业工程",), row(1, "甲工程"), ("二、住房工程",), row(2, "乙工程"), merges=["A3:I3", "A5:I5"])
    assert accepted(found, "item", "group") == [("1", "一、就业工程"), ("2", "二、住房工程")]
    assert found["accounting"]["title"] == 3


def test_a_heading_with_a_chinese_number_and_a_subtotal_is_no_item():
    header = ("序号", "项目名称", "年度计划投资", "累计完成投资", "完成率")
    rows = [("一", "交通项目（2个）", 300, 100, "33.33%"), (1, "甲路", 100, 50, "50%"), (2, "乙路", 200, 50, "25%")]
    found = read(*rows, header=header)
    assert accepted(found, "item", "group", "indicator") == [
        ("1", "交通项目（2个）", "甲路"),
        ("2", "交通项目（2个）", "乙路"),
    ]
    assert set_aside(found) == [("交通项目（2个）", "block_heading")]
    assert told(found, "block_heading") == [("附件1!3:3", "交通项目（2个）")]


@pytest.mark.parametrize("word", ["合计", "总计", "小 计"])
def test_a_row_of_totals_is_set_aside_as_one(word):
    found = read((word, None, None, 20, "个", 4, "20%", None, None), row(1, "甲工程"), row(2, "乙工程"))
    assert accepted(found, "item") == ["1", "2"]
    assert [reason for _, reason in set_aside(found)] == ["printed_total"]


def test_a_unit_in_brackets_behind_the_task_is_its_unit():
    header = ("序号", "指标名称", "年度目标", "累计完成", "状态")
    found = read((1, "新建公路（公里）", 120, 30, "进展有序"), (2, "失业率（%）", 5, 4, "进展有序"), header=header)
    assert accepted(found, "unit") == ["公里", "%"]


def test_the_unit_line_above_the_table_is_the_unit_of_its_amounts():
    header = ("序号", "项目名称", "年度计划投资", "累计完成投资", "进展情况")
    found = read((1, "甲路", 100, 50, "在建"), (2, "乙路", None, None, "未开工"), header=header, lines=["单位：万元"])
    assert accepted(found, "unit") == ["万元", None]
    assert found["tables"][0]["unit"] == "万元"


def test_a_unit_that_is_merged_over_several_rows_is_the_unit_of_each():
    rows = (row(1, "甲工程", unit="公里"), row(2, "乙工程", unit=None), row(3, "丙工程", unit="户"))
    assert accepted(read(*rows, merges=["E3:E4"]), "unit") == ["公里", "公里", "户"]


def test_percentages_that_a_cell_holds_as_fractions_are_read_as_they_are_shown():
    found = read(row(1, "甲工程", share=Percent(0.597)), row(2, "乙工程", share=Percent(1)))
    assert accepted(found, "attainment") == [59.7, 100]


def test_a_row_that_fills_what_the_one_above_lacks_is_joined_to_it():
    header = ("序号", "指标名称", "年度目标", "进展情况", "状态")
    rows = [
        (1, "甲工程", "建成", None, None),
        (None, None, None, "主体封顶", "进展有序"),
        (2, "乙工程", "开工", "已开工", "进展有序"),
    ]
    found = read(*rows, header=header)
    assert accepted(found, "item", "progress", "status") == [("1", "主体封顶", "on_track"), ("2", "已开工", "on_track")]
    assert [where for where, _ in told(found, "row_joined")] == ["附件1!4:4"]
    assert found["accounting"]["continuation"] == 1


def test_a_row_that_a_page_break_has_cut_is_joined_under_the_repeated_header():
    header = ("序号", "指标名称", "年度目标", "进展情况", "状态")
    rows = [
        (1, "甲工程", "建成", "主体封顶，", "进展有序"),
        header,
        (None, None, None, "正在装修。", None),
        (2, "乙工程", "开工", "已开工", "进展有序"),
    ]
    found = read(*rows, header=header)
    assert accepted(found, "item", "progress") == [("1", "主体封顶，正在装修。"), ("2", "已开工")]
    assert len(told(found, "row_joined")) == 1


def test_a_row_of_a_text_that_line_breaks_in_a_cell_have_cut_is_whole():
    header = ("序号", "指标名称", "进展情况", "状态")
    text = text_file(
        TITLE, header, "1\t甲工程\t主体封顶，", "正在装修。\t进展有序", (2, "乙工程", "已开工", "进展有序")
    )
    found = inspected(text, "上报.txt")
    assert accepted(found, "item", "progress") == [("1", "主体封顶，正在装修。"), ("2", "已开工")]
    assert found["accounting"]["continuation"] == 1


def test_a_finished_row_is_not_joined_by_the_next():
    header = ("序号", "指标名称", "年度目标", "进展情况", "状态")
    rows = [(1, "甲工程", "建成", "主体封顶。", "进展有序"), (None, "乙工程", "开工", "已开工", "进展有序")]
    found = read(*rows, header=header)
    assert accepted(found, "indicator") == ["甲工程", "乙工程"]
    assert told(found, "row_joined") == []


def test_what_a_comment_says_is_a_remark_without_the_name_of_its_writer():
    def remark(book):
        book["附件1"]["F3"].comment = Comment("数据待核。张某某", "张某某")

    found = inspected(changed(table_workbook(TITLE, HEADER, [row(1, "甲工程")]), remark))
    assert accepted(found, "remark") == ["数据待核。"]
    assert "张某某" not in str(found)


def test_a_figure_that_excel_has_made_a_date_is_said():
    found = read(row(1, "甲工程", done=datetime.date(2024, 3, 5)), row(2, "乙工程"))
    assert [where for where, _ in told(found, "date_in_cell")] == ["附件1!F3"]


def test_several_targets_below_one_name_are_items_and_the_name_their_group():
    header = ("序号", "重点工作", "目标任务", "进展情况", "状态")
    rows = [
        (1, "数字政府", "上线60项服务", "已上线60项", "已完成"),
        (None, None, "建成一个平台", "在建", "进展有序"),
        (2, "营商环境", "减少环节", "已减少", "已完成"),
    ]
    found = read(*rows, header=header, merges=["A3:A4", "B3:B4"])
    assert accepted(found, "group", "indicator") == [
        ("数字政府", "上线60项服务"),
        ("数字政府", "建成一个平台"),
        ("营商环境", "减少环节"),
    ]


def test_a_form_line_below_the_table_is_no_row():
    found = read(row(1, "甲工程"), ("填报单位：县发改局", None, "填报人：张某某", None, "电话：13900000000"))
    assert accepted(found, "item") == ["1"]
    assert "张某某" not in str(found)


def test_a_row_without_anything_to_tell_is_set_aside():
    found = read(row(1, "甲工程"), (2, None, None, None, None, None, None, None, None))
    assert [reason for _, reason in set_aside(found)] == ["no_content"]


def test_a_figure_that_the_header_calls_a_share_of_the_year_is_held_against_done_and_target():
    found = read(row(1, "甲工程", target=10, done=2, share="20%"), row(2, "乙工程", target=10, done=2, share="30%"))
    assert [where for where, _ in told(found, "ratio_differs")] == ["附件1!G4"]

"""Every figure of a report has its role, period and unit from its place, and its characters stand where it says."""

import csv
import io

import openpyxl
import pytest

from risk_assets_tests.builders import (
    HEADER,
    PROJECT_TITLE,
    TITLE,
    inspected,
    letter_and_table,
    sample,
    table_workbook,
    text_file,
    told,
)
from risk_assets_tests.formats import as_word, grids_of

FRAMEWORK = "2023-01..2023-12"
SO_FAR = "2023-01..2023-04"
STATE = "..2023-04"
WATCHED = (
    "序号",
    "2023年度具体目标任务",
    "责任单位",
    "当前进展情况",
    "完成年度任务之比",
    "全州排名",
    "同比增长(%)",
    "备注",
    "状态",
)
WATCHED_ROWS = [
    (1, "地区生产总值增长7%", "县统计局", "1-4月，实现地区生产总值31.2亿元，同比增长5.2%。",
     "/", "第5位", "5.2", None, "进展有序"),
    (2, "固定资产投资79.4亿元", "县发改局", "1-4月完成26.2亿元，占年度任务的33%。",
     "33%", "3", "11.4", "比上月提升2位", "进展有序"),
]  # fmt: skip
PROJECTS = (
    "序号",
    "考核指标",
    "牵头单位",
    "单位",
    "工作目标",
    "已完成数",
    "占年度任务之比",
    "投入资金(万元)",
    "备注",
    "状态",
)
PROJECT_ROWS = [
    ("3.1", "城镇新增就业", "县人社局", "人", "2600", "1,104", "42.46%", "35", "截至4月底备案 3 家", "进展有序"),
    ("10.1", "农村公路提质改造", "县交通局", "公里", "36.5", "7.3", "20%", "****", None, "前期准备"),
]
STATED = [
    ("7%", "indicator", "%", "yoy", "target", FRAMEWORK),
    ("31.2亿元", "progress", "亿元", "level", "actual", SO_FAR),
    ("5.2%", "progress", "%", "yoy", "actual", SO_FAR),
    ("第5位", "全州排名", "位", "rank", "actual", STATE),
    ("5.2", "同比增长(%)", "%", "yoy", "actual", STATE),
    ("79.4亿元", "indicator", "亿元", "level", "target", FRAMEWORK),
    ("26.2亿元", "progress", "亿元", "level", "actual", SO_FAR),
    ("33%", "progress", "%", "attainment", "actual", SO_FAR),
    ("33%", "attainment", "%", "attainment", "actual", STATE),
    ("2位", "remark", "位", "change", "actual", STATE),
    ("3", "全州排名", "", "rank", "actual", STATE),
    ("11.4", "同比增长(%)", "%", "yoy", "actual", STATE),
]
OF_PROJECTS = [
    ("2600", "target", "人", "level", "target", FRAMEWORK),
    ("1,104", "done", "人", "level", "actual", STATE),
    ("42.46%", "attainment", "%", "attainment", "actual", STATE),
    ("3 家", "remark", "家", "level", "actual", STATE),
    ("35", "投入资金(万元)", "万元", "level", "actual", STATE),
    ("36.5", "target", "公里", "level", "target", FRAMEWORK),
    ("7.3", "done", "公里", "level", "actual", STATE),
    ("20%", "attainment", "%", "attainment", "actual", STATE),
    ("****", "投入资金(万元)", "万元", "level", "actual", STATE),
]
ADDRESSES = {
    "xlsx": ["B3", "D3", "D3", "F3", "G3", "B4", "D4", "D4", "E4", "H4", "F4", "G4"],
    "txt": [f"第{row}行第{column}列" for row, columns in ((3, "24467"), (4, "2445867")) for column in columns],
    "csv": [f"第{row}行第{column}列" for row, columns in ((3, "24467"), (4, "2445867")) for column in columns],
    "docx": [f"表1第{row}行第{column}列" for row, columns in ((2, "24467"), (3, "2445867")) for column in columns],
}
FORMATS = tuple(ADDRESSES)


def figures(found, *names):
    return [tuple(one[name] for name in names) for one in found["observations"]]


def stated(found):
    return figures(found, "quote", "field", "unit", "measure", "role", "period")


def as_csv(*rows):
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def made(kind, title, header, rows):
    """The same table in a format, and its name."""
    workbook = table_workbook(title, header, rows)
    contents = {
        "xlsx": lambda: workbook,
        "txt": lambda: text_file(title, header, *rows),
        "csv": lambda: as_csv([title], header, *rows),
        "docx": lambda: as_word(grids_of(workbook), 1),
    }
    return contents[kind](), f"上报.{kind}"


def standing(found, content, name):
    """What stands at the characters of each figure: in the line of a plain text, else in its cell or paragraph."""
    if name.endswith((".txt", ".csv")):
        lines = content.decode().split("\n")
        return [lines[one["line"] - 1][one["start"] : one["end"]] for one in found["observations"]]
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [(one, (one["cell"] or f"A{one['line']}").split("!")[-1]) for one in found["observations"]]
    return [book[one["sheet"]][cell].value[one["start"] : one["end"]] for one, cell in cells]


def prose(*lines):
    return inspected(text_file(*lines), "汇报.txt")


def table(*rows, header=HEADER, merges=()):
    return inspected(table_workbook(TITLE, header, rows, merges=merges))


def task(text, progress, ratio="/", status="进展有序", unit="县发改局", number=2):
    return number, text, unit, progress, ratio, status


@pytest.mark.parametrize("kind", FORMATS)
def test_every_column_of_a_table_of_tasks_gives_its_figures_in_each_format(kind):
    assert sorted(stated(inspected(*made(kind, TITLE, WATCHED, WATCHED_ROWS)))) == sorted(STATED)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_unit_column_and_the_head_of_a_column_give_the_unit_in_each_format(kind):
    found = inspected(*made(kind, f"凤凰县{PROJECT_TITLE}2023年1-4月进展表", PROJECTS, PROJECT_ROWS))
    assert sorted(stated(found)) == sorted(OF_PROJECTS)
    (hidden,) = (one for one in found["observations"] if one["masked"])
    assert (hidden["quote"], hidden["value"], hidden["base_value"]) == ("****", None, None)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_figure_has_the_address_of_its_cell(kind):
    found = inspected(*made(kind, TITLE, WATCHED, WATCHED_ROWS))
    assert [cell.split("!")[-1] for (cell,) in figures(found, "cell")] == ADDRESSES[kind]
    assert {sheet for (sheet,) in figures(found, "sheet")} == {"附件1" if kind == "xlsx" else None}


@pytest.mark.parametrize("kind", FORMATS[:3])
@pytest.mark.parametrize(
    ("title", "header", "rows"),
    [(TITLE, WATCHED, WATCHED_ROWS), (f"凤凰县{PROJECT_TITLE}", PROJECTS, PROJECT_ROWS)],
    ids=["tasks", "projects"],
)
def test_a_quote_stands_at_its_characters_in_each_format(kind, title, header, rows):
    content, name = made(kind, title, header, rows)
    found = inspected(content, name)
    assert len(found["observations"]) == len(STATED if header is WATCHED else OF_PROJECTS)
    assert standing(found, content, name) == [quote for (quote,) in figures(found, "quote")]


@pytest.mark.parametrize(
    "line",
    [
        "1-4月，完成固定资产投资26.2亿元，同比增长11.4%。",
        "　　1-4月，完成固定资产投资 26.2 亿元，同比增长 11.4 %。",
        "\t1-4月，完成固定资产投资\t26.2亿元，同比增长11.4%。",
        "  １－４月，完成固定资产投资２６．２亿元，同比增长１１．４％。",
        "1-4月，完成固定資產投資26.2億元，同比增長11.4%。",
        " 1-4月，完成固定资产投资 2 6.2亿元、26.2亿元、126.2亿元，其中26.2亿元已入库。",
    ],
)
def test_a_quote_stands_in_the_line_as_it_came(line):
    content = text_file("凤凰县2023年1-4月工作情况汇报", line)
    found = inspected(content, "汇报.txt")
    assert len(found["observations"]) >= 2
    assert standing(found, content, "汇报.txt") == [quote for (quote,) in figures(found, "quote")]
    starts = [start for (start,) in figures(found, "start")]
    assert starts == sorted(set(starts))
    assert {line for (line,) in figures(found, "line")} == {2}


def test_every_figure_that_the_sample_reports_stands_at_its_characters():
    found = inspected(sample(), "月报.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sample()))
    held = 0
    for one in found["observations"]:
        cell = book[one["sheet"]][(one["cell"] or f"A{one['line']}").split("!")[-1]].value
        if isinstance(cell, str) and one["field"] != "indicator":
            assert cell[one["start"] : one["end"]] == one["quote"], one["where"]
            held += 1
    assert held > 500


def test_a_sheet_of_prose_gives_the_row_of_each_figure():
    letter = ["凤凰县2023年4月督查专报", "1-4月，固定资产投资26.2亿元。", "", "截至4月底，存款余额158亿元。"]
    content = letter_and_table(letter, TITLE, HEADER, [task("固定资产投资79.4亿元", "正在推进。")])
    found = inspected(content)
    told_there = [one for one in figures(found, "sheet", "line", "cell", "quote", "field") if one[0] == "督查专报"]
    assert told_there == [("督查专报", 2, None, "26.2亿元", "prose"), ("督查专报", 4, None, "158亿元", "prose")]
    assert standing(found, content, "月报.xlsx") == [quote for (quote,) in figures(found, "quote")]


def test_a_merged_cell_is_counted_once():
    rows = [
        task("固定资产投资79.4亿元", "1-4月完成26.2亿元。", "33%"),
        task("重点项目投资90.5亿元", None, None, number=3),
    ]
    merged = table(*rows, merges=["D3:D4"])
    assert figures(merged, "line", "field", "quote") == [
        (3, "indicator", "79.4亿元"),
        (3, "progress", "26.2亿元"),
        (3, "attainment", "33%"),
        (4, "indicator", "90.5亿元"),
    ]


def test_words_that_two_rows_print_are_counted_for_each():
    rows = [task("固定资产投资79.4亿元", "完成26.2亿元。"), task("重点项目投资90.5亿元", "完成26.2亿元。", number=3)]
    assert [one for one in figures(table(*rows), "line", "quote") if one[1] == "26.2亿元"] == [
        (3, "26.2亿元"),
        (4, "26.2亿元"),
    ]


def test_the_year_of_the_header_is_the_period_of_targets_and_the_reporting_month_that_of_progress():
    rows = [task("固定资产投资60亿元", "1-5月完成21亿元，已开工项目8个。", "35%")]
    found = table(*rows, header=("序号", "2022年度具体目标任务", *HEADER[2:]))
    assert figures(found, "quote", "period") == [
        ("60亿元", "2022-01..2022-12"),
        ("21亿元", "2022-01..2022-05"),
        ("8个", "2022-01..2022-05"),
        ("35%", "..2022-05"),
    ]


def test_a_target_that_a_progress_cell_repeats_stays_a_target_of_the_year():
    found = table(task("固定资产投资79.4亿元", "1-4月完成年初预算数80000万元的25.5%，预计5月底完成3亿元。"))
    assert figures(found, "quote", "measure", "role", "period")[1:] == [
        ("80000万元", "level", "target", FRAMEWORK),
        ("25.5%", "attainment", "actual", SO_FAR),
        ("3亿元", "level", "forecast", "..2023-05"),
    ]


def test_a_table_with_a_month_of_its_own_has_that_month():
    letter = ["凤凰县2023年4月督查专报", "1-4月，固定资产投资26.2亿元。"]
    title = "凤凰县打好经济增长主动仗2023年1-3月重要指标监测表"
    found = inspected(letter_and_table(letter, title, HEADER, [task("固定资产投资79.4亿元", "完成19.8亿元。", "25%")]))
    assert figures(found, "quote", "period") == [
        ("26.2亿元", SO_FAR),
        ("79.4亿元", FRAMEWORK),
        ("19.8亿元", "..2023-03"),
        ("25%", "..2023-03"),
    ]


@pytest.mark.parametrize(
    ("lines", "period"),
    [
        (("凤凰县2023年1-5月工作情况汇报", "2023年6月20日", "新建停车场3个。"), "2023-01..2023-05"),
        (("凤凰县2023年上半年工作情况汇报", "新建停车场3个。"), "2023-01..2023-06"),
        (("凤凰县2023年工作情况汇报", "一、前三季度工作", "新建停车场3个。"), "2023-01..2023-09"),
        (("凤凰县2023年1-5月工作情况汇报", "一、一季度情况", "新建停车场3个。"), "2023-01..2023-03"),
        (("凤凰县2023年1-5月工作情况汇报", "一、一季度情况", "1月，新建停车场3个。"), "2023-01..2023-01"),
        (
            ("凤凰县2023年1-5月工作情况汇报", "一、一季度情况", "略。", "二、其他", "新建停车场3个。"),
            "2023-01..2023-05",
        ),
        (("工作情况汇报", "2023年6月20日", "新建停车场3个。"), None),
    ],
)
def test_a_heading_gives_its_period_to_all_below_it(lines, period):
    assert figures(prose(*lines), "quote", "period") == [("3个", period)]


@pytest.mark.parametrize("heading", ["三、下一步工作打算", "（二）下步工作计划", "三、下半年工作安排", "四、年度目标"])
def test_what_stands_in_a_section_on_what_comes_is_a_target(heading):
    found = prose("凤凰县2023年1-5月工作情况汇报", "一、主要工作", "新建停车场3个。", heading, "新建停车场5个。")
    assert figures(found, "value", "role") == [(3, "actual"), (5, "target")]


def test_a_section_that_follows_on_what_comes_is_reported_as_done_again():
    found = prose("情况汇报", "一、下一步打算", "新建停车场5个。", "二、主要成效", "新建停车场3个。")
    assert figures(found, "value", "role") == [(5, "target"), (3, "actual")]


def test_a_paragraph_that_begins_with_the_next_step_is_a_target():
    found = prose("情况汇报", "一、停车场建设", "今年新建停车场3个。", "下一步，新建停车场5个。", "新增车位60个。")
    assert figures(found, "value", "role") == [(3, "actual"), (5, "target"), (60, "actual")]


def test_the_month_that_a_report_sums_up_to_is_that_of_figures_without_one():
    lines = ("情况汇报", "1-5月，固定资产投资26亿元。", "1-5月，接待游客9万人次。", "2023年6月5日，召开会议。")
    assert figures(prose(*lines, "今年以来，新建停车场3个。"), "period")[-1] == ("2023-01..2023-05",)


@pytest.mark.parametrize(
    ("progress", "quote", "value"),
    [
        ("完成投资2. 3亿元。", "2. 3亿元", 2.3),
        ("增长22. 3%。", "22. 3%", 22.3),
        ("服务1 326家次。", "1 326家次", 1326),
        ("发放补贴1,326.5万元。", "1,326.5万元", 1326.5),
    ],
)
def test_a_figure_that_a_blank_breaks_is_one(progress, quote, value):
    found = table(task("固定资产投资79.4亿元", progress))
    assert figures(found, "quote", "value")[1:] == [(quote, value)]
    assert found["not_understood"] == []


def test_a_number_that_nobody_can_put_together_is_counted_with_its_place_and_gives_no_figure():
    found = table(task("固定资产投资79.4亿元", "组建队伍1 92支，增长1 1%。"))
    assert figures(found, "quote") == [("79.4亿元",)]
    assert [(one["figure"], one["where"]) for one in found["not_understood"]] == [
        (figure, "附件1!3:3") for figure in ("1", "92支", "1", "1%")
    ]
    ((where, said),) = told(found, "figures_unread")
    assert where == "附件1!3:3"
    assert said.startswith("4 处：")


def test_numbers_that_state_nothing_are_neither_figures_nor_counted():
    found = prose(
        "凤凰县2023年1-5月工作情况汇报",
        "5月12日，印发《关于第3次调度的通知》（凤政办发〔2023〕13号），推进5G基站建设，实行24小时值守，每月一次调度。",
    )
    assert (found["observations"], found["not_understood"]) == ([], [])


@pytest.mark.parametrize("person", ["责任人：吴某某", "联系人:吴某某 13800000000", "填报人：吴某某"])
def test_a_person_is_in_no_sentence_of_a_figure(person):
    found = table(
        task("固定资产投资79.4亿元", f"完成26.2亿元。{person}，新开工项目2个。"), task("重点项目投资", person)
    )
    assert ("26.2亿元",) in figures(found, "quote")
    assert "吴某某" not in str(found["observations"])
    assert "13800000000" not in str(found)


def test_a_column_of_persons_gives_no_figure_and_no_name():
    header = (*PROJECTS[:3], "责任人", *PROJECTS[3:7], "联系人及电话", "备注")
    row = (
        "3.1",
        "城镇新增就业",
        "县人社局",
        "吴某某",
        "人",
        "2600",
        "1104",
        "42.46%",
        "吴某某 13800000000",
        "进展有序",
    )
    found = inspected(table_workbook(f"凤凰县{PROJECT_TITLE}", header, [row]))
    assert [value for (value,) in figures(found, "value")] == [2600, 1104, 42.46]
    assert "吴某某" not in str(found["observations"])
    assert "13800000000" not in str(found)


def test_a_row_that_is_set_aside_keeps_the_figures_that_stand_in_it():
    found = inspected(
        text_file(TITLE, HEADER, task("地区生产总值增长7%", "无。"), ("2", "固定资产投资79.4亿元", "县发改局")),
        "表.txt",
    )
    assert [row["state"] for row in found["rows"]] == ["accepted", "set_aside"]
    assert figures(found, "quote", "line", "table") == [("7%", 3, 1), ("79.4亿元", 4, 1)]


def test_a_wide_table_keeps_its_figures_with_their_base_values():
    header = ("县市", "地区生产总值（亿元）", "增速（%）", "销售面积（万平方米）", "接待游客（万人次）", "排名")
    rows = [("吉首市", "50.5", "5.1", "2.25", "120", "1"), ("凤凰县", "23.5", "-5.2", "****", "412.5", "3")]
    found = inspected(table_workbook("湘西州2023年1-4月经济运行情况表", header, rows))
    bases = [
        [(5.05e9, "元"), (5.1, "%"), (22500, "平方米"), (1.2e6, "人次"), (1, "")],
        [(2.35e9, "元"), (-5.2, "%"), (None, "平方米"), (4.125e6, "人次"), (3, "")],
    ]
    assert figures(found, "base_value", "base_unit") == [pair for row in bases for pair in row]
    assert figures(found, "area", "table", "field", "quote")[5] == ("433123", 1, "cell", "23.5")
    assert {period for (period,) in figures(found, "period")} == {SO_FAR}
    assert figures(found, "masked").count((True,)) == 1


@pytest.mark.parametrize(
    ("quote", "base"),
    [
        ("3.5亿元", (3.5e8, "元")),
        ("26万平方米", (260000, "平方米")),
        ("1.5万人", (15000, "人")),
        ("412.5万人次", (4125000, "人次")),
        ("12个月", (12, "月")),
    ],
)
def test_a_figure_has_its_value_in_the_base_unit(quote, base):
    assert figures(prose("情况汇报", f"共计{quote}。"), "quote", "base_value", "base_unit") == [(quote, *base)]


def test_the_figure_is_marked_in_its_sentence():
    found = prose("情况汇报", "召开会议。1-5月，固定资产投资26亿元，增长4%；新建停车场3个。其他正常。")
    sentences = [one["sentence"] for one in found["observations"]]
    assert sentences[0] == "1-5月，固定资产投资26亿元，增长4%；"
    assert sentences[2] == "新建停车场3个。"
    for one in found["observations"]:
        assert one["sentence"][one["sentence_at"] :].startswith(one["quote"])

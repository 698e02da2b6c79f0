"""Tables of areas × measures and of measures × areas: whose figure, of what, in which unit, for which period."""

import pytest

from risk_assets_tests.builders import Percent, inspected, table_workbook, text_file, told

TITLE = "湘西州2023年1-4月经济运行情况表"
AREAS = ("吉首市", "泸溪县", "凤凰县")


def figures(found, *names):
    return [tuple(one[name] for name in names) for one in found["observations"]]


def read(header, *rows, title=TITLE, merges=(), lines=()):
    return inspected(
        table_workbook(title, lines[0] if lines else header, [*([header] if lines else []), *rows], merges=merges)
    )


def by_county(*columns):
    """A row for each county, a figure for each column."""
    return [(area, *figures) for area, *figures in zip(AREAS, *columns, strict=True)]


WORDS = [
    ("总量（亿元）", "亿元", "level", "actual"),
    ("增速（%）", "%", "yoy", "actual"),
    ("同比增长", "%", "yoy", "actual"),
    ("环比", "%", "mom", "actual"),
    ("排名", "", "rank", "actual"),
    ("名次变化", "位", "change", "actual"),
    ("完成率", "%", "attainment", "actual"),
    ("占年度任务之比", "%", "attainment", "actual"),
    ("年度目标（亿元）", "亿元", "level", "target"),
    ("目标增速", "%", "yoy", "target"),
    ("优良天数比例（%）", "%", "level", "actual"),
    ("得分", "分", "level", "actual"),
]


@pytest.mark.parametrize(("word", "unit", "measure", "role"), WORDS)
def test_the_words_of_a_column_say_what_it_measures(word, unit, measure, role):
    found = read(("县市", "总量（亿元）", word), *by_county((10, 11, 12), (3, 2, 1)))
    assert figures(found, "unit", "measure", "role")[1::2] == [(unit, measure, role)] * 3


def test_the_words_above_tell_of_what_and_each_of_two_rows_of_header_counts():
    upper = ("县市", "地区生产总值（亿元）", None, "固定资产投资", None)
    lower = (None, "总量", "增速", "增速", "排名")
    rows = by_county((10, 11, 12), (5.1, 5.2, 5.3), (8, 9, 7), (2, 1, 3))
    found = read(upper, lower, *rows, merges=["A2:A3", "B2:C2", "D2:E2"])
    assert figures(found, "indicator", "value", "unit", "measure")[:4] == [
        ("地区生产总值（亿元）/总量", 10, "亿元", "level"),
        ("地区生产总值（亿元）/增速", 5.1, "%", "yoy"),
        ("固定资产投资/增速", 8, "%", "yoy"),
        ("固定资产投资/排名", 2, "", "rank"),
    ]


def test_columns_with_the_same_words_are_told_by_the_column_that_they_follow():
    found = read(
        ("县市", "采矿（起）", "同比（%）", "建筑（起）", "同比（%）"),
        *by_county((1, 0, 2), (-50, 0, 9), (3, 1, 1), (8, 7, 6)),
    )
    labels = [name.removeprefix(f"{TITLE}/") for (name,) in figures(found, "indicator")[:4]]
    assert labels == ["采矿（起）", "采矿（起）/同比（%）", "建筑（起）", "建筑（起）/同比（%）"]


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("2023年1-4月分县市地区生产总值", "2023-01..2023-04"),
        ("2023年4月分县市空气质量", "2023-04..2023-04"),
        ("2023年4月末分县市贷款余额", "..2023-04"),
        ("分县市地区生产总值", None),
    ],
)
def test_the_title_tells_the_period(title, period):
    found = read(("县市", "总量（亿元）"), *by_county((10, 11, 12)), title=title)
    assert figures(found, "period") == [(period,)] * 3


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("累计完成（4月）（万元）", "2023-01..2023-04"),
        ("1-4月投资（万元）", "2023-01..2023-04"),
        ("4月投资（万元）", "2023-04..2023-04"),
    ],
)
def test_months_in_a_head_are_of_the_year_in_the_title(head, period):
    found = read(("县市", head), *by_county((10, 11, 12)), title="湘西州2023年4月投资情况表")
    assert figures(found, "period") == [(period,)] * 3


def test_a_target_is_for_the_whole_year_and_a_figure_of_last_year_for_no_period_that_is_told():
    found = read(("县市", "年度目标（亿元）", "上年同期（亿元）"), *by_county((10, 11, 12), (1, 2, 3)))
    assert figures(found, "period")[:2] == [("2023-01..2023-12",), (None,)]


def test_the_unit_line_is_the_unit_of_amounts_and_not_of_growth():
    header = ("县市", "税收收入", "增速", "排名")
    found = read(header, *by_county((10, 11, 12), (3, 2, 1), (1, 2, 3)), lines=[("单位：万元、%",)])
    assert figures(found, "unit")[:3] == [("万元",), ("%",), ("",)]


def test_a_column_that_says_neither_what_nor_in_which_unit_is_asked_about():
    found = read(("县市", "交办总量"), *by_county((10, 11, 12)), title="热线办理情况")
    assert told(found, "unit_unknown") == [("附件1!B3", "热线办理情况/交办总量")]


def test_a_total_that_does_not_add_up_is_said_and_one_that_does_is_not():
    header = ("县市", "数量（个）", "金额（万元）")
    found = read(header, *by_county((1, 2, 3), (10, 20, 30.5)), ("合计", 6, 60))
    assert told(found, "total_differs") == [("附件1!C6", "60")]
    assert next(row["area"] for row in found["rows"] if row["area_name"] == "合计") is None


def test_growth_is_not_added_up():
    found = read(("县市", "增速（%）"), *by_county((1, 2, 3)), ("合计", 2))
    assert told(found, "total_differs") == []


def test_an_area_nobody_knows_is_set_aside_and_its_figures_have_no_code():
    found = read(("县市", "总量（亿元）"), *by_county((10, 11, 12)), ("北屏区", 9))
    assert [(row["area_name"], row["state"], row["reason"]) for row in found["rows"]][-1] == (
        "北屏区",
        "set_aside",
        "unknown_area_row",
    )
    assert figures(found, "area", "area_name", "value")[-1] == (None, "北屏区", 9)
    assert [where for where, _ in told(found, "unknown_area_row")] == ["附件1!6:6"]


def test_an_area_without_any_figure_is_set_aside_and_no_label_of_the_next():
    found = read(("县市", "总量（亿元）"), ("花垣县", None), *by_county((10, 11, 12)))
    assert [(row["area_name"], row["group"], row["reason"]) for row in found["rows"]][:2] == [
        ("花垣县", None, "no_content"),
        ("吉首市", None, None),
    ]


def test_a_hidden_figure_is_kept_as_hidden():
    found = read(("县市", "总量（亿元）"), ("吉首市", "****"), ("泸溪县", "xx.x"), ("凤凰县", 12))
    assert figures(found, "value", "masked") == [(None, True), (None, True), (12, False)]


def test_a_second_figure_in_brackets_is_said_and_the_first_one_counts():
    found = read(("县市", "综合指数"), ("吉首市", "3.25(3.76)"), ("泸溪县", "3.30(3.80)"), ("凤凰县", "3.41(3.90)"))
    assert figures(found, "value") == [(3.25,), (3.3,), (3.41,)]
    assert len(told(found, "figure_bracket")) == 3


@pytest.mark.parametrize("nothing", [None, "—", "/", "-", "暂无"])
def test_what_is_missing_is_no_figure_and_never_zero(nothing):
    found = read(("县市", "总量（亿元）", "增速（%）"), ("吉首市", nothing, 3), ("泸溪县", 0, 2), ("凤凰县", 12, 1))
    assert figures(found, "area_name", "value") == [
        ("吉首市", 3),
        ("泸溪县", 0),
        ("泸溪县", 2),
        ("凤凰县", 12),
        ("凤凰县", 1),
    ]


def test_words_where_a_figure_belongs_are_said():
    found = read(
        ("县市", "开工数（个）", "开工率（%）"), ("吉首市", 3, "全部开工"), ("泸溪县", 2, 98), ("凤凰县", 1, 97)
    )
    assert told(found, "figure_unreadable") == [("附件1!C3", "全部开工")]


def test_a_cell_with_a_unit_of_its_own_keeps_it_and_this_is_said():
    found = read(("县市", "总量（亿元）"), ("吉首市", "10万元"), ("泸溪县", 11), ("凤凰县", 12))
    assert figures(found, "value", "unit")[0] == (10, "万元")
    assert told(found, "unit_differs") == [("附件1!B3", "10万元")]


def test_shares_that_cells_show_as_percentages_are_in_percent():
    found = read(("县市", "办结率"), ("吉首市", Percent(0.9806)), ("泸溪县", Percent(1)), ("凤凰县", Percent(0.99)))
    assert figures(found, "value", "unit") == [(98.06, "%"), (100, "%"), (99, "%")]


def test_two_rankings_side_by_side_are_two():
    upper = ("优良天数比例（%）排名", None, None, "PM2.5平均浓度（μg/m3）排名", None, None)
    rows = [
        (1, "吉首市", 99.1, 1, "凤凰县", 17),
        (2, "凤凰县", 98.3, 2, "泸溪县", 18),
        (3, "泸溪县", 97.5, 3, "吉首市", 19),
    ]
    found = read(upper, *rows, title="2023年4月空气质量排名", merges=["A2:C2", "D2:F2"])
    seen = {
        (area, value, unit, measure)
        for area, value, unit, measure in figures(found, "area_name", "value", "unit", "measure")
    }
    assert ("凤凰县", 98.3, "%", "level") in seen
    assert ("凤凰县", 17, "μg/m3", "level") in seen
    assert ("凤凰县", 2, "", "rank") in seen
    assert len(seen) == 12
    assert found["accounting"]["rows"] == 3


def test_the_same_columns_twice_beside_each_other_are_read_under_each():
    header = ("县市", "总量（亿元）", "县市", "总量（亿元）")
    found = read(header, ("吉首市", 10, "花垣县", 13), ("泸溪县", 11, "保靖县", 14), ("凤凰县", 12, "古丈县", 15))
    assert dict(figures(found, "area_name", "value")) == {
        "吉首市": 10,
        "泸溪县": 11,
        "凤凰县": 12,
        "花垣县": 13,
        "保靖县": 14,
        "古丈县": 15,
    }


def test_measures_by_areas_with_units_in_a_column_and_growth_below():
    upper = ("指标", "单位", "全州", None, "吉首市", None)
    lower = (None, None, "总量", "增速", "总量", "增速")
    rows = [("地区生产总值", "亿元", 800, 5.1, 200, 5.2), ("社会消费品零售总额", "亿元", 300, 7, 90, 8)]
    found = read(upper, lower, *rows, merges=["A2:A3", "B2:B3", "C2:D2", "E2:F2"])
    assert figures(found, "area", "area_name", "indicator", "value", "unit", "measure")[:4] == [
        (None, "全州", "地区生产总值/总量", 800, "亿元", "level"),
        (None, "全州", "地区生产总值/增速", 5.1, "%", "yoy"),
        ("433101", "吉首市", "地区生产总值/总量", 200, "亿元", "level"),
        ("433101", "吉首市", "地区生产总值/增速", 5.2, "%", "yoy"),
    ]


def test_a_column_of_an_area_nobody_knows_is_said():
    found = read(("指标", "吉首市", "北屏区"), ("地区生产总值（亿元）", 200, 30), ("财政收入（亿元）", 20, 3))
    assert told(found, "unknown_area_column") == [("附件1!C3", "北屏区")]
    assert figures(found, "area", "area_name")[1] == (None, "北屏区")


MONTHLY = ("指标", "单位", "1-4月", "±%")


def test_areas_below_a_measure_have_its_figures():
    rows = [
        ("工业总产值", "亿元", 60, 5),
        ("其中：吉首市", "亿元", 10, 1),
        ("凤凰县", "亿元", 20, 2),
        ("新区", "亿元", 30, 3),
    ]
    found = read(MONTHLY, *rows)
    assert figures(found, "area", "area_name", "indicator", "value", "measure")[2:5] == [
        ("433101", "其中：吉首市", "工业总产值/1-4月", 10, "level"),
        ("433101", "其中：吉首市", "工业总产值/±%", 1, "yoy"),
        ("433123", "凤凰县", "工业总产值/1-4月", 20, "level"),
    ]
    assert [(row["area_name"], row["reason"]) for row in found["rows"]][-1] == ("新区", "unknown_area_row")


@pytest.mark.parametrize("build", ["workbook", "text"])
def test_a_second_block_with_other_columns_is_read_under_its_own_header(build):
    first = [("工业",), MONTHLY, ("工业总产值", "亿元", 60, 5), ("工业用电", "万度", 70, 6)]
    second = [("旅游",), ("指标", "单位", "4月", "±%", "1-4月", "±%"), ("旅游人数", "万人次", 4, -96.5, 36, -86.3)]
    rows = [[*row, *[None] * (6 - len(row))] for row in (*first, *second)]
    content = text_file(TITLE, *rows) if build == "text" else table_workbook(TITLE, rows[0], rows[1:])
    found = inspected(content, f"上报.{'txt' if build == 'text' else 'xlsx'}")
    assert figures(found, "value", "unit", "measure")[4:] == [
        (4, "万人次", "level"),
        (-96.5, "%", "yoy"),
        (36, "万人次", "level"),
        (-86.3, "%", "yoy"),
    ]


def test_a_header_that_cannot_be_read_closes_the_table():
    rows = [("工业总产值", "亿元", 60, 5), ("指标", "单位", None, None), ("旅游人数", "万人次", 4, -96.5)]
    found = read(MONTHLY, *rows)
    assert figures(found, "value") == [(60,), (5,)]
    assert [where for where, _ in told(found, "broken_header")] == ["附件1!4:4"]
    assert told(found, "no_header") == [("附件1!5:5", "旅游人数 万人次 4 -96.5")]


def test_a_header_repeated_on_the_next_page_goes_on_with_the_table():
    header = ("序号", "县市", "总量（亿元）", "评比")
    found = read(header, (1, "吉首市", 10, 1), header, (2, "泸溪县", 11, 2), (3, "凤凰县", 12, 3))
    assert found["accounting"]["header"] == 2
    assert len(found["tables"]) == 1
    assert [row["area_name"] for row in found["rows"]] == list(AREAS)


NAMES = [
    ("凤凰县", "433123"),
    ("凤凰", "433123"),
    ("凤 凰 县", "433123"),
    ("鳳凰縣", "433123"),
    ("湘西州凤凰县", "433123"),
    ("凤凰县(Fenghuang)", "433123"),
    ("433123", "433123"),
    ("祁阳县", "431181"),
    ("宁乡县", "430182"),
    ("株洲县", "430212"),
    ("江华县", "431129"),
    ("江华瑶族自治县", "431129"),
    ("湘西土家族苗族自治州", "433100"),
    ("湘西自治州", "433100"),
]


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_an_area_is_known_by_all_its_names(name, code):
    found = read(("县市", "总量（亿元）"), (name, 10), *by_county((10, 11, 12)), title="各县市情况")
    assert found["rows"][0]["area"] == code


def test_a_name_that_several_areas_bear_is_told_by_the_city_in_the_title():
    rows = [("鼓楼区", 10), ("凤凰县", 11), ("泸溪县", 12)]
    found = read(("县区", "总量（亿元）"), *rows, title="徐州市2023年4月各区情况")
    assert found["rows"][0]["area"] == "320302"


def test_of_a_name_that_several_areas_bear_none_is_taken_where_nothing_tells():
    rows = [("鼓楼区", 10), ("凤凰县", 11), ("泸溪县", 12)]
    found = read(("县区", "总量（亿元）"), *rows, title="各县区情况")
    assert found["rows"][0]["area"] is None
    assert found["rows"][0]["reason"] == "unknown_area_row"


def test_the_neighbours_in_the_table_tell_which_area_of_that_name_is_meant():
    found = read(("县区", "总量（亿元）"), ("鼓楼区", 10), ("玄武区", 11), ("秦淮区", 12), title="各区情况")
    assert found["rows"][0]["area"] == "320106"

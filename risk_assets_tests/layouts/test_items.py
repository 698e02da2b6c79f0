import pytest

from risk_assets_tests.builders import HEADER, PROJECT_HEADER, PROJECT_TITLE, TITLE, item, project, read, rules_of
from risk_assets_tests.builders import table_workbook as workbook

NAMES = (
    "地区生产总值增长7%",
    "固定资产投资79.4亿元",
    "重点项目投资90.5亿元",
    "新增规模以上服务业企业2家",
    "园区技工贸总收入15亿元",
    "园区亩均税收增长20%",
)
IDS = (
    "growth.gdp",
    "growth.fixed_asset_investment",
    "growth.key_project_investment",
    "growth.new_service_enterprises",
    "growth.park_revenue",
    "growth.park_tax_per_mu",
)


def rows_of(*rows, merges=(), title=TITLE, header=HEADER):
    report = read(workbook(title, header, rows, merges=merges))
    return report, report.reading.rows


def six(**changes):
    """Six rows of the framework in their order, some of them changed: `_3=...` is the third."""
    return [changes.get(f"_{n}", item(n, name)) for n, name in enumerate(NAMES, 1)]


def test_items_are_tied_by_the_names_of_the_framework():
    report, rows = rows_of(*six())
    assert [row["indicator"] for row in rows] == list(IDS)
    assert {row["tied_by"] for row in rows} == {"name"}
    assert rules_of(report) == []


def test_a_name_and_not_its_place_decides():
    _, rows = rows_of(item(1, NAMES[3]), item(2, NAMES[0]), item(3, NAMES[5]))
    assert [row["indicator"] for row in rows] == [IDS[3], IDS[0], IDS[5]]


def test_a_missing_number_is_found_by_order_and_said():
    report, rows = rows_of(*six(_3=item(None, NAMES[2])))
    assert [row["item"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert [(f["where"], f["expected"]) for f in report.findings if f["rule"] == "number_by_order"] == [
        ("附件1!5:5", "3")
    ]


def test_a_number_out_of_order_is_said_and_kept():
    report, rows = rows_of(item(2, NAMES[1]), item(1, NAMES[0]))
    assert [row["item"] for row in rows] == ["2", "1"]
    assert "number_out_of_order" in rules_of(report)


def test_rows_without_any_number_are_counted_from_the_top():
    _, rows = rows_of(*(item(None, name) for name in NAMES[:3]))
    assert [row["item"] for row in rows] == ["1", "2", "3"]


def test_numbers_that_the_texts_begin_with_are_their_numbers():
    _, rows = rows_of(*(item("一、经济运行", f"{n}、{name}") for n, name in enumerate(NAMES, 1)))
    assert [(row["item"], row["indicator"]) for row in rows] == [(str(n), IDS[n - 1]) for n in range(1, 7)]


def test_a_label_in_the_number_column_is_the_group_of_its_block():
    rows = [
        item("一、经济运行", f"1、{NAMES[0]}"),
        item(None, f"2、{NAMES[1]}"),
        item("二、园区", f"3、{NAMES[4]}"),
        item(None, f"4、{NAMES[5]}"),
    ]
    _, found = rows_of(*rows, merges=["A3:A4", "A5:A6"])
    assert [(row["item"], row["group"]) for row in found] == [
        ("1", "一、经济运行"),
        ("2", "一、经济运行"),
        ("3", "二、园区"),
        ("4", "二、园区"),
    ]


def test_several_lines_of_one_number_are_numbered_below_it():
    rows = [
        project(1, "城镇新增就业20000人", "人", 2270, 632, "27.84%"),
        project(2, "“一网通办”事项达到700项", "项", 700, 7, "1.00%"),
        project(None, "集成可应用的电子证照种类超过80类", "类", 80, 10, "12.50%"),
        project(None, "用户数突破136万人", "人", 190000, 97660, "51.40%"),
        project(3, "开展补贴性职业技能培训19000万人次", "人", 2400, 261, "10.88%"),
    ]
    _, found = rows_of(*rows, merges=["A4:A6"], title=PROJECT_TITLE, header=PROJECT_HEADER)
    assert [row["item"] for row in found] == ["1", "2.1", "2.2", "2.3", "3"]
    assert not any(row["part"] for row in found)


def test_printed_sub_numbers_stay():
    _, rows = rows_of(item("1.1", NAMES[0]), item("1.2", NAMES[1]), item("2", NAMES[2]))
    assert [row["item"] for row in rows] == ["1.1", "1.2", "2"]


def test_the_second_unit_of_a_merged_item_is_a_part_of_it():
    header = ("考核项目指标名称", "单位", "工作目标", "已完成数", "占年度任务之比", "备注")
    rows = [
        ("城镇新增就业", "县人社局", "2270人", "新增632人。", "27.84%", "进展有序"),
        (None, "县教体局", None, None, None, None),
        ("农村饮水安全保障", "县水利局", "2000万元", "1000万元", "50.00%", "进展有序"),
    ]
    merges = ["A3:A4", "C3:C4", "D3:D4", "E3:E4", "F3:F4"]
    _, found = rows_of(*rows, merges=merges, title="州重点民生实事项目", header=header)
    assert [(row["item"], row["part"], row["responsible"]) for row in found] == [
        ("1", False, "县人社局"),
        ("1", True, "县教体局"),
        ("2", False, "县水利局"),
    ]


def test_a_task_split_over_two_lines_with_one_status_is_one_item():
    rows = [item(1, NAMES[0]), item(2, NAMES[1]), (None, "其中民间投资增长5%。", None, "正在摸底。", None, None)]
    _, found = rows_of(*rows, merges=["A4:A5", "C4:C5", "E4:E5", "F4:F5"])
    assert [(row["item"], row["part"]) for row in found] == [("1", False), ("2", False), ("2", True)]


def test_a_lost_name_is_tied_by_its_place_when_the_others_hold_theirs():
    report, rows = rows_of(*six(_3=item(3, None)))
    assert (rows[2]["indicator"], rows[2]["tied_by"]) == (IDS[2], "position")
    assert "tied_by_position" in rules_of(report)


def test_a_lost_name_is_tied_to_nothing_when_the_others_stand_elsewhere():
    shuffled = [item(n, name) for n, name in enumerate(reversed(NAMES), 1)]
    report, rows = rows_of(*shuffled[:2], item(3, None), *shuffled[3:])
    assert (rows[2]["indicator"], rows[2]["tied_by"]) == (None, None)
    assert "unknown_indicator" in rules_of(report)


def test_a_lost_name_among_few_rows_is_tied_to_nothing():
    _, rows = rows_of(item(1, NAMES[0]), item(2, None))
    assert rows[1]["indicator"] is None


def test_a_readable_name_that_is_not_in_the_framework_stays_untied_in_any_place():
    report, rows = rows_of(*six(_3=item(3, "县城夜间灯光亮化率达到九成")))
    assert (rows[2]["state"], rows[2]["indicator"]) == ("accepted", None)
    (finding,) = (f for f in report.findings if f["rule"] == "unknown_indicator")
    assert (finding["where"], finding["found"]) == ("附件1!5:5", "县城夜间灯光亮化率达到九成")


def test_an_indicator_of_another_table_is_not_tied_here():
    _, rows = rows_of(*six(), item(7, "技术合同成交额2亿元"))
    assert rows[6]["indicator"] is None


def test_an_indicator_reported_twice_in_a_small_table_is_tied_to_neither():
    report, rows = rows_of(item(1, NAMES[0]), item(2, NAMES[0], "30%", "低于预期"))
    assert [row["indicator"] for row in rows] == [None, None]
    assert rules_of(report).count("indicator_twice") == 2


def test_an_indicator_reported_twice_in_an_ordered_table_is_tied_to_neither():
    report, rows = rows_of(*six(), item(7, NAMES[2], "30%", "低于预期"))
    assert [row["indicator"] for row in rows] == [*IDS[:2], None, *IDS[3:], None]
    assert rules_of(report).count("indicator_twice") == 2


def test_an_indicator_reported_in_two_tables_is_counted_for_neither():
    header = ["类别", "编号", "监测指标", "目标", "单位", "进展", "完成比例", "状态"]
    rows = [
        ("经济增长主动仗", 1, "地区生产总值", "7", "%", "同比增长5.2%", "/", "进展有序"),
        ("科技创新攻坚仗", 1, "技术合同成交额", "2", "亿元", "565万元", "2.8%", "进展滞后"),
        ("经济增长主动仗", 2, "地区生产总值", "8", "%", "同比增长5.2%", "/", "低于预期"),
    ]
    report = read(workbook("凤凰县2023年4月发展六仗月报", header, rows, sheet="月报"))
    assert {one["indicator"] for one in report.assessments} == {None, "innovation.technology_contracts"}
    assert rules_of(report).count("indicator_twice") == 2


def test_a_campaign_column_names_the_table_of_each_row():
    header = ["战役", "编号", "监测指标", "目标", "单位", "进展", "完成比例", "状态"]
    rows = [
        ("经济增长主动仗", 1, "地区生产总值", "7", "%", "同比增长5.2%", "/", "进展有序"),
        (None, 2, "固定资产投资", "79.4", "亿元", "16.6亿元", "20.9%", "低于预期"),
        ("科技创新攻坚仗", 1, "技术合同成交额", "2", "亿元", "565万元", "2.8%", "进展滞后"),
    ]
    _, found = rows_of(*rows, merges=["A3:A4"], title="凤凰县2023年4月发展六仗月报", header=header)
    assert [row["campaign"] for row in found] == ["growth", "growth", "innovation"]
    assert all(row["indicator"] for row in found)


def test_a_cell_without_a_task_says_so_where_the_status_is_blank():
    rows = [(1, "“徐特立项目”", "县教体局", "所", "未下指标", None, None, None, None)]
    _, found = rows_of(*rows, title=PROJECT_TITLE, header=PROJECT_HEADER)
    assert found[0]["status"] == "not_assigned"


def test_a_blank_status_stays_unknown_and_is_said():
    report, rows = rows_of(item(1, NAMES[0], "29%", None))
    assert (rows[0]["status"], rows[0]["state"]) == ("unknown", "accepted")
    assert rules_of(report) == ["status_blank"]


def test_a_cut_off_and_an_unreadable_status_are_said():
    report, rows = rows_of(item(1, NAMES[0], "/", "未完成时"), item(2, NAMES[1], "/", "水质"))
    assert [row["status"] for row in rows] == ["behind", "unknown"]
    assert [r for r in rules_of(report) if r.startswith("status_")] == ["status_cut", "status_unreadable"]


def test_a_lone_one_and_an_unsigned_ratio_are_said():
    report, rows = rows_of(item(1, NAMES[0], 1), item(2, NAMES[1], 0.29))
    assert [row["attainment"] for row in rows] == [None, 29.0]
    assert rules_of(report) == ["lone_one", "ratio_unsigned"]


def test_every_row_says_in_which_cells_it_stands():
    _, rows = rows_of(*six())
    assert (
        rows[1]["cells"]
        == '{"number":"A4","indicator":"B4","responsible":"C4","progress":"D4","attainment":"E4","status":"F4"}'
    )


def text_only(text):
    return None, text, None, None, None, None


def test_a_row_whose_own_text_names_another_indicator_is_no_part_of_the_item_above():
    report, rows = rows_of(item(1, NAMES[0]), text_only(NAMES[1]), item(2, NAMES[2]))
    assert [(row["indicator"], row["part"]) for row in rows] == [(IDS[0], False), (IDS[1], False), (IDS[2], False)]
    assert "joined_to_item_above" not in rules_of(report)


def test_a_row_of_text_alone_is_joined_to_the_item_above_and_this_is_said():
    report, rows = rows_of(item(1, NAMES[0]), text_only("其中高技术制造业增长5%。"), item(2, NAMES[1]))
    assert [(row["item"], row["part"]) for row in rows] == [("1", False), ("1", True), ("2", False)]
    (finding,) = (f for f in report.findings if f["rule"] == "joined_to_item_above")
    assert (finding["where"], finding["found"], finding["expected"]) == (
        "附件1!4:4",
        "其中高技术制造业增长5%。",
        "1",
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_exact_name_wins_over_a_row_that_only_contains_it(order):
    texts = ("固定资产投资", "固定资产投资项目入库")
    report, rows = rows_of(*(item(n, texts[i]) for n, i in enumerate(order, 1)))
    assert {row["indicator_text"]: row["indicator"] for row in rows} == {texts[0]: IDS[1], texts[1]: None}
    assert "indicator_twice" not in rules_of(report)


def test_of_two_rows_that_only_contain_a_name_neither_wins():
    report, rows = rows_of(item(1, "固定资产投资项目入库"), item(2, "固定资产投资项目开工"))
    assert [row["indicator"] for row in rows] == [None, None]
    assert rules_of(report).count("indicator_twice") == 2

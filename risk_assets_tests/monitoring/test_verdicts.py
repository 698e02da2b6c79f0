"""What an item's figures say of it by the formula of its target, held against what the county says."""

import pytest

from risk_assets.monitoring.attainment import attainment
from risk_assets.monitoring.schedule import due
from risk_assets_tests.builders import HEADER, TITLE, project, read, table_workbook
from risk_assets_tests.monitoring.test_assessing import assessed

LIVELIHOOD = ("序号", "量化考核指标", "当前完成情况", "备注")


def item(task, progress, ratio="/", status="进展有序", period="2023-04"):
    """All assessments of one item of 附件1: the whole first, then its components."""
    content = table_workbook(TITLE, HEADER, [(1, task, "县发改局", progress, ratio, status)])
    found = read(content, period=period)
    return found.assessments, [f["rule"] for f in found.findings]


def whole(*arguments, **named):
    return item(*arguments, **named)[0][0]


@pytest.mark.parametrize(
    ("measure", "direction", "target", "done", "start", "share"),
    [
        ("level", "ge", 12.0, 3.0, None, 25.0),
        ("yoy", "ge", 9.0, 8.0, None, 99.0826),
        ("level", "le", 4.3, 4.17, None, 103.1175),
        ("yoy", "le", -30.0, -40.0, None, 116.6667),
        ("level", "ge", 1100.0, 1025.0, 950.0, 50.0),
        ("level", "ge", 0.0, 3.0, None, None),
        ("level", "le", 5.0, 0.0, None, None),
        ("level", "ge", 950.0, 950.0, 950.0, None),
    ],
)
def test_attainment_follows_the_formula_of_its_target(measure, direction, target, done, start, share):
    found = attainment(measure, direction, target, done, start)
    assert found == (share if share is None else pytest.approx(share, abs=1e-4))


def test_the_schedule_is_the_share_of_the_year_that_is_over():
    assert (due("linear", "2023-03"), due("linear", "2023-12")) == (25.0, 100.0)
    assert due("linear", "2023-04") == pytest.approx(100 / 3)


@pytest.mark.parametrize(
    ("progress", "schedule", "status"),
    [
        ("1-3月完成投资22.7亿元。", 25.0, "on_track"),
        ("1-3月完成投资20亿元。", 25.0, "behind"),
        ("1-4月完成投资30亿元。", 100 / 3, "on_track"),
        ("1-4月完成投资22.7亿元。", 100 / 3, "behind"),
        ("1-4月完成投资90.5亿元。", 100 / 3, "done"),
        ("1-4月完成投资29.3亿元。", 100 / 3, "on_track"),  # 32.4%: within the tolerance of a point
        ("1-4月完成投资29.0亿元。", 100 / 3, "behind"),
    ],
)
def test_an_amount_is_held_against_the_schedule_at_the_end_of_its_own_period(progress, schedule, status):
    row = whole("重点项目投资90.5亿元", progress)
    assert (row["schedule"], row["status_computed"]) == (pytest.approx(schedule), status)


@pytest.mark.parametrize(
    ("progress", "status", "share"),
    [
        ("1-3月增长7.1%。", "on_track", 100.0935),
        ("1-3月增长7%。", "on_track", 100.0),
        ("1-3月增长5.2%。", "behind", 98.3178),
        ("1-3月下降0.5%。", "behind", 92.9907),
    ],
)
def test_growth_is_held_against_its_target_as_it_stands_and_has_no_schedule(progress, status, share):
    row = whole("地区生产总值增长7%", f"地区生产总值23.6亿元，{progress}")
    assert (row["status_computed"], row["schedule"]) == (status, None)
    assert row["attainment_computed"] == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(
    ("status", "progress", "verdict"),
    [
        ("进展有序", "1-4月完成投资10亿元。", "reported_higher"),
        ("完成年度任务", "1-4月完成投资40亿元。", "reported_higher"),
        ("低于预期", "1-4月完成投资40亿元。", "reported_lower"),
        ("前期准备", "1-4月完成投资40亿元。", "reported_lower"),
        ("前期准备", "1-4月完成投资10亿元。", "consistent"),
        ("预计完成年度任务", "1-4月完成投资40亿元。", "consistent"),
        ("预计完成年度任务", "1-4月完成投资10亿元。", "reported_higher"),
        ("进展有序", "1-4月完成投资40亿元。", "consistent"),
        ("未下指标", "1-4月完成投资40亿元。", "undecidable"),
        ("无此项", "1-4月完成投资40亿元。", "undecidable"),
        (None, "1-4月完成投资40亿元。", "undecidable"),
    ],
)
def test_what_the_county_says_is_held_against_what_its_figures_say(status, progress, verdict):
    row = whole("重点项目投资90.5亿元", progress, status=status)
    assert row["verdict"] == verdict
    assert row["why"]


def test_growth_that_meets_its_target_may_be_called_done():
    assert whole("地区生产总值增长7%", "1-4月增长8%。", status="已完成")["verdict"] == "consistent"


def test_a_difference_is_a_question_and_changes_neither_column():
    rows, rules = item("重点项目投资90.5亿元", "1-4月完成投资10亿元。")
    assert (rows[0]["status_reported"], rows[0]["status_computed"]) == ("on_track", "behind")
    assert rows[0]["tasks_on_track"] == 1
    assert "status_above_figures" in rules
    assert rows[0]["why"] == "完成11.0%，截至4月应完成33.3%（容差1个百分点），按数为滞后，上报进展有序"


@pytest.mark.parametrize(
    ("task", "progress", "why"),
    [
        ("支持古城创成国家5A级旅游景区", "已迎检。", "目标是节点任务"),
        ("重点项目投资90.5亿元", "暂无。", "没有可比的完成数"),
        ("重点项目投资90.5亿元", "2022年完成投资80亿元。", "不是本年累计"),
        ("重点项目投资90.5亿元", "4月完成投资8亿元。", "不是本年累计"),
        ("重点项目投资90.5亿元", "1-4月完成投资30亿元；1-4月重点项目完成投资31亿元。", "有几个可比的数"),
        ("重点项目投资90.5亿元", "有3亿元资金在走程序。", "没有写明是完成数"),
    ],
)
def test_what_cannot_be_decided_is_told_with_its_reason(task, progress, why):
    row = whole(task, progress)
    assert (row["verdict"], row["status_computed"], row["attainment_computed"]) == ("undecidable", None, None)
    assert why in row["why"]


def test_a_figure_that_the_printed_ratio_proves_is_taken_though_its_words_do_not_say_that_it_is_done():
    row = whole("招商引资到位资金34亿元", "1-4月预计招商到位资金13.12亿元，其中4月3.96亿元。", "38.59%")
    assert row["attainment_computed"] == pytest.approx(38.588, abs=1e-3)
    assert row["ratio_check"] == "equal"


def test_the_printed_ratio_stands_where_no_figure_does():
    row = whole("重点项目投资90.5亿元", "按计划推进。", "29.00%")
    assert (row["attainment_computed"], row["status_computed"]) == (None, "behind")
    assert row["why"].startswith("上报比例完成29.0%")


def test_an_item_with_two_targets_is_behind_as_soon_as_one_of_them_is():
    rows, _ = item("固定资产投资79.4亿元，增长10%", "1-4月固定资产投资完成40亿元，同比增长5%。", status="低于预期")
    assert {r["component"]: r["status_computed"] for r in rows} == {
        "": "behind",
        "level": "on_track",
        "growth": "behind",
    }
    assert [r["tasks"] for r in rows] == [1, 0, 0]
    growth = next(r for r in rows if r["component"] == "growth")
    assert (growth["value"], growth["value_unit"], growth["growth"]) == (4e9, "元", 5.0)


def test_a_standard_that_is_not_reached_yet_has_no_schedule():
    _, (row,) = assessed(
        project(1, "散居孤儿从950元/月提高到1100元/月", "元/月", "从950元/月提高到1100元/月", "/", "/")
    )
    assert (row["status_computed"], row["verdict"]) == (None, "undecidable")


def test_a_line_of_many_tasks_is_counted_and_not_judged():
    rows = [(1, "实施办事效率提升行动", "共有37项任务清单,其中已完成年度任务6项,稳步推进31项。", None)]
    (row,) = read(table_workbook("凤凰县打好优化发展环境持久仗重要指标监测表", LIVELIHOOD, rows)).assessments
    assert (row["verdict"], row["status_computed"]) == ("undecidable", None)


def test_without_a_month_nothing_is_held_against_a_schedule():
    row = (1, "重点项目投资90.5亿元", "局", "完成投资30亿元。", "/", "进展有序")
    content = table_workbook("打好经济增长主动仗重要指标监测表", HEADER, [row])
    (found,) = read(content, period=None).assessments
    assert (found["schedule"], found["status_computed"]) == (None, None)


@pytest.mark.parametrize(
    ("task", "target", "share", "status"),
    [
        ("城镇登记失业率低于", 4.3, 103.1175, "on_track"),
        ("城镇登记失业率", "4.3%以内", 103.1175, "on_track"),
        ("城镇登记失业率不超过", 4.1, 98.3213, "behind"),
    ],
)
def test_what_is_to_stay_below_its_target_is_held_the_other_way_round(task, target, share, status):
    _, (row,) = assessed(project(1, task, "%", target, 4.17, "/"))
    assert row["attainment_computed"] == pytest.approx(share, abs=1e-3)
    assert (row["status_computed"], row["direction"]) == (status, "le")


def test_growth_over_the_last_years_end_is_not_held_against_a_target_of_growth_over_the_year_before():
    row = whole("市场主体总量增长6%以上", "现有市场主体总量26909户，比上年末增长2.82%。")
    assert (row["attainment_computed"], row["verdict"]) == (None, "undecidable")
    assert "对比基期" in row["why"]


def test_a_number_in_the_task_is_no_target_where_the_table_has_a_column_of_targets():
    _, rows = assessed(
        project(1, "城镇新增就业20000人", "人", 2270, 632, "27.84%"),
        project(2, "“一网通办”事项达到700项", "项", None, None, None),
    )
    assert [row["target_value"] for row in rows] == [2270.0, None]


@pytest.mark.parametrize("target", ["≥92", "不低于92", "92以上", "92", "92%", "≥92%"])
@pytest.mark.parametrize(("task", "done"), [("空气质量优良率", 80), ("某某覆盖率", 80)])
def test_a_rate_whose_unit_stands_in_its_column_is_held_as_it_stands(task, target, done):
    _, (row,) = assessed(project(1, task, "%", target, done, "/"))
    assert (row["status_computed"], row["schedule"]) == ("behind", None)


def test_a_standard_that_is_reached_is_done():
    _, (row,) = assessed(project(1, "城市低保标准", "元/月", 650, 660, "/"))
    assert (row["status_computed"], row["attainment_computed"]) == ("done", pytest.approx(101.538, abs=1e-3))


def test_kilometres_are_metres_however_they_are_written():
    values = {
        assessed(project(1, "农村公路提质改造", unit, 48, 33.1, "/"))[1][0]["done_value"]
        for unit in ("公里", "km", "KM")
    }
    assert values == {33100.0}

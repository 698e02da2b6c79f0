import pytest

from risk_assets.contracts.tables import TARGET_KINDS
from risk_assets.monitoring.targets import read_target
from risk_assets_tests.builders import HEADER, TITLE, inspected, read, table_workbook

FRAMEWORK = "2023"
EXAMPLES = [
    ("level", "", "新建停车场6个", [(6, "个", "level", "eq", "ge", None, None)]),
    ("level", "", "引进重点项目不少于3个", [(3, "个", "level", "ge", "ge", None, None)]),
    ("growth", "growth.gdp", "地区生产总值增长7%左右", [(7, "%", "yoy", "approx", "ge", None, None)]),
    (
        "both",
        "growth.fixed_asset_investment",
        "固定资产投资80亿元，增长10%以上",
        [(80, "亿元", "level", "eq", "ge", None, None), (10, "%", "yoy", "ge", "ge", None, None)],
    ),
    (
        "paired",
        "growth.tourism",
        "接待游客900万人次、旅游收入88亿元",
        [(900, "万人次", "level", "eq", "ge", None, None), (88, "亿元", "level", "eq", "ge", None, None)],
    ),
    (
        "paired",
        "growth.deposits_and_loans",
        "存贷款余额分别增长9%、12%",
        [(9, "%", "yoy", "eq", "ge", None, None), (12, "%", "yoy", "eq", "ge", None, None)],
    ),
    ("from_to", "", "护理补贴从75元/月提高到120元/月", [(120, "元/月", "level", "eq", "ge", 75, None)]),
    ("from_to", "", "低保标准由不低于600元/月提高到不低于650元/月", [(650, "元/月", "level", "ge", "ge", 600, None)]),
    ("from_to", "", "办理时间从30天压缩到12天", [(12, "天", "level", "eq", "le", 30, None)]),
    ("stretch", "", "研发投入增长12%以上，力争达到15%", [(12, "%", "yoy", "ge", "ge", None, 15)]),
    ("cap", "", "森林火灾受害率控制在0.9‰以内", [(0.9, "‰", "level", "le", "le", None, None)]),
    ("cap", "", "较大事故不超过1起", [(1, "起", "level", "le", "le", None, None)]),
    ("reduction", "", "火灾起数同比减少30%以上", [(-30, "%", "yoy", "ge", "le", None, None)]),
    ("milestone", "", "创成省级园林县城", []),
    ("words", "", "持续加强风险监测", []),
]


@pytest.mark.parametrize(("kind", "indicator", "text", "expected"), EXAMPLES, ids=[e[2] for e in EXAMPLES])
def test_a_target_says_its_kind_its_values_and_its_direction(kind, indicator, text, expected):
    read, targets = read_target(text, indicator, FRAMEWORK)
    assert read == kind
    assert [
        (t.value, t.unit, t.measure, t.bound, t.direction, t.from_value, t.stretch_value) for t in targets
    ] == expected


def test_every_kind_has_an_example():
    assert {kind for kind, *_ in EXAMPLES} == set(TARGET_KINDS)


def test_the_values_of_a_paired_target_are_those_of_its_components():
    _, targets = read_target("接待游客900万人次、88亿元", "growth.tourism", FRAMEWORK)
    assert [one.component for one in targets] == ["visitors", "revenue"]


def test_a_hidden_target_has_no_value_and_is_one_all_the_same():
    kind, (target,) = read_target("化解隐性债务****万元", "", FRAMEWORK)
    assert (kind, target.value, target.unit) == ("level", None, "万元")


def test_reading_a_file_tells_what_its_targets_ask_for():
    rows = [(1, "地区生产总值增长7%", "县发改局", "1-4月增长5.2%", "/", "进展有序")]
    found = inspected(table_workbook(TITLE, HEADER, rows))
    (row,) = found["rows"]
    assert row["target_kind"] == "growth"
    assert [(one["value"], one["component"]) for one in row["targets"]] == [(7, "growth")]


def task(number, words):
    return number, words, "局", "/", "/", "进展有序"


def rows_of(*rows):
    targets = read(table_workbook(TITLE, HEADER, rows)).targets
    return [(t["indicator"], t["component"], t["kind"], t.get("base_value"), t["source"]) for t in targets]


def test_the_targets_of_a_report_are_rows_one_a_value():
    assert rows_of(task(1, "固定资产投资79.4亿元,增长10%"), task(2, "地区生产总值增长7%")) == [
        ("growth.fixed_asset_investment", "level", "both", 7.94e9, "own"),
        ("growth.fixed_asset_investment", "growth", "both", 10.0, "own"),
        ("growth.gdp", "growth", "growth", 7.0, "own"),
    ]


def test_a_milestone_is_a_row_without_a_value():
    found = rows_of(task(1, "支持古城创成国家5A级旅游景区"), task(2, "地区生产总值增长7%"))
    assert found[0][2:4] == ("milestone", None)


def test_what_a_city_sets_for_its_counties_is_assigned():
    header = ("县市区", "重点项目投资年度目标(亿元)", "重点项目投资完成(亿元)")
    rows = [("凤凰县", 90.5, 26.2), ("花垣县", 80, 20), ("保靖县", 70, 30)]
    report = read(table_workbook("湘西州2023年4月重点项目投资情况表", header, rows), area="433100")
    found = {t["area"]: (t["indicator"], t["value"], t["unit"], t["source"]) for t in report.targets}
    assert found["433123"] == ("growth.key_project_investment", 90.5, "亿元", "assigned")
    assert {one[3] for one in found.values()} == {"assigned"}

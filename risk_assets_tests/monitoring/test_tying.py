"""A figure belongs to the indicator of its row or to the name beside it, and to one component; else to none."""

import pytest

from risk_assets.language.figures import Context, figures_in
from risk_assets.language.text import folded
from risk_assets.monitoring.owning import owners
from risk_assets.monitoring.tying import Prose, Row, components
from risk_assets_tests.builders import COUNTY, HEADER, TITLE, inspected, table_workbook, text_file

FRAMEWORK = "2023"


def of_row(indicator, text, task="", role="actual", measure="level"):
    """Components of the figures of a cell in the row of an indicator; `""` for those of none."""
    quantities = figures_in(text, Context(role=role, measure=measure, month="2023-04", year=2023)).quantities
    ties = Row(indicator, FRAMEWORK, task).tie(folded(text), quantities)
    assert {tie.indicator for tie in ties} <= {indicator}
    return [(one.quote, tie.component) for one, tie in zip(quantities, ties, strict=True)]


def of_prose(text):
    """Indicators and components of the figures of a paragraph, joined by a stroke; `""` for those of none."""
    quantities = figures_in(text, Context(month="2023-05", year=2023)).quantities
    ties = Prose(FRAMEWORK).tie(folded(text), quantities)
    return [
        (one.quote, f"{tie.indicator}/{tie.component}".strip("/")) for one, tie in zip(quantities, ties, strict=True)
    ]


def whose(text, area=COUNTY):
    quantities = figures_in(text, Context()).quantities
    told = owners(folded(text), quantities, area)
    return [(q.quote, one and one.name, one and one.area) for q, one in zip(quantities, told, strict=True)]


PEOPLE_AND_MONEY = "growth.tourism"
SAVINGS = "growth.deposits_and_loans"
INCOME = "growth.disposable_income"
TARGETS = [
    (PEOPLE_AND_MONEY, "接待游客1400万人次、145亿元", ["visitors", "revenue"]),
    (PEOPLE_AND_MONEY, "实现旅游收入145亿元，接待游客1400万人次", ["revenue", "visitors"]),
    (SAVINGS, "金融机构本外币存、贷款余额分别增长11%、13%", ["deposits", "loans"]),
    (SAVINGS, "贷款余额增长13%，存款余额增长11%", ["loans", "deposits"]),
    (INCOME, "城乡居民人均可支配收入分别增长6.5%、9%", ["urban", "rural"]),
    (INCOME, "农村居民人均可支配收入增长9%以上，城镇居民增长6.5%以上", ["rural", "urban"]),
    ("growth.fixed_asset_investment", "固定资产投资79.4亿元，增长9%", ["level", "growth"]),
    ("growth.retail_sales", "社会消费品零售总额增长8%，达到33亿元", ["growth", "level"]),
    ("growth.gdp", "地区生产总值增长7%", ["growth"]),
    ("growth.park_investment_attracted", "园区招商到位资金12亿元，占全县总量的62%", ["amount", "share"]),
    ("growth.contract_fulfilment", "省签项目履约率85%以上，州级签约项目履约率75%以上", ["province", "prefecture"]),
    ("growth.old_neighbourhoods_shantytowns", "改造城镇老旧小区6个，棚户区120户", ["neighbourhoods", "shantytowns"]),
    (
        "livelihood.prefecture_forest_fire_facilities",
        "新建防火阻隔带12公里、消防水池6个，配备无人机2台、巡护车1辆",
        ["firebreaks", "ponds", "drones", "vehicles"],
    ),
    ("livelihood.prefecture_disabled_day_care", "集中托养20人，居家托养150人", ["institutional", "home"]),
    ("livelihood.prefecture_charging_points", "公共直流充电桩40个，交流充电桩25个", ["dc", "ac"]),
]
PROGRESS = [
    (
        PEOPLE_AND_MONEY,
        "接待游客412.5万人次，同比增长36.8%；实现旅游收入40.7亿元，同比增长41.2%。",
        ["visitors", "visitors", "revenue", "revenue"],
    ),
    (PEOPLE_AND_MONEY, "接待游客人数和旅游总收入分别增长36.8%、41.2%。", ["visitors", "revenue"]),
    (SAVINGS, "存款余额较年初增长6.4%，贷款余额较年初增长5.1%。", ["deposits", "loans"]),
    (
        INCOME,
        "城镇居民人均可支配收入9120元，增长6%；农村居民人均可支配收入3980元，增长8.3%。",
        ["urban", "urban", "rural", "rural"],
    ),
    (
        "growth.fixed_asset_investment",
        "完成26.2亿元，占年度任务的33%，同比增长11.4%。",
        ["level", "level", "growth"],
    ),
    (
        "growth.park_investment_attracted",
        "到位资金4.1亿元，在全县总量中占比58.5%，完成年度任务的34.2%。",
        ["amount", "share", "amount"],
    ),
    ("growth.market_entities", "市场主体总量达21300户，较年初增长4.2%。", ["level", "growth"]),
    ("growth.contract_fulfilment", "省级签约项目6个，履约率83.3%。", ["", "province"]),
]


@pytest.mark.parametrize(("indicator", "text", "expected"), TARGETS)
def test_each_figure_of_a_target_has_its_component(indicator, text, expected):
    assert [component for _, component in of_row(indicator, text, role="target")] == expected


@pytest.mark.parametrize(("indicator", "text", "expected"), PROGRESS)
def test_each_figure_of_progress_has_its_component(indicator, text, expected):
    assert [component for _, component in of_row(indicator, text)] == expected


@pytest.mark.parametrize(
    ("indicator", "component"),
    [
        ("growth.park_investment_attracted", "amount"),
        ("growth.fixed_asset_investment", "level"),
        ("growth.key_project_investment", "level"),
    ],
)
def test_a_share_of_the_task_belongs_to_the_amount_that_is_the_task(indicator, component):
    assert of_row(indicator, "33.5%", measure="attainment") == [("33.5%", component)]


def test_a_share_of_the_task_of_which_nobody_says_whose_has_no_component():
    assert of_row(PEOPLE_AND_MONEY, "29.5%", measure="attainment") == [("29.5%", "")]


@pytest.mark.parametrize(
    "text", ["列全州第3位", "增速比上月回落1.2个百分点", "纳统项目42个", "用地180亩", "环比增长3%"]
)
def test_what_measures_something_else_has_no_component(text):
    assert [component for _, component in of_row("growth.fixed_asset_investment", text)] == [""]


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        ("livelihood.prefecture_charging_points", "建成充电桩40个"),
        (INCOME, "增长7.7%"),
        (SAVINGS, "同比增长5.9%"),
        ("growth.contract_fulfilment", "履约率80%"),
    ],
)
def test_of_several_components_none_is_guessed(indicator, text):
    assert [component for _, component in of_row(indicator, text)] == [""]


@pytest.mark.parametrize("word", ["申报", "拟新增", "谋划", "摸底", "洽谈"])
def test_what_is_only_begun_is_not_what_the_task_asks_for(word):
    indicator, task = "growth.new_service_enterprises", "新增规模以上服务业企业4家"
    assert of_row(indicator, f"{word}企业2家，新增1家", task) == [("2家", ""), ("1家", "level")]


def test_where_the_task_is_to_begin_it_counts():
    assert of_row("growth.industry_town", "申报2个", "申报省级产业强镇2个") == [("2个", "level")]


def test_a_row_without_an_indicator_ties_nothing():
    quantities = figures_in("完成2亿元").quantities
    assert [(tie.indicator, tie.component) for tie in Row("", FRAMEWORK).tie("完成2亿元", quantities)] == [("", "")]


NEAREST = [
    (
        "1-5月，固定资产投资26.2亿元，同比增长11.4%。",
        ["growth.fixed_asset_investment/level", "growth.fixed_asset_investment/growth"],
    ),
    ("地区生产总值增长5%，规模工业增加值增长6%。", ["growth.gdp/growth", "growth.industrial_value_added/growth"]),
    ("地区生产总值和规模工业增加值增长6%。", ["growth.industrial_value_added/growth"]),
    ("城镇新增就业稳定，实际利用外资120万美元。", ["growth.foreign_investment_used/level"]),
    ("组织4次专项排查行动。", ["risk.fundraising_checks/level"]),
    ("对65个地灾隐患点加装监测设备。", ["risk.geohazard_monitored/level"]),
    ("累计接种新冠疫苗812300剂次，报告新冠病毒感染病例530例。", ["risk.covid_doses/level", "risk.covid_cases/level"]),
    ("组建90支水库应急抢险队伍，落实抢险队员3500人。", ["risk.flood_teams/level", "risk.flood_rescuers/level"]),
    ("开展防汛业务知识培训18场、抢险演练66场。", ["risk.flood_training/level", "risk.rescue_drills/level"]),
    ("发布自然灾害预警4次；启动地质灾害Ⅳ级响应2次。", ["risk.hazard_warnings/level", "risk.geohazard_responses/level"]),
]  # fmt: skip
CARRIED = [
    (
        "截至5月底，全县商品房库存60万平方米，共5200套，去化周期30个月。",
        ["risk.housing_stock/area", "risk.housing_stock/homes", "risk.housing_stock/months"],
    ),
    (
        "其中住宅40万平方米，共3900套，去化周期22个月。非住宅库存20万平方米，去化周期110个月。",
        ["risk.housing_stock_residential/area", "risk.housing_stock_residential/homes",
         "risk.housing_stock_residential/months", "risk.housing_stock_other/area", "risk.housing_stock_other/months"],
    ),
    (
        "发布森林火险预警15次，其中黄色预警12次，橙色预警2次，红色预警1次。",
        [f"risk.forest_fire_warnings/{component}" for component in ("all", "yellow", "orange", "red")],
    ),
    ("商品房销售面积10万平方米，共900套。", ["risk.housing_sales/area", "risk.housing_sales/homes"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NEAREST)
def test_in_prose_the_nearest_name_before_a_figure_or_right_behind_it_counts(text, expected):
    assert [tied for _, tied in of_prose(text)] == expected


@pytest.mark.parametrize(("text", "expected"), CARRIED)
def test_a_figure_without_a_name_goes_on_with_the_one_before(text, expected):
    assert [tied for _, tied in of_prose(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "固定资产投资稳定。完成26.2亿元，增长5%。",
        "固定资产投资26.2亿元。完成技改12.1亿元。",
        "商品房库存60万平方米。共5200套，去化周期30个月。",
    ],
)
def test_a_name_does_not_reach_into_the_next_sentence(text):
    behind = figures_in(text).quantities
    first = text.index("。")
    tied = of_prose(text)
    assert [name for one, (_, name) in zip(behind, tied, strict=True) if one.start > first] == [""] * sum(
        one.start > first for one in behind
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("地区生产总值23.6亿元，财政收入1.2亿元，税收8000万元。", ["growth.gdp/level", "", ""]),
        ("固定资产投资26.2亿元，其中工业投资12.1亿元。", ["growth.fixed_asset_investment/level", ""]),
        ("实际利用外资120万美元，引进项目6个。", ["growth.foreign_investment_used/level", ""]),
    ],
)
def test_a_figure_of_something_else_in_the_sentence_does_not_go_on_with_the_one_before(text, expected):
    assert [tied for _, tied in of_prose(text)] == expected


def test_the_subject_before_a_colon_holds_for_the_whole_paragraph_where_a_component_is_named():
    text = "加装电梯：任务数是12台，完成联合审批7台。正在建设4台，已签协议未动工3台。投入资金90万元。"
    assert [tied for _, tied in of_prose(text)] == [
        "risk.elevators/task", "risk.elevators/approved", "risk.elevators/building", "risk.elevators/signed", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "新开工项目12个，到位资金3亿元。",
        "农村居民增长8%。",
        "固定资产投资项目42个。",
        "森林火险预警信息覆盖率98%。",
        "抢险队员补贴30万元。",
    ],
)
def test_what_is_unclear_stays_untied(text):
    assert {tied for _, tied in of_prose(text)} == {""}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("凤凰产业开发区完成技工贸总收入12.6亿元", [("12.6亿元", "凤凰产业开发区", "433123-Z01")]),
        ("其中，凤凰产业开发区规模工业增加值增长9.1%", [("9.1%", "凤凰产业开发区", "433123-Z01")]),
        ("泸溪高新区完成投资3亿元", [("3亿元", "泸溪高新区", None)]),
        ("全县完成26.2亿元，花垣县完成30亿元", [("26.2亿元", None, None), ("30亿元", "花垣县", "433124")]),
        ("凤凰县完成26.2亿元", [("26.2亿元", None, None)]),
        ("湘西州下达任务5个", [("5个", None, None)]),
        ("列湘西州第3位", [("第3位", None, None)]),
        ("与吉首市、花垣县签订协议3份", [("3份", None, None)]),
        ("县经开区入驻企业40家", [("40家", None, None)]),
        ("各产业园区完成投资3亿元", [("3亿元", None, None)]),
        (
            "凤凰产业开发区完成3亿元。全县完成26.2亿元",
            [("3亿元", "凤凰产业开发区", "433123-Z01"), ("26.2亿元", None, None)],
        ),
    ],
)  # fmt: skip
def test_a_figure_of_another_entity_says_whose_it_is(text, expected):
    assert whose(text) == expected


def test_a_figure_of_another_county_is_not_tied_and_one_of_the_countys_own_zone_is():
    lines = (
        "凤凰县2023年1-4月工作情况汇报",
        "1-4月，固定资产投资增长5%，花垣县固定资产投资增长9%。",
        "凤凰产业开发区技工贸总收入12.6亿元。",
    )
    found = inspected(text_file(*lines), "汇报.txt")
    assert [(one["quote"], one["indicator_id"], one["area"], one["entity"]) for one in found["observations"]] == [
        ("5%", "growth.fixed_asset_investment", COUNTY, None),
        ("9%", None, "433124", "花垣县"),
        ("12.6亿元", "growth.park_revenue", "433123-Z01", "凤凰产业开发区"),
    ]


def test_in_a_table_the_row_says_the_indicator_whatever_the_cell_names():
    row = (2, "固定资产投资79.4亿元", "县发改局", "地区生产总值稳定，完成26.2亿元。", "33%", "进展有序")
    found = inspected(table_workbook(TITLE, HEADER, [row]))
    assert {one["indicator_id"] for one in found["observations"]} == {"growth.fixed_asset_investment"}


def test_every_component_has_a_unit_and_several_of_one_unit_have_words():
    for indicator, parts in components(FRAMEWORK).items():
        kinds = [(part.unit, part.measure) for part in parts]
        assert all(part.unit for part in parts), indicator
        for part in parts:
            if kinds.count((part.unit, part.measure)) > 1:
                assert part.words, f"{indicator}/{part.id}"

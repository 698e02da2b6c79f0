"""Figures of one report are held against each other where it tells all of them for one period, and only there."""

import pytest

from risk_assets.monitoring.figures import common_phrases
from risk_assets_tests.builders import HEADER, TITLE, inspected, letter_and_table, read, table_workbook, text_file, told

HEAD = "凤凰县2023年1-5月防范化解风险工作情况汇报"
SALES = "1-5月，全县商品房销售面积10万平方米，共900套。"
WHOLE = "截至5月底，商品房库存60.5万平方米，共5200套，去化周期30个月。"
PARTS = "其中住宅库存40.3万平方米，共3900套，去化周期22.5个月；非住宅库存20.2万平方米，共1300套，去化周期91个月。"


def report(*lines):
    return inspected(text_file(HEAD, *lines), "汇报.txt")


def differing(*lines):
    return [found for _, found in told(report(*lines), "parts_differ")]


def slow(*lines):
    return [found for _, found in told(report(*lines), "clearance_differs")]


def test_parts_that_add_up_are_no_question():
    assert differing(SALES, WHOLE + PARTS) == []


def test_parts_that_do_not_add_up_are_told_with_their_sum_and_line():
    found = report(SALES, WHOLE + PARTS.replace("20.2万平方米", "21.2万平方米"))
    (question,) = (one for one in found["findings"] if one["rule"] == "parts_differ")
    assert (question["found"], question["where"]) == ("60.5万平方米", "第3行")
    assert question["expected"] == "40.3万平方米＋21.2万平方米＝61.5"
    assert question["severity"] == "warning"


def test_each_whole_is_held_against_its_own_parts():
    assert differing(SALES, WHOLE + PARTS.replace("1300套", "1310套")) == ["5200套"]
    assert differing("发布森林火险预警15次，其中黄色预警12次，橙色预警2次，红色预警2次。", WHOLE) == ["15次"]
    assert differing("发布森林火险预警15次，其中黄色预警12次，橙色预警2次，红色预警1次。", WHOLE) == []


@pytest.mark.parametrize(
    ("whole", "parts", "differs"),
    [
        ("60.5万平方米", ("40.3万平方米", "20.2万平方米"), False),
        ("60.5万平方米", ("40.25万平方米", "20.25万平方米"), False),
        ("60.50万平方米", ("40.25万平方米", "20.24万平方米"), True),
        ("60.5万平方米", ("40.3万平方米", "20.3万平方米"), True),
        ("60.5万平方米", ("403000平方米", "202000平方米"), False),
        ("60.5万平方米", ("403000平方米", "302000平方米"), True),
    ],
)
def test_parts_are_compared_in_the_digits_that_are_printed_and_in_one_unit(whole, parts, differs):
    lines = f"商品房库存{whole}。其中住宅库存{parts[0]}，非住宅库存{parts[1]}。"
    assert differing("截至5月底，" + lines, SALES) == ([whole] if differs else [])


@pytest.mark.parametrize(
    "lines",
    [
        ("截至5月底，商品房库存60.5万平方米。其中住宅库存40.3万平方米。", SALES),
        ("截至5月底，商品房库存60.5万平方米。截至4月底，住宅库存40.3万平方米，非住宅库存30.2万平方米。", SALES),
        ("截至5月底，商品房库存****万平方米。其中住宅库存40.3万平方米，非住宅库存30.2万平方米。", SALES),
        ("截至5月底，住宅库存40.3万平方米，非住宅库存30.2万平方米。", SALES),
        (
            "截至5月底，商品房库存60.5万平方米。其中住宅库存40.3万平方米，非住宅库存30.2万平方米。",
            "截至5月底，住宅库存41.3万平方米。",
        ),
    ],
    ids=["a part is missing", "another period", "the whole is hidden", "no whole", "a part is told twice"],
)
def test_parts_that_cannot_be_compared_are_no_question(lines):
    assert differing(*lines) == []


def test_a_target_is_no_whole_of_what_is_reported():
    lines = ("下一步，商品房库存控制在50万平方米以内。", PARTS)
    assert differing(*lines, "截至5月底，其他正常。") == []


def test_a_clearance_period_that_fits_stock_and_sales_is_no_question():
    assert slow("1-5月，商品房销售面积10万平方米。", "截至5月底，商品房库存60万平方米，去化周期30个月。") == []


@pytest.mark.parametrize("months", ["20", "40", "300"])
def test_a_clearance_period_that_does_not_fit_sales_is_told_with_them(months):
    found = report("1-5月，商品房销售面积10万平方米。", f"截至5月底，商品房库存60万平方米，去化周期{months}个月。")
    (question,) = (one for one in found["findings"] if one["rule"] == "clearance_differs")
    assert (question["found"], question["where"]) == (f"{months}个月", "第3行")
    assert question["expected"] == "月均销售 2.000 万平方米"


@pytest.mark.parametrize(("months", "differs"), [("28", False), ("32", False), ("26", True), ("34", True)])
def test_a_clearance_period_may_lie_a_tenth_off(months, differs):
    lines = ("1-5月，商品房销售面积10万平方米。", f"截至5月底，商品房库存60万平方米，去化周期{months}个月。")
    assert bool(slow(*lines)) is differs


def test_the_clearance_periods_of_the_parts_are_held_against_that_of_all():
    whole = "截至5月底，商品房库存60万平方米，去化周期30个月。"
    fits = "其中住宅库存40万平方米，去化周期25个月；非住宅库存20万平方米，去化周期50个月。"
    assert slow(whole, fits) == []
    assert slow(whole, fits.replace("50个月", "20个月")) == ["30个月"]


@pytest.mark.parametrize(
    "lines",
    [
        ("截至5月底，商品房库存60万平方米，去化周期30个月。",),
        ("1-5月，商品房销售面积10万平方米。", "截至5月底，商品房库存60万平方米。"),
        ("1-5月，商品房销售面积10万平方米。", "截至5月底，商品房去化周期40个月。"),
        ("截至5月底，商品房销售面积10万平方米，商品房库存60万平方米，去化周期40个月。",),
        ("1-5月，商品房销售面积10万平方米。", "截至5月底，商品房库存60万平方米，去化周期0个月。"),
    ],
    ids=["no sales", "no clearance period", "no stock", "sales of no span", "zero months"],
)
def test_a_clearance_period_without_what_it_is_made_of_is_no_question(lines):
    assert slow(*lines, "新建停车场3个。") == []


def test_numbers_that_nobody_understands_are_one_finding_with_the_commonest_phrases_first():
    rows = [(n, "固定资产投资79.4亿元", "县发改局", f"组建队伍{n} 92支。", "/", "进展有序") for n in (2, 3)]
    found = inspected(
        table_workbook(TITLE, HEADER, [*rows, (4, "重点项目", "县发改局", "全县增长1 1%。", "/", "进展有序")])
    )
    ((where, said),) = told(found, "figures_unread")
    assert where == "附件1!3:3"
    assert said.startswith("6 处：…组建队伍# ##支。…（4 处）")
    assert said.endswith("…全县增长# #%。…（2 处）")
    assert len(found["not_understood"]) == 6


def test_a_report_of_which_every_number_is_understood_has_no_such_finding():
    assert told(report(SALES, WHOLE + PARTS), "figures_unread") == []


def test_phrases_are_counted_without_their_digits():
    assert common_phrases(["共12人", "共34人", "共5人", "计6户"], 2) == [("共##人", 2), ("共#人", 1)]
    assert common_phrases([], 5) == []


def county_table(*progress, letter=()):
    tasks = ("重点项目投资90.5亿元", "社会消费品零售总额50亿元", "签约项目履约率达到90%")
    rows = [
        (n, task, "县发改局", p, "/", "进展有序") for n, (task, p) in enumerate(zip(tasks, progress, strict=False), 1)
    ]
    return letter_and_table(["凤凰县打好“发展六仗”工作情况专报", *letter], TITLE, HEADER, rows)


@pytest.mark.parametrize(
    ("letter", "asks"),
    [
        ("1-4月，全县重点项目投资完成30.2亿元。", True),
        ("1-4月，全县重点项目投资完成32亿元。", False),
        ("1-4月，全县重点项目投资完成32.04亿元。", False),  # 32.0 is 32.04 in its digits
        ("1-3月，全县重点项目投资完成30.2亿元。", False),
        ("1-4月，全县重点项目投资完成约30亿元。", False),
        ("全县重点项目投资目标30.2亿元。", False),
    ],
)
def test_one_thing_with_two_figures_in_one_report_is_asked_about(letter, asks):
    found = told(inspected(county_table("1-4月完成投资32.0亿元。", letter=[letter])), "two_figures")
    assert [quote for _, quote in found] == (["32.0亿元"] if asks else [])


@pytest.mark.parametrize(
    ("progress", "quote"),
    [("1-4月完成投资320000亿元。", "320000亿元"), ("1-4月完成投资32亿元。", None), ("1-4月完成投资320000万元。", None)],
)
def test_a_figure_that_no_county_can_have_is_asked_about(progress, quote):
    found = told(read_findings(county_table(progress)), "figure_impossible")
    assert [one for _, one in found] == ([quote] if quote else [])


def read_findings(content):
    return {"findings": read(content).findings}


def test_a_cell_whose_parts_are_more_than_its_total_is_asked_about():
    lines = (
        "共有37项任务清单,其中已完成年度任务20项,稳步推进18项。",
        "共有37项任务清单,其中已完成年度任务20项,稳步推进17项。",
    )
    found = [told(inspected(county_table(line)), "line_counts_differ") for line in lines]
    assert [[quote for _, quote in one] for one in found] == [["各部分之和 38 项"], []]


def test_a_share_that_was_cut_is_a_note_and_one_that_is_wrong_a_question():
    counts = "共有重点监测指标3项,进展有序2项,占比{share}%,未完成时序进度1项,占比33.3%。"
    statuses = {
        "地区生产总值增长7%": "进展有序",
        "固定资产投资79亿元": "进展有序",
        "重点项目投资90亿元": "未完成时序进度",
    }
    rows = [(number, task, "局", "推进中。", "/", word) for number, (task, word) in enumerate(statuses.items(), 1)]
    found = {}
    for share in ("66.7", "66.6", "65.0"):
        letter = f"(一)打好经济增长主动仗。{counts.format(share=share)}(详见附件1)"
        report = read(letter_and_table([letter], TITLE, HEADER, rows))
        found[share] = [f["rule"] for f in report.findings if f["rule"] in ("share_rounded", "total_differs")]
    assert found == {"66.7": [], "66.6": ["share_rounded"], "65.0": ["total_differs"]}

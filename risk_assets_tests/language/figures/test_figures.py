"""What holds for the figures of any text, and what the examples of `rules.csv` do not show."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from risk_assets.language.figures import NOTHING, Context, figures_in, in_base, rules
from risk_assets.language.figures.periods import Period
from risk_assets.language.figures.units import recorded
from risk_assets.language.text import folded

some = settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
MONTH = Context(month="2023-04", year=2023, period=Period("as_of"))
PIECES = (
    *("0", "3", "12", "45.5", "1,234", "1 236", "22. 3", "－8", "+2", "３５", "007", "2023", "99999999999999999"),
    *("第", "第八", "第3位", "首位", "前10名", "两起", "二十三个", "百分之三十", "上亿元", "千家万户", "一批"),
    *("亿元", "万元", "元", "%", "％", "‰", "个", "起", "家次", "万人次", "百分点", "个月", "平方米", "元/平方米"),
    *("多", "余", "以上", "以内", "左右", "不低于", "超过", "近", "约", "突破", "≤", "每", "每月", "每人"),
    *("增长", "下降", "同比", "环比", "增速", "较年初", "高于", "收窄", "达到", "提高到", "分别", "其中", "占比"),
    *("完成", "完成率", "年度任务", "预算数", "目标", "确保", "预计", "力争", "已", "排名", "率", "的", "为"),
    *("1-4月", "13月", "4月底", "截至目前", "今年以来", "2022年", "去年同期", "一季度", "4月3日", "8:30", "同期"),
    *("、", "，", "。", "；", "：", "（", "）", "《", "》", "“", "”", "\n", " ", "\t", "-", "～", "至", "/", "+", "."),
    *(
        "****",
        "xx.x",
        "××",
        "X",
        "*",
        "5G",
        "1+9",
        "〔2023〕13号",
        "PM2.5",
        "0743-3221234",
        "(1)",
        "鳳凰縣",
        "萬元",
        "個",
    ),
)
glued = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
anything = st.one_of(
    glued, st.text(max_size=60), st.lists(st.one_of(glued, st.text(max_size=8)), max_size=4).map("".join)
)
SO_FAR = Context(month="2023-04", year=2023, period=Period("since_january"))
YEAR = "2023-01..2023-12"
contexts = st.sampled_from(
    [
        NOTHING,
        MONTH,
        Context(role="target", target_period=YEAR, year=2023),
        Context(measure="attainment", unit="%", month="2023-04"),
        Context(measure="rank", year=2023),
    ]
)


def stated(quote):
    """The number that a quote begins with, read without the grammar; None where it has no digits."""
    found = re.match(r"(?:第\s?)?([+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?!\d)|\d+)(?:\. ?\d+)?)", folded(quote))
    return float(re.sub(r"[ ,]", "", found.group(1))) if found else None


def meaning(text, context=MONTH):
    return [
        (one.value, one.unit, one.measure, one.role, one.bound, one.period, one.masked)
        for one in figures_in(text, context).quantities
    ]


def only(text, context=NOTHING):
    (one,) = figures_in(text, context).quantities
    return one


@some
@given(anything, contexts)
def test_a_figure_points_at_its_characters_and_is_described_in_known_words(text, context):
    for one in figures_in(text, context).quantities:
        assert one.quote == text[one.start : one.end] != ""
        assert 0 <= one.phrase <= one.clause <= one.start
        assert one.measure in {"level", "yoy", "mom", "growth", "change", "attainment", "rank"}
        assert one.role in {"actual", "forecast", "target"}
        assert one.bound in {"eq", "ge", "gt", "le", "lt", "approx"}
        assert one.unit == folded(one.unit)
        month = r"\d{4}-(?:0[1-9]|1[0-2])"
        assert one.period is None or re.fullmatch(rf"(?:{month})?\.\.{month}", one.period)


@some
@given(anything, contexts)
@example("新增２，２７０户、1 236家次，达22. 3%", NOTHING)
def test_the_value_of_a_figure_follows_from_its_quote(text, context):
    for one in figures_in(text, context).quantities:
        assert one.masked == (one.value is None)
        if one.masked:
            assert re.search(r"[*xX×]", folded(one.quote))
            assert not re.match(r"[+-]?\d", folded(one.quote))
            continue
        number = stated(one.quote)
        if number is None:
            assert re.search(r"[一二两三四五六七八九十百千万亿首榜]", folded(one.quote))
            continue
        assert not one.is_written
        assert abs(one.value) == abs(number)
        if number < 0:
            assert one.value < 0
        if one.measure in {"level", "attainment", "rank"}:
            assert one.value == number


@some
@given(anything, contexts)
def test_figures_stand_in_order_and_only_the_ends_of_a_range_share_their_characters(text, context):
    found = figures_in(text, context)
    for one, following in zip(found.quantities, found.quantities[1:], strict=False):
        assert one.start < following.start
        if following.start < one.end:
            assert following.rule == "range"
            assert one.quote.endswith(following.quote)
            assert (one.end, following.bound) == (following.end, "le")


@some
@given(anything, contexts)
def test_what_is_unread_lies_in_the_text_and_is_no_figure(text, context):
    found = figures_in(text, context)
    read = {place for one in found.quantities for place in range(one.start, one.end)}
    for start, end in found.unread:
        assert 0 <= start < end <= len(text)
        assert not read & set(range(start, end))
        assert any(letter.isnumeric() for letter in text[start:end])


@some
@given(anything)
def test_folding_keeps_every_character_at_its_place(text):
    assert len(folded(text)) == len(text)


@some
@given(glued, glued)
def test_the_next_sentence_changes_nothing_in_the_one_before(text, following):
    first = "情况如下。" + text.replace("《", "") + "。"
    alone = meaning(first)
    assert meaning(first + "\n" + following)[: len(alone)] == alone


@pytest.mark.parametrize("row", rules(), ids=lambda row: row["rule"])
def test_full_width_and_traditional_script_read_as_half_width_and_simplified(row):
    text = row["example"]
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" and letter != "," else letter for letter in text)
    old = OpenCC("s2t").convert(text)
    assert len(old) == len(text)
    assert meaning(wide) == meaning(text) == meaning(old)


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("处置纠纷两起。", 2, "起", "eq"),
        ("检查企业十五家。", 15, "家", "eq"),
        ("走访企业二十三家。", 23, "家", "eq"),
        ("走访农户三百五十六户。", 356, "户", "eq"),
        ("受众一千二百余人。", 1200, "人", "gt"),
        ("挽回损失上千万元。", 1000, "万元", "ge"),
        ("参展企业上百家。", 100, "家", "ge"),
        ("毕业生就业率为百分之九十二点五。", 92.5, "%", "eq"),
    ],
)
def test_a_numeral_in_letters_counts_what_it_says(text, value, unit, bound):
    one = only(text)
    assert (one.value, one.unit, one.bound, one.is_written) == (value, unit, bound, True)


@pytest.mark.parametrize(
    "text",
    ["惠及千家万户。", "申报一批项目。", "做到三个不发生。", "走访两三家企业。", "发生第二起案件。", "坚持一体推进。"],
)
def test_a_numeral_that_states_nothing_is_no_figure(text):
    assert figures_in(text).quantities == []


@pytest.mark.parametrize(
    ("text", "value", "measure"),
    [
        ("投资增长-0.86%。", -0.86, "yoy"),
        ("投资下降0.86%。", -0.86, "yoy"),
        ("投资同比-0.86%。", -0.86, "yoy"),
        ("投资同比+0.86%。", 0.86, "yoy"),
        ("投资同比增0.86%。", 0.86, "yoy"),
        ("投资同比降0.86%。", -0.86, "yoy"),
        ("投资负增长0.86%。", -0.86, "yoy"),
        ("投资增速−0.86%。", -0.86, "yoy"),
        ("事故同比减少4起。", -4, "change"),
        ("占比回落0.3个百分点。", -0.3, "change"),
        ("占比比上年低0.3个百分点。", -0.3, "change"),
        ("排名下移2位。", -2, "change"),
    ],
)
def test_the_words_before_a_figure_give_its_sign(text, value, measure):
    one = only(text)
    assert (one.value, one.measure) == (value, measure)


def test_without_a_place_a_figure_is_actual_and_has_no_period():
    one = only("入库税收3亿元。")
    assert (one.role, one.measure, one.period) == ("actual", "level", None)


@pytest.mark.parametrize(
    ("text", "context", "read"),
    [
        ("3亿元", Context(role="target"), ("亿元", "level", "target", None)),
        ("3亿元", Context(role="target", target_period=YEAR), ("亿元", "level", "target", YEAR)),
        ("3", Context(unit="万元"), ("万元", "level", "actual", None)),
        ("3个", Context(unit="万元"), ("个", "level", "actual", None)),
        ("3%", Context(measure="attainment"), ("%", "attainment", "actual", None)),
        ("增长3%", Context(measure="attainment"), ("%", "yoy", "actual", None)),
        ("3", Context(measure="rank"), ("", "rank", "actual", None)),
        ("力争完成3亿元", Context(role="target"), ("亿元", "level", "target", None)),
        ("4月完成3亿元", NOTHING, ("亿元", "level", "actual", None)),
        ("4月完成3亿元", Context(year=2023), ("亿元", "level", "actual", "2023-04..2023-04")),
        ("4月完成3亿元", Context(month="2023-05"), ("亿元", "level", "actual", None)),
        ("2022年4月完成3亿元", NOTHING, ("亿元", "level", "actual", "2022-04..2022-04")),
        ("今年以来完成3亿元", MONTH, ("亿元", "level", "actual", "2023-01..2023-04")),
        ("截至目前完成3亿元", MONTH, ("亿元", "level", "actual", "..2023-04")),
        ("截至目前完成3亿元", Context(year=2023), ("亿元", "level", "actual", None)),
        ("完成3亿元", SO_FAR, ("亿元", "level", "actual", "2023-01..2023-04")),
    ],
)  # fmt: skip
def test_what_the_text_does_not_say_its_place_does(text, context, read):
    one = only(text, context)
    assert (one.value, one.unit, one.measure, one.role, one.period) == (3, *read)


def test_a_text_without_figures_has_none():
    assert figures_in("").quantities == figures_in("压实各方责任。").quantities == []


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [
        ("元", "元", 1),
        ("千元", "元", 1e3),
        ("万元", "元", 1e4),
        ("百万元", "元", 1e6),
        ("千万元", "元", 1e7),
        ("亿元", "元", 1e8),
        ("万美元", "美元", 1e4),
        ("千克", "千克", 1),
        ("公斤", "千克", 1),
        ("斤", "千克", 0.5),
        ("吨", "千克", 1e3),
        ("万吨", "千克", 1e7),
        ("千米", "米", 1e3),
        ("公里", "米", 1e3),
        ("千瓦", "瓦", 1e3),
        ("万千瓦", "瓦", 1e7),
        ("千瓦时", "千瓦时", 1),
        ("亿千瓦时", "千瓦时", 1e8),
        ("㎡", "平方米", 1),
        ("万平方米", "平方米", 1e4),
        ("平方公里", "平方米", 1e6),
        ("公顷", "平方米", 1e4),
        ("亩", "平方米", 2000 / 3),
        ("万亩", "平方米", 2e7 / 3),
        ("万户次", "户次", 1e4),
        ("个百分点", "百分点", 1),
        ("个月", "月", 1),
        ("‰", "%", 0.1),
        ("成", "%", 10),
        ("元/平方米", "元/平方米", 1),
        ("公斤/亩", "公斤/亩", 1),
        ("斗", "斗", 1),
        ("万斗", "斗", 1e4),
        ("", "", 1),
        ("万", "", 1e4),
    ],
)
def test_a_unit_has_a_base_and_an_unknown_one_is_its_own(unit, base, factor):
    own, times = in_base(unit)
    assert own == base
    assert times == pytest.approx(factor, rel=1e-8)


@pytest.mark.parametrize(
    ("printed", "unit"),
    [("个月", "月"), ("个百分点", "百分点"), ("百万元", "百万元"), ("亿元", "亿元"), ("斗", "斗"), ("", "")],
)
def test_a_unit_is_recorded_as_stated_but_for_its_classifier(printed, unit):
    assert recorded(printed) == unit

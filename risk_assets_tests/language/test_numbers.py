import pytest

from risk_assets.language.numbers import Ratio, are_fractions, decimals, is_nothing, number, ratio


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("2,270", 2270),
        ("2，270", 2270),
        ("1,234,567.89", 1234567.89),
        ("27.3152", 27.3152),
        ("２７", 27),
        (" 2 270 ", 2270),
        ("-0.5", -0.5),
        ("－0.5", -0.5),
        ("0", 0),
    ],
)
def test_a_number_is_read_with_separators_and_in_full_width(printed, value):
    assert number(printed) == value


@pytest.mark.parametrize(
    "printed", ["", "/", "1,23", "12,34,567", "19万人", "3-5", "1.2.3", "xx.x", "****", "1e5", "二十"]
)
def test_what_is_more_or_less_than_a_number_is_none(printed):
    assert number(printed) is None


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("29%", 29),
        ("29.00%", 29),
        ("２９．５％", 29.5),
        ("12. 50 %", 12.5),
        ("100.17%", 100.17),
        ("1%", 1),
        ("完成14.50%", 14.5),
        ("湖南省网上中介服务超市发布采购公告完成14.50%", 14.5),
    ],
)
def test_a_percentage_is_read_as_printed(printed, value):
    assert ratio(printed) == Ratio(value, "figure")


def test_a_percentage_keeps_its_thousands():
    assert ratio("1,000%").value == 1000


@pytest.mark.parametrize("text", ["-0.86%", "−0.86%", "-5", "3800%", "1,200%", "260591"])
def test_a_share_of_the_task_below_zero_or_far_above_it_is_not_read(text):
    assert ratio(text) == Ratio(None, "implausible")


@pytest.mark.parametrize(
    "text",
    [
        "同比增长5%",
        "比时序进度低5%",
        "38,5%",
        "1,23%",
        "12 34% 5",
        "--5%",
        "百分之三十八",
        "9" * 400 + "%",
        "nan",
    ],
)
def test_a_percentage_of_something_else_is_no_share_of_the_task(text):
    assert ratio(text).value is None


def test_a_column_of_fractions_under_a_percent_sign_is_not_guessed():
    column = ["0.38", "1", "/", "0"]
    assert are_fractions(column)
    assert [ratio(text, True, are_fractions(column)).kind for text in column] == [
        "ambiguous", "ambiguous", "nothing", "figure",
    ]  # fmt: skip
    assert not are_fractions(["29", "0.5"])
    assert ratio("0.5", True, are_fractions(["29", "0.5"])) == Ratio(0.5, "figure")


@pytest.mark.parametrize(("printed", "value"), [("0.29", 29), ("0.07", 7), ("29", 29), ("29.5", 29.5), ("100", 100)])
def test_a_bare_number_is_understood_and_marked_as_unsigned(printed, value):
    assert ratio(printed) == Ratio(value, "unsigned")


def test_a_bare_number_under_a_header_with_the_sign_needs_none():
    assert ratio("29", header_says_percent=True) == Ratio(29, "figure")
    assert ratio("0.5", header_says_percent=True) == Ratio(0.5, "figure")
    assert ratio("1", header_says_percent=True) == Ratio(1, "figure")


@pytest.mark.parametrize("printed", ["1", "１", "1.0"])
def test_a_lone_one_is_no_figure(printed):
    assert ratio(printed) == Ratio(None, "lone_one")


@pytest.mark.parametrize("printed", ["0", "0.0", "0%", "0.00%"])
def test_a_printed_zero_is_zero(printed):
    assert ratio(printed) == Ratio(0, "figure")


@pytest.mark.parametrize("printed", ["", " ", "/", "／", "-", "－", "—", "——", "_", "暂无", "无", "\\"])
def test_a_stroke_or_a_blank_is_nothing_and_not_zero(printed):
    assert is_nothing(printed)
    assert ratio(printed) == Ratio(None, "nothing")


@pytest.mark.parametrize("dash", ["–", "―", "−", "--"])
def test_every_kind_of_dash_is_nothing(dash):
    assert ratio(dash) == Ratio(None, "nothing")


@pytest.mark.parametrize("printed", ["次", "30%-40%", "一半以上", "上云任务已完成", "xx.x%"])
def test_words_in_a_ratio_cell_give_no_figure(printed):
    assert ratio(printed) == Ratio(None, "words")


@pytest.mark.parametrize(("printed", "digits"), [("29%", 0), ("22.3", 1), ("16.66%", 2), ("/", 0), ("", 0)])
def test_printed_digits_are_counted(printed, digits):
    assert decimals(printed) == digits

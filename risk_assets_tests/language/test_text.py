import pytest

from risk_assets.language.text import bare, header_word, numbering, paragraphs, similarity, squeezed, tidy


@pytest.mark.parametrize(
    ("printed", "flat"),
    [
        ("完成年度任务 之比", "完成年度任务之比"),
        ("Ａ１：２９％", "A1:29%"),
        ("鳳凰縣打好優化發展環境持久仗", "凤凰县打好优化发展环境持久仗"),
        ("進度\n　滯後", "进度滞后"),
        ("", ""),
    ],
)
def test_squeezing_gives_half_width_simplified_text_without_blanks(printed, flat):
    assert squeezed(printed) == flat


def test_bare_text_has_neither_figures_nor_punctuation():
    assert bare("11、“三類500強” 企業(ABC) 1.5%") == "三类强企业abc"


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("2023年度具体目标任务", "具体目标任务"),
        ("2023年具体目标任务", "具体目标任务"),
        ("占 比\n(%)", "占比"),
        ("目标值（万元）", "目标值"),
        ("(%)", "(%)"),
    ],
)
def test_a_header_is_known_without_its_year_and_unit(printed, word):
    assert header_word(printed) == word


def test_tidy_text_keeps_its_words_apart_but_not_its_letters():
    assert tidy("人民银行凤凰县支行\n县金融办") == "人民银行凤凰县支行县金融办"
    assert tidy(" 全年 GDP  增长 ") == "全年 GDP 增长"


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("3、全年", "3"),
        ("12. 申报", "12"),
        ("(二十一)推动", "二十一"),
        ("一、创新", "一"),
        ("2023年", ""),
        ("全年", ""),
    ],
)
def test_the_number_a_line_begins_with_is_found(printed, number):
    assert numbering(printed) == number


def test_a_sentence_cut_by_a_page_break_is_one_paragraph():
    lines = [
        (3, "截至目前,进出口总额仅完"),
        (5, ""),
        (7, "成全年任务的7.05%。"),
        (8, "二、存在问题"),
        (9, "(一)重视不够。"),
    ]
    assert paragraphs(lines) == [
        (3, "截至目前,进出口总额仅完成全年任务的7.05%。"),
        (8, "二、存在问题"),
        (9, "(一)重视不够。"),
    ]


def test_a_line_that_begins_with_a_figure_goes_on_with_the_sentence_above():
    assert paragraphs([(1, "民生实事中有"), (2, "5 项任务未动工。")]) == [(1, "民生实事中有5 项任务未动工。")]


def test_similarity_is_a_share_and_nothing_is_like_nothing():
    assert similarity("固定资产", "固定资产投资") == 1
    assert 0 < similarity("固定投资", "固定资产投资") < 1
    assert similarity("", "固定资产投资") == 0

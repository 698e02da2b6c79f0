import pytest

from risk_assets import reference
from risk_assets.language.status import Status, read_answer, read_status


@pytest.mark.parametrize("row", reference.table("status_words"), ids=lambda row: row["word"])
def test_every_listed_word_has_its_status(row):
    assert read_status(row["word"]).status == row["status"]


@pytest.mark.parametrize("printed", ["进 展\n有序", "　进展有序。", "進展有序", "进展有序；"])
def test_blanks_line_breaks_full_stops_and_traditional_script_do_not_hide_a_word(printed):
    assert read_status(printed) == Status("on_track", "word")


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("未完成时", "behind"),
        ("未完成时序", "behind"),
        ("超额完成年", "done"),
        ("完成年度", "done"),
        ("未下指", "not_assigned"),
    ],
)
def test_a_cut_off_word_that_begins_one_known_word_is_that_word(printed, status):
    assert read_status(printed) == Status(status, "cut")


@pytest.mark.parametrize("printed", ["未达", "进展", "预计", "已"])
def test_a_piece_of_two_letters_is_not_guessed(printed):
    assert read_status(printed) == Status("unknown", "unreadable")


def test_a_cut_off_word_that_begins_several_known_words_is_not_guessed():
    assert read_status("未达到") == Status("behind", "cut")
    assert read_status("待下达具") == Status("not_assigned", "cut")
    assert read_status("预计完") == Status("unknown", "unreadable")


@pytest.mark.parametrize("printed", ["", " ", "/", "／", "-", "－", "_"])
def test_a_blank_status_stays_unknown(printed):
    assert read_status(printed) == Status("unknown", "blank")


@pytest.mark.parametrize("printed", ["—", "——", "–", "--"])
def test_every_kind_of_dash_is_a_blank_status_and_no_word_to_be_corrected(printed):
    assert read_status(printed) == Status("unknown", "blank")


@pytest.mark.parametrize("printed", ["水质", "刊分1庄田", "正在办", "备注"])
def test_a_word_nobody_knows_is_unknown_and_said_to_be_unreadable(printed):
    assert read_status(printed) == Status("unknown", "unreadable")


@pytest.mark.parametrize(
    ("question", "answer", "status"),
    [
        ("是否达到序时进度", "是", "on_track"),
        ("是否达到\n序时进度", "否", "behind"),
        ("进度是否滞后", "否", "on_track"),
        ("进度是否滞后", "是", "behind"),
        ("是否完成", "是", "done"),
        ("是否完成", "否", "unknown"),
        ("是否达到序时进度", "进展有序", "on_track"),
    ],
)
def test_yes_and_no_mean_what_the_header_asks(question, answer, status):
    assert read_answer(question, answer).status == status

import pytest

from risk_assets.language.counts import Share, statements
from risk_assets.language.text import bare, paragraphs


def only(text):
    found = statements(text)[1]
    assert len(found) == 1, found
    return found[0]


def test_a_headline_is_read_with_its_shares_and_names():
    said = only(
        "重点监测指标共有40项,截至目前,已完成年度任务1项,占比2.5%;进展有序26项,占比65%;"
        "未完成时序进度13项,占比32.5%,未完成时序进度的指标分别为地区生产总值、“夜湘村”计划。(详见附件1)"
    )
    assert (said.total, said.counts) == (40, {"done": 1, "on_track": 26, "behind": 13})
    assert said.shares == [Share("done", 1, "2.5"), Share("on_track", 26, "65"), Share("behind", 13, "32.5")]
    assert [bare(name) for name in said.named["behind"]] == ["地区生产总值", "夜湘村计划"]


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("共有重点监测指标 40 项,进展有序40项", 40),
        ("重点监测指标共有40项,进展有序40项", 40),
        ("共计40项,进展有序40项", 40),
        ("2023年省里下达我县重点民生实事共10件30项,进展有序30项", 30),
        ("项目中我县有4件6项,截至目前,有序推进6项", 6),
        ("225项任务推进清单,稳步推进225项。", 225),
        ("共有37项任务清单,稳步推进37项。", 37),
        ("共有４０项，进展有序４０项", 40),
        ("共有重點監測指標40項,進展有序40項", 40),
    ],
)
def test_a_total_is_found_however_it_is_introduced(text, total):
    said = only(text)
    assert (said.total, said.counts) == (total, {"on_track": total})


@pytest.mark.parametrize(
    "text", ["共有23项,截至目前,均有序推进。", "共有23项,均已达到时序进度。", "共有23项,均处于前期准备阶段。"]
)
def test_all_of_them_is_a_count(text):
    (number,) = only(text).counts.values()
    assert number == 23


def test_a_count_may_stand_before_its_word():
    said = only("共30项,有序推进29项;1项待州里下达具体任务,即某项目。")
    assert said.counts == {"on_track": 29, "not_assigned": 1}
    assert only("共20项,其中13项进展有序,7项处于前期准备阶段。").counts == {"on_track": 13, "preparing": 7}


def test_names_without_the_word_indicator_belong_to_the_status_named_last():
    said = only("共20项,有序推进13项;处于前期准备阶段2项,占比10%,分别是停车场、充电桩。")
    assert said.named == {"preparing": ["停车场", "充电桩"]}


def test_names_broken_over_lines_are_put_together():
    lines = ["共有40项,未完成时序进度3项,分别为地区生产总", "值、固定资产", "投资、进出口总额。", "1.省定实事"]
    text = "\n".join(text for _, text in paragraphs(enumerate(lines)))
    assert only(text).named == {"behind": ["地区生产总值", "固定资产投资", "进出口总额"]}


def test_each_total_begins_a_statement_of_its_own():
    found = statements("共有40项,进展有序40项。\n共有18项,已完成年度任务4项,进展有序14项。")[1]
    assert [(one.total, one.counts) for one in found] == [(40, {"on_track": 40}), (18, {"done": 4, "on_track": 14})]


def test_a_statement_ends_at_the_next_heading():
    said = only("共有40项,进展有序40项。\n二、存在问题\n有7项任务进展滞后7项。")
    assert said.counts == {"on_track": 40}


def test_a_total_without_counts_is_no_statement():
    assert statements("共有40项重点任务,另有工作安排。")[1] == []


@pytest.mark.parametrize(
    "text",
    ["共有18项,未完成2项。", "共有18项,未完成年度任务2项。", "共有18项,没有完成2项。", "共有18项,尚未完成的指标2项。"],
)
def test_what_is_not_completed_is_never_counted_as_done(text):
    assert all("done" not in said.counts for said in statements(text)[1])


def test_an_indicator_count_behind_a_status_is_no_total():
    said = only("共有重点监测指标40项,其中进展有序指标27项,未完成时序进度指标13项。")
    assert (said.total, said.counts) == (40, {"on_track": 27, "behind": 13})

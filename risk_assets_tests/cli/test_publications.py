"""`approve`, `settle`, `findings`, `coverage`, `show`, `changes`, `rank`: over a warehouse of a few rows."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from risk_assets.contracts import TABLES, columns
from risk_assets.layouts.indicators import indicators
from risk_assets.publishing.answers import SHOWN_TABLES
from risk_assets.storage.warehouse import stamp
from risk_assets_tests.storage.test_publications import ONE, OTHER, PERIOD, asked, of, publish, row, sent

INDICATOR = "growth.key_project_investment"
OF_RANK = {"period", "by", "scheme", "universe", "of", "publication", "is_sample", "rankings", "not_ranked", "state",
           "areas", "zones"}  # fmt: skip
PLACES = {"433123": 1, "433126": 2, "433122": 2, "433124": 4, "433125": None}


def data_of(result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def words_of(result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def refused(result) -> str:
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output


def now() -> str:
    return stamp(datetime.now(UTC))


def ranked(places: dict[str, int | None] = PLACES, **given: Any) -> list[tuple[str, dict[str, Any]]]:
    """A ranking as rows of `rankings`: the value falls with the place."""
    taken = list(places.values())
    of_all = {"of": len(taken) - taken.count(None), "areas": len(taken)}
    return [
        (
            "rankings",
            row(
                "rankings",
                area=area,
                rank=place,
                tied=taken.count(place) > 1,
                **{"value": place and 100.0 - place, "reason": None if place else "未报送", **of_all, **given},
            ),
        )
        for area, place in places.items()
    ]


def item(submission: dict[str, Any], **given: Any) -> tuple[str, dict[str, Any]]:
    return "assessments", of(submission, "assessments", **{"item": "3", "indicator": INDICATOR, **given})


@pytest.fixture
def month(lake, warehouse):
    """A month with two counties, a ranking and three questions."""
    one, other = sent(ONE), sent(OTHER, working_days_late=2, cells_filled=4)
    publish(
        warehouse,
        [one, other],
        *ranked(),
        item(one, target_value=100.0, done_value=29.0, attainment_reported=29.0),
        item(other, target_value=50.0),
        ("report_rows", of(one, "report_rows", cells="{}", reporting_area=ONE, progress="=1+1", remark="-5")),
        ("targets", of(one, "targets", reporting_area=ONE, indicator=INDICATOR)),
        asked(one, "q-block", finding=1, severity="error", blocking=True, message="目标缺失：请补报", rule="no_target"),
        asked(one, "q-doubt", finding=2, message="比例不符：请核对", found="29%", expected="32%"),
        asked(other, "q-note", finding=1, severity="info", message="已按所述理解"),
    )
    return warehouse


def test_a_month_is_approved_and_every_output_says_so(month, command):
    assert "初步" in words_of(command("rank", "--period", PERIOD))
    settled = command("settle", "--period", PERIOD, "--question", "q-block", "--as", "waived", "--by", "州统计局",
                      "--why", "本月不计")  # fmt: skip
    assert "已豁免" in words_of(settled)
    approved = words_of(command("approve", "--period", PERIOD, "--by", "州统计局"))
    assert "正式" in approved
    assert "州统计局" in approved
    name = month.current(PERIOD)["publication"]
    for arguments in (("rank",), ("findings",), ("coverage",), ("changes", "--since", now()), ("show", "scores")):
        output = words_of(command(*arguments, "--period", PERIOD))
        assert name in output, arguments
        assert "正式" in output, arguments
        assert "初步" not in output, arguments


def test_an_approval_gives_the_row_of_the_publication_as_data(month, command):
    month.settle("q-block", "explained", "县统计局", "口径调整")
    data = data_of(command("approve", "--period", PERIOD, "--by", "州统计局", "--json"))
    assert data == month.current(PERIOD)
    assert data["state"] == "final"


def test_an_approval_that_is_held_back_names_the_questions_and_what_to_do(month, command):
    message = refused(command("approve", "--period", PERIOD, "--by", "州统计局"))
    assert "q-block 凤凰县 目标缺失：请补报" in message
    assert "risk-assets settle" in message
    assert "还没有发布" in refused(command("approve", "--period", "2023-05", "--by", "州统计局"))
    assert "不能为空" in refused(command("approve", "--period", PERIOD, "--by", " "))


def test_text_of_others_in_a_refusal_does_not_obey_the_terminal(month, command):
    one = sent(ONE, 2)
    publish(month, [one], asked(one, "q", blocking=True, found="\x1b[2J坏\n行"))
    message = refused(command("approve", "--period", PERIOD, "--by", "州统计局"))
    assert "\x1b" not in message
    assert "坏 行" in message


def test_a_decision_is_written_down_without_names_of_persons(month, command):
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    data = data_of(
        command("settle", "--period", PERIOD, "--question", "q-doubt", "--as", "explained", "--by", "县统计局",
                "--why", "已核对，联系人：张三 13912345678", "--until", tomorrow, "--json")
    )  # fmt: skip
    assert (data["question"], data["disposition"], data["until"]) == ("q-doubt", "explained", tomorrow)
    assert (data["area"], data["period"], data["decided_by"]) == (ONE, PERIOD, "县统计局")
    assert data["why"] == "已核对"
    (stored,) = month.read("dispositions").to_dict("records")
    assert stored == data


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--question", "q-none"), "q-none"),
        (("--why", "联系人：张三"), "不能为空"),
        (("--until", "明天"), "YYYY-MM-DD"),
        (("--until", "2001-01-01"), "已经过去"),
        (("--as", "open", "--until", "2999-01-01"), "--until"),
        (("--as", "forgotten"), "forgotten"),
        (("--period", "2023-05"), "2023-05"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(month, command, more, words):
    given = {"--period": PERIOD, "--question": "q-doubt", "--as": "waived", "--by": "州统计局", "--why": "无"}
    given |= dict(zip(more[::2], more[1::2], strict=True))
    assert words in refused(command("settle", *(part for pair in given.items() for part in pair)))
    assert month.read("dispositions").empty


def test_questions_are_listed_the_gravest_first_with_what_was_decided(month, command):
    month.settle("q-doubt", "explained", "县统计局", "口径调整")
    data = data_of(command("findings", "--period", PERIOD, "--json"))
    assert (data["period"], data["state"]) == (PERIOD, "draft")
    assert [one["question"] for one in data["findings"]] == ["q-block", "q-doubt", "q-note"]
    doubt = data["findings"][1]
    assert (doubt["name"], doubt["disposition"], doubt["decided_by"]) == ("凤凰县", "explained", "县统计局")
    output = words_of(command("findings", "--period", PERIOD))
    assert output.index("q-block") < output.index("q-doubt") < output.index("q-note")
    assert "阻止定稿" in output
    assert "已说明（县统计局" in output


@pytest.mark.parametrize(
    ("more", "questions"),
    [
        (("--area", "古丈县"), ["q-note"]),
        (("--rule", "no_target"), ["q-block"]),
        (("--severity", "warning"), ["q-doubt"]),
        (("--open",), ["q-block", "q-note"]),
        (("--open", "--area", ONE, "--severity", "warning"), []),
    ],
)
def test_questions_are_filtered(month, command, more, questions):
    month.settle("q-doubt", "waived", "州统计局", "不计")
    data = data_of(command("findings", "--period", PERIOD, "--json", *more))
    assert [one["question"] for one in data["findings"]] == questions


def test_the_questions_of_an_earlier_time_are_as_they_were(month, command):
    moment = now()
    before = words_of(command("findings", "--period", PERIOD, "--json", "--as-of", moment))
    month.settle("q-block", "waived", "州统计局", "不计")
    month.approve(PERIOD, "州统计局")
    publish(month, [sent(ONE, 2)])
    assert words_of(command("findings", "--period", PERIOD, "--json", "--as-of", moment)) == before
    assert data_of(command("findings", "--period", PERIOD, "--json"))["findings"] == []


def test_coverage_has_a_row_a_county_and_sums_that_are_never_more_than_all(month, command):
    data = data_of(command("coverage", "--period", PERIOD, "--json"))
    assert len(data["counties"]) == 122
    sums = data["sums"]
    assert {name: sums[name] for name in ("expected", "received", "read", "on_time")} == {
        "expected": 122, "received": 2, "read": 2, "on_time": 1,
    }  # fmt: skip
    assert (sums["cells_expected"], sums["cells_filled"], sums["share_filled"]) == (20, 12, 60)
    own = {one["area"]: one for one in data["counties"]}
    assert (own[OTHER]["late_by"], own[OTHER]["share_filled"]) == (2, 40)
    assert own["433122"]["late_by"] is None


def test_coverage_counts_no_cell_twice_that_is_filled_beyond_what_is_asked(lake, warehouse, command):
    publish(warehouse, [sent(ONE, cells_filled=15), sent(OTHER, cells_filled=5)])
    sums = data_of(command("coverage", "--period", PERIOD, "--json"))["sums"]
    assert (sums["cells_filled"], sums["share_filled"]) == (15, 75)


def test_coverage_within_a_city_lists_its_counties_alone(month, command):
    data = data_of(command("coverage", "--period", PERIOD, "--within", "湘西州", "--json"))
    assert len(data["counties"]) == data["sums"]["expected"] == 8
    assert data["within"] == "433100"
    output = words_of(command("coverage", "--period", PERIOD, "--within", "湘西州"))
    assert "合计：应报 8 个县市区，已报 2，已读 2，按时 1，应填 20 格，已填 12（60.0%）" in output
    assert "吉首市" in output
    assert "长沙县" not in output


@pytest.mark.parametrize("table", SHOWN_TABLES)
def test_every_table_is_shown_as_words_as_data_and_as_csv(month, command, table):
    data = data_of(command("show", table, "--period", PERIOD, "--json"))
    name = month.current(PERIOD)["publication"]
    assert (data["table"], data["publication"], data["state"]) == (table, name, "draft")
    names = [c.name for c in columns(TABLES[table])]
    assert all(list(one) == names for one in data["rows"])
    lines = list(csv.reader(io.StringIO(words_of(command("show", table, "--period", PERIOD, "--csv")))))
    assert lines[0] == names
    assert len(lines) == 1 + len(data["rows"])
    words = words_of(command("show", table, "--period", PERIOD))
    assert f"共 {len(data['rows'])} 行" in words
    assert name in words


def test_a_table_for_people_has_chinese_headings_and_names_of_areas(month, command):
    output = words_of(command("show", "rankings", "--period", PERIOD))
    for word in ("名次", "数值", "未排名原因", "凤凰县"):
        assert word in output
    assert "rank " not in output


def test_rows_wider_than_the_terminal_are_printed_one_below_the_other(lake, warehouse, command):
    one, other = sent(ONE), sent(OTHER)
    publish(warehouse, [one, other], item(one, done_value=29.0, why="长" * 100), item(other, why="短"))
    output = words_of(command("show", "assessments", "--period", PERIOD))
    assert "完成值：29" in output
    assert "长" * 100 in output
    assert "…" not in output


def test_text_that_a_spreadsheet_would_compute_is_quoted_in_csv_and_nowhere_else(month, command):
    arguments = ("show", "report_rows", "--period", PERIOD)
    (line,) = csv.DictReader(io.StringIO(words_of(command(*arguments, "--csv"))))
    assert (line["progress"], line["remark"]) == ("'=1+1", "'-5")
    (data,) = data_of(command(*arguments, "--json"))["rows"]
    assert (data["progress"], data["remark"]) == ("=1+1", "-5")


def test_a_negative_number_in_csv_stays_a_number(lake, warehouse, command):
    publish(warehouse, [sent(ONE)], *ranked({ONE: 1}, value=-3.5, change=-2))
    (line,) = csv.DictReader(io.StringIO(words_of(command("show", "rankings", "--period", PERIOD, "--csv"))))
    assert (line["value"], line["change"], line["tied"]) == ("-3.5", "-2", "false")


def test_rows_are_shown_of_one_area_and_one_indicator(month, command):
    shown = data_of(command("show", "assessments", "--period", PERIOD, "--area", "凤凰县", "--json"))["rows"]
    assert [one["area"] for one in shown] == [ONE]
    shown = data_of(command("show", "assessments", "--period", PERIOD, "--indicator", "growth.gdp", "--json"))["rows"]
    assert shown == []
    shown = data_of(command("show", "report_rows", "--period", PERIOD, "--area", OTHER, "--json"))["rows"]
    assert shown == []


def test_a_question_to_a_table_that_it_cannot_answer_is_refused(month, command):
    assert "不能按指标筛选" in refused(command("show", "scores", "--period", PERIOD, "--indicator", INDICATOR))
    assert "不能按地区筛选" in refused(command("show", "publications", "--period", PERIOD, "--area", ONE))
    assert "只能用一个" in refused(command("show", "scores", "--period", PERIOD, "--json", "--csv"))
    assert "还没有发布" in refused(command("show", "scores", "--period", "2023-05"))
    assert "findings" in refused(command("show", "findings", "--period", PERIOD))


def test_rows_with_figures_that_are_not_public_say_so(lake, warehouse, command):
    one = sent(ONE)
    leaders = next(k for k, known in indicators("2023").items() if known.release_class == "leaders")
    publish(warehouse, [one], item(one), item(one, item="4", indicator=leaders))
    arguments = ("show", "assessments", "--period", PERIOD)
    assert data_of(command(*arguments, "--json"))["release_class"] == "leaders"
    assert "仅供领导参考" in words_of(command(*arguments))
    assert data_of(command(*arguments, "--indicator", INDICATOR, "--json"))["release_class"] == "public"
    assert "不得对外发布" not in words_of(command(*arguments, "--indicator", INDICATOR))


def test_a_correction_is_told_with_its_file_its_values_and_the_places_that_moved(month, command):
    moment, before = now(), month.current(PERIOD)["publication"]
    second = sent(ONE, 2, original_name="更正.xlsx")
    places = {**PLACES, ONE: 4, "433124": 1}
    publish(
        month,
        [second, sent(OTHER)],
        *ranked(places),
        item(second, target_value=100.0, done_value=35.0, attainment_reported=29.0),
        item(second, item="4", indicator="growth.gdp", component="yoy", growth=5.1),
    )
    data = data_of(command("changes", "--period", PERIOD, "--since", moment, "--json"))
    assert set(data) == {"period", "since", "before", "after", "files", "values", "ranks"}
    assert (data["before"], data["after"]) == (before, month.current(PERIOD)["publication"])
    assert data["files"] == [
        {"area": ONE, "name": "凤凰县", "before": sent(ONE)["submission"], "after": second["submission"],
         "file": "更正.xlsx"}
    ]  # fmt: skip
    moved = {(one["indicator"], one["component"], one["field"]): one for one in data["values"]}
    assert set(moved) == {
        (INDICATOR, "", "done_value"),
        ("growth.gdp", "yoy", "growth"),
        ("growth.gdp", "yoy", "status_reported"),
    }
    done = moved[INDICATOR, "", "done_value"]
    assert (done["before"], done["after"], done["submission"]) == (29, 35, second["submission"])
    assert moved["growth.gdp", "yoy", "growth"]["before"] is None
    assert {one["area"]: (one["before"], one["after"]) for one in data["ranks"]} == {ONE: (1, 4), "433124": (4, 1)}
    output = words_of(command("changes", "--period", PERIOD, "--since", moment))
    for words in ("更正.xlsx", "完成值：29 → 35", "名次 凤凰县 total", "1 → 4", "初步", before):
        assert words in output


def test_what_is_withdrawn_and_what_is_new_is_told_as_such(month, command):
    moment = now()
    publish(month, [sent(ONE, 2, state="withdrawn", kind=None), sent(OTHER), sent("433122")])
    data = data_of(command("changes", "--period", PERIOD, "--since", moment, "--json"))
    assert [(one["area"], one["before"], one["after"]) for one in data["files"]] == [
        ("433122", None, f"433122-{PERIOD}-v1"),
        (ONE, f"{ONE}-{PERIOD}-v1", f"{ONE}-{PERIOD}-v2"),
    ]
    gone = [one for one in data["values"] if one["area"] == ONE and one["field"] == "done_value"]
    assert [(one["before"], one["after"]) for one in gone] == [(29, None)]
    assert {one["area"] for one in data["ranks"]} == {area for area, place in PLACES.items() if place}


def test_where_nothing_has_changed_nothing_is_told(month, command):
    data = data_of(command("changes", "--period", PERIOD, "--since", now(), "--json"))
    assert (data["files"], data["values"], data["ranks"]) == ([], [], [])
    assert "没有变化" in words_of(command("changes", "--period", PERIOD, "--since", now()))


def test_changes_since_before_the_first_publication_are_refused(month, command):
    assert "2001-01-01" in refused(command("changes", "--period", PERIOD, "--since", "2001-01-01"))
    assert "--since" in refused(command("changes", "--period", PERIOD, "--since", "昨天"))


def test_a_ranking_has_the_keys_that_were_promised_and_its_state(month, command):
    data = data_of(command("rank", "--period", PERIOD, "--json"))
    assert set(data) == OF_RANK
    assert (data["state"], data["of"], data["areas"], data["zones"]) == ("draft", 4, 5, False)
    assert [one["rank"] for one in data["rankings"]] == [1, 2, 2, 4]
    assert data["not_ranked"] == [{"area": "433125", "name": "保靖县", "reason": "未报送"}]


def test_the_ends_of_a_ranking_are_its_first_and_from_below_its_last(month, command):
    whole = data_of(command("rank", "--period", PERIOD, "--json"))["rankings"]
    data = data_of(command("rank", "--period", PERIOD, "--top", "1", "--bottom", "2", "--json"))
    assert data["rankings"] == whole[:1]
    assert data["bottom"] == [whole[3], whole[2]]
    assert (data["of"], len(data["not_ranked"])) == (4, 1)
    output = words_of(command("rank", "--period", PERIOD, "--bottom", "1"))
    assert "后 1 位" in output
    assert "花垣县" in output
    assert "凤凰县" not in output


def test_a_ranking_is_by_the_scheme_and_with_the_zones_that_are_asked_for(lake, warehouse, command):
    publish(
        warehouse,
        [sent(ONE)],
        *ranked({ONE: 1, OTHER: 2}),
        *ranked({ONE: 2, OTHER: 1}, scheme="places"),
        *ranked({ONE: 2, OTHER: 3, "433100-Z01": 1}, zones=True),
        *ranked({ONE: 1}, by=INDICATOR, scheme="growth"),
        *ranked({ONE: 1}, by="growth.gdp", scheme="growth"),
        *ranked({OTHER: 1}, by="growth.gdp", scheme="attainment"),
    )

    def first(*more: str) -> tuple[str, str]:
        data = data_of(command("rank", "--period", PERIOD, "--json", *more))
        return data["scheme"], data["rankings"][0]["area"]

    assert first() == ("status_share", ONE)
    assert first("--scheme", "places") == ("places", OTHER)
    assert first("--zones") == ("status_share", "433100-Z01")
    assert first("--by", INDICATOR) == ("growth", ONE)
    assert first("--by", "growth.gdp") == ("attainment", OTHER)
    assert first("--by", "growth.gdp", "--scheme", "growth") == ("growth", ONE)
    message = refused(command("rank", "--period", PERIOD, "--by", INDICATOR, "--zones"))
    assert "--scheme growth" in message
    assert "增幅%" in words_of(command("rank", "--period", PERIOD, "--by", INDICATOR))


def test_the_ranking_of_a_time_is_the_same_to_the_byte_after_corrections_and_an_approval(month, command):
    moment = now()
    arguments = ("rank", "--period", PERIOD, "--json", "--as-of", moment)
    before = words_of(command(*arguments))
    month.settle("q-block", "waived", "州统计局", "不计")
    month.approve(PERIOD, "州统计局")
    assert words_of(command(*arguments)) == before
    publish(month, [sent(ONE, 2), sent(OTHER)], *ranked({**PLACES, ONE: 4, "433124": 1}))
    month.approve(PERIOD, "州统计局")
    assert words_of(command(*arguments)) == before
    publish(month, [sent(ONE, 3), sent(OTHER)], *ranked())
    assert words_of(command(*arguments)) == before
    assert words_of(command("rank", "--period", PERIOD, "--json")) != before


def test_what_was_final_at_a_time_is_read_back_as_final(month, command):
    month.settle("q-block", "waived", "州统计局", "不计")
    moment = month.approve(PERIOD, "州统计局")["approved_at"]
    publish(month, [sent(ONE, 2)], *ranked())
    assert data_of(command("rank", "--period", PERIOD, "--json", "--as-of", moment))["state"] == "final"
    assert data_of(command("rank", "--period", PERIOD, "--json"))["state"] == "draft"
    (then,) = data_of(command("show", "publications", "--period", PERIOD, "--as-of", moment, "--json"))["rows"]
    assert (then["state"], then["approved_by"]) == ("final", "州统计局")

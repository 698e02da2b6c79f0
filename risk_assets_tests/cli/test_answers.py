"""`rank`, `trace`, `reconcile`: what is answered, in which form, and how a question without an answer is told."""

import hashlib
import io
import json
import re
import unicodedata

import openpyxl
import pytest

from risk_assets.layouts.indicators import indicators
from risk_assets.storage import Warehouse
from risk_assets_tests.cli.workbooks import corrected, shown
from risk_assets_tests.conftest import AREAS, PERIOD, XIANGXI, ZHUZHOU, land_sample, month_of_samples

INDICATOR = "growth.key_project_investment"
CAMPAIGNS = ["growth", "innovation", "environment", "risk", "safety", "livelihood"]
OF_RANK = {"period", "by", "scheme", "universe", "zones", "of", "areas", "publication", "state", "is_sample",
           "rankings", "not_ranked"}  # fmt: skip
OF_RANKED = {"rank", "tied", "area", "name", "value", "change", "is_sample"}
OF_NOT_RANKED = {"area", "name", "reason"}
OF_RECONCILE = {"area", "period", "tables", "totals", "ratios"}
OF_TABLE = {"table", "title", "campaign", "stated", "counted", "readings", "result", "named_missing", "named_extra"}
OF_COUNTS = {"total", "done", "on_track", "behind", "preparing", "not_assigned"}
OF_RATIO = {"table", "row", "printed", "computed", "result"}


def squeeze(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def data_of(result) -> dict:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def rank(command, *more: str) -> dict:
    return data_of(command("rank", "--period", PERIOD, "--json", *more))


def ruled(command, *arguments: object) -> str:
    """The message of a question that is refused without a traceback."""
    result = command(*arguments)
    assert result.exit_code != 0, result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output


def test_a_ranking_has_exactly_the_keys_that_were_promised(published, command):
    data = rank(command)
    assert set(data) == OF_RANK
    assert {frozenset(row) for row in data["rankings"]} == {frozenset(OF_RANKED)}
    assert {frozenset(row) for row in data["not_ranked"]} == {frozenset(OF_NOT_RANKED)}
    assert (data["period"], data["by"], data["scheme"], data["universe"]) == (PERIOD, "total", "status_share", "430000")
    assert data["is_sample"] is True


def test_a_ranking_is_in_order_and_its_places_follow_its_values(published, command):
    rows = rank(command)["rankings"]
    values = [row["value"] for row in rows]
    assert values == sorted(values, reverse=True)
    assert [row["rank"] for row in rows] == [1 + sum(other > value for other in values) for value in values]
    assert [row["tied"] for row in rows] == [values.count(value) > 1 for value in values]


def test_everybody_who_is_not_ranked_has_a_reason(published, command):
    data = rank(command)
    assert len(data["rankings"]) + len(data["not_ranked"]) == 122
    assert all(row["reason"] for row in data["not_ranked"])
    assert {"area": "433101", "name": "吉首市", "reason": "未报送"} in data["not_ranked"]


def test_ranking_within_a_city_ranks_its_counties_among_themselves(published, command):
    whole, within = rank(command), rank(command, "--within", "湘西州")
    own = [row for row in whole["rankings"] if row["area"].startswith("4331")]
    assert within["universe"] == XIANGXI
    assert [row["area"] for row in within["rankings"]] == [row["area"] for row in own]
    assert within["rankings"][0]["rank"] == 1
    assert within["of"] == len(own)
    assert {row["area"] for row in within["not_ranked"]} == {"433101"} | {
        row["area"] for row in whole["not_ranked"] if row["area"] in AREAS and row["area"].startswith("4331")
    }


def test_cities_are_ranked_and_a_city_with_too_few_reports_is_withheld(published, command):
    data = rank(command, "--level", "city")
    assert [row["area"] for row in data["rankings"]] == [XIANGXI]
    reasons = {row["area"]: row["reason"] for row in data["not_ranked"]}
    assert len(reasons) == 13
    assert "报送不足" in reasons[ZHUZHOU]


@pytest.mark.parametrize("by", CAMPAIGNS)
def test_a_campaign_can_be_ranked_by(published, command, by):
    data = rank(command, "--by", by)
    assert data["by"] == by
    assert data["scheme"] == "status_share"
    assert 0 < data["of"] <= len(AREAS)
    assert all(0 <= row["value"] <= 100 for row in data["rankings"])


def test_an_indicator_can_be_ranked_by_the_share_that_is_printed(published, command):
    data = rank(command, "--by", INDICATOR)
    assert data["scheme"] == "attainment"
    assert {row["area"] for row in data["rankings"]} <= set(AREAS)
    assert data["rankings"][0]["value"] >= data["rankings"][-1]["value"]
    assert {row["reason"] for row in data["not_ranked"]} <= {"没有可比的完成比例", "未报送"}


@pytest.mark.parametrize(
    "more",
    [
        ("--by", "nonsense"),
        ("--level", "city", "--within", XIANGXI),
        ("--within", "433123"),
    ],
)
def test_a_ranking_that_there_is_not_is_said_so_with_what_there_is(published, command, more):
    message = ruled(command, "rank", "--period", PERIOD, *more)
    assert "没有按" in message
    assert "growth" in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rank", "--period", "2023-13"), "2023-13"),
        (("rank", "--period", "2023-4"), "YYYY-MM"),
        (("rank", "--period", PERIOD, "--within", "虎山县"), "虎山县"),
        (("rank", "--period", "2023-05"), "还没有发布"),
        (("rank", "--period", PERIOD, "--level", "village"), "village"),
        (("rank", "--period", PERIOD, "--as-of", "昨天"), "昨天"),
        (("rank", "--period", PERIOD, "--as-of", "2001-01-01"), "2001-01-01"),
        (("trace", "--period", PERIOD, "--area", "999999"), "999999"),
        (("trace", "--period", "2023-13", "--area", "433123"), "2023-13"),
        (("trace", "--period", "2023-05", "--area", "433123"), "还没有发布"),
        (("trace", "--period", PERIOD, "--area", "433101"), "未报送"),
        (("trace", "--period", PERIOD, "--area", "433123", "--indicator", "growth.nonsense"), "growth.nonsense"),
        (("reconcile", "--period", PERIOD), "FILE"),
        (("reconcile",), "FILE"),
        (("reconcile", "--period", PERIOD, "--area", "433101"), "没有报送"),
        (("reconcile", "--period", PERIOD, "--area", "999999"), "999999"),
        (("reconcile", "/no/such/file.xlsx"), "/no/such/file.xlsx"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_why(published, command, arguments, words):
    assert words in ruled(command, *arguments)


def test_a_ranking_for_people_has_the_same_places_and_its_mark(published, command):
    rows = rank(command)["rankings"]
    output = command("rank", "--period", PERIOD).output
    lines = [line.split() for line in output.splitlines()]
    for row in rows:
        place = f"{row['rank']}{'（并列）' if row['tied'] else ''}"
        (line,) = [parts for parts in lines if parts[:2] == [place, row["name"]]]
        assert line[2] == f"{row['value']:.2f}"
        assert line[-1] == "样例数据"


def test_the_ranking_of_an_earlier_time_is_given_as_it_was(published, command):
    before = rank(command)
    warehouse = Warehouse(f"sqlite:///{published.root / 'warehouse.sqlite'}")
    moment = str(warehouse.current(PERIOD)["made_at"])
    sample = month_of_samples(PERIOD)["433126"]
    published.land(corrected(sample.content), sample.name, "433126", PERIOD, is_sample=True)
    land_sample(published, month_of_samples(PERIOD)["430225"])
    assert command("run", "--period", PERIOD).exit_code == 0
    assert rank(command, "--as-of", moment) == before
    assert rank(command)["publication"] != before["publication"]
    warehouse.engine.dispose()


def test_a_trace_leads_from_the_total_down_to_the_file(published, command):
    whole = {row["area"]: row for row in rank(command)["rankings"]}
    data = data_of(command("trace", "--period", PERIOD, "--area", "433123", "--indicator", INDICATOR, "--json"))
    total = next(place for place in data["places"] if place["by"] == "total" and place["universe"] == "430000")
    assert (total["rank"], total["value"]) == (whole["433123"]["rank"], whole["433123"]["value"])
    assert {place["by"] for place in data["places"]} == {"total", "growth", INDICATOR}
    scores = {score["campaign"]: score for score in data["scores"]}
    assert scores["total"]["points"] == total["value"]
    growth = scores["growth"]
    assert growth["points"] == pytest.approx(100 * growth["credited"] / growth["assessed"], abs=1e-5)
    (landed,) = published.versions(PERIOD, "433123")
    assert data["file"]["sha256"] == hashlib.sha256(published.content(landed)).hexdigest()
    assert data["file"]["version"] == 1
    (item,) = data["items"]
    assert item["indicator"] == INDICATOR


def test_a_campaigns_points_are_the_tasks_of_the_traced_items(published, command):
    data = data_of(command("trace", "--period", PERIOD, "--area", "433126", "--json"))
    scores = {score["campaign"]: score for score in data["scores"]}
    tasks = [item["tasks"] for item in data["items"] if item["indicator"]]
    credited = sum(one.get(name, 0) for one in tasks for name in ("done", "on_track", "expected_done"))
    assessed = credited + sum(one.get(name, 0) for one in tasks for name in ("behind", "preparing"))
    assert (scores["total"]["credited"], scores["total"]["assessed"]) == (credited, assessed)


@pytest.mark.parametrize("area", ["433123", "433122", "433124", "430204"])  # one of each form
def test_every_cell_of_a_trace_says_in_the_workbook_what_is_printed(published, command, area):
    data = data_of(command("trace", "--period", PERIOD, "--area", area, "--json"))
    (landed,) = published.versions(PERIOD, area)
    book = openpyxl.load_workbook(io.BytesIO(published.content(landed)))
    checked = 0
    for item in data["items"]:
        for row in item["rows"]:
            for name, text in row["text"].items():
                address = row["cells"].get(name.removesuffix("_text"))
                if address is None:
                    continue
                cell = squeeze(shown(book[row["sheet"]], address))
                assert squeeze(text).startswith(cell) or cell.startswith(squeeze(text)), f"{row['sheet']}!{address}"
                assert cell, f"{row['sheet']}!{address}"
                checked += 1
    assert checked > 400


def test_a_trace_for_people_prints_sheet_cell_and_text(published, command):
    area = "433123"
    output = command("trace", "--period", PERIOD, "--area", area, "--indicator", INDICATOR).output
    (landed,) = published.versions(PERIOD, area)
    assert landed.original_name in output
    assert landed.sha256 in output
    book = openpyxl.load_workbook(io.BytesIO(published.content(landed)))
    printed = re.findall(r"^\s+(\S+)!([A-Z]+\d+)  (.*)$", output, re.MULTILINE)
    assert len(printed) >= 3
    for sheet, address, text in printed:
        cell = squeeze(shown(book[sheet], address))
        assert cell.startswith(squeeze(text)) or squeeze(text).startswith(cell)


def held(data: dict) -> None:
    """A reconciliation has what was promised of it."""
    assert set(data) == OF_RECONCILE
    assert data["tables"]
    for table in data["tables"]:
        assert set(table) >= OF_TABLE
        assert table["result"] in {"fits", "ambiguous", "differs"}
        assert set(table["stated"]) == set(table["counted"]) == OF_COUNTS
        assert (table["result"] == "differs") == (not table["readings"])
        assert all(reading["words"] for reading in table["readings"])
    assert data["ratios"]
    for ratio in data["ratios"]:
        assert set(ratio) >= OF_RATIO
        assert ratio["result"] in {"equal", "rounding", "differs"}


def test_a_file_is_reconciled_without_being_sent(lake, command, tmp_path):
    sample = month_of_samples(PERIOD)["433126"]
    file = tmp_path / sample.name
    file.write_bytes(sample.content)
    data = data_of(command("reconcile", file, "--json"))
    held(data)
    assert data["area"] == "433126"
    assert not lake.landing.exists()


def test_what_a_county_sent_is_reconciled_like_the_file_itself(published, command, tmp_path):
    sample = month_of_samples(PERIOD)["433126"]
    file = tmp_path / sample.name
    file.write_bytes(sample.content)
    sent = data_of(command("reconcile", "--period", PERIOD, "--area", "古丈县", "--json"))
    held(sent)
    assert sent["period"] == PERIOD
    of_file = data_of(command("reconcile", file, "--period", PERIOD, "--area", "433126", "--json"))
    assert of_file == sent


def test_a_letter_that_no_longer_fits_its_tables_differs(published, command):
    sample = month_of_samples(PERIOD)["433126"]
    published.land(corrected(sample.content), sample.name, "433126", PERIOD, is_sample=True)
    data = data_of(command("reconcile", "--period", PERIOD, "--area", "433126", "--json"))
    assert "differs" in {table["result"] for table in data["tables"]}


def test_a_reconciliation_for_people_says_how_each_table_fits(published, command):
    result = command("reconcile", "--period", PERIOD, "--area", "433126")
    assert result.exit_code == 0
    assert "古丈县专报与监测表核对" in result.output
    assert "相符" in result.output


def test_a_file_that_cannot_be_read_is_not_reconciled(lake, command, tmp_path):
    file = tmp_path / "报告.xlsx"
    file.write_bytes(b"PK broken")
    assert "文件已损坏" in ruled(command, "reconcile", file)


def test_a_ranking_by_an_indicator_that_is_not_public_says_so(published, command):
    by = next(
        r.by
        for r in Warehouse(f"sqlite:///{published.root / 'warehouse.sqlite'}").read("rankings").itertuples()
        if r.by.startswith("growth.") and indicators("2023")[r.by.partition("/")[0]].release_class == "leaders"
    )
    assert "仅供领导参考" in command("rank", "--period", PERIOD, "--by", by).output
    assert "公开等级" not in command("rank", "--period", PERIOD, "--by", "growth.key_project_investment").output

"""`submit` and `run`: what comes in, what is read, and what a bad file may not do."""

import json
from pathlib import Path

import openpyxl
import pytest

from risk_assets.language.areas import name_of
from risk_assets.storage import Lake, Warehouse
from risk_assets_tests.cli.workbooks import (
    corrected,
    renamed,
    telling_one_item_of_each_campaign,
    with_unknown_headers,
)
from risk_assets_tests.conftest import AREAS, PERIOD, land_sample, month_of_samples, rows_of


def flat(text: str) -> str:
    """Printed text without the breaks of a narrow terminal."""
    return "".join(text.split())


def submit(command, tmp_path: Path, area: str, content: bytes, name: str = "月报.xlsx", period: str = PERIOD):
    file = tmp_path / name
    file.write_bytes(content)
    return command("submit", file, "--area", area, "--period", period)


def ranking(command, *more: str) -> dict:
    return json.loads(command("rank", "--period", PERIOD, "--json", *more).output)


def places(command) -> dict[str, int]:
    return {row["area"]: row["rank"] for row in ranking(command)["rankings"]}


def staged_times(lake: Lake) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in lake.staged.rglob("*.parquet")}


def current_submission(lake: Lake, area: str) -> dict:
    warehouse = Warehouse(f"sqlite:///{lake.root / 'warehouse.sqlite'}")
    publication = str(warehouse.current(PERIOD)["publication"])
    frame = rows_of(warehouse, "submissions", publication)
    warehouse.engine.dispose()
    (row,) = frame[frame["area"] == area].to_dict("records")
    return row


def test_submitting_prints_a_receipt_with_what_was_read(lake, command, tmp_path):
    sample = month_of_samples(PERIOD)["433122"]
    result = submit(command, tmp_path, "泸溪县", sample.content)
    (landed,) = lake.versions(PERIOD, "433122")
    assert result.exit_code == 0
    assert "回执" in result.output
    assert landed.submission in result.output
    assert landed.sha256 in flat(result.output)
    assert "泸溪县 2023-04 第 1 版" in result.output
    assert "读到 186 行 = 采用 186 + 未变 0 + 搁置 0" in result.output
    assert not lake.staged.exists()


def test_submitting_the_same_file_twice_makes_no_second_version(lake, command, tmp_path):
    sample = month_of_samples(PERIOD)["433122"]
    submit(command, tmp_path, "433122", sample.content)
    result = submit(command, tmp_path, "433122", sample.content)
    assert result.exit_code == 0
    assert "不另立版本" in result.output
    assert len(lake.versions(PERIOD, "433122")) == 1


def test_the_receipt_of_an_unreadable_file_says_why_and_keeps_it(lake, command, tmp_path):
    result = submit(command, tmp_path, "433122", b"PK broken", "扫描件.xlsx")
    assert result.exit_code == 0
    assert "未能采用" in result.output
    assert "文件已损坏" in result.output
    assert lake.content(lake.versions(PERIOD, "433122")[0]) == b"PK broken"


def test_a_file_name_in_another_encoding_is_taken(lake, command, tmp_path):
    name = "泸溪县月报.xlsx".encode("gbk").decode("utf-8", "surrogateescape")  # unpacked from a zip made in Windows
    result = submit(command, tmp_path, "433122", month_of_samples(PERIOD)["433122"].content, name)
    assert result.exit_code == 0, repr(result.exception)
    assert len(lake.versions(PERIOD, "433122")) == 1


def test_markup_in_a_file_name_is_printed_and_not_obeyed(landed, command, tmp_path):
    submit(command, tmp_path, "433122", b"no report", "[red]月报.txt")
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, repr(result.exception)
    assert "未采用 泸溪县 [red]月报.txt" in result.output


@pytest.mark.parametrize(
    ("area", "period", "words"),
    [
        ("433122", "2023-13", "YYYY-MM"),
        ("433122", "2023", "YYYY-MM"),
        ("999999", PERIOD, "999999"),
        ("虎山县", PERIOD, "虎山县"),
        ("430000", PERIOD, "湖南省 不是报送地区"),
        ("433122", "2001-04", "2001-04"),
    ],
)
def test_a_bad_argument_of_submit_is_named_and_nothing_lands(lake, command, tmp_path, area, period, words):
    result = submit(command, tmp_path, area, b"x", period=period)
    assert result.exit_code != 0
    assert words in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert not lake.landing.exists()


@pytest.mark.parametrize("arguments", [
    ("run", "--period", "2023-13"),
    ("run", "--period", PERIOD, "--area", "999999"),
    ("run", "--period", "2023-05"),
    ("run",),
    ("submit", "/no/such/file.xlsx", "--area", "433122", "--period", PERIOD),
    ("nonsense",),
])  # fmt: skip
def test_a_bad_command_gives_an_error_and_no_traceback(lake, command, arguments):
    result = command(*arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert "Error" in result.output


@pytest.mark.parametrize("name", ["攸县", "道县", "澧县", "南县", "凤凰县", "江华瑶族自治县", "宁乡市"])
def test_an_area_may_be_told_by_its_official_name(lake, command, tmp_path, name):
    result = submit(command, tmp_path, name, b"x")
    assert result.exit_code == 0, result.output
    assert f"{name} {PERIOD} 第 1 版" in result.output


def test_a_month_in_which_nobody_reported_is_said_to_be_empty(lake, command):
    result = command("run", "--period", PERIOD)
    assert result.exit_code != 0
    assert "没有任何报送" in result.output


def test_a_run_reads_ranks_and_publishes(published, command):
    data = ranking(command)
    assert {row["area"] for row in data["rankings"]} <= set(AREAS)
    assert data["of"] >= len(AREAS) - 1
    assert len(data["rankings"]) + len(data["not_ranked"]) == 122
    assert (published.published(PERIOD) / "ranking.xlsx").exists()
    assert {path.name for path in published.published(PERIOD).iterdir()} == {
        "index.html", "manifest.json", "month_findings.parquet", "report.docx",
        "ranking.xlsx", "rankings.parquet", "rollups.parquet", "scores.parquet",
    }  # fmt: skip


def test_a_second_run_says_that_nothing_has_changed(published, command):
    before, data = staged_times(published), ranking(command)
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0
    assert f"{PERIOD}：没有变化，沿用 {data['publication']}" in result.output
    assert staged_times(published) == before
    assert ranking(command) == data


def test_broken_workbooks_leave_the_others_ranked_and_are_named(lake, command):
    made = month_of_samples(PERIOD)
    broken = {
        "433122": (made["433122"].content[:4000], "文件已损坏"),
        "433123": (b"\x00\x01\x02 not a workbook", "此格式不能读取"),
        "433124": (b"", "文件是空的"),
        "433127": (with_unknown_headers(made["433127"].content), "没有找到认识的监测表表头"),
        "433130": (renamed(made["433130"].content, "龙山县", "虎山县"), "标题里的地区名称不在区划表中"),
        "433125": (renamed(made["433125"].content, "保靖县", "永顺县"), "标题写的是别的地区"),
        "430204": (renamed(made["430204"].content, "2023年4月", "2023年5月"), "标题写的是别的月份"),
    }
    for area in AREAS:
        if area in broken:
            lake.land(broken[area][0], f"{area}.xlsx", area, PERIOD, made[area].received_at, is_sample=True)
        else:
            land_sample(lake, made[area])
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    data = ranking(command)
    assert {row["area"] for row in data["rankings"]} == set(AREAS) - set(broken)
    reasons = {row["area"]: row["reason"] for row in data["not_ranked"]}
    for area, (_, reason) in broken.items():
        assert reason in reasons[area]
        assert f"未采用{name_of(area)}{area}.xlsx:{reason}" in flat(result.output)
    assert f"已报 {len(AREAS)}，已读 {len(AREAS) - len(broken)}" in result.output


def test_a_copied_file_is_refused_and_named(published, command):
    published.land(month_of_samples(PERIOD)["433122"].content, "copy.xlsx", "433101", PERIOD)
    before = places(command)
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    assert "未采用吉首市copy.xlsx:标题写的是别的地区" in flat(result.output)
    assert places(command) == before


def test_a_copied_file_does_not_take_the_place_from_the_one_who_sent_it_first(landed, command):
    landed.land(month_of_samples(PERIOD)["433122"].content, "copy.xlsx", "433101", PERIOD)
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    ranked = places(command)
    assert "433101" not in ranked
    assert "433122" in ranked


def test_a_corrected_workbook_moves_places_and_is_read_alone(published, command, tmp_path):
    area = "433126"
    before, times = places(command), staged_times(published)
    submit(command, tmp_path, area, corrected(month_of_samples(PERIOD)[area].content))
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    after = places(command)
    assert after[area] < before[area]
    assert "读取 1 份文件" in result.output
    assert f"{name_of(area)}:{before[area]} → {after[area]}" in result.output
    moved = {one for one in after if after[one] != before[one]}
    assert f"{len(moved)} 个地区的名次有变" in result.output
    now = staged_times(published)
    assert {path: now[path] for path in times} == times
    assert {path.parent.name for path in now.keys() - times.keys()} == {area}


def test_both_versions_of_a_corrected_workbook_are_kept(published, command, tmp_path):
    area, sample = "433126", month_of_samples(PERIOD)["433126"]
    submit(command, tmp_path, area, corrected(sample.content))
    command("run", "--period", PERIOD)
    first, second = published.versions(PERIOD, area)
    assert published.content(first) == sample.content
    assert second.supersedes == first.submission
    current = current_submission(published, area)
    assert (current["version"], current["submission"]) == (2, second.submission)


@pytest.mark.parametrize("run_between", [True, False])
def test_a_correction_says_how_many_rows_stayed_as_they_were(landed, command, tmp_path, run_between):
    area, sample = "433126", month_of_samples(PERIOD)["433126"]
    if run_between:
        command("run", "--period", PERIOD)
    submit(command, tmp_path, area, corrected(sample.content))
    command("run", "--period", PERIOD)
    row = current_submission(landed, area)
    assert row["rows_read"] == row["rows_accepted"] + row["rows_unchanged"] + row["rows_set_aside"]
    assert 0 < row["rows_accepted"] < 60
    assert row["rows_unchanged"] > 100


def test_an_unreadable_second_version_leaves_the_first_in_force(published, command, tmp_path):
    before = places(command)
    submit(command, tmp_path, "433126", b"PK broken", "更正.xlsx")
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    assert "未采用古丈县更正.xlsx:文件已损坏" in flat(result.output)
    assert places(command) == before
    assert current_submission(published, "433126")["version"] == 1


def test_a_good_third_version_takes_over_from_an_unreadable_second(published, command, tmp_path):
    sample = month_of_samples(PERIOD)["433126"]
    submit(command, tmp_path, "433126", b"PK broken", "更正.xlsx")
    submit(command, tmp_path, "433126", corrected(sample.content))
    result = command("run", "--period", PERIOD)
    assert "未采用" not in result.output
    assert current_submission(published, "433126")["version"] == 3


def test_sending_the_first_file_again_brings_its_places_back(published, command, tmp_path):
    before, sample = places(command), month_of_samples(PERIOD)["433126"]
    submit(command, tmp_path, "433126", corrected(sample.content))
    command("run", "--period", PERIOD)
    assert places(command) != before
    submit(command, tmp_path, "433126", sample.content)
    command("run", "--period", PERIOD)
    assert places(command) == before
    assert current_submission(published, "433126")["version"] == 3


def test_a_late_county_is_added_and_the_rest_is_not_read_again(published, command):
    times, before = staged_times(published), places(command)
    land_sample(published, month_of_samples(PERIOD)["430225"])
    result = command("run", "--period", PERIOD)
    assert "读取 1 份文件" in result.output
    assert places(command).keys() - before.keys() == {"430225"}
    now = staged_times(published)
    assert {path: now[path] for path in times} == times


def test_only_the_areas_asked_for_are_read(landed, command):
    chosen = ("430203", "433130")  # others lie between the two
    result = command("run", "--period", PERIOD, "--area", chosen[0], "--area", chosen[1])
    assert result.exit_code == 0, result.output
    assert set(places(command)) == set(chosen)


def test_a_run_of_one_month_leaves_the_files_of_others_unread(landed, command):
    sample = month_of_samples(PERIOD)["430204"]
    for period in ("2023-03", "2023-05"):
        landed.land(sample.content + period.encode(), "x.xlsx", "430204", period)
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    assert {path.parent.parent.name for path in landed.staged.rglob("*.parquet")} == {PERIOD}


def test_two_months_in_one_command_are_run_in_order_and_the_second_shows_changes(lake, command):
    for period in ("2023-03", PERIOD):
        for area in AREAS[2:6]:
            land_sample(lake, month_of_samples(period)[area])
    result = command("run", "--period", PERIOD, "--period", "2023-03")
    assert result.exit_code == 0, result.output
    assert result.output.index("2023-03：") < result.output.index("2023-04：")
    march = json.loads(command("rank", "--period", "2023-03", "--json").output)
    was = {row["area"]: row["rank"] for row in march["rankings"]}
    for row in ranking(command)["rankings"]:
        assert row["change"] == was[row["area"]] - row["rank"]


def test_another_month_before_makes_a_new_publication_of_the_month(published, command):
    first = ranking(command)["publication"]
    for area in AREAS[2:5]:
        land_sample(published, month_of_samples("2023-03")[area])
    result = command("run", "--period", "2023-03", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    assert ranking(command)["publication"] != first
    assert any(row["change"] is not None for row in ranking(command)["rankings"])


def test_a_published_file_that_was_lost_is_written_again(published, command):
    workbook = published.published(PERIOD) / "ranking.xlsx"
    workbook.unlink()
    result = command("run", "--period", PERIOD)
    assert "没有变化" in result.output
    assert "总排名" in openpyxl.load_workbook(workbook).sheetnames


def test_showing_a_county_prints_how_its_letter_fits_its_tables(published, command):
    result = command("run", "--period", PERIOD, "--show", "凤凰县")
    assert result.exit_code == 0, result.output
    assert "凤凰县专报与监测表核对" in result.output


@pytest.mark.parametrize("sender", ["433100", "433100-Z01"])
def test_a_file_of_a_city_or_zone_does_not_stop_the_months_publication(published, command, tmp_path, sender):
    content = renamed(month_of_samples(PERIOD)["433122"].content, "泸溪县", name_of(sender))
    receipt = submit(command, tmp_path, sender, content)
    assert "读到" in receipt.output, receipt.output
    before = places(command)
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    assert places(command) == before


def test_every_command_has_a_line_of_help(command):
    result = command("--help")
    assert result.exit_code == 0
    commands = result.output.split("Commands:")[1].strip().splitlines()
    assert len(commands) >= 6
    assert all(len(line.split()) > 2 for line in commands)


def test_an_area_that_tells_one_item_of_each_campaign_has_no_place_and_the_reason_is_said(lake, command, tmp_path):
    made = month_of_samples(PERIOD)
    for area in ("433124", "433125"):
        land_sample(lake, made[area])
    submit(command, tmp_path, "433122", telling_one_item_of_each_campaign(made["433122"].content, "433122"))
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    assert set(places(command)) == {"433124", "433125"}
    for by in ("growth", "innovation", "environment", "risk", "safety", "livelihood"):
        data = ranking(command, "--by", by)
        assert "433122" not in {row["area"] for row in data["rankings"]}
        (reason,) = (row["reason"] for row in data["not_ranked"] if row["area"] == "433122")
        assert reason.endswith("报告的项数不足"), by
    (whole,) = (row["reason"] for row in ranking(command)["not_ranked"] if row["area"] == "433122")
    assert whole.startswith("缺少")


def test_filling_with_samples_never_puts_a_made_up_file_over_a_real_one(lake, command, tmp_path):
    real, _ = lake.land(b"as the county sent it", "月报.xlsx", "433122", PERIOD)
    for _ in range(2):
        result = command("samples", "--period", PERIOD, "--folder", tmp_path)
        assert result.exit_code == 0, result.output
    assert lake.versions(PERIOD, "433122") == [real]
    others = [one for area, versions in lake.landed(PERIOD).items() if area != "433122" for one in versions]
    assert len(others) > len(AREAS)
    assert all(one.is_sample and one.version == 1 for one in others)


@pytest.mark.parametrize("sent", [True, False], ids=["something was sent", "nothing was sent"])
def test_a_month_that_has_not_ended_is_not_run_and_the_months_that_can_be_are_told(lake, command, sent):
    if sent:
        lake.land(b"from the future", "月报.xlsx", "433122", "2099-01")
    result = command("run", "--period", "2099-01")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "2099-01：只能运行" in result.output
    assert not lake.staged.exists()

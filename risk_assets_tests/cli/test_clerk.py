"""`submit`, `withdraw`, `check`, `template`: what a clerk gets for a file before and after it is sent."""

import re
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from risk_assets_tests.builders import HEADER, TITLE, item, table_workbook, with_cell
from risk_assets_tests.cli.test_run import flat, places, ranking, submit
from risk_assets_tests.cli.workbooks import corrected, renamed
from risk_assets_tests.conftest import AREAS, PERIOD, land_sample, month_of_samples

COUNTY = "433123"
ROWS = [item(1, "地区生产总值增长7%", "29.00%", "大概可以"), item(2, "固定资产投资79.4亿元", "5%")]


def questionable() -> bytes:
    """A workbook with a question in it and no error."""
    return table_workbook(TITLE, HEADER, ROWS)


def wrong() -> bytes:
    """A workbook in which an indicator stands twice: an error that does not refuse the file."""
    rows = [item(number, "地区生产总值增长7%") for number in (1, 9)]
    return table_workbook(TITLE, HEADER, rows)


def check(command, tmp_path: Path, content: bytes, name: str = "月报.xlsx", area: str = COUNTY, more: tuple = ()):
    file = tmp_path / name
    file.write_bytes(content)
    return command("check", file, "--area", area, "--period", PERIOD, *more)


def receipts(lake) -> list[Path]:
    return sorted(lake.landing.rglob("receipt*.txt"))


def everything(lake) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(lake.root.rglob("*")) if path.is_file()}


def test_the_receipt_that_is_printed_is_kept_beside_the_file(lake, command, tmp_path):
    result = submit(command, tmp_path, COUNTY, questionable())
    (landed,) = lake.versions(PERIOD, COUNTY)
    (kept,) = receipts(lake)
    assert kept == lake.landing / PERIOD / COUNTY / landed.sha256 / "receipt.txt"
    assert result.output.startswith(kept.read_text(encoding="utf-8"))
    assert str(kept) in result.output


def test_the_receipt_says_what_came_when_and_what_was_read(lake, command, tmp_path):
    submit(command, tmp_path, COUNTY, questionable())
    (landed,) = lake.versions(PERIOD, COUNTY)
    text = receipts(lake)[0].read_text(encoding="utf-8")
    for words in (landed.submission, "凤凰县", PERIOD, "第 1 版", "月报.xlsx", f"{landed.size} 字节", landed.sha256):
        assert words in text
    assert re.search(r"收到 20\d\d-\d\d-\d\d \d\d:\d\d（北京时间），期限 2023-05-09，迟报 \d+ 个工作日", text)
    assert f"{TITLE}（工作表 附件1）：2 行 = 采用 2 + 未变 0 + 搁置 0" in text


def test_the_receipt_says_what_is_wrong_where_and_what_to_do(lake, command, tmp_path):
    submit(command, tmp_path, COUNTY, questionable())
    text = receipts(lake)[0].read_text(encoding="utf-8")
    assert "状态文字不认识，按状态不明处理：请改用规定的状态词" in text
    assert re.search(r"附件1!(?:F3|3:3)（实际：大概可以", text)
    assert "疑问" in text
    assert f"risk-assets submit FILE --area {COUNTY} --period {PERIOD}" in text
    assert f"risk-assets withdraw --area {COUNTY} --period {PERIOD}" in text


def test_the_receipt_of_a_correction_says_what_is_unchanged_and_what_it_replaces(lake, command, tmp_path):
    submit(command, tmp_path, COUNTY, questionable())
    submit(command, tmp_path, COUNTY, with_cell(questionable(), "附件1", "F3", "进展有序"))
    first, second = lake.versions(PERIOD, COUNTY)
    text = (lake.landing / PERIOD / COUNTY / second.sha256 / "receipt.txt").read_text(encoding="utf-8")
    assert f"替代 {first.submission}；旧版保留" in text
    assert "读到 2 行 = 采用 1 + 未变 1 + 搁置 0" in text


def test_a_receipt_counts_as_the_ledger_will(landed, command, tmp_path):
    area, sample = "433126", month_of_samples(PERIOD)["433126"]
    text = submit(command, tmp_path, area, corrected(sample.content)).output
    command("run", "--period", PERIOD)
    files = sorted((landed.staged / "submissions" / PERIOD / area).glob(f"{area}-{PERIOD}-v2*"))
    row = pq.read_table(files[0], partitioning=None).to_pylist()[0]
    counts = f"采用 {row['rows_accepted']} + 未变 {row['rows_unchanged']} + 搁置 {row['rows_set_aside']}"
    assert f"读到 {row['rows_read']} 行 = {counts}" in text


def test_a_refused_file_gets_a_receipt_too(lake, command, tmp_path):
    result = submit(command, tmp_path, COUNTY, b"PK broken", "坏文件.xlsx")
    assert result.exit_code == 0
    text = receipts(lake)[0].read_text(encoding="utf-8")
    assert "未能采用" in text
    assert "拒收 1 处：不改正，整份文件不采用" in text
    assert "文件已损坏" in text


def test_the_same_file_again_keeps_the_first_receipt(lake, command, tmp_path):
    content = questionable()
    submit(command, tmp_path, COUNTY, content)
    before = {path: path.read_bytes() for path in receipts(lake)}
    result = submit(command, tmp_path, COUNTY, content)
    assert "不另立版本" in result.output
    assert {path: path.read_bytes() for path in receipts(lake)} == before


def test_a_receipt_names_no_person(lake, command, tmp_path):
    content = with_cell(questionable(), "附件1", "F3", "大概可以，填报人：张三，13812345678")
    submit(command, tmp_path, COUNTY, content, "月报 联系人：李四.xlsx")
    text = receipts(lake)[0].read_text(encoding="utf-8")
    assert not [word for word in ("张三", "李四", "13812345678") if word in text]


def test_a_run_writes_no_receipt_and_changes_none(landed, command, tmp_path):
    submit(command, tmp_path, COUNTY, questionable())
    before = {path: path.read_bytes() for path in receipts(landed)}
    command("run", "--period", PERIOD)
    assert {path: path.read_bytes() for path in receipts(landed)} == before


def test_after_a_withdrawal_the_next_run_publishes_without_the_area(published, command):
    before = places(command)
    result = command("withdraw", "--area", "泸溪县", "--period", PERIOD, "--reason", "数据有误")
    assert result.exit_code == 0, result.output
    assert places(command) == before
    run = command("run", "--period", PERIOD)
    assert run.exit_code == 0, run.output
    assert "读取 0 份文件，撤回 1 份" in run.output
    assert set(before) - set(places(command)) == {"433122"}
    assert {"area": "433122", "name": "泸溪县", "reason": "已撤回"} in ranking(command)["not_ranked"]
    assert f"已报 {len(AREAS) - 1}，已读 {len(AREAS) - 1}" in run.output


def test_a_withdrawn_report_is_listed_as_withdrawn_in_the_months_workbook(published, command):
    command("withdraw", "--area", "433122", "--period", PERIOD, "--reason", "数据有误")
    command("run", "--period", PERIOD)
    book = openpyxl.load_workbook(published.published(PERIOD) / "ranking.xlsx")
    (row,) = [row for row in book["报送情况"].iter_rows(values_only=True) if row[0] == "泸溪县"]
    assert row[2] == "已撤回"


def test_a_report_sent_after_a_withdrawal_takes_its_place_again(published, command, tmp_path):
    before, sample = places(command), month_of_samples(PERIOD)["433122"]
    command("withdraw", "--area", "433122", "--period", PERIOD, "--reason", "数据有误")
    command("run", "--period", PERIOD)
    result = submit(command, tmp_path, "433122", sample.content)
    assert "第 3 版" in result.output
    command("run", "--period", PERIOD)
    assert places(command) == before


def test_a_withdrawal_has_a_receipt_with_its_reason_and_no_person(lake, command, tmp_path):
    submit(command, tmp_path, COUNTY, questionable())
    result = command("withdraw", "--area", COUNTY, "--period", PERIOD, "--reason", "数据有误，联系人：张三")
    first, withdrawal = lake.versions(PERIOD, COUNTY)
    kept = lake.landing / PERIOD / COUNTY / withdrawal.sha256 / "receipt.txt"
    text = kept.read_text(encoding="utf-8")
    assert result.output.startswith(text)
    assert withdrawal.submission in text
    assert f"撤回 {first.submission}" in text
    assert "原因 数据有误" in text
    assert not [name for name, content in everything(lake).items() if "张三".encode() in content]


def test_what_is_withdrawn_is_neither_traced_nor_reconciled(published, command):
    command("withdraw", "--area", "433122", "--period", PERIOD, "--reason", "数据有误")
    command("run", "--period", PERIOD)
    for question in ("trace", "reconcile"):
        result = command(question, "--period", PERIOD, "--area", "433122")
        assert result.exit_code == 1
        assert "已撤回" in result.output


@pytest.mark.parametrize("reason", ["", " ", "联系人：张三"])
def test_a_withdrawal_without_a_reason_is_refused(lake, command, tmp_path, reason):
    submit(command, tmp_path, COUNTY, questionable())
    result = command("withdraw", "--area", COUNTY, "--period", PERIOD, "--reason", reason)
    assert result.exit_code != 0
    assert "请写明撤回原因" in result.output
    assert len(lake.versions(PERIOD, COUNTY)) == 1


def test_nothing_to_withdraw_is_said(lake, command):
    result = command("withdraw", "--area", COUNTY, "--period", PERIOD, "--reason", "数据有误")
    assert result.exit_code == 1
    assert "凤凰县 2023-04：没有报送，无可撤回" in result.output
    assert not lake.landing.exists()


def test_a_file_with_questions_only_is_fit_to_submit(lake, command, tmp_path):
    result = check(command, tmp_path, questionable())
    assert result.exit_code == 0, result.output
    assert "核对结果：可以报送" in result.output
    assert "疑问 2 处：不妨碍报送，请核对" in result.output
    assert "请改用规定的状态词" in result.output


def test_a_file_with_an_error_is_not_fit_to_submit_though_it_would_be_read(lake, command, tmp_path):
    result = check(command, tmp_path, wrong())
    assert result.exit_code == 1
    assert "核对结果：暂不能报送" in result.output
    assert "错误" in result.output
    assert "请改正后再报，否则所涉各项不参与排名" in result.output
    assert "读到 2 行" in result.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"PK broken", "文件已损坏"),
        (table_workbook("花垣县打好经济增长主动仗重要指标监测表", HEADER, ROWS), "标题写的是别的地区"),
        (table_workbook("凤凰县2023年3月经济增长主动仗重要指标监测表", HEADER, ROWS), "标题写的是别的月份"),
    ],
    ids=["empty", "broken", "other area", "other month"],
)
def test_a_file_that_would_be_refused_is_not_fit_to_submit(lake, command, tmp_path, content, words):
    result = check(command, tmp_path, content)
    assert result.exit_code == 1
    assert words in result.output
    assert "拒收 1 处：不改正，整份文件不采用" in result.output


def test_checking_stores_nothing(landed, command, tmp_path):
    before = everything(landed)
    assert check(command, tmp_path, questionable()).exit_code == 0
    assert everything(landed) == before


def test_checking_needs_no_lake(lake, command, tmp_path):
    assert check(command, tmp_path, questionable()).exit_code == 0
    assert not lake.landing.exists()


def test_a_check_knows_what_others_have_sent(lake, command, tmp_path):
    nameless = renamed(month_of_samples(PERIOD)["433122"].content, "泸溪县", "本县")
    lake.land(nameless, "月报.xlsx", "433124", PERIOD, "2023-05-08T10:00:00+08:00")
    result = check(command, tmp_path, nameless, area="433122")
    assert result.exit_code == 1
    assert "同一个文件已为别的月份或地区报送过" in result.output


def test_a_check_tells_what_submitting_tells(lake, command, tmp_path):
    checked = check(command, tmp_path, questionable()).output
    receipt = submit(command, tmp_path, COUNTY, questionable()).output
    part = slice(checked.index("一、读到的内容"), None)
    assert checked[part].strip() in receipt


def test_the_marked_workbook_is_written_whether_fit_or_not(lake, command, tmp_path):
    for content, code in ((questionable(), 0), (wrong(), 1), (b"PK broken", 1)):
        out = tmp_path / "标注.xlsx"
        result = check(command, tmp_path, content, more=("--annotated", out))
        assert result.exit_code == code, result.output
        assert openpyxl.load_workbook(out).sheetnames[0] == "核对清单"
        assert f"标注的工作簿 {out}" in result.output


@pytest.mark.parametrize("name", ["月报.xlsx", "清单.csv", "清单"])
def test_the_marked_workbook_never_goes_over_the_file_nor_under_another_ending(lake, command, tmp_path, name):
    result = check(command, tmp_path, questionable(), more=("--annotated", tmp_path / name))
    assert result.exit_code == 2
    assert (tmp_path / "月报.xlsx").read_bytes() == questionable()
    assert [path.name for path in tmp_path.glob("*.*")] == ["月报.xlsx"]


def test_a_folder_that_is_not_there_is_said(lake, command, tmp_path):
    out = tmp_path / "none" / "a.xlsx"
    marked = check(command, tmp_path, questionable(), more=("--annotated", out))
    made = command("template", "--area", COUNTY, "--period", PERIOD, "--out", out)
    for result in (marked, made):
        assert result.exit_code == 1
        assert "无法写入" in flat(result.output)


@pytest.mark.parametrize("words", ["check", "template"])
def test_an_area_that_does_not_report_and_a_month_without_a_framework_are_told(lake, command, tmp_path, words):
    (tmp_path / "a.xlsx").write_bytes(questionable())
    rest = (tmp_path / "a.xlsx",) if words == "check" else ("--out", tmp_path / "b.xlsx")
    for area, period, told in (("430000", PERIOD, "不是报送地区"), (COUNTY, "2001-04", "2001-04")):
        result = command(words, *rest, "--area", area, "--period", period)
        assert result.exit_code == 1
        assert told in result.output


def test_a_template_holds_what_the_area_said_the_month_before(lake, command, tmp_path):
    land_sample(lake, month_of_samples("2023-03")["433122"])
    command("run", "--period", "2023-03")
    out = tmp_path / "四月.xlsx"
    result = command("template", "--area", "泸溪县", "--period", PERIOD, "--out", out)
    assert result.exit_code == 0, result.output
    assert "取自 2023-03 的报送" in result.output
    sheet = openpyxl.load_workbook(out).worksheets[1]
    assert "2023年3月" in sheet["A2"].value
    heads = [cell.value for cell in sheet[3]]
    columns = [heads.index(head) for head in ("年度目标", "责任单位", "上月完成情况")]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert all(sum(row[column] is not None for row in rows) > len(rows) / 2 for column in columns)


def test_a_template_goes_over_no_file(lake, command, tmp_path):
    out = tmp_path / "四月.xlsx"
    out.write_bytes(b"filled in by hand")
    result = command("template", "--area", COUNTY, "--period", PERIOD, "--out", out)
    assert result.exit_code == 1
    assert "文件已存在" in result.output
    assert out.read_bytes() == b"filled in by hand"


def test_a_template_has_the_ending_of_its_format(lake, command, tmp_path):
    result = command("template", "--area", COUNTY, "--period", PERIOD, "--out", tmp_path / "a.csv")
    assert result.exit_code == 2
    assert not (tmp_path / "a.csv").exists()


def test_an_empty_template_is_fit_to_submit_and_told_to_be_blank(lake, command, tmp_path):
    out = tmp_path / "空表.xlsx"
    command("template", "--area", COUNTY, "--period", PERIOD, "--out", out)
    result = command("check", out, "--area", COUNTY, "--period", PERIOD)
    assert result.exit_code == 0
    assert "状态空白，按状态不明处理（不等于零）：请补填" in result.output

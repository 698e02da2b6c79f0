"""Figures on the command line: `read`, `trace`, and a narrative report that a county sends beside its workbook."""

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from risk_assets.partitions import key_of
from risk_assets.storage import Lake
from risk_assets_tests.builders import HEADER, TITLE, item, table_workbook, text_file
from risk_assets_tests.cli.test_answers import squeeze
from risk_assets_tests.cli.test_run import flat, places, ranking, submit
from risk_assets_tests.cli.workbooks import corrected
from risk_assets_tests.conftest import PERIOD, call, month_of_samples, point_at

AREA, NAME = "433126", "古丈县"
SILENT, SILENT_NAME = "433101", "吉首市"
STOCK = "截至4月底，全县商品房库存60万平方米，共5200套，去化周期30个月。其中住宅40万平方米；非住宅库存20万平方米。"
REPORT = (
    "2023年1-4月防范化解风险阻击仗工作情况汇报",
    "一、房地产风险方面",
    f"　　1-4月，全县商品房销售面积8万平方米，共700套。{STOCK}",
    "今年加装电梯任务数12台，完成联合审批7台，正在建设4台。",
    "二、疫情风险方面",
    "全县报告新冠病毒感染病例530例，累计接种新冠疫苗812300剂次。",
    "三、极端天气风险方面",
    "对65个地灾隐患点加装监测设备，组织抢险演练66场，组建队伍1 92支。",
    "发布森林火险预警15次，其中黄色预警12次，橙色预警2次，红色预警1次。",
)
TOLD = {
    "risk.housing_sales": [8, 700],
    "risk.housing_stock": [60, 5200, 30],
    "risk.housing_stock_residential": [40],
    "risk.housing_stock_other": [20],
    "risk.elevators": [12, 7, 4],
    "risk.covid_cases": [530],
    "risk.covid_doses": [812300],
    "risk.geohazard_monitored": [65],
    "risk.rescue_drills": [66],
    "risk.forest_fire_warnings": [15, 12, 2, 1],
}
FIGURES = sum(map(len, TOLD.values()))
OF_OBSERVATION = {"line", "sheet", "cell", "start", "end", "quote", "value", "unit", "base_value", "base_unit",
                  "measure", "role", "bound", "period", "masked", "indicator_id", "component", "area", "table", "row",
                  "field"}  # fmt: skip


def narrative(*more: str) -> bytes:
    return text_file(*REPORT, *more)


def run(command) -> str:
    result = command("run", "--period", PERIOD)
    assert result.exit_code == 0, result.output
    return result.output


def trace(command, area: str = AREA, *more: str) -> dict:
    result = command("trace", "--period", PERIOD, "--area", area, *more, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def told(data: dict) -> dict[str, list[float]]:
    """Values of the figures of prose by indicator."""
    found: dict[str, list[float]] = {}
    for one in data["figures"]:
        found.setdefault(one["indicator"], []).append(one["value"])
    return found


def written(tmp_path: Path, content: bytes, name: str = "汇报.txt") -> Path:
    file = tmp_path / name
    file.write_bytes(content)
    return file


@pytest.fixture(scope="module")
def beside(published_province, tmp_path_factory) -> Path:
    """The small province, run again after one county has sent a narrative report beside its workbook."""
    root = tmp_path_factory.mktemp("narrative") / "lake"
    shutil.copytree(published_province, root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, root)
        submit(call, root.parent, AREA, narrative(), "汇报.txt")
        run(call)
    return root


@pytest.fixture
def both(lake, beside) -> Lake:
    """A lake of one's own in which the county's workbook and its narrative report stand."""
    shutil.copytree(beside, lake.root, dirs_exist_ok=True)
    return lake


def test_reading_prints_every_figure_as_data(lake, command, tmp_path):
    result = command("read", written(tmp_path, narrative()), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert all(set(one) >= OF_OBSERVATION for one in found["observations"])
    assert [one["value"] for one in found["observations"]] == [v for values in in_order() for v in values]
    lines = narrative().decode().split("\n")
    for one in found["observations"]:
        assert lines[one["line"] - 1][one["start"] : one["end"]] == one["quote"]
    assert [one["figure"] for one in found["not_understood"]] == ["1", "92支"]
    assert not lake.landing.exists()


def in_order() -> list[list[float]]:
    """The figures of the report from its first line to its last."""
    return [
        TOLD[f"risk.{name}"]
        for name in ("housing_sales", "housing_stock", "housing_stock_residential", "housing_stock_other", "elevators",
                     "covid_cases", "covid_doses", "geohazard_monitored", "rescue_drills", "forest_fire_warnings")
    ]  # fmt: skip


def test_reading_writes_the_figures_as_lines_of_json(lake, command, tmp_path):
    file, out = written(tmp_path, narrative()), tmp_path / "figures.jsonl"
    result = command("read", file, "--observations", out, "--json")
    assert result.exit_code == 0, result.output
    lines = out.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == json.loads(result.output)["observations"]
    assert "万平方米" in lines[0]


def test_the_figures_of_a_workbook_have_sheet_and_cell(lake, command, tmp_path):
    out = tmp_path / "figures.jsonl"
    file = written(tmp_path, table_workbook(TITLE, HEADER, [item(2, "固定资产投资79.4亿元", "33%")]), "表.xlsx")
    assert command("read", file, "--observations", out).exit_code == 0
    figures = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(one["sheet"], one["cell"], one["line"], one["quote"]) for one in figures] == [
        ("附件1", "B3", 3, "79.4亿元"),
        ("附件1", "E3", 3, "33%"),
    ]


def test_the_figures_are_never_written_over_the_file_that_is_read(lake, command, tmp_path):
    file = written(tmp_path, narrative())
    result = command("read", file, "--observations", tmp_path / "." / file.name)
    assert result.exit_code == 2
    assert "--observations" in result.output
    assert file.read_bytes() == narrative()


def test_figures_that_cannot_be_written_are_an_error_without_a_traceback(lake, command, tmp_path):
    result = command("read", written(tmp_path, narrative()), "--observations", tmp_path / "none" / "figures.jsonl")
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "无法写入" in result.output


def test_reading_for_people_shows_the_figures_of_prose_and_counts_them(lake, command, tmp_path):
    result = command("read", written(tmp_path, narrative()))
    assert result.exit_code == 0
    assert f"正文中的数字 {FIGURES} 个" in result.output
    assert f"数字共 {FIGURES} 个，对应指标 {FIGURES} 个，没有读懂 2 个" in result.output
    for quote in ("60万平方米", "812300剂次", "risk.rescue_drills"):
        assert quote in result.output


def test_markup_in_a_sentence_is_printed_and_not_obeyed(lake, command, tmp_path):
    result = command("read", written(tmp_path, narrative("[red]组织抢险演练[/] 3场。")))
    assert result.exit_code == 0, repr(result.exception)
    assert "[red]" in result.output


def test_the_receipt_of_a_narrative_says_what_was_read(landed, command, tmp_path):
    result = submit(command, tmp_path, AREA, narrative(), "汇报.txt")
    assert result.exit_code == 0
    text = f"没有监测表，按文字报告读取；读到数字 {FIGURES} 个，其中对应指标 {FIGURES} 个，没有读懂 2 个"
    assert flat(text) in flat(result.output)


def test_a_text_that_tells_too_little_is_refused_as_before(landed, command, tmp_path):
    result = submit(command, tmp_path, AREA, text_file("情况汇报", "组织抢险演练3场，一切正常。"), "汇报.txt")
    assert "未能采用" in result.output


def test_a_narrative_beside_a_workbook_leaves_every_place_as_it_was(published, both, command, published_province):
    now = ranking(command)
    with pytest.MonkeyPatch.context() as monkeypatch:
        point_at(monkeypatch, published_province)
        before = ranking(call)
    assert now["rankings"] == before["rankings"]
    assert now["not_ranked"] == before["not_ranked"]


def test_a_trace_shows_the_figures_of_the_narrative_and_the_cells_of_the_workbook(both, command):
    data = trace(command)
    assert told(data) == TOLD
    assert data["file"]["original_name"] == month_of_samples(PERIOD)[AREA].name
    assert {one["file"] for one in data["figures"]} == {"汇报.txt"}
    in_cells = [one for each in data["items"] for row in each["rows"] for one in row["figures"]]
    assert len(in_cells) > 100
    assert {one["file"] for one in in_cells} == {data["file"]["original_name"]}


def test_a_trace_marks_the_figure_in_its_sentence(both, command):
    for one in trace(command)["figures"]:
        assert one["sentence"][one["sentence_at"] :].startswith(one["quote"])
    output = command("trace", "--period", PERIOD, "--area", AREA).output
    assert "【60万平方米】" in output
    assert "全县商品房库存【60万平方米】，共5200套" in output
    assert "汇报.txt 第3行" in output


def test_a_figure_of_a_workbook_is_marked_in_its_cell(both, command):
    indicator = "growth.key_project_investment"
    (each,) = trace(command, AREA, "--indicator", indicator)["items"]
    output = squeeze(command("trace", "--period", PERIOD, "--area", AREA, "--indicator", indicator).output)
    figures = [one for row in each["rows"] for one in row["figures"]]
    assert figures
    for one in figures:
        assert squeeze(f"【{one['quote']}】") in output


def test_a_trace_of_one_indicator_shows_its_figures_only(both, command):
    assert told(trace(command, AREA, "--indicator", "risk.covid_doses")) == {"risk.covid_doses": [812300]}


def test_reconciling_what_a_county_sent_takes_the_workbook_and_not_the_narrative(both, command, tmp_path):
    sent = command("reconcile", "--period", PERIOD, "--area", AREA, "--json")
    file = written(tmp_path, month_of_samples(PERIOD)[AREA].content, "月报.xlsx")
    whole = command("reconcile", file, "--period", PERIOD, "--area", AREA, "--json")
    assert sent.exit_code == whole.exit_code == 0, sent.output
    assert json.loads(sent.output) == json.loads(whole.output)


def test_a_later_workbook_replaces_the_workbook_and_leaves_the_narrative(both, command, tmp_path):
    before = places(command)
    submit(command, tmp_path, AREA, corrected(month_of_samples(PERIOD)[AREA].content))
    run(command)
    assert places(command)[AREA] < before[AREA]
    data = trace(command)
    assert data["file"]["version"] == 3
    assert told(data) == TOLD


def test_a_later_narrative_replaces_the_narrative_and_leaves_the_workbook(both, command, tmp_path):
    before = places(command)
    submit(command, tmp_path, AREA, text_file(*REPORT[:-1]), "更正.txt")
    run(command)
    assert places(command) == before
    data = trace(command)
    assert data["file"]["version"] == 1
    assert told(data) == {name: values for name, values in TOLD.items() if name != "risk.forest_fire_warnings"}
    assert {one["file"] for one in data["figures"]} == {"更正.txt"}


def test_a_withdrawal_takes_the_workbook_and_the_narrative(both, command):
    assert command("withdraw", "--period", PERIOD, "--area", AREA, "--reason", "数据有误").exit_code == 0
    run(command)
    assert AREA not in places(command)
    assert "已撤回" in {one["area"]: one["reason"] for one in ranking(command)["not_ranked"]}[AREA]
    assert command("trace", "--period", PERIOD, "--area", AREA).exit_code == 1


def test_a_narrative_alone_gives_no_place_and_is_listed_with_a_reason(published, command, tmp_path):
    before = places(command)
    submit(command, tmp_path, SILENT, narrative(), "汇报.txt")
    run(command)
    assert places(command) == before
    reason = {one["area"]: one["reason"] for one in ranking(command)["not_ranked"]}[SILENT]
    assert reason
    assert reason != "未报送"
    data = trace(command, SILENT)
    assert told(data) == TOLD
    assert data["file"]["original_name"] == "汇报.txt"
    assert data["items"] == []
    nothing = command("reconcile", "--period", PERIOD, "--area", SILENT)
    assert nothing.exit_code == 1
    assert isinstance(nothing.exception, SystemExit)


def test_the_materialization_of_the_figures_says_how_many_and_what_was_not_understood(both):
    with dg.DagsterInstance.get() as instance:
        records = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=dg.AssetKey("observations"), asset_partitions=[str(key_of(AREA, PERIOD))]),
            limit=1,
        ).records
    metadata = records[0].asset_materialization.metadata
    assert [metadata[name].value for name in ("figures", "tied to an indicator", "not understood")] == [
        FIGURES, FIGURES, 2,
    ]  # fmt: skip
    assert "组建队伍# ##支。 | 1" in str(metadata["commonest phrases not understood"].value).replace("\\", "")

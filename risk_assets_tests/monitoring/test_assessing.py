import pytest

from risk_assets.language.figures import figures_in
from risk_assets.monitoring.evidence import printed_ratio, stands_alone
from risk_assets_tests.builders import (
    HEADER,
    PROJECT_HEADER,
    PROJECT_TITLE,
    TITLE,
    changed,
    counts,
    item,
    letter_and_table,
    project,
    read,
    rules_of,
    sample,
    table_workbook,
    tables_of,
    with_cell,
)

NAMES = ("地区生产总值增长7%", "固定资产投资79.4亿元", "重点项目投资90.5亿元", "新增规模以上服务业企业2家")


def assessed(*rows):
    report = read(table_workbook(PROJECT_TITLE, PROJECT_HEADER, rows, sheet="附件6"))
    return report, report.assessments


def one(unit, target, done, ratio):
    report, (row,) = assessed(project(1, "城镇新增就业20000人", unit, target, done, ratio))
    return row, [rule for rule in rules_of(report) if rule in ("unit_contradicts", "ratio_differs")]


def alone(printed):
    """Whether a cell holds one figure and nothing else."""
    return any(stands_alone(printed, one.quote) for one in figures_in(printed).quantities)


@pytest.mark.parametrize(
    "printed",
    [
        "2100户",
        "19万人",
        "已完成4007人。",
        "新增632人。",
        "完成1000万元。",
        "27.5亿元",
        "2,270",
        "27.3152",
        "120 万美元",
        "１９万人",
        "0",
    ],
)
def test_a_cell_with_one_amount_is_told(printed):
    assert alone(printed)


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "/",
        "115人●920月",
        "开工3个,累计完成投资375万元",
        "正在选址。",
        "120人(集中托养20人/居家托养100人)",
    ],
)
def test_a_cell_with_more_or_less_than_one_amount_is_none(printed):
    assert not alone(printed)


@pytest.mark.parametrize(
    ("printed", "computed", "result"),
    [
        ("27.84%", 27.8414, "equal"),
        ("10.87%", 10.875, "equal"),
        ("44.31%", 44.3182, "rounding"),
        ("16.66", 16.6667, "rounding"),
        ("22.3", 22.2222, "rounding"),
        ("11", 11.1111, "equal"),
        ("66%", 66.9, "rounding"),
        ("20.00%", 19.6393, "differs"),
        ("25%", 26.1, "differs"),
        ("27.84%", 27.86, "differs"),
    ],
)
def test_a_printed_ratio_is_held_to_its_last_printed_digit(printed, computed, result):
    assert printed_ratio(float(printed.rstrip("%")), printed).against(computed) == result


@pytest.mark.parametrize(("computed", "result"), [(28.84, "equal"), (28.9, "rounding"), (29.0, "differs")])
def test_a_ratio_printed_as_a_fraction_has_two_digits_less(computed, result):
    assert printed_ratio(28.8, "0.288").against(computed) == result


def test_done_over_target_is_the_attainment():
    row, rules = one("人", 2270, 632, "27.84%")
    assert (row["target_value"], row["done_value"], row["unit"]) == (2270, 632, "人")
    assert row["attainment_computed"] == pytest.approx(27.8414, abs=1e-4)
    assert (row["ratio_check"], rules) == ("equal", [])


def test_a_ratio_that_does_not_follow_is_told_and_nothing_is_changed():
    row, rules = one("万元", 4990, 980, "30.00%")
    assert (row["ratio_check"], rules) == ("differs", ["ratio_differs"])
    assert row["attainment_reported"] == 30.0
    assert row["attainment_computed"] == pytest.approx(19.6393, abs=1e-4)


def test_a_figure_in_another_unit_than_its_column_is_mended_where_the_ratio_proves_it():
    row, rules = one("万人", 27.3152, 260591, "95.40%")
    assert (row["ratio_check"], rules) == ("equal", ["unit_contradicts"])
    assert (row["target_value"], row["done_value"], row["unit"]) == (273152, 260591, "人")
    assert row["attainment_computed"] == pytest.approx(95.4015, abs=1e-4)


@pytest.mark.parametrize("ratio", ["50.00%", "/", None])
def test_a_figure_that_is_far_too_large_is_not_taken_where_no_ratio_proves_its_unit(ratio):
    row, rules = one("万人", 27.3152, 260591, ratio)
    assert "unit_contradicts" not in rules
    assert (row["done_value"], row["attainment_computed"]) == (None, None)


def test_where_the_ratio_proves_that_the_target_is_too_large_neither_is_taken():
    row, rules = one("亿元", 5600, 0.3, "53.57%")
    assert rules == ["unit_contradicts"]
    assert (row["target_value"], row["done_value"], row["attainment_computed"]) == (None, None, None)


@pytest.mark.parametrize("done", ["3-5家", "****", "xx.x"])
def test_a_range_or_a_hidden_figure_is_no_figure_that_was_done(done):
    _, (row,) = assessed(project(1, "新增企业6家", "家", 6, done, "/"))
    assert row["done_value"] is None


@pytest.mark.parametrize(
    ("target", "done", "ratio"), [(100, 5, "1%"), (100, 60, "1%"), (100, 5, "0.1%"), (1000, 37, "1%")]
)
def test_a_small_ratio_with_few_digits_proves_no_other_unit(target, done, ratio):
    row, rules = one("人", target, done, ratio)
    assert (row["ratio_check"], rules) == ("differs", ["ratio_differs"])
    assert row["done_value"] == done


def test_a_target_of_zero_gives_no_ratio():
    row, rules = one("人", 0, 5, "50%")
    assert (row["attainment_computed"], row["ratio_check"], rules) == (None, "undecidable", [])


def test_amounts_in_different_units_are_not_divided():
    row, _ = one("人", "100人", "5户", "5%")
    assert (row["done_value"], row["ratio_check"]) == (None, "undecidable")


def test_units_in_the_cells_say_more_than_the_unit_of_the_column():
    row, _ = one("人", "19万人", 97660, "51.40%")
    assert (row["target_value"], row["done_value"], row["ratio_check"]) == (190000, 97660, "equal")


def test_what_is_missing_is_missing_and_never_zero():
    report = read(table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%", None, None)]))
    (row,) = report.assessments
    assert row["status_reported"] == "unknown"
    assert (row["tasks"], row["tasks_unknown"], row["tasks_behind"], row["tasks_done"]) == (1, 1, 0, 0)
    assert [row[c] for c in ("done_value", "attainment_reported", "attainment_computed")] == [None] * 3


def test_a_line_of_totals_counts_its_tasks():
    header = ("序号", "量化考核指标", "当前完成情况", "备注")
    rows = [(1, "实施办事效率提升行动", "共有37项任务清单,其中已完成年度任务6项,稳步推进31项。", None)]
    report = read(table_workbook("凤凰县打好优化发展环境持久仗重要指标监测表", header, rows))
    (row,) = report.assessments
    assert (row["tasks"], row["tasks_done"], row["tasks_on_track"], row["tasks_unknown"]) == (37, 6, 31, 0)


def test_tasks_of_a_line_that_no_count_covers_are_unknown():
    header = ("序号", "量化考核指标", "当前完成情况", "备注")
    rows = [(1, "实施办事效率提升行动", "共有37项任务清单,其中已完成年度任务6项,稳步推进30项。", None)]
    (row,) = read(table_workbook("凤凰县打好优化发展环境持久仗重要指标监测表", header, rows)).assessments
    assert (row["tasks"], row["tasks_unknown"]) == (37, 1)


def test_a_part_of_an_item_is_not_judged_again():
    rows = [
        item(1, "地区生产总值增长7%"),
        item(2, "固定资产投资"),
        (None, "其中民间投资增长5%。", None, None, None, None),
    ]
    report = read(table_workbook(TITLE, HEADER, rows, merges=["A4:A5", "C4:C5", "D4:D5", "E4:E5", "F4:F5"]))
    assert [row["item"] for row in report.assessments] == ["1", "2"]


def counted(statement, *statuses):
    rows = [item(n, name, "/", status) for n, (name, status) in enumerate(zip(NAMES, statuses, strict=False), 1)]
    letter = ["凤凰县打好“发展六仗”工作情况专报", f"(一)打好经济增长主动仗。{statement}(详见附件1)"]
    return tables_of(read(letter_and_table(letter, TITLE, HEADER, rows)))["growth"]


def test_what_does_not_apply_is_outside_the_denominator():
    found = counted("共有重点监测指标2项,进展有序2项,占比100%。", "进展有序", "有序推进", "无此项")
    assert (found["result"], found["counted"]) == ("fits", counts(2, on_track=2))


def test_what_does_not_apply_may_be_counted_as_on_track_and_this_is_said():
    found = counted("共有重点监测指标3项,均有序推进。", "进展有序", "有序推进", "不涉及")
    assert found["result"] == "fits"
    assert [reading["words"] for reading in found["readings"]] == ["不涉及的也按进展有序计"]


def test_a_blank_that_the_letter_counts_as_on_track_is_a_reading_and_changes_no_status():
    found = counted("共有重点监测指标3项,均有序推进。", "进展有序", None, "进展有序")
    assert [reading["words"] for reading in found["readings"]] == ["状态空白的按进展有序计"]


def test_a_blank_that_the_letter_leaves_out_is_a_reading():
    found = counted("共有重点监测指标2项,均有序推进。", "进展有序", None, "进展有序")
    assert [reading["words"] for reading in found["readings"]] == ["状态空白的不计"]


def test_a_headline_that_no_reading_meets_differs():
    found = counted("共有重点监测指标3项,已完成年度任务3项。", "进展有序", "低于预期", "进展有序")
    assert (found["result"], found["readings"]) == ("differs", [])
    assert found["counted"] == counts(3, on_track=2, behind=1)


def test_a_table_that_the_letter_does_not_speak_of_is_not_stated():
    found = counted("各项工作正常推进。", "进展有序", "低于预期")
    assert (found["result"], found["stated"]) == ("not_stated", None)


def test_a_letter_that_says_not_completed_does_not_fit_a_table_of_completed_items():
    found = counted("共有重点监测指标2项,未完成2项。", "已完成", "已完成")
    assert found["result"] != "fits"


MANY = "共有重点项目5000项,已完成4990项"


def test_a_sentence_that_counts_makes_an_ordinary_line_no_heavier():
    (row,) = read(table_workbook(TITLE, HEADER, [(1, NAMES[2], "县发改局", MANY, "/", "进展有序")])).assessments
    assert (row["tasks"], row["tasks_on_track"], row["tasks_done"]) == (1, 1, 0)


def test_the_same_sentence_in_a_line_of_many_tasks_counts_them_all():
    items = read(with_cell(sample(), "附件3", "C5", MANY)).assessments
    row = next(one for one in items if one["indicator"] == "environment.service_efficiency")
    assert (row["tasks"], row["tasks_done"], row["tasks_unknown"]) == (5000, 4990, 10)


def test_an_item_that_was_deleted_from_a_table_is_named_as_missing():
    report = read(changed(sample(), lambda book: book["附件1"].delete_rows(9)))
    missing = {f["where"]: f["expected"] for f in report.findings if f["rule"] == "items_missing"}
    assert missing["经济增长主动仗重要指标"] == "5 园区技工贸总收入"
    before = {f["where"] for f in read(sample()).findings if f["rule"] == "items_missing"}
    assert missing.keys() - before == {"经济增长主动仗重要指标"}

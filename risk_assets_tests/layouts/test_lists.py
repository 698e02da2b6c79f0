"""Texts whose tables have lost their form: one cell a line, bars between the cells, cells slipped or run together."""

import pytest

from risk_assets_tests.builders import HEADER, PROJECT_HEADER, PROJECT_TITLE, TITLE, inspected, text_file, told

LIST = ("序号", "指标名称", "年度目标", "累计完成", "完成比例", "状态")


def rows(found, *names):
    return [tuple(row[name] for name in names) for row in found["rows"] if row["state"] == "accepted"]


def read(*lines):
    return inspected(text_file(*lines), "上报.txt")


def test_a_list_of_cells_each_on_its_own_line_is_put_into_rows():
    cells = ["1", "新建公路", "120公里", "30公里", "25%", "进展有序", "2", "改造小区", "10个", "2个", "20%", "进展滞后"]
    found = read("清溪县重点工作进展表", *LIST, *cells)
    assert rows(found, "item", "indicator", "target", "done", "attainment", "status") == [
        ("1", "新建公路", "120公里", "30公里", 25, "on_track"),
        ("2", "改造小区", "10个", "2个", 20, "behind"),
    ]
    assert found["accounting"]["lines"] == 19


def test_a_row_of_such_a_list_that_lacks_a_cell_is_told_by_content_or_set_aside():
    cells = [
        "1",
        "新建公路",
        "120公里",
        "30公里",
        "25%",
        "进展有序",
        "2",
        "改造小区",
        "10个",
        "20%",
        "3",
        "种树",
        "9棵",
        "9棵",
        "100%",
        "已完成",
    ]
    found = read("清溪县重点工作进展表", *LIST, *cells)
    assert rows(found, "item", "attainment") == [("1", 25), ("3", 100)]
    assert [row["reason"] for row in found["rows"]] == [None, "column_count", None]


def test_a_list_of_areas_each_followed_by_its_figures():
    cells = ["吉首市", "200", "5.1", "泸溪县", "60", "5.2", "凤凰县", "70", "5.3"]
    found = read("2023年1-4月各县市地区生产总值", "县市", "总量（亿元）", "增速（%）", *cells)
    seen = [(one["area"], one["value"], one["unit"], one["measure"]) for one in found["observations"]]
    assert seen[:4] == [
        ("433101", 200, "亿元", "level"),
        ("433101", 5.1, "%", "yoy"),
        ("433122", 60, "亿元", "level"),
        ("433122", 5.2, "%", "yoy"),
    ]
    assert len(seen) == 6


@pytest.mark.parametrize("bar", ["|", "│"])
def test_cells_parted_by_bars_are_cells(bar):
    lines = [LIST, ("1", "新建公路", "120", "30", "25%", "进展有序"), ("2", "改造小区", "10", "2", "20%", "进展滞后")]
    found = read("清溪县重点工作进展表", *(bar.join(line) for line in lines))
    assert rows(found, "item", "target", "attainment", "status") == [
        ("1", "120", 25, "on_track"),
        ("2", "10", 20, "behind"),
    ]


def project(*cells):
    return (1, "城镇新增就业", *cells)


def test_a_unit_one_column_too_far_to_the_right_is_put_back_with_all_behind_it():
    found = read(PROJECT_TITLE, PROJECT_HEADER, project("县人社局", "", "人", 2270, 632, "27.84%", "进展有序", ""))
    assert rows(found, "unit", "target", "done", "attainment") == [("人", "2270", "632", 27.84)]
    assert len(told(found, "cells_mended")) == 1


def test_an_office_and_a_unit_that_became_one_cell_are_parted():
    found = read(PROJECT_TITLE, PROJECT_HEADER, project("县人社局 人", 2270, 632, "27.84%", "", "进展有序", ""))
    assert rows(found, "responsible", "unit", "target", "done", "status") == [
        ("县人社局", "人", "2270", "632", "on_track")
    ]
    assert len(told(found, "cells_mended")) == 1


def test_progress_that_has_run_into_the_cell_of_the_office_is_put_back():
    told_ = "县发改局 1-3月,实现固定资产投资11.2亿元,同比增长5.3%,正在推进各项目前期工作,力争二季度开工。"
    found = read(TITLE, HEADER, (1, "固定资产投资79.4亿元", told_, "", "/", "低于预期"))
    (row,) = found["rows"]
    assert row["responsible"] == "县发改局"
    assert row["progress"].startswith("1-3月,实现固定资产投资11.2亿元")
    assert len(told(found, "cells_mended")) == 1


def test_the_end_of_the_task_repeated_in_the_cell_of_the_office_is_no_office():
    found = read(TITLE, HEADER, (1, "规模工业、高新技术产业增长5%。", "产业增长5%。", "推进中。", "/", "进展有序"))
    assert found["rows"][0]["responsible"] is None
    assert len(told(found, "cells_mended")) == 1


def test_rows_that_are_in_order_are_not_mended():
    found = read(TITLE, HEADER, (1, "地区生产总值增长7%", "县发改局", "1-3月增长5%。", "/", "低于预期"))
    assert told(found, "cells_mended") == []

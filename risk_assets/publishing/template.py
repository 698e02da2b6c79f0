"""A workbook for an area to fill in: a sheet a table of the year's framework, made so that it reads without a finding.

Headers are those of the layout `flat_items`. What the area said before bears its month; what is made-up says so.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from risk_assets import reference
from risk_assets.language.areas import name_of
from risk_assets.language.text import bare
from risk_assets.publishing.words import SAMPLE, STATUSES, month

GUIDE = "填报说明"
CHOICES = {status: label for status, label in STATUSES.items() if status != "unknown"}
_MEANINGS = {
    "done": "年度任务已经完成",
    "on_track": "达到时间进度，正常推进",
    "behind": "没有达到时间进度",
    "preparing": "任务已经明确，工作还在准备，没有形成进度",
    "not_assigned": "上级还没有下达任务",
    "expected_done": "现在还没有完成，有把握在年内完成",
    "not_applicable": "本地没有这类事项",
}
_RULES = (
    "一张工作表对应一张监测表。白色各栏由报送单位填写，灰色各栏已经锁定，不用填写。",
    "“截至本月完成情况”写从年初起的累计完成数和单位，例如“完成11.6亿元”。",
    "“完成比例”填完成数除以年度目标的百分比，格式已经设好，直接输入35%即可。",
    "没有数字的单元格请留空。空白按没有报告处理，不等于零。确实为零的请填零。",
    "“年度目标”和“责任单位”取自以前的报送，有变化的请直接改。",
    "请不要增删列，不要改动表头和工作表名称。可以调整行高和列宽。",
    "请不要填写个人的姓名和电话号码。",
    "填好后可先用check命令核对，再用submit命令报送。",
)
_FONT = "Microsoft YaHei"
_HIGHEST_SHARE = 10
_FEWEST_LINES = 2
_COLUMNS = (  # header, width, whether the clerk may write in it
    ("序号", 6, False),
    ("分组", 14, False),
    ("指标名称", 30, False),
    ("年度目标", 22, True),
    ("单位", 8, False),
    ("责任单位", 16, True),
    ("上月完成情况", 26, False),
    ("截至本月完成情况", 40, True),
    ("完成比例", 11, True),
    ("进展状态", 13, True),
    ("备注", 20, True),
)


@dataclass(frozen=True)
class Before:
    """What an area said in the latest month before, in the same year.

    Attributes:
        period: That month; blank where there is none.
        rows: Indicator → its row of `report_rows`.
        is_sample: Made-up data.
    """

    period: str = ""
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    is_sample: bool = False


def before_of(rows: pd.DataFrame) -> Before:
    """What a frame of `report_rows` of one submission says of each indicator."""
    known = rows[rows["indicator"].notna() & (rows["state"] == "accepted")]
    if known.empty:
        return Before()
    records = known.astype(object).where(known.notna(), None).to_dict("records")
    return Before(
        str(records[0]["period"]),
        {str(row["indicator"]): {str(name): value for name, value in row.items()} for row in reversed(records)},
        bool(known["is_sample"].any()),
    )


def template(area: str, period: str, before: Before) -> bytes:
    """The workbook for an area and month.

    Args:
        area: Code of the area.
        period: Month.
        before: What it said before.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    mark = f"（{SAMPLE}）" if before.is_sample else ""
    title = f"{name_of(area)}{month(period)}重点任务监测表{GUIDE}{mark}"
    book.set_properties({"title": title, "created": datetime.fromisoformat(f"{period}-01")})
    styles = _styles(book)
    _guide(book, styles, title)
    framework = reference.framework_of(period)
    indicators = reference.table(f"frameworks/{framework}/indicators")
    for table in sorted(reference.table(f"frameworks/{framework}/tables"), key=lambda row: int(row["order"])):
        rows = [row for row in indicators if row["table"] == table["table"]]
        heading = f"{name_of(area)}{month(period)}{table['name']}监测表"
        _sheet(book.add_worksheet(table["name"][:31]), styles, heading, rows, before)
    book.close()
    return buffer.getvalue()


def _styles(book: Workbook) -> dict[str, Any]:
    base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
    cell = {**base, "border": 1, "border_color": "#BFBFBF", "text_wrap": True}
    fixed, own = {**cell, "bg_color": "#F2F2F2"}, {**cell, "locked": False}
    add = book.add_format
    return {
        "title": add({**base, "font_size": 14, "bold": True}),
        "note": add({**base, "font_color": "#7F7F7F"}),
        "line": add({**base, "text_wrap": True, "valign": "top"}),
        "head": add({**cell, "bold": True, "bg_color": "#DDEBF7", "align": "center"}),
        "fixed": add(fixed),
        "centre": add({**fixed, "align": "center"}),
        "past": add({**fixed, "font_color": "#7F7F7F"}),
        "own": add(own),
        "share": add({**own, "num_format": "0.00%", "align": "right"}),
        "status": add({**own, "align": "center"}),
    }


def _guide(book: Workbook, styles: Mapping[str, Any], title: str) -> None:
    """How to fill in: each line a sentence with its full stop, so that none is taken for the title of a table."""
    sheet = book.add_worksheet(GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 96)
    sheet.write_string(0, 0, title, styles["title"])
    words = (f"进展状态填“{label}”：{_MEANINGS[status]}。" for status, label in CHOICES.items())
    for row, text in enumerate((*_RULES, "", *words), 2):
        sheet.write_string(row, 0, text, styles["line"])
    sheet.protect()
    _on_paper(sheet)


def _sheet(
    sheet: Worksheet, styles: Mapping[str, Any], heading: str, rows: list[dict[str, str]], before: Before
) -> None:
    grouped = any(row["group"] for row in rows)
    columns = [one for one in _COLUMNS if grouped or one[0] != "分组"]
    at = {header: number for number, (header, _, _) in enumerate(columns)}
    sheet.write_string(0, 0, heading, styles["title"])
    sheet.write_string(1, 0, _note(before), styles["note"])
    for column, (header, width, _) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, header, styles["head"])
    sheet.set_row(2, 24)
    last = 2 + len(rows)
    for number, row in enumerate(rows, 3):
        values = _values(row, before.rows.get(row["indicator"], {}))
        for header, _, is_own in columns:
            _cell(sheet, number, at[header], values.get(header, ""), styles[_style(header, is_own)])
        height = max(_lines(values.get(header, ""), width) for header, width, _ in columns)
        sheet.set_row(number, 16 * max(_FEWEST_LINES, height) + 2)
    _validate(sheet, at, last)
    sheet.ignore_errors({"number_stored_as_text": f"A4:A{last + 1}"})
    sheet.freeze_panes(3, at["指标名称"] + 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.repeat_rows(2)
    _on_paper(sheet)


def _note(before: Before) -> str:
    """The line over the table begins with 单位, by which the reader knows it for a note."""
    said = f"；“上月完成情况”取自{month(before.period)}的报送" if before.period else ""
    mark = f"；{SAMPLE}，不得引用" if before.is_sample else ""
    return f"单位：见“单位”一栏{said}{mark}"


def _values(indicator: Mapping[str, str], row: Mapping[str, Any]) -> dict[str, str]:
    printed = str(row.get("indicator_text") or "")
    names = {bare(word) for word in (indicator["name"], *reference.listed(indicator["aliases"]))}
    is_name = bare(printed) in names and not any(c.isdigit() for c in printed)
    return {
        "序号": indicator["item"],
        "分组": indicator["group"],
        "指标名称": indicator["name"],
        "年度目标": str(
            row.get("target_text") or ("" if is_name else printed)
        ),  # some tables have it in the task's words
        "单位": indicator["unit"],
        "责任单位": str(row.get("responsible") or ""),
        "上月完成情况": str(row.get("progress") or row.get("done_text") or ""),
    }


def _style(header: str, is_own: bool) -> str:
    special = {"完成比例": "share", "进展状态": "status", "上月完成情况": "past", "序号": "centre", "单位": "centre"}
    return special.get(header, "own" if is_own else "fixed")


def _cell(sheet: Worksheet, row: int, column: int, text: str, style: Any) -> None:
    if text:
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_blank(row, column, None, style)


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column; a Chinese character is two wide."""
    return -(-sum(2 - c.isascii() for c in text) // int(width - 1))


def _validate(sheet: Worksheet, at: Mapping[str, int], last: int) -> None:
    sheet.data_validation(3, at["完成比例"], last, at["完成比例"], {
        "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": _HIGHEST_SHARE, "ignore_blank": True,
        "input_title": "完成比例", "input_message": "输入百分比，例如35%。没有的留空。",
        "error_title": "完成比例", "error_message": "请输入0%到1000%之间的百分比，没有的留空。",
    })  # fmt: skip
    sheet.data_validation(3, at["进展状态"], last, at["进展状态"], {
        "validate": "list", "source": list(CHOICES.values()), "ignore_blank": True,
        "error_title": "进展状态", "error_message": "请从下拉框中选择，不清楚的留空。",
    })  # fmt: skip


def _on_paper(sheet: Worksheet) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&P / &N")

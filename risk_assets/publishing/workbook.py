"""`ranking.xlsx`: the month's rankings for readers. Every text is written as text, so that no cell can be a formula."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from risk_assets import reference
from risk_assets.publishing.words import SAMPLE, SEVERITIES, STATES, WITHDRAWN, change, month

_FONT = "Microsoft YaHei"
_NARROW = 10  # columns up to this width are centred


class _Book:
    """The workbook with its few formats."""

    def __init__(self, path: Path, publication: Mapping[str, Any]):
        self.book: Workbook = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        self.publication = publication
        made = datetime.fromisoformat(str(publication["made_at"])).replace(tzinfo=None)
        sample = f"({SAMPLE})" if publication["is_sample"] else ""
        self.book.set_properties({"title": f"{month(publication['period'])}监测排名{sample}", "created": made})
        base = {"font_name": _FONT, "font_size": 10.5, "valign": "vcenter"}
        line = {**base, "border": 1, "border_color": "#BFBFBF"}
        add = self.book.add_format
        self.title = add({**base, "font_size": 16, "bold": True, "align": "center"})
        self.note = add({**base, "font_color": "#7F7F7F", "align": "center"})
        self.head = add({**line, "bold": True, "bg_color": "#DDEBF7", "align": "center", "text_wrap": True})
        self.text = add({**line, "text_wrap": True})
        self.centre = add({**line, "align": "center"})
        self.points = add({**line, "num_format": "0.00"})
        self.whole = add({**line, "num_format": "0", "align": "center"})
        self.plain = add({**base, "text_wrap": True, "valign": "top"})
        self.label = add({**base, "bold": True, "valign": "top"})

    def subtitle(self) -> str:
        """State, coverage and mark of made-up data, on every sheet."""
        p = self.publication
        mark = f"【{SAMPLE}：含虚构数据，不得引用】" if p["is_sample"] else ""
        return f"{month(p['period'])} {STATES[str(p['state'])]}  发布编号 {p['publication']} {mark}".strip()

    def table(
        self, name: str, title: str, heads: Sequence[tuple[str, float]], rows: Iterable[Sequence[Any]], points: set[int]
    ) -> Worksheet:
        """A sheet with title, state line, frozen header and filter; columns in `points` are numbers with two digits."""
        sheet = self.book.add_worksheet(name)
        last = len(heads) - 1
        sheet.merge_range(0, 0, 0, last, title, self.title)
        sheet.merge_range(1, 0, 1, last, self.subtitle(), self.note)
        sheet.set_row(0, 28)
        sheet.set_row(2, 32)
        for column, (head, width) in enumerate(heads):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, head, self.head)
        number = 2
        for number, row in enumerate(rows, 3):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value, column in points, heads[column][1] <= _NARROW)
        sheet.freeze_panes(3, 2 if last > 3 else 0)
        if number > 2:
            sheet.autofilter(2, 0, number, last)
        sheet.repeat_rows(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.publication['publication']}&R&P / &N")
        if last > 5:
            sheet.set_landscape()
        return sheet

    def _write(self, sheet: Worksheet, row: int, column: int, value: Any, is_points: bool, narrow: bool) -> None:
        if value is None or pd.isna(value):
            sheet.write_string(row, column, "—", self.centre)
        elif isinstance(value, bool):
            sheet.write_string(row, column, "是" if value else "", self.centre)
        elif isinstance(value, Real):  # NumPy's integers are none of Python's
            sheet.write_number(row, column, value, self.points if is_points else self.whole)
        else:
            sheet.write_string(row, column, str(value), self.centre if narrow else self.text)


def write_ranking_workbook(
    path: Path,
    publication: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    submissions: pd.DataFrame,
    findings: pd.DataFrame,
    areas: pd.DataFrame,
    campaigns: Mapping[str, str],
) -> None:
    """Write the month's workbook.

    Args:
        path: Where to.
        publication: Row of `publications`.
        tables: Frames of `rollups`, `scores`, `rankings`, `month_findings`.
        submissions: Submissions that stand for the month, with `used`.
        findings: Their findings.
        areas: Frame of `areas`.
        campaigns: Campaign → Chinese name, in order.
    """
    valid = areas[areas["valid_to"].isna()].set_index("area")
    name, parent, level = valid["name"].to_dict(), valid["parent"].to_dict(), valid["level"].to_dict()
    province = next(code for code, one in level.items() if one == "province")
    sample = {True: SAMPLE, False: ""}
    book = _Book(path, publication)
    _cover(book, campaigns)
    scheme, rankings = reference.setting("scheme"), tables["rankings"]
    scores = tables["scores"][tables["scores"]["scheme"] == scheme]
    points = {(r.area, r.campaign): r.points for r in scores.itertuples()}
    published = (rankings["universe"] == province) & (rankings["scheme"] == scheme) & ~rankings["zones"]
    ranked = rankings[published].sort_values(["rank", "area"])
    heads = [("名次", 7), ("地区", 20), ("所属市州", 22), ("得分", 9), ("名次变化", 10), ("并列", 7),
             *((campaign, 12) for campaign in campaigns.values()), ("数据", 10)]  # fmt: skip
    for sheet, which, title in (("总排名", "county", "县市区总排名"), ("市州排名", "city", "市州总排名")):
        total = ranked[(ranked["by"] == "total") & (ranked["level"] == which) & ranked["rank"].notna()]
        rows = [
            (r.rank, name[r.area], name.get(parent[r.area], ""), float(r.value), change(_whole(r.change)), bool(r.tied),
             *(points.get((r.area, campaign)) for campaign in campaigns), sample[bool(r.is_sample)])
            for r in total.itertuples()
        ]  # fmt: skip
        worksheet = book.table(sheet, title, heads, rows, {3, *range(6, 6 + len(campaigns))})
        if rows:
            worksheet.conditional_format(
                3, 3, 2 + len(rows), 3, {"type": "data_bar", "bar_color": "#9DC3E6", "bar_solid": True}
            )
    for campaign, title in campaigns.items():
        of = ranked[(ranked["by"] == campaign) & (ranked["level"] == "county") & ranked["rank"].notna()]
        rows = [
            (r.rank, name[r.area], name.get(parent[r.area], ""), float(r.value), change(_whole(r.change)), bool(r.tied),
             sample[bool(r.is_sample)])
            for r in of.itertuples()
        ]  # fmt: skip
        book.table(title[:28], f"{title}排名", [*heads[:6], ("数据", 10)], rows, {3})
    out = ranked[(ranked["by"] == "total") & ranked["rank"].isna()].sort_values(["level", "area"])
    rows_out = [
        (name[r.area], name.get(parent[r.area], ""), r.reason, sample[bool(r.is_sample)]) for r in out.itertuples()
    ]
    book.table(
        "未排名", "未排名地区及原因", [("地区", 20), ("所属市州", 22), ("原因", 60), ("数据", 10)], rows_out, set()
    )
    _coverage(book, submissions, name, parent, level)
    asked = pd.concat([findings, tables["month_findings"]])
    shown = asked[asked["severity"] != "info"].sort_values(["area", "finding"], kind="stable")
    rows_found = [
        (
            name.get(r.area, r.area),
            SEVERITIES[r.severity],
            r.message,
            r.found,
            r.expected,
            r.where,
            sample[bool(r.is_sample)],
        )
        for r in shown.itertuples()
    ]
    heads_found = [("地区", 16), ("级别", 7), ("说明", 50), ("实际", 34), ("应为", 34), ("位置", 50), ("数据", 10)]
    book.table("核对问题", "需要县市区核对的问题", heads_found, rows_found, set())
    book.book.close()


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _cover(book: _Book, campaigns: Mapping[str, str]) -> None:
    p = book.publication
    scheme = next(row for row in reference.table("schemes") if row["scheme"] == reference.setting("scheme"))
    sheet = book.book.add_worksheet("封面")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 84)
    sheet.merge_range(0, 0, 0, 1, f"{month(p['period'])}重点任务监测排名", book.title)
    sheet.merge_range(1, 0, 1, 1, book.subtitle(), book.note)
    sheet.set_row(0, 36)
    lines = [
        ("状态", f"{STATES[str(p['state'])]}：审定之前只供核对" if p["state"] == "draft" else STATES[str(p["state"])]),
        ("覆盖", f"应报 {p['expected']} 个县市区，已报 {p['received']}，已读 {p['read']}，按时 {p['on_time']}"),
        (
            "计分",
            f"{scheme['name']}：每一仗得分 =（已完成 + 进展有序）÷ 计分任务数 × {scheme['points']}；预计完成同样计分；"
            "未下指标、不涉及、状态不明的不进分母；总分为各仗得分的平均，缺任何一仗不排总名次",
        ),
        ("范围", "、".join(campaigns.values())),
        ("名次", "同分并列，其后名次顺延(1、1、3);名次变化与上月同口径排名相比"),
        (
            "市州",
            f"所辖县市区的任务数相加后计分；报送不足 {float(reference.setting('minimum_coverage')):.0%} 的暂不发布",
        ),
        ("缺失", "没有报送或没有数字的不按零处理，列入“未排名”并写明原因"),
    ]
    if p["is_sample"]:
        lines.append(("注意", f"{SAMPLE}：除列明的真实报送外，数字均为虚构，不得引用"))
    for row, (label, text) in enumerate(lines, 3):
        sheet.write_string(row, 0, label, book.label)
        sheet.write_string(row, 1, text, book.plain)
        sheet.set_row(row, 18 * (1 + len(text) // 52))
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.set_landscape()


def _coverage(
    book: _Book,
    submissions: pd.DataFrame,
    name: Mapping[str, str],
    parent: Mapping[str, str],
    level: Mapping[str, str],
) -> None:
    rows: list[tuple[Any, ...]] = []
    sent = {r.area: r for r in submissions.sort_values("used").itertuples()}
    for code in sorted(code for code, one in level.items() if one == "county" or code in sent):
        r = sent.get(code)
        if r is None:
            rows.append((name[code], name.get(parent[code], ""), "未报送", *[None] * 7, ""))
            continue
        if r.state == "withdrawn":
            rows.append((name[code], name.get(parent[code], ""), WITHDRAWN, *[None] * 7, SAMPLE if r.is_sample else ""))
            continue
        late = "按时" if r.working_days_late == 0 else f"迟 {r.working_days_late} 个工作日"
        state = "已采用" if r.used else "未采用"
        rows.append(
            (name[code], name.get(parent[code], ""), state, late, int(r.version), int(r.rows_read),
             int(r.rows_accepted),
             int(r.rows_unchanged), int(r.rows_set_aside), r.original_name, SAMPLE if r.is_sample else "")
        )  # fmt: skip
    heads = [("地区", 20), ("所属市州", 22), ("报送", 9), ("时间", 16), ("版本", 7), ("读取行", 8), ("采用行", 8),
             ("未变行", 8), ("搁置行", 8), ("文件", 50), ("数据", 10)]  # fmt: skip
    book.table("报送情况", "各地区报送情况", heads, rows, set())

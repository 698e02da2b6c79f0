"""The short result that a command prints, in Chinese. Figures come from the warehouse."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape as _escape
from rich.table import Table
from rich.text import Text

from risk_assets.contracts import TABLES, Assessments, columns
from risk_assets.language.areas import name_of
from risk_assets.publishing.words import (
    MEASURES,
    RELEASE_CLASSES,
    RESULTS,
    ROLES,
    SAMPLE,
    SEVERITIES,
    STATES,
    STATUSES,
    change,
    month,
)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CATEGORY_WORDS = {
    "total": "总数",
    "done": "完成",
    "on_track": "有序",
    "behind": "滞后",
    "preparing": "前期",
    "not_assigned": "未下",
}
DISPOSITIONS = {"open": "待处理", "explained": "已说明", "waived": "已豁免"}
_WIDEST = 10_000  # a table is measured as if the console were so wide
_VALUES_OF = {"attainment": "完成%", "growth": "增幅%"}
_COMPARED = {c.name: c.label for c in columns(Assessments)}


def safe(text: str) -> str:
    """Text of others without what a terminal would obey."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def escape(text: str) -> str:
    """Text of others, to be shown and not obeyed, by the terminal or by rich."""
    return _escape(safe(text))


def coverage(console: Console, publication: Mapping[str, Any], submissions: pd.DataFrame) -> None:
    """Areas expected, received, read; rows read and set aside; refused files with their reasons."""
    mark = f" [yellow]【{SAMPLE}】[/]" if publication["is_sample"] else ""
    console.rule(f"{month(publication['period'])} {STATES[publication['state']]}{mark}")
    p = publication
    late = p["read"] - p["on_time"]
    console.print(
        f"报送：应报 {p['expected']} 个县市区，已报 {p['received']}，已读 {p['read']}(按时 {p['on_time']}，迟报 {late})"
    )
    used = submissions[submissions["used"]]
    console.print(
        f"行数：读取 {used['rows_read'].sum()} = 采用 {used['rows_accepted'].sum()} + 未变 "
        f"{used['rows_unchanged'].sum()} + 搁置 {used['rows_set_aside'].sum()}"
    )


def publication(console: Console, data: Mapping[str, Any], what: str) -> None:
    """What is shown, of which publication, and whether it is final."""
    mark = f"【{SAMPLE}】" if data["is_sample"] else ""
    words = f"{month(data['period'])}{what}（发布 {data['publication']}，{STATES[data['state']]}）{mark}"
    console.print(words, style="bold", markup=False, soft_wrap=True)


def release(console: Console, release_class: str) -> None:
    """Who may see what follows, unless everybody may."""
    if release_class != "public":
        console.print(f"公开等级：{RELEASE_CLASSES[release_class]}，不得对外发布", style="bold red")


def refused(console: Console, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Files that could not be used: area, file, reason, what was found."""
    for area, name, reason, found in rows:
        console.print(f"[red]未采用[/] {escape(area)} {escape(name)}:{escape(reason)}({escape(found)})", soft_wrap=True)


def ranking(console: Console, title: str, rows: Sequence[Mapping[str, Any]], scheme: str | None = None) -> None:
    """A ranking as a table."""
    value = _VALUES_OF.get(scheme or "", "得分")
    console.print(title, style="bold", markup=False)
    table = Table(box=None, header_style="bold")
    for head, side in (("名次", "right"), ("地区", "left"), (value, "right"), ("变化", "right"), ("", "left")):
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    for row in rows:
        place = f"{row['rank']}{'（并列）' if row['tied'] else ''}"
        mark = SAMPLE if row["is_sample"] else ""
        table.add_row(place, escape(row["name"]), f"{row['value']:.2f}", change(row["change"]), f"[yellow]{mark}[/]")
    console.print(table)


def not_ranked(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Who has no place, and why."""
    for row in rows:
        console.print(f"[dim]未排名[/] {escape(row['name'])}:{escape(row['reason'])}", soft_wrap=True)


def reconciliation(console: Console, name: str, result: Mapping[str, Any]) -> None:
    """The letter's headline against its tables."""
    console.print(f"{name}专报与监测表核对", style="bold", markup=False)
    table = Table(box=None, header_style="bold")
    for head in ("监测表", "专报", "各行计数", "结果", "读法"):
        table.add_column(head, overflow="fold")
    for one in result["tables"]:
        words = " / ".join(f"({i}){r['words']}" for i, r in enumerate(one["readings"], 1))
        colour = {"fits": "green", "ambiguous": "yellow", "differs": "red"}.get(one["result"], "dim")
        table.add_row(
            escape(one["title"]),
            _counts(one["stated"]) if one["stated"] else "—",
            _counts(one["counted"]),
            f"[{colour}]{RESULTS[one['result']]}[/]",
            escape(words),
        )
    console.print(table)
    for one in result["tables"]:
        for label, names in (
            ("专报点名而表中没有", one["named_extra"]),
            ("表中有而专报没有点名", one["named_missing"]),
        ):
            if names:
                console.print(f"[red]{label}[/] {escape(one['title'])}:{escape('、'.join(names))}")
    for total in result["totals"]:
        if total["result"] == "differs":
            console.print(
                f"[red]合计不符[/] {escape(total['title'])} {total['what']}:{total['printed']} ≠ {total['computed']}"
            )
    wrong = [one for one in result["ratios"] if one["result"] == "differs"]
    for one in wrong:
        console.print(
            f"[yellow]比例不符[/] {escape(str(one['indicator'] or one['row']))}："
            f"印 {one['printed']}%，算 {one['computed']:.2f}%"
        )


def _counts(counts: Mapping[str, int]) -> str:
    parts = [f"{CATEGORY_WORDS[name]}{value}" for name, value in counts.items() if value and name != "total"]
    return f"{counts['total']} = {' + '.join(parts)}" if parts else str(counts["total"])


def moved(console: Console, rows: Sequence[tuple[str, int | None, int | None]]) -> None:
    """Places that a new publication changed: area, old place, new place."""
    if not rows:
        console.print("与上一次发布相比，名次没有变化")
        return
    console.print(f"与上一次发布相比，{len(rows)} 个地区的名次有变：")
    for name, old, new in rows:
        console.print(f"  {escape(name)}:{old or '未排名'} → {new or '未排名'}")


def findings(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Findings of one file."""
    for row in rows:
        parts = [f"实际：{row['found']}" if row["found"] else "", f"应为：{row['expected']}" if row["expected"] else ""]
        detail = ",".join(part for part in parts if part)
        console.print(
            f"[{'red' if row['severity'] == 'error' else 'yellow'}]{SEVERITIES[row['severity']]}[/] "
            f"{escape(row['where'] or '')} {escape(row['message'])}{f'({escape(detail)})' if detail else ''}",
            soft_wrap=True,
        )


def questions(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Questions of a month: each with its id, whom it asks, and what was decided."""
    for row in rows:
        colour = {"error": "red", "warning": "yellow"}.get(row["severity"], "dim")
        told = [f"实际：{row['found']}" if row["found"] else "", f"应为：{row['expected']}" if row["expected"] else ""]
        where = f" {row['where']}" if row["where"] else ""
        console.print(
            f"[{colour}]{SEVERITIES[row['severity']]}[/]{'（阻止定稿）' if row['blocking'] else ''} "
            f"{escape(row['question'] or '')} {escape(row['name'])}{escape(where)} {escape(row['message'])}"
            f"{escape(' '.join(['', *filter(None, told)]))}",
            soft_wrap=True,
        )
        until = f"，有效至 {row['until']}" if row["until"] else ""
        if row["decided_by"]:
            decided = f"{row['decided_by']}，{row['decided_at']}{until}：{row['why']}"
            console.print(f"  {DISPOSITIONS[row['disposition']]}（{escape(decided)}）", style="dim", soft_wrap=True)
    if not rows:
        console.print("没有符合条件的问题")


def settled(console: Console, row: Mapping[str, Any]) -> None:
    """What was decided of a question."""
    until = f"，有效至 {row['until']}" if row["until"] else ""
    words = (
        f"{row['question']} {name_of(row['area'])}：{DISPOSITIONS[row['disposition']]}（{row['decided_by']}{until}）"
    )
    console.print(escape(words), soft_wrap=True)


def counties(console: Console, data: Mapping[str, Any]) -> None:
    """Who has reported, county by county, and the sums."""
    table = Table(box=None, header_style="bold")
    for head in ("地区", "报送", "读取", "迟报（工作日）", "读取行数", "搁置行数", "应填", "已填", "填报率(%)"):
        table.add_column(head, justify="left" if head in ("地区", "报送", "读取") else "right", no_wrap=True)
    for row in data["counties"]:
        sent = "已报" if row["received"] else "已撤回" if row["withdrawn"] else "[red]未报[/]"
        read = "已读" if row["read"] else "未采用" if row["received"] else ""
        late = "按时" if row["on_time"] else row["late_by"]
        names = ("rows_read", "rows_set_aside", "cells_expected", "cells_filled", "share_filled")
        table.add_row(escape(row["name"]), sent, read, _shown(late), *(_shown(row[name]) for name in names))
    console.print(table)
    sums = data["sums"]
    cells = ""
    if sums["share_filled"] is not None:
        cells = f"，应填 {sums['cells_expected']} 格，已填 {sums['cells_filled']}（{sums['share_filled']:.1f}%）"
    counted = f"应报 {sums['expected']} 个县市区，已报 {sums['received']}，已读 {sums['read']}，按时 {sums['on_time']}"
    console.print(f"合计：{counted}{cells}", soft_wrap=True)


def rows(console: Console, table: str, shown: Sequence[Mapping[str, Any]]) -> None:
    """Rows of a table under Chinese labels.

    A column that says the same in every row stands once above, a missing one nowhere; what is wider than the console
    is printed row by row.
    """
    labels = {c.name: c.label for c in columns(TABLES[table])}
    texts = {name: [_text(name, row[name]) for row in shown] for name in labels}
    once = {name for name, column in texts.items() if len(shown) > 1 and len(set(column)) == 1}
    told = "，".join(f"{labels[name]} {texts[name][0]}" for name in labels if name in once and texts[name][0])
    if told:
        console.print(escape(told), soft_wrap=True)
    names = [name for name in labels if name not in once and any(texts[name])]
    whole = Table(box=None, header_style="bold")
    for name in names:
        whole.add_column(labels[name], no_wrap=True)
    for line in zip(*(texts[name] for name in names), strict=True):
        whole.add_row(*map(escape, line))
    if console.measure(whole, options=console.options.update(max_width=_WIDEST)).maximum <= console.width:
        console.print(whole)
    else:
        for number in range(len(shown)):
            console.rule(str(number + 1), align="left")
            for name in names:
                if texts[name][number]:
                    console.print(f"{labels[name]}：{escape(texts[name][number])}", soft_wrap=True)
    console.print(f"共 {len(shown)} 行")


def _text(name: str, value: Any) -> str:
    if name in ("area", "reporting_area", "universe") and value is not None:
        return f"{name_of(value)}"
    return _shown(value)


def _shown(value: Any) -> str:
    """A value of a table as people read it: at most four digits behind the point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{round(value, 4):.15g}" if isinstance(value, float) else str(value)


def changes(console: Console, data: Mapping[str, Any]) -> None:
    """Files that came or went, and the values and places that moved with them."""
    if not (data["files"] or data["values"] or data["ranks"]):
        console.print("没有变化")
    for file in data["files"]:
        versions = f"{file['before'] or '无'} → {file['after'] or '无'}"
        console.print(f"文件 {escape(file['name'])} {escape(file['file'])}：{versions}", soft_wrap=True)
    for one in data["values"]:
        item = " ".join(filter(None, [one["name"], one["indicator"] or "（不在框架内）", one["component"]]))
        moved = " → ".join(_status(one["field"], one[side]) or "无" for side in ("before", "after"))
        console.print(f"数值 {escape(item)} {_COMPARED[one['field']]}：{escape(moved)}", soft_wrap=True)
    for one in data["ranks"]:
        place = f"{one['by']} 在 {name_of(one['universe'])}（{one['scheme']}{'，含管理区' if one['zones'] else ''}）"
        moved = f"{one['before'] or '未排名'} → {one['after'] or '未排名'}"
        console.print(f"名次 {escape(one['name'])} {escape(place)}：{moved}", soft_wrap=True)


def _status(field: str, value: Any) -> str:
    return STATUSES[value] if field.startswith("status_") and value else _shown(value)


def trace(console: Console, data: Mapping[str, Any]) -> None:
    """The way from places to cells."""
    p, f = data["publication"], data["file"]
    mark = f" 【{SAMPLE}】" if p["is_sample"] else ""
    console.print(f"发布 {p['publication']}({STATES[p['state']]},{p['made_at']}){mark}", markup=False)
    for place in data["places"]:
        got = (
            f"第 {place['rank']} / {place['of']},{place['value']:.2f}"
            if place["rank"]
            else f"未排名：{place['reason']}"
        )
        console.print(f"└ 排名 {place['by']}（{place['scheme']}）在 {place['universe']}:{got}", markup=False)
    for score in data["scores"]:
        points = "—" if score["points"] is None else f"{score['points']:.2f}"
        console.print(
            f"└ 得分 {score['campaign']}:{points}({_shown(score['credited'])} / {_shown(score['assessed'])} 项)",
            markup=False,
        )
    sample = f" 【{SAMPLE}】" if f["is_sample"] else ""
    console.print(f"└ 文件 {f['original_name']} 第 {f['version']} 版，{f['received_at']} 收到{sample}", markup=False)
    console.print(f"  SHA-256 {f['sha256']}", markup=False)
    for item in data["items"]:
        tasks = ",".join(f"{STATUSES[name]} {count}" for name, count in item["tasks"].items())
        component = f" {item['component']}" if item["component"] else ""
        console.print(f"  └ {item['item']} {item['indicator'] or '（不在框架内）'}{component}:{tasks}", markup=False)
        for row in item["rows"]:
            for field, text in row["text"].items():
                cell = row["cells"].get(field.removesuffix("_text"), str(row["line"]))
                where = f"{row['sheet']}!{cell}" if row["sheet"] else cell
                console.print(f"      {where}  {text}", markup=False, soft_wrap=True)
            for figure in row["figures"]:
                _figure_traced(console, figure)
    for figure in data["figures"]:
        place = f"{figure['sheet'] or ''} 第{figure['line']}行".strip()
        console.print(f"  └ {figure['indicator']}：{safe(figure['file'])} {place}", markup=False)
        _figure_traced(console, figure)


def _figure_traced(console: Console, figure: Mapping[str, Any]) -> None:
    """A figure with what was understood, marked in its sentence."""
    value = "****" if figure["masked"] else f"{figure['value']:g}"
    kind, period = f"{MEASURES[figure['measure']]} {ROLES[figure['role']]}", figure["of_period"] or "时期不明"
    said = [figure["cell"], f"{value}{figure['unit'] or ''}", kind, period, figure["component"], figure["entity"]]
    at, end = figure["sentence_at"], figure["sentence_at"] + len(figure["quote"])
    text = safe(figure["sentence"])
    marked = Text.assemble("        ▸ ", text[:at], "【", (text[at:end], "reverse"), "】", text[end:])
    console.print(marked, soft_wrap=True)
    console.print(f"          {' '.join(filter(None, said))}", markup=False, style="dim")


def reading(console: Console, found: Mapping[str, Any]) -> None:
    """What was read in one file: tables with their rows, figures of wide tables, findings, the account of lines."""
    file, account = found["file"], found["accounting"]
    sample = "，样例数据" if found["is_sample"] else ""
    console.print(f"{file['name']}（{file['format'] or '未能打开'}{sample}）", style="bold", markup=False)
    for one in found["tables"]:
        place = " ".join(filter(None, [one["sheet"], f"第{one['page']}页" if one["page"] else ""]))
        unit = f"，单位：{one['unit']}" if one["unit"] else ""
        about = f"{place or '正文'}，版式 {one['layout']}，{one['rows']} 行{unit}"
        console.print(f"表{one['table']} {one['title'] or '无标题'}（{about}）", style="bold", markup=False)
        if one["kind"] == "items":
            _items_read(console, [row for row in found["rows"] if row["table"] == one["table"]])
        else:
            _figures_read(console, [o for o in found["observations"] if o["table"] == one["table"]])
    told = [o for o in found["observations"] if o["table"] is None]
    if told:
        console.print(f"正文中的数字 {len(told)} 个", style="bold")
        _figures_told(console, told)
    figures, missed = found["observations"], len(found["not_understood"])
    if figures or missed:
        tied = sum(o["indicator_id"] is not None for o in figures)
        console.print(f"数字共 {len(figures)} 个，对应指标 {tied} 个，没有读懂 {missed} 个")
    findings(console, [f for f in found["findings"] if f["severity"] != "info"])
    notes = sum(f["severity"] == "info" for f in found["findings"])
    if notes:
        console.print(f"另有 {notes} 条说明（--json 可见）", style="dim")
    labels = {"header": "表头", "title": "标题", "blank": "空行", "ghost": "残留", "continuation": "续行",
              "prose": "正文", "dropped": "略去", "rows": "数据行"}  # fmt: skip
    parts = "，".join(f"{label} {account[name]}" for name, label in labels.items() if account[name])
    if account["lines"]:
        kept = f"数据行采用 {account['accepted']}，搁置 {account['set_aside']}"
        console.print(f"共 {account['lines']} 行：{parts}；{kept}")


def _items_read(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=None, header_style="bold")
    for head in ("序号", "任务", "目标", "完成数", "完成比例(%)", "状态", "处理"):
        table.add_column(head, overflow="ellipsis", no_wrap=True, max_width=30)
    for row in rows:
        table.add_row(
            row["item"] or "",
            escape(row["indicator"] or ""),
            escape(row["target"] or ""),
            escape(row["done"] or ""),
            "" if row["attainment"] is None else f"{row['attainment']:g}",
            escape(row["status_text"] or ""),
            "采用" if row["state"] == "accepted" else f"搁置（{row['reason']}）",
        )
    console.print(table)


def _figures_told(console: Console, observations: Sequence[Mapping[str, Any]]) -> None:
    """Figures of prose, each marked in its sentence."""
    table = Table(box=None, header_style="bold")
    table.add_column("行", no_wrap=True, min_width=3)
    for head, least, most in (("数字", 14, 20), ("类别", 9, 9), ("时期", 16, 16), ("指标", 12, 34), ("句子", 12, 52)):
        table.add_column(head, overflow="ellipsis", no_wrap=True, min_width=least, max_width=most)
    for one in observations:
        tied = ".".join(filter(None, [one["indicator_id"], one["component"]]))
        kinds = f"{MEASURES[one['measure']]} {ROLES[one['role']]}"
        at = max(0, one["sentence_at"] - 18)
        sentence = Text(safe(one["sentence"])[at : one["sentence_at"] + len(one["quote"]) + 10])
        sentence.stylize("reverse", one["sentence_at"] - at, one["sentence_at"] - at + len(one["quote"]))
        table.add_row(str(one["line"]), escape(one["quote"]), kinds, one["period"] or "", tied, sentence)
    console.print(table)


def _figures_read(console: Console, observations: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=None, header_style="bold")
    for head in ("地区", "指标", "数值", "单位"):
        table.add_column(head, overflow="ellipsis", no_wrap=True, max_width=50)
    for one in observations:
        value = "****" if one["masked"] else f"{one['value']:g}"
        table.add_row(escape(one["area_name"] or ""), escape(one["indicator"]), value, one["unit"])
    console.print(table)

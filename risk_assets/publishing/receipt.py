"""Receipts (回执) and the result of a check, as plain text: printed in the terminal, kept beside the file.

No person is named: neither who sends nor who is named in the file.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from typing import Any

from risk_assets import reference
from risk_assets.language.areas import name_of
from risk_assets.publishing.advice import LEVELS, Advice, is_fit, plain
from risk_assets.publishing.words import SAMPLE
from risk_assets.storage import Landed

_BEIJING = timezone(timedelta(hours=8))


def receipt(
    landed: Landed,
    submission: Mapping[str, Any],
    tables: Sequence[Mapping[str, Any]],
    findings: Sequence[Advice],
    due: date,
    is_new: bool,
    is_beside: bool = False,
) -> str:
    """The receipt of a file.

    Args:
        landed: The version.
        submission: Its row of `submissions`.
        tables: Rows of each table, counted as `monitoring.receiving` does.
        findings: What is to be corrected or checked.
        due: Last day on which the month is on time.
        is_new: False where the same bytes were the newest version already.
        is_beside: The version before is of the other kind and goes on counting.
    """
    late = submission["working_days_late"]
    lines = [
        "回执",
        f"报送编号 {landed.submission}   {name_of(landed.area)} {landed.period} 第 {landed.version} 版",
        *_file(landed),
        f"收到 {_time(landed.received_at)}，期限 {due}，{f'迟报 {late} 个工作日' if late else '按时'}",
    ]
    if not is_new:
        lines.append("与最近一版内容相同，不另立版本")
    if landed.supersedes:
        said = (
            f"与 {landed.supersedes} 并用（一为监测表，一为文字报告）"
            if is_beside
            else f"替代 {landed.supersedes}；旧版保留"
        )
        lines.append(said)
    where = f"--area {landed.area} --period {landed.period}"
    lines += [
        *_read(submission, tables),
        *_asked(findings),
        "",
        "三、更正、撤回和计入",
        f"更正：改好后重新报送，即为新的一版，旧版保留：risk-assets submit FILE {where}",
        f"撤回：risk-assets withdraw {where} --reason 原因",
        f"计入：从下一次运行起：risk-assets run --period {landed.period} --area {landed.area}",
    ]
    return "\n".join(lines) + "\n"


def withdrawal_receipt(landed: Landed) -> str:
    """The receipt of a withdrawal."""
    return "\n".join(
        [
            "撤回回执",
            f"报送编号 {landed.submission}   {name_of(landed.area)} {landed.period} 第 {landed.version} 版",
            f"撤回 {landed.supersedes}；以前各版保留，但不再采用",
            f"收到 {_time(landed.received_at)}",
            f"原因 {plain(landed.withdrawn or '')}",
            f"下一次运行起不再计入，列为未排名（已撤回）：risk-assets run --period {landed.period}",
            f"需要时可以再报：risk-assets submit FILE --area {landed.area} --period {landed.period}",
            "",
        ]
    )


def check_result(
    landed: Landed, submission: Mapping[str, Any], tables: Sequence[Mapping[str, Any]], findings: Sequence[Advice]
) -> str:
    """What submitting a file would say; arguments as in `receipt`."""
    counts = "，".join(f"{level} {sum(one.level == level for one in findings)}" for level in LEVELS)
    verdict = "可以报送" if is_fit(findings) else "暂不能报送，请先改正拒收和错误各处"
    lines = [
        f"核对结果：{verdict}（{counts}）",
        f"地区月份 {name_of(landed.area)} {landed.period}；只作核对，没有保存",
        *_file(landed),
        *_read(submission, tables),
        *_asked(findings),
    ]
    return "\n".join(lines) + "\n"


def _file(landed: Landed) -> list[str]:
    return [f"文件 {plain(landed.original_name)}（{landed.size} 字节）", f"SHA-256 {landed.sha256}"]


def _time(moment: str) -> str:
    received = datetime.fromisoformat(moment)
    local = received.astimezone(_BEIJING) if received.tzinfo else received
    return f"{local:%Y-%m-%d %H:%M}（北京时间）"


def _read(submission: Mapping[str, Any], tables: Iterable[Mapping[str, Any]]) -> list[str]:
    s = submission
    if s["state"] == "refused":
        return ["", "一、读到的内容", "未能采用，原因见下；以前各版不受影响"]
    told = f"读到数字 {s['figures_read']} 个，其中对应指标 {s['figures_tied']} 个，没有读懂 {s['figures_unread']} 个"
    if s["kind"] == "narrative":
        return ["", "一、读到的内容", *_sample_line(s), f"没有监测表，按文字报告读取；{told}"]
    names = {row["layout"]: row["name"] for row in reference.table("layouts/layouts")}
    layouts = "、".join(names.get(one, one) for one in str(s["layouts"]).split("|"))
    whole = f"采用 {s['rows_accepted']} + 未变 {s['rows_unchanged']} + 搁置 {s['rows_set_aside']}"
    return [
        "",
        "一、读到的内容",
        *_sample_line(s),
        f"读到 {s['rows_read']} 行 = {whole}，版式 {layouts}",
        *(
            f"  {number}. {_title(one)}：{one['accepted'] + one['unchanged'] + one['set_aside']} 行 = "
            f"采用 {one['accepted']} + 未变 {one['unchanged']} + 搁置 {one['set_aside']}"
            for number, one in enumerate(tables, 1)
        ),
        told,
    ]


def _sample_line(submission: Mapping[str, Any]) -> list[str]:
    return [f"【{SAMPLE}】含有样例标记，按虚构数据处理"] if submission["is_sample"] else []


def _title(table: Mapping[str, Any]) -> str:
    title = plain(table["title"] or "") or _table_names().get(table["table"], "没有表名的各行")
    return f"{title}（工作表 {plain(table['sheet'])}）" if table["sheet"] else title


def _table_names() -> dict[str, str]:
    return {
        row["table"]: row["name"]
        for year in reference.frameworks()
        for row in reference.table(f"frameworks/{year}/tables")
    }


def _asked(findings: Sequence[Advice]) -> list[str]:
    """Findings by level, and within one by what is wrong, so that a question is told once for all its places."""
    lines = ["", "二、问题"]
    for level, meaning in LEVELS.items():
        of_level = sorted((one for one in findings if one.level == level), key=lambda one: one.what)
        if of_level:
            lines.append(f"{level} {len(of_level)} 处：{meaning}")
        for (what, todo), places in groupby(of_level, key=lambda one: (one.what, one.todo)):
            lines.append(f"  {what}：{todo}")
            lines += [f"    {_place(one)}" for one in places]
    return lines if findings else [*lines, "没有发现问题"]


def _place(one: Advice) -> str:
    parts = [f"实际：{one.found}" if one.found else "", f"应为：{one.expected}" if one.expected else ""]
    detail = "；".join(part for part in parts if part)
    return f"{one.where or '整份文件'}{f'（{detail}）' if detail else ''}"

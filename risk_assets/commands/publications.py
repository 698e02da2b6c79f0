"""Commands about what is published: approval and decisions, and questions to the warehouse."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from risk_assets import reference
from risk_assets.assets.publishing import approve_month, rollups_now
from risk_assets.commands.options import (
    answered,
    area_of,
    area_option,
    as_of_option,
    console,
    json_option,
    lake,
    period_option,
    warehouse,
    write,
)
from risk_assets.contracts import RELEASE_CLASSES
from risk_assets.contracts.tables import SEVERITIES
from risk_assets.language.areas import name_of, province
from risk_assets.publishing import office_template, terminal
from risk_assets.publishing.advice import plain
from risk_assets.publishing.answers import (
    SHOWN_TABLES,
    changes_data,
    coverage_data,
    csv_of,
    current,
    findings_data,
    ranking_data,
    release_class,
    table_data,
    trace_data,
)
from risk_assets.publishing.month_view import month_view
from risk_assets.publishing.supervision_report import supervision_report
from risk_assets.publishing.words import STATES
from risk_assets.publishing.workbook import write_ranking_workbook

_count = click.IntRange(min=1)
_readable = click.Path(exists=True, dir_okay=False, path_type=Path)


def _written(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Words of the user on one line, without names behind 填报人 and the like, and without telephone numbers."""
    words = plain(" ".join(value.split())).strip("，,；;、 ")
    if not words:
        raise click.BadParameter("不能为空")
    return words


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value}：日期应写作 YYYY-MM-DD，例如 2023-06-30") from None
    if day < datetime.now(UTC).date():
        raise click.BadParameter(f"{value}：已经过去")
    return day.isoformat()


def _print(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))


@click.command()
@period_option
@click.option("--by", required=True, callback=_written, help="Office or officer who approves.")
@json_option
def approve(period: str, by: str, as_json: bool) -> None:
    """Make the current draft of a month final."""
    row = answered(approve_month, lake(), warehouse(), period, by)
    if as_json:
        _print(row)
    else:
        terminal.publication(console(), row, "已定稿")
        console().print(f"审定：{row['approved_by']}，{row['approved_at']}", markup=False)


@click.command()
@period_option
@click.option("--question", required=True, help="Id of the question, as `findings` prints it.")
@click.option("--as", "disposition", required=True, type=click.Choice(["explained", "waived", "open"]))
@click.option("--by", required=True, callback=_written, help="Office or officer who decides.")
@click.option("--why", required=True, callback=_written, help="Reason, in words; name no person.")
@click.option("--until", default=None, callback=_day, help="Last day on which it holds, YYYY-MM-DD (UTC).")
@json_option
def settle(period: str, question: str, disposition: str, by: str, why: str, until: str | None, as_json: bool) -> None:
    """Write down that a question is explained, waived, or open again; what was decided before stays."""
    if until and disposition == "open":
        raise click.UsageError("--as open 不用 --until")
    row = answered(warehouse().settle, question, disposition, by, why, until, period=period)
    if as_json:
        _print(row)
    else:
        terminal.settled(console(), row)


@click.command()
@period_option
@click.option("--area", callback=area_of, default=None, help="Only of this area: code or full name.")
@click.option("--rule", default=None, help="Only of this rule of docs/rules.md.")
@click.option("--severity", type=click.Choice(SEVERITIES), default=None, help="Only of this severity.")
@click.option("--open", "only_open", is_flag=True, help="Leave out what is explained or waived.")
@as_of_option
@json_option
def findings(
    period: str,
    area: str | None,
    rule: str | None,
    severity: str | None,
    only_open: bool,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Print the questions of a month, each with what was decided of it."""
    data = answered(findings_data, warehouse(), period, area, rule, severity, only_open, as_of)
    if as_json:
        _print(data)
        return
    terminal.publication(console(), data, f"问题 {len(data['findings'])} 个")
    terminal.questions(console(), data["findings"])


@click.command()
@period_option
@click.option("--within", callback=area_of, default=None, help="Counties of this city or province.")
@json_option
def coverage(period: str, within: str | None, as_json: bool) -> None:
    """Print which counties have reported, how late, and how much of their tables is filled."""
    data = answered(coverage_data, warehouse(), period, within or province())
    if as_json:
        _print(data)
        return
    terminal.publication(console(), data, f"{name_of(data['within'])}报送情况")
    terminal.counties(console(), data)


@click.command()
@click.argument("table", type=click.Choice(SHOWN_TABLES))
@period_option
@click.option("--area", callback=area_of, default=None, help="Rows about this area, or reported by it.")
@click.option("--indicator", default=None, help="Rows of this indicator.")
@as_of_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of words.")
@click.option("--divisions", type=click.Choice(["then", "now"]), default="then", show_default=True,
              help="Of rollups: by the divisions of that month, or those of today.")  # fmt: skip
def show(
    table: str,
    period: str,
    area: str | None,
    indicator: str | None,
    as_of: str | None,
    as_json: bool,
    as_csv: bool,
    divisions: str,
) -> None:
    """Print the rows of a TABLE that belong to a month's publication."""
    if as_json and as_csv:
        raise click.UsageError("--json 和 --csv 只能用一个")
    if divisions == "now" and table != "rollups":
        raise click.UsageError("--divisions now 只用于 rollups")
    asked = (table, period, area, indicator, as_of)
    if divisions == "now":
        answered(current, warehouse(), period, as_of)
        data = answered(table_data, warehouse(), *asked, rollups_now(warehouse(), period, as_of))
    else:
        data = answered(table_data, warehouse(), *asked)
    if as_json:
        _print(data)
    elif as_csv:
        click.echo(csv_of(table, data["rows"]), nl=False)
    else:
        terminal.publication(console(), data, f" {table}")
        terminal.release(console(), data["release_class"])
        terminal.rows(console(), table, data["rows"])


@click.command()
@period_option
@click.option("--since", required=True, help="ISO time: what was current then is held against what is current now.")
@json_option
def changes(period: str, since: str, as_json: bool) -> None:
    """Print which files came since a time, and which values and places moved with them."""
    house = warehouse()
    data = answered(changes_data, house, period, since)
    if as_json:
        _print(data)
        return
    before, after = answered(current, house, period, since), answered(current, house, period)
    terminal.publication(console(), after, f"自 {since} 以来的变化")
    console().print(f"对比发布 {before['publication']}（当时为{STATES[before['state']]}）", markup=False)
    terminal.release(console(), release_class(period, {one["indicator"] for one in data["values"]}))
    terminal.changes(console(), data)


@click.command()
@period_option
@click.option("--by", default="total", show_default=True, help="total, a campaign, or an indicator's id.")
@click.option("--level", type=click.Choice(["county", "city"]), default="county", show_default=True)
@click.option("--within", callback=area_of, default=None, help="Rank within this city or province.")
@click.option("--scheme", default=None, help="Scheme of reference/schemes.csv; of an indicator attainment or growth.")
@click.option("--zones/--no-zones", default=False, show_default=True, help="Zones together with the counties.")
@click.option("--top", type=_count, default=None, help="Only so many from the top.")
@click.option("--bottom", type=_count, default=None, help="So many from below, the last first.")
@as_of_option
@json_option
def rank(
    period: str,
    by: str,
    level: str,
    within: str | None,
    scheme: str | None,
    zones: bool,
    top: int | None,
    bottom: int | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Print a ranking of a month."""
    data = answered(
        ranking_data, warehouse(), period, by, level, within or province(), as_of, scheme, zones, top, bottom
    )
    if as_json:
        _print(data)
        return
    published = f"{data['publication']}，{STATES[data['state']]}"
    title = (
        f"{period} {by} 排名({name_of(data['universe'])}{'，含管理区' if zones else ''},{data['of']} 个，{published})"
    )
    terminal.release(console(), release_class(period, [by]))
    if top or not bottom:
        terminal.ranking(console(), f"{title}{f' 前 {top} 位' if top else ''}", data["rankings"], data["scheme"])
    if bottom:
        terminal.ranking(console(), f"{title} 后 {bottom} 位（从末位起）", data["bottom"], data["scheme"])
    terminal.not_ranked(console(), data["not_ranked"])


@click.command()
@period_option
@area_option
@click.option("--indicator", default=None, help="Id of an indicator; without it, every item of the area is listed.")
@json_option
def trace(period: str, area: str, indicator: str | None, as_json: bool) -> None:
    """Lead from a published place to file, sheet and cell."""
    data = answered(trace_data, warehouse(), period, area, indicator)
    if as_json:
        _print(data)
    else:
        terminal.trace(console(), data)


@click.command()
@period_option
@area_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The letter, in .docx.")
@click.option("--release", type=click.Choice(RELEASE_CLASSES), default=None, help="Class of the readers.")
@click.option("--force", is_flag=True, help="Write it although blocking questions are open; it says so.")
@click.option(
    "--template",
    type=_readable,
    default=None,
    help="The office's template, .docx; without it the one that `report-template --use` keeps, else ours.",
)
@as_of_option
def report(
    period: str, area: str, out: Path, release: str | None, force: bool, template: Path | None, as_of: str | None
) -> None:
    """Write the supervision report (督查专报) of a county, a city or the province as Word."""
    _check_docx(out, "--out")
    view = answered(month_view, warehouse(), period, release or reference.setting("release"), as_of)
    own = template.read_bytes() if template else lake().read_report_template()
    made = answered(supervision_report, view, area, force, own)
    write(out, made.content)
    if made.left_out:
        click.echo(f"注意：模板没有写全 {'、'.join(made.left_out)}", err=True)
    click.echo(f"{name_of(area)} {period} 督查专报（{STATES[str(view.publication['state'])]}）：{out}")


@click.command(name="report-template")
@click.option(
    "--example",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write our form with its placeholders as .docx, to be changed in Word or WPS.",
)
@click.option("--use", "used", type=_readable, default=None, help="Try a template, and keep it for all reports.")
@click.option("--remove", is_flag=True, help="Go back to our form.")
def report_template(example: Path | None, used: Path | None, remove: bool) -> None:
    """Show, set or remove the office's own template of the supervision report."""
    kept = lake().report_template
    if sum((example is not None, used is not None, remove)) > 1:
        raise click.UsageError("--example、--use、--remove 只能用一个")
    if example:
        _check_docx(example, "--example")
        write(example, office_template.example())
        click.echo(f"模板样例：{example}。改好后用 risk-assets report-template --use 启用")
    elif used:
        content = used.read_bytes()
        left_out = answered(office_template.check_template, content)
        lake().keep_report_template(content)
        click.echo(f"已启用：{kept}")
        if left_out:
            click.echo(f"注意：试填时有 {len(left_out)} 个部分没有写全：{'、'.join(left_out)}")
    elif remove:
        kept.unlink(missing_ok=True)
        click.echo("已停用，专报恢复为本系统的样式")
    else:
        click.echo(f"专报模板：{kept}" if kept.exists() else "没有启用模板，专报用本系统的样式")


def _check_docx(path: Path, option: str) -> None:
    if path.suffix != ".docx":
        raise click.BadParameter("应为 .docx 文件", param_hint=option)


@click.command()
@period_option
@click.option("--within", callback=area_of, default=None, help="A city: its own workbook with its counties.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The workbook, in .xlsx.")
@click.option("--release", type=click.Choice(RELEASE_CLASSES), default=None, help="Class of the readers.")
@as_of_option
def workbook(period: str, within: str | None, out: Path, release: str | None, as_of: str | None) -> None:
    """Write the ranking workbook of the province, or a city's own."""
    if out.suffix != ".xlsx":
        raise click.BadParameter("应为 .xlsx 文件", param_hint="--out")
    view = answered(month_view, warehouse(), period, release or reference.setting("release"), as_of)
    try:
        write_ranking_workbook(out, view, within)
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{out}：{error}") from None
    click.echo(
        f"{name_of(within or province())} {period} 排名工作簿（{STATES[str(view.publication['state'])]}）：{out}"
    )


COMMANDS = (approve, settle, findings, coverage, show, changes, rank, trace, report, report_template, workbook)

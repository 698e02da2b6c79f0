"""`risk-assets`: every command calls the same functions as the assets. People get Chinese, `--json` gives data."""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from risk_assets import reference, settings
from risk_assets.assets.publishing import READER_FILES
from risk_assets.assets.reading import is_read, rows_before, standing
from risk_assets.automation.running import run_month
from risk_assets.commands import publications
from risk_assets.commands.options import area_of, area_option, json_option, period_of, period_option, write
from risk_assets.commands.options import console as open_console
from risk_assets.commands.options import lake as open_lake
from risk_assets.commands.options import warehouse as open_warehouse
from risk_assets.documents import Refused
from risk_assets.language.areas import name_of, province, reporting_areas
from risk_assets.monitoring.inspecting import inspect
from risk_assets.monitoring.judging import Report, message_of, read_file
from risk_assets.monitoring.receiving import receive
from risk_assets.partitions import FIRST_MONTH, months
from risk_assets.publishing import terminal
from risk_assets.publishing.advice import advice, is_fit, plain
from risk_assets.publishing.annotated import annotate
from risk_assets.publishing.answers import ranking_data
from risk_assets.publishing.receipt import check_result, receipt, withdrawal_receipt
from risk_assets.publishing.template import before_of, template
from risk_assets.publishing.words import STATES, WITHDRAWN
from risk_assets.samples import Sample, expected_count, samples
from risk_assets.storage import Lake, LandingError, Warehouse
from risk_assets.storage.lake import in_force
from risk_assets.storage.versions import code_fingerprint


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="risk-assets")
def main() -> None:
    """Collect, check, add up and rank the counties' monthly monitoring tables."""


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for whatever takes longer than a second."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    token = settings.watcher.set(tell)
    try:
        with bar:
            yield tell
    finally:
        settings.watcher.reset(token)


@main.command(name="samples")
@click.option("--period", "periods", multiple=True, required=True, callback=period_of, help="Month; may be repeated.")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=lambda: settings.home() / "samples",
    show_default="samples/",
    help="Real files, <area>_<period>_*.xlsx; every other county is made up.",
)
def fill_with_samples(periods: tuple[str, ...], folder: Path) -> None:
    """Put the sample province into landing: one real county, the others made up."""
    lake, new, count = open_lake(), 0, 0
    try:
        _ = [reference.framework_of(period) for period in periods]
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    total = expected_count(list(periods), folder)
    made_by = _samples_made_by(folder)
    marker = lake.root / "samples.txt"
    there = sum(len(lake.landed(period)) for period in periods)
    if there >= total and marker.exists() and marker.read_text(encoding="utf-8") == made_by:
        open_console().print(f"样例报表 {total} 份（{periods[0]} 至 {periods[-1]}）已在：{lake.landing}")
        return
    with _progress() as tell:
        for count, sample in enumerate(samples(list(periods), folder), 1):
            is_new = _land_sample(lake, sample)
            new += is_new
            tell("写入样例报表", count, total)
    marker.write_text(made_by, encoding="utf-8")
    open_console().print(
        f"样例报表 {count} 份（{periods[0]} 至 {periods[-1]}），新放入 {new} 份，其余已在：{lake.landing}"
    )


def _samples_made_by(folder: Path) -> str:
    """Fingerprint of what the samples are made from: they are made anew only when it changes."""
    real = sorted(f"{path.name}:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in folder.glob("*.xlsx"))
    return "\n".join([code_fingerprint("samples"), reference.fingerprint(), *real])


def _land_sample(lake: Lake, sample: Sample) -> bool:
    """Land a sample unless the area has sent it before; nothing made-up takes the place of something real."""
    digest = hashlib.sha256(sample.content).hexdigest()
    there = lake.versions(sample.period, sample.area)
    if any(one.sha256 == digest or (sample.is_sample and not one.is_sample) for one in there):
        return False
    _, is_new = lake.land(
        sample.content, sample.name, sample.area, sample.period, sample.received_at, is_sample=sample.is_sample
    )
    return is_new


def _check_reporting(area: str, period: str) -> None:
    """Tell the user when an area does not report, or no framework is as old as a month."""
    if area not in reporting_areas():
        raise click.ClickException(f"{name_of(area)} 不是报送地区")
    try:
        reference.framework_of(period)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.option(
    "--observations",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every figure to this file, as JSON lines.",
)
def read(file: Path, as_json: bool, observations: Path | None) -> None:
    """Print what is read in a file, line by line accounted for; nothing is stored. Exit 1 if it cannot be read."""
    found = inspect(file.read_bytes(), file.name)
    if observations:
        if observations.resolve() == file.resolve():
            raise click.BadParameter("应为另一个文件", param_hint="--observations")
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found["observations"])
        write(observations, lines.encode())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        terminal.reading(open_console(), found)
    if not found["is_read"]:
        sys.exit(1)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@area_option
@period_option
def submit(file: Path, area: str, period: str) -> None:
    """Put a file into landing, print the receipt and keep it; the file counts from the next run on."""
    lake = open_lake()
    content = file.read_bytes()
    _check_reporting(area, period)
    try:
        landed, is_new = lake.land(content, file.name, area, period)
    except LandingError as error:
        raise click.ClickException(str(error)) from None
    one = receive(lake, landed, content)
    found = advice(one.judged.findings, landed.original_name)
    text = receipt(landed, one.judged.submission, one.tables, found, one.due, is_new, one.is_beside)
    kept = lake.keep_receipt(landed, text)
    click.echo(f"{text}回执存于 {kept}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@area_option
@period_option
@click.option(
    "--annotated", type=click.Path(dir_okay=False, path_type=Path), help="Write a workbook with the cells marked."
)
@click.pass_context
def check(context: click.Context, file: Path, area: str, period: str, annotated: Path | None) -> None:
    """Read and judge a file without storing it: 0 fit to submit, 1 not."""
    if annotated and (annotated.suffix not in (".xlsx", ".xlsm") or annotated.resolve() == file.resolve()):
        raise click.BadParameter("应为另一个 .xlsx 或 .xlsm 文件", param_hint="--annotated")
    lake, content = open_lake(), file.read_bytes()
    _check_reporting(area, period)
    landed, _ = lake.candidate(content, file.name, area, period)
    one = receive(lake, landed, content)
    found = advice(one.judged.findings, landed.original_name)
    click.echo(check_result(landed, one.judged.submission, one.tables, found), nl=False)
    if annotated:
        title, is_sample = f"{name_of(area)} {period}", bool(one.judged.submission["is_sample"])
        rows, macros = one.judged.report_rows, annotated.suffix == ".xlsm"
        made = annotate(content, file.name, title, found, rows, is_sample, macros)
        write(annotated, made.content)
        click.echo(f"标注的工作簿 {annotated}：{made.note}")
    context.exit(0 if is_fit(found) else 1)


@main.command()
@area_option
@period_option
@click.option("--reason", required=True, help="Why, in words; name no person.")
def withdraw(area: str, period: str, reason: str) -> None:
    """Take back what an area has sent for a month; its versions are kept, the next run publishes without it."""
    lake = open_lake()
    if not (words := plain(" ".join(reason.split())).strip("，,；;、 ")):
        raise click.BadParameter("请写明撤回原因", param_hint="--reason")
    try:
        landed = lake.withdraw(period, area, words)
    except LandingError as error:
        raise click.ClickException(f"{name_of(area)} {error}") from None
    text = withdrawal_receipt(landed)
    click.echo(f"{text}回执存于 {lake.keep_receipt(landed, text)}")


@main.command(name="template")
@area_option
@period_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file in .xlsx.")
def write_template(area: str, period: str, out: Path) -> None:
    """Write a workbook to fill in, with what the area said before."""
    _check_reporting(area, period)
    if out.suffix != ".xlsx":
        raise click.BadParameter("应为 .xlsx 文件", param_hint="--out")
    if out.exists():  # it may have been filled in
        raise click.ClickException(f"{out}：文件已存在，请换一个文件名")
    before = before_of(rows_before(open_lake(), area, period))
    write(out, template(area, period, before))
    source = f"年度目标、责任单位和上月完成情况取自 {before.period} 的报送" if before.period else "本年度以前没有报送"
    click.echo(f"{name_of(area)} {period} 填报模板：{out}（{source}）")


@main.command()
@click.option("--period", "periods", multiple=True, required=True, callback=period_of, help="Month; may be repeated.")
@click.option("--area", "chosen", multiple=True, callback=area_of, help="Read these areas only; may be repeated.")
@click.option("--show", callback=area_of, default=None, help="Print the reconciliation of this area's letter, too.")
def run(periods: tuple[str, ...], chosen: tuple[str, ...], show: str | None) -> None:
    """Read what is new, judge, add up, rank, publish a draft: through Dagster, recorded in its instance."""
    lake, warehouse, console = open_lake(), open_warehouse(), open_console()
    for period in sorted(set(periods)):
        before = warehouse.current(period)
        fresh = [
            one
            for versions in lake.landed(period, chosen or None).values()
            for one in versions
            if not is_read(lake, one)
        ]
        if period not in months.get_partition_keys():
            last = months.get_last_partition_key()
            raise click.ClickException(f"{period}：只能运行 {FIRST_MONTH} 至 {last} 的月份，因为报表反映的是月末情况")
        if not lake.landed(period):
            raise click.ClickException(
                f"{period}：没有任何报送。请先用 risk-assets submit 报送文件，或用 make run 放入样例"
            )
        try:
            with _progress():
                run_month(period, sorted({one.area for one in fresh}), one_by_one=bool(chosen))
        except RuntimeError as failed:
            raise click.ClickException(str(failed)) from None
        after = warehouse.current(period)
        if after is None:
            raise click.ClickException(f"{period}：运行没有留下发布，请用 make ui 查看运行记录")
        if before and before["publication"] == after["publication"]:
            console.print(f"{period}：没有变化，沿用 {after['publication']}（{STATES[after['state']]}）")
        else:
            taken = sum(one.withdrawn is not None for one in fresh)
            read = f"读取 {len(fresh) - taken} 份文件" + (f"，撤回 {taken} 份" if taken else "")
            console.print(f"{period}：{read}，发布 {after['publication']}（初步）")
            if before:
                terminal.moved(console, _moves(warehouse, str(before["publication"]), str(after["publication"])))
    _summary(console, lake, warehouse, max(periods), show)


def _moves(warehouse: Warehouse, old: str, new: str) -> list[tuple[str, int | None, int | None]]:
    places = []
    for publication in (old, new):
        total = warehouse.read(
            "rankings",
            publication=publication,
            by="total",
            level="county",
            universe=province(),
            zones=False,
            scheme=reference.setting("scheme"),
        )
        places.append({r.area: None if pd.isna(r.rank) else int(r.rank) for r in total.itertuples()})
    return [
        (name_of(area), places[0].get(area), place) for area, place in places[1].items() if places[0].get(area) != place
    ]


def _summary(console: Console, lake: Lake, warehouse: Warehouse, period: str, show: str | None) -> None:
    publication = warehouse.current(period)
    assert publication is not None  # noqa: S101 - just published
    stands = standing(lake, period)
    terminal.coverage(console, publication, stands)
    out = stands[(stands["state"] == "refused")]
    if len(out):
        found = warehouse.read("findings", submission=out["submission"].tolist())
        force = set(zip(out["submission"], out["rules"], strict=True))
        seen = {r.submission: str(r.found) for r in found.itertuples() if (r.submission, r.rules) in force}
        terminal.refused(
            console,
            [
                (name_of(r.area), r.original_name, message_of(r.reason), seen.get(r.submission, ""))
                for r in out.itertuples()
            ],
        )
    if show:
        tables = stands[stands["used"] & (stands["kind"] == "tables")]
        version = next((r for r in tables.itertuples() if r.area == show), None)
        if version is not None:
            terminal.reconciliation(console, name_of(show), _reconcile_landed(lake, period, show))
    counties = ranking_data(warehouse, period, "total", "county", province(), None)
    ends = int(reference.setting("published_ends"))
    rows = counties["rankings"]
    terminal.ranking(console, f"总排名前 {ends} 位(共 {counties['of']} 个)", rows[:ends])
    terminal.ranking(console, f"总排名后 {ends} 位（从末位起）", rows[: -ends - 1 : -1])
    terminal.not_ranked(console, counties["not_ranked"])
    cities = ranking_data(warehouse, period, "total", "city", province(), None)
    terminal.ranking(console, "市州排名", cities["rankings"])
    terminal.not_ranked(console, cities["not_ranked"])
    console.rule("输出")
    console.print(f"数据库    {warehouse}", soft_wrap=True)
    console.print(f"Parquet   {lake.staged}  {lake.published(period)}", soft_wrap=True)
    for label, file in READER_FILES.items():
        path = lake.published(period) / file
        told = str(path) if path.exists() else "有阻止定稿的问题未处理，没有生成"
        console.print(f"{label}{' ' * (10 - 2 * len(label))}{told}", soft_wrap=True)


def _reconcile_landed(lake: Lake, period: str, area: str) -> dict[str, Any]:
    """Reconcile the newest version of an area's file that can be read."""
    refusal: Refused | None = None
    for landed in reversed(in_force(lake.versions(period, area))):
        if landed.withdrawn is not None:
            raise click.ClickException(f"{name_of(area)} {period}：{WITHDRAWN}")
        try:
            report = read_file(lake.content(landed), landed.original_name, area, period)
        except Refused as refused:
            refusal = refusal or refused
            continue
        if report.reading.tables:  # a narrative has nothing to reconcile
            return _reconciled(report)
    found = f"{message_of(refusal.rule)}({refusal.found})" if refusal else "没有报送"
    raise click.ClickException(f"{name_of(area)} {period}:{found}")


def _reconcile(content: bytes, name: str, area: str | None, period: str | None) -> dict[str, Any]:
    return _reconciled(read_file(content, name, area, period))


def _reconciled(report: Report) -> dict[str, Any]:
    return {"area": report.reading.area, "period": report.reading.period, **report.reconciliation}


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--period", callback=period_of, default=None, help="Reporting month, YYYY-MM.")
@click.option("--area", callback=area_of, default=None, help="Code or full name of the area.")
@json_option
def reconcile(file: Path | None, period: str | None, area: str | None, as_json: bool) -> None:
    """Hold a letter's headline, totals and ratios against its tables: of a FILE, or of what an area has sent."""
    if file:
        try:
            result = _reconcile(file.read_bytes(), file.name, area, period)
        except Refused as refused:
            raise click.ClickException(
                f"{file.name}:{message_of(refused.rule)}(实际：{refused.found}；应为：{refused.expected})"
            ) from None
    elif period and area:
        result = _reconcile_landed(open_lake(), period, area)
    else:
        raise click.UsageError("给出 FILE，或同时给出 --period 和 --area")
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        terminal.reconciliation(open_console(), name_of(result["area"] or ""), result)


for command in publications.COMMANDS:
    main.add_command(command)

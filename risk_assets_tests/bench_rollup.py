"""`python -m risk_assets_tests.bench_rollup`: a year of the whole country added up and ranked, against bare SQL.

2,844 counties × 12 months × 375 indicators and components are 12,798,000 assessments in one Parquet file. DuckDB does
the work both times: once as `risk_assets.rollup` tells it to, once as SQL written by hand for the same result. Each
runs in processes of its own, in turns, so that its peak of memory is its own. What counts is the best of a few rounds,
by the clock and by CPU time, which others on the machine disturb less.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import narwhals as nw
from rich.console import Console
from rich.table import Table

from risk_assets.rollup import add_up, comparable, rank
from risk_assets.rollup.aggregate import STATUS_COUNTS, VALUES

COUNTIES, MONTHS, INDICATORS, PARTS = 2_844, 12, 300, 75
CITIES, PROVINCES, CAMPAIGNS = 333, 31, 6
ROWS = COUNTIES * MONTHS * (INDICATORS + PARTS)
MEMORY, THREADS = "3GB", 2
ROUNDS = 3
GOAL_RATIO, GOAL_BYTES = 2.0, 4 * 2**30

# Nine tenths of the figures are there; one unit in 50 and one period in 20 are not those of the others.
ASSESSMENTS = f"""
with drawn as (
    select area, month, line, line % {INDICATORS} as number, line >= {INDICATORS} as is_part,
        hash(area * 1000003 + line * 4099 + month) as dice
    from range({MONTHS}) months(month), range({INDICATORS + PARTS}) lines(line), range({COUNTIES}) areas(area)
), kinds as (
    select *, ['sum', 'growth', 'rate', 'stock', 'status'][line % 5 + 1] as method, dice % 8 as state,
        format('2023-{{:02d}}', month + 1) as period from drawn
)
select period, format('{{:06d}}', 100000 + area) as area, format('campaign{{:02d}}', number % {CAMPAIGNS}) as campaign,
    format('campaign{{:02d}}.item{{:03d}}', number % {CAMPAIGNS}, number) as indicator,
    if(is_part, 'by 2025', '') as component, method,
    case when method in ('growth', 'rate') then '%' when method = 'status' then null when dice % 50 = 7 then '平方米'
        else '元' end as unit,
    if(number % 7 = 0, 'le', 'ge') as direction,
    if(dice // 64 % 20 = 0, format('2023-{{:02d}}', greatest(month, 1)), period) as figure_end,
    if(is_part, 0, 1)::bigint as tasks,
    {", ".join(f"if(is_part or state <> {n}, 0, 1)::bigint as {name}" for n, name in enumerate(STATUS_COUNTS[1:]))},
    case when method in ('growth', 'rate') then (number % 12)::double
        when dice // 512 % 10 > 0 then (dice // 4096 % 100000 / 8)::double end as target_value,
    case when dice // 1024 % 10 > 0 then (dice // 8192 % 100000 / 8)::double end as done_value,
    case when method = 'growth' and dice // 2048 % 10 > 0 then 1 + (dice // 16384 % 100000 / 8)::double end as value,
    case when method = 'growth' then (dice // 32768 % 300 / 8)::double - 12 end as growth,
    case when method = 'rate' and dice // 4096 % 10 > 0 then (dice // 65536 % 400)::double end as numerator,
    case when method = 'rate' then (dice // 131072 % 500)::double end as denominator,
    case when dice // 1024 % 10 > 0 then (dice // 8192 % 2000 / 16)::double end as attainment_computed,
    dice // 256 % 1000 = 0 as is_sample
from kinds
"""  # noqa: S608 - the numbers above
MEMBERSHIP = f"""
select format('2023-{{:02d}}', month + 1) as period, format('{{:06d}}', 100000 + area) as area,
    unnest([format('city{{:03d}}', area % {CITIES}), format('province{{:02d}}', area % {CITIES} % {PROVINCES})])
        as "group"
from range({COUNTIES}) areas(area), range({MONTHS}) months(month)
"""  # noqa: S608 - the numbers above

# The same by hand.
COUNTS = ", ".join(f"sum({name})::bigint as {name}" for name in STATUS_COUNTS)
ROLLUPS = f"""
with figures as not materialized (
    select *, coalesce(unit, '') as unit_, coalesce(figure_end, '') as end_,
        coalesce(done_value, value, growth, numerator) is not null as has_figure
    from assessments where indicator is not null
), deciding as (
    select period, indicator, component, unit_ as unit_meant, end_ as end_meant
    from figures where has_figure group by period, indicator, component, unit_, end_
    qualify row_number() over (partition by period, indicator, component order by count(*) desc, end_ desc, unit_) = 1
), comparable as (
    select * replace ({
    ", ".join(f"if(coalesce(unit_ = unit_meant and end_ = end_meant, true), {name}, null) as {name}" for name in VALUES)
})
    from figures left join deciding using (period, indicator, component)
), parts as (
    select * replace (if(taken, target_value, null) as target_value, if(taken, direction, null) as direction,
            if(taken, unit, null) as unit, if(taken, figure_end, null) as figure_end),
        case when not taken then null when method = 'growth' then value when method = 'rate' then numerator
            else done_value end as upper,
        case when not taken then null when method = 'growth' then value / (1 + growth / 100)
            when method = 'rate' then denominator else target_value end as lower
    from (select *, case
        when method in ('sum', 'stock') then done_value is not null and target_value is not null
        when method = 'growth' then coalesce(value > 0 and growth > -100, false)
        when method = 'rate' then coalesce(numerator is not null and denominator > 0, false)
        else false end as taken from comparable)
), sums as (
    select period, "group", campaign, indicator, component, max(method) as method, count(distinct area) as areas_in,
        {COUNTS}, count(upper) as areas_with_value, sum(upper) as upper, sum(lower) as lower,
        count(target_value) as targets, min(target_value) as least, max(target_value) as most,
        min(direction) as best, max(direction) as other_best, max(unit) as unit, max(figure_end) as figure_end,
        max(is_sample) as is_sample
    from parts join membership using (period, area) group by all
), results as (
    select *, case method when 'growth' then 100 * (upper / lower - 1) when 'rate' then 100 * upper / lower
            else upper end as done_value,
        case when method in ('sum', 'stock') then lower when targets = areas_with_value and least = most then most
            end as target_value,
        if(method = 'growth', 1 + done_value / 100, done_value) as done_held,
        if(method = 'growth', 1 + target_value / 100, target_value) as target_held
    from sums
), areas as (
    select period, area, campaign, {COUNTS}, max(is_sample) as is_sample
    from assessments where indicator is not null group by all
)
select period, "group", campaign, indicator, component, method, unit, figure_end, areas_in,
    {", ".join(STATUS_COUNTS)}, areas_with_value, is_sample::bigint as is_sample, target_value, done_value,
    case when best <> other_best then null when best = 'le' and done_held > 0 then 100 * target_held / done_held
        when coalesce(best, 'ge') = 'ge' and target_held > 0 then 100 * done_held / target_held end as attainment
from results
union all
select period, "group", campaign, '*', '', 'status', null, null, count(*), {COUNTS}, 0, max(is_sample)::bigint,
    null, null, null
from areas join membership using (period, area) group by all
"""  # noqa: S608 - names of columns
RANKINGS = """
with ranked as (
    select period, indicator as "by", 'county' as level, "group" as universe, false as zones, 'attainment' as scheme,
        area, attainment_computed as value, direction,
        round(attainment_computed + 1e-9, 6) * if(direction = 'le', -1, 1) as merit
    from assessments join membership using (period, area)
    where component = '' and "group" like 'province%'
)
select * exclude (merit), if(merit is not null, rank() over (peers order by merit desc nulls last), null) as rank,
    count(merit) over peers as of, count(area) over peers as areas,
    merit is not null and count(*) over (partition by period, "by", level, universe, zones, scheme, merit) > 1 as tied
from ranked window peers as (partition by period, "by", level, universe, zones, scheme)
"""
CHECKS = {
    "rollups": """count(*), sum(areas_in), sum(tasks_done), sum(areas_with_value), sum(is_sample), count(unit),
        count(figure_end), count(target_value), count(done_value), count(attainment), sum(target_value),
        sum(done_value), sum(attainment), sum(hash(period, "group", campaign, indicator, component, method, unit))""",
    "rankings": "count(*), sum(rank), count(rank), sum(of), sum(areas), count_if(tied), sum(value)",
}


def by_rollup(engine: duckdb.DuckDBPyConnection) -> tuple[duckdb.DuckDBPyRelation, duckdb.DuckDBPyRelation]:
    """The two results as `risk_assets.rollup` asks for them."""
    assessments, membership = engine.table("assessments"), engine.table("membership")
    province = nw.col("group").str.starts_with("province")
    measured = (
        nw.from_native(assessments)
        .filter(nw.col("component") == "")
        .join(nw.from_native(membership).filter(province), on=["period", "area"], how="inner")
        .select(
            "period", nw.col("indicator").alias("by"), nw.lit("county").alias("level"),
            nw.col("group").alias("universe"), nw.lit(False).alias("zones"), nw.lit("attainment").alias("scheme"),
            "area", nw.col("attainment_computed").alias("value"), "direction",
        )
    )  # fmt: skip
    return add_up(comparable(assessments), membership), rank(measured.to_native())


def by_hand(engine: duckdb.DuckDBPyConnection) -> tuple[duckdb.DuckDBPyRelation, duckdb.DuckDBPyRelation]:
    """The two results as somebody would ask for them who knows DuckDB only."""
    return engine.sql(ROLLUPS), engine.sql(RANKINGS)


BARE = "手写 SQL"
WAYS: dict[str, Callable[..., tuple[duckdb.DuckDBPyRelation, duckdb.DuckDBPyRelation]]] = {
    "risk_assets.rollup": by_rollup,
    BARE: by_hand,
}


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """DuckDB with as much memory and as many threads as the goal allows it."""
    engine = duckdb.connect(
        config={"memory_limit": MEMORY, "threads": THREADS, "temp_directory": str(folder / "spill")}
    )
    engine.sql("set preserve_insertion_order = false")
    return engine


def work(way: str, folder: Path) -> dict[str, object]:
    """Write both results to Parquet one way.

    Returns:
        `seconds` and `cpu` seconds of each result, `bytes` of memory at the peak, and what is checked of each result.
    """
    engine = connect(folder)
    engine.sql(f"create view assessments as from '{folder / 'assessments.parquet'}'")
    engine.sql(f"create table membership as {MEMBERSHIP}")
    seconds, cpu, checks = {}, {}, {}
    for name, result in zip(CHECKS, WAYS[way](engine), strict=True):
        start, of_cpu = time.perf_counter(), time.process_time()
        result.write_parquet(str(folder / f"{name}.parquet"))
        seconds[name] = time.perf_counter() - start
        cpu[name] = time.process_time() - of_cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    for name, checked in CHECKS.items():
        row = engine.sql(f"select {checked} from '{folder / name}.parquet'").fetchall()[0]  # noqa: S608 - words above
        checks[name] = [None if value is None else float(f"{value:.9g}") for value in row]
    return {"seconds": seconds, "cpu": cpu, "bytes": peak, "checks": checks}


def best(rounds: list[dict], measure: str) -> list[float]:
    """Least seconds of each result, and of both together."""
    least = [min(one[measure][name] for one in rounds) for name in CHECKS]
    return [*least, sum(least)]


def table() -> Table:
    """Both ways side by side.

    Raises:
        ValueError: They do not give the same.
    """
    told: dict[str, list[dict]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        connect(Path(folder)).sql(ASSESSMENTS).write_parquet(f"{folder}/assessments.parquet")
        for way in [*WAYS] * ROUNDS:
            command = [sys.executable, "-m", "risk_assets_tests.bench_rollup", way, folder]
            told[way].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    checks = [one["checks"] for rounds in told.values() for one in rounds]
    if any(one != checks[0] for one in checks):
        raise ValueError(f"the ways differ: {checks}")
    rollups, rankings = (checks[0][name][0] for name in CHECKS)
    out = Table(
        title=f"{ROWS:,} 条评估汇总并排名（DuckDB，{THREADS} 线程，内存限 {MEMORY}，{ROUNDS} 轮中最好）",
        caption=f"{rollups:,.0f} 行汇总、{rankings:,.0f} 行排名，两种做法结果一致\n"
        f"目标：不超过 {GOAL_RATIO:g} 倍，峰值低于 {GOAL_BYTES / 2**30:g} GiB",
        title_justify="left", caption_justify="left", box=None,
    )  # fmt: skip
    for head in ("做法", "汇总秒", "排名秒", "合计秒", "倍", "CPU 秒", "倍", "内存峰值 GiB"):
        out.add_column(head, justify="right" if out.columns else "left")
    bare = told[BARE]
    for way, rounds in told.items():
        seconds, cpu = best(rounds, "seconds"), best(rounds, "cpu")
        ratios = seconds[-1] / best(bare, "seconds")[-1], cpu[-1] / best(bare, "cpu")[-1]
        peak = max(one["bytes"] for one in rounds) / 2**30
        out.add_row(way, *(f"{value:.2f}" for value in (*seconds, ratios[0], cpu[-1], ratios[1], peak)))
    return out


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(work(sys.argv[1], Path(sys.argv[2]))))
    else:
        Console(width=118, highlight=False).print(table())

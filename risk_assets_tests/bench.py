"""`make bench`: how long a month takes. Process start is not counted but where it is the thing measured.

Reading is measured against bare calamine, which only fetches the cells: the same workbooks, in turns in one process,
by CPU time, the best of several rounds and their median.
"""

import io
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from itertools import count, islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from risk_assets_tests import bench_readers, bench_rollup

PERIOD, EARLIER = "2023-04", "2023-03"
TIMES = 3
ROUNDS = 7
WORKBOOKS = 122
CELLS, CELL = 8_000, 100
ODD_LENGTH = 20_000
# Pieces of which a text is made that might cost more than their length.
ODD = (
    "1", "1,", "1 ", "1-", "1.", "1. ", "x", "*", "《", "》", "每", "，", "（", "(", ")", "第", "第1", "一",
    "百分之", "千万", "万", "比", "较", "截至", "今年", "2023年", "1月", "1-4月", "12日", "“", "〔2023",
    "增长", "同比", "分别", "任务", "预计", "力争", "亿元", "5亿元", "5%", "、5%", "5%、", "完成", "的", "到",
    "至", " ", "\t", "\u3000", "A", "电话", "附件", "附", "由", "年", "月", "其中：", "5-6个", "5家（",
    "）5家", "目标", "：", "排", "居全市第",
)  # fmt: skip


def seconds(work: Callable[[], object], times: int = TIMES) -> float:
    """Median of a few runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def point_at(root: Path) -> None:
    """Let lake, warehouse and Dagster lie below a folder that is thrown away."""
    os.environ |= {"RISK_ASSETS_LAKE": str(root), "DAGSTER_HOME": str(root / "dagster")}
    os.environ.pop("RISK_ASSETS_DATABASE_URL", None)
    (root / "dagster").mkdir(parents=True, exist_ok=True)


def fetch_cells(content: bytes, *_: str) -> None:
    """What bare calamine does: every cell of every sheet, nothing understood."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def reading_steps() -> dict[str, Callable[..., object]]:
    """Ever more of what becomes of a workbook, each step with those before it."""
    from risk_assets.documents import open_document  # noqa: PLC0415 - after the environment is set
    from risk_assets.layouts import read_report  # noqa: PLC0415
    from risk_assets.monitoring.assessing import assess  # noqa: PLC0415
    from risk_assets.monitoring.judging import collector_paused, read_file  # noqa: PLC0415
    from risk_assets.monitoring.observing import observe  # noqa: PLC0415

    def to_rows(content: bytes, name: str, area: str, period: str) -> None:
        with collector_paused():  # as `read_file` does
            read_report(open_document(content, name), area, period)

    def to_assessments(content: bytes, name: str, area: str, period: str) -> None:
        with collector_paused():
            reading = read_report(open_document(content, name), area, period)
            observed = observe(reading).observations
            assess(reading.rows, observed, reading.framework, period, area)

    return {
        "calamine 取出全部单元格": fetch_cells,
        "打开（open_document）": lambda content, name, *_: open_document(content, name),
        "……读成行（read_report）": to_rows,
        "……读数字、逐项判断（assess）": to_assessments,
        "……全部核对（read_file）": read_file,
    }


def reading_times(files: Sequence[tuple[bytes, str, str, str]]) -> dict[str, list[float]]:
    """CPU seconds of each step for all workbooks, in turns; the first round, which fills the caches, is left out."""
    taken: dict[str, list[float]] = {}
    for _ in range(ROUNDS + 1):
        for step, work in reading_steps().items():
            start = time.process_time()
            for one in files:
                work(*one)
            taken.setdefault(step, []).append(time.process_time() - start)
    return {step: times[1:] for step, times in taken.items()}


def report_reading(times: dict[str, list[float]], workbooks: int, sheets: int) -> Table:
    """A table of the steps of reading, each against bare calamine."""
    bare_best, bare_middle = min(first := next(iter(times.values()))), statistics.median(first)
    title = f"读 {workbooks} 份工作簿、{sheets} 张工作表（CPU 秒，{ROUNDS} 轮交替）"
    table = Table(title=title, title_justify="left", box=None)
    for head, side in (("步骤", "left"), ("最好", "right"), ("倍", "right"), ("中位", "right"), ("倍", "right")):
        table.add_column(head, justify=side)
    for step, taken in times.items():
        best, middle = min(taken), statistics.median(taken)
        ratios = f"{best / bare_best:.2f}", f"{middle / bare_middle:.2f}"
        table.add_row(step, f"{best:.3f}", ratios[0], f"{middle:.3f}", ratios[1])
    return table


def figure_times(texts: dict[str, list[str]]) -> Table:
    """How many cells of 100 characters are read in a second, and the worst growth of odd texts doubled in length.

    Args:
        texts: Texts of cells, by whose they are; they are joined and cut anew.
    """
    from risk_assets.language.figures import Context, figures_in  # noqa: PLC0415 - after the environment is set
    from risk_assets.language.figures.periods import Period  # noqa: PLC0415

    context = Context(period=Period("as_of"), month=PERIOD, year=int(PERIOD[:4]))
    table = Table(title="读句子里的数字（一核）", title_justify="left", box=None)
    for head, side in (("步骤", "left"), ("结果", "right"), ("说明", "left")):
        table.add_column(head, justify=side)
    for whose, own in texts.items():
        whole = "".join(dict.fromkeys(own))
        pieces = [whole[i : i + CELL] for i in range(0, len(whole) - CELL, CELL)]
        cells = [pieces[i % len(pieces)] for i in range(CELLS)]
        found = sum(len(figures_in(cell, context).quantities) for cell in cells)
        taken = seconds(lambda cells=cells: [figures_in(cell, context) for cell in cells])
        told = f"{CELLS / taken:,.0f} 格/秒", f"每格 {found / CELLS:.1f} 个数字，{len(pieces)} 种格"
        table.add_row(f"{whose}：{CELLS} 格、每格 {CELL} 字", *told)
    growth = {unit: _growth(lambda text: figures_in(text, context), unit) for unit in ODD}
    worst = max(growth, key=lambda unit: growth[unit])
    table.add_row("怪文本加倍后的用时", f"最多 {growth[worst]:.2f} 倍", f"{len(ODD)} 种，最差 {worst!r}，2 倍为线性")
    return table


def _growth(work: Callable[[str], object], unit: str) -> float:
    """How many times longer a text of the same piece takes when it is twice as long."""
    short, long = (unit * (length // len(unit)) for length in (ODD_LENGTH, 2 * ODD_LENGTH))
    return min(seconds(lambda: work(long)) / seconds(lambda: work(short)) for _ in range(TIMES))


def rolling_up(lake: Any) -> float:
    """Seconds for roll-ups, scores and rankings of the month, from frames in memory."""
    from risk_assets.assets.publishing import month_of  # noqa: PLC0415 - after the environment is set
    from risk_assets.rollup.month import month_tables  # noqa: PLC0415
    from risk_assets.storage import Warehouse  # noqa: PLC0415

    month = month_of(lake, Warehouse(f"sqlite:///{lake.root / 'warehouse.sqlite'}"), PERIOD)
    return min(seconds(lambda: month_tables(month)) for _ in range(TIMES))


def processor() -> str:
    """Name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else []  # fmt: skip
    return names[0] if names else platform.machine()


def main() -> None:  # noqa: PLR0915 - one thing measured after the other
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        point_at(root / "lake")
        from risk_assets.automation.running import run_month  # noqa: PLC0415 - after the environment is set
        from risk_assets.samples import real_files, samples  # noqa: PLC0415
        from risk_assets.storage import Lake, Warehouse  # noqa: PLC0415

        start = time.perf_counter()
        files = list(samples([PERIOD], root))
        generation = time.perf_counter() - start

        def province(name: str) -> Lake:
            point_at(root / name)
            lake = Lake(root / name)
            for one in files:
                lake.land(one.content, one.name, one.area, one.period, one.received_at, is_sample=True)
            return lake

        def through_dagster(lake: Lake) -> float:
            started = time.perf_counter()
            run_month(PERIOD, sorted(lake.landed(PERIOD)))
            return time.perf_counter() - started

        with redirect_stdout(io.StringIO()):
            small = Lake(root / "warm-up")
            point_at(root / "warm-up")
            for one in files[:5]:
                small.land(one.content, one.name, one.area, one.period, one.received_at, is_sample=True)
            through_dagster(small)
            months = [through_dagster(province(f"month-{number}")) for number in range(TIMES)]
            again = seconds(lambda: run_month(PERIOD, []))
            last = Lake(root / f"month-{TIMES - 1}")
            others = (one for seed in count(1) for one in samples([PERIOD], root, seed) if one.area == files[0].area)
            corrected = list(islice(others, TIMES))

            def correction(one: Any) -> float:
                last.land(one.content, one.name, one.area, one.period, one.received_at, is_sample=True)
                started = time.perf_counter()
                run_month(PERIOD, [one.area])
                return time.perf_counter() - started

            corrections = [correction(one) for one in corrected]
            rolled = rolling_up(last)
        published = Warehouse(f"sqlite:///{root / f'month-{TIMES - 1}' / 'warehouse.sqlite'}").current(PERIOD)
        assert published is not None
        assert published["read"] == len(files)
        readers = bench_readers.table(root / f"month-{TIMES - 1}", PERIOD)

        workbooks = [
            (one.content, one.name, one.area, one.period)
            for one in islice(samples([PERIOD, EARLIER], root / "none"), WORKBOOKS)
        ]
        sheets = sum(len(CalamineWorkbook.from_filelike(io.BytesIO(one[0])).sheet_names) for one in workbooks)
        reading = reading_times(workbooks)
        from risk_assets.documents import open_document  # noqa: PLC0415
        from risk_assets.layouts import read_report  # noqa: PLC0415

        real = real_files(PERIOD, Path(__file__).parents[1] / "samples")
        sent = {
            "样例县的字句": [(path.read_bytes(), path.name, area) for area, path in real.items()],
            "虚构各县的字句": [(one.content, one.name, one.area) for one in files],
        }
        fields = ("indicator_text", "target_text", "progress", "remark")
        told: dict[str, list[str]] = {}
        for whose, some in sent.items():
            letters = [read_report(open_document(content, name), area, PERIOD) for content, name, area in some]
            told[whose] = [row[f] for letter in letters for row in letter.rows for f in fields if row.get(f)]
        figures = figure_times(told)
        fresh = [sys.executable, "-c", "import risk_assets.definitions"]
        loading = seconds(lambda: subprocess.run(fresh, check=True))

    table = Table(title=f"{len(files)} 份报表，{os.cpu_count()} 核，{processor()}", title_justify="left", box=None)
    for head, side in (("步骤", "left"), ("秒", "right"), ("说明", "left")):
        table.add_column(head, justify=side)
    for what, taken, note in (
        ("一个月：从文件到库内排名", statistics.median(months), f"经 Dagster，{TIMES} 次的中位数，不计进程启动"),
        ("同月再运行，没有变化", again, "经 Dagster"),
        ("更正一个县后再运行", statistics.median(corrections), f"经 Dagster，{TIMES} 次的中位数，其余各县不重读"),
        ("一个月的汇总、计分和排名", rolled, f"{len(files)} 份报表，不计读写，{TIMES} 次中最好"),
        ("生成样例", generation, f"{generation / len(files) * 1000:.0f} 毫秒一份"),
        ("新进程载入 definitions", loading, f"{TIMES} 次的中位数"),
    ):
        table.add_row(what, f"{taken:.2f}", note)
    console = Console(width=118, highlight=False)
    console.print(table)
    console.print(readers)
    console.print(figures)
    console.print(report_reading(reading, len(workbooks), sheets))
    console.print(bench_rollup.table())


if __name__ == "__main__":
    main()

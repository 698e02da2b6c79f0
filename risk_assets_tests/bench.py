"""`make bench`: how long a month takes. Process start is not counted but where it is the thing measured."""

import io
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

PERIOD = "2023-04"
TIMES = 3


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


def processor() -> str:
    """Name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else []  # fmt: skip
    return names[0] if names else platform.machine()


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        point_at(root / "lake")
        from risk_assets.automation.running import run_month  # noqa: PLC0415 - after the environment is set
        from risk_assets.monitoring.judging import read_file  # noqa: PLC0415
        from risk_assets.samples import samples  # noqa: PLC0415
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
        published = Warehouse(f"sqlite:///{root / f'month-{TIMES - 1}' / 'warehouse.sqlite'}").current(PERIOD)
        assert published is not None
        assert published["read"] == len(files)

        def bare() -> None:
            for one in files:
                book = CalamineWorkbook.from_filelike(io.BytesIO(one.content))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python()

        def reading() -> None:
            for one in files:
                read_file(one.content, one.name, one.area, one.period)

        bare_time, reading_time = seconds(bare), seconds(reading)
        fresh = [sys.executable, "-c", "import risk_assets.definitions"]
        loading = seconds(lambda: subprocess.run(fresh, check=True))

    table = Table(title=f"{len(files)} 份报表，{os.cpu_count()} 核，{processor()}", title_justify="left", box=None)
    for head, side in (("步骤", "left"), ("秒", "right"), ("说明", "left")):
        table.add_column(head, justify=side)
    for what, taken, note in (
        ("一个月：从文件到库内排名", statistics.median(months), f"经 Dagster，{TIMES} 次的中位数，不计进程启动"),
        ("同月再运行，没有变化", again, "经 Dagster"),
        ("只读取和核对", reading_time, f"为 calamine 的 {reading_time / bare_time:.1f} 倍"),
        ("calamine 取出全部单元格", bare_time, "同样的文件，不加理解"),
        ("生成样例", generation, f"{generation / len(files) * 1000:.0f} 毫秒一份"),
        ("新进程载入 definitions", loading, f"{TIMES} 次的中位数"),
    ):
        table.add_row(what, f"{taken:.2f}", note)
    Console(width=118, highlight=False).print(table)


if __name__ == "__main__":
    main()

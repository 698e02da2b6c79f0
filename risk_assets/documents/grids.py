"""What the readers of all workbook formats share: limits of a sheet, and notices of its cells."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from risk_assets.documents.model import MAX_CELLS, MAX_MERGES, MAX_ROWS, Grid, Notice, Refused, visible

MAX_NOTICES = 1000
MAX_SHEETS = 1000
SAYS = {
    "error_cell": "公式错误值",
    "formula_without_value": "公式",
    "hidden_row": "隐藏的行",
    "hidden_column": "隐藏的列",
}
_SEPARATOR = re.compile(r"[/\\]")


def noticed(sheet: str, found: Mapping[str, list[str]]) -> list[Notice]:
    """A notice for each place; beyond a thousand of a kind, one for the rest."""
    notices = []
    for rule, places in found.items():
        notices += [Notice(rule, f"{sheet}!{place}", SAYS[rule]) for place in places[:MAX_NOTICES]]
        if len(places) > MAX_NOTICES:
            notices.append(Notice(rule, sheet, f"{SAYS[rule]}，另有 {len(places) - MAX_NOTICES} 处"))
    return notices


def check_size(rows: int, columns: int, merges: int) -> None:
    """Refuse a sheet that is larger than any county's table.

    Raises:
        Refused: Too many rows, cells or merged ranges.
    """
    if rows > MAX_ROWS or rows * columns > MAX_CELLS or merges > MAX_MERGES:
        found = f"{rows} 行 × {columns} 列，{merges} 处合并"
        raise Refused("too_many_cells", found, f"不超过 {MAX_ROWS} 行、{MAX_CELLS} 个单元格、{MAX_MERGES} 处合并")


def check_grid(grid: Grid, allowed: int) -> int:
    """Count a grid's cells, and refuse merges that lie over each other until they cover more than a sheet may have.

    Raises:
        Refused: More cells than allowed.
    """
    height, width = len(grid.rows), max(map(len, grid.rows), default=0)
    covered = sum((min(c, height) - a + 1) * (min(d, width) - b + 1) for a, b, c, d in grid.merges if a <= c and b <= d)
    if covered > MAX_CELLS or height * width > allowed:
        found = f"{height * width} 格，合并区域 {covered} 格"
        raise Refused("too_many_cells", found, f"全部工作表不超过 {MAX_CELLS} 格")
    return height * width


def file_name(target: str) -> str:
    """Last part of a path or address; the folders before it often bear persons' names."""
    return visible(unquote(_SEPARATOR.split(target)[-1]))

"""Files as a person in a county would make them, and the same files damaged, for tests."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.workbook.workbook import Workbook

from risk_assets.layouts.reading import LINE_KINDS
from risk_assets.monitoring.inspecting import inspect
from risk_assets.monitoring.judging import Report, read_file

PROJECT = Path(__file__).parent.parent
SAMPLE = PROJECT / "samples" / "433123_2023-04_凤凰县发展六仗监测表.xlsx"
COUNTY, PERIOD = "433123", "2023-04"
TITLE = "凤凰县打好经济增长主动仗重要指标监测表"
HEADER = ("序号", "2023年度具体目标任务", "责任单位", "当前进展情况", "完成年度任务之比", "备注")
PROJECT_TITLE = "省重点民生实事项目"
PROJECT_HEADER = (
    "序号",
    "考核指标",
    "牵头单位",
    "单位",
    "工作目标",
    "已完成数",
    "占年度任务之比",
    "投入资金",
    "备注",
)

Cell = str | float | None
Rows = Iterable[Sequence[Cell]]


class Percent(float):
    """A number that its cell shows as a percentage."""


def item(number: Cell, task: Cell, ratio: Cell = "/", status: Cell = "进展有序") -> tuple[Cell, ...]:
    """A row under `HEADER`."""
    return number, task, "县发改局", "正在推进。", ratio, status


def project(number: Cell, task: Cell, unit: Cell, target: Cell, done: Cell, ratio: Cell) -> tuple[Cell, ...]:
    """A row under `PROJECT_HEADER`."""
    return number, task, "县人社局", unit, target, done, ratio, None, "进展有序"


def table_workbook(
    title: str, header: Sequence[Cell], rows: Rows, *, merges: Iterable[str] = (), sheet: str = "附件1"
) -> bytes:
    """A workbook with one table: its title in the first row, the header in the second."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    _fill(book.active, [[title], header, *rows], merges)
    return _saved(book)


def letter_and_table(
    letter: Sequence[str],
    title: str,
    header: Sequence[Cell],
    rows: Rows,
    *,
    merges: Iterable[str] = (),
    sheet: str = "附件1",
) -> bytes:
    """A workbook with the letter on the first sheet, a paragraph a row, and one table behind it."""
    book = openpyxl.Workbook()
    book.active.title = "督查专报"
    _fill(book.active, [[paragraph] for paragraph in letter], ())
    _fill(book.create_sheet(sheet), [[title], header, *rows], merges)
    return _saved(book)


def text_file(*lines: Sequence[Cell] | str, encoding: str = "utf-8") -> bytes:
    """A text as a person copies it out of a document: a line each, cells parted by tabs."""
    flat = (line if isinstance(line, str) else "\t".join("" if c is None else str(c) for c in line) for line in lines)
    return "\n".join(flat).encode(encoding)


def changed(content: bytes, edit: Callable[[Workbook], object]) -> bytes:
    """A workbook opened, edited and saved again."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    return _saved(book)


def with_cell(content: bytes, sheet: str, cell: str, value: Cell) -> bytes:
    """A workbook with one cell written anew."""

    def write(book: Workbook) -> None:
        book[sheet][cell] = value

    return changed(content, write)


def with_words(content: bytes, words: Mapping[str, str]) -> bytes:
    """A workbook with words replaced in every cell."""

    def replace(book: Workbook) -> None:
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str):
                        for old, new in words.items():
                            cell.value = cell.value.replace(old, new)

    return changed(content, replace)


def repacked(content: bytes, parts: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A workbook whose inner files are changed byte by byte."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, parts.get(name, bytes)(source.read(name)))
    return target.getvalue()


def with_members(content: bytes, members: Mapping[str, bytes | str]) -> bytes:
    """A workbook with more inner files."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        for name, inner in members.items():
            archive.writestr(name, inner)
    return target.getvalue()


def as_text(content: bytes) -> bytes:
    """All sheets of a workbook, copied into one text."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return text_file(*(row for sheet in book for row in sheet.iter_rows(values_only=True)))


def read(content: bytes, area: str | None = COUNTY, period: str | None = PERIOD, name: str = "上报.xlsx") -> Report:
    """Read a file for the county and month that the builders write for."""
    return read_file(content, name, area, period)


def inspected(content: bytes, name: str = "上报.xlsx") -> dict:
    """What `risk-assets read` prints of a file that nobody has submitted; every line of it is accounted for."""
    found = inspect(content, name)
    account = found["accounting"]
    assert account["lines"] == sum(account[kind] for kind in LINE_KINDS)
    assert account["rows"] == account["accepted"] + account["set_aside"]
    return found


def told(found: dict, rule: str) -> list[tuple[str, str]]:
    """Where a rule was raised and what was found, in order."""
    return [(one["where"], one["found"]) for one in found["findings"] if one["rule"] == rule]


@cache
def sample() -> bytes:
    """Bytes of the sample workbook."""
    return SAMPLE.read_bytes()


@cache
def sample_report() -> Report:
    """The sample workbook, read."""
    return read(sample())


def rules_of(report: Report) -> list[str]:
    """Rules of a file's findings, in order; that a small table leaves items of the framework out is not meant."""
    return [finding["rule"] for finding in report.findings if finding["rule"] != "items_missing"]


def tables_of(report: Report) -> dict[str, dict]:
    """Reconciliation of each table by its id."""
    return {table["id"]: table for table in report.reconciliation["tables"]}


def counts(total: int, done: int = 0, on_track: int = 0, behind: int = 0, preparing: int = 0, not_assigned: int = 0):
    """Headline counts as a reconciliation prints them."""
    return {
        "total": total,
        "done": done,
        "on_track": on_track,
        "behind": behind,
        "preparing": preparing,
        "not_assigned": not_assigned,
    }


def part_of(sheet: str, content: bytes) -> str:
    """Path of a sheet's XML within a workbook that openpyxl or xlsxwriter has saved."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = re.findall(r'<sheet [^>]*?name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


def _fill(sheet, rows: Rows, merges: Iterable[str]) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, Percent):
                cell.number_format = "0.00%"
    for span in merges:
        sheet.merge_cells(span)


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

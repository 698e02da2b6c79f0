"""Text files: a line is a row, parted into cells by tabs, by bars, or by the commas of a CSV file.

Commas also stand in prose, so they part cells only where lines that follow each other have the same number of them
under a line that reads like a header.
"""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from risk_assets.documents.model import MAX_CELLS, MAX_ROWS, Document, Grid, Refused, visible

READABLE = "一个 .xlsx、.docx、.txt、.csv 或文字版 PDF 文件，或装着它们的 .zip"
MAX_LINE = 200_000  # six cells as full as Excel lets them be
_LINE_END = re.compile(r"\r\n|\n|\r")  # not splitlines: a form feed inside a line ends no line
_LAST_END = re.compile(r"(?:\r\n|\n|\r)\Z")
_ENCODINGS = ("utf-8-sig", "gb18030")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 4096
_BAR = re.compile(r"(?<!\\)[|│┃]")
_RULE = re.compile(r"[\s|:=+\-─━═│┃┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝]*[-=─━═][\s|:=+\-─━═│┃┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝]*")
_SENTENCE = re.compile(r"[。；！？]|.{60}", re.S)
_DIGITS = tuple("0123456789")
_THOUSANDS = re.compile(r"\d{3}(?!\d)")  # 1,234 in a line of prose
_MOST = 0.9


@dataclass
class _Record:
    """Lines that make one row: usually one, more where a quoted cell has line breaks."""

    start: int
    end: int
    cells: list[str]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.strip()]


def read_text(content: bytes, name: str) -> Document:
    """Read UTF-8, UTF-16 or GB18030 text as one grid.

    Raises:
        Refused: The bytes are no text in any of these, or too much of it.
    """
    text = _decoded(content)
    if sum(map(text.count, "\t,;|│┃")) > MAX_CELLS or len(_LINE_END.findall(text)) > MAX_ROWS:
        raise Refused("too_many_cells", f"{len(text)} 字", f"不超过 {MAX_ROWS} 行、{MAX_CELLS} 个单元格")
    lines = _LINE_END.split(_LAST_END.sub("", text))
    if (longest := max(map(len, lines))) > MAX_LINE:
        raise Refused("too_large", f"一行 {longest} 字", f"一行不超过 {MAX_LINE} 字")
    if barred := _barred(lines):
        return _document(name, "txt", barred, lines)
    if "\t" in text:
        records = _records(lines, "\t")
        if _is_even(records):
            return _document(name, "tsv", records, lines)
        return _document(name, "txt", [_Record(i, i + 1, line.split("\t")) for i, line in enumerate(lines)], lines)
    for separator in ",;":
        if separated := _separated(lines, separator):
            return _document(name, "csv", separated, lines)
    return _document(name, "txt", [_Record(i, i + 1, [line]) for i, line in enumerate(lines)], lines)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith(_UTF16) else _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        if "\x00" not in text and len(visible(sample)) * 4 > len(sample) * 3:
            return text
    raise Refused("unsupported_format", "既非文本也非工作簿的内容", READABLE)


def _document(name: str, kind: str, records: list[_Record], lines: list[str]) -> Document:
    rows = [[visible(cell).strip() for cell in record.cells] for record in records]
    grid = Grid(None, rows, plain=True, source=lines)
    if len(records) != len(lines):
        grid.lines, grid.line_count = [record.start + 1 for record in records], len(lines)
    return Document(name, kind, [grid])


def _is_even(records: list[_Record]) -> bool:
    """Whether nearly all lines have the same number of cells."""
    widths = Counter(len(record.cells) for record in records if record.filled)
    width = max(widths, key=lambda w: widths[w], default=1)
    return width > 1 and widths[width] >= widths.total() * _MOST


def _records(lines: list[str], separator: str) -> list[_Record]:
    """Lines parted at the separator; quotes count if all of them are used as CSV uses them."""
    if not any(line.startswith('"') or f'{separator}"' in line for line in lines):
        return [_Record(i, i + 1, line.split(separator)) for i, line in enumerate(lines)]
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    records: list[_Record] = []
    start = 0
    try:
        for cells in reader:
            records.append(_Record(start, reader.line_num, cells or [""]))
            start = reader.line_num
    except csv.Error:
        return [_Record(i, i + 1, line.split(separator)) for i, line in enumerate(lines)]
    return records


def _separated(lines: list[str], separator: str) -> list[_Record]:
    """Rows of a CSV file: its tables parted, titles and notes around them whole; `[]` for a text that is none."""
    records = _records(lines, separator)
    widths = Counter(len(record.cells) for record in records if len(record.cells) > 1)
    if not widths:
        return []
    width = max(widths, key=lambda w: (widths[w], w))
    table = [i for i, record in enumerate(records) if len(record.cells) == width]
    first, last = table[0], table[-1]
    filled = sum(bool(record.filled) for record in records)
    inside = [record for record in records[first : last + 1] if record.filled]
    header = next((record.filled for record in inside if len(record.filled) * 2 > max(width - 1, 2)), [])
    if (
        len(table) < 2
        or (width == 2 and len(table) < 3)
        or len(inside) * 2 < filled
        or sum(len(record.cells) == width for record in inside) < len(inside) * _MOST
        or not header
        or any(map(_SENTENCE.search, header))
        or any(a.endswith(_DIGITS) and _THOUSANDS.match(b) for a, b in pairwise(header))
    ):
        return []
    return [
        record
        if first <= i <= last or len(record.filled) < 2
        else _Record(record.start, record.end, ["\n".join(lines[record.start : record.end])])
        for i, record in enumerate(records)
    ]


def _barred(lines: list[str]) -> list[_Record]:
    """Lines parted at bars where two that follow each other have as many; the rule between them is an empty row.

    `[]` for a text without such lines. A line with tabs is parted at these.
    """
    parted = [[line] if "\t" in line else _BAR.split(line.strip()) for line in lines]
    rules = {i for i, line in enumerate(lines) if len(line.strip()) > 2 and _RULE.fullmatch(line)}
    rows = [i for i, cells in enumerate(parted) if len(cells) > 1 and i not in rules]
    barred: set[int] = set()
    inner: dict[int, slice] = {}
    group: list[int] = []
    for before, after in pairwise([*rows, -1]):
        group.append(before)
        if after < 0 or len(parted[before]) != len(parted[after]) or not rules.issuperset(range(before + 1, after)):
            if len(group) > 1:
                barred.update(range(group[0], group[-1] + 1))
                inner |= dict.fromkeys(group, _inside([parted[i] for i in group]))
            group = []
    if not barred:
        return []
    records = []
    for i, cells in enumerate(parted):
        shown = lines[i].split("\t")
        if i in rules and barred & {i - 1, i, i + 1}:
            shown = [""]
        elif i in barred:
            shown = [cell.replace("\\|", "|") for cell in cells[inner[i]]]
        records.append(_Record(i, i + 1, shown))
    return records


def _inside(rows: list[list[str]]) -> slice:
    """The cells of a table's rows, without those outside its outer bars, which are blank in every row."""
    starts, ends = (any(row[at].strip() for row in rows) for at in (0, -1))
    return slice(0 if starts else 1, None if ends else -1)

"""Files damaged as no person would damage them, from a seed: bytes, inner parts, cells and rows, in every format."""

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from html import escape

import olefile
import xlwt

from risk_assets.documents import open_document
from risk_assets.monitoring.inspecting import inspect
from risk_assets_tests.builders import HEADER, TITLE, item, sample, table_workbook
from risk_assets_tests.documents.pdf_files import pdf_of, table, text
from risk_assets_tests.formats import as_files, as_lines, as_word, grids_of

LINE_KINDS = ("header", "title", "blank", "ghost", "continuation", "prose", "dropped", "rows")
NOISE = [
    "\u202e",
    "\u200b",
    "\ufeff",
    "\x00",
    "\ud7ff",
    "𠮷",
    "é",
    "①",
    "％",
    "－",
    "\u2028",
    "\x1b[2J",
    "0" * 400,
    "-1e999",
]
FRAGMENT = re.compile(r"<(w:tr|w:tc|row|c|table:table-row|table:table-cell|table:table)\b[^>]*?(?:/>|>.*?</\1>)", re.S)
Change = Callable[[bytes, random.Random], bytes]


@cache
def originals() -> dict[str, bytes]:
    """A sound file of each format that is written without an office program, PDF apart."""
    grids = grids_of(sample())
    tabs = as_lines(grids, "\t")
    return {
        "xlsx": sample(),
        "small xlsx": table_workbook(TITLE, HEADER, [item(n, f"任务{n}") for n in range(1, 9)]),
        "xls": _old_workbook(),
        "ods": _open_workbook(),
        "docx": as_word(grids[:3], 3),
        "txt": tabs,
        "bars": as_lines(grids[4:], " | "),
        "csv": tabs.replace(b",", b"").replace(b"\t", b","),
        "zip": as_files(sample()),
    }


@cache
def pdf() -> bytes:
    """A sound PDF of two pages."""
    rows = [["序号", "指标", "进展"], ["1", "甲", "1-4月完成3.6亿元"], ["2", "乙", "29.00%"]]
    return pdf_of(text(60, 760, TITLE) + table(rows), table([rows[0], ["", "", "完"], *rows[1:]]))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The file with one to three things done to it."""
    for _ in range(chance.randint(1, 3)):
        content = chance.choice(_CHANGES)(content, chance)
    return content


def broken_promise(content: bytes, name: str) -> str:
    """What `inspect` did not keep of what it promises, or `""`; an exception is the caller's."""
    found = inspect(content, name)
    counts, rows = found["accounting"], found["rows"]
    if counts["lines"] != sum(counts[kind] for kind in LINE_KINDS):
        return f"lines {counts}"
    wheres = {state: {row["where"] for row in rows if row["state"] == state} for state in ("accepted", "set_aside")}
    aside = wheres["set_aside"] - wheres["accepted"]
    if (counts["accepted"], counts["set_aside"]) != (len(wheres["accepted"]), len(aside)):
        return f"rows {counts}"
    if any((row["reason"] is None) != (row["state"] == "accepted") for row in rows):
        return "a row without a reason"
    return "" if found["is_read"] or found["findings"] else "refused without a finding"


def _flip(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        if damaged:
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _cut(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(content) + 1) for _ in "ab")
    return content[:start] + content[min(end, start + chance.choice([1, 30, 3000])) :]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.randbytes(chance.choice([1, 4, 500])) + content[at:]


def _swap(content: bytes, chance: random.Random) -> bytes:
    a, b, c = sorted(chance.randrange(len(content) + 1) for _ in "abc")
    return content[:a] + content[b:c] + content[a:b] + content[c:]


def _truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _inside(content: bytes, chance: random.Random) -> bytes:
    """Change one inner part of a container; a text as a whole; only bytes of an old workbook."""
    if content.startswith(olefile.MAGIC):
        return _flip(content, chance)
    change = chance.choice([_flip, _cut, _insert, _swap, _move, _move, _move, _noise, _noise, _rename])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, zlib.error):
        return _move(content, chance) if change in (_move, _rename) else change(content, chance)
    if not parts:
        return content
    large = [name for name in parts if name.endswith((".xml", ".xlsx"))] or list(parts)
    name = chance.choice(large)
    if name.endswith(".xlsx") and chance.random() < 0.8:
        parts[name] = _inside(parts[name], chance)
    elif change is _rename:
        parts[chance.choice(["../" + name, "xl/workbook.xml", "word/document.xml", "content.xml"])] = parts.pop(name)
    else:
        parts[name] = change(parts[name], chance)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, inner in parts.items():
            archive.writestr(each, inner)
    return buffer.getvalue()


def _rename(content: bytes, _: random.Random) -> bytes:
    return content


def _move(content: bytes, chance: random.Random) -> bytes:
    """Drop, double, move or exchange rows and cells: of a text its lines and cells, of XML its elements."""
    whole = content.decode("utf-8", "replace")
    spans = [match.span() for match in FRAGMENT.finditer(whole)] if "<" in whole[:200] else []
    if not spans:
        pieces = re.split(chance.choice([r"(\n)", r"(\t)", r"(,)", r"(\|)"]), whole)
        i, j = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        pieces[i], pieces[j] = chance.choice([(pieces[j], pieces[i]), ("", pieces[j]), (pieces[j] + pieces[i], "")])
        return "".join(pieces).encode("utf-8", "replace")
    (a, b), (c, d) = sorted(chance.choice(spans) for _ in "ab")
    first, second = whole[a:b], whole[c:d]
    if c < b:
        return (whole[:a] + chance.choice(["", first * 2]) + whole[b:]).encode("utf-8", "replace")
    here, there = chance.choice([("", second), (second, first), (first * 2, second), ("", first + second)])
    return (whole[:a] + here + whole[b:c] + there + whole[d:]).encode("utf-8", "replace")


def _noise(content: bytes, chance: random.Random) -> bytes:
    """Characters that nobody types."""
    whole = content.decode("utf-8", "replace")
    for _ in range(chance.randint(1, 20)):
        at = chance.randrange(len(whole) + 1)
        whole = whole[:at] + chance.choice(NOISE) + whole[at:]
    return whole.encode("utf-8", "replace")


_CHANGES: list[Change] = [_flip, _cut, _insert, _swap, _truncate, *[_inside] * 16]


def _old_workbook() -> bytes:
    book = xlwt.Workbook()
    for grid in grids_of(sample())[1:3]:
        sheet = book.add_sheet(grid.sheet)
        for i, row in enumerate(grid.rows):
            for j, cell in enumerate(row):
                sheet.write(i, j, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _open_workbook() -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    names = " ".join(f"xmlns:{name}='{space.format(name)}'" for name in ("office", "table", "text"))
    tables = ""
    for grid in grids_of(sample())[1:3]:
        cells = [
            "".join(f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row)
            for row in grid.rows
        ]
        rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
        tables += f"<table:table table:name='{grid.sheet}'>{rows}</table:table>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        document = f"<office:document-content {names}>{body}</office:document-content>"
        archive.writestr("content.xml", f"<?xml version='1.0' encoding='UTF-8'?>{document}")
    return buffer.getvalue()


def check_originals() -> None:
    """Every original is read."""
    for name, content in {**originals(), "pdf": pdf()}.items():
        assert open_document(content, name).grids, name

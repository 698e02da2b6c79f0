"""PDF pages → rows, in a process of its own: `pdfs` starts it, gives it the file and takes what it found.

PDFium reads hundreds of pages a second, but it is C++, and what a hostile file costs cannot be told beforehand; here
it can neither take more memory than it is given nor take the caller down with it.
"""

import ctypes
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from risk_assets.documents.apart import MAX_MEMORY, limit_memory
from risk_assets.documents.model import MAX_CELLS, MAX_ROWS, Refused, visible
from risk_assets.documents.ruling import Block, Char, Edge, blocks
from risk_assets.documents.seams import pieces_of, rows_of

MAX_PAGES = 200
MAX_DEPTH = 8
_THIN = 3.0
_STRAIGHT = 1.0
_UNREADABLE = 0.2
_ORIGINAL = "原表（.xlsx、.docx），或由原表直接导出的 PDF"
_READABLE = "能用阅读器打开的 PDF，请重新导出后再报"
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def read_pages(content: bytes) -> dict[str, Any]:
    """Rows of all pages, as `pdfs` makes a grid of them.

    Raises:
        Refused: Encrypted, damaged, too long, or without text.
    """
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2)
    pdfium.FPDF_InitLibraryWithConfig(config)
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise Refused("encrypted_file", "设有打开密码的 PDF", "不设打开密码的文件")
        raise Refused("damaged_file", "无法打开的 PDF", _READABLE)
    count = pdfium.FPDF_GetPageCount(document)
    if not 0 < count <= MAX_PAGES:
        raise Refused("too_large" if count else "empty_file", f"{count} 页", f"1 至 {MAX_PAGES} 页")
    reader = _Reader(has_form=pdfium.FPDF_GetFormType(document) != pdfium.FORMTYPE_NONE)
    for number in range(count):
        reader.read(document, number)
    return reader.result()


class _Reader:
    """Collects the rows of one document."""

    def __init__(self, *, has_form: bool):
        self._has_form = has_form
        self._pages: list[list[Block]] = []
        self._scans: list[int] = []
        self._chars: Counter[str] = Counter()
        self._rows = self._cells = 0

    def read(self, document: Any, number: int) -> None:
        """Read a page, counted from 0."""
        page = pdfium.FPDF_LoadPage(document, number)
        if not page:
            raise Refused("damaged_file", f"第{number + 1}页无法打开的 PDF", _READABLE)
        if self._has_form and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS:
            pdfium.FPDF_ClosePage(page)  # what was filled in is no text of the page before it is put into it
            page = pdfium.FPDF_LoadPage(document, number)
        drawing = _Drawing(page)
        chars = list(_chars(page, self._chars, has_unseen=drawing.has_unseen_text))
        turn = _main_turn(chars)
        placed = [_placed(char, turn) for char, _ in chars]
        horizontal, vertical = drawing.edges(turn)
        found = blocks(horizontal, vertical, placed)
        self._take(found)
        for block in found:
            block.rows = [[visible(cell) for cell in row] for row in block.rows]
        self._pages.append(found)
        if drawing.has_picture and not any(not char.text.isspace() for char, _ in chars):
            self._scans.append(number + 1)
        pdfium.FPDF_ClosePage(page)

    def _take(self, found: list[Block]) -> None:
        """Count a page before more memory is taken for it."""
        self._rows += sum(len(block.rows) for block in found)
        self._cells += sum(len(block.rows) * len(block.rows[0]) for block in found)
        if self._rows > MAX_ROWS or self._cells > MAX_CELLS:
            raise Refused("too_many_cells", f"{self._cells} 个单元格以上", f"不超过 {MAX_ROWS} 行、{MAX_CELLS} 格")

    def result(self) -> dict[str, Any]:
        """What was read."""
        if not self._rows:
            unseen = "，只有识别软件加上的隐藏文字" if self._chars["unseen"] else ""
            raise Refused("scan", f"没有文字的 PDF{unseen}", _ORIGINAL)
        if self._chars["unreadable"] > self._chars["read"] * _UNREADABLE:
            raise Refused("scan", "文字没有编码的 PDF（字体不带文字对照表）", _ORIGINAL)
        pieces = pieces_of(self._pages)
        self._rows = self._cells = 0
        self._take([piece.block for piece in pieces])
        return rows_of(pieces) | {"scans": self._scans}


class _Drawing:
    """Lines of a page, in its own coordinates."""

    def __init__(self, page: Any):
        self.has_picture = self.has_unseen_text = False
        self._pieces: list[tuple[float, float, float, float]] = []
        count = pdfium.FPDFPage_CountObjects(page)
        self._collect((pdfium.FPDFPage_GetObject(page, i) for i in range(count)), _IDENTITY, 0)

    def edges(self, turn: int) -> tuple[list[Edge], list[Edge]]:
        """Horizontal and vertical lines of the page as it is looked at."""
        horizontal, vertical = [], []
        for x0, y0, x1, y1 in self._pieces:
            left, top, right, bottom = _box(x0, y0, x1, y1, turn)
            if bottom - top <= _THIN:
                horizontal.append(Edge((top + bottom) / 2, left, right))
            if right - left <= _THIN:
                vertical.append(Edge((left + right) / 2, top, bottom))
        return horizontal, vertical

    def _collect(self, objects: Iterator[Any], outer: Matrix, depth: int) -> None:
        for thing in objects:
            kind = pdfium.FPDFPageObj_GetType(thing)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._collect_path(thing, _times(_matrix(thing), outer))
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                self.has_picture = True
            elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
                self.has_unseen_text |= _is_unseen(thing)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                count = pdfium.FPDFFormObj_CountObjects(thing)
                inner = (pdfium.FPDFFormObj_GetObject(thing, i) for i in range(count))
                self._collect(inner, _times(_matrix(thing), outer), depth + 1)

    def _collect_path(self, path: Any, matrix: Matrix) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
        if not fill.value and not stroke.value:
            return
        for points in _outlines(path, matrix):
            if stroke.value:
                for (x0, y0), (x1, y1) in pairwise(points):
                    if min(abs(x1 - x0), abs(y1 - y0)) <= _STRAIGHT:
                        self._pieces.append((x0, y0, x1, y1))
            elif points:
                xs, ys = zip(*points, strict=True)
                if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:  # a border drawn as a thin bar
                    self._pieces.append((min(xs), min(ys), max(xs), max(ys)))


def _outlines(path: Any, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for i in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        if kind != pdfium.FPDF_SEGMENT_LINETO:
            yield points
            points = []
        points.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield [*points, points[0]]
            points = []
    yield points


def _matrix(thing: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(thing, matrix)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _is_unseen(text: Any) -> bool:
    return bool(pdfium.FPDFTextObj_GetTextRenderMode(text) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _chars(page: Any, counts: Counter[str], *, has_unseen: bool) -> Iterator[tuple[Char, float]]:
    """Characters that a person sees, with the angle they are turned by; text across the page is a watermark."""
    text = pdfium.FPDFText_LoadPage(page)
    box, edge = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, edge)
    for i in range(pdfium.FPDFText_CountChars(text)):
        if pdfium.FPDFText_IsGenerated(text, i) == 1:
            continue
        code = pdfium.FPDFText_GetUnicode(text, i)
        angle = pdfium.FPDFText_GetCharAngle(text, i)
        pdfium.FPDFText_GetLooseCharBox(text, i, box)
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        if not (edge.left <= x <= edge.right and edge.bottom <= y <= edge.top):
            continue
        if abs(math.remainder(angle, math.pi / 2)) > 0.1:
            continue
        if has_unseen and _is_unseen(pdfium.FPDFText_GetTextObject(text, i)):
            counts["unseen"] += 1
            continue
        counts["read"] += 1
        if code in (0, 0xFFFD) or 0xE000 <= code <= 0xF8FF:
            counts["unreadable"] += 1
        shown = "-" if code in (2, 0xFFFE) else chr(code)  # PDFium's sign for a hyphen at the end of a line
        yield Char(box.left, box.bottom, box.right, box.top, shown), angle
    pdfium.FPDFText_ClosePage(text)


def _main_turn(chars: list[tuple[Char, float]]) -> int:
    """Clockwise quarter turns after which most of the text can be read, whatever the page says of how to hold it."""
    turns = Counter(-round(angle / (math.pi / 2)) % 4 for char, angle in chars if not char.text.isspace())
    return turns.most_common(1)[0][0] if turns else 0


def _placed(char: Char, turn: int) -> Char:
    return Char(*_box(char.left, char.top, char.right, char.bottom, turn), char.text)


def _box(x0: float, y0: float, x1: float, y1: float, turn: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom after clockwise quarter turns, with y downwards."""
    x0, y0, x1, y1 = (
        (x0, -y0, x1, -y1),
        (y0, x0, y1, x1),
        (-x0, y0, -x1, y1),
        (-y0, -x0, -y1, -x1),
    )[turn]
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def main() -> None:
    """Read a PDF from standard input, write JSON to standard output."""
    content = sys.stdin.buffer.read()
    limit_memory()
    try:
        result = read_pages(content)
    except Refused as refused:
        result = {"refused": [refused.rule, refused.found, refused.expected]}
    except MemoryError:
        result = {"refused": ["too_large", f"读取所需内存超过 {MAX_MEMORY} 字节", _READABLE]}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()

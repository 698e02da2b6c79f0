"""PDF files: lines of text and ruled tables, read page by page in a process of its own (`pdf_pages`)."""

import json
import time

from risk_assets.documents.apart import run_apart
from risk_assets.documents.archives import Allowance
from risk_assets.documents.model import Document, Grid, Notice, Refused

MAX_SECONDS = 10.0
_END = b"%%EOF"


def read_pdf(content: bytes, name: str, allowance: Allowance) -> Document:
    """Read a PDF as one grid; a table that goes on on the next page is the next table there.

    Args:
        content: The bytes of the file.
        name: Name as sent.
        allowance: Time that is left for PDF files.

    Raises:
        Refused: Encrypted, cut off, damaged, without text, or too long in pages or in time.
    """
    if _END not in content[-2048:]:
        raise Refused("damaged_file", "不完整的 PDF", "完整的 PDF，请重新导出后再报")
    start = time.monotonic()
    try:
        result = _read_apart(content, min(MAX_SECONDS, allowance.seconds))
    finally:
        allowance.seconds -= time.monotonic() - start
    if "refused" in result:
        raise Refused(*result["refused"])
    merges = [(a, b, c, d) for a, b, c, d in result["merges"]]
    shared = {name: result[name] for name in ("blocks", "pages", "lines", "tops", "line_count")}
    grid = Grid(None, result["rows"], merges, **shared)
    joined: dict[int, list[str]] = {}
    for row, text in result["joined"]:
        joined.setdefault(row, []).append(text)
    notices = [Notice("row_joined", grid.row_address(row), " ".join(texts)) for row, texts in joined.items()]
    for first, last, text in result["perhaps"]:
        notices += [Notice("row_perhaps_cut", grid.row_address(row), text) for row in range(first, last + 1)]
    notices += [Notice("scan_page", f"第{page}页", "只有图片、没有文字的页") for page in result["scans"]]
    return Document(name, "pdf", [grid], notices)


def _read_apart(content: bytes, seconds: float) -> dict:
    if seconds <= 0:
        raise Refused("too_large", "压缩包中读取太慢的 PDF", "较小的 PDF，或原表（.xlsx、.docx）")
    try:
        done = run_apart("risk_assets.documents.pdf_pages", content, seconds)
    except TimeoutError:
        found = f"{seconds:.0f} 秒内没有读完的 PDF"
        raise Refused("too_large", found, "较小的 PDF，或原表（.xlsx、.docx）") from None
    if done.returncode < 0:
        raise Refused("damaged_file", "使阅读器出错的 PDF", "能用阅读器打开的 PDF，请重新导出后再报")
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return json.loads(done.stdout)

"""PDF files written by hand, byte for byte: Chinese text in a font that every reader knows, and lines."""

from itertools import accumulate

Cell = tuple[int, int, int, int, str]
_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype"
    b"/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000"
    b"/W[1[500] 814[500]]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 800]"
    b"/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>"
)
A4 = (595, 842)


def pdf_of(
    *pages: str, extra: str = "", resources: str = "", tail: bytes = b"", objects: tuple[bytes, ...] = ()
) -> bytes:
    """A PDF with these content streams as its pages; `objects` are numbered from 4 on."""
    first = 4 + len(objects)
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        _FONT,
        *objects,
    ]
    for i, page in enumerate(pages):
        stream = page.encode()
        bodies.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {A4[0]} {A4[1]}]/Resources<</Font<</F 3 0 R>>{resources}>>"
            f"/Contents {first + 2 * i + 1} 0 R{extra}>>".encode()
        )
        bodies.append(f"<</Length {len(stream)}>>stream\n".encode() + stream + b"\nendstream")
    content = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(bodies) + 1
    return (
        content
        + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R".encode()
        + tail
        + f">>\nstartxref\n{len(content)}\n%%EOF\n".encode()
    )


def text(x: float, y: float, words: str, size: float = 10, matrix: str = "1 0 0 1") -> str:
    """Words at a place, y upwards from the foot of the page."""
    return f"BT /F {size} Tf {matrix} {x} {y} Tm <{words.encode('utf-16-be').hex()}> Tj ET\n"


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    """A line from one point to another."""
    return f"{x0} {y0} m {x1} {y1} l S\n"


def table(rows: list[list[str]], *, top: float = 700, left: float = 60, width: float = 80, height: float = 30) -> str:
    """A ruled table with all its lines; a line break in a cell begins a new line."""
    return ruled(
        [(i, j, i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)],
        [width] * len(rows[0]),
        [height] * len(rows),
        top=top,
        left=left,
    )


def ruled(cells: list[Cell], widths: list[float], heights: list[float], *, top: float = 700, left: float = 60) -> str:
    """A ruled table of cells, each with its first row and column, its last row and column, and its text."""
    xs = [left + x for x in accumulate(widths, initial=0)]
    ys = [top - y for y in accumulate(heights, initial=0)]
    drawn = ""
    for i, j, last, end, words in cells:
        x0, x1, y0, y1 = xs[j], xs[end + 1], ys[i], ys[last + 1]
        drawn += line(x0, y0, x1, y0) + line(x0, y1, x1, y1) + line(x0, y0, x0, y1) + line(x1, y0, x1, y1)
        for n, part in enumerate(words.split("\n")):
            drawn += text(x0 + 3, y0 - 12 - 11 * n, part) if part else ""
    return drawn

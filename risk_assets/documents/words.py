"""Word documents (.docx, .docm): paragraphs and tables in the order in which they stand.

One streaming walk through the XML: a 100 × 8 table takes 15 ms, a third of python-docx's time, and a document of a
million paragraphs is refused before memory is taken for it. Headers, footers and footnotes are not read. Macros never
run, templates and objects that are linked are never opened.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field
from xml.parsers import expat

from risk_assets.documents.model import (
    MAX_CELLS,
    MAX_MERGES,
    MAX_ROWS,
    Document,
    Grid,
    Notice,
    Refused,
    Span,
    visible,
)

MAX_ELEMENTS = 3_000_000
MAX_KINDS = 10_000
MAX_DEPTH = 50
_CHUNK = 2**18
_READABLE = "能用 Word 或 WPS 打开的 .docx"
_FALSE = ("0", "false", "off")
_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
# Not shown: what was deleted or moved away, earlier formats, old twins of text boxes, sounds over characters.
_NOT_SHOWN = frozenset(
    {"del", "moveFrom", "Fallback", "rt", "rPrChange", "pPrChange", "tcPrChange", "trPrChange", "tblPrChange"}
    | {"tblPrExChange", "tblGridChange", "sectPrChange"}
)
_SIGNS = {"F0FC": "√", "F0FB": "×", "F0FE": "☑", "F0A8": "□"}  # Wingdings, as people tick with it
Attributes = dict[str, str]
_DAMAGE = (EOFError, LookupError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)


@dataclass
class _Piece:
    """A paragraph or a table: rows, and what belongs to cells of them."""

    rows: list[list[str]] = field(default_factory=list)
    merges: list[Span] = field(default_factory=list)
    notes: list[tuple[str, int, int, str]] = field(default_factory=list)
    comments: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass
class _Cell:
    """A cell as its row has it: the columns it takes, and whether it only goes on from above or from the left."""

    column: int
    lines: list[str] = field(default_factory=list)
    width: int = 1
    from_above: str = ""
    from_left: str = ""


class _Table(_Piece):
    """A table that is being read: its open row, and the merged cells that may still grow, by their first column."""

    def __init__(self) -> None:
        super().__init__()
        self.row: list[_Cell] = []
        self.width = 0
        self.is_deleted = False
        self._tall: dict[int, Span] = {}

    def end_row(self) -> None:
        """Put the row's cells into their columns, and what is merged together."""
        number, cells = len(self.rows), self.row
        self.row = []
        if self.is_deleted:
            return
        shown = [""] * self.width
        for cell in _joined(cells):
            text, last = "\n".join(cell.lines).strip(), cell.column + cell.width - 1
            above = self._tall.get(cell.column)
            if cell.from_above == "continue" and above and above[2:] == (number - 1, last):
                self._tall[cell.column] = (*above[:2], number, last)
                if text:
                    self.notes.append(("hidden_text", number, cell.column, text))
                continue
            self._end_merge(cell.column)
            shown[cell.column] = text
            self._tall[cell.column] = (number, cell.column, number, last)
        self.rows.append(shown)

    def end(self) -> None:
        """The table is complete."""
        for column in list(self._tall):
            self._end_merge(column)

    def _end_merge(self, column: int) -> None:
        merge = self._tall.pop(column, None)
        if merge and merge[:2] != merge[2:]:
            self.merges.append(merge)


def _joined(cells: list[_Cell]) -> list[_Cell]:
    """Cells of a row, those merged into the one at their left in the way of Word 97 counted as its columns."""
    joined: list[_Cell] = []
    for cell in cells:
        if cell.from_left == "continue" and joined:
            joined[-1].width += cell.width
        else:
            joined.append(cell)
    return joined


@dataclass
class _Paragraph:
    text: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def read_word(name: str, archive: zipfile.ZipFile) -> Document:
    """Read a Word document as one grid.

    Args:
        name: Name as sent.
        archive: The file, opened and found harmless in size.

    Raises:
        Refused: It is damaged, too long, or holds nothing but pictures.
    """
    try:
        part = _main_part(archive)
        comments = _Comments()
        beside = posixpath.join(posixpath.dirname(part), "comments.xml")
        if beside in archive.namelist():
            _walk(archive, beside, comments)
        walk = _Walk(comments.texts)
        _walk(archive, part, walk)
        notices = _attachments(archive)
    except Refused:
        raise
    except _DAMAGE as broken:
        raise Refused("damaged_file", type(broken).__name__, _READABLE) from None
    if not any(any(row) for row in walk.grid.rows):
        if walk.pictures:
            raise Refused("scan", f"只有 {walk.pictures} 幅图片的文档", "原表（.xlsx、.docx），不要用截图或扫描件")
        raise Refused("empty_file", "没有文字的文档", "有监测表的 .docx")
    if walk.pictures:
        notices.append(Notice("picture_not_read", "文档", f"{walk.pictures} 幅图片"))
    return Document(name, "docx", [walk.grid], walk.notices() + notices)


class _Handlers:
    """What a walk calls: `_start_<element>` with its attributes, `_end_<element>`, and `text` for all characters."""

    def __init__(self) -> None:
        self.starts: dict[str, Callable[[Attributes], None]] = self._named("_start_")
        self.ends: dict[str, Callable[[], None]] = self._named("_end_")

    def _named(self, prefix: str) -> dict[str, Callable[..., None]]:
        return {name.removeprefix(prefix): getattr(self, name) for name in dir(self) if name.startswith(prefix)}

    def text(self, data: str) -> None:
        """Characters of whatever element is open."""


class _ByTag(dict[str, Callable[..., None] | None]):
    """Handlers by an element's full name; the namespaces of strict and ordinary documents differ, the names do not."""

    def __init__(self, handlers: Mapping[str, Callable[..., None]]):
        super().__init__()
        self.not_shown: set[str] = set()
        self._handlers = handlers

    def __missing__(self, tag: str) -> Callable[..., None] | None:
        kind = tag.rpartition("}")[2]
        if kind in _NOT_SHOWN:
            self.not_shown.add(tag)
        if len(self) > MAX_KINDS:
            raise Refused("damaged_file", f"超过 {MAX_KINDS} 种元素", _READABLE)
        return self.setdefault(tag, self._handlers.get(kind))


def _walk(archive: zipfile.ZipFile, part: str, handlers: _Handlers) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    starts, ends = _ByTag(handlers.starts), _ByTag(handlers.ends)
    elements = not_shown = 0

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal elements, not_shown
        elements += 1
        if not_shown:
            not_shown += 1
            return
        handler = starts[tag]
        if handler:
            handler(attributes)
        if tag in starts.not_shown:
            not_shown = 1

    def end(tag: str) -> None:
        nonlocal not_shown
        if not_shown:
            not_shown -= 1
        elif handler := ends[tag]:
            handler()

    def text(data: str) -> None:
        if not not_shown:
            handlers.text(data)

    parser.StartDoctypeDeclHandler = _no_entities
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.buffer_text = True
    try:
        with archive.open(part) as member:
            while chunk := member.read(_CHUNK):
                parser.Parse(chunk, False)
                if elements > MAX_ELEMENTS:
                    raise Refused("too_many_cells", f"超过 {MAX_ELEMENTS} 个元素的文档", "只有监测表和专报的 .docx")
            parser.Parse(b"", True)
    except expat.ExpatError as broken:
        raise Refused("damaged_file", str(broken), _READABLE) from None


def _no_entities(*_: object) -> None:
    raise Refused("damaged_file", "文档中有实体定义", _READABLE)


def _is_on(attributes: Attributes) -> bool:
    return _value(attributes) not in _FALSE


def _columns(attributes: Attributes) -> int:
    return min(int(_value(attributes) or 0), MAX_CELLS)


def _value(attributes: Attributes, name: str = "val") -> str:
    for space in _SPACES:
        value = attributes.get(f"{space}}}{name}")
        if value is not None:
            return value
    return ""


class _Walk(_Handlers):
    """Builds the grid of a document's main part."""

    def __init__(self, comments: dict[str, str]):
        super().__init__()
        self.grid = Grid(None, [])
        self.pictures = 0
        self._comments = comments
        self._noted: dict[tuple[str, int, int], str] = {}
        self._changes: list[tuple[int, int]] = []
        self._flows: list[_Table | None] = []  # None: a text box
        self._paragraphs: list[_Paragraph] = []
        self._runs: list[bool] = []  # whether each open run is hidden
        self._forms: list[bool] = []  # whether each open form field shows its prompt only
        self._later: list[_Piece] = []
        self._cells = self._rows = self._blocks = 0
        self._is_text = self._is_mark = self._is_row_format = self._is_object = False

    def notices(self) -> list[Notice]:
        """What was noticed, with the place where it stands; tracked changes as one."""
        notices = [Notice(rule, self.grid.address(i, j), found) for (rule, i, j), found in self._noted.items()]
        if self._changes:
            where = self.grid.address(*self._changes[0])
            notices.append(Notice("tracked_changes", where, f"自此处起共 {len(self._changes)} 处"))
        return notices

    def text(self, data: str) -> None:
        """Characters: those of runs are the text."""
        if self._is_text:
            self._add(data)

    def _start_t(self, _: Attributes) -> None:
        self._is_text = True

    def _end_t(self) -> None:
        self._is_text = False

    def _add(self, text: str) -> None:
        """Add to the paragraph; a tab stop is named like a tab, but stands outside every run."""
        if not self._paragraphs or not self._runs or self._is_mark or any(self._forms):
            return
        if not self._runs[-1]:
            self._paragraphs[-1].text.append(text)
        elif text.strip():
            self._note("hidden_text", text)

    def _start_br(self, attributes: Attributes) -> None:
        if _value(attributes, "type") not in ("page", "column"):
            self._add("\n")

    def _start_cr(self, _: Attributes) -> None:
        self._add("\n")

    def _start_tab(self, _: Attributes) -> None:
        self._add("\t")

    _start_ptab = _start_tab

    def _start_noBreakHyphen(self, _: Attributes) -> None:
        self._add("-")

    def _start_sym(self, attributes: Attributes) -> None:
        self._add(_SIGNS.get(_value(attributes, "char").upper(), ""))

    def _start_r(self, _: Attributes) -> None:
        self._runs.append(False)

    def _end_r(self) -> None:
        if self._runs:
            self._runs.pop()

    def _start_vanish(self, attributes: Attributes) -> None:
        if self._runs and not self._is_mark and _is_on(attributes):
            self._runs[-1] = True

    def _start_sdt(self, _: Attributes) -> None:
        self._forms.append(False)

    def _start_showingPlcHdr(self, attributes: Attributes) -> None:
        if self._forms and _is_on(attributes):
            self._forms[-1] = True

    def _end_sdt(self) -> None:
        if self._forms:
            self._forms.pop()

    def _start_pPr(self, _: Attributes) -> None:
        self._is_mark = True

    def _end_pPr(self) -> None:
        self._is_mark = False

    def _start_p(self, _: Attributes) -> None:
        self._check_depth(self._paragraphs)
        self._paragraphs.append(_Paragraph())

    def _end_p(self) -> None:
        paragraph = self._paragraphs.pop()
        text = visible("".join(paragraph.text)).strip()
        table = self._table()
        piece, row, column = _Piece([[text]]), 0, 0
        if table and table.row:
            table.row[-1].lines.append(text)
            piece, row, column = table, len(table.rows), table.row[-1].column
        piece.notes += [(rule, row, column, found) for rule, found in paragraph.notes]
        piece.comments += [(row, column, comment) for comment in paragraph.comments]
        if piece is not table and (text or not self._flows):
            self._put(piece)

    def _start_commentReference(self, attributes: Attributes) -> None:
        comment = self._comments.get(_value(attributes, "id"))
        if comment and self._paragraphs:
            self._paragraphs[-1].comments.append(comment)

    def _note(self, rule: str, found: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1].notes.append((rule, found))

    def _start_ins(self, _: Attributes) -> None:
        self._note("tracked_changes", "")

    _start_moveFrom = _start_ins

    def _start_del(self, _: Attributes) -> None:
        table = self._table()
        if self._is_row_format and table:
            table.is_deleted = True
            table.notes.append(("tracked_changes", len(table.rows), 0, ""))
        else:
            self._note("tracked_changes", "")

    def _start_blip(self, _: Attributes) -> None:
        self.pictures += not self._is_object

    _start_imagedata = _start_blip

    def _start_object(self, _: Attributes) -> None:
        self._is_object = True

    def _end_object(self) -> None:
        self._is_object = False

    def _start_OLEObject(self, attributes: Attributes) -> None:
        self._note("embedded_object", attributes.get("ProgID", "OLE"))

    def _start_altChunk(self, _: Attributes) -> None:
        self._put(_Piece([[""]], notes=[("embedded_object", 0, 0, "插入的文件")]))

    def _start_txbxContent(self, _: Attributes) -> None:
        self._check_depth(self._flows)
        self._flows.append(None)

    def _end_txbxContent(self) -> None:
        self._flows.pop()

    def _table(self) -> _Table | None:
        return self._flows[-1] if self._flows else None

    def _start_tbl(self, _: Attributes) -> None:
        self._check_depth(self._flows)
        self._flows.append(_Table())

    def _end_tbl(self) -> None:
        table = self._flows.pop()
        if table:
            table.end()
            self._put(table)

    def _start_tr(self, _: Attributes) -> None:
        if table := self._table():
            table.row, table.width, table.is_deleted = [], 0, False

    def _end_tr(self) -> None:
        if table := self._table():
            self._take(table.width)
            table.end_row()

    def _start_trPr(self, _: Attributes) -> None:
        self._is_row_format = True

    def _end_trPr(self) -> None:
        self._is_row_format = False

    def _start_hidden(self, attributes: Attributes) -> None:
        table = self._table()
        if table and self._is_row_format and _is_on(attributes):
            table.notes.append(("hidden_row", len(table.rows), 0, "隐藏的行"))

    def _start_gridBefore(self, attributes: Attributes) -> None:
        if table := self._table():
            table.width = _columns(attributes)

    def _start_tc(self, _: Attributes) -> None:
        if table := self._table():
            table.row.append(_Cell(table.width))

    def _end_tc(self) -> None:
        if table := self._table():
            table.width += table.row[-1].width

    def _start_gridSpan(self, attributes: Attributes) -> None:
        if cell := self._cell():
            cell.width = max(_columns(attributes), 1)

    def _start_vMerge(self, attributes: Attributes) -> None:
        if cell := self._cell():
            cell.from_above = _value(attributes) or "continue"

    def _start_hMerge(self, attributes: Attributes) -> None:
        if cell := self._cell():
            cell.from_left = _value(attributes) or "continue"

    def _cell(self) -> _Cell | None:
        table = self._table()
        return table.row[-1] if table and table.row else None

    def _check_depth(self, opened: Sized) -> None:
        if len(opened) >= MAX_DEPTH:
            raise Refused("too_many_cells", f"{MAX_DEPTH} 层以上的表中表", f"不超过 {MAX_DEPTH} 层")

    def _take(self, cells: int) -> None:
        """Count a row before memory is taken for it."""
        self._rows += 1
        self._cells += cells
        if self._rows > MAX_ROWS or self._cells > MAX_CELLS:
            found = f"{self._rows} 行、{self._cells} 个单元格以上"
            raise Refused("too_many_cells", found, f"不超过 {MAX_ROWS} 行、{MAX_CELLS} 个单元格")

    def _put(self, piece: _Piece) -> None:
        """Let a piece stand in the grid; one within another (a text box, a nested table) stands below that one."""
        is_table = isinstance(piece, _Table)
        if not is_table:
            self._take(1)
        if self._flows or self._paragraphs:
            self._later.append(piece)
            return
        later, self._later = self._later, []
        for each in (piece, *later):
            self._place(each)

    def _place(self, piece: _Piece) -> None:
        grid, top = self.grid, len(self.grid.rows)
        if not piece.rows:
            return
        self._blocks += isinstance(piece, _Table)
        grid.rows += piece.rows
        grid.blocks += [self._blocks if isinstance(piece, _Table) else 0] * len(piece.rows)
        grid.merges += [(a + top, b, c + top, d) for a, b, c, d in piece.merges]
        if len(grid.merges) > MAX_MERGES:
            raise Refused("too_many_cells", f"{len(grid.merges)} 处合并以上", f"不超过 {MAX_MERGES} 处合并")
        for row, column, comment in piece.comments:
            place = (top + row, column)
            grid.comments[place] = "\n".join(filter(None, (grid.comments.get(place), comment)))
        for rule, row, column, found in piece.notes:
            place = (top + min(row, len(piece.rows) - 1), column)
            if rule == "tracked_changes":
                self._changes.append(place)
            else:
                self._noted[(rule, *place)] = self._noted.get((rule, *place), "") + found


class _Comments(_Handlers):
    """Comments by their number, without who wrote them and when."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self._number = ""
        self._lines: list[str] = []
        self._is_text = False

    def text(self, data: str) -> None:
        """Characters of a comment."""
        if self._is_text and self._lines:
            self._lines[-1] += data

    def _start_comment(self, attributes: Attributes) -> None:
        self._number, self._lines = _value(attributes, "id"), []

    def _end_comment(self) -> None:
        self.texts[self._number] = visible("\n".join(self._lines)).strip()

    def _start_p(self, _: Attributes) -> None:
        self._lines.append("")

    def _start_t(self, _: Attributes) -> None:
        self._is_text = True

    def _end_t(self) -> None:
        self._is_text = False


class _Links(_Handlers):
    """Relations of a part: its main document, and what lies outside the file."""

    def __init__(self) -> None:
        super().__init__()
        self.main = "word/document.xml"
        self.outside: list[str] = []

    def _start_Relationship(self, attributes: Attributes) -> None:
        kind, target = attributes.get("Type", ""), attributes.get("Target", "")
        if attributes.get("TargetMode") == "External":
            if not kind.endswith("/hyperlink"):
                self.outside.append(target)
        elif kind.endswith("/officeDocument"):
            self.main = target.lstrip("/")


def _main_part(archive: zipfile.ZipFile) -> str:
    links = _Links()
    _walk(archive, "_rels/.rels", links)
    return links.main


def _attachments(archive: zipfile.ZipFile) -> list[Notice]:
    """What a document brings along or points to, none of which is opened."""
    links = _Links()
    for member in archive.namelist():
        if member.startswith("word/") and member.endswith(".rels"):
            _walk(archive, member, links)
    notices = [Notice("external_link", "文档", visible(target)[:200]) for target in links.outside]
    if any(member.lower().endswith("vbaproject.bin") for member in archive.namelist()):
        notices.append(Notice("macros", "文档", "宏"))
    return notices

"""The form of an official letter (GB/T 9704-2012) as Word: page, fonts, headings, tables, page numbers.

What a letter says is not known here, nor the form of an office's own template. Text of others arrives as text: it is
escaped, and what XML forbids is replaced.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from risk_assets.publishing.letters import Letter, Part, Table

BODY, TITLE, HEADING, SUBHEADING, LATIN = (
    "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "Times New Roman",
)  # fmt: skip
# Offices have these fonts, others do not: Word then takes the first of the names beside it.
_INSTEAD = {
    BODY: "仿宋,FangSong,STFangsong,Noto Serif CJK SC",
    SUBHEADING: "楷体,KaiTi,STKaiti,Noto Serif CJK SC",
    TITLE: "小标宋,SimSun,宋体,Noto Serif CJK SC",
    HEADING: "SimHei,Noto Sans CJK SC",
}
_TEXT_WIDTH = 8844  # twips: A4 without 28 and 26 mm of margin
_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTED = {'"': "&quot;"}
_STYLE_IDS = {"Table Head": "TableHead", "Table Text": "TableText"}
_CENTRE, _LEFT, _BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
_SHAPES: tuple[tuple[str, str, float, float, bool, Any], ...] = (
    ("Normal", BODY, 16, 28, True, _BOTH),
    ("Title", TITLE, 22, 34, False, _CENTRE),
    ("Heading 1", HEADING, 16, 28, True, _LEFT),
    ("Heading 2", SUBHEADING, 16, 28, True, _LEFT),
    ("Masthead", TITLE, 16, 28, False, _LEFT),
    ("Addressee", BODY, 16, 28, False, _LEFT),
    ("Addressee Apart", BODY, 16, 28, False, _LEFT),
    ("Mark", HEADING, 14, 24, False, _CENTRE),
    ("Brief", BODY, 14, 21, True, _BOTH),
    ("Annex", HEADING, 16, 28, False, _LEFT),
    ("Annex Title", TITLE, 18, 30, False, _CENTRE),
    ("Note", BODY, 9, 13, False, _LEFT),
    ("Table Text", BODY, 9, 12.5, False, _LEFT),
    ("Table Head", HEADING, 9, 13, False, _CENTRE),
    ("Header", BODY, 9, 12, False, _CENTRE),
    ("Footer", "宋体", 14, 18, False, _CENTRE),
)
# In the style, as LibreOffice moves a paragraph's own break to the one before it: there a template loses it.
_ON_NEW_PAGE = ("Addressee Apart", "Annex")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: the same letter has the same bytes


def typeset(letter: Letter) -> bytes:
    """A letter as .docx, the same bytes for the same letter; its properties name no person."""
    return _Typesetter(letter).saved()


class _Typesetter:
    """A document that is written from the top to the end."""

    def __init__(self, letter: Letter):
        self._document: Docx = Document()
        add_styles(self._document)
        self._fonts()
        self._page(clean(letter.running))
        self._head(letter)
        for part in letter.sections:
            self._add(f"{part.number}{part.title}", "Heading 1")
            self._blocks(part, "Normal", SUBHEADING)
        for line in letter.enclosures:
            self._add(line, "Normal").paragraph_format.keep_with_next = line != letter.enclosures[-1]
        for part in letter.annexes:
            self._add(part.number, "Annex")
            self._add(part.title, "Annex Title")
            self._blocks(part, "Normal", SUBHEADING)
        set_properties(self._document, letter)

    def saved(self) -> bytes:
        if self._document.element.body[-2].tag == qn("w:tbl"):
            self._add("", "Note")  # Word wants a paragraph behind the last table
        raw = io.BytesIO()
        self._document.save(raw)
        return packed(raw.getvalue())

    def _head(self, letter: Letter) -> None:
        masthead = self._add(f"{letter.office}\t{letter.issue}", "Masthead")
        masthead.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        self._add(letter.title, "Title")
        for line in letter.marks:
            self._add(line, "Mark")
        if letter.brief:
            self._add(letter.brief.title, "Mark")
            self._blocks(letter.brief, "Brief", HEADING)
        self._add(letter.addressee, "Addressee Apart" if letter.brief else "Addressee")
        self._add(letter.opening, "Normal")

    def _blocks(self, part: Part, body: str, lead: str) -> None:
        """The blocks of a part, its paragraphs in a style and their leads in a font."""
        styles = {"paragraph": body, "subheading": "Heading 2", "note": "Note"}
        for block, following in zip(part.blocks, [*part.blocks[1:], None], strict=False):
            if isinstance(block, Table):
                self._document.element.body.insert_element_before(parse_xml(table_xml(block)), "w:sectPr")
                continue
            paragraph = self._document.add_paragraph(style=styles[block.kind])
            if isinstance(following, Table):
                paragraph.paragraph_format.keep_with_next = True
            if block.lead:
                _set_font(paragraph.add_run(clean(block.lead)), lead)
            if block.text:
                paragraph.add_run(clean(block.text))

    def _add(self, text: str, style: str) -> Paragraph:
        return self._document.add_paragraph(clean(text), style=style)

    def _page(self, running: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.header_distance, section.footer_distance = Mm(22), Mm(23)  # the number stands 7 mm below the text
        self._document.settings.odd_and_even_pages_header_footer = True
        for header in (section.header, section.even_page_header):
            header.paragraphs[0].text = running
            header.paragraphs[0].style = self._document.styles["Header"]
        sides = ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT))
        for footer, side in sides:
            paragraph = footer.paragraphs[0]
            paragraph.style, paragraph.alignment = self._document.styles["Footer"], side
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
            paragraph.add_run("— ")
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            paragraph._p.append(field)
            number = OxmlElement("w:r")
            shown = OxmlElement("w:t")
            shown.text = "1"
            number.append(shown)
            field.append(number)
            paragraph.add_run(" —")

    def _fonts(self) -> None:
        """Names to take instead, in the font table; and the language, which says what theme font is the last resort."""
        part = next(
            one for one in self._document.part.package.iter_parts() if str(one.partname).endswith("fontTable.xml")
        )
        fonts = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
            for name, others in _INSTEAD.items()
        )
        part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
        defaults = self._document.styles.element.find(qn("w:docDefaults"))
        language = defaults.find(f".//{qn('w:lang')}")
        language.set(qn("w:eastAsia"), "zh-CN")


def add_styles(document: Docx, *, only_missing: bool = False) -> dict[str, str]:
    """Give a document the styles of a letter, or those of them that it lacks.

    Returns:
        Name of a style → its id, by which XML names it.
    """
    styles = document.styles
    names = {one.name for one in styles}
    for name, font, size, line, indent, align in _SHAPES:
        if name in names and only_missing:
            continue
        style = styles[name] if name in names else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)  # noqa: S101 — python-docx's own template, or made here
        _shape(style, font, size, line, indent=indent, align=align)
        style.paragraph_format.page_break_before = name in _ON_NEW_PAGE or None
        if name in ("Title", "Masthead"):
            _rule(style, below=name == "Masthead")
    return {str(one.name): one.style_id for one in styles}


def set_properties(document: Docx, letter: Letter) -> None:
    """Say in a document's properties what it is; no person is named there."""
    core = document.core_properties
    core.title, core.subject = clean(letter.title), ""
    core.author = core.last_modified_by = "risk-assets"
    core.comments = core.keywords = core.category = ""
    core.language = "zh-CN"
    core.revision = 1
    core.created = core.modified = letter.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def packed(document: bytes) -> bytes:
    """A .docx with the same bytes whenever it is saved with the same content."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in parts.namelist():
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, parts.read(name))
    return made.getvalue()


def table_xml(table: Table, width: int = _TEXT_WIDTH, styles: Mapping[str, str] = _STYLE_IDS) -> str:
    """A ruled table whose head is repeated on every page.

    The XML is written at once: cell by cell python-docx takes a hundred times as long.

    Args:
        table: The table.
        width: Twips from margin to margin.
        styles: Ids of the styles `Table Head` and `Table Text`.
    """
    total = sum(share for _, share, _ in table.columns)
    widths = [int(width * share / total) for _, share, _ in table.columns]
    head = _row([name for name, _, _ in table.columns], widths, ["center"] * len(widths), styles, is_head=True)
    sides = [side for _, _, side in table.columns]
    body = "".join(_row(row, widths, sides, styles) for row in table.rows)
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _shape(style: ParagraphStyle, font: str, size: float, line: float, *, indent: bool, align: Any) -> None:
    """Give a style its font, size and exact line; an indent is two characters."""
    style.font.size, style.font.bold, style.font.italic = Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.font.name = LATIN
    _set_font(style, font)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.space_before = form.space_after = Pt(0)
    form.alignment = align
    form.first_line_indent = Pt(2 * size if indent else 0)
    style.element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200" if indent else "0")


def _set_font(one: Any, font: str) -> None:
    """Fonts of a style or run; attributes that point to the theme would win, so they go."""
    fonts = one.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script, name in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("cs", LATIN)):
        fonts.set(qn(f"w:{script}"), name)


def _rule(style: Any, *, below: bool) -> None:
    """The template's title has a blue rule: none, or one of our own."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if below:
        line = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="4" w:color="000000"/></w:pBdr>'
        properties.insert_element_before(parse_xml(line), "w:spacing", "w:ind", "w:jc")


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    sides: Sequence[str],
    styles: Mapping[str, str],
    *,
    is_head: bool = False,
) -> str:
    kept = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else "<w:trPr><w:cantSplit/></w:trPr>"
    style = escape(styles["Table Head" if is_head else "Table Text"], _QUOTED)
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/><w:jc w:val="{side}"/></w:pPr><w:r><w:t xml:space="preserve">'
        f"{escape(clean(text))}</w:t></w:r></w:p></w:tc>"
        for text, width, side in zip(cells, widths, sides, strict=True)
    )
    return f"<w:tr>{kept}{made}</w:tr>"


def clean(text: str) -> str:
    """Text without characters that XML forbids."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)

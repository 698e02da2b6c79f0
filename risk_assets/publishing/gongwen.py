"""The form of an official letter (GB/T 9704-2012) as Word: page, fonts, headings, tables, page numbers.

What a letter says is not known here. Text of others arrives as text: it is escaped, and what XML forbids is replaced.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
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
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: the same letter has the same bytes

Column = tuple[str, float, str]
"""A table's column: head, share of the width, `left`, `center` or `right`."""


class Letter:
    """A letter that is written from the top to the end."""

    def __init__(self, running: str, subject: str, made_at: datetime):
        """A blank letter.

        Args:
            running: Line at the head of every page.
            subject: What the file's properties say that it is; no person is named there.
            made_at: Time that the properties tell.
        """
        self._document: Docx = Document()
        self._styles()
        self._page(_clean(running))
        self._properties(_clean(subject), made_at)

    def masthead(self, left: str, right: str) -> None:
        """The line above the title, with a rule below it."""
        paragraph = self._add(f"{left}\t{right}", "Masthead")
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)

    def title(self, text: str) -> None:
        """The title, centred."""
        self._add(text, "Title")

    def mark(self, text: str) -> None:
        """A line below the title that nobody is to overlook."""
        self._add(text, "Mark")

    def addressee(self, text: str, new_page: bool = False) -> None:
        """To whom it goes, from the margin; on a new page where something stands before the letter."""
        self._add(text, "Addressee").paragraph_format.page_break_before = new_page

    def heading(self, text: str, level: int = 1) -> None:
        """A heading: 1 is 一、, 2 is （一）."""
        self._add(text, f"Heading {level}")

    def paragraph(self, text: str, lead: str = "") -> None:
        """A paragraph of the body; a lead stands before it in the font of second headings."""
        self._led(text, lead, "Normal", SUBHEADING)

    def brief(self, text: str, lead: str) -> None:
        """A paragraph of the page for readers in a hurry: smaller, its lead in the font of headings."""
        self._led(text, lead, "Brief", HEADING)

    def annex(self, number: str, title: str) -> None:
        """Begin an annex on a page of its own."""
        paragraph = self._add(number, "Annex")
        paragraph.paragraph_format.page_break_before = True
        self._add(title, "Annex Title")

    def note(self, text: str) -> None:
        """A small line below or above a table."""
        self._add(text, "Note")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """A ruled table; its head is repeated on every page.

        The XML is written at once: cell by cell python-docx takes a hundred times as long.
        """
        total = sum(share for _, share, _ in columns)
        widths = [int(_TEXT_WIDTH * share / total) for _, share, _ in columns]
        head = _row([name for name, _, _ in columns], widths, ["center"] * len(widths), is_head=True)
        sides = [side for _, _, side in columns]
        body = "".join(_row(row, widths, sides) for row in rows)
        edges = "".join(
            f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        xml = (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
            f'<w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
        )
        self._document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")

    def saved(self) -> bytes:
        """The letter as .docx, the same bytes for the same words."""
        if self._document.element.body[-2].tag == qn("w:tbl"):
            self.note("")  # Word wants a paragraph behind the last table
        raw = io.BytesIO()
        self._document.save(raw)
        made = io.BytesIO()
        with zipfile.ZipFile(raw) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in parts.namelist():
                member = zipfile.ZipInfo(name, _ZIP_TIME)
                member.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(member, parts.read(name))
        return made.getvalue()

    def _add(self, text: str, style: str) -> Paragraph:
        return self._document.add_paragraph(_clean(text), style=style)

    def _led(self, text: str, lead: str, style: str, font: str) -> None:
        paragraph = self._document.add_paragraph(style=style)
        if lead:
            _set_font(paragraph.add_run(_clean(lead)), font)
        paragraph.add_run(_clean(text))

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

    def _styles(self) -> None:
        styles = self._document.styles
        normal = styles["Normal"]
        assert isinstance(normal, ParagraphStyle)  # noqa: S101 — python-docx's own template
        _shape(normal, BODY, 16, 28, indent=True, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
        centre, left = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT
        shapes: tuple[tuple[str, str, float, float, bool, Any], ...] = (
            ("Title", TITLE, 22, 34, False, centre),
            ("Heading 1", HEADING, 16, 28, True, left),
            ("Heading 2", SUBHEADING, 16, 28, True, left),
            ("Masthead", TITLE, 16, 28, False, left),
            ("Addressee", BODY, 16, 28, False, left),
            ("Mark", HEADING, 14, 24, False, centre),
            ("Brief", BODY, 14, 23, True, WD_ALIGN_PARAGRAPH.JUSTIFY),
            ("Annex", HEADING, 16, 28, False, left),
            ("Annex Title", TITLE, 18, 30, False, centre),
            ("Note", BODY, 9, 13, False, left),
            ("Table Text", BODY, 9, 12.5, False, left),
            ("Table Head", HEADING, 9, 13, False, centre),
            ("Header", BODY, 9, 12, False, centre),
            ("Footer", "宋体", 14, 18, False, centre),
        )
        names = {one.name for one in styles}
        for name, font, size, line, indent, align in shapes:
            style = styles[name] if name in names else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            assert isinstance(style, ParagraphStyle)  # noqa: S101
            _shape(style, font, size, line, indent=indent, align=align)
        for name in ("Title", "Masthead"):
            _rule(styles[name], below=name == "Masthead")
        self._fonts()

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

    def _properties(self, subject: str, made_at: datetime) -> None:
        core = self._document.core_properties
        core.title, core.subject = subject, ""
        core.author = core.last_modified_by = "risk-assets"
        core.comments = core.keywords = core.category = ""
        core.language = "zh-CN"
        core.revision = 1
        core.created = core.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


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


def _row(cells: Sequence[str], widths: Sequence[int], sides: Sequence[str], *, is_head: bool = False) -> str:
    kept = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else "<w:trPr><w:cantSplit/></w:trPr>"
    style = "TableHead" if is_head else "TableText"
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/><w:jc w:val="{side}"/></w:pPr><w:r><w:t xml:space="preserve">'
        f"{escape(_clean(text))}</w:t></w:r></w:p></w:tc>"
        for text, width, side in zip(cells, widths, sides, strict=True)
    )
    return f"<w:tr>{kept}{made}</w:tr>"


def _clean(text: str) -> str:
    """Text without characters that XML forbids."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)

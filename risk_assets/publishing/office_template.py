"""An office's own Word template for letters: which may be used, and how it is filled; not what a letter says.

A template is a .docx with the placeholders of docxtpl; their names are the attributes of `letters.Letter`. It comes
from outside, as any file does: it is filled in a sandbox, in a process of its own, and both it and what comes out are
held against the same list of what a letter may hold. Text of the letter is only ever text.
"""

import base64
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.opc.part import XmlPart
from docx.opc.parts.coreprops import CorePropertiesPart
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateRuntimeError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from risk_assets.documents import Refused
from risk_assets.documents.apart import limit_memory, run_apart
from risk_assets.documents.archives import Allowance, open_archive
from risk_assets.documents.xml_parts import check_part, read_member
from risk_assets.publishing.gongwen import add_styles, clean, packed, set_properties, table_xml, typeset
from risk_assets.publishing.letters import Letter, Paragraph, Part, Table

_SECONDS = 30.0
_MOST_BYTES, _MOST_MADE = 10 * 2**20, 50 * 2**20
_LONGEST = 120  # characters of a template that a message repeats
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN = f"{_OFFICE}wordprocessingml.document.main+xml"
_KEPT_TYPES = {
    _MAIN, f"{_OFFICE}theme+xml", f"{_OFFICE}extended-properties+xml", f"{_OFFICE}custom-properties+xml",
    "application/vnd.openxmlformats-package.core-properties+xml",
    "application/vnd.openxmlformats-package.relationships+xml",
    *(f"{_OFFICE}wordprocessingml.{one}+xml" for one in ("styles", "settings", "webSettings", "fontTable", "numbering",
                                                         "header", "footer", "footnotes", "endnotes")),
    *(f"image/{one}" for one in ("png", "jpeg", "gif", "bmp")),
}  # fmt: skip
_KEPT_LINKS = {"officeDocument", "core-properties", "extended-properties", "custom-properties", "styles", "settings",
               "webSettings", "fontTable", "numbering", "theme", "header", "footer", "footnotes", "endnotes",
               "image"}  # fmt: skip
_PARTS = (
    (re.compile(r"vbaProject|vbaData|macros", re.I), "宏"),
    (re.compile(r"/(?:embeddings|activeX|controls)/", re.I), "嵌入的对象或控件"),
    (re.compile(r"/(?:comments\w*|people)\.xml", re.I), "批注（其中有人名）"),
    (re.compile(r"/afchunk", re.I), "插入的外部文档"),
)
_REFUSED = {
    **dict.fromkeys(("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange"), "修订，请接受全部修订"),
    **dict.fromkeys(("altChunk", "subDoc", "OLEObject", "object", "control"), "外部内容或嵌入的对象，请删除"),
    **dict.fromkeys(("mailMerge", "attachedSchema", "dataBinding"), "邮件合并或绑定的数据，请取消"),
    **dict.fromkeys(("vanish", "webHidden", "specVanish"), "隐藏的文字，请取消隐藏"),
}
_FIELDS = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "PAGEREF", "REF", "STYLEREF", "SEQ", "="}
_FILTERS = (
    "default",
    "d",
    "e",
    "escape",
    "first",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "replace",
    "trim",
    "upper",
)
_NO_NAMES = {
    f"{_OFFICE}{kind}-properties+xml": (
        f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/{kind}-properties"/>'.encode()
    )
    for kind in ("extended", "custom")
}
_SMALLEST = 10  # half-points; what is set smaller is not to be read


class BadTemplate(ValueError):
    """A template cannot be used; the message says what was found in it and what to do, in Chinese."""


@dataclass(frozen=True)
class Filled:
    """A filled template.

    Attributes:
        content: The .docx.
        left_out: Titles of the parts of the letter of which it does not show all.
    """

    content: bytes
    left_out: list[str]


def filled(letter: Letter, template: bytes) -> Filled:
    """A letter in the form of a template; the same bytes for the same letter and template.

    Args:
        letter: The letter.
        template: A .docx with placeholders.

    Raises:
        BadTemplate: It holds what a letter may not hold, names what there is not, takes too long, or leaves out what
            every letter must say: title, class, state, that data are made up, that questions are open.
    """
    if len(template) > _MOST_BYTES:
        raise BadTemplate(f"模板有 {len(template)} 字节。请用不超过 {_MOST_BYTES} 字节的 .docx")
    told = {**asdict(letter), "made_at": letter.made_at.isoformat()}
    asked = {"template": base64.b64encode(template).decode(), "letter": told}
    try:
        done = run_apart(__name__, json.dumps(asked).encode(), _SECONDS)
    except TimeoutError:
        raise BadTemplate(f"模板 {_SECONDS:.0f} 秒内没有填完。请减少模板中的循环") from None
    if done.returncode:
        raise BadTemplate("模板使填写程序出错。请用 Word 或 WPS 打开后另存为 .docx 再试")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise BadTemplate(answer["refused"])
    return Filled(base64.b64decode(answer["content"]), answer["left_out"])


def check_template(template: bytes) -> list[str]:
    """Try a template on made-up letters, with all parts and with the fewest; gives the parts that it leaves out.

    Raises:
        BadTemplate: As of `filled`.
    """
    whole = trial_letter()
    filled(replace(whole, brief=None, marks=[], enclosures=[], annexes=[]), template)
    return [title.partition("<")[0] for title in filled(whole, template).left_out]


def trial_letter() -> Letter:
    """A letter with something in every part, made up to try a template on; its text would do harm if it were obeyed."""
    harm = "</w:t></w:r></w:p><w:p>&{{7*7}}{%x%}{_{\"'=1+1"
    blocks: list[Paragraph | Table] = [
        Paragraph("subheading", f"试填小标题{harm}"),
        Paragraph("paragraph", f"试填正文{harm}", f"试填引语{harm}"),
        Table([(f"列甲{harm}", 1, "left"), ("列乙", 2, "right")], [[f"表内文字{harm}", "1"], ["试行", "2"]]),
        Paragraph("note", f"试填附注{harm}"),
    ]

    def parts(what: str, *numbers: str) -> list[Part]:
        return [Part(f"试填{what}{number}{harm}", number, list(blocks)) for number in numbers]

    return Letter(
        running=f"试填页眉{harm}",
        title=f"试填标题{harm}",
        made_at=datetime(2023, 1, 1, tzinfo=UTC),
        office=f"试填文种{harm}",
        issue=f"试填期号{harm}",
        marks=[f"试填虚构标记{harm}", f"试填未决标记{harm}"],
        addressee=f"试填主送{harm}",
        opening=f"试填开头{harm}",
        brief=Part(f"试填首页{harm}", "", list(blocks)),
        sections=parts("章节", "一、", "二、", "三、"),
        enclosures=[f"试填附件说明{harm}", "试填附件说明二"],
        annexes=parts("附件", "附件1", "附件2", "附件3"),
    )


def example() -> bytes:
    """Our own form with placeholders in it, for an office to change as it likes."""
    table = Paragraph("paragraph", "{{p block.table }}")
    end = Paragraph("paragraph", "{%p endfor %}")

    def blocks(of: str) -> list[Paragraph | Table]:
        return [
            Paragraph("paragraph", f"{{%p for block in {of}.blocks %}}"),
            Paragraph("paragraph", '{%p if block.kind == "subheading" %}'),
            Paragraph("subheading", "{{ block.text }}"),
            Paragraph("paragraph", '{%p elif block.kind == "paragraph" %}'),
            Paragraph("paragraph", "{{ block.text }}", "{{ block.lead }}"),
            Paragraph("paragraph", '{%p elif block.kind == "note" %}'),
            Paragraph("note", "{{ block.text }}"),
            Paragraph("paragraph", "{%p else %}"),
            table,
            Paragraph("paragraph", "{%p endif %}"),
            end,
        ]

    letter = Letter(
        running="{{ running }}",
        title="{{ title }}",
        made_at=datetime(2023, 1, 1, tzinfo=UTC),
        office="{{ office }}",
        issue="{{ issue }}",
        marks=["{%p for line in marks %}", "{{ line }}", "{%p endfor %}", "{%p if brief %}"],
        brief=Part("{{ brief.title }}", "", blocks("brief")),
        addressee="{{ addressee }}",
        opening="{{ opening }}",
        sections=[
            Part("{%p for section in sections %}"),
            Part("{{ section.number }}{{ section.title }}", "", [*blocks("section"), end]),
        ],
        enclosures=["{%p for line in enclosures %}", "{{ line }}", "{%p endfor %}", "{%p for annex in annexes %}"],
        annexes=[Part("{{ annex.title }}", "{{ annex.number }}", [*blocks("annex"), end, Paragraph("note", "")])],
    )
    document = DocxTemplate(io.BytesIO(typeset(letter))).get_docx()
    _break_behind_brief_only(document)
    raw = io.BytesIO()
    document.save(raw)
    return packed(raw.getvalue())


def _break_behind_brief_only(document: Docx) -> None:
    """Let the addressee begin a page only where a page for readers in a hurry stands before it."""
    paragraphs = document.paragraphs
    at = next(number for number, one in enumerate(paragraphs) if one.text == "{{ addressee }}")
    paragraphs[at + 1].insert_paragraph_before("{%p else %}")
    paragraphs[at + 1].insert_paragraph_before("{{ addressee }}", style="Addressee")
    paragraphs[at + 1].insert_paragraph_before("{%p endif %}")


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which text is always escaped: no filter that prints it as it is, no block that turns that off."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_as_text)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for kind in (nodes.ScopedEvalContextModifier, nodes.EvalContextModifier, nodes.FilterBlock):
            if found := tree.find(kind):
                raise TemplateSyntaxError("不能用 autoescape 和 filter 块", found.lineno)
        return tree


def _as_text(value: Any) -> Markup:
    """A value as text of XML; without the signs that docxtpl takes for braces later on."""
    if callable(value):
        raise TemplateRuntimeError("占位符应为名称，不应为函数")
    return Markup(str(escape(value)).replace("{_", "{&#95;").replace("_}", "&#95;}"))  # noqa: S704 - escaped


class _Template(DocxTemplate):
    """docxtpl's template, without placeholders in footnotes: it fills them once for each section, text of ours too."""

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Leave footnotes as they are."""


def _fill(asked: dict[str, Any]) -> dict[str, Any]:
    template, letter = base64.b64decode(asked["template"]), _letter(asked["letter"])
    _check(template)
    document = _Template(io.BytesIO(template))
    document.init_docx()
    section = document.get_docx().sections[0]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    styles = add_styles(document.docx, only_missing=True)
    document.render(_context(letter, width // 635, styles), _Environment())
    _clear(document.docx)
    set_properties(document.docx, letter)
    raw = io.BytesIO()
    document.save(raw)
    content = packed(raw.getvalue())
    if len(content) > _MOST_MADE:
        raise BadTemplate(f"填好的专报有 {len(content)} 字节。请缩小模板中的图片")
    _check(content, is_made=True)
    shown = _shown(content)
    lacking = [text for text in (letter.running, letter.title, *letter.marks) if _flat(text) not in shown]
    if lacking:
        raise BadTemplate(
            f"模板没有写出“{lacking[0][:60]}”。专报必须有 {{{{ title }}}}、{{{{ running }}}}（宜在页眉）和 marks 各行，"
            "写法见 risk-assets report-template --example"
        )
    return {"content": base64.b64encode(content).decode(), "left_out": _left_out(letter, shown)}


def _clear(document: Docx) -> None:
    """Take out what nobody sees and may name a person or lead elsewhere: properties, variables, other links."""
    package = document.part.package
    for holder in (package, *package.iter_parts()):
        for link in [one for one in holder.rels.values() if one.reltype.rsplit("/", 1)[-1] not in _KEPT_LINKS]:
            holder.rels.pop(link.rId)
        for link in holder.rels.values():
            if link.reltype.endswith("/core-properties"):
                link._target = CorePropertiesPart.default(package)
    for part in package.iter_parts():
        if part.content_type in _NO_NAMES:
            part._blob = _NO_NAMES[part.content_type]
        if isinstance(part, XmlPart):
            for element in list(part.element.iter(etree.Element)):
                local = etree.QName(element).localname
                if local == "docVars":
                    element.getparent().remove(element)
                elif local in {"docPr", "cNvPr"}:
                    element.attrib.pop("descr", None)
                    element.attrib.pop("title", None)


def _letter(told: dict[str, Any]) -> Letter:
    """The letter as it was before it was JSON, without characters that XML forbids."""

    def part(one: dict[str, Any]) -> Part:
        blocks = [Paragraph(**block) if "kind" in block else Table(**block) for block in one["blocks"]]
        return replace(Part(**one), blocks=blocks)

    told = _cleaned(told)
    return Letter(
        **{
            **told,
            "made_at": datetime.fromisoformat(told["made_at"]),
            "brief": told["brief"] and part(told["brief"]),
            "sections": [part(one) for one in told["sections"]],
            "annexes": [part(one) for one in told["annexes"]],
        }
    )


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return {key: _cleaned(one) for key, one in value.items()} if isinstance(value, dict) else value


def _context(letter: Letter, width: int, styles: dict[str, str]) -> dict[str, Any]:
    """What placeholders name; a table is there as XML and as its heads and rows."""

    def block(one: Paragraph | Table) -> dict[str, Any]:
        if isinstance(one, Paragraph):
            return asdict(one)
        heads = [name for name, _, _ in one.columns]
        ready = Markup(table_xml(one, width, styles))  # noqa: S704 - every cell is escaped there
        return {"kind": "table", "heads": heads, "rows": one.rows, "table": ready}

    def part(one: Part) -> dict[str, Any]:
        return {"number": one.number, "title": one.title, "blocks": [block(each) for each in one.blocks]}

    return {
        **{name: getattr(letter, name) for name in ("running", "title", "office", "issue", "marks", "addressee",
                                                    "opening", "enclosures")},
        "brief": letter.brief and part(letter.brief),
        "sections": [part(one) for one in letter.sections],
        "annexes": [part(one) for one in letter.annexes],
    }  # fmt: skip


def _check(content: bytes, *, is_made: bool = False) -> None:
    """Refuse what no letter may hold; of a document that was made here, every part must be of a known kind."""
    with open_archive(content, Allowance()) as archive:
        names = archive.namelist()
        types = _types(archive) if "[Content_Types].xml" in names else {}
        if _MAIN not in types.values():
            raise BadTemplate("这不是 .docx 文档。请在 Word 或 WPS 中另存为 .docx（不是 .dotx、.docm、.doc）")
        for pattern, what in _PARTS:
            if found := next((name for name in names if pattern.search(f"/{name}")), None):
                raise BadTemplate(f"模板中有{what}：{found[:_LONGEST]}。请删除后再用")
        for name, kind in types.items():
            if is_made and kind not in _KEPT_TYPES:
                raise BadTemplate(f"模板中有不认识的部件：{name[:_LONGEST]}。请用 Word 或 WPS 另存为 .docx 再试")
            if kind.endswith(("+xml", "/xml")) and kind != "image/svg+xml":
                _check_xml(name, read_member(archive, name))


def _types(archive: zipfile.ZipFile) -> dict[str, str]:
    """Member → content type, as the archive itself says."""
    xml = read_member(archive, "[Content_Types].xml")
    check_part(xml)
    told = list(parse_xml(xml).iter(etree.Element))
    by_name = {one.get("PartName", "").lower(): one.get("ContentType", "") for one in told}
    by_ending = {one.get("Extension", "").lower(): one.get("ContentType", "") for one in told}
    return {
        name: by_name.get(f"/{name}".lower()) or by_ending.get(name.rpartition(".")[2].lower(), "")
        for name in archive.namelist()
        if not name.endswith("/") and name != "[Content_Types].xml"
    }


def _check_xml(name: str, xml: bytes) -> None:
    check_part(xml)
    codes: list[str] = []
    inside: list[int] = []
    for element in parse_xml(xml).iter(etree.Element):
        local = etree.QName(element).localname
        told = {etree.QName(key).localname: value for key, value in element.attrib.items()}
        if local == "Relationship" and told.get("TargetMode") == "External":
            where = f"{name} 中的 {told.get('Target', '')[:_LONGEST]}"
            raise BadTemplate(f"模板指向文档之外：{where}。请取消链接，图片改为嵌入")
        if local in _REFUSED and not (local.lower().endswith(("vanish", "hidden")) and name.endswith("styles.xml")):
            raise BadTemplate(f"模板中有{_REFUSED[local]}后再用（{name} 中的 {local}）")
        if {"author", "ed"} & told.keys():
            raise BadTemplate(f"模板中有修订、批注或权限标记（其中有人名），请删除后再用（{name} 中的 {local}）")
        if {"src", "href"} & told.keys():
            raise BadTemplate(f"模板指向文档之外：{name} 中的 {local}。请取消链接，图片改为嵌入")
        if local == "fldChar" and told.get("fldCharType") == "begin":
            codes.append("")
            inside.append(len(codes) - 1)
        elif local == "fldChar" and told.get("fldCharType") == "end" and inside:
            inside.pop()
        elif local == "instrText" and inside:
            codes[inside[-1]] += element.text or ""
        elif local in {"fldSimple", "instrText"}:
            codes.append(told.get("instr") or element.text or "")
    for code in codes:
        if code.split() and code.split()[0].upper() not in _FIELDS:
            raise BadTemplate(f"模板中有域“{' '.join(code.split())[:60]}”。请只用页码、目录等文内的域")


def _shown(content: bytes) -> str:
    """What a reader sees of body, headers and footers, without blanks, paragraphs apart."""
    document = Document(io.BytesIO(content))
    roots = [document.element.body]
    for section in document.sections:
        both = document.settings.odd_and_even_pages_header_footer
        roots += [one._element for one in (section.header, section.footer)]
        roots += [one._element for one in (section.even_page_header, section.even_page_footer) if both]
        if section.different_first_page_header_footer:
            roots += [section.first_page_header._element, section.first_page_footer._element]
    return "\n".join(line for root in roots for line in _lines(root))


def _lines(root: Any) -> Iterator[str]:
    """Text of the paragraphs below an element, without that of fields and what is written not to be seen."""
    depth = 0
    for paragraph in root.iter(qn("w:p")):
        line = ""
        for element in paragraph.iter(qn("w:fldChar"), qn("w:t")):
            if element.tag == qn("w:fldChar"):
                kind = element.get(qn("w:fldCharType"))
                depth += (kind == "begin") - (kind == "end")
            elif not depth and _is_seen(element):
                line += element.text or ""
        yield _flat(line)


def _is_seen(text: Any) -> bool:
    if any(etree.QName(one).localname in {"Fallback", "fldSimple"} for one in text.iterancestors()):
        return False
    form = text.getparent().find(qn("w:rPr"))
    if form is None:
        return True
    size, colour = form.find(qn("w:sz")), form.find(qn("w:color"))
    is_small = size is not None and float(size.get(qn("w:val"), "0")) < _SMALLEST
    return not is_small and (colour is None or colour.get(qn("w:val"), "").upper() != "FFFFFF")


def _flat(text: str) -> str:
    return "".join(text.split())


def _left_out(letter: Letter, shown: str) -> list[str]:
    parts = [*([letter.brief] if letter.brief else []), *letter.sections, *letter.annexes]
    found = []
    for part in parts:
        texts = [part.title]
        for block in part.blocks:
            texts += [cell for row in block.rows for cell in row] if isinstance(block, Table) else [block.text]
        if any(_flat(text) not in shown for text in texts):
            found.append(f"{part.number}{part.title}")
    return found


def _told(error: TemplateError) -> str:
    """What Jinja says of an error, and the words of the template around it."""
    near = " ".join(" ".join(getattr(error, "docx_context", [])).split())
    told = f"{str(error)[:_LONGEST]}{f'（在“{near[:_LONGEST]}”附近）' if near else ''}"
    return f"模板中的占位符有误：{told}。名称见 docs/reports.md"


def main() -> None:
    """Fill a template as standard input asks, write JSON to standard output."""
    asked = json.loads(sys.stdin.buffer.read())
    limit_memory()
    try:
        result = _fill(asked)
    except BadTemplate as bad:
        result = {"refused": str(bad)}
    except Refused as refused:
        result = {"refused": f"模板无法使用：{refused.found[:_LONGEST]}。请用 Word 或 WPS 打开后另存为 .docx 再试"}
    except TemplateError as error:
        result = {"refused": _told(error)}
    except MemoryError:
        result = {"refused": "模板所需内存过大。请减少模板中的循环"}
    except (ValueError, KeyError, OverflowError, TypeError, etree.LxmlError, zipfile.BadZipFile) as error:
        told = f"{type(error).__name__} {str(error)[:_LONGEST]}"
        result = {"refused": f"模板无法使用：{told}。请用 Word 或 WPS 打开后另存为 .docx 再试"}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()

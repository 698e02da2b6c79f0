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
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from docx.document import Document as Docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup

from risk_assets.documents import Refused
from risk_assets.documents.apart import limit_memory, run_apart
from risk_assets.documents.archives import Allowance, open_archive
from risk_assets.documents.xml_parts import check_part, read_member
from risk_assets.publishing.gongwen import add_styles, clean, packed, set_properties, table_xml, typeset
from risk_assets.publishing.letters import Letter, Paragraph, Part, Table

_SECONDS = 30.0
_MOST_BYTES = 10 * 2**20
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PARTS = (
    (re.compile(r"vbaProject|vbaData|macros", re.I), "宏"),
    (re.compile(r"/(?:embeddings|activeX|controls)/", re.I), "嵌入的对象或控件"),
    (re.compile(r"/(?:comments\w*|people)\.xml", re.I), "批注（其中有人名）"),
    (re.compile(r"/afchunk", re.I), "插入的外部文档"),
)
_CHANGES = {"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "altChunk"}
_FIELDS = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "PAGEREF", "REF", "STYLEREF", "SEQ", "="}
_NO_NAMES = {
    "/docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "/docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
_UNSAFE_FILTERS = ("safe", "xmlattr", "urlize", "map", "attr")


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


def trial_letter() -> Letter:
    """A letter with something in every part, made up to try a template on; its text would do harm if it were obeyed."""
    harm = "<w:p>&{{7*7}}{%x%}\"'=1+1"
    blocks: list[Paragraph | Table] = [
        Paragraph("subheading", "试填小标题"),
        Paragraph("paragraph", f"试填正文{harm}", "试填引语"),
        Table([("列甲", 1, "left"), ("列乙", 2, "right")], [[f"表内文字{harm}", "1"], ["试行", "2"]]),
        Paragraph("note", "试填附注"),
    ]
    return Letter(
        running=f"试填页眉{harm}",
        title="试填标题",
        made_at=datetime(2023, 1, 1, tzinfo=UTC),
        office="试填文种",
        issue="试填期号",
        marks=["试填虚构标记", "试填未决标记"],
        addressee="试填主送",
        opening="试填开头",
        brief=Part("试填首页", "", list(blocks)),
        sections=[Part("试填章节", "一、", list(blocks)), Part("试填第二章节", "二、", list(blocks))],
        enclosures=["试填附件说明"],
        annexes=[Part("试填附件", "附件1", list(blocks)), Part("试填附件二", "附件2", list(blocks))],
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


def _fill(asked: dict[str, Any]) -> dict[str, Any]:
    template, letter = base64.b64decode(asked["template"]), _letter(asked["letter"])
    _check(template)
    document = DocxTemplate(io.BytesIO(template))
    document.init_docx()
    section = document.get_docx().sections[0]
    width = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    styles = add_styles(document.docx, only_missing=True)
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    for name in _UNSAFE_FILTERS:
        environment.filters.pop(name)
    document.render(_context(letter, width // 635, styles), environment)
    set_properties(document.docx, letter)
    for part in document.docx.part.package.iter_parts():
        if str(part.partname) in _NO_NAMES:
            part._blob = _NO_NAMES[str(part.partname)]
    raw = io.BytesIO()
    document.save(raw)
    content = packed(raw.getvalue())
    _check(content)
    shown = _shown(content)
    lacking = [text for text in (letter.running, letter.title, *letter.marks) if _flat(text) not in shown]
    if lacking:
        raise BadTemplate(
            f"模板没有写出“{lacking[0][:60]}”。专报必须有 {{{{ title }}}}、{{{{ running }}}}（宜在页眉）和 marks 各行，"
            "写法见 risk-assets report-template --example"
        )
    return {"content": base64.b64encode(content).decode(), "left_out": _left_out(letter, shown)}


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


def _check(content: bytes) -> None:
    """Refuse a document that holds what no letter may hold."""
    with open_archive(content, Allowance()) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names or _MAIN.encode() not in read_member(archive, "[Content_Types].xml"):
            raise BadTemplate("这不是 .docx 文档。请在 Word 或 WPS 中另存为 .docx（不是 .dotx、.docm、.doc）")
        for pattern, what in _PARTS:
            if found := next((name for name in names if pattern.search(f"/{name}")), None):
                raise BadTemplate(f"模板中有{what}：{found}。请删除后再用")
        for name in names:
            if name.endswith((".xml", ".rels")):
                _check_xml(name, read_member(archive, name))


def _check_xml(name: str, xml: bytes) -> None:
    check_part(xml)
    codes: list[str] = []
    for element in parse_xml(xml).iter(etree.Element):
        local = etree.QName(element).localname
        if local == "Relationship" and element.get("TargetMode") == "External":
            raise BadTemplate(f"模板指向文档之外：{name} 中的 {element.get('Target')}。请取消链接，图片改为嵌入")
        if local in _CHANGES:
            raise BadTemplate(f"模板中有修订或外部内容：{name} 中的 {local}。请接受全部修订后再用")
        if local == "fldChar" and element.get(qn("w:fldCharType")) == "begin":
            codes.append("")
        elif local == "instrText" and codes:
            codes[-1] += element.text or ""
        elif local in {"fldSimple", "instrText"}:
            codes.append(element.get(qn("w:instr")) or element.text or "")
    for code in codes:
        if code.split() and code.split()[0].upper() not in _FIELDS:
            raise BadTemplate(f"模板中有域“{' '.join(code.split())[:60]}”。请只用页码、目录等文内的域")


def _shown(content: bytes) -> str:
    """All text of a document without blanks, paragraphs apart."""
    texts = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                for paragraph in parse_xml(archive.read(name)).iter(qn("w:p")):
                    texts.append(_flat("".join(one.text or "" for one in paragraph.iter(qn("w:t")))))
    return "\n".join(texts)


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
    return f"模板中的占位符有误：{error}{f'（在“{near[:120]}”附近）' if near else ''}。名称见 docs/reports.md"


def main() -> None:
    """Fill a template as standard input asks, write JSON to standard output."""
    asked = json.loads(sys.stdin.buffer.read())
    limit_memory()
    try:
        result = _fill(asked)
    except BadTemplate as bad:
        result = {"refused": str(bad)}
    except Refused as refused:
        result = {"refused": f"模板无法使用：{refused.found}。应为{refused.expected}"}
    except TemplateError as error:
        result = {"refused": _told(error)}
    except MemoryError:
        result = {"refused": "模板所需内存过大。请减少模板中的循环"}
    except (ValueError, KeyError, OverflowError, TypeError, etree.LxmlError, zipfile.BadZipFile) as error:
        result = {"refused": f"模板无法使用：{type(error).__name__} {error}。请用 Word 或 WPS 打开后另存为 .docx 再试"}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()

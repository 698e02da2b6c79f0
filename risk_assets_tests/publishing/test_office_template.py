import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from risk_assets.assets.publishing import publish_month
from risk_assets.cli import main
from risk_assets.publishing import office_template as module
from risk_assets.publishing.gongwen import typeset
from risk_assets.publishing.month_view import MonthView, month_view
from risk_assets.publishing.office_template import BadTemplate, check_template, example, filled, trial_letter
from risk_assets.publishing.supervision_report import supervision_letter
from risk_assets.storage import Lake, Warehouse
from risk_assets_tests.conftest import PERIOD, ZHUZHOU

PROVINCE, FENGHUANG = "430000", "433123"
FEWEST = ("{{ title }}", "{{ running }}", "{%p for line in marks %}", "{{ line }}", "{%p endfor %}")


@pytest.fixture(scope="module")
def view(published_province: Path) -> MonthView:
    house = Warehouse(f"sqlite:///{published_province / 'warehouse.sqlite'}")
    seen = month_view(house, PERIOD, "internal")
    house.engine.dispose()
    return seen


def template(*lines: str) -> bytes:
    """A plain .docx with a line a paragraph, as an office would begin one."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return saved(document)


def saved(document) -> bytes:
    raw = io.BytesIO()
    document.save(raw)
    return raw.getvalue()


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A .docx with one part changed; a part that is not there is added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, change(old.read(part).decode() if part in old.namelist() else ""))
    return made.getvalue()


def lines_of(content: bytes) -> list[str]:
    """Text of every paragraph, those of tables too."""
    body = Document(io.BytesIO(content)).element.body
    return ["".join(text.text or "" for text in one.iter(qn("w:t"))) for one in body.iter(qn("w:p"))]


@pytest.mark.parametrize("area", [PROVINCE, ZHUZHOU, FENGHUANG])
def test_our_own_form_as_a_template_says_what_our_own_form_says(view: MonthView, area: str) -> None:
    letter = supervision_letter(view, area, force=True)
    made = filled(letter, example())
    assert made.left_out == []
    ours, theirs = ([line for line in lines_of(one) if line] for one in (typeset(letter), made.content))
    assert theirs == ours


def test_the_same_letter_and_template_give_the_same_bytes(view: MonthView) -> None:
    letter = supervision_letter(view, FENGHUANG, force=True)
    assert filled(letter, example()).content == filled(letter, example()).content


def test_an_office_keeps_its_own_head_margins_and_words() -> None:
    document = Document(io.BytesIO(example()))
    document.sections[0].left_margin = document.sections[0].right_margin = Mm(50)
    document.paragraphs[0].insert_paragraph_before("某某省人民政府督查室文件")
    made = filled(trial_letter(), saved(document)).content
    assert lines_of(made)[0] == "某某省人民政府督查室文件"
    [width, *_] = Document(io.BytesIO(made)).element.body.iter(qn("w:tblW"))
    assert int(width.get(qn("w:w"))) == pytest.approx((210 - 100) / 25.4 * 1440, abs=5)


def test_a_template_may_draw_its_own_tables() -> None:
    loops = ("{%p for part in annexes %}", "{%p for block in part.blocks %}", '{%p if block.kind == "table" %}')
    document = Document(io.BytesIO(template(*FEWEST, *loops)))
    table = document.add_table(rows=3, cols=2)
    table.cell(0, 0).text, table.cell(2, 0).text = "{%tr for row in block.rows %}", "{%tr endfor %}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ row[0] }}", "{{ row[1] }}"
    for line in ("{%p endif %}", "{%p endfor %}", "{%p endfor %}"):
        document.add_paragraph(line)
    made = Document(io.BytesIO(filled(trial_letter(), saved(document)).content))
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows][1] == ["试行", "2"]
    assert len(made.tables) == 3


def test_what_a_template_leaves_out_is_named() -> None:
    assert check_template(template(*FEWEST)) == [
        "试填首页",
        *(f"{number}试填章节{number}" for number in ("一、", "二、", "三、")),
        *(f"附件{number}试填附件附件{number}" for number in (1, 2, 3)),
    ]
    first_two = ("{%p for part in sections[:2] %}", "{{ part.number }}{{ part.title }}", "{%p endfor %}")
    assert "三、试填章节三、" in check_template(template(*FEWEST, *first_two))


@pytest.mark.parametrize("missing", ["{{ title }}", "{{ running }}", "{{ line }}"])
def test_what_every_letter_must_say_cannot_be_left_out(missing: str) -> None:
    with pytest.raises(BadTemplate, match="模板没有写出"):
        filled(trial_letter(), template(*(line for line in FEWEST if line != missing)))


def test_text_that_looks_like_a_placeholder_or_markup_stays_text() -> None:
    made = filled(trial_letter(), example())
    assert made.left_out == []
    lines = lines_of(made.content)
    assert "49" not in "".join(lines)
    assert {line for line in lines if "</w:t>" in line} >= {trial_letter().title, trial_letter().opening}


@pytest.mark.parametrize(
    "line",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ unknown }}",
        "{{ title | safe }}",
        "{{ title | tojson }}",
        "{{ [1, 2] | random }}",
        "{{ title.upper }}",
        "{% filter striptags %}{{ opening }}{% endfilter %}",
        "{% autoescape false %}{{ opening }}{% endautoescape %}",
        "{% macro m() %}{% autoescape false %}{{ opening }}{% endautoescape %}{% endmacro %}{{ m() }}",
        "{{ brief.title }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% for %}",
        "{{ title",
        "{%p for a in sections %}",
        "{{ title.format }}{% set x = title.update({}) %}",
    ],
)
def test_a_placeholder_that_reaches_further_or_is_none_is_refused(line: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(template(*FEWEST, line))


@pytest.mark.parametrize(
    "line",
    [
        "{% for a in 'x' * 100000 %}{% for b in 'x' * 100000 %}{% endfor %}{% endfor %}",
        "{{ 'x' * 4000000000 }}",
    ],
)
def test_a_template_that_takes_too_long_or_too_much_is_ended(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(module, "_SECONDS", 5.0)
    with pytest.raises(BadTemplate, match="循环"):
        filled(trial_letter(), template(*FEWEST, line))


def _linked(xml: str) -> str:
    link = '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    return xml.replace(
        "</Relationships>", f'{link}image" Target="file:///x.png" TargetMode="External"/></Relationships>'
    )


@pytest.mark.parametrize(
    ("part", "change", "word"),
    [
        ("word/_rels/document.xml.rels", _linked, "文档之外"),
        ("word/vbaProject.bin", lambda _: "x", "宏"),
        ("word/embeddings/oleObject1.bin", lambda _: "x", "嵌入"),
        ("word/comments.xml", lambda _: "<x/>", "批注"),
        ("word/document.xml", lambda xml: xml.replace("<w:p>", '<w:p><w:ins w:id="1"/>', 1), "修订"),
        (
            "word/document.xml",
            lambda xml: xml.replace("<w:p>", '<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;c:x&quot; "/>', 1),
            "INCLUDETEXT",
        ),
        (
            "word/document.xml",
            lambda xml: re.sub(
                "<w:p>",
                '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE</w:instrText></w:r>'
                "<w:r><w:instrText>AUTO c:x</w:instrText></w:r>",
                xml,
                count=1,
            ),
            "DDEAUTO",
        ),
        (
            "word/document.xml",
            lambda xml: re.sub(
                "<w:p>",
                '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                '<w:r><w:instrText>SEQ q</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
                "<w:r><w:instrText>INCLUDEPICTURE x</w:instrText></w:r>",
                xml,
                count=1,
            ),
            "INCLUDEPICTURE",
        ),
        (
            "word/document.xml",
            lambda xml: xml.replace("<w:p>", '<w:p><s:fldSimple xmlns:s="urn:x" s:instr="DDE x"/>', 1),
            "DDE",
        ),
        ("word/document.xml", lambda xml: xml.replace("<w:p>", '<w:p><w:permStart w:id="1" w:ed="张三"/>', 1), "人名"),
        (
            "word/document.xml",
            lambda xml: xml.replace(
                "<w:p>", '<w:p><x:imagedata xmlns:x="urn:schemas-microsoft-com:vml" src="http://x"/>', 1
            ),
            "文档之外",
        ),
        ("word/settings.xml", lambda xml: xml.replace("</w:settings>", "<w:mailMerge/></w:settings>"), "邮件合并"),
        ("word/document.xml", lambda xml: f'<!DOCTYPE x [<!ENTITY a "b">]>{xml.partition("?>")[2]}', "模板无法使用"),
        ("word/document.xml", lambda xml: xml[: len(xml) // 2], "模板无法使用"),
        ("[Content_Types].xml", lambda xml: xml.replace("document.main+xml", "template.main+xml"), "另存为 .docx"),
    ],
)
def test_what_no_letter_may_hold_is_refused(part: str, change: Callable[[str], str], word: str) -> None:
    with pytest.raises(BadTemplate, match=word):
        filled(trial_letter(), changed(template(*FEWEST), part, change))


def seen_nowhere(place: str) -> bytes:
    """A template whose title stands where nobody sees it."""
    document = Document(io.BytesIO(template(*FEWEST[1:])))
    if place == "an unused header":
        document.sections[0].first_page_header.paragraphs[0].text = "{{ title }}"
        document.sections[0].different_first_page_header_footer = False
        return saved(document)
    run = document.add_paragraph().add_run("{{ title }}")
    if place == "white":
        run.font.color.rgb = RGBColor(255, 255, 255)
    elif place == "tiny":
        run.font.size = Pt(1)
    content = saved(document)
    if place == "a field":
        said = "<w:r><w:t>{{ title }}</w:t></w:r>"
        hidden = f'<w:fldSimple w:instr="PAGE">{said}</w:fldSimple>'
        return changed(content, "word/document.xml", lambda xml: xml.replace(said, hidden))
    return content


@pytest.mark.parametrize("place", ["an unused header", "white", "tiny", "a field"])
def test_what_a_letter_must_say_is_to_be_seen(place: str) -> None:
    with pytest.raises(BadTemplate, match="模板没有写出"):
        filled(trial_letter(), seen_nowhere(place))


def test_hidden_text_is_refused() -> None:
    document = Document(io.BytesIO(template(*FEWEST)))
    document.add_paragraph().add_run("看不见").font.hidden = True
    with pytest.raises(BadTemplate, match="隐藏的文字"):
        filled(trial_letter(), saved(document))


def test_a_part_of_another_kind_does_not_get_into_the_letter() -> None:
    content = changed(template(*FEWEST), "word/remarks.bin", lambda _: "张三")
    made = filled(trial_letter(), content).content
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert "word/remarks.bin" not in parts.namelist()
        assert not [name for name in parts.namelist() if "customXml" in name or "thumbnail" in name]


def test_what_only_comes_out_of_a_placeholder_is_refused_as_well() -> None:
    field = "{% autoescape false %}{{ '</w:t></w:r><w:fldSimple w:instr=\"DDE x\"/><w:r><w:t>' }}{% endautoescape %}"
    with pytest.raises(BadTemplate):
        filled(trial_letter(), template(*FEWEST, field))


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(99), b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_docx_is_refused(content: bytes) -> None:
    with pytest.raises(BadTemplate):
        filled(trial_letter(), content)


def test_no_name_of_who_made_the_template_gets_into_the_letter() -> None:
    document = Document(io.BytesIO(template(*FEWEST)))
    document.core_properties.author = document.core_properties.last_modified_by = "张三"
    manager = "<Manager>张三</Manager></Properties>"
    content = changed(saved(document), "docProps/app.xml", lambda xml: xml.replace("</Properties>", manager))
    made = filled(trial_letter(), content).content
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert not [name for name in parts.namelist() if "张三".encode() in parts.read(name)]


def test_a_style_that_the_template_lacks_is_added_and_its_own_are_left() -> None:
    made = Document(io.BytesIO(filled(trial_letter(), template(*FEWEST)).content))
    assert made.styles["Table Text"].font.size.pt == 9
    assert made.styles["Normal"].font.name != "Times New Roman"


def run(lake: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, arguments, env={"RISK_ASSETS_LAKE": str(lake)})
    assert result.exit_code == code, result.output
    return result.output


def test_an_office_takes_the_example_changes_it_and_goes_back(tmp_path: Path) -> None:
    assert "没有启用模板" in run(tmp_path, "report-template")
    run(tmp_path, "report-template", "--example", str(tmp_path / "样例.docx"))
    assert "已启用" in run(tmp_path, "report-template", "--use", str(tmp_path / "样例.docx"))
    assert Lake(tmp_path).report_template.read_bytes() == example()
    assert "report.docx" in run(tmp_path, "report-template")
    assert "已停用" in run(tmp_path, "report-template", "--remove")
    assert not Lake(tmp_path).report_template.exists()


def test_a_template_that_cannot_be_used_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "坏.docx").write_bytes(template("{{ title }}"))
    assert "模板没有写出" in run(tmp_path, "report-template", "--use", str(tmp_path / "坏.docx"), code=1)
    assert not Lake(tmp_path).report_template.exists()
    run(tmp_path, "report-template", "--remove", "--use", str(tmp_path / "坏.docx"), code=2)


def test_parts_left_out_are_told_when_a_template_is_set(tmp_path: Path) -> None:
    (tmp_path / "短.docx").write_bytes(template(*FEWEST))
    assert "附件1试填附件" in run(tmp_path, "report-template", "--use", str(tmp_path / "短.docx"))


def test_the_months_letter_takes_the_offices_form_and_goes_back(published: Lake, warehouse: Warehouse) -> None:
    def publish() -> tuple[str, str | None]:
        publish_month(published, warehouse, PERIOD)
        place = published.published(PERIOD)
        manifest = json.loads((place / "manifest.json").read_text())
        return lines_of((place / "report.docx").read_bytes())[0], manifest["template"]

    ours = publish()
    document = Document(io.BytesIO(example()))
    document.paragraphs[0].insert_paragraph_before("某某省人民政府督查室文件")
    content = saved(document)
    published.keep_report_template(content)
    assert publish() == ("某某省人民政府督查室文件", hashlib.sha256(content).hexdigest())
    published.report_template.unlink()
    assert publish() == ours
    assert ours[1] is None


def test_a_template_that_went_bad_leaves_the_months_files_as_they_were(published: Lake, warehouse: Warehouse) -> None:
    place = published.published(PERIOD)
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    published.keep_report_template(template("{{ title }}"))
    with pytest.raises(BadTemplate, match=r"report\.docx：.*--remove"):
        publish_month(published, warehouse, PERIOD)
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert [path.name for path in place.parent.iterdir()] == [PERIOD]

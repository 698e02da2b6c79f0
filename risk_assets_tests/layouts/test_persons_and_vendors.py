import pytest

from risk_assets.documents import Refused
from risk_assets_tests.builders import HEADER, TITLE, item, read, table_workbook, text_file

PERSON, TELEPHONE = "吴某某", "13800000000"
ROW = item(1, "地区生产总值增长7%")
FORM_LINES = [
    ("填报单位: 县发改局", None, None, None, f"填报人:{PERSON}"),
    (f"填报单位: 县发改局 填报人:{PERSON}",),
    (f"填报人: {PERSON}", None, None, f"联系电话:{TELEPHONE}"),
    (f"填表人:{PERSON}", f"审核人：{PERSON}", f"电话:{TELEPHONE}"),
    (f"负责人:{PERSON}",),
    (f"经办人:{PERSON}", None, f"手机:{TELEPHONE}"),
    (f"制表人:{PERSON}", f"审核人:{PERSON}", f"联系人:{PERSON}", f"联系电话:{TELEPHONE}", "2023年5月4日", "单位(盖章)"),
]


def as_lines(title, header, rows):
    return text_file(title, header, *rows)


def kept(report):
    return (
        f"{report.reading.rows}{report.findings}{report.reading.paragraphs}{report.reconciliation}{report.assessments}"
    )


@pytest.mark.parametrize("line", FORM_LINES, ids=str)
@pytest.mark.parametrize("build", [table_workbook, as_lines])
def test_who_filled_in_a_form_is_not_kept_when_it_stands_above_the_table(line, build):
    report = read(build(TITLE, line, [HEADER, ROW]))
    assert PERSON not in kept(report)
    assert TELEPHONE not in kept(report)


@pytest.mark.parametrize("line", FORM_LINES, ids=str)
@pytest.mark.parametrize("build", [table_workbook, as_lines])
def test_who_filled_in_a_form_is_not_kept_when_it_stands_below_the_table(line, build):
    report = read(build(TITLE, HEADER, [ROW, line]))
    assert PERSON not in kept(report)
    assert TELEPHONE not in kept(report)


def test_a_person_in_a_form_line_is_not_told_when_the_file_is_refused():
    line = f"填报单位:花垣县发改局 填报人:{PERSON}"
    with pytest.raises(Refused) as refused:
        read(table_workbook("经济增长主动仗重要指标监测表", [line], [HEADER, ROW]))
    assert refused.value.rule == "other_area"
    assert PERSON not in refused.value.found


def test_a_contact_in_a_remark_is_not_kept():
    report = read(
        table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%", "/", f"进展有序 联系人:{PERSON} {TELEPHONE}")])
    )
    assert PERSON not in kept(report)
    assert TELEPHONE not in kept(report)


@pytest.mark.parametrize("line", ["##paidbegin##", "  ##paidend##", "##", "编辑密码:abc123", "编辑密码：abc123"])
def test_a_vendor_line_is_no_row_and_no_prose(line):
    for content in (
        table_workbook(TITLE, HEADER, [ROW, (line,), item(2, "固定资产投资")]),
        text_file(line, TITLE, HEADER, ROW, line, item(2, "固定资产投资"), line),
    ):
        report = read(content)
        assert [row["item"] for row in report.reading.rows] == ["1", "2"]
        assert line.strip() not in kept(report)

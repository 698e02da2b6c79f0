import pytest

from risk_assets.documents import Document, Refused, open_document
from risk_assets_tests.builders import HEADER, TITLE, item, text_file

LINES = (TITLE, HEADER, item(1, "地区生产总值增长7%"))


def opened(*lines: str, encoding: str = "utf-8") -> Document:
    return open_document("\n".join(lines).encode(encoding), "上报.txt")


def rows_of(*lines: str) -> list[list[str]]:
    return opened(*lines).grids[0].rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_text_is_read_in_every_encoding_that_counties_use(encoding):
    document = open_document(text_file(*LINES, encoding=encoding), "上报.txt")
    assert document.format == "txt"
    assert document.grids[0].rows == [[TITLE], list(HEADER), list(map(str, item(1, "地区生产总值增长7%")))]


def test_a_line_is_a_row_and_its_address_says_so():
    grid = open_document(text_file("第一行", "", "甲\t乙"), "上报.txt").grids[0]
    assert grid.sheet is None
    assert grid.address(2, 1) == "第3行第2列"
    assert grid.rows[2] == ["甲", "乙"]


def test_windows_line_ends_are_line_ends():
    assert open_document("甲\r\n乙\r\n".encode(), "上报.txt").grids[0].rows == [["甲"], ["乙"]]


@pytest.mark.parametrize("mark", ["\x0c", "\u2028", "\x0b", "\x1c"])
def test_a_page_break_inside_a_line_does_not_shift_the_line_numbers(mark):
    rows = open_document(f"甲{mark}\n乙\n".encode(), "上报.txt").grids[0].rows
    assert rows[1] == ["乙"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01" * 9, bytes(range(128, 256)), "监测表".encode("utf-16")[:-1]])
def test_bytes_that_are_no_text_are_refused(content):
    with pytest.raises(Refused) as refused:
        open_document(content, "上报.txt")
    assert refused.value.rule == "unsupported_format"


def test_a_text_whose_lines_all_have_as_many_tabs_is_a_table():
    document = opened("序号\t指标\t进展", "1\t进出口\t3.6亿元", "2\t税收\t/")
    assert (document.format, document.grids[0].plain) == ("tsv", True)


def test_a_cell_that_excel_quoted_for_its_line_break_is_one_cell_and_the_lines_are_counted_on():
    grid = opened("序号\t进展", '1\t"完成3.6亿元，', '排名第三"', "2\t/", encoding="utf-16").grids[0]
    assert grid.rows == [["序号", "进展"], ["1", "完成3.6亿元，\n排名第三"], ["2", "/"]]
    assert [grid.line(i) for i in range(3)] == [1, 2, 4]
    assert grid.line_count == 4


def test_quotes_that_are_part_of_the_words_stay():
    assert rows_of('"六仗"专报\t4月', '"守底"行动\t5月') == [['"六仗"专报', "4月"], ['"守底"行动', "5月"]]


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_csv_file_is_told_by_its_lines(separator):
    lines = ["序号,指标,进展,备注", "1,进出口,3.6亿元,进展有序", "2,税收,/,"]
    document = opened(*(line.replace(",", separator) for line in lines))
    assert document.format == "csv"
    assert document.grids[0].rows == [line.split(",") for line in lines]


def test_title_unit_and_notes_around_the_table_of_a_csv_file_are_lines():
    rows = rows_of(
        "凤凰县2023年4月监测表,,,",
        "填报单位：统计局,,,单位：亿元",
        "序号,指标,进展,备注",
        "1,进出口,3.6,进展有序",
        "2,税收,/,",
        "",
        "注：1.数据来自统计局,2.税收未出",
    )
    assert [cell for cell in rows[0] if cell] == ["凤凰县2023年4月监测表"]
    assert rows[1] == ["填报单位：统计局", "", "", "单位：亿元"]
    assert rows[3] == ["1", "进出口", "3.6", "进展有序"]
    assert rows[5:] == [[""], ["注：1.数据来自统计局,2.税收未出"]]


def test_a_title_without_commas_stands_above_the_table_of_a_csv_file():
    rows = rows_of("凤凰县2023年4月监测表", "序号,指标,进展", "1,进出口,3.6亿元", "2,税收,/")
    assert rows[:2] == [["凤凰县2023年4月监测表"], ["序号", "指标", "进展"]]


def test_quoted_commas_and_line_breaks_of_a_csv_file_part_nothing():
    grid = opened("序号,指标,进展", '1,进出口,"完成3.6亿元,', '排名第三"', '2,"税,费",/', "3,投资,/").grids[0]
    assert grid.rows[1:3] == [["1", "进出口", "完成3.6亿元,\n排名第三"], ["2", "税,费", "/"]]
    assert [grid.line(i) for i in range(4)] == [1, 2, 4, 5]
    assert grid.address(2, 1) == "第4行第2列"
    assert grid.line_count == 5


@pytest.mark.parametrize(
    "lines",
    [
        ("截至4月,全县完成投资79.4亿元,同比增长9%。", "其中,工业投资12亿元,同比下降3%。", "下一步,加强调度,补齐短板。"),
        ("固定资产投资1,234万元", "社会消费品零售总额5,678万元", "进出口9,012万元"),
        ("进展有序,其余照旧",),
        ("近期, 县政府进行调度", "现将有关情况汇报如下", "此致, 敬礼"),
    ],
    ids=["sentences", "thousands", "one line", "few commas"],
)
def test_commas_in_prose_part_no_cells(lines):
    document = opened(*lines)
    assert document.format == "txt"
    assert document.grids[0].rows == [[line] for line in lines]


@pytest.mark.parametrize("line", ["| {} | {} | {} |", "{} | {} | {}", "│{}│{}│{}│"])
def test_bars_part_cells_with_and_without_outer_ones(line):
    rows = rows_of("监测表", line.format("序号", "指标", "备注"), line.format(1, "进出口", ""), "注：完")
    assert rows == [
        ["监测表"],
        ["序号", "指标", "备注"],
        ["1", "进出口", ""],
        ["注：完"],
    ]


def test_the_rule_under_a_header_of_bars_is_an_empty_row():
    assert rows_of("|序号|指标|", "|---|:-:|", "|1|进出口|") == [["序号", "指标"], [""], ["1", "进出口"]]


def test_a_table_drawn_with_characters_is_a_table():
    rows = rows_of("┌──┬──┐", "│序号│指标│", "├──┼──┤", "│1│进出口│", "└──┴──┘")
    assert rows == [[""], ["序号", "指标"], [""], ["1", "进出口"], [""]]


def test_a_bar_in_one_line_of_prose_parts_nothing():
    assert rows_of("电话|传真", "没有更多") == [["电话|传真"], ["没有更多"]]


def test_a_blank_first_cell_between_bars_is_no_outer_bar():
    lines = "监测表\n序号 | 指标 | 备注\n1 | 甲 | 完成\n | 乙 | \n2 | 丙 | 完成"
    assert open_document(lines.encode(), "上报.txt").grids[0].rows[2:] == [
        ["1", "甲", "完成"],
        ["", "乙", ""],
        ["2", "丙", "完成"],
    ]


def test_a_line_longer_than_any_row_is_refused():
    with pytest.raises(Refused) as refused:
        open_document(f"序号,指标\n1,{'任' * 200_000}\n".encode(), "上报.csv")
    assert refused.value.rule == "too_large"

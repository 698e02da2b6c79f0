import pytest

from risk_assets.documents import Refused, open_document
from risk_assets_tests.builders import HEADER, TITLE, item, text_file

LINES = (TITLE, HEADER, item(1, "地区生产总值增长7%"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
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


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01" * 9, "监测表".encode("utf-16"), bytes(range(128, 256))])
def test_bytes_that_are_no_text_are_refused(content):
    with pytest.raises(Refused) as refused:
        open_document(content, "上报.txt")
    assert refused.value.rule == "unsupported_format"

"""PDF files as people export them, and as others would build them to do harm."""

import shutil
import subprocess
import time
import zlib

import pytest
import xlsxwriter

from risk_assets.documents import Document, Grid, Refused, open_document
from risk_assets.documents.pdf_pages import MAX_PAGES
from risk_assets_tests.documents.pdf_files import line, pdf_of, ruled, table, text

HEADER = ["序号", "指标", "进展"]
TITLE = "凤凰县2023年4月监测表"
PICTURE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n"
    b"\x80\nendstream"
)
SLOWEST = 6.0


def opened(content: bytes) -> Document:
    return open_document(content, "上报.pdf")


def grid_of(*pages: str) -> Grid:
    return opened(pdf_of(*pages)).grids[0]


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        opened(content)
    assert refused.value.found
    assert refused.value.expected
    return refused.value.rule


def test_lines_and_ruled_tables_stand_in_the_order_of_reading():
    document = opened(
        pdf_of(text(60, 500, "注：完") + table([HEADER, ["1", "进出口", "3.6亿元"]]) + text(200, 760, TITLE))
    )
    (grid,) = document.grids
    assert (document.format, grid.sheet, grid.plain, document.notices) == ("pdf", None, False, [])
    assert grid.rows == [[TITLE], HEADER, ["1", "进出口", "3.6亿元"], ["注：完"]]
    assert grid.blocks == [0, 1, 1, 0]
    assert grid.pages == [1, 1, 1, 1]
    assert grid.address(2, 1) == "第1页表1第2行第2列"


def test_a_table_that_goes_on_on_the_next_page_is_one_table_with_rows_counted_on_each():
    grid = grid_of(table([HEADER, ["1", "甲", ""]]), table([["2", "乙", ""]]) + text(280, 30, "— 2 —"))
    assert grid.rows == [HEADER, ["1", "甲", ""], ["2", "乙", ""], ["— 2 —"]]
    assert grid.blocks == [1, 1, 1, 0]
    assert grid.pages == [1, 1, 2, 2]
    assert grid.row_address(2) == "第2页表1第1行"


FOOT = text(280, 30, "内部资料") + text(280, 20, "第 1 页 共 2 页")


def notices_of(*pages: str) -> list[tuple[str, str, str]]:
    return [(notice.rule, notice.where, notice.found) for notice in opened(pdf_of(*pages)).notices]


def test_a_header_that_is_repeated_on_the_next_page_is_a_line_and_no_row():
    grid = grid_of(table([HEADER, ["1", "甲", ""]]) + FOOT, table([HEADER, ["2", "乙", ""]]) + FOOT)
    assert grid.rows[:4] == [HEADER, ["1", "甲", ""], ["2", "乙", ""], ["内部资料"]]
    assert (grid.lines, grid.line_count) == ([1, 2, 4, 5, 7, 8], 8)
    assert grid.row_address(2) == "第2页表1第2行"


def test_a_row_that_the_end_of_a_page_cuts_is_put_together():
    cut = (
        table([HEADER, ["1", "甲", "实现进出口总额"]]) + FOOT,
        table([HEADER, ["", "", "3.6亿元"], ["2", "乙", ""]]) + FOOT,
    )
    assert grid_of(*cut).rows[:3] == [HEADER, ["1", "甲", "实现进出口总额\n3.6亿元"], ["2", "乙", ""]]
    assert notices_of(*cut) == [("row_joined", "第1页表1第2行", "3.6亿元")]


@pytest.mark.parametrize(
    ("above", "below"),
    [("完成。", "3.6亿元"), ("29.0", "29.1")],
    ids=["room beside it", "figures"],
)
def test_a_text_that_had_room_above_and_a_figure_of_its_own_begin_a_row(above, below):
    grid = grid_of(table([HEADER, ["1", "甲", above]]), table([HEADER, ["", "", below], ["2", "乙", ""]]))
    assert [row[2] for row in grid.rows[:3]] == ["进展", above, below]


def test_a_row_of_which_nobody_can_say_whether_it_was_cut_is_noticed_and_stays_as_printed():
    above = "完成了全部任务。"
    pages = (table([HEADER, ["1", "甲", above]], height=16), table([HEADER, ["", "", "下一步"], ["2", "乙", ""]]))
    assert [row[2] for row in grid_of(*pages).rows[:3]] == ["进展", above, "下一步"]
    assert {(rule, found) for rule, _, found in notices_of(*pages)} == {("row_perhaps_cut", "下一步")}


def test_a_merged_cell_goes_on_on_the_next_page_where_its_text_is_not_printed():
    head = [(0, j, 0, j, word) for j, word in enumerate(("类别", "指标", "进展"))]
    one = [(1, 0, 2, 0, "民生"), (1, 1, 1, 1, "甲"), (1, 2, 1, 2, "1"), (2, 1, 2, 1, "乙"), (2, 2, 2, 2, "2")]
    two = [(1, 0, 2, 0, ""), (1, 1, 1, 1, "丙"), (1, 2, 1, 2, "3"), (2, 1, 2, 1, "丁"), (2, 2, 2, 2, "4")]
    grid = grid_of(*(ruled([*head, *cells], [60, 100, 80], [30, 30, 30]) for cells in (one, two)))
    assert [row[1:] for row in grid.rows[1:]] == [["甲", "1"], ["乙", "2"], ["丙", "3"], ["丁", "4"]]
    assert grid.merges == [(1, 0, 4, 0)]


def test_pages_that_lack_borders_of_merged_cells_have_the_columns_of_the_others():
    head = [(0, 0, 0, 1, "指标"), (0, 2, 0, 2, "进展")]
    one = [(1, 0, 1, 1, "甲"), (1, 2, 1, 2, "1")]
    two = [(1, 0, 1, 0, "乙"), (1, 1, 1, 1, "丙"), (1, 2, 1, 2, "2")]
    grid = grid_of(*(ruled([*head, *cells], [60, 60, 60], [30, 30]) for cells in (one, two)))
    assert grid.rows == [["指标", "", "进展"], ["甲", "", "1"], ["乙", "丙", "2"]]
    assert grid.merges == [(0, 0, 0, 1), (1, 0, 1, 1)]


def test_a_table_under_a_title_of_its_own_on_the_next_page_is_another_one():
    pages = (text(60, 760, f"附件{n}") + table([HEADER, [str(n), "甲", ""]]) for n in (1, 2))
    grid = grid_of(*pages)
    assert grid.rows == [["附件1"], HEADER, ["1", "甲", ""], ["附件2"], HEADER, ["2", "甲", ""]]
    assert grid.blocks == [0, 1, 1, 0, 2, 2]


def test_merged_cells_are_told_by_their_borders():
    cells = [
        (0, 0, 0, 2, "标题"),
        (1, 0, 2, 0, "组"),
        (1, 1, 1, 1, "甲"),
        (1, 2, 1, 2, "1"),
        (2, 1, 2, 1, "乙"),
        (2, 2, 2, 2, "2"),
    ]
    grid = grid_of(text(60, 760, TITLE) + ruled(cells, [60, 100, 80], [30, 30, 30]))
    assert grid.rows[1:] == [["标题", "", ""], ["组", "甲", "1"], ["", "乙", "2"]]
    assert grid.merges == [(1, 0, 1, 2), (2, 0, 3, 0)]


def test_lines_within_a_cell_are_kept_apart():
    assert grid_of(table([HEADER, ["1", "完成3.6亿元，\n同比增长7%", ""]])).rows[1][1] == "完成3.6亿元，\n同比增长7%"


def test_a_figure_that_a_narrow_column_breaks_is_whole_and_two_under_each_other_stay_two():
    cells = [(0, 0, 0, 0, "29.0\n0%"), (0, 1, 0, 1, "-\n5%"), (0, 2, 0, 2, "12\n34")]
    assert grid_of(ruled(cells, [46, 22, 80], [40])).rows == [["29.00%", "-5%", "12\n34"]]


def test_a_table_without_borders_at_its_sides_is_a_table():
    drawn = "".join(line(60, y, 300, y) for y in (700, 670, 640)) + "".join(line(x, 640, x, 700) for x in (140, 220))
    words = [
        text(x, y, w)
        for y, row in ((682, HEADER), (652, ["1", "甲", "乙"]))
        for x, w in zip((65, 145, 225), row, strict=True)
    ]
    assert grid_of(drawn + "".join(words)).rows == [HEADER, ["1", "甲", "乙"]]


def test_borders_drawn_as_thin_bars_and_dashes_are_borders():
    bars = "".join(f"60 {y} 160 0.5 re f\n" for y in (700, 670, 640))
    dashes = "".join(f"{x} {y} 0.5 2 re f\n" for x in (60, 140, 220) for y in range(640, 700, 4))
    words = [text(65, 682, "序号"), text(145, 682, "指标"), text(65, 652, "1"), text(145, 652, "甲")]
    assert grid_of(bars + dashes + "".join(words)).rows == [["序号", "指标"], ["1", "甲"]]


def test_a_crooked_border_makes_no_column_of_its_own():
    cells = [(0, 0, 0, 0, "甲"), (0, 1, 0, 2, "乙"), (1, 0, 1, 1, "丙"), (1, 2, 1, 2, "丁")]
    assert grid_of(ruled(cells, [80, 4, 80], [30, 30])).rows == [["甲", "乙"], ["丙", "丁"]]


def test_a_frame_around_the_page_and_an_underline_are_no_tables():
    frame = "30 30 535 780 re S\n"
    grid = grid_of(frame + text(60, 760, TITLE) + line(60, 755, 200, 755) + table([HEADER]))
    assert grid.rows == [[TITLE], HEADER]
    assert grid.blocks == [0, 1]


def test_a_shade_behind_a_cell_is_no_border():
    shade = "0.9 g 70 675 40 20 re f 0 g\n"
    assert grid_of(shade + table([HEADER, ["1", "甲", "乙"]])).rows == [HEADER, ["1", "甲", "乙"]]


@pytest.mark.parametrize(
    ("extra", "matrix"),
    [
        ("/Rotate 90", "0 1 -1 0 595 0 cm"),
        ("", "0 1 -1 0 595 0 cm"),
        ("/Rotate 270", "0 -1 1 0 0 842 cm"),
        ("/Rotate 180", "-1 0 0 -1 595 842 cm"),
    ],
    ids=["a page turned", "a wide table on an upright page", "turned the other way", "upside down"],
)
def test_a_page_is_read_as_it_is_held(extra, matrix):
    page = matrix + "\n" + text(60, 560, TITLE) + table([HEADER, ["1", "甲", "乙"]], top=500)
    grid = opened(pdf_of(page, extra=extra)).grids[0]
    assert grid.rows == [[TITLE], HEADER, ["1", "甲", "乙"]]


def test_lines_and_words_in_a_form_of_the_page_are_read():
    stream = table([HEADER, ["1", "甲", "乙"]]).encode()
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 900 900]/Matrix[0.5 0 0 0.5 0 0]/Resources<</Font<</F 3 0 R>>>>"
        b"/Length %d>>stream\n%s\nendstream" % (len(stream), stream)
    )
    page = "q 1 0 0 1 100 200 cm /X Do Q\n" + text(150, 600, TITLE)
    grid = opened(pdf_of(page, resources="/XObject<</X 4 0 R>>", objects=(form,))).grids[0]
    assert grid.rows == [[TITLE], HEADER, ["1", "甲", "乙"]]


def test_a_watermark_across_the_page_is_not_read():
    watermark = text(100, 400, "内部资料", size=60, matrix="0.7 0.7 -0.7 0.7")
    assert grid_of(watermark + table([HEADER])).rows == [HEADER]


def test_words_beside_the_page_are_not_read():
    assert grid_of(text(-400, 500, "看不见") + text(60, 500, TITLE)).rows == [[TITLE]]


def test_bold_type_that_is_printed_twice_is_read_once():
    assert grid_of(text(60, 500, TITLE) + text(60.3, 500, TITLE)).rows == [[TITLE]]


def test_words_far_from_each_other_in_a_line_are_parted():
    assert grid_of(text(60, 500, "填报单位：凤凰县") + text(300, 500, "单位：亿元")).rows == [
        ["填报单位：凤凰县 单位：亿元"]
    ]


def with_picture(*pages: str) -> bytes:
    return pdf_of(*pages, resources="/XObject<</I 4 0 R>>", objects=(PICTURE,))


SCANNED = "q 595 0 0 842 0 0 cm /I Do Q\n"


def test_a_scan_is_refused_and_says_what_to_send():
    assert refusal(with_picture(SCANNED)) == "scan"


def test_a_scan_with_the_unseen_text_of_a_recogniser_is_a_scan():
    assert refusal(with_picture(SCANNED + "3 Tr\n" + text(60, 500, TITLE))) == "scan"


def test_a_scanned_page_between_others_is_noticed():
    document = opened(with_picture(text(60, 500, TITLE), SCANNED, SCANNED + text(60, 500, "有字")))
    assert [(n.rule, n.where) for n in document.notices] == [("scan_page", "第2页")]


def test_text_in_a_font_that_names_no_characters_is_a_scan():
    page = "BT /F 10 Tf 60 500 Td <E000E001E002E003> Tj ET"
    assert refusal(pdf_of(page)) == "scan"


def test_a_pdf_without_anything_is_refused():
    assert refusal(pdf_of("")) == "scan"


def test_a_pdf_with_a_password_is_refused():
    encrypt = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<00><00>]"
    assert refusal(pdf_of(text(60, 500, TITLE), tail=encrypt.encode())) == "encrypted_file"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_pdf_cut_off_on_its_way_is_refused(share):
    content = pdf_of(*[table([HEADER] * 20)] * 5)
    assert refusal(content[: int(len(content) * share)]) == "damaged_file"


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + bytes(range(256)) * 99 + b"\nstartxref\n0\n%%EOF"],
    ids=["nothing", "noise"],
)
def test_something_that_only_begins_like_a_pdf_is_refused(content):
    assert refusal(content) == "damaged_file"


def test_a_pdf_of_too_many_pages_is_refused():
    assert refusal(pdf_of(*[""] * (MAX_PAGES + 1))) == "too_large"


def test_a_page_tree_that_claims_a_million_pages_is_refused():
    content = pdf_of(text(60, 500, TITLE)).replace(b"/Count 1>>", b"/Count 1000000>>", 1)
    assert refusal(content) in ("too_large", "damaged_file")


def packed(stream: bytes) -> tuple[bytes, ...]:
    """An object with a packed stream, packed twice: 500 times smaller, and again."""
    twice = zlib.compress(zlib.compress(stream, 9), 9)
    return (b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream" % (len(twice), twice),)


HOSTILE = {
    "a bomb of blanks": b" " * (400 * 2**20),
    "millions of lines": b"0 0 m 9 9 l S\n" * (8 * 2**20),
    "millions of crossing lines": b"".join(b"%d 0 m %d 800 l S 0 %d m 590 %d l S\n" % (n, n, n, n) for n in range(590))
    * 2000,
    "millions of characters": b"BT /F 1 Tf " + b"<5b66> Tj " * (8 * 2**20) + b"ET",
}


@pytest.mark.parametrize("stream", HOSTILE.values(), ids=HOSTILE)
def test_a_pdf_that_would_take_all_memory_or_time_is_refused_in_time(stream, monkeypatch):
    monkeypatch.setattr("risk_assets.documents.pdfs.MAX_SECONDS", 3.0)
    content = pdf_of("", objects=packed(stream)).replace(b"/Contents 6 0 R", b"/Contents 4 0 R")
    assert len(content) < 2**21
    start = time.monotonic()
    assert refusal(content) in ("too_large", "damaged_file", "scan", "too_many_cells")
    assert time.monotonic() - start < SLOWEST


def test_a_form_that_draws_itself_without_end_is_refused_in_time(monkeypatch):
    monkeypatch.setattr("risk_assets.documents.pdfs.MAX_SECONDS", 3.0)
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 900 900]/Resources<</XObject<</X 4 0 R>>>>/Length 24>>stream\n"
        b"/X Do /X Do /X Do /X Do \nendstream"
    )
    start = time.monotonic()
    page = "/X Do " + text(60, 500, TITLE)
    assert refusal(pdf_of(page, resources="/XObject<</X 4 0 R>>", objects=(form,))) in ("damaged_file", "too_large")
    assert time.monotonic() - start < SLOWEST


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_workbook_that_was_printed_to_pdf_has_its_rows_and_merged_cells(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "表.xlsx")
    sheet, border = book.add_worksheet(), book.add_format({"border": 1, "text_wrap": True})
    rows = [
        ["No.", "Indicator", "Progress", "Status"],
        *([str(n), f"Item {n}", f"{n}.5%", "done"] for n in range(1, 81)),
    ]
    for i, row in enumerate(rows):
        sheet.write_row(i, 0, row, border)
    sheet.merge_range("D3:D5", "behind", border)
    book.close()
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "表.xlsx"], check=True, capture_output=True, timeout=120)
    grid = opened((tmp_path / "表.pdf").read_bytes()).grids[0]
    expected = [row[:] for row in rows]
    expected[2][3], expected[3][3], expected[4][3] = "behind", "", ""
    assert grid.rows == expected
    assert grid.merges == [(2, 3, 4, 3)]
    assert grid.pages[-1] > 1

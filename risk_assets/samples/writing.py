"""A plan written down as a person would: workbook, sheets, letter."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from itertools import groupby
from random import Random
from typing import Any

import xlsxwriter

from risk_assets import reference
from risk_assets.samples.plan import (
    NARROW,
    Line,
    Plan,
    Row,
    columns_of,
    framework_rows,
    numeral,
    phrases,
    random_of,
    say,
    title_of,
    traits_of,
)


class _Page:
    """A sheet written from top to bottom."""

    def __init__(self, book: xlsxwriter.Workbook, formats: dict[str, Any], name: str, plan: Plan) -> None:
        self.sheet, self.formats, self.plan, self.row = book.add_worksheet(name), formats, plan, 0
        self.widths: list[float] = []
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.line(say("letter", "sample"))

    def put(self, row: int, column: int, value: Any, style: str = "cell") -> None:
        """Writes one cell; an empty text keeps its border."""
        if not isinstance(value, str):
            self.sheet.write_number(row, column, value, self.formats[style])
        elif value:
            self.sheet.write_string(row, column, self.text(value), self.formats[style])
        else:
            self.sheet.write_blank(row, column, None, self.formats[style])

    def text(self, value: str) -> str:
        """The text with the county's punctuation."""
        return value.translate(NARROW) if self.plan.habits.narrow else value

    def line(self, value: str, style: str = "plain", across: int = 1) -> None:
        """Writes a line of text, merged over `across` columns."""
        if across > 1:
            self.merge(self.row, 0, self.row, across - 1, value=value, style=style)
        else:
            self.put(self.row, 0, value, style)
        self.row += 1

    def merge(self, top: int, left: int, bottom: int, right: int, *, value: Any, style: str = "cell") -> None:
        """Writes a value over a block; a block of one cell is an ordinary cell."""
        if (top, left) == (bottom, right):
            self.put(top, left, value, style)
        else:
            value = self.text(value) if isinstance(value, str) else value
            self.sheet.merge_range(top, left, bottom, right, value, self.formats[style])

    def header(self, form: str) -> None:
        """Writes the header of a form: equal words side by side are merged, and so are words over an empty row."""
        columns, top = columns_of(form), self.row
        self.row += 1 + any(column["upper"] for column in columns)
        if not self.widths:
            self.widths = [float(column["width"]) for column in columns]
            for number, width in enumerate(self.widths):
                self.sheet.set_column(number, number, width)
        positions = list(enumerate(columns))
        for upper, above in groupby(positions, key=lambda place: place[1]["upper"]):
            group = list(above)
            if upper:
                self.merge(top, group[0][0], top, group[-1][0], value=upper, style="head")
            for text, same in groupby(group, key=lambda place: place[1]["header"]):
                spots = [number for number, _ in same]
                head = text.format(year=self.plan.words["year"])
                self.merge(self.row - 1 if upper else top, spots[0], self.row - 1, spots[-1], value=head, style="head")

    def rows(self, form: str, lines: list[Line]) -> None:
        """Writes the lines of a table; in columns marked so, equal values one below the other are merged."""
        wide = [(column["value"], width) for column, width in zip(columns_of(form), self.widths, strict=False)
                if width > 16 and not column["merge"]]  # fmt: skip
        for offset, line in enumerate(lines):
            self.height(self.row + offset, *((line.cells[value], width) for value, width in wide))
        for number, column in enumerate(columns_of(form)):
            value = column["value"]
            if column["merge"]:
                start = self.row
                for label, same in groupby(lines, key=lambda line, value=value: line.cells[value]):  # type: ignore[misc]
                    length = len(list(same))
                    self.merge(start, number, start + length - 1, number, value=label)
                    start += length
            elif value == "ratio":
                for offset, line in enumerate(lines):
                    self.ratio(self.row + offset, number, line.share)
            else:
                for offset, line in enumerate(lines):
                    self.put(self.row + offset, number, line.cells[value])
        self.row += len(lines)

    def height(self, row: int, *texts: tuple[Any, float]) -> None:
        """Makes a row high enough for its texts in columns of the given widths."""
        lines = max((math.ceil(len(str(text)) * 2.1 / width) for text, width in texts), default=1)
        if lines > 1:
            self.sheet.set_row(row, 14 * lines)

    def ratio(self, row: int, column: int, share: float | None) -> None:
        """Writes a printed ratio the county's way: text, percent cell or plain number."""
        habits = self.plan.habits
        if share is None:
            self.put(row, column, habits.gap)
        elif habits.ratio == "percent":
            self.put(row, column, round(share / 100, 4), "percent")
        else:
            self.put(row, column, round(share, 1) if habits.ratio == "number" else habits.ratio.format(share))


def write_workbook(plan: Plan) -> bytes:
    """The workbook of a plan, the same bytes each time."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": say("letter", "sample"), "created": datetime.fromisoformat(f"{plan.period}-01")})
    boxed = {"border": 1, "text_wrap": True, "valign": "vcenter", "align": "left", "font_size": 10}
    formats = {
        "plain": book.add_format(), "cell": book.add_format(boxed),
        "percent": book.add_format(boxed | {"num_format": "0.00%"}),
        "head": book.add_format(boxed | {"bold": True, "align": "center"}),
        "title": book.add_format({"bold": True, "align": "center", "font_size": 14}),
        "section": book.add_format(boxed | {"bold": True, "align": "center"}),
        "letter": book.add_format({"text_wrap": True, "valign": "top"}),
    }  # fmt: skip
    _summarise(plan)
    page = _Page(book, formats, say("sheet", "letter"), plan)
    page.sheet.set_column(0, 0, 110)
    for paragraph in _letter(plan):
        page.height(page.row, (paragraph, 110))
        page.line(paragraph, "letter")
    if plan.habits.form == "long_report":
        _long_report(_Page(book, formats, say("sheet", "report"), plan))
    else:
        for order, campaign in enumerate(framework_rows(plan.period, "campaigns"), 1):
            if campaign["campaign"] != plan.fate.left_out:
                _attachment(book, formats, plan, order, campaign)
    book.close()
    return buffer.getvalue()


def _tables(plan: Plan, campaign: Row) -> list[Row]:
    return [row for row in framework_rows(plan.period, "tables") if row["campaign"] == campaign["campaign"]]


def _summarise(plan: Plan) -> None:
    """Gives every line of totals the remark that sums its table up, and every line its table's and campaign's name."""
    for campaign in framework_rows(plan.period, "campaigns"):
        fresh = True
        for table in _tables(plan, campaign):
            lines = plan.lines.get(table["table"], [])
            sums: Counter[str] = sum((line.counts for line in lines), Counter())
            summary = say("summary", "behind" if sums["behind"] else "any", total=sums.total(), done=sums["done"],
                           rest=sums["on_track"], late=sums["behind"])  # fmt: skip
            for line in lines:
                shown = campaign["name"] if fresh or plan.habits.campaign_each_row else ""
                line.cells |= {"summary": summary, "campaign": shown, "table": title_of(plan, table)}
                fresh = False


def _attachment(book: xlsxwriter.Workbook, formats: dict[str, Any], plan: Plan, order: int, campaign: Row) -> None:
    """One campaign's sheet, in the forms that have a sheet each."""
    habits, tables = plan.habits, _tables(plan, campaign)
    flat, six = habits.form == "flat_items", habits.form == "six_sheets"
    forms = [traits_of(table["table"])["form"] if six else habits.form for table in tables]
    label = say("sheet", "attachment" if six else "appendix", n=order)
    page = _Page(book, formats, reference.listed(campaign["aliases"])[-1] if flat else label, plan)
    width = 1 if flat else len(columns_of(forms[0]))
    page.line(label)
    page.line(say("sheet", "title", **plan.words, campaign=campaign["name"]), "plain" if flat else "title", width)
    page.line(say("sheet", "sender", responsible=plan.lines[tables[0]["table"]][0].cells["responsible"]))
    if habits.form == "two_row_items":
        page.line(say("sheet", "measure"))
    written = ""
    for table, form in zip(tables, forms, strict=True):
        under_header = six and written in ("", form)
        if len(tables) > 1 and not under_header:
            page.line(title_of(plan, table), "plain" if flat else "section", width)
        if form != written or not six:
            page.header(form)
        if len(tables) > 1 and under_header:
            page.line(title_of(plan, table), "plain" if flat else "section", width)
        page.rows(form, plan.lines[table["table"]])
        written = form


def _long_report(page: _Page) -> None:
    """All campaigns in one table, the parts of a campaign told apart by section rows or by a column."""
    plan = page.plan
    form = "long_report_by_table" if plan.habits.by_table else "long_report"
    page.line(say("sheet", "report_title", **plan.words), "title", len(columns_of(form)))
    page.header(form)
    for campaign in framework_rows(plan.period, "campaigns"):
        tables = [table for table in _tables(plan, campaign) if table["table"] in plan.lines]
        for table in tables:
            if len(tables) > 1 and not plan.habits.by_table:
                page.line(title_of(plan, table), "section", len(columns_of(form)))
            page.rows(form, plan.lines[table["table"]])


PLAIN = {"expected_done": "done", "unknown": "on_track"}  # how a letter counts what has no class of its own


def _letter(plan: Plan) -> Iterator[str]:
    """The paragraphs of the letter; its headline counts follow from the tables, apart from the odd slip."""
    rng = random_of(plan.seed, plan.area["area"], plan.period, "letter")
    number = rng.randint(3, 12) * 2 + plan.words["month"]
    campaigns = framework_rows(plan.period, "campaigns")
    slipped = rng.choice([table for table, lines in plan.lines.items() if _plain_counts(lines)])
    for text in phrases()["letter", "head"]:
        yield text.format(**plan.words, number=number)
    yield say("letter", "opening", rng, **plan.words)
    yield say("letter", "progress")
    for order, campaign in enumerate(campaigns, 1):
        opening = say("letter", "campaign", numeral=numeral(order), campaign=campaign["name"])
        see, tables = say("letter", "see", n=order), _tables(plan, campaign)
        if campaign["campaign"] == plan.fate.left_out:
            yield opening + say("letter", "left_out")
            continue
        if len(tables) == 1:
            yield opening + _headline(plan, tables[0], rng, slipped, "total") + see
            continue
        yield opening
        for part, table in enumerate(tables, 1):
            yield f"{part}.{title_of(plan, table)}"
            yield _headline(plan, table, rng, slipped, "part")
        yield see
    for section in ("problem", "advice"):
        yield say("letter", section)
        texts = phrases()["letter", f"{section}_text"]
        yield from (rng.choice(texts[:2]), rng.choice(texts[2:]))


def _plain_counts(lines: list[Line]) -> Counter[str]:
    """Items by class as a letter counts them: what a county does not have is left out, a blank is on track."""
    counts: Counter[str] = Counter()
    for line in lines:
        for status, number in line.counts.items():
            counts[PLAIN.get(status, status)] += number
    del counts["not_applicable"]
    return +counts


def _headline(plan: Plan, table: Row, rng: Random, slipped: str, opening: str) -> str:
    lines, digits = plan.lines[table["table"]], plan.habits.digits
    counts = _plain_counts(lines)
    total = counts.total()
    blocks = len({line.cells["block"] for line in lines if line.status != "not_applicable"})
    text = say("letter", opening, **plan.words, total=total, blocks=blocks, title=title_of(plan, table))
    wrong = rng.choice(sorted(counts)) if table["table"] == slipped else ""
    if set(counts) == {"on_track"} and not (wrong and (plan.fate.miscounted or plan.fate.misshared)):
        return text + say("letter", "all")
    clauses = []
    for status in (key for key in ("done", "on_track", "behind", "preparing", "not_assigned") if counts[key]):
        slip = (1 if counts[status] == 1 else rng.choice((-1, 1))) * (status == wrong)
        shown = counts[status] + slip * plan.fate.miscounted
        share = f"{shown / total * 100 - abs(slip) * plan.fate.misshared / 10**digits:.{digits}f}"
        word = rng.choice(reference.listed(phrases()["count", status][0]))
        clause = f"{word}{shown}项，占比{share.removesuffix('.0')}%"
        names = [line.name for line in lines if line.status == status and line.indicator["kind"] != "tasks"]
        if names and ("named", status) in phrases():
            clause += "，" + say("named", status, names="、".join(names))
        clauses.append(clause)
    return text + say("letter", "so_far") + "；".join(clauses) + "。"

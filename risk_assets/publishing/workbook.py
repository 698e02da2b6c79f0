"""`ranking.xlsx`: a month for readers, of the province or of one city. All it shows comes from a `MonthView`.

Every text is written as text, so that no cell can be a formula; numbers stay numbers, as the warehouse holds them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from risk_assets import reference
from risk_assets.contracts import RELEASE_CLASSES as CLASSES
from risk_assets.contracts import WHOLE_ITEM
from risk_assets.language.areas import above
from risk_assets.language.numbers import fixed
from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.terminal import DISPOSITIONS
from risk_assets.publishing.words import (
    NOT_SENT,
    RELEASE_CLASSES,
    SAMPLE,
    SEVERITIES,
    STATES,
    STATUSES,
    VERDICTS,
    WITHDRAWN,
    beijing,
    month,
)

_FONT = "Microsoft YaHei"
_BLUE, _ORANGE = "#2166AC", "#B35806"  # told apart by those who cannot tell red from green
_PALE_BLUE, _PALE_ORANGE = "#BDD7EE", "#FDCB94"
_LONGEST = 32767  # characters that a cell holds
_FULL_WIDTH = 0x2010  # from here on signs are as wide as Chinese ones in a Chinese font
_PER_UNIT = 1.1  # half-width signs at 10 points in a unit of a column's width, which is one at 11
_MEASURED = 2000  # characters that fill the highest row of the widest column
_HIGHEST = 409.0  # points that a row may have
_HEAD = 3  # row of the header: title, state and note stand above it
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "centre": {"align": "center", "text_wrap": True},
    "whole": {"num_format": "#,##0", "align": "center"},
    "count": {"num_format": "#,##0.##", "align": "center"},
    "points": {"num_format": "0.00"},
    "percent": {"num_format": '0.0"%"'},
    "amount": {"num_format": "#,##0.00"},
    "round": {"num_format": "#,##0"},
    "change": {"num_format": '"↑"0;"↓"0;"持平"', "align": "center"},
    "doubt": {"num_format": '[=0]0;"▲"0', "align": "center"},
}
_BY_STATUS = "按状态计，没有可以相加的数字"
_COVERAGE = {"expected": "应报", "received": "已报", "read": "已采用", "on_time": "按时"}
_DIFFERING = {
    "reported_higher": f"▲ {VERDICTS['reported_higher']}",
    "reported_lower": f"▼ {VERDICTS['reported_lower']}",
}
_FORMULAS = {
    "attainment": "各指标完成比例（最高按 {cap}% 计）× {points}，按权重平均",
    "all_or_nothing": "达到目标或时序的指标得 {points}，未达到的不得分，按权重平均",
    "by_place": "各指标第一名 {points}，每低一名减 {step}，最低 {floor}，按权重平均",
}


@dataclass(frozen=True)
class _Column:
    """A column of a sheet; `bar` is the colour of its bars, which end at `full`."""

    head: str
    width: float
    kind: str = "text"
    bar: str = ""
    full: float | None = None


Row = tuple[Sequence[Any], bool]  # values, and whether made-up figures are in them

_COUNTS = (
    _Column("任务数", 8, "whole"),
    _Column("已完成", 8, "whole"),
    _Column("进展有序", 8, "whole"),
    _Column("预计完成", 8, "whole"),
    _Column("滞后", 8, "whole", _PALE_ORANGE),
    _Column("其余", 7, "whole"),
    _Column(VERDICTS["reported_higher"], 9, "doubt"),
)
_OF_COUNTS = "其余：前期准备、未下指标、不涉及、状态不明。▲ 上报状态高于按数状态的项数，待核对。"
_OF_SCORE = "得分＝计分所得÷计分项数×满分；不列名的任务计入得分，不计入各项数。"


class _Cut:
    """A month within the province or a city, and what is counted from it."""

    def __init__(self, view: MonthView, within: str | None):
        self.view = view
        self.within = view.province if within is None else within
        if within is not None and (within not in view.areas or view.areas[within].level != "city"):
            raise ValueError(f"{within} 不是 {view.period} 的市州代码")
        self.is_city = within is not None
        below = {code for code in view.areas if self.within in (code, *above(code, view.areas))}
        self.assessments = _of_areas(view.assessments, below)
        self.findings = _of_areas(view.findings, below)
        self.coverage = _of_areas(view.coverage, below)
        self.submissions = _of_areas(view.submissions, below)
        places = view.rankings
        self.places = places[~places["zones"] & (places["scheme"] == view.scheme["scheme"])]
        self.scores = {(r.area, r.campaign): r for r in view.scores.itertuples()}
        self.shows_findings = view.release != CLASSES[0]

    def city(self, code: str) -> str:
        """Name of the city that a county or zone belongs to."""
        cities = [one for one in above(code, self.view.areas) if self.view.areas[one].level == "city"]
        return self.view.name(cities[0]) if cities else ""

    def cities(self) -> list[str]:
        """Codes of the cities that have a sheet."""
        every = [code for code, area in self.view.areas.items() if area.level == "city"]
        return [self.within] if self.is_city else sorted(every)

    def ranking(self, by: str, level: str = "county", universe: str | None = None) -> pd.DataFrame:
        """Places by total or a campaign, ranked or not."""
        places = self.places
        wanted = (places["by"] == by) & (places["level"] == level) & (places["universe"] == (universe or self.within))
        return places[wanted].sort_values(["rank", "area"])

    @cached_property
    def questions(self) -> pd.DataFrame:
        """Findings that a county has to answer: errors and doubts, the gravest first."""
        return self.findings[self.findings["severity"] != "info"]

    @cached_property
    def differing(self) -> pd.DataFrame:
        """Items and components whose reported status is not that of their figures, by area."""
        asked = self.assessments[self.assessments["verdict"].isin(_DIFFERING)]
        return asked.sort_values("area", kind="stable")

    @cached_property
    def _counted(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        names = ["tasks", "tasks_done", "tasks_on_track", "tasks_expected_done", "tasks_behind"]
        whole = self.assessments[self.assessments["component"] == WHOLE_ITEM]
        whole = whole.assign(higher=(whole["verdict"] == "reported_higher").astype("Int64"))
        sums = whole.groupby(["area", "campaign"], sort=False)[[*names, "higher"]].sum()
        sums.insert(len(names), "rest", sums["tasks"] - sums[names[1:]].sum(axis=1))
        return {(r[0][0], r[0][1]): tuple(r[1:]) for r in sums.itertuples()}

    def counts(self, area: str, campaign: str | None = None) -> tuple[Any, ...]:
        """Values for `_COUNTS` of an area; of what a class may not see there is none, not zero."""
        found = [self._counted.get((area, one)) for one in ([campaign] if campaign else self.view.campaigns)]
        told = [one for one in found if one]
        return tuple(sum(values) for values in zip(*told, strict=True)) if told else (None,) * len(_COUNTS)

    def points(self, area: str) -> list[Any]:
        """Points of an area, campaign by campaign."""
        found = [self.scores.get((area, campaign)) for campaign in self.view.campaigns]
        return [one and one.points for one in found]

    def scored(self, area: str, campaign: str) -> list[Any]:
        """What the points of an area in a campaign are made of: tasks credited, tasks that count."""
        one = self.scores.get((area, campaign))
        return [one.credited, one.assessed] if one else [None, None]

    def sums(self) -> dict[str, int]:
        """Coverage in numbers: the publication's own, of a city those of its counties."""
        of = self.coverage if self.is_city else None
        filled = self.coverage[["cells_filled", "cells_expected"]].min(axis=1).sum()
        return {
            **{name: int(self.view.publication[name] if of is None else of[name].sum()) for name in _COVERAGE},
            "cells_expected": int(self.coverage["cells_expected"].sum()),
            "cells_filled": int(filled),
        }

    @property
    def is_sample(self) -> bool:
        """Whether made-up figures are in it: a city's real figures have their places among made-up ones."""
        return self.view.is_sample

    @property
    def title(self) -> str:
        """What the workbook is called."""
        name = self.view.name(self.within)
        return f"{name}{month(self.view.period)}重点任务监测排名"


def _of_areas(frame: pd.DataFrame, areas: set[str]) -> pd.DataFrame:
    return frame[frame["area"].isin(areas)]


def _lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a cell: LibreOffice does not measure rows by itself when it opens a workbook."""
    return sum(1 + int((_width(line) - 1) / (_PER_UNIT * width)) for line in text[:_MEASURED].split("\n"))


def _width(text: str) -> int:
    return sum(1 + (ord(one) >= _FULL_WIDTH) for one in text)


def _height(lines: int) -> float:
    return min(_HIGHEST, 4 + 14 * lines)


class _Book:
    """The workbook with its formats; it keeps the list of its sheets for the cover."""

    def __init__(self, path: Path, cut: _Cut):
        self.book: Workbook = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        self.cut, self.publication = cut, cut.view.publication
        self.mark = f"【{SAMPLE}】" if cut.is_sample else ""
        made = datetime.fromisoformat(str(self.publication["made_at"])).replace(tzinfo=None)
        self.book.set_properties({"title": f"{cut.title}{self.mark}", "created": made})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.sheets: list[tuple[str, str, int]] = []

    def format(self, **wanted: Any) -> Format:
        """A format in the workbook's font; the same wish gives the same format."""
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            base = {"font_name": _FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self.book.add_format({**base, **wanted})
        return self._formats[key]

    def cell(self, **wanted: Any) -> Format:
        """A format of a table's cell."""
        return self.format(border=1, border_color="#BFBFBF", **wanted)

    def state(self) -> str:
        """What stands on every sheet: state, class, publication, coverage, mark of made-up data."""
        p, sums = self.publication, self.cut.sums()
        mark = f"  【{SAMPLE}：含虚构数据，不得引用】" if self.cut.is_sample else ""
        told = "，".join(f"{label} {sums[name]}" for name, label in _COVERAGE.items())
        release = RELEASE_CLASSES[self.cut.view.release]
        return f"{STATES[str(p['state'])]}  公开等级：{release}  发布编号：{p['publication']}  报送：{told}{mark}"

    def add(self, name: str) -> Worksheet:
        """A sheet with the print set-up that all share: A4 landscape, one page wide, header and footer."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        state = STATES[str(self.publication["state"])]
        release = RELEASE_CLASSES[self.cut.view.release]
        sheet.set_header(f'&L&9&"{_FONT}"{self.cut.title}({state}){self.mark}&R&9公开等级：{release}')
        sheet.set_footer(f'&L&9&"{_FONT}"发布编号 {self.publication["publication"]}&R&9第 &P 页，共 &N 页')
        return sheet

    def table(
        self, name: str, title: str, note: str, columns: Sequence[_Column], rows: Iterable[Row], frozen: int = 1
    ) -> None:
        """A sheet with title, state and note, a header that stays in view, filters, bars and colours."""
        sheet = self.add(name)
        if self.cut.is_sample:
            columns = [*columns, _Column("数据", 10, "centre")]
        for column, one in enumerate(columns):
            sheet.set_column(column, column, one.width)
            sheet.write_string(_HEAD, column, one.head, self.cell(bold=True, bg_color="#DDEBF7", align="center",
                                                                   text_wrap=True))  # fmt: skip
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, f"{month(self.cut.view.period)}{title}", self.format(font_size=16, bold=True))
        sheet.write_string(1, 0, self.state(), self.format(font_color=_ORANGE if self.cut.is_sample else "#595959"))
        sheet.write_string(2, 0, note, self.format(font_color="#595959"))
        sheet.set_row(_HEAD, 32)
        last = _HEAD
        for last, (values, is_sample) in enumerate(rows, _HEAD + 1):
            shown = [*values, SAMPLE if is_sample else ""] if self.cut.is_sample else values
            for column, (one, value) in enumerate(zip(columns, shown, strict=True)):
                self._write(sheet, last, column, value, one.kind)
            told = [
                (str(value), one.width)
                for one, value in zip(columns, shown, strict=True)
                if not isinstance(value, Real)
            ]
            sheet.set_row(last, _height(max((_lines_of(*one) for one in told), default=1)))
        self._colour(sheet, columns, last)
        sheet.freeze_panes(_HEAD + 1, frozen)
        sheet.repeat_rows(_HEAD)
        if last > _HEAD:
            sheet.autofilter(_HEAD, 0, last, len(columns) - 1)
        self.sheets.append((name, title, last - _HEAD))

    def _write(self, sheet: Worksheet, row: int, column: int, value: Any, kind: str) -> None:
        if value is None or pd.isna(value):
            sheet.write_string(row, column, "—", self.cell(align="center", font_color="#7F7F7F"))
        elif isinstance(value, Real):  # NumPy's integers are none of Python's
            is_whole = kind == "amount" and float(value).is_integer()
            sheet.write_number(row, column, value, self.cell(**_FORMATS["round" if is_whole else kind]))
        else:
            shown = kind if kind in ("text", "centre") else "centre"
            sheet.write_string(row, column, str(value)[:_LONGEST], self.cell(**_FORMATS[shown]))

    def _colour(self, sheet: Worksheet, columns: Sequence[_Column], last: int) -> None:
        """Bars, and blue and orange beside the arrows and marks that say the same without a colour."""
        if last == _HEAD:
            return
        blue, orange = self.book.add_format({"font_color": _BLUE}), self.book.add_format({"font_color": _ORANGE})
        for column, one in enumerate(columns):
            place = (_HEAD + 1, column, last, column)
            if one.bar:
                top = {"max_type": "num", "max_value": one.full} if one.full else {}
                sheet.conditional_format(
                    *place,
                    {"type": "data_bar", "bar_color": one.bar, "bar_solid": True, "bar_border_color": one.bar,
                     "min_type": "num", "min_value": 0, **top},
                )  # fmt: skip
            if one.kind in ("change", "doubt"):
                up = blue if one.kind == "change" else orange
                is_number = f"ISNUMBER({xlsxwriter.utility.xl_rowcol_to_cell(_HEAD + 1, column)})"
                for sign, shown in ((">", up), ("<", orange)):
                    here = xlsxwriter.utility.xl_rowcol_to_cell(_HEAD + 1, column)
                    rule = {"type": "formula", "criteria": f"=AND({is_number},{here}{sign}0)", "format": shown}
                    sheet.conditional_format(*place, rule)
            if one.head == "结论":
                for mark, shown in (("▲", orange), ("▼", blue)):
                    rule = {"type": "text", "criteria": "begins with", "value": mark, "format": shown}
                    sheet.conditional_format(*place, rule)


def write_ranking_workbook(path: Path, view: MonthView, within: str | None = None) -> None:
    """Write a month's workbook.

    Args:
        path: Where to.
        view: The month as the readers may see it.
        within: Code of a city: its own workbook, with its counties only; None for the province's.

    Raises:
        ValueError: `within` is no city of the month.
    """
    cut = _Cut(view, within)
    book = _Book(path, cut)
    cover = book.add("封面")
    _total(book)
    if not cut.is_city:
        _cities(book)
    for campaign, name in view.campaigns.items():
        _campaign(book, campaign, name)
    for code in cut.cities():
        _city(book, code)
    _indicators(book)
    _not_ranked(book)
    _differing(book)
    _coverage(book)
    if cut.shows_findings:
        _questions(book)
    _cover(book, cover)
    book.book.close()


def _points_columns(view: MonthView, width: float = 11) -> list[_Column]:
    full = float(view.scheme["points"])
    return [_Column(name, width, "points", _PALE_BLUE, full) for name in view.campaigns.values()]


def _ranked(cut: _Cut) -> list[_Column]:
    """First columns of a ranking: within a city the county's place in the province stands in the city's place."""
    full = float(cut.view.scheme["points"])
    place = _Column("全省名次", 8, "whole") if cut.is_city else _Column("所属市州", 22)
    return [_Column("名次", 7, "whole"), _Column("地区", 20), place, _Column("得分", 10, "points", _PALE_BLUE, full),
            _Column("名次变化", 9, "change"), _Column("并列", 7, "centre")]  # fmt: skip


def _place(cut: _Cut, by: str) -> Mapping[str, Any]:
    """Area → what stands in the third column of a ranking."""
    if not cut.is_city:
        return {code: cut.city(code) for code in cut.view.areas}
    ranking = cut.ranking(by, universe=cut.view.province)
    return dict(zip(ranking["area"], ranking["rank"], strict=True))


def _placed(cut: _Cut, by: str) -> list[tuple[Any, list[Any]]]:
    """Ranked counties with the values of `_ranked`."""
    third, ranking = _place(cut, by), cut.ranking(by)
    return [
        (r, [r.rank, cut.view.name(r.area), third.get(r.area), r.value, r.change, "并列" if r.tied else ""])
        for r in ranking[ranking["rank"].notna()].itertuples()
    ]


_OF_PLACES = "同分并列，其后名次顺延（1、1、3）；名次变化（↑ ↓）只在两个月都有名次的地区之间比较；— 无数据，不按零计。"


def _total(book: _Book) -> None:
    cut = book.cut
    rows = [([*values, *cut.points(r.area)], bool(r.is_sample)) for r, values in _placed(cut, "total")]
    where = "全市" if cut.is_city else "全省"
    title = f"{where}县市区总排名"
    book.table("总排名", title, _OF_PLACES, [*_ranked(cut), *_points_columns(cut.view)], rows, 2)


def _cities(book: _Book) -> None:
    cut, view = book.cut, book.cut.view
    heads = [one for one in _ranked(cut) if one.head != "所属市州"]
    heads += [_Column("应报", 7, "whole"), _Column("已采用", 7, "whole"), *_points_columns(view)]
    sums = view.coverage.groupby("parent")[["expected", "read"]].sum()
    rows = []
    ranking = cut.ranking("total", "city")
    for r in ranking[ranking["rank"].notna()].itertuples():
        first = [r.rank, view.name(r.area), r.value, r.change, "并列" if r.tied else ""]
        rows.append(([*first, *sums.loc[r.area], *cut.points(r.area)], bool(r.is_sample)))
    least = f"{float(reference.setting('minimum_coverage')):.0%}"
    note = f"所辖县市区的任务数相加后计分；报送不足 {least} 的暂不发布，列入“未排名”。"
    book.table("市州排名", "市州总排名", note + _OF_PLACES, heads, rows, 2)


def _campaign(book: _Book, campaign: str, name: str) -> None:
    cut = book.cut
    rows = [
        ([*values, *cut.scored(r.area, campaign), *cut.counts(r.area, campaign)], bool(r.is_sample))
        for r, values in _placed(cut, campaign)
    ]
    heads = [*_ranked(cut), _Column("计分所得", 8, "count"), _Column("计分项数", 8, "count"), *_COUNTS]
    book.table(name[:28], f"{name}排名", _OF_SCORE + _OF_COUNTS, heads, rows, 2)


def _city(book: _Book, code: str) -> None:
    """All counties of a city, ranked or not."""
    cut, view = book.cut, book.cut.view
    full = float(view.scheme["points"])
    heads = [
        _Column("市内名次", 6, "whole"), _Column("地区", 18), _Column("全省名次", 6, "whole"),
        _Column("全省变化", 7, "change"), _Column("总分", 8, "points", _PALE_BLUE, full),
        *_points_columns(view, 9), *_COUNTS, _Column("填报率", 8, "percent"), _Column("报送", 10, "centre"),
    ]  # fmt: skip
    if cut.shows_findings:
        heads.append(_Column("未结问题", 8, "whole", _PALE_ORANGE))
    counties = cut.coverage[cut.coverage["parent"] == code].set_index("area")
    inside = cut.ranking("total", universe=code).set_index("area")
    outside = cut.ranking("total", universe=cut.view.province).set_index("area")
    is_open = cut.questions["disposition"] == "open"
    asked = cut.questions.loc[is_open, "area"].value_counts()
    rows = []
    ordered = [area for area in inside.index if area in counties.index]
    for area in [*ordered, *(one for one in counties.index if one not in inside.index)]:
        here, there, sent = (frame.loc[area] if area in frame.index else {} for frame in (inside, outside, counties))
        values = [here.get("rank"), view.name(area), there.get("rank"), there.get("change"), there.get("value"),
                  *cut.points(area), *cut.counts(area), sent["share_filled"], _sent(sent)]  # fmt: skip
        questions = [int(asked.get(area, 0)) if sent["received"] else None] if cut.shows_findings else []
        rows.append(([*values, *questions], bool(sent["received"]) and bool(here.get("is_sample", view.is_sample))))
    note = _own(cut, code, counties) + _OF_COUNTS
    book.table(view.name(code)[:31], f"{view.name(code)}所辖县市区", note, heads, rows, 2)


def _own(cut: _Cut, code: str, counties: pd.DataFrame) -> str:
    """A city's own points, place and coverage in a sentence."""
    total = cut.ranking("total", "city", cut.view.province)
    r = next(total[total["area"] == code].itertuples(), None)
    sent = f"应报 {len(counties)} 个县市区，已报 {counties['received'].sum()}，按时 {counties['on_time'].sum()}。"
    if r is None or pd.isna(r.rank):
        return f"市州总排名：未排名（{'' if r is None else r.reason}）；{sent}"
    return f"市州总排名：得分 {fixed(r.value, 2)}，第 {r.rank} 名，共 {r.of} 个市州参排；{sent}"


def _sent(row: Mapping[str, Any]) -> str:
    """Whether a county has reported, and when."""
    if not row["received"]:
        return WITHDRAWN if row["withdrawn"] else NOT_SENT
    return "按时" if row["on_time"] else f"迟 {row['late_by']} 个工作日"


def _indicators(book: _Book) -> None:
    cut, view = book.cut, book.cut.view
    where = view.name(cut.within)
    heads = [
        _Column("仗", 13), _Column("指标", 26), _Column("分项", 18), _Column("目标", 11, "amount"),
        _Column("完成", 11, "amount"), _Column("单位", 7, "centre"),
        _Column("完成比例", 10, "percent", _PALE_BLUE, 100), _Column("截至", 9, "centre"),
        _Column("应报县数", 6, "whole"), _Column("计入", 6, "whole"), _Column("未报", 6, "whole", _PALE_ORANGE),
        _Column("有数", 6, "whole"), _Column("没有数字或暂不发布的原因", 34),
    ]  # fmt: skip
    units, of_components = _units(), _units_of_components(view.period)
    frame = view.rollups[(view.rollups["area"] == cut.within) & (view.rollups["indicator"] != "*")]
    order = {key: number for number, key in enumerate([*((one, "") for one in view.indicators), *view.components])}
    first = {one: number for number, one in enumerate(view.indicators)}
    ordered = sorted(frame.itertuples(), key=lambda r: (first[r.indicator], order.get((r.indicator, r.component), -1)))
    rows = []
    for r in ordered:
        wanted = of_components.get((r.indicator, r.component)) or view.indicators[r.indicator]["unit"]
        target, done, unit = _in_unit(r, wanted, units)
        why = r.reason if isinstance(r.reason, str) else _BY_STATUS if r.method == "status" else ""
        told = f"暂不发布：{why}" if r.withheld else why
        missing = None if r.component else r.areas_missing
        part = view.label(r.indicator, r.component) if r.component else ""
        values = (view.campaigns[r.campaign], view.label(r.indicator), part, target, done, unit, r.attainment,
                  r.figure_end, r.areas_expected, r.areas_in, missing, r.areas_with_value, told)  # fmt: skip
        rows.append((values, bool(r.is_sample)))
    note = f"{where}合计。未报：应报而没有报来的县数，分项不计；有数：数字计入合计的县数；增速和比率按口径合成。"
    book.table("指标", f"{where}指标完成情况", note, heads, rows, 2)


def _units() -> dict[str, tuple[str, float]]:
    """Unit → its base unit and how many of these it is."""
    return {row["unit"]: (row["base_unit"], float(row["factor"])) for row in reference.table("units") if row["factor"]}


def _units_of_components(period: str) -> dict[tuple[str, str], str]:
    rows = reference.table(f"frameworks/{reference.framework_of(period)}/components")
    return {(row["indicator"], row["component"]): row["unit"] for row in rows}


def _in_unit(row: Any, wanted: str, units: Mapping[str, tuple[str, float]]) -> tuple[Any, Any, Any]:
    """Target and done of a row in the unit that the framework prints, where that is a multiple of the base unit."""
    base, factor = units.get(wanted, ("", 1.0))
    if base != row.unit:
        return row.target_value, row.done_value, row.unit
    # The base value was written with twelve digits: divided again, the last of them would be noise.
    values = (row.target_value, row.done_value)
    target, done = (None if pd.isna(one) else float(f"{one / factor:.11g}") for one in values)
    return target, done, wanted


def _not_ranked(book: _Book) -> None:
    cut, view = book.cut, book.cut.view
    heads = [_Column("排名", 22), _Column("层级", 9, "centre"), _Column("地区", 22), _Column("所属市州", 22),
             _Column("原因", 56)]  # fmt: skip
    rows: list[Row] = []
    for by, name in {"total": "总排名", **view.campaigns}.items():
        for level, label in (("city", "市州"), ("county", "县市区")):
            frame = cut.ranking(by, level, cut.view.province if level == "city" else None)
            out = frame[frame["rank"].isna() & (frame["area"].isin(cut.cities()) | (level == "county"))]
            rows += [
                ((name, label, view.name(r.area), cut.city(r.area), r.reason), bool(r.is_sample))
                for r in out.itertuples()
            ]
    note = "没有报送或没有数字的不按零处理，不排名次；补报后重新计算。"
    book.table("未排名", "未排名地区及原因", note, heads, rows, 3)


def _differing(book: _Book) -> None:
    cut, view = book.cut, book.cut.view
    heads = [
        _Column("地区", 15), _Column("所属市州", 14), _Column("仗", 13), _Column("指标", 26), _Column("分项", 14),
        _Column("结论", 12), _Column("上报状态", 9, "centre"), _Column("按数状态", 9, "centre"),
        _Column("目标", 11, "amount"), _Column("完成", 11, "amount"), _Column("单位", 7, "centre"),
        _Column("上报比例", 8, "percent"), _Column("计算比例", 8, "percent"), _Column("时序进度", 8, "percent"),
    ]  # fmt: skip
    units, of_components = _units(), _units_of_components(view.period)
    rows = []
    for r in cut.differing.itertuples():
        known = view.indicators.get(r.indicator)
        wanted = of_components.get((r.indicator, r.component)) or (known["unit"] if known else "")
        values = (
            view.name(r.area), cut.city(r.area), view.campaigns.get(r.campaign),
            view.label(r.indicator) if known else f"框架以外的第 {r.item} 项",
            view.label(r.indicator, r.component) if r.component else "", _DIFFERING[r.verdict],
            STATUSES[r.status_reported], STATUSES.get(r.status_computed), *_in_unit(r, wanted, units),
            r.attainment_reported, r.attainment_computed, r.schedule,
        )  # fmt: skip
        rows.append((values, bool(r.is_sample)))
    note = "上报的状态与按其数字计算的状态不同。这是请县市区核对的问题，不是结论；整项与分项各列一行，项数只计整项。"
    book.table("言数不符", "上报状态与数字不符的任务", note, heads, rows, 1)


def _coverage(book: _Book) -> None:
    """A row a county, sent or not, and a row a zone that has sent."""
    cut, view = book.cut, book.cut.view
    heads = [
        _Column("地区", 20), _Column("所属市州", 22), _Column("报送", 9, "centre"), _Column("时间", 15, "centre"),
        _Column("应填", 8, "whole"), _Column("已填", 8, "whole"), _Column("填报率", 9, "percent", _PALE_BLUE, 100),
        _Column("读取行", 8, "whole"), _Column("搁置行", 8, "whole", _PALE_ORANGE), _Column("版本", 7, "whole"),
        _Column("文件", 48),
    ]  # fmt: skip
    files = cut.submissions[cut.submissions["state"] != "withdrawn"].sort_values(["area", "used", "received_at"])
    newest = {r.area: r for r in files.itertuples()}
    rows: list[Row] = []
    for r in cut.coverage.sort_values("area").itertuples():
        file = newest.get(r.area)
        state = "已采用" if r.read else "未采用" if r.received else WITHDRAWN if r.withdrawn else NOT_SENT
        when = _sent(r._asdict()) if r.received else None
        told = (r.cells_expected, r.cells_filled, r.share_filled, r.rows_read, r.rows_set_aside)
        of_file = (file.version, file.original_name) if file else (None, None)
        values = (view.name(r.area), cut.city(r.area), state, when, *told, *of_file)
        rows.append((values, bool(file and file.is_sample)))
    for r in (one for area, one in newest.items() if area not in set(cut.coverage["area"])):
        late = "按时" if r.working_days_late == 0 else f"迟 {r.working_days_late} 个工作日"
        share = min(100.0, 100 * r.cells_filled / r.cells_expected) if r.cells_expected else None
        values = (view.name(r.area), cut.city(r.area), "已采用" if r.used else "未采用", late, r.cells_expected,
                  r.cells_filled, share, r.rows_read, r.rows_set_aside, r.version, r.original_name)  # fmt: skip
        rows.append((values, bool(r.is_sample)))
    note = "应填、已填：框架要求填写的单元格；搁置行：读不懂而没有采用的行，原因见“核对问题”。"
    book.table("报送情况", "各地区报送情况", note, heads, rows, 1)


def _questions(book: _Book) -> None:
    cut, view = book.cut, book.cut.view
    heads = [
        _Column("地区", 15), _Column("级别", 6, "centre"), _Column("阻止定稿", 6, "centre"),
        _Column("处理", 8, "centre"), _Column("指标", 22), _Column("说明", 34), _Column("实际", 18),
        _Column("应为", 26), _Column("位置", 30), _Column("处理说明", 18),
    ]  # fmt: skip
    words = STATUSES | {code: row["name"] for code, row in view.indicators.items()}
    rows = []
    for r in cut.questions.itertuples():
        decided = [one for one in (r.decided_by, r.why, f"至 {r.until}" if isinstance(r.until, str) else None)
                   if isinstance(one, str)]  # fmt: skip
        values = (
            view.name(r.area), SEVERITIES[r.severity], "是" if r.blocking else "", DISPOSITIONS[r.disposition],
            view.label(r.indicator) if isinstance(r.indicator, str) else None, r.message, words.get(r.found, r.found),
            words.get(r.expected, r.expected), r.where, "；".join(decided),
        )  # fmt: skip
        rows.append((values, bool(r.is_sample)))
    left = len(cut.findings) - len(cut.questions)
    note = f"按级别从重到轻。另有提示 {left} 条，不需答复，未列出。"
    book.table("核对问题", "需要县市区核对的问题", note, heads, rows, 1)


_WIDE, _GRID = 24, 6  # the cover: columns of one width


def _cover(book: _Book, sheet: Worksheet) -> None:
    """What a reader must know before the tables: state, coverage, method, what is missing, and where things are."""
    cut, p = book.cut, book.publication
    last = _GRID - 1
    sheet.set_column(0, last, _WIDE)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_row(0, 48)
    title = book.format(font_size=24, bold=True, align="center", font_color="#FFFFFF", bg_color="#1F4E79")
    sheet.merge_range(0, 0, 0, last, "", title)
    sheet.write_string(0, 0, cut.title, title)
    sheet.set_row(1, 24)
    is_draft = p["state"] == "draft"
    band = book.format(
        font_size=12, bold=True, align="center", bg_color="#FCE4D6" if is_draft or cut.is_sample else "#DDEBF7"
    )
    marks = [_approval(p), f"公开等级：{RELEASE_CLASSES[cut.view.release]}"]
    if cut.is_sample:
        marks.append(f"{SAMPLE}：含虚构数据，不得引用")
    sheet.merge_range(1, 0, 1, last, "", band)
    sheet.write_string(1, 0, "    ".join(marks), band)
    _tiles(book, sheet)
    row = 6
    for label, text in _lines(cut):
        label_format = book.format(bold=True, valign="top", font_color="#1F4E79", bottom=4, bottom_color="#BFBFBF")
        text_format = book.format(text_wrap=True, valign="top", bottom=4, bottom_color="#BFBFBF")
        sheet.write_string(row, 0, label, label_format)
        sheet.merge_range(row, 1, row, last, "", text_format)
        sheet.write_string(row, 1, text[:_LONGEST], text_format)
        sheet.set_row(row, _height(_lines_of(text, _WIDE * last)))
        row += 1
    row += 1
    sheet.write_string(row, 0, "工作表（点击跳转）", book.format(bold=True, font_color="#1F4E79", font_size=12))
    link = book.format(font_color=_BLUE, underline=1)
    plain = book.format(font_color="#595959", shrink=True)
    down = -(-len(book.sheets) // 3)
    for number, (name, about, count) in enumerate(book.sheets):
        at, column = row + 1 + number % down, 2 * (number // down)
        sheet.write_url(at, column, f"internal:'{name}'!A1", link, name)
        sheet.write_string(at, column + 1, f"{about}（{count} 行）", plain)


def _approval(publication: Mapping[str, Any]) -> str:
    state = STATES[str(publication["state"])]
    if publication["state"] == "draft":
        return f"{state}：尚未审定，只供核对"
    return f"{state}：{publication['approved_by']} 于 {beijing(str(publication['approved_at']))} 审定"


def _tiles(book: _Book, sheet: Worksheet) -> None:
    """Coverage in large figures."""
    cut, sums = book.cut, book.cut.sums()
    total = cut.ranking("total")
    share = 100 * sums["cells_filled"] / sums["cells_expected"] if sums["cells_expected"] else None
    tiles = (("应报县市区", sums["expected"], "whole"), ("已报送", sums["received"], "whole"),
             ("已采用", sums["read"], "whole"), ("按时报送", sums["on_time"], "whole"),
             ("单元格填报率", share, "percent"), ("有总名次", int(total["rank"].notna().sum()), "whole"))  # fmt: skip
    sheet.set_row(3, 20)
    sheet.set_row(4, 36)
    label = book.format(align="center", font_color="#595959", bg_color="#F2F2F2", left=1, left_color="#FFFFFF")
    for column, (name, value, kind) in enumerate(tiles):
        sheet.write_string(3, column, name, label)
        figure = book.format(align="center", bold=True, font_size=22, font_color=_BLUE, bg_color="#F2F2F2", left=1,
                             left_color="#FFFFFF", num_format=_FORMATS[kind]["num_format"])  # fmt: skip
        if value is None:
            sheet.write_string(4, column, "—", figure)
        else:
            sheet.write_number(4, column, value, figure)


def _lines(cut: _Cut) -> list[tuple[str, str]]:
    """The cover's text: label and sentence."""
    view, p = cut.view, cut.view.publication
    sums, total = cut.sums(), cut.ranking("total")
    ranked = [f"{view.name(r.area)} {fixed(r.value, 2)}" for r in total[total["rank"].notna()].itertuples()]
    ends = min(int(reference.setting("published_ends")), len(ranked) // 2)
    lines = [("发布", f"编号 {p['publication']}，生成于 {beijing(str(p['made_at']))}（北京时间）")]
    if cut.is_city:
        lines.append(("本市州", _own(cut, cut.within, cut.coverage)))
    if ends:
        lines += [(f"前 {ends} 位", "、".join(ranked[:ends])), (f"后 {ends} 位", "、".join(ranked[-ends:][::-1]))]
    lines += [
        ("覆盖", f"县市区{'，'.join(f'{label} {sums[name]}' for name, label in _COVERAGE.items())}；"
                 f"应填单元格 {sums['cells_expected']:,} 个，已填 {sums['cells_filled']:,} 个"),
        ("计分办法", f"{view.scheme['name']}：{_method(view)}；{'缺任何一仗的不排总名次' if _is_equal(view) else ''}"),
        ("未报送", _names(view, cut.coverage.loc[cut.coverage["received"] == 0, "area"])),
        ("未排名", _unranked(cut)),
        ("暂不发布", _withheld(cut)),
        ("言数不符", _differences(cut)),
    ]  # fmt: skip
    if cut.shows_findings:
        is_open = cut.questions["disposition"] == "open"
        held = int((is_open & cut.questions["blocking"]).sum())
        told = f"错误和疑问 {len(cut.questions)} 条，未结 {int(is_open.sum())} 条，其中阻止定稿 {held} 条"
        lines.append(("核对问题", told))
    lines.append(("公开等级", f"{RELEASE_CLASSES[view.release]}：{_released(cut)}"))
    if cut.is_sample:
        lines.append(("注意", f"{SAMPLE}：“数据”一栏标明的各行含虚构数字，不得引用"))
    return [(label, text.rstrip("；")) for label, text in lines]


def _released(cut: _Cut) -> str:
    """What readers of the class do not get to see."""
    if cut.view.release == CLASSES[-1]:
        return "含全部指标"
    asked = "" if cut.shows_findings else "；核对问题不列出"
    return f"高于此等级的指标和数字不列出，各表项数只计可见的项；得分和名次按全部任务计算{asked}"


def _is_equal(view: MonthView) -> bool:
    return view.scheme["campaign_weights"] == "equal"


def _method(view: MonthView) -> str:
    """How points come about, from the scheme's own data."""
    scheme = view.scheme
    if scheme["formula"] in _FORMULAS:
        return _FORMULAS[scheme["formula"]].format(**scheme)
    rows = [row for row in reference.table("scheme_credits") if row["scheme"] == scheme["scheme"]]
    earning = "、".join(STATUSES[row["status"]] for row in rows if float(row["credit"]))
    outside = "、".join(STATUSES[row["status"]] for row in rows if row["counted"] != "yes")
    return (
        f"每一仗得分 =（{earning}的任务数）÷ 计分任务数 × {scheme['points']}；{outside}不进分母；"
        f"总分为{'、'.join(view.campaigns.values())}得分的平均"
    )


def _names(view: MonthView, areas: Iterable[str]) -> str:
    listed = [view.name(one) for one in areas]
    return f"{len(listed)} 个：{'、'.join(listed)}；不按零计" if listed else "无"


def _unranked(cut: _Cut) -> str:
    counties, cities = cut.ranking("total"), cut.ranking("total", "city", cut.view.province)
    cities = cities[cities["area"].isin(cut.cities())]
    numbers = [int(frame["rank"].isna().sum()) for frame in (counties, cities)]
    return f"县市区 {numbers[0]} 个，市州 {numbers[1]} 个，原因见“未排名”"


def _withheld(cut: _Cut) -> str:
    rollups = cut.view.rollups
    own = rollups[(rollups["area"] == cut.within) & (rollups["indicator"] != "*")]
    return f"指标和分项 {len(own)} 行，其中 {int(own['withheld'].sum())} 行因报送不足暂不发布数字，原因见“指标”"


def _differences(cut: _Cut) -> str:
    whole = cut.differing[cut.differing["component"] == WHOLE_ITEM]["verdict"].value_counts()
    higher, lower = whole.get("reported_higher", 0), whole.get("reported_lower", 0)
    return f"{VERDICTS['reported_higher']} {higher} 项，{VERDICTS['reported_lower']} {lower} 项，待县市区核对"

"""The 督查专报 of a county, a city or the province as Word: what it says; its form is known in `gongwen`.

Every sentence is a phrase of reference/report_phrases.csv, every number one of the month's view or counted from it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.contracts import RELEASE_CLASSES as RELEASE_ORDER
from risk_assets.contracts import WHOLE_ITEM
from risk_assets.language.areas import above
from risk_assets.language.numbers import fixed
from risk_assets.publishing.advice import plain
from risk_assets.publishing.answers import NoAnswer
from risk_assets.publishing.gongwen import typeset
from risk_assets.publishing.letters import Column, Letter, Part
from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.office_template import Filled, filled
from risk_assets.publishing.words import (
    RELEASE_CLASSES,
    SAMPLE,
    SEVERITIES,
    STATES,
    STATUSES,
    VERDICTS,
    beijing,
    change,
    month,
)

_NUMERALS = "一二三四五六七八九十"
_FALLS = "cumulative_falls"
_OPEN = "open"
_IN_ITEMS = ("status_above_figures", "status_below_figures")  # their items are listed in an annex of their own
_REPORTING = ("county", "zone")
_CHECKED = ("consistent", "reported_higher", "reported_lower")
_KINDS = "县市区州"  # what the name of an area ends in says what to call it
_UNREADABLE = "无法辨认"  # stands in the name of an indicator whose own name nobody could read
_OF_A_COUNTY = re.compile("^(?:县|区|市(?![场政]))")  # before the name of an office
_BETWEEN_OFFICES = re.compile("[、，,；;/\\s]+")
_OFFICE_ENDS = tuple("局委办部会院司行联队所处厅府心社校")  # what ends otherwise may be a person
_NOTHING = "—"
_MONTH = re.compile(r"\b20\d\d-(?:0[1-9]|1[0-2])\b(?!-) ?")
_ROW = re.compile(r"!(\d+):\1$")


class NotReady(NoAnswer):
    """Blocking questions are open in the area; the message says how many and what to do."""


def supervision_report(view: MonthView, area: str, force: bool = False, template: bytes | None = None) -> Filled:
    """The 督查专报 of an area as .docx, in the form of the standard or of an office's template.

    Args:
        view: As of `supervision_letter`.
        area: As of `supervision_letter`.
        force: As of `supervision_letter`.
        template: A .docx of the office with placeholders (see `office_template`).

    Returns:
        The same bytes for the same view and template, and what the template leaves out.

    Raises:
        NoAnswer, NotReady: As of `supervision_letter`.
        BadTemplate: The template cannot be used.
    """
    letter = supervision_letter(view, area, force)
    return filled(letter, template) if template else Filled(typeset(letter), [])


def supervision_letter(view: MonthView, area: str, force: bool = False) -> Letter:
    """What the 督查专报 of an area says.

    Args:
        view: The month, cut to the class of the readers.
        area: Code of a county, a zone, a city or the province.
        force: Write it although blocking questions are open; the first page then says so.

    Raises:
        NoAnswer: No such area in the month.
        NotReady: Blocking questions are open in the area, or the month is a draft whose questions a public view does
            not show.
    """
    if area not in view.areas:
        raise NoAnswer(_say("no_such_area", area=area, month=month(view.period)))
    report = _Report(view, area)
    warning = _unsettled(report, force)
    _first_page(report, warning)
    for number, (title, write) in enumerate(_SECTIONS):
        report.section(_NUMERALS[number], _say(title))
        write(report)
    _annexes(report)
    return report.letter


@dataclass
class _Report:
    """A report under way: the parts of the view that are about its area, and where its sentences come from."""

    view: MonthView
    area: str
    sources: list[tuple[str, str, str]] = field(default_factory=list)
    place: str = ""
    part: Part = field(default_factory=lambda: Part(""))

    @cached_property
    def letter(self) -> Letter:
        view, sample = self.view, _say("running_sample", mark=SAMPLE) if self.view.is_sample else ""
        running = _say(
            "running",
            release=RELEASE_CLASSES[view.release],
            state=self.state,
            publication=view.publication["publication"],
            received=_count(self.coverage["received"]),
            expected=len(self.coverage),
            sample=sample,
        )
        return Letter(running, self.title, datetime.fromisoformat(str(view.publication["made_at"])))

    @property
    def title(self) -> str:
        return _say("title", area=self.name, month=self.month)

    @property
    def name(self) -> str:
        return self.view.name(self.area)

    @property
    def month(self) -> str:
        return month(self.view.period)

    @property
    def you(self) -> str:
        """How the letter calls those to whom it goes."""
        return _say("you", kind=self.name[-1] if self.name[-1] in _KINDS else _say("kind_other"))

    @property
    def published(self) -> str:
        """Day of the publication, Beijing time."""
        year, number, day = beijing(str(self.view.publication["made_at"]))[:10].split("-")
        return _say("day", year=year, month=int(number), day=int(day))

    @property
    def state(self) -> str:
        return STATES[str(self.view.publication["state"])]

    @property
    def level(self) -> str:
        return self.view.areas[self.area].level

    @property
    def is_own(self) -> bool:
        """Whether it is about one area that reports, and not about a group of them."""
        return self.level in _REPORTING

    @cached_property
    def members(self) -> set[str]:
        """The area and all below it."""
        known = self.view.areas
        return {code for code in known if self.area in (code, *above(code, known))}

    @cached_property
    def coverage(self) -> pd.DataFrame:
        frame = self.view.coverage
        return frame[frame["area"].isin(self.members) & (frame["expected"] > 0)]

    @cached_property
    def lines(self) -> pd.DataFrame:
        """What counties and zones of the area report, items and components."""
        return self._of_members(self.view.assessments)

    @cached_property
    def items(self) -> pd.DataFrame:
        """Items, each with the share of its own tasks that is behind, and how much of what is due is not yet done."""
        kept = self.lines[self.lines["component"] == WHOLE_ITEM]
        own = kept["tasks"] - kept["tasks_not_applicable"]
        attained = kept["attainment_computed"].fillna(kept["attainment_reported"])
        return kept.assign(weight=kept["tasks_behind"] / own, gap=kept["schedule"] - attained)

    @cached_property
    def behind(self) -> pd.DataFrame:
        return self.items[self.items["tasks_behind"] > 0]

    @cached_property
    def weights(self) -> pd.Series:
        """How much of an indicator is behind, its areas' shares added up; the most first.

        So an indicator of forty tasks does not lead because of one task in each area.
        """
        sums = self.behind.groupby("indicator")[["weight", "gap"]].sum().round(6).sort_index()
        return sums.sort_values(["weight", "gap"], ascending=False)["weight"]

    @cached_property
    def behind_by_area(self) -> pd.Series:
        """Tasks behind of each area that has any; the most first."""
        return _descending(self.behind.groupby("area")["tasks_behind"].sum())

    @cached_property
    def offices(self) -> pd.DataFrame:
        """Items that are behind, each with one of the offices that answer for it."""
        keys = ["submission", "table_no", "row"]
        told = self.behind.merge(self.view.responsible, on=keys)
        names = [_offices(text, is_own=self.is_own) for text in told["responsible"]]
        return told.assign(office=pd.Series(names, told.index, dtype=object)).explode("office").dropna(subset="office")

    @cached_property
    def held(self) -> dict[str, set[str]]:
        """Campaigns of which an area has told what the class may not see."""
        found: dict[str, set[str]] = {}
        for area, indicator in self.view.withheld:
            found.setdefault(area, set()).add(indicator.partition(".")[0])
        return found

    @cached_property
    def higher(self) -> pd.DataFrame:
        return self.items[self.items["verdict"] == "reported_higher"]

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Tasks behind by area and indicator, `before` and `now`, of areas that reported in both months."""
        return self._of_members(self.view.moved)

    @cached_property
    def findings(self) -> pd.DataFrame:
        return self.view.findings[self.view.findings["area"].isin(self.members)]

    @cached_property
    def blocking(self) -> pd.DataFrame:
        return self.findings[self.findings["blocking"] & (self.findings["disposition"] == _OPEN)]

    @cached_property
    def falls(self) -> pd.DataFrame:
        return self.findings[(self.findings["rule"] == _FALLS) & (self.findings["disposition"] == _OPEN)]

    @cached_property
    def places(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """Where the figure of an item or component stands."""
        keys = ["submission", "table_no", "row", "component"]
        kept = self.view.figures[self.view.figures["submission"].isin(set(self.lines["submission"]))]
        return {tuple(row[key] for key in keys): row for row in kept.to_dict("records")}

    @cached_property
    def parts(self) -> dict[tuple[Any, ...], list[Any]]:
        """Components that are behind by figures, of each item."""
        found: dict[tuple[Any, ...], list[Any]] = {}
        of_items = self.lines[(self.lines["component"] != WHOLE_ITEM) & (self.lines["status_computed"] == "behind")]
        for row in of_items.itertuples():
            found.setdefault((row.submission, row.table_no, row.item), []).append(row)
        return found

    def _of_members(self, frame: pd.DataFrame) -> pd.DataFrame:
        reporting = {code for code in self.members if self.view.areas[code].level in _REPORTING}
        return frame[frame["area"].isin(reporting)]

    def section(self, number: str, title: str) -> None:
        self.place = f"{number}、"
        self.part = Part(title, self.place)
        self.letter.sections.append(self.part)

    def subsection(self, number: int, title: str) -> None:
        self.place = f"{self.place.partition('（')[0]}（{_NUMERALS[number]}）"
        self.part.add("subheading", f"（{_NUMERALS[number]}）{title}")

    def say(self, text: str, *tables: str, lead: str = "") -> None:
        """A paragraph, and the tables that its figures come from."""
        self.part.add("paragraph", text, lead)
        self.sources.append((self.place, lead + text, "、".join(_say(f"table_{one}") for one in tables)))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """A table without the columns in which nothing stands; where there are no rows, a word."""
        known = list(rows)
        filled_in = [number for number in range(len(columns)) if any(row[number] for row in known)]
        if known:
            self.part.table([columns[one] for one in filled_in], [[row[one] for one in filled_in] for row in known])
        else:
            self.part.add("note", _say("annex_none"))


def _say(phrase: str, **values: Any) -> str:
    return _phrases()[phrase].format(**values)


def _phrases() -> dict[str, str]:
    return {row["phrase"]: row["text"] for row in reference.table("report_phrases")}


def _most(what: str) -> int:
    return int(_phrases()[f"most_{what}"])


def _few(names: Iterable[str], most: int, rest: str = "and_others") -> str:
    """Names in a row; of many the first, and how many they are."""
    known = list(names)
    shown = "、".join(known[:most])
    return _say(rest, names=shown, count=len(known)) if len(known) > most else shown


def _of_them(told: Iterable[str]) -> str:
    """What a number is made of, behind it; nothing where nothing is told."""
    listed = "，".join(told)
    return _say("of_them", told=listed) if listed else ""


def _descending(counts: pd.Series) -> pd.Series:
    return counts.sort_index().sort_values(ascending=False, kind="stable")


def _offices(text: str, *, is_own: bool) -> list[str]:
    """The offices that a cell names; among those of many areas one is named without its level."""
    names = [one for one in _BETWEEN_OFFICES.split(plain(text)) if one.endswith(_OFFICE_ENDS)]
    return names if is_own else [_OF_A_COUNTY.sub("", one) for one in names]


def _leading(values: pd.Series) -> pd.Index:
    """Where the first few of some values in order stand, with all that tie with the last of these."""
    return values.index[values.isin(values.head(_most("ends")))]


def _count(column: pd.Series) -> int:
    return int(column.fillna(0).sum())


def _number(value: Any) -> str:
    """A figure with at most two digits, as short as it can be told."""
    return fixed(value, 2).rstrip("0").rstrip(".")


def _unsettled(report: _Report, force: bool) -> str:
    """What the first page says of open questions, or `""`; raises where they hold the report back."""
    count = len(report.blocking)
    # Questions are not for the public, so that whether one is open is only known of a final month: there none was.
    is_unknown = report.view.release == RELEASE_ORDER[0] and report.view.publication["state"] != "final"
    if not count and not is_unknown:
        return ""
    if not force:
        phrase = "not_ready_public" if is_unknown else "not_ready"
        raise NotReady(_say(phrase, area=report.name, month=report.month, count=count))
    return _say("forced_unknown") if is_unknown else _say("forced", count=count)


def _first_page(report: _Report, warning: str) -> None:
    letter = report.letter
    year, number = report.view.period.split("-")
    numbered = _say("number", year=year, number=int(number))
    letter.office, letter.issue = _say("masthead"), _say("masthead_state", number=numbered, state=report.state)
    sample = _say("sample", mark=SAMPLE) if report.view.is_sample else ""
    letter.marks = [line for line in (sample, warning) if line]
    if not report.is_own:
        _brief(report)
    letter.addressee = _say(f"addressee_{report.level}", area=report.name)
    has_told = len(report.items) or report.area in report.held
    opening = f"opening_{report.level}" if has_told or not report.is_own else "opening_none"
    letter.opening = _say(opening, you=report.you, month=report.month)


def _brief(report: _Report) -> None:
    """The page for the governor: what changed, what is behind, who answers."""
    report.place = _say("brief_title")
    report.part = report.letter.brief = Part(report.place)
    changed = _coverage(report, "coverage_brief") + _behind_change(report) + _moves(report)
    report.say(changed, "coverage", "assessments", "rankings", lead=_say("brief_changed"))
    report.say(_why(report), "assessments", "rollups", lead=_say("brief_why"))
    report.say(_who(report), "assessments", "coverage", lead=_say("brief_who"))
    columns: list[Column] = [("仗", 3, "left"), ("任务", 1.2, "right"), ("滞后", 1.1, "right"), ("占比", 1.1, "right"),
                             ("可比县滞后（上月→本月）", 3.7, "center"), ("居首", 1.5, "center"),
                             ("居末", 1.5, "center")]  # fmt: skip
    both = report.moved["area"].nunique()
    report.part.add("note", _say("brief_note", areas=both) if both else _say("no_month_before"))
    report.part.table(columns, _brief_rows(report))


def _brief_rows(report: _Report) -> Iterator[list[str]]:
    known = report.view.areas
    for campaign, name in report.view.campaigns.items():
        counts = _counts(report, campaign)
        moved = report.moved[report.moved["indicator"].str.startswith(f"{campaign}.")]
        was, now = int(moved["before"].sum()), int(moved["now"].sum())
        places = _ranked(report, campaign)
        ends = [known[str(places.iloc[one]["area"])].short_name if len(places) else "—" for one in (0, -1)]
        told = (
            [str(counts["tasks"]), str(counts["tasks_behind"]), _share(counts, "tasks_behind")] if counts else ["—"] * 3
        )
        yield [name, *told, f"{was}→{now}" if len(moved) else "—", *ends]


def _coverage(report: _Report, phrase: str = "coverage") -> str:
    frame = report.coverage
    return _say(
        phrase,
        month=report.month,
        published=report.published,
        expected=len(frame),
        received=_count(frame["received"]),
        read=_count(frame["read"]),
        on_time=_count(frame["on_time"]),
        late=int((frame["late_by"] > 0).sum()),
        missing=len(_missing(report)),
    )


def _missing(report: _Report) -> list[str]:
    frame = report.coverage
    return [str(code) for code in frame.loc[frame["received"].fillna(0) == 0, "area"]]


def _late(report: _Report) -> pd.DataFrame:
    return report.coverage[(report.coverage["late_by"] > 0).fillna(False)].sort_values(
        ["late_by", "area"], ascending=[False, True]
    )


def _behind_change(report: _Report) -> str:
    moved = report.moved
    if moved.empty:
        return _say("no_month_before")
    before, now = int(moved["before"].sum()), int(moved["now"].sum())
    step = moved["now"] - moved["before"]
    word = "more" if now > before else "less" if now < before else "same"
    return _say(
        "behind_change_own" if report.is_own else "behind_change",
        areas=moved["area"].nunique(),
        before=before,
        now=now,
        moved=_say(word, count=abs(now - before)),
        newly=int(step[step > 0].sum()),
        freed=int(-step[step < 0].sum()),
    )


def _ranked(report: _Report, by: str) -> pd.DataFrame:
    """Places of the areas below the report's own, the first first."""
    level = "city" if report.level == "province" else "county"
    frame = report.view.rankings
    kept = frame[(frame["by"] == by) & (frame["universe"] == report.area) & (frame["level"] == level)]
    return kept[~kept["zones"] & kept["rank"].notna()].sort_values(["rank", "area"])


def _moves(report: _Report) -> str:
    places = _ranked(report, "total").dropna(subset=["change"])
    found = ""
    for phrase, sign in (("moves_up", 1), ("moves_down", -1)):
        kept = places[places["change"] * sign > 0]
        kept = kept.assign(size=kept["change"].abs()).sort_values(["size", "area"], ascending=[False, True])
        kept = kept.loc[_leading(kept["size"])]
        names = [_say("moved_area", area=report.view.name(row.area), count=row.size) for row in _rows(kept)]
        found += _say(phrase, areas=_few(names, _most("named"))) if names else ""
    return found


def _steps(places: int) -> str:
    """Places won or lost, in running text."""
    return _say("up" if places > 0 else "down", count=abs(places)) if places else _say("same")


def _worse(report: _Report) -> list[tuple[str, int, int, list[str]]]:
    """Indicators that more areas are behind with than a month before: how many, and the new ones; the most first."""
    moved = report.moved[report.moved["indicator"] != ""]
    found = []
    for indicator, rows in moved.groupby("indicator"):
        was, now = int((rows["before"] > 0).sum()), int((rows["now"] > 0).sum())
        if now > was:
            new = rows.loc[(rows["now"] > 0) & (rows["before"] == 0), "area"]
            found.append((str(indicator), was, now, [str(one) for one in new]))
    return sorted(found, key=lambda one: (one[1] - one[2], one[0]))


def _why(report: _Report) -> str:
    focus = "、".join(_focus(report)[: _most("brief")])
    text = _say("why_heaviest", indicators=focus) if focus else ""
    if report.moved.empty:
        return text or _say("no_month_before")
    worst = _worse(report)[: _most("brief")]
    if not worst:
        return text + _say("why_none")
    told = []
    for indicator, was, now, _ in worst:
        share, schedule = _attained(report, indicator), _schedule(report, indicator)
        tail = "" if share == _NOTHING else _say("why_attainment", share=share)
        tail += "" if not tail or schedule == _NOTHING else _say("why_schedule", schedule=schedule)
        told.append(_say("why_indicator", indicator=report.view.label(indicator), before=was, now=now, attainment=tail))
    return text + _say("why", indicators="；".join(told))


def _attained(report: _Report, indicator: str) -> str:
    """Share of the year's target that the area has done, in %."""
    frame = report.view.rollups
    rows = frame[
        (frame["area"] == report.area) & (frame["indicator"] == indicator) & (frame["component"] == WHOLE_ITEM)
    ]
    return _first(rows.loc[~rows["withheld"], "attainment"])


def _schedule(report: _Report, indicator: str) -> str:
    """Share of the year's target that is due, in %: by what most areas are held against."""
    return _first(report.items.loc[report.items["indicator"] == indicator, "schedule"].mode())


def _first(shares: pd.Series) -> str:
    known = shares.dropna()
    return fixed(known.iloc[0], 1) if len(known) else _NOTHING


def _who(report: _Report) -> str:
    worst = _worse(report)[: _most("brief")]
    offices = [_answering(report, indicator, new) for indicator, _, _, new in worst]
    told = [
        _say("who_indicator", indicator=report.view.label(indicator), areas=_grouped(report, new), offices=one)
        for (indicator, _, _, new), one in zip(worst, offices, strict=True)
    ]
    meaning = _say("who_meaning") if any(offices) else ""
    text = _say("who", meaning=meaning, indicators="；".join(told)) if told else ""
    text += _say("who_behind", areas=_most_behind(report)) if len(report.behind) else ""
    missing = [report.view.name(one) for one in _missing(report)]
    areas = _few(missing, _most("named"), "and_other_areas")
    return text + (_say("who_missing", areas=areas) if missing else _say("who_none"))


def _answering(report: _Report, indicator: str, areas: Sequence[str]) -> str:
    """The offices that most often answer for an indicator in areas that are behind with it."""
    offices = report.offices[report.offices["indicator"] == indicator]
    told = offices.loc[offices["area"].isin(areas), "office"]
    names = list(_descending(told.value_counts()).index[: _most("ends")])
    return _say("who_offices", offices="、".join(names)) if names else ""


def _grouped(report: _Report, codes: Sequence[str]) -> str:
    """A few counties by name; many of a province by their cities, with how many of each."""
    if report.level != "province" or len(codes) <= _most("named"):
        return _few((report.view.name(one) for one in codes), _most("named"))
    cities = _descending(pd.Series([_city(report, one) for one in codes]).value_counts())
    shown = [_say("who_area", area=report.view.name(str(city)), count=count) for city, count in cities.items()]
    return _few(shown, _most("ends"), "and_other_cities")


def _city(report: _Report, code: str) -> str:
    """The city above a county, as the first below the province."""
    return [code, *above(code, report.view.areas)][-2]


def _by_city(report: _Report, codes: Sequence[str]) -> str:
    """Counties by name; in a province behind the names of their cities."""
    if report.level != "province":
        return "、".join(report.view.name(one) for one in codes)
    groups: dict[str, list[str]] = {}
    for one in codes:
        groups.setdefault(_city(report, one), []).append(report.view.name(one))
    return "、".join(
        _say("missing_city", city=report.view.name(city), areas="、".join(names)) for city, names in groups.items()
    )


def _most_behind(report: _Report) -> str:
    """The areas below that are behind with the most tasks."""
    behind = report.behind_by_area
    if report.level == "province":
        behind = _descending(behind.groupby(lambda code: _city(report, code)).sum())
    return _few(_with_tasks(report, behind.loc[_leading(behind)]), _most("named"))


def _with_tasks(report: _Report, counts: pd.Series) -> list[str]:
    return [_say("area_tasks", area=report.view.name(str(one)), count=int(count)) for one, count in counts.items()]


def _counts(report: _Report, campaign: str) -> dict[str, int]:
    """Tasks of a campaign by status; empty where nothing is told or too few have reported."""
    names = ["tasks", *(f"tasks_{status}" for status in STATUSES)]
    if report.is_own:
        rows = report.items[report.items["campaign"] == campaign]
    else:
        rows = _whole(report, campaign)
        rows = rows[~rows["withheld"]]
    return {name: _count(rows[name]) for name in names} if len(rows) else {}


def _whole(report: _Report, campaign: str) -> pd.DataFrame:
    frame = report.view.rollups
    return frame[(frame["area"] == report.area) & (frame["campaign"] == campaign) & (frame["indicator"] == "*")]


def _share(counts: dict[str, int], name: str) -> str:
    base = counts["tasks"] - counts["tasks_not_applicable"]
    return f"{fixed(100 * counts[name] / base, 1)}%" if base else "—"


def _tasks(phrase: str, counts: dict[str, int]) -> str:
    outside = counts["tasks_not_applicable"]
    told = [
        _say("share_tiny" if share == "0.0%" else "share", status=label, count=count, share=share)
        for status, label in STATUSES.items()
        if (count := counts[f"tasks_{status}"]) and status != "not_applicable"
        for share in [_share(counts, f"tasks_{status}")]
    ]
    return _say(phrase, tasks=counts["tasks"], outside=_say("tasks_outside", outside=outside) if outside else "",
                of_them=_of_them(told))  # fmt: skip


def _overall(report: _Report) -> None:
    if report.is_own:
        _own_coverage(report)
    else:
        report.say(_coverage(report), "coverage")
    every = [counts for campaign in report.view.campaigns if (counts := _counts(report, campaign))]
    if every:
        total = {name: sum(one[name] for one in every) for name in every[0]}
        report.say(_tasks("tasks", total), _counted_in(report))
        report.say(_behind_change(report), "assessments")
    text = _place(report, "total", _say("total")) + _ends(report, "total")
    if text:
        report.say(text, "rankings")


def _own_coverage(report: _Report) -> None:
    used = report.coverage[report.coverage["read"] > 0]
    if used.empty and report.items.empty:
        report.say(_say("coverage_none", you=report.you, month=report.month), "coverage")
        return
    late = _count(used["late_by"])
    timely = _say("late_by", days=late) if late else _say("timely")
    report.say(_say("coverage_own", you=report.you, month=report.month, timely=timely), "coverage")


def _counted_in(report: _Report) -> str:
    return "assessments" if report.is_own else "rollups"


def _place(report: _Report, by: str, what: str = "") -> str:
    """The area's own points, and its places within its city and the province."""
    frame = report.view.rankings
    mine = frame[(frame["by"] == by) & (frame["area"] == report.area) & (frame["zones"] == (report.level == "zone"))]
    places, points = [], ""
    for universe in above(report.area, report.view.areas):
        for row in mine[mine["universe"] == universe].itertuples():
            within = report.view.name(universe)
            if pd.isna(row.rank):
                places.append(_say("place_missing", within=within, reason=row.reason))
                continue
            points = _say("points", points=fixed(row.value, 2))
            places.append(
                _say(
                    "place_one",
                    within=within,
                    rank=row.rank,
                    tied=_say("tied") if row.tied else "",
                    of=row.of,
                    moved="" if pd.isna(row.change) else _say("place_moved", moved=_steps(int(row.change))),
                )
            )
    told = {"you": report.you, "what": what if points else "", "points": points}
    return _say("place", **told, places="，".join(places)) if places else ""


def _ends(report: _Report, by: str) -> str:
    """Who leads and who is last among the areas below."""
    places = _ranked(report, by)
    first, last = (places.loc[one] for one in (_leading(places["rank"]), _leading(places["rank"][::-1])[::-1]))
    if places.empty:
        return ""
    if len(first) + len(last) >= len(places):
        return _say("all_ranked", first="、".join(_with_points(report, places)))
    named = [_few(_with_points(report, some), _most("named")) for some in (first, last)]
    return _say("leaders", first=named[0], last=named[1])


def _with_points(report: _Report, places: pd.DataFrame) -> list[str]:
    return [_say("leader", area=report.view.name(row.area), points=fixed(row.value, 2)) for row in places.itertuples()]


def _progress(report: _Report) -> None:
    for number, (campaign, name) in enumerate(report.view.campaigns.items()):
        report.subsection(number, name)
        counts = _counts(report, campaign)
        if counts:
            text = _tasks("tasks_campaign", counts)
            text += _say("own_cut") if report.is_own and _is_cut(report, campaign) else ""
        else:
            withheld = [] if report.is_own else list(_whole(report, campaign)["reason"].dropna())
            nothing = "not_shown" if campaign in report.held.get(report.area, set()) else "not_told"
            text = _say("withheld", reason=withheld[0]) if withheld else _say(nothing)
        text += _ends(report, campaign) + (_place(report, campaign) if len(report.items) else "")
        report.say(text, _counted_in(report), "rankings")


def _is_cut(report: _Report, campaign: str) -> bool:
    """Whether the area's score, or its sums, hold tasks that the class may not see."""
    view, items = report.view, report.items
    seen = items[(items["campaign"] == campaign) & items["indicator"].notna()]
    if not report.is_own:
        return _count(_whole(report, campaign)["tasks"]) > _count(seen["tasks"])
    scheme = [row for row in reference.table("scheme_credits") if row["scheme"] == view.scheme["scheme"]]
    counted = [f"tasks_{row['status']}" for row in scheme if row["counted"] == "yes"]
    scored = view.scores[(view.scores["area"] == report.area) & (view.scores["campaign"] == campaign)]
    return bool(counted) and _count(scored["assessed"]) > int(seen[counted].to_numpy().sum())


def _problems(report: _Report) -> None:
    parts = (("head_behind", _say_behind), ("head_verdicts", _say_verdicts), ("head_falls", _say_falls),
             ("head_reporting", _say_reporting))  # fmt: skip
    for number, (title, write) in enumerate(parts):
        report.subsection(number, _say(title))
        write(report)


def _say_behind(report: _Report) -> None:
    if report.behind.empty:
        report.say(_say("behind_none" if len(report.items) else "nothing_told"), "assessments")
        return
    for campaign, name in report.view.campaigns.items():
        rows = report.behind[report.behind["campaign"] == campaign]
        if rows.empty:
            continue
        if report.is_own:
            items = [_item(report, row) for row in rows.itertuples()]
            text = _say("behind_named", campaign=name, count=_count(rows["tasks_behind"]),
                        items=_few(items, _most("items"), "and_other_items"))  # fmt: skip
        else:
            text = _say("behind_indicators", campaign=name, areas=rows["area"].nunique(),
                        indicators="、".join(_by_indicator(report, rows)))  # fmt: skip
        report.say(text, "assessments")
    if not report.is_own:
        counties = _with_tasks(report, report.behind_by_area)
        report.say(_say("behind_areas", areas=_few(counties, _most("named"))), "assessments")


def _by_indicator(report: _Report, rows: pd.DataFrame) -> list[str]:
    """Indicators with the areas that are named with them, by weight, then by how many: with their names in a city."""
    groups = rows.groupby("indicator").agg(weight=("weight", "sum"), gap=("gap", "sum"), areas=("area", "nunique"))
    groups = groups.round(6).sort_index().sort_values(["weight", "areas", "gap"], ascending=False)
    told = []
    for indicator in groups.head(_most("named")).index:
        codes = list(dict.fromkeys(rows.loc[rows["indicator"] == indicator, "area"]))
        label = report.view.label(indicator)
        if report.level == "province":
            told.append(_say("indicator_areas", indicator=label, count=len(codes)))
        else:
            names = _few((report.view.name(one) for one in codes), _most("named"))
            told.append(_say("indicator_names", indicator=label, names=names))
    return told


def _label(report: _Report, row: Any) -> str:
    return report.view.label(row.indicator, row.component) if isinstance(row.indicator, str) else f"第{row.item}项"


def _item(report: _Report, row: Any) -> str:
    """An item with its figure, or with those of its components; their cells are kept for the annex."""
    label = _label(report, row)
    own = _figure(report, row, label)
    parts = [] if own else [one for part in report.parts.get(_key(row), []) if (one := _part(report, part, label))]
    return _say("with_figures", item=label, figures=own or "；".join(parts)) if own or parts else label


def _part(report: _Report, row: Any, item: str) -> str:
    """A component with its figure; its name is left out where it is that of the item."""
    label = _label(report, row)
    figure = _figure(report, row, label)
    return figure if label == item else figure and f"{label}{figure}"


def _key(row: Any) -> tuple[Any, ...]:
    return row.submission, row.table_no, row.item


def _figure(report: _Report, row: Any, label: str) -> str:
    shares = [one for one in (row.attainment_computed, row.attainment_reported) if pd.notna(one)]
    if row.unit == "%" and pd.notna(row.done_value) and pd.notna(row.target_value):
        told = _say("figure_held", done=_number(row.done_value), target=_number(row.target_value))
    elif shares:
        told = _say("figure_share", share=_number(shares[0]))
    else:
        return ""
    report.sources.append((report.place, _say("with_figures", item=label, figures=told), _where(report, row)))
    return told


def _where(report: _Report, row: Any) -> str:
    """File, sheet and cell of a line's figure, and its sentence; of a line without one its file and row."""
    file = report.view.submissions.loc[report.view.submissions["submission"] == row.submission, "original_name"]
    name = _file(str(file.iloc[0])) if len(file) else row.submission
    figure = report.places.get((row.submission, row.table_no, row.row, row.component))
    if figure is None:
        return f"{name} 第{row.table_no}表第{row.row}行"
    sheet, cell = (figure[one] if isinstance(figure[one], str) else "" for one in ("sheet", "cell"))
    at = f"{plain(sheet)}!{cell}" if sheet and cell else f"第{figure['line']}行"
    return f"{name} {at}：{_quoted(plain(str(figure['sentence'])))}"


def _file(name: str) -> str:
    """A file's name without persons; the ending apart, as a number before a dot is no telephone number otherwise."""
    path = PurePosixPath(name)
    return plain(path.stem) + path.suffix if path.suffix else plain(name)


def _say_verdicts(report: _Report) -> None:
    if report.items.empty:
        report.say(_say("nothing_told"), "assessments")
        return
    counts = {one: int((report.items["verdict"] == one).sum()) for one in VERDICTS}
    told = [_say("verdict", verdict=VERDICTS[one], count=counts[one]) for one in _CHECKED if counts[one]]
    text = _say("verdicts", checked=sum(counts[one] for one in _CHECKED), of_them=_of_them(told),
                undecided=counts["undecidable"])  # fmt: skip
    higher, lower = counts["reported_higher"], counts["reported_lower"]
    report.say(text + (_say("verdicts_question") if higher + lower else ""), "assessments")
    if report.is_own:
        lower_rows = report.items[report.items["verdict"] == "reported_lower"]
        for phrase, rows in (("higher_named", report.higher), ("lower_named", lower_rows)):
            items = [_item(report, row) for row in rows.itertuples()]
            if items:
                named = _few(items, _most("items"), "and_other_items")
                report.say(_say(phrase, count=len(items), items=named), "assessments")
    elif higher:
        by_area = _with_tasks(report, _descending(report.higher["area"].value_counts()))
        text = _say("higher_areas", areas=_few(by_area, _most("named")),
                    indicators="、".join(_by_indicator(report, report.higher.assign(weight=0))))  # fmt: skip
        report.say(text, "assessments")


def _say_falls(report: _Report) -> None:
    if report.view.release == RELEASE_ORDER[0]:
        report.say(_say("falls_public"), "findings")
    elif report.falls.empty:
        report.say(_say("falls_none" if len(report.items) else "nothing_told"), "findings")
    else:
        items = [
            _say(
                "falls_item",
                area=report.view.name(row.area),
                item=report.view.label(row.indicator) if isinstance(row.indicator, str) else "",
                found=_dated(plain(str(row.found))),
                expected=_dated(plain(str(row.expected))),
            )
            for row in report.falls.itertuples()
        ]
        shown = _few(items, _most("items"), "and_other_items")
        report.say(_say("falls", count=len(report.falls), items=shown), "findings")


def _say_reporting(report: _Report) -> None:
    missing, late = _missing(report), _late(report)
    if report.is_own:
        lacking = _lacking_indicators(report)
        text = _say("lacking_none" if len(report.items) else "nothing_told")
        if lacking:
            text = _say("lacking_own", count=len(lacking), items=_few(lacking, _most("items"), "and_other_items"))
        report.say(text, "assessments")
    else:
        text = _say("missing", count=len(missing), areas=_by_city(report, missing)) if missing else _say("missing_none")
        names = [_say("late_item", area=report.view.name(row.area), days=int(row.late_by)) for row in late.itertuples()]
        text += _say("late", count=len(names), areas=_few(names, _most("items"))) if names else ""
        report.say(text, "coverage")
        holes = _lacking_campaigns(report)
        if holes:
            report.say(_say("lacking", items=_few(holes, _most("items"))), "assessments")
    if report.view.release == RELEASE_ORDER[0]:
        return
    counted = report.findings["severity"].value_counts()
    told = [_say("severity", severity=label, count=counted[one]) for one, label in SEVERITIES.items() if one in counted]
    told += [_say("questions_blocking", count=len(report.blocking))] if len(report.blocking) else []
    phrase = "questions" if len(report.findings) else "questions_none"
    report.say(_say(phrase, count=len(report.findings), of_them=_of_them(told)), "findings")


def _lacking_indicators(report: _Report) -> list[str]:
    """Indicators of the framework that an area that has reported says nothing of."""
    if report.items.empty:
        return []
    told = {*report.items["indicator"].dropna(), *(one for area, one in report.view.withheld if area == report.area)}
    return [row["name"] for one, row in report.view.indicators.items() if one not in told]


def _lacking_campaigns(report: _Report) -> list[str]:
    told = report.items.groupby("area")["campaign"].agg(lambda column: set(column.dropna()))
    holes = []
    for code, there in told.items():
        known = there | report.held.get(str(code), set())
        names = [name for campaign, name in report.view.campaigns.items() if campaign not in known]
        if names:
            holes.append(_say("lacking_item", area=report.view.name(str(code)), campaigns="、".join(names)))
    return holes


def _advice(report: _Report) -> None:
    """What to do about each kind of finding that there is, the gravest first."""
    late = [report.view.name(str(one)) for one in _late(report)["area"]]
    unknown = report.items[report.items["status_reported"] == "unknown"]
    unread = report.coverage[report.coverage["read"].fillna(0) == 0]  # not sent, or sent and not readable
    kinds: list[tuple[str, list[str]]] = [
        ("blocking", _names(report, report.blocking)),
        ("missing", [report.view.name(str(one)) for one in unread["area"]]),
        ("behind", [report.view.name(str(one)) for one in report.behind_by_area.index]),
        ("higher", _names(report, report.higher)),
        ("falls", _names(report, report.falls)),
        ("unknown", _names(report, unknown)),
        ("late", late),
    ]
    focus = "、".join(_focus(report))
    found = [(kind, names) for kind, names in kinds if names]
    for number, (kind, names) in enumerate(found):
        report.subsection(number, _say(f"advise_{kind}"))
        areas = _few(names, _most("named"), "and_other_areas")
        urged = _say(f"urge_{report.level}", you=report.you, areas=areas)
        told = {"urged": urged, "month": report.month, "focus": _say("focus", indicators=focus) if focus else ""}
        report.part.add("paragraph", _say(f"advise_{kind}_text", **told))
    if not found:
        report.subsection(0, _say("advise_none"))
        report.part.add("paragraph", _say("advise_none_text"))


def _focus(report: _Report) -> list[str]:
    """Names of the indicators that are most behind, a few of each campaign; those without a name are left out."""
    named = [str(one) for one in report.weights.index if _UNREADABLE not in report.view.label(str(one))]
    campaigns = pd.Series([report.view.indicators[one]["campaign"] for one in named], dtype=object)
    kept = campaigns.groupby(campaigns).cumcount() < _most("campaign")
    return [report.view.label(one) for one, is_kept in zip(named, kept, strict=True) if is_kept][: _most("named")]


def _names(report: _Report, rows: pd.DataFrame) -> list[str]:
    """Areas of some rows, those with the most first."""
    return [report.view.name(str(one)) for one in _descending(rows["area"].value_counts()).index]


_SECTIONS = (
    ("head_overall", _overall),
    ("head_progress", _progress),
    ("head_problems", _problems),
    ("head_advice", _advice),
)


def _annexes(report: _Report) -> None:
    annexes = [
        ("annex_ranking", _rankings),
        ("annex_campaigns", _campaign_table),
        ("annex_named", _named_table),
        ("annex_findings", _findings_table),
        ("annex_sources", _sources_table),
    ]
    titles = [_say(title) for title, _ in annexes]
    report.letter.enclosures = [_say("annex_line", first=f"1. {titles[0]}")]
    report.letter.enclosures += [f"　　　{number}. {title}" for number, title in enumerate(titles[1:], 2)]
    for number, (title, write) in enumerate(annexes, 1):
        report.part = Part(f"{report.name}{report.month}{_say(title)}", f"附件{number}")
        report.letter.annexes.append(report.part)
        write(report)


def _rankings(report: _Report) -> None:
    """Places of the areas below; of a county or zone those of its city."""
    view, is_zone = report.view, report.level == "zone"
    universe = report.area if not report.is_own else above(report.area, view.areas)[-2:][0]
    levels = ["city", "county"] if report.level == "province" else ["county"]
    head: list[Column] = [("名次", 1, "center"), ("地区", 3, "left"), ("得分", 1.4, "right"),
                          ("名次变化", 1.4, "center"), ("数据", 1.6, "center")]  # fmt: skip
    for level in levels:
        frame = view.rankings
        kept = frame[(frame["by"] == "total") & (frame["universe"] == universe) & (frame["level"] == level)]
        kept = kept[kept["zones"] == is_zone].sort_values(["rank", "area"])
        ranked, rest = kept[kept["rank"].notna()], kept[kept["rank"].isna()]
        report.part.add("note", _say(f"caption_{level}", within=view.name(universe)))
        report.table(
            head,
            [
                [
                    f"{row.rank}{_say('tied') if row.tied else ''}",
                    view.name(row.area),
                    fixed(row.value, 2),
                    change(None if pd.isna(row.change) else int(row.change)),
                    SAMPLE if row.is_sample else "",
                ]
                for row in ranked.itertuples()
            ],
        )
        if len(rest):
            told = [_say("not_ranked_item", area=view.name(row.area), reason=row.reason) for row in rest.itertuples()]
            report.part.add("note", _say("not_ranked", areas="、".join(told)))
    report.part.add("note", _say("scheme", scheme=view.scheme["name"]))


def _campaign_table(report: _Report) -> None:
    columns: list[Column] = [("仗", 3, "left"), ("任务", 1.1, "right")]
    columns += [(label, 1.1, "right") for label in STATUSES.values()]
    rows = []
    for campaign, name in report.view.campaigns.items():
        counts = _counts(report, campaign)
        rows.append([name, *(str(one) for one in counts.values())] if counts else [name, *["—"] * (len(columns) - 1)])
    report.part.table(columns, rows)
    if any(_is_cut(report, campaign) for campaign in report.view.campaigns):
        report.part.add("note", _say("own_cut" if report.is_own else "sources_cut"))


def _named_table(report: _Report) -> None:
    """Items that are behind or whose report and figures part; of the province the indicators."""
    if report.level == "province":
        _indicator_table(report)
        return
    kept = report.items[(report.items["tasks_behind"] > 0) | (report.items["verdict"] == "reported_higher")]
    shown = _gravest(report, kept, _most("rows"))
    columns: list[Column] = [("地区", 1.3, "left"), ("指标", 2.6, "left"), ("责任单位", 1.9, "left"),
                             ("上报", 1, "center"), ("按数", 1, "center"), ("依据", 4.6, "left"),
                             ("出处", 1.3, "left")]  # fmt: skip
    keys = ["submission", "table_no", "row"]
    offices = {tuple(row[:3]): plain(row[3]) for row in report.view.responsible[[*keys, "responsible"]].to_numpy()}
    rows = []
    for row in shown.itertuples():
        figure = report.places.get((row.submission, row.table_no, row.row, row.component))
        at = plain(f"{figure['sheet']}!{figure['cell']}") if figure and isinstance(figure["cell"], str) else ""
        computed = STATUSES[row.status_computed] if isinstance(row.status_computed, str) else _NOTHING
        area = "" if report.is_own else report.view.name(row.area)
        office = offices.get((row.submission, row.table_no, row.row), "")
        rows.append([area, _label(report, row), office, STATUSES[row.status_reported], computed, row.why, at])
    report.table(columns, rows)
    _cut(report, len(rows), len(kept))
    if rows:
        report.part.add("note", _say("verdicts_meaning" if report.is_own else "named_order"))


def _gravest(report: _Report, items: pd.DataFrame, most: int) -> pd.DataFrame:
    """Items by area, what is most behind first; where there are too many, the gravest of each area in turns."""
    order = {area: number for number, area in enumerate(report.behind_by_area.index)}
    found = items.assign(place=items["area"].map(order).fillna(len(order)))
    found = found.sort_values(["place", "area", "weight", "gap", "table_no", "row"],
                              ascending=[True, True, False, False, True, True])  # fmt: skip
    found = found.assign(turn=found.groupby("area").cumcount()).sort_values("turn", kind="stable").head(most)
    return found.sort_values(["place", "area", "table_no", "row"])


def _indicator_table(report: _Report) -> None:
    behind = report.behind.groupby("indicator")["area"].nunique()
    higher = report.higher.groupby("indicator")["area"].nunique()
    both = pd.DataFrame({"behind": behind, "higher": higher}).fillna(0).astype(int)
    both = both.loc[[*report.weights.index, *_descending(higher.drop(report.weights.index, errors="ignore")).index]]
    columns: list[Column] = [("指标", 3.4, "left"), ("滞后县市区", 1.2, "right"), ("上报高于按数", 1.3, "right"),
                             ("累计完成(%)", 1.3, "right"), ("时序(%)", 1, "right"),
                             ("滞后地区", 4.2, "left")]  # fmt: skip
    rows = []
    for row in both.head(_most("indicators")).itertuples():
        indicator = str(row.Index)
        codes = list(dict.fromkeys(report.behind.loc[report.behind["indicator"] == indicator, "area"]))
        rows.append(
            [
                report.view.label(indicator),
                str(row.behind),
                str(row.higher),
                _attained(report, indicator),
                _schedule(report, indicator),
                _grouped(report, codes),
            ]
        )
    report.table(columns, rows)
    _cut(report, len(rows), len(both))
    if rows:
        report.part.add("note", _say("indicator_order"))


def _cut(report: _Report, shown: int, count: int) -> None:
    if count > shown:
        report.part.add("note", _say("annex_cut", shown=shown, count=count))


def _findings_table(report: _Report) -> None:
    """Questions: of a county and a city each, the gravest first; of the province the blocking ones, then by kind."""
    if report.view.release == RELEASE_ORDER[0]:
        report.part.add("note", _say("falls_public"))
        return
    order = {one: number for number, one in enumerate(SEVERITIES)}
    found = report.findings.assign(order=report.findings["severity"].map(order))
    kinds = found.groupby(["order", "message"]).agg(areas=("area", "nunique"), count=("question", "size")).reset_index()
    kinds = kinds.sort_values(["order", "count", "message"], ascending=[True, False, True])
    head: list[Column] = [("级别", 1, "center"), ("问题", 7, "left"), ("地区数", 1, "right"), ("处数", 1, "right")]
    labels = list(SEVERITIES.values())
    report.table(
        head, [[labels[row.order], plain(row.message), str(row.areas), str(row.times)] for row in _rows(kinds)]
    )
    listed = found[found["blocking"] | ((report.level != "province") & ~found["rule"].isin(_IN_ITEMS))]
    listed = listed[listed["blocking"] | (listed["severity"] != "info")].sort_values(["order", "area", "question"])
    if listed.empty:
        return
    report.part.add("note", _say("caption_findings"))
    columns: list[Column] = [("问题编号", 2.2, "left"), ("地区", 1.2, "left"), ("说明", 3.2, "left"),
                             ("实际", 1.8, "left"), ("应为", 1.8, "left"), ("位置", 1.8, "left")]  # fmt: skip
    files = report.view.submissions.groupby("area")["original_name"].agg(list)
    rows = []
    for row in listed.head(_most("rows")).itertuples():
        at = _position(row.where, files.get(row.area, [])) if isinstance(row.where, str) else ""
        told = [_quoted(_coded(report, one)) for one in (row.found, row.expected, at)]
        rows.append([row.question, report.view.name(row.area), plain(row.message), *told])
    report.table(columns, rows)
    _cut(report, len(rows), len(listed))


def _position(where: str, files: Iterable[str]) -> str:
    """A finding's place in its file, whose name stands in the annex of sources."""
    for file in files:
        where = where.removeprefix(str(file))
    return _ROW.sub(r"第\1行", where.strip())


def _quoted(text: str) -> str:
    """The beginning of a text that is too long to be shown."""
    most = _most("quote")
    return text if len(text) <= most else f"{text[:most]}…"


def _coded(report: _Report, value: Any) -> str:
    """What a finding found or expected; a code in words."""
    return _dated(plain(STATUSES.get(value, report.view.label(value)))) if isinstance(value, str) else ""


def _dated(text: str) -> str:
    """A finding's text with its months as readers write them."""
    return _MONTH.sub(lambda found: month(found[0].strip()), text)


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Rows with their columns as attributes, none of which hides a tuple's own `count`."""
    return list(frame.rename(columns={"count": "times"}).itertuples())


def _sources_table(report: _Report) -> None:
    view, part = report.view, report.part
    publication = view.publication
    previous = publication["previous"]
    part.add(
        "note",
        _say(
            "sources_publication",
            publication=publication["publication"],
            state=report.state,
            made_at=beijing(str(publication["made_at"])),
            rules=publication["rules"],
            release=RELEASE_CLASSES[view.release],
            previous=_say("sources_previous", publication=previous) if isinstance(previous, str) else "",
        ),
    )
    part.add("note", _say("sources_numbers"))
    report.table(
        [("位置", 1.2, "center"), ("内容", 4, "left"), ("来源", 5, "left")],
        [[place, _quoted(text), table] for place, text, table in report.sources],
    )
    part.add("note", _say("caption_files"))
    used = view.submissions[view.submissions["used"] & view.submissions["area"].isin(report.members)]
    report.table(
        [("地区", 1.4, "left"), ("文件", 5, "left"), ("版本", 0.7, "center"), ("收到", 1.8, "center"),
         ("数据", 1.2, "center")],
        [
            [view.name(row.area), _file(str(row.original_name)), str(row.version), beijing(str(row.received_at))[:10],
             SAMPLE if row.is_sample else ""]
            for row in used.sort_values(["area", "submission"]).itertuples()
        ],
    )  # fmt: skip

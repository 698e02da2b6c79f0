"""The 督查专报 of a county, a city or the province as Word: what it says; its form is known in `gongwen`.

Every sentence is a phrase of reference/report_phrases.csv, every number one of the month's view or counted from it.
"""

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
from risk_assets.publishing.advice import plain
from risk_assets.publishing.answers import NoAnswer
from risk_assets.publishing.gongwen import typeset
from risk_assets.publishing.letters import Column, Letter, Part
from risk_assets.publishing.month_view import MonthView
from risk_assets.publishing.office_template import filled
from risk_assets.publishing.words import RELEASE_CLASSES, SAMPLE, SEVERITIES, STATES, STATUSES, change, month

_NUMERALS = "一二三四五六七八九十"
_FALLS = "cumulative_falls"
_OPEN = "open"
_IN_ITEMS = ("status_above_figures", "status_below_figures")  # their items are listed in an annex of their own
_REPORTING = ("county", "zone")


class NotReady(NoAnswer):
    """Blocking questions are open in the area; the message says how many and what to do."""


def supervision_report(view: MonthView, area: str, force: bool = False, template: bytes | None = None) -> bytes:
    """The 督查专报 of an area as .docx, in the form of the standard or of an office's template.

    Args:
        view: As of `supervision_letter`.
        area: As of `supervision_letter`.
        force: As of `supervision_letter`.
        template: A .docx of the office with placeholders (see `office_template`).

    Returns:
        The same bytes for the same view and template.

    Raises:
        NoAnswer, NotReady: As of `supervision_letter`.
        BadTemplate: The template cannot be used.
    """
    letter = supervision_letter(view, area, force)
    return filled(letter, template).content if template else typeset(letter)


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
        return self.lines[self.lines["component"] == WHOLE_ITEM]

    @cached_property
    def behind(self) -> pd.DataFrame:
        return self.items[self.items["tasks_behind"] > 0]

    @cached_property
    def higher(self) -> pd.DataFrame:
        return self.items[self.items["verdict"] == "reported_higher"]

    @cached_property
    def before(self) -> pd.DataFrame:
        """Items of the month before."""
        first = str(pd.Period(self.view.period, "M") - 1)
        frame = self.view.earlier[self.view.earlier["period"] == first]
        return self._of_members(frame[frame["component"] == WHOLE_ITEM])

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Tasks behind by area and indicator, `before` and `now`, of areas that reported in both months."""
        both = set(self.items["area"]) & set(self.before["area"])
        sides = {}
        for name, frame in (("before", self.before), ("now", self.items)):
            kept = frame[frame["area"].isin(both)]
            sides[name] = kept.groupby(["area", kept["indicator"].fillna("")])["tasks_behind"].sum()
        return pd.DataFrame(sides).fillna(0).astype(int).reset_index()

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

    def say(self, text: str, table: str) -> None:
        """A paragraph, and the table that its figures come from."""
        self.part.add("paragraph", text)
        self.sources.append((self.place, text, table))


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


def _count(column: pd.Series) -> int:
    return int(column.fillna(0).sum())


def _number(value: Any) -> str:
    """A figure with at most two digits, as short as it can be told."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


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
    letter.opening = _say("opening", month=report.month)


def _brief(report: _Report) -> None:
    """The page for the governor: what changed, why, who answers."""
    report.place = _say("brief_title")
    part = report.letter.brief = Part(report.place)
    for lead, text in (
        ("brief_changed", _coverage(report) + _behind_change(report) + _moves(report)),
        ("brief_why", _why(report)),
        ("brief_who", _who(report)),
    ):
        part.add("paragraph", text, _say(lead))
        report.sources.append((report.place, _say(lead) + text, "coverage、assessments、rankings、rollups"))
    columns = [("仗", 3.2, "left"), ("任务", 1.3, "right"), ("滞后", 1.2, "right"), ("占比", 1.3, "right"),
               ("滞后（上月→本月）", 3.2, "center"), ("居首", 1.7, "center"), ("居末", 1.7, "center")]  # fmt: skip
    part.add("note", _say("brief_note"))
    part.table(columns, _brief_rows(report))


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


def _coverage(report: _Report) -> str:
    frame = report.coverage
    read = _count(frame["read"])
    return _say(
        "coverage",
        month=report.month,
        expected=len(frame),
        received=_count(frame["received"]),
        read=read,
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
        kept = kept.assign(by_size=kept["change"] * -sign).sort_values(["by_size", "area"]).head(_most("ends"))
        names = [
            _say("moved_area", area=report.view.name(r.area), change=change(int(r.change))) for r in kept.itertuples()
        ]
        found += _say(phrase, areas="、".join(names)) if names else ""
    return found


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
    if report.moved.empty:
        return _say("no_month_before")
    worst = _worse(report)[: _most("brief")]
    if not worst:
        return _say("why_none")
    told = []
    for indicator, was, now, _ in worst:
        share = _attained(report, indicator)
        tail = "" if share is None else _say("why_attainment", share=f"{share:.1f}")
        told.append(_say("why_indicator", indicator=report.view.label(indicator), before=was, now=now, attainment=tail))
    return _say("why", indicators="；".join(told))


def _attained(report: _Report, indicator: str) -> float | None:
    frame = report.view.rollups
    rows = frame[
        (frame["area"] == report.area) & (frame["indicator"] == indicator) & (frame["component"] == WHOLE_ITEM)
    ]
    known = rows.loc[~rows["withheld"], "attainment"].dropna()
    return float(known.iloc[0]) if len(known) else None


def _who(report: _Report) -> str:
    told = []
    for indicator, _, _, new in _worse(report)[: _most("brief")]:
        told.append(_say("who_indicator", indicator=report.view.label(indicator), areas=_grouped(report, new)))
    text = _say("who", indicators="；".join(told)) if told else ""
    text += _say("who_behind", areas="、".join(_most_behind(report)[: _most("ends")])) if len(report.behind) else ""
    missing = _missing(report)
    return text + (
        _say("who_missing", areas="、".join(map(report.view.name, missing))) if missing else _say("who_none")
    )


def _grouped(report: _Report, codes: Sequence[str]) -> str:
    """A few counties by name; many of a province by their cities, with how many of each."""
    if report.level != "province" or len(codes) <= _most("named"):
        return _few((report.view.name(one) for one in codes), _most("named"))
    cities = (
        pd.Series([_city(report, one) for one in codes])
        .value_counts()
        .sort_index()
        .sort_values(ascending=False, kind="stable")
    )
    shown = [_say("who_area", area=report.view.name(str(city)), count=count) for city, count in cities.items()]
    return "、".join(shown[: _most("ends")])


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


def _most_behind(report: _Report) -> list[str]:
    """Areas below with how many tasks they are behind with, the most first."""
    behind = report.behind.groupby("area")["tasks_behind"].sum().sort_index()
    if report.level == "province":
        behind = behind.groupby(lambda code: _city(report, code)).sum()
    ordered = behind.sort_values(ascending=False, kind="stable")
    return [_say("area_tasks", area=report.view.name(code), count=int(count)) for code, count in ordered.items()]


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
    return f"{100 * counts[name] / base:.1f}%" if base else "—"


def _shares(counts: dict[str, int]) -> str:
    told = [
        _say("share", status=label, count=counts[f"tasks_{status}"], share=_share(counts, f"tasks_{status}")[:-1])
        for status, label in STATUSES.items()
        if counts[f"tasks_{status}"] and status != "not_applicable"
    ]
    return "，".join(told)


def _overall(report: _Report) -> None:
    if report.is_own:
        _own_coverage(report)
    else:
        report.say(_coverage(report), "coverage（报送情况）")
    every = [counts for campaign in report.view.campaigns if (counts := _counts(report, campaign))]
    if every:
        total = {name: sum(one[name] for one in every) for name in every[0]}
        text = _say("tasks", tasks=total["tasks"], shares=_shares(total), outside=total["tasks_not_applicable"])
        report.say(text, _counted_in(report))
        report.say(_behind_change(report), "assessments（本月与上月逐项比较）")
    text = _place(report, "total", _say("total")) + _ends(report, "total")
    if text:
        report.say(text, "rankings（总排名）")


def _own_coverage(report: _Report) -> None:
    used = report.coverage[report.coverage["read"] > 0]
    if used.empty and report.items.empty:
        report.say(_say("coverage_none", month=report.month), "coverage（报送情况）")
        return
    late = _count(used["late_by"])
    timely = _say("late_by", days=late) if late else _say("timely")
    report.say(_say("coverage_own", month=report.month, timely=timely), "coverage（报送情况）")


def _counted_in(report: _Report) -> str:
    return "assessments（逐项状态）" if report.is_own else "rollups（各仗汇总）"


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
            points = _say("points", points=f"{row.value:.2f}")
            places.append(
                _say(
                    "place_one",
                    within=within,
                    rank=row.rank,
                    tied=_say("tied") if row.tied else "",
                    of=row.of,
                    moved="" if pd.isna(row.change) else _say("place_moved", change=change(int(row.change))),
                )
            )
    return _say("place", what=what if points else "", points=points, places="，".join(places)) if places else ""


def _ends(report: _Report, by: str) -> str:
    """Who leads and who is last among the areas below."""
    places, most = _ranked(report, by), _most("ends")
    names = [_say("leader", area=report.view.name(row.area), points=f"{row.value:.2f}") for row in places.itertuples()]
    if not names:
        return ""
    if len(names) <= 2 * most:
        return _say("all_ranked", first="、".join(names))
    return _say("leaders", first="、".join(names[:most]), last="、".join(names[-most:]))


def _progress(report: _Report) -> None:
    for number, (campaign, name) in enumerate(report.view.campaigns.items()):
        report.subsection(number, name)
        counts = _counts(report, campaign)
        if counts:
            text = _say("tasks_campaign", tasks=counts["tasks"], shares=_shares(counts))
            outside = counts["tasks_not_applicable"]
            text += _say("tasks_outside", outside=outside) if outside else ""
        else:
            withheld = [] if report.is_own else list(_whole(report, campaign)["reason"].dropna())
            text = _say("withheld", reason=withheld[0]) if withheld else _say("not_told")
        text += _ends(report, campaign) + (_place(report, campaign) if len(report.items) else "")
        report.say(text, f"{_counted_in(report)}、rankings（{name}）")


def _problems(report: _Report) -> None:
    parts = (("head_behind", _say_behind), ("head_verdicts", _say_verdicts), ("head_falls", _say_falls),
             ("head_reporting", _say_reporting))  # fmt: skip
    for number, (title, write) in enumerate(parts):
        report.subsection(number, _say(title))
        write(report)


def _say_behind(report: _Report) -> None:
    if report.behind.empty:
        report.say(_say("behind_none" if len(report.items) else "nothing_told"), "assessments（逐项状态）")
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
        report.say(text, "assessments（逐项状态）")
    if not report.is_own:
        report.say(
            _say("behind_areas", areas=_few(_counties_behind(report), _most("named"))), "assessments（逐项状态）"
        )


def _counties_behind(report: _Report) -> list[str]:
    behind = report.behind.groupby("area")["tasks_behind"].sum().sort_index()
    ordered = behind.sort_values(ascending=False, kind="stable")
    return [_say("area_tasks", area=report.view.name(code), count=int(count)) for code, count in ordered.items()]


def _by_indicator(report: _Report, rows: pd.DataFrame) -> list[str]:
    """Indicators by how many areas are named with them, the most first: with their names in a city."""
    groups = [(str(one), list(dict.fromkeys(of["area"]))) for one, of in rows.groupby("indicator")]
    groups.sort(key=lambda group: (-len(group[1]), group[0]))
    told = []
    for indicator, codes in groups[: _most("named")]:
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
    own = _figure(report, row)
    parts = [] if own else [one for part in report.parts.get(_key(row), []) if (one := _figure(report, part))]
    return own or "、".join(parts) or _label(report, row)


def _key(row: Any) -> tuple[Any, ...]:
    return row.submission, row.table_no, row.item


def _figure(report: _Report, row: Any) -> str:
    label = _label(report, row)
    shares = [one for one in (row.attainment_computed, row.attainment_reported) if pd.notna(one)]
    if row.unit == "%" and pd.notna(row.done_value) and pd.notna(row.target_value):
        told = _say("figure_held", item=label, done=_number(row.done_value), target=_number(row.target_value))
    elif shares:
        told = _say("figure_share", item=label, share=_number(shares[0]))
    else:
        return ""
    report.sources.append((report.place, told, _where(report, row)))
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
    return f"{name} {at}：{plain(str(figure['sentence']))[: _most('quote')]}"


def _file(name: str) -> str:
    """A file's name without persons; the ending apart, as a number before a dot is no telephone number otherwise."""
    path = PurePosixPath(name)
    return plain(path.stem) + path.suffix if path.suffix else plain(name)


def _say_verdicts(report: _Report) -> None:
    if report.items.empty:
        report.say(_say("nothing_told"), "assessments（比对结论）")
        return
    counts = report.items["verdict"].value_counts()
    consistent, higher, lower, undecided = (
        int(counts.get(one, 0)) for one in ("consistent", "reported_higher", "reported_lower", "undecidable")
    )
    text = _say("verdicts", checked=consistent + higher + lower, consistent=consistent, higher=higher, lower=lower,
                undecided=undecided)  # fmt: skip
    report.say(text + (_say("verdicts_question") if higher + lower else ""), "assessments（比对结论）")
    if report.is_own:
        lower_rows = report.items[report.items["verdict"] == "reported_lower"]
        for phrase, rows in (("higher_named", report.higher), ("lower_named", lower_rows)):
            items = [_item(report, row) for row in rows.itertuples()]
            if items:
                named = _few(items, _most("items"), "and_other_items")
                report.say(_say(phrase, count=len(items), items=named), "assessments（比对结论）")
    elif higher:
        by_area = report.higher["area"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        areas = [_say("area_tasks", area=report.view.name(str(one)), count=count) for one, count in by_area.items()]
        text = _say("higher_areas", areas=_few(areas, _most("named")),
                    indicators="、".join(_by_indicator(report, report.higher)))  # fmt: skip
        report.say(text, "assessments（比对结论）")


def _say_falls(report: _Report) -> None:
    if report.view.release == RELEASE_ORDER[0]:
        report.say(_say("falls_public"), "findings（问题）")
    elif report.falls.empty:
        report.say(_say("falls_none" if len(report.items) else "nothing_told"), "findings（问题）")
    else:
        items = [
            _say(
                "falls_item",
                area=report.view.name(row.area),
                item=report.view.label(row.indicator) if isinstance(row.indicator, str) else "",
                found=plain(str(row.found)),
                expected=plain(str(row.expected)),
            )
            for row in report.falls.itertuples()
        ]
        shown = _few(items, _most("items"), "and_other_items")
        report.say(_say("falls", count=len(report.falls), items=shown), "findings（问题）")


def _say_reporting(report: _Report) -> None:
    missing, late = _missing(report), _late(report)
    if report.is_own:
        lacking = _lacking_indicators(report)
        if lacking:
            text = _say("lacking_own", count=len(lacking), items=_few(lacking, _most("items"), "and_other_items"))
            report.say(text, "assessments（逐项状态）")
    else:
        text = _say("missing", count=len(missing), areas=_by_city(report, missing)) if missing else _say("missing_none")
        names = [_say("late_item", area=report.view.name(row.area), days=int(row.late_by)) for row in late.itertuples()]
        text += _say("late", count=len(names), areas=_few(names, _most("items"))) if names else ""
        report.say(text, "coverage（报送情况）")
        holes = _lacking_campaigns(report)
        if holes:
            report.say(_say("lacking", items="；".join(holes[: _most("items")])), "assessments（逐项状态）")
    if report.view.release == RELEASE_ORDER[0]:
        return
    counted = report.findings["severity"].value_counts()
    told = [_say("severity", severity=label, count=int(counted.get(one, 0))) for one, label in SEVERITIES.items()]
    text = _say("questions", count=len(report.findings), severities="、".join(told), blocking=len(report.blocking))
    report.say(text, "findings（问题）")


def _lacking_indicators(report: _Report) -> list[str]:
    """Indicators of the framework that an area that has reported says nothing of."""
    if report.items.empty:
        return []
    told = set(report.items["indicator"].dropna())
    return [row["name"] for one, row in report.view.indicators.items() if one not in told]


def _lacking_campaigns(report: _Report) -> list[str]:
    told = report.items.groupby("area")["campaign"].agg(lambda column: set(column.dropna()))
    holes = []
    for code, there in told.items():
        names = [name for campaign, name in report.view.campaigns.items() if campaign not in there]
        if names:
            holes.append(_say("lacking_item", area=report.view.name(str(code)), campaigns="、".join(names)))
    return holes


def _advice(report: _Report) -> None:
    """What to do about each kind of finding that there is, the gravest first."""
    own, most = report.name, _most("named")
    late = [report.view.name(str(one)) for one in _late(report)["area"]]
    unknown = report.items[report.items["status_reported"] == "unknown"]
    unread = report.coverage[report.coverage["read"].fillna(0) == 0]  # not sent, or sent and not readable
    kinds: list[tuple[str, list[str]]] = [
        ("blocking", _names(report, report.blocking)),
        ("missing", [report.view.name(str(one)) for one in unread["area"]]),
        ("behind", _names(report, report.behind)),
        ("higher", _names(report, report.higher)),
        ("falls", _names(report, report.falls)),
        ("unknown", _names(report, unknown)),
        ("late", late),
    ]
    worst = (
        report.behind.groupby("indicator")["area"].nunique().sort_index().sort_values(ascending=False, kind="stable")
    )
    focus = _few((report.view.label(str(one)) for one in worst.index[:most]), most)
    found = [(kind, names) for kind, names in kinds if names]
    for number, (kind, names) in enumerate(found):
        report.subsection(number, _say(f"advise_{kind}"))
        phrase = "advise_behind_own" if kind == "behind" and report.is_own else f"advise_{kind}_text"
        areas = own if report.is_own else _few(names, most)
        report.part.add("paragraph", _say(phrase, areas=areas, month=report.month, indicators=focus))
    if not found:
        report.subsection(0, _say("advise_none"))
        report.part.add("paragraph", _say("advise_none_text"))


def _names(report: _Report, rows: pd.DataFrame) -> list[str]:
    """Areas of some rows, those with the most first."""
    counts = rows["area"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return [report.view.name(str(one)) for one in counts.index]


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
    """Places of the areas below; of a county those of its city, and its own by campaign."""
    view, scheme = report.view, report.view.scheme["name"]
    universe = report.area if not report.is_own else above(report.area, view.areas)[-2:][0]
    levels = ["city", "county"] if report.level == "province" else ["county"]
    for level in levels:
        frame = view.rankings
        kept = frame[(frame["by"] == "total") & (frame["universe"] == universe) & (frame["level"] == level)]
        kept = kept[~kept["zones"]].sort_values(["rank", "area"])
        ranked, rest = kept[kept["rank"].notna()], kept[kept["rank"].isna()]
        head: list[Column] = [("名次", 1, "center"), ("地区", 3, "left"), ("得分", 1.4, "right"),
                              ("名次变化", 1.4, "center"), ("数据", 1.6, "center")]  # fmt: skip
        rows = [
            [
                f"{row.rank}{'（并列）' if row.tied else ''}",
                view.name(row.area),
                f"{row.value:.2f}",
                change(None if pd.isna(row.change) else int(row.change)),
                SAMPLE if row.is_sample else "",
            ]
            for row in ranked.itertuples()
        ]
        report.part.table(head, rows)
        if len(rest):
            told = [_say("not_ranked_item", area=view.name(row.area), reason=row.reason) for row in rest.itertuples()]
            report.part.add("note", _say("not_ranked", areas="、".join(told)))
        report.part.add("note", _say("scheme", scheme=scheme))


def _campaign_table(report: _Report) -> None:
    columns: list[Column] = [("仗", 3, "left"), ("任务", 1.1, "right")]
    columns += [(label, 1.1, "right") for label in STATUSES.values()]
    rows = []
    for campaign, name in report.view.campaigns.items():
        counts = _counts(report, campaign)
        rows.append([name, *(str(one) for one in counts.values())] if counts else [name, *["—"] * (len(columns) - 1)])
    report.part.table(columns, rows)
    if not report.is_own:
        report.part.add("note", _say("sources_cut"))


def _named_table(report: _Report) -> None:
    """Items that are behind or whose report and figures part; of the province the indicators."""
    if report.level == "province":
        _indicator_table(report)
        return
    kept = report.items[(report.items["tasks_behind"] > 0) | (report.items["verdict"] == "reported_higher")]
    kept = kept.sort_values(["area", "table_no", "row"])
    columns: list[Column] = [("地区", 1.3, "left"), ("指标", 2.8, "left"), ("上报", 1.2, "center"),
                             ("按数", 1.2, "center"), ("依据", 5, "left"), ("出处", 1.4, "left")]  # fmt: skip
    rows = []
    for row in kept.head(_most("rows")).itertuples():
        figure = report.places.get((row.submission, row.table_no, row.row, row.component))
        at = plain(f"{figure['sheet']}!{figure['cell']}") if figure and isinstance(figure["cell"], str) else ""
        computed = STATUSES[row.status_computed] if isinstance(row.status_computed, str) else "—"
        rows.append(
            [report.view.name(row.area), _label(report, row), STATUSES[row.status_reported], computed, row.why, at]
        )
    report.part.table(columns, rows)
    _cut(report, len(rows), len(kept))


def _indicator_table(report: _Report) -> None:
    behind = report.behind.groupby("indicator")["area"].nunique()
    higher = report.higher.groupby("indicator")["area"].nunique()
    both = pd.DataFrame({"behind": behind, "higher": higher}).fillna(0).astype(int).sort_index()
    both = both.sort_values(["behind", "higher"], ascending=False, kind="stable")
    columns: list[Column] = [("指标", 3.6, "left"), ("滞后县数", 1.2, "right"), ("上报高于按数", 1.4, "right"),
                             ("累计完成(%)", 1.4, "right"), ("滞后县较多的市州", 4.4, "left")]  # fmt: skip
    rows = []
    for indicator, counts in both.head(_most("indicators")).iterrows():
        share = _attained(report, str(indicator))
        codes = list(dict.fromkeys(report.behind.loc[report.behind["indicator"] == indicator, "area"]))
        rows.append(
            [
                report.view.label(str(indicator)),
                str(counts["behind"]),
                str(counts["higher"]),
                "—" if share is None else f"{share:.1f}",
                _grouped(report, codes),
            ]
        )
    report.part.table(columns, rows)
    _cut(report, len(rows), len(both))


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
    head: list[Column] = [("级别", 1, "center"), ("问题", 7, "left"), ("地区数", 1, "right"), ("处数", 1, "right")]
    labels = list(SEVERITIES.values())
    report.part.table(
        head, [[labels[row.order], plain(row.message), str(row.areas), str(row.times)] for row in _rows(kinds)]
    )
    listed = found[found["blocking"] | ((report.level != "province") & ~found["rule"].isin(_IN_ITEMS))]
    listed = listed[listed["blocking"] | (listed["severity"] != "info")].sort_values(["order", "area", "question"])
    report.part.add("note", "")
    columns: list[Column] = [("问题编号", 2.2, "left"), ("地区", 1.2, "left"), ("说明", 3.2, "left"),
                             ("实际", 1.8, "left"), ("应为", 1.8, "left"), ("位置", 1.8, "left")]  # fmt: skip
    quote = _most("quote")
    files = dict(zip(report.view.submissions["submission"], report.view.submissions["original_name"], strict=True))
    rows = []
    for row in listed.head(_most("rows")).itertuples():
        # The file is named in the annex of sources; here stands the place in it.
        at = row.where.removeprefix(str(files.get(row.submission, ""))) if isinstance(row.where, str) else ""
        told = [_coded(report, one)[:quote] for one in (row.found, row.expected, at)]
        rows.append([row.question, report.view.name(row.area), plain(row.message), *told])
    report.part.table(columns, rows)
    _cut(report, len(rows), len(listed))


def _coded(report: _Report, value: Any) -> str:
    """What a finding found or expected; a code in words."""
    return plain(STATUSES.get(value, report.view.label(value))) if isinstance(value, str) else ""


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Rows with their columns as attributes, none of which hides a tuple's own `count`."""
    return list(frame.rename(columns={"count": "times"}).itertuples())


def _sources_table(report: _Report) -> None:
    view, part = report.view, report.part
    publication = view.publication
    made = pd.Timestamp(str(publication["made_at"])).tz_convert("Asia/Shanghai")
    previous = publication["previous"]
    part.add(
        "note",
        _say(
            "sources_publication",
            publication=publication["publication"],
            state=report.state,
            made_at=f"{made:%Y-%m-%d %H:%M}",
            rules=publication["rules"],
            release=RELEASE_CLASSES[view.release],
            previous=_say("sources_previous", publication=previous) if isinstance(previous, str) else "",
        ),
    )
    part.add("note", _say("sources_numbers"))
    quote = _most("quote")
    part.table(
        [("位置", 1.2, "center"), ("内容", 4, "left"), ("来源", 5, "left")],
        [[place, text if len(text) <= quote else f"{text[:quote]}…", table] for place, text, table in report.sources],
    )
    part.add("note", "")
    used = view.submissions[view.submissions["used"] & view.submissions["area"].isin(report.members)]
    part.table(
        [("地区", 1.4, "left"), ("文件", 5, "left"), ("版本", 0.7, "center"), ("收到", 1.8, "center"),
         ("数据", 1.2, "center")],
        [
            [view.name(row.area), _file(str(row.original_name)), str(row.version), str(row.received_at)[:10],
             SAMPLE if row.is_sample else ""]
            for row in used.sort_values(["area", "submission"]).itertuples()
        ],
    )  # fmt: skip

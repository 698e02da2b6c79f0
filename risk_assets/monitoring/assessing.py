"""Items of a county's report: what it says of each, and what its figures say by the formula of its target."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from risk_assets import reference
from risk_assets.contracts import RELEASE_CLASSES, STATUSES, WHOLE_ITEM
from risk_assets.language.counts import statements
from risk_assets.language.figures import GROWTH, in_base, scaled
from risk_assets.language.numbers import decimals, number
from risk_assets.language.text import squeezed
from risk_assets.layouts.findings import cell_address, finding
from risk_assets.layouts.headers import AREAS, MEASURES
from risk_assets.layouts.indicators import indicators, tables
from risk_assets.monitoring.attainment import attainment
from risk_assets.monitoring.evidence import (
    Choice,
    Evidence,
    Printed,
    choose,
    ends_in,
    evidence_of,
    is_to_stay_below,
    last_month,
    printed_ratio,
    stands_alone,
)
from risk_assets.monitoring.targets import Target, read_target, row_unit, tables_with_goals, target_text
from risk_assets.monitoring.tying import components
from risk_assets.monitoring.verdicts import (
    Computed,
    as_it_stands,
    by_schedule,
    once_reached,
    say,
    together,
    undecided,
    verdict,
)

MANY_TASKS = "tasks"
_FACTORS = (1e4, 1e-4, 1e8, 1e-8)
_NOTED = ("indicator_text", "target_text", "progress", "done_text", "remark")
_AMOUNTS = ("amount", "count", "both", "")
_NO_FIGURES = dict.fromkeys(
    ("target_value", "done_value", "unit", "direction", "figure_period", "value", "value_unit", "growth", "numerator",
     "denominator", "attainment_computed")
)  # fmt: skip


@dataclass
class _Judged:
    """One value of an item, judged: the columns of `assessments` that are its own, and what its figures say."""

    component: str
    columns: dict[str, Any]
    computed: Computed
    ratio_check: str = "undecidable"
    reason: str = ""
    share: float = 0.0


def assess(
    rows: list[dict[str, Any]],
    observations: Iterable[dict[str, Any]],
    framework: str,
    month: str | None,
    area: str | None,
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Judge the items of one submission.

    Args:
        rows: Its report rows.
        observations: Its figures.
        framework: Year of the framework by which they were read.
        area: Area that reports; None where nobody has told.
        month: Reporting month; None where nobody has told: then nothing is held against a schedule.

    Returns:
        Rows of `assessments` without the columns that name the submission, and findings.
    """
    of_row: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in observations:
        if one["row"] is not None:
            of_row[one["row"]].append(one)
    with_goals = tables_with_goals(rows)
    assessed: list[dict[str, Any]] = []
    findings: list[dict[str, str]] = []
    for row in rows:
        if row["state"] == "accepted" and not row["part"] and row["layout"] not in (AREAS, MEASURES):
            item = _Item(row, target_text(row, with_goals), area or "", of_row[row["row"]], framework, month or "")
            assessed += item.assessed()
            findings += item.findings
    _untie_repeated(rows, assessed, findings)
    return assessed, findings


class _Item:
    """One item of a table on its way to its assessments."""

    def __init__(
        self, row: dict[str, Any], goal: str, area: str, observations: list[dict[str, Any]], framework: str, month: str
    ):
        self.row, self.framework, self.month = row, framework, month
        self.known = _traits(framework).get(row["indicator"] or "", {})
        self.kind = self.known.get("kind", "")
        self.parts = components(framework).get(row["indicator"] or "", ())
        task, own = f"{row['indicator_text'] or ''}{goal}", row["area"] or area
        self.figures = evidence_of(row, task, own, observations, framework)
        self.goal = goal
        self.target_kind, self.targets = read_target(goal, row["indicator"] or "", framework, row_unit(row))
        printed = printed_ratio(row["attainment"], row["attainment_text"] or "")
        told = [Printed(o["value"], decimals(o["quote"])) for o in observations if _is_share_of_year(o)]
        text = squeezed((row["progress"] or "") + (row["done_text"] or ""))
        self.is_of_year = not any(word in text for word in reference.form_words("of_quarter"))
        self.printed, self.ratios = printed, [printed] if printed else told
        self.release_class = release_class(row, self.known.get("release_class", RELEASE_CLASSES[0]))
        self.findings: list[dict[str, str]] = []

    def assessed(self) -> list[dict[str, Any]]:
        """The row of the item, and one for each component that has a target or a figure."""
        row = self.row
        judged = [one for part in self.parts if (one := self._judge(part.id, self._of(part.id, part.measure)))]
        whole = self._together(judged) if self.parts else self._judge(WHOLE_ITEM, self._of(WHOLE_ITEM, ""))
        assert whole is not None  # noqa: S101 - only a component without anything is none
        if self.parts:
            whole.columns |= _rate(self.figures, self.month, self.known)
        self._ask(whole)
        out = []
        for one in (whole, *judged):
            is_whole = one is whole
            said, why = verdict(row["status"], one.computed)
            out.append(
                {
                    "area": row["area"],
                    "table_no": row["table_no"],
                    "item": row["item"],
                    "component": one.component,
                    "campaign": row["campaign"],
                    "indicator": row["indicator"],
                    "row": row["row"],
                    "status_reported": row["status"],
                    **_tasks(row if is_whole else None, self.framework),
                    "target_kind": self.target_kind,
                    **_NO_FIGURES,
                    **one.columns,
                    "attainment_reported": row["attainment"] if is_whole else None,
                    "ratio_check": one.ratio_check,
                    "schedule": one.computed.schedule,
                    "status_computed": one.computed.status,
                    "verdict": said,
                    "why": why,
                    "release_class": self.release_class,
                }
            )
        return out

    def _of(self, component: str, measure: str) -> Target | str:
        """The one target of a component, or the reason why there is none."""
        if component:
            own = [one for one in self.targets if one.component == component]
            own = [one for one in own if (one.measure in GROWTH) == (measure == "growth")] or own
        else:
            wanted = "growth" if self.kind == "growth" else "level"
            own = [one for one in self.targets if one.component == wanted]
            own = own or [one for one in self.targets if one.component in ("level", "growth")]
            sole = self.targets[0] if len(self.targets) == 1 else None
            if not own and sole and (self._is_lone(sole) or not self.known or sole.from_value is not None):
                own = [sole]
        if not own:
            return self.target_kind if self.goal and self.target_kind in ("milestone", "words") else "no_target"
        if len({(one.value, one.unit, one.from_value) for one in own}) > 1:
            return "many_targets"
        if own[0].value is None:
            return "hidden"
        is_less = self.known.get("direction") == "le" or is_to_stay_below(self.row.get("indicator_text") or "")
        is_bare = own[0].bound in ("eq", "approx") and own[0].measure not in GROWTH
        if is_bare and self.kind == "growth" and own[0].unit == "%" and self._is_lone(own[0]):
            return replace(own[0], measure="yoy")  # 地区生产总值增速 | % | 7.5
        return replace(own[0], direction="le") if is_bare and is_less else own[0]

    def _is_lone(self, target: Target) -> bool:
        """Whether the target's figure is all that stands in the cell of targets."""
        return stands_alone(self.row.get("target_text") or "", target.quote)

    def _judge(self, component: str, target: Target | str) -> _Judged | None:
        """Judge one value; None of a component that has neither target nor figure."""
        own = (component,) if component else ("level", "growth") if self.known else ("",)
        figures = [f for f in self.figures if f.component in own or not (component or f.component or f.strength < 2)]
        both = [one for one in self.figures if one.component in ("level", "growth")]
        reached = _reached(both if component in ("level", "growth") else figures, self.month)
        if isinstance(target, str):
            if component and not reached:
                return None
            return _Judged(component, reached, undecided(target) if component else self._without_target(target))
        base, factor = in_base(target.unit or self.known.get("unit", ""))
        measure = target.measure
        wanted = scaled(target.value or 0.0, factor)
        is_ratio = measure == "level" and target.direction == "ge" and target.from_value is None
        choice = choose(figures, self.month, base, measure, wanted if is_ratio else None, self.ratios)
        columns = {
            **reached,
            "target_value": wanted,
            "unit": "%" if measure in GROWTH else base or (choice.figure.unit if choice.figure else "") or None,
            "direction": target.direction,
        }
        judged = _Judged(component, columns, undecided("no_figure"))
        start = None if target.from_value is None else scaled(target.from_value, factor)
        if component and choice.figure and not self._may_be(choice.figure, target, wanted):
            choice = Choice(None, "unsaid", choice.figure.quote)
        share = self._held(judged, choice, target, wanted, start)
        judged.computed = self._say(judged, choice, target, share)
        return judged

    def _may_be(self, figure: Evidence, target: Target, wanted: float) -> bool:
        """Whether a figure in a sentence may state a component of an item with one ratio for all of them."""
        levels = {one.component for one in self.targets if one.measure == "level"}
        if not (target.measure == "level" and len(levels) > 1 and self.printed and wanted and figure.strength < 2):
            return True
        return self.printed.against(100 * figure.value / wanted) != "differs"

    def _held(
        self, judged: _Judged, choice: Choice, target: Target, wanted: float, start: float | None
    ) -> float | None:
        """Attainment of a chosen figure; a printed ratio is held against it, and a slip of unit mended by it."""
        if choice.figure is None or self._is_rank(target):
            return None
        done = choice.figure.value
        share = attainment(target.measure, target.direction, wanted, done, start)
        single = not judged.component or len({one.component for one in self.targets if one.component}) == 1
        if share is not None and self.printed and start is None and target.measure not in GROWTH:
            judged.ratio_check = self._against(share)
            if judged.ratio_check == "differs":
                factor = self._slip(share) if target.direction == "ge" else None
                if factor and factor > 1:  # what stands too large is the target, or the figure is too small: not told
                    self._find(
                        "unit_contradicts", "target", self.row.get("target_text") or "", self.row.get("unit") or ""
                    )
                    judged.columns |= {"target_value": None, "unit": None}
                    judged.ratio_check, judged.reason = "undecidable", "unit_slip"
                    return None
                if factor:
                    done, share, judged.ratio_check = done * factor, share * factor, "equal"
                    if "value" in judged.columns:
                        judged.columns["value"] = done
                    self._find("unit_contradicts", "done", self.row.get("done_text") or "", self.row.get("unit") or "")
                elif single:
                    self._find("ratio_differs", "attainment", self.row["attainment_text"] or "", f"{share:.2f}%")
                else:
                    judged.ratio_check = "undecidable"  # the ratio may be of another component
        if (
            share is not None
            and judged.ratio_check not in ("equal", "rounding")
            and self._is_doubtful(share, done, wanted)
        ):
            judged.reason, judged.share = "doubtful", share
            judged.ratio_check = "undecidable"
            return None
        judged.columns |= {"done_value": done, "attainment_computed": share, "figure_period": choice.figure.period}
        return share

    def _against(self, share: float) -> str:
        """The printed ratio against a computed one; a bare 1.04 may be 104%."""
        assert self.printed is not None  # noqa: S101 - asked for where one is printed
        check = self.printed.against(share)
        if check == "differs" and number(self.row["attainment_text"] or "") == self.printed.value:
            as_share = Printed(100 * self.printed.value, self.printed.digits - 2)
            check = as_share.against(share)
        return check

    def _is_doubtful(self, share: float, done: float, target: float) -> bool:
        """Whether a share is too large to be believed, or a rate can be none: above 100%, or a fraction of one."""
        if self.kind == "rate" and (done > 100 or done <= 1 < target):
            return True
        return share > float(reference.setting("doubtful_attainment"))

    def _is_rank(self, target: Target) -> bool:
        return target.measure in ("rank", "change") or self.known.get("unit") == "位"

    def _slip(self, share: float) -> float | None:
        """The factor of 万 or 亿 by which the printed ratio proves that the figure stands in another unit."""
        assert self.printed is not None  # noqa: S101 - asked for where one is printed
        for factor in _FACTORS:
            is_proof = share * factor >= 10 * 10.0**-self.printed.digits  # a share of few digits meets anything small
            if is_proof and self.printed.against(share * factor) != "differs":
                return factor
        return None

    def _say(self, judged: _Judged, choice: Choice, target: Target, share: float | None) -> Computed:
        """What a value says: by its computed share, else by the printed one where the target lets it."""
        if self._is_rank(target):
            return undecided("rank")
        if judged.reason:
            return undecided(judged.reason, share=f"{judged.share:.4g}%")
        is_held, is_standing = self._is_scheduled(target), target.from_value is not None or self._is_stock()
        if choice.figure is not None and not is_held and not is_standing:
            return self._standing(judged, target, share)
        basis, period = "", choice.figure.period if choice.figure else ""
        may = self.printed if self.is_of_year and not judged.component else None
        if share is None and may and (is_held or target.from_value is not None):
            share, basis = may.value, say("by_printed")
            period = self._latest()
        if share is None:
            return undecided(choice.reason or "no_ratio", values=choice.values)
        if is_standing:
            return once_reached(share, "standard" if target.from_value is not None else "stock", basis)
        return self._scheduled(share, period, basis)

    def _standing(self, judged: _Judged, target: Target, share: float | None) -> Computed:
        """Growth, a rate or a ceiling as it stands; anything else without a schedule is done or not decided."""
        unit = judged.columns["unit"] or ""
        if not (target.measure in GROWTH or unit in ("%", "‰") or target.direction == "le"):
            return once_reached(share or 0.0, "other_kind", "")
        return as_it_stands(judged.columns["done_value"], judged.columns["target_value"], target.direction, unit)

    def _scheduled(self, share: float, period: str, basis: str) -> Computed:
        """A share of the year's task against what was due at the end of a period, else of the month."""
        if not self.month:
            return undecided("other_period")
        return by_schedule(share, self.known.get("curve") or "linear", ends_in(period, self.month) or self.month, basis)

    def _is_scheduled(self, target: Target) -> bool:
        """Whether a target is an amount or count of the year: more is better, and it grows from nothing."""
        is_amount = target.measure == "level" and in_base(target.unit)[0] not in ("%", "‰")
        standing = target.from_value is not None or target.direction == "le" or self._is_stock()
        is_flow = self.kind == "growth" and in_base(target.unit)[0] == "元"  # 地区生产总值230亿元
        return is_amount and not standing and (self.kind in _AMOUNTS or bool(self.parts) or is_flow)

    def _is_stock(self) -> bool:
        return self.known.get("aggregation") == "stock"

    def _without_target(self, reason: str) -> Computed:
        """An item whose target has no value: the printed ratio of an amount or count still has a schedule."""
        row = self.row
        if task_counts(row, self.framework):
            return undecided("tasks")
        may = self.printed and self.is_of_year and not self._is_stock() and self.known.get("unit") != "位"
        if may and self.printed and self.kind in ("amount", "count") and self.month:
            return self._scheduled(self.printed.value, self._latest(), say("by_printed"))
        return undecided(reason)

    def _latest(self) -> str:
        """The period of the year that ends last among those of the row's figures: that of the printed ratio."""
        return max((f.period for f in self.figures if ends_in(f.period, self.month)), default="", key=last_month)

    def _together(self, judged: Sequence[_Judged]) -> _Judged:
        """The item as a whole from its components that have a target."""
        names = {part.id: part.name for part in self.parts}
        held = [one for one in judged if one.columns.get("target_value") is not None]
        if not held:
            why = self.target_kind if self.target_kind in ("milestone", "words") else "no_target"
            return _Judged(WHOLE_ITEM, {}, self._without_target(why))
        computed = together([(names[one.component], one.computed) for one in held])
        is_of_part = any(one.ratio_check in ("equal", "rounding") for one in held)
        if computed.status is None and self.printed and not is_of_part and self.kind in ("amount", "count", "both"):
            return _Judged(WHOLE_ITEM, {}, self._without_target("no_figure"))
        return _Judged(WHOLE_ITEM, {}, computed)

    def _ask(self, whole: _Judged) -> None:
        """A finding where the county says more or less of the item than its figures do."""
        said, why = verdict(self.row["status"], whole.computed)
        rule = {"reported_higher": "status_above_figures", "reported_lower": "status_below_figures"}.get(said)
        if rule:
            self._find(rule, "status", self.row["status_text"] or "", why)

    def _find(self, rule: str, field: str, found: str, expected: str) -> None:
        self.findings.append(finding(rule, cell_address(self.row, field), found, expected))


def release_class(row: dict[str, Any], lowest: str) -> str:
    """Who may see a line's figures: the indicator's class, or a higher one that a note in the line asks for.

    Args:
        row: A report row.
        lowest: Class of its indicator.
    """
    text = squeezed("".join(row.get(name) or "" for name in _NOTED))
    asked = [one["release_class"] for one in reference.table("release_notes") if squeezed(one["words"]) in text]
    return max([lowest, *asked], key=RELEASE_CLASSES.index)


def _is_share_of_year(one: dict[str, Any]) -> bool:
    """Whether a figure in a sentence is the share of the year's task done (占州定任务的41.67%)."""
    return bool(one["field"] in ("done", "progress") and one["measure"] == "attainment" and one["value"] is not None)


def _reached(figures: Sequence[Evidence], month: str) -> dict[str, Any]:
    """The level reached and its growth, of one period; where several levels or growths are stated, there is none."""
    ends: dict[str, dict[str, set[tuple[float, str]]]] = defaultdict(lambda: defaultdict(set))
    clear = {(one.value, one.unit) for one in figures if one.strength}
    for one in figures:
        end = ends_in(one.period, month)
        if end and not one.is_forecast and (one.measure == "yoy" or one.unit not in ("%", "")):
            ends[one.measure][end].add((one.value, one.unit))
    found: dict[str, Any] = {}
    of_end = max(ends["level"] or ends["yoy"], default="")
    level, growth = ends["level"].get(of_end, set()), ends["yoy"].get(of_end, set())
    if len(level) == 1 and level <= clear:
        ((found["value"], found["value_unit"]),) = level
    if len(growth) == 1 and growth <= clear:
        ((found["growth"], _),) = growth
    if found:
        found["figure_period"] = f"..{of_end}"
    return found


def _rate(figures: Sequence[Evidence], month: str, known: dict[str, str]) -> dict[str, Any]:
    """Numerator and denominator of a rate, where each is stated once."""
    found: dict[str, Any] = {}
    for name in ("numerator", "denominator"):
        own = {f.value for f in figures if f.component == known.get(name) and f.component and ends_in(f.period, month)}
        if len(own) == 1:
            (found[name],) = own
    return found if len(found) == 2 else {}


@cache
def _traits(framework: str) -> dict[str, dict[str, str]]:
    """What the framework says of each indicator, with the components that make up a rate."""
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in reference.table(f"frameworks/{framework}/components"):
        if row["of_rate"]:
            parts[row["indicator"]][row["of_rate"]] = row["component"]
    rows = reference.table(f"frameworks/{framework}/indicators")
    return {row["indicator"]: {**row, **parts[row["indicator"]]} for row in rows}


def _untie_repeated(rows: list[dict[str, Any]], assessed: list[dict[str, Any]], findings: list[dict[str, str]]) -> None:
    """An indicator that two tables of one file report is counted for neither: which one holds is not guessed."""
    times = Counter(item["indicator"] for item in assessed if item["indicator"] and not item["component"])
    for item in assessed:
        if times[item["indicator"]] > 1:
            if not item["component"]:
                row = rows[item["row"] - 1]
                findings.append(finding("indicator_twice", cell_address(row, "indicator"), item["indicator"], ""))
            item["indicator"] = None


def _tasks(row: dict[str, Any] | None, framework: str) -> dict[str, int]:
    """How many tasks a line stands for, by status: one, or what a line of totals counts; a component for none."""
    counts = dict.fromkeys(STATUSES, 0)
    if row is not None:
        counts |= task_counts(row, framework) or {row["status"]: 1}
    return {"tasks": sum(counts.values()), **{f"tasks_{status}": n for status, n in counts.items()}}


def task_counts(row: dict[str, Any], framework: str) -> dict[str, int]:
    """Counts of a line that stands for many tasks (`共有37项任务清单,其中已完成…6项`), or `{}`.

    Which lines do is said by the framework: a sentence that counts must not make an ordinary line weigh more.
    """
    progress = row.get("progress")
    known = indicators(framework).get(row["indicator"] or "")
    if not progress or known is None or known.kind != MANY_TASKS:
        return {}
    found = statements(progress)[1]
    if len(found) != 1 or not found[0].counts:
        return {}
    rest = found[0].total - sum(found[0].counts.values())
    if row.get("status_text") and rest:  # the status word stands unless the counts cover the whole line
        return {}
    return {**found[0].counts, **({"unknown": rest} if rest > 0 else {})}


def missing_items(assessed: list[dict[str, Any]], framework: str) -> list[dict[str, str]]:
    """Items of the framework that a table leaves out: a finding a table of which at least one item is reported.

    Args:
        assessed: Result of `assess`.
        framework: Year.
    """
    known = indicators(framework)
    told = {item["indicator"] for item in assessed if item["indicator"]}
    reported = {known[indicator].table for indicator in told}
    lacking: dict[str, list[str]] = {}
    for indicator in known.values():
        if indicator.table in reported and indicator.id not in told:
            lacking.setdefault(indicator.table, []).append(f"{indicator.item} {indicator.names[0]}")
    titles = {table: wordings[0] for table, (_, wordings) in tables(framework).items()}
    return [finding("items_missing", titles[table], "", "、".join(names)) for table, names in lacking.items()]

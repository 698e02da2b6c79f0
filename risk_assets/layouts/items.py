"""Rows of one table → items: which rows belong together, which number, group, indicator and status each has."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from risk_assets.language.numbers import are_fractions, figure, is_nothing, number, ratio
from risk_assets.language.status import read_status
from risk_assets.language.text import bare, numbering, similarity, squeezed
from risk_assets.layouts.findings import finding
from risk_assets.layouts.indicators import Indicator, campaign_in, candidates, table_in, tie
from risk_assets.layouts.vocabulary import unit_in

_LOST_NAME = 4
_HOLDS_PLACE = 0.8
_LIKENESS = 0.3
_MOST = 0.6
_RATIO_RULES = {
    "lone_one": "lone_one",
    "unsigned": "ratio_unsigned",
    "ambiguous": "ratio_ambiguous",
    "implausible": "ratio_implausible",
    "words": "ratio_words",
}
_HEADING = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?")
_LEADING_SHARE = re.compile(r"(?P<share>\d{1,3}(?:\.\d{1,4})?%)(?:$|\()")
_RATE = re.compile(r"率|增长|增速|增幅|占比|比重")
_OF_ONE_ITEM = {"number", "indicator", "status"}
_BLOCK_LABEL = re.compile(r"[一-鿿]{2}")
_DRESSED = re.compile(r"(?:第|\(|【|\[)?(?P<number>\d{1,3})(?:项|条|号|件|\)|】|\]|[、.,])*")
_SUB_NUMBER = re.compile(r"^\d{1,3}\.\d{1,2}$")
_FIELDS = ("target", "unit", "responsible", "progress", "remark")


class Values(dict[str, str]):
    """Field → text; `""` for a field that the table does not have."""

    def __missing__(self, _name: str) -> str:
        return ""


@dataclass
class RawRow:
    """A row as it stands under its header.

    Attributes:
        line: Row of the sheet or line of the text, from 1.
        values: Field → text, values of vertically merged cells carried down.
        carried: Fields whose value was carried down from a merged cell above.
        cells: JSON of field → cell address.
        reason: Why it must be set aside, or `""`.
        is_text: It comes from a text, where merged labels are broken into pieces.
        percent: The ratio column's header carries the % sign.
        where: Address of the row.
        mended: Its number is the framework's.
    """

    line: int
    values: Values
    carried: set[str]
    cells: str
    reason: str
    is_text: bool
    percent: bool
    where: str
    mended: bool = False

    def __post_init__(self) -> None:
        self.get = self.values.__getitem__  # called forty times a row


@dataclass(frozen=True)
class _Where:
    """The table of the framework whose indicators the rows may speak of."""

    table: str
    campaign: str
    framework: str

    def of(self, row: RawRow) -> tuple[str, str]:
        """Table and campaign of a row: what its own campaign cell says more than the table's title."""
        named = row.get("campaign")
        if named:
            own, of = table_in(named, self.framework), campaign_in(named, self.framework)
            if own or (of and of != self.campaign):
                return own, of
        return self.table, self.campaign

    def tie(self, row: RawRow) -> Indicator | None:
        """The indicator that a row's own text names."""
        return tie(row.get("indicator"), self.framework, *self.of(row)) if row.get("indicator") else None


@dataclass
class _Place:
    number: int | None = None
    part: bool = False
    item: str = ""
    printed: str = ""


def settle(
    rows: list[RawRow], table: str, campaign: str, framework: str, unit: str = ""
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Give every row its item, group, indicator, ratio and status.

    Args:
        rows: Rows of one table in order.
        table: Table of the framework, or `""`.
        campaign: Campaign, or `""`.
        framework: Year.
        unit: The one unit of the line above the table (单位：万元), or `""`.

    Returns:
        Rows with the columns of `report_rows` that a table decides, and findings.
    """
    findings: list[dict[str, str]] = []
    _status_in_remark(rows)
    _figures_in_progress(rows)
    _shares_in_progress(rows)
    _tasks_in_target(rows)
    _shared_figures(rows, findings)
    _labels(rows, findings)
    _units(rows, unit)
    good = [row for row in rows if not row.reason]
    for row in good:
        if not any(row.get(f) for f in ("indicator", "progress", "status", "done", "target", "responsible")):
            row.reason = "no_content"
    good = [row for row in good if not row.reason]
    where = _Where(table, campaign, framework)
    _numbers_of_framework(good, where, findings)
    places = dict(zip(map(id, good), _places(good, where, findings), strict=True))
    ties = _ties(good, places, where, findings)
    fractions = are_fractions(row.get("attainment") for row in good)
    settled = []
    has_groups = any("group" in row.values for row in rows)
    group = ""
    for row in rows:
        place = places.get(id(row), _Place(item=""))
        indicator, how = ties.get(id(row), (None, ""))
        group = _group(row, indicator, group) if has_groups else ""
        settled.append(_settled(row, place, indicator, how, group, where, fractions, findings))
    return settled, findings


def _status_in_remark(rows: list[RawRow]) -> None:
    """A column of remarks that mostly holds status words is the status column (seed 003 writes 备注 over it)."""
    without = [row for row in rows if "status" not in row.values and "remark" in row.values]
    said = [row.get("remark") for row in without if row.get("remark") and not row.reason]
    if said and sum(read_status(text).how in ("word", "cut") for text in said) >= _MOST * len(said):
        for row in without:
            row.values["status"] = row.values.pop("remark")
            if "remark" in row.carried:
                row.carried = row.carried - {"remark"} | {"status"}


def _figures_in_progress(rows: list[RawRow]) -> None:
    """A column of progress that mostly holds bare figures is also what has been done (目标、进度、完成比例)."""
    told = [row for row in rows if row.get("progress") and not row.reason]
    if any("done" in row.values for row in rows) or not any(row.get("target") for row in rows):
        return
    figures = [row.get("progress") for row in told if number(row.get("progress")) is not None]
    if figures and len(figures) >= _MOST * len(told) and not are_fractions(figures):
        for row in told:
            if number(row.get("progress")) is not None:
                row.values["done"] = row.values["progress"]


def _shares_in_progress(rows: list[RawRow]) -> None:
    """A column of progress that mostly begins with a percentage states the share done (`80%（新区进度滞后）`)."""
    told = [row for row in rows if row.get("progress") and not row.reason]
    if not told or any("attainment" in row.values for row in rows):
        return
    found = [
        (row, _LEADING_SHARE.match(squeezed(row.get("progress"))) if not _RATE.search(row.get("indicator")) else None)
        for row in told
    ]
    if sum(share is not None for _, share in found) >= _MOST * len(told):
        for row, share in found:
            row.values["attainment"] = share.group("share") if share else ""


def _tasks_in_target(rows: list[RawRow]) -> None:
    """Where one name stands over several tasks, the name is the group and each task is an item (重点工作、目标任务)."""
    if any("group" in row.values or row.is_text for row in rows) or not any(row.get("target") for row in rows):
        return
    shared = [row for row in rows if "indicator" in row.carried and "target" not in row.carried and row.get("target")]
    if not shared or any(number(row.get("target")) is not None for row in rows):
        return
    for row in rows:
        if not row.reason:
            row.values["group"] = row.values.get("indicator", "")
            row.values["indicator"] = row.get("target") or row.get("indicator")
            row.carried = {"group" if name == "indicator" else name for name in row.carried}


def _units(rows: list[RawRow], unit: str) -> None:
    """The unit of rows without a unit column: in brackets behind the task, else that of the line above the table."""
    if any("unit" in row.values for row in rows):
        return
    for row in rows:
        text = squeezed(row.get("indicator"))
        of_row = unit_in(text.rstrip("%"))  # 增长7% is no unit
        if of_row or (unit and any(number(row.get(name)) is not None for name in ("target", "done"))):
            row.values["unit"] = of_row or unit


def _shared_figures(rows: list[RawRow], findings: list[dict[str, str]]) -> None:
    """A figure in a cell merged over items belongs to none of them; over the lines of one item, to the first."""
    for name in ("target", "done", "attainment"):
        owner: RawRow | None = None
        for row in rows:
            if name not in row.carried:
                owner = row
                continue
            text = row.get(name)
            if figure(text) is None or owner is None:
                continue
            row.values[name] = ""
            if row.carried & _OF_ONE_ITEM:
                continue
            for one in (owner, row) if owner.get(name) else (row,):
                findings.append(finding("figure_shared", one.where, text))
            owner.values[name] = ""


def _labels(rows: list[RawRow], findings: list[dict[str, str]]) -> None:
    """A label in the number column (`一、创新成果…`) is the group; the number then stands in the text."""
    counted = any(_whole(row.get("number")) for row in rows)
    block = ""
    for row in rows:
        label = row.get("number")
        if counted and _HEADING.fullmatch(squeezed(label)) and row.get("indicator") and not row.get("status"):
            block = row.get("indicator")
            row.reason = row.reason or "block_heading"
            continue
        if block and not row.get("group"):
            row.values["group"] = block
        if label and _whole(label) is None and not is_nothing(label) and not row.reason:
            if not _BLOCK_LABEL.search(label) or re.search(r"\d", squeezed(label)):
                findings.append(finding("number_unreadable", row.where, label))
                row.values["number"] = ""
                continue
            if row.get("group"):
                continue
            row.values["group"] = label
            row.values["number"] = ""
            if "number" in row.carried:
                row.carried = row.carried - {"number"} | {"group"}


def _numbers_of_framework(rows: list[RawRow], where: _Where, findings: list[dict[str, str]]) -> None:
    """Mend the numbers of a broken text by the framework's, where the rows that are named keep its order.

    A number in a merged cell stands anywhere beside its block in a text, or is lost, or misread (seed 003, 附件6).
    """
    if not any(row.is_text for row in rows):
        return
    named = [(row, where.tie(row) or _fragment(row.get("indicator"), where.framework, where.of(row))) for row in rows]
    anchors = [(k, row, int(found.item.split(".")[0])) for k, (row, found) in enumerate(named)
               if found and found.item.split(".")[0].isdigit()]  # fmt: skip
    of_one = len({found.table for _, found in named if found}) == 1
    printed = [(_whole(row.get("number")), number_) for _, row, number_ in anchors]
    agree = sum(own == number_ for own, number_ in printed if own is not None)
    told = sum(own is not None for own, _ in printed)
    ordered = sum(a <= b for (_, _, a), (_, _, b) in pairwise(anchors))
    if not (of_one and told and agree >= _MOST * told and ordered >= _HOLDS_PLACE * (len(anchors) - 1)):
        return
    table = next(found.table for _, found in named if found)
    lines = Counter(i.item.split(".")[0] for i in candidates(where.framework, table, ""))
    if max(lines.values()) == 1:  # a number a line: the order tells what is missing
        return
    numbers: dict[int, int] = {k: number_ for k, _, number_ in anchors}
    for k, row in enumerate(rows):
        if k not in numbers:
            before = numbers.get(k - 1, 1)
            after = next((n for j, _, n in anchors if j > k), before)
            own = _whole(row.get("number"))
            full = sum(number_ == before for j, number_ in numbers.items() if j < k) >= lines[str(before)]
            numbers[k] = own if own is not None and before <= own <= after else min(before + full, after)
        if _whole(row.get("number")) != numbers[k]:
            if row.get("number"):
                findings.append(finding("number_out_of_order", row.where, row.get("number"), str(numbers[k])))
            row.values["number"] = str(numbers[k])
            row.mended = True


def _whole(text: str) -> int | None:
    """The number before the point: an item may be printed as `8`, `8.1`, `（8）`, `⑧` or `第8项`."""
    value = number(text.rstrip("、.*※ "))
    if value is None:
        dressed = _DRESSED.fullmatch(squeezed(text))
        value = float(dressed.group("number")) if dressed else None
    return int(value) if value is not None and 0 < value < 1000 else None


def _printed(rows: list[RawRow]) -> list[int | None]:
    """Printed numbers; those that texts begin with (`3、…`) count where most rows have one."""
    own = [None if "number" in row.carried else _whole(row.get("number")) for row in rows]
    leads = [numbering(row.get("indicator")) if "indicator" not in row.carried else "" for row in rows]
    if sum(lead.isdigit() for lead in leads) > _MOST * len(rows) and not any(own):
        own = [int(lead) if lead.isdigit() else None for lead in leads]
    return own


def _places(rows: list[RawRow], where: _Where, findings: list[dict[str, str]]) -> list[_Place]:
    """Number the rows: as printed, by order where a number is missing, `n.k` where several lines share one."""
    printed = _printed(rows)
    numbered = any(value is not None for value in printed)
    ahead = _ahead(rows, printed)
    places: list[_Place] = []
    current = 0
    above: Indicator | None = None
    for i, row in enumerate(rows):
        place = _Place()
        own = printed[i]
        following, unnumbered = ahead[i]
        missing = following - current - 1 if own is None and following is not None else 0
        named = where.tie(row)
        part = _part(row, numbered, own, missing > 0) if places else ""
        place.part = bool(part) and (named is None or named is above)
        if place.part:
            if part in ("below", "among"):
                findings.append(finding("joined_to_item_above", row.where, row.get("indicator"), str(current)))
        else:
            above = named
            if own is not None:
                sub = _SUB_NUMBER.match(row.get("number"))
                if own <= current and current and not ((sub or row.mended) and own == current):
                    findings.append(finding("number_out_of_order", row.where, str(own), str(current + 1)))
                current = own
            elif not numbered:
                current += 1
            elif missing > 0 and "number" not in row.carried and unnumbered == missing:
                current += 1
                findings.append(finding("number_by_order", row.where, "", str(current)))
        place.number = current
        places.append(place)
    lines = Counter(place.number for place in places if not place.part)
    seen: Counter[int | None] = Counter()
    for row, place in zip(rows, places, strict=True):
        seen[place.number] += not place.part
        shared = lines[place.number] > 1
        place.item = f"{place.number}.{seen[place.number]}" if shared else str(place.number)
        if _SUB_NUMBER.match(row.get("number")) and "number" not in row.carried:
            place.item = place.printed = row.get("number")
    return places


def _ahead(rows: list[RawRow], printed: list[int | None]) -> list[tuple[int | None, int]]:
    """For each row the next printed number below it, and how many items from here to there have none."""
    ahead: list[tuple[int | None, int]] = []
    following, unnumbered = None, 0
    for row, own in zip(reversed(rows), reversed(printed), strict=True):
        if own is not None:
            unnumbered = 0
        else:
            unnumbered += "number" not in row.carried and bool(row.get("status") or row.get("attainment"))
        ahead.append((following, unnumbered))
        following = own if own is not None else following
    return ahead[::-1]


def _part(row: RawRow, numbered: bool, printed: int | None, gap: bool) -> str:
    """Whether a row goes on with the item above: `merged` with it, a second unit `beside`, or text `below`, or `""`."""
    if printed is not None:
        return ""
    if squeezed(row.get("indicator")).startswith("其中"):
        return "among"
    if row.is_text and not numbered and _is_remnant(row):
        return "beside"
    if "status" in row.carried and ("number" in row.carried or not numbered):
        return "merged"
    if not any(_own(row, f) for f in ("indicator", "target", "progress", "done", "attainment", "status")):
        return "beside"
    only_text = _own(row, "indicator") and not any(
        _own(row, f) for f in ("group", "responsible", "unit", "done", "attainment", "status")
    )
    return "below" if only_text and not gap and "number" not in row.carried else ""


def _is_remnant(row: RawRow) -> bool:
    """Whether a row of a text is the second unit of an item or what is left of a merged cell (seed 003, 州定)."""
    told = row.get("progress") or row.get("done") or "%" in row.get("attainment")
    return not told and read_status(row.get("status")).how in ("blank", "unreadable")


def _own(row: RawRow, name: str) -> bool:
    return bool(row.get(name)) and name not in row.carried


def _ties(
    rows: list[RawRow], places: dict[int, _Place], where: _Where, findings: list[dict[str, str]]
) -> dict[int, tuple[Indicator, str]]:
    """Indicator and how it was found, by row.

    A name tells, if one row alone has it. Lines of one item that share a text, and rows whose name is lost, are told
    by their place, if the table keeps the framework's order. An indicator that two items name is tied to neither.
    """
    heads = [row for row in rows if not places[id(row)].part]
    named, exact = _named(heads, where)
    bearers: dict[str, list[RawRow]] = defaultdict(list)
    for row in heads:
        if id(row) in named:
            bearers[named[id(row)].id].append(row)
    single = [row for row in heads if id(row) in named and len(bearers[named[id(row)].id]) == 1]
    held = sum(places[id(row)].item == named[id(row)].item for row in single)
    in_order = len(single) >= 3 and held >= _HOLDS_PLACE * len(single)
    tied = {id(row): (named[id(row)], "name") for row in single}
    repeated: set[int] = set()
    for several in (group for group in bearers.values() if len(group) > 1):
        sure = [row for row in several if id(row) in exact]
        if len(sure) == 1:  # the others only contain the name
            tied[id(sure[0])] = (named[id(sure[0])], "name")
            for row in several:
                named.pop(id(row), None)
            continue
        if not in_order or len({places[id(row)].number for row in several}) > 1:
            repeated |= {id(row) for row in several}
            continue
        tied |= {id(r): (named[id(r)], "name") for r in several if places[id(r)].item == named[id(r)].item}
    texts = Counter(row.get("indicator") for row in heads)
    for row in heads:
        if id(row) in tied:
            continue
        item, text = places[id(row)].item, row.get("indicator")
        by_place = in_order and id(row) not in repeated
        found = _by_position(row, item, tied, where, texts[text] > 1) if by_place else None
        if found:
            tied[id(row)] = (found, "position")
            findings.append(finding("tied_by_position", row.where, text, found.id))
        elif id(row) in named:
            findings.append(finding("indicator_twice", row.where, text, named[id(row)].id))
        else:
            findings.append(finding("unknown_indicator", row.where, text))
    return tied


def _named(heads: list[RawRow], where: _Where) -> tuple[dict[int, Indicator], set[int]]:
    """The indicator that each row names by text, piece of it or group, and the rows whose text is the name."""
    named, exact = {}, set()
    groups = Counter(row.get("group") for row in heads)
    for row in heads:
        text, label = row.get("indicator"), row.get("group")
        found = where.tie(row) or _fragment(text, where.framework, where.of(row))
        if not found and (groups[label] == 1 or len(bare(text)) < _LOST_NAME):
            found = tie(f"{label} {text}", where.framework, *where.of(row))
        if found:
            named[id(row)] = found
            if bare(text) in found.names:
                exact.add(id(row))
    return named, exact


def _fragment(text: str, framework: str, where: tuple[str, str]) -> Indicator | None:
    """The one indicator of whose name a broken text is a piece."""
    letters = bare(text)
    if len(letters) < _LOST_NAME:
        return None
    hits = [i for i in candidates(framework, *where) if any(letters in name for name in i.names)]
    return hits[0] if len(hits) == 1 else None


def _by_position(
    row: RawRow,
    item: str,
    tied: dict[int, tuple[Indicator, str]],
    where: _Where,
    shared: bool,
) -> Indicator | None:
    """The indicator at a row's place: where the row's own name is lost, or much like it, or the framework has none.

    Lines that share one text (merged over them) are told apart by their place and unit.
    """
    taken = {indicator.id for indicator, _ in tied.values()}
    at = [i for i in candidates(where.framework, *where.of(row)) if i.item == item and i.id not in taken]
    if len(at) != 1:
        return None
    text = row.get("indicator")
    lost = len([c for c in bare(text) if "一" <= c <= "鿿"]) < _LOST_NAME
    alike = max((similarity(text, name) for name in at[0].names), default=0.0) >= _LIKENESS
    told_by_unit = shared and squeezed(row.get("unit")) == squeezed(at[0].unit) != ""
    return at[0] if lost or at[0].nameless or alike or told_by_unit else None


def _group(row: RawRow, indicator: Indicator | None, above: str) -> str:
    """The block's label: as printed, carried down; from the framework where a text holds pieces of it only."""
    printed = row.get("group")
    if row.is_text and indicator and indicator.group:
        return indicator.group
    return printed or above


def _settled(
    row: RawRow,
    place: _Place,
    indicator: Indicator | None,
    how: str,
    group: str,
    where: _Where,
    fractions: bool,
    findings: list[dict[str, str]],
) -> dict[str, Any]:
    share = ratio(row.get("attainment"), row.percent, fractions)
    status = read_status(row.get("status"))
    if status.status == "unknown" and status.how == "blank":
        for name in ("target", "done", "attainment"):
            said = read_status(row.get(name))
            if said.how == "word" and said.status in ("not_assigned", "not_applicable"):
                status = said
    if not row.reason and not place.part:
        if share.kind in _RATIO_RULES:
            findings.append(finding(_RATIO_RULES[share.kind], row.where, row.get("attainment")))
        if "status" in row.carried:
            findings.append(finding("status_shared", row.where, row.get("status")))
        if status.how in ("cut", "unreadable") or (status.how == "blank" and "status" in row.values):
            findings.append(finding(f"status_{status.how}", row.where, row.get("status"), status.status))
    if place.part and share.kind != "figure":
        share = ratio("")  # a remnant beside the item, whose ratio stands with the item
    return {
        "table": indicator.table if indicator else where.table,
        "campaign": indicator.campaign if indicator else where.campaign,
        "item": place.item or None,
        "number": place.printed or (str(place.number) if place.number else None),
        "area_text": row.get("area"),
        "part": place.part,
        "group": group or None,
        "indicator_text": row.get("indicator") or None,
        "indicator": indicator.id if indicator else None,
        "tied_by": how or None,
        "target_text": row.get("target") or None,
        "done_text": row.get("done") or None,
        "attainment_text": row.get("attainment") or None,
        "attainment": share.value,
        "status_text": row.get("status") or None,
        "status": status.status,
        "line": row.line,
        "where": row.where,
        "cells": row.cells,
        "state": "set_aside" if row.reason else "accepted",
        "reason": row.reason or None,
        **{name + "_text" if name == "target" else name: row.get(name) or None for name in _FIELDS},
    }

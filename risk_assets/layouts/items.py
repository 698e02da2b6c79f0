"""Rows of one table → items: which rows belong together, which number, group, indicator and status each has."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from risk_assets.language.numbers import is_nothing, number, ratio
from risk_assets.language.status import read_status
from risk_assets.language.text import bare, numbering, similarity, squeezed
from risk_assets.layouts.indicators import Indicator, campaign_in, candidates, table_in, tie

_LOST_NAME = 4
_HOLDS_PLACE = 0.8
_LIKENESS = 0.3
_MOST = 0.6
_SUB_NUMBER = re.compile(r"^\d{1,3}\.\d{1,2}$")
_FIELDS = ("target", "unit", "responsible", "progress", "remark")


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
        sheet: Sheet, or None.
    """

    line: int
    values: dict[str, str]
    carried: set[str]
    cells: str
    reason: str
    is_text: bool
    percent: bool
    sheet: str | None

    def get(self, name: str) -> str:
        """Text of a field, `""` where the layout has none."""
        return self.values.get(name, "")

    @property
    def where(self) -> str:
        """Address of the row."""
        return f"{self.sheet}!{self.line}:{self.line}" if self.sheet else f"第{self.line}行"


@dataclass
class _Place:
    number: int | None = None
    part: bool = False
    item: str = ""


def settle(
    rows: list[RawRow], table: str, campaign: str, framework: str
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Give every row its item, group, indicator, ratio and status.

    Args:
        rows: Rows of one table in order.
        table: Table of the framework, or `""`.
        campaign: Campaign, or `""`.
        framework: Year.

    Returns:
        Rows with the columns of `report_rows` that a table decides, and findings.
    """
    findings: list[dict[str, str]] = []
    _labels(rows)
    good = [row for row in rows if not row.reason]
    for row in good:
        if not any(row.get(f) for f in ("indicator", "progress", "status", "done", "target", "responsible")):
            row.reason = "no_content"
    good = [row for row in good if not row.reason]
    places = dict(zip(map(id, good), _places(good, findings), strict=True))
    ties = _ties(good, places, table, campaign, framework, findings)
    settled = []
    group = ""
    for row in rows:
        place = places.get(id(row), _Place(item=""))
        indicator, how = ties.get(id(row), (None, ""))
        group = _group(row, indicator, group)
        settled.append(_settled(row, place, indicator, how, group, table, campaign, findings))
    return settled, findings


def _labels(rows: list[RawRow]) -> None:
    """A label in the number column (`一、创新成果…`) is the group; the number then stands in the text."""
    for row in rows:
        label = row.get("number")
        if label and _whole(label) is None and not row.get("group") and not is_nothing(label):
            row.values["group"] = label
            row.values["number"] = ""
            if "number" in row.carried:
                row.carried = row.carried - {"number"} | {"group"}


def _whole(text: str) -> int | None:
    """The number before the point: an item may be printed as `8` or `8.1`."""
    value = number(text.rstrip("、."))
    return int(value) if value is not None and 0 < value < 1000 else None


def _printed(rows: list[RawRow]) -> list[int | None]:
    """Printed numbers; those that texts begin with (`3、…`) count where most rows have one."""
    own = [None if "number" in row.carried else _whole(row.get("number")) for row in rows]
    leads = [numbering(row.get("indicator")) if "indicator" not in row.carried else "" for row in rows]
    if sum(lead.isdigit() for lead in leads) > _MOST * len(rows) and not any(own):
        own = [int(lead) if lead.isdigit() else None for lead in leads]
    return own


def _places(rows: list[RawRow], findings: list[dict[str, str]]) -> list[_Place]:
    """Number the rows: as printed, by order where a number is missing, `n.k` where several lines share one."""
    printed = _printed(rows)
    numbered = any(value is not None for value in printed)
    places: list[_Place] = []
    current = 0
    for i, row in enumerate(rows):
        place = _Place()
        own = printed[i]
        following = next((value for value in printed[i + 1 :] if value is not None), None)
        missing = following - current - 1 if own is None and following is not None else 0
        place.part = bool(places) and _is_part(row, numbered, own, missing > 0)
        if not place.part:
            if own is not None:
                sub = _SUB_NUMBER.match(row.get("number"))
                if own <= current and current and not (sub and own == current):
                    findings.append(_found("number_out_of_order", row, str(own), str(current + 1)))
                current = own
            elif not numbered:
                current += 1
            elif missing > 0 and "number" not in row.carried and _blank_numbers(rows, printed, i) == missing:
                current += 1
                findings.append(_found("number_by_order", row, "", str(current)))
        place.number = current
        places.append(place)
    lines = Counter(place.number for place in places if not place.part)
    seen: Counter[int | None] = Counter()
    for row, place in zip(rows, places, strict=True):
        seen[place.number] += not place.part
        shared = lines[place.number] > 1
        place.item = f"{place.number}.{seen[place.number]}" if shared else str(place.number)
        if _SUB_NUMBER.match(row.get("number")) and "number" not in row.carried:
            place.item = row.get("number")
    return places


def _blank_numbers(rows: list[RawRow], printed: list[int | None], start: int) -> int:
    """Rows without a number from here to the next printed one, parts of items not counted."""
    count = 0
    for row, value in zip(rows[start:], printed[start:], strict=True):
        if value is not None:
            break
        count += "number" not in row.carried and bool(row.get("status") or row.get("attainment"))
    return count


def _is_part(row: RawRow, numbered: bool, printed: int | None, gap: bool) -> bool:
    """Whether a row goes on with the item above: a second unit, or a task split over lines."""
    if printed is not None:
        return False
    merged = "status" in row.carried and ("number" in row.carried or not numbered)
    own = [f for f in ("indicator", "target", "progress", "done", "attainment", "status") if _own(row, f)]
    if merged or not own:
        return True
    only_text = not any(_own(row, f) for f in ("group", "responsible", "unit", "done", "attainment", "status"))
    return only_text and not gap and "number" not in row.carried


def _own(row: RawRow, name: str) -> bool:
    return bool(row.get(name)) and name not in row.carried


def _ties(
    rows: list[RawRow],
    places: dict[int, _Place],
    table: str,
    campaign: str,
    framework: str,
    findings: list[dict[str, str]],
) -> dict[int, tuple[Indicator, str]]:
    """Indicator and how it was found, by row.

    A name tells, if one row alone has it. Lines of one item that share a text, and rows whose name is lost, are told
    by their place, if the table keeps the framework's order. An indicator that two items name is tied to neither.
    """
    heads = [row for row in rows if not places[id(row)].part]
    named = _named(heads, table, campaign, framework)
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
        if not in_order or len({places[id(row)].number for row in several}) > 1:
            repeated |= {id(row) for row in several}
            continue
        tied |= {id(r): (named[id(r)], "name") for r in several if places[id(r)].item == named[id(r)].item}
    texts = Counter(row.get("indicator") for row in heads)
    for row in heads:
        if id(row) in tied:
            continue
        item, where, text = places[id(row)].item, _tables(row, table, campaign, framework), row.get("indicator")
        by_place = in_order and id(row) not in repeated
        found = _by_position(row, item, tied, where, framework, texts[text] > 1) if by_place else None
        if found:
            tied[id(row)] = (found, "position")
            findings.append(_found("tied_by_position", row, text, found.id))
        elif id(row) in named:
            findings.append(_found("indicator_twice", row, text, named[id(row)].id))
        else:
            findings.append(_found("unknown_indicator", row, text))
    return tied


def _named(heads: list[RawRow], table: str, campaign: str, framework: str) -> dict[int, Indicator]:
    """The indicator that each row names: in its own text, a piece of it, or in its group's label."""
    named = {}
    groups = Counter(row.get("group") for row in heads)
    for row in heads:
        where = _tables(row, table, campaign, framework)
        text, label = row.get("indicator"), row.get("group")
        found = tie(text, framework, *where) or _fragment(text, framework, where)
        if not found and (groups[label] == 1 or len(bare(text)) < _LOST_NAME):
            found = tie(f"{label} {text}", framework, *where)
        if found:
            named[id(row)] = found
    return named


def _tables(row: RawRow, table: str, campaign: str, framework: str) -> tuple[str, str]:
    named = row.get("campaign")
    if named:
        own, of = table_in(named, framework), campaign_in(named, framework)
        if own or (of and of != campaign):
            return own, of
    return table, campaign


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
    where: tuple[str, str],
    framework: str,
    shared: bool,
) -> Indicator | None:
    """The indicator at a row's place: where the row's own name is lost, or much like it, or the framework has none.

    Lines that share one text (merged over them) are told apart by their place and unit.
    """
    taken = {indicator.id for indicator, _ in tied.values()}
    at = [i for i in candidates(framework, *where) if i.item == item and i.id not in taken]
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
    table: str,
    campaign: str,
    findings: list[dict[str, str]],
) -> dict[str, Any]:
    share = ratio(row.get("attainment"), row.percent)
    status = read_status(row.get("status"))
    if status.status == "unknown" and status.how == "blank":
        for name in ("target", "done", "attainment"):
            said = read_status(row.get(name))
            if said.how == "word" and said.status in ("not_assigned", "not_applicable"):
                status = said
    if not row.reason and not place.part:
        if share.kind in ("lone_one", "unsigned"):
            rule = "lone_one" if share.kind == "lone_one" else "ratio_unsigned"
            findings.append(_found(rule, row, row.get("attainment")))
        if status.how in ("cut", "unreadable") or (status.how == "blank" and "status" in row.values):
            findings.append(_found(f"status_{status.how}", row, row.get("status"), status.status))
    return {
        "table": indicator.table if indicator else table,
        "campaign": indicator.campaign if indicator else campaign,
        "item": place.item or None,
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
        "cells": row.cells,
        "state": "set_aside" if row.reason else "accepted",
        "reason": row.reason or None,
        **{name + "_text" if name == "target" else name: row.get(name) or None for name in _FIELDS},
    }


def _found(rule: str, row: RawRow, found: str, expected: str = "") -> dict[str, str]:
    return {"rule": rule, "where": row.where, "found": found[:200], "expected": expected}

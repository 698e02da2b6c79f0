"""Rows of one table → items: which rows belong together, which number, group, indicator and status each has."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from risk_assets.language.numbers import Ratio, are_fractions, figure, is_nothing, number, ratio
from risk_assets.language.status import Status, read_answer, read_status
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
_SAYS_WHAT = frozenset({"indicator", "target", "progress", "done", "attainment", "status"})
_SAYS_MORE = frozenset({"group", "responsible", "unit", "done", "attainment", "status"})
_SUB_NUMBER = re.compile(r"^\d{1,3}\.\d{1,2}$")


@dataclass(slots=True)
class RawRow:
    """A row as it stands under its header, and what is worked out about it.

    Attributes:
        line: Row of the sheet or line of the text, from 1.
        values: Field → text, values of vertically merged cells carried down; only fields that the table has.
        carried: Fields whose value was carried down from a merged cell above.
        cells: JSON of field → cell address.
        reason: Why it must be set aside, or `""`.
        is_text: It comes from a text, where merged labels are broken into pieces.
        percent: The ratio column's header carries the % sign.
        where: Address of the row.
        mended: Its number is the framework's.
        named: The indicator that its words name.
        indicator: The indicator that it is tied to.
        tied_by: How it was tied.
        number: Its item's number; 0 where it has none.
        item: Its item: the number, or `n.k` where several lines share one.
        part: It goes on with the item above.
        printed: Its number with the point that it is printed with (`8.1`), or `""`.
        asked: What the header of the status column asks (是否达到序时进度), or `""`.
        beside: Header, cell address and text of columns that are no field of `report_rows`.
    """

    line: int
    values: dict[str, str]
    carried: frozenset[str]
    cells: str
    reason: str
    is_text: bool
    percent: bool
    where: str
    mended: bool = False
    named: Indicator | None = None
    indicator: Indicator | None = None
    tied_by: str = ""
    number: int = 0
    item: str = ""
    part: bool = False
    printed: str = ""
    asked: str = ""
    beside: tuple[tuple[str, str, str], ...] = ()

    def get(self, name: str) -> str:
        """The text of a field; `""` for one that the table does not have."""
        return self.values.get(name, "")


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
        text = row.values.get("indicator")
        if not text:
            return None
        table, campaign = self.of(row) if row.values.get("campaign") else (self.table, self.campaign)
        return tie(text, self.framework, table, campaign)


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
    good = [row for row in rows if not row.reason and _has_content(row)]
    where = _Where(table, campaign, framework)
    for row in good:
        row.named = where.tie(row)
    _numbers_of_framework(good, where, findings)
    _number(good, findings)
    _tie_rows(good, where, findings)
    fractions = are_fractions(row.values.get("attainment", "") for row in good)
    settled = []
    has_groups = any("group" in row.values for row in rows)
    group = ""
    for row in rows:
        group = _group(row, group) if has_groups else ""
        settled.append(_settled(row, group, where, fractions, findings))
    return settled, findings


def _has_content(row: RawRow) -> bool:
    """Whether a row says anything of a task; one that does not is set aside."""
    get = row.values.get
    if get("indicator") or get("progress") or get("status") or get("done") or get("target") or get("responsible"):
        return True
    row.reason = "no_content"
    return False


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
    if any("done" in row.values for row in rows) or not any(row.get("target") for row in rows):
        return
    told = [row for row in rows if row.values.get("progress") and not row.reason]
    figures = [row for row in told if number(row.values["progress"]) is not None]
    is_most = figures and len(figures) >= _MOST * len(told)
    if is_most and not are_fractions(row.values["progress"] for row in figures):
        for row in figures:
            row.values["done"] = row.values["progress"]


def _shares_in_progress(rows: list[RawRow]) -> None:
    """A column of progress that mostly begins with a percentage states the share done (`80%（新区进度滞后）`)."""
    if any("attainment" in row.values for row in rows):
        return
    told = [row for row in rows if row.values.get("progress") and not row.reason]
    found = [
        (row, _LEADING_SHARE.match(squeezed(row.get("progress"))) if not _RATE.search(row.get("indicator")) else None)
        for row in told
    ]
    if told and sum(share is not None for _, share in found) >= _MOST * len(told):
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
            row.carried = frozenset("group" if name == "indicator" else name for name in row.carried)


def _units(rows: list[RawRow], unit: str) -> None:
    """The unit of rows without a unit column: in brackets behind the task, else that of the line above the table."""
    if any("unit" in row.values for row in rows):
        return
    for row in rows:
        of_row = _unit_of_task(row.values.get("indicator", ""))
        if of_row or (unit and any(number(row.get(name)) is not None for name in ("target", "done"))):
            row.values["unit"] = of_row or unit


@lru_cache(maxsize=16384)
def _unit_of_task(text: str) -> str:
    return unit_in(squeezed(text).rstrip("%"))  # 增长7% is no unit


def _shared_figures(rows: list[RawRow], findings: list[dict[str, str]]) -> None:
    """A figure in a cell merged over items belongs to none of them; over the lines of one item, to the first."""
    if not any(row.carried for row in rows):
        return
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
    numbers = [_whole(row.values.get("number", "")) for row in rows]
    counted = any(numbers)
    block = ""
    for row, own in zip(rows, numbers, strict=True):
        label = "" if own is not None else row.get("number")
        if label and counted and _HEADING.fullmatch(squeezed(label)) and row.get("indicator") and not row.get("status"):
            block = row.get("indicator")
            row.reason = row.reason or "block_heading"
            continue
        if block and not row.get("group"):
            row.values["group"] = block
        if label and not is_nothing(label) and not row.reason:
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
    named = [(row, row.named or _fragment(row.get("indicator"), where.framework, where.of(row))) for row in rows]
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


@lru_cache(maxsize=8192)
def _whole(text: str) -> int | None:
    """The number before the point: an item may be printed as `8`, `8.1`, `（8）`, `⑧` or `第8项`."""
    value = number(text.rstrip("、.*※ "))
    if value is None:
        dressed = _DRESSED.fullmatch(squeezed(text))
        value = float(dressed.group("number")) if dressed else None
    return int(value) if value is not None and 0 < value < 1000 else None


def _printed(rows: list[RawRow]) -> list[int | None]:
    """Printed numbers; those that texts begin with (`3、…`) count where most rows have one."""
    own = [None if "number" in row.carried else _whole(row.values.get("number", "")) for row in rows]
    if any(own):
        return own
    leads = [numbering(row.get("indicator")) if "indicator" not in row.carried else "" for row in rows]
    if sum(lead.isdigit() for lead in leads) > _MOST * len(rows):
        return [int(lead) if lead.isdigit() else None for lead in leads]
    return own


def _number(rows: list[RawRow], findings: list[dict[str, str]]) -> None:
    """Number the rows: as printed, by order where a number is missing, `n.k` where several lines share one."""
    printed = _printed(rows)
    numbered = any(value is not None for value in printed)
    ahead = _ahead(rows, printed) if None in printed else []
    current, is_given = 0, False
    above: Indicator | None = None
    for i, (row, own) in enumerate(zip(rows, printed, strict=True)):
        if own is not None:
            is_same = own == current and (row.mended or is_given or _is_sub_number(row))
            if own <= current and current and not is_same:
                findings.append(finding("number_out_of_order", row.where, str(own), str(current + 1)))
            current, is_given = own, row.mended
        else:
            following, unnumbered = ahead[i]
            missing = following - current - 1 if following is not None else 0
            part = _part(row, numbered, missing > 0) if i else ""
            row.part = bool(part) and (row.named is None or row.named is above)
            if row.part and part in ("below", "among"):
                findings.append(finding("joined_to_item_above", row.where, row.get("indicator"), str(current)))
            if not row.part and not numbered:
                current += 1
            elif not row.part and missing > 0 and "number" not in row.carried and unnumbered == missing:
                current += 1
                findings.append(finding("number_by_order", row.where, "", str(current)))
        if not row.part:
            above = row.named
        row.number = current
    _name_items(rows)


def _name_items(rows: list[RawRow]) -> None:
    """The item of each row: its number, `n.k` for the k-th of several lines that share it, or `8.1` as printed."""
    lines = Counter([row.number for row in rows if not row.part])
    seen: Counter[int] = Counter()
    for row in rows:
        number_ = row.number
        if lines[number_] > 1:
            seen[number_] += not row.part
            row.item = f"{number_}.{seen[number_]}"
        else:
            row.item = str(number_)
        if _is_sub_number(row) and "number" not in row.carried:
            row.item = row.printed = row.get("number")


def _is_sub_number(row: RawRow) -> bool:
    text = row.values.get("number", "")
    return "." in text and bool(_SUB_NUMBER.match(text))


def _ahead(rows: list[RawRow], printed: list[int | None]) -> list[tuple[int | None, int]]:
    """For each row the next printed number below it, and how many items from here to there have none."""
    ahead: list[tuple[int | None, int]] = []
    following, unnumbered = None, 0
    for row, own in zip(reversed(rows), reversed(printed), strict=True):
        if own is not None:
            unnumbered = 0
        else:
            has_figures = row.values.get("status") or row.values.get("attainment")
            unnumbered += bool(has_figures) and "number" not in row.carried
        ahead.append((following, unnumbered))
        following = own if own is not None else following
    return ahead[::-1]


def _part(row: RawRow, numbered: bool, gap: bool) -> str:
    """Whether a row without a number goes on with the item above, or `""`.

    It may be `among` what the item counts, `merged` with it, a second unit `beside`, or text `below`.
    """
    if squeezed(row.get("indicator")).startswith("其中"):
        return "among"
    if row.is_text and not numbered and _is_remnant(row):
        return "beside"
    if "status" in row.carried and ("number" in row.carried or not numbered):
        return "merged"
    own = {name for name, text in row.values.items() if text and name not in row.carried}
    if own.isdisjoint(_SAYS_WHAT):
        return "beside"
    only_text = "indicator" in own and own.isdisjoint(_SAYS_MORE)
    return "below" if only_text and not gap and "number" not in row.carried else ""


def _is_remnant(row: RawRow) -> bool:
    """Whether a row of a text is the second unit of an item or what is left of a merged cell (seed 003, 州定)."""
    told = row.get("progress") or row.get("done") or "%" in row.get("attainment")
    return not told and read_status(row.get("status")).how in ("blank", "unreadable")


def _tie_rows(rows: list[RawRow], where: _Where, findings: list[dict[str, str]]) -> None:
    """Tie each row to its indicator, and keep how that was found.

    A name tells, if one row alone has it. Lines of one item that share a text, and rows whose name is lost, are told
    by their place, if the table keeps the framework's order. An indicator that two items name is tied to neither.
    """
    heads = [row for row in rows if not row.part]
    _name(heads, where)
    bearers: dict[str, list[RawRow]] = defaultdict(list)
    for row in heads:
        if row.named:
            bearers[row.named.id].append(row)
    single = [several[0] for several in bearers.values() if len(several) == 1]
    held = 0
    for row in single:
        row.indicator, row.tied_by = row.named, "name"
        held += row.named is not None and row.item == row.named.item
    in_order = len(single) >= 3 and held >= _HOLDS_PLACE * len(single)
    repeated = [row for several in bearers.values() if len(several) > 1 for row in _repeated(several, in_order)]
    untied = [row for row in heads if row.indicator is None]
    if untied:
        by_place = {id(row) for row in untied if in_order} - {id(row) for row in repeated}
        _place(untied, heads, where, findings, by_place)


def _repeated(several: list[RawRow], in_order: bool) -> list[RawRow]:
    """Tie those of several rows that name one indicator to it that are sure to mean it; rows that nothing tells."""
    sure = [row for row in several if row.named and bare(row.get("indicator")) in row.named.names]
    if len(sure) == 1:  # the others only contain the name
        sure[0].indicator, sure[0].tied_by = sure[0].named, "name"
        for row in several:
            row.named = None
        return []
    if not in_order or len({row.number for row in several}) > 1:
        return several
    for row in several:
        if row.named and row.item == row.named.item:
            row.indicator, row.tied_by = row.named, "name"
    return []


def _place(
    untied: list[RawRow], heads: list[RawRow], where: _Where, findings: list[dict[str, str]], by_place: set[int]
) -> None:
    """Tie rows that no name tells by their place, where that may tell them (`by_place`), and say what was done."""
    texts = Counter([row.get("indicator") for row in heads])
    taken = {row.indicator.id for row in heads if row.indicator}
    for row in untied:
        text = row.get("indicator")
        found = _by_position(row, taken, where, texts[text] > 1) if id(row) in by_place else None
        if found:
            row.indicator, row.tied_by = found, "position"
            taken.add(found.id)
            findings.append(finding("tied_by_position", row.where, text, found.id))
        elif row.named:
            findings.append(finding("indicator_twice", row.where, text, row.named.id))
        else:
            findings.append(finding("unknown_indicator", row.where, text))


def _name(heads: list[RawRow], where: _Where) -> None:
    """Find the indicator that a row without one names by a piece of its text, or by its group."""
    nameless = [row for row in heads if row.named is None]
    groups = Counter([row.get("group") for row in heads]) if nameless else Counter()
    for row in nameless:
        text, label = row.get("indicator"), row.get("group")
        row.named = _fragment(text, where.framework, where.of(row))
        if not row.named and (groups[label] == 1 or len(bare(text)) < _LOST_NAME):
            row.named = tie(f"{label} {text}", where.framework, *where.of(row))


def _fragment(text: str, framework: str, where: tuple[str, str]) -> Indicator | None:
    """The one indicator of whose name a broken text is a piece."""
    return _with_piece(bare(text), framework, *where)


@lru_cache(maxsize=16384)
def _with_piece(letters: str, framework: str, table: str, campaign: str) -> Indicator | None:
    if len(letters) < _LOST_NAME:
        return None
    hits = [i for i in candidates(framework, table, campaign) if any(letters in name for name in i.names)]
    return hits[0] if len(hits) == 1 else None


def _by_position(
    row: RawRow,
    taken: set[str],
    where: _Where,
    shared: bool,
) -> Indicator | None:
    """The indicator at a row's place: where the row's own name is lost, or much like it, or the framework has none.

    Lines that share one text (merged over them) are told apart by their place and unit.
    """
    at = [i for i in candidates(where.framework, *where.of(row)) if i.item == row.item and i.id not in taken]
    if len(at) != 1:
        return None
    text = row.get("indicator")
    lost = len([c for c in bare(text) if "一" <= c <= "鿿"]) < _LOST_NAME
    told_by_unit = shared and squeezed(row.get("unit")) == squeezed(at[0].unit) != ""
    if lost or at[0].nameless or told_by_unit:
        return at[0]
    return at[0] if any(similarity(text, name) >= _LIKENESS for name in at[0].names) else None


def _group(row: RawRow, above: str) -> str:
    """The block's label: as printed, carried down; from the framework where a text holds pieces of it only."""
    if row.is_text and row.indicator and row.indicator.group:
        return row.indicator.group
    return row.values.get("group") or above


def _settled(row: RawRow, group: str, where: _Where, fractions: bool, findings: list[dict[str, str]]) -> dict[str, Any]:
    get, indicator = row.values.get, row.indicator
    share = ratio(get("attainment", ""), row.percent, fractions)
    status = read_answer(row.asked, get("status", "")) if row.asked else read_status(get("status", ""))
    if status.how == "blank":
        status = _said_elsewhere(row) or status
    if not (row.reason or row.part):
        _question(row, share, status, findings)
    return {
        "table": indicator.table if indicator else where.table,
        "campaign": indicator.campaign if indicator else where.campaign,
        "item": row.item or None,
        "number": row.printed or (str(row.number) if row.number else None),
        "area_text": get("area", ""),
        "part": row.part,
        "group": group or None,
        "indicator_text": get("indicator") or None,
        "indicator": indicator.id if indicator else None,
        "tied_by": row.tied_by or None,
        "target_text": get("target") or None,
        "done_text": get("done") or None,
        "attainment_text": get("attainment") or None,
        # the ratio of a remnant beside the item stands with the item
        "attainment": None if row.part and share.kind != "figure" else share.value,
        "status_text": get("status") or None,
        "status": status.status,
        "line": row.line,
        "where": row.where,
        "cells": row.cells,
        "carried": row.carried,
        "beside": row.beside,
        "state": "set_aside" if row.reason else "accepted",
        "reason": row.reason or None,
        "unit": get("unit") or None,
        "responsible": get("responsible") or None,
        "progress": get("progress") or None,
        "remark": get("remark") or None,
    }


def _said_elsewhere(row: RawRow) -> Status | None:
    """What a figure's cell says of a status that is blank: that nothing was assigned, or does not apply."""
    for name in ("attainment", "done", "target"):
        said = read_status(row.get(name))
        if said.how == "word" and said.status in ("not_assigned", "not_applicable"):
            return said
    return None


def _question(row: RawRow, share: Ratio, status: Status, findings: list[dict[str, str]]) -> None:
    """Say what of a row's ratio and status cannot be taken as it stands."""
    if share.kind in _RATIO_RULES:
        findings.append(finding(_RATIO_RULES[share.kind], row.where, row.get("attainment")))
    if row.carried and "status" in row.carried:
        findings.append(finding("status_shared", row.where, row.get("status")))
    if status.how in ("cut", "unreadable") or (status.how == "blank" and "status" in row.values):
        findings.append(finding(f"status_{status.how}", row.where, row.get("status"), status.status))

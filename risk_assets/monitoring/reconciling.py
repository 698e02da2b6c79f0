"""The letter's headline counts against the rows of its tables.

How a letter counts is not known beforehand. Readings of `reference/readings.csv` are tried in every combination that
touches a row; those that meet the headline are reported, none, one or several. They never change a status and are not
tied to a table or a county.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from risk_assets import reference
from risk_assets.language.counts import Statement, statements
from risk_assets.language.numbers import decimals, is_nothing
from risk_assets.language.status import read_status, says_done
from risk_assets.language.text import bare, similarity
from risk_assets.layouts import Reading, TableRead
from risk_assets.layouts.findings import cell_address, finding
from risk_assets.layouts.headers import ITEMS
from risk_assets.layouts.indicators import indicators, tables
from risk_assets.monitoring.assessing import task_counts
from risk_assets.monitoring.evidence import Printed

CATEGORIES = ("done", "on_track", "behind", "preparing", "not_assigned")
_NAMED = 0.5
_NAMED_LOOSELY = 0.3
_REACH = 120
_SHORT = 3
_RULES = {"differs": "total_differs", "rounding": "share_rounded"}
_WHOLE_ROW = ("indicator_text", "target_text", "progress")


@dataclass(frozen=True)
class _Item:
    """An item as counting sees it: its plain status, and what kinds of reading may treat it otherwise."""

    row: dict[str, Any]
    status: str
    kinds: frozenset[str]
    tasks: tuple[tuple[str, int], ...]


def reconcile(reading: Reading, ratios: list[dict[str, Any]]) -> dict[str, Any]:
    """Compare what the letter says with what its tables hold.

    Args:
        reading: The file, read.
        ratios: Rows of `assessments`, for printed against computed ratios.

    Returns:
        `tables`, `totals` and `ratios` as `risk-assets reconcile --json` prints them.
    """
    stated = _stated(reading)
    result: dict[str, Any] = {"tables": [], "totals": [], "ratios": []}
    by_row = {row["row"]: row for row in reading.rows}
    for table in (table for table in reading.tables if table.kind == ITEMS):
        statement = stated.get(table.table)
        result["tables"].append(_table(table, statement, reading.framework))
        result["totals"] += _totals(table, statement, reading.framework)
    for row in ratios:
        if row["ratio_check"] != "undecidable":
            source = by_row[row["row"]]
            result["ratios"].append(
                {
                    "table": source["table"],
                    "row": source["item"],
                    "indicator": source["indicator_text"],
                    "printed": source["attainment"],
                    "computed": round(row["attainment_computed"], 4),
                    "result": row["ratio_check"],
                }
            )
    return result


def headline_findings(result: dict[str, Any]) -> list[dict[str, str]]:
    """Findings that follow from a reconciliation."""
    found = []
    for table in result["tables"]:
        if table["result"] == "differs":
            found.append(
                finding(
                    "headline_differs",
                    table["where"],
                    _words("专报", table["stated"]),
                    _words("各行", table["counted"]),
                )
            )
    for total in result["totals"]:
        rule = _RULES.get(total["result"])
        if rule:
            found.append(finding(rule, total["where"], str(total["printed"]), str(total["computed"])))
    return found


def line_findings(rows: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Lines of a table that name a total and parts which are more than it."""
    found = []
    for row in rows:
        if row["state"] != "accepted":
            continue
        for statement in statements(row.get("progress") or "")[1]:
            parts = sum(statement.counts.values())
            is_beyond = any(word in row["progress"] for word in reference.form_words("beyond_total"))
            if parts > statement.total and not is_beyond:
                where = cell_address(row, "progress")
                found.append(finding("line_counts_differ", where, f"各部分之和 {parts} 项", f"共 {statement.total} 项"))
    return found


def _words(who: str, counts: dict[str, int]) -> str:
    labels = {row["status"]: row["label"] for row in reference.table("statuses")}
    parts = [f"{labels[name]} {value}" for name, value in counts.items() if value and name != "total"]
    return f"{who} {counts['total']} 项：{'，'.join(parts)}"


def _stated(reading: Reading) -> dict[str, Statement]:
    """The letter's statement on each table: the table named last before the total."""
    flat, found = statements("\n".join(reading.paragraphs))
    by_table: dict[str, Statement] = {}
    for statement in found:
        table = _named_before(flat, statement.start, reading.framework)
        if table:
            by_table.setdefault(table, statement)
    return by_table


def _named_before(flat: str, start: int, framework: str) -> str:
    before = flat[max(0, start - _REACH) : start]
    places = [(before.rfind(word) + len(word), len(word), table)
              for table, (_, words) in tables(framework).items() for word in words if word in before]  # fmt: skip
    return max(places)[2] if places else ""


def _items(table: TableRead, framework: str) -> list[_Item]:
    items = []
    has_goal = any(row["target_text"] for row in table.rows) and any(row["done_text"] for row in table.rows)
    for row in table.rows:
        if row["state"] != "accepted":
            continue
        how = read_status(row["status_text"] or "").how
        kinds = {"part"} if row["part"] else set()
        tasks = task_counts(row, framework)
        if row["status"] == "unknown" and not tasks:
            no_task = has_goal and is_nothing(row["target_text"] or "")
            kinds.add("no_task" if no_task else how)
        elif row["status"] in ("expected_done", "not_applicable"):
            kinds.add(row["status"])
        if row["status"] not in ("done", "expected_done") and says_done(row["attainment_text"] or ""):
            kinds.add("says_done")
        items.append(_Item(row, row["status"], frozenset(kinds), tuple(tasks.items())))
    return items


def _readings(items: list[_Item]) -> Iterator[tuple[list[str], list[str | None]]]:
    """Every way to count: the words of the readings used, and the category of each item (None: not counted)."""
    choices: dict[str, list[dict[str, str] | None]] = {}
    for reading in reference.table("readings"):
        if any(reading["applies_to"] in item.kinds for item in items):
            choices.setdefault(reading["applies_to"], [None]).append(reading)
    for combination in product(*choices.values()):
        used = [reading for reading in combination if reading]
        rules = {reading["applies_to"]: reading["becomes"] for reading in used}
        yield [reading["words"] for reading in used], [_category(item, rules) for item in items]


def _category(item: _Item, rules: dict[str, str]) -> str | None:
    if "part" in item.kinds and "part" not in rules:
        return None
    for kind in ("says_done", "no_task", "blank", "unreadable", "expected_done", "not_applicable"):
        if kind in item.kinds and kind in rules:
            return None if rules[kind] == "left_out" else rules[kind]
    return None if item.status == "not_applicable" else item.status  # outside every denominator


def _count(items: list[_Item], categories: list[str | None]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for item, category in zip(items, categories, strict=True):
        if category is None:
            continue
        if item.tasks:
            counts.update(dict(item.tasks))
        else:
            counts[category] += 1
    return {"total": sum(counts.values()), **{name: counts[name] for name in CATEGORIES}}


def _table(table: TableRead, statement: Statement | None, framework: str) -> dict[str, Any]:
    items = _items(table, framework)
    plain = [_category(item, {}) for item in items]
    counted = _count(items, plain)
    result: dict[str, Any] = {
        "table": table.number,
        "id": table.table,
        "title": table.title,
        "campaign": table.campaign,
        "stated": None,
        "counted": counted,
        "readings": [],
        "result": "not_stated",
        "named_missing": [],
        "named_extra": [],
        "where": table.sheet or f"第{table.rows[0]['line']}行" if table.rows else table.title,
    }
    if statement is None:
        return result
    stated = {"total": statement.total, **{name: statement.counts.get(name, 0) for name in CATEGORIES}}
    fits: dict[tuple[str | None, ...], list[str]] = {}
    for words, categories in _readings(items):
        mapping = tuple(categories)
        if _count(items, categories) == stated and len(words) < len(fits.get(mapping, [""] * 99)):
            fits[mapping] = words
    result["stated"] = stated
    result["readings"] = [
        {"words": ";".join(words) or "按各行状态直接计数", "counted": stated}
        for words in sorted(fits.values(), key=len)
    ]
    result["result"] = "fits" if len(fits) == 1 else "ambiguous" if fits else "differs"
    if fits:
        result["counted"] = stated
    shortest = min(fits, key=lambda one: len(fits[one])) if fits else tuple(plain)
    result["named_missing"], result["named_extra"] = _named(items, shortest, statement, framework)
    return result


def _named(
    items: list[_Item], categories: tuple[str | None, ...], statement: Statement, framework: str
) -> tuple[list[str], list[str]]:
    """Items of a named category that the letter does not name, and names without such an item."""
    missing, extra = [], []
    for status, names in statement.named.items():
        left = [i for i, category in enumerate(categories) if category == status]
        open_names = []
        for name in names:  # names that a wording holds are certain; only the rest is compared letter by letter
            sure = next((i for i in left if _is_named(name, items[i], framework)), None)
            if sure is None:
                open_names.append(name)
            else:
                left.remove(sure)
        pairs = sorted(((_likeness(name, items[i]), i, name) for name in open_names for i in left), key=lambda p: -p[0])
        for score, i, name in pairs:
            if i in left and name in open_names and score >= _NAMED_LOOSELY:
                left.remove(i)
                open_names.remove(name)
        missing += [_label(items[i]) for i in left]
        extra += open_names
    return missing, extra


def _is_named(name: str, item: _Item, framework: str) -> bool:
    known = indicators(framework).get(item.row["indicator"] or "")
    letters = bare(name)
    wordings = [bare(item.row["indicator_text"] or ""), bare(item.row["group"] or ""), *(known.names if known else ())]
    return any(letters and (letters in word or (len(word) > _SHORT and word in letters)) for word in wordings)


def _likeness(name: str, item: _Item) -> float:
    """How well a name in the letter fits an item: by the text of its line, else loosely by its whole row."""
    row = item.row
    close = max(similarity(name, row[f] or "") for f in ("indicator_text", "group"))
    return 1.0 + close if close >= _NAMED else similarity(name, " ".join(str(row[f] or "") for f in _WHOLE_ROW))


def _label(item: _Item) -> str:
    return f"{item.row['item']} {item.row['indicator_text'] or ''}".strip()


def _totals(table: TableRead, statement: Statement | None, framework: str) -> list[dict[str, Any]]:
    """Printed totals of a table against its lines, and the letter's shares against its own counts."""
    totals = []
    sums: Counter[str] = Counter()
    lines = [task_counts(row, framework) for row in table.rows if row["state"] == "accepted" and not row["part"]]
    for line in lines:
        sums.update(line)
    remarks = {row["remark"] for row in table.rows if row["remark"]} if any(lines) else set()
    for remark in sorted(remarks):
        for printed in statements(remark)[1]:
            for name, value in (("total", printed.total), *printed.counts.items()):
                computed = sum(sums.values()) if name == "total" else sums[name]
                totals.append(
                    _total(table, f"表内合计 {name}", value, computed, "equal" if value == computed else "differs")
                )
    for share in statement.shares if statement else []:
        computed_share = 100 * share.count / statement.total if statement and statement.total else 0.0
        verdict = Printed(float(share.printed), decimals(share.printed)).against(computed_share)
        totals.append(
            _total(table, f"专报占比 {share.status}", float(share.printed), round(computed_share, 2), verdict)
        )
    return totals


def _total(table: TableRead, what: str, printed: float, computed: float, result: str) -> dict[str, Any]:
    return {
        "table": table.number,
        "title": table.title,
        "what": what,
        "printed": printed,
        "computed": computed,
        "result": result,
        "where": table.sheet or table.title,
    }

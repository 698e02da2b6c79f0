"""A row under a header → `RawRow`: which cell is which field, carried down from merged cells or not."""

import re
from collections.abc import Container
from functools import lru_cache

from risk_assets import reference
from risk_assets.documents import Grid
from risk_assets.documents.model import column_letters
from risk_assets.language.areas import is_total
from risk_assets.language.numbers import figure, number
from risk_assets.language.persons import without_persons
from risk_assets.language.status import read_status
from risk_assets.language.text import squeezed, tidy
from risk_assets.layouts.findings import finding
from risk_assets.layouts.headers import Covered, Header
from risk_assets.layouts.items import RawRow
from risk_assets.layouts.vocabulary import unit_in

_SIGNATURE = re.compile(r"(?:(?<=[。;；!！?？])|[\s—-]+)[一-鿿]{2,4}$")
_SENTENCE_END = ("。", ";", "!", "?", ".", ":")
_NEVER_DATES = {"number", "target", "done", "attainment", "progress"}
_NOTHING: frozenset[str] = frozenset()
# Fields that no column of report_rows keeps, but whose figures are read, as are those of sentences below other headers.
_BESIDE = {"content", "goal", "funds", "previous", "growth", "rank", "problems"}


@lru_cache(maxsize=65536)
def clean(text: str) -> str:
    """A cell as it may be kept: tidy, without names and telephone numbers of persons."""
    return without_persons(tidy(text))


def _is_told(text: str) -> bool:
    """Whether a cell says in words what its figure is, so that it can be read below a header that nobody knows."""
    return any(c.isdecimal() for c in text) and figure(text) is None


class RowReader:
    """Reads the rows under one header; what can be known from the header alone is worked out once."""

    def __init__(self, grid: Grid, header: Header, covered: Covered, merged_rows: Container[int]):
        self._grid, self._header, self._covered, self._merged_rows = grid, header, covered, merged_rows
        named = [(j, name) for j, name in enumerate(header.fields) if name and name != "person"]
        self._columns = [(j, name) for j, name in named if not name.endswith("+")]
        self._more = [(j, name[:-1]) for j, name in named if name.endswith("+")]
        self._width = len(header.fields)
        self._beside = [
            (j, " ".join(words), name)
            for j, (name, words) in enumerate(zip(header.fields, header.words, strict=True))
            if words and (name is None or name in _BESIDE)
        ]
        of_figures = {
            name: next((u for u in map(unit_in, reversed(header.words[j])) if u and u != "%"), "")
            for j, name in self._columns
            if name in ("target", "done") and "unit" not in header.fields
        }
        asked = header.words[header.fields.index("status")] if "status" in header.fields else ()
        self._asked = next((word for word in asked if "是否" in squeezed(word)), "")
        self._units = sorted({unit for unit in of_figures.values() if unit})
        places = [f'"{name}":"{column_letters(j)}' for j, name in self._columns]
        self._pieces = ["{" + places[0], *[f'",{place}' for place in places[1:]], '"}'] if places else ["{}"]
        self._sheet = grid.row_address(0).removesuffix("1:1") if grid.sheet is not None else None

    def read(self, i: int, cells: list[str], label: str, findings: list[dict[str, str]]) -> RawRow:
        """A row.

        Args:
            i: Row of the grid.
            cells: Its cells, mended where the grid is a broken text.
            label: Label of the section it stands in, which is its group where it has none.
            findings: What is found goes here.
        """
        grid = self._grid
        whole = cells if len(cells) >= self._width else [*cells, *[""] * (self._width - len(cells))]
        if i in self._merged_rows:
            whole, carried = self._carried(i, whole)
        else:
            carried = _NOTHING
        values = {name: clean(whole[j]) for j, name in self._columns}
        for j, name in self._more:
            self._add(i, j, name, cells, values)
        reason = self._special(i, cells, values)
        if label and not values.get("group"):
            values["group"] = label
        if len(self._units) == 1:
            values["unit"] = self._units[0]
        elif self._units:
            values["unit"] = ""
            findings.append(finding("unit_differs", grid.row_address(i), self._units[0], self._units[1]))
        if grid.comments:
            self._comment(i, values)
        if grid.dates:
            self._dates(i, values, findings)
        if self._sheet is None:
            line, where, places = grid.line(i), grid.row_address(i), self._addresses(i)
        else:
            line = i + 1
            where, places = f"{self._sheet}{line}:{line}", str(line).join(self._pieces)
        row = RawRow(line, values, carried, places, reason, grid.plain, self._header.percent, where)
        row.asked = self._asked
        if self._beside:
            row.beside = tuple(
                (words, self._cell(i, j), clean(whole[j]))
                for j, words, name in self._beside
                if whole[j] and name not in carried and (name or _is_told(whole[j]))
            )
        return row

    def _cell(self, i: int, j: int) -> str:
        """A cell's address within its sheet."""
        return f"{column_letters(j)}{i + 1}" if self._sheet is not None else self._grid.address(i, j)

    def _carried(self, i: int, cells: list[str]) -> tuple[list[str], frozenset[str]]:
        """A row with the cells of merged ranges that began above it, and the fields that these are."""
        cells, names = list(cells), []
        for j, name in self._columns:
            if not cells[j] and (i, j) in self._covered:
                top, left = self._covered[i, j]
                if top < i and left == j:
                    cells[j] = self._grid.rows[top][left]
                    names.append(name)
        return cells, frozenset(names)

    def _addresses(self, i: int) -> str:
        """JSON of field → cell address, where there is no sheet."""
        return "{" + ",".join(f'"{name}":"{self._grid.address(i, j)}"' for j, name in self._columns) + "}"

    def _add(self, i: int, j: int, name: str, cells: list[str], values: dict[str, str]) -> None:
        """Put the text of an unlabelled neighbour to its field."""
        text = cells[j] if j < len(cells) else ""
        if not text and (i, j) in self._covered:
            top, left = self._covered[i, j]
            text = self._grid.rows[top][left] if top < i and left == j else ""
        if text:
            values[name] = f"{values.get(name, '')} {clean(text)}".strip()

    def _special(self, i: int, cells: list[str], values: dict[str, str]) -> str:
        """Put right what a header alone does not tell; the reason for which the row is set aside, or `""`."""
        header = self._header
        if not values.get("indicator") and values.get("group"):
            self._widen(i, values)
        if header.fused:
            _unfuse(header, cells, values)
        if self._grid.plain and (len(cells) < self._width or any(cells[self._width :])):
            values["indicator"] = clean(" ".join(filter(None, cells)))
            return "column_count"
        number_, group, task = values.get("number", ""), values.get("group", ""), values.get("indicator", "")
        if is_total(number_) or is_total(group) or is_total(task):
            values["indicator"] = task or number_ or group
            return "printed_total"
        return ""

    def _dates(self, i: int, values: dict[str, str], findings: list[dict[str, str]]) -> None:
        """Cells of figures that are dates by their format are not what was typed."""
        for j, name in self._columns:
            if (i, j) in self._grid.dates and name in _NEVER_DATES:
                findings.append(finding("date_in_cell", self._grid.address(i, j), values[name]))

    def _widen(self, i: int, values: dict[str, str]) -> None:
        """A task that takes the columns of group and task, under one header over both, is a task without a group."""
        fields, words = self._header.fields, self._header.words
        if "group" not in fields or "indicator" not in fields:
            return
        group, task = fields.index("group"), fields.index("indicator")
        if words[group] == words[task] and self._covered.get((i, task), (-1, -1))[1] == group:
            values["indicator"], values["group"] = values["group"], ""

    def _comment(self, i: int, values: dict[str, str]) -> None:
        """Comments of the row's cells are remarks."""
        comments = self._grid.comments
        said = [_unsigned(_own_words(comments[i, j])) for j in range(self._width) if (i, j) in comments]
        if said:
            values["remark"] = " ".join(filter(None, [values.get("remark", ""), *said]))


def joined(above_it: RawRow, row: RawRow, header: Header, after_break: bool) -> bool:
    """Put a row to the one above where it is the rest of it; whether it was."""
    if row.reason or row.values.get("number") or not _goes_on(above_it, row, header, after_break):
        return False
    for name, text in row.values.items():
        if text and name not in row.carried:
            above_it.values[name] = above_it.get(name) + text
    return True


def _goes_on(above_it: RawRow, row: RawRow, header: Header, after_break: bool) -> bool:
    """Whether a row is the rest of the one above: it fills what that lacks, or a page break cut its text."""
    if "number" not in header.fields or not above_it.get("number") or above_it.reason:
        return False
    own = [name for name, text in row.values.items() if text and name not in row.carried and name != "group"]
    if not own or any(row.get(name) for name in ("done", "unit") if name in own and above_it.get(name)):
        return False
    told = {"progress", "attainment", "status", "done"}
    if not any(above_it.get(name) for name in own):
        return bool(told & set(own)) and not any(above_it.get(name) for name in told)
    if not after_break or row.get("status") or row.get("attainment"):
        return False
    texts = [name for name in own if name in ("indicator", "target", "progress", "responsible", "remark")]
    cut = [name for name in texts if above_it.get(name) and not squeezed(above_it.get(name)).endswith(_SENTENCE_END)]
    return len(texts) == len(own) and bool(cut)


def _unfuse(header: Header, cells: list[str], values: dict[str, str]) -> None:
    """Give the cells under a fused header to its fields: as many in order, else by what only one field can hold."""
    for first, names in header.fused:
        end = next((j for j in range(first + 1, len(header.fields)) if header.words[j]), len(header.fields))
        under = [tidy(cell) for cell in cells[first:end] if cell]
        if len(under) == 1 and len(names) > 1 and len(under[0].split()) == len(names):
            under = under[0].split()
        if len(under) == len(names):
            values.update(zip(names, map(without_persons, under), strict=True))
            continue
        for cell in under:
            name = _told_by_content(cell, names)
            if name and not values.get(name):
                values[name] = without_persons(cell)


def _told_by_content(cell: str, names: tuple[str, ...]) -> str:
    """Which of the fields of a fused header a cell can only belong to, or `""`."""
    kinds = {"attainment"} if "%" in squeezed(cell) else set()
    if not kinds and read_status(cell).how == "word":
        kinds = {"status", "remark"}
    elif not kinds and number(cell) is not None:
        kinds = {"funds", "done", "target"}
    fitting = [name for name in names if name in kinds]
    return fitting[0] if len(fitting) == 1 else ""


def _unsigned(comment: str) -> str:
    """A comment without the name that its writer put at its end."""
    return _SIGNATURE.sub("", tidy(comment))


def _own_words(comment: str) -> str:
    """A comment without names of persons, and without what a check of ours has put into it."""
    return without_persons(comment.partition(reference.setting("check_mark"))[0])

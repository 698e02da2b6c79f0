"""Rows of a broken text whose cells have slipped: what can be told from the cells alone is put right, and said."""

import re
from collections.abc import Sequence

from risk_assets.language.numbers import is_nothing
from risk_assets.language.status import read_status
from risk_assets.language.text import bare, squeezed, tidy
from risk_assets.layouts.vocabulary import units

_OFFICE = re.compile(r"[\u4e00-\u9fff]{1,12}(?:局|委|办|办公室|中心|公司|政府|管委会|支队|大队|支行|联)")
_PERIOD = re.compile(r"(?:\d{1,2}[-—－至]\d{1,2}月|截至|\d{1,2}月末|一季度|上半年|第[一二三四]季度)")
_LONGEST_OFFICE = 40


def mend(cells: list[str], fields: Sequence[str | None]) -> tuple[list[str], list[tuple[str, str]]]:
    """A row with its cells where they belong, as far as one reading alone is possible.

    Args:
        cells: Cells of the row.
        fields: Field of each column.

    Returns:
        The cells, and for each change the rule of its finding and what was found.
    """
    found: list[tuple[str, str]] = []
    cells = list(cells)
    for step in (_shifted_right, _shifted_left, _overflowing, _echoed):
        changed = step(cells, fields)
        if changed is not None:
            found.append(("cells_mended", " | ".join(filter(None, map(tidy, cells)))))
            cells = changed
    at = _at(fields, "responsible")
    if at is not None and at < len(cells) and len(cells[at]) > _LONGEST_OFFICE and re.search(r"\d", cells[at]):
        found.append(("cells_fused", cells[at]))
    return cells, found


def _at(fields: Sequence[str | None], name: str) -> int | None:
    return list(fields).index(name) if name in fields else None


def _is_unit(text: str) -> bool:
    return squeezed(text) in units()


def _shifted_right(cells: list[str], fields: Sequence[str | None]) -> list[str] | None:
    """The unit stands one column too far to the right, and all behind it."""
    unit = _at(fields, "unit")
    if unit is None or unit + 1 >= len(cells) or cells[unit] or not _is_unit(cells[unit + 1]) or cells[-1]:
        return None
    if len(cells) <= len(fields) and cells[unit + 2 : unit + 3] == [""]:
        return None
    return [*cells[:unit], *cells[unit + 1 :], *[""] * (len(cells) <= len(fields))]


def _shifted_left(cells: list[str], fields: Sequence[str | None]) -> list[str] | None:
    """The status stands one column too far to the left because two cells before it became one."""
    status, responsible = _at(fields, "status"), _at(fields, "responsible")
    if status is None or responsible is None or not 0 < status < len(cells) or responsible + 1 >= status:
        return None
    if cells[status] or read_status(cells[status - 1]).how != "word":
        return None
    tokens = cells[responsible].split()
    offices = [token for token in tokens if _OFFICE.fullmatch(token.strip("、,"))]
    rest = [token for token in tokens if token not in offices]
    if not offices or not rest or cells[responsible + 1 : status - 1][-1:] != [""]:
        return None
    moved = [*cells[:responsible], " ".join(offices), " ".join(rest), *cells[responsible + 1 : status]]
    return [*moved, *cells[status + 1 :]]


def _overflowing(cells: list[str], fields: Sequence[str | None]) -> list[str] | None:
    """The progress has run into the cell of the responsible unit (seed 003, 附件1 item 2)."""
    responsible, progress = _at(fields, "responsible"), _at(fields, "progress")
    if responsible is None or progress is None or max(responsible, progress) >= len(cells):
        return None
    text = cells[responsible]
    if cells[progress] or len(text) <= _LONGEST_OFFICE:
        return None
    begin = _PERIOD.search(text)
    if begin is None:
        return None
    offices = [token for token in text[: begin.start()].split() if _OFFICE.fullmatch(token.strip("、,"))]
    before = text[: begin.start()].split()
    if not offices or before[-len(offices) :] != offices:
        return None
    mended = list(cells)
    mended[responsible], mended[progress] = " ".join(offices), text[begin.start() :]
    return mended


def _echoed(cells: list[str], fields: Sequence[str | None]) -> list[str] | None:
    """The cell of the responsible unit repeats the end of the task (seed 003, 附件1 item 16)."""
    responsible, indicator = _at(fields, "responsible"), _at(fields, "indicator")
    if responsible is None or indicator is None or max(responsible, indicator) >= len(cells):
        return None
    echo = bare(cells[responsible])
    if is_nothing(cells[responsible]) or len(echo) < 3 or not bare(cells[indicator]).endswith(echo):
        return None
    if _OFFICE.fullmatch(squeezed(cells[responsible])):
        return None
    return [*cells[:responsible], "", *cells[responsible + 1 :]]

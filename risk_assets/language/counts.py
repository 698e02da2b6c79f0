"""Sentences that count by status: a letter's headline, or a line that stands for many tasks.

`共有重点监测指标40项,已完成年度任务1项,占比2.5%;…未完成时序进度的指标分别为A、B。` Which table a sentence
speaks of, and whether its counts are right, is not decided here.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from risk_assets import reference
from risk_assets.language.status import words
from risk_assets.language.text import squeezed


@dataclass(frozen=True)
class Share:
    """A count with the share that the text prints behind it."""

    status: str
    count: int
    printed: str


@dataclass
class Statement:
    """One total and the counts that follow it; `start` is the total's place in the squeezed text."""

    total: int
    start: int
    counts: dict[str, int] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)


_TOTAL = re.compile(
    r"共(?:有|计)?[^。;,、\d%]{0,20}?(?:\d+件)?(?P<a>[0-9]{1,6})项|指标(?:共|有|计)+(?P<b>[0-9]{1,6})项|(?:监测|考核|重点|重要)指标(?P<e>[0-9]{1,6})项"
    r"|(?<![0-9])(?P<c>[0-9]{1,6})项任务(?:推进)?清单|\d+件(?P<d>[0-9]{1,6})项"
)
_SECTION_END = re.compile(r"(?:^|\n)[一二三四五六七八九十]+、")
_NOT_DENIED = "(?<![未没不无])(?<!没有)(?<!未能)(?<!尚未)"
_LIST = re.compile(r"分别(?:为|是)(?:分别为)?:?(?P<names>[^。;(\n]+)")
_SHARE = re.compile(r"[,(]?占(?:比)?(?P<share>[0-9]{1,3}(?:\.[0-9]{1,4})?)%")


@cache
def _grammar() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str], dict[str, str]]:
    phrases = {re.escape(word): status for word, status in words().items() if len(word) > 1}
    phrases |= {row["pattern"]: row["status"] for row in reference.table("count_phrases")}
    ordered = sorted(phrases, key=len, reverse=True)
    any_phrase = _NOT_DENIED + "(?:" + "|".join(f"(?:{phrase})" for phrase in ordered) + ")"
    before = re.compile(rf"(?P<word>{any_phrase})(?:阶段)?(?:的|任务|指标|项目)*(?:有|为|共)?(?P<count>[0-9]{{1,6}})项")
    behind = re.compile(
        rf"(?<![0-9])(?P<count>[0-9]{{1,6}})项(?:指标|任务)?(?:的|处于|尚处于|已|均)?(?P<word>{any_phrase})"
    )
    all_of_them = re.compile(rf"均(?:已|处于)?(?P<word>{any_phrase})")
    return before, behind, all_of_them, re.compile(any_phrase), phrases


def _status(word: str) -> str:
    known = words().get(word)
    if known:
        return known
    return next(s for pattern, s in _grammar()[4].items() if re.fullmatch(pattern, word))


def statements(text: str) -> tuple[str, list[Statement]]:
    """All counting sentences of a text.

    Args:
        text: Prose; line breaks separate paragraphs.

    Returns:
        The text as it was searched (each line squeezed) and its statements, in order. A statement reaches to the next
        total or to the next heading of first order.
    """
    flat = "\n".join(squeezed(line) for line in text.split("\n"))
    totals = list(_TOTAL.finditer(flat))
    found = []
    for i, match in enumerate(totals):
        end = totals[i + 1].start() if i + 1 < len(totals) else len(flat)
        heading = _SECTION_END.search(flat, match.end(), end)
        total = int(next(number for number in match.groups() if number))
        statement = Statement(total, match.start())
        _fill(statement, flat[match.end() : heading.start() if heading else end])
        if statement.counts:
            found.append(statement)
    return flat, found


def _fill(statement: Statement, text: str) -> None:
    before, behind, all_of_them, any_phrase, _ = _grammar()
    taken: set[int] = set()
    for pattern in (before, behind):
        for match in pattern.finditer(text):
            if match.start("count") in taken:
                continue
            status, count = _status(match.group("word")), int(match.group("count"))
            if status in statement.counts:
                continue
            taken.add(match.start("count"))
            statement.counts[status] = count
            share = _SHARE.match(text, match.end())
            if share:
                statement.shares.append(Share(status, count, share.group("share")))
    if not statement.counts:
        whole = all_of_them.search(text)
        if whole:
            statement.counts[_status(whole.group("word"))] = statement.total
    for match in _LIST.finditer(text):
        mentions = [m.group() for m in any_phrase.finditer(text, 0, match.start())]
        if mentions:
            status = _status(mentions[-1])
            names = [name.strip('"“”') for name in match.group("names").split("、")]
            statement.named.setdefault(status, []).extend(name for name in names if name)

"""Whether the words before a figure say that it states what an indicator has reached: nothing else, no plan, no part.

`完成投资30亿元` does for an investment; `完成放线42.5公里`, `其中省级项目完成12亿元` and `全州完成412亿元` do not.
Words are those of `reference/form_words.csv`; what is not said by its task or names counts for something else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.areas import areas, areas_in
from risk_assets.language.text import bare, folded

_CLAUSES = re.compile(r"[,，;；。!！?？\n]")
_LINKS = re.compile(r"(?:达到|到达|达|为|共计|共有|共|计|约|有|是|至|已|超过?|突破|近|[:：\s])+$")
_GROWS = re.compile(
    r"(?:同比|比[上去]年同?期?|较[上去]年同?期?|上年同期|名义|实际|按可比价格?(?:计算)?|按不变价格?(?:计算)?|分别|均|增长|增速|增幅|增加"
    r"|增|下降|降幅|回落|提高|降低|减少|达到|达|为|实现|约|[+\-:：、和及与%()（）\s\d.])+$"
)
_FIGURE = re.compile(r"\d[\d,.]*\s?(?:万|亿)?(?:元|人次|人|户|家|个|项|套|公里|平方米|吨|%)?$")
_TIME = re.compile(
    r"\(?(?:20\d\d年)?(?:\d{1,2}\s?[-~—–至]\s?)?\d{1,2}月(?:份|底|末)?(?:\d{1,2}日)?\)?|\(?第?[一二三四1-4]季度\)?|[上下]半年|前三季度"
    r"|20\d\d年|截至|截止|\(|\)|、|:|：|\s"
)
_WHOSE = re.compile(r"全[国省市州县区]|[我本][县市州区]")
_SMALLEST, _SHORTEST = 2, 3


@dataclass(frozen=True)
class Subject:
    """What a figure must be of.

    Attributes:
        words: Bare task, names of the indicator and words of the component.
        is_new: The task counts what is new (新增, 净增), so that a stock is none of it.
        is_net: It counts what is new without what has gone (净增).
        area: Code of the area whose figure it must be.
    """

    words: tuple[str, ...]
    is_new: bool
    is_net: bool
    area: str


def subject_of(task: str, names: Sequence[str], area: str) -> Subject:
    """The subject of an item.

    Args:
        task: What it is about and is to reach, as printed.
        names: Bare names of its indicator and words of its component.
        area: Area.
    """
    flat = bare(task)
    return Subject((flat, *map(bare, names)), _has("new", flat), _has("net", flat), area)


def _has(kind: str, text: str) -> bool:
    return any(word in text for word in reference.form_words(kind))


@cache
def _any(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, reference.form_words(kind))))


@lru_cache(maxsize=65536)
def states_amount(before: str, subject: Subject) -> bool:
    """Whether a sentence up to a figure claims it as the level that the subject has reached.

    Args:
        before: The sentence up to the figure.
        subject: What it must be of.
    """
    flat = folded(before)
    clause = _CLAUSES.split(flat)[-1]
    if not _may(flat, clause, subject):
        return False
    head = _LINKS.sub("", clause)
    asked = (match for match in _any("done_if_asked").finditer(head) if match.group() in subject.words[0])
    done = [*_any("done").finditer(head), *asked]
    if done:
        last = max(done, key=lambda match: (match.end(), -match.start()))
        is_own = _is_own(head[last.end() :], subject) and _is_own(_led(head[: last.start()], subject), subject)
        is_other = (subject.is_new and last.group() in reference.form_words("stock")) or (
            subject.is_net and last.group() in reference.form_words("gross")
        )
        return is_own and not is_other
    phrase = _led(head, subject)
    return len(bare(phrase)) >= _SHORTEST and _is_own(phrase, subject) and not subject.is_new


@lru_cache(maxsize=65536)
def is_before_done(behind: str) -> bool:
    """Whether the rest of a sentence says, in the clause of the figure, that it is being prepared (1个申报前期工作)."""
    return _any("before_done").search(_CLAUSES.split(folded(behind))[0]) is not None


@lru_cache(maxsize=65536)
def states_growth(before: str, subject: Subject) -> bool:
    """Whether a sentence up to a figure claims it as the growth of the subject.

    Args:
        before: The sentence up to the figure.
        subject: What it must be of.
    """
    flat = folded(before)
    clauses = _CLAUSES.split(flat)
    if not _may(flat, clauses[-1], subject):
        return False
    rest = _led(_GROWS.sub("", clauses[-1]), subject)
    if bare(rest):
        return _is_own(rest, subject)
    for clause in reversed(clauses[:-1]):
        if _any("aside").match(clause.strip()):
            continue
        core = _led(_LINKS.sub("", _GROWS.sub("", _FIGURE.sub("", clause))), subject)
        core = _any("done").sub("", core)
        if bare(core):
            return _is_own(core, subject)
    return True


def _may(flat: str, clause: str, subject: Subject) -> bool:
    """Nothing denies, plans or limits the figure, and no area above is spoken of."""
    if _any("not_done").search(clause) or _any("not_yet").search(flat) or _any("part").search(clause):
        return False
    return not speaks_of_above(flat, subject.area)


def speaks_of_above(flat: str, area: str) -> bool:
    """Whether a folded sentence up to a figure speaks of an area above, the last such word deciding."""
    own = {"county": ("县", "区", "旗"), "zone": ("县", "区"), "city": ("市", "州")}
    known = areas().get(area)
    kinds = (*own.get(known.level if known else "", ()), known.name[-1] if known else "")
    found = _WHOSE.findall(flat)
    if not found:
        return False
    whose = found[-1]
    return whose[0] == "全" and whose[-1] not in kinds


_WHOSE = re.compile(r"全[国省州市县区]|[我本][县市州区]")


def _led(text: str, subject: Subject) -> str:
    """A phrase without the time, area and adverbs that lead up to it."""
    rest, last = _TIME.sub("", text), ""
    while rest != last:
        last = rest
        lead = next((word for word in reference.form_words("lead") if rest.startswith(word)), "")
        rest = _without_zone(rest[len(lead) :], subject)
        known = areas().get(subject.area)
        if known:
            for name in (known.name, known.short_name):
                rest = rest.removeprefix(name)
    return rest


def _without_zone(text: str, subject: Subject) -> str:
    """A phrase without a zone of the area that leads it, where the subject is one of zones (园区)."""
    if not _has("zones", subject.words[0]):
        return text
    for code in areas_in(text[:12]):
        zone = areas()[code]
        if zone.level == "zone" and zone.parent == subject.area:
            return text.removeprefix(zone.name)
    return text


def _is_own(text: str, subject: Subject) -> bool:
    """Whether a phrase is made of nothing but pieces of the task and names (本外币存款余额 of 存贷款余额)."""
    flat = bare(text)
    reach = {0}
    for end in range(_SMALLEST, len(flat) + 1):
        for start in range(end - _SMALLEST, -1, -1):
            if start in reach and any(flat[start:end] in word for word in subject.words):
                reach.add(end)
                break
    return len(flat) in reach

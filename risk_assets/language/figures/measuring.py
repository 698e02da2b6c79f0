"""What a figure measures, as the cue words before it and its unit say. Each answer names its rule."""

import re
from dataclasses import dataclass

from risk_assets.language.figures.model import Context, Number, Quantity

RATES = ("%", "‰", "成")
POINTS = ("百分点", "千分点")
GROWTH = ("yoy", "mom", "growth")
LIST = re.compile(r"[、,，和及与/\s]{1,3}(?:分别)?")
_OF_TARGET = re.compile(r"(?:[^,，。;；\d]{0,8}(?:任务|目标|计划|预算|指标))?\s?\)?的\s?(?:约\s?)?")
_STOCK = re.compile(r"总量|余额|存量|保有量|户数|总数|人数|规模|人口")
_NEAR = 2
_REACH = 60


@dataclass(slots=True)
class Cues:
    """Cue words since the last figure or comma, each with the place where it ends; -1 where there is none.

    Attributes:
        base: What a growth is compared with: yoy, mom, growth or last_year.
        base_at: Words such as 同比.
        sign: Of the last move, 1 or -1; 0 where there is none.
        move_at: 增长, 下降, and all below that move.
        pace_at: Nouns of growth: 增速, 降幅.
        gap_at: Comparisons with another: 高于, 慢于.
        level_at: 率, 占比.
        share_at: 完成率, 形象进度.
        whole_at: 任务, 预算.
        done_at: 完成.
        reach_at: 达到, 占.
        fresh_at: 新增, 净增.
        was: Sign before 收窄 or 扩大 turned it.
    """

    base: str = ""
    base_at: int = -1
    sign: int = 0
    move_at: int = -1
    pace_at: int = -1
    gap_at: int = -1
    level_at: int = -1
    share_at: int = -1
    whole_at: int = -1
    done_at: int = -1
    reach_at: int = -1
    fresh_at: int = -1
    was: int = 0

    def cut(self) -> None:
        """A comma: what was said before it reaches no further, but for 与去年同期相比."""
        self.sign = self.was = 0
        self.move_at = self.pace_at = self.gap_at = self.level_at = self.share_at = -1
        self.whole_at = self.done_at = self.reach_at = self.fresh_at = -1

    def used(self) -> None:
        """A figure has used the words."""
        self.cut()
        self.base, self.base_at = "", -1

    def move(self, sign: int, end: int) -> None:
        """A word that moves up or down."""
        self.sign, self.move_at = sign, end

    def still(self) -> None:
        """The last move was none: 低于5% is a bound."""
        self.sign, self.move_at, self.gap_at = 0, -1, -1


@dataclass(slots=True)
class Place:
    """Where a number stands.

    Attributes:
        flat: The folded text.
        phrase: Where its sentence begins.
        clause: Where its clause begins.
        lead_at: Where the word right before it begins, or the number itself.
        rank_at: End of the last word of ranking in the sentence, or -1.
        before: The figure before it in the sentence.
        is_from: That one followed 从 or 由.
    """

    flat: str
    phrase: int
    clause: int
    lead_at: int
    rank_at: int
    before: Quantity | None
    is_from: bool

    def between(self, number: Number) -> str:
        """What stands between the figure before and this one."""
        return self.flat[self.before.end : number.start] if self.before else ""

    def is_list(self, number: Number) -> bool:
        """Whether only a separator parts it from the figure before."""
        return self.before is not None and (
            self.before.end == number.start or bool(LIST.fullmatch(self.between(number)))
        )


def measure(number: Number, cues: Cues, place: Place, context: Context) -> tuple[str, str]:
    """The measure of a number, and the rule that tells it."""
    if context.measure == "rank" and number.unit in ("", "位", "名"):
        return "rank", "column"
    if context.measure == "change" and number.unit in ("", "位"):
        return "change", "column"
    if number.unit in POINTS:
        return "change", "points"
    if number.unit == "位" and place.rank_at >= place.clause and cues.move_at < place.rank_at:
        return "rank", "rank_number"
    if number.unit in RATES or number.unit == "倍":
        return _rate(number, cues, place, context)
    return _amount(number, cues, place)


def _amount(number: Number, cues: Cues, place: Place) -> tuple[str, str]:
    before = place.before
    told = max(cues.base_at, cues.move_at, cues.level_at, cues.whole_at, cues.fresh_at)
    if before is not None and before.measure == "change" and told < before.end and place.is_list(number):
        return "change", "list"
    is_fresh = cues.fresh_at > cues.move_at and cues.base_at < 0
    if number.is_to or max(cues.move_at, cues.fresh_at) < 0 or is_fresh:
        return "level", "amount"
    if cues.gap_at == cues.move_at >= 0:
        return (
            ("change", "gap")
            if place.flat[cues.gap_at : number.start].strip() not in ("", "的")
            else ("level", "amount")
        )
    if place.lead_at - max(cues.move_at, cues.fresh_at) <= _NEAR or 0 <= cues.base_at <= cues.move_at:
        return "change", "change"
    return "level", "amount"


def _rate(number: Number, cues: Cues, place: Place, context: Context) -> tuple[str, str]:
    before, grown = place.before, max(cues.base_at, cues.move_at)
    share = _share(number, cues, place)
    if share:
        return "attainment", share
    if max(grown, cues.level_at, cues.whole_at, cues.done_at) < 0:
        if before is not None and before.unit == number.unit and before.measure in (*GROWTH, "attainment"):
            return before.measure, "list"
        return (context.measure, "column") if number.unit in RATES else ("level", "amount")
    is_reached = number.is_to and cues.move_at > max(cues.pace_at, cues.whole_at)
    if is_reached and not (before is not None and before.measure in GROWTH and place.is_from):
        return "level", "level_reached"
    is_gap = 0 <= cues.gap_at == cues.move_at  # 低于省定0.5‰
    if grown > cues.level_at and not is_gap:
        return _growth(cues, place), "growth"
    is_level = is_gap or cues.level_at >= 0
    return ("level", "gap" if is_gap else "level") if is_level else (context.measure, "column")


def _share(number: Number, cues: Cues, place: Place) -> str:
    """The rule by which a rate is a share of a target, plan, budget or task done; `""` where it is none."""
    before, grown = place.before, max(cues.base_at, cues.move_at)
    is_of = place.flat[max(0, number.start - 1) : number.start] in ("的", "之")
    if before is not None and before.role == "target" and _OF_TARGET.fullmatch(place.between(number)):
        return "share_of_target"
    if cues.share_at >= 0 and cues.share_at >= grown:
        return "share"
    if cues.whole_at > grown and (is_of or max(cues.done_at, cues.reach_at) >= 0):
        return "share_of_task"
    is_alone = max(grown, cues.level_at) < 0 <= cues.done_at
    return "share_done" if is_alone and number.start - cues.done_at <= _NEAR else ""


def _growth(cues: Cues, place: Place) -> str:
    if cues.base != "last_year":
        return cues.base or "yoy"
    return "growth" if _STOCK.search(place.flat, max(place.phrase, cues.base_at - _REACH), cues.base_at) else "yoy"

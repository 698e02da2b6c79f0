"""Figures of a text in one pass from left to right.

Cue words are kept until a figure uses them or a comma ends their reach; a figure without a cue of its own goes on with
the one before (下降45.5%、50%). What it measures is told in `measuring`, where its words end in `tokens`; here are its
bound, its role and its period. The names of the rules stand in `reference/figures/rules.csv`, each with an example. A
number that no rule understands is counted, not guessed.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from unicodedata import category

from risk_assets import reference
from risk_assets.language.figures import periods
from risk_assets.language.figures.measuring import GROWTH, LIST, POINTS, RATES, Cues, Place, measure
from risk_assets.language.figures.model import NOTHING, Context, Found, Number, Quantity
from risk_assets.language.figures.numerals import counts, is_round, numeral
from risk_assets.language.figures.periods import Period
from risk_assets.language.figures.tokens import Lexicon, lexicon
from risk_assets.language.figures.units import recorded
from risk_assets.language.text import folded

_AFTER = re.compile(
    r"\s?(?:(?P<ge>及?以上|及其以上)|(?P<le>以内|之内|范围内|内(?![容部外设资需]))|(?P<lt>及?以下)|(?P<approx>左右|上下))"
)
_LIMITS = ("以上", "以下", "以内")
_OF_IT = re.compile(r"\s?\)?(?:[^,，。;；\d]{0,8}(?:任务|目标|计划|预算))?的\s?(?:约\s?)?\d")
_TASK_BEHIND = re.compile(r"[^,，。;；\d(占]{1,8}(?:任务|目标|计划|预算)的\s?(?:约\s?)?\d")
_NEAR_TASK = 14
_TARGET_BEGINS = frozenset("以左的年全总目任要")
_TARGET_BEHIND = re.compile(
    r"(?:以上|以内|以下|左右)?的?(?:年度|全年|总体)?(?:目标|任务|要求)(?!的|数|[^,，。;；]{0,6}\d)"
)
# 年度任务30亿元，增长8%
_GROWS = re.compile(r"(?:同比|比上年|较上年)?(?:增长|增幅|增速|增|下降|减少)(?:约|不低于|超过|达到?)?")
_LACKS = re.compile(r"还?[差缺欠少]|尚?需|中有|、")
_NAMED = re.compile(r"\s?(?:分别|均|各)?(?:为|是|达到?)?")
_BARE_BEFORE = re.compile(r"(?:[为达到至是共约计数量值分率近超于有额度积比仅]|突破|完成|实现|指数)\s?$")
_BARE_AFTER = re.compile(r"\s?(?:[,，。;；、)\n/]|以上|以内|以下|左右|$)")
_DECIMAL_AFTER = re.compile(r"\s?(?:[,，。;；、)\n/的:升降调提增减-]|以上|以内|以下|左右|$)")
_A_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNT = re.compile(r"(?!(?:19|20)\d\d$)\d{3,7}")
_TORN_AHEAD = re.compile(r" \d|,\d|\s?[,，]\s?\d{3}(?!\d)|/\d|\s?\.\s?\d|。\d")
_TORN_BEHIND = re.compile(r"\d(?: |\s?[×xX*]\s?)$")
_POINT_BEHIND = re.compile(r"(?:[\d一-鿿]\s?\.|\d。|\d\s?/)\s?$")
_COMMA_BEHIND = re.compile(r"\d\s?[,，]\s?$")
_TIGHT_COMMA = re.compile(r"\d,$")
_THREE_DIGITS = re.compile(r"\d{3}(?!\d)")
_YEARLY = re.compile(r"年[度初]|[全今本]年|年$|年计划|预算")
_RANKING = re.compile(r"(?:[居列排]|全[省市州国县区])[^,，。;；\d]{0,8}$")
_REACH = 40
_SHORT = 40
_DEEPEST = 8
_NEAR_PLAN = 10
_NEAR_GOALS = 6
_SCALES = {"万": 1e4, "亿": 1e8}
_Outside = tuple[Period | None, str, Quantity | None, int, int | None, Cues]


@cache
def rules() -> tuple[dict[str, str], ...]:
    """The rules by name, each with an example and what is read in it."""
    return reference.table("figures/rules")


def figures_in(text: str, context: Context = NOTHING) -> Found:
    """Read the figures of a cell, a line or a paragraph.

    Args:
        text: As printed.
        context: What its place says.

    Returns:
        Its figures in order, each pointing at its characters; what else looks like one is `unread`.
    """
    if len(text) > _SHORT:
        return _Pass(text, context, lexicon()).run()
    known = _short(text, context)
    return Found(list(known.quantities), list(known.unread))


@lru_cache(maxsize=65536)
def _short(text: str, context: Context) -> Found:
    """A short cell's figures: counties write the same targets and shares month after month."""
    return _Pass(text, context, lexicon()).run()


class _Pass:
    """The state of one pass over a text.

    Attributes:
        period: In force; None where only the context's is.
        kept: What `period` falls back to.
        outer: What stood before a deadline or a forecast's own period.
        scope: Role that a word gives to all figures up to the sentence's end, or `""`.
        plan_at: End of the last word such as 任务数 or 计划, or -1.
        before: The figure before in the sentence.
    """

    def __init__(self, text: str, context: Context, words: Lexicon):
        self.text, self.context, self.words = text, context, words
        self.flat = folded(text)
        self.found = Found()
        self.cues = Cues()
        self.period: Period | None = None
        self.kept: Period | None = None
        self.outer: Period | None = None
        self.is_brief = False
        self.is_passing = self.is_earlier = self.is_plan_done = self.is_plan_list = self.is_yearly = False
        self.of_plan = self.was_planned = self.is_from = self.is_earlier_once = self.is_goal_list = False
        self.deadline: Period | None = None
        self.only: Period | None = None
        self.year = context.year
        self.earlier_year: int | None = None
        self.scope = self.goals = ""
        self.period_at = self.scope_at = self.plan_at = self.rank_at = self.each_at = -1
        self.clause = self.phrase = self.named = self.moved = 0
        self.name_end = -3
        self.before: Quantity | None = None
        self.outside: list[_Outside] = []

    def run(self) -> Found:
        """Read the text."""
        for match in self.words.scanner.finditer(self.flat):
            _TAKE[match.lastgroup](self, match)
        return self.found

    # What stands between the figures.

    def _name(self, match: re.Match[str]) -> None:
        """Digits of a name, a date or a number of a list are no figure."""
        self.name_end = match.end()

    def _each(self, match: re.Match[str]) -> None:
        self.each_at = match.end()

    def _cue(self, match: re.Match[str]) -> None:
        cue, value = self.words.cues[match.group()]
        cues, end = self.cues, match.end()
        if cue in ("move", "pace", "gap"):
            cues.move(1 if value == "+" else -1, end)
            if cue != "move":
                setattr(cues, f"{cue}_at", end)
        elif cue == "turn":
            cues.was, cues.pace_at = cues.sign, end if cues.pace_at >= 0 else -1
            cues.move(-(cues.sign or 1) if value == "narrow" else cues.sign or 1, end)
        elif cue == "base":
            cues.base, cues.base_at = value, end
        elif cue == "part":
            cues.level_at = cues.reach_at = end
        elif cue in ("level", "share", "reach", "fresh"):
            setattr(cues, f"{cue}_at", end)
        elif cue == "rank":
            self.rank_at = end
        else:
            self._role_cue(cue, value, match)

    def _role_cue(self, cue: str, value: str, match: re.Match[str]) -> None:
        """A word that says whether what follows is done, expected or to be reached."""
        cues, end = self.cues, match.end()
        if cue == "done":
            cues.done_at = end
            self.is_plan_list &= self.plan_at >= self.clause
            if self.plan_at < self.clause:
                self.plan_at = -1
        elif cue == "whole":
            cues.whole_at, self.is_plan_done = end, cues.done_at >= 0
            self._plan(match)
        elif cue == "plan":
            self.is_plan_done = False
            self._plan(match)
        elif cue == "forecast":
            self._begin("forecast", match)
        elif cue == "aim":
            if value != "forecast" and self.scope != "forecast":
                self._begin("target", match)
            elif value == "forecast" and self.context.role == "actual":
                self._begin("forecast", match)
            self.is_brief = value == "clause"
        elif cue == "cap":  # 全年死亡人数控制在9人以内 is a target, 受害率控制在0.3‰以内 what was reached
            if self.period and self.period.kind == "year" and self.period_at >= self.clause:
                self._begin("target", match)
                self.is_brief = True
        elif cue == "goals":
            self.goals = "target"
        elif cue == "firm":
            self._firm()

    def _plan(self, match: re.Match[str]) -> None:
        self.plan_at = match.end()
        self.is_yearly = bool(_YEARLY.search(self.flat, max(self.clause, match.start() - _REACH), match.end()))

    def _begin(self, scope: str, match: re.Match[str]) -> None:
        self.scope, self.scope_at, self.is_brief = scope, match.start(), False
        if self.deadline and match.start() >= self.clause:
            self._set(self.deadline, match.start(), passing=True)

    def _firm(self) -> None:
        """已, 实际: what follows is reported as done."""
        self.was_planned = False
        self.scope, self.goals, self.plan_at, self.is_plan_list = "", "", -1, False
        self.cues.whole_at = -1
        own = self.period
        is_years = own is not None and own.kind == "year" and own.shift is None
        if self.is_passing or (own and is_years and own.year in (None, self._report_year())):
            self.period, self.is_passing = self.outer if self.is_passing else self.kept, False

    def _pause(self, match: re.Match[str]) -> None:
        cues, at = self.cues, match.start()
        if match.group() == ":" and self.flat[at - 1 : at].isdecimal() and self.flat[at + 1 : at + 2].isdecimal():
            return  # 7.2:39.5:53.3
        has_figure = self.before is not None and self.before.start >= self.clause
        self.named = cues.sign if cues.pace_at >= self.clause and not has_figure else 0
        if match.group() == ":":
            if 0 <= cues.whole_at >= match.start() - _NEAR_GOALS:
                self.scope, self.scope_at, self.is_brief = "target", match.end(), False
                self.is_goal_list = True
        elif self.scope == "target" and self.scope_at >= self.clause and (self.is_brief or not has_figure):
            self.scope = ""  # 要求…, 不得…: where no figure follows at once, the rest is no target
        cues.cut()
        self.clause = match.end()
        self.each_at, self.is_earlier, self.deadline, self.only = -1, False, None, None

    def _stop(self, match: re.Match[str]) -> None:
        self.cues.used()
        self.clause = self.phrase = match.end()
        if not (self.is_goal_list and match.group() in ";；"):
            self.scope, self.is_goal_list = "", False
        self.before, self.is_plan_list = None, False
        self.plan_at = self.rank_at = self.each_at = -1
        self.is_earlier, self.deadline, self.only = False, None, None
        self._fall_back(match.group() in "。\n")
        if match.group() not in ";；":
            self.year = self.context.year
        if match.group() == "\n":
            self.outside.clear()
            self.goals = ""

    def _fall_back(self, is_end: bool) -> None:
        """At a sentence's end only a period that can hold for the next goes on."""
        own = self.period
        if own is None:
            return
        if self.is_passing:
            self.period, self.is_passing = self.outer, False
        elif self._ends_here(own) or (own.kind == "year" and is_end):
            self.period = None if self.kept is own else self.kept

    def _ends_here(self, own: Period) -> bool:
        """Whether a period is of one month, or in a cell of another month than the report's own state."""
        if own.kind in ("month_of", "month_before", "none"):
            return True
        if not self.context.period:
            return False
        month = int(self.context.month[5:]) if self.context.month else 0
        return (own.kind == "span" and own.first == own.last) or (own.kind == "stock" and own.last != month)

    def _open(self, match: re.Match[str]) -> None:
        if len(self.outside) < _DEEPEST:
            self.outside.append((self.period, self.scope, self.before, self.moved, self.year, replace(self.cues)))
        self.scope = ""

    def _close(self, match: re.Match[str]) -> None:
        if self.outside:
            self.period, self.scope, self.before, self.moved, self.year, self.cues = self.outside.pop()

    # Periods.

    def _period(self, match: re.Match[str]) -> None:
        read = periods.parse(match.group().strip())
        if read is None or self._stands_aside(read, match):
            return
        if match.group().endswith(("年底", "年末")) and self.flat[match.end() : match.end() + 1] == "前":
            read = Period("year", read.year, read.shift)
        self._year_of(read)
        if read.kind == "as_of":
            self.scope, self.plan_at, self.is_plan_list = "", -1, False
        if (self.scope or self.goals) and self.scope_at < self.clause and self._has_come(read):
            self.scope = self.goals = ""  # 要求…达到100%，1-4月整改率92%
        elif self.context.role == "actual" and self._lies_ahead(read):
            self._begin("target", match)
        is_own = bool(self.scope) and self.scope_at >= self.clause
        self._set(read, match.start(), passing=is_own)

    def _stands_aside(self, read: Period, match: re.Match[str]) -> bool:
        """Whether a period is not that of the figures to come, but a deadline, a start, or what is compared with."""
        behind = self.flat[max(0, match.start() - 1) : match.start()]
        ahead = self.flat[match.end() : match.end() + 1]
        is_past = read.shift == -1 or bool(read.year and read.year < self._report_year())
        if read.kind == "earlier":
            self.is_earlier = behind not in ("史", "常", "往", "是", "于", "与") and not match.group().startswith("到")
            self.earlier_year, self.is_earlier_once = read.year, behind in ("由", "从")
        elif ahead == "前" and self.context.role == "actual" and not self.scope:
            self.deadline = read
            if self._is_to_come(read):
                self._begin("target", match)  # 9月底前完成80%
                self.is_brief = True
        elif behind in ("由", "从"):
            self.only = read
        else:
            return (
                (ahead == "起" and read.kind == "span")
                or behind in ("比", "较")
                or (behind in ("是", "与", "于") and is_past)
                or (read.kind == "year" and bool(read.year) and self._names_a_thing(read))
            )
        return True

    def _set(self, read: Period, at: int, passing: bool) -> None:
        if not self.is_passing:
            self.outer = self.period
        self.period, self.period_at, self.is_passing = read, at, passing
        if not passing and self.kept is None and read.kind not in ("month_of", "month_before", "none", "year"):
            self.kept = read

    def _year_of(self, read: Period) -> None:
        if read.year:
            self.year = read.year
        elif read.shift is not None and self._report_year():
            self.year = self._report_year() + read.shift

    def _report_year(self) -> int:
        return int(self.context.month[:4]) if self.context.month else int(self.context.year or 0)

    def _names_a_thing(self, read: Period) -> bool:
        """组织了2023年森林防灭火培训班 after 2月13日: the year beside a noun is no period of its own."""
        own = self.period
        single = own is not None and own.kind == "span" and own.first == own.last
        return single and self.period_at >= self.phrase and read.year == self.year

    def _has_come(self, read: Period) -> bool:
        if read.kind == "as_of":
            return True
        month = int(self.context.month[5:]) if self.context.month else 12
        return read.kind in ("span", "stock") and read.last <= month and (read.year or self.year) == self.year

    def _is_to_come(self, read: Period) -> bool:
        """Whether a month of this year lies behind the report's."""
        month = int(self.context.month[5:]) if self.context.month else 12
        return read.kind in ("stock", "span") and read.last > month and (read.year or self.year) == self.year

    def _lies_ahead(self, read: Period) -> bool:
        return bool(read.year and self._report_year() and read.year > self._report_year())

    def _against(self, match: re.Match[str]) -> None:
        """较2022年, 比1-4月: what is compared with, which is no period of the figure."""
        said = match.group()
        year = re.search(r"\d{4}", said)
        self.cues.base_at = match.end()
        if not year:
            self.cues.base = "growth" if "年" in said and not said.endswith(("月", "度", "全年")) else "mom"
        elif said.endswith(("底", "末")) or not self.context.year or int(year.group()) != self.context.year - 1:
            self.cues.base = "growth"
        else:
            self.cues.base = "yoy" if "同期" in said else "last_year"

    # Figures.

    def _number(self, match: re.Match[str]) -> None:
        digits = match.group("digits")
        unit, few, end = self._unit_of(match, "")
        sign = digits[0] if digits[0] in "+-" else ""
        if not sign and self.flat[match.start() - 1 : match.start()] == "负":
            sign, digits = "-", f"-{digits}"
        value = float(re.sub(r"[\s,]", "", digits))
        self._take(Number(match.start(), end, value, unit, "gt" if few else "", sign))

    def _unit_of(self, match: re.Match[str], n: str) -> tuple[str, bool, int]:
        """Unit, whether 多 or 余 stands in it, and where it ends; without a unit whose letter begins another word."""
        unit, many = match.group(f"unit{n}"), match.group(f"many{n}") or ""
        few = bool(match.group(f"few{n}") or match.group(f"more{n}") or match.group(f"odd{n}"))
        name = "unit" if unit else "of" if many else "by"
        own = match.group(f"{name}{n}") or ""
        if own and self._begins_a_word(own, match.end()):
            return many, few, match.start(f"{name}{n}")
        if own or many or few:
            return recorded(many + own), few, match.end()
        return "", few, match.end("high" if n else "digits")

    def _begins_a_word(self, unit: str, end: int) -> bool:
        behind = self.flat[end : end + 2]
        return bool(behind) and behind[0] in self.words.not_before.get(unit, "") and behind not in _LIMITS

    def _twofold(self, match: re.Match[str]) -> None:
        """3亿5000万元 is 35000万元."""
        scale = {"百": 1e2, "千": 1e3}.get(match.group("scale") or "", 1)
        value = float(match.group("yi")) * 1e4 + float(match.group("wan")) * scale
        self._take(Number(match.start(), match.end(), value, recorded("万" + match.group("yuan"))))

    def _range(self, match: re.Match[str]) -> None:
        """15-30分钟: a figure for each end; 从950元到1100元 is none."""
        unit, _, end = self._unit_of(match, "r")
        first = recorded(match.group("lowunit") or "")
        low, high = (float(match.group(name).replace(",", "")) for name in ("low", "high"))
        if self._is_torn(match.start()):
            self.found.unread.append((match.start(), match.end("high")))
            return
        low_end = match.end("lowunit") if first else match.end("low")
        if self._lead(match.start())[0] in ("从", "由", "自") or not (unit or first or match.group().count(".") == 2):
            self._take(Number(match.start(), low_end, low, first))
            self._take(Number(match.start("high"), end, high, unit))
            return
        cues, is_to = replace(self.cues), self._lead(match.start())[1] == "to"
        if first and unit.startswith(first):  # 5万-20万元
            first = unit
        low_end = low_end if first and unit else end
        self._take(Number(match.start(), low_end, low, first or unit, "ge", rule="range", is_to=is_to))
        self.cues = cues
        self._take(Number(match.start("high"), end, high, unit or first, "le", rule="range", is_to=is_to))

    def _rank(self, match: re.Match[str]) -> None:
        said = re.sub(r"\s", "", match.group())
        unit = said[-1] if said[-1] in "位名" else ""
        if self.flat.endswith("倒数", 0, match.start()):
            return  # 倒数第二 counts from the other end
        ranks = (
            self.context.measure == "rank"
            or self.rank_at >= 0
            or bool(_RANKING.search(self.flat, max(0, match.start() - 10), match.start()))
        )
        if not ranks and (not unit or said == "首位"):
            return
        digits = said.strip("第位名")
        value = 1.0 if said in ("首位", "榜首") else float(digits) if digits.isdigit() else numeral(digits)
        if value is not None:
            end = match.start() + len(match.group().rstrip())
            self._emit(Number(match.start(), end, value, unit), "rank", "eq", "rank_ordinal")

    def _hidden(self, match: re.Match[str]) -> None:
        unit = recorded(re.sub(r"^[*xX×.\s]+", "", match.group()))
        self._take(Number(match.start(), match.end(), None, unit))

    def _written(self, match: re.Match[str]) -> None:
        """两起, 二十三个, 上亿元: numerals count before a measure word where they state something."""
        said = match.group()
        if said.startswith("百分之"):
            value, unit, bound = numeral(said.removeprefix("百分之")), "%", ""
        else:
            unit = match.group("writtenunit")
            letters = re.sub(r"\s", "", said[: match.start("writtenunit") - match.start()]).strip("上余多")
            if self._begins_a_word(unit, match.end()):
                return
            if said.startswith("上") and is_round(letters):  # 上亿元 is 1亿元 and more
                scale = letters[-1] if letters[-1] in _SCALES else ""
                value, bound = (numeral("一" + letters) or 0) / _SCALES.get(scale, 1), "ge"
                unit = scale + unit
            elif counts(letters, unit):
                value, bound = numeral(letters), "gt" if match.group("writtenfew") else ""
            else:
                return
        if value is not None:
            self._take(Number(match.start(), match.end(), value, recorded(unit), bound, is_written=True))

    def _lead(self, start: int) -> tuple[str, str, str, int]:
        """The word right before a figure: itself, its kind and value, and where it begins."""
        end = start
        while end and self.flat[end - 1] in " \t":
            end -= 1
        if not end or self.flat[end - 1] not in self.words.lead_ends:
            return "", "", "", start
        for length in range(min(self.words.longest_lead, end), 0, -1):
            word = self.flat[end - length : end]
            if word in self.words.leads:
                return (word, *self.words.leads[word], end - length)
        return "", "", "", start

    def _take(self, number: Number) -> None:
        """Weigh a number by the words around it, or leave it unread."""
        lead, said, lead_at = self._lead(number.start)[1:]
        after = _AFTER.match(self.flat, number.end)
        if not self._is_read(number, lead, after is not None):
            self.found.unread.append((number.start, number.end))
            return
        ends = after is not None or not self.flat[number.end : number.end + 1].isalnum()
        if not number.unit and self.context.unit and ends:
            number.unit = self.context.unit
        if self.each_at >= self.clause and "元" not in number.unit:
            return  # 每月1次 is a routine
        if number.unit in ("位", "名") and self.flat[number.start - 1 : number.start] == "前":
            self._emit(number, "rank", number.bound or "le", "rank_within")
            return
        bound = number.bound or self._bound(number, lead, said)
        if after and bound in ("", "approx"):
            bound = after.lastgroup or ""
        self._move(number, lead, said, lead_at)
        if not number.rule:
            is_limit = lead == "bound" and self.flat[lead_at - 1 : lead_at] in ("到", "至", "为")
            number.is_to = lead == "to" or is_limit
        place = Place(self.flat, self.phrase, self.clause, lead_at, self.rank_at, self.before, self.is_from)
        told, rule = measure(number, self.cues, place, self.context)
        if number.rule == "range" and number.bound == "le" and self.before is not None:
            told = self.before.measure
        self._sign(number, told, rule)
        self._emit(number, told, bound or "eq", number.rule or rule, lead)

    def _is_read(self, number: Number, lead: str, is_bounded: bool) -> bool:
        if number.value is None:
            return True
        if self._is_torn(number.start) and not number.is_written:
            return False
        return bool(number.unit) or self._stands_alone(number, lead, is_bounded)

    def _is_torn(self, start: int) -> bool:
        """Whether the digits are the tail of another number, and nobody knows which: 1 92支, 12 .6%, 9,87万元, 1/3."""
        flat, begin = self.flat, max(0, start - 4)
        behind = flat[start - 1 : start]
        if "一" <= behind <= "鿿":
            return False
        is_other = behind != "" and category(behind) == "No"  # ⒏6亿元
        is_listed = _TIGHT_COMMA.search(flat, begin, start) and self.text[start - 1] == ","
        is_group = _COMMA_BEHIND.search(flat, begin, start) and _THREE_DIGITS.match(flat, start)
        is_tail = self.name_end < start - 2 and _POINT_BEHIND.search(flat, begin, start)
        return bool(_TORN_BEHIND.search(flat, begin, start) or is_other or is_listed or is_group or is_tail)

    def _stands_alone(self, number: Number, lead: str, is_bounded: bool) -> bool:
        """Whether a number without a unit states something: 为0, 人数20以上, 数3399."""
        flat, start, end = self.flat, number.start, number.end
        ends = bool(_BARE_AFTER.match(flat, end))
        if self.context.measure in ("rank", "change") or is_bounded:
            return True
        is_name = number.sign and _A_YEAR.fullmatch(flat, start + 1, end)  # “防汛—2022”
        if is_name or _TORN_AHEAD.match(flat, end):
            return False
        if self.context.unit or number.sign:
            return bool(number.sign) or ends
        is_decimal = "." in flat[start:end]
        if flat[start - 1 : start] == ":" and flat[start - 2 : start - 1].isdecimal():
            return is_decimal  # 7.2:39.5:53.3 are three figures, 2.15:1 is one
        if is_decimal and _DECIMAL_AFTER.match(flat, end):
            return True
        is_whole_text = not flat[:start].strip() and not flat[end:].strip()
        is_count = bool(_COUNT.fullmatch(flat, start, end)) and "一" <= flat[start - 1 : start] <= "鿿"
        has_lead = lead not in ("", "none", "from") or bool(_BARE_BEFORE.search(flat, max(0, start - 4), start))
        return ends and (is_whole_text or is_count or has_lead)

    def _bound(self, number: Number, lead: str, said: str) -> str:
        """The bound that the word before a figure gives; a difference of points has one only beside its own move."""
        cues = self.cues
        if lead != "bound":
            return ""
        if number.unit not in POINTS:
            if cues.gap_at == cues.move_at >= number.start - 1:
                cues.still()  # 低于5% is a bound, 低于全市2个百分点 a difference
            return said
        is_gap = cues.gap_at == cues.move_at
        if said in ("gt", "lt") and (cues.move_at < 0 or is_gap):
            cues.move(1 if said == "gt" else -1, number.start)
            return ""
        return said

    def _move(self, number: Number, lead: str, said: str, lead_at: int) -> None:
        """Cues that only a figure's own place tells: 增5%, 增速居前,分别为7.2%, +5%, 比上年同期的4.4亿元."""
        cues, unit = self.cues, number.unit
        if lead == "move" and number.value is not None and cues.move_at <= lead_at:
            cues.move(1 if said == "+" else -1, lead_at)
        if self.named and unit in RATES and _NAMED.fullmatch(self.flat, self.clause, number.start):
            cues.move(self.named, number.start)
            cues.pace_at = number.start
        if number.sign and unit in RATES and max(cues.move_at, cues.base_at, cues.level_at) < 0:
            cues.move_at = number.start
        is_base = cues.base in ("yoy", "last_year") and self.flat[cues.base_at : number.start].strip() in ("", "的")
        if is_base and unit not in (*RATES, *POINTS, "倍"):
            self.is_earlier, self.earlier_year = True, None

    def _sign(self, number: Number, told: str, rule: str) -> None:
        """Apply the sign of the words: 下降45.5% is -45.5, 回落到1.8% is 1.8."""
        cues = self.cues
        moves = told in (*GROWTH, "change")
        moved = self.moved if rule == "list" and not cues.sign else cues.sign
        if number.is_to and cues.was:  # 降幅收窄至0.5%
            moved = cues.was
        self.moved = moved if moves else 0
        is_absolute = number.is_to and cues.pace_at < cues.move_at
        if number.value and moves and self.moved < 0 and not number.sign and not is_absolute:
            number.value = -number.value

    def _emit(self, number: Number, told: str, bound: str, rule: str, lead: str = "") -> None:
        role = self._role(number, told)
        quantity = Quantity(
            number.start,
            number.end,
            self.text[number.start : number.end],
            number.value,
            number.unit,
            told,
            role,
            bound,
            self._of_period(number, role),
            number.value is None,
            number.is_written,
            rule,
            self.clause,
            self.phrase,
        )
        self.found.quantities.append(quantity)
        self.is_from = lead == "from" or self.only is not None
        self.before, self.only = quantity, None
        if told == "attainment":
            self.plan_at = -1
        if self.cues.base_at >= 0 or self.is_earlier_once:
            self.is_earlier = self.is_earlier_once = False
        self.cues.used()

    def _role(self, number: Number, told: str) -> str:
        before, self.of_plan = self.before, False
        own = self.scope or self.goals or self.context.role
        if told == "attainment":
            is_verb = self.flat[self.plan_at - 2 : self.plan_at] == "计划"
            is_plan = is_verb and self.clause <= self.plan_at < self.cues.done_at and not self.is_plan_done
            return "target" if is_plan else self.scope or self.context.role  # 原计划5月完成50%
        if told != "change" and self._is_planned(number):
            self.of_plan = self.was_planned = True
            self.is_plan_list = self.flat[self.plan_at : self.plan_at + 1] in ("为", "是", ":")
            return "target"
        is_list = before is not None and LIST.fullmatch(self.flat, before.end, number.start)
        grows = told in GROWTH and self.was_planned and _GROWS.fullmatch(self.flat, self.clause, number.start)
        goes_on = (
            grows or self.is_plan_list or (before is not None and before.start >= self.clause and self.was_planned)
        )
        if before is not None and before.role == "target" and (is_list or goes_on) and self.cues.done_at < before.end:
            self.of_plan = self.was_planned
            return "target"
        return own

    def _is_planned(self, number: Number) -> bool:
        """Whether a word such as 任务数 or 计划 stands before a figure, or its task behind it."""
        flat, start = self.flat, number.start
        is_count = number.unit in ("项", "件")  # 完成任务3项 and 5项任务 count tasks
        if "的" in flat[number.end : number.end + _NEAR_TASK] and _TASK_BEHIND.match(flat, number.end):
            return True
        if (
            not is_count
            and flat[number.end : number.end + 1] in _TARGET_BEGINS
            and _TARGET_BEHIND.match(flat, number.end)
        ):
            return True
        if not (self.clause <= self.plan_at and 0 <= self.plan_at >= start - _NEAR_PLAN):
            return False
        if 0 <= self.cues.gap_at < self.plan_at or _LACKS.search(flat, self.plan_at, start):
            return False  # 高于目标0.7个百分点, 距离目标还差1.2亿元
        if _OF_IT.match(flat, number.end):
            return True
        return not (self.is_plan_done or (is_count and flat[self.plan_at - 2 : self.plan_at] == "任务"))

    def _of_period(self, number: Number, role: str) -> str | None:
        context, is_target = self.context, role == "target"
        told = self.only or self.period
        if is_target:
            yearly = context.target_period or (f"{self.year}-01..{self.year}-12" if self.year else None)
            if told is None:
                return yearly if context.target_period or context.period or self._is_yearly(number) else None
            is_own = self.period_at >= self.clause and not self.is_plan_done
            is_progress = bool(context.target_period) and not self.scope and told.kind == "span"
            runs = told.kind not in ("year", "since_january", "years")
            if runs and (is_progress or (self.of_plan and not is_own)):
                return yearly
        written = periods.written(told or context.period, self.year, context.month, is_target)
        return periods.earlier(written, self.earlier_year) if self.is_earlier else written

    def _is_yearly(self, number: Number) -> bool:
        near = max(self.clause, number.start - _REACH)
        return bool(_YEARLY.search(self.flat, near, number.start)) or (self.plan_at >= 0 and self.is_yearly)


_TAKE: dict[str | None, Callable[[_Pass, re.Match[str]], None]] = {
    kind: getattr(_Pass, f"_{kind}")
    for kind in ("cue", "pause", "number", "period", "stop", "against", "range", "rank", "hidden", "written", "twofold",
                 "each", "open", "close", "name")
}  # fmt: skip

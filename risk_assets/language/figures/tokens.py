"""The pieces that a sentence about figures is made of: numbers with units, periods, names with digits, cue words."""

import re
from dataclasses import dataclass
from functools import cache

from risk_assets import reference
from risk_assets.language.figures import periods
from risk_assets.language.figures.units import known, words_pattern
from risk_assets.language.text import folded

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,10})?"
# 22. 3% and 1 326家次: a narrow column or a page has put a blank into the figure.
_BROKEN = (
    r"(?<=[一-鿿] )\d{1,3}\. \d{1,4}(?=\s?%)"
    r"|(?<=[一-鿿])\d{1,3}\. \d{1,4}(?=\s?(?:%|[万亿]?[元吨亩户人]|[万亿]?[平立]方米))"
    r"|(?<=[一-鿿])\d{1,3}(?: \d{3})+(?:\.\d{1,4})?(?=[万亿]?[一-鿿])"
)
_SIGNED = rf"(?:(?<![\d%A-Za-z元-])[+-](?!(?:19|20)\d\d\s?年))?(?:{_BROKEN}|{_DIGITS})"
_HIDDEN_UNITS = ("%", "元", "万元", "亿元", "万户", "户", "人次", "万人次", "亩", "万亩", "平方米", "万平方米", "公里",
                 "吨", "个百分点")  # fmt: skip
_UNCOUNTED = {"年", "天", "月", "日", "分", "秒", "级", "周", "号", "度", "方", "部", "面", "升", "平", "期"}
_AGAINST = (
    r"与(?:20|19)\d\d年同期相比|[比较](?:(?:20|19)\d\d年(?:度)?(?:同期|年?[底末])?|(?:去年|上年)?(?:\d{1,2}-)?\d{1,2}月(?:份|末|底)?"
    r"|(?:去年|上年)(?:全年|[一二三四]季度)|[一二三]季度末?|前[二三]季度|上半年"
    r"|近[一二三四五十\d]{1,2}年(?:同期)?(?:均值|平均)?|(?:多年|常年|历年)(?:同期)?(?:均值|平均)?)"
)
_BELOW = ("日", "千人", "万人", "亿元", "h", "s")
_ORDINALS = "批届次期条号季产轮个款章类方人时版组代课党中小天步阶部项责书级周年"
_PERIOD_BEGINS = '\\d截到今去本上明当年前三第一二四下全半同目十近“"'
_NUMERALS = "上一二两三四五六七八九十百千万亿零"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The compiled words: the scanner, what each cue word is, what stands right before a number, what follows units."""

    scanner: re.Pattern[str]
    cues: dict[str, tuple[str, str]]
    leads: dict[str, tuple[str, str]]
    longest_lead: int
    lead_ends: frozenset[str]
    not_before: dict[str, str]


def _amount(n: str, units: str) -> str:
    """What may follow the digits: 万元, 多万元, 万余人, 余份."""
    return (
        rf"\s{{0,2}}(?:(?P<unit{n}>{units})|(?P<few{n}>[余多几])?\s?(?P<many{n}>[十百千万亿]{{1,2}})(?P<more{n}>[余多几])?\s?(?P<of{n}>{units})?"
        rf"|(?P<odd{n}>[余多几])\s?(?P<by{n}>{units})?)?"
    )


@cache
def lexicon() -> Lexicon:
    """The words of `reference/figures` and `reference/units.csv`, compiled once."""
    plain = words_pattern(known())
    units = rf"(?:{plain})(?:/(?:{words_pattern([*known(), *_BELOW])}))?"
    cues = {folded(row["word"]): (row["cue"], row["value"]) for row in reference.table("figures/cues")}
    leads = {folded(row["word"]): (row["lead"], row["value"]) for row in reference.table("figures/leads")}
    names = "|".join(f"(?:{row['pattern']})" for row in reference.table("figures/names"))
    hidden = words_pattern(folded(unit) for unit in _HIDDEN_UNITS)
    counted = words_pattern(unit for unit in known() if unit not in _UNCOUNTED)
    parts = (
        rf"(?P<name>(?=[^一-鿿，。、；]|[第附表图电邮传手账代编])(?:{names}))",
        rf"(?P<against>{_AGAINST})",
        rf"(?P<period>(?=[{_PERIOD_BEGINS}])(?:{periods.PATTERN}))",
        r"(?P<hidden>(?=[*Xx×])(?:"
        rf"\*+(?=%)%|\*\.\*+\s?(?:{units})?|(?<![A-Za-z×])[Xx]{{1,4}}\.[Xx]{{1,4}}(?![A-Za-z\d])(?!\s?(?:{units}))|\*{{2,}}(?:\.\*+)?\s?(?:{units})?|(?<![A-Za-z×])[Xx×]{{1,4}}(?:\.[Xx×]{{1,4}})?\s?(?:{hidden})))",
        rf"(?P<twofold>(?=\d)(?P<yi>\d{{1,6}})亿(?P<wan>\d{{1,4}})(?P<scale>[百千])?万(?P<yuan>{units}))",
        rf"(?P<range>(?=\d)(?P<low>{_DIGITS})\s?(?P<lowunit>{units}|[百千万亿]{{1,2}})?\s?[-~至到]{{1,2}}"
        rf"\s?(?P<high>{_DIGITS}){_amount('r', units)})",
        rf"(?P<number>(?=[+\d-])(?P<digits>{_SIGNED}){_amount('', units)})",
        rf"(?P<rank>第\s?(?:\d{{1,4}}|[一二三四五六七八九十]{{1,3}})\s?[位名]?(?![{_ORDINALS}])|首位|榜首)",
        rf"(?P<written>(?=[{_NUMERALS}])(?:百分之[一二三四五六七八九十百零点]{{1,6}}"
        rf"|(?<![第每某整几数一点.])[上]?[一二两三四五六七八九十百千万亿零](?:[一二两三四五六七八九十百千万亿零点]{{0,8}}[一二两三四五六七八九十百千万亿零])?(?P<writtenfew>[余多])?\s?"
        rf"(?P<writtenunit>{counted})))",
        r"(?P<each>每(?:年|个?月|半月|周|季度?|半年|天|日|小时|学期|旬))",
        rf"(?P<cue>{words_pattern(cues)})",
        r"(?P<stop>[。;；!！?？\n])",
        r"(?P<pause>[,，:])",
        r"(?P<open>\()",
        r"(?P<close>\))",
    )
    not_before = {folded(row["unit"]): row["not_before"] for row in reference.table("units") if row["not_before"]}
    # Most letters begin nothing: one look at them is enough.
    letters = re.escape("".join(sorted({word[0] for word in cues}))) + _PERIOD_BEGINS + _NUMERALS
    begins = rf"(?=[^一-鿿、]|[{letters}比较与第首榜每附表图电邮传手账代编])"
    return Lexicon(
        re.compile(f"{begins}(?:{'|'.join(parts)})"),
        cues,
        leads,
        max(map(len, leads)),
        frozenset(word[-1] for word in leads),
        not_before,
    )

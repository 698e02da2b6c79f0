"""Periods in sentences: 1-5月, 上半年, 截至5月底, 今年以来, 去年同期."""

import re
from dataclasses import dataclass
from functools import lru_cache

_SAID = r"(?:今年|去年|本年度?|上年度?|明年|当年)"
_YEAR = rf"(?:(?:20|19)\d\d(?:\s?年(?:度)?|(?=[上下]半年))|{_SAID})"
_MONTH = r"\d{1,2}\s?月(?!龄)(?:\s?\d{1,2}\s?日|份|[底末初]|[上中下]旬)?"
# 全年 of 全年任务 names a task and no period.
_WHOLE = r"全年(?![^,，。;；\d]{0,6}(?:任务|目标|预算|指标|计划数|计划的|计划总?投资))"
PATTERN = (
    rf"(?:截[至止]到?|到)?\s?(?:{_YEAR}\s?的?)?"
    rf"(?:(?<![\d.])\d{{1,2}}\s?[-至到~]\s?{_MONTH}"
    rf"|{_MONTH}(?:\s?[-至到~]\s?(?:{_YEAR})?(?:{_MONTH}|\d{{1,2}}日))?"
    rf"|前[一二三123]个?季度|前三季|第?[一二三四1-4]季度末?|[上下]半年|{_WHOLE}|年[初底末])(?:以来|当月)?"
    r"|(?:20|19)\d\d(?:\s?年)?\s?[-至~]\s?(?:20|19)\d\d\s?年度?"
    rf"|(?:截[至止]到?|到)?\s?{_YEAR}年?[底末]"
    rf"|(?:截[至止]到?|到)?\s?{_YEAR}(?:同期|以来|来|至今|{_WHOLE}|期间)?"
    r"|(?<!\d)20\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?(?![\d%万亿元个人户家])"
    r"|年初以来|同期|[本当]月|上月|[本当]季度?|截[至止](?:目前|当前|现在|今日|今天)|到目前为止|目前|当前|半年(?!度)"
    r"|[“\"]?十[三四五]五[”\"]?(?:期间|末|以来|时期)?|近[一二三四五两十\d]{1,2}年(?:来)?"
    r"|\d{1,2}\s?日(?:[-至~]\d{1,2}日)?|(?<![\d.])\d{1,3}\s?年(?:期|内|以上|以内)?"
)
_PARTS = re.compile(
    rf"(?P<until>截[至止]到?|到)?\s?(?P<year>{_YEAR})?\s?的?"
    r"(?:(?P<a>\d{1,2})\s?月?(?:\s?\d{1,2}\s?日|份|[底末初]|[上中下]旬)?\s?[-至到~]\s?"
    rf"(?P<year2>{_YEAR})?(?:(?P<b>\d{{1,2}})\s?月)?(?:\s?\d{{1,2}}日|份|[底末初]|[上中下]旬)?"
    r"|(?P<m>\d{1,2})\s?月(?:\s?\d{1,2}\s?日)?(?P<end>[底末])?(?:[初份]|[上中下]旬)?"
    r"|前(?P<firsts>[一二三123])(?:个?季度|季)|第?(?P<q>[一二三四1-4])季度(?P<qend>末)?"
    r"|(?P<half>[上下])?半年|(?P<whole>全年)|(?P<edge>年?[初底末]))?"
    r"(?P<since>以来|来|至今)?(?:当月)?(?P<same>同期)?(?:全年|期间)?"
)
_SPAN_OF_YEARS = re.compile(r"((?:20|19)\d\d)\D{1,4}((?:20|19)\d\d)\s?年")
_DOTTED = re.compile(r"(20\d\d)[./-](\d{1,2})(?:[./-]\d{1,2})?")
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4}
_RELATIVE = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "去年": -1, "上年": -1, "上年度": -1, "明年": 1}
_AS_OF = re.compile(r"截[至止](?:目前|当前|现在|今[日天])|到目前|^目前|^当前")
_WORDS = {"年初以来": "since_january", "本月": "month_of", "当月": "month_of", "上月": "month_before"}


@dataclass(frozen=True, slots=True)
class Period:
    """A period as written: years may be relative, months may lack their year.

    Attributes:
        kind: span, stock (a state at the end of `last`), year, since_january, as_of (the reporting month), month_of
            (the reporting month alone), month_before, years (`first` and `last` are years), earlier (the same span in
            another year) or none.
        year: Year, or None where it is not written.
        shift: Years from the report's year, where the year is said in words; None where it is not.
        first: First month.
        last: Last month.
        end_year: Year of `last`, where that is written apart.
        end_shift: The same, said in words.
    """

    kind: str
    year: int | None = None
    shift: int | None = None
    first: int = 1
    last: int = 12
    end_year: int | None = None
    end_shift: int | None = None


NONE = Period("none")


@lru_cache(maxsize=8192)
def parse(text: str) -> Period | None:
    """The period that a matched piece of folded text states; None where it changes nothing (a day, a duration)."""
    if _AS_OF.match(text):
        return Period("as_of")
    years, dotted = _SPAN_OF_YEARS.match(text), _DOTTED.fullmatch(text)
    if years:
        first, last = int(years.group(1)), int(years.group(2))
        return Period("years", first, None, first, last) if first <= last else NONE
    if text in _WORDS:
        return Period(_WORDS[text])
    if text.startswith(("“", '"', "十", "近")) or text in ("本季", "当季", "本季度", "当季度"):
        return NONE
    if dotted:
        return _months("span", int(dotted.group(1)), None, int(dotted.group(2)), int(dotted.group(2)))
    found = _PARTS.fullmatch(text)
    return _of_parts(found) if found and found.group() else None


def _year_said(said: str | None) -> tuple[int | None, int | None]:
    """A year as written, or the years that its word lies off the report's."""
    text = (said or "").strip()
    return int(text[:4]) if text[:1].isdigit() else None, _RELATIVE.get(text)


def _months(kind: str, year: int | None, shift: int | None, first: int, last: int) -> Period | None:
    return Period(kind, year, shift, first, last) if 1 <= first <= 12 and 1 <= last <= 12 else None


def _of_parts(found: re.Match[str]) -> Period | None:
    year, shift = _year_said(found.group("year"))
    if found.group("same"):
        return Period("since_january", None, 0) if shift == 0 else Period("earlier", year)
    if found.group("a") or found.group("m"):
        return _of_months(found, year, shift)
    if found.group("firsts") or found.group("q"):
        return _of_quarters(found, year, shift)
    if "半年" in found.group():
        return Period("span", year, shift, *((7, 12) if found.group("half") == "下" else (1, 6)))
    if found.group("edge"):
        return Period("stock", year, shift, 12, 12) if found.group("edge")[-1] != "初" else None
    return _of_year(found, year, shift)


def _of_months(found: re.Match[str], year: int | None, shift: int | None) -> Period | None:
    if found.group("m"):
        kind = "stock" if found.group("end") or found.group("until") else "span"
        return _months(kind, year, shift, int(found.group("m")), int(found.group("m")))
    first, last = int(found.group("a")), int(found.group("b") or found.group("a"))
    end_year, end_shift = _year_said(found.group("year2"))
    read = _months("stock" if found.group("until") else "span", year, shift, first, last)
    if read is None or (end_year, end_shift) != (None, None):
        return read and Period(read.kind, year, shift, first, last, end_year, end_shift)
    return read if first <= last else NONE


def _of_quarters(found: re.Match[str], year: int | None, shift: int | None) -> Period:
    said = found.group("firsts") or found.group("q")
    quarter = _NUMERALS.get(said) or int(said)
    first = 1 if found.group("firsts") else 3 * quarter - 2
    return Period("stock" if found.group("qend") else "span", year, shift, first, 3 * quarter)


def _of_year(found: re.Match[str], year: int | None, shift: int | None) -> Period | None:
    if found.group("since"):
        return Period("since_january", year, shift)
    if not found.group("year") and not found.group("whole"):
        return None
    if found.group("until") and not found.group("whole"):
        return Period("stock", year, shift, 12, 12)
    return Period("year", year, shift)


def written(period: Period | None, year: int | None, month: str | None, is_target: bool) -> str | None:
    """A period as `YYYY-MM..YYYY-MM`, a stock as `..YYYY-MM`; None where it is not known.

    Args:
        period: As written.
        year: The report's year, or that which stands nearest before.
        month: The reporting month, `YYYY-MM`.
        is_target: The figure is a target, which this year's is for the whole of it.
    """
    if period is None or period.kind in ("none", "earlier"):
        return None
    if period.kind in ("as_of", "month_of", "month_before"):
        return _of_report(period.kind, month)
    if period.kind == "years":
        return f"{period.first}-01..{period.last}-12"
    report_year = int(month[:4]) if month else year
    own = period.year or _shifted(period.shift, report_year, year)
    if own is None:
        return None
    if period.kind in ("year", "since_january"):
        is_running = period.kind == "since_january" or period.shift == 0
        last = month if is_running and not is_target and month and int(month[:4]) >= own else f"{own}-12"
        return f"{own}-01..{last}"
    end = period.end_year or (own if period.end_shift is None else _shifted(period.end_shift, report_year, year))
    last = f"{end}-{period.last:02d}"
    return f"..{last}" if period.kind == "stock" else f"{own}-{period.first:02d}..{last}"


def _of_report(kind: str, month: str | None) -> str | None:
    if month is None:
        return None
    if kind == "as_of":
        return f"..{month}"
    if kind == "month_before":
        before = int(month[:4]) * 12 + int(month[5:]) - 2
        month = f"{before // 12}-{before % 12 + 1:02d}"
    return f"{month}..{month}"


def _shifted(shift: int | None, report_year: int | None, year: int | None) -> int | None:
    """A year that is said in words, from the report's; the year at hand where none is said."""
    if shift is None:
        return year
    return None if report_year is None else report_year + shift


def earlier(period: str | None, year: int | None) -> str | None:
    """The same period a year before, or in a given year."""
    if period is None:
        return None
    last = int(period[-7:-3])
    back = 1 if year is None else last - year
    return re.sub(r"\d{4}(?=-)", lambda found: str(int(found.group()) - back), period)

"""What a number format adds to a number: a percent sign, or that the number is a date. Nothing else of it is kept.

No digit is lost: 0.1667 under `0%` is 16.67%, though the sheet shows 17%.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_FIRST_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;])*')
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DAYS = 2958466  # 9999-12-31 and one
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_FALSE_LEAP_DAY = 60  # Excel's calendar has a 29 February 1900


@dataclass(frozen=True)
class Percent:
    """A format with a percent sign: digits behind the point, and what the sign multiplies by (1 for a mere letter)."""

    digits: int
    factor: int = 100


@dataclass(frozen=True)
class Dated:
    """A format of dates or times; `elapsed`: of hours, minutes or seconds that have passed, and no time of a day."""

    elapsed: bool = False


NumberFormat = Percent | Dated

# 27 to 36 and 50 to 58 are the dates of a Chinese Excel, which writes no code for them into the file
BUILT_IN: dict[int, NumberFormat] = {
    **dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), Dated()),
    9: Percent(0),
    10: Percent(2),
    46: Dated(elapsed=True),
}


def number_format(code: str) -> NumberFormat | None:
    """Percent or date of a format code; None where the code changes nothing that is kept."""
    found = _FIRST_SECTION.match(code)
    positive = found.group() if found else ""
    bare = _LITERAL.sub("", positive)
    if "%" in positive:
        digits = re.search(r"\.(0+)", bare)
        return Percent(len(digits.group(1)) if digits else 0, 100 if "%" in bare else 1)
    tokens = "" if "general" in bare.lower() else re.sub(r"am/pm|a/p", "", bare.lower())
    if not re.search("[ymdhs]", tokens):
        return None
    return Dated(elapsed="[" in tokens and not re.search("[yd]", tokens))


def shown(value: float, known: NumberFormat | None, from_1904: bool = False) -> tuple[str, bool]:
    """Text of a number under its format, and whether it is a date."""
    if known is None:
        return shown_number(value), False
    if isinstance(known, Percent):
        return shown_percent(value, known), False
    text = shown_date(value, known, from_1904)
    return text or shown_number(value), text is not None


@lru_cache(maxsize=2**14)
def shown_number(value: float) -> str:
    """A number as a person would copy it, without exponent."""
    text = repr(value)
    if text.endswith(".0"):
        text = text[:-2]
    if "e" in text or text == "-0":
        exact = Decimal(text)
        return f"{exact.normalize():f}" if exact else "0"
    return text


def shown_percent(value: float, percent: Percent) -> str:
    """A number with its percent sign."""
    exact = Decimal(repr(value)) * percent.factor
    with suppress(InvalidOperation):  # a figure too large to have digits worth rounding
        exact = round(exact, 8)
    exact = exact.normalize()
    kept = max(percent.digits, -int(exact.as_tuple().exponent))
    return f"{exact:.{kept}f}%"


def shown_date(serial: float, dated: Dated, from_1904: bool = False) -> str | None:
    """A day number as ISO date, time or both; None where no day has that number, and Excel shows `####`."""
    if not 0 <= serial < _DAYS:
        return None
    seconds = round(serial % 1 * 86400)
    if dated.elapsed:
        minutes, second = divmod(int(serial) * 86400 + seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{second:02}"
    if serial < 1 and not from_1904:
        return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    days = int(serial) + (not from_1904 and serial < _FALSE_LEAP_DAY)
    with suppress(OverflowError):  # beyond the year 9999
        return shown_moment((_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(days=days, seconds=seconds))
    return None


def shown_moment(moment: datetime) -> str:
    """ISO date, with the time where it is not midnight."""
    return moment.isoformat(" ") if moment.time() != datetime.min.time() else moment.date().isoformat()

"""Numbers in Chinese numerals, once the grammar has found them: 二十三, 三万五千, 两."""

import re
from functools import lru_cache

import cn2an

_TWO_IN_ONE = re.compile(r"[一二两三四五六七八九][一二两三四五六七八九]")
_DIGIT = re.compile(r"[一二两三四五六七八九]")
_COUNTED_ALONE = frozenset("起例宗名家户台辆次座") | {"人次"}
_ROUND = frozenset("百千万亿")


@lru_cache(maxsize=4096)
def numeral(letters: str) -> float | None:
    """The number that Chinese numerals write; None for what is no single number (两三, 十十一)."""
    if _TWO_IN_ONE.search(letters):
        return None
    try:
        return float(cn2an.cn2an(letters, "smart"))
    except (ValueError, KeyError):
        return None


def counts(letters: str, unit: str) -> bool:
    """Whether a numeral states a count before a measure word: 两起, 二十三个; not 一批, 三个不发生, 千家万户."""
    if len(letters) == 1:
        return unit in _COUNTED_ALONE and letters in "两三四五六七八九"
    return bool(_DIGIT.search(letters))


def is_round(letters: str) -> bool:
    """Whether it names only an order of size: 亿 in 上亿元."""
    return bool(letters) and set(letters) <= _ROUND

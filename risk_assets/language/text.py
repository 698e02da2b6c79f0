"""Bringing text to one form. Meaning is read elsewhere."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from opencc import OpenCC

_BLANKS = re.compile(r"\s+")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58]")
_NOT_WORD = re.compile(r"[\W\d_]+")
_CJK_GAP = re.compile(r"(?<=[㐀-鿿])\s+(?=[㐀-鿿])")
_YEAR = re.compile(r"^(?:20\d\d年度?)+")
_BRACKETED_END = re.compile(r"\([^()]*\)$")
_NUMBERING = re.compile(r"^(?:\((?:[一二三四五六七八九十]+|\d+)\)|[一二三四五六七八九十]+、|\d+[、.])")


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=65536)
def squeezed(text: str) -> str:
    """Text in half width and simplified script, without any blank, with one kind of dash."""
    flat = _DASHES.sub("-", _BLANKS.sub("", unicodedata.normalize("NFKC", text)))
    return flat if flat.isascii() else _simplifier().convert(flat)


@cache
def _fold() -> dict[int, str]:
    """Letter to letter: half width, simplified script, one kind of dash; what would change a text's length stays."""
    plain = {code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xA0, 0xD800), *range(0xF900, 0x10000))}
    plain = {code: flat for code, flat in plain.items() if len(flat) == 1 and not _is_numbered(chr(code))}
    plain |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFF0D], "-") | {0x301C: "~", 0xFF0C: "，"}
    simple = _simplifier().convert("\n".join(plain.values())).split("\n")
    return {code: one for code, one in zip(plain, simple, strict=True) if len(one) == 1 and one != chr(code)}


def _is_numbered(letter: str) -> bool:
    """Whether a letter is a number in a ring or raised, which is none in a text."""
    return unicodedata.category(letter) in ("No", "Nl")


def folded(text: str) -> str:
    """Text in half width and simplified script, letter for letter: every character keeps its place."""
    return text if text.isascii() else text.translate(_fold())


@lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """Only the letters of a text: no blanks, digits, punctuation. What names of indicators are compared by."""
    return _NOT_WORD.sub("", squeezed(text)).lower()


@lru_cache(maxsize=65536)
def header_word(text: str) -> str:
    """A table header as layouts list it: squeezed, without a leading year and a trailing bracketed unit."""
    word = _YEAR.sub("", squeezed(text)).rstrip(":*%")
    return _BRACKETED_END.sub("", word).rstrip(":*%") or word


@lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """Text as printed, without the blanks and line breaks that a narrow column puts between characters."""
    return _CJK_GAP.sub("", _BLANKS.sub(" ", text)).strip()


def numbering(text: str) -> str:
    """The number that a line begins with (`3、…` gives `3`), or `""`."""
    found = _NUMBERING.match(squeezed(text))
    return re.sub(r"[、.()]", "", found.group()) if found else ""


def similarity(part: str, whole: str) -> float:
    """Share of the pairs of neighbouring letters of `part` that `whole` has, between 0 and 1."""
    a, b = bare(part), bare(whole)
    pairs = {a[i : i + 2] for i in range(len(a) - 1)}
    return sum(pair in b for pair in pairs) / len(pairs) if pairs else 0.0


_SENTENCE_END = re.compile(r"[。;:!?)》」]$")
_PARAGRAPH_START = re.compile(r"^(?:-?\(?[一二三四五六七八九十]+[、)]|-?\d+[.、](?!\d)|\d{1,2}\.(?=\d{1,2}月)|-|附件)")


def pieces(
    lines: Iterable[tuple[int, str]], is_heading: Callable[[str], bool] = lambda _: False
) -> list[list[tuple[int, str]]]:
    """Lines of prose by paragraph: a sentence that a page break or a narrow column has cut goes on with the next line.

    Args:
        lines: Line number and text of each line of prose, in order.
        is_heading: Whether a line that begins no sentence left open is a heading, which stands alone.

    Returns:
        Number and text of the lines of each paragraph; blank lines are gone.
    """
    whole: list[list[tuple[int, str]]] = []
    open_end = False
    for line, text in lines:
        flat = squeezed(text)
        if not flat:
            continue
        if open_end and not _PARAGRAPH_START.match(flat):
            whole[-1].append((line, text.strip()))
        else:
            whole.append([(line, text.strip())])
        open_end = not _SENTENCE_END.search(flat) and not (len(whole[-1]) == 1 and is_heading(text))
    return whole


def paragraphs(lines: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Number of the first line and text of each paragraph of `pieces`."""
    return [(own[0][0], "".join(text for _, text in own)) for own in pieces(lines)]

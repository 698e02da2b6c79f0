"""Status words, as listed in `reference/status_words.csv`."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.numbers import is_nothing
from risk_assets.language.text import squeezed

_TOO_SHORT = 2


@dataclass(frozen=True)
class Status:
    """A status word understood: `how` is word, cut (begins only one known word), blank or unreadable."""

    status: str
    how: str


@cache
def words() -> dict[str, str]:
    """Every known word with its status."""
    return {squeezed(row["word"]): row["status"] for row in reference.table("status_words")}


@lru_cache(maxsize=4096)
def read_status(text: str) -> Status:
    """What a status cell says; blank and unreadable are both `unknown`, but not for the same reason."""
    flat = squeezed(text).strip('。.;,、!~:"“”')
    if is_nothing(flat):
        return Status("unknown", "blank")
    if flat in words():
        return Status(words()[flat], "word")
    begun = [word for word in words() if len(flat) >= 3 and word.startswith(flat)]
    if len(begun) == 1:
        return Status(words()[begun[0]], "cut")
    return Status("unknown", "unreadable")


@cache
def _answers() -> tuple[tuple[re.Pattern[str], dict[str, str]], ...]:
    found: dict[str, dict[str, str]] = {}
    for row in reference.table("answers"):
        found.setdefault(row["question"], {})[row["answer"]] = row["status"]
    return tuple((re.compile(question), said) for question, said in found.items())


@lru_cache(maxsize=4096)
def read_answer(question: str, text: str) -> Status:
    """What 是 or 否 says below a header that asks (是否达到序时进度); anything else is read as any status."""
    flat = squeezed(text).strip("。.√")
    for pattern, said in _answers():
        if pattern.search(squeezed(question)) and flat in said:
            return Status(said[flat], "word")
    return read_status(text)


def says_done(text: str) -> bool:
    """Whether words end in one that means done, such as 上云任务已完成; a bare 完成 is too short to say so."""
    flat = squeezed(text).rstrip("。.;")
    return any(s == "done" and len(word) > _TOO_SHORT and flat.endswith(word) for word, s in words().items())

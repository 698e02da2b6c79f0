"""Comments of cells, without the name of who wrote them, which programs put into the text itself."""

import re
from collections import defaultdict
from collections.abc import Container, Sequence

from risk_assets.documents.model import visible
from risk_assets.documents.xml_parts import Attributes, local, walk

_AUTHOR = re.compile(r"\s*([^:：\n]{1,100}?)\s*(?:[:：]|\n|\Z)")
_NAME = re.compile(r"[^\d，。；、！？（）()]{1,20}[:：]\s*")
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def without_author(runs: Sequence[str], authors: Container[str]) -> str:
    """Text of a comment without the name at its head.

    A name is an author whom the file lists, or a short run or line of its own that ends in a colon: who passes a file
    on is often in no list.

    Args:
        runs: The text, in pieces of one look each; Excel writes the name in bold and the rest not.
        authors: Authors whom the file lists.
    """
    text = "".join(runs)
    named = _AUTHOR.match(text)
    if named and named.group(1) in authors:
        return visible(text[named.end() :]).strip()
    line = text.partition("\n")[0]
    for head in (runs[0] if len(runs) > 1 else "", line):
        if _NAME.fullmatch(head.strip()) and text[len(head) :].strip():
            return visible(text[len(head) :]).strip()
    return visible(text).strip()


class _Legacy:
    """`xl/comments1.xml`: authors, then comments with the number of theirs."""

    def __init__(self) -> None:
        self.authors: list[list[str]] = []
        self.runs: dict[str, list[list[str]]] = {}
        self._ref, self._path = "", [""]

    def start(self, tag: str, attributes: Attributes) -> None:
        kind = local(tag)
        self._path.append(kind)
        if kind == "author":
            self.authors.append([])
        elif kind == "comment":
            self._ref = attributes.get("ref", "")
            self.runs[self._ref] = []
        elif kind == "t" and self._ref:
            self.runs[self._ref].append([])

    def end(self, _: str) -> None:
        self._path.pop()

    def text(self, data: str) -> None:
        if self._path[-1] == "author":
            self.authors[-1].append(data)
        elif self._path[-1] == "t" and self._path[-2] != "rPh" and self._ref:
            self.runs[self._ref][-1].append(data)


def legacy_comments(xml: bytes) -> dict[str, str]:
    """Comments of a `comments` part by address."""
    part = _Legacy()
    walk(xml, part.start, part.end, part.text)
    authors = {"".join(author).strip() for author in part.authors}
    return {ref: without_author(["".join(run) for run in runs], authors) for ref, runs in part.runs.items()}


class _Threaded:
    """`xl/threadedComments/threadedComment1.xml`: a comment and its answers, persons by id, mentions by place."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = defaultdict(list)
        self._ref, self._in_text = "", False
        self._text: list[str] = []
        self._mentions: list[tuple[int, int]] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        kind = local(tag)
        if kind == "threadedComment":
            self._ref, self._text, self._mentions = attributes.get("ref", ""), [], []
        elif kind == "mention":
            self._mentions.append((int(attributes["startIndex"]), int(attributes["length"])))
        self._in_text = kind == "text"

    def end(self, tag: str) -> None:
        self._in_text = False
        if local(tag) == "threadedComment":
            text = "".join(self._text)
            persons = {at for start, length in self._mentions for at in range(start, min(start + length, len(text)))}
            kept = "".join(letter for at, letter in enumerate(text) if at not in persons)
            self.texts[self._ref].append(kept.strip())

    def text(self, data: str) -> None:
        if self._in_text:
            self._text.append(data)


def threaded_comments(xml: bytes) -> dict[str, str]:
    """Comments of a `threadedComments` part by address, a line each, without the persons whom they mention."""
    part = _Threaded()
    walk(xml, part.start, part.end, part.text)
    return {ref: visible("\n".join(filter(None, texts))) for ref, texts in part.texts.items()}

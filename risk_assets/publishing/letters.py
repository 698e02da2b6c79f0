"""What an official letter holds, part by part, before it has any form.

`supervision_report` fills a letter, `gongwen` gives it the form of the standard, `office_template` that of an office.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Column = tuple[str, float, str]
"""A table's column: head, share of the width, `left`, `center` or `right`."""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: `kind` is `paragraph`, `subheading` or `note`; a lead stands before its text."""

    kind: str
    text: str
    lead: str = ""


@dataclass(frozen=True)
class Table:
    """A table with a head."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass
class Part:
    """A section, an annex or the page in front: `number` is 一、 or 附件1, where it has one."""

    title: str
    number: str = ""
    blocks: list[Paragraph | Table] = field(default_factory=list)

    def add(self, kind: str, text: str, lead: str = "") -> None:
        """Add a paragraph."""
        self.blocks.append(Paragraph(kind, text, lead))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Add a table."""
        self.blocks.append(Table(columns, list(rows)))


@dataclass
class Letter:
    """A letter.

    Attributes:
        running: Line for the head of every page: class, state, publication, coverage, whether data are made up.
        title: Title.
        made_at: Time of the publication.
        office: What kind of letter it is, above the title.
        issue: Its number and state, above the title.
        marks: Lines below the title that nobody is to overlook: made-up data, open questions.
        addressee: To whom it goes.
        opening: First paragraph.
        brief: Page for readers in a hurry, before the letter, or None.
        sections: Sections.
        enclosures: Lines that name the annexes.
        annexes: Annexes.
    """

    running: str
    title: str
    made_at: datetime
    office: str = ""
    issue: str = ""
    marks: list[str] = field(default_factory=list)
    addressee: str = ""
    opening: str = ""
    brief: Part | None = None
    sections: list[Part] = field(default_factory=list)
    enclosures: list[str] = field(default_factory=list)
    annexes: list[Part] = field(default_factory=list)

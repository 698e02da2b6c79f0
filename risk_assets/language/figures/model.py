"""What the grammar takes and gives: the context of a text, a figure, all that was found."""

from dataclasses import dataclass, field

from risk_assets.language.figures.periods import Period


@dataclass(frozen=True)
class Context:
    """What a text's place says of its figures.

    Attributes:
        role: Role of figures where the text says none.
        measure: Measure of figures in % where the text says none: level, or attainment in a column of ratios.
        period: Period where the text says none.
        target_period: Period of targets where the text says none, as written out.
        month: Reporting month, or None.
        year: Year of the report, or None.
        unit: Unit of figures without one, as a unit column says.
    """

    role: str = "actual"
    measure: str = "level"
    period: Period | None = None
    target_period: str | None = None
    month: str | None = None
    year: int | None = None
    unit: str = ""


NOTHING = Context()


@dataclass(slots=True)
class Quantity:
    """A figure: `text[start:end] == quote`.

    Attributes:
        start: First character.
        end: Behind the last character.
        quote: The number and its unit as they stand.
        value: Number as stated, with its sign; None where it is hidden.
        unit: Unit as stated, in simplified script.
        measure: level, yoy, mom, growth, change, attainment or rank.
        role: actual, forecast or target.
        bound: eq, ge, gt, le, lt or approx.
        period: `YYYY-MM..YYYY-MM`, `..YYYY-MM` or None.
        masked: Hidden in the source.
        is_written: In Chinese numerals.
        rule: Name of the rule that told the measure.
        clause: Where the words about it begin.
        phrase: Where the sentence that it stands in begins.
    """

    start: int
    end: int
    quote: str
    value: float | None
    unit: str
    measure: str
    role: str
    bound: str
    period: str | None
    masked: bool
    is_written: bool
    rule: str
    clause: int
    phrase: int


@dataclass(slots=True)
class Found:
    """Figures of a text, and the numbers that no rule understands."""

    quantities: list[Quantity] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Number:
    """A number as it was met, before its words are weighed.

    Attributes:
        start: First character.
        end: Behind the unit.
        value: Without the signs that words give; None where it is hidden.
        unit: As recorded; `""` where none stands.
        bound: What stands in it (多, 余, the end of a range), or `""`.
        sign: A written sign.
        rule: Rule that found it, where that and not its words are to be named.
        is_written: In Chinese numerals.
        is_to: 到, 至, 为 or 达 stands right before it.
    """

    start: int
    end: int
    value: float | None
    unit: str
    bound: str = ""
    sign: str = ""
    rule: str = ""
    is_written: bool = False
    is_to: bool = False

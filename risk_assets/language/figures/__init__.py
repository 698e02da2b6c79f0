"""The figures of a sentence: a small grammar over one pass of tokens, linear in the text's length.

`tokens` finds numbers with their units, periods and cue words; `grammar` walks them; `measuring` says what each number
states. Words are data (`reference/figures`, `reference/units.csv`). Which indicator a figure belongs to is not decided
here.
"""

from risk_assets.language.figures.grammar import figures_in, rules
from risk_assets.language.figures.measuring import GROWTH
from risk_assets.language.figures.model import NOTHING, Context, Found, Quantity
from risk_assets.language.figures.units import in_base, scaled

__all__ = ["GROWTH", "NOTHING", "Context", "Found", "Quantity", "figures_in", "in_base", "rules", "scaled"]

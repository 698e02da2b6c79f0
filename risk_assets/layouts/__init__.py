"""Which table is this, which column is what: `Document` → report rows.

Layouts are rows of `reference/layouts`; a new one touches no Python. Whether a figure is plausible is not judged here.
"""

from risk_assets.layouts.reading import Reading, TableRead, known_layouts, read_report

__all__ = ["Reading", "TableRead", "known_layouts", "read_report"]

"""Small SVG pictures for metadata; text is left to the viewer's fonts, nothing is fetched."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from risk_assets import reference
from risk_assets.publishing.words import SAMPLE, STATES, change, month

_ROW, _WIDTH, _LEFT = 22, 640, 150


def ranking_picture(total: pd.DataFrame, publication: Mapping[str, object], names: Mapping[str, str]) -> str:
    """First and last counties of the total ranking as bars.

    Args:
        total: Ranked rows of `rankings` for the total, in order.
        publication: Row of `publications`.
        names: Area code → name.

    Returns:
        An SVG document.
    """
    ends = int(reference.setting("published_ends"))
    shown = [*total.head(ends).itertuples(), None, *total.tail(min(ends, max(0, len(total) - ends))).itertuples()]
    height = _ROW * (len(shown) + 3)
    mark = f" · {SAMPLE}" if publication["is_sample"] else ""
    title = f"{month(str(publication['period']))}总排名({STATES[str(publication['state'])]}){mark}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="12" y="24" font-size="16" fill="#1a1a1a">{escape(title)}</text>'
    ]
    for line, row in enumerate(shown):
        y = _ROW * (line + 2)
        if row is None:
            parts.append(f'<text x="{_LEFT}" y="{y + 14}" fill="#666666">……</text>')
            continue
        length = float(row.value) / 100 * (_WIDTH - _LEFT - 130)
        colour = "#2166ac" if line < ends else "#b35806"
        name = escape(names.get(row.area, row.area))
        moved = change(None if pd.isna(row.change) else int(row.change))
        points = escape(f"{float(row.value):.2f}  {moved}")
        parts.append(
            f'<text x="12" y="{y + 14}" fill="#1a1a1a">{int(row.rank)} {name}</text>'
            f'<rect x="{_LEFT}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 8}" fill="{colour}"/>'
            f'<text x="{_LEFT + length + 6:.1f}" y="{y + 14}" fill="#1a1a1a">{points}</text>'
        )
    return "".join(parts) + "</svg>"

"""Small SVG pictures for metadata; text is left to the viewer's fonts, nothing is fetched."""

import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

import pandas as pd

from risk_assets import reference
from risk_assets.language.numbers import fixed
from risk_assets.publishing.words import SAMPLE, STATES, STATUSES, change, month

_ROW, _WIDTH, _LEFT = 22, 640, 150
_BLUE, _ORANGE, _GREY = "#2166ac", "#b35806", "#d9d9d9"
_SHADES = ("#b35806", "#f1a340", "#fee0b6", "#d1e5f0", "#67a9cf", "#2166ac")  # from the lowest to the highest points
_LEGEND = 150
_TASKS = {"done": _BLUE, "on_track": "#92c5de", "expected_done": "#d1e5f0", "behind": _ORANGE,
          "preparing": "#bdbdbd", "not_assigned": _GREY, "unknown": "#f0f0f0"}  # fmt: skip


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
    parts = [_head("总排名", publication, _ROW * (len(shown) + 3))]
    for line, row in enumerate(shown):
        y = _ROW * (line + 2)
        if row is None:
            parts.append(f'<text x="{_LEFT}" y="{y + 14}" fill="#666666">……</text>')
            continue
        length = float(row.value) / 100 * (_WIDTH - _LEFT - 130)
        colour = _BLUE if line < ends else _ORANGE
        name = escape(names.get(row.area, row.area))
        moved = change(None if pd.isna(row.change) else int(row.change))
        points = escape(f"{fixed(row.value, 2)}  {moved}")
        parts.append(
            f'<text x="12" y="{y + 14}" fill="#1a1a1a">{int(row.rank)} {name}</text>'
            f'<rect x="{_LEFT}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 8}" fill="{colour}"/>'
            f'<text x="{_LEFT + length + 6:.1f}" y="{y + 14}" fill="#1a1a1a">{points}</text>'
        )
    return "".join(parts) + "</svg>"


def map_picture(
    total: pd.DataFrame,
    publication: Mapping[str, object],
    shapes: Iterable[Mapping[str, Any]],
    names: Mapping[str, str],
) -> str:
    """Counties shaded by their points in the total; those without a place are grey.

    Args:
        total: Ranked rows of `rankings` for the total.
        publication: Row of `publications`.
        shapes: GeoJSON features, each named by its area's code; areas that are not in `names` are not drawn.
        names: Code of a county → name.

    Returns:
        An SVG document.
    """
    drawn = [(one["properties"]["name"], list(_rings(one["geometry"]))) for one in shapes]
    drawn = [(code, rings) for code, rings in drawn if code in names]
    every = [point for _, rings in drawn for ring in rings for point in ring] or [(0.0, 0.0), (1.0, 1.0)]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    wide = math.cos(math.radians((south + north) / 2))  # a degree of longitude against one of latitude
    scale = (_WIDTH - _LEGEND - 24) / ((east - west) * wide)
    top = 2 * _ROW
    height = top + (north - south) * scale + 12
    points = dict(zip(total["area"], total["value"].astype(float), strict=True))
    low, high = (min(points.values()), max(points.values())) if points else (0.0, 0.0)
    step = (high - low) / len(_SHADES) or 1.0
    parts = [_head("总分分布", publication, math.ceil(height))]
    for code, rings in drawn:
        value = points.get(code)
        fill = _GREY if value is None else _SHADES[min(len(_SHADES) - 1, int((value - low) / step))]
        told = escape(f"{names[code]} {'未排名' if value is None else fixed(value, 2)}")
        path = ""
        for ring in rings:
            pixels = [f"{12 + (x - west) * wide * scale:.0f} {top + (north - y) * scale:.0f}" for x, y in ring]
            path += f"M{'L'.join(one for one, _ in groupby(pixels))}Z"
        parts.append(f'<path d="{path}" fill="{fill}" stroke="#ffffff" stroke-width="0.7"><title>{told}</title></path>')
    steps = [(shade, f"{low + number * step:.1f} 起") for number, shade in enumerate(_SHADES)] if points else []
    return "".join(parts) + _legend([*steps, (_GREY, "未排名")]) + "</svg>"


def tasks_picture(rollups: pd.DataFrame, publication: Mapping[str, object], campaigns: Mapping[str, str]) -> str:
    """How the province's tasks stand, a bar a campaign; tasks that counties do not have are left out.

    Args:
        rollups: Frame of `rollups`.
        publication: Row of `publications`.
        campaigns: Campaign → name, in order.

    Returns:
        An SVG document.
    """
    whole = rollups[(rollups["level"] == "province") & (rollups["indicator"] == "*")].set_index("campaign")
    parts = [_head("各仗任务进展", publication, _ROW * (len(campaigns) + 9))]
    for line, (campaign, name) in enumerate(campaigns.items()):
        y = _ROW * (line + 2)
        parts.append(f'<text x="12" y="{y + 14}" fill="#1a1a1a">{escape(name)}</text>')
        if campaign not in whole.index:
            continue
        counts = {status: int(whole.at[campaign, f"tasks_{status}"]) for status in _TASKS}
        x, width = float(_LEFT), (_WIDTH - _LEFT - 150) / (sum(counts.values()) or 1)
        for status, count in counts.items():
            length = count * width
            told = f"{STATUSES[status]} {count}"
            parts.append(
                f'<rect x="{x:.1f}" y="{y + 3}" width="{length:.1f}" height="{_ROW - 8}" fill="{_TASKS[status]}">'
                f"<title>{escape(told)}</title></rect>"
            )
            x += length
        told = f"{STATUSES['behind']} {counts['behind']} / {sum(counts.values())}"
        parts.append(f'<text x="{x + 6:.1f}" y="{y + 14}" fill="#1a1a1a">{escape(told)}</text>')
    legend = [(colour, STATUSES[status]) for status, colour in _TASKS.items()]
    return "".join(parts) + _legend(legend, 12, _ROW * (len(campaigns) + 2) + 8) + "</svg>"


def _head(what: str, publication: Mapping[str, object], height: int) -> str:
    """The beginning of a picture: its size, and what, which month, which state, whether made up."""
    mark = f" · {SAMPLE}" if publication["is_sample"] else ""
    title = f"{month(str(publication['period']))}{what}({STATES[str(publication['state'])]}){mark}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="12" y="24" font-size="16" fill="#1a1a1a">{escape(title)}</text>'
    )


def _legend(entries: Iterable[tuple[str, str]], x: int = _WIDTH - _LEGEND + 20, y: int = 2 * _ROW) -> str:
    """Colours with their words, one below the other."""
    return "".join(
        f'<rect x="{x}" y="{y + line * 20}" width="14" height="14" fill="{colour}" stroke="#7f7f7f"/>'
        f'<text x="{x + 20}" y="{y + line * 20 + 12}" fill="#1a1a1a">{escape(text)}</text>'
        for line, (colour, text) in enumerate(entries)
    )


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            yield [(x, y) for x, y in ring]

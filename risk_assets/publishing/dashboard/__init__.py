"""`index.html`: a month as one page that works from a file share, with script, style, map and data in it.

The page asks nothing of the outside; its policy names its own scripts by their hashes and forbids all others.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from risk_assets.publishing.dashboard.content import borders, details, summary
from risk_assets.publishing.month_view import MonthView

_HERE = Path(__file__).parent
_SCRIPTS = ("vendor.min.js", "app.js")


def write_dashboard(path: Path, view: MonthView, *, has_letter: bool = False) -> None:
    """Write the page of a month.

    Args:
        path: Where to; `ranking.xlsx` is linked as its neighbour.
        view: The month, cut to a class of readers.
        has_letter: Whether `report.docx` is linked as its neighbour too.
    """
    shapes, unmatched = borders(view.areas)
    told = summary(view, unmatched) | {"has_letter": has_letter}
    scripts = [_text(name) for name in _SCRIPTS]
    parts = {
        "policy": escape("; ".join(["default-src 'none'", "img-src data: blob:", "style-src 'unsafe-inline'",
                                    f"script-src {' '.join(map(_hash, scripts))}",
                                    "base-uri 'none'", "form-action 'none'"])),
        "title": escape(told["title"]),
        "mark": escape(told["mark"]),
        "style": _text("style.css"),
        "summary": _inline(told),
        "borders": _inline(shapes),
        "details": _packed(details(view)),
        "vendor": scripts[0],
        "app": scripts[1],
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_filled(_text("page.html"), parts), encoding="utf-8", newline="\n")


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _filled(page: str, parts: Mapping[str, str]) -> str:
    """Parts put in where they are named; what a part holds is not searched for names again."""
    first, *rest = page.split("<!--put ")
    pieces = [first]
    for one in rest:
        name, _, after = one.partition("-->")
        pieces += [parts[name], after]
    return "".join(pieces)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _inline(content: Any) -> str:
    """JSON that can neither end its script element nor open a comment in it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _packed(content: Any) -> str:
    """JSON, gzipped: the items of a province are read only when a reader asks for them. The same for the same."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()

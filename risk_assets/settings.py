"""Where things are, and who watches progress: from the environment, with defaults that need none."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar

PROJECT = Path(__file__).parent.parent
Item = TypeVar("Item")

watcher: ContextVar[Callable[[str, int, int], None] | None] = ContextVar("watcher", default=None)


def home() -> Path:
    """The project's root where the package runs from a checkout, else the working directory."""
    return PROJECT if (PROJECT / "workspace.yaml").exists() else Path.cwd()


def lake_root() -> Path:
    """Folder of the lake: `RISK_ASSETS_LAKE`, else `data_lake` in `home()`."""
    return Path(os.environ.get("RISK_ASSETS_LAKE") or home() / "data_lake").absolute()


def database_url() -> str:
    """SQLAlchemy URL of the warehouse: `RISK_ASSETS_DATABASE_URL`, else SQLite in the lake."""
    return os.environ.get("RISK_ASSETS_DATABASE_URL") or f"sqlite:///{lake_root() / 'warehouse.sqlite'}"


def watched(items: Iterable[Item], what: str, total: int) -> Iterator[Item]:
    """Pass items on and tell whoever watches how far it is."""
    tell = watcher.get()
    for number, item in enumerate(items, 1):
        yield item
        if tell:
            tell(what, number, total)

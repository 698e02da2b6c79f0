"""What commands share: options with their checks, and where lake, warehouse and console are."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from risk_assets import settings
from risk_assets.language.areas import areas, areas_in
from risk_assets.publishing.answers import NoAnswer
from risk_assets.publishing.office_template import BadTemplate
from risk_assets.publishing.terminal import safe
from risk_assets.storage import Lake, Warehouse
from risk_assets.storage.lake import PERIOD
from risk_assets.storage.warehouse import NotApproved, UnknownQuestion

_WIDTH = 118
Answer = TypeVar("Answer")


def console() -> Console:
    """The terminal; of a fixed width where there is none."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False)


def lake() -> Lake:
    """The lake of the environment."""
    return Lake(settings.lake_root())


def warehouse() -> Warehouse:
    """The warehouse of the environment."""
    return Warehouse(settings.database_url())


def period_of(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
    """A month, or several, as the user wrote them.

    Raises:
        BadParameter: It is not written as YYYY-MM.
    """
    for one in value if isinstance(value, tuple) else (value,):
        if one is not None and not PERIOD.fullmatch(one):
            raise click.BadParameter(f"{one}：月份应写作 YYYY-MM，例如 2023-04")
    return value


def area_of(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
    """Area codes of what the user wrote: a code, or a name that means one area.

    Raises:
        BadParameter: It means none, or several.
    """
    if value is None:
        return None
    codes = []
    for one in value if isinstance(value, tuple) else (value,):
        named = [one] if one in areas() else areas_in(one)
        if len(named) != 1:
            known = next(area for area in areas().values() if area.level == "county")
            raise click.BadParameter(f"{one}：不是区划表中的地区代码或全称，例如 {known.code} 或 {known.name}")
        codes.append(named[0])
    return tuple(codes) if isinstance(value, tuple) else codes[0]


period_option = click.option("--period", required=True, callback=period_of, help="Reporting month, YYYY-MM.")
area_option = click.option("--area", required=True, callback=area_of, help="Code or full name of the area.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print data instead of words.")
as_of_option = click.option("--as-of", default=None, help="ISO time: the publication that was current then.")


def answered(question: Callable[..., Answer], *arguments: Any, **more: Any) -> Answer:
    """The answer to a question, or its refusal as an error for the user."""
    try:
        return question(*arguments, **more)
    except (NoAnswer, NotApproved, UnknownQuestion, BadTemplate) as none:
        raise click.ClickException(safe(str(none))) from None


def write(path: Path, content: bytes) -> None:
    """Write a file that the user asked for, or say why it cannot be."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{path}：无法写入（{error.strerror}）") from None

"""The warehouse: publications of a month, each written in one transaction, in SQLite or PostgreSQL.

What an area sent is stored once for each submission and set of rules; a publication names the submissions that it was
made from, so that an older one is read back as it was. Files and Parquet are the lake's.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from risk_assets.contracts import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    REFERENCE_TABLES,
    TABLES,
    columns,
    key,
    typed,
)

_TYPES = {"str": sa.Text, "Int64": sa.BigInteger, "Float64": sa.Double, "boolean": sa.Boolean}


def _metadata() -> sa.MetaData:
    metadata = sa.MetaData()
    for name, contract in TABLES.items():
        keys = key(contract)
        sa.Table(
            name,
            metadata,
            *(
                sa.Column(
                    c.name,
                    sa.String(160) if c.name in keys and c.dtype == "str" else _TYPES[c.dtype](),
                    primary_key=c.name in keys,
                    nullable=c.nullable,
                    autoincrement=False,
                    comment=f"{c.label}: {c.description}",
                )
                for c in columns(contract)
            ),
        )
    return metadata


METADATA = _metadata()


def _table(name: str) -> sa.Table:
    return METADATA.tables[name]


class PublishedMeanwhile(RuntimeError):
    """Another run has published the month since this one began; nothing of this one was written."""


class Warehouse:
    """A database, addressed by an SQLAlchemy URL with its driver written out (`postgresql+psycopg://…`)."""

    def __init__(self, url: str):
        self.url = url
        made = sa.make_url(url)
        if made.get_backend_name() == "sqlite" and made.database:
            Path(made.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(made)
        self._is_wide = False

    def __str__(self) -> str:
        """The URL without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    def _widen(self) -> None:
        """Give tables of an earlier release the columns that have come since, once; what they lack is missing."""
        if self._is_wide:
            return
        with self.engine.begin() as connection:
            there = sa.inspect(connection)
            for table in METADATA.tables.values():
                if not there.has_table(table.name):
                    continue
                known = {column["name"] for column in there.get_columns(table.name)}
                quote = connection.dialect.identifier_preparer.quote
                for column in table.columns:
                    if column.name not in known:
                        kind = column.type.compile(connection.dialect)
                        connection.exec_driver_sql(
                            f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(column.name)} {kind}"
                        )
        self._is_wide = True

    def prepare(self, reference: Mapping[str, pd.DataFrame]) -> None:
        """Create what is missing, and replace the reference tables whole.

        Args:
            reference: Frames of `areas` and `indicators`.
        """
        self._widen()
        with self.engine.begin() as connection:
            METADATA.create_all(connection)
            for name in REFERENCE_TABLES:
                connection.execute(sa.delete(_table(name)))
                _insert(connection, name, reference[name])
            for name, query in _views().items():
                quoted = connection.dialect.identifier_preparer.quote(name)
                connection.exec_driver_sql(f"DROP VIEW IF EXISTS {quoted}")
                connection.exec_driver_sql(
                    f"CREATE VIEW {quoted} AS {query.compile(connection, compile_kwargs={'literal_binds': True})}"
                )

    def current(self, period: str, as_of: str | None = None) -> dict[str, Any] | None:
        """The publication that is current, or was at a time.

        Args:
            period: Month.
            as_of: ISO time; a time without zone is UTC, a day means its end.

        Returns:
            The row of `publications`, or None.
        """
        publications = _table("publications")
        query = sa.select(publications).where(publications.c.period == period)
        if as_of:
            query = query.where(publications.c.made_at <= _utc(as_of))
        query = query.order_by(publications.c.made_at.desc(), publications.c.publication.desc()).limit(1)
        self._widen()
        with self.engine.connect() as connection:
            if not sa.inspect(connection).has_table("publications"):
                return None
            row = connection.execute(query).mappings().first()
        return dict(row) if row else None

    def next_number(self, period: str) -> int:
        """1 for a month's first publication, then counted up."""
        publications = _table("publications")
        with self.engine.connect() as connection:
            query = sa.select(sa.func.count()).where(publications.c.period == period)
            return int(connection.execute(query).scalar_one()) + 1

    def publish(
        self,
        publication: pd.DataFrame,
        links: pd.DataFrame,
        area_month: Mapping[str, pd.DataFrame],
        month: Mapping[str, pd.DataFrame],
    ) -> None:
        """Write a publication whole or not at all.

        Args:
            publication: One row of `publications`.
            links: Its rows of `publication_submissions`.
            area_month: Frames of the month × area tables; submissions that are stored already are skipped.
            month: Frames of `rollups`, `scores` and `rankings`.

        Raises:
            PublishedMeanwhile: Another run was quicker; run again to build on what it wrote.
        """
        try:
            self._publish(publication, links, area_month, month)
        except sa.exc.IntegrityError:
            name = publication["publication"].iloc[0]
            if self.next_number(publication["period"].iloc[0]) <= int(name.split("-")[2]):
                raise  # nobody else has published: the rows themselves collide
            raise PublishedMeanwhile(f"{name}: another run has published this month, run again") from None

    def _publish(
        self,
        publication: pd.DataFrame,
        links: pd.DataFrame,
        area_month: Mapping[str, pd.DataFrame],
        month: Mapping[str, pd.DataFrame],
    ) -> None:
        with self.engine.begin() as connection:
            submissions = _table("submissions")
            stored = {
                tuple(row) for row in connection.execute(sa.select(submissions.c.submission, submissions.c.rules))
            }
            for name in AREA_MONTH_TABLES:
                frame = area_month[name]
                known = [pair in stored for pair in zip(frame["submission"], frame["rules"], strict=True)]
                _insert(connection, name, frame[[not k for k in known]])
            for name in MONTH_TABLES:
                _insert(connection, name, month[name])
            _insert(connection, "publication_submissions", links)
            _insert(connection, "publications", publication)

    def read(self, name: str, **equal: Any) -> pd.DataFrame:
        """Rows of a table whose columns equal the given values; a list means any of them."""
        table = _table(name)
        query = sa.select(table)
        for column, value in equal.items():
            query = query.where(table.c[column].in_(value) if isinstance(value, list) else table.c[column] == value)
        self._widen()
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(*table.primary_key.columns)).mappings().all()
        return typed(TABLES[name], [dict(row) for row in rows])


def _utc(moment: str) -> str:
    """An ISO time as `made_at` is written, to compare as text."""
    if len(moment) == len("2023-04-30"):
        moment += "T23:59:59.999999"
    parsed = datetime.fromisoformat(moment)
    return stamp(parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC))


def stamp(moment: datetime) -> str:
    """A UTC time as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _insert(connection: sa.Connection, name: str, frame: pd.DataFrame) -> None:
    if frame.empty:
        return
    names = [c.name for c in columns(TABLES[name])]
    rows = zip(*(_objects(frame[column]) for column in names), strict=True)
    statement = sa.insert(_table(name))
    if connection.dialect.positional:  # straight to the driver: Core's parameter dicts cost twice the insert itself
        connection.exec_driver_sql(str(statement.compile(connection)), list(rows))
    else:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def _objects(series: pd.Series) -> Iterable[Any]:
    plain = series.astype(object)
    return plain.where(series.notna(), None).tolist()


def _views() -> dict[str, sa.Select[Any]]:
    """`current_<table>` shows what the current publication of each month holds; `coverage` who has reported."""
    publications, links = _table("publications"), _table("publication_submissions")
    newest = (
        sa.select(publications.c.period, sa.func.max(publications.c.made_at).label("made_at"))
        .group_by(publications.c.period)
        .subquery()
    )
    current = (
        sa.select(publications.c.publication)
        .join(newest, (newest.c.period == publications.c.period) & (newest.c.made_at == publications.c.made_at))
        .scalar_subquery()
    )
    views: dict[str, sa.Select[Any]] = {
        f"current_{name}": sa.select(_table(name)).where(_table(name).c.publication.in_(current))
        for name in (*MONTH_TABLES, "publications")
    }
    for name in AREA_MONTH_TABLES:
        table = _table(name)
        views[f"current_{name}"] = sa.select(table).join(
            links,
            (links.c.submission == table.c.submission)
            & (links.c.rules == table.c.rules)
            & links.c.used
            & links.c.publication.in_(current),
        )
    areas, submissions = _table("areas"), _table("submissions")
    months = sa.select(publications.c.period).distinct().subquery()
    here = (
        sa.select(submissions, links.c.used)
        .join(links, (links.c.submission == submissions.c.submission) & (links.c.rules == submissions.c.rules))
        .where(links.c.publication.in_(current))
        .subquery()
    )
    sent = here.c.state != "withdrawn"
    views["coverage"] = (
        sa.select(
            months.c.period,
            areas.c.area,
            areas.c.name,
            areas.c.parent,
            (sa.func.count(sa.case((sent, here.c.submission))) > 0).label("received"),
            sa.func.coalesce(sa.func.max(sa.case((here.c.used, 1), else_=0)), 0).label("read"),
            sa.func.max(sa.case((here.c.state == "withdrawn", 1), else_=0)).label("withdrawn"),
            sa.func.min(sa.case((sent, here.c.working_days_late))).label("working_days_late"),
            sa.func.max(sa.case((here.c.used, here.c.rows_read))).label("rows_read"),
            sa.func.max(sa.case((here.c.used, here.c.rows_set_aside))).label("rows_set_aside"),
        )
        .select_from(
            months.join(areas, sa.true()).outerjoin(
                here, (here.c.area == areas.c.area) & (here.c.period == months.c.period)
            )
        )
        .where(areas.c.level == "county", areas.c.valid_to.is_(None))
        .group_by(months.c.period, areas.c.area, areas.c.name, areas.c.parent)
    )
    return views

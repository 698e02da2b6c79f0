"""The warehouse: publications of a month, each written in one transaction, in SQLite or PostgreSQL.

What an area sent is stored once for each submission and set of rules; a publication names the submissions that it was
made from, so that an older one is read back as it was. Files and Parquet are the lake's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from risk_assets.contracts import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    REFERENCE_TABLES,
    TABLES,
    Coverage,
    Dispositions,
    columns,
    typed,
    validate,
)
from risk_assets.storage.schema import METADATA, table_of
from risk_assets.storage.views import (
    DECISION,
    OPEN,
    SHARED,
    coverage,
    create_views,
    drop_views,
    newest,
    only,
    questions,
    today,
)

_MOST_NAMED = 10
# A column whose values an earlier release kept under another name: `verdict` compared ratios before it compared status.
_EARLIER_NAMES = {"assessments": {"ratio_check": "verdict"}}


class PublishedMeanwhile(RuntimeError):
    """Another run has published the month since this one began; nothing of this one was written."""


class NotApproved(RuntimeError):
    """A month cannot be approved; the message says why and what to do, in Chinese."""


class UnknownQuestion(LookupError):
    """No current publication asks the question; the message says what to do, in Chinese."""


class Warehouse:
    """A database, addressed by an SQLAlchemy URL with its driver written out (`postgresql+psycopg://…`)."""

    def __init__(self, url: str):
        self.url = url
        made = sa.make_url(url)
        if made.get_backend_name() == "sqlite" and made.database:
            Path(made.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(made)
        self._is_current = False

    def __str__(self) -> str:
        """The URL without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    def _upgrade(self) -> None:
        """Bring the tables of an earlier release to the contracts, once, in one transaction.

        New columns are added, and missing in the rows that are there; a table whose key or types are others is
        rebuilt, and its rows keep their meaning by the new key.
        """
        if self._is_current:
            return
        with self.engine.connect() as connection:
            is_behind = _is_behind(connection)
        if is_behind:
            with self.engine.begin() as connection:
                _lock(connection)
                if _is_behind(connection):  # nobody was quicker
                    drop_views(connection)
                    for table in METADATA.tables.values():
                        _bring_up(connection, table)
                    METADATA.create_all(connection)
                    create_views(connection)
        self._is_current = True

    def prepare(self, reference: Mapping[str, pd.DataFrame]) -> None:
        """Create what is missing, and replace the reference tables whole.

        Args:
            reference: Frames of `REFERENCE_TABLES`.
        """
        self._upgrade()
        with self.engine.begin() as connection:
            METADATA.create_all(connection)
            for index in (one for table in METADATA.tables.values() for one in table.indexes):
                index.create(connection, checkfirst=True)  # tables of an earlier release have none
            for name in REFERENCE_TABLES:
                connection.execute(sa.delete(table_of(name)))
                _insert(connection, name, reference[name])
            drop_views(connection)
            create_views(connection)

    def current(self, period: str, as_of: str | None = None) -> dict[str, Any] | None:
        """The publication that is current, or was at a time.

        Args:
            period: Month.
            as_of: ISO time; a time without zone is UTC, a day means its end.

        Returns:
            The row of `publications` as it was then (approved later: a draft), or None.

        Raises:
            ValueError: `as_of` is no ISO time.
        """
        moment = utc(as_of) if as_of else None
        self._upgrade()
        with self.engine.connect() as connection:
            if not sa.inspect(connection).has_table("publications"):
                return None
            return _current(connection, period, moment)

    def next_number(self, period: str) -> int:
        """1 for a month's first publication, then counted up."""
        publications = table_of("publications")
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
            area_month: Frames of the month × area tables, at least of what is not `stored`; the rest is skipped.
            month: Frames of the month tables.

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
            stored = _stored(connection)
            for name in AREA_MONTH_TABLES:
                frame = area_month[name]
                known = [pair in stored for pair in zip(frame["submission"], frame["rules"], strict=True)]
                _insert(connection, name, frame[[not k for k in known]])
            for name in MONTH_TABLES:
                _insert(connection, name, month[name])
            _insert(connection, "publication_submissions", links)
            _insert(connection, "publications", publication)

    def stored(self) -> set[tuple[str, str]]:
        """Submissions, each with the rules that read it, whose rows are in the month × area tables already."""
        self._upgrade()
        with self.engine.connect() as connection:
            return _stored(connection) if sa.inspect(connection).has_table("submissions") else set()

    def read(self, name: str, **equal: Any) -> pd.DataFrame:
        """Rows of a table whose columns equal the given values; a list means any of them."""
        return self._typed(name, _equal(sa.select(table_of(name)), table_of(name), equal))

    def read_of(self, name: str, publication: str, **equal: Any) -> pd.DataFrame:
        """Rows of a table that belong to a publication.

        Args:
            name: A month × area table (rows of the submissions used; of `submissions` those refused, too), a month
                table, or `publication_submissions`.
            publication: Publication.
            equal: As of `read`.
        """
        table, links = table_of(name), table_of("publication_submissions")
        if name not in AREA_MONTH_TABLES:
            return self.read(name, publication=publication, **equal)
        of_it = (links.c.submission == table.c.submission) & (links.c.rules == table.c.rules)
        query = sa.select(table).join(links, of_it).where(links.c.publication == publication)
        if name != "submissions":
            query = query.where(links.c.used)
        return self._typed(name, _equal(query, table, equal))

    def columns_of(self, name: str, names: Sequence[str], publication: str, **equal: Any) -> pd.DataFrame:
        """Some columns of the rows that a publication uses of a month × area table, quicker than all of them.

        Args:
            name: Table.
            names: Columns.
            publication: Publication.
            equal: As of `read`.
        """
        table, links = table_of(name), table_of("publication_submissions")
        query = _equal(_used(table, names), table, equal).where(links.c.publication == publication)
        return self._frame(name, names, query)

    def earlier(self, name: str, period: str, since: str, names: Sequence[str]) -> pd.DataFrame:
        """Some columns of what the current publications of earlier months hold of a month × area table.

        Args:
            name: Table.
            period: Month before which.
            since: First month.
            names: Columns.
        """
        table, links = table_of(name), table_of("publication_submissions")
        of_months = (table.c.period >= since) & (table.c.period < period)
        return self._frame(name, names, _used(table, names).where(links.c.publication.in_(newest()), of_months))

    def _frame(self, name: str, names: Sequence[str], query: sa.Select[Any]) -> pd.DataFrame:
        with self.engine.connect() as connection:
            rows = connection.execute(query).all() if sa.inspect(connection).has_table(name) else []
        kinds = {c.name: c.dtype for c in columns(TABLES[name])}
        values = zip(*rows, strict=True) if rows else [() for _ in names]
        taken = zip(names, values, strict=True)
        return pd.DataFrame({column: pd.Series(list(own), dtype=kinds[column]) for column, own in taken})

    def _typed(self, name: str, query: sa.Select[Any]) -> pd.DataFrame:
        self._upgrade()
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(*table_of(name).primary_key.columns)).mappings().all()
        return typed(TABLES[name], [dict(row) for row in rows])

    def findings(self, publication: str, as_of: str | None = None) -> pd.DataFrame:
        """The questions of a publication, each with what was decided of it.

        Args:
            publication: Publication.
            as_of: ISO time; decisions as they were then.

        Returns:
            The columns of the view `current_findings`, the gravest first.
        """
        moment = utc(as_of) if as_of else None
        self._upgrade()
        with self.engine.connect() as connection:
            rows = connection.execute(questions(only(publication), today(connection), moment)).mappings().all()
        kinds = {c.name: c.dtype for c in SHARED}
        return pd.DataFrame(
            {
                name: pd.Series([row[name] for row in rows], dtype=kinds.get(name, "str"))
                for name in ("publication", "submission", *kinds, *DECISION)
            }
        )

    def coverage(self, period: str) -> pd.DataFrame:
        """Rows of the view `coverage` of a month, by code; text and `Int64`, the share `Float64`."""
        query = coverage(newest()).subquery()
        self._upgrade()
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(query).where(query.c.period == period).order_by(query.c.area))
            return typed(Coverage, [dict(row) for row in rows.mappings()])

    def settle(
        self,
        question: str,
        disposition: str,
        by: str,
        why: str,
        until: str | None = None,
        at: datetime | None = None,
        period: str | None = None,
    ) -> dict[str, Any]:
        """Write down what was decided of a question; what was decided before stays.

        Args:
            question: Id of a question that a current publication asks.
            disposition: `explained`, `waived` or `open`.
            by: Office or officer who decides.
            why: Reason.
            until: Last day (UTC) on which it holds, ISO date; None for good.
            at: Time of the decision; now where none is given.
            period: Month of the question; any where none is given.

        Returns:
            The row of `dispositions`.

        Raises:
            UnknownQuestion: No current publication asks it.
            ContractError: A value that the contract does not allow.
        """
        self._upgrade()
        with self.engine.begin() as connection:
            has_any = sa.inspect(connection).has_table("publications")
            asked = questions(newest(), today(connection), None).subquery()
            query = sa.select(asked.c.period, asked.c.area, asked.c.rule).where(asked.c.question == question)
            if period:
                query = query.where(asked.c.period == period)
            found = connection.execute(query).mappings().first() if has_any else None
            if found is None:
                month = period or "各月"
                raise UnknownQuestion(
                    f"{month}当前发布里没有问题 {question}。请用 risk-assets findings --period 月份 查看问题编号"
                )
            row = {
                "question": question,
                "decided_at": stamp(at or datetime.now(UTC)),
                **found,
                "disposition": disposition,
                "decided_by": by,
                "why": why,
                "until": until and date.fromisoformat(until).isoformat(),
            }
            _insert(connection, "dispositions", validate(Dispositions, typed(Dispositions, [row])))
        return row

    def approve(self, period: str, by: str) -> dict[str, Any]:
        """Make the current draft of a month final.

        Args:
            period: Month.
            by: Office or officer who approves.

        Returns:
            The row of `publications`.

        Raises:
            NotApproved: There is no publication, it is final already, blocking questions are open, or another run
                published meanwhile.
        """
        publications = table_of("publications")
        self._upgrade()
        with self.engine.begin() as connection:
            has_any = sa.inspect(connection).has_table("publications")
            found = _current(connection, period) if has_any else None
            if found is None:
                raise NotApproved(f"{period} 还没有发布，无从审定。请先运行 risk-assets run --period {period}")
            name = found["publication"]
            if found["state"] == "final":
                raise NotApproved(
                    f"{name} 已由 {found['approved_by']} 于 {found['approved_at']} 审定为正式，不必再审定"
                )
            blocking = _blocking(connection, name)
            if blocking:
                raise NotApproved(f"{name} 还有 {len(blocking)} 个阻止定稿的问题：\n{_told(blocking)}")
            newer = publications.alias()
            changed = connection.execute(
                sa.update(publications)
                .where(
                    publications.c.publication == name,
                    publications.c.state == "draft",
                    ~sa.exists().where(newer.c.period == period, newer.c.made_at > found["made_at"]),
                )
                .values(state="final", approved_by=by, approved_at=stamp(datetime.now(UTC)))
            )
            after = _current(connection, period)
            if changed.rowcount != 1 or after is None:
                raise NotApproved(f"{name} 刚刚已被审定或被新的发布取代，请查看后再审定")
        return after


def _is_behind(connection: sa.Connection) -> bool:
    """Whether the database holds publications in tables that are not as the contracts say."""
    there = sa.inspect(connection)
    if not there.has_table("publications"):
        return False
    names = set(there.get_table_names())
    return any(
        table.name not in names
        or set(table.columns.keys()) - {column["name"] for column in there.get_columns(table.name)}
        or _is_other(there, table)
        for table in METADATA.tables.values()
    )


def _is_other(there: sa.Inspector, table: sa.Table) -> bool:
    """Whether a table that is there has another key, or a column of another type."""
    kinds = {column["name"]: column["type"].python_type for column in there.get_columns(table.name)}
    return set(there.get_pk_constraint(table.name)["constrained_columns"]) != set(
        table.primary_key.columns.keys()
    ) or any(kinds.get(c.name, c.type.python_type) is not c.type.python_type for c in table.columns)


def _lock(connection: sa.Connection) -> None:
    """Keep others from upgrading at the same time."""
    if connection.dialect.name == "sqlite":
        # Python's driver begins no transaction before DDL: without this each statement would stand for itself.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('risk_assets.warehouse'))")


def _bring_up(connection: sa.Connection, table: sa.Table) -> None:
    """Add the columns that a table lacks, or rebuild it where its key or its types are others."""
    there = sa.inspect(connection)
    if not there.has_table(table.name):
        return
    quote = connection.dialect.identifier_preparer.quote
    known = {column["name"] for column in there.get_columns(table.name)}
    if not _is_other(there, table):
        for column in table.columns:
            if column.name not in known:
                kind = column.type.compile(connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {quote(table.name)} ADD COLUMN {quote(column.name)} {kind}")
        return
    earlier = {new: old for new, old in _EARLIER_NAMES.get(table.name, {}).items() if old in known and new not in known}
    source: dict[str, sa.ColumnElement[Any]] = {}
    for column in table.columns:
        name = column.name
        if name in earlier:
            source[name] = sa.column(earlier[name])
        elif name in known and name not in earlier.values():
            source[name] = sa.column(name)
        elif column.primary_key:  # what came with the key stands for the whole: no component, no zones
            source[name] = sa.literal(column.type.python_type(), column.type)
    beside = sa.Table(
        f"rebuilt_{table.name}",
        sa.MetaData(),
        *(
            sa.Column(
                c.name,
                c.type,
                primary_key=c.primary_key,
                nullable=not c.primary_key and (c.nullable or c.name not in source or c.name in earlier),
                autoincrement=False,
                comment=c.comment,
            )
            for c in table.columns
        ),
    )
    beside.create(connection)
    rows = sa.select(*source.values()).select_from(sa.table(table.name))
    connection.execute(sa.insert(beside).from_select(list(source), rows))
    connection.exec_driver_sql(f"DROP TABLE {quote(table.name)}")
    connection.exec_driver_sql(f"ALTER TABLE {quote(beside.name)} RENAME TO {quote(table.name)}")


def _current(connection: sa.Connection, period: str, moment: str | None = None) -> dict[str, Any] | None:
    publications = table_of("publications")
    query = sa.select(publications).where(publications.c.period == period)
    if moment:
        query = query.where(publications.c.made_at <= moment)
    query = query.order_by(publications.c.made_at.desc(), publications.c.publication.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    later = {"state": "draft", "approved_by": None, "approved_at": None}
    return {**row, **(later if moment and row["approved_at"] and row["approved_at"] > moment else {})}


def _stored(connection: sa.Connection) -> set[tuple[str, str]]:
    submissions = table_of("submissions")
    return {(row[0], row[1]) for row in connection.execute(sa.select(submissions.c.submission, submissions.c.rules))}


def _equal(query: sa.Select[Any], table: sa.Table, equal: Mapping[str, Any]) -> sa.Select[Any]:
    for column, value in equal.items():
        query = query.where(table.c[column].in_(value) if isinstance(value, list) else table.c[column] == value)
    return query


def _blocking(connection: sa.Connection, publication: str) -> list[dict[str, Any]]:
    """Open questions that hold back approval, each with the name of its area."""
    areas = table_of("areas")
    asked = questions(only(publication), today(connection), None).subquery()
    query = (
        sa.select(asked, areas.c.name)
        .outerjoin(areas, (areas.c.area == asked.c.area) & areas.c.valid_to.is_(None))
        .where(asked.c.blocking, asked.c.disposition == OPEN)
        .order_by(asked.c.area, asked.c.submission, asked.c.finding)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _told(blocking: list[dict[str, Any]]) -> str:
    """The first questions, a line each, how many more, and what to do."""
    lines = []
    for row in blocking[:_MOST_NAMED]:
        parts = [row["question"], row["name"] or row["area"], row["message"]]
        parts += [f"实际：{row['found']}"] if row["found"] else []
        parts += [f"位置：{row['where']}"] if row["where"] else []
        lines.append(" ".join(" ".join(parts).split()))
    more = len(blocking) - _MOST_NAMED
    lines += [f"另有 {more} 个，用 risk-assets findings --open 查看"] if more > 0 else []
    return "\n".join([*lines, "请县里更正后重新运行，或用 risk-assets settle 说明（explained）或豁免（waived）"])


def utc(moment: str) -> str:
    """An ISO time as `made_at` is written, to compare as text; a time without zone is UTC, a day means its end.

    Raises:
        ValueError: It is no ISO time.
    """
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
    statement = sa.insert(table_of(name))
    if connection.dialect.positional:  # straight to the driver: Core's parameter dicts cost twice the insert itself
        connection.exec_driver_sql(str(statement.compile(connection)), list(rows))
    else:
        connection.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])


def _objects(series: pd.Series) -> Iterable[Any]:
    plain = series.astype(object)
    return plain.where(series.notna(), None).tolist()


def _used(table: sa.Table, names: Sequence[str]) -> sa.Select[Any]:
    """Columns of the rows whose submission a publication uses, each with its link."""
    links = table_of("publication_submissions")
    of_it = (links.c.submission == table.c.submission) & (links.c.rules == table.c.rules)
    return sa.select(*(table.c[column] for column in names)).join(links, of_it).where(links.c.used)

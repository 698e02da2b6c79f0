"""The warehouse's views, and the queries that its reading shares with them. What a view's columns mean is in contracts.

`current_<table>` shows what the current publication of each month holds; the views for readers have names beside codes.
"""

from typing import Any

import sqlalchemy as sa

from risk_assets import reference
from risk_assets.contracts import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    RELEASE_CLASSES,
    TABLES,
    VIEWS,
    MonthFindings,
    columns,
)
from risk_assets.storage.schema import table_of

SHARED = [c for c in columns(MonthFindings) if c.name != "publication"]
DECISION = ("disposition", "decided_by", "decided_at", "why", "until")
OPEN = "open"


def drop_views(connection: sa.Connection) -> None:
    """Drop all views, so that tables can be changed."""
    for name in _views(connection):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {connection.dialect.identifier_preparer.quote(name)}")


def create_views(connection: sa.Connection) -> None:
    """Create all views, with comments where the database keeps them."""
    quote = connection.dialect.identifier_preparer.quote
    for name, query in _views(connection).items():
        written = query.compile(connection, compile_kwargs={"literal_binds": True})
        connection.exec_driver_sql(f"CREATE VIEW {quote(name)} AS {written}")
        if connection.dialect.supports_comments:
            contract = VIEWS.get(name) or TABLES[name.removeprefix("current_")]
            for one in columns(contract):
                text = sa.literal(f"{one.label}: {one.description}").compile(
                    connection, compile_kwargs={"literal_binds": True}
                )
                if one.name in query.selected_columns:
                    connection.exec_driver_sql(f"COMMENT ON COLUMN {quote(name)}.{quote(one.name)} IS {text}")


def newest() -> sa.ScalarSelect[Any]:
    """Ids of the current publication of each month."""
    publications = table_of("publications")
    newest = (
        sa.select(publications.c.period, sa.func.max(publications.c.made_at).label("made_at"))
        .group_by(publications.c.period)
        .subquery()
    )
    return (
        sa.select(publications.c.publication)
        .join(newest, (newest.c.period == publications.c.period) & (newest.c.made_at == publications.c.made_at))
        .scalar_subquery()
    )


def only(publication: str) -> sa.ScalarSelect[Any]:
    """The id of one publication, as the queries take it."""
    return sa.select(sa.literal(publication)).scalar_subquery()


def _views(connection: sa.Connection) -> dict[str, sa.Select[Any]]:
    links, current = table_of("publication_submissions"), newest()
    views: dict[str, sa.Select[Any]] = {
        f"current_{name}": sa.select(table_of(name)).where(table_of(name).c.publication.in_(current))
        for name in (*MONTH_TABLES, "publications")
    }
    for name in AREA_MONTH_TABLES:
        views[f"current_{name}"] = _of_current(name, links)
    views["current_findings"] = questions(current, today(connection), None)
    return views | {
        "ranking": _ranking(),
        "province": _province(),
        "county_card": _county_card(links),
        "questions": _questions(connection),
        "coverage": coverage(current),
    }


def _of_current(name: str, links: sa.Table) -> sa.Select[Any]:
    one = table_of(name)
    of_it = (links.c.submission == one.c.submission) & (links.c.rules == one.c.rules)
    return sa.select(one).join(links, of_it & links.c.used & links.c.publication.in_(newest()))


def _months() -> sa.Subquery:
    """The current publications, each with the framework in force: that of its year, else the latest before."""
    publications, indicators = table_of("publications"), table_of("indicators")
    in_force = (
        sa.select(sa.func.max(indicators.c.framework))
        .where(indicators.c.framework <= sa.func.substr(publications.c.period, 1, 4))
        .scalar_subquery()
    )
    return (
        sa.select(publications.c.publication, publications.c.period, publications.c.state, in_force.label("framework"))
        .where(publications.c.publication.in_(newest()))
        .subquery("months")
    )


def _last_day(period: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    number = sa.func.substr(period, 6, 2)
    days = sa.case((number == "02", "-28"), (number.in_(("04", "06", "09", "11")), "-30"), else_="-31")
    return period.concat(days)


def _in_force(areas: sa.FromClause, period: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a row of `areas` is valid on the last day of a month."""
    last_day = _last_day(period)
    return (sa.func.coalesce(areas.c.valid_from, "") <= last_day) & (
        sa.func.coalesce(areas.c.valid_to, "9") >= last_day
    )


def _places(months: sa.Subquery) -> sa.Subquery:
    """The areas of each current publication, with the names of their month."""
    areas, upper = table_of("areas"), table_of("areas").alias("upper")
    of_upper = (upper.c.area == areas.c.parent) & _in_force(upper, months.c.period)
    return (
        sa.select(months.c.publication, areas.c.area, areas.c.name, areas.c.parent, areas.c.level,
                  upper.c.name.label("city"))
        .select_from(months.join(areas, _in_force(areas, months.c.period)).outerjoin(upper, of_upper))
        .subquery()
    )  # fmt: skip


def _names() -> sa.Subquery:
    """What there is to rank by and to add up: `by` as in rankings, `part` the component's own name."""
    campaigns, indicators, components = table_of("campaigns"), table_of("indicators"), table_of("components")
    of_it = (components.c.framework == indicators.c.framework) & (components.c.indicator == indicators.c.indicator)
    nothing = sa.cast(sa.null(), sa.Text)
    total = sa.select(campaigns.c.framework, sa.literal("total"), sa.literal("总分"), nothing, nothing,
                      sa.literal("public"))  # fmt: skip
    return sa.union_all(
        sa.select(campaigns.c.framework, campaigns.c.campaign.label("by"), campaigns.c.name, nothing.label("part"),
                  nothing.label("indicator"), sa.literal("public").label("release_class")),
        total.distinct(),
        sa.select(indicators.c.framework, indicators.c.indicator, indicators.c.name, nothing,
                  indicators.c.indicator, indicators.c.release_class),
        sa.select(indicators.c.framework, _by(components), indicators.c.name, components.c.name,
                  indicators.c.indicator, indicators.c.release_class).join(components, of_it),
    ).subquery("names")  # fmt: skip


def _by(one: Any) -> sa.ColumnElement[str]:
    """What a row with indicator and component is called in rankings."""
    return sa.case((one.c.component == "", one.c.indicator), else_=one.c.indicator + "/" + one.c.component)


def _full(names: Any) -> sa.ColumnElement[str]:
    return sa.case((names.c.part.is_(None), names.c.name), else_=names.c.name + "·" + names.c.part)


def _held() -> sa.Subquery:
    """The highest class of a line by publication, area and indicator; also of the city and province that add it up."""
    one, links, areas = table_of("assessments"), table_of("publication_submissions"), table_of("areas")
    lines = (
        sa.select(links.c.publication, one.c.area, one.c.indicator, _order(one.c.release_class).label("order"))
        .join(links, (links.c.submission == one.c.submission) & (links.c.rules == one.c.rules) & links.c.used)
        .where(one.c.release_class != RELEASE_CLASSES[0], links.c.publication.in_(newest()))
        .subquery("lines")
    )
    city = sa.select(lines.c.publication, areas.c.parent, lines.c.indicator, lines.c.order).join(
        areas, areas.c.area == lines.c.area
    )
    province = sa.select(lines.c.publication, areas.c.area, lines.c.indicator, lines.c.order).join(
        areas, areas.c.level == "province"
    )
    every = sa.union_all(sa.select(lines), city, province).subquery("every_line")
    return (
        sa.select(every.c.publication, every.c.area, every.c.indicator, sa.func.max(every.c.order).label("order"))
        .group_by(every.c.publication, every.c.area, every.c.indicator)
        .subquery("held")
    )


def _order(release: Any) -> sa.ColumnElement[int]:
    return sa.case({name: number for number, name in enumerate(RELEASE_CLASSES)}, value=release, else_=0)


def _higher(release: Any, held: sa.Subquery, least: int = 0) -> sa.ColumnElement[str]:
    """The indicator's class, or that of the area's own line where it is higher."""
    own, other = _order(release), sa.func.coalesce(held.c.order, least)
    order = sa.case((own > other, own), else_=other)
    return sa.case(dict(enumerate(RELEASE_CLASSES)), value=order)


def _ranking() -> sa.Select[Any]:
    one, months = table_of("rankings"), _months()
    places, names, held = _places(months), _names(), _held()
    universes = places.alias("universes")
    published = one.c.scheme.in_((reference.setting("scheme"), "attainment", "growth"))
    return (
        sa.select(
            one.c.period, one.c.publication, months.c.state, one.c.by, _full(names).label("by_name"), one.c.scheme,
            _higher(names.c.release_class, held).label("release_class"), one.c.level, one.c.universe,
            universes.c.name.label("universe_name"), one.c.zones,
            one.c.area, places.c.name, places.c.city, one.c.rank, one.c.of, one.c.tied, one.c.value, one.c.change,
            one.c.reason, one.c.is_sample,
        )
        .join(months, months.c.publication == one.c.publication)
        .join(places, (places.c.publication == one.c.publication) & (places.c.area == one.c.area))
        .join(universes, (universes.c.publication == one.c.publication) & (universes.c.area == one.c.universe))
        .join(names, (names.c.framework == months.c.framework) & (names.c.by == one.c.by))
        .outerjoin(held, (held.c.publication == one.c.publication) & (held.c.area == one.c.area)
                   & (held.c.indicator == names.c.indicator))
        .where(published)
    )  # fmt: skip


def _province() -> sa.Select[Any]:
    one, months, campaigns = table_of("rollups"), _months(), table_of("campaigns")
    places, names, held = _places(months), _names(), _held()
    counts = [one.c[name] for name in ("method", "areas_expected", "areas_in", "areas_missing", "tasks", "tasks_done",
                                       "tasks_on_track", "tasks_behind", "target_value", "done_value", "unit",
                                       "figure_end", "attainment", "reason", "is_sample")]  # fmt: skip
    return (
        sa.select(
            one.c.period, one.c.publication, months.c.state, one.c.level, one.c.area, places.c.name, one.c.campaign,
            campaigns.c.name.label("campaign_name"), one.c.indicator, names.c.name.label("indicator_name"),
            one.c.component, names.c.part.label("component_name"),
            _higher(names.c.release_class, held).label("release_class"), *counts,
        )
        .join(months, months.c.publication == one.c.publication)
        .join(places, (places.c.publication == one.c.publication) & (places.c.area == one.c.area))
        .join(campaigns, (campaigns.c.framework == months.c.framework) & (campaigns.c.campaign == one.c.campaign))
        .outerjoin(names, (names.c.framework == months.c.framework) & (names.c.by == _by(one)))
        .outerjoin(held, (held.c.publication == one.c.publication) & (held.c.area == one.c.area)
                   & (held.c.indicator == one.c.indicator))
    )  # fmt: skip


def _county_card(links: sa.Table) -> sa.Select[Any]:
    one, rows, months, campaigns = table_of("assessments"), table_of("report_rows"), _months(), table_of("campaigns")
    places, names, rankings = _places(months), _names(), table_of("rankings")
    of_province, of_city = rankings.alias("of_province"), rankings.alias("of_city")
    provinces = sa.select(table_of("areas").c.area).where(table_of("areas").c.level == "province")

    def ranked(ranking: sa.FromClause, within: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return (
            (ranking.c.publication == links.c.publication)
            & (ranking.c.by == _by(one))
            & (ranking.c.level == places.c.level)
            & within
            & ranking.c.zones.is_(False)
            & (ranking.c.scheme == "attainment")
            & (ranking.c.area == one.c.area)
        )

    is_foreign = one.c.indicator.is_(None) & (one.c.release_class == "public")
    shown_to = sa.case(
        (is_foreign, "internal"), else_=one.c.release_class
    )  # a line outside the framework is not public
    words = {row["status"]: row["label"] for row in reference.table("statuses")}
    judged = [one.c[name] for name in ("target_value", "done_value", "unit", "attainment_reported",
                                       "attainment_computed", "schedule")]  # fmt: skip
    return (
        sa.select(
            one.c.period, links.c.publication, months.c.state, one.c.area, places.c.name, places.c.city,
            one.c.submission, one.c.table_no, one.c.row, one.c.item, one.c.campaign,
            campaigns.c.name.label("campaign_name"), one.c.indicator,
            sa.func.coalesce(names.c.name, rows.c.indicator_text).label("indicator_name"), one.c.component,
            names.c.part.label("component_name"), shown_to.label("release_class"), rows.c.target_text, *judged,
            one.c.status_reported, sa.case(words, value=one.c.status_reported).label("status_reported_name"),
            one.c.status_computed, sa.case(words, value=one.c.status_computed).label("status_computed_name"),
            one.c.verdict, one.c.why, of_province.c.rank.label("province_rank"), of_city.c.rank.label("city_rank"),
            rows.c.responsible, rows.c.progress, one.c.is_sample,
        )
        .join(links, (links.c.submission == one.c.submission) & (links.c.rules == one.c.rules) & links.c.used)
        .join(months, months.c.publication == links.c.publication)
        .join(places, (places.c.publication == links.c.publication) & (places.c.area == one.c.area))
        .join(rows, sa.and_(*(rows.c[name] == one.c[name] for name in ("submission", "rules", "table_no", "row"))))
        .outerjoin(campaigns, (campaigns.c.framework == months.c.framework) & (campaigns.c.campaign == one.c.campaign))
        .outerjoin(names, (names.c.framework == months.c.framework) & (names.c.by == _by(one)))
        .outerjoin(of_province, ranked(of_province, of_province.c.universe.in_(provinces)))
        .outerjoin(of_city, ranked(of_city, of_city.c.universe == places.c.parent))
    )  # fmt: skip


def _questions(connection: sa.Connection) -> sa.Select[Any]:
    one, months = questions(newest(), today(connection), None).subquery("one"), _months()
    places, names, held = _places(months), _names(), _held()
    internal = RELEASE_CLASSES.index("internal")
    return (
        sa.select(
            one.c.period, one.c.publication, one.c.question, one.c.area, places.c.name, places.c.city, one.c.rule,
            one.c.severity, one.c.blocking, one.c.indicator, names.c.name.label("indicator_name"),
            _higher(names.c.release_class, held, internal).label("release_class"),
            one.c.message, one.c.found, one.c.expected, one.c["where"], *(one.c[name] for name in DECISION),
            one.c.is_sample,
        )
        .join(months, months.c.publication == one.c.publication)
        .join(places, (places.c.publication == one.c.publication) & (places.c.area == one.c.area))
        .outerjoin(names, (names.c.framework == months.c.framework) & (names.c.by == one.c.indicator))
        .outerjoin(held, (held.c.publication == one.c.publication) & (held.c.area == one.c.area)
                   & (held.c.indicator == one.c.indicator))
    )  # fmt: skip


def today(connection: sa.Connection) -> sa.ColumnElement[str]:
    """The day in UTC as ISO text: written into views, it is the day of whoever asks."""
    if connection.dialect.name == "sqlite":
        return sa.func.date("now")
    return sa.func.to_char(sa.func.timezone("UTC", sa.func.now()), "YYYY-MM-DD")


def questions(publications: sa.ScalarSelect[Any], today: sa.ColumnElement[str], moment: str | None) -> sa.Select[Any]:
    """The questions of publications, of all files that stood for them and of the month, with what was decided.

    Args:
        publications: Ids.
        today: Day on which a decision may have run out.
        moment: Time after which decisions do not count, and whose day takes the place of `today`.
    """
    findings, of_month = table_of("findings"), table_of("month_findings")
    links, dispositions = table_of("publication_submissions"), table_of("dispositions")
    names = [c.name for c in SHARED]
    asked = sa.union_all(
        sa.select(links.c.publication, findings.c.submission, *(findings.c[name] for name in names))
        .join(links, (links.c.submission == findings.c.submission) & (links.c.rules == findings.c.rules))
        .where(links.c.publication.in_(publications)),
        sa.select(
            of_month.c.publication,
            sa.cast(sa.null(), sa.Text).label("submission"),
            *(of_month.c[name] for name in names),
        ).where(of_month.c.publication.in_(publications)),
    ).subquery("asked")
    newest_first = sa.func.row_number().over(
        partition_by=dispositions.c.question, order_by=dispositions.c.decided_at.desc()
    )
    decisions = sa.select(dispositions, newest_first.label("place"))
    if moment:
        decisions = decisions.where(dispositions.c.decided_at <= moment)
        today = sa.literal(moment[: len("2023-04-30")])
    decided = decisions.subquery("decided")
    holds = decided.c.until.is_(None) | (decided.c.until >= today)
    grave = sa.case({"error": 0, "warning": 1}, value=asked.c.severity, else_=2)
    return (
        sa.select(
            *asked.c,
            sa.case((holds, sa.func.coalesce(decided.c.disposition, OPEN)), else_=OPEN).label("disposition"),
            *(decided.c[name] for name in DECISION[1:]),
        )
        .outerjoin(decided, (decided.c.question == asked.c.question) & (decided.c.place == 1))
        .order_by(grave, asked.c.area, asked.c.submission, asked.c.finding)
    )


def coverage(current: sa.ScalarSelect[Any]) -> sa.Select[Any]:
    """A row a county and published month: whether it reported, how late, and how much of its tables is filled."""
    publications, links = table_of("publications"), table_of("publication_submissions")
    areas, submissions = table_of("areas"), table_of("submissions")
    months = sa.select(publications.c.period).distinct().subquery()
    here = (
        sa.select(submissions, links.c.used)
        .join(links, (links.c.submission == submissions.c.submission) & (links.c.rules == submissions.c.rules))
        .where(links.c.publication.in_(current))
        .subquery()
    )
    sent = here.c.state != "withdrawn"
    tables = here.c.used & (here.c.kind == "tables")  # a narrative beside them has no cells to fill
    late = sa.func.min(sa.case((sent, here.c.working_days_late)))
    expected = sa.func.sum(sa.case((tables, here.c.cells_expected)))
    filled = sa.func.sum(sa.case((tables, here.c.cells_filled)))

    def flag(what: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.max(sa.case((what, 1), else_=0)), 0)

    return (
        sa.select(
            months.c.period,
            areas.c.area,
            areas.c.name,
            areas.c.parent,
            sa.literal(1).label("expected"),
            flag(sent).label("received"),
            flag(here.c.used).label("read"),
            flag(here.c.state == "withdrawn").label("withdrawn"),
            late.label("working_days_late"),
            flag(sent & (here.c.working_days_late == 0)).label("on_time"),
            late.label("late_by"),
            sa.func.max(sa.case((here.c.used, here.c.rows_read))).label("rows_read"),
            sa.func.max(sa.case((here.c.used, here.c.rows_set_aside))).label("rows_set_aside"),
            sa.cast(expected, sa.BigInteger).label("cells_expected"),
            sa.cast(filled, sa.BigInteger).label("cells_filled"),
            sa.case(
                (expected == 0, sa.null()),
                (filled >= expected, 100.0),
                else_=sa.cast(filled, sa.Double) * 100 / expected,
            ).label("share_filled"),
        )
        .select_from(
            months.join(areas, sa.true()).outerjoin(
                here, (here.c.area == areas.c.area) & (here.c.period == months.c.period)
            )
        )
        .where(
            areas.c.level == "county",
            _in_force(areas, months.c.period),
        )
        .group_by(months.c.period, areas.c.area, areas.c.name, areas.c.parent)
    )

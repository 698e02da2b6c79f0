"""Publications as they are approved, asked about and decided upon, in SQLite and PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from risk_assets import reference
from risk_assets.contracts import (
    AREA_MONTH_TABLES,
    MONTH_TABLES,
    TABLES,
    VIEWS,
    Areas,
    Contract,
    ContractError,
    Publications,
    PublicationSubmissions,
    columns,
    empty,
    typed,
    validate,
)
from risk_assets.storage import Warehouse
from risk_assets.storage.warehouse import NotApproved, UnknownQuestion, stamp

PERIOD = "2023-04"
ONE, OTHER = "433123", "433126"
RULES = "rules0"
_BLANKS = {"str": "x", "Int64": 1, "Float64": 1.0, "boolean": False}
_KNOWN: dict[str, Any] = {
    "period": PERIOD, "sha256": "0" * 64, "working_days_late": 0, "state": "read", "kind": "tables", "component": "",
    "status_reported": "on_track", "ratio_check": "equal", "verdict": "consistent", "release_class": "public",
    "severity": "warning", "received_at": "2023-05-08T10:00:00+08:00",
    "level": "county", "method": "sum", "status": "on_track", "source": "own", "year": "2023", "measure": "level",
    "role": "actual", "bound": "eq", "target_kind": "level", "cells_expected": 10, "cells_filled": 8,
    "original_name": "月报.xlsx", "universe": "430000", "scheme": "status_share", "by": "total",
}  # fmt: skip


def row(name: str, **given: Any) -> dict[str, Any]:
    """A row that its contract allows: what must be there is, and says nothing unless given."""
    contract = TABLES[name]
    blank = {c.name: _KNOWN.get(c.name, _BLANKS[c.dtype]) for c in columns(contract) if not c.nullable}
    if name == "submissions":
        blank["kind"] = "tables"
    if name == "targets":
        blank["kind"] = "level"
    if name == "report_rows":
        blank["state"] = "accepted"
    return blank | given


def frame(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    contract: type[Contract] = TABLES[name]
    return validate(contract, typed(contract, list(rows)))


def sent(area: str, version: int = 1, **given: Any) -> dict[str, Any]:
    name = f"{area}-{PERIOD}-v{version}"
    return row("submissions", submission=name, rules=RULES, area=area, version=version, **given)


def of(submission: dict[str, Any], name: str, **given: Any) -> dict[str, Any]:
    """A row of a submission's table."""
    area = {"area": submission["area"]}
    return row(name, submission=submission["submission"], rules=submission["rules"], **area | given)


def reference_of() -> dict[str, pd.DataFrame]:
    areas = pd.DataFrame(reference.table("areas")).replace({"": None})
    others = {name: empty(TABLES[name]) for name in ("campaigns", "indicators", "components")}
    return {"areas": validate(Areas, typed(Areas, areas)), **others}


def publish(
    warehouse: Warehouse,
    submissions: list[dict[str, Any]],
    *rows: tuple[str, dict[str, Any]],
    made_at: str | None = None,
    unused: tuple[str, ...] = (),
    period: str = PERIOD,
) -> str:
    """Publish submissions and rows of other tables; rows of month tables get the publication's id."""
    warehouse.prepare(reference_of())
    number = warehouse.next_number(period)
    name = f"{period}-{number:03d}-test"
    fresh = [one for one in submissions if (one["submission"], one["rules"]) not in warehouse.stored()]
    area_month = {
        table: frame(table, *(fresh if table == "submissions" else [one for t, one in rows if t == table]))
        for table in AREA_MONTH_TABLES
    }
    month = {
        table: frame(table, *({**one, "publication": name} for t, one in rows if t == table)) for table in MONTH_TABLES
    }
    made = {"publication": name, "state": "draft", "made_at": made_at or stamp(datetime.now(UTC)), "period": period}
    links = [
        {"publication": name, **{key: one[key] for key in ("submission", "rules", "area")},
         "used": one["submission"] not in unused and one["state"] == "read"}
        for one in submissions
    ]  # fmt: skip
    warehouse.publish(
        validate(Publications, typed(Publications, [row("publications", **made)])),
        validate(PublicationSubmissions, typed(PublicationSubmissions, links)),
        area_month,
        month,
    )
    return name


def asked(submission: dict[str, Any], question: str, **given: Any) -> tuple[str, dict[str, Any]]:
    return "findings", of(submission, "findings", question=question, **given)


def view(warehouse: Warehouse, name: str) -> pd.DataFrame:
    with warehouse.engine.connect() as connection:
        return pd.read_sql(f"SELECT * FROM {name}", connection)  # noqa: S608 - names of the test


@pytest.fixture
def house(database):
    made = Warehouse(database)
    yield made
    made.engine.dispose()


def dispositions(warehouse: Warehouse) -> dict[str, str]:
    shown = view(warehouse, "current_findings")
    return dict(zip(shown["question"], shown["disposition"], strict=True))


def test_a_publication_is_a_draft_until_it_is_approved(house):
    name = publish(house, [sent(ONE)])
    assert house.current(PERIOD)["state"] == "draft"
    row = house.approve(PERIOD, "湘西州统计局")
    assert (row["publication"], row["state"], row["approved_by"]) == (name, "final", "湘西州统计局")
    assert house.current(PERIOD) == row
    assert row["approved_at"] > row["made_at"]


def test_before_its_approval_a_publication_was_a_draft(house):
    publish(house, [sent(ONE)])
    draft = house.current(PERIOD)
    moment = stamp(datetime.now(UTC))
    final = house.approve(PERIOD, "统计局")
    assert house.current(PERIOD, moment) == draft
    assert house.current(PERIOD, final["approved_at"]) == final


def test_a_run_after_the_approval_makes_a_draft_and_the_approved_one_stays_readable(house):
    publish(house, [sent(ONE)])
    final = house.approve(PERIOD, "统计局")
    name = publish(house, [sent(ONE, 2)])
    now = house.current(PERIOD)
    assert (now["publication"], now["state"], now["approved_by"]) == (name, "draft", None)
    assert house.current(PERIOD, final["approved_at"]) == final
    assert house.approve(PERIOD, "统计局")["publication"] == name
    assert house.current(PERIOD, final["approved_at"]) == final


def test_an_empty_database_has_nothing_to_approve(house):
    with pytest.raises(NotApproved, match="还没有发布"):
        house.approve(PERIOD, "统计局")


def test_what_is_final_is_not_approved_again(house):
    publish(house, [sent(ONE)])
    first = house.approve(PERIOD, "统计局")
    with pytest.raises(NotApproved, match=r"统计局.*不必再审定"):
        house.approve(PERIOD, "别人")
    assert house.current(PERIOD) == first


def test_open_blocking_questions_hold_back_the_approval_and_ten_of_them_are_named(house):
    one = sent(ONE)
    told = [
        asked(one, f"q{n:02d}", finding=n, blocking=True, message="目标缺失：请补报", found="空", where="附件1!C7")
        for n in range(1, 13)
    ]
    publish(house, [one], *told)
    with pytest.raises(NotApproved) as refused:
        house.approve(PERIOD, "统计局")
    message = str(refused.value)
    assert "还有 12 个阻止定稿的问题" in message
    assert "q01 凤凰县 目标缺失：请补报 实际：空 位置：附件1!C7" in message
    assert "q10" in message
    assert "q11" not in message
    assert "另有 2 个" in message
    assert house.current(PERIOD)["state"] == "draft"


def test_a_month_whose_blocking_questions_are_settled_is_approved(house):
    one = sent(ONE)
    publish(
        house,
        [one],
        asked(one, "explained", finding=1, blocking=True),
        asked(one, "harmless", finding=2),
        ("month_findings", row("month_findings", question="waived", area=ONE, blocking=True)),
    )
    house.settle("explained", "explained", "州统计局", "口径调整")
    with pytest.raises(NotApproved, match=r"还有 1 个.*\n?.*waived"):
        house.approve(PERIOD, "统计局")
    house.settle("waived", "waived", "州统计局", "本月不计")
    assert house.approve(PERIOD, "统计局")["state"] == "final"


def test_an_exemption_that_has_run_out_blocks_again(house):
    one = sent(ONE)
    publish(house, [one], asked(one, "q", blocking=True))
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    house.settle("q", "waived", "州统计局", "月底前补报", until=yesterday)
    with pytest.raises(NotApproved, match="还有 1 个"):
        house.approve(PERIOD, "统计局")


def test_a_question_is_open_until_somebody_decides_and_the_newest_decision_holds(house):
    one = sent(ONE)
    publish(house, [one], asked(one, "q"))
    start = datetime(2023, 5, 8, tzinfo=UTC)
    assert dispositions(house) == {"q": "open"}
    for n, disposition in enumerate(("explained", "waived", "open")):
        house.settle("q", disposition, "州统计局", f"理由{n}", at=start + timedelta(hours=n))
        assert dispositions(house) == {"q": disposition}
    assert len(house.read("dispositions")) == 3


def test_a_decision_holds_through_its_last_day(house):
    one = sent(ONE)
    name = publish(house, [one], asked(one, "q"), made_at="2023-05-08T00:00:00.000000+00:00")
    house.settle("q", "waived", "州统计局", "待核", until="2023-05-20", at=datetime(2023, 5, 9, tzinfo=UTC))
    held = {
        moment: house.findings(name, moment)["disposition"].item()
        for moment in ("2023-05-08", "2023-05-09", "2023-05-20", "2023-05-21")
    }
    assert held == {"2023-05-08": "open", "2023-05-09": "waived", "2023-05-20": "waived", "2023-05-21": "open"}
    assert dispositions(house) == {"q": "open"}
    assert house.findings(name, "2023-05-08")["decided_by"].isna().all()


def test_a_question_that_nobody_asks_is_not_settled(house):
    with pytest.raises(UnknownQuestion, match="q"):
        house.settle("q", "waived", "州统计局", "无")
    one = sent(ONE)
    publish(house, [one], asked(one, "q"))
    with pytest.raises(UnknownQuestion, match="2023-03"):
        house.settle("q", "waived", "州统计局", "无", period="2023-03")
    publish(house, [sent(ONE, 2)])
    with pytest.raises(UnknownQuestion, match="没有问题 q"):  # the correction has answered it
        house.settle("q", "waived", "州统计局", "无")
    assert house.read("dispositions").empty


def test_a_decision_that_the_contract_does_not_know_is_not_stored(house):
    one = sent(ONE)
    publish(house, [one], asked(one, "q"))
    with pytest.raises(ContractError, match="disposition"):
        house.settle("q", "forgotten", "州统计局", "无")
    assert house.read("dispositions").empty


def test_a_question_asked_again_keeps_what_was_decided(house):
    first, second = sent(ONE), sent(ONE, 2)
    publish(house, [first], asked(first, "q"))
    house.settle("q", "explained", "州统计局", "口径调整")
    publish(house, [second], asked(second, "q"))
    shown = view(house, "current_findings")
    assert list(shown["submission"]) == [second["submission"]]
    assert list(shown["disposition"]) == ["explained"]


def test_the_current_questions_are_those_of_refused_files_and_of_the_month_too(house):
    used, refused = sent(ONE), sent(OTHER, state="refused", reason="damaged")
    name = publish(
        house,
        [used, refused],
        asked(used, "a", severity="info"),
        asked(refused, "b", severity="error"),
        ("month_findings", row("month_findings", question="c", area=ONE)),
    )
    shown = view(house, "current_findings")
    assert set(shown["question"]) == {"a", "b", "c"}
    assert set(shown["publication"]) == {name}
    assert shown.loc[shown["question"] == "c", "submission"].isna().all()
    frame = house.findings(name)
    assert list(frame.columns) == list(shown.columns)
    assert list(frame["question"]) == ["b", "c", "a"]  # the gravest first
    assert str(frame["blocking"].dtype) == "boolean"


def test_a_submission_that_is_stored_need_not_be_given_again(house):
    one, other = sent(ONE), sent(OTHER)
    assert house.stored() == set()
    publish(house, [one], ("assessments", of(one, "assessments", item="1")))
    assert house.stored() == {(one["submission"], RULES)}
    name = publish(house, [one, other], ("assessments", of(other, "assessments", item="1")))
    assert set(house.read_of("submissions", name)["area"]) == {ONE, OTHER}
    assert set(house.read_of("assessments", name)["area"]) == {ONE, OTHER}


def test_rows_of_a_publication_are_those_of_the_files_that_it_uses(house):
    one, refused = sent(ONE), sent(OTHER, state="refused")
    first = publish(house, [one, refused], ("targets", of(one, "targets")), ("targets", of(refused, "targets")),
                    ("scores", row("scores", area=ONE)))  # fmt: skip
    second = publish(house, [sent(ONE, 2)])
    assert list(house.read_of("targets", first)["area"]) == [ONE]
    assert set(house.read_of("submissions", first)["area"]) == {ONE, OTHER}
    assert list(house.read_of("scores", first)["publication"]) == [first]
    assert house.read_of("targets", second).empty


def test_coverage_tells_how_much_of_the_tables_is_filled_and_never_more_than_all(house):
    full = sent(ONE, cells_expected=10, cells_filled=12)
    half = sent(OTHER, working_days_late=3, cells_expected=10, cells_filled=5)
    publish(house, [full, half])
    shown = house.coverage(PERIOD).set_index("area")
    assert len(shown) == len(set(shown.index)) == 122
    names = ["expected", "received", "read", "withdrawn", "on_time", "late_by", "share_filled"]
    assert list(shown.loc[ONE, names]) == [1, 1, 1, 0, 1, 0, 100]
    assert list(shown.loc[OTHER, names]) == [1, 1, 1, 0, 0, 3, 50]
    silent = shown.loc["433122"]
    assert list(silent[["expected", "received", "read", "withdrawn", "on_time"]]) == [1, 0, 0, 0, 0]
    assert silent[["late_by", "working_days_late", "rows_read", "cells_expected", "share_filled"]].isna().all()
    of_view = view(house, "coverage").set_index("area")
    assert of_view.columns.tolist() == shown.columns.tolist()
    assert of_view.loc[OTHER, "share_filled"] == 50


def test_coverage_counts_the_cells_of_tables_and_not_of_a_narrative(house):
    tables = sent(ONE, 1, cells_expected=10, cells_filled=5)
    told = sent(ONE, 2, kind="narrative", cells_expected=0, cells_filled=0, working_days_late=4)
    publish(house, [tables, told])
    row = house.coverage(PERIOD).set_index("area").loc[ONE]
    assert (row["cells_expected"], row["cells_filled"], row["share_filled"]) == (10, 5, 50)
    assert (row["received"], row["read"], row["on_time"], row["late_by"]) == (1, 1, 1, 0)


def test_coverage_of_a_withdrawn_county_has_nothing_received(house):
    publish(house, [sent(ONE, state="withdrawn", working_days_late=2)])
    row = house.coverage(PERIOD).set_index("area").loc[ONE]
    assert (row["received"], row["read"], row["withdrawn"], row["on_time"]) == (0, 0, 1, 0)
    assert pd.isna(row["late_by"])


def test_every_view_can_be_read(house):
    one = sent(ONE)
    publish(house, [one], asked(one, "q"))
    names = sa.inspect(house.engine).get_view_names()
    current = {f"current_{name}" for name in (*AREA_MONTH_TABLES, *MONTH_TABLES, "publications")}
    assert set(names) == {*VIEWS, *current}
    for name in names:
        view(house, name)


OLD = """
CREATE TABLE areas (area VARCHAR(160) NOT NULL, name VARCHAR(160) NOT NULL, short_name TEXT NOT NULL,
    level TEXT NOT NULL, parent TEXT, aliases TEXT, valid_from TEXT, valid_to TEXT, successor TEXT,
    PRIMARY KEY (area, name));
CREATE TABLE publications (publication VARCHAR(160) NOT NULL, period TEXT NOT NULL, state TEXT NOT NULL,
    made_at TEXT NOT NULL, rules TEXT NOT NULL, expected BIGINT NOT NULL, received BIGINT NOT NULL,
    read BIGINT NOT NULL, on_time BIGINT NOT NULL, previous TEXT, is_sample BOOLEAN NOT NULL,
    PRIMARY KEY (publication));
CREATE TABLE publication_submissions (publication VARCHAR(160) NOT NULL, submission VARCHAR(160) NOT NULL,
    rules TEXT NOT NULL, area TEXT NOT NULL, used BOOLEAN NOT NULL, PRIMARY KEY (publication, submission));
CREATE TABLE assessments (submission VARCHAR(160) NOT NULL, rules VARCHAR(160) NOT NULL, area TEXT NOT NULL,
    period TEXT NOT NULL, table_no BIGINT NOT NULL, item VARCHAR(160) NOT NULL, campaign TEXT, indicator TEXT,
    "row" BIGINT NOT NULL, status_reported TEXT NOT NULL, tasks BIGINT NOT NULL, tasks_done BIGINT NOT NULL,
    tasks_on_track BIGINT NOT NULL, tasks_behind BIGINT NOT NULL, tasks_preparing BIGINT NOT NULL,
    tasks_not_assigned BIGINT NOT NULL, tasks_expected_done BIGINT NOT NULL, tasks_not_applicable BIGINT NOT NULL,
    tasks_unknown BIGINT NOT NULL, target_value DOUBLE PRECISION, done_value DOUBLE PRECISION, unit TEXT,
    attainment_reported DOUBLE PRECISION, attainment_computed DOUBLE PRECISION, verdict TEXT NOT NULL,
    is_sample BOOLEAN NOT NULL, PRIMARY KEY (submission, rules, table_no, item));
CREATE TABLE scores (publication VARCHAR(160) NOT NULL, period TEXT NOT NULL, area VARCHAR(160) NOT NULL,
    level TEXT NOT NULL, campaign VARCHAR(160) NOT NULL, scheme VARCHAR(160) NOT NULL, assessed BIGINT NOT NULL,
    credited DOUBLE PRECISION, points DOUBLE PRECISION, possible DOUBLE PRECISION NOT NULL, reason TEXT,
    is_sample BOOLEAN NOT NULL, PRIMARY KEY (publication, area, campaign, scheme));
CREATE TABLE rankings (publication VARCHAR(160) NOT NULL, period TEXT NOT NULL, "by" VARCHAR(160) NOT NULL,
    level VARCHAR(160) NOT NULL, universe VARCHAR(160) NOT NULL, scheme VARCHAR(160) NOT NULL,
    area VARCHAR(160) NOT NULL, rank BIGINT, "of" BIGINT NOT NULL, tied BOOLEAN NOT NULL, value DOUBLE PRECISION,
    change BIGINT, reason TEXT, is_sample BOOLEAN NOT NULL,
    PRIMARY KEY (publication, "by", level, universe, scheme, area));
CREATE VIEW current_rankings AS SELECT rankings.* FROM rankings;
CREATE VIEW coverage AS SELECT publications.period, assessments.area FROM publications, assessments;
INSERT INTO publications VALUES ('2023-04-001-old', '2023-04', 'draft', '2023-05-08T00:00:00.000000+00:00', 'r', 122,
    1, 1, 1, NULL, false);
INSERT INTO publication_submissions VALUES ('2023-04-001-old', '433123-2023-04-v1', 'r', '433123', true);
INSERT INTO assessments VALUES ('433123-2023-04-v1', 'r', '433123', '2023-04', 1, '3', 'growth', 'growth.gdp', 7,
    'on_track', 1, 0, 1, 0, 0, 0, 0, 0, 0, 100, 29, '亿元', 29, 29, 'equal', false);
INSERT INTO scores VALUES ('2023-04-001-old', '2023-04', '433123', 'county', 'total', 'status_share', 40, 27, 67.5,
    100, NULL, false);
INSERT INTO rankings VALUES ('2023-04-001-old', '2023-04', 'total', 'county', '430000', 'status_share', '433123', 1, 1,
    false, 67.5, NULL, NULL, false);
"""


@pytest.fixture
def older(house):
    """A database as an earlier release has left it."""
    with house.engine.begin() as connection:
        for statement in OLD.split(";")[:-1]:
            connection.exec_driver_sql(statement)
    return house


def test_a_database_of_an_earlier_release_is_read_on(older):
    now = older.current(PERIOD)
    assert (now["publication"], now["state"], now["approved_by"]) == ("2023-04-001-old", "draft", None)
    (ranking,) = older.read("rankings").to_dict("records")
    assert (ranking["zones"], ranking["rank"], ranking["value"]) == (False, 1, 67.5)
    (item,) = older.read("assessments").to_dict("records")
    assert (item["component"], item["item"], item["attainment_reported"]) == ("", "3", 29)
    assert pd.isna(item["why"])
    assert older.read("scores")["assessed"].tolist() == [40]


def test_what_was_called_a_verdict_is_the_check_of_a_ratio(older):
    (item,) = older.read("assessments").to_dict("records")
    assert item["ratio_check"] == "equal"
    assert pd.isna(item["verdict"])


def test_tables_of_an_earlier_release_have_the_keys_and_types_of_the_contracts(older):
    older.current(PERIOD)
    there = sa.inspect(older.engine)
    keys = {name: there.get_pk_constraint(name)["constrained_columns"] for name in ("assessments", "rankings")}
    assert set(keys["assessments"]) == {"submission", "rules", "table_no", "item", "component"}
    assert "zones" in keys["rankings"]
    assert set(TABLES) <= set(there.get_table_names())
    assert not [name for name in there.get_table_names() if name.startswith("rebuilt_")]
    assert set(view(older, "current_rankings")["publication"]) == {"2023-04-001-old"}


def test_a_database_of_an_earlier_release_is_published_into(older):
    one = sent(ONE)
    parts = [("assessments", of(one, "assessments", item="1", component=part)) for part in ("", "a", "b")]
    both = [("rankings", row("rankings", area=ONE, zones=zones)) for zones in (False, True)]
    name = publish(older, [one], *parts, *both, ("scores", row("scores", area=ONE, assessed=12.5)))
    assert len(older.read_of("assessments", name)) == 3
    assert older.read_of("scores", name)["assessed"].tolist() == [12.5]
    assert len(view(older, "current_rankings")) == 2
    assert older.approve(PERIOD, "统计局")["publication"] == name
    assert older.current(PERIOD, "2023-05-09")["publication"] == "2023-04-001-old"


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(older):
    with older.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE rebuilt_scores (a TEXT)")  # in the way
    before = {
        name: [column["name"] for column in sa.inspect(older.engine).get_columns(name)]
        for name in sa.inspect(older.engine).get_table_names()
    }
    with pytest.raises(sa.exc.DBAPIError):
        older.current(PERIOD)
    there = sa.inspect(older.engine)
    assert {name: [c["name"] for c in there.get_columns(name)] for name in there.get_table_names()} == before
    assert set(there.get_view_names()) == {"current_rankings", "coverage"}


def test_an_upgrade_is_made_once_whoever_is_quicker(older):
    houses = [Warehouse(older.engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda one: one.current(PERIOD), houses))
    assert found == [older.current(PERIOD)] * len(houses)
    assert len(older.read("rankings")) == 1
    for one in houses:
        one.engine.dispose()

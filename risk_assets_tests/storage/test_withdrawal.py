"""A withdrawal is a version of its own: nothing before it stands, and nothing is overwritten."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from risk_assets.assets.publishing import publish_month
from risk_assets.assets.reading import is_read, read_month, rows_before, standing
from risk_assets.publishing.answers import ranking_data
from risk_assets.storage import LandingError
from risk_assets.storage.lake import in_force
from risk_assets_tests.cli.workbooks import renamed
from risk_assets_tests.conftest import AREAS, PERIOD, land_sample, month_of_samples

AREA = "433122"
REASON = "数据有误"


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def state_of(lake, area: str = AREA) -> tuple[str, bool]:
    row = standing(lake, PERIOD).set_index("area").loc[area]
    return row["state"], bool(row["used"])


def coverage(warehouse) -> pd.Series:
    with warehouse.engine.connect() as connection:
        return pd.read_sql("SELECT * FROM coverage", connection).set_index("area").loc[AREA]


def test_a_withdrawal_is_the_next_version_and_all_that_landed_before_stays(lake):
    first, _ = lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    before = files_below(lake.landing)
    withdrawal = lake.withdraw(PERIOD, AREA, REASON)
    assert (withdrawal.version, withdrawal.supersedes, withdrawal.withdrawn) == (2, first.submission, REASON)
    assert lake.versions(PERIOD, AREA) == [first, withdrawal]
    after = files_below(lake.landing)
    assert {name: after[name] for name in before} == before


def test_the_note_of_a_withdrawal_lies_under_its_hash_and_says_what_and_why(lake):
    first, _ = lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    withdrawal = lake.withdraw(PERIOD, AREA, REASON)
    note = lake.content(withdrawal)
    assert hashlib.sha256(note).hexdigest() == withdrawal.sha256
    assert withdrawal.size == len(note)
    assert first.submission in note.decode()
    assert REASON in note.decode()


def test_what_was_made_up_is_withdrawn_as_made_up(lake):
    lake.land(b"one", "月报.xlsx", AREA, PERIOD, is_sample=True)
    assert lake.withdraw(PERIOD, AREA, REASON).is_sample


def test_where_nothing_was_sent_nothing_is_withdrawn_and_no_folder_is_made(lake):
    with pytest.raises(LandingError, match="没有报送"):
        lake.withdraw(PERIOD, AREA, REASON)
    assert not lake.landing.exists()


def test_what_is_withdrawn_cannot_be_withdrawn_again(lake):
    lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    lake.withdraw(PERIOD, AREA, REASON)
    with pytest.raises(LandingError, match="撤回"):
        lake.withdraw(PERIOD, AREA, REASON)
    assert len(lake.versions(PERIOD, AREA)) == 2


def test_the_same_bytes_sent_after_a_withdrawal_are_a_new_version(lake):
    first, _ = lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    lake.withdraw(PERIOD, AREA, REASON)
    third, is_new = lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    assert is_new
    assert (third.version, third.sha256) == (3, first.sha256)
    assert [one.version for one in in_force(lake.versions(PERIOD, AREA))] == [2, 3]


@pytest.mark.parametrize("is_run", [True, False], ids=["read by a run", "not read yet"])
def test_after_a_withdrawal_nothing_of_the_area_stands(published, is_run):
    published.withdraw(PERIOD, AREA, REASON)
    if is_run:
        read_month(published, PERIOD, [AREA])
    assert state_of(published) == ("withdrawn", False)


def test_a_withdrawal_is_read_once_and_leaves_a_row_that_says_so(published):
    withdrawal = published.withdraw(PERIOD, AREA, REASON)
    assert not is_read(published, withdrawal)
    (judged,) = read_month(published, PERIOD, [AREA]).judged
    assert (judged.submission["state"], judged.submission["reason"]) == ("withdrawn", REASON)
    assert judged.report_rows == judged.findings == []
    assert is_read(published, withdrawal)
    assert read_month(published, PERIOD, [AREA]).judged == []


def test_the_next_publication_is_without_a_withdrawn_area_and_says_why(published, warehouse):
    published.withdraw(PERIOD, AREA, REASON)
    read_month(published, PERIOD, [AREA])
    made = publish_month(published, warehouse, PERIOD)
    assert made.is_new
    assert (made.publication["received"], made.publication["read"]) == (len(AREAS) - 1, len(AREAS) - 1)
    data = ranking_data(warehouse, PERIOD, "total", "county", "430000")
    assert AREA not in {row["area"] for row in data["rankings"]}
    assert {"area": AREA, "name": "泸溪县", "reason": "已撤回"} in data["not_ranked"]
    row = coverage(warehouse)
    assert (row["received"], row["read"], row["withdrawn"]) == (0, 0, 1)
    assert pd.isna(row["working_days_late"])


def test_publishing_again_after_a_withdrawal_changes_nothing(published, warehouse):
    published.withdraw(PERIOD, AREA, REASON)
    read_month(published, PERIOD, [AREA])
    publish_month(published, warehouse, PERIOD)
    assert not publish_month(published, warehouse, PERIOD).is_new


def test_coverage_shows_no_withdrawal_where_there_was_none(published, warehouse):
    row = coverage(warehouse)
    assert (row["received"], row["read"], row["withdrawn"]) == (1, 1, 0)


def test_a_file_that_comes_after_a_withdrawal_stands(published):
    published.withdraw(PERIOD, AREA, REASON)
    land_sample(published, month_of_samples(PERIOD)[AREA])
    read_month(published, PERIOD, [AREA])
    assert state_of(published) == ("read", True)
    row = standing(published, PERIOD).set_index("area").loc[AREA]
    assert (row["version"], row["rows_unchanged"]) == (3, 0)


def test_an_unreadable_file_after_a_withdrawal_does_not_bring_the_withdrawn_one_back(published):
    published.withdraw(PERIOD, AREA, REASON)
    published.land(b"PK broken", "更正.xlsx", AREA, PERIOD)
    read_month(published, PERIOD, [AREA])
    assert state_of(published) == ("refused", False)


def test_a_file_withdrawn_by_the_wrong_area_can_be_sent_by_the_right_one(lake):
    nameless = renamed(month_of_samples(PERIOD)[AREA].content, "泸溪县", "本县")
    for day, area in enumerate(("433124", AREA), 8):
        lake.land(nameless, "月报.xlsx", area, PERIOD, f"2023-05-{day:02d}T10:00:00+08:00")
    read_month(lake, PERIOD, ["433124", AREA])
    assert state_of(lake) == ("refused", False)
    lake.withdraw(PERIOD, "433124", "报错了地区")
    lake.withdraw(PERIOD, AREA, "重新报送")
    lake.land(nameless, "月报.xlsx", AREA, PERIOD)
    read_month(lake, PERIOD, ["433124", AREA])
    assert state_of(lake) == ("read", True)


def test_only_some_areas_stand_where_only_some_are_asked_for(published):
    assert set(standing(published, PERIOD, [AREA])["area"]) == {AREA}


def test_rows_before_are_those_of_the_latest_month_of_the_year_that_stands(lake):
    for period in ("2023-02", "2023-03"):
        land_sample(lake, month_of_samples(period)[AREA])
        read_month(lake, period, [AREA])
    assert set(rows_before(lake, AREA, "2023-05")["period"]) == {"2023-03"}
    assert set(rows_before(lake, AREA, "2023-03")["period"]) == {"2023-02"}
    assert rows_before(lake, AREA, "2023-02").empty
    assert rows_before(lake, AREA, "2024-01").empty
    lake.withdraw("2023-03", AREA, REASON)
    assert set(rows_before(lake, AREA, "2023-05")["period"]) == {"2023-02"}


def test_a_receipt_lies_beside_its_file_and_is_never_written_again(lake):
    first, _ = lake.land(b"A", "a.xlsx", AREA, PERIOD)
    path = lake.keep_receipt(first, "第一份回执\n")
    assert path == lake.landing / PERIOD / AREA / first.sha256 / "receipt.txt"
    assert lake.keep_receipt(first, "另一份\n") == path
    assert path.read_text(encoding="utf-8") == "第一份回执\n"
    lake.land(b"B", "b.xlsx", AREA, PERIOD)
    third, _ = lake.land(b"A", "a.xlsx", AREA, PERIOD)
    again = lake.keep_receipt(third, "第三版回执\n")
    assert again.name == "receipt.v3.txt"
    assert path.read_text(encoding="utf-8") == "第一份回执\n"
    assert lake.content(third) == b"A"
    assert [one.version for one in lake.versions(PERIOD, AREA)] == [1, 2, 3]


def test_a_candidate_is_the_version_that_landing_would_make_and_leaves_no_trace(lake):
    candidate, is_new = lake.candidate(b"A", "a.xlsx", AREA, PERIOD, "2023-05-08T10:00:00+08:00")
    assert is_new
    assert not lake.landing.exists()
    assert lake.land(b"A", "a.xlsx", AREA, PERIOD, "2023-05-08T10:00:00+08:00") == (candidate, True)
    assert lake.candidate(b"A", "b.xlsx", AREA, PERIOD) == (candidate, False)

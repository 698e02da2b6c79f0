import hashlib
import json
from pathlib import Path

import pytest

from risk_assets.assets.reading import is_read, read_month, standing
from risk_assets.contracts import Findings, typed
from risk_assets.storage import Lake, LandingError
from risk_assets.storage.lake import replace_folder, write_parquet
from risk_assets_tests.conftest import AREAS, PERIOD

AREA = "433123"
NASTY_NAMES = [
    "../../x.xlsx",
    "/etc/passwd",
    "..\\..\\x.xlsx",
    "a\x00b\n\r\x1b[31m.xlsx",
    "月报\u202excod.xlsx",
    "月报\u2067xcod.xlsx",
    "C:\\temp\\月报.xlsx",
    ".",
    "..",
    "",
    "~/x.xlsx",
    'con<>|?*".xlsx',
    "长" * 120 + ".xlsx",
]


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_file_is_kept_byte_for_byte_under_its_hash(lake):
    content = bytes(range(256)) * 3
    landed, is_new = lake.land(content, "月报.xlsx", AREA, PERIOD)
    digest = hashlib.sha256(content).hexdigest()
    assert is_new
    assert landed.sha256 == digest
    assert landed.size == len(content)
    assert (lake.landing / PERIOD / AREA / digest / "content" / "月报.xlsx").read_bytes() == content
    assert lake.content(landed) == content


def test_what_is_known_of_a_file_lies_beside_it(lake):
    landed, _ = lake.land(b"one", "月报.xlsx", AREA, PERIOD, "2023-05-06T09:00:00+08:00", is_sample=True)
    meta = json.loads((lake.landing / PERIOD / AREA / landed.sha256 / "meta.json").read_text(encoding="utf-8"))
    assert meta["received_at"] == "2023-05-06T09:00:00+08:00"
    assert meta["is_sample"] is True
    assert meta["original_name"] == "月报.xlsx"


def test_a_correction_is_a_new_version_that_names_the_one_before(lake):
    first, _ = lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    second, _ = lake.land(b"two", "月报.xlsx", AREA, PERIOD)
    assert (first.version, second.version) == (1, 2)
    assert first.supersedes is None
    assert second.supersedes == first.submission
    assert [one.version for one in lake.versions(PERIOD, AREA)] == [1, 2]


def test_the_same_bytes_again_are_no_new_version(lake):
    first, _ = lake.land(b"one", "月报.xlsx", AREA, PERIOD)
    again, is_new = lake.land(b"one", "another name.xlsx", AREA, PERIOD)
    assert not is_new
    assert again == first


def test_an_older_file_sent_again_is_the_third_version(lake):
    first, _ = lake.land(b"A", "a.xlsx", AREA, PERIOD)
    lake.land(b"B", "b.xlsx", AREA, PERIOD)
    third, is_new = lake.land(b"A", "a.xlsx", AREA, PERIOD)
    assert is_new
    assert third.version == 3
    assert third.sha256 == first.sha256
    assert third.submission != first.submission
    assert [one.version for one in lake.versions(PERIOD, AREA)] == [1, 2, 3]
    assert lake.content(third) == b"A"


def test_nothing_that_landed_is_overwritten_by_what_comes_later(lake):
    lake.land(b"A", "a.xlsx", AREA, PERIOD, "2023-05-01T09:00:00+08:00")
    before = files_below(lake.landing)
    lake.land(b"B", "a.xlsx", AREA, PERIOD)
    lake.land(b"A", "changed.xlsx", AREA, PERIOD)
    lake.land(b"A", "a.xlsx", "433124", PERIOD)
    after = files_below(lake.landing)
    assert {name: after.get(name) for name in before} == before


def test_reading_leaves_landing_as_it_is(landed):
    before = files_below(landed.landing)
    read_month(landed, PERIOD, AREAS)
    assert files_below(landed.landing) == before


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_name_with_tricks_stays_inside_the_lake(lake, tmp_path, name):
    landed, _ = lake.land(b"content", name, AREA, PERIOD)
    folder = lake.landing / PERIOD / AREA / landed.sha256
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(folder)]
    assert outside == []
    assert [path.parent for path in folder.rglob("*") if path.is_file() and path.name != "meta.json"] == [
        folder / "content"
    ]
    assert lake.content(landed) == b"content"
    assert landed.original_name == Path(landed.original_name).name
    assert landed.original_name.isprintable()


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c", "\u202a", "\u202e", "\u2066", "\u2069", "\x85", "\x9b"])
def test_a_mark_that_turns_or_hides_text_is_taken_out_of_a_name(lake, mark):
    landed, _ = lake.land(b"content", f"月报{mark}xslx.exe", AREA, PERIOD)
    assert mark not in landed.original_name


def test_a_name_in_another_encoding_does_not_stop_the_landing(lake):
    name = "凤凰县月报.xlsx".encode("gbk").decode("utf-8", "surrogateescape")  # as Linux shows a name from a GBK zip
    landed, _ = lake.land(b"content", name, AREA, PERIOD)
    assert lake.versions(PERIOD, AREA) == [landed]
    assert lake.content(landed) == b"content"


@pytest.mark.parametrize("period", ["2023-13", "2023-1", "2023", "../..", "1999-01", "2023-04\n"])
def test_a_period_that_is_none_is_not_landed(lake, tmp_path, period):
    with pytest.raises(LandingError, match="YYYY-MM"):
        lake.land(b"content", "a.xlsx", AREA, period)
    assert not lake.landing.exists()


def test_landing_leaves_no_unfinished_folders(landed):
    assert list(landed.landing.rglob(".*")) == []


def test_the_same_files_give_the_same_parquet_in_a_second_lake(landed, tmp_path):
    read_month(landed, PERIOD, AREAS)
    second = Lake(tmp_path / "second")
    for versions in landed.landed(PERIOD).values():
        for one in versions:
            second.land(
                landed.content(one), one.original_name, one.area, PERIOD, one.received_at, is_sample=one.is_sample
            )
    for area in reversed(AREAS):  # one by one and in another order
        read_month(second, PERIOD, [area])
    first = files_below(landed.staged)
    assert len(first) >= 4 * len(AREAS) - 1
    assert files_below(second.staged) == first


def test_a_file_that_is_staged_is_never_written_again(landed):
    read_month(landed, PERIOD, AREAS[:2])
    before = {path: path.stat().st_mtime_ns for path in landed.staged.rglob("*.parquet")}
    batch = read_month(landed, PERIOD, AREAS[:2])
    assert batch.judged == []
    assert sorted(batch.unchanged) == list(AREAS[:2])
    assert {path: path.stat().st_mtime_ns for path in landed.staged.rglob("*.parquet")} == before


def test_a_write_that_fails_leaves_no_parquet_behind(lake, monkeypatch):
    place = lake.staged / "findings" / "x.parquet"

    def fails(_self: Path, _target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="disk full"):
        write_parquet(typed(Findings, []), Findings, place)
    assert not place.exists()
    assert list(lake.staged.rglob("*.parquet")) == []


def test_a_reading_that_breaks_off_is_done_again_whole(landed, monkeypatch):
    stage = Lake.stage

    def breaks_off(self: Lake, table: str, *rest: object) -> int:
        if table == "submissions":
            raise OSError("power cut")
        return stage(self, table, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Lake, "stage", breaks_off)
        with pytest.raises(OSError, match="power cut"):
            read_month(landed, PERIOD, AREAS[:2])
    assert len(read_month(landed, PERIOD, AREAS[:2]).judged) == 2
    assert len(list(landed.staged.glob("submissions/*/*/*.parquet"))) == 2


def test_a_folder_is_put_in_its_place_with_all_its_files(tmp_path):
    place = tmp_path / "published" / PERIOD
    for name in ("one", "two"):
        new = tmp_path / f"new-{name}"
        new.mkdir()
        (new / name).write_text(name)
        replace_folder(new, place)
    assert [path.name for path in place.iterdir()] == ["two"]
    assert [path.name for path in place.parent.iterdir()] == [PERIOD]


def test_months_are_listed_in_order_and_strange_folders_left_out(lake):
    for period in ("2023-04", "2023-01"):
        lake.land(b"content", "a.xlsx", AREA, period)
    (lake.landing / "inbox").mkdir()
    assert lake.periods() == ["2023-01", "2023-04"]


def test_a_hash_tells_for_whom_the_file_was_sent(lake):
    first, _ = lake.land(b"content", "a.xlsx", AREA, PERIOD)
    lake.land(b"content", "a.xlsx", "433124", "2023-05")
    assert lake.hashes() == {first.sha256: {(PERIOD, AREA), ("2023-05", "433124")}}


def test_a_staged_file_that_a_crash_left_empty_counts_as_not_read(landed):
    areas = AREAS[4:6]
    read_month(landed, PERIOD, areas)
    whole = files_below(landed.staged)
    broken = next((landed.staged / "submissions" / PERIOD / areas[0]).glob("*.parquet"))
    broken.write_bytes(b"")
    (version,) = landed.versions(PERIOD, areas[0])
    assert not is_read(landed, version)
    assert standing(landed, PERIOD).set_index("area").loc[areas[0], "state"] == "waiting"
    batch = read_month(landed, PERIOD, areas)
    assert [one.submission["area"] for one in batch.judged] == [areas[0]]
    assert files_below(landed.staged) == whole

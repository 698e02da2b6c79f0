import pytest

from risk_assets.language.areas import (
    areas,
    areas_in,
    areas_of,
    cities,
    counties,
    name_of,
    province,
    successors,
    unknown_area_in,
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("凤凰县打好“发展六仗”工作情况专报", ["433123"]),
        ("鳳凰縣打好發展六仗", ["433123"]),
        ("江华瑶族自治县2023年4月监测表", ["431129"]),
        ("江华县2023年4月监测表", ["431129"]),
        ("麻阳县", ["431226"]),
        ("祁阳县", ["431181"]),
        ("宁乡县", ["430182"]),
        ("株洲县", ["430212"]),
        ("湘西州花垣县", ["433100", "433124"]),
        ("云龙示范区", ["430200-Z01"]),
        ("各乡镇、县直各单位", []),
        ("", []),
    ],
)
def test_official_short_old_and_zone_names_give_the_code_of_today(text, codes):
    assert areas_in(text) == codes


@pytest.mark.parametrize(
    ("name", "code"), [("攸县", "430223"), ("澧县", "430723"), ("道县", "431124"), ("南县", "430921")]
)
def test_a_county_with_a_name_of_one_letter_is_found_where_a_title_begins(name, code):
    assert areas_in(f"{name}打好经济增长主动仗重要指标监测表") == [code]


@pytest.mark.parametrize("text", ["湖南县域经济高质量发展", "街道县级河长", "全县上下"])
def test_a_short_name_inside_other_words_is_no_area(text):
    assert areas_in(text) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("云梦县打好“发展六仗”工作情况专报", "云梦县"),
        ("关于雲夢縣人民政府督查室", "云梦县"),
        ("某某自治县2023年4月", "某某自治县"),
        ("凤凰县打好“发展六仗”", ""),
        ("各县市区2023年4月监测表", ""),
        ("县人民政府督查室", ""),
        ("工作进展情况", ""),
    ],
)
def test_a_title_that_begins_with_a_name_nobody_knows_says_so(title, name):
    assert unknown_area_in(title) == name


def test_the_province_has_its_cities_and_counties_of_today():
    assert (len(cities()), len(counties("2023-04"))) == (14, 122)
    assert areas()[province()].level == "province"
    assert "430124" not in areas()


def test_a_code_nobody_knows_is_its_own_name():
    assert (name_of("433123"), name_of("999999")) == ("凤凰县", "999999")


def test_a_month_has_the_areas_that_were_in_force_at_its_end():
    assert {"430124", "430182"} & set(areas_of("2017-03")) == {"430124"}
    assert {"430124", "430182"} & set(areas_of("2017-04")) == {"430182"}
    assert {"430212", "430221"} & set(areas_of("2018-05")) == {"430221"}
    for period in ("2016-12", "2017-04", "2018-06", "2019-07", "2021-01", "2023-04"):
        assert len(counties(period)) == 122


def test_an_area_that_is_no_more_stands_for_what_took_it_over():
    assert successors("430124") == ("430182",)
    assert successors("433123") == ("433123",)
    assert name_of("430124") == "宁乡县"

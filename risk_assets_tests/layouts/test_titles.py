import pytest

from risk_assets.documents import Refused
from risk_assets_tests.builders import HEADER, item, read, table_workbook, text_file

ROWS = [item(1, "地区生产总值增长7%"), item(2, "固定资产投资79.4亿元")]
NAME = "打好经济增长主动仗重要指标监测表"


def titled(title, area="433123", period="2023-04"):
    return read(table_workbook(title, HEADER, ROWS), area, period)


def refusal(title, area="433123", period="2023-04"):
    with pytest.raises(Refused) as refused:
        titled(title, area, period)
    return refused.value


def test_another_area_in_the_title_is_refused_with_both_names():
    refused = refusal(f"花垣县{NAME}")
    assert refused.rule == "other_area"
    assert "花垣县" in refused.found
    assert refused.expected == "凤凰县"


@pytest.mark.parametrize("name", ["攸县", "澧县", "道县", "南县"])
def test_another_area_with_a_short_name_is_refused(name):
    assert refusal(f"{name}{NAME}").rule == "other_area"


def test_another_area_in_the_letter_is_refused():
    with pytest.raises(Refused) as refused:
        read(text_file("花垣县打好“发展六仗”工作情况专报", "经济增长主动仗", HEADER, *ROWS))
    assert refused.value.rule == "other_area"


def test_an_area_nobody_knows_in_the_title_is_refused():
    refused = refusal(f"云梦县{NAME}")
    assert (refused.rule, refused.expected) == ("unknown_area", "凤凰县")
    assert "云梦县" in refused.found


def test_another_month_in_the_title_is_refused():
    refused = refusal(f"凤凰县2023年3月{NAME}")
    assert (refused.rule, refused.expected) == ("other_period", "2023-04")


@pytest.mark.parametrize(
    "title",
    [
        f"凤凰县{NAME}",
        f"鳳凰縣{NAME}",
        f"湘西州凤凰县2023年4月{NAME}",
        f"凤凰县2023年4月份{NAME}",
        f"凤凰县2023年04月{NAME}",
        f"凤凰县2023年1-4月{NAME}",
        NAME,
    ],
)
def test_the_own_area_and_month_are_accepted_however_they_are_written(title):
    assert titled(title).reading.area == "433123"


@pytest.mark.parametrize(
    ("old", "area"), [("祁阳县", "431181"), ("宁乡县", "430182"), ("株洲县", "430212"), ("江华县", "431129")]
)
def test_the_same_area_under_its_old_or_short_name_is_accepted(old, area):
    assert titled(f"{old}{NAME}", area).reading.area == area


def test_area_and_month_are_taken_from_the_titles_where_nobody_has_told():
    report = titled(f"湘西州凤凰县2023年4月{NAME}", None, None)
    assert report.reading.period == "2023-04"
    assert titled(f"凤凰县2023年4月{NAME}", None, None).reading.area == "433123"


def test_the_county_and_not_its_city_is_the_area_that_reports():
    assert titled(f"湘西州凤凰县{NAME}", None).reading.area == "433123"


def test_an_area_that_no_title_names_stays_open():
    report = titled(NAME, None, None)
    assert (report.reading.area, report.reading.period) == (None, None)


def test_the_day_on_which_a_form_was_filled_in_is_no_month():
    rows = [HEADER, *ROWS]
    assert read(table_workbook(f"凤凰县{NAME}", ["填报时间:2023年5月4日"], rows)).reading.period == "2023-04"


def test_the_month_in_which_a_form_was_filled_in_is_not_the_month_it_reports_on():
    rows = [HEADER, *ROWS]
    assert read(table_workbook(f"凤凰县{NAME}", ["填报时间:2023年5月"], rows)).reading.period == "2023-04"


def test_a_report_for_a_month_older_than_the_first_framework_is_refused():
    assert refusal(f"凤凰县2022年12月{NAME}", period="2022-12").rule == "too_early"


def test_a_file_of_an_old_month_that_nobody_submits_is_read_all_the_same():
    assert titled(f"凤凰县2012年4月{NAME}", period=None).reading.period == "2012-04"


@pytest.mark.parametrize("month", ["2023年13月", "2023年0月", "2023年00月"])
def test_a_month_that_does_not_exist_is_not_taken_from_a_title(month):
    assert titled(f"凤凰县{month}{NAME}", period=None).reading.period is None

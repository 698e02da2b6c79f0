"""The warehouse's views for readers, column by column: what a table with names, for one question, looks like."""

from risk_assets.contracts.base import FLAG, NUMBER, TEXT, WHOLE, Contract, column, same
from risk_assets.contracts.tables import (
    LEVELS,
    PERIOD,
    RELEASE_CLASSES,
    STATUSES,
    Assessments,
    MonthFindings,
    Rankings,
    ReportRows,
    Rollups,
)


class RankingView(Contract):
    """Places of the current publications by the published scheme, with names; also who has no place, and why."""

    period: TEXT = same(Rankings, "period")
    publication: TEXT = same(Rankings, "publication")
    state: TEXT = column("draft or final", "状态", isin=["draft", "final"])
    by: TEXT = column("total, a campaign, an indicator, or indicator/component", "排名依据代码")
    by_name: TEXT = column("name of what is ranked by", "排名依据")
    scheme: TEXT = same(Rankings, "scheme")
    release_class: TEXT = column("who may see it: the indicator's class, or that of a line below it; points are public",
                                 "公开等级", isin=RELEASE_CLASSES)  # fmt: skip
    level: TEXT = same(Rankings, "level")
    universe: TEXT = column("code of the area within which is ranked", "排名范围代码")
    universe_name: TEXT = column("name of that area", "排名范围")
    zones: FLAG = same(Rankings, "zones")
    area: TEXT = column("area", "地区代码")
    name: TEXT = column("its name", "地区")
    city: TEXT = column("name of the area above it", "上级", nullable=True)
    rank: WHOLE = same(Rankings, "rank")
    of: WHOLE = same(Rankings, "of")
    tied: FLAG = same(Rankings, "tied")
    value: NUMBER = same(Rankings, "value")
    change: WHOLE = same(Rankings, "change")
    reason: TEXT = same(Rankings, "reason")
    is_sample: FLAG = same(Rankings, "is_sample")

    class Config:
        unique = ["publication", "by", "scheme", "level", "universe", "zones", "area"]


class ProvinceView(Contract):
    """The current publications' sums of the province and its cities, with names: campaigns, indicators, components."""

    period: TEXT = same(Rollups, "period")
    publication: TEXT = same(Rollups, "publication")
    state: TEXT = column("draft or final", "状态", isin=["draft", "final"])
    level: TEXT = column("province or city", "层级", isin=LEVELS)
    area: TEXT = column("city or province", "地区代码")
    name: TEXT = column("its name", "地区")
    campaign: TEXT = column("campaign", "仗代码")
    campaign_name: TEXT = column("its name", "仗")
    indicator: TEXT = same(Rollups, "indicator")
    indicator_name: TEXT = column("its name; missing for the whole campaign", "指标", nullable=True)
    component: TEXT = column("component; '' for the whole", "分项代码")
    component_name: TEXT = column("its name", "分项", nullable=True)
    release_class: TEXT = column("who may see it, as of ranking; public for the sums of a campaign", "公开等级",
                                 isin=RELEASE_CLASSES)  # fmt: skip
    method: TEXT = same(Rollups, "method")
    areas_expected: WHOLE = same(Rollups, "areas_expected")
    areas_in: WHOLE = same(Rollups, "areas_in")
    areas_missing: WHOLE = same(Rollups, "areas_missing")
    tasks: WHOLE = same(Rollups, "tasks")
    tasks_done: WHOLE = same(Rollups, "tasks_done")
    tasks_on_track: WHOLE = same(Rollups, "tasks_on_track")
    tasks_behind: WHOLE = same(Rollups, "tasks_behind")
    target_value: NUMBER = same(Rollups, "target_value")
    done_value: NUMBER = same(Rollups, "done_value")
    unit: TEXT = same(Rollups, "unit")
    figure_end: TEXT = same(Rollups, "figure_end")
    attainment: NUMBER = same(Rollups, "attainment")
    reason: TEXT = same(Rollups, "reason")
    is_sample: FLAG = same(Rollups, "is_sample")

    class Config:
        unique = ["publication", "area", "campaign", "indicator", "component"]


class CountyCard(Contract):
    """Every item of a county in the current publications: target, figure, status on both sides, places, own words."""

    period: TEXT = same(Assessments, "period")
    publication: TEXT = column("publication it belongs to", "发布编号")
    state: TEXT = column("draft or final", "状态", isin=["draft", "final"])
    area: TEXT = column("area that reports", "地区代码")
    name: TEXT = column("its name", "地区")
    city: TEXT = column("name of the area above it", "上级", nullable=True)
    submission: TEXT = same(Assessments, "submission")
    table_no: WHOLE = same(Assessments, "table_no")
    row: WHOLE = same(Assessments, "row")
    item: TEXT = same(Assessments, "item")
    campaign: TEXT = column("campaign", "仗代码", nullable=True)
    campaign_name: TEXT = column("its name", "仗", nullable=True)
    indicator: TEXT = same(Assessments, "indicator")
    indicator_name: TEXT = column("its name in the framework, else as the county writes it", "指标", nullable=True)
    component: TEXT = column("component; '' for the item as a whole", "分项代码")
    component_name: TEXT = column("its name", "分项", nullable=True)
    release_class: TEXT = column("who may see it", "公开等级", isin=RELEASE_CLASSES)
    target_text: TEXT = same(ReportRows, "target_text")
    target_value: NUMBER = same(Assessments, "target_value")
    done_value: NUMBER = same(Assessments, "done_value")
    unit: TEXT = same(Assessments, "unit")
    attainment_reported: NUMBER = same(Assessments, "attainment_reported")
    attainment_computed: NUMBER = same(Assessments, "attainment_computed")
    schedule: NUMBER = same(Assessments, "schedule")
    status_reported: TEXT = column("what the county says of itself", "上报状态代码", isin=STATUSES)
    status_reported_name: TEXT = column("the same in words", "上报状态")
    status_computed: TEXT = column("what the figures say", "按数状态代码", nullable=True, isin=STATUSES[:3])
    status_computed_name: TEXT = column("the same in words", "按数状态", nullable=True)
    verdict: TEXT = same(Assessments, "verdict")
    why: TEXT = same(Assessments, "why")
    province_rank: WHOLE = column("place in the province by share done", "全省名次", nullable=True, ge=1)
    city_rank: WHOLE = column("place in its city by share done", "市内名次", nullable=True, ge=1)
    responsible: TEXT = same(ReportRows, "responsible")
    progress: TEXT = column("progress in the county's words", "进展原文", nullable=True)
    is_sample: FLAG = same(Assessments, "is_sample")

    class Config:
        unique = ["publication", "submission", "table_no", "item", "component"]


class Questions(Contract):
    """The questions of the current publications with names, and what was decided of them."""

    period: TEXT = same(MonthFindings, "period")
    publication: TEXT = same(MonthFindings, "publication")
    question: TEXT = same(MonthFindings, "question")
    area: TEXT = column("area that reports", "地区代码")
    name: TEXT = column("its name", "地区")
    city: TEXT = column("name of the area above it", "上级", nullable=True)
    rule: TEXT = same(MonthFindings, "rule")
    severity: TEXT = same(MonthFindings, "severity")
    blocking: FLAG = same(MonthFindings, "blocking")
    indicator: TEXT = same(MonthFindings, "indicator")
    indicator_name: TEXT = column("its name", "指标", nullable=True)
    release_class: TEXT = column("who may see it: internal at least", "公开等级", isin=RELEASE_CLASSES)
    message: TEXT = same(MonthFindings, "message")
    found: TEXT = same(MonthFindings, "found")
    expected: TEXT = same(MonthFindings, "expected")
    where: TEXT = same(MonthFindings, "where")
    disposition: TEXT = column("what was decided", "处理", isin=["open", "explained", "waived"])
    decided_by: TEXT = column("office or officer who decided", "决定人", nullable=True)
    decided_at: TEXT = column("ISO time (UTC) of the decision", "决定时间", nullable=True)
    why: TEXT = column("reason of the decision", "处理说明", nullable=True)
    until: TEXT = column("last day on which it holds", "有效至", nullable=True)
    is_sample: FLAG = column("made-up data", "样例数据")


class Coverage(Contract):
    """A row a county and published month: whether its report came in, was read, how late it was, how much is filled."""

    period: TEXT = column("month", "月份", str_matches=PERIOD)
    area: TEXT = column("county", "地区代码")
    name: TEXT = column("its name", "地区")
    parent: TEXT = column("code of the city", "上级代码", nullable=True)
    expected: WHOLE = column("1: a report is expected", "应报", ge=0, le=1)
    received: WHOLE = column("1: something came in", "已报", ge=0, le=1)
    read: WHOLE = column("1: it is in the publication", "已采用", ge=0, le=1)
    withdrawn: WHOLE = column("1: it was taken back", "已撤回", ge=0, le=1)
    working_days_late: WHOLE = column("working days after the due date", "迟报工作日", nullable=True, ge=0)
    on_time: WHOLE = column("1: it came in time", "按时", ge=0, le=1)
    late_by: WHOLE = column("as working_days_late", "迟报", nullable=True, ge=0)
    rows_read: WHOLE = column("rows read", "读到行数", nullable=True, ge=0)
    rows_set_aside: WHOLE = column("rows set aside", "搁置行数", nullable=True, ge=0)
    cells_expected: WHOLE = column("cells that should be filled", "应填单元格", nullable=True, ge=0)
    cells_filled: WHOLE = column("cells that are", "已填单元格", nullable=True, ge=0)
    share_filled: NUMBER = column("share of them, in %, never above 100", "填报率(%)", nullable=True, ge=0, le=100)

    class Config:
        unique = ["period", "area"]


VIEWS: dict[str, type[Contract]] = {
    "ranking": RankingView,
    "province": ProvinceView,
    "county_card": CountyCard,
    "questions": Questions,
    "coverage": Coverage,
}

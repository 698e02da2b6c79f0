"""The warehouse's views for readers, column by column: what a table with names, for one question, looks like."""

from risk_assets.contracts.base import FLAG, NUMBER, TEXT, WHOLE, Contract, column
from risk_assets.contracts.tables import LEVELS, METHODS, PERIOD, RELEASE_CLASSES, SEVERITIES, STATUSES, VERDICTS


class RankingView(Contract):
    """Places of the current publications by the published scheme, with names; also who has no place, and why."""

    period: TEXT = column("month", "月份", str_matches=PERIOD)
    publication: TEXT = column("publication it belongs to", "发布编号")
    state: TEXT = column("draft or final", "状态", isin=["draft", "final"])
    by: TEXT = column("total, a campaign, an indicator, or indicator/component", "排名依据代码")
    by_name: TEXT = column("name of what is ranked by", "排名依据")
    scheme: TEXT = column("scheme; attainment or growth for indicators", "计分方案")
    release_class: TEXT = column("who may see it: the indicator's class, or that of a line below it; points are public",
                                 "公开等级", isin=RELEASE_CLASSES)  # fmt: skip
    level: TEXT = column("level of the ranked areas", "层级", isin=LEVELS)
    universe: TEXT = column("code of the area within which is ranked", "排名范围代码")
    universe_name: TEXT = column("name of that area", "排名范围")
    zones: FLAG = column("zones are ranked together with the counties", "含管理区")
    area: TEXT = column("area", "地区代码")
    name: TEXT = column("its name", "地区")
    city: TEXT = column("name of the area above it", "上级", nullable=True)
    rank: WHOLE = column("standard competition rank; missing: not ranked", "名次", nullable=True, ge=1)
    of: WHOLE = column("areas ranked", "参排数", ge=0)
    tied: FLAG = column("shares its rank", "并列")
    value: NUMBER = column("points, or % for an indicator", "数值", nullable=True)
    change: WHOLE = column(
        "places won (+) or lost (-) among those with a place in both months", "名次变化", nullable=True
    )
    reason: TEXT = column("why it is not ranked", "未排名原因", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication", "by", "scheme", "level", "universe", "zones", "area"]


class ProvinceView(Contract):
    """The current publications' sums of the province and its cities, with names: campaigns, indicators, components."""

    period: TEXT = column("month", "月份", str_matches=PERIOD)
    publication: TEXT = column("publication it belongs to", "发布编号")
    state: TEXT = column("draft or final", "状态", isin=["draft", "final"])
    level: TEXT = column("province or city", "层级", isin=LEVELS)
    area: TEXT = column("city or province", "地区代码")
    name: TEXT = column("its name", "地区")
    campaign: TEXT = column("campaign", "仗代码")
    campaign_name: TEXT = column("its name", "仗")
    indicator: TEXT = column("indicator; '*' for the whole campaign", "指标代码")
    indicator_name: TEXT = column("its name; missing for the whole campaign", "指标", nullable=True)
    component: TEXT = column("component; '' for the whole", "分项代码")
    component_name: TEXT = column("its name", "分项", nullable=True)
    release_class: TEXT = column("who may see it, as of ranking; public for the sums of a campaign", "公开等级",
                                 isin=RELEASE_CLASSES)  # fmt: skip
    method: TEXT = column("how counties were added up", "汇总方式", isin=METHODS)
    areas_expected: WHOLE = column("counties of the area, without those that do not have it", "应报县数", ge=0)
    areas_in: WHOLE = column("counties that report it", "已计入县数", ge=0)
    areas_missing: WHOLE = column("counties that do not", "缺报县数", ge=0)
    tasks: WHOLE = column("tasks counted", "任务数", ge=0)
    tasks_done: WHOLE = column("tasks done", "已完成", ge=0)
    tasks_on_track: WHOLE = column("tasks on track", "有序推进", ge=0)
    tasks_behind: WHOLE = column("tasks behind schedule", "滞后", ge=0)
    target_value: NUMBER = column("sum of targets; of growth the target that all share", "目标", nullable=True)
    done_value: NUMBER = column("sum done; of growth and rates that of the group", "完成", nullable=True)
    unit: TEXT = column("unit of both", "单位", nullable=True)
    figure_end: TEXT = column("month in which the figures' period ends", "数字截至", nullable=True)
    attainment: NUMBER = column("done against target by the indicator's formula, in %", "完成比例(%)", nullable=True)
    reason: TEXT = column("why there is no figure", "无数原因", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication", "area", "campaign", "indicator", "component"]


class CountyCard(Contract):
    """Every item of a county in the current publications: target, figure, status on both sides, places, own words."""

    period: TEXT = column("month", "月份", str_matches=PERIOD)
    publication: TEXT = column("publication it belongs to", "发布编号")
    state: TEXT = column("draft or final", "状态", isin=["draft", "final"])
    area: TEXT = column("area that reports", "地区代码")
    name: TEXT = column("its name", "地区")
    city: TEXT = column("name of the area above it", "上级", nullable=True)
    submission: TEXT = column("file version it came from", "报送编号")
    table_no: WHOLE = column("running number of the table within the file", "表序", ge=1)
    row: WHOLE = column("first row of the item in report_rows", "行号", ge=1)
    item: TEXT = column("number of the item in its table", "序号")
    campaign: TEXT = column("campaign", "仗代码", nullable=True)
    campaign_name: TEXT = column("its name", "仗", nullable=True)
    indicator: TEXT = column("indicator; missing where the line is not in the framework", "指标代码", nullable=True)
    indicator_name: TEXT = column("its name in the framework, else as the county writes it", "指标", nullable=True)
    component: TEXT = column("component; '' for the item as a whole", "分项代码")
    component_name: TEXT = column("its name", "分项", nullable=True)
    release_class: TEXT = column("who may see it", "公开等级", isin=RELEASE_CLASSES)
    target_text: TEXT = column("target in the county's words", "目标原文", nullable=True)
    target_value: NUMBER = column("target in the base unit", "目标值", nullable=True)
    done_value: NUMBER = column("what is held against the target", "完成值", nullable=True)
    unit: TEXT = column("base unit of both", "单位", nullable=True)
    attainment_reported: NUMBER = column("share done as printed, in %", "上报完成比例(%)", nullable=True)
    attainment_computed: NUMBER = column("share done by formula, in %", "计算完成比例(%)", nullable=True)
    schedule: NUMBER = column("share of the year's task due, in %", "时序进度(%)", nullable=True)
    status_reported: TEXT = column("what the county says of itself", "上报状态代码", isin=STATUSES)
    status_reported_name: TEXT = column("the same in words", "上报状态")
    status_computed: TEXT = column("what the figures say", "按数状态代码", nullable=True, isin=STATUSES[:3])
    status_computed_name: TEXT = column("the same in words", "按数状态", nullable=True)
    verdict: TEXT = column("one held against the other", "比对结论", isin=VERDICTS)
    why: TEXT = column("the verdict's reason in words", "理由")
    province_rank: WHOLE = column("place in the province by share done", "全省名次", nullable=True, ge=1)
    city_rank: WHOLE = column("place in its city by share done", "市内名次", nullable=True, ge=1)
    responsible: TEXT = column("office that answers for it", "责任单位", nullable=True)
    progress: TEXT = column("progress in the county's words", "进展原文", nullable=True)
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["publication", "submission", "table_no", "item", "component"]


class Questions(Contract):
    """The questions of the current publications with names, and what was decided of them."""

    period: TEXT = column("month", "月份", str_matches=PERIOD)
    publication: TEXT = column("publication it belongs to", "发布编号")
    question: TEXT = column("id of the question", "问题编号")
    area: TEXT = column("area that reports", "地区代码")
    name: TEXT = column("its name", "地区")
    city: TEXT = column("name of the area above it", "上级", nullable=True)
    rule: TEXT = column("rule that asks", "规则")
    severity: TEXT = column("gravity", "级别", isin=SEVERITIES)
    blocking: FLAG = column("holds back the approval while it is open", "阻止定稿")
    indicator: TEXT = column("indicator", "指标代码", nullable=True)
    indicator_name: TEXT = column("its name", "指标", nullable=True)
    release_class: TEXT = column("who may see it: internal at least", "公开等级", isin=RELEASE_CLASSES)
    message: TEXT = column("what is asked, in words", "说明")
    found: TEXT = column("what was found", "实际", nullable=True)
    expected: TEXT = column("what was expected", "应为", nullable=True)
    where: TEXT = column("file, sheet and cell", "位置", nullable=True)
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

"""The tables of the house, in the order in which they come about."""

from risk_assets.contracts.base import FLAG, NUMBER, TEXT, WHOLE, Contract, column

STATUSES = (
    "done",
    "on_track",
    "behind",
    "preparing",
    "not_assigned",
    "expected_done",
    "not_applicable",
    "unknown",
)
LEVELS = ("province", "city", "county", "zone")
MEASURES = ("level", "yoy", "mom", "growth", "change", "attainment", "rank")
ROLES = ("actual", "forecast", "target")
BOUNDS = ("eq", "ge", "gt", "le", "lt", "approx")
SEVERITIES = ("error", "warning", "info")
TARGET_KINDS = (
    "level", "growth", "both", "paired", "from_to", "stretch", "cap", "reduction", "milestone", "words",
)  # fmt: skip
VERDICTS = ("consistent", "reported_higher", "reported_lower", "undecidable")
METHODS = ("sum", "growth", "rate", "stock", "status")
RELEASE_CLASSES = ("public", "internal", "leaders")
WHOLE_ITEM = ""
PERIOD = r"^20\d\d-(0[1-9]|1[0-2])$"


class Areas(Contract):
    """One area in one span of validity (GB/T 2260 code; zones have ids of our own)."""

    area: TEXT = column("GB/T 2260 code, or our own id of a zone", "地区代码")
    name: TEXT = column("official name", "名称")
    short_name: TEXT = column("name without its kind (县, 市, 区)", "简称")
    level: TEXT = column("province, city, county or zone", "层级", isin=LEVELS)
    parent: TEXT = column("area one level above", "上级", nullable=True)
    aliases: TEXT = column("other names that letters use, split by |", "别名", nullable=True)
    valid_from: TEXT = column("first day of validity, ISO date; missing: as far back as we know", "生效", nullable=True)
    valid_to: TEXT = column("last day of validity, ISO date; missing: still valid", "失效", nullable=True)
    successor: TEXT = column("area that took over", "继任", nullable=True)

    class Config:
        unique = ["area", "name"]


class Indicators(Contract):
    """One line of a year's framework."""

    framework: TEXT = column("year of the framework", "年度框架")
    indicator: TEXT = column("stable id, campaign.name", "指标代码")
    table: TEXT = column("table in which it is reported", "监测表")
    campaign: TEXT = column("campaign", "仗")
    item: TEXT = column("number in its table", "序号")
    group: TEXT = column("label of its block", "分组", nullable=True)
    name: TEXT = column("short name without figures", "指标")
    aliases: TEXT = column("other wordings, split by |", "别名", nullable=True)
    kind: TEXT = column("what is to be reached", "类型", isin=[
        "amount", "count", "growth", "both", "rate", "standard", "milestone", "tasks", "words",
    ])  # fmt: skip
    unit: TEXT = column("unit as printed", "单位", nullable=True)
    direction: TEXT = column("whether more (ge), less (le) or exactly (eq) is wanted", "方向", nullable=True)
    aggregation: TEXT = column("how counties add up", "汇总方式", isin=METHODS)
    weight: NUMBER = column("weight in its campaign under schemes that weigh indicators", "权重", gt=0)
    curve: TEXT = column("curve of reference/curves.csv that says how much of the year is due when", "进度曲线")
    release_class: TEXT = column("who may see its figures", "公开等级", isin=RELEASE_CLASSES)
    source: TEXT = column("document, table and line that set it", "来源")

    class Config:
        unique = ["framework", "indicator"]


class Campaigns(Contract):
    """One campaign (仗) of a year's framework."""

    framework: TEXT = column("year of the framework", "年度框架")
    campaign: TEXT = column("campaign", "仗代码")
    name: TEXT = column("official name", "仗")
    order: WHOLE = column("place in the order of the framework", "次序", ge=1)

    class Config:
        unique = ["framework", "campaign"]


class Components(Contract):
    """A part of an indicator that has a figure and a target of its own."""

    framework: TEXT = column("year of the framework", "年度框架")
    indicator: TEXT = column("indicator", "指标代码")
    component: TEXT = column("component", "分项代码")
    name: TEXT = column("its name", "分项")
    unit: TEXT = column("unit as printed", "单位", nullable=True)
    direction: TEXT = column("whether more (ge) or less (le) is wanted", "方向", nullable=True)

    class Config:
        unique = ["framework", "indicator", "component"]


class Submissions(Contract):
    """One version of what an area sent for a month, and what became of it."""

    submission: TEXT = column("id of the file version", "报送编号")
    rules: TEXT = column("fingerprint of the reference data and code that read it", "规则版本")
    area: TEXT = column("area that reports", "报送地区")
    period: TEXT = column("reporting month", "报送月份", str_matches=PERIOD)
    version: WHOLE = column("1 for the first file, then counted up", "版本", ge=1)
    supersedes: TEXT = column("submission that it replaces", "替代", nullable=True)
    sha256: TEXT = column("hash of the file's bytes", "文件校验", str_length=64)
    original_name: TEXT = column("file name as sent", "文件名")
    size: WHOLE = column("bytes", "大小", ge=0)
    received_at: TEXT = column("ISO time of receipt", "收到时间")
    working_days_late: WHOLE = column("working days after the month's due date; 0 is on time", "迟报工作日", ge=0)
    state: TEXT = column(
        "read, refused with a reason, waiting to be read, or no file but the withdrawal of what was sent before",
        "状态",
        isin=["read", "refused", "waiting", "withdrawn"],
    )
    reason: TEXT = column("rule by which it was refused, or why it was withdrawn", "原因", nullable=True)
    kind: TEXT = column(
        "tables, or a narrative report without any; of each kind an area's newest counts; missing where it is not read",
        "种类",
        nullable=True,
        isin=["tables", "narrative"],
    )
    layouts: TEXT = column("layouts that were recognised, split by |", "版式", nullable=True)
    rows_read: WHOLE = column("rows of the county's tables", "读取行数", ge=0)
    rows_accepted: WHOLE = column("rows accepted that are new or changed", "采用行数", ge=0)
    rows_unchanged: WHOLE = column("rows accepted that stood the same in the version before", "未变行数", ge=0)
    rows_set_aside: WHOLE = column("rows set aside, each with its reason", "搁置行数", ge=0)
    figures_read: WHOLE = column("figures read from cells and sentences", "数字", ge=0)
    figures_tied: WHOLE = column("figures tied to an indicator", "对应指标的数字", ge=0)
    figures_unread: WHOLE = column("numbers in the text that were not understood", "未读懂的数字", ge=0)
    cells_expected: WHOLE = column("cells that the framework asks to be filled", "应填单元格", ge=0)
    cells_filled: WHOLE = column("of these, cells that hold something", "已填单元格", ge=0)
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["submission", "rules"]


class ReportRows(Contract):
    """One row of a county's table, as printed and as understood."""

    submission: TEXT = column("file version it came from", "报送编号")
    rules: TEXT = column("fingerprint of what read it", "规则版本")
    row: WHOLE = column("number of the row within the submission", "行号", ge=1)
    reporting_area: TEXT = column("area that reports", "报送地区")
    area: TEXT = column("area that the figures are about", "地区")
    period: TEXT = column("reporting month", "报送月份", str_matches=PERIOD)
    table_no: WHOLE = column("running number of the table within the file", "表序", ge=1)
    table: TEXT = column("table of the framework; missing where none was recognised", "监测表", nullable=True)
    title: TEXT = column("title as printed", "表名", nullable=True)
    layout: TEXT = column("layout that was recognised", "版式", nullable=True)
    campaign: TEXT = column("campaign", "仗", nullable=True)
    item: TEXT = column("number of the item in its table, by order where it is not printed", "序号", nullable=True)
    part: FLAG = column("further line of the item above (second unit, split task)", "续行")
    group: TEXT = column("label of the block", "分组", nullable=True)
    indicator_text: TEXT = column("what the line is about, as printed", "指标原文", nullable=True)
    indicator: TEXT = column("indicator of the framework it is tied to", "指标代码", nullable=True)
    tied_by: TEXT = column("how: name, or position where the name is lost", "对应依据", nullable=True)
    target_text: TEXT = column("target, as printed", "目标原文", nullable=True)
    unit: TEXT = column("unit column, as printed", "单位", nullable=True)
    responsible: TEXT = column("responsible or lead unit", "责任单位", nullable=True)
    progress: TEXT = column("progress, as printed", "进展情况", nullable=True)
    done_text: TEXT = column("what has been done, as printed in a column of its own", "完成数原文", nullable=True)
    attainment_text: TEXT = column("share of the year's task done, as printed", "完成比例原文", nullable=True)
    attainment: NUMBER = column("share of the year's task done, in %; missing where none is printed", "完成比例(%)",
                                nullable=True)  # fmt: skip
    status_text: TEXT = column("status word, as printed", "状态原文", nullable=True)
    status: TEXT = column("status word understood", "状态", isin=STATUSES)
    remark: TEXT = column("remark", "备注", nullable=True)
    sheet: TEXT = column("sheet; missing in a text", "工作表", nullable=True)
    line: WHOLE = column("row of the sheet, or line of the text", "行", ge=1)
    cells: TEXT = column("JSON: field to cell address", "单元格")
    state: TEXT = column("accepted or set_aside", "处理", isin=["accepted", "set_aside"])
    reason: TEXT = column("why it was set aside", "原因", nullable=True)
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["submission", "rules", "row"]


class Observations(Contract):
    """One figure of a cell or sentence, pointing at its characters; what counts as one is said in docs/figures.md."""

    submission: TEXT = column("file version it came from", "报送编号")
    rules: TEXT = column("fingerprint of what read it", "规则版本")
    observation: WHOLE = column("number within the submission", "序号", ge=1)
    reporting_area: TEXT = column("area that reports", "报送地区")
    area: TEXT = column("area that the figure is about; missing where its name is not known", "地区", nullable=True)
    entity: TEXT = column(
        "whose figure it is, where the text names another than the reporting area", "主体", nullable=True
    )
    period: TEXT = column("reporting month", "报送月份", str_matches=PERIOD)
    of_period: TEXT = column("period of the figure, 2023-01..2023-04; a state at a month's end is ..2023-04",
                             "数字所属时期", nullable=True, str_matches=r"^(\d{4}-\d\d)?\.\.\d{4}-\d\d$")  # fmt: skip
    table_no: WHOLE = column("table within the file; missing in prose", "表序", nullable=True, ge=1)
    row: WHOLE = column("row of report_rows; missing in prose", "行号", nullable=True, ge=1)
    field: TEXT = column("column of report_rows, header of another column, prose, or cell of a wide table", "栏目")
    sheet: TEXT = column("sheet; missing in a text", "工作表", nullable=True)
    line: WHOLE = column("row of the sheet, or line of the text", "行", ge=1)
    cell: TEXT = column("address of the cell; missing in prose", "单元格", nullable=True)
    start: WHOLE = column("first character, from 0, in the line of a plain text, else in the cell or paragraph",
                          "起", ge=0)  # fmt: skip
    end: WHOLE = column("behind the last character", "止", ge=0)
    quote: TEXT = column("the number and its unit as they stand", "原文")
    value: NUMBER = column("number as stated, with its sign; missing where it is hidden", "数值", nullable=True)
    unit: TEXT = column("unit as stated; missing where none is", "单位", nullable=True)
    base_value: NUMBER = column("value in the base unit", "换算数值", nullable=True)
    base_unit: TEXT = column("base unit: 元, 平方米, 人, %", "换算单位", nullable=True)
    measure: TEXT = column("what it measures", "类别", isin=MEASURES)
    role: TEXT = column("reported as done, expected, or to be reached", "性质", isin=ROLES)
    bound: TEXT = column("exactly, at least, more than, at most, less than, about", "界限", isin=BOUNDS)
    masked: FLAG = column("the number was hidden in the source", "隐去")
    indicator: TEXT = column("indicator it is tied to; missing where that is not clear", "指标代码", nullable=True)
    component: TEXT = column("component of the indicator", "分项", nullable=True)
    label: TEXT = column("words before the figure, or the column of a wide table", "所述", nullable=True)
    told_by: TEXT = column("rule that told the measure", "判定规则")
    sentence: TEXT = column("sentence or cell in which it stands", "句子")
    sentence_at: WHOLE = column("where the figure begins in the sentence", "句中位置", ge=0)
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["submission", "rules", "observation"]


class Targets(Contract):
    """One value that an item is to reach within a year, or the milestone or words that stand in its place."""

    submission: TEXT = column("file version it came from", "报送编号")
    rules: TEXT = column("fingerprint of what read it", "规则版本")
    target: WHOLE = column("number within the submission", "目标编号", ge=1)
    reporting_area: TEXT = column("area that reports", "报送地区")
    area: TEXT = column("area that is to reach it", "地区")
    period: TEXT = column("reporting month", "报送月份", str_matches=PERIOD)
    year: TEXT = column("year in which it is to be reached", "年度", str_matches=r"^20\d\d$")
    table_no: WHOLE = column("running number of the table within the file", "表序", ge=1)
    row: WHOLE = column("row of report_rows; missing in a wide table", "行号", nullable=True, ge=1)
    item: TEXT = column("number of the item in its table", "序号", nullable=True)
    indicator: TEXT = column("indicator; missing where the line is not in the framework", "指标代码", nullable=True)
    component: TEXT = column("component of the indicator; '' where it has one value only", "分项")
    source: TEXT = column("written by the county itself, or assigned from above", "来源", isin=["own", "assigned"])
    kind: TEXT = column("what the whole target asks for", "目标类型", isin=TARGET_KINDS)
    value: NUMBER = column("what is to be reached, as stated; missing where it is hidden or no figure", "目标值",
                           nullable=True)  # fmt: skip
    unit: TEXT = column("unit as stated", "单位", nullable=True)
    base_value: NUMBER = column("value in the base unit", "换算数值", nullable=True)
    base_unit: TEXT = column("base unit: 元, 平方米, 人, %", "换算单位", nullable=True)
    measure: TEXT = column("what the value measures", "类别", nullable=True, isin=MEASURES)
    bound: TEXT = column("exactly, at least, more than, at most, less than, about", "界限", nullable=True, isin=BOUNDS)
    direction: TEXT = column("more is better (ge) or less (le)", "方向", nullable=True, isin=["ge", "le"])
    from_value: NUMBER = column("where it starts from, as stated", "起点", nullable=True)
    stretch_value: NUMBER = column("what is hoped for beyond it, as stated", "力争值", nullable=True)
    quote: TEXT = column("the figure as it stands; missing of milestones and words", "原文", nullable=True)
    text: TEXT = column("target as printed", "目标原文")
    where: TEXT = column("sheet and cell, or line", "位置")
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["submission", "rules", "target"]


class Assessments(Contract):
    """One item of a county's report, or a component of it, judged: what it says, and what its figures say."""

    submission: TEXT = column("file version it came from", "报送编号")
    rules: TEXT = column("fingerprint of what read it", "规则版本")
    area: TEXT = column("area", "地区")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    table_no: WHOLE = column("running number of the table within the file", "表序", ge=1)
    item: TEXT = column("number of the item in its table", "序号")
    component: TEXT = column("component of the indicator; '' for the item as a whole, which alone counts tasks", "分项")
    campaign: TEXT = column("campaign", "仗", nullable=True)
    indicator: TEXT = column("indicator; missing where the line is not in the framework", "指标代码", nullable=True)
    row: WHOLE = column("first row of the item in report_rows", "行号", ge=1)
    status_reported: TEXT = column("what the county says of itself", "上报状态", isin=STATUSES)
    tasks: WHOLE = column("tasks the line stands for; 1 but for lines of totals, 0 for a component", "任务数", ge=0)
    tasks_done: WHOLE = column("tasks done", "已完成", ge=0)
    tasks_on_track: WHOLE = column("tasks on track", "有序推进", ge=0)
    tasks_behind: WHOLE = column("tasks behind schedule", "滞后", ge=0)
    tasks_preparing: WHOLE = column("tasks being prepared", "前期准备", ge=0)
    tasks_not_assigned: WHOLE = column("tasks not yet assigned", "未下指标", ge=0)
    tasks_expected_done: WHOLE = column("tasks expected to be done", "预计完成", ge=0)
    tasks_not_applicable: WHOLE = column("tasks the area does not have", "不适用", ge=0)
    tasks_unknown: WHOLE = column("tasks without a readable status", "状态不明", ge=0)
    target_kind: TEXT = column("what its target asks for", "目标类型", nullable=True, isin=TARGET_KINDS)
    target_value: NUMBER = column("target in the base unit, growth and rates in %", "目标值", nullable=True)
    done_value: NUMBER = column("what is held against the target, in the same unit", "完成值", nullable=True)
    unit: TEXT = column("base unit of both: 元, 平方米, 人, %", "单位", nullable=True)
    direction: TEXT = column("more is better (ge) or less (le)", "方向", nullable=True, isin=["ge", "le"])
    figure_period: TEXT = column("period of the figure, 2023-01..2023-03", "数字所属时期", nullable=True)
    value: NUMBER = column("level reached, in the base unit", "绝对值", nullable=True)
    value_unit: TEXT = column("base unit of the level", "绝对值单位", nullable=True)
    growth: NUMBER = column("growth over the same period a year before, in %", "同比(%)", nullable=True)
    numerator: NUMBER = column("numerator of a rate", "分子", nullable=True)
    denominator: NUMBER = column("denominator of a rate", "分母", nullable=True)
    attainment_reported: NUMBER = column("share done as printed, in %", "上报完成比例(%)", nullable=True)
    attainment_computed: NUMBER = column("share done by the formula of its target, in %", "计算完成比例(%)",
                                         nullable=True)  # fmt: skip
    ratio_check: TEXT = column(
        "printed against computed share", "比例核对", isin=["equal", "rounding", "differs", "undecidable"]
    )
    schedule: NUMBER = column("share of the year's task due at the end of the figure's period, in %; missing where "
                              "the target is held as it stands", "时序进度(%)", nullable=True)  # fmt: skip
    status_computed: TEXT = column("what the figures say", "计算状态", nullable=True, isin=STATUSES[:3])
    verdict: TEXT = column("status as reported against status as computed", "比对结论", isin=VERDICTS)
    why: TEXT = column("the verdict's reason in words", "理由")
    release_class: TEXT = column("who may see the area's own figures: the indicator's class, or the higher one that a "
                                 "note in the line asks for", "公开等级", isin=RELEASE_CLASSES)  # fmt: skip
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["submission", "rules", "table_no", "item", "component"]


class Findings(Contract):
    """One question to the county: what was found, what was expected, where, and what to do."""

    submission: TEXT = column("file version it is about", "报送编号")
    rules: TEXT = column("fingerprint of what found it", "规则版本")
    finding: WHOLE = column("number within the submission", "序号", ge=1)
    question: TEXT = column("id of the question, the same whenever it is asked again", "问题编号")
    area: TEXT = column("area that reports", "地区")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    indicator: TEXT = column("indicator whose line is asked about", "指标代码", nullable=True)
    rule: TEXT = column("rule of docs/rules.md", "规则")
    severity: TEXT = column("error, warning or info", "级别", isin=SEVERITIES)
    blocking: FLAG = column("holds back approval of its month until it is explained or waived", "阻止定稿")
    message: TEXT = column("what is wrong and what to do, in Chinese", "说明")
    found: TEXT = column("what was found", "实际", nullable=True)
    expected: TEXT = column("what was expected", "应为", nullable=True)
    where: TEXT = column("file, sheet and cell, or line", "位置", nullable=True)
    is_sample: FLAG = column("made-up data", "样例数据")

    class Config:
        unique = ["submission", "rules", "finding"]


class MonthFindings(Contract):
    """One question that follows from several files: of other months, of other areas, or from above."""

    publication: TEXT = column("publication it belongs to", "发布编号")
    finding: WHOLE = column("number within the publication", "序号", ge=1)
    question: TEXT = column("id of the question, the same whenever it is asked again", "问题编号")
    area: TEXT = column("area that is asked", "地区")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    indicator: TEXT = column("indicator whose line is asked about", "指标代码", nullable=True)
    rule: TEXT = column("rule of docs/rules.md", "规则")
    severity: TEXT = column("error, warning or info", "级别", isin=SEVERITIES)
    blocking: FLAG = column("holds back approval of its month until it is explained or waived", "阻止定稿")
    message: TEXT = column("what is wrong and what to do, in Chinese", "说明")
    found: TEXT = column("what was found", "实际", nullable=True)
    expected: TEXT = column("what was expected", "应为", nullable=True)
    where: TEXT = column("file, sheet and cell, or line", "位置", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication", "finding"]


class Dispositions(Contract):
    """What was decided of a question, by whom and until when; the newest decision that has not run out holds."""

    question: TEXT = column("question", "问题编号")
    decided_at: TEXT = column("ISO time (UTC) of the decision", "时间")
    period: TEXT = column("month of the question", "月份", str_matches=PERIOD)
    area: TEXT = column("area that was asked", "地区")
    rule: TEXT = column("rule", "规则")
    disposition: TEXT = column("explained by the county, waived by who publishes, or open again", "处置",
                               isin=["explained", "waived", "open"])  # fmt: skip
    decided_by: TEXT = column("office or officer who decided", "决定人")
    why: TEXT = column("reason", "理由")
    until: TEXT = column("last day on which it holds, ISO date; missing: for good", "有效至", nullable=True)

    class Config:
        unique = ["question", "decided_at"]


class Rollups(Contract):
    """An indicator, a component of it, or all of a campaign, added up over the counties of a city or the province."""

    publication: TEXT = column("publication it belongs to", "发布编号")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    area: TEXT = column("city or province; by today's divisions also a county that took others over", "地区")
    level: TEXT = column("level of the area", "层级", isin=LEVELS)
    campaign: TEXT = column("campaign", "仗")
    indicator: TEXT = column("indicator; '*' for the whole campaign", "指标代码")
    component: TEXT = column("component of the indicator; '' for the whole, which alone counts tasks", "分项")
    method: TEXT = column("how counties were added up", "汇总方式", isin=METHODS)
    areas_expected: WHOLE = column("counties of the area, without those that say they do not have it", "应报县数", ge=0)
    areas_in: WHOLE = column("counties that report it", "已计入县数", ge=0)
    areas_missing: WHOLE = column("counties that do not", "缺报县数", ge=0)
    tasks: WHOLE = column("tasks counted", "任务数", ge=0)
    tasks_done: WHOLE = column("tasks done", "已完成", ge=0)
    tasks_on_track: WHOLE = column("tasks on track", "有序推进", ge=0)
    tasks_behind: WHOLE = column("tasks behind schedule", "滞后", ge=0)
    tasks_preparing: WHOLE = column("tasks being prepared", "前期准备", ge=0)
    tasks_not_assigned: WHOLE = column("tasks not yet assigned", "未下指标", ge=0)
    tasks_expected_done: WHOLE = column("tasks expected to be done", "预计完成", ge=0)
    tasks_not_applicable: WHOLE = column("tasks the areas do not have", "不适用", ge=0)
    tasks_unknown: WHOLE = column("tasks without a readable status", "状态不明", ge=0)
    areas_with_value: WHOLE = column("counties whose figures are in the sums", "可加总县数", ge=0)
    target_value: NUMBER = column("sum of targets; of growth the target that all share", "目标", nullable=True)
    done_value: NUMBER = column("sum done; of growth and rates that of the group", "完成", nullable=True)
    unit: TEXT = column("unit of both", "单位", nullable=True)
    figure_end: TEXT = column("month in which the figures' period ends", "数字截至", nullable=True)
    attainment: NUMBER = column("done against target by the indicator's formula, in %", "完成比例(%)", nullable=True)
    withheld: FLAG = column("too few counties: figures are held back", "暂不发布")
    reason: TEXT = column("why there is no figure", "无数原因", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication", "area", "campaign", "indicator", "component"]


class Scores(Contract):
    """Points of an area in a campaign, or in all, under a scheme."""

    publication: TEXT = column("publication it belongs to", "发布编号")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    area: TEXT = column("area", "地区")
    level: TEXT = column("level of the area", "层级", isin=LEVELS)
    campaign: TEXT = column("campaign; 'total' for all", "仗")
    scheme: TEXT = column("scheme of reference/schemes.csv", "计分方案")
    assessed: NUMBER = column("tasks that count, or weights of the indicators that do", "计分基数", ge=0)
    credited: NUMBER = column("tasks or weights credited", "计分所得", ge=0, nullable=True)
    points: NUMBER = column("points; missing where nothing could be assessed", "得分", nullable=True, ge=0)
    possible: NUMBER = column("points possible", "满分", ge=0)
    reason: TEXT = column("why there are no points", "无得分原因", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication", "area", "campaign", "scheme"]


class Rankings(Contract):
    """The place of an area among others; areas without a value are listed with the reason."""

    publication: TEXT = column("publication it belongs to", "发布编号")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    by: TEXT = column("total, a campaign or an indicator", "排名依据")
    level: TEXT = column("level of the ranked areas", "层级", isin=LEVELS)
    universe: TEXT = column("code of the area within which is ranked", "排名范围")
    zones: FLAG = column("zones are ranked together with the counties", "含管理区")
    scheme: TEXT = column("scheme of reference/schemes.csv; attainment or growth for indicators", "计分方案")
    area: TEXT = column("area", "地区")
    rank: WHOLE = column("standard competition rank; missing: not ranked", "名次", nullable=True, ge=1)
    of: WHOLE = column("areas ranked", "参排数", ge=0)
    areas: WHOLE = column("areas of the universe, ranked or not", "范围内地区数", ge=0)
    tied: FLAG = column("shares its rank", "并列")
    value: NUMBER = column("points, or % for an indicator", "数值", nullable=True)
    change: WHOLE = column(
        "places won (+) or lost (-) against the month before, among the areas that have a place in both",
        "名次变化",
        nullable=True,
    )
    reason: TEXT = column("why it is not ranked", "未排名原因", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication", "by", "level", "universe", "zones", "scheme", "area"]


class Publications(Contract):
    """A publication of a month: which files it was made from, and by what rules."""

    publication: TEXT = column("id: fingerprint of month, files and rules", "发布编号")
    period: TEXT = column("month", "月份", str_matches=PERIOD)
    state: TEXT = column("draft until it is approved, then final", "状态", isin=["draft", "final"])
    approved_by: TEXT = column("who approved it", "审定人", nullable=True)
    approved_at: TEXT = column("ISO time (UTC) of the approval", "审定时间", nullable=True)
    made_at: TEXT = column("ISO time (UTC) at which it became current", "生成时间")
    rules: TEXT = column("fingerprint of what read the files", "规则版本")
    expected: WHOLE = column("counties expected", "应报", ge=0)
    received: WHOLE = column("counties that sent something", "已报", ge=0)
    read: WHOLE = column("counties whose file could be read", "已读", ge=0)
    on_time: WHOLE = column("counties that sent by the due date", "按时", ge=0)
    previous: TEXT = column("publication of the month before that places were compared with", "对比发布", nullable=True)
    is_sample: FLAG = column("touches made-up data", "样例数据")

    class Config:
        unique = ["publication"]


class PublicationSubmissions(Contract):
    """Which submission stood for each area in a publication."""

    publication: TEXT = column("publication", "发布编号")
    submission: TEXT = column("file version used, or refused", "报送编号")
    rules: TEXT = column("fingerprint of what read it", "规则版本")
    area: TEXT = column("area that reports", "地区")
    used: FLAG = column("figures of this version are in the publication", "采用")

    class Config:
        unique = ["publication", "submission"]


REFERENCE_TABLES = {"areas": Areas, "campaigns": Campaigns, "indicators": Indicators, "components": Components}
AREA_MONTH_TABLES = {
    "submissions": Submissions,
    "report_rows": ReportRows,
    "observations": Observations,
    "targets": Targets,
    "assessments": Assessments,
    "findings": Findings,
}
MONTH_TABLES = {"rollups": Rollups, "scores": Scores, "rankings": Rankings, "month_findings": MonthFindings}
TABLES: dict[str, type[Contract]] = {
    **REFERENCE_TABLES,
    **AREA_MONTH_TABLES,
    **MONTH_TABLES,
    "publications": Publications,
    "publication_submissions": PublicationSubmissions,
    "dispositions": Dispositions,
}

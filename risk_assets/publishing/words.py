"""Chinese words for codes, shared by everything that readers see."""

from datetime import datetime, timedelta, timezone

from risk_assets import reference

_BEIJING = timezone(timedelta(hours=8))

SAMPLE = reference.setting("sample_mark")
STATES = {"draft": "初步", "final": "正式"}
STATUSES = {row["status"]: row["label"] for row in reference.table("statuses")}
RELEASE_CLASSES = {"public": "公开", "internal": "内部", "leaders": "仅供领导参考"}
SEVERITIES = {"error": "错误", "warning": "疑问", "info": "提示"}
MEASURES = {"level": "数值", "yoy": "同比", "mom": "环比", "growth": "增幅", "change": "增减量",
            "attainment": "完成比例", "rank": "名次"}  # fmt: skip
ROLES = {"actual": "实际", "forecast": "预计", "target": "目标"}
VERDICTS = {"consistent": "一致", "reported_higher": "上报高于按数", "reported_lower": "上报低于按数",
            "undecidable": "无法判断"}  # fmt: skip
WITHDRAWN, NOT_SENT = "已撤回", "未报送"
RESULTS = {"fits": "相符", "ambiguous": "多种读法相符", "differs": "不符", "not_stated": "专报未提"}


def change(value: int | None) -> str:
    """Places won or lost, as readers write it."""
    if value is None:
        return "—"
    return f"↑{value}" if value > 0 else f"↓{-value}" if value < 0 else "持平"


def beijing(moment: str) -> str:
    """An ISO time as readers write it: `2023-05-10 09:30`, Beijing time."""
    return f"{datetime.fromisoformat(moment).astimezone(_BEIJING):%Y-%m-%d %H:%M}"


def month(period: str) -> str:
    """`2023-04` → `2023年4月`."""
    year, number = period.split("-")
    return f"{year}年{int(number)}月"

"""Chinese words for codes, shared by everything that readers see."""

from risk_assets import reference

SAMPLE = reference.setting("sample_mark")
STATES = {"draft": "初步", "final": "正式"}
STATUSES = {row["status"]: row["label"] for row in reference.table("statuses")}
RELEASE_CLASSES = {"public": "公开", "internal": "内部", "leaders": "仅供领导参考"}
SEVERITIES = {"error": "错误", "warning": "疑问", "info": "提示"}
MEASURES = {"level": "数值", "yoy": "同比", "mom": "环比", "growth": "增幅", "change": "增减量",
            "attainment": "完成比例", "rank": "名次"}  # fmt: skip
ROLES = {"actual": "实际", "forecast": "预计", "target": "目标"}
WITHDRAWN = "已撤回"
RESULTS = {"fits": "相符", "ambiguous": "多种读法相符", "differs": "不符", "not_stated": "专报未提"}


def change(value: int | None) -> str:
    """Places won or lost, as readers write it."""
    if value is None:
        return "—"
    return f"↑{value}" if value > 0 else f"↓{-value}" if value < 0 else "持平"


def month(period: str) -> str:
    """`2023-04` → `2023年4月`."""
    year, number = period.split("-")
    return f"{year}年{int(number)}月"

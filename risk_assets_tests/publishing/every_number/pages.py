"""What the page has to hold: its summary, and the details of which its views are made."""

import base64
import gzip
import json
import re
from typing import Any

from risk_assets import reference
from risk_assets_tests.conftest import PERIOD
from risk_assets_tests.publishing.every_number.house import (
    CAMPAIGNS,
    DISPOSITIONS,
    PROVINCE,
    SAMPLE,
    SEVERITIES,
    STATUSES,
    TASKS,
    VERDICTS,
    House,
    Row,
    in_order,
    key_of,
)
from risk_assets_tests.publishing.every_number.letters import Cut


def embedded(page: str) -> tuple[Row, Row]:
    """Summary and details of a page, words put in for their numbers; all words are used."""
    parts = dict(re.findall(r'<script type="application/[\w-]+" id="(\w+)">(.*?)</script>', page, re.DOTALL))
    assert set(parts) == {"summary", "borders", "details"}
    told = json.loads(gzip.decompress(base64.b64decode(parts["details"])))
    words, used = told.pop("words"), {0}

    def put_in(row: list[Any], places: set[int]) -> list[Any]:
        used.update(row[n] for n in places)
        return [words[value] if n in places else value for n, value in enumerate(row)]

    told["items"] = {
        area: [put_in(row, {0, 1, 3, 5, 7, 11, 12, 13, 14, 15, 16, 19, 21}) for row in rows]
        for area, rows in told["items"].items()
    }
    told["findings"] = in_order([put_in(row, set(range(1, 10))) for row in told["findings"]])
    assert used == set(range(len(words)))
    content = json.loads(parts["summary"])
    for one in (*content["rankings"], *told["rankings"]):
        one[5:] = map(in_order, one[5:])
    return {**content, "rankings": in_order(content["rankings"])}, {**told, "rankings": in_order(told["rankings"])}


def ranking_of(house: House, by: str, scheme: str) -> list[Any]:
    rows = {level: house.places(by, scheme, PROVINCE, level) for level in ("county", "city")}
    inside = {r["area"]: r["rank"] for city in house.cities for r in house.places(by, scheme, city, "county")}
    told = [
        [[r["area"], r["rank"], exact(r["value"]), r["change"], r["tied"], r["reason"] or "",
          inside.get(r["area"]), r["is_sample"]] for r in rows[level]]
        for level in rows
    ]  # fmt: skip
    unit, name = "分", {"total": "总分", **CAMPAIGNS}.get(by)
    if not name:
        indicator, _, component = by.partition("/")
        measure = {"attainment": "完成比例", "growth": "增速"}[scheme]
        unit, name = "%", f"{house.label_with_part(indicator, component)}（{measure}）"
    return [by, name, unit, *(rows[one][0]["of"] if rows[one] else 0 for one in rows), *map(in_order, told)]


def exact(value: float | None) -> float | None:
    return None if value is None else float(round(value, 6))


def summary_of(house: House) -> Row:
    p, scheme = house.publication, next(r for r in reference.table("schemes") if r["scheme"] == "status_share")
    whole = house.rows("SELECT * FROM summed WHERE level = 'province' AND indicator = '*' AND NOT withheld")
    tasks = {r["campaign"]: [r[one] for one in TASKS] for r in whole}
    scores: dict[str, list[Any]] = {}
    for r in house.rows("SELECT * FROM point WHERE campaign != 'total'"):
        row = scores.setdefault(r["area"], [[None, None, None, ""] for _ in CAMPAIGNS])
        numbers = [exact(r[one]) for one in ("points", "credited", "assessed")]
        row[list(CAMPAIGNS).index(r["campaign"])] = [*numbers, r["reason"] or ""]
    coverage = house.rows("SELECT area, expected, received, read, withdrawn, on_time, working_days_late, rows_read, "
                          "rows_set_aside, cells_expected, cells_filled, share_filled, area IN (SELECT area FROM file "
                          "WHERE is_sample) AS is_sample FROM sent")  # fmt: skip
    shares = {one: f"{100 * float(reference.setting(one)):g}%" for one in ("minimum_coverage", "minimum_known")}
    below = {
        r["area"]
        for r in house.rows(
            "SELECT area FROM sent UNION SELECT area FROM item WHERE period = '2023-04' UNION SELECT area FROM asked"
        )
    }
    return {
        "title": "湖南省2023年4月重点任务监测", "period": PERIOD, "state": "draft", "state_word": "初步",
        "approved": "",
        "publication": p["publication"], "made_at": f"{house.made_at}（北京时间）",
        "not_applicable": "不涉及", "consistent": "一致",
        "undecidable": "无法判断", "not_sent": "未报送", "withdrawn": "已撤回", "changes": changes_of(house),
        "has_letter": (house.lake / "published" / PERIOD / "report.docx").exists(),
        "release": "内部", "is_public": False, "mark": f"【{SAMPLE}：含虚构数据，不得引用】", "sample": SAMPLE,
        "coverage_counts": [p[one] for one in ("expected", "received", "read", "on_time")],
        "scheme": f"{scheme['name']}：每一仗得分 =（已完成 + 进展有序 + 预计完成）÷ 计分任务数 × {scheme['points']}；"
                  "未下指标、不涉及、状态不明的不进分母；总分为各仗得分的平均，缺任何一仗不排总名次",
        **shares, "tolerance": reference.setting("schedule_tolerance"),
        "campaigns": [list(one) for one in CAMPAIGNS.items()],
        "cities": [[r["area"], r["name"]] for r in house.areas.values() if r["level"] == "city"],
        "counties": [[r["area"], r["name"], r["parent"]] for r in house.areas.values()
                     if r["area"] in below and r["level"] in ("county", "zone")],
        "province": PROVINCE, "statuses": list(STATUSES.values()),
        "rankings": in_order([ranking_of(house, by, "status_share") for by in ("total", *CAMPAIGNS)]),
        "scores": scores, "unmatched": [],
        "tasks": [[name, *tasks[one]] for one, name in CAMPAIGNS.items() if one in tasks],
        "coverage": [[exact(v) if isinstance(v, float) else v for v in row.values()] for row in coverage],
    }  # fmt: skip


def changes_of(house: House) -> Row:
    """Tasks behind a month before and now, newly behind and no longer, of areas that reported in both months."""
    moved = Cut(house, PROVINCE).moved

    def counted(rows: list[Row]) -> list[int]:
        steps = [r["now"] - r["before"] for r in rows]
        sums = [sum(r[one] for r in rows) for one in ("before", "now")]
        return [*sums, sum(max(n, 0) for n in steps), sum(max(-n, 0) for n in steps)]

    of = {name: [r for r in moved if r["indicator"].startswith(f"{one}.")] for one, name in CAMPAIGNS.items()}
    return {"areas": len({r["area"] for r in moved}), "all": counted(moved),
            "campaigns": [[name, *counted(rows)] for name, rows in of.items() if rows]}  # fmt: skip


def details_of(house: House, found: Row) -> Row:
    pairs = house.rows("""SELECT DISTINCT "by", scheme FROM place WHERE scheme != 'status_share'""")
    asked = [
        [r["area"], SEVERITIES[r["severity"]], house.label(r["indicator"]) if r["indicator"] else "", r["message"],
         house.coded(r["found"]), house.coded(r["expected"]), r["where"] or "", DISPOSITIONS[r["disposition"]],
         r["why"] or "", r["until"] or "", r["is_sample"]] for r in house.rows("SELECT * FROM asked")
    ]  # fmt: skip
    items: dict[str, list[Any]] = {}
    for r in items_of(house):
        rows = items.setdefault(r["area"], [])
        own = found["items"].get(r["area"], [])[len(rows) : len(rows) + 1]
        rows.append(item_row(house, r, own[0][16:20] if own else None))
    return {"rankings": in_order([ranking_of(house, r["by"], r["scheme"]) for r in pairs]),
            "findings": in_order(asked), "items": items}  # fmt: skip


def items_of(house: House, area: str = "%") -> list[Row]:
    rows = house.rows("SELECT * FROM item WHERE period = :p AND area LIKE :a", p=PERIOD, a=area)
    return sorted(rows, key=lambda r: (r["area"], list(CAMPAIGNS).index(r["campaign"]), r["table_no"], r["row"],
                                       r["component"]))  # fmt: skip


def item_row(house: House, r: Row, found: list[Any] | None) -> list[Any]:
    """An item as the page has it; where several sentences tell its figure, the one that was found."""
    sentences = [[f["sentence"], f["sentence_at"], len(f["quote"]),
                  " ".join(filter(None, [f["sheet"], f["cell"]])) if f["cell"] else f"第{f['line']}行"]
                 for f in house.figures.get(key_of(r), [])] or [["", 0, 0, ""]]  # fmt: skip
    counts = [f"{STATUSES[one]}{r[f'tasks_{one}']}" for one in STATUSES if r[f"tasks_{one}"]]
    return [
        r["item"], house.label_with_part(r["indicator"], r["component"]), list(CAMPAIGNS).index(r["campaign"]),
        {"ge": "≥", "le": "≤"}.get(r["direction"], ""), exact(r["target_value"]),
        {"words": "文字目标", "milestone": "节点任务"}.get(r["target_kind"], ""), exact(r["done_value"]),
        r["unit"] or "",
        *(exact(r[one]) for one in ("attainment_reported", "attainment_computed", "schedule")),
        STATUSES[r["status_reported"]], STATUSES.get(r["status_computed"], ""), VERDICTS[r["verdict"]], r["why"],
        f"{r['tasks']}项：{'、'.join(counts)}" if r["tasks"] > 1 else "",
        *(found if found in sentences else sentences[0]), months_of(house, r),
        {"public": "公开", "internal": "内部"}[r["release_class"]], r["is_sample"],
    ]  # fmt: skip


def months_of(house: House, r: Row) -> list[list[Any]]:
    return house.months.get((r["area"], r["indicator"], r["component"]), [])

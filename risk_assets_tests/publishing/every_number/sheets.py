"""What a workbook has to show: of the province, or of a city."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from risk_assets import reference
from risk_assets_tests.publishing.every_number.house import (
    CAMPAIGNS,
    DISPOSITIONS,
    PROVINCE,
    SAMPLE,
    SEVERITIES,
    STATUSES,
    House,
    Row,
    points,
)
from risk_assets_tests.publishing.every_number.letters import COVERED, Cut

HEAD = 4
OF_COUNTS = ["任务数", "已完成", "进展有序", "预计完成", "滞后", "其余", "上报高于按数"]


class Sheets:
    """What a workbook has to show: of the province, or of a city."""

    def __init__(self, house: House, within: str) -> None:
        self.house, self.within, self.is_city = house, within, within != PROVINCE
        self.cut = Cut(house, within)
        self.sent = {r["area"]: r for r in self.cut.sent}
        self.questions = [r for r in self.cut.asked if r["severity"] != "info"]
        of_scores = house.rows("SELECT * FROM point")
        self.points = {(r["area"], r["campaign"]): r["points"] for r in of_scores}
        self.scored = {(r["area"], r["campaign"]): [r["credited"], r["assessed"]] for r in of_scores}
        counts = house.rows("""SELECT area, campaign, sum(tasks) AS a, sum(tasks_done) AS b, sum(tasks_on_track) AS c,
         sum(tasks_expected_done) AS d, sum(tasks_behind) AS e,
         sum(tasks - tasks_done - tasks_on_track - tasks_expected_done - tasks_behind) AS f,
         sum(verdict = 'reported_higher') AS g FROM item WHERE period = '2023-04' AND component = '' GROUP BY 1, 2""")
        self.counts = {(r["area"], r["campaign"]): [r[one] for one in "abcdefg"] for r in counts}

    def places(self, by: str, level: str = "county", within: str = "") -> list[Row]:
        return self.house.places(by, "status_share", within or self.within, level)

    def ranked(self, by: str) -> Iterator[tuple[str, list[Any]]]:
        outside = {r["area"]: r["rank"] for r in self.places(by, within=PROVINCE)}
        for r in (r for r in self.places(by) if r["rank"] is not None):
            city = self.house.name(self.house.areas[r["area"]]["parent"])
            third = outside[r["area"]] if self.is_city else city
            tied = "并列" if r["tied"] else ""
            yield r["area"], [r["rank"], self.house.name(r["area"]), third, r["value"], r["change"], tied]

    def of_campaigns(self, area: str) -> list[Any]:
        return [self.points.get((area, one)) for one in CAMPAIGNS]

    def city(self, code: str) -> Iterator[list[Any]]:
        inside = {r["area"]: r for r in self.places("total", within=code)}
        outside = {r["area"]: r for r in self.places("total", within=PROVINCE)}
        for area, sent in self.sent.items():
            if sent["parent"] == code:
                own = [self.counts[area, one] for one in CAMPAIGNS if (area, one) in self.counts]
                asked = sum(r["area"] == area and r["disposition"] == "open" for r in self.questions)
                yield [inside[area]["rank"], self.house.name(area), *(outside[area][one] for one in (
                       "rank", "change", "value")), *self.of_campaigns(area),
                       *(map(sum, zip(*own, strict=True)) if own else [None] * 7), sent["share_filled"], when_of(sent),
                       asked if sent["received"] else None, SAMPLE if sent["received"] else ""]  # fmt: skip

    def scaled(self, r: Row) -> list[Any]:
        """Target and done in the unit of the framework, where that is a multiple of the base unit."""
        part = self.house.parts.get((r["indicator"], r["component"]), {})
        wanted = part.get("unit") or self.house.known[r["indicator"]]["unit"]
        unit = next((one for one in reference.table("units") if one["unit"] == wanted and one["factor"]), None)
        factor = float(unit["factor"]) if unit and unit["base_unit"] == r["unit"] else None
        numbers = [r["target_value"], r["done_value"]]
        return [*numbers, r["unit"]] if factor is None else [*(n and n / factor for n in numbers), wanted]

    def indicators(self) -> Iterator[list[Any]]:
        house = self.house
        for r in house.rows("SELECT * FROM summed WHERE area = :a AND indicator != '*'", a=self.within):
            part = house.label(r["indicator"], r["component"]) if r["component"] else ""
            why = r["reason"] or ("按状态计，没有可以相加的数字" if r["method"] == "status" else "")
            missing = None if r["component"] else r["areas_missing"]
            yield [CAMPAIGNS[r["campaign"]], house.label(r["indicator"]), part, *self.scaled(r), r["attainment"],
                   r["figure_end"], r["areas_expected"], r["areas_in"], missing, r["areas_with_value"],
                   ("暂不发布：" if r["withheld"] else "") + why,
                   SAMPLE if r["is_sample"] else ""]  # fmt: skip

    def not_ranked(self) -> Iterator[list[Any]]:
        for by, name in {"total": "总排名", **CAMPAIGNS}.items():
            for level, label in (("city", "市州"), ("county", "县市区")):
                for r in self.places(by, level, PROVINCE if level == "city" else ""):
                    if r["rank"] is None and (level == "county" or not self.is_city or r["area"] == self.within):
                        parent = self.house.name(self.house.areas[r["area"]]["parent"]) if level == "county" else ""
                        yield [name, label, self.house.name(r["area"]), parent, r["reason"], SAMPLE]

    def differing(self) -> Iterator[list[Any]]:
        house, words = self.house, {"reported_higher": "▲ 上报高于按数", "reported_lower": "▼ 上报低于按数"}
        for r in self.cut.rows("SELECT * FROM item WHERE period = :p AND verdict LIKE 'reported%' AND area LIKE :a"):
            part = house.label(r["indicator"], r["component"]) if r["component"] else ""
            yield [house.name(r["area"]), house.name(r["city"]), CAMPAIGNS[r["campaign"]],
                   house.label(r["indicator"]), part, words[r["verdict"]], STATUSES[r["status_reported"]],
                   STATUSES.get(r["status_computed"]), *self.scaled(r), r["attainment_reported"],
                   r["attainment_computed"], r["schedule"], SAMPLE]  # fmt: skip

    def coverage(self) -> Iterator[list[Any]]:
        files = {r["area"]: r for r in self.cut.rows("SELECT * FROM file WHERE area LIKE :a ORDER BY received_at")}
        for area, r in self.sent.items():
            file = files.pop(area, None)
            state = "已采用" if r["read"] else "未采用" if r["received"] else "未报送"
            numbers = [
                r[one] for one in ("cells_expected", "cells_filled", "share_filled", "rows_read", "rows_set_aside")
            ]
            of_file = [file["version"], file["original_name"]] if file else [None, None]
            when = when_of(r) if r["received"] else None
            names = self.house.name(area), self.house.name(r["parent"])
            yield [*names, state, when, *numbers, *of_file, SAMPLE if file else ""]
        for area, f in files.items():  # zones
            share = min(100.0, 100 * f["cells_filled"] / f["cells_expected"]) if f["cells_expected"] else None
            yield [self.house.name(area), self.house.name(self.house.areas[area]["parent"]), "未采用",
                   f"迟 {f['working_days_late']} 个工作日", f["cells_expected"], f["cells_filled"], share,
                   f["rows_read"], f["rows_set_aside"], f["version"], f["original_name"], SAMPLE]  # fmt: skip

    def asked(self) -> Iterator[list[Any]]:
        words = {**STATUSES, **{one: row["name"] for one, row in self.house.known.items()}}
        for r in self.questions:
            decided = [r["decided_by"], r["why"], r["until"] and f"至 {r['until']}"]
            yield [self.house.name(r["area"]), SEVERITIES[r["severity"]], "是" if r["blocking"] else "",
                   DISPOSITIONS[r["disposition"]],
                   self.house.label(r["indicator"]) if r["indicator"] else None, r["message"],
                   *(words.get(r[one], r[one]) for one in ("found", "expected")), r["where"],
                   "；".join(filter(None, decided)), SAMPLE if r["is_sample"] else ""]  # fmt: skip

    @cached_property
    def all(self) -> dict[str, tuple[list[str], list[list[Any]]]]:
        """Heads behind the first ones, and rows, of every sheet but the cover."""
        told = {
            "总排名": (
                [*CAMPAIGNS.values()],
                [[*r, *self.of_campaigns(one), SAMPLE] for one, r in self.ranked("total")],
            )
        }
        for one, name in CAMPAIGNS.items():
            told[name] = (["计分所得", "计分项数", *OF_COUNTS], [
                [*row, *self.scored.get((area, one), [None] * 2), *self.counts.get((area, one), [None] * 7), SAMPLE]
                for area, row in self.ranked(one)])  # fmt: skip
        cities = [self.within] if self.is_city else self.house.cities
        for code in cities:
            heads = ["总分", *CAMPAIGNS.values(), *OF_COUNTS, "填报率", "报送", "未结问题"]
            told[self.house.name(code)] = (heads, list(self.city(code)))
        if not self.is_city:
            told["市州排名"] = (["应报", "已采用", *CAMPAIGNS.values()], [
                [r["rank"], self.house.name(r["area"]), r["value"], r["change"], "并列" if r["tied"] else "",
                 *self.cut.total("expected", "read", city=r["area"]), *self.of_campaigns(r["area"]), SAMPLE]
                for r in self.places("total", "city") if r["rank"] is not None])  # fmt: skip
        return told | {
            "指标": (["应报县数", "计入", "未报", "有数", "没有数字或暂不发布的原因"], list(self.indicators())),
            "未排名": (["排名", "层级", "地区", "所属市州", "原因"], list(self.not_ranked())),
            "言数不符": (["目标", "完成", "单位", "上报比例", "计算比例", "时序进度"], list(self.differing())),
            "报送情况": (["应填", "已填", "填报率", "读取行", "搁置行", "版本", "文件"], list(self.coverage())),
            "核对问题": (["说明", "实际", "应为", "位置", "处理说明"], list(self.asked())),
        }

    def state(self) -> str:
        words = zip(("应报", "已报", "已采用", "按时"), self.cut.total(*COVERED), strict=True)
        return "，".join(f"{word} {n}" for word, n in words)

    def own(self, code: str) -> str:
        r = next(r for r in self.places("total", "city", PROVINCE) if r["area"] == code)
        sums = self.cut.total("expected", "received", "on_time", city=code)
        place = (
            f"未排名（{r['reason']}）"
            if r["rank"] is None
            else f"得分 {points(r['value'])}，第 {r['rank']} 名，共 {r['of']} 个市州参排"
        )
        return f"市州总排名：{place}；应报 {sums[0]} 个县市区，已报 {sums[1]}，按时 {sums[2]}。"

    def cover(self, sheets: dict[str, tuple[list[str], list[Any]]]) -> Iterator[str]:
        house, p = self.house, self.house.publication
        yield f"{house.name(self.within)}2023年4月重点任务监测排名"
        yield f"编号 {p['publication']}，生成于 {house.made_at}（北京时间）"
        yield self.own(self.within) if self.is_city else ""
        names = [f"{row[1]} {points(row[3])}" for _, row in self.ranked("total")]
        ends = min(int(reference.setting("published_ends")), len(names) // 2)
        yield from (f"前 {ends} 位\n{'、'.join(names[:ends])}", f"后 {ends} 位\n{'、'.join(names[-ends:][::-1])}")
        cells = self.cut.total("cells_expected", "cells_filled")
        yield f"县市区{self.state()}；应填单元格 {cells[0]:,} 个，已填 {cells[1]:,} 个"
        yield "÷ 计分任务数 × 100；"
        missing = [house.name(area) for area, r in self.sent.items() if not r["received"]]
        yield f"{len(missing)} 个：{'、'.join(missing)}"
        out = [sum(r[0] == "总排名" and r[1] == level for r in sheets["未排名"][1]) for level in ("县市区", "市州")]
        yield f"县市区 {out[0]} 个，市州 {out[1]} 个"
        held = house.one("SELECT sum(withheld) FROM summed WHERE area = :a AND indicator != '*'", a=self.within)
        yield f"指标和分项 {len(sheets['指标'][1])} 行，其中 {held} 行因报送不足"
        higher, lower = (sum(r["verdict"] == f"reported_{one}" for r in self.cut.items) for one in ("higher", "lower"))
        yield f"上报高于按数 {higher} 项，上报低于按数 {lower} 项"
        is_open = [r for r in self.questions if r["disposition"] == "open"]
        held = sum(r["blocking"] for r in is_open)
        yield f"错误和疑问 {len(self.questions)} 条，未结 {len(is_open)} 条，其中阻止定稿 {held} 条"
        yield from (f"（{len(rows)} 行）" for _, rows in sheets.values())


def when_of(sent: Row) -> str:
    if not sent["received"]:
        return "未报送"
    return "按时" if sent["on_time"] else f"迟 {sent['late_by']} 个工作日"

"""What a letter has to say of an area: sentences with numbers, tables, and where figures come from."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Any

from risk_assets import reference
from risk_assets_tests.conftest import PERIOD
from risk_assets_tests.publishing.every_number.house import (
    BEFORE,
    CAMPAIGNS,
    MOST,
    NUMERALS,
    PROVINCE,
    SAMPLE,
    SEVERITIES,
    STATUSES,
    TASKS,
    VERDICTS,
    House,
    Row,
    dated,
    few,
    key_of,
    leading,
    moved,
    points,
    quoted,
    shown,
    table,
)

SCORED = [f"tasks_{r['status']}" for r in reference.table("scheme_credits")
          if r["scheme"] == "status_share" and r["counted"] == "yes"]  # fmt: skip
COVERED = ("expected", "received", "read", "on_time")
HIDDEN_OF_A_COUNTY = "得分按全部任务计算，本等级不列名的指标不在上列项数内。"
HIDDEN_IN_SUMS = "汇总项数含本等级不列名的指标，故可能多于列名各项之和。"
HIGHER = "verdict = 'reported_higher'"
BY_WEIGHT = "round(total(weight), 6) DESC, round(total(gap), 6) DESC"
BY_WEIGHT_THEN_AREAS = "round(total(weight), 6) DESC, areas DESC, round(total(gap), 6) DESC"
BY_AREAS = "areas DESC, round(total(gap), 6) DESC"


class Cut:
    """What the warehouse holds of an area and all below it, and what a letter has to say of it."""

    def __init__(self, house: House, area: str) -> None:
        self.house, self.area, self.level = house, area, house.areas[area]["level"]
        self.name = house.name(area)
        self.you = f"你{self.name[-1] if self.name[-1] in '县市区州' else '单位'}"
        self.is_own, self.is_province = self.level in ("county", "zone"), self.level == "province"
        self.below = "city" if self.is_province else "county"
        self.like = {"province": "43%", "city": f"{area[:4]}%"}.get(self.level, area)
        self.items = self.rows("SELECT * FROM now WHERE component = '' AND area LIKE :a")
        self.asked = self.rows("SELECT * FROM asked WHERE area LIKE :a")
        self.sent = self.rows("SELECT * FROM sent WHERE area LIKE :a ORDER BY area")
        self.moved = self.rows("""WITH own AS (SELECT * FROM item WHERE component = '' AND area LIKE :a)
         SELECT area, coalesce(indicator, '') AS indicator, sum(iif(period = :b, tasks_behind, 0)) AS before,
         sum(iif(period = :p, tasks_behind, 0)) AS now FROM own WHERE area IN (SELECT area FROM own WHERE period = :b)
         AND area IN (SELECT area FROM own WHERE period = :p) GROUP BY 1, 2 ORDER BY 2, 1""")
        self.behind = [r for r in self.items if r["tasks_behind"]]
        self.higher, self.lower = (
            [r for r in self.items if r["verdict"] == one] for one in ("reported_higher", "reported_lower")
        )
        self.missing = [r["area"] for r in self.sent if not r["received"]]
        self.late = sorted((r for r in self.sent if r["late_by"]), key=lambda r: (-r["late_by"], r["area"]))
        self.blocking = [r for r in self.asked if r["blocking"] and r["disposition"] == "open"]
        self.falls = [r for r in self.asked if r["rule"] == "cumulative_falls" and r["disposition"] == "open"]

    def rows(self, query: str, **values: object) -> list[Row]:
        return self.house.rows(query, p=PERIOD, b=BEFORE, a=self.like, **values)

    def total(self, *names: str, city: str = "") -> list[int]:
        """Sums over what was sent, or over what was sent from a city."""
        return [sum(r[one] or 0 for r in self.sent if city in ("", r["parent"])) for one in names]

    def tally(self, rows: list[Row], by: str = "area", of: str = "") -> list[tuple[str, int]]:
        """Groups by their counts, or sums, the most first."""
        found: dict[str, int] = {}
        for row in rows:
            found[row[by]] = found.get(row[by], 0) + (row[of] if of else 1)
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))

    def told(self, counts: list[tuple[str, int]]) -> list[str]:
        return [f"{self.house.name(one)}{count}项" for one, count in counts]

    def indicators(self, which: str, order: str) -> list[tuple[str, list[str]]]:
        """Indicators of some items in an order, each with the areas of these."""
        rows = self.rows(f"""SELECT indicator, count(DISTINCT area) AS areas, group_concat(DISTINCT area) AS names
         FROM now WHERE component = '' AND area LIKE :a AND indicator IS NOT NULL AND {which}
         GROUP BY indicator ORDER BY {order}, indicator""")  # noqa: S608
        return [(r["indicator"], sorted(r["names"].split(","))) for r in rows]

    @cached_property
    def focus(self) -> list[str]:
        """Names of what is most behind: two of a campaign at most, and none that nobody can read."""
        kept: list[str] = []
        for one, _ in self.indicators("tasks_behind", BY_WEIGHT):
            of_campaign = [other for other in kept if other.split(".")[0] == one.split(".")[0]]
            if "无法辨认" not in self.house.label(one) and len(of_campaign) < MOST["campaign"]:
                kept.append(one)
        return [self.house.label(one) for one in kept[: MOST["named"]]]

    def counts(self, campaign: str) -> Row | None:
        if self.is_own:
            own = [r for r in self.items if r["campaign"] == campaign]
            return {one: sum(r[one] for r in own) for one in TASKS} if own else None
        whole = self.whole(campaign)
        return {one: whole[one] for one in TASKS} if whole and not whole["withheld"] else None

    def whole(self, campaign: str) -> Row:
        rows = "SELECT * FROM summed WHERE area = :own AND campaign = :c AND indicator = '*'"
        return next(iter(self.rows(rows, own=self.area, c=campaign)), {})

    def is_cut(self, campaign: str) -> bool:
        """Whether score or sums hold more tasks than these readers may see."""
        seen = [r for r in self.items if r["campaign"] == campaign and r["indicator"]]
        if not self.is_own:
            return bool(self.whole(campaign).get("tasks", 0) > sum(r["tasks"] for r in seen))
        scored = self.house.one("SELECT sum(assessed) FROM point WHERE area = :a AND campaign = :c",
                                a=self.area, c=campaign)  # fmt: skip
        return bool((scored or 0) > sum(r[one] for r in seen for one in SCORED))

    def share(self, counts: Row, one: str) -> str:
        base = counts["tasks"] - counts["tasks_not_applicable"]
        return f"{shown(100 * counts[one] / base, 1, 1)}%" if base else "—"

    def tasks(self, counts: Row) -> str:
        outside = counts["tasks_not_applicable"]
        shares = [(label, counts[f"tasks_{one}"], self.share(counts, f"tasks_{one}"))
                  for one, label in STATUSES.items() if counts[f"tasks_{one}"] and one != "not_applicable"]  # fmt: skip
        told = [f"{label}{n}项、{'不足0.1%' if share == '0.0%' else f'占{share}'}" for label, n, share in shares]
        return (f"共有任务{counts['tasks']}项{f'（含不涉及{outside}项，不计入占比）' if outside else ''}"
                f"{'，其中' if told else ''}{'，'.join(told)}。")  # fmt: skip

    def ranked(self, by: str) -> list[Row]:
        rows = self.house.places(by, "status_share", self.area, self.below)
        return [r for r in rows if r["rank"] is not None]

    def ends(self, by: str) -> Iterator[str]:
        places = self.ranked(by)
        first, last = leading(places, lambda r: r["rank"]), leading(places[::-1], lambda r: r["rank"])[::-1]
        every, *ends = ([f"{self.house.name(r['area'])}（{points(r['value'])}分）" for r in rows]
                        for rows in (places, first, last))  # fmt: skip
        if len(first) + len(last) < len(places):
            yield f"得分居前的是{few(ends[0], MOST['named'])}；居后的是{few(ends[1], MOST['named'])}。"
        elif places:
            yield f"得分从高到低是{'、'.join(every)}。"

    def place(self, by: str) -> Iterator[str]:
        parts, value = [], None
        above = [one for one in (self.house.areas[self.area]["parent"], PROVINCE) if one not in (None, self.area)]
        for universe in dict.fromkeys(above):
            rows = self.house.places(by, "status_share", universe, self.level)
            for r in (r for r in rows if r["area"] == self.area):
                steps = r["change"] and f"{'上升' if r['change'] > 0 else '下降'}{abs(r['change'])}位"
                change = "" if r["change"] is None else f"，较上月{steps or '持平'}"
                tied, name = "（并列）" if r["tied"] else "", self.house.name(universe)
                parts.append(f"未参加{name}排名（{r['reason']}）" if r["rank"] is None else
                             f"居{name}第{r['rank']}位{tied}（{r['of']}个参加排名{change}）")  # fmt: skip
                value = r["value"] if r["rank"] is not None else value
        if parts:
            what = "" if value is None else f"{'总' if by == 'total' else ''}得分{points(value)}分，"
            yield f"{self.you}{what}{'，'.join(parts)}。"

    def coverage(self, *, in_brief: bool) -> str:
        expected, received, read, on_time = self.total(*COVERED)
        start = f"2023年4月监测表应由{expected}个县市区报送，截至{self.house.day}发布时已报{received}个、"
        if in_brief:
            return f"{start}未报送{len(self.missing)}个。"
        return f"{start}采用{read}个；按时{on_time}个，迟报{len(self.late)}个，未报送{len(self.missing)}个。"

    def change(self) -> str:
        if not self.moved:
            return "没有可比的上月数据。"
        before, now = (sum(r[one] for r in self.moved) for one in ("before", "now"))
        newly = sum(max(r["now"] - r["before"], 0) for r in self.moved)
        step = f"增加{now - before}项" if now > before else f"减少{before - now}项" if now < before else "持平"
        who = f"两月均报送的{len({r['area'] for r in self.moved})}个县市区中，滞后任务由上月"
        who = "与上月相比，滞后任务由" if self.is_own else who
        return f"{who}{before}项变为{now}项（{step}），新转为滞后{newly}项，脱离滞后{newly - now + before}项。"

    def moves(self) -> Iterator[str]:
        for word, sign in (("上升", 1), ("下降", -1)):
            rows = sorted((r for r in self.ranked("total") if (r["change"] or 0) * sign > 0),
                          key=lambda r: (-sign * r["change"], r["area"]))  # fmt: skip
            names = [f"{self.house.name(r['area'])}（{abs(r['change'])}位）"
                     for r in leading(rows, lambda r: r["change"])]  # fmt: skip
            yield f"名次{word}最多的是{few(names, MOST['named'])}。" if names else ""

    @cached_property
    def worse(self) -> list[tuple[str, int, int, list[str]]]:
        """Indicators that more areas are behind with than a month before, and the areas that are newly so."""
        found = []
        for indicator in {r["indicator"] for r in self.moved} - {""}:
            rows = [r for r in self.moved if r["indicator"] == indicator]
            before, now = (sum(r[one] > 0 for r in rows) for one in ("before", "now"))
            new = [r["area"] for r in rows if r["now"] > 0 and not r["before"]]
            found += [(indicator, before, now, new)] if now > before else []
        return sorted(found, key=lambda one: (one[1] - one[2], one[0]))[: MOST["brief"]]

    def attained(self, indicator: str) -> str:
        return shown(self.house.one("SELECT attainment FROM summed WHERE area = :a AND indicator = :i "
                                    "AND component = '' AND NOT withheld", a=self.area, i=indicator), 1, 1)  # fmt: skip

    def schedule(self, indicator: str) -> str:
        """What most areas are held against."""
        due = self.rows("SELECT schedule FROM now WHERE component = '' AND area LIKE :a AND indicator = :i "
                        "AND schedule IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1", i=indicator)  # fmt: skip
        return shown(due[0]["schedule"], 1, 1) if due else "—"

    def grouped(self, areas: list[str]) -> str:
        if not self.is_province or len(areas) <= MOST["named"]:
            return few([self.house.name(one) for one in areas], MOST["named"])
        cities = self.tally([{"city": one[:4] + "00"} for one in areas], "city")
        return few([f"{self.house.name(one)}{count}个" for one, count in cities], MOST["ends"], "个市州")

    def brief(self) -> Iterator[str]:
        yield f"主要变化：{self.coverage(in_brief=True)}{self.change()}{''.join(self.moves())}\n"
        heavy = f"滞后较重的指标是{'、'.join(self.focus[: MOST['brief']])}。" if self.focus else ""
        told = []
        for one, before, now, _ in self.worse:
            share, due = self.attained(one), self.schedule(one)
            tail = "" if share == "—" else f"，累计完成年度目标的{share}%{'' if due == '—' else f'（时序{due}%）'}"
            told.append(f"{self.house.label(one)}由{before}个增至{now}个{tail}")
        yield f"滞后集中领域：{heavy}滞后县市区增加最多的指标：{'；'.join(told)}。\n"
        yield from (f"{self.house.label(one)}有{self.grouped(new)}" for one, _, _, new in self.worse)
        behind = self.tally(self.behind, "city" if self.is_province else "area", "tasks_behind")
        names = few(self.told(leading(behind, lambda one: one[1])), MOST["named"])
        missing = few(list(map(self.house.name, self.missing)), MOST["named"], "个县市区")
        yield f"滞后任务最多的是{names}。{f'未报送的有{missing}' if missing else '所有县市区均已报送'}。\n"
        yield f"可比县指两月均报送的{len({r['area'] for r in self.moved})}个县市区；"

    def answering(self) -> Iterator[str]:
        """Areas that are newly behind with an indicator, and the offices that their own tables name for it."""
        for one, _, _, new in self.worse:
            rows = [r for r in self.behind if r["indicator"] == one and r["area"] in new and r["responsible"]]
            offices = [{"office": name.lstrip("县区")} for r in rows for name in r["responsible"].split("、")]
            names = "、".join(name for name, _ in self.tally(offices, "office")[: MOST["ends"]])
            yield f"{self.house.label(one)}有{self.grouped(new)}{f'（{names}）' if names else ''}"

    def overall(self) -> Iterator[str]:
        late = self.total("late_by")[0]
        if not self.is_own:
            yield f"{self.coverage(in_brief=False)}\n"
        elif self.items:
            yield f"{self.you}2023年4月监测表{f'已报送，迟报{late}个工作日' if late else '已按时报送'}。\n"
        else:
            yield f"{self.you}2023年4月没有可用的报送，以下各项无从统计，不按零处理。\n"
        every = [one for one in map(self.counts, CAMPAIGNS) if one]
        if every:
            yield f"各仗{self.tasks({one: sum(row[one] for row in every) for one in TASKS})}\n"
            yield f"{self.change()}\n"
        yield from (*self.place("total"), *self.ends("total"))

    def progress(self, campaign: str) -> Iterator[str]:
        counts, whole = self.counts(campaign), self.whole(campaign)
        if counts:
            yield self.tasks(counts)
            yield HIDDEN_OF_A_COUNTY if self.is_own and self.is_cut(campaign) else ""
        elif not self.is_own:
            yield f"汇总暂不发布：{whole['reason']}。"
        yield from (*self.ends(campaign), *(self.place(campaign) if self.items else ()))

    def by_indicator(self, which: str, order: str) -> str:
        told = []
        for indicator, areas in self.indicators(which, order)[: MOST["named"]]:
            names = few(list(map(self.house.name, areas)), MOST["named"])
            told.append(f"{self.house.label(indicator)}（{f'{len(areas)}个' if self.is_province else names}）")
        return "、".join(told)

    def figure(self, r: Row) -> str:
        share = r["attainment_reported"] if r["attainment_computed"] is None else r["attainment_computed"]
        if r["unit"] == "%" and None not in (r["done_value"], r["target_value"]):
            return f"实际{shown(r['done_value'], 2)}%、目标{shown(r['target_value'], 2)}%"
        return "" if share is None else f"完成{shown(share, 2).replace(',', '')}%"

    def figures(self, r: Row) -> list[tuple[str, str, Row]]:
        """What is said of an item, or of its components that are behind: name, figure, and the row it is said of."""
        parts = self.rows("SELECT * FROM now WHERE component != '' AND status_computed = 'behind' AND area = :own "
                          "AND table_no = :n AND item = :i", own=r["area"], n=r["table_no"], i=r["item"])  # fmt: skip
        return [(self.house.label(one["indicator"], one["component"]), text, one)
                for one in ([r] if self.figure(r) else parts) if (text := self.figure(one))]  # fmt: skip

    def named(self, rows: list[Row]) -> str:
        told = []
        for r in rows:
            name = self.house.label(r["indicator"])
            figures = "；".join(f"{'' if one == name else one}{text}" for one, text, _ in self.figures(r))
            told.append(f"{name}（{figures}）" if figures else name)
        return few(told, MOST["items"], "项")

    def problems(self) -> Iterator[str]:
        for campaign, name in CAMPAIGNS.items():
            rows = [r for r in self.behind if r["campaign"] == campaign]
            if rows and self.is_own:
                yield f"{name}滞后{sum(r['tasks_behind'] for r in rows)}项：{self.named(rows)}。\n"
            elif rows:
                heavy = self.by_indicator(f"tasks_behind AND campaign = '{campaign}'", BY_WEIGHT_THEN_AREAS)
                yield f"{name}滞后涉及{len({r['area'] for r in rows})}个县市区，滞后较重的指标是{heavy}。\n"
        if self.behind and not self.is_own:
            behind = self.told(self.tally(self.behind, of="tasks_behind"))
            yield f"滞后任务较多的县市区：{few(behind, MOST['named'])}。\n"
        yield from self.verdicts()
        told = [f"{self.house.name(r['area'])}{self.house.label(r['indicator'])}（本月{dated(r['found'])}，"
                f"应{dated(r['expected'])}）" for r in self.falls]  # fmt: skip
        yield f"本年累计数小于以前月份的有{len(told)}处：{few(told, MOST['items'], '项')}。\n" if told else ""
        yield from self.reporting()
        grave = [
            f"{word}{n}个" for one, word in SEVERITIES.items() if (n := sum(r["severity"] == one for r in self.asked))
        ]
        grave += [f"须先处理方可定稿的{len(self.blocking)}个"] if self.blocking else []
        yield f"本月提出核对问题{len(self.asked)}个，其中{'，'.join(grave)}。\n" if self.asked else ""

    def verdicts(self) -> Iterator[str]:
        if not self.items:
            return
        n = {one: sum(r["verdict"] == one for r in self.items) for one in VERDICTS}
        unknown = n.pop("undecidable")
        counts = [f"{VERDICTS[one]}{count}项" for one, count in n.items() if count]
        yield (f"状态可按报送数据核算（以下简称按数）的有{sum(n.values())}项{'，其中' if counts else ''}"
               f"{'，'.join(counts)}；另有{unknown}项无法核算。")  # fmt: skip
        if self.higher and self.is_own:
            yield f"\n上报高于按数{len(self.higher)}项：{self.named(self.higher)}。逐项依据见附件3。\n"
        elif self.higher:
            yield (f"\n上报高于按数较多的县市区：{few(self.told(self.tally(self.higher)), MOST['named'])}；较多的指标："
                   f"{self.by_indicator(HIGHER, BY_AREAS)}。\n")  # fmt: skip
        if self.lower and self.is_own:
            yield f"\n上报低于按数{len(self.lower)}项：{self.named(self.lower)}。\n"

    def reporting(self) -> Iterator[str]:
        if self.is_own and self.items:
            told = self.rows("SELECT DISTINCT indicator FROM current_assessments WHERE period = :p AND area LIKE :a")
            lacking = [one for one in self.house.known if one not in {r["indicator"] for r in told}]
            names = few(list(map(self.house.label, lacking)), MOST["items"], "项")
            yield f"年度框架中有而没有报告的指标{len(lacking)}项：{names}。\n" if lacking else ""
        elif not self.is_own:
            cities = groupby(
                self.missing, lambda one: f"{self.house.name(one[:4] + '00')}的" if self.is_province else ""
            )
            names = "、".join(city + "、".join(map(self.house.name, areas)) for city, areas in cities)
            yield f"未报送的县市区{len(self.missing)}个：{names}。" if names else ""
            days = [f"{self.house.name(r['area'])}（{r['late_by']}个工作日）" for r in self.late]
            yield f"迟报的县市区{len(days)}个：{few(days, MOST['items'])}。\n" if days else ""

    def advice(self) -> Iterator[str]:
        """What to do, the gravest first; who is asked: of many how many, those with the most first."""
        focus = f"，重点是{'、'.join(self.focus)}" if self.focus else ""
        unknown = [r for r in self.items if r["status_reported"] == "unknown"]
        asked: list[tuple[str, list[Any], str]] = [
            ("先处理阻止定稿的问题", self.tally(self.blocking), "核对并更正；"),
            ("补齐报送", [(r["area"], 0) for r in self.sent if not r["read"]], "尽快补报2023年4月监测表；"),
            ("加快滞后任务", self.tally(self.behind, of="tasks_behind"),
             f"对滞后任务逐项说明原因，明确责任单位、整改措施和完成时限{focus}。\n"),
            ("核对上报与数据", self.tally(self.higher), "逐项核对状态和数据："),
            ("说明累计数下降", self.tally(self.falls), "核对是否误填当月数；"),
            ("填明状态", self.tally(unknown), "用规定的状态词填明各项状态；"),
            ("按期报送", [(r["area"], 0) for r in self.late], "查明迟报原因，")]  # fmt: skip
        for n, (title, areas, text) in enumerate(one for one in asked if one[1]):
            names = few([self.house.name(one) for one, _ in areas], MOST["named"], "个县市区")
            urged = {"province": f"建议督促{names}", "city": f"请{self.you}督促{names}"}.get(
                self.level, f"请{self.you}"
            )
            yield f"（{NUMERALS[n]}）{title}\n{urged}{text}"

    def annexes(self) -> Iterator[str]:
        p = self.house.publication
        yield from (f"{n}. " for n in range(1, 6))
        yield from (f"附件{n}\n{self.name}2023年4月" for n in range(1, 6))
        for most, rows in ((MOST["indicators" if self.is_province else "rows"], self.listed),
                           (MOST["rows"], self.questions)):  # fmt: skip
            yield f"以上列{most}项，共{len(rows)}项；" if len(rows) > most else ""
        hidden = any(map(self.is_cut, CAMPAIGNS))
        yield (HIDDEN_OF_A_COUNTY if self.is_own else HIDDEN_IN_SUMS) if hidden else ""
        yield (f"本件由发布 {p['publication']}（初步，{self.house.made_at} 北京时间生成，规则 {p['rules']}）产生；"
               f"公开等级 内部，不含此等级以上的内容。名次变化与上月发布 {p['previous']} 相比。")  # fmt: skip

    @cached_property
    def listed(self) -> list[list[str]]:
        """Annex 3: of the province the indicators, else items, those of each area in turns while there is room."""
        house = self.house
        if self.is_province:
            behind = dict(self.indicators("tasks_behind", BY_WEIGHT))
            parting = dict(self.indicators(HIGHER, "areas DESC"))
            return [[house.label(one), str(len(behind.get(one, []))), str(len(parting.get(one, []))),
                     self.attained(one), self.schedule(one), self.grouped(behind.get(one, []))]
                    for one in {**behind, **parting}]  # fmt: skip
        rows = self.rows("""WITH counted AS (SELECT *, sum(tasks_behind) OVER (PARTITION BY area) AS most FROM now
         WHERE component = '' AND area LIKE :a), turned AS (SELECT *, row_number() OVER (PARTITION BY area ORDER BY
         weight DESC NULLS LAST, gap DESC NULLS LAST, table_no, row) AS turn FROM counted
         WHERE tasks_behind OR verdict = 'reported_higher')
         SELECT *, row_number() OVER (ORDER BY turn, most DESC, area) <= :room AS is_in FROM turned
         ORDER BY NOT is_in, most DESC, area, table_no, row""", room=MOST["rows"])  # fmt: skip
        return [["" if self.is_own else house.name(r["area"]), house.label(r["indicator"]), r["responsible"] or "",
                 STATUSES[r["status_reported"]], STATUSES.get(r["status_computed"], "—"), r["why"], self.cell(r)]
                for r in rows]  # fmt: skip

    def cell(self, r: Row) -> str:
        figures = [f for f in self.house.figures.get(key_of(r), [])[:1] if f["cell"]]
        return f"{figures[0]['sheet']}!{figures[0]['cell']}" if figures else ""

    @cached_property
    def questions(self) -> list[list[str]]:
        """Annex 4: questions told one by one."""
        told = [r for r in self.asked if r["blocking"] or (not self.is_province and r["severity"] != "info" and
                r["rule"] not in ("status_above_figures", "status_below_figures"))]  # fmt: skip
        told.sort(key=lambda r: (list(SEVERITIES).index(r["severity"]), r["area"], r["question"]))
        files = self.rows("SELECT area, original_name FROM file WHERE area LIKE :a")
        rows = []
        for r in told:
            at = r["where"] or ""
            for file in (one["original_name"] for one in files if one["area"] == r["area"]):
                at = at.removeprefix(file).strip()
            values = [dated(self.house.coded(r[one])) for one in ("found", "expected")]
            texts = [*values, re.sub(r"!(\d+):\1$", r"第\1行", at)]
            rows.append([r["question"], self.house.name(r["area"]), r["message"], *map(quoted, texts)])
        return rows

    @cached_property
    def running(self) -> str:
        received, expected = self.total("received", "expected")
        publication = self.house.publication["publication"]
        return f"公开等级：内部　初步　发布编号：{publication}　已报{received}／应报{expected}【{SAMPLE}】"

    @cached_property
    def parts(self) -> dict[str, list[str]]:
        """What each part of the letter says with numbers."""
        opening = {"province": "报送的2023年4月监测表，现将有关情况报告如下。",
                   "city": f"报送的2023年4月监测表，现将{self.you}有关情况通报如下。"}.get(
                       self.level, f"根据{self.you}报送的2023年4月监测表，现将有关情况通报如下。")  # fmt: skip
        if self.is_own and not self.items:
            opening = f"{self.you}没有可用的2023年4月监测表，现将有关情况通报如下。"
        head = ["2023年第4期", f"{self.name}2023年4月重点任务督查专报", opening]
        head += [f"【强制生成：本地区尚有{len(self.blocking)}个阻止定稿"] if self.blocking else []
        told = {"": [*head, *(() if self.is_own else self.brief())], "一": self.overall(), "二": [],
                "三": self.problems(), "四": self.advice(), "附": self.annexes(),
                **{f"二{NUMERALS[n]}": self.progress(one) for n, one in enumerate(CAMPAIGNS)}}  # fmt: skip
        return {part: [one for one in fragments if one] for part, fragments in told.items()}

    @property
    def tables(self) -> list[list[list[str]]]:
        """All tables in their order but that of the sources, each with its heads."""
        return [one for one in self._tables() if one]

    def _tables(self) -> Iterator[list[list[str]]]:
        house = self.house
        if not self.is_own:
            yield table("仗 任务 滞后 占比 可比县滞后（上月→本月） 居首 居末", list(self.brief_rows()))
        universe = house.areas[self.area]["parent"] if self.is_own else self.area
        for level in ("city", "county") if self.is_province else ("county",):
            yield table("名次 地区 得分 名次变化 数据", [
                [f"{r['rank']}{'（并列）' if r['tied'] else ''}", house.name(r["area"]), points(r["value"]),
                 moved(r["change"]), SAMPLE] for r in house.places("total", "status_share", universe, level)
                if r["rank"] is not None and self.level != "zone"])  # fmt: skip
        every = [(name, self.counts(one)) for one, name in CAMPAIGNS.items()]
        yield table(f"仗 任务 {' '.join(STATUSES.values())}", [
            [name, *(map(str, counts.values()) if counts else "—" * len(TASKS))] for name, counts in every
        ])  # fmt: skip
        if self.is_province:
            yield table("指标 滞后县市区 上报高于按数 累计完成(%) 时序(%) 滞后地区", self.listed[: MOST["indicators"]])
        else:
            yield table("地区 指标 责任单位 上报 按数 依据 出处", self.listed[: MOST["rows"]])
        kinds = self.rows("""SELECT severity, message, count(DISTINCT area) AS areas, count(*) AS n FROM asked
         WHERE area LIKE :a GROUP BY 1, 2 ORDER BY n DESC, message""")
        kinds.sort(key=lambda r: list(SEVERITIES).index(r["severity"]))
        yield table("级别 问题 地区数 处数", [
            [SEVERITIES[r["severity"]], r["message"], str(r["areas"]), str(r["n"])] for r in kinds
        ])  # fmt: skip
        yield table("问题编号 地区 说明 实际 应为 位置", self.questions[: MOST["rows"]])
        files = self.rows("SELECT *, strftime('%Y-%m-%d', received_at, '+8 hours') AS day FROM file "
                          "WHERE used AND area LIKE :a ORDER BY area")  # fmt: skip
        yield table("地区 文件 版本 收到 数据", [
            [house.name(r["area"]), r["original_name"], str(r["version"]), r["day"], SAMPLE] for r in files
        ])  # fmt: skip

    def brief_rows(self) -> Iterator[list[str]]:
        for one, name in CAMPAIGNS.items():
            counts, places = self.counts(one), self.ranked(one)
            steps = [r for r in self.moved if r["indicator"].startswith(f"{one}.")]
            told = ["—"] * 3
            if counts:
                told = [str(counts["tasks"]), str(counts["tasks_behind"]), self.share(counts, "tasks_behind")]
            ends = [self.house.areas[places[n]["area"]]["short_name"] if places else "—" for n in (0, -1)]
            sums = [str(sum(r[when] for r in steps)) for when in ("before", "now")]
            yield [name, *told, "→".join(sums) if steps else "—", *ends]

    @cached_property
    def sources(self) -> list[tuple[str, list[str]]]:
        """What is said of single figures, with the places that each may come from."""
        if not self.is_own:
            return []
        files = {r["area"]: r["original_name"] for r in self.rows("SELECT * FROM file WHERE used AND area LIKE :a")}
        of_campaigns = [r for one in CAMPAIGNS for r in self.behind if r["campaign"] == one]
        told = []
        for name, text, r in (one for row in (*of_campaigns, *self.higher, *self.lower) for one in self.figures(row)):
            found = [
                f"{f['sheet']}!{f['cell']}：{quoted(f['sentence'])}" for f in self.house.figures.get(key_of(r), [])
            ]
            found = found or [f"第{r['table_no']}表第{r['row']}行"]
            told.append((f"{name}（{text}）", [f"{files[r['area']]} {one}" for one in found]))
        return told

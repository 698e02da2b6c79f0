"""The warehouse asked by plain SQL, and numbers as readers see them: what all expectations of this package stand on."""

import json
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from risk_assets import reference
from risk_assets_tests.conftest import PERIOD

PROVINCE, FENGHUANG, JISHOU, CHALING, TIANYUAN, ZONE = "430000", "433123", "433101", "430224", "430211", "430200-Z01"
BEFORE = "2023-03"
CAMPAIGNS = {row["campaign"]: row["name"] for row in reference.table("frameworks/2023/campaigns")}
STATUSES = {row["status"]: row["label"] for row in reference.table("statuses")}
SEVERITIES = {"error": "错误", "warning": "疑问", "info": "提示"}
VERDICTS = {"consistent": "一致", "reported_higher": "上报高于按数", "reported_lower": "上报低于按数",
            "undecidable": "无法判断"}  # fmt: skip
DISPOSITIONS = {"open": "待处理", "explained": "已说明"}
SAMPLE = "样例数据"
TASKS = ("tasks", *(f"tasks_{one}" for one in STATUSES))
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
NUMERALS = "一二三四五六七八九十"
# How many a letter names before it says 等.
MOST = {r["phrase"][5:]: int(r["text"]) for r in reference.table("report_phrases") if r["phrase"].startswith("most_")}
# What readers of the class `internal` may see; `asked` are their questions, `place` places and points as they see them.
VIEWS = """
CREATE TEMP TABLE known AS SELECT * FROM indicators WHERE framework = '2023' AND release_class != 'leaders';
CREATE TEMP TABLE item AS SELECT a.*, substr(a.area, 1, 4) || '00' AS city, r.responsible,
 1.0 * tasks_behind / nullif(tasks - tasks_not_applicable, 0) AS weight,
 schedule - coalesce(attainment_computed, attainment_reported) AS gap
 FROM current_assessments a JOIN current_report_rows r USING (submission, rules, "row", table_no)
 WHERE a.release_class != 'leaders' AND (a.indicator IS NULL OR a.indicator IN (SELECT indicator FROM known));
CREATE TEMP TABLE now AS SELECT * FROM item WHERE period = '2023-04';
CREATE TEMP TABLE back AS SELECT DISTINCT area, indicator FROM current_assessments
 WHERE period = '2023-04' AND (release_class = 'leaders' OR indicator NOT IN (SELECT indicator FROM known));
CREATE TEMP TABLE asked AS SELECT * FROM current_findings f WHERE period = '2023-04'
 AND (indicator IS NULL OR indicator IN (SELECT indicator FROM known))
 AND NOT EXISTS (SELECT 1 FROM back b WHERE b.area = f.area AND b.indicator = f.indicator);
CREATE TEMP TABLE place AS SELECT r.*, substr(r."by", 1, instr(r."by" || '/', '/') - 1) AS ind
 FROM current_rankings r WHERE period = '2023-04' AND NOT zones;
DELETE FROM place WHERE NOT (ind IN (SELECT indicator FROM known) OR scheme = 'status_share');
CREATE TEMP TABLE over AS SELECT area, indicator FROM back
 UNION SELECT substr(area, 1, 4) || '00', indicator FROM back UNION SELECT '430000', indicator FROM back;
CREATE TEMP TABLE gap AS SELECT DISTINCT "by", level, universe, scheme FROM place
 WHERE rank IS NOT NULL AND EXISTS (SELECT 1 FROM over o WHERE o.area = place.area AND o.indicator = place.ind);
UPDATE place SET rank = NULL, value = NULL, change = NULL, reason = '按公开等级不予列出'
 WHERE EXISTS (SELECT 1 FROM over o WHERE o.area = place.area AND o.indicator = place.ind);
CREATE TEMP TABLE anew AS SELECT p.rowid AS old, rank() OVER (w ORDER BY p.rank) AS rank, count(*) OVER w AS "of",
 count(*) OVER (PARTITION BY "by", level, universe, scheme, p.rank) > 1 AS tied
 FROM place p JOIN gap USING ("by", level, universe, scheme) WHERE p.rank IS NOT NULL
 WINDOW w AS (PARTITION BY "by", level, universe, scheme);
UPDATE place SET change = NULL, "of" = coalesce((SELECT max(a."of") FROM anew a JOIN place q ON q.rowid = a.old WHERE
 q."by" = place."by" AND q.level = place.level AND q.universe = place.universe AND q.scheme = place.scheme), 0)
 WHERE EXISTS (SELECT 1 FROM gap g WHERE g."by" = place."by" AND g.level = place.level AND g.universe = place.universe
 AND g.scheme = place.scheme);
UPDATE place SET rank = (SELECT a.rank FROM anew a WHERE a.old = place.rowid), tied = (SELECT a.tied FROM anew a WHERE
 a.old = place.rowid) WHERE rowid IN (SELECT old FROM anew);
CREATE TEMP TABLE summed AS SELECT * FROM current_rollups WHERE period = '2023-04'
 AND (indicator = '*' OR indicator IN (SELECT indicator FROM known));
UPDATE summed SET target_value = NULL, done_value = NULL, attainment = NULL, reason = '按公开等级不予列出'
 WHERE EXISTS (SELECT 1 FROM over o WHERE o.area = summed.area AND o.indicator = summed.indicator);
CREATE TEMP TABLE point AS SELECT * FROM current_scores WHERE period = '2023-04' AND scheme = 'status_share';
CREATE TEMP TABLE sent AS SELECT * FROM coverage WHERE period = '2023-04';
CREATE TEMP TABLE file AS SELECT s.*, l.used FROM submissions s JOIN publication_submissions l USING (submission, rules)
 JOIN current_publications p ON p.publication = l.publication WHERE p.period = '2023-04';
CREATE TEMP TABLE figure AS SELECT i.area, i.table_no, i.row, i.component, o.sentence, o.sentence_at, o.quote, o.sheet,
 o.cell, o.line FROM item i JOIN current_observations o ON o.submission = i.submission AND o.table_no = i.table_no
 AND o.row = i.row AND o.role = 'actual' AND abs(o.base_value - i.done_value) <= 1e-9 * abs(i.done_value)
 WHERE i.period = '2023-04' ORDER BY o.observation;
"""
Row = dict[str, Any]


class House:
    """The warehouse, asked by SQL only."""

    def __init__(self, lake: Path) -> None:
        self.lake = lake
        self.engine = sa.create_engine(f"sqlite:///{lake / 'warehouse.sqlite'}")
        self.link = self.engine.connect()
        for statement in VIEWS.split(";\n")[:-1]:
            self.link.execute(sa.text(statement))
        in_force = self.rows("SELECT * FROM areas WHERE '2023-04-30' BETWEEN coalesce(valid_from, '') AND "
                             "coalesce(valid_to, '9')")  # fmt: skip
        self.areas = {row["area"]: row for row in in_force}
        self.publication = self.rows("SELECT * FROM current_publications WHERE period = :p", p=PERIOD)[0]
        self.known = {row["indicator"]: row for row in self.rows("SELECT * FROM known")}
        self.parts = {
            (row["indicator"], row["component"]): row for row in reference.table("frameworks/2023/components")
        }

    def rows(self, query: str, **values: object) -> list[Row]:
        return [dict(row) for row in self.link.execute(sa.text(query), values).mappings()]

    def one(self, query: str, **values: object) -> Any:
        return self.link.execute(sa.text(query), values).scalar()

    def name(self, area: str | None) -> str:
        return str(self.areas[area]["name"]) if area else ""

    def label(self, indicator: str, component: str = "") -> str:
        part = self.parts.get((indicator, component))
        return part["name"] if part else self.names[indicator]

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of indicators; those that share theirs with that of their table."""
        tables = {row["table"]: row["name"] for row in reference.table("frameworks/2023/tables")}
        rows = self.rows("SELECT k.*, count(*) OVER (PARTITION BY name) > 1 AS shared FROM known k")
        return {r["indicator"]: f"{r['name']}（{tables[r['table']]}）" if r["shared"] else r["name"] for r in rows}

    def label_with_part(self, indicator: str, component: str) -> str:
        name, part = self.label(indicator), self.label(indicator, component)
        if not component:
            return name
        return f"{name}·数值" if part == name else part if name in part else f"{name}·{part}"

    def coded(self, value: str | None) -> str:
        """What a question found or expected; a code in words."""
        return STATUSES.get(value or "", self.names.get(value or "", value or ""))

    @property
    def made_at(self) -> str:
        """When the month was published, Beijing time."""
        return str(self.one("SELECT strftime('%Y-%m-%d %H:%M', :at, '+8 hours')", at=self.publication["made_at"]))

    @property
    def day(self) -> str:
        year, month, day = self.made_at[:10].split("-")
        return f"{year}年{int(month)}月{int(day)}日"

    @cached_property
    def _places(self) -> dict[tuple[Any, ...], list[Row]]:
        found: dict[tuple[Any, ...], list[Row]] = {}
        for r in self.rows("SELECT * FROM place ORDER BY rank IS NULL, rank, area"):
            found.setdefault((r["by"], r["scheme"], r["universe"], r["level"]), []).append(r)
        return found

    def places(self, by: str, scheme: str, universe: str, level: str) -> list[Row]:
        """Areas by their places, those that have none last."""
        return self._places.get((by, scheme, universe, level), [])

    @property
    def cities(self) -> list[str]:
        return [code for code, area in self.areas.items() if area["level"] == "city"]

    @cached_property
    def figures(self) -> dict[tuple[Any, ...], list[Row]]:
        """The figures that an item or a component may stand on."""
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in self.rows("SELECT * FROM figure"):
            found.setdefault(key_of(row), []).append(row)
        return found

    @cached_property
    def months(self) -> dict[tuple[Any, ...], list[Any]]:
        """Earlier months of what stands once in each, as exact as lines are drawn."""
        of_each = self.rows(
            """SELECT *, count(*) AS n FROM item WHERE period < :p AND indicator IS NOT NULL
         GROUP BY period, area, indicator, component HAVING n = 1 ORDER BY period""",
            p=PERIOD,
        )
        found: dict[tuple[Any, ...], list[Any]] = {}
        for r in of_each:
            ratios = [None if r[one] is None else float(round(r[one], 1))
                      for one in ("attainment_reported", "attainment_computed", "schedule")]  # fmt: skip
            row = [int(r["period"][5:]), *ratios, STATUSES[r["status_reported"]], r["is_sample"]]
            found.setdefault((r["area"], r["indicator"], r["component"]), []).append(row)
        return found


def key_of(row: Row) -> tuple[Any, ...]:
    return row["area"], row["table_no"], row["row"], row["component"]


def shown(value: float | None, most: int, least: int = 0) -> str:
    """A number as readers see it: half is rounded up, zeros behind the point are left out beyond the least."""
    if value is None:
        return "—"
    whole, _, rest = f"{Decimal(value).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP):,f}".partition(".")
    rest = rest.rstrip("0").ljust(least, "0")
    return f"{whole}.{rest}" if rest else whole


def points(value: float | None) -> str:
    return shown(value, 2, 2).replace(",", "")


def moved(change: int | None) -> str:
    return "—" if change is None else f"↑{change}" if change > 0 else f"↓{-change}" if change else "持平"


def few(names: list[str], most: int, unit: str = "个") -> str:
    return "、".join(names[:most]) + (f"等{len(names)}{unit}" if len(names) > most else "")


def leading(rows: list[Any], value: Callable[[Any], Any]) -> list[Any]:
    """The first few, and all that tie with one of them."""
    kept = {value(one) for one in rows[: MOST["ends"]]}
    return [one for one in rows if value(one) in kept]


def quoted(text: str) -> str:
    return text if len(text) <= MOST["quote"] else text[: MOST["quote"]] + "…"


def dated(text: str) -> str:
    return re.sub(r"(20\d\d)-0?(\d{1,2})(?![-\d]) ?", r"\1年\2月", text)


def table(heads: str, rows: list[list[str]]) -> list[list[str]]:
    """A table with its heads, without the columns in which nothing stands."""
    full = [n for n in range(len(heads.split())) if any(row[n] for row in rows)]
    return [[row[n].strip() for n in full] for row in (heads.split(), *rows)] if rows else []


def same(found: Any, told: Any, at: str = "") -> int:
    """Compare leaf by leaf; gives how many numbers were compared."""
    if isinstance(told, dict):
        assert isinstance(found, dict), at
        assert set(found) == set(told), at
        return sum(same(found[key], told[key], f"{at}/{key}") for key in told)
    if isinstance(told, list | tuple):
        assert isinstance(found, list | tuple), at
        assert len(found) == len(told), f"{at}: {len(found)} != {len(told)}"
        return sum(same(one, other, f"{at}/{n}") for n, (one, other) in enumerate(zip(found, told, strict=True)))
    if isinstance(told, float) and isinstance(found, int | float):
        assert abs(found - told) <= max(6e-7, 1e-12 * abs(told)), f"{at}: {found} != {told}"
        return 1
    assert found == told, f"{at}: {found!r} != {told!r}"
    return 1 if isinstance(told, int) else len(NUMBER.findall(told)) if isinstance(told, str) else 0


def one_digit_off(text: str) -> str:
    return DIGIT.sub(lambda digit: str((int(digit[0]) + 1) % 10), text, count=1)


def in_order(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, ensure_ascii=False))


def consumed(text: str, fragments: Iterable[str], house: House) -> int:
    """All fragments stand in the text, and beside them nothing numeric but names; gives how many numbers there were."""
    left, count = text, 0
    for one in fragments:
        assert one in left, f"{one!r} is not in {left!r}"
        left = left.replace(one, "", 1)
        count += len(NUMBER.findall(one))
    for name in sorted({one for one in house.names.values() if DIGIT.search(one)}, key=len, reverse=True):
        left = left.replace(name, "")
    assert not DIGIT.search(left), left
    return count

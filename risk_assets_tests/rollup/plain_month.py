"""A month's rollups, scores and rankings once more, in plain Python from what docs and contracts say they mean.

Nothing of the package takes part but its settings, which are data. Figures are exact fractions, so that nothing here
depends on the order in which they are added.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path

import risk_assets
from risk_assets_tests.rollup.made_up_months import MadeUpArea, MadeUpMonth

REFERENCE = Path(risk_assets.__file__).parent / "reference"
COUNTS = ("tasks", "tasks_done", "tasks_on_track", "tasks_behind", "tasks_preparing", "tasks_not_assigned",
          "tasks_expected_done", "tasks_not_applicable", "tasks_unknown")  # fmt: skip
FIGURES = ("done_value", "value", "growth", "numerator")
LINE_SCHEMES = ("attainment", "growth")
NOISE = Fraction(1, 10**9)

Row = dict[str, object]
Groups = Mapping[tuple[str, str], Iterable[str]]


@cache
def reference(name: str) -> tuple[dict[str, str], ...]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def setting(name: str) -> str:
    return next(row["value"] for row in reference("settings") if row["setting"] == name)


def exact(value: object) -> Fraction | None:
    """A figure as it is written."""
    return None if value is None else Fraction(str(value))


def six_digits(value: Fraction) -> Fraction:
    """Halves go up, and so does what lies within the noise of adding below one."""
    return Fraction(floor((value + NOISE) * 10**6 + Fraction(1, 2)), 10**6)


class PlainMonth:
    """The three tables of a month, each by its key."""

    def __init__(self, month: MadeUpMonth, before: Mapping[tuple, Row] | None = None) -> None:
        self.month = month
        self.minimum = Fraction(setting("minimum_coverage"))
        self.known = Fraction(setting("minimum_known"))
        self.province = next(code for code, area in month.areas.items() if area.level == "province")
        self.rollups = self.add_up(self.groups(month.areas, {code: (code,) for code in self.of_level("county")}))
        counties = self.values_of_counties()
        self.values = with_means({**counties, **self.values_of_cities(counties)})
        self.scores = self.all_scores()
        self.rankings = self.all_rankings(before or {})

    def of_level(self, *levels: str) -> list[str]:
        return [code for code, area in self.month.areas.items() if area.level in levels]

    def level(self, code: str) -> str:
        return self.month.areas[code].level

    def above(self, code: str) -> list[str]:
        """Cities and the province above an area."""
        return [one for one in ancestors(code, self.month.areas) if self.level(one) in ("city", "province")]

    def tied(self, areas: Iterable[str]) -> list[Row]:
        """Rows of indicators: others could not be held to a line outside the framework."""
        wanted = set(areas)
        return [row for row in self.month.rows if row["area"] in wanted and row["indicator"] is not None]

    def groups(self, areas: Mapping[str, MadeUpArea], successors: Mapping[str, tuple[str, ...]]) -> Groups:
        """Counties by the level and code of what they belong to under some divisions.

        What was merged is part of what took it over, what was split of what stands above all its parts.
        """
        found: dict[tuple[str, str], list[str]] = {}
        for code, now in successors.items():
            taken_over = {now[0]} if len(now) == 1 and now[0] != code else set()
            for group in set.intersection(*(ancestors(one, areas) for one in now)) | taken_over:
                found.setdefault((areas[group].level, group), []).append(code)
        return found

    def add_up(self, groups: Groups) -> dict[tuple, Row]:
        """Rollups of the groups, by group, campaign, indicator and component."""
        rows = self.tied({area for members in groups.values() for area in members})
        outside = {
            (row["area"], row["indicator"])
            for row in rows
            if not row["component"] and row["tasks"] and row["tasks_not_applicable"] == row["tasks"]
        }
        rows = [row for row in rows if not row["component"] or (row["area"], row["indicator"]) not in outside]
        method = self.month.methods
        unit = {id(row): row["value_unit" if method[series(row)] == "growth" else "unit"] for row in rows}
        with_part = [
            row for row in rows
            if (row["area"], row["indicator"]) not in outside
            and not (method[series(row)] == "growth" and row["value"] is None)
        ]  # fmt: skip
        kept, apart = majority(with_part, unit)
        found = {}
        for (level, group), areas in groups.items():
            members = set(areas)
            own = [row for row in rows if row["area"] in members]
            for campaign in {row["campaign"] for row in own}:
                of_campaign = [row for row in own if row["campaign"] == campaign]
                counted = self.counted(of_campaign, len(members), 0)
                row = {**counted, "level": level, "method": "status", **self.figures("status", [], unit)}
                found[group, campaign, "*", ""] = self.held_back(row, False)
            for line in {(row["campaign"], *series(row)) for row in own}:
                of_line = [row for row in own if (row["campaign"], *series(row)) == line]
                lacking = sum((area, line[1]) in outside for area in members)
                counted = self.counted(of_line, len(members) - lacking, 0 if line[2] else lacking)
                how = method[line[1:]]
                figures = self.figures(how, [row for row in of_line if id(row) in kept], unit)
                leaves_out = any(id(row) in apart for row in of_line)
                found[group, *line] = self.held_back({**counted, "level": level, "method": how, **figures}, leaves_out)
        return found

    def counted(self, rows: list[Row], expected: int, lacking: int) -> Row:
        areas = len({row["area"] for row in rows}) - lacking
        counts = {name: sum(row[name] for row in rows) for name in COUNTS}
        return {
            "areas_expected": expected, "areas_in": areas, "areas_missing": expected - areas, **counts,
            "is_sample": any(row["is_sample"] for row in rows),
        }  # fmt: skip

    def figures(self, method: str, rows: list[Row], unit: Mapping[int, str | None]) -> Row:
        """Target, done and attainment of the rows that bring all that the method needs."""
        taken = [row for row in rows if parts(method, row) is not None]
        upper = sum((parts(method, row)[0] for row in taken), Fraction())
        lower = sum((parts(method, row)[1] for row in taken), Fraction())
        targets = [exact(row["target_value"]) for row in taken]
        is_shared = None not in targets and len(set(targets)) == 1
        done = target = share = None
        if taken and method in ("sum", "stock"):
            done, target = upper, lower
            share = held(done, target, taken)
        elif taken:
            done = 100 * (upper / lower - (method == "growth"))
            target = targets[0] if is_shared else None
            base = 100 if method == "growth" else 0
            share = None if target is None else held(base + done, base + target, taken)
        return {
            "areas_with_value": len(taken), "target_value": target, "done_value": done, "attainment": share,
            "unit": None if not taken else "%" if method in ("growth", "rate") else unit[id(taken[0])],
            "figure_end": end(taken[0]) if taken else None,
        }  # fmt: skip

    def held_back(self, row: Row, leaves_out: bool) -> Row:
        """What too few counties report has no figures; a row without, or one that leaves some out, says why."""
        wanted = self.minimum * row["areas_expected"]
        few = row["areas_in"] < wanted
        thin = 0 < row["areas_with_value"] < wanted
        none = row["areas_with_value"] == 0 and row["method"] != "status"
        has_reason = few or thin or none or row["areas_expected"] == 0 or leaves_out
        hidden = few or thin
        shown = {name: None for name in ("target_value", "done_value", "attainment", "unit", "figure_end") if hidden}
        return {**row, "withheld": hidden, "reason": has_reason, **shown}

    def values_of_counties(self) -> dict[tuple, Row]:
        """What counties and zones are ranked and scored by, by area, indicator and component."""
        rows = self.tied(self.of_level("county", "zone"))
        theirs = [row for row in rows if row["status_reported"] != "not_applicable"]
        _, apart = majority(theirs, {id(row): row["unit"] for row in theirs})
        values = {}
        for row in rows:
            printed = row["attainment_reported"] if row["attainment_computed"] is None else row["attainment_computed"]
            outside = row["status_reported"] == "not_applicable"
            is_open = row["ratio_check"] == "differs" or id(row) in apart or outside
            values[row["area"], *series(row)] = {
                "campaign": row["campaign"],
                "attainment": None if is_open else exact(printed),
                "growth": None if id(row) in apart or outside else exact(row["growth"]),
                "met": None if outside else {"done": 1, "on_track": 1, "behind": 0}.get(row["status_computed"]),
                "has_target": row["target_value"] is not None,
                "is_sample": row["is_sample"],
            }
        return values

    def values_of_cities(self, of_counties: Mapping[tuple, Row]) -> dict[tuple, Row]:
        """The same of cities, from their roll-up; of what is met the share of the counties that can be told."""
        met: dict[tuple, list[int]] = defaultdict(list)
        for (area, indicator, component), value in of_counties.items():
            if self.level(area) == "county" and value["met"] is not None:
                met[self.month.areas[area].parent, indicator, component].append(value["met"])
        values = {}
        for (city, campaign, indicator, component), row in self.rollups.items():
            if self.level(city) != "city" or indicator == "*":
                continue
            told = met[city, indicator, component]
            is_few = row["areas_in"] < self.minimum * row["areas_expected"]
            values[city, indicator, component] = {
                "campaign": campaign,
                "attainment": row["attainment"],
                "growth": row["done_value"] if row["method"] == "growth" else None,
                "met": Fraction(sum(told), len(told)) if told and not is_few else None,
                "has_target": row["target_value"] is not None,
                "is_sample": row["is_sample"],
            }
        return values

    def all_scores(self) -> dict[tuple, Row]:
        """Scores by area, campaign and scheme."""
        found = {}
        for scheme in reference("schemes"):
            formula = self.by_status if scheme["formula"] == "status_share" else self.by_indicator
            of_campaigns = formula(scheme)
            for (area, campaign), row in of_campaigns.items():
                found[area, campaign, scheme["scheme"]] = row
            for area in {area for area, _ in of_campaigns}:
                if (row := self.total(area, scheme, of_campaigns)) is not None:
                    found[area, "total", scheme["scheme"]] = row
        possible = {scheme["scheme"]: Fraction(scheme["points"]) for scheme in reference("schemes")}
        return {
            key: {**row, "possible": possible[key[2]], "level": self.level(key[0]), "reason": row["points"] is None}
            for key, row in found.items()
        }

    def by_status(self, scheme: dict[str, str]) -> dict[tuple[str, str], Row]:
        """Share of the tasks that count; an area that tells of too few items of a campaign has no points in it."""
        credits = {
            row["status"]: (Fraction(row["credit"]), row["counted"] == "yes")
            for row in reference("scheme_credits")
            if row["scheme"] == scheme["scheme"]
        }
        counts: dict[tuple[str, str], Counter] = defaultdict(Counter)
        told: Counter = Counter()
        samples = defaultdict(bool)
        for row in self.tied(self.of_level("county", "zone")):
            key = (row["area"], row["campaign"])
            counts[key].update({name: row[name] for name in COUNTS})
            told[key] += not row["component"] and row["tasks_unknown"] < row["tasks"]
            samples[key] |= row["is_sample"]
        items = Counter(line["campaign"] for line in self.month.indicators.values())
        scarce = {key for key in counts if told[key] < self.known * items[key[1]]}
        for (city, campaign, indicator, _), row in self.rollups.items():
            if self.level(city) == "city" and indicator == "*" and not row["withheld"]:
                counts[city, campaign] = Counter({name: row[name] for name in COUNTS})
                samples[city, campaign] = row["is_sample"]
        found = {}
        for key, tasks in counts.items():
            assessed = sum(tasks[f"tasks_{status}"] for status, (_, counts_in) in credits.items() if counts_in)
            credited = sum(tasks[f"tasks_{status}"] * credit for status, (credit, _) in credits.items())
            found[key] = scored(assessed, credited, scheme, key in scarce, samples[key])
        return found

    def by_indicator(self, scheme: dict[str, str]) -> dict[tuple[str, str], Row]:
        """Weighted mean of the shares of indicators; none where too few of those that anybody has are there."""
        lines = {(area, indicator): row for (area, indicator, part), row in self.values.items() if not part}
        shares = {key: share for key in lines if (share := self.share(key, lines, scheme)) is not None}
        measured = {
            (is_city, campaign): len({key[1] for key in shares
                                      if self.is_city(key[0]) == is_city and lines[key]["campaign"] == campaign})
            for is_city in (False, True) for campaign in self.month.campaigns
        }  # fmt: skip
        found = {}
        for area, campaign in {(area, row["campaign"]) for (area, _), row in lines.items()}:
            own = [key for key, row in lines.items() if (key[0], row["campaign"]) == (area, campaign)]
            had = [key for key in own if key in shares]
            weights = {key: exact(self.month.indicators[key[1]]["weight"]) for key in had}
            credited = sum((weights[key] * shares[key] for key in had), Fraction())
            is_scarce = len(had) < self.known * measured[self.is_city(area), campaign]
            is_sample = any(lines[key]["is_sample"] for key in own)
            found[area, campaign] = scored(sum(weights.values(), Fraction()), credited, scheme, is_scarce, is_sample)
        return found

    def is_peer(self, area: str, held: str) -> bool:
        """Whether a place is told against an area: cities among themselves, counties too, zones among both kinds."""
        return self.level(area) == self.level(held) or (self.level(held), self.level(area)) == ("zone", "county")

    def is_city(self, code: str) -> bool:
        return self.level(code) == "city"

    def share(self, key: tuple[str, str], lines: Mapping[tuple[str, str], Row], scheme: dict[str, str]) -> object:
        attainment = lines[key]["attainment"]
        if scheme["formula"] == "all_or_nothing":
            return lines[key]["met"]
        if attainment is None:
            return None
        if scheme["formula"] == "attainment":
            return min(max(attainment / 100, Fraction()), Fraction(scheme["cap"]) / 100)
        peers = [
            row["attainment"]
            for (area, indicator), row in lines.items()
            if indicator == key[1] and self.is_peer(area, key[0]) and row["attainment"] is not None
        ]
        place = 1 + sum(six_digits(peer) > six_digits(attainment) for peer in peers)
        points = Fraction(scheme["points"])
        return max(points - Fraction(scheme["step"]) * (place - 1), Fraction(scheme["floor"])) / points

    def total(self, area: str, scheme: dict[str, str], scores: Mapping[tuple[str, str], Row]) -> Row | None:
        """Weighted mean of the campaigns that have a part in the total; no points where one of them has none."""
        told = scheme["campaign_weights"]
        named = dict.fromkeys(self.month.campaigns, "1") if told == "equal" else dict(
            pair.split("=") for pair in told.split("|"))  # fmt: skip
        weights = {name: Fraction(weight) for name, weight in named.items() if name in self.month.campaigns}
        own = {name: scores[area, name] for name in weights if (area, name) in scores}
        if not own:
            return None
        points = [own[name]["points"] if name in own else None for name in weights]
        mean = None
        if None not in points:
            weighed = sum(weight * one for weight, one in zip(weights.values(), points, strict=True))
            mean = six_digits(weighed / sum(weights.values()))
        return {
            "assessed": sum(row["assessed"] for row in own.values()),
            "credited": sum(row["credited"] for row in own.values()),
            "points": mean,
            "is_sample": any(row["is_sample"] for row in own.values()),
        }

    def all_rankings(self, before: Mapping[tuple, Row]) -> dict[tuple, Row]:
        """Rankings by what is ranked by, level, universe, with zones, scheme and area."""
        universes = self.universes()
        made_up = {code for row in self.month.rows if row["is_sample"] for code in self.above(row["area"])
                   if self.level(row["area"]) != "city"}  # fmt: skip
        found = {}
        for (by, scheme), (values, is_less) in self.measures().items():
            for (level, universe, zones), members in universes.items():
                everybody = {code for (one, *_), codes in universes.items() if one == level for code in codes}
                if scheme in LINE_SCHEMES and not everybody & values.keys():
                    continue
                merit = {code: six_digits(values[code]) * (-1 if is_less else 1) for code in members if code in values}
                ranking = (by, level, universe, zones, scheme)
                was = {code: before[*ranking, code]["rank"] for code in merit if (*ranking, code) in before}
                both = {code: place for code, place in was.items() if place is not None}
                for area in members:
                    key = (*ranking, area)
                    rank = 1 + sum(other > merit[area] for other in merit.values()) if area in merit else None
                    passed = {code: (both[code] < both[area]) - (merit[code] > merit[area]) for code in both
                              if area in both}  # fmt: skip
                    found[key] = {
                        "rank": rank, "of": len(merit), "areas": len(members),
                        "tied": rank is not None and sum(other == merit[area] for other in merit.values()) > 1,
                        "value": values.get(area), "is_sample": universe in made_up, "reason": rank is None,
                        "change": sum(passed.values()) if area in both else None,
                    }  # fmt: skip
        return found

    def measures(self) -> dict[tuple[str, str], tuple[dict[str, Fraction], bool]]:
        """Values by area of all that is ranked by, and whether less is better."""
        found = {}
        for scheme in (row["scheme"] for row in reference("schemes")):
            for by in ("total", *self.month.campaigns):
                points = {area: row["points"] for (area, one, other), row in self.scores.items()
                          if (one, other) == (by, scheme) and row["points"] is not None}  # fmt: skip
                if points or scheme == setting("scheme"):
                    found[by, scheme] = (points, False)
        for indicator, component in {(indicator, component) for _, indicator, component in self.values}:
            is_less = self.month.indicators[indicator]["direction"] == "le"
            for scheme in LINE_SCHEMES:
                values = {area: row[scheme] for (area, *line), row in self.values.items()
                          if line == [indicator, component] and row[scheme] is not None}  # fmt: skip
                by = f"{indicator}/{component}" if component else indicator
                found[by, scheme] = (values, is_less and scheme == "growth")
        return found

    def universes(self) -> dict[tuple[str, str, bool], list[str]]:
        """Members by level, universe and whether zones count: with zones only where a zone has reported."""
        reporting = {row["area"] for row in self.month.rows}
        found = {("city", self.province, False): self.of_level("city")}
        for universe in self.of_level("city", "province"):
            zones = [code for code in self.of_level("zone") if universe in self.above(code)]
            counties = [code for code in self.of_level("county") if universe in self.above(code)]
            found["county", universe, False] = counties
            if reporting & set(zones):
                found["county", universe, True] = counties + zones
        return found


def ancestors(code: str, areas: Mapping[str, MadeUpArea]) -> set[str]:
    parent = areas[code].parent
    return {parent, *ancestors(parent, areas)} if parent else set()


def series(row: Row) -> tuple[str, str]:
    return row["indicator"], row["component"]


def end(row: Row) -> str | None:
    """Month in which the figure's period ends."""
    return row["figure_period"].split("..")[1] if row["figure_period"] else None


def majority(rows: list[Row], unit: Mapping[int, str | None]) -> tuple[set[int], set[int]]:
    """Rows of the unit and end that most rows with a figure bear, and rows whose figure is of another one."""
    of_series = defaultdict(list)
    for row in rows:
        of_series[series(row)].append(row)
    kept, apart = set(), set()
    for peers in of_series.values():
        bears = {id(row): (unit[id(row)] or "", end(row) or "") for row in peers}
        figures = [row for row in peers if any(row[name] is not None for name in FIGURES)]
        votes = Counter(bears[id(row)] for row in figures)
        if votes:
            leading = [pair for pair, number in votes.items() if number == max(votes.values())]
            latest = max(month for _, month in leading)
            meant = min(pair for pair in leading if pair[1] == latest)
            kept |= {id(row) for row in peers if bears[id(row)] == meant}
            apart |= {id(row) for row in figures if bears[id(row)] != meant}
    return kept, apart


def parts(method: str, row: Row) -> tuple[Fraction, Fraction] | None:
    """What a row brings to the two sums of its method; None where one of them would lack its share."""
    done, target, value, growth, numerator, denominator = (
        exact(row[name]) for name in ("done_value", "target_value", "value", "growth", "numerator", "denominator")
    )
    if method in ("sum", "stock") and done is not None and target is not None:
        return done, target
    if method == "growth" and value is not None and growth is not None and value > 0 and growth > -100:
        return value, value / (1 + growth / 100)
    if method == "rate" and numerator is not None and denominator is not None and denominator > 0:
        return numerator, denominator
    return None


def held(done: Fraction, target: Fraction, rows: list[Row]) -> Fraction | None:
    """Done against target as the rows agree on what is better; missing where they do not, or nothing divides it."""
    directions = {row["direction"] for row in rows if row["direction"]} or {"ge"}
    if len(directions) > 1:
        return None
    upper, lower = (target, done) if directions == {"le"} else (done, target)
    return 100 * upper / lower if lower > 0 else None


def with_means(values: dict[tuple, Row]) -> dict[tuple, Row]:
    """An item has the mean attainment of its components, where all that have a target have one; else its own."""
    parts = defaultdict(list)
    for (area, indicator, component), row in values.items():
        if component and row["has_target"]:
            parts[area, indicator].append(row["attainment"])
    found = {}
    for (area, indicator, component), row in values.items():
        own = parts[area, indicator]
        is_mean = not component and own and None not in own
        found[area, indicator, component] = {**row, "attainment": sum(own) / len(own)} if is_mean else row
    return found


def scored(assessed: Fraction, credited: Fraction, scheme: dict[str, str], is_scarce: bool, is_sample: bool) -> Row:
    points = None if is_scarce or not assessed else six_digits(credited / assessed * Fraction(scheme["points"]))
    return {"assessed": assessed, "credited": credited, "points": points, "is_sample": is_sample}
